package pipeline

import (
	"slices"
	"time"
)

// What a person is nudged for.

const (
	// NudgeMost is how many things one nudge asks a person for.
	NudgeMost = 5
	// toldApart is for how long a nudge leaves out what the person was told in a
	// message of its own.
	toldApart = 24 * time.Hour
)

// Nudge is what one private message of the day asks for.
type Nudge struct {
	// Items, the most urgent first; none where nothing is to be said.
	Items []Waiting
	// More wait beyond them.
	More int
}

// NudgeOf chooses what a person is nudged for, of all that waits for them: not
// what they turned off, nor what they were told of within a day.
func NudgeOf(settings NudgeSettings, waiting []Waiting, now time.Time) Nudge {
	var items []Waiting
	for _, w := range waiting {
		if settings.Wants(w.Kind) && (w.Told.IsZero() || now.Sub(w.Told) >= toldApart) {
			items = append(items, w)
		}
	}
	slices.SortStableFunc(items, func(a, b Waiting) int { return MoreUrgent(a, b, now) })
	shown := min(len(items), NudgeMost)
	return Nudge{Items: items[:shown], More: len(items) - shown}
}
