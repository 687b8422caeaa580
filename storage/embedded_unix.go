//go:build unix

package storage

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// lockDir makes the directory ours for as long as the file is open, in this
// process or in a child. Another's ends with errInUse.
func lockDir(dir string) (*os.File, error) {
	file, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("the directory of the embedded storage cannot be used: %w", err)
	}
	err = unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if err == nil {
		return file, nil
	}
	if errors.Is(err, unix.EWOULDBLOCK) {
		err = errInUse
	} else {
		err = fmt.Errorf("the directory %s of the embedded storage cannot be locked: %w", dir, err)
	}
	return nil, errors.Join(err, file.Close())
}
