package storage

import (
	"context"
	"crypto/rand"
	"errors"
	"time"

	"alignbot/pipeline"
)

var captureScript = loadScript("capture")

// Capture stores a new idea of a stored team and gives it the team's next
// number and version 1. Its history begins, the author's draft it was made of
// is dropped (none for the zero Slot), and what must be posted about it enters
// the outbox; in those entries a Subject of "#", and "#" in an ID, stand for
// the idea's key. Times are kept in milliseconds. Without that team the error
// is ErrNotFound; for what it is linked to see ChangeIdea.
func (s *Store) Capture(ctx context.Context, op string, idea pipeline.Idea, draft Slot, after ...Outgoing) (pipeline.Idea, error) {
	stored, _, err := s.capture(ctx, op, "", Here{}, pipeline.Team{}, idea, draft, after)
	return stored, err
}

const (
	// teamsKept bounds the memory: a team takes some 2 KB.
	teamsKept    = 1000
	teamsKeptFor = time.Hour
)

// ErrTeamChanged says that a remembered team is another one by now. Nothing was stored.
var ErrTeamChanged = errors.New("the team was changed since it was read")

// TeamHere gives the team of the channel if this process read it lately, for
// CaptureHere. Nobody changes it.
func (s *Store) TeamHere(channel string) (pipeline.Team, bool) {
	team := s.teams.recall(channel)
	return team, channel != "" && team.Key != ""
}

// CaptureHere is Capture by somebody who acts in the channel of a team that TeamHere
// gave, with no Begin before it: that of the operation, and where the person is, are noted
// by the way. first is Loaded.First. When the team is not as it was any more, the error is
// ErrTeamChanged.
func (s *Store) CaptureHere(ctx context.Context, op string, here Here, team pipeline.Team, idea pipeline.Idea, after ...Outgoing) (stored pipeline.Idea, first bool, err error) {
	stored, first, err = s.capture(ctx, op, rand.Text(), here, team, idea, Slot{}, after)
	if errors.Is(err, ErrTeamChanged) || errors.Is(err, ErrNotFound) {
		s.teams.forget(here.Channel)
	}
	return stored, first, err
}

// capture is both; the token, here and the team are empty where Begin was asked before.
func (s *Store) capture(ctx context.Context, op, token string, here Here, seen pipeline.Team, idea pipeline.Idea, draft Slot, after []Outgoing) (stored pipeline.Idea, first bool, err error) {
	if op == "" {
		return pipeline.Idea{}, false, errNoOp
	}
	captured := pipeline.Event{At: idea.Created, By: idea.Author, What: pipeline.WasCaptured, About: formatNodes(idea.Outcomes)}
	event, err := eventText(captured)
	if err != nil {
		return pipeline.Idea{}, false, err
	}
	fields := append(given(idea), changeable(idea)...)
	values := make([]any, 0, 2*len(fields))
	for _, f := range fields {
		if f.value != "" {
			values = append(values, f.name, f.value)
		}
	}
	args := make([]any, 0, 12+len(values)+9*len(after))
	args = append(args, op, token, string(idea.Key.Team), formatNumber(int(seen.Version)), formatSwitch(seen.Private), here.Channel, string(here.Kind),
		idea.Author, event, draft.Name, draft.Form, len(values))
	args = append(args, values...)
	if args, err = appendOutgoing(args, after); err != nil {
		return pipeline.Idea{}, false, err
	}
	reply, err := s.write(ctx, captureScript, args...)
	if err != nil {
		return pipeline.Idea{}, false, err
	}
	stored, err = ideaAnswer("capture", reply)
	return stored, len(reply) > 0 && reply[0] == "new", err
}

// rememberTeam keeps what was read of a team, with nothing that a reader may change.
func (s *Store) rememberTeam(record map[string]string) error {
	if kept := s.teams.recall(record["channel"]); string(kept.Key) == record["key"] && formatNumber(int(kept.Version)) == record["version"] && formatSwitch(kept.Private) == record["private"] {
		return nil
	}
	team, err := teamOf(record)
	if err == nil {
		s.teams.keep(team.Channel, team)
	}
	return err
}
