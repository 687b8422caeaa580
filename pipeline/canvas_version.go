package pipeline

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/rivo/uniseg"
)

// Each change of a canvas is a line of its history, and the version of a canvas that
// people speak of is the number of a line: version 3 is what the canvas was after its
// third line. Each line has what a box said before and after, so that the difference
// of two versions is in the lines between them.

// CanvasSpan sums up lines of a canvas's history that follow each other.
type CanvasSpan struct {
	// from is what a field was before the first change of it, to what it was after
	// the last.
	from, to map[Field]string
	fields   []Field // in the order in which they first changed
}

// Add adds the next line.
func (s *CanvasSpan) Add(line Event) {
	if s.from == nil {
		s.from, s.to = map[Field]string{}, map[Field]string{}
	}
	for _, change := range line.Changes {
		if _, known := s.from[change.Field]; !known {
			s.from[change.Field] = change.From
			s.fields = append(s.fields, change.Field)
		}
		s.to[change.Field] = change.To
	}
}

// CanvasDifference is how a box, the name, the owner or the columns differ between
// two versions of a canvas.
type CanvasDifference struct {
	// Field is the box's id, or FieldCanvasName, FieldCanvasOwner, FieldCanvasColumns.
	Field Field
	// Title of the box, or what the field is called.
	Title string
	// From and To are what it said; "" where it was empty. Of columns they are their
	// titles by now, of the owner a user id.
	From, To string
	// RiskFrom and RiskTo are the marks of an assumption.
	RiskFrom, RiskTo Risk
}

// Differences gives what differs, first what is about the canvas as a whole, then the
// boxes in the order of the canvas, then those that are gone. c is the canvas by now.
func (s CanvasSpan) Differences(c Canvas) []CanvasDifference {
	var all []CanvasDifference
	add := func(d CanvasDifference) {
		if d.From != d.To || d.RiskFrom != d.RiskTo {
			all = append(all, d)
		}
	}
	add(CanvasDifference{Field: FieldCanvasName, Title: "Name", From: s.from[FieldCanvasName], To: s.to[FieldCanvasName]})
	add(CanvasDifference{Field: FieldCanvasOwner, Title: "Owner", From: s.from[FieldCanvasOwner], To: s.to[FieldCanvasOwner]})
	add(CanvasDifference{
		Field: FieldCanvasColumns, Title: "Columns",
		From: c.columnTitles(s.from[FieldCanvasColumns]), To: c.columnTitles(s.to[FieldCanvasColumns]),
	})
	box := func(id BoxID, title string) {
		add(CanvasDifference{
			Field: Field(id), Title: title, From: s.from[Field(id)], To: s.to[Field(id)],
			RiskFrom: Risk(s.from[riskOf(id)]), RiskTo: Risk(s.to[riskOf(id)]),
		})
	}
	there := map[BoxID]bool{}
	for _, place := range c.Places() {
		there[place.ID] = true
		box(place.ID, place.Title)
	}
	seen := map[BoxID]bool{boxOfField(FieldCanvasName): true, boxOfField(FieldCanvasOwner): true, boxOfField(FieldCanvasColumns): true}
	for _, field := range s.fields {
		id := boxOfField(field)
		if there[id] || seen[id] {
			continue
		}
		seen[id] = true
		box(id, s.titleOfGone(c, id))
	}
	return all
}

// boxOfField gives the box that a change is about: that of its text or of its mark.
func boxOfField(f Field) BoxID { return BoxID(strings.TrimSuffix(string(f), " risk")) }

// titleOfGone names a box whose column was removed, and the column by what its heading
// said, as far as the lines tell.
func (s CanvasSpan) titleOfGone(c Canvas, id BoxID) string {
	row, column := id.Split()
	t := c.Template()
	title, name := string(row), fmt.Sprintf("a %s that was removed", t.Columns)
	for _, box := range t.Boxes {
		if box.ID == row {
			title = box.Title
		}
		heading := Field(box.ID.In(column))
		if said := cmp.Or(s.to[heading], s.from[heading]); box.Heading && said != "" {
			name = Cut(CleanLine(said), columnTitleLimit)
		}
	}
	return fmt.Sprintf("%s of %s", title, name)
}

// columnTitles writes columns, as they stand among changes, by their titles.
func (c Canvas) columnTitles(ids string) string {
	var titles []string
	for _, id := range columnsOf(ids) {
		if slices.Contains(c.Columns, id) {
			titles = append(titles, c.ColumnTitle(id))
		} else {
			titles = append(titles, fmt.Sprintf("a removed %s", c.Template().Columns))
		}
	}
	return strings.Join(titles, ", ")
}

// Words of a difference between two texts.
type (
	// DiffWords are neighbouring words that stayed, came or went.
	DiffWords struct {
		Kind DiffKind
		Text string
	}
	// DiffKind tells what became of words.
	DiffKind int
)

// The kinds of a difference.
const (
	DiffSame DiffKind = iota
	DiffRemoved
	DiffAdded
)

// diffWordsMax bounds the work: of longer texts what lies between their common
// beginning and end is shown as removed and added in one piece.
const diffWordsMax = 2000

// DiffTexts compares two texts word by word. The words that stayed and those that
// went, joined, are the first text; those that stayed and those that came the second.
func DiffTexts(from, to string) []DiffWords {
	a, b := unicodeWords(from), unicodeWords(to)
	begin := 0
	for begin < min(len(a), len(b)) && a[begin] == b[begin] {
		begin++
	}
	end := 0
	for end < min(len(a), len(b))-begin && a[len(a)-1-end] == b[len(b)-1-end] {
		end++
	}
	var d differ
	d.add(DiffSame, a[:begin]...)
	d.between(a[begin:len(a)-end], b[begin:len(b)-end])
	d.add(DiffSame, a[len(a)-end:]...)
	return d.words
}

// unicodeWords takes a text apart where Unicode ends its words: also Chinese, where no
// space does. What ends up between words is a word of its own.
func unicodeWords(text string) []string {
	var words []string
	state := -1
	for text != "" {
		var word string
		word, text, state = uniseg.FirstWordInString(text, state)
		words = append(words, word)
	}
	return words
}

// differ collects words, neighbours of one kind in one piece.
type differ struct{ words []DiffWords }

func (d *differ) add(kind DiffKind, words ...string) {
	text := strings.Join(words, "")
	if text == "" {
		return
	}
	if last := len(d.words) - 1; last >= 0 && d.words[last].Kind == kind {
		d.words[last].Text += text
		return
	}
	d.words = append(d.words, DiffWords{Kind: kind, Text: text})
}

// between compares what lies between the common beginning and end: it keeps the most
// words that stand in both in the same order.
func (d *differ) between(a, b []string) {
	if len(a) > diffWordsMax || len(b) > diffWordsMax || len(a) == 0 || len(b) == 0 {
		d.add(DiffRemoved, a...)
		d.add(DiffAdded, b...)
		return
	}
	// kept[i][j] is how many words a[i:] and b[j:] can keep.
	kept := make([][]int16, len(a)+1)
	for i := range kept {
		kept[i] = make([]int16, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				kept[i][j] = kept[i+1][j+1] + 1
			} else {
				kept[i][j] = max(kept[i+1][j], kept[i][j+1])
			}
		}
	}
	i, j := 0, 0
	var removed, added []string
	flush := func() {
		d.add(DiffRemoved, removed...)
		d.add(DiffAdded, added...)
		removed, added = nil, nil
	}
	for i < len(a) && j < len(b) {
		switch {
		case a[i] == b[j]:
			flush()
			d.add(DiffSame, a[i])
			i, j = i+1, j+1
		case kept[i+1][j] >= kept[i][j+1]:
			removed = append(removed, a[i])
			i++
		default:
			added = append(added, b[j])
			j++
		}
	}
	removed, added = append(removed, a[i:]...), append(added, b[j:]...)
	flush()
}
