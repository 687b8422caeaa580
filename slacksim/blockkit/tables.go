package blockkit

import "unicode/utf8"

// Tables and charts: reference/block-kit/blocks/{table,data-table,data-visualization}-block.

// cellKinds are the cells of table and data_table.
var cellKinds = map[string]kind{
	"raw_text":   {on: everywhere, props: []prop{req("text", str(1, 0))}},
	"raw_number": {on: everywhere, props: []prop{req("value", number), opt("text", str(1, 0))}},
	"rich_text":  {on: everywhere, props: []prop{req("elements", richElements), opt("block_id", id)}},
	"action_cell": {on: everywhere, props: []prop{
		req("element", element(types("button"))),
		opt("fallback", cell("raw_text", "raw_number")),
	}},
}

func cell(types ...string) rule {
	return func(c *check, at string, v any) { c.typed(at, v, c.cells, types) }
}

// tableText limits the characters in all tables of one type in a message together.
func tableText(max int) rule {
	return func(c *check, at string, v any) {
		before := c.tableText[c.within]
		c.tableText[c.within] += textLength(v.(object)["rows"])
		if before <= max && c.tableText[c.within] > max {
			c.failed(at+"/rows", limit("max_length", max), "must be less than %d characters", max+1)
		}
	}
}

func sameLengthRows(c *check, at string, v any) {
	rows, _ := v.(object)["rows"].([]any)
	for i, row := range rows {
		first, _ := rows[0].([]any)
		cells, isList := row.([]any)
		if isList && len(cells) != len(first) {
			c.failed(pointer(at+"/rows", i), limit("items", len(first)), "all rows must have the same number of cells")
		}
	}
}

func plainHeaderRow(c *check, at string, v any) {
	rows, _ := v.(object)["rows"].([]any)
	if len(rows) == 0 {
		return
	}
	header, _ := rows[0].([]any)
	for i, v := range header {
		if obj, ok := v.(object); ok && obj["type"] != "raw_text" {
			c.failed(pointer(at+"/rows/0", i)+"/type", "enum=raw_text", "header cells must be raw_text")
		}
	}
}

// maxSeries: Slack's page says 6, newer material 12.
const maxSeries = 6

var (
	point  = fields(req("label", str(1, 20)), req("value", number))
	series = fields(req("name", str(1, 20)), req("data", list(1, 20, point)))
	axes   = fields(req("categories", list(1, 20, str(1, 20))), opt("x_label", str(1, 50)), opt("y_label", str(1, 50)))
	plot   = kind{on: everywhere, props: []prop{req("series", list(1, maxSeries, series)), req("axis_config", axes)}, also: []rule{distinctNames, onePointPerCategory}}
)

var chartKinds = map[string]kind{
	"pie":  {on: everywhere, props: []prop{req("segments", list(1, maxSeries, fields(req("label", str(1, 20)), req("value", positive))))}},
	"bar":  plot,
	"area": plot,
	"line": plot,
}

func chart(c *check, at string, v any) { c.typed(at, v, chartKinds, nil) }

func twoCharts(c *check, at string, _ any) {
	if c.charts++; c.charts == 3 {
		c.failed(at, "max_per_message=2", "no more than 2 data_visualization blocks allowed")
	}
}

func distinctNames(c *check, at string, v any) {
	all, _ := v.(object)["series"].([]any)
	seen := map[string]bool{}
	for i, s := range all {
		obj, _ := s.(object)
		name, isString := obj["name"].(string)
		if isString && seen[name] {
			c.failed(pointer(at+"/series", i)+"/name", "unique", "series names must be unique")
		}
		seen[name] = true
	}
}

// onePointPerCategory: categories are unique, and each series has exactly one point for each of them.
func onePointPerCategory(c *check, at string, v any) {
	obj := v.(object)
	config, _ := obj["axis_config"].(object)
	names, _ := config["categories"].([]any)
	categories := map[any]bool{}
	for i, name := range names {
		s, isString := name.(string)
		if isString && categories[s] {
			c.failed(pointer(at+"/axis_config/categories", i), "unique", "categories must be unique")
		}
		categories[s] = true
	}
	all, _ := obj["series"].([]any)
	for i, s := range all {
		one, _ := s.(object)
		data, isList := one["data"].([]any)
		met := map[string]bool{}
		for j, p := range data {
			point, _ := p.(object)
			label, _ := point["label"].(string)
			if !categories[label] || met[label] {
				c.failed(pointer(pointer(at+"/series", i)+"/data", j)+"/label", "one_of=categories", "labels must match the categories, each once")
			}
			met[label] = true
		}
		if isList && len(met) < len(categories) {
			c.failed(pointer(at+"/series", i)+"/data", limit("items", len(categories)), "must have one point for every category")
		}
	}
}

// textLength sums the characters of all texts a reader sees in a decoded value.
func textLength(v any) int {
	n := 0
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			n += textLength(item)
		}
	case object:
		for name, item := range v {
			if s, isString := item.(string); isString {
				if readable[name] {
					n += utf8.RuneCountInString(s)
				}
				continue
			}
			n += textLength(item)
		}
	}
	return n
}

// readable names the string properties that carry words for the reader.
var readable = map[string]bool{"text": true, "alt_text": true, "title": true, "label": true, "caption": true, "fallback": true}
