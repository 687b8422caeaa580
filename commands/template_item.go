package commands

import (
	"context"

	"alignbot/pipeline"
	"alignbot/storage"
)

// wantItemForm: a team's checklists, with the draft of the form of a question
// that a button opens.
func wantItemForm(req *Request) (storage.Want, error) {
	want, err := wantTemplates(req)
	if err != nil {
		return storage.Want{}, err
	}
	p, err := decodeParams(req.Value)
	want.Draft = itemSlot(want.Team, p.template(), p.item())
	return want, err
}

// itemSlot names the draft of a question of a checklist; "" for a new one.
func itemSlot(team pipeline.TeamKey, id pipeline.TemplateID, item pipeline.ItemID) string {
	if item == "" {
		item = newSlot
	}
	return templateSlot(team, id) + "." + string(item)
}

// openItemForm opens the form of a question, a new one or one that is there.
func openItemForm(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, s, err := app.clickedShelf(req)
	if err != nil {
		return Reply{}, err
	}
	t, err := s.find(p.template())
	if err != nil {
		return Reply{}, err
	}
	m := req.templateMetadata(s, p)
	m.Item, m.Draft = p.item(), itemSlot(s.team.Key, t.ID, p.item())
	stored, err := startItem(&m, t)
	if err != nil {
		return Reply{}, err
	}
	m.Stored = typedDigest(stored)
	typed, notes := req.restoredTemplate(stored)
	return Reply{Open: itemForm(m, s, t, typed, notes...)}, nil
}

// startItem gives what the form of the question starts with that m names, a new
// one for none, which m remembers.
func startItem(m *metadata, t pipeline.Template) (map[pipeline.Field]string, error) {
	item := newItem
	if m.Item != "" {
		var there bool
		if item, there = findItem(t, m.Item); !there {
			return nil, itemGone
		}
		m.Seen = seen(itemDigest(item))
	}
	return itemTyped(t, item), nil
}

// newItem is what the form of a new question starts with.
var newItem = pipeline.Item{Kind: pipeline.KindYesNo, Required: true}

var itemGone = &pipeline.Problem{
	Code: "item-gone",
	What: "That question is no longer in this checklist: somebody removed it.",
	Safe: "Checklists that have begun keep it.",
	Next: "Close this and open the checklist again to see what is in it.",
}

// chooseKind redraws the form of a question with the inputs of its kind.
func chooseKind(ctx context.Context, app *App, req *Request) (Reply, error) {
	m, err := req.metadata()
	if err != nil {
		return Reply{}, err
	}
	s, err := app.shelf(req)
	if err != nil {
		return Reply{}, err
	}
	t, err := s.find(m.Template)
	if err != nil {
		return Reply{}, err
	}
	if err := app.keepTyped(ctx, req, m); err != nil {
		return Reply{}, err
	}
	typed := req.Form.typed()
	delete(typed, fieldOneOf) // answers of one kind are none of another's
	for field, words := range itemTyped(t, pipeline.Item{Kind: pipeline.ItemKind(typed[fieldKind])}) {
		if typed[field] == "" {
			typed[field] = words
		}
	}
	return Reply{Update: itemForm(m, s, t, typed)}, nil
}

// saveItem stores a question.
func saveItem(ctx context.Context, app *App, req *Request) (Reply, error) {
	sub, err := app.templateSubmit(req)
	if err != nil {
		return Reply{}, err
	}
	item, err := itemOf(req.Form.typed())
	if err != nil {
		return Reply{}, err
	}
	for range busyTries {
		t, err := sub.find(sub.m.Template)
		if err != nil {
			return Reply{}, err
		}
		put := editItem
		if sub.m.Item == "" {
			put = addItem
		}
		reply, err := put(ctx, app, req, &sub, t, item)
		if !isTemplateConflict(err) {
			return reply, err
		}
	}
	return Reply{}, templateBusy(nil)
}

// addItem puts a new question at the end.
func addItem(ctx context.Context, app *App, req *Request, sub *templateSubmit, t pipeline.Template, item pipeline.Item) (Reply, error) {
	item.ID = pipeline.NewItemID(t, item.Question)
	changed, err := pipeline.PutItem(t, item, "")
	if err != nil {
		return Reply{}, err
	}
	added, last := changed.Items[len(t.Items)], t.Items[len(t.Items)-1]
	if !req.Loaded.First && itemDigest(named(added, last.ID)) == itemDigest(last) {
		return app.finishTemplate(ctx, req, *sub, t) // stored by an earlier try
	}
	return app.storeTemplate(ctx, req, sub, t, changed)
}

// editItem puts a question in the place of what it was. When somebody else changed
// it since the form was opened, the form stays with what was typed and shows theirs.
func editItem(ctx context.Context, app *App, req *Request, sub *templateSubmit, t pipeline.Template, item pipeline.Item) (Reply, error) {
	changed, err := pipeline.PutItem(t, named(item, sub.m.Item), "")
	if err != nil {
		return Reply{}, err
	}
	before := "" // somebody removed it
	now, there := findItem(t, sub.m.Item)
	if there {
		before = itemDigest(now)
	}
	put, _ := findItem(changed, sub.m.Item)
	switch {
	case before == itemDigest(put):
		return app.finishTemplate(ctx, req, *sub, t)
	case before != sub.m.Seen[seenBefore]:
		sub.m.Seen = seen(before)
		return Reply{Update: itemForm(sub.m, sub.shelf, t, shortTyped(req.Form.typed()), itemConflict(sub.shelf, now, there)...)}, nil
	}
	return app.storeTemplate(ctx, req, sub, t, changed)
}

// named gives the question with another id.
func named(item pipeline.Item, id pipeline.ItemID) pipeline.Item {
	item.ID = id
	return item
}

// moveItem moves a question up or down.
func moveItem(ctx context.Context, app *App, req *Request) (Reply, error) {
	return changeTemplate(ctx, app, req, func(t pipeline.Template, p params) (pipeline.Template, error) {
		by := 1
		if p.Get("by") == "up" {
			by = -1
		}
		return pipeline.MoveItem(t, p.item(), by)
	})
}

// removeItem takes a question out.
func removeItem(ctx context.Context, app *App, req *Request) (Reply, error) {
	return changeTemplate(ctx, app, req, func(t pipeline.Template, p params) (pipeline.Template, error) {
		if _, there := findItem(t, p.item()); !there && !req.Loaded.First {
			return t, nil // the same click removed it
		}
		return pipeline.RemoveItem(t, p.item())
	})
}

func findItem(t pipeline.Template, id pipeline.ItemID) (pipeline.Item, bool) {
	for _, item := range t.Items {
		if item.ID == id {
			return item, true
		}
	}
	return pipeline.Item{}, false
}

// itemDigest tells one content of a question from another.
func itemDigest(item pipeline.Item) string {
	return templateDigest(pipeline.Template{Items: []pipeline.Item{item}})
}
