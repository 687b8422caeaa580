//go:build unix

package slacksim

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// lockDir keeps a second local Slack from writing into the same folder. Closing the file, or the end of the process, unlocks.
func lockDir(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("the folder %s for the local Slack's state cannot be written: %w. Choose another folder", dir, err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("the folder %s is in use by another local Slack; nothing was changed. End that one or choose another folder", dir)
	}
	return f, nil
}
