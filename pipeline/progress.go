package pipeline

import (
	"fmt"
	"math"
	"time"
)

// Progress is how far an outcome has come from its baseline to its target.
type Progress struct {
	// Known: it has numbers and was checked in on. Share of the way is 0 at the
	// baseline and 1 at the target; below and above where it is worse or better.
	Known bool
	Share float64
	// Words say it: "42 % of the way, 50 of 120 calls".
	Words string
}

// ProgressOf an outcome as it was last checked in on.
func ProgressOf(o Outcome) Progress {
	switch {
	case o.IsLearning():
		return Progress{Words: "no number yet, it gets one by " + ShowDay(o.MetricBy)}
	case o.Target == nil || o.Baseline == nil:
		return Progress{Words: "no number yet"}
	case o.Latest == nil || o.Latest.Value == nil:
		return Progress{Words: "last measured on " + ShowDay(o.Baseline.Day)}
	}
	way, gone := o.Target.Value-o.Baseline.Value, *o.Latest.Value-o.Baseline.Value
	if way == 0 {
		return Progress{Words: "the target is the baseline"}
	}
	share := gone / way
	p := Progress{Known: true, Share: share}
	unit := o.Unit
	if unit == "%" {
		unit = "points" // the difference between two percentages
	}
	// Rounded down: nothing is called reached before it is.
	percent := math.Floor(share*100 + 1e-9)
	steps := fmt.Sprintf("%s of %s", ShowNumber(math.Abs(gone), ""), ShowNumber(math.Abs(way), unit))
	switch {
	case share < 0:
		p.Words = fmt.Sprintf("worse than at the start by %s", ShowNumber(math.Abs(gone), unit))
	case share == 0:
		p.Words = "still where it started"
	case share == 1:
		p.Words = "target reached"
	case share > 1:
		p.Words = fmt.Sprintf("target passed by %s", ShowNumber(math.Abs(gone-way), unit))
	case percent < 1:
		p.Words = "less than 1 % of the way, " + steps
	default:
		p.Words = fmt.Sprintf("%s %% of the way, %s", ShowNumber(percent, ""), steps)
	}
	return p
}

// NumberInWords says where the outcome's number is and where it is to be: "120
// calls, target 80"; "" while it has none.
func (o Outcome) NumberInWords() string {
	now, known := o.now()
	if !known {
		return ""
	}
	return fmt.Sprintf("%s, target %s", ShowNumber(now, o.Unit), ShowNumber(o.Target.Value, ""))
}

// now gives the outcome's number as it was last known.
func (o Outcome) now() (float64, bool) {
	switch {
	case o.Target == nil || o.Baseline == nil:
		return 0, false
	case o.Latest != nil && o.Latest.Value != nil:
		return *o.Latest.Value, true
	}
	return o.Baseline.Value, true
}

// StaleDays is from when on a number without a check-in is called old.
const StaleDays = 14

// NumberAge says how old the last word on an outcome is: "checked in 3 days ago",
// "no check-in for 20 days". stale: it is too old to go by. What is closed is
// never stale.
func NumberAge(o Outcome, now time.Time) (words string, stale bool) {
	last, never := o.Created, true
	if o.Latest != nil {
		last, never = o.Latest.At, false
	}
	days := daysBetween(last, now)
	stale = days >= StaleDays && o.IsOpen()
	switch {
	case never && days == 0:
		return "no check-in yet", false
	case stale || never:
		return "no check-in for " + amount(days, "day", "days"), stale
	case days == 0:
		return "checked in today", false
	}
	return fmt.Sprintf("checked in %s ago", amount(days, "day", "days")), false
}

// daysBetween counts whole days of 24 hours; 0 where the clock went back.
func daysBetween(from, to time.Time) int { return max(0, int(to.Sub(from)/(24*time.Hour))) }
