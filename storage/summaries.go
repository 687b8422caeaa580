package storage

import (
	"context"

	"alignbot/pipeline"
)

// KindSummary is the kind of sheet that keeps when a team's weekly summary comes, and
// begins the kinds of its outbox entries. A team has one.
const KindSummary = "summary"

var summaries = shelf[pipeline.SummarySettings]{
	kind: KindSummary,
	name: func(s pipeline.SummarySettings) SheetName { return settingsOf(string(s.Team)) },
	named: func(s *pipeline.SummarySettings, name SheetName, version int64) {
		s.Team, s.Version = pipeline.TeamKey(name.Owner), version
	},
	version: func(s pipeline.SummarySettings) int64 { return s.Version },
}

// SummarySettings gives those of the team; at version 0 while nobody chose any.
func (s *Store) SummarySettings(ctx context.Context, team pipeline.TeamKey) (pipeline.SummarySettings, error) {
	found, err := summaries.list(ctx, s, SheetWant{Owner: string(team), Number: 1})
	if err != nil || len(found.Sheets) == 0 {
		return pipeline.SummarySettings{Team: team}, err
	}
	return found.Sheets[0].Sheet, nil
}

// SummaryConflictError says that the settings were changed since they were read.
// Nothing was written.
type SummaryConflictError struct {
	// Current is what they are now.
	Current pipeline.SummarySettings
}

func (e *SummaryConflictError) Error() string {
	return "the settings of the weekly summary of " + string(e.Current.Team) + " were changed meanwhile"
}

// ChangeSummary stores the settings in the place of the version they were read at,
// else the error is a *SummaryConflictError.
func (s *Store) ChangeSummary(ctx context.Context, op string, settings pipeline.SummarySettings, by string, draft Slot, after ...Outgoing) (pipeline.SummarySettings, error) {
	stored, err := summaries.write(ctx, s, sheetWrite[pipeline.SummarySettings]{Op: op, Sheet: settings, By: by, Draft: draft, After: after})
	if current, conflicts := conflictOf[pipeline.SummarySettings](err); conflicts {
		return settings, &SummaryConflictError{Current: current.Sheet}
	}
	return stored, err
}
