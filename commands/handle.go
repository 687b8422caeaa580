package commands

import (
	"context"

	"alignbot/pipeline"
	"alignbot/storage"
)

// Handle does one thing for one person: loads in one round trip what the
// entry wants, asks whether this person may, and runs its handler. Every
// delivery of the same act may call it: state changes once, because each
// write carries the act's Op, and what is shown beside the acknowledgement of a
// click or shortcut is shown for the first delivery only. Of a form, which Slack
// never delivers twice, another delivery is the person trying again.
//
// Errors are words for people (Explain has them).
func (app *App) Handle(ctx context.Context, e Entry, req *Request) (Reply, error) {
	reply, err := app.handle(ctx, e, req)
	return reply, app.named(err)
}

func (app *App) handle(ctx context.Context, e Entry, req *Request) (Reply, error) {
	req.On = e.On
	// Whoever may not even open Home may do nothing: they get one answer, the same
	// whatever it is about, before anything is read that could tell what there is.
	if err := app.permit(ctx, req, pipeline.OpenHome); err != nil {
		return Reply{}, err
	}
	if req.Form != nil && req.Channel == "" {
		m, err := req.metadata()
		if err != nil {
			return Reply{}, err
		}
		req.Channel, req.claimed = m.Channel, true
	}
	if e.Direct {
		return app.do(ctx, e, req)
	}
	want := storage.Want{Channel: req.Channel}
	if e.Wants != nil {
		var err error
		if want, err = e.Wants(req); err != nil {
			return Reply{}, err
		}
	}
	want.Op, want.User, want.Here = req.Op, req.Person.ID, req.here(e.On)
	loaded, err := app.Store.Begin(ctx, want)
	if err != nil {
		return Reply{}, err
	}
	req.Loaded = loaded
	may := e.May
	if e.MayFor != nil {
		may = e.MayFor(req)
	}
	if err := app.permit(ctx, req, may); err != nil {
		return Reply{}, err
	}
	return app.do(ctx, e, req)
}

// do runs the handler of an act that is allowed, and goes on with the nudge that it
// came from, if any.
func (app *App) do(ctx context.Context, e Entry, req *Request) (Reply, error) {
	reply, err := e.Do(ctx, app, req)
	app.followNudge(ctx, e, req, reply, err)
	return req.first(app.withPictures(req, reply), err)
}

// first leaves out of the reply to another delivery what the first one showed.
func (req *Request) first(reply Reply, err error) (Reply, error) {
	if !req.Loaded.First && err == nil {
		switch req.On {
		case Slash:
			reply.Open, reply.Later, reply.Extra = nil, nil, nil
		case Button, MessageShortcut, GlobalShortcut:
			reply.Open, reply.Tell, reply.After, reply.Later, reply.Extra = nil, nil, nil, nil, nil
		}
	}
	return reply, err
}

// here is where Slack says that the person is. That a channel is private is
// believed of any act; that it is open only of a command, for which Slack
// documents how it names the others. Outsiders prove nothing: they may know a
// channel by another name.
func (req *Request) here(on Surface) storage.Here {
	p := req.Person
	if req.claimed || p.Outsider || p.Bot || p.Deactivated {
		return storage.Here{}
	}
	here := storage.Here{Channel: req.Channel}
	switch {
	case here.Channel == "":
	case req.ChannelPrivate:
		here.Kind = storage.PrivateChannel
	case on == Slash && req.ChannelName != "":
		here.Kind = storage.OpenChannel
	}
	return here
}

// where the person acts, as a rule asks for it.
func (req *Request) where() pipeline.Where {
	return pipeline.Where{Team: req.Loaded.Team, InChannel: req.Loaded.InChannel, OwnsAnyTeam: req.Loaded.OwnsAnyTeam}
}

// wantDue wants the holidays of the team besides, for what is due in so many workdays.
func wantDue(wants func(*Request) (storage.Want, error)) func(*Request) (storage.Want, error) {
	return func(req *Request) (storage.Want, error) {
		want, err := wants(req)
		want.Sheets = append(want.Sheets, storage.WantHolidays())
		return want, err
	}
}

// whereDue is where, with the holidays that wantDue wanted.
func (req *Request) whereDue() (pipeline.Where, error) {
	where := req.where()
	off, err := req.Loaded.Holidays()
	where.Holidays = off.Days
	return where, err
}

// meant is the action as the rules know it: to change an idea of somebody else's
// is another one.
func (req *Request) meant(action pipeline.Action) pipeline.Action {
	if action == pipeline.ChangeOwnIdea && req.Loaded.Idea != nil && req.Loaded.Idea.Author != req.Person.ID {
		return pipeline.ChangeAnyIdea
	}
	return action
}

// permit refuses with a reason what the person may not do, with the facts of
// this moment.
func (app *App) permit(ctx context.Context, req *Request, action pipeline.Action) error {
	var about pipeline.Key
	if req.Loaded.Idea != nil {
		about = req.Loaded.Idea.Key
	}
	return app.permitOn(ctx, req, action, about)
}

// permitOn is permit where that idea is acted on, loaded or not; the zero key
// where none is.
func (app *App) permitOn(ctx context.Context, req *Request, action pipeline.Action, about pipeline.Key) error {
	action = req.meant(action)
	decision := pipeline.May(app.Policy, req.Person, action, req.where())
	if decision.OK {
		return nil
	}
	if decision.Hidden && !about.IsZero() {
		return noIdea(about) // as if there were none
	}
	if node := req.nodeMeant(); decision.Hidden && !node.IsZero() {
		return noNode(node)
	}
	refused := &pipeline.Problem{Code: "not-permitted", What: decision.Reason}
	if team := req.Loaded.Team; team != nil && !decision.Hidden && (action == pipeline.ChangeAnyIdea || action == pipeline.ChangeTeam || action == pipeline.DecideIdea || action == pipeline.StartABallot || action == pipeline.ChangeOutcome) {
		refused.Next = app.whoDecides(ctx, req, *team)
	}
	return refused
}

// may tells what the person is allowed to do with what was loaded, so that no
// button is drawn in vain. It is asked again when one is clicked.
func (app *App) may(req *Request) func(pipeline.Action) bool {
	return func(action pipeline.Action) bool {
		return pipeline.May(app.Policy, req.Person, req.meant(action), req.where()).OK
	}
}
