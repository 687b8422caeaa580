package commands

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"alignbot/pipeline"
	"alignbot/storage"
)

// The private message of the day: what waits for one person. It keeps nothing but
// what it asked for, in its own buttons, so that it can be drawn anew at any time
// from how things are then.

// nudged is what a nudge asked for, as its buttons carry it.
type nudged struct {
	day   string // of the person's, "2026-11-23"
	more  int    // waited beside what it names
	items []pipeline.Waiting
}

// String is "2026-11-23 2 vote=PAY-12:2 orphan=PAY-7".
func (n nudged) String() string {
	parts := []string{n.day, strconv.Itoa(n.more)}
	for _, item := range n.items {
		parts = append(parts, string(item.Kind)+"="+item.Subject)
	}
	return strings.Join(parts, " ")
}

// parseNudged is String the other way round; the stale problem for anything else.
func parseNudged(text string) (nudged, error) {
	parts := strings.Split(text, " ")
	if len(parts) < 2 || len(parts) > 2+pipeline.NudgeMost {
		return nudged{}, stale
	}
	_, err := time.Parse(time.DateOnly, parts[0])
	more, wrong := strconv.Atoi(parts[1])
	if err != nil || wrong != nil || more < 0 {
		return nudged{}, stale
	}
	n := nudged{day: parts[0], more: more}
	for _, part := range parts[2:] {
		kind, subject, _ := strings.Cut(part, "=")
		if !pipeline.IsWaitKind(pipeline.WaitKind(kind)) || subject == "" {
			return nudged{}, stale
		}
		n.items = append(n.items, pipeline.Waiting{Kind: pipeline.WaitKind(kind), Subject: subject})
	}
	return n, nil
}

// waitingOf finds all that waits for somebody, for a message to them: what they may
// read is what is known of where they are.
func (app *App) waitingOf(ctx context.Context, req *Request) (waitingThings, *waitScene, error) {
	seen, _, err := app.ownTeams(ctx, req)
	if err != nil {
		return waitingThings{}, nil, err
	}
	s := app.waitScene(req, "", seen)
	w, err := s.waiting(ctx)
	return w, s, err
}

// drawNudge makes a person's nudge of a day, of what waits for them then. That it was
// made is stored first; made again, it stays that day's one.
func (app *App) drawNudge(ctx context.Context, c storage.Claimed) (Drawn, error) {
	skip, day := Drawn{Skip: true}, c.Args["day"]
	// Many are nudged at the same minute: facts that were read for all of them will do.
	people, err := app.People(ctx, []string{c.User})
	if err != nil {
		return Drawn{}, err
	}
	p := people[0]
	if !pipeline.May(app.Policy, p, pipeline.MuteOwnNudges, pipeline.Where{}).OK {
		return skip, nil // deactivated since, or a guest where guests are not welcome any more
	}
	req := &Request{Person: p, Now: app.clockOf(c)}
	all, s, err := app.waitingOf(ctx, req)
	if err != nil {
		return Drawn{}, err
	}
	for range busyTries {
		settings, err := app.Store.NudgeSettings(ctx, p.ID)
		if err != nil {
			return Drawn{}, err
		}
		made := settings.LastDay == day // by an earlier try of this entry
		if hold := settings.Held(day); hold != "" && !(made && hold == pipeline.NudgesSent) {
			return skip, nil
		}
		waiting := all.kinds()
		if !made {
			waiting = settings.Fresh(waiting)
		}
		nudge := pipeline.NudgeOf(settings, waiting, req.Now)
		if len(nudge.Items) == 0 {
			return skip, nil
		}
		if !made {
			done, err := s.anyDone(ctx, all, settings)
			if err != nil {
				return Drawn{}, err
			}
			settings, err = app.Store.ChangeNudgeSettings(ctx, c.ID, settings.Next(day, nudge.Items, done), storage.Acted{}, "")
			var conflict *storage.SheetConflictError[pipeline.NudgeSettings]
			if errors.As(err, &conflict) {
				continue
			}
			if err != nil {
				return Drawn{}, err
			}
		}
		post, err := app.nudgePost(ctx, s, all, settings, nudged{day, nudge.More + all.more, nudge.Items})
		return Drawn{User: c.User, Post: post}, err
	}
	return Drawn{}, fmt.Errorf("draw %s %q: the settings of %s change all the time", c.Kind, c.ID, p.ID)
}

// anyDone tells whether something was done of what the newest nudge asked for.
func (s *waitScene) anyDone(ctx context.Context, all waitingThings, settings pipeline.NudgeSettings) (bool, error) {
	if settings.Acted {
		return true, nil
	}
	for _, item := range settings.Last {
		if _, waits := all.find(item); waits {
			continue
		}
		after, err := s.settled(ctx, item)
		if err != nil || after.done {
			return after.done, err
		}
	}
	return false, nil
}

// drawNudgeAgain draws a nudge anew where it stands. One that cannot be redrawn any
// more is left as it is.
func (app *App) drawNudgeAgain(ctx context.Context, c storage.Claimed) (Drawn, error) {
	at := pipeline.Message{Channel: c.Args["channel"], TS: c.Args["ts"]}
	switch c.PriorCode {
	case "message_not_found", "cant_update_message", "edit_window_closed":
		return Drawn{Skip: true}, nil
	}
	asked, err := parseNudged(c.Args["nudge"])
	if err != nil {
		return app.teamNudgeAgain(ctx, c.Args["nudge"], at)
	}
	if !isDirect(at.Channel) {
		return Drawn{Skip: true}, nil
	}
	p, err := app.Lookup(ctx, c.User)
	if err != nil {
		return Drawn{}, err
	}
	all, s, err := app.waitingOf(ctx, &Request{Person: p, Now: app.clockOf(c)})
	if err != nil {
		return Drawn{}, err
	}
	settings, err := app.Store.NudgeSettings(ctx, p.ID)
	if err != nil {
		return Drawn{}, err
	}
	post, err := app.nudgePost(ctx, s, all, settings, asked)
	return Drawn{User: c.User, Update: at, Post: post}, err
}
