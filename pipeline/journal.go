package pipeline

import "time"

// JournalDays is how far a team's journal goes back.
const JournalDays = 100

// Happening is one thing that happened in a team.
type Happening struct {
	// Key of the idea or the node it happened to: PAY-12, PAY-O3.
	Key   string
	Event Event
}

// At is when it happened.
func (h Happening) At() time.Time { return h.Event.At }
