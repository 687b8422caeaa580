package commands

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// newOutcomeSlot names the draft of a team's new outcome.
func newOutcomeSlot(team pipeline.TeamKey) string {
	return draftOutcomeEdit + string(team) + "." + newSlot
}

// wantTypedNew: the team of the channel with its tree.
func wantTypedNew(req *Request) (storage.Want, error) {
	return storage.Want{Channel: req.Channel, Nodes: true}, nil
}

// mayAddOutcome is what adding an outcome asks for: of which team is asked first
// where none is meant.
func mayAddOutcome(req *Request) pipeline.Action {
	if req.Loaded.Team == nil {
		return pipeline.ReadTeam
	}
	return pipeline.ChangeOutcome
}

// wantNewOutcome: the team that a button names with its tree, and what was typed
// for a new outcome of it before.
func wantNewOutcome(req *Request) (storage.Want, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return storage.Want{}, err
	}
	team, err := p.team()
	return storage.Want{Channel: req.Channel, Team: team, Nodes: true, Draft: newOutcomeSlot(team)}, err
}

// openNewOutcome opens the form of a new outcome.
func openNewOutcome(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return Reply{}, err
	}
	team := req.Loaded.Team
	if team == nil {
		return chooseWhereToAdd(ctx, app, req, pipeline.CleanLine(typed(req.Words)))
	}
	s := outcomeScene{outcome: pipeline.Outcome{Key: pipeline.OutcomeKey{Team: team.Key}}, nodes: req.Loaded.Nodes}
	stored := map[pipeline.Field]string{}
	if req.afresh(p) {
		m, err := dropFormDraft(ctx, app, req)
		m.Asked = false
		return Reply{Update: editOutcomeForm(m, s, stored)}, err
	}
	m := req.formOver(p, newOutcomeSlot(team.Key))
	m.Team, m.At = team.Key, p.Get("at")
	if err := app.findTypedDraft(ctx, req, m.Draft); err != nil {
		return Reply{}, err
	}
	begun, notes := req.goingOn(actionOutcomeAdd, newParams("team", string(team.Key)), stored)
	words := pipeline.CleanLine(typed(req.Words))
	if words == "" {
		words = p.Get("statement")
	}
	switch {
	case pipeline.HasVisible(words) && len(notes) == 0:
		begun[pipeline.FieldStatement] = pipeline.Cut(words, pipeline.StatementLimit)
	case pipeline.HasVisible(words):
		notes = append(notes, rich(line(text("You typed: "+pipeline.Cut(words, pipeline.StatementLimit)))))
	}
	m.More = slices.ContainsFunc(outcomeMore, func(f pipeline.Field) bool { return begun[f] != "" })
	return Reply{Open: editOutcomeForm(m, s, begun, notes...)}, nil
}

// chosenLimit is how long the statement in an option of a menu may be beside the
// rest of its value, of which Slack takes 150 characters.
const chosenLimit = 120

// chooseWhereToAdd asks for the team of a new outcome. A statement that is too long
// to travel with the choice is shown, to be copied.
func chooseWhereToAdd(ctx context.Context, app *App, req *Request, statement string) (Reply, error) {
	value := newParams("statement", statement)
	if len(value.encode()) <= chosenLimit {
		return chooseTeam(ctx, app, req, actionOutcomeAdd, value)
	}
	reply, err := chooseTeam(ctx, app, req, actionOutcomeAdd, newParams())
	if err == nil && reply.Tell != nil {
		reply.Tell.Blocks = append(reply.Tell.Blocks, rich(line(text("You typed:")), quote(pipeline.Cut(statement, 1000))))
	}
	return reply, err
}

// wantFormNewOutcome: the outcome that the form was opened for, or the team and
// its tree for a new one.
func wantFormNewOutcome(req *Request) (storage.Want, error) {
	m, err := req.metadata()
	if err != nil {
		return storage.Want{}, err
	}
	if m.Node != "" {
		return wantFormOutcomeOf(req)
	}
	if m.Team == "" {
		return storage.Want{}, stale
	}
	return storage.Want{Team: m.Team, Nodes: true, Draft: m.Draft}, nil
}

// outcomeScene of the form, of what was loaded.
func (req *Request) outcomeScene(m metadata) (outcomeScene, error) {
	s := outcomeScene{outcome: pipeline.Outcome{Key: pipeline.OutcomeKey{Team: m.Team}}, nodes: req.Loaded.Nodes}
	if m.Node == "" {
		if req.Loaded.Team == nil {
			return s, stale
		}
		return s, nil
	}
	var err error
	s.outcome, err = req.wantedOutcome()
	return s, err
}

// showOutcomeMore shows the inputs that few need, beside what stands in the form.
func showOutcomeMore(_ context.Context, _ *App, req *Request) (Reply, error) {
	m, _, err := req.draftForm()
	if err != nil {
		return Reply{}, err
	}
	s, err := req.outcomeScene(m)
	if err != nil {
		return Reply{}, err
	}
	m.More = true
	m.Stored = "" // what it shows now is no longer what it was opened with
	return Reply{Update: editOutcomeForm(m, s, req.Form.typed())}, nil
}

// pickOutcome answers a menu of a team's open outcomes, where they are too many to
// list: those that have the words.
func pickOutcome(_ context.Context, _ *App, req *Request) (Reply, error) {
	m, err := req.metadata()
	if err != nil {
		return Reply{}, err
	}
	s, err := req.outcomeScene(m)
	if err != nil {
		return Reply{}, err
	}
	fits := func(o pipeline.Outcome) bool { return canHold(o, s.outcome.Key) }
	if m.Draft == nodeSlot(draftOutcomeClose, s.outcome.Key, 0) {
		fits = func(o pipeline.Outcome) bool { return o.Key != s.outcome.Key }
	}
	options := openOutcomeOptions(s.nodes, pipeline.CleanLine(typed(req.Words)), fits)
	return Reply{Options: options[:min(len(options), menuLimit)]}, nil
}

// saveOutcome stores what was typed into the form, as a new outcome or as that of
// one that is there.
func saveOutcome(ctx context.Context, app *App, req *Request) (Reply, error) {
	m, slot, err := req.draftForm()
	if err != nil {
		return Reply{}, err
	}
	s, err := req.outcomeScene(m)
	if err != nil {
		return Reply{}, err
	}
	typed, err := req.typedOutcome(m, s.outcome)
	if err != nil {
		return Reply{}, err
	}
	if !s.isNew() {
		return app.editOutcome(ctx, req, m, slot, s, typed)
	}
	o, event, err := pipeline.AddOutcome(app.Policy, req.Person, req.where(), typed, s.nodes, req.Now)
	if reply, asked := req.asksForChange(m, s, err); asked {
		return reply, nil
	}
	if err != nil {
		return Reply{}, err
	}
	stored, err := app.Store.AddOutcome(ctx, req.Op, o, slot, event)
	if err == nil && digest(stored.Form()) != digest(o.Form()) {
		// An earlier try was stored although its answer got lost, and the words
		// were mended: they are an edit of it.
		stored, err = app.mendOutcome(ctx, req, slot, stored, typed)
	}
	if err != nil {
		return Reply{}, noRoom(err)
	}
	told, err := app.tieOutcome(ctx, req, m, stored.Key, outcomeTold("Added ", stored))
	return app.finish(ctx, req, m, told), err
}

// mendOutcome puts what was typed in the place of what an earlier try at the form
// stored.
func (app *App) mendOutcome(ctx context.Context, req *Request, slot storage.Slot, stored pipeline.Outcome, typed pipeline.OutcomeForm) (pipeline.Outcome, error) {
	typed.Asked, typed.Light = true, stored.Light
	for range busyTries {
		after, event, err := pipeline.EditOutcome(app.Policy, req.Person, req.where(), stored, typed, req.Loaded.Nodes, req.Now)
		if err != nil || event.What == "" {
			return stored, err
		}
		after, err = app.Store.ChangeOutcome(ctx, "again:"+digest(typed)+":"+req.Op, after, slot, event)
		var conflict *storage.OutcomeConflictError
		if !errors.As(err, &conflict) {
			return after, err
		}
		stored = conflict.Current
	}
	return stored, busyNode(stored.Key)
}

// asksForChange puts the question once whether a statement tells what is made
// instead of what changes: the form stays, and goes on with what stands in it.
func (req *Request) asksForChange(m metadata, s outcomeScene, err error) (Reply, bool) {
	var problem *pipeline.Problem
	if m.Asked || !errors.As(err, &problem) || problem.Code != pipeline.LooksLikeOutput {
		return Reply{}, false
	}
	m.Asked = true
	question := []slack.Block{
		rich(line(bold("One question. "), text(problem.What+" What will people do more, less or otherwise because of it?"))),
		note("Write that below, or keep it as it is: nothing is lost, and it is asked this once."),
	}
	return Reply{Update: editOutcomeForm(m, s, req.Form.typed(), question...)}, true
}

// outcomeTold says what was done with an outcome, and what can follow: before its
// key, and behind it.
func outcomeTold(done string, o pipeline.Outcome, as ...string) Reply {
	words := done + o.Key.String() + strings.Join(as, "") + ": " + o.Statement
	does := []slack.BlockElement{nodeButton(o.Key, "")}
	if o.IsOpen() {
		does = append([]slack.BlockElement{checkInButton(o.Key, "")}, does...)
	}
	return Reply{Tell: &Post{Text: fallback(words), Blocks: []slack.Block{slack.NewSectionBlock(plain(words), nil, nil), buttons(does...)}}}
}
