package storage

import (
	"context"
	"fmt"
	"strings"

	"alignbot/pipeline"
)

// Feedback counts what people answered to suggestions of one node.
type Feedback struct{ Accepted, Dismissed int }

var dismissScript = loadScript("dismiss")

// Dismiss keeps that the node is not what the idea is for, so that it is not
// suggested for it again, and counts that in the team's feedback once for each
// idea. It conflicts with nothing and leaves the idea's version as it is. Without
// the idea the error is ErrNotFound.
func (s *Store) Dismiss(ctx context.Context, op string, idea pipeline.Key, node pipeline.NodeKey) error {
	if op == "" {
		return errNoOp
	}
	reply, err := s.write(ctx, dismissScript, op, idea.String(), node.String())
	if err == nil && (len(reply) == 0 || reply[0] != "stored") {
		err = fmt.Errorf("storage: dismiss %s for %s: %w", node, idea, ErrNotFound)
	}
	return err
}

// feedbackOf reads {"PAY-O3 accepted": n, …}.
func feedbackOf(record map[string]string) (map[pipeline.NodeKey]Feedback, error) {
	r := reader{record: record}
	all := map[pipeline.NodeKey]Feedback{}
	for name := range record {
		text, answer, _ := strings.Cut(name, " ")
		key, err := pipeline.ParseNodeKey(text)
		if err != nil {
			return nil, err
		}
		counts, n := all[key], int(r.int(name))
		switch answer {
		case "accepted":
			counts.Accepted = n
		case "dismissed":
			counts.Dismissed = n
		default:
			r.fail(name)
		}
		all[key] = counts
	}
	return all, r.err
}
