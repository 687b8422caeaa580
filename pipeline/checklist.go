package pipeline

// Template is a checklist as a team keeps it: what is asked when an idea is
// validated, and what counts as a pass. A run on an idea keeps its own copy, so
// that changing a template changes no run that has begun.
type Template struct {
	ID TemplateID
	// Name as people read it, on one line.
	Name string
	// About says in a sentence or two what it is good for. May be empty.
	About string
	Use   Use
	// Forms from short to long, for a template that can be answered in more
	// than one depth ("quick", "full"). None: there is one form with every item.
	Forms []Form
	Items []Item
	// Pass is the rule over all its yes-or-no items.
	Pass AnswerRule
	// Version counts the changes a team made, from 1; 0 as built in.
	Version int64
}

// TemplateID names a checklist among those of a team: "opportunity-canvas". A
// team's own one stands in the place of the built-in one with the same name.
// Lower-case letters, digits and hyphens, a letter first, at most 40.
type TemplateID string

// The built-in checklists. Their texts are in the folder templates.
const (
	OpportunityCanvas TemplateID = "opportunity-canvas"
	TestCard          TemplateID = "test-card"
	LearningCard      TemplateID = "learning-card"
	UsabilityTest     TemplateID = "usability-test"
	INVEST            TemplateID = "invest"
	DefinitionOfReady TemplateID = "definition-of-ready"
)

// Use is what a run of the template is for.
type Use string

// The uses.
const (
	UseChecklist Use = "checklist" // answered until it is complete
	UseTest      Use = "test"      // started, observed at a deadline, decided by its number
	UseLearning  Use = "learning"  // fed by tests, ends with a decision
)

// Form is a depth in which a template can be answered.
type Form string

// ItemID names an item within its template: lower-case letters, digits and
// hyphens, a letter first, at most 40.
type ItemID string

// Item is one thing that a checklist asks.
type Item struct {
	ID       ItemID
	Question string
	// Brief is the question as the shortest form puts it; "" for the same.
	Brief string
	// Help is shown under the question. May be empty.
	Help string
	Kind ItemKind
	// Required for completion, in every form that has the item, or in those of
	// RequiredIn only.
	Required   bool
	RequiredIn []Form
	// In lists the forms that have the item; none: every form.
	In []Form
	// Unit of a number: "%", "€ a month". "" lets whoever answers name one.
	Unit string
	// Choices of a choice.
	Choices []string
	// Why asks for a line of why beside a yes, no or unsure.
	Why bool
	// Fact that answers the item by itself, for the kind fact.
	Fact Fact
	// Pass is what counts as a pass; the zero value: any answer does.
	Pass PassRule
}

// The items that mean something in a test, by their id. A test has the first
// three, and requires their answers.
const (
	ItemHypothesis ItemID = "hypothesis" // text: what is believed
	ItemCriterion  ItemID = "criterion"  // number: that it is right at
	ItemDeadline   ItemID = "deadline"   // date: the last day of the test
	ItemDirection  ItemID = "direction"  // choice: AtLeast, also without it, or AtMost
	ItemSample     ItemID = "sample"     // number: fewer data points are inconclusive
	ItemOwner      ItemID = "owner"      // person: is asked what the test showed
)

// The choices of a test's direction: on which side of its criterion the
// observation has to be.
const (
	AtLeast = "at least"
	AtMost  = "at most"
)

// ItemKind is how an item is answered.
type ItemKind string

// The kinds of items.
const (
	KindYesNo        ItemKind = "yes/no"       // yes, no or unsure
	KindText         ItemKind = "text"         // several lines
	KindNumber       ItemKind = "number"       // with a unit
	KindChoice       ItemKind = "choice"       // one of several
	KindDate         ItemKind = "date"         // a day
	KindPerson       ItemKind = "person"       // somebody of the workspace
	KindTasks        ItemKind = "tasks"        // one task a line, for participants
	KindParticipants ItemKind = "participants" // a result for each participant and task
	KindEvidence     ItemKind = "evidence"     // answered by the evidence on the idea
	KindFact         ItemKind = "fact"         // answered by what the idea has
)

// Fact is something that an idea has or has not.
type Fact string

// The facts that can answer an item. "checklist:ID" is one more: a run of that
// checklist has passed.
const (
	FactOutcome  Fact = "outcome"  // a link to an outcome
	FactMeasure  Fact = "measure"  // "we will know when"
	FactCriteria Fact = "criteria" // acceptance criteria
	FactSize     Fact = "size"
)

// ChecklistPassed begins the fact that a checklist has passed; its id follows.
const ChecklistPassed = "checklist:"

// PassRule is what counts as a pass of one item. What is not set is not asked.
type PassRule struct {
	// AtLeast and AtMost bound a number, or the pieces of evidence or of a fact.
	AtLeast, AtMost *float64
	// OneOf lists the answers to a yes/no or a choice that pass.
	OneOf []string
	// Of participants at least this many succeed at each task in its time: 3 of
	// 5. More participants keep the proportion; fewer are inconclusive.
	Succeed, Of int
	// Strength that evidence must have at least; "" for any.
	Strength Strength
}

// AnswerRule says how many answers of a run may be other than yes. A nil limit
// is none.
type AnswerRule struct {
	MaxNo, MaxUnsure *int
}

// The limits of a template.
const (
	TemplateNameLimit = 60  // runes
	AboutLimit        = 500 // runes
	ItemLimit         = 40  // items in a template
	QuestionLimit     = 300 // runes
	HelpLimit         = 500 // runes
	ChoiceLimit       = 20  // choices of an item
	ChoiceTextLimit   = 70  // runes; a Slack option holds 75
	UnitLimit         = 20  // runes
	FormLimit         = 4   // forms of a template
	FormNameLimit     = 20  // characters
	TemplateLimit     = 20  // templates that a team keeps
	InputsOnPage      = 6   // inputs of one step of a form
)
