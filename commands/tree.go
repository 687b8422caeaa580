package commands

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// treePlace is where somebody is in a team's tree, as buttons carry it.
type treePlace struct {
	team pipeline.TeamKey
	// node that is open; zero for the whole tree.
	node pipeline.NodeKey
	// view is how it is read; "" for the usual way.
	view pipeline.TreeView
	// closed: what is closed is shown as well.
	closed bool
	page   int
}

// treeViews are the readings of a tree as buttons carry them.
var treeViews = []struct {
	view pipeline.TreeView
	name string
}{
	{pipeline.OutcomesView, "outcomes"},
	{pipeline.OpportunitiesView, "opportunities"},
	{pipeline.ImpactsView, "impacts"},
}

func (at treePlace) params() params {
	p := newParams("team", string(at.team))
	if !at.node.IsZero() {
		p.set("node", at.node.String())
	}
	for _, known := range treeViews {
		if known.view == at.view {
			p.set("view", known.name)
		}
	}
	if at.closed {
		p.set("closed", "1")
	}
	if at.page > 1 {
		p.set("page", fmt.Sprint(at.page))
	}
	return p
}

// treePlaceOf reads what a button carries; the stale problem where it is no
// place in one team's tree.
func treePlaceOf(p params) (treePlace, error) {
	team, err := p.team()
	if err != nil {
		return treePlace{}, err
	}
	at := treePlace{team: team, closed: p.Get("closed") != "", page: p.page()}
	if p.Get("node") != "" {
		if at.node, err = p.node(); err != nil {
			return treePlace{}, err
		}
		if at.team == "" {
			at.team = at.node.Team
		}
	}
	if at.team == "" || !at.node.IsZero() && at.node.Team != at.team {
		return treePlace{}, stale
	}
	for _, known := range treeViews {
		if known.name == p.Get("view") {
			at.view = known.view
		}
	}
	return at, nil
}

// viewOf is how the open branch is read: as asked for, else the way in which there
// is something below it.
func (at treePlace) viewOf(open pipeline.Branch) pipeline.TreeView {
	switch {
	case open.Key.IsZero():
		return pipeline.OutcomesView
	case open.Key.Kind != pipeline.OutcomeNode:
		return viewBelow(open)
	case at.view != "":
		return at.view
	}
	usual := pipeline.OutcomesView
	if open.Kind == pipeline.ProductBranch {
		usual = pipeline.OpportunitiesView
	}
	below := func(view pipeline.TreeView) bool {
		return slices.ContainsFunc(open.Children, func(child pipeline.Branch) bool { return viewBelow(child) == view })
	}
	if below(usual) {
		return usual
	}
	for _, known := range treeViews {
		if below(known.view) {
			return known.view
		}
	}
	return usual
}

// wantTypedTree: the team of the channel, or of the node whose key stands behind
// the command.
func wantTypedTree(req *Request) (storage.Want, error) {
	key, err := req.typedNode()
	return storage.Want{Channel: req.Channel, Team: key.Team}, err
}

// typedNode is the node whose key stands behind the command; zero for none, and
// without a team where that of the channel is meant.
func (req *Request) typedNode() (pipeline.NodeKey, error) {
	words := typed(req.Words)
	if strings.TrimSpace(words) == "" {
		return pipeline.NodeKey{}, nil
	}
	return pipeline.ParseTypedNode(words)
}

// wantTree: the team whose tree a button goes to.
func wantTree(req *Request) (storage.Want, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return storage.Want{}, err
	}
	at, err := treePlaceOf(p)
	return storage.Want{Team: at.team}, err
}

// listTree answers /outcome tree.
func listTree(ctx context.Context, app *App, req *Request) (Reply, error) {
	key, err := req.typedNode()
	if err != nil {
		return Reply{}, err
	}
	team := req.Loaded.Team
	switch {
	case team == nil && !key.IsZero():
		return Reply{}, noNode(key)
	case team == nil:
		return chooseTeam(ctx, app, req, actionTree, newParams())
	case !key.IsZero():
		key.Team = team.Key
	}
	return app.openTree(ctx, req, treePlace{team: team.Key, node: key})
}

// showTree opens a team's tree, or goes to another place in it.
func showTree(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return Reply{}, err
	}
	at, err := treePlaceOf(p)
	if err != nil {
		return Reply{}, err
	}
	if req.Loaded.Team == nil {
		return Reply{}, stale
	}
	reply, err := app.openTree(ctx, req, at)
	if err == nil && req.Form != nil && p.Get("in") == inTree {
		reply.Open, reply.Update = nil, reply.Open
	}
	return reply, err
}

// openTree opens the tree of the team that was loaded at that place.
func (app *App) openTree(ctx context.Context, req *Request, at treePlace) (Reply, error) {
	s, err := app.readTree(ctx, req, at)
	if err != nil {
		return Reply{}, err
	}
	return Reply{Open: treeView(s, metadata{Team: at.team, Channel: req.Channel})}, nil
}

// readTree reads the tree of the team that was loaded.
func (app *App) readTree(ctx context.Context, req *Request, at treePlace) (shownTree, error) {
	s, err := app.treeOf(ctx, *req.Loaded.Team, at, req.Now)
	s.may = app.may(req)
	return s, err
}

// treeOf reads the tree of a team, for whom all may see of it.
func (app *App) treeOf(ctx context.Context, team pipeline.Team, at treePlace, now time.Time) (shownTree, error) {
	facts, err := app.Store.Tree(ctx, at.team)
	if err != nil {
		return shownTree{}, err
	}
	s := shownTree{team: team, tree: pipeline.NewTree(facts, now), at: at, now: now}
	if _, _, found := s.open(); !found && !at.node.IsZero() {
		return s, noNode(at.node)
	}
	return s, nil
}

// drawTree draws the tree that a form lies on from what is stored now.
func (app *App) drawTree(ctx context.Context, req *Request, at params) (*slack.ModalViewRequest, error) {
	to, err := treePlaceOf(at)
	if err != nil {
		return nil, err
	}
	reply, err := app.openTree(ctx, req, to)
	return reply.Open, err
}

// noNode is the answer to the key of a node that leads nowhere.
func noNode(key pipeline.NodeKey) error {
	if key.Team == "" {
		return &pipeline.Problem{
			Code: "node-without-team",
			What: "This channel is not a team's, so a number alone does not say which outcome you mean.",
			Next: "Put the whole key behind the command, like PAY-O3.",
		}
	}
	return &pipeline.Problem{
		Code: "node-unknown",
		What: fmt.Sprintf("There is no %s that you can see.", key),
		Next: "Type /outcome tree to see the outcomes of this channel's team and what hangs under them.",
	}
}
