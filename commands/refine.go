package commands

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"alignbot/pipeline"
	"alignbot/storage"
)

// How a refinement is logged and corrected: /align sprint refine.

// wantRefine: the team and the refinement that a button or form names, with what was
// typed before into its form.
func wantRefine(req *Request) (storage.Want, error) {
	team, number, err := req.refinement()
	want := storage.Want{Team: team, Channel: req.Channel}
	if number > 0 {
		want.Sheets = []storage.SheetWant{storage.WantRefinement(number)}
	}
	if team != "" {
		want.Draft = sprintSlot(draftRefine, team, number)
	}
	return want, err
}

// refinement that a button or form names; number 0 is a new one.
func (req *Request) refinement() (team pipeline.TeamKey, number int, err error) {
	if req.On == Submit || req.On == Close {
		m, err := req.metadata()
		if err == nil && (m.Team == "" || m.Refinement < 0) {
			err = stale
		}
		return m.Team, m.Refinement, err
	}
	p, err := decodeParams(req.Value)
	if err != nil {
		return "", 0, err
	}
	team, err = p.team()
	return team, p.number("refinement"), err
}

// wantedRefinement is the one that was asked for; nil where it is a new one.
func (req *Request) wantedRefinement(number int) (*pipeline.Refinement, error) {
	if req.Loaded.Team == nil {
		return nil, stale
	}
	if number == 0 {
		return nil, nil
	}
	found, err := req.Loaded.Refinements(0)
	if err == nil && len(found) == 0 {
		err = &pipeline.Problem{
			Code: "refinement-unknown",
			What: fmt.Sprintf("%s has no refinement %d that you can see.", req.Loaded.Team.Key, number),
			Safe: "Nothing was changed.",
			Next: "Type /align sprint refine to log one.",
		}
	}
	if err != nil {
		return nil, err
	}
	return &found[0], nil
}

// openRefine opens the form that logs a refinement, or corrects one.
func openRefine(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return Reply{}, err
	}
	if req.Loaded.Team == nil {
		return chooseTeam(ctx, app, req, actionRefine, newParams())
	}
	number := p.number("refinement")
	r, err := req.wantedRefinement(number)
	if err != nil {
		return Reply{}, err
	}
	team := *req.Loaded.Team
	stored := pipeline.RefinementForm{Day: req.Now.In(team.Location()).Format("2006-01-02"), People: []string{req.Person.ID}}
	digest := ""
	if r != nil {
		stored = r.Form()
		digest = typedDigest(refineTyped(stored))
	}
	starts := refineTyped(stored)
	if req.afresh(p) {
		m, err := dropFormDraft(ctx, app, req)
		if err != nil {
			return Reply{}, err
		}
		m.Seen, m.Stored = seen(digest), typedDigest(starts)
		ideas, err := app.ideasNamed(ctx, stored.Touched...)
		return Reply{Update: refineForm(m, r, ideas, starts)}, err
	}
	m := req.formOver(p, sprintSlot(draftRefine, team.Key, number))
	m.Team, m.Refinement, m.Seen, m.Stored = team.Key, number, seen(digest), typedDigest(starts)
	if err := app.findTypedDraft(ctx, req, m.Draft); err != nil {
		return Reply{}, err
	}
	typed, notes := req.goingOn(actionRefine, refineValue(team.Key, number, ""), starts)
	ideas, err := app.ideasNamed(ctx, typed[pipeline.FieldTouched], typed[pipeline.FieldPromoted], typed[pipeline.FieldDropped])
	if err != nil {
		return Reply{}, err
	}
	return Reply{Open: refineForm(m, r, ideas, typed, notes...)}, nil
}

// saveRefine logs the refinement, or corrects it. When somebody else corrected it
// meanwhile, the form stays with what was typed and shows theirs.
func saveRefine(ctx context.Context, app *App, req *Request) (Reply, error) {
	m, slot, err := req.draftForm()
	if err != nil {
		return Reply{}, err
	}
	r, err := req.wantedRefinement(m.Refinement)
	if err != nil {
		return Reply{}, err
	}
	typed := req.Form.refinementForm()
	ideas, err := app.ideasNamed(ctx, slices.Concat(typed.Touched, typed.Promoted, typed.Dropped)...)
	if err != nil {
		return Reply{}, err
	}
	if r == nil {
		logged, err := pipeline.NewRefinement(app.Policy, req.Person, req.where(), typed, ideas, req.Now)
		if err != nil {
			return Reply{}, err
		}
		stored, err := app.Store.KeepRefinement(ctx, req.Op, logged, req.Person.ID, slot)
		if err == nil && !req.Loaded.First && !stored.Form().Equal(logged.Form()) {
			stored, err = app.correctRefine(ctx, req, "again:"+req.tryOf(typed), slot, stored, typed, ideas)
		}
		return app.finish(ctx, req, m, refineTold("Logged", stored)), err
	}
	for range busyTries {
		now := typedDigest(refineTyped(r.Form()))
		switch {
		case r.Form().Equal(typed): // nothing differs, by an earlier try perhaps
			return app.finish(ctx, req, m, refineTold("Saved", *r)), app.Store.DropDraft(ctx, req.Person.ID, slot)
		case now != m.Seen[seenBefore]:
			m.Seen = seen(now)
			return Reply{Update: refineForm(m, r, ideas, refineTyped(typed), refineSaid(*r)...)}, nil
		}
		stored, err := app.correctRefine(ctx, req, req.tryOf(typed), slot, *r, typed, ideas)
		var conflict *storage.RefinementConflictError
		switch {
		case errors.As(err, &conflict):
			r = &conflict.Current
		case err != nil:
			return Reply{}, err
		default:
			return app.finish(ctx, req, m, refineTold("Corrected", stored)), nil
		}
	}
	return Reply{}, &pipeline.Problem{
		Code: "refinement-busy",
		What: "Several people are correcting this refinement at this moment.",
		Safe: "Nothing of theirs was overwritten.",
		Next: "Please try again.",
	}
}

// correctRefine puts what was typed in the place of what was logged.
func (app *App) correctRefine(ctx context.Context, req *Request, op string, slot storage.Slot, r pipeline.Refinement, typed pipeline.RefinementForm, ideas []pipeline.Idea) (pipeline.Refinement, error) {
	after, err := pipeline.CorrectRefinement(app.Policy, req.Person, req.where(), r, typed, ideas, req.Now)
	if err != nil {
		return r, err
	}
	return app.Store.KeepRefinement(ctx, op, after, req.Person.ID, slot)
}
