package commands

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// fieldUnmeasured is the box in the form of an observation that says that there
// is no number.
const fieldUnmeasured pipeline.Field = "unmeasured"

// startTest freezes what a test promises, with what is typed in the step that
// the button stands in. Where somebody else answered the same meanwhile, the
// test does not start: both answers are shown first.
func startTest(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return Reply{}, err
	}
	idea, run, err := req.wantedRun()
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
		s := app.inForm(req, idea, run, m)
		s.clashes = clashes
		return Reply{Update: s.draw()}, nil
	}
	return app.answer(ctx, req, p, startedNote(run, loc)), nil
}

// inStep is the form of a step that the button of a run stands in, with the slot
// of its draft; nothing where it stands elsewhere, or nothing is typed there.
func (req *Request) inStep(run pipeline.Run) (metadata, storage.Slot, error) {
	if req.Form == nil {
		return metadata{}, storage.Slot{}, nil
	}
	m, err := decodeMetadata(req.Form.Metadata)
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

// changeOnce is changeRun for what a rule does not do a second time: when the
// same act comes again, what it stored the first time is given back.
func (app *App) changeOnce(ctx context.Context, req *Request, op string, run pipeline.Run, rule func(pipeline.Run) (runChange, error)) (pipeline.Run, error) {
	if !req.Loaded.First {
		probe := run
		probe.Version = 0 // no run is at it, so that nothing is changed
		stored, err := app.Store.ChangeRun(ctx, op, req.Person.ID, probe, run.Summarize(req.Loaded.Team.Location()), storage.Slot{}, nil)
		var conflict *storage.RunConflictError
		if !errors.As(err, &conflict) {
			return stored, err
		}
		run = conflict.Current
	}
	return app.changeRun(ctx, req, op, run, rule)
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
	p, err := decodeParams(req.Value)
	if err != nil {
		return Reply{}, err
	}
	idea, run, err := req.wantedRun()
	if err != nil {
		return Reply{}, err
	}
	if _, err := pipeline.Observe(run, "", "", "", false, req.Person.ID, req.Now); inVain(err) != nil {
		return Reply{}, err
	}
	if p.Get("afresh") != "" && req.Form != nil {
		m, err := dropFormDraft(ctx, app, req)
		m.Seen = seenObservation(run)
		return Reply{Update: observationForm(m, idea, run, observed(run))}, err
	}
	m := req.formOver(p, run, partObserve)
	m.Seen = seenObservation(run)
	shown, notes := req.goingOn(actionTestObserve, p, observed(run))
	return Reply{Open: observationForm(m, idea, run, shown, notes...)}, nil
}

// goingOn is what a form starts with: what the person had typed before, with a
// note that says so, otherwise what is stored.
func (req *Request) goingOn(action string, p params, stored map[pipeline.Field]string) (map[pipeline.Field]string, []slack.Block) {
	d := req.Loaded.Draft
	if d == nil || len(d.Typed) == 0 {
		return stored, nil
	}
	return d.Typed, typedBeforeNote(action, p, d.Saved)
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
	m, slot, idea, run, err := req.runForm()
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
		return runChange{run: seen, draft: slot, event: &event, after: telling(op, *req.Loaded.Team, idea, event)}, nil
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

// runForm is what a form of a run was submitted for.
func (req *Request) runForm() (m metadata, slot storage.Slot, idea pipeline.Idea, run pipeline.Run, err error) {
	if m, err = decodeMetadata(req.Form.Metadata); err != nil {
		return
	}
	if slot, err = m.slot(); err != nil {
		return
	}
	idea, run, err = req.wantedRun()
	return
}

// openAmendment opens the form that changes one answer which is frozen.
func openAmendment(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return Reply{}, err
	}
	idea, run, err := req.wantedRun()
	if err != nil {
		return Reply{}, err
	}
	id := pipeline.ItemID(p.Get("item"))
	item, err := amendable(req, run, id)
	if err != nil {
		return Reply{}, err
	}
	if p.Get("afresh") != "" && req.Form != nil {
		m, err := dropFormDraft(ctx, app, req)
		m.Seen = seenAnswer(run, id)
		return Reply{Update: amendmentForm(m, idea, run, item, amended(run, id))}, err
	}
	m := req.formOver(p, run, amendPart(id))
	m.Item, m.Seen = id, seenAnswer(run, id)
	shown, notes := req.goingOn(actionTestAmend, p, amended(run, id))
	return Reply{Open: amendmentForm(m, idea, run, item, shown, notes...)}, nil
}

// amendable finds the item whose answer is frozen, or says why it is not.
func amendable(req *Request, run pipeline.Run, id pipeline.ItemID) (pipeline.Item, error) {
	_, err := pipeline.Amend(run, id, "", "", req.Person.ID, req.Now, req.Loaded.Team.Location())
	if inVain(err) != nil {
		return pipeline.Item{}, err
	}
	items := run.Items()
	return items[slices.IndexFunc(items, func(i pipeline.Item) bool { return i.ID == id })], nil
}

func amendPart(id pipeline.ItemID) string { return partAmend + "." + string(id) }

// fieldAmended is the input for the new answer to an item. Items may be called
// anything, such as why.
func fieldAmended(id pipeline.ItemID) pipeline.Field {
	return pipeline.Field(partAmend + "." + string(id))
}

func seenAnswer(run pipeline.Run, id pipeline.ItemID) map[pipeline.AnswerKey]string {
	key := pipeline.AnswerKey(id)
	return map[pipeline.AnswerKey]string{key: run.Answers[key].Digest()}
}

// amendTest stores a change of what a test promised, beside what it promised
// before. Where somebody else amended the same meanwhile, both are shown.
func amendTest(ctx context.Context, app *App, req *Request) (Reply, error) {
	m, slot, idea, run, err := req.runForm()
	if err != nil {
		return Reply{}, err
	}
	key, field, loc := pipeline.AnswerKey(m.Item), fieldAmended(m.Item), req.Loaded.Team.Location()
	op := req.tryOf(req.Form.typed())
	var theirs *pipeline.Answer
	run, err = app.changeOnce(ctx, req, op, run, func(run pipeline.Run) (runChange, error) {
		theirs = nil
		stands := run.Answers[key]
		mine := !req.Loaded.First && stands.By == req.Person.ID // an earlier try, with other words
		if stands.Digest() != m.Seen[key] && !mine {
			theirs = &stands
			_, err := amendable(req, run, m.Item)
			return runChange{run: run}, err
		}
		changed, err := pipeline.Amend(run, m.Item, req.Form.Value(field).Text, req.Form.Value(pipeline.FieldWhy).Text, req.Person.ID, req.Now, loc)
		if err != nil {
			return runChange{}, atField(err, pipeline.Field(m.Item), field)
		}
		last := changed.Amendments[len(changed.Amendments)-1]
		event := pipeline.Event{
			At: req.Now, By: req.Person.ID, What: pipeline.TestAmended, About: run.Template.Name, Why: last.Why,
			Changes: []pipeline.Change{{Field: pipeline.Field("“" + pipeline.Cut(askedBy(run, m.Item), 60) + "”"), From: last.From, To: last.To}},
		}
		after := telling(op, *req.Loaded.Team, idea, event)
		if m.Item == pipeline.ItemDeadline {
			after = append(after, askedAtDeadline(changed, loc))
		}
		return runChange{run: changed, draft: slot, event: &event, after: after}, nil
	})
	if err != nil {
		return Reply{}, err
	}
	if theirs != nil {
		item, err := amendable(req, run, m.Item)
		if err != nil {
			return Reply{}, err
		}
		m.Seen = seenAnswer(run, m.Item)
		// Its inputs keep their ids, so Slack keeps what is typed in them.
		return Reply{Update: amendmentForm(m, idea, run, item, nil, amendmentClash(*theirs)...)}, nil
	}
	return app.finish(ctx, req, m, amendedNote(run)), nil
}

// askedBy is the question of an item as the run puts it.
func askedBy(run pipeline.Run, id pipeline.ItemID) string {
	for _, item := range run.Template.Items {
		if item.ID == id {
			return run.Template.Asked(item, run.Form)
		}
	}
	return string(id)
}

// atField puts what a rule says of one field beside the input that stands for
// it.
func atField(err error, rule, input pipeline.Field) error {
	var problem *pipeline.Problem
	if !errors.As(err, &problem) || problem.Fields[rule] == "" {
		return err
	}
	moved := *problem
	moved.Fields = map[pipeline.Field]string{}
	for field, words := range problem.Fields {
		if field == rule {
			field = input
		}
		moved.Fields[field] = words
	}
	return &moved
}
