package pipeline

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Sweep goes through the ideas of a team once its product goal has changed: which of
// them still serve it? Each is kept, linked to something else, or parked. Several
// people can do that, over days.
type Sweep struct {
	Team TeamKey `json:"-"`
	// Number within its team, from 1; given when it is stored.
	Number int `json:"-"`
	// Version counts changes, from 1.
	Version int64 `json:"-"`
	// Canvas is the number of the one with the goal. Was and Goal are what the goal
	// said before and says since.
	Canvas int    `json:"canvas"`
	Was    string `json:"was"`
	Goal   string `json:"goal"`
	// Ideas that were active when the goal changed, as they were then: those in the
	// Product Backlog first.
	Ideas  []SweepIdea `json:"ideas"`
	Opened time.Time   `json:"opened"`
	// Over is when the goal changed once more, and another sweep took its place; the
	// zero time before.
	Over time.Time `json:"over,omitzero"`
}

// SweepIdea is an idea as a sweep found it.
type SweepIdea struct {
	Key      Key       `json:"key"`
	Outcomes []NodeKey `json:"outcomes,omitempty"`
}

// SweepLimit is how many ideas a sweep goes through.
const SweepLimit = 1000

// SweepKept is what somebody says of an idea: it serves the new goal as it is.
type SweepKept struct {
	By string    `json:"by"`
	At time.Time `json:"at"`
}

// Swept is what became of an idea in a sweep.
type Swept string

// What can become of one.
const (
	SweepOpen     Swept = ""
	SweepStays    Swept = "kept"
	SweepRelinked Swept = "linked anew"
	SweepParked   Swept = "parked"
	SweepMoved    Swept = "no longer active" // delivered, withdrawn, merged
)

// SweepStages are the stages of the ideas that a sweep goes through, in its order.
func SweepStages() []Stage { return []Stage{Backlog, Validated, Discovery} }

// GoalChange tells whether a write of a canvas makes it state another product goal.
// Spaces and capitals make no other one.
func GoalChange(before, now Canvas) bool {
	goal := now.GoalText()
	return goal != "" && !strings.EqualFold(goal, before.GoalText())
}

// GoalText is the product goal that a canvas states, on one line; "" for one that
// states none.
func (c Canvas) GoalText() string {
	if c.Kind != ProductGoal {
		return ""
	}
	return CleanLine(c.Boxes[goalBox].Text)
}

// goalBox is the box of a product goal canvas that states it.
const goalBox BoxID = "goal"

// GoalStood finds in lines of a canvas's history, the oldest first, what its product
// goal was before what it says now: the last one that stood for at least so long, so
// that what was taken back at once was never a goal. "" where there was none.
func GoalStood(lines []Event, settles time.Duration) string {
	var before []Change
	var ended []time.Time
	for _, line := range lines {
		for _, c := range line.Changes {
			if c.Field == Field(goalBox) {
				before, ended = append(before, c), append(ended, line.At)
			}
		}
	}
	for i := len(before) - 1; i >= 0; i-- {
		if goal := CleanLine(before[i].From); goal != "" && (i == 0 || ended[i].Sub(ended[i-1]) >= settles) {
			return goal
		}
	}
	return ""
}

// GoalBefore finds what the team's product goal was before a canvas stated one: that of
// the canvas that was closed last. "" for a first goal.
func GoalBefore(c Canvas, closed []Canvas) string {
	var latest Canvas
	for _, other := range closed {
		if other.Number != c.Number && other.GoalText() != "" && !other.Closed.Before(latest.Closed) {
			latest = other
		}
	}
	return latest.GoalText()
}

// OpenSweep begins to go through the ideas, of which it takes the active ones. ok is
// false where there is nothing to go through: the goal is the first, it is what the
// ideas were last looked at for, or there are none.
func OpenSweep(c Canvas, was string, newest *Sweep, active []ActiveIdea, now time.Time) (Sweep, bool) {
	goal := c.GoalText()
	if newest != nil {
		was = newest.Goal
	}
	s := Sweep{Team: c.Team, Canvas: c.Number, Was: was, Goal: goal, Opened: now}
	for _, stage := range SweepStages() {
		for _, idea := range active {
			if idea.Stage == stage && len(s.Ideas) < SweepLimit {
				s.Ideas = append(s.Ideas, SweepIdea{Key: idea.Key, Outcomes: idea.Outcomes})
			}
		}
	}
	return s, c.IsOpen() && goal != "" && was != "" && !strings.EqualFold(goal, was) && len(s.Ideas) > 0
}

// Became tells what became of an idea: as it is now, and with what was said of it,
// nil for nothing. What was done to it elsewhere counts, too.
func (s Sweep) Became(found SweepIdea, idea Idea, kept *SweepKept) Swept {
	switch {
	case idea.Stage == Parked && idea.Withdrawn.IsZero():
		return SweepParked
	case !idea.Withdrawn.IsZero(), !slices.Contains(SweepStages(), idea.Stage):
		return SweepMoved
	case !slices.Equal(found.Outcomes, idea.Outcomes):
		return SweepRelinked
	case kept != nil:
		return SweepStays
	}
	return SweepOpen
}

// SweepCount is how far a sweep is: how many of its ideas came to what.
type SweepCount map[Swept]int

// Done is how many ideas are settled, of how many.
func (n SweepCount) Done() (done, of int) {
	for swept, ideas := range n {
		of += ideas
		if swept != SweepOpen {
			done += ideas
		}
	}
	return done, of
}

// Words sum up what became of the ideas that are settled: "3 kept, 1 parked"; "" for
// none.
func (n SweepCount) Words() string {
	var said []string
	for _, swept := range []Swept{SweepStays, SweepRelinked, SweepParked, SweepMoved} {
		if n[swept] > 0 {
			said = append(said, fmt.Sprintf("%d %s", n[swept], swept))
		}
	}
	return strings.Join(said, ", ")
}
