package commands

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// The alignment probe: once a week, for those who want it, which outcome is something
// for that you work on? The nudge of the day asks it as one of its rows.

// fitsProbe: nothing, or whether the person wants it.
func fitsProbe(rest string) bool { return fitsNudges(rest) }

// showProbe answers /align probe: whether the person is asked in this team, what the
// team's answers say, and the question of the week. A word behind it, or the value of a
// button, turns it on or off before.
func showProbe(ctx context.Context, app *App, req *Request) (Reply, error) {
	to := strings.ToLower(pipeline.CleanLine(typed(req.Words)))
	if req.On == Slash && to != nudgesOn && to != nudgesOff {
		to = ""
	}
	if req.On != Slash {
		p, err := decodeParams(req.Value)
		if err != nil {
			return Reply{}, err
		}
		to = p.Get("to")
	}
	if to != "" && to != nudgesOn && to != nudgesOff {
		return Reply{}, stale
	}
	if req.Loaded.Team == nil {
		return chooseTeam(ctx, app, req, actionProbe, newParams("to", to))
	}
	team := *req.Loaded.Team
	var chosen chosenNudges
	if to != "" {
		chosen = chosenNudges{req.acted(), "probe " + string(team.Key)}
	}
	settings, err := app.changeNudges(ctx, req.Op, req.Person.ID, chosen, func(s pipeline.NudgeSettings) (pipeline.NudgeSettings, bool, error) {
		if to == "" {
			return s, false, nil
		}
		chosen, changed := pipeline.OptIntoProbe(s, team.Key, to == nudgesOn)
		return chosen, changed, nil
	})
	if err != nil && !errors.Is(err, storage.ErrOvertaken) { // the settings as they are say it
		return Reply{}, err
	}
	words, err := app.probeTold(ctx, team, req.Now)
	if err != nil {
		return Reply{}, err
	}
	if words == "" {
		words = pipeline.ProbeSum{}.Words(pipeline.LinkedShare{})
	}
	blocks := append(probeBlocks(settings, team), note(escape(words)))
	waiting, _, err := waitingProbes(ctx, app.waitScene(req, team.Key, []pipeline.Team{team}))
	if err != nil {
		return Reply{}, err
	}
	for _, thing := range waiting {
		blocks = append(blocks, thing.block())
	}
	return req.tellInPlace(&Post{Text: probeWords(settings, team) + " " + escape(words), Blocks: blocks}), nil
}

// probeWords say whether the person is asked in the team.
func probeWords(settings pipeline.NudgeSettings, team pipeline.Team) Mrkdwn {
	name := escape(pipeline.Cut(team.Name, pipeline.TeamNameLimit))
	if slices.Contains(settings.Probe, team.Key) {
		words := "*Alignment probe*: once a week one of your nudges asks which outcome something is for that you work on in " + name + "."
		if settings.Off {
			words += " Your nudges are off, so it is asked here and in Home alone."
		}
		return words
	}
	return "*Alignment probe*: you are not asked in " + name + ". It is one question a week, in a nudge: which outcome is this for? Others see shares alone, never who answered what."
}

// probeBlocks say it with the button that changes it.
func probeBlocks(settings pipeline.NudgeSettings, team pipeline.Team) []slack.Block {
	to, label := nudgesOn, "Ask me once a week"
	if slices.Contains(settings.Probe, team.Key) {
		to, label = nudgesOff, "Do not ask me"
	}
	section := say(probeWords(settings, team))
	section.Accessory = slack.NewAccessory(button(actionProbe+":"+to, label, "which outcome something is for", newParams("team", string(team.Key), "to", to)))
	return []slack.Block{section}
}

// probeTold tells what the team's answers before the week of a moment say, beside the
// share of ideas that are linked; "" where they are too few.
func (app *App) probeTold(ctx context.Context, team pipeline.Team, now time.Time) (string, error) {
	week := pipeline.ProbeWeek(now, team.Location())
	state, err := app.Store.Probe(ctx, team.Key, "", week)
	if err != nil {
		return "", err
	}
	sum := state.Probe.Share(week)
	if sum.Answers() < pipeline.ProbeLeast {
		return "", nil
	}
	board, err := app.Store.Board(ctx, team.Key)
	if err != nil {
		return "", err
	}
	tree, err := app.Store.Tree(ctx, team.Key)
	return sum.Words(pipeline.LinkedOf(board.Counts, tree.Orphans)), err
}

// wantProbe: the idea that a button or form asks about, with what is above it.
func wantProbe(req *Request) (storage.Want, error) {
	if req.On == Submit {
		_, key, err := req.formIdea()
		return whyWant(key), err
	}
	return wantWhy(req)
}

// probeNow is the question of this week about the idea that was asked for.
func (app *App) probeNow(ctx context.Context, req *Request) (pipeline.ProbeQuestion, pipeline.Idea, error) {
	idea, err := req.wanted()
	if err == nil && req.Loaded.Team == nil {
		err = stale
	}
	if err != nil {
		return pipeline.ProbeQuestion{}, idea, err
	}
	nodes, err := app.Store.Nodes(ctx, idea.Key.Team)
	if err != nil {
		return pipeline.ProbeQuestion{}, idea, err
	}
	week := pipeline.ProbeWeek(req.Now, req.Loaded.Team.Location())
	q, asked := pipeline.AskProbe(req.Person.ID, week, idea, nodes)
	if !asked {
		return q, idea, probeOver
	}
	return q, idea, nil
}

// openProbe opens the question of the week. One that was answered shows the answer.
func openProbe(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return Reply{}, err
	}
	q, idea, err := app.probeNow(ctx, req)
	if err != nil {
		return Reply{}, err
	}
	if p.Get("week") != q.Week {
		return Reply{}, probeOver
	}
	state, err := app.Store.Probe(ctx, idea.Key.Team, req.Person.ID, q.Week)
	if err != nil {
		return Reply{}, err
	}
	m := metadata{Idea: idea.Key.String(), Channel: req.Channel}
	if state.Mine != "" {
		return Reply{Open: probeAnswered(m, req.chain(idea), idea, state.Mine, false)}, nil
	}
	return Reply{Open: probeForm(m, q)}, nil
}

// probeForm asks it.
func probeForm(m metadata, q pipeline.ProbeQuestion) *slack.ModalViewRequest {
	radio := slack.NewRadioButtonsBlockElement(actionIgnore)
	for _, choice := range q.Choices {
		key := choice.Outcome.String()
		radio.Options = append(radio.Options, option(key, key+"  "+choice.Words))
	}
	radio.Options = append(radio.Options, option(string(pipeline.ProbeUnknown), "I do not know"))
	return form(formProbe, "Which outcome?", "Answer", m,
		rich(line(text("You work on "), bold(q.Idea.String()+"  "+q.Title))),
		silentInput(pipeline.FieldProbe, "Which outcome is it for?", "You learn at once what it is linked to. Others see shares alone, from "+counted(pipeline.ProbeLeast, "answer", "answers")+" on.", radio),
	)
}

// answerProbe keeps the answer, and shows what the idea is for.
func answerProbe(ctx context.Context, app *App, req *Request) (Reply, error) {
	m, err := req.metadata()
	if err != nil {
		return Reply{}, err
	}
	q, idea, err := app.probeNow(ctx, req)
	if err != nil {
		return Reply{}, err
	}
	answer, ok := q.Judge(req.Form.Value(pipeline.FieldProbe).Text)
	if !ok {
		return Reply{}, beside(probeOver, pipeline.FieldProbe)
	}
	state, err := app.Store.AnswerProbe(ctx, storage.ProbeAnswering{Op: req.Op, Team: idea.Key.Team, User: req.Person.ID, Week: q.Week, Answer: answer})
	if err != nil {
		return Reply{}, err
	}
	if from := req.fromNudge(); from != nil { // the form stays, so nobody else draws it anew
		if err := app.noteInNudge(ctx, req, *from, "", "", true); err != nil {
			app.Log.Warn("a nudge does not show that the probe was answered", "op_id", req.Op, "err", err)
		}
	}
	return Reply{Update: probeAnswered(m, req.chain(idea), idea, state.Mine, true)}, nil
}

// probeAnswered shows what an answer was, and why.
func probeAnswered(m metadata, chain pipeline.Chain, idea pipeline.Idea, answer pipeline.ProbeAnswer, now bool) *slack.ModalViewRequest {
	words := map[pipeline.ProbeAnswer]Mrkdwn{
		pipeline.ProbeRight:   "*Right.* That is what it is linked to.",
		pipeline.ProbeOther:   "*It is linked to another one.* If yours is the better one, link it, or ask about it in the team's channel.",
		pipeline.ProbeUnknown: "*Now you know.* This is what it is linked to.",
	}[answer]
	if !now {
		words = "You have answered this week. " + words
	}
	m.Draft = ""
	return form("probe.answered", "Which outcome?", "", m, append([]slack.Block{say(words)}, whyPost(chain, idea, true).Blocks...)...)
}

// probeOver is the answer to a question that is not asked any more.
var probeOver = &pipeline.Problem{
	Code: "probe-over",
	What: "This question is over: another week has begun, or what the idea is for was changed.",
	Safe: "Nothing was changed.",
	Next: "Type /align probe in the team's channel to see the question of this week.",
}
