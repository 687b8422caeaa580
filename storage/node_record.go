package storage

import (
	"fmt"
	"strconv"
	"strings"

	"alignbot/pipeline"
)

// This file turns the nodes of a tree into stored records and back. Of every kind
// of node the field "parent" names what it hangs under.

// nodeCreated are the fields of any node that stay as it was added.
func nodeCreated(created, createdBy string) []field {
	return []field{{"created", created}, {"created_by", createdBy}}
}

// outcomeChangeable are the fields of an outcome that its rules can change, but
// for its latest check-in, which only a check-in does.
func outcomeChangeable(o pipeline.Outcome) []field {
	changed := formatTime(o.Changed)
	if changed == formatTime(o.Created) {
		changed = ""
	}
	return []field{
		{"statement", o.Statement},
		{"kind", string(o.Kind)},
		{"parent", formatNode(o.Parent)},
		{"metric", o.Metric},
		{"unit", o.Unit},
		{"direction", string(o.Direction)},
		{"baseline", formatReading(o.Baseline)},
		{"target", formatReading(o.Target)},
		{"metric_by", o.MetricBy},
		{"owner", o.Owner},
		{"source", o.Source},
		{"light", string(o.Light)},
		{"closed", formatTime(o.Closed)},
		{"closed_by", o.ClosedBy},
		{"result", string(o.Result)},
		{"closed_why", o.ClosedWhy},
		{"merged_into", formatNode(o.MergedInto)},
		{"changed", changed},
	}
}

func outcomeOf(record map[string]string) (pipeline.Outcome, error) {
	r := reader{record: record}
	o := pipeline.Outcome{
		Key:        r.outcomeIn("key", record["key"]),
		Statement:  record["statement"],
		Kind:       pipeline.OutcomeKind(record["kind"]),
		Parent:     r.outcomeIn("parent", record["parent"]),
		Metric:     record["metric"],
		Unit:       record["unit"],
		Direction:  pipeline.Direction(record["direction"]),
		Baseline:   r.reading("baseline"),
		Target:     r.reading("target"),
		MetricBy:   record["metric_by"],
		Owner:      record["owner"],
		Source:     record["source"],
		Light:      pipeline.Light(record["light"]),
		Closed:     r.time("closed"),
		ClosedBy:   record["closed_by"],
		Result:     pipeline.OutcomeResult(record["result"]),
		ClosedWhy:  record["closed_why"],
		MergedInto: r.outcomeIn("merged_into", record["merged_into"]),
		Created:    r.time("created"),
		CreatedBy:  record["created_by"],
		Changed:    r.time("changed"),
		Version:    r.int("version"),
	}
	if o.Changed.IsZero() {
		o.Changed = o.Created
	}
	if o.Key.IsZero() {
		r.fail("key")
	}
	r.time("red_at")
	if text := record["latest"]; text != "" {
		latest, err := checkInOf(text)
		if err != nil {
			r.fail("latest")
		}
		o.Latest = &latest
	}
	return o, r.err
}

func opportunityChangeable(o pipeline.Opportunity) []field {
	return []field{
		{"statement", o.Statement},
		{"kind", string(o.Kind)},
		{"parent", formatNode(o.Parent)},
		{"frequency", formatNumber(o.Frequency)},
		{"reach", formatNumber(o.Reach)},
		{"severity", formatNumber(o.Severity)},
		{"horizon", string(o.Horizon)},
		{"changed", formatTime(o.Changed)},
	}
}

// opportunityOf gives an opportunity with the evidence that is given, as stored and
// oldest first; the first has that number.
func opportunityOf(record map[string]string, evidence []string, first int) (pipeline.Opportunity, error) {
	r := reader{record: record}
	o := pipeline.Opportunity{
		Key:       r.nodeIn("key", record["key"]),
		Parent:    r.nodeIn("parent", record["parent"]),
		Statement: record["statement"],
		Kind:      pipeline.OpportunityKind(record["kind"]),
		Frequency: int(r.int("frequency")),
		Reach:     int(r.int("reach")),
		Severity:  int(r.int("severity")),
		Horizon:   pipeline.Horizon(record["horizon"]),
		Created:   r.time("created"),
		CreatedBy: record["created_by"],
		Changed:   r.time("changed"),
		Version:   r.int("version"),
	}
	if o.Key.Kind != pipeline.OpportunityNode {
		r.fail("key")
	}
	for i, text := range evidence {
		piece, err := pieceOf(text)
		if err != nil {
			return o, err
		}
		piece.Number = first + i
		o.Evidence = append(o.Evidence, piece)
	}
	return o, r.err
}

func impactChangeable(i pipeline.Impact) []field {
	return []field{
		{"parent", formatNode(i.Goal)},
		{"actor", i.Actor},
		{"from", i.From},
		{"to", i.To},
		{"measure", i.Measure},
		{"threshold", i.Threshold},
		{"changed", formatTime(i.Changed)},
	}
}

func impactOf(record map[string]string) (pipeline.Impact, error) {
	r := reader{record: record}
	i := pipeline.Impact{
		Key:       r.nodeIn("key", record["key"]),
		Goal:      r.outcomeIn("parent", record["parent"]),
		Actor:     record["actor"],
		From:      record["from"],
		To:        record["to"],
		Measure:   record["measure"],
		Threshold: record["threshold"],
		Created:   r.time("created"),
		CreatedBy: record["created_by"],
		Changed:   r.time("changed"),
		Version:   r.int("version"),
	}
	if i.Key.Kind != pipeline.ImpactNode {
		r.fail("key")
	}
	return i, r.err
}

// formatNode gives "PAY-O3", "" for none.
func formatNode(key pipeline.NodeKey) string {
	if key.IsZero() {
		return ""
	}
	return key.String()
}

// formatNodes gives "PAY-O1,PAY-P2".
func formatNodes(keys []pipeline.NodeKey) string {
	texts := make([]string, len(keys))
	for i, key := range keys {
		texts[i] = key.String()
	}
	return strings.Join(texts, ",")
}

// formatReading gives "120.5 2026-11-20", "" for nil.
func formatReading(r *pipeline.Reading) string {
	if r == nil {
		return ""
	}
	return strconv.FormatFloat(r.Value, 'g', -1, 64) + " " + r.Day
}

func (r *reader) reading(name string) *pipeline.Reading {
	if r.record[name] == "" {
		return nil
	}
	number, day, _ := strings.Cut(r.record[name], " ")
	value, err := strconv.ParseFloat(number, 64)
	if err != nil {
		r.fail(name)
	}
	return &pipeline.Reading{Value: value, Day: day}
}

// nodeIn reads the key of any node that stands in a field; "" is none.
func (r *reader) nodeIn(name, text string) (key pipeline.NodeKey) {
	if text == "" {
		return key
	}
	key, err := pipeline.ParseNodeKey(text)
	if err != nil {
		r.fail(name)
	}
	return key
}

// nodesIn reads "PAY-O1,PAY-P2".
func (r *reader) nodesIn(name string) []pipeline.NodeKey {
	var keys []pipeline.NodeKey
	for _, text := range splitList(r.record[name]) {
		if text == "" {
			r.fail(name)
		}
		keys = append(keys, r.nodeIn(name, text))
	}
	return keys
}

// nodesOf reads flat records of nodes of all kinds. Of an opportunity "newest" is
// its newest piece of evidence, and "pieces" how many there are.
func nodesOf(reply any) (pipeline.Nodes, error) {
	var nodes pipeline.Nodes
	records, isList := reply.([]any)
	if !isList {
		return nodes, &shapeError{"nodes", reply}
	}
	for _, item := range records {
		record, err := asRecord(item)
		if err != nil {
			return nodes, err
		}
		key, err := pipeline.ParseNodeKey(record["key"])
		if err != nil {
			return nodes, fmt.Errorf("the stored node %q has an unreadable key", record["key"])
		}
		switch key.Kind {
		case pipeline.OpportunityNode:
			var newest []string
			if text := record["newest"]; text != "" {
				newest = []string{text}
			}
			numbers := reader{record: record}
			o, err := opportunityOf(record, newest, int(numbers.int("pieces")))
			if err != nil {
				return nodes, err
			}
			nodes.Opportunities = append(nodes.Opportunities, o)
		case pipeline.ImpactNode:
			i, err := impactOf(record)
			if err != nil {
				return nodes, err
			}
			nodes.Impacts = append(nodes.Impacts, i)
		default:
			o, err := outcomeOf(record)
			if err != nil {
				return nodes, err
			}
			nodes.Outcomes = append(nodes.Outcomes, o)
		}
	}
	return nodes, nil
}
