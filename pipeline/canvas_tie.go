package pipeline

import (
	"fmt"
	"maps"
	"strings"
	"time"
)

// What a box of a canvas leads to: the outcome that was made of it, and the test of
// what it assumes.

// What happens to a box. About is its title, Why what it leads to.
const (
	BoxOutcome What = "box became an outcome"
	BoxTested  What = "box is tested"
	BoxUntied  What = "box untied"
)

// TieOutcome notes that an outcome was made of a box, or chosen for it; the zero key
// takes the one that was away. Where that is so already, the event's What is "".
func TieOutcome(policy Policy, p Person, where Where, c Canvas, id BoxID, outcome OutcomeKey, now time.Time) (Canvas, Event, error) {
	place, err := mayTie(policy, p, where, c, id)
	if err != nil {
		return c, Event{}, err
	}
	switch {
	case outcome == place.Box.Outcome:
		return c, Event{}, nil
	case !outcome.IsZero() && outcome.Team != c.Team:
		return c, Event{}, &Problem{
			Code: "outcome-elsewhere",
			What: fmt.Sprintf("%s belongs to another team than %s.", outcome, c.Key()),
			Safe: "Nothing was changed.",
			Next: "Choose an outcome of the canvas's own team.",
		}
	}
	event := Event{At: now, By: p.ID, What: BoxOutcome, About: place.Title, Why: outcome.String()}
	if outcome.IsZero() {
		event.What, event.Why = BoxUntied, place.Box.Outcome.String()
	}
	box := place.Box
	box.Outcome = outcome
	return c.tie(id, box), event, nil
}

// TieTest notes which test tries what a box assumes.
func TieTest(policy Policy, p Person, where Where, c Canvas, id BoxID, test BoxTest, now time.Time) (Canvas, Event, error) {
	place, err := mayTie(policy, p, where, c, id)
	if err != nil || test == place.Box.Test {
		return c, Event{}, err
	}
	box := place.Box
	box.Test = test
	return c.tie(id, box), Event{At: now, By: p.ID, What: BoxTested, About: place.Title, Why: test.Idea.String()}, nil
}

// mayTie refuses what mayFill does, and an empty box.
func mayTie(policy Policy, p Person, where Where, c Canvas, id BoxID) (BoxPlace, error) {
	place, err := mayFill(policy, p, where, c, id)
	if err == nil && place.Box.Text == "" {
		err = &Problem{
			Code: "box-empty",
			What: fmt.Sprintf("“%s” is empty, so there is nothing to go on with.", place.Title),
			Safe: "Nothing was changed.",
			Next: "Fill it in first.",
		}
	}
	return place, err
}

// tie gives the canvas with a box that says what it said.
func (c Canvas) tie(id BoxID, box Box) Canvas {
	c.Boxes = maps.Clone(c.Boxes)
	c.Boxes[id] = box
	return c
}

// businessBoxes of the canvases that come with alignbot tell what the business wants.
var businessBoxes = map[BoxID]bool{"challenge": true, "business": true}

// OutcomeOf is what the form of an outcome starts with when it is made of a box: what
// it says in a line, and as metric the first line of the boxes that measure it: those
// of the same column, or of the whole canvas where it has no columns.
func (c Canvas) OutcomeOf(place BoxPlace) map[Field]string {
	typed := map[Field]string{
		FieldStatement: Cut(CleanLine(place.Box.Text), StatementLimit),
		FieldKind:      string(ProductOutcome),
	}
	if businessBoxes[place.Template.ID] {
		typed[FieldKind] = string(BusinessOutcome)
	}
	for _, other := range c.Places() {
		if !other.Template.Metric || other.Column != place.Column || other.ID == place.ID || other.Box.Text == "" {
			continue
		}
		first, _, _ := strings.Cut(other.Box.Text, "\n")
		typed[FieldMetric] = Cut(CleanLine(first), MetricLimit)
		break
	}
	return typed
}

// HypothesisOf is what the Test Card of a box starts with.
func (c Canvas) HypothesisOf(place BoxPlace) string {
	return Cut(fmt.Sprintf("%s: %s", place.Title, place.Box.Text), TextLimit)
}
