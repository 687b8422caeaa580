package commands

import (
	"context"
	"errors"
	"fmt"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// openCheckIn opens the form of a check-in on an outcome, or of the correction of
// one.
func openCheckIn(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, o, err := req.clickedOutcome()
	if err != nil {
		return Reply{}, err
	}
	s, err := req.checkInScene(o, p.number("corrects"))
	if err != nil {
		return Reply{}, err
	}
	// What can be refused before anything is typed is refused before.
	if _, _, _, err := app.checking(req, s, pipeline.CheckInForm{}); refusedAtOnce(err) {
		return Reply{}, err
	}
	stored := s.stored()
	if req.afresh(p) {
		m, err := dropFormDraft(ctx, app, req)
		m.Stored = typedDigest(stored)
		return Reply{Update: checkInForm(m, s, stored)}, err
	}
	m := req.formOver(p, nodeSlot(draftCheckIn, o.Key, p.number("corrects")))
	m.Node, m.CheckIn, m.Stored = o.Key.String(), p.number("corrects"), typedDigest(stored)
	if err := app.findTypedDraft(ctx, req, m.Draft); err != nil {
		return Reply{}, err
	}
	typed, notes := req.goingOn(actionCheckIn, newParams("node", m.Node, "corrects", p.Get("corrects")), stored)
	return Reply{Open: checkInForm(m, s, typed, notes...)}, nil
}

// checkInScene of an outcome, of what was loaded; corrects is the number of the
// check-in that is corrected, 0 for none.
func (req *Request) checkInScene(o pipeline.Outcome, corrects int) (checkInScene, error) {
	checkIns := req.Loaded.Node.CheckIns
	s := checkInScene{outcome: o, checkIns: checkIns[:min(len(checkIns), checkInsShown)], now: req.Now}
	if corrects == 0 {
		return s, nil
	}
	s.corrects = checkInNumbered(s.checkIns, corrects)
	switch {
	case s.corrects == nil:
		return s, &pipeline.Problem{
			Code: "checkin-old",
			What: fmt.Sprintf("That check-in is not among the newest %d on %s.", checkInsShown, o.Key),
			Safe: "Nothing was changed.",
			Next: "Check in anew: the newest one counts.",
		}
	case s.corrects.By != req.Person.ID:
		return s, &pipeline.Problem{
			Code: "checkin-of-another",
			What: "A check-in is corrected by whoever made it.",
			Safe: "Nothing was changed.",
			Next: "Check in anew and say in a line what you know better.",
		}
	}
	return s, nil
}

// checking applies the rule.
func (app *App) checking(req *Request, s checkInScene, typed pipeline.CheckInForm) (pipeline.Outcome, pipeline.CheckIn, pipeline.Event, error) {
	return pipeline.CheckInOn(app.Policy, req.Person, req.where(), s.outcome, typed, s.corrects, req.Now)
}

// checkIn stores what was typed into the form.
func checkIn(ctx context.Context, app *App, req *Request) (Reply, error) {
	m, slot, o, err := req.submittedOutcome()
	if err != nil {
		return Reply{}, err
	}
	s, err := req.checkInScene(o, m.CheckIn)
	if err != nil {
		return Reply{}, err
	}
	typed := pipeline.CheckInForm{
		Value: req.Form.Value(pipeline.FieldValue).Text, Light: pipeline.Light(req.Form.Value(pipeline.FieldLight).Text),
		Note: req.Form.Value(pipeline.FieldNote).Text,
	}
	after, c, err := app.keepCheckIn(ctx, req, req.Op, slot, s, typed)
	if err != nil {
		return Reply{}, err
	}
	if !req.Loaded.First {
		if after, c, err = app.correctEarlier(ctx, req, slot, after, c, typed); err != nil {
			return Reply{}, err
		}
	}
	return app.finish(ctx, req, m, checkedIn(o, after, c)), nil
}

// keepCheckIn stores a check-in, once for each op. Two at once are both kept.
func (app *App) keepCheckIn(ctx context.Context, req *Request, op string, slot storage.Slot, s checkInScene, typed pipeline.CheckInForm) (pipeline.Outcome, pipeline.CheckIn, error) {
	_, c, event, err := app.checking(req, s, typed)
	if err != nil {
		return s.outcome, c, err
	}
	after := []storage.Outgoing{redrawCards(op, s.outcome.Key)}
	if c.Light == pipeline.Red { // storage knows whether it turned so by this
		after = append(after, returning())
	}
	stored, c, err := app.Store.CheckIn(ctx, op, s.outcome.Key, c, slot, event, after...)
	var closed *storage.OutcomeClosedError
	if errors.As(err, &closed) { // what it is now says why not
		s.outcome = closed.Current
		_, _, _, err = app.checking(req, s, typed)
	}
	return stored, c, err
}

// correctEarlier puts what was typed in the place of what an earlier try stored
// although its answer got lost, where the words were mended since.
func (app *App) correctEarlier(ctx context.Context, req *Request, slot storage.Slot, o pipeline.Outcome, c pipeline.CheckIn, typed pipeline.CheckInForm) (pipeline.Outcome, pipeline.CheckIn, error) {
	page, err := app.Store.CheckIns(ctx, o.Key, 1, checkInsShown)
	if err != nil {
		return o, c, err
	}
	first := checkInNumbered(page.CheckIns, c.Number)
	if first == nil || sameCheckIn(*first, c) {
		return o, c, nil
	}
	s := checkInScene{outcome: o, corrects: first}
	return app.keepCheckIn(ctx, req, "again:"+req.tryOf(typed), slot, s, typed)
}

// sameCheckIn tells whether two check-ins say the same.
func sameCheckIn(a, b pipeline.CheckIn) bool {
	sameValue := (a.Value == nil) == (b.Value == nil) && (a.Value == nil || *a.Value == *b.Value)
	return sameValue && a.Light == b.Light && a.Note == b.Note
}

// checkedIn tells privately what a check-in made of an outcome.
func checkedIn(before, after pipeline.Outcome, c pipeline.CheckIn) Reply {
	key := after.Key.String()
	words := "Checked in on " + key + ": " + checkInWords(after, c) + "."
	if c.Corrects != 0 {
		words = "Corrected on " + key + ": " + checkInWords(after, c) + ". What you said before stays in the history."
	}
	words += " " + capital(pipeline.ProgressOf(after).Words) + "."
	if pipeline.TurnsRed(before, after) {
		words += " It turned red: parked ideas that wait for that come back now."
	}
	return Reply{Tell: &Post{
		Text:   fallback(words),
		Blocks: []slack.Block{slack.NewSectionBlock(plain(words), nil, nil), buttons(correctButton(after, c, ""), nodeButton(after.Key, ""))},
	}}
}
