package pipeline

import (
	"fmt"
	"time"
)

// Advice is what a ballot says to what it proposed.
type Advice string

// What a ballot can advise.
const (
	AdviseFor     Advice = "for"
	AdviseAgainst Advice = "against"
	AdviseNeither Advice = "neither" // a tie, or nobody took a side
	NoDecision    Advice = "no decision"
)

// Result of a ballot that closed.
type Result struct {
	Advice Advice
	// Because says in words why that is so, in a sentence or two; objections
	// first.
	Because string
	// Voted is how many did.
	Voted int
}

// BallotTally is what was voted, read from the stored votes.
type BallotTally struct {
	// Counts of the votes by choice.
	Counts map[Choice]int
	// Votes one by one, in any order: all those of an open ballot, of others
	// at least those with a reason. None are needed to close a ballot.
	Votes []VoteOf
}

// VoteOf is a vote with whose it is.
type VoteOf struct {
	// Voter is a user id, "" where nobody is to know.
	Voter string
	Vote
}

// TallyVotes counts votes.
func TallyVotes(votes []VoteOf) BallotTally {
	t := BallotTally{Counts: map[Choice]int{}, Votes: votes}
	for _, v := range votes {
		t.Counts[v.Choice]++
	}
	return t
}

// Voted is how many have voted, those without an opinion among them.
func (t BallotTally) Voted() int {
	n := 0
	for _, choice := range Choices() {
		n += t.Counts[choice]
	}
	return n
}

// CloseAt gives what becomes of the ballot when its deadline has come: it is
// closed with a result, or extended once where the quorum was missed, by the
// workdays it was given at first, from now on. False while there is nothing to
// do. Which of the two it was, Running tells. t are the votes cast before the
// deadline.
func (b Ballot) CloseAt(team Team, holidays Holidays, t BallotTally, now time.Time) (Ballot, bool) {
	if !b.Running() || now.Before(b.Deadline) {
		return b, false
	}
	if t.Voted() < b.Needs() && !b.Extended {
		b.Extended = true
		b.Deadline = deadlineIn(team, holidays, b.Days, now)
		return b, true
	}
	// The votes stood still then, however late somebody looks.
	b.ClosedAt = b.Deadline
	b.Result = b.result(t)
	return b, true
}

// CloseBallot closes a ballot early. That is for whoever started it, product
// owners of its team and workspace admins. where names the team.
func CloseBallot(policy Policy, p Person, where Where, b Ballot, t BallotTally, now time.Time) (Ballot, error) {
	action := CloseAnyBallot
	if b.StartedBy == p.ID {
		action = CloseOwnBallot
	}
	if err := mayBallot(policy, p, action, where, b.Idea); err != nil {
		return b, err
	}
	if !b.Running() {
		return b, closedBallot(b, "Nothing was changed.")
	}
	b.ClosedAt, b.ClosedBy = now, p.ID
	b.Result = b.result(t)
	return b, nil
}

// Needs is how many have to vote for the ballot to advise anything, 0 for no
// such number. What few people advise on an anonymous ballot would tell what
// they voted.
func (b Ballot) Needs() int {
	quorum := b.Quorum.Of(len(b.Electorate))
	if b.Level == Anonymous {
		return max(quorum, AnonymousLeast)
	}
	return quorum
}

func (b Ballot) result(t BallotTally) *Result {
	voted, needs := t.Voted(), b.Needs()
	electorate := amount(len(b.Electorate), "person", "people")
	r := &Result{Advice: NoDecision, Voted: voted}
	switch {
	case voted < needs:
		r.Because = fmt.Sprintf("%d of %s voted, and at least %d had to.", voted, electorate, needs)
		return r
	case voted == 0:
		r.Because = fmt.Sprintf("Nobody of %s voted.", electorate)
		return r
	}
	approve, object := t.Counts[b.Question.Approving()], t.Counts[ChooseObject]
	against := voted - approve - t.Counts[ChooseNoOpinion]
	switch {
	case !b.Rule.IsZero() && approve >= b.Rule.Approve && object <= b.Rule.Object:
		r.Advice = AdviseFor
	case !b.Rule.IsZero():
		r.Advice = AdviseAgainst
	case approve > against:
		r.Advice = AdviseFor
	case approve < against:
		r.Advice = AdviseAgainst
	default:
		r.Advice = AdviseNeither
	}
	r.Because = b.because(t, r.Advice)
	return r
}

// Differs tells whether moving the idea to that stage differs from what the
// ballot advises. Nothing differs from no advice.
func (b Ballot) Differs(to Stage) bool {
	if b.Result == nil {
		return false
	}
	parks := to == Parked
	switch b.Result.Advice {
	case AdviseFor:
		return parks != (b.Question == AskPark)
	case AdviseAgainst:
		return parks == (b.Question == AskPark)
	}
	return false
}

// CheckDecision refuses a decision that differs from what the ballot advises and
// does not say why. to is the stage the idea is to have.
func (b Ballot) CheckDecision(to Stage, why string) error {
	if !b.Differs(to) || HasVisible(CleanLine(why)) {
		return nil
	}
	return &Problem{
		Code:   "differs-from-advice",
		What:   "This is not what the ballot advises. " + b.AdviceInWords(),
		Safe:   "Nothing was changed; the decision is yours.",
		Next:   "Say in a line why you decide otherwise. Whoever reads the result reads it too.",
		Fields: map[Field]string{FieldWhy: b.AdvisedInWords() + " Say in a line why you decide otherwise."},
	}
}
