package commands

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// eventsAsked is how far back a move looks for whoever made it before.
const eventsAsked = 5

// wantMove: the idea that a button names with all that its gates ask for, and
// the draft of why it moves.
func wantMove(req *Request) (storage.Want, error) {
	p, key, err := req.buttonIdea()
	return moveWant(key, pipeline.Stage(p.Get("to"))), err
}

// wantFormMove is the same for the form.
func wantFormMove(req *Request) (storage.Want, error) {
	m, key, err := req.formIdea()
	return moveWant(key, m.To), err
}

// moveWant is what a move is decided from.
func moveWant(key pipeline.Key, to pipeline.Stage) storage.Want {
	return storage.Want{
		Idea: key, Dossier: true, History: eventsAsked, Draft: moveSlot(key, to), Ballot: storage.NewestBallot,
		Chain: to == pipeline.Learned, // whose numbers the answer may be in
	}
}

// moveSlot names the draft of why an idea moves to a stage.
func moveSlot(key pipeline.Key, to pipeline.Stage) string {
	return draftStage + key.String() + "." + string(to)
}

// mayMove is what the step asks for. Where no step leads there, nobody moves
// anything, and whoever moves ideas at all is told why.
func mayMove(req *Request) pipeline.Action {
	if req.Loaded.Idea != nil {
		if step, known := pipeline.StepTo(req.Loaded.Idea.Stage, req.target()); known {
			return step.May
		}
	}
	return pipeline.MoveIdea
}

// target is the stage that a button or form of a move names.
func (req *Request) target() pipeline.Stage {
	if req.Value != "" {
		p, _ := decodeParams(req.Value)
		return pipeline.Stage(p.Get("to"))
	}
	if req.Form != nil {
		m, _ := req.metadata()
		return m.To
	}
	return ""
}

// moveIdea answers a click that moves an idea. A step that needs no words
// happens at once; the steps of a product owner open a form; a gate that
// refuses shows what is missing.
func moveIdea(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, idea, err := req.clicked()
	if err != nil {
		return Reply{}, err
	}
	to, override := req.target(), p.Get("override") != ""
	if !isTarget(to) {
		return Reply{}, stale
	}
	step, known := pipeline.StepTo(idea.Stage, to)
	if to == pipeline.Learned && known {
		return app.openEffect(ctx, req, p, idea)
	}
	if known && idea.Withdrawn.IsZero() && !waits(idea, step) {
		gate := pipeline.Gate(*req.Loaded.Team, idea, *req.Loaded.Dossier, to)
		advising := req.Loaded.Dossier.Advising(idea)
		switch {
		case len(gate.Lacks) > 0 && !override:
			return inPlace(req, app.gate(req, place{in: inGate, idea: idea.Key, channel: req.Channel})), nil
		case step.May == pipeline.DecideIdea || step.NeedsWhy || len(gate.Lacks) > 0 || differs(advising, to):
			return app.openMove(ctx, req, p, idea, step, gate)
		}
	}
	moved, _, err := app.move(ctx, req, storage.Slot{}, idea, pipeline.Move{To: to}, nil)
	if err != nil {
		return req.orBallot(moved, err)
	}
	return app.answer(ctx, req, p, movedNote(moved)), nil
}

// gateWant is what the view of a gate is drawn from.
func gateWant(key pipeline.Key) storage.Want { return storage.Want{Idea: key, Dossier: true} }

// gate draws what the next step of an idea still misses.
func (app *App) gate(req *Request, at place) *slack.ModalViewRequest {
	idea, team := *req.Loaded.Idea, *req.Loaded.Team
	step, _ := pipeline.NextStep(idea.Stage)
	return gateView(idea, team, *req.Loaded.Dossier, pipeline.Gate(team, idea, *req.Loaded.Dossier, step.To), app.may(req), metadata{Channel: at.channel})
}

// isTarget: parking keeps a record of its own and is no step of this form.
func isTarget(to pipeline.Stage) bool {
	return to != pipeline.Parked && slices.Contains(pipeline.Stages(), to)
}

// inPlace shows a view instead of the form the person is in, which leaves room
// for those that lie on top of it; outside a form it opens.
func inPlace(req *Request, view *slack.ModalViewRequest) Reply {
	if req.Form != nil {
		return Reply{Update: view}
	}
	return Reply{Open: view}
}

// openMove opens the form in which a step is decided, with what the person had
// typed before, or empty when asked for afresh.
func (app *App) openMove(ctx context.Context, req *Request, p params, idea pipeline.Idea, step pipeline.Step, gate pipeline.GateAnswer) (Reply, error) {
	advising := req.Loaded.Dossier.Advising(idea)
	var stored map[pipeline.Field]string
	if step.To == pipeline.Delivered {
		stored = expected(pipeline.DefaultEffect(*req.Loaded.Team, idea, req.Now))
	}
	if req.afresh(p) {
		m, err := dropFormDraft(ctx, app, req)
		if err != nil {
			return Reply{}, err
		}
		m.Stored = typedDigest(stored)
		return Reply{Update: moveForm(m, idea, step, gate, advising, stored)}, nil
	}
	m := req.formOver(p, moveSlot(idea.Key, step.To))
	m.Idea, m.To, m.Override, m.Lacks = idea.Key.String(), step.To, len(gate.Lacks) > 0, lackDigests(gate.Lacks)
	m.Stored = typedDigest(stored)
	typed, notes := req.goingOn(actionMove, p, stored)
	return Reply{Open: moveForm(m, idea, step, gate, advising, typed, notes...)}, nil
}

// decideMove stores a step with its why. When the gate misses by now what the
// form did not show, the form stays, shows it, and asks whether to override it.
func decideMove(ctx context.Context, app *App, req *Request) (Reply, error) {
	m, slot, idea, err := req.submitted()
	if err != nil {
		return Reply{}, err
	}
	if !isTarget(m.To) {
		return Reply{}, stale
	}
	move := pipeline.Move{To: m.To, Why: req.Form.Value(pipeline.FieldWhy).Text, Override: m.Override, OnBehalf: req.Form.Value(fieldBehalf).Text}
	if move.OnBehalf != "" && !userID.MatchString(move.OnBehalf) {
		return Reply{}, stale
	}
	moved, fresh, err := app.move(ctx, req, slot, idea, move, m.Lacks)
	var refused *pipeline.Refusal
	if errors.As(err, &refused) && refused.CanOverride && !shownAll(m.Lacks, refused.Lacks) {
		notes := moveChanged(m.Override)
		m.Override, m.Lacks = true, lackDigests(refused.Lacks)
		step, _ := pipeline.StepTo(moved.Stage, m.To)
		// Its inputs keep their ids, so Slack keeps what is typed in them.
		return Reply{Update: moveForm(m, moved, step, pipeline.GateAnswer{Lacks: refused.Lacks}, req.Loaded.Dossier.Advising(moved), nil, notes...)}, nil
	}
	if err != nil {
		return Reply{}, err
	}
	reply := app.finish(ctx, req, m, movedNote(moved))
	if !fresh && !req.keptWhy(move) {
		reply.Tell = movedNote(moved, " It was stored at your first try, with the words that you had written by then.").Tell
	}
	return reply, nil
}

// keptWhy tells whether the newest move to that stage has these words of the
// person's.
func (req *Request) keptWhy(m pipeline.Move) bool {
	i := slices.IndexFunc(req.Loaded.Events, func(e pipeline.Event) bool { return e.To == m.To })
	return i >= 0 && req.Loaded.Events[i].Why == pipeline.CleanLine(m.Why)
}

// userID is how Slack names a person.
var userID = regexp.MustCompile(`^[UW][A-Z0-9_]{1,30}$`)

// move decides with what is known, and again with what is known then when
// somebody else changed the idea or what the Product Backlog holds meanwhile.
// fresh is false when an earlier try of the same act had stored it. An override
// passes what was shown and no more.
func (app *App) move(ctx context.Context, req *Request, draft storage.Slot, idea pipeline.Idea, m pipeline.Move, shown []string) (moved pipeline.Idea, fresh bool, err error) {
	team, dossier := *req.Loaded.Team, *req.Loaded.Dossier
	if !req.Loaded.First {
		stored, current, err := app.storedBefore(ctx, req, draft, idea)
		if err != nil || current == nil {
			return stored, false, err
		}
		idea = *current
	}
	moved, err = app.keepWeighed(ctx, req, draft, idea, dossier.Load, func(idea pipeline.Idea, load pipeline.Load) (pipeline.Idea, pipeline.Event, error) {
		dossier, m := dossier, m
		dossier.Load = load
		m.Override = m.Override && shownAll(shown, pipeline.Gate(team, idea, dossier, m.To).Lacks)
		moved, event, err := pipeline.Decide(app.Policy, req.Person, req.where(), idea, dossier, m, req.Now)
		if err != nil || m.To != pipeline.Delivered {
			return moved, event, err
		}
		return app.expecting(req, moved, event)
	})
	if err != nil {
		return moved, false, app.sayingWho(ctx, req, err, moved)
	}
	return moved, true, nil
}

// lackDigests tell what a form shows as missing, for metadata.Lacks.
func lackDigests(lacks []pipeline.Lack) []string {
	var digests []string
	for _, lack := range lacks {
		digests = append(digests, digest(lack.Words))
	}
	return digests
}

// shownAll tells whether whoever overrides was shown all that is missing: nobody
// decides about what they have not seen.
func shownAll(shown []string, lacks []pipeline.Lack) bool {
	return !slices.ContainsFunc(lacks, func(lack pipeline.Lack) bool { return !slices.Contains(shown, digest(lack.Words)) })
}

// sayingWho adds to the answer that an idea is at a stage already who brought it
// there.
func (app *App) sayingWho(ctx context.Context, req *Request, err error, idea pipeline.Idea) error {
	var problem *pipeline.Problem
	if !errors.As(err, &problem) || problem.Code != "stage-reached" {
		return err
	}
	events := req.Loaded.Events
	if idea.Version != req.Loaded.Idea.Version { // it was changed since they were loaded
		events, _ = app.Store.History(ctx, idea.Key, eventsAsked)
	}
	i := slices.IndexFunc(events, func(e pipeline.Event) bool { return e.To == idea.Stage })
	if i < 0 {
		return err
	}
	who := "you"
	if by := events[i].By; by != req.Person.ID {
		who = app.name(ctx, by)
	}
	told, done := *problem, "moved"
	if idea.Stage == pipeline.Parked {
		done = "parked"
	}
	told.What = fmt.Sprintf("%s, %s by %s %s.", strings.TrimSuffix(told.What, "."), done, who, since(events[i].At, req.Now, req.Loaded.Team.Location()))
	return &told
}

// since says when something happened, where Slack does not turn times into the
// reader's own: "just now", "on 20 Nov 2026".
func since(at, now time.Time, zone *time.Location) string {
	if now.Sub(at) < 5*time.Minute {
		return "just now"
	}
	return "on " + pipeline.ShowDate(at.In(zone))
}
