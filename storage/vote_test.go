package storage

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"alignbot/pipeline"
	"alignbot/storage/redistest"

	"github.com/google/go-cmp/cmp"
)

// replica is another process on the same Redis: it remembers other things.
func replica(s *Store) *Store {
	return newStore(s.db, s.id)
}

// tally is what is stored, by voter.
func tally(t testing.TB, s *Store, b pipeline.Ballot) map[string]pipeline.Vote {
	t.Helper()
	votes := map[string]pipeline.Vote{}
	for _, v := range must(s.Ballot(t.Context(), b.Idea, b.ID, ""))(t).Tally.Votes {
		votes[v.Voter] = v.Vote
	}
	return votes
}

// TestWhatIsRememberedNeverLetsAWrongVoteIn: a process votes once and so
// remembers ballot and team; what changes them then is another process's doing.
func TestWhatIsRememberedNeverLetsAWrongVoteIn(t *testing.T) {
	type world struct {
		s, other *Store
		b        pipeline.Ballot
	}
	evesIn := func(w world, here Here) Voting {
		v := voting(w.b, "late", "U_EVE", object)
		v.Here = here
		return v
	}
	elsewhere, inChannel := Here{Channel: "C_ELSE", Kind: OpenChannel}, Here{Channel: "C_PAY", Kind: PrivateChannel}
	for _, c := range []struct {
		name   string
		change func(t *testing.T, w world)
		here   Here
		code   string // of the refusal; "" where the vote is taken
	}{
		{"nothing", func(*testing.T, world) {}, elsewhere, ""},
		{"closed", func(t *testing.T, w world) { closed(t, w.other, "op-close", w.b) }, elsewhere, "ballot-closed"},
		{"made private", func(t *testing.T, w world) {
			must(w.other.Begin(t.Context(), Want{User: "U_KIM", Channel: "C_PAY", Here: inChannel}))(t)
		}, elsewhere, "not-permitted"},
		{"made private, and there", func(t *testing.T, w world) {
			must(w.other.Begin(t.Context(), Want{User: "U_KIM", Channel: "C_PAY", Here: inChannel}))(t)
		}, inChannel, ""},
		{"made private, and there by what this vote says", func(*testing.T, world) {}, inChannel, ""},
		{"made private, and there within the hour", func(t *testing.T, w world) {
			must(w.other.Begin(t.Context(), Want{User: "U_EVE", Channel: "C_PAY", Here: inChannel}))(t)
		}, elsewhere, ""},
		{"made private, and owned by the voter since", func(t *testing.T, w world) {
			team := must(w.other.Begin(t.Context(), Want{User: "U_KIM", Channel: "C_PAY", Here: inChannel}))(t).Team
			team.Owners = []string{"U_ANA", "U_EVE"}
			must(w.other.ChangeTeam(t.Context(), "op-owners", *team))(t)
		}, elsewhere, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			everywhere(t, func(t *testing.T, db *DB) {
				for _, level := range pipeline.Confidentialities() {
					s := withTeam(t, db)
					w := world{s: s, other: replica(s), b: started(t, s, level, "U_ANA", "U_BEN", "U_EVE", "U_KIM")}
					vote(t, s, w.b, "first", "U_BEN", pursue)
					c.change(t, w)
					_, err := s.Vote(t.Context(), evesIn(w, c.here))
					if problemCode(err) != c.code || (err != nil) != (c.code != "") {
						t.Errorf("%s: %v", level, err)
					}
					polled := must(s.Ballot(t.Context(), w.b.Idea, w.b.ID, ""))(t)
					want := map[pipeline.Choice]int{pipeline.ChoosePursue: 1}
					if c.code == "" {
						want[pipeline.ChooseObject] = 1
					}
					if diff := cmp.Diff(want, polled.Tally.Counts); diff != "" {
						t.Errorf("%s (-want +got):\n%s", level, diff)
					}
				}
			})
		})
	}
}

// The last word on what a vote is checked with has the store, also where the
// rule would have let it pass.
func TestAVoteIsCheckedWithWhatIsStored(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		b := started(t, s, pipeline.OpenBallot, "U_ANA", "U_BEN")
		vote(t, s, b, "v1", "U_BEN", pursue)
		team := must(s.Team(t.Context(), "PAY"))(t)
		team.Name = "Payments and billing"
		must(replica(s).ChangeTeam(t.Context(), "op-name", team))(t)
		var names []string
		v := voting(b, "v2", "U_BEN", object)
		v.Check = func(p Polling) (pipeline.Vote, error) {
			names = append(names, p.Team.Name)
			return object, nil
		}
		must(s.Vote(t.Context(), v))(t)
		if diff := cmp.Diff([]string{"Payments", "Payments and billing"}, names); diff != "" {
			t.Errorf("checked with (-want +got):\n%s", diff)
		}
		closed(t, replica(s), "op-close", b)
		asked := 0
		v.Op, v.Check = "v3", func(Polling) (pipeline.Vote, error) { asked++; return pursue, nil }
		if _, err := s.Vote(t.Context(), v); problemCode(err) != "vote-not-taken" || asked != votingTries {
			t.Errorf("a rule that lets everything pass is asked %d times: %v", asked, err)
		}
		if got := tally(t, s, b); got["U_BEN"] != object {
			t.Errorf("stored is %v", got)
		}
		wrong := errors.New("not today") // a policy is asked each time: it is not remembered
		v.Op, v.Check = "v4", func(Polling) (pipeline.Vote, error) { return pursue, wrong }
		if _, err := s.Vote(t.Context(), v); !errors.Is(err, wrong) {
			t.Errorf("a refusal is answered with %v", err)
		}
	})
}

// TestVotingUntilTheDeadline has the store's clock in hand.
func TestVotingUntilTheDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := withTeam(t, open(t, "memory:"))
		b := started(t, s, pipeline.OpenBallot, "U_ANA", "U_BEN", "U_EVE", "U_KIM")
		vote(t, s, b, "v1", "U_BEN", pursue)
		time.Sleep(time.Until(b.Deadline) - time.Millisecond)
		vote(t, s, b, "v2", "U_EVE", pursue)
		time.Sleep(time.Millisecond)
		if _, err := s.Vote(t.Context(), voting(b, "v3", "U_KIM", pursue)); problemCode(err) != "voting-over" {
			t.Errorf("at the deadline: %v", err)
		}
		if _, err := replica(s).Vote(t.Context(), voting(b, "v4", "U_EVE", nothing)); problemCode(err) != "voting-over" {
			t.Errorf("taken back at the deadline: %v", err)
		}
		// A clock that is slow is not asked.
		late := voting(b, "v5", "U_KIM", pursue)
		check := late.Check
		var asked []time.Time
		late.Check = func(p Polling) (pipeline.Vote, error) {
			asked = append(asked, p.Now)
			if len(asked) == 1 {
				p.Now = p.Now.Add(-time.Hour)
			}
			return check(p)
		}
		if _, err := s.Vote(t.Context(), late); problemCode(err) != "voting-over" || len(asked) != 2 || asked[1].Before(b.Deadline) {
			t.Errorf("asked at %v: %v", asked, err)
		}
		if got := tally(t, s, b); len(got) != 2 {
			t.Errorf("stored are %v", got)
		}
	})
}

// recorded gives a store with all commands that it sent so far.
func recorded(t *testing.T) (s *Store, commands func() [][]string) {
	t.Helper()
	proxy := redistest.NewProxy(t, redistest.StartServer(t).Addr)
	s = withTeam(t, open(t, proxy.URL()))
	var mu sync.Mutex
	var all [][]string
	proxy.Inject(func(command []string) redistest.Fault {
		mu.Lock()
		defer mu.Unlock()
		all = append(all, command)
		return redistest.None
	})
	return s, func() [][]string {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(all)
	}
}

func TestAVoteIsOneRoundTrip(t *testing.T) {
	shared, commands := recorded(t)
	for _, level := range pipeline.Confidentialities() {
		s := withTeam(t, shared.db)
		b := started(t, s, level, "U_ANA", "U_BEN", "U_EVE", "U_KIM")
		vote(t, s, b, "v1", "U_BEN", pursue)
		before := len(commands())
		vote(t, s, b, "v2", "U_BEN", object)
		vote(t, s, b, "v3", "U_EVE", pursue)
		vote(t, s, b, "v4", "U_EVE", nothing)
		vote(t, s, b, "v4", "U_EVE", nothing)
		if n := len(commands()) - before; n != 4 {
			t.Errorf("%s: 4 votes took %d round trips", level, n)
		}
		before = len(commands())
		if _, err := s.Vote(t.Context(), voting(b, "v5", "U_NOBODY", pursue)); err == nil || len(commands())-before != 1 {
			t.Errorf("%s: a refusal took %d round trips: %v", level, len(commands())-before, err)
		}
	}
}

// TestTheSameVoteDeliveredThreeTimesAtOnce counts once, whichever process gets it.
func TestTheSameVoteDeliveredThreeTimesAtOnce(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		for _, level := range pipeline.Confidentialities() {
			s := withTeam(t, db)
			b := started(t, s, level, "U_ANA", "U_BEN", "U_EVE", "U_KIM")
			stores := []*Store{s, replica(s), replica(s)}
			for round := range 5 {
				op := fmt.Sprint("v", round)
				var wg sync.WaitGroup
				casts := make([]Cast, len(stores))
				for i, s := range stores {
					wg.Go(func() {
						var err error
						if casts[i], err = s.Vote(t.Context(), voting(b, op, "U_BEN", object), redraw("PAY-1:1")); err != nil {
							t.Error(err)
						}
					})
				}
				wg.Wait()
				first := 0
				for _, c := range casts {
					if c.First {
						first++
					}
					if c.Vote != object || c.Before != (round > 0) {
						t.Errorf("answered %+v", c)
					}
				}
				if first != 1 {
					t.Errorf("%d of the three were the first", first)
				}
			}
			if polled := must(s.Ballot(t.Context(), b.Idea, b.ID, "U_BEN"))(t); polled.Polls != 5 || polled.Tally.Voted() != 1 {
				t.Errorf("%d polls, %d votes", polled.Polls, polled.Tally.Voted())
			}
		}
	})
}

// TestAVoteIsAnsweredAgainAfterTheClose where that can be known.
func TestAVoteIsAnsweredAgainAfterTheClose(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		for _, level := range pipeline.Confidentialities() {
			s := withTeam(t, db)
			b := started(t, s, level, "U_ANA", "U_BEN", "U_EVE", "U_KIM")
			vote(t, s, b, "v1", "U_BEN", object)
			closed(t, s, "op-close", b)
			for name, s := range map[string]*Store{"this one": s, "another": replica(s)} {
				cast, err := s.Vote(t.Context(), voting(b, "v1", "U_BEN", object))
				if level == pipeline.Anonymous {
					if problemCode(err) != "ballot-closed" {
						t.Errorf("%s, %s: %v", level, name, err)
					}
				} else if err != nil || cast.First || cast.Vote != object || cast.Before {
					t.Errorf("%s, %s: %+v, %v", level, name, cast, err)
				}
			}
		}
	})
}

// TestVoteStorm: 500 people vote several times at once over two processes with
// connections of their own. One of them is closed in the middle; whoever was
// refused there tries the same act on the other. Each vote counts once, the last
// of each person stands.
func TestVoteStorm(t *testing.T) {
	const people, each = 500, 4
	for kind, url := range map[string]func(t *testing.T) string{
		"redis":   func(t *testing.T) string { return redistest.Start(t) },
		"cluster": func(t *testing.T) string { redistest.Require(t); return sharedCluster() },
	} {
		for _, level := range []pipeline.Confidentiality{pipeline.OpenBallot, pipeline.Anonymous} {
			t.Run(fmt.Sprint(kind, " ", level), func(t *testing.T) {
				at := url(t)
				s := withTeam(t, open(t, at))
				var users []string
				for i := range people {
					users = append(users, fmt.Sprintf("U%03d", i))
				}
				b := started(t, s, level, users...)
				dying, err := Open(t.Context(), Settings{URL: at, Timeout: 5 * time.Second}, discard)
				noError(t, err)
				stores := []*Store{dying.Workspace(s.id), s}
				var cast, refused atomic.Int64
				var once sync.Once
				var wg sync.WaitGroup
				for i, user := range users {
					wg.Go(func() {
						for n := range each {
							v := pipeline.Vote{Choice: pipeline.Choices()[(i+n)%4], Reason: fmt.Sprint("reason ", n, " of ", user)}
							if i%50 == 7 && n == each-1 {
								v = nothing
							}
							for try := 0; ; try++ {
								act := voting(b, fmt.Sprint("op ", user, " ", n), user, v)
								_, err := stores[(i+n+try)%2].Vote(t.Context(), act, redraw("PAY-1:1"))
								if err == nil {
									break
								}
								if !errors.Is(err, ErrUnavailable) || try > 3 {
									t.Errorf("%s: %v", user, err)
									return
								}
								refused.Add(1)
							}
							if cast.Add(1) == people*each/3 {
								once.Do(func() { noError(t, dying.Close()) })
							}
						}
					})
				}
				wg.Wait()
				polled := must(s.Ballot(t.Context(), b.Idea, b.ID, "U003"))(t)
				want := map[pipeline.Choice]int{}
				var left []string
				for i, user := range users {
					if i%50 == 7 {
						left = append(left, user)
						continue
					}
					want[pipeline.Choices()[(i+each-1)%4]]++
				}
				if diff := cmp.Diff(want, polled.Tally.Counts); diff != "" {
					t.Errorf("tally (-want +got):\n%s", diff)
				}
				if polled.Polls != people*each || polled.Mine == nil || polled.Mine.Reason != "reason 3 of U003" {
					t.Errorf("%d polls of %d, mine is %v", polled.Polls, people*each, polled.Mine)
				}
				if diff := cmp.Diff(left, must(s.NotVoted(t.Context(), b.Idea, b.ID))(t)); diff != "" {
					t.Errorf("not voted (-want +got):\n%s", diff)
				}
				if refused.Load() == 0 {
					t.Error("nobody was refused by the process that was closed: this proves less than it should")
				}
				claimed, _, err := s.Claim(t.Context(), 10, lease, 0)
				noError(t, err)
				redraws := slices.DeleteFunc(claimed, func(c Claimed) bool { return c.Kind != KindBallot })
				if len(redraws) != 1 {
					t.Errorf("%d redraws of one message are due", len(redraws))
				}
			})
		}
	}
}
