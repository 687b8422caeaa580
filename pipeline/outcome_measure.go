package pipeline

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// checkMeasure sets the numbers of an outcome, from where to where, or the day by
// which it gets them. today is a moment of it by the team's clocks.
func checkMeasure(form OutcomeForm, o *Outcome, before Outcome, today time.Time, wrong map[Field]string) {
	o.Metric = checkLine(form.Metric, FieldMetric, MetricLimit, wrong)
	o.Unit, o.Direction, o.MetricBy, o.Baseline, o.Target = "", "", "", nil, nil
	inNumbers := HasVisible(form.Baseline) || HasVisible(form.Target)
	learns := HasVisible(form.MetricBy)
	counted := before.Latest != nil && before.Latest.Value != nil
	switch {
	case inNumbers && learns:
		wrong[FieldMetricBy] = "It has numbers, so leave this empty. Or take the numbers away."
	case inNumbers:
		checkNumbers(form, o, before, today, wrong)
		if counted && !sameUnit(o.Unit, before.Unit) && wrong[FieldUnit] == "" {
			wrong[FieldUnit] = fmt.Sprintf("It was checked in on in %s, and those numbers would mean something else. Keep the unit, or close it and add another.", unitInWords(before.Unit))
		}
	case counted:
		wrong[FieldBaseline] = "It was checked in on with numbers, so it keeps a baseline and a target."
	case learns:
		o.MetricBy = checkDay(form.MetricBy, FieldMetricBy, before.MetricBy, today, wrong)
	default:
		wrong[FieldBaseline] = "Say from which number to which. Without a number yet, say below by which day it gets one."
	}
}

func checkNumbers(form OutcomeForm, o *Outcome, before Outcome, today time.Time, wrong map[Field]string) {
	if o.Metric == "" {
		wrong[FieldMetric] = "Say what is counted or measured."
	}
	if o.Unit = CleanLine(form.Unit); !HasVisible(o.Unit) {
		o.Unit = ""
	}
	o.Unit = usualUnit(o.Unit)
	if o.Unit != "" && (Length(o.Unit) > UnitOfOutcome || !canBeUnit(o.Unit)) {
		wrong[FieldUnit] = "Write a short unit without a number in front, such as %, € or “calls a week”."
		return
	}
	var was, is Reading
	baseline := o.readTyped(form.Baseline, FieldBaseline, &was, wrong)
	target := o.readTyped(form.Target, FieldTarget, &is, wrong)
	baselineBefore, targetBefore := "", ""
	if before.Target != nil && before.Baseline != nil {
		baselineBefore, targetBefore = before.Baseline.Day, before.Target.Day
	}
	if was.Day = CleanLine(form.BaselineDay); was.Day == "" {
		was.Day = today.Format(time.DateOnly)
	}
	if _, err := time.Parse(time.DateOnly, was.Day); err != nil {
		wrong[FieldBaselineDay] = notADay
	} else if was.Day > today.Format(time.DateOnly) && was.Day != baselineBefore {
		wrong[FieldBaselineDay] = "The baseline is how it was, so its day cannot be to come."
	}
	is.Day = checkDay(form.TargetDay, FieldTargetDay, targetBefore, today, wrong)
	if is.Day <= was.Day && wrong[FieldTargetDay] == "" && wrong[FieldBaselineDay] == "" {
		wrong[FieldTargetDay] = fmt.Sprintf("The target's day comes after the baseline's, %s.", ShowDay(was.Day))
	}
	if !baseline || !target {
		return
	}
	o.Direction = Increase
	if is.Value < was.Value {
		o.Direction = Decrease
	}
	switch {
	case is.Value == was.Value:
		wrong[FieldTarget] = "The target is the same as the baseline, so nothing would change. Choose another number."
	case form.Direction != "" && !slices.Contains([]Direction{Increase, Decrease}, form.Direction):
		wrong[FieldDirection] = "Choose whether it is to increase or to decrease."
	case form.Direction != "" && form.Direction != o.Direction:
		wrong[FieldDirection] = fmt.Sprintf("From %s to %s is a%s. Choose that, or correct the numbers.", ShowNumber(was.Value, ""), ShowNumber(is.Value, o.Unit),
			map[Direction]string{Increase: "n increase", Decrease: " decrease"}[o.Direction])
	}
	o.Baseline, o.Target = &was, &is
}

// readTyped reads one of an outcome's numbers. The first that names a unit gives
// it to the outcome, where that has none.
func (o *Outcome) readTyped(typed string, field Field, reading *Reading, wrong map[Field]string) bool {
	value, unit, err := ParseNumber(typed, o.Unit)
	if err == nil && unit != "" {
		if unit = usualUnit(unit); !canBeUnit(unit) {
			err = numberProblem("number-unit", "“%s” cannot be a unit. Write it into its own field, such as %%, € or “calls a week”.", Cut(unit, 40))
		}
	}
	if err != nil {
		wrong[field] = err.Error()
		return false
	}
	o.Unit, reading.Value = unit, value
	return true
}

// usualUnit gives units that have several spellings one of them.
func usualUnit(unit string) string {
	if usual, ok := unitNames[strings.ToLower(evenOut(unit))]; ok {
		return usual
	}
	return unit
}

// unitInWords names a unit in a sentence.
func unitInWords(unit string) string {
	if unit == "" {
		return "plain numbers"
	}
	return "“" + unit + "”"
}

const notADay = "Choose a day."

// checkDay cleans a day to come, today among them. The day that was stored before
// may stay when it has passed.
func checkDay(typed string, field Field, before string, today time.Time, wrong map[Field]string) string {
	day := CleanLine(typed)
	last := today.AddDate(OutcomeYears, 0, 0).Format(time.DateOnly)
	switch _, err := time.Parse(time.DateOnly, day); {
	case err != nil:
		wrong[field] = notADay
	case day == before:
	case day < today.Format(time.DateOnly):
		wrong[field] = fmt.Sprintf("%s has passed. Choose today or a day to come.", ShowDay(day))
	case day > last:
		wrong[field] = fmt.Sprintf("Choose a day until %s.", ShowDay(last))
	}
	return day
}
