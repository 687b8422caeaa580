//go:build !unix

package slacksim

import (
	"fmt"
	"os"
	"path/filepath"
)

// lockDir opens the lock file only: without flock, two local Slacks on one folder are not kept apart.
func lockDir(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("the folder %s for the local Slack's state cannot be written: %w. Choose another folder", dir, err)
	}
	return f, nil
}
