package pipeline_test

import (
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
