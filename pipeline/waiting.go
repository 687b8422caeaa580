package pipeline

import (
	"cmp"
	"slices"
	"time"
)

// Waiting is one thing that waits for one person.
type Waiting struct {
	Kind WaitKind `json:"kind"`
	// Subject names it: the ballot "PAY-12:2", the round "PAY:3", the test
	// "PAY-12:4", the idea "PAY-12", the outcome "PAY-O3", the challenge "PAY:2",
	// the review "PAY:7", the question of a week "PAY-12@2026-11-23".
	Subject string `json:"subject"`
	// Due is when it ends, or since when it is late; the zero time for what has no
	// day.
	Due time.Time `json:"due,omitzero"`
	// Told is when the person was last told of it in a message of its own; the zero
	// time for never.
	Told time.Time `json:"-"`
}

// WaitKind is what waits. It is stored and stays.
type WaitKind string

// What waits for somebody.
const (
	WaitVote      WaitKind = "vote"      // a ballot that runs without their vote
	WaitRound     WaitKind = "round"     // a round of questions without their answer
	WaitTest      WaitKind = "test"      // an own test whose deadline has come
	WaitEffect    WaitKind = "effect"    // a delivered idea of which nobody has said what it changed
	WaitCheckIn   WaitKind = "check-in"  // an own outcome without a value for StaleDays
	WaitOrphan    WaitKind = "orphan"    // an own idea without an outcome
	WaitChallenge WaitKind = "challenge" // one to answer as product owner
	WaitForensic  WaitKind = "forensic"  // a forensic session without their list or their picks
	WaitReview    WaitKind = "review"    // questions of a sprint's review without their answer
	WaitProbe     WaitKind = "probe"     // the question of the week, for those who want it
)

// IsWaitKind tells whether there is such a kind.
func IsWaitKind(kind WaitKind) bool { return kind == WaitProbe || slices.Contains(WaitKinds(), kind) }

// WaitKinds lists those that a nudge asks for unless somebody turned them off, in the
// order in which settings show them.
func WaitKinds() []WaitKind {
	return []WaitKind{WaitVote, WaitRound, WaitForensic, WaitReview, WaitChallenge, WaitTest, WaitEffect, WaitCheckIn, WaitOrphan}
}

// Words name the kind in settings: "votes".
func (k WaitKind) Words() string {
	return map[WaitKind]string{
		WaitVote: "Votes", WaitRound: "Rounds of questions", WaitForensic: "Forensic sessions", WaitReview: "Questions of a review", WaitChallenge: "Challenges to answer",
		WaitTest: "Tests at their deadline", WaitEffect: "What delivered ideas changed", WaitCheckIn: "Check-ins on my outcomes", WaitOrphan: "My ideas without an outcome",
	}[k]
}

// ends tells whether it ends on its day by itself, answered or not. Everything
// else with a day is late from then on.
func (k WaitKind) ends() bool {
	return k == WaitVote || k == WaitRound || k == WaitForensic || k == WaitReview
}

// soon is how long before its end a thing comes before all that is late.
const soon = 24 * time.Hour

// MoreUrgent is below zero where a comes before b: what ends within a day comes
// first, then what is late for longest, what ends later, and what has no day.
func MoreUrgent(a, b Waiting, now time.Time) int {
	rank := func(w Waiting) int {
		switch {
		case w.Due.IsZero():
			return 3
		case w.Kind.ends() && w.Due.Sub(now) < soon:
			return 0
		case !now.Before(w.Due):
			return 1
		}
		return 2
	}
	return cmp.Or(rank(a)-rank(b), a.Due.Compare(b.Due), cmp.Compare(a.Subject, b.Subject))
}

// WaitsForOutcome tells whether an idea waits for its author to say what it is for:
// it stands in the pipeline before delivery without a link to any node.
func WaitsForOutcome(idea Idea) bool {
	switch idea.Stage {
	case Captured, Discovery, Validated, Backlog:
		return len(idea.Outcomes) == 0 && idea.Withdrawn.IsZero()
	}
	return false
}
