package bot

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/slacksim"
)

func TestStoppingAnswersWhatIsUnderWay(t *testing.T) {
	w := newWorld(t, slacksim.Options{})
	b := w.ready()
	const people = 20
	var typing sync.WaitGroup
	for i := range people {
		typing.Go(func() {
			if err := w.Type(t.Context(), "alice", "general", fmt.Sprintf("/align hold %d", i)); err != nil {
				t.Error(err)
			}
		})
	}
	for range people {
		<-w.holding
	}
	b.stop()
	w.eventually("readiness says so", func() bool {
		_, c := b.health("/readyz")
		return strings.Contains(strings.Join(c.Reasons, " "), "stopping")
	})
	close(w.held)
	began := time.Now()
	if err := b.end(t); err != nil {
		t.Fatal(err)
	}
	typing.Wait()
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("stopping took %s", took)
	}
	if n := w.times("hold"); n != people {
		t.Errorf("%d of %d were carried out", n, people)
	}
	w.unheard(t)
	w.eventually("no socket is left open", func() bool { return len(w.Sockets()) == 0 })
}

// A handler that does not come back costs its own answer, not the stopping.
func TestStoppingHasALimit(t *testing.T) {
	w := newWorld(t, slacksim.Options{})
	b := w.ready(func(s *Settings, _ *Parts) {
		s.Timing.Budget, s.Timing.Drain = 200*time.Millisecond, 3*time.Second
	})
	w.Person("alice").In("general").Types("/align ignorectx")
	w.Person("alice").In("general").Sees("taking longer than it should")
	began := time.Now()
	if err := b.end(t); err != nil {
		t.Error(err)
	}
	if took := time.Since(began); took > 3*time.Second {
		t.Errorf("stopping took %s", took)
	}
	close(w.held)
}

func TestStoppingBeforeSlackAnswers(t *testing.T) {
	w := newWorld(t, slacksim.Options{})
	w.Faults().Add(slacksim.Fault{On: "auth.test", Do: slacksim.HTTPStatus(503)})
	b := w.start(func(s *Settings, _ *Parts) { s.Timing.RetryFirst, s.Timing.RetryMost = time.Hour, time.Hour })
	w.eventually("it was tried", func() bool { return count(t, b, "alignbot_slack_requests_total") > 0 })
	if err := b.end(t); err != nil {
		t.Error(err)
	}
}

func TestWhatIsBeingPostedIsRecordedBeforeTheEnd(t *testing.T) {
	w := newWorld(t, slacksim.Options{})
	w.team()
	b := w.ready()
	rule := w.Faults().Add(slacksim.Fault{On: "chat.postMessage", Times: 1, Do: slacksim.Delay(time.Minute)})
	w.Person("alice").In("payments").Types("/idea add Export invoices")
	w.eventually("it is on its way", func() bool { return rule.Strikes() == 1 })
	b.stop()
	w.Advance(2 * time.Minute)
	if err := b.end(t); err != nil {
		t.Fatal(err)
	}
	if s := w.stats(); s.Sending+s.Unknown+s.Due+s.Failed != 0 || w.posts("C0PAYMENTS") != 1 {
		t.Errorf("the outbox has %+v after %d posts", s, w.posts("C0PAYMENTS"))
	}
}

func TestTheNextProcessSendsWhatIsLeft(t *testing.T) {
	w := newWorld(t, slacksim.Options{})
	w.team()
	b := w.ready()
	rule := w.Faults().Add(slacksim.Fault{On: "chat.postMessage", Do: slacksim.APIError("service_unavailable")})
	for i := range 5 {
		w.Person("alice").In("payments").Types(fmt.Sprintf("/idea add Idea %d", i))
	}
	if err := b.end(t); err != nil {
		t.Fatal(err)
	}
	rule.Remove()
	w.ready()
	w.eventually("all cards are there", func() bool { return w.posts("C0PAYMENTS") == 5 })
}

func TestABotRunsOnce(t *testing.T) {
	w := newWorld(t, slacksim.Options{})
	b := w.ready()
	if err := b.Run(t.Context()); err == nil {
		t.Error("it ran twice")
	}
}

// Two processes serve; one is stopped in the middle, and waits for a quiet
// moment to close. Everything is answered, and stored once.
func TestOneOfTwoProcessesStopsUnderLoad(t *testing.T) {
	w := newWorld(t, slacksim.Options{LedgerSize: 1_000_000, AckTimeout: time.Second})
	w.team()
	one := w.ready(func(s *Settings, _ *Parts) { s.Timing.Drain = time.Minute }) // however slow the machine is, it is quiet before
	w.ready()
	const each = 100
	var typing sync.WaitGroup
	half := make(chan struct{}, 3)
	for _, name := range []string{"alice", "bob", "carol"} {
		typing.Go(func() {
			for i := range each {
				if err := w.Type(t.Context(), name, "payments", fmt.Sprintf("/idea add %s's idea %d", name, i)); err != nil {
					t.Error(err)
				}
				if i == each/2 {
					half <- struct{}{}
				}
			}
		})
	}
	<-half
	if err := one.end(t); err != nil {
		t.Error(err)
	}
	typing.Wait()
	sent, unanswered := map[string]bool{}, 0
	for _, e := range w.Ledger().Entries(nil) {
		switch {
		case e.Kind == slacksim.KindEnvelope && strings.HasPrefix(e.Method, "/idea"), e.Kind == slacksim.KindEnvelope && e.Method == "slash_commands":
			sent[e.ID] = true
		case e.Kind == slacksim.KindAck && e.Error == "timeout" && sent[e.ID]:
			unanswered++
		case e.Kind == slacksim.KindAck && e.Error != "" && e.Error != "timeout":
			t.Errorf("an acknowledgement came to nothing: %s", e.Error)
		}
	}
	if unanswered > 0 {
		t.Errorf("%d commands were not answered", unanswered)
	}
	board, err := w.db.Workspace(workspace).Board(t.Context(), "PAY")
	if want := 3 * each; err != nil || board.Counts[pipeline.Captured] != want || len(sent) != 3*each {
		t.Errorf("%d ideas are stored (%v), want %d of %d", board.Counts[pipeline.Captured], err, want, len(sent))
	}
}
