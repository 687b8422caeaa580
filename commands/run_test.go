package commands_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/slacksim"
	"alignbot/slacksim/simtest"
)

// canvas is a question of the Opportunity Canvas, as that form puts it.
func canvas(item pipeline.ItemID, form pipeline.Form) string {
	t, _ := pipeline.FindTemplate(pipeline.BuiltIn(), pipeline.OpportunityCanvas)
	for _, i := range t.Items {
		if i.ID == item {
			return t.Asked(i, form)
		}
	}
	panic("the Opportunity Canvas does not ask for " + item)
}

var (
	problemQuick, problemFull = canvas("problem", "quick"), canvas("problem", "full")
	usersQuick, usersFull     = canvas("users", "quick"), canvas("users", "full")
	hunchQuick, hunchFull     = canvas("hunch", "quick"), canvas("hunch", "full")
	benefitsQuick             = canvas("benefits", "quick")
	todayFull                 = canvas("solutions-today", "full")
	userMetrics               = canvas("user-metrics", "full")
	businessMetrics           = canvas("business-metrics", "full")
	adoption                  = canvas("adoption", "full")
)

func TestAChecklistIsAnsweredStepByStep(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	w.inDiscovery(t, "Export invoices")
	bob, alice := w.Person("bob").In("payments"), w.Person("alice").In("payments")

	bob.Types("/validate PAY-1")
	bob.SeesModal("Validate PAY-1").Says("an outcome link").Says("not begun")
	bob.ClicksIn("Checklists", "Full")
	bob.SeesModal("Opportunity Canvas").Says("step 1 of 2").Has(problemFull, "")
	bob.Fills(problemFull, "They retype invoices.")
	bob.Fills(usersFull, "Bookkeepers")
	bob.Submits()
	bob.SeesModal("Opportunity Canvas").Says("step 2 of 2")
	bob.Clicks("Back")
	bob.SeesModal("Opportunity Canvas").Says("step 1 of 2").Has(problemFull, "They retype invoices.").Says("answered by @Bob Brandt")
	bob.CancelsModal()
	bob.SeesModal("Validate PAY-1").Says("2 of 10 answered")
	bob.ClosesModal()

	alice.Types("/validate PAY-1")
	alice.ClicksIn("2 of 10 answered", "Continue")
	alice.SeesModal("Opportunity Canvas").Has(usersFull, "Bookkeepers").Says("answered by @Bob Brandt")
	alice.Fills(todayFull, "A spreadsheet")
	alice.Fills(userMetrics, "40 exports a month")
	alice.Submits()
	alice.SeesModal("Opportunity Canvas").Says("step 2 of 2")
	alice.Fills(businessMetrics, "Churn of small firms")
	alice.Submits()
	alice.SeesModal("Validate PAY-1").Says("5 of 10 answered · *passed*").Says("Last by @Alice Anders")

	alice.ClicksIn("5 of 10 answered", "Show")
	alice.SeesModal("Opportunity Canvas").Says("They retype invoices.").Says("by @Bob Brandt").Says("Churn of small firms").Says("by @Alice Anders").Says("Not answered yet")
	alice.Clicks("Change answers")
	alice.SeesModal("Opportunity Canvas").Says("step 1 of 2").Has(problemFull, "They retype invoices.")
	alice.Fills(problemFull, "")
	alice.Submits()
	alice.Submits()
	alice.SeesModal("Validate PAY-1").Says("4 of 10 answered")
	var said []string
	for _, e := range w.history(t, pays1) {
		said = append(said, strings.TrimSpace(fmt.Sprintf("%s %s %s", e.What, e.About, e.Why)))
	}
	want := "checklist decided Opportunity Canvas passed: Everything required is answered, and every answer passes.|checklist begun Opportunity Canvas|moved|captured"
	if got := strings.Join(said, "|"); got != want {
		t.Errorf("the history says\n%s, want\n%s", got, want)
	}
}

func TestAStepThatIsClosedKeepsWhatIsTyped(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	w.inDiscovery(t, "Export invoices")
	bob := w.Person("bob").In("payments")
	bob.Types("/validate PAY-1")
	bob.ClicksIn("Checklists", "Full")
	bob.SeesModal("Opportunity Canvas")
	bob.Fills(problemFull, "Half a thought")
	bob.ClosesModal()

	bob.Types("/validate PAY-1")
	bob.ClicksIn("0 of 10 answered", "Continue")
	bob.SeesModal("Opportunity Canvas").Has(problemFull, "Half a thought").Says("It is not saved yet")
	bob.Clicks("Skip this step")
	bob.SeesModal("Opportunity Canvas").Says("step 2 of 2")
	bob.Fills(adoption, "In the menu")
	bob.Clicks("Back")
	bob.SeesModal("Opportunity Canvas").Says("step 1 of 2").Has(problemFull, "Half a thought").Says("It is not saved yet")
	bob.Clicks("Show what is saved")
	bob.SeesModal("Opportunity Canvas").Has(problemFull, "")
	bob.DoesNotSee("It is not saved yet")
	bob.Clicks("Skip this step")
	bob.SeesModal("Opportunity Canvas").Has(adoption, "In the menu")
	bob.Submits()
	bob.SeesModal("Validate PAY-1").Says("1 of 10 answered")
	if drafts, err := w.store.Drafts(t.Context(), bob.ID()); err != nil || len(drafts) != 0 {
		t.Errorf("drafts are left: %v %v", drafts, err)
	}
}

func TestTheQuickFormGoesOnInTheFullOne(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	w.inDiscovery(t, "Export invoices")
	bob := w.Person("bob").In("payments")
	bob.Types("/validate PAY-1")
	bob.ClicksIn("Checklists", "Quick")
	bob.SeesModal("Opportunity Canvas").Says("Quick form").Says("not yet:").Has(problemQuick, "")
	bob.Fills(problemQuick, "Spare them the retyping")
	bob.Submits()
	bob.SeesModal("Validate PAY-1").Says("quick · 1 of 4 answered")
	bob.ClicksIn("1 of 4 answered", "Continue")
	bob.Fills(usersQuick, "Bookkeepers")
	bob.Clicks("Use the full form")
	bob.SeesModal("Opportunity Canvas").Says("Full form · step 1 of 2").Has(problemFull, "Spare them the retyping").Has(usersFull, "Bookkeepers").Has(hunchFull, "")
	bob.DoesNotSee("Use the full form")
	bob.CancelsModal()
	bob.SeesModal("Validate PAY-1").Says("full · 2 of 10 answered")
}

func TestTwoPeopleFillOneStepAtOnce(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	w.inDiscovery(t, "Export invoices")
	bob, alice := w.Person("bob").In("payments"), w.Person("alice").In("payments")
	bob.Types("/validate PAY-1")
	bob.ClicksIn("Checklists", "Quick")
	bob.SeesModal("Opportunity Canvas")
	alice.Types("/validate PAY-1")
	alice.ClicksIn("0 of 4 answered", "Continue")
	alice.SeesModal("Opportunity Canvas")

	alice.Fills(problemQuick, "Alice's problem")
	alice.Fills(usersQuick, "Alice's users")
	alice.Fills(benefitsQuick, "Alice's benefits")
	alice.Submits()
	alice.SeesModal("Validate PAY-1").Says("3 of 4 answered")

	bob.Fills(problemQuick, "Bob's problem")
	bob.Fills(usersQuick, "Bob's users")
	bob.Fills(hunchQuick, "Bob's hunch")
	bob.Submits()
	bob.SeesModal("Opportunity Canvas").Says("Somebody answered the same while you were typing").
		Says("Alice's problem").Says("Alice's users").Has(problemQuick, "Bob's problem").Has(usersQuick, "Bob's users").Has(benefitsQuick, "Alice's benefits")
	bob.ClicksIn("Alice's users", "Keep theirs")
	bob.SeesModal("Opportunity Canvas").Has(usersQuick, "Alice's users").Has(problemQuick, "Bob's problem").Has(hunchQuick, "Bob's hunch")
	bob.Submits()
	bob.SeesModal("Validate PAY-1").Says("4 of 4 answered")

	run, err := w.store.Run(t.Context(), pipeline.Key{Team: "PAY", Number: 1}, 1)
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[pipeline.AnswerKey]string{"problem": "Bob's problem", "users": "Alice's users", "hunch": "Bob's hunch", "benefits": "Alice's benefits"} {
		if got := run.Answers[key].Value; got != want {
			t.Errorf("%s: %q, want %q", key, got, want)
		}
	}
}

func TestADraftShowsWhatOthersAnsweredMeanwhile(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	w.inDiscovery(t, "Export invoices")
	bob, alice := w.Person("bob").In("payments"), w.Person("alice").In("payments")
	bob.Types("/validate PAY-1")
	bob.ClicksIn("Checklists", "Quick")
	bob.Fills(problemQuick, "Bob's half problem")
	bob.ClosesModal()
	alice.Types("/validate PAY-1")
	alice.ClicksIn("0 of 4 answered", "Continue")
	alice.Fills(problemQuick, "Alice's problem")
	alice.Fills(usersQuick, "Alice's users")
	alice.Submits()
	alice.SeesModal("Validate PAY-1").Says("2 of 4 answered")

	bob.Types("/validate PAY-1")
	bob.ClicksIn("2 of 4 answered", "Continue")
	bob.SeesModal("Opportunity Canvas").Has(problemQuick, "Bob's half problem").Has(usersQuick, "Alice's users").Says("Alice's problem").Says("It is not saved yet")
	bob.Clicks("Keep theirs")
	bob.SeesModal("Opportunity Canvas").Has(problemQuick, "Alice's problem")
	bob.Submits()
	bob.SeesModal("Validate PAY-1").Says("Last by @Alice Anders")
}

// ownChecklist is one of a team's own, with every kind of item that is typed.
func ownChecklist() pipeline.Template {
	three := 3.0
	return pipeline.Template{
		ID: "launch", Name: "Ready to launch <!channel>", Use: pipeline.UseChecklist,
		Items: []pipeline.Item{
			{ID: "cost", Question: "What does it cost a month?", Kind: pipeline.KindNumber, Unit: "€", Required: true, Pass: pipeline.PassRule{AtLeast: &three}},
			{ID: "day", Question: "On which day?", Kind: pipeline.KindDate},
			{ID: "team", Question: "Which team helps?", Kind: pipeline.KindText},
			{ID: "legal", Question: "Did the lawyers agree?", Kind: pipeline.KindYesNo, Why: true, Required: true, Pass: pipeline.PassRule{OneOf: []string{pipeline.Yes}}},
			{ID: "who", Question: "Who presses the button?", Kind: pipeline.KindPerson},
			{ID: "where", Question: "Where first?", Kind: pipeline.KindChoice, Choices: []string{"Austria", "Belgium", "Chile", "Denmark", "Estonia"}},
			{ID: "size", Question: "Has it a size?", Kind: pipeline.KindFact, Fact: pipeline.FactSize, Required: true},
		},
	}
}

func TestEveryKindOfItemIsChecked(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	w.inDiscovery(t, "Export invoices")
	if _, err := w.store.SaveTemplate(t.Context(), "own", "PAY", ownChecklist()); err != nil {
		t.Fatal(err)
	}
	bob := w.Person("bob").In("payments")
	bob.Types("/validate PAY-1")
	bob.ClicksIn("Ready to launch", "Begin")
	bob.SeesModal("Ready to launch <!chann…").Says("step 1 of 2")
	bob.Fills("What does it cost a month? (€)", "1,000")
	bob.Fills("Why “Did the lawyers agree?”", "They sent a mail")
	bob.Submits()
	bob.SeesFieldError("What does it cost a month? (€)", "can be read in two ways")
	bob.SeesFieldError("Did the lawyers agree?", "Choose an answer")
	for typed, said := range map[string]string{"20 $": "in “€”", "a lot": "number"} {
		bob.Fills("What does it cost a month? (€)", typed)
		bob.Submits()
		bob.SeesFieldError("What does it cost a month? (€)", said)
	}
	bob.Fills("What does it cost a month? (€)", "1 200,50")
	bob.Chooses("Did the lawyers agree?", "Yes")
	bob.Fills("Which team helps?", "Growth")
	bob.Fills("On which day?", "2027-01-31")
	bob.Chooses("Who presses the button?", "carol")
	bob.Submits()
	bob.SeesModal("Ready to launch <!chann…").Says("step 2 of 2").Says("not yet:").Says("no size")
	bob.Chooses("Where first?", "Chile")
	bob.Submits()
	bob.SeesModal("Validate PAY-1").Says("6 of 6 answered").Says("no size")
	bob.ClicksIn("6 of 6 answered", "Continue")
	bob.Clicks("All answers")
	bob.SeesModal("Ready to launch <!chann…").Says("1200.5 €").Says("yes: They sent a mail").Says("31 Jan 2027").Says("@Carol").Says("Chile").Says("On the idea: no size")
	bob.ClosesModal()

	bob.Types("/validate PAY-1")
	bob.Clicks("Size")
	bob.Fills("Size in points", "5")
	bob.Submits()
	bob.SeesModal("Validate PAY-1").Says("6 of 6 answered · *passed*")
	w.nothingAlive(t)
}

func TestAnAnswerToAnIdeaThatMovedOnIsKept(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	bob := w.Person("bob").In("payments")
	bob.Types("/idea add Export invoices")
	bob.Sees("Captured as PAY-1")
	bob.Types("/validate PAY-1")
	bob.ClicksIn("Checklists", "Quick")
	bob.SeesModal("Opportunity Canvas")
	bob.Fills(problemQuick, "Worth keeping")
	alice := w.Person("alice").In("payments")
	alice.Types("/validate PAY-1")
	alice.Clicks("Take to discovery")
	alice.Sees("in discovery")
	alice.ClosesModal()
	alice.Types("/idea withdraw PAY-1")
	alice.Sees("PAY-1 is withdrawn")
	bob.Submits()
	bob.SeesModal("Validate PAY-1").Says("It was withdrawn").Says("Bring it back")
	bob.Clicks("Bring it back")
	bob.ClosesModal()
	bob.Types("/validate PAY-1")
	bob.SeesModal("Validate PAY-1").Says("1 of 4 answered").Says("in discovery")
}

func TestAStepSubmittedTwiceIsStoredOnce(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	w.inDiscovery(t, "Export invoices")
	bob := w.Person("bob").In("payments")
	bob.Types("/validate PAY-1")
	w.Faults().Add(slacksim.Fault{On: "block_actions", Times: 1, Do: slacksim.DuplicateElsewhere()})
	bob.ClicksIn("Checklists", "Quick")
	bob.SeesModal("Opportunity Canvas")
	if runs, err := w.store.Runs(t.Context(), pipeline.Key{Team: "PAY", Number: 1}); err != nil || len(runs) != 1 {
		t.Errorf("%d runs, %v", len(runs), err)
	}
	bob.Fills(problemQuick, "Once")
	w.Faults().Add(slacksim.Fault{On: "view_submission", Times: 1, Do: slacksim.DuplicateElsewhere()})
	bob.Submits()
	bob.SeesModal("Validate PAY-1").Says("1 of 4 answered")

	bob.ClicksIn("1 of 4 answered", "Continue")
	bob.Fills(problemQuick, "Twice")
	w.Faults().Add(slacksim.Fault{On: "view_submission", Times: 1, Do: slacksim.LoseAck()})
	bob.Submits()
	bob.SeesTrouble()
	bob.Fills(problemQuick, "Three times")
	bob.Submits()
	bob.SeesModal("Validate PAY-1").Says("1 of 4 answered")
	run, err := w.store.Run(t.Context(), pipeline.Key{Team: "PAY", Number: 1}, 1)
	if err != nil || run.Answers["problem"].Value != "Three times" {
		t.Errorf("%+v %v", run.Answers, err)
	}
}

func TestAnAnswerOfSomebodyWhoLostTheRightMeanwhile(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	w.inDiscovery(t, "Export invoices")
	bob := w.Person("bob").In("payments")
	bob.Types("/validate PAY-1")
	bob.ClicksIn("Checklists", "Quick")
	bob.SeesModal("Opportunity Canvas")
	bob.Fills(problemQuick, "Typed as a member")
	if err := w.UpdatePerson(t.Context(), "bob", func(p *slacksim.Person) { p.Guest = true }); err != nil {
		t.Fatal(err)
	}
	w.heardOf("user_change")
	bob.Submits()
	bob.SeesModal("Opportunity Canvas").Has(problemQuick, "Typed as a member").Says("alignbot is not open to guests here")
	bob.Clicks("Use the full form")
	bob.Sees("alignbot is not open to guests here")
	run, err := w.store.Run(t.Context(), pipeline.Key{Team: "PAY", Number: 1}, 1)
	if err != nil || len(run.Answers) != 0 || run.Form != "quick" {
		t.Errorf("%+v %v", run, err)
	}
}

func TestLongAnswersStillGoFromStepToStep(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	w.inDiscovery(t, "Export invoices")
	own := pipeline.Template{ID: "long", Name: "Long", Use: pipeline.UseChecklist}
	for i := range 12 {
		own.Items = append(own.Items, pipeline.Item{ID: pipeline.ItemID(fmt.Sprintf("q%d", i)), Question: fmt.Sprintf("Question %d", i), Kind: pipeline.KindText})
	}
	if _, err := w.store.SaveTemplate(t.Context(), "own", "PAY", own); err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("界", pipeline.TextLimit)
	bob, alice := w.Person("bob").In("payments"), w.Person("alice").In("payments")
	bob.Types("/validate PAY-1")
	bob.ClicksIn("Long", "Begin")
	bob.SeesModal("Long")
	alice.Types("/validate PAY-1")
	alice.ClicksIn("0 of 12 answered", "Continue")
	alice.SeesModal("Long")
	for i := range 6 {
		bob.Fills(fmt.Sprintf("Question %d", i), long)
		alice.Fills(fmt.Sprintf("Question %d", i), "x"+long[3:])
	}
	bob.Submits()
	bob.SeesModal("Long").Says("step 2 of 2")
	alice.Submits()
	alice.SeesModal("Long").Says("Somebody answered the same").Has("Question 5", "x"+long[3:])
	alice.Submits()
	alice.SeesModal("Long").Says("step 2 of 2")
	for i := range 6 {
		bob.Fills(fmt.Sprintf("Question %d", i+6), long)
	}
	bob.Submits()
	bob.SeesModal("Validate PAY-1").Says("12 of 12 answered")
	bob.ClicksIn("12 of 12 answered", "Show")
	bob.SeesModal("Long").Says("Page 1 of 2")
	bob.Clicks("Next")
	bob.SeesModal("Long").Says("Page 2 of 2").Says("Question 11")
	bob.Clicks("Change answers")
	bob.SeesModal("Long").Says("step 1 of 2").Has("Question 0", "x"+long[3:])
	bob.Submits()
	bob.SeesModal("Long").Says("Saved.")
	bob.Clicks("Go on")
	bob.SeesModal("Long").Says("step 2 of 2").Has("Question 6", long)
}

func TestACheckListThatIsGone(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	w.inDiscovery(t, "Export invoices")
	saved, err := w.store.SaveTemplate(t.Context(), "own", "PAY", ownChecklist())
	if err != nil {
		t.Fatal(err)
	}
	bob, alice := w.Person("bob").In("payments"), w.Person("alice").In("payments")
	bob.Types("/validate PAY-1")
	bob.SeesModal("Validate PAY-1")
	alice.Types("/validate PAY-1")
	alice.ClicksIn("Ready to launch", "Begin")
	alice.SeesModal("Ready to launch <!chann…")
	if err := w.store.DropTemplate(t.Context(), "drop", "PAY", saved.ID); err != nil {
		t.Fatal(err)
	}
	bob.ClicksIn("Ready to launch", "Begin")
	bob.Sees("no longer among those of the team")
	alice.Fills("What does it cost a month? (€)", "20")
	alice.Submits()
	alice.SeesModal("Ready to launch <!chann…").Says("step 2 of 2")
	alice.Submits()
	alice.SeesModal("Validate PAY-1").Says("1 of 6 answered")
}

func TestManyRunsAreShownByPages(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	w.inDiscovery(t, "Export invoices")
	key := pipeline.Key{Team: "PAY", Number: 1}
	invest, _ := pipeline.FindTemplate(pipeline.BuiltIn(), pipeline.INVEST)
	for i := range 25 {
		run := pipeline.Run{Idea: key, Template: invest, Answers: map[pipeline.AnswerKey]pipeline.Answer{}, Began: time.Now(), BeganBy: "U0BOB"}
		if _, err := w.store.BeginRun(t.Context(), fmt.Sprint("run", i), run, run.Summarize(time.UTC), pipeline.Event{At: time.Now(), By: "U0BOB", What: pipeline.RunBegan}); err != nil {
			t.Fatal(err)
		}
	}
	bob := w.Person("bob").In("payments")
	bob.Types("/validate PAY-1")
	bob.SeesModal("Validate PAY-1").Says("INVEST and 17 earlier")
	bob.Clicks("Show all")
	bob.SeesModal("Validate PAY-1").Says("Page 1 of 2, newest first")
	bob.Clicks("Next")
	bob.SeesModal("Validate PAY-1").Says("Page 2 of 2, newest first")
	bob.ClicksIn("INVEST", "Continue")
	bob.SeesModal("INVEST").Says("step 1 of 2")
	bob.CancelsModal()
	bob.SeesModal("Validate PAY-1").Says("Experiments")
}

func TestTheFullFormWaitsWhileAnswersClash(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	w.inDiscovery(t, "Export invoices")
	bob, alice := w.Person("bob").In("payments"), w.Person("alice").In("payments")
	bob.Types("/validate PAY-1")
	bob.ClicksIn("Checklists", "Quick")
	bob.SeesModal("Opportunity Canvas")
	alice.Types("/validate PAY-1")
	alice.ClicksIn("0 of 4 answered", "Continue")
	alice.Fills(problemQuick, "Alice's problem")
	alice.Submits()
	alice.SeesModal("Validate PAY-1").Says("1 of 4 answered")
	bob.Fills(problemQuick, "Bob's problem")
	bob.Clicks("Use the full form")
	bob.SeesModal("Opportunity Canvas").Says("Quick form").Says("Somebody answered the same").Says("Alice's problem").Has(problemQuick, "Bob's problem")
	bob.Clicks("Use the full form")
	bob.SeesModal("Opportunity Canvas").Says("Full form").Has(problemFull, "Bob's problem")
}

func TestManyPeopleFillOneChecklistAtOnce(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	w.inDiscovery(t, "Export invoices")
	fields := map[string]string{"alice": problemFull, "bob": usersFull, "carol": hunchFull}
	people := map[string]*simtest.Person{}
	for who := range fields {
		people[who] = w.Person(who).In("payments")
		people[who].Types("/validate PAY-1")
		people[who].SeesModal("Validate PAY-1")
	}
	// Each of them begins it, from what was on the screen before: one does, the
	// others come to the same run.
	people["bob"].ClicksIn("Checklists", "Full")
	people["bob"].SeesModal("Opportunity Canvas").Says("step 1 of 2")
	var together sync.WaitGroup
	for who, field := range fields {
		together.Go(func() {
			if who != "bob" {
				people[who].ClicksIn("Checklists", "Full")
			}
			people[who].SeesModal("Opportunity Canvas").Says("step 1 of 2")
			people[who].Fills(field, "Typed by "+who)
			people[who].Submits()
		})
	}
	together.Wait()
	for who := range fields {
		people[who].SeesModal("Opportunity Canvas").Says("step 2 of 2")
	}
	key := pipeline.Key{Team: "PAY", Number: 1}
	runs, err := w.store.Runs(t.Context(), key)
	if err != nil || len(runs) != 1 || runs[0].Answered != 3 {
		t.Errorf("%+v %v", runs, err)
	}
}

func TestHomeGoesOnWithAStep(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	w.inDiscovery(t, "Export invoices")
	bob := w.Person("bob").In("payments")
	bob.Types("/validate PAY-1")
	bob.ClicksIn("Checklists", "Full")
	bob.Clicks("Skip this step")
	bob.SeesModal("Opportunity Canvas").Says("step 2 of 2")
	bob.Fills(adoption, "In the menu")
	bob.ClosesModal()

	bob.OpensHome()
	bob.Sees("Answers about PAY-1 that were not saved", "In the menu")
	bob.ClicksIn("Answers about PAY-1", "Continue")
	bob.SeesModal("Opportunity Canvas").Says("step 2 of 2").Has(adoption, "In the menu")
	bob.Submits()
	bob.SeesNoModal()
	bob.StopsSeeing("Answers about PAY-1")
}
