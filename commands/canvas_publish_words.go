package commands

import (
	"context"
	"fmt"
	"time"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// How a canvas stands in Slack, in words, and what can be done about it.

// canvasScope is what the app needs to write canvases of Slack.
// https://docs.slack.dev/reference/scopes/canvases.write
const canvasScope = "canvases:write"

// noCanvasScope is the answer where the app may not write canvases of Slack.
var noCanvasScope = &pipeline.Problem{
	Code: "canvas-scope",
	What: "I may not make canvases of Slack in this workspace.",
	Safe: "The canvas itself is untouched.",
	Next: "Whoever runs alignbot grants " + canvasScope + " with the output of alignbot manifest, and installs the app again. Until then, post it as a message.",
}

// canvasRefusals say what Slack's codes mean, and what to do.
// https://docs.slack.dev/reference/methods/canvases.create
var canvasRefusals = map[string]struct{ what, next string }{
	"missing_scope": {noCanvasScope.What, noCanvasScope.Next},
	"no_permission": {noCanvasScope.What, noCanvasScope.Next},
	"canvas_disabled_user_team": {
		"Canvases are switched off in this workspace.",
		"An admin can switch them on in the settings of the workspace; or post it as a message.",
	},
	"free_team_canvas_tab_already_exists": {
		"The channel has a canvas in its tabs already, and on a free plan it has room for one.",
		"That canvas was not touched. Take it off the tabs and publish again, or post this one as a message.",
	},
	"free_teams_cannot_create_non_tabbed_canvases": {
		"On a free plan Slack makes canvases in the tabs of a channel only, and this channel has no room for one.",
		"Take another canvas off the tabs and publish again, or post this one as a message.",
	},
	"restricted_action": {
		"I may not make a canvas in the team's channel: it is archived, or its settings keep canvases to some people.",
		"Change that in the settings of the channel and publish again, or post it as a message.",
	},
	"channel_not_found": {
		"I am not in the team's channel, so I cannot make a canvas in it.",
		"Invite me there and publish again.",
	},
	"not_in_channel": {
		"I am not in the team's channel, so I cannot make a canvas in it.",
		"Invite me there and publish again.",
	},
	"canvas_too_large": {
		"The canvas holds more than Slack takes.",
		"Shorten what its boxes say, or post it as a message.",
	},
}

// canvasStanding is how a canvas stands in Slack, for people.
type canvasStanding struct {
	is    pipeline.CanvasStanding
	words Mrkdwn
	// trouble is what went wrong; nil for nothing.
	trouble *pipeline.Problem
}

// standingWords tell how a canvas stands in Slack.
func standingWords(s storage.CanvasState, at Workspace, now time.Time) canvasStanding {
	is := s.Standing(s.Slack, now)
	refusal, listed := canvasRefusals[s.Slack.Code]
	if !listed {
		refusal.what, refusal.next = fmt.Sprintf("Slack refuses it with %q.", s.Slack.Code), "Publish again, or post it as a message."
	}
	there := canvasStanding{is: is}
	switch is {
	case pipeline.CanvasComing:
		there.words = "Slack is asked for the canvas. It follows in the tabs of the channel."
	case pipeline.CanvasCurrent:
		there.words = "Kept current as a " + link(slackCanvasLink(at, s.Slack.ID), "canvas of Slack") + ", last written " + whenTime(s.Slack.At) + "."
	case pipeline.CanvasBehind:
		there.trouble = &pipeline.Problem{
			Code: "canvas-behind", What: "The canvas of Slack could not be brought up to date. " + refusal.what,
			Safe: "What was changed here is kept, and the next change is written with it.", Next: "It is tried again with the next change.",
		}
	case pipeline.CanvasGone:
		there.trouble = &pipeline.Problem{
			Code: "canvas-gone", What: "Somebody deleted the canvas of Slack.",
			Safe: "Nothing is lost: the canvas itself is here.", Next: "Publish it again, or stop keeping it current.",
		}
	case pipeline.CanvasUnsure:
		there.trouble = &pipeline.Problem{
			Code: "canvas-unsure", What: "Slack did not say whether it made the canvas.",
			Safe: "The canvas itself is untouched.", Next: "Look at the tabs of the channel, delete one that is there, and publish again.",
		}
	case pipeline.CanvasRefused:
		there.trouble = &pipeline.Problem{Code: "canvas-refused", What: refusal.what, Safe: "The canvas itself is untouched.", Next: refusal.next}
	}
	return there
}

// slackCanvasLink is the address of a canvas of Slack.
func slackCanvasLink(w Workspace, id string) string { return w.URL + "docs/" + w.ID + "/" + id }

// publishSteps are what can be done with how a canvas stands in Slack; value is what
// their buttons carry.
func (app *App) publishSteps(s storage.CanvasState, now time.Time, value params) []slack.BlockElement {
	about, carried := s.Key().String(), value.encode()
	with := func() params { p, _ := decodeParams(carried); return p }
	publish := func(label string) slack.BlockElement {
		return confirm(button(actionCanvasPublish, label, about, with()), "Publish it?", "It becomes a canvas in the tabs of the team's channel, which all who are in there read.", "Publish")
	}
	post := button(actionCanvasPost, "Post as a message", about, with())
	stop := button(actionCanvasStop, "Stop keeping it current", about, with())
	switch s.Standing(s.Slack, now) {
	case pipeline.CanvasUnpublished:
		if !s.IsOpen() {
			return []slack.BlockElement{post}
		}
		if app.NoCanvases {
			return []slack.BlockElement{post}
		}
		return []slack.BlockElement{publish("Publish…"), post}
	case pipeline.CanvasComing, pipeline.CanvasCurrent, pipeline.CanvasBehind:
		return []slack.BlockElement{stop, post}
	}
	return []slack.BlockElement{publish("Publish again…"), post, stop}
}

// canvasFoot ends the window of a canvas: how it stands in Slack, what can be done
// about that, and whether ideas are still to be looked at for a product goal.
func (app *App) canvasFoot(ctx context.Context, req *Request, s canvasScene) ([]slack.Block, error) {
	state, err := app.Store.CanvasState(ctx, s.team.Key, s.canvas.Number)
	if err != nil {
		return nil, err
	}
	var blocks []slack.Block
	switch there := standingWords(state, app.Slack, req.Now); {
	case there.trouble != nil:
		blocks = append(blocks, slack.NewSectionBlock(plain(there.trouble.Error()), nil, nil))
	case there.words != "":
		blocks = append(blocks, note(there.words))
	case app.NoCanvases && s.may:
		blocks = append(blocks, note("It cannot be published as a canvas of Slack: grant `"+canvasScope+"`. It can be posted as a message."))
	}
	if s.may {
		blocks = append(blocks, buttons(app.publishSteps(state, req.Now, canvasValue(state.Key(), s.page))...))
	}
	sweep, err := app.sweepFoot(ctx, s)
	return append(blocks, sweep...), err
}
