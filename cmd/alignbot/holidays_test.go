package main

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/storage"
	"alignbot/storage/redistest"
)

func TestHolidaysComeFromAFile(t *testing.T) {
	url := redistest.Start(t)
	addTeam(t, url, "T1", "PAY")
	run := func(code int, args ...string) (stdout, stderr string) {
		t.Helper()
		got, stdout, stderr := start(t, []string{"ALIGNBOT_REDIS_URL=" + url}, append([]string{"holidays"}, args...)...)
		if got != code {
			t.Fatalf("%q: exit code %d\n%s%s", args, got, stdout, stderr)
		}
		return stdout, stderr
	}
	calendar := write(t, "team.ics", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20991225\r\nSUMMARY:Christmas\r\nEND:VEVENT\r\n"+
		"BEGIN:VEVENT\r\nDTSTART:20991226T090000Z\r\nDTEND:20991226T100000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n")
	if said, _ := run(exitOK, "import", calendar); said != "PAY has 1 holiday now, 1 of them new. Left out: one event without a whole day.\n" {
		t.Errorf("said %q", said)
	}
	list := write(t, "list.txt", "2099-12-25 Christmas\n2099-12-31 New Year's Eve\n")
	if said, _ := run(exitOK, "import", list, "--team", "PAY"); !strings.HasPrefix(said, "PAY has 2 holidays now, 1 of them new.") {
		t.Errorf("said %q", said)
	}
	if listed, _ := run(exitOK, "export"); listed != "2099-12-25 Christmas\n2099-12-31 New Year's Eve\n" {
		t.Errorf("listed %q", listed)
	}
	broken := write(t, "broken.ics", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:tomorrow\n")
	if _, said := run(exitFailed, "import", broken, "--replace"); !strings.Contains(said, `broken.ics is not imported. Line 3: "tomorrow" is no day such as 20261225.`) {
		t.Errorf("said %q", said)
	}
	if said, _ := run(exitOK, "import", write(t, "one.txt", "2099-01-01"), "--replace"); !strings.HasPrefix(said, "PAY has 1 holiday now, 1 of them new.") {
		t.Errorf("said %q", said)
	}
	_, said := run(exitUsage, "import")
	if !strings.Contains(said, "the holidays to import") {
		t.Errorf("said %q", said)
	}
}

func TestNudgesAreAuditedOnTheCommandLine(t *testing.T) {
	url := redistest.Start(t)
	addTeam(t, url, "T1", "PAY")
	run := func(code int, args ...string) (stdout, stderr string) {
		t.Helper()
		got, stdout, stderr := start(t, []string{"ALIGNBOT_REDIS_URL=" + url}, append([]string{"nudges", "audit"}, args...)...)
		if got != code {
			t.Fatalf("%q: exit code %d\n%s%s", args, got, stdout, stderr)
		}
		return stdout, stderr
	}
	if said, _ := run(exitOK); !strings.HasPrefix(said, pipeline.AuditDay(time.Now())+": 0 due, 0 sent") {
		t.Errorf("said %q", said)
	}
	db, err := storage.Open(t.Context(), storage.Settings{URL: url}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	looks, now, _, err := db.Workspace("T1").ClaimNudges(t.Context(), 10, time.Minute)
	if err != nil || len(looks) == 0 {
		t.Fatalf("%v, %v", looks, err)
	}
	missed := storage.Looked{Look: looks[0], Plan: pipeline.NudgePlan{Step: pipeline.LookMiss, Day: "2026-11-20", Why: pipeline.NudgeLate, Look: now, Due: now}}
	if _, err := db.Workspace("T1").PlanNudges(t.Context(), []storage.Looked{missed}); err != nil {
		t.Fatal(err)
	}
	said, _ := run(exitFailed, "--day", "2026-11-20")
	for _, want := range []string{"2026-11-20: 1 due, 0 sent", "1 missed", looks[0].Who, "its turn came after the hours in which nudges are sent"} {
		if !strings.Contains(said, want) {
			t.Errorf("does not say %q:\n%s", want, said)
		}
	}
	if said, _ := run(exitFailed, "--day", "2026-11-20", "--json"); !strings.Contains(said, `"Missed": 1`) {
		t.Errorf("said %s", said)
	}
	if _, said := run(exitUsage, "--day", "yesterday"); !strings.Contains(said, `"yesterday" is no day`) {
		t.Errorf("said %q", said)
	}
}
