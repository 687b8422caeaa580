package commands

import (
	"testing"

	"go.uber.org/goleak"

	"alignbot/storage/redistest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(redistest.Main{M: m}) }
