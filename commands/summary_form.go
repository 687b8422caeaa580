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

// openSummaryForm opens the form that says when a team's summary comes.
func openSummaryForm(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return Reply{}, err
	}
	if req.Loaded.Team == nil {
		return Reply{}, stale
	}
	team := *req.Loaded.Team
	settings, err := app.Store.SummarySettings(ctx, team.Key)
	if err != nil {
		return Reply{}, err
	}
	m := req.formOver(p, "")
	m.Team, m.Version = team.Key, settings.Version
	return Reply{Open: summaryForm(m, team, settings)}, nil
}

// summaryForm draws it.
func summaryForm(m metadata, team pipeline.Team, settings pipeline.SummarySettings, notes ...slack.Block) *slack.ModalViewRequest {
	day, hour := settings.When(team)
	var days []*slack.OptionBlockObject
	for _, d := range pipeline.Week() {
		if len(team.Workdays) == 0 || slices.Contains(team.Workdays, d) {
			days = append(days, option(strconv.Itoa(int(d)), d.String()))
		}
	}
	typed := map[pipeline.Field]string{}
	if settings.On {
		typed[pipeline.FieldSummaryOn] = pipeline.Yes
	}
	blocks := append([]slack.Block{}, notes...)
	for _, input := range []*slack.InputBlock{
		tickInput(pipeline.FieldSummaryOn, m.Fresh, "The summary of the week", "Comes to the team's channel by itself", typed),
		choiceInput(pipeline.FieldSummaryDay, m.Fresh, "On", "On a holiday it comes the next workday.", "Choose a day", strconv.Itoa(int(day)), days),
		timeInput(pipeline.FieldSummaryHour, m.Fresh, "At", "By the team's clocks. A week in which nothing changed has none.", hour.String()),
	} {
		input.DispatchAction = false // three choices: no draft is kept
		blocks = append(blocks, input)
	}
	return form(formSummary, "Summary of the week", "Save", m, blocks...)
}

// changeSummary stores what was chosen.
func changeSummary(ctx context.Context, app *App, req *Request) (Reply, error) {
	m, err := req.metadata()
	if err != nil {
		return Reply{}, err
	}
	if req.Loaded.Team == nil {
		return Reply{}, stale
	}
	team, value := *req.Loaded.Team, req.Form.Value
	typed := pipeline.SummaryForm{
		On: len(value(pipeline.FieldSummaryOn).Chosen) > 0, Day: value(pipeline.FieldSummaryDay).Text, Hour: value(pipeline.FieldSummaryHour).Text,
	}
	rhythm, err := app.rhythm(ctx, team)
	if err != nil {
		return Reply{}, err
	}
	settings := pipeline.SummarySettings{Team: team.Key, Version: m.Version}
	changed, err := pipeline.ChangeSummary(app.Policy, req.Person, req.where(), settings, typed)
	if err != nil {
		return Reply{}, err
	}
	stored, err := app.Store.ChangeSummary(ctx, req.tryOf(m.Fresh, typed), changed, req.Person.ID, storage.Slot{}, summaryWaits(team, changed, rhythm, req.Now)...)
	var conflict *storage.SummaryConflictError
	if errors.As(err, &conflict) {
		m.Version, m.Fresh = conflict.Current.Version, req.fresh()
		said := say("*Somebody changed this meanwhile.* Here is how it is now.")
		return Reply{Update: summaryForm(m, team, conflict.Current, said)}, nil
	}
	if err != nil {
		return Reply{}, err
	}
	words := Mrkdwn("The summary of the week does not come by itself any more.")
	if at, _, ok := stored.Next(team, rhythm, req.Now); ok {
		words = "The next summary of the week comes " + whenTime(at) + ", if something changed."
	}
	return app.finish(ctx, req, m, tell(words)), nil
}
