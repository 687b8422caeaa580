package commands

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"alignbot/pipeline"
	"alignbot/storage"
)

// changedIn is what stands in the inputs of a form about a run, without the
// answers that are as the form showed them: those are not the person's.
func changedIn(form *Form, m metadata) map[pipeline.Field]string {
	typed := map[pipeline.Field]string{}
	for block, value := range form.Values {
		field := fieldOf(block)
		answer := pipeline.Field(strings.TrimSuffix(string(field), string(pipeline.WhySuffix)))
		shown := pipeline.Answer{Value: form.Value(answer).Text, Why: form.Value(answer + pipeline.WhySuffix).Text}
		if value.Text != "" && shown.Digest() != m.Seen[pipeline.AnswerKey(answer)] {
			typed[field] = value.Text
		}
	}
	return typed
}

// touched tells whether the person changed an answer since the form showed it.
func touched(t pipeline.Typed) bool { return t.Answer.Digest() != t.Seen }

// typedAnswers are the answers as they stand in the form of a step.
func typedAnswers(form *Form, run pipeline.Run, m metadata) []pipeline.Typed {
	var all []pipeline.Typed
	for _, item := range run.Template.Items {
		key := pipeline.AnswerKey(item.ID)
		if _, asked := form.block(pipeline.Field(key)); !asked || !item.Answerable() {
			continue
		}
		answer := pipeline.Answer{Value: form.Value(pipeline.Field(key)).Text, Why: form.Value(pipeline.Field(key) + pipeline.WhySuffix).Text}
		all = append(all, pipeline.Typed{Key: key, Answer: answer, Seen: m.Seen[key]})
	}
	return all
}

// inForm is the step that the person is in, as it stands there: what they
// changed stays in its inputs, the rest shows what is stored now.
func (app *App) inForm(req *Request, idea pipeline.Idea, run pipeline.Run, m metadata) stepForm {
	m.Step = min(max(1, m.Step), max(1, len(run.Steps()))) // it came back as a claim
	s := stepForm{
		idea: idea, dossier: *req.Loaded.Dossier, run: run, reader: req.Person.ID, may: app.may(req), m: m,
		typed: map[pipeline.Field]string{}, suffixes: map[pipeline.ItemID]string{},
	}
	for _, t := range typedAnswers(req.Form, run, m) {
		item := pipeline.ItemID(t.Key)
		switch stored := run.Answers[t.Key]; {
		case touched(t) && t.Answer.Digest() != stored.Digest():
			s.typed[pipeline.Field(t.Key)], s.typed[pipeline.Field(t.Key)+pipeline.WhySuffix] = t.Answer.Value, t.Answer.Why
			s.suffixes[item] = req.Form.suffix(pipeline.Field(t.Key))
		case !touched(t) && stored.Digest() != t.Seen:
			s.suffixes[item] = req.fresh()
		default:
			s.suffixes[item] = req.Form.suffix(pipeline.Field(t.Key))
		}
	}
	return s
}

// answerStep stores what was typed into a step and goes on to the next one. What
// others changed meanwhile stays, and both are shown.
func answerStep(ctx context.Context, app *App, req *Request) (Reply, error) {
	m, err := decodeMetadata(req.Form.Metadata)
	if err != nil {
		return Reply{}, err
	}
	slot, err := m.slot()
	if err != nil {
		return Reply{}, err
	}
	idea, run, err := req.wantedRun()
	if err != nil {
		return Reply{}, err
	}
	run, clashes, err := app.fillRun(ctx, req, run, m, slot)
	if err != nil {
		return Reply{}, err
	}
	if len(clashes) > 0 {
		s := app.inForm(req, idea, run, m)
		s.clashes = clashes
		return Reply{Update: s.drawInAck()}, nil
	}
	if m.Step < len(run.Steps()) {
		next := m
		next.Fresh = req.fresh()
		return Reply{Update: app.stepOf(req, idea, run, next, m.Step+1).drawNext(run)}, nil
	}
	return app.finish(ctx, req, m, savedRun(req, run)), nil
}

// fillRun puts what was typed into a run and stores it. With clashes the draft
// stays, because the form does.
func (app *App) fillRun(ctx context.Context, req *Request, run pipeline.Run, m metadata, slot storage.Slot) (pipeline.Run, []pipeline.Clash, error) {
	var clashes []pipeline.Clash
	op := req.tryOf(req.Form.typed())
	stored, err := app.changeRun(ctx, req, op, run, func(run pipeline.Run) (runChange, error) {
		typed := typedAnswers(req.Form, run, m)
		if !req.Loaded.First {
			// An earlier try of the same form was stored although its answer got
			// lost: what it changed is no clash with somebody else.
			for i, t := range typed {
				if mine := run.Answers[t.Key]; mine.By == req.Person.ID {
					typed[i].Seen = mine.Digest()
				}
			}
		}
		filled, differ, err := pipeline.Fill(run, typed, req.Person.ID, req.Now)
		if err != nil {
			return runChange{}, err
		}
		clashes = differ
		change := runChange{run: filled, draft: slot, event: app.decided(req, run, filled)}
		if len(clashes) > 0 {
			change.draft = storage.Slot{}
		}
		return change, nil
	})
	return stored, clashes, err
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
		stored, err := app.Store.ChangeRun(ctx, op, req.Person.ID, change.run, summary, change.draft, change.event, change.after...)
		var conflict *storage.RunConflictError
		if errors.As(err, &conflict) {
			run = conflict.Current
			continue
		}
		return stored, err
	}
	return run, busy(run.Idea)
}

// upgradeRun goes on in a longer form of the checklist. What is typed in the
// step is answered with it, so that nobody types it again; where others answered
// the same meanwhile, both are shown first, in the form there is.
func upgradeRun(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return Reply{}, err
	}
	if req.Form == nil {
		return Reply{}, stale
	}
	m, err := decodeMetadata(req.Form.Metadata)
	if err != nil {
		return Reply{}, err
	}
	idea, run, err := req.wantedRun()
	if err != nil {
		return Reply{}, err
	}
	var slot storage.Slot
	if m.Draft != "" {
		if slot, err = m.slot(); err != nil {
			return Reply{}, err
		}
	}
	var clashes []pipeline.Clash
	run, err = app.changeRun(ctx, req, req.Op, run, func(run pipeline.Run) (runChange, error) {
		filled, differ, err := pipeline.Fill(run, typedAnswers(req.Form, run, m), req.Person.ID, req.Now)
		if err != nil {
			return runChange{}, err
		}
		if clashes = differ; len(clashes) > 0 {
			return runChange{run: filled, event: app.decided(req, run, filled)}, nil
		}
		if filled, err = pipeline.Upgrade(filled, pipeline.Form(p.Get("form"))); err != nil {
			return runChange{}, err
		}
		return runChange{run: filled, draft: slot, event: app.decided(req, run, filled)}, nil
	})
	if err != nil {
		return Reply{}, err
	}
	if len(clashes) > 0 {
		s := app.inForm(req, idea, run, m)
		s.clashes = clashes
		return Reply{Update: s.draw()}, nil
	}
	m.Fresh, req.Loaded.Draft = req.fresh(), nil // stored by now
	return Reply{Update: app.stepOf(req, idea, run, m, 1).draw()}, nil
}

// fieldsOf are the inputs that an item of a step has.
func fieldsOf(item pipeline.ItemID) []pipeline.Field {
	return []pipeline.Field{pipeline.Field(item), pipeline.Field(item) + pipeline.WhySuffix}
}
