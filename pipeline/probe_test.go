package pipeline_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alignbot/pipeline"
)

func TestTheWeekOfAProbe(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for at, want := range map[string]string{
		"2026-11-22T22:59:59Z": "2026-11-16", // Sunday in Berlin, too
		"2026-11-22T23:00:00Z": "2026-11-23", // Monday in Berlin
		"2026-11-23T12:00:00Z": "2026-11-23",
		"2026-11-29T12:00:00Z": "2026-11-23",
		"2027-01-02T12:00:00Z": "2026-12-28",
	} {
		now, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		if got := pipeline.ProbeWeek(now, berlin); got != want {
			t.Errorf("%s is in the week of %s, want %s", at, got, want)
		}
	}
}

// probeNodes are two business and so many product outcomes, PAY-O3 and so on, with an
// opportunity PAY-P1 under PAY-O3.
func probeNodes(products int) pipeline.Nodes {
	nodes := pipeline.Nodes{Outcomes: []pipeline.Outcome{{Key: nodeKey("PAY-O1"), Kind: pipeline.BusinessOutcome}, {Key: nodeKey("PAY-O2"), Closed: noon}}}
	for n := range products {
		nodes.Outcomes = append(nodes.Outcomes, pipeline.Outcome{Key: pipeline.OutcomeKey{Team: "PAY", Number: n + 3}, Statement: fmt.Sprint("Outcome ", n+3)})
	}
	nodes.Opportunities = []pipeline.Opportunity{{Key: nodeKey("PAY-P1"), Parent: nodeKey("PAY-O3")}, {Key: nodeKey("PAY-P2"), Parent: nodeKey("PAY-O9")}}
	return nodes
}

func linkedTo(number int, nodes ...string) pipeline.Idea {
	idea := pipeline.Idea{Key: pipeline.Key{Team: "PAY", Number: number}, Title: "Export", Stage: pipeline.Backlog}
	for _, node := range nodes {
		idea.Outcomes = append(idea.Outcomes, nodeKey(node))
	}
	return idea
}

func TestTheQuestionOfAWeek(t *testing.T) {
	for name, c := range map[string]struct {
		idea    pipeline.Idea
		nodes   pipeline.Nodes
		choices int // 0: nothing is asked
		right   []string
	}{
		"an outcome among three others":       {linkedTo(1, "PAY-O3"), probeNodes(8), 4, []string{"PAY-O3"}},
		"an opportunity is for its outcome":   {linkedTo(1, "PAY-P1"), probeNodes(8), 4, []string{"PAY-O3"}},
		"two outcomes: either is right":       {linkedTo(1, "PAY-O4", "PAY-P1"), probeNodes(8), 4, []string{"PAY-O4", "PAY-O3"}},
		"one other outcome":                   {linkedTo(1, "PAY-O3"), probeNodes(1), 2, []string{"PAY-O3"}},
		"no other outcome is open":            {linkedTo(1, "PAY-O1"), probeNodes(0), 0, nil},
		"all outcomes are right":              {linkedTo(1, "PAY-O1", "PAY-O3"), probeNodes(1), 0, nil},
		"an outcome that is closed":           {linkedTo(1, "PAY-O2"), probeNodes(8), 0, nil},
		"a link to what is not there":         {linkedTo(1, "PAY-O99"), probeNodes(8), 0, nil},
		"an opportunity under nothing":        {linkedTo(1, "PAY-P2"), pipeline.Nodes{Opportunities: probeNodes(0).Opportunities}, 0, nil},
		"no link":                             {linkedTo(1), probeNodes(8), 0, nil},
		"one that is closed and one that not": {linkedTo(1, "PAY-O2", "PAY-O3"), probeNodes(8), 4, []string{"PAY-O3"}},
	} {
		t.Run(name, func(t *testing.T) {
			q, asked := pipeline.AskProbe("U1", "2026-11-23", c.idea, c.nodes)
			if asked != (c.choices > 0) || len(q.Choices) != c.choices {
				t.Fatalf("asked: %v, %+v", asked, q)
			}
			if !asked {
				return
			}
			offered := map[string]bool{}
			for _, choice := range q.Choices {
				offered[choice.Outcome.String()] = true
			}
			if len(offered) != c.choices || !offered[c.right[0]] || offered["PAY-O2"] {
				t.Errorf("offered are %v", offered)
			}
			for answer, want := range map[string]pipeline.ProbeAnswer{"unknown": pipeline.ProbeUnknown, "PAY-O99": "", "": "", "right": "", "PAY-P1": ""} {
				if got, ok := q.Judge(answer); got != want || ok != (want != "") {
					t.Errorf("%q is judged %q", answer, got)
				}
			}
			for key := range offered {
				want := pipeline.ProbeOther
				if slices.Contains(c.right, key) {
					want = pipeline.ProbeRight
				}
				if got, _ := q.Judge(key); got != want {
					t.Errorf("%s is judged %q, want %q", key, got, want)
				}
			}
			for _, key := range c.right {
				if got, _ := q.Judge(key); got != pipeline.ProbeRight {
					t.Errorf("%s is judged %q", key, got)
				}
			}
			if again, _ := pipeline.AskProbe("U1", "2026-11-23", c.idea, c.nodes); !cmp.Equal(again.Choices, q.Choices) {
				t.Error("asked again it is another question")
			}
		})
	}
}

// The right outcome stands in each place about as often, and people and weeks have
// questions of their own.
func TestAQuestionTellsNothingByItsOrder(t *testing.T) {
	places, first := map[int]int{}, map[string]int{}
	var ideas []pipeline.Idea
	for n := range 10 {
		ideas = append(ideas, linkedTo(n+1, "PAY-O3"))
	}
	parked, withdrawn := linkedTo(90, "PAY-O3"), linkedTo(91, "PAY-O3")
	parked.Stage, withdrawn.Withdrawn = pipeline.Parked, noon
	ideas = append(ideas, parked, withdrawn, linkedTo(92), ideas[0])
	for n := range 1000 {
		user, week := fmt.Sprint("U", n%100), fmt.Sprint("week ", n/100)
		order := pipeline.ProbeOrder(user, week, ideas)
		if len(order) != 10 {
			t.Fatalf("of ten ideas %d can be asked about", len(order))
		}
		first[order[0].Key.String()]++
		q, _ := pipeline.AskProbe(user, week, order[0], probeNodes(8))
		places[slices.IndexFunc(q.Choices, func(c pipeline.ProbeChoice) bool { return c.Outcome == nodeKey("PAY-O3") })]++
	}
	for place := range 4 {
		if places[place] < 180 || places[place] > 320 {
			t.Errorf("the right one stands at %v", places)
		}
	}
	if len(first) != 10 {
		t.Errorf("asked about: %v", first)
	}
}

func TestSumsOfAnswers(t *testing.T) {
	week := func(day string, right, other int) pipeline.ProbeSum {
		return pipeline.ProbeSum{Until: day, Right: right, Other: other}
	}
	p := pipeline.Probe{}.Fold([]pipeline.ProbeSum{week("2026-11-09", 2, 1), week("2026-11-02", 4, 0)})
	want := pipeline.Probe{Rounds: []pipeline.ProbeSum{week("2026-11-02", 4, 0)}, Open: week("2026-11-09", 2, 1)}
	if diff := cmp.Diff(want, p); diff != "" {
		t.Fatal(diff)
	}
	// Once is enough, and one answer more makes the open one large enough.
	p = p.Fold([]pipeline.ProbeSum{week("2026-11-09", 2, 1), week("2026-11-16", 0, 1), week("2026-11-23", 1, 0)})
	want = pipeline.Probe{Rounds: []pipeline.ProbeSum{week("2026-11-02", 4, 0), week("2026-11-16", 2, 2)}, Open: week("2026-11-23", 1, 0)}
	if diff := cmp.Diff(want, p); diff != "" {
		t.Fatal(diff)
	}
	for at, want := range map[string]int{"2026-11-02": 0, "2026-11-09": 4, "2026-11-23": 8, "2027-02-01": 8, "2027-02-08": 4, "2027-02-22": 0} {
		if got := p.Share(at).Answers(); got != want {
			t.Errorf("in the week of %s %d answers are told, want %d", at, got, want)
		}
	}
	for n := range 100 {
		day := time.Date(2027, 1, 4+7*n, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
		p = p.Fold([]pipeline.ProbeSum{week(day, 4, 0)})
	}
	if len(p.Rounds) > 20 {
		t.Errorf("%d sums are kept", len(p.Rounds))
	}
}

func TestAShareIsToldBesideTheShareOfLinks(t *testing.T) {
	linked := pipeline.LinkedOf(map[pipeline.Stage]int{pipeline.Captured: 3, pipeline.Backlog: 2, pipeline.Parked: 50}, pipeline.IdeasOn{Stages: map[pipeline.Stage]int{pipeline.Captured: 2, pipeline.Parked: 9}})
	if linked != (pipeline.LinkedShare{Linked: 3, Ideas: 5}) {
		t.Errorf("linked are %+v", linked)
	}
	for want, sum := range map[string]pipeline.ProbeSum{
		"How many know what their work is for is told from 4 answers on.":                                                               {Right: 3},
		"Of 4 answers in the last 13 weeks, 75 % named the outcome; 60 % of the ideas are linked to one.":                               {Right: 3, Other: 1},
		"Of 8 answers in the last 13 weeks, 0 % named the outcome, and 13 % said “I do not know”; 60 % of the ideas are linked to one.": {Other: 7, Unknown: 1},
	} {
		if got := sum.Words(linked); got != want {
			t.Errorf("%+v is told as %q, want %q", sum, got, want)
		}
	}
	if got := (pipeline.ProbeSum{Right: 4}).Words(pipeline.LinkedShare{}); strings.Contains(got, "linked") {
		t.Errorf("without ideas it is told as %q", got)
	}
}

// The question is for those who chose it, and one nudge a week asks it.
func TestWhoIsAskedInANudge(t *testing.T) {
	question := pipeline.Waiting{Kind: pipeline.WaitProbe, Subject: "PAY-12@2026-11-23"}
	other := pipeline.Waiting{Kind: pipeline.WaitOrphan, Subject: "PAY-7"}
	s := pipeline.NudgeSettings{}
	if n := pipeline.NudgeOf(s, []pipeline.Waiting{question, other}, noon); len(n.Items) != 1 {
		t.Errorf("without having chosen it somebody is nudged for %+v", n.Items)
	}
	s, changed := pipeline.OptIntoProbe(s, "PAY", true)
	if _, again := pipeline.OptIntoProbe(s, "PAY", true); !changed || again {
		t.Error("chosen twice")
	}
	n := pipeline.NudgeOf(s, s.Fresh([]pipeline.Waiting{question, other}), noon)
	if len(n.Items) != 2 {
		t.Fatalf("nudged for %+v", n.Items)
	}
	s = s.Next("2026-11-23", n.Items, false)
	if s.Probed != "2026-11-23" {
		t.Errorf("asked in the week of %q", s.Probed)
	}
	if fresh := s.Fresh([]pipeline.Waiting{question, other}); len(fresh) != 1 || fresh[0] != other {
		t.Errorf("on Tuesday it asks for %+v", fresh)
	}
	question.Subject = "PAY-9@2026-11-30"
	if fresh := s.Fresh([]pipeline.Waiting{question}); len(fresh) != 1 {
		t.Error("nothing is asked in the next week")
	}
	if s, changed = pipeline.OptIntoProbe(s, "PAY", false); !changed || s.Wants(pipeline.WaitProbe) {
		t.Error("it cannot be left")
	}
	for _, wrong := range []string{"", "PAY-12", "PAY-12@", "@2026-11-23", "PAY-12@monday", "PAY-O1@2026-11-23"} {
		if _, _, err := pipeline.ParseProbeSubject(wrong); err == nil {
			t.Errorf("%q names a question", wrong)
		}
	}
}
