//go:build !unix

package storage

import (
	"context"
	"errors"
	"os"
)

func lockDir(context.Context, string) (*os.File, error) {
	return nil, errors.New("the embedded storage needs a Unix system; name a Redis in the storage URL")
}
