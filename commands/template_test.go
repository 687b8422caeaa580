package commands_test

import (
	"strings"
	"testing"

	"alignbot/pipeline"
	"alignbot/slacksim"
)

// withTwoOwners makes Bob a product owner beside Alice.
func (w *workplace) withTwoOwners(t *testing.T) *workplace {
	t.Helper()
	w.withTeam(t)
	alice := w.Person("alice").In("payments")
	alice.Types("/align settings")
	alice.Chooses("Product owners", "alice", "bob")
	alice.Submits()
	alice.Sees("are saved")
	return w
}

func TestChecklistsAreReadByAllAndChangedByProductOwners(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	bob := w.Person("bob").In("payments")
	bob.Types("/validate checklists")
	bob.SeesModal("Checklists").Says("Opportunity Canvas").Says("has to be passed to be validated").Says("Built in · 6 questions")
	bob.DoesNotSee("New checklist", "Change")
	bob.ClicksIn("INVEST", "Read")
	bob.SeesModal("Checklist").Says("1. Independent: could we ship it in any order?").Says("Passes with at most 0 “no” and 1 “unsure”.")
	bob.DoesNotSee("Add a question", "Move up", "Name and rules")
	bob.Clicks("All checklists")
	bob.SeesModal("Checklists")

	alice := w.Person("alice").In("payments")
	alice.Types("/validate checklists")
	alice.ClicksIn("INVEST", "Change")
	alice.ClicksIn("5. Small", "Change")
	alice.SeesModal("Change the question").Has("Question", "Small: does it fit into a sprint with room to spare?").Has("How is it answered?", "With yes, no or unsure")
	alice.Fills("Question", "Small: is it done in three days?")
	alice.Submits()
	alice.SeesModal("Checklist").Says("5. Small: is it done in three days?").Says("Built in, changed by your team")
	alice.Clicks("All checklists")
	alice.SeesModal("Checklists").Says("Built in, changed by your team")
	alice.ClicksIn("INVEST", "Change")
	alice.Clicks("Back to the built-in one")
	alice.SeesModal("Checklists")
	alice.StopsSeeing("changed by your team")
}

func TestAChecklistOfTheTeamsOwn(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	alice := w.Person("alice").In("payments")
	alice.Types("/validate checklists")
	alice.Clicks("New checklist")
	alice.SeesModal("New checklist").Has("How is it answered?", "With yes, no or unsure")
	alice.Fills("Name", "invest")
	alice.Fills("First question", "\u200b")
	alice.Submits()
	alice.SeesFieldError("First question", "needs a question")
	alice.Fills("First question", "Have customers been told a month ahead?")
	alice.Submits()
	alice.SeesFieldError("Name", "There is one with that name already")
	alice.Fills("Name", "Price change")
	alice.Submits()
	alice.SeesModal("Checklist").Says("Price change").Says("Your team's own · 1 question").Says("1. Have customers been told a month ahead?")

	// A question of another kind has other inputs; what is typed stays.
	alice.Clicks("Add a question")
	alice.SeesModal("Add a question").Has("Does it have to be answered?", "Yes, or the checklist is not complete")
	alice.Fills("Question", "How many would leave at most?")
	alice.Chooses("How is it answered?", "With a number")
	alice.SeesModal("Add a question").Has("Unit", "").Has("Question", "How many would leave at most?")
	alice.Fills("Unit", "%")
	alice.Fills("Up to which number?", "a few")
	alice.Submits()
	alice.SeesFieldError("Up to which number?", "number")
	alice.Fills("Up to which number?", "2,5 %")
	alice.Submits()
	alice.SeesModal("Checklist").Says("2. How many would leave at most?").Says("Answered with a number in %. Required. Passes with at most 2.5 %.")

	alice.Clicks("Add a question")
	alice.Chooses("How is it answered?", "With one of several choices")
	alice.SeesModal("Add a question").Has("Choices", "")
	alice.Fills("Question", "Which plan is it about?")
	alice.Fills("Choices", "Basic")
	alice.Fills("Which of them pass?", "Basics")
	alice.Submits()
	alice.SeesFieldError("Choices", "2 to 20 choices")
	alice.SeesFieldError("Which of them pass?", "is not among the answers. Did you mean Basic?")
	alice.Fills("Choices", "Basic\n\nTeam")
	alice.Fills("Which of them pass?", "Basic")
	alice.Submits()
	alice.SeesModal("Checklist").Says("Answered with one of: Basic, Team. Required. Passes with Basic.")

	alice.ClicksIn("3. Which plan", "Move up")
	alice.Sees("2. Which plan is it about?", "3. How many would leave at most?")
	alice.ClicksIn("1. Have customers", "Move down")
	alice.Sees("1. Which plan is it about?", "2. Have customers been told")
	alice.ClicksIn("2. Have customers", "Remove")
	alice.Sees("Your team's own · 2 questions")
	alice.DoesNotSee("Have customers been told")

	alice.Clicks("Name and rules")
	alice.SeesModal("Name and rules").Has("Name", "Price change")
	alice.Fills("And with how many “unsure” at most?", "some")
	alice.Submits()
	alice.SeesFieldError("And with how many “unsure” at most?", "A whole number")
	alice.Fills("And with how many “unsure” at most?", "2")
	alice.Fills("What is it for?", "Before a price goes up.")
	alice.Submits()
	alice.SeesModal("Checklist").Says("Before a price goes up.").Says("Passes with at most 2 “unsure”.")

	own, err := w.store.Templates(t.Context(), "PAY")
	if err != nil || len(own) != 1 || own[0].ID != "price-change" || len(own[0].Items) != 2 || own[0].Items[1].ID != "how-many-would-leave-at" {
		t.Errorf("stored %+v, %v", own, err)
	}
	alice.Clicks("Remove the checklist")
	alice.SeesModal("Checklists")
	alice.DoesNotSee("Price change")
}

func TestOtherKindsOfQuestions(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	alice := w.Person("alice").In("payments")
	alice.Types("/validate checklists")
	alice.ClicksIn("Opportunity Canvas", "Change")
	alice.Clicks("Add a question")
	alice.Fills("Question", "It is small enough")
	alice.Chooses("How is it answered?", "By what the idea has")
	alice.SeesModal("Add a question").Has("What does the idea need?", "")
	alice.Chooses("What does the idea need?", "A pass of INVEST")
	alice.Chooses("In which forms is it asked?", "In the full form")
	alice.Chooses("Does it have to be answered?", "Yes, in the quick form") // in which it is not asked
	alice.Submits()
	alice.SeesFieldError("Does it have to be answered?", "in which it does not stand")
	alice.Chooses("Does it have to be answered?", "Yes, in every form it is in")
	alice.Submits()
	alice.SeesModal("Checklist").Says("Answered by what the idea has: it needs a pass of INVEST. Required. Asked only in the full form.")

	alice.Clicks("Add a question")
	alice.Fills("Question", "What did people do?")
	alice.Chooses("How is it answered?", "By the evidence on the idea")
	alice.SeesModal("Add a question").Has("Of which strength at least?", "Any strength")
	alice.Fills("How many pieces of evidence does it take?", "3")
	alice.Chooses("Of which strength at least?", "What people do")
	alice.Submits()
	alice.SeesModal("Checklist").Says("Passes with at least 3 for it (what people do).")

	alice.Clicks("All checklists")
	alice.ClicksIn("Test Card", "Change")
	alice.ClicksIn("We believe that", "Remove")
	alice.Sees("A test needs an item with the id hypothesis")
}

func TestAQuestionBeingWrittenOutlivesItsForm(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	alice := w.Person("alice").In("payments")
	alice.Types("/validate checklists")
	alice.ClicksIn("INVEST", "Change")
	alice.ClicksIn("1. Independent", "Change")
	alice.Fills("Question", "Does it stand")
	alice.ClosesModal()
	alice.Types("/validate checklists")
	alice.ClicksIn("INVEST", "Change")
	alice.ClicksIn("1. Independent", "Change")
	alice.SeesModal("Change the question").Says("This is what you typed").Has("Question", "Does it stand")
	alice.Clicks("Start afresh")
	alice.SeesModal("Change the question").Has("Question", "Independent: could we ship it in any order?")
	alice.Submits()
	alice.SeesModal("Checklist").Says("Built in · 6 questions") // nothing was changed
}

func TestTwoChangeAChecklistAtOnce(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTwoOwners(t)
	alice, bob := w.Person("alice").In("payments"), w.Person("bob").In("payments")
	for _, p := range []interface {
		Types(string)
		ClicksIn(string, string)
	}{alice, bob} {
		p.Types("/validate checklists")
		p.ClicksIn("INVEST", "Change")
	}
	alice.ClicksIn("1. Independent", "Change")
	bob.ClicksIn("2. Negotiable", "Change")
	alice.Fills("Question", "Alone: could it ship first?")
	bob.Fills("Question", "Open: is the how left open?")
	alice.Submits()
	alice.SeesModal("Checklist").Says("1. Alone")
	bob.Submits() // another question: both stand
	bob.SeesModal("Checklist").Says("1. Alone").Says("2. Open")

	// The same question: both are shown, and whoever saves again decides.
	alice.ClicksIn("3. Valuable", "Change")
	bob.ClicksIn("3. Valuable", "Change")
	alice.Fills("Question", "Valuable, says Alice")
	bob.Fills("Question", "Valuable, says Bob")
	alice.Submits()
	alice.SeesModal("Checklist").Says("3. Valuable, says Alice")
	bob.Submits()
	bob.SeesModal("Change the question").Says("This question was changed while you were typing").Says("Valuable, says Alice").Has("Question", "Valuable, says Bob")
	bob.Submits()
	bob.SeesModal("Checklist").Says("3. Valuable, says Bob")

	// One removes what the other is changing.
	alice.ClicksIn("4. Estimable", "Change")
	bob.ClicksIn("4. Estimable", "Remove")
	bob.Sees("5 questions")
	alice.Fills("Question", "Can we size it?")
	alice.Submits()
	alice.SeesModal("Change the question").Says("This question was removed while you were typing")
	alice.Submits()
	alice.SeesModal("Checklist").Says("6. Can we size it?").Says("3. Valuable, says Bob")
}

func TestARequiredChecklistIsNotRemoved(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	alice := w.Person("alice").In("payments")
	alice.Types("/validate checklists")
	alice.Clicks("New checklist")
	alice.Fills("Name", "Legal")
	alice.Fills("First question", "Has legal seen it?")
	alice.Submits()
	alice.SeesModal("Checklist").Says("Legal")
	alice.ClosesModal()
	alice.Types("/align settings")
	alice.Clicks("Checklists and limits")
	alice.Chooses("Checklists before an idea counts as validated", "Legal")
	alice.Submits()
	alice.SeesModal("Team settings").Says("are saved")
	alice.ClosesModal()
	alice.Types("/validate checklists")
	alice.ClicksIn("Legal", "Change")
	alice.Sees("Legal is one of the checklists that ideas of Payments have to pass, so it cannot be removed.")
	alice.DoesNotSee("Remove the checklist")
	alice.ClosesModal()

	// The button was there before it was required.
	w.offers(t, "team=PAY&template=legal", "template.drop")
	alice.Clicks("template.drop")
	alice.Sees("Legal is one of the checklists that ideas of Payments have to pass, so it cannot be removed. Nothing was changed.")
	if own, err := w.store.Templates(t.Context(), "PAY"); err != nil || len(own) != 1 {
		t.Errorf("stored %v, %v", own, err)
	}
}

func TestChecklistsAreReachedFromElsewhere(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	carol := w.Person("carol").In("growth")
	carol.Types("/validate checklists")
	carol.Sees("Whose checklists would you like to see?")
	carol.Chooses("Choose a team", "Payments (PAY)")
	carol.SeesModal("Checklists").Says("The checklists of *Payments*").Says("Opportunity Canvas")
}

func TestALostRoleChangesNoChecklist(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTwoOwners(t)
	bob := w.Person("bob").In("payments")
	bob.Types("/validate checklists")
	bob.ClicksIn("INVEST", "Change")
	bob.ClicksIn("1. Independent", "Change")
	bob.Fills("Question", "By Bob")
	alice := w.Person("alice").In("payments")
	alice.Types("/align settings")
	alice.Chooses("Product owners", "alice")
	alice.Submits()
	alice.Sees("are saved")
	bob.Submits()
	bob.SeesFieldError("Question", "A team's settings can be changed by its product owners and by workspace admins.")
	bob.CancelsModal()
	bob.ClicksIn("1. Independent", "Move down")
	bob.Sees("A team's settings can be changed by its product owners")
	if own, err := w.store.Templates(t.Context(), "PAY"); err != nil || len(own) != 0 {
		t.Errorf("stored %v, %v", own, err)
	}
}

func TestAChecklistHoldsItsLimits(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	var source strings.Builder
	source.WriteString("id: long\nname: Long\nitems:\n")
	for i := range pipeline.ItemLimit {
		source.WriteString("  - id: q" + strings.Repeat("x", i%10) + string(rune('a'+i/10)) + "\n    question: One more\n    kind: text\n")
	}
	full, err := pipeline.ParseTemplate(source.String())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.store.SaveTemplate(t.Context(), "long", "PAY", full); err != nil {
		t.Fatal(err)
	}
	alice := w.Person("alice").In("payments")
	alice.Types("/validate checklists")
	alice.ClicksIn("Long", "Change")
	alice.SeesModal("Checklist").Says("40. One more").Says("A checklist has at most 40 questions.")
	alice.DoesNotSee("Add a question")
	alice.ClicksIn("40. One more", "Remove")
	alice.Clicks("Add a question")
	alice.Fills("Question", "The last one")
	alice.Submits()
	alice.SeesModal("Checklist").Says("40. The last one")
}

func TestAChecklistMendedAfterALostAnswerIsOne(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	alice := w.Person("alice").In("payments")
	alice.Types("/validate checklists")
	alice.Clicks("New checklist")
	alice.SeesModal("New checklist")
	alice.Fills("Name", "Lunch list")
	alice.Fills("First question", "Ready?")
	w.Faults().Add(slacksim.Fault{On: "view_submission", Times: 1, Do: slacksim.LoseAck()})
	alice.Submits()
	alice.SeesTrouble()
	alice.Fills("Name", "Launch list")
	alice.Submits()
	alice.SeesModal("Checklist").Says("Launch list")
	own, err := w.store.Templates(t.Context(), "PAY")
	if err != nil || len(own) != 1 || own[0].Name != "Launch list" || len(own[0].Items) != 1 {
		t.Errorf("stored %+v, %v", own, err)
	}
}

func TestChecklistsGoTogether(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	for id, name := range map[pipeline.TemplateID]string{"legal": "Legal", "price": "Price"} {
		own := pipeline.Template{ID: id, Name: name, Use: pipeline.UseChecklist, Items: []pipeline.Item{{ID: "a", Question: "Ready?", Kind: pipeline.KindYesNo}}}
		if id == "legal" {
			own.Items = append(own.Items, pipeline.Item{ID: "b", Question: "Priced?", Kind: pipeline.KindFact, Fact: "checklist:price"})
		}
		if _, err := w.store.SaveTemplate(t.Context(), name, "PAY", own); err != nil {
			t.Fatal(err)
		}
	}
	alice := w.Person("alice").In("payments")
	alice.Types("/validate checklists")
	alice.ClicksIn("Price", "Change")
	alice.SeesModal("Checklist").Says("Price")

	alice.Clicks("Name and rules")
	alice.SeesModal("Name and rules")
	alice.Fills("Name", "LEGAL")
	alice.Submits()
	alice.SeesFieldError("Name", `There is a checklist called "Legal" already, legal. Give this one another name.`)
	alice.Fills("Name", "Pricing")
	alice.Submits()
	alice.SeesModal("Checklist").Says("Pricing")

	alice.ClicksIn("1. Ready?", "Change")
	alice.SeesModal("Change the question")
	alice.Chooses("How is it answered?", "By what the idea has")
	alice.Sees("What does the idea need?")
	alice.Chooses("What does the idea need?", "A pass of Legal")
	alice.Submits()
	alice.SeesFieldError("What does the idea need?", "The checklist legal waits for this one to pass, so both would wait forever.")
	alice.Chooses("What does the idea need?", "A size")
	alice.Submits()
	alice.SeesModal("Checklist").Says("it needs a size")
}
