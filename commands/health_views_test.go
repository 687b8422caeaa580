package commands

import (
	"fmt"
	"time"

	"alignbot/pipeline"
	"alignbot/storage"
)

// drawnHealth is a report of so many findings with so many items each, by who may
// that.
func drawnHealth(w words, findings, items int, may func(pipeline.Action) bool) healthScene {
	team := pipeline.Team{Key: "PAY", Name: w.line, Channel: "C1", Owners: []string{"U1"}, Zone: "Europe/Berlin", Workdays: pipeline.Week()[:5]}
	s := healthScene{
		team: team, may: may, now: drawnAt, pace: pipeline.Pace{Work: 40, Sprints: 3, Measured: true},
		rules: pipeline.HealthRules{
			Team: "PAY", Limits: map[string]float64{"starved.warning": 2.5},
			Muted: map[pipeline.RuleID]pipeline.Mute{pipeline.RuleNoSlack: {Why: pipeline.Cut(pipeline.CleanLine(w.text), pipeline.ReasonLimit), Until: "2026-12-18", By: "U1", At: drawnAt}},
		},
	}
	bands := []pipeline.SupplyBand{{Name: "too little", Range: "under 3 sprints"}, {Name: "right", Range: "3 to 6 sprints"}, {Name: "too much", Range: "over 6 sprints"}}
	s.report = pipeline.HealthReport{
		Ready:  pipeline.Supply{Ideas: 9, Known: true, Sprints: 4.2, Bands: bands, At: 1},
		All:    pipeline.Supply{Ideas: 30, Unsized: 12, Known: true, Sprints: 5, At: -1, Bands: []pipeline.SupplyBand{{Name: "right", Range: "under 4 sprints"}, {Name: "much", Range: "4 to 6 sprints"}, {Name: "too much", Range: "over 6 sprints"}}},
		Ledger: []pipeline.LedgerLine{{Number: 14, Open: true, Technical: 12, TechnicalKnown: true}, {Number: 13, Technical: 30, TechnicalKnown: true, Slack: 25, SlackKnown: true}, {Number: 12}},
		Muted:  []pipeline.Finding{{Rule: pipeline.RuleNoSlack, Name: "No slack", Found: "17 of 20 points of sprint 4 were planned: 15 % free.", Level: pipeline.FindingWarning}},
	}
	for i, rule := range pipeline.HealthRuleList() {
		if i >= findings {
			s.report.Quiet = append(s.report.Quiet, pipeline.QuietRule{Rule: rule.ID, Name: rule.Name, Needs: "3 closed sprints; there are 1"})
			continue
		}
		f := pipeline.Finding{Rule: rule.ID, Name: rule.Name, Found: "Something was found of this.", Threshold: s.rules.Threshold(rule), Why: rule.Why, Level: pipeline.FindingWarning}
		if i < 3 {
			f.Level = pipeline.FindingAlert
		}
		for n := range items {
			key := fmt.Sprintf("PAY-%d", n+1)
			if rule.ID == pipeline.RuleSilentOutcome || rule.ID == pipeline.RuleOrphanOutcome {
				key = fmt.Sprintf("PAY-O%d", n+1)
			}
			f.Items = append(f.Items, pipeline.FoundItem{Key: key, Words: pipeline.Cut(w.title, 80) + ": unchanged for 61 days"})
		}
		if items > 0 {
			f.Repairs = f.ItemRepairs(f.Items[0])
		}
		f.Repairs = append(f.Repairs, pipeline.Repair{Kind: pipeline.RepairAsk, Words: "Ask the team"}, pipeline.Repair{Kind: pipeline.RepairSettings, Words: "Open the settings"})
		s.report.Findings = append(s.report.Findings, f)
	}
	return s
}

// drawnHealthAsk is what a team is asked, and who answered it; closed, with how that
// spreads.
func drawnHealthAsk(closed bool) storage.HealthAskState {
	a := pipeline.HealthAsk{Team: "PAY", Number: 3, Started: drawnAt.Add(-time.Hour), StartedBy: "U1", Deadline: drawnAt.Add(48 * time.Hour)}
	for _, q := range pipeline.HealthQuestions()[:pipeline.HealthAskMost] {
		a.Questions = append(a.Questions, q.ID)
	}
	state := storage.HealthAskState{Ask: a, Answers: map[string][]int{"refined": {0, 0, 1, 0}, "refinement": {2}}, Mine: map[string]int{"refined": 1}}
	if closed {
		state.Ask, _ = pipeline.CloseHealthAsk(pipeline.Policy{}, nil, pipeline.Where{}, a, state.Answers, a.Deadline)
		state.Answers, state.Mine = nil, nil
	}
	return state
}

// healthDrawings are all messages and forms about a team's backlog health.
func healthDrawings(w words) map[string]any {
	all := func(pipeline.Action) bool { return true }
	report := drawnHealth(w, 4, 5, all)
	asked := drawnHealthAsk(true)
	report.felt = pipeline.HealthReport{Ready: report.report.Ready}.Beside(asked.Ask, drawnAt)
	running := drawnHealthAsk(false)
	most := drawnHealth(w, len(pipeline.HealthRuleList()), 30, all)
	most.felt = report.felt
	most.asked = &running.Ask
	empty := drawnHealth(w, 0, 0, everybodyMay)
	empty.report.Ready, empty.report.All, empty.report.Ledger, empty.report.Muted, empty.rules.Muted = pipeline.Supply{At: -1}, pipeline.Supply{At: -1}, nil, nil, nil
	empty.pace = pipeline.Pace{Sprints: 1}
	m := metadata{Team: "PAY", Channel: "C1", Fresh: "x", Rule: pipeline.RuleStarved}
	outdated, _ := pipeline.FindHealthRule(pipeline.RuleOutdated)
	starved, _ := pipeline.FindHealthRule(pipeline.RuleStarved)
	slack, _ := pipeline.FindHealthRule(pipeline.RuleNoSlack)
	typed := map[pipeline.Field]string{pipeline.FieldUntil: "2026-12-18", pipeline.FieldWhy: pipeline.Cut(pipeline.CleanLine(w.text), pipeline.ReasonLimit)}
	return map[string]any{
		"health_report":         *report.post(1),
		"health_report_member":  *drawnHealth(w, 4, 5, everybodyMay).post(1),
		"health_report_most":    *most.post(1),
		"health_report_last":    *most.post(9),
		"health_report_empty":   *empty.post(1),
		"health_rule":           most.ruleView(outdated, newParams("page", "2", "back", "2"), "C1"),
		"health_rule_quiet":     empty.ruleView(outdated, newParams(), "C1"),
		"health_rule_muted":     report.ruleView(slack, newParams(), "C1"),
		"health_rules":          most.rulesView(1, "C1"),
		"health_rules_last":     empty.rulesView(9, "C1"),
		"health_mute_form":      muteForm(m, outdated, typed),
		"health_limits_form":    limitsForm(m, starved, report.rules),
		"health_ask_form":       healthAskForm(m, report.team),
		"health_ask":            healthAskPost(running, w.who),
		"health_ask_closed":     healthAskPost(asked, w.who),
		"health_asked":          healthAskView(running, all, "U1", "C1", drawnAt),
		"health_asked_closed":   healthAskView(asked, all, "U1", "C1", drawnAt),
		"health_asked_too_late": healthAskView(running, everybodyMay, "U2", "C1", drawnAt.AddDate(0, 0, 9)),
	}
}
