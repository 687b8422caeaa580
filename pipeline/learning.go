package pipeline

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// The inputs of the form that ends a learning card.
const (
	FieldTests    Field = "tests"
	FieldLearning Field = "learning"
)

// Learnings lists the decisions of a learning card.
func Learnings() []Learning { return []Learning{Retire, Pivot, Persevere, KeepTesting} }

// ChooseTests names the tests that feed a learning card, in place of those
// named before. of are the runs of the same idea; each test must have a
// verdict.
func ChooseTests(r Run, tests []int, of []RunSummary) (Run, error) {
	if err := r.mustBe(UseLearning, "fed by tests"); err != nil {
		return r, err
	}
	if r.Lesson != nil {
		return r, closedProblem("concluded", nil)
	}
	chosen := slices.Compact(slices.Sorted(slices.Values(tests)))
	for _, id := range chosen {
		at := slices.IndexFunc(of, func(s RunSummary) bool { return s.ID == id })
		mistake := ""
		switch {
		case at < 0 || of[at].Use != UseTest:
			mistake = fmt.Sprintf("Number %d is no test of this idea.", id)
		case of[at].Verdict == Undecided:
			mistake = fmt.Sprintf("%s has no verdict yet. Enter what it showed first.", testName(of[at]))
		}
		if mistake != "" {
			return r, fieldProblems("tests-form", map[Field]string{FieldTests: mistake})
		}
	}
	r.Tests = chosen
	return r, nil
}

func testName(s RunSummary) string {
	if s.Title == "" {
		return fmt.Sprintf("The test with the number %d", s.ID)
	}
	return "The test " + inQuotes([]string{s.Title})[0]
}

// Conclude ends a learning card with a decision. It needs its required answers
// and at least one test.
func Conclude(r Run, d Learning, by string, now time.Time) (Run, error) {
	if err := r.mustBe(UseLearning, "concluded"); err != nil {
		return r, err
	}
	if r.Lesson != nil {
		if r.Lesson.Decision == d {
			return r, nil
		}
		return r, closedProblem("concluded", nil)
	}
	if !slices.Contains(Learnings(), d) {
		words := make([]string, 0, 4)
		for _, known := range Learnings() {
			words = append(words, string(known))
		}
		return r, fieldProblems("learning-form", map[Field]string{FieldLearning: "Choose " + either(words) + "."})
	}
	var next []string
	fields := map[Field]string{}
	if lacks := r.lacks(); len(lacks) > 0 {
		next = append(next, "answer "+listed(r.names(lacks), 5))
		for _, item := range lacks {
			fields[Field(item.ID)] = "The card needs this before it can be concluded."
		}
	}
	if len(r.Tests) == 0 {
		next = append(next, "choose at least one test that it learns from")
		fields[FieldTests] = "Choose at least one test."
	}
	if len(next) > 0 {
		return r, &Problem{
			Code:   "learning-incomplete",
			What:   "The learning card cannot be concluded yet.",
			Safe:   "Everything answered so far is kept.",
			Next:   fmt.Sprintf("First %s.", strings.Join(next, ", and ")),
			Fields: fields,
		}
	}
	r.Lesson = &Lesson{Decision: d, By: by, At: now}
	return r, nil
}

func (r Run) judgeLearning() (Verdict, string) {
	switch {
	case r.Lesson != nil:
		return Passed, fmt.Sprintf("The decision from %s: %s.", amount(len(r.Tests), "test", "tests"), r.Lesson.Decision)
	case len(r.Tests) == 0:
		return Undecided, "No test is chosen yet."
	}
	return Undecided, "No decision is made yet."
}
