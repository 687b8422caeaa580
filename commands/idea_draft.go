package commands

import (
	"context"
	"fmt"
	"time"

	"alignbot/pipeline"
	"alignbot/storage"
)

// Slots in which drafts of a person are kept.
const (
	draftIdea = "idea"      // of the capture form
	draftLong = "idea.long" // a text that fits no field
	draftEdit = "edit."     // followed by the key of the idea being edited
)

func wantLongText(req *Request) (storage.Want, error) {
	return storage.Want{Draft: draftLong}, nil
}

// wantFormDraft: the draft that the form writes.
func wantFormDraft(req *Request) (storage.Want, error) {
	m, err := decodeMetadata(req.Form.Metadata)
	return storage.Want{Draft: m.Draft}, err
}

// wantFormAfresh: the team that the form was opened for.
func wantFormAfresh(req *Request) (storage.Want, error) {
	m, err := decodeMetadata(req.Form.Metadata)
	return storage.Want{Team: m.Team}, err
}

// formDraft reads the idea form as it stands.
func formDraft(f *Form) pipeline.Draft {
	return pipeline.Draft{
		Title:    f.Value(pipeline.FieldTitle).Text,
		Problem:  f.Value(pipeline.FieldProblem).Text,
		Measure:  f.Value(pipeline.FieldMeasure).Text,
		Evidence: f.Value(pipeline.FieldEvidence).Text,
	}
}

// saveDraft keeps what has been typed so far. Slack reports it while the
// person types, and again when the form is closed.
func saveDraft(ctx context.Context, app *App, req *Request) (Reply, error) {
	m, err := decodeMetadata(req.Form.Metadata)
	if err != nil {
		return Reply{}, err
	}
	slot, err := m.slot()
	if err != nil {
		return Reply{}, err
	}
	d := storage.Draft{Draft: formDraft(req.Form), Team: m.Team, Saved: req.at()}
	if d.Draft.IsZero() && req.On == Close {
		return Reply{}, nil // a closed form may come without what was typed into it
	}
	if req.Loaded.Draft != nil {
		d.Source = req.Loaded.Draft.Source
	}
	return Reply{}, app.Store.SaveDraft(ctx, req.Person.ID, slot, d)
}

// at is when the person acted; when it is handled, where Slack does not say.
func (req *Request) at() time.Time {
	if req.At.IsZero() {
		return req.Now
	}
	return req.At
}

// startAfresh empties the form and forgets its draft.
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
	return Reply{Update: ideaForm(m, pipeline.Draft{}, pipeline.Source{}, req.Loaded.Team, teams)}, nil
}

// dropFormDraft forgets what the form was typed and gives its metadata for a
// new beginning.
func dropFormDraft(ctx context.Context, app *App, req *Request) (metadata, error) {
	m, err := decodeMetadata(req.Form.Metadata)
	if err != nil {
		return metadata{}, err
	}
	slot, err := m.slot()
	if err != nil {
		return metadata{}, err
	}
	if err := app.Store.DropDraft(ctx, req.Person.ID, slot); err != nil {
		return metadata{}, err
	}
	m.Fresh = req.fresh()
	return m, nil
}

// discardDraft throws a draft away from Home.
func discardDraft(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return Reply{}, err
	}
	if !knownSlot(p.Get("draft")) {
		return Reply{}, stale
	}
	if err := app.Store.DropDraft(ctx, req.Person.ID, storage.Slot{Name: p.Get("draft")}); err != nil {
		return Reply{}, err
	}
	return openHome(ctx, app, req)
}

// keepLongText answers a text that no field holds: all of it is kept, and the
// form is offered with its beginning.
func keepLongText(ctx context.Context, app *App, req *Request, d pipeline.Draft) (Reply, error) {
	if err := app.Store.SaveDraft(ctx, req.Person.ID, storage.Slot{Name: draftLong}, storage.Draft{Draft: d, Saved: req.Now}); err != nil {
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
	if req.Loaded.Draft == nil || req.Loaded.Draft.Problem == "" {
		return Reply{}, &pipeline.Problem{
			Code: "draft-gone",
			What: "That text is no longer here: drafts are kept for a day.",
		}
	}
	return Reply{Open: longText(req.Loaded.Draft.Problem)}, nil
}
