package storage

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// Absence is a time in which no process was connected to Slack, for longer than Slack
// keeps what happens meanwhile.
type Absence struct{ From, To time.Time }

// IsZero tells whether there was none.
func (a Absence) IsZero() bool { return a.From.IsZero() }

const (
	// absenceLeast: Slack sends an event that was not acknowledged again at once,
	// after one minute and after five.
	// https://docs.slack.dev/apis/events-api/#retries
	absenceLeast = 5 * time.Minute
	// absenceKept is how long people are told of one.
	absenceKept = 24 * time.Hour
)

var attendScript = loadScript("attend")

// Attend notes that this process is connected to Slack now. Each that is tells it
// every minute at least. It tells whether Derive is needed, because processes of an
// older release stored something beside this one; for so long none of them must have
// been connected, as each files what it stores in its own way.
func (s *Store) Attend(ctx context.Context, silence time.Duration) (lacks bool, err error) {
	reply, err := s.write(ctx, attendScript, absenceLeast.Milliseconds(), absenceKept.Milliseconds(), derived, silence.Milliseconds())
	return len(reply) > 0, err
}

// Absence is the latest one, for a day; zero where there was none.
func (s *Store) Absence(ctx context.Context) (Absence, error) {
	if err := s.enter(ctx); err != nil {
		return Absence{}, err
	}
	var value *redis.StringCmd
	err := s.db.pipelined(ctx, "absence", func(pipe redis.Pipeliner) { value = pipe.Get(ctx, s.tag+"absence") })
	if err != nil && !errors.Is(err, redis.Nil) {
		return Absence{}, err
	}
	if value.Val() == "" {
		return Absence{}, nil
	}
	from, to, _ := strings.Cut(value.Val(), " ")
	r := reader{record: map[string]string{"key": "absence", "from": from, "to": to}}
	absence := Absence{From: r.time("from"), To: r.time("to")}
	if r.err != nil {
		return Absence{}, fmt.Errorf("storage: absence: %w", r.err)
	}
	return absence, nil
}
