package commands

import (
	"context"
	"errors"
	"fmt"
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
	dossier := req.Loaded.Dossier
	t, known := pipeline.FindTemplate(dossier.Templates, pipeline.TemplateID(p.Get("template")))
	if !known {
		return Reply{}, &pipeline.Problem{
			Code: "template-unknown",
			What: "That checklist is no longer among those of the team.",
			Safe: "What was answered in it is kept.",
			Next: "Open the overview again and choose another one.",
		}
	}
	if err := app.leaveForAnother(ctx, req, p); err != nil {
		return Reply{}, err
	}
	if id := unfinished(t, *req.Loaded.Dossier); id > 0 && p.Get("again") == "" {
		return app.goOn(ctx, req, p, idea, id)
	}
	run, err := app.storeBegun(ctx, req, t, pipeline.Form(p.Get("form")), idea)
	var other *begunMeanwhile
	if errors.As(err, &other) {
		return app.goOn(ctx, req, p, idea, other.id)
	}
	if err != nil {
		return Reply{}, err
	}
	view := app.stepOf(req, idea, run, req.formOverRun(p, run, ""), 1).draw()
	reply := opened(req, p, view)
	if reply.Update == nil && req.Form != nil && p.Get("in") == inOverview {
		reply.Update = app.overview(ctx, req, place{in: inOverview, idea: idea.Key, channel: req.Channel})
	}
	return reply, nil
}

// begunMeanwhile: somebody began the same checklist at the same moment.
type begunMeanwhile struct{ id int }

func (e *begunMeanwhile) Error() string { return fmt.Sprintf("run %d was begun meanwhile", e.id) }

// storeBegun begins a checklist, unless somebody else does at the same moment: two
// clicks begin one run, and the error is a *begunMeanwhile for the later one.
func (app *App) storeBegun(ctx context.Context, req *Request, t pipeline.Template, form pipeline.Form, idea pipeline.Idea) (pipeline.Run, error) {
	run, err := pipeline.BeginRun(t, form, idea, req.Person.ID, req.Now)
	if err != nil {
		return run, err
	}
	event := pipeline.Event{At: req.Now, By: req.Person.ID, What: pipeline.RunBegan, About: t.Name}
	zone := req.Loaded.Team.Location()
	for range busyTries {
		before := len(req.Loaded.Dossier.Runs)
		run.ID = before + 1
		stored, err := app.Store.BeginRun(ctx, req.Op, run, run.Summarize(zone), event)
		if err == nil {
			runs := slices.DeleteFunc(slices.Clone(req.Loaded.Dossier.Runs), func(s pipeline.RunSummary) bool { return s.ID == stored.ID })
			req.Loaded.Dossier.Runs = append(runs, stored.Summarize(zone))
		}
		if !errors.Is(err, storage.ErrRunsChanged) {
			return stored, err
		}
		now, err := app.Store.Begin(ctx, storage.Want{Idea: idea.Key, Dossier: true})
		if err != nil {
			return run, err
		}
		req.Loaded.Dossier = now.Dossier
		if id := unfinished(t, *now.Dossier); id > before {
			return run, &begunMeanwhile{id}
		}
	}
	return run, busy(idea.Key)
}

// goOn opens the first step of a run that somebody has begun.
func (app *App) goOn(ctx context.Context, req *Request, p params, idea pipeline.Idea, id int) (Reply, error) {
	i := slices.IndexFunc(req.Loaded.Dossier.Runs, func(s pipeline.RunSummary) bool { return s.ID == id })
	t, known := pipeline.FindTemplate(req.Loaded.Dossier.Templates, req.Loaded.Dossier.Runs[i].Template)
	if known && lengthened(t, req.Loaded.Dossier.Runs[i].Form) {
		run, err := app.Store.Run(ctx, idea.Key, id)
		if err != nil {
			return Reply{}, err
		}
		if err := app.findDraft(ctx, req, run, 1); err != nil {
			return Reply{}, err
		}
	}
	view, err := app.draw(ctx, req, place{in: inStep, idea: idea.Key, run: id, step: 1, channel: req.Channel})
	return opened(req, p, view), err
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
func openRun(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, idea, run, err := req.clickedRun()
	if err != nil {
		return Reply{}, err
	}
	if err := app.leaveForAnother(ctx, req, p); err != nil {
		return Reply{}, err
	}
	step := max(1, p.number("step"))
	if err := app.findDraft(ctx, req, run, step); err != nil {
		return Reply{}, err
	}
	s := app.stepOf(req, idea, run, req.formOverRun(p, run, ""), step)
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
		s.typed, s.saved = fromDraft(d.Typed), d.Saved
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
		draft := storage.Draft{Typed: forDraft(s.typed), Saved: req.at()}
		return Reply{Update: s.draw()}, app.Store.SaveDraft(ctx, req.Person.ID, slot, draft)
	default:
		if err := app.leaveStep(ctx, req, m); err != nil {
			return Reply{}, err
		}
		if err := app.findDraft(ctx, req, run, p.number("step")); err != nil {
			return Reply{}, err
		}
	}
	m.Fresh = req.fresh()
	return Reply{Update: app.stepOf(req, idea, run, m, p.number("step")).draw()}, nil
}

// closeStep keeps what is typed in a step that is closed, if anything can be, and
// redraws what the form lies on: much may have been stored since that was drawn.
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
	return app.finish(ctx, req, metadata{Idea: m.Idea, Below: m.Below, At: m.At, Channel: m.Channel}, Reply{}), nil
}
