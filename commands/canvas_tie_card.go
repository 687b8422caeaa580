package commands

import (
	"context"
	"errors"
	"fmt"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// What a box assumes becomes a Test Card of an idea: one that is there, or one that is
// captured with it.

// openBoxTest opens the form that asks to which idea the test belongs.
func openBoxTest(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, s, place, err := app.clickedBox(ctx, req)
	if err != nil {
		return Reply{}, err
	}
	m := req.formOver(p, "")
	m.Team, m.Canvas, m.Box = s.team.Key, s.canvas.Number, place.ID
	return Reply{Open: boxTestForm(m, s, place)}, nil
}

// boxTestForm draws it.
func boxTestForm(m metadata, s canvasScene, place pipeline.BoxPlace) *slack.ModalViewRequest {
	menu := slack.NewOptionsSelectBlockElement(slack.OptTypeExternal, plain("Type words of its title, or its key"), actionChoice)
	menu.MinQueryLength = new(int) // without a word the newest are offered
	title := slack.NewPlainTextInputBlockElement(nil, actionIgnore)
	title.MaxLength = pipeline.TitleLimit
	return form(formBoxTest, "Test an assumption", "Begin the Test Card", m,
		rich(line(bold(place.Title), text("  of "+s.canvas.Name)), quote(pipeline.Cut(place.Box.Text, boxAsked))),
		note("It becomes the hypothesis of a Test Card: what would you see if it were true, and which number decides? The box shows what the test came to."),
		optional(silentInput(fieldIdea, "Which idea does it belong to?", "", menu)),
		optional(silentInput(pipeline.FieldTitle, "Or capture a new idea", "What would be better, in a line.", title)))
}

// testBox begins the Test Card: on the idea that was chosen, or that is captured now.
// Done again, it goes on where the first try ended.
func testBox(ctx context.Context, app *App, req *Request) (Reply, error) {
	m, err := req.metadata()
	if err != nil {
		return Reply{}, err
	}
	s, err := app.canvasScene(ctx, req, 1)
	if err != nil {
		return Reply{}, err
	}
	if err := app.permit(ctx, req, pipeline.AnswerChecklist); err != nil {
		return Reply{}, err
	}
	place, known := s.canvas.Place(m.Box)
	if !known || place.Box.Text == "" || !s.canvas.IsOpen() {
		_, _, err := pipeline.TieTest(app.Policy, req.Person, req.where(), s.canvas, m.Box, pipeline.BoxTest{Run: 1}, req.Now)
		return Reply{}, err
	}
	idea, err := app.ideaToTest(ctx, req, s.team.Key)
	if err != nil {
		return Reply{}, err
	}
	about := *req
	if about.Loaded, err = app.Store.Begin(ctx, storage.Want{Idea: idea, Dossier: true}); err != nil {
		return Reply{}, err
	}
	about.Loaded.First = req.Loaded.First
	if about.Loaded.Idea == nil {
		return Reply{}, noIdea(idea)
	}
	run, err := app.beginBoxTest(ctx, &about, s.canvas.HypothesisOf(place))
	if err != nil {
		return Reply{}, err
	}
	test := pipeline.BoxTest{Idea: idea, Run: run.ID}
	_, err = app.changeCanvas(ctx, req, storage.Slot{}, s.canvas, func(c pipeline.Canvas) (pipeline.Canvas, pipeline.Event, error) {
		return pipeline.TieTest(app.Policy, req.Person, req.where(), c, m.Box, test, req.Now)
	})
	if err != nil {
		return Reply{}, err
	}
	step := metadata{Idea: idea.String(), Run: run.ID, Below: m.Below, At: m.At, Channel: m.Channel, Home: m.Home, Fresh: req.fresh()}
	return Reply{Update: app.stepOf(&about, *about.Loaded.Idea, run, step, 1).draw()}, nil
}

// ideaToTest is the idea that was chosen in the form, or captured there.
func (app *App) ideaToTest(ctx context.Context, req *Request, team pipeline.TeamKey) (pipeline.Key, error) {
	chosen, title := req.Form.Value(fieldIdea).Text, req.Form.Value(pipeline.FieldTitle).Text
	wrong := func(field pipeline.Field, words string) (pipeline.Key, error) {
		return pipeline.Key{}, &pipeline.Problem{
			Code: "test-idea", What: "A Test Card belongs to one idea.", Safe: "Nothing was begun.",
			Fields: map[pipeline.Field]string{field: words},
		}
	}
	switch {
	case chosen != "" && pipeline.HasVisible(title):
		return wrong(pipeline.FieldTitle, "Choose an idea above, or write a new one here: not both.")
	case chosen != "":
		key, err := pipeline.ParseKey(chosen)
		if err != nil || key.Team != team {
			return wrong(fieldIdea, fmt.Sprintf("Choose an idea of %s.", team))
		}
		return key, nil
	case !pipeline.HasVisible(title):
		return wrong(fieldIdea, "Choose an idea, or write a new one below.")
	}
	if err := app.permit(ctx, req, pipeline.SubmitIdea); err != nil {
		return pipeline.Key{}, err
	}
	idea, err := capture(ctx, app, req, pipeline.Draft{Title: title}, pipeline.Node{}, pipeline.Source{}, storage.Slot{})
	return idea.Key, err
}

// beginBoxTest begins a Test Card with its hypothesis on the idea that was loaded. One
// on which nobody has answered anything yet is gone on with.
func (app *App) beginBoxTest(ctx context.Context, req *Request, hypothesis string) (pipeline.Run, error) {
	idea := *req.Loaded.Idea
	t, known := pipeline.FindTemplate(req.Loaded.Dossier.Templates, pipeline.TestCard)
	if !known {
		if t, known = pipeline.FindTemplate(pipeline.BuiltIn(), pipeline.TestCard); !known {
			return pipeline.Run{}, stale
		}
	}
	run, err := app.storeBegun(ctx, req, t, firstForm(t), idea)
	var other *begunMeanwhile
	if errors.As(err, &other) {
		run, err = app.Store.Run(ctx, idea.Key, other.id)
	}
	if err != nil {
		return run, err
	}
	return app.changeRun(ctx, req, "hypothesis:"+req.Op, run, func(run pipeline.Run) (runChange, error) {
		key := pipeline.AnswerKey(pipeline.ItemHypothesis)
		if run.Answers[key].Value != "" {
			return runChange{run: run}, nil // somebody has said it by now
		}
		filled, _, err := pipeline.Fill(run, []pipeline.Typed{{Key: key, Answer: pipeline.Answer{Value: hypothesis}}}, req.Person.ID, req.Now)
		return runChange{run: filled}, err
	})
}
