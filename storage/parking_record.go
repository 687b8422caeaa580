package storage

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"alignbot/pipeline"
)

// storedParking is why an idea is parked, as it is kept.
type storedParking struct {
	Decision     string `json:"decision"`
	Reason       string `json:"reason"`
	Why          string `json:"why"`
	SupersededBy string `json:"superseded_by,omitempty"`
	Outcome      string `json:"outcome,omitempty"`
	From         string `json:"from,omitempty"`
	Ballot       int    `json:"ballot,omitempty"`
	Day          string `json:"day,omitempty"`
	AskedBy      int    `json:"asked_by,omitempty"`
	Red          string `json:"red,omitempty"`
	Test         string `json:"test,omitempty"` // "PAY-14:2"
	Delivered    string `json:"delivered,omitempty"`
	By           string `json:"by"`
	OnBehalf     string `json:"on_behalf,omitempty"`
	At           int64  `json:"at"`             // Unix ms
	Back         int64  `json:"back,omitempty"` // when it came back, Unix ms
	// Due is the day by which lists order it, in days since 1970: when it came
	// back, else when it is to.
	Due int64 `json:"due,omitempty"`
}

// formatParking gives JSON, "" for nil.
func formatParking(p *pipeline.Parking) string {
	if p == nil {
		return ""
	}
	r := p.Revisit
	stored := storedParking{
		Decision: string(p.Decision), Reason: string(p.Reason), Why: p.Why, From: string(p.From), Ballot: p.Ballot,
		Day: r.Day, AskedBy: r.AskedBy,
		By: p.By, OnBehalf: p.OnBehalf, At: unixMilli(p.At), Back: unixMilli(p.CameBack), Due: dueDay(*p),
	}
	if !p.SupersededBy.IsZero() {
		stored.SupersededBy = p.SupersededBy.String()
	}
	if !p.Outcome.IsZero() {
		stored.Outcome = p.Outcome.String()
	}
	if !r.OutcomeRed.IsZero() {
		stored.Red = r.OutcomeRed.String()
	}
	if t := r.TestPassed; !t.IsZero() {
		stored.Test = t.Idea.String() + ":" + strconv.Itoa(t.Run)
	}
	if !r.Delivered.IsZero() {
		stored.Delivered = r.Delivered.String()
	}
	text, err := json.Marshal(stored)
	if err != nil {
		panic(err) // texts and numbers always have a JSON
	}
	return string(text)
}

// dueBefore limits a list by day to what is due before one, see by_number in the
// scripts.
func dueBefore(day time.Time) string {
	return fmt.Sprintf("(%d", day.Unix()/(24*60*60)<<32)
}

func dueDay(p pipeline.Parking) int64 {
	day := p.CameBack
	if day.IsZero() {
		var err error
		if day, err = time.Parse(time.DateOnly, p.Revisit.Day); err != nil {
			return 0 // it waits for something else
		}
	}
	return day.Unix() / (24 * 60 * 60)
}

// parking reads why an idea is parked; nil where it is not.
func (r *reader) parking(name string) *pipeline.Parking {
	if r.record[name] == "" {
		return nil
	}
	var stored storedParking
	r.json(name, &stored)
	test, run, _ := strings.Cut(stored.Test, ":")
	p := &pipeline.Parking{
		Decision: pipeline.ParkDecision(stored.Decision), Reason: pipeline.ParkReason(stored.Reason), Why: stored.Why,
		SupersededBy: r.keyIn(name, stored.SupersededBy), Outcome: r.nodeIn(name, stored.Outcome),
		From: pipeline.Stage(stored.From), Ballot: stored.Ballot,
		Revisit: pipeline.Revisit{
			Day: stored.Day, AskedBy: stored.AskedBy, OutcomeRed: r.outcomeIn(name, stored.Red),
			TestPassed: pipeline.NamedTest{Idea: r.keyIn(name, test)}, Delivered: r.keyIn(name, stored.Delivered),
		},
		By: stored.By, OnBehalf: stored.OnBehalf, At: timeOf(stored.At), CameBack: timeOf(stored.Back),
	}
	if test != "" {
		var err error
		if p.Revisit.TestPassed.Run, err = strconv.Atoi(run); err != nil {
			r.fail(name)
		}
	}
	return p
}

// keyIn and outcomeIn read a key that stands in a field; "" is none.
func (r *reader) keyIn(name, text string) (key pipeline.Key) {
	if text == "" {
		return key
	}
	key, err := pipeline.ParseKey(text)
	if err != nil {
		r.fail(name)
	}
	return key
}

func (r *reader) outcomeIn(name, text string) (key pipeline.OutcomeKey) {
	if text == "" {
		return key
	}
	key, err := pipeline.ParseOutcomeKey(text)
	if err != nil {
		r.fail(name)
	}
	return key
}
