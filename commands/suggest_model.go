package commands

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"

	"alignbot/llm"
	"alignbot/pipeline"
	"alignbot/storage"
)

const (
	// askedAtOnce is how many questions the model is asked at the same time, and
	// askedLater how many ideas wait for their turn. Those that find no place get no
	// suggestion of the model's.
	askedAtOnce = 2
	askedLater  = 100
)

// Suggester asks a language model what ideas are for, beside everything else:
// nobody and nothing waits for it. What it says arrives on the idea's card. When
// the process ends, what was not answered yet is not asked again.
type Suggester struct {
	model   *llm.Model
	waiting chan pipeline.Key
}

// NewSuggester asks that model.
func NewSuggester(model *llm.Model) *Suggester {
	return &Suggester{model: model, waiting: make(chan pipeline.Key, askedLater)}
}

// ask lets the model be asked about an idea that has no link. Without a model it
// does nothing.
func (s *Suggester) ask(idea pipeline.Idea) {
	if s == nil || len(idea.Outcomes) > 0 {
		return
	}
	select {
	case s.waiting <- idea.Key:
	default: // so many are captured that this one goes without
	}
}

// AskModel asks about the ideas that wait for it, until ctx ends.
func AskModel(ctx context.Context, app *App) error {
	var asking sync.WaitGroup
	for range askedAtOnce {
		asking.Go(func() {
			for {
				select {
				case <-ctx.Done():
					return
				case key := <-app.Suggester.waiting:
					if err := app.askAbout(ctx, key); err != nil && ctx.Err() == nil {
						app.Log.Info("the model suggests nothing for an idea", "idea", key.String(), "err", err)
					}
				}
			}
		})
	}
	asking.Wait()
	return nil
}

// askAbout asks the model what the idea is for, and shows the best of what it
// chooses on the idea's card. A panic costs that one suggestion.
func (app *App) askAbout(ctx context.Context, key pipeline.Key) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
		}
	}()
	loaded, err := app.Store.Begin(ctx, storage.Want{Idea: key})
	if err != nil || loaded.Idea == nil || loaded.Team == nil || !takesSuggestion(*loaded.Idea) {
		return err
	}
	known, err := app.Store.Candidates(ctx, key)
	if err != nil {
		return err
	}
	q := question(*loaded.Team, *loaded.Idea, known)
	chosen, err := app.Suggester.model.Suggest(ctx, q, loaded.Idea.Author, modelBudget{app})
	if err != nil || len(chosen) == 0 {
		return err
	}
	best := stated(q, chosen)[0]
	return app.Store.Enqueue(ctx, cardWith(*loaded.Team, key, best))
}

// modelBudget counts in the store what the model is asked for people.
type modelBudget struct{ *App }

// Spend takes one question of today's; see llm.Budget.
func (b modelBudget) Spend(ctx context.Context, user string) (bool, error) {
	person, workspace := b.Suggester.model.Budgets()
	left, err := b.Store.Spend(ctx, user, person, workspace)
	return left.Spent, err
}

// cardWith redraws an idea's card with a suggestion on it. The next redraw is
// without: by then something happened to the idea.
func cardWith(team pipeline.Team, idea pipeline.Key, s suggested) storage.Outgoing {
	key := idea.String()
	return storage.Outgoing{
		ID: "card:" + key, Kind: drawCard, Subject: key, Channel: team.Channel,
		Args: map[string]string{"suggested": s.Key.String(), "why": s.Why},
	}
}

// takesSuggestion tells whether it is still asked what an idea is for.
func takesSuggestion(idea pipeline.Idea) bool {
	return idea.Withdrawn.IsZero() && len(idea.Outcomes) == 0 && (idea.Stage == pipeline.Captured || idea.Stage == pipeline.Discovery)
}

// cardSuggestion is the one that a card is to show by its entry; none where it
// does not hold any more.
func (app *App) cardSuggestion(ctx context.Context, c storage.Claimed, idea pipeline.Idea) (*suggested, error) {
	if c.Args["suggested"] == "" || !takesSuggestion(idea) {
		return nil, nil
	}
	key, err := pipeline.ParseNodeKey(c.Args["suggested"])
	if err != nil || key.Team != idea.Key.Team {
		return nil, errors.Join(err, fmt.Errorf("the card of %s cannot suggest %q", idea.Key, c.Args["suggested"]))
	}
	loaded, err := app.Store.Begin(ctx, storage.Want{Idea: idea.Key, Node: key, Chain: true})
	if err != nil {
		return nil, err
	}
	node, known := loaded.Nodes.Node(key)
	if !known || node.Closed || slices.Contains(loaded.Dismissed, key) { // while the model was asked
		return nil, nil
	}
	return &suggested{llm.Suggestion{Key: key, Why: c.Args["why"], FromModel: true}, node.Statement}, nil
}
