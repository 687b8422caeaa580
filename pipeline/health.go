package pipeline

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// HealthFacts are what a team's backlog health is judged by. What nobody knows
// is left out, and the rules that rest on it are silent.
type HealthFacts struct {
	Team Team
	// Pace of the team, measured or typed.
	Pace Pace
	// Active ideas: those that stand and are captured, in discovery, validated or
	// in the Product Backlog. The oldest captured first.
	Active []ActiveIdea
	// Top are the first ideas of the Product Backlog as it is ordered now, at most
	// SprintTop; nil where nobody ordered it.
	Top []Key
	// Open is the sprint that runs, or waits to be closed; nil for none. Closed
	// are the last ones, at most HealthSprints, the newest first.
	Open   *Sprint
	Closed []Sprint
	// Refinements since the first day of the last closed sprints, see VelocityOf.
	Refinements []Refinement
	// Reviews: who answered in the last ones.
	Reviews    []Reviewed
	Developers Developers
	// Nodes of the team's tree, and the ideas on each.
	Nodes Nodes
	Ideas map[NodeKey]IdeasOn
	// LookBack is whether delivered ideas are looked back on.
	LookBack LookBack
	// Journal is what happened since JournalFrom, at most HealthDays back, the
	// oldest first.
	Journal     []Happening
	JournalFrom time.Time
	// Holidays of the team: nobody is missed on them.
	Holidays Holidays
	// Pairs of ideas in the Product Backlog or on their way there that say much
	// the same; nil where nobody has looked for them.
	Pairs []LikePair
	// Templates in use in the team, see Dossier.
	Templates []Template
	// Canvases and roadmaps of the team; nil while it keeps none.
	Canvases []Confirmed
}

// What the rules look at of sprints and of the journal.
const (
	HealthSprints = 6  // closed sprints
	HealthDays    = 90 // of the journal
)

// ActiveIdea is what the rules look at of an idea.
type ActiveIdea struct {
	Key    Key
	Title  string
	Author string
	Stage  Stage
	// Created, Staged and Changed as an idea has them.
	Created, Staged, Changed time.Time
	Work                     Work
	// Size in points, 0 for none. Criteria for accepting it: how many. Length of
	// what it says beside its title, in runes.
	Size, Criteria, Length int
	Outcomes               []NodeKey
	// Runs on it of the INVEST checklist and of tests.
	Runs []RunSummary
}

// LookBack is how delivered ideas whose day has come are looked back on.
type LookBack struct {
	// Due are some of those that nobody answered for, the longest first; there are
	// Waiting of them. Answered counts those where somebody did.
	Due               []IdeaLine
	Waiting, Answered int
}

// LikePair are two ideas that say much the same: how much, from 0 to 1.
type LikePair struct {
	A, B  Key
	Score float64
}

// Confirmed is something that a team confirms from time to time.
type Confirmed struct {
	Key, Name string
	At        time.Time // when somebody last did
}

// HealthReport is everything there is to tell of a team's backlog health.
type HealthReport struct {
	// Ready is how long the team would work on its Product Backlog, All on all its
	// active ideas.
	Ready, All Supply
	// Ledger of its last sprints, the newest first.
	Ledger []LedgerLine
	// Findings, the most useful first. Muted are those that nobody is told of.
	Findings, Muted []Finding
	// Quiet are the rules that have too little data to speak.
	Quiet []QuietRule
}

// QuietRule is a rule with too little data.
type QuietRule struct {
	Rule  RuleID
	Name  string
	Needs string // "3 closed sprints; there are 1"
}

// Health judges the team's backlog: what the rules find, the most useful first.
// Muted rules, and those with less than their minimum of data, are silent.
func Health(facts HealthFacts, rules HealthRules, now time.Time) []Finding {
	findings, _, _ := judgeHealth(newLooking(facts, rules, now), rules)
	return findings
}

// ReportHealth gives all that Health finds, with how long the work lasts, the last
// sprints, and what is not told.
func ReportHealth(facts HealthFacts, rules HealthRules, now time.Time) HealthReport {
	l := newLooking(facts, rules, now)
	r := HealthReport{
		Ready:  l.supply(l.ready).ready(rules.limitOf(RuleStarved, 0), rules.limitOf(RuleOverRefined, 0)),
		All:    l.supply(facts.Active).all(rules.limitOf(RuleOverSized, 0), rules.limitOf(RuleOverSized, 1)),
		Ledger: l.ledger(),
	}
	r.Findings, r.Muted, r.Quiet = judgeHealth(l, rules)
	return r
}

func judgeHealth(l *looking, rules HealthRules) (findings, muted []Finding, quiet []QuietRule) {
	for _, rule := range healthRules {
		l.limit = rules.limits(rule)
		m := rule.find(l)
		switch {
		case m.of < rule.Least:
			quiet = append(quiet, QuietRule{Rule: rule.ID, Name: rule.Name, Needs: rule.needs(m.of)})
		case m.level == "":
		case rules.IsMuted(rule.ID, l.today()):
			muted = append(muted, rule.finding(m, l))
		default:
			findings = append(findings, rule.finding(m, l))
		}
	}
	slices.SortStableFunc(findings, func(a, b Finding) int {
		return cmp.Compare(b.Level.weight(), a.Level.weight())
	})
	return findings, muted, quiet
}

func (level FindingLevel) weight() int {
	if level == FindingAlert {
		return 1
	}
	return 0
}

// HealthRule is one rule of backlog health: an anti-pattern that can be measured.
type HealthRule struct {
	ID   RuleID
	Name string
	// Why it matters, in a sentence or two.
	Why string
	// Limits that a team can change. Says words the threshold with them, in their
	// order.
	Limits []HealthLimit
	Says   string
	// Least is the minimum of data, of what Of names; under it the rule is silent.
	Least int
	Of    string
	// Repairs it offers, the most useful first.
	Repairs []RepairKind

	find func(*looking) measured
}

// HealthLimit is one number that a rule compares with.
type HealthLimit struct {
	// ID within its rule: "alert".
	ID string
	// Words name it in a form, and what it counts: "Alert over, in sprints".
	Words string
	// Default that a team starts with; it can be set from Min to Max.
	Default, Min, Max float64
	// Beyond is 1 where it is not under the limit before it, -1 where it is not over
	// that, and 0 where the two have nothing to do with each other.
	Beyond int
}

// finding of what the rule measured.
func (rule HealthRule) finding(m measured, l *looking) Finding {
	f := Finding{
		Rule: rule.ID, Name: rule.Name, Found: m.found, Threshold: rule.threshold(l.limit), Why: rule.Why, Level: m.level, Items: m.items,
	}
	for _, kind := range rule.Repairs {
		switch {
		case !kind.ofItem():
			f.Repairs = append(f.Repairs, Repair{Kind: kind, Words: kind.words("")})
		case len(m.items) > 0:
			f.Repairs = append(f.Repairs, Repair{Kind: kind, Subject: m.items[0].Key, Words: kind.words(m.items[0].Key)})
		}
	}
	return f
}

// isShare tells whether the rule of a finding compares a share with its limit, so that
// it says the same whichever item is named with it.
func (f Finding) isShare() bool {
	rule, _ := FindHealthRule(f.Rule)
	return len(rule.Limits) > 0 && rule.Limits[0].ID == limitPercent
}

// ItemRepairs are the repairs that the rule of a finding offers for each item.
func (f Finding) ItemRepairs(item FoundItem) []Repair {
	var repairs []Repair
	rule, _ := FindHealthRule(f.Rule)
	for _, kind := range rule.Repairs {
		if kind.ofItem() {
			repairs = append(repairs, Repair{Kind: kind, Subject: item.Key, Words: kind.words(item.Key)})
		}
	}
	return repairs
}

func (rule HealthRule) threshold(limits []float64) string {
	shown := make([]any, len(limits))
	for i, limit := range limits {
		shown[i] = ShowNumber(limit, "")
	}
	return fmt.Sprintf(rule.Says, shown...)
}

func (rule HealthRule) needs(of int) string {
	if rule.Least == 1 {
		return rule.Of
	}
	return fmt.Sprintf("%d %s; there %s", rule.Least, rule.Of, isAre(of))
}

// HealthRuleList gives all rules, the most useful first.
func HealthRuleList() []HealthRule { return slices.Clone(healthRules) }

// FindHealthRule gives one of them; false when there is none.
func FindHealthRule(id RuleID) (HealthRule, bool) {
	at := slices.IndexFunc(healthRules, func(r HealthRule) bool { return r.ID == id })
	if at < 0 {
		return HealthRule{}, false
	}
	return healthRules[at], true
}
