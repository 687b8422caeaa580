package commands

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
)

// links are what an idea is for, as its views show it.
type links struct {
	// nodes are those that it is linked to, with all above them.
	nodes pipeline.Nodes
	// suggested for an idea without a link.
	suggested []suggested
	now       time.Time
}

// links of the idea that was loaded with all above it.
func (app *App) links(ctx context.Context, req *Request, idea pipeline.Idea) links {
	l := links{nodes: req.Loaded.Nodes, now: req.Now}
	if takesSuggestion(idea) && app.may(req)(pipeline.LinkOutcome) {
		l.suggested = app.suggest(ctx, *req.Loaded.Team, idea)
	}
	return l
}

// rows list what the idea is for, the primary link first; mayLink adds the buttons
// that change it. in names the form they stand in.
func (l links) rows(idea pipeline.Idea, mayLink bool, in string) []slack.Block {
	key := idea.Key.String()
	blocks := []slack.Block{say("*What it is for*")}
	for i, linked := range idea.Outcomes {
		words := strings.TrimSpace(linked.String() + "  " + statementIn(l.nodes, linked))
		if state := l.state(idea, linked); state != "" {
			words += "\n" + state
		}
		row := slack.NewSectionBlock(plain(words), nil, nil)
		blocks = append(blocks, row)
		switch {
		case !mayLink:
		case i == 0:
			row.Accessory = slack.NewAccessory(unlinkButton(idea.Key, linked, in))
		default:
			value := newParams("idea", key, "in", in, "outcome", linked.String())
			blocks = append(blocks, buttons(button(actionPrimary+":"+linked.String(), "Make primary", linked.String(), value), unlinkButton(idea.Key, linked, in)))
		}
	}
	if len(idea.Outcomes) == 0 {
		blocks = append(blocks, note("No outcome yet: nobody can say what it is for."))
		for _, g := range l.suggested {
			blocks = append(blocks, g.blocks(idea.Key, newParams("in", in))...)
		}
	}
	var steps []slack.BlockElement
	if mayLink && len(idea.Outcomes) < pipeline.OutcomesOfIdea {
		steps = append(steps, button(actionOutcome, "Link an outcome", "to "+key, newParams("idea", key, "in", in)))
	}
	if len(idea.Outcomes) > 0 {
		steps = append(steps, button(actionWhy, "Why?", key+" exists", newParams("idea", key)))
	}
	if len(steps) > 0 {
		blocks = append(blocks, buttons(steps...))
	}
	return blocks
}

// state of a node in a few words: "product outcome · 120 calls, target 80, at risk".
func (l links) state(idea pipeline.Idea, key pipeline.NodeKey) string {
	alone := idea
	alone.Outcomes = []pipeline.NodeKey{key}
	chain := pipeline.Why(alone, l.nodes, time.Time{}, l.now)
	if len(chain.Links) == 0 {
		return ""
	}
	return branchState(chain.Links[len(chain.Links)-1])
}

// knownOutcomes are the newest of the team, if they were wanted, and what the idea
// is linked to: older ones, and opportunities and impacts by their statements.
func (req *Request) knownOutcomes() []pipeline.Outcome {
	known := slices.Clone(req.Loaded.Outcomes)
	add := func(o pipeline.Outcome) {
		if !slices.ContainsFunc(known, func(k pipeline.Outcome) bool { return k.Key == o.Key }) {
			known = append(known, o)
		}
	}
	nodes := req.Loaded.Nodes
	for _, o := range nodes.Outcomes {
		add(o)
	}
	for _, o := range nodes.Opportunities {
		add(pipeline.Outcome{Key: o.Key, Statement: o.Statement})
	}
	for _, i := range nodes.Impacts {
		add(pipeline.Outcome{Key: i.Key, Statement: i.Words()})
	}
	return known
}
