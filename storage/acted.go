package storage

import (
	"errors"
	"strconv"
	"time"
)

// Acted is when somebody did something by Slack's clock. Of two acts of one person that
// set the same value the later one stands, whichever of them arrives first. Only times
// of Slack's are compared with each other: whoever compares them with another clock
// takes an act for late, or for early, by as much as the two differ.
//
// The zero value is an act of which Slack does not say when it was, such as a command:
// it stands if it arrives last.
type Acted struct {
	At time.Time
	// OrLater: they acted at that time or some time after it, as with a form that they
	// opened then. It stands if it arrives last, and nothing from before At stands
	// after it.
	OrLater bool
}

// String is how scripts have it, see overtaken in acted.lua.
func (a Acted) String() string {
	if a.At.IsZero() {
		return ""
	}
	text := strconv.FormatInt(a.At.UnixMicro(), 10)
	if a.OrLater {
		return ">" + text
	}
	return text
}

// overtaken is the status that scripts answer with where a later act stands.
const overtaken = "overtaken"

// ErrOvertaken says that what somebody did later arrived earlier, and stands. Nothing was
// written.
var ErrOvertaken = errors.New("a later act of the same person stands")
