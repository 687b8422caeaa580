package storage

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"alignbot/pipeline"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// TestStoredVotesAreThoseOfASimpleModel: people vote, change and withdraw their
// votes in two processes, the ballot is extended and closed, and any act may be
// delivered again at any time. The model is a map, and a list of acts that were
// carried out.
func TestStoredVotesAreThoseOfASimpleModel(t *testing.T) {
	db := open(t, "memory:")
	run := 0
	rapid.Check(t, func(rt *rapid.T) {
		run++
		s := db.Workspace(fmt.Sprint("T-votes-", run))
		must(s.SetUpTeam(t.Context(), "op-team", payments()))(t)
		stores := []*Store{s, replica(s)}
		people := []string{"U_ANA", "U_BEN", "U_EVE", "U_KIM", "U_NOBODY"}
		level := rapid.SampledFrom(pipeline.Confidentialities()).Draw(rt, "level")
		b := started(t, s, level, people[:4]...)

		votes, done := map[string]pipeline.Vote{}, map[string]bool{}
		var acts []Voting
		wanted := map[string]pipeline.Vote{} // by op
		polls, isClosed := int64(0), false
		var result pipeline.BallotTally
		deliver := func(v Voting, s *Store) {
			cast, err := s.Vote(t.Context(), v, redraw("PAY-1:1"))
			_, before := votes[v.User]
			switch {
			case done[v.Op] && (!isClosed || level != pipeline.Anonymous):
				if err != nil || cast.First || cast.Vote != votes[v.User] {
					rt.Fatalf("%s again: %+v, %v; stored is %+v", v.Op, cast, err, votes[v.User])
				}
			case isClosed || v.User == "U_NOBODY":
				if err == nil {
					rt.Fatalf("%s is taken: %+v", v.Op, cast)
				}
			default:
				if err != nil || !cast.First || cast.Before != before || cast.Vote != wanted[v.Op] {
					rt.Fatalf("%s: %+v, %v", v.Op, cast, err)
				}
				done[v.Op] = true
				if v.Withdraw {
					delete(votes, v.User)
				} else {
					votes[v.User] = wanted[v.Op]
				}
				if before || !v.Withdraw {
					polls++
				}
			}
		}
		rt.Repeat(map[string]func(*rapid.T){
			"vote": func(rt *rapid.T) {
				user := rapid.SampledFrom(people).Draw(rt, "user")
				v := rapid.SampledFrom([]pipeline.Vote{pursue, because, object, nothing}).Draw(rt, "vote")
				op := fmt.Sprint("act", len(acts))
				wanted[op] = v
				acts = append(acts, voting(b, op, user, v))
				deliver(acts[len(acts)-1], rapid.SampledFrom(stores).Draw(rt, "process"))
			},
			"deliver again": func(rt *rapid.T) {
				if len(acts) > 0 {
					deliver(rapid.SampledFrom(acts).Draw(rt, "act"), rapid.SampledFrom(stores).Draw(rt, "process"))
				}
			},
			"close on votes seen before": func(rt *rapid.T) {
				seen := must(s.Ballot(t.Context(), b.Idea, b.ID, ""))(t)
				v := voting(b, fmt.Sprint("act", len(acts)), "U_KIM", pursue)
				wanted[v.Op] = pursue
				acts = append(acts, v)
				deliver(v, stores[1])
				after := seen.Ballot
				after.ClosedAt, after.ClosedBy, after.Result = seen.Now, "U_ANA", &pipeline.Result{Advice: pipeline.AdviseFor}
				var conflict *BallotConflictError
				if _, err := s.CloseBallot(t.Context(), fmt.Sprint("early", len(acts)), seen, after, nil); !errors.As(err, &conflict) {
					rt.Fatalf("closed on other votes: %v", err)
				}
			},
			"extend": func(rt *rapid.T) {
				if isClosed {
					return
				}
				noError(t, db.client.HSet(t.Context(), s.tag+"ballot:PAY-1:1", "deadline", "1").Err()) // as if its time had passed
				seen := must(s.Ballot(t.Context(), b.Idea, b.ID, ""))(t)
				after := seen.Ballot
				after.Extended, after.Deadline = true, time.Now().Add(time.Hour)
				must(s.CloseBallot(t.Context(), fmt.Sprint("extend", seen.Ballot.Version), seen, after, nil))(t)
			},
			"close": func(rt *rapid.T) {
				if isClosed || rapid.IntRange(0, 3).Draw(rt, "still") > 0 {
					return
				}
				closed(t, stores[1], "op-close", b)
				isClosed = true
			},
			"": func(rt *rapid.T) {
				polled := must(s.Ballot(t.Context(), b.Idea, b.ID, ""))(t)
				want := map[pipeline.Choice]int{}
				for _, v := range votes {
					want[v.Choice]++
				}
				if diff := cmp.Diff(want, polled.Tally.Counts); diff != "" || polled.Polls != polls || polled.Ballot.Running() == isClosed {
					rt.Fatalf("%d polls of %d, closed %v of %v, counts (-want +got):\n%s", polled.Polls, polls, !polled.Ballot.Running(), isClosed, diff)
				}
				if level != pipeline.Anonymous {
					if diff := cmp.Diff(votes, tally(t, s, b)); diff != "" {
						rt.Fatalf("votes (-want +got):\n%s", diff)
					}
				}
				if isClosed && result.Counts == nil {
					result = polled.Tally
				}
				if isClosed {
					if diff := cmp.Diff(result, polled.Tally); diff != "" {
						rt.Fatalf("after the close (-then +now):\n%s", diff)
					}
				}
			},
		})
	})
}
