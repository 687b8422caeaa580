package storage

import (
	"context"
	"crypto/rand"
	"fmt"
	"strconv"
	"strings"
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
	// Idea wanted. Its team wins over Channel and Team; without one it is an
	// idea of theirs.
	Idea pipeline.Key
	// User whose draft is wanted, who may own teams, and who is Here.
	User string
	// Here is where Slack says that the user is acting, never what a form or
	// button claims. Being somewhere is remembered for an hour.
	Here Here
	// Draft is the name of the slot whose draft is wanted; "" for none.
	Draft string
}

// Here is a channel as an interaction names it.
type Here struct {
	Channel string
	// Kind of channel; "" when Slack did not say.
	Kind ChannelKind
}

// ChannelKind tells who can see a channel.
type ChannelKind string

// The kinds of channels.
const (
	OpenChannel    ChannelKind = "open"
	PrivateChannel ChannelKind = "private" // direct messages as well
)

// Loaded is the answer to a Want. What is not stored is nil.
type Loaded struct {
	// First is false when this operation was begun before, by anybody: then
	// changes that carry its id answer with what they answered then.
	First bool
	Team  *pipeline.Team
	Idea  *pipeline.Idea
	Draft *Draft
	// InChannel: the user acted in the channel of the team, or in the channel
	// asked for where it is no team's, within the last hour. ChannelPrivate is
	// what Slack said of it.
	InChannel, ChannelPrivate bool
	// OwnsAnyTeam tells whether the user is a product owner of some team.
	OwnsAnyTeam bool
}

var beginScript = loadScript("begin")

// Begin reads all that an interaction needs, and claims its operation, in one
// round trip. What a draft holds longer than DraftLifetime is not given.
func (s *Store) Begin(ctx context.Context, w Want) (Loaded, error) {
	idea := ""
	switch {
	case w.Idea.IsZero():
	case w.Idea.Team == "":
		idea = "#" + strconv.Itoa(w.Idea.Number)
	default:
		idea = w.Idea.String()
	}
	reply, err := s.read(ctx, beginScript, w.Op, rand.Text(), w.Channel, string(w.Team), idea, w.User, w.Draft, w.Here.Channel, string(w.Here.Kind))
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
	if len(reply) != 7 {
		return Loaded{}, &shapeError{"seven values", reply}
	}
	loaded := Loaded{
		First: reply[0] == int64(1), OwnsAnyTeam: reply[1] == int64(1),
		InChannel: reply[6] != "", ChannelPrivate: reply[6] == string(PrivateChannel),
	}
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

// Present tells in which of the channels the user acted within the last hour,
// and of which kind each was then; "" for a channel of which Slack did not say.
func (s *Store) Present(ctx context.Context, user string, channels []string) (map[string]ChannelKind, error) {
	present := map[string]ChannelKind{}
	if len(channels) == 0 {
		return present, nil
	}
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	keys := make([]string, len(channels))
	for i, channel := range channels {
		keys[i] = s.tag + "present:" + user + ":" + channel
	}
	err := s.db.do(ctx, "present", func(ctx context.Context) error {
		values, err := s.db.client.MGet(ctx, keys...).Result()
		for i, value := range values {
			if kind, is := value.(string); is {
				present[channels[i]] = ChannelKind(strings.TrimSuffix(kind, "unknown"))
			}
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("storage: present: %w", err)
	}
	return present, nil
}
