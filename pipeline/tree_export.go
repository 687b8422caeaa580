package pipeline

import (
	"encoding/json"
	"fmt"
)

// treeVersion is that of the shape of TreeJSON. It grows when something is
// renamed or taken away; what is new alone leaves it as it is.
const treeVersion = 1

// The shape of TreeJSON. Left out is what is empty.
type (
	treeJSON struct {
		Version int          `json:"version"`
		Team    TeamKey      `json:"team"`
		View    TreeView     `json:"view"`
		Roots   []branchJSON `json:"roots"`
		Orphans *ideasJSON   `json:"orphans,omitempty"` // ideas without a link
	}
	branchJSON struct {
		Key        string        `json:"key,omitempty"` // none of an actor
		Kind       BranchKind    `json:"kind"`
		Words      string        `json:"words"`
		Number     string        `json:"number,omitempty"`     // "120 calls, target 80"
		Progress   string        `json:"progress,omitempty"`   // in words
		Share      *float64      `json:"share,omitempty"`      // of the way, 1 at the target
		Light      Light         `json:"light,omitempty"`      // "green", "yellow" or "red"
		Confidence string        `json:"confidence,omitempty"` // the light in words
		Age        string        `json:"age,omitempty"`
		Horizon    Horizon       `json:"horizon,omitempty"`
		Result     OutcomeResult `json:"result,omitempty"` // once it is closed
		Marks      []string      `json:"marks,omitempty"`
		Ideas      *ideasJSON    `json:"ideas,omitempty"` // linked to it itself
		IdeasInAll int           `json:"ideas_in_all"`    // those under it too, each once, without parked ones
		Parked     int           `json:"parked_in_all,omitempty"`
		Children   []branchJSON  `json:"children,omitempty"`
	}
	ideasJSON struct {
		Count  int           `json:"count"`
		Stages map[Stage]int `json:"stages"`
		Newest []ideaJSON    `json:"newest,omitempty"` // a few, the newest first
		Moved  int           `json:"moved,omitempty"`  // of Asked, see HitRate
		Asked  int           `json:"asked,omitempty"`
	}
	ideaJSON struct {
		Key   string `json:"key"`
		Title string `json:"title"`
		Stage Stage  `json:"stage"`
	}
)

// TreeJSON writes a tree for other programs, as an object with "version": 1.
func TreeJSON(t Tree) ([]byte, error) {
	shape := treeJSON{Version: treeVersion, Team: t.Team, View: t.View, Roots: make([]branchJSON, 0, len(t.Roots)), Orphans: ideasShape(t.Orphans)}
	for _, root := range t.Roots {
		shape.Roots = append(shape.Roots, branchShape(root))
	}
	text, err := json.MarshalIndent(shape, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("tree of %s as JSON: %w", t.Team, err)
	}
	return append(text, '\n'), nil
}

func branchShape(b Branch) branchJSON {
	shape := branchJSON{
		Kind: b.Kind, Words: b.Words, Number: b.Number, Progress: b.Progress.Words, Light: b.Light, Age: b.Age,
		Horizon: b.Horizon, Result: b.Result, Marks: b.Marks(), Ideas: ideasShape(b.Ideas), IdeasInAll: b.InAll, Parked: b.ParkedInAll,
	}
	if !b.Key.IsZero() {
		shape.Key = b.Key.String()
	}
	if b.Progress.Known {
		shape.Share = &b.Progress.Share
	}
	if b.Light != "" {
		shape.Confidence = b.Light.Words()
	}
	for _, child := range b.Children {
		shape.Children = append(shape.Children, branchShape(child))
	}
	return shape
}

func ideasShape(i IdeasOn) *ideasJSON {
	if i.Count() == 0 {
		return nil
	}
	shape := &ideasJSON{Count: i.Count(), Stages: i.Stages, Moved: i.Hits.Moved, Asked: i.Hits.Asked}
	for _, line := range i.Newest {
		shape.Newest = append(shape.Newest, ideaJSON{Key: line.Key.String(), Title: line.Title, Stage: line.Stage})
	}
	return shape
}
