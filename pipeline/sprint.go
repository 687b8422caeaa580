package pipeline

import (
	"slices"
	"time"
)

// Sprint is a stretch of a few weeks in which a team works towards one goal.
type Sprint struct {
	Team TeamKey `json:"-"`
	// Number within its team, from 1; given when it is stored.
	Number int `json:"-"`
	// Version counts changes, from 1.
	Version int64 `json:"-"`
	// First and Last are its days, as in "2026-11-23", both in it. One that was
	// closed early ended on the day it was closed.
	First string `json:"first"`
	Last  string `json:"last"`
	// Goal says why there is this sprint, Method how it is to be reached, Metric
	// how the team will know. The last two may be empty.
	Goal   string `json:"goal"`
	Method string `json:"method,omitempty"`
	Metric string `json:"metric,omitempty"`
	// Outcome that the goal is for, a product outcome; zero while nobody said.
	Outcome OutcomeKey `json:"outcome,omitzero"`
	// InIdeas: the team counted in ideas when the sprint began, not in points.
	// Capacity and Planned are in that.
	InIdeas bool `json:"in_ideas,omitempty"`
	// Capacity is how much the team could finish if nothing came between; 0 while
	// nobody said. Planned is what was planned on its first day at the latest;
	// what has no size adds nothing to it.
	Capacity int `json:"capacity,omitempty"`
	Planned  int `json:"planned,omitempty"`
	// Shares are the percent of the work that the team meant to spend on each
	// kind; none where nobody said.
	Shares map[Work]int `json:"shares,omitempty"`
	// Items in the order in which they were chosen.
	Items []SprintItem `json:"items,omitempty"`
	// Top are the ideas that stood first in the Product Backlog when the sprint
	// was started, at most SprintTop.
	Top []Key `json:"top,omitempty"`
	// Started is when somebody wrote the sprint down, which may be before or after
	// its first day.
	Started   time.Time `json:"started"`
	StartedBy string    `json:"started_by"`
	// Closed is the zero time while it is open.
	Closed   time.Time `json:"closed,omitzero"`
	ClosedBy string    `json:"closed_by,omitempty"`
	// Finished is what was done, known once it is closed.
	Finished Finished `json:"finished,omitzero"`
}

// SprintItem is an idea that a sprint takes up.
type SprintItem struct {
	Key Key `json:"key"`
	// Title, Size, Work and Outcomes are those of the idea when the sprint was last
	// changed, in the end when it was closed. Size is 0 and Work "" while nobody
	// said.
	Title    string    `json:"title"`
	Size     int       `json:"size,omitempty"`
	Work     Work      `json:"work,omitempty"`
	Outcomes []NodeKey `json:"outcomes,omitempty"`
	// Done is said when the sprint is closed.
	Done bool `json:"done,omitempty"`
	// Added is when it came in after the sprint's first day; the zero time of
	// what was planned.
	Added   time.Time `json:"added,omitzero"`
	AddedBy string    `json:"added_by,omitempty"`
}

// Finished is what a closed sprint has finished.
type Finished struct {
	// Ideas that are done, Sized of them, and their Points.
	Ideas  int `json:"ideas"`
	Sized  int `json:"sized"`
	Points int `json:"points"`
}

// The limits of a sprint.
const (
	SprintDaysMax    = 7 * SprintWeeksMax // days
	SprintItemsMax   = 50                 // ideas
	SprintTop        = 10                 // of the Product Backlog
	SprintGoalLimit  = 300                // runes
	SprintTextLimit  = 1000               // runes of method and metric
	SprintYearAround = 365                // days before and after today in which it begins
)

// IsOpen tells whether the sprint is not closed. Its last day may be over.
func (s Sprint) IsOpen() bool { return s.Closed.IsZero() }

// Ended tells whether its last day is over in the team's zone: it waits to be
// closed, or is.
func (s Sprint) Ended(team Team, now time.Time) bool {
	return !s.IsOpen() || now.In(team.Location()).Format(time.DateOnly) > s.Last
}

// Has tells whether the idea is among its items.
func (s Sprint) Has(key Key) bool {
	return slices.ContainsFunc(s.Items, func(i SprintItem) bool { return i.Key == key })
}

// Keys of its items.
func (s Sprint) Keys() []Key {
	keys := make([]Key, len(s.Items))
	for i, item := range s.Items {
		keys[i] = item.Key
	}
	return keys
}

// Weight of an item in what the sprint is counted in: its points, or 1 where
// ideas are counted. 0 while nobody sized it.
func (s Sprint) Weight(i SprintItem) int {
	if s.InIdeas {
		return 1
	}
	return i.Size
}
