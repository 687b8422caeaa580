package commands

import (
	"context"
	"errors"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// openClose opens the form that closes an outcome.
func openClose(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, s, err := req.closing()
	if err != nil {
		return Reply{}, err
	}
	// What can be refused before anything is typed is refused before.
	if _, err := pipeline.CloseOutcome(app.Policy, req.Person, req.where(), s.outcome, pipeline.CloseForm{}, s.nodes, nil, req.Now); refusedAtOnce(err) {
		return Reply{}, err
	}
	facts, err := app.Store.Tree(ctx, s.outcome.Key.Team)
	if err != nil {
		return Reply{}, err
	}
	s.own, _ = pipeline.NewTree(facts, req.Now).Own(s.outcome.Key)
	return app.openClosing(ctx, req, p, s, actionOutcomeClose, draftOutcomeClose, closeForm)
}

// openReopen opens the form that opens a closed outcome again.
func openReopen(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, s, err := req.closing()
	if err != nil {
		return Reply{}, err
	}
	if _, _, err := pipeline.ReopenOutcome(app.Policy, req.Person, req.where(), s.outcome, "", req.Now); refusedAtOnce(err) {
		return Reply{}, err
	}
	return app.openClosing(ctx, req, p, s, actionOutcomeReopen, draftOutcomeReopen, reopenForm)
}

// closing is what the button carries that was used, and what the forms that close
// an outcome or open it again are drawn from.
func (req *Request) closing() (params, closeScene, error) {
	p, o, err := req.clickedOutcome()
	return p, closeScene{outcome: o, nodes: req.Loaded.Nodes}, err
}

// openClosing opens one of those forms.
func (app *App) openClosing(ctx context.Context, req *Request, p params, s closeScene, action, draft string, draw func(metadata, closeScene, map[pipeline.Field]string, ...slack.Block) *slack.ModalViewRequest) (Reply, error) {
	key := s.outcome.Key
	if req.afresh(p) {
		m, err := dropFormDraft(ctx, app, req)
		m.Stored = typedDigest(s.stored())
		return Reply{Update: draw(m, s, nil)}, err
	}
	m := req.formOver(p, nodeSlot(draft, key, 0))
	m.Team, m.Node, m.At, m.Stored = key.Team, key.String(), p.Get("at"), typedDigest(s.stored())
	if err := app.findTypedDraft(ctx, req, m.Draft); err != nil {
		return Reply{}, err
	}
	typed, notes := req.goingOn(action, newParams("node", m.Node), nil)
	return Reply{Open: draw(m, s, typed, notes...)}, nil
}

// closeOutcome closes an outcome, once for each op. What hangs under one that is
// merged is handed over in the same write; its ideas follow one by one.
func closeOutcome(ctx context.Context, app *App, req *Request) (Reply, error) {
	m, slot, o, err := req.submittedOutcome()
	if err != nil {
		return Reply{}, err
	}
	if closed, err := app.changedBefore(ctx, req, slot, o); err != nil || closed != nil {
		return app.finishClosing(ctx, req, m, closed), err
	}
	value := func(field pipeline.Field) string { return req.Form.Value(field).Text }
	typed := pipeline.CloseForm{
		Result: pipeline.OutcomeResult(value(pipeline.FieldResult)), Why: value(pipeline.FieldWhy), Ideas: pipeline.IdeasThen(value(pipeline.FieldIdeas)),
	}
	if into := value(pipeline.FieldInto); into != noneChosen {
		typed.Into = into
	}
	for range busyTries {
		// No ideas are given to the rule: how many they are by now nobody knows
		// before it is stored that no more can be linked to it.
		c, err := pipeline.CloseOutcome(app.Policy, req.Person, req.where(), o, typed, req.Loaded.Nodes, nil, req.Now)
		if err != nil {
			return Reply{}, err
		}
		closed, err := app.Store.CloseOutcome(ctx, req.Op, c, slot, append(relinking(c, typed), returning())...)
		var conflict *storage.OutcomeConflictError
		if !errors.As(err, &conflict) {
			return app.finishClosing(ctx, req, m, &closed), err
		}
		o = conflict.Current
	}
	return Reply{}, busyNode(o.Key)
}

// reopenOutcome opens a closed outcome again, once for each op.
func reopenOutcome(ctx context.Context, app *App, req *Request) (Reply, error) {
	m, slot, o, err := req.submittedOutcome()
	if err != nil {
		return Reply{}, err
	}
	if opened, err := app.changedBefore(ctx, req, slot, o); err != nil || opened != nil {
		return app.finishClosing(ctx, req, m, opened), err
	}
	for range busyTries {
		after, event, err := pipeline.ReopenOutcome(app.Policy, req.Person, req.where(), o, req.Form.Value(pipeline.FieldWhy).Text, req.Now)
		if err != nil {
			return Reply{}, err
		}
		after, err = app.Store.ChangeOutcome(ctx, req.Op, after, slot, event)
		var conflict *storage.OutcomeConflictError
		if !errors.As(err, &conflict) {
			return app.finishClosing(ctx, req, m, &after), err
		}
		o = conflict.Current
	}
	return Reply{}, busyNode(o.Key)
}

// changedBefore gives what an earlier try of the same act made of the outcome; nil
// where there was none.
func (app *App) changedBefore(ctx context.Context, req *Request, slot storage.Slot, o pipeline.Outcome) (*pipeline.Outcome, error) {
	if req.Loaded.First {
		return nil, nil
	}
	stored, current, err := app.outcomeBefore(ctx, req, slot, o)
	if err != nil || current != nil {
		return nil, err
	}
	return &stored, nil
}

// finishClosing answers a form that closed an outcome, or opened it again.
func (app *App) finishClosing(ctx context.Context, req *Request, m metadata, o *pipeline.Outcome) Reply {
	switch {
	case o == nil:
		return Reply{}
	case o.IsOpen():
		return app.finish(ctx, req, m, outcomeTold("Opened ", *o, " again"))
	case !o.MergedInto.IsZero():
		return app.finish(ctx, req, m, outcomeTold("Merged ", *o, " into ", o.MergedInto.String()))
	}
	return app.finish(ctx, req, m, outcomeTold("Closed ", *o, " as ", string(o.Result)))
}
