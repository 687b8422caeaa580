package commands

import (
	"context"
	"regexp"
	"strings"
	"time"

	"alignbot/pipeline"
	"alignbot/storage"
)

// What somebody types into a form is kept for a day in a slot of its own: one
// for each thing being written. The first word of its name says of which form
// it is; the key of the idea and more may follow.
const (
	draftIdea     = "idea"      // of the capture form
	draftLong     = "idea.long" // a text that fits no field
	draftEdit     = "edit."     // KEY: of an idea being edited
	draftRun      = "run."      // KEY.RUN.STEP: of a step of a checklist
	draftEvidence = "evidence." // KEY, or a word of its own where the idea is still to be chosen
	draftStage    = "stage."    // KEY.STAGE: why an idea moves
	draftWork     = "work."     // KEY: size and acceptance criteria
	draftOutcome  = "outcome."  // KEY: an outcome in one line
	draftTemplate = "template." // TEAM.ID: a checklist of a team, or an item of it
)

// slotWord is what names of slots and openings of forms are made of.
var slotWord = regexp.MustCompile(`^[A-Za-z0-9.-]{1,100}$`)

// knownSlot tells whether a name that came back from Slack can be one of ours.
func knownSlot(name string) bool {
	if !slotWord.MatchString(name) {
		return false
	}
	for _, kind := range []string{draftIdea + ".", draftEdit, draftRun, draftEvidence, draftStage, draftWork, draftOutcome, draftTemplate} {
		if strings.HasPrefix(name, kind) {
			return true
		}
	}
	return name == draftIdea
}

// wantFormDraft: the draft that the form writes.
func wantFormDraft(req *Request) (storage.Want, error) {
	m, err := decodeMetadata(req.Form.Metadata)
	return storage.Want{Draft: m.Draft}, err
}

// saveDraft keeps what has been typed so far. Slack reports it while the
// person types, and again when the form is closed.
func saveDraft(ctx context.Context, app *App, req *Request) (Reply, error) {
	m, err := decodeMetadata(req.Form.Metadata)
	if err != nil {
		return Reply{}, err
	}
	return Reply{}, app.keepTyped(ctx, req, m)
}

// keepTyped keeps what stands in the form of which m is the metadata.
func (app *App) keepTyped(ctx context.Context, req *Request, m metadata) error {
	slot, err := m.slot()
	if err != nil {
		return err
	}
	d := storage.Draft{Typed: req.Form.typed(), Team: m.Team, Saved: req.at()}
	if m.ofStep() {
		d.Typed = changedIn(req.Form, m)
	}
	if len(d.Typed) == 0 && req.On == Close {
		return nil // a closed form may come without what was typed into it
	}
	if req.Loaded.Draft != nil {
		d.Source = req.Loaded.Draft.Source
	}
	return app.Store.SaveDraft(ctx, req.Person.ID, slot, d)
}

// at is when the person acted; when it is handled, where Slack does not say.
func (req *Request) at() time.Time {
	if req.At.IsZero() {
		return req.Now
	}
	return req.At
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

// typedBefore is what the loaded draft holds for the field; otherwise what the
// field starts with.
func (req *Request) typedBefore(field pipeline.Field, otherwise string) string {
	if d := req.Loaded.Draft; d != nil && len(d.Typed) > 0 {
		return d.Typed[field]
	}
	return otherwise
}
