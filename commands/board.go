package commands

import (
	"context"
	"fmt"
	"time"

	"github.com/slack-go/slack"
	"golang.org/x/sync/errgroup"

	"alignbot/pipeline"
	"alignbot/storage"
)

// boardWaits is how many of the things that wait for the reader the status shows.
const boardWaits = 8

// boardTitle is how many characters the title of an idea takes in the status, in runes
// and escaped: there is one for each stage, and a message has limits.
const boardTitle = 2 * pipeline.TitleLimit

// board is what the status of a team is drawn from.
type board struct {
	storage.Board
	team pipeline.Team
	// owner: the reader is a product owner of the team.
	owner bool
	// waiting is what waits for the reader in this team.
	waiting waitingThings
	// parked are the newest of its parked ideas.
	parked []pipeline.Idea
	now    time.Time
	// inDiscovery is how many ideas of the reader's are in discovery.
	inDiscovery int
}

// status answers /align status: how the team's ideas stand in the pipeline, and
// what waits for the reader.
func status(ctx context.Context, app *App, req *Request) (Reply, error) {
	if req.Loaded.Team == nil {
		return chooseTeam(ctx, app, req, actionStatus, newParams())
	}
	b, err := loadBoard(ctx, app, req)
	if err != nil {
		return Reply{}, err
	}
	return Reply{Tell: boardPost(app, b)}, nil
}

func loadBoard(ctx context.Context, app *App, req *Request) (board, error) {
	team := *req.Loaded.Team
	b := board{team: team, owner: team.OwnedBy(req.Person.ID), now: req.Now}
	reads, ctx := errgroup.WithContext(ctx)
	reads.Go(func() (err error) {
		b.Board, err = app.Store.Board(ctx, team.Key)
		return err
	})
	reads.Go(func() error {
		all, err := app.waitScene(req, team.Key, []pipeline.Team{team}).waiting(ctx)
		b.waiting = all.first(boardWaits)
		return err
	})
	reads.Go(func() error {
		mine, err := app.Store.Page(ctx, storage.List{Team: team.Key, Author: req.Person.ID, Stage: pipeline.Discovery}, 1, 1)
		b.inDiscovery = mine.Total
		return err
	})
	reads.Go(func() (err error) {
		b.parked, err = app.parkedOf(ctx, team.Key)
		return err
	})
	return b, reads.Wait()
}

// boardPost draws the status of a team.
func boardPost(app *App, b board) *Post {
	browse := button(actionPage, "Browse", "the ideas of "+b.team.Name, newParams("team", string(b.team.Key)))
	blocks := []slack.Block{header(b.team.Name)}
	for _, stage := range pipeline.Stages() {
		n := b.Counts[stage]
		if n == 0 {
			continue
		}
		oldest := b.Oldest[stage]
		words := fmt.Sprintf("%d %s", n, stageCalled(stage))
		row := say(Mrkdwn(words))
		if !oldest.Key.IsZero() {
			key := oldest.Key.String()
			row = say(Mrkdwn(words+"\nLongest: "+key+"  "), escapeCut(oldest.Title, boardTitle), ", since ", when(oldest.Staged))
			row.Accessory = slack.NewAccessory(button(actionShow+":"+string(stage), "Show "+key, "", newParams("idea", key)))
		}
		blocks = append(blocks, row)
	}
	ideas := len(blocks) > 1
	if !ideas {
		blocks = append(blocks, say("No ideas yet."))
	}
	facts := Mrkdwn(pipeline.Runway(b.team, b.Load))
	if words := overrides(b.Load); words != "" {
		facts += "\n" + words
	}
	blocks = append(blocks, note(facts))
	if ideas {
		blocks = append(blocks, &pictureBlock{of: b.picture(), words: drawingNow})
	}
	if waiting := boardWaiting(app, b); len(waiting) > 0 {
		blocks = append(append(blocks, slack.NewDividerBlock(), say("*Waiting for you*")), waiting...)
	}
	text := escape(b.team.Name) + ": " + stageLine(b.Counts) + ". " + Mrkdwn(pipeline.Runway(b.team, b.Load))
	return &Post{Text: text, Blocks: append(blocks, buttons(browse))}
}

// boardWaiting is what the reader is asked for in this team.
func boardWaiting(app *App, b board) []slack.Block {
	blocks := b.waiting.blocks()
	if b.owner {
		blocks = append(blocks, decisionBlocks(b.team, b.Counts)...)
	}
	if b.inDiscovery > 0 {
		blocks = append(blocks, listBlock(counted(b.inDiscovery, "idea of yours is", "ideas of yours are")+" in discovery.", lookAt(b.inDiscovery),
			"own ideas in discovery", newParams("team", string(b.team.Key), "stage", string(pipeline.Discovery), "mine", "1")))
	}
	return blocks
}

// decisionBlocks are what waits for a product owner: validated ideas for a
// decision, delivered ones for what happened.
func decisionBlocks(team pipeline.Team, counts map[pipeline.Stage]int) []slack.Block {
	var blocks []slack.Block
	for _, waiting := range []struct {
		stage        pipeline.Stage
		one, several string
	}{
		{pipeline.Validated, "validated idea waits for a decision.", "validated ideas wait for a decision."},
		{pipeline.Delivered, "delivered idea is not looked back at yet.", "delivered ideas are not looked back at yet."},
	} {
		if n := counts[waiting.stage]; n > 0 {
			blocks = append(blocks, listBlock(team.Name+": "+counted(n, waiting.one, waiting.several), lookAt(n),
				string(waiting.stage)+" ideas of "+team.Name, newParams("team", string(team.Key), "stage", string(waiting.stage))))
		}
	}
	return blocks
}

// listBlock is a line with a button that opens the list it speaks of.
func listBlock(words, label, about string, value params) *slack.SectionBlock {
	open := button(actionPage+":"+value.Get("team")+"."+value.Get("stage"), label, about, value)
	return slack.NewSectionBlock(plain(words), nil, slack.NewAccessory(open))
}

// lookAt is the label of a button that opens a list of so many ideas.
func lookAt(n int) string {
	if n == 1 {
		return "Look at it"
	}
	return "Look at them"
}

// stageCalled is what the ideas of a stage are called behind their number.
func stageCalled(s pipeline.Stage) string { return pipeline.StageCalled(s) }

// stageLine counts ideas per stage, in the order of the pipeline.
func stageLine(counts map[pipeline.Stage]int) Mrkdwn {
	var parts []Mrkdwn
	for _, stage := range pipeline.Stages() {
		if n := counts[stage]; n > 0 {
			parts = append(parts, Mrkdwn(fmt.Sprintf("%d %s", n, stageCalled(stage))))
		}
	}
	if len(parts) == 0 {
		return "No ideas yet"
	}
	return join(parts, " · ")
}

// overrides words how often an idea came through a gate that refused; "" while
// none ever came to one.
func overrides(load pipeline.Load) Mrkdwn {
	if load.Gated == 0 {
		return ""
	}
	share := (200*load.Overridden + load.Gated) / (2 * load.Gated)
	return Mrkdwn(fmt.Sprintf("Gates overridden: %d of %s (%d %%).", load.Overridden, counted(load.Gated, "move", "moves"), share))
}
