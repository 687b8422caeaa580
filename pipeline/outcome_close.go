package pipeline

import (
	"fmt"
	"slices"
	"time"
)

// CloseForm is what somebody typed to close an outcome: nothing checked.
type CloseForm struct {
	Result OutcomeResult
	Why    string
	Ideas  IdeasThen
	// Into is the key of the outcome that the ideas are linked to instead, or into
	// which it is merged; "" otherwise.
	Into string
}

// IdeasThen is what becomes of the ideas that are linked to an outcome when it is
// closed.
type IdeasThen string

// What can become of them. Those of an outcome that is merged are linked to the
// other one.
const (
	KeepLinks IdeasThen = "keep"   // they stay linked to what is closed
	Relink    IdeasThen = "relink" // to another outcome
	DropLinks IdeasThen = "drop"
)

// IdeasThens lists them.
func IdeasThens() []IdeasThen { return []IdeasThen{KeepLinks, Relink, DropLinks} }

// The inputs of the form that closes an outcome, beside FieldWhy.
const (
	FieldResult Field = "result"
	FieldIdeas  Field = "ideas"
	FieldInto   Field = "into"
)

// Closing is what is to be stored when an outcome is closed. Links are changed
// idea by idea, see ChangeLink; each can be refused for itself.
type Closing struct {
	Outcome Outcome
	Event   Event
	Links   []LinkChange
	// Moved are the nodes that hang under another outcome from now on, as they are
	// to be stored, and MovedEvent is the line for the history of each. None unless
	// the outcome is merged.
	Moved      Nodes
	MovedEvent Event
}

// CloseOutcome closes an outcome with a result and a line of why, or says which
// fields to correct. nodes are all of its team's tree, ideas those that are linked
// to the outcome itself. Merged into another one of its kind, it hands over what
// hangs under it as well; one of which nobody said the kind goes into any.
func CloseOutcome(policy Policy, p Person, where Where, o Outcome, form CloseForm, nodes Nodes, ideas []Idea, now time.Time) (Closing, error) {
	if err := mayIn(policy, p, ChangeOutcome, where, o.Key.Team, "An outcome"); err != nil {
		return Closing{}, err
	}
	if !o.IsOpen() {
		return Closing{}, &Problem{
			Code: "outcome-closed",
			What: fmt.Sprintf("%s is closed already: %s.", o.Key, o.Result),
			Safe: "Nothing was changed.",
		}
	}
	wrong := map[Field]string{}
	if !slices.Contains(OutcomeResults(), form.Result) {
		wrong[FieldResult] = "Choose what became of it."
	}
	why, complaint := neededWhy(form.Why, "Say in a line why. It is kept with the outcome.")
	if complaint != "" {
		wrong[FieldWhy] = complaint
	}
	then := form.Ideas
	if form.Result == Merged {
		then = Relink
	}
	if !slices.Contains(IdeasThens(), then) {
		if len(ideas) > 0 {
			wrong[FieldIdeas] = fmt.Sprintf("Choose what becomes of %s linked to it.", amount(len(ideas), "idea", "ideas"))
		}
		then = KeepLinks
	}
	var into OutcomeKey
	if then == Relink {
		into = checkHeir(form, o, nodes, wrong)
	} else if HasVisible(form.Into) {
		wrong[FieldInto] = "Leave this empty, or choose that the ideas are linked to it."
	}
	if err := fieldProblems("outcome-close-form", wrong); err != nil {
		return Closing{}, err
	}

	var c Closing
	o.Closed, o.ClosedBy, o.Result, o.ClosedWhy, o.Changed = now, p.ID, form.Result, why, now
	c.Event = Event{At: now, By: p.ID, What: WasClosed, About: string(form.Result), Why: why}
	if form.Result == Merged {
		o.MergedInto = into
		c.Event.About += " into " + into.String()
		c.Moved = nodes.handOver(o.Key, into, now)
		c.MovedEvent = Event{At: now, By: p.ID, What: WasEdited, Changes: []Change{{Field: FieldParent, From: o.Key.String(), To: into.String()}}, Why: why}
	}
	c.Outcome = o
	if then != KeepLinks {
		for _, idea := range ideas {
			if idea.Withdrawn.IsZero() && slices.Contains(idea.Outcomes, o.Key) {
				c.Links = append(c.Links, LinkChange{Idea: idea.Key, From: o.Key, To: into})
			}
		}
	}
	return c, nil
}

// checkHeir reads which outcome gets the ideas, and of one that is merged what
// hangs under it.
func checkHeir(form CloseForm, o Outcome, nodes Nodes, wrong map[Field]string) OutcomeKey {
	into, err := ParseOutcomeKey(form.Into)
	if err != nil {
		wrong[FieldInto] = "Choose an outcome from the list."
		return into
	}
	heir, known := nodes.outcome(into)
	switch {
	case into.Team != o.Key.Team:
		wrong[FieldInto] = fmt.Sprintf("%s belongs to another team. Choose an outcome of %s.", into, o.Key.Team)
	case !known:
		wrong[FieldInto] = fmt.Sprintf("There is no %s. Choose one from the list.", into)
	case into == o.Key:
		wrong[FieldInto] = fmt.Sprintf("%s is the one that is closed. Choose another.", into)
	case !heir.IsOpen():
		wrong[FieldInto] = fmt.Sprintf("%s is closed. Choose an open outcome.", into)
	case form.Result != Merged:
	case o.Kind == "": // in one line: what it is nobody said yet
	case heir.Kind == "":
		wrong[FieldInto] = fmt.Sprintf("%s does not say yet whether it is a business or a product outcome. Edit it first, or choose another.", into)
	case heir.Kind != o.Kind:
		wrong[FieldInto] = fmt.Sprintf("%s is a %s, and only a %s can take its place. Choose another.", into, heir.Kind.Noun(), o.Kind.Noun())
	case slices.Contains(nodes.above(into), o.Key):
		wrong[FieldInto] = fmt.Sprintf("%s hangs under %s, so what hangs there would go round in a circle. Choose another.", into, o.Key)
	default:
		if levels := len(nodes.above(into)) + nodes.height(o.Key); levels > TreeDepth {
			wrong[FieldInto] = fmt.Sprintf("A tree has at most %d levels, and this would make %d. Choose an outcome further up.", TreeDepth, levels)
		}
	}
	return into
}

// handOver gives the nodes right under one outcome as they are under another.
func (n Nodes) handOver(from, into OutcomeKey, now time.Time) Nodes {
	var moved Nodes
	for _, o := range n.Outcomes {
		if o.Parent == from {
			o.Parent, o.Changed = into, now
			moved.Outcomes = append(moved.Outcomes, o)
		}
	}
	for _, o := range n.Opportunities {
		if o.Parent == from {
			o.Parent, o.Changed = into, now
			moved.Opportunities = append(moved.Opportunities, o)
		}
	}
	for _, i := range n.Impacts {
		if i.Goal == from {
			i.Goal, i.Changed = into, now
			moved.Impacts = append(moved.Impacts, i)
		}
	}
	return moved
}

// ReopenOutcome opens a closed outcome again, with a line of why. Ideas and nodes
// that were moved elsewhere stay there.
func ReopenOutcome(policy Policy, p Person, where Where, o Outcome, why string, now time.Time) (Outcome, Event, error) {
	if err := mayIn(policy, p, ChangeOutcome, where, o.Key.Team, "An outcome"); err != nil {
		return o, Event{}, err
	}
	if o.IsOpen() {
		return o, Event{}, &Problem{
			Code: "outcome-open",
			What: fmt.Sprintf("%s is open already.", o.Key),
			Safe: "Nothing needs to be done.",
		}
	}
	why, complaint := neededWhy(why, "Say in a line why it is open again.")
	if complaint != "" {
		return o, Event{}, fieldProblems("outcome-reopen-form", map[Field]string{FieldWhy: complaint})
	}
	event := Event{At: now, By: p.ID, What: OpenedAgain, About: string(o.Result), Why: why}
	o.Closed, o.ClosedBy, o.Result, o.ClosedWhy, o.MergedInto, o.Changed = time.Time{}, "", "", "", OutcomeKey{}, now
	return o, event, nil
}
