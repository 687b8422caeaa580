package storage

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"alignbot/pipeline"
)

// journalMost is how many events, and how many captures, of a journal are read at
// once. It bounds for how long that keeps Redis busy.
const journalMost = 5000

var journalScript = loadScript("journal")

// Journal gives what happened to the team's ideas and to the nodes of its tree since
// then, the oldest first, in one round trip; at most pipeline.JournalDays back. A
// capture is a Happening with its author and time alone. whole is false where so much
// happened that the oldest of it is left out: all that happened since the first of what
// is given is there.
//
// What it costs depends on how much happened since, not on how much is stored.
func (s *Store) Journal(ctx context.Context, team pipeline.TeamKey, since time.Time) (happened []pipeline.Happening, whole bool, err error) {
	return s.journal(ctx, team, since, journalMost)
}

func (s *Store) journal(ctx context.Context, team pipeline.TeamKey, since time.Time, most int) (happened []pipeline.Happening, whole bool, err error) {
	reply, err := s.read(ctx, journalScript, string(team), formatTime(since), most)
	if err != nil {
		return nil, false, err
	}
	if happened, whole, err = journalOf(reply); err != nil {
		return nil, false, fmt.Errorf("storage: journal of %s: %w", team, err)
	}
	return happened, whole, nil
}

func journalOf(reply []any) ([]pipeline.Happening, bool, error) {
	if len(reply) != 3 {
		return nil, false, &shapeError{"three values", reply}
	}
	events, err := asTexts(reply[0])
	if err != nil {
		return nil, false, err
	}
	captures, err := asTexts(reply[1])
	if err != nil {
		return nil, false, err
	}
	if len(events)%3 != 0 || len(captures)%3 != 0 {
		return nil, false, &shapeError{"threes of events and of captures", reply}
	}
	type numbered struct {
		pipeline.Happening
		n int // in the history of what it happened to; a capture begins it
	}
	var all []numbered
	for i := 0; i < len(events); i += 3 {
		r := reader{record: map[string]string{"n": events[i+1]}}
		event, err := eventOf(events[i+2])
		if err != nil {
			return nil, false, err
		}
		all = append(all, numbered{pipeline.Happening{Key: events[i], Event: event}, int(r.int("n"))})
	}
	for i := 0; i < len(captures); i += 3 {
		r := reader{record: map[string]string{"created": captures[i+1]}}
		event := pipeline.Event{At: r.time("created"), By: captures[i+2], What: pipeline.WasCaptured}
		if r.err != nil {
			return nil, false, r.err
		}
		all = append(all, numbered{pipeline.Happening{Key: captures[i], Event: event}, 0})
	}
	slices.SortFunc(all, func(a, b numbered) int {
		return cmp.Or(a.At().Compare(b.At()), cmp.Compare(a.Key, b.Key), cmp.Compare(a.n, b.n))
	})
	text, err := asText(reply[2])
	if err != nil {
		return nil, false, err
	}
	cut := reader{record: map[string]string{"after": text}}
	after := cut.time("after") // zero where all is there
	happened := make([]pipeline.Happening, 0, len(all))
	for _, one := range all {
		if one.At().After(after) {
			happened = append(happened, one.Happening)
		}
	}
	return happened, after.IsZero(), cut.err
}
