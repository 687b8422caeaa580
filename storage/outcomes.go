package storage

import (
	"context"
	"fmt"

	"alignbot/pipeline"

	"github.com/redis/go-redis/v9"
)

// outcomesShown is how many outcomes of a team an interaction reads, the newest.
const outcomesShown = 100

var outcomesScript = loadScript("outcomes")

// AddOutcome stores a new outcome of a stored team and gives it the team's next
// number and version 1. The event begins its history, and the draft of whoever
// adds it is dropped. In the outbox entries a Subject of "#", "#" in an ID, and
// "#" as the Arg "about" stand for the outcome's key. Without that team the error
// is ErrNotFound, with too many outcomes a *LimitError.
func (s *Store) AddOutcome(ctx context.Context, op string, o pipeline.Outcome, draft Slot, event pipeline.Event, after ...Outgoing) (pipeline.Outcome, error) {
	stored, _, err := s.addOutcome(ctx, op, o, draft, event, nil, pipeline.Event{}, after)
	return stored, err
}

// AddAndLink is AddOutcome for an idea that is linked to it: both happen or
// none. idea is the linked one, in whose Outcomes the number 0 stands for the
// new outcome, and idea.Version the version it was read at; when another change
// came between, the error is a *ConflictError. The event enters the idea's
// history, with "#" in About for the outcome's key, and the draft of whoever
// did it is dropped.
func (s *Store) AddAndLink(ctx context.Context, op string, o pipeline.Outcome, idea pipeline.Idea, draft Slot, event pipeline.Event, after ...Outgoing) (pipeline.Outcome, pipeline.Idea, error) {
	added := pipeline.Event{At: o.Created, By: o.CreatedBy, What: pipeline.WasAdded}
	return s.addOutcome(ctx, op, o, draft, added, &idea, event, after)
}

func (s *Store) addOutcome(ctx context.Context, op string, o pipeline.Outcome, draft Slot, event pipeline.Event, idea *pipeline.Idea, linking pipeline.Event, after []Outgoing) (pipeline.Outcome, pipeline.Idea, error) {
	fields := append(outcomeChangeable(o), nodeCreated(formatTime(o.Created), o.CreatedBy)...)
	reply, err := s.addNode(ctx, op, o.Key, OutcomeLimit, fields, event, draft, idea, linking, after)
	var linked pipeline.Idea
	if err == nil {
		o, linked, err = addedOutcome(reply, idea != nil)
	}
	if err != nil {
		return pipeline.Outcome{}, pipeline.Idea{}, fmt.Errorf("storage: add outcome: %w", err)
	}
	return o, linked, nil
}

func addedOutcome(reply []any, hasIdea bool) (o pipeline.Outcome, idea pipeline.Idea, err error) {
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

// ChangeOutcome stores what a rule changed of an outcome: what its form has, or
// that it is open again. o.Version is the version it was read at; when another
// change came between, or its new parent hangs under it by now, the error is an
// *OutcomeConflictError. A check-in is such a change where the light turned by it.
// The event enters its history, and the draft of whoever did it is dropped. When
// the outcome turns red by it, entries about ComesBack are added for the parked
// ideas that wait for that.
func (s *Store) ChangeOutcome(ctx context.Context, op string, o pipeline.Outcome, draft Slot, event pipeline.Event, after ...Outgoing) (pipeline.Outcome, error) {
	return s.changeOutcome(ctx, op, o, draft, event, pipeline.NodeKey{}, pipeline.Event{}, after)
}

// CloseOutcome is ChangeOutcome for what pipeline.CloseOutcome made of one. Of an
// outcome that is merged, all that hangs under it when this is stored is handed
// over in the same moment: what c.Moved lists, and what was hung there meanwhile.
// Into one that is closed by now nothing is merged: that is a conflict as well.
// The links of its ideas stay; c.Links are for ChangeIdea, one after the other.
func (s *Store) CloseOutcome(ctx context.Context, op string, c pipeline.Closing, draft Slot, after ...Outgoing) (pipeline.Outcome, error) {
	return s.changeOutcome(ctx, op, c.Outcome, draft, c.Event, c.Outcome.MergedInto, c.MovedEvent, after)
}

func (s *Store) changeOutcome(ctx context.Context, op string, o pipeline.Outcome, draft Slot, event pipeline.Event, heir pipeline.NodeKey, moved pipeline.Event, after []Outgoing) (pipeline.Outcome, error) {
	node, conflict, err := s.changeNode(ctx, op, o.Key, o.Version, outcomeChangeable(o), draft, event, heir, moved, after)
	if err == nil && conflict {
		err = &OutcomeConflictError{Current: *node.Outcome}
	}
	if err != nil {
		return pipeline.Outcome{}, fmt.Errorf("storage: change outcome %s: %w", o.Key, err)
	}
	return *node.Outcome, nil
}

// Outcomes gives all of a team's outcomes, at most OutcomeLimit, the newest first.
func (s *Store) Outcomes(ctx context.Context, team pipeline.TeamKey) ([]pipeline.Outcome, error) {
	reply, err := s.read(ctx, outcomesScript, string(team), OutcomeLimit)
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
	records := make([]*redis.MapStringStringCmd, len(keys))
	err := s.db.pipelined(ctx, "outcomes by key", func(pipe redis.Pipeliner) {
		for i, key := range keys {
			records[i] = pipe.HGetAll(ctx, s.tag+"outcome:"+key.String())
		}
	})
	if err != nil {
		return nil, err
	}
	outcomes := make([]pipeline.Outcome, 0, len(keys))
	for _, record := range records {
		if len(record.Val()) == 0 {
			continue
		}
		outcome, err := outcomeOf(record.Val())
		if err != nil {
			return nil, err
		}
		outcomes = append(outcomes, outcome)
	}
	return outcomes, nil
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
