package commands

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// The message that shows a ballot to its team, from its start to its result.

// drawBallot draws the message of a ballot as it is now, in the place of the one
// before.
func (app *App) drawBallot(ctx context.Context, c storage.Claimed) (Drawn, error) {
	key, id, err := ballotOf(c.Outgoing)
	if err != nil {
		return Drawn{}, err
	}
	polled, err := app.Store.Ballot(ctx, key, id, "")
	if errors.Is(err, storage.ErrNotFound) {
		return Drawn{Skip: true}, nil
	}
	if err != nil {
		return Drawn{}, err
	}
	outcome, err := app.statement(ctx, polled.Ballot.Outcome)
	if err != nil {
		return Drawn{}, err
	}
	d := Drawn{Channel: c.Channel, Update: polled.Message}
	name := func(user string) string { return app.name(ctx, user) }
	if polled.Ballot.Running() {
		d.Post = ballotPost(polled, outcome, name)
		return d, nil
	}
	loaded, err := app.Store.Begin(ctx, storage.Want{Idea: key, History: historyPage})
	if err != nil || loaded.Idea == nil || loaded.Team == nil {
		return Drawn{Skip: err == nil}, err
	}
	d.Post = closedBallotPost(polled, outcome, loaded, name)
	return d, nil
}

// statement of an outcome; "" for none.
func (app *App) statement(ctx context.Context, key pipeline.OutcomeKey) (string, error) {
	if key.IsZero() {
		return "", nil
	}
	nodes, err := app.Store.Chain(ctx, key)
	return statementIn(nodes, key), err
}

// ballotPost draws a ballot that runs for all who are in its team's channel.
// outcome is the statement of what the idea is for, "" where that is unknown.
// name gives the name of a user: the message pings nobody.
func ballotPost(polled storage.Polled, outcome string, name func(user string) string) Post {
	b := polled.Ballot
	blocks := []slack.Block{ballotHead(polled, outcome)}
	standing := ballotStanding(polled)
	terms := append([]Mrkdwn{"Started by " + escape(name(b.StartedBy)) + " " + when(b.Started)}, ballotTerms(b)...)
	blocks = append(blocks, note(Mrkdwn(b.Level.Promise())), say(standing), note(join(terms, " · ")))
	if votable(polled) {
		blocks = append(blocks,
			buttons(choiceButtons(b, "")...),
			buttons(reasonButton(b, ""), ballotDetails(b, "")))
	} else {
		blocks = append(blocks, buttons(ballotDetails(b, "")))
	}
	return Post{Text: fallback(ballotQuestion(b)+" "+polled.Title) + " " + standing, Blocks: blocks}
}

// closedBallotPost draws what takes the place of a ballot's message when it is
// closed: its result, and what was decided since, or who decides with the buttons
// for that. loaded are the idea with its latest history, and its team.
func closedBallotPost(polled storage.Polled, outcome string, loaded storage.Loaded, name func(user string) string) Post {
	b := polled.Ballot
	blocks := append([]slack.Block{ballotHead(polled, outcome)}, resultBlocks(polled, name)...)
	return Post{
		Text:   fallback(ballotQuestion(b)+" "+polled.Title+" The ballot is closed. "+b.AdviceInWords()) + " " + Mrkdwn(b.Result.Because),
		Blocks: append(blocks, decidingBlocks(b, loaded, name)...),
	}
}

// ballotHead is what a ballot asks, of which idea, and what that is for.
func ballotHead(polled storage.Polled, outcome string) *slack.RichTextBlock {
	b := polled.Ballot
	said := []slack.RichTextElement{line(bold(ballotQuestion(b))), line(text(polled.Title))}
	switch {
	case b.Outcome.IsZero():
		said = append(said, line(text("It serves no outcome yet.")))
	case outcome == "":
		said = append(said, line(text("For "+b.Outcome.String())))
	default:
		said = append(said, line(text("For "+b.Outcome.String()+" “"+outcome+"”")))
	}
	return rich(said...)
}

// ballotQuestion is what a ballot proposes, and what else.
func ballotQuestion(b pipeline.Ballot) string {
	switch b.Question {
	case pipeline.AskPark:
		return "Park " + b.Idea.String() + ", or pursue it?"
	case pipeline.AskReopen:
		return "Reopen " + b.Idea.String() + ", or leave it parked?"
	}
	return "Pursue " + b.Idea.String() + ", or park it?"
}

// ballotStanding says how many have voted, until when one can, and what may be
// seen of the votes.
func ballotStanding(polled storage.Polled) Mrkdwn {
	b := polled.Ballot
	shown := b.MayShow(polled.Tally)
	words := Mrkdwn(strconv.Itoa(shown.Voted) + " of " + strconv.Itoa(shown.Electorate) + " have voted")
	if shown.Voted == 1 {
		words = Mrkdwn("1 of " + strconv.Itoa(shown.Electorate) + " has voted")
	}
	if !b.Running() {
		return words + "."
	}
	if shown.Counts != nil {
		words += ": " + Mrkdwn(countsInWords(b.Question, shown))
	}
	words += "."
	if shown.Hidden != "" {
		words += " " + Mrkdwn(shown.Hidden)
	}
	switch {
	case !votable(polled):
		return words + "\nThe time to vote is over. The result follows."
	case b.Extended:
		return words + "\nToo few had voted in time, so there is more of it: vote until *" + whenTime(b.Deadline) + "*."
	}
	return words + "\nVote until *" + whenTime(b.Deadline) + "*."
}

// countsInWords says who voted what by number: "one objects, 3 would pursue it".
func countsInWords(q pipeline.BallotQuestion, shown pipeline.Shown) string {
	var said []string
	for _, choice := range pipeline.Choices() {
		if n := shown.Counts[choice]; n > 0 {
			words := q.CountInWords(choice, n)
			if choice == pipeline.ChooseObject { // objections come first
				said = append([]string{words}, said...)
				continue
			}
			said = append(said, words)
		}
	}
	if len(said) == 0 {
		return "nobody"
	}
	return strings.Join(said, ", ")
}

// ballotTerms are by what the votes become advice.
func ballotTerms(b pipeline.Ballot) []Mrkdwn {
	var terms []Mrkdwn
	if needs := b.Needs(); needs > 0 {
		words := "at least " + strconv.Itoa(needs) + " have to vote"
		switch {
		case !b.Running():
			words = "at least " + strconv.Itoa(needs) + " had to vote"
		case !b.Extended:
			words += ", else there is as much time once more"
		}
		terms = append(terms, Mrkdwn(words))
	}
	if b.Running() && b.ShowResults {
		terms = append(terms, "how many voted what is shown while it runs")
	}
	if !b.Rule.IsZero() {
		terms = append(terms, Mrkdwn("the rule: "+b.Rule.String()))
	}
	return append(terms, "votes advise, the product owners decide")
}

// votable tells whether votes are taken, as far as the store's clock said when
// the ballot was read.
func votable(polled storage.Polled) bool {
	return polled.Ballot.Running() && polled.Now.Before(polled.Ballot.Deadline)
}

// choiceLabel is a choice as a ballot that asks that question names it.
func choiceLabel(q pipeline.BallotQuestion, c pipeline.Choice) string {
	switch {
	case c == pipeline.ChooseObject:
		return "Object…"
	case c == pipeline.ChooseNoOpinion:
		return "No opinion"
	case q == pipeline.AskReopen && c == pipeline.ChoosePursue:
		return "Reopen"
	case q == pipeline.AskReopen:
		return "Leave it parked"
	case c == pipeline.ChoosePursue:
		return "Pursue"
	}
	return "Park"
}

// choiceButtons vote with one click, but for an objection, which needs a
// sentence. in names the form they stand in, "" for a message. The choice is in
// the value alone: ids of actions stand in logs.
func choiceButtons(b pipeline.Ballot, in string) []slack.BlockElement {
	var elements []slack.BlockElement
	for i, choice := range pipeline.Choices() {
		action := actionVote
		if choice == pipeline.ChooseObject {
			action = actionVoteForm
		}
		value := ballotValue(b, in).set("choice", string(choice))
		elements = append(elements, button(action+":"+strconv.Itoa(i+1), choiceLabel(b.Question, choice), b.Idea.String(), value))
	}
	return elements
}

// reasonButton opens the form of a vote.
func reasonButton(b pipeline.Ballot, in string) *slack.ButtonBlockElement {
	return button(actionVoteForm, "With a reason…", "vote on "+b.Idea.String(), ballotValue(b, in))
}

// ballotDetails opens everything about a ballot.
func ballotDetails(b pipeline.Ballot, in string) *slack.ButtonBlockElement {
	return button(actionBallot, "Details", "of the ballot on "+b.Idea.String(), ballotValue(b, in))
}

// ballotValue is what each button of a ballot carries; in names the form it
// stands in, "" for a message.
func ballotValue(b pipeline.Ballot, in string) params {
	return newParams("idea", b.Idea.String(), "ballot", strconv.Itoa(b.ID), "in", in)
}
