package storage

import (
	"context"
	"fmt"
	"strings"

	"alignbot/pipeline"

	"github.com/redis/go-redis/v9"
)

// outcomesShown is how many outcomes of a team are read at once, the newest.
const outcomesShown = 100

var (
	addOutcomeScript = loadScript("add_outcome")
	outcomesScript   = loadScript("outcomes")
)

// AddOutcome stores a new outcome of a stored team and gives it the team's next
// number and version 1. In the outbox entries a Subject of "#", "#" in an ID,
// and "#" as the Arg "about" stand for the outcome's key. Without that team the
// error is ErrNotFound.
func (s *Store) AddOutcome(ctx context.Context, op string, o pipeline.Outcome, after ...Outgoing) (pipeline.Outcome, error) {
	stored, _, err := s.addOutcome(ctx, op, o, nil, Slot{}, pipeline.Event{}, after)
	return stored, err
}

// AddAndLink is AddOutcome for an idea that is linked to it: both happen or
// none. idea is the linked one, in whose Outcomes the number 0 stands for the
// new outcome, and idea.Version the version it was read at; when another change
// came between, the error is a *ConflictError. The event enters the idea's
// history, with "#" in About for the outcome's key, and the draft of whoever
// did it is dropped.
func (s *Store) AddAndLink(ctx context.Context, op string, o pipeline.Outcome, idea pipeline.Idea, draft Slot, event pipeline.Event, after ...Outgoing) (pipeline.Outcome, pipeline.Idea, error) {
	return s.addOutcome(ctx, op, o, &idea, draft, event, after)
}

func (s *Store) addOutcome(ctx context.Context, op string, o pipeline.Outcome, idea *pipeline.Idea, draft Slot, event pipeline.Event, after []Outgoing) (pipeline.Outcome, pipeline.Idea, error) {
	fail := func(err error) (pipeline.Outcome, pipeline.Idea, error) {
		return pipeline.Outcome{}, pipeline.Idea{}, err
	}
	if op == "" {
		return fail(errNoOp)
	}
	values, _ := split([]field{
		{"statement", o.Statement},
		{"created", formatTime(o.Created)},
		{"created_by", o.CreatedBy},
	})
	args := append([]any{op, string(o.Key.Team), len(values)}, values...)
	if idea != nil {
		line, err := eventText(event)
		if err != nil {
			return fail(err)
		}
		args = append(args, idea.Key.String(), idea.Version, formatOutcomes(idea.Outcomes), formatTime(idea.Changed),
			line, event.By, draft.Name, draft.Form)
	} else {
		args = append(args, "", "", "", "", "", "", "", "")
	}
	args, err := appendOutgoing(args, after)
	if err != nil {
		return fail(err)
	}
	reply, err := s.write(ctx, addOutcomeScript, args...)
	if err != nil {
		return fail(err)
	}
	stored, linked, err := addedOutcome(reply, idea != nil)
	if err != nil {
		return fail(fmt.Errorf("storage: add outcome: %w", err))
	}
	return stored, linked, nil
}

func addedOutcome(reply []any, hasIdea bool) (o pipeline.Outcome, idea pipeline.Idea, err error) {
	if len(reply) == 1 && (reply[0] == "no team" || reply[0] == "no idea") {
		return o, idea, ErrNotFound
	}
	if len(reply) != 3 {
		return o, idea, &shapeError{"a status, an outcome and an idea", reply}
	}
	if hasIdea {
		record, err := asRecord(reply[2])
		if err != nil {
			return o, idea, err
		}
		if idea, err = ideaOf(record); err != nil {
			return o, idea, err
		}
	}
	if reply[0] == "conflict" {
		return o, idea, &ConflictError{Current: idea}
	}
	record, err := asRecord(reply[1])
	if err != nil {
		return o, idea, err
	}
	o, err = outcomeOf(record)
	return o, idea, err
}

// Outcomes gives the team's newest outcomes, at most 100, the newest first.
func (s *Store) Outcomes(ctx context.Context, team pipeline.TeamKey) ([]pipeline.Outcome, error) {
	reply, err := s.read(ctx, outcomesScript, string(team), outcomesShown)
	if err != nil {
		return nil, err
	}
	outcomes, err := outcomesOf(reply)
	if err != nil {
		return nil, fmt.Errorf("storage: outcomes: %w", err)
	}
	return outcomes, nil
}

// OutcomesByKey gives those of the outcomes that are stored, in the order of
// the keys, in one round trip.
func (s *Store) OutcomesByKey(ctx context.Context, keys []pipeline.OutcomeKey) ([]pipeline.Outcome, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	var outcomes []pipeline.Outcome
	err := s.db.do(ctx, "outcomes by key", func(ctx context.Context) error {
		pipe := s.db.client.Pipeline()
		records := make([]*redis.MapStringStringCmd, len(keys))
		for i, key := range keys {
			records[i] = pipe.HGetAll(ctx, s.tag+"outcome:"+key.String())
		}
		if _, err := pipe.Exec(ctx); err != nil {
			return err
		}
		outcomes = make([]pipeline.Outcome, 0, len(keys))
		for _, record := range records {
			if len(record.Val()) == 0 {
				continue
			}
			outcome, err := outcomeOf(record.Val())
			if err != nil {
				return err
			}
			outcomes = append(outcomes, outcome)
		}
		return nil
	})
	return outcomes, err
}

func outcomesOf(reply []any) ([]pipeline.Outcome, error) {
	var outcomes []pipeline.Outcome
	for _, item := range reply {
		record, err := asRecord(item)
		if err != nil {
			return nil, err
		}
		outcome, err := outcomeOf(record)
		if err != nil {
			return nil, err
		}
		outcomes = append(outcomes, outcome)
	}
	return outcomes, nil
}

func outcomeOf(record map[string]string) (pipeline.Outcome, error) {
	r := reader{record: record}
	o := pipeline.Outcome{
		Statement: record["statement"],
		Created:   r.time("created"),
		CreatedBy: record["created_by"],
		Version:   r.int("version"),
	}
	var err error
	if o.Key, err = pipeline.ParseOutcomeKey(record["key"]); err != nil {
		r.fail("key")
	}
	return o, r.err
}

// formatOutcomes gives "PAY-O1,PAY-O2".
func formatOutcomes(keys []pipeline.OutcomeKey) string {
	texts := make([]string, len(keys))
	for i, key := range keys {
		texts[i] = key.String()
	}
	return strings.Join(texts, ",")
}
