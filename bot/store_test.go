package bot

import (
	"strings"
	"sync"
	"testing"
	"time"

	"alignbot/slacksim"
	"alignbot/storage/redistest"
)

func TestRedisMayStartLater(t *testing.T) {
	server := redistest.StartServer(t)
	server.Kill()
	w := newWorldOn(t, slacksim.Options{}, server.URL())
	b := w.start()
	w.eventually("the store was asked", func() bool {
		_, c := b.health("/readyz")
		return strings.Contains(strings.Join(c.Reasons, " "), "Redis")
	})
	if code, _ := b.health("/livez"); code != 200 {
		t.Error("the process counts as dead because Redis is away")
	}
	if code, _ := b.health("/startupz"); code != 503 {
		t.Error("the process counts as started")
	}
	if len(w.calls("apps.connections.open")) > 0 {
		t.Error("a socket was opened by a process that cannot save")
	}
	server.Restart()
	began := time.Now()
	w.eventually("the bot is ready", func() bool { return b.Ready() == nil && b.fleet.state().serving > 0 })
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("that took %s", took)
	}
	w.Person("alice").In("general").Types("/align say hello")
	w.Person("alice").In("general").Sees("You said hello")
	if code, _ := b.health("/startupz"); code != 200 {
		t.Error("the process does not count as started")
	}
}

func TestAStoreThatMayForgetIsRefused(t *testing.T) {
	server := redistest.StartServer(t, "--maxmemory-policy", "allkeys-lru", "--maxmemory", "100mb")
	w := newWorldOn(t, slacksim.Options{}, server.URL())
	b := w.start()
	within(t, 5*time.Second, "the program to end", b.ended)
	if b.err == nil || !strings.Contains(b.err.Error(), "noeviction") {
		t.Errorf("it ended with %v", b.err)
	}
}

func TestAProcessThatCannotSaveClosesItsSockets(t *testing.T) {
	server := redistest.StartServer(t)
	w := newWorldOn(t, slacksim.Options{}, server.URL())
	b := w.ready(func(s *Settings, _ *Parts) { s.Timing.StoreGrace = 300 * time.Millisecond })
	server.Kill()
	alice := w.Person("alice").In("general")
	alice.Types("/align say hello") // within the grace: an honest answer
	alice.Sees("cannot reach my storage")
	w.eventually("its sockets are closed", func() bool { return len(w.Sockets()) == 0 })
	if isClosed(b.ended) {
		t.Fatalf("the process ended: %v", b.err)
	}
	server.Restart()
	w.eventually("they are open again", func() bool { return b.fleet.state().serving == 2 })
	alice.Types("/align say back again")
	alice.Sees("You said back again")
}

// While a socket waits to be closed, nobody waits for a store that is away.
func TestWhoeverComesBeforeTheSocketsCloseIsAnsweredAtOnce(t *testing.T) {
	server := redistest.StartServer(t)
	w := newWorldOn(t, slacksim.Options{AckTimeout: time.Minute}, server.URL())
	b := w.ready(func(s *Settings, _ *Parts) {
		s.Timing.StoreGrace, s.Timing.Budget = 10*time.Millisecond, 20*time.Second
	})
	var typing sync.WaitGroup
	const people = 4 // some on each socket, which keeps both open
	for range people {
		typing.Go(func() {
			if err := w.Type(t.Context(), "alice", "general", "/align hold"); err != nil {
				t.Error(err)
			}
		})
	}
	for range people {
		<-w.holding
	}
	server.Freeze()
	defer server.Thaw()
	w.eventually("it is known that nothing can be saved", func() bool { return !b.store.isUsable() })
	began := time.Now()
	bob := w.Person("bob").In("general")
	bob.Types("/align say hello")
	bob.Sees("cannot reach my storage")
	if took := time.Since(began); took > time.Second {
		t.Errorf("the answer took %s", took)
	}
	close(w.held)
	typing.Wait()
	w.eventually("the sockets are closed", func() bool { return len(w.Sockets()) == 0 })
	w.unheard(t)
}

func TestAStalledStoreCostsNobodyTheAnswer(t *testing.T) {
	server := redistest.StartServer(t)
	w := newWorldOn(t, slacksim.Options{}, server.URL())
	w.ready()
	alice := w.Person("alice").In("payments")
	alice.Types("/align form")
	alice.SeesModal("A form")
	alice.Fills("Words", "not to be lost")

	server.Freeze()
	defer server.Thaw()
	began := time.Now()
	alice.Submits()
	if took := time.Since(began); took > 2800*time.Millisecond {
		t.Errorf("the form was answered after %s", took)
	}
	alice.SeesModal("A form").Has("Words", "not to be lost")
	alice.SeesFieldError("Words", "nothing is stored twice")
	var asked sync.WaitGroup
	for _, name := range []string{"bob", "carol", "dave"} {
		asked.Go(func() {
			began := time.Now()
			if err := w.Type(t.Context(), name, "general", "/align say hello"); err != nil {
				t.Error(err)
			}
			if took := time.Since(began); took > 2800*time.Millisecond {
				t.Errorf("%s was answered after %s", name, took)
			}
		})
	}
	asked.Wait()
	w.unheard(t)
	server.Thaw()
	w.eventually("the same form goes through", func() bool {
		alice.Submits()
		views, err := w.Modals("alice")
		return err == nil && len(views) == 0
	})
	if n := w.times("submit not to be lost"); n < 1 {
		t.Errorf("the form was stored %d times", n)
	}
}

func TestAnEventThatCouldNotBeSavedIsLeftToSlack(t *testing.T) {
	server := redistest.StartServer(t)
	w := newWorldOn(t, slacksim.Options{}, server.URL())
	w.team()
	b := w.ready(func(s *Settings, _ *Parts) { s.Timing.StoreGrace = time.Hour })
	alice := w.Person("alice").In("payments")
	alice.Types("Invoices are retyped")
	alice.Types("/align say I am known")
	alice.Sees("You said I am known")
	server.Kill()
	alice.Reacts("bulb", "Invoices are retyped")
	w.eventually("it is not acknowledged", func() bool {
		return count(t, b, "alignbot_envelopes_total", "reaction_added", outcomeLeft) >= 1
	})
	server.Restart()
	w.eventually("the store is back", func() bool { return b.Ready() == nil })
	w.team() // this Redis kept nothing
	w.Advance(7 * time.Minute)
	w.Until("Slack's retry is the second chance", func() bool { return len(w.calls("chat.postEphemeral")) == 1 })
}

func TestTheBudgetHoldsWhateverAHandlerDoes(t *testing.T) {
	w := newWorld(t, slacksim.Options{})
	b := w.ready(func(s *Settings, _ *Parts) { s.Timing.Budget = 150 * time.Millisecond })
	alice := w.Person("alice").In("general")
	for _, word := range []string{"hold", "ignorectx"} {
		began := time.Now()
		alice.Types("/align " + word)
		if took := time.Since(began); took > time.Second {
			t.Errorf("%s was answered after %s", word, took)
		}
		alice.Sees("taking longer than it should")
	}
	alice.Types("/align holdform")
	alice.SeesModal("A form")
	alice.Fills("Words", "kept")
	alice.Submits()
	alice.SeesFieldError("Words", "taking longer than it should")
	alice.SeesModal("A form").Has("Words", "kept")
	w.eventually("three answers count as late", func() bool { return count(t, b, "alignbot_envelopes_total", outcomeLate) == 3 })
	close(w.held)
}

func TestAnOverloadedProcessSaysSo(t *testing.T) {
	w := newWorld(t, slacksim.Options{})
	b := w.ready(func(s *Settings, _ *Parts) { s.Workers, s.Queue = 2, 2 })
	alice := w.Person("alice").In("general")
	alice.Types("/align buttons")
	alice.Sees("Choose")
	var typing sync.WaitGroup
	for range 2 {
		typing.Go(func() { w.Type(t.Context(), "bob", "general", "/align hold") })
	}
	<-w.holding
	<-w.holding
	for range 2 {
		typing.Go(func() { w.Type(t.Context(), "bob", "general", "/align hold") })
	}
	w.eventually("the queue is full", func() bool { return len(b.queue) == 2 })
	began := time.Now()
	alice.Types("/align say hello")
	alice.Sees("Too many people are using alignbot")
	if took := time.Since(began); took > time.Second {
		t.Errorf("saying so took %s", took)
	}
	// The acknowledgement of a click holds no words, so there is none.
	typing.Go(func() { alice.Clicks("Press") })
	w.eventually("the click is refused", func() bool { return count(t, b, "alignbot_envelopes_total", "block_actions", outcomeLeft) == 1 })
	w.Advance(3 * time.Second)
	alice.SeesWarningAt("Press")
	close(w.held)
	typing.Wait()
	w.eventually("there is room again", func() bool { return len(b.queue) == 0 })
	alice.Types("/align say hello")
	alice.Sees("You said hello")
	if n := w.times("press"); n != 0 {
		t.Errorf("the click that failed was carried out %d times", n)
	}
}
