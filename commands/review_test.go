package commands_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"alignbot/commands"
	"alignbot/pipeline"
	"alignbot/slacksim"
	"alignbot/storage"
)

const (
	whatForWhom = "Which product outcome was this for, and for whom?"
	whatLearned = "What did we learn that changes the next step?"
	whatToStop  = "What should we stop or park?"
	lookAgain   = "When do we look at the number again?"
)

// inSprint stores a sprint of PAY with these ideas, which ends in two days.
func (w *workplace) inSprint(t *testing.T, number int, ideas []pipeline.Idea, change ...func(*pipeline.Sprint)) pipeline.Sprint {
	t.Helper()
	s := pipeline.Sprint{
		Team: "PAY", Number: number, First: inDays(-11), Last: inDays(2), Goal: "People find the answer alone", InIdeas: true, Started: time.Now(), StartedBy: "U0ALICE",
	}
	for _, idea := range ideas {
		s.Items = append(s.Items, pipeline.SprintItem{Key: idea.Key, Title: idea.Title})
	}
	for _, c := range change {
		c(&s)
	}
	s, err := w.store.KeepSprint(t.Context(), fmt.Sprint("sprint ", number), s, "U0ALICE", storage.Slot{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// review of that sprint as it is stored.
func (w *workplace) review(t *testing.T, number int) storage.ReviewState {
	t.Helper()
	state, err := w.store.Review(t.Context(), "PAY", number)
	if err != nil {
		t.Fatal(err)
	}
	return state
}

// reviewed stores a review of the sprint with its messages, which ends in an hour.
func (w *workplace) reviewed(t *testing.T, s pipeline.Sprint, change ...func(*pipeline.Review)) pipeline.Review {
	t.Helper()
	r := pipeline.Review{
		Team: "PAY", Number: s.Number, First: s.First, Last: s.Last, Goal: s.Goal, Outcomes: []pipeline.OutcomeKey{payO1},
		Opened: time.Now(), OpenedBy: "U0ALICE", Deadline: time.Now().Add(time.Hour),
	}
	for _, c := range change {
		c(&r)
	}
	name := fmt.Sprint("PAY:", s.Number)
	entry := func(kind, id string) storage.Outgoing {
		return storage.Outgoing{ID: id, Kind: kind, Subject: "PAY", Args: map[string]string{"sheet": name}}
	}
	post, of, end := entry("review", "sheet:review:"+name), entry("review.of", "sheet:review:"+name+":PAY-O1"), entry("review.close", "close-review:"+name)
	post.Channel, of.Channel, end.Due = "C0PAYMENTS", "C0PAYMENTS", r.Deadline
	of.Args["outcome"] = "PAY-O1"
	r, err := w.store.OpenReview(t.Context(), "review "+name, r, post, of, end)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// orphaned takes the links of an idea away.
func (w *workplace) orphaned(t *testing.T, idea pipeline.Idea) pipeline.Idea {
	t.Helper()
	idea.Outcomes = nil
	idea, err := w.store.ChangeIdea(t.Context(), "orphaned "+idea.Key.String(), idea, storage.Slot{}, pipeline.Event{At: time.Now(), By: "U0ALICE", What: pipeline.WasUnlinked})
	if err != nil {
		t.Fatal(err)
	}
	return idea
}

func TestAReviewFromItsOpeningToItsSummary(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}, asking).withTeam(t)
	alice, bob, carol := w.Person("alice").In("payments"), w.Person("bob").In("payments"), w.Person("carol").In("payments")
	first := w.prepared(t, "Export invoices", pipeline.Backlog)
	w.counting(t)
	second := w.prepared(t, "Remind by mail", pipeline.Delivered)
	third := w.orphaned(t, w.prepared(t, "New colours", pipeline.Delivered))
	w.inSprint(t, 1, []pipeline.Idea{first, second, third}, func(s *pipeline.Sprint) { s.Outcome = payO1 })

	bob.Types("/align review")
	bob.Sees("Sprint 1", "Planned: 3 ideas. Finished: 2 ideas.", "Its review is not open yet. It opens by itself in the morning of "+shown(2))
	bob.Clicks("Open its review")
	bob.Sees("The review is open.")
	carol.Sees("Review of sprint 1", "People find the answer alone", "Nobody has said yet whether the goal was reached.", "Gates passed by an override in this time: 0 of 6.",
		"Finished without an outcome: 1", "PAY-3  New colours", "Left over: 1", "PAY-1  Export invoices", "please say what came of it before you meet")
	carol.Sees("Sprint 1 and PAY-O1", "100 calls, target 50", "Nothing was finished for it in this sprint.", "1 item for it is not finished.", "Sprint 1 and PAY-O2", "PAY-2  Remind by mail")
	if r := w.review(t, 1).Review; r.OpenedBy != "U0BOB" || len(r.Outcomes) != 2 || r.Outcomes[0] != payO1 {
		t.Errorf("it is stored as %+v", r)
	}

	// One click each, from the message; what somebody says twice counts once.
	carol.ClicksIn("Sprint 1 and PAY-O1", "Too early to tell")
	carol.Sees("What you said about PAY-O1: too early.", "1 person has answered.")
	carol.ClicksIn("Sprint 1 and PAY-O1", "It moved")
	carol.Sees("What you said about PAY-O1: moved.", "Evidence: 1 moved.")
	carol.ClicksIn("Sprint 1 and PAY-O1", "2")
	alice.Sees("Evidence: 1 moved. Confidence: 2 of 5.")

	// All eight in a form.
	bob.ClicksIn("Sprint 1 and PAY-O1", "Answer all eight…")
	bob.SeesModal("About PAY-O1").Says("Your words stand under your name")
	bob.Fills(whatLearned, "Mails are read <!channel>")
	bob.Fills(lookAgain, inDays(-1))
	bob.Submits()
	bob.SeesFieldError(lookAgain, "")
	bob.Fills(lookAgain, inDays(20))
	bob.Chooses("What evidence do we have: did it move, is it too early, had it no effect, or do we not know?", "It moved")
	bob.Chooses("How confident are you that we reach the outcome, from 1 to 5?", "4")
	bob.Submits()
	bob.SeesNoModal()
	bob.Sees("What you said about PAY-O1: moved, confidence 4 of 5, 2 answers in words.")
	alice.Sees("2 people have answered.", "Evidence: 2 moved. Confidence: 3.0 of 5 on average, from 2 to 4.")

	// Everything else happens from its details.
	alice.ClicksIn("Review of sprint 1", "Details")
	alice.SeesModal("Review of sprint 1").Says("2 people have answered.").Says("What it was for")
	alice.Clicks("Goal reached")
	alice.SeesModal("Review of sprint 1").Says("The goal was reached.")
	carol.Sees("Said by Alice Anders.")
	alice.Clicks("3 items")
	alice.SeesModal("Review of sprint 1").Says("Not finished, carried over").Says("for no outcome")
	alice.Clicks("Mark as delivered")
	alice.SeesModal("Mark as delivered")
	alice.Fills(differently, "Half as many calls")
	alice.Submits()
	alice.SeesModal("Review of sprint 1").Says("Finished: 3 ideas.").Says("Half as many calls")
	carol.Sees("Finished: 3 ideas.")
	carol.StopsSeeing("Left over")
	alice.Clicks("Outcomes")
	alice.SeesModal("Review of sprint 1").Says("100 calls, target 50")
	alice.ClicksIn("100 calls, target 50", "Open")
	alice.SeesModal("Review of PAY-O1").Says("Mails are read <!channel>").Says("You said: nothing yet.")
	alice.Clicks("Check in")
	alice.SeesModal("Check in on PAY-O1")
	alice.Fills("The number now, in calls", "80")
	alice.Chooses("How confident are you that the target is reached?", "On track (green)")
	alice.Submits()
	alice.SeesModal("Review of PAY-O1").Says("80 calls, target 50")
	carol.Sees("80 calls, target 50")
	alice.Clicks("5")
	alice.SeesModal("Review of PAY-O1").Says("You said: confidence 5 of 5.")
	alice.Clicks("The whole review")
	alice.SeesModal("Review of sprint 1")
	alice.Clicks("Close the review")
	alice.SeesModal("Review of sprint 1").Says("Closed by").Says("1 of 2 outcomes moved (about one nobody said).")
	alice.ClosesModal()
	carol.Sees("What came of sprint 1", "Finished: 3 ideas, planned: 3 ideas.", "One finished item without an outcome.", "3 people answered.",
		"PAY-O1  Fewer calls: 2 moved. 80 calls, target 50.", "What was learned", "PAY-O1, Bob Brandt: Mails are read <!channel>", "Who took part is shown from 4 people on")
	carol.Sees("3 people answered. The summary is in the thread.")
	carol.StopsSeeing("Too early to tell")

	alice.Types("/align review list")
	alice.Sees("Reviews of Payments", "The goal was reached. 1 of 2 outcomes moved (about one nobody said).")
	alice.ClicksIn("Reviews of Payments", "Details")
	alice.SeesModal("Review of sprint 1").Says("Closed by")
}

// Its time to open comes on each replica, and somebody clicks at that moment: it is
// opened once.
func TestAReviewOpensByItselfOnce(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	idea := w.prepared(t, "Export invoices", pipeline.Delivered)
	s := w.inSprint(t, 1, []pipeline.Idea{idea}, func(s *pipeline.Sprint) { s.First, s.Last = inDays(-14), inDays(-1) })
	due := func(id, when string) storage.Outgoing {
		return storage.Outgoing{ID: id, Kind: "review.due", Subject: "PAY", Args: map[string]string{"sheet": "PAY:1", "when": when}}
	}
	// What its days were before they were changed opens nothing.
	if err := w.store.Enqueue(t.Context(), due("old", inDays(-2)), due("of none", "closed")); err != nil {
		t.Fatal(err)
	}
	other := due("no sprint", "closed")
	other.Args["sheet"] = "PAY:9"
	if err := w.store.Enqueue(t.Context(), due("a", s.Last), due("b", s.Last), other); err != nil {
		t.Fatal(err)
	}
	carol := w.Person("carol").In("payments")
	carol.Sees("Review of sprint 1", "Sprint 1 and PAY-O1")
	w.quietBut(t, 1) // its end
	if n := strings.Count(carol.Screen(), "Review of sprint 1"); n != 1 {
		t.Errorf("it is posted %d times", n)
	}
	if r := w.review(t, 1).Review; r.OpenedBy != "" && r.Version != 1 {
		t.Errorf("%+v", r)
	}
	carol.Types("/align review")
	carol.SeesModal("Review of sprint 1")
}

func TestAReviewClosesAtItsTimeBesideTheLastOne(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	idea := w.prepared(t, "Export invoices", pipeline.Delivered)
	w.counting(t)
	before := w.inSprint(t, 1, nil, func(s *pipeline.Sprint) { s.First, s.Last = inDays(-30), inDays(-20) })
	w.reviewed(t, before, func(r *pipeline.Review) {
		r.Closed, r.GoalWas = time.Now().AddDate(0, 0, -18), pipeline.GoalNotReached
		r.Summary = &pipeline.ReviewSummary{
			InIdeas: true, Planned: pipeline.Amount{Ideas: 6}, Done: pipeline.Amount{Ideas: 2}, People: 5,
			Outcomes: []pipeline.ReviewedOutcome{{Key: payO1, Statement: "Fewer calls", Number: "120 calls, target 50", Spread: pipeline.Spread{Evidence: map[pipeline.EffectAnswer]int{pipeline.EffectNone: 2}}}},
		}
	})
	r := w.reviewed(t, w.inSprint(t, 2, []pipeline.Idea{idea}), func(r *pipeline.Review) { r.Deadline = time.Now().Add(3 * time.Second).Truncate(time.Millisecond) })
	carol := w.Person("carol").In("payments")
	carol.ClicksIn("Sprint 2 and PAY-O1", "It moved")
	carol.Sees("What you said about PAY-O1: moved.")
	carol.Sees("What came of sprint 2", "Nobody said whether the goal was reached.", "1 of 1 outcome moved; last time 0 of 1.", "One person answered; last time 5.",
		"PAY-O1  Fewer calls: 1 moved. 100 calls, target 50; last time 120 calls, target 50.")
	state := w.review(t, 2)
	if !state.Review.Closed.Equal(r.Deadline) || state.Review.ClosedBy != "" || state.Review.Summary.Last != 1 {
		t.Errorf("it is closed as %+v", state.Review)
	}
	bob := w.Person("bob").In("payments")
	bob.Types("/align review 1")
	bob.SeesModal("Review of sprint 1").Says("0 of 1 outcome moved.")
}

// Answers and several clicks that close, at the same moment: it is closed once, and
// its summary counts what was stored.
func TestClosingAReviewAtTheSameMoment(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	idea := w.prepared(t, "Export invoices", pipeline.Delivered)
	w.reviewed(t, w.inSprint(t, 1, []pipeline.Idea{idea}))
	app := &commands.App{Store: w.store, Lookup: func(_ context.Context, user string) (pipeline.Person, error) {
		return pipeline.Person{ID: user, Workspace: "T0ACME", Name: user}, nil
	}}
	router := commands.NewRouter(commands.List(), "")
	handle := func(name, op, user, value string) error {
		entry, _ := router.Find(commands.Button, name)
		_, err := app.Handle(t.Context(), entry, &commands.Request{
			Op: op, Now: time.Now(), Person: pipeline.Person{ID: user, Workspace: "T0ACME"}, Channel: "C0PAYMENTS", Value: value,
		})
		return err
	}
	var all sync.WaitGroup
	for i := range 4 { // each delivered twice
		all.Go(func() {
			err := handle("review.close", fmt.Sprint("close", i/2), "U0ALICE", "team=PAY&review=1")
			if err != nil && !strings.Contains(err.Error(), "closed already") && !strings.Contains(err.Error(), "try again") {
				t.Error(err)
			}
		})
	}
	for i := range 12 {
		all.Go(func() {
			err := handle("review.tap", fmt.Sprint("tap", i), fmt.Sprint("U", i), "team=PAY&review=1&outcome=PAY-O1&question=review-evidence&said=moved")
			if err != nil && !strings.Contains(err.Error(), "over") {
				t.Error(err)
			}
		})
	}
	all.Wait()
	state := w.review(t, 1)
	if state.Review.IsOpen() {
		t.Fatal("it is open still")
	}
	if n := pipeline.SpreadOf(state.Answers, payO1).People; state.Review.Summary.People != n || state.Review.Summary.Outcomes[0].Spread.People != n {
		t.Errorf("%d answered, and it was closed with %+v", n, state.Review.Summary)
	}
	alice := w.Person("alice").In("payments")
	alice.Sees("What came of sprint 1")
	w.quietBut(t, 1)
	if n := strings.Count(alice.Screen(), "What came of sprint 1"); n != 1 {
		t.Errorf("its summary is told %d times", n)
	}
}

// Nobody loses words to a review that closes, or to another device.
func TestWordsOutliveAReviewThatCloses(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	idea := w.prepared(t, "Export invoices", pipeline.Delivered)
	w.reviewed(t, w.inSprint(t, 1, []pipeline.Idea{idea}))
	bob, alice := w.Person("bob").In("payments"), w.Person("alice").In("payments")
	bob.ClicksIn("Sprint 1 and PAY-O1", "Answer all eight…")
	bob.SeesModal("About PAY-O1")
	bob.Fills(lookAgain, inDays(-1))
	bob.Submits()
	bob.SeesFieldError(lookAgain, "")
	bob.Fills(lookAgain, inDays(9))
	bob.Fills(whatToStop, "The weekly report")
	bob.ClosesModal()
	bob.OpensHome()
	bob.ClicksIn("Answers in a review of PAY that were not sent", "Continue")
	bob.SeesModal("About PAY-O1").Says("This is what you typed").Has(whatToStop, "The weekly report")

	alice.ClicksIn("Review of sprint 1", "Details")
	alice.SeesModal("Review of sprint 1")
	alice.Clicks("Close the review")
	alice.SeesModal("Review of sprint 1").Says("Closed by")
	alice.ClosesModal()
	bob.Submits()
	bob.SeesFieldError(whatForWhom, "The time to answer is over. The answers given before that count. Reply in the thread instead. Your words are kept for a day.")
	if state := w.review(t, 1); len(state.Answers) != 0 {
		t.Errorf("it took %+v", state.Answers)
	}
}

func TestAReviewThatThereIsNot(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}, func(w *slacksim.Workspace) {}).withTeam(t)
	alice := w.Person("alice").In("payments")
	alice.Types("/align review")
	alice.Sees("There is no review to show: the team has no sprint yet.")
	alice.Types("/align review 7")
	alice.Sees("There is no review of a sprint 7 that you can see.")
	alice.Types("/align review list")
	alice.Sees("None yet. The review of a sprint opens by itself on its last workday.")
	w.inSprint(t, 1, nil, func(s *pipeline.Sprint) { s.First, s.Last = inDays(3), inDays(16) })
	alice.Types("/align review")
	alice.Sees("Sprint 1 begins on " + shown(3) + "; its review opens on its last workday.")
	alice.Types("/align review 1")
	alice.Sees("Planned: no ideas. Finished: no ideas.")
	alice.Clicks("Open its review")
	alice.Sees("so there is nothing to review yet.")

	// Of a sprint that finished nothing for nothing there is nothing to ask, and it is
	// reviewed all the same.
	w.inSprint(t, 2, nil)
	alice.Types("/align review 2")
	alice.ClicksIn("Sprint 2", "Open its review")
	alice.Sees("Nothing in the sprint serves an outcome, so there is none to ask about.")
	alice.ClicksIn("Review of sprint 2", "Details")
	alice.SeesModal("Review of sprint 2").Says("Nothing in the sprint serves an outcome, and the goal names none.")
	alice.Clicks("0 items")
	alice.SeesModal("Review of sprint 2").Says("The sprint has none.")
	alice.Clicks("Goal not reached")
	alice.SeesModal("Review of sprint 2").Says("The goal was not reached.")
	alice.Clicks("Close the review")
	alice.SeesModal("Review of sprint 2").Says("No outcome was looked at.").Says("Nobody answered.")
}

// An outcome that is closed while its review is open is asked about all the same, and
// a click that arrives twice, the second time late, takes nothing back.
func TestAReviewOfAnOutcomeThatIsClosedMeanwhile(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	idea := w.prepared(t, "Export invoices", pipeline.Delivered)
	w.reviewed(t, w.inSprint(t, 1, []pipeline.Idea{idea}))
	carol := w.Person("carol").In("payments")
	carol.Sees("Check in")
	w.closes(t, 1)
	tap := func(op, said string) {
		t.Helper()
		app := &commands.App{Store: w.store}
		entry, _ := commands.NewRouter(commands.List(), "").Find(commands.Button, "review.tap")
		_, err := app.Handle(t.Context(), entry, &commands.Request{
			Op: op, Now: time.Now(), Person: pipeline.Person{ID: "U0CAROL", Workspace: "T0ACME"}, Channel: "C0PAYMENTS",
			Value: "team=PAY&review=1&outcome=PAY-O1&question=review-evidence&said=" + said,
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	tap("first", "unknown")
	tap("second", "moved")
	tap("first", "unknown")
	if a := w.review(t, 1).Mine("U0CAROL", payO1); a.Evidence != pipeline.EffectMoved {
		t.Errorf("it counts as %q", a.Evidence)
	}
	carol.Sees("closed: reached", "Evidence: 1 moved.")
	carol.StopsSeeing("Check in")
	carol.ClicksIn("Sprint 1 and PAY-O1", "Details")
	carol.SeesModal("Review of PAY-O1").Says("Closed, reached").Says("You said: moved.")
	carol.DoesNotSee("Check in")
	carol.Clicks("4")
	carol.SeesModal("Review of PAY-O1").Says("You said: moved, confidence 4 of 5.")
}

func TestAReviewIsOpenedFromItsSprint(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	idea := w.prepared(t, "Export invoices", pipeline.Delivered)
	w.inSprint(t, 1, []pipeline.Idea{idea}, func(s *pipeline.Sprint) { s.First, s.Last = inDays(-14), inDays(-1) })
	bob := w.Person("bob").In("payments")
	bob.Types("/align sprint")
	bob.SeesModal("Sprint 1")
	bob.Clicks("Review")
	bob.SeesModal("Review of sprint 1").Says("Its review is not open yet.")
	bob.Clicks("Open its review")
	bob.SeesModal("Review of sprint 1").Says("Nobody has answered yet.").Says("1 finished item")
	bob.ClosesModal()
	bob.Sees("Sprint 1 and PAY-O1")
}

func TestTakingPartIsShownByRole(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}, asking).withTeam(t)
	idea := w.prepared(t, "Export invoices", pipeline.Delivered)
	r := w.reviewed(t, w.inSprint(t, 1, []pipeline.Idea{idea}))
	for i, user := range []string{"U0ALICE", "U0BOB", "U0CAROL", "U0DAVE"} {
		a := pipeline.ReviewAnswer{By: user, Outcome: payO1, Confidence: i + 1}
		if _, err := w.store.AnswerReview(t.Context(), storage.ReviewAnswering{Op: user, Seen: storage.ReviewState{Review: r}, Answer: a}); err != nil {
			t.Fatal(err)
		}
	}
	alice, carol := w.Person("alice").In("payments"), w.Person("carol").In("payments")
	carol.ClicksIn("Review of sprint 1", "Details")
	carol.SeesModal("Review of sprint 1").Says("4 people have answered.")
	carol.DoesNotSee("Name the developers…")
	carol.ClosesModal()
	alice.ClicksIn("Review of sprint 1", "Details")
	alice.SeesModal("Review of sprint 1")
	alice.Clicks("Name the developers…")
	alice.SeesModal("Developers")
	alice.Chooses("Who develops the product?", "bob")
	alice.Submits()
	alice.SeesModal("Review of sprint 1")
	if d, err := w.store.Developers(t.Context(), "PAY"); err != nil || len(d.People) != 1 || d.People[0] != "U0BOB" {
		t.Errorf("named are %+v (%v)", d, err)
	}
	alice.Clicks("Close the review")
	alice.SeesModal("Review of sprint 1").Says("Review: product 25 %, developers 25 %, stakeholders 50 %")
}
