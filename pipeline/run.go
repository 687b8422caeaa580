package pipeline

import (
	"fmt"
	"slices"
	"time"
)

// Run is a checklist being answered for one idea, by several people if they
// like, over any time.
type Run struct {
	Idea Key
	// ID is the run's number within its idea, from 1; given when it is stored.
	ID int
	// Template as it was when the run began.
	Template Template
	// Form in which it is answered; "" where the template has one.
	Form    Form
	Answers map[AnswerKey]Answer
	Began   time.Time
	BeganBy string

	// Started is when a test was started: from then on what it promised is
	// frozen. The zero time before.
	Started   time.Time
	StartedBy string
	// Amendments are the changes made to a test after it started, oldest first.
	Amendments []Amendment
	// Observation ends a test; nil before.
	Observation *Observation

	// Tests are the runs of the same idea that feed a learning card, by number.
	Tests []int
	// Lesson ends a learning card; nil before.
	Lesson *Lesson

	// Version counts changes, from 1.
	Version int64
}

// AnswerKey names an answer: the id of its item, or "item/participant/task",
// both from 1, for one result of a participant.
type AnswerKey string

// Answer to one item.
type Answer struct {
	// Value in its one stored form: text; "yes", "no" or "unsure"; "30.5 %" for
	// a number; one of the choices; "2026-11-30"; a user id; for a participant
	// "unaided", "help" or "failed". "" takes an answer away.
	Value string
	// Why: the line beside a yes, no or unsure; what the participant said.
	Why string
	// Seconds that a participant took, and Severity of the trouble from 0 to 4;
	// nil where nobody noted it.
	Seconds, Severity *int
	By                string
	At                time.Time
}

// Amendment is a change of something that was frozen.
type Amendment struct {
	Item     ItemID
	From, To string
	// Why it was changed; required.
	Why string
	By  string
	At  time.Time
}

// Observation is what a test showed.
type Observation struct {
	// Value in the form of a number, with the unit that was promised; "" when it
	// could not be measured.
	Value string
	// Points are how many data points it stands on; 0 where nobody counted.
	Points int
	Note   string
	By     string
	At     time.Time
}

// Lesson is what a learning card concludes.
type Lesson struct {
	Decision Learning
	By       string
	At       time.Time
}

// Learning is the decision of a learning card.
type Learning string

// The decisions of a learning card.
const (
	Retire      Learning = "retire"
	Pivot       Learning = "pivot"
	Persevere   Learning = "persevere"
	KeepTesting Learning = "keep testing"
)

// Verdict on a run.
type Verdict string

// The verdicts. Undecided is none yet.
const (
	Undecided    Verdict = ""
	Passed       Verdict = "passed"
	Failed       Verdict = "failed"
	Inconclusive Verdict = "inconclusive"
)

// Typed is what somebody put into one input of a run's form: nothing checked.
type Typed struct {
	Key    AnswerKey
	Answer Answer // Value, Why, Seconds and Severity as typed; By and At are set by the rule
	// Seen is the digest of the answer that the form showed when it was opened,
	// see Answer.Digest.
	Seen string
}

// Clash is an answer that somebody else changed while it was being typed. To
// take Mine after all, fill it in again, with the digest of Theirs as seen.
type Clash struct {
	Key          AnswerKey
	Question     string
	Mine, Theirs Answer
}

// AnswerWhyLimit is for the line beside a yes, no or unsure, for what a
// participant said, and for the why of an amendment, in runes.
const AnswerWhyLimit = 200

// RunSummary is what lists and gates know of a run without reading all of it.
// It is kept beside the run and rewritten with it.
type RunSummary struct {
	ID       int
	Template TemplateID
	Name     string // of the template
	Use      Use
	Form     Form
	// Title is the run's first words: a test's hypothesis. May be empty.
	Title string
	// Answered of how many items that a person answers; Lacks are the questions
	// of the required ones still open.
	Answered, Of int
	Lacks        []string
	// Verdict as far as the answers alone decide. Undecided while answers lack.
	Verdict Verdict
	// Because says why in words.
	Because string
	// Live items are answered by the idea itself, each time one looks.
	Live []Item
	// Deadline of a test that runs, and Owner, who is asked for what it showed.
	Deadline time.Time
	Owner    string
	// Running: a test has started and not been observed.
	Running bool
	// Decision of a learning card.
	Decision Learning
	// LastBy answered last, at Last.
	LastBy string
	Last   time.Time
}

// BeginRun begins a checklist on an idea. Its number and version are given when
// it is stored.
func BeginRun(t Template, form Form, idea Idea, by string, now time.Time) (Run, error) {
	if !idea.Withdrawn.IsZero() {
		return Run{}, &Problem{
			Code: "idea-withdrawn",
			What: fmt.Sprintf("%s was withdrawn, so no checklist can begin on it.", idea.Key),
			Safe: "Everything in it is kept.",
			Next: "Bring it back first.",
		}
	}
	if !t.hasForm(form) {
		return Run{}, unknownForm(t)
	}
	return Run{
		Idea: idea.Key, Template: t, Form: form,
		Answers: map[AnswerKey]Answer{},
		Began:   now, BeganBy: by,
	}, nil
}

// Upgrade turns a run to a longer form of its template. Every answer stays,
// those that the longer form does not ask for included.
func Upgrade(r Run, form Form) (Run, error) {
	if !r.Template.hasForm(form) {
		return r, unknownForm(r.Template)
	}
	if form == r.Form {
		return r, nil
	}
	if r.testStarted() {
		return r, &Problem{
			Code: "frozen",
			What: "This test has started, so what it asks is settled.",
			Safe: "Every answer is kept.",
			Next: "Begin another test in the longer form.",
		}
	}
	if slices.Index(r.Template.Forms, form) < slices.Index(r.Template.Forms, r.Form) {
		return r, &Problem{
			Code: "form-shorter",
			What: fmt.Sprintf("This checklist is answered in its %s form already, and a shorter one would hide answers.", r.Form),
			Safe: "Every answer is kept.",
			Next: "Go on in the form it has.",
		}
	}
	r.Form = form
	return r, nil
}

func (t Template) hasForm(form Form) bool {
	if len(t.Forms) == 0 {
		return form == ""
	}
	return slices.Contains(t.Forms, form)
}

func unknownForm(t Template) error {
	p := &Problem{
		Code: "form-unknown",
		What: fmt.Sprintf("The checklist %s has no such form.", t.Name),
		Safe: "Nothing was changed.",
		Next: "Open the list of checklists again and choose from there.",
	}
	if len(t.Forms) > 0 {
		names := make([]string, len(t.Forms))
		for i, form := range t.Forms {
			names[i] = string(form)
		}
		p.Next = "Choose one of these: " + listed(names, len(names)) + "."
	}
	return p
}

// Items that its form asks, in order.
func (r Run) Items() []Item { return r.Template.ItemsIn(r.Form) }

// Steps are the pages of its form: at most InputsOnPage inputs each, in the
// order of the items. Evidence and facts, which are shown and not typed, stand
// with what is before them. Participants have a form of their own.
func (r Run) Steps() [][]Item {
	var steps [][]Item
	inputs := 0
	for _, item := range r.Items() {
		if item.Kind == KindParticipants {
			continue
		}
		if len(steps) == 0 || inputs+item.Inputs() > InputsOnPage {
			steps, inputs = append(steps, nil), 0
		}
		last := len(steps) - 1
		steps[last] = append(steps[last], item)
		inputs += item.Inputs()
	}
	return steps
}

// Inputs is how many inputs of a step the item takes: two for a yes or no with
// its why, none for what the idea answers and for results of participants.
func (i Item) Inputs() int {
	switch {
	case !i.Answerable() || i.Kind == KindParticipants:
		return 0
	case i.Kind == KindYesNo && i.Why:
		return 2
	}
	return 1
}

// Answerable tells whether a person answers the item; evidence and facts are
// answered by the idea itself.
func (i Item) Answerable() bool { return i.Kind != KindEvidence && i.Kind != KindFact }

// Owner is whom to ask about the run: whom its answer names, else who started
// it, else who began it.
func (r Run) Owner() string {
	if item, ok := r.item(ItemOwner); ok && item.Kind == KindPerson {
		if owner := r.Answers[AnswerKey(ItemOwner)].Value; owner != "" {
			return owner
		}
	}
	if r.StartedBy != "" {
		return r.StartedBy
	}
	return r.BeganBy
}

func (r Run) item(id ItemID) (Item, bool) {
	for _, item := range r.Template.Items {
		if item.ID == id {
			return item, true
		}
	}
	return Item{}, false
}

func (r Run) testStarted() bool { return r.Template.Use == UseTest && !r.Started.IsZero() }

// answered tells whether a person answered the item; participants have when one
// result is there.
func (r Run) answered(item Item) bool {
	if item.Kind == KindParticipants {
		return len(r.Participants()) > 0
	}
	return r.Answers[AnswerKey(item.ID)].Value != ""
}

// lacks are the items that must be answered and are not.
func (r Run) lacks() []Item {
	var lacks []Item
	for _, item := range r.Items() {
		if item.Answerable() && item.RequiredFor(r.Form) && !r.answered(item) {
			lacks = append(lacks, item)
		}
	}
	return lacks
}
