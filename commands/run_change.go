package commands

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"time"

	"alignbot/pipeline"
	"alignbot/storage"
)

// runChange is what a rule made of a run: what to store with it, and the draft
// that is done with.
type runChange struct {
	run   pipeline.Run
	event *pipeline.Event
	draft storage.Slot
	after []storage.Outgoing
}

// changeRun applies a rule to a run and stores what it made of it; when somebody
// else changed the run meanwhile, it is applied again to what they made of it.
// Where nothing differs, nothing is stored but that the draft is done with.
func (app *App) changeRun(ctx context.Context, req *Request, op string, run pipeline.Run, rule func(pipeline.Run) (runChange, error)) (pipeline.Run, error) {
	for range busyTries {
		change, err := rule(run)
		if err != nil {
			return run, err
		}
		if reflect.DeepEqual(change.run, run) {
			if change.draft.Name == "" {
				return run, nil
			}
			return run, app.Store.DropDraft(ctx, req.Person.ID, change.draft)
		}
		summary := change.run.Summarize(req.Loaded.Team.Location())
		stored, err := app.Store.ChangeRun(ctx, op, req.Person.ID, change.run, summary, change.draft, change.event, append(change.after, returning())...)
		var conflict *storage.RunConflictError
		if errors.As(err, &conflict) {
			run = conflict.Current
			continue
		}
		return stored, err
	}
	return run, busy(run.Idea)
}

// changeOnce is changeRun for what a rule does not do a second time: when the
// same act comes again, what it stored the first time is given back.
func (app *App) changeOnce(ctx context.Context, req *Request, op string, run pipeline.Run, rule func(pipeline.Run) (runChange, error)) (pipeline.Run, error) {
	run, before, err := app.storedBy(ctx, req, op, run)
	if err != nil || before {
		return run, err
	}
	return app.changeRun(ctx, req, op, run, rule)
}

// storedBy gives the run as an operation stored it, with true; where it stored
// nothing, the run as it is now.
func (app *App) storedBy(ctx context.Context, req *Request, op string, run pipeline.Run) (pipeline.Run, bool, error) {
	if req.Loaded.First {
		return run, false, nil
	}
	probe := run
	probe.Version = 0 // no run is at it, so that nothing is changed
	stored, err := app.Store.ChangeRun(ctx, op, req.Person.ID, probe, run.Summarize(req.Loaded.Team.Location()), storage.Slot{}, nil)
	var conflict *storage.RunConflictError
	if errors.As(err, &conflict) {
		return conflict.Current, false, nil
	}
	return stored, err == nil, err
}

// try is a run as the first try at a form stored it.
type try struct{ pipeline.Run }

// earlierTry gives the run as it is now, and what an earlier try at the same form
// made of it; nil where none was stored.
func (app *App) earlierTry(ctx context.Context, req *Request, run pipeline.Run) (pipeline.Run, *try, error) {
	stored, before, err := app.storedBy(ctx, req, req.Op, run)
	switch {
	case err != nil:
		return run, nil, err
	case before:
		return run, &try{stored}, nil
	}
	return stored, nil, nil
}

// wrote tells whether the try itself changed an answer: all that it changed has
// the time of its last change.
func (t *try) wrote(key pipeline.AnswerKey, by string) bool {
	answer, is := t.Answers[key]
	last := t.Summarize(time.UTC).Last
	return is && answer.By == by && answer.At.Equal(last)
}

// decided is the line of history for a change that brings a run to another
// verdict; nil where it does not.
func (app *App) decided(req *Request, before, after pipeline.Run) *pipeline.Event {
	loc := req.Loaded.Team.Location()
	was, _ := req.Loaded.Dossier.Judge(*req.Loaded.Idea, before.Summarize(loc))
	is, because := req.Loaded.Dossier.Judge(*req.Loaded.Idea, after.Summarize(loc))
	if is == was || is == pipeline.Undecided {
		return nil
	}
	return &pipeline.Event{
		At: req.Now, By: req.Person.ID, What: pipeline.RunDecided, About: after.Template.Name,
		Why: fmt.Sprintf("%s: %s", is, because),
	}
}
