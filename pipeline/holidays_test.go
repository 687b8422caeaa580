package pipeline_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"alignbot/pipeline"
)

// parsed are the holidays of a text, as lines.
func parsed(t *testing.T, text string) (string, pipeline.ReadHolidays) {
	t.Helper()
	read, err := pipeline.ParseHolidays(text, noon, mustLoad(t, "Europe/Berlin"))
	if err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return read.Days.Text(), read
}

// refused is what is said about a text that is not read.
func refused(t *testing.T, text string) string {
	t.Helper()
	read, err := pipeline.ParseHolidays(text, noon, time.UTC)
	var problem *pipeline.Problem
	if !errors.As(err, &problem) {
		t.Fatalf("it was read as %v, with %v", read, err)
	}
	return problem.Fields[pipeline.FieldHolidays]
}

func TestHolidaysAsPeopleTypeThem(t *testing.T) {
	for typed, want := range map[string]string{
		"2026-12-25":                                  "2026-12-25\n",
		"2026-12-25 Christmas Day":                    "2026-12-25 Christmas Day\n",
		"  2026-12-25   Christmas   Day  ":            "2026-12-25 Christmas Day\n",
		"2026-12-25: Christmas Day":                   "",
		"2026-12-24 to 2027-01-01 Company closed":     "2026-12-24 to 2027-01-01 Company closed\n",
		"2026-12-24 - 2027-01-01 Company closed":      "2026-12-24 to 2027-01-01 Company closed\n",
		"2026-12-24 – 2027-01-01 – Company closed":    "2026-12-24 to 2027-01-01 – Company closed\n",
		"2026-12-24..2027-01-01":                      "2026-12-24 to 2027-01-01\n",
		"2026-12-24/2027-01-01 Closed":                "2026-12-24 to 2027-01-01 Closed\n",
		"# Germany\n\n2026-10-03 Unity\r\n2026-12-25": "2026-10-03 Unity\n2026-12-25\n",
		"2026-12-25 to 2026-12-25 One day":            "2026-12-25 One day\n",
		"\ufeff2026-12-25 From a file":                "2026-12-25 From a file\n",
		"":                                            "",
	} {
		if typed == "2026-12-25: Christmas Day" {
			if said := refused(t, typed); !strings.Contains(said, "Line 1: it does not begin with a day") {
				t.Error(said)
			}
			continue
		}
		if got, _ := parsed(t, typed); got != want {
			t.Errorf("%q: %q, want %q", typed, got, want)
		}
	}
}

func TestHolidaysThatCannotBe(t *testing.T) {
	for typed, want := range map[string]string{
		"Christmas":                       `Line 1: it does not begin with a day such as 2026-12-25, but with "Christmas".`,
		"2026-12-25\n25.12.2026":          `Line 2: it does not begin with a day such as 2026-12-25, but with "25.12.2026".`,
		"2026-02-30 Never":                `Line 1: it does not begin with a day such as 2026-12-25, but with "2026-02-30".`,
		"2026-12-24 to Friday":            `Line 1: "Friday" is no last day such as 2026-12-31.`,
		"2026-12-24 to 2026-12-01":        "Line 1: it ends on 2026-12-01, before it begins on 2026-12-24.",
		"2026-01-01 to 2027-06-01 Long":   "Line 1: it is longer than 366 days: 2026-01-01 to 2027-06-01.",
		"1066-10-14 Hastings":             "Line 1: 1066-10-14 is long ago.",
		strings.Repeat("garbage\n", 5000): "And 4995 lines more.",
	} {
		if said := refused(t, typed); !strings.Contains(said, want) {
			t.Errorf("%.40q: %s", typed, said)
		}
	}
}

// calendar is a file with these events.
func calendar(events ...string) string {
	return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" + strings.Join(events, "") + "END:VCALENDAR\r\n"
}

func event(lines ...string) string {
	return "BEGIN:VEVENT\r\nUID:1\r\n" + strings.Join(lines, "\r\n") + "\r\nEND:VEVENT\r\n"
}

func TestHolidaysOfACalendar(t *testing.T) {
	for name, c := range map[string]struct{ file, want string }{
		"one day":                            {event("DTSTART;VALUE=DATE:20261225", "SUMMARY:Christmas\\, first day"), "2026-12-25 Christmas, first day\n"},
		"its end is exclusive":               {event("DTSTART;VALUE=DATE:20261224", "DTEND;VALUE=DATE:20270102"), "2026-12-24 to 2027-01-01\n"},
		"an end on its day":                  {event("DTSTART;VALUE=DATE:20261224", "DTEND;VALUE=DATE:20261224"), "2026-12-24\n"},
		"a duration":                         {event("DTSTART;VALUE=DATE:20261224", "DURATION:P3D"), "2026-12-24 to 2026-12-26\n"},
		"midnight to midnight":               {event("DTSTART;TZID=Europe/Berlin:20261224T000000", "DTEND;TZID=Europe/Berlin:20261226T000000"), "2026-12-24 to 2026-12-25\n"},
		"a zone of Windows":                  {event("DTSTART;TZID=W. Europe Standard Time:20261224T000000", "DTEND;TZID=W. Europe Standard Time:20261225T000000"), "2026-12-24\n"},
		"midnight in UTC there":              {event("DTSTART:20261223T230000Z", "DTEND:20261224T230000Z"), "2026-12-24\n"},
		"what it takes whole":                {event("DTSTART:20261224T120000", "DTEND:20261227T120000"), "2026-12-25 to 2026-12-26\n"},
		"folded lines":                       {event("DTSTART;VALUE=DATE:2026", " 1225", "SUMMARY:Christ", " mas"), "2026-12-25 Christmas\n"},
		"what is in an alarm is passed over": {event("DTSTART;VALUE=DATE:20261225", "BEGIN:VALARM", "DURATION:nonsense", "END:VALARM"), "2026-12-25\n"},
		"quoted parameters":                  {event(`DTSTART;X-A="b:c;d";VALUE=DATE:20261225`), "2026-12-25\n"},

		"every year": {event("DTSTART;VALUE=DATE:20101225", "RRULE:FREQ=YEARLY", "SUMMARY:Christmas"),
			"2025-12-25 Christmas\n2026-12-25 Christmas\n2027-12-25 Christmas\n2028-12-25 Christmas\n"},
		"every leap year":       {event("DTSTART;VALUE=DATE:20240229", "RRULE:FREQ=YEARLY"), "2028-02-29\n"},
		"the fourth Thursday":   {event("DTSTART;VALUE=DATE:20201126", "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH"), "2025-11-27\n2026-11-26\n2027-11-25\n2028-11-23\n"},
		"the last Monday":       {event("DTSTART;VALUE=DATE:20200525", "RRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO"), "2026-05-25\n2027-05-31\n2028-05-29\n2029-05-28\n"},
		"the 20th Monday":       {event("DTSTART;VALUE=DATE:20260518", "RRULE:FREQ=YEARLY;BYDAY=20MO;COUNT=2"), "2026-05-18\n2027-05-17\n"},
		"every second year":     {event("DTSTART;VALUE=DATE:20211101", "RRULE:FREQ=YEARLY;INTERVAL=2"), "2027-11-01\n2029-11-01\n"},
		"until":                 {event("DTSTART;VALUE=DATE:20261201", "RRULE:FREQ=MONTHLY;UNTIL=20270201"), "2026-12-01\n2027-01-01\n2027-02-01\n"},
		"so often":              {event("DTSTART;VALUE=DATE:20261130", "RRULE:FREQ=MONTHLY;COUNT=3;BYMONTHDAY=-1"), "2026-11-30\n2026-12-31\n2027-01-31\n"},
		"the 31st, where it is": {event("DTSTART;VALUE=DATE:20261231", "RRULE:FREQ=MONTHLY;COUNT=3"), "2026-12-31\n2027-01-31\n2027-03-31\n"},
		"the last workday":      {event("DTSTART;VALUE=DATE:20261130", "RRULE:FREQ=MONTHLY;COUNT=3;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1"), "2026-11-30\n2026-12-31\n2027-01-29\n"},
		"every second Friday":   {event("DTSTART;VALUE=DATE:20261120", "RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=3"), "2026-11-20\n2026-12-04\n2026-12-18\n"},
		"two days a week":       {event("DTSTART;VALUE=DATE:20261119", "RRULE:FREQ=WEEKLY;BYDAY=TH,MO;COUNT=4"), "2026-11-19\n2026-11-23\n2026-11-26\n2026-11-30\n"},
		"every tenth day":       {event("DTSTART;VALUE=DATE:20261120", "RRULE:FREQ=DAILY;INTERVAL=10;UNTIL=20261220T000000Z"), "2026-11-20\n2026-11-30\n2026-12-10\n2026-12-20\n"},
		"two days each year":    {event("DTSTART;VALUE=DATE:20251225", "DTEND;VALUE=DATE:20251227", "RRULE:FREQ=YEARLY;COUNT=2"), "2025-12-25 to 2025-12-26\n2026-12-25 to 2026-12-26\n"},
		"but not on":            {event("DTSTART;VALUE=DATE:20261201", "RRULE:FREQ=MONTHLY;COUNT=3", "EXDATE;VALUE=DATE:20270101"), "2026-12-01\n2027-02-01\n"},
		"and besides on":        {event("DTSTART;VALUE=DATE:20261201", "RDATE;VALUE=DATE:20261210,20261211"), "2026-12-01\n2026-12-10\n2026-12-11\n"},
		"moved once": {event("DTSTART;VALUE=DATE:20261201", "RRULE:FREQ=MONTHLY;COUNT=3") + event("RECURRENCE-ID;VALUE=DATE:20270101", "DTSTART;VALUE=DATE:20270104"),
			"2026-12-01\n2027-02-01\n2027-01-04\n"},
	} {
		if got, _ := parsed(t, calendar(c.file)); got != c.want {
			t.Errorf("%s (-want +got):\n%s", name, cmp.Diff(c.want, got))
		}
	}
}

func TestWhatACalendarLeavesOut(t *testing.T) {
	got, read := parsed(t, calendar(
		event("DTSTART:20261120T090000Z", "DTEND:20261120T170000Z", "SUMMARY:All hands"),
		event("DTSTART;VALUE=DATE:20261224", "STATUS:CANCELLED"),
		event("DTSTART;VALUE=DATE:20261225"),
		event("DTSTART:20261120T090000Z", "DURATION:PT1H"),
	))
	if want := "Left out: 2 events without a whole day and one cancelled event."; got != "2026-12-25\n" || read.Words() != want {
		t.Errorf("%q, %q", got, read.Words())
	}
}

func TestCalendarsThatAreBroken(t *testing.T) {
	for name, c := range map[string]struct{ file, want string }{
		"garbage":            {"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:tomorrow\nEND:VEVENT\nEND:VCALENDAR", `Line 3: "tomorrow" is no day such as 20261225.`},
		"no day":             {calendar(event("SUMMARY:Christmas")), "Line 3: this event has no day (DTSTART)."},
		"cut off":            {"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20261225\n", "Line 3: the file ends here within a VEVENT: it is not whole."},
		"no line of it":      {calendar("hello\r\n"), `Line 3: this is no line of a calendar file: "hello".`},
		"ends before":        {calendar(event("DTSTART;VALUE=DATE:20261225") + "END:VEVENT\r\n"), "Line 7: VEVENT ends here without having begun."},
		"a rule of hours":    {calendar(event("DTSTART;VALUE=DATE:20261225", "RRULE:FREQ=HOURLY")), "Line 6: the rule \"FREQ=HOURLY\": what comes again more often than once a day is no holiday."},
		"a rule of weeks":    {calendar(event("DTSTART;VALUE=DATE:20261225", "RRULE:FREQ=YEARLY;BYWEEKNO=20")), "BYWEEKNO is not understood; write the days out as events of their own."},
		"a rule of nothing":  {calendar(event("DTSTART;VALUE=DATE:20261225", "RRULE:INTERVAL=2")), "does not say how often (FREQ)"},
		"a 0th Monday":       {calendar(event("DTSTART;VALUE=DATE:20261225", "RRULE:FREQ=MONTHLY;BYDAY=0MO")), `"0MO" is no day of the week such as MO or 2MO.`},
		"every day for ever": {calendar(strings.Repeat(event("DTSTART;VALUE=DATE:20261225", "RRULE:FREQ=DAILY"), 5)), "A team has at most 5000 holidays"},
		"of two years":       {calendar(event("DTSTART;VALUE=DATE:20261225", "DTEND;VALUE=DATE:20281225")), "Line 3: it is longer than 366 days"},
		"of long ago":        {calendar(event("DTSTART;VALUE=DATE:00010101", "RRULE:FREQ=YEARLY;COUNT=10000")), "Line 5: 0001-01-01 is long ago."},
	} {
		if said := refused(t, c.file); !strings.Contains(said, c.want) {
			t.Errorf("%s: %s, want %s", name, said, c.want)
		}
	}
}

// TestALargeCalendarIsReadAtOnce has as many events as a team may have holidays, and
// rules that never come.
func TestALargeCalendarIsReadAtOnce(t *testing.T) {
	var events []string
	for i := range 4990 {
		day := time.Date(2020, 1, 1+i, 0, 0, 0, 0, time.UTC)
		events = append(events, event("DTSTART;VALUE=DATE:"+day.Format("20060102"), fmt.Sprintf("SUMMARY:Day %d", i)))
	}
	never := event("DTSTART;VALUE=DATE:19000101", "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=10000")
	began := time.Now()
	_, read := parsed(t, calendar(strings.Join(events, "")+strings.Repeat(never, 100)))
	t.Logf("%d holidays in %s", len(read.Days), time.Since(began))
	if len(read.Days) != 4990 {
		t.Errorf("%d holidays", len(read.Days))
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("it took %s", took)
	}
}

// TestHolidaysOnADay compares with looking at every entry.
func TestHolidaysOnADay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var days pipeline.Holidays
		for range rapid.IntRange(0, 30).Draw(t, "n") {
			first := noon.AddDate(0, 0, rapid.IntRange(0, 800).Draw(t, "first"))
			days = append(days, pipeline.Holiday{
				First: first.Format(time.DateOnly), Last: first.AddDate(0, 0, rapid.IntRange(0, 365).Draw(t, "days")).Format(time.DateOnly),
			})
		}
		team := pipeline.Team{Key: "PAY", Owners: []string{"U1"}}
		kept, err := pipeline.ChangeHolidays(pipeline.Policy{}, pipeline.Person{ID: "U1"}, pipeline.Where{Team: &team, InChannel: true}, pipeline.TeamHolidays{Team: "PAY"}, days, noon)
		if err != nil {
			t.Fatal(err)
		}
		day := noon.AddDate(0, 0, rapid.IntRange(-10, 1300).Draw(t, "day")).Format(time.DateOnly)
		want := false
		for _, one := range days {
			want = want || one.First <= day && day <= one.Last
		}
		if got := kept.Days.On(day); got != want {
			t.Fatalf("%s among %v: %t", day, kept.Days, got)
		}
		again, err := pipeline.ParseHolidays(kept.Days.Text(), noon, time.UTC)
		if err != nil || !cmp.Equal(kept.Days, again.Days) {
			t.Fatalf("%v is read as %v, %v", kept.Days, again.Days, err)
		}
	})
}

func FuzzParseHolidays(f *testing.F) {
	f.Add("2026-12-24 to 2027-01-01 Closed\n# Germany\n2026-10-03")
	f.Add(calendar(event("DTSTART;VALUE=DATE:20261225", "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH", "EXDATE:20271225")))
	f.Add(calendar(event("DTSTART:20261120T090000Z", "DURATION:P1W", "RECURRENCE-ID:20261120")))
	f.Fuzz(func(t *testing.T, text string) {
		read, err := pipeline.ParseHolidays(text, noon, time.UTC)
		if (err != nil) && len(read.Days) > 0 {
			t.Fatal("read and refused at once")
		}
		for _, day := range read.Days {
			if _, err := time.Parse(time.DateOnly, day.First); err != nil || day.Last < day.First || pipeline.Length(day.Name) > pipeline.HolidayNameLimit {
				t.Fatalf("%+v", day)
			}
		}
	})
}
