package commands

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/slack-go/slack"
	"golang.org/x/sync/errgroup"

	"alignbot/pipeline"
	"alignbot/storage"
)

// The questions that wait for somebody in Home.

const (
	// roundsAsked is how many running rounds of a person are looked at for those
	// that wait for their answer, and roundsShown how many of those are shown.
	roundsAsked = 20
	roundsShown = 3
	// effectsShown is how many delivered ideas are shown whose day has come.
	effectsShown = 3
)

// homeQuestions are the questions that wait for somebody.
type homeQuestions struct {
	rounds []waitingRound // the first deadline first
	// effects are delivered ideas of own teams of which it is to be said what they
	// changed.
	effects []pipeline.Idea
	// moreRounds and moreEffects: there are others.
	moreRounds, moreEffects bool
}

// waitingRound is a round that waits for somebody's answer.
type waitingRound struct {
	storage.RoundAsked
	// known: the person is known to be where it may be read.
	known bool
}

// addRounds reads the rounds that wait for the person's answer.
func (q *homeQuestions) addRounds(ctx context.Context, app *App, req *Request) error {
	rounds, err := app.Store.RoundsFor(ctx, req.Person.ID, roundsAsked)
	if err != nil {
		return err
	}
	rounds = slices.DeleteFunc(rounds, func(r storage.RoundAsked) bool { return r.Answered || !req.Now.Before(r.Round.Deadline) })
	for _, r := range rounds[:min(len(rounds), roundsShown)] {
		known, err := app.seesTeam(ctx, req, r.Round.Team)
		if err != nil {
			return err
		}
		q.rounds = append(q.rounds, waitingRound{r, known})
	}
	q.moreRounds = len(rounds) > len(q.rounds)
	return nil
}

// addEffects reads, for those who decide, the delivered ideas whose day has come.
func (q *homeQuestions) addEffects(ctx context.Context, app *App, teams []homeTeam, now time.Time) error {
	reads, ctx := errgroup.WithContext(ctx)
	due := make([][]pipeline.Idea, len(teams))
	for i, team := range teams {
		if !team.owner || team.Counts[pipeline.Delivered] == 0 {
			continue
		}
		reads.Go(func() error {
			page, err := app.Store.Page(ctx, storage.List{Team: team.Key, Effects: true}, 1, effectsShown+1)
			due[i] = slices.DeleteFunc(page.Ideas, func(idea pipeline.Idea) bool {
				at := idea.EffectDue(team.Location())
				return at.IsZero() || now.Before(at)
			})
			return err
		})
	}
	if err := reads.Wait(); err != nil {
		return err
	}
	all := slices.Concat(due...)
	q.effects = all[:min(len(all), effectsShown)]
	q.moreEffects = len(all) > len(q.effects)
	return nil
}

// few leaves so many of each.
func (q homeQuestions) few(n int) homeQuestions {
	q.moreRounds, q.moreEffects = q.moreRounds || len(q.rounds) > n, q.moreEffects || len(q.effects) > n
	q.rounds, q.effects = q.rounds[:min(len(q.rounds), n)], q.effects[:min(len(q.effects), n)]
	return q
}

// blocks ask for answers.
func (q homeQuestions) blocks() []slack.Block {
	var blocks []slack.Block
	for _, r := range q.rounds {
		blocks = append(blocks, r.block())
	}
	for _, idea := range q.effects {
		key := idea.Key.String()
		words := "Did " + key + " change what it was for? It waits since " + pipeline.ShowDay(idea.Effect.Day) + ".\n" + pipeline.Cut(idea.Title, cardTextLimit)
		answer := button(actionMove+":"+key, "Say what happened", "with "+key, newParams("idea", key, "to", string(pipeline.Learned)))
		blocks = append(blocks, slack.NewSectionBlock(plain(words), nil, slack.NewAccessory(answer)))
	}
	if q.moreRounds || q.moreEffects {
		blocks = append(blocks, note("More questions wait for you."))
	}
	return blocks
}

// block asks for an answer to a round. Of one in a team that the person cannot see
// at the moment only its deadline is told.
func (r waitingRound) block() *slack.SectionBlock {
	round := r.Round
	words := []Mrkdwn{"A round of questions waits for your answer until ", whenTime(round.Deadline), "."}
	if r.known {
		words = append(words, "\n", escape(pipeline.Cut(round.Questions[0], cardTextLimit)))
		if more := len(round.Questions) - 1; more > 0 {
			words = append(words, Mrkdwn(" (and "+strconv.Itoa(more)+" more)"))
		}
	} else {
		words = append(words, " It belongs to a private channel: answer there, or type a command in it first.")
	}
	section := say(words...)
	answer := answerButton(round, "Answer", "")
	answer.ActionID += ":" + storage.RoundName(round)
	section.Accessory = slack.NewAccessory(answer)
	return section
}
