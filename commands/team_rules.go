package commands

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// inSettings marks the settings of a team: the form of its rules lies on them.
const inSettings = "settings"

// fieldVelocityUnit tells in what the velocity of a team is counted.
const fieldVelocityUnit pipeline.Field = "velocity-unit"

// The units of a velocity.
const (
	inPoints = "points"
	inIdeas  = "ideas"
)

// openTeamRules opens the form of what a team asks of an idea, and of how much
// its Product Backlog holds.
func openTeamRules(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, s, err := app.clickedShelf(req)
	if err != nil {
		return Reply{}, err
	}
	m := metadata{Team: s.team.Key, Version: s.team.Version, Channel: req.Channel, Below: p.Get("in")}
	return Reply{Open: teamRulesForm(app, m, s, s.team, velocityTyped(s.team))}, nil
}

func velocityTyped(t pipeline.Team) string {
	if t.Velocity == 0 {
		return ""
	}
	return strconv.Itoa(t.Velocity)
}

// teamRulesForm draws that form. velocity is as typed.
func teamRulesForm(app *App, m metadata, s shelf, t pipeline.Team, velocity string, notes ...slack.Block) *slack.ModalViewRequest {
	soft, hard := t.Limits()
	work := slack.NewPlainTextInputBlockElement(plain("20"), actionIgnore)
	work.InitialValue, work.MaxLength = velocity, numberLength
	unit := slack.NewRadioButtonsBlockElement(actionIgnore, option(inPoints, "Points"), option(inIdeas, "Ideas"))
	unit.InitialOption = unit.Options[0]
	if t.VelocityIdeas {
		unit.InitialOption = unit.Options[1]
	}
	return form(formTeamRules, "Checklists and limits", "Save", m, append(notes,
		optional(silentInput(pipeline.FieldRequired, "Checklists before an idea counts as validated",
			fmt.Sprintf("Each has to be passed. %s shows what they ask.", app.command("/validate checklists")), templateMenu(s, t.Required))),
		optional(silentInput(pipeline.FieldRequiredForBacklog, "Checklists before it enters the Product Backlog", "INVEST or the Definition of Ready fit here.", templateMenu(s, t.RequiredForBacklog))),
		silentInput(pipeline.FieldSoftLimit, "Warn when the Product Backlog holds this much work", "", sprintsMenu(soft)),
		silentInput(pipeline.FieldHardLimit, "Let nothing more in over", "A product owner can still do it, with a reason.", sprintsMenu(hard)),
		optional(silentInput(pipeline.FieldVelocity, "How much does the team finish in a sprint?", "Until a sprint is closed; then the mean of the last three counts. Empty while you do not know: the limits do not apply.", work)),
		silentInput(fieldVelocityUnit, "Counted in", "", unit),
	)...)
}

// templateMenu offers the checklists of a team.
func templateMenu(s shelf, chosen []pipeline.TemplateID) *slack.MultiSelectBlockElement {
	var options []*slack.OptionBlockObject
	for _, t := range s.all {
		options = append(options, option(string(t.ID), t.Name))
	}
	menu := slack.NewOptionsMultiSelectBlockElement(slack.MultiOptTypeStatic, plain("Choose checklists"), actionIgnore, options...)
	most := pipeline.RequiredLimit
	menu.MaxSelectedItems = &most
	for _, id := range chosen {
		if o := optionOf(options, string(id)); o != nil {
			menu.InitialOptions = append(menu.InitialOptions, o)
		}
	}
	return menu
}

// sprintsMenu offers limits in sprints of work.
func sprintsMenu(chosen int) *slack.SelectBlockElement {
	var options []*slack.OptionBlockObject
	for n := 1; n <= pipeline.SprintsMax; n++ {
		options = append(options, option(strconv.Itoa(n), counted(n, "sprint", "sprints")))
	}
	menu := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, plain("Sprints"), actionIgnore, options...)
	menu.InitialOption = optionOf(options, strconv.Itoa(chosen))
	return menu
}

// teamRulesValues reads the form over what was there before.
func teamRulesValues(f *Form, t pipeline.Team) pipeline.Team {
	chosen := func(field pipeline.Field) (ids []pipeline.TemplateID) {
		for _, id := range f.Value(field).Chosen {
			ids = append(ids, pipeline.TemplateID(id))
		}
		return ids
	}
	t.Required, t.RequiredForBacklog = chosen(pipeline.FieldRequired), chosen(pipeline.FieldRequiredForBacklog)
	t.SoftLimit, _ = strconv.Atoi(f.Value(pipeline.FieldSoftLimit).Text)
	t.HardLimit, _ = strconv.Atoi(f.Value(pipeline.FieldHardLimit).Text)
	t.VelocityIdeas = f.Value(fieldVelocityUnit).Text == inIdeas
	t.Velocity = 0
	if typed := pipeline.CleanLine(f.Value(pipeline.FieldVelocity).Text); typed != "" {
		n, err := strconv.Atoi(typed)
		if err != nil {
			n = -1 // which the rule refuses in its words
		}
		t.Velocity = n
	}
	return t
}

// changeTeamRules stores them.
func changeTeamRules(ctx context.Context, app *App, req *Request) (Reply, error) {
	m, err := req.metadata()
	if err != nil {
		return Reply{}, err
	}
	s, err := app.shelf(req)
	if err != nil {
		return Reply{}, err
	}
	team, err := pipeline.CheckTeam(teamRulesValues(req.Form, s.team))
	if err != nil {
		return Reply{}, err
	}
	team.Version = m.Version
	stored, err := app.storeSettings(ctx, req, team)
	var conflict *storage.TeamConflictError
	if errors.As(err, &conflict) {
		m.Version = conflict.Current.Version
		return Reply{Update: teamRulesForm(app, m, s, team, velocityTyped(team), rulesConflict(s, conflict.Current)...)}, nil
	}
	if err != nil {
		return Reply{}, err
	}
	return req.settingsSaved(m, stored, "Checklists and limits"), nil
}

// rulesConflict shows what somebody else saved.
func rulesConflict(s shelf, now pipeline.Team) []slack.Block {
	soft, hard := now.Limits()
	velocity := "unknown"
	if now.Velocity > 0 {
		velocity = strconv.Itoa(now.Velocity) + " " + inPoints
		if now.VelocityIdeas {
			velocity = strconv.Itoa(now.Velocity) + " " + inIdeas
		}
	}
	return []slack.Block{
		say("*Somebody changed these settings while you had them open.* Yours are still below. Save again to put them in place of theirs."),
		rich(line(bold("What they say now")),
			line(text("To be validated: "+templateNames(s, now.Required))),
			line(text("For the Product Backlog: "+templateNames(s, now.RequiredForBacklog))),
			line(text(fmt.Sprintf("Warning from %d sprints, nothing over %d, finished in a sprint: %s", soft, hard, velocity)))),
	}
}

func templateNames(s shelf, ids []pipeline.TemplateID) string {
	var names []string
	for _, id := range ids {
		if t, ok := pipeline.FindTemplate(s.all, id); ok {
			names = append(names, t.Name)
		}
	}
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}
