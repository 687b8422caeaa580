package commands

import (
	"context"
	"errors"
	"slices"

	"alignbot/pipeline"
)

// openAmendment opens the form that changes one answer which is frozen.
func openAmendment(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, idea, run, err := req.clickedRun()
	if err != nil {
		return Reply{}, err
	}
	id := pipeline.ItemID(p.Get("item"))
	item, err := amendable(req, run, id)
	if err != nil {
		return Reply{}, err
	}
	if req.afresh(p) {
		m, err := dropFormDraft(ctx, app, req)
		m.Seen = seenAnswer(run, id)
		return Reply{Update: amendmentForm(m, idea, run, item, amended(run, id))}, err
	}
	m := req.formOverRun(p, run, amendPart(id))
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

// amendPart is the part of a run that changes the answer to an item.
func amendPart(id pipeline.ItemID) string { return partAmend + "." + string(id) }

// fieldAmended is the input for the new answer to an item. Items may be called
// anything, such as why.
func fieldAmended(id pipeline.ItemID) pipeline.Field {
	return pipeline.Field(amendPart(id))
}

// seenAnswer is the digest of the answer that a form shows.
func seenAnswer(run pipeline.Run, id pipeline.ItemID) map[pipeline.AnswerKey]string {
	key := pipeline.AnswerKey(id)
	return map[pipeline.AnswerKey]string{key: run.Answers[key].Digest()}
}

// inWords is a value as the history keeps it: somebody by name.
func (app *App) inWords(ctx context.Context, item pipeline.Item, value string) string {
	if item.Kind == pipeline.KindPerson && value != "" {
		return app.name(ctx, value)
	}
	return answerShown(item, pipeline.Answer{Value: value})
}

// amendTest stores a change of what a test promised, beside what it promised
// before. Where the same was amended meanwhile, by somebody else or by the person
// in another form, both are shown.
func amendTest(ctx context.Context, app *App, req *Request) (Reply, error) {
	m, slot, idea, run, err := req.submittedRun()
	if err != nil {
		return Reply{}, err
	}
	key, field, loc := pipeline.AnswerKey(m.Item), fieldAmended(m.Item), req.Loaded.Team.Location()
	op := req.tryOf(req.Form.typed())
	item := amendedItem(run, m.Item)
	var theirs *pipeline.Answer
	run, err = app.changeOnce(ctx, req, op, run, func(run pipeline.Run) (runChange, error) {
		theirs = nil
		stands := run.Answers[key]
		if stands.Digest() != m.Seen[key] {
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
			Changes: []pipeline.Change{{Field: pipeline.Field("“" + pipeline.Cut(askedBy(run, m.Item), 60) + "”"), From: app.inWords(ctx, item, last.From), To: app.inWords(ctx, item, last.To)}},
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
		if item, err = amendable(req, run, m.Item); err != nil {
			return Reply{}, err
		}
		m.Seen = seenAnswer(run, m.Item)
		// Its inputs keep their ids, so Slack keeps what is typed in them.
		return Reply{Update: amendmentForm(m, idea, run, item, nil, amendmentClash(req.Person.ID, item, *theirs)...)}, nil
	}
	return app.finish(ctx, req, m, amendedNote(run)), nil
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
