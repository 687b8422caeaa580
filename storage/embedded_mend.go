package storage

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	"alignbot/storage/bound"
)

// stoppedFile is there while the files were left by a redis-server that ended in peace.
const stoppedFile = "stopped"

// mend takes away what a redis-server that was killed, or lost its power, amid a write
// left at the end of its append-only file. The server itself drops that when it starts
// but may leave it in the file, and carries it out together with what comes after it when
// it starts once more: https://github.com/valkey-io/valkey/pull/4342. What cannot be
// mended is left as it is, for the server to say so.
func (c *child) mend() {
	manifest := filepath.Join(c.dir, "appendonlydir", "appendonly.aof.manifest")
	err := os.Remove(filepath.Join(c.dir, stoppedFile))
	if _, missing := os.Stat(manifest); err == nil || errors.Is(missing, fs.ErrNotExist) {
		return
	}
	var output tail
	// The same program under another name: it looks at how it was called.
	command := exec.Command(c.program, "--fix", manifest)
	command.Args[0] = "redis-check-aof"
	command.Dir = c.dir
	command.Stdin = strings.NewReader("y\n")
	command.Stdout, command.Stderr = &output, &output
	ended := make(chan error, 1)
	if err = bound.Start(command, syscall.SIGTERM, ended); err == nil {
		select {
		case err = <-ended:
		case <-c.stopping:
			_ = command.Process.Kill() // it may have ended
			<-ended
			return
		}
	}
	text := output.String()
	switch {
	case err != nil:
		c.log.Warn("what the embedded redis-server stored before it was killed could not be checked", "err", fmt.Errorf("%w: %s", err, strings.TrimSpace(text)))
	case strings.Contains(text, "truncated"):
		c.log.Info("the embedded redis-server was killed amid a write; the half of it is taken away")
	}
}

// endedInPeace notes that what the server wrote is whole.
func (c *child) endedInPeace() {
	if err := os.WriteFile(filepath.Join(c.dir, stoppedFile), nil, 0o600); err != nil {
		c.log.Debug("the files of the embedded redis-server will be checked at the next start", "err", err)
	}
}
