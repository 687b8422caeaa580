package commands

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// A question by role as it is drawn, and how it ends.

// rolesOf reads what an entry is about; the zero team where there is nothing to draw.
func (app *App) rolesOf(ctx context.Context, c storage.Claimed) (state storage.RoleQuestionState, team pipeline.Team, err error) {
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
		state, err = app.Store.RoleQuestion(ctx, key, name.Number, "")
	}
	if errors.Is(err, storage.ErrNotFound) {
		return state, team, nil
	}
	return state, stored, err
}

// drawRoles makes the message of a question by role.
func (app *App) drawRoles(ctx context.Context, c storage.Claimed) (Drawn, error) {
	state, team, err := app.rolesOf(ctx, c)
	if err != nil || team.Key == "" {
		return Drawn{Skip: err == nil}, err
	}
	purpose := ""
	if q := state.Question; !q.IsOpen() && !q.Idea.IsZero() {
		idea, err := app.Store.Idea(ctx, q.Idea)
		if err == nil {
			purpose, err = app.chainLine(ctx, idea)
		}
		if err != nil {
			return Drawn{}, err
		}
	}
	return Drawn{Channel: team.Channel, Update: state.Message, Post: rolesPost(state, app.nameIn(ctx)(state.Question.StartedBy), purpose)}, nil
}

// rolesPost draws the question with a button for each choice; once it is closed, how the
// answers spread, what the idea is linked to, and a talk where the roles part.
func rolesPost(state storage.RoleQuestionState, by, purpose string) Post {
	q := state.Question
	asked := []slack.RichTextElement{line(bold(by), text(" asks product owners, developers and stakeholders:\n"), bold(q.Words()))}
	if q.Title != "" {
		asked = append(asked, line(text(q.Idea.String()+"  "+q.Title)))
	}
	blocks := []slack.Block{rich(asked...)}
	words := fallback(by) + " asks by role: " + fallback(q.Words())
	if q.IsOpen() {
		var choices []slack.BlockElement
		for place, choice := range q.Options() {
			choices = append(choices, button(actionRoleTap+":"+strconv.Itoa(place), choice, "", rolesValue(q).set("choice", strconv.Itoa(place))))
		}
		return Post{Text: words + " Answer with the buttons.", Blocks: append(blocks, buttons(choices...),
			note(Mrkdwn(capital(answeredBy(len(state.Answers)))+". "), "Answer until *"+whenTime(q.Deadline)+"*; you can change your answer until then. Nobody learns who answered what."),
			buttons(confirm(button(actionRoleClose, "Close it now", "(the question by role)", rolesValue(q).set("by", q.StartedBy)),
				"Close it?", "No answer is taken any more, and everybody sees how the roles spread. It stays closed.", "Close it")),
		)}
	}
	switch {
	case q.Spread.Answers == 0:
		blocks = append(blocks, note("*Closed.* Nobody answered."))
	case len(q.Spread.Groups) == 0:
		blocks = append(blocks, note(Mrkdwn(fmt.Sprintf("*Closed.* %s, and nothing is shown under %d answers.", capital(counted(q.Spread.Answers, "person has answered", "people have answered")), pipeline.AnonymousLeast))))
	default:
		blocks = append(blocks, rolesSpread(q)...)
	}
	blocks = append(blocks, purposeNote(purpose)...)
	if part := q.Part(); part != "" {
		blocks = append(blocks, say("*The answers part.* ", escape(part), Mrkdwn(fmt.Sprintf(" %d minutes of talk can bring them together:", pipeline.RoleMinutes))), buttons(
			primary(button(actionRoleAgenda, fmt.Sprintf("Post a %d-minute agenda", pipeline.RoleMinutes), "in the thread", rolesValue(q))),
			button(actionRolePoint, "Add to the next session", "how the roles part", rolesValue(q)),
		))
	}
	return Post{Text: words + " (closed)", Blocks: blocks}
}

// rolesSpread draws how the answers of each group spread.
func rolesSpread(q pipeline.RoleQuestion) []slack.Block {
	var lines []slack.RichTextElement
	for _, g := range q.Spread.Groups {
		lines = append(lines, line(bold(capital(g.Name())+": "), text(g.Words(q)+".")))
	}
	said := []slack.Block{rich(lines...)}
	var chosen []slack.RichTextElement
	for _, c := range q.Choices {
		chosen = append(chosen, line(text(c.Outcome.String()+"  "+c.Words)))
	}
	said = append(said, rich(chosen...))
	if len(q.Spread.Groups) < len(pipeline.TeamRoles()) {
		said = append(said, note(Mrkdwn(fmt.Sprintf("A role with fewer than %d answers is told together with others, so that nobody is told of alone.", pipeline.RoleLeast))))
	}
	return append(said, note("*Closed.* Nobody learns who answered what."))
}

// drawRolesClose closes it at its deadline. It sends nothing itself.
func (app *App) drawRolesClose(ctx context.Context, c storage.Claimed) (Drawn, error) {
	done := Drawn{Skip: true}
	state, team, err := app.rolesOf(ctx, c)
	if err != nil || team.Key == "" || !state.Question.IsOpen() {
		return done, err
	}
	return done, app.endRoles(ctx, c.ID, team, state, func(state storage.RoleQuestionState) (pipeline.RoleQuestion, error) {
		return pipeline.CloseRoles(app.Policy, nil, pipeline.Where{Team: &team}, state.Question, state.Answers, laterOf(state.Question.Deadline, app.Now()))
	})
}

// drawRolesAgenda makes the agenda of the talk that is offered, in the thread of the
// question.
func (app *App) drawRolesAgenda(ctx context.Context, c storage.Claimed) (Drawn, error) {
	state, team, err := app.rolesOf(ctx, c)
	if err != nil || team.Key == "" || state.Question.IsOpen() {
		return Drawn{Skip: err == nil}, err
	}
	d := Drawn{Channel: state.Message.Channel, Thread: state.Message.TS, Post: rolesAgenda(state.Question)}
	if state.Message.IsZero() {
		if later, waits := toldLater(c.Outgoing, app.Now()); waits {
			return Drawn{Skip: true}, app.Store.Enqueue(ctx, later)
		}
		d.Channel = team.Channel // nobody knows whether the question's message arrived
	}
	return d, nil
}

// rolesAgenda draws the agenda.
func rolesAgenda(q pipeline.RoleQuestion) Post {
	title := fmt.Sprintf("%d minutes: %s", pipeline.RoleMinutes, q.Words())
	var steps []slack.RichTextElement
	for _, step := range q.Agenda() {
		steps = append(steps, line(bold(counted(step.Minutes, "minute", "minutes")+"  "), text(step.Words)))
	}
	blocks := []slack.Block{rich(line(bold(title))), rich(steps...)}
	if part := q.Part(); part != "" {
		blocks = append(blocks, note(escape(part)))
	}
	return Post{Text: fallback(title), Blocks: blocks}
}
