package commands_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alignbot/pipeline"
	"alignbot/storage"
)

// inYear is a day of next year.
func inYear(month, day int) string {
	return time.Date(time.Now().Year()+1, time.Month(month), day, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
}

func (w *workplace) holidays(t *testing.T) pipeline.TeamHolidays {
	t.Helper()
	h, err := w.store.Holidays(t.Context(), "PAY")
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestATeamHasHolidays(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	alice := w.Person("alice").In("payments")
	past := pipeline.TeamHolidays{Team: "PAY", Days: pipeline.Holidays{{First: "2020-12-25", Last: "2020-12-25", Name: "Long ago"}}}
	if _, err := w.store.ChangeHolidays(t.Context(), "test/past", past, storage.Slot{}); err != nil {
		t.Fatal(err)
	}
	alice.Types("/align settings")
	alice.Clicks("Holidays")
	alice.SeesModal("Holidays").Has("Holidays to come, one a line", "")
	alice.Fills("Holidays to come, one a line", inYear(12, 25)+" Christmas\nNew Year\n"+inYear(12, 31)+" to "+inYear(12, 1)+" Backwards")
	alice.Submits()
	alice.SeesFieldError("Holidays to come, one a line", `Line 2: it does not begin with a day such as 2026-12-25, but with "New"`)
	alice.SeesFieldError("Holidays to come, one a line", "Line 3: it ends on "+inYear(12, 1)+", before it begins on "+inYear(12, 31))
	alice.Fills("Holidays to come, one a line", inYear(12, 25)+" Christmas\n"+inYear(5, 1)+" Labour Day")
	alice.Submits()
	alice.SeesModal("Team settings").Says("The holidays of Payments are saved. 2 are to come.")
	alice.ClosesModal()
	want := pipeline.Holidays{
		past.Days[0], {First: inYear(5, 1), Last: inYear(5, 1), Name: "Labour Day"}, {First: inYear(12, 25), Last: inYear(12, 25), Name: "Christmas"},
	}
	if diff := cmp.Diff(want, w.holidays(t).Days); diff != "" {
		t.Errorf("holidays (-want +got):\n%s", diff)
	}

	// A calendar file is pasted over them; what is over stays.
	alice.Types("/align settings")
	alice.Clicks("Holidays")
	alice.SeesModal("Holidays").Has("Holidays to come, one a line", inYear(5, 1)+" Labour Day\n"+inYear(12, 25)+" Christmas\n")
	alice.Fills("Holidays to come, one a line", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:"+strings.ReplaceAll(inYear(6, 1), "-", "")+"\nSUMMARY:Whit <@U0ALICE>\nEND:VEVENT\nBEGIN:VEVENT\nDTSTART:"+strings.ReplaceAll(inYear(6, 2), "-", "")+"T100000Z\nSUMMARY:Meeting\nEND:VEVENT\nEND:VCALENDAR")
	alice.Submits()
	alice.SeesModal("Team settings").Says("1 is to come. Left out: one event without a whole day.")
	if days := w.holidays(t).Days; len(days) != 2 || days[1].Name != "Whit <@U0ALICE>" {
		t.Errorf("holidays: %+v", days)
	}
}

func TestHolidaysThatWereChangedMeanwhile(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	alice := w.Person("alice").In("payments")
	alice.Types("/align settings")
	alice.Clicks("Holidays")
	alice.Fills("Holidays to come, one a line", inYear(5, 1)+" Labour Day")
	theirs := pipeline.TeamHolidays{Team: "PAY", Days: pipeline.Holidays{{First: inYear(12, 25), Last: inYear(12, 25)}}}
	if _, err := w.store.ChangeHolidays(t.Context(), "test/meanwhile", theirs, storage.Slot{}); err != nil {
		t.Fatal(err)
	}
	alice.Submits()
	alice.SeesModal("Holidays").Says("Somebody else changed the holidays meanwhile.").Has("Holidays to come, one a line", inYear(5, 1)+" Labour Day")
	if diff := cmp.Diff(theirs.Days, w.holidays(t).Days); diff != "" {
		t.Errorf("holidays (-want +got):\n%s", diff)
	}
}

// A list that does not fit the input is added to, so that nothing of it is lost.
func TestManyHolidaysAreAddedTo(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	var many pipeline.TeamHolidays
	many.Team = "PAY"
	for i := range 300 {
		day := time.Now().AddDate(1, 0, i).Format(time.DateOnly)
		many.Days = append(many.Days, pipeline.Holiday{First: day, Last: day, Name: fmt.Sprint("Day ", i)})
	}
	if _, err := w.store.ChangeHolidays(t.Context(), "test/many", many, storage.Slot{}); err != nil {
		t.Fatal(err)
	}
	alice := w.Person("alice").In("payments")
	alice.Types("/align settings")
	alice.Clicks("Holidays")
	alice.SeesModal("Holidays").Says("300 holidays are to come").Has("Holidays to add, one a line", "")
	alice.Fills("Holidays to add, one a line", "tomorrow")
	alice.Submits()
	alice.SeesFieldError("Holidays to add, one a line", "Line 1")
	alice.Fills("Holidays to add, one a line", inYear(5, 1)+" Labour Day")
	alice.Submits()
	alice.SeesModal("Team settings")
	if days := w.holidays(t).Days; len(days) != 301 {
		t.Errorf("%d holidays", len(days))
	}
}
