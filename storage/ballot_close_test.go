package storage

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"alignbot/pipeline"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// polls are the ballots that somebody is asked in, and whether they voted.
func polls(t testing.TB, s *Store, user string) []string {
	t.Helper()
	var asked []string
	for _, p := range must(s.Polls(t.Context(), user, 10))(t) {
		asked = append(asked, fmt.Sprintf("%s %q %v", ballotName(p.Ballot.Idea, p.Ballot.ID), p.Title, p.Voted))
	}
	return asked
}

func wantPolls(t *testing.T, s *Store, user string, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, polls(t, s, user)); diff != "" {
		t.Errorf("%s is asked in (-want +got):\n%s", user, diff)
	}
}

func TestPollsOfAPerson(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		var all []pipeline.Ballot
		for i, level := range pipeline.Confidentialities() {
			idea := capture(t, s, fmt.Sprint("op", i), fmt.Sprint("Idea ", i))
			b := ballotOn(idea.Key, level, "U_ANA", "U_BEN", "U_EVE", "U_KIM")
			b.Deadline = b.Started.Add(time.Duration(9-i) * time.Hour)
			all = append(all, must(s.StartBallot(t.Context(), fmt.Sprint("op-b", i), idea, b, Slot{}, ballotStarted))(t))
		}
		wantPolls(t, s, "U_BEN", `PAY-3:1 "Idea 2" false`, `PAY-2:1 "Idea 1" false`, `PAY-1:1 "Idea 0" false`)
		vote(t, s, all[0], "v0", "U_BEN", pursue)
		vote(t, s, all[2], "v2", "U_BEN", pursue)
		wantPolls(t, s, "U_BEN", `PAY-3:1 "Idea 2" true`, `PAY-2:1 "Idea 1" false`, `PAY-1:1 "Idea 0" true`)
		wantPolls(t, s, "U_EVE", `PAY-3:1 "Idea 2" false`, `PAY-2:1 "Idea 1" false`, `PAY-1:1 "Idea 0" false`)
		if first := must(s.Polls(t.Context(), "U_BEN", 1))(t); len(first) != 1 || first[0].Ballot.Idea != all[2].Idea {
			t.Errorf("the first is %+v", first)
		}
		closed(t, s, "op-c", all[2])
		wantPolls(t, s, "U_BEN", `PAY-2:1 "Idea 1" false`, `PAY-1:1 "Idea 0" true`)
		wantPolls(t, s, "U_NOBODY")
		if none := must(s.Polls(t.Context(), "U_BEN", 0))(t); len(none) != 0 {
			t.Errorf("none are %+v", none)
		}
	})
}

// Two start a ballot on the same idea at once: one runs, the other learns which.
func TestAnIdeaHasOneBallotThatRuns(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		idea := capture(t, s, "op1", "Export")
		var wg sync.WaitGroup
		errs := make([]error, 12)
		for i := range errs {
			wg.Go(func() {
				b := ballotOn(idea.Key, pipeline.OpenBallot, "U_ANA", "U_BEN")
				_, errs[i] = s.StartBallot(t.Context(), fmt.Sprint("op-b", i/3), idea, b, Slot{}, ballotStarted) // each of four delivered three times
			})
		}
		wg.Wait()
		started := 0
		for _, err := range errs {
			var running *BallotRunningError
			switch {
			case err == nil:
				started++
			case !errors.As(err, &running) || running.Current.ID != 1 || len(running.Current.Electorate) != 2:
				t.Errorf("error is %v", err)
			}
		}
		if now := must(s.Idea(t.Context(), idea.Key))(t); started != 3 || now.Ballots != 1 {
			t.Errorf("%d deliveries were answered with a start, of %d ballots", started, now.Ballots)
		}
		if events := must(s.History(t.Context(), idea.Key, 0))(t); len(events) != 2 {
			t.Errorf("history is %+v", events)
		}
	})
}

func TestABallotIsStartedOnTheIdeaAsItWasRead(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		read := capture(t, s, "op1", "Export")
		edited := read
		edited.Title = "Export as PDF"
		edited = change(t, s, "op2", edited)
		var conflict *ConflictError
		_, err := s.StartBallot(t.Context(), "op3", read, ballotOn(read.Key, pipeline.OpenBallot, "U_ANA", "U_BEN"), Slot{}, ballotStarted)
		if !errors.As(err, &conflict) || conflict.Current.Title != "Export as PDF" {
			t.Errorf("error is %v", err)
		}
		// The ballot is no change of the idea: an edit of before it goes through.
		must(s.StartBallot(t.Context(), "op3", edited, ballotOn(read.Key, pipeline.OpenBallot, "U_ANA", "U_BEN"), Slot{}, ballotStarted))(t)
		edited.Title = "Export as a PDF"
		event := pipeline.Event{At: start, By: "U_ANA", What: pipeline.WasEdited}
		if now := must(s.ChangeIdea(t.Context(), "op4", edited, Slot{}, event))(t); now.Ballot != 1 || now.Ballots != 1 {
			t.Errorf("the edit lost the ballot: %+v", now)
		}
		read.Key.Number = 99
		if _, err := s.StartBallot(t.Context(), "op5", read, ballotOn(read.Key, pipeline.OpenBallot, "U_ANA"), Slot{}, ballotStarted); !errors.Is(err, ErrNotFound) {
			t.Errorf("on an idea that is not there: %v", err)
		}
	})
}

// TestTheNameOfANewBallotInItsEntries: it is known only when it is stored.
func TestTheNameOfANewBallotInItsEntries(t *testing.T) {
	s := withTeam(t, open(t, "memory:"))
	idea := capture(t, s, "op1", "Export")
	post := Outgoing{ID: "ballot:#", Kind: KindBallot, Subject: "PAY-1", Channel: "C_PAY", Args: map[string]string{"ballot": "#", "why": "#"}}
	job := Outgoing{ID: "close:#:17", Kind: "ballot.close", Subject: "#", Args: map[string]string{"about": "#"}}
	must(s.StartBallot(t.Context(), "op2", idea, ballotOn(idea.Key, pipeline.OpenBallot, "U_ANA", "U_BEN"), Slot{}, ballotStarted, post, job))(t)
	claimed, _, err := s.Claim(t.Context(), 10, lease, 0)
	noError(t, err)
	var got []Outgoing
	for _, c := range claimed {
		got = append(got, c.Outgoing)
	}
	want := []Outgoing{
		{ID: "ballot:PAY-1:1", Kind: KindBallot, Subject: "PAY-1", Channel: "C_PAY", Args: map[string]string{"ballot": "PAY-1:1", "why": "#"}},
		{ID: "close:PAY-1:1:17", Kind: "ballot.close", Subject: "PAY-1:1", Args: map[string]string{"about": "PAY-1:1"}},
	}
	byID := cmpopts.SortSlices(func(a, b Outgoing) bool { return a.ID < b.ID })
	if diff := cmp.Diff(want, got, byID, cmpopts.IgnoreFields(Outgoing{}, "Due")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if _, err := s.StartBallot(t.Context(), "op3", idea, pipeline.Ballot{}, Slot{}, ballotStarted, Outgoing{ID: "x", Kind: KindBallot, Channel: "C_PAY"}); err == nil {
		t.Error("a ballot's message that names no ballot is taken")
	}
}

// TestABallotIsClosedOnTheVotesThatWereSeen: a vote that comes between is not
// left out of the result.
func TestABallotIsClosedOnTheVotesThatWereSeen(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		for _, level := range pipeline.Confidentialities() {
			s := withTeam(t, db)
			b := started(t, s, level, "U_ANA", "U_BEN", "U_EVE", "U_KIM")
			seen := must(s.Ballot(t.Context(), b.Idea, b.ID, ""))(t)
			after := seen.Ballot
			after.ClosedAt, after.ClosedBy, after.Result = seen.Now, "U_ANA", &pipeline.Result{Advice: pipeline.NoDecision, Because: "Nobody voted."}
			vote(t, s, b, "v1", "U_BEN", because)
			var conflict *BallotConflictError
			_, err := s.CloseBallot(t.Context(), "op1", seen, after, nil)
			if !errors.As(err, &conflict) || conflict.Current.Tally.Voted() != 1 || conflict.Current.Polls != 1 || !conflict.Current.Ballot.Running() {
				t.Fatalf("%s: error is %v", level, err)
			}
			// The same operation goes through on what the conflict showed.
			after.Result = &pipeline.Result{Advice: pipeline.AdviseFor, Because: "One would pursue it.", Voted: 1}
			event := pipeline.Event{At: start, By: "U_ANA", What: pipeline.BallotClosed, Why: "for"}
			for range 2 { // delivered again
				got := must(s.CloseBallot(t.Context(), "op1", conflict.Current, after, &event))(t)
				want := after
				want.Version = 2
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s (-want +got):\n%s", level, diff)
				}
			}
			if events := must(s.History(t.Context(), b.Idea, 0))(t); len(events) != 3 || events[0].What != pipeline.BallotClosed {
				t.Errorf("history is %+v", events)
			}
			_, err = s.CloseBallot(t.Context(), "op2", conflict.Current, after, nil)
			if !errors.As(err, &conflict) || conflict.Current.Ballot.Running() {
				t.Errorf("%s: closing it again: %v", level, err)
			}
			polled := must(s.Ballot(t.Context(), b.Idea, b.ID, "U_BEN"))(t)
			want := pipeline.TallyVotes([]pipeline.VoteOf{{Voter: "U_BEN", Vote: because}})
			if level == pipeline.Anonymous {
				want.Votes[0].Voter = ""
			}
			if diff := cmp.Diff(want, polled.Tally); diff != "" || (polled.Mine == nil) != (level == pipeline.Anonymous) {
				t.Errorf("%s: mine is %v, tally (-want +got):\n%s", level, polled.Mine, diff)
			}
			if not := must(s.NotVoted(t.Context(), b.Idea, b.ID))(t); not != nil {
				t.Errorf("%s: of a closed one %v can still vote", level, not)
			}
			seen.Ballot.Idea.Number, after.Idea.Number = 99, 99
			if _, err := s.CloseBallot(t.Context(), "op3", seen, after, nil); !errors.Is(err, ErrNotFound) {
				t.Errorf("one that is not there: %v", err)
			}
		}
	})
}

// TestADeadlineExtendsAndCloses: by the store's clock alone.
func TestADeadlineExtendsAndCloses(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		team := must(s.Team(t.Context(), "PAY"))(t)
		idea := capture(t, s, "op1", "Export")
		b := ballotOn(idea.Key, pipeline.Confidential, "U_ANA", "U_BEN", "U_EVE", "U_KIM")
		b.Deadline = b.Started.Add(time.Hour)
		b = must(s.StartBallot(t.Context(), "op2", idea, b, Slot{}, ballotStarted))(t)
		vote(t, s, b, "v1", "U_BEN", pursue)
		byClock := func(op string, now time.Time) (pipeline.Ballot, error) {
			seen := must(s.Ballot(t.Context(), b.Idea, b.ID, ""))(t)
			after, due := seen.Ballot.CloseAt(team, nil, seen.Tally, now)
			if !due {
				t.Fatalf("nothing is to be done at %v", now)
			}
			return s.CloseBallot(t.Context(), op, seen, after, nil)
		}
		var conflict *BallotConflictError
		// A process whose clock is fast closes nothing.
		if _, err := byClock("op3", b.Deadline); !errors.As(err, &conflict) || !conflict.Current.Now.Before(b.Deadline) {
			t.Errorf("before the deadline: %v", err)
		}
		over := time.Now().Add(-time.Minute)
		turnBack := func() { // as if its time had passed
			noError(t, db.client.HSet(t.Context(), s.tag+"ballot:PAY-1:1", "deadline", over.UnixMilli()).Err())
		}
		turnBack()
		late := replica(s)
		if _, err := late.Vote(t.Context(), voting(b, "v2", "U_EVE", pursue)); problemCode(err) != "voting-over" {
			t.Errorf("voted late: %v", err)
		}
		extended := must(byClock("op4", time.Now()))(t)
		if !extended.Running() || !extended.Extended || !extended.Deadline.After(time.Now()) || extended.Version != 2 {
			t.Errorf("extended to %+v", extended)
		}
		if first := must(s.Polls(t.Context(), "U_EVE", 1))(t); len(first) != 1 || !first[0].Ballot.Deadline.Equal(extended.Deadline) {
			t.Errorf("asked in %+v", first)
		}
		if score := db.client.ZScore(t.Context(), s.tag+"polls:U_EVE", "PAY-1:1").Val(); score != float64(extended.Deadline.UnixMilli()) {
			t.Errorf("among polls at %v", score)
		}
		for op, s := range map[string]*Store{"v3": s, "v4": late} { // both remember the first deadline
			if cast := vote(t, s, b, op, map[string]string{"v3": "U_EVE", "v4": "U_KIM"}[op], pursue); !cast.Ballot.Extended {
				t.Errorf("voted on %+v", cast.Ballot)
			}
		}
		turnBack()
		done := must(byClock("op5", time.Now()))(t)
		if done.Running() || done.ClosedBy != "" || done.Result.Voted != 3 || done.ClosedAt.UnixMilli() != over.UnixMilli() {
			t.Errorf("closed as %+v with %+v", done, done.Result)
		}
		wantPolls(t, s, "U_EVE")
	})
}

func TestAnAuditIsOnRecord(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		b := started(t, s, pipeline.Confidential, "U_ANA", "U_BEN")
		vote(t, s, b, "v1", "U_BEN", object)
		closed(t, s, "op1", b)
		event := pipeline.Event{At: start, By: "U_ADMIN", What: pipeline.BallotAudited, About: "pursue"}
		for range 2 {
			polled := must(s.AuditBallot(t.Context(), "op2", b.Idea, b.ID, event))(t)
			if diff := cmp.Diff([]pipeline.VoteOf{{Voter: "U_BEN", Vote: object}}, polled.Tally.Votes); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		}
		if events := must(s.History(t.Context(), b.Idea, 0))(t); len(events) != 4 {
			t.Errorf("history is %+v", events)
		}
		if _, err := s.AuditBallot(t.Context(), "op3", b.Idea, 9, event); !errors.Is(err, ErrNotFound) {
			t.Errorf("of a ballot that is not there: %v", err)
		}
	})
}

// TestALargeElectorate is asked and left alone in one go.
func TestALargeElectorate(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		var users []string
		for i := range pipeline.ElectorateLimit {
			users = append(users, fmt.Sprintf("U0123%06d", i))
		}
		b := started(t, s, pipeline.Anonymous, users...)
		vote(t, s, b, "v1", users[1999], object)
		for _, user := range []string{users[0], users[1999]} {
			wantPolls(t, s, user, fmt.Sprintf(`PAY-1:1 "Export invoices" %v`, user == users[1999]))
		}
		if n := len(must(s.NotVoted(t.Context(), b.Idea, b.ID))(t)); n != pipeline.ElectorateLimit-1 {
			t.Errorf("%d have not voted", n)
		}
		closed(t, s, "op1", b)
		for _, user := range users {
			if db.client.Exists(t.Context(), s.tag+"polls:"+user).Val() != 0 {
				t.Fatalf("%s is still asked", user)
			}
		}
	})
}
