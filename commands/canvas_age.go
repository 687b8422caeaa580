package commands

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// Once a month whoever keeps a canvas is asked, with a tap for each box, whether it is
// still true. And what else follows by itself from a change of a canvas.

// Kinds of messages and jobs of a canvas. Args of all: sheet (its name).
const (
	drawCanvasDue   = storage.KindCanvas + ".due"   // job: its owner is to be asked
	drawCanvasCheck = storage.KindCanvas + ".check" // to its owner. Args: asked (Unix ms)
	// drawSlackCanvas makes its canvas of Slack, or brings it up to date.
	// drawSlackLook, a job, has that done when time has passed, or what a box
	// leads to has changed.
	drawSlackCanvas = storage.KindCanvas + ".slack"
	drawSlackLook   = storage.KindCanvas + ".look"
	drawSlackTold   = storage.KindCanvas + ".told" // to who published it: Slack refused. Args: times
	drawCanvasPost  = storage.KindCanvas + ".post" // as a message, in its team's channel. Args: by
	// drawGoalChanged, a job, opens a sweep.
	drawGoalChanged = storage.KindCanvas + ".goal"
)

// afterCanvas are the entries that follow from a change of a canvas: its owner is asked
// about a new one in a month, what Slack shows of it is brought up to date, and so is
// the question that its owner was sent; another product goal opens a sweep. before is
// the zero value for a new one.
func (app *App) afterCanvas(team pipeline.Team, before, now pipeline.Canvas, at time.Time) []storage.Outgoing {
	var after []storage.Outgoing
	began := now.IsOpen() && (before.Number == 0 || !before.IsOpen())
	if began {
		after = append(after, canvasDue(now, now.CheckDue(team, nil, "")))
	}
	if !now.Published.At.IsZero() {
		after = append(after, slackCanvasEntry(team, now))
		if began { // nobody looked while it was closed
			after = append(after, slackCanvasLook(now, at))
		}
	}
	if asked := now.Checked; !asked.IsZero() && (len(before.AskedBoxes(asked)) != len(now.AskedBoxes(asked)) || !now.IsOpen()) {
		after = append(after, canvasCheck(now, now.Owner))
	}
	if pipeline.GoalChange(before, now) && now.IsOpen() {
		goal := canvasEntry(drawGoalChanged, fmt.Sprintf("canvas-goal:%s:%d", canvasSheet(now), at.UnixMilli()), now)
		goal.Due = at.Add(goalSettles)
		after = append(after, goal)
	}
	return after
}

// canvasSheet names a canvas in entries: "PAY:3".
func canvasSheet(c pipeline.Canvas) string {
	return storage.SheetName{Owner: string(c.Team), Number: c.Number}.String()
}

// canvasEntry is an entry about a canvas.
func canvasEntry(kind, id string, c pipeline.Canvas) storage.Outgoing {
	return storage.Outgoing{ID: id, Kind: kind, Subject: string(c.Team), Args: map[string]string{"sheet": canvasSheet(c)}}
}

// canvasDue is the job that asks its owner then.
func canvasDue(c pipeline.Canvas, due time.Time) storage.Outgoing {
	entry := canvasEntry(drawCanvasDue, fmt.Sprintf("canvas-due:%s:%d", canvasSheet(c), due.UnixMilli()), c)
	entry.Due = due
	return entry
}

// canvasCheck is the message with the question of a month, of which the canvas knows
// when it was asked: redrawn in place, where it was sent.
func canvasCheck(c pipeline.Canvas, owner string) storage.Outgoing {
	asked := strconv.FormatInt(c.Checked.UnixMilli(), 10)
	entry := canvasEntry(drawCanvasCheck, storage.MessageEntry(storage.KindCanvas, canvasSheet(c), "check"+asked), c)
	entry.User, entry.Args["asked"] = owner, asked
	return entry
}

// drawnCanvas is the canvas that an entry is about, with its team; there is false where
// one of them is not stored.
func (app *App) drawnCanvas(ctx context.Context, c storage.Claimed) (state storage.CanvasState, team pipeline.Team, there bool, err error) {
	name, err := storage.ParseSheetName(c.Args["sheet"])
	if err != nil {
		return state, team, false, fmt.Errorf("entry %s %q: %w", c.Kind, c.ID, err)
	}
	if state, err = app.Store.CanvasState(ctx, pipeline.TeamKey(name.Owner), name.Number); err == nil {
		team, err = app.Store.Team(ctx, state.Team)
	}
	if errors.Is(err, storage.ErrNotFound) {
		return state, team, false, nil
	}
	return state, team, err == nil, err
}

// drawCanvasDue asks the owner of a canvas about its boxes, where this is the moment;
// else it looks again at a better one. It sends nothing itself.
func (app *App) drawCanvasDue(ctx context.Context, c storage.Claimed) (Drawn, error) {
	done := Drawn{Skip: true}
	state, team, there, err := app.drawnCanvas(ctx, c)
	if err != nil || !there {
		return done, err
	}
	owner, found, err := app.whoKeeps(ctx, state.Canvas, team)
	if err != nil {
		return done, err
	}
	settings, err := app.Store.NudgeSettings(ctx, owner.ID)
	if err != nil {
		return done, err
	}
	off, err := app.Store.Holidays(ctx, team.Key)
	if err != nil {
		return done, err
	}
	now, canvas := app.clockOf(c), state.Canvas
	settings.Off = settings.Off || !found
	for range busyTries {
		plan := pipeline.PlanCheck(canvas, settings, team, off.Days, now)
		var after []storage.Outgoing
		if !plan.Again.IsZero() {
			after = append(after, canvasDue(canvas, plan.Again))
		}
		if !plan.Ask {
			return done, app.Store.Enqueue(ctx, after...)
		}
		asked := canvas
		asked.Checked = now
		_, err := app.Store.KeepCanvas(ctx, c.ID, asked, "", storage.Slot{}, pipeline.Event{}, append(after, canvasCheck(asked, owner.ID))...)
		var conflict *storage.CanvasConflictError
		if !errors.As(err, &conflict) {
			return done, err
		}
		canvas = conflict.Current
	}
	return done, busyCanvas(canvas)
}

// whoKeeps is who is asked about a canvas: its owner, or, where they have left or may
// not change it any more, a product owner of its team. found is false where there is
// nobody.
func (app *App) whoKeeps(ctx context.Context, c pipeline.Canvas, team pipeline.Team) (p pipeline.Person, found bool, err error) {
	for _, user := range append([]string{c.Owner}, team.Owners...) {
		if p, err = app.Lookup(ctx, user); err != nil {
			return p, false, err
		}
		if pipeline.May(app.Policy, p, pipeline.FillCanvas, pipeline.Where{Team: &team, InChannel: true}).OK {
			return p, true, nil
		}
	}
	return p, false, nil
}

// drawCanvasCheck makes the message that asks about the boxes of a canvas, or redraws
// it with those that are left.
func (app *App) drawCanvasCheck(ctx context.Context, c storage.Claimed) (Drawn, error) {
	skip := Drawn{Skip: true}
	state, team, there, err := app.drawnCanvas(ctx, c)
	if err != nil || !there {
		return skip, err
	}
	ms, err := strconv.ParseInt(c.Args["asked"], 10, 64)
	if err != nil {
		return skip, fmt.Errorf("entry %s %q: %w", c.Kind, c.ID, err)
	}
	asked := time.UnixMilli(ms)
	d := Drawn{User: c.User, Update: c.Message}
	if c.Message.IsZero() && (!state.IsOpen() || len(state.AskedBoxes(asked)) == 0) {
		return skip, nil // it was closed, or all was looked at, before it was sent
	}
	reader, err := app.Lookup(ctx, c.User)
	if err != nil {
		return skip, err
	}
	readable, err := app.known(ctx, reader, pipeline.ReadTeam, team)
	if err != nil {
		return skip, err
	}
	d.Post = canvasCheckPost(app, team, state.Canvas, asked, readable)
	return d, nil
}

// boxesAsked is how many boxes one message asks about at a time: each takes two of
// the 50 blocks that Slack takes. boxAsked is how much of a box it shows, in runes.
const (
	boxesAsked = 15
	boxAsked   = 250
)

// canvasCheckPost asks about the boxes that nobody has looked at since. Where the
// reader is not known to be among those who may read the canvas, it tells nothing of
// it.
func canvasCheckPost(app *App, team pipeline.Team, c pipeline.Canvas, asked time.Time, readable bool) Post {
	open, answered := c.AskedBoxes(asked), c.AnsweredBoxes(asked)
	name := c.Template().Name + " “" + c.Name + "”"
	words := Mrkdwn("Is "+c.Key().String()+" still true? ") + Mrkdwn(counted(len(open), "box waits", "boxes wait")) + " for a tap."
	show := canvasButton("Show the canvas", c, "")
	switch {
	case !readable:
		return Post{Text: words, Blocks: []slack.Block{
			say(words),
			note("It belongs to a private channel. Type `" + Mrkdwn(app.command("/align")) + "` in it first, so that I know that you are in it."),
			buttons(show),
		}}
	case !c.IsOpen():
		words = Mrkdwn(c.Key().String()) + " is closed. There is nothing left to look at."
		return Post{Text: words, Blocks: []slack.Block{rich(line(text(name))), say(words), buttons(show)}}
	case len(open) == 0:
		words = Mrkdwn(c.Key().String()) + " is up to date: somebody has looked at every box. Thank you."
		return Post{Text: words, Blocks: []slack.Block{rich(line(text(name))), say(words), buttons(show)}}
	}
	blocks := []slack.Block{
		rich(line(bold("Is it still true? "), text(name+" of "+team.Name))),
		note("You keep " + Mrkdwn(c.Key().String()) + ", so you are asked once a month: one tap for each box. What nobody looks at grows old, and says so."),
	}
	for _, place := range open[:min(len(open), boxesAsked)] {
		value := func() params {
			return canvasAt(c.Key(), 0).set(paramBox, string(place.ID)).set("seen", place.Box.Digest())
		}
		about := "“" + place.Title + "”"
		blocks = append(blocks,
			rich(line(bold(place.Title)), quote(pipeline.Cut(place.Box.Text, boxAsked))),
			buttons(
				button(actionCheckTrue+":"+string(place.ID), "Still true", about, value()),
				button(actionBox+":"+string(place.ID), "Changed…", about, value()),
				confirm(button(actionCheckDrop+":"+string(place.ID), "Drop", about, value()), "Drop what it says?", "The box is empty then. What it said stays in the canvas's history.", "Drop"),
			))
	}
	if more := len(open) - boxesAsked; more > 0 {
		blocks = append(blocks, note(Mrkdwn(counted(more, "more box follows", "more boxes follow")+" as these are done.")))
	}
	if len(answered) > 0 {
		blocks = append(blocks, note(Mrkdwn(fmt.Sprintf("%d of %d done.", len(answered), len(answered)+len(open)))))
	}
	return Post{Text: words, Blocks: append(blocks, buttons(show))}
}

// stillTrue says that a box is still true, from the message that asks. The message
// shows it.
func stillTrue(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, s, err := app.clickedCanvas(ctx, req)
	if err != nil {
		return Reply{}, err
	}
	_, err = app.changeCanvas(ctx, req, storage.Slot{}, s.canvas, func(c pipeline.Canvas) (pipeline.Canvas, pipeline.Event, error) {
		return pipeline.ConfirmBox(app.Policy, req.Person, req.where(), c, pipeline.BoxID(p.Get(paramBox)), p.Get("seen"), req.Now)
	})
	return Reply{}, err
}

// dropBox empties a box, from the message that asks whether it is still true. What
// somebody else wrote into it since is not dropped.
func dropBox(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, s, err := app.clickedCanvas(ctx, req)
	if err != nil {
		return Reply{}, err
	}
	_, err = app.changeCanvas(ctx, req, storage.Slot{}, s.canvas, func(c pipeline.Canvas) (pipeline.Canvas, pipeline.Event, error) {
		after, event, clash, err := pipeline.FillBox(app.Policy, req.Person, req.where(), c, pipeline.TypedBox{ID: pipeline.BoxID(p.Get(paramBox)), Seen: p.Get("seen")}, req.Now)
		if clash != nil {
			err = &pipeline.Problem{
				Code: "box-changed",
				What: fmt.Sprintf("“%s” was changed meanwhile, so what you meant to drop is no longer what it says.", clash.Place.Title),
				Safe: "Nothing was dropped.",
				Next: "Read what it says now, and empty it if that is not true either.",
			}
		}
		return after, event, err
	})
	return Reply{}, err
}
