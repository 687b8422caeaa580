package storage

import (
	"fmt"
	"testing"
	"time"

	"alignbot/pipeline"
)

// Ballots in the tests of faults and of backups.

// vote starts a ballot. Three vote: one of them changes the vote, one takes it
// back.
func (st *story) vote(t *testing.T, n int, level pipeline.Confidentiality) (err error) {
	op := fmt.Sprint("op-ballot", n)
	b := ballotOn(st.parked.Key, level, "U_ANA", "U_BEN", "U_EVE", "U_KIM")
	b.Started = start
	read := st.parked
	read.Version = 2
	b, err = st.s.StartBallot(t.Context(), op, read, b, Slot{}, ballotStarted, redraw("#"), job(op, start.Add(24*time.Hour)))
	if err != nil {
		return err
	}
	st.ballots[n] = b
	for i, v := range []struct {
		user string
		vote pipeline.Vote
	}{{"U_BEN", pursue}, {"U_EVE", because}, {"U_BEN", object}, {"U_KIM", pursue}, {"U_KIM", nothing}} {
		_, err := st.s.Vote(t.Context(), voting(b, fmt.Sprint(op, "-", i), v.user, v.vote), redraw(ballotName(b.Idea, b.ID)))
		if err != nil && (b.Running() || b.Level != pipeline.Anonymous || problemCode(err) != "ballot-closed") {
			return err
		}
	}
	return nil
}

// poll is vote, and the ballot closes on what was voted.
func (st *story) poll(t *testing.T, n int, level pipeline.Confidentiality) error {
	if err := st.vote(t, n, level); err != nil {
		return err
	}
	b := st.ballots[n]
	seen, err := st.s.Ballot(t.Context(), b.Idea, b.ID, "")
	if err != nil {
		return err
	}
	after := seen.Ballot
	after.ClosedAt, after.ClosedBy, after.Result = start, "U_ANA", &pipeline.Result{Advice: pipeline.AdviseFor, Voted: seen.Tally.Voted()}
	event := pipeline.Event{At: start, By: "U_ANA", What: pipeline.BallotClosed}
	_, err = st.s.CloseBallot(t.Context(), fmt.Sprint("op-close", n), seen, after, &event, redraw(ballotName(b.Idea, b.ID)))
	return err
}

// fillBallots has two ballots of each level on an idea: one that is closed, and
// one that runs, with its message posted and a redraw of it due.
func fillBallots(t testing.TB, s *Store) {
	t.Helper()
	for n, level := range pipeline.Confidentialities() {
		idea := must(s.Idea(t.Context(), pipeline.Key{Team: "PAY", Number: n + 2}))(t)
		for i := range 2 {
			op := fmt.Sprint("op-ballot", n, "-", i)
			b := must(s.StartBallot(t.Context(), op, idea, ballotOn(idea.Key, level, "U_ANA", "U_BEN", "U_EVE", "U_KIM"), Slot{}, ballotStarted))(t)
			for v, user := range []string{"U_BEN", "U_EVE", "U_KIM"} {
				voted := voting(b, fmt.Sprint(op, "-", v), user, []pipeline.Vote{object, because, pursue}[v])
				voted.Acted = clicked(v)
				must(s.Vote(t.Context(), voted, redraw(ballotName(b.Idea, b.ID))))(t)
			}
			name := ballotName(b.Idea, b.ID)
			noError(t, s.db.client.HSet(t.Context(), s.tag+"ballot:"+name, "message", formatMessage(posted)).Err())
			noError(t, s.Enqueue(t.Context(), redraw(name)))
			if i == 0 {
				closed(t, s, op+"-close", b)
			}
		}
	}
}
