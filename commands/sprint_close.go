package commands

import (
	"context"
	"errors"
	"fmt"

	"alignbot/pipeline"
	"alignbot/storage"
)

// How a sprint is closed, and how it is corrected what was done in it.

// openSprintClose opens the form that closes the sprint of the button.
func openSprintClose(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return Reply{}, err
	}
	s, err := app.sprintScene(ctx, req, p.number("sprint"))
	if err != nil {
		return Reply{}, err
	}
	if s.sprint == nil {
		return Reply{}, noSprint(s.team.Key, 0)
	}
	return app.openSprintClosing(ctx, req, s, p)
}

// openSprintClosing opens that form with what was chosen before, else with what it starts
// with.
func (app *App) openSprintClosing(ctx context.Context, req *Request, s sprintScene, p params) (Reply, error) {
	corrects := !s.sprint.IsOpen()
	if _, _, err := app.sprintClosing(req, s, nil, corrects); refusedAtOnce(err) {
		return Reply{}, err
	}
	stored := s.doneIn()
	if req.afresh(p) {
		m, err := dropFormDraft(ctx, app, req)
		m.Stored = typedDigest(stored)
		return Reply{Update: closingForm(m, s, stored)}, err
	}
	m := req.formOver(p, sprintSlot(draftSprintClose, s.team.Key, s.sprint.Number))
	m.Team, m.Sprint, m.Again, m.Stored = s.team.Key, s.sprint.Number, corrects, typedDigest(stored)
	if err := app.findTypedDraft(ctx, req, m.Draft); err != nil {
		return Reply{}, err
	}
	typed, notes := req.goingOn(actionSprintClose, sprintValue(s.team.Key, s.sprint.Number, ""), stored)
	return Reply{Open: closingForm(m, s, typed, notes...)}, nil
}

// sprintClosing applies the rule: it closes the sprint, or corrects one that is closed.
func (app *App) sprintClosing(req *Request, s sprintScene, done []string, corrects bool) (pipeline.Sprint, []pipeline.Happening, error) {
	if !corrects {
		return pipeline.CloseSprint(app.Policy, req.Person, req.where(), *s.sprint, done, s.ideas, req.Now)
	}
	if !s.isNewest() {
		return *s.sprint, nil, &pipeline.Problem{
			Code: "sprint-past",
			What: fmt.Sprintf("Only the newest sprint is corrected, and that is %s by now.", s.newest.Name()),
			Safe: "Nothing was changed.",
		}
	}
	corrected, err := pipeline.CorrectSprint(app.Policy, req.Person, req.where(), *s.sprint, done)
	return corrected, nil, err
}

// closeSprint closes the sprint that the form was opened for, or corrects it. The form
// of one with nothing in it has no input that a refusal could stand beside.
func closeSprint(ctx context.Context, app *App, req *Request) (Reply, error) {
	m, slot, err := req.draftForm()
	if err != nil {
		return Reply{}, err
	}
	if m.Sprint < 1 {
		return Reply{}, stale
	}
	s, err := app.sprintScene(ctx, req, m.Sprint)
	if err != nil {
		return Reply{}, err
	}
	reply, err := app.closeNow(ctx, req, m, slot, s)
	if err != nil && len(s.sprint.Items) == 0 {
		return Reply{Update: closingForm(m, s, nil, Trouble(app.named(err)).Blocks...)}, nil
	}
	return reply, err
}

// closeNow stores what was chosen in the form.
func (app *App) closeNow(ctx context.Context, req *Request, m metadata, slot storage.Slot, s sprintScene) (Reply, error) {
	done, op, corrects := req.Form.Value(pipeline.FieldDone).Chosen, req.Op, m.Again
	if !req.Loaded.First {
		stored, current, err := app.sprintBefore(ctx, req, slot, *s.sprint)
		switch {
		case err != nil:
			return Reply{}, err
		case stored != nil: // what differs from that is a correction
			s.sprint, op, corrects = stored, "again:"+req.tryOf(done), true
		default:
			s.sprint = current
		}
	}
	for range busyTries {
		after, events, err := app.sprintClosing(req, s, done, corrects)
		if err != nil {
			return Reply{}, err
		}
		if corrects && sameDone(after, *s.sprint) {
			return app.toldSprint(ctx, req, m, s, after, closedWords(s, after)), app.Store.DropDraft(ctx, req.Person.ID, slot)
		}
		entries, err := app.reviewedAgain(ctx, s.team, after)
		if err != nil {
			return Reply{}, err
		}
		if !corrects {
			due, err := app.reviewingSprint(ctx, s.team, after)
			if err != nil {
				return Reply{}, err
			}
			entries = append(entries, due...)
		}
		stored, err := app.Store.KeepSprint(ctx, op, after, req.Person.ID, slot, events, append(entries, tellSprint(s.team, after))...)
		var conflict *storage.SprintConflictError
		switch {
		case errors.As(err, &conflict):
			s.sprint = &conflict.Current
		case err != nil:
			return Reply{}, err
		default:
			return app.toldSprint(ctx, req, m, s, stored, closedWords(s, stored)), nil
		}
	}
	return Reply{}, busySprint(*s.sprint)
}

// sameDone tells whether the same items are done in both.
func sameDone(a, b pipeline.Sprint) bool {
	for i := range a.Items {
		if a.Items[i].Done != b.Items[i].Done {
			return false
		}
	}
	return true
}

// closedWords tell what a sprint has finished, and what becomes of the rest.
func closedWords(s sprintScene, sprint pipeline.Sprint) string {
	words := fmt.Sprintf("%s of %s is closed. Finished: %s.", sprintName(sprint), s.team.Name, finishedWords(sprint))
	left := sprint.Left()
	if len(left) == 0 {
		return words
	}
	var keys []pipeline.Key
	for _, item := range left {
		keys = append(keys, item.Key)
	}
	return words + " Not done, and where they were: " + keysInWords(keys) + "."
}
