package pipeline

import (
	"encoding/json"
	"fmt"
	"time"
)

// canvasJSONVersion is that of the shape of CanvasJSON. It grows when something is
// renamed or taken away; what is new alone leaves it as it is.
const canvasJSONVersion = 1

// The shape of CanvasJSON. Left out is what is empty.
type (
	canvasJSON struct {
		Version int                `json:"version"`
		Key     string             `json:"key"`
		Kind    CanvasKind         `json:"kind"`
		Canvas  string             `json:"canvas"` // the name of its kind
		Name    string             `json:"name"`
		Owner   string             `json:"owner"` // user id
		Began   time.Time          `json:"began"`
		Closed  *time.Time         `json:"closed,omitempty"`
		Columns []canvasColumnJSON `json:"columns,omitempty"`
		Boxes   []canvasBoxJSON    `json:"boxes,omitempty"` // of a canvas without columns
	}
	canvasColumnJSON struct {
		Title string          `json:"title"`
		Boxes []canvasBoxJSON `json:"boxes"`
	}
	canvasBoxJSON struct {
		ID        BoxID      `json:"id"`
		Title     string     `json:"title"`
		Text      string     `json:"text"` // "" while it is empty
		Risk      Risk       `json:"risk,omitempty"`
		By        string     `json:"by,omitempty"` // user id
		At        *time.Time `json:"at,omitempty"`
		Confirmed *time.Time `json:"confirmed,omitempty"`
		Outcome   string     `json:"outcome,omitempty"`
		Test      string     `json:"test,omitempty"` // the idea with the Test Card
	}
)

// CanvasJSON writes a canvas for other programs, as an object with "version": 1.
func CanvasJSON(c Canvas) ([]byte, error) {
	shape := canvasJSON{
		Version: canvasJSONVersion, Key: c.Key().String(), Kind: c.Kind, Canvas: c.Template().Name,
		Name: c.Name, Owner: c.Owner, Began: c.Began, Closed: timeShape(c.Closed),
	}
	for _, column := range c.Columns {
		shape.Columns = append(shape.Columns, canvasColumnJSON{Title: c.ColumnTitle(column), Boxes: c.boxShapes(column)})
	}
	if c.Template().Columns == "" {
		shape.Boxes = c.boxShapes(0)
	}
	text, err := json.MarshalIndent(shape, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("canvas %s as JSON: %w", c.Key(), err)
	}
	return append(text, '\n'), nil
}

func (c Canvas) boxShapes(column int) []canvasBoxJSON {
	var shapes []canvasBoxJSON
	for _, place := range c.Places() {
		if place.Column != column {
			continue
		}
		box := place.Box
		shape := canvasBoxJSON{ID: place.Template.ID, Title: place.Template.Title, Text: box.Text, Risk: box.Risk, By: box.By, At: timeShape(box.At), Confirmed: timeShape(box.Confirmed)}
		if !box.Outcome.IsZero() {
			shape.Outcome = box.Outcome.String()
		}
		if !box.Test.Idea.IsZero() {
			shape.Test = box.Test.Idea.String()
		}
		shapes = append(shapes, shape)
	}
	return shapes
}

func timeShape(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
