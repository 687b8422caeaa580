package commands_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/slacksim"
	"alignbot/storage"
)

// soon is a deadline that comes while a test waits for it, with time for the
// votes before it.
func soon(b *pipeline.Ballot) { b.Deadline = time.Now().Add(1500 * time.Millisecond) }

// redrawn tells whether a message with that text was drawn anew in its place.
func (w *workplace) redrawn(text string) bool {
	return slices.ContainsFunc(w.Ledger().Calls("chat.update"), func(e slacksim.Entry) bool { return strings.Contains(e.Text, text) })
}

func TestADeadlineClosesABallot(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t)
	w.asksAll(t, soon)
	w.votes(t, "U0BOB", pipeline.Vote{Choice: pipeline.ChoosePursue, Reason: "Nine of twelve asked"})
	w.votes(t, "U0CAROL", pipeline.Vote{Choice: pipeline.ChooseObject, Reason: "It breaks the <!channel> export"})
	w.votes(t, "U0DAVE", pipeline.Vote{Choice: pipeline.ChoosePursue})
	alice := w.Person("alice").In("payments")
	alice.Sees("1 objection", "Carol Costa objects:", "It breaks the <!channel> export",
		"Two would pursue it: Bob Brandt, Dave Dunn", "One objects: Carol Costa", "Nobody would park it",
		"*The advice is to pursue it.* One objects and two would pursue it.", "Bob Brandt would pursue it:", "Nine of twelve asked",
		"Closed at its deadline", "3 of 4 voted", "The product owner decides: Alice Anders.")
	screen := alice.Screen()
	if strings.Index(screen, "1 objection") > strings.Index(screen, "The advice is") {
		t.Errorf("the objections do not lead:\n%s", screen)
	}
	alice.Sees("The ballot is closed: Pursue PAY-1, or park it?") // in its thread
	alice.StopsSeeing("The votes are hidden")
	polled := w.polled(t, "")
	if b := polled.Ballot; b.Running() || b.ClosedBy != "" || !b.ClosedAt.Equal(b.Deadline) || b.Result.Advice != pipeline.AdviseFor {
		t.Errorf("it is stored as %+v", b)
	}
	if events := w.happened(t, pipeline.BallotClosed); len(events) != 1 || events[0].Why != polled.Ballot.Result.Because || events[0].About != string(pipeline.AskPursue) || events[0].By != "" {
		t.Errorf("its history has %+v", events)
	}
	alice.Types("/idea show PAY-1")
	alice.SeesModal("PAY-1").Says("The ballot on whether to pursue it is closed.")
	alice.ClosesModal()

	// The decision is a product owner's click, and the result says what it was.
	bob := w.Person("bob").In("payments")
	bob.ClicksIn("The ballot is closed", "Refresh")
	w.Until("the result is drawn again in its place", func() bool { return w.redrawn("The ballot on PAY-1 is closed.") })
	if n := strings.Count(alice.Screen(), "The ballot is closed: "); n != 1 {
		t.Errorf("the result stands there %d times", n)
	}
	bob.ClicksIn("The ballot is closed", "Park…")
	bob.Sees("What becomes of an idea is decided by the team's product owners.")
	alice.ClicksIn("The ballot is closed", "Park…")
	alice.SeesModal("Park PAY-1")
	alice.Chooses("Decision", "Not now: it may be right later")
	alice.Chooses("Kind of reason", "Too costly")
	alice.Fills("Why, although the ballot advised otherwise", "The export is worth more")
	alice.Submits()
	alice.SeesNoModal()
	alice.Sees("Decided: Alice Anders parked it (not now: too costly). That is not what the ballot came to.", "The export is worth more")
}

// Whoever has no replica running at the deadline has it made up for, once.
func TestADeadlineThatWasMissed(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t)
	b := w.asksAll(t, func(b *pipeline.Ballot) {
		b.Started, b.Deadline = b.Started.AddDate(0, 0, -9), b.Deadline.AddDate(0, 0, -9)
	})
	w.Person("alice").In("payments").Sees("*There is no decision.* Nobody of 4 people voted.")
	again := storage.Outgoing{ID: "close:PAY-1:1:later", Kind: "ballot.close", Subject: "PAY-1", Args: map[string]string{"ballot": "1"}}
	if err := w.store.Enqueue(t.Context(), again); err != nil {
		t.Fatal(err)
	}
	w.quiet(t)
	if closed := w.polled(t, "").Ballot; !closed.ClosedAt.Equal(b.Deadline) {
		t.Errorf("it is closed since %v, its deadline was %v", closed.ClosedAt, b.Deadline)
	}
	if events := w.happened(t, pipeline.BallotClosed); len(events) != 1 {
		t.Errorf("it was closed %d times", len(events))
	}
}

// A job that comes before its time, as after a change of clocks, waits for it.
func TestADeadlineThatHasNotCome(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t)
	b := w.asksAll(t, nil)
	early := storage.Outgoing{ID: fmt.Sprintf("close:PAY-1:1:%d", b.Deadline.UnixMilli()), Kind: "ballot.close", Subject: "PAY-1", Args: map[string]string{"ballot": "1"}}
	for range 3 {
		if err := w.store.Enqueue(t.Context(), early); err != nil {
			t.Fatal(err)
		}
		w.quietBut(t, 1)
		early.ID += ":again"
	}
	if b := w.polled(t, "").Ballot; !b.Running() {
		t.Errorf("it is closed: %+v", b)
	}
}

// quiet waits until nothing is to be sent any more.
func (w *workplace) quiet(t *testing.T) {
	t.Helper()
	w.quietBut(t, 0)
}

func TestAMissedQuorumGivesMoreTimeOnce(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t)
	b := w.asksAll(t, func(b *pipeline.Ballot) {
		soon(b)
		b.Quorum = pipeline.Quorum{Number: 3}
	})
	w.votes(t, "U0BOB", pipeline.Vote{Choice: pipeline.ChoosePursue})
	alice := w.Person("alice").In("payments")
	alice.Sees("Too few had voted in time, so there is more of it", "Too few have voted on PAY-1 in time: at least 3 of 4 have to. There is more time, once")
	extended := w.polled(t, "U0BOB")
	if now := extended.Ballot; !now.Extended || !now.Running() || !now.Deadline.After(b.Deadline.Add(24*time.Hour)) || extended.Mine == nil {
		t.Errorf("it goes on as %+v, with Bob's vote %+v", now, extended.Mine)
	}
	if events := w.happened(t, pipeline.BallotClosed); len(events) > 0 {
		t.Errorf("its history has %+v", events)
	}
	alice.Clicks("Park")
	alice.Sees("2 of 4 have voted")
	w.quietBut(t, 1) // its next deadline waits
}

func TestAQuorumThatIsMissedTwice(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t)
	w.asksAll(t, func(b *pipeline.Ballot) {
		soon(b)
		b.Quorum, b.Extended = pipeline.Quorum{Percent: 50}, true
	})
	w.votes(t, "U0BOB", pipeline.Vote{Choice: pipeline.ChoosePursue})
	w.Person("alice").In("payments").Sees("*There is no decision.* 1 of 4 people voted, and at least 2 had to.")
}

func TestWhoClosesABallotEarly(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		starter, closer string
		refused         bool
	}{
		"its starter":        {"U0BOB", "bob", false},
		"a product owner":    {"U0BOB", "alice", false},
		"a workspace admin":  {"U0BOB", "dave", false},
		"nobody else":        {"U0BOB", "carol", true},
		"not even who voted": {"U0ALICE", "bob", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := open(t, pipeline.Policy{}, func(w *slacksim.Workspace) {
				for i, p := range w.People {
					w.People[i].Admin = p.Name == "dave"
				}
				i := slices.IndexFunc(w.Channels, func(c slacksim.Channel) bool { return c.Name == "payments" })
				w.Channels[i].Members = append(slices.Clone(w.Channels[i].Members), "U0DAVE")
			})
			w.withOwner(t)
			w.asksAll(t, func(b *pipeline.Ballot) { b.StartedBy = c.starter })
			w.votes(t, "U0BOB", pipeline.Vote{Choice: pipeline.ChoosePark, Reason: "Later"})
			w.offers(t, "idea=PAY-1&ballot=1", "ballot.close")
			closer := w.Person(c.closer).In("payments")
			w.Faults().Add(slacksim.Fault{On: "block_actions", Times: 1, Do: slacksim.DuplicateElsewhere()})
			closer.Clicks("ballot.close")
			if c.refused {
				closer.Sees("A ballot can be closed early by whoever started it, by the team's product owners and by workspace admins.")
				if !w.polled(t, "").Ballot.Running() {
					t.Error("it is closed")
				}
				return
			}
			closer.Sees("The ballot on PAY-1 is closed. The advice is not to pursue it. One would park it.", "Closed early by", "The ballot is closed: Pursue PAY-1")
			w.quietBut(t, 1) // the job at the deadline
			if b := w.polled(t, "").Ballot; b.ClosedBy != closer.ID() {
				t.Errorf("it was closed by %q", b.ClosedBy)
			}
			if events := w.happened(t, pipeline.BallotClosed); len(events) != 1 {
				t.Errorf("its history has %+v", events)
			}
			if n := strings.Count(closer.Screen(), "The ballot is closed: Pursue PAY-1"); n != 1 {
				t.Errorf("the result was told %d times", n)
			}
		})
	}
}

func TestTwoCloseABallotAtOnce(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t)
	w.asksAll(t, func(b *pipeline.Ballot) { b.StartedBy = "U0BOB" })
	w.offers(t, "idea=PAY-1&ballot=1", "ballot.close")
	var both sync.WaitGroup
	for _, name := range []string{"alice", "bob"} {
		person := w.Person(name).In("payments")
		both.Go(func() {
			person.Clicks("ballot.close")
			person.Sees("The ballot on PAY-1 is closed.")
		})
	}
	both.Wait()
	w.quietBut(t, 1)
	if events := w.happened(t, pipeline.BallotClosed); len(events) != 1 || events[0].By != w.polled(t, "").Ballot.ClosedBy {
		t.Errorf("its history has %+v", events)
	}
}

// withOwner is withIdea where Alice is a product owner and no admin.
func (w *workplace) withOwner(t *testing.T) {
	t.Helper()
	team := pipeline.DefaultTeam("C0PAYMENTS", "payments", pipeline.Person{ID: "U0ALICE"})
	team.Key = "PAY"
	if _, err := w.store.SetUpTeam(t.Context(), "setup", team); err != nil {
		t.Fatal(err)
	}
	bob := w.Person("bob").In("payments")
	bob.Types("/idea add Export invoices")
	bob.Sees("Captured as PAY-1")
}

// quietBut is quiet but for so many entries that wait for their time.
func (w *workplace) quietBut(t *testing.T, n int) {
	t.Helper()
	comesTrue(t, func() (bool, string) {
		stats, err := w.store.OutboxStats(t.Context())
		return err == nil && stats.Due == n && stats.Sending == 0, fmt.Sprintf("the outbox holds %+v (%v)", stats, err)
	})
}

// What becomes of a ballot is told in the thread that the idea came from.
func TestAResultIsToldWhereTheIdeaCameFrom(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	bob, alice := w.Person("bob").In("payments"), w.Person("alice").In("payments")
	bob.Types("Could we export invoices?")
	bob.UsesShortcutOn("Could we export invoices?", "Capture as idea")
	bob.SeesModal("Capture an idea")
	bob.Fills("Title", "Export invoices")
	bob.Submits()
	bob.Sees("Captured as PAY-1")
	w.asksAll(t, nil)
	alice.Clicks("Pursue")
	alice.ClicksIn("1 of 4", "Details")
	alice.SeesModal("Ballot on PAY-1")
	alice.Clicks("Close it now")
	alice.ClosesModal()
	bob.Sees("Alice Anders closed the ballot on whether to pursue PAY-1: One would pursue it.")
}

func TestOnlyThoseWhoseVoteIsMissingAreReminded(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}, func(w *slacksim.Workspace) {
		for i, p := range w.People {
			w.People[i].Deactivated = w.People[i].Deactivated || p.Name == "dave"
		}
	}).withIdea(t)
	w.asksAll(t, nil)
	w.votes(t, "U0BOB", pipeline.Vote{Choice: pipeline.ChooseNoOpinion})
	remind := storage.Outgoing{ID: "reminders:PAY-1:1", Kind: "ballot.remind", Subject: "PAY-1", Args: map[string]string{"ballot": "1"}}
	for _, again := range []string{"", ":again"} { // done twice, it reminds once
		remind.ID += again
		if err := w.store.Enqueue(t.Context(), remind); err != nil {
			t.Fatal(err)
		}
	}
	w.quietBut(t, 1)
	carol := w.Person("carol").In("@alignbot")
	carol.Sees("Pursue PAY-1, or park it?", "Export invoices", "Your vote is missing. You can vote until", "Beside your nudge of the day, this is the only reminder.", "Open the ballot")
	if n := strings.Count(carol.Screen(), "Your vote is missing"); n != 1 {
		t.Errorf("Carol is reminded %d times", n)
	}
	w.Person("alice").In("@alignbot").Sees("Your vote is missing")
	for _, call := range w.Ledger().Entries(nil) {
		if call.Method == "chat.postMessage" && (strings.Contains(string(call.Payload), "U0BOB") || strings.Contains(string(call.Payload), "U0DAVE")) {
			t.Errorf("a message goes to somebody who voted or is gone: %s", call.Payload)
		}
	}
	carol.Clicks("Pursue")
	carol.Sees("Your vote is counted: pursue")
	if got := w.counts(t); got != [4]int{1, 0, 0, 1} {
		t.Errorf("counted are %v", got)
	}
}

// Where nothing ran from before the reminder until after the deadline, those who are
// given more time are reminded when most of that is over.
func TestAReminderThatWasMissedIsMadeUpFor(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t)
	remind := storage.Outgoing{ID: "reminders:PAY-1:1", Kind: "ballot.remind", Subject: "PAY-1", Args: map[string]string{"ballot": "1"}}
	if err := w.store.Enqueue(t.Context(), remind); err != nil { // of no ballot yet: nothing follows
		t.Fatal(err)
	}
	w.quiet(t)
	w.asksAll(t, func(b *pipeline.Ballot) {
		b.Started, b.Deadline, b.Quorum = b.Started.AddDate(0, 0, -9), b.Deadline.AddDate(0, 0, -9), pipeline.Quorum{Number: 3}
	})
	remind.ID += ":late"
	if err := w.store.Enqueue(t.Context(), remind); err != nil {
		t.Fatal(err)
	}
	w.Person("alice").In("payments").Sees("Too few have voted on PAY-1 in time")
	w.quietBut(t, 2) // the next deadline, and the reminder before it
	remind.ID += ":since"
	if err := w.store.Enqueue(t.Context(), remind); err != nil {
		t.Fatal(err)
	}
	w.quietBut(t, 3)
	w.Person("bob").In("@alignbot").DoesNotSee("Your vote is missing")
}

// Of a private team nothing is told to those who are not known to be in its
// channel, and whoever is goes there to vote.
func TestAReminderOfAPrivateTeam(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t)
	w.asksAll(t, nil)
	private := storage.Here{Channel: "C0PAYMENTS", Kind: storage.PrivateChannel}
	if _, err := w.store.Begin(t.Context(), storage.Want{Channel: "C0PAYMENTS", User: "U0ALICE", Here: private}); err != nil {
		t.Fatal(err)
	}
	if err := w.store.Enqueue(t.Context(), storage.Outgoing{ID: "reminders:PAY-1:1", Kind: "ballot.remind", Subject: "PAY-1", Args: map[string]string{"ballot": "1"}}); err != nil {
		t.Fatal(err)
	}
	dave := w.Person("dave").In("@alignbot")
	dave.Sees("A ballot on PAY-1 waits for your vote, until", "It is shown in its team's channel: vote there.")
	dave.DoesNotSee("Export invoices", "Your vote is missing")
	dave.OpensHome()
	dave.Sees("A ballot on PAY-1 waits for your vote until", "in its team's channel")
	dave.DoesNotSee("Export invoices")
	alice := w.Person("alice").In("@alignbot")
	alice.Sees("Export invoices", "Your vote is missing")
}

func TestAnAdminLooksUpWhoVotedWhat(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t)
	w.asksAll(t, func(b *pipeline.Ballot) { b.Level = pipeline.Confidential })
	w.votes(t, "U0BOB", pipeline.Vote{Choice: pipeline.ChooseObject, Reason: "Between us"})
	w.votes(t, "U0DAVE", pipeline.Vote{Choice: pipeline.ChoosePursue})
	alice, bob := w.Person("alice").In("payments"), w.Person("bob").In("payments")
	w.offers(t, "idea=PAY-1&ballot=1", "ballot.audit")
	alice.Clicks("ballot.audit")
	alice.Sees("The ballot on PAY-1 still runs, and until it closes its votes can be changed.")
	bob.Clicks("ballot.audit")
	bob.Sees("Only workspace admins can look up who voted what on a confidential ballot.")
	alice.ClicksIn("0 of 4", "Details")
	alice.SeesModal("Ballot on PAY-1")
	alice.Clicks("Close it now")
	alice.SeesModal("Ballot on PAY-1").Says("Between us")
	alice.DoesNotSee("Bob Brandt objects", "Dave Dunn")
	alice.Clicks("Who voted what")
	alice.SeesModal("Votes on PAY-1").Says("@Bob Brandt objects").Says("Between us").Says("@Dave Dunn would pursue it").Says("stands in the idea's history")
	if events := w.happened(t, pipeline.BallotAudited); len(events) != 1 || events[0].By != alice.ID() {
		t.Errorf("its history has %+v", events)
	}
	alice.ClosesModal()
	bob.Types("/idea show PAY-1")
	bob.SeesModal("PAY-1").Says("looked up who voted what in a ballot on it")
}

func TestNobodyLooksUpAnAnonymousBallot(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t)
	w.asksAll(t, func(b *pipeline.Ballot) { b.Level = pipeline.Anonymous })
	w.votes(t, "U0BOB", pipeline.Vote{Choice: pipeline.ChooseObject, Reason: "Between us"})
	w.offers(t, "idea=PAY-1&ballot=1", "ballot.audit", "ballot.close")
	alice := w.Person("alice").In("payments")
	alice.Clicks("ballot.close")
	alice.Sees("An anonymous ballot shows nothing under 4 votes.", "*There is no decision.* 1 of 4 people voted, and at least 4 had to.")
	alice.DoesNotSee("Between us")
	alice.Clicks("ballot.audit")
	alice.Sees("The ballot on PAY-1 is anonymous: nobody can look up who voted what, you included.")
	if events := w.happened(t, pipeline.BallotAudited); len(events) > 0 {
		t.Errorf("its history has %+v", events)
	}
}
