package storage

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/storage/redistest"

	"github.com/redis/go-redis/v9"
)

// benchSizes are how many ideas are stored beside the one at work.
// ALIGNBOT_BENCH_IDEAS names another.
func benchSizes(b *testing.B) []int {
	if text := os.Getenv("ALIGNBOT_BENCH_IDEAS"); text != "" {
		n, err := strconv.Atoi(text)
		noError(b, err)
		return []int{n}
	}
	return []int{1_000, 100_000}
}

var nouns = []string{"invoice", "report", "export", "login", "search", "page", "mobile", "email", "archive", "filter", "chart", "payment", "refund", "customer", "import", "theme"}

// benchIdea is an idea as people write them: some with a title alone.
func benchIdea(i int) pipeline.Idea {
	word := func(n int) string { return nouns[(i*7+n*n+i/13)%len(nouns)] }
	new := pipeline.Idea{
		Key:    pipeline.Key{Team: pipeline.TeamKey(fmt.Sprint("TEAM", i%20))},
		Title:  fmt.Sprintf("Better %s for the %s %d", word(1), word(2), i%5000),
		Stage:  pipeline.Captured,
		Author: fmt.Sprint("U0123ABC", i%300), Created: start, Changed: start,
	}
	if i%2 == 0 {
		new.Problem = fmt.Sprintf("People wait for the %s and call support about %s.", word(3), word(4))
		new.Source = idea("").Source
	}
	return new
}

func populate(b *testing.B, s *Store, n int, made func(int) pipeline.Idea) {
	b.Helper()
	for i := range 20 {
		team := payments()
		team.Key, team.Channel = pipeline.TeamKey(fmt.Sprint("TEAM", i)), fmt.Sprint("C", i)
		must(s.SetUpTeam(b.Context(), fmt.Sprint("team", i), team))(b)
	}
	const workers = 8
	errs := make(chan error, workers)
	for w := range workers {
		go func() {
			for i := w; i < n; i += workers {
				if _, err := s.Capture(b.Context(), fmt.Sprint("op", i), made(i), Slot{}); err != nil {
					errs <- err
					return
				}
			}
			errs <- nil
		}()
	}
	for range workers {
		noError(b, <-errs)
	}
}

// timed does it as often as the benchmark asks, and reports the median beside
// the mean: other work on the machine moves the mean.
func timed(b *testing.B, do func()) {
	var took []time.Duration
	for b.Loop() {
		began := time.Now()
		do()
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2])/float64(time.Microsecond), "p50-µs")
}

// inDiscovery is the idea at work in benchmarks of what belongs to one.
func inDiscovery() pipeline.Key { return pipeline.Key{Team: "TEAM3", Number: 7} }

// discovered gives that idea six runs, ten pieces of evidence and an outcome; the
// last of its runs is returned.
func discovered(b *testing.B, s *Store, op string) pipeline.Run {
	b.Helper()
	key := inDiscovery()
	var run pipeline.Run
	for i := range 6 {
		run = runOn(key)
		run.Answers = answers("Accountants of small firms")
		run = must(s.BeginRun(b.Context(), fmt.Sprint(op, "-run", i), run, running("U0123ABC7", i), moved))(b)
	}
	for i := range 10 {
		must(s.AddEvidence(b.Context(), fmt.Sprint(op, "-e", i), key, note("They call us about it every day."), Slot{}, moved))(b)
	}
	must(s.AddOutcome(b.Context(), op+"-o", pipeline.Outcome{Key: pipeline.OutcomeKey{Team: "TEAM3"}, Statement: "Paid sooner", Created: start}, Slot{}, wasAdded))(b)
	return run
}

// BenchmarkStore measures one operation at a time over loopback TCP, and what
// an idea takes in Redis with its lists and history, once the results of
// operations have expired.
func BenchmarkStore(b *testing.B) {
	for _, n := range benchSizes(b) {
		b.Run(fmt.Sprint(n, " ideas"), func(b *testing.B) {
			db := open(b, redistest.Start(b))
			s := db.Workspace("T0123ABCD")
			before := must(db.Facts(b.Context()))(b).Memory
			populate(b, s, n, benchIdea)
			withOps := must(db.Facts(b.Context()))(b).Memory
			for i := range n {
				noError(b, db.client.Del(b.Context(), s.tag+fmt.Sprint("op:op", i)).Err())
			}
			after := must(db.Facts(b.Context()))(b).Memory
			b.Logf("%d bytes an idea, and %d for its operation's result for a day", (after-before)/int64(n), (withOps-after)/int64(n))
			op := 0
			b.Run("Ping", func(b *testing.B) {
				timed(b, func() {
					noError(b, db.client.Ping(b.Context()).Err())
				})
			})
			b.Run("Begin", func(b *testing.B) {
				timed(b, func() {
					op++
					must(s.Begin(b.Context(), Want{Op: fmt.Sprint("b", op), Channel: "C3", User: "U0123ABC7", Draft: "idea"}))(b)
				})
			})
			b.Run("Capture", func(b *testing.B) {
				timed(b, func() {
					op++
					must(s.Capture(b.Context(), fmt.Sprint("c", op), benchIdea(op), Slot{Name: "idea", Form: "V1"}, card("#")))(b)
				})
			})
			b.Run("Begin with dossier", func(b *testing.B) {
				discovered(b, s, "dossier")
				timed(b, func() {
					op++
					loaded := must(s.Begin(b.Context(), Want{
						Op: fmt.Sprint("d", op), Idea: inDiscovery(), User: "U0123ABC7", Dossier: true, Run: 1, Outcomes: true, Evidence: 5, History: 5,
					}))(b)
					if len(loaded.Dossier.Runs) == 0 || loaded.Run == nil {
						b.Fatalf("loaded %+v", loaded)
					}
				})
			})
			b.Run("ChangeRun", func(b *testing.B) {
				run := discovered(b, s, "change")
				timed(b, func() {
					op++
					run.Answers["users"] = pipeline.Answer{Value: fmt.Sprint("Accountants ", op), By: "U0123ABC7", At: start}
					run = must(s.ChangeRun(b.Context(), fmt.Sprint("r", op), "U_ANA", run, running("U0123ABC7", 1), Slot{Name: "run", Form: "V1"}, &moved))(b)
				})
			})
			b.Run("Promote", func(b *testing.B) {
				idea := must(s.Idea(b.Context(), inDiscovery()))(b)
				stages := []pipeline.Stage{pipeline.Backlog, pipeline.Discovery}
				load := []pipeline.Load{{}, {Ideas: 1, Sized: 1, Points: 5}}
				timed(b, func() {
					op++
					idea.Stage, idea.Size = stages[0], 5
					idea = must(s.MoveIdea(b.Context(), fmt.Sprint("m", op), idea, &load[0], Slot{}, moved, card(idea.Key.String())))(b)
					slices.Reverse(stages)
					slices.Reverse(load)
				})
			})
			b.Run("Ask again", func(b *testing.B) {
				key := pipeline.Key{Team: "TEAM5", Number: 7}
				parked := waitingFor(must(s.Idea(b.Context(), key))(b), pipeline.Revisit{AskedBy: 50}, start)
				must(s.ChangeIdea(b.Context(), fmt.Sprint("park", op), parked, Slot{}, moved))(b)
				piece := note("They asked again.")
				timed(b, func() {
					op++
					_, _, _, err := s.AskAgain(b.Context(), fmt.Sprint("a", op), key, asking(fmt.Sprint("U", op)), &piece,
						Slot{Name: "ask", Form: "V1"}, moved, card(key.String()), back())
					noError(b, err)
				})
			})
			b.Run("Begin with who asked", func(b *testing.B) {
				timed(b, func() {
					op++
					loaded := must(s.Begin(b.Context(), Want{Op: fmt.Sprint("w", op), Idea: pipeline.Key{Team: "TEAM5", Number: 7}, Asked: 5}))(b)
					if len(loaded.Asked) == 0 {
						b.Fatalf("loaded %+v", loaded)
					}
				})
			})
			b.Run("Page of the most asked", func(b *testing.B) {
				timed(b, func() {
					must(s.Page(b.Context(), List{Team: "TEAM5", Stage: pipeline.Parked, MostAsked: true}, 1, 10))(b)
				})
			})
			b.Run("Board", func(b *testing.B) {
				timed(b, func() {
					must(s.Board(b.Context(), "TEAM3"))(b)
				})
			})
			b.Run("Page first", func(b *testing.B) {
				timed(b, func() {
					must(s.Page(b.Context(), List{Team: "TEAM3"}, 1, 10))(b)
				})
			})
			b.Run("Page last", func(b *testing.B) {
				timed(b, func() {
					must(s.Page(b.Context(), List{Team: "TEAM3"}, 1<<30, 10))(b)
				})
			})
			began := time.Now()
			x := must(s.buildIndex(b.Context()))(b)
			x.order()
			b.Logf("index of %d ideas built in %v", x.live, time.Since(began))
			s.search.publish(x)
			all := keysOf(must(s.Teams(b.Context()))(b))
			b.Run("Find", func(b *testing.B) {
				timed(b, func() {
					must(s.Find(b.Context(), "export the invoices for pay", all, 10))(b)
				})
			})
			b.Run("Similar", func(b *testing.B) {
				i := 0
				percentiles(b, func() {
					i += 77
					must(s.Similar(b.Context(), benchIdea(i), all, 5))(b)
				})
			})
			b.Run("Find rank only", func(b *testing.B) {
				for b.Loop() {
					x.find("export the invoices for pay", all, 10)
				}
			})
		})
	}
}

// trips counts the round trips of a client, but for those that set up a
// connection.
type trips struct{ n atomic.Int64 }

func (c *trips) count(name string) {
	if name != "hello" && name != "client" {
		c.n.Add(1)
	}
}

func (*trips) DialHook(next redis.DialHook) redis.DialHook { return next }

func (c *trips) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		c.count(cmd.Name())
		return next(ctx, cmd)
	}
}

func (c *trips) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		c.count(cmds[0].Name())
		return next(ctx, cmds)
	}
}

// BenchmarkVotes measures votes on one ballot that asks 500 people, each with the
// redraw of its message, by so many people at a time.
func BenchmarkVotes(b *testing.B) {
	for _, level := range []pipeline.Confidentiality{pipeline.OpenBallot, pipeline.Anonymous} {
		for _, at := range []int{1, 16, 128} {
			b.Run(fmt.Sprint(level, " ", at, " at a time"), func(b *testing.B) {
				s := withTeam(b, open(b, redistest.Start(b)))
				var users []string
				for i := range 500 {
					users = append(users, fmt.Sprintf("U0123%06d", i))
				}
				ballot := started(b, s, level, users...)
				vote(b, s, ballot, "first", users[0], pursue)
				var count trips
				s.db.client.AddHook(&count)
				var wg sync.WaitGroup
				var next atomic.Int64
				took := make([][]time.Duration, at)
				b.ResetTimer()
				for voter := range at {
					wg.Go(func() {
						for n := next.Add(1); n <= int64(b.N); n = next.Add(1) {
							began := time.Now()
							v := voting(ballot, fmt.Sprint("v", n), users[n%500], because)
							if _, err := s.Vote(b.Context(), v, redraw("PAY-1:1")); err != nil {
								b.Error(err)
								return
							}
							took[voter] = append(took[voter], time.Since(began))
						}
					})
				}
				wg.Wait()
				b.StopTimer()
				all := slices.Sorted(slices.Values(slices.Concat(took...)))
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "votes/s")
				b.ReportMetric(float64(all[len(all)*99/100])/float64(time.Millisecond), "p99-ms")
				b.ReportMetric(float64(count.n.Load())/float64(b.N), "trips/vote")
			})
		}
	}
}

// BenchmarkIndex builds the search index of 100,000 ideas without Redis.
func BenchmarkIndex(b *testing.B) {
	ideas := make([]pipeline.Idea, 100_000)
	for i := range ideas {
		ideas[i] = benchIdea(i)
		ideas[i].Key.Number = i + 1
	}
	var x *index
	for b.Loop() {
		x = newIndex()
		for _, idea := range ideas {
			x.put(document{Idea: idea})
		}
		x.order()
	}
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	with := heap()
	runtime.KeepAlive(x)
	x = nil
	b.ReportMetric(float64(with-heap())/1e6, "MB")
	runtime.KeepAlive(ideas)
}
