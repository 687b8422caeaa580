package pipeline_test

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alignbot/pipeline"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

func wrongFields(err error) []pipeline.Field {
	var p *pipeline.Problem
	if !errors.As(err, &p) {
		return nil
	}
	return slices.Sorted(maps.Keys(p.Fields))
}

func TestCapture(t *testing.T) {
	for name, c := range map[string]struct {
		draft pipeline.Draft
		wrong []pipeline.Field
	}{
		"a title is enough":               {pipeline.Draft{Title: "x"}, nil},
		"a title of 150 characters":       {pipeline.Draft{Title: strings.Repeat("ü", 150)}, nil},
		"one more is too long":            {pipeline.Draft{Title: strings.Repeat("ü", 151)}, []pipeline.Field{pipeline.FieldTitle}},
		"3,000 characters are too long":   {pipeline.Draft{Title: strings.Repeat("x", 3000)}, []pipeline.Field{pipeline.FieldTitle}},
		"no title":                        {pipeline.Draft{}, []pipeline.Field{pipeline.FieldTitle}},
		"a blank title":                   {pipeline.Draft{Title: " \t\u00a0"}, []pipeline.Field{pipeline.FieldTitle}},
		"a title nobody can see":          {pipeline.Draft{Title: "\u200b\u200b"}, []pipeline.Field{pipeline.FieldTitle}},
		"a title of control characters":   {pipeline.Draft{Title: "\x00\x01\x1b"}, []pipeline.Field{pipeline.FieldTitle}},
		"texts of 2,000 characters":       {pipeline.Draft{Title: "x", Problem: strings.Repeat("y", 2000), Evidence: strings.Repeat("z", 2000)}, nil},
		"all that is wrong, at once":      {pipeline.Draft{Problem: strings.Repeat("y", 2001), Measure: strings.Repeat("z", 2001)}, []pipeline.Field{pipeline.FieldMeasure, pipeline.FieldProblem, pipeline.FieldTitle}},
		"a text nobody can see is no one": {pipeline.Draft{Title: "x", Problem: "\u200b"}, nil},
	} {
		idea, err := pipeline.Capture(c.draft, "PAY", "U1", pipeline.Source{}, noon)
		if diff := cmp.Diff(c.wrong, wrongFields(err)); diff != "" {
			t.Errorf("%s: wrong fields (-want +got):\n%s", name, diff)
		}
		if err == nil && (idea.Stage != pipeline.Captured || idea.Author != "U1" || !idea.Created.Equal(noon) || idea.Key.Team != "PAY") {
			t.Errorf("%s: captured as %+v", name, idea)
		}
		if err == nil && strings.Contains(idea.Problem, "\u200b") {
			t.Errorf("%s: problem %q", name, idea.Problem)
		}
	}
}

func TestAWithdrawnIdeaCanOnlyBeBroughtBack(t *testing.T) {
	idea, err := pipeline.Capture(pipeline.Draft{Title: "x"}, "PAY", "U1", pipeline.Source{}, noon)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := pipeline.BringBack(pipeline.Team{}, idea, pipeline.Load{}, false, "U1", noon); err == nil {
		t.Error("an idea that stands was brought back")
	}
	gone, err := pipeline.Withdraw(idea, "U2", noon.Add(time.Hour))
	if err != nil || gone.WithdrawnBy != "U2" || gone.Withdrawn.IsZero() {
		t.Fatalf("withdraw: %+v, %v", gone, err)
	}
	if _, err := pipeline.Edit(gone, pipeline.Draft{Title: "y"}, noon); err == nil {
		t.Error("a withdrawn idea was edited")
	}
	if _, err := pipeline.Withdraw(gone, "U1", noon); err == nil {
		t.Error("a withdrawn idea was withdrawn again")
	}
	back, event, err := pipeline.BringBack(pipeline.Team{}, gone, pipeline.Load{}, true, "U1", noon.Add(2*time.Hour))
	if err != nil || !back.Withdrawn.IsZero() || back.WithdrawnBy != "" || back.Title != "x" || back.Stage != pipeline.Captured {
		t.Errorf("bring back: %+v, %v", back, err)
	}
	if event.What != pipeline.WasBroughtBack || event.By != "U1" || event.To != "" {
		t.Errorf("the event is %+v", event)
	}
}

func TestWhatStoodInTheProductBacklogComesBackWhereThereIsRoom(t *testing.T) {
	team := pipeline.Team{Key: "PAY", Velocity: 5, SoftLimit: 1, HardLimit: 2}
	gone := pipeline.Idea{Key: pipeline.Key{Team: "PAY", Number: 12}, Stage: pipeline.Backlog, Size: 3, Staged: noon, Withdrawn: noon, WithdrawnBy: "U1"}
	later := noon.Add(time.Hour)
	for name, c := range map[string]struct {
		load        pipeline.Load
		toDiscovery bool
		stage       pipeline.Stage // "" where it stays withdrawn
	}{
		"with room":                     {pipeline.Load{Ideas: 2, Sized: 2, Points: 7}, false, pipeline.Backlog},
		"without":                       {pipeline.Load{Ideas: 2, Sized: 2, Points: 8}, false, ""},
		"without, to discovery":         {pipeline.Load{Ideas: 2, Sized: 2, Points: 8}, true, pipeline.Discovery},
		"with room, to discovery again": {pipeline.Load{}, true, pipeline.Discovery},
	} {
		t.Run(name, func(t *testing.T) {
			back, event, err := pipeline.BringBack(team, gone, c.load, c.toDiscovery, "U1", later)
			if c.stage == "" {
				var refused *pipeline.Refusal
				if !errors.As(err, &refused) || len(refused.Lacks) != 1 || refused.Lacks[0].What != pipeline.LackRoom || back.Withdrawn.IsZero() {
					t.Fatalf("it came back: %+v, %v", back, err)
				}
				want := "PAY-12 stays withdrawn: it stood in the Product Backlog, which is full by now. Everything in it is kept. " +
					"To go back there it needs room in the Product Backlog (2.2 sprints of work with this one; the limit is 2). " +
					"It can come back to discovery instead, and take the gates from there; a product owner can override them."
				if err.Error() != want {
					t.Errorf("got  %s\nwant %s", err, want)
				}
				return
			}
			if err != nil || back.Stage != c.stage || !back.Withdrawn.IsZero() {
				t.Fatalf("bring back: %+v, %v", back, err)
			}
			if moved := c.stage == pipeline.Discovery; moved != (event.To == pipeline.Discovery) || moved != back.Staged.Equal(later) {
				t.Errorf("the event is %+v, and it is there since %v", event, back.Staged)
			}
		})
	}
}

func TestEditTellsWhatChanged(t *testing.T) {
	idea, _ := pipeline.Capture(pipeline.Draft{Title: "x", Problem: "p"}, "PAY", "U1", pipeline.Source{}, noon)
	same, err := pipeline.Edit(idea, pipeline.Draft{Title: " x ", Problem: "p\n"}, noon.Add(time.Hour))
	if err != nil || !same.Changed.Equal(noon) {
		t.Errorf("the same words count as a change: %+v, %v", same, err)
	}
	edited, err := pipeline.Edit(idea, pipeline.Draft{Title: "y", Problem: "p", Measure: "m"}, noon.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	want := []pipeline.Change{{Field: pipeline.FieldTitle, From: "x", To: "y"}, {Field: pipeline.FieldMeasure, From: "", To: "m"}}
	if diff := cmp.Diff(want, pipeline.Differences(idea, edited)); diff != "" {
		t.Error(diff)
	}
}

func TestParseTypedKey(t *testing.T) {
	for in, want := range map[string]string{
		"PAY-12": "PAY-12", "pay 12": "PAY-12", "pay12": "PAY-12", "Pay_12": "PAY-12", "PAY–12": "PAY-12", "A1-1": "A1-1", "12": "-12", "#12": "-12",
		"PAY": "", "PAY-0": "", "pay 12 please": "", "": "", "12 months": "", "a12": "",
	} {
		key, err := pipeline.ParseTypedKey(in)
		if (err == nil) != (want != "") || err == nil && key.String() != want {
			t.Errorf("ParseTypedKey(%q) = %v, %v", in, key, err)
		}
	}
}

func TestParseKey(t *testing.T) {
	for in, want := range map[string]string{
		"PAY-12": "PAY-12", " pay-12 ": "PAY-12", "a1-1": "A1-1",
		"PAY": "", "PAY-0": "", "PAY-012": "", "PAY--1": "", "1PAY-1": "", "PAYMENTSX-1": "", "PAY-1234567890": "", "": "", "ＰＡＹ-1": "", "PAY-١": "",
	} {
		key, err := pipeline.ParseKey(in)
		if (err == nil) != (want != "") || err == nil && key.String() != want {
			t.Errorf("ParseKey(%q) = %v, %v", in, key, err)
		}
	}
}
