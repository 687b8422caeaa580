package commands

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// How a parked idea comes back when its day has come or what it waited for has
// happened.

// clocksApart is how much later than its day an idea comes back, so that no
// difference between two clocks makes it early.
const clocksApart = time.Minute

// backID names the message with which a parked idea comes back: one for each
// parking of it.
func backID(parking string) string { return "back:" + parking }

// returning is what must be posted about ideas that come back by what happened:
// another was delivered, a test passed, an outcome turned red or was closed, somebody
// asked.
// Which those are, storage knows.
func returning() storage.Outgoing {
	return storage.Outgoing{ID: backID(storage.ComesBack), Kind: drawBack, Subject: storage.ComesBack}
}

// comingBack is what must be posted later when this happened to an idea.
func comingBack(op string, team pipeline.Team, idea pipeline.Idea, event pipeline.Event) []storage.Outgoing {
	var after []storage.Outgoing
	if event.What == pipeline.WasParked || event.What == pipeline.WasBroughtBack && idea.Stage == pipeline.Parked {
		if due := parkingOf(idea).Revisit.DueAt(team.Location()); !due.IsZero() {
			back := storage.Outgoing{
				ID: backID(storage.ParkingID(idea)), Kind: drawBack, Subject: idea.Key.String(), Channel: team.Channel, Due: due.Add(clocksApart),
			}
			if event.What == pipeline.WasBroughtBack { // its day may have come meanwhile, and passed
				back.ID += ":" + op
			}
			after = append(after, back)
		}
		return append(after, returning())
	}
	if event.To == pipeline.Delivered {
		return []storage.Outgoing{returning()}
	}
	return nil
}

// drawBack makes the message with which a parked idea comes back, if it is still
// parked by that parking and nothing brought it back before. That it came back is
// stored first, as an operation of the entry's own: whoever draws it again finds
// it.
func (app *App) drawBack(ctx context.Context, c storage.Claimed) (Drawn, error) {
	skip := Drawn{Skip: true}
	key, err := pipeline.ParseKey(c.Subject)
	if err != nil {
		return Drawn{}, err
	}
	for range busyTries {
		loaded, err := app.Store.Begin(ctx, storage.Want{Idea: key})
		if err != nil || loaded.Idea == nil || loaded.Team == nil {
			return skip, err
		}
		idea, team := *loaded.Idea, *loaded.Team
		if id := backID(storage.ParkingID(idea)); idea.Parking == nil || c.ID != id && !strings.HasPrefix(c.ID, id+":") {
			return skip, nil // reopened, or parked again
		}
		now := app.Now()
		facts, err := app.returnFacts(ctx, idea, loaded.AskedBy)
		if err != nil {
			return Drawn{}, err
		}
		after, event, comes := pipeline.ComeBack(team, idea, facts, now)
		if !comes {
			after.Version = 0 // no idea is at it: only what this entry stored is given back
		}
		card := storage.Outgoing{ID: "card:" + key.String(), Kind: drawCard, Subject: key.String(), Channel: team.Channel}
		stored, err := app.Store.ChangeIdea(ctx, c.ID, after, storage.Slot{}, event, card)
		var conflict *storage.ConflictError
		switch {
		case err == nil:
			return app.backIn(ctx, c, stored, team, event.About)
		case !errors.As(err, &conflict):
			return Drawn{}, err
		case !comes:
			return skip, app.waitForDay(ctx, c, idea, team, now)
		}
	}
	return Drawn{}, busy(key)
}

// waitForDay keeps an idea on time that was called back by something that is
// not so any more.
func (app *App) waitForDay(ctx context.Context, c storage.Claimed, idea pipeline.Idea, team pipeline.Team, now time.Time) error {
	due := idea.Parking.Revisit.DueAt(team.Location())
	if !idea.Parking.CameBack.IsZero() || !idea.Withdrawn.IsZero() || !due.After(now) {
		return nil
	}
	return app.Store.Enqueue(ctx, storage.Outgoing{ID: c.ID + ":day", Kind: drawBack, Subject: c.Subject, Channel: team.Channel, Due: due.Add(clocksApart)})
}

// returnFacts is what has happened since the idea was parked.
func (app *App) returnFacts(ctx context.Context, idea pipeline.Idea, askedBy int) (pipeline.RevisitFacts, error) {
	facts, parking := pipeline.RevisitFacts{AskedBy: askedBy}, *idea.Parking
	if key := parking.Revisit.Delivered; !key.IsZero() {
		other, err := app.Store.Idea(ctx, key)
		if err != nil && !errors.Is(err, storage.ErrNotFound) {
			return facts, err
		}
		facts.Delivered = (other.Stage == pipeline.Delivered || other.Stage == pipeline.Learned) && other.Staged.After(parking.At)
	}
	if key := parking.Revisit.OutcomeRed; !key.IsZero() {
		turned, err := app.Store.TurnedRed(ctx, key)
		if err != nil {
			return facts, err
		}
		outcomes, err := app.Store.OutcomesByKey(ctx, []pipeline.OutcomeKey{key})
		if err != nil {
			return facts, err
		}
		facts.Red = turned.After(parking.At)
		facts.RedNever = len(outcomes) > 0 && !outcomes[0].IsOpen()
	}
	if test := parking.Revisit.TestPassed; !test.IsZero() {
		runs, err := app.Store.Runs(ctx, test.Idea)
		if err != nil {
			return facts, err
		}
		facts.TestPassed = slices.ContainsFunc(runs, func(r pipeline.RunSummary) bool {
			return r.ID == test.Run && r.Verdict == pipeline.Passed && r.Last.After(parking.At)
		})
	}
	return facts, nil
}

// backIn draws the message for the thread that the idea came from, else, and where
// that channel takes nothing, for that of its card, else for its team's channel. changed is what has changed, "" where
// only its history knows.
func (app *App) backIn(ctx context.Context, c storage.Claimed, idea pipeline.Idea, team pipeline.Team, changed string) (Drawn, error) {
	if changed == "" {
		events, err := app.Store.History(ctx, idea.Key, historyPage)
		if err != nil {
			return Drawn{}, err
		}
		if i := slices.IndexFunc(events, func(e pipeline.Event) bool { return e.What == pipeline.CameBack }); i >= 0 {
			changed = events[i].About
		}
	}
	d := Drawn{Channel: team.Channel, Post: backPost(idea, app.name(ctx, parkingOf(idea).By), changed)}
	switch {
	case toldAtSource(pipeline.CameBack, team, idea.Source) && !shut(c.PriorCode):
		d.Channel, d.Thread = idea.Source.Channel, idea.Source.Thread
	case !idea.Card.IsZero():
		d.Channel, d.Thread = idea.Card.Channel, idea.Card.TS
	}
	return d, nil
}

// countReturned counts, for those who decide, the parked ideas that came back and
// wait: they are the first by day.
func (app *App) countReturned(ctx context.Context, teams []homeTeam) error {
	reads, ctx := storage.Together(ctx)
	for i := range teams { // not copied: others fill in other parts of them
		team := &teams[i]
		if !team.owner {
			continue
		}
		reads.Go(func() error {
			page, err := app.Store.Page(ctx, storage.List{Team: team.Key, Stage: pipeline.Parked, Due: true}, 1, pageSize)
			for _, idea := range page.Ideas {
				if !parkingOf(idea).CameBack.IsZero() {
					team.back++
				}
			}
			return err
		})
	}
	return reads.Wait()
}

// returnedBlocks say that parked ideas of a team wait for a decision.
func returnedBlocks(team pipeline.Team, n int) []slack.Block {
	if n == 0 {
		return nil
	}
	words := team.Name + ": " + counted(n, "parked idea has", "parked ideas have") + " come back."
	if n == pageSize {
		words = team.Name + ": many parked ideas have come back."
	}
	value := newParams("team", string(team.Key), "by", byDue)
	open := button(actionParked+":"+string(team.Key), lookAt(n), "parked ideas of "+team.Name, value)
	return []slack.Block{slack.NewSectionBlock(plain(words), nil, slack.NewAccessory(open))}
}

// shut tells whether the attempt before ended because its channel takes nothing.
// https://docs.slack.dev/reference/methods/chat.postMessage#errors
func shut(code string) bool { return code == "not_in_channel" || code == "is_archived" }

// backPost tells that a parked idea has come back: why it was parked, what has
// changed since, and what can follow. by is the name of who parked it.
func backPost(idea pipeline.Idea, by, changed string) Post {
	p, key := parkingOf(idea), idea.Key.String()
	said := []slack.RichTextElement{
		line(bold(key + " has come back from the Anti-Product Backlog")), line(ideaTitle(idea)),
		line(text("\nWhat has changed: "), bold(changed)),
		line(text("Why it was parked, by "+by+": "), bold(p.Verdict())),
	}
	if p.Why != "" {
		said = append(said, quote(p.Why))
	}
	return Post{
		Text: Mrkdwn(key) + " has come back: " + fallback(changed) + " It was parked, " + Mrkdwn(p.Verdict()) + ": " + fallback(p.Why),
		Blocks: []slack.Block{
			rich(said...), note("Parked ", when(p.At), ". Does the reason still hold? The team's product owners decide."),
			buttons(returnButtons(idea)...),
		},
	}
}

// returnButtons are what can follow when a parked idea has come back.
func returnButtons(idea pipeline.Idea) []slack.BlockElement {
	details := button(actionShow, "Details", "of "+idea.Key.String(), newParams("idea", idea.Key.String()))
	if idea.Ballot != 0 {
		return []slack.BlockElement{ballotButton(idea, ""), details}
	}
	reopen, _ := pipeline.StepTo(idea.Stage, pipeline.Discovery)
	return []slack.BlockElement{ballotButton(idea, ""), moveButton(idea.Key, reopen, ""), parkButton(idea, ""), details}
}
