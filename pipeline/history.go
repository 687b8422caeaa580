package pipeline

import "time"

// Event is one line of an idea's history. History is append-only.
type Event struct {
	At time.Time
	// By is the user id of whoever did it.
	By   string
	What What
	// Changes of an edit; empty otherwise.
	Changes []Change
}

// What happened to an idea.
type What string

// What can happen to an idea.
const (
	WasCaptured    What = "captured"
	WasEdited      What = "edited"
	WasWithdrawn   What = "withdrawn"
	WasBroughtBack What = "brought back"
)

// Change of one field, as it was before and after.
type Change struct {
	Field    Field
	From, To string
}

// Differences lists what an edit changed, in the order of the form.
func Differences(before, after Idea) []Change {
	var changes []Change
	for _, f := range []struct {
		field    Field
		from, to string
	}{
		{FieldTitle, before.Title, after.Title},
		{FieldProblem, before.Problem, after.Problem},
		{FieldMeasure, before.Measure, after.Measure},
		{FieldEvidence, before.Evidence, after.Evidence},
	} {
		if f.from != f.to {
			changes = append(changes, Change{Field: f.field, From: f.from, To: f.to})
		}
	}
	return changes
}
