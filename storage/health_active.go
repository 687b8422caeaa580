package storage

import (
	"context"
	"fmt"
	"slices"

	"alignbot/pipeline"
)

// activePage is how many active ideas are read at once. It bounds for how long that
// keeps Redis busy.
const activePage = 400

// activeStages are those of active ideas.
var activeStages = []pipeline.Stage{pipeline.Captured, pipeline.Discovery, pipeline.Validated, pipeline.Backlog}

var activeScript = loadScript("active")

// Active gives the team's active ideas, as far as the rules of backlog health look at
// them, by their numbers. It reads them page by page: what it costs follows how many
// are active, not how many are stored. One that moves on meanwhile is in it once.
func (s *Store) Active(ctx context.Context, team pipeline.TeamKey) ([]pipeline.ActiveIdea, error) {
	var ideas []pipeline.ActiveIdea
	place := map[pipeline.Key]int{}
	for after := ""; ; {
		args := []any{string(team), activePage, after}
		for _, stage := range activeStages {
			args = append(args, string(stage))
		}
		reply, err := s.read(ctx, activeScript, args...)
		if err != nil {
			return nil, err
		}
		page, next, err := activeOf(reply)
		if err != nil {
			return nil, fmt.Errorf("storage: active ideas of %s: %w", team, err)
		}
		for _, idea := range page {
			if at, met := place[idea.Key]; met {
				ideas[at] = idea
				continue
			}
			place[idea.Key] = len(ideas)
			ideas = append(ideas, idea)
		}
		if next == "" {
			break
		}
		after = next
	}
	slices.SortFunc(ideas, func(a, b pipeline.ActiveIdea) int { return a.Key.Number - b.Key.Number })
	return ideas, nil
}

// activeOf reads {place to go on from, idea, …}.
func activeOf(reply []any) (ideas []pipeline.ActiveIdea, next string, err error) {
	if len(reply) == 0 {
		return nil, "", &shapeError{"a page of active ideas", reply}
	}
	if next, err = asText(reply[0]); err != nil {
		return nil, "", err
	}
	ideas = make([]pipeline.ActiveIdea, len(reply)-1)
	for i, item := range reply[1:] {
		if ideas[i], err = activeIdeaOf(item); err != nil {
			return nil, "", err
		}
	}
	return ideas, next, nil
}

// activeFields are the fields of an active idea in the order in which they are read.
var activeFields = []string{"key", "title", "author", "stage", "created", "staged", "changed", "work", "size", "criteria"}

func activeIdeaOf(item any) (pipeline.ActiveIdea, error) {
	parts, isList := item.([]any)
	if !isList || len(parts) != len(activeFields)+3 {
		return pipeline.ActiveIdea{}, &shapeError{"an active idea", item}
	}
	record := make(map[string]string, len(activeFields)+1)
	for i, name := range activeFields {
		text, err := asText(parts[i])
		if err != nil {
			return pipeline.ActiveIdea{}, err
		}
		record[name] = text
	}
	var err error
	if record["outcomes"], err = asText(parts[len(activeFields)+1]); err != nil {
		return pipeline.ActiveIdea{}, err
	}
	whole, err := ideaOf(record)
	if err != nil {
		return pipeline.ActiveIdea{}, err
	}
	length, err := asInt(parts[len(activeFields)])
	if err != nil {
		return pipeline.ActiveIdea{}, err
	}
	runs, err := asRecord(parts[len(activeFields)+2])
	if err != nil {
		return pipeline.ActiveIdea{}, err
	}
	idea := pipeline.ActiveIdea{
		Key: whole.Key, Title: whole.Title, Author: whole.Author, Stage: whole.Stage,
		Created: whole.Created, Staged: whole.Staged, Changed: whole.Changed,
		Work: whole.Work, Size: whole.Size, Criteria: len(whole.Criteria), Length: length, Outcomes: whole.Outcomes,
	}
	idea.Runs, err = summariesOf(runs)
	return idea, err
}
