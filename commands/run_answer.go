package commands

import (
	"context"
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
// changed stays in its inputs, the rest shows what is stored now, and of what
// clashes both are shown.
func (app *App) inForm(req *Request, idea pipeline.Idea, run pipeline.Run, m metadata, clashes []pipeline.Clash) stepForm {
	m.Step = min(max(1, m.Step), max(1, len(run.Steps()))) // it came back as a claim
	s := stepForm{
		idea: idea, dossier: *req.Loaded.Dossier, run: run, reader: req.Person.ID, may: app.may(req), m: m,
		typed: map[pipeline.Field]string{}, suffixes: map[pipeline.ItemID]string{}, clashes: clashes,
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
	m, slot, idea, run, err := req.submittedRun()
	if err != nil {
		return Reply{}, err
	}
	run, clashes, err := app.fillRun(ctx, req, run, m, slot)
	if err != nil {
		return Reply{}, err
	}
	if len(clashes) > 0 {
		return Reply{Update: app.inForm(req, idea, run, m, clashes).drawInAck()}, nil
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

// upgradeRun goes on in a longer form of the checklist. What is typed in the
// step is answered with it, so that nobody types it again; where others answered
// the same meanwhile, both are shown first, in the form there is.
func upgradeRun(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return Reply{}, err
	}
	m, err := req.metadata()
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
		return Reply{Update: app.inForm(req, idea, run, m, clashes).draw()}, nil
	}
	m.Fresh, req.Loaded.Draft = req.fresh(), nil // stored by now
	return Reply{Update: app.stepOf(req, idea, run, m, 1).draw()}, nil
}

// fieldsOf are the inputs that an item of a step has.
func fieldsOf(item pipeline.ItemID) []pipeline.Field {
	return []pipeline.Field{pipeline.Field(item), pipeline.Field(item) + pipeline.WhySuffix}
}

// inStep is the form of a step that the button of a run stands in, with the slot
// of its draft; nothing where it stands elsewhere, or nothing is typed there.
func (req *Request) inStep(run pipeline.Run) (metadata, storage.Slot, error) {
	if req.Form == nil {
		return metadata{}, storage.Slot{}, nil
	}
	m, err := req.metadata()
	if err != nil || m.Idea != run.Idea.String() || m.Run != run.ID || !m.ofStep() {
		return metadata{}, storage.Slot{}, err
	}
	slot, err := m.slot()
	return m, slot, err
}

// typedInStep is what is typed in the form that inStep found.
func (req *Request) typedInStep(run pipeline.Run, m metadata) []pipeline.Typed {
	if m.Draft == "" {
		return nil
	}
	return typedAnswers(req.Form, run, m)
}
