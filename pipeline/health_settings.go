package pipeline

import (
	"fmt"
	"maps"
	"strconv"
	"time"
)

// HealthRules is what a team has set for the rules of its backlog health. The
// zero value is what every team starts with.
type HealthRules struct {
	Team TeamKey `json:"-"`
	// Version counts changes, from 1; 0 while nothing was set.
	Version int64 `json:"-"`
	// Limits that the team has set, by rule and limit: "over-sized.alert". What is
	// not in it has its default.
	Limits map[string]float64 `json:"limits,omitempty"`
	// Muted rules, also those that speak again by now.
	Muted map[RuleID]Mute `json:"muted,omitempty"`
	// ReadyConfirmed is when somebody last said that the Definition of Ready is
	// still right, and ReadyBy who.
	ReadyConfirmed time.Time `json:"ready_confirmed,omitzero"`
	ReadyBy        string    `json:"ready_by,omitempty"`
}

// Mute keeps a rule silent until a day.
type Mute struct {
	// Why in a line.
	Why string `json:"why"`
	// Until is the first day on which the rule speaks again, as in "2026-12-18",
	// in the team's zone.
	Until string    `json:"until"`
	By    string    `json:"by"`
	At    time.Time `json:"at"`
}

// FieldUntil is the input of the form that mutes a rule, beside FieldWhy.
const FieldUntil Field = "until"

// LimitField is the input for one limit of a rule.
func LimitField(rule RuleID, limit string) Field { return Field(limitName(rule, limit)) }

// MuteDays is how long a rule can be muted at most, and MuteWeeks how long it is
// unless somebody chooses.
const (
	MuteDays  = 365
	MuteWeeks = 4
)

// limitName is how a limit is kept: "over-sized.alert".
func limitName(rule RuleID, limit string) string { return string(rule) + "." + limit }

// limits of a rule, in its order.
func (r HealthRules) limits(rule HealthRule) []float64 {
	limits := make([]float64, len(rule.Limits))
	for i, limit := range rule.Limits {
		limits[i] = r.Limit(rule.ID, limit)
	}
	return limits
}

// Limit that holds for the team.
func (r HealthRules) Limit(rule RuleID, limit HealthLimit) float64 {
	if set, is := r.Limits[limitName(rule, limit.ID)]; is {
		return set
	}
	return limit.Default
}

// Threshold says from where on the rule speaks to the team.
func (r HealthRules) Threshold(rule HealthRule) string { return rule.threshold(r.limits(rule)) }

// limitOf is a limit of the rule, by its place.
func (r HealthRules) limitOf(id RuleID, place int) float64 {
	rule, _ := FindHealthRule(id)
	return r.limits(rule)[place]
}

// IsMuted tells whether the rule is silent on that day, as in "2026-12-18".
func (r HealthRules) IsMuted(rule RuleID, day string) bool {
	mute, is := r.Muted[rule]
	return is && day < mute.Until
}

// DefaultMute is the day on which the form that mutes a rule starts.
func DefaultMute(team Team, now time.Time) string { return weeksOn(team, now, MuteWeeks) }

// MuteHealth keeps a rule silent until the day somebody typed, or says which fields
// to correct.
func MuteHealth(policy Policy, p Person, where Where, rules HealthRules, id RuleID, why, until string, now time.Time) (HealthRules, error) {
	if err := mayIn(policy, p, MuteRule, where, rules.Team, "A finding"); err != nil {
		return rules, err
	}
	rule, known := FindHealthRule(id)
	if !known {
		return rules, noRule()
	}
	wrong := map[Field]string{}
	mute := Mute{Until: dayToCome(until, FieldUntil, *where.Team, now, wrong), By: p.ID, At: now}
	if last := now.In(where.Team.Location()).AddDate(0, 0, MuteDays).Format(time.DateOnly); mute.Until > last && wrong[FieldUntil] == "" {
		wrong[FieldUntil] = fmt.Sprintf("Choose a day until %s. What is right for longer is a matter of the threshold.", ShowDay(last))
	}
	var complaint string
	if mute.Why, complaint = neededWhy(why, fmt.Sprintf("Say in a line why the team does not want to hear of “%s” for now.", rule.Name)); complaint != "" {
		wrong[FieldWhy] = complaint
	}
	if err := fieldProblems("mute-form", wrong); err != nil {
		return rules, err
	}
	if rules.Muted = maps.Clone(rules.Muted); rules.Muted == nil {
		rules.Muted = map[RuleID]Mute{}
	}
	rules.Muted[id] = mute
	return rules, nil
}

// UnmuteHealth lets a rule speak again. One that is not muted stays as it is.
func UnmuteHealth(policy Policy, p Person, where Where, rules HealthRules, id RuleID) (HealthRules, error) {
	if err := mayIn(policy, p, MuteRule, where, rules.Team, "A finding"); err != nil {
		return rules, err
	}
	if _, known := FindHealthRule(id); !known {
		return rules, noRule()
	}
	rules.Muted = maps.Clone(rules.Muted)
	delete(rules.Muted, id)
	return rules, nil
}

func noRule() error {
	return &Problem{
		Code: "rule-unknown",
		What: "There is no such finding.",
		Safe: "Nothing was changed.",
		Next: "Type /align health to see what there is.",
	}
}

// SetLimits sets the limits of a rule to what somebody typed; "" for the default.
func SetLimits(policy Policy, p Person, where Where, rules HealthRules, id RuleID, typed map[Field]string) (HealthRules, error) {
	if err := mayIn(policy, p, MuteRule, where, rules.Team, "A threshold"); err != nil {
		return rules, err
	}
	rule, known := FindHealthRule(id)
	if !known || len(rule.Limits) == 0 {
		return rules, noRule()
	}
	wrong := map[Field]string{}
	limits := map[string]float64{}
	maps.Copy(limits, rules.Limits)
	for _, limit := range rule.Limits {
		field := LimitField(id, limit.ID)
		words := CleanLine(typed[field])
		if !HasVisible(words) {
			words = strconv.FormatFloat(limit.Default, 'f', -1, 64)
		}
		n, _, err := ParseNumber(words, "")
		if err != nil || n < limit.Min || n > limit.Max {
			wrong[field] = fmt.Sprintf("A number from %s to %s, or nothing for %s.", ShowNumber(limit.Min, ""), ShowNumber(limit.Max, ""), ShowNumber(limit.Default, ""))
			continue
		}
		limits[limitName(id, limit.ID)] = n
		if n == limit.Default {
			delete(limits, limitName(id, limit.ID))
		}
	}
	set := HealthRules{Limits: limits}
	for i, limit := range rule.Limits {
		if limit.Beyond == 0 {
			continue
		}
		before := rule.Limits[i-1]
		if at := set.Limit(id, before); float64(limit.Beyond)*(set.Limit(id, limit)-at) < 0 {
			most := map[int]string{1: "at least", -1: "at most"}[limit.Beyond]
			wrong[LimitField(id, limit.ID)] = fmt.Sprintf("This comes after “%s”: %s %s.", before.Words, most, ShowNumber(at, ""))
		}
	}
	if err := fieldProblems("limits-form", wrong); err != nil {
		return rules, err
	}
	rules.Limits = limits
	return rules, nil
}

// ConfirmReady notes that the Definition of Ready was looked at and is right.
func ConfirmReady(policy Policy, p Person, where Where, rules HealthRules, now time.Time) (HealthRules, error) {
	if err := mayIn(policy, p, ChangeTeam, where, rules.Team, "A Definition of Ready"); err != nil {
		return rules, err
	}
	rules.ReadyConfirmed, rules.ReadyBy = now, p.ID
	return rules, nil
}

// TypedLimits is what the form of a rule's limits starts with.
func (r HealthRules) TypedLimits(rule HealthRule) map[Field]string {
	typed := map[Field]string{}
	for _, limit := range rule.Limits {
		typed[LimitField(rule.ID, limit.ID)] = strconv.FormatFloat(r.Limit(rule.ID, limit), 'f', -1, 64)
	}
	return typed
}
