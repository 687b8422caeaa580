package commands_test

import (
	"slices"
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/storage"
)

// voting starts a ballot among three on an idea.
func (w *workplace) voting(t *testing.T, idea pipeline.Idea, question pipeline.BallotQuestion) storage.Polled {
	t.Helper()
	ctx, now, alice := t.Context(), time.Now(), pipeline.Person{ID: "U0ALICE", Workspace: "T0ACME"}
	team, err := w.store.Team(ctx, idea.Key.Team)
	if err != nil {
		t.Fatal(err)
	}
	asked := []pipeline.Person{alice, {ID: "U0BOB", Workspace: "T0ACME"}, {ID: "U0CAROL", Workspace: "T0ACME"}}
	typed := pipeline.BallotForm{Question: question, Level: pipeline.OpenBallot}
	idea = w.stored(t, idea.Key)
	b, err := pipeline.StartBallot(pipeline.Policy{}, alice, pipeline.Where{Team: &team, InChannel: true}, idea, typed, asked, false, now)
	if err != nil {
		t.Fatal(err)
	}
	event := pipeline.Event{At: now, By: alice.ID, What: pipeline.BallotStarted, About: string(question)}
	b, err = w.store.StartBallot(ctx, "ballot "+now.String(), idea, b, storage.Slot{}, event, w.card(idea))
	if err != nil {
		t.Fatal(err)
	}
	polled, err := w.store.Ballot(ctx, idea.Key, b.ID, "")
	if err != nil {
		t.Fatal(err)
	}
	return polled
}

// voted closes that ballot as if those were the votes.
func (w *workplace) voted(t *testing.T, polled storage.Polled, votes map[pipeline.Choice]int) {
	t.Helper()
	ctx, now := t.Context(), time.Now()
	b := polled.Ballot
	team, err := w.store.Team(ctx, b.Idea.Team)
	if err != nil {
		t.Fatal(err)
	}
	closed, err := pipeline.CloseBallot(pipeline.Policy{}, pipeline.Person{ID: b.StartedBy}, pipeline.Where{Team: &team, InChannel: true}, b, pipeline.BallotTally{Counts: votes}, now)
	if err != nil {
		t.Fatal(err)
	}
	event := pipeline.Event{At: now, By: b.StartedBy, What: pipeline.BallotClosed, Why: closed.Result.Because}
	if _, err := w.store.CloseBallot(ctx, "close "+now.String(), polled, closed, &event, w.card(pipeline.Idea{Key: b.Idea})); err != nil {
		t.Fatal(err)
	}
	// News are told at the card, and without one only there.
	comesTrue(t, func() (bool, string) { return !w.stored(t, b.Idea).Card.IsZero(), "the idea has no card" })
}

// card is redrawn.
func (w *workplace) card(idea pipeline.Idea) storage.Outgoing {
	return storage.Outgoing{ID: "card:" + idea.Key.String(), Kind: storage.KindCard, Subject: idea.Key.String(), Channel: "C0PAYMENTS"}
}

const otherwise = "Why, although the ballot advised otherwise"

func TestAProductOwnerDecidesOtherwiseThanTheBallotAndSaysWhy(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	alice, carol := w.Person("alice").In("payments"), w.Person("carol").In("payments")
	idea := w.prepared(t, "Export invoices", pipeline.Validated)
	alice.Sees("PAY-1  Export invoices")
	w.voted(t, w.voting(t, idea, pipeline.AskPursue), map[pipeline.Choice]int{pipeline.ChooseObject: 2, pipeline.ChoosePursue: 1})

	alice.Types("/idea show PAY-1")
	alice.SeesModal("PAY-1").Says("The advice is not to pursue it. Two object and one would pursue it.")
	alice.Clicks("Move to Product Backlog")
	alice.SeesModal("Move to Product Backlog").Says("The ballot's advice was not to pursue it.").Says("Two object and one would pursue it.").Has(otherwise, "")
	alice.Submits()
	alice.SeesFieldError(otherwise, "")
	alice.Fills(otherwise, "The law asks for it from June on")
	alice.Submits()
	alice.SeesModal("PAY-1").Says("The law asks for it from June on").Says("The ballot's advice was not to pursue it. It was decided otherwise.")
	alice.ClosesModal()
	carol.Sees("Alice Anders moved PAY-1 to the Product Backlog: The law asks for it from June on. The ballot's advice was not to pursue it.")

	moved := w.happened(t, pipeline.WasMoved)[0]
	if moved.Advice != "The ballot's advice was not to pursue it." || !moved.Differs {
		t.Errorf("the history holds %+v", moved)
	}
	if got := w.stored(t, pays1); got.Weighed != 1 || got.Stage != pipeline.Backlog {
		t.Errorf("stored %+v", got)
	}
	alice.Types("/idea show PAY-1")
	alice.SeesModal("PAY-1")
	alice.Clicks("Mark as delivered") // what was decided is not asked again
	alice.SeesModal("Mark as delivered").Has("Why", "")
	alice.Submits()
	alice.SeesModal("PAY-1").Says("delivered")
}

func TestAMemberIsAskedWhyBeforeGoingOnAgainstTheAdvice(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	bob := w.Person("bob").In("payments")
	bob.Types("/idea add Export invoices")
	bob.Sees("Captured as PAY-1")
	w.voted(t, w.voting(t, w.stored(t, pays1), pipeline.AskPark), map[pipeline.Choice]int{pipeline.ChoosePark: 2})
	bob.Types("/idea show PAY-1")
	bob.SeesModal("PAY-1").Says("The advice is to park it.")
	bob.Clicks("Take to discovery")
	bob.SeesModal("Take to discovery").Says("The ballot's advice was to park it.").Says("Two would park it.")
	bob.Fills(otherwise, "Two customers asked since")
	bob.Submits()
	bob.SeesModal("PAY-1").Says("in discovery").Says("It was decided otherwise.").Says("The ballot's advice was to park it.")
	bob.ClosesModal()

	alice := w.Person("alice").In("payments")
	alice.Types("/antibacklog park 1") // for a product owner the advice still stands
	alice.SeesModal("Park PAY-1").Says("The ballot's advice was to park it.")
	parks(alice, "Those two went elsewhere")
	alice.SeesNoModal()
	bob.Sees("Alice Anders parked PAY-1, not now: too costly. Those two went elsewhere.", "The ballot's advice was to park it.")
	if got := w.stored(t, pays1); got.Parking.Ballot != 1 || got.Weighed != 1 {
		t.Errorf("parked as %+v, weighed %d", got.Parking, got.Weighed)
	}
	parked := w.happened(t, pipeline.WasParked)[0]
	if parked.Differs || parked.Advice != "The ballot's advice was to park it." {
		t.Errorf("the history holds %+v", parked)
	}
}

func TestParkingAndReopeningBesideTheAdvice(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	alice := w.Person("alice").In("payments")
	day, _ := inMonths(5)
	idea := w.parked(t, "Fax", pipeline.LowImpact, pipeline.Revisit{Day: day})
	w.voted(t, w.voting(t, idea, pipeline.AskReopen), map[pipeline.Choice]int{pipeline.ChoosePark: 1, pipeline.ChooseObject: 1})
	alice.Types("/antibacklog reopen 1")
	alice.SeesModal("Reopen").Says("The ballot's advice was to leave it parked.").Says("One objects and one would leave it parked.").Has(otherwise, "")
	alice.Fills(otherwise, "The post office closes")
	alice.Submits()
	alice.SeesNoModal()
	alice.Sees("Alice Anders reopened PAY-1: The post office closes. The ballot's advice was to leave it parked.")

	w.voted(t, w.voting(t, idea, pipeline.AskPursue), map[pipeline.Choice]int{pipeline.ChoosePursue: 3})
	alice.Types("/antibacklog park 1")
	alice.SeesModal("Park PAY-1").Says("The ballot's advice was to pursue it.").Says("Three would pursue it.")
	alice.Chooses("Decision", "Not now: it may be right later")
	alice.Chooses("Kind of reason", "Too costly")
	alice.Fills(otherwise, "Nobody can build it before spring")
	alice.Submits()
	alice.SeesNoModal()
	alice.Sees("Alice Anders parked PAY-1, not now: too costly. Nobody can build it before spring.", "The ballot's advice was to pursue it.")
	if event := w.happened(t, pipeline.WasParked)[0]; !event.Differs {
		t.Errorf("the history holds %+v", event)
	}
}

func TestNothingIsDecidedWhileTheTeamVotes(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	alice, bob := w.Person("alice").In("payments"), w.Person("bob").In("payments")
	idea := w.prepared(t, "Export invoices", pipeline.Validated)
	alice.Sees("PAY-1  Export invoices", "Park…", "Move to Product Backlog")
	w.offers(t, "idea=PAY-1", "park.open")
	w.offers(t, "idea=PAY-1&to=backlog", "stage.move")
	w.voting(t, idea, pipeline.AskPark)
	alice.Sees("Ballot") // in their place on the card
	alice.StopsSeeing("Park…")
	alice.DoesNotSee("Move to Product Backlog")

	for _, try := range []func(){
		func() { alice.Clicks("park.open") }, // from a card drawn before
		func() { alice.Clicks("stage.move") },
		func() { alice.Types("/antibacklog park 1") },
		func() { bob.Types("/idea withdraw 1") },
	} {
		try()
	}
	alice.Sees("A ballot on PAY-1 runs until ", "so it cannot be parked. Nothing was changed, and every vote in it counts. Wait for its result, or close it first.", "so it cannot be moved")
	bob.Sees("so it cannot be withdrawn")
	if got := w.stored(t, pays1); got.Stage != pipeline.Validated || !got.Withdrawn.IsZero() {
		t.Errorf("stored %+v", got)
	}
	alice.Types("/idea show PAY-1")
	alice.SeesModal("PAY-1")
	alice.DoesNotSee("Park…", "Withdraw", "Start a ballot…", "Move to Product Backlog", "Back to discovery")
}

// A form that was opened before the ballot began keeps what stands in it.
func TestABallotBeginsWhileSomebodyDecides(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	alice := w.Person("alice").In("payments")
	idea := w.prepared(t, "Export invoices", pipeline.Discovery)
	alice.Types("/antibacklog park 1")
	alice.SeesModal("Park PAY-1")
	polled := w.voting(t, idea, pipeline.AskPursue)
	parks(alice, "Too dear")
	alice.SeesFieldError("Why", "so it cannot be parked")
	w.voted(t, polled, map[pipeline.Choice]int{pipeline.ChoosePursue: 3})
	alice.Submits()
	alice.SeesNoModal()
	if event := w.happened(t, pipeline.WasParked)[0]; event.Why != "Too dear" || !event.Differs {
		t.Errorf("the history holds %+v", event)
	}
}

func TestWhatCanFollowWhenAnIdeaComesBack(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	alice := w.Person("alice").In("payments")
	idea := w.parked(t, "Fax", pipeline.LowImpact, pipeline.Revisit{Day: time.Now().AddDate(0, 0, -1).Format(time.DateOnly)})
	w.dueBack(t, idea)
	alice.Sees("PAY-1 has come back", "Start a ballot…", "Reopen…", "Park again…")
	w.voting(t, idea, pipeline.AskReopen)
	alice.ClicksIn("has come back", "Reopen…")
	alice.Sees("A ballot on PAY-1 runs until ", "so it cannot be reopened")
	alice.ClicksIn("has come back", "Park again…")
	alice.Sees("so it cannot be parked again")
}

func TestHowATeamVotesAndWrites(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTwoOwners(t)
	alice, bob := w.Person("alice").In("payments"), w.Person("bob").In("payments")
	alice.Types("/align settings")
	alice.SeesModal("Team settings").Says("Ballots: started by product owners, 3 workdays to vote · Language: English")
	alice.Clicks("Votes and language")
	alice.SeesModal("Votes and language").Has("Who starts ballots", "The product owners").Has("Time to vote", "3 workdays").
		Has("The team writes in", "English").Has("Words that mean the same here", "")
	bob.Types("/align settings")
	bob.Clicks("Votes and language")
	bob.SeesModal("Votes and language")
	alice.Chooses("Who starts ballots", "Every member")
	alice.Chooses("Time to vote", "5 workdays")
	alice.Chooses("The team writes in", "Another language")
	alice.Fills("Words that mean the same here", "invoice, bill\nfax")
	alice.Submits()
	alice.SeesFieldError("Words that mean the same here", "Line 2: at least two different words or phrases")
	alice.Fills("Words that mean the same here", " invoice ,bill\n\nfax, facsimile")
	alice.Submits()
	alice.SeesModal("Team settings").Says("Votes and language are saved.").
		Says("Ballots: started by every member, 5 workdays to vote · Language: Another language · 2 groups of words that mean the same")
	w.keepsVotes(t, pipeline.Team{MembersStartBallots: true, BallotDays: 5, Language: pipeline.NoLanguage, Synonyms: []string{"invoice, bill", "fax, facsimile"}})

	bob.Chooses("Time to vote", "2 workdays")
	bob.Submits()
	bob.SeesModal("Votes and language").Says("Somebody changed these settings").Says("Ballots: started by every member, 5 workdays to vote").Has("Time to vote", "2 workdays")
	bob.Submits()
	bob.SeesModal("Team settings").Says("are saved")
	w.keepsVotes(t, pipeline.Team{BallotDays: 2, Language: pipeline.English})
}

// keepsVotes checks what is stored of how the team votes and writes.
func (w *workplace) keepsVotes(t *testing.T, want pipeline.Team) {
	t.Helper()
	got, err := w.store.Team(t.Context(), "PAY")
	if err != nil || got.MembersStartBallots != want.MembersStartBallots || got.BallotDays != want.BallotDays || got.Language != want.Language || !slices.Equal(got.Synonyms, want.Synonyms) {
		t.Errorf("stored %+v, %v", got, err)
	}
}
