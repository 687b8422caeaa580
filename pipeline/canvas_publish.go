package pipeline

import (
	"fmt"
	"time"
)

// SlackCanvas is what is known of the canvas of Slack that shows a canvas.
type SlackCanvas struct {
	// Times is which publication it belongs to, see CanvasPublished.
	Times int `json:"times"`
	// ID in Slack, and the Channel whose tab it is in; "" while Slack has not said
	// that there is one.
	ID      string `json:"-"`
	Channel string `json:"-"`
	// Says is the digest of what stands in it, At when that was written.
	Says string    `json:"says,omitempty"`
	At   time.Time `json:"at,omitzero"`
	// Code is what Slack answered to the last try; "" when it was taken.
	Code string `json:"code,omitempty"`
}

// CanvasStanding is how a canvas stands in Slack.
type CanvasStanding string

// How a canvas can stand.
const (
	CanvasUnpublished CanvasStanding = ""
	CanvasComing      CanvasStanding = "coming"  // Slack is asked for it
	CanvasCurrent     CanvasStanding = "current" // it is there, and is kept up
	CanvasBehind      CanvasStanding = "behind"  // it is there, and Slack refused the last change
	CanvasGone        CanvasStanding = "gone"    // somebody deleted it
	CanvasRefused     CanvasStanding = "refused" // Slack made none
	CanvasUnsure      CanvasStanding = "unsure"  // nobody knows whether Slack made one
)

const (
	// CanvasPace is how far apart two changes of one canvas of Slack are at least.
	CanvasPace = time.Minute
	// canvasComes is within which Slack usually has made a canvas.
	canvasComes = 10 * time.Minute
)

// Codes of Slack that say that a canvas is not there any more.
// https://docs.slack.dev/reference/methods/canvases.edit
var canvasGone = map[string]bool{"canvas_not_found": true, "canvas_deleted": true}

// codeUnknown is the code of a try of which nobody knows what became.
const codeUnknown = "unknown"

// Standing tells how the canvas stands in Slack, of what is known of that.
func (c Canvas) Standing(s SlackCanvas, now time.Time) CanvasStanding {
	if c.Published.At.IsZero() {
		return CanvasUnpublished
	}
	code := s.Code
	if s.Times != c.Published.Times {
		code = "" // of an earlier one
	}
	switch {
	case canvasGone[code]:
		return CanvasGone
	case s.ID != "" && code != "":
		return CanvasBehind
	case s.ID != "":
		return CanvasCurrent
	case code == codeUnknown:
		return CanvasUnsure
	case code != "":
		return CanvasRefused
	case now.Sub(c.Published.At) > canvasComes:
		return CanvasUnsure
	}
	return CanvasComing
}

// Publish has the canvas kept current as a canvas of Slack of its own, from now on.
// One that is there already is kept: then the canvas comes back as it was.
func (c Canvas) Publish(s SlackCanvas, by string, now time.Time) (Canvas, error) {
	if !c.IsOpen() {
		return c, &Problem{
			Code: "canvas-closed",
			What: fmt.Sprintf("%s is closed, so there is nothing to keep current.", c.Key()),
			Safe: "What it says is kept.",
			Next: "Open it again first.",
		}
	}
	switch c.Standing(s, now) {
	case CanvasComing, CanvasCurrent, CanvasBehind:
		return c, nil
	}
	c.Published = CanvasPublished{Times: c.Published.Times + 1, By: by, At: now}
	return c, nil
}

// Unpublish ends that the canvas is kept current in Slack. What stands there stays.
func (c Canvas) Unpublish() Canvas {
	c.Published.By, c.Published.At = "", time.Time{}
	return c
}

// Written is what is known of the canvas of Slack once that says what says is the
// digest of.
func (s SlackCanvas) Written(times int, says string, at time.Time) SlackCanvas {
	s.Times, s.Says, s.At, s.Code = times, says, at, ""
	return s
}

// Refused is what is known of it once Slack refused a try with the code; "" where
// nobody knows what became of it.
func (s SlackCanvas) Refused(times int, code string) SlackCanvas {
	if code == "" {
		code = codeUnknown
	}
	if s.Times != times {
		s = SlackCanvas{}
	}
	s.Times, s.Code = times, code
	return s
}

// Waits is for how long the next change has to wait: two are a minute apart.
func (s SlackCanvas) Waits(now time.Time) time.Duration {
	if s.At.IsZero() {
		return 0
	}
	return max(0, s.At.Add(CanvasPace).Sub(now))
}
