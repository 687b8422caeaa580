package pipeline_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"alignbot/pipeline"
)

func TestTheMostUrgentComesFirst(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 30, 0, 0, time.UTC)
	in := func(d time.Duration) time.Time { return now.Add(d) }
	day := 24 * time.Hour
	waiting := []pipeline.Waiting{
		{Kind: pipeline.WaitOrphan, Subject: "no day"},
		{Kind: pipeline.WaitVote, Subject: "ends in a day", Due: in(day)},
		{Kind: pipeline.WaitRound, Subject: "ends in less", Due: in(day - time.Minute)},
		{Kind: pipeline.WaitEffect, Subject: "late since a day", Due: in(-day)},
		{Kind: pipeline.WaitTest, Subject: "late since two", Due: in(-2 * day)},
		{Kind: pipeline.WaitChallenge, Subject: "asked for in an hour", Due: in(time.Hour)},
		{Kind: pipeline.WaitVote, Subject: "ends in an hour", Due: in(time.Hour)},
		{Kind: pipeline.WaitCheckIn, Subject: "late now", Due: now},
	}
	for range 20 {
		slices.SortFunc(waiting, func(a, b pipeline.Waiting) int { return pipeline.MoreUrgent(a, b, now) })
		var got []string
		for _, w := range waiting {
			got = append(got, w.Subject)
		}
		want := "ends in an hour, ends in less, late since two, late since a day, late now, asked for in an hour, ends in a day, no day"
		if strings.Join(got, ", ") != want {
			t.Fatalf("%s\nwant %s", strings.Join(got, ", "), want)
		}
		waiting = append(waiting[3:], waiting[:3]...)
	}
}

func TestANudgeAsksForTheFewMostUrgent(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 30, 0, 0, time.UTC)
	test := func(n string, late time.Duration) pipeline.Waiting {
		return pipeline.Waiting{Kind: pipeline.WaitTest, Subject: n, Due: now.Add(-late)}
	}
	seven := []pipeline.Waiting{test("g", 1), test("a", 7), test("b", 6), test("c", 5), test("d", 4), test("e", 3), test("f", 2)}
	told := func(ago time.Duration) pipeline.Waiting {
		return pipeline.Waiting{Kind: pipeline.WaitVote, Subject: "told", Due: now.Add(time.Hour), Told: now.Add(-ago)}
	}
	tests := map[string]struct {
		settings pipeline.NudgeSettings
		waiting  []pipeline.Waiting
		want     string
		more     int
	}{
		"nothing":                         {waiting: nil},
		"one":                             {waiting: seven[:1], want: "g"},
		"five of seven":                   {waiting: seven, want: "a b c d e", more: 2},
		"a kind that is off":              {pipeline.NudgeSettings{KindsOff: []pipeline.WaitKind{pipeline.WaitTest}}, seven, "", 0},
		"told in a message within a day":  {waiting: []pipeline.Waiting{told(24*time.Hour - time.Minute), seven[0]}, want: "g"},
		"told in a message a day before":  {waiting: []pipeline.Waiting{told(24 * time.Hour), seven[0]}, want: "told g"},
		"told of the only thing that day": {waiting: []pipeline.Waiting{told(time.Hour)}},
	}
	for name, c := range tests {
		t.Run(name, func(t *testing.T) {
			before := slices.Clone(c.waiting)
			nudge := pipeline.NudgeOf(c.settings, c.waiting, now)
			var got []string
			for _, item := range nudge.Items {
				got = append(got, item.Subject)
			}
			if strings.Join(got, " ") != c.want || nudge.More != c.more {
				t.Errorf("it asks for %v and %d more, want %q and %d", got, nudge.More, c.want, c.more)
			}
			if !slices.Equal(before, c.waiting) {
				t.Error("what was given is in another order")
			}
		})
	}
}

func TestWhichIdeasWaitForAnOutcome(t *testing.T) {
	linked := []pipeline.NodeKey{{Team: "PAY", Number: 1}}
	tests := map[string]struct {
		idea pipeline.Idea
		want bool
	}{
		"captured":               {pipeline.Idea{Stage: pipeline.Captured}, true},
		"in discovery":           {pipeline.Idea{Stage: pipeline.Discovery}, true},
		"in the Product Backlog": {pipeline.Idea{Stage: pipeline.Backlog}, true},
		"linked":                 {pipeline.Idea{Stage: pipeline.Captured, Outcomes: linked}, false},
		"delivered":              {pipeline.Idea{Stage: pipeline.Delivered}, false},
		"parked":                 {pipeline.Idea{Stage: pipeline.Parked}, false},
		"withdrawn":              {pipeline.Idea{Stage: pipeline.Captured, Withdrawn: time.Now()}, false},
	}
	for name, c := range tests {
		if got := pipeline.WaitsForOutcome(c.idea); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
