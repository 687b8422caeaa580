package storage

import (
	"testing"

	"alignbot/pipeline"
)

// TestWhoeverStartedABallotSeesThatItMayNotHaveArrived: a vote adds a redraw and
// posts nothing again by itself; a person does.
func TestWhoeverStartedABallotSeesThatItMayNotHaveArrived(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		b := started(t, s, pipeline.OpenBallot, "U_ANA", "U_BEN")
		noError(t, s.Unknown(t.Context(), claimOne(t, s), "timeout"))
		vote(t, s, b, "vote", "U_BEN", pursue)
		claimNone(t, s)
		missed := must(s.Unconfirmed(t.Context(), "U_ANA"))(t)
		if len(missed) != 1 || missed[0].ID != "ballot:PAY-1:1" || missed[0].Kind != KindBallot || missed[0].Channel != "C_PAY" {
			t.Fatalf("unconfirmed are %+v", missed)
		}
		if other := must(s.Unconfirmed(t.Context(), "U_BEN"))(t); len(other) != 0 {
			t.Errorf("of somebody else's ballot they miss %+v", other)
		}

		noError(t, s.Resend(t.Context(), missed[0].ID))
		noError(t, s.Sent(t.Context(), claimOne(t, s), posted))
		if left := must(s.Unconfirmed(t.Context(), "U_ANA"))(t); len(left) != 0 {
			t.Errorf("after it was posted again they miss %+v", left)
		}
		if got := must(s.Ballot(t.Context(), b.Idea, b.ID, ""))(t).Message; got != posted {
			t.Errorf("it is shown by %v", got)
		}
		vote(t, s, b, "another vote", "U_ANA", pursue)
		c := claimOne(t, s)
		if c.Message != posted {
			t.Errorf("it is redrawn in %v", c.Message)
		}
		noError(t, s.Failed(t.Context(), c, "cant_update_message"))
		if missed = must(s.Unconfirmed(t.Context(), "U_ANA"))(t); len(missed) != 1 {
			t.Errorf("of a refused redraw they miss %+v", missed)
		}
	})
}

// TestAVoteShowsWhereItsBallotStands: the message in which somebody voted is the
// ballot's where none is known, and only in its team's channel.
func TestAVoteShowsWhereItsBallotStands(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		b := started(t, s, pipeline.OpenBallot, "U_ANA", "U_BEN")
		noError(t, s.Unknown(t.Context(), claimOne(t, s), "timeout"))
		in := func(op string, m pipeline.Message) pipeline.Message {
			v := voting(b, op, "U_BEN", pursue)
			v.In = m
			must(s.Vote(t.Context(), v, redraw("PAY-1:1")))(t)
			return must(s.Ballot(t.Context(), b.Idea, b.ID, ""))(t).Message
		}
		if got := in("reminded", pipeline.Message{Channel: "D_BEN", TS: "1.1"}); !got.IsZero() {
			t.Errorf("a vote elsewhere makes it stand in %v", got)
		}
		claimNone(t, s)
		if got := in("there", posted); got != posted {
			t.Errorf("it stands in %v", got)
		}
		if c := claimOne(t, s); c.Message != posted {
			t.Errorf("it is redrawn in %v", c.Message)
		}
		if missed := must(s.Unconfirmed(t.Context(), "U_ANA"))(t); len(missed) != 0 {
			t.Errorf("unconfirmed are %+v", missed)
		}
		if got := in("again", pipeline.Message{Channel: "C_PAY", TS: "2.2"}); got != posted {
			t.Errorf("another message takes its place: %v", got)
		}
	})
}
