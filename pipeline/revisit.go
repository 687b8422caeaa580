package pipeline

import (
	"fmt"
	"strings"
	"time"
	"unicode"
)

// Revisit says when a parked idea is looked at again: on a day, when something
// happens, or whichever comes first. At least one of them is set.
type Revisit struct {
	// Day as in "2027-02-18", in the team's zone; "" for none.
	Day string
	// AskedBy so many different people who ask for it again, 2 to 50; 0 for none.
	AskedBy int
	// OutcomeRed is the outcome whose confidence turns red; zero for none.
	OutcomeRed OutcomeKey
	// TestPassed is the test that passes; zero for none.
	TestPassed NamedTest
	// Delivered is the idea that is delivered; zero for none.
	Delivered Key
}

// NamedTest is one run of a checklist on an idea.
type NamedTest struct {
	Idea Key
	Run  int
}

// IsZero tells whether no test is named.
func (t NamedTest) IsZero() bool { return t == NamedTest{} }

func (t NamedTest) String() string { return fmt.Sprintf("checklist %d of %s", t.Run, t.Idea) }

// The limits of a revisit rule.
const (
	RevisitDays    = 90 // that a parked idea is left alone unless somebody chooses
	RevisitYears   = 5  // ahead at most
	RevisitAskMin  = 2  // one who asks again is no sign yet
	RevisitAskMost = 50
	// RevisitHour is when its day begins, by the team's clocks.
	RevisitHour Clock = 9 * 60
)

// DefaultRevisit is what the form starts with: a day in three months.
func DefaultRevisit(team Team, now time.Time) Revisit {
	return Revisit{Day: now.In(team.Location()).AddDate(0, 0, RevisitDays).Format(time.DateOnly)}
}

// DueAt is the moment its day comes: at nine in the morning there. The zero
// time without a day.
func (r Revisit) DueAt(loc *time.Location) time.Time {
	day, err := time.Parse(time.DateOnly, r.Day)
	if err != nil {
		return time.Time{}
	}
	return WallTime(day, RevisitHour, loc)
}

// RevisitFacts is what has happened since the idea was parked, or parked again:
// what was so already does not count.
type RevisitFacts struct {
	// AskedBy is how many different people have asked for it again.
	AskedBy int
	// Red: the outcome's confidence turned red. RedNever: the outcome is closed.
	// TestPassed: the test passed. Delivered: the idea was delivered.
	Red, RedNever, TestPassed, Delivered bool
}

// Trips tells whether the time to look again has come, with what has changed in
// a sentence: "The day set for it, 18 Feb 2027, has come and PAY-14 was
// delivered."
func (r Revisit) Trips(facts RevisitFacts, loc *time.Location, now time.Time) (bool, string) {
	var changed []string
	if due := r.DueAt(loc); !due.IsZero() && !now.Before(due) {
		changed = append(changed, "the day set for it, "+ShowDay(r.Day)+", has come")
	}
	if r.AskedBy > 0 && facts.AskedBy >= r.AskedBy {
		changed = append(changed, fmt.Sprintf("%d different people have asked for it again", facts.AskedBy))
	}
	switch {
	case r.OutcomeRed.IsZero():
	case facts.Red:
		changed = append(changed, r.OutcomeRed.String()+" turned red")
	case facts.RedNever && r == (Revisit{OutcomeRed: r.OutcomeRed}): // else it waits for something still
		changed = append(changed, r.OutcomeRed.String()+" is closed, so it cannot turn red any more")
	}
	if facts.TestPassed && !r.TestPassed.IsZero() {
		changed = append(changed, r.TestPassed.String()+" passed")
	}
	if facts.Delivered && !r.Delivered.IsZero() {
		changed = append(changed, r.Delivered.String()+" was delivered")
	}
	if len(changed) == 0 {
		return false, ""
	}
	return true, withInitial(enumerate(changed), unicode.ToUpper) + "."
}

// Words continue "it is looked at again": "on 18 Feb 2027, or when 3
// different people ask for it again".
func (r Revisit) Words() string {
	var when []string
	if r.Day != "" {
		when = append(when, "on "+ShowDay(r.Day))
	}
	if r.AskedBy > 0 {
		when = append(when, fmt.Sprintf("when %d different people ask for it again", r.AskedBy))
	}
	if !r.OutcomeRed.IsZero() {
		when = append(when, fmt.Sprintf("when %s turns red", r.OutcomeRed))
	}
	if !r.TestPassed.IsZero() {
		when = append(when, fmt.Sprintf("when %s passes", r.TestPassed))
	}
	if !r.Delivered.IsZero() {
		when = append(when, fmt.Sprintf("when %s is delivered", r.Delivered))
	}
	return strings.Join(when, ", or ")
}

// ComeBack marks a parked idea whose rule has tripped, so that it comes back
// once; false when it has not tripped, came back before, or is not there. The
// event is nobody's deed: its By is "", About says what has changed.
func ComeBack(team Team, idea Idea, facts RevisitFacts, now time.Time) (Idea, Event, bool) {
	if idea.Stage != Parked || idea.Parking == nil || !idea.Parking.CameBack.IsZero() || !idea.Withdrawn.IsZero() {
		return idea, Event{}, false
	}
	trips, changed := idea.Parking.Revisit.Trips(facts, team.Location(), now)
	if !trips {
		return idea, Event{}, false
	}
	parking := *idea.Parking // a copy: others may hold the idea as it was
	parking.CameBack = now
	idea.Parking, idea.Changed = &parking, now
	return idea, Event{At: now, What: CameBack, About: changed}, true
}

// checkRevisit cleans a rule and adds what is wrong with it.
func checkRevisit(r Revisit, idea Key, loc *time.Location, now time.Time, wrong map[Field]string) Revisit {
	r.Day = CleanLine(r.Day)
	if r == (Revisit{}) {
		wrong[FieldRevisitDay] = "Say when it is looked at again: a day, or what would have to happen."
		return r
	}
	last := now.In(loc).AddDate(RevisitYears, 0, 0).Format(time.DateOnly)
	if due := r.DueAt(loc); r.Day != "" && (!due.After(now) || r.Day > last) {
		wrong[FieldRevisitDay] = fmt.Sprintf("Choose a day to come, until %s.", ShowDay(last))
	}
	if r.AskedBy != 0 && (r.AskedBy < RevisitAskMin || r.AskedBy > RevisitAskMost) {
		wrong[FieldRevisitAsked] = fmt.Sprintf("A whole number of people from %d to %d, or nothing.", RevisitAskMin, RevisitAskMost)
	}
	if !r.OutcomeRed.IsZero() && r.OutcomeRed.Team != idea.Team {
		wrong[FieldRevisitRed] = fmt.Sprintf("Choose an outcome of %s.", idea.Team)
	}
	if t := r.TestPassed; !t.IsZero() && (t.Idea.IsZero() || t.Run < 1) {
		wrong[FieldRevisitTest] = "Choose one test, or nothing."
	}
	if r.Delivered == idea {
		wrong[FieldRevisitDelivered] = "It is not delivered while it is parked. Name another idea."
	}
	return r
}
