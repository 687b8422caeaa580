package pipeline

import (
	"fmt"
	"slices"
	"time"
)

// AddOutcome makes an outcome of what somebody typed, or says which fields to
// correct. where names the team, nodes are all of its tree. The outcome's number
// and version are given when it is stored; the event is the first line of its
// history. A statement that sounds like an output is questioned once, see
// LooksLikeOutput.
func AddOutcome(policy Policy, p Person, where Where, form OutcomeForm, nodes Nodes, now time.Time) (Outcome, Event, error) {
	fail := func(err error) (Outcome, Event, error) { return Outcome{}, Event{}, err }
	if err := mayIn(policy, p, ChangeOutcome, where, where.team(), "An outcome"); err != nil {
		return fail(err)
	}
	o, err := checkOutcome(form, Outcome{Key: OutcomeKey{Team: where.team()}}, nodes, where.Team, now)
	if err != nil {
		return fail(err)
	}
	o.Created, o.CreatedBy, o.Changed = now, p.ID, now
	return o, Event{At: now, By: p.ID, What: WasAdded}, nil
}

// EditOutcome changes an outcome to what somebody typed. Where nothing differs it
// comes back as it was, with an event whose What is "". What was fine when it was
// stored, such as a day that has come meanwhile, may stay.
func EditOutcome(policy Policy, p Person, where Where, o Outcome, form OutcomeForm, nodes Nodes, now time.Time) (Outcome, Event, error) {
	fail := func(err error) (Outcome, Event, error) { return o, Event{}, err }
	if err := mayIn(policy, p, ChangeOutcome, where, o.Key.Team, "An outcome"); err != nil {
		return fail(err)
	}
	if !o.IsOpen() {
		return fail(closedOutcome(o, "changed"))
	}
	changed, err := checkOutcome(form, o, nodes, where.Team, now)
	if err != nil {
		return fail(err)
	}
	changes := changesOf(o.Form().fields(), changed.Form().fields())
	if len(changes) == 0 {
		return o, Event{}, nil
	}
	changed.Changed = now
	return changed, Event{At: now, By: p.ID, What: WasEdited, Changes: changes}, nil
}

// checkOutcome gives the outcome before with what was typed, cleaned, or what is
// wrong with that, all fields at once.
func checkOutcome(form OutcomeForm, before Outcome, nodes Nodes, team *Team, now time.Time) (Outcome, error) {
	wrong := map[Field]string{}
	o := before
	o.Statement = checkStatement(form.Statement, wrong)
	o.Owner = CleanLine(form.Owner)
	if o.Owner != "" && !userPattern.MatchString(o.Owner) {
		wrong[FieldOwner] = "Choose one person, or nobody."
	}
	o.Source = checkLine(form.Source, FieldSource, SourceLimit, wrong)
	o.Light = form.Light
	if o.Light != "" && !slices.Contains(Lights(), o.Light) {
		wrong[FieldLight] = "Choose how it goes."
	}
	checkPlace(form, &o, before, nodes, wrong)
	checkMeasure(form, &o, before, now.In(team.Location()), wrong)
	if err := fieldProblems("outcome-form", wrong); err != nil {
		return before, err
	}
	if why := SoundsLikeOutput(o.Statement); why != "" && !form.Asked && o.Statement != before.Statement {
		return before, &Problem{
			Code:   LooksLikeOutput,
			What:   why,
			Safe:   "Everything you typed is still there.",
			Next:   "Say what people will do more, less or otherwise because of it, or submit again to keep it as it is.",
			Fields: map[Field]string{FieldStatement: why + " What will people do more, less or otherwise because of it?"},
		}
	}
	return o, nil
}

// checkPlace sets what kind of outcome it is and where it hangs.
func checkPlace(form OutcomeForm, o *Outcome, before Outcome, nodes Nodes, wrong map[Field]string) {
	o.Kind = form.Kind
	if !slices.Contains(OutcomeKinds(), o.Kind) {
		wrong[FieldKind] = "Choose whether it is a change for the business or for those who use the product."
		return
	}
	if before.Key.Number > 0 && o.Kind != before.Kind {
		outcomes, opportunities := nodes.hasChildren(o.Key)
		switch {
		case o.Kind == ProductOutcome && outcomes:
			wrong[FieldKind] = "Other outcomes hang under it, so it stays a business outcome. Hang them elsewhere first."
		case o.Kind == BusinessOutcome && opportunities:
			wrong[FieldKind] = "Opportunities hang under it, so it stays a product outcome. Hang them elsewhere first."
		}
	}
	parent, err := parentTyped(form.Parent)
	o.Parent = parent
	switch {
	case err != nil || parent.Kind != OutcomeNode:
		wrong[FieldParent] = "Choose an outcome from the list."
	case parent.IsZero() && o.Kind == ProductOutcome:
		wrong[FieldParent] = "A product outcome serves a business outcome. Choose which; if there is none yet, add that first."
	case parent.IsZero():
	case parent == before.Parent && o.Kind == before.Kind: // as it was
	default:
		if complaint := nodes.misplaced(o.Key, parent, o.Key.Team); complaint != "" {
			wrong[FieldParent] = complaint
		} else if above, _ := nodes.outcome(parent); above.Kind != BusinessOutcome {
			wrong[FieldParent] = fmt.Sprintf("%s is no business outcome, and only under one can another outcome hang. Choose a business outcome.", parent)
		}
	}
}

// parentTyped reads the key of a parent; nothing is zero.
func parentTyped(typed string) (NodeKey, error) {
	if !HasVisible(typed) {
		return NodeKey{}, nil
	}
	return ParseNodeKey(typed)
}

// checkStatement cleans the line that says what a node is.
func checkStatement(typed string, wrong map[Field]string) string {
	statement := checkLine(typed, FieldStatement, StatementLimit, wrong)
	if statement == "" {
		wrong[FieldStatement] = "Say in one line what will have changed, and for whom."
	}
	return statement
}

// checkLine cleans a line; what nobody sees of is "".
func checkLine(typed string, field Field, limit int, wrong map[Field]string) string {
	line := CleanLine(typed)
	if !HasVisible(line) {
		return ""
	}
	if n := Length(line); n > limit {
		wrong[field] = tooLong(limit, n)
	}
	return line
}

// Form gives an outcome as its form shows it.
func (o Outcome) Form() OutcomeForm {
	form := OutcomeForm{
		Statement: o.Statement, Kind: o.Kind, Metric: o.Metric, Unit: o.Unit, Direction: o.Direction,
		MetricBy: o.MetricBy, Owner: o.Owner, Source: o.Source, Light: o.Light,
	}
	if !o.Parent.IsZero() {
		form.Parent = o.Parent.String()
	}
	if o.Baseline != nil {
		form.Baseline, form.BaselineDay = FormatNumber(o.Baseline.Value, ""), o.Baseline.Day
	}
	if o.Target != nil {
		form.Target, form.TargetDay = FormatNumber(o.Target.Value, ""), o.Target.Day
	}
	return form
}

// filled is one field of a form with what is in it.
type filled struct {
	field Field
	words string
}

// fields in the order of the form.
func (f OutcomeForm) fields() []filled {
	return []filled{
		{FieldStatement, f.Statement},
		{FieldKind, string(f.Kind)},
		{FieldParent, f.Parent},
		{FieldMetric, f.Metric},
		{FieldUnit, f.Unit},
		{FieldDirection, string(f.Direction)},
		{FieldBaseline, f.Baseline},
		{FieldBaselineDay, f.BaselineDay},
		{FieldTarget, f.Target},
		{FieldTargetDay, f.TargetDay},
		{FieldMetricBy, f.MetricBy},
		{FieldOwner, f.Owner},
		{FieldSource, f.Source},
		{FieldLight, string(f.Light)},
	}
}

// changesOf lists what differs between two fillings of the same form.
func changesOf(before, after []filled) []Change {
	var changes []Change
	for i, was := range before {
		if is := after[i]; was.words != is.words {
			changes = append(changes, Change{Field: was.field, From: was.words, To: is.words})
		}
	}
	return changes
}
