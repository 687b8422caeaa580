package pipeline_test

import (
	"maps"
	"testing"

	"alignbot/pipeline"
)

// sharesOf are those of a sprint into whose form they were typed.
func sharesOf(typed string) (map[pipeline.Work]int, error) {
	form := pipeline.SprintForm{First: "2026-11-16", Last: "2026-11-27", Goal: "People pay in time", Shares: typed}
	s, _, err := pipeline.StartSprint(pipeline.Policy{}, member, pipeline.Where{Team: sprintTeam()}, form, pipeline.SprintFacts{}, noon)
	return s.Shares, err
}

func TestSharesAsPeopleTypeThem(t *testing.T) {
	three := map[pipeline.Work]int{pipeline.Feature: 70, pipeline.Technical: 20, pipeline.Bug: 10}
	for typed, want := range map[string]map[pipeline.Work]int{
		"":                                {},
		"70 20 10":                        three,
		"70/20/10":                        three,
		"70, 20, 10":                      three,
		"70 % 20 % 10 %":                  three,
		"70%+20%+10%":                     three,
		"70 20 10 0":                      {pipeline.Feature: 70, pipeline.Technical: 20, pipeline.Bug: 10, pipeline.Research: 0},
		"feature 70 tech 20 bug 10":       three,
		"Feature: 70 % tech = 20% bugs10": three,
		"70 features 20 technical 10 bug": three,
		"70% feature, tech 20; 10 % bugs": three,
		"technical excellence 20":         {pipeline.Technical: 20},
		"80":                              {pipeline.Feature: 80},
	} {
		if got, err := sharesOf(typed); err != nil || !maps.Equal(got, want) {
			t.Errorf("%q is %v (%v)", typed, got, err)
		}
	}
	for _, typed := range []string{"feature", "70 20 10 0 0", "70 20 tech", "feature 70 20", "1.5 20", "-70 20", "70 magic", "feature 70 feature 20", "60 60", "99999999999999999999"} {
		if got, err := sharesOf(typed); err == nil {
			t.Errorf("%q is read as %v", typed, got)
		}
	}
}
