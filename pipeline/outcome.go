package pipeline

import (
	"fmt"
	"time"
)

// Outcome is a change worth having, for customers or for the business.
type Outcome struct {
	Key OutcomeKey
	// Statement says the change in one line.
	Statement string
	// Kind is "" while nobody said: an outcome can be written down in one line
	// with a link to it.
	Kind OutcomeKind
	// Parent is the business outcome it serves; zero for none. A product outcome
	// has one.
	Parent OutcomeKey
	// Metric says what is measured; "" while nobody knows.
	Metric string
	// Unit of its numbers: "%", "€", "calls a week"; "" for plain numbers.
	Unit      string
	Direction Direction
	// Baseline and Target are the numbers from where and to where; both nil while
	// it has none.
	Baseline, Target *Reading
	// MetricBy is the day by which a learning outcome gets its numbers, as in
	// "2027-02-18"; "" for every other.
	MetricBy string
	// Owner is the user id of who looks after it, "" while nobody does. They may
	// have left meanwhile.
	Owner string
	// Source says where the number is read.
	Source string
	// Light is how confident people are that the target is reached, as it was
	// last said.
	Light Light
	// Latest check-in, nil before the first.
	Latest *CheckIn
	// Closed is the zero time while it is open.
	Closed    time.Time
	ClosedBy  string
	Result    OutcomeResult
	ClosedWhy string
	// MergedInto is the outcome that took its place; zero unless Merged.
	MergedInto OutcomeKey
	Created    time.Time
	CreatedBy  string
	Changed    time.Time
	// Version counts changes, from 1.
	Version int64
}

// OutcomeKind is whose change it is.
type OutcomeKind string

// The kinds of outcomes.
const (
	BusinessOutcome OutcomeKind = "business" // lags behind, has many causes
	ProductOutcome  OutcomeKind = "product"  // what customers do; the team can move it
)

// OutcomeKinds lists them.
func OutcomeKinds() []OutcomeKind { return []OutcomeKind{BusinessOutcome, ProductOutcome} }

// Noun names one of the kind: "product outcome".
func (k OutcomeKind) Noun() string {
	if k == "" {
		return "outcome"
	}
	return string(k) + " outcome"
}

// Direction is where a number is to go.
type Direction string

// The directions. It is "" where there are no numbers.
const (
	Increase Direction = "increase"
	Decrease Direction = "decrease"
)

// Reading is a number as it was, or is to be, on a day.
type Reading struct {
	Value float64
	// Day as in "2026-11-20", in the team's zone.
	Day string
}

// Light is how confident people are that a target is reached. It is always shown
// with its words: a colour alone tells nothing to many.
type Light string

// The lights. It is "" while nobody said.
const (
	Green  Light = "green"
	Yellow Light = "yellow"
	Red    Light = "red"
)

// Lights lists them.
func Lights() []Light { return []Light{Green, Yellow, Red} }

// Words say what a light means.
func (l Light) Words() string {
	switch l {
	case Green:
		return "on track"
	case Yellow:
		return "at risk"
	case Red:
		return "off track"
	}
	return "nobody has said how it goes"
}

// OutcomeResult is what became of an outcome that is closed.
type OutcomeResult string

// The results. It is "" while the outcome is open.
const (
	Reached OutcomeResult = "reached"
	Missed  OutcomeResult = "missed"
	Dropped OutcomeResult = "dropped"
	Merged  OutcomeResult = "merged" // into another one
)

// OutcomeResults lists them.
func OutcomeResults() []OutcomeResult { return []OutcomeResult{Reached, Missed, Dropped, Merged} }

// The limits of outcomes.
const (
	StatementLimit = 150             // runes
	MetricLimit    = 150             // runes
	UnitOfOutcome  = numberUnitLimit // runes of a unit
	SourceLimit    = 300             // runes
	OutcomesOfIdea = 5               // nodes that one idea is linked to
	TreeDepth      = 12              // levels of outcomes and opportunities
	OutcomeYears   = 10              // ahead at most
)

// FieldStatement is the input of the outcome form.
const FieldStatement Field = "statement"

// NewOutcome makes an outcome of a statement that somebody typed. Its number
// and version are given when it is stored.
func NewOutcome(team TeamKey, statement, by string, now time.Time) (Outcome, error) {
	statement = CleanLine(statement)
	wrong := map[Field]string{}
	switch {
	case !HasVisible(statement):
		wrong[FieldStatement] = "Say in one line what will have changed, and for whom."
	case Length(statement) > StatementLimit:
		wrong[FieldStatement] = tooLong(StatementLimit, Length(statement))
	}
	if err := fieldProblems("outcome-form", wrong); err != nil {
		return Outcome{}, err
	}
	return Outcome{Key: OutcomeKey{Team: team}, Statement: statement, Created: now, CreatedBy: by}, nil
}

// IsOpen tells whether the outcome is not closed.
func (o Outcome) IsOpen() bool { return o.Closed.IsZero() }

// IsLearning tells whether the outcome gets its numbers by a day to come.
func (o Outcome) IsLearning() bool { return o.Target == nil && o.MetricBy != "" }

// closedOutcome refuses what cannot be done to an outcome that is closed. done
// completes "so it cannot be".
func closedOutcome(o Outcome, done string) *Problem {
	return &Problem{
		Code: "outcome-closed",
		What: fmt.Sprintf("%s is closed (%s), so it cannot be %s.", o.Key, o.Result, done),
		Safe: "Everything in it is kept.",
		Next: "A product owner can open it again.",
	}
}
