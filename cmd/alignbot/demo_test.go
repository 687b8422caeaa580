package main

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"alignbot/slacksim"
	"alignbot/slacksim/page"
	"alignbot/slacksim/simtest"
	"alignbot/storage"
	"alignbot/storage/redistest"
)

var pageAddress = regexp.MustCompile(`http://[0-9.:]+`)

func get(t *testing.T, address string) string {
	t.Helper()
	answer, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s %v\n%s", address, answer.Status, err, body)
	}
	return string(body)
}

func TestDemoShowsASampleAndEndsAtOnce(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	defer http.DefaultClient.CloseIdleConnections()
	demo := begin(t, nil, "demo", "--listen", "127.0.0.1:0")
	said := demo.says("Press Ctrl-C to end.")
	if page := get(t, pageAddress.FindString(said)); !strings.Contains(page, "This channel is now the home of") {
		t.Errorf("the page does not open in the team's channel:\n%s", page)
	}
	asked := time.Now()
	if code := demo.end(); code != exitOK {
		t.Errorf("exit code %d\n%s", code, demo.stderr)
	}
	if took := time.Since(asked); took > 2*time.Second {
		t.Errorf("took %v to end", took)
	}
	if log := demo.stderr.String(); log != "" {
		t.Errorf("something was amiss:\n%s", log)
	}
}

// Who opens the demo sees what everybody sees; nobody's old private notices.
func TestTheSampleLeavesNoPrivateNotices(t *testing.T) {
	sim := simtest.Open(t, slacksim.Options{Workspace: localWorkspace()})
	begin(t, pointedAt(t, sim), "run")
	sim.HasApp()
	if err := playSample(t.Context(), sim.Sim); err != nil {
		t.Fatal(err)
	}
	for _, person := range []string{"alice", "bob", "carol"} {
		if left, err := (&actor{&play{sim: sim.Sim}, person}).private(); err != nil || len(left) > 0 {
			t.Errorf("%s has %d private messages, %v", person, len(left), err)
		}
	}
}

// A web site whose name leads to this machine is told nothing, not even where
// the page begins.
func TestThePageLeadsOnOnlyThoseItIsFor(t *testing.T) {
	sim := simtest.Open(t, slacksim.Options{Workspace: localWorkspace()})
	page := beginIn(sampleChannel, sim.Sim, page.Handler(sim.Sim))
	for host, want := range map[string]int{"127.0.0.1:8065": http.StatusFound, "localhost": http.StatusFound, "evil.example": http.StatusMisdirectedRequest} {
		answer, asked := httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil)
		asked.Host = host
		page.ServeHTTP(answer, asked)
		leads := answer.Header().Get("Location")
		if answer.Code != want || (leads == "/?in=C0PAYMENTS") != (want == http.StatusFound) || want != http.StatusFound && leads != "" {
			t.Errorf("%s: %d, leads to %q", host, answer.Code, leads)
		}
	}
}

func TestDemoKeepsItsDataAndMakesTheSampleOnce(t *testing.T) {
	redistest.Require(t)
	dir := t.TempDir()
	kept := func() (titles []string) {
		t.Helper()
		db, err := storage.Open(t.Context(), storage.Settings{URL: "embedded:" + filepath.Join(dir, "redis")}, newLogger(t.Output(), LogSettings{Level: "warn", Format: "text"}))
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		page, err := db.Workspace(localWorkspace().TeamID).Page(t.Context(), storage.List{Team: "PAY"}, 1, 100)
		if err != nil {
			t.Fatal(err)
		}
		for _, idea := range page.Ideas {
			titles = append(titles, idea.Key.String()+" "+idea.Title)
		}
		return titles
	}
	var before []string
	for start := range 2 {
		demo := begin(t, nil, "demo", "--listen", "127.0.0.1:0", "--data", dir)
		demo.says("Everything is kept in " + dir)
		if code := demo.end(); code != exitOK {
			t.Fatalf("exit code %d\n%s", code, demo.stderr)
		}
		titles := kept()
		if want := len(sampleIdeas) + 1; len(titles) != want {
			t.Fatalf("start %d: %d ideas, want %d: %q", start, len(titles), want, titles)
		}
		if start == 1 && !slices.Equal(titles, before) {
			t.Errorf("before %q, now %q", before, titles)
		}
		before = titles
	}
}

func TestDemoEmptyHasNoTeam(t *testing.T) {
	demo := begin(t, nil, "demo", "--listen", "127.0.0.1:0", "--empty")
	if said := demo.says("Press Ctrl-C to end."); !strings.Contains(said, "/align setup") {
		t.Errorf("it does not say how to begin:\n%s", said)
	}
}

func TestLocalSlackSaysWhatToDoWhenItsAddressIsTaken(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for _, command := range []string{"demo", "slack"} {
		code, _, stderr := start(t, nil, command, "--listen", taken.Addr().String())
		if want := "alignbot " + command + " --listen 127.0.0.1:0"; code != exitFailed || !strings.Contains(stderr, taken.Addr().String()+" is in use") || !strings.Contains(stderr, want) {
			t.Errorf("exit code %d\n%s", code, stderr)
		}
	}
}

func TestDemoSaysWhatToInstallToKeepData(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	code, _, stderr := start(t, nil, "demo", "--data", t.TempDir())
	if code != exitFailed || !strings.Contains(stderr, "apt install redis-server") {
		t.Errorf("exit code %d\n%s", code, stderr)
	}
}
