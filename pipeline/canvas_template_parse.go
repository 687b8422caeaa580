package pipeline

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// ParseCanvasTemplate reads one YAML document in the form that canvases/format.txt
// describes. A *TemplateError names every mistake at once, each with its line.
func ParseCanvasTemplate(source string) (CanvasTemplate, error) {
	document, wrong := parseYAML(source, canvasNoun)
	if wrong != nil {
		return CanvasTemplate{}, &TemplateError{Mistakes: []Mistake{*wrong}, noun: canvasNoun}
	}
	r := canvasReader{templateReader{newChecker()}}
	r.noun = canvasNoun
	t := r.template(document)
	if !r.wrong(head("")) {
		r.check(t)
	}
	if err := r.err(); err != nil {
		return CanvasTemplate{}, err
	}
	return arranged(t), nil
}

// canvasNoun is what the template is of, in what its author reads.
const canvasNoun = "canvas"

// The keys of the file.
var (
	canvasKeys = []string{"id", "name", "about", "columns", "assumptions", "one at a time", "boxes"}
	boxKeys    = []string{"id", "title", "question", "help", "row", "column", "width", "height", "extra", "heading", "goal", "metric"}
)

// canvasReader turns nodes into a canvas's template and remembers where things
// stood.
type canvasReader struct{ templateReader }

func (r *canvasReader) template(n *yaml.Node) CanvasTemplate {
	keys := r.keys(n, head(""), "a canvas", canvasKeys)
	t := CanvasTemplate{
		ID:          CanvasKind(r.line(keys["id"], head("id"))),
		Name:        r.line(keys["name"], head("name")),
		About:       r.text(keys["about"], head("about")),
		Columns:     r.line(keys["columns"], head("columns")),
		Assumptions: r.flag(keys["assumptions"], head("assumptions")),
		Alone:       r.flag(keys["one at a time"], head("one at a time")),
	}
	if boxes := keys["boxes"]; boxes != nil && !isNull(boxes) {
		t.Boxes = r.boxes(boxes)
	}
	return t
}

func (r *canvasReader) boxes(n *yaml.Node) []BoxTemplate {
	r.lines[head("boxes")] = n.Line
	if n.Kind != yaml.SequenceNode {
		r.say(head("boxes"), "Boxes are a list: begin each with a hyphen, as in \"- id: problem\".")
		return nil
	}
	nodes := n.Content
	if len(nodes) > BoxLimit {
		r.lines[head("boxes")] = nodes[BoxLimit].Line
		r.say(head("boxes"), "A canvas has at most %d boxes; this has %d. One page that people can talk about has about ten: split it, or leave some out.", BoxLimit, len(nodes))
		nodes = nodes[:BoxLimit]
	}
	var boxes []BoxTemplate
	for i, node := range nodes {
		boxes = append(boxes, r.box(node, i))
	}
	return boxes
}

func (r *canvasReader) box(n *yaml.Node, i int) BoxTemplate {
	at := func(key string) place { return place{item: i, key: key} }
	keys := r.keys(n, at(""), "a box", boxKeys)
	count := func(key string) int {
		if v := r.whole(keys[key], at(key)); v != nil {
			if *v < 1 || *v > GridLimit {
				r.say(at(key), "%q is a whole number from 1 to %d; this is %d.", key, GridLimit, *v)
			}
			return *v
		}
		return 0
	}
	return BoxTemplate{
		ID:       BoxID(r.line(keys["id"], at("id"))),
		Title:    r.line(keys["title"], at("title")),
		Question: r.line(keys["question"], at("question")),
		Help:     r.text(keys["help"], at("help")),
		Where:    GridPlace{Row: count("row"), Column: count("column"), Width: count("width"), Height: count("height")},
		Extra:    r.flag(keys["extra"], at("extra")),
		Heading:  r.flag(keys["heading"], at("heading")),
		Goal:     r.flag(keys["goal"], at("goal")),
		Metric:   r.flag(keys["metric"], at("metric")),
	}
}

// check says everything that is wrong with the template.
func (r *canvasReader) check(t CanvasTemplate) {
	if !idPattern.MatchString(string(t.ID)) {
		r.say(head("id"), "The canvas needs an id such as team-charter: %s.", idRule)
	}
	r.checkText(head("name"), t.Name, "name", TemplateNameLimit, CleanLine)
	if !HasVisible(t.Name) {
		r.say(head("name"), "The canvas needs a name.")
	}
	r.checkText(head("about"), t.About, "text about it", AboutLimit, CleanText)
	r.checkText(head("columns"), t.Columns, "noun of the columns", ColumnsNounLimit, CleanLine)
	if len(t.Boxes) == 0 {
		r.say(head("boxes"), "A canvas needs at least one box.")
	}
	placed := 0
	for i, box := range t.Boxes {
		if box.Where.Row > 0 {
			placed++
		}
		if !r.wrong(place{item: i}) {
			r.checkBox(t, i, box)
		}
	}
	if placed > 0 && placed < len(t.Boxes) {
		r.say(head("boxes"), "%d of the %d boxes have a row. Give one to each, or to none: then they are laid out three beside each other.", placed, len(t.Boxes))
		return
	}
	if placed > 0 && len(r.mistakes) == 0 {
		r.checkOverlaps(t)
	}
}

func (r *canvasReader) checkBox(t CanvasTemplate, i int, box BoxTemplate) {
	at := func(key string) place { return place{item: i, key: key} }
	if !idPattern.MatchString(string(box.ID)) {
		r.say(at("id"), "Box %d needs an id such as problem: %s.", i+1, idRule)
	} else if first := slices.IndexFunc(t.Boxes, func(b BoxTemplate) bool { return b.ID == box.ID }); first < i {
		r.say(at("id"), "Two boxes have the id %s; the first is box %d.", box.ID, first+1)
	}
	r.checkText(at("title"), box.Title, "title", BoxTitleLimit, CleanLine)
	if !HasVisible(box.Title) {
		r.say(at("title"), "Box %d needs a title.", i+1)
	}
	r.checkText(at("question"), box.Question, "question", QuestionLimit, CleanLine)
	if !HasVisible(box.Question) {
		r.say(at("question"), "Box %d needs a question: what is asked of those who fill it.", i+1)
	}
	r.checkText(at("help"), box.Help, "help", HelpLimit, CleanText)
	if box.Heading && t.Columns == "" {
		r.say(at("heading"), "Only a canvas with columns has a heading.")
	}
	if slices.ContainsFunc([]string{"row", "column", "width", "height"}, func(key string) bool { return r.wrong(at(key)) }) {
		return
	}
	where := box.Where
	if where.Row == 0 && where != (GridPlace{}) {
		r.say(at("row"), "A box with a column, a width or a height needs a row.")
	}
	if where.Row > 0 && where.Column == 0 {
		r.say(at("column"), "A box with a row needs a column.")
	}
	if where.Row+max(where.Height, 1)-1 > GridLimit || where.Column+max(where.Width, 1)-1 > GridLimit {
		r.say(at("row"), "The box reaches over the end of the page: it has %d rows and %d columns.", GridLimit, GridLimit)
	}
}

// checkOverlaps refuses two boxes in one cell.
func (r *canvasReader) checkOverlaps(t CanvasTemplate) {
	taken := map[[2]int]BoxID{}
	for i, box := range t.Boxes {
		where := sized(box.Where)
		for row := where.Row; row < where.Row+where.Height; row++ {
			for column := where.Column; column < where.Column+where.Width; column++ {
				if other, is := taken[[2]int{row, column}]; is {
					r.say(place{item: i, key: "row"}, "The boxes %s and %s both stand in row %d, column %d.", other, box.ID, row, column)
					return
				}
				taken[[2]int{row, column}] = box.ID
			}
		}
	}
}

// sized gives a place a width and a height.
func sized(p GridPlace) GridPlace {
	p.Width, p.Height = max(p.Width, 1), max(p.Height, 1)
	return p
}

// arranged gives every box its place: those of a template without any three beside
// each other, or below each other in a column.
func arranged(t CanvasTemplate) CanvasTemplate {
	beside := 3
	if t.Columns != "" {
		beside = 1
	}
	for i, box := range t.Boxes {
		if box.Where.Row == 0 {
			box.Where = GridPlace{Row: i/beside + 1, Column: i%beside + 1}
		}
		t.Boxes[i].Where = sized(box.Where)
	}
	return t
}

// CheckCanvasAmong looks at a template beside those that its team keeps, before it
// is saved with them: it takes the place of none that comes with alignbot, there is
// room for it, and no other one has its name.
func CheckCanvasAmong(t CanvasTemplate, own []CanvasTemplate) error {
	c := newChecker()
	c.noun = canvasNoun
	if _, builtIn := FindCanvasTemplate(BuiltInCanvases(), t.ID); builtIn {
		c.say(head("id"), "The id %s belongs to a canvas that comes with alignbot. Give yours another one, such as our-%s.", t.ID, t.ID)
	}
	others := slices.DeleteFunc(slices.Clone(own), func(other CanvasTemplate) bool { return other.ID == t.ID })
	if len(others) >= CanvasTemplateLimit {
		c.say(head(""), "The team keeps %d canvases of its own, and that is the most. Remove one first.", len(others))
	}
	for _, other := range CanvasTemplatesOf(others) {
		if strings.EqualFold(other.Name, t.Name) {
			c.say(head("name"), "There is a canvas called %s already, %s. Give this one another name.", shown(other.Name), other.ID)
		}
	}
	return c.errAt(-1)
}
