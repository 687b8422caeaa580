package commands

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// noneChosen is the option of a menu that takes a choice back: Slack's menus
// cannot be emptied.
const noneChosen = "none"

// wantTypedPark: the idea whose key stands behind the command, with all that
// parking it asks for.
func wantTypedPark(req *Request) (storage.Want, error) {
	want, err := wantTypedIdea(req)
	park := parkWant(want.Idea)
	park.Channel = want.Channel
	return park, err
}

// wantPark is the same for the idea that a button names.
func wantPark(req *Request) (storage.Want, error) {
	_, key, err := req.buttonIdea()
	return parkWant(key), err
}

// wantFormPark is the same for the form.
func wantFormPark(req *Request) (storage.Want, error) {
	_, key, err := req.formIdea()
	return parkWant(key), err
}

// parkWant is what parking is decided from.
func parkWant(key pipeline.Key) storage.Want {
	return storage.Want{Idea: key, Dossier: true, Outcomes: true, Chain: true, History: eventsAsked, Draft: draftPark + key.String(), Ballot: storage.NewestBallot}
}

// openPark opens the form that parks an idea, or parks it again.
func openPark(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, idea, err := req.clicked()
	if err != nil {
		return Reply{}, err
	}
	again := p.Get("again") != ""
	if idea.Stage == pipeline.Parked && !again && idea.Withdrawn.IsZero() {
		return parkedAlready(idea), nil
	}
	// What can be refused before anything is typed is refused before.
	if _, _, err := app.parking(req, again, idea, pipeline.Parking{}); refusedAtOnce(err) {
		return req.orBallot(idea, err)
	}
	s := req.parkScene(idea)
	stored := s.stored(req.Now)
	if req.afresh(p) {
		m, err := dropFormDraft(ctx, app, req)
		m.Stored = typedDigest(shownOf(stored, m.More))
		return Reply{Update: parkForm(m, s, stored)}, err
	}
	m := req.formOver(p, draftPark+idea.Key.String())
	m.Idea, m.Again, m.More = idea.Key.String(), again, again
	m.Stored = typedDigest(shownOf(stored, m.More))
	if err := app.findTypedDraft(ctx, req, m.Draft); err != nil {
		return Reply{}, err
	}
	typed, notes := req.goingOn(actionPark, newParams("idea", idea.Key.String(), "again", p.Get("again")), stored)
	m.More = m.More || len(notes) > 0 && slices.ContainsFunc(parkMore, func(f pipeline.Field) bool { return typed[f] != "" })
	return Reply{Open: parkForm(m, s, typed, notes...)}, nil
}

// parkedAlready answers who would park what is parked.
func parkedAlready(idea pipeline.Idea) Reply {
	key := idea.Key.String()
	words := Mrkdwn(key+" is parked already") + parkedBecause(idea) + " Nothing was changed."
	steps := cardButtons(idea)
	if idea.Ballot == 0 {
		steps = append(steps, parkButton(idea, ""), ballotButton(idea, ""))
	}
	return tell(words, buttons(steps...))
}

// findTypedDraft adds the draft of an idea that was named by a bare number: its
// slot has the whole key in its name, which only the answer told.
func (app *App) findTypedDraft(ctx context.Context, req *Request, slot string) error {
	if req.On != Slash || req.Loaded.Draft != nil {
		return nil
	}
	drafts, err := app.Store.Drafts(ctx, req.Person.ID)
	if d, kept := drafts[slot]; kept {
		req.Loaded.Draft = &d
	}
	return err
}

// showParkMore shows the inputs that few need, beside what stands in the form.
func showParkMore(_ context.Context, _ *App, req *Request) (Reply, error) {
	m, _, idea, err := req.submitted()
	if err != nil {
		return Reply{}, err
	}
	m.More = true
	s := req.parkScene(idea)
	shown := req.Form.typed()
	for _, field := range parkMore {
		if stored := s.stored(req.Now); shown[field] == "" {
			shown[field] = stored[field]
		}
	}
	m.Stored = "" // what it shows now is no longer what it was opened with
	return Reply{Update: parkForm(m, s, shown)}, nil
}

// parkIdea stores what was typed into the form.
func parkIdea(ctx context.Context, app *App, req *Request) (Reply, error) {
	m, slot, idea, err := req.submitted()
	if err != nil {
		return Reply{}, err
	}
	typed, err := req.typedParking(m, idea)
	if err != nil {
		return Reply{}, err
	}
	parked, fresh, err := app.park(ctx, req, slot, m.Again, idea, typed)
	if err != nil {
		return Reply{}, err
	}
	told := parkedNote(parked)
	reply := app.finish(ctx, req, m, told)
	if !fresh && !sameParking(parked, typed) {
		reply.Tell = parkedNote(parked, " It was stored at your first try, with the words that you had written by then.").Tell
	}
	return reply, nil
}

// sameParking tells whether an idea is parked as it was typed.
func sameParking(idea pipeline.Idea, typed pipeline.Parking) bool {
	p := idea.Parking
	return p != nil && p.Decision == typed.Decision && p.Reason == typed.Reason && p.Why == pipeline.CleanLine(typed.Why) &&
		p.SupersededBy == typed.SupersededBy && p.Outcome == typed.Outcome && p.Revisit == typed.Revisit
}

// typedParking reads the form. What the menus cannot have offered is refused;
// all else is for the rule to judge.
func (req *Request) typedParking(m metadata, idea pipeline.Idea) (pipeline.Parking, error) {
	value := func(field pipeline.Field) string {
		if words := req.Form.Value(field).Text; words != noneChosen {
			return words
		}
		return ""
	}
	typed := pipeline.Parking{
		Decision: pipeline.ParkDecision(value(pipeline.FieldDecision)), Reason: pipeline.ParkReason(value(pipeline.FieldReason)),
		Why: value(pipeline.FieldWhy), OnBehalf: value(fieldBehalf), Revisit: pipeline.Revisit{Day: value(pipeline.FieldRevisitDay)},
	}
	if typed.OnBehalf != "" && !userID.MatchString(typed.OnBehalf) {
		return typed, stale
	}
	var err error
	if words := value(pipeline.FieldSuperseding); words != "" && typed.Decision == pipeline.Superseded {
		typed.SupersededBy, err = pipeline.ParseKey(words)
	}
	if words := pipeline.CleanLine(value(pipeline.FieldRevisitAsked)); words != "" {
		n, wrong := strconv.Atoi(words)
		if typed.Revisit.AskedBy = n; wrong != nil || n == 0 {
			typed.Revisit.AskedBy = -1 // no number of people, which the rule says
		}
	}
	if words := value(pipeline.FieldRevisitRed); words != "" && err == nil {
		if typed.Revisit.OutcomeRed, err = pipeline.ParseOutcomeKey(words); err == nil && !req.parkScene(idea).canTurnRed(typed.Revisit.OutcomeRed) {
			return typed, notOpen(typed.Revisit.OutcomeRed)
		}
	}
	if words := value(pipeline.FieldRevisitDelivered); words != "" && err == nil {
		typed.Revisit.Delivered, err = pipeline.ParseKey(words)
	}
	if words := value(pipeline.FieldRevisitTest); words != "" && err == nil {
		run, wrong := strconv.Atoi(words)
		if typed.Revisit.TestPassed, err = (pipeline.NamedTest{Idea: idea.Key, Run: run}), wrong; err == nil {
			if !slices.ContainsFunc(req.Loaded.Dossier.Runs, func(r pipeline.RunSummary) bool { return r.ID == run && r.Use == pipeline.UseTest }) {
				return typed, stale
			}
		}
	}
	switch words := value(pipeline.FieldServed); {
	case !m.More && len(idea.Outcomes) > 0:
		typed.Outcome = idea.Outcomes[0]
	case words != "" && err == nil:
		typed.Outcome, err = pipeline.ParseNodeKey(words)
		known := slices.ContainsFunc(req.Loaded.Outcomes, func(o pipeline.Outcome) bool { return o.Key == typed.Outcome })
		if !known && !slices.Contains(idea.Outcomes, typed.Outcome) && (idea.Parking == nil || idea.Parking.Outcome != typed.Outcome) {
			return typed, stale
		}
	}
	if err != nil {
		return typed, stale
	}
	return typed, nil
}

// notOpen is said when an outcome was closed while somebody typed.
func notOpen(key pipeline.OutcomeKey) error {
	return &pipeline.Problem{
		Code: "outcome-not-open",
		What: key.String() + " is not among the team's open outcomes, so it cannot turn red.",
		Safe: "Nothing was changed.",
		Fields: map[pipeline.Field]string{
			pipeline.FieldRevisitRed: key.String() + " is not open any more. Choose another outcome, or none.",
		},
	}
}

// parking applies the rule: parks, or parks again.
func (app *App) parking(req *Request, again bool, idea pipeline.Idea, typed pipeline.Parking) (pipeline.Idea, pipeline.Event, error) {
	rule := pipeline.Park
	if again {
		rule = pipeline.ParkAgain
	}
	return rule(app.Policy, req.Person, req.where(), idea, *req.Loaded.Dossier, typed, req.Now)
}

// park stores a parking, once for each op, to whatever others made of the idea
// meanwhile. fresh is false when an earlier try of the same act had stored it.
func (app *App) park(ctx context.Context, req *Request, draft storage.Slot, again bool, idea pipeline.Idea, typed pipeline.Parking) (parked pipeline.Idea, fresh bool, err error) {
	if !req.Loaded.First {
		stored, current, err := app.storedBefore(ctx, req, draft, idea)
		if err != nil || current == nil {
			return stored, false, err
		}
		idea = *current
	}
	found, err := app.nameable(ctx, req, idea, typed.SupersededBy, typed.Revisit.Delivered)
	if err != nil {
		return idea, false, err
	}
	for range busyTries {
		after, event, err := app.parking(req, again, idea, typed)
		if err == nil {
			err = pipeline.CheckNamed(idea, typed, found)
		}
		if err != nil {
			return idea, false, app.sayingWho(ctx, req, err, idea)
		}
		parked, err = app.keep(ctx, req, req.Op, draft, after, event, nil)
		var conflict *storage.ConflictError
		if !errors.As(err, &conflict) {
			return parked, true, err
		}
		idea = conflict.Current
	}
	return idea, false, busy(idea.Key)
}

// nameable gives those of the ideas that a parking of the idea may name: the
// person sees them, and so does everybody who will read it.
func (app *App) nameable(ctx context.Context, req *Request, idea pipeline.Idea, keys ...pipeline.Key) (map[pipeline.Key]pipeline.Idea, error) {
	keys = slices.DeleteFunc(keys, func(key pipeline.Key) bool { return key.IsZero() || key == idea.Key })
	if slices.ContainsFunc(keys, func(key pipeline.Key) bool { return key.Team != idea.Key.Team }) {
		teams, err := visibleTeams(ctx, app, req, pipeline.ReadTeam)
		if err != nil {
			return nil, err
		}
		keys = slices.DeleteFunc(keys, func(key pipeline.Key) bool {
			return !slices.ContainsFunc(teams, func(t pipeline.Team) bool { return t.Key == key.Team && nameableBy(idea, t) })
		})
	}
	ideas, err := app.Store.Ideas(ctx, keys)
	found := map[pipeline.Key]pipeline.Idea{}
	for _, other := range ideas {
		found[other.Key] = other
	}
	return found, err
}

// nameableBy tells whether what is said of an idea may name ideas of that team.
func nameableBy(idea pipeline.Idea, team pipeline.Team) bool {
	return team.Key == idea.Key.Team || !team.Private
}

// openTests are the tests of an idea that have not been judged, the newest
// first.
func openTests(d pipeline.Dossier) []pipeline.RunSummary {
	var tests []pipeline.RunSummary
	for _, run := range slices.Backward(d.Runs) {
		if run.Use == pipeline.UseTest && run.Verdict == pipeline.Undecided {
			tests = append(tests, run)
		}
	}
	return tests
}

// parkButton parks an idea, or parks it again; in names the form it stands in,
// "" for a message.
func parkButton(idea pipeline.Idea, in string) *slack.ButtonBlockElement {
	value := newParams("idea", idea.Key.String(), "in", in)
	if idea.Stage == pipeline.Parked {
		return button(actionPark, "Park again…", idea.Key.String(), value.set("again", "1"))
	}
	return button(actionPark, "Park…", idea.Key.String(), value)
}
