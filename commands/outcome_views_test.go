package commands

import (
	"time"

	"alignbot/pipeline"
	"alignbot/storage"
)

// drawnOutcome has all that an outcome can say, at the longest.
func drawnOutcome(w words) pipeline.Outcome {
	value := -1234567.891
	return pipeline.Outcome{
		Key: pipeline.OutcomeKey{Team: "PAY", Number: 3}, Statement: pipeline.Cut(w.title, pipeline.StatementLimit), Kind: pipeline.ProductOutcome,
		Parent: pipeline.OutcomeKey{Team: "PAY", Number: 1}, Metric: pipeline.Cut(w.title, pipeline.MetricLimit), Unit: pipeline.Cut(w.line, pipeline.UnitOfOutcome),
		Direction: pipeline.Increase, Baseline: &pipeline.Reading{Value: -2000000, Day: "2026-11-01"}, Target: &pipeline.Reading{Value: 4000000.5, Day: "2027-02-18"},
		Owner: "U2", Source: pipeline.Cut(pipeline.CleanLine(w.text), pipeline.SourceLimit), Light: pipeline.Yellow,
		Latest:  &pipeline.CheckIn{Number: 11, Value: &value, Light: pipeline.Yellow, By: "U1", At: drawnAt.Add(-24 * time.Hour)},
		Created: drawnAt.Add(-240 * time.Hour), CreatedBy: "U1", Changed: drawnAt, Version: 4,
	}
}

// drawnCheckIns are the newest of an outcome's, the newest first, one of them
// corrected.
func drawnCheckIns(w words) []pipeline.CheckIn {
	var newest []pipeline.CheckIn
	for i := range checkInsShown {
		number, value := checkInsShown+1-i, float64(i*i*1000)
		c := pipeline.CheckIn{
			Number: number, Value: &value, Light: pipeline.Lights()[i%3], Note: pipeline.Cut(pipeline.CleanLine(w.text), pipeline.NoteLimit), By: "U1",
			At: drawnAt.Add(-time.Duration(i) * 24 * time.Hour),
		}
		if i == 1 {
			c.Corrects = number - 2
		}
		newest = append(newest, c)
	}
	return newest
}

// drawnNodes are a tree with more under one outcome than its details name.
func drawnNodes(w words) pipeline.Nodes {
	o := drawnOutcome(w)
	business := o
	business.Key.Number, business.Kind, business.Parent = 1, pipeline.BusinessOutcome, pipeline.OutcomeKey{}
	learning := pipeline.Outcome{Key: pipeline.OutcomeKey{Team: "PAY", Number: 4}, Statement: o.Statement, Kind: pipeline.ProductOutcome, Parent: business.Key, MetricBy: "2027-02-18", Created: drawnAt}
	loose := pipeline.Outcome{Key: pipeline.OutcomeKey{Team: "PAY", Number: 5}, Statement: o.Statement, Created: drawnAt.Add(-480 * time.Hour)}
	over := drawnOver(w)
	nodes := pipeline.Nodes{Outcomes: []pipeline.Outcome{business, o, learning, loose, over}}
	for i := range childrenShown + 2 {
		nodes.Opportunities = append(nodes.Opportunities, pipeline.Opportunity{Key: pipeline.NodeKey{Team: "PAY", Kind: pipeline.OpportunityNode, Number: i + 1}, Statement: o.Statement, Parent: o.Key})
	}
	nodes.Impacts = []pipeline.Impact{{Key: pipeline.NodeKey{Team: "PAY", Kind: pipeline.ImpactNode, Number: 1}, Goal: learning.Key, Actor: pipeline.Cut(w.line, 20), To: pipeline.Cut(w.title, 100)}}
	return nodes
}

// drawnOver is an outcome that another took the place of.
func drawnOver(w words) pipeline.Outcome {
	over := drawnOutcome(w)
	over.Key.Number, over.Closed, over.ClosedBy, over.Result = 6, drawnAt, "U1", pipeline.Merged
	over.ClosedWhy, over.MergedInto = pipeline.Cut(pipeline.CleanLine(w.text), pipeline.ReasonLimit), pipeline.OutcomeKey{Team: "PAY", Number: 3}
	return over
}

// outcomeDrawings are all views of outcomes and check-ins.
func outcomeDrawings(w words) map[string]any {
	o, over, nodes, team, checkIns := drawnOutcome(w), drawnOver(w), drawnNodes(w), drawnTeam(w), drawnCheckIns(w)
	learning := nodes.Outcomes[2]
	everything := func(pipeline.Action) bool { return true }
	nothing := func(a pipeline.Action) bool { return a == pipeline.ReadTeam }
	req := &Request{Now: drawnAt}
	facts := pipeline.TreeFacts{Team: "PAY", Nodes: nodes, Ideas: map[pipeline.NodeKey]pipeline.IdeasOn{o.Key: {Stages: map[pipeline.Stage]int{pipeline.Discovery: 3}}}}
	rows := outline(facts, req)
	var many []outcomeRow
	for range 25 {
		many = append(many, rows[1])
	}
	list := func(rows []outcomeRow, closed bool, page int, may func(pipeline.Action) bool) Post {
		return *outcomesList{team: team, rows: rows, closed: closed, page: page, may: may, command: "/outcome add"}.post()
	}
	events := []pipeline.Event{
		{At: drawnAt, By: "U1", What: pipeline.CheckedIn, About: o.CheckInWords(checkIns[0]), Why: checkIns[0].Note},
		{At: drawnAt, By: "U1", What: pipeline.WasEdited, Changes: []pipeline.Change{{Field: pipeline.FieldTargetDay, From: "2027-01-01", To: "2027-02-18"}, {Field: pipeline.FieldSource, To: o.Source}}},
		{At: drawnAt, By: "U2", What: pipeline.OpenedAgain, About: "missed", Why: over.ClosedWhy},
		{At: drawnAt, By: "U2", What: pipeline.WasClosed, About: "missed", Why: over.ClosedWhy},
		{At: drawnAt, By: "U1", What: pipeline.WasAdded},
	}
	idea := drawnIdea(w, pipeline.Discovery)
	on := pipeline.IdeasOn{Stages: map[pipeline.Stage]int{pipeline.Discovery: 3, pipeline.Delivered: 2}, Hits: pipeline.HitRate{Moved: 1, Asked: 2}}
	for range 3 {
		on.Newest = append(on.Newest, pipeline.IdeaLine{Key: idea.Key, Title: idea.Title, Stage: idea.Stage})
	}
	m := metadata{Team: "PAY", Node: "PAY-O3", Channel: "C1", Draft: draftOutcomeEdit + "PAY-O3", Fresh: "x", Below: inOutcome, At: "node=PAY-O3"}
	shown := func(o pipeline.Outcome, may func(pipeline.Action) bool, left bool) any {
		d := outcomeDetails{
			WholeNode: storage.WholeNode{Key: o.Key, Outcome: &o, CheckIns: checkIns, CheckInsTotal: 40, Events: events, Ideas: on},
			team:      team, nodes: nodes, user: "U1", may: may, left: left, req: req,
		}
		return d.view(m)
	}
	bare := outcomeDetails{WholeNode: storage.WholeNode{Key: learning.Key, Outcome: &learning, Events: events[4:]}, team: team, nodes: nodes, user: "U1", may: everything, req: req}
	editing := outcomeScene{outcome: o, nodes: nodes, left: true}
	adding := outcomeScene{outcome: pipeline.Outcome{Key: pipeline.OutcomeKey{Team: "PAY"}}, nodes: nodes}
	crowded := adding
	for i := range menuLimit {
		business := nodes.Outcomes[0]
		business.Key.Number = 100 + i
		crowded.nodes.Outcomes = append(crowded.nodes.Outcomes, business)
	}
	more, asked := m, m
	more.More, asked.Asked, asked.Node = true, true, ""
	problem := pipeline.Problem{Code: pipeline.LooksLikeOutput, What: "“" + pipeline.Cut(w.line, 60) + "” says what is made rather than what will have changed."}
	asking := &Request{Form: &Form{Values: map[string]Value{"statement": {Text: o.Statement}}}}
	question, _ := asking.asksForChange(metadata{Team: "PAY", Draft: newOutcomeSlot("PAY"), Fresh: "x"}, adding, &problem)
	checking := checkInScene{outcome: o, checkIns: checkIns, now: drawnAt}
	correcting := checking
	correcting.corrects = &checkIns[0]
	red := o
	red.Light = pipeline.Red
	twelve := pipeline.IdeasOn{Stages: map[pipeline.Stage]int{pipeline.Discovery: 12}}
	closing := closeScene{outcome: o, nodes: nodes, own: pipeline.Branch{Key: o.Key, Ideas: twelve, InAll: 12}}
	closingAll := closing
	closingAll.own.InAll, closingAll.own.ParkedInAll = 11, 3
	page := storage.Page{Number: 2, Of: 3, Total: 25}
	for range pageSize {
		page.Ideas = append(page.Ideas, idea)
	}
	return map[string]any{
		"outcomes":               list(rows, false, 1, everything),
		"outcomes_pages":         list(many, false, 2, everything),
		"outcomes_closed":        list(rows, true, 1, nothing),
		"outcomes_none":          list(nil, false, 1, everything),
		"outcomes_none_closed":   list(nil, true, 9, nothing),
		"outcome_shown":          shown(o, everything, false),
		"outcome_shown_left":     shown(o, nothing, true),
		"outcome_shown_closed":   shown(over, everything, false),
		"outcome_shown_learning": bare.view(m),
		"outcome_history":        nodeHistory(storage.WholeNode{Key: o.Key, Outcome: &o, Events: events}, 1, m),
		"outcome_ideas":          outcomeIdeas(o, page, m),
		"outcome_add":            editOutcomeForm(metadata{Team: "PAY", Draft: newOutcomeSlot("PAY"), Fresh: "x"}, adding, map[pipeline.Field]string{}),
		"outcome_add_many":       editOutcomeForm(more, crowded, map[pipeline.Field]string{pipeline.FieldParent: "PAY-O150"}),
		"outcome_add_asked":      question.Update,
		"outcome_edit":           editOutcomeForm(more, editing, outcomeTyped(o), typedBeforeNote(actionOutcomeEdit, newParams("node", "PAY-O3"), drawnAt)...),
		"outcome_edit_conflict":  editOutcomeForm(more, editing, outcomeTyped(o), outcomeConflict(o, nodes)...),
		"outcome_told":           *outcomeTold("Saved ", o).Tell,
		"outcome_close":          closeForm(m, closing, map[pipeline.Field]string{}),
		"outcome_close_under":    closeForm(m, closingAll, map[pipeline.Field]string{pipeline.FieldIdeas: string(pipeline.Relink)}),
		"outcome_close_alone":    closeForm(m, closeScene{outcome: learning}, map[pipeline.Field]string{pipeline.FieldResult: "reached"}),
		"outcome_reopen":         reopenForm(m, closeScene{outcome: over, nodes: nodes}, nil),
		"checkin_form":           checkInForm(m, checking, nil, typedBeforeNote(actionCheckIn, newParams("node", "PAY-O3"), drawnAt)...),
		"checkin_correct":        checkInForm(m, correcting, correcting.stored()),
		"checkin_learning":       checkInForm(m, checkInScene{outcome: learning, now: drawnAt}, nil),
		"checkin_told":           *checkedIn(o, red, checkIns[0]).Tell,
		"checkin_corrected":      *checkedIn(o, o, checkIns[1]).Tell,
	}
}
