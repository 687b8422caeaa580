package storage

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"alignbot/pipeline"

	"github.com/redis/go-redis/v9"
)

// RunLimit is how many runs of checklists an idea may have.
const RunLimit = 200

var (
	beginRunScript  = loadScript("begin_run")
	changeRunScript = loadScript("change_run")
	dueTestsScript  = loadScript("due_tests")
)

// BeginRun stores a new run with its summary and gives it the idea's next
// number and version 1. The event enters the idea's history. run.ID may say which
// number that is, as far as the caller has seen; when somebody began another run
// meanwhile, the error is ErrRunsChanged and nothing is stored. Without that idea
// it is ErrNotFound; past RunLimit it is a *pipeline.Problem.
func (s *Store) BeginRun(ctx context.Context, op string, run pipeline.Run, summary pipeline.RunSummary, event pipeline.Event, after ...Outgoing) (pipeline.Run, error) {
	if op == "" {
		return pipeline.Run{}, errNoOp
	}
	given, err := runGiven(run)
	if err != nil {
		return pipeline.Run{}, err
	}
	rest, err := runChangeable(run)
	if err != nil {
		return pipeline.Run{}, err
	}
	text, err := summaryText(summary)
	if err != nil {
		return pipeline.Run{}, err
	}
	line, err := eventText(event)
	if err != nil {
		return pipeline.Run{}, err
	}
	values, _ := split(append(given, rest...))
	args := append([]any{op, run.Idea.String(), run.ID, text, line, RunLimit, len(values)}, values...)
	if args, err = appendOutgoing(args, after); err != nil {
		return pipeline.Run{}, err
	}
	reply, err := s.write(ctx, beginRunScript, args...)
	if err != nil {
		return pipeline.Run{}, err
	}
	if len(reply) == 1 && reply[0] == "changed" {
		return pipeline.Run{}, fmt.Errorf("storage: begin run on %s: %w", run.Idea, ErrRunsChanged)
	}
	if len(reply) == 1 && reply[0] == "full" {
		return pipeline.Run{}, &pipeline.Problem{
			Code: "runs-full",
			What: fmt.Sprintf("%s has %d checklists and experiments already, and no room for one more.", run.Idea, RunLimit),
			Safe: "All of them are kept.",
			Next: "Go on with one of them, or capture what is new as an idea of its own.",
		}
	}
	return runAnswer("begin run", reply, run.Template)
}

// ChangeRun stores what a rule changed of a run: its form, its answers, what
// became of a test, what was learned; and its new summary. run.Version is the
// version it was read at; when another change came between, the error is a
// *RunConflictError. event, if not nil, enters the idea's history, and the draft
// of by, who does it, is dropped. When the run passes by this, entries about
// ComesBack are added for the parked ideas that wait for it.
func (s *Store) ChangeRun(ctx context.Context, op, by string, run pipeline.Run, summary pipeline.RunSummary, draft Slot, event *pipeline.Event, after ...Outgoing) (pipeline.Run, error) {
	if op == "" {
		return pipeline.Run{}, errNoOp
	}
	fields, err := runChangeable(run)
	if err != nil {
		return pipeline.Run{}, err
	}
	text, err := summaryText(summary)
	if err != nil {
		return pipeline.Run{}, err
	}
	line := ""
	if event != nil {
		if line, err = eventText(*event); err != nil {
			return pipeline.Run{}, err
		}
	}
	sets, clears := split(fields)
	args := append([]any{
		op, run.Idea.String(), run.ID, run.Version, text, line, by, draft.Name, draft.Form, len(sets), len(clears),
	}, sets...)
	args = append(args, clears...)
	if args, err = appendOutgoing(args, after); err != nil {
		return pipeline.Run{}, err
	}
	reply, err := s.write(ctx, changeRunScript, args...)
	if err != nil {
		return pipeline.Run{}, err
	}
	return runAnswer("change run", reply, run.Template)
}

// runAnswer reads what a script answers; a stored run may leave out its
// template, which never changes.
func runAnswer(name string, reply []any, template pipeline.Template) (pipeline.Run, error) {
	status, record, err := asStatus(reply)
	if err != nil {
		return pipeline.Run{}, fmt.Errorf("storage: %s: %w", name, err)
	}
	if status == "no idea" || status == "no run" {
		return pipeline.Run{}, fmt.Errorf("storage: %s: %w", name, ErrNotFound)
	}
	run, err := runOf(record, template)
	if err == nil && status == "conflict" {
		run, err = pipeline.Run{}, &RunConflictError{Current: run}
	}
	if err != nil {
		return pipeline.Run{}, fmt.Errorf("storage: %s: %w", name, err)
	}
	return run, nil
}

// Run gives the run with that number of the idea, or ErrNotFound.
func (s *Store) Run(ctx context.Context, idea pipeline.Key, id int) (pipeline.Run, error) {
	record, err := s.hash(ctx, "run", "run:"+idea.String()+":"+strconv.Itoa(id))
	if err != nil {
		return pipeline.Run{}, err
	}
	if len(record) == 0 {
		return pipeline.Run{}, fmt.Errorf("storage: run %d of %s: %w", id, idea, ErrNotFound)
	}
	run, err := runOf(record, pipeline.Template{})
	if err != nil {
		return pipeline.Run{}, fmt.Errorf("storage: run %d of %s: %w", id, idea, err)
	}
	return run, nil
}

// Runs gives the summaries of the idea's runs by their numbers.
func (s *Store) Runs(ctx context.Context, key pipeline.Key) ([]pipeline.RunSummary, error) {
	record, err := s.hash(ctx, "runs", "runs:"+key.String())
	if err != nil {
		return nil, err
	}
	summaries, err := summariesOf(record)
	if err != nil {
		return nil, fmt.Errorf("storage: runs of %s: %w", key, err)
	}
	return summaries, nil
}

// summariesOf reads {number: JSON}; none for none.
func summariesOf(record map[string]string) ([]pipeline.RunSummary, error) {
	var summaries []pipeline.RunSummary
	for id, text := range record {
		summary, err := summaryOf(id, text)
		if err != nil {
			return nil, err
		}
		summaries = append(summaries, summary)
	}
	slices.SortFunc(summaries, func(a, b pipeline.RunSummary) int { return cmp.Compare(a.ID, b.ID) })
	return summaries, nil
}

// hash reads a whole record; an empty one where nothing is stored.
func (s *Store) hash(ctx context.Context, name, key string) (record map[string]string, err error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	err = s.db.do(ctx, name, func(ctx context.Context) (err error) {
		record, err = s.db.client.HGetAll(ctx, s.tag+key).Result()
		if errors.Is(err, redis.Nil) {
			err = nil
		}
		return err
	})
	return record, err
}

// DueTest is a test that runs.
type DueTest struct {
	Idea pipeline.Key
	Run  pipeline.RunSummary
}

// DueTests gives up to n tests that run and whose owner the user is, those with
// the first deadlines, the first first, due or not; of one team, or of all for "".
// Tests of withdrawn ideas are left out.
func (s *Store) DueTests(ctx context.Context, user string, team pipeline.TeamKey, n int) ([]DueTest, error) {
	reply, err := s.read(ctx, dueTestsScript, user, string(team), n)
	if err != nil {
		return nil, err
	}
	texts, err := asTexts(reply)
	if err == nil && len(texts)%2 != 0 {
		err = &shapeError{"pairs of run and summary", reply}
	}
	if err != nil {
		return nil, fmt.Errorf("storage: due tests: %w", err)
	}
	var tests []DueTest
	for i := 0; i < len(texts); i += 2 {
		idea, id, _ := strings.Cut(texts[i], ":")
		key, err := pipeline.ParseKey(idea)
		if err != nil {
			return nil, fmt.Errorf("storage: due tests: %w", err)
		}
		summary, err := summaryOf(id, texts[i+1])
		if err != nil {
			return nil, fmt.Errorf("storage: due tests: %w", err)
		}
		tests = append(tests, DueTest{Idea: key, Run: summary})
	}
	return tests, nil
}
