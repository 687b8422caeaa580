package commands_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"alignbot/commands"
	"alignbot/pipeline"
	"alignbot/slacksim"
	"alignbot/slacksim/simtest"
	"alignbot/storage"
)

const (
	ownQuestion = "A question of your own"
	whoIsAsked  = "Who is asked?"
	daysToSay   = "Workdays to answer"
	anonymously = "Anonymous: nobody learns who answered what"
	whatIsTried = "What is tried?"
)

// round is a round of PAY as it is stored.
func (w *workplace) round(t *testing.T, id int) storage.RoundState {
	t.Helper()
	state, err := w.store.Round(t.Context(), "PAY", id, "")
	if err != nil {
		t.Fatal(err)
	}
	return state
}

// startsRound stores a round of Alice's with its entries.
func (w *workplace) startsRound(t *testing.T, change ...func(*pipeline.Round)) pipeline.Round {
	t.Helper()
	now := time.Now()
	r := pipeline.Round{
		Team: "PAY", Questions: []string{"What slows us down?"}, To: []string{"U0ALICE", "U0BOB", "U0CAROL"}, Started: now, StartedBy: "U0ALICE", Deadline: now.Add(time.Hour),
	}
	for _, c := range change {
		c(&r)
	}
	entry := func(kind, id string) storage.Outgoing {
		return storage.Outgoing{ID: id, Kind: kind, Subject: "PAY", Args: map[string]string{"round": "#"}}
	}
	post, end := entry("round", "round:#"), entry("round.close", "close-round:#")
	post.Channel, end.Due = "C0PAYMENTS", r.Deadline
	r, err := w.store.StartRound(t.Context(), "start", r, storage.Slot{}, post, entry("round.asks", "asks:#"), end)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// answersRound answers one question from the private message.
func (w *workplace) answersRound(name, question, words string) {
	p := w.Person(name).In("@alignbot")
	p.ClicksIn("asks you", "Answer")
	p.SeesModal("Your answer")
	p.Fills(question, words)
	p.Submits()
	p.SeesNoModal()
	p.Sees("Your answer is stored.")
}

// closesRound closes the round in its details.
func closesRound(p *simtest.Person, asked string) {
	p.ClicksIn(asked, "Details")
	p.SeesModal("Round of questions")
	p.Clicks("Close it now")
	p.SeesModal("Round of questions").Says("Closed before its time by")
}

func TestARoundFromTheQuestionToWhatItChanged(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}, asking).withTeam(t)
	alice, bob, carol := w.Person("alice").In("payments"), w.Person("bob").In("payments"), w.Person("carol").In("payments")
	bob.Types("/align ask")
	bob.SeesModal("Ask people").Has(daysToSay, "3")
	bob.Fills(ownQuestion, "What slows us down?")
	bob.Fills(daysToSay, "5")
	bob.Submits()
	bob.SeesNoModal()
	bob.Sees("The round runs. Asked: 3 people. One bot was left out. One guest was left out. They can answer until")
	carol.Sees("Bob Brandt asks everybody in this channel, 3 people", "What slows us down?", "Your name stands beside your answer.", "Answer until")
	r := w.round(t, 1).Round
	if !slices.Equal(r.To, []string{"U0ALICE", "U0BOB", "U0CAROL"}) || !r.Channel || r.Anonymous || !slices.Equal(r.Questions, []string{"What slows us down?"}) {
		t.Errorf("it is stored as %+v", r)
	}

	direct := w.Person("alice").In("@alignbot")
	direct.Sees("Bob Brandt asks you", "for Payments", "Beside your nudge of the day, this is the only message about it.")
	w.answersRound("alice", "What slows us down?", "Waiting for reviews")
	direct.Clicks("Change my answer")
	direct.SeesModal("Your answer").Has("What slows us down?", "Waiting for reviews")
	direct.Fills("What slows us down?", "\u200b")
	direct.Submits()
	direct.SeesFieldError("What slows us down?", "Answer at least one question.")
	direct.Fills("What slows us down?", "Waiting for reviews, and <!channel>")
	direct.Submits()
	direct.SeesNoModal()
	direct.Sees("in the place of the one before")

	// From the channel as well.
	carol.ClicksIn("asks everybody", "Answer")
	carol.SeesModal("Your answer")
	carol.Fills("What slows us down?", "Meetings")
	carol.Submits()
	carol.SeesNoModal()
	carol.Sees("Your answer is stored.")
	carol.ClicksIn("asks everybody", "Details")
	carol.SeesModal("Round of questions").Says("2 of 3 have answered.").Says("You have answered.")
	carol.DoesNotSee("Close it now", "Waiting for reviews")
	carol.ClosesModal()

	closesRound(bob, "asks everybody")
	bob.SeesModal("Round of questions").Says("Meetings").Says("Waiting for reviews, and <!channel>")
	bob.ClosesModal()
	carol.Sees("The round is closed.", "2 of 3 have answered.", "Alice Anders: Waiting for reviews, and <!channel>", "Carol Costa: Meetings", "Choose one thing to try.")
	carol.Sees("2 of 3 have answered. The answers are in the thread.")

	carol.ClicksIn("Choose one thing to try", "Choose what we try…")
	carol.SeesModal("What we try")
	carol.Fills(whatIsTried, "Review within a day")
	carol.Chooses("Who looks after it?", "bob")
	carol.Fills("Tried by", inDays(-2))
	carol.Submits()
	carol.SeesFieldError("Tried by", "")
	carol.Fills("Tried by", inDays(14))
	carol.Submits()
	carol.SeesNoModal()
	alice.Sees("What the answers changed", "Review within a day", "Looked after by Bob Brandt, to be tried by "+shown(14)+". Chosen by Carol Costa.")
	if e := w.round(t, 1).Round.Experiment; e == nil || e.Words != "Review within a day" || e.Owner != "U0BOB" {
		t.Errorf("%+v is tried", e)
	}
}

func TestARoundFormSaysWhatIsWrongBesideTheInput(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}, asking).withTeam(t)
	alice := w.Person("alice").In("payments")
	alice.Types("/align ask")
	alice.SeesModal("Ask people")
	alice.Fills(daysToSay, "21")
	alice.Chooses("Names", anonymously)
	alice.Submits()
	alice.SeesFieldError(ownQuestion, "Choose a question, or write one of your own.")
	alice.SeesFieldError(daysToSay, "A whole number of workdays from 1 to 20.")
	alice.SeesFieldError("Names", "An anonymous round shows nothing under 4 answers, and these are 3 people.")
	alice.Chooses(whoIsAsked, "bob", "carol")
	alice.Fills(ownQuestion, "Why?")
	alice.ClosesModal()

	// Nothing typed is lost.
	alice.OpensHome()
	alice.ClicksIn("A round of questions of PAY that was not started", "Continue")
	alice.SeesModal("Ask people").Says("This is what you typed").Has(ownQuestion, "Why?").Has(daysToSay, "21")
	alice.Clicks("Start afresh")
	alice.SeesModal("Ask people").Has(ownQuestion, "").Has(daysToSay, "3")
	alice.Fills(ownQuestion, "Why?")
	alice.Chooses(whoIsAsked, "bob", "carol")
	alice.Submits()
	alice.SeesNoModal()
	if r := w.round(t, 1).Round; !slices.Equal(r.To, []string{"U0BOB", "U0CAROL"}) || r.Channel {
		t.Errorf("asked are %v", r.To)
	}
	alice = alice.In("payments")
	alice.Sees("Alice Anders asks 2 people")
	alice.ClicksIn("asks 2 people", "Answer")
	alice.Sees("You are not among the 2 people who are asked")
	w.Person("bob").In("@alignbot").Sees("Alice Anders asks you")
	w.quietBut(t, 1)
	w.Person("alice").In("@alignbot").DoesNotSee("asks you")
	if _, err := w.store.Round(t.Context(), "PAY", 2, ""); err == nil {
		t.Error("two rounds were started")
	}
}

func TestAReflectionRoundIsAnonymous(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}, asking, func(w *slacksim.Workspace) {
		i := slices.IndexFunc(w.Channels, func(c slacksim.Channel) bool { return c.Name == "payments" })
		w.Channels[i].Members = append(slices.Clone(w.Channels[i].Members), "U0DAVE")
	}).withTeam(t)
	alice := w.Person("alice").In("payments")
	alice.Types("/align ask")
	alice.SeesModal("Ask people")
	alice.Fills(daysToSay, "4")
	alice.Clicks("Reflection round")
	alice.SeesModal("Ask people").Has(daysToSay, "4").Has("Names", anonymously)
	alice.Submits()
	alice.SeesNoModal()
	r := w.round(t, 1).Round
	if len(r.Questions) != 5 || !r.Anonymous || len(r.To) != 4 {
		t.Fatalf("it is stored as %+v", r)
	}
	question := r.Questions[1]
	for i, name := range []string{"alice", "bob", "carol"} {
		w.answersRound(name, question, fmt.Sprintf("Secret %d of nobody", i))
	}
	bob := w.Person("bob").In("@alignbot")
	bob.Clicks("Change my answer")
	bob.SeesModal("Your answer").Has(question, "").Says("nobody can look up who answered what").Says("kept nowhere until you send it")
	bob.ClosesModal()
	drafts, err := w.store.Drafts(t.Context(), bob.ID())
	if err != nil || len(drafts) > 0 {
		t.Errorf("drafts are kept: %v (%v)", drafts, err)
	}
	w.answersRound("dave", question, "Secret 3 of nobody")
	alice.ClicksIn("asks everybody", "Details")
	alice.SeesModal("Round of questions").Says("4 of 4 have answered.")
	alice.DoesNotSee("Secret 1")
	alice.ClosesModal()
	closesRound(alice, "asks everybody")
	alice.SeesModal("Round of questions").Says("Secret 1 of nobody").Says("Nobody answered this.")
	alice.ClosesModal()
	carol := w.Person("carol").In("payments")
	carol.Sees("The round is closed.", "Secret 0 of nobody", "Secret 3 of nobody")
	for _, who := range []string{"Anders: Secret", "Brandt: Secret", "Costa: Secret"} {
		carol.DoesNotSee(who)
	}
}

func TestOfAFewAnonymousAnswersNothingIsShown(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}, asking).withTeam(t)
	w.startsRound(t, func(r *pipeline.Round) {
		r.Anonymous, r.To = true, []string{"U0ALICE", "U0BOB", "U0CAROL", "U0DAVE"}
	})
	w.answersRound("bob", "What slows us down?", "Secret")
	alice := w.Person("alice").In("payments")
	closesRound(alice, "asks 4 people")
	alice.SeesModal("Round of questions").Says("An anonymous round shows nothing under 4 answers.")
	alice.ClosesModal()
	alice.Sees("The round is closed.", "An anonymous round shows nothing under 4 answers.")
	alice.DoesNotSee("Secret")
}

func TestARoundClosesAtItsDeadline(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}, asking).withTeam(t)
	r := w.startsRound(t, func(r *pipeline.Round) { r.Deadline = time.Now().Add(2 * time.Second).Truncate(time.Millisecond) })
	carol := w.Person("carol").In("@alignbot")
	carol.Sees("asks you")
	bob := w.Person("bob").In("payments")
	bob.Sees("*Closed.* Nobody has answered.")
	bob.DoesNotSee("The round is closed.", "Choose what we try…", "The answers are in the thread.")
	bob.ClicksIn("asks 3 people", "Details")
	bob.SeesModal("Round of questions").Says("Closed at its deadline")
	bob.ClosesModal()
	carol.ClicksIn("asks you", "Answer")
	carol.Sees("The time to answer is over.")
	if closed := w.round(t, 1).Round; !closed.ClosedAt.Equal(r.Deadline) || closed.ClosedBy != "" {
		t.Errorf("it is closed as %+v", closed)
	}
}

// Answers and several clicks that close, at the same moment: it is closed once, and
// what is told is what was stored.
func TestClosingARoundAtTheSameMoment(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}, asking).withTeam(t)
	r := w.startsRound(t)
	app := &commands.App{Store: w.store, Lookup: func(_ context.Context, user string) (pipeline.Person, error) {
		return pipeline.Person{ID: user, Workspace: "T0ACME", Name: user}, nil
	}}
	closing, _ := commands.NewRouter(commands.List(), "").Find(commands.Button, "round.close")
	var all sync.WaitGroup
	for i := range 4 { // each delivered twice
		all.Go(func() {
			_, err := app.Handle(t.Context(), closing, &commands.Request{
				Op: fmt.Sprint("close", i/2), Now: time.Now(), Person: pipeline.Person{ID: "U0ALICE", Workspace: "T0ACME"}, Channel: "C0PAYMENTS", Value: "team=PAY&round=1&by=U0ALICE",
			})
			if err != nil && !strings.Contains(err.Error(), "closed already") && !strings.Contains(err.Error(), "try again") {
				t.Error(err)
			}
		})
	}
	for _, user := range r.To {
		all.Go(func() {
			_, err := w.store.Answer(t.Context(), storage.Answering{Op: "answer " + user, Team: "PAY", ID: 1, User: user, Check: func(p storage.RoundPolling) (pipeline.RoundAnswer, error) {
				where := pipeline.Where{Team: &p.Team, InChannel: true}
				return pipeline.CheckAnswer(pipeline.Policy{}, pipeline.Person{ID: user, Workspace: "T0ACME"}, where, p.Round, []string{"Words of " + user}, p.Now)
			}})
			if err != nil && !strings.Contains(err.Error(), "over") {
				t.Error(err)
			}
		})
	}
	all.Wait()
	state := w.round(t, 1)
	if state.Round.Running() {
		t.Fatal("it still runs")
	}
	alice := w.Person("alice").In("payments")
	told, want := fmt.Sprintf("%d of 3 ha", len(state.Answers)), 1
	if len(state.Answers) == 0 {
		told, want = "*Closed.* Nobody has answered.", 0
	}
	alice.Sees(told)
	w.quietBut(t, 1)
	if n := strings.Count(alice.Screen(), "The round is closed."); n != want {
		t.Errorf("it is told %d times, want %d", n, want)
	}
}

func TestAnAnswerAfterTheCloseKeepsItsWords(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}, asking).withTeam(t)
	w.startsRound(t)
	bob, alice := w.Person("bob").In("@alignbot"), w.Person("alice").In("payments")
	bob.Clicks("Answer")
	bob.SeesModal("Your answer")
	bob.Fills("What slows us down?", "Too late")
	closesRound(alice, "asks 3 people")
	bob.Submits()
	bob.SeesFieldError("What slows us down?", "The time to answer is over.")
	bob.SeesFieldError("What slows us down?", "Your words are kept for a day.")
	bob.ClosesModal()
	bob.OpensHome()
	bob.Sees("An answer to questions of PAY that was not sent", "Too late")
}

// Two who choose at once: the second sees what the first chose, and decides.
func TestTwoChooseWhatIsTried(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}, asking).withTeam(t)
	w.startsRound(t)
	alice, bob := w.Person("alice").In("payments"), w.Person("bob").In("payments")
	w.answersRound("carol", "What slows us down?", "Too late")
	closesRound(alice, "asks 3 people")
	alice.Clicks("Choose what we try…")
	alice.SeesModal("What we try")
	bob.ClicksIn("Choose one thing to try", "Choose what we try…")
	bob.SeesModal("What we try")
	for _, p := range []*simtest.Person{alice, bob} {
		p.Fills(whatIsTried, "Idea of "+p.ID())
		p.Chooses("Who looks after it?", "carol")
		p.Fills("Tried by", inDays(14))
	}
	alice.Submits()
	alice.SeesModal("Round of questions").Says("Idea of U0ALICE")
	bob.Submits()
	bob.SeesModal("What we try").Says("Somebody chose something to try meanwhile").Says("Idea of U0ALICE").Has(whatIsTried, "Idea of U0BOB")
	bob.Submits()
	bob.SeesNoModal()
	if e := w.round(t, 1).Round.Experiment; e.Words != "Idea of U0BOB" {
		t.Errorf("%+v is tried", e)
	}
}

func TestARoundOfAPrivateTeamTellsNothingElsewhere(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}, asking, func(w *slacksim.Workspace) {
		w.Channels[slices.IndexFunc(w.Channels, func(c slacksim.Channel) bool { return c.Name == "leads" })].App = true
	})
	alice := w.Person("alice").In("leads")
	alice.Types("/align setup")
	alice.SeesModal("Set up a team")
	alice.Fills("Name", "Leads")
	alice.Fills("Key", "LEA")
	alice.Submits()
	alice.Sees("is set up")
	alice.Types("/align ask")
	alice.SeesModal("Ask people")
	alice.Fills(ownQuestion, "Do we close Rome?")
	alice.Chooses(whoIsAsked, "bob", "dave")
	alice.Submits()
	alice.SeesNoModal()
	alice.Sees("Asked: 1 person. 1 person who is not in the team's channel was left out.")
	dave := w.Person("dave").In("@alignbot")
	dave.Sees("A round of questions waits for your answer")
	dave.DoesNotSee("Rome", "Leads")
	dave.Clicks("Answer")
	dave.Sees("There is nothing here that you can see")
	dave = dave.In("leads")
	dave.Types("/align")
	dave.Sees("What would you like to do?")
	dave = dave.In("@alignbot")
	dave.Clicks("Answer")
	dave.SeesModal("Your answer")
	dave.Fills("Do we close Rome?", "No")
	dave.Submits()
	dave.SeesNoModal()
	dave.Sees("Your answer is stored.")
}

func TestWhoMayAsk(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	w.Expect("missing_scope")
	gina := w.Person("gina").In("payments")
	gina.Types("/align ask")
	gina.Sees("not open to guests here")
	bob := w.Person("bob").In("general")
	bob.Types("/align ask")
	bob.Sees("This channel is not a team's.")
	bob.Chooses("Choose a team", "Payments (PAY)")
	bob.SeesModal("Ask people")
	bob.Fills(ownQuestion, "Why?")
	bob.Submits()
	bob.SeesFieldError(whoIsAsked, "I lack the right channels:read")
	bob.Chooses(whoIsAsked, "carol", "alice")
	bob.Submits()
	bob.SeesNoModal()
	bob.Sees("The round runs. Asked: 2 people.")
}
