package storage

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"alignbot/pipeline"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// ballotOn is a ballot with everything that a ballot can have; by the clock it
// runs for a day.
func ballotOn(idea pipeline.Key, level pipeline.Confidentiality, electorate ...string) pipeline.Ballot {
	now := time.Now().UTC().Truncate(time.Millisecond)
	return pipeline.Ballot{
		Idea: idea, Question: pipeline.AskPursue, Outcome: pipeline.OutcomeKey{Team: "PAY", Number: 1}, Level: level,
		Electorate: electorate, Guests: true, Started: now, StartedBy: "U_ANA", Days: 3, Deadline: now.Add(24 * time.Hour),
		Quorum: pipeline.Quorum{Percent: 50}, Rule: pipeline.VoteRule{Approve: 2, Object: 1},
		ShowResults: level != pipeline.Anonymous,
	}
}

// redraw is the entry that draws a ballot's message.
func redraw(name string) Outgoing {
	return Outgoing{ID: "ballot:" + name, Kind: KindBallot, Subject: "PAY-1", Channel: "C_PAY", Args: map[string]string{"ballot": name}}
}

var ballotStarted = pipeline.Event{At: start, By: "U_ANA", What: pipeline.BallotStarted, About: string(pipeline.AskPursue)}

// started captures an idea and starts a ballot on it.
func started(t testing.TB, s *Store, level pipeline.Confidentiality, electorate ...string) pipeline.Ballot {
	t.Helper()
	idea := capture(t, s, "op-idea", "Export invoices")
	return must(s.StartBallot(t.Context(), "op-ballot", idea, ballotOn(idea.Key, level, electorate...), Slot{}, ballotStarted, redraw("#")))(t)
}

// voting is a vote as the rules take it from a member of the team.
func voting(b pipeline.Ballot, op, user string, v pipeline.Vote) Voting {
	person := pipeline.Person{ID: user}
	return Voting{
		Op: op, Idea: b.Idea, ID: b.ID, User: user, Here: Here{Channel: "C_PAY"}, Withdraw: v == pipeline.Vote{},
		Check: func(p Polling) (pipeline.Vote, error) {
			where := pipeline.Where{Team: &p.Team, InChannel: p.InChannel}
			if v == (pipeline.Vote{}) {
				return v, pipeline.CheckWithdrawal(pipeline.Policy{}, person, where, p.Ballot, p.Now)
			}
			return pipeline.CheckVote(pipeline.Policy{}, person, where, p.Ballot, v, p.Now)
		},
	}
}

func vote(t testing.TB, s *Store, b pipeline.Ballot, op, user string, v pipeline.Vote) Cast {
	t.Helper()
	return must(s.Vote(t.Context(), voting(b, op, user, v), redraw(ballotName(b.Idea, b.ID))))(t)
}

// closed closes the ballot for its starter on what is stored now.
func closed(t testing.TB, s *Store, op string, b pipeline.Ballot) pipeline.Ballot {
	t.Helper()
	polled := must(s.Ballot(t.Context(), b.Idea, b.ID, ""))(t)
	team := must(s.Team(t.Context(), b.Idea.Team))(t)
	after, err := pipeline.CloseBallot(pipeline.Policy{}, pipeline.Person{ID: "U_ANA"}, pipeline.Where{Team: &team}, polled.Ballot, polled.Tally, polled.Now)
	noError(t, err)
	event := pipeline.Event{At: polled.Now, By: "U_ANA", What: pipeline.BallotClosed, Why: after.AdviceInWords()}
	return must(s.CloseBallot(t.Context(), op, polled, after, &event, redraw(ballotName(b.Idea, b.ID))))(t)
}

var (
	pursue  = pipeline.Vote{Choice: pipeline.ChoosePursue}
	because = pipeline.Vote{Choice: pipeline.ChoosePursue, Reason: "They \"wait\" for it"}
	object  = pipeline.Vote{Choice: pipeline.ChooseObject, Reason: "It breaks the exports of others."}
	nothing = pipeline.Vote{}
)

func TestABallotKeepsAllOfIt(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		for _, level := range pipeline.Confidentialities() {
			s := withTeam(t, db)
			idea := capture(t, s, "op1", "Export invoices")
			noError(t, s.SaveDraft(t.Context(), "U_ANA", Slot{Name: "ballot", Form: "V1"}, typed("half", lately)))
			want := ballotOn(idea.Key, level, "U_ANA", "U_BEN", "U_EVE", "U_KIM")
			got := must(s.StartBallot(t.Context(), "op2", idea, want, Slot{Name: "ballot", Form: "V1"}, ballotStarted))(t)
			want.ID, want.Version = 1, 1
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("started (-want +got):\n%s", diff)
			}
			polled := must(s.Ballot(t.Context(), idea.Key, NewestBallot, "U_ANA"))(t)
			plain := Polled{Ballot: want, Title: idea.Title, Tally: pipeline.TallyVotes([]pipeline.VoteOf{})}
			if diff := cmp.Diff(plain, polled, cmpopts.IgnoreFields(Polled{}, "Now")); diff != "" || time.Since(polled.Now).Abs() > time.Minute {
				t.Errorf("read back at %v (-want +got):\n%s", polled.Now, diff)
			}
			now := must(s.Idea(t.Context(), idea.Key))(t)
			if now.Ballots != 1 || now.Ballot != 1 || now.Version != 1 || !now.Changed.Equal(want.Started) {
				t.Errorf("the idea is %+v", now)
			}
			if drafts := must(s.Drafts(t.Context(), "U_ANA"))(t); len(drafts) != 0 {
				t.Errorf("drafts are %v", drafts)
			}
			if diff := cmp.Diff([]pipeline.Event{ballotStarted}, must(s.History(t.Context(), idea.Key, 1))(t)); diff != "" {
				t.Errorf("history (-want +got):\n%s", diff)
			}
			loaded := must(s.Begin(t.Context(), Want{Idea: idea.Key, Ballot: 1, Dossier: true}))(t)
			for name, b := range map[string]*pipeline.Ballot{"wanted": loaded.Ballot, "of the dossier": loaded.Dossier.Ballot} {
				if diff := cmp.Diff(&want, b); diff != "" {
					t.Errorf("%s (-want +got):\n%s", name, diff)
				}
			}
			for _, w := range []Want{{Idea: idea.Key}, {Idea: idea.Key, Ballot: 2}, {Team: "PAY", Ballot: NewestBallot}} {
				if loaded := must(s.Begin(t.Context(), w))(t); loaded.Ballot != nil {
					t.Errorf("%+v loads %+v", w, loaded.Ballot)
				}
			}
			vote(t, s, want, "v1", "U_BEN", because)
			got = closed(t, s, "op3", want)
			want.ClosedAt, want.ClosedBy, want.Result, want.Version = got.ClosedAt, "U_ANA", got.Result, 2
			if diff := cmp.Diff(want, got); diff != "" || got.Result == nil || got.Result.Because == "" || got.Result.Voted != 1 {
				t.Errorf("closed with %+v (-want +got):\n%s", got.Result, diff)
			}
			if now := must(s.Idea(t.Context(), idea.Key))(t); now.Ballots != 1 || now.Ballot != 0 || now.Version != 1 {
				t.Errorf("the idea is %+v", now)
			}
			second := must(s.StartBallot(t.Context(), "op4", idea, ballotOn(idea.Key, level, "U_ANA", "U_BEN"), Slot{}, ballotStarted))(t)
			if newest := must(s.Begin(t.Context(), Want{Idea: idea.Key, Ballot: NewestBallot}))(t).Ballot; second.ID != 2 || newest.ID != 2 {
				t.Errorf("the second is %d, the newest %d", second.ID, newest.ID)
			}
			if _, err := s.Ballot(t.Context(), idea.Key, 3, ""); !errors.Is(err, ErrNotFound) {
				t.Errorf("a ballot that is not there: %v", err)
			}
		}
	})
}

func TestVotesAreStoredChangedAndWithdrawn(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		for _, level := range pipeline.Confidentialities() {
			s := withTeam(t, db)
			b := started(t, s, level, "U_ANA", "U_BEN", "U_EVE", "U_KIM")
			check := func(what string, got Cast, want pipeline.Vote, before, first bool) {
				t.Helper()
				if diff := cmp.Diff(Cast{Ballot: b, Title: "Export invoices", Vote: want, Before: before, First: first}, got); diff != "" {
					t.Errorf("%s, %s (-want +got):\n%s", level, what, diff)
				}
			}
			check("voted", vote(t, s, b, "v1", "U_BEN", because), because, false, true)
			check("voted again", vote(t, s, b, "v2", "U_BEN", object), object, true, true)
			check("the first, delivered again", vote(t, s, b, "v1", "U_BEN", because), object, false, false)
			check("another", vote(t, s, b, "v3", "U_EVE", pursue), pursue, false, true)
			check("withdrawn", vote(t, s, b, "v4", "U_EVE", nothing), nothing, true, true)
			check("withdrawn again", vote(t, s, b, "v5", "U_EVE", nothing), nothing, false, true)
			polled := must(s.Ballot(t.Context(), b.Idea, b.ID, "U_BEN"))(t)
			voter := "U_BEN"
			if level == pipeline.Anonymous {
				voter = ""
			}
			want := pipeline.TallyVotes([]pipeline.VoteOf{{Voter: voter, Vote: object}})
			if diff := cmp.Diff(want, polled.Tally); diff != "" || polled.Polls != 4 || polled.Mine == nil || *polled.Mine != object {
				t.Errorf("%s: %d polls, mine %v, tally (-want +got):\n%s", level, polled.Polls, polled.Mine, diff)
			}
			if _, err := s.Vote(t.Context(), voting(b, "v6", "U_EVE", pipeline.Vote{Choice: pipeline.ChooseObject})); problemCode(err) != "vote-form" {
				t.Errorf("an objection without a sentence: %v", err)
			}
			if _, err := s.Vote(t.Context(), voting(b, "v7", "U_NOBODY", pursue)); problemCode(err) != "not-in-electorate" {
				t.Errorf("somebody who is not asked: %v", err)
			}
			missing := b
			missing.ID = 7
			if _, err := s.Vote(t.Context(), voting(missing, "v8", "U_EVE", pursue)); !errors.Is(err, ErrNotFound) {
				t.Errorf("on a ballot that is not there: %v", err)
			}
			if not := must(s.NotVoted(t.Context(), b.Idea, b.ID))(t); fmt.Sprint(not) != "[U_ANA U_EVE U_KIM]" {
				t.Errorf("not voted: %v", not)
			}
		}
	})
}
