package commands

import (
	"strings"
	"time"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// canvasTieDrawings are what follows from canvases: the question of a month, what they
// lead to, how they stand in Slack, and the ideas that a changed goal is asked about.
func canvasTieDrawings(w words) map[string]any {
	app := &App{Slack: Workspace{ID: "T1", URL: "https://acme.slack.com/"}}
	team, lean := drawnTeam(w), drawnCanvas(w, pipeline.LeanCanvas)
	outcome := pipeline.Outcome{
		Key: pipeline.OutcomeKey{Team: "PAY", Kind: pipeline.OutcomeNode, Number: 3}, Statement: pipeline.Cut(w.line, pipeline.StatementLimit),
		Unit: "%", Baseline: &pipeline.Reading{Value: 40}, Target: &pipeline.Reading{Value: 5},
	}
	test := pipeline.BoxTest{Idea: pipeline.Key{Team: "PAY", Number: 12}, Run: 2}
	ties := pipeline.CanvasTies{
		Outcomes: map[pipeline.NodeKey]pipeline.Outcome{outcome.Key: outcome},
		Tests:    map[pipeline.BoxTest]pipeline.RunSummary{test: {ID: 2, Verdict: pipeline.Failed}},
	}
	for _, place := range lean.Places() {
		box := place.Box
		if box.Text != "" && place.Template.Goal {
			box.Outcome, box.Test = outcome.Key, test
			lean.Boxes[place.ID] = box
		}
	}
	lean.Published = pipeline.CanvasPublished{Times: 1, By: "U1", At: drawnAt}
	gone := storage.CanvasState{Canvas: lean, Slack: pipeline.SlackCanvas{Times: 1, ID: "F1", Code: "canvas_not_found"}}
	scene := canvasScene{team: team, canvas: lean, open: []pipeline.Canvas{lean}, page: 1, may: true, outcomes: true, ties: ties, now: drawnAt}
	standing := standingWords(gone, app.Slack, drawnAt)
	scene.foot = []slack.Block{slack.NewSectionBlock(plain(standing.trouble.Error()), nil, nil), buttons(app.publishSteps(gone, drawnAt, canvasValue(lean.Key(), 1))...)}
	asked := drawnAt.Add(-time.Hour)
	for _, place := range lean.Places() {
		if box := place.Box; box.Text != "" && place.ID != "segments" {
			box.Confirmed = asked.AddDate(0, -1, 0)
			lean.Boxes[place.ID] = box
		}
	}
	place, _ := lean.Place("problem")
	sweep := storage.SweepState{Sweep: pipeline.Sweep{Team: "PAY", Number: 2, Canvas: 3, Was: pipeline.Cut(w.text, pipeline.BoxTextLimit), Goal: pipeline.CleanLine(pipeline.Cut(w.text, pipeline.BoxTextLimit)), Opened: drawnAt}}
	swept := sweepScene{SweepState: sweep, count: pipeline.SweepCount{pipeline.SweepOpen: 25, pipeline.SweepStays: 3, pipeline.SweepParked: 1}, nodes: pipeline.Nodes{Outcomes: []pipeline.Outcome{outcome}}, page: 2, may: anyAction}
	for i := range 25 {
		swept.ideas = append(swept.ideas, sweptIdea{Idea: pipeline.Idea{
			Key: pipeline.Key{Team: "PAY", Number: i + 1}, Title: pipeline.Cut(w.line, pipeline.TitleLimit), Stage: pipeline.Backlog, Outcomes: []pipeline.NodeKey{outcome.Key},
		}})
	}
	return map[string]any{
		"canvas_check":   canvasCheckPost(app, team, lean, asked, true),
		"canvas_checked": canvasCheckPost(app, team, lean, asked.AddDate(-1, 0, 0), true),
		"canvas_hidden":  canvasCheckPost(app, team, lean, asked, false),
		"canvas_posted":  canvasPost(app, scene, strings.Repeat(pipeline.CanvasMarkdown(lean, ties), 3), w.who),
		"canvas_tied":    scene.view("C1"),
		"canvas_link":    boxLinkForm(metadata{Team: "PAY", Canvas: 3, Box: "problem"}, scene, place, swept.nodes),
		"canvas_test":    boxTestForm(metadata{Team: "PAY", Canvas: 3, Box: "problem"}, scene, place),
		"sweep":          swept.view("C1"),
		"sweep_message":  sweepPost(sweep, swept.count),
	}
}
