package storage

import (
	"context"
	"errors"
	"fmt"

	"alignbot/pipeline"
)

var horizonsScript = loadScript("horizons")

// horizonNotes keeps what a team's Now-Next-Later board knows beside its opportunities:
// one sheet with the number 1.
var horizonNotes = shelf[pipeline.HorizonNotes]{
	kind: "horizons",
	name: func(n pipeline.HorizonNotes) SheetName { return settingsOf(string(n.Team)) },
	named: func(n *pipeline.HorizonNotes, name SheetName, version int64) {
		n.Team, n.Version = pipeline.TeamKey(name.Owner), version
	},
	version: func(n pipeline.HorizonNotes) int64 { return n.Version },
}

// HorizonConflictError says that somebody else changed the board since it was read.
// Nothing was written.
type HorizonConflictError struct {
	Current pipeline.HorizonNotes
}

func (e *HorizonConflictError) Error() string {
	return fmt.Sprintf("the board of %s was changed meanwhile and is at version %d", e.Current.Team, e.Current.Version)
}

// Horizons reads what the team's Now-Next-Later board is made of, in one round trip;
// Team is left to the caller. What it costs grows with what is on the board, and with
// how many opportunities there are only by a look at each one's horizon.
func (s *Store) Horizons(ctx context.Context, team pipeline.TeamKey) (pipeline.HorizonFacts, error) {
	args := []any{string(team)}
	for _, horizon := range pipeline.BoardHorizons() {
		args = append(args, string(horizon))
	}
	reply, err := s.read(ctx, horizonsScript, args...)
	if err != nil {
		return pipeline.HorizonFacts{}, err
	}
	facts, err := horizonFacts(team, reply)
	if err != nil {
		return pipeline.HorizonFacts{}, fmt.Errorf("storage: board of %s: %w", team, err)
	}
	return facts, nil
}

// horizonFacts reads {nodes, {key, ideas on it, running tests, with a size, …}, sheet,
// {horizon, how many, …}}.
func horizonFacts(team pipeline.TeamKey, reply []any) (pipeline.HorizonFacts, error) {
	facts := pipeline.HorizonFacts{Ideas: map[pipeline.NodeKey]pipeline.IdeasOn{}, Testing: map[pipeline.NodeKey]int{}, Sized: map[pipeline.NodeKey]int{}}
	if len(reply) != 4 {
		return facts, &shapeError{"nodes, ideas, a sheet and counts", reply}
	}
	var err error
	if facts.Nodes, err = nodesOf(reply[0]); err != nil {
		return facts, err
	}
	ideas, isList := reply[1].([]any)
	if !isList || len(ideas)%4 != 0 {
		return facts, &shapeError{"keys and what is on them", reply[1]}
	}
	for i := 0; i < len(ideas); i += 4 {
		text, err := asText(ideas[i])
		if err != nil {
			return facts, err
		}
		key, err := pipeline.ParseNodeKey(text)
		if err != nil {
			return facts, err
		}
		if facts.Ideas[key], err = ideasOn(ideas[i+1]); err != nil {
			return facts, err
		}
		if facts.Testing[key], err = asInt(ideas[i+2]); err != nil {
			return facts, err
		}
		if facts.Sized[key], err = asInt(ideas[i+3]); err != nil {
			return facts, err
		}
	}
	state, err := horizonNotes.stateOf(reply[2])
	if err != nil {
		return facts, err
	}
	facts.Notes = state.Sheet
	facts.Notes.Team = team
	counts, err := asRecord(reply[3])
	if err != nil {
		return facts, err
	}
	r := reader{record: counts}
	facts.NotNow, facts.Undecided = int(r.int(string(pipeline.HorizonNotNow))), int(r.int(""))
	return facts, r.err
}

// HorizonNotes gives what the team's board knows beside its opportunities; of version 0
// where there is nothing.
func (s *Store) HorizonNotes(ctx context.Context, team pipeline.TeamKey) (pipeline.HorizonNotes, error) {
	state, err := horizonNotes.get(ctx, s, settingsOf(string(team)))
	if errors.Is(err, ErrNotFound) {
		return pipeline.HorizonNotes{Team: team}, nil
	}
	return state.Sheet, err
}

// ChangeHorizons stores what the board knows from now on, in place of the version it
// was read at; else the error is a *HorizonConflictError. The event, unless its What is
// "", enters the history of the opportunity of that key, and the draft of by is dropped.
func (s *Store) ChangeHorizons(ctx context.Context, op string, n pipeline.HorizonNotes, by string, draft Slot, key pipeline.NodeKey, event pipeline.Event) (pipeline.HorizonNotes, error) {
	var lines []SheetEvent
	if event.What != "" {
		lines = []SheetEvent{{Key: key.String(), Event: event}}
	}
	stored, err := horizonNotes.write(ctx, s, sheetWrite[pipeline.HorizonNotes]{Op: op, Sheet: n, By: by, Draft: draft, Events: lines})
	if current, conflicts := conflictOf[pipeline.HorizonNotes](err); conflicts {
		current.Sheet.Team = n.Team
		return pipeline.HorizonNotes{}, &HorizonConflictError{Current: current.Sheet}
	}
	return stored, err
}

// WantHorizonNotes wants what the board of the team of an interaction knows.
func WantHorizonNotes() SheetWant { return SheetWant{Kind: horizonNotes.kind, Number: 1} }

// HorizonNotes of the team of an interaction, by the place of the want among
// Want.Sheets.
func (l Loaded) HorizonNotes(want int) (pipeline.HorizonNotes, error) {
	page, err := horizonNotes.in(l, want)
	if err != nil || len(page.Sheets) == 0 {
		notes := pipeline.HorizonNotes{}
		if l.Team != nil {
			notes.Team = l.Team.Key
		}
		return notes, err
	}
	return page.Sheets[0].Sheet, nil
}
