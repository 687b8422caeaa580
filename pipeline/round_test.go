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

func TestStartARound(t *testing.T) {
	type form = pipeline.RoundForm
	guest := pipeline.Person{ID: "U_GUEST", Guest: true}
	for name, c := range map[string]struct {
		form  form
		asked int
		more  []pipeline.Person
		wrong []pipeline.Field
	}{
		"one of the questions":              {form{Ready: []string{"align-stop"}}, 2, nil, nil},
		"an own one":                        {form{Own: "What slows us down?"}, 1, nil, nil},
		"the alignment check":               {pipeline.AlignmentRound(), 60, nil, nil},
		"the reflection":                    {pipeline.ReflectionRound(), 4, nil, nil},
		"both, and an own one":              {form{Ready: []string{"align-stop", "reflect-tool"}, Own: "x"}, 2, nil, nil},
		"nothing":                           {form{}, 0, nil, []pipeline.Field{"people", "question"}},
		"a question that is not there":      {form{Ready: []string{"align-all"}}, 2, nil, []pipeline.Field{"ready"}},
		"a question twice":                  {form{Ready: []string{"align-stop", "align-stop"}}, 2, nil, []pipeline.Field{"ready"}},
		"nine questions":                    {form{Ready: pipeline.AlignmentRound().Ready, Own: "x"}, 2, nil, []pipeline.Field{"ready"}},
		"300 characters":                    {form{Own: strings.Repeat("ü", 300)}, 2, nil, nil},
		"301 characters":                    {form{Own: strings.Repeat("ü", 301)}, 2, nil, []pipeline.Field{"question"}},
		"50 people":                         {form{Own: "x"}, 50, nil, nil},
		"51 people":                         {form{Own: "x"}, 51, nil, []pipeline.Field{"people"}},
		"51 people of the channel":          {form{Own: "x", Channel: true}, 51, nil, nil},
		"bots alone":                        {form{Own: "x"}, 0, []pipeline.Person{{ID: "B1", Bot: true}}, []pipeline.Field{"people"}},
		"anonymous among four":              {form{Own: "x", Anonymous: true}, 4, nil, nil},
		"anonymous among three":             {form{Own: "x", Anonymous: true}, 3, nil, []pipeline.Field{"anonymous"}},
		"three and a guest who may not":     {form{Own: "x", Anonymous: true}, 3, []pipeline.Person{guest}, []pipeline.Field{"anonymous"}},
		"ten workdays":                      {form{Own: "x", Days: "10"}, 2, nil, nil},
		"no time":                           {form{Own: "x", Days: "0"}, 2, nil, []pipeline.Field{"days"}},
		"more days than there can be":       {form{Own: "x", Days: "21"}, 2, nil, []pipeline.Field{"days"}},
		"everything that is wrong, at once": {form{Days: "soon", Anonymous: true}, 1, nil, []pipeline.Field{"anonymous", "days", "question"}},
	} {
		team, people := voters(c.asked)
		_, err := pipeline.StartRound(pipeline.Policy{}, member, pipeline.Where{Team: team}, c.form, append(people, c.more...), noon)
		if diff := cmp.Diff(c.wrong, wrongFields(err)); diff != "" {
			t.Errorf("%s: %v\n%s", name, err, diff)
		}
	}
}

// aRound of two questions among six people that started on a Friday at noon.
func aRound(t testing.TB, anonymous bool) (pipeline.Where, pipeline.Round) {
	t.Helper()
	team, people := voters(6)
	where := pipeline.Where{Team: team}
	r, err := pipeline.StartRound(pipeline.Policy{}, member, where, pipeline.RoundForm{Ready: []string{"align-stop"}, Own: "What slows us down?", Anonymous: anonymous}, people, noon)
	if err != nil {
		t.Fatal(err)
	}
	r.ID = 1
	return where, r
}

func TestARound(t *testing.T) {
	_, r := aRound(t, true)
	want := pipeline.Round{
		Team: "PAY", ID: 1, Questions: []string{"What should we stop or park?", "What slows us down?"}, To: []string{"U1", "U2", "U3", "U4", "U5", "U6"},
		Anonymous: true, Started: noon, StartedBy: "U2", Deadline: time.Date(2026, 11, 25, 16, 0, 0, 0, time.UTC),
	}
	if diff := cmp.Diff(want, r); diff != "" {
		t.Error(diff)
	}
	for role, refused := range map[pipeline.Role]bool{pipeline.RoleGuest: true, pipeline.RoleOutsider: true, pipeline.RoleMember: false} {
		team, people := voters(6)
		if _, err := pipeline.StartRound(pipeline.Policy{Guests: true}, person(role), pipeline.Where{Team: team}, pipeline.RoundForm{Own: "x"}, people, noon); (problemCode(err) == "not-permitted") != (refused) {
			t.Errorf("a %s asks: %v", role, err)
		}
	}
	if _, err := pipeline.StartRound(pipeline.Policy{}, member, pipeline.Where{}, pipeline.RoundForm{Own: "x"}, nil, noon); problemCode(err) != "not-permitted" {
		t.Errorf("without a team: %v", err)
	}
}

func TestAnswerARound(t *testing.T) {
	where, named := aRound(t, false)
	_, anonymous := aRound(t, true)
	over := named
	over.ClosedAt = noon
	for name, c := range map[string]struct {
		round pipeline.Round
		who   pipeline.Person
		typed []string
		now   time.Time
		want  pipeline.RoundAnswer
		code  string
	}{
		"named":                     {named, member, []string{" The weekly\r\nreport ", "Meetings"}, noon, pipeline.RoundAnswer{By: "U2", Words: []string{"The weekly\nreport", "Meetings"}}, ""},
		"anonymous":                 {anonymous, member, []string{"a", "b"}, noon, pipeline.RoundAnswer{Words: []string{"a", "b"}}, ""},
		"one question is enough":    {named, member, []string{"\u200b", "b"}, noon, pipeline.RoundAnswer{By: "U2", Words: []string{"", "b"}}, ""},
		"fewer answers than asked":  {named, member, []string{"a"}, noon, pipeline.RoundAnswer{By: "U2", Words: []string{"a", ""}}, ""},
		"more answers than asked":   {named, member, []string{"a", "b", "c"}, noon, pipeline.RoundAnswer{By: "U2", Words: []string{"a", "b"}}, ""},
		"nothing":                   {named, member, nil, noon, pipeline.RoundAnswer{}, "round-answer-form"},
		"1,000 characters":          {named, member, []string{strings.Repeat("ü", 1000)}, noon, pipeline.RoundAnswer{By: "U2", Words: []string{strings.Repeat("ü", 1000), ""}}, ""},
		"1,001 characters":          {named, member, []string{strings.Repeat("ü", 1001)}, noon, pipeline.RoundAnswer{}, "round-answer-form"},
		"who was not asked":         {named, pipeline.Person{ID: "U9"}, []string{"a"}, noon, pipeline.RoundAnswer{}, "not-asked"},
		"who has left":              {named, pipeline.Person{ID: "U2", Deactivated: true}, []string{"a"}, noon, pipeline.RoundAnswer{}, "not-permitted"},
		"just before the deadline":  {named, member, []string{"a"}, named.Deadline.Add(-time.Second), pipeline.RoundAnswer{By: "U2", Words: []string{"a", ""}}, ""},
		"at the deadline":           {named, member, []string{"a"}, named.Deadline, pipeline.RoundAnswer{}, "round-over"},
		"when it was closed before": {over, member, []string{"a"}, noon, pipeline.RoundAnswer{}, "round-over"},
	} {
		got, err := pipeline.CheckAnswer(pipeline.Policy{}, c.who, where, c.round, c.typed, c.now)
		if diff := cmp.Diff(c.want, got); diff != "" || problemCode(err) != c.code {
			t.Errorf("%s: %v\n%s", name, err, diff)
		}
	}
}

func TestCloseARound(t *testing.T) {
	where, r := aRound(t, false)
	for who, refused := range map[pipeline.Person]bool{member: false, owner: false, {ID: "U3"}: true, {ID: "U3", Admin: true}: false, {ID: "U2", Deactivated: true}: true} {
		closed, err := pipeline.CloseRound(pipeline.Policy{}, who, where, r, noon.Add(time.Hour))
		if (problemCode(err) == "not-permitted") != refused || closed.Running() != refused {
			t.Errorf("%+v: %v", who, err)
		}
		if !refused {
			if closed.ClosedBy != who.ID || !closed.ClosedAt.Equal(noon.Add(time.Hour)) {
				t.Errorf("%+v", closed)
			}
			if _, err := pipeline.CloseRound(pipeline.Policy{}, who, where, closed, noon); problemCode(err) != "round-closed" {
				t.Errorf("twice: %v", err)
			}
		}
	}
	if _, closes := r.CloseAt(r.Deadline.Add(-time.Second)); closes {
		t.Error("closed before its deadline")
	}
	closed, closes := r.CloseAt(r.Deadline.Add(time.Hour))
	if !closes || !closed.ClosedAt.Equal(r.Deadline) || closed.ClosedBy != "" {
		t.Errorf("at its deadline: %+v", closed)
	}
	if _, again := closed.CloseAt(r.Deadline.Add(time.Hour)); again {
		t.Error("closed twice")
	}
}

func TestTheSummaryOfARound(t *testing.T) {
	_, named := aRound(t, false)
	_, anonymous := aRound(t, true)
	var answers []pipeline.RoundAnswer
	for n := range 4 {
		answers = append(answers, pipeline.RoundAnswer{By: fmt.Sprintf("U%d", 6-n), Words: []string{fmt.Sprintf("stop %d", n), ""}})
	}
	answers[2].Words[1] = "meetings"
	if got := named.Summary(answers); got.Hidden != "The answers are shown when the round closes." || got.Groups != nil || got.Answered != 4 || got.Asked != 6 {
		t.Errorf("while it runs: %+v", got)
	}
	named.ClosedAt, anonymous.ClosedAt = noon, noon
	want := pipeline.RoundSummary{Answered: 4, Asked: 6, Groups: []pipeline.QuestionAnswers{
		{Question: "What should we stop or park?", Answers: []pipeline.SaidTo{{"stop 3", "U3"}, {"stop 2", "U4"}, {"stop 1", "U5"}, {"stop 0", "U6"}}},
		{Question: "What slows us down?", Answers: []pipeline.SaidTo{{"meetings", "U4"}}},
	}}
	if diff := cmp.Diff(want, named.Summary(answers)); diff != "" {
		t.Error(diff)
	}
	if got := anonymous.Summary(answers[:3]); got.Hidden != "An anonymous round shows nothing under 4 answers." || got.Groups != nil || got.Answered != 3 {
		t.Errorf("three answers: %+v", got)
	}
	got := anonymous.Summary(answers)
	var said []string
	for _, group := range got.Groups {
		for _, answer := range group.Answers {
			if answer.By != "" {
				t.Errorf("%+v says whose it is", answer)
			}
			said = append(said, answer.Words)
		}
	}
	slices.Reverse(answers)
	if diff := cmp.Diff(got, anonymous.Summary(answers)); diff != "" {
		t.Errorf("the order tells when it was answered:\n%s", diff)
	}
	slices.Sort(said)
	if diff := cmp.Diff([]string{"meetings", "stop 0", "stop 1", "stop 2", "stop 3"}, said); diff != "" {
		t.Error(diff)
	}
}

// Two questions with the same answers show them in different orders, so that
// nobody can put together what one person said to both.
func TestAnswersOfOnePersonStandInDifferentPlaces(t *testing.T) {
	_, r := aRound(t, true)
	r.ClosedAt = noon
	var answers []pipeline.RoundAnswer
	for n := range 20 {
		words := fmt.Sprintf("answer %d", n)
		answers = append(answers, pipeline.RoundAnswer{Words: []string{words, words}})
	}
	groups := r.Summary(answers).Groups
	if cmp.Equal(groups[0].Answers, groups[1].Answers) {
		t.Error("both questions have their answers in the same order")
	}
}

func TestChooseAnExperiment(t *testing.T) {
	where, r := aRound(t, false)
	fine := pipeline.ExperimentForm{Words: "No report for two weeks", Owner: "U3", Day: "2026-12-04"}
	if _, err := pipeline.ChooseExperiment(pipeline.Policy{}, member, where, r, fine, noon); problemCode(err) != "round-runs" {
		t.Errorf("while it runs: %v", err)
	}
	r.ClosedAt = noon
	got, err := pipeline.ChooseExperiment(pipeline.Policy{}, member, where, r, fine, noon)
	if diff := cmp.Diff(&pipeline.RoundExperiment{Words: "No report for two weeks", Owner: "U3", Day: "2026-12-04", By: "U2", At: noon}, got.Experiment); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	for name, c := range map[string]struct {
		form  pipeline.ExperimentForm
		wrong []pipeline.Field
	}{
		"nothing":            {pipeline.ExperimentForm{}, []pipeline.Field{"experiment", "experiment-day", "owner"}},
		"a day that is over": {pipeline.ExperimentForm{Words: "x", Owner: "U3", Day: "2026-11-20"}, []pipeline.Field{"experiment-day"}},
		"too long":           {pipeline.ExperimentForm{Words: strings.Repeat("x", 301), Owner: "U3", Day: "2026-12-04"}, []pipeline.Field{"experiment"}},
	} {
		if _, err := pipeline.ChooseExperiment(pipeline.Policy{}, member, where, r, c.form, noon); !slices.Equal(wrongFields(err), c.wrong) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := pipeline.ChooseExperiment(pipeline.Policy{}, pipeline.Person{ID: "U3", Guest: true}, where, r, fine, noon); problemCode(err) != "not-permitted" {
		t.Errorf("a guest: %v", err)
	}
}

func TestReadyQuestionsAreNamedOnce(t *testing.T) {
	met := map[string]bool{}
	for _, q := range pipeline.ReadyQuestions() {
		if met[q.ID] || !strings.HasSuffix(q.Words, "?") && !strings.Contains(q.Words, "5.") || pipeline.Length(q.Words) > 150 {
			t.Errorf("%+v", q)
		}
		met[q.ID] = true
	}
	if len(pipeline.AlignmentRound().Ready) != 8 || len(pipeline.ReflectionRound().Ready) != 5 || len(met) != 13 {
		t.Errorf("%d questions", len(met))
	}
}
