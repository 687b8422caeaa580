package commands

import (
	"context"
	"slices"
	"strconv"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// Parts of a run that have a form, and with it a draft, of their own. The steps
// of a checklist are known by their number instead.
const (
	partObserve = "observe" // what a test showed
	partAmend   = "amend"   // changing what is frozen
	partLearn   = "learn"   // the end of a learning card
)

// runSlot names the draft of a part of a run.
func runSlot(key pipeline.Key, run int, part string) string {
	return draftRun + key.String() + "." + strconv.Itoa(run) + "." + part
}

// wantButtonRun: the run that a button names, with all that it is drawn from,
// and what was typed before into the part of it that opens: "part" or a step.
func wantButtonRun(req *Request) (storage.Want, error) {
	p, key, err := req.buttonIdea()
	if err != nil {
		return storage.Want{}, err
	}
	want := stepWant(key, p.number("run"), max(1, p.number("step")))
	if part := p.Get("part"); part != "" {
		want.Draft = runSlot(key, p.number("run"), part)
	}
	if !knownSlot(want.Draft) {
		return storage.Want{}, stale
	}
	return want, nil
}

// wantFormRun: the run that the form was opened for, and what was typed before
// into the step that follows.
func wantFormRun(req *Request) (storage.Want, error) {
	m, key, err := req.formIdea()
	return stepWant(key, m.Run, m.Step+1), err
}

// stepWant is what a step of a checklist is drawn from. The dossier answers what
// the idea itself has to answer.
func stepWant(key pipeline.Key, run, step int) storage.Want {
	return storage.Want{Idea: key, Dossier: true, Run: run, Draft: runSlot(key, run, strconv.Itoa(step))}
}

// formOverRun is formOver for a form about a part of a run.
func (req *Request) formOverRun(p params, run pipeline.Run, part string) metadata {
	m := req.formOver(p, runSlot(run.Idea, run.ID, part))
	m.Idea, m.Run = run.Idea.String(), run.ID
	return m
}

// beginRun begins a checklist and opens its first step. One that somebody has
// begun and not finished is gone on with, unless it is a test: an idea may take
// several.
func beginRun(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, idea, err := req.clicked()
	if err != nil {
		return Reply{}, err
	}
	team, dossier := *req.Loaded.Team, req.Loaded.Dossier
	t, known := pipeline.FindTemplate(dossier.Templates, pipeline.TemplateID(p.Get("template")))
	if !known {
		return Reply{}, &pipeline.Problem{
			Code: "template-unknown",
			What: "That checklist is no longer among those of the team.",
			Safe: "What was answered in it is kept.",
			Next: "Open the overview again and choose another one.",
		}
	}
	if id := unfinished(t, *dossier); id > 0 && p.Get("again") == "" {
		view, err := app.draw(ctx, req, place{in: inStep, idea: idea.Key, run: id, step: 1, channel: req.Channel})
		return opened(req, p, view), err
	}
	run, err := pipeline.BeginRun(t, pipeline.Form(p.Get("form")), idea, req.Person.ID, req.Now)
	if err != nil {
		return Reply{}, err
	}
	event := pipeline.Event{At: req.Now, By: req.Person.ID, What: pipeline.RunBegan, About: t.Name}
	run, err = app.Store.BeginRun(ctx, req.Op, run, run.Summarize(team.Location()), event)
	if err != nil {
		return Reply{}, err
	}
	dossier.Runs = append(slices.Clone(dossier.Runs), run.Summarize(team.Location()))
	view := app.stepOf(req, idea, run, req.formOverRun(p, run, ""), 1).draw()
	reply := opened(req, p, view)
	if reply.Update == nil && req.Form != nil && p.Get("in") == inOverview {
		reply.Update = app.overview(ctx, req, place{in: inOverview, idea: idea.Key, channel: req.Channel})
	}
	return reply, nil
}

// opened shows a view on top of the form that its button stands in; where that
// says so, in its place.
func opened(req *Request, p params, view *slack.ModalViewRequest) Reply {
	if p.Get("replace") != "" {
		return inPlace(req, view)
	}
	return Reply{Open: view}
}

// unfinished is the number of the latest run of the checklist, where it has no
// verdict yet, or nothing has been answered in it; 0 where there is none.
func unfinished(t pipeline.Template, d pipeline.Dossier) int {
	latest, _ := d.Latest(t.ID)
	if latest.Answered == 0 || t.Use != pipeline.UseTest && latest.Verdict == pipeline.Undecided {
		return latest.ID
	}
	return 0
}

// openRun opens a step of a checklist, with what the person had typed before.
func openRun(_ context.Context, app *App, req *Request) (Reply, error) {
	p, idea, run, err := req.clickedRun()
	if err != nil {
		return Reply{}, err
	}
	s := app.stepOf(req, idea, run, req.formOverRun(p, run, ""), max(1, p.number("step")))
	return opened(req, p, s.draw()), nil
}

// step draws a step of a checklist.
func (app *App) step(req *Request, at place) (*slack.ModalViewRequest, error) {
	idea, run, err := req.wantedRun()
	if err != nil {
		return nil, err
	}
	m := metadata{
		Idea: idea.Key.String(), Run: run.ID, Below: inOverview, Channel: at.channel, Home: at.channel == "",
		Fresh: freshID(req.Now),
	}
	return app.stepOf(req, idea, run, m, at.step).draw(), nil
}

// stepOf puts together what stepWant loaded for a step. A step beyond the last
// is the last: the form may have become a shorter one meanwhile.
func (app *App) stepOf(req *Request, idea pipeline.Idea, run pipeline.Run, m metadata, step int) stepForm {
	m.Step = min(max(1, step), max(1, len(run.Steps())))
	m.Draft, m.Seen = runSlot(idea.Key, run.ID, strconv.Itoa(m.Step)), nil
	s := stepForm{idea: idea, dossier: *req.Loaded.Dossier, run: run, reader: req.Person.ID, may: app.may(req), m: m}
	if d := req.Loaded.Draft; d != nil && m.Step == step {
		s.typed, s.saved = d.Typed, d.Saved
	}
	return s
}

// goToStep leaves a step for another one, keeping what is typed as a draft. In
// the same step it puts back what is stored: of one answer, "keep", or of all,
// "afresh".
func goToStep(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, idea, run, err := req.clickedRun()
	if err != nil {
		return Reply{}, err
	}
	m, err := req.metadata()
	if err != nil {
		return Reply{}, err
	}
	switch {
	case p.Get("afresh") != "":
		if m, err = dropFormDraft(ctx, app, req); err != nil {
			return Reply{}, err
		}
		req.Loaded.Draft = nil
	case p.Get("keep") != "":
		s := app.inForm(req, idea, run, m, nil)
		item := pipeline.ItemID(p.Get("keep"))
		for _, field := range fieldsOf(item) {
			delete(s.typed, field)
		}
		s.suffixes[item] = req.fresh()
		slot, err := m.slot()
		if err != nil {
			return Reply{}, err
		}
		draft := storage.Draft{Typed: s.typed, Saved: req.at()}
		return Reply{Update: s.draw()}, app.Store.SaveDraft(ctx, req.Person.ID, slot, draft)
	default:
		if err := app.leaveStep(ctx, req, run, m); err != nil {
			return Reply{}, err
		}
	}
	m.Fresh = req.fresh()
	return Reply{Update: app.stepOf(req, idea, run, m, p.number("step")).draw()}, nil
}

// leaveStep keeps what is typed in the step that the person is in, where it
// differs from what the step showed.
func (app *App) leaveStep(ctx context.Context, req *Request, run pipeline.Run, m metadata) error {
	if m.Draft == "" || !slices.ContainsFunc(typedAnswers(req.Form, run, m), touched) {
		return nil
	}
	return app.keepTyped(ctx, req, m)
}

// closeStep keeps what is typed in a step that is closed, and redraws what it
// lies on: earlier steps may have been stored.
func closeStep(ctx context.Context, app *App, req *Request) (Reply, error) {
	m, err := req.metadata()
	if err != nil {
		return Reply{}, err
	}
	if m.Draft != "" {
		if err := app.keepTyped(ctx, req, m); err != nil {
			return Reply{}, err
		}
	}
	return app.finish(ctx, req, metadata{Idea: m.Idea, Below: m.Below, Channel: m.Channel}, Reply{}), nil
}
