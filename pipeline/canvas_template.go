package pipeline

import (
	"cmp"
	"embed"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// CanvasTemplate is what a kind of canvas asks, and how it stands on a page.
type CanvasTemplate struct {
	ID    CanvasKind `json:"id"`
	Name  string     `json:"name"`
	About string     `json:"about,omitempty"` // what it is good for; may be ""
	// Columns is the noun of its columns, "release": each of them has all the boxes.
	// "" of a canvas that has each box once.
	Columns string `json:"columns,omitempty"`
	// Assumptions: what its boxes say is assumed, and marked by risk.
	Assumptions bool `json:"assumptions,omitempty"`
	// Alone: a team has one of its kind open at a time.
	Alone bool `json:"alone,omitempty"`
	// Boxes in the order in which the method fills them.
	Boxes []BoxTemplate `json:"boxes"`
}

// BoxTemplate is one box of a template; in a canvas with columns, one row of it.
type BoxTemplate struct {
	ID       BoxID  `json:"id"`
	Title    string `json:"title"`
	Question string `json:"question"`
	Help     string `json:"help,omitempty"`
	// Where it stands on the page, in cells of a grid. In a canvas with columns it is
	// the place within a column.
	Where GridPlace `json:"where"`
	// Extra: the method can do without it.
	Extra bool `json:"extra,omitempty"`
	// Heading: what it says names its column.
	Heading bool `json:"heading,omitempty"`
	// Goal: what it says can become an outcome. Metric: it says by which numbers the
	// goals beside it, in the same column if there are columns, are measured.
	Goal   bool `json:"goal,omitempty"`
	Metric bool `json:"metric,omitempty"`
}

// GridPlace is where a box stands in the grid of its canvas.
type GridPlace struct {
	Row    int `json:"row"`    // from 1, downwards
	Column int `json:"column"` // from 1, rightwards
	Width  int `json:"width"`  // in columns, at least 1
	Height int `json:"height"` // in rows, at least 1
}

// The limits of a canvas's template.
const (
	BoxLimit            = 30 // boxes
	BoxTitleLimit       = 40 // runes
	GridLimit           = 24 // rows, and columns, of the grid
	CanvasTemplateLimit = 10 // templates that a team keeps
	ColumnsNounLimit    = 20 // runes
)

//go:embed canvases/*.yaml
var canvasFiles embed.FS

// BuiltInCanvases gives the templates that come with alignbot, in the order in
// which the guide names them. The values are shared: copy before changing one in
// place.
func BuiltInCanvases() []CanvasTemplate { return slices.Clone(builtInCanvases()) }

var builtInCanvases = sync.OnceValue(func() []CanvasTemplate {
	var all []CanvasTemplate
	for _, id := range []CanvasKind{LeanCanvas, StrategyCanvas, VisionBoard, GORoadmap, ProductGoal} {
		source, err := canvasFiles.ReadFile("canvases/" + string(id) + ".yaml")
		if err != nil {
			panic(fmt.Sprintf("read the built-in canvas %s: %v", id, err))
		}
		t, err := ParseCanvasTemplate(string(source))
		if err != nil || t.ID != id {
			panic(fmt.Sprintf("the built-in canvas %s is broken: %v", id, err))
		}
		all = append(all, t)
	}
	return all
})

// CanvasTemplatesOf lists the templates that a team can use: those that come with
// alignbot, then its own by name.
func CanvasTemplatesOf(own []CanvasTemplate) []CanvasTemplate {
	added := slices.SortedFunc(slices.Values(own), func(a, b CanvasTemplate) int {
		return cmp.Or(strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), cmp.Compare(a.ID, b.ID))
	})
	return append(BuiltInCanvases(), added...)
}

// FindCanvasTemplate gives the one with the id, and whether there is one.
func FindCanvasTemplate(all []CanvasTemplate, id CanvasKind) (CanvasTemplate, bool) {
	i := slices.IndexFunc(all, func(t CanvasTemplate) bool { return t.ID == id })
	if i < 0 {
		return CanvasTemplate{}, false
	}
	return all[i], true
}

// Box gives one of its boxes by its id without a column.
func (t CanvasTemplate) Box(id BoxID) (BoxTemplate, bool) {
	i := slices.IndexFunc(t.Boxes, func(b BoxTemplate) bool { return b.ID == id })
	if i < 0 {
		return BoxTemplate{}, false
	}
	return t.Boxes[i], true
}

// Grid is how many rows and columns of cells its boxes take, those of one column
// where it has columns.
func (t CanvasTemplate) Grid() (rows, columns int) {
	for _, box := range t.Boxes {
		rows = max(rows, box.Where.Row+box.Where.Height-1)
		columns = max(columns, box.Where.Column+box.Where.Width-1)
	}
	return rows, columns
}

// OwnCanvases are the templates that a team made itself.
type OwnCanvases struct {
	Team TeamKey `json:"-"`
	// Version counts changes; 0 while the team has none.
	Version   int64            `json:"-"`
	Templates []CanvasTemplate `json:"templates"`
}

// With gives them with a template in the place of the one with its id, or added, or
// says what is wrong with it as a *TemplateError.
func (o OwnCanvases) With(t CanvasTemplate) (OwnCanvases, error) {
	if err := CheckCanvasAmong(t, o.Templates); err != nil {
		return o, err
	}
	o.Templates = slices.Clone(o.Templates)
	if i := slices.IndexFunc(o.Templates, func(other CanvasTemplate) bool { return other.ID == t.ID }); i >= 0 {
		o.Templates[i] = t
	} else {
		o.Templates = append(o.Templates, t)
	}
	return o, nil
}

// Without gives them without the template with the id. Canvases that were begun with
// it keep it.
func (o OwnCanvases) Without(id CanvasKind) (OwnCanvases, bool) {
	left := slices.DeleteFunc(slices.Clone(o.Templates), func(t CanvasTemplate) bool { return t.ID == id })
	if len(left) == len(o.Templates) {
		return o, false
	}
	o.Templates = left
	return o, true
}
