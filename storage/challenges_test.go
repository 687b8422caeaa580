package storage

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"alignbot/pipeline"
)

// opened is a question about PAY-12 that is open for a day.
func opened(t testing.TB, s *Store) ChallengeState {
	t.Helper()
	key := pipeline.Key{Team: "PAY", Number: 12}
	seen := must(s.Challenge(t.Context(), key, ""))(t)
	now := time.Now().UTC().Truncate(time.Millisecond)
	after := seen.Challenge
	after.Times, after.Open, after.Opened, after.Deadline = after.Times+1, true, now, now.Add(24*time.Hour)
	must(s.OpenChallenge(t.Context(), seen, after, pipeline.Event{At: now, What: pipeline.WasChallenged, Why: "x"}))(t)
	return must(s.Challenge(t.Context(), key, ""))(t)
}

func asks(t testing.TB, s *Store, op, user, why string, named bool) ChallengeState {
	t.Helper()
	ask := &pipeline.ChallengeAsk{Why: why}
	if named {
		ask.By, ask.At = user, start
	}
	if why == "" {
		ask = nil
	}
	return must(s.AskChallenge(t.Context(), Challenging{Op: op, Idea: pipeline.Key{Team: "PAY", Number: 12}, Times: 1, User: user, Ask: ask}))(t)
}

// answered is what an answer makes of it.
func answered(c pipeline.Challenge, asked int) pipeline.Challenge {
	c.Answers = append(c.Answers, pipeline.ChallengeAnswer{Verdict: pipeline.ChallengeKeep, Words: "It pays", By: "U_ANA", At: start, Asked: asked})
	c.Open, c.Opened, c.Deadline = false, time.Time{}, time.Time{}
	return c
}

func TestAChallengeFromTheQuestionToTheAnswer(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s, ctx := withTeam(t, db), t.Context()
		key := pipeline.Key{Team: "PAY", Number: 12}
		if none := must(s.Challenge(ctx, key, "U1"))(t); none.Challenge.Key() != key || none.Challenge.Version != 0 {
			t.Errorf("before anybody asks it is %+v", none)
		}
		if _, err := s.AskChallenge(ctx, Challenging{Op: "o", Idea: key, Times: 1, User: "U1"}); !errors.Is(err, ErrNotFound) {
			t.Errorf("asked where nothing is open: %v", err)
		}
		state := opened(t, s)
		asks(t, s, "a", "U1", "Nobody exports", false)
		asks(t, s, "b", "U2", "Too dear", true)
		asks(t, s, "b", "U2", "Too dear", true)
		asks(t, s, "c", "U1", "Nobody needs it", false)
		asks(t, s, "d", "U3", "A moment only", false)
		state = asks(t, s, "e", "U3", "", false)
		equal(t, state.Asks, []pipeline.ChallengeAsk{{By: "U2", At: start, Why: "Too dear"}, {Why: "Nobody needs it"}})
		mine := must(s.Challenge(ctx, key, "U1"))(t)
		if mine.Mine == nil || mine.Mine.Why != "Nobody needs it" {
			t.Errorf("U1 asks %+v", mine.Mine)
		}
		open := must(s.OpenChallenges(ctx, "PAY", 10))(t)
		if len(open) != 1 || len(open[0].Asks) != 2 {
			t.Errorf("open are %+v", open)
		}

		// Nothing stored has both a name and what was asked in confidence.
		for _, name := range must(db.client.Keys(ctx, s.tag+"*").Result())(t) {
			dump := fmt.Sprint(name, db.client.Do(ctx, "DUMP", name).Val(), db.client.HGetAll(ctx, name).Val())
			if strings.Contains(dump, "Nobody needs it") && strings.Contains(dump, "U1") {
				t.Errorf("%s tells who asked: %s", name, dump)
			}
		}

		// An answer that did not see all that is asked is not stored.
		asks(t, s, "f", "U4", "Me too", false)
		var conflict *ChallengeConflictError
		if _, err := s.EndChallenge(ctx, "end", state, answered(state.Challenge, 2), "U_ANA", Slot{}, nil); !errors.As(err, &conflict) || len(conflict.Current.Asks) != 3 {
			t.Fatalf("answered without having seen all: %v", err)
		}
		event := pipeline.Event{At: start, By: "U_ANA", What: pipeline.ChallengeAnswered, Why: "It pays"}
		after := must(s.EndChallenge(ctx, "end", conflict.Current, answered(conflict.Current.Challenge, 3), "U_ANA", Slot{}, []pipeline.Event{event}))(t)
		again := must(s.EndChallenge(ctx, "end", conflict.Current, answered(conflict.Current.Challenge, 3), "U_ANA", Slot{}, []pipeline.Event{event}))(t)
		equal(t, again, after)
		if _, err := s.EndChallenge(ctx, "other", conflict.Current, answered(conflict.Current.Challenge, 3), "U_BEN", Slot{}, nil); !errors.As(err, &conflict) {
			t.Errorf("a second answer: %v", err)
		}
		if _, err := s.AskChallenge(ctx, Challenging{Op: "g", Idea: key, Times: 1, User: "U5", Ask: &pipeline.ChallengeAsk{Why: "late"}}); !errors.Is(err, ErrClosed) {
			t.Errorf("asked after the answer: %v", err)
		}
		if events := must(s.History(ctx, key, 0))(t); len(events) != 2 || events[0].What != pipeline.ChallengeAnswered || events[1].What != pipeline.WasChallenged || events[1].By != "" {
			t.Errorf("its history is %+v", events)
		}
		if open := must(s.OpenChallenges(ctx, "PAY", 10))(t); len(open) > 0 {
			t.Errorf("open are %+v", open)
		}

		// The next question begins without what was asked in the one before, and with
		// another secret.
		next := opened(t, s)
		if next.Challenge.Times != 2 || len(next.Asks) > 0 || len(next.Challenge.Answers) != 1 {
			t.Errorf("the next one is %+v", next)
		}
		sheet := must(challenges.get(ctx, s, SheetName{"PAY", 12}))(t)
		if voter := sheet.Voter("U1"); len(voter) != 64 {
			t.Errorf("what is asked stands under %q", voter)
		}
	})
}

func TestManyChallengeAtOnce(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		opened(t, s)
		var all sync.WaitGroup
		for i := range 20 {
			all.Go(func() {
				user := fmt.Sprint("U", i)
				ask := &pipeline.ChallengeAsk{Why: "from " + user}
				for _, op := range []string{"x", "x", "y"} {
					if _, err := s.AskChallenge(t.Context(), Challenging{Op: op + user, Idea: pipeline.Key{Team: "PAY", Number: 12}, Times: 1, User: user, Ask: ask}); err != nil {
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
		if state := must(s.Challenge(t.Context(), pipeline.Key{Team: "PAY", Number: 12}, ""))(t); len(state.Asks) != 20 {
			t.Errorf("%d people ask", len(state.Asks))
		}
	})
}

func TestTwoOpenTheSameQuestion(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		seen := must(s.Challenge(t.Context(), pipeline.Key{Team: "PAY", Number: 12}, ""))(t)
		second := opened(t, s).Challenge
		second.Version = seen.Challenge.Version
		var conflict *ChallengeConflictError
		if _, err := s.OpenChallenge(t.Context(), seen, second, pipeline.Event{At: start}); !errors.As(err, &conflict) || conflict.Current.Challenge.Times != 1 || !conflict.Current.Challenge.Open {
			t.Errorf("the second opens it too: %v", err)
		}
	})
}
