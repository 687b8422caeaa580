package storage

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"alignbot/storage/redistest"
)

func TestEmbeddedSurvivesARestart(t *testing.T) {
	redistest.Require(t)
	dir := filepath.Join(t.TempDir(), "state")
	settings := Settings{URL: "embedded:" + dir}
	first, err := Open(t.Context(), settings, discard)
	noError(t, err)
	s := first.Workspace("T1")
	must(s.SetUpTeam(t.Context(), "op1", payments()))(t)
	must(s.Capture(t.Context(), "op2", idea("kept"), Slot{}))(t)
	noError(t, first.Ready(t.Context()))

	short, cancel := contextWithTimeout(t, 200*time.Millisecond)
	defer cancel()
	if _, err := Open(short, settings, discard); err == nil || !strings.Contains(err.Error(), "in use") {
		t.Errorf("a second user of the directory gets %v", err)
	}
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the directory's mode is %v, %v", info.Mode(), err)
	}
	noError(t, first.Close())
	noError(t, first.stop()) // twice is safe

	s = openWith(t, settings).Workspace("T1")
	if got := must(s.Page(t.Context(), List{Team: "PAY"}, 1, 10))(t); got.Total != 1 || got.Ideas[0].Title != "kept" {
		t.Errorf("after a restart there is %+v", got)
	}
	facts := must(s.db.Facts(t.Context()))(t)
	if !facts.AppendOnly || facts.EvictionPolicy != "noeviction" {
		t.Errorf("facts are %+v", facts)
	}
}

// TestEmbeddedBesideAnother: whoever looks at what is stored does so while
// alignbot runs on it, which is not disturbed by that.
func TestEmbeddedBesideAnother(t *testing.T) {
	redistest.Require(t)
	dir := t.TempDir()
	db := must(Open(t.Context(), Settings{URL: "embedded:" + dir}, discard))(t)
	s := withTeam(t, db)
	must(s.Capture(t.Context(), "op", idea("seen"), Slot{}))(t)
	looking := Settings{URL: "embedded:" + dir, Beside: true}
	second := must(Open(t.Context(), looking, discard))(t)
	if page := must(second.Workspace(s.id).Page(t.Context(), List{Team: "PAY"}, 1, 10))(t); page.Total != 1 {
		t.Errorf("beside another there is %+v", page)
	}
	noError(t, second.Close())
	noError(t, db.Ready(t.Context()))

	noError(t, db.Close())
	alone := must(Open(t.Context(), looking, discard))(t) // nobody has it: a redis-server of its own
	defer alone.Close()
	if page := must(alone.Workspace(s.id).Page(t.Context(), List{Team: "PAY"}, 1, 10))(t); page.Total != 1 {
		t.Errorf("alone there is %+v", page)
	}

	silent := t.TempDir() // somebody has it, and nothing answers
	lock := must(lockDir(silent))(t)
	defer lock.Close()
	short, cancel := contextWithTimeout(t, 200*time.Millisecond)
	defer cancel()
	if _, err := Open(short, Settings{URL: "embedded:" + silent, Beside: true}, discard); err == nil || !strings.Contains(err.Error(), "does not answer") {
		t.Errorf("error is %v", err)
	}
}

func TestEmbeddedComesBackByItself(t *testing.T) {
	redistest.Require(t)
	db := openWith(t, Settings{URL: "embedded:" + t.TempDir()})
	s := withTeam(t, db)
	pid := must(db.client.Info(t.Context(), "server").Result())(t)
	_, pid, _ = strings.Cut(pid, "process_id:")
	pid, _, _ = strings.Cut(pid, "\r")
	noError(t, exec.Command("kill", "-9", pid).Run())
	waitFor(t, "the storage to come back", func() bool {
		_, err := s.Team(t.Context(), "PAY")
		return err == nil
	})
}

// TestEmbeddedEndsQuietly: a program that ends because it was told to is not
// started again, nor does anybody read that it would be.
// TestEmbeddedKilledAmidAWrite: the half of a transaction that a killed redis-server left
// in its file takes no effect, neither at the next start nor at the one after it.
func TestEmbeddedKilledAmidAWrite(t *testing.T) {
	redistest.Require(t)
	dir := t.TempDir()
	settings := Settings{URL: "embedded:" + dir}
	db := must(Open(t.Context(), settings, discard))(t)
	s := withTeam(t, db)
	noError(t, db.Close())
	files := must(filepath.Glob(filepath.Join(dir, "appendonlydir", "*.incr.aof")))(t)
	if len(files) != 1 {
		t.Fatalf("the files are %v", files)
	}
	file := must(os.OpenFile(files[0], os.O_APPEND|os.O_WRONLY, 0))(t)
	must(file.WriteString("*1\r\n$5\r\nMULTI\r\n*3\r\n$3\r\nSET\r\n$4\r\nhalf\r\n$1\r\n1\r\n*3\r\n$3\r\nSE"))(t)
	noError(t, file.Close())
	noError(t, os.Remove(filepath.Join(dir, stoppedFile))) // it is there after a peaceful end
	for n := range 3 {
		db = must(Open(t.Context(), settings, discard))(t)
		if there := must(db.client.Exists(t.Context(), "half").Result())(t); there != 0 {
			t.Fatalf("after %d starts the half is carried out", n+1)
		}
		s = db.Workspace(s.id)
		must(s.Capture(t.Context(), fmt.Sprint("op", n), idea("kept"), Slot{}))(t)
		if page := must(s.Page(t.Context(), List{Team: "PAY"}, 1, 10))(t); page.Total != n+1 {
			t.Errorf("after %d starts there are %d ideas", n+1, page.Total)
		}
		noError(t, db.Close())
	}
}

func TestEmbeddedEndsQuietly(t *testing.T) {
	program, err := exec.LookPath("true")
	if err != nil {
		t.Skip("the program true is not on the PATH")
	}
	for range 20 {
		lock := must(os.CreateTemp(t.TempDir(), "lock"))(t)
		var logged bytes.Buffer
		c := &child{
			dir: t.TempDir(), program: program, lock: lock, log: slog.New(slog.NewTextHandler(&logged, nil)),
			stopping: make(chan struct{}), stopped: make(chan struct{}),
		}
		close(c.stopping)
		c.keepRunning(make(chan error, 1))
		if strings.Contains(logged.String(), "starting it again") {
			t.Fatal(logged.String())
		}
	}
}

func TestEmbeddedSaysWhatIsMissing(t *testing.T) {
	t.Run("redis-server", func(t *testing.T) {
		t.Setenv("PATH", t.TempDir())
		_, err := Open(t.Context(), Settings{URL: "embedded:" + t.TempDir()}, discard)
		if err == nil || !strings.Contains(err.Error(), "apt-get install redis-server") {
			t.Errorf("error is %v", err)
		}
	})
	t.Run("a short path", func(t *testing.T) {
		redistest.Require(t)
		_, err := Open(t.Context(), Settings{URL: "embedded:/" + strings.Repeat("x", 120)}, discard)
		if err == nil || !strings.Contains(err.Error(), "choose a shorter one") {
			t.Errorf("error is %v", err)
		}
	})
	t.Run("a readable append-only file", func(t *testing.T) {
		redistest.Require(t)
		dir := t.TempDir()
		noError(t, os.MkdirAll(filepath.Join(dir, "appendonlydir"), 0o700))
		noError(t, os.WriteFile(filepath.Join(dir, "appendonlydir", "appendonly.aof.manifest"), []byte("nonsense\n"), 0o600))
		_, err := Open(t.Context(), Settings{URL: "embedded:" + dir}, discard)
		if err == nil || !strings.Contains(err.Error(), "could not start") {
			t.Errorf("error is %v", err)
		}
	})
}
