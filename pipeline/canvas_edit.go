package pipeline

import (
	"fmt"
	"slices"
	"time"
)

// What happens to a canvas.
const (
	CanvasBegun    What = "canvas begun" // About is the name of its kind
	CanvasEdited   What = "canvas edited"
	CanvasClosed   What = "canvas closed"
	CanvasReopened What = "canvas reopened"
	BoxChanged     What = "box changed"   // About is the box's title
	BoxConfirmed   What = "box confirmed" // likewise
	ColumnAdded    What = "column added"  // About is its title
	ColumnMoved    What = "column moved"
	ColumnRemoved  What = "column removed"
)

// The inputs of a canvas's form. Columns stands among changes with their ids in
// order.
const (
	FieldCanvasName    Field = "name"
	FieldCanvasOwner   Field = "owner"
	FieldCanvasColumns Field = "columns"
)

// CanvasForm is what somebody typed about a canvas as a whole: nothing checked.
type CanvasForm struct {
	Name  string
	Owner string // user id
}

// BeginCanvas begins an empty canvas of a kind, or says which fields to correct. own
// are the team's templates, open its canvases that are in use. Its number and version
// are given when it is stored.
func BeginCanvas(policy Policy, p Person, where Where, kind CanvasKind, form CanvasForm, own []CanvasTemplate, open []Canvas, now time.Time) (Canvas, Event, error) {
	if err := mayIn(policy, p, FillCanvas, where, where.team(), "A canvas"); err != nil {
		return Canvas{}, Event{}, err
	}
	t, known := FindCanvasTemplate(CanvasTemplatesOf(own), kind)
	if !known {
		return Canvas{}, Event{}, &Problem{
			Code: "canvas-unknown",
			What: fmt.Sprintf("%s has no canvas called %s.", where.team(), shown(string(kind))),
			Safe: "Nothing was changed.",
			Next: "Type /align canvas to see which there are.",
		}
	}
	if err := canvasRoom(t, open); err != nil {
		return Canvas{}, Event{}, err
	}
	c := Canvas{Team: where.team(), Kind: kind, Began: now, BeganBy: p.ID, Changed: now}
	if _, builtIn := FindCanvasTemplate(BuiltInCanvases(), kind); !builtIn {
		c.Own = &t
	}
	if t.Columns != "" {
		c.Columns, c.LastColumn = []int{1}, 1
	}
	if err := c.describe(form); err != nil {
		return Canvas{}, Event{}, err
	}
	return c, Event{At: now, By: p.ID, What: CanvasBegun, About: t.Name, Changes: c.headChanges(Canvas{})}, nil
}

// canvasRoom refuses a second canvas of a kind that stands alone, and too many.
func canvasRoom(t CanvasTemplate, open []Canvas) error {
	if i := slices.IndexFunc(open, func(c Canvas) bool { return c.Kind == t.ID }); t.Alone && i >= 0 {
		return &Problem{
			Code: "canvas-alone",
			What: fmt.Sprintf("A team has one %s at a time, and yours is %s, “%s”.", t.Name, open[i].Key(), Cut(open[i].Name, 60)),
			Safe: "Nothing was changed.",
			Next: "Change that one, or close it first: it can be opened again.",
		}
	}
	if len(open) >= CanvasesMax {
		return &Problem{
			Code: "canvases-full",
			What: fmt.Sprintf("The team has %d open canvases, and that is the most.", len(open)),
			Safe: "Nothing was changed.",
			Next: "Close one that nobody uses; it can be opened again.",
		}
	}
	return nil
}

// EditCanvas changes the name and the owner. Where nothing differs the event's What
// is "".
func EditCanvas(policy Policy, p Person, where Where, c Canvas, form CanvasForm, now time.Time) (Canvas, Event, error) {
	if err := mayChangeCanvas(policy, p, where, c); err != nil {
		return c, Event{}, err
	}
	before := c
	if err := c.describe(form); err != nil {
		return before, Event{}, err
	}
	changes := c.headChanges(before)
	if len(changes) == 0 {
		return before, Event{}, nil
	}
	c.Changed = now
	return c, Event{At: now, By: p.ID, What: CanvasEdited, Changes: changes}, nil
}

// describe takes over the form, cleaned, or says which fields to correct.
func (c *Canvas) describe(form CanvasForm) error {
	wrong := map[Field]string{}
	c.Name = CleanLine(form.Name)
	if n := Length(c.Name); !HasVisible(c.Name) {
		wrong[FieldCanvasName] = "Give it a name that tells what it is about."
	} else if n > CanvasNameLimit {
		wrong[FieldCanvasName] = tooLong(CanvasNameLimit, n)
	}
	if c.Owner = form.Owner; !userPattern.MatchString(c.Owner) {
		wrong[FieldCanvasOwner] = "Choose who keeps it true."
	}
	return fieldProblems("canvas-form", wrong)
}

// headChanges lists how the name, the owner and the columns differ.
func (c Canvas) headChanges(before Canvas) []Change {
	return changesOf(before.head(), c.head())
}

func (c Canvas) head() []filled {
	return []filled{
		{FieldCanvasName, c.Name}, {FieldCanvasOwner, c.Owner}, {FieldCanvasColumns, columnsText(c.Columns)},
	}
}

// CloseCanvas takes a canvas out of use; it stays readable.
func CloseCanvas(policy Policy, p Person, where Where, c Canvas, now time.Time) (Canvas, Event, error) {
	if err := mayChangeCanvas(policy, p, where, c); err != nil {
		return c, Event{}, err
	}
	c.Closed, c.ClosedBy = now, p.ID
	return c, Event{At: now, By: p.ID, What: CanvasClosed}, nil
}

// ReopenCanvas takes it into use again. open are the team's canvases that are.
func ReopenCanvas(policy Policy, p Person, where Where, c Canvas, open []Canvas, now time.Time) (Canvas, Event, error) {
	if err := mayIn(policy, p, FillCanvas, where, c.Team, "A canvas"); err != nil {
		return c, Event{}, err
	}
	if c.IsOpen() {
		return c, Event{}, nil
	}
	if err := canvasRoom(c.Template(), open); err != nil {
		return c, Event{}, err
	}
	c.Closed, c.ClosedBy = time.Time{}, ""
	return c, Event{At: now, By: p.ID, What: CanvasReopened}, nil
}

// mayChangeCanvas refuses who may not, and a closed canvas.
func mayChangeCanvas(policy Policy, p Person, where Where, c Canvas) error {
	if err := mayIn(policy, p, FillCanvas, where, c.Team, "A canvas"); err != nil {
		return err
	}
	if !c.IsOpen() {
		return &Problem{
			Code: "canvas-closed",
			What: fmt.Sprintf("%s was closed on %s, so nothing in it changes any more.", c.Key(), ShowDate(c.Closed)),
			Safe: "Everything in it is still there.",
			Next: "Open it again to go on.",
		}
	}
	return nil
}
