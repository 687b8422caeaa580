package pipeline

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"fmt"
	"slices"
	"strconv"
	"time"
	"unicode"
)

// Shown is what of a ballot its readers may see.
type Shown struct {
	// Voted of Electorate have.
	Voted, Electorate int
	// Counts of the votes by choice; nil while they are hidden.
	Counts map[Choice]int
	// Hidden says why there are no counts, in a sentence; "" where there are.
	Hidden string
	// Votes to show, objections first: all of them with their voters where those
	// may be known, else only reasons, in an order that tells nothing.
	Votes []VoteOf
}

// MayShow gives what everybody who sees the ballot may see of it. Who did not
// vote is in none of it.
func (b Ballot) MayShow(t BallotTally) Shown {
	shown := Shown{Voted: t.Voted(), Electorate: len(b.Electorate)}
	switch {
	case b.Running() && (!b.ShowResults || b.Level == Anonymous):
		shown.Hidden = "The votes are hidden until the ballot closes."
	case b.Level == Anonymous && shown.Voted < AnonymousLeast:
		shown.Hidden = fmt.Sprintf("An anonymous ballot shows nothing under %d votes.", AnonymousLeast)
	default:
		shown.Counts = countsOf(t)
		if b.Level == OpenBallot {
			shown.Votes = byVoter(t.Votes)
		} else {
			shown.Votes = b.reasonsAlone(t.Votes)
		}
	}
	return shown
}

// AuditBallot shows a workspace admin who voted what on a confidential ballot
// that is closed. The event is the line for the idea's history that says so; it
// is to be kept before anything is shown.
func AuditBallot(policy Policy, p Person, where Where, b Ballot, t BallotTally, now time.Time) (Shown, Event, error) {
	if err := mayBallot(policy, p, AuditVotes, where, b.Idea); err != nil {
		return Shown{}, Event{}, err
	}
	switch {
	case b.Level == Anonymous:
		return Shown{}, Event{}, &Problem{
			Code: "ballot-anonymous",
			What: fmt.Sprintf("The ballot on %s is anonymous: nobody can look up who voted what, you included.", b.Idea),
			Safe: "Nothing was looked up.",
		}
	case b.Level == OpenBallot:
		return Shown{}, Event{}, &Problem{
			Code: "ballot-open",
			What: fmt.Sprintf("The ballot on %s is open: its result shows who voted what.", b.Idea),
			Safe: "Nothing was looked up.",
		}
	case b.Running():
		return Shown{}, Event{}, &Problem{
			Code: "ballot-runs",
			What: fmt.Sprintf("The ballot on %s still runs, and until it closes its votes can be changed.", b.Idea),
			Safe: "Nothing was looked up.",
			Next: "Look again once it is closed.",
		}
	}
	shown := Shown{Voted: t.Voted(), Electorate: len(b.Electorate), Counts: countsOf(t), Votes: byVoter(t.Votes)}
	return shown, Event{At: now, By: p.ID, What: BallotAudited, About: string(b.Question)}, nil
}

// countsOf gives every choice its number, in a copy.
func countsOf(t BallotTally) map[Choice]int {
	counts := map[Choice]int{}
	for _, choice := range Choices() {
		counts[choice] = t.Counts[choice]
	}
	return counts
}

// shownFirst is the order in which choices are read.
var shownFirst = []Choice{ChooseObject, ChoosePursue, ChoosePark, ChooseNoOpinion}

func byChoice(a, b VoteOf) int {
	return cmp.Compare(slices.Index(shownFirst, a.Choice), slices.Index(shownFirst, b.Choice))
}

func byVoter(votes []VoteOf) []VoteOf {
	return slices.SortedFunc(slices.Values(votes), func(a, b VoteOf) int {
		return cmp.Or(byChoice(a, b), cmp.Compare(a.Voter, b.Voter))
	})
}

// reasonsAlone takes the voters off, and with them what had no reason. The order
// is as if at random and stays the same each time it is drawn, so that it tells
// neither who nor when.
func (b Ballot) reasonsAlone(votes []VoteOf) []VoteOf {
	var reasons []VoteOf
	for _, v := range votes {
		if v.Reason != "" {
			reasons = append(reasons, VoteOf{Vote: v.Vote})
		}
	}
	place := func(v VoteOf) []byte {
		sum := sha256.Sum256(fmt.Appendf(nil, "%s/%d/%s", b.Idea, b.ID, v.Reason))
		return sum[:]
	}
	slices.SortFunc(reasons, func(a, b VoteOf) int {
		return cmp.Or(byChoice(a, b), bytes.Compare(place(a), place(b)))
	})
	return reasons
}

// spelled are the numbers that a sentence about votes writes out.
var spelled = []string{"nobody", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"}

// CountInWords says how many made a choice: "two object", "one would park it", "14
// have no opinion".
func (q BallotQuestion) CountInWords(c Choice, n int) string {
	number := strconv.Itoa(n)
	if n < len(spelled) {
		number = spelled[n]
	}
	switch c {
	case ChoosePursue:
		if q == AskReopen {
			return number + " would reopen it"
		}
		return number + " would pursue it"
	case ChoosePark:
		if q == AskReopen {
			return number + " would leave it parked"
		}
		return number + " would park it"
	case ChooseObject:
		if n < 2 {
			return number + " objects"
		}
		return number + " object"
	}
	if n < 2 {
		return number + " has no opinion"
	}
	return number + " have no opinion"
}

// because says why the votes advise what they do.
func (b Ballot) because(t BallotTally, advice Advice) string {
	var said []string
	for _, choice := range shownFirst {
		if n := t.Counts[choice]; n > 0 {
			said = append(said, b.Question.CountInWords(choice, n))
		}
	}
	words := withInitial(enumerate(said), unicode.ToUpper) + "."
	switch {
	case !b.Rule.IsZero():
		return words + " The rule: " + b.Rule.String() + "."
	case advice != AdviseNeither:
		return words
	case t.Voted() == t.Counts[ChooseNoOpinion]:
		return words + " Nobody took a side."
	}
	return words + " As many are for it as against it."
}

// AdviceInWords is what the ballot says, in a sentence; "" while it runs.
func (b Ballot) AdviceInWords() string {
	if b.Result == nil {
		return ""
	}
	switch b.Result.Advice {
	case AdviseFor, AdviseAgainst:
		return "The advice is " + b.advised() + "."
	case AdviseNeither:
		return "There is no advice."
	}
	return "There is no decision."
}

// AdvisedInWords says the same of a ballot that a decision stands beside; ""
// while it runs.
func (b Ballot) AdvisedInWords() string {
	if b.Result == nil {
		return ""
	}
	switch b.Result.Advice {
	case AdviseFor, AdviseAgainst:
		return "The ballot's advice was " + b.advised() + "."
	case AdviseNeither:
		return "The ballot gave no advice."
	}
	return "The ballot came to no decision."
}

// advised is what a ballot with an advice is for: "to pursue it".
func (b Ballot) advised() string {
	switch {
	case b.Result.Advice == AdviseFor:
		return "to " + string(b.Question) + " it"
	case b.Question == AskReopen:
		return "to leave it parked"
	}
	return "not to " + string(b.Question) + " it"
}
