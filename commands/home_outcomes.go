package commands

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// homeOutcomesShown is how many outcomes of a team Home shows.
const homeOutcomesShown = 3

// homeOutcomes are a team's outcomes in short.
type homeOutcomes struct {
	// shown are the open ones that need a look most, of so many that are open.
	shown []pipeline.Outcome
	open  int
	// orphans is how many ideas have no outcome.
	orphans int
	now     time.Time
}

// addOutcomes reads the outcomes of the teams, which are as many as Home shows.
func (app *App) addOutcomes(ctx context.Context, teams []homeTeam, now time.Time) error {
	reads, ctx := storage.Together(ctx)
	for i := range teams { // not copied: others fill in other parts of them
		team := &teams[i]
		team.outcomes.now = now
		reads.Go(func() error {
			all, err := app.Store.Outcomes(ctx, team.Key)
			team.outcomes.shown, team.outcomes.open = neediest(all, now)
			return err
		})
		reads.Go(func() error {
			orphans, err := app.Store.Page(ctx, storage.List{Team: team.Key, Orphans: true}, 1, 1)
			team.outcomes.orphans = orphans.Total
			return err
		})
	}
	return reads.Wait()
}

// neediest are the open outcomes that need a look most: off track, at risk, not
// checked in on for long. It counts the open ones as well.
func neediest(all []pipeline.Outcome, now time.Time) (first []pipeline.Outcome, open int) {
	first = slices.DeleteFunc(slices.Clone(all), func(o pipeline.Outcome) bool { return !o.IsOpen() })
	need := func(o pipeline.Outcome) int {
		switch _, stale := pipeline.NumberAge(o, now); {
		case o.Light == pipeline.Red:
			return 0
		case o.Light == pipeline.Yellow:
			return 1
		case stale:
			return 2
		}
		return 3
	}
	slices.SortStableFunc(first, func(a, b pipeline.Outcome) int {
		return cmp.Or(need(a)-need(b), cmp.Compare(a.Key.Number, b.Key.Number))
	})
	return first[:min(len(first), homeOutcomesShown)], len(first)
}

// outcomeBlocks are the outcomes of a team in Home: each with its number, how it
// goes and how old that is.
func (h homeOutcomes) outcomeBlocks() []slack.Block {
	var said []slack.RichTextElement
	for _, o := range h.shown {
		age, _ := pipeline.NumberAge(o, h.now)
		said = append(said, line(bold(o.Key.String()+"  "+pipeline.Cut(o.Statement, treeWords)), text("\n"+outcomeState(o)+" · "+age)))
	}
	if more := h.open - len(h.shown); more > 0 {
		said = append(said, line(text(fmt.Sprintf("and %s", counted(more, "outcome more", "outcomes more")))))
	}
	if len(said) == 0 {
		return nil
	}
	return []slack.Block{rich(said...)}
}

// outcomeState says how an outcome is: "120 calls, target 80 · at risk (yellow)".
func outcomeState(o pipeline.Outcome) string {
	number := o.NumberInWords()
	if number == "" {
		number = pipeline.ProgressOf(o).Words
	}
	if o.Light == "" {
		return number
	}
	return number + " · " + lightWords(o.Light)
}

// outcomeSteps are the buttons to a team's outcomes, and to its ideas without one.
func (h homeOutcomes) outcomeSteps(team pipeline.Team) []slack.BlockElement {
	var steps []slack.BlockElement
	if h.open > 0 {
		steps = append(steps, button(actionTree, "Outcomes", "of "+team.Name, newParams("team", string(team.Key))))
	}
	if h.orphans > 0 {
		steps = append(steps, orphansButton(team, counted(h.orphans, "orphan", "orphans")))
	}
	return steps
}
