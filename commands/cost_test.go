package commands

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alignbot/pipeline"
	"alignbot/storage"
	"alignbot/storage/redistest"
)

// workbench is an App at work on one idea: in discovery, with a quick Opportunity
// Canvas begun, an outcome and evidence.
type workbench struct {
	*App
	mu    sync.Mutex
	trips []string
	idea  pipeline.Idea
	run   pipeline.Run
	poll  pipeline.Ballot
	acts  int
	last  time.Duration // from the request of the last act to its reply
}

func newWorkbench(t testing.TB, url string, beside int) *workbench {
	t.Helper()
	ctx := context.Background()
	db, err := storage.Open(ctx, storage.Settings{URL: url}, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	w := &workbench{App: &App{
		Store: db.Workspace("T1"), Slack: viewApp.Slack, Log: slog.New(slog.DiscardHandler),
		Lookup: func(_ context.Context, user string) (pipeline.Person, error) {
			return pipeline.Person{ID: user, Workspace: "T1", Name: user}, nil
		},
	}}
	team := pipeline.DefaultTeam("C1", "payments", pipeline.Person{ID: "U_ANN"})
	team.Key = "PAY"
	if _, err := w.Store.SetUpTeam(ctx, "setup", team); err != nil {
		t.Fatal(err)
	}
	w.stock(t, beside)
	if _, err := w.Store.AddOutcome(ctx, "outcome", pipeline.Outcome{Key: pipeline.OutcomeKey{Team: "PAY"}, Statement: "Fewer tickets", Created: time.Now()}, storage.Slot{}, pipeline.Event{What: pipeline.WasAdded}); err != nil {
		t.Fatal(err)
	}
	if err := w.takeUp("At work"); err != nil {
		t.Fatal(err)
	}
	db.Observe(func(op string, _ time.Duration, _ error) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.trips = append(w.trips, op)
	})
	return w
}

// stock captures that many ideas beside the one at work.
func (w *workbench) stock(t testing.TB, n int) {
	t.Helper()
	const workers = 8
	errs := make(chan error, workers)
	for worker := range workers {
		go func() {
			for i := worker; i < n; i += workers {
				idea, err := pipeline.Capture(pipeline.Draft{Title: "Idea number " + strconv.Itoa(i), Problem: "Somebody waits for it."}, "PAY", fmt.Sprint("U", i%300), pipeline.Source{}, time.Now())
				if err == nil {
					_, err = w.Store.Capture(context.Background(), fmt.Sprint("stock", i), idea, storage.Slot{})
				}
				if err != nil {
					errs <- err
					return
				}
			}
			errs <- nil
		}()
	}
	for range workers {
		if err := <-errs; err != nil {
			t.Fatal(err)
		}
	}
}

// takeUp captures an idea, takes it to discovery and begins its canvas.
func (w *workbench) takeUp(title string) error {
	ctx := context.Background()
	idea, err := pipeline.Capture(pipeline.Draft{Title: title, Measure: "Half as many", Evidence: "Nine of twelve asked."}, "PAY", "U_ANN", pipeline.Source{}, time.Now())
	if err != nil {
		return err
	}
	if idea, err = w.Store.Capture(ctx, "capture "+title, idea, storage.Slot{}); err != nil {
		return err
	}
	idea.Stage, idea.Outcomes = pipeline.Discovery, []pipeline.OutcomeKey{{Team: "PAY", Number: 1}}
	if w.idea, err = w.Store.ChangeIdea(ctx, "discovery "+title, idea, storage.Slot{}, pipeline.Event{At: time.Now(), By: "U_ANN", What: pipeline.WasMoved}); err != nil {
		return err
	}
	canvas, _ := pipeline.FindTemplate(pipeline.BuiltIn(), pipeline.OpportunityCanvas)
	run, err := pipeline.BeginRun(canvas, canvas.Forms[0], w.idea, "U_ANN", time.Now())
	if err != nil {
		return err
	}
	w.run, err = w.Store.BeginRun(ctx, "run "+title, run, run.Summarize(time.UTC), pipeline.Event{At: time.Now(), By: "U_ANN", What: pipeline.RunBegan})
	return err
}

// take gives the round trips since it was asked last.
func (w *workbench) take() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	trips := w.trips
	w.trips = nil
	return trips
}

// index builds the search index, which from then on stays as it is.
func (w *workbench) index(t testing.TB) {
	following, stop := context.WithCancel(t.Context())
	var follower sync.WaitGroup
	follower.Go(func() { _ = w.Store.Follow(following) })
	_, err := w.Store.Find(t.Context(), "idea", []pipeline.TeamKey{"PAY"}, 1)
	stop()
	follower.Wait()
	if err != nil {
		t.Fatal(err)
	}
}

// act does one thing as the product owner and gives the round trips it took.
func (w *workbench) act(t testing.TB, on Surface, name string, value params, form *Form) []string {
	t.Helper()
	w.mu.Lock()
	w.trips = w.trips[:0]
	w.mu.Unlock()
	w.acts++
	if err := w.try(pipeline.Person{ID: "U_ANN", Workspace: "T1"}, "act"+strconv.Itoa(w.acts), on, name, value, form); err != nil {
		t.Fatalf("%s %s: %v", on, name, err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.trips)
}

// try lets a person do one thing.
func (w *workbench) try(by pipeline.Person, op string, on Surface, name string, value params, form *Form) error {
	e, found := NewRouter(List(), "").Find(on, name)
	if !found {
		return fmt.Errorf("there is no %s %s", on, name)
	}
	now := time.Now()
	req := &Request{Op: op, Now: now, At: now, Person: by, Value: value.encode(), Form: form}
	if on == Submit {
		req.Value = ""
	}
	_, err := w.Handle(context.Background(), e, req)
	w.last = time.Since(now)
	return err
}

func (w *workbench) openRun(t testing.TB) []string {
	return w.act(t, Button, actionRunOpen, newParams("idea", w.idea.Key.String(), "run", strconv.Itoa(w.run.ID), "step", "1"), nil)
}

// submitStep answers the first step in words of its own.
func (w *workbench) submitStep(t testing.TB) []string {
	key := w.idea.Key.String()
	words := "Bookkeepers, try " + strconv.Itoa(w.acts)
	run, err := w.Store.Run(context.Background(), w.idea.Key, w.run.ID)
	if err != nil {
		t.Fatal(err)
	}
	m := metadata{Idea: key, Run: run.ID, Step: 1, Channel: "C1", Draft: runSlot(w.idea.Key, run.ID, "1"), Fresh: "f" + strconv.Itoa(w.acts),
		Seen: map[pipeline.AnswerKey]string{"users": run.Answers["users"].Digest()}}
	return w.act(t, Submit, formRun, newParams(), &Form{ID: "V1", Hash: "h", Metadata: m.encode(), Values: map[string]Value{"users#x": {Text: words}}})
}

// promote moves the idea to the Product Backlog, and back where it came from
// beside the measurement.
func (w *workbench) promote(t testing.TB) []string {
	ctx := context.Background()
	idea, err := w.Store.Idea(ctx, w.idea.Key)
	if err != nil {
		t.Fatal(err)
	}
	if idea.Stage != pipeline.Validated {
		idea.Stage = pipeline.Validated
		if _, err := w.Store.ChangeIdea(ctx, "back"+strconv.Itoa(w.acts), idea, storage.Slot{}, pipeline.Event{At: time.Now(), By: "U_ANN", What: pipeline.WasMoved}); err != nil {
			t.Fatal(err)
		}
	}
	key := w.idea.Key
	m := metadata{Idea: key.String(), To: pipeline.Backlog, Channel: "C1", Draft: moveSlot(key, pipeline.Backlog), Fresh: "f" + strconv.Itoa(w.acts)}
	return w.act(t, Submit, formMove, newParams(), &Form{ID: "V2", Hash: "h", Metadata: m.encode(), Values: map[string]Value{"why#x": {Text: "It serves the outcome best."}}})
}

// ask starts a ballot on the idea, and lets somebody vote in it: what is remembered
// of a ballot was read once.
func (w *workbench) ask(t testing.TB) {
	ctx := context.Background()
	idea, err := w.Store.Idea(ctx, w.idea.Key)
	if err != nil {
		t.Fatal(err)
	}
	b := pipeline.Ballot{
		Idea: idea.Key, Question: pipeline.AskPursue, Level: pipeline.OpenBallot, Electorate: []string{"U_ANN", "U_BOB"},
		Started: time.Now(), StartedBy: "U_ANN", Days: 3, Deadline: time.Now().AddDate(0, 0, 3),
	}
	event := pipeline.Event{At: time.Now(), By: "U_ANN", What: pipeline.BallotStarted}
	if w.poll, err = w.Store.StartBallot(ctx, "ballot", idea, b, storage.Slot{}, event); err != nil {
		t.Fatal(err)
	}
	if err := w.try(pipeline.Person{ID: "U_BOB", Workspace: "T1"}, "first vote", Button, actionVote, w.choice(pipeline.ChoosePark), nil); err != nil {
		t.Fatal(err)
	}
}

func (w *workbench) choice(c pipeline.Choice) params {
	return ballotValue(w.poll, "").set("choice", string(c))
}

// vote clicks on a choice.
func (w *workbench) vote(t testing.TB) []string {
	return w.act(t, Button, actionVote, w.choice(pipeline.ChoosePursue), nil)
}

// voteWithReason submits the form of a vote.
func (w *workbench) voteWithReason(t testing.TB) []string {
	m := metadata{Idea: w.idea.Key.String(), Ballot: w.poll.ID, Channel: "C1", Draft: voteSlot(w.idea.Key, w.poll.ID), Fresh: "f" + strconv.Itoa(w.acts)}
	values := map[string]Value{"choice#x": {Text: string(pipeline.ChooseObject)}, "vote-reason#x": {Text: "It breaks exports."}}
	return w.act(t, Submit, formVote, newParams(), &Form{ID: "V3", Hash: "h", Metadata: m.encode(), Values: values})
}

// What people wait for is one round trip to read and one to write.
func TestAnActReadsOnceAndWritesOnce(t *testing.T) {
	w := newWorkbench(t, "memory:", 0)
	for _, c := range []struct {
		name string
		act  func(testing.TB) []string
		want []string
	}{
		{"open a run", w.openRun, []string{"begin"}},
		{"submit a step", w.submitStep, []string{"begin", "change_run"}},
		{"promote", w.promote, []string{"begin", "change_idea"}},
	} {
		if diff := cmp.Diff(c.want, c.act(t)); diff != "" {
			t.Errorf("%s takes other round trips (-want +got):\n%s", c.name, diff)
		}
	}
	idea, err := w.Store.Idea(t.Context(), w.idea.Key)
	if err != nil || idea.Stage != pipeline.Backlog {
		t.Errorf("the idea was not promoted: %+v %v", idea, err)
	}
	run, err := w.Store.Run(t.Context(), w.idea.Key, w.run.ID)
	if err != nil || run.Answers["users"].Value == "" {
		t.Errorf("the step was not answered: %+v %v", run.Answers, err)
	}
}

// A capture at once is one round trip where its team was read lately, and its answer is
// in the acknowledgement. What it may be like and for is read behind that, in two round
// trips.
func TestACaptureIsOneRoundTrip(t *testing.T) {
	w := newWorkbench(t, "memory:", 30)
	w.index(t)
	entry, words := NewRouter(List(), "").Slash("/idea", "add Idea number 7")
	capture := func(op string) Reply {
		req := &Request{Op: op, Channel: "C1", Words: words, Now: time.Now(), Person: pipeline.Person{ID: "U_ANN", Workspace: "T1"}}
		w.take()
		reply, err := w.Handle(t.Context(), entry, req)
		if err != nil || reply.Tell == nil || reply.After != nil || reply.Extra == nil {
			t.Fatalf("%+v (%v)", reply, err)
		}
		return reply
	}
	capture("first").Extra(t.Context()) // Redis learns the scripts
	reply := capture("second")
	if diff := cmp.Diff([]string{"capture"}, w.take()); diff != "" {
		t.Errorf("a capture takes other round trips (-want +got):\n%s", diff)
	}
	if reply = reply.Extra(t.Context()); reply.Tell == nil {
		t.Error("nothing is like it")
	}
	if diff := cmp.Diff([]string{"together", "together"}, w.take()); diff != "" {
		t.Errorf("what is behind it takes other round trips (-want +got):\n%s", diff)
	}
}

// Home reads which teams somebody has to do with, and all else about them at once.
func TestHomeReadsTwice(t *testing.T) {
	w := newWorkbench(t, "memory:", 30)
	w.act(t, HomeOpened, "", newParams(), nil) // Redis learns the scripts
	trips := w.act(t, HomeOpened, "", newParams(), nil)
	if diff := cmp.Diff([]string{"together", "together"}, trips); diff != "" {
		t.Errorf("Home takes other round trips (-want +got):\n%s", diff)
	}
}

// What the boxes of a canvas lead to is read at once, however many there are.
func TestTheTiesOfACanvasAreOneRoundTrip(t *testing.T) {
	w := newWorkbench(t, "memory:", 3)
	canvas := pipeline.Canvas{Team: "PAY", Number: 1, Kind: pipeline.LeanCanvas, Boxes: map[pipeline.BoxID]pipeline.Box{}}
	for i, place := range canvas.Places() {
		box := pipeline.Box{Text: "Said", Outcome: pipeline.OutcomeKey{Team: "PAY", Number: 1}}
		box.Test = pipeline.BoxTest{Idea: pipeline.Key{Team: "PAY", Number: 1 + i%4}, Run: w.run.ID}
		canvas.Boxes[place.ID] = box
	}
	for range 2 { // at first Redis learns the scripts
		w.take()
		ties, err := w.canvasTies(t.Context(), canvas)
		if err != nil || len(ties.Outcomes) != 1 || len(ties.Tests) != 1 || ties.Tests[pipeline.BoxTest{Idea: w.idea.Key, Run: w.run.ID}].ID != w.run.ID {
			t.Fatalf("%+v (%v)", ties, err)
		}
	}
	if diff := cmp.Diff([]string{"together"}, w.take()); diff != "" {
		t.Errorf("it takes other round trips (-want +got):\n%s", diff)
	}
}

// A vote is one round trip: many people vote at the same moment.
func TestAVoteIsOneRoundTrip(t *testing.T) {
	w := newWorkbench(t, "memory:", 0)
	w.ask(t)
	for _, c := range []struct {
		name string
		act  func(testing.TB) []string
	}{
		{"a click on a choice", w.vote},
		{"a vote with a reason", w.voteWithReason},
		{"a withdrawal", func(t testing.TB) []string {
			return w.act(t, Button, actionWithdrawVote, ballotValue(w.poll, ""), nil)
		}},
	} {
		if diff := cmp.Diff([]string{"vote"}, c.act(t)); diff != "" {
			t.Errorf("%s takes other round trips (-want +got):\n%s", c.name, diff)
		}
	}
	polled, err := w.Store.Ballot(t.Context(), w.idea.Key, w.poll.ID, "U_ANN")
	if err != nil || polled.Tally.Voted() != 1 || polled.Mine != nil {
		t.Errorf("stored are %+v, and of their own %+v (%v)", polled.Tally, polled.Mine, err)
	}
}

// BenchmarkValidation measures what people do to validate an idea, from the
// request to the reply, beside few ideas and beside many. The two take turns, so
// that what else the machine does bears on both: the ratio of their medians is
// what to read.
func BenchmarkValidation(b *testing.B) {
	const few, many = 1_000, 100_000
	benches := []*workbench{newWorkbench(b, redistest.Start(b), few), newWorkbench(b, redistest.Start(b), many)}
	for _, c := range []struct {
		name string
		act  func(*workbench, testing.TB) []string
	}{
		{"open a run", (*workbench).openRun},
		{"submit a step", (*workbench).submitStep},
		{"promote", (*workbench).promote},
	} {
		b.Run(c.name, func(b *testing.B) {
			took := make([][]time.Duration, len(benches))
			trips := 0
			for b.Loop() {
				for i, w := range benches {
					trips += len(c.act(w, b))
					took[i] = append(took[i], w.last)
				}
			}
			var medians []float64
			for _, times := range took {
				slices.Sort(times)
				medians = append(medians, float64(times[len(times)/2])/float64(time.Microsecond))
			}
			b.ReportMetric(medians[0], "p50-µs/1k")
			b.ReportMetric(medians[1], "p50-µs/100k")
			b.ReportMetric(medians[1]/medians[0], "ratio")
			b.ReportMetric(float64(trips)/float64(len(took[0])+len(took[1])), "round-trips")
		})
	}
}
