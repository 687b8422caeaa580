package commands

import (
	"context"
	"errors"
	"fmt"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// On the day that was chosen, one person is asked what a delivered idea changed.

// askingEffect is the job that asks it, when this happened to an idea; none while
// there is nothing to ask.
func askingEffect(op string, team pipeline.Team, idea pipeline.Idea, event pipeline.Event) []storage.Outgoing {
	switch event.What {
	case pipeline.WasMoved, pipeline.EffectExpected, pipeline.EffectPutOff, pipeline.WasBroughtBack:
	default:
		return nil
	}
	due := idea.EffectDue(team.Location())
	if due.IsZero() || !idea.Effect.AskedAt.IsZero() {
		return nil
	}
	return []storage.Outgoing{{
		ID: "effect:" + idea.Key.String() + ":" + op, Kind: drawEffectDue, Subject: idea.Key.String(), Due: due.Add(clocksApart),
		Args: map[string]string{"day": idea.Effect.Day, "by": event.By},
	}}
}

// drawEffectDue finds who is to say what an idea changed, and gives them a message
// of their own. It sends nothing itself. That it was asked is stored with that
// message, so that it is asked once, whoever does it again.
func (app *App) drawEffectDue(ctx context.Context, c storage.Claimed) (Drawn, error) {
	done := Drawn{Skip: true}
	key, err := pipeline.ParseKey(c.Subject)
	if err != nil {
		return Drawn{}, fmt.Errorf("draw %s %q: %w", c.Kind, c.Subject, err)
	}
	for range busyTries {
		loaded, err := app.Store.Begin(ctx, storage.Want{Idea: key, Chain: true})
		if err != nil || loaded.Idea == nil || loaded.Team == nil {
			return done, err
		}
		idea, team, now := *loaded.Idea, *loaded.Team, app.Now()
		due := idea.EffectDue(team.Location())
		if due.IsZero() || idea.Effect.Day != c.Args["day"] || !idea.Effect.AskedAt.IsZero() {
			return done, nil // answered, asked, or put to another day, which has an entry of its own
		}
		asked, is := pipeline.AskEffect(team, idea, now)
		if !is { // the team has moved to another time zone
			later := c.Outgoing
			later.ID, later.Due = c.ID+":again", due.Add(clocksApart)
			return done, app.Store.Enqueue(ctx, later)
		}
		user, found, err := app.whoLooks(ctx, idea, team, loaded.Nodes, c.Args["by"])
		if err != nil || !found {
			return done, err
		}
		event := pipeline.Event{At: now, What: pipeline.EffectAsked, About: idea.Effect.Day}
		_, err = app.Store.ChangeIdea(ctx, c.ID, asked, storage.Slot{}, event, storage.Outgoing{
			ID: c.ID + ":asked", Kind: drawEffectAsk, Subject: key.String(), User: user, Args: map[string]string{"day": idea.Effect.Day},
		})
		var conflict *storage.ConflictError
		if !errors.As(err, &conflict) {
			return done, err
		}
	}
	return Drawn{}, busy(key)
}

// whoLooks is who says what a delivered idea changed: whoever owns the outcome it
// was for, its author, or whoever delivered it, the first of them who decides what
// becomes of the team's ideas; else a product owner. found is false where nobody
// is left who may.
func (app *App) whoLooks(ctx context.Context, idea pipeline.Idea, team pipeline.Team, nodes pipeline.Nodes, by string) (user string, found bool, err error) {
	asked := []string{idea.Author, by}
	if o := outcomeOver(idea.Effect.Node, nodes); o != nil {
		asked = append([]string{o.Owner}, asked...)
	}
	for _, user := range append(asked, team.Owners...) {
		if user == "" || !team.OwnedBy(user) {
			continue
		}
		p, err := app.Lookup(ctx, user)
		if err != nil {
			return "", false, err
		}
		if pipeline.May(app.Policy, p, pipeline.DecideIdea, pipeline.Where{Team: &team, InChannel: true}).OK {
			return user, true, nil
		}
	}
	return "", false, nil
}

// drawEffectAsk makes the message that asks what an idea changed, while nobody has
// said.
func (app *App) drawEffectAsk(ctx context.Context, c storage.Claimed) (Drawn, error) {
	skip := Drawn{Skip: true}
	key, err := pipeline.ParseKey(c.Subject)
	if err != nil {
		return Drawn{}, fmt.Errorf("draw %s %q: %w", c.Kind, c.Subject, err)
	}
	loaded, err := app.Store.Begin(ctx, storage.Want{Idea: key})
	if err != nil || loaded.Idea == nil || loaded.Team == nil {
		return skip, err
	}
	idea, team := *loaded.Idea, *loaded.Team
	if idea.EffectDue(team.Location()).IsZero() || idea.Effect.Day != c.Args["day"] {
		return skip, nil
	}
	reader, err := app.Lookup(ctx, c.User)
	if err != nil {
		return Drawn{}, err
	}
	if !pipeline.May(app.Policy, reader, pipeline.DecideIdea, pipeline.Where{Team: &team, InChannel: true}).OK {
		return skip, nil
	}
	readable, err := app.known(ctx, reader, pipeline.ReadTeam, team)
	if err != nil {
		return Drawn{}, err
	}
	purpose, err := app.chainLine(ctx, idea)
	if err != nil {
		return Drawn{}, err
	}
	return Drawn{User: c.User, Post: effectPost(app, idea, purpose, readable)}, nil
}

// effectPost asks what a delivered idea changed, and for nothing else. Where the
// reader is not known to be among those who may read the idea, it tells nothing of
// it.
func effectPost(app *App, idea pipeline.Idea, purpose string, readable bool) Post {
	key := idea.Key.String()
	words := Mrkdwn("Did " + key + " change what it was for? Today is the day to look.")
	if !readable {
		return Post{Text: words, Blocks: []slack.Block{
			say(words),
			note("It belongs to a private channel. Type `" + Mrkdwn(app.command("/align")) + "` in it first, so that I know that you are in it."),
			buttons(effectButtons(idea.Key)...),
		}}
	}
	said := append([]slack.RichTextElement{line(text("Today is the day to look. "), bold("Did it change what it was for?"))}, expectedLines(idea)...)
	return Post{Text: words, Blocks: []slack.Block{
		rich(said...), note(standing(idea, purpose), " · delivered ", when(idea.Staged)),
		buttons(effectButtons(idea.Key)...),
	}}
}
