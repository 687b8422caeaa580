package pipeline

import (
	"fmt"
	"slices"
	"time"
)

// MadePrimary is what happens to an idea whose primary link About becomes.
const MadePrimary What = "made primary"

// Link ties the idea to one node more of its own team's tree. The first is its
// primary one. The event is the line for its history.
func Link(idea Idea, node Node, by string, now time.Time) (Idea, Event, error) {
	if err := CanLink(idea, node.Key); err != nil {
		return idea, Event{}, err
	}
	if node.Closed {
		return idea, Event{}, &Problem{
			Code: "outcome-closed",
			What: closedAt(node) + " closed, so no more ideas are linked to it.",
			Safe: "Nothing was changed.",
			Next: "Choose an open outcome. A product owner can open a closed one again.",
		}
	}
	// A copy: the slice may be shared with the idea as it was.
	idea.Outcomes = append(slices.Clone(idea.Outcomes), node.Key)
	idea.Changed = now
	return idea, Event{At: now, By: by, What: WasLinked, About: node.Key.String()}, nil
}

// CanLink tells why the idea cannot be tied to one node more, whatever that node
// is like; nil when it can.
func CanLink(idea Idea, key NodeKey) error {
	switch {
	case !idea.Withdrawn.IsZero():
		return whileWithdrawn(idea, "linked to an outcome")
	case key.Team != idea.Key.Team:
		return &Problem{
			Code: "outcome-of-another-team",
			What: fmt.Sprintf("%s belongs to another team, so %s cannot be linked to it.", key, idea.Key),
			Safe: "Nothing was changed.",
			Next: fmt.Sprintf("Choose an outcome of %s, or add one.", idea.Key.Team),
		}
	case slices.Contains(idea.Outcomes, key):
		return &Problem{
			Code: "outcome-linked",
			What: fmt.Sprintf("%s is linked to %s already.", idea.Key, key),
			Safe: "The link is there, nothing needs to be done.",
		}
	case len(idea.Outcomes) >= OutcomesOfIdea:
		return &Problem{
			Code: "outcomes-many",
			What: fmt.Sprintf("%s is linked to %d outcomes, which is the most an idea can have.", idea.Key, len(idea.Outcomes)),
			Safe: "Nothing was changed.",
			Next: "Take one of its links away first.",
		}
	}
	return nil
}

// closedAt begins a sentence about a node under a closed outcome: "PAY-O3 is",
// "PAY-P5 belongs to PAY-O3, which is".
func closedAt(node Node) string {
	if node.Outcome == node.Key {
		return node.Key.String() + " is"
	}
	return fmt.Sprintf("%s belongs to %s, which is", node.Key, node.Outcome)
}

// Unlink takes a link away, with a line of why. The next one, if any, becomes the
// primary one.
func Unlink(idea Idea, key NodeKey, why, by string, now time.Time) (Idea, Event, error) {
	if err := CanUnlink(idea, key); err != nil {
		return idea, Event{}, err
	}
	why, complaint := neededWhy(why, "Say in a line why it no longer serves it. That is kept with the idea.")
	if complaint != "" {
		return idea, Event{}, fieldProblems("unlink-form", map[Field]string{FieldWhy: complaint})
	}
	idea, event := unlinked(idea, key, why, by, now)
	return idea, event, nil
}

// CanUnlink tells why that link of the idea cannot be taken away; nil when it can.
func CanUnlink(idea Idea, key NodeKey) error {
	if !idea.Withdrawn.IsZero() {
		return whileWithdrawn(idea, "changed")
	}
	if !slices.Contains(idea.Outcomes, key) {
		return notLinked(idea, key)
	}
	return nil
}

// unlinked is the idea without a link that it has.
func unlinked(idea Idea, key NodeKey, why, by string, now time.Time) (Idea, Event) {
	idea.Outcomes = slices.DeleteFunc(slices.Clone(idea.Outcomes), func(linked NodeKey) bool { return linked == key })
	if len(idea.Outcomes) == 0 {
		idea.Outcomes = nil // as in an idea that never had one
	}
	idea.Changed = now
	return idea, Event{At: now, By: by, What: WasUnlinked, About: key.String(), Why: why}
}

// neededWhy cleans a reason that has to be given; ask is said where it is not.
func neededWhy(typed, ask string) (why, complaint string) {
	why = CleanLine(typed)
	switch n := Length(why); {
	case !HasVisible(why):
		return "", ask
	case n > ReasonLimit:
		return why, tooLong(ReasonLimit, n)
	}
	return why, ""
}

// MakePrimary puts one of the idea's links first: cards, ballots and questions
// take that one.
func MakePrimary(idea Idea, key NodeKey, by string, now time.Time) (Idea, Event, error) {
	if !idea.Withdrawn.IsZero() {
		return idea, Event{}, whileWithdrawn(idea, "changed")
	}
	at := slices.Index(idea.Outcomes, key)
	switch at {
	case -1:
		problem := notLinked(idea, key)
		problem.Next = "Link it first."
		return idea, Event{}, problem
	case 0:
		return idea, Event{}, &Problem{
			Code: "outcome-primary",
			What: fmt.Sprintf("%s is the primary link of %s already.", key, idea.Key),
			Safe: "Nothing needs to be done.",
		}
	}
	idea.Outcomes = slices.Insert(slices.Delete(slices.Clone(idea.Outcomes), at, at+1), 0, key)
	idea.Changed = now
	return idea, Event{At: now, By: by, What: MadePrimary, About: key.String()}, nil
}

// LinkChange is what becomes of one idea's link when its outcome is closed.
type LinkChange struct {
	Idea Key
	From NodeKey
	// To is linked instead; zero for nothing.
	To NodeKey
}

// ChangeLink does that to the idea as it is by now. The new link takes the place
// of the old one, the primary one among it; a link that is there already stays
// where it is. An idea that no longer has the old link is left alone, and the
// event's What is then "".
func ChangeLink(idea Idea, change LinkChange, why, by string, now time.Time) (Idea, Event, error) {
	if !idea.Withdrawn.IsZero() {
		return idea, Event{}, whileWithdrawn(idea, "changed")
	}
	at := slices.Index(idea.Outcomes, change.From)
	if at < 0 {
		return idea, Event{}, nil
	}
	if change.To.IsZero() || slices.Contains(idea.Outcomes, change.To) {
		idea, event := unlinked(idea, change.From, why, by, now)
		return idea, event, nil
	}
	idea.Outcomes = slices.Clone(idea.Outcomes)
	idea.Outcomes[at] = change.To
	idea.Changed = now
	return idea, Event{At: now, By: by, What: WasLinked, About: change.To.String(), Why: why}, nil
}

func notLinked(idea Idea, key NodeKey) *Problem {
	return &Problem{
		Code: "outcome-not-linked",
		What: fmt.Sprintf("%s is not linked to %s.", idea.Key, key),
		Safe: "Nothing was changed.",
	}
}

// whileWithdrawn refuses what cannot be done to an idea that was withdrawn.
func whileWithdrawn(idea Idea, done string) *Problem {
	return &Problem{
		Code: "idea-withdrawn",
		What: fmt.Sprintf("%s was withdrawn, so it cannot be %s.", idea.Key, done),
		Safe: "Everything in it is kept.",
		Next: "Bring it back first.",
	}
}
