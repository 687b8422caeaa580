package commands

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"alignbot/pipeline"
)

// openLesson opens the form that ends a learning card. What is typed in the step
// that the button stands in is stored first: a card is concluded by what it says.
func openLesson(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, idea, run, err := req.clickedRun()
	if err != nil {
		return Reply{}, err
	}
	if _, err := pipeline.Conclude(run, "", req.Person.ID, req.Now); inVain(err) != nil {
		return Reply{}, err
	}
	tests := judgedTests(*req.Loaded.Dossier)
	if len(tests) == 0 {
		return Reply{}, &pipeline.Problem{
			Code: "no-tests",
			What: fmt.Sprintf("No test of %s has a verdict yet, so there is nothing to learn from.", idea.Key),
			Safe: "Everything that is written on the card is kept.",
			Next: "Say what a test showed first; then conclude.",
		}
	}
	if req.afresh(p) {
		m, err := dropFormDraft(ctx, app, req)
		return Reply{Update: lessonForm(m, idea, tests, learned(run, tests))}, err
	}
	below, slot, err := req.inStep(run)
	if err != nil {
		return Reply{}, err
	}
	typed := slices.DeleteFunc(req.typedInStep(run, below), func(t pipeline.Typed) bool { return !touched(t) })
	if len(typed) > 0 {
		var clashes []pipeline.Clash
		run, err = app.changeRun(ctx, req, req.Op, run, func(run pipeline.Run) (runChange, error) {
			filled, differ, err := pipeline.Fill(run, typed, req.Person.ID, req.Now)
			change := runChange{run: filled}
			if clashes = differ; len(clashes) == 0 {
				change.draft = slot
			}
			return change, err
		})
		if err != nil {
			return Reply{}, err
		}
		if len(clashes) > 0 {
			return Reply{Update: app.inForm(req, idea, run, below, clashes).draw()}, nil
		}
	}
	complete := run
	complete.Tests = []int{tests[0].ID} // they are chosen in the form
	if _, err := pipeline.Conclude(complete, pipeline.Persevere, req.Person.ID, req.Now); err != nil {
		return Reply{}, err
	}
	shown, notes := req.goingOn(actionRunLearn, p, learned(run, tests))
	reply := Reply{Open: lessonForm(req.formOverRun(p, run, partLearn), idea, tests, shown, notes...)}
	if len(typed) > 0 { // the step below shows what is stored now
		below.Fresh, req.Loaded.Draft = req.fresh(), nil
		reply.Update = app.stepOf(req, idea, run, below, below.Step).draw()
	}
	return reply, nil
}

// learnLesson ends a learning card with the tests it learns from and a decision.
func learnLesson(ctx context.Context, app *App, req *Request) (Reply, error) {
	m, slot, idea, run, err := req.submittedRun()
	if err != nil {
		return Reply{}, err
	}
	var tests []int
	for _, chosen := range req.Form.Value(pipeline.FieldTests).Chosen {
		id, err := strconv.Atoi(chosen)
		if err != nil {
			return Reply{}, stale
		}
		tests = append(tests, id)
	}
	decision := pipeline.Learning(req.Form.Value(pipeline.FieldLearning).Text)
	op := req.tryOf(req.Form.typed())
	run, err = app.changeOnce(ctx, req, op, run, func(run pipeline.Run) (runChange, error) {
		fed, err := pipeline.ChooseTests(run, tests, req.Loaded.Dossier.Runs)
		if err != nil {
			return runChange{}, err
		}
		concluded, err := pipeline.Conclude(fed, decision, req.Person.ID, req.Now)
		if err != nil {
			return runChange{}, inLessonForm(err)
		}
		_, because := concluded.Judge()
		event := pipeline.Event{At: req.Now, By: req.Person.ID, What: pipeline.RunDecided, About: run.Template.Name, Why: because}
		return runChange{run: concluded, draft: slot, event: &event, after: telling(op, *req.Loaded.Team, idea, event)}, nil
	})
	if err != nil {
		return Reply{}, err
	}
	return app.finish(ctx, req, m, lessonNote(run)), nil
}

// inLessonForm puts what a card lacks elsewhere beside the decision, which waits
// for it.
func inLessonForm(err error) error {
	var problem *pipeline.Problem
	if !errors.As(err, &problem) {
		return err
	}
	shown := *problem
	shown.Fields = map[pipeline.Field]string{}
	for field, words := range problem.Fields {
		if field != pipeline.FieldTests && field != pipeline.FieldLearning {
			field, words = pipeline.FieldLearning, strings.TrimSpace(problem.What+" "+problem.Next)
		}
		shown.Fields[field] = words
	}
	return &shown
}

// judgedTests are the tests of an idea that have a verdict, the newest first, as
// many as a menu holds.
func judgedTests(d pipeline.Dossier) []pipeline.RunSummary {
	var tests []pipeline.RunSummary
	for _, s := range d.Runs {
		if s.Use == pipeline.UseTest && s.Verdict != pipeline.Undecided {
			tests = append(tests, s)
		}
	}
	slices.SortFunc(tests, func(a, b pipeline.RunSummary) int { return b.ID - a.ID })
	return tests[:min(len(tests), menuLimit)]
}
