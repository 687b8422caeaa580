package pipeline

import (
	"fmt"
	"time"
)

// Move is what somebody asks for.
type Move struct {
	To Stage
	// Why in a line; required where the step needs it, and for an override.
	Why string
	// Override passes a gate that refuses. For product owners.
	Override bool
	// OnBehalf is the user id of whom it is decided for; "" for oneself.
	OnBehalf string
}

// FieldWhy is the input for the reason of a move.
const FieldWhy Field = "why"

// ReasonLimit of why an idea is moved, in runes.
const ReasonLimit = 500

// Refusal is a move that was not made, with what would let it pass.
type Refusal struct {
	*Problem
	// Lacks are what the gate misses; none when it was refused for another
	// reason.
	Lacks []Lack
	// CanOverride: the person may pass this gate all the same, with a reason.
	CanOverride bool
}

// Unwrap gives the problem, so that errors.As finds it.
func (r *Refusal) Unwrap() error { return r.Problem }

// Decide moves an idea to another stage, or says exactly why it stays. where
// names the idea's team. The event is the line for its history. A refusal is a
// *Refusal; the idea comes back as it was. Only Park parks. A step that differs
// from what a ballot advised needs a reason; a decision waits for the ballot that
// runs.
func Decide(policy Policy, p Person, where Where, idea Idea, d Dossier, m Move, now time.Time) (Idea, Event, error) {
	refuse := func(r Refusal) (Idea, Event, error) { return idea, Event{}, &r }

	step, known := StepTo(idea.Stage, m.To)
	if !known {
		step.May = MoveIdea // so that who may see nothing learns nothing
	}
	if problem := barred(policy, p, where, idea, step.May, "moved"); problem != nil {
		return refuse(Refusal{Problem: problem})
	}
	if !known {
		return refuse(Refusal{Problem: noStep(idea, m.To)})
	}
	if m.To == Parked {
		return refuse(Refusal{Problem: unrecorded(idea)})
	}
	if step.May == DecideIdea && idea.Ballot != 0 {
		return refuse(Refusal{Problem: whileVoting(idea, d.Ballot, where.Team.Location(), map[bool]string{true: "reopened", false: "moved"}[idea.Stage == Parked])})
	}

	why := CleanLine(m.Why)
	if !HasVisible(why) {
		why = ""
	}
	gate := Gate(*where.Team, idea, d, m.To)
	decides := May(policy, p, DecideIdea, where)
	if len(gate.Lacks) > 0 && !m.Override {
		return refuse(Refusal{Problem: atTheGate(idea, gate.Lacks), Lacks: gate.Lacks, CanOverride: decides.OK})
	}
	overrides := len(gate.Lacks) > 0
	if overrides && !decides.OK {
		problem := atTheGate(idea, gate.Lacks)
		problem.Code, problem.What = "not-permitted", problem.What+" Only the team's product owners can let it pass all the same."
		return refuse(Refusal{Problem: problem, Lacks: gate.Lacks})
	}
	if complaint := checkWhy(why, step, overrides); complaint != "" {
		return refuse(Refusal{
			Problem: &Problem{
				Code:   "move-form",
				What:   fmt.Sprintf("%s stays %s for now.", idea.Key, inStage(idea.Stage)),
				Safe:   "Nothing was lost.",
				Next:   complaint,
				Fields: map[Field]string{FieldWhy: complaint},
			},
			Lacks: gate.Lacks, CanOverride: overrides,
		})
	}
	advising := d.Advising(idea)
	if problem := checkAdvice(advising, m.To, why); problem != nil {
		return refuse(Refusal{Problem: problem, Lacks: gate.Lacks})
	}

	event := Event{At: now, By: p.ID, What: WasMoved, From: idea.Stage, To: m.To, Why: why}
	if m.OnBehalf != p.ID {
		event.OnBehalf = m.OnBehalf
	}
	if overrides {
		event.What = WasOverridden
		for _, lack := range gate.Lacks {
			event.Lacks = append(event.Lacks, lack.Words)
		}
	}
	if idea.Stage == Parked {
		event.What = WasReopened
		if idea.Parking != nil {
			event.About = idea.Parking.Verdict()
		}
	}
	// What members may do is a decision where a product owner does it against the
	// advice; else the advice still stands when one decides.
	switch differs := advising != nil && advising.Differs(m.To); {
	case step.May == DecideIdea, differs && decides.OK:
		recordAdvice(advising, m.To, &idea, &event)
	case differs:
		event.Advice, event.Differs = advising.AdvisedInWords(), true
	}
	idea.Stage, idea.Staged, idea.Changed, idea.Parking = m.To, now, now, nil
	return idea, event, nil
}

// barred says why the person cannot do that to the idea at all, nil when they
// can. done completes "so it cannot be".
func barred(policy Policy, p Person, where Where, idea Idea, action Action, done string) *Problem {
	if where.Team == nil || where.Team.Key != idea.Key.Team {
		return &Problem{
			Code: "not-permitted",
			What: "An idea is decided by its own team.",
			Safe: "Nothing was changed.",
		}
	}
	if may := May(policy, p, action, where); !may.OK {
		return &Problem{Code: "not-permitted", What: may.Reason}
	}
	if !idea.Withdrawn.IsZero() {
		return whileWithdrawn(idea, done)
	}
	return nil
}

// unrecorded refuses to park an idea by a mere move: nobody could tell later
// why it was, nor when to look at it again.
func unrecorded(idea Idea) *Problem {
	return &Problem{
		Code: "parking-unrecorded",
		What: fmt.Sprintf("%s stays %s: parking it takes a reason and a time to look at it again.", idea.Key, inStage(idea.Stage)),
		Safe: "Nothing was changed.",
		Next: fmt.Sprintf("Type /antibacklog park %s.", idea.Key),
	}
}

// checkWhy says what is wrong with a reason, or nothing.
func checkWhy(why string, step Step, overrides bool) string {
	switch n := Length(why); {
	case n > ReasonLimit:
		return fmt.Sprintf("At most %d characters; this has %d.", ReasonLimit, n)
	case n > 0:
		return ""
	case overrides:
		return "Say in a line why it passes all the same. It is kept with the idea."
	case step.NeedsWhy && step.To == Learned:
		return "Say in a line what actually happened."
	case step.NeedsWhy:
		return "Say in a line why. It is kept with the idea."
	}
	return ""
}

// atTheGate is what a gate that refuses says.
func atTheGate(idea Idea, lacks []Lack) *Problem {
	return &Problem{
		Code: "gate",
		What: fmt.Sprintf("%s stays %s.", idea.Key, inStage(idea.Stage)),
		Safe: "Nothing was lost.",
		Next: "Still missing: " + wordsOf(lacks) + ".",
	}
}

// noStep says where an idea can go instead.
func noStep(idea Idea, to Stage) *Problem {
	if to == idea.Stage {
		return &Problem{
			Code: "stage-reached",
			What: fmt.Sprintf("%s is %s already.", idea.Key, inStage(to)),
			Safe: "Nothing was changed.",
		}
	}
	var ways []string
	for _, step := range steps {
		if step.From == idea.Stage {
			ways = append(ways, StageNoun(step.To))
		}
	}
	problem := &Problem{
		Code: "no-such-step",
		What: fmt.Sprintf("%s stays %s: no step leads from there to %s.", idea.Key, inStage(idea.Stage), StageNoun(to)),
		Safe: "Nothing was changed.",
	}
	if len(ways) > 0 {
		problem.Next = "It can go to " + enumerate(ways) + "."
	}
	return problem
}

// inStage says where an idea is: "captured", "in discovery".
func inStage(s Stage) string {
	switch s {
	case Captured, Validated, Delivered, Learned, Parked:
		return string(s)
	}
	return "in " + StageNoun(s)
}
