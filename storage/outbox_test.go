package storage

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"alignbot/pipeline"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

const lease = 30 * time.Second

func card(key string) Outgoing {
	return Outgoing{ID: "card:" + key, Kind: KindCard, Subject: key, Channel: "C_PAY"}
}

func news(id string) Outgoing {
	return Outgoing{ID: id, Kind: "text", Subject: "PAY-1", Channel: "C_PAY", Args: map[string]string{"text": id}}
}

// claimOne claims the one entry that must be due, at that pace; none is given for lanes
// in which nothing waits for anything.
func claimOne(t testing.TB, s *Store, pace ...time.Duration) Claimed {
	t.Helper()
	claimed, _, err := s.Claim(t.Context(), 10, lease, append(pace, 0)[0])
	noError(t, err)
	if len(claimed) != 1 {
		t.Fatalf("claimed %d entries, want 1: %+v", len(claimed), claimed)
	}
	return claimed[0]
}

func claimNone(t testing.TB, s *Store) (wait time.Duration) {
	t.Helper()
	claimed, wait, err := s.Claim(t.Context(), 10, lease, 0)
	noError(t, err)
	if len(claimed) != 0 {
		t.Fatalf("claimed %+v, want none", claimed)
	}
	return wait
}

var posted = pipeline.Message{Channel: "C_PAY", TS: "1700000001.000200"}

// TestCardFromCaptureToRedraw is the life of a card.
func TestCardFromCaptureToRedraw(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		stored := capture(t, s, "op1", "Export invoices", card("#"))
		c := claimOne(t, s)
		want := Claimed{Outgoing: card("PAY-1"), Attempt: 1, PriorState: Due}
		if diff := cmp.Diff(want, c, cmpopts.IgnoreFields(Claimed{}, "FirstDue", "Now", "Outgoing.Due")); diff != "" {
			t.Errorf("claimed (-want +got):\n%s", diff)
		}
		claimNone(t, s)
		noError(t, s.Sent(t.Context(), c, posted))
		noError(t, s.Sent(t.Context(), c, posted)) // the reply was lost
		if got := must(s.Idea(t.Context(), stored.Key))(t); got.Card != posted || got.Version != 1 {
			t.Errorf("the idea's card is %v at version %d", got.Card, got.Version)
		}
		stored.Title = "Export as PDF"
		must(s.ChangeIdea(t.Context(), "op2", stored, Slot{}, pipeline.Event{At: start, By: "U_ANA", What: pipeline.WasEdited}, card("PAY-1")))(t)
		c = claimOne(t, s)
		if c.Message != posted || c.Attempt != 2 || c.Misses != 0 {
			t.Errorf("the redraw is of %v, attempt %d, after %d that failed", c.Message, c.Attempt, c.Misses)
		}
		// The pause before another try grows with those that failed in a row, however
		// often it was drawn before.
		for misses := range 2 {
			noError(t, s.Retry(t.Context(), c, "internal_error", 0))
			if c = claimOne(t, s); c.Misses != misses+1 {
				t.Errorf("it failed %d times in a row, said to be %d", misses+1, c.Misses)
			}
		}
		noError(t, s.Sent(t.Context(), c, posted))
		must(s.ChangeIdea(t.Context(), "op3", must(s.Idea(t.Context(), stored.Key))(t), Slot{}, pipeline.Event{At: start, By: "U_ANA", What: pipeline.WasEdited}, card("PAY-1")))(t)
		if c = claimOne(t, s); c.Misses != 0 || c.Attempt != 5 {
			t.Errorf("once it was sent, %d failed in a row, attempt %d", c.Misses, c.Attempt)
		}
		noError(t, s.Sent(t.Context(), c, posted))
		claimNone(t, s)
	})
}

func TestWhatWaitsIsOneEntry(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		first, second := news("n1"), news("n1")
		second.Args = map[string]string{"text": "newer"}
		noError(t, s.Enqueue(t.Context(), first, second))
		c := claimOne(t, s)
		if c.Args["text"] != "newer" {
			t.Errorf("sends %v, want the newest", c.Args)
		}
		noError(t, s.Enqueue(t.Context(), first))
		noError(t, s.Sent(t.Context(), c, posted))
		noError(t, s.Enqueue(t.Context(), first))
		if claimNone(t, s); must(s.OutboxStats(t.Context()))(t) != (OutboxStats{}) {
			t.Error("a sent entry came back")
		}
	})
}

func TestTwoClaimersNeverHoldTheSameEntry(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		const entries = 60
		for i := range entries {
			e := news(fmt.Sprint("n", i))
			e.Channel = fmt.Sprint("C", i%7)
			noError(t, s.Enqueue(t.Context(), e))
		}
		var wg sync.WaitGroup
		var mu sync.Mutex
		held := map[string]int{}
		for range 6 {
			wg.Go(func() {
				for {
					claimed, _, err := s.Claim(t.Context(), 5, lease, 0)
					if err != nil {
						t.Error(err)
					}
					if len(claimed) == 0 {
						return
					}
					mu.Lock()
					for _, c := range claimed {
						held[c.ID]++
					}
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		for i := range entries {
			if n := held[fmt.Sprint("n", i)]; n != 1 {
				t.Errorf("n%d was claimed %d times", i, n)
			}
		}
	})
}

func TestOutcomesOfAnAttempt(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		capture(t, s, "op1", "Export invoices", card("#"))
		c := claimOne(t, s)
		noError(t, s.Unknown(t.Context(), c, "timeout"))
		noError(t, s.Unknown(t.Context(), c, "timeout")) // the reply was lost
		if got := must(s.OutboxStats(t.Context()))(t); got.Unknown != 1 || got.Sending != 0 {
			t.Errorf("stats are %+v", got)
		}
		unconfirmed := must(s.Unconfirmed(t.Context(), "U_ANA"))(t)
		if len(unconfirmed) != 1 || unconfirmed[0].ID != "card:PAY-1" || unconfirmed[0].Channel != "C_PAY" {
			t.Fatalf("unconfirmed are %+v", unconfirmed)
		}
		claimNone(t, s)

		noError(t, s.Resend(t.Context(), "card:PAY-1"))
		if c = claimOne(t, s); c.PriorState != Unknown || c.PriorCode != "timeout" || c.Attempt != 2 {
			t.Errorf("resent as %+v", c)
		}
		stale := c
		stale.Attempt = 1
		if err := s.Sent(t.Context(), stale, posted); !errors.Is(err, ErrStale) {
			t.Errorf("an old attempt answers %v, want ErrStale", err)
		}
		noError(t, s.Retry(t.Context(), c, "internal_error", 0))
		c = claimOne(t, s)
		noError(t, s.Failed(t.Context(), c, "channel_not_found"))
		if err := s.Unknown(t.Context(), c, "timeout"); !errors.Is(err, ErrStale) {
			t.Errorf("a second outcome answers %v, want ErrStale", err)
		}
		if got := must(s.OutboxStats(t.Context()))(t); got != (OutboxStats{Failed: 1}) {
			t.Errorf("stats are %+v", got)
		}
		noError(t, s.Resend(t.Context(), "card:PAY-1"))
		noError(t, s.Sent(t.Context(), claimOne(t, s), posted))
		if left := must(s.Unconfirmed(t.Context(), "U_ANA"))(t); len(left) != 0 {
			t.Errorf("unconfirmed are %+v after sending", left)
		}
		if err := s.Resend(t.Context(), "nothing"); !errors.Is(err, ErrNotFound) {
			t.Errorf("resending nothing answers %v", err)
		}
	})
}

// Of what is posted about an idea, only its card is missed by anybody: it shows the
// whole state.
func TestOnlyACardIsUnconfirmed(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		capture(t, s, "op1", "Export invoices", news("n1"))
		noError(t, s.Failed(t.Context(), claimOne(t, s), "not_in_channel"))
		if got := must(s.OutboxStats(t.Context()))(t); got.Failed != 1 {
			t.Errorf("stats are %+v", got)
		}
		if got := must(s.Unconfirmed(t.Context(), "U_ANA"))(t); len(got) != 0 {
			t.Errorf("unconfirmed are %+v", got)
		}
	})
}

// TestAMessageThatIsGoneIsForgotten: what somebody deleted cannot be redrawn,
// but posted anew.
func TestAMessageThatIsGoneIsForgotten(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		capture(t, s, "op1", "Export invoices", card("#"))
		noError(t, s.Sent(t.Context(), claimOne(t, s), posted))
		noError(t, s.Enqueue(t.Context(), card("PAY-1")))
		c := claimOne(t, s)
		stale := c
		stale.Attempt--
		if err := s.Forget(t.Context(), stale, "message_not_found"); !errors.Is(err, ErrStale) {
			t.Errorf("an old attempt answers %v, want ErrStale", err)
		}
		noError(t, s.Forget(t.Context(), c, "message_not_found"))
		noError(t, s.Forget(t.Context(), c, "message_not_found")) // the reply was lost
		if got := must(s.Idea(t.Context(), pipeline.Key{Team: "PAY", Number: 1}))(t); !got.Card.IsZero() {
			t.Errorf("the idea's card is still %v", got.Card)
		}
		again := pipeline.Message{Channel: "C_PAY", TS: "1700000009.000900"}
		if c = claimOne(t, s); !c.Message.IsZero() || c.PriorCode != "message_not_found" {
			t.Errorf("claimed as %+v, want a new post", c)
		}
		noError(t, s.Sent(t.Context(), c, again))
		if got := must(s.Idea(t.Context(), pipeline.Key{Team: "PAY", Number: 1}))(t); got.Card != again {
			t.Errorf("the idea's card is %v", got.Card)
		}
	})
}

func TestALateConfirmationOfWhatWasGivenUp(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		capture(t, s, "op1", "Export invoices", card("#"))
		c := claimOne(t, s)
		noError(t, s.Unknown(t.Context(), c, "timeout"))
		noError(t, s.Sent(t.Context(), c, posted))
		if got := must(s.OutboxStats(t.Context()))(t); got != (OutboxStats{}) {
			t.Errorf("stats are %+v", got)
		}
		if len(must(s.Unconfirmed(t.Context(), "U_ANA"))(t)) != 0 {
			t.Error("still shown as unconfirmed")
		}
	})
}

// TestOutboxInTime has the clock of its Redis in hand.
func TestOutboxInTime(t *testing.T) {
	inTime := func(name string, test func(t *testing.T, s *Store)) {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { test(t, withTeam(t, open(t, "memory:"))) })
		})
	}
	inTime("due later", func(t *testing.T, s *Store) {
		later := news("n1")
		later.Due = time.Now().Add(400 * time.Millisecond)
		noError(t, s.Enqueue(t.Context(), later))
		if wait := claimNone(t, s); wait != 400*time.Millisecond {
			t.Errorf("wait is %v, want 400ms", wait)
		}
		time.Sleep(400 * time.Millisecond)
		if c := claimOne(t, s); !c.FirstDue.Equal(later.Due) {
			t.Errorf("first due %v, want %v", c.FirstDue, later.Due)
		}
		if wait := claimNone(t, s); wait != time.Second {
			t.Errorf("wait is %v, want a second at most", wait)
		}
	})
	inTime("oldest due", func(t *testing.T, s *Store) {
		noError(t, s.Enqueue(t.Context(), news("n1")))
		time.Sleep(3 * time.Second)
		noError(t, s.Enqueue(t.Context(), news("n2")))
		if got := must(s.OutboxStats(t.Context()))(t); got != (OutboxStats{Due: 2, OldestDue: 3 * time.Second}) {
			t.Errorf("stats are %+v", got)
		}
	})
	inTime("one channel at its pace, in order", func(t *testing.T, s *Store) {
		for i := range 3 {
			noError(t, s.Enqueue(t.Context(), news(fmt.Sprint("n", i))))
			time.Sleep(time.Millisecond)
		}
		other := news("other")
		other.Channel, other.User = "", "U_ANA"
		noError(t, s.Enqueue(t.Context(), other))
		var order []string
		began := time.Now()
		for len(order) < 4 {
			claimed, wait, err := s.Claim(t.Context(), 10, lease, time.Second)
			noError(t, err)
			for _, c := range claimed {
				order = append(order, fmt.Sprint(c.ID, " ", time.Since(began)))
				noError(t, s.Sent(t.Context(), c, posted))
			}
			time.Sleep(wait)
		}
		if diff := cmp.Diff([]string{"n0 0s", "other 0s", "n1 1s", "n2 2s"}, order); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
	inTime("a lease that runs out", func(t *testing.T, s *Store) {
		capture(t, s, "op1", "first", card("#"))
		home := Outgoing{ID: "home:U_ANA", Kind: "home", User: "U_ANA", Repeatable: true}
		noError(t, s.Enqueue(t.Context(), home, news("n1")))
		claimed, _, err := s.Claim(t.Context(), 10, lease, 0)
		noError(t, err)
		if len(claimed) != 3 {
			t.Fatalf("claimed %d, want 3", len(claimed))
		}
		time.Sleep(lease)
		c := claimOne(t, s) // Home may be drawn twice; a card or news may not
		if c.ID != home.ID || c.PriorState != Sending || c.Attempt != 2 {
			t.Errorf("claimed %+v", c)
		}
		if got := must(s.OutboxStats(t.Context()))(t); got != (OutboxStats{Sending: 1, Unknown: 2}) {
			t.Errorf("stats are %+v", got)
		}
		// The card was never confirmed: an edit does not post it either.
		noError(t, s.Enqueue(t.Context(), card("PAY-1")))
		claimNone(t, s)
		noError(t, s.Resend(t.Context(), "card:PAY-1"))
		noError(t, s.Sent(t.Context(), claimOne(t, s), posted))
		// A redraw of a known message can be repeated.
		noError(t, s.Enqueue(t.Context(), card("PAY-1")))
		claimOne(t, s)
		time.Sleep(lease)
		claimed, _, err = s.Claim(t.Context(), 10, lease, 0)
		noError(t, err)
		if len(claimed) != 2 { // Home's lease ran out again too
			t.Errorf("claimed %+v", claimed)
		}
	})
	inTime("added while sending", func(t *testing.T, s *Store) {
		capture(t, s, "op1", "first", card("#"))
		c := claimOne(t, s)
		newer := card("PAY-1")
		newer.Args = map[string]string{"newer": "yes"}
		noError(t, s.Enqueue(t.Context(), newer))
		claimNone(t, s)
		noError(t, s.Sent(t.Context(), c, posted))
		if wait := claimNone(t, s); wait != time.Second {
			t.Errorf("due again in %v, want 1s", wait)
		}
		time.Sleep(time.Second)
		if c = claimOne(t, s); c.Message != posted || c.Args["newer"] != "yes" {
			t.Errorf("redrawn as %+v", c)
		}
		noError(t, s.Sent(t.Context(), c, posted))
		time.Sleep(2 * time.Second)
		claimNone(t, s)
	})
	inTime("held back by Slack", func(t *testing.T, s *Store) {
		other := news("other")
		other.Channel = "C_OTHER"
		direct := news("direct")
		direct.Channel, direct.User = "", "U_ANA"
		noError(t, s.Block(t.Context(), "chat.postMessage", "C_PAY", 3*time.Second))
		noError(t, s.Block(t.Context(), "chat.postMessage", "C_PAY", time.Second)) // never shorter
		noError(t, s.Block(t.Context(), "conversations.open", "", 5*time.Second))
		noError(t, s.Enqueue(t.Context(), news("n1"), other, direct))
		if c := claimOne(t, s); c.ID != "other" {
			t.Errorf("claimed %s", c.ID)
		}
		time.Sleep(3*time.Second - time.Millisecond)
		claimNone(t, s)
		time.Sleep(time.Millisecond)
		if c := claimOne(t, s); c.ID != "n1" {
			t.Errorf("claimed %s", c.ID)
		}
		time.Sleep(2 * time.Second)
		if c := claimOne(t, s); c.ID != "direct" {
			t.Errorf("claimed %s", c.ID)
		}
	})
	inTime("a lane that is held keeps its order and is not late", func(t *testing.T, s *Store) {
		for i := range 3 {
			noError(t, s.Enqueue(t.Context(), news(fmt.Sprint("n", i))))
			time.Sleep(time.Millisecond)
		}
		for range 3 { // looks at the channel
			claimed, _, err := s.Claim(t.Context(), 10, lease, time.Second)
			noError(t, err)
			if len(claimed) != 1 || claimed[0].ID != "n0" {
				t.Fatalf("claimed %+v, want the first alone", claimed)
			}
			noError(t, s.Block(t.Context(), "", "C_PAY", time.Hour))
			noError(t, s.Retry(t.Context(), claimed[0], "not_in_channel", 0))
			time.Sleep(time.Hour - time.Millisecond)
			claimNone(t, s)
			if got := must(s.OutboxStats(t.Context()))(t); got != (OutboxStats{Due: 3}) {
				t.Errorf("stats are %+v", got)
			}
			time.Sleep(time.Millisecond)
		}
		noError(t, s.Block(t.Context(), "", "C_PAY", time.Hour))
		time.Sleep(time.Minute)
		noError(t, s.Release(t.Context(), "C_PAY"))
		time.Sleep(2 * time.Second)
		if got := must(s.OutboxStats(t.Context()))(t); got != (OutboxStats{Due: 3, OldestDue: 2 * time.Second}) {
			t.Errorf("after the release stats are %+v", got)
		}
		var order []string
		for len(order) < 3 {
			claimed, wait, err := s.Claim(t.Context(), 10, lease, time.Second)
			noError(t, err)
			for _, c := range claimed {
				order = append(order, c.ID)
				noError(t, s.Sent(t.Context(), c, posted))
			}
			time.Sleep(wait)
		}
		if diff := cmp.Diff([]string{"n0", "n1", "n2"}, order); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		noError(t, s.Release(t.Context(), "C_NOBODY"))
	})
	inTime("finished entries fence their id for a day", func(t *testing.T, s *Store) {
		noError(t, s.Enqueue(t.Context(), news("n1")))
		noError(t, s.Sent(t.Context(), claimOne(t, s), posted))
		time.Sleep(24*time.Hour - time.Second)
		noError(t, s.Enqueue(t.Context(), news("n1")))
		claimNone(t, s)
		time.Sleep(time.Second)
		claimNone(t, s) // removes it
		noError(t, s.Enqueue(t.Context(), news("n1")))
		claimOne(t, s)
	})
	inTime("a card is redrawn in place however long ago it was sent", func(t *testing.T, s *Store) {
		capture(t, s, "op1", "first", card("#"))
		noError(t, s.Sent(t.Context(), claimOne(t, s), posted))
		time.Sleep(48 * time.Hour)
		claimNone(t, s)
		noError(t, s.Enqueue(t.Context(), card("PAY-1")))
		if c := claimOne(t, s); c.Message != posted {
			t.Errorf("would be posted anew: %+v", c)
		}
	})
	inTime("drafts and operations last a day", func(t *testing.T, s *Store) {
		noError(t, s.SaveDraft(t.Context(), "U_ANA", Slot{Name: "old"}, Draft{Typed: map[pipeline.Field]string{pipeline.FieldTitle: "old"}}))
		must(s.Begin(t.Context(), Want{Op: "op1"}))(t)
		capture(t, s, "op2", "first")
		time.Sleep(12 * time.Hour)
		noError(t, s.SaveDraft(t.Context(), "U_ANA", Slot{Name: "new"}, Draft{Typed: map[pipeline.Field]string{pipeline.FieldTitle: "new"}}))
		time.Sleep(12*time.Hour - time.Millisecond)
		if len(must(s.Drafts(t.Context(), "U_ANA"))(t)) != 2 {
			t.Error("a draft is gone before a day has passed")
		}
		time.Sleep(time.Millisecond)
		drafts := must(s.Drafts(t.Context(), "U_ANA"))(t)
		if len(drafts) != 1 || drafts["new"].Typed[pipeline.FieldTitle] != "new" {
			t.Errorf("after a day drafts are %v", drafts)
		}
		if must(s.Begin(t.Context(), Want{User: "U_ANA", Draft: "old"}))(t).Draft != nil {
			t.Error("Begin gives a draft of yesterday")
		}
		time.Sleep(memoryTick)
		if !must(s.Begin(t.Context(), Want{Op: "op1"}))(t).First {
			t.Error("an operation of yesterday is remembered")
		}
		if got := capture(t, s, "op2", "second"); got.Key.Number != 2 {
			t.Errorf("an operation of yesterday is answered with %s", got.Key)
		}
	})
}
