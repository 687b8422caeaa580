package blockhtml

import (
	"encoding/json"
	"html/template"
	"slices"
	"strconv"
)

type columnSetting struct {
	Align     string `json:"align"`
	IsWrapped bool   `json:"is_wrapped"`
}

// tableCell is a cell of a table or data_table block.
type tableCell struct {
	Type     string          `json:"type"`
	Text     string          `json:"text"`
	Value    *float64        `json:"value"`
	Elements json.RawMessage `json:"elements"`
	Element  *element        `json:"element"`
}

// chart is the drawing of a data_visualization block.
type chart struct {
	Type     string      `json:"type"`
	Segments []dataPoint `json:"segments"`
	Series   []struct {
		Name string      `json:"name"`
		Data []dataPoint `json:"data"`
	} `json:"series"`
	Axis struct {
		Categories []string `json:"categories"`
		XLabel     string   `json:"x_label"`
		YLabel     string   `json:"y_label"`
	} `json:"axis_config"`
}

type dataPoint struct {
	Label string  `json:"label"`
	Value float64 `json:"value"`
}

// table is what the template draws. The first row is the header.
type table struct {
	Caption template.HTML
	Head    []cell
	Rows    [][]cell
}

type cell struct {
	HTML   template.HTML
	Align  string // left, center or right
	Wraps  bool
	Header bool // the cell names its row
	// Share is the cell's part of the largest number in percent, for a bar
	// behind it. Zero draws none.
	Share int
}

func (d *drawing) table(b block) (table, bool) {
	var rows [][]*tableCell
	if json.Unmarshal(b.Rows, &rows) != nil || len(rows) == 0 {
		return table{}, false
	}
	t := table{Caption: template.HTML(lines(b.Caption))}
	for i, row := range rows {
		cells := make([]cell, len(row))
		for j, c := range row {
			cells[j] = cell{HTML: d.cell(b, c), Align: "left", Header: b.Type == "data_table" && j == 0}
			if c != nil && c.Type == "raw_number" {
				cells[j].Align = "right"
			}
			if j < len(b.ColumnSettings) {
				if a := b.ColumnSettings[j].Align; a != "" {
					cells[j].Align = a
				}
				cells[j].Wraps = b.ColumnSettings[j].IsWrapped
			}
		}
		if i == 0 {
			t.Head = cells
		} else {
			t.Rows = append(t.Rows, cells)
		}
	}
	return t, true
}

func (d *drawing) cell(b block, c *tableCell) template.HTML {
	switch {
	case c == nil:
		return ""
	case c.Type == "rich_text":
		return d.richText(c.Elements)
	case c.Type == "action_cell" && c.Element != nil:
		return execute("control", d.control(b, c.Element, false))
	case c.Text == "" && c.Value != nil:
		return template.HTML(number(*c.Value))
	}
	return template.HTML(lines(c.Text))
}

// chartTable turns a chart into the table of its numbers: every value can be
// read, also by a screen reader, and a bar behind a number shows its size.
func chartTable(b block) (table, bool) {
	if b.Chart == nil {
		return table{}, false
	}
	c := b.Chart
	t := table{}
	if b.Title != nil {
		t.Caption = template.HTML(lines(b.Title.Text + " (" + c.Type + " chart, shown as a table)"))
	}
	text := func(s string) cell { return cell{HTML: template.HTML(lines(s)), Align: "left"} }
	largest := 0.0
	for _, s := range c.Segments {
		largest = max(largest, s.Value)
	}
	for _, s := range c.Series {
		for _, p := range s.Data {
			largest = max(largest, p.Value)
		}
	}
	amount := func(v float64) cell {
		out := cell{HTML: template.HTML(number(v)), Align: "right"}
		if largest > 0 && v > 0 {
			out.Share = int(v / largest * 100)
		}
		return out
	}
	rowName := func(s string) cell { c := text(s); c.Header = true; return c }
	if len(c.Segments) > 0 {
		t.Head = []cell{text("Segment"), {HTML: "Value", Align: "right"}}
		for _, s := range c.Segments {
			t.Rows = append(t.Rows, []cell{rowName(s.Label), amount(s.Value)})
		}
		return t, true
	}
	x := c.Axis.XLabel
	if x == "" {
		x = "Category"
	}
	t.Head = []cell{text(x)}
	for _, s := range c.Series {
		name := s.Name
		if c.Axis.YLabel != "" {
			name += " (" + c.Axis.YLabel + ")"
		}
		t.Head = append(t.Head, cell{HTML: template.HTML(lines(name)), Align: "right"})
	}
	for _, category := range c.Axis.Categories {
		row := []cell{rowName(category)}
		for _, s := range c.Series {
			if i := slices.IndexFunc(s.Data, func(p dataPoint) bool { return p.Label == category }); i >= 0 {
				row = append(row, amount(s.Data[i].Value))
			} else {
				row = append(row, cell{Align: "right"})
			}
		}
		t.Rows = append(t.Rows, row)
	}
	return t, true
}

func number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
