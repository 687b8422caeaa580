package commands_test

import (
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/slacksim"
	"alignbot/storage"
	"alignbot/storage/redistest"
)

// ahead is a clock that is ahead of the computer's by as much as it was moved.
type ahead struct{ by atomic.Int64 }

func (a *ahead) now() time.Time       { return time.Now().Add(time.Duration(a.by.Load())) }
func (a *ahead) move(d time.Duration) { a.by.Add(int64(d)) }

// mayPin grants the scopes of a wall.
func mayPin(w *slacksim.Workspace) {
	w.App.Scopes = append(w.App.Scopes[:len(w.App.Scopes):len(w.App.Scopes)], "pins:write", "pins:read")
}

// openWall opens a workplace whose clock can be moved.
func openWall(t *testing.T, change ...func(*slacksim.Workspace)) (*workplace, *ahead) {
	t.Helper()
	clock := &ahead{}
	return openAt(t, redistest.StartOrMemory(t), pipeline.Policy{}, nil, clock.now, change...).withTeam(t), clock
}

// looked has the wall of Payments looked at, as if a minute were over, and waits until
// that is done.
func (w *workplace) looked(t *testing.T, name string) {
	t.Helper()
	id := "wall.look:PAY:" + name
	if err := w.store.Enqueue(t.Context(), storage.Outgoing{ID: id, Kind: "wall.look", Subject: "PAY"}); err != nil {
		t.Fatal(err)
	}
	w.settles(t)
}

// settles waits until nothing is to be sent at the moment.
func (w *workplace) settles(t *testing.T) {
	t.Helper()
	calm := 0
	comesTrue(t, func() (bool, string) {
		stats, err := w.store.OutboxStats(t.Context())
		if calm++; err != nil || stats.Sending > 0 || stats.OldestDue > 0 {
			calm = 0
		}
		return calm > 2, fmt.Sprintf("%+v (%v)", stats, err)
	})
}

// wall of Payments.
func (w *workplace) wall(t *testing.T) storage.WallState {
	t.Helper()
	state, err := w.store.Wall(t.Context(), "PAY")
	if err != nil {
		t.Fatal(err)
	}
	return state
}

// called counts the calls of a method that Slack took for a message.
func (w *workplace) called(method, words string) int {
	return len(w.Ledger().Entries(func(e slacksim.Entry) bool {
		return e.Kind == slacksim.KindCall && e.Method == method && e.Error == "" && strings.Contains(string(e.Payload), words)
	}))
}

func TestAWallIsKeptCurrent(t *testing.T) {
	t.Parallel()
	w, clock := openWall(t, mayPin)
	alice, bob := w.Person("alice").In("payments"), w.Person("bob").In("payments")
	bob.Types("/align wall")
	bob.Sees("*The wall is off.*", "This is how it looks now", "The Product Backlog is empty.", "There are no outcomes yet")
	bob.DoesNotSee("Turn it on")
	alice.Types("/align wall")
	alice.Clicks("Turn it on")
	bob.Sees("(pinned by alignbot)", "As of ", "The Product Backlog is empty.")
	w.settles(t)
	if n := w.posted("Where Payments stands"); n != 1 {
		t.Fatalf("%d walls were posted", n)
	}
	state := w.wall(t)
	if !state.Wall.On || state.Wall.Pinned.IsZero() || state.Message.IsZero() {
		t.Fatalf("it is kept as %+v", state)
	}

	// Nothing changed: no edit. Something did, but a moment ago: not yet.
	w.looked(t, "same")
	w.owns(t, "U0BOB", 3)
	w.looked(t, "early")
	if n := w.called("chat.update", "Where Payments stands"); n != 0 {
		t.Errorf("%d edits in the first minute", n)
	}
	clock.move(time.Minute)
	w.looked(t, "late")
	bob.Sees("PAY-O1  Fewer calls · nobody has said how it goes")
	clock.move(time.Hour)
	w.looked(t, "later")
	if n := w.called("chat.update", "Where Payments stands"); n != 1 {
		t.Errorf("%d edits for one change", n)
	}

	// A ballot, a decision and the goal of a sprint.
	idea := w.prepared(t, "Export invoices", pipeline.Backlog)
	w.asksAll(t, func(b *pipeline.Ballot) { b.Deadline = clock.now().Add(20 * time.Hour); b.Started = time.Now() })
	sprint := pipeline.Sprint{Team: "PAY", Number: 1, First: inDays(0), Last: inDays(13), Goal: "Half the calls", Started: time.Now(), StartedBy: "U0ALICE"}
	if _, err := w.store.KeepSprint(t.Context(), "sprint", sprint, "U0ALICE", storage.Slot{}, nil); err != nil {
		t.Fatal(err)
	}
	w.looked(t, "more")
	bob.Sees("Sprint goal", "Half the calls", "Open ballots", idea.Key.String()+"  Export invoices, until", "· Vote", "Last decisions", "moved "+idea.Key.String()+"  Export invoices to the Product Backlog")
	bob.SeesMatch(`(?s)Half the calls.*Outcomes.*Runway.*Open ballots.*Last decisions.*As of`)

	// Taken off the pinned messages by somebody: it stays so, and goes on.
	state = w.wall(t)
	if err := w.Unpin(t.Context(), "bob", state.Message.Channel, state.Message.TS); err != nil {
		t.Fatal(err)
	}
	clock.move(2 * time.Minute)
	w.owns(t, "U0CAROL", 1)
	w.looked(t, "unpinned")
	bob.Sees("PAY-O3  Fewer calls")
	bob.DoesNotSee("(pinned by")
	bob.Types("/align wall")
	bob.Sees("*The wall is on.*", "Somebody took it off the pinned messages. alignbot leaves it so")
	if n := w.called("pins.add", ""); n != 1 {
		t.Errorf("it was pinned %d times", n)
	}

	// Off: the message says so, and nothing changes it any more.
	alice.Types("/align wall")
	alice.Clicks("Turn it off")
	bob.Sees("*This wall is off* since", "It does not change any more.")
	w.settles(t)
	clock.move(2 * time.Minute)
	w.looked(t, "off")
	if n := w.posted("Where Payments stands"); n != 1 {
		t.Errorf("%d walls were posted", n)
	}
	// On again it is the same message, and pinned again.
	alice.Types("/align wall")
	alice.ClicksIn("*The wall is off* since", "Turn it on")
	bob.Sees("(pinned by alignbot)")
	bob.StopsSeeing("*This wall is off*")
	w.settles(t)
	if n := w.posted("Where Payments stands"); n != 1 {
		t.Errorf("%d walls were posted", n)
	}
	alice.Types("/align wall")
	alice.Clicks("Turn it off")
	bob.StopsSeeing("(pinned by alignbot)")
}

// What somebody deletes is not posted again by itself: who turned it on is asked.
func TestAWallThatWasDeletedIsOfferedAgain(t *testing.T) {
	t.Parallel()
	w, clock := openWall(t, mayPin)
	alice, bob := w.Person("alice").In("payments"), w.Person("bob").In("payments")
	alice.Types("/align wall")
	alice.Clicks("Turn it on")
	bob.Sees("(pinned by alignbot)")
	w.settles(t)
	at := w.wall(t).Message
	w.deletes(t, at)
	for i, user := range []string{"U0BOB", "U0CAROL", "U0DAVE"} {
		clock.move(2 * time.Minute)
		w.owns(t, user, i+1)
		w.looked(t, fmt.Sprint("deleted ", i))
	}
	alice.In("@alignbot").Sees("Somebody deleted the wall of *Payments* from its channel.", "Turn it off")
	if n := w.posted("Somebody deleted the wall"); n != 1 || w.posted("Where Payments stands") != 1 {
		t.Errorf("it was told %d times, and posted %d times", n, w.posted("Where Payments stands"))
	}
	alice.Types("/align wall")
	alice.Sees("*The message of the wall was deleted*")
	alice.Clicks("Post it again")
	bob.Sees("(pinned by alignbot)", "PAY-O3  Fewer calls")
	w.settles(t)
	if n := w.posted("Where Payments stands"); n != 2 || w.wall(t).Message == at {
		t.Errorf("it was posted %d times", n)
	}
}

// deletes takes a message of alignbot's away, as an admin can.
func (w *workplace) deletes(t *testing.T, m pipeline.Message) {
	t.Helper()
	if _, _, err := slack.New(w.BotToken(), slack.OptionAPIURL(w.APIURL())).DeleteMessage(m.Channel, m.TS); err != nil {
		t.Fatal(err)
	}
}

// Where it cannot be pinned the wall stays as a message, and a line says why.
func TestAWallThatCannotBePinned(t *testing.T) {
	t.Parallel()
	t.Run("without the scope", func(t *testing.T) {
		t.Parallel()
		w, clock := openWall(t)
		alice := w.Person("alice").In("payments")
		alice.Types("/align wall")
		alice.Clicks("Turn it on")
		alice.In("@alignbot").Sees("grant it the scope `pins:write`")
		w.settles(t)
		alice.Types("/align wall")
		alice.Sees("*The wall is on.*", "Not pinned: alignbot may not pin messages here.", "Try to pin it")
		clock.move(time.Minute)
		w.looked(t, "refused")
		w.Person("bob").In("payments").Sees("As of ", "Not pinned: alignbot may not pin messages here.")
	})
	for code, says := range map[string]string{
		"too_many_pins":     "as many pinned messages as Slack allows",
		"not_in_channel":    "alignbot is not in this channel. Type `/invite @alignbot` in it",
		"restricted_action": "only some people may pin in this channel",
		"not_pinnable":      "Slack refuses it (not pinnable)",
	} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			w, _ := openWall(t, mayPin)
			alice := w.Person("alice").In("payments")
			w.Faults().Add(slacksim.Fault{On: "pins.add", Times: 1, Do: slacksim.APIError(code)})
			alice.Types("/align wall")
			alice.Clicks("Turn it on")
			private := alice.In("@alignbot")
			private.Sees("Not pinned: ", says)
			private.Clicks("Try to pin it")
			alice.Sees("(pinned by alignbot)")
			w.settles(t)
			if n := w.posted("Where Payments stands"); n != 1 {
				t.Errorf("%d walls were posted", n)
			}
		})
	}
	// What may be over in a moment is tried at the next look.
	t.Run("not at the moment", func(t *testing.T) {
		t.Parallel()
		w, _ := openWall(t, mayPin)
		alice := w.Person("alice").In("payments")
		w.Faults().Add(slacksim.Fault{On: "pins.add", Times: 1, Do: slacksim.APIError("internal_error")})
		alice.Types("/align wall")
		alice.Clicks("Turn it on")
		alice.Sees("As of ")
		w.settles(t)
		w.looked(t, "again")
		alice.Sees("(pinned by alignbot)")
		alice.In("@alignbot").DoesNotSee("Not pinned")
	})
}

// Two bots look at the same wall: one message, and one edit for a change.
func TestTwoReplicasKeepOneWall(t *testing.T) {
	t.Parallel()
	clock, url := &ahead{}, redistest.StartOrMemory(t)
	w := openAt(t, url, pipeline.Policy{}, nil, clock.now, mayPin).withTeam(t)
	db, err := storage.Open(t.Context(), storage.Settings{URL: url}, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	w.employ(t, db, pipeline.Policy{}, slog.New(slog.NewTextHandler(io.Discard, nil)))
	alice := w.Person("alice").In("payments")
	alice.Types("/align wall")
	alice.Clicks("Turn it on")
	alice.Sees("(pinned by alignbot)")
	w.settles(t)
	for round, user := range []string{"U0BOB", "U0CAROL", "U0DAVE"} {
		clock.move(2 * time.Minute)
		w.owns(t, user, round+1)
		var looks []storage.Outgoing
		for n := range 8 {
			looks = append(looks, storage.Outgoing{ID: fmt.Sprintf("wall.look:PAY:%d of %d", n, round), Kind: "wall.look", Subject: "PAY"})
		}
		if err := w.store.Enqueue(t.Context(), looks...); err != nil {
			t.Fatal(err)
		}
		w.settles(t)
	}
	alice.Sees("PAY-O3  Fewer calls")
	if posts, edits, pins := w.posted("Where Payments stands"), w.called("chat.update", "Where Payments stands"), w.called("pins.add", ""); posts != 1 || edits != 3 || pins != 1 {
		t.Errorf("posted %d times, edited %d times, pinned %d times", posts, edits, pins)
	}
}

// Turned by somebody who is no product owner any more, and twice by an older answer.
func TestWhoTurnsAWall(t *testing.T) {
	t.Parallel()
	w, _ := openWall(t, mayPin)
	alice, bob := w.Person("alice").In("payments"), w.Person("bob").In("payments")
	w.owned(t, "U0BOB")
	bob.Types("/align wall")
	bob.Sees("Turn it on")
	w.owned(t, "U0ALICE")
	bob.Clicks("Turn it on")
	bob.Sees("A team's settings can be changed by its product owners")
	if w.wall(t).Wall.On {
		t.Error("it is on")
	}
	alice.Types("/align wall")
	alice.Sees("*The wall is off.*")
	alice.Types("/align wall")
	alice.Clicks("Turn it on")
	alice.Sees("(pinned by alignbot)")
	alice.ClicksIn("*The wall is off.*", "Turn it on")
	alice.Sees("*The wall is on.*")
	w.settles(t)
	if n := w.posted("Where Payments stands"); n != 1 {
		t.Errorf("%d walls were posted", n)
	}
	elsewhere := bob.In("general")
	elsewhere.Types("/align wall")
	elsewhere.Sees("This channel is not a team's.")
	elsewhere.Chooses("Choose a team", "Payments (PAY)")
	elsewhere.Sees("*The wall is on.*")
}
