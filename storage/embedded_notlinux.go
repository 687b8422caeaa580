//go:build !linux

package storage

import "os/exec"

// startBound starts the command; its end goes to ended. Should this process be
// killed, the command goes on and keeps the directory in use.
func startBound(command *exec.Cmd, ended chan<- error) error {
	if err := command.Start(); err != nil {
		return err
	}
	go func() { ended <- command.Wait() }()
	return nil
}
