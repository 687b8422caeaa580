package commands

import (
	"context"
	"errors"
	"fmt"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// The message that tells a team of its sprint, in its channel.

// sprintItemsTold is how many items of a sprint its message names.
const sprintItemsTold = 10

// tellSprint draws the message of a sprint, anew where it stands already.
func tellSprint(team pipeline.Team, s pipeline.Sprint) storage.Outgoing {
	name := sprintReviewed(team.Key, s.Number)
	return storage.Outgoing{
		ID: storage.MessageEntry(storage.KindSprint, name, ""), Kind: drawSprint, Subject: string(team.Key), Channel: team.Channel,
		Args: map[string]string{"sheet": name},
	}
}

// drawSprint makes that message. One that is closed is not told of where nobody was
// told that it began.
func (app *App) drawSprint(ctx context.Context, c storage.Claimed) (Drawn, error) {
	name, err := storage.ParseSheetName(c.Args["sheet"])
	if err != nil {
		return Drawn{}, err
	}
	key := pipeline.TeamKey(name.Owner)
	team, err := app.Store.Team(ctx, key)
	if errors.Is(err, storage.ErrNotFound) {
		return Drawn{Skip: true}, nil
	}
	if err != nil {
		return Drawn{}, err
	}
	sprint, message, err := app.Store.SprintTold(ctx, key, name.Number)
	if errors.Is(err, storage.ErrNotFound) || err == nil && !sprint.IsOpen() && message.TS == "" {
		return Drawn{Skip: true}, nil
	}
	if err != nil {
		return Drawn{}, err
	}
	nodes, err := app.Store.Nodes(ctx, key)
	if err != nil {
		return Drawn{}, err
	}
	return Drawn{Channel: team.Channel, Update: message, Post: sprintPost(sprintScene{team: team, sprint: &sprint, nodes: nodes}, app.name(ctx, sprint.StartedBy))}, nil
}

// sprintPost draws the message. by is the name of who started the sprint: it pings
// nobody.
func sprintPost(s sprintScene, by string) Post {
	sprint := *s.sprint
	days := sprintDays(sprint.First, sprint.Last)
	said := []slack.RichTextElement{line(text(days + ". The goal:")), quote(sprint.Goal)}
	if !sprint.Outcome.IsZero() {
		said = append(said, line(bold("For: "), text(sprint.Outcome.String()+"  "+statementIn(s.nodes, sprint.Outcome))))
	}
	for i, item := range sprint.Items {
		if i == sprintItemsTold {
			said = append(said, line(text(fmt.Sprintf("and %d more", len(sprint.Items)-i))))
			break
		}
		words := "• " + item.Key.String() + "  " + pipeline.Cut(item.Title, 150)
		if item.Done {
			words += " (done)"
		}
		said = append(said, line(text(words)))
	}
	standing := s.sumsInWords()
	if !sprint.IsOpen() {
		standing = "Closed. Finished: " + finishedWords(sprint) + "."
	}
	return Post{
		Text: fallback(fmt.Sprintf("%s of %s, %s: %s. %s", sprintName(sprint), s.team.Name, days, pipeline.Cut(sprint.Goal, 300), standing)),
		Blocks: []slack.Block{
			header(sprintName(sprint)), rich(said...), slack.NewContextBlock("", plain(standing), plain("Started by "+by)),
			buttons(sprintButton(sprint, "")),
		},
	}
}
