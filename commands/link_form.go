package commands

import (
	"cmp"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
)

// newOutcome is the option for an outcome that is still to be written.
const newOutcome = "new"

// linkForm draws the form that links a node of the team's tree, or a new outcome
// in a line, to an idea.
func linkForm(m metadata, s linkScene, typed map[pipeline.Field]string, notes ...slack.Block) *slack.ModalViewRequest {
	blocks := append(notes, rich(line(text("For "), ideaTitle(s.idea))))
	if len(s.idea.Outcomes) > 0 {
		linked := []slack.RichTextElement{line(bold("Linked already"))}
		for i, key := range s.idea.Outcomes {
			words := key.String() + "  " + statementIn(s.nodes, key)
			if i == 0 {
				words += " (the primary one, which its card shows)"
			}
			linked = append(linked, line(text(words)))
		}
		blocks = append(blocks, rich(linked...))
	}
	if len(s.suggested) > 0 {
		blocks = append(blocks, rich(suggestedLines(s.suggested)...))
	}
	label := "What will have changed, and for whom?"
	if menu := s.menu(m.Fresh, typed[fieldOutcome]); menu != nil {
		blocks = append(blocks, optional(menu))
		label = "Or write a new outcome"
	}
	statement := textInput(pipeline.FieldStatement, m.Fresh, label, "One line: a change for customers or for the business, not a feature.",
		"Accountants close the month in one day", typed[pipeline.FieldStatement], pipeline.StatementLimit, false)
	return form(formOutcome, "Link an outcome", "Link", m, append(blocks, optional(statement))...)
}

// linkMenu is what is chosen from in the form.
const linkMenu = "What it is for"

// menu offers what the idea can be linked to; nil for nothing. Where that is too
// much to list, it asks for it while somebody types.
func (s linkScene) menu(fresh, chosen string) *slack.InputBlock {
	groups, n := s.groups()
	switch {
	case n == 0:
		return nil
	case n < menuLimit:
		menu := slack.NewOptionsGroupSelectBlockElement(slack.OptTypeStatic, plain("Choose"), actionDraft, groups...)
		for _, group := range groups {
			if initial := optionOf(group.Options, chosen); initial != nil {
				menu.InitialOption = initial
			}
		}
		return reporting(fieldOutcome, fresh, linkMenu, "", menu)
	}
	return nodeFinder(actionOutcomeChoice, fresh, linkMenu, "", chosen, s.nodes)
}

// nodeFinder is a menu of a tree that is asked for while somebody types; without a
// word it offers what is suggested.
func nodeFinder(action, fresh, label, hint, chosen string, nodes pipeline.Nodes) *slack.InputBlock {
	menu := slack.NewOptionsSelectBlockElement(slack.OptTypeExternal, plain("Type words of it, or its key"), action)
	menu.MinQueryLength = new(int)
	if key, err := pipeline.ParseNodeKey(chosen); err == nil {
		menu.InitialOption = nodeOption(key, statementIn(nodes, key))
	}
	return reporting(fieldOutcome, fresh, label, hint, menu)
}

// groups are the options by kind, what is suggested first and behind one that
// takes a choice back: Slack's menus cannot be emptied. n is how many lead to a
// node.
func (s linkScene) groups() (groups []*slack.OptionGroupBlockObject, n int) {
	add := func(label string, options []*slack.OptionBlockObject) {
		if len(options) > 0 {
			groups = append(groups, slack.NewOptionGroupBlockElement(plain(label), options...))
			n += len(options)
		}
	}
	of := map[pipeline.NodeKind][]*slack.OptionBlockObject{}
	for _, node := range s.open() {
		if !slices.ContainsFunc(s.suggested, func(g suggested) bool { return g.Key == node.Key }) {
			of[node.Key.Kind] = append(of[node.Key.Kind], nodeOption(node.Key, node.Statement))
		}
	}
	add("New", []*slack.OptionBlockObject{option(newOutcome, "A new one, written below")})
	n = 0
	var first []*slack.OptionBlockObject
	for _, g := range s.suggested {
		first = append(first, nodeOption(g.Key, g.Statement))
	}
	add("Suggested", first)
	add("Outcomes", of[pipeline.OutcomeNode])
	add("Opportunities", of[pipeline.OpportunityNode])
	add("Impacts", of[pipeline.ImpactNode])
	return groups, n
}

// open are the nodes that the idea can be linked to and is not: outcomes before
// opportunities before impacts, the newest first.
func (s linkScene) open() []pipeline.Node {
	var keys []pipeline.NodeKey
	for _, o := range s.nodes.Outcomes {
		keys = append(keys, o.Key)
	}
	for _, o := range s.nodes.Opportunities {
		keys = append(keys, o.Key)
	}
	for _, i := range s.nodes.Impacts {
		keys = append(keys, i.Key)
	}
	order := []pipeline.NodeKind{pipeline.OutcomeNode, pipeline.OpportunityNode, pipeline.ImpactNode}
	slices.SortStableFunc(keys, func(a, b pipeline.NodeKey) int {
		return cmp.Or(cmp.Compare(slices.Index(order, a.Kind), slices.Index(order, b.Kind)), cmp.Compare(b.Number, a.Number))
	})
	var open []pipeline.Node
	for _, key := range keys {
		if node, _ := s.nodes.Node(key); !node.Closed && !slices.Contains(s.idea.Outcomes, key) {
			open = append(open, node)
		}
	}
	return open
}

// found are the options for what somebody typed: the nodes whose key it is, else
// those whose statement or metric has the words. Without words, what is suggested
// stands first.
func (s linkScene) found(words string) []*slack.OptionBlockObject {
	open := s.open()
	first, _, _ := strings.Cut(words, " ")
	if named, err := pipeline.ParseTypedNode(first); err == nil && words != "" {
		open = slices.DeleteFunc(open, func(n pipeline.Node) bool {
			return n.Key.Kind != named.Kind || n.Key.Number != named.Number || named.Team != "" && n.Key.Team != named.Team
		})
	} else {
		words = strings.ToLower(words)
		metrics := map[pipeline.NodeKey]string{}
		for _, o := range s.nodes.Outcomes {
			metrics[o.Key] = o.Metric
		}
		open = slices.DeleteFunc(open, func(n pipeline.Node) bool {
			return !strings.Contains(strings.ToLower(n.Statement), words) && !strings.Contains(strings.ToLower(metrics[n.Key]), words)
		})
	}
	place := func(n pipeline.Node) int {
		i := slices.IndexFunc(s.suggested, func(g suggested) bool { return g.Key == n.Key })
		if i < 0 {
			return len(s.suggested)
		}
		return i
	}
	slices.SortStableFunc(open, func(a, b pipeline.Node) int { return cmp.Compare(place(a), place(b)) })
	var options []*slack.OptionBlockObject
	for _, node := range open[:min(len(open), menuLimit-1)] { // one more takes a choice back
		options = append(options, nodeOption(node.Key, node.Statement))
	}
	return options
}

func nodeOption(key pipeline.NodeKey, statement string) *slack.OptionBlockObject {
	return option(key.String(), strings.TrimSpace(key.String()+"  "+statement))
}

// outcomeOption is nodeOption for an outcome.
func outcomeOption(o pipeline.Outcome) *slack.OptionBlockObject {
	return nodeOption(o.Key, o.Statement)
}

// statementIn gives the statement of a node, "" where it is not among them.
func statementIn(nodes pipeline.Nodes, key pipeline.NodeKey) string {
	node, _ := nodes.Node(key)
	return node.Statement
}

// statementOf an outcome, "" where it is not among those known.
func statementOf(outcomes []pipeline.Outcome, key pipeline.OutcomeKey) string {
	return statementIn(pipeline.Nodes{Outcomes: outcomes}, key)
}
