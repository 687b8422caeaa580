package commands

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// wantTypedIdea: the idea whose key stands behind the command, and the draft
// of its edit.
func wantTypedIdea(req *Request) (storage.Want, error) {
	words := typed(req.Words)
	if strings.TrimSpace(words) == "" {
		return storage.Want{}, &pipeline.Problem{
			Code: "key-missing",
			What: "Which idea? Put its key behind the command, like PAY-12.",
			Next: "Type /idea list to see the keys of your team's ideas.",
		}
	}
	key, err := pipeline.ParseTypedKey(words)
	if err != nil {
		return storage.Want{}, err
	}
	want := wantIdea(key)
	want.Channel = req.Channel // whose team is meant by a bare number
	return want, nil
}

// fitsKey: a key, or one word, which may be a misspelt key; more is a title.
func fitsKey(rest string) bool {
	_, err := pipeline.ParseTypedKey(rest)
	return err == nil || len(strings.Fields(rest)) == 1
}

// wantButtonIdea: the idea that a button names.
func wantButtonIdea(req *Request) (storage.Want, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return storage.Want{}, err
	}
	key, err := p.idea()
	return wantIdea(key), err
}

// wantFormIdea: the idea that the form was opened for.
func wantFormIdea(req *Request) (storage.Want, error) {
	m, err := decodeMetadata(req.Form.Metadata)
	if err != nil {
		return storage.Want{}, err
	}
	key, err := pipeline.ParseKey(m.Idea)
	if err != nil {
		return storage.Want{}, stale
	}
	return wantIdea(key), nil
}

func wantIdea(key pipeline.Key) storage.Want {
	if key.Team == "" { // its draft has the whole key in its name
		return storage.Want{Idea: key}
	}
	return storage.Want{Idea: key, Draft: draftEdit + key.String()}
}

// wanted is the idea that was asked for, or the answer that there is none.
func (req *Request) wanted() (pipeline.Idea, error) {
	if req.Loaded.Idea == nil {
		var key pipeline.Key
		switch {
		case req.Form != nil:
			m, _ := decodeMetadata(req.Form.Metadata)
			key, _ = pipeline.ParseKey(m.Idea)
		case req.Value != "":
			p, _ := decodeParams(req.Value)
			key, _ = p.idea()
		default:
			if key, _ = pipeline.ParseTypedKey(typed(req.Words)); key.Team == "" && req.Loaded.Team != nil {
				key.Team = req.Loaded.Team.Key
			}
		}
		return pipeline.Idea{}, noIdea(key)
	}
	return *req.Loaded.Idea, nil
}

// openEditForm opens the form with what the idea says, or with what the person
// had typed before.
func openEditForm(ctx context.Context, app *App, req *Request) (Reply, error) {
	idea, err := req.wanted()
	if err != nil {
		return Reply{}, err
	}
	if _, err := pipeline.Edit(idea, idea.Draft(), req.Now); err != nil {
		return Reply{}, err
	}
	m := metadata{
		Idea: idea.Key.String(), Version: idea.Version, Draft: draftEdit + idea.Key.String(),
		Channel: req.Channel, Fresh: req.fresh(), Home: req.Channel == "" && req.On == Button && req.Form == nil,
	}
	if p, err := decodeParams(req.Value); err == nil {
		m.Below, m.Run, m.Step = p.Get("in"), p.number("run"), p.number("step")
	}
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
		notes = restored(actionEditAfresh, m.Draft, whenTime(saved.Saved))
	}
	return Reply{Open: editForm(m, d, notes...)}, nil
}

// editIdea stores what was changed in the form. When somebody else changed
// the idea meanwhile, the form stays with what was typed and shows theirs.
func editIdea(ctx context.Context, app *App, req *Request) (Reply, error) {
	m, err := decodeMetadata(req.Form.Metadata)
	if err != nil {
		return Reply{}, err
	}
	slot, err := m.slot()
	if err != nil {
		return Reply{}, err
	}
	idea, err := req.wanted()
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
	if _, err = change(ctx, app, req, req.Op, slot, idea, edited, pipeline.WasEdited); errors.As(err, &conflict) {
		m.Version = conflict.Current.Version
		// Its blocks keep their ids, so Slack keeps what is typed in them: the
		// long texts need not travel, and would not fit an acknowledgement.
		return Reply{Update: editForm(m, pipeline.Draft{Title: d.Title}, conflictNote(conflict.Current)...)}, nil
	}
	if err != nil {
		return Reply{}, err
	}
	return app.finish(ctx, req, m, done), nil
}

// conflictNote shows what the idea says now, to somebody whose own words are
// in the form below.
func conflictNote(now pipeline.Idea) []slack.Block {
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

// change stores a changed idea, redraws its card and tells its thread.
func change(ctx context.Context, app *App, req *Request, op string, draft storage.Slot, before, after pipeline.Idea, what pipeline.What) (pipeline.Idea, error) {
	event := pipeline.Event{At: req.Now, By: req.Person.ID, What: what, Changes: pipeline.Differences(before, after)}
	stored, err := app.keep(ctx, req, op, draft, after, event, nil)
	if err != nil || what != pipeline.WasEdited || stored.Draft() == after.Draft() {
		return stored, err
	}
	// An earlier try was stored although its answer got lost, and the form was
	// submitted again with other words: these are one more edit.
	before, after.Version = stored, stored.Version
	event.Changes = pipeline.Differences(before, after)
	return app.keep(ctx, req, "again:"+digest(after.Draft())+":"+op, draft, after, event, nil)
}

// keep stores a changed idea with the line for its history, redraws its card and
// tells its thread. seen is the load of the Product Backlog that a gate was
// asked with, nil where none was.
func (app *App) keep(ctx context.Context, req *Request, op string, draft storage.Slot, after pipeline.Idea, event pipeline.Event, seen *pipeline.Load) (pipeline.Idea, error) {
	return app.Store.MoveIdea(ctx, op, after, seen, draft, event, telling(op, *req.Loaded.Team, after, event)...)
}

// telling is what must be posted when something happened to an idea: its card,
// drawn anew, and a line of news.
func telling(op string, team pipeline.Team, idea pipeline.Idea, event pipeline.Event) []storage.Outgoing {
	key, channel := idea.Key.String(), team.Channel
	card := storage.Outgoing{ID: "card:" + key, Kind: drawCard, Subject: key, Channel: channel}
	if toldAtSource(event.What, team, idea.Source) {
		channel = idea.Source.Channel
	}
	return []storage.Outgoing{card, {ID: "news:" + op, Kind: drawNews, Subject: key, Channel: channel, Args: newsArgs(event)}}
}

// digest tells what was typed from anything else that was.
func digest(typed ...any) string {
	h := fnv.New64a()
	fmt.Fprintf(h, "%q", typed)
	return strconv.FormatUint(h.Sum64(), 36)
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

// withdrawIdea takes an idea out of the lists.
func withdrawIdea(ctx context.Context, app *App, req *Request) (Reply, error) {
	return changeStanding(ctx, app, req, pipeline.WasWithdrawn,
		func(idea pipeline.Idea) (pipeline.Idea, error) {
			return pipeline.Withdraw(idea, req.Person.ID, req.Now)
		},
		func(idea pipeline.Idea) bool { return idea.WithdrawnBy == req.Person.ID })
}

// bringBackIdea undoes withdrawIdea.
func bringBackIdea(ctx context.Context, app *App, req *Request) (Reply, error) {
	return changeStanding(ctx, app, req, pipeline.WasBroughtBack,
		func(idea pipeline.Idea) (pipeline.Idea, error) { return pipeline.BringBack(idea, req.Now) },
		func(idea pipeline.Idea) bool { return idea.Withdrawn.IsZero() })
}

// changeStanding applies a rule that does not depend on the idea's words, so
// a change that came between is no reason to ask again. done tells whether an
// earlier delivery of the same act did it already.
func changeStanding(ctx context.Context, app *App, req *Request, what pipeline.What, rule func(pipeline.Idea) (pipeline.Idea, error), done func(pipeline.Idea) bool) (Reply, error) {
	idea, err := req.wanted()
	if err != nil {
		return Reply{}, err
	}
	if req.Loaded.First || !done(idea) {
		_, err := again(idea, func(idea pipeline.Idea) error {
			changed, err := rule(idea)
			if err == nil {
				_, err = change(ctx, app, req, req.Op, storage.Slot{}, idea, changed, what)
			}
			return err
		})
		if err != nil {
			return Reply{}, err
		}
	}
	p, err := decodeParams(req.Value)
	if err != nil {
		return Reply{}, err
	}
	key := idea.Key.String()
	told := tell(Mrkdwn(key+" is back in the lists."), buttons(button(actionShow, "Show it", key, newParams("idea", key))))
	if what == pipeline.WasWithdrawn {
		told = tell(Mrkdwn(key+" is withdrawn. It is out of the lists, and nothing in it is lost."),
			buttons(button(actionBringBack, "Bring it back", key, newParams("idea", key))))
	}
	return app.answer(ctx, req, p, told), nil
}
