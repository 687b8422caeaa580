package commands

import (
	"context"
	"errors"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// A button in a nudge is one that stands elsewhere too. It carries the nudge it stands
// in, the form that it opens carries it on, and when something was done with either the
// nudge is drawn anew. No handler needs to know.

// nudgePlace is a nudge as a form carries it: what it asked for or told, and where it
// stands.
type nudgePlace struct {
	Nudge string           `json:"nudge"`
	At    pipeline.Message `json:"at"`
}

// fromNudge is the nudge that a button or form comes from; nil for none.
func (req *Request) fromNudge() *nudgePlace {
	switch {
	case req.Form != nil:
		if m, err := req.metadata(); err == nil {
			return m.Nudge
		}
	case req.On == Button && req.Message != nil:
		if p, err := decodeParams(req.Value); err == nil && p.Get("nudge") != "" {
			return &nudgePlace{p.Get("nudge"), req.Message.Message}
		}
	}
	return nil
}

// metadataLimit is how much a form can carry.
// https://docs.slack.dev/reference/views
const metadataLimit = 3000

// followNudge goes on with the nudge that an act came from, after it: what opens
// carries the nudge, and what was done shows in it. What was refused may be over, as a
// ballot that is closed: that shows in it as well. The act itself is done, so nothing
// that fails here takes it back.
func (app *App) followNudge(ctx context.Context, e Entry, req *Request, reply Reply, refused error) {
	from := req.fromNudge()
	if from == nil {
		return
	}
	for _, view := range []*slack.ModalViewRequest{reply.Open, reply.Update} {
		if view == nil {
			continue
		}
		if m, err := decodeMetadata(view.PrivateMetadata); err == nil {
			m.Nudge = from
			if carried := m.encode(); len(carried) <= metadataLimit {
				view.PrivateMetadata = carried
			}
		}
	}
	inMessage := req.On == Button && req.Form == nil
	changed := reply.Open == nil
	switch {
	case refused != nil && !inMessage:
		return // the form is still there
	case req.On == Submit:
		changed = changed && reply.Update == nil
	case !inMessage:
		changed = changed && reply.Update != nil && req.On == Button // else it was typed into
	}
	if !inMessage && !changed {
		return
	}
	deed, about := "", ""
	if changed && refused == nil {
		deed, about = req.deedOf(e.Name)
	}
	if err := app.noteInNudge(ctx, req, *from, deed, about, changed); err != nil {
		app.Log.Warn("a nudge does not show what was done in it", "op_id", req.Op, "err", err)
	}
}

// noteInNudge notes what somebody did in a nudge. deed says what they repaired, "" for
// nothing, and about the key of what. changed: it may have to be drawn anew.
func (app *App) noteInNudge(ctx context.Context, req *Request, from nudgePlace, deed, about string, changed bool) error {
	if name, row, err := parseTeamRow(from.Nudge); err == nil {
		if deed == "" {
			return nil
		}
		return app.noteInTeamNudge(ctx, from, name, row, about, pipeline.NudgeDeed{By: req.Person.ID, What: deed, At: req.Now}, "nudge:"+req.Op)
	}
	if _, err := parseNudged(from.Nudge); err != nil || !isDirect(from.At.Channel) {
		return nil
	}
	if err := app.actInNudge(ctx, req); err != nil || !changed {
		return err
	}
	again := drawAgain(from.Nudge, from.At)
	again.User = req.Person.ID
	return app.Store.Enqueue(ctx, again)
}

// noteInTeamNudge keeps what somebody did about a row of a team's nudge, where it was
// done to what the row names: from there they may have gone on to something else.
func (app *App) noteInTeamNudge(ctx context.Context, from nudgePlace, name storage.SheetName, row int, about string, deed pipeline.NudgeDeed, op string) error {
	told, err := app.Store.TeamNudge(ctx, pipeline.TeamKey(name.Owner), name.Number)
	if err != nil {
		return err
	}
	if row < len(told.Rows) {
		if r := told.Rows[row]; r.Repair.Subject != "" && about != "" && about != r.Item.Key {
			return nil
		}
	}
	team, err := app.Store.Team(ctx, told.Team)
	if err != nil || from.At.Channel != team.Channel {
		return err
	}
	again := drawAgain(name.String(), from.At)
	again.Channel = team.Channel
	return app.Store.DoneInNudge(ctx, op, team.Key, name.Number, row, deed, again)
}

// drawAgain is the entry that draws a nudge anew where it stands.
func drawAgain(nudge string, at pipeline.Message) storage.Outgoing {
	return storage.Outgoing{
		ID: "nudge-again:" + at.Channel + ":" + at.TS, Kind: drawNudgeAgain, Subject: "nudge", Repeatable: true,
		Args: map[string]string{"nudge": nudge, "channel": at.Channel, "ts": at.TS},
	}
}

// actInNudge notes that the person did something in a nudge of theirs.
func (app *App) actInNudge(ctx context.Context, req *Request) error {
	_, err := app.changeNudges(ctx, "acted:"+req.Op, req.Person.ID, chosenNudges{}, func(s pipeline.NudgeSettings) (pipeline.NudgeSettings, bool, error) {
		acted, changed := s.Act()
		return acted, changed, nil
	})
	return err
}

// chosenNudges is when somebody chose something about their nudges, and what it was
// about.
type chosenNudges struct {
	at    storage.Acted
	about string
}

// changeNudges applies a rule to somebody's settings, again when they were changed
// meanwhile. The rule tells whether it changed anything; what was clicked is told to the
// store all the same, because a click from before it may still come. Where what they
// chose later stands, the error is storage.ErrOvertaken, beside the settings.
func (app *App) changeNudges(ctx context.Context, op, user string, chosen chosenNudges, rule func(pipeline.NudgeSettings) (pipeline.NudgeSettings, bool, error)) (pipeline.NudgeSettings, error) {
	var conflict *storage.SheetConflictError[pipeline.NudgeSettings]
	for range busyTries {
		settings, err := app.Store.NudgeSettings(ctx, user)
		if err != nil {
			return settings, err
		}
		changed, is, err := rule(settings)
		if err != nil || !is && chosen.at.At.IsZero() {
			return settings, err
		}
		changed, err = app.Store.ChangeNudgeSettings(ctx, op, changed, chosen.at, chosen.about)
		if !errors.As(err, &conflict) {
			return changed, err
		}
	}
	return pipeline.NudgeSettings{}, nudgesBusy
}

var nudgesBusy = &pipeline.Problem{
	Code: "nudges-busy",
	What: "These settings are being changed somewhere else at this moment.",
	Safe: "Nothing of that was overwritten.",
	Next: "Please try again.",
}
