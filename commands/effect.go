package commands

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"alignbot/pipeline"
	"alignbot/storage"
)

// What a delivered idea is expected to change, and what it did change.

// expecting adds to the delivery of an idea what stands in the form about its
// effect; nothing where nothing does. What was expected of an earlier delivery is
// of no account any more.
func (app *App) expecting(req *Request, idea pipeline.Idea, event pipeline.Event) (pipeline.Idea, pipeline.Event, error) {
	idea.Effect = nil
	form := req.typedEffect()
	if !pipeline.HasVisible(form.Expected) {
		return idea, event, nil
	}
	after, said, err := pipeline.ExpectEffect(app.Policy, req.Person, req.where(), idea, form, req.Now)
	if err != nil {
		return idea, pipeline.Event{}, err
	}
	event.Changes = append(event.Changes,
		pipeline.Change{Field: pipeline.FieldExpected, To: said.Why}, pipeline.Change{Field: pipeline.FieldEffectDay, To: said.About})
	return after, event, nil
}

// typedEffect reads the inputs about what is expected.
func (req *Request) typedEffect() pipeline.EffectForm {
	if req.Form == nil {
		return pipeline.EffectForm{}
	}
	return pipeline.EffectForm{Expected: req.Form.Value(pipeline.FieldExpected).Text, Day: req.Form.Value(pipeline.FieldEffectDay).Text}
}

// expected is what those inputs start with.
func expected(form pipeline.EffectForm) map[pipeline.Field]string {
	return map[pipeline.Field]string{pipeline.FieldExpected: form.Expected, pipeline.FieldEffectDay: form.Day}
}

// wantExpect: the idea that a button names, and what was typed about its effect
// before.
func wantExpect(req *Request) (storage.Want, error) {
	_, key, err := req.buttonIdea()
	return storage.Want{Idea: key, Draft: draftEffect + key.String()}, err
}

// wantFormExpect is the same for the form.
func wantFormExpect(req *Request) (storage.Want, error) {
	_, key, err := req.formIdea()
	return storage.Want{Idea: key, Draft: draftEffect + key.String()}, err
}

// openExpect opens the form that says anew what a delivered idea is expected to
// change.
func openExpect(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, idea, err := req.clicked()
	if err != nil {
		return Reply{}, err
	}
	form := pipeline.DefaultEffect(*req.Loaded.Team, idea, req.Now)
	if err := withoutFields(pipeline.ExpectEffect(app.Policy, req.Person, req.where(), idea, form, req.Now)); err != nil {
		return Reply{}, err
	}
	if e := idea.Effect; e != nil && e.Answer == "" {
		form = pipeline.EffectForm{Expected: e.Expected, Day: e.Day}
	}
	stored := expected(form)
	if req.afresh(p) {
		m, err := dropFormDraft(ctx, app, req)
		m.Stored = typedDigest(stored)
		return Reply{Update: expectForm(m, idea, stored)}, err
	}
	m := req.formOver(p, draftEffect+idea.Key.String())
	m.Idea, m.Stored = idea.Key.String(), typedDigest(stored)
	typed, notes := req.goingOn(actionExpect, newParams("idea", idea.Key.String()), stored)
	return Reply{Open: expectForm(m, idea, typed, notes...)}, nil
}

// withoutFields is the error of a rule that was tried before anything is typed:
// what a form can still put right does not count.
func withoutFields[T any](_ T, _ pipeline.Event, err error) error {
	var problem *pipeline.Problem
	if errors.As(err, &problem) && problem.Fields != nil {
		return nil
	}
	return err
}

// expectEffect stores what a delivered idea is expected to change.
func expectEffect(ctx context.Context, app *App, req *Request) (Reply, error) {
	m, slot, idea, err := req.submitted()
	if err != nil {
		return Reply{}, err
	}
	after, _, err := app.changeEffect(ctx, req, slot, idea, func(idea pipeline.Idea) (pipeline.Idea, pipeline.Event, error) {
		return pipeline.ExpectEffect(app.Policy, req.Person, req.where(), idea, req.typedEffect(), req.Now)
	})
	if err != nil {
		return Reply{}, err
	}
	return app.finish(ctx, req, m, tell(askedOn(after))), nil
}

// openEffect opens the form that asks what a delivered idea changed.
func (app *App) openEffect(ctx context.Context, req *Request, p params, idea pipeline.Idea) (Reply, error) {
	// What can be refused before anything is typed is refused before.
	tried := pipeline.EffectAnswerForm{Answer: pipeline.EffectUnknown, Note: "tried"}
	if err := withoutFields(pipeline.AnswerEffect(app.Policy, req.Person, req.where(), idea, *req.Loaded.Dossier, nil, tried, req.Now)); err != nil {
		return Reply{}, err
	}
	clicked := pipeline.EffectAnswer(p.Get("answer"))
	if clicked != "" && !slices.Contains(pipeline.EffectAnswers(), clicked) {
		return Reply{}, stale
	}
	stored, o := map[pipeline.Field]string{pipeline.FieldEffectAnswer: string(clicked)}, effectOutcome(idea, req.Loaded.Nodes)
	if req.afresh(p) {
		m, err := dropFormDraft(ctx, app, req)
		m.Stored = typedDigest(nil)
		return Reply{Update: effectForm(m, idea, o, nil)}, err
	}
	m := req.formOver(p, moveSlot(idea.Key, pipeline.Learned))
	m.Idea, m.To, m.Stored = idea.Key.String(), pipeline.Learned, typedDigest(stored)
	typed, notes := req.goingOn(actionMove, newParams("idea", m.Idea, "to", string(m.To)), stored)
	if typed = maps.Clone(typed); clicked != "" { // by the click, which is later
		typed[pipeline.FieldEffectAnswer] = string(clicked)
	}
	return Reply{Open: effectForm(m, idea, o, typed, notes...)}, nil
}

// answerEffect stores what a delivered idea changed, or when to ask again.
func answerEffect(ctx context.Context, app *App, req *Request) (Reply, error) {
	m, slot, idea, err := req.submitted()
	if err != nil {
		return Reply{}, err
	}
	typed := pipeline.EffectAnswerForm{
		Answer: pipeline.EffectAnswer(req.Form.Value(pipeline.FieldEffectAnswer).Text), Value: req.Form.Value(pipeline.FieldValue).Text,
		Note: req.Form.Value(pipeline.FieldNote).Text, Day: req.Form.Value(pipeline.FieldEffectDay).Text,
	}
	after, fresh, err := app.changeEffect(ctx, req, slot, idea, func(idea pipeline.Idea) (pipeline.Idea, pipeline.Event, error) {
		o := effectOutcome(idea, req.Loaded.Nodes)
		return pipeline.AnswerEffect(app.Policy, req.Person, req.where(), idea, *req.Loaded.Dossier, o, typed, req.Now)
	})
	if err != nil {
		return Reply{}, app.sayingWho(ctx, req, err, after)
	}
	told := movedNote(after, app.hitWords(ctx, after))
	if after.Stage == pipeline.Delivered {
		told = tell(askedOn(after))
	}
	reply := app.finish(ctx, req, m, told)
	if !fresh && (after.Effect == nil || after.Effect.Answer != typed.Answer && typed.Answer != pipeline.EffectTooEarly) {
		reply.Tell = tell(Mrkdwn(fmt.Sprintf("%s is %s now. Your first try was stored, with the words that you had written by then.", after.Key, whereabouts(after.Stage)))).Tell
	}
	return reply, nil
}

// changeEffect applies a rule about an idea's effect, again where somebody else
// changed the idea meanwhile. fresh is false when an earlier try of the same act
// had stored it.
func (app *App) changeEffect(ctx context.Context, req *Request, draft storage.Slot, idea pipeline.Idea, rule func(pipeline.Idea) (pipeline.Idea, pipeline.Event, error)) (after pipeline.Idea, fresh bool, err error) {
	if !req.Loaded.First {
		stored, current, err := app.storedBefore(ctx, req, draft, idea)
		if err != nil || current == nil {
			return stored, false, err
		}
		idea = *current
	}
	after = idea
	_, err = again(idea, func(idea pipeline.Idea) error {
		changed, event, err := rule(idea)
		if err != nil {
			after = idea
			return err
		}
		after, err = app.keep(ctx, req, req.Op, draft, changed, event, nil)
		return err
	})
	return after, true, err
}

// hitWords say how often what is delivered for the same has moved it, this idea
// among them; "" where that cannot be read. The answer is stored.
func (app *App) hitWords(ctx context.Context, idea pipeline.Idea) Mrkdwn {
	e := idea.Effect
	if e == nil || e.Answer == "" || e.Node.IsZero() {
		return ""
	}
	node, err := app.Store.Node(ctx, e.Node, 0, 0)
	if err != nil {
		return ""
	}
	return Mrkdwn(" " + e.Node.String() + ": " + node.Ideas.Hits.Words() + ".")
}

// effectOutcome is the outcome whose number tells what an idea changed: that of
// what it was for when that was said, else the first of its own; nil where none has
// numbers.
func effectOutcome(idea pipeline.Idea, nodes pipeline.Nodes) *pipeline.Outcome {
	var keys []pipeline.NodeKey
	if idea.Effect != nil {
		keys = append(keys, idea.Effect.Node)
	}
	for _, key := range append(keys, idea.Outcomes...) {
		if o := outcomeOver(key, nodes); o != nil && o.Target != nil {
			return o
		}
	}
	return nil
}

// outcomeOver is the outcome that a node belongs to; nil for none.
func outcomeOver(key pipeline.NodeKey, nodes pipeline.Nodes) *pipeline.Outcome {
	node, _ := nodes.Node(key)
	i := slices.IndexFunc(nodes.Outcomes, func(o pipeline.Outcome) bool { return o.Key == node.Outcome })
	if i < 0 {
		return nil
	}
	return &nodes.Outcomes[i]
}
