package commands_test

import (
	"fmt"
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/slacksim"
	"alignbot/slacksim/simtest"
)

const (
	whatChanges = "What will have changed, and for whom?"
	business    = "Business: what that brings, later and for many reasons"
	product     = "Product: what those who use it do otherwise"
)

// fillsNumbers fills the numbers of the form of an outcome.
func fillsNumbers(p *simtest.Person, from, to string) string {
	day := time.Now().AddDate(0, 3, 0).Format(time.DateOnly)
	p.Fills("What is counted or measured?", "Days to close the books")
	p.Fills("From which number", from)
	p.Fills("To which number", to)
	p.Fills("By which day", day)
	return day
}

func TestAProductOwnerAddsOutcomes(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	alice, bob := w.Person("alice").In("payments"), w.Person("bob").In("payments")
	bob.Types("/outcome")
	bob.Sees("No outcomes yet.")
	bob.Types("/outcome add Fewer calls")
	bob.Sees("Outcomes are added, changed and closed by the team's product owners.", "Product owners here: Alice Anders.")

	alice.Types("/outcome add Launch the new ledger")
	alice.SeesModal("Add an outcome").Has(whatChanges, "Launch the new ledger")
	alice.Chooses("Whose change is it?", business)
	fillsNumbers(alice, "5 days", "1 day")
	alice.Submits()
	alice.SeesFieldError("To which number", "")
	alice.Fills("To which number", "1 days")
	alice.Submits()
	alice.SeesModal("Add an outcome").Says("says what is made rather than what will have changed")
	alice.Fills(whatChanges, "Finance closes the month sooner")
	alice.Submits()
	alice.SeesNoModal()
	alice.Sees("Added PAY-O1: Finance closes the month sooner")

	alice.Types("/outcome add Accountants correct less")
	alice.SeesModal("Add an outcome")
	alice.Chooses("Whose change is it?", product)
	alice.Fills("Or no number yet: by which day will it have one?", time.Now().AddDate(0, 1, 0).Format(time.DateOnly))
	alice.Submits()
	alice.SeesFieldError("Business outcome it serves", "A product outcome serves a business outcome.")
	alice.Chooses("Business outcome it serves", "PAY-O1  Finance closes the month sooner")
	alice.Clicks("More…")
	alice.SeesModal("Add an outcome").Has(whatChanges, "Accountants correct less").Says("Who looks after it?")
	alice.Chooses("Who looks after it?", "bob")
	alice.Fills("Where is the number read?", "The ledger")
	alice.Submits()
	alice.SeesNoModal()
	alice.Sees("Added PAY-O2: Accountants correct less")

	bob.Types("/outcome")
	bob.Sees("PAY-O1  Finance closes the month sooner", "Business outcome · nobody has said how it goes · 5 days, target 1", "Product outcome under PAY-O1", "Page 1 of 1 · 2 outcomes")
	bob.Types("/outcome show PAY-O2")
	shown := bob.SeesModal("Outcome PAY-O2")
	shown.Says("Product outcome under PAY-O1: Finance closes the month sooner")
	shown.Says("Read from: The ledger")
	shown.Says("Looked after by")
	bob.DoesNotSee("Edit…", "Close…")
}

func TestAnOutputThatIsMeantIsAddedAsItIs(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	alice := w.Person("alice").In("payments")
	alice.Types("/outcome add Launch the new ledger")
	alice.SeesModal("Add an outcome")
	alice.Chooses("Whose change is it?", business)
	fillsNumbers(alice, "0 %", "100 %")
	alice.Submits()
	alice.SeesModal("Add an outcome").Says("Keep it as it is").Has(whatChanges, "Launch the new ledger")
	alice.Submits()
	alice.SeesNoModal()
	alice.Sees("Added PAY-O1: Launch the new ledger")
}

func TestOutcomeBadInputIsAnsweredBesideTheInput(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	alice := w.Person("alice").In("payments")
	alice.Types("/outcome add")
	alice.SeesModal("Add an outcome")
	alice.Fills(whatChanges, "\u200b")
	alice.Chooses("Whose change is it?", business)
	alice.Fills("What is counted or measured?", "Share")
	alice.Submits()
	alice.SeesFieldError(whatChanges, "Say in one line what will have changed")
	alice.SeesFieldError("From which number", "Say from which number to which.")
	alice.Fills(whatChanges, "More people stay")
	for _, bad := range []struct{ from, to, day, field, answer string }{
		{"40 %", "40 %", "", "To which number", "The target is the same as the baseline"},
		{"40 %", "60 €", "", "To which number", "This number is in “%”"},
		{"1,000", "2000", "", "From which number", "1,000"},
		{"many", "60", "", "From which number", "number"},
		{"40 %", "infinity", "", "To which number", "number"},
		{"40 %", "60 %", "2020-01-01", "By which day", "has passed"},
	} {
		day := bad.day
		if day == "" {
			day = time.Now().AddDate(0, 3, 0).Format(time.DateOnly)
		}
		alice.Fills("From which number", bad.from)
		alice.Fills("To which number", bad.to)
		alice.Fills("By which day", day)
		alice.Submits()
		alice.SeesFieldError(bad.field, bad.answer)
	}
	alice.ClosesModal()
	alice.Types("/outcome add")
	alice.SeesModal("Add an outcome").Says("This is what you typed").Has(whatChanges, "More people stay")
	alice.Clicks("Start afresh")
	alice.SeesModal("Add an outcome").Has(whatChanges, "")
	alice.Fills(whatChanges, "More people stay longer")
	alice.ClosesModal()
	alice.OpensHome()
	alice.Sees("An outcome of PAY that was not added")
	nodes, err := w.store.Nodes(t.Context(), "PAY")
	if err != nil || len(nodes.Outcomes) > 0 {
		t.Errorf("there are %+v (%v)", nodes.Outcomes, err)
	}
}

func TestTwoEditAnOutcomeAndTheSecondIsShownTheFirst(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withOutcome(t)
	team, err := w.store.Team(t.Context(), "PAY")
	if err == nil {
		team.Owners = append(team.Owners, w.Person("carol").ID())
		_, err = w.store.ChangeTeam(t.Context(), "owners", team)
	}
	if err != nil {
		t.Fatal(err)
	}
	alice, carol := w.Person("alice").In("payments"), w.Person("carol").In("payments")
	for _, p := range []*simtest.Person{alice, carol} {
		p.Types("/outcome edit O1")
		p.SeesModal("Edit PAY-O1").Has(whatChanges, "Support answers more calls at once").Has("From which number", "40")
	}
	alice.Fills(whatChanges, "Support answers most calls at once")
	alice.Submits()
	alice.SeesNoModal()
	alice.Sees("Saved PAY-O1: Support answers most calls at once")
	carol.Fills("To which number", "90")
	carol.Submits()
	carol.SeesModal("Edit PAY-O1").Says("Somebody changed this outcome while you were typing.").Says("Support answers most calls at once").Has("To which number", "90")
	carol.Submits()
	carol.SeesNoModal()
	got := w.whole(t, payO1)
	if got.Outcome.Statement != "Support answers more calls at once" || got.Outcome.Target.Value != 90 || len(got.Events) != 3 {
		t.Errorf("it is %+v after %d events", got.Outcome, len(got.Events))
	}
}

func TestAnOutcomeIsClosedAndOpenedAgain(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withOutcome(t)
	alice, bob := w.Person("alice").In("payments"), w.Person("bob").In("payments")
	idea := w.prepared(t, "Answering machine", pipeline.Captured) // for PAY-O2
	old := idea.Outcomes[0]
	bob.Types("/outcome close " + old.String())
	bob.Sees("Outcomes are added, changed and closed by the team's product owners.")

	alice.Types("/outcome show " + old.String())
	alice.SeesModal("Outcome " + old.String()).Says("linked to it: 1 captured").Says("PAY-1  Answering machine")
	alice.Clicks("Close…")
	alice.SeesModal("Close " + old.String()).Says("What becomes of 1 idea that is linked to it?")
	alice.Chooses("What became of it?", "Missed: it was tried, and the change is not there")
	alice.Fills("In a line, why", "Nobody calls any more")
	alice.Chooses("What becomes of 1 idea that is linked to it?", "Move to another outcome, chosen below")
	alice.Submits()
	alice.SeesFieldError("The other outcome", "Choose an outcome from the list.")
	alice.Chooses("The other outcome", "PAY-O1  Support answers more calls at once")
	alice.Submits()
	alice.SeesModal("Outcome " + old.String()).Says("Closed, missed").Says("Nobody calls any more")
	w.quiet(t)
	if got := w.stored(t, idea.Key); len(got.Outcomes) != 1 || got.Outcomes[0] != payO1 {
		t.Errorf("it is linked to %v", got.Outcomes)
	}
	alice.Clicks("Open it again…")
	alice.SeesModal("Reopen " + old.String()).Says("Nobody calls any more")
	alice.Fills("Why is it open again?", "They do call")
	alice.Submits()
	alice.SeesModal("Outcome " + old.String()).Says("They do call")
	alice.ClosesModal()
	if got := w.whole(t, old).Outcome; !got.IsOpen() {
		t.Errorf("it is %s", got.Result)
	}
	bob.Types("/outcome checkin " + old.String())
	bob.SeesModal("Check in on " + old.String())
}

func TestWhoDidNotComeInTimeIsToldThatAnOutcomeIsClosed(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withOutcome(t)
	alice, bob := w.Person("alice").In("payments"), w.Person("bob").In("payments")
	bob.Types("/outcome checkin O1")
	bob.SeesModal("Check in on PAY-O1")
	bob.Fills("The number now, in calls", "50")
	bob.Chooses("How confident are you that the target is reached?", "On track (green)")
	alice.Types("/outcome close O1")
	alice.SeesModal("Close PAY-O1")
	alice.Chooses("What became of it?", "Reached: the change is there")
	alice.Fills("In a line, why", "It is")
	alice.Submits()
	alice.SeesNoModal()
	alice.Sees("Closed PAY-O1 as reached")
	bob.Submits()
	bob.SeesFieldError("The number now, in calls", "PAY-O1 is closed (reached), so it cannot be checked in on.")
	bob.CancelsModal()
	bob.Types("/outcome")
	bob.Sees("No outcomes yet.")
	bob.Clicks("Closed ones")
	bob.Sees("Closed outcomes of Payments", "Business outcome · reached")
	alice.Types("/outcome edit O1")
	alice.Sees("PAY-O1 is closed (reached), so it cannot be changed.")
}

func TestManyOutcomesAreLeafedThrough(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withOutcome(t)
	for i := range 120 {
		w.adds(t, pipeline.OutcomeForm{Statement: fmt.Sprintf("Outcome number %d", i), Kind: pipeline.BusinessOutcome, MetricBy: time.Now().AddDate(0, 1, 0).Format(time.DateOnly)})
	}
	alice := w.Person("alice").In("payments")
	alice.Types("/outcome")
	alice.Sees("Page 1 of 13 · 121 outcomes")
	alice.Clicks("Next")
	alice.Sees("Page 2 of 13 · 121 outcomes", "Outcome number 10")
	alice.Types("/outcome add Accountants correct less")
	alice.SeesModal("Add an outcome")
	alice.Chooses("Whose change is it?", product)
	alice.Chooses("Business outcome it serves", "PAY-O121  Outcome number 119")
	alice.Fills("Or no number yet: by which day will it have one?", time.Now().AddDate(0, 1, 0).Format(time.DateOnly))
	alice.Submits()
	alice.SeesNoModal()
	if got := w.whole(t, pipeline.OutcomeKey{Team: "PAY", Number: 122}).Outcome; got.Parent.Number != 121 {
		t.Errorf("it hangs under %s", got.Parent)
	}
}

func TestAnOutcomeIsMergedIntoAnother(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withOutcome(t)
	alice := w.Person("alice").In("payments")
	later := time.Now().AddDate(0, 1, 0).Format(time.DateOnly)
	same := w.adds(t, pipeline.OutcomeForm{Statement: "Fewer calls are lost", Kind: pipeline.BusinessOutcome, MetricBy: later})
	child := w.adds(t, pipeline.OutcomeForm{Statement: "Callers wait less", Kind: pipeline.ProductOutcome, Parent: same.Key.String(), MetricBy: later})
	alice.Types("/outcome close o2")
	alice.SeesModal("Close PAY-O2")
	alice.Chooses("What became of it?", "Merged: another outcome takes its place")
	alice.Fills("In a line, why", "It is the same")
	alice.Chooses("The other outcome", "PAY-O3  Callers wait less")
	alice.Submits()
	alice.SeesFieldError("The other outcome", "only a business outcome can take its place")
	alice.Chooses("The other outcome", "PAY-O1  Support answers more calls at once")
	alice.Submits()
	alice.SeesNoModal()
	alice.Sees("Merged PAY-O2 into PAY-O1: Fewer calls are lost")
	if got := w.whole(t, child.Key).Outcome; got.Parent != payO1 {
		t.Errorf("what hung under it hangs under %s", got.Parent)
	}
	alice.Types("/outcome show o2")
	alice.SeesModal("Outcome PAY-O2").Says("Closed, merged into PAY-O1")
	alice.Clicks("All outcomes")
	alice.SeesModal("Outcomes").Says("Support answers more calls at once")
	alice.ClicksIn("Callers wait less", "Details")
	alice.SeesModal("Outcome PAY-O3").Says("Product outcome under PAY-O1: Support answers more calls at once")
}

// An idea that waits for nothing but that an outcome turns red would wait for ever
// once that is closed.
func TestAnIdeaThatWaitedForAClosedOutcomeComesBack(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withOutcome(t)
	alice := w.Person("alice").In("payments")
	day, _ := inMonths(5)
	alone := w.parked(t, "Answering machine", pipeline.LowImpact, pipeline.Revisit{OutcomeRed: payO1})
	dated := w.parked(t, "Fax", pipeline.LowImpact, pipeline.Revisit{OutcomeRed: payO1, Day: day})
	alice.Types("/outcome close o1")
	alice.SeesModal("Close PAY-O1")
	alice.Chooses("What became of it?", "Dropped: it is not worth having any more")
	alice.Fills("In a line, why", "Nobody calls any more")
	alice.Submits()
	alice.SeesNoModal()
	alice.Sees(alone.Key.String()+" has come back from the Anti-Product Backlog", "What has changed: PAY-O1 is closed, so it cannot turn red any more.")
	w.quiet(t)
	if back := w.stored(t, dated.Key).Parking.CameBack; !back.IsZero() {
		t.Errorf("what waits for a day as well came back at %s", back)
	}
}

func TestAnOutcomeWhoseOwnerLeft(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	alice, bob := w.Person("alice").In("payments"), w.Person("bob").In("payments")
	w.adds(t, pipeline.OutcomeForm{Statement: "Fewer calls", Kind: pipeline.BusinessOutcome, MetricBy: time.Now().AddDate(0, 1, 0).Format(time.DateOnly), Owner: bob.ID()})
	if err := w.UpdatePerson(t.Context(), bob.ID(), func(p *slacksim.Person) { p.Deactivated = true }); err != nil {
		t.Fatal(err)
	}
	w.heardOf("user_change")
	alice.Types("/outcome show o1")
	alice.SeesModal("Outcome PAY-O1").Says("whose account is not active any more: choose another owner")
	alice.Clicks("Edit…")
	alice.SeesModal("Edit PAY-O1").Says("The account of who looked after it is not active any more.")
	alice.Chooses("Who looks after it?", "carol")
	alice.Submits()
	alice.SeesModal("Outcome PAY-O1").Says("Looked after by")
	if got := w.whole(t, payO1).Outcome.Owner; got != w.Person("carol").ID() {
		t.Errorf("it is looked after by %s", got)
	}
}
