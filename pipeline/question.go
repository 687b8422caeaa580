package pipeline

import (
	"fmt"
	"slices"
	"time"
)

// Effect is what a delivered idea is expected to change, and what it did change.
type Effect struct {
	// Expected says what is to change, in a line.
	Expected string
	// Node is what the idea was for when that was said; zero for none.
	Node NodeKey
	// Day on which it is asked whether it did, as in "2026-12-18", in the team's
	// zone.
	Day string
	// AskedAt is when it was asked for that day; the zero time before.
	AskedAt time.Time
	// Answer is "" until somebody answers for good. TooEarly is never kept: it
	// sets a new day, and Again counts how often it did.
	Answer EffectAnswer
	Again  int
	// Value in the unit of the outcome; nil where none was said.
	Value *float64
	Note  string
	By    string
	At    time.Time
}

// EffectAnswer is whether a delivered idea changed what it was for.
type EffectAnswer string

// The answers.
const (
	EffectMoved    EffectAnswer = "moved"
	EffectTooEarly EffectAnswer = "too early"
	EffectNone     EffectAnswer = "no effect"
	EffectUnknown  EffectAnswer = "unknown"
)

// EffectAnswers lists them.
func EffectAnswers() []EffectAnswer {
	return []EffectAnswer{EffectMoved, EffectTooEarly, EffectNone, EffectUnknown}
}

// EffectForm is what somebody typed to say what is expected: nothing checked.
type EffectForm struct {
	Expected string
	Day      string // "2026-12-18"
}

// EffectAnswerForm is what somebody typed to say what changed: nothing checked.
type EffectAnswerForm struct {
	Answer EffectAnswer
	Value  string // in the outcome's unit; may be empty
	Note   string
	Day    string // to ask again, when it is too early; "" in two weeks, or on the day planned where that is later
}

// The inputs of the two forms, beside FieldValue and FieldNote.
const (
	FieldExpected     Field = "expected"
	FieldEffectDay    Field = "effect-day"
	FieldEffectAnswer Field = "effect-answer"
)

// EffectExpected is what happens to an idea: About names the day, Why what is
// expected. EffectPutOff: it was too early to tell, About names the new day.
// EffectAsked: its day had come, and somebody was asked; nobody's deed.
const (
	EffectExpected What = "effect expected"
	EffectPutOff   What = "effect put off"
	EffectAsked    What = "effect asked"
)

// The limits of an effect.
const (
	ExpectedLimit = 300 // runes
	EffectWeeks   = 4   // from delivery until it is asked, unless somebody chooses
	AgainWeeks    = 2   // until it is asked again
)

// DefaultEffect is what the form starts with: what "we will know when" says, to
// be asked in four weeks.
func DefaultEffect(team Team, idea Idea, now time.Time) EffectForm {
	return EffectForm{Expected: Cut(CleanLine(idea.Measure), ExpectedLimit), Day: weeksOn(team, now, EffectWeeks)}
}

// weeksOn is the day that many weeks after now by the team's clocks.
func weeksOn(team Team, now time.Time, weeks int) string {
	return now.In(team.Location()).AddDate(0, 0, 7*weeks).Format(time.DateOnly)
}

// ExpectEffect puts down what an idea that is delivered, or about to be, is
// expected to change, and when that is asked. It can be said anew until it is
// answered.
func ExpectEffect(policy Policy, p Person, where Where, idea Idea, form EffectForm, now time.Time) (Idea, Event, error) {
	if problem := barred(policy, p, where, idea, DecideIdea, "given an expected effect"); problem != nil {
		return idea, Event{}, problem
	}
	if idea.Stage != Backlog && idea.Stage != Delivered {
		return idea, Event{}, &Problem{
			Code: "effect-stage",
			What: fmt.Sprintf("%s is %s, and what an idea is expected to change is said when it is delivered.", idea.Key, inStage(idea.Stage)),
			Safe: "Nothing was changed.",
		}
	}
	wrong := map[Field]string{}
	effect := Effect{Day: dayToCome(form.Day, FieldEffectDay, *where.Team, now, wrong)}
	if effect.Expected = checkLine(form.Expected, FieldExpected, ExpectedLimit, wrong); effect.Expected == "" {
		wrong[FieldExpected] = "Say in a line what will be different, and by how much."
	}
	if err := fieldProblems("effect-form", wrong); err != nil {
		return idea, Event{}, err
	}
	if len(idea.Outcomes) > 0 {
		effect.Node = idea.Outcomes[0]
	}
	idea.Effect, idea.Changed = &effect, now
	return idea, Event{At: now, By: p.ID, What: EffectExpected, About: effect.Day, Why: effect.Expected}, nil
}

// dayToCome cleans a day after today by the team's clocks.
func dayToCome(typed string, field Field, team Team, now time.Time, wrong map[Field]string) string {
	today := now.In(team.Location())
	day := checkDay(typed, field, "", today, wrong)
	if day == today.Format(time.DateOnly) {
		wrong[field] = "Choose a day to come."
	}
	return day
}

// EffectDue is when it is asked what a delivered idea changed: at nine in the
// morning there. The zero time while there is nothing to ask.
func (idea Idea) EffectDue(loc *time.Location) time.Time {
	e := idea.Effect
	if e == nil || e.Answer != "" || idea.Stage != Delivered || !idea.Withdrawn.IsZero() {
		return time.Time{}
	}
	day, err := time.Parse(time.DateOnly, e.Day)
	if err != nil {
		return time.Time{}
	}
	return WallTime(day, RevisitHour, loc)
}

// AskEffect marks a delivered idea whose day has come, so that it is asked once
// for each day; false when it has not come or was asked for.
func AskEffect(team Team, idea Idea, now time.Time) (Idea, bool) {
	due := idea.EffectDue(team.Location())
	if due.IsZero() || now.Before(due) || !idea.Effect.AskedAt.IsZero() {
		return idea, false
	}
	effect := *idea.Effect // a copy: others may hold the idea as it was
	effect.AskedAt = now
	idea.Effect, idea.Changed = &effect, now
	return idea, true
}

// AnswerEffect puts down what a delivered idea changed, which makes it learned.
// When it is too early to tell, it stays delivered and is asked again. d is what
// Decide looks at; o is the outcome whose number is meant, nil for none.
func AnswerEffect(policy Policy, p Person, where Where, idea Idea, d Dossier, o *Outcome, form EffectAnswerForm, now time.Time) (Idea, Event, error) {
	if problem := barred(policy, p, where, idea, DecideIdea, "learned from"); problem != nil {
		return idea, Event{}, problem
	}
	if idea.Stage != Delivered {
		return idea, Event{}, &Problem{
			Code: "effect-stage",
			What: fmt.Sprintf("%s is %s, and what an idea changed is said of one that is delivered.", idea.Key, inStage(idea.Stage)),
			Safe: "Nothing was changed.",
		}
	}
	var effect Effect
	switch {
	case idea.Effect != nil:
		effect = *idea.Effect
	case len(idea.Outcomes) > 0: // nobody said what was expected
		effect.Node = idea.Outcomes[0]
	}
	wrong := map[Field]string{}
	if !slices.Contains(EffectAnswers(), form.Answer) {
		wrong[FieldEffectAnswer] = "Choose one of the four."
	}
	note := checkLine(form.Note, FieldNote, NoteLimit, wrong)
	if form.Answer == EffectTooEarly {
		day := form.Day
		if !HasVisible(day) {
			// Who says so before the day that was planned does not want to be asked sooner.
			day = max(effect.Day, weeksOn(*where.Team, now, AgainWeeks))
		}
		effect.Day = dayToCome(day, FieldEffectDay, *where.Team, now, wrong)
		if err := fieldProblems("effect-form", wrong); err != nil {
			return idea, Event{}, err
		}
		effect.AskedAt, effect.Again = time.Time{}, effect.Again+1
		idea.Effect, idea.Changed = &effect, now
		return idea, Event{At: now, By: p.ID, What: EffectPutOff, About: effect.Day, Why: note}, nil
	}
	said := string(form.Answer)
	if HasVisible(form.Value) {
		if o == nil {
			wrong[FieldValue] = fmt.Sprintf("%s is linked to no outcome with a number. Leave this empty, and say it in the line below.", idea.Key)
		} else if effect.Value = o.valueTyped(form.Value, wrong); effect.Value != nil {
			said += ": " + ShowNumber(*effect.Value, o.Unit)
		}
	} else if note == "" {
		wrong[FieldNote] = "Say in a line what actually happened."
	}
	if err := fieldProblems("effect-form", wrong); err != nil {
		return idea, Event{}, err
	}
	if note != "" {
		said += ". " + note
	}
	learned, event, err := Decide(policy, p, where, idea, d, Move{To: Learned, Why: said}, now)
	if err != nil {
		return idea, Event{}, err
	}
	effect.Answer, effect.Note, effect.By, effect.At = form.Answer, note, p.ID, now
	learned.Effect = &effect
	return learned, event, nil
}

// HitRate is how often a delivered idea moved what it was for, of those where
// somebody answered for good.
type HitRate struct{ Moved, Asked int }

// With counts one answer more; none for what is not answered for good.
func (h HitRate) With(a EffectAnswer) HitRate {
	switch a {
	case EffectMoved:
		h.Moved++
		h.Asked++
	case EffectNone, EffectUnknown:
		h.Asked++
	}
	return h
}

// Words say it: "3 of 5 delivered ideas moved it".
func (h HitRate) Words() string {
	switch h.Asked {
	case 0:
		return "no delivered idea was looked back on yet"
	case 1:
		return map[bool]string{true: "the one delivered idea moved it", false: "the one delivered idea did not move it"}[h.Moved == 1]
	}
	return fmt.Sprintf("%d of %d delivered ideas moved it", h.Moved, h.Asked)
}
