package commands

import (
	"context"
	"errors"
	"slices"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// What is done to a team's Now-Next-Later board.

// horizonMetric is the form of what a card is to move; the other forms are named after
// the column that they add to.
const horizonMetric = "metric"

// clickedCard is what a button of a card carries, and its opportunity.
func (req *Request) clickedCard() (params, pipeline.Opportunity, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return params{}, pipeline.Opportunity{}, err
	}
	key, err := p.node()
	if err != nil {
		return params{}, pipeline.Opportunity{}, err
	}
	o, err := req.supported(key)
	return p, o, err
}

// toldCard says what was done to a card, with a button to it.
func toldCard(words Mrkdwn, key pipeline.NodeKey) Reply {
	return tell(words, buttons(button(actionHorizons, "Open it", key.String(), horizonPlace{team: key.Team, card: key}.params())))
}

// moveHorizon puts an opportunity into another column, or off the board.
func moveHorizon(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, o, err := req.clickedCard()
	if err != nil {
		return Reply{}, err
	}
	to := pipeline.Horizon(p.Get("to"))
	if !slices.Contains(pipeline.Horizons(), to) {
		return Reply{}, stale
	}
	for range busyTries {
		moved, event, err := pipeline.MoveOnBoard(app.Policy, req.Person, req.where(), o, to, pipeline.Nodes{}, req.Now)
		if err != nil {
			return Reply{}, err
		}
		if event.What != "" {
			_, err = app.Store.ChangeOpportunity(ctx, req.Op, moved, storage.Slot{}, event)
		}
		var conflict *storage.OpportunityConflictError
		if !errors.As(err, &conflict) {
			return app.answer(ctx, req, p, toldCard(Mrkdwn(o.Key.String()+" is in “"+to.Title()+"” now."), o.Key)), err
		}
		o = conflict.Current
	}
	return Reply{}, boardBusy
}

// boardBusy is said when others were faster each time.
var boardBusy = &pipeline.Problem{
	Code: "board-busy",
	What: "Several people are changing the board at this moment.",
	Safe: "Nothing of theirs was overwritten.",
	Next: "Please try again.",
}

// shiftHorizon moves a card up or down in its column.
func shiftHorizon(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, o, err := req.clickedCard()
	if err != nil {
		return Reply{}, err
	}
	by := map[string]int{"up": -1, "down": 1}[p.Get("by")]
	if by == 0 {
		return Reply{}, stale
	}
	facts, err := app.Store.Horizons(ctx, o.Key.Team)
	if err != nil {
		return Reply{}, err
	}
	err = app.keepHorizons(ctx, req, req.Op, storage.Slot{}, o.Key, facts.Notes, func(notes pipeline.HorizonNotes) (pipeline.HorizonNotes, pipeline.Event, bool, error) {
		facts.Notes = notes
		shifted, changed, err := pipeline.ShiftCard(app.Policy, req.Person, req.where(), notes, pipeline.NewHorizonBoard(facts, req.Now), o.Key, by)
		return shifted, pipeline.Event{}, changed, err
	})
	if err != nil {
		return Reply{}, err
	}
	return app.answer(ctx, req, p, toldCard("Moved.", o.Key)), nil
}

// confirmHorizon says that a card is still true.
func confirmHorizon(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, o, err := req.clickedCard()
	if err != nil {
		return Reply{}, err
	}
	notes, err := req.Loaded.HorizonNotes(0)
	if err != nil {
		return Reply{}, err
	}
	err = app.keepHorizons(ctx, req, req.Op, storage.Slot{}, o.Key, notes, func(notes pipeline.HorizonNotes) (pipeline.HorizonNotes, pipeline.Event, bool, error) {
		confirmed, event, err := pipeline.ConfirmCard(app.Policy, req.Person, req.where(), notes, o, req.Now)
		return confirmed, event, true, err
	})
	if err != nil {
		return Reply{}, err
	}
	return app.answer(ctx, req, p, toldCard(Mrkdwn(o.Key.String()+" is still true."), o.Key)), nil
}

// keepHorizons stores what a rule makes of what the board knows, again on what that is by
// then for as long as somebody else's change comes between.
func (app *App) keepHorizons(ctx context.Context, req *Request, op string, slot storage.Slot, key pipeline.NodeKey, notes pipeline.HorizonNotes,
	rule func(pipeline.HorizonNotes) (after pipeline.HorizonNotes, event pipeline.Event, changed bool, err error)) error {
	for range busyTries {
		after, event, changed, err := rule(notes)
		switch {
		case err != nil:
			return err
		case !changed && slot.Name == "":
			return nil
		case !changed:
			return app.Store.DropDraft(ctx, req.Person.ID, slot)
		}
		_, err = app.Store.ChangeHorizons(ctx, op, after, req.Person.ID, slot, key, event)
		var conflict *storage.HorizonConflictError
		if !errors.As(err, &conflict) {
			return err
		}
		notes = conflict.Current
	}
	return boardBusy
}

// wantHorizonForm: the place that a button names, and what was typed before into the
// form that it opens.
func wantHorizonForm(req *Request) (storage.Want, error) {
	want, err := wantHorizons(req)
	if err != nil {
		return want, err
	}
	p, _ := decodeParams(req.Value)
	want.Draft = horizonSlot(want.Team, p.Get("form"), want.Node)
	return want, nil
}

// wantFormHorizon: the column or the card that the form was opened for.
func wantFormHorizon(req *Request) (storage.Want, error) {
	m, err := req.metadata()
	if err != nil || m.Team == "" {
		return storage.Want{}, stale
	}
	want := storage.Want{Team: m.Team, Nodes: true, Draft: m.Draft, Sheets: []storage.SheetWant{storage.WantHorizonNotes()}}
	if m.Node != "" {
		want.Node, err = m.node()
	}
	if err == nil && want.Node.Team != "" && want.Node.Team != m.Team {
		err = stale
	}
	return want, err
}

// horizonSlot names the draft of a form of the board.
func horizonSlot(team pipeline.TeamKey, form string, card pipeline.NodeKey) string {
	if form == horizonMetric {
		return draftHorizon + string(team) + "." + card.String()
	}
	return draftHorizon + string(team) + "." + form
}

// horizonDraft reads a draft of TEAM.COLUMN or TEAM.KEY.
func horizonDraft(rest []string) (kept, bool) {
	if key, err := pipeline.ParseNodeKey(part(rest, 1)); err == nil {
		of, ok := ofTeam("The metric of "+key.String()+" on the board, not saved yet", actionHorizonForm)(rest)
		return of.with("node", key.String()).with("form", horizonMetric), ok
	}
	of, ok := ofTeam("A problem for the board of %s that was not added", actionHorizonForm)(rest)
	return of.with("form", part(rest, 1)), ok && isColumn(pipeline.Horizon(part(rest, 1)))
}

// openHorizonForm opens the form of a metric, or of one more card.
func openHorizonForm(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return Reply{}, err
	}
	at, err := horizonPlaceOf(p)
	if err != nil || req.Loaded.Team == nil {
		return Reply{}, stale
	}
	name := p.Get("form")
	var shown map[pipeline.Field]string
	m := req.formOver(p, horizonSlot(at.team, name, at.card))
	switch {
	case name == horizonMetric && !at.card.IsZero():
		if _, err := req.supported(at.card); err != nil {
			return Reply{}, err
		}
		notes, err := req.Loaded.HorizonNotes(0)
		if err != nil {
			return Reply{}, err
		}
		m.Node = at.card.String()
		shown = map[pipeline.Field]string{pipeline.FieldCardMetric: notes.Cards[at.card].Metric}
	case isColumn(pipeline.Horizon(name)):
		m.Column = pipeline.Horizon(name)
	default:
		return Reply{}, stale
	}
	m.Team, m.Stored = at.team, typedDigest(shown)
	if req.afresh(p) {
		again, err := dropFormDraft(ctx, app, req)
		again.Stored = m.Stored
		return Reply{Update: horizonForm(again, req.Loaded.Nodes, shown)}, err
	}
	typed, notes := req.goingOn(actionHorizonForm, at.params().set("form", name), shown)
	return Reply{Open: horizonForm(m, req.Loaded.Nodes, typed, notes...)}, nil
}

// horizonForm draws it.
func horizonForm(m metadata, nodes pipeline.Nodes, typed map[pipeline.Field]string, notes ...slack.Block) *slack.ModalViewRequest {
	blocks := slices.Clone(notes)
	if m.Column == "" {
		blocks = append(blocks, optional(textInput(pipeline.FieldCardMetric, m.Fresh, "Which number is it to move?", "In a line, with where it is to be. Left empty, the number of the outcome counts.", "Reminders opened, from 20 % to 50 %", typed[pipeline.FieldCardMetric], pipeline.MetricLimit, false)))
		return form(formHorizon, "Metric of "+m.Node, "Save", m, blocks...)
	}
	served := slack.NewOptionsSelectBlockElement(slack.OptTypeExternal, plain("Type words of it, or its key"), actionHorizonOutcome)
	served.MinQueryLength = new(int)
	if key, err := pipeline.ParseNodeKey(typed[pipeline.FieldParent]); err == nil {
		served.InitialOption = nodeOption(key, statementIn(nodes, key))
	}
	blocks = append(blocks,
		textInput(pipeline.FieldStatement, m.Fresh, "Which problem do customers have?", "In their words, not as a feature.", "I never know whether the invoice was paid", typed[pipeline.FieldStatement], pipeline.StatementLimit, false),
		radioInput(pipeline.FieldKind, m.Fresh, "What is it?", "", typed[pipeline.FieldKind], opportunityKinds()),
		reporting(pipeline.FieldParent, m.Fresh, "Which product outcome does it serve?", "", served))
	return form(formHorizon, "Add to "+m.Column.Title(), "Add", m, blocks...)
}

// saveHorizon stores what the form says.
func saveHorizon(ctx context.Context, app *App, req *Request) (Reply, error) {
	m, slot, err := req.draftForm()
	if err != nil {
		return Reply{}, err
	}
	if req.Loaded.Team == nil {
		return Reply{}, stale
	}
	if m.Column == "" {
		return app.saveCardMetric(ctx, req, m, slot)
	}
	if !isColumn(m.Column) {
		return Reply{}, stale
	}
	typed := req.Form.typed()
	typed[pipeline.FieldHorizon] = string(m.Column)
	if typed[pipeline.FieldParent] == noneChosen {
		delete(typed, pipeline.FieldParent)
	}
	o, event, err := opportunities.added(app, req, typed)
	if err != nil {
		return Reply{}, err
	}
	stored, err := opportunities.add(app.Store, ctx, req.Op, o, slot, event)
	if err == nil && !sameTyped(opportunityTyped(stored), opportunityTyped(o)) { // an earlier try was stored, with other words
		stored, err = opportunities.mend(ctx, app, req, slot, stored, typed)
	}
	if err != nil {
		return Reply{}, noRoom(err)
	}
	return app.finish(ctx, req, m, toldCard(Mrkdwn("Added "+stored.Key.String()+"."), stored.Key)), nil
}

// saveCardMetric stores which number a card is to move. Where somebody else said one
// meanwhile, it is shown first.
func (app *App) saveCardMetric(ctx context.Context, req *Request, m metadata, slot storage.Slot) (Reply, error) {
	key, err := m.node()
	if err != nil {
		return Reply{}, err
	}
	o, err := req.supported(key)
	if err != nil {
		return Reply{}, err
	}
	notes, err := req.Loaded.HorizonNotes(0)
	if err != nil {
		return Reply{}, err
	}
	typed := req.Form.typed()
	var theirs string
	err = app.keepHorizons(ctx, req, req.tryOf(typed), slot, key, notes, func(notes pipeline.HorizonNotes) (pipeline.HorizonNotes, pipeline.Event, bool, error) {
		theirs = notes.Cards[key].Metric
		now := map[pipeline.Field]string{pipeline.FieldCardMetric: theirs}
		after, event, err := pipeline.SetCardMetric(app.Policy, req.Person, req.where(), notes, o, typed[pipeline.FieldCardMetric], req.Now)
		if err == nil && event.What != "" && req.Loaded.First && typedDigest(now) != m.Stored {
			m.Stored, err = typedDigest(now), errMetricClash
		}
		return after, event, event.What != "", err
	})
	if errors.Is(err, errMetricClash) {
		words := "Somebody took the metric away while you were typing."
		if theirs != "" {
			words = "Somebody wrote “" + theirs + "” while you were typing."
		}
		return Reply{Update: horizonForm(m, req.Loaded.Nodes, typed, say(escape(words)+" Save again to put your words in its place."))}, nil
	}
	if err != nil {
		return Reply{}, err
	}
	return app.finish(ctx, req, m, toldCard("Saved.", key)), nil
}

// errMetricClash: somebody else said another metric meanwhile.
var errMetricClash = errors.New("commands: the metric of a card was changed meanwhile")
