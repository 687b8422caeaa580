package pipeline

import (
	"fmt"
	"slices"
	"time"
	"unicode"
)

// ChallengeReply is what a product owner typed to answer: nothing checked.
type ChallengeReply struct {
	Verdict ChallengeVerdict
	Words   string
}

// SettleChallenge answers the open question of those who ask. own tells whether the
// person asked as well: nobody answers a question that is theirs alone. The event is
// the line for the idea's history. A verdict moves nothing by itself: see LeadsTo.
func SettleChallenge(policy Policy, p Person, where Where, idea Idea, c Challenge, asks []ChallengeAsk, own bool, reply ChallengeReply, now time.Time) (Challenge, Event, error) {
	if problem := barred(policy, p, where, idea, AnswerChallenge, "answered for"); problem != nil {
		return c, Event{}, problem
	}
	switch {
	case !c.Open || len(asks) == 0:
		return c, Event{}, &Problem{
			Code: "challenge-closed",
			What: fmt.Sprintf("Nobody waits for an answer about %s any more: it was answered, or taken back.", idea.Key),
			Safe: "Nothing was changed.",
			Next: "Its details have the questions and their answers.",
		}
	case !c.Stands(idea, len(asks)):
		problem := notInBacklog(idea)
		problem.What = fmt.Sprintf("%s left the Product Backlog since it was asked, so there is nothing to answer any more.", idea.Key)
		problem.Next = "Its history says where it went."
		return c, Event{}, problem
	case own && len(asks) == 1:
		return c, Event{}, &Problem{
			Code: "own-challenge",
			What: "You asked this yourself, and nobody else does.",
			Safe: "Nothing was changed.",
			Next: "Another product owner answers it, or you take it back.",
		}
	}
	wrong := map[Field]string{}
	answer := ChallengeAnswer{Verdict: reply.Verdict, By: p.ID, At: now, Words: checkLine(reply.Words, FieldNote, ReasonLimit, wrong)}
	if answer.Words == "" {
		wrong[FieldNote] = "Say in a line why. It is kept with the idea and told in its thread."
	}
	if !slices.Contains(ChallengeVerdicts(), reply.Verdict) {
		wrong[FieldVerdict] = "Choose what becomes of it."
	}
	if err := fieldProblems("challenge-answer-form", wrong); err != nil {
		return c, Event{}, err
	}
	event := Event{At: now, By: p.ID, What: ChallengeAnswered, Why: answer.Words, About: withInitial(reply.Verdict.InWords(), unicode.ToLower)}
	return c.end(answer, asks), event, nil
}

// ChallengeStep is what the deadline of a question asks for.
type ChallengeStep string

// The steps.
const (
	ChallengeNothing ChallengeStep = ""
	ChallengeWaits   ChallengeStep = "waits"  // its deadline has not come
	ChallengeEnds    ChallengeStep = "ends"   // taken back by all, or the idea left: nobody answers
	ChallengeRemind  ChallengeStep = "remind" // product owners are reminded, once
)

// AtDeadline gives what becomes of a question at its deadline, for the idea as it is
// then.
func (c Challenge) AtDeadline(idea Idea, asks []ChallengeAsk, now time.Time) (Challenge, ChallengeStep) {
	switch {
	case !c.Open || !c.Reminded.IsZero():
		return c, ChallengeNothing
	case now.Before(c.Deadline):
		return c, ChallengeWaits
	case len(asks) == 0:
		c.Open, c.Opened, c.Deadline = false, time.Time{}, time.Time{}
		return c, ChallengeEnds
	case !c.Stands(idea, len(asks)):
		return c.end(ChallengeAnswer{Verdict: ChallengeGone, At: now}, asks), ChallengeEnds
	}
	c.Reminded = now
	return c, ChallengeRemind
}

// ToMove is the stage that the newest answer sends the idea to while it is not
// there; "" where there is nothing left to do.
func (c Challenge) ToMove(idea Idea) Stage {
	if len(c.Answers) == 0 || c.Open || !standsInBacklog(idea) {
		return ""
	}
	if last := c.Answers[len(c.Answers)-1]; !idea.Staged.After(last.At) {
		return last.Verdict.LeadsTo()
	}
	return ""
}
