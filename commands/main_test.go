package commands

import (
	"os"
	"testing"

	"alignbot/storage/redistest"
)

func TestMain(m *testing.M) { os.Exit(redistest.Run(m)) }
