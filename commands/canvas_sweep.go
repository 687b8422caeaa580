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

// When the product goal changes, a sweep goes through the ideas that were taken up
// under the old one: each is kept, linked anew or parked.

// inSweep: the ideas of a sweep that are left. A place in it is the value of the button
// to it.
const inSweep = "sweep"

// drawSweep is the message of a sweep in its team's channel. Args: sheet (its name).
const drawSweep = storage.KindSweep

// goalSettles is for how long a product goal has to stand before the ideas are asked
// about: who writes it often writes it twice.
const goalSettles = 10 * time.Minute

// drawGoalChanged opens a sweep for a product goal that has changed. It sends nothing
// itself.
func (app *App) drawGoalChanged(ctx context.Context, c storage.Claimed) (Drawn, error) {
	done := Drawn{Skip: true}
	state, team, there, err := app.drawnCanvas(ctx, c)
	if err != nil || !there || !state.IsOpen() {
		return done, err
	}
	active, err := app.Store.Active(ctx, team.Key)
	if err != nil {
		return done, err
	}
	now := app.clockOf(c)
	was, err := app.goalBefore(ctx, state.Canvas)
	if err != nil {
		return done, err
	}
	for try := range busyTries {
		newest, err := app.Store.NewestSweep(ctx, team.Key)
		if err != nil {
			return done, err
		}
		var before *pipeline.Sweep
		number := 1
		if newest != nil {
			before, number = &newest.Sweep, newest.Number+1
		}
		sweep, open := pipeline.OpenSweep(state.Canvas, was, before, active, now)
		if !open {
			return done, nil
		}
		sweep.Number = number
		op := c.ID + ":" + strconv.Itoa(try)
		var conflict *storage.SheetConflictError[pipeline.Sweep]
		if before != nil && before.Over.IsZero() { // first, so that no try leaves two that are not
			over := *before
			over.Over = now
			if _, err = app.Store.KeepSweep(ctx, op+":over", over, sweepMessage(team, over)); err != nil && !errors.As(err, &conflict) {
				return done, err
			}
		}
		if _, err = app.Store.KeepSweep(ctx, op, sweep, sweepMessage(team, sweep)); errors.As(err, &conflict) {
			continue // another change of the goal opened one at this moment
		}
		return done, err
	}
	return done, busyCanvas(state.Canvas)
}

// closedLooked is how many of a team's newest canvases are looked at for the one that
// had the product goal before.
const closedLooked = 100

// goalLooked is how many of the newest lines of a canvas's history are looked at for the
// product goal that it stated before.
const goalLooked = 200

// goalBefore finds what the product goal was before the one that a canvas states: on
// the canvas itself, else on the one that was closed last.
func (app *App) goalBefore(ctx context.Context, c pipeline.Canvas) (string, error) {
	_, total, err := app.Store.CanvasLines(ctx, c.Key(), 0, 0)
	if err != nil {
		return "", err
	}
	lines, _, err := app.Store.CanvasLines(ctx, c.Key(), max(0, total-goalLooked), total)
	if err != nil {
		return "", err
	}
	if was := pipeline.GoalStood(lines, goalSettles); was != "" {
		return was, nil
	}
	loaded, err := app.Store.Begin(ctx, storage.Want{Team: c.Team, Sheets: []storage.SheetWant{storage.WantCanvases(0, closedLooked)}})
	if err != nil {
		return "", err
	}
	all, _, err := loaded.Canvases(0)
	var closed []pipeline.Canvas
	for _, other := range all {
		if !other.IsOpen() {
			closed = append(closed, other)
		}
	}
	return pipeline.GoalBefore(c, closed), err
}

// sweepMessage redraws the message of a sweep.
func sweepMessage(team pipeline.Team, s pipeline.Sweep) storage.Outgoing {
	name := storage.SheetName{Owner: string(s.Team), Number: s.Number}.String()
	return storage.Outgoing{
		ID: storage.MessageEntry(storage.KindSweep, name, ""), Kind: drawSweep, Subject: string(team.Key), Channel: team.Channel, Args: map[string]string{"sheet": name},
	}
}

// drawSweep makes the message that tells of a sweep, and how far it is.
func (app *App) drawSweep(ctx context.Context, c storage.Claimed) (Drawn, error) {
	name, err := storage.ParseSheetName(c.Args["sheet"])
	if err != nil {
		return Drawn{}, fmt.Errorf("entry %s %q: %w", c.Kind, c.ID, err)
	}
	state, err := app.Store.Sweep(ctx, pipeline.TeamKey(name.Owner), name.Number)
	if errors.Is(err, storage.ErrNotFound) {
		return Drawn{Skip: true}, nil
	}
	if err != nil {
		return Drawn{}, err
	}
	_, count, err := app.swept(ctx, state)
	if err != nil {
		return Drawn{}, err
	}
	return Drawn{Channel: c.Channel, Update: c.Message, Post: sweepPost(state, count)}, nil
}

// sweptIdea is an idea of a sweep as it is now.
type sweptIdea struct {
	pipeline.Idea
	became pipeline.Swept
}

// swept reads the ideas of a sweep as they are now, and counts what became of them.
func (app *App) swept(ctx context.Context, s storage.SweepState) ([]sweptIdea, pipeline.SweepCount, error) {
	keys := make([]pipeline.Key, len(s.Ideas))
	for i, found := range s.Ideas {
		keys[i] = found.Key
	}
	now, err := app.Store.Ideas(ctx, keys)
	if err != nil {
		return nil, nil, err
	}
	byKey := make(map[pipeline.Key]pipeline.Idea, len(now))
	for _, idea := range now {
		byKey[idea.Key] = idea
	}
	count := pipeline.SweepCount{}
	var ideas []sweptIdea
	for _, found := range s.Ideas {
		idea, there := byKey[found.Key]
		if !there { // it was deleted for good
			continue
		}
		var kept *pipeline.SweepKept
		if k, said := s.Kept[found.Key]; said {
			kept = &k
		}
		became := s.Became(found, idea, kept)
		count[became]++
		ideas = append(ideas, sweptIdea{idea, became})
	}
	return ideas, count, nil
}

// wantSweep: the sweep that a button names.
func wantSweep(req *Request) (storage.Want, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return storage.Want{}, err
	}
	team, err := p.team()
	if err == nil && (team == "" || p.number("sweep") == 0) {
		err = stale
	}
	return storage.Want{Team: team, Channel: req.Channel, Nodes: true, Sheets: []storage.SheetWant{storage.WantSweep(p.number("sweep"))}}, err
}

// sweepValue is what each button of a sweep carries; in names the form it stands in,
// "" for a message.
func sweepValue(s pipeline.Sweep, page int, in string) params {
	at := func() params {
		p := newParams("team", string(s.Team), "sweep", strconv.Itoa(s.Number))
		if page > 1 {
			p.set("page", strconv.Itoa(page))
		}
		return p
	}
	if in == "" {
		return at()
	}
	return at().set("in", in).set("at", at().encode())
}

// sweepScene is what the view of a sweep is drawn from.
type sweepScene struct {
	storage.SweepState
	ideas []sweptIdea
	count pipeline.SweepCount
	nodes pipeline.Nodes
	page  int
	may   func(pipeline.Action) bool
}

// sweepScene of what was loaded.
func (app *App) sweepScene(ctx context.Context, req *Request, page int) (sweepScene, error) {
	s := sweepScene{page: page, nodes: req.Loaded.Nodes, may: app.may(req)}
	state, err := req.Loaded.Sweep(0)
	if err == nil && (state == nil || req.Loaded.Team == nil) {
		err = noSweep
	}
	if err != nil {
		return s, err
	}
	s.SweepState = *state
	s.ideas, s.count, err = app.swept(ctx, *state)
	return s, err
}

// noSweep is the answer to a sweep that there is not.
var noSweep = &pipeline.Problem{
	Code: "sweep-missing",
	What: "There is no such look through the ideas that you can see.",
	Safe: "Nothing was changed.",
	Next: "Type /align canvas in the team's channel, and open its product goal.",
}

// showSweep opens the ideas of a sweep that are left, or turns their page.
func showSweep(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return Reply{}, err
	}
	s, err := app.sweepScene(ctx, req, p.page())
	if err != nil {
		return Reply{}, err
	}
	if view := s.view(req.Channel); req.Form == nil || p.Get("in") != inSweep {
		return Reply{Open: view}, nil
	} else {
		return Reply{Update: view}, nil
	}
}

// redrawnSweep draws them again for the place of a button or form, where something was
// done with an idea: the message tells of that, too.
func (app *App) redrawnSweep(ctx context.Context, req *Request, at place) (*slack.ModalViewRequest, error) {
	again, p, err := app.reloaded(ctx, req, at, pipeline.ReadTeam, wantSweep)
	if err != nil {
		return nil, err
	}
	s, err := app.sweepScene(ctx, again, p.page())
	if err != nil {
		return nil, err
	}
	if err := app.Store.Enqueue(ctx, sweepMessage(*again.Loaded.Team, s.Sweep)); err != nil {
		return nil, err
	}
	return s.view(at.channel), nil
}

// keepInSweep says that an idea serves the new goal as it is.
func keepInSweep(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return Reply{}, err
	}
	s, err := app.sweepScene(ctx, req, p.page())
	if err != nil {
		return Reply{}, err
	}
	key, err := p.idea()
	if err != nil {
		return Reply{}, err
	}
	if !s.has(key) {
		return Reply{}, noIdea(key)
	}
	told, err := app.Store.KeepInSweep(ctx, req.Op, s.Sweep, key, pipeline.SweepKept{By: req.Person.ID, At: req.Now})
	if err != nil {
		return Reply{}, err
	}
	if told == storage.TellOver {
		return Reply{}, &pipeline.Problem{
			Code: "sweep-over",
			What: "The product goal has changed once more, and the ideas are looked at for that one now.",
			Safe: "What was decided about ideas holds.",
			Next: "Open the newest message about the product goal in the channel.",
		}
	}
	return app.answer(ctx, req, p, tell(Mrkdwn(key.String())+" stays as it is.")), nil
}

// has tells whether the sweep goes through an idea.
func (s sweepScene) has(key pipeline.Key) bool {
	for _, idea := range s.ideas {
		if idea.Key == key {
			return true
		}
	}
	return false
}
