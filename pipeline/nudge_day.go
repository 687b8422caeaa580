package pipeline

import (
	"fmt"
	"slices"
	"time"
)

// What a team is told beside its backlog's health: what is about to happen, or has
// just happened, and can still be turned.

// The rules of a day. Their ids are stored and stay.
const (
	RuleQuorum      RuleID = "quorum-short"
	RuleRedOutcome  RuleID = "outcome-red"
	RuleTestDue     RuleID = "test-due"
	RuleEffectDue   RuleID = "effect-due"
	RuleCameBack    RuleID = "came-back"
	RuleSprintOver  RuleID = "sprint-over"
	RuleSprintHint  RuleID = "sprint-hint"
	RuleSprintEmpty RuleID = "sprint-empty"
)

// RepairVote opens the form of a vote on an idea's ballot; its Subject is the ballot,
// "PAY-12:2".
const RepairVote RepairKind = "vote"

// DayFacts are what the findings of a day are about, beside what health is judged by.
type DayFacts struct {
	HealthFacts
	// Ballots that run.
	Ballots []BallotStanding
	// Back are parked ideas that came back and wait for a decision.
	Back []Idea
}

// BallotStanding is how a ballot that runs stands.
type BallotStanding struct {
	Ballot Ballot
	Title  string
	Voted  int
}

// BallotsBegun are the ideas with a ballot that was started and not closed, as far as
// the journal tells, those started last first.
func BallotsBegun(journal []Happening) []Key {
	var begun []Key
	for _, h := range journal {
		if h.Event.What != BallotStarted && h.Event.What != BallotClosed {
			continue
		}
		key, err := ParseKey(h.Key)
		if err != nil {
			continue
		}
		begun = slices.DeleteFunc(begun, func(k Key) bool { return k == key })
		if h.Event.What == BallotStarted {
			begun = slices.Insert(begun, 0, key)
		}
	}
	return begun
}

// FindDay gives the findings of a day, the most useful first.
func FindDay(facts DayFacts, now time.Time) []Finding {
	var found []Finding
	add := func(f Finding, repair RepairKind, items ...FoundItem) {
		if len(items) == 0 {
			return
		}
		f.Items = items
		for _, item := range items {
			f.Repairs = append(f.Repairs, Repair{Kind: repair, Subject: item.Key, Words: repair.words(item.Key)})
		}
		found = append(found, f)
	}
	if f, is := shortOfQuorum(facts.Ballots, now); is {
		found = append(found, f)
	}
	add(Finding{
		Rule: RuleRedOutcome, Name: "Off track", Level: FindingAlert, Found: "Those who look after it do not expect it to be reached.",
		Why: "The sooner a team changes what it works on, the more can still be turned.",
	}, RepairShow, redOutcomes(facts.Nodes.Outcomes)...)
	add(Finding{
		Rule: RuleTestDue, Name: "A test waits for what it showed", Level: FindingWarning, Found: "Its deadline has come.",
		Why: "What a test showed is known best on the day it ends.",
	}, RepairValidate, endedTests(facts.Active, now)...)
	var back []FoundItem
	for _, idea := range facts.Back {
		if idea.Stage == Parked && idea.Parking != nil && !idea.Parking.CameBack.IsZero() && idea.Withdrawn.IsZero() {
			back = append(back, FoundItem{Key: idea.Key.String(), Words: Cut(idea.Title, foundTitle) + ": parked, because " + Cut(idea.Parking.Why, foundTitle)})
		}
	}
	add(Finding{
		Rule: RuleCameBack, Name: "Came back from the Anti-Product Backlog", Level: FindingWarning, Found: "What it waited for has happened, and nobody has decided yet.",
		Why: "A no is kept honest by looking at it again when its reason may be gone.",
	}, RepairShow, back...)
	var effects []FoundItem
	for _, idea := range facts.LookBack.Due {
		effects = append(effects, FoundItem{Key: idea.Key.String(), Words: Cut(idea.Title, foundTitle)})
	}
	add(Finding{
		Rule: RuleEffectDue, Name: "Did it change what it was for?", Level: FindingWarning, Found: "It is delivered, its day has come, and nobody has said what it changed.",
		Why: "Without looking back, the next bet is no better than the last.",
	}, RepairEffect, effects...)
	return append(found, sprintFindings(facts.HealthFacts, now)...)
}

// shortOfQuorum finds ballots that end within a day with fewer votes than they need.
func shortOfQuorum(ballots []BallotStanding, now time.Time) (Finding, bool) {
	f := Finding{
		Rule: RuleQuorum, Name: "A ballot ends without enough votes", Level: FindingAlert, Found: "It ends within a day, and too few have voted.",
		Why: "A ballot that too few vote in advises nothing.",
	}
	for _, b := range ballots {
		left := b.Ballot.Deadline.Sub(now)
		if !b.Ballot.Running() || left <= 0 || left > soon || b.Voted >= b.Ballot.Needs() {
			continue
		}
		key := b.Ballot.Idea.String()
		f.Items = append(f.Items, FoundItem{
			Key: key, Words: fmt.Sprintf("%s: %d of %d voted, and %d have to", Cut(b.Title, foundTitle), b.Voted, len(b.Ballot.Electorate), b.Ballot.Needs()),
		})
		f.Repairs = append(f.Repairs, Repair{Kind: RepairVote, Subject: key, Words: "Vote on " + key})
	}
	return f, len(f.Items) > 0
}

// redOutcomes are the open outcomes that are off track.
func redOutcomes(outcomes []Outcome) []FoundItem {
	var items []FoundItem
	for _, o := range outcomes {
		if !o.IsOpen() || o.Light != Red {
			continue
		}
		words := Cut(o.Statement, foundTitle)
		if number := o.NumberInWords(); number != "" {
			words += ": " + number
		}
		items = append(items, FoundItem{Key: o.Key.String(), Words: words})
	}
	return items
}

// endedTests are the ideas with a test whose deadline has come.
func endedTests(active []ActiveIdea, now time.Time) []FoundItem {
	var items []FoundItem
	for _, idea := range active {
		for _, run := range idea.Runs {
			if !run.Running || now.Before(run.Deadline) {
				continue
			}
			title := run.Title
			if title == "" {
				title = idea.Title
			}
			items = append(items, FoundItem{Key: idea.Key.String(), Words: Cut(title, foundTitle)})
			break
		}
	}
	return items
}

// sprintFindings are about the sprint that runs: it is over, it holds nothing, its goal
// wants another look. What rules of health say of it is left to them.
func sprintFindings(facts HealthFacts, now time.Time) []Finding {
	s := facts.Open
	if s == nil {
		return nil
	}
	key := fmt.Sprintf("%s-S%d", facts.Team.Key, s.Number)
	f := Finding{Level: FindingWarning, Items: []FoundItem{{Key: key, Words: Cut(s.Goal, foundTitle)}}}
	f.Repairs = []Repair{{Kind: RepairSprint, Words: RepairSprint.words("")}}
	today := now.In(facts.Team.Location()).Format(time.DateOnly)
	switch {
	case s.Ended(facts.Team, now):
		f.Rule, f.Name, f.Found = RuleSprintOver, "The sprint is over", "Its last day was "+ShowDay(s.Last)+", and it is not closed."
		f.Why = "Once it is closed, what was left moves on, and the velocity counts it."
		return []Finding{f}
	case today < s.First:
		return nil
	case len(s.Items) == 0:
		f.Rule, f.Name, f.Found = RuleSprintEmpty, "The sprint holds no ideas", "It runs since "+ShowDay(s.First)+"."
		f.Why = "What a sprint works on can serve its goal only when it is seen."
		return []Finding{f}
	}
	for _, hint := range s.Hints(facts.Team, facts.Nodes) {
		if hint.Kind == HintGoalLists || hint.Kind == HintGoalSeveral || hint.Kind == HintNoCapacity {
			f.Rule, f.Name, f.Found = RuleSprintHint, "The sprint wants another look", hint.Words
			f.Why = "One clear goal, and room to reach it, tell a team what to leave when time gets short."
			return []Finding{f}
		}
	}
	return nil
}
