package commands

import (
	"context"
	"fmt"

	"alignbot/pipeline"
	"alignbot/storage"
)

// wantLongText: the text that fitted no field.
func wantLongText(req *Request) (storage.Want, error) {
	return storage.Want{Draft: draftLong}, nil
}

// wantFormAfresh: the team that the form was opened for, and its draft.
func wantFormAfresh(req *Request) (storage.Want, error) {
	m, err := req.metadata()
	return storage.Want{Team: m.Team, Draft: m.Draft}, err
}

// startAfresh empties the form and forgets its draft. A message it was begun from
// stays its source.
func startAfresh(ctx context.Context, app *App, req *Request) (Reply, error) {
	m, err := dropFormDraft(ctx, app, req)
	if err != nil {
		return Reply{}, err
	}
	var teams []pipeline.Team
	if req.Loaded.Team == nil {
		if teams, err = visibleTeams(ctx, app, req, pipeline.SubmitIdea); err != nil {
			return Reply{}, err
		}
	}
	var from pipeline.Source
	if draft := req.Loaded.Draft; draft != nil && !draft.Source.IsZero() {
		from = draft.Source
		if err := app.beginFrom(ctx, req, m, from, nil); err != nil {
			return Reply{}, err
		}
	}
	if req.Loaded.Team != nil {
		teams = []pipeline.Team{*req.Loaded.Team}
	}
	return Reply{Update: ideaForm(m, pipeline.Draft{}, from, req.Loaded.Team, teams, app.outcomePicker(req, m.Fresh, "", teams...))}, nil
}

// keepLongText answers a text that no field holds: all of it is kept, and the
// form is offered with its beginning.
func keepLongText(ctx context.Context, app *App, req *Request, d pipeline.Draft) (Reply, error) {
	if err := app.Store.SaveDraft(ctx, req.Person.ID, storage.Slot{Name: draftLong}, storage.Draft{Typed: d.Typed(), Saved: req.Now}); err != nil {
		return Reply{}, err
	}
	words := fmt.Sprintf("That text has %d characters; an idea has room for a title of %d and texts of %d. Nothing was captured yet, and all of your text is kept for a day.",
		pipeline.Length(d.Problem), pipeline.TitleLimit, pipeline.TextLimit)
	value := newParams("draft", draftLong)
	if req.Loaded.Team != nil {
		value.set("team", string(req.Loaded.Team.Key))
	}
	return tell(Mrkdwn(words), buttons(
		primary(button(actionNew, "Open the form with its beginning", "", value)),
		button(actionLongText, "Show all of my text", "", newParams("draft", draftLong)),
	)), nil
}

// showLongText opens all of a text that did not fit.
func showLongText(_ context.Context, _ *App, req *Request) (Reply, error) {
	if req.Loaded.Draft == nil || req.Loaded.Draft.Typed[pipeline.FieldProblem] == "" {
		return Reply{}, &pipeline.Problem{
			Code: "draft-gone",
			What: "That text is no longer here: drafts are kept for a day.",
		}
	}
	return Reply{Open: longText(req.Loaded.Draft.Typed[pipeline.FieldProblem])}, nil
}
