package commands

import (
	"context"
	"fmt"

	"github.com/slack-go/slack"

	"alignbot/drawing"
	"alignbot/pipeline"
	"alignbot/storage"
)

// The pictures of a team's ideas, of its backlog, of an outcome and of a ballot.

// funnelParked is how many parked ideas are read to know how far they had come.
const funnelParked = 100

// picture is how far the team's ideas have come.
func (b board) picture() pictured {
	funnel := pipeline.NewFunnel(b.team, b.Counts, b.parked)
	said := []slack.RichTextElement{line(bold(counted(funnel.Ideas(), "idea", "ideas")))}
	for _, step := range funnel.Steps {
		said = append(said, line(text(fmt.Sprintf("%s: %d came so far, %d there now", step.Name, step.Reached, step.Now))))
	}
	said = append(said, line(text(capital(funnel.ParkedInWords())+".")))
	title := "The pipeline of " + b.team.Name
	return pictured{
		kind: pictureFunnel, at: newParams("team", string(b.team.Key)), team: b.team, now: b.now, title: title,
		sheets: []sheet{{name: "pipeline", value: funnel, draw: func(f *drawing.Fonts, style drawing.Style) drawing.Picture {
			return drawing.Funnel(f, funnel, style)
		}}},
		words: Post{Text: fallback(title) + ": " + stageLine(b.Counts), Blocks: []slack.Block{rich(said...)}},
	}
}

func (app *App) loadFunnelPicture(ctx context.Context, of look) (pictured, error) {
	counted, err := app.Store.Board(ctx, of.team.Key)
	if err != nil {
		return pictured{}, err
	}
	b := board{Board: counted, team: of.team, now: of.now}
	if b.parked, err = app.parkedOf(ctx, of.team.Key); err != nil {
		return pictured{}, err
	}
	return b.picture(), nil
}

// parkedOf are the newest parked ideas of a team.
func (app *App) parkedOf(ctx context.Context, team pipeline.TeamKey) ([]pipeline.Idea, error) {
	page, err := app.Store.Page(ctx, storage.List{Team: team, Stage: pipeline.Parked}, 1, funnelParked)
	return page.Ideas, err
}

// picture is how long the team's work lasts, and how its last sprints were shared out.
func (s healthScene) picture() pictured {
	runway := drawing.Runway{Team: s.team, Ready: s.report.Ready, All: s.report.All, Pace: s.pace}
	ledger := drawing.SprintLedger{Team: s.team, Lines: s.report.Ledger, Technical: s.least(pipeline.RuleDebtIgnored), Slack: s.least(pipeline.RuleNoSlack)}
	p := pictured{
		kind: pictureHealth, at: newParams("team", string(s.team.Key)), team: s.team, now: s.now, title: healthTitle + " of " + s.team.Name,
		sheets: []sheet{{name: "runway", value: runway, draw: func(f *drawing.Fonts, style drawing.Style) drawing.Picture {
			return drawing.Gauge(f, runway, style)
		}}},
	}
	if len(ledger.Lines) > 0 {
		p.sheets = append(p.sheets, sheet{name: "ledger", value: ledger, draw: func(f *drawing.Fonts, style drawing.Style) drawing.Picture {
			return drawing.Ledger(f, ledger, style)
		}})
	}
	return p
}

func (app *App) loadHealthPicture(ctx context.Context, of look) (pictured, error) {
	rules, err := app.Store.HealthRules(ctx, of.team.Key)
	if err != nil {
		return pictured{}, err
	}
	s, err := app.measure(ctx, of.team, rules, everybodyMay, of.now)
	if err != nil {
		return pictured{}, err
	}
	p := s.picture()
	p.words = Post{
		Text:   fallback(p.title) + ": refined work " + Mrkdwn(s.report.Ready.Words()) + ", " + Mrkdwn(counted(len(s.report.Findings), "finding", "findings")),
		Blocks: append(s.standing(), buttons(button(actionHealth, "The whole report", "of "+s.team.Name, s.value()))),
	}
	return p, nil
}

// outcomePicture is how far an outcome's number has come.
func outcomePicture(team pipeline.Team, o pipeline.Outcome, checkIns []pipeline.CheckIn, look look) pictured {
	type burn struct {
		Outcome  pipeline.Outcome
		CheckIns []pipeline.CheckIn
	}
	title := "Outcome " + o.Key.String()
	said := []slack.RichTextElement{line(bold(o.Statement))}
	words := pipeline.ProgressOf(o).Words
	if number := o.NumberInWords(); number != "" {
		words = number + ": " + words
	}
	said = append(said, line(text(capital(words)+".")), line(text(capital(lightWords(o.Light))+".")))
	open := button(actionOutcomeShow, "Details", "of "+o.Key.String(), newParams("node", o.Key.String()))
	return pictured{
		kind: pictureBurn, at: newParams("team", string(team.Key), "node", o.Key.String()), team: team, now: look.now, title: title,
		sheets: []sheet{{name: o.Key.String(), value: burn{o, checkIns}, draw: func(f *drawing.Fonts, style drawing.Style) drawing.Picture {
			return drawing.Burn(f, o, checkIns, style)
		}}},
		words: Post{Text: fallback(title + ": " + o.Statement + ". " + capital(words)), Blocks: []slack.Block{rich(said...), buttons(open)}},
		chart: outcomeChart(o, checkIns, team.Location()),
	}
}

func (app *App) loadBurnPicture(ctx context.Context, of look) (pictured, error) {
	key, err := of.at.node()
	if err != nil || key.Team != of.team.Key || key.Kind != pipeline.OutcomeNode {
		return pictured{}, stale
	}
	loaded, err := app.Store.Begin(ctx, storage.Want{Node: key, CheckIns: checkInsRead})
	if err != nil {
		return pictured{}, err
	}
	if loaded.Node == nil || loaded.Node.Outcome == nil {
		return pictured{}, noNode(key)
	}
	return outcomePicture(of.team, *loaded.Node.Outcome, loaded.Node.CheckIns, of), nil
}

// ballotPicture is what a ballot came to, of which everybody may see what is in shown.
func ballotPicture(poll storage.Polled, loaded storage.Loaded, look look) pictured {
	b := poll.Ballot
	shown := b.MayShow(poll.Tally)
	shown.Votes = nil // which come in another order each time, and are not drawn
	count := drawing.BallotCount{Ballot: b, Shown: shown, Title: loaded.Idea.Title}
	if decided := decidedSince(b, *loaded.Idea, loaded.Events); decided != nil {
		count.Decided = deed(*decided, "it") + "."
		if decided.Differs {
			count.Decided += " That is not what the ballot came to."
		}
	}
	title := "Ballot on " + b.Idea.String()
	return pictured{
		kind: pictureBallot, at: newParams("team", string(look.team.Key), "idea", b.Idea.String(), "ballot", fmt.Sprint(b.ID)), team: look.team, now: look.now, title: title,
		sheets: []sheet{{name: "ballot-" + b.Idea.String(), value: count, draw: func(f *drawing.Fonts, style drawing.Style) drawing.Picture {
			return drawing.BallotResult(f, count, style)
		}}},
		words: Post{
			Text:   fallback(title + ". " + b.AdviceInWords()),
			Blocks: []slack.Block{say(escape(b.AdviceInWords())), buttons(ballotDetails(b, ""))},
		},
	}
}

func (app *App) loadBallotPicture(ctx context.Context, of look) (pictured, error) {
	key, err := of.at.idea()
	if err != nil || key.Team != of.team.Key || of.at.number("ballot") == 0 {
		return pictured{}, stale
	}
	loaded, err := app.Store.Begin(ctx, storage.Want{Idea: key, History: historyPage})
	if err != nil {
		return pictured{}, err
	}
	if loaded.Idea == nil || of.at.number("ballot") > loaded.Idea.Ballots {
		return pictured{}, noIdea(key)
	}
	poll, err := app.Store.Ballot(ctx, key, of.at.number("ballot"), "")
	if err != nil {
		return pictured{}, err
	}
	return ballotPicture(poll, loaded, of), nil
}
