package storage

import (
	"encoding/json"
	"time"

	"alignbot/pipeline"
)

// storedEffect is what an idea is expected to change, as it is kept.
type storedEffect struct {
	Expected string   `json:"expected"`
	Node     string   `json:"node,omitempty"`
	Day      string   `json:"day"`
	Asked    int64    `json:"asked,omitempty"` // Unix ms
	Answer   string   `json:"answer,omitempty"`
	Again    int      `json:"again,omitempty"`
	Value    *float64 `json:"value,omitempty"`
	Note     string   `json:"note,omitempty"`
	By       string   `json:"by,omitempty"`
	At       int64    `json:"at,omitempty"` // Unix ms
	// Due is the day by which lists order it, in days since 1970.
	Due int64 `json:"due,omitempty"`
}

// formatEffect gives JSON, "" for nil.
func formatEffect(e *pipeline.Effect) string {
	if e == nil {
		return ""
	}
	stored := storedEffect{
		Expected: e.Expected, Node: formatNode(e.Node), Day: e.Day, Asked: unixMilli(e.AskedAt), Answer: string(e.Answer),
		Again: e.Again, Value: e.Value, Note: e.Note, By: e.By, At: unixMilli(e.At),
	}
	if day, err := time.Parse(time.DateOnly, e.Day); err == nil {
		stored.Due = day.Unix() / (24 * 60 * 60)
	}
	text, err := json.Marshal(stored)
	if err != nil {
		panic(err) // rules let no number pass that is none
	}
	return string(text)
}

func (r *reader) effect(name string) *pipeline.Effect {
	if r.record[name] == "" {
		return nil
	}
	var stored storedEffect
	r.json(name, &stored)
	return &pipeline.Effect{
		Expected: stored.Expected, Node: r.nodeIn(name, stored.Node), Day: stored.Day, AskedAt: timeOf(stored.Asked),
		Answer: pipeline.EffectAnswer(stored.Answer), Again: stored.Again, Value: stored.Value, Note: stored.Note,
		By: stored.By, At: timeOf(stored.At),
	}
}
