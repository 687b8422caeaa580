package pipeline

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Canvas is one page on which a team agrees on something: a Lean Canvas, the
// strategy of a product, its roadmap, its goal. It is a set of boxes that several
// people fill; what each box asks is in the canvas's template.
type Canvas struct {
	Team TeamKey `json:"-"`
	// Number within its team, from 1; given when it is stored.
	Number int `json:"-"`
	// Version counts changes, from 1.
	Version int64 `json:"-"`
	// Kind is the id of its template.
	Kind CanvasKind `json:"kind"`
	// Own is the template of a kind that the team made itself, as it was when the
	// canvas was begun; nil where it is one of those that come with alignbot.
	Own *CanvasTemplate `json:"own,omitempty"`
	// Name tells the team's canvases of a kind apart: "Invoices for small shops".
	Name string `json:"name"`
	// Owner is the user id of whoever keeps it true.
	Owner string `json:"owner"`
	// Boxes that hold something, by BoxID.
	Boxes map[BoxID]Box `json:"boxes,omitempty"`
	// Columns of a canvas that has some, such as the releases of a GO Product
	// Roadmap: their ids in the order in which they stand. Ids count from 1 and are
	// never used again; LastColumn is the highest there was.
	Columns    []int     `json:"columns,omitempty"`
	LastColumn int       `json:"last_column,omitempty"`
	Began      time.Time `json:"began"`
	BeganBy    string    `json:"began_by"`
	// Changed is when one of its boxes, its name or its columns last changed.
	Changed time.Time `json:"changed,omitzero"`
	// Closed is the zero time while the canvas is in use.
	Closed   time.Time `json:"closed,omitzero"`
	ClosedBy string    `json:"closed_by,omitempty"`
	// Checked is when its owner was last asked whether its boxes are still true; the
	// zero time while nobody was.
	Checked time.Time `json:"checked,omitzero"`
	// Published is where it is kept as a canvas of Slack; zero where it is not.
	Published CanvasPublished `json:"published,omitzero"`
}

// CanvasPublished says that a canvas is kept current as a canvas of Slack, see
// SlackCanvas.
type CanvasPublished struct {
	// Times it was published: each time it gets a canvas of Slack of its own. It
	// stays when the canvas is not kept current any more.
	Times int `json:"times"`
	// By wanted that, At; "" and the zero time while nobody does.
	By string    `json:"by,omitempty"`
	At time.Time `json:"at,omitzero"`
}

// CanvasKind is the id of a canvas's template: lower-case letters, digits and
// hyphens.
type CanvasKind string

// The kinds that come with alignbot. The Now-Next-Later board is none of them: it
// is drawn from the team's opportunities.
const (
	LeanCanvas     CanvasKind = "lean"
	StrategyCanvas CanvasKind = "strategy"
	VisionBoard    CanvasKind = "vision-board"
	GORoadmap      CanvasKind = "go-roadmap"
	ProductGoal    CanvasKind = "product-goal"
)

// BoxID names a box of a canvas: the id that its template gives it, "problem", and
// with a column's id behind it where the canvas has columns, "goal.2".
type BoxID string

// In names the box of that row in a column, or the box itself for column 0.
func (id BoxID) In(column int) BoxID {
	if column == 0 {
		return id
	}
	return BoxID(fmt.Sprintf("%s.%d", id, column))
}

// Split is In the other way round.
func (id BoxID) Split() (row BoxID, column int) {
	text, number, in := strings.Cut(string(id), ".")
	if !in {
		return id, 0
	}
	column, err := strconv.Atoi(number)
	if err != nil || column < 1 || BoxID(text).In(column) != id {
		return "", 0
	}
	return BoxID(text), column
}

// Box is what one box of a canvas says: in a Lean Canvas one dated assumption.
type Box struct {
	// Text of one or several lines, never "".
	Text string `json:"text"`
	// Risk marks an assumption; "" where nobody did.
	Risk Risk `json:"risk,omitempty"`
	// By and At: who wrote the text or the mark as it is now, and when.
	By string    `json:"by"`
	At time.Time `json:"at"`
	// Confirmed is when somebody last said that it is true, which is At until
	// ConfirmedBy said so again.
	Confirmed   time.Time `json:"confirmed"`
	ConfirmedBy string    `json:"confirmed_by,omitempty"`
	// Outcome that was made of it, zero for none.
	Outcome NodeKey `json:"outcome,omitzero"`
	// Test of it: a Test Card; zero for none.
	Test BoxTest `json:"test,omitzero"`
}

// BoxTest names the Test Card that tests what a box says.
type BoxTest struct {
	Idea Key `json:"idea"`
	Run  int `json:"run"`
}

// Risk is what happens to the whole if an assumption turns out to be wrong.
type Risk string

// The marks of risk.
const (
	RiskLow    Risk = "low"
	RiskMedium Risk = "medium"
	RiskHigh   Risk = "high"
)

// Risks lists the marks, from the lowest.
func Risks() []Risk { return []Risk{RiskLow, RiskMedium, RiskHigh} }

// The limits of canvases.
const (
	CanvasesMax      = 30   // open canvases of a team
	CanvasColumnsMax = 8    // columns of one
	CanvasNameLimit  = 80   // runes
	BoxTextLimit     = 2000 // runes of a box
)

// CanvasKey names a canvas as people write it: PAY-C3.
type CanvasKey struct {
	Team   TeamKey
	Number int
}

// Key of the canvas.
func (c Canvas) Key() CanvasKey { return CanvasKey{Team: c.Team, Number: c.Number} }

// String is the key as people write it: PAY-C3.
func (k CanvasKey) String() string { return fmt.Sprintf("%s-C%d", k.Team, k.Number) }

var typedCanvasPattern = regexp.MustCompile(`^(?:([A-Z][A-Z0-9]{1,7})[\s_‐‑–—-]+)?C([1-9][0-9]{0,8})$`)

// ParseCanvasKey accepts a key as people type it: PAY-C3, pay c3, and C3 for the
// team that is meant anyway, which is then left empty.
func ParseCanvasKey(s string) (key CanvasKey, ok bool) {
	parts := typedCanvasPattern.FindStringSubmatch(strings.ToUpper(strings.TrimSpace(s)))
	if parts == nil {
		return CanvasKey{}, false
	}
	number, err := strconv.Atoi(parts[2])
	return CanvasKey{Team: TeamKey(parts[1]), Number: number}, err == nil
}

// IsOpen tells whether the canvas is in use.
func (c Canvas) IsOpen() bool { return c.Closed.IsZero() }

// Template gives what the canvas's boxes ask.
func (c Canvas) Template() CanvasTemplate {
	if c.Own != nil {
		return *c.Own
	}
	t, _ := FindCanvasTemplate(BuiltInCanvases(), c.Kind)
	return t
}

// BoxPlace is a box of a canvas, filled or not, with what it asks.
type BoxPlace struct {
	ID       BoxID
	Template BoxTemplate
	// Column id, 0 where the canvas has no columns, and Title: "Solution", or in a
	// column "Goal of Spring release".
	Column int
	Title  string
	// Box as it is; its Text is "" while it is empty.
	Box Box
}

// Places lists all boxes of the canvas in the order in which the method fills them,
// column by column where there are columns.
func (c Canvas) Places() []BoxPlace {
	t := c.Template()
	var places []BoxPlace
	columns := []int{0}
	if t.Columns != "" {
		columns = c.Columns
	}
	for _, column := range columns {
		for _, box := range t.Boxes {
			id := box.ID.In(column)
			title := box.Title
			if column > 0 {
				title = fmt.Sprintf("%s of %s", box.Title, c.ColumnTitle(column))
			}
			places = append(places, BoxPlace{ID: id, Template: box, Column: column, Title: title, Box: c.Boxes[id]})
		}
	}
	return places
}

// Place gives one of them.
func (c Canvas) Place(id BoxID) (BoxPlace, bool) {
	places := c.Places()
	i := slices.IndexFunc(places, func(p BoxPlace) bool { return p.ID == id })
	if i < 0 {
		return BoxPlace{}, false
	}
	return places[i], true
}

// columnTitleLimit is how much of its heading names a column, in runes.
const columnTitleLimit = 40

// ColumnTitle names a column: by the box in it that is its heading, cut, else by its
// place, as "Release 2".
func (c Canvas) ColumnTitle(column int) string {
	t := c.Template()
	for _, box := range t.Boxes {
		if said := c.Boxes[box.ID.In(column)].Text; box.Heading && said != "" {
			return Cut(CleanLine(said), columnTitleLimit)
		}
	}
	return fmt.Sprintf("%s %d", withInitial(t.Columns, unicode.ToUpper), slices.Index(c.Columns, column)+1)
}

// Filled counts the boxes that hold something, of how many; those that are extra
// count where they hold something.
func (c Canvas) Filled() (filled, of int) {
	for _, p := range c.Places() {
		if p.Box.Text != "" {
			filled++
		} else if p.Template.Extra {
			continue
		}
		of++
	}
	return filled, of
}

// Oldest gives when the filled box that was longest not confirmed was; the zero time
// of an empty canvas.
func (c Canvas) Oldest() time.Time {
	var oldest time.Time
	for _, box := range c.Boxes {
		if oldest.IsZero() || box.Confirmed.Before(oldest) {
			oldest = box.Confirmed
		}
	}
	return oldest
}

// Riskiest lists the filled boxes of the highest mark of risk that is given, in the
// order of filling; none where no box is marked.
func (c Canvas) Riskiest() []BoxPlace {
	var found []BoxPlace
	best := -1
	for _, p := range c.Places() {
		mark := slices.Index(Risks(), p.Box.Risk)
		if mark > best {
			best, found = mark, nil
		}
		if mark >= 0 && mark == best {
			found = append(found, p)
		}
	}
	return found
}
