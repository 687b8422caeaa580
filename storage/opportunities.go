package storage

import (
	"context"
	"fmt"

	"alignbot/pipeline"
)

var supportScript = loadScript("support")

// AddOpportunity is AddOutcome for an opportunity, which begins without evidence.
func (s *Store) AddOpportunity(ctx context.Context, op string, o pipeline.Opportunity, draft Slot, event pipeline.Event, after ...Outgoing) (pipeline.Opportunity, error) {
	fields := append(opportunityChangeable(o), nodeCreated(formatTime(o.Created), o.CreatedBy)...)
	reply, err := s.addNode(ctx, op, o.Key, OpportunityLimit, fields, event, draft, nil, pipeline.Event{}, after)
	if err == nil {
		var record map[string]string
		if record, err = asRecord(reply[1]); err == nil {
			o, err = opportunityOf(record, nil, 1)
		}
	}
	if err != nil {
		return pipeline.Opportunity{}, fmt.Errorf("storage: add opportunity: %w", err)
	}
	return o, nil
}

// ChangeOpportunity is ChangeOutcome for an opportunity; a conflict is an
// *OpportunityConflictError. Its evidence stays as it is: it need not have been
// read.
func (s *Store) ChangeOpportunity(ctx context.Context, op string, o pipeline.Opportunity, draft Slot, event pipeline.Event, after ...Outgoing) (pipeline.Opportunity, error) {
	node, conflict, err := s.changeNode(ctx, op, o.Key, o.Version, opportunityChangeable(o), draft, event, pipeline.NodeKey{}, pipeline.Event{}, after)
	if err == nil && conflict {
		err = &OpportunityConflictError{Current: *node.Opportunity}
	}
	if err != nil {
		return pipeline.Opportunity{}, fmt.Errorf("storage: change opportunity %s: %w", o.Key, err)
	}
	return *node.Opportunity, nil
}

// AddOpportunityEvidence adds a piece of evidence to an opportunity, the last of
// those that pipeline.SupportOpportunity gave. It conflicts with nothing: it needs
// no version and leaves that of the opportunity as it is. The event enters its
// history, and the draft of whoever adds it is dropped. With too many pieces the
// error is a *LimitError.
func (s *Store) AddOpportunityEvidence(ctx context.Context, op string, key pipeline.NodeKey, e pipeline.Evidence, draft Slot, event pipeline.Event, after ...Outgoing) (pipeline.Opportunity, error) {
	fail := func(err error) (pipeline.Opportunity, error) {
		return pipeline.Opportunity{}, fmt.Errorf("storage: support %s: %w", key, err)
	}
	if op == "" {
		return pipeline.Opportunity{}, errNoOp
	}
	piece, _, err := pieceText(e)
	if err != nil {
		return fail(err)
	}
	line, err := eventText(event)
	if err != nil {
		return fail(err)
	}
	args := []any{op, key.String(), piece, pipeline.EvidenceOfOpportunity, formatTime(e.At), line, e.By, draft.Name, draft.Form}
	if args, err = appendOutgoing(args, after); err != nil {
		return fail(err)
	}
	reply, err := s.write(ctx, supportScript, args...)
	if err != nil {
		return pipeline.Opportunity{}, err
	}
	if len(reply) == 1 && reply[0] == "full" {
		return fail(&LimitError{Of: key.String(), What: "pieces of evidence", Most: pipeline.EvidenceOfOpportunity})
	}
	if len(reply) < 2 {
		return fail(ErrNotFound)
	}
	node, err := nodeReply(reply[1:])
	if err == nil && node.Opportunity == nil {
		err = ErrNotFound
	}
	if err != nil {
		return fail(err)
	}
	return *node.Opportunity, nil
}
