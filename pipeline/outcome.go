package pipeline

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Outcome is a change worth having, for customers or for the business.
type Outcome struct {
	Key OutcomeKey
	// Statement says the change in one line.
	Statement string
	Created   time.Time
	CreatedBy string
	// Version counts changes, from 1.
	Version int64
}

// OutcomeKey names an outcome: PAY-O3.
type OutcomeKey struct {
	Team   TeamKey
	Number int
}

// The limits of outcomes.
const (
	StatementLimit = 150 // runes
	OutcomesOfIdea = 5   // that one idea is linked to
)

// FieldStatement is the input of the outcome form.
const FieldStatement Field = "statement"

var outcomeKeyPattern = regexp.MustCompile(`^([A-Z][A-Z0-9]{1,7})-O([1-9][0-9]{0,8})$`)

// String is the key as people write it: PAY-O3.
func (k OutcomeKey) String() string { return fmt.Sprintf("%s-O%d", k.Team, k.Number) }

// IsZero tells whether no outcome is named.
func (k OutcomeKey) IsZero() bool { return k == OutcomeKey{} }

// ParseOutcomeKey accepts an outcome's key in any letter case with surrounding
// space.
func ParseOutcomeKey(s string) (OutcomeKey, error) {
	parts := outcomeKeyPattern.FindStringSubmatch(strings.ToUpper(strings.TrimSpace(s)))
	if parts == nil {
		return OutcomeKey{}, &Problem{
			Code: "outcome-key-malformed",
			What: "That is not an outcome's key. A key looks like PAY-O3.",
			Next: "Choose the outcome from the list.",
		}
	}
	number, err := strconv.Atoi(parts[2])
	if err != nil {
		return OutcomeKey{}, fmt.Errorf("parse outcome key %q: %w", s, err)
	}
	return OutcomeKey{Team: TeamKey(parts[1]), Number: number}, nil
}

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

// Link ties the idea to one outcome more of its own team. The first is the
// primary one.
func Link(idea Idea, o OutcomeKey, now time.Time) (Idea, error) {
	switch {
	case !idea.Withdrawn.IsZero():
		return idea, whileWithdrawn(idea, "linked to an outcome")
	case o.Team != idea.Key.Team:
		return idea, &Problem{
			Code: "outcome-of-another-team",
			What: fmt.Sprintf("%s belongs to another team, so %s cannot be linked to it.", o, idea.Key),
			Safe: "Nothing was changed.",
			Next: fmt.Sprintf("Choose an outcome of %s, or add one.", idea.Key.Team),
		}
	case slices.Contains(idea.Outcomes, o):
		return idea, &Problem{
			Code: "outcome-linked",
			What: fmt.Sprintf("%s is linked to %s already.", idea.Key, o),
			Safe: "The link is there, nothing needs to be done.",
		}
	case len(idea.Outcomes) >= OutcomesOfIdea:
		return idea, &Problem{
			Code: "outcomes-many",
			What: fmt.Sprintf("%s is linked to %d outcomes, which is the most an idea can have.", idea.Key, len(idea.Outcomes)),
			Safe: "Nothing was changed.",
			Next: "Take one of its links away first.",
		}
	}
	// A copy: the slice may be shared with the idea as it was.
	idea.Outcomes = append(slices.Clone(idea.Outcomes), o)
	idea.Changed = now
	return idea, nil
}

// Unlink takes the link away.
func Unlink(idea Idea, o OutcomeKey, now time.Time) (Idea, error) {
	if !idea.Withdrawn.IsZero() {
		return idea, whileWithdrawn(idea, "changed")
	}
	at := slices.Index(idea.Outcomes, o)
	if at < 0 {
		return idea, &Problem{
			Code: "outcome-not-linked",
			What: fmt.Sprintf("%s is not linked to %s, so there is nothing to take away.", idea.Key, o),
		}
	}
	idea.Outcomes = slices.Delete(slices.Clone(idea.Outcomes), at, at+1)
	if len(idea.Outcomes) == 0 {
		idea.Outcomes = nil // as in an idea that never had one
	}
	idea.Changed = now
	return idea, nil
}

// whileWithdrawn refuses what cannot be done to an idea that was withdrawn.
func whileWithdrawn(idea Idea, done string) *Problem {
	return &Problem{
		Code: "idea-withdrawn",
		What: fmt.Sprintf("%s was withdrawn, so it cannot be %s.", idea.Key, done),
		Safe: "Everything in it is kept.",
		Next: "Bring it back first.",
	}
}
