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

func TestAnswersByRoleWithoutNames(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s, ctx := withTeam(t, db), t.Context()
		q := pipeline.RoleQuestion{
			Team: "PAY", Started: start, StartedBy: "U1", Deadline: start.Add(time.Hour),
			Choices: []pipeline.RoleChoice{{Outcome: pipeline.NodeKey{Team: "PAY", Number: 1}, Words: "Fewer calls"}, {Outcome: pipeline.NodeKey{Team: "PAY", Number: 2}, Words: "Lower cost"}},
		}
		asked := must(s.StartRoleQuestion(ctx, "ask", q))(t)
		equal(t, must(s.StartRoleQuestion(ctx, "ask", q))(t), asked)
		answer := func(op, user string, role pipeline.TeamRole, choice int) (RoleQuestionState, error) {
			return s.AnswerRoleQuestion(ctx, RoleAnswering{
				Op: op, Team: "PAY", Number: 1, User: user, Answer: pipeline.RoleAnswer{Role: role, Choice: choice}, Check: func(RoleQuestionState) error { return nil },
			})
		}
		var all sync.WaitGroup
		errs := make([]error, 30)
		for i := range errs {
			all.Go(func() {
				_, errs[i] = answer(fmt.Sprint("op", i), fmt.Sprintf("UVOTER%d", i%10), pipeline.TeamRoles()[i%3], i%4)
			})
		}
		all.Wait()
		noError(t, errors.Join(errs...))
		must(answer("mine", "UVOTER3", pipeline.RoleOfDeveloper, 2))(t)
		state := must(answer("mine", "UVOTER3", pipeline.RoleOfDeveloper, 2))(t)
		if len(state.Answers) != 10 || state.Mine == nil || *state.Mine != (pipeline.RoleAnswer{Role: pipeline.RoleOfDeveloper, Choice: 2}) {
			t.Errorf("ten people answered: %+v", state)
		}
		for _, name := range must(db.client.Keys(ctx, s.tag+"*").Result())(t) {
			held := ""
			if must(db.client.Type(ctx, name).Result())(t) == "hash" {
				held = fmt.Sprint(db.client.HGetAll(ctx, name).Val())
			}
			if strings.Contains(name+held, "UVOTER") {
				t.Errorf("%s names who answered", name)
			}
		}

		closed, err := pipeline.CloseRoles(pipeline.Policy{}, nil, pipeline.Where{}, state.Question, state.Answers, q.Deadline)
		noError(t, err)
		must(answer("late", "UVOTER4", pipeline.RoleOfDeveloper, 3))(t) // as they never answered before
		var conflict *RoleQuestionConflictError
		if _, err := s.CloseRoleQuestion(ctx, "close", state, closed); !errors.As(err, &conflict) || len(conflict.Current.Answers) != 10 {
			t.Fatalf("closed on answers that were not seen: %v", err)
		}
		must(s.CloseRoleQuestion(ctx, "close", conflict.Current, closed))(t)
		after := must(s.RoleQuestion(ctx, "PAY", 0, "UVOTER3"))(t)
		if after.Question.IsOpen() || after.Question.Spread.Answers != 10 || len(after.Answers) != 0 || after.Mine != nil {
			t.Errorf("closed: %+v", after)
		}
		if _, err := answer("after", "UVOTER3", pipeline.RoleOfDeveloper, 0); !errors.Is(err, ErrClosed) {
			t.Errorf("answered after the close: %v", err)
		}
		if _, err := s.RoleQuestion(ctx, "PAY", 9, ""); !errors.Is(err, ErrNotFound) {
			t.Errorf("one that there is not: %v", err)
		}
	})
}
