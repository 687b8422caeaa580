package commands

import (
	"context"

	"alignbot/pipeline"
	"alignbot/storage"
)

// Handle does one thing for one person: loads in one round trip what the
// entry wants, asks whether this person may, and runs its handler. Every
// delivery of the same act may call it: state changes once, because each
// write carries the act's Op, and a click or shortcut is answered for the first
// delivery only. Of a form, which Slack never delivers twice, another delivery
// is the person trying again.
//
// Errors are words for people (Explain has them).
func (app *App) Handle(ctx context.Context, e Entry, req *Request) (Reply, error) {
	req.On = e.On
	if req.Form != nil && req.Channel == "" {
		m, err := decodeMetadata(req.Form.Metadata)
		if err != nil {
			return Reply{}, err
		}
		req.Channel, req.ChannelName, req.ChannelPrivate = m.Channel, m.Name, m.Private
	}
	want := storage.Want{Channel: req.Channel}
	if e.Wants != nil {
		var err error
		if want, err = e.Wants(req); err != nil {
			return Reply{}, err
		}
	}
	want.Op, want.User = req.Op, req.Person.ID
	loaded, err := app.Store.Begin(ctx, want)
	if err != nil {
		return Reply{}, err
	}
	req.Loaded = loaded
	if !loaded.First && (e.On == Button || e.On == MessageShortcut || e.On == GlobalShortcut) {
		return Reply{}, nil
	}
	if err := app.permit(req, e.May); err != nil {
		return Reply{}, err
	}
	reply, err := e.Do(ctx, app, req)
	if !loaded.First && e.On == Slash {
		reply.Open = nil
	}
	return reply, err
}

// permit refuses with a reason what the person may not do, with the facts of
// this moment.
func (app *App) permit(req *Request, action pipeline.Action) error {
	if action == pipeline.ChangeOwnIdea && req.Loaded.Idea != nil && req.Loaded.Idea.Author != req.Person.ID {
		action = pipeline.ChangeAnyIdea
	}
	decision := pipeline.May(app.Policy, req.Person, action, pipeline.Where{
		Team:        req.Loaded.Team,
		Channel:     req.Channel,
		OwnsAnyTeam: req.Loaded.OwnsAnyTeam,
	})
	if decision.OK {
		return nil
	}
	return &pipeline.Problem{
		Code: "not-permitted",
		What: decision.Reason,
		Safe: "Nothing was changed.",
	}
}
