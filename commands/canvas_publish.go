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

// A canvas is published as a canvas of Slack in the tabs of its team's channel, and
// kept current there; where Slack makes none, it can be posted as a message.

// publishLook is how often it is looked whether what a published canvas leads to has
// changed without anybody telling.
const publishLook = 24 * time.Hour

// slackCanvasEntry is the entry that makes the canvas of Slack of a publication, or
// brings it up to date.
func slackCanvasEntry(team pipeline.Team, c pipeline.Canvas) storage.Outgoing {
	entry := canvasEntry(drawSlackCanvas, storage.SlackCanvasEntry(c), c)
	entry.Channel = team.Channel
	return entry
}

// slackCanvasLook is the job that has it done a day after now. There is one for each
// day, however often the canvas is published.
func slackCanvasLook(c pipeline.Canvas, now time.Time) storage.Outgoing {
	due := now.Add(publishLook)
	entry := canvasEntry(drawSlackLook, "canvas-look:"+canvasSheet(c)+":"+due.UTC().Format(time.DateOnly), c)
	entry.Due = due
	return entry
}

// publishCanvas publishes a canvas, or does it once more where Slack refused it or
// somebody deleted it.
func publishCanvas(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, s, err := app.clickedCanvas(ctx, req)
	if err != nil {
		return Reply{}, err
	}
	if app.NoCanvases {
		return Reply{}, noCanvasScope
	}
	state, err := req.canvasState()
	if err != nil {
		return Reply{}, err
	}
	if err := app.publishAs(ctx, req, s.team, state, func(c pipeline.Canvas) (pipeline.Canvas, error) {
		return c.Publish(state.Slack, req.Person.ID, req.Now)
	}); err != nil {
		return Reply{}, err
	}
	return app.answer(ctx, req, p, canvasTold(s.canvas, "The canvas follows in the tabs of the channel, and is kept current there.")), nil
}

// unpublishCanvas ends that a canvas is kept current in Slack.
func unpublishCanvas(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, s, err := app.clickedCanvas(ctx, req)
	if err != nil {
		return Reply{}, err
	}
	state, err := req.canvasState()
	if err != nil {
		return Reply{}, err
	}
	if err := app.publishAs(ctx, req, s.team, state, func(c pipeline.Canvas) (pipeline.Canvas, error) { return c.Unpublish(), nil }); err != nil {
		return Reply{}, err
	}
	return app.answer(ctx, req, p, canvasTold(s.canvas, "It is not kept current in Slack any more. What stands there stays as it is.")), nil
}

// canvasState is the canvas that was asked for, with what is known of it in Slack.
func (req *Request) canvasState() (storage.CanvasState, error) {
	states, err := req.Loaded.CanvasStates(0)
	if err == nil && len(states) == 0 {
		err = noCanvas
	}
	if err != nil {
		return storage.CanvasState{}, err
	}
	return states[0], nil
}

// publishAs stores whether a canvas is published, which is no line of its history. A
// publication has the entry that makes its canvas of Slack, and a look at it each day.
func (app *App) publishAs(ctx context.Context, req *Request, team pipeline.Team, state storage.CanvasState, rule func(pipeline.Canvas) (pipeline.Canvas, error)) error {
	c := state.Canvas
	if !req.Loaded.First {
		now, before, err := app.canvasBefore(ctx, req, c)
		if err != nil || before {
			return err
		}
		c = now
	}
	for range busyTries {
		after, err := rule(c)
		if err != nil || after.Published == c.Published {
			return err
		}
		var entries []storage.Outgoing
		if !after.Published.At.IsZero() {
			entries = []storage.Outgoing{slackCanvasEntry(team, after), slackCanvasLook(after, req.Now)}
		}
		_, err = app.Store.KeepCanvas(ctx, req.Op, after, req.Person.ID, storage.Slot{}, pipeline.Event{}, entries...)
		var conflict *storage.CanvasConflictError
		if !errors.As(err, &conflict) {
			return err
		}
		c = conflict.Current
	}
	return busyCanvas(c)
}

// drawSlackCanvas writes what a canvas of Slack says, where that differs from what it
// said last, at most once a minute.
func (app *App) drawSlackCanvas(ctx context.Context, c storage.Claimed) (Drawn, error) {
	skip := Drawn{Skip: true}
	state, _, there, err := app.drawnCanvas(ctx, c)
	if err != nil || !there || state.Published.At.IsZero() || c.ID != storage.SlackCanvasEntry(state.Canvas) {
		return skip, err // it is not published any more, or anew
	}
	now, times := app.clockOf(c), state.Published.Times
	if standing := state.Standing(state.Slack, now); standing == pipeline.CanvasGone {
		return skip, nil
	}
	ties, err := app.canvasTies(ctx, state.Canvas)
	if err != nil {
		return skip, err
	}
	markdown := pipeline.CanvasMarkdown(state.Canvas, ties, "Kept by alignbot. Change it there: what is changed here is overwritten.")
	says := pipeline.MarkdownDigest(markdown)
	if written := state.Slack.Times == times; written && !c.Message.IsZero() {
		if state.Slack.Says == says && state.Slack.Code == "" {
			return skip, nil
		}
		if wait := state.Slack.Waits(now); wait > 0 {
			return Drawn{Wait: wait}, nil
		}
	}
	return Drawn{
		Channel: c.Channel, Canvas: &SlackCanvas{Title: state.Name, Markdown: markdown},
		Settled: func(ctx context.Context, m pipeline.Message, code string) error {
			op := fmt.Sprintf("slack-canvas:%s:%d:%d", c.ID, c.Attempt, c.Now.UnixMilli())
			if !m.IsZero() {
				return app.Store.SaySlackCanvas(ctx, op, state.Canvas, state.Slack.Written(times, says, now))
			}
			refused := state.Slack.Refused(times, code)
			var told []storage.Outgoing
			if refused.Code != state.Slack.Code || state.Slack.Times != times { // told once
				entry := canvasEntry(drawSlackTold, fmt.Sprintf("canvas-told:%s:%d:%s", canvasSheet(state.Canvas), times, refused.Code), state.Canvas)
				entry.User, entry.Args["times"] = state.Published.By, strconv.Itoa(times)
				told = append(told, entry)
			}
			return app.Store.SaySlackCanvas(ctx, op, state.Canvas, refused, told...)
		},
	}, nil
}

// drawSlackLook has a canvas of Slack brought up to date, and looks again the
// next day. It sends nothing itself.
func (app *App) drawSlackLook(ctx context.Context, c storage.Claimed) (Drawn, error) {
	done := Drawn{Skip: true}
	state, team, there, err := app.drawnCanvas(ctx, c)
	if err != nil || !there || state.Published.At.IsZero() || !state.IsOpen() {
		return done, err
	}
	return done, app.Store.Enqueue(ctx, slackCanvasEntry(team, state.Canvas), slackCanvasLook(state.Canvas, app.clockOf(c)))
}

// tiedChanged are the entries that bring those canvases of Slack up to date that lead
// to what changed: an outcome, or a test.
func (app *App) tiedChanged(ctx context.Context, team pipeline.Team, leads func(pipeline.Box) bool) ([]storage.Outgoing, error) {
	open, err := app.Store.OpenCanvases(ctx, team.Key)
	var entries []storage.Outgoing
	for _, c := range open {
		if c.Published.At.IsZero() {
			continue
		}
		for _, box := range c.Boxes {
			if leads(box) {
				entries = append(entries, slackCanvasEntry(team, c))
				break
			}
		}
	}
	return entries, err
}

// drawSlackTold tells whoever published a canvas that Slack refused it, while it
// does.
func (app *App) drawSlackTold(ctx context.Context, c storage.Claimed) (Drawn, error) {
	skip := Drawn{Skip: true}
	state, team, there, err := app.drawnCanvas(ctx, c)
	if err != nil || !there || c.Args["times"] != strconv.Itoa(state.Published.Times) {
		return skip, err
	}
	words := standingWords(state, app.Slack, app.clockOf(c))
	does := app.publishSteps(state, app.clockOf(c), canvasAt(state.Key(), 0))
	if words.trouble == nil {
		return skip, nil
	}
	reader, err := app.Lookup(ctx, c.User)
	if err != nil {
		return skip, err
	}
	readable, err := app.known(ctx, reader, pipeline.ReadTeam, team)
	if err != nil || !readable {
		return skip, err
	}
	said := words.trouble.Error()
	return Drawn{User: c.User, Post: Post{Text: fallback(said), Blocks: []slack.Block{
		rich(line(bold(state.Name), text("  "+state.Key().String()))), slack.NewSectionBlock(plain(said), nil, nil), buttons(does...),
	}}}, nil
}

// postCanvas posts a canvas as a message in its team's channel.
func postCanvas(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, s, err := app.clickedCanvas(ctx, req)
	if err != nil {
		return Reply{}, err
	}
	entry := canvasEntry(drawCanvasPost, storage.MessageEntry(storage.KindCanvas, canvasSheet(s.canvas), "post"+digest(req.Op)), s.canvas)
	entry.Channel, entry.Args["by"] = s.team.Channel, req.Person.ID
	if err := app.Store.Enqueue(ctx, entry); err != nil {
		return Reply{}, err
	}
	return app.answer(ctx, req, p, tell("It follows in the channel of "+escape(s.team.Name)+".")), nil
}

// markdownPosted is how much Markdown a message shows, in runes: all its blocks hold
// about 10,000, and the picture has up to altMost of words of its own.
const markdownPosted = 7000

// drawCanvasPost makes the message: the canvas as a picture, and as Markdown to be read
// and copied.
func (app *App) drawCanvasPost(ctx context.Context, c storage.Claimed) (Drawn, error) {
	state, team, there, err := app.drawnCanvas(ctx, c)
	if err != nil || !there {
		return Drawn{Skip: true}, err
	}
	ties, err := app.canvasTies(ctx, state.Canvas)
	if err != nil {
		return Drawn{}, err
	}
	s := canvasScene{team: team, canvas: state.Canvas, ties: ties, now: app.clockOf(c)}
	d := startOf(c)
	d.Post = canvasPost(app, s, pipeline.CanvasMarkdown(state.Canvas, ties), app.name(ctx, c.Args["by"]))
	return d, nil
}

// canvasPost draws a canvas as a message. Rich text is never parsed, so the Markdown
// in it stays as it is.
func canvasPost(app *App, s canvasScene, markdown, by string) Post {
	c := s.canvas
	filled, of := c.Filled()
	words := fallback(c.Template().Name+" of "+s.team.Name+": "+c.Name) + Mrkdwn(fmt.Sprintf(". %d of %d boxes are filled.", filled, of))
	blocks := []slack.Block{
		rich(line(bold(c.Name), text("  "+c.Template().Name+" "+c.Key().String()))),
		&pictureBlock{of: s.picture(), words: drawingNow},
		&slack.RichTextBlock{Type: slack.MBTRichText, Elements: []slack.RichTextElement{
			&slack.RichTextPreformatted{Type: slack.RTEPreformatted, Elements: []slack.RichTextSectionElement{text(pipeline.Cut(markdown, markdownPosted))}},
		}},
	}
	if pipeline.Length(markdown) > markdownPosted {
		blocks = append(blocks, note("The rest did not fit into this message. The canvas has it all."))
	}
	said := fallback(pipeline.Cut(by, nameShown)) + " posted it. It stays as it is here; the canvas goes on."
	if app.NoCanvases {
		said += " With the scope `" + canvasScope + "` it can be a canvas in the tabs of this channel, which is kept current."
	}
	return Post{Text: words, Blocks: append(blocks, buttons(canvasButton("Show the canvas", c, "")), note(said))}
}
