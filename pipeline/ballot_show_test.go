package pipeline_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"alignbot/pipeline"
)

// cast are so many votes, everybody's with a reason but the second's.
func cast(n int) []pipeline.VoteOf {
	var votes []pipeline.VoteOf
	for i := range n {
		v := pipeline.VoteOf{Voter: fmt.Sprintf("U%d", i+1), Vote: pipeline.Vote{Choice: pipeline.Choices()[i%4], Reason: fmt.Sprintf("because of %d", i)}}
		if i == 1 {
			v.Reason = ""
		}
		votes = append(votes, v)
	}
	return votes
}

// Every level, while it runs and after, with and without running results, with
// up to six votes: what everybody sees.
func TestWhatEverybodySees(t *testing.T) {
	const nothing, reasons, names = "nothing", "counts and reasons", "counts and names"
	for _, level := range pipeline.Confidentialities() {
		for _, closed := range []bool{false, true} {
			for _, live := range []bool{false, true} {
				for n := range 7 {
					b := pipeline.Ballot{Level: level, ShowResults: live, Electorate: []string{"U1", "U2", "U3", "U4", "U5", "U6"}}
					if closed {
						b.ClosedAt = noon
					}
					want := nothing
					switch level {
					case pipeline.OpenBallot:
						if closed || live {
							want = names
						}
					case pipeline.Confidential:
						if closed || live {
							want = reasons
						}
					case pipeline.Anonymous:
						if closed && n >= 4 {
							want = reasons
						}
					}
					votes := cast(n)
					given := slices.Clone(votes)
					shown := b.MayShow(pipeline.TallyVotes(votes))
					name := fmt.Sprintf("%s, closed %v, running results %v, %d votes", level, closed, live, n)
					if diff := cmp.Diff(given, votes); diff != "" {
						t.Errorf("%s: what was given has changed:\n%s", name, diff)
					}
					if shown.Voted != n || shown.Electorate != 6 || (shown.Hidden != "") != (want == nothing) || (shown.Counts == nil) != (want == nothing) {
						t.Errorf("%s: %+v, want %s", name, shown, want)
					}
					people, withReason := 0, 0
					for _, v := range shown.Votes {
						if v.Voter != "" {
							people++
						}
						if v.Reason != "" {
							withReason++
						}
					}
					wantPeople, wantReasons := 0, 0
					if want == names {
						wantPeople = n
					}
					if want != nothing {
						wantReasons = n - min(1, n/2) // the second gave none
					}
					if people != wantPeople || withReason != wantReasons || len(shown.Votes) != max(people, withReason) {
						t.Errorf("%s: %d names and %d reasons in %d votes, want %s", name, people, withReason, len(shown.Votes), want)
					}
					if !slices.IsSortedFunc(shown.Votes, func(a, b pipeline.VoteOf) int {
						return objectsFirst(a) - objectsFirst(b)
					}) {
						t.Errorf("%s: objections are not first: %+v", name, shown.Votes)
					}
				}
			}
		}
	}
}

func objectsFirst(v pipeline.VoteOf) int {
	if v.Choice == pipeline.ChooseObject {
		return 0
	}
	return 1
}

// Who audits: every role, on every level, before and after the close.
func TestWhoAuditsABallot(t *testing.T) {
	team, _ := voters(0)
	for _, role := range pipeline.Roles() {
		for _, level := range pipeline.Confidentialities() {
			for _, closed := range []bool{false, true} {
				for n := range 5 {
					_, b := aBallot(t, pipeline.BallotForm{Question: pipeline.AskPark, Level: level})
					if closed {
						b.ClosedAt = noon.Add(time.Hour)
					}
					want := "not-permitted"
					if role == pipeline.RoleAdmin {
						switch {
						case level == pipeline.Anonymous:
							want = "ballot-anonymous"
						case level == pipeline.OpenBallot:
							want = "ballot-open"
						case !closed:
							want = "ballot-runs"
						default:
							want = ""
						}
					}
					who := person(role)
					who.ID = "U9"
					if role == pipeline.RoleProductOwner {
						who.ID = "U1"
					}
					shown, event, err := pipeline.AuditBallot(pipeline.Policy{Guests: true}, who, pipeline.Where{Team: team, InChannel: true}, b, pipeline.TallyVotes(cast(n)), noon.Add(2*time.Hour))
					name := fmt.Sprintf("%s, %s, closed %v, %d votes", role, level, closed, n)
					if got := problemCode(err); got != want {
						t.Errorf("%s: %q, want %q", name, got, want)
					}
					if want != "" {
						if diff := cmp.Diff(pipeline.Shown{}, shown); diff != "" || event.What != "" {
							t.Errorf("%s: refused, and yet %s %+v", name, diff, event)
						}
						continue
					}
					if len(shown.Votes) != n || slices.ContainsFunc(shown.Votes, func(v pipeline.VoteOf) bool { return v.Voter == "" }) {
						t.Errorf("%s: %+v", name, shown)
					}
					if diff := cmp.Diff(pipeline.Event{At: noon.Add(2 * time.Hour), By: "U9", What: pipeline.BallotAudited, About: "park"}, event); diff != "" {
						t.Errorf("%s:\n%s", name, diff)
					}
				}
			}
		}
	}
}

// What is shown without names is the same whoever voted first and whoever it
// was, and no name is anywhere in it.
func TestReasonsTellNeitherWhoNorWhen(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := pipeline.Ballot{
			Idea: pipeline.Key{Team: "PAY", Number: 12}, ID: rapid.IntRange(1, 3).Draw(t, "ballot"), ClosedAt: noon,
			Level: rapid.SampledFrom([]pipeline.Confidentiality{pipeline.Confidential, pipeline.Anonymous}).Draw(t, "level"),
		}
		var votes []pipeline.VoteOf
		for i := range rapid.IntRange(0, 12).Draw(t, "votes") {
			votes = append(votes, pipeline.VoteOf{
				Voter: fmt.Sprintf("U0VOTER%d", i),
				Vote: pipeline.Vote{
					Choice: rapid.SampledFrom(pipeline.Choices()).Draw(t, "choice"),
					Reason: rapid.SampledFrom([]string{"", "It costs too much.", "It is the law.", "Nobody asked for it.", "Twelve customers did."}).Draw(t, "reason"),
				},
			})
		}
		first := b.MayShow(pipeline.TallyVotes(votes))
		others := rapid.Permutation(votes).Draw(t, "in another order")
		for i := range others {
			others[i].Voter = fmt.Sprintf("U0OTHER%d", i)
		}
		if diff := cmp.Diff(first, b.MayShow(pipeline.TallyVotes(others))); diff != "" {
			t.Fatalf("who voted and when can be told:\n%s", diff)
		}
		if all := fmt.Sprintf("%+v", first); strings.Contains(all, "U0VOTER") {
			t.Fatalf("a voter is in %s", all)
		}
	})
}

func TestReasonsOfDifferentBallotsStandInDifferentOrders(t *testing.T) {
	orders := map[string]bool{}
	for id := range 20 {
		b := pipeline.Ballot{ID: id, Level: pipeline.Anonymous, ClosedAt: noon}
		var votes []pipeline.VoteOf
		for _, reason := range []string{"a", "b", "c", "d"} {
			votes = append(votes, pipeline.VoteOf{Vote: pipeline.Vote{Choice: pipeline.ChoosePark, Reason: reason}})
		}
		var order string
		for _, v := range b.MayShow(pipeline.TallyVotes(votes)).Votes {
			order += v.Reason
		}
		orders[order] = true
	}
	if len(orders) < 5 {
		t.Errorf("20 ballots show %d orders", len(orders))
	}
}

func TestCountsInWords(t *testing.T) {
	for _, c := range []struct {
		question pipeline.BallotQuestion
		choice   pipeline.Choice
		want     [3]string // for none, one and seven
	}{
		{pipeline.AskPursue, pipeline.ChoosePursue, [3]string{"nobody would pursue it", "one would pursue it", "seven would pursue it"}},
		{pipeline.AskPark, pipeline.ChoosePark, [3]string{"nobody would park it", "one would park it", "seven would park it"}},
		{pipeline.AskReopen, pipeline.ChoosePursue, [3]string{"nobody would reopen it", "one would reopen it", "seven would reopen it"}},
		{pipeline.AskReopen, pipeline.ChoosePark, [3]string{"nobody would leave it parked", "one would leave it parked", "seven would leave it parked"}},
		{pipeline.AskPark, pipeline.ChooseObject, [3]string{"nobody objects", "one objects", "seven object"}},
		{pipeline.AskPark, pipeline.ChooseNoOpinion, [3]string{"nobody has no opinion", "one has no opinion", "seven have no opinion"}},
	} {
		for i, n := range []int{0, 1, 7} {
			if got := c.question.CountInWords(c.choice, n); got != c.want[i] {
				t.Errorf("%s: %q, want %q", c.question, got, c.want[i])
			}
		}
	}
}
