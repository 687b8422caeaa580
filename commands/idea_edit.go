package commands

import (
	"context"
	"errors"
	"strings"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// fitsKey: a key, or one word, which may be a misspelt key; more is a title.
func fitsKey(rest string) bool {
	_, err := pipeline.ParseTypedKey(rest)
	return err == nil || len(strings.Fields(rest)) == 1
}

// openEditForm opens the form with what the idea says, or with what the person
// had typed before.
func openEditForm(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, idea, err := req.clicked()
	if err != nil {
		return Reply{}, err
	}
	if _, err := pipeline.Edit(idea, idea.Draft(), req.Now); err != nil {
		return Reply{}, err
	}
	m := req.formOver(p, draftEdit+idea.Key.String())
	m.Idea, m.Version, m.Stored = idea.Key.String(), idea.Version, typedDigest(idea.Draft().Typed())
	saved := req.Loaded.Draft
	if key, err := pipeline.ParseTypedKey(typed(req.Words)); req.On == Slash && err == nil && key.Team == "" {
		drafts, err := app.Store.Drafts(ctx, req.Person.ID)
		if err != nil {
			return Reply{}, err
		}
		if d, kept := drafts[m.Draft]; kept {
			saved = &d
		}
	}
	d := idea.Draft()
	var notes []slack.Block
	if saved != nil && len(saved.Typed) > 0 && pipeline.DraftOf(saved.Typed) != d {
		d = pipeline.DraftOf(saved.Typed)
		notes = []slack.Block{
			unsaved(saved.Saved),
			buttons(button(actionEditAfresh, "Start afresh", "with what the idea says", newParams("draft", m.Draft))),
		}
	}
	return Reply{Open: editForm(m, d, notes...)}, nil
}

// editIdea stores what was changed in the form. When somebody else changed
// the idea meanwhile, the form stays with what was typed and shows theirs.
func editIdea(ctx context.Context, app *App, req *Request) (Reply, error) {
	m, slot, idea, err := req.submitted()
	if err != nil {
		return Reply{}, err
	}
	d := pipeline.DraftOf(req.Form.typed())
	edited, err := pipeline.Edit(idea, d, req.Now)
	if err != nil {
		return Reply{}, err
	}
	done := tell(Mrkdwn("Saved " + idea.Key.String() + "."))
	if edited.Draft() == idea.Draft() {
		return done, app.Store.DropDraft(ctx, req.Person.ID, slot)
	}
	edited.Version = m.Version
	var conflict *storage.ConflictError
	if _, err = app.keepEdit(ctx, req, req.Op, slot, idea, edited); errors.As(err, &conflict) {
		m.Version = conflict.Current.Version
		// Its blocks keep their ids, so Slack keeps what is typed in them: the
		// long texts need not travel, and would not fit an acknowledgement.
		return Reply{Update: editForm(m, pipeline.Draft{Title: d.Title}, ideaConflict(conflict.Current)...)}, nil
	}
	if err != nil {
		return Reply{}, err
	}
	return app.finish(ctx, req, m, done), nil
}

// ideaConflict shows what the idea says now, to somebody whose own words are
// in the form below.
func ideaConflict(now pipeline.Idea) []slack.Block {
	theirs := []slack.RichTextElement{line(bold("What it says now")), line(text(now.Title))}
	for _, long := range []struct{ label, words string }{
		{"Problem", now.Problem}, {"We will know when", now.Measure}, {"Evidence", now.Evidence},
	} {
		if long.words != "" {
			theirs = append(theirs, line(bold(long.label)), quote(pipeline.Cut(long.words, 500)))
		}
	}
	return []slack.Block{
		say("*Somebody changed this idea while you were typing.* Your words are still below. Save again to put them in place of what it says now."),
		rich(theirs...),
	}
}

// startEditAfresh puts what the idea says back into its form.
func startEditAfresh(ctx context.Context, app *App, req *Request) (Reply, error) {
	idea, err := req.wanted()
	if err != nil {
		return Reply{}, err
	}
	m, err := dropFormDraft(ctx, app, req)
	m.Version = idea.Version
	return Reply{Update: editForm(m, idea.Draft())}, err
}

// keepEdit is keep for the words of an idea.
func (app *App) keepEdit(ctx context.Context, req *Request, op string, draft storage.Slot, before, after pipeline.Idea) (pipeline.Idea, error) {
	event := pipeline.Event{At: req.Now, By: req.Person.ID, What: pipeline.WasEdited, Changes: pipeline.Differences(before, after)}
	stored, err := app.keep(ctx, req, op, draft, after, event, nil)
	if err != nil || stored.Draft() == after.Draft() {
		return stored, err
	}
	// An earlier try was stored although its answer got lost, and the form was
	// submitted again with other words: these are one more edit.
	after.Version = stored.Version
	event.Changes = pipeline.Differences(stored, after)
	return app.keep(ctx, req, "again:"+digest(after.Draft())+":"+op, draft, after, event, nil)
}
