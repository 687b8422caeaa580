package commands_test

import (
	"testing"

	"alignbot/pipeline"
	"alignbot/storage"
)

// understood stores two outcomes of which invoices are near to one.
func (w *workplace) understood(t *testing.T) *workplace {
	t.Helper()
	w.withTeam(t).knows(t, "Invoices are exported without retyping", "Fewer people leave")
	return w
}

// feedback of the team on its outcome O1.
func (w *workplace) feedback(t *testing.T) storage.Feedback {
	t.Helper()
	known, err := w.store.Candidates(t.Context(), pipeline.Key{Team: "PAY"})
	if err != nil {
		t.Fatal(err)
	}
	return known.Feedback[pipeline.NodeKey{Team: "PAY", Number: 1}]
}

func TestAnOutcomeIsSuggestedAfterTheCapture(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).understood(t)
	bob := w.Person("bob").In("payments")
	bob.Types("/idea add Export invoices as PDF")
	bob.Sees("Captured as PAY-1", "What is it for?", "Suggested: PAY-O1  Invoices are exported without retyping", "Close to its statement")
	bob.DoesNotSee("Fewer people leave")
	if got := w.linked(t); got != "" {
		t.Errorf("linked to %q without a person", got)
	}
	bob.Clicks("Link it")
	bob.StopsSeeing("What is it for?")
	if got := w.linked(t); got != "PAY-O1" {
		t.Errorf("linked is %q", got)
	}
	bob.Sees("for “Invoices are exported without retyping” (PAY-O1)") // on the card
	if got := w.feedback(t); got != (storage.Feedback{Accepted: 1}) {
		t.Errorf("feedback is %+v", got)
	}
	if newest := w.history(t, pays1)[0]; newest.What != pipeline.WasLinked || newest.About != "PAY-O1" || newest.By != "U0BOB" {
		t.Errorf("history ends with %+v", newest)
	}
}

func TestASuggestionIsDismissedForThatIdeaAlone(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).understood(t)
	bob := w.Person("bob").In("payments")
	bob.Types("/idea add Export invoices as PDF")
	bob.Sees("Suggested: PAY-O1")
	bob.Clicks("Not this one")
	bob.StopsSeeing("Suggested: PAY-O1")
	bob.Types("/idea show PAY-1")
	bob.SeesModal("PAY-1").Says("No outcome yet")
	bob.DoesNotSee("Suggested: PAY-O1")
	bob.ClosesModal()
	if got := w.feedback(t); got != (storage.Feedback{Dismissed: 1}) || w.linked(t) != "" {
		t.Errorf("feedback is %+v, linked %q", got, w.linked(t))
	}
	bob.Types("/idea add Retyping invoices takes a day")
	bob.Sees("Captured as PAY-2", "Suggested: PAY-O1")
}

func TestADetailSuggestsAndLinksInPlace(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).understood(t)
	bob := w.Person("bob").In("payments")
	bob.Types("/idea add Export invoices as PDF")
	bob.Sees("Captured as PAY-1", "About PAY-1", "Suggested: PAY-O1")
	bob.Dismisses("Captured as PAY-1")
	bob.Dismisses("About PAY-1")
	bob.Types("/idea show PAY-1")
	bob.SeesModal("PAY-1").Says("Suggested: PAY-O1")
	bob.Clicks("Link it")
	bob.StopsSeeing("Suggested:")
	bob.SeesModal("PAY-1").Says("PAY-O1  Invoices are exported without retyping")
	bob.ClosesModal()
	w.offers(t, "idea=PAY-1&outcome=PAY-O1", "suggestion.accept")
	bob.Clicks("suggestion.accept")
	bob.Sees("PAY-1 is linked to PAY-O1 already")
}

func TestGuestsAnswerNoSuggestions(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{Guests: true}).understood(t)
	gina := w.Person("gina").In("payments")
	gina.Types("/idea add Export invoices as PDF")
	gina.Sees("Captured as PAY-1")
	gina.DoesNotSee("Suggested:")
	w.offers(t, "idea=PAY-1&outcome=PAY-O1", "suggestion.accept", "suggestion.dismiss")
	for _, button := range []string{"suggestion.accept", "suggestion.dismiss"} {
		gina.Clicks(button)
		gina.Sees("Ask a full member to do this for you")
		gina.Dismisses("Ask a full member to do this for you")
	}
	gina.Types("/outcome orphans")
	gina.Sees("Export invoices as PDF")
	gina.DoesNotSee("Link PAY-O1")
	if got := w.feedback(t); got != (storage.Feedback{}) || w.linked(t) != "" {
		t.Errorf("feedback is %+v, linked %q", got, w.linked(t))
	}
}

func TestOrphansAreLinkedOneAfterTheOther(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).understood(t)
	bob := w.Person("bob").In("payments")
	for _, title := range []string{"Export invoices as PDF", "Bulk export of invoices", "Dark mode"} {
		bob.Types("/idea add " + title)
		bob.Sees("Captured as", title)
		bob.Dismisses(title)
	}
	bob.Types("/outcome orphans")
	bob.Sees("Ideas of Payments without an outcome", "PAY-3  Dark mode", "PAY-1  Export invoices as PDF", "› PAY-O1  Invoices are exported", "Page 1 of 1 · 3 ideas")
	bob.Clicks("Link PAY-O1") // of PAY-2, which stands first
	bob.Sees("Page 1 of 1 · 2 ideas")
	if idea := w.stored(t, pipeline.Key{Team: "PAY", Number: 2}); len(idea.Outcomes) != 1 || w.linked(t) != "" {
		t.Errorf("linked are %v and %q", idea.Outcomes, w.linked(t))
	}
	bob.Clicks("Not PAY-O1") // of PAY-1
	bob.StopsSeeing("› PAY-O1")
	bob.ClicksIn("PAY-3  Dark mode", "Link an outcome")
	bob.SeesModal("Link an outcome").Says("Dark mode")
	bob.Chooses("What it is for", "PAY-O2  Fewer people leave")
	bob.Submits()
	bob.Sees("PAY-3 is linked to PAY-O2: Fewer people leave")
	bob.Dismisses("Ideas of Payments without an outcome")
	bob.Types("/outcome orphans")
	bob.Sees("Page 1 of 1 · 1 idea", "PAY-1  Export invoices as PDF")
}

func TestAnOutcomeIsChosenWhileCapturing(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).understood(t)
	bob := w.Person("bob").In("payments")
	bob.Types("/idea Export invoices as PDF")
	bob.SeesModal("Capture an idea")
	bob.Fills("Problem", "Accountants retype them.")
	bob.Chooses("What it is for", "PAY-O1  Invoices are exported without retyping")
	bob.ClosesModal()
	bob.Types("/idea")
	bob.SeesModal("Capture an idea").Has("Title", "Export invoices as PDF").Has("What it is for", "PAY-O1")
	bob.Submits()
	bob.Sees("Captured as PAY-1", "for “Invoices are exported without retyping” (PAY-O1)")
	bob.DoesNotSee("Suggested:")
	if got := w.linked(t); got != "PAY-O1" {
		t.Errorf("linked is %q", got)
	}
}

func TestAnOutcomeThatClosedWhileCapturing(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).understood(t)
	bob := w.Person("bob").In("payments")
	bob.Types("/idea Export invoices as PDF")
	bob.Chooses("What it is for", "PAY-O1  Invoices are exported without retyping")
	w.closes(t, 1)
	bob.Submits()
	bob.SeesFieldError("What it is for", "closed, so no more ideas are linked to it. Choose an open outcome.")
	bob.Chooses("What it is for", "Nothing yet")
	bob.Submits()
	bob.Sees("Captured as PAY-1")
	bob.DoesNotSee("Suggested: PAY-O1")
}

// closes an outcome of Payments as its owner would.
func (w *workplace) closes(t *testing.T, number int) {
	t.Helper()
	ctx := t.Context()
	team, err := w.store.Team(ctx, "PAY")
	if err != nil {
		t.Fatal(err)
	}
	stored, err := w.store.Node(ctx, pipeline.NodeKey{Team: "PAY", Number: number}, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	alice := pipeline.Person{ID: "U0ALICE", Workspace: "T0ACME"}
	closing, err := pipeline.CloseOutcome(pipeline.Policy{}, alice, pipeline.Where{Team: &team, InChannel: true}, *stored.Outcome, pipeline.CloseForm{Result: pipeline.Reached, Why: "Done"}, pipeline.Nodes{}, nil, stored.Outcome.Created)
	if err == nil {
		_, err = w.store.CloseOutcome(ctx, "closes", closing, storage.Slot{})
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestWhyAnIdeaExists(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).understood(t)
	bob := w.Person("bob").In("payments")
	bob.Types("/align why PAY-1")
	bob.Sees("There is no PAY-1 that you can see")
	bob.Types("/idea add Export invoices as PDF")
	bob.Sees("Captured as PAY-1")
	bob.Types("/align why 1")
	bob.Sees("Why PAY-1 exists", "It is linked to no outcome yet", "It was typed, not taken from a message")
	bob.Dismisses("Captured as PAY-1")
	bob.Dismisses("Why PAY-1 exists")
	bob.Types("/outcome link pay-1")
	bob.SeesModal("Link an outcome").Says("Suggested")
	bob.Chooses("What it is for", "PAY-O1  Invoices are exported without retyping")
	bob.Submits()
	bob.Sees("PAY-1 is linked to PAY-O1")
	bob.Types("/idea show PAY-1")
	bob.Clicks("Why?")
	bob.SeesModal("Why PAY-1").Says("PAY-O1").Says("No business outcome stands above PAY-O1")
}

func TestPrivacyTellsThatNothingLeaves(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).understood(t)
	bob := w.Person("bob").In("payments")
	bob.Types("/align privacy")
	bob.SeesModal("What goes where").Says("No language model is configured")
}
