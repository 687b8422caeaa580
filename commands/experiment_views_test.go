package commands

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/slacksim/blockkit"
	"alignbot/storage"
)

// experimentDrawings are the forms and messages about tests, learning cards and
// participants.
func experimentDrawings(w words) map[string]any {
	at := time.Date(2026, 11, 20, 9, 30, 0, 0, time.UTC)
	key := pipeline.Key{Team: "PAY", Number: 12}
	idea := pipeline.Idea{Key: key, Title: w.title, Stage: pipeline.Discovery, Author: "U1", Created: at, Changed: at, Version: 3}
	run := promisedRun(w, at)
	seen := run
	seen.Observation = &pipeline.Observation{Value: "20 %", Points: 39, Note: w.text, By: "U2", At: at}
	lowered := run
	lowered.Amendments = []pipeline.Amendment{
		{Item: pipeline.ItemCriterion, From: "50 %", To: "40 %", Why: "too high", By: "U1", At: at},
		{Item: pipeline.ItemCriterion, From: "40 %", To: "30 %", Why: "still too high", By: "U2", At: at},
		{Item: pipeline.ItemSample, From: "90 data points", To: "40 data points", Why: "few come", By: "U1", At: at},
	}
	unmeasured := run
	unmeasured.Observation = &pipeline.Observation{Note: w.text, By: "U2", At: at}
	failed, passed := seen, seen
	failed.Observation = &pipeline.Observation{Value: "20 %", Points: 40, By: "U2", At: at}
	passed.Observation = &pipeline.Observation{Value: "35 %", Points: 40, By: "U2", At: at}
	lesson := pipeline.Run{Idea: key, ID: 8, Tests: []int{2, 3}, Template: shipped(pipeline.LearningCard), BeganBy: "U1", Began: at, Version: 1}
	concluded := lesson
	concluded.Answers = map[pipeline.AnswerKey]pipeline.Answer{}
	for _, item := range lesson.Items() {
		concluded.Answers[pipeline.AnswerKey(item.ID)] = pipeline.Answer{Value: w.text, By: "U1", At: at}
	}
	concluded.Lesson = &pipeline.Lesson{Decision: pipeline.Pivot, By: "U1", At: at}
	var tests []pipeline.RunSummary
	for i := range menuLimit {
		tests = append(tests, pipeline.RunSummary{
			ID: menuLimit - i, Use: pipeline.UseTest, Name: w.line, Title: pipeline.Cut(pipeline.CleanLine(w.title), pipeline.TitleLimit),
			Verdict: []pipeline.Verdict{pipeline.Passed, pipeline.Failed, pipeline.Inconclusive}[i%3],
		})
	}
	tests[1].Title = ""
	typed := map[pipeline.Field]string{
		pipeline.FieldObservation: "20 percent", pipeline.FieldPoints: "many", pipeline.FieldNote: w.text, fieldUnmeasured: "yes",
		pipeline.FieldWhy: pipeline.Cut(w.text, pipeline.AnswerWhyLimit), pipeline.FieldTests: "1,2", pipeline.FieldLearning: string(pipeline.KeepTesting),
	}
	m := metadata{Idea: key.String(), Channel: "C1", Run: 7, Step: 2, Below: inStep, Draft: runSlot(key, 7, partObserve), Fresh: "x"}
	value := newParams("idea", key.String(), "run", "7", "part", partObserve, "in", inStep, "step", "2")
	drawn := map[string]any{
		"observe_form":            observationForm(m, idea, run, nil),
		"observe_form_restored":   observationForm(m, idea, run, typed, typedBeforeNote(actionTestObserve, value, at)...),
		"observe_form_correct":    observationForm(m, idea, seen, observed(seen)),
		"observe_form_amended":    observationForm(m, idea, lowered, nil),
		"observe_form_clash":      observationForm(m, idea, seen, nil, observationClash()...),
		"observe_form_unmeasured": observationForm(m, idea, unmeasured, observed(unmeasured)),
		"test_due":                testDue(viewApp, idea, run, true),
		"test_due_private":        testDue(viewApp, idea, run, false),
		"test_started":            *startedNote(run, time.UTC).Tell,
		"test_inconclusive":       *verdictNote(seen).Tell,
		"test_failed":             *verdictNote(failed).Tell,
		"test_passed":             *verdictNote(passed).Tell,
		"test_amended":            *amendedNote(run).Tell,
		"lesson_form":             lessonForm(m, idea, tests[:1], learned(pipeline.Run{}, tests[:1])),
		"lesson_form_restored":    lessonForm(m, idea, tests, typed, typedBeforeNote(actionRunLearn, value, at)...),
		"lesson_concluded":        *lessonNote(concluded).Tell,
	}
	for _, item := range run.Items() {
		amend := m
		amend.Item, amend.Seen, amend.Draft = item.ID, seenAnswer(run, item.ID), runSlot(key, 7, amendPart(item.ID))
		drawn["amend_form_"+string(item.ID)] = amendmentForm(amend, idea, run, item, amended(run, item.ID))
	}
	drawn["amend_form_clash"] = amendmentForm(m, idea, run, run.Items()[0], nil, amendmentClash("U9", run.Items()[0], run.Answers["hypothesis"])...)

	plan := plannedRun(w, at)
	f := resultForm{idea: idea, run: plan, m: m}
	f.item, _ = participantsItem(plan)
	first, last := pipeline.ResultKey(f.item.ID, 1, 1), pipeline.ResultKey(f.item.ID, pipeline.ParticipantsMax, 8)
	drawn["result_form"] = f.of(pipeline.ResultKey(f.item.ID, 12, 2), nil).draw()
	drawn["result_form_noted"] = f.of(first, nil).draw()
	drawn["result_form_restored"] = f.of(last, &storage.Draft{Typed: resultFields(last, plan.Answers[first]), Saved: at}).draw()
	clash := f.of(first, nil)
	clash.clash = true
	drawn["result_form_clash"] = clash.draw()
	return drawn
}

func shipped(id pipeline.TemplateID) pipeline.Template {
	t, _ := pipeline.FindTemplate(pipeline.BuiltIn(), id)
	return t
}

// promisedRun is a started test with the longest answers, and an item of each
// kind that it can have.
func promisedRun(w words, at time.Time) pipeline.Run {
	t := shipped(pipeline.TestCard)
	t.Items = slices.Clone(t.Items)
	for i := range t.Items {
		t.Items[i].Help = pipeline.Cut(w.text, pipeline.HelpLimit)
	}
	t.Items = append(t.Items,
		pipeline.Item{ID: "why", Question: pipeline.Cut(w.text, pipeline.QuestionLimit), Kind: pipeline.KindYesNo, Why: true},
		pipeline.Item{ID: "choice", Question: pipeline.Cut(w.text, pipeline.QuestionLimit), Kind: pipeline.KindChoice})
	for i := range pipeline.ChoiceLimit {
		choice := fmt.Sprintf("%d %s", i, pipeline.Cut(pipeline.CleanLine(w.line), pipeline.ChoiceTextLimit-3))
		t.Items[len(t.Items)-1].Choices = append(t.Items[len(t.Items)-1].Choices, choice)
	}
	run := pipeline.Run{
		Idea: pipeline.Key{Team: "PAY", Number: 12}, ID: 7, Template: t, Began: at, BeganBy: "U1", Started: at, StartedBy: "U1", Version: 3,
		Answers: map[pipeline.AnswerKey]pipeline.Answer{},
	}
	for key, value := range map[pipeline.AnswerKey]string{
		"hypothesis": w.text, "test": w.text, "metric": w.text, "direction": pipeline.AtLeast, "criterion": "30 %", "sample": "40 data points",
		"owner": "U2", "deadline": "2026-11-30", "why": pipeline.Unsure, "choice": t.Items[len(t.Items)-1].Choices[3],
	} {
		run.Answers[key] = pipeline.Answer{Value: value, By: "U1", At: at}
	}
	return run
}

// plannedRun is a usability test with the longest tasks and as many participants
// as there can be.
func plannedRun(w words, at time.Time) pipeline.Run {
	run := pipeline.Run{
		Idea: pipeline.Key{Team: "PAY", Number: 12}, ID: 7, Template: shipped(pipeline.UsabilityTest), Began: at, BeganBy: "U1", Version: 3,
		Answers: map[pipeline.AnswerKey]pipeline.Answer{},
	}
	said := strings.ReplaceAll(pipeline.Cut(pipeline.CleanLine(w.line), 90), ";", ",")
	var tasks []string
	for i := range pipeline.TasksMax {
		tasks = append(tasks, fmt.Sprintf("%s %d; %s; 2 min", said, i, said))
	}
	run.Answers["tasks"] = pipeline.Answer{Value: strings.Join(tasks, "\n"), By: "U1", At: at}
	seconds, severity := 95, 3
	for participant := range pipeline.ParticipantsMax - 1 {
		for task := range pipeline.TasksMax {
			run.Answers[pipeline.ResultKey("results", participant+1, task+1)] = pipeline.Answer{
				Value: pipeline.WithHelp, Why: pipeline.Cut(pipeline.CleanLine(w.text), pipeline.AnswerWhyLimit), Seconds: &seconds, Severity: &severity, By: "U2", At: at,
			}
		}
	}
	run.Answers[pipeline.ResultKey("results", pipeline.ParticipantsMax, 1)] = pipeline.Answer{Value: pipeline.Unaided, By: "U2", At: at}
	return run
}

// A form that answers a submission travels in its acknowledgement.
func TestWhatFollowsAResultFitsAnAcknowledgement(t *testing.T) {
	wide := strings.Repeat("界", pipeline.TextLimit)
	for _, w := range append(kinds, words{name: "wide", title: wide[:3*pipeline.TitleLimit], line: wide[:3*pipeline.TitleLimit], text: wide}) {
		for name, drawing := range experimentDrawings(w) {
			if name != "amend_form_clash" && name != "observe_form_clash" && !strings.HasPrefix(name, "result_form") {
				continue
			}
			if encoded, err := json.Marshal(drawing); err != nil || len(encoded) > ackRoom {
				t.Errorf("%s with %s words has %d bytes (%v)", name, w.name, len(encoded), err)
			}
		}
		for name, drawing := range experimentDrawings(w) {
			if _, isPost := drawing.(Post); isPost {
				continue
			}
			for _, p := range blockkit.View(encode(t, drawing)) {
				t.Errorf("%s, %s words: %s %s", name, w.name, p.Pointer, p.Message)
			}
		}
	}
}

// The question at the deadline is asked only while it is one, of whoever owns the
// test by then, and tells nobody what they may not read.
func TestTheQuestionAtTheDeadlineIsDrawnFromWhatIsTrueThen(t *testing.T) {
	app := shop(t)
	ctx := t.Context()
	people := map[string]pipeline.Person{}
	app.Lookup = func(_ context.Context, user string) (pipeline.Person, error) {
		if p, known := people[user]; known {
			return p, nil
		}
		return pipeline.Person{ID: user, Workspace: "T1"}, nil
	}
	run := promisedRun(kinds[0], time.Now().AddDate(0, -1, 0))
	run.Idea.Number, run.ID = 1, 0
	run.Answers["deadline"] = pipeline.Answer{Value: "2026-11-30"}
	store := func(run pipeline.Run) pipeline.Run {
		t.Helper()
		stored, err := app.Store.ChangeRun(ctx, time.Now().String(), "U_ANN", run, run.Summarize(time.UTC), storage.Slot{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		return stored
	}
	run, err := app.Store.BeginRun(ctx, "begin", run, run.Summarize(time.UTC), pipeline.Event{What: pipeline.RunBegan})
	if err != nil {
		t.Fatal(err)
	}
	ask := storage.Claimed{Outgoing: askedAtDeadline(run, time.UTC)}
	if ask.Due != time.Date(2026, 11, 30, 17, 0, 0, 0, time.UTC) || ask.User != "U2" || ask.ID != "test:PAY-1:1:2026-11-30" {
		t.Errorf("it is asked by %+v", ask.Outgoing)
	}
	draw := func() Drawn {
		t.Helper()
		d, err := app.Draw(ctx, ask)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	tells := func(d Drawn, secret string) bool { return strings.Contains(string(encode(t, d.Post)), secret) }

	if d := draw(); d.Skip || d.User != "U2" || d.Channel != "" || !tells(d, "Accountants retype") {
		t.Errorf("it is drawn as %+v", d)
	}
	people["U2"] = pipeline.Person{ID: "U2", Workspace: "T1", Deactivated: true}
	if d := draw(); d.User != "U1" {
		t.Errorf("with an owner who left it goes to %q", d.User)
	}
	delete(people, "U2")
	run.Answers = maps.Clone(run.Answers)
	run.Answers["owner"] = pipeline.Answer{Value: "U3"}
	run = store(run)
	if d := draw(); d.User != "U3" {
		t.Errorf("with another owner it goes to %q", d.User)
	}
	inPrivate := func(user string) {
		t.Helper()
		if _, err := app.Store.Begin(ctx, storage.Want{Channel: "C1", User: user, Here: storage.Here{Channel: "C1", Kind: storage.PrivateChannel}}); err != nil {
			t.Fatal(err)
		}
	}
	inPrivate("U9") // the channel became a private one
	if d := draw(); d.Skip || d.User != "U3" || tells(d, "Accountants") || tells(d, "Export invoices") {
		t.Errorf("somebody not known to be in the private channel is asked with %+v", d)
	}

	inPrivate("U3")
	if d := draw(); !tells(d, "Accountants") {
		t.Errorf("somebody in the private channel is asked with %+v", d)
	}
	for name, spoil := range map[string]func(*pipeline.Run){
		"another deadline": func(r *pipeline.Run) { r.Answers["deadline"] = pipeline.Answer{Value: "2026-12-01"} },
		"an observation":   func(r *pipeline.Run) { r.Observation = &pipeline.Observation{Value: "30 %"} },
		"no start":         func(r *pipeline.Run) { r.Started = time.Time{} },
	} {
		other := run
		other.Answers = maps.Clone(run.Answers)
		spoil(&other)
		other = store(other)
		if d := draw(); !d.Skip {
			t.Errorf("with %s it is drawn as %+v", name, d)
		}
		run.Version = other.Version
		run = store(run)
	}
	if d := draw(); d.Skip {
		t.Error("it is not drawn any more")
	}
	for _, args := range []map[string]string{{"run": "2", "deadline": "2026-11-30"}, {"run": "x"}, nil} {
		forged := ask
		forged.Args = args
		d, err := app.Draw(ctx, forged)
		if !d.Skip && err == nil || errors.Is(err, storage.ErrNotFound) {
			t.Errorf("%v is drawn as %+v (%v)", args, d, err)
		}
	}
	idea, err := app.Store.Idea(ctx, pipeline.Key{Team: "PAY", Number: 1})
	if err != nil {
		t.Fatal(err)
	}
	if idea, err = pipeline.Withdraw(idea, "U_ANN", time.Now()); err != nil {
		t.Fatal(err)
	}
	if _, err = app.Store.ChangeIdea(ctx, "withdraw", idea, storage.Slot{}, pipeline.Event{What: pipeline.WasWithdrawn}); err != nil {
		t.Fatal(err)
	}
	if d := draw(); !d.Skip {
		t.Error("it is asked about a withdrawn idea")
	}
}

// What a forged button or form claims about a run changes nothing, and is
// answered with words.
func TestForgedPartsOfRuns(t *testing.T) {
	app := shop(t)
	ctx := t.Context()
	ago := time.Now().AddDate(0, -1, 0)
	var stored []pipeline.Run
	for i, run := range []pipeline.Run{promisedRun(kinds[0], ago), plannedRun(kinds[0], ago)} {
		run.Idea.Number, run.ID = 1, 0
		run, err := app.Store.BeginRun(ctx, fmt.Sprint("begin", i), run, run.Summarize(time.UTC), pipeline.Event{What: pipeline.RunBegan})
		if err != nil {
			t.Fatal(err)
		}
		stored = append(stored, run)
	}
	values := []string{"idea=PAY-1&run=0", "idea=PAY-1&run=-1", "idea=PAY-1&run=99", "idea=PAY-1&run=x", "idea=PAY-9&run=1", "idea=PAY-1&run=2&part=observe"}
	for _, item := range []string{"", "nothing", "results", "criterion/1/1", "<!channel>", "amend"} {
		values = append(values, newParams("idea", "PAY-1", "run", "1", "item", item, "part", "amend."+item).encode())
	}
	forms := []metadata{
		{Idea: "PAY-1", Run: 99}, {Idea: "PAY-1", Run: -1}, {Idea: "PAY-9", Run: 1}, {Idea: "", Run: 1},
		{Idea: "PAY-1", Run: 1, Item: "nothing"}, {Idea: "PAY-1", Run: 1, Item: "why/1/1"}, {Idea: "PAY-1", Run: 1, Item: "results"},
		{Idea: "PAY-1", Run: 1, Result: "results/1/1"}, {Idea: "PAY-1", Run: 2, Result: "tasks"}, {Idea: "PAY-1", Run: 2, Result: "results/13/1"},
		{Idea: "PAY-1", Run: 2, Result: "results/1/9"}, {Idea: "PAY-1", Run: 2, Result: "results/0/1"}, {Idea: "PAY-1", Run: 2, Result: "tasks/1/1"},
	}
	router := NewRouter(List(), "")
	do := func(on Surface, name, value string, form *Form) {
		t.Helper()
		entry, _ := router.Find(on, name)
		req := &Request{
			Op: name + value + time.Now().String(), Now: time.Now(), Person: pipeline.Person{ID: "U_EVE", Workspace: "T1"},
			Channel: "C1", Value: value, Form: form,
		}
		_, err := app.Handle(ctx, entry, req)
		if _, expected := Explain(err); err == nil || !expected {
			t.Errorf("%s %s with %q and %+v is answered with %v", on, name, value, form, err)
		}
	}
	for _, value := range values {
		do(Button, actionTestAmend, value, nil)
	}
	for _, value := range values[:6] {
		do(Button, actionTestStart, value, nil)
		do(Button, actionTestObserve, value, nil)
		do(Button, actionRunLearn, value, nil)
	}
	for _, m := range forms {
		m.Draft, m.Fresh = draftRun+"PAY-1.1.x", "f"
		typed := map[string]Value{
			"why": {Text: "because"}, "tests": {Chosen: []string{"1"}}, "learning": {Text: string(pipeline.Retire)},
			string(fieldAmended(m.Item)): {Text: "1"}, string(m.Result): {Text: pipeline.Unaided},
		}
		form := &Form{ID: "V", Hash: "h", Metadata: m.encode(), Values: typed}
		do(Submit, formAmend, "", form)
		do(Submit, formParticipant, "", form)
		do(Submit, formLearn, "", form)
		if m.Run != 1 || m.Idea != "PAY-1" {
			do(Submit, formObserve, "", form)
		}
	}
	for i, run := range stored {
		if now, err := app.Store.Run(ctx, run.Idea, i+1); err != nil || now.Version != run.Version {
			t.Errorf("run %d was changed: %+v (%v)", i+1, now, err)
		}
	}
}
