package commands

import (
	"context"
	"errors"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// openOutcomeEdit opens the form of an outcome that is there.
func openOutcomeEdit(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, o, err := req.clickedOutcome()
	if err != nil {
		return Reply{}, err
	}
	// What can be refused before anything is typed is refused before.
	form := o.Form()
	form.Asked = true
	if _, _, err := pipeline.EditOutcome(app.Policy, req.Person, req.where(), o, form, req.Loaded.Nodes, req.Now); refusedAtOnce(err) {
		return Reply{}, err
	}
	s := outcomeScene{outcome: o, nodes: req.Loaded.Nodes, left: app.hasLeft(ctx, o.Owner)}
	stored := outcomeTyped(o)
	if req.afresh(p) {
		m, err := dropFormDraft(ctx, app, req)
		m.Asked, m.Seen, m.Stored = false, seen(outcomeDigest(o)), typedDigest(stored)
		return Reply{Update: editOutcomeForm(m, s, stored)}, err
	}
	m := req.formOver(p, nodeSlot(draftOutcomeEdit, o.Key, 0))
	m.Team, m.Node, m.At, m.More = o.Key.Team, o.Key.String(), p.Get("at"), true
	m.Seen, m.Stored = seen(outcomeDigest(o)), typedDigest(stored)
	if err := app.findTypedDraft(ctx, req, m.Draft); err != nil {
		return Reply{}, err
	}
	typed, notes := req.goingOn(actionOutcomeEdit, newParams("node", m.Node), stored)
	return Reply{Open: editOutcomeForm(m, s, typed, notes...)}, nil
}

// hasLeft tells whether somebody's account is not active any more, as far as Slack
// says.
func (app *App) hasLeft(ctx context.Context, user string) bool {
	if user == "" {
		return false
	}
	p, err := app.Lookup(ctx, user)
	return err == nil && p.Deactivated
}

// outcomeDigest tells what the form of an outcome shows from anything else that it
// could.
func outcomeDigest(o pipeline.Outcome) string { return typedDigest(outcomeTyped(o)) }

// editOutcome stores what was changed in the form. When somebody else changed the
// outcome meanwhile, the form stays with what was typed and shows theirs; a
// check-in is no such change.
func (app *App) editOutcome(ctx context.Context, req *Request, m metadata, slot storage.Slot, s outcomeScene, typed pipeline.OutcomeForm) (Reply, error) {
	o := s.outcome
	if !req.Loaded.First {
		stored, current, err := app.outcomeBefore(ctx, req, slot, o)
		switch {
		case err != nil:
			return Reply{}, err
		case current != nil:
			o = *current
		default:
			if stored, err = app.mendOutcome(ctx, req, slot, stored, typed); err != nil {
				return Reply{}, err
			}
			return app.finish(ctx, req, m, outcomeTold("Saved ", stored)), nil
		}
	}
	for range busyTries {
		if now := outcomeDigest(o); now != m.Seen[seenBefore] {
			m.Seen = seen(now)
			return Reply{Update: editOutcomeForm(m, outcomeScene{outcome: o, nodes: s.nodes}, req.Form.typed(), outcomeConflict(o, s.nodes)...)}, nil
		}
		typed.Light = o.Light
		after, event, err := pipeline.EditOutcome(app.Policy, req.Person, req.where(), o, typed, s.nodes, req.Now)
		if reply, asked := req.asksForChange(m, s, err); asked {
			return reply, nil
		}
		if err != nil {
			return Reply{}, err
		}
		if event.What == "" {
			return app.finish(ctx, req, m, outcomeTold("Nothing differs in ", o)), app.Store.DropDraft(ctx, req.Person.ID, slot)
		}
		after, err = app.Store.ChangeOutcome(ctx, req.Op, after, slot, event, redrawCards(req.Op, o.Key))
		var conflict *storage.OutcomeConflictError
		switch {
		case errors.As(err, &conflict):
			o = conflict.Current
		case err != nil:
			return Reply{}, err
		default:
			return app.finish(ctx, req, m, outcomeTold("Saved ", after)), nil
		}
	}
	return Reply{}, busyNode(o.Key)
}

// outcomeBefore gives what an earlier try of the same act stored. Where there was
// none, nothing is changed, and current is the outcome as it is now.
func (app *App) outcomeBefore(ctx context.Context, req *Request, slot storage.Slot, o pipeline.Outcome) (stored pipeline.Outcome, current *pipeline.Outcome, err error) {
	o.Version = 0 // no outcome is at it
	stored, err = app.Store.ChangeOutcome(ctx, req.Op, o, slot, pipeline.Event{At: req.Now, By: req.Person.ID})
	var conflict *storage.OutcomeConflictError
	if errors.As(err, &conflict) {
		return o, &conflict.Current, nil
	}
	return stored, nil, err
}

// outcomeConflict shows what an outcome says now, to somebody whose own words are
// in the form below.
func outcomeConflict(now pipeline.Outcome, nodes pipeline.Nodes) []slack.Block {
	theirs := []slack.RichTextElement{line(bold("What it says now")), line(text(now.Statement)), line(text(placeInWords(now, nodes)))}
	theirs = append(theirs, measureLines(now)...)
	if now.MetricBy != "" {
		theirs = append(theirs, line(text("It gets a number by "+pipeline.ShowDay(now.MetricBy)+".")))
	}
	if now.Owner != "" {
		theirs = append(theirs, line(text("Looked after by "), person(now.Owner)))
	}
	return []slack.Block{
		say("*Somebody changed this outcome while you were typing.* Your words are still below. Save again to put them in place of what it says now."),
		rich(theirs...),
	}
}
