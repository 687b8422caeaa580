package commands

import (
	"context"
	"strings"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
)

// How a wall looks.

// wallPost draws the message of a wall; one that is off says so above what it showed
// last.
func (app *App) wallPost(ctx context.Context, team pipeline.Team, w pipeline.Wall) Post {
	name := pipeline.Cut(team.Name, pipeline.TeamNameLimit)
	blocks := []slack.Block{header(name)}
	state := Mrkdwn("As of " + whenTime(w.ShownAt) + ". This message changes when something that it shows does, at most once a minute.")
	words := "Where " + fallback(name) + " stands"
	if !w.On {
		off := "*This wall is off* since " + whenTime(w.Turned) + ", by " + escape(app.name(ctx, w.By)) + ". Below is how it was " + whenTime(w.ShownAt) + "."
		blocks, state = append(blocks, say(off)), "It does not change any more. `"+Mrkdwn(app.command("/align wall"))+"` turns it on."
		words += " (off)"
	}
	blocks = append(blocks, app.wallBlocks(ctx, w.Shown)...)
	if w.On && w.Shown.Refused != "" {
		blocks = append(blocks, note(app.wallRefusal(w.Shown.Refused)))
	}
	return Post{Text: words, Blocks: append(blocks, note(state))}
}

// wallBlocks draw what a wall shows. Names ping nobody.
func (app *App) wallBlocks(ctx context.Context, face pipeline.WallFace) []slack.Block {
	var blocks []slack.Block
	part := func(title string, lines []string, more int) {
		if len(lines) == 0 {
			return
		}
		said := []slack.RichTextElement{line(bold(title))}
		for _, words := range lines {
			said = append(said, line(text(words)))
		}
		if more > 0 {
			said = append(said, line(text("And "+counted(more, "more", "more")+".")))
		}
		blocks = append(blocks, rich(said...))
	}
	if face.Goal.Words != "" {
		blocks = append(blocks, rich(line(bold(capital(face.Goal.Of))), quote(face.Goal.Words)))
	}
	var lines []string
	for _, o := range face.Outcomes {
		words := o.Key.String() + "  " + o.Words
		if o.Number != "" {
			words += ": " + o.Number
		}
		lines = append(lines, words+" · "+lightWords(o.Light))
	}
	part("Outcomes", lines, face.MoreOutcomes)
	lines = nil
	for _, o := range face.Now {
		words := o.Key.String() + "  " + o.Words
		if !o.For.IsZero() {
			words += " (for " + o.For.String() + ")"
		}
		lines = append(lines, words)
	}
	part("Now", lines, face.MoreNow)
	if face.Runway != "" {
		blocks = append(blocks, say("*Runway*\n"+escape(face.Runway)))
	}
	if len(face.Ballots) > 0 {
		blocks = append(blocks, app.wallBallotsBlock(face))
	}
	lines = nil
	for _, d := range face.Decided {
		lines = append(lines, decisionLine(d, app.nameIn(ctx)))
	}
	part("Last decisions", lines, 0)
	if len(blocks) == 1 && face.Runway != "" {
		blocks = append(blocks, note("There are no outcomes yet, nothing is for now, and nothing was decided within the last weeks."))
	}
	return blocks
}

// wallBallotsBlock lists the ballots that can be voted in.
func (app *App) wallBallotsBlock(face pipeline.WallFace) slack.Block {
	said := []slack.RichTextElement{line(bold("Open ballots"))}
	for _, b := range face.Ballots {
		ballot := line(text(b.Idea.String()+"  "+b.Title+", until "), moment(b.Deadline))
		if !b.Message.IsZero() {
			ballot.Elements = append(ballot.Elements, text(" · "), slack.NewRichTextSectionLinkElement(app.permalink(b.Message, ""), "Vote", nil))
		}
		said = append(said, ballot)
	}
	if face.MoreBallots > 0 {
		said = append(said, line(text("And "+counted(face.MoreBallots, "more", "more")+".")))
	}
	return rich(said...)
}

// decisionLine says one decision: the day, who, what and why.
func decisionLine(d pipeline.WallDecision, name func(user string) string) string {
	e, it := d.Event(), d.Key
	if d.Title != "" {
		it += "  " + d.Title
	}
	words := deed(e, it)
	if e.By != "" {
		words = name(e.By) + " " + words
	} else {
		words = capital(words)
	}
	if e.Why != "" {
		words += ": " + e.Why
	}
	return pipeline.ShowDate(d.At.UTC()) + " · " + words
}

// wallRefusal says why a wall is not pinned, and what cures it.
func (app *App) wallRefusal(code string) Mrkdwn {
	const kept = " It is kept current all the same."
	switch code {
	case noPinScope, "no_permission":
		return "Not pinned: alignbot may not pin messages here. Somebody who manages the app can grant it the scope `pins:write`." + kept
	case "too_many_pins":
		return "Not pinned: the channel has as many pinned messages as Slack allows. Take one off, then try again with `" + Mrkdwn(app.command("/align wall")) + "`." + kept
	case "not_in_channel", "channel_not_found":
		return "Not pinned: alignbot is not in this channel. Type `/invite @" + escape(app.Slack.BotName) + "` in it, then try again with `" + Mrkdwn(app.command("/align wall")) + "`." + kept
	case "restricted_action", "permission_denied":
		return "Not pinned: only some people may pin in this channel. One of them can pin this message by hand." + kept
	}
	return "Not pinned: Slack refuses it (" + escape(strings.ReplaceAll(code, "_", " ")) + "). Somebody can pin this message by hand." + kept
}

// wallTrouble tells who turned a wall on what is the matter with it.
func (app *App) wallTrouble(team pipeline.Team, what, code string) Post {
	value := func() params { return newParams("team", string(team.Key)) }
	words := "The wall of *" + escape(team.Name) + "* stands in its channel. " + app.wallRefusal(code)
	steps := []slack.BlockElement{button(actionWallPin, "Try to pin it", "", value())}
	if what == wallLost {
		words = "Somebody deleted the wall of *" + escape(team.Name) + "* from its channel. Nothing else was lost, and it is not posted again by itself."
		steps = []slack.BlockElement{
			primary(button(actionWallTurn+":on", "Post it again", "", value().set("to", wallOn))), button(actionWallTurn+":off", "Turn it off", "", value().set("to", wallOff)),
		}
	}
	return Post{Text: words, Blocks: []slack.Block{say(words), buttons(steps...)}}
}
