package commands

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"alignbot/pipeline"
)

// fieldUnmeasured is the box in the form of an observation that says that there
// is no number.
const fieldUnmeasured pipeline.Field = "unmeasured"

// startTest freezes what a test promises, with what is typed in the step that
// the button stands in. Where somebody else answered the same meanwhile, the
// test does not start: both answers are shown first.
func startTest(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, idea, run, err := req.clickedRun()
	if err != nil {
		return Reply{}, err
	}
	m, slot, err := req.inStep(run)
	if err != nil {
		return Reply{}, err
	}
	loc := req.Loaded.Team.Location()
	var clashes []pipeline.Clash
	run, err = app.changeOnce(ctx, req, req.Op, run, func(run pipeline.Run) (runChange, error) {
		filled, differ, err := pipeline.Fill(run, req.typedInStep(run, m), req.Person.ID, req.Now)
		if err != nil {
			return runChange{}, err
		}
		if clashes = differ; len(clashes) > 0 {
			return runChange{run: filled}, nil
		}
		started, err := pipeline.StartTest(filled, req.Person.ID, req.Now, loc)
		if err != nil {
			return runChange{}, err
		}
		event := pipeline.Event{At: req.Now, By: req.Person.ID, What: pipeline.TestStarted, About: run.Template.Name}
		after := append(telling(req.Op, *req.Loaded.Team, idea, event), askedAtDeadline(started, loc))
		return runChange{run: started, draft: slot, event: &event, after: after}, nil
	})
	if err != nil {
		return Reply{}, err
	}
	if len(clashes) > 0 {
		return Reply{Update: app.inForm(req, idea, run, m, clashes).draw()}, nil
	}
	return app.answer(ctx, req, p, startedNote(run, loc)), nil
}

// inVain gives the error of a rule that was tried with nothing typed, where it
// has another reason than what is not typed.
func inVain(err error) error {
	var problem *pipeline.Problem
	if errors.As(err, &problem) && len(problem.Fields) > 0 {
		return nil
	}
	return err
}

// openObservation opens the form that asks what a test showed.
func openObservation(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, idea, run, err := req.clickedRun()
	if err != nil {
		return Reply{}, err
	}
	if _, err := pipeline.Observe(run, "", "", "", false, req.Person.ID, req.Now); inVain(err) != nil {
		return Reply{}, err
	}
	if req.afresh(p) {
		m, err := dropFormDraft(ctx, app, req)
		m.Seen = seenObservation(run)
		return Reply{Update: observationForm(m, idea, run, observed(run))}, err
	}
	m := req.formOverRun(p, run, partObserve)
	m.Seen = seenObservation(run)
	shown, notes := req.goingOn(actionTestObserve, p, observed(run))
	return Reply{Open: observationForm(m, idea, run, shown, notes...)}, nil
}

// seenObservation is the digest of the observation that a form shows.
func seenObservation(run pipeline.Run) map[pipeline.AnswerKey]string {
	if run.Observation == nil {
		return nil
	}
	return map[pipeline.AnswerKey]string{pipeline.AnswerKey(pipeline.ItemObservation): pipeline.Answer{Value: run.Observation.String()}.Digest()}
}

// observeTest stores what a test showed and says at once what follows from it.
// Where an observation was put on record since the form opened, the form shows
// it and asks why it is to be corrected.
func observeTest(ctx context.Context, app *App, req *Request) (Reply, error) {
	m, slot, idea, run, err := req.submittedRun()
	if err != nil {
		return Reply{}, err
	}
	typed := req.Form.typed()
	unmeasured := typed[fieldUnmeasured] != ""
	if unmeasured && pipeline.HasVisible(typed[pipeline.FieldObservation]) {
		return Reply{}, &pipeline.Problem{
			Code: "observation-both", What: "There is a number, and the box says that there is none.",
			Safe: "Everything you typed is still here.",
			Fields: map[pipeline.Field]string{
				pipeline.FieldObservation: "Clear the number, or the box below that says it could not be measured.",
			},
		}
	}
	test := pipeline.BoxTest{Idea: idea.Key, Run: run.ID}
	shown, err := app.tiedChanged(ctx, *req.Loaded.Team, func(b pipeline.Box) bool { return b.Test == test })
	if err != nil {
		return Reply{}, err
	}
	op := req.tryOf(typed)
	onRecord := false
	run, err = app.changeOnce(ctx, req, op, run, func(run pipeline.Run) (runChange, error) {
		if onRecord = !maps.Equal(seenObservation(run), m.Seen); onRecord {
			return runChange{run: run}, nil
		}
		seen, err := pipeline.Observe(run, typed[pipeline.FieldObservation], typed[pipeline.FieldPoints], typed[pipeline.FieldNote], unmeasured, req.Person.ID, req.Now)
		if err != nil {
			return runChange{}, err
		}
		verdict, because := seen.Judge()
		event := pipeline.Event{
			At: req.Now, By: req.Person.ID, What: pipeline.RunDecided, About: run.Template.Name,
			Why: fmt.Sprintf("%s: %s", verdict, because),
		}
		if run.Observation != nil {
			event.Why += " This corrects “" + pipeline.Cut(run.Observation.String(), 100) + "”."
		}
		return runChange{run: seen, draft: slot, event: &event, after: append(telling(op, *req.Loaded.Team, idea, event), shown...)}, nil
	})
	if err != nil {
		return Reply{}, err
	}
	if onRecord {
		m.Seen = seenObservation(run)
		// Its inputs keep their ids, so Slack keeps what is typed in them.
		return Reply{Update: observationForm(m, idea, run, nil, observationClash()...)}, nil
	}
	reply := app.finish(ctx, req, m, Reply{})
	reply.Tell = verdictNote(run).Tell // at once, wherever the form was opened
	return reply, nil
}
