package pipeline_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"alignbot/pipeline"
)

func TestWhatARoleAsks(t *testing.T) {
	where := pipeline.Where{Team: payments("U_OWNER")}
	idea := linkedTo(12, "PAY-O3")
	elsewhere := idea
	elsewhere.Key.Team = "GRO"
	for name, c := range map[string]struct {
		form    pipeline.RoleForm
		idea    *pipeline.Idea
		nodes   pipeline.Nodes
		wrong   pipeline.Field // "" for none
		words   string         // "" where it is refused altogether
		choices string
	}{
		"which outcome matters":     {pipeline.RoleForm{}, nil, probeNodes(2), "", "Which outcome matters most now?", "PAY-O1 PAY-O3 PAY-O4"},
		"which outcome an idea has": {pipeline.RoleForm{Item: "PAY-12"}, &idea, probeNodes(2), "", "Which outcome is PAY-12 for?", "PAY-O1 PAY-O3 PAY-O4"},
		"the newest of many":        {pipeline.RoleForm{}, nil, probeNodes(20), "", "Which outcome matters most now?", "PAY-O17 PAY-O18 PAY-O19 PAY-O20 PAY-O21 PAY-O22"},
		"its own of many":           {pipeline.RoleForm{Item: "12"}, &idea, probeNodes(20), "", "Which outcome is PAY-12 for?", "PAY-O3 PAY-O18 PAY-O19 PAY-O20 PAY-O21 PAY-O22"},
		"an idea that is not there": {pipeline.RoleForm{Item: "PAY-99"}, nil, probeNodes(2), pipeline.FieldRoleItem, "", ""},
		"an idea of another team":   {pipeline.RoleForm{Item: "GRO-12"}, &elsewhere, probeNodes(2), pipeline.FieldRoleItem, "", ""},
		"days that are none":        {pipeline.RoleForm{Days: "soon"}, nil, probeNodes(2), pipeline.FieldDays, "", ""},
		"one outcome":               {pipeline.RoleForm{}, nil, probeNodes(0), "", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			nodes := c.nodes
			for i := range nodes.Outcomes {
				nodes.Outcomes[i].Kind = pipeline.ProductOutcome
			}
			q, err := pipeline.AskRoles(pipeline.Policy{}, pipeline.Person{ID: "U1"}, where, c.form, c.idea, nodes, noon)
			var problem *pipeline.Problem
			if c.words == "" {
				if !errors.As(err, &problem) || (c.wrong != "") != (problem.Fields[c.wrong] != "") {
					t.Fatalf("asked: %+v (%v)", q, err)
				}
				return
			}
			var keys []string
			for _, choice := range q.Choices {
				keys = append(keys, choice.Outcome.String())
			}
			if err != nil || q.Words() != c.words || strings.Join(keys, " ") != c.choices || !q.Deadline.After(noon) || len(q.Options()) != len(keys)+2 {
				t.Errorf("asked: %+v (%v)", q, err)
			}
		})
	}
	if _, err := pipeline.AskRoles(pipeline.Policy{}, pipeline.Person{ID: "U1", Outsider: true}, where, pipeline.RoleForm{}, nil, probeNodes(3), noon); err == nil {
		t.Error("an outsider asks")
	}
}

// answersOf are answers of each role, by the places of the choices.
func answersOf(owners, developers, stakeholders []int) (answers []pipeline.RoleAnswer) {
	for i, places := range [][]int{owners, developers, stakeholders} {
		for _, place := range places {
			answers = append(answers, pipeline.RoleAnswer{Role: pipeline.TeamRoles()[i], Choice: place})
		}
	}
	return answers
}

func TestHowRolesSpread(t *testing.T) {
	q := pipeline.RoleQuestion{Team: "PAY", Deadline: noon, Choices: []pipeline.RoleChoice{{Outcome: nodeKey("PAY-O1")}, {Outcome: nodeKey("PAY-O3")}}}
	for name, c := range map[string]struct {
		owners, developers, stakeholders []int
		groups                           []string // how each is told
		part                             string
	}{
		"nobody": {nil, nil, nil, nil, ""},
		"three":  {[]int{0}, []int{0}, []int{1}, nil, ""},
		"a single product owner is told with the fewest others": {
			[]int{0}, []int{1, 1, 1, 0}, []int{0, 0, 0},
			[]string{"product owners and stakeholders: 4 of 4 say PAY-O1", "developers: 3 of 4 say PAY-O3, 1 PAY-O1"},
			"The most frequent answer of product owners and stakeholders is PAY-O1, that of developers is PAY-O3.",
		},
		"four from everywhere are told as one": {
			[]int{0}, []int{0, 3}, []int{0},
			[]string{"product owners, developers and stakeholders: 3 of 4 say PAY-O1, 1 “I do not know”"}, "",
		},
		"two small roles are told together": {
			[]int{0, 1}, []int{1, 1, 1}, []int{2},
			[]string{"product owners and stakeholders: 1 of 3 say PAY-O1, 1 PAY-O3, 1 “Another one, or none”", "developers: 3 of 3 say PAY-O3"}, "",
		},
		"roles that agree": {
			[]int{0, 0, 0}, []int{0, 0, 1}, []int{0, 0, 0, 0},
			[]string{"product owners: 3 of 3 say PAY-O1", "developers: 2 of 3 say PAY-O1, 1 PAY-O3", "stakeholders: 4 of 4 say PAY-O1"}, "",
		},
		"one group that is of several minds": {
			nil, []int{0, 0, 1, 1, 3}, nil,
			[]string{"developers: 2 of 5 say PAY-O1, 2 PAY-O3, 1 “I do not know”"}, "No answer has more than half of the 5.",
		},
		"a choice that there is not counts nowhere": {
			nil, []int{0, 0, 0, 9, -1}, nil, []string{"developers: 3 of 3 say PAY-O1"}, "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			closed, err := pipeline.CloseRoles(pipeline.Policy{}, nil, pipeline.Where{Team: payments()}, q, answersOf(c.owners, c.developers, c.stakeholders), noon)
			if err != nil {
				t.Fatal(err)
			}
			var groups []string
			for _, g := range closed.Spread.Groups {
				groups = append(groups, g.Name()+": "+g.Words(closed))
			}
			if diff := cmp.Diff(c.groups, groups); diff != "" || closed.Part() != c.part {
				t.Errorf("%s\nparts: %q", diff, closed.Part())
			}
			minutes := 0
			for _, step := range closed.Agenda() {
				minutes += step.Minutes
			}
			if minutes != pipeline.RoleMinutes || pipeline.Length(closed.Point()) > pipeline.PointLimit {
				t.Errorf("it takes %d minutes: %s", minutes, closed.Point())
			}
		})
	}
}

// However answers fall, no group is told that is smaller than three.
func TestNoRoleIsToldOfAlone(t *testing.T) {
	q := pipeline.RoleQuestion{Team: "PAY", Deadline: noon, Choices: []pipeline.RoleChoice{{Outcome: nodeKey("PAY-O1")}, {Outcome: nodeKey("PAY-O3")}}}
	for owners := range 6 {
		for developers := range 6 {
			for stakeholders := range 6 {
				all := answersOf(make([]int, owners), make([]int, developers), make([]int, stakeholders))
				closed, err := pipeline.CloseRoles(pipeline.Policy{}, nil, pipeline.Where{Team: payments()}, q, all, noon)
				if err != nil {
					t.Fatal(err)
				}
				told := 0
				for _, g := range closed.Spread.Groups {
					n := 0
					for _, count := range g.Counts {
						n += count
					}
					if told += n; n < pipeline.RoleLeast {
						t.Errorf("%d, %d and %d answers: %s have %d", owners, developers, stakeholders, g.Name(), n)
					}
				}
				if len(all) < pipeline.AnonymousLeast && told > 0 || len(all) >= pipeline.AnonymousLeast && told != len(all) {
					t.Errorf("of %d answers %d are told", len(all), told)
				}
			}
		}
	}
}

func TestWhoAnswersAndCloses(t *testing.T) {
	where := pipeline.Where{Team: payments("U_OWNER")}
	q := pipeline.RoleQuestion{Team: "PAY", StartedBy: "U1", Deadline: noon, Choices: []pipeline.RoleChoice{{Outcome: nodeKey("PAY-O1")}, {Outcome: nodeKey("PAY-O3")}}}
	early := noon.Add(-1)
	for place, ok := range map[int]bool{-1: false, 0: true, 3: true, 4: false} {
		if err := pipeline.CheckRoleAnswer(pipeline.Policy{}, pipeline.Person{ID: "U2"}, where, q, place, early); (err == nil) != ok {
			t.Errorf("choice %d: %v", place, err)
		}
	}
	if err := pipeline.CheckRoleAnswer(pipeline.Policy{}, pipeline.Person{ID: "U2"}, where, q, 0, noon); err == nil {
		t.Error("answered at the deadline")
	}
	for _, c := range []struct {
		who  *pipeline.Person
		want string
	}{
		{&pipeline.Person{ID: "U1"}, "<nil>"}, {&pipeline.Person{ID: "U_OWNER"}, "<nil>"},
		{&pipeline.Person{ID: "U2"}, "A round of questions can be closed early"}, {nil, "Its deadline has not come yet."},
	} {
		_, err := pipeline.CloseRoles(pipeline.Policy{}, c.who, where, q, nil, early)
		if !strings.HasPrefix(fmt.Sprint(err), c.want) {
			t.Errorf("%+v closes: %v", c.who, err)
		}
	}
	closed, _ := pipeline.CloseRoles(pipeline.Policy{}, nil, where, q, nil, noon.Add(1))
	if _, err := pipeline.CloseRoles(pipeline.Policy{}, nil, where, closed, nil, noon.Add(2)); err == nil || !closed.Closed.Equal(noon) {
		t.Errorf("closed twice: %+v", closed)
	}
	team := payments("U_OWNER", "U_BOTH")
	for user, want := range map[string]pipeline.TeamRole{"U_OWNER": "owner", "U_BOTH": "owner", "U_DEV": "developer", "U_ELSE": "stakeholder"} {
		if got := pipeline.TeamRoleOf(user, *team, pipeline.Developers{People: []string{"U_BOTH", "U_DEV"}}); got != want {
			t.Errorf("%s is %q", user, got)
		}
	}
}
