package commands

import (
	"context"
	"errors"
	"strings"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// wantTemplateForm: a team's checklists, with the draft of the form that a button
// opens.
func wantTemplateForm(req *Request) (storage.Want, error) {
	want, err := wantTemplates(req)
	if err != nil {
		return storage.Want{}, err
	}
	p, err := decodeParams(req.Value)
	want.Draft = templateSlot(want.Team, p.template())
	return want, err
}

// wantFormTemplate: the checklists of the team that the form was opened for.
func wantFormTemplate(req *Request) (storage.Want, error) {
	m, err := req.metadata()
	if err == nil && m.Team == "" {
		err = stale
	}
	return storage.Want{Team: m.Team, Draft: m.Draft, Dossier: true}, err
}

// newSlot ends the name of a draft of something that has no name yet. Names of
// checklists and questions are in small letters.
const newSlot = "NEW"

// templateSlot names the draft of a checklist; "" for a new one.
func templateSlot(team pipeline.TeamKey, id pipeline.TemplateID) string {
	if id == "" {
		id = newSlot
	}
	return draftTemplate + string(team) + "." + string(id)
}

// seenBefore is what a form showed when it was opened, for metadata.Seen.
const seenBefore pipeline.AnswerKey = "before"

func seen(digest string) map[pipeline.AnswerKey]string {
	return map[pipeline.AnswerKey]string{seenBefore: digest}
}

// openTemplateForm opens the form of a new checklist, or of what stands above
// the questions of one.
func openTemplateForm(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, s, err := app.clickedShelf(req)
	if err != nil {
		return Reply{}, err
	}
	m := req.templateMetadata(s, p)
	m.Draft = templateSlot(s.team.Key, m.Template)
	t, stored, err := startHead(&m, s)
	if err != nil {
		return Reply{}, err
	}
	m.Stored = typedDigest(stored)
	typed, notes := req.restoredTemplate(stored)
	return Reply{Open: templateForm(m, t, typed, notes...)}, nil
}

// startHead gives the checklist that m names, a blank one for none, with what
// the form of its head starts with, which m remembers.
func startHead(m *metadata, s shelf) (pipeline.Template, map[pipeline.Field]string, error) {
	var t pipeline.Template
	if m.Template != "" {
		var err error
		if t, err = s.find(m.Template); err != nil {
			return t, nil, err
		}
		m.Seen = seen(headDigest(t))
	}
	return t, headTyped(t), nil
}

// templateMetadata of a form that a button of these views opens.
func (req *Request) templateMetadata(s shelf, p params) metadata {
	m := req.formOver(p, "")
	m.Team, m.Template = s.team.Key, p.template()
	return m
}

// restoredTemplate gives what was typed into the form before it was closed, with
// a note that says so, or else what is stored.
func (req *Request) restoredTemplate(stored map[pipeline.Field]string) (map[pipeline.Field]string, []slack.Block) {
	d := req.Loaded.Draft
	if d == nil || len(d.Typed) == 0 || sameTyped(d.Typed, stored) {
		return stored, nil
	}
	return d.Typed, []slack.Block{
		unsaved(d.Saved),
		buttons(button(actionTemplateReset, "Start afresh", "with what is saved", newParams())),
	}
}

func sameTyped(a, b map[pipeline.Field]string) bool {
	for _, pair := range [][2]map[pipeline.Field]string{{a, b}, {b, a}} {
		for field, words := range pair[0] {
			if pair[1][field] != words {
				return false
			}
		}
	}
	return true
}

// resetTemplateForm puts what is saved back into a form.
func resetTemplateForm(ctx context.Context, app *App, req *Request) (Reply, error) {
	s, err := app.shelf(req)
	if err != nil {
		return Reply{}, err
	}
	m, err := dropFormDraft(ctx, app, req)
	if err != nil {
		return Reply{}, err
	}
	t, typed, err := startHead(&m, s)
	if err != nil {
		return Reply{}, err
	}
	if m.Draft == templateSlot(m.Team, m.Template) {
		return Reply{Update: templateForm(m, t, typed)}, nil
	}
	if typed, err = startItem(&m, t); err != nil {
		return Reply{}, err
	}
	return Reply{Update: itemForm(m, s, t, typed)}, nil
}

// templateSubmit is a form of a checklist as it came back.
type templateSubmit struct {
	shelf
	m    metadata
	slot storage.Slot
}

func (app *App) templateSubmit(req *Request) (sub templateSubmit, err error) {
	if sub.m, sub.slot, err = req.draftForm(); err != nil {
		return sub, err
	}
	sub.shelf, err = app.shelf(req)
	return sub, err
}

// saveTemplate stores a new checklist with its first question, or what stands
// above the questions of one.
func saveTemplate(ctx context.Context, app *App, req *Request) (Reply, error) {
	sub, err := app.templateSubmit(req)
	if err != nil {
		return Reply{}, err
	}
	typed := req.Form.typed()
	if sub.m.Template == "" {
		return createTemplate(ctx, app, req, sub, typed)
	}
	for range busyTries {
		now, err := sub.find(sub.m.Template)
		if err != nil {
			return Reply{}, err
		}
		changed, err := describe(now, typed)
		if err != nil {
			return Reply{}, err
		}
		switch before := headDigest(now); {
		case headDigest(changed) == before:
			return app.finishTemplate(ctx, req, sub, now)
		case before != sub.m.Seen[seenBefore]:
			sub.m.Seen = seen(before)
			return Reply{Update: templateForm(sub.m, now, typed, templateConflict(now)...)}, nil
		}
		reply, err := app.storeTemplate(ctx, req, &sub, now, changed)
		if !isTemplateConflict(err) {
			return reply, err
		}
	}
	return Reply{}, templateBusy(nil)
}

// createTemplate stores a new checklist. Names are given once, whatever their
// letter case.
func createTemplate(ctx context.Context, app *App, req *Request, sub templateSubmit, typed map[pipeline.Field]string) (Reply, error) {
	t, err := newTemplate(sub.all, typed)
	if err != nil {
		return Reply{}, err
	}
	earlier, err := app.createdBefore(ctx, req, sub)
	if err != nil {
		return Reply{}, err
	}
	if earlier.ID != "" {
		t.ID, t.Version = earlier.ID, earlier.Version
		if len(earlier.Items) > 1 || templateDigest(earlier) == templateDigest(t) { // somebody went on with it, or the words are the same
			return app.finishTemplate(ctx, req, sub, earlier)
		}
	}
	for _, other := range sub.all {
		if other.ID == t.ID || !strings.EqualFold(other.Name, t.Name) {
			continue
		}
		return Reply{}, &pipeline.Problem{
			Code: "template-name", What: "There is a checklist with that name already.",
			Fields: map[pipeline.Field]string{pipeline.FieldName: "There is one with that name already. Choose another name, or change that one."},
		}
	}
	reply, err := app.storeTemplate(ctx, req, &sub, earlier, t)
	if isTemplateConflict(err) {
		err = templateBusy(err)
	}
	return reply, err
}

// createdBefore is the checklist that an earlier try at the form stored although
// its answer got lost: the words may have been mended since, its name among them.
func (app *App) createdBefore(ctx context.Context, req *Request, sub templateSubmit) (pipeline.Template, error) {
	if req.Loaded.First {
		return pipeline.Template{}, nil
	}
	for _, other := range sub.all {
		if other.Version == 0 || builtIn(other.ID) {
			continue
		}
		// The store gives back what this try did to it; a checklist that is there
		// is at no version 0, so that nothing is changed.
		probe := other
		probe.Version = 0
		_, err := app.Store.SaveTemplate(ctx, req.Op, sub.team.Key, probe)
		if err == nil {
			return other, nil
		}
		if !isTemplateConflict(err) {
			return pipeline.Template{}, err
		}
	}
	return pipeline.Template{}, nil
}

func isTemplateConflict(err error) bool {
	var conflict *storage.TemplateConflictError
	return errors.As(err, &conflict)
}

// storeTemplate stores what was typed into a form and shows it. After a
// *storage.TemplateConflictError the shelf of the submit is the current one.
func (app *App) storeTemplate(ctx context.Context, req *Request, sub *templateSubmit, before, t pipeline.Template) (Reply, error) {
	if err := sub.checkAmong(before, t); err != nil {
		return Reply{}, err
	}
	saved, err := app.Store.SaveTemplate(ctx, req.Op, sub.team.Key, t)
	if err == nil && saved.Version <= t.Version {
		// An earlier try was stored although its answer got lost, and the form
		// was submitted again with other words. A question it added is the last.
		if added := len(t.Items) - 1; sub.m.Item == "" && sub.m.Template != "" && len(before.Items) == added && saved.Version == before.Version {
			item := named(t.Items[added], before.Items[added-1].ID)
			if t, err = pipeline.PutItem(before, item, ""); err != nil {
				return Reply{}, err
			}
		}
		saved, err = app.Store.SaveTemplate(ctx, "again:"+templateDigest(t)+":"+req.Op, sub.team.Key, t)
	}
	var conflict *storage.TemplateConflictError
	if errors.As(err, &conflict) {
		sub.shelf = sub.with(t.ID, conflict.Current)
	}
	if err != nil {
		return Reply{}, err
	}
	return app.finishTemplate(ctx, req, *sub, saved)
}

// finishTemplate answers a form whose words are stored.
func (app *App) finishTemplate(ctx context.Context, req *Request, sub templateSubmit, t pipeline.Template) (Reply, error) {
	if err := app.Store.DropDraft(ctx, req.Person.ID, sub.slot); err != nil {
		app.Log.Warn("a draft could not be dropped", "op_id", req.Op, "err", err) // the words it holds are stored
	}
	s := sub.with(t.ID, t)
	if sub.m.Below == inTemplates && req.Form.Below != "" {
		return Reply{Below: templateView(s, t, req.Channel)}, nil
	}
	return app.finish(ctx, req, sub.m, toldTemplate(s, t)), nil
}
