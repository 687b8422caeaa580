package storage

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"alignbot/pipeline"

	"golang.org/x/sync/errgroup"
)

const (
	// refinementsRead is how many refinements are looked at, the newest.
	refinementsRead = 100
	// reviewsRead is how many reviews are looked at for who answered in them, the newest.
	reviewsRead = 3
	// lookBackShown is how many delivered ideas that wait for an answer are named.
	lookBackShown = 50
	// comparedMost is how many ideas are compared with each other, and likeEnough how
	// much alike two must be to be looked at. Of the labelled repeats that
	// docs/similar.md describes, 19 are alike by 0.4 or more, and nothing else is.
	comparedMost = 40
	likeEnough   = 0.3
)

// HealthFacts reads what the rules of backlog health look at, in a number of round
// trips that follows how many ideas are active and how much has happened of late, not
// how much is stored. What stands in several places may be from moments apart.
// ErrNotFound without the team.
func (s *Store) HealthFacts(ctx context.Context, team pipeline.TeamKey, now time.Time) (pipeline.HealthFacts, error) {
	stored, err := s.Team(ctx, team)
	if err != nil {
		return pipeline.HealthFacts{}, err
	}
	facts := pipeline.HealthFacts{Team: stored}
	reads, reading := errgroup.WithContext(ctx)
	reads.Go(func() (err error) {
		facts.Active, err = s.Active(reading, team)
		return err
	})
	reads.Go(func() error { return s.readSprints(reading, &facts) })
	reads.Go(func() error { return s.readTree(reading, &facts, now) })
	reads.Go(func() error { return s.readJournal(reading, &facts, now) })
	reads.Go(func() error {
		holidays, err := s.Holidays(reading, team)
		facts.Holidays = holidays.Days
		return err
	})
	reads.Go(func() (err error) {
		facts.Reviews, err = s.Reviewed(reading, team, reviewsRead)
		return err
	})
	reads.Go(func() (err error) {
		facts.Developers, err = s.Developers(reading, team)
		return err
	})
	reads.Go(func() (err error) {
		own, err := s.Templates(reading, team)
		facts.Templates = pipeline.TemplatesOf(own)
		return err
	})
	reads.Go(func() error {
		canvases, err := s.OpenCanvases(reading, team)
		for _, c := range canvases {
			if confirmed, is := c.Confirmed(); is {
				facts.Canvases = append(facts.Canvases, confirmed)
			}
		}
		return err
	})
	var notes pipeline.HorizonNotes
	reads.Go(func() (err error) {
		notes, err = s.HorizonNotes(reading, team)
		return err
	})
	if err := reads.Wait(); err != nil {
		return pipeline.HealthFacts{}, err
	}
	if board, used := pipeline.OldestCard(facts.Nodes, notes); used {
		facts.Canvases = append(facts.Canvases, board)
	}
	facts.Pairs, err = s.LikePairs(ctx, team, facts.Active)
	return facts, err
}

// readSprints reads the last sprints, with the refinements of their time, and what
// stands first in the Product Backlog.
func (s *Store) readSprints(ctx context.Context, facts *pipeline.HealthFacts) error {
	team := facts.Team.Key
	newest, _, err := s.Sprints(ctx, team, 1, pipeline.HealthSprints+1)
	if err != nil {
		return err
	}
	var finished []pipeline.Finished
	for _, sprint := range newest {
		if sprint.IsOpen() {
			facts.Open = &sprint
			continue
		}
		if len(facts.Closed) < pipeline.HealthSprints {
			facts.Closed = append(facts.Closed, sprint)
			finished = append(finished, sprint.Finished)
		}
	}
	facts.Pace = pipeline.PaceOf(facts.Team, finished)
	if facts.Refinements, _, err = s.Refinements(ctx, team, 1, refinementsRead); err != nil {
		return err
	}
	top, err := s.Page(ctx, List{Team: team, Stage: pipeline.Backlog}, 1, pipeline.SprintTop)
	for _, idea := range top.Ideas {
		facts.Top = append(facts.Top, idea.Key)
	}
	return err
}

// readJournal reads what happened of late.
func (s *Store) readJournal(ctx context.Context, facts *pipeline.HealthFacts, now time.Time) error {
	since := now.AddDate(0, 0, -pipeline.HealthDays)
	happened, whole, err := s.Journal(ctx, facts.Team.Key, since)
	if err != nil {
		return err
	}
	facts.Journal, facts.JournalFrom = happened, since
	if !whole {
		facts.JournalFrom = now
		if len(happened) > 0 {
			facts.JournalFrom = happened[0].At()
		}
	}
	if facts.Team.Created.After(facts.JournalFrom) {
		facts.JournalFrom = facts.Team.Created
	}
	return nil
}

// readTree reads the team's outcomes with what hangs under them, and whether delivered
// ideas are looked back on.
func (s *Store) readTree(ctx context.Context, facts *pipeline.HealthFacts, now time.Time) error {
	tree, err := s.Tree(ctx, facts.Team.Key)
	if err != nil {
		return err
	}
	facts.Nodes, facts.Ideas = tree.Nodes, tree.Ideas
	for _, on := range tree.Ideas {
		facts.LookBack.Answered += on.Hits.Asked
	}
	team := string(facts.Team.Key)
	// The place of a day in this list is its number, times 2^32; 0 where none is
	// known.
	year, month, day := now.In(facts.Team.Location()).Date()
	tomorrow := time.Date(year, month, day+1, 0, 0, 0, 0, time.UTC).Unix() / 86400
	err = s.db.do(ctx, "effects waiting", func(ctx context.Context) error {
		waiting, err := s.db.client.ZCount(ctx, s.tag+"effects:"+team, strconv.FormatInt(1<<32, 10), "("+strconv.FormatInt(tomorrow<<32, 10)).Result()
		facts.LookBack.Waiting = int(waiting)
		return err
	})
	if err != nil || facts.LookBack.Waiting == 0 {
		return err
	}
	page, err := s.Page(ctx, List{Team: facts.Team.Key, Effects: true}, 1, lookBackShown)
	for _, idea := range page.Ideas {
		if due := idea.EffectDue(facts.Team.Location()); !due.IsZero() && !now.Before(due) {
			facts.LookBack.Due = append(facts.LookBack.Due, pipeline.IdeaLine{Key: idea.Key, Title: idea.Title, Stage: idea.Stage})
		}
	}
	return err
}

// LikePairs gives the pairs of ideas that say much the same, of those in the Product
// Backlog and validated ones, the newest 40; nil while this process has no search
// index yet, for which it does not wait.
func (s *Store) LikePairs(ctx context.Context, team pipeline.TeamKey, active []pipeline.ActiveIdea) ([]pipeline.LikePair, error) {
	select {
	case <-s.search.built:
	default:
		return nil, nil
	}
	var keys []pipeline.Key // the newest first
	for i := len(active) - 1; i >= 0 && len(keys) < comparedMost; i-- {
		if idea := active[i]; idea.Stage == pipeline.Backlog || idea.Stage == pipeline.Validated {
			keys = append(keys, idea.Key)
		}
	}
	slices.Reverse(keys)
	ideas, err := s.Ideas(ctx, keys)
	if err != nil {
		return nil, err
	}
	score := make([][]float64, len(ideas))
	for i, idea := range ideas {
		s.search.mu.RLock() // not for all at once: others wait to write
		score[i] = s.search.index.likeEach(idea, ideas)
		s.search.mu.RUnlock()
	}
	pairs := []pipeline.LikePair{} // none is something else than not looked at
	for newer, a := range ideas {
		for older, b := range ideas[:newer] {
			// One that says all of a short one may say much more.
			if like := min(score[newer][older], score[older][newer]); like >= likeEnough {
				pairs = append(pairs, pipeline.LikePair{A: b.Key, B: a.Key, Score: like})
			}
		}
	}
	return pairs, nil
}

// healthRules keeps what a team has set for the rules: one sheet with the number 1.
var healthRules = shelf[pipeline.HealthRules]{
	kind: "health",
	name: func(r pipeline.HealthRules) SheetName { return settingsOf(string(r.Team)) },
	named: func(r *pipeline.HealthRules, n SheetName, version int64) {
		r.Team, r.Version = pipeline.TeamKey(n.Owner), version
	},
	version: func(r pipeline.HealthRules) int64 { return r.Version },
}

// HealthRules gives what the team has set; of version 0 where it has set nothing.
func (s *Store) HealthRules(ctx context.Context, team pipeline.TeamKey) (pipeline.HealthRules, error) {
	state, err := healthRules.get(ctx, s, settingsOf(string(team)))
	if errors.Is(err, ErrNotFound) {
		return pipeline.HealthRules{Team: team}, nil
	}
	return state.Sheet, err
}

// ChangeHealthRules stores what the team sets from now on; acted is when by muted a rule
// or let it speak again, and on which. A *SheetConflictError[pipeline.HealthRules] where
// somebody else changed it meanwhile; ErrOvertaken, beside what is set, where they did so
// to that rule later.
func (s *Store) ChangeHealthRules(ctx context.Context, op string, r pipeline.HealthRules, by string, acted Acted, on pipeline.RuleID) (pipeline.HealthRules, error) {
	return healthRules.write(ctx, s, sheetWrite[pipeline.HealthRules]{Op: op, Sheet: r, By: by, Acted: acted, On: by + " " + string(on)})
}

// WantHealthRules wants what the team of an interaction has set; it stands first in
// Want.Sheets.
func WantHealthRules() SheetWant { return SheetWant{Kind: healthRules.kind, Number: 1} }

// HealthRules of the team of an interaction, where WantHealthRules was wanted first.
func (l Loaded) HealthRules() (pipeline.HealthRules, error) {
	page, err := healthRules.in(l, 0)
	if err != nil || len(page.Sheets) == 0 {
		rules := pipeline.HealthRules{}
		if l.Team != nil {
			rules.Team = l.Team.Key
		}
		return rules, err
	}
	return page.Sheets[0].Sheet, nil
}
