package commands

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// visibleTeams are those the person may do the action for, by name.
func visibleTeams(ctx context.Context, app *App, req *Request, action pipeline.Action) ([]pipeline.Team, error) {
	all, err := app.Store.Teams(ctx)
	if err != nil {
		return nil, err
	}
	present, err := app.present(ctx, req, all)
	if err != nil {
		return nil, err
	}
	var visible []pipeline.Team
	for _, team := range all {
		if pipeline.May(app.Policy, req.Person, action, pipeline.Where{Team: &team, InChannel: present[team.Channel]}).OK {
			visible = append(visible, team)
		}
	}
	return visible, nil
}

// present tells in which of the teams' channels the person is known to be. Only
// private teams and guests need to be asked for.
func (app *App) present(ctx context.Context, req *Request, teams []pipeline.Team) (map[string]bool, error) {
	var ask []string
	for _, team := range teams {
		if team.Private || req.Person.Guest {
			ask = append(ask, team.Channel)
		}
	}
	kinds, err := app.Store.Present(ctx, req.Person.ID, ask)
	present := map[string]bool{}
	for _, team := range teams {
		kind, seen := kinds[team.Channel]
		present[team.Channel] = seen && (!team.Private || kind == storage.PrivateChannel)
	}
	return present, err
}

// ownTeams are those the person has to do with: the ones that can be seen from
// here, by name, and which are hidden at the moment.
func (app *App) ownTeams(ctx context.Context, req *Request) (seen []pipeline.Team, hidden map[pipeline.TeamKey]bool, err error) {
	mine, err := app.Store.TeamsOf(ctx, req.Person.ID)
	if err != nil {
		return nil, nil, err
	}
	present, err := app.present(ctx, req, mine)
	if err != nil {
		return nil, nil, err
	}
	hidden = map[pipeline.TeamKey]bool{}
	for _, team := range mine {
		where := pipeline.Where{Team: &team, InChannel: present[team.Channel]}
		if pipeline.May(app.Policy, req.Person, pipeline.ReadTeam, where).OK {
			seen = append(seen, team)
		} else {
			hidden[team.Key] = true
		}
	}
	return seen, hidden, nil
}

// offerTeams answers where a team is needed and the channel has none: choose
// one, or set one up here. What was typed waits in the draft.
func offerTeams(ctx context.Context, app *App, req *Request, typed pipeline.Draft) (Reply, error) {
	teams, err := visibleTeams(ctx, app, req, pipeline.SubmitIdea)
	if err != nil {
		return Reply{}, err
	}
	slot := draftIdea
	if !typed.IsZero() {
		if req.Loaded.Draft != nil && len(req.Loaded.Draft.Typed) > 0 {
			slot = draftIdea + "." + req.fresh()
		}
		draft := storage.Draft{Typed: typed.Typed(), Saved: req.Now}
		if err := app.Store.SaveDraft(ctx, req.Person.ID, storage.Slot{Name: slot}, draft); err != nil {
			return Reply{}, err
		}
	}
	words := Mrkdwn("This channel is not a team's yet.")
	if req.Channel == "" {
		words = "Which team is it for?"
	}
	if !typed.IsZero() {
		words += " What you typed is kept for a day."
	}
	if len(teams) == 0 {
		words += " There is no team yet that you can see."
	}
	reply := tell(words)
	var choices []slack.BlockElement
	if len(teams) > 0 {
		choices = append(choices, teamMenu(actionNew, "Capture for…", teams, newParams("draft", slot)))
	}
	setUp := req.Channel != "" && app.may(req)(pipeline.CreateTeam)
	if setUp {
		choices = append(choices, setUpButton(req))
	}
	if len(choices) > 0 {
		reply.Tell.Blocks = append(reply.Tell.Blocks, buttons(choices...))
	}
	if req.Channel != "" && !setUp {
		reply.Tell.Blocks = append(reply.Tell.Blocks, note(app.whoSetsUp()))
	}
	if len(teams) > menuLimit {
		reply.Tell.Blocks = append(reply.Tell.Blocks, note(Mrkdwn(fmt.Sprintf("The menu holds the first %d of %d teams; the others are reached in their own channels, or by the shortcut *Capture an idea*.", menuLimit, len(teams)))))
	}
	return reply, nil
}

// whoSetsUp is said instead of the button to those who may not set up a team.
func (app *App) whoSetsUp() Mrkdwn {
	return "A workspace admin or a product owner can set up a team here, with `" + Mrkdwn(app.command("/align setup")) + "`."
}

// setUpButton opens the form that makes the channel a team's.
func setUpButton(req *Request) *slack.ButtonBlockElement {
	return button(actionSetUp, "Set up a team here", "", newParams("name", req.ChannelName))
}

// noTeamHere says that the channel is not a team's, with what can be done about it.
func (app *App) noTeamHere(req *Request) []slack.Block {
	const words = "This channel is not a team's yet."
	if !app.may(req)(pipeline.CreateTeam) {
		return []slack.Block{note(words+" ", app.whoSetsUp())}
	}
	return []slack.Block{note(words), buttons(setUpButton(req))}
}

// chooseTeam answers where a list needs to know whose.
func chooseTeam(ctx context.Context, app *App, req *Request, action string, value params) (Reply, error) {
	teams, err := visibleTeams(ctx, app, req, pipeline.ReadTeam)
	if err != nil {
		return Reply{}, err
	}
	if len(teams) == 0 {
		return offerTeams(ctx, app, req, pipeline.Draft{})
	}
	reply := tell("This channel is not a team's. Whose ideas would you like to see?")
	reply.Tell.Blocks = append(reply.Tell.Blocks, buttons(teamMenu(action, "Choose a team", teams, value)))
	return reply, nil
}

// menuLimit is how many options a menu may have.
// https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element
const menuLimit = 100

// teamMenu is a menu of teams; each option carries the value and its team.
func teamMenu(action, placeholder string, teams []pipeline.Team, value params) *slack.SelectBlockElement {
	return slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, plain(placeholder), action, teamOptions(teams, value)...)
}

func teamOptions(teams []pipeline.Team, value params) []*slack.OptionBlockObject {
	var options []*slack.OptionBlockObject
	for _, team := range teams[:min(len(teams), menuLimit)] {
		value.Values.Set("team", string(team.Key))
		options = append(options, option(value.encode(), teamLabel(team)))
	}
	return options
}

// suggestTeams answers a menu of teams while somebody types.
func suggestTeams(ctx context.Context, app *App, req *Request) (Reply, error) {
	teams, err := visibleTeams(ctx, app, req, pipeline.SubmitIdea)
	if err != nil {
		return Reply{}, err
	}
	wanted := strings.ToLower(pipeline.CleanLine(typed(req.Words)))
	teams = slices.DeleteFunc(teams, func(team pipeline.Team) bool {
		return !strings.Contains(strings.ToLower(teamLabel(team)), wanted)
	})
	return Reply{Options: teamOptions(teams, newParams())}, nil
}

// teamLabel is a team in a menu.
func teamLabel(t pipeline.Team) string { return t.Name + " (" + string(t.Key) + ")" }
