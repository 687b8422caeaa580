package storage

import (
	"fmt"

	"alignbot/pipeline"
)

// How many nodes a team's tree can have. They bound what reading it costs.
const (
	OutcomeLimit     = 500
	OpportunityLimit = 1000
	ImpactLimit      = 500
)

// LimitError says that there is no room for one more. Nothing was written.
type LimitError struct {
	// Of is what has as many as it can: the key of a team or of an opportunity.
	Of string
	// What it has too many of: "outcomes", "pieces of evidence".
	What string
	Most int
}

func (e *LimitError) Error() string {
	return fmt.Sprintf("%s has %d %s, which is the most there can be", e.Of, e.Most, e.What)
}

// OutcomeConflictError says that somebody changed the outcome since the version a
// change was made from, or moved what it was to hang under to below itself. Nothing
// was written.
type OutcomeConflictError struct {
	// Current is the outcome as it is now.
	Current pipeline.Outcome
}

func (e *OutcomeConflictError) Error() string {
	return fmt.Sprintf("%s was changed meanwhile and is at version %d", e.Current.Key, e.Current.Version)
}

// OutcomeClosedError says that the outcome is closed, so that nobody can check in
// on it or link an idea to what belongs to it. Nothing was written.
type OutcomeClosedError struct {
	// Current is the outcome as it is now.
	Current pipeline.Outcome
}

func (e *OutcomeClosedError) Error() string {
	return fmt.Sprintf("%s is closed: %s", e.Current.Key, e.Current.Result)
}

// OpportunityConflictError is an OutcomeConflictError of an opportunity.
type OpportunityConflictError struct {
	// Current is the opportunity as it is now, with all its evidence.
	Current pipeline.Opportunity
}

func (e *OpportunityConflictError) Error() string {
	return fmt.Sprintf("%s was changed meanwhile and is at version %d", e.Current.Key, e.Current.Version)
}

// ImpactConflictError is an OutcomeConflictError of an impact.
type ImpactConflictError struct {
	// Current is the impact as it is now.
	Current pipeline.Impact
}

func (e *ImpactConflictError) Error() string {
	return fmt.Sprintf("%s was changed meanwhile and is at version %d", e.Current.Key, e.Current.Version)
}
