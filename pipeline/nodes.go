package pipeline

import (
	"fmt"
	"slices"
)

// Nodes are those of one team's tree as they are stored, closed ones among them,
// in any order. Parents that are not among them count as not there.
type Nodes struct {
	Outcomes      []Outcome
	Opportunities []Opportunity
	Impacts       []Impact
}

// Node is what a link needs to know of a node.
type Node struct {
	Key       NodeKey
	Statement string
	// Outcome it belongs to: the nearest one above, an outcome itself; zero where
	// there is none.
	Outcome OutcomeKey
	// Closed: that outcome is.
	Closed bool
}

// Node gives one of them; false when it is not there.
func (n Nodes) Node(key NodeKey) (Node, bool) {
	o, isOutcome := n.outcome(key)
	if isOutcome {
		return Node{Key: key, Statement: o.Statement, Outcome: key, Closed: !o.IsOpen()}, true
	}
	statement, known := n.statement(key)
	if !known {
		return Node{}, false
	}
	node := Node{Key: key, Statement: statement}
	for _, above := range n.above(key) {
		if o, isOutcome := n.outcome(above); isOutcome {
			node.Outcome, node.Closed = above, !o.IsOpen()
			break
		}
	}
	return node, true
}

func (n Nodes) outcome(key NodeKey) (Outcome, bool) {
	at := slices.IndexFunc(n.Outcomes, func(o Outcome) bool { return o.Key == key })
	if at < 0 {
		return Outcome{}, false
	}
	return n.Outcomes[at], true
}

func (n Nodes) opportunity(key NodeKey) (Opportunity, bool) {
	at := slices.IndexFunc(n.Opportunities, func(o Opportunity) bool { return o.Key == key })
	if at < 0 {
		return Opportunity{}, false
	}
	return n.Opportunities[at], true
}

// statement of an opportunity or an impact.
func (n Nodes) statement(key NodeKey) (string, bool) {
	if o, ok := n.opportunity(key); ok {
		return o.Statement, true
	}
	at := slices.IndexFunc(n.Impacts, func(i Impact) bool { return i.Key == key })
	if at < 0 {
		return "", false
	}
	return n.Impacts[at].Words(), true
}

// parents gives every node its parent, zero where it names none.
func (n Nodes) parents() map[NodeKey]NodeKey {
	parents := make(map[NodeKey]NodeKey, len(n.Outcomes)+len(n.Opportunities)+len(n.Impacts))
	for _, o := range n.Outcomes {
		parents[o.Key] = o.Parent
	}
	for _, o := range n.Opportunities {
		parents[o.Key] = o.Parent
	}
	for _, i := range n.Impacts {
		parents[i.Key] = i.Goal
	}
	return parents
}

// above lists the nodes from the parent of key up, as far as they are there.
// Stored parents that go round in a circle end where it closes.
func (n Nodes) above(key NodeKey) []NodeKey {
	parents := n.parents()
	var above []NodeKey
	for met := map[NodeKey]bool{key: true}; ; {
		key = parents[key]
		if _, known := parents[key]; !known || met[key] {
			return above
		}
		met[key] = true
		above = append(above, key)
	}
}

// height is how many levels of outcomes and opportunities hang under key, itself
// counted.
func (n Nodes) height(key NodeKey) int {
	children := map[NodeKey][]NodeKey{}
	for child, parent := range n.parents() {
		if child.Kind != ImpactNode {
			children[parent] = append(children[parent], child)
		}
	}
	height := 0
	met := map[NodeKey]bool{key: true}
	for level := []NodeKey{key}; len(level) > 0; height++ {
		var below []NodeKey
		for _, at := range level {
			for _, child := range children[at] {
				if !met[child] {
					met[child] = true
					below = append(below, child)
				}
			}
		}
		level = below
	}
	return height
}

// misplaced says why the node of that key, its number 0 if new, cannot hang under
// the outcome or opportunity; "" when it can. Of which kind that is to be is
// for the caller to see.
func (n Nodes) misplaced(key, under NodeKey, team TeamKey) string {
	if under.Team != team {
		return fmt.Sprintf("%s belongs to another team, and a tree is one team's. Choose one of %s.", under, team)
	}
	node, known := n.Node(under)
	switch {
	case !known:
		return fmt.Sprintf("There is no %s. Choose one from the list.", under)
	case under == key:
		return fmt.Sprintf("An %s cannot hang under itself. Choose another one.", key.Kind.Noun())
	}
	above := n.above(under)
	if key.Number > 0 && slices.Contains(above, key) {
		return fmt.Sprintf("%s hangs under %s already, so this would go round in a circle. Choose another one.", under, key)
	}
	if node.Closed {
		return closedAt(node) + " closed, so nothing more hangs under it. Choose an open one."
	}
	if key.Kind == ImpactNode {
		return ""
	}
	below := 1
	if key.Number > 0 {
		below = n.height(key)
	}
	if levels := len(above) + 1 + below; levels > TreeDepth {
		return fmt.Sprintf("A tree has at most %d levels, and this would make %d. Choose one further up.", TreeDepth, levels)
	}
	return ""
}

// hasChildren tells what hangs under an outcome.
func (n Nodes) hasChildren(key NodeKey) (outcomes, opportunities bool) {
	return slices.ContainsFunc(n.Outcomes, func(o Outcome) bool { return o.Parent == key }),
		slices.ContainsFunc(n.Opportunities, func(o Opportunity) bool { return o.Parent == key })
}
