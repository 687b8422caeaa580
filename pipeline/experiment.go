package pipeline

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// The inputs of the form that ends a test, beside FieldNote.
const (
	FieldObservation Field = "observation"
	FieldPoints      Field = "points"
)

// ItemObservation names the observation of a test among its amendments.
const ItemObservation ItemID = "observation"

// PointsMax is the highest number of data points of an observation.
const PointsMax = 1_000_000_000

// deadlineHour is the end of a working day, when a test is asked for what it
// showed.
const deadlineHour Clock = 17 * 60

// StartTest freezes what a test promises. It needs its required answers and a
// deadline after today, in the team's zone.
func StartTest(r Run, by string, now time.Time, loc *time.Location) (Run, error) {
	if err := r.mustBe(UseTest, "started"); err != nil {
		return r, err
	}
	if r.testStarted() {
		return r, &Problem{
			Code: "test-started",
			What: "This test has started already.",
			Safe: "It goes on as it was promised.",
			Next: "Amend it if something has to change, or enter what it showed.",
		}
	}
	if lacks := r.lacks(); len(lacks) > 0 {
		fields := map[Field]string{}
		for _, item := range lacks {
			fields[Field(item.ID)] = "The test needs this before it can start."
		}
		return r, &Problem{
			Code:   "test-incomplete",
			What:   "The test cannot start yet.",
			Safe:   "Everything answered so far is kept.",
			Next:   fmt.Sprintf("Answer %s first.", listed(r.names(lacks), 5)),
			Fields: fields,
		}
	}
	if mistake := deadlineMistake(r.Answers[AnswerKey(ItemDeadline)].Value, now, loc); mistake != "" {
		return r, &Problem{
			Code:   "deadline-past",
			What:   "The test cannot start with this deadline.",
			Safe:   "Everything answered so far is kept.",
			Next:   mistake,
			Fields: map[Field]string{Field(ItemDeadline): mistake},
		}
	}
	r.Started, r.StartedBy = now, by
	return r, nil
}

// Amend changes what a started test promised. The old value stays on record
// beside the new one, with the reason.
func Amend(r Run, id ItemID, value, why, by string, now time.Time, loc *time.Location) (Run, error) {
	if err := r.mustBe(UseTest, "amended"); err != nil {
		return r, err
	}
	if !r.testStarted() {
		return r, &Problem{
			Code: "test-not-started",
			What: "This test has not started, so nothing of it is frozen.",
			Safe: "Everything answered so far is kept.",
			Next: "Change its answers in the form.",
		}
	}
	if r.Observation != nil {
		return r, &Problem{
			Code: "test-over",
			What: "This test is over: what it showed is on record, so what it promised stays.",
			Safe: "Nothing was changed.",
			Next: "Correct the observation if that is wrong, or begin another test.",
		}
	}
	item, ok := r.itemOf(AnswerKey(id))
	if !ok || !slices.ContainsFunc(r.Items(), func(i Item) bool { return i.ID == id }) {
		return r, &Problem{
			Code: "answer-unknown",
			What: "This test does not ask for that.",
			Safe: "Nothing was changed.",
			Next: "Open the test again and go on from there.",
		}
	}
	wrong := map[Field]string{}
	why = CleanLine(why)
	switch n := Length(why); {
	case !HasVisible(why):
		wrong[FieldWhy] = "Say in a line why it changes; the team will read it beside both values."
	case n > AnswerWhyLimit:
		wrong[FieldWhy] = tooLong(AnswerWhyLimit, n)
	}
	before := r.Answers[AnswerKey(id)]
	value, mistake := amendedValue(item, before.Value, value)
	if mistake == "" && value == "" && item.RequiredFor(r.Form) {
		mistake = "A test cannot do without this."
	}
	if mistake == "" && id == ItemDeadline {
		mistake = deadlineMistake(value, now, loc)
	}
	if mistake == "" && value == before.Value {
		mistake = "This is what stands there already."
	}
	if mistake != "" {
		wrong[Field(id)] = mistake
	}
	if err := fieldProblems("amend-form", wrong); err != nil {
		return r, err
	}
	answer := Answer{Value: value, By: by, At: now}
	if item.Kind == KindYesNo && item.Why {
		answer.Why = why
	}
	r.Answers = put(maps.Clone(r.Answers), AnswerKey(id), answer)
	r.Amendments = append(slices.Clone(r.Amendments), Amendment{Item: id, From: before.Value, To: value, Why: why, By: by, At: now})
	return r, nil
}

// amendedValue is checkValue for what replaces a stored value: a number without a
// unit keeps the one that was promised.
func amendedValue(item Item, stored, typed string) (value, mistake string) {
	value, mistake = checkValue(item, typed)
	if item.Kind != KindNumber || value == "" {
		return value, mistake
	}
	number, unit, err := ParseNumber(value, item.Unit)
	if err != nil || unit != "" {
		return value, mistake
	}
	_, promised, err := ParseNumber(stored, item.Unit)
	if err != nil {
		return value, mistake
	}
	return FormatNumber(number, promised), ""
}

// deadlineMistake refuses a last day that is not after today; what is no day at
// all is refused too.
func deadlineMistake(day string, now time.Time, loc *time.Location) string {
	today := now.In(loc).Format(time.DateOnly)
	if _, err := time.Parse(time.DateOnly, day); err != nil || day <= today {
		return fmt.Sprintf("Choose a deadline after today, %s.", ShowDay(today))
	}
	return ""
}

// Deadline is when the test is asked for what it showed: at five in the
// afternoon of its last day. The zero time without one.
func (r Run) Deadline(loc *time.Location) time.Time {
	day, err := time.Parse(time.DateOnly, r.Answers[AnswerKey(ItemDeadline)].Value)
	if err != nil {
		return time.Time{}
	}
	return WallTime(day, deadlineHour, loc)
}

// Observe puts down what a started test showed: a number in the promised unit,
// or that it could not be measured. The verdict follows from it. A second
// observation corrects the first, which stays among the amendments; its note
// says why.
func Observe(r Run, value, points, note string, notMeasured bool, by string, now time.Time) (Run, error) {
	if err := r.mustBe(UseTest, "observed"); err != nil {
		return r, err
	}
	if !r.testStarted() {
		return r, &Problem{
			Code: "test-not-started",
			What: "This test has not started, so it has nothing to show yet.",
			Safe: "Everything answered so far is kept.",
			Next: "Start it first: that freezes the number that decides.",
		}
	}
	wrong := map[Field]string{}
	o := Observation{Note: CleanText(note), By: by, At: now}
	if !HasVisible(o.Note) {
		o.Note = ""
	}
	if n := Length(o.Note); n > TextLimit {
		wrong[FieldNote] = tooLong(TextLimit, n)
	}
	if !notMeasured {
		observed, err := parseObserved(value, r.promised(ItemCriterion).unit)
		if err != nil {
			wrong[FieldObservation] = err.Error()
		}
		o.Value = observed
	}
	var mistake string
	if o.Points, mistake = r.parsePoints(points, notMeasured); mistake != "" {
		wrong[FieldPoints] = mistake
	}
	if before := r.Observation; before != nil && len(wrong) == 0 {
		if before.Value == o.Value && before.Points == o.Points && before.Note == o.Note {
			return r, nil
		}
		if o.Note == "" || o.Note == before.Note {
			wrong[FieldNote] = "This corrects an observation that is on record. Say in the note why."
		}
	}
	if err := fieldProblems("observation-form", wrong); err != nil {
		return r, err
	}
	if before := r.Observation; before != nil {
		r.Amendments = append(slices.Clone(r.Amendments), Amendment{
			Item: ItemObservation, From: before.String(), To: o.String(), Why: Cut(CleanLine(o.Note), AnswerWhyLimit), By: by, At: now,
		})
	}
	r.Observation = &o
	return r, nil
}

// String words an observation on one line.
func (o Observation) String() string {
	words := []string{"not measured"}
	if o.Value != "" {
		words[0] = o.Value
	}
	if o.Points > 0 {
		words = append(words, amount(o.Points, "data point", "data points"))
	}
	if o.Note != "" {
		words = append(words, CleanLine(o.Note))
	}
	return strings.Join(words, "; ")
}

// parseObserved reads what was observed in the unit that was promised; a plain
// number was promised without one.
func parseObserved(typed, unit string) (string, error) {
	number, named, err := ParseNumber(typed, unit)
	if err != nil {
		return "", err
	}
	if named != unit {
		return "", numberProblem("number-unit", "The test promised a number without a unit, and you wrote “%s”. Write the number alone.", named)
	}
	return FormatNumber(number, unit), nil
}

// parsePoints reads how many data points an observation stands on. A test that
// promised how many has to say.
func (r Run) parsePoints(typed string, notMeasured bool) (points int, mistake string) {
	sample := r.promised(ItemSample)
	if !HasVisible(CleanLine(typed)) {
		if sample.text != "" && !notMeasured {
			return 0, fmt.Sprintf("The test promised at least %s. Say how many there are.", samplePoints(sample))
		}
		return 0, ""
	}
	number, _, err := ParseNumber(typed, "")
	switch {
	case err != nil:
		return 0, err.Error()
	case number < 0 || number > PointsMax || number != float64(int(number)):
		return 0, "Write a whole number of data points, such as 40."
	}
	return int(number), ""
}

// promise is a number that a test promised.
type promise struct {
	value float64
	unit  string
	text  string // as it is stored; "" where none was promised
}

func (r Run) promised(id ItemID) promise {
	item, _ := r.item(id)
	text := r.Answers[AnswerKey(id)].Value
	value, unit, err := ParseNumber(text, item.Unit)
	if err != nil {
		return promise{}
	}
	return promise{value: value, unit: unit, text: text}
}

func samplePoints(p promise) string {
	if p.unit != "" {
		return p.text
	}
	return p.text + " data points"
}

// judgeTest decides a test whose required answers are there by its observation.
func (r Run) judgeTest() (Verdict, string) {
	switch {
	case !r.testStarted():
		return Undecided, "The test has not started."
	case r.Observation == nil:
		return Undecided, fmt.Sprintf("The test runs until %s.", ShowDay(r.Answers[AnswerKey(ItemDeadline)].Value))
	case r.Observation.Value == "":
		return Inconclusive, "It could not be measured."
	}
	o, criterion, sample := r.Observation, r.promised(ItemCriterion), r.promised(ItemSample)
	if sample.text != "" && float64(o.Points) < sample.value {
		return Inconclusive, fmt.Sprintf("It stands on %s, and at least %s were promised%s.", amount(o.Points, "data point", "data points"), sample.text, r.amended(ItemSample))
	}
	observed, _, err := ParseNumber(o.Value, criterion.unit)
	if err != nil || criterion.text == "" {
		return Inconclusive, "What was observed cannot be compared with what was promised."
	}
	direction := r.Answers[AnswerKey(ItemDirection)].Value
	if direction == "" {
		direction = AtLeast
	}
	verdict := Failed
	if direction == AtLeast && observed >= criterion.value || direction == AtMost && observed <= criterion.value {
		verdict = Passed
	}
	return verdict, fmt.Sprintf("It showed %s, and %s %s was promised%s.", o.Value, direction, criterion.text, r.amended(ItemCriterion, ItemDirection))
}

// amended ends a reason that names these items, when one of them changed after
// the start.
func (r Run) amended(items ...ItemID) string {
	if slices.ContainsFunc(r.Amendments, func(a Amendment) bool { return slices.Contains(items, a.Item) }) {
		return ", as amended after the start"
	}
	return ""
}

// mustBe refuses what only runs of that use can do.
func (r Run) mustBe(use Use, done string) error {
	if r.Template.Use == use {
		return nil
	}
	noun := map[Use]string{UseTest: "test", UseLearning: "learning card"}[use]
	return &Problem{
		Code: "run-other-use",
		What: fmt.Sprintf("%s is no %s, so it cannot be %s.", r.Template.Name, noun, done),
		Safe: "Nothing was changed.",
		Next: "Open the list of checklists again and choose from there.",
	}
}
