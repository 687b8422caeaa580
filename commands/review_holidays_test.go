package commands

import (
	"errors"
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/storage"
)

// The review of a sprint keeps clear of the team's holidays: of those known when its days
// are set, and of one that was added since.
func TestTheReviewOfASprintKeepsClearOfHolidays(t *testing.T) {
	app := shop(t)
	friday := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	app.Clock = func() time.Time { return friday }
	ctx := t.Context()
	off := func(version int64, days ...pipeline.Holiday) {
		t.Helper()
		if _, err := app.Store.ChangeHolidays(ctx, friday.String()+days[0].First, pipeline.TeamHolidays{Team: "PAY", Version: version, Days: days}, storage.Slot{}); err != nil {
			t.Fatal(err)
		}
	}
	team, err := app.Store.Team(ctx, "PAY")
	if err != nil {
		t.Fatal(err)
	}
	sprint := pipeline.Sprint{Team: "PAY", Number: 1, First: "2026-11-09", Last: "2026-11-20", Goal: "Fewer calls", Started: friday, StartedBy: "U_ANN"}
	if sprint, err = app.Store.KeepSprint(ctx, "sprint", sprint, "U_ANN", storage.Slot{}, nil); err != nil {
		t.Fatal(err)
	}

	off(0, pipeline.Holiday{First: "2026-11-19", Last: "2026-11-20"})
	known, err := app.reviewingSprint(ctx, team, sprint)
	if err != nil || !known[0].Due.Equal(friday.AddDate(0, 0, -2)) {
		t.Errorf("it is to open %+v (%v)", known, err)
	}
	opens := func(day time.Time) bool {
		t.Helper()
		app.Clock = func() time.Time { return day }
		due := storage.Claimed{Outgoing: known[0]}
		if d, err := app.drawReviewDue(ctx, due); err != nil || !d.Skip {
			t.Fatalf("%+v, %v", d, err)
		}
		_, err := app.Store.Review(ctx, "PAY", 1)
		if err != nil && !errors.Is(err, storage.ErrNotFound) {
			t.Fatal(err)
		}
		return err == nil
	}
	if opens(friday) {
		t.Error("it opens on a holiday")
	}
	if !opens(friday.AddDate(0, 0, 3)) {
		t.Error("on the next workday it is not opened")
	}
}
