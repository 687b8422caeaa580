package commands

import (
	"context"
	"errors"
	"time"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// The wall of a team: one message in its channel that always says where it stands.

// showWall answers /align wall: whether the team's wall is on, and what is the matter
// with it.
func showWall(ctx context.Context, app *App, req *Request) (Reply, error) {
	if req.Loaded.Team == nil {
		return chooseTeam(ctx, app, req, actionWall, newParams())
	}
	return app.wallReply(ctx, req)
}

// wallReply tells how the wall is now.
func (app *App) wallReply(ctx context.Context, req *Request) (Reply, error) {
	team := *req.Loaded.Team
	state, err := app.Store.Wall(ctx, team.Key)
	if err != nil {
		return Reply{}, err
	}
	shown := shownWall{app: app, team: team, state: state, mayTurn: app.may(req)(pipeline.ChangeTeam), now: req.Now}
	switch w := state.Wall; {
	case !w.On:
		_, face, err := app.wallFace(ctx, team, w, req.Now)
		if err != nil {
			return Reply{}, err
		}
		shown.face = &face
	case !w.Pinned.IsZero() && app.Pins != nil && !state.Message.IsZero():
		return Reply{After: func(ctx context.Context) Reply { // which asks Slack
			pinned, known := app.Pins.Pinned(ctx, state.Message)
			shown.takenOff = known && !pinned
			return req.tellInPlace(shown.post(ctx))
		}}, nil
	}
	return req.tellInPlace(shown.post(ctx)), nil
}

// turnWall turns the wall on or off, or has it posted again.
func turnWall(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return Reply{}, err
	}
	to := p.Get("to")
	if req.Loaded.Team == nil || to != wallOn && to != wallOff {
		return Reply{}, stale
	}
	err = app.changeWall(ctx, req.Op, *req.Loaded.Team, true, func(state storage.WallState) (pipeline.Wall, bool, error) {
		return pipeline.TurnWall(app.Policy, req.Person, req.where(), state.Wall, to == wallOn, req.Now)
	})
	if err != nil {
		return Reply{}, err
	}
	if to == wallOn {
		// One of which nobody knows whether it arrived is sent again, as a person asked.
		if err := app.Store.Resend(ctx, storage.WallEntry(req.Loaded.Team.Key)); err != nil && !errors.Is(err, storage.ErrNotFound) && !errors.Is(err, storage.ErrStale) {
			return Reply{}, err
		}
	}
	return app.wallReply(ctx, req)
}

// pinWall tries once more to pin it.
func pinWall(ctx context.Context, app *App, req *Request) (Reply, error) {
	if req.Loaded.Team == nil {
		return Reply{}, stale
	}
	err := app.changeWall(ctx, req.Op, *req.Loaded.Team, false, func(state storage.WallState) (pipeline.Wall, bool, error) {
		return pipeline.PinWallAgain(app.Policy, req.Person, req.where(), state.Wall)
	})
	if err != nil {
		return Reply{}, err
	}
	return tell("alignbot tries again to pin the wall. It tells you when Slack refuses it."), nil
}

// changeWall applies a rule to a wall, again when it was changed meanwhile, and has it
// looked at where that changed anything. seen: it looks otherwise at once, too.
func (app *App) changeWall(ctx context.Context, op string, team pipeline.Team, seen bool, rule func(storage.WallState) (pipeline.Wall, bool, error)) error {
	var conflict *storage.WallConflictError
	for range busyTries {
		state, err := app.Store.Wall(ctx, team.Key)
		if err != nil {
			return err
		}
		w, changed, err := rule(state)
		if err != nil || !changed {
			return err
		}
		after := []storage.Outgoing{wallLook(team.Key, 0, time.Time{})}
		if seen && !state.Message.IsZero() {
			after = append(after, redrawWall(team))
		}
		if _, err = app.Store.ChangeWall(ctx, op, w, after...); !errors.As(err, &conflict) {
			return err
		}
	}
	return &pipeline.Problem{
		Code: "wall-busy",
		What: "The wall is being changed at this moment.",
		Safe: "Nothing of that was overwritten.",
		Next: "Please try again.",
	}
}

// wallOn and wallOff are what a wall is turned to.
const (
	wallOn  = "on"
	wallOff = "off"
)

// shownWall is what somebody is told about a wall.
type shownWall struct {
	app     *App
	team    pipeline.Team
	state   storage.WallState
	mayTurn bool
	// takenOff: Slack says that it is not pinned any more.
	takenOff bool
	// face is what it would show; nil where it is on.
	face *pipeline.WallFace
	now  time.Time
}

// post tells it, with what can be done about it.
func (s shownWall) post(ctx context.Context) *Post {
	w := s.state.Wall
	var steps []slack.BlockElement
	step := func(label, to string) *slack.ButtonBlockElement {
		return button(actionWallTurn+":"+to, label, "the wall of "+string(s.team.Key), newParams("team", string(s.team.Key), "to", to))
	}
	var words []Mrkdwn
	switch {
	case !w.On && w.Turned.IsZero():
		words = []Mrkdwn{"*The wall is off.* Turned on, one pinned message in the channel always says where the team stands. This is how it looks now:"}
		steps = append(steps, primary(step("Turn it on", wallOn)))
	case !w.On:
		words = []Mrkdwn{"*The wall is off* since ", whenTime(w.Turned), ", by ", escape(s.app.name(ctx, w.By)), ". This is how it looks now:"}
		steps = append(steps, primary(step("Turn it on", wallOn)))
	case !w.Lost.IsZero():
		words = []Mrkdwn{"*The message of the wall was deleted*, as alignbot found ", whenTime(w.Lost), ". Nothing else was lost. It is not posted again by itself."}
		steps = append(steps, primary(step("Post it again", wallOn)), step("Turn it off", wallOff))
	case s.state.Message.IsZero():
		words = []Mrkdwn{"*The wall is on.* Its message follows in the channel."}
		steps = append(steps, step("Turn it off", wallOff))
	default:
		words = []Mrkdwn{"*The wall is on.* ", link(s.app.permalink(s.state.Message, ""), "Open it"), ". It changed last ", whenTime(w.ShownAt), ": when something changes that it shows, at most once a minute."}
		steps = append(steps, step("Turn it off", wallOff))
	}
	blocks := []slack.Block{say(words...)}
	if w.On && w.Lost.IsZero() {
		switch {
		case w.Refused != "":
			blocks = append(blocks, note(s.app.wallRefusal(w.Refused)))
			steps = append(steps, button(actionWallPin, "Try to pin it", "", newParams("team", string(s.team.Key))))
		case s.takenOff:
			blocks = append(blocks, note("Somebody took it off the pinned messages. alignbot leaves it so: it is kept current where it stands."))
		case !w.Pinned.IsZero():
			blocks = append(blocks, note("alignbot pinned it ", whenTime(w.Pinned), "."))
		}
	}
	if s.face != nil {
		blocks = append(blocks, slack.NewDividerBlock())
		blocks = append(blocks, s.app.wallBlocks(ctx, *s.face)...)
	}
	if s.mayTurn {
		blocks = append(blocks, buttons(steps...))
	}
	return &Post{Text: join(words, ""), Blocks: blocks}
}
