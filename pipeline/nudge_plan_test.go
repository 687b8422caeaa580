package pipeline_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alignbot/pipeline"
)

func TestPlanNudge(t *testing.T) {
	berlin := pipeline.Rhythm{Zone: "Europe/Berlin", Workdays: mondayToFriday}
	freed := berlin
	freed.Holidays = pipeline.Holidays{{First: "2026-11-20", Last: "2026-11-20"}}
	// A Friday; half past nine in Berlin is 08:30 in UTC.
	const due, nextDue = "2026-11-20T08:30:00Z", "2026-11-23T08:30:00Z"
	for name, c := range map[string]struct {
		now                 string
		look                pipeline.NudgeLook
		due                 string
		disturbed           string
		step                pipeline.LookStep
		day, why            string
		lookAgain, dueAgain string
	}{
		"nothing waits":                  {now: "2026-11-20T08:00:00Z", look: pipeline.NudgeLook{}, step: pipeline.LookRest},
		"something will":                 {now: "2026-11-20T08:00:00Z", look: pipeline.NudgeLook{NextWait: moment(t, "2026-12-01T00:00:00Z")}, step: pipeline.LookWait, lookAgain: "2026-12-01T00:00:00Z"},
		"something will, in no team yet": {now: "2026-11-20T08:00:00Z", look: pipeline.NudgeLook{NextWait: moment(t, "2026-12-01T00:00:00Z"), Rhythms: []pipeline.Rhythm{}}, step: pipeline.LookWait, lookAgain: "2026-12-01T00:00:00Z"},
		"all off":                        {now: "2026-11-20T08:00:00Z", look: pipeline.NudgeLook{Waits: true, Off: true}, step: pipeline.LookRest},
		"it began to wait early":         {now: "2026-11-20T07:00:00Z", look: pipeline.NudgeLook{Waits: true}, step: pipeline.LookWait, lookAgain: due, dueAgain: due},
		"it began to wait after nine":    {now: "2026-11-20T12:00:00Z", look: pipeline.NudgeLook{Waits: true}, step: pipeline.LookWait, lookAgain: nextDue, dueAgain: nextDue},
		"nobody looked until its moment": {now: "2026-11-20T08:30:02Z", look: pipeline.NudgeLook{Waits: true, Since: moment(t, "2026-11-19T22:00:00Z")}, step: pipeline.LookGo, day: "2026-11-20", lookAgain: nextDue, dueAgain: nextDue},
		"nobody looked the whole day":    {now: "2026-11-20T18:00:00Z", look: pipeline.NudgeLook{Waits: true, Since: moment(t, "2026-11-19T22:00:00Z")}, step: pipeline.LookMiss, day: "2026-11-20", why: "late", lookAgain: nextDue, dueAgain: nextDue},
		"it waits since after nine":      {now: "2026-11-20T12:00:00Z", look: pipeline.NudgeLook{Waits: true, Since: moment(t, "2026-11-20T11:00:00Z")}, step: pipeline.LookWait, lookAgain: nextDue, dueAgain: nextDue},
		"looked at before its moment":    {now: "2026-11-20T08:29:00Z", look: pipeline.NudgeLook{Waits: true}, due: due, step: pipeline.LookWait, lookAgain: due, dueAgain: due},
		"its moment":                     {now: due, look: pipeline.NudgeLook{Waits: true}, due: due, step: pipeline.LookGo, day: "2026-11-20", lookAgain: nextDue, dueAgain: nextDue},
		"nothing ran at its moment":      {now: "2026-11-20T15:00:00Z", look: pipeline.NudgeLook{Waits: true}, due: due, step: pipeline.LookGo, day: "2026-11-20", lookAgain: nextDue, dueAgain: nextDue},
		"nothing ran until the evening":  {now: "2026-11-20T17:00:00Z", look: pipeline.NudgeLook{Waits: true}, due: due, step: pipeline.LookMiss, day: "2026-11-20", why: "late", lookAgain: nextDue, dueAgain: nextDue},
		"nothing ran for a week":         {now: "2026-11-27T10:00:00Z", look: pipeline.NudgeLook{Waits: true}, due: due, step: pipeline.LookMiss, day: "2026-11-20", why: "late", lookAgain: "2026-11-27T10:00:00Z", dueAgain: nextDue},
		"nor on the next day of it":      {now: "2026-11-27T10:00:00Z", look: pipeline.NudgeLook{Waits: true, LastDay: "2026-11-20"}, due: nextDue, step: pipeline.LookMiss, day: "2026-11-23", why: "late", lookAgain: "2026-11-27T10:00:00Z", dueAgain: "2026-11-24T08:30:00Z"},
		"the last day before today":      {now: "2026-11-27T10:00:00Z", look: pipeline.NudgeLook{Waits: true, LastDay: "2026-11-25"}, due: "2026-11-26T08:30:00Z", step: pipeline.LookMiss, day: "2026-11-26", why: "late", lookAgain: "2026-11-27T10:00:00Z", dueAgain: "2026-11-27T08:30:00Z"},
		"nothing ran for a year":         {now: "2027-11-19T10:00:00Z", look: pipeline.NudgeLook{Waits: true}, due: due, step: pipeline.LookMiss, day: "2026-11-20", why: "late", lookAgain: "2027-11-19T10:00:00Z", dueAgain: "2027-11-08T08:30:00Z"},
		"that is noted, and one comes":   {now: "2026-11-27T10:00:00Z", look: pipeline.NudgeLook{Waits: true, LastDay: "2026-11-20"}, due: "2026-11-27T08:30:00Z", step: pipeline.LookGo, day: "2026-11-27", lookAgain: "2026-11-30T08:30:00Z", dueAgain: "2026-11-30T08:30:00Z"},
		"it has that day's":              {now: "2026-11-20T10:00:00Z", look: pipeline.NudgeLook{Waits: true, LastDay: "2026-11-20", LastAt: moment(t, due)}, due: due, step: pipeline.LookWait, lookAgain: nextDue, dueAgain: nextDue},
		"it was made a holiday":          {now: due, look: pipeline.NudgeLook{Waits: true, Rhythms: []pipeline.Rhythm{freed}}, due: due, step: pipeline.LookWait, lookAgain: nextDue, dueAgain: nextDue},
		"of one of two teams":            {now: due, look: pipeline.NudgeLook{Waits: true, Rhythms: []pipeline.Rhythm{freed, berlin}}, due: due, step: pipeline.LookGo, day: "2026-11-20", lookAgain: nextDue, dueAgain: nextDue},
		"do-not-disturb until noon":      {now: due, look: pipeline.NudgeLook{Waits: true}, due: due, disturbed: "2026-11-20T11:00:00Z", step: pipeline.LookHold, day: "2026-11-20", why: "do-not-disturb", lookAgain: "2026-11-20T11:00:00Z", dueAgain: due},
		"do-not-disturb until evening":   {now: due, look: pipeline.NudgeLook{Waits: true}, due: due, disturbed: "2026-11-20T17:00:00Z", step: pipeline.LookMiss, day: "2026-11-20", why: "do-not-disturb", lookAgain: nextDue, dueAgain: nextDue},
		"do-not-disturb is over":         {now: "2026-11-20T11:00:00Z", look: pipeline.NudgeLook{Waits: true}, due: due, disturbed: "2026-11-20T10:59:00Z", step: pipeline.LookGo, day: "2026-11-20", lookAgain: nextDue, dueAgain: nextDue},
		"Slack does not tell":            {now: due, look: pipeline.NudgeLook{Waits: true, Disturb: pipeline.Disturb{Unknown: true}}, due: due, step: pipeline.LookHold, day: "2026-11-20", why: "dnd-unknown", lookAgain: "2026-11-20T08:31:00Z", dueAgain: due},
		"nor until the evening":          {now: "2026-11-20T16:59:30Z", look: pipeline.NudgeLook{Waits: true, Disturb: pipeline.Disturb{Unknown: true}}, due: due, step: pipeline.LookMiss, day: "2026-11-20", why: "dnd-unknown", lookAgain: nextDue, dueAgain: nextDue},
		"landed where it is night":       {now: due, look: pipeline.NudgeLook{Waits: true, Rhythms: []pipeline.Rhythm{{Zone: "America/New_York"}}}, due: due, step: pipeline.LookWait, lookAgain: "2026-11-20T14:30:00Z", dueAgain: "2026-11-20T14:30:00Z"},
		// From Auckland, where it was the 21st, to Honolulu, where it becomes it again.
		"went east over the date line": {now: "2026-11-20T22:00:00Z", look: pipeline.NudgeLook{Waits: true, LastDay: "2026-11-21", LastAt: moment(t, "2026-11-20T20:30:00Z"), Rhythms: []pipeline.Rhythm{{Zone: "Pacific/Honolulu"}}},
			due: "2026-11-20T20:30:00Z", step: pipeline.LookWait, lookAgain: "2026-11-22T19:30:00Z", dueAgain: "2026-11-22T19:30:00Z"},
		// From Honolulu, on the 20th, to Auckland, where that was the 21st.
		"went west over the date line": {now: "2026-11-20T20:45:00Z", look: pipeline.NudgeLook{Waits: true, LastDay: "2026-11-20", LastAt: moment(t, "2026-11-20T19:30:00Z"), Rhythms: []pipeline.Rhythm{{Zone: "Pacific/Auckland"}}},
			due: "2026-11-20T20:30:00Z", step: pipeline.LookWait, lookAgain: "2026-11-21T20:30:00Z", dueAgain: "2026-11-21T20:30:00Z"},
	} {
		look := c.look
		look.Now = moment(t, c.now)
		if look.Rhythms == nil {
			look.Rhythms = []pipeline.Rhythm{berlin}
		}
		if c.due != "" {
			look.Due = moment(t, c.due)
		}
		if c.disturbed != "" {
			look.Disturb.Until = moment(t, c.disturbed)
		}
		plan := pipeline.PlanNudge(look)
		shown := func(at time.Time) string {
			if at.IsZero() {
				return ""
			}
			return at.UTC().Format(time.RFC3339)
		}
		got := []string{string(plan.Step), plan.Day, plan.Why, shown(plan.Look), shown(plan.Due)}
		if diff := cmp.Diff([]string{string(c.step), c.day, c.why, c.lookAgain, c.dueAgain}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if plan.Step == pipeline.LookGo && (!plan.Until.After(look.Now) || plan.Until.Sub(look.Now) > 24*time.Hour) {
			t.Errorf("%s: it may be sent until %s", name, plan.Until)
		}
	}
}

func TestPersonRhythm(t *testing.T) {
	team := pipeline.Team{Zone: "Europe/Berlin", Workdays: mondayToFriday}
	for name, c := range map[string]struct {
		settings pipeline.NudgeSettings
		zone     string
		want     pipeline.Rhythm
	}{
		"as everybody starts":       {zone: "Asia/Tokyo", want: pipeline.Rhythm{Zone: "Asia/Tokyo", Workdays: mondayToFriday}},
		"Slack tells no zone":       {want: pipeline.Rhythm{Zone: "Europe/Berlin", Workdays: mondayToFriday}},
		"or one that nobody knows":  {zone: "Mars/Olympus", want: pipeline.Rhythm{Zone: "Europe/Berlin", Workdays: mondayToFriday}},
		"away longer than snoozed":  {settings: pipeline.NudgeSettings{SnoozedUntil: "2026-12-01", AwayUntil: "2026-12-08"}, zone: "UTC", want: pipeline.Rhythm{Zone: "UTC", Workdays: mondayToFriday, AwayUntil: "2026-12-08"}},
		"snoozed, at another hour":  {settings: pipeline.NudgeSettings{At: 600, SnoozedUntil: "2026-12-01"}, zone: "UTC", want: pipeline.Rhythm{Zone: "UTC", At: 600, Workdays: mondayToFriday, AwayUntil: "2026-12-01"}},
		"once a week":               {settings: pipeline.NudgeSettings{Weekly: true, LastDay: "2026-11-20"}, zone: "UTC", want: pipeline.Rhythm{Zone: "UTC", Workdays: mondayToFriday, AwayUntil: "2026-11-27"}},
		"once a week, and none yet": {settings: pipeline.NudgeSettings{Weekly: true}, zone: "UTC", want: pipeline.Rhythm{Zone: "UTC", Workdays: mondayToFriday}},
	} {
		if diff := cmp.Diff(c.want, pipeline.PersonRhythm(c.settings, c.zone, team, nil)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestEveryMissHasAReason(t *testing.T) {
	due := moment(t, "2026-11-20T08:30:00Z")
	of := func(who string, state pipeline.NudgeState, why string, late time.Duration) pipeline.NudgeDue {
		return pipeline.NudgeDue{Who: who, Day: "2026-11-20", Due: due, At: due.Add(late), State: state, Why: why}
	}
	a := pipeline.AuditNudges("2026-11-20", []pipeline.NudgeDue{
		of("@U9", pipeline.NudgeMissed, "late", time.Hour),
		of("@U1", pipeline.NudgeSent, "", time.Second),
		of("@U2", pipeline.NudgeSent, "", 2*time.Minute),
		of("@U3", pipeline.NudgeSkipped, "nothing-to-say", 0),
		of("@U4", pipeline.NudgeFailed, "user_disabled", 0),
		of("@U5", pipeline.NudgeUnknown, "lease-expired", 0),
		of("@U6", pipeline.NudgeMissed, "do-not-disturb", 0),
		of("@U7", pipeline.NudgeHeld, "dnd-unknown", 0),
		of("PAY", pipeline.NudgePlanned, "", 0),
		of("WEB", pipeline.NudgeMissed, "", 0),
	})
	if want := "2026-11-20: 10 due, 2 sent (1 more than a minute late), 1 had nothing to say any more, 3 missed, 1 failed, 1 unknown, 1 held, 1 waiting"; a.Words() != want {
		t.Errorf("%s, want\n%s", a.Words(), want)
	}
	var misses []string
	for _, miss := range a.Misses {
		misses = append(misses, miss.Who+": "+miss.Reason)
	}
	want := []string{
		"@U4: Slack refused it: user_disabled",
		"@U5: nobody knows whether it arrived (lease-expired), so it was not sent again",
		"@U6: the person had do-not-disturb on in Slack for as long as nudges come that day",
		"@U7: it is still held back (dnd-unknown), and nothing looked at it again",
		"@U9: its turn came after the hours in which nudges are sent: nothing ran, or Slack took no more before",
		"PAY: it still waits to be sent",
		"WEB: it was not sent on its day: no reason was kept",
	}
	if diff := cmp.Diff(want, misses); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestADayIsAuditedWhenItIsOverEverywhere(t *testing.T) {
	for now, want := range map[string]string{
		"2026-11-21T12:59:59Z": "2026-11-19",
		"2026-11-21T13:00:00Z": "2026-11-20",
		"2026-11-22T00:00:00Z": "2026-11-20",
	} {
		if got := pipeline.AuditDay(moment(t, now)); got != want {
			t.Errorf("at %s: %s, want %s", now, got, want)
		}
		if strings.Compare(pipeline.AuditDay(moment(t, now)), now[:10]) >= 0 {
			t.Errorf("at %s a day is audited that is not over", now)
		}
	}
}
