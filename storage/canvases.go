package storage

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"alignbot/pipeline"

	"github.com/redis/go-redis/v9"
)

// KindCanvas is the kind of sheet of a canvas.
const KindCanvas = "canvas"

// canvasesOpen lists a team's canvases that are in use by their number, and
// canvasesOf those of one kind. canvasAlone holds the one of a kind of which a team has
// one at a time.
const canvasesOpen = "open"

func canvasesOf(kind pipeline.CanvasKind) string { return "open " + string(kind) }

func canvasAlone(kind pipeline.CanvasKind) string { return onlyOne + string(kind) }

var canvases = shelf[pipeline.Canvas]{
	kind: KindCanvas,
	name: canvasName,
	named: func(c *pipeline.Canvas, name SheetName, version int64) {
		c.Team, c.Number, c.Version = pipeline.TeamKey(name.Owner), name.Number, version
	},
	version: func(c pipeline.Canvas) int64 { return c.Version },
	places: func(c pipeline.Canvas) []Place {
		if !c.IsOpen() {
			return nil
		}
		team, number := string(c.Team), int64(c.Number)
		places := []Place{{Owner: team, List: canvasesOpen, Score: number}, {Owner: team, List: canvasesOf(c.Kind), Score: number}}
		if c.Template().Alone {
			places = append(places, Place{Owner: team, List: canvasAlone(c.Kind), Score: number})
		}
		return places
	},
}

func canvasName(c pipeline.Canvas) SheetName {
	return SheetName{Owner: string(c.Team), Number: c.Number}
}

// CanvasConflictError says that the canvas was changed, another one was begun under its
// number, or another one of a kind that stands alone is in use, since it was read.
// Nothing was written.
type CanvasConflictError struct {
	// Current is what it is now; its Version is 0 where there is none.
	Current pipeline.Canvas
}

func (e *CanvasConflictError) Error() string {
	return fmt.Sprintf("canvas %s was changed meanwhile and is at version %d", e.Current.Key(), e.Current.Version)
}

// KeepCanvas stores what a rule made of a canvas: one of version 0 under its number,
// the next one of its team, where there is none yet; any other in place of the version
// it was read at. Else the error is a *CanvasConflictError: of two people who begin a
// canvas at the same moment one gets the number, and the other looks again at which
// are open. The draft of by is dropped; the event, unless its What is "", is the
// next line of the canvas's history. Without the team the error is ErrNotFound.
func (s *Store) KeepCanvas(ctx context.Context, op string, c pipeline.Canvas, by string, draft Slot, event pipeline.Event, after ...Outgoing) (pipeline.Canvas, error) {
	if c.Number < 1 {
		return pipeline.Canvas{}, errors.New("storage: a canvas needs a number")
	}
	var lines []SheetEvent
	if event.What != "" {
		lines = []SheetEvent{{Key: c.Key().String(), Event: event}}
	}
	stored, err := canvases.write(ctx, s, sheetWrite[pipeline.Canvas]{Op: op, Sheet: c, By: by, Draft: draft, Events: lines, After: after})
	if current, conflicts := conflictOf[pipeline.Canvas](err); conflicts {
		if current.Sheet.Version == 0 { // it is not stored
			current.Sheet.Team, current.Sheet.Number = c.Team, c.Number
		}
		return pipeline.Canvas{}, &CanvasConflictError{Current: current.Sheet}
	}
	return stored, err
}

// Canvas gives one canvas of the team, or ErrNotFound.
func (s *Store) Canvas(ctx context.Context, team pipeline.TeamKey, number int) (pipeline.Canvas, error) {
	state, err := canvases.get(ctx, s, SheetName{Owner: string(team), Number: number})
	return state.Sheet, err
}

// OpenCanvases gives the team's canvases that are in use, the newest first.
func (s *Store) OpenCanvases(ctx context.Context, team pipeline.TeamKey) ([]pipeline.Canvas, error) {
	want := WantOpenCanvases()
	want.Owner = string(team)
	found, err := canvases.list(ctx, s, want)
	return sheetsOf(found), err
}

// WantOpenCanvases wants the team's canvases that are in use, which pipeline bounds.
func WantOpenCanvases() SheetWant {
	return SheetWant{Kind: KindCanvas, List: canvasesOpen, Most: 2 * pipeline.CanvasesMax}
}

// WantCanvasesOf wants those of a kind that are in use.
func WantCanvasesOf(kind pipeline.CanvasKind) SheetWant {
	return SheetWant{Kind: KindCanvas, List: canvasesOf(kind), Most: 2 * pipeline.CanvasesMax}
}

// WantCanvases wants the team's newest canvases, closed ones among them, after so many
// others.
func WantCanvases(offset, most int) SheetWant {
	return SheetWant{Kind: KindCanvas, Offset: offset, Most: most}
}

// WantCanvas wants one of them, with what is known of it in Slack.
func WantCanvas(number int) SheetWant {
	return SheetWant{Kind: KindCanvas, Number: number, Said: true}
}

// Canvases gives those of a want, by its place among Want.Sheets, the newest first,
// and how many its list has.
func (l Loaded) Canvases(want int) (found []pipeline.Canvas, total int, err error) {
	page, err := canvases.in(l, want)
	return sheetsOf(page), page.Total, err
}

// CanvasLines gives lines of a canvas's history, the oldest first: from the line with
// the number after the first given to the last one, both from 1, and how many there
// are. Lines that are not there are left out.
func (s *Store) CanvasLines(ctx context.Context, key pipeline.CanvasKey, after, last int) (lines []pipeline.Event, total int, err error) {
	if err := s.enter(ctx); err != nil {
		return nil, 0, err
	}
	var texts []string
	err = s.db.do(ctx, "canvas history", func(ctx context.Context) error {
		name := s.tag + "history:" + key.String()
		pipe := s.db.client.Pipeline()
		page, count := pipe.LRange(ctx, name, int64(after), int64(last-1)), pipe.LLen(ctx, name)
		if _, err := pipe.Exec(ctx); err != nil && !errors.Is(err, redis.Nil) {
			return err
		}
		texts, total = page.Val(), int(count.Val())
		return nil
	})
	if err == nil && last > after {
		lines, err = eventsOf(texts)
		slices.Reverse(lines)
	}
	if err != nil {
		return nil, 0, fmt.Errorf("storage: history of %s: %w", key, err)
	}
	return lines, total, nil
}

// linesAtOnce is how many lines of a canvas's history are read in one round trip.
const linesAtOnce = 500

// CanvasSpan sums up what changed between two lines of a canvas's history: from what it
// was after the first to what it was after the last. It reads the lines between them
// in portions, so that what it takes of memory is what differs.
func (s *Store) CanvasSpan(ctx context.Context, key pipeline.CanvasKey, first, last int) (pipeline.CanvasSpan, error) {
	var span pipeline.CanvasSpan
	for after := first; after < last; after += linesAtOnce {
		lines, _, err := s.CanvasLines(ctx, key, after, min(after+linesAtOnce, last))
		if err != nil {
			return pipeline.CanvasSpan{}, err
		}
		for _, line := range lines {
			span.Add(line)
		}
	}
	return span, nil
}
