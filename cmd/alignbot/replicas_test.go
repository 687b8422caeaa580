package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/storage"
	"alignbot/storage/redistest"
)

// envAsProgram makes the test's own executable be the program.
const envAsProgram = envPrefix + "TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(envAsProgram) != "" {
		main()
	}
	os.Exit(m.Run())
}

// process starts the program as a process of its own.
func process(t *testing.T, environ []string, args ...string) (cmd *exec.Cmd, stdout, stderr *output) {
	t.Helper()
	stdout, stderr = newOutput(), newOutput()
	cmd = exec.Command(os.Args[0], args...)
	cmd.Env = append([]string{envAsProgram + "=1", "PATH=" + os.Getenv("PATH")}, environ...)
	cmd.Stdout, cmd.Stderr = stdout, stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if cmd.ProcessState == nil {
			cmd.Process.Kill()
			cmd.Wait()
		}
	})
	return cmd, stdout, stderr
}

// eventually asks until the answer is yes.
func eventually(t *testing.T, what string, yes func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(patience)
	for !yes() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("it did not come to this: %s", what)
		}
	}
}

// Four processes: a local Slack, a Redis, and two of alignbot, of which one is
// told to end while people capture a thousand ideas. All are stored, each
// once, and nobody sees an error.
func TestAProcessEndsWhileAThousandIdeasAreCaptured(t *testing.T) {
	if testing.Short() {
		t.Skip("starts processes; left out by -short")
	}
	const ideas = 1000
	redis := redistest.Start(t)
	_, slackSays, _ := process(t, nil, "slack", "--listen", "127.0.0.1:0")
	said := (&running{t: t, stdout: slackSays, stderr: newOutput()}).says("Press Ctrl-C")
	page := pageAddress.FindString(said)
	environ := []string{"ALIGNBOT_REDIS_URL=" + redis}
	for _, export := range regexp.MustCompile(`export (ALIGNBOT_\S+)`).FindAllStringSubmatch(said, -1) {
		environ = append(environ, export[1])
	}
	health := []string{freeAddress(t), freeAddress(t)}
	leaving, _, leavingLog := process(t, append(environ, "ALIGNBOT_HTTP_LISTEN="+health[0]), "run")
	process(t, append(environ, "ALIGNBOT_HTTP_LISTEN="+health[1]), "run")
	for _, address := range health {
		eventually(t, "the process at "+address+" is ready", func() bool {
			answer, err := http.Get("http://" + address + "/readyz")
			if err != nil {
				return false
			}
			answer.Body.Close()
			return answer.StatusCode == http.StatusOK
		})
	}
	db, err := storage.Open(t.Context(), storage.Settings{URL: redis}, newLogger(t.Output(), LogSettings{Level: "warn", Format: "text"}))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	store := db.Workspace(localWorkspace().TeamID)
	team, err := pipeline.CheckTeam(pipeline.DefaultTeam("C0PAYMENTS", "payments", pipeline.Person{ID: "U0ALICE", Zone: "Europe/Berlin"}))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.SetUpTeam(t.Context(), "team", team); err != nil {
		t.Fatal(err)
	}

	people := []string{"alice", "bob", "carol"}
	capture := func(person string, number int) {
		act, err := json.Marshal(map[string]string{"as": person, "channel": "C0PAYMENTS", "text": fmt.Sprintf("/idea add Idea number %d", number)})
		if err != nil {
			t.Error(err)
			return
		}
		answer, err := http.Post(page+"/do/send", "application/json", strings.NewReader(string(act)))
		if err != nil {
			t.Error(err)
			return
		}
		defer answer.Body.Close()
		if answer.StatusCode != http.StatusOK {
			t.Errorf("%s could not type: %s", person, answer.Status)
		}
	}
	var taken atomic.Int32
	var all sync.WaitGroup
	for _, person := range people {
		all.Go(func() {
			for {
				n := int(taken.Add(1))
				if n > ideas {
					return
				}
				if n == ideas/3 {
					if err := leaving.Process.Signal(syscall.SIGTERM); err != nil {
						t.Error(err)
					}
				}
				capture(person, n)
			}
		})
	}
	all.Wait()
	if err := leaving.Wait(); err != nil {
		t.Errorf("the process that was told to end: %v\n%s", err, leavingLog)
	}

	answered := 0
	for _, person := range people {
		seen := get(t, page+"/?as="+person+"&in=C0PAYMENTS&limit=5000")
		answered += strings.Count(seen, "Captured as <")
		for _, trouble := range []string{"operation_timeout", "dispatch_failed", "went wrong", "taking longer", "cannot reach"} {
			if strings.Contains(seen, trouble) {
				t.Errorf("%s was told of %s", person, trouble)
			}
		}
	}
	if answered != ideas {
		t.Errorf("%d of %d captures were answered", answered, ideas)
	}
	stored := map[string]int{}
	for number, of := 1, 1; number <= of; number++ {
		page, err := store.Page(t.Context(), storage.List{Team: team.Key}, number, 100)
		if err != nil {
			t.Fatal(err)
		}
		of = page.Of
		for _, idea := range page.Ideas {
			stored[idea.Title]++
		}
	}
	for n := 1; n <= ideas; n++ {
		if title := fmt.Sprintf("Idea number %d", n); stored[title] != 1 {
			t.Errorf("%s is there %d times", title, stored[title])
		}
	}
}
