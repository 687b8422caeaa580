package pipeline_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"alignbot/pipeline"
)

func TestNewElectorate(t *testing.T) {
	people := []pipeline.Person{
		{ID: "U3"}, {ID: "U1", Admin: true}, {ID: "U2"}, {ID: "U3"}, {},
		{ID: "G1", Guest: true},
		{ID: "B1", Bot: true}, {ID: "B2", Bot: true},
		{ID: "D1", Deactivated: true}, {ID: "D2", Deactivated: true, Guest: true}, {ID: "D3", Deactivated: true, Bot: true},
		{ID: "X1", Outsider: true}, {ID: "X2", Outsider: true, Guest: true}, {ID: "X2", Outsider: true, Guest: true},
	}
	for name, c := range map[string]struct {
		people    []pipeline.Person
		guests    bool
		ids, left []string
	}{
		"nobody": {},
		"without guests": {people, false, []string{"U1", "U2", "U3"}, []string{
			"2 bots were left out.", "3 deactivated people were left out.",
			"2 people of another organisation were left out.", "One guest was left out."}},
		"with guests": {people, true, []string{"G1", "U1", "U2", "U3"}, []string{
			"2 bots were left out.", "3 deactivated people were left out.", "2 people of another organisation were left out."}},
		"one of each left out": {[]pipeline.Person{people[5], people[6], people[8], people[11]}, false, nil, []string{
			"One bot was left out.", "One deactivated person was left out.",
			"One person of another organisation was left out.", "One guest was left out."}},
		"all can vote": {people[:3], false, []string{"U1", "U2", "U3"}, nil},
	} {
		ids, left := pipeline.NewElectorate(c.people, c.guests)
		if diff := cmp.Diff(c.ids, ids); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if diff := cmp.Diff(c.left, left); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestParseQuorum(t *testing.T) {
	for typed, want := range map[string]pipeline.Quorum{
		"": {}, " \u200b ": {}, "0": {}, "0 %": {},
		"5": {Number: 5}, " 05 ": {Number: 5}, "5 people": {Number: 5}, "5 votes": {Number: 5}, "2000": {Number: 2000},
		"50 %": {Percent: 50}, "50%": {Percent: 50}, "50 percent": {Percent: 50}, "100 %": {Percent: 100}, "1%": {Percent: 1},
	} {
		got, ok := pipeline.ParseQuorum(typed)
		if !ok || got != want {
			t.Errorf("%q: %+v, %v", typed, got, ok)
		}
		if again, ok := pipeline.ParseQuorum(got.String()); !ok || again != got {
			t.Errorf("%q, written %q, is read as %+v, %v", typed, got.String(), again, ok)
		}
	}
	for _, typed := range []string{"half", "-1", "1.5", "50 %%", "101 %", "5 of 10", "9999999", "٥"} {
		if got, ok := pipeline.ParseQuorum(typed); ok {
			t.Errorf("%q is taken for %+v", typed, got)
		}
	}
}

func TestAQuorumIsTheSmallestNumberThatReachesTheShare(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		percent, electorate := rapid.IntRange(1, 100).Draw(t, "percent"), rapid.IntRange(1, 2000).Draw(t, "electorate")
		of := pipeline.Quorum{Percent: percent}.Of(electorate)
		if of*100 < percent*electorate || (of-1)*100 >= percent*electorate || of > electorate {
			t.Fatalf("%d %% of %d are %d", percent, electorate, of)
		}
	})
}

func TestAVoteRuleInWords(t *testing.T) {
	for rule, want := range map[pipeline.VoteRule]string{
		{}:                      "",
		{Approve: 1}:            "at least one approves, nobody objects",
		{Approve: 5, Object: 1}: "at least 5 approve, at most one objects",
		{Approve: 5, Object: 2}: "at least 5 approve, at most 2 object",
	} {
		if got := rule.String(); got != want {
			t.Errorf("%+v: %q, want %q", rule, got, want)
		}
	}
}
