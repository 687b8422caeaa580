package commands

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// What people bring to a session before it: points of their own, and answers.

// repairButtons open the forms in which a point is decided: those that its item has
// anyway. place is what they carry of the form they stand in; number tells those of
// several points apart.
func repairButtons(p pipeline.Point, place params, number int, may func(pipeline.Action) bool) []slack.BlockElement {
	var elements []slack.BlockElement
	add := func(action, label string, needs pipeline.Action, pairs ...string) {
		if !may(needs) {
			return
		}
		value := params{maps.Clone(place.Values)}
		value.Del("session")
		value.Del("team")
		for i := 0; i+1 < len(pairs); i += 2 {
			value.set(pairs[i], pairs[i+1])
		}
		elements = append(elements, button(action+":"+strconv.Itoa(number), label, p.Subject, value))
	}
	key := p.Subject
	for _, repair := range p.Repairs {
		switch repair.Kind {
		case pipeline.RepairCheckIn:
			add(actionCheckIn, "Check in", pipeline.CheckInOutcome, "node", key)
		case pipeline.RepairReopen:
			add(actionMove, "Reopen…", pipeline.DecideIdea, "idea", key, "to", string(pipeline.Discovery))
		case pipeline.RepairParkAgain:
			add(actionPark, "Park again…", pipeline.DecideIdea, "idea", key, "again", "1")
		case pipeline.RepairPark:
			add(actionPark+".park", "Park…", pipeline.DecideIdea, "idea", key)
		case pipeline.RepairEffect:
			add(actionMove, "Say what happened", pipeline.DecideIdea, "idea", key, "to", string(pipeline.Learned))
		case pipeline.RepairObserve:
			add(actionTestObserve, "What did it show?", pipeline.AnswerChecklist, "idea", key, "run", strconv.Itoa(p.Run), "part", partObserve)
		case pipeline.RepairValidate:
			add(actionValidate, "Next stage…", pipeline.ReadTeam, "idea", key)
		case pipeline.RepairLink:
			add(actionOutcome, "Link an outcome", pipeline.LinkOutcome, "idea", key)
		case pipeline.RepairAnswer:
			if name, err := storage.ParseSheetName(key); err == nil {
				add(actionRoundAnswer, "Answer", pipeline.AnswerRound, "team", name.Owner, "round", strconv.Itoa(name.Number))
			}
		case pipeline.RepairReview:
			if name, err := storage.ParseSheetName(strings.TrimPrefix(key, pipeline.AskedInReview)); err == nil {
				add(actionReview, "Answer", pipeline.ReadTeam, "team", name.Owner, "review", strconv.Itoa(name.Number))
			}
		case pipeline.RepairChallenge:
			add(actionChallengeAnswer, "Answer", pipeline.AnswerChallenge, "idea", key)
		case pipeline.RepairShow:
			if isNode(key) {
				add(showAction(key), "Open "+key, pipeline.ReadTeam, "node", key)
			} else if _, err := pipeline.ParseKey(key); err == nil {
				add(showAction(key), "Open "+key, pipeline.ReadTeam, "idea", key)
			}
		}
	}
	return elements
}

// openPoint opens the form in which somebody adds a point.
func openPoint(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, state, _, err := req.clickedSession()
	if err != nil {
		return Reply{}, err
	}
	s := state.Session
	// What can be refused before anything is typed is refused before.
	_, err = pipeline.AddPoint(app.Policy, req.Person, req.where(), s, state.Said, pipeline.PointForm{}, pipeline.AgendaFacts{}, req.Now)
	if refusedAtOnce(err) {
		return Reply{}, err
	}
	if req.afresh(p) {
		m, err := dropFormDraft(ctx, app, req)
		return Reply{Update: pointForm(m, nil)}, err
	}
	m := req.formOver(p, sessionSlot(draftPoint, s.Team, s.Number, 0))
	m.Team, m.Session = s.Team, s.Number
	typed, notes := req.goingOn(actionPointNew, sessionValue(s, ""), nil)
	return Reply{Open: pointForm(m, typed, notes...)}, nil
}

// pointForm draws it.
func pointForm(m metadata, typed map[pipeline.Field]string, notes ...slack.Block) *slack.ModalViewRequest {
	return form(formPoint, "Add a point", "Add", m, append(slices.Clone(notes),
		textInput(pipeline.FieldPoint, m.Fresh, "What is there to talk about?", "One line.", "", typed[pipeline.FieldPoint], pipeline.PointLimit, true),
		optional(textInput(pipeline.FieldPointItem, m.Fresh, "What is it about?", "The key of an idea, an outcome or an opportunity, if it is about one: its buttons stand beside the point.", "PAY-12", typed[pipeline.FieldPointItem], keyRoom, false)),
	)...)
}

// keyRoom is room for a key as people type it.
const keyRoom = 30

// addPoint keeps a point that somebody typed.
func addPoint(ctx context.Context, app *App, req *Request) (Reply, error) {
	m, slot, err := req.draftForm()
	if err != nil {
		return Reply{}, err
	}
	state, _, err := req.wantedSession()
	if err != nil {
		return Reply{}, err
	}
	typed := pipeline.PointForm{Words: req.Form.Value(pipeline.FieldPoint).Text, Item: req.Form.Value(pipeline.FieldPointItem).Text}
	facts, err := app.pointItem(ctx, *req.Loaded.Team, typed.Item)
	if err != nil {
		return Reply{}, err
	}
	said := state.Said
	if !req.Loaded.First { // what an earlier try of this form stored is no point more
		said = withoutTry(said, req.Person.ID, typed.Words)
	}
	point, err := pipeline.AddPoint(app.Policy, req.Person, req.where(), state.Session, said, typed, facts, req.Now)
	if err != nil {
		return Reply{}, err
	}
	op := req.tryOf(m.Fresh, typed)
	if err := app.bring(ctx, req, storage.Bringing{Op: op, Session: state.Session, Point: &point, By: req.Person.ID, Draft: slot}); err != nil {
		return Reply{}, err
	}
	return app.finish(ctx, req, m, tell("Your point is on the agenda of the alignment session "+whenTime(state.Session.Begins)+".", buttons(sessionButton(state.Session)))), nil
}

// withoutTry leaves out a point that the person has added in the same words.
func withoutTry(said pipeline.SessionSaid, by, words string) pipeline.SessionSaid {
	said.Points = slices.DeleteFunc(slices.Clone(said.Points), func(o pipeline.OwnPoint) bool {
		return o.By == by && o.Words == pipeline.CleanLine(words)
	})
	return said
}

// pointItem reads what the key names that somebody typed for a point; nothing for what
// is no key of the team.
func (app *App) pointItem(ctx context.Context, team pipeline.Team, typed string) (pipeline.AgendaFacts, error) {
	facts := pipeline.AgendaFacts{Team: team}
	idea, node, err := pipeline.PointItem(typed, team.Key)
	switch {
	case err != nil:
		return facts, nil // the rule says so
	case !idea.IsZero():
		facts.Ideas, err = app.Store.Ideas(ctx, []pipeline.Key{idea})
	case !node.IsZero():
		facts.Tree.Nodes, err = app.Store.Nodes(ctx, team.Key)
	}
	return facts, err
}

// bring stores what somebody brings, and draws the agenda anew.
func (app *App) bring(ctx context.Context, req *Request, b storage.Bringing) error {
	b.Acted = req.acted()
	state, err := app.Store.Bring(ctx, b, redrawAgenda(*req.Loaded.Team, b.Session))
	if errors.Is(err, storage.ErrClosed) { // what it is now says why not
		_, err = pipeline.AddPoint(app.Policy, req.Person, req.where(), state.Session, state.Said, pipeline.PointForm{}, pipeline.AgendaFacts{}, req.Now)
	}
	if errors.Is(err, storage.ErrNotFound) {
		err = noSession(b.Session.Team, b.Session.Number)
	}
	return err
}

// clickedSession is what the button carries that was used, its session, and the newest
// of the team.
func (req *Request) clickedSession() (p params, state storage.SessionState, newest []storage.SessionState, err error) {
	if p, err = decodeParams(req.Value); err == nil {
		state, newest, err = req.wantedSession()
	}
	return
}

// takeBackPoint takes a point off the agenda that somebody added.
func takeBackPoint(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, state, _, err := req.clickedSession()
	if err != nil {
		return Reply{}, err
	}
	point, err := pipeline.TakeBackPoint(app.Policy, req.Person, req.where(), state.Session, state.Said, p.Get("of"))
	var problem *pipeline.Problem
	if errors.As(err, &problem) && problem.Code == "point-gone" && !req.Loaded.First {
		return app.answer(ctx, req, p, Reply{}), nil // by an earlier try of this very click
	}
	if err != nil {
		return Reply{}, err
	}
	if err := app.bring(ctx, req, storage.Bringing{Op: req.Op, Session: state.Session, Point: &point, Remove: true, By: req.Person.ID}); errors.Is(err, storage.ErrOvertaken) {
		return app.answer(ctx, req, p, tell(laterStands+"The point is on the agenda.")), nil
	} else if err != nil {
		return Reply{}, err
	}
	return app.answer(ctx, req, p, tell("The point is off the agenda.")), nil
}

// openSay opens the form in which somebody says something to a point before the
// session.
func openSay(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, state, newest, err := req.clickedSession()
	if err != nil {
		return Reply{}, err
	}
	scene, err := app.sessionScene(ctx, *req.Loaded.Team, state, newest)
	if err != nil {
		return Reply{}, err
	}
	id := p.Get("of")
	if _, err := pipeline.AnswerPoint(app.Policy, req.Person, req.where(), state.Session, scene.points, id, "", req.Now); err != nil {
		return Reply{}, err
	}
	number := slices.IndexFunc(scene.points, func(point pipeline.Point) bool { return point.ID == id }) + 1
	m := req.formOver(p, "")
	m.Team, m.Session, m.Point = state.Session.Team, state.Session.Number, id
	before := ""
	for _, line := range scene.points[number-1].Said {
		if line.By == req.Person.ID {
			before = line.Words
		}
	}
	input := optional(textInput(pipeline.FieldNote, m.Fresh, "What do you want the team to know before?", "Empty takes back what you said.", "", before, pipeline.NoteLimit, true))
	input.DispatchAction = false // it is a line: no draft is kept
	return Reply{Open: form(formPointSay, "Say it before", "Send", m,
		slack.NewSectionBlock(plain(pointTitle(number, scene.points[number-1])), nil, nil), input)}, nil
}

// sayToPoint keeps it.
func sayToPoint(ctx context.Context, app *App, req *Request) (Reply, error) {
	m, err := req.metadata()
	if err != nil {
		return Reply{}, err
	}
	state, newest, err := req.wantedSession()
	if err != nil {
		return Reply{}, err
	}
	scene, err := app.sessionScene(ctx, *req.Loaded.Team, state, newest)
	if err != nil {
		return Reply{}, err
	}
	words := req.Form.Value(pipeline.FieldNote).Text
	answer, err := pipeline.AnswerPoint(app.Policy, req.Person, req.where(), state.Session, scene.points, m.Point, words, req.Now)
	if err != nil {
		return Reply{}, err
	}
	if err := app.bring(ctx, req, storage.Bringing{Op: req.tryOf(m.Point, words), Session: state.Session, Answer: &answer, By: req.Person.ID}); err != nil {
		return Reply{}, err
	}
	return app.finish(ctx, req, m, tell("It stands beside the point.", buttons(sessionButton(state.Session)))), nil
}
