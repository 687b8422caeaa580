package pipeline_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alignbot/pipeline"
)

func TestCheckTeamNamesEverythingWrongAtOnce(t *testing.T) {
	_, err := pipeline.CheckTeam(pipeline.Team{Key: "1", Name: "\u200b", Zone: "Mars/Olympus", SprintWeeks: 7})
	want := []pipeline.Field{pipeline.FieldKey, pipeline.FieldName, pipeline.FieldOwners, pipeline.FieldSprint, pipeline.FieldWorkdays, pipeline.FieldZone}
	if diff := cmp.Diff(want, wrongFields(err)); diff != "" {
		t.Error(diff)
	}
}

func TestCheckTeamPutsItInOrder(t *testing.T) {
	team, err := pipeline.CheckTeam(pipeline.Team{
		Key: " pay ", Name: " Payments\x00 ", Owners: []string{"U2", "U1", "U2"}, Zone: "Europe/Berlin",
		Workdays: []time.Weekday{time.Sunday, time.Monday, time.Monday}, SprintWeeks: 2,
	})
	if err != nil {
		t.Fatal(err)
	}
	if team.Key != "PAY" || team.Name != "Payments" || !slices.Equal(team.Owners, []string{"U1", "U2"}) ||
		!slices.Equal(team.Workdays, []time.Weekday{time.Monday, time.Sunday}) {
		t.Errorf("%+v", team)
	}
}

func TestTheGatesOfATeam(t *testing.T) {
	ok := pipeline.DefaultTeam("C1", "payments", pipeline.Person{ID: "U1", Zone: "UTC"})
	ids := func(n int) []pipeline.TemplateID {
		var ids []pipeline.TemplateID
		for i := range n {
			ids = append(ids, pipeline.TemplateID(fmt.Sprintf("list-%d", i)))
		}
		return ids
	}
	for name, c := range map[string]struct {
		change func(*pipeline.Team)
		wrong  []pipeline.Field
	}{
		"as it starts":               {func(*pipeline.Team) {}, nil},
		"no checklist at all":        {func(t *pipeline.Team) { t.Required = nil }, nil},
		"ten checklists each":        {func(t *pipeline.Team) { t.Required, t.RequiredForBacklog = ids(10), ids(10) }, nil},
		"eleven are too many":        {func(t *pipeline.Team) { t.Required, t.RequiredForBacklog = ids(11), ids(11) }, []pipeline.Field{pipeline.FieldRequired, pipeline.FieldRequiredForBacklog}},
		"a checklist without a name": {func(t *pipeline.Team) { t.RequiredForBacklog = []pipeline.TemplateID{""} }, []pipeline.Field{pipeline.FieldRequiredForBacklog}},
		"one sprint":                 {func(t *pipeline.Team) { t.SoftLimit, t.HardLimit = 1, 1 }, nil},
		"twenty sprints":             {func(t *pipeline.Team) { t.SoftLimit, t.HardLimit = 20, 20 }, nil},
		"twenty-one":                 {func(t *pipeline.Team) { t.HardLimit = 21 }, []pipeline.Field{pipeline.FieldHardLimit}},
		"less than one":              {func(t *pipeline.Team) { t.SoftLimit, t.HardLimit = -1, -1 }, []pipeline.Field{pipeline.FieldHardLimit, pipeline.FieldSoftLimit}},
		"a warning after the limit":  {func(t *pipeline.Team) { t.SoftLimit, t.HardLimit = 7, 6 }, []pipeline.Field{pipeline.FieldSoftLimit}},
		"the highest velocity":       {func(t *pipeline.Team) { t.Velocity = 9999 }, nil},
		"a higher one":               {func(t *pipeline.Team) { t.Velocity = 10_000 }, []pipeline.Field{pipeline.FieldVelocity}},
		"a negative one":             {func(t *pipeline.Team) { t.Velocity = -1 }, []pipeline.Field{pipeline.FieldVelocity}},
	} {
		team := ok
		c.change(&team)
		_, err := pipeline.CheckTeam(team)
		if diff := cmp.Diff(c.wrong, wrongFields(err)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}

	team := ok
	team.Required = []pipeline.TemplateID{"b", " A ", "b", "a"}
	checked, err := pipeline.CheckTeam(team)
	if diff := cmp.Diff([]pipeline.TemplateID{"b", "a"}, checked.Required); err != nil || diff != "" {
		t.Errorf("each once, in their order: %v\n%s", err, diff)
	}
	if len(team.Required) != 4 || team.Required[1] != " A " {
		t.Errorf("what was given has changed: %q", team.Required)
	}
}

func TestATeamThatNeverSetItsLimitsHasThem(t *testing.T) {
	for _, c := range []struct{ soft, hard, wantSoft, wantHard int }{
		{0, 0, 4, 6}, {0, 3, 3, 3}, {0, 9, 4, 9}, {5, 0, 5, 6}, {8, 0, 8, 8}, {2, 3, 2, 3},
	} {
		team := pipeline.Team{SoftLimit: c.soft, HardLimit: c.hard}
		if soft, hard := team.Limits(); soft != c.wantSoft || hard != c.wantHard {
			t.Errorf("%d and %d: %d and %d, want %d and %d", c.soft, c.hard, soft, hard, c.wantSoft, c.wantHard)
		}
	}
	old := pipeline.DefaultTeam("C1", "payments", pipeline.Person{ID: "U1"})
	old.SoftLimit, old.HardLimit, old.Required = 0, 0, nil
	if checked, err := pipeline.CheckTeam(old); err != nil || checked.SoftLimit != 4 || checked.HardLimit != 6 || checked.Required != nil {
		t.Errorf("%+v, %v", checked, err)
	}
}

func TestDefaultTeamCanBeSetUpAsItIs(t *testing.T) {
	for channel, want := range map[string]pipeline.TeamKey{
		"payments": "PAY", "growth-core": "GC", "x": "TEAM", "日本語": "TEAM", "": "TEAM", "2024-plan": "TEAM", "a-very-long-name-of-a-channel-with-words": "AVLNOACW",
	} {
		team := pipeline.DefaultTeam("C1", channel, pipeline.Person{ID: "U1", Zone: "Nowhere/AtAll"})
		if team.Key != want {
			t.Errorf("key for #%s: %s, want %s", channel, team.Key, want)
		}
		if _, err := pipeline.CheckTeam(team); err != nil && channel != "" {
			t.Errorf("the default for #%s is refused: %v", channel, err)
		}
	}
}

func TestFindZones(t *testing.T) {
	for typed, want := range map[string]string{"berl": "Europe/Berlin", "new york": "America/New_York", "europe/lon": "Europe/London", "utc": "UTC"} {
		if got := pipeline.FindZones(typed, 5); !slices.Contains(got, want) {
			t.Errorf("FindZones(%q) = %v, want %s among them", typed, got, want)
		}
	}
	if got := pipeline.FindZones("", 100); len(got) != 100 {
		t.Errorf("nothing typed gives %d zones", len(got))
	}
	for _, zone := range pipeline.FindZones("", 1000) {
		if _, err := time.LoadLocation(zone); err != nil {
			t.Error(err)
		}
	}
}
