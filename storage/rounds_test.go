package storage

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"alignbot/pipeline"

	"github.com/google/go-cmp/cmp"
)

// roundOn is a round with everything that one can have while it runs; by the clock it
// runs for a day.
func roundOn(anonymous bool, people ...string) pipeline.Round {
	now := time.Now().UTC().Truncate(time.Millisecond)
	return pipeline.Round{
		Team: "PAY", Questions: []string{"What did we \"learn\"?", "What do we stop?"}, To: people, Channel: true, Anonymous: anonymous,
		Started: now, StartedBy: "U_ANA", Deadline: now.Add(24 * time.Hour),
	}
}

// roundEntry is the entry that draws a round's message.
func roundEntry(name string) Outgoing {
	return Outgoing{ID: "round:" + name, Kind: KindRound, Subject: name, Args: map[string]string{"round": name}}
}

func startedRound(t testing.TB, s *Store, op string, anonymous bool, people ...string) pipeline.Round {
	t.Helper()
	entry := roundEntry("#")
	entry.Channel = "C_PAY"
	return must(s.StartRound(t.Context(), op, roundOn(anonymous, people...), Slot{Name: "round", Form: "V1"}, entry))(t)
}

// answering is an answer as the rules take it from a member of the team.
func answering(r pipeline.Round, op, user string, words ...string) Answering {
	return Answering{
		Op: op, Team: r.Team, ID: r.ID, User: user, Here: Here{Channel: "C_PAY", Kind: OpenChannel}, Draft: Slot{Name: "answer", Form: "V1"},
		Check: func(p RoundPolling) (pipeline.RoundAnswer, error) {
			return pipeline.CheckAnswer(pipeline.Policy{}, pipeline.Person{ID: user}, pipeline.Where{Team: &p.Team, InChannel: p.InChannel}, p.Round, words, p.Now)
		},
	}
}

func answerRound(t testing.TB, s *Store, r pipeline.Round, op, user string, words ...string) Answered {
	t.Helper()
	return must(s.Answer(t.Context(), answering(r, op, user, words...), roundEntry(RoundName(r))))(t)
}

func closedRound(t testing.TB, s *Store, op string, r pipeline.Round) pipeline.Round {
	t.Helper()
	seen := must(s.Round(t.Context(), r.Team, r.ID, ""))(t)
	after := seen.Round
	after.ClosedAt, after.ClosedBy = seen.Now, "U_ANA"
	return must(s.CloseRound(t.Context(), op, seen, after, Slot{}, roundEntry(RoundName(r))))(t)
}

func TestARoundKeepsAllOfIt(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		for _, anonymous := range []bool{false, true} {
			s := withTeam(t, db)
			noError(t, s.SaveDraft(t.Context(), "U_ANA", Slot{Name: "round", Form: "V1"}, typed("x", lately)))
			want := roundOn(anonymous, "U_ANA", "U_BEN", "U_EVE", "U_KIM")
			want.ID, want.Version = 1, 1
			got := startedRound(t, s, "op", anonymous, want.To...)
			again := startedRound(t, s, "op", anonymous, want.To...)
			want.Started, want.Deadline = got.Started, got.Deadline
			if diff := cmp.Diff(want, got) + cmp.Diff(want, again); diff != "" {
				t.Fatalf("started (-want +got):\n%s", diff)
			}
			if team, id, err := ParseRoundName(RoundName(got)); team != "PAY" || id != 1 || err != nil {
				t.Errorf("its name is read as %s %d, %v", team, id, err)
			}
			if drafts := must(s.Drafts(t.Context(), "U_ANA"))(t); len(drafts) != 0 {
				t.Errorf("drafts: %v", drafts)
			}
			claimed, _, err := s.Claim(t.Context(), 9, lease, 0)
			noError(t, err)
			if len(claimed) != 1 || claimed[0].ID != "round:PAY:1" || claimed[0].Subject != "PAY:1" || claimed[0].Args["round"] != "PAY:1" {
				t.Fatalf("to be sent: %+v", claimed)
			}
			noError(t, s.Sent(t.Context(), claimed[0], posted))

			if a := answerRound(t, s, got, "a1", "U_BEN", "Too \"much\"", "Meetings"); a.Before || !a.First {
				t.Errorf("answered %+v", a)
			}
			a := answerRound(t, s, got, "a2", "U_BEN", "", "Reports")
			if diff := cmp.Diff(pipeline.RoundAnswer{Words: []string{"", "Reports"}}, a.Answer); diff != "" || !a.Before || !a.First {
				t.Errorf("answered %+v (-want +got):\n%s", a, diff)
			}
			if a = answerRound(t, s, got, "a1", "U_BEN", "Too \"much\"", "Meetings"); a.First || a.Before || a.Answer.Words[1] != "Reports" {
				t.Errorf("delivered again: %+v", a)
			}
			answerRound(t, s, got, "a3", "U_EVE", "Little", "")
			state := must(s.Round(t.Context(), "PAY", 1, "U_BEN"))(t)
			answers := []pipeline.RoundAnswer{{By: "U_BEN", Words: []string{"", "Reports"}}, {By: "U_EVE", Words: []string{"Little", ""}}}
			if anonymous {
				answers[0].By, answers[1].By = "", ""
			}
			if diff := cmp.Diff(RoundState{Round: want, Answers: answers, Mine: &answers[0], Said: 3, Message: posted, Now: state.Now}, state); diff != "" {
				t.Errorf("read (-want +got):\n%s", diff)
			}
			for user, answered := range map[string]bool{"U_BEN": true, "U_KIM": false} {
				rounds := must(s.RoundsFor(t.Context(), user, 9))(t)
				if diff := cmp.Diff([]RoundAsked{{Round: want, Message: posted, Answered: answered}}, rounds); diff != "" {
					t.Errorf("%s is asked in (-want +got):\n%s", user, diff)
				}
			}

			seen := state
			answerRound(t, s, got, "a4", "U_KIM", "A lot", "Nothing")
			after := seen.Round
			after.ClosedAt, after.ClosedBy = seen.Now, "U_ANA"
			var conflict *RoundConflictError
			if _, err := s.CloseRound(t.Context(), "c0", seen, after, Slot{}); !errors.As(err, &conflict) || len(conflict.Current.Answers) != 3 {
				t.Errorf("closing on what was answered before: %v", err)
			}
			byClock := after
			byClock.ClosedBy = ""
			seen = must(s.Round(t.Context(), "PAY", 1, ""))(t)
			if _, err := s.CloseRound(t.Context(), "c1", seen, byClock, Slot{}); !errors.As(err, &conflict) {
				t.Errorf("closing before the deadline: %v", err)
			}
			want.ClosedAt, want.ClosedBy, want.Version = after.ClosedAt, "U_ANA", 2
			for range 2 {
				if diff := cmp.Diff(want, must(s.CloseRound(t.Context(), "c2", seen, after, Slot{}))(t)); diff != "" {
					t.Errorf("closed (-want +got):\n%s", diff)
				}
			}
			if _, err := s.Answer(t.Context(), answering(got, "late", "U_ANA", "x")); problemCode(err) != "round-over" {
				t.Errorf("a late answer: %v", err)
			}
			if rounds := must(s.RoundsFor(t.Context(), "U_BEN", 9))(t); len(rounds) != 0 {
				t.Errorf("still asked in %v", rounds)
			}
			closed := must(s.Round(t.Context(), "PAY", 1, "U_BEN"))(t)
			if len(closed.Answers) != 3 || (closed.Mine == nil) != anonymous {
				t.Errorf("closed with %+v", closed)
			}

			chosen := closed.Round
			chosen.Experiment = &pipeline.RoundExperiment{Words: "No \"meetings\"", Owner: "U_BEN", Day: "2026-12-18", By: "U_ANA", At: start}
			want.Experiment, want.Version = chosen.Experiment, 3
			for range 2 {
				if diff := cmp.Diff(want, must(s.ChangeRound(t.Context(), "e1", chosen, Slot{}))(t)); diff != "" {
					t.Errorf("an experiment chosen (-want +got):\n%s", diff)
				}
			}
			if _, err := s.ChangeRound(t.Context(), "e2", chosen, Slot{}); !errors.As(err, &conflict) || cmp.Diff(want, conflict.Current.Round) != "" {
				t.Errorf("from an old version: %v", err)
			}
			if _, err := s.Round(t.Context(), "PAY", 9, ""); !errors.Is(err, ErrNotFound) {
				t.Errorf("a round that is not there: %v", err)
			}
			if _, err := s.Answer(t.Context(), answering(pipeline.Round{Team: "PAY", ID: 9}, "none", "U_ANA", "x")); !errors.Is(err, ErrNotFound) {
				t.Errorf("an answer to one that is not there: %v", err)
			}
		}
	})
}

// An answer that was checked against what is no longer so is checked again.
func TestAnAnswerIsCheckedAgainstWhatIsStored(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		for name, change := range map[string]struct {
			do   func(s *Store, r pipeline.Round)
			code string
		}{
			"closed meanwhile": {func(s *Store, r pipeline.Round) { closedRound(t, s, "close", r) }, "round-over"},
			"made private meanwhile": {func(s *Store, _ pipeline.Round) {
				must(s.Begin(t.Context(), Want{User: "U_KIM", Channel: "C_PAY", Here: Here{Channel: "C_PAY", Kind: PrivateChannel}}))(t)
			}, "not-permitted"},
		} {
			for _, anonymous := range []bool{false, true} {
				s := withTeam(t, db)
				r := startedRound(t, s, "op", anonymous, "U_ANA", "U_BEN", "U_EVE", "U_KIM")
				a := answering(r, "a", "U_EVE", "x")
				a.Here = Here{Channel: "C_ELSE", Kind: OpenChannel}
				rule, asked := a.Check, 0
				a.Check = func(p RoundPolling) (pipeline.RoundAnswer, error) {
					if asked++; asked == 1 {
						change.do(s, r)
					}
					return rule(p)
				}
				if _, err := s.Answer(t.Context(), a); problemCode(err) != change.code {
					t.Errorf("%s: %v", name, err)
				}
				if state := must(s.Round(t.Context(), "PAY", 1, ""))(t); len(state.Answers) != 0 {
					t.Errorf("%s: stored are %v", name, state.Answers)
				}
			}
		}
	})
}

// Everybody answers while it is closed: what it is closed on is what is kept.
func TestAnswersAndTheCloseAtOnce(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		for _, anonymous := range []bool{false, true} {
			s := withTeam(t, db)
			var people []string
			for i := range 20 {
				people = append(people, fmt.Sprintf("U_P%02d", i))
			}
			r := startedRound(t, s, "op", anonymous, people...)
			taken := make([]bool, len(people))
			var wg sync.WaitGroup
			for i, user := range people {
				wg.Go(func() {
					_, err := s.Answer(t.Context(), answering(r, "a"+user, user, "my words are "+user[3:]))
					if taken[i] = err == nil; err != nil && problemCode(err) != "round-over" {
						t.Error(err)
					}
				})
			}
			wg.Go(func() {
				for {
					seen := must(s.Round(t.Context(), "PAY", 1, ""))(t)
					after := seen.Round
					after.ClosedAt, after.ClosedBy = seen.Now, "U_ANA"
					_, err := s.CloseRound(t.Context(), "close", seen, after, Slot{})
					var conflict *RoundConflictError
					if !errors.As(err, &conflict) {
						noError(t, err)
						return
					}
				}
			})
			wg.Wait()
			var want, got []string
			for i, user := range people {
				if taken[i] {
					want = append(want, "my words are "+user[3:])
				}
			}
			for _, a := range must(s.Round(t.Context(), "PAY", 1, ""))(t).Answers {
				got = append(got, a.Words[0])
			}
			slices.Sort(got)
			if !slices.Equal(want, got) {
				t.Errorf("taken were %v, kept are %v", want, got)
			}
		}
	})
}

// TestNothingStoredJoinsAnAnonymousAnswerWithWhoGaveIt searches as it is done for
// ballots; that the search finds what there is, is seen on a round that is not
// anonymous.
func TestNothingStoredJoinsAnAnonymousAnswerWithWhoGaveIt(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		const people = 24
		for _, anonymous := range []bool{false, true} {
			s := withTeam(t, db)
			var users, acts, order []string
			for i := range people {
				users = append(users, fmt.Sprintf("U_P%02d", i))
			}
			r := startedRound(t, s, "op", anonymous, users...)
			for _, i := range rand.Perm(people) {
				op, words := "act:"+users[i], fmt.Sprintf("my reason is %02d", i)
				acts, order = append(acts, op, op+"-again"), append(order, words)
				answerRound(t, s, r, op, users[i], "first", "")
				answerRound(t, s, r, op+"-again", users[i], words, fmt.Sprintf("my reason is also %02d", i))
			}
			while, _ := joined(everything(t, s), users, acts)
			if len(while) < people {
				t.Fatalf("while it runs the search finds %d of %d answers: it proves nothing", len(while), people)
			}
			closedRound(t, s, "act:close", r)
			all := everything(t, s)
			found, names := joined(all, users, acts)
			if !anonymous {
				if len(found) < people {
					t.Errorf("the search finds %d of %d answers: it proves nothing", len(found), people)
				}
				continue
			}
			if len(found)+len(names) > 0 {
				t.Errorf("joined are %q; hidden names are %q", found, names)
			}
			for _, h := range all {
				if strings.HasPrefix(h.key, s.tag+"answers:") || strings.HasPrefix(h.text, "secret ") {
					t.Errorf("%s still holds %s", h.key, h.text)
				}
			}
			var columns [2][]string
			together := 0
			for _, a := range must(s.Round(t.Context(), "PAY", 1, users[0]))(t).Answers {
				for q := range columns {
					columns[q] = append(columns[q], a.Words[q])
				}
				if strings.TrimPrefix(a.Words[0], "my reason is ") == strings.TrimPrefix(a.Words[1], "my reason is also ") {
					together++
				}
			}
			if len(columns[0]) != people || together > people/3 { // by chance one, and 9 once in a million
				t.Errorf("%d are left, and of %d people both answers stand together", len(columns[0]), together)
			}
			byName := slices.Sorted(slices.Values(order))
			for what, other := range map[string][]string{"the order of the answers": order, "the order of the ids": byName} {
				if alike := likeness(columns[0], other); alike > 0.75 || alike < -0.75 {
					t.Errorf("they stand in %s: %.2f", what, alike)
				}
			}
		}
	})
}

func TestNoCommandHasAPersonAndAnAnonymousAnswer(t *testing.T) {
	s, commands := recorded(t)
	r := startedRound(t, s, "op", true, "U_ANA", "U_BEN", "U_EVE")
	answerRound(t, s, r, "act:U_BEN", "U_BEN", "my words")
	answers := 0
	for _, command := range commands() {
		text := strings.Join(command, " ")
		if at := slices.Index(command, "secret"); at >= 0 && at < 32 {
			t.Errorf("the secret stands at %d", at)
		}
		if !strings.Contains(text, "my words") {
			continue
		}
		answers++
		if strings.Contains(text, "U_BEN") {
			t.Errorf("a command is %s", text)
		}
	}
	if answers == 0 {
		t.Error("no command has the answer: this proves nothing")
	}
}

func TestSpending(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		if got := must(s.Spend(t.Context(), "U_BEN", 2, 5))(t); got != (Budget{Spent: true, UserLeft: 1, WorkspaceLeft: 4}) {
			t.Errorf("the first: %+v", got)
		}
		must(s.Spend(t.Context(), "U_BEN", 2, 5))(t)
		if got := must(s.Spend(t.Context(), "U_BEN", 2, 5))(t); got != (Budget{WorkspaceLeft: 3}) {
			t.Errorf("one too many: %+v", got)
		}
		var wg sync.WaitGroup
		spent := make([]bool, 20)
		for i := range spent {
			wg.Go(func() {
				budget, err := s.Spend(t.Context(), fmt.Sprint("U", i), 2, 5)
				if spent[i] = budget.Spent; err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if n := len(slices.DeleteFunc(spent, func(b bool) bool { return !b })); n != 3 {
			t.Errorf("%d of 20 at once took one of three", n)
		}
		if got := must(s.Spend(t.Context(), "U_EVE", 0, 0))(t); got != (Budget{}) {
			t.Errorf("of nothing: %+v", got)
		}
	})
}
