package commands

import (
	"context"
	"errors"
	"time"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// The holidays of a team: the days on which nobody is nudged about what waits in it.

// holidaysShown is how long a list of holidays is that is edited in the form, in runes:
// as much as an input of Slack's takes. To a longer one days can be added.
const holidaysShown = 3000

// openHolidays opens the form of a team's holidays.
func openHolidays(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, err := decodeParams(req.Value)
	if err != nil || req.Loaded.Team == nil {
		return Reply{}, stale
	}
	team := *req.Loaded.Team
	h, err := app.Store.Holidays(ctx, team.Key)
	if err != nil {
		return Reply{}, err
	}
	m := metadata{Team: team.Key, Version: h.Version, Channel: req.Channel, Below: p.Get("in")}
	return Reply{Open: holidaysForm(m, h, today(team, req.Now))}, nil
}

// today is the day by the team's clocks.
func today(team pipeline.Team, now time.Time) string {
	return now.In(team.Location()).Format(time.DateOnly)
}

// holidaysForm draws that form: with the days that are to come, or where these are too
// many, for days to add.
func holidaysForm(m metadata, h pipeline.TeamHolidays, today string) *slack.ModalViewRequest {
	days := slack.NewPlainTextInputBlockElement(plain("2026-12-25 Christmas Day"), actionIgnore)
	days.Multiline, days.MaxLength = true, holidaysShown
	coming := h.Days.From(today)
	input := slack.NewInputBlock(string(pipeline.FieldHolidays), plain("Holidays to come, one a line"),
		plain("2026-12-25 Christmas Day, or 2026-12-24 to 2027-01-01 Company closed. You can also paste a calendar file (.ics)."), days)
	input.Optional = true
	about := note("On these days the team gets no nudge, and nobody is nudged about what waits in it.")
	if text := coming.Text(); pipeline.Length(text) <= holidaysShown {
		days.InitialValue = text
		return form(formHolidays, "Holidays", "Save", m, about, input)
	}
	input.BlockID, input.Label = string(pipeline.FieldMoreHolidays), plain("Holidays to add, one a line")
	return form(formHolidays, "Holidays", "Add", m, about,
		note(Mrkdwn(counted(len(coming), "holiday is", "holidays are")+" to come, more than fit in here. ")+
			"Whoever runs alignbot can list them with `alignbot holidays export` and put others in their place with `alignbot holidays import --replace`."),
		input)
}

// saveHolidays stores what somebody typed, or pasted from a calendar file.
func saveHolidays(ctx context.Context, app *App, req *Request) (Reply, error) {
	m, err := req.metadata()
	if err != nil {
		return Reply{}, err
	}
	if req.Loaded.Team == nil {
		return Reply{}, stale
	}
	team := *req.Loaded.Team
	field, text := pipeline.FieldHolidays, req.Form.Value(pipeline.FieldHolidays).Text
	if _, adds := req.Form.block(pipeline.FieldMoreHolidays); adds {
		field, text = pipeline.FieldMoreHolidays, req.Form.Value(pipeline.FieldMoreHolidays).Text
	}
	read, err := pipeline.ParseHolidays(text, req.Now.In(team.Location()), team.Location())
	if err != nil {
		return Reply{}, inField(err, field)
	}
	h, err := app.Store.Holidays(ctx, team.Key)
	if err != nil {
		return Reply{}, err
	}
	days := append(h.Days.Before(today(team, req.Now)), read.Days...)
	if field == pipeline.FieldMoreHolidays {
		days = append(h.Days, read.Days...)
	} else if h.Version != m.Version {
		return Reply{}, holidaysChanged
	}
	changed, err := pipeline.ChangeHolidays(app.Policy, req.Person, req.where(), h, days, req.Now)
	if err != nil {
		return Reply{}, inField(err, field)
	}
	stored, err := app.Store.ChangeHolidays(ctx, req.tryOf(text), changed, storage.Slot{})
	var conflict *storage.SheetConflictError[pipeline.TeamHolidays]
	if errors.As(err, &conflict) {
		return Reply{}, holidaysChanged
	}
	if err != nil {
		return Reply{}, err
	}
	words := "The holidays of " + escape(team.Name)
	coming := Mrkdwn(counted(len(stored.Days.From(today(team, req.Now))), "is", "are")) + " to come. " + Mrkdwn(read.Words())
	if m.Below == inSettings && req.Form.Below != "" {
		return req.settingsSaved(m, team, words, " "+Mrkdwn(capital(string(coming)))), nil
	}
	return tell("*" + words + "*: " + coming), nil
}

// holidaysChanged: somebody else saved theirs since the form was opened.
var holidaysChanged = &pipeline.Problem{
	Code: "holidays-changed",
	What: "Somebody else changed the holidays meanwhile.",
	Safe: "Nothing was changed, and what you typed is still here.",
	Next: "Copy what you typed, open the form again and add it.",
}

// inField has what is wrong with holidays said at the input that the form has.
func inField(err error, field pipeline.Field) error {
	var problem *pipeline.Problem
	if !errors.As(err, &problem) || problem.Fields[pipeline.FieldHolidays] == "" {
		return err
	}
	moved := *problem
	moved.Fields = map[pipeline.Field]string{field: problem.Fields[pipeline.FieldHolidays]}
	return &moved
}
