package commands

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// How an idea gets its link in the form that captures it. The form opens at once,
// so what it offers is asked for by its menu.

// wantFormTree: the team of the form, its tree, and the draft that it writes.
func wantFormTree(req *Request) (storage.Want, error) {
	want, err := wantFormTeam(req)
	want.Nodes = true
	return want, err
}

// findNodesForNew answers the menu of the form that captures: what has the words,
// or what is near to the title that stands in it and then the newest.
func findNodesForNew(ctx context.Context, app *App, req *Request) (Reply, error) {
	if req.Loaded.Team == nil {
		return Reply{}, nil
	}
	written := pipeline.DraftOf(req.Form.typed())
	if written.IsZero() && req.Loaded.Draft != nil {
		written = pipeline.DraftOf(req.Loaded.Draft.Typed)
	}
	team := *req.Loaded.Team
	scene := linkScene{nodes: req.Loaded.Nodes, idea: pipeline.Idea{
		Key: pipeline.Key{Team: team.Key}, Title: written.Title, Problem: written.Problem, Measure: written.Measure,
	}}
	words := pipeline.CleanLine(typed(req.Words))
	if words == "" && !written.IsZero() {
		scene.suggested = app.suggest(ctx, team, scene.idea)
	}
	return Reply{Options: append([]*slack.OptionBlockObject{option(noneChosen, "Nothing yet")}, scene.found(words)...)}, nil
}

// outcomePicker is that menu; nil for somebody who links nothing in any of the
// teams.
func (app *App) outcomePicker(req *Request, fresh, chosen string, teams ...pipeline.Team) *slack.InputBlock {
	mayLink := func(team pipeline.Team) bool {
		return pipeline.May(app.Policy, req.Person, pipeline.LinkOutcome, pipeline.Where{Team: &team, InChannel: true}).OK
	}
	if !slices.ContainsFunc(teams, mayLink) {
		return nil
	}
	return nodePicker(fresh, chosen)
}

func nodePicker(fresh, chosen string) *slack.InputBlock {
	return optional(nodeFinder(actionIdeaOutcome, fresh, linkMenu, "An outcome of the team, or an opportunity or impact under one. What is near to your title comes first.", chosen, pipeline.Nodes{}))
}

// chosenLink is what was chosen in the form that captures; the zero node for
// nothing.
func (app *App) chosenLink(ctx context.Context, req *Request) (pipeline.Node, error) {
	chosen := req.Form.Value(fieldOutcome).Text
	if chosen == "" || chosen == noneChosen {
		return pipeline.Node{}, nil
	}
	if err := app.permit(ctx, req, pipeline.LinkOutcome); err != nil {
		problem, _ := Explain(err)
		return pipeline.Node{}, wrongLink(problem.Error())
	}
	key, err := pipeline.ParseNodeKey(chosen)
	if err != nil {
		return pipeline.Node{}, stale
	}
	node, known := req.Loaded.Nodes.Node(key)
	if !known {
		node.Key = key
	}
	switch err := mayBeginWith(node, req.Loaded.Team.Key, req.Now); {
	case err != nil:
		return pipeline.Node{}, err
	case !known:
		return pipeline.Node{}, wrongLink("This is not in the team's tree any more. Choose another.")
	}
	return node, nil
}

// mayBeginWith asks the rule of links with an idea that has nothing yet.
func mayBeginWith(node pipeline.Node, team pipeline.TeamKey, now time.Time) error {
	_, _, err := pipeline.Link(pipeline.Idea{Key: pipeline.Key{Team: team}}, node, "", now)
	var problem *pipeline.Problem
	if errors.As(err, &problem) {
		return wrongLink(problem.What + " " + problem.Next)
	}
	return err
}

// wrongLink says beside the menu what is wrong with what was chosen.
func wrongLink(words string) error {
	return &pipeline.Problem{
		Code: "link-form", What: "The idea cannot be linked to what was chosen.", Safe: "Everything you typed is still here.",
		Fields: map[pipeline.Field]string{fieldOutcome: words},
	}
}
