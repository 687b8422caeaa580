package storage

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"alignbot/pipeline"
)

// Want names what an interaction needs to know.
type Want struct {
	// Op is the operation's id; "" claims none.
	Op string
	// Channel whose team is wanted, or Team by its key, which wins.
	Channel string
	Team    pipeline.TeamKey
	// Idea wanted. Its team wins over Channel and Team.
	Idea pipeline.Key
	// User whose draft is wanted and who may own teams.
	User string
	// Draft is the name of the slot whose draft is wanted; "" for none.
	Draft string
}

// Loaded is the answer to a Want. What is not stored is nil.
type Loaded struct {
	// First is false when this operation was begun before, by anybody: then
	// changes that carry its id answer with what they answered then.
	First bool
	Team  *pipeline.Team
	Idea  *pipeline.Idea
	Draft *Draft
	// OwnsAnyTeam tells whether the user is a product owner of some team.
	OwnsAnyTeam bool
}

var beginScript = loadScript("begin")

// Begin reads all that an interaction needs, and claims its operation, in one
// round trip. What a draft holds longer than DraftLifetime is not given.
func (s *Store) Begin(ctx context.Context, w Want) (Loaded, error) {
	idea := ""
	if !w.Idea.IsZero() {
		idea = w.Idea.String()
	}
	reply, err := s.read(ctx, beginScript, w.Op, rand.Text(), w.Channel, string(w.Team), idea, w.User, w.Draft)
	if err != nil {
		return Loaded{}, err
	}
	loaded, err := loadedOf(reply)
	if err != nil {
		return Loaded{}, fmt.Errorf("storage: begin: %w", err)
	}
	return loaded, nil
}

func loadedOf(reply []any) (Loaded, error) {
	if len(reply) != 6 {
		return Loaded{}, &shapeError{"six values", reply}
	}
	loaded := Loaded{First: reply[0] == int64(1), OwnsAnyTeam: reply[1] == int64(1)}
	record, err := asRecord(reply[2])
	if err != nil {
		return Loaded{}, err
	}
	if len(record) > 0 {
		team, err := teamOf(record)
		if err != nil {
			return Loaded{}, err
		}
		loaded.Team = &team
	}
	if record, err = asRecord(reply[3]); err != nil {
		return Loaded{}, err
	}
	if len(record) > 0 {
		idea, err := ideaOf(record)
		if err != nil {
			return Loaded{}, err
		}
		loaded.Idea = &idea
	}
	draft, isText := reply[5].(string)
	if !isText {
		return Loaded{}, &shapeError{"a draft", reply[5]}
	}
	if draft != "" {
		now, err := asInt(reply[4])
		if err != nil {
			return Loaded{}, err
		}
		loaded.Draft, err = draftOf(draft, time.UnixMilli(int64(now)))
		if err != nil {
			return Loaded{}, err
		}
	}
	return loaded, nil
}
