package commands

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"alignbot/pipeline"
	"alignbot/storage"
)

// What waits for somebody because it is theirs: tests, outcomes, ideas.

// waitingTests are the person's tests that wait for what they showed. Of one in a
// team that they cannot see at the moment only the key is told.
func waitingTests(ctx context.Context, s *waitScene) ([]waitingThing, int, error) {
	tests, err := s.app.Store.DueTests(ctx, s.req.Person.ID, s.team, waitingShown)
	if err != nil {
		return nil, 0, err
	}
	var things []waitingThing
	for _, test := range tests {
		if test.Run.Deadline.After(s.req.Now) {
			break // the first deadlines come first
		}
		seen, err := s.sees(ctx, test.Idea.Team)
		if err != nil {
			return nil, 0, err
		}
		if !seen {
			test.Run.Title = ""
		}
		things = append(things, testThing(test))
	}
	return things, 0, nil
}

// testThing asks what a test showed.
func testThing(test storage.DueTest) waitingThing {
	key, number := test.Idea.String(), strconv.Itoa(test.Run.ID)
	words := []Mrkdwn{Mrkdwn("A test on " + key + " has reached its deadline and waits for what it showed.")}
	var about pipeline.Key
	if test.Run.Title != "" {
		about = test.Idea
		words = append(words, "\n", escape(pipeline.Cut(test.Run.Title, cardTextLimit)))
	}
	return waitingThing{
		Waiting: pipeline.Waiting{Kind: pipeline.WaitTest, Subject: key + ":" + number, Due: test.Run.Deadline, Told: test.Run.Deadline},
		words:   words, about: about,
		step: button(actionTestObserve+":"+key+"."+number, "What did it show?", "the test on "+key, newParams("idea", key, "run", number, "part", partObserve)),
	}
}

// waitingEffects are, for those who decide, the delivered ideas whose day has come.
func waitingEffects(ctx context.Context, s *waitScene) ([]waitingThing, int, error) {
	found, more := make([][]waitingThing, len(s.teams)), make([]int, len(s.teams))
	reads, ctx := storage.Together(ctx)
	for i, team := range s.teams {
		if s.elsewhere(team.Key) || !team.OwnedBy(s.req.Person.ID) {
			continue
		}
		reads.Go(func() error {
			page, err := s.app.Store.Page(ctx, storage.List{Team: team.Key, Effects: true}, 1, waitingShown+1)
			for _, idea := range page.Ideas {
				due := idea.EffectDue(team.Location())
				switch {
				case due.IsZero() || s.req.Now.Before(due):
				case len(found[i]) == waitingShown:
					more[i]++
				default:
					found[i] = append(found[i], effectThing(idea, due))
				}
			}
			return err
		})
	}
	err := reads.Wait()
	total := 0
	for _, n := range more {
		total += n
	}
	return slices.Concat(found...), total, err
}

// effectThing asks what a delivered idea changed.
func effectThing(idea pipeline.Idea, due time.Time) waitingThing {
	key := idea.Key.String()
	return waitingThing{
		Waiting: pipeline.Waiting{Kind: pipeline.WaitEffect, Subject: key, Due: due, Told: idea.Effect.AskedAt},
		words: []Mrkdwn{
			Mrkdwn("Did " + key + " change what it was for? It waits since " + pipeline.ShowDay(idea.Effect.Day) + ".\n"),
			escape(pipeline.Cut(idea.Title, cardTextLimit)),
		},
		about: idea.Key,
		step:  button(actionMove+":"+key, "Say what happened", "with "+key, newParams("idea", key, "to", string(pipeline.Learned))),
	}
}

// mindedLooked is how many of the person's outcomes are looked at for those that wait
// for a check-in.
const mindedLooked = 20

// waitingCheckIns are the person's outcomes that nobody has checked in on for long.
// Of one in a team that they cannot see at the moment nothing is told.
func waitingCheckIns(ctx context.Context, s *waitScene) ([]waitingThing, int, error) {
	outcomes, err := s.app.Store.MindedOutcomes(ctx, s.req.Person.ID, s.req.Now, mindedLooked)
	if err != nil {
		return nil, 0, err
	}
	var things []waitingThing
	more := 0
	for _, o := range outcomes {
		if s.elsewhere(o.Key.Team) {
			continue
		}
		seen, err := s.sees(ctx, o.Key.Team)
		switch {
		case err != nil:
			return nil, 0, err
		case !seen:
		case len(things) == waitingShown:
			more++
		default:
			things = append(things, checkInThing(o, s.req.Now))
		}
	}
	return things, more, nil
}

// checkInThing asks for a check-in.
func checkInThing(o pipeline.Outcome, now time.Time) waitingThing {
	age, _ := pipeline.NumberAge(o, now)
	key, last := o.Key.String(), o.Created
	if o.Latest != nil {
		last = o.Latest.At
	}
	return waitingThing{
		Waiting: pipeline.Waiting{Kind: pipeline.WaitCheckIn, Subject: key, Due: last.AddDate(0, 0, pipeline.StaleDays)},
		words:   []Mrkdwn{Mrkdwn("How is " + key + "? You own it, and it has had " + age + ".\n"), escape(pipeline.Cut(o.Statement, cardTextLimit))},
		step:    button(actionCheckIn+":"+key, "Check in", "on "+key, newParams("node", key)),
	}
}

// ownLooked is how many of the person's newest ideas are looked at for those without
// an outcome.
const ownLooked = 20

// waitingOrphans are the person's ideas without an outcome. One whose author was just
// asked about it, when it was captured, counts as told.
func waitingOrphans(ctx context.Context, s *waitScene) ([]waitingThing, int, error) {
	if !pipeline.May(s.app.Policy, s.req.Person, pipeline.LinkOutcome, pipeline.Where{}).OK {
		return nil, 0, nil // guests
	}
	page, err := s.app.Store.Page(ctx, storage.List{Team: s.team, Author: s.req.Person.ID}, 1, ownLooked)
	if err != nil {
		return nil, 0, err
	}
	var things []waitingThing
	more := 0
	for _, idea := range page.Ideas {
		if !pipeline.WaitsForOutcome(idea) {
			continue
		}
		seen, err := s.sees(ctx, idea.Key.Team)
		switch {
		case err != nil:
			return nil, 0, err
		case !seen:
		case len(things) == waitingShown:
			more++
		default:
			things = append(things, orphanThing(idea))
		}
	}
	return things, more, nil
}

// orphanThing asks what an idea is for.
func orphanThing(idea pipeline.Idea) waitingThing {
	key := idea.Key.String()
	return waitingThing{
		Waiting: pipeline.Waiting{Kind: pipeline.WaitOrphan, Subject: key, Told: idea.Created},
		words:   []Mrkdwn{Mrkdwn("Which outcome is " + key + " for? It has none yet.\n"), escape(pipeline.Cut(idea.Title, cardTextLimit))},
		step:    button(actionOutcome+":"+key, "Link an outcome", "to "+key, newParams("idea", key)),
	}
}

// settledTest says what became of a test.
func settledTest(ctx context.Context, s *waitScene, subject string) (settledThing, error) {
	text, number, _ := strings.Cut(subject, ":")
	key, err := pipeline.ParseKey(text)
	id, wrong := strconv.Atoi(number)
	if err != nil || wrong != nil {
		return settledThing{}, stale
	}
	run, err := s.app.Store.Run(ctx, key, id)
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		return settledThing{}, err
	}
	return settledThing{words: "What the test on " + key.String() + " showed", done: run.Observation != nil}, nil
}

// settledEffect says whether it was said what a delivered idea changed, or that it is
// asked later.
func settledEffect(ctx context.Context, s *waitScene, subject string) (settledThing, error) {
	idea, err := s.settledIdea(ctx, subject)
	e := idea.Effect
	return settledThing{
		words: "What " + subject + " changed",
		done:  e != nil && (e.Answer != "" || idea.Stage == pipeline.Delivered && e.AskedAt.IsZero()), // put off
	}, err
}

// settledOrphan says whether an idea has an outcome.
func settledOrphan(ctx context.Context, s *waitScene, subject string) (settledThing, error) {
	idea, err := s.settledIdea(ctx, subject)
	return settledThing{words: "An outcome for " + subject, done: len(idea.Outcomes) > 0}, err
}

// settledIdea is the idea of that key; the zero idea where there is none.
func (s *waitScene) settledIdea(ctx context.Context, subject string) (pipeline.Idea, error) {
	key, err := pipeline.ParseKey(subject)
	if err != nil {
		return pipeline.Idea{}, stale
	}
	idea, err := s.app.Store.Idea(ctx, key)
	if errors.Is(err, storage.ErrNotFound) {
		err = nil
	}
	return idea, err
}

// settledCheckIn says whether somebody checked in on an outcome.
func settledCheckIn(ctx context.Context, s *waitScene, subject string) (settledThing, error) {
	key, err := pipeline.ParseNodeKey(subject)
	if err != nil {
		return settledThing{}, stale
	}
	node, err := s.app.Store.Node(ctx, key, 0, 0)
	if errors.Is(err, storage.ErrNotFound) || err == nil && node.Outcome == nil {
		return settledThing{words: "A check-in on " + subject}, nil
	}
	if err != nil {
		return settledThing{}, err
	}
	_, old := pipeline.NumberAge(*node.Outcome, s.req.Now)
	return settledThing{words: "A check-in on " + subject, done: node.Outcome.IsOpen() && !old && node.Outcome.Latest != nil}, nil
}
