package redistest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// TestServersEndWithTheirTests kills a program that runs a server, as a test that
// takes too long or that runs its own executable again is killed: nothing is cleaned
// up, and the server must not be left behind, not even a frozen one.
func TestServersEndWithTheirTests(t *testing.T) {
	const env = "ALIGNBOT_TEST_REDISTEST"
	if os.Getenv(env) != "" { // the program
		server := StartServer(t)
		pid := server.command.Process.Pid
		if os.Getenv(env) == "frozen" {
			server.Freeze()
		}
		fmt.Printf("\n%d %s\n", pid, server.dir)
		select {} // until killed
	}
	Require(t)
	for _, state := range []string{"idle", "frozen"} {
		program := exec.Command(os.Args[0], "-test.run", "^"+t.Name()+"$")
		program.Env = append(os.Environ(), env+"="+state)
		stdout, err := program.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := program.Start(); err != nil {
			t.Fatal(err)
		}
		var pid int
		var dir string
		for lines := bufio.NewScanner(stdout); pid == 0 && lines.Scan(); {
			number, rest, _ := strings.Cut(lines.Text(), " ")
			if pid, err = strconv.Atoi(number); err == nil {
				dir = rest
			}
		}
		_ = program.Process.Kill()
		_ = program.Wait() // killed
		if pid == 0 {
			t.Fatal("the program started no server")
		}
		ctx, cancel := context.WithTimeout(t.Context(), startTimeout)
		Until(ctx, t, "the "+state+" server to end", func() error {
			if err := syscall.Kill(pid, 0); err == nil {
				return errors.New("it runs")
			}
			return nil
		})
		cancel()
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	}
}
