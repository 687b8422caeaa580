package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"alignbot/slacksim"
	"alignbot/slacksim/simtest"
	"alignbot/storage/redistest"
)

func TestBackupRestoresIntoAnotherRedis(t *testing.T) {
	first, second := redistest.Start(t), redistest.Start(t)
	sim := simtest.Open(t, slacksim.Options{Workspace: localWorkspace()})
	program := begin(t, pointedAt(t, sim, "ALIGNBOT_REDIS_URL="+first), "run")
	sim.HasApp()
	if err := playSample(t.Context(), sim.Sim); err != nil {
		t.Fatal(err)
	}
	program.end()

	at := func(url string) []string { return []string{"ALIGNBOT_REDIS_URL=" + url} }
	file := filepath.Join(t.TempDir(), "backup.jsonl")
	must := func(environ []string, args ...string) (stdout, stderr string) {
		t.Helper()
		code, stdout, stderr := start(t, environ, args...)
		if code != exitOK {
			t.Fatalf("%q: exit code %d\n%s%s", args, code, stdout, stderr)
		}
		return stdout, stderr
	}
	if _, said := must(at(first), "backup", file); !strings.Contains(said, "records written") {
		t.Errorf("no progress: %q", said)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the backup is readable by others: %v %v", info.Mode(), err)
	}
	if said, progress := must(at(second), "restore", "--dry-run", file); !strings.HasPrefix(said, "Nothing was written. The backup is whole") || progress != "" {
		t.Errorf("said %q and %q", said, progress)
	}
	if said, _ := must(at(second), "restore", file); !strings.Contains(said, fmt.Sprintf(": %d ideas, 1 team, ", len(sampleIdeas)+1)) {
		t.Errorf("said %q", said)
	}
	one, _ := must(at(first), "backup", "-")
	two, _ := must(at(second), "backup", "-")
	if strings.Count(one, "\n") != strings.Count(two, "\n") || !strings.Contains(two, "Export invoices as PDF") {
		t.Errorf("the copy differs:\n%s\n%s", one, two)
	}

	// A second restore would mix two states.
	if code, _, said := start(t, at(second), "restore", file); code != exitFailed || !strings.Contains(said, strings.Trim(second, "redis:/")) || strings.Contains(said, "ab:") {
		t.Errorf("restored into a store that is not empty, or in other words: exit code %d\n%s", code, said)
	}
	// A damaged file changes nothing.
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	third := redistest.Start(t)
	for name, damaged := range map[string][]byte{
		"cut":     whole[:len(whole)/2],
		"altered": bytes.Replace(whole, []byte("Export invoices"), []byte("Report invoices"), 1),
		"empty":   nil,
	} {
		path := write(t, "damaged.jsonl", string(damaged))
		code, _, said := start(t, at(third), "restore", path)
		if code != exitFailed || !strings.Contains(said, "Nothing was changed.") {
			t.Errorf("%s: exit code %d\n%s", name, code, said)
		}
	}
	if _, said := must(at(third), "backup", filepath.Join(t.TempDir(), "empty.jsonl")); strings.Contains(said, "Export") {
		t.Error(said)
	}
}

// TestWhatMayRunBesideAlignbotDoes: with embedded: too, whatever may run while
// alignbot does looks through its redis-server; only a restore wants to be alone.
func TestWhatMayRunBesideAlignbotDoes(t *testing.T) {
	redistest.Require(t)
	sim := simtest.Open(t, slacksim.Options{Workspace: localWorkspace()})
	environ := pointedAt(t, sim, "ALIGNBOT_REDIS_URL=embedded:"+t.TempDir())
	program := begin(t, environ, "run")
	sim.HasApp()
	if err := playSample(t.Context(), sim.Sim); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "backup.jsonl")
	for _, args := range [][]string{
		{"backup", file}, {"doctor"}, {"nudges", "audit"}, {"export", "tree"}, {"checklist", "list"},
	} {
		if code, stdout, stderr := start(t, environ, args...); code != exitOK {
			t.Errorf("%q: exit code %d\n%s%s", args, code, stdout, stderr)
		}
	}
	if code, _, said := start(t, environ, "restore", file); code != exitFailed || !strings.Contains(said, "in use by another alignbot") {
		t.Errorf("restored under a running alignbot: exit code %d\n%s", code, said)
	}
	if code := program.end(); code != exitOK {
		t.Errorf("alignbot was disturbed: exit code %d\n%s", code, program.stderr)
	}
}

func TestProgressIsToldNowAndThen(t *testing.T) {
	var told bytes.Buffer
	p := (&program{stderr: &told}).progress("backup")
	for done := 100; done <= 45_000; done += 100 {
		p.report(done)
	}
	p.end()
	if want := "backup: 20000 records written\nbackup: 40000 records written\nbackup: 45000 records written\n"; told.String() != want {
		t.Errorf("told %q", told.String())
	}
}

func TestWriteWholeLeavesNothingBehindWhenItFails(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "backup.jsonl")
	if err := os.WriteFile(path, []byte("the last one"), 0o600); err != nil {
		t.Fatal(err)
	}
	code, _, _ := start(t, []string{"ALIGNBOT_REDIS_URL=redis://127.0.0.1:1"}, "backup", path)
	kept, err := os.ReadFile(path)
	if code != exitFailed || err != nil || string(kept) != "the last one" {
		t.Errorf("exit code %d, %v, %q", code, err, kept)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
		t.Errorf("left %v, %v", left, err)
	}
}
