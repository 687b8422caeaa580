package commands

import (
	"strings"

	"alignbot/llm"
	"alignbot/pipeline"
	"alignbot/storage"
)

// drawnSuggestions are as long as suggestions can be.
func drawnSuggestions(w words) []suggested {
	statement := pipeline.Cut(pipeline.CleanLine(w.title), pipeline.StatementLimit)
	why := pipeline.Cut("like PAY-4 “"+pipeline.CleanLine(w.title)+"”, which serves it", llm.WhyLimit)
	return []suggested{
		{llm.Suggestion{Key: pipeline.NodeKey{Team: "PAY", Number: 3}, Why: why}, statement},
		{llm.Suggestion{Key: pipeline.NodeKey{Team: "PAY", Number: 5}}, statement},
	}
}

// linkDrawings are all that links, suggestions and the why of an idea show.
func linkDrawings(w words) map[string]any {
	nodes, all := drawnNodes(w), drawnSuggestions(w)
	idea := drawnIdea(w, pipeline.Discovery)
	idea.Outcomes = []pipeline.NodeKey{{Team: "PAY", Number: 3}, {Team: "PAY", Kind: pipeline.OpportunityNode, Number: 2}, {Team: "PAY", Kind: pipeline.ImpactNode, Number: 1}, {Team: "PAY", Number: 99}}
	alone := drawnIdea(w, pipeline.Captured)
	alone.Outcomes = nil
	many := nodes
	for i := range menuLimit {
		many.Outcomes = append(many.Outcomes, pipeline.Outcome{Key: pipeline.NodeKey{Team: "PAY", Number: 100 + i}, Statement: "One more"})
	}
	key := idea.Key.String()
	m := metadata{Idea: key, Channel: "C1", Draft: draftOutcome + key, Fresh: "x", Below: inDetails}
	unlink := metadata{Idea: key, Node: "PAY-O3", Channel: "C1", Draft: unlinkSlot(idea.Key, "PAY-O3"), Fresh: "x", Below: inDetails}
	typed := map[pipeline.Field]string{fieldOutcome: "PAY-P1", pipeline.FieldStatement: w.title, pipeline.FieldWhy: w.text}
	value := newParams("idea", key)
	team := drawnTeam(w)
	card := ideaCard(alone, w.who, "")
	fromModel := all[0]
	fromModel.Why, fromModel.FromModel = pipeline.Cut(pipeline.CleanLine(w.text), llm.WhyLimit), true
	card.Blocks = append(card.Blocks, fromModel.onCard(alone.Key)...)
	chain := func(idea pipeline.Idea, nodes pipeline.Nodes) Post {
		return whyPost(pipeline.Why(idea, nodes, drawnAt, drawnAt), idea, true)
	}
	typedIdea := alone
	typedIdea.Source = pipeline.Source{}
	var orphans []orphan
	for range pageSize {
		orphans = append(orphans, orphan{alone, all})
	}
	captured := *captured(alone, team)
	captured.Blocks = append(captured.Blocks, capturedSuggestions(alone, all, true)...)
	everything := func(pipeline.Action) bool { return true }
	linked := links{nodes: nodes, now: drawnAt}
	return map[string]any{
		"link_form_first":      linkForm(m, linkScene{idea: alone}, nil),
		"link_form":            linkForm(m, linkScene{idea, nodes, all[1:]}, typed, typedBeforeNote(actionOutcome, value, drawnAt)...),
		"link_form_many":       linkForm(m, linkScene{alone, many, all}, typed),
		"unlink_form":          unlinkForm(unlink, idea, pipeline.Node{Key: idea.Outcomes[0], Statement: statementIn(nodes, idea.Outcomes[0])}, nil),
		"unlink_form_restored": unlinkForm(unlink, idea, pipeline.Node{Key: idea.Outcomes[1], Statement: statementIn(nodes, idea.Outcomes[1])}, typed, typedBeforeNote(actionUnlink, value, drawnAt)...),
		"details_links":        ideaDetails(viewApp, details{idea: idea, team: team, links: linked, may: everything, now: drawnAt}, m),
		"details_suggestions":  ideaDetails(viewApp, details{idea: alone, team: team, links: links{suggested: all}, may: everything, now: drawnAt}, m),
		"captured_suggestions": captured,
		"card_suggestion":      card,
		"card_purpose":         ideaCard(idea, w.who, pipeline.Why(idea, nodes, drawnAt, drawnAt).Line()),
		"orphans":              *orphansPost(team, orphans, storage.Page{Number: 2, Of: 3, Total: 25}, true),
		"orphans_read":         *orphansPost(team, orphans[:1], storage.Page{Number: 1, Of: 1, Total: 1}, false),
		"orphans_none":         *orphansPost(team, nil, storage.Page{Number: 1, Of: 1}, true),
		"why":                  chain(idea, nodes),
		"why_orphan":           chain(typedIdea, nodes),
		"why_gap":              chain(idea, pipeline.Nodes{}),
		"privacy":              privacyForm(privacy{}),
		"privacy_model":        privacyForm(privacy{model: "small at models.example", person: 30, workspace: 500}),
		"privacy_sends":        privacyForm(privacy{model: "small at models.example", person: 1, workspace: 500, example: "PAY-12", sends: strings.Repeat(w.text, 100)}),
	}
}
