package commands

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"strconv"

	"alignbot/pipeline"
	"alignbot/storage"
)

// How a change of an idea is stored, whoever else changes it at the same moment
// and however often Slack or the person sends it.

// busyTries is how often a rule is applied again when somebody else's change
// came between, before the person is asked to try again.
const busyTries = 3

// again applies a change that does not depend on what others changed: to what
// the idea is now, for as long as somebody else's change comes between.
func again(idea pipeline.Idea, change func(pipeline.Idea) error) (pipeline.Idea, error) {
	for range busyTries {
		err := change(idea)
		var conflict *storage.ConflictError
		if !errors.As(err, &conflict) {
			return idea, err
		}
		idea = conflict.Current
	}
	return idea, busy(idea.Key)
}

// keepWeighed applies a rule that may look at what the team has in its Product
// Backlog, and stores what it decides: again with what is known then, when somebody
// else changed the idea or what is in there meanwhile. It gives the idea as the
// rule found it where the rule refuses.
func (app *App) keepWeighed(ctx context.Context, req *Request, draft storage.Slot, idea pipeline.Idea, load pipeline.Load, rule func(pipeline.Idea, pipeline.Load) (pipeline.Idea, pipeline.Event, error)) (pipeline.Idea, error) {
	for range busyTries {
		after, event, err := rule(idea, load)
		if err != nil {
			return idea, err
		}
		var seen *pipeline.Load
		if after.Stage == pipeline.Backlog && pipeline.PaceOf(*req.Loaded.Team, load.Finished).Known() {
			seen = &load
		}
		stored, err := app.keep(ctx, req, req.Op, draft, after, event, seen)
		var conflict *storage.ConflictError
		var full *storage.LoadError
		switch {
		case errors.As(err, &conflict):
			idea = conflict.Current
		case errors.As(err, &full):
			load = full.Current
		default:
			return stored, err
		}
	}
	return idea, busy(idea.Key)
}

// busy is said when others were faster each time.
func busy(key pipeline.Key) error {
	return &pipeline.Problem{
		Code: "idea-busy",
		What: fmt.Sprintf("Several people are changing %s at this moment.", key),
		Safe: "Nothing of theirs was overwritten.",
		Next: "Please try again.",
	}
}

// keep stores a changed idea with the line for its history, redraws its card and
// tells its thread. seen is the load of the Product Backlog that a gate was
// asked with, nil where none was.
func (app *App) keep(ctx context.Context, req *Request, op string, draft storage.Slot, after pipeline.Idea, event pipeline.Event, seen *pipeline.Load) (pipeline.Idea, error) {
	return app.Store.MoveIdea(ctx, op, after, seen, draft, event, telling(op, *req.Loaded.Team, after, event)...)
}

// storedBefore gives what an earlier try of the same act stored. Where there was
// none, nothing is changed, and current is the idea as it is now.
func (app *App) storedBefore(ctx context.Context, req *Request, draft storage.Slot, idea pipeline.Idea) (stored pipeline.Idea, current *pipeline.Idea, err error) {
	idea.Version = 0 // no idea is at it
	stored, err = app.Store.ChangeIdea(ctx, req.Op, idea, draft, pipeline.Event{At: req.Now, By: req.Person.ID})
	var conflict *storage.ConflictError
	if errors.As(err, &conflict) {
		return idea, &conflict.Current, nil
	}
	return stored, nil, err
}

// telling is what must be posted when something happened to an idea: its card,
// drawn anew, and a line of news.
func telling(op string, team pipeline.Team, idea pipeline.Idea, event pipeline.Event) []storage.Outgoing {
	key, channel := idea.Key.String(), team.Channel
	card := storage.Outgoing{ID: "card:" + key, Kind: drawCard, Subject: key, Channel: channel}
	if toldAtSource(event.What, team, idea.Source) {
		channel = idea.Source.Channel
	}
	after := []storage.Outgoing{card, {ID: "news:" + op, Kind: drawNews, Subject: key, Channel: channel, Args: newsArgs(event)}}
	if event.Advice != "" { // the ballot's message says what was decided
		after = append(after, redrawBallot(team, pipeline.Ballot{Idea: idea.Key, ID: idea.Ballots}))
	}
	after = append(after, askingEffect(op, team, idea, event)...)
	return append(after, comingBack(op, team, idea, event)...)
}

// digest tells what was typed from anything else that was.
func digest(typed ...any) string {
	h := fnv.New64a()
	fmt.Fprintf(h, "%q", typed)
	return strconv.FormatUint(h.Sum64(), 36)
}

// tryOf is the operation of one try at a form: the same words submitted again
// are the same operation, other words are one more.
func (req *Request) tryOf(typed ...any) string { return "try:" + digest(typed...) + ":" + req.Op }
