package commands

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"

	"alignbot/pipeline"
	"alignbot/storage"
)

// A wall is looked at once a minute, and drawn anew where something that it shows has
// changed. What a look costs follows what happened since the one before.

const (
	// drawWall draws a wall in its channel, anew where it stands already.
	drawWall = storage.KindWall
	// drawWallLook, a job, finds out whether a wall still shows how things are, and
	// waits for the next look. Args: turn.
	drawWallLook = storage.KindWall + ".look"
	// drawWallTold tells who turned a wall on what is the matter with it. Args: what,
	// code (Slack's).
	drawWallTold = storage.KindWall + ".told"
)

// What a message about a wall tells.
const (
	wallLost    = "lost"    // its message was deleted
	wallRefused = "refused" // it cannot be pinned
)

// wallBallotsRead is how many ballots that were begun are looked at for those that can
// be voted in.
const wallBallotsRead = 10

// wallLook is the job that looks at a wall at that moment; the zero time is now. There
// are two entries of a team, by turns: each look adds the other, so that there is one
// chain of looks, however often it is begun.
func wallLook(team pipeline.TeamKey, turn int, at time.Time) storage.Outgoing {
	text := strconv.Itoa(turn)
	return storage.Outgoing{
		ID: drawWallLook + ":" + string(team) + ":" + text, Kind: drawWallLook, Subject: string(team),
		Args: map[string]string{"turn": text}, Due: at, Repeatable: true,
	}
}

// redrawWall draws a wall from what it shows.
func redrawWall(team pipeline.Team) storage.Outgoing {
	return storage.Outgoing{ID: storage.WallEntry(team.Key), Kind: drawWall, Subject: string(team.Key), Channel: team.Channel}
}

// tellOfWall tells who turned a wall on, once for each time that it is the matter.
func tellOfWall(what string, w pipeline.Wall, at time.Time) storage.Outgoing {
	return storage.Outgoing{
		ID: fmt.Sprintf("%s:%s:%s:%d", drawWallTold, w.Team, what, at.UnixMilli()), Kind: drawWallTold, Subject: string(w.Team), User: w.By,
		Args: map[string]string{"what": what, "code": w.Refused},
	}
}

// wallOf is the team that an entry is about, with its wall; the zero team where there is
// nothing to do.
func (app *App) wallOf(ctx context.Context, c storage.Claimed) (team pipeline.Team, state storage.WallState, err error) {
	key, err := pipeline.ParseTeamKey(c.Subject)
	if err != nil {
		return team, state, err
	}
	team, err = app.Store.Team(ctx, key)
	if errors.Is(err, storage.ErrNotFound) {
		return pipeline.Team{}, state, nil
	}
	if err == nil {
		state, err = app.Store.Wall(ctx, key)
	}
	return team, state, err
}

// drawWallLook looks at a wall. It sends nothing itself.
func (app *App) drawWallLook(ctx context.Context, c storage.Claimed) (Drawn, error) {
	done := Drawn{Skip: true}
	team, state, err := app.wallOf(ctx, c)
	if err != nil || team.Key == "" {
		return done, err
	}
	// The same entry comes again every other minute.
	op := fmt.Sprintf("%s:%d:%d", c.ID, c.FirstDue.UnixMilli(), c.Attempt)
	now := laterOf(app.Now(), c.Now)
	if !state.Wall.On {
		return done, app.unpinWall(ctx, op, state)
	}
	// What fails below is tried at the next look.
	turn := 1
	if c.Args["turn"] == "1" {
		turn = 0
	}
	if err := app.Store.Enqueue(ctx, wallLook(team.Key, turn, now.Add(pipeline.WallEvery))); err != nil {
		return done, err
	}
	w, after, err := app.pinWallNow(ctx, state, now)
	if err != nil {
		app.Log.Info("a wall is not pinned yet", "team", team.Key, "err", err)
	}
	w, face, err := app.wallFace(ctx, team, w, now)
	if err != nil {
		return done, err
	}
	w, step := w.Show(face, now)
	if step == pipeline.WallChanges {
		after = append(after, redrawWall(team))
	}
	if reflect.DeepEqual(w, state.Wall) {
		return done, nil
	}
	var conflict *storage.WallConflictError
	if _, err := app.Store.ChangeWall(ctx, op, w, after...); err != nil && !errors.As(err, &conflict) { // else the next look sees what it is now
		return done, err
	}
	return done, nil
}

// pinWallNow pins a wall that nobody has tried to pin yet: once, so that one which
// somebody takes off stays off. after tells of a refusal.
func (app *App) pinWallNow(ctx context.Context, state storage.WallState, now time.Time) (w pipeline.Wall, after []storage.Outgoing, err error) {
	w = state.Wall
	again := w.Refused == noPinScope && app.Pins != nil // granted since
	if !w.On || !w.Lost.IsZero() || !w.Pinned.IsZero() || state.Message.IsZero() || w.Refused != "" && !again {
		return w, nil, nil
	}
	refused := noPinScope
	if app.Pins != nil {
		if refused, err = app.Pins.Pin(ctx, state.Message); err != nil {
			return w, nil, err
		}
	}
	if w.Refused = refused; refused == "" {
		w.Pinned = now
		return w, nil, nil
	}
	return w, []storage.Outgoing{tellOfWall(wallRefused, w, now)}, nil
}

// noPinScope is the code of what an app may not do that was not granted it.
const noPinScope = "missing_scope"

// unpinWall takes a wall that is off from the pinned messages.
func (app *App) unpinWall(ctx context.Context, op string, state storage.WallState) error {
	w := state.Wall
	if w.Pinned.IsZero() {
		return nil
	}
	if app.Pins != nil && !state.Message.IsZero() {
		refused, err := app.Pins.Unpin(ctx, state.Message)
		if err != nil {
			return err
		}
		if refused != "" {
			app.Log.Info("a wall that is off stays pinned", "team", w.Team, "slack_error", refused)
		}
	}
	w.Pinned = time.Time{}
	_, err := app.Store.ChangeWall(ctx, op, w)
	var conflict *storage.WallConflictError
	if errors.As(err, &conflict) { // turned on meanwhile
		return nil
	}
	return err
}

// wallFace is what the wall is to show now; the wall takes note of what happened.
func (app *App) wallFace(ctx context.Context, team pipeline.Team, w pipeline.Wall, now time.Time) (pipeline.Wall, pipeline.WallFace, error) {
	happened, _, err := app.Store.Journal(ctx, team.Key, w.ReadFrom(now))
	if err != nil {
		return w, pipeline.WallFace{}, err
	}
	w = w.Follow(happened)
	facts := pipeline.WallFacts{Team: team, Titles: map[pipeline.Key]string{}}
	reads, ctx := errgroup.WithContext(ctx)
	reads.Go(func() (err error) {
		facts.Nodes, err = app.Store.Nodes(ctx, team.Key)
		return err
	})
	reads.Go(func() error {
		board, err := app.Store.Board(ctx, team.Key)
		facts.Load = board.Load
		return err
	})
	reads.Go(func() (err error) {
		facts.Rules, err = app.Store.HealthRules(ctx, team.Key)
		return err
	})
	reads.Go(func() error {
		newest, _, err := app.Store.Sprints(ctx, team.Key, 1, 1)
		if len(newest) > 0 {
			facts.Sprint = &newest[0]
		}
		return err
	})
	reads.Go(func() (err error) {
		facts.Canvases, err = app.Store.OpenCanvases(ctx, team.Key)
		return err
	})
	reads.Go(func() (err error) {
		facts.Ballots, err = app.wallBallots(ctx, w.Ballots, now)
		return err
	})
	reads.Go(func() error {
		var keys []pipeline.Key
		for _, d := range w.Decided {
			if key, err := pipeline.ParseKey(d.Key); err == nil {
				keys = append(keys, key)
			}
		}
		ideas, err := app.Store.Ideas(ctx, keys)
		for _, idea := range ideas {
			facts.Titles[idea.Key] = idea.Title
		}
		return err
	})
	if err := reads.Wait(); err != nil {
		return w, pipeline.WallFace{}, err
	}
	return w, w.Face(facts), nil
}

// wallBallots are those of the ballots that can be voted in.
func (app *App) wallBallots(ctx context.Context, begun []pipeline.Key, now time.Time) ([]pipeline.WallBallot, error) {
	var open []pipeline.WallBallot
	for _, key := range begun[:min(len(begun), wallBallotsRead)] {
		poll, err := app.Store.Ballot(ctx, key, storage.NewestBallot, "")
		if errors.Is(err, storage.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if poll.Ballot.Running() && now.Before(poll.Ballot.Deadline) {
			open = append(open, pipeline.WallBallot{Idea: key, Title: poll.Title, Deadline: poll.Ballot.Deadline, Message: poll.Message})
		}
	}
	return open, nil
}

// drawWall makes the message of a wall from what it shows. One that somebody deleted is
// not posted again: who turned the wall on is asked.
func (app *App) drawWall(ctx context.Context, c storage.Claimed) (Drawn, error) {
	skip := Drawn{Skip: true}
	team, state, err := app.wallOf(ctx, c)
	if err != nil || team.Key == "" {
		return skip, err
	}
	w := state.Wall
	switch c.PriorCode {
	case "message_not_found", "cant_update_message", "edit_window_closed":
		if !w.On || !w.Lost.IsZero() {
			return skip, nil
		}
		w.Lost, w.Pinned = laterOf(app.Now(), c.Now), time.Time{}
		_, err := app.Store.ChangeWall(ctx, fmt.Sprintf("%s:%d:%d", c.ID, c.FirstDue.UnixMilli(), c.Attempt), w, tellOfWall(wallLost, w, w.Lost))
		return skip, err
	}
	if w.ShownAt.IsZero() || !w.Lost.IsZero() || !w.On && state.Message.IsZero() {
		return skip, nil
	}
	d := startOf(c)
	d.Update, d.Post = state.Message, app.wallPost(ctx, team, w)
	d.Settled = func(ctx context.Context, m pipeline.Message, _ string) error { // else the next look does it
		state.Message = m
		w, after, err := app.pinWallNow(ctx, state, laterOf(app.Now(), c.Now))
		if err != nil || reflect.DeepEqual(w, state.Wall) {
			return err
		}
		_, err = app.Store.ChangeWall(ctx, fmt.Sprintf("pin:%s:%d:%d", c.ID, c.FirstDue.UnixMilli(), c.Attempt), w, after...)
		return err
	}
	return d, nil
}

// drawWallTold tells who turned a wall on what is the matter with it.
func (app *App) drawWallTold(ctx context.Context, c storage.Claimed) (Drawn, error) {
	team, state, err := app.wallOf(ctx, c)
	if err != nil || team.Key == "" || !state.Wall.On {
		return Drawn{Skip: err == nil}, err
	}
	d := startOf(c)
	d.Post = app.wallTrouble(team, c.Args["what"], c.Args["code"])
	return d, nil
}
