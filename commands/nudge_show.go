package commands

import (
	"context"
	"fmt"
	"time"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
)

// nudgeRow is a line of a nudge: what waits, or what became of it.
type nudgeRow struct {
	thing   waitingThing
	purpose string // what the idea in it is for; "" where nothing is told
	settled *settledThing
}

// nudgePost draws a nudge from how things are now: what it asked for and was done, or
// is over, says so and has no button any more.
func (app *App) nudgePost(ctx context.Context, s *waitScene, all waitingThings, settings pipeline.NudgeSettings, asked nudged) (Post, error) {
	rows := make([]nudgeRow, len(asked.items))
	for i, item := range asked.items {
		thing, waits := all.find(item)
		if !waits {
			after, err := s.settled(ctx, item)
			if err != nil {
				return Post{}, err
			}
			rows[i].settled = &after
			continue
		}
		rows[i].thing = thing
		if thing.about.IsZero() {
			continue
		}
		idea, err := app.Store.Idea(ctx, thing.about)
		if err == nil {
			rows[i].purpose, err = app.chainLine(ctx, idea)
		}
		if err != nil {
			return Post{}, err
		}
	}
	return drawnNudge(app, rows, settings, asked, s.req.today()), nil
}

// today is the day where the person is, as in "2026-11-23".
func (req *Request) today() string { return req.Now.In(req.zone()).Format(time.DateOnly) }

// zone is the person's; UTC where Slack tells none that is known.
func (req *Request) zone() *time.Location {
	if loc, err := time.LoadLocation(req.Person.Zone); err == nil {
		return loc
	}
	return time.UTC
}

// drawnNudge draws the private message of the day.
func drawnNudge(app *App, rows []nudgeRow, settings pipeline.NudgeSettings, asked nudged, today string) Post {
	open := 0
	var blocks []slack.Block
	for _, row := range rows {
		if row.settled != nil {
			after := " · over"
			if row.settled.done {
				after = " · done"
			}
			blocks = append(blocks, rich(line(struck(row.settled.words), text(after))))
			continue
		}
		open++
		section := row.thing.block()
		if step := row.thing.step; step != nil {
			section.Accessory = slack.NewAccessory(inNudge(step, asked.String()))
		}
		blocks = append(blocks, section)
		blocks = append(blocks, purposeNote(row.purpose)...)
	}
	words := Mrkdwn(capital(counted(open+asked.more, "thing waits", "things wait")) + " for you")
	switch {
	case open+asked.more == 0:
		words = "All of it is done"
	case open == 0:
		words = "All of it here is done"
	case asked.more > 0:
		words += Mrkdwn(fmt.Sprintf(", %d of them here", open))
	}
	if asked.more > 0 {
		home := link("slack://app?team="+app.Slack.ID+"&id="+app.Slack.AppID+"&tab=home", "Home")
		blocks = append(blocks, note(Mrkdwn(fmt.Sprintf("And %d more in ", asked.more)), home, "."))
	}
	if settings.WeeklyFrom == asked.day {
		blocks = append(blocks, say("Nothing came of the last three of these messages, so from now on they come *once a week*. Do something in one, and they come on every workday again."))
	}
	var turn Mrkdwn = "Turn it off"
	if settings.Off {
		turn = "Turn them on"
	}
	blocks = append(blocks, note("You get this because something waits for you. ", Mrkdwn(settings.Words(today)), " ", turn, " here, in Home or with `", Mrkdwn(app.command("/align nudges")), "`."))
	return Post{
		Text:   words + ".",
		Blocks: append(append([]slack.Block{say("*" + words + "*")}, blocks...), buttons(nudgeSteps(settings, asked.String())...)),
	}
}

// nudgeSteps are what somebody can do about their nudges; in names the nudge that the
// buttons stand in, "" elsewhere.
func nudgeSteps(settings pipeline.NudgeSettings, in string) []slack.BlockElement {
	if settings.Off {
		return []slack.BlockElement{inNudge(button(actionNudgesEdit, "Turn on…", "nudges", newParams()), in)}
	}
	steps := []*slack.ButtonBlockElement{
		button(actionSnooze+":1", "Snooze 1 day", "all nudges", newParams("days", "1")),
		button(actionSnooze+":7", "Snooze 1 week", "all nudges", newParams("days", "7")),
		button(actionNudgesEdit, "Until a date, kinds, off…", "nudges", newParams()),
	}
	elements := make([]slack.BlockElement, len(steps))
	for i, step := range steps {
		elements[i] = inNudge(step, in)
	}
	return elements
}

// inNudge is a copy of a button that knows the nudge it stands in, see followNudge;
// "" for none.
func inNudge(b *slack.ButtonBlockElement, nudge string) *slack.ButtonBlockElement {
	p, err := decodeParams(b.Value)
	if err != nil || nudge == "" {
		return b
	}
	copied := *b
	copied.Value = p.set("nudge", nudge).encode()
	return &copied
}
