package commands

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// How a person chooses when they are nudged, and about what.

// nudgesOn and the like are the values of the options of the forms.
const (
	nudgesOn  = "on"
	nudgesOff = "off"
)

// fitsNudges: nothing, or whether the person's nudges are on.
func fitsNudges(rest string) bool {
	return rest == "" || strings.EqualFold(rest, nudgesOn) || strings.EqualFold(rest, nudgesOff)
}

// tellNudges answers /align nudges: how the person is nudged, and the team. A word
// behind it turns the person's on or off before.
func tellNudges(ctx context.Context, app *App, req *Request) (Reply, error) {
	word := strings.ToLower(pipeline.CleanLine(typed(req.Words)))
	settings, err := app.changeNudges(ctx, req.Op, req.Person.ID, chosenNudges{}, func(s pipeline.NudgeSettings) (pipeline.NudgeSettings, bool, error) {
		off := word == nudgesOff
		if off == s.Off || word != nudgesOff && word != nudgesOn {
			return s, false, nil
		}
		s.Off = off
		return s, true, nil
	})
	if err != nil {
		return Reply{}, err
	}
	blocks := nudgeBlocks(settings, req.today())
	if team := req.Loaded.Team; team != nil && app.may(req)(pipeline.ReadTeam) {
		nudges, err := app.Store.TeamNudges(ctx, team.Key)
		if err != nil {
			return Reply{}, err
		}
		blocks = append(blocks, probeBlocks(settings, *team)...)
		blocks = append(blocks, slack.NewDividerBlock())
		blocks = append(blocks, teamNudgeBlocks(*team, nudges, app.may(req)(pipeline.ChangeTeam))...)
	}
	return Reply{Tell: &Post{Text: "How you are nudged: " + Mrkdwn(settings.Words(req.today())), Blocks: blocks}}, nil
}

// nudgeBlocks say how somebody is nudged, with what they can change.
func nudgeBlocks(settings pipeline.NudgeSettings, today string) []slack.Block {
	words := Mrkdwn(settings.Words(today))
	if settings.Weekly && settings.Held(today) != pipeline.NudgesOff {
		words += " Nothing came of the last ones: do something in one, and they come on every workday again."
	}
	steps := nudgeSteps(settings, "")
	if hold := settings.Held(today); hold == pipeline.NudgesSnoozed || hold == pipeline.NudgesAway {
		steps = append([]slack.BlockElement{button(actionSnooze+":0", "Go on now", "with nudges", newParams("days", "0"))}, steps[2])
	}
	return []slack.Block{say("*Nudges*: a private message when something waits for you.\n", words), buttons(steps...)}
}

// aboutPause: what pauses a person's nudges, or ends a pause.
const aboutPause = "pause"

// snoozeNudges pauses the person's nudges for some days, or ends a pause.
func snoozeNudges(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return Reply{}, err
	}
	days, err := strconv.Atoi(p.Get("days"))
	if err != nil || days < 0 || days > pipeline.SnoozeDays {
		return Reply{}, stale
	}
	today := req.today()
	settings, err := app.changeNudges(ctx, req.Op, req.Person.ID, chosenNudges{req.acted(), aboutPause}, func(s pipeline.NudgeSettings) (pipeline.NudgeSettings, bool, error) {
		if days == 0 {
			before := s.SnoozedUntil + s.AwayUntil
			s.SnoozedUntil, s.AwayUntil = "", ""
			return s, before != "", nil
		}
		until := req.Now.In(req.zone()).AddDate(0, 0, days).Format(time.DateOnly)
		if s.SnoozedUntil == until {
			return s, false, nil
		}
		s, err := pipeline.SnoozeNudges(s, until, today)
		return s, true, err
	})
	if err != nil && !errors.Is(err, storage.ErrOvertaken) { // the settings as they are say it
		return Reply{}, err
	}
	return app.nudgesChanged(ctx, req, settings), nil
}

// nudgesChanged shows the settings where the person is.
func (app *App) nudgesChanged(ctx context.Context, req *Request, settings pipeline.NudgeSettings) Reply {
	switch {
	case req.fromNudge() != nil:
		return Reply{} // it is drawn anew
	case req.On == Button && req.Message == nil:
		if home, err := drawHome(ctx, app, req, 1); err == nil {
			return Reply{Home: home}
		}
	}
	return req.tellInPlace(nudgesPost(settings, req.today()))
}

func nudgesPost(settings pipeline.NudgeSettings, today string) *Post {
	return &Post{Text: Mrkdwn(settings.Words(today)), Blocks: nudgeBlocks(settings, today)}
}

// openNudges opens the form of the person's nudges.
func openNudges(ctx context.Context, app *App, req *Request) (Reply, error) {
	settings, err := app.Store.NudgeSettings(ctx, req.Person.ID)
	if err != nil {
		return Reply{}, err
	}
	m := metadata{Channel: req.Channel, Home: req.Channel == "", Opened: req.clickedAt()}
	return Reply{Open: nudgesForm(m, pipeline.NudgeFormOf(settings, req.today()))}, nil
}

// nudgesForm draws that form.
func nudgesForm(m metadata, f pipeline.NudgeForm) *slack.ModalViewRequest {
	kinds := slack.NewCheckboxGroupsBlockElement(actionIgnore)
	for _, kind := range pipeline.WaitKinds() {
		o := option(string(kind), kind.Words())
		kinds.Options = append(kinds.Options, o)
		if slices.Contains(f.Kinds, kind) {
			kinds.InitialOptions = append(kinds.InitialOptions, o)
		}
	}
	day := func(initial string) *slack.DatePickerBlockElement {
		picker := slack.NewDatePickerBlockElement(actionIgnore)
		picker.InitialDate = initial
		return picker
	}
	return form(formNudges, "Nudges", "Save", m,
		note("One private message a day at most, on workdays, and only when something waits for you."),
		silentInput(pipeline.FieldNudges, "Nudges", "", onOrOff(f.On)),
		silentInput(pipeline.FieldNudgeAt, "When", "In your own time zone, as Slack knows it.", clockMenu(f.At)),
		optional(silentInput(pipeline.FieldNudgeKinds, "About", "", kinds)),
		optional(silentInput(pipeline.FieldSnooze, "Snooze until", "The first day with nudges again.", day(f.Snooze))),
		optional(silentInput(pipeline.FieldAway, "Away until", "The first day that you are back.", day(f.Away))),
	)
}

// onOrOff are two options.
func onOrOff(on bool) *slack.RadioButtonsBlockElement {
	radio := slack.NewRadioButtonsBlockElement(actionIgnore, option(nudgesOn, "On"), option(nudgesOff, "Off"))
	radio.InitialOption = radio.Options[0]
	if !on {
		radio.InitialOption = radio.Options[1]
	}
	return radio
}

// clockMenu offers the times of day at which nudges can come.
func clockMenu(at string) *slack.SelectBlockElement {
	var times []*slack.OptionBlockObject
	for _, clock := range pipeline.NudgeTimes() {
		times = append(times, option(clock.String(), clock.String()))
	}
	menu := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, plain("09:30"), actionIgnore, times...)
	menu.InitialOption = optionOf(times, at)
	return menu
}

// saveNudges stores what somebody chose in the form.
func saveNudges(ctx context.Context, app *App, req *Request) (Reply, error) {
	m, err := req.metadata()
	if err != nil {
		return Reply{}, err
	}
	value := req.Form.Value
	chosen := pipeline.NudgeForm{
		On: value(pipeline.FieldNudges).Text == nudgesOn, At: value(pipeline.FieldNudgeAt).Text,
		Snooze: value(pipeline.FieldSnooze).Text, Away: value(pipeline.FieldAway).Text,
	}
	for _, kind := range value(pipeline.FieldNudgeKinds).Chosen {
		chosen.Kinds = append(chosen.Kinds, pipeline.WaitKind(kind))
	}
	settings, err := app.changeNudges(ctx, req.tryOf(chosen), req.Person.ID, chosenNudges{req.acted(), aboutPause}, func(s pipeline.NudgeSettings) (pipeline.NudgeSettings, bool, error) {
		s, err := pipeline.ChangeNudges(s, chosen, req.today())
		return s, true, err
	})
	if err != nil {
		return Reply{}, err
	}
	return app.finish(ctx, req, m, Reply{Tell: nudgesPost(settings, req.today())}), nil
}
