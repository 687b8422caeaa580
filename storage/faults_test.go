package storage

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/storage/redistest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// story is one of each kind of write with what it leads to. It can be told
// again after an error: everything in it has its operation id.
type story struct {
	s       *Store
	team    pipeline.Team
	idea    pipeline.Idea // as captured, then edited, then linked to an outcome
	edited  pipeline.Idea
	linked  pipeline.Idea
	run     pipeline.Run
	parked  pipeline.Idea      // another one
	ballots [3]pipeline.Ballot // on it, one of each level: two closed, one running
	claimed []Claimed
}

func (st *story) tell(t *testing.T) error {
	ctx := t.Context()
	steps := []func() error{
		func() error { _, err := st.s.Begin(ctx, Want{Op: "op1", Channel: "C_PAY", User: "U_ANA"}); return err },
		func() (err error) { st.team, err = st.s.SetUpTeam(ctx, "op1", payments()); return err },
		func() (err error) {
			team := st.team
			team.Name = "Payments and billing"
			_, err = st.s.ChangeTeam(ctx, "op2", team)
			return err
		},
		func() error {
			return st.s.SaveDraft(ctx, "U_ANA", Slot{Name: "idea", Form: "V1"}, typed("Exp", lately))
		},
		func() (err error) {
			st.idea, err = st.s.Capture(ctx, "op3", idea("Export"), Slot{Name: "idea", Form: "V1"}, card("#"))
			return err
		},
		func() error {
			if st.claimed != nil {
				return nil
			}
			claimed, _, err := st.s.Claim(ctx, 10, lease, 0)
			if err == nil {
				st.claimed = claimed
			}
			return err
		},
		func() error {
			for _, c := range st.claimed {
				if err := st.s.Sent(ctx, c, posted); err != nil {
					return err
				}
			}
			return nil
		},
		func() error {
			changed := st.idea
			changed.Title, changed.Changed = "Export as PDF", start.Add(time.Hour)
			edited, err := st.s.ChangeIdea(ctx, "op4", changed, Slot{}, pipeline.Event{At: start, By: "U_ANA", What: pipeline.WasEdited}, card("PAY-1"))
			st.edited = edited
			return err
		},
		func() error {
			_, err := st.s.SaveTemplate(ctx, "op5", "PAY", canvas())
			return err
		},
		func() (err error) {
			st.run, err = st.s.BeginRun(ctx, "op6", runOn(st.idea.Key), running("U_ANA", 1), moved)
			return err
		},
		func() error {
			run := st.run
			run.Answers = answers("Accountants")
			_, err := st.s.ChangeRun(ctx, "op7", "U_ANA", run, running("U_ANA", 2), Slot{}, &moved)
			return err
		},
		func() error {
			_, err := st.s.AddEvidence(ctx, "op8", st.idea.Key, note("They call."), Slot{}, moved)
			return err
		},
		func() error { _, err := st.s.AddOutcome(ctx, "op9", outcome("First"), Slot{}, wasAdded); return err },
		func() (err error) {
			_, st.linked, err = st.s.AddAndLink(ctx, "op10", outcome("Second"), linkedTo(st.edited, pipeline.OutcomeKey{Team: "PAY"}), Slot{}, moved)
			return err
		},
		func() error {
			_, err := st.s.MoveIdea(ctx, "op11", promoted(st.linked, 5), &pipeline.Load{}, Slot{}, moved, card("PAY-1"))
			return err
		},
		func() (err error) {
			st.parked, err = st.s.Capture(ctx, "op13", idea("Import"), Slot{})
			return err
		},
		func() error {
			parked := waitingFor(st.parked, pipeline.Revisit{Day: "2027-02-18", AskedBy: 2}, start.Add(time.Hour))
			_, err := st.s.ChangeIdea(ctx, "op14", parked, Slot{}, moved, backByDay(parked, start.Add(90*24*time.Hour)))
			return err
		},
		func() error {
			piece := note("They asked again.")
			_, people, tripped, err := st.s.AskAgain(ctx, "op15", st.parked.Key, asking("U_BEN"), &piece, Slot{}, moved, back())
			if err == nil && (people != 1 || tripped) {
				err = fmt.Errorf("%d people, tripped %v", people, tripped)
			}
			return err
		},
		func() error {
			_, people, tripped, err := st.s.AskAgain(ctx, "op16", st.parked.Key, asking("U_EVE"), nil, Slot{}, moved, back())
			if err == nil && (people != 2 || !tripped) {
				err = fmt.Errorf("%d people, tripped %v", people, tripped)
			}
			return err
		},
		func() error { return st.poll(t, 0, pipeline.Confidential) },
		func() error { return st.poll(t, 1, pipeline.Anonymous) },
		func() error {
			event := pipeline.Event{At: start, By: "U_ADMIN", What: pipeline.BallotAudited}
			_, err := st.s.AuditBallot(ctx, "op-audit", st.ballots[0].Idea, 1, event)
			return err
		},
		func() error { return st.vote(t, 2, pipeline.Anonymous) },
		func() error { return st.grow(t) },
		func() error { return st.ask(t) },
		func() error { return st.s.DropTemplate(ctx, "op12", "PAY", "canvas") },
		func() error { return st.s.Enqueue(ctx, news("n1")) },
		func() error { return st.s.Block(ctx, "chat.update", "", time.Hour) },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// ending is what the story must have led to.
type ending struct {
	Team     pipeline.Team
	Page     Page
	History  []pipeline.Event
	Drafts   map[string]Draft
	Board    Board
	Run      pipeline.Run
	Tests    []DueTest
	Evidence EvidencePage
	Outcomes []pipeline.Outcome
	Own      []pipeline.Template
	Parked   Page
	Asked    AskedPage
	Comments []pipeline.Event
	Ballots  []Polled
	Polls    []Poll
	Tree     pipeline.TreeFacts
	Nodes    []WholeNode
	Advice   Candidates
	Rounds   []RoundState
	Asks     []RoundAsked
	Stats    OutboxStats
}

func (st *story) ending(t *testing.T) ending {
	t.Helper()
	key := pipeline.Key{Team: "PAY", Number: 1}
	var ballots []Polled
	for n := range st.ballots {
		polled := must(st.s.Ballot(t.Context(), pipeline.Key{Team: "PAY", Number: 2}, n+1, "U_BEN"))(t)
		slices.SortFunc(polled.Tally.Votes, func(a, b pipeline.VoteOf) int { return strings.Compare(a.Reason, b.Reason) })
		ballots = append(ballots, polled)
	}
	var nodes []WholeNode
	for _, key := range []string{"PAY-O2", "PAY-O3", "PAY-P1", "PAY-I1"} {
		nodes = append(nodes, must(st.s.Node(t.Context(), nodeKey(key), 9, 9))(t))
	}
	var rounds []RoundState
	for n := range 2 {
		round := must(st.s.Round(t.Context(), "PAY", n+1, "U_BEN"))(t)
		slices.SortFunc(round.Answers, func(a, b pipeline.RoundAnswer) int { return slices.Compare(a.Words, b.Words) })
		rounds = append(rounds, round)
	}
	return ending{
		Tree:     must(st.s.Tree(t.Context(), "PAY"))(t),
		Nodes:    nodes,
		Advice:   must(st.s.Candidates(t.Context(), key))(t),
		Rounds:   rounds,
		Asks:     must(st.s.RoundsFor(t.Context(), "U_BEN", 9))(t),
		Ballots:  ballots,
		Polls:    must(st.s.Polls(t.Context(), "U_KIM", 9))(t),
		Team:     must(st.s.Team(t.Context(), "PAY"))(t),
		Page:     must(st.s.Page(t.Context(), List{Team: "PAY", Stage: pipeline.Backlog}, 1, 10))(t),
		History:  must(st.s.History(t.Context(), key, 0))(t),
		Drafts:   must(st.s.Drafts(t.Context(), "U_ANA"))(t),
		Board:    must(st.s.Board(t.Context(), "PAY"))(t),
		Run:      must(st.s.Run(t.Context(), key, 1))(t),
		Tests:    must(st.s.DueTests(t.Context(), "U_ANA", "", 9))(t),
		Evidence: must(st.s.Evidence(t.Context(), key, 1, 9))(t),
		Outcomes: must(st.s.Outcomes(t.Context(), "PAY"))(t),
		Own:      must(st.s.Templates(t.Context(), "PAY"))(t),
		Parked:   must(st.s.Page(t.Context(), List{Team: "PAY", Stage: pipeline.Parked, MostAsked: true}, 1, 10))(t),
		Asked:    must(st.s.Asked(t.Context(), pipeline.Key{Team: "PAY", Number: 2}, 1, 9))(t),
		Comments: must(st.s.History(t.Context(), pipeline.Key{Team: "PAY", Number: 2}, 0))(t),
		Stats:    must(st.s.OutboxStats(t.Context()))(t),
	}
}

// TestLostConnections breaks the connection at the N-th command for all N, in
// each way: once, which nobody notices, and for good, after which the story is
// told again. It ends the same, with everything once.
func TestLostConnections(t *testing.T) {
	t.Parallel()
	ignoreTime := cmp.Options{
		cmpopts.IgnoreFields(OutboxStats{}, "OldestDue"), cmpopts.IgnoreFields(Polled{}, "Now"),
		cmpopts.IgnoreFields(pipeline.Ballot{}, "Deadline"), cmpopts.IgnoreFields(pipeline.Round{}, "Deadline"),
		cmpopts.IgnoreFields(RoundState{}, "Now"),
	}
	behind := func(t *testing.T) (*redistest.Server, *redistest.Proxy) {
		server := redistest.StartServer(t)
		return server, redistest.NewProxy(t, server.Addr)
	}
	begin := func(t *testing.T, server *redistest.Server, proxy *redistest.Proxy) *story {
		server.Do("FLUSHALL")
		server.Do("SCRIPT", "FLUSH")
		return &story{s: openWith(t, Settings{URL: proxy.URL(), Timeout: 2 * time.Second}).Workspace("T1")}
	}
	server, proxy := behind(t)
	plain := begin(t, server, proxy)
	commands := 0
	proxy.Inject(func([]string) redistest.Fault { commands++; return redistest.None })
	noError(t, plain.tell(t))
	proxy.Inject(nil)
	want := plain.ending(t)
	load := pipeline.Load{Ideas: 1, Sized: 1, Points: 5, Gated: 1}
	if want.Page.Total != 1 || len(want.History) != 8 || want.Stats.Due != 11 || want.Page.Ideas[0].Card != posted ||
		!cmp.Equal(want.Board.Load, load) || want.Run.Version != 2 || len(want.Tests) != 1 || want.Evidence.Total != 1 ||
		len(want.Outcomes) != 3 || want.Page.Ideas[0].Outcomes[0] != want.Outcomes[1].Key || len(want.Own) != 0 ||
		want.Parked.Total != 1 || want.Asked.Total != 2 || len(want.Comments) != 10 ||
		want.Ballots[1].Polls != 5 || len(want.Ballots[1].Tally.Votes) != 2 || want.Ballots[2].Mine == nil || len(want.Polls) != 1 ||
		want.Nodes[0].CheckInsTotal != 2 || len(want.Nodes[2].Opportunity.Evidence) != 1 || want.Nodes[2].Opportunity.Parent != nodeKey("PAY-O3") ||
		len(want.Advice.Dismissed) != 1 || len(want.Advice.Feedback) != 2 ||
		len(want.Rounds[0].Answers) != 2 || want.Rounds[1].Round.Experiment == nil || len(want.Asks) != 1 {
		t.Fatalf("the story ends with %+v", want)
	}
	for name, fault := range map[string]redistest.Fault{
		"before send": redistest.CutBeforeSend, "after send": redistest.CutAfterSend, "after reply": redistest.CutAfterReply,
	} {
		for _, sticky := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, for good %v", name, sticky), func(t *testing.T) {
				t.Parallel()
				server, proxy := behind(t)
				for n := range commands {
					st := begin(t, server, proxy)
					seen := 0
					proxy.Inject(func([]string) redistest.Fault {
						seen++
						if seen == n+1 || sticky && seen > n {
							return fault
						}
						return redistest.None
					})
					err := st.tell(t)
					proxy.Inject(nil)
					if sticky != (err != nil) || err != nil && !errors.Is(err, ErrUnavailable) {
						t.Fatalf("command %d: %v", n+1, err)
					}
					if sticky {
						// A claim whose answers were all lost waits for its
						// lease; nobody will answer for it.
						if err := st.tell(t); err != nil {
							t.Fatalf("told again after command %d: %v", n+1, err)
						}
					}
					got := st.ending(t)
					if len(st.claimed) == 0 { // the card was claimed by the call whose answers were lost
						want := want
						want.Page.Ideas = []pipeline.Idea{want.Page.Ideas[0]}
						want.Page.Ideas[0].Card, want.Stats = pipeline.Message{}, OutboxStats{Due: 10, Sending: 1}
						want.Board.Oldest = maps.Clone(want.Board.Oldest)
						want.Board.Oldest[pipeline.Backlog] = want.Page.Ideas[0]
						if diff := cmp.Diff(want, got, ignoreTime); diff != "" {
							t.Fatalf("command %d (-want +got):\n%s", n+1, diff)
						}
						continue
					}
					if diff := cmp.Diff(want, got, ignoreTime); diff != "" {
						t.Fatalf("command %d (-want +got):\n%s", n+1, diff)
					}
				}
			})
		}
	}
}

func TestAFrozenRedis(t *testing.T) {
	server := redistest.StartServer(t)
	const timeout = 300 * time.Millisecond
	db := openWith(t, Settings{URL: server.URL(), Timeout: timeout})
	s := withTeam(t, db)
	server.Freeze()
	defer server.Thaw()
	for name, do := range map[string]func() error{
		"Begin":   func() error { _, err := s.Begin(t.Context(), Want{Op: "x"}); return err },
		"Capture": func() error { _, err := s.Capture(t.Context(), "op1", idea("x"), Slot{}); return err },
		"Page":    func() error { _, err := s.Page(t.Context(), List{Team: "PAY"}, 1, 10); return err },
		"Ideas":   func() error { _, err := s.Idea(t.Context(), pipeline.Key{Team: "PAY", Number: 1}); return err },
		"Claim":   func() error { _, _, err := s.Claim(t.Context(), 1, lease, 0); return err },
		"Ready":   func() error { return db.Ready(t.Context()) },
	} {
		began := time.Now()
		err := do()
		if took := time.Since(began); !errors.Is(err, ErrUnavailable) || took > timeout+500*time.Millisecond {
			t.Errorf("%s ends after %v with %v", name, took, err)
		}
	}
	server.Thaw()
	capture(t, s, "op1", "x")
	if got := must(s.Page(t.Context(), List{Team: "PAY"}, 1, 10))(t); got.Total != 1 {
		t.Errorf("%d ideas, want 1", got.Total)
	}
}

func TestRedisThatStartsLater(t *testing.T) {
	server := redistest.StartServer(t)
	server.Kill()
	db := openWith(t, Settings{URL: server.URL()})
	if err := db.Ready(t.Context()); !errors.Is(err, ErrUnavailable) {
		t.Errorf("Ready answers %v", err)
	}
	server.Restart()
	noError(t, db.Ready(t.Context()))
	withTeam(t, db)
}

// TestKilledWhileCapturing: what was answered is there after a crash, and what
// was not can be repeated.
func TestKilledWhileCapturing(t *testing.T) {
	server := redistest.StartServer(t, "--appendonly", "yes", "--appendfsync", "always")
	s := withTeam(t, open(t, server.URL()))
	const people = 100
	var mu sync.Mutex
	answered, killed := map[string]pipeline.Key{}, false
	all := func() (failed int) {
		var wg sync.WaitGroup
		for i := range people {
			wg.Go(func() {
				op := fmt.Sprint("op", i)
				stored, err := s.Capture(t.Context(), op, idea(op), Slot{})
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil && !answered[op].IsZero() && answered[op] != stored.Key:
					t.Errorf("%s was %s and is %s", op, answered[op], stored.Key)
				case err == nil:
					answered[op] = stored.Key
				case errors.Is(err, ErrUnavailable):
					failed++
				default:
					t.Error(err)
				}
				if len(answered) == people/3 && !killed {
					killed = true
					server.Kill()
				}
			})
		}
		wg.Wait()
		return failed
	}
	t.Logf("%d of %d failed", all(), people)
	server.Restart()
	// The client tries to connect again once a second.
	waitFor(t, "Redis to be back", func() bool { return s.db.Ready(t.Context()) == nil })
	if failed := all(); failed > 0 {
		t.Errorf("%d failed after the restart", failed)
	}
	if got := must(s.Page(t.Context(), List{Team: "PAY"}, 1, 10))(t); got.Total != people {
		t.Errorf("%d ideas, want %d", got.Total, people)
	}
}

func TestRedisThatRefusesWrites(t *testing.T) {
	for name, c := range map[string]struct{ break_, mend [][]any }{
		"full": {
			[][]any{{"CONFIG", "SET", "maxmemory", "1"}},
			[][]any{{"CONFIG", "SET", "maxmemory", "0"}},
		},
		"a replica": {
			[][]any{{"REPLICAOF", "127.0.0.1", "1"}},
			[][]any{{"REPLICAOF", "NO", "ONE"}},
		},
		"too few replicas": {
			[][]any{{"CONFIG", "SET", "min-replicas-to-write", "1"}},
			[][]any{{"CONFIG", "SET", "min-replicas-to-write", "0"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			server := redistest.StartServer(t)
			db := open(t, server.URL())
			s := withTeam(t, db)
			capture(t, s, "op1", "before", card("#"))
			for _, command := range c.break_ {
				server.Do(command...)
			}
			if _, err := s.Capture(t.Context(), "op2", idea("meanwhile"), Slot{}, card("#")); !errors.Is(err, ErrUnavailable) {
				t.Errorf("Capture answers %v", err)
			}
			if err := db.Ready(t.Context()); !errors.Is(err, ErrUnavailable) {
				t.Errorf("Ready answers %v", err)
			}
			if page := must(s.Page(t.Context(), List{Team: "PAY"}, 1, 10))(t); page.Total != 1 {
				t.Errorf("%d ideas can be read, want 1", page.Total)
			}
			for _, command := range c.mend {
				server.Do(command...)
			}
			if got := capture(t, s, "op2", "meanwhile", card("#")); got.Key.Number != 2 {
				t.Errorf("the repeated capture is %s", got.Key)
			}
			if stats := must(s.OutboxStats(t.Context()))(t); stats.Due != 2 {
				t.Errorf("%d entries are due, want 2", stats.Due)
			}
		})
	}
}

func TestReady(t *testing.T) {
	t.Run("in memory", func(t *testing.T) { noError(t, open(t, "memory:").Ready(t.Context())) })
	t.Run("each eviction policy", func(t *testing.T) {
		server := redistest.StartServer(t)
		strict, lax := open(t, server.URL()), openWith(t, Settings{URL: server.URL(), AllowEviction: true})
		for _, policy := range []string{
			"allkeys-lru", "allkeys-lfu", "allkeys-random", "volatile-lru", "volatile-lfu", "volatile-random", "volatile-ttl",
		} {
			server.Do("CONFIG", "SET", "maxmemory-policy", policy)
			if err := strict.Ready(t.Context()); problemCode(err) != "redis-evicts" || !strings.Contains(err.Error(), policy) {
				t.Errorf("%s answers %v", policy, err)
			}
			noError(t, lax.Ready(t.Context()))
		}
		server.Do("CONFIG", "SET", "maxmemory-policy", "noeviction")
		noError(t, strict.Ready(t.Context()))
	})
	t.Run("a service that hides its settings", func(t *testing.T) {
		server := redistest.StartServer(t, "--rename-command", "CONFIG", "", "--rename-command", "INFO", "")
		db := open(t, server.URL())
		noError(t, db.Ready(t.Context()))
		if facts := must(db.Facts(t.Context()))(t); facts.EvictionKnown {
			t.Errorf("facts are %+v", facts)
		}
	})
	t.Run("a cluster of which one master evicts", func(t *testing.T) {
		nodes := redistest.StartCluster(t)
		db := openWith(t, Settings{URL: nodes[0].URL(), Cluster: true, Timeout: 5 * time.Second})
		noError(t, db.Ready(t.Context()))
		nodes[2].Do("CONFIG", "SET", "maxmemory-policy", "allkeys-lru")
		if err := db.Ready(t.Context()); problemCode(err) != "redis-evicts" {
			t.Errorf("Ready answers %v", err)
		}
	})
	t.Run("a newer schema", func(t *testing.T) {
		db := open(t, "memory:")
		noError(t, db.client.Set(t.Context(), keySchema, Schema+1, 0).Err())
		_, err := db.Workspace("T1").Begin(t.Context(), Want{Op: "x"})
		for _, err := range []error{err, db.Ready(t.Context())} {
			if problemCode(err) != "schema-newer" {
				t.Errorf("error is %v", err)
			}
		}
	})
}

func TestTooOld(t *testing.T) {
	for version, want := range map[string]bool{
		"5.0.14": true, "6.0.16": true, "6.2.0": false, "7.0.15": false, "10.1": false, "": false, "unknown": false,
	} {
		if tooOld(version) != want {
			t.Errorf("%q is too old: %v, want %v", version, !want, want)
		}
	}
}

func TestFacts(t *testing.T) {
	server := redistest.StartServer(t, "--appendonly", "yes")
	facts := must(open(t, server.URL()).Facts(t.Context()))(t)
	if facts.Version == "" || facts.EvictionPolicy != "noeviction" || !facts.AppendOnly || facts.Memory == 0 ||
		facts.RoundTrip <= 0 || time.Since(facts.Clock).Abs() > time.Minute {
		t.Errorf("facts are %+v", facts)
	}
}
