package commands

import (
	"context"
	"strings"
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/storage"
)

// ofMapped tells whether an entry is used on an opportunity or an impact that
// there is.
func ofMapped(e Entry) bool {
	return strings.HasPrefix(e.Name, "opportunity.") || strings.HasPrefix(e.Name, "impact.") || e.Name == actionMapped || e.Name == actionNodeChoice ||
		ofHorizon(e) || e.Name == actionTree || e.Name == actionTreeExport || strings.HasPrefix(e.Name, "picture.")
}

// nodeFor is the node that an entry can do something with.
func nodeFor(e Entry, team pipeline.TeamKey) string {
	switch e.Name {
	case actionHorizons, actionHorizonMove, actionHorizonShift, actionHorizonTrue, actionHorizonForm, formHorizon, actionHorizonOutcome, actionMapped, actionOpportunityEdit, formOpportunity, actionSupport, formSupport, actionNodeChoice:
		return string(team) + "-P1"
	case actionImpactEdit, formImpact:
		return string(team) + "-I1"
	}
	return string(team) + "-O1"
}

// mappedSlot is the slot that the form of an opportunity or an impact keeps its
// draft in; "" for other forms.
func mappedSlot(e Entry, team pipeline.TeamKey) string {
	switch e.Name {
	case formOpportunity, actionNodeChoice:
		return draftOpportunity + slotEdit + "." + nodeFor(e, team)
	case formSupport:
		return draftOpportunity + slotEvidence + "." + nodeFor(e, team)
	case formImpact:
		return draftImpact + slotEdit + "." + nodeFor(e, team)
	}
	return ""
}

// mappedValues are what stands in their forms.
func mappedValues(e Entry, team pipeline.TeamKey, values map[string]Value) {
	switch e.Name {
	case formOpportunity, actionNodeChoice:
		values["statement"], values["kind"], values["parent"] = Value{Text: "Tell me"}, Value{Text: string(pipeline.Need)}, Value{Text: string(team) + "-O1"}
		values["severity"], values["horizon"] = Value{Text: "5"}, Value{Text: unknown}
	case formImpact:
		values["goal"], values["actor"], values["to"] = Value{Text: string(team) + "-O1"}, Value{Text: "Accountants"}, Value{Text: "export them"}
	}
}

// furnishTree gives a team a product outcome with an opportunity and an impact
// under it, once. The words are in all of it.
func furnishTree(t testing.TB, app *App, team pipeline.TeamKey, words string) {
	t.Helper()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ctx, now, op := context.Background(), time.Now(), "tree of "+string(team)
	added := pipeline.Event{At: now, By: "U_ANN", What: pipeline.WasAdded}
	o, err := app.Store.AddOutcome(ctx, op+" outcome", pipeline.Outcome{
		Key: pipeline.OutcomeKey{Team: team}, Statement: "Outcome " + words, Kind: pipeline.ProductOutcome, Created: now, CreatedBy: "U_ANN", Changed: now,
	}, storage.Slot{}, added)
	check(err)
	opportunity, err := app.Store.AddOpportunity(ctx, op+" opportunity", pipeline.Opportunity{
		Key: pipeline.NodeKey{Team: team, Kind: pipeline.OpportunityNode}, Parent: o.Key, Statement: "Opportunity " + words, Kind: pipeline.Pain, Created: now, CreatedBy: "U_ANN", Changed: now,
	}, storage.Slot{}, added)
	check(err)
	_, err = app.Store.AddOpportunityEvidence(ctx, op+" evidence", opportunity.Key, pipeline.Evidence{Number: 1, Note: "Evidence " + words, Strength: pipeline.Opinion, By: "U_ANN", At: now},
		storage.Slot{}, pipeline.Event{At: now, By: "U_ANN", What: pipeline.GotEvidence, Why: words})
	check(err)
	_, err = app.Store.AddImpact(ctx, op+" impact", pipeline.Impact{
		Key: pipeline.NodeKey{Team: team, Kind: pipeline.ImpactNode}, Goal: o.Key, Actor: "Actor " + words, To: "More " + words, Created: now, CreatedBy: "U_ANN", Changed: now,
	}, storage.Slot{}, added)
	check(err)
}
