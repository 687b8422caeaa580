package pipeline_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"alignbot/pipeline"

	"github.com/google/go-cmp/cmp"
)

func teamAsked(t *testing.T, questions ...string) pipeline.HealthAsk {
	t.Helper()
	a, err := pipeline.AskHealth(pipeline.Policy{}, healthMember, healthWhere(), pipeline.HealthAskForm{Questions: questions, Days: "3"}, healthNow)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestAskingATeam(t *testing.T) {
	a := teamAsked(t, "slack", "refined")
	want := pipeline.HealthAsk{
		Team: "PAY", Questions: []string{"refined", "slack"}, Started: healthNow, StartedBy: "UMEMBER",
		Deadline: time.Date(2026, 11, 25, 17, 0, 0, 0, time.UTC),
	}
	if diff := cmp.Diff(want, a); diff != "" {
		t.Errorf("asked (-want +got):\n%s", diff)
	}
	for name, questions := range map[string][]string{
		"none": nil, "an unknown one": {"slack", "weather"}, "too many": {"refined", "refinement", "worth", "no", "here", "solution", "expert"},
	} {
		_, err := pipeline.AskHealth(pipeline.Policy{}, healthMember, healthWhere(), pipeline.HealthAskForm{Questions: questions}, healthNow)
		var problem *pipeline.Problem
		if !errors.As(err, &problem) || problem.Fields[pipeline.FieldReady] == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := pipeline.AskHealth(pipeline.Policy{}, pipeline.Person{ID: "U1", Guest: true}, healthWhere(), pipeline.HealthAskForm{Questions: []string{"slack"}}, healthNow); err == nil {
		t.Error("a guest asks the team")
	}
}

func TestAnAnswerIsTakenInTimeAndIfItIsAsked(t *testing.T) {
	a := teamAsked(t, "slack")
	for name, c := range map[string]struct {
		question string
		answer   int
		at       time.Time
		ok       bool
	}{
		"the first":         {"slack", 0, healthNow, true},
		"the last":          {"slack", 2, a.Deadline.Add(-time.Second), true},
		"none there":        {"slack", 3, healthNow, false},
		"below":             {"slack", -1, healthNow, false},
		"not asked":         {"goals", 0, healthNow, false},
		"at the deadline":   {"slack", 0, a.Deadline, false},
		"an unknown string": {"weather", 0, healthNow, false},
	} {
		err := pipeline.CheckHealthAnswer(pipeline.Policy{}, healthMember, healthWhere(), a, c.question, c.answer, c.at)
		if (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNothingIsShownUnderFourAnswers(t *testing.T) {
	a := teamAsked(t, "refined", "slack", "goals")
	closed, err := pipeline.CloseHealthAsk(pipeline.Policy{}, nil, healthWhere(), a, map[string][]int{"refined": {0, 0, 0, 1, 0, 0, 0, 1}, "slack": {2, 2, 2}}, a.Deadline.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if !closed.Closed.Equal(a.Deadline) || closed.ClosedBy != "" {
		t.Errorf("closed at %v by %q", closed.Closed, closed.ClosedBy)
	}
	want := []pipeline.HealthSpread{{Answers: 8, Counts: []int{6, 2, 0}}, {}, {Answers: 3}}
	if diff := cmp.Diff(want, closed.Spreads); diff != "" {
		t.Errorf("spreads (-want +got):\n%s", diff)
	}
	report := pipeline.ReportHealth(healthCase{facts: ready(42)}.made(), pipeline.HealthRules{}, closed.Closed)
	var lines []string
	for _, felt := range report.Beside(closed, closed.Closed) {
		lines = append(lines, felt.Question.ID+": "+felt.Said+". "+felt.Measured)
	}
	wantLines := []string{
		"refined: 6 of 8 say “Too little” and 2 “About right”. The data say: 4.2 sprints of refined work, right.",
		"goals: nobody answered. ",
		"slack: nothing is shown under 4 answers. The data say nothing yet.",
	}
	if diff := cmp.Diff(wantLines, lines); diff != "" {
		t.Errorf("side by side (-want +got):\n%s", diff)
	}
	if old := report.Beside(closed, closed.Closed.AddDate(0, 0, 91)); old != nil {
		t.Errorf("shown after 91 days: %v", old)
	}
	if _, err := pipeline.CloseHealthAsk(pipeline.Policy{}, nil, healthWhere(), closed, nil, closed.Closed); err == nil {
		t.Error("closed twice")
	}
}

func TestWhatIsMeasuredStandsBesideWhatIsSaid(t *testing.T) {
	a := teamAsked(t, "slack")
	closed, err := pipeline.CloseHealthAsk(pipeline.Policy{}, &healthMember, healthWhere(), a, map[string][]int{"slack": {0, 0, 0, 0}}, healthNow)
	if err != nil || closed.ClosedBy != "UMEMBER" {
		t.Fatalf("closed by %q, %v", closed.ClosedBy, err)
	}
	r := pipeline.ReportHealth(healthCase{facts: planned(20, 20)}.made(), pipeline.HealthRules{}, healthNow)
	felt := r.Beside(closed, healthNow)
	if len(felt) != 1 || felt[0].Said != "4 of 4 say “Real”" || !strings.Contains(felt[0].Measured, "20 of 20 points") {
		t.Errorf("side by side: %+v", felt)
	}
	r = pipeline.ReportHealth(healthCase{facts: planned(10, 20)}.made(), pipeline.HealthRules{}, healthNow)
	if felt := r.Beside(closed, healthNow); felt[0].Measured != "The data show nothing of it." {
		t.Errorf("measured: %q", felt[0].Measured)
	}
}

func TestWhoClosesARoundEarly(t *testing.T) {
	a := teamAsked(t, "slack")
	for person, ok := range map[*pipeline.Person]bool{&healthMember: true, &healthOwner: true, &healthAdmin: true, {ID: "UOTHER"}: false} {
		if _, err := pipeline.CloseHealthAsk(pipeline.Policy{}, person, healthWhere(), a, nil, healthNow); (err == nil) != ok {
			t.Errorf("%s: %v", person.ID, err)
		}
	}
	if _, err := pipeline.CloseHealthAsk(pipeline.Policy{}, nil, healthWhere(), a, nil, healthNow); err == nil {
		t.Error("closed by nobody before its deadline")
	}
}
