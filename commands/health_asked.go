package commands

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// What a team is asked about its backlog, as it is drawn, and how it ends.

// drawnHealthAsk reads what an entry is about; team is zero where there is nothing to
// draw.
func (app *App) drawnHealthAsk(ctx context.Context, c storage.Claimed) (state storage.HealthAskState, team pipeline.Team, err error) {
	name, err := storage.ParseSheetName(c.Args["sheet"])
	if err != nil {
		return state, team, err
	}
	key, err := pipeline.ParseTeamKey(name.Owner)
	if err != nil {
		return state, team, err
	}
	stored, err := app.Store.Team(ctx, key)
	if err == nil {
		state, err = app.Store.HealthAsk(ctx, key, name.Number, "")
	}
	if errors.Is(err, storage.ErrNotFound) {
		return state, team, nil
	}
	return state, stored, err
}

// drawHealthAsk makes the message of what a team is asked.
func (app *App) drawHealthAsk(ctx context.Context, c storage.Claimed) (Drawn, error) {
	state, team, err := app.drawnHealthAsk(ctx, c)
	if err != nil || team.Key == "" {
		return Drawn{Skip: err == nil}, err
	}
	return Drawn{Channel: team.Channel, Update: state.Message, Post: healthAskPost(state, app.name(ctx, state.Ask.StartedBy))}, nil
}

// healthAskPost draws the questions with a button for each answer; once it is closed,
// how the answers spread.
func healthAskPost(state storage.HealthAskState, by string) Post {
	a := state.Ask
	words := fallback(by) + " asks the team about its backlog"
	blocks := []slack.Block{rich(line(bold(by), text(" asks: how do we see our backlog? One tap for each question.")))}
	for i, id := range a.Questions {
		q, known := pipeline.FindHealthQuestion(id)
		if !known {
			continue
		}
		said := strconv.Itoa(i+1) + ". " + q.Words
		if a.IsOpen() {
			blocks = append(blocks, rich(line(bold(said), text(" · "+answeredBy(len(state.Answers[id]))))), buttons(answerButtons(a, q, nil, "")...))
			continue
		}
		spread, _ := a.Spread(id)
		blocks = append(blocks, rich(line(bold(said), text("\n"+capital(spread.Words(q))+"."))))
	}
	if !a.IsOpen() {
		blocks = append(blocks, note("*Closed.* `/align health` shows what is measured of the same."), buttons(button(actionHealth, "What is measured?", "of the backlog", newParams("team", string(a.Team)))))
		return Post{Text: words + " (closed)", Blocks: blocks}
	}
	return Post{Text: words + ". Answer with the buttons.", Blocks: append(blocks,
		note("Answer until *"+whenTime(a.Deadline)+"*; you can change your answers until then. Nobody learns who answered what; how the answers spread is shown when it closes, of questions with at least "+Mrkdwn(strconv.Itoa(pipeline.AnonymousLeast))+" answers."),
		buttons(button(actionHealthAsked, "My answers", "", askValue(a)), closeAskButton(a, "")),
	)}
}

// answeredBy counts the answers to a question that is open.
func answeredBy(n int) string {
	switch n {
	case 0:
		return "nobody has answered yet"
	case 1:
		return "1 has answered"
	}
	return strconv.Itoa(n) + " have answered"
}

// answerButtons offer the answers to a question; mine is the reader's own, nil for
// none. in names the form they stand in, "" for a message.
func answerButtons(a pipeline.HealthAsk, q pipeline.HealthQuestion, mine *int, in string) []slack.BlockElement {
	var elements []slack.BlockElement
	for place, answer := range q.Answers {
		value := askValue(a).set("about", q.ID).set("answer", strconv.Itoa(place)).set("in", in)
		b := button(actionHealthTap+":"+q.ID+"."+strconv.Itoa(place), answer, "to: "+q.Words, value)
		if mine != nil && *mine == place {
			b.Text = plain(answer + " (my answer)")
			primary(b)
		}
		elements = append(elements, b)
	}
	return elements
}

// healthAskView draws the same for one reader, with their own answers.
func healthAskView(state storage.HealthAskState, may func(pipeline.Action) bool, reader, channel string, now time.Time) *slack.ModalViewRequest {
	a := state.Ask
	blocks := []slack.Block{rich(line(text("Asked by "), person(a.StartedBy), text(", "), moment(a.Started)))}
	for i, id := range a.Questions {
		q, known := pipeline.FindHealthQuestion(id)
		if !known {
			continue
		}
		said := strconv.Itoa(i+1) + ". " + q.Words
		spread, closed := a.Spread(id)
		switch {
		case closed:
			blocks = append(blocks, rich(line(bold(said), text("\n"+capital(spread.Words(q))+"."))))
		case a.Answerable(now) && may(pipeline.AnswerHealth):
			var mine *int
			if place, answered := state.Mine[id]; answered {
				mine = &place
			}
			blocks = append(blocks, rich(line(bold(said), text(" · "+answeredBy(len(state.Answers[id]))))), buttons(answerButtons(a, q, mine, inHealthAsk)...))
		default:
			blocks = append(blocks, rich(line(bold(said), text(" · "+answeredBy(len(state.Answers[id]))))))
		}
	}
	if a.IsOpen() {
		blocks = append(blocks, note("Answers are taken until *"+whenTime(a.Deadline)+"*. Only you see which are yours: alignbot keeps them under a key that is thrown away at the close."))
		if may(pipeline.CloseAnyRound) || a.StartedBy == reader {
			blocks = append(blocks, buttons(closeAskButton(a, inHealthAsk)))
		}
	}
	return form("health.asked", "What the team is asked", "", metadata{Channel: channel}, blocks...)
}

// closeAskButton closes it before its deadline.
func closeAskButton(a pipeline.HealthAsk, in string) *slack.ButtonBlockElement {
	return confirm(button(actionHealthAskClose, "Close it now", "(what the team is asked)", askValue(a).set("by", a.StartedBy).set("in", in)),
		"Close it?", "No answer is taken any more, and everybody sees how they spread. It stays closed.", "Close it")
}

// closeHealthAsk closes it before its deadline.
func closeHealthAsk(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, number, err := req.askedHealth()
	if err != nil {
		return Reply{}, err
	}
	if req.Loaded.Team == nil {
		return Reply{}, stale
	}
	state, err := app.Store.HealthAsk(ctx, req.Loaded.Team.Key, number, "")
	if errors.Is(err, storage.ErrNotFound) {
		return Reply{}, noHealthAsk(req.Loaded.Team.Key)
	}
	if err != nil {
		return Reply{}, err
	}
	if req.Loaded.First || state.Ask.ClosedBy != req.Person.ID { // else by an earlier try of this very click
		state, err = app.endHealthAsk(ctx, req.Op, *req.Loaded.Team, state, func(state storage.HealthAskState) (pipeline.HealthAsk, error) {
			return pipeline.CloseHealthAsk(app.Policy, &req.Person, req.where(), state.Ask, state.Answers, req.Now)
		})
		if err != nil {
			return Reply{}, err
		}
	}
	if p.Get("in") == inHealthAsk && req.Form != nil {
		return Reply{Update: healthAskView(state, app.may(req), req.Person.ID, req.Channel, req.Now)}, nil
	}
	return tell("It is closed. How the answers spread stands where it was asked."), nil
}

// endHealthAsk closes it by the rule, again with what was answered meanwhile.
func (app *App) endHealthAsk(ctx context.Context, op string, team pipeline.Team, state storage.HealthAskState, rule func(storage.HealthAskState) (pipeline.HealthAsk, error)) (storage.HealthAskState, error) {
	for range busyTries {
		closed, err := rule(state)
		if err != nil {
			return state, err
		}
		closed, err = app.Store.CloseHealthAsk(ctx, op, state, closed, redrawHealthAsk(team, storage.HealthAskName(closed)))
		var conflict *storage.HealthAskConflictError
		if !errors.As(err, &conflict) {
			return storage.HealthAskState{Ask: closed, Message: state.Message}, err
		}
		state = conflict.Current
	}
	return state, &pipeline.Problem{
		Code: "health-ask-busy",
		What: "Several people answer at this moment.",
		Safe: "Their answers count.",
		Next: "Please try again.",
	}
}

// drawHealthAskClose closes it at its deadline. It sends nothing itself.
func (app *App) drawHealthAskClose(ctx context.Context, c storage.Claimed) (Drawn, error) {
	done := Drawn{Skip: true}
	state, team, err := app.drawnHealthAsk(ctx, c)
	if err != nil || team.Key == "" || !state.Ask.IsOpen() {
		return done, err
	}
	_, err = app.endHealthAsk(ctx, c.ID, team, state, func(state storage.HealthAskState) (pipeline.HealthAsk, error) {
		return pipeline.CloseHealthAsk(app.Policy, nil, pipeline.Where{Team: &team}, state.Ask, state.Answers, laterOf(state.Ask.Deadline, app.Now()))
	})
	return done, err
}

// laterOf two moments: the clock that called may be ahead of this one.
func laterOf(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
