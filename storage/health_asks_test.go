package storage

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"alignbot/pipeline"
)

func askedTeam(t testing.TB, s *Store) pipeline.HealthAsk {
	t.Helper()
	a := pipeline.HealthAsk{Team: "PAY", Questions: []string{"refined", "slack"}, Started: start, StartedBy: "U1", Deadline: start.Add(time.Hour)}
	return must(s.StartHealthAsk(t.Context(), "ask", a))(t)
}

func taps(s *Store, t testing.TB, op, user, question string, place int) (HealthAskState, error) {
	return s.AnswerHealth(t.Context(), HealthAnswering{
		Op: op, Team: "PAY", Number: 1, User: user, Question: question, Answer: place, Check: func(HealthAskState) error { return nil },
	})
}

func TestAnswersOfATeamWithoutNames(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s, ctx := withTeam(t, db), t.Context()
		a := askedTeam(t, s)
		equal(t, askedTeam(t, s), a)
		var all sync.WaitGroup
		errs := make([]error, 30)
		for i := range errs {
			all.Go(func() {
				_, errs[i] = taps(s, t, fmt.Sprint("op", i), fmt.Sprintf("UVOTER%d", i%10), "slack", i%3)
			})
		}
		all.Wait()
		noError(t, errors.Join(errs...))
		must(taps(s, t, "mine", "UVOTER3", "slack", 2))(t)
		state := must(taps(s, t, "mine", "UVOTER3", "slack", 2))(t)
		if len(state.Answers["slack"]) != 10 || state.Mine["slack"] != 2 || len(state.Answers["refined"]) != 0 {
			t.Errorf("ten people answered one question: %+v", state)
		}
		state = must(taps(s, t, "other", "UVOTER3", "refined", 1))(t)
		for _, name := range must(db.client.Keys(ctx, s.tag+"*").Result())(t) {
			kind := must(db.client.Type(ctx, name).Result())(t)
			if dump := fmt.Sprint(name, kind == "hash" && strings.Contains(fmt.Sprint(db.client.HGetAll(ctx, name).Val()), "UVOTER")); strings.Contains(dump, "UVOTER") || strings.HasSuffix(dump, "true") {
				t.Errorf("%s names who answered", name)
			}
		}
		// What was said to two questions is not joined.
		stored := must(healthAsks.get(ctx, s, SheetName{Owner: "PAY", Number: 1}))(t)
		var who []string
		for field := range stored.Said {
			_, key, _ := strings.Cut(field, " ")
			who = append(who, key)
		}
		slices.Sort(who)
		if n := len(slices.Compact(who)); n != 11 {
			t.Errorf("%d different keys for eleven answers", n)
		}

		unseen := state
		must(taps(s, t, "late", "UVOTER4", "refined", 1))(t)
		closed := a
		closed.Closed, closed.Spreads = start.Add(time.Hour), []pipeline.HealthSpread{{Answers: 2}, {Answers: 10, Counts: []int{3, 3, 4}}}
		var conflict *HealthAskConflictError
		if _, err := s.CloseHealthAsk(ctx, "close", unseen, closed); !errors.As(err, &conflict) || len(conflict.Current.Answers["refined"]) != 2 {
			t.Fatalf("closed without having seen all: %v", err)
		}
		kept := must(s.CloseHealthAsk(ctx, "close", conflict.Current, closed))(t)
		equal(t, must(s.CloseHealthAsk(ctx, "close", conflict.Current, closed))(t), kept)
		if _, err := taps(s, t, "too late", "UVOTER5", "refined", 0); !errors.Is(err, ErrClosed) {
			t.Errorf("an answer after the close: %v", err)
		}
		state = must(s.HealthAsk(ctx, "PAY", 0, "UVOTER3"))(t)
		if len(state.Answers) != 0 || len(state.Mine) != 0 || len(state.Ask.Spreads) != 2 {
			t.Errorf("after the close: %+v", state)
		}
		if asks := must(s.HealthAsks(ctx, "PAY", 5))(t); len(asks) != 1 {
			t.Errorf("%d rounds", len(asks))
		}
		if _, err := s.HealthAsk(ctx, "PAY", 7, ""); !errors.Is(err, ErrNotFound) {
			t.Errorf("one that there is not: %v", err)
		}
	})
}
