package pipeline_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"alignbot/pipeline"
)

// try is what somebody tried: a vote, or to take it back, "".
type try struct {
	voter  int // from 0; the last two are not asked
	choice pipeline.Choice
}

// Random people vote, change their votes, take them back, close the ballot, and
// Slack delivers some of it twice: after every step the votes that the rules let
// through are those of a model which knows only deadlines and who was asked.
func TestVotesAreThoseOfASimpleModel(t *testing.T) {
	const asked, strangers = 6, 2
	rapid.Check(t, func(t *rapid.T) {
		team, people := voters(asked)
		b, err := pipeline.StartBallot(pipeline.Policy{}, people[0], pipeline.Where{Team: team}, ripe(pipeline.Discovery), pipeline.BallotForm{
			Question: rapid.SampledFrom([]pipeline.BallotQuestion{pipeline.AskPursue, pipeline.AskPark}).Draw(t, "question"),
			Level:    rapid.SampledFrom(pipeline.Confidentialities()).Draw(t, "level"),
			Quorum:   rapid.SampledFrom([]string{"", "3", "100 %"}).Draw(t, "quorum"),
			Approve:  rapid.SampledFrom([]string{"", "2"}).Draw(t, "approve"),
			Days:     "1",
		}, people, false, noon)
		if err != nil {
			t.Fatal(err)
		}
		where := pipeline.Where{Team: team}
		monday := time.Date(2026, 11, 23, 16, 0, 0, 0, time.UTC)

		stored := map[string]pipeline.VoteOf{} // by voter, as the store keeps them
		tally := func() pipeline.BallotTally {
			var votes []pipeline.VoteOf
			for _, v := range stored {
				votes = append(votes, v)
			}
			return pipeline.TallyVotes(votes)
		}
		var log []try
		left := map[int]bool{} // deactivated
		now, until, closed := noon, monday, false
		expected := func() map[pipeline.Choice]int {
			last := map[int]pipeline.Choice{}
			for _, l := range log {
				last[l.voter] = l.choice
			}
			counts := map[pipeline.Choice]int{}
			for _, choice := range last {
				if choice != "" {
					counts[choice]++
				}
			}
			return counts
		}
		deliver := func(l try) {
			p := pipeline.Person{ID: fmt.Sprintf("U%d", l.voter+1), Deactivated: left[l.voter]}
			takes := l.voter < asked && !left[l.voter] && !closed && now.Before(until)
			var err error
			if l.choice == "" {
				if err = pipeline.CheckWithdrawal(pipeline.Policy{}, p, where, b, now); err == nil {
					delete(stored, p.ID)
				}
			} else {
				var v pipeline.Vote
				if v, err = pipeline.CheckVote(pipeline.Policy{}, p, where, b, pipeline.Vote{Choice: l.choice, Reason: "It is so."}, now); err == nil {
					stored[p.ID] = pipeline.VoteOf{Voter: p.ID, Vote: v}
				}
			}
			if (err == nil) != takes {
				t.Fatalf("%s votes %q at %s: %v", p.ID, l.choice, now, err)
			}
			if takes {
				log = append(log, l)
			}
		}
		var last try
		t.Repeat(map[string]func(*rapid.T){
			"vote": func(t *rapid.T) {
				last = try{voter: rapid.IntRange(0, asked+strangers-1).Draw(t, "voter"), choice: rapid.SampledFrom(pipeline.Choices()).Draw(t, "choice")}
				deliver(last)
			},
			"withdraw": func(t *rapid.T) {
				last = try{voter: rapid.IntRange(0, asked+strangers-1).Draw(t, "voter")}
				deliver(last)
			},
			"deliver again": func(*rapid.T) { deliver(last) },
			"leave": func(t *rapid.T) {
				left[rapid.IntRange(1, asked-1).Draw(t, "voter")] = true
			},
			"wait": func(t *rapid.T) {
				now = now.Add(time.Duration(rapid.IntRange(1, 30).Draw(t, "hours")) * time.Hour)
			},
			"close early": func(t *rapid.T) {
				who := rapid.IntRange(0, asked+strangers-1).Draw(t, "who")
				admin := rapid.Bool().Draw(t, "admin")
				next, err := pipeline.CloseBallot(pipeline.Policy{}, pipeline.Person{ID: fmt.Sprintf("U%d", who+1), Admin: admin, Deactivated: left[who]}, where, b, tally(), now)
				if may := (who == 0 || admin) && !left[who] && !closed; (err == nil) != may {
					t.Fatalf("U%d, admin %v, closes it: %v", who+1, admin, err)
				}
				if err == nil {
					closed = true
				}
				b = next
			},
			"look at the clock": func(t *rapid.T) {
				next, changed := b.CloseAt(*team, nil, tally(), now)
				if due := !closed && !now.Before(until); changed != due {
					t.Fatalf("at %s, until %s: changed %v", now, until, changed)
				}
				switch {
				case changed && next.Running():
					if b.Extended || until != monday {
						t.Fatal("extended twice")
					}
					until = next.Deadline
					if !until.After(now) || until.Sub(now) > 4*24*time.Hour {
						t.Fatalf("extended at %s until %s", now, until)
					}
				case changed:
					closed = true
				}
				b = next
			},
			"": func(t *rapid.T) {
				got := tally()
				if diff := cmp.Diff(expected(), got.Counts); diff != "" {
					t.Fatalf("votes (-want +got):\n%s", diff)
				}
				if len(b.Electorate) != asked || b.Running() == closed || (b.Result != nil) != closed {
					t.Fatalf("%+v", b)
				}
				if closed && b.Result.Voted != got.Voted() {
					t.Fatalf("the result counts %d votes of %d", b.Result.Voted, got.Voted())
				}
			},
		})
	})
}
