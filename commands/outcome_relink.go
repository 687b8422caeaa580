package commands

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"alignbot/pipeline"
	"alignbot/storage"
)

// What becomes of the ideas that are linked to an outcome when it is closed, or to
// an opportunity or impact that belongs to it: a job that goes through them page by
// page. Each link is changed by an operation of its own, so that whoever does the
// job again after a crash changes it once.

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
	var change pipeline.LinkChange
	if words := c.Args["into"]; words != "" {
		if change.To, err = pipeline.ParseOutcomeKey(words); err != nil {
			return Drawn{}, err
		}
	}
	loaded, err := app.Store.Begin(ctx, storage.Want{Node: from})
	if err != nil || loaded.Node == nil || loaded.Team == nil {
		return done, err
	}
	o := loaded.Node.Outcome
	if o.IsOpen() || strconv.FormatInt(o.Closed.UnixMilli(), 10) != c.Args["closed"] {
		return done, nil // opened again meanwhile: what is left stays
	}
	if change.To, err = app.heir(ctx, change.To); err != nil {
		return Drawn{}, err
	}
	facts, err := app.Store.Tree(ctx, from.Team)
	if err != nil {
		return Drawn{}, err
	}
	at := relinkPlace{pages: relinkPages}
	at.page, _ = strconv.Atoi(c.Args["page"]) // else from the last one
	nodes := linkedNodes(facts, from, app.Now())
	if i := slices.IndexFunc(nodes, func(key pipeline.NodeKey) bool { return key.String() == c.Args["node"] }); i > 0 {
		nodes = nodes[i:]
	} else if i < 0 {
		at.page = 0 // none are left on the one it was at
	}
	for _, change.From = range nodes {
		if err := app.relinkNode(ctx, c, *loaded.Team, change, &at); err != nil {
			return Drawn{}, err
		}
		if at.pages < 0 {
			return done, app.Store.Enqueue(ctx, nextRelink(c, change.From, at.page))
		}
		at.page = 0
	}
	return done, nil
}

// linkedNodes are an outcome and what belongs to it, where there are ideas on them.
// What hung under one that was merged hangs under another by now, with its ideas.
func linkedNodes(facts pipeline.TreeFacts, outcome pipeline.OutcomeKey, now time.Time) []pipeline.NodeKey {
	var nodes []pipeline.NodeKey
	var walk func(pipeline.Branch)
	walk = func(b pipeline.Branch) {
		if b.Ideas.Count() > 0 {
			nodes = append(nodes, b.Key)
		}
		for _, child := range b.Children {
			walk(child)
		}
	}
	if own, found := pipeline.NewTree(facts, now).Own(outcome); found {
		walk(own)
	}
	return nodes
}

// relinkPlace is how far a run of the job is.
type relinkPlace struct {
	// page of the node's ideas at which to begin, or to go on; 0 for the last one.
	page int
	// pages that this run may still do; below 0 there was one more.
	pages int
}

// relinkNode changes the links of the ideas on the node change.From.
func (app *App) relinkNode(ctx context.Context, c storage.Claimed, team pipeline.Team, change pipeline.LinkChange, at *relinkPlace) error {
	// From the last page to the first, so that those that leave the list move
	// none of those that are still to be read.
	last, err := app.Store.Linked(ctx, change.From, 1, relinkPage)
	if err != nil {
		return err
	}
	if at.page == 0 {
		at.page = last.Of
	}
	for at.page = min(at.page, last.Of); at.page > 0; at.page-- {
		if at.pages--; at.pages < 0 {
			return nil
		}
		linked, err := app.Store.Linked(ctx, change.From, at.page, relinkPage)
		if err != nil {
			return err
		}
		if linked.Number < at.page {
			continue // done by an earlier run of this job
		}
		for _, idea := range linked.Ideas {
			change.Idea = idea.Key
			if err := app.relink(ctx, c, team, idea, change); err != nil {
				return err
			}
		}
	}
	return nil
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

// nextRelink goes on with the job at that page of a node.
func nextRelink(c storage.Claimed, node pipeline.NodeKey, page int) storage.Outgoing {
	entry := storage.Outgoing{ID: fmt.Sprintf("relink:%s:%s:%s:%d", c.Subject, c.Args["closed"], node, page), Kind: drawRelink, Subject: c.Subject, Args: map[string]string{}}
	for name, value := range c.Args {
		entry.Args[name] = value
	}
	entry.Args["node"], entry.Args["page"] = node.String(), strconv.Itoa(page)
	return entry
}

// relink changes one link of an idea, once for each closing. What refuses for
// itself keeps its link. Cards are drawn anew; that many lines of news would tell
// nobody anything.
func (app *App) relink(ctx context.Context, c storage.Claimed, team pipeline.Team, idea pipeline.Idea, change pipeline.LinkChange) error {
	op := "relink:" + c.Subject + ":" + c.Args["closed"] + ":" + change.From.String() + ":" + idea.Key.String()
	_, err := again(idea, func(idea pipeline.Idea) error {
		after, event, err := pipeline.ChangeLink(idea, change, c.Args["why"], c.Args["by"], app.Now())
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
