package storage

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"alignbot/pipeline"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"
)

func job(id string, due time.Time) Outgoing {
	return Outgoing{ID: id, Kind: "ballot.close", Subject: "PAY-1", Due: due}
}

// claims what is due at the pace of a second until nothing more comes for ten,
// and tells what came when; each is sent at once.
func claims(t *testing.T, s *Store) []string {
	t.Helper()
	var came []string
	began := time.Now()
	for quiet := 0; quiet < 10; {
		claimed, wait, err := s.Claim(t.Context(), 10, lease, time.Second)
		noError(t, err)
		quiet++
		for _, c := range claimed {
			came = append(came, fmt.Sprint(time.Since(began), " ", c.ID))
			noError(t, s.Sent(t.Context(), c, posted))
			quiet = 0
		}
		time.Sleep(wait)
	}
	slices.Sort(came)
	return came
}

func TestLanes(t *testing.T) {
	inTime := func(name string, test func(t *testing.T, s *Store, b pipeline.Ballot)) {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := withTeam(t, open(t, "memory:"))
				b := started(t, s, pipeline.OpenBallot, "U_ANA", "U_BEN", "U_EVE", "U_KIM")
				noError(t, s.Sent(t.Context(), claimOne(t, s), posted))
				test(t, s, b)
			})
		})
	}
	inTime("redraws do not wait behind posts", func(t *testing.T, s *Store, b pipeline.Ballot) {
		noError(t, s.Enqueue(t.Context(), news("n1"), news("n2"), news("n3")))
		vote(t, s, b, "v1", "U_BEN", pursue)
		want := []string{"0s ballot:PAY-1:1", "0s n1", "1s n2", "2s n3"}
		if diff := cmp.Diff(want, claims(t, s)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
	inTime("a post waits for the one before, however long that takes", func(t *testing.T, s *Store, _ pipeline.Ballot) {
		next := func(want string) (c Claimed) {
			t.Helper()
			if c = claimOne(t, s, time.Second); c.ID != want {
				t.Fatalf("%s comes, not %s", c.ID, want)
			}
			return c
		}
		none := func() {
			t.Helper()
			if claimed, _, err := s.Claim(t.Context(), 10, lease, time.Second); err != nil || len(claimed) > 0 {
				t.Fatalf("claimed %+v, %v", claimed, err)
			}
		}
		noError(t, s.Enqueue(t.Context(), news("n1"), news("n2"), news("n3")))
		first := next("n1")
		time.Sleep(5 * time.Second)
		noError(t, s.Release(t.Context(), "C_PAY"))
		none()
		noError(t, s.Retry(t.Context(), first, "ratelimited", 0))
		first = next("n1")
		time.Sleep(5 * time.Second)
		none()
		noError(t, s.Sent(t.Context(), first, posted))
		next("n2") // and whoever has it vanishes
		time.Sleep(lease - time.Millisecond)
		none()
		time.Sleep(time.Millisecond)
		next("n3")
	})
	inTime("a message is redrawn once a second whatever the votes", func(t *testing.T, s *Store, b pipeline.Ballot) {
		began, redraws, votes := time.Now(), 0, 0
		for time.Since(began) < 10*time.Second {
			for range 20 {
				votes++
				vote(t, s, b, fmt.Sprint("v", votes), "U_BEN", []pipeline.Vote{pursue, object}[votes%2])
			}
			if stats := must(s.OutboxStats(t.Context()))(t); stats.Due+stats.Sending > 1 {
				t.Fatalf("%+v", stats)
			}
			claimed, _, err := s.Claim(t.Context(), 10, lease, time.Second)
			noError(t, err)
			time.Sleep(50 * time.Millisecond)
			for _, c := range claimed {
				redraws++
				noError(t, s.Sent(t.Context(), c, posted))
			}
		}
		if redraws < 9 || redraws > 11 {
			t.Errorf("%d redraws in 10 s of %d votes", redraws, votes)
		}
		if last := claims(t, s); len(last) != 1 {
			t.Errorf("after the last vote: %v", last)
		}
	})
	inTime("the last state is drawn after a crash, a 429 and a late vote", func(t *testing.T, s *Store, b pipeline.Ballot) {
		vote(t, s, b, "v1", "U_BEN", pursue)
		claimOne(t, s) // and never answers
		vote(t, s, b, "v2", "U_EVE", pursue)
		time.Sleep(lease)
		c := claimOne(t, s)
		if c.Message != posted || c.PriorState != Sending {
			t.Errorf("claimed %+v", c)
		}
		noError(t, s.Block(t.Context(), "chat.update", "", 5*time.Second))
		noError(t, s.Retry(t.Context(), c, "ratelimited", 5*time.Second))
		vote(t, s, b, "v3", "U_KIM", pursue)
		claimNone(t, s)
		time.Sleep(5 * time.Second)
		c = claimOne(t, s)
		vote(t, s, b, "v4", "U_KIM", object) // is it in what is drawn now, or not?
		noError(t, s.Sent(t.Context(), c, posted))
		if came := claims(t, s); len(came) != 1 {
			t.Errorf("came %v", came)
		}
	})
	inTime("what is deleted is posted anew", func(t *testing.T, s *Store, b pipeline.Ballot) {
		vote(t, s, b, "v1", "U_BEN", pursue)
		c := claimOne(t, s)
		noError(t, s.Forget(t.Context(), c, "message_not_found"))
		if polled := must(s.Ballot(t.Context(), b.Idea, 1, ""))(t); !polled.Message.IsZero() {
			t.Errorf("the ballot is still shown by %v", polled.Message)
		}
		if c = claimOne(t, s); !c.Message.IsZero() || c.Lane() != "C_PAY" {
			t.Errorf("claimed %+v of lane %s", c, c.Lane())
		}
		again := pipeline.Message{Channel: "C_PAY", TS: "1700000009.000900"}
		noError(t, s.Sent(t.Context(), c, again))
		if polled := must(s.Ballot(t.Context(), b.Idea, 1, ""))(t); polled.Message != again {
			t.Errorf("the ballot is shown by %v", polled.Message)
		}
		time.Sleep(48 * time.Hour) // the entry is forgotten, the message is not
		claimNone(t, s)
		noError(t, s.Enqueue(t.Context(), redraw("PAY-1:1")))
		if c := claimOne(t, s); c.Message != again || c.Lane() != "C_PAY 1700000009.000900" {
			t.Errorf("claimed %+v of lane %s", c, c.Lane())
		}
	})
	inTime("jobs wait for nothing and nobody", func(t *testing.T, s *Store, _ pipeline.Ballot) {
		due := time.Now().Add(time.Minute)
		noError(t, s.Enqueue(t.Context(), job("j1", due), job("j2", due)))
		claimNone(t, s)
		noError(t, s.Block(t.Context(), "chat.postMessage", "", time.Hour))
		noError(t, s.Block(t.Context(), "conversations.open", "", time.Hour))
		noError(t, s.Block(t.Context(), "chat.update", "", time.Hour))
		time.Sleep(time.Minute - time.Millisecond)
		claimNone(t, s)
		time.Sleep(time.Millisecond)
		claimed, _, err := s.Claim(t.Context(), 10, lease, time.Second)
		noError(t, err)
		if len(claimed) != 2 || claimed[0].Lane() != claimed[0].ID {
			t.Fatalf("claimed %+v", claimed)
		}
		noError(t, s.Sent(t.Context(), claimed[0], pipeline.Message{}))
		time.Sleep(lease)
		if c := claimOne(t, s); c.ID != claimed[1].ID || c.PriorState != Sending {
			t.Errorf("done again is %+v", c)
		}
	})
	inTime("an entry leaves the lane it stands in", func(t *testing.T, s *Store, _ pipeline.Ballot) {
		elsewhere := news("n1")
		elsewhere.Channel = "C_OTHER"
		noError(t, s.Enqueue(t.Context(), news("n1"), elsewhere))
		// An older version noted no lane.
		noError(t, s.Enqueue(t.Context(), news("n2"), job("j1", time.Time{})))
		noError(t, s.db.client.HDel(t.Context(), s.tag+"out:n2", "lane").Err())
		noError(t, s.db.client.HDel(t.Context(), s.tag+"out:j1", "lane").Err())
		moved := news("n2")
		moved.Channel = "C_OTHER"
		noError(t, s.Enqueue(t.Context(), moved))
		// And put redraws into the lane of their channel.
		noError(t, s.Enqueue(t.Context(), redraw("PAY-1:1")))
		noError(t, s.db.client.HDel(t.Context(), s.tag+"out:ballot:PAY-1:1", "lane").Err())
		noError(t, s.db.client.Rename(t.Context(), s.tag+"lane:"+formatMessage(posted), s.tag+"lane:C_PAY").Err())
		noError(t, s.db.client.ZRem(t.Context(), s.tag+"outbox:lanes", formatMessage(posted)).Err())
		noError(t, s.db.client.ZAdd(t.Context(), s.tag+"outbox:lanes", redis.Z{Score: float64(time.Now().UnixMilli()), Member: "C_PAY"}).Err())
		want := []string{"0s ballot:PAY-1:1", "0s j1", "0s n1", "1s n2"}
		if diff := cmp.Diff(want, claims(t, s)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		for _, key := range s.db.client.Keys(t.Context(), s.tag+"lane:*").Val() {
			t.Errorf("%s is left over", key)
		}
		if n := s.db.client.ZCard(t.Context(), s.tag+"outbox:lanes").Val(); n != 0 {
			t.Errorf("%d lanes are left over", n)
		}
	})
	inTime("a channel that is opened while a post is refused is tried at once", func(t *testing.T, s *Store, _ pipeline.Ballot) {
		noError(t, s.Enqueue(t.Context(), news("n1"), news("n2")))
		refused := claimOne(t, s, time.Second)
		time.Sleep(100 * time.Millisecond)
		noError(t, s.Release(t.Context(), "C_PAY"))
		time.Sleep(100 * time.Millisecond)
		if held := must(s.Shut(t.Context(), refused, "C_PAY", time.Hour))(t); held {
			t.Error("what was opened since is held")
		}
		noError(t, s.Retry(t.Context(), refused, "is_archived", 0))
		time.Sleep(time.Second)
		refused = claimOne(t, s, time.Second)
		if held := must(s.Shut(t.Context(), refused, "C_PAY", time.Hour))(t); !held || refused.ID != "n1" {
			t.Errorf("%s was refused once more, and nothing is held", refused.ID)
		}
		noError(t, s.Retry(t.Context(), refused, "is_archived", 0))
		time.Sleep(time.Minute)
		claimNone(t, s)
	})
	inTime("a channel that is opened gets its redraws at once", func(t *testing.T, s *Store, b pipeline.Ballot) {
		vote(t, s, b, "v1", "U_BEN", pursue)
		noError(t, s.Enqueue(t.Context(), news("n1")))
		claimed, _, err := s.Claim(t.Context(), 10, lease, 0)
		noError(t, err)
		for _, c := range claimed {
			noError(t, s.Block(t.Context(), "", "C_PAY", time.Hour))
			again := time.Hour
			if c.Lane() == "C_PAY" {
				again = 0
			}
			noError(t, s.Retry(t.Context(), c, "is_archived", again))
		}
		time.Sleep(time.Minute)
		claimNone(t, s)
		noError(t, s.Release(t.Context(), "C_PAY"))
		if came := claims(t, s); len(claimed) != 2 || len(came) != 2 {
			t.Errorf("of %d came %v", len(claimed), came)
		}
	})
}
