package commands

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// The order of the Product Backlog: what stands first is done first.

// isOrdered tells whether a list is a team's Product Backlog, which has an order.
func isOrdered(list storage.List) bool {
	return list == storage.List{Team: list.Team, Stage: pipeline.Backlog}
}

// orderSteps are the steps of an idea in the order, as buttons name them.
var orderSteps = map[pipeline.OrderMove]string{pipeline.ToTheTop: "To the top", pipeline.MoveUp: "Up", pipeline.MoveDown: "Down"}

// orderedRow is one idea of the Product Backlog at its place of so many.
func orderedRow(idea pipeline.Idea, place, of int, row params, mayOrder bool) []slack.Block {
	section := ideaRow(idea, row)
	section.Text.Text = strconv.Itoa(place) + ".  " + section.Text.Text
	if !mayOrder || of == 1 {
		return []slack.Block{section}
	}
	var steps []slack.BlockElement
	for _, to := range pipeline.OrderMoves() {
		if to == pipeline.MoveDown && place == of || to != pipeline.MoveDown && place == 1 {
			continue
		}
		key := idea.Key.String()
		steps = append(steps, button(fmt.Sprintf("%s:%s.%s", actionOrder, key, to), orderSteps[to], key, newParams("idea", key, "to", string(to))))
	}
	return []slack.Block{section, buttons(steps...)}
}

// orderBacklog moves an idea in the order, and shows the page on which it stands now.
func orderBacklog(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, idea, err := req.clicked()
	if err != nil {
		return Reply{}, err
	}
	to := pipeline.OrderMove(p.Get("to"))
	event, err := pipeline.Reorder(app.Policy, req.Person, req.where(), idea, to, req.Now)
	if err != nil {
		return Reply{}, err
	}
	place, _, err := app.Store.OrderBacklog(ctx, req.Op, idea.Key, to, event)
	if errors.Is(err, storage.ErrNotInBacklog) { // it left this moment: what it is now says so
		if idea, err = app.Store.Idea(ctx, idea.Key); err == nil {
			_, err = pipeline.Reorder(app.Policy, req.Person, req.where(), idea, to, req.Now)
		}
	}
	if err != nil {
		return Reply{}, err
	}
	shown := newParams("team", string(idea.Key.Team), "stage", string(pipeline.Backlog), "page", strconv.Itoa((max(1, place)-1)/pageSize+1))
	post, err := listPage(ctx, app, req, shown)
	if err != nil {
		return Reply{}, err
	}
	return req.turned(post, listForm(post, req.Channel)), nil
}
