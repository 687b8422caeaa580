package storage

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"alignbot/storage/bound"
)

const (
	// socketPathLimit is what every Unix can bind: 104 bytes on macOS and BSD
	// with the final zero, 108 on Linux.
	socketPathLimit = 103
	// lockPatience is how long a directory may stay in use: a redis-server whose
	// program was killed needs a moment to end, and one that ended by itself to
	// be started again.
	lockPatience = 5 * time.Second
	// childStart bounds loading what is stored: about 100 MB a second.
	childStart = 30 * time.Second
	// childStop is how long a redis-server may take to write down the rest.
	childStop = 8 * time.Second
	// childRestart is the pause before one that ended by itself is started
	// again.
	childRestart = time.Second
)

// errInUse: another process has the directory.
var errInUse = errors.New("the directory is in use by another alignbot")

// child is a redis-server that belongs to this process: it keeps its files in
// one directory, is reached over a socket in it by this user only, ends with
// this process, and is started again should it end by itself.
type child struct {
	dir, socket, program string
	log                  *slog.Logger
	lock                 *os.File
	stopping             chan struct{}
	stopped              chan struct{}
	stopOnce             sync.Once
}

// startChild starts the server and waits until it has loaded what is stored.
// Beside another alignbot that has the directory, where that is wanted, the
// child is that one's: to be used, and left as it is.
func startChild(ctx context.Context, dir string, beside bool, log *slog.Logger) (*child, error) {
	program, err := exec.LookPath("redis-server")
	if err != nil {
		return nil, errors.New("the embedded storage needs the program redis-server on the PATH (Debian: apt-get install redis-server); or name a Redis in the storage URL")
	}
	c := &child{
		dir: dir, socket: filepath.Join(dir, "redis.sock"), program: program, log: log,
		stopping: make(chan struct{}), stopped: make(chan struct{}),
	}
	if len(c.socket) > socketPathLimit {
		return nil, fmt.Errorf("the directory of the embedded storage has too long a path for a socket in it (%d bytes, at most %d); choose a shorter one", len(dir), socketPathLimit-len("/redis.sock"))
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("the directory of the embedded storage cannot be made: %w", err)
	}
	if err := c.own(ctx, beside); err != nil {
		return nil, err
	}
	if c.lock == nil {
		close(c.stopped)
		return c, nil
	}
	first := make(chan error, 1)
	go c.keepRunning(first)
	if err := c.waitUntilUp(ctx, first); err != nil {
		return nil, errors.Join(err, c.stop())
	}
	return c, nil
}

// own waits until the directory is ours or, where beside is wanted, until the
// redis-server of whoever has it answers: then there is no lock.
func (c *child) own(ctx context.Context, beside bool) (err error) {
	ctx, cancel := context.WithTimeout(ctx, lockPatience)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		if c.lock, err = lockDir(c.dir); !errors.Is(err, errInUse) {
			return err
		}
		if beside && c.answers() {
			return nil
		}
		select {
		case <-ctx.Done():
			if beside {
				return fmt.Errorf("the directory %s of the embedded storage is in use by another alignbot, whose redis-server does not answer; look into that one's log", c.dir)
			}
			return fmt.Errorf("the directory %s of the embedded storage is in use by another alignbot; stop that one or choose another directory", c.dir)
		case <-tick.C:
		}
	}
}

// keepRunning owns the process until stop. The error of the first run that
// ended by itself goes to first.
func (c *child) keepRunning(first chan<- error) {
	defer close(c.stopped)
	defer c.lock.Close()
	for {
		err := c.run()
		select {
		case <-c.stopping:
			if err != nil {
				c.log.Warn("the embedded redis-server ended badly", "err", err)
			}
			return
		default:
		}
		select {
		case first <- err:
		default:
		}
		c.log.Error("the embedded redis-server ended by itself; starting it again", "err", err)
		select {
		case <-c.stopping:
			return
		case <-time.After(childRestart):
		}
	}
}

// run starts one process and returns when it has ended. Its first lines of
// output explain a bad end.
func (c *child) run() error {
	c.mend()
	var output tail
	command := exec.Command(c.program,
		"--port", "0",
		"--unixsocket", c.socket, "--unixsocketperm", "700",
		"--dir", c.dir,
		"--appendonly", "yes", "--appendfsync", "everysec", "--save", "",
		"--maxmemory-policy", "noeviction",
		"--daemonize", "no", "--loglevel", "warning",
	)
	command.Dir = c.dir
	command.Stdout, command.Stderr = &output, &output
	// The child shares the lock, so that the directory stays in use for as
	// long as either lives.
	command.ExtraFiles = []*os.File{c.lock}
	ended := make(chan error, 1)
	if err := bound.Start(command, syscall.SIGTERM, ended); err != nil {
		return err
	}
	var err error
	select {
	case err = <-ended:
	case <-c.stopping:
		_ = command.Process.Signal(syscall.SIGTERM) // it may have ended
		select {
		case err = <-ended:
		case <-time.After(childStop):
			_ = command.Process.Kill()
			err = <-ended
		}
	}
	if err == nil {
		c.endedInPeace()
	}
	if text := strings.TrimSpace(output.String()); err != nil && text != "" {
		err = fmt.Errorf("%w: %s", err, text)
	}
	return err
}

func (c *child) waitUntilUp(ctx context.Context, first <-chan error) error {
	ctx, cancel := context.WithTimeout(ctx, childStart)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		if c.answers() {
			return nil
		}
		select {
		case err := <-first:
			return fmt.Errorf("the embedded redis-server could not start in %s: %w", c.dir, err)
		case <-ctx.Done():
			return fmt.Errorf("the embedded redis-server did not become ready in %s: %w", c.dir, ctx.Err())
		case <-tick.C:
		}
	}
}

// answers tells whether the server has loaded its files.
func (c *child) answers() bool {
	conn, err := net.Dial("unix", c.socket)
	if err != nil {
		return false
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(time.Second)) // a socket has deadlines
	if _, err := io.WriteString(conn, "PING\r\n"); err != nil {
		return false
	}
	answer := make([]byte, len("+PONG"))
	_, err = io.ReadFull(conn, answer)
	return err == nil && string(answer) == "+PONG"
}

// stop ends the server and waits until it has written everything down.
// Stopping twice is safe.
func (c *child) stop() error {
	c.stopOnce.Do(func() { close(c.stopping) })
	<-c.stopped
	return nil
}

// tail keeps the last 4 KB written to it.
type tail struct {
	mu sync.Mutex
	bytes.Buffer
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	n, err := t.Buffer.Write(p)
	if extra := t.Len() - 4096; extra > 0 {
		t.Next(extra)
	}
	return n, err
}
