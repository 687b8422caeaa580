package commands

import (
	"context"
	"errors"
	"fmt"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// Kinds of messages in the outbox. They stand in stored records.
const (
	drawCard  = "idea.card"  // an idea, in its team's channel
	drawNews  = "idea.news"  // what became of an idea, in a thread
	drawFrom  = "idea.from"  // captured, in the thread of the message it came from
	drawOffer = "idea.offer" // the form, offered to who reacted to a message
	drawHello = "team.hello" // a team was set up, in its channel
	// DrawChannelTrouble tells a product owner that a channel cannot be posted
	// in. Args: code (Slack's error), channel.
	DrawChannelTrouble = "team.channel_trouble"
)

// Waits tells whether a message of that kind is worth waiting for while its
// channel takes nothing. A line about what happened is not: it would come late,
// and with all the others.
func Waits(kind string) bool {
	switch kind {
	case drawNews, drawFrom, drawOffer:
		return false
	}
	return true
}

// Drawn is a message ready to be sent.
type Drawn struct {
	Post Post
	// Channel to post in; "" sends a direct message to User. With both, only
	// User sees it in Channel.
	Channel, User, Thread string
	// Update redraws this message instead of posting a new one.
	Update pipeline.Message
	// Skip: there is nothing to say any more.
	Skip bool
}

// Draw makes the message for an outbox entry from the state of this moment.
func (app *App) Draw(ctx context.Context, c storage.Claimed) (Drawn, error) {
	d := Drawn{Channel: c.Channel, User: c.User, Thread: c.Thread}
	switch c.Kind {
	case drawOffer:
		d.Post = reactionOffer(c.Args)
		return d, nil
	case DrawChannelTrouble:
		d.Post = channelTrouble(app, c.Args)
		return d, nil
	case drawHello:
		key, err := pipeline.ParseTeamKey(c.Subject)
		if err != nil {
			return Drawn{}, err
		}
		team, err := app.Store.Team(ctx, key)
		if errors.Is(err, storage.ErrNotFound) {
			return Drawn{Skip: true}, nil
		}
		d.Post = teamHello(app, team)
		return d, err
	}
	key, err := pipeline.ParseKey(c.Subject)
	if err != nil {
		return Drawn{}, fmt.Errorf("draw %s %q: %w", c.Kind, c.Subject, err)
	}
	idea, err := app.Store.Idea(ctx, key)
	if errors.Is(err, storage.ErrNotFound) {
		return Drawn{Skip: true}, nil
	}
	if err != nil {
		return Drawn{}, err
	}
	switch c.Kind {
	case drawCard:
		d.Post = ideaCard(idea, app.name(ctx, idea.Author))
		d.Update = idea.Card
	case drawFrom:
		team, err := app.Store.Team(ctx, idea.Key.Team)
		if err != nil || !pipeline.ToldAtSource(team, idea.Source) {
			return Drawn{Skip: true}, err
		}
		d.Post = capturedNote(app, idea, app.name(ctx, idea.Author))
	case drawNews:
		team, err := app.Store.Team(ctx, idea.Key.Team)
		if err != nil {
			return Drawn{}, err
		}
		place := idea.Card
		if toldAtSource(pipeline.What(c.Args["what"])) && pipeline.ToldAtSource(team, idea.Source) {
			place = pipeline.Message{Channel: idea.Source.Channel, TS: idea.Source.Thread}
		}
		if place.IsZero() {
			return Drawn{Skip: true}, nil // the card, when it arrives, shows it all
		}
		d.Channel, d.Thread = place.Channel, place.TS
		d.Post = ideaNews(idea, c.Args, app.name(ctx, c.Args["by"]))
	default:
		return Drawn{}, fmt.Errorf("draw: unknown kind %q", c.Kind)
	}
	return d, nil
}

// toldAtSource: what happened to the whole idea is told where it came from;
// changes of its words only at its card.
func toldAtSource(what pipeline.What) bool { return what != pipeline.WasEdited }

// newsArgs keeps what a line of news needs, cut to what it shows.
func newsArgs(e pipeline.Event) map[string]string {
	args := map[string]string{"what": string(e.What), "by": e.By}
	for _, c := range e.Changes {
		if c.Field == pipeline.FieldTitle {
			args["title"] = c.From
		} else {
			args["texts"] = string(joinNonEmpty(Mrkdwn(args["texts"]), Mrkdwn(fieldName(c.Field))))
		}
	}
	return args
}

func joinNonEmpty(a, b Mrkdwn) Mrkdwn {
	if a == "" {
		return b
	}
	return a + ", " + b
}

var newsVerbs = map[pipeline.What]string{
	pipeline.WasEdited:      "edited",
	pipeline.WasWithdrawn:   "withdrew",
	pipeline.WasBroughtBack: "brought back",
}

// ideaNews is one line in a thread about what became of an idea.
func ideaNews(idea pipeline.Idea, args map[string]string, by string) Post {
	verb := newsVerbs[pipeline.What(args["what"])]
	runs := []slack.RichTextSectionElement{text(by + " " + verb + " "), bold(idea.Key.String())}
	said := by + " " + verb + " " + idea.Key.String()
	if before := args["title"]; before != "" {
		runs = append(runs, text(": it was “"+before+"”, it is now “"+idea.Title+"”"))
		said += ": it was “" + before + "”, it is now “" + idea.Title + "”"
	}
	if args["texts"] != "" {
		runs = append(runs, text(" (changed: "+args["texts"]+")"))
		said += " (changed: " + args["texts"] + ")"
	}
	runs, said = append(runs, text(".")), said+"."
	return Post{Text: fallback(said), Blocks: []slack.Block{rich(line(runs...))}}
}

// capturedNote tells the thread of a message that an idea was made of it.
func capturedNote(app *App, idea pipeline.Idea, author string) Post {
	post := Post{
		Text:   fallback(author) + " captured this as " + Mrkdwn(idea.Key.String()) + ": " + fallback(idea.Title),
		Blocks: []slack.Block{rich(line(text(author+" captured this as "), bold(idea.Key.String()), text("  "+idea.Title)))},
	}
	if !idea.Card.IsZero() {
		post.Blocks = append(post.Blocks, note(link(app.permalink(idea.Card, ""), "Open its card")))
	}
	return post
}

// reactionOffer is shown to who reacted to a message.
func reactionOffer(args map[string]string) Post {
	words := Mrkdwn("Capture that message as an idea? Its text is not read: put it in your own words, and its link is kept.")
	value := newParams("draft", args["draft"])
	return Post{Text: words, Blocks: []slack.Block{
		say(words),
		buttons(primary(button(actionNew, "Capture as idea", "from the message you reacted to", value))),
	}}
}
