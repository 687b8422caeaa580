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

// One question to product owners, developers and stakeholders: asked in the team's
// channel, answered with one tap and without names.

// openRoles opens the form of a question by role.
func openRoles(ctx context.Context, app *App, req *Request) (Reply, error) {
	if req.Loaded.Team == nil {
		return chooseTeam(ctx, app, req, actionRoles, newParams())
	}
	team := *req.Loaded.Team
	nodes, err := app.Store.Nodes(ctx, team.Key)
	if err != nil {
		return Reply{}, err
	}
	// What can be refused before anything is typed is refused before.
	if _, err := pipeline.AskRoles(app.Policy, req.Person, req.where(), pipeline.RoleForm{}, nil, nodes, req.Now); refusedAtOnce(err) {
		return Reply{}, err
	}
	developers, err := app.Store.Developers(ctx, team.Key)
	if err != nil {
		return Reply{}, err
	}
	m := metadata{Team: team.Key, Channel: req.Channel, Fresh: req.fresh()}
	return Reply{Open: rolesForm(m, team, len(developers.People) > 0)}, nil
}

// rolesForm draws it; named: somebody said who develops in the team.
func rolesForm(m metadata, team pipeline.Team, named bool) *slack.ModalViewRequest {
	words := Mrkdwn("Product owners, developers and stakeholders are asked the same in the team's channel, with a button for each open outcome. Nobody learns who answered what: how each role spreads is shown at the close, a role with fewer than " + strconv.Itoa(pipeline.RoleLeast) + " answers together with others.")
	if !named {
		words += " Nobody has named the developers yet, so all but the product owners count as stakeholders. `/align review` names them once a review is open."
	}
	return form(formRoles, "Ask by role", "Ask", m,
		note(words),
		optional(undrafted(textInput(pipeline.FieldRoleItem, m.Fresh, "About which idea?", "Its key: which outcome is it for? Empty asks which outcome matters most now.", "PAY-12", "", keyRoom, false))),
		optional(undrafted(textInput(pipeline.FieldDays, m.Fresh, "Workdays to answer", "A whole number from 1 to 20. Today does not count.", "3", strconv.Itoa(team.DaysToVote()), numberRoom, false))),
	)
}

// askRoles asks what was chosen.
func askRoles(ctx context.Context, app *App, req *Request) (Reply, error) {
	m, err := req.metadata()
	if err != nil {
		return Reply{}, err
	}
	if req.Loaded.Team == nil {
		return Reply{}, stale
	}
	team := *req.Loaded.Team
	typed := pipeline.RoleForm{Item: req.Form.Value(pipeline.FieldRoleItem).Text, Days: req.Form.Value(pipeline.FieldDays).Text}
	var idea *pipeline.Idea
	if key, _, err := pipeline.PointItem(typed.Item, team.Key); err == nil && !key.IsZero() {
		found, err := app.Store.Ideas(ctx, []pipeline.Key{key})
		if err != nil {
			return Reply{}, err
		}
		if len(found) > 0 {
			idea = &found[0]
		}
	}
	nodes, err := app.Store.Nodes(ctx, team.Key)
	if err != nil {
		return Reply{}, err
	}
	where, err := req.whereDue()
	if err != nil {
		return Reply{}, err
	}
	q, err := pipeline.AskRoles(app.Policy, req.Person, where, typed, idea, nodes, req.Now)
	if err != nil {
		return Reply{}, err
	}
	end := rolesEntry(drawRolesClose, "close-roles:#", team, "#")
	end.Due, end.Channel = q.Deadline, ""
	stored, err := app.Store.StartRoleQuestion(ctx, req.Op, q, redrawRoles(team, "#"), end)
	if err != nil {
		return Reply{}, err
	}
	words := "“" + escape(stored.Words()) + "” is asked in the team's channel. Everybody there can answer until " + whenTime(stored.Deadline) + "."
	if stored.Idea != q.Idea {
		words += " It was asked at your first try, as the form stood then."
	}
	return app.finish(ctx, req, m, tell(words)), nil
}

const (
	// drawRoles draws a question by role in the team's channel, in place. Args of all:
	// sheet (its name).
	drawRoles       = storage.KindRoleQuestion
	drawRolesClose  = storage.KindRoleQuestion + ".close"  // a job, at its deadline
	drawRolesAgenda = storage.KindRoleQuestion + ".agenda" // in its thread
)

// rolesEntry is an entry about a question by role; name is that of the sheet, "#" of one
// that is not stored yet.
func rolesEntry(kind, id string, team pipeline.Team, name string) storage.Outgoing {
	return storage.Outgoing{ID: id, Kind: kind, Subject: string(team.Key), Channel: team.Channel, Args: map[string]string{"sheet": name}}
}

// redrawRoles draws its message, anew where it stands already.
func redrawRoles(team pipeline.Team, name string) storage.Outgoing {
	return rolesEntry(drawRoles, storage.MessageEntry(storage.KindRoleQuestion, name, ""), team, name)
}

// rolesValue is what each of its buttons carries.
func rolesValue(q pipeline.RoleQuestion) params {
	return newParams("team", string(q.Team), "roles", strconv.Itoa(q.Number))
}

// wantRoles: the team of the question that a button names.
func wantRoles(req *Request) (storage.Want, error) {
	if _, number, err := req.numbered("roles", func(metadata) int { return 0 }); err != nil || number == 0 {
		return storage.Want{}, stale
	}
	return wantButtonTeam(req)
}

// wantRolesPoint is the same with the newest sessions of the team.
func wantRolesPoint(req *Request) (storage.Want, error) {
	want, err := wantRoles(req)
	want.Sheets = []storage.SheetWant{storage.WantSessions(sessionsLooked)}
	return want, err
}

// clickedRoles is what a button carries, and the question that it names, with the
// answer of the person.
func (app *App) clickedRoles(ctx context.Context, req *Request) (p params, state storage.RoleQuestionState, err error) {
	if p, err = decodeParams(req.Value); err != nil {
		return
	}
	if req.Loaded.Team == nil {
		return p, state, stale
	}
	state, err = app.Store.RoleQuestion(ctx, req.Loaded.Team.Key, p.number("roles"), req.Person.ID)
	if errors.Is(err, storage.ErrNotFound) {
		err = noRoles
	}
	return
}

var noRoles = &pipeline.Problem{
	Code: "roles-unknown",
	What: "This question is not here.",
	Safe: "Nothing was changed.",
	Next: "Type /align roles in the team's channel to ask one.",
}

// tapRole keeps the answer that was tapped.
func tapRole(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return Reply{}, err
	}
	place, err := strconv.Atoi(p.Get("choice"))
	if err != nil || req.Loaded.Team == nil {
		return Reply{}, stale
	}
	team := *req.Loaded.Team
	developers, err := app.Store.Developers(ctx, team.Key)
	if err != nil {
		return Reply{}, err
	}
	answer := pipeline.RoleAnswer{Role: pipeline.TeamRoleOf(req.Person.ID, team, developers), Choice: place}
	check := func(q pipeline.RoleQuestion) error {
		return pipeline.CheckRoleAnswer(app.Policy, req.Person, req.where(), q, place, req.Now)
	}
	state, err := app.Store.AnswerRoleQuestion(ctx, storage.RoleAnswering{
		Op: req.Op, Team: team.Key, Number: p.number("roles"), User: req.Person.ID, Answer: answer, Acted: req.acted(),
		Check: func(state storage.RoleQuestionState) error { return check(state.Question) },
	}, redrawRoles(team, storage.SheetName{Owner: string(team.Key), Number: p.number("roles")}.String()))
	var later Mrkdwn
	switch {
	case errors.Is(err, storage.ErrOvertaken) && state.Mine != nil:
		later, answer = laterStands, *state.Mine
	case errors.Is(err, storage.ErrNotFound):
		return Reply{}, noRoles
	case errors.Is(err, storage.ErrClosed):
		return Reply{}, check(pipeline.RoleQuestion{Team: team.Key, Closed: req.Now})
	case err != nil:
		return Reply{}, err
	}
	q := state.Question
	as := map[pipeline.TeamRole]Mrkdwn{pipeline.RoleOfOwner: "a product owner", pipeline.RoleOfDeveloper: "a developer", pipeline.RoleOfStakeholder: "a stakeholder"}[answer.Role]
	return tell(later + "*" + escape(q.Options()[answer.Choice]) + "* is stored without your name, as the answer of " + as + ". You can change it until " + whenTime(q.Deadline) + "."), nil
}

// closeRoles closes it before its deadline.
func closeRoles(ctx context.Context, app *App, req *Request) (Reply, error) {
	_, state, err := app.clickedRoles(ctx, req)
	if err != nil {
		return Reply{}, err
	}
	if req.Loaded.First || state.Question.ClosedBy != req.Person.ID { // else by an earlier try of this very click
		err = app.endRoles(ctx, req.Op, *req.Loaded.Team, state, func(state storage.RoleQuestionState) (pipeline.RoleQuestion, error) {
			return pipeline.CloseRoles(app.Policy, &req.Person, req.where(), state.Question, state.Answers, req.Now)
		})
		if err != nil {
			return Reply{}, err
		}
	}
	return tell("It is closed. How the answers spread stands where it was asked."), nil
}

// endRoles closes it by the rule, again with what was answered meanwhile.
func (app *App) endRoles(ctx context.Context, op string, team pipeline.Team, state storage.RoleQuestionState, rule func(storage.RoleQuestionState) (pipeline.RoleQuestion, error)) error {
	for range busyTries {
		closed, err := rule(state)
		if err != nil {
			return err
		}
		_, err = app.Store.CloseRoleQuestion(ctx, op, state, closed, redrawRoles(team, storage.RoleQuestionName(closed)))
		var conflict *storage.RoleQuestionConflictError
		if !errors.As(err, &conflict) {
			return err
		}
		state = conflict.Current
	}
	return &pipeline.Problem{
		Code: "roles-busy",
		What: "Several people answer at this moment.",
		Safe: "Their answers count.",
		Next: "Please try again.",
	}
}

// postRolesAgenda posts the talk that is offered in the thread of the question.
func postRolesAgenda(ctx context.Context, app *App, req *Request) (Reply, error) {
	_, state, err := app.clickedRoles(ctx, req)
	if err != nil {
		return Reply{}, err
	}
	if state.Question.IsOpen() {
		return Reply{}, rolesRun
	}
	name := storage.RoleQuestionName(state.Question)
	if err := app.Store.Enqueue(ctx, rolesEntry(drawRolesAgenda, "roles-agenda:"+name, *req.Loaded.Team, name)); err != nil {
		return Reply{}, err
	}
	return tell("The agenda stands in the thread of the question."), nil
}

var rolesRun = &pipeline.Problem{
	Code: "roles-run",
	What: "People still answer this.",
	Safe: "Nothing was changed.",
	Next: "Close it first, or wait for its deadline.",
}

// addRolesPoint puts how the roles part on the agenda of the next alignment session.
func addRolesPoint(ctx context.Context, app *App, req *Request) (Reply, error) {
	_, state, err := app.clickedRoles(ctx, req)
	if err != nil {
		return Reply{}, err
	}
	q := state.Question
	if q.IsOpen() {
		return Reply{}, rolesRun
	}
	newest, err := req.Loaded.Sessions(0)
	if err != nil {
		return Reply{}, err
	}
	at := slices.IndexFunc(newest, func(s storage.SessionState) bool { return s.Session.Stage == pipeline.SessionPlanned })
	if at < 0 {
		return Reply{}, &pipeline.Problem{
			Code: "roles-no-session",
			What: "No alignment session is planned.",
			Safe: "Nothing was changed.",
			Next: "Plan one with /align session, or post the agenda in the thread.",
		}
	}
	session := newest[at]
	told := tell("It is on the agenda of the alignment session "+whenTime(session.Session.Begins)+".", buttons(sessionButton(session.Session)))
	if slices.ContainsFunc(session.Said.Points, func(p pipeline.OwnPoint) bool { return p.Words == q.Point() }) {
		return told, nil
	}
	form := pipeline.PointForm{Words: q.Point()}
	if !q.Idea.IsZero() {
		form.Item = q.Idea.String()
	}
	facts, err := app.pointItem(ctx, *req.Loaded.Team, form.Item)
	if err != nil {
		return Reply{}, err
	}
	point, err := pipeline.AddPoint(app.Policy, req.Person, req.where(), session.Session, session.Said, form, facts, req.Now)
	if err != nil {
		return Reply{}, err
	}
	if err := app.bring(ctx, req, storage.Bringing{Op: req.Op, Session: session.Session, Point: &point, By: req.Person.ID}); err != nil {
		return Reply{}, err
	}
	return told, nil
}
