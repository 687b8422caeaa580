package nudges_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/slacksim"
	"alignbot/storage/redistest"
)

// night is a time zone in which it is three in the morning now.
func night() string {
	hour := time.Now().UTC().Hour()
	off := (hour - 3 + 24) % 24 // hours behind UTC
	if off > 12 {
		off -= 24
	}
	return fmt.Sprintf("Etc/GMT%+d", off)
}

// office is a world in which something waits for some people, all in one room of
// Slack, where it is morning.
func office(t *testing.T, people int, url string) (*world, []string) {
	t.Helper()
	workspace, ids := crowd(people)
	workspace.App.Scopes = append(workspace.App.Scopes, "dnd:read")
	w := newWorld(t, slacksim.Options{Workspace: workspace, LedgerSize: 100_000}, url)
	w.team()
	w.ask("test/round", ids...)
	return w, ids
}

// state waits until that became of somebody's nudge.
func (w *world) state(user string, want pipeline.NudgeState, why string) {
	w.t.Helper()
	w.eventually(fmt.Sprintf("the nudge of %s is %s %s", user, want, why), 20*time.Second, func() bool {
		due := w.states()["@"+user]
		return due.State == want && due.Why == why
	})
}

// update changes an account in Slack.
func (w *world) update(user string, change func(*slacksim.Person)) {
	w.t.Helper()
	if err := w.UpdatePerson(w.t.Context(), user, change); err != nil {
		w.t.Fatal(err)
	}
}

// connected runs a bot and waits until it hears what happens in Slack.
func (w *world) connected() {
	w.t.Helper()
	w.runs()
	w.eventually("the bot has both its sockets", 10*time.Second, func() bool { return len(w.Sockets()) == 2 })
}

func TestNobodyIsDisturbed(t *testing.T) {
	w, people := office(t, 3, redistest.StartOrMemory(t))
	busy, away, free := people[0], people[1], people[2]
	ends := time.Now().Add(6 * time.Second)
	w.update(busy, func(p *slacksim.Person) { p.SnoozeUntil = ends.Unix() })
	w.update(away, func(p *slacksim.Person) { p.SnoozeUntil = time.Now().Add(20 * time.Hour).Unix() })
	w.due(time.Now().Add(2 * time.Second))
	w.runs()
	w.state(busy, pipeline.NudgeHeld, pipeline.NudgeDisturbs)
	w.state(away, pipeline.NudgeMissed, pipeline.NudgeDisturbs)
	w.state(free, pipeline.NudgeSent, "")
	w.state(busy, pipeline.NudgeSent, "")
	posts := w.posts()
	if n := len(posts[busy]); n != 1 || posts[busy][0].At.Before(ends.Truncate(time.Second)) {
		t.Errorf("who was busy until %s got %v", ends, posts[busy])
	}
	if len(posts[free]) != 1 || len(posts[away]) != 0 {
		t.Errorf("who was free got %d, who had do-not-disturb on for the day %d", len(posts[free]), len(posts[away]))
	}
}

// Without the scope nobody can be asked; nudges come all the same.
func TestWithoutTheRightToAskNudgesCome(t *testing.T) {
	w, people := office(t, 1, redistest.StartOrMemory(t))
	if err := w.UpdateApp(t.Context(), func(app *slacksim.App) {
		app.Scopes = slices.DeleteFunc(app.Scopes, func(scope string) bool { return scope == "dnd:read" })
	}); err != nil {
		t.Fatal(err)
	}
	w.update(people[0], func(p *slacksim.Person) { p.SnoozeUntil = time.Now().Add(time.Hour).Unix() })
	w.due(time.Now().Add(time.Second))
	w.runs()
	w.state(people[0], pipeline.NudgeSent, "")
}

// Whoever moves, leaves, or is deactivated after their nudge was planned for a moment
// is looked at anew.
func TestWhoMovesOrLeaves(t *testing.T) {
	w, people := office(t, 3, redistest.StartOrMemory(t))
	moves, leaves, stays := people[0], people[1], people[2]
	w.due(time.Now().Add(4 * time.Second))
	w.connected()
	w.update(moves, func(p *slacksim.Person) { p.TZ = night() })
	w.update(leaves, func(p *slacksim.Person) { p.Deactivated = true })
	w.state(stays, pipeline.NudgeSent, "")
	w.eventually("nobody is late", 10*time.Second, func() bool {
		late, err := w.store.LateNudges(t.Context())
		return err == nil && late.Number == 0 && late.Waiting == 0
	})
	for _, user := range []string{moves, leaves} {
		if due, planned := w.states()["@"+user]; planned || len(w.posts()[user]) > 0 {
			t.Errorf("%s got %d: %+v", user, len(w.posts()[user]), due)
		}
	}
}

// Slack refuses a nudge, or nobody knows what became of it.
func TestWhatSlackSaysToANudge(t *testing.T) {
	for name, c := range map[string]struct {
		fault slacksim.Effect
		state pipeline.NudgeState
		why   string
		posts int // that Slack took, at most
	}{
		"the account is disabled":  {slacksim.APIError("user_disabled"), pipeline.NudgeFailed, "user_disabled", 0},
		"the answer is lost":       {slacksim.LoseReply(), pipeline.NudgeUnknown, "no-answer", 1},
		"too many at once":         {slacksim.Throttle("1"), pipeline.NudgeSent, "", 1},
		"it is not even connected": {slacksim.Drop(), pipeline.NudgeUnknown, "no-answer", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, people := office(t, 1, "memory:")
			w.Faults().Add(slacksim.Fault{On: "chat.postMessage", Times: 1, Do: c.fault})
			w.due(time.Now().Add(time.Second))
			w.runs()
			w.state(people[0], c.state, c.why)
			if n := len(w.posts()[people[0]]); n > c.posts || n == 0 && c.state == pipeline.NudgeSent {
				t.Errorf("Slack took %d", n)
			}
		})
	}
}

// Redis is away for a while at the very minute: everybody gets one, afterwards.
func TestRedisIsAwayAtThatMinute(t *testing.T) {
	redis := redistest.StartServer(t, "--appendonly", "yes", "--appendfsync", "always")
	w, people := office(t, 60, redis.URL())
	w.due(time.Now().Add(3 * time.Second))
	w.connected()
	w.eventually("some have theirs", 20*time.Second, func() bool { return len(w.posts()) >= 5 })
	redis.Kill()
	redis.Restart()
	settled := func(user string) bool {
		due := w.states()["@"+user]
		return due.State == pipeline.NudgeSent || due.State == pipeline.NudgeUnknown
	}
	w.eventually("everybody's is settled", time.Minute, func() bool {
		return !slices.ContainsFunc(people, func(user string) bool { return !settled(user) })
	})
	posts, states := w.posts(), w.states()
	for _, user := range people {
		if n, due := len(posts[user]), states["@"+user]; n > 1 || n == 0 && due.State == pipeline.NudgeSent {
			t.Errorf("%s got %d: %+v", user, n, due)
		}
	}
}

// Two processes whose clocks are twenty minutes apart send everybody one, when it is time
// by the clock of the store and of Slack.
func TestClocksThatDisagree(t *testing.T) {
	w, people := office(t, 60, redistest.StartOrMemory(t))
	busy := people[0]
	ends := time.Now().Add(8 * time.Second)
	w.update(busy, func(p *slacksim.Person) { p.SnoozeUntil = ends.Unix() })
	due := time.Now().Add(3 * time.Second)
	w.due(due)
	w.runsAhead(-10 * time.Minute)
	w.runsAhead(10 * time.Minute)
	w.eventually("everybody has theirs", 30*time.Second, func() bool {
		states := w.states()
		return !slices.ContainsFunc(people, func(user string) bool { return states["@"+user].State != pipeline.NudgeSent })
	})
	posts := w.posts()
	for _, user := range people {
		if len(posts[user]) != 1 || posts[user][0].At.Before(due) {
			t.Errorf("%s got %v, due at %s", user, posts[user], due)
		}
	}
	if got := posts[busy]; len(got) == 1 && got[0].At.Before(ends.Truncate(time.Second)) {
		t.Errorf("who was busy until %s got theirs at %s", ends, got[0].At)
	}
}
