package bound

import (
	"os/exec"
	"runtime"
	"syscall"
)

// Start starts the command so that it gets the signal when this process ends,
// however it does, and not a Ctrl-C that is meant for this one alone. Its end goes to
// ended, which is closed then.
func Start(command *exec.Cmd, end syscall.Signal, ended chan<- error) error {
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: end}
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
			close(ended)
		}
	}()
	return <-started
}
