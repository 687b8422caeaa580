package commands

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"alignbot/pipeline"
	"alignbot/storage"
)

// What becomes of the ideas that are linked to an outcome when it is closed: a job
// that goes through them page by page. Each link is changed by an operation of its
// own, so that whoever does the job again after a crash changes it once.

const (
	// relinkPage is how many ideas are read at once.
	relinkPage = 50
	// relinkPages is how many pages one run of the job does. Another takes over
	// then, so that none runs out of time.
	relinkPages = 4
)

// relinking is the job for the ideas of an outcome that is closed; none where they
// stay linked to it.
func relinking(c pipeline.Closing, typed pipeline.CloseForm) []storage.Outgoing {
	o := c.Outcome
	args := map[string]string{"by": o.ClosedBy, "why": o.ClosedWhy, "closed": strconv.FormatInt(o.Closed.UnixMilli(), 10)}
	switch {
	case o.Result == pipeline.Merged:
		args["into"] = o.MergedInto.String()
	case typed.Ideas == pipeline.Relink:
		into, _ := pipeline.ParseOutcomeKey(typed.Into) // the rule read it
		args["into"] = into.String()
	case typed.Ideas != pipeline.DropLinks:
		return nil
	}
	return []storage.Outgoing{{ID: "relink:" + o.Key.String() + ":" + args["closed"], Kind: drawRelink, Subject: o.Key.String(), Args: args}}
}

// drawRelink does that job. It sends nothing itself.
func (app *App) drawRelink(ctx context.Context, c storage.Claimed) (Drawn, error) {
	done := Drawn{Skip: true}
	from, err := pipeline.ParseOutcomeKey(c.Subject)
	if err != nil {
		return Drawn{}, err
	}
	change := pipeline.LinkChange{From: from}
	if words := c.Args["into"]; words != "" {
		if change.To, err = pipeline.ParseOutcomeKey(words); err != nil {
			return Drawn{}, err
		}
	}
	loaded, err := app.Store.Begin(ctx, storage.Want{Node: from})
	if err != nil || loaded.Node == nil || loaded.Team == nil {
		return done, err
	}
	if o := loaded.Node.Outcome; o.IsOpen() || strconv.FormatInt(o.Closed.UnixMilli(), 10) != c.Args["closed"] {
		return done, nil // opened again meanwhile: what is left stays
	}
	if change.To, err = app.heir(ctx, change.To); err != nil {
		return Drawn{}, err
	}
	// From the last page to the first, so that those that leave the list move
	// none of those that are still to be read.
	last, err := app.Store.Linked(ctx, from, 1, relinkPage)
	if err != nil {
		return Drawn{}, err
	}
	first, err := strconv.Atoi(c.Args["page"])
	if err != nil {
		first = last.Of
	}
	for page := min(first, last.Of); page > 0; page-- {
		if first-page == relinkPages {
			return done, app.Store.Enqueue(ctx, nextRelink(c, page))
		}
		linked, err := app.Store.Linked(ctx, from, page, relinkPage)
		if err != nil {
			return Drawn{}, err
		}
		if linked.Number < page {
			continue // done by an earlier run of this job
		}
		for _, idea := range linked.Ideas {
			change.Idea = idea.Key
			if err := app.relink(ctx, c, *loaded.Team, idea, change); err != nil {
				return Drawn{}, err
			}
		}
	}
	return done, nil
}

// heir is the outcome that takes the place of another by now, where that was merged
// as well.
func (app *App) heir(ctx context.Context, key pipeline.OutcomeKey) (pipeline.OutcomeKey, error) {
	for range pipeline.TreeDepth {
		if key.IsZero() {
			break
		}
		stored, err := app.Store.OutcomesByKey(ctx, []pipeline.OutcomeKey{key})
		if err != nil {
			return key, err
		}
		if len(stored) == 0 || stored[0].MergedInto.IsZero() {
			break
		}
		key = stored[0].MergedInto
	}
	return key, nil
}

// nextRelink goes on with the job at that page.
func nextRelink(c storage.Claimed, page int) storage.Outgoing {
	entry := storage.Outgoing{ID: fmt.Sprintf("relink:%s:%s:%d", c.Subject, c.Args["closed"], page), Kind: drawRelink, Subject: c.Subject, Args: map[string]string{}}
	for name, value := range c.Args {
		entry.Args[name] = value
	}
	entry.Args["page"] = strconv.Itoa(page)
	return entry
}

// relink changes the link of one idea, once for each closing. What refuses for
// itself keeps its link. Cards are drawn anew; that many lines of news would tell
// nobody anything.
func (app *App) relink(ctx context.Context, c storage.Claimed, team pipeline.Team, idea pipeline.Idea, change pipeline.LinkChange) error {
	op := "relink:" + c.Subject + ":" + c.Args["closed"] + ":" + idea.Key.String()
	_, err := again(idea, func(idea pipeline.Idea) error {
		after, event, err := pipeline.ChangeLink(idea, change, c.Args["why"], c.Args["by"], time.Now())
		if err != nil || event.What == "" {
			return err
		}
		card := storage.Outgoing{ID: "card:" + idea.Key.String(), Kind: drawCard, Subject: idea.Key.String(), Channel: team.Channel}
		_, err = app.Store.ChangeIdea(ctx, op, after, storage.Slot{}, event, card)
		return err
	})
	var problem *pipeline.Problem
	var closed *storage.OutcomeClosedError // the other outcome, meanwhile
	if errors.As(err, &closed) || errors.As(err, &problem) && problem.Code != "idea-busy" {
		return nil
	}
	return err
}
