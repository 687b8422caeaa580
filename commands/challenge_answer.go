package commands

import (
	"context"
	"errors"
	"fmt"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// How a product owner answers what people ask about an idea.

// challengeAnswerButton opens the form of the answer; in names the form it stands in,
// "" for a message.
func challengeAnswerButton(key pipeline.Key, in string) *slack.ButtonBlockElement {
	return button(actionChallengeAnswer, "Answer", "what is asked about "+key.String(), newParams("idea", key.String(), "in", in))
}

// openChallengeAnswer opens the form in which a product owner answers.
func openChallengeAnswer(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, idea, err := req.clicked()
	if err != nil {
		return Reply{}, err
	}
	state, err := req.challenge()
	if err != nil {
		return Reply{}, err
	}
	_, event, err := pipeline.SettleChallenge(app.Policy, req.Person, req.where(), idea, state.Challenge, state.Asks, state.Mine != nil, pipeline.ChallengeReply{}, req.Now)
	if err := withoutFields(idea, event, err); err != nil {
		return Reply{}, app.answeredBy(ctx, state.Challenge, state.Challenge.Times, err)
	}
	if req.afresh(p) {
		m, err := dropFormDraft(ctx, app, req)
		return Reply{Update: challengeAnswerForm(m, idea, state, nil)}, err
	}
	m := req.formOver(p, draftChallenge+idea.Key.String())
	m.Idea, m.Version = idea.Key.String(), int64(state.Challenge.Times) // which question is answered
	typed, notes := req.goingOn(actionChallengeAnswer, newParams("idea", idea.Key.String()), nil)
	return Reply{Open: challengeAnswerForm(m, idea, state, typed, notes...)}, nil
}

// answerChallenge stores the answer and tells it in the idea's thread. Who asks while
// it is written is answered with the others.
func answerChallenge(ctx context.Context, app *App, req *Request) (Reply, error) {
	m, slot, idea, err := req.submitted()
	if err != nil {
		return Reply{}, err
	}
	state, err := req.challenge()
	if err != nil {
		return Reply{}, err
	}
	team, value := *req.Loaded.Team, req.Form.Value
	typed := pipeline.ChallengeReply{Verdict: pipeline.ChallengeVerdict(value(pipeline.FieldVerdict).Text), Words: value(pipeline.FieldNote).Text}
	op, own := req.tryOf(idea.Key, typed), state.Mine != nil
	for range busyTries {
		if int64(state.Challenge.Times) != m.Version {
			state.Asks = nil // another question is open by now: nobody waits for this answer
		}
		after, event, err := pipeline.SettleChallenge(app.Policy, req.Person, req.where(), idea, state.Challenge, state.Asks, own, typed, req.Now)
		if err != nil {
			if answer := state.Challenge.Answer(int(m.Version)); answer != nil && answer.By == req.Person.ID && answer.Words == pipeline.CleanLine(typed.Words) {
				return app.finish(ctx, req, m, challengeAnswered(idea, *answer)), nil // at an earlier try of this form
			}
			return Reply{}, app.answeredBy(ctx, state.Challenge, int(m.Version), err)
		}
		entries := append(redrawAsks(state.Challenge, team.Owners), challengeTold(op, team, state.Challenge))
		_, err = app.Store.EndChallenge(ctx, op, state, after, req.Person.ID, slot, []pipeline.Event{event}, entries...)
		var conflict *storage.ChallengeConflictError
		switch {
		case err == nil:
			return app.finish(ctx, req, m, challengeAnswered(idea, *after.Answer(int(m.Version)))), nil
		case !errors.As(err, &conflict):
			return Reply{}, err
		}
		state = conflict.Current
	}
	return Reply{}, busy(idea.Key)
}

// answeredBy says who answered a question where that is why nobody can any more.
func (app *App) answeredBy(ctx context.Context, c pipeline.Challenge, times int, err error) error {
	var problem *pipeline.Problem
	last := c.Answer(times)
	if !errors.As(err, &problem) || problem.Code != "challenge-closed" || last == nil || last.By == "" {
		return err
	}
	said := *problem
	said.What = fmt.Sprintf("%s answered this: %s, because %s", app.name(ctx, last.By), lowerFirst(last.Verdict.InWords()), sentence(Mrkdwn(last.Words)))
	return &said
}

// challengeAnswered tells whoever answered that it is kept, with the step that is
// still to be taken.
func challengeAnswered(idea pipeline.Idea, answer pipeline.ChallengeAnswer) Reply {
	words := Mrkdwn("Your answer is kept with " + idea.Key.String() + " and told in its thread.")
	to := answer.Verdict.LeadsTo()
	if to == "" {
		return tell(words)
	}
	return tell(words+Mrkdwn(" One step is left; until you take it, "+idea.Key.String()+" stays in the Product Backlog."), buttons(primary(leadingButton(idea, to, ""))))
}

// leadingButton takes the step that an answer leads to.
func leadingButton(idea pipeline.Idea, to pipeline.Stage, in string) *slack.ButtonBlockElement {
	if step, known := pipeline.StepTo(idea.Stage, to); known && to != pipeline.Parked {
		return moveButton(idea.Key, step, in)
	}
	return parkButton(idea, in)
}
