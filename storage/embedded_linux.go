package storage

import (
	"os/exec"
	"runtime"
	"syscall"
)

// startBound starts the command so that it ends with this process however this
// one ends, and not with a Ctrl-C meant for this one alone. Its end goes to
// ended.
func startBound(command *exec.Cmd, ended chan<- error) error {
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
	started := make(chan error)
	go func() {
		// Linux sends Pdeathsig when the thread that started the command
		// ends: keep it. https://go.dev/issue/27505
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := command.Start()
		started <- err
		if err == nil {
			ended <- command.Wait()
		}
	}()
	return <-started
}
