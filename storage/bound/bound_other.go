//go:build !linux

package bound

import (
	"os/exec"
	"syscall"
)

// Start starts the command; its end goes to ended, which is closed then. Should this
// process be killed, the command goes on.
func Start(command *exec.Cmd, _ syscall.Signal, ended chan<- error) error {
	if err := command.Start(); err != nil {
		return err
	}
	go func() {
		ended <- command.Wait()
		close(ended)
	}()
	return nil
}
