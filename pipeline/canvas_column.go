package pipeline

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A GO Product Roadmap has a column for each release; a team's own canvas may have
// columns of another noun.

// AddColumn adds an empty column at the right end. The canvas's LastColumn is its id.
func AddColumn(policy Policy, p Person, where Where, c Canvas, now time.Time) (Canvas, Event, error) {
	if err := mayChangeColumns(policy, p, where, c); err != nil {
		return c, Event{}, err
	}
	noun := c.Template().Columns
	if len(c.Columns) >= CanvasColumnsMax {
		return c, Event{}, &Problem{
			Code: "columns-full",
			What: fmt.Sprintf("This canvas has %d columns, and that is the most.", len(c.Columns)),
			Safe: "Nothing was changed.",
			Next: fmt.Sprintf("Remove a %s that is over: what it said stays in the history.", noun),
		}
	}
	before := c
	c.LastColumn++
	c.Columns = append(slices.Clone(c.Columns), c.LastColumn)
	return c.arrange(p, before, ColumnAdded, c.ColumnTitle(c.LastColumn), nil, now)
}

// MoveColumn moves a column by so many places, -1 is one to the left. It stops at
// the ends.
func MoveColumn(policy Policy, p Person, where Where, c Canvas, column, by int, now time.Time) (Canvas, Event, error) {
	i, err := c.columnAt(policy, p, where, column)
	if err != nil {
		return c, Event{}, err
	}
	before := c
	rest := slices.Delete(slices.Clone(c.Columns), i, i+1)
	to := max(0, min(len(rest), i+by))
	if to == i {
		return before, Event{}, nil
	}
	c.Columns = slices.Insert(rest, to, column)
	return c.arrange(p, before, ColumnMoved, before.ColumnTitle(column), nil, now)
}

// RemoveColumn removes a column with its boxes; what they said stays in the history.
func RemoveColumn(policy Policy, p Person, where Where, c Canvas, column int, now time.Time) (Canvas, Event, error) {
	i, err := c.columnAt(policy, p, where, column)
	if err != nil {
		return c, Event{}, err
	}
	before := c
	c.Columns = slices.Delete(slices.Clone(c.Columns), i, i+1)
	c.Boxes = maps.Clone(c.Boxes)
	var emptied []Change
	for _, place := range before.Places() {
		if place.Column == column {
			emptied = append(emptied, boxChanges(place.ID, place.Box, Box{})...)
			delete(c.Boxes, place.ID)
		}
	}
	return c.arrange(p, before, ColumnRemoved, before.ColumnTitle(column), emptied, now)
}

// arrange ends a change of the columns.
func (c Canvas) arrange(p Person, before Canvas, what What, about string, emptied []Change, now time.Time) (Canvas, Event, error) {
	c.Changed = now
	return c, Event{At: now, By: p.ID, What: what, About: about, Changes: append(c.headChanges(before), emptied...)}, nil
}

// columnAt is the place of a column, or why it cannot be changed.
func (c Canvas) columnAt(policy Policy, p Person, where Where, column int) (int, error) {
	if err := mayChangeColumns(policy, p, where, c); err != nil {
		return 0, err
	}
	i := slices.Index(c.Columns, column)
	if i < 0 {
		return 0, &Problem{
			Code: "column-unknown",
			What: fmt.Sprintf("This %s is no longer on the canvas.", c.Template().Columns),
			Safe: "What it said is in the canvas's history.",
			Next: "Open the canvas again and go on from there.",
		}
	}
	return i, nil
}

func mayChangeColumns(policy Policy, p Person, where Where, c Canvas) error {
	if err := mayChangeCanvas(policy, p, where, c); err != nil {
		return err
	}
	if t := c.Template(); t.Columns == "" {
		return &Problem{
			Code: "canvas-without-columns",
			What: fmt.Sprintf("A %s has no columns.", t.Name),
			Safe: "Nothing was changed.",
		}
	}
	return nil
}

// columnsText writes the ids of columns as they stand among changes: "1,3,2".
func columnsText(columns []int) string {
	ids := make([]string, len(columns))
	for i, id := range columns {
		ids[i] = strconv.Itoa(id)
	}
	return strings.Join(ids, ",")
}

// columnsOf is columnsText the other way round; what is no number is left out.
func columnsOf(text string) []int {
	var ids []int
	for word := range strings.SplitSeq(text, ",") {
		if id, err := strconv.Atoi(word); err == nil {
			ids = append(ids, id)
		}
	}
	return ids
}
