package pipeline

import (
	"errors"
	"fmt"
	"time"
)

// Votes advise, a product owner decides: what a decision has to do with the
// ballots on an idea.

// Advising is the ballot that the next decision about the idea stands beside: its
// newest, if that is closed and nothing was decided since. nil for none.
func (d Dossier) Advising(idea Idea) *Ballot {
	if b := d.Ballot; b != nil && b.Idea == idea.Key && !b.Running() && b.ID > idea.Weighed {
		return b
	}
	return nil
}

// checkAdvice is CheckDecision of the ballot that advises; none for nil.
func checkAdvice(advising *Ballot, to Stage, why string) *Problem {
	var problem *Problem
	if advising != nil {
		errors.As(advising.CheckDecision(to, why), &problem)
	}
	return problem
}

// recordAdvice puts the advice beside a decision, which spends it. None for nil.
func recordAdvice(advising *Ballot, to Stage, idea *Idea, event *Event) {
	if advising == nil {
		return
	}
	idea.Weighed = advising.ID
	event.Advice, event.Differs = advising.AdvisedInWords(), advising.Differs(to)
}

// WhileVoting is the code of the problem that an idea is being voted on.
const WhileVoting = "while-voting"

// whileVoting says that nothing is decided about an idea while a ballot on it
// runs: its votes would be about something else. running is that ballot, where
// it is known; done completes "so it cannot be".
func whileVoting(idea Idea, running *Ballot, zone *time.Location, done string) *Problem {
	until := ""
	if running != nil && running.Running() {
		until = running.Deadline.In(zone).Format(" until 2 Jan 2006, 15:04 MST")
	}
	return &Problem{
		Code: WhileVoting,
		What: fmt.Sprintf("A ballot on %s runs%s, so it cannot be %s.", idea.Key, until, done),
		Safe: "Nothing was changed, and every vote in it counts.",
		Next: "Wait for its result, or close it first. Whoever started it, the team's product owners and workspace admins can.",
	}
}
