package pipeline_test

import (
	"errors"
	"strings"
	"testing"

	"alignbot/pipeline"
)

var (
	healthOwner  = pipeline.Person{ID: "UOWNER"}
	healthMember = pipeline.Person{ID: "UMEMBER"}
	healthAdmin  = pipeline.Person{ID: "UADMIN", Admin: true}
)

func healthWhere() pipeline.Where {
	team := healthTeam()
	return pipeline.Where{Team: &team, InChannel: true}
}

// starvedFacts are an alert of a starved backlog.
func starvedFacts() pipeline.HealthFacts { return healthCase{facts: ready(9)}.made() }

func speaks(t *testing.T, rules pipeline.HealthRules, rule pipeline.RuleID) (told, muted bool) {
	t.Helper()
	r := pipeline.ReportHealth(starvedFacts(), rules, healthNow)
	for _, f := range r.Findings {
		told = told || f.Rule == rule
	}
	for _, f := range r.Muted {
		muted = muted || f.Rule == rule
	}
	return told, muted
}

func TestAMutedRuleIsSilentUntilItsDay(t *testing.T) {
	rules := pipeline.HealthRules{Team: "PAY"}
	after, err := pipeline.MuteHealth(pipeline.Policy{}, healthOwner, healthWhere(), rules, pipeline.RuleStarved, " a quiet quarter ", "2026-11-21", healthNow)
	if err != nil {
		t.Fatal(err)
	}
	if mute := after.Muted[pipeline.RuleStarved]; mute.Why != "a quiet quarter" || mute.By != "UOWNER" {
		t.Errorf("muted as %+v", mute)
	}
	if len(rules.Muted) > 0 {
		t.Error("the rules that were given changed")
	}
	if told, muted := speaks(t, after, pipeline.RuleStarved); told || !muted {
		t.Errorf("on the day before: told %t, muted %t", told, muted)
	}
	after.Muted[pipeline.RuleStarved] = pipeline.Mute{Why: "over", Until: "2026-11-20"}
	if told, muted := speaks(t, after, pipeline.RuleStarved); !told || muted {
		t.Errorf("on its day: told %t, muted %t", told, muted)
	}
	if again, err := pipeline.UnmuteHealth(pipeline.Policy{}, healthAdmin, healthWhere(), after, pipeline.RuleStarved); err != nil || len(again.Muted) > 0 {
		t.Errorf("unmuted: %+v, %v", again, err)
	}
}

// An alert that comes before its warning, or a limit that nothing can reach, is refused
// with its field.
func TestLimitsThatMakeNoSense(t *testing.T) {
	for name, c := range map[string]struct {
		rule  pipeline.RuleID
		typed map[string]string
		wrong string // the limit at which it is said
	}{
		"an alert before its warning":        {pipeline.RuleOverSized, map[string]string{"warning": "6", "alert": "4"}, "alert"},
		"both at once":                       {pipeline.RuleOverSized, map[string]string{"warning": "5", "alert": "5"}, ""},
		"an alert over its warning":          {pipeline.RuleStarved, map[string]string{"warning": "2", "alert": "3"}, "alert"},
		"parking before the warning":         {pipeline.RuleOutdated, map[string]string{"warning": "60", "alert": "70", "park": "65"}, "park"},
		"an alert under the usual warning":   {pipeline.RuleOutdated, map[string]string{"alert": "30"}, "alert"},
		"as they are":                        {pipeline.RuleOutdated, nil, ""},
		"more sprints than are looked at":    {pipeline.RuleZombie, map[string]string{"count": "7"}, "count"},
		"as many sprints as are looked at":   {pipeline.RuleZombie, map[string]string{"count": "6"}, ""},
		"limits that have nothing in common": {pipeline.RuleLoneRefiner, map[string]string{"people": "5", "percent": "3"}, ""},
	} {
		typed := map[pipeline.Field]string{}
		for limit, words := range c.typed {
			typed[pipeline.LimitField(c.rule, limit)] = words
		}
		_, err := pipeline.SetLimits(pipeline.Policy{}, healthOwner, healthWhere(), pipeline.HealthRules{Team: "PAY"}, c.rule, typed)
		var problem *pipeline.Problem
		if (err != nil) != (c.wrong != "") || err != nil && (!errors.As(err, &problem) || problem.Fields[pipeline.LimitField(c.rule, c.wrong)] == "") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestMutingNeedsAReasonAndADay(t *testing.T) {
	for name, c := range map[string]struct {
		why, until string
		fields     []pipeline.Field
	}{
		"nothing typed":    {"", "", []pipeline.Field{pipeline.FieldWhy, pipeline.FieldUntil}},
		"today":            {"because", "2026-11-20", []pipeline.Field{pipeline.FieldUntil}},
		"a year and a day": {"because", "2027-11-21", []pipeline.Field{pipeline.FieldUntil}},
		"a year":           {"because", "2027-11-20", nil},
		"no day":           {"because", "soon", []pipeline.Field{pipeline.FieldUntil}},
		"far too long":     {strings.Repeat("x", pipeline.ReasonLimit+1), "2026-12-18", []pipeline.Field{pipeline.FieldWhy}},
		"nothing visible":  {"\u200b", "2026-12-18", []pipeline.Field{pipeline.FieldWhy}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := pipeline.MuteHealth(pipeline.Policy{}, healthOwner, healthWhere(), pipeline.HealthRules{Team: "PAY"}, pipeline.RuleStarved, c.why, c.until, healthNow)
			var problem *pipeline.Problem
			if (err != nil) != (c.fields != nil) || err != nil && !errors.As(err, &problem) {
				t.Fatalf("got %v", err)
			}
			for _, field := range c.fields {
				if problem.Fields[field] == "" {
					t.Errorf("nothing is said about %s: %v", field, problem.Fields)
				}
			}
		})
	}
}

func TestWhoMutesRules(t *testing.T) {
	rules := pipeline.HealthRules{Team: "PAY"}
	for _, try := range []func(pipeline.Person, pipeline.HealthRules) error{
		func(p pipeline.Person, r pipeline.HealthRules) error {
			_, err := pipeline.MuteHealth(pipeline.Policy{}, p, healthWhere(), r, pipeline.RuleStarved, "because", "2026-12-18", healthNow)
			return err
		},
		func(p pipeline.Person, r pipeline.HealthRules) error {
			_, err := pipeline.UnmuteHealth(pipeline.Policy{}, p, healthWhere(), r, pipeline.RuleStarved)
			return err
		},
		func(p pipeline.Person, r pipeline.HealthRules) error {
			_, err := pipeline.SetLimits(pipeline.Policy{}, p, healthWhere(), r, pipeline.RuleStarved, nil)
			return err
		},
		func(p pipeline.Person, r pipeline.HealthRules) error {
			_, err := pipeline.ConfirmReady(pipeline.Policy{}, p, healthWhere(), r, healthNow)
			return err
		},
	} {
		if err := try(healthOwner, rules); err != nil {
			t.Errorf("a product owner: %v", err)
		}
		if err := try(healthAdmin, rules); err != nil {
			t.Errorf("an admin: %v", err)
		}
		if err := try(healthMember, rules); err == nil {
			t.Error("a member may")
		}
		if err := try(healthOwner, pipeline.HealthRules{Team: "GRO"}); err == nil {
			t.Error("a product owner of another team may")
		}
	}
	if _, err := pipeline.MuteHealth(pipeline.Policy{}, healthOwner, healthWhere(), rules, "no-such-rule", "because", "2026-12-18", healthNow); err == nil {
		t.Error("a rule that there is not was muted")
	}
}

func TestATeamSetsItsOwnLimits(t *testing.T) {
	limits := func(warning, alert string) map[pipeline.Field]string {
		return map[pipeline.Field]string{
			pipeline.LimitField(pipeline.RuleStarved, "warning"): warning, pipeline.LimitField(pipeline.RuleStarved, "alert"): alert,
		}
	}
	set := func(r pipeline.HealthRules, warning, alert string) (pipeline.HealthRules, error) {
		return pipeline.SetLimits(pipeline.Policy{}, healthOwner, healthWhere(), r, pipeline.RuleStarved, limits(warning, alert))
	}
	rules, err := set(pipeline.HealthRules{Team: "PAY"}, "0.9", "0.5")
	if err != nil {
		t.Fatal(err)
	}
	if told, _ := speaks(t, rules, pipeline.RuleStarved); told {
		t.Error("the rule speaks at its own limit")
	}
	if rules, err = set(rules, "1", ""); err != nil || len(rules.Limits) != 1 {
		t.Errorf("nothing typed is the default: %v, %v", rules.Limits, err)
	}
	if told, _ := speaks(t, rules, pipeline.RuleStarved); !told {
		t.Error("the rule is silent under its own limit")
	}
	if rules, err = set(rules, "3", "1"); err != nil || len(rules.Limits) != 0 {
		t.Errorf("defaults are not kept: %v, %v", rules.Limits, err)
	}
	for _, wrong := range []string{"-1", "21", "many", "1e9"} {
		if _, err := set(rules, wrong, "1"); err == nil {
			t.Errorf("%q was taken", wrong)
		}
	}
	if _, err := pipeline.SetLimits(pipeline.Policy{}, healthOwner, healthWhere(), rules, pipeline.RuleGoalLoose, nil); err == nil {
		t.Error("limits of a rule without any were set")
	}
	for _, rule := range pipeline.HealthRuleList() {
		for _, limit := range rule.Limits {
			if limit.Default < limit.Min || limit.Default > limit.Max || limit.Words == "" {
				t.Errorf("%s: the limit %+v cannot be what it starts with", rule.ID, limit)
			}
		}
	}
}

func TestConfirmingTheDefinitionOfReady(t *testing.T) {
	facts := healthCase{facts: confirmed(200)}.made()
	stale := func(rules pipeline.HealthRules) bool {
		for _, f := range pipeline.Health(facts, rules, healthNow) {
			if f.Rule == pipeline.RuleReadyNotChecked {
				return true
			}
		}
		return false
	}
	rules := pipeline.HealthRules{Team: "PAY"}
	if !stale(rules) {
		t.Error("nobody has confirmed it, and the rule is silent")
	}
	rules, err := pipeline.ConfirmReady(pipeline.Policy{}, healthOwner, healthWhere(), rules, ago(179))
	if err != nil || stale(rules) {
		t.Errorf("confirmed, and the rule speaks (%v)", err)
	}
}
