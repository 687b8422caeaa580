package pipeline_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"alignbot/pipeline"
)

// everything is a rule with all there is.
var everything = pipeline.Revisit{
	Day: "2027-02-18", AskedBy: 3, OutcomeRed: pipeline.OutcomeKey{Team: "PAY", Number: 3},
	TestPassed: pipeline.NamedTest{Idea: pay9, Run: 2}, Delivered: pipeline.Key{Team: "PAY", Number: 14},
}

func TestWhatTripsARevisit(t *testing.T) {
	due := time.Date(2027, 2, 18, 9, 0, 0, 0, time.UTC)
	before, all := due.Add(-time.Second), pipeline.RevisitFacts{AskedBy: 4, Red: true, TestPassed: true, Delivered: true}
	for name, c := range map[string]struct {
		rule  pipeline.Revisit
		facts pipeline.RevisitFacts
		now   time.Time
		want  string // "" when it does not
	}{
		"nothing yet":              {everything, pipeline.RevisitFacts{}, before, ""},
		"its day":                  {everything, pipeline.RevisitFacts{}, due, "The day set for it, 18 Feb 2027, has come."},
		"long after its day":       {everything, pipeline.RevisitFacts{}, due.AddDate(1, 0, 0), "The day set for it, 18 Feb 2027, has come."},
		"two of three asked":       {everything, pipeline.RevisitFacts{AskedBy: 2}, before, ""},
		"three of three asked":     {everything, pipeline.RevisitFacts{AskedBy: 3}, before, "3 different people have asked for it again."},
		"its outcome":              {everything, pipeline.RevisitFacts{Red: true}, before, "PAY-O3 turned red."},
		"its outcome is closed":    {everything, pipeline.RevisitFacts{RedNever: true}, before, ""},
		"all it waits for":         {pipeline.Revisit{OutcomeRed: everything.OutcomeRed}, pipeline.RevisitFacts{RedNever: true}, before, "PAY-O3 is closed, so it cannot turn red any more."},
		"its test":                 {everything, pipeline.RevisitFacts{TestPassed: true}, before, "Checklist 2 of PAY-9 passed."},
		"another idea":             {everything, pipeline.RevisitFacts{Delivered: true}, before, "PAY-14 was delivered."},
		"all at once":              {everything, all, due, "The day set for it, 18 Feb 2027, has come, 4 different people have asked for it again, PAY-O3 turned red, checklist 2 of PAY-9 passed and PAY-14 was delivered."},
		"nothing that it asks for": {pipeline.Revisit{Day: "2027-02-18"}, all, before, ""},
		"no rule":                  {pipeline.Revisit{}, all, due, ""},
		"a day that is none":       {pipeline.Revisit{Day: "soon"}, pipeline.RevisitFacts{}, due, ""},
	} {
		trips, words := c.rule.Trips(c.facts, time.UTC, c.now)
		if trips != (c.want != "") || words != c.want {
			t.Errorf("%s: %v, %q", name, trips, words)
		}
	}
}

func TestARevisitIsDueAtNineThere(t *testing.T) {
	for _, c := range []struct{ zone, day, want string }{
		{"UTC", "2027-02-18", "2027-02-18T09:00:00Z"},
		{"Europe/Berlin", "2027-03-28", "2027-03-28T07:00:00Z"}, // clocks went forward that night
		{"Europe/Berlin", "2027-03-27", "2027-03-27T08:00:00Z"},
		{"America/New_York", "2026-11-01", "2026-11-01T14:00:00Z"}, // and back that one
		{"Pacific/Auckland", "2027-02-18", "2027-02-17T20:00:00Z"},
		{"Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z"}, // a day that was skipped there
		{"UTC", "", "0001-01-01T00:00:00Z"},
		{"UTC", "2027-02-30", "0001-01-01T00:00:00Z"},
	} {
		if got := (pipeline.Revisit{Day: c.day}).DueAt(mustLoad(t, c.zone)).UTC().Format(time.RFC3339); got != c.want {
			t.Errorf("%s in %s: %s, want %s", c.day, c.zone, got, c.want)
		}
	}
}

// A form that is submitted as it opens is accepted, wherever the team is and
// whatever the hour.
func TestTheDefaultRevisitIsAcceptedEverywhere(t *testing.T) {
	if got := pipeline.DefaultRevisit(*payments("U1"), noon); got != (pipeline.Revisit{Day: "2027-02-18"}) {
		t.Errorf("90 days after %s is %+v", noon, got)
	}
	abroad := payments("U1")
	abroad.Zone = "Pacific/Auckland" // where it is the next day already
	if got := pipeline.DefaultRevisit(*abroad, noon); got != (pipeline.Revisit{Day: "2027-02-19"}) {
		t.Errorf("90 days after %s there is %+v", noon, got)
	}
	zones := pipeline.FindZones("", 1000)
	rapid.Check(t, func(t *rapid.T) {
		team := payments("U1")
		team.Zone = rapid.SampledFrom(zones).Draw(t, "zone")
		now := time.Unix(rapid.Int64Range(1_000_000_000, 4_000_000_000).Draw(t, "now"), 0)
		typed := notNow()
		typed.Revisit = pipeline.DefaultRevisit(*team, now)
		idea, _, err := pipeline.Park(pipeline.Policy{}, owner, pipeline.Where{Team: team}, ripe(pipeline.Captured), pipeline.Dossier{}, typed, now)
		if err != nil {
			t.Fatalf("%s at %s: %v", typed.Revisit.Day, now, err)
		}
		due := idea.Parking.Revisit.DueAt(team.Location())
		if days := due.Sub(now).Hours() / 24; days < 88.5 || days > 91.5 {
			t.Fatalf("due at %s, %.1f days after %s", due, days, now)
		}
		if trips, _ := idea.Parking.Revisit.Trips(pipeline.RevisitFacts{}, team.Location(), due.Add(-time.Second)); trips {
			t.Fatal("it trips before it is due")
		}
		if trips, _ := idea.Parking.Revisit.Trips(pipeline.RevisitFacts{}, team.Location(), due); !trips {
			t.Fatal("it does not trip when it is due")
		}
	})
}

func TestWhenItIsLookedAtAgainInWords(t *testing.T) {
	want := "on 18 Feb 2027, or when 3 different people ask for it again, or when PAY-O3 turns red, or when checklist 2 of PAY-9 passes, or when PAY-14 is delivered"
	if got := everything.Words(); got != want {
		t.Error(got)
	}
}

func TestAnIdeaComesBackOnce(t *testing.T) {
	team := payments("U1")
	due := time.Date(2027, 2, 18, 9, 0, 0, 0, time.UTC)
	waiting := parked(t, pipeline.Backlog, notNow())
	if _, event, ok := pipeline.ComeBack(*team, waiting, pipeline.RevisitFacts{AskedBy: 9}, due.Add(-time.Second)); ok || event.What != "" {
		t.Errorf("it came back before its time: %+v", event)
	}
	back, event, ok := pipeline.ComeBack(*team, waiting, pipeline.RevisitFacts{}, due)
	if !ok || !back.Parking.CameBack.Equal(due) || back.Stage != pipeline.Parked || !back.Staged.Equal(noon) || !back.Changed.Equal(due) {
		t.Errorf("it came back as %+v, %v", back, ok)
	}
	if diff := cmp.Diff(pipeline.Event{At: due, What: pipeline.CameBack, About: "The day set for it, 18 Feb 2027, has come."}, event); diff != "" {
		t.Error(diff)
	}
	if !waiting.Parking.CameBack.IsZero() {
		t.Error("the idea as it was has changed")
	}
	withdrawn, bare := waiting, ripe(pipeline.Parked)
	withdrawn.Withdrawn = noon
	for name, idea := range map[string]pipeline.Idea{
		"one that came back": back, "one that was withdrawn": withdrawn, "one without a record": bare, "one that is not parked": ripe(pipeline.Backlog),
	} {
		if _, _, ok := pipeline.ComeBack(*team, idea, pipeline.RevisitFacts{}, due.AddDate(1, 0, 0)); ok {
			t.Errorf("%s comes back", name)
		}
	}
}
