package pipeline

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Chain is why an idea exists: from the business outcome down to the message it
// came from.
type Chain struct {
	Idea  Key
	Title string
	// Links from the top down to what the idea is linked to first, without what
	// else hangs there.
	Links []Branch
	// Also are the idea's other links.
	Also []NodeKey
	// Evidence says how old the newest piece on the idea is.
	Evidence string
	// Source is the message it came from; zero when it was typed.
	Source Source
	// Gap says in a sentence what the chain misses; "" for nothing.
	Gap string
}

// Why gives the chain of an idea. nodes are those of its team's tree, at least
// those above its links. newest is when the last piece of evidence was added to the
// idea, the zero time for none; what was typed at capture is as old as the idea.
func Why(idea Idea, nodes Nodes, newest, now time.Time) Chain {
	if newest.IsZero() && HasVisible(idea.Evidence) {
		newest = idea.Created
	}
	c := Chain{Idea: idea.Key, Title: idea.Title, Source: idea.Source}
	c.Evidence, _ = EvidenceAge(newest, now)
	if len(idea.Outcomes) == 0 {
		c.Gap = "It is linked to no outcome yet."
		return c
	}
	primary := idea.Outcomes[0]
	c.Also = slices.Clone(idea.Outcomes[1:])
	node, known := nodes.Node(primary)
	if !known {
		c.Gap = fmt.Sprintf("It is linked to %s, which is not there.", primary)
		return c
	}
	for _, key := range append([]NodeKey{primary}, nodes.above(primary)...) {
		c.Links = append(c.Links, nodes.branch(key, now))
	}
	slices.Reverse(c.Links)
	switch top := c.Links[0]; {
	case node.Closed:
		c.Gap = closedAt(node) + " closed."
	case top.Key.Kind != OutcomeNode:
		c.Gap = fmt.Sprintf("No outcome stands above %s.", top.Key)
	case top.Kind != BusinessBranch:
		c.Gap = fmt.Sprintf("No business outcome stands above %s.", top.Key)
	}
	return c
}

// branch gives one of the nodes, which is there, without what hangs under it.
func (n Nodes) branch(key NodeKey, now time.Time) Branch {
	if o, ok := n.outcome(key); ok {
		return outcomeBranch(o, now)
	}
	if o, ok := n.opportunity(key); ok {
		return opportunityBranch(o, now)
	}
	at := slices.IndexFunc(n.Impacts, func(i Impact) bool { return i.Key == key })
	return impactBranch(n.Impacts[at])
}

// ChainLineLimit is the most runes of a chain in one line.
const ChainLineLimit = 150

// Line says a chain in one line, from below: "for “Fewer support calls” (PAY-O3):
// 120 calls, target 80, at risk → “Lower cost to serve” (PAY-O1)". Of long chains what
// is between is left out, of long statements the end. "" where nothing is linked.
func (c Chain) Line() string {
	if len(c.Links) == 0 {
		return ""
	}
	shown := []Branch{c.Links[len(c.Links)-1]}
	add := func(b Branch) {
		if !slices.ContainsFunc(shown, func(s Branch) bool { return s.Key == b.Key }) {
			shown = append(shown, b)
		}
	}
	for _, b := range slices.Backward(c.Links) {
		if b.Key.Kind == OutcomeNode {
			add(b)
			break
		}
	}
	add(c.Links[0])
	line := ""
	for _, limit := range []int{StatementLimit, 60, 45, 35, 25, 15} {
		if line = lineOf(shown, limit); Length(line) <= ChainLineLimit {
			return line
		}
	}
	return Cut(line, ChainLineLimit)
}

// lineOf words branches from below, statements cut to so many runes. The nearest
// outcome has its number.
func lineOf(shown []Branch, limit int) string {
	var parts []string
	counted := false
	for _, b := range shown {
		part := fmt.Sprintf("“%s” (%s)", Cut(b.Words, limit), b.Key)
		if b.Key.Kind == OutcomeNode && !counted {
			counted = true
			if state := b.State(); state != "" {
				part += ": " + state
			}
		}
		parts = append(parts, part)
	}
	return "for " + strings.Join(parts, " → ")
}

// State says how a branch is in a few words: "120 calls, target 80, at risk", "closed:
// reached"; "" where nothing is known.
func (b Branch) State() string {
	var state []string
	if b.Number != "" {
		state = append(state, b.Number)
	}
	switch {
	case b.Closed:
		state = append(state, "closed: "+string(b.Result))
	case b.Light != "":
		state = append(state, b.Light.Words())
	}
	return strings.Join(state, ", ")
}
