package storage

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"alignbot/storage/redistest"

	"golang.org/x/sys/unix"
)

// TestEmbeddedEndsWithItsProgram kills a program that has an embedded storage;
// its redis-server must not be left behind.
func TestEmbeddedEndsWithItsProgram(t *testing.T) {
	if dir := os.Getenv("ALIGNBOT_TEST_EMBEDDED_DIR"); dir != "" { // the program
		db, err := Open(t.Context(), Settings{URL: "embedded:" + dir}, discard)
		noError(t, err)
		info := must(db.client.Info(t.Context(), "server").Result())(t)
		_, pid, _ := strings.Cut(info, "process_id:")
		pid, _, _ = strings.Cut(pid, "\r")
		noError(t, os.WriteFile(filepath.Join(dir, "pid.new"), []byte(pid), 0o600))
		noError(t, os.Rename(filepath.Join(dir, "pid.new"), filepath.Join(dir, "pid")))
		select {} // until killed
	}
	redistest.Require(t)
	dir := t.TempDir()
	program := exec.Command(os.Args[0], "-test.run", "^"+t.Name()+"$")
	program.Env = append(os.Environ(), "ALIGNBOT_TEST_EMBEDDED_DIR="+dir)
	noError(t, program.Start())
	var text []byte
	waitFor(t, "the program's redis-server", func() (up bool) {
		var err error
		text, err = os.ReadFile(filepath.Join(dir, "pid"))
		return err == nil
	})
	noError(t, program.Process.Kill())
	_ = program.Wait() // killed
	pid := must(strconv.Atoi(string(text)))(t)
	waitFor(t, "the redis-server to end", func() bool { return syscall.Kill(pid, 0) != nil })
	db := openWith(t, Settings{URL: "embedded:" + dir})
	noError(t, db.Ready(t.Context()))
}

// TestEmbeddedOnAFullDisk: what does not fit is refused whole, what is stored
// can be read, and writing goes on when there is room again.
func TestEmbeddedOnAFullDisk(t *testing.T) {
	redistest.Require(t)
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=1m"); err != nil {
		t.Skipf("a small file system cannot be mounted here: %v", err)
	}
	t.Cleanup(func() { noError(t, unix.Unmount(dir, 0)) })
	settings := Settings{URL: "embedded:" + dir}
	db, err := Open(t.Context(), settings, discard)
	noError(t, err)
	defer db.Close()
	s := withTeam(t, db)
	long := idea("long")
	long.Problem = strings.Repeat("all work and no play ", 95)
	stored := 0
	waitFor(t, "the disk to be full", func() bool {
		for range 100 {
			if _, err = s.Capture(t.Context(), fmt.Sprint("op", stored), long, Slot{}); err != nil {
				return true
			}
			stored++
		}
		return false
	})
	if !errors.Is(err, ErrUnavailable) {
		t.Fatalf("a full disk answers %v", err)
	}
	if err := db.Ready(t.Context()); !errors.Is(err, ErrUnavailable) {
		t.Errorf("Ready answers %v", err)
	}
	if page := must(s.Page(t.Context(), List{Team: "PAY"}, 1, 10))(t); page.Total != stored {
		t.Errorf("%d ideas can be read, want %d", page.Total, stored)
	}
	noError(t, unix.Mount("tmpfs", dir, "tmpfs", unix.MS_REMOUNT, "size=64m"))
	waitFor(t, "writing to go on", func() bool {
		_, err := s.Capture(t.Context(), fmt.Sprint("op", stored), long, Slot{})
		return err == nil
	})
	noError(t, db.Close())
	again, err := Open(t.Context(), settings, discard)
	noError(t, err)
	page := must(again.Workspace(s.id).Page(t.Context(), List{Team: "PAY"}, 1, 10))(t)
	if page.Total != stored+1 || page.Ideas[0].Key.Number != stored+1 {
		t.Errorf("after a restart there are %d ideas up to %s, want %d", page.Total, page.Ideas[0].Key, stored+1)
	}
	noError(t, again.Close())
}
