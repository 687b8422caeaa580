package storage

import (
	"context"
	"fmt"

	"alignbot/pipeline"
)

// AddImpact is AddOutcome for an impact.
func (s *Store) AddImpact(ctx context.Context, op string, i pipeline.Impact, draft Slot, event pipeline.Event, after ...Outgoing) (pipeline.Impact, error) {
	fields := append(impactChangeable(i), nodeCreated(formatTime(i.Created), i.CreatedBy)...)
	reply, err := s.addNode(ctx, op, i.Key, ImpactLimit, fields, event, draft, nil, pipeline.Event{}, after)
	if err == nil {
		var record map[string]string
		if record, err = asRecord(reply[1]); err == nil {
			i, err = impactOf(record)
		}
	}
	if err != nil {
		return pipeline.Impact{}, fmt.Errorf("storage: add impact: %w", err)
	}
	return i, nil
}

// ChangeImpact is ChangeOutcome for an impact; a conflict is an
// *ImpactConflictError.
func (s *Store) ChangeImpact(ctx context.Context, op string, i pipeline.Impact, draft Slot, event pipeline.Event, after ...Outgoing) (pipeline.Impact, error) {
	node, conflict, err := s.changeNode(ctx, op, i.Key, i.Version, impactChangeable(i), draft, event, pipeline.NodeKey{}, pipeline.Event{}, after)
	if err == nil && conflict {
		err = &ImpactConflictError{Current: *node.Impact}
	}
	if err != nil {
		return pipeline.Impact{}, fmt.Errorf("storage: change impact %s: %w", i.Key, err)
	}
	return *node.Impact, nil
}
