package pipeline

import (
	"fmt"
	"time"
)

// Asked is somebody who asked again for a parked idea.
type Asked struct {
	// By is a user id.
	By string
	At time.Time
	// Note of what was seen or heard this time. May be empty.
	Note string
	// Source is the message it was asked in; zero when it was typed.
	Source Source
}

// Ask counts somebody who asks for a parked idea again. Of what was typed, who
// and when are set here. Everybody may ask as often as they like; people are
// counted, not times.
func Ask(policy Policy, p Person, where Where, idea Idea, typed Asked, now time.Time) (Asked, Event, error) {
	if problem := barred(policy, p, where, idea, AskAgain, "asked for again"); problem != nil {
		return Asked{}, Event{}, problem
	}
	if idea.Stage != Parked {
		problem := notParked(idea, "nobody needs to ask for it again")
		problem.Next = "Add what you know to it as evidence."
		return Asked{}, Event{}, problem
	}
	asked := Asked{By: p.ID, At: now, Note: CleanText(typed.Note), Source: typed.Source}
	if !HasVisible(asked.Note) {
		asked.Note = ""
	}
	wrong := map[Field]string{}
	if n := Length(asked.Note); n > TextLimit {
		wrong[FieldNote] = fmt.Sprintf("At most %d characters; this has %d.", TextLimit, n)
	}
	if err := fieldProblems("ask-form", wrong); err != nil {
		return Asked{}, Event{}, err
	}
	return asked, Event{At: now, By: p.ID, What: AskedAgain, Why: Cut(CleanLine(asked.Note), ReasonLimit)}, nil
}
