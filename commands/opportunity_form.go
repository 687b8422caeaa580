package commands

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
)

// opportunityForm draws the form of an opportunity.
func opportunityForm(m metadata, s mapScene, typed map[pipeline.Field]string, notes ...slack.Block) *slack.ModalViewRequest {
	title, submit := "Add an opportunity", "Add"
	if m.Version > 0 {
		title, submit = "Edit "+m.Node, "Save"
	}
	blocks := append(notes, s.underBlocks()...)
	blocks = append(blocks,
		textInput(pipeline.FieldStatement, m.Fresh, "What do customers miss?", "In their words, not as a feature.", "I never know whether the invoice was paid", typed[pipeline.FieldStatement], pipeline.StatementLimit, false),
		radioInput(pipeline.FieldKind, m.Fresh, "What is it?", "", typed[pipeline.FieldKind], opportunityKinds()))
	if s.under == "" {
		blocks = append(blocks, nodeMenu(pipeline.FieldParent, m.Fresh, "Under", "The product outcome that it serves, or a wider opportunity.", typed[pipeline.FieldParent], s.parents(m.Node)))
	}
	blocks = append(blocks, optional(choiceInput(pipeline.FieldHorizon, m.Fresh, "When is it worked on?", "", "Choose, once somebody decided", typed[pipeline.FieldHorizon], horizonOptions())))
	for _, scale := range []struct {
		field           pipeline.Field
		label, low, top string
	}{
		{pipeline.FieldFrequency, "How often does it happen?", "rarely", "all the time"},
		{pipeline.FieldReach, "How many does it happen to?", "very few", "nearly all"},
		{pipeline.FieldSeverity, "How bad is it?", "hardly noticed", "they leave"},
	} {
		blocks = append(blocks, optional(choiceInput(scale.field, m.Fresh, scale.label, "", "Choose, once somebody knows", typed[scale.field], scaleOptions(scale.low, scale.top))))
	}
	return form(formOpportunity, title, submit, m, blocks...)
}

// opportunityKinds are the kinds of opportunities with what they mean.
func opportunityKinds() []*slack.OptionBlockObject {
	return []*slack.OptionBlockObject{
		option(string(pipeline.Need), "A need: they have to get something done"),
		option(string(pipeline.Pain), "A pain: something hurts on the way"),
		option(string(pipeline.Desire), "A desire: something they would love to have"),
	}
}

func horizonOptions() []*slack.OptionBlockObject {
	options := []*slack.OptionBlockObject{option(unknown, "Not decided yet")}
	for _, h := range pipeline.Horizons() {
		options = append(options, option(string(h), capital(string(h))))
	}
	return options
}

// scaleOptions are 1 to 5, with words for the two ends.
func scaleOptions(low, top string) []*slack.OptionBlockObject {
	options := []*slack.OptionBlockObject{option(unknown, "Nobody knows yet")}
	for n := 1; n <= pipeline.ScaleMax; n++ {
		label := strconv.Itoa(n)
		switch n {
		case 1:
			label += ": " + low
		case pipeline.ScaleMax:
			label += ": " + top
		}
		options = append(options, option(strconv.Itoa(n), label))
	}
	return options
}

// underBlocks say what a new one hangs below.
func (s mapScene) underBlocks() []slack.Block {
	if s.under == "" {
		return nil
	}
	return []slack.Block{rich(line(text("Under "), bold(s.under)))}
}

// parents are what the opportunity of that key can hang below, in the order of the
// tree: what is open, but for itself and what is below it.
func (s mapScene) parents(key string) []pipeline.Branch {
	return s.openNodes(func(b pipeline.Branch) bool { return b.Key.String() != key }, func(b pipeline.Branch) bool {
		return b.Kind == pipeline.ProductBranch || b.Kind == pipeline.OpportunityBranch
	})
}

// goals are the open outcomes, in the order of the tree.
func (s mapScene) goals() []pipeline.Branch {
	return s.openNodes(func(pipeline.Branch) bool { return true }, func(b pipeline.Branch) bool { return b.Key.Kind == pipeline.OutcomeNode })
}

// openNodes are the branches that fit and belong to an open outcome, of those that
// may be entered.
func (s mapScene) openNodes(enter, fits func(pipeline.Branch) bool) []pipeline.Branch {
	var found []pipeline.Branch
	var walk func(branches []pipeline.Branch, closed bool)
	walk = func(branches []pipeline.Branch, closed bool) {
		for _, b := range branches {
			if !enter(b) {
				continue
			}
			over := b.Closed
			if b.Key.Kind != pipeline.OutcomeNode {
				over = closed
			}
			if !over && fits(b) {
				found = append(found, b)
			}
			walk(b.Children, over)
		}
	}
	walk(s.tree.Roots, false)
	return found
}

func branchOptions(branches []pipeline.Branch) []*slack.OptionBlockObject {
	var options []*slack.OptionBlockObject
	for _, b := range branches {
		options = append(options, option(b.Key.String(), b.Key.String()+"  "+b.Words))
	}
	return options
}

// nodesListed is how many nodes a menu lists; of more it asks for words. A form
// that answers a submission has room for no longer list.
const nodesListed = 15

// nodeMenu offers nodes of a tree, of which one is chosen.
func nodeMenu(field pipeline.Field, fresh, label, hint, chosen string, branches []pipeline.Branch) *slack.InputBlock {
	options := branchOptions(branches)
	current := optionOf(options, chosen)
	if current == nil && chosen != "" { // closed by now, say: it may stay
		current = option(chosen, chosen)
		options = append([]*slack.OptionBlockObject{current}, options...)
	}
	if len(options) > 0 && len(options) <= nodesListed {
		return choiceInput(field, fresh, label, hint, "Choose one", chosen, options)
	}
	menu := slack.NewOptionsSelectBlockElement(slack.OptTypeExternal, plain("Type words of it, or its key"), actionNodeChoice)
	menu.MinQueryLength = new(int) // without a word the first are offered
	menu.InitialOption = current
	return reporting(field, fresh, label, hint, menu)
}

// suggestNodes answers a menu of nodes with those that have the words, or whose
// key it is.
func suggestNodes(_ context.Context, _ *App, req *Request) (Reply, error) {
	m, err := req.metadata()
	if err != nil {
		return Reply{}, err
	}
	key, err := m.node()
	if err != nil {
		return Reply{}, err
	}
	nodes, err := req.nodes(key)
	if err != nil {
		return Reply{}, err
	}
	s := mapScene{tree: pipeline.NewTree(pipeline.TreeFacts{Team: key.Team, Nodes: nodes}, req.Now)}
	branches := s.goals()
	if key.Kind == pipeline.OpportunityNode {
		branches = s.parents(m.Node)
	}
	words := strings.ToLower(pipeline.CleanLine(typed(req.Words)))
	named, _ := pipeline.ParseTypedNode(words)
	named.Team = key.Team // a bare number is one of theirs
	branches = slices.DeleteFunc(branches, func(b pipeline.Branch) bool {
		return b.Key != named && !strings.Contains(strings.ToLower(b.Words), words)
	})
	return Reply{Options: branchOptions(branches[:min(len(branches), menuLimit)])}, nil
}

// supportForm draws the form that adds evidence to an opportunity.
func supportForm(m metadata, o pipeline.Opportunity, typed map[pipeline.Field]string, notes ...slack.Block) *slack.ModalViewRequest {
	blocks := append(notes, rich(line(text("On "), bold(o.Key.String()+"  "+o.Statement))))
	return form(formSupport, "Add evidence", "Add", m, append(blocks, evidenceInputs(m.Fresh, "the opportunity", true, typed)...)...)
}
