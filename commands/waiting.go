package commands

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// What waits for one person: Home shows it, a team's status shows what of it is the
// team's, and a nudge asks for the most urgent of it.

// waitingThing is one thing that waits for somebody, as it is told to them.
type waitingThing struct {
	pipeline.Waiting
	// words ask for it.
	words []Mrkdwn
	// about is the idea that they name; zero where nothing of it may be told.
	about pipeline.Key
	// step is what one tap begins; nil where there is none.
	step *slack.ButtonBlockElement
}

// block asks for it.
func (t waitingThing) block() *slack.SectionBlock {
	section := say(t.words...)
	if t.step != nil {
		section.Accessory = slack.NewAccessory(t.step)
	}
	return section
}

// waitingThings are what waits for somebody, the most urgent first, and how many more
// there are.
type waitingThings struct {
	things []waitingThing
	more   int
}

// find gives the one that waits by that name.
func (w waitingThings) find(item pipeline.Waiting) (waitingThing, bool) {
	at := slices.IndexFunc(w.things, func(t waitingThing) bool { return t.Kind == item.Kind && t.Subject == item.Subject })
	if at < 0 {
		return waitingThing{}, false
	}
	return w.things[at], true
}

// kinds are the same without their words.
func (w waitingThings) kinds() []pipeline.Waiting {
	waiting := make([]pipeline.Waiting, len(w.things))
	for i, thing := range w.things {
		waiting[i] = thing.Waiting
	}
	return waiting
}

// first leaves so many.
func (w waitingThings) first(n int) waitingThings {
	if over := len(w.things) - n; over > 0 {
		w.things, w.more = w.things[:n], w.more+over
	}
	return w
}

// blocks ask for all of it.
func (w waitingThings) blocks() []slack.Block {
	var blocks []slack.Block
	for _, thing := range w.things {
		blocks = append(blocks, thing.block())
	}
	if w.more > 0 {
		blocks = append(blocks, note(Mrkdwn("And "+counted(w.more, "more thing waits", "more things wait")+" for you.")))
	}
	return blocks
}

// waitScene is who something waits for, and where it is looked for.
type waitScene struct {
	app *App
	req *Request
	// team alone, unless it is "".
	team pipeline.TeamKey
	// teams that the person has to do with.
	teams []pipeline.Team

	mu   sync.Mutex
	seen map[pipeline.TeamKey]bool
}

// sees tells whether the person may read the team's ideas from where they are.
func (s *waitScene) sees(ctx context.Context, key pipeline.TeamKey) (bool, error) {
	s.mu.Lock()
	seen, known := s.seen[key]
	s.mu.Unlock()
	if known {
		return seen, nil
	}
	seen, err := s.app.seesTeam(ctx, s.req, key)
	if err == nil {
		s.mu.Lock()
		s.seen[key] = seen
		s.mu.Unlock()
	}
	return seen, err
}

// elsewhere tells whether a team is not the one that is asked about.
func (s *waitScene) elsewhere(key pipeline.TeamKey) bool { return s.team != "" && s.team != key }

// waitScene is where it is looked for what waits for the person who asks; teams are
// those that they have to do with.
func (app *App) waitScene(req *Request, team pipeline.TeamKey, teams []pipeline.Team) *waitScene {
	s := &waitScene{app: app, req: req, team: team, teams: teams, seen: map[pipeline.TeamKey]bool{}}
	for _, t := range teams {
		s.seen[t.Key] = true
	}
	return s
}

// waitSource finds what waits of one kind.
type waitSource struct {
	kind pipeline.WaitKind
	// find gives up to waitingShown, the most urgent first, and how many more it
	// knows of.
	find func(ctx context.Context, s *waitScene) ([]waitingThing, int, error)
	// settled says of one that does not wait any more what became of it.
	settled func(ctx context.Context, s *waitScene, subject string) (settledThing, error)
}

// settledThing is what became of something that waited for somebody.
type settledThing struct {
	words string // "Your vote on PAY-12"
	// done: what was asked for was done; else it is over without.
	done bool
}

// waitSources are all there are.
func waitSources() []waitSource {
	return []waitSource{
		{pipeline.WaitVote, waitingVotes, settledVote},
		{pipeline.WaitRound, waitingRounds, settledRound},
		{pipeline.WaitForensic, waitingForensics, settledForensic},
		{pipeline.WaitReview, waitingReviews, settledReview},
		{pipeline.WaitChallenge, waitingChallenges, settledChallenge},
		{pipeline.WaitTest, waitingTests, settledTest},
		{pipeline.WaitEffect, waitingEffects, settledEffect},
		{pipeline.WaitCheckIn, waitingCheckIns, settledCheckIn},
		{pipeline.WaitOrphan, waitingOrphans, settledOrphan},
		{pipeline.WaitProbe, waitingProbes, settledProbe},
	}
}

// waitingShown is how many things of one kind are looked at closely.
const waitingShown = 5

// waiting finds all that waits.
func (s *waitScene) waiting(ctx context.Context) (waitingThings, error) {
	sources := waitSources()
	found, more := make([][]waitingThing, len(sources)), make([]int, len(sources))
	reads, ctx := storage.Together(ctx)
	for i, source := range sources {
		reads.Go(func() (err error) {
			found[i], more[i], err = source.find(ctx, s)
			return err
		})
	}
	if err := reads.Wait(); err != nil {
		return waitingThings{}, err
	}
	w := waitingThings{things: sortThings(slices.Concat(found...), s.req.Now)}
	for _, n := range more {
		w.more += n
	}
	return w, nil
}

// settled says what became of something that does not wait any more.
func (s *waitScene) settled(ctx context.Context, item pipeline.Waiting) (settledThing, error) {
	for _, source := range waitSources() {
		if source.kind == item.Kind {
			return source.settled(ctx, s, item.Subject)
		}
	}
	return settledThing{}, stale
}

// sortThings puts the most urgent first.
func sortThings(things []waitingThing, now time.Time) []waitingThing {
	slices.SortStableFunc(things, func(a, b waitingThing) int { return pipeline.MoreUrgent(a.Waiting, b.Waiting, now) })
	return things
}
