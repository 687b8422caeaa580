package commands

import (
	"context"
	"math"
	"slices"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"alignbot/pipeline"
	"alignbot/storage"
)

const (
	// agendaLooks is how many ideas of each list are looked at for an agenda: those
	// that wait for longest. What it costs does not grow with what is stored.
	agendaLooks = 10
	// agendaTests is how many ideas on which a test was started are looked at.
	agendaTests = 20
	// agendaRounds is how many rounds of each product owner are.
	agendaRounds = 5
	// lastPage is a page that no list reaches: the last one is given for it.
	lastPage = math.MaxInt32
)

// agendaFacts reads what a session of the team is made of. since is when the session
// before ended, the zero time where there was none; subjects are keys of items that
// are looked at in any case.
func (app *App) agendaFacts(ctx context.Context, team pipeline.Team, since time.Time, subjects []string) (pipeline.AgendaFacts, error) {
	facts := pipeline.AgendaFacts{Team: team}
	now := app.Now()
	if since.IsZero() {
		since = now.AddDate(0, 0, -7*pipeline.SessionWeeks)
	}
	var mu sync.Mutex
	add := func(ideas ...pipeline.Idea) {
		mu.Lock()
		defer mu.Unlock()
		facts.Ideas = append(facts.Ideas, ideas...)
	}
	reads, reading := errgroup.WithContext(ctx)
	page := func(list storage.List, number int) {
		reads.Go(func() error {
			page, err := app.Store.Page(reading, list, number, agendaLooks)
			add(page.Ideas...)
			return err
		})
	}
	for _, stage := range []pipeline.Stage{pipeline.Captured, pipeline.Discovery, pipeline.Validated} {
		page(storage.List{Team: team.Key, Stage: stage}, lastPage)
	}
	reads.Go(func() error { // the Product Backlog has an order of its own
		board, err := app.Store.Board(reading, team.Key)
		if oldest, some := board.Oldest[pipeline.Backlog]; some {
			add(oldest)
		}
		return err
	})
	page(storage.List{Team: team.Key, Orphans: true}, lastPage)
	page(storage.List{Team: team.Key, Stage: pipeline.Parked, Due: true}, 1)
	page(storage.List{Team: team.Key, Effects: true}, 1)
	reads.Go(func() (err error) {
		facts.Tree, err = app.Store.Tree(reading, team.Key)
		return err
	})
	reads.Go(func() error {
		asked, err := app.openQuestions(reading, team, now)
		facts.Asked = asked
		return err
	})
	var journal []pipeline.Happening
	reads.Go(func() (err error) {
		journal, _, err = app.Store.Journal(reading, team.Key, now.AddDate(0, 0, -pipeline.JournalDays))
		return err
	})
	if err := reads.Wait(); err != nil {
		return facts, err
	}
	for _, q := range facts.Asked {
		subjects = append(subjects, q.Subject)
	}
	ideas, err := app.Store.Ideas(ctx, ideasNamed(journal, since, subjects))
	if err != nil {
		return facts, err
	}
	facts.Ideas = append(facts.Ideas, ideas...)
	for _, h := range journal {
		if !h.At().Before(since) {
			facts.Happened = append(facts.Happened, h)
		}
	}
	facts.Tests, err = app.runningTests(ctx, journal)
	return facts, err
}

// ideasNamed are the ideas that are looked at beside those of the lists: what points
// are about, what passed a gate by override, and what has a test.
func ideasNamed(journal []pipeline.Happening, since time.Time, subjects []string) []pipeline.Key {
	for _, h := range journal {
		if h.Event.What == pipeline.WasOverridden && !h.At().Before(since) {
			subjects = append(subjects, h.Key)
		}
	}
	subjects = append(subjects, testedKeys(journal)...)
	var keys []pipeline.Key
	for _, subject := range subjects {
		if key, err := pipeline.ParseKey(subject); err == nil && !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	return keys
}

// testedKeys are the ideas on which a test was started last, of those that the journal
// knows.
func testedKeys(journal []pipeline.Happening) []string {
	var keys []string
	for _, h := range slices.Backward(journal) {
		if h.Event.What == pipeline.TestStarted && len(keys) < agendaTests && !slices.Contains(keys, h.Key) {
			keys = append(keys, h.Key)
		}
	}
	return keys
}

// runningTests of the team.
func (app *App) runningTests(ctx context.Context, journal []pipeline.Happening) ([]pipeline.RunningTest, error) {
	keys := testedKeys(journal)
	of := make([][]pipeline.RunningTest, len(keys))
	reads, ctx := errgroup.WithContext(ctx)
	for i, text := range keys {
		key, err := pipeline.ParseKey(text)
		if err != nil {
			continue
		}
		reads.Go(func() error {
			runs, err := app.Store.Runs(ctx, key)
			for _, run := range runs {
				if run.Running {
					of[i] = append(of[i], pipeline.RunningTest{Idea: key, Run: run})
				}
			}
			return err
		})
	}
	err := reads.Wait()
	return slices.Concat(of...), err
}

// openQuestions are rounds of the team that less than half of those asked have
// answered, reviews that few have, and challenges whose deadline is over.
func (app *App) openQuestions(ctx context.Context, team pipeline.Team, now time.Time) ([]pipeline.OpenQuestion, error) {
	var open []pipeline.OpenQuestion
	challenges, err := app.Store.OpenChallenges(ctx, team.Key, agendaLooks)
	if err != nil {
		return nil, err
	}
	for _, c := range challenges {
		if len(c.Asks) == 0 || now.Before(c.Challenge.Deadline) {
			continue
		}
		open = append(open, pipeline.OpenQuestion{
			Kind: pipeline.PointChallenge, Subject: c.Challenge.Key().String(), Until: c.Challenge.Deadline,
			Words: counted(len(c.Asks), "person asks", "people ask") + " whether it is the best use of our time, and nobody has answered",
		})
	}
	reviews, err := app.Store.OpenReviews(ctx, team.Key, agendaRounds)
	if err != nil {
		return nil, err
	}
	for _, r := range reviews {
		state, err := app.Store.Review(ctx, team.Key, r.Number)
		if err != nil {
			return nil, err
		}
		if people := len(pipeline.Answered(state.Answers)); people < pipeline.TakingPartLeast {
			open = append(open, pipeline.OpenQuestion{
				Kind: pipeline.PointAsked, Subject: pipeline.AskedInReview + sprintReviewed(r.Team, r.Number), Title: "the review of the sprint “" + r.Goal + "”", Until: r.Deadline,
				Words: counted(people, "person has", "people have") + " answered",
			})
		}
	}
	met := map[int]bool{}
	for _, owner := range team.Owners {
		rounds, err := app.Store.RoundsFor(ctx, owner, agendaRounds)
		if err != nil {
			return nil, err
		}
		for _, r := range rounds {
			if r.Round.Team != team.Key || met[r.Round.ID] {
				continue
			}
			met[r.Round.ID] = true
			state, err := app.Store.Round(ctx, team.Key, r.Round.ID, "")
			if err != nil {
				return nil, err
			}
			if 2*len(state.Answers) < len(state.Round.To) {
				open = append(open, pipeline.OpenQuestion{
					Kind: pipeline.PointAsked, Subject: storage.RoundName(state.Round), Title: state.Round.Questions[0], Until: state.Round.Deadline,
					Words: strconv.Itoa(len(state.Answers)) + " of " + strconv.Itoa(len(state.Round.To)) + " have answered",
				})
			}
		}
	}
	return open, nil
}
