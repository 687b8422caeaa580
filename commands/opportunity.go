package commands

import (
	"context"
	"errors"
	"slices"

	"alignbot/pipeline"
	"alignbot/storage"
)

// opportunities are how those of a team's tree are written and stored.
var opportunities = &mapped[pipeline.Opportunity]{
	kind: pipeline.OpportunityNode, draft: draftOpportunity,
	create: actionOpportunityNew, edit: actionOpportunityEdit,
	find: func(nodes pipeline.Nodes, key pipeline.NodeKey) (pipeline.Opportunity, bool) {
		at := slices.IndexFunc(nodes.Opportunities, func(o pipeline.Opportunity) bool { return o.Key == key })
		if at < 0 {
			return pipeline.Opportunity{}, false
		}
		return nodes.Opportunities[at], true
	},
	key:     func(o pipeline.Opportunity) pipeline.NodeKey { return o.Key },
	version: func(o *pipeline.Opportunity) *int64 { return &o.Version },
	typed:   opportunityTyped,
	added: func(app *App, req *Request, typed map[pipeline.Field]string) (pipeline.Opportunity, pipeline.Event, error) {
		return pipeline.AddOpportunity(app.Policy, req.Person, req.where(), opportunityOf(typed), req.Loaded.Nodes, req.Now)
	},
	edited: func(app *App, req *Request, o pipeline.Opportunity, typed map[pipeline.Field]string) (pipeline.Opportunity, pipeline.Event, error) {
		return pipeline.EditOpportunity(app.Policy, req.Person, req.where(), o, opportunityOf(typed), req.Loaded.Nodes, req.Now)
	},
	add: func(s *storage.Store, ctx context.Context, op string, o pipeline.Opportunity, draft storage.Slot, event pipeline.Event) (pipeline.Opportunity, error) {
		return s.AddOpportunity(ctx, op, o, draft, event)
	},
	change: func(s *storage.Store, ctx context.Context, op string, o pipeline.Opportunity, draft storage.Slot, event pipeline.Event) (pipeline.Opportunity, error) {
		return s.ChangeOpportunity(ctx, op, o, draft, event)
	},
	newer: func(err error) (pipeline.Opportunity, bool) {
		var conflict *storage.OpportunityConflictError
		if !errors.As(err, &conflict) {
			return pipeline.Opportunity{}, false
		}
		return conflict.Current, true
	},
	form: opportunityForm,
}

// opportunityTyped is an opportunity as its form shows it; a new one is empty.
func opportunityTyped(o pipeline.Opportunity) map[pipeline.Field]string {
	if o.Key.IsZero() {
		return nil
	}
	f := o.Form()
	return map[pipeline.Field]string{
		pipeline.FieldStatement: f.Statement, pipeline.FieldKind: string(f.Kind), pipeline.FieldParent: f.Parent,
		pipeline.FieldFrequency: f.Frequency, pipeline.FieldReach: f.Reach, pipeline.FieldSeverity: f.Severity, pipeline.FieldHorizon: string(f.Horizon),
	}
}

// opportunityOf reads its form.
func opportunityOf(typed map[pipeline.Field]string) pipeline.OpportunityForm {
	return pipeline.OpportunityForm{
		Statement: typed[pipeline.FieldStatement], Kind: pipeline.OpportunityKind(typed[pipeline.FieldKind]), Parent: typed[pipeline.FieldParent],
		Frequency: known(typed[pipeline.FieldFrequency]), Reach: known(typed[pipeline.FieldReach]), Severity: known(typed[pipeline.FieldSeverity]),
		Horizon: pipeline.Horizon(known(typed[pipeline.FieldHorizon])),
	}
}

// unknown is the option of a menu that takes a choice back: Slack's menus cannot
// be emptied.
const unknown = "unknown"

// known is what was chosen; "" where that takes a choice back.
func known(chosen string) string {
	if chosen == unknown {
		return ""
	}
	return chosen
}

// wantSupport: the opportunity that a button names, and what was typed as evidence
// on it before.
func wantSupport(req *Request) (storage.Want, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return storage.Want{}, err
	}
	key, err := p.node()
	return storage.Want{Team: key.Team, Node: key, Draft: draftOpportunity + slotEvidence + "." + key.String()}, err
}

// wantFormSupport: the opportunity that the form was opened for.
func wantFormSupport(req *Request) (storage.Want, error) {
	m, err := req.metadata()
	if err != nil {
		return storage.Want{}, err
	}
	key, err := m.node()
	return storage.Want{Team: key.Team, Node: key, Draft: m.Draft}, err
}

// supported is the opportunity that was loaded.
func (req *Request) supported(key pipeline.NodeKey) (pipeline.Opportunity, error) {
	if req.Loaded.Team == nil || req.Loaded.Node == nil || req.Loaded.Node.Opportunity == nil {
		return pipeline.Opportunity{}, noNode(key)
	}
	return *req.Loaded.Node.Opportunity, nil
}

// openSupport opens the form of evidence on an opportunity.
func openSupport(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return Reply{}, err
	}
	key, err := p.node()
	if err != nil {
		return Reply{}, err
	}
	o, err := req.supported(key)
	if err != nil {
		return Reply{}, err
	}
	if req.afresh(p) {
		m, err := dropFormDraft(ctx, app, req)
		return Reply{Update: supportForm(m, o, nil)}, err
	}
	m := req.formOver(p, draftOpportunity+slotEvidence+"."+key.String())
	m.Node = key.String()
	typed, notes := req.goingOn(actionSupport, newParams("node", key.String()), nil)
	return Reply{Open: supportForm(m, o, typed, notes...)}, nil
}

// support stores evidence on an opportunity. It is never edited: a form that was
// stored although its answer got lost, and is submitted again with other words,
// adds those as one more piece.
func support(ctx context.Context, app *App, req *Request) (Reply, error) {
	m, slot, err := req.draftForm()
	if err != nil {
		return Reply{}, err
	}
	key, err := m.node()
	if err != nil {
		return Reply{}, err
	}
	o, err := req.supported(key)
	if err != nil {
		return Reply{}, err
	}
	op := req.tryOf(key, req.Form.typed())
	e, err := typedEvidence(app, req, pipeline.Source{})
	if err != nil {
		return Reply{}, err
	}
	supported, event, err := pipeline.SupportOpportunity(app.Policy, req.Person, req.where(), o, e, app.Slack.URL, req.Now)
	if err != nil {
		return Reply{}, err
	}
	if _, err := app.Store.AddOpportunityEvidence(ctx, op, key, supported.Evidence[len(supported.Evidence)-1], slot, event); err != nil {
		return Reply{}, noRoom(err)
	}
	return app.finish(ctx, req, m, tell(Mrkdwn("Added to "+key.String()+"."), buttons(nodeButton(key, "")))), nil
}
