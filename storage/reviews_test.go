package storage

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"alignbot/pipeline"

	"github.com/google/go-cmp/cmp"
)

func outcomeKey(number int) pipeline.OutcomeKey {
	return pipeline.OutcomeKey{Team: "PAY", Number: number}
}

// reviewOf is a review with everything that one can have while it is open.
func reviewOf(number int) pipeline.Review {
	return pipeline.Review{
		Team: "PAY", Number: number, First: "2026-11-23", Last: "2026-12-04", Goal: "People \"pay\" in time",
		Outcomes: []pipeline.OutcomeKey{outcomeKey(3), outcomeKey(1)}, Left: 2,
		Opened: start, OpenedBy: "U_ANA", Deadline: start.Add(72 * time.Hour), GoalWas: pipeline.GoalReached, GoalBy: "U_BEN",
	}
}

func openReview(t testing.TB, s *Store, op string, r pipeline.Review, after ...Outgoing) pipeline.Review {
	t.Helper()
	return must(s.OpenReview(t.Context(), op, r, after...))(t)
}

func TestASprintHasOneReview(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		want := reviewOf(4)
		for range 2 { // once more by a redelivery
			got := openReview(t, s, "open", want)
			want.Version = 1
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("(-want +got):\n%s", diff)
			}
			want.Version = 0
		}
		_, err := s.OpenReview(t.Context(), "other", want)
		var conflict *ReviewConflictError
		if !errors.As(err, &conflict) || conflict.Current.Review.Version != 1 {
			t.Errorf("opened twice: %v", err)
		}

		// Of many at the same moment one opens it.
		var all sync.WaitGroup
		opened := make(chan bool, 8)
		for i := range 8 {
			all.Go(func() {
				_, err := s.OpenReview(t.Context(), fmt.Sprint("at once ", i), reviewOf(5))
				opened <- err == nil
			})
		}
		all.Wait()
		close(opened)
		times := 0
		for is := range opened {
			if is {
				times++
			}
		}
		equal(t, times, 1)

		reviews, total, err := s.Reviews(t.Context(), "PAY", 1, 1)
		if err != nil || total != 2 || len(reviews) != 1 || reviews[0].Number != 5 {
			t.Errorf("the newest are %+v of %d (%v)", reviews, total, err)
		}
		if _, err := s.Review(t.Context(), "PAY", 6); !errors.Is(err, ErrNotFound) {
			t.Errorf("one that is not there: %v", err)
		}
	})
}

// Who is asked in a review is looked at for a nudge until they have answered, or it is
// closed: what is said of its goal meanwhile asks nobody anew.
func TestWhoIsAskedInAReviewIsNudged(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		ctx := t.Context()
		want := reviewOf(4)
		want.Asked = []string{"U_BEN", "U_CEM", "U_DAN"}
		r := openReview(t, s, "open", want)
		asked := func() (users []string) {
			t.Helper()
			for _, user := range want.Asked {
				if page := must(reviews.list(ctx, s, SheetWant{Owner: "@" + user, List: reviewsAsked, Most: 2}))(t); page.Total > 0 {
					users = append(users, user)
				}
			}
			return users
		}
		equal(t, fmt.Sprint(asked()), "[U_BEN U_CEM U_DAN]")
		looks, _, _, err := s.ClaimNudges(ctx, 10, time.Minute)
		noError(t, err)
		waiting := map[string]bool{}
		for _, look := range looks {
			waiting[look.Who] = look.Waits && slices.Equal(look.Teams, []pipeline.TeamKey{"PAY"})
		}
		for _, user := range want.Asked {
			if !waiting["@"+user] {
				t.Errorf("nobody looks for what waits for %s: %+v", user, looks)
			}
		}

		state := must(s.Review(ctx, "PAY", 4))(t)
		for range 2 { // once more by a redelivery
			must(s.AnswerReview(ctx, ReviewAnswering{Op: "answer", Seen: state, Answer: pipeline.ReviewAnswer{By: "U_CEM", Outcome: outcomeKey(3), Confidence: 2}}))(t)
			equal(t, fmt.Sprint(asked()), "[U_BEN U_DAN]")
		}
		must(s.AnswerReview(ctx, ReviewAnswering{Op: "unasked", Seen: state, Answer: pipeline.ReviewAnswer{By: "U_EVE", Outcome: outcomeKey(3), Confidence: 2}}))(t)
		r.GoalWas = pipeline.GoalNotReached
		must(s.ChangeReview(ctx, "goal", r))(t)
		equal(t, fmt.Sprint(asked()), "[U_BEN U_DAN]")

		state = must(s.Review(ctx, "PAY", 4))(t)
		closed := state.Review
		closed.Closed = start
		must(s.CloseReview(ctx, "close", state, closed))(t)
		equal(t, len(asked()), 0)
		open := must(s.OpenReviews(ctx, "PAY", 5))(t)
		equal(t, len(open), 0)
	})
}

func TestAnswersInAReview(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		ctx := t.Context()
		openReview(t, s, "open", reviewOf(4))
		noError(t, s.SaveDraft(ctx, "U_ANA", Slot{Name: "review.PAY.4.PAY-O3", Form: "V1"}, typed("x", lately)))
		state := must(s.Review(ctx, "PAY", 4))(t)
		words := pipeline.ReviewWords{Served: "a", Expected: "b", Business: "c", Learned: "d \"quoted\"", Stop: "e", Again: "2026-12-18"}
		full := pipeline.ReviewAnswer{By: "U_ANA", Outcome: outcomeKey(3), Evidence: pipeline.EffectMoved, Confidence: 4, Words: words}
		state = must(s.AnswerReview(ctx, ReviewAnswering{Op: "full", Seen: state, Answer: full, Draft: Slot{Name: "review.PAY.4.PAY-O3", Form: "V1"}}))(t)
		if diff := cmp.Diff([]pipeline.ReviewAnswer{full}, state.Answers); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if drafts := must(s.Drafts(ctx, "U_ANA"))(t); len(drafts) != 0 {
			t.Errorf("drafts: %v", drafts)
		}

		// Two clicks of one person at the same moment, from what both knew, are both
		// kept, and a click leaves the words alone.
		var all sync.WaitGroup
		for i := range 10 {
			user := fmt.Sprint("U", i)
			before := must(s.Review(ctx, "PAY", 4))(t)
			evidence, confidence := before.Mine(user, outcomeKey(1)), before.Mine(user, outcomeKey(1))
			evidence.Evidence, confidence.Confidence = pipeline.EffectNone, 2
			for part, a := range map[string]pipeline.ReviewAnswer{"e": evidence, "c": confidence} {
				for range 2 { // each delivered twice
					all.Go(func() {
						if _, err := s.AnswerReview(ctx, ReviewAnswering{Op: user + part, Seen: before, Answer: a}); err != nil {
							t.Error(err)
						}
					})
				}
			}
		}
		all.Wait()
		state = must(s.Review(ctx, "PAY", 4))(t)
		spread := pipeline.SpreadOf(state.Answers, outcomeKey(1))
		if spread.People != 10 || spread.Evidence[pipeline.EffectNone] != 10 || spread.Confidence[1] != 10 {
			t.Errorf("%+v", spread)
		}
		equal(t, state.Times, int64(23))
		equal(t, state.Mine("U_ANA", outcomeKey(3)), full)

		// What is taken back is gone.
		state = must(s.AnswerReview(ctx, ReviewAnswering{Op: "back", Seen: state, Answer: pipeline.ReviewAnswer{By: "U_ANA", Outcome: outcomeKey(3)}}))(t)
		if mine := state.Mine("U_ANA", outcomeKey(3)); !mine.IsZero() {
			t.Errorf("left is %+v", mine)
		}

		// It closes on all that was answered, once.
		closed := state.Review
		closed.Closed, closed.Summary = start.Add(time.Hour), &pipeline.ReviewSummary{
			People: 10, Outcomes: []pipeline.ReviewedOutcome{{Key: outcomeKey(1), Statement: "s", Number: "7, target 9", Finished: 2, Spread: spread}}, Last: 3,
		}
		late := must(s.AnswerReview(ctx, ReviewAnswering{Op: "late", Seen: state, Answer: pipeline.ReviewAnswer{By: "U_LATE", Outcome: outcomeKey(1), Confidence: 5}}))(t)
		_, err := s.CloseReview(ctx, "close", state, closed)
		var conflict *ReviewConflictError
		if !errors.As(err, &conflict) || len(conflict.Current.Answers) != len(late.Answers) {
			t.Fatalf("closed on older answers: %v", err)
		}
		equal(t, len(must(s.OpenReviews(ctx, "PAY", 5))(t)), 1)
		for range 2 {
			stored := must(s.CloseReview(ctx, "close", conflict.Current, closed))(t)
			closed.Version = 2
			if diff := cmp.Diff(closed, stored); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			closed.Version = 1
		}
		equal(t, len(must(s.OpenReviews(ctx, "PAY", 5))(t)), 0)
		after, err := s.AnswerReview(ctx, ReviewAnswering{Op: "over", Seen: late, Answer: pipeline.ReviewAnswer{By: "U_ANA", Outcome: outcomeKey(1), Confidence: 1}})
		if !errors.Is(err, ErrClosed) || after.Review.IsOpen() || len(after.Answers) != 11 {
			t.Errorf("an answer to a closed review: %v, %d answers", err, len(after.Answers))
		}
	})
}

func TestTheMessagesOfAReviewAreKeptWithIt(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		ctx := t.Context()
		entry := func(part string) Outgoing {
			return Outgoing{ID: MessageEntry(KindReview, "PAY:4", part), Kind: KindReview, Subject: "PAY", Channel: "C_PAY", Args: map[string]string{"sheet": "PAY:4"}}
		}
		openReview(t, s, "open", reviewOf(4), entry(""), entry("PAY-O3"))
		sent := func(ts string) Claimed {
			t.Helper()
			claimed, _, err := s.Claim(ctx, 1, time.Minute, 0)
			if err != nil || len(claimed) != 1 {
				t.Fatalf("claimed %v (%v)", claimed, err)
			}
			noError(t, s.Sent(ctx, claimed[0], pipeline.Message{Channel: "C_PAY", TS: ts}))
			return claimed[0]
		}
		sent("1.1")
		sent("2.2")
		state := must(s.Review(ctx, "PAY", 4))(t)
		equal(t, state.Message, pipeline.Message{Channel: "C_PAY", TS: "1.1"})
		equal(t, state.Threads[outcomeKey(3)], pipeline.Message{Channel: "C_PAY", TS: "2.2"})

		// They are drawn anew in place, however long after.
		db.client.Del(ctx, s.tag+"out:"+entry("PAY-O3").ID)
		noError(t, s.Enqueue(ctx, entry("PAY-O3")))
		equal(t, sent("2.2").Message, pipeline.Message{Channel: "C_PAY", TS: "2.2"})

		// A change leaves them.
		r := state.Review
		r.GoalWas = pipeline.GoalNotReached
		must(s.ChangeReview(ctx, "goal", r))(t)
		equal(t, must(s.Review(ctx, "PAY", 4))(t).Message.TS, "1.1")
	})
}

// A backup has the messages of a sheet, which are no JSON, with it.
func TestABackupHoldsAReviewWithItsMessages(t *testing.T) {
	db := open(t, "memory:")
	s, ctx := withTeam(t, db), t.Context()
	openReview(t, s, "open", reviewOf(4), Outgoing{ID: MessageEntry(KindReview, "PAY:4", "PAY-O3"), Kind: KindReview, Subject: "PAY", Channel: "C_PAY"})
	claimed, _, err := s.Claim(ctx, 1, time.Minute, 0)
	if err != nil || len(claimed) != 1 {
		t.Fatalf("claimed %v (%v)", claimed, err)
	}
	noError(t, s.Sent(ctx, claimed[0], pipeline.Message{Channel: "C_PAY", TS: "1.1"}))
	want := must(s.AnswerReview(ctx, ReviewAnswering{Op: "answer", Seen: must(s.Review(ctx, "PAY", 4))(t), Answer: pipeline.ReviewAnswer{By: "U_ANA", Outcome: outcomeKey(3), Confidence: 4}}))(t)
	var backup bytes.Buffer
	noError(t, db.Backup(ctx, &backup, nil))
	target := open(t, "memory:")
	must(target.Restore(ctx, &backup, RestoreOptions{}, nil))(t)
	restored := target.Workspace(strings.TrimSuffix(strings.TrimPrefix(s.tag, "ab:{"), "}:"))
	if diff := cmp.Diff(want, must(restored.Review(ctx, "PAY", 4))(t)); diff != "" {
		t.Errorf("(-backed up +restored):\n%s", diff)
	}
}

func TestTheDevelopersOfATeam(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		ctx := t.Context()
		equal(t, must(s.Developers(ctx, "PAY"))(t), pipeline.Developers{Team: "PAY"})
		for i, people := range [][]string{{"U1", "U2"}, {"U3"}, nil} {
			named := must(s.NameDevelopers(ctx, fmt.Sprint(i), pipeline.Developers{Team: "PAY", People: people}, Slot{}, "U_ANA"))(t)
			want := pipeline.Developers{Team: "PAY", Version: int64(i + 1), People: people}
			if diff := cmp.Diff(want, named); diff != "" {
				t.Error(diff)
			}
			equal(t, must(s.Developers(ctx, "PAY"))(t), named)
		}
	})
}
