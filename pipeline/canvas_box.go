package pipeline

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"maps"
	"slices"
	"time"
)

// Digest tells boxes apart by what they say, not by whom or when: 12 characters, ""
// for an empty one. A form carries it to know later what it showed.
func (b Box) Digest() string {
	if b.Text == "" {
		return ""
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q", b.Text, b.Risk))
	return base64.RawURLEncoding.EncodeToString(sum[:9])
}

// TypedBox is what somebody typed into the form of a box: nothing checked.
type TypedBox struct {
	ID   BoxID
	Text string // "" empties the box
	Risk Risk
	// Seen is the digest of the box that the form showed when it was opened.
	Seen string
}

// BoxClash is a box that somebody else changed while it was being typed. To take
// Mine after all, fill it in again with the digest of Theirs as seen.
type BoxClash struct {
	Place BoxPlace // as it is now
	Mine  Box
}

// The inputs of a box's form.
const (
	FieldBoxText Field = "text"
	FieldBoxRisk Field = "risk"
)

// FillBox puts what somebody typed into a box. Several people can fill one canvas at
// once: what nobody else changed since is taken; where the stored box is another one
// than the form showed, nothing is changed, and the two come back as a clash. Whoever
// leaves a box as the form showed it changes nothing, and what came meanwhile stays.
//
// The event is the line for the canvas's history; its What is "" where nothing was
// changed.
func FillBox(policy Policy, p Person, where Where, c Canvas, typed TypedBox, now time.Time) (Canvas, Event, *BoxClash, error) {
	place, err := mayFill(policy, p, where, c, typed.ID)
	if err != nil {
		return c, Event{}, nil, err
	}
	box := place.Box
	if box.Text = CleanText(typed.Text); !HasVisible(box.Text) {
		box = Box{}
	}
	wrong := map[Field]string{}
	if n := Length(box.Text); n > BoxTextLimit {
		wrong[FieldBoxText] = tooLong(BoxTextLimit, n)
	}
	if box.Text != "" && c.Template().Assumptions {
		if box.Risk = typed.Risk; box.Risk != "" && !slices.Contains(Risks(), box.Risk) {
			wrong[FieldBoxRisk] = "Choose one of the marks."
		}
	}
	if err := fieldProblems("box-form", wrong); err != nil {
		return c, Event{}, nil, err
	}
	if is := box.Digest(); is == typed.Seen || is == place.Box.Digest() {
		return c, Event{}, nil, nil
	}
	if place.Box.Digest() != typed.Seen {
		return c, Event{}, &BoxClash{Place: place, Mine: box}, nil
	}
	box.By, box.At, box.Confirmed, box.ConfirmedBy = p.ID, now, now, ""
	changed, event := c.put(p, place, box, now)
	return changed, event, nil, nil
}

// ConfirmBox says that what a box says is still true. seen is the digest of what was
// shown: of a box that has changed since, nobody can say that.
func ConfirmBox(policy Policy, p Person, where Where, c Canvas, id BoxID, seen string, now time.Time) (Canvas, Event, error) {
	place, err := mayFill(policy, p, where, c, id)
	if err != nil {
		return c, Event{}, err
	}
	switch {
	case place.Box.Text == "":
		return c, Event{}, &Problem{
			Code: "box-empty",
			What: fmt.Sprintf("“%s” is empty by now, so there is nothing to confirm.", place.Title),
			Safe: "Nothing was changed.",
			Next: "Open the canvas again to see what it says.",
		}
	case place.Box.Digest() != seen:
		return c, Event{}, &Problem{
			Code: "box-changed",
			What: fmt.Sprintf("“%s” was changed meanwhile, so what you confirmed is no longer what it says.", place.Title),
			Safe: "Nothing was changed.",
			Next: "Read what it says now, and confirm that if it is true.",
		}
	}
	box := place.Box
	box.Confirmed, box.ConfirmedBy = now, p.ID
	c.Boxes = maps.Clone(c.Boxes)
	c.Boxes[id] = box
	return c, Event{At: now, By: p.ID, What: BoxConfirmed, About: place.Title}, nil
}

// mayFill refuses who may not, a closed canvas, and a box that is not there.
func mayFill(policy Policy, p Person, where Where, c Canvas, id BoxID) (BoxPlace, error) {
	if err := mayChangeCanvas(policy, p, where, c); err != nil {
		return BoxPlace{}, err
	}
	place, ok := c.Place(id)
	if !ok {
		return BoxPlace{}, &Problem{
			Code: "box-unknown",
			What: "This box is no longer on the canvas: somebody removed its column.",
			Safe: "What it said is in the canvas's history.",
			Next: "Open the canvas again and go on from there.",
		}
	}
	return place, nil
}

// put gives the canvas with a box as it is now, and the line about it.
func (c Canvas) put(p Person, place BoxPlace, box Box, now time.Time) (Canvas, Event) {
	boxes := maps.Clone(c.Boxes)
	if boxes == nil {
		boxes = map[BoxID]Box{}
	}
	if box.Text == "" {
		delete(boxes, place.ID)
	} else {
		boxes[place.ID] = box
	}
	event := Event{At: now, By: p.ID, What: BoxChanged, About: place.Title, Changes: boxChanges(place.ID, place.Box, box)}
	c.Boxes, c.Changed = boxes, now
	return c, event
}

// riskOf is the name under which a box's mark of risk stands among changes.
func riskOf(id BoxID) Field { return Field(id + " risk") }

// boxChanges lists what differs between two states of a box.
func boxChanges(id BoxID, before, after Box) []Change {
	var changes []Change
	if before.Text != after.Text {
		changes = append(changes, Change{Field: Field(id), From: before.Text, To: after.Text})
	}
	if before.Risk != after.Risk {
		changes = append(changes, Change{Field: riskOf(id), From: string(before.Risk), To: string(after.Risk)})
	}
	return changes
}
