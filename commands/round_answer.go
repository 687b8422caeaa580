package commands

import (
	"context"
	"errors"

	"alignbot/pipeline"
	"alignbot/storage"
)

// openAnswer opens the form in which somebody answers a round. It starts with what
// they answered before. Of an anonymous round nothing is shown again and no draft
// is kept.
func openAnswer(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return Reply{}, err
	}
	state, err := app.wantedRound(ctx, req)
	if err != nil {
		return Reply{}, err
	}
	r := state.Round
	// What can be refused before anything is typed is refused before.
	_, err = pipeline.CheckAnswer(app.Policy, req.Person, req.where(), r, nil, state.Now)
	if refusedAtOnce(err) {
		return Reply{}, err
	}
	stored := map[pipeline.Field]string{}
	if r.Anonymous {
		m := req.formOver(p, "")
		m.Team, m.Round = r.Team, r.ID
		return Reply{Open: answerForm(m, r, stored)}, nil
	}
	if state.Mine != nil {
		for i, words := range state.Mine.Words {
			stored[pipeline.AnswerField(i)] = words
		}
	}
	if req.afresh(p) {
		m, err := dropFormDraft(ctx, app, req)
		m.Stored = typedDigest(stored)
		return Reply{Update: answerForm(m, r, stored)}, err
	}
	m := req.formOver(p, slotOfRound(draftAnswer, r.Team, r.ID))
	m.Team, m.Round, m.Stored = r.Team, r.ID, typedDigest(stored)
	typed, notes := req.goingOn(actionRoundAnswer, roundValue(r, ""), stored)
	return Reply{Open: answerForm(m, r, typed, notes...)}, nil
}

// answerRound stores an answer. What is asked before a handler runs is asked here,
// of what the store answers on, so that no command to Redis has both the user and
// what they say to an anonymous round.
func answerRound(ctx context.Context, app *App, req *Request) (Reply, error) {
	m, err := req.metadata()
	if err != nil {
		return Reply{}, err
	}
	team, id, err := req.round()
	if err != nil {
		return Reply{}, err
	}
	var slot storage.Slot
	if m.Draft != "" {
		if slot, err = m.slot(); err != nil {
			return Reply{}, err
		}
	}
	typed := make([]string, pipeline.RoundQuestions)
	for i := range typed {
		typed[i] = req.Form.Value(pipeline.AnswerField(i)).Text
	}
	answered, err := app.Store.Answer(ctx, storage.Answering{
		Op: req.tryOf(string(team), id, typed), Team: team, ID: id, User: req.Person.ID, Here: req.here(req.On), Draft: slot,
		Check: func(polling storage.RoundPolling) (pipeline.RoundAnswer, error) {
			req.Loaded.Team, req.Loaded.InChannel = &polling.Team, polling.InChannel
			if err := app.permit(ctx, req, pipeline.AnswerRound); err != nil {
				return pipeline.RoundAnswer{}, err
			}
			return pipeline.CheckAnswer(app.Policy, req.Person, req.where(), polling.Round, typed, polling.Now)
		},
	})
	if errors.Is(err, storage.ErrNotFound) {
		return Reply{}, noRound(team, id)
	}
	if err != nil {
		return Reply{}, keepingAnswer(err, pipeline.AnswerField(0), m.Draft != "")
	}
	req.Loaded.First = answered.First
	return app.finish(ctx, req, m, answerKept(answered)), nil
}

// keepingAnswer says of an answer that is refused altogether, as after the close,
// what becomes of its words. first is the first input of its form.
func keepingAnswer(err error, first pipeline.Field, drafted bool) error {
	var problem *pipeline.Problem
	if !errors.As(err, &problem) || problem.Fields != nil {
		return err
	}
	kept := *problem
	words := problem.Error() + " Your words are still here: copy them before you close the form."
	if drafted {
		words = problem.Error() + " Your words are kept for a day."
	}
	kept.Fields = map[pipeline.Field]string{first: words}
	return &kept
}

// answerKept tells whoever answered that it is stored, and until when it can be
// changed.
func answerKept(answered storage.Answered) Reply {
	r := answered.Round
	words := Mrkdwn("Your answer is stored.")
	if answered.Before {
		words = "Your answer is stored, in the place of the one before."
	}
	return tell(words+" You can change it until "+whenTime(r.Deadline)+". The answers are told in the thread when the round closes.",
		buttons(answerButton(r, "Change my answer", ""), roundDetails(r, "")))
}
