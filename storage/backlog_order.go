package storage

import (
	"context"
	"errors"
	"fmt"

	"alignbot/pipeline"
)

// ErrNotInBacklog says that an idea does not stand in the Product Backlog any more.
var ErrNotInBacklog = errors.New("not in the Product Backlog")

var orderBacklogScript = loadScript("order_backlog")

// OrderBacklog moves an idea in the order of its team's Product Backlog and gives its
// place from then on, from 1. The event enters its history with both places as a
// change of pipeline.FieldRank; an idea that is at the end already stays, moved is
// false and nothing is noted. It conflicts with nothing, and no change of an idea
// with it: its version stays. Without the idea the error is ErrNotFound, and when it
// is no longer in the Product Backlog, ErrNotInBacklog.
func (s *Store) OrderBacklog(ctx context.Context, op string, key pipeline.Key, to pipeline.OrderMove, event pipeline.Event) (place int, moved bool, err error) {
	if op == "" {
		return 0, false, errNoOp
	}
	event.Changes = []pipeline.Change{{Field: pipeline.FieldRank, From: "#from", To: "#to"}}
	text, err := eventText(event)
	if err != nil {
		return 0, false, err
	}
	reply, err := s.write(ctx, orderBacklogScript, op, key.String(), string(to), text)
	if err != nil {
		return 0, false, err
	}
	if len(reply) < 2 {
		err = ErrNotFound
		if len(reply) == 1 && reply[0] == "elsewhere" {
			err = ErrNotInBacklog
		}
		return 0, false, fmt.Errorf("storage: order backlog: %s: %w", key, err)
	}
	place, err = asInt(reply[1])
	return place, reply[0] == "stored", err
}
