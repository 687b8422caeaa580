package storage

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"alignbot/pipeline"
)

// What is known of the canvas of Slack that shows a canvas is said to its sheet: it
// changes no version, so nobody who fills a box meets it.

// saidInSlack is the field under which it stands.
const saidInSlack = "slack"

// SlackCanvasEntry is the ID of the outbox entry that makes and keeps up the canvas of
// Slack of a publication. The message that shows the entry is that canvas: its channel
// and, in place of a ts, its id.
func SlackCanvasEntry(c pipeline.Canvas) string {
	return MessageEntry(KindCanvas, canvasName(c).String(), slackPart(c.Published.Times))
}

func slackPart(times int) string { return "slack" + strconv.Itoa(times) }

// CanvasState is a canvas with what is known of it in Slack.
type CanvasState struct {
	pipeline.Canvas
	Slack pipeline.SlackCanvas
	// Messages that show parts of it, see MessageEntry.
	Messages map[string]pipeline.Message
}

// CanvasState gives one canvas of the team with what is known of it in Slack, or
// ErrNotFound.
func (s *Store) CanvasState(ctx context.Context, team pipeline.TeamKey, number int) (CanvasState, error) {
	state, err := canvases.get(ctx, s, SheetName{Owner: string(team), Number: number})
	if err != nil {
		return CanvasState{}, err
	}
	return canvasState(state)
}

// CanvasStates gives those of a want of Begin that has Said, by its place among
// Want.Sheets.
func (l Loaded) CanvasStates(want int) ([]CanvasState, error) {
	found, err := canvases.in(l, want)
	if err != nil {
		return nil, err
	}
	var states []CanvasState
	for _, sheet := range found.Sheets {
		state, err := canvasState(sheet)
		if err != nil {
			return nil, err
		}
		states = append(states, state)
	}
	return states, nil
}

func canvasState(sheet SheetState[pipeline.Canvas]) (CanvasState, error) {
	state := CanvasState{Canvas: sheet.Sheet, Messages: sheet.Messages}
	if said := sheet.Said[saidInSlack]; said != "" {
		if err := json.Unmarshal([]byte(said), &state.Slack); err != nil {
			return state, fmt.Errorf("canvas %s in Slack: %w", state.Key(), err)
		}
	}
	shown := sheet.Messages[slackPart(state.Published.Times)]
	state.Slack.Channel, state.Slack.ID = shown.Channel, shown.TS
	return state, nil
}

// SaySlackCanvas keeps what is known of the canvas of Slack that shows a canvas.
func (s *Store) SaySlackCanvas(ctx context.Context, op string, c pipeline.Canvas, slack pipeline.SlackCanvas, after ...Outgoing) error {
	text, err := json.Marshal(slack)
	if err != nil {
		return err
	}
	_, _, err = canvases.say(ctx, s, Telling{Op: op, Name: canvasName(c), Field: saidInSlack, Text: string(text), After: after})
	return err
}
