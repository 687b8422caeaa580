package commands

import (
	"context"
	"slices"
	"strings"

	"alignbot/pipeline"
	"alignbot/storage"
)

// fieldOutcome is the menu of a team's outcomes; the value of an option is the
// outcome's key.
const fieldOutcome pipeline.Field = "outcome"

// wantOutcomes: the idea that a button names, its team's outcomes, and what was
// typed for a new one before.
func wantOutcomes(req *Request) (storage.Want, error) {
	_, key, err := req.buttonIdea()
	return storage.Want{Idea: key, Outcomes: true, Draft: draftOutcome + key.String()}, err
}

// wantFormOutcome: the idea that the form was opened for and its team's
// outcomes.
func wantFormOutcome(req *Request) (storage.Want, error) {
	_, key, err := req.formIdea()
	return storage.Want{Idea: key, Outcomes: true}, err
}

// openOutcome opens the form that links an outcome to an idea.
func openOutcome(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, idea, err := req.clicked()
	if err != nil {
		return Reply{}, err
	}
	if _, err := pipeline.Link(idea, pipeline.OutcomeKey{Team: idea.Key.Team}, req.Now); err != nil {
		return Reply{}, err // there is no room for one more, or it was withdrawn
	}
	if req.afresh(p) {
		m, err := dropFormDraft(ctx, app, req)
		return Reply{Update: outcomeForm(m, idea, req.Loaded.Outcomes, nil)}, err
	}
	m := req.formOver(p, draftOutcome+idea.Key.String())
	m.Idea = idea.Key.String()
	typed, notes := req.goingOn(actionOutcome, p, nil)
	return Reply{Open: outcomeForm(m, idea, req.Loaded.Outcomes, typed, notes...)}, nil
}

// suggestOutcomes answers a menu of a team's outcomes, where they are too many
// to list: those that have the words, or the newest.
func suggestOutcomes(ctx context.Context, app *App, req *Request) (Reply, error) {
	idea, err := req.wanted()
	if err != nil {
		return Reply{}, err
	}
	outcomes := req.Loaded.Outcomes
	words := pipeline.CleanLine(typed(req.Words))
	first, _, _ := strings.Cut(words, " ")
	if named, err := pipeline.ParseOutcomeKey(first); err == nil && named.Team == idea.Key.Team {
		// One that is older than those that are loaded is reached by its key.
		if outcomes, err = app.Store.OutcomesByKey(ctx, []pipeline.OutcomeKey{named}); err != nil {
			return Reply{}, err
		}
	} else {
		outcomes = slices.DeleteFunc(outcomes, func(o pipeline.Outcome) bool {
			return !strings.Contains(strings.ToLower(o.Statement), strings.ToLower(words))
		})
	}
	return Reply{Options: outcomeOptions(idea, outcomes)}, nil
}

// linkOutcome links the outcome chosen in the form, or a new one written there.
func linkOutcome(ctx context.Context, app *App, req *Request) (Reply, error) {
	m, slot, idea, err := req.submitted()
	if err != nil {
		return Reply{}, err
	}
	chosen, statement := req.Form.Value(fieldOutcome).Text, req.Form.Value(pipeline.FieldStatement).Text
	if chosen == newOutcome {
		chosen = ""
	}
	o, err := app.outcomeMeant(ctx, req, idea, chosen, statement)
	if err != nil {
		return Reply{}, err
	}
	linked := !req.Loaded.First && slices.Contains(idea.Outcomes, o.Key) // by an earlier try whose answer got lost
	var earlier *pipeline.Outcome
	if !linked {
		op := req.tryOf(chosen, statement)
		if o.Key.Number == 0 {
			op = "new:" + req.Op // whatever its words
		}
		written := o
		if o, err = app.link(ctx, req, op, slot, idea, o); err != nil {
			return Reply{}, err
		}
		if written.Key.Number == 0 && o.Statement != written.Statement {
			// An earlier try was stored although its answer got lost, and the words
			// were mended: outcomes keep theirs, so these are one more.
			first := o
			earlier = &first
			if o, err = app.link(ctx, req, "again:"+req.tryOf(statement), slot, idea, written); err != nil {
				return Reply{}, err
			}
		}
	}
	words := Mrkdwn(idea.Key.String()+" is linked to "+o.Key.String()+": ") + escape(o.Statement)
	reply := app.finish(ctx, req, m, tell(words))
	if earlier != nil {
		reply.Tell = tell(words+". Your first try was stored too, as "+Mrkdwn(earlier.Key.String())+": "+escape(earlier.Statement),
			buttons(unlinkButton(idea.Key, earlier.Key, ""))).Tell
	}
	return reply, nil
}

// outcomeMeant is the outcome chosen, or the one in the words written; a new
// one has the number 0. Words that some outcome has already mean that one.
func (app *App) outcomeMeant(ctx context.Context, req *Request, idea pipeline.Idea, chosen, statement string) (pipeline.Outcome, error) {
	wrong := func(field pipeline.Field, words string) (pipeline.Outcome, error) {
		return pipeline.Outcome{}, &pipeline.Problem{
			Code: "outcome-form", What: "One outcome is linked at a time.", Safe: "Nothing was changed.",
			Fields: map[pipeline.Field]string{field: words},
		}
	}
	written := pipeline.HasVisible(statement)
	switch {
	case chosen == "" && !written:
		return wrong(pipeline.FieldStatement, "Choose an outcome above, or write a new one here.")
	case chosen != "" && written:
		return wrong(pipeline.FieldStatement, "You chose an outcome above and wrote one here. Empty this, or choose “A new one” above.")
	case written:
		o, err := pipeline.NewOutcome(idea.Key.Team, statement, req.Person.ID, req.Now)
		for _, known := range req.Loaded.Outcomes {
			if err == nil && strings.EqualFold(known.Statement, o.Statement) {
				return known, nil
			}
		}
		return o, err
	}
	key, err := pipeline.ParseOutcomeKey(chosen)
	if err != nil {
		return pipeline.Outcome{}, stale
	}
	for _, known := range req.Loaded.Outcomes {
		if known.Key == key {
			return known, nil
		}
	}
	if key.Team == idea.Key.Team { // it may be older than those that are loaded
		stored, err := app.Store.OutcomesByKey(ctx, []pipeline.OutcomeKey{key})
		if err != nil {
			return pipeline.Outcome{}, err
		}
		if len(stored) > 0 {
			return stored[0], nil
		}
	}
	return wrong(fieldOutcome, "This outcome is not among the team's. Choose another.")
}

// link ties the idea to the outcome, which is stored first where it is new. It
// does not depend on the idea's words, so a change that came between is no
// reason to ask.
func (app *App) link(ctx context.Context, req *Request, op string, slot storage.Slot, idea pipeline.Idea, o pipeline.Outcome) (pipeline.Outcome, error) {
	event := pipeline.Event{At: req.Now, By: req.Person.ID, What: pipeline.WasLinked, About: o.Key.String()}
	if o.Key.Number == 0 {
		event.About = "#" // its key, once it has one
	}
	_, err := again(idea, func(idea pipeline.Idea) error {
		after, err := pipeline.Link(idea, o.Key, req.Now)
		if err != nil {
			return err
		}
		if o.Key.Number != 0 {
			_, err = app.keep(ctx, req, op, slot, after, event, nil)
			return err
		}
		stored, _, err := app.Store.AddAndLink(ctx, op, o, after, slot, event, telling(op, *req.Loaded.Team, after, event)...)
		if err == nil {
			o = stored
		}
		return err
	})
	return o, err
}

// unlinkOutcome takes the link away that a button names.
func unlinkOutcome(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, idea, err := req.clicked()
	if err != nil {
		return Reply{}, err
	}
	o, err := pipeline.ParseOutcomeKey(p.Get("outcome"))
	if err != nil {
		return Reply{}, stale
	}
	if req.Loaded.First || slices.Contains(idea.Outcomes, o) { // else an earlier delivery did it
		event := pipeline.Event{At: req.Now, By: req.Person.ID, What: pipeline.WasUnlinked, About: o.String()}
		_, err = again(idea, func(idea pipeline.Idea) error {
			after, err := pipeline.Unlink(idea, o, req.Now)
			if err != nil {
				return err
			}
			_, err = app.keep(ctx, req, req.Op, storage.Slot{}, after, event, nil)
			return err
		})
		if err != nil {
			return Reply{}, err
		}
	}
	return app.answer(ctx, req, p, tell(Mrkdwn(idea.Key.String()+" is no longer linked to "+o.String()+". The outcome itself is kept."))), nil
}

// linkedOutcomes adds to the newest outcomes of a team those the idea is linked
// to that are older. One that cannot be read is shown by its key.
func (app *App) linkedOutcomes(ctx context.Context, idea pipeline.Idea, newest []pipeline.Outcome) []pipeline.Outcome {
	old := slices.DeleteFunc(slices.Clone(idea.Outcomes), func(key pipeline.OutcomeKey) bool {
		return statementOf(newest, key) != ""
	})
	if len(old) == 0 {
		return newest
	}
	more, err := app.Store.OutcomesByKey(ctx, old)
	if err != nil {
		app.Log.Warn("the outcomes of an idea could not be read", "idea", idea.Key.String(), "err", err)
	}
	return append(newest, more...)
}
