package commands

import (
	"context"
	"errors"

	"alignbot/pipeline"
	"alignbot/storage"
)

// What is tried because of the answers to a round.

// openTry opens the form in which one thing is chosen to try.
func openTry(ctx context.Context, app *App, req *Request) (Reply, error) {
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
	_, err = pipeline.ChooseExperiment(app.Policy, req.Person, req.where(), r, pipeline.ExperimentForm{}, req.Now)
	if refusedAtOnce(err) {
		return Reply{}, err
	}
	stored := map[pipeline.Field]string{}
	if e := r.Experiment; e != nil {
		stored = map[pipeline.Field]string{pipeline.FieldExperiment: e.Words, pipeline.FieldOwner: e.Owner, pipeline.FieldExperimentDay: e.Day}
	}
	if req.afresh(p) {
		m, err := dropFormDraft(ctx, app, req)
		m.Stored = typedDigest(stored)
		return Reply{Update: tryForm(m, stored)}, err
	}
	m := req.formOver(p, slotOfRound(draftTry, r.Team, r.ID))
	m.Team, m.Round, m.Version, m.Stored = r.Team, r.ID, r.Version, typedDigest(stored)
	typed, notes := req.goingOn(actionRoundTry, roundValue(r, ""), stored)
	return Reply{Open: tryForm(m, typed, notes...)}, nil
}

// chooseTry stores what is tried, and tells it in the thread. What somebody else
// chose meanwhile is shown first.
func chooseTry(ctx context.Context, app *App, req *Request) (Reply, error) {
	m, slot, err := req.draftForm()
	if err != nil {
		return Reply{}, err
	}
	state, err := app.wantedRound(ctx, req)
	if err != nil {
		return Reply{}, err
	}
	r, value := state.Round, req.Form.Value
	typed := pipeline.ExperimentForm{
		Words: value(pipeline.FieldExperiment).Text, Owner: value(pipeline.FieldOwner).Text, Day: value(pipeline.FieldExperimentDay).Text,
	}
	chosen, err := pipeline.ChooseExperiment(app.Policy, req.Person, req.where(), r, typed, req.Now)
	if err != nil {
		return Reply{}, err
	}
	op := req.tryOf(string(r.Team), r.ID, typed)
	chosen.Version = m.Version
	chosen, err = app.Store.ChangeRound(ctx, op, chosen, slot, redrawRound(*req.Loaded.Team, chosen), toldInRound(toldExperiment, op, *req.Loaded.Team, chosen))
	var conflict *storage.RoundConflictError
	if errors.As(err, &conflict) && conflict.Current.Round.Experiment != nil {
		theirs := conflict.Current.Round
		m.Version = theirs.Version
		said := say("*Somebody chose something to try meanwhile:*\n", escape(theirs.Experiment.Words), "\nWhat you typed is below. Submit it again to put it in its place.")
		return Reply{Update: tryForm(m, req.Form.typed(), said)}, nil
	}
	if err != nil {
		return Reply{}, err
	}
	return app.finish(ctx, req, m, tell("It is told in the thread of the round: what the answers changed.", buttons(roundDetails(chosen, "")))), nil
}
