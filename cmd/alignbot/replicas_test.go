package main

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"alignbot/slacksim"
	"alignbot/slacksim/simtest"
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
func process(t *testing.T, environ []string, args ...string) (cmd *exec.Cmd, log *output) {
	t.Helper()
	log = newOutput()
	cmd = exec.Command(os.Args[0], args...)
	cmd.Env = append([]string{envAsProgram + "=1", "PATH=" + os.Getenv("PATH")}, environ...)
	cmd.Stderr = log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if cmd.ProcessState == nil {
			cmd.Process.Kill()
			cmd.Wait()
		}
	})
	return cmd, log
}

// Two processes serve the workspace, one is told to end while people capture a
// thousand ideas. Every capture that was answered is stored, and stored once.
//
// Socket Mode has no way to ask for no more before a connection is closed: what
// Slack sends in that very instant stays unanswered. Then nothing was done, and
// Slack tells the person, who does it again; at most one act of each.
func TestAProcessEndsWhileAThousandIdeasAreCaptured(t *testing.T) {
	if testing.Short() {
		t.Skip("starts processes; left out by -short")
	}
	const ideas = 1000
	redis := redistest.Start(t)
	sim := simtest.Open(t, slacksim.Options{Workspace: localWorkspace()})
	environ := pointedAt(sim, "ALIGNBOT_REDIS_URL="+redis)
	leaving, leavingLog := process(t, environ, "run")
	sim.HasApp()
	process(t, environ, "run")
	sim.Until("both processes are connected", func() bool { return len(sim.Sockets()) == 2 })
	alice := sim.Person("alice").In(sampleChannel)
	alice.Types("/align setup")
	alice.Submits()

	people := []string{"alice", "bob", "carol", "dave"}
	for _, person := range people[1:] {
		if err := sim.Join(t.Context(), person, sampleChannel); err != nil {
			t.Fatal(err)
		}
	}
	capture := func(person string, number int) {
		if err := sim.Type(t.Context(), person, sampleChannel, fmt.Sprintf("/idea add Idea number %d", number)); err != nil {
			t.Error(err)
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

	answered, unanswered := 0, 0
	for _, person := range people {
		channel, err := sim.ChannelView(person, sampleChannel, 10*ideas)
		if err != nil {
			t.Fatal(err)
		}
		failed := 0
		for _, message := range channel.Messages {
			switch {
			case !message.Ephemeral, strings.Contains(message.Text, "is set up"):
			case strings.HasPrefix(message.Text, "Captured as PAY-"):
				answered++
			case strings.Contains(message.Text, "operation_timeout"):
				failed++
			default:
				t.Errorf("%s was told: %s", person, message.Text)
			}
		}
		if unanswered += failed; failed > 1 {
			t.Errorf("%s was left without an answer %d times", person, failed)
		}
	}
	stored := storedTitles(t, redis)
	if len(stored) != answered || answered+unanswered != ideas {
		t.Errorf("%d captures were answered, %d were not, %d are stored", answered, unanswered, len(stored))
	}
	t.Logf("%d of %d captures fell into the instant of closing", unanswered, ideas)

	for n := 1; n <= ideas; n++ {
		if stored[fmt.Sprintf("Idea number %d", n)] == 0 {
			capture("alice", n)
		}
	}
	stored = storedTitles(t, redis)
	for n := 1; n <= ideas; n++ {
		if title := fmt.Sprintf("Idea number %d", n); stored[title] != 1 {
			t.Errorf("%s is there %d times", title, stored[title])
		}
	}
}

// storedTitles counts the ideas of the sample's team by title.
func storedTitles(t *testing.T, url string) map[string]int {
	t.Helper()
	db, err := storage.Open(t.Context(), storage.Settings{URL: url}, newLogger(t.Output(), LogSettings{Level: "warn", Format: "text"}))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	titles := map[string]int{}
	for number := 1; ; number++ {
		page, err := db.Workspace(localWorkspace().TeamID).Page(t.Context(), storage.List{Team: "PAY"}, number, 100)
		if err != nil {
			t.Fatal(err)
		}
		for _, idea := range page.Ideas {
			titles[idea.Title]++
		}
		if number >= page.Of {
			return titles
		}
	}
}
