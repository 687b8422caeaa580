package commands

import (
	"context"
	"slices"

	"alignbot/pipeline"
	"alignbot/storage"
)

// touched tells whether the person changed an answer since the form showed it.
func touched(t pipeline.Typed) bool { return t.Answer.Digest() != t.Seen }

// typedAnswers are the answers as they stand in the form of a step. A suggestion
// left as it is gives way to what somebody answered meanwhile.
func typedAnswers(form *Form, run pipeline.Run, m metadata) []pipeline.Typed {
	var all []pipeline.Typed
	for _, item := range run.Template.Items {
		key := pipeline.AnswerKey(item.ID)
		if _, asked := form.block(pipeline.Field(key)); !asked || !item.Answerable() {
			continue
		}
		answer := pipeline.Answer{Value: form.Value(pipeline.Field(key)).Text, Why: form.Value(pipeline.Field(key) + pipeline.WhySuffix).Text}
		t := pipeline.Typed{Key: key, Answer: answer, Seen: m.Seen[key]}
		if asSuggested(t, m) && run.Answers[key].Value != "" {
			t.Seen = answer.Digest()
		}
		all = append(all, t)
	}
	return all
}

// asSuggested tells whether an answer is what the form suggested, untouched.
func asSuggested(t pipeline.Typed, m metadata) bool {
	suggested := m.Seen[suggestionOf(t.Key)]
	return suggested != "" && t.Answer.Digest() == suggested
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
		case touched(t) && t.Answer.Digest() != stored.Digest() && !asSuggested(t, m):
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
	run, clashes, err := app.fillRun(ctx, req, run, slot, func(run pipeline.Run) []pipeline.Typed { return typedAnswers(req.Form, run, m) })
	if err != nil {
		return Reply{}, err
	}
	if len(clashes) > 0 {
		s := app.inForm(req, idea, run, m, clashes)
		if view := s.drawInAck(); fitsAck(view) {
			return Reply{Update: view}, nil
		}
		// What is typed leaves the screen, so it has to be kept first.
		return Reply{Update: s.drawClashElsewhere()}, app.keepTyped(ctx, req, m)
	}
	if m.Step < len(run.Steps()) {
		next := m
		next.Fresh = req.fresh()
		if err := app.findDraft(ctx, req, run, m.Step+1); err != nil {
			return Reply{}, err
		}
		return Reply{Update: app.stepOf(req, idea, run, next, m.Step+1).drawNext(run)}, nil
	}
	return app.finish(ctx, req, m, savedRun(req, run)), nil
}

// fillRun puts what was typed into a run and stores it. With clashes the draft
// stays, because the form does.
func (app *App) fillRun(ctx context.Context, req *Request, run pipeline.Run, slot storage.Slot, typed func(pipeline.Run) []pipeline.Typed) (pipeline.Run, []pipeline.Clash, error) {
	// The first try at a form that is stored is stored under the operation of the
	// form itself, so that later ones find it.
	op := req.Op
	run, earlier, err := app.earlierTry(ctx, req, run)
	if err != nil {
		return run, nil, err
	}
	if earlier != nil {
		op = req.tryOf(req.Form.typed())
	}
	var clashes []pipeline.Clash
	stored, err := app.changeRun(ctx, req, op, run, func(run pipeline.Run) (runChange, error) {
		answers := typed(run)
		for i, t := range answers {
			// What an earlier try of the same form changed, although its answer got
			// lost, is no clash. What the person changed in another form is.
			if earlier != nil && touched(t) && earlier.wrote(t.Key, req.Person.ID) {
				answers[i].Seen = earlier.Answers[t.Key].Digest()
			}
		}
		filled, differ, err := pipeline.Fill(run, answers, req.Person.ID, req.Now)
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
		typed := slices.DeleteFunc(typedAnswers(req.Form, run, m), func(t pipeline.Typed) bool { return asSuggested(t, m) })
		filled, differ, err := pipeline.Fill(run, typed, req.Person.ID, req.Now)
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
	if err := app.findDraft(ctx, req, run, 1); err != nil {
		return Reply{}, err
	}
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
