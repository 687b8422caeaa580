package commands

import (
	"context"
	"errors"
	"strconv"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// How a team is nudged in its channel.

// teamNudgeBlocks say how a team is nudged, with the way to change it.
func teamNudgeBlocks(team pipeline.Team, n pipeline.TeamNudges, mayChange bool) []slack.Block {
	blocks := []slack.Block{say("*Nudges of "+escape(team.Name)+"*\n", Mrkdwn(n.Words()))}
	if mayChange {
		blocks = append(blocks, buttons(button(actionTeamNudges, "Change…", "the nudges of "+team.Name, newParams("team", string(team.Key)))))
	}
	return blocks
}

// openTeamNudges opens the form of a team's nudges.
func openTeamNudges(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, err := decodeParams(req.Value)
	if err != nil || req.Loaded.Team == nil {
		return Reply{}, stale
	}
	team := *req.Loaded.Team
	n, err := app.Store.TeamNudges(ctx, team.Key)
	if err != nil {
		return Reply{}, err
	}
	m := metadata{Team: team.Key, Channel: req.Channel, Below: p.Get("in")}
	return Reply{Open: teamNudgesForm(m, n)}, nil
}

// teamNudgesForm draws that form.
func teamNudgesForm(m metadata, n pipeline.TeamNudges, notes ...slack.Block) *slack.ModalViewRequest {
	quiet := slack.NewPlainTextInputBlockElement(plain("7"), actionIgnore)
	quiet.InitialValue, quiet.MaxLength = strconv.Itoa(n.QuietFor(pipeline.FindingWarning)), numberLength
	return form(formTeamNudges, "The team's nudges", "Save", m, append(append(notes,
		note("One message in the team's channel a day at most, on its workdays: up to three things that need a look, each with a button that repairs it. Nothing when there is nothing to say.")),
		silentInput(pipeline.FieldNudges, "Nudges in the channel", "", onOrOff(!n.Off)),
		silentInput(pipeline.FieldNudgeAt, "When", "In the team's time zone.", clockMenu(n.Clock().String())),
		silentInput(pipeline.FieldQuiet, "Days until the same is told again", "An alert is told again after three.", quiet),
		silentInput(pipeline.FieldReflect, "A question of the week", "One of five about how we work, with a button that asks everybody.", onOrOff(n.Reflect)),
	)...)
}

// saveTeamNudges stores what somebody chose for a team.
func saveTeamNudges(ctx context.Context, app *App, req *Request) (Reply, error) {
	m, err := req.metadata()
	if err != nil {
		return Reply{}, err
	}
	if req.Loaded.Team == nil {
		return Reply{}, stale
	}
	value := req.Form.Value
	chosen := pipeline.TeamNudgeForm{
		On: value(pipeline.FieldNudges).Text == nudgesOn, Reflect: value(pipeline.FieldReflect).Text == nudgesOn,
		At: value(pipeline.FieldNudgeAt).Text, Quiet: value(pipeline.FieldQuiet).Text,
	}
	var conflict *storage.SheetConflictError[pipeline.TeamNudges]
	for range busyTries {
		n, err := app.Store.TeamNudges(ctx, req.Loaded.Team.Key)
		if err != nil {
			return Reply{}, err
		}
		changed, err := pipeline.ChangeTeamNudges(app.Policy, req.Person, req.where(), n, chosen)
		if err != nil {
			return Reply{}, err
		}
		stored, err := app.Store.ChangeTeamNudges(ctx, req.tryOf(chosen), changed)
		switch {
		case errors.As(err, &conflict): // what the team was told, or somebody else's choice
		case err != nil:
			return Reply{}, err
		default:
			told := tell("*Nudges of " + escape(req.Loaded.Team.Name) + "*: " + Mrkdwn(stored.Words()))
			return req.teamNudgesSaved(m, told), nil
		}
	}
	return Reply{}, nudgesBusy
}

// teamNudgesSaved answers the form where it lay on the settings of the team, or not.
func (req *Request) teamNudgesSaved(m metadata, told Reply) Reply {
	if m.Below == inSettings && req.Form.Below != "" {
		return req.settingsSaved(m, *req.Loaded.Team, "Nudges")
	}
	return told
}
