package storage

import (
	"context"
	"errors"

	"alignbot/pipeline"
)

var holidays = shelf[pipeline.TeamHolidays]{
	kind: "holidays",
	name: func(h pipeline.TeamHolidays) SheetName { return settingsOf(string(h.Team)) },
	named: func(h *pipeline.TeamHolidays, n SheetName, version int64) {
		h.Team, h.Version = pipeline.TeamKey(n.Owner), version
	},
	version: func(h pipeline.TeamHolidays) int64 { return h.Version },
}

// Holidays of the team; of one that has none, none at version 0.
func (s *Store) Holidays(ctx context.Context, team pipeline.TeamKey) (pipeline.TeamHolidays, error) {
	state, err := holidays.get(ctx, s, settingsOf(string(team)))
	if errors.Is(err, ErrNotFound) {
		return pipeline.TeamHolidays{Team: team}, nil
	}
	return state.Sheet, err
}

// WantHolidays wants those of the team of an interaction; it stands last in Want.Sheets.
func WantHolidays() SheetWant { return SheetWant{Kind: holidays.kind, Number: 1} }

// Holidays of the team of an interaction, where WantHolidays was wanted last.
func (l Loaded) Holidays() (pipeline.TeamHolidays, error) {
	page, err := holidays.in(l, len(l.Sheets)-1)
	if err != nil || len(page.Sheets) == 0 {
		return pipeline.TeamHolidays{}, err
	}
	return page.Sheets[0].Sheet, nil
}

// ChangeHolidays stores them, read at their version; where they were changed since,
// the error is a *SheetConflictError. The draft of whoever changes them is dropped.
func (s *Store) ChangeHolidays(ctx context.Context, op string, changed pipeline.TeamHolidays, draft Slot) (pipeline.TeamHolidays, error) {
	return holidays.write(ctx, s, sheetWrite[pipeline.TeamHolidays]{Op: op, Sheet: changed, By: changed.By, Draft: draft})
}
