package pipeline

import (
	"fmt"
	"slices"
	"time"
)

// Choice is what somebody votes.
type Choice string

// The choices. They are the same whatever a ballot proposes; an objection is
// against that and says why.
const (
	ChoosePursue    Choice = "pursue"
	ChoosePark      Choice = "park"
	ChooseObject    Choice = "object"
	ChooseNoOpinion Choice = "no opinion"
)

// Choices lists them, as they stand on a ballot.
func Choices() []Choice {
	return []Choice{ChoosePursue, ChoosePark, ChooseObject, ChooseNoOpinion}
}

// Vote is what one person says. Whose it is, and whether that is kept, is told
// apart from it: see Confidentiality.
type Vote struct {
	Choice Choice
	// Reason in a line; "" where none was given. An objection has one.
	Reason string
}

// The inputs of a vote.
const (
	FieldChoice     Field = "choice"
	FieldVoteReason Field = "vote-reason"
)

// objectionLeast is how many visible characters make a sentence.
const objectionLeast = 3

// CheckVote cleans a vote, or says why it cannot be taken. where names the
// ballot's team. A vote replaces the one that the person cast before.
func CheckVote(policy Policy, p Person, where Where, b Ballot, v Vote, now time.Time) (Vote, error) {
	if err := mayVote(policy, p, where, b, now); err != nil {
		return Vote{}, err
	}
	v.Reason = CleanLine(v.Reason)
	if !HasVisible(v.Reason) {
		v.Reason = ""
	}
	wrong := map[Field]string{}
	if !slices.Contains(Choices(), v.Choice) {
		wrong[FieldChoice] = "Choose one of the four."
	}
	switch n := Length(v.Reason); {
	case n > ReasonLimit:
		wrong[FieldVoteReason] = fmt.Sprintf("At most %d characters; this has %d.", ReasonLimit, n)
	case v.Choice == ChooseObject && visible(v.Reason) < objectionLeast:
		wrong[FieldVoteReason] = "An objection needs a sentence: what would go wrong? It stands first in the result."
	}
	if err := fieldProblems("vote-form", wrong); err != nil {
		return Vote{}, err
	}
	return v, nil
}

// CheckWithdrawal says why a vote cannot be taken back, nil when it can.
func CheckWithdrawal(policy Policy, p Person, where Where, b Ballot, now time.Time) error {
	return mayVote(policy, p, where, b, now)
}

// mayVote refuses who has no vote on the ballot, and what comes too late.
func mayVote(policy Policy, p Person, where Where, b Ballot, now time.Time) error {
	if err := mayBallot(policy, p, CastVote, where, b.Idea); err != nil {
		return err
	}
	if !b.Asks(p.ID) {
		return &Problem{
			Code: "not-in-electorate",
			What: fmt.Sprintf("You are not among the %s who are asked about %s; they were chosen when the ballot started.", amount(len(b.Electorate), "person", "people"), b.Idea),
			Safe: "Nothing was changed.",
			Next: "What you know about it counts as evidence: add that to the idea.",
		}
	}
	switch {
	case !b.Running():
		return closedBallot(b, "The votes cast before that count.")
	case !now.Before(b.Deadline):
		problem := &Problem{
			Code: "voting-over",
			What: fmt.Sprintf("The time to vote on %s is over.", b.Idea),
			Safe: "The votes cast before that count.",
			Next: "The result follows.",
		}
		if !b.Extended && b.Needs() > 0 {
			problem.Next = "The result follows. If too few have voted, there is more time, and you can vote again."
		}
		return problem
	}
	return nil
}

// BallotIsClosed is the code of the problem that a ballot takes nothing more.
const BallotIsClosed = "ballot-closed"

func closedBallot(b Ballot, safe string) *Problem {
	return &Problem{
		Code: BallotIsClosed,
		What: fmt.Sprintf("The ballot on %s is closed.", b.Idea),
		Safe: safe,
		Next: "Its result is on the idea's card.",
	}
}

// Asks tells whether the user is in the electorate.
func (b Ballot) Asks(user string) bool {
	_, found := slices.BinarySearch(b.Electorate, user)
	return found
}

// Running tells whether the ballot is not closed yet. Votes are taken until its
// deadline only, which may have passed.
func (b Ballot) Running() bool { return b.ClosedAt.IsZero() }

// visible counts what a reader sees of a line, without its spaces.
func visible(s string) int {
	n := 0
	for _, r := range s {
		if HasVisible(string(r)) {
			n++
		}
	}
	return n
}
