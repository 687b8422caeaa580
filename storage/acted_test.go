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

// orders are all in which n things can come.
func orders(n int) [][]int {
	if n == 0 {
		return [][]int{{}}
	}
	var all [][]int
	for _, order := range orders(n - 1) {
		for at := range n {
			all = append(all, slices.Insert(slices.Clone(order), at, n-1))
		}
	}
	return all
}

// clicked is a click so many moments after another.
func clicked(moment int) Acted {
	return Acted{At: time.Now().Truncate(time.Hour).Add(time.Duration(moment) * time.Microsecond)}
}

// latest tells of each place in an order whether the act that comes there is later than
// all before it.
func latest(order []int) []bool {
	is, last := make([]bool, len(order)), -1
	for i, act := range order {
		if is[i] = act > last; is[i] {
			last = act
		}
	}
	return is
}

// TestTheLatestVoteStands lets somebody vote five times in two processes, and every
// vote come in every order and once more after all.
func TestTheLatestVoteStands(t *testing.T) {
	votes := []pipeline.Vote{pursue, because, nothing, object, nothing, because}
	everywhere(t, func(t *testing.T, db *DB) {
		for _, level := range pipeline.Confidentialities() {
			s := withTeam(t, db)
			stores := []*Store{s, replica(s)}
			people := []string{"U_ANA", "U_BEN", "U_EVE", "U_KIM"}
			all := orders(5)
			for i := range all {
				people = append(people, fmt.Sprintf("U_P%03d", i))
			}
			b := started(t, s, level, people...)
			polls := int64(0)
			for i, order := range all {
				acts := votes[i%2 : i%2+5] // ends with a withdrawal, or a vote
				user, stands := people[4+i], latest(order)
				cast := func(place int) Cast {
					act := order[place]
					v := voting(b, fmt.Sprint("act", i, act), user, acts[act])
					v.Acted = clicked(act)
					return must(stores[place%2].Vote(t.Context(), v))(t)
				}
				var now pipeline.Vote
				for place, act := range order {
					before := now != pipeline.Vote{}
					if stands[place] {
						if now = acts[act]; before || now != (pipeline.Vote{}) {
							polls++
						}
					}
					c := cast(place)
					if c.Vote != now || !c.First || c.Overtaken == stands[place] || c.Before != before {
						t.Fatalf("%s: in the order %v at %d: %+v, want %+v", level, order, place, c, now)
					}
				}
				for place := range order {
					if c := cast(place); c.Vote != now || c.First || c.Overtaken == stands[place] {
						t.Fatalf("%s: in the order %v at %d again: %+v, want %+v", level, order, place, c, now)
					}
				}
				if now != acts[4] {
					t.Fatalf("%s: in the order %v %+v stands", level, order, now)
				}
			}
			if polled := must(s.Ballot(t.Context(), b.Idea, b.ID, ""))(t); polled.Polls != polls || polled.Tally.Voted() != len(all)/2 {
				t.Errorf("%s: %d votes and changes are counted, want %d; %d have voted, want %d", level, polled.Polls, polls, polled.Tally.Voted(), len(all)/2)
			}
			marks := func() int {
				return len(slices.DeleteFunc(everything(t, s), func(h holding) bool { return !strings.HasPrefix(h.key, s.tag+"acted:votes:") }))
			}
			if n := marks(); n != len(all) {
				t.Errorf("%s: it is kept of %d when they voted, want %d", level, n, len(all))
			}
			closed(t, s, "close", b)
			if n := marks(); n > 0 {
				t.Errorf("%s: once it is closed it is kept of %d when they voted", level, n)
			}
		}
	})
}

// TestAFormStandsWhereItComesLast: nobody knows when a form was submitted, but clicks
// from before it was opened were before that.
func TestAFormStandsWhereItComesLast(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		b := started(t, s, pipeline.OpenBallot, "U_ANA", "U_BEN", "U_EVE", "U_KIM")
		form := func(opened int) Acted {
			acted := clicked(opened)
			acted.OrLater = true
			return acted
		}
		for i, act := range []struct {
			acted  Acted
			v      pipeline.Vote
			stands bool
		}{
			{clicked(10), pursue, true},
			{form(20), because, true},
			{clicked(19), pursue, false},
			{clicked(20), object, true}, // as late as the other: what comes last
			{clicked(30), pursue, true},
			{form(15), because, true}, // opened early, submitted late
			{clicked(29), pursue, false},
			{Acted{}, object, true}, // nothing is known
			{clicked(29), pursue, false},
			{clicked(31), nothing, true},
			{clicked(30), pursue, false},
		} {
			v := voting(b, fmt.Sprint("act", i), "U_BEN", act.v)
			v.Acted = act.acted
			if c := must(s.Vote(t.Context(), v))(t); c.Overtaken == act.stands {
				t.Errorf("act %d: %+v", i, c)
			}
		}
		if polled := must(s.Ballot(t.Context(), b.Idea, b.ID, "U_BEN"))(t); polled.Mine != nil {
			t.Errorf("a vote that was taken back is %+v", polled.Mine)
		}
	})
}

// TestATimeFarAheadHoldsNothingOff: what a clock that is wrong says counts as a few
// seconds from now, so that what comes after those counts.
func TestATimeFarAheadHoldsNothingOff(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		b := started(t, s, pipeline.OpenBallot, "U_ANA", "U_BEN", "U_EVE", "U_KIM")
		for i, ahead := range []time.Duration{time.Hour, 1e6 * time.Hour, time.Minute, 6 * time.Second} {
			v := voting(b, fmt.Sprint("act", i), "U_BEN", []pipeline.Vote{pursue, nothing}[i%2])
			v.Acted = Acted{At: time.Now().Add(ahead)}
			if c := must(s.Vote(t.Context(), v))(t); c.Overtaken {
				t.Errorf("act %d: %+v", i, c)
			}
		}
	})
}

// TestTheLatestAnswerStands lets every other thing that somebody says or chooses with a
// click come in every order.
func TestTheLatestAnswerStands(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s, ctx := withTeam(t, db), t.Context()
		askedTeam(t, s)
		question := must(s.StartRoleQuestion(ctx, "roles", pipeline.RoleQuestion{Team: "PAY", Title: "t", Started: start, StartedBy: "U1", Deadline: start.Add(time.Hour)}))(t)
		review := must(s.OpenReview(ctx, "review", pipeline.Review{Team: "PAY", Number: 4, Outcomes: []pipeline.OutcomeKey{outcomeKey(3)}, Opened: start, Deadline: start.Add(time.Hour)}))(t)
		for i, order := range orders(5) {
			user, stands := fmt.Sprint("U_P", i), latest(order)
			for place, act := range order {
				op, value := fmt.Sprint(i, " ", act), 1+act%2 // some say the same
				var want error
				if !stands[place] {
					want = ErrOvertaken
				}
				expect := func(what string, err error) {
					if !errors.Is(err, want) {
						t.Fatalf("%s in the order %v at %d: %v", what, order, place, err)
					}
				}
				_, err := s.AnswerHealth(ctx, HealthAnswering{
					Op: "h" + op, Team: "PAY", Number: 1, User: user, Question: "slack", Answer: value, Acted: clicked(act),
					Check: func(HealthAskState) error { return nil },
				})
				expect("what a team is asked", err)
				_, err = s.AnswerRoleQuestion(ctx, RoleAnswering{
					Op: "q" + op, Team: "PAY", Number: question.Number, User: user, Answer: pipeline.RoleAnswer{Choice: value}, Acted: clicked(act),
					Check: func(RoleQuestionState) error { return nil },
				})
				expect("a question by role", err)
				seen := must(s.Review(ctx, "PAY", review.Number))(t)
				answer := seen.Mine(user, outcomeKey(3))
				answer.Confidence = value
				_, err = s.AnswerReview(ctx, ReviewAnswering{Op: "r" + op, Seen: seen, Answer: answer, Only: pipeline.FieldConfidence, Acted: clicked(act)})
				expect("a review", err)
				settings := must(s.NudgeSettings(ctx, user))(t)
				settings.SnoozedUntil = fmt.Sprint("2026-12-0", value)
				_, err = s.ChangeNudgeSettings(ctx, "n"+op, settings, clicked(act), "pause")
				expect("a pause of nudges", err)
			}
			health := must(s.HealthAsk(ctx, "PAY", 1, user))(t)
			roles := must(s.RoleQuestion(ctx, "PAY", question.Number, user))(t)
			reviewed := must(s.Review(ctx, "PAY", review.Number))(t)
			nudges := must(s.NudgeSettings(ctx, user))(t)
			if health.Mine["slack"] != 1 || roles.Mine == nil || roles.Mine.Choice != 1 || reviewed.Mine(user, outcomeKey(3)).Confidence != 1 || nudges.SnoozedUntil != "2026-12-01" {
				t.Fatalf("in the order %v stand %v, %v, %+v, %+v", order, health.Mine, roles.Mine, reviewed.Mine(user, outcomeKey(3)), nudges)
			}
		}
	})
}

// TestPicksAtOnceAreAllKept: each is about a group of its own, made from what the person
// had picked before, and several come at the same moment.
func TestPicksAtOnceAreAllKept(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		startedSession(t, s)
		pick := func(op string, group int, wanted bool, acted Acted) error {
			_, err := s.Give(t.Context(), ForensicGiving{
				Op: op, Team: "PAY", Number: 1, User: "U2", Acted: acted, On: fmt.Sprint(group),
				Check: func(state ForensicState) (*pipeline.ForensicList, []int, error) {
					picks := slices.DeleteFunc(slices.Clone(state.Picks), func(g int) bool { return g == group })
					if wanted {
						picks = append(picks, group)
					}
					return nil, picks, nil
				},
			})
			return err
		}
		// The picks of a session are read in its second part alone.
		seen := must(s.Forensic(t.Context(), "PAY", 1, ""))(t)
		ranks := seen.Forensic
		ranks.Phase = pipeline.ForensicRank
		must(s.ChangeForensic(t.Context(), "rank", seen, ranks, "", Slot{}))(t)
		var all sync.WaitGroup
		errs := make([]error, 4)
		for i := range errs {
			all.Go(func() { errs[i] = pick(fmt.Sprint("op", i), i+1, true, clicked(10-i)) })
		}
		all.Wait()
		noError(t, errors.Join(errs...))
		if err := pick("back", 2, false, clicked(8)); !errors.Is(err, ErrOvertaken) {
			t.Errorf("taken back before it was picked: %v", err)
		}
		noError(t, pick("later", 3, false, clicked(11)))
		picks := slices.Sorted(slices.Values(must(s.Forensic(t.Context(), "PAY", 1, "U2"))(t).Picks))
		if !slices.Equal(picks, []int{1, 2, 4}) {
			t.Errorf("kept are the picks %v", picks)
		}
	})
}
