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
	// From and To of a move between stages; "" otherwise.
	From, To Stage
	// Why in the words of whoever did it. May be empty.
	Why string
	// OnBehalf is the user id of whom it was done for; "" for oneself.
	OnBehalf string
	// Lacks are what the gate missed when it was overridden, in words; empty
	// otherwise.
	Lacks []string
	// About names what it is about: a checklist, an outcome, a test's item. May
	// be empty.
	About string
	// Advice is what the ballot said about what was decided, in a sentence; ""
	// where none did. Differs: it was decided otherwise.
	Advice  string
	Differs bool
}

// What happened to an idea.
type What string

// What can happen to an idea.
const (
	WasCaptured    What = "captured"
	WasEdited      What = "edited"
	WasWithdrawn   What = "withdrawn"
	WasBroughtBack What = "brought back"
	WasMoved       What = "moved"      // From one stage To another
	WasOverridden  What = "overridden" // moved past a gate that refused
	WasSized       What = "sized"      // size, kind of work or acceptance criteria
	WasLinked      What = "linked"     // to the outcome About
	WasUnlinked    What = "unlinked"
	GotEvidence    What = "evidence"
	RunBegan       What = "checklist begun" // About names the checklist
	RunDecided     What = "checklist decided"
	TestStarted    What = "test started"
	TestAmended    What = "test amended"
	WasParked      What = "parked"      // About names decision and reason; From is Parked when it was parked again
	WasReopened    What = "reopened"    // About names the decision and reason that held until then
	AskedAgain     What = "asked again" // for a parked idea
	CameBack       What = "came back"   // by itself, About says what has changed; nobody's deed
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
