package storage

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"alignbot/pipeline"
)

var treeScript = loadScript("tree")

// Tree reads what the team's tree is made of, in one round trip: all nodes, as
// Nodes gives them, and of the ideas on each, and of those without a link, how many
// there are by stage and the newest three. What it costs is bounded by how many
// nodes a team can have, and grows with how many different sets of them ideas are
// linked to; how many ideas there are does not matter. Parked ideas are not among
// the orphans.
func (s *Store) Tree(ctx context.Context, team pipeline.TeamKey) (pipeline.TreeFacts, error) {
	args := []any{string(team)}
	for _, stage := range pipeline.Stages() {
		if stage != pipeline.Parked {
			args = append(args, string(stage))
		}
	}
	reply, err := s.read(ctx, treeScript, args...)
	if err != nil {
		return pipeline.TreeFacts{}, err
	}
	facts, err := treeFacts(team, reply)
	if err != nil {
		return pipeline.TreeFacts{}, fmt.Errorf("storage: tree: %w", err)
	}
	return facts, nil
}

// treeFacts reads {nodes, {key, ideas on it, …}, orphans, ideas with several links}.
func treeFacts(team pipeline.TeamKey, reply []any) (pipeline.TreeFacts, error) {
	facts := pipeline.TreeFacts{Team: team, Ideas: map[pipeline.NodeKey]pipeline.IdeasOn{}}
	if len(reply) != 4 {
		return facts, &shapeError{"nodes, ideas, orphans and ideas with several links", reply}
	}
	var err error
	if facts.Nodes, err = nodesOf(reply[0]); err != nil {
		return facts, err
	}
	ideas, isList := reply[1].([]any)
	if !isList || len(ideas)%2 != 0 {
		return facts, &shapeError{"keys and ideas on them", reply[1]}
	}
	for i := 0; i < len(ideas); i += 2 {
		text, err := asText(ideas[i])
		if err != nil {
			return facts, err
		}
		key, err := pipeline.ParseNodeKey(text)
		if err != nil {
			return facts, err
		}
		if facts.Ideas[key], err = ideasOn(ideas[i+1]); err != nil {
			return facts, err
		}
	}
	if facts.Orphans, err = ideasOn(reply[2]); err != nil {
		return facts, err
	}
	facts.Together, err = together(reply[3])
	return facts, err
}

// together reads {"STAGE NODES", how many, …}, and gives it in the order of the
// nodes.
func together(reply any) ([]pipeline.Together, error) {
	counts, err := asRecord(reply)
	if err != nil {
		return nil, err
	}
	var all []pipeline.Together
	r := reader{record: counts}
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		stage, nodes, _ := strings.Cut(name, " ")
		one := pipeline.Together{Stage: pipeline.Stage(stage), Ideas: int(r.int(name))}
		for _, text := range splitList(nodes) {
			one.Nodes = append(one.Nodes, r.nodeIn(name, text))
		}
		all = append(all, one)
	}
	return all, r.err
}

// ideasOn reads {what is counted by stage and answer, {key, title, stage, …}}.
func ideasOn(reply any) (pipeline.IdeasOn, error) {
	var on pipeline.IdeasOn
	parts, isList := reply.([]any)
	if !isList || len(parts) != 2 {
		return on, &shapeError{"ideas on a node", reply}
	}
	counts, err := asRecord(parts[0])
	if err != nil {
		return on, err
	}
	for name, text := range counts {
		n, err := strconv.Atoi(text)
		if err != nil {
			return on, fmt.Errorf("a count of ideas cannot be read: %q", text)
		}
		if answer, isAnswer := strings.CutPrefix(name, "effect "); isAnswer {
			one := pipeline.HitRate{}.With(pipeline.EffectAnswer(answer))
			on.Hits.Moved += n * one.Moved
			on.Hits.Asked += n * one.Asked
			continue
		}
		if on.Stages == nil {
			on.Stages = map[pipeline.Stage]int{}
		}
		on.Stages[pipeline.Stage(name)] = n
	}
	lines, err := asTexts(parts[1])
	if err != nil {
		return on, err
	}
	if len(lines)%3 != 0 {
		return on, &shapeError{"key, title and stage of ideas", parts[1]}
	}
	for i := 0; i < len(lines); i += 3 {
		key, err := pipeline.ParseKey(lines[i])
		if err != nil {
			return on, err
		}
		on.Newest = append(on.Newest, pipeline.IdeaLine{Key: key, Title: lines[i+1], Stage: pipeline.Stage(lines[i+2])})
	}
	return on, nil
}
