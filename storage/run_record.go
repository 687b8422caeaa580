package storage

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"alignbot/pipeline"
)

// This file turns runs and their summaries into stored records and back.

type storedAnswer struct {
	Value    string `json:"value"`
	Why      string `json:"why,omitempty"`
	Seconds  *int   `json:"seconds,omitempty"`
	Severity *int   `json:"severity,omitempty"`
	By       string `json:"by"`
	At       int64  `json:"at"` // Unix ms, as all times here
}

type storedAmendment struct {
	Item string `json:"item"`
	From string `json:"from"`
	To   string `json:"to"`
	Why  string `json:"why"`
	By   string `json:"by"`
	At   int64  `json:"at"`
}

type storedObservation struct {
	Value  string `json:"value"`
	Points int    `json:"points,omitempty"`
	Note   string `json:"note,omitempty"`
	By     string `json:"by"`
	At     int64  `json:"at"`
}

type storedLesson struct {
	Decision string `json:"decision"`
	By       string `json:"by"`
	At       int64  `json:"at"`
}

type storedSummary struct {
	Template string       `json:"template"`
	Name     string       `json:"name,omitempty"`
	Use      string       `json:"use"`
	Form     string       `json:"form,omitempty"`
	Title    string       `json:"title,omitempty"`
	Answered int          `json:"answered,omitempty"`
	Of       int          `json:"of,omitempty"`
	Lacks    []string     `json:"lacks,omitempty"`
	Verdict  string       `json:"verdict,omitempty"`
	Because  string       `json:"because,omitempty"`
	Live     []storedItem `json:"live,omitempty"`
	Deadline int64        `json:"deadline,omitempty"`
	Owner    string       `json:"owner,omitempty"`
	Running  bool         `json:"running,omitempty"`
	Decision string       `json:"decision,omitempty"`
	LastBy   string       `json:"last_by,omitempty"`
	Last     int64        `json:"last,omitempty"`
}

// jsonText is JSON, "" for what is empty.
func jsonText(v any, empty bool) (string, error) {
	if empty {
		return "", nil
	}
	text, err := json.Marshal(v)
	return string(text), err
}

// runGiven are the fields of a run that stay as it began.
func runGiven(run pipeline.Run) ([]field, error) {
	template, err := templateText(run.Template)
	return []field{
		{"template", template},
		{"began", formatTime(run.Began)},
		{"began_by", run.BeganBy},
	}, err
}

// runChangeable are the fields of a run that its rules can change.
func runChangeable(run pipeline.Run) ([]field, error) {
	answers := make(map[string]storedAnswer, len(run.Answers))
	for key, a := range run.Answers {
		answers[string(key)] = storedAnswer{
			Value: a.Value, Why: a.Why, Seconds: a.Seconds, Severity: a.Severity, By: a.By, At: unixMilli(a.At),
		}
	}
	var amendments []storedAmendment
	for _, a := range run.Amendments {
		amendments = append(amendments, storedAmendment{
			Item: string(a.Item), From: a.From, To: a.To, Why: a.Why, By: a.By, At: unixMilli(a.At),
		})
	}
	var observation storedObservation
	if o := run.Observation; o != nil {
		observation = storedObservation{Value: o.Value, Points: o.Points, Note: o.Note, By: o.By, At: unixMilli(o.At)}
	}
	var lesson storedLesson
	if l := run.Lesson; l != nil {
		lesson = storedLesson{Decision: string(l.Decision), By: l.By, At: unixMilli(l.At)}
	}
	tests := make([]string, len(run.Tests))
	for i, test := range run.Tests {
		tests[i] = strconv.Itoa(test)
	}
	fields := []field{
		{"form", string(run.Form)},
		{"started", formatTime(run.Started)},
		{"started_by", run.StartedBy},
		{"tests", strings.Join(tests, ",")},
	}
	for _, f := range []struct {
		name  string
		value any
		empty bool
	}{
		{"answers", answers, len(answers) == 0},
		{"amendments", amendments, len(amendments) == 0},
		{"observation", observation, run.Observation == nil},
		{"lesson", lesson, run.Lesson == nil},
	} {
		text, err := jsonText(f.value, f.empty)
		if err != nil {
			return nil, err
		}
		fields = append(fields, field{f.name, text})
	}
	return fields, nil
}

// runOf reads a run. A record without a template has that of before.
func runOf(record map[string]string, before pipeline.Template) (pipeline.Run, error) {
	r := reader{record: record}
	run := pipeline.Run{
		Idea:      r.key("idea"),
		ID:        int(r.int("id")),
		Template:  before,
		Form:      pipeline.Form(record["form"]),
		Began:     r.time("began"),
		BeganBy:   record["began_by"],
		Started:   r.time("started"),
		StartedBy: record["started_by"],
		Version:   r.int("version"),
	}
	if text := record["template"]; text != "" {
		var err error
		if run.Template, err = templateOf(text); err != nil {
			return run, err
		}
	}
	var answers map[string]storedAnswer
	var amendments []storedAmendment
	var observation storedObservation
	var lesson storedLesson
	r.json("answers", &answers)
	r.json("amendments", &amendments)
	r.json("observation", &observation)
	r.json("lesson", &lesson)
	if len(answers) > 0 {
		run.Answers = make(map[pipeline.AnswerKey]pipeline.Answer, len(answers))
	}
	for key, a := range answers {
		run.Answers[pipeline.AnswerKey(key)] = pipeline.Answer{
			Value: a.Value, Why: a.Why, Seconds: a.Seconds, Severity: a.Severity, By: a.By, At: timeOf(a.At),
		}
	}
	for _, a := range amendments {
		run.Amendments = append(run.Amendments, pipeline.Amendment{
			Item: pipeline.ItemID(a.Item), From: a.From, To: a.To, Why: a.Why, By: a.By, At: timeOf(a.At),
		})
	}
	if o := observation; record["observation"] != "" {
		run.Observation = &pipeline.Observation{Value: o.Value, Points: o.Points, Note: o.Note, By: o.By, At: timeOf(o.At)}
	}
	if l := lesson; record["lesson"] != "" {
		run.Lesson = &pipeline.Lesson{Decision: pipeline.Learning(l.Decision), By: l.By, At: timeOf(l.At)}
	}
	for _, test := range splitList(record["tests"]) {
		n, err := strconv.Atoi(test)
		if err != nil {
			r.fail("tests")
		}
		run.Tests = append(run.Tests, n)
	}
	return run, r.err
}

func summaryText(s pipeline.RunSummary) (string, error) {
	text, err := json.Marshal(storedSummary{
		Template: string(s.Template), Name: s.Name, Use: string(s.Use), Form: string(s.Form), Title: s.Title,
		Answered: s.Answered, Of: s.Of, Lacks: s.Lacks, Verdict: string(s.Verdict), Because: s.Because,
		Live: storedItems(s.Live), Deadline: unixMilli(s.Deadline), Owner: s.Owner, Running: s.Running,
		Decision: string(s.Decision), LastBy: s.LastBy, Last: unixMilli(s.Last),
	})
	return string(text), err
}

func summaryOf(id, text string) (pipeline.RunSummary, error) {
	var s storedSummary
	n, err := strconv.Atoi(id)
	if err == nil {
		err = json.Unmarshal([]byte(text), &s)
	}
	if err != nil {
		return pipeline.RunSummary{}, fmt.Errorf("the stored summary of run %q cannot be read: %w", id, err)
	}
	return pipeline.RunSummary{
		ID: n, Template: pipeline.TemplateID(s.Template), Name: s.Name, Use: pipeline.Use(s.Use), Form: pipeline.Form(s.Form),
		Title: s.Title, Answered: s.Answered, Of: s.Of, Lacks: s.Lacks, Verdict: pipeline.Verdict(s.Verdict), Because: s.Because,
		Live: itemsOf(s.Live), Deadline: timeOf(s.Deadline), Owner: s.Owner, Running: s.Running,
		Decision: pipeline.Learning(s.Decision), LastBy: s.LastBy, Last: timeOf(s.Last),
	}, nil
}

// unixMilli and timeOf turn times into Unix milliseconds and back; 0 is the
// zero time.
func unixMilli(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func timeOf(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
