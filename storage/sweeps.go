package storage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"alignbot/pipeline"
)

// KindSweep is the kind of sheet of a sweep. What is said to it is which ideas
// somebody keeps, each under the idea's key.
const KindSweep = "sweep"

var sweeps = shelf[pipeline.Sweep]{
	kind: KindSweep,
	name: sweepName,
	named: func(s *pipeline.Sweep, name SheetName, version int64) {
		s.Team, s.Number, s.Version = pipeline.TeamKey(name.Owner), name.Number, version
	},
	version: func(s pipeline.Sweep) int64 { return s.Version },
}

func sweepName(s pipeline.Sweep) SheetName {
	return SheetName{Owner: string(s.Team), Number: s.Number}
}

// SweepState is a sweep with what people said of its ideas.
type SweepState struct {
	pipeline.Sweep
	Kept map[pipeline.Key]pipeline.SweepKept
	// Message in the team's channel that tells of it.
	Message pipeline.Message
}

// KeepSweep stores a sweep: one of version 0 under its number, the next one of its
// team, where there is none yet; any other, which is over, in place of the version it
// was read at. Else the error is a *SheetConflictError: of two that open for the same
// goal one is stored.
func (s *Store) KeepSweep(ctx context.Context, op string, sweep pipeline.Sweep, after ...Outgoing) (pipeline.Sweep, error) {
	if sweep.Number < 1 {
		return pipeline.Sweep{}, errors.New("storage: a sweep needs a number")
	}
	return sweeps.write(ctx, s, sheetWrite[pipeline.Sweep]{Op: op, Sheet: sweep, After: after})
}

// KeepInSweep notes that an idea serves the new goal as it is, while the sweep is not
// over. Told is TellOver where it is.
func (s *Store) KeepInSweep(ctx context.Context, op string, sweep pipeline.Sweep, idea pipeline.Key, kept pipeline.SweepKept, after ...Outgoing) (Told, error) {
	text, err := json.Marshal(kept)
	if err != nil {
		return "", err
	}
	_, told, err := sweeps.say(ctx, s, Telling{Op: op, Name: sweepName(sweep), Field: idea.String(), Text: string(text), While: map[string]string{"over": ""}, After: after})
	return told, err
}

// Sweep gives one sweep of the team, or ErrNotFound.
func (s *Store) Sweep(ctx context.Context, team pipeline.TeamKey, number int) (SweepState, error) {
	state, err := sweeps.get(ctx, s, SheetName{Owner: string(team), Number: number})
	if err != nil {
		return SweepState{}, err
	}
	return sweepState(state)
}

// NewestSweep gives the team's newest one; nil where it has none.
func (s *Store) NewestSweep(ctx context.Context, team pipeline.TeamKey) (*SweepState, error) {
	want := WantNewestSweep()
	want.Owner = string(team)
	found, err := sweeps.list(ctx, s, want)
	if err != nil || len(found.Sheets) == 0 {
		return nil, err
	}
	state, err := sweepState(found.Sheets[0])
	return &state, err
}

// WantNewestSweep wants the team's newest one.
func WantNewestSweep() SheetWant { return SheetWant{Kind: KindSweep, Most: 1, Said: true} }

// WantSweep wants one of them.
func WantSweep(number int) SheetWant {
	return SheetWant{Kind: KindSweep, Number: number, Said: true}
}

// Sweep gives that of a want, by its place among Want.Sheets; nil for none.
func (l Loaded) Sweep(want int) (*SweepState, error) {
	found, err := sweeps.in(l, want)
	if err != nil || len(found.Sheets) == 0 {
		return nil, err
	}
	state, err := sweepState(found.Sheets[0])
	return &state, err
}

func sweepState(sheet SheetState[pipeline.Sweep]) (SweepState, error) {
	state := SweepState{Sweep: sheet.Sheet, Kept: map[pipeline.Key]pipeline.SweepKept{}, Message: sheet.Messages[""]}
	for field, text := range sheet.Said {
		key, err := pipeline.ParseKey(field)
		if err != nil {
			return state, fmt.Errorf("sweep %s: %w", sweepName(state.Sweep), err)
		}
		var kept pipeline.SweepKept
		if err := json.Unmarshal([]byte(text), &kept); err != nil {
			return state, fmt.Errorf("sweep %s, %s: %w", sweepName(state.Sweep), key, err)
		}
		state.Kept[key] = kept
	}
	return state, nil
}
