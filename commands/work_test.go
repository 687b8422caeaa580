package commands_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"alignbot/pipeline"
	"alignbot/slacksim"
)

const (
	feature  = "Feature: something new for those who use it"
	bug      = "Bug: something that should work and does not"
	size     = "Size in points"
	criteria = "Acceptance criteria"
)

func TestAnIdeaIsSized(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t, "work.open")
	bob := w.Person("bob").In("payments")
	bob.Clicks("work.open")
	bob.SeesModal("Size and criteria").Has("Kind of work", "").Has(size, "").Has(criteria, "")
	bob.Chooses("Kind of work", feature)
	bob.Fills(criteria, "- one file a month\n• opens in every reader\n\n")
	for typed, complaint := range map[string]string{"a lot": "whole number", "2.5": "whole number", "1,000": "whole number", "0": "whole number", "1000": "whole number", "-3": "whole number"} {
		bob.Fills(size, typed)
		bob.Submits()
		bob.SeesFieldError(size, complaint)
	}
	bob.Fills(size, "8 points")
	bob.Submits()
	bob.Sees("Saved the size and criteria of PAY-1")
	idea := w.stored(t, pays1)
	if idea.Work != pipeline.Feature || idea.Size != 8 || !slices.Equal(idea.Criteria, []string{"one file a month", "opens in every reader"}) {
		t.Errorf("stored is %+v", idea)
	}
	if newest := w.history(t, pays1)[0]; newest.What != pipeline.WasSized || len(newest.Changes) != 3 || newest.Changes[1] != (pipeline.Change{Field: pipeline.FieldSize, To: "8"}) {
		t.Errorf("history ends with %+v", newest)
	}

	bob.Clicks("work.open")
	bob.SeesModal("Size and criteria").Has("Kind of work", feature).Has(size, "8").Has(criteria, "one file a month\nopens in every reader")
	bob.Fills(size, "")
	bob.Submits()
	bob.SeesNoModal()
	if idea := w.stored(t, pays1); idea.Size != 0 || idea.Work != pipeline.Feature {
		t.Errorf("stored is %+v", idea)
	}
	bob.Clicks("work.open") // nothing is changed
	bob.SeesModal("Size and criteria")
	bob.Submits()
	bob.SeesNoModal()
	if idea := w.stored(t, pays1); idea.Version != 3 {
		t.Errorf("stored is version %d", idea.Version)
	}
}

func TestTooManyCriteriaAreRefused(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t, "work.open")
	bob := w.Person("bob").In("payments")
	bob.Clicks("work.open")
	bob.Fills(criteria, strings.Repeat("one\n", pipeline.CriteriaLimit+1))
	bob.Submits()
	bob.SeesFieldError(criteria, fmt.Sprintf("At most %d criteria; these are %d", pipeline.CriteriaLimit, pipeline.CriteriaLimit+1))
	bob.Fills(criteria, "fine\n"+strings.Repeat("x", pipeline.CriterionLimit+1))
	bob.Submits()
	bob.SeesFieldError(criteria, fmt.Sprintf("number 2 has %d", pipeline.CriterionLimit+1))
}

func TestTwoPeopleSizeAtOnceAndNobodyIsOverwritten(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t, "work.open")
	bob, carol := w.Person("bob").In("payments"), w.Person("carol").In("payments")
	bob.Clicks("work.open")
	carol.Clicks("work.open")
	carol.Fills(size, "5")
	carol.Fills(criteria, "Carol's criterion")
	carol.Submits()
	carol.Sees("Saved the size and criteria of PAY-1")

	bob.Chooses("Kind of work", bug)
	bob.Fills(size, "13")
	bob.Submits()
	bob.SeesModal("Size and criteria").Says("Somebody changed this while you were typing").Says("Carol's criterion").
		Has(size, "13").Has("Kind of work", bug).Has(criteria, "")
	if idea := w.stored(t, pays1); idea.Size != 5 {
		t.Errorf("overwritten: %+v", idea)
	}
	bob.Submits()
	bob.Sees("Saved the size and criteria of PAY-1")
	if idea := w.stored(t, pays1); idea.Size != 13 || idea.Work != pipeline.Bug || len(idea.Criteria) != 0 {
		t.Errorf("stored is %+v", idea)
	}
}

// What was typed yesterday does not hide what others said since.
func TestASizeTypedBeforeSomebodyElsesShowsBoth(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t, "work.open")
	bob, carol := w.Person("bob").In("payments"), w.Person("carol").In("payments")
	bob.Clicks("work.open")
	bob.Fills(size, "3")
	bob.ClosesModal()
	carol.Clicks("work.open")
	carol.Fills(size, "5")
	carol.Submits()
	carol.Sees("Saved the size and criteria of PAY-1")
	bob.Clicks("work.open")
	bob.SeesModal("Size and criteria").Has(size, "3").Says("This is what you typed").Says("Size in points: 5")
}

// A change of something else is no reason to ask.
func TestAnIdeaEditedWhileItWasSized(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t, "work.open")
	bob, carol := w.Person("bob").In("payments"), w.Person("carol").In("payments")
	carol.Clicks("work.open")
	carol.Fills(size, "5")
	bob.Types("/idea edit PAY-1")
	bob.Fills("Title", "Export invoices as PDF")
	bob.Submits()
	bob.Sees("Saved PAY-1")
	carol.Submits()
	carol.Sees("Saved the size and criteria of PAY-1")
	if idea := w.stored(t, pays1); idea.Size != 5 || idea.Title != "Export invoices as PDF" {
		t.Errorf("stored is %+v", idea)
	}
}

func TestSizesTypedOutliveTheirForm(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t, "work.open")
	bob := w.Person("bob").In("payments")
	bob.Clicks("work.open")
	bob.Chooses("Kind of work", bug)
	bob.Fills(size, "3")
	bob.ClosesModal()
	bob.Clicks("work.open")
	bob.SeesModal("Size and criteria").Has("Kind of work", bug).Has(size, "3").Says("This is what you typed")
	bob.Clicks("Start afresh")
	bob.SeesModal("Size and criteria").Has("Kind of work", "").Has(size, "")
	bob.Fills(size, "5")
	bob.Submits()
	bob.Sees("Saved the size and criteria of PAY-1")
}

func TestASizeSubmittedTwiceIsOneChange(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t, "work.open")
	bob := w.Person("bob").In("payments")
	bob.Clicks("work.open")
	bob.Fills(size, "3")
	w.Faults().Add(slacksim.Fault{On: "view_submission", Times: 1, Do: slacksim.DuplicateElsewhere()})
	bob.Submits()
	bob.SeesNoModal()
	if idea := w.stored(t, pays1); idea.Size != 3 || idea.Version != 2 {
		t.Errorf("stored is %+v", idea)
	}
}

func TestASizeOfSomebodyWhoLostTheRightMeanwhile(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t, "work.open")
	bob := w.Person("bob").In("payments")
	bob.Clicks("work.open")
	bob.Fills(size, "3")
	if err := w.UpdatePerson(t.Context(), "bob", func(p *slacksim.Person) { p.Guest = true }); err != nil {
		t.Fatal(err)
	}
	w.heardOf("user_change")
	bob.Submits()
	bob.Sees("alignbot is not open to guests here")
	bob.SeesModal("Size and criteria").Has(size, "3")
	if idea := w.stored(t, pays1); idea.Version != 1 {
		t.Errorf("stored is %+v", idea)
	}
}
