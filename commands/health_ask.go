package commands

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// How a team is asked about its backlog: with one tap for each question, and without
// names.

// openHealthAsk opens the form in which the questions are chosen.
func openHealthAsk(_ context.Context, _ *App, req *Request) (Reply, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return Reply{}, err
	}
	if req.Loaded.Team == nil {
		return Reply{}, stale
	}
	m := req.formOver(p, "")
	m.Team = req.Loaded.Team.Key
	return Reply{Open: healthAskForm(m, *req.Loaded.Team)}, nil
}

// healthAskForm draws it. Slack shows ten boxes at most in one input, so there are two.
// https://docs.slack.dev/reference/block-kit/block-elements/checkboxes-element
func healthAskForm(m metadata, team pipeline.Team) *slack.ModalViewRequest {
	questions := pipeline.HealthQuestions()
	half := (len(questions) + 1) / 2
	boxes := func(some []pipeline.HealthQuestion) *slack.CheckboxGroupsBlockElement {
		var options []*slack.OptionBlockObject
		for _, q := range some {
			o := slack.NewOptionBlockObject(q.ID, plain(pipeline.Cut(q.Words, 75)), plain(pipeline.Cut(strings.Join(q.Answers, " · "), 75)))
			options = append(options, o)
		}
		return slack.NewCheckboxGroupsBlockElement(actionIgnore, options...)
	}
	input := func(field pipeline.Field, label string, some []pipeline.HealthQuestion) *slack.InputBlock {
		return optional(slack.NewInputBlock(blockID(field, m.Fresh), plain(label), nil, boxes(some)))
	}
	return form(formHealthAsk, "Ask the team", "Ask", m,
		note(Mrkdwn(fmt.Sprintf("The questions are posted in the team's channel with a button for each answer. Choose up to %d. Nobody learns who answered what, and nothing is shown of a question under %d answers.", pipeline.HealthAskMost, pipeline.AnonymousLeast))),
		input(pipeline.FieldReady, "What is in the backlog", questions[:half]),
		input(fieldHealthMore, "How we work with it", questions[half:]),
		optional(undrafted(textInput(pipeline.FieldDays, m.Fresh, "Workdays to answer", "A whole number from 1 to 20. Today does not count.", "3", strconv.Itoa(team.DaysToVote()), numberRoom, false))),
	)
}

// fieldHealthMore has the second half of the questions.
const fieldHealthMore pipeline.Field = "ready-more"

// askHealth asks the team what was chosen.
func askHealth(ctx context.Context, app *App, req *Request) (Reply, error) {
	m, err := req.metadata()
	if err != nil {
		return Reply{}, err
	}
	if req.Loaded.Team == nil {
		return Reply{}, stale
	}
	team, value := *req.Loaded.Team, req.Form.Value
	where, err := req.whereDue()
	if err != nil {
		return Reply{}, err
	}
	ask, err := pipeline.AskHealth(app.Policy, req.Person, where, pipeline.HealthAskForm{
		Questions: slices.Concat(value(pipeline.FieldReady).Chosen, value(fieldHealthMore).Chosen), Days: value(pipeline.FieldDays).Text,
	}, req.Now)
	if err != nil {
		return Reply{}, err
	}
	end := healthAskEntry(drawHealthAskClose, "close-health:#", team, "#")
	end.Due, end.Channel = ask.Deadline, ""
	stored, err := app.Store.StartHealthAsk(ctx, req.Op, ask, redrawHealthAsk(team, "#"), end)
	if err != nil {
		return Reply{}, err
	}
	words := Mrkdwn("The team is asked in its channel. Everybody there can answer until ") + whenTime(stored.Deadline) + "."
	if !slices.Equal(stored.Questions, ask.Questions) {
		words += " It was asked at your first try, as the form stood then."
	}
	return app.finish(ctx, req, m, tell(words, buttons(button(actionHealthAsked, "Show it", "what the team is asked", askValue(stored))))), nil
}

// healthAskEntry is an entry about what a team is asked; name is that of the sheet, "#"
// of one that is not stored yet.
func healthAskEntry(kind, id string, team pipeline.Team, name string) storage.Outgoing {
	return storage.Outgoing{ID: id, Kind: kind, Subject: string(team.Key), Channel: team.Channel, Args: map[string]string{"sheet": name}}
}

// redrawHealthAsk draws the message of what a team is asked, anew where it stands
// already.
func redrawHealthAsk(team pipeline.Team, name string) storage.Outgoing {
	return healthAskEntry(drawHealthAsk, storage.MessageEntry(storage.KindHealthAsk, name, ""), team, name)
}

// askValue is what each button of it carries.
func askValue(a pipeline.HealthAsk) params {
	return newParams("team", string(a.Team), "asked", strconv.Itoa(a.Number))
}

// askedHealth is what the button names.
func (req *Request) askedHealth() (p params, number int, err error) {
	if p, err = decodeParams(req.Value); err != nil {
		return p, 0, err
	}
	if number = p.number("asked"); number == 0 {
		err = stale
	}
	return p, number, err
}

// wantHealthAsk: the team that the button names.
func wantHealthAsk(req *Request) (storage.Want, error) {
	if _, _, err := req.askedHealth(); err != nil {
		return storage.Want{}, err
	}
	return wantButtonTeam(req)
}

func noHealthAsk(team pipeline.TeamKey) error {
	return &pipeline.Problem{
		Code: "health-ask-unknown",
		What: "These questions are not here.",
		Safe: "Nothing was changed.",
		Next: fmt.Sprintf("Type /align health in the channel of %s to see what it is asked.", team),
	}
}

// tapHealth keeps the answer that was tapped.
func tapHealth(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, number, err := req.askedHealth()
	if err != nil {
		return Reply{}, err
	}
	if req.Loaded.Team == nil {
		return Reply{}, stale
	}
	place, err := strconv.Atoi(p.Get("answer"))
	if err != nil {
		return Reply{}, stale
	}
	team, question := *req.Loaded.Team, p.Get("about")
	name := storage.SheetName{Owner: string(team.Key), Number: number}.String()
	state, err := app.Store.AnswerHealth(ctx, storage.HealthAnswering{
		Op: req.Op, Team: team.Key, Number: number, User: req.Person.ID, Question: question, Answer: place, Acted: req.acted(),
		Check: func(state storage.HealthAskState) error {
			return pipeline.CheckHealthAnswer(app.Policy, req.Person, req.where(), state.Ask, question, place, req.Now)
		},
	}, redrawHealthAsk(team, name))
	var later Mrkdwn
	switch {
	case errors.Is(err, storage.ErrOvertaken):
		later, place = laterStands, state.Mine[question]
	case errors.Is(err, storage.ErrNotFound):
		return Reply{}, noHealthAsk(team.Key)
	case errors.Is(err, storage.ErrClosed):
		closed := state.Ask
		closed.Team, closed.Closed = team.Key, req.Now
		return Reply{}, pipeline.CheckHealthAnswer(app.Policy, req.Person, req.where(), closed, question, place, req.Now)
	case err != nil:
		return Reply{}, err
	}
	if p.Get("in") == inHealthAsk && req.Form != nil {
		return Reply{Update: healthAskView(state, app.may(req), req.Person.ID, req.Channel, req.Now)}, nil
	}
	q, _ := pipeline.FindHealthQuestion(question)
	words := later + escape(q.Words) + " *" + escape(q.Answers[place]) + "* is stored, without your name."
	if left := len(state.Ask.Questions) - len(state.Mine); left > 0 {
		words += Mrkdwn(" " + counted(left, "question is", "questions are") + " left.")
	}
	return tell(words+" You can change it until "+whenTime(state.Ask.Deadline)+".", buttons(button(actionHealthAsked, "My answers", "", askValue(state.Ask)))), nil
}

// inHealthAsk: what a team is asked, with the reader's own answers.
const inHealthAsk = "health.asked"

// showHealthAsk opens what a team is asked, with the reader's own answers.
func showHealthAsk(ctx context.Context, app *App, req *Request) (Reply, error) {
	_, number, err := req.askedHealth()
	if err != nil {
		return Reply{}, err
	}
	if req.Loaded.Team == nil {
		return Reply{}, stale
	}
	state, err := app.Store.HealthAsk(ctx, req.Loaded.Team.Key, number, req.Person.ID)
	if errors.Is(err, storage.ErrNotFound) {
		return Reply{}, noHealthAsk(req.Loaded.Team.Key)
	}
	if err != nil {
		return Reply{}, err
	}
	view := healthAskView(state, app.may(req), req.Person.ID, req.Channel, req.Now)
	if req.Form != nil {
		return Reply{Update: view}, nil
	}
	return Reply{Open: view}, nil
}
