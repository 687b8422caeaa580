package pipeline

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// CheckIn is what somebody said about an outcome on a day: the number, how
// confident they are, and a line.
type CheckIn struct {
	// Number within its outcome, from 1; given when it is stored.
	Number int
	// Value in the outcome's unit; nil where the outcome had no numbers yet.
	Value *float64
	Light Light
	// Note in a line. May be empty.
	Note string
	By   string
	At   time.Time
	// Corrects is the number of the check-in whose place this one takes; 0 for
	// none. The other is kept as it was.
	Corrects int
}

// CheckInForm is what somebody typed to check in: nothing checked.
type CheckInForm struct {
	Value string // "72", "72 calls"; "" for an outcome without numbers
	Light Light
	Note  string
}

// The inputs of the check-in form, beside FieldNote.
const (
	FieldValue Field = "value"
	FieldLight Field = "light"
)

// NoteLimit of a check-in's line, in runes.
const NoteLimit = 300

// CheckedIn is what happens to an outcome: About names the number and the light,
// Why is the note.
const CheckedIn What = "checked in"

// CheckInOn makes a check-in of what somebody typed, or says which fields to
// correct. corrects is an earlier one whose place it takes, nil for none. The
// outcome comes back with it: as its latest, unless it corrects an older one. The
// number of the check-in is given when it is stored.
func CheckInOn(policy Policy, p Person, where Where, o Outcome, form CheckInForm, corrects *CheckIn, now time.Time) (Outcome, CheckIn, Event, error) {
	fail := func(err error) (Outcome, CheckIn, Event, error) { return o, CheckIn{}, Event{}, err }
	if err := mayIn(policy, p, CheckInOutcome, where, o.Key.Team, "An outcome"); err != nil {
		return fail(err)
	}
	if !o.IsOpen() {
		return fail(closedOutcome(o, "checked in on"))
	}
	wrong := map[Field]string{}
	c := CheckIn{Light: form.Light, By: p.ID, At: now}
	c.Value = o.valueTyped(form.Value, wrong)
	if !slices.Contains(Lights(), c.Light) {
		wrong[FieldLight] = "Choose how it goes."
	}
	c.Note = checkLine(form.Note, FieldNote, NoteLimit, wrong)
	switch {
	case c.Note != "":
	case o.Target == nil:
		wrong[FieldNote] = "Say in a line what was learned: there is no number yet that would tell."
	case c.Light == Red && o.Light != Red:
		wrong[FieldNote] = "Say in a line why: parked ideas can wait for this outcome to be off track."
	}
	if err := fieldProblems("checkin-form", wrong); err != nil {
		return fail(err)
	}
	event := Event{At: now, By: p.ID, What: CheckedIn, About: o.CheckInWords(c), Why: c.Note}
	if corrects != nil {
		c.Corrects = corrects.Number
		event.About += fmt.Sprintf(", in place of %s", o.CheckInWords(*corrects))
	}
	o.Changed = now
	if o.Latest == nil || corrects == nil || corrects.Number == o.Latest.Number {
		latest := c
		o.Latest, o.Light = &latest, c.Light
	}
	return o, c, event, nil
}

// valueTyped reads a number in the outcome's unit; nil for an outcome that has
// none.
func (o Outcome) valueTyped(typed string, wrong map[Field]string) *float64 {
	if o.Target == nil {
		if HasVisible(typed) {
			wrong[FieldValue] = fmt.Sprintf("%s has no numbers yet. Leave this empty, or give it a baseline and a target first.", o.Key)
		}
		return nil
	}
	value, unit, err := ParseNumber(typed, o.Unit)
	switch {
	case err != nil:
		wrong[FieldValue] = err.Error()
		return nil
	case o.Unit == "" && unit != "":
		wrong[FieldValue] = fmt.Sprintf("This number has no unit, and you wrote “%s”. Write it without one.", Cut(unit, 40))
		return nil
	}
	return &value
}

// CheckInWords say a check-in of the outcome in a few words: "72 calls, at risk".
func (o Outcome) CheckInWords(c CheckIn) string {
	if c.Value == nil {
		return c.Light.Words()
	}
	return ShowNumber(*c.Value, o.Unit) + ", " + c.Light.Words()
}

// TurnsRed tells whether a change of an outcome turned it red: parked ideas can
// wait for that.
func TurnsRed(before, after Outcome) bool { return before.Light != Red && after.Light == Red }

// Standing gives the check-ins that count, the oldest first: one that was
// corrected is left out, and the last to correct it stands at its time.
func Standing(checkIns []CheckIn) []CheckIn {
	inOrder := slices.SortedFunc(slices.Values(checkIns), func(a, b CheckIn) int { return cmp.Compare(a.Number, b.Number) })
	at := map[int]int{} // the place of a number's check-in, or of what corrects it
	var standing []CheckIn
	for _, c := range inOrder {
		place, corrects := at[c.Corrects]
		if c.Corrects == 0 || !corrects {
			at[c.Number] = len(standing)
			standing = append(standing, c)
			continue
		}
		at[c.Number] = place
		c.At = standing[place].At
		standing[place] = c
	}
	return standing
}

var bars = []rune("▁▂▃▄▅▆▇█")

// Sparkline draws numbers as a line of bars, "▁▃█", from the lowest to the
// highest of them; a dot stands where there is none. Numbers that are all the
// same are drawn half-way up.
func Sparkline(values []*float64) string {
	low, high := math.Inf(1), math.Inf(-1)
	for _, v := range values {
		if v != nil {
			low, high = min(low, *v), max(high, *v)
		}
	}
	var line strings.Builder
	for _, v := range values {
		switch {
		case v == nil:
			line.WriteRune('·')
		case low == high:
			line.WriteRune(bars[len(bars)/2-1])
		default:
			share := (*v - low) / (high - low)
			line.WriteRune(bars[int(math.Round(share*float64(len(bars)-1)))])
		}
	}
	return line.String()
}
