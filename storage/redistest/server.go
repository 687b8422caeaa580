// Package redistest runs real Redis servers for tests, with the faults that
// servers and networks have.
//
// A test that needs redis-server is skipped where it is not on the PATH,
// unless ALIGNBOT_TEST_REQUIRE lists "redis": then it fails.
package redistest

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"alignbot/storage/bound"

	"github.com/redis/go-redis/v9"
)

// startTimeout is for a machine that is busy with other tests; a server is
// usually up in 20 ms.
const startTimeout = 20 * time.Second

// Server is a redis-server that belongs to one test.
type Server struct {
	// Addr is host:port on 127.0.0.1.
	Addr string

	t        testing.TB
	dir      string
	args     []string
	sentinel bool
	mu       sync.Mutex
	command  *exec.Cmd
	output   *bytes.Buffer
	ended    <-chan error
}

// Start gives the URL of an empty Redis until the test ends: a redis-server of its own,
// or a database of the one that all tests of the package share, see Main.
func Start(t testing.TB) string {
	t.Helper()
	if url, ok := database(t); ok {
		return url
	}
	return StartServer(t).URL()
}

// StartOrMemory is Start where there is a redis-server, or must be one, and else
// the address of a store in the process: for tests that say more with a real
// Redis, and enough without.
func StartOrMemory(t testing.TB) string {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil && !required() {
		return "memory:"
	}
	return Start(t)
}

// StartServer runs a redis-server with further arguments, as on its command
// line, until the test ends.
func StartServer(t testing.TB, args ...string) *Server {
	t.Helper()
	Require(t)
	s := &Server{t: t, dir: directory(t), Addr: freeAddr(t), args: args}
	t.Cleanup(s.Kill)
	s.run()
	return s
}

// Require skips the test, or fails it, when there is no redis-server.
func Require(t testing.TB) {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err == nil {
		return
	}
	if required() {
		t.Fatal("redis-server is not on the PATH; install it (Debian: apt-get install redis-server)")
	}
	t.Skip("redis-server is not on the PATH; install it to run this test (Debian: apt-get install redis-server)")
}

func required() bool {
	return slices.Contains(strings.Split(os.Getenv("ALIGNBOT_TEST_REQUIRE"), ","), "redis")
}

// URL of the server.
func (s *Server) URL() string { return "redis://" + s.Addr + "/" }

// run starts the process and waits until it answers. It ends with this one, also where
// that is killed and cleans up nothing.
func (s *Server) run() {
	s.t.Helper()
	host, port, err := net.SplitHostPort(s.Addr)
	if err != nil {
		s.t.Fatalf("redistest: %v", err)
	}
	args := append([]string{
		"--bind", host, "--port", port, "--dir", s.dir, "--save", "", "--maxmemory-policy", "noeviction",
	}, s.args...)
	if s.sentinel {
		args = []string{filepath.Join(s.dir, "sentinel.conf"), "--bind", host, "--port", port, "--dir", s.dir, "--sentinel"}
	}
	s.mu.Lock()
	s.output = &bytes.Buffer{}
	s.command = exec.Command("redis-server", args...)
	s.command.Stdout, s.command.Stderr = s.output, s.output
	ended := make(chan error, 1) // its output tells more
	if err := bound.Start(s.command, syscall.SIGKILL, ended); err != nil {
		s.command = nil
		s.mu.Unlock()
		s.t.Fatalf("redistest: start redis-server: %v", err)
	}
	s.ended = ended
	s.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	Until(ctx, s.t, "redis-server to answer", func() error {
		select {
		case <-ended:
			s.t.Fatalf("redistest: redis-server ended:\n%s", s.output)
		default:
		}
		return ping(s.Addr)
	})
}

// ping succeeds when the server answers and has loaded its files.
func ping(addr string) error {
	conn, err := net.DialTimeout("tcp", addr, time.Second)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(time.Second)); err != nil {
		return err
	}
	if _, err := io.WriteString(conn, "PING\r\n"); err != nil {
		return err
	}
	answer, err := bufio.NewReader(conn).ReadString('\n')
	if err == nil && !strings.HasPrefix(answer, "+PONG") && !strings.HasPrefix(answer, "-NOAUTH") {
		err = errors.New(answer)
	}
	return err
}

// Kill ends the server at once, as kill -9 does. Its files stay.
func (s *Server) Kill() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.command == nil {
		return
	}
	_ = s.command.Process.Kill() // it may have ended
	for range s.ended {          // until it is closed
	}
	s.command = nil
}

// Restart kills the server if it runs and starts it again on the same address
// and files.
func (s *Server) Restart() {
	s.t.Helper()
	s.Kill()
	s.run()
}

func (s *Server) signal(signal os.Signal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.command == nil {
		s.t.Fatal("redistest: the server does not run")
	}
	if err := s.command.Process.Signal(signal); err != nil {
		s.t.Fatalf("redistest: %v: %v", signal, err)
	}
}

// Do sends one command to the server and returns its reply; an error fails the
// test.
func (s *Server) Do(command ...any) any {
	s.t.Helper()
	return s.in(0, command...)
}

// in is Do in one of the server's databases.
func (s *Server) in(database int, command ...any) any {
	s.t.Helper()
	client := redis.NewClient(&redis.Options{Addr: s.Addr, DB: database, Protocol: 2, DisableIdentity: true})
	defer client.Close()
	reply, err := client.Do(context.Background(), command...).Result()
	if err != nil && err != redis.Nil {
		s.t.Fatalf("redistest: %v: %v", command, err)
	}
	return reply
}

// Until repeats try until it succeeds; there is no event to wait for when
// another process starts or changes its part.
func Until(ctx context.Context, t testing.TB, what string, try func() error) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		err := try()
		if err == nil {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("redistest: waited too long for %s: %v", what, err)
		case <-tick.C:
		}
	}
}

// directory is short enough for a Unix socket in it.
func directory(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "redistest-")
	if err != nil {
		t.Fatalf("redistest: %v", err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) }) // best effort in a temporary directory
	return filepath.Clean(dir)
}

// freeAddr finds a port that nobody listens on, with the cluster bus' port
// (port + 10000) free too.
func freeAddr(t testing.TB) string {
	t.Helper()
	for range 100 {
		first, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatalf("redistest: %v", err)
		}
		port := first.Addr().(*net.TCPAddr).Port
		first.Close()
		if port > 55000 {
			port -= 30000 // the bus port must stay below 65536
		}
		addr := fmt.Sprintf("127.0.0.1:%d", port)
		if free(addr) && free(fmt.Sprintf("127.0.0.1:%d", port+10000)) {
			return addr
		}
	}
	t.Fatal("redistest: found no free port")
	return ""
}

func free(addr string) bool {
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return false
	}
	listener.Close()
	return true
}

// RewriteFile has the server write its append-only file anew, and waits for that.
// A server that was killed amid a transaction keeps the beginning of it in its file, and
// carries it out at its next start but one together with what came after it.
// https://github.com/valkey-io/valkey/pull/4342
func (s *Server) RewriteFile() {
	s.t.Helper()
	s.Do("BGREWRITEAOF")
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	Until(ctx, s.t, "the file to be written anew", func() error {
		facts := fmt.Sprint(s.Do("INFO", "persistence"))
		if !strings.Contains(facts, "aof_rewrite_in_progress:0") || !strings.Contains(facts, "aof_rewrite_scheduled:0") {
			return errors.New("it is under way")
		}
		return nil
	})
}
