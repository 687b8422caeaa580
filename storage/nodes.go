package storage

import (
	"context"
	"fmt"

	"alignbot/pipeline"
)

// WholeNode is one node of a team's tree with what belongs to it.
type WholeNode struct {
	Key pipeline.NodeKey
	// The one of its kind; the other two are nil. An opportunity has all its
	// evidence.
	Outcome     *pipeline.Outcome
	Opportunity *pipeline.Opportunity
	Impact      *pipeline.Impact
	// CheckIns and Events are the newest ones, the newest first. Only outcomes have
	// check-ins. CheckInsTotal is how many there ever were.
	CheckIns      []pipeline.CheckIn
	CheckInsTotal int
	Events        []pipeline.Event
	// Ideas are those that stand and are linked to the node itself.
	Ideas pipeline.IdeasOn
}

// Version counts changes of the node, from 1.
func (n WholeNode) Version() int64 {
	switch {
	case n.Outcome != nil:
		return n.Outcome.Version
	case n.Opportunity != nil:
		return n.Opportunity.Version
	case n.Impact != nil:
		return n.Impact.Version
	}
	return 0
}

var (
	addNodeScript    = loadScript("add_node")
	changeNodeScript = loadScript("change_node")
	nodesScript      = loadScript("nodes")
	nodeScript       = loadScript("node")
)

// Nodes gives all nodes of the team's tree, in one round trip. Of each opportunity
// the newest piece of evidence alone is in it, with its number. What it costs is
// bounded by how many nodes a team can have.
func (s *Store) Nodes(ctx context.Context, team pipeline.TeamKey) (pipeline.Nodes, error) {
	return s.nodes(ctx, string(team))
}

// Chain gives those of the nodes that are stored, with all above them, in one
// round trip: enough for pipeline.Why. Of each opportunity the newest piece of
// evidence alone is in it.
func (s *Store) Chain(ctx context.Context, keys ...pipeline.NodeKey) (pipeline.Nodes, error) {
	if len(keys) == 0 {
		return pipeline.Nodes{}, nil
	}
	args := []any{""}
	for _, key := range keys {
		args = append(args, key.String())
	}
	return s.nodes(ctx, args...)
}

func (s *Store) nodes(ctx context.Context, args ...any) (pipeline.Nodes, error) {
	reply, err := s.read(ctx, nodesScript, args...)
	if err != nil {
		return pipeline.Nodes{}, err
	}
	nodes, err := nodesOf(reply)
	if err != nil {
		return pipeline.Nodes{}, fmt.Errorf("storage: nodes: %w", err)
	}
	return nodes, nil
}

// Node gives one node with so many of its newest check-ins and events, in one
// round trip. Without it the error is ErrNotFound.
func (s *Store) Node(ctx context.Context, key pipeline.NodeKey, checkIns, events int) (WholeNode, error) {
	reply, err := s.read(ctx, nodeScript, key.String(), checkIns, events)
	if err != nil {
		return WholeNode{}, err
	}
	node, err := wholeNode(reply)
	if err == nil && node == nil {
		err = ErrNotFound
	}
	if err != nil {
		return WholeNode{}, fmt.Errorf("storage: node %s: %w", key, err)
	}
	return *node, nil
}

// wholeNode reads {flat record, evidence, check-ins, how many there are, events,
// ideas on it}; nil for {}.
func wholeNode(reply []any) (*WholeNode, error) {
	if len(reply) == 0 {
		return nil, nil
	}
	if len(reply) != 6 {
		return nil, &shapeError{"a node", reply}
	}
	record, err := asRecord(reply[0])
	if err != nil {
		return nil, err
	}
	evidence, err := asTexts(reply[1])
	if err != nil {
		return nil, err
	}
	key := reader{record: record}
	node := WholeNode{Key: key.nodeIn("key", record["key"])}
	if key.err != nil {
		return nil, key.err
	}
	switch node.Key.Kind {
	case pipeline.OpportunityNode:
		o, err := opportunityOf(record, evidence, 1)
		if err != nil {
			return nil, err
		}
		node.Opportunity = &o
	case pipeline.ImpactNode:
		i, err := impactOf(record)
		if err != nil {
			return nil, err
		}
		node.Impact = &i
	default:
		o, err := outcomeOf(record)
		if err != nil {
			return nil, err
		}
		node.Outcome = &o
	}
	if node.CheckIns, err = checkInsOf(reply[2]); err != nil {
		return nil, err
	}
	if node.CheckInsTotal, err = asInt(reply[3]); err != nil {
		return nil, err
	}
	lines, err := asTexts(reply[4])
	if err != nil {
		return nil, err
	}
	if len(lines) > 0 {
		if node.Events, err = eventsOf(lines); err != nil {
			return nil, err
		}
	}
	node.Ideas, err = ideasOn(reply[5])
	return &node, err
}

// addNode stores a new node and gives the reply {'stored', node, idea}. idea and
// its event are those of AddAndLink, else nil and the zero value.
func (s *Store) addNode(ctx context.Context, op string, key pipeline.NodeKey, most int, fields []field, event pipeline.Event, draft Slot, idea *pipeline.Idea, linking pipeline.Event, after []Outgoing) ([]any, error) {
	if op == "" {
		return nil, errNoOp
	}
	line, err := eventText(event)
	if err != nil {
		return nil, err
	}
	key.Number = 0
	values, _ := split(fields)
	args := append([]any{op, key.String(), most, line, event.By, draft.Name, draft.Form, len(values)}, values...)
	if idea != nil {
		linkingLine, err := eventText(linking)
		if err != nil {
			return nil, err
		}
		args = append(args, idea.Key.String(), idea.Version, formatNodes(idea.Outcomes), formatTime(idea.Changed), linkingLine)
	} else {
		args = append(args, "", "", "", "", "")
	}
	if args, err = appendOutgoing(args, after); err != nil {
		return nil, err
	}
	reply, err := s.write(ctx, addNodeScript, args...)
	if err != nil {
		return nil, err
	}
	if len(reply) == 1 {
		switch reply[0] {
		case "no team", "no idea":
			return nil, ErrNotFound
		case "full":
			return nil, &LimitError{Of: string(key.Team), What: manyOf[key.Kind], Most: most}
		}
	}
	if len(reply) != 3 {
		return nil, &shapeError{"a status, a node and an idea", reply}
	}
	return reply, nil
}

// manyOf names many nodes of a kind.
var manyOf = map[pipeline.NodeKind]string{
	pipeline.OutcomeNode: "outcomes", pipeline.OpportunityNode: "opportunities", pipeline.ImpactNode: "impacts",
}

// changeNode stores what a rule changed of a node and gives it as it is now. It
// tells whether that is because of a conflict. What hangs under a node that is
// merged hangs under heir from now on, and moved enters the history of each.
func (s *Store) changeNode(ctx context.Context, op string, key pipeline.NodeKey, version int64, fields []field, draft Slot, event pipeline.Event, heir pipeline.NodeKey, moved pipeline.Event, after []Outgoing) (node *WholeNode, conflict bool, err error) {
	if op == "" {
		return nil, false, errNoOp
	}
	line, err := eventText(event)
	if err != nil {
		return nil, false, err
	}
	movedLine := ""
	if !heir.IsZero() {
		if movedLine, err = eventText(moved); err != nil {
			return nil, false, err
		}
	}
	sets, clears := split(fields)
	args := append([]any{
		op, key.String(), version, line, event.By, draft.Name, draft.Form, formatTime(event.At), formatNode(heir), movedLine, len(sets), len(clears),
	}, sets...)
	args = append(args, clears...)
	if args, err = appendOutgoing(args, after); err != nil {
		return nil, false, err
	}
	reply, err := s.write(ctx, changeNodeScript, args...)
	if err != nil {
		return nil, false, err
	}
	if len(reply) == 0 || reply[0] == "no node" {
		return nil, false, ErrNotFound
	}
	node, err = nodeReply(reply[1:])
	return node, reply[0] == "conflict", err
}

// nodeReply reads {flat record, evidence as JSON}.
func nodeReply(reply []any) (*WholeNode, error) {
	if len(reply) != 2 {
		return nil, &shapeError{"a node with its evidence", reply}
	}
	none := []any{}
	return wholeNode([]any{reply[0], reply[1], none, "0", none, []any{none, none}})
}
