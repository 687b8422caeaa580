package commands

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// What a box of a canvas leads to: an outcome, and a test of what it assumes.

// canvasTies reads what the boxes of a canvas lead to, as it is now.
func (app *App) canvasTies(ctx context.Context, c pipeline.Canvas) (pipeline.CanvasTies, error) {
	ties := pipeline.CanvasTies{Outcomes: map[pipeline.NodeKey]pipeline.Outcome{}, Tests: map[pipeline.BoxTest]pipeline.RunSummary{}}
	var outcomes []pipeline.OutcomeKey
	runs := map[pipeline.Key][]pipeline.BoxTest{} // whose results are wanted, by idea
	for _, place := range c.Places() {
		if key := place.Box.Outcome; !key.IsZero() && !slices.Contains(outcomes, key) {
			outcomes = append(outcomes, key)
		}
		if test := place.Box.Test; !test.Idea.IsZero() {
			runs[test.Idea] = append(runs[test.Idea], test)
		}
	}
	var mu sync.Mutex
	reads, ctx := storage.Together(ctx)
	if len(outcomes) > 0 {
		reads.Go(func() error {
			found, err := app.Store.OutcomesByKey(ctx, outcomes)
			mu.Lock()
			defer mu.Unlock()
			for _, o := range found {
				ties.Outcomes[o.Key] = o
			}
			return err
		})
	}
	for idea, tests := range runs {
		reads.Go(func() error {
			loaded, err := app.Store.Begin(ctx, storage.Want{Idea: idea, Dossier: true})
			if err != nil || loaded.Dossier == nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			for _, run := range loaded.Dossier.Runs {
				if test := (pipeline.BoxTest{Idea: idea, Run: run.ID}); slices.Contains(tests, test) {
					ties.Tests[test] = run
				}
			}
			return nil
		})
	}
	return ties, reads.Wait()
}

// boxTieWords say what a box leads to and how that stands; "" for nothing.
func boxTieWords(ties pipeline.CanvasTies, b pipeline.Box) Mrkdwn {
	var words Mrkdwn
	if outcome := ties.OutcomeWords(b); outcome != "" {
		words = "outcome " + escape(outcome)
	}
	if test := ties.TestWords(b); test != "" {
		words = joinWith(words, "test "+escape(test), " · ")
	}
	return words
}

// boxTieButtons lead on from a box: to its outcome, or to making one of it; to its
// test, or to one of what it assumes, of which the riskiest comes first.
func (s canvasScene) boxTieButtons(place pipeline.BoxPlace) []slack.BlockElement {
	box, about := place.Box, "“"+place.Title+"”"
	step := func(action, label string) *slack.ButtonBlockElement {
		return button(action+":"+string(place.ID), label, about, s.value().set(paramBox, string(place.ID)))
	}
	var does []slack.BlockElement
	switch {
	case !box.Outcome.IsZero():
		does = append(does, nodeButton(box.Outcome, ""), step(actionBoxLink, "Another outcome…"))
	case place.Template.Goal:
		if s.outcomes {
			does = append(does, step(actionBoxOutcome, "Make it an outcome…"))
		}
		does = append(does, step(actionBoxLink, "Link an outcome…"))
	}
	switch riskiest := slices.ContainsFunc(s.canvas.Riskiest(), func(p pipeline.BoxPlace) bool { return p.ID == place.ID }); {
	case !s.canvas.Template().Assumptions:
	case !box.Test.Idea.IsZero():
		run := newParams("idea", box.Test.Idea.String(), "run", strconv.Itoa(box.Test.Run))
		does = append(does, button(actionRunShow+":"+string(place.ID), "Its test", about, run))
	case riskiest:
		does = append(does, primary(step(actionBoxTest, "Test it…")))
	default:
		does = append(does, step(actionBoxTest, "Test it…"))
	}
	return does
}

// boxOutcomeSlot names the draft of an outcome that is made of a box.
func boxOutcomeSlot(team pipeline.TeamKey, number int, box pipeline.BoxID) string {
	return newOutcomeSlot(team) + "." + strconv.Itoa(number) + "." + string(box)
}

// wantBoxOutcome: the canvas that a button names, the team's tree, and what was typed
// before for an outcome of the box.
func wantBoxOutcome(req *Request) (storage.Want, error) {
	want, err := wantCanvas(req)
	if err != nil {
		return want, err
	}
	team, number, box, _ := req.canvas()
	want.Nodes, want.Draft = true, boxOutcomeSlot(team, number, box)
	if !knownSlot(want.Draft) {
		return storage.Want{}, stale
	}
	return want, nil
}

// clickedBox is what the button carries that was used, and the filled box it names.
func (app *App) clickedBox(ctx context.Context, req *Request) (params, canvasScene, pipeline.BoxPlace, error) {
	p, s, err := app.clickedCanvas(ctx, req)
	if err != nil {
		return p, s, pipeline.BoxPlace{}, err
	}
	place, known := s.canvas.Place(pipeline.BoxID(p.Get(paramBox)))
	if !known || place.Box.Text == "" {
		return p, s, place, &pipeline.Problem{
			Code: "box-empty",
			What: "That box is empty by now, so there is nothing to go on with.",
			Safe: "What it said is in the canvas's history.",
			Next: "Open the canvas again and go on from there.",
		}
	}
	return p, s, place, nil
}

// openBoxOutcome opens the form of a new outcome with what a box says in it.
func openBoxOutcome(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, s, place, err := app.clickedBox(ctx, req)
	if err != nil {
		return Reply{}, err
	}
	scene := outcomeScene{outcome: pipeline.Outcome{Key: pipeline.OutcomeKey{Team: s.team.Key}}, nodes: req.Loaded.Nodes}
	stored := s.canvas.OutcomeOf(place)
	if parents := openOutcomeOptions(scene.nodes, "", func(o pipeline.Outcome) bool { return canHold(o, scene.outcome.Key) }); len(parents) == 2 && stored[pipeline.FieldKind] == string(pipeline.ProductOutcome) {
		stored[pipeline.FieldParent] = parents[1].Value // the only one there is, behind "None"
	}
	if req.afresh(p) {
		m, err := dropFormDraft(ctx, app, req)
		m.Asked = false
		return Reply{Update: editOutcomeForm(m, scene, stored)}, err
	}
	m := req.formOver(p, boxOutcomeSlot(s.team.Key, s.canvas.Number, place.ID))
	m.Team, m.Canvas, m.Box = s.team.Key, s.canvas.Number, place.ID
	again := canvasAt(s.canvas.Key(), 0).set(paramBox, string(place.ID))
	typed, notes := req.goingOn(actionBoxOutcome, again, stored)
	notes = append(notes, note("From “"+escape(place.Title)+"” of "+Mrkdwn(s.canvas.Key().String())+", which goes on showing how it stands."))
	return Reply{Open: editOutcomeForm(m, scene, typed, notes...)}, nil
}

// tieOutcome notes at a box the outcome that was made in its form, if it was opened
// from one. The outcome is stored whatever comes of it: a box that cannot be noted any
// more is told of.
func (app *App) tieOutcome(ctx context.Context, req *Request, m metadata, outcome pipeline.OutcomeKey, told Reply) (Reply, error) {
	if m.Canvas == 0 {
		return told, nil
	}
	c, err := app.Store.Canvas(ctx, m.Team, m.Canvas)
	if err == nil {
		_, err = app.changeCanvasAs(ctx, req, "tie:"+req.tryOf(outcome.String()), storage.Slot{}, c, func(c pipeline.Canvas) (pipeline.Canvas, pipeline.Event, error) {
			return pipeline.TieOutcome(app.Policy, req.Person, req.where(), c, m.Box, outcome, req.Now)
		})
	}
	var problem *pipeline.Problem
	switch {
	case errors.Is(err, storage.ErrNotFound):
		problem = noCanvas
	case !errors.As(err, &problem):
		return told, err
	}
	words := fmt.Sprintf("%s is added, but its box does not show it. %s", outcome, problem.What)
	return Reply{Tell: &Post{Text: fallback(words), Blocks: []slack.Block{slack.NewSectionBlock(plain(words), nil, nil), buttons(nodeButton(outcome, ""))}}}, nil
}

// wantBoxLink: the canvas that a button or form names, and the team's tree.
func wantBoxLink(req *Request) (storage.Want, error) {
	want, err := wantCanvas(req)
	want.Nodes, want.Draft = true, ""
	return want, err
}

// openBoxLink opens the form that chooses the outcome of a box.
func openBoxLink(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, s, place, err := app.clickedBox(ctx, req)
	if err != nil {
		return Reply{}, err
	}
	m := req.formOver(p, "")
	m.Team, m.Canvas, m.Box = s.team.Key, s.canvas.Number, place.ID
	return Reply{Open: boxLinkForm(m, s, place, req.Loaded.Nodes)}, nil
}

// boxLinkForm draws it. Where there are more outcomes than a menu holds, its key is
// typed.
func boxLinkForm(m metadata, s canvasScene, place pipeline.BoxPlace, nodes pipeline.Nodes) *slack.ModalViewRequest {
	const label, hint = "Which outcome does it become?", "The box goes on showing how it stands."
	chosen := ""
	if !place.Box.Outcome.IsZero() {
		chosen = place.Box.Outcome.String()
	}
	options := openOutcomeOptions(nodes, "", func(pipeline.Outcome) bool { return true })
	var input *slack.InputBlock
	if len(options) <= menuLimit {
		menu := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, plain("Choose an outcome"), actionIgnore, options...)
		menu.InitialOption = optionOf(options, chosen)
		input = silentInput(fieldOutcome, label, hint, menu)
	} else {
		element := slack.NewPlainTextInputBlockElement(plain("O3"), actionIgnore)
		element.InitialValue = chosen
		input = silentInput(fieldOutcome, label, "Its key, as /outcome shows it; nothing for none. "+hint, element)
	}
	return form(formBoxLink, "Link an outcome", "Link", m,
		rich(line(bold(place.Title), text("  of "+s.canvas.Name)), quote(pipeline.Cut(place.Box.Text, boxAsked))), optional(input))
}

// linkBox stores the outcome that was chosen for a box.
func linkBox(ctx context.Context, app *App, req *Request) (Reply, error) {
	m, err := req.metadata()
	if err != nil {
		return Reply{}, err
	}
	s, err := app.canvasScene(ctx, req, 1)
	if err != nil {
		return Reply{}, err
	}
	outcome, err := chosenOutcome(req.Form.Value(fieldOutcome).Text, s.team.Key, req.Loaded.Nodes)
	if err != nil {
		return Reply{}, err
	}
	stored, err := app.changeCanvas(ctx, req, storage.Slot{}, s.canvas, func(c pipeline.Canvas) (pipeline.Canvas, pipeline.Event, error) {
		return pipeline.TieOutcome(app.Policy, req.Person, req.where(), c, m.Box, outcome, req.Now)
	})
	if err != nil {
		return Reply{}, err
	}
	told := Mrkdwn("The box shows " + outcome.String() + " from now on.")
	if outcome.IsZero() {
		told = "The box shows no outcome any more."
	}
	return app.finish(ctx, req, m, canvasTold(stored, told)), nil
}

// chosenOutcome is the open outcome of a team that was chosen, or whose key was typed;
// the zero key for none.
func chosenOutcome(words string, team pipeline.TeamKey, nodes pipeline.Nodes) (pipeline.OutcomeKey, error) {
	if words = strings.TrimSpace(words); words == "" || words == noneChosen {
		return pipeline.OutcomeKey{}, nil
	}
	key, err := pipeline.ParseTypedNode(words)
	if key.Team == "" {
		key.Team = team
	}
	known := slices.ContainsFunc(nodes.Outcomes, func(o pipeline.Outcome) bool { return o.Key == key && o.IsOpen() })
	if err != nil || !known {
		return pipeline.OutcomeKey{}, &pipeline.Problem{
			Code: "outcome-unknown", What: "There is no such open outcome in this team.", Safe: "Nothing was changed.",
			Fields: map[pipeline.Field]string{fieldOutcome: "Choose one that is open."},
		}
	}
	return key, nil
}
