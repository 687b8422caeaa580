//go:build !unix

package storage

import (
	"errors"
	"os"
)

func lockDir(string) (*os.File, error) {
	return nil, errors.New("the embedded storage needs a Unix system; name a Redis in the storage URL")
}
