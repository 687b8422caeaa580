package commands

import (
	"context"
	"fmt"

	"alignbot/pipeline"
)

// treeFormats are those in which a tree leaves Slack.
var treeFormats = []struct {
	name, label string
	write       func(pipeline.Tree) (string, error)
}{
	{"mermaid", "Mermaid", func(t pipeline.Tree) (string, error) { return pipeline.Mermaid(t), nil }},
	{"json", "JSON", func(t pipeline.Tree) (string, error) {
		text, err := pipeline.TreeJSON(t)
		return string(text), err
	}},
}

// exportLimit is how many runes of an export a message takes. How many Slack takes
// is not documented; reports of refusals begin at 11 341.
// https://github.com/slackapi/bolt-js/issues/2867
const exportLimit = 9_000

// exportTree tells what is open of a tree, with all below it, as text for other
// programs. Of the whole tree that is all of it.
func exportTree(ctx context.Context, app *App, req *Request) (Reply, error) {
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
	for _, format := range treeFormats {
		if format.name != p.Get("format") {
			continue
		}
		s, err := app.readTree(ctx, req, at)
		if err != nil {
			return Reply{}, err
		}
		part := s.tree
		if open, _, found := s.open(); found {
			part = s.read(open)
		}
		code, err := format.write(part)
		if err != nil {
			return Reply{}, err
		}
		post := exportPost(s, part, format.name, format.label, code)
		if req.Form == nil {
			return Reply{Tell: post}, nil
		}
		back := s.openButton(at.node, at.view, "Back to the tree", "")
		view := form("tree.exported", "Tree as "+format.label, "", metadata{Team: at.team, Channel: req.Channel}, append(post.Blocks, buttons(back))...)
		return Reply{Update: view}, nil
	}
	return Reply{}, stale
}

// exportPost draws an export, cut at the end of a line where it is too long.
func exportPost(s shownTree, part pipeline.Tree, format, label, code string) *Post {
	words := Mrkdwn(fmt.Sprintf("The %s of ", part.View)) + escape(s.team.Name) + Mrkdwn(" as "+label)
	if !s.at.node.IsZero() {
		words = Mrkdwn(fmt.Sprintf("The %s of %s as %s", part.View, s.at.node, label))
	}
	return codePost(words, code, Mrkdwn("Whoever runs alignbot gets it with `"+s.exportCommand(part.View, format)+"`."))
}

// exportCommand is what prints an export of any length where alignbot runs: the
// same part where it can be named, else all of the tree.
func (s shownTree) exportCommand(view pipeline.TreeView, format string) string {
	command := fmt.Sprintf("alignbot export tree --team %s --format %s", s.team.Key, format)
	if key := s.at.node; key.Kind == pipeline.OutcomeNode && (view == pipeline.OpportunitiesView || view == pipeline.ImpactsView) {
		for _, known := range treeViews {
			if known.view == view {
				command += fmt.Sprintf(" --view %s --outcome O%d", known.name, key.Number)
			}
		}
	}
	return command
}
