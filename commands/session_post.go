package commands

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// The messages of a session in its team's channel: its agenda some days before, the
// one where its thread begins, and in the thread its points and what came of them.

const (
	// pointsTold is how many points one message tells of.
	pointsTold = 12
	// titleTold is how much of a point's title and words one line of many tells, in
	// runes.
	titleTold = 120
	// rootWait is for how long the points of a session wait for the message that
	// begins its thread.
	rootWait = time.Minute
)

// drawSessionAgenda makes the message that says what a session is going to talk about.
func (app *App) drawSessionAgenda(ctx context.Context, c storage.Claimed) (Drawn, error) {
	scene, err := app.drawnScene(ctx, c)
	if err != nil || scene.team.Key == "" {
		return Drawn{Skip: err == nil}, err
	}
	if scene.Agenda.IsZero() && (c.Args["send"] == "" || scene.Session.Stage != pipeline.SessionPlanned) {
		return Drawn{Skip: true}, nil // there is nothing to redraw yet, or it would come late
	}
	return Drawn{Channel: scene.team.Channel, Update: scene.Agenda, Post: scene.agendaPost(app.nameIn(ctx))}, nil
}

// nameIn gives names of people for messages that ping nobody.
func (app *App) nameIn(ctx context.Context) func(user string) string {
	return func(user string) string { return pipeline.Cut(app.name(ctx, user), nameShown) }
}

// agendaPost says what a session is going to talk about, or that it is over.
func (s sessionScene) agendaPost(name func(user string) string) Post {
	if s.Session.Stage != pipeline.SessionPlanned {
		words := sessionWhen(s.Session)
		return Post{Text: words, Blocks: []slack.Block{say(words), buttons(sessionButton(s.Session))}}
	}
	title := Mrkdwn("*Alignment session: " + whenTime(s.Session.Begins) + "*")
	plainTitle := "Alignment session on " + Mrkdwn(pipeline.ShowDay(s.Session.Day))
	value := sessionValue(s.Session, "")
	if len(s.points) == 0 {
		return Post{Text: plainTitle + ": nothing asks for a decision", Blocks: []slack.Block{
			say(title), say(nothingToSay),
			buttons(button(actionPointNew, "Add a point", "to the alignment session", value), skipSessionButton(s.Session, ""), sessionButton(s.Session)),
		}}
	}
	blocks := []slack.Block{say(title), note("What it is going to talk about, as it stands now. What is settled before is not on it any more.")}
	for i, p := range s.points[:min(len(s.points), pointsTold)] {
		blocks = append(blocks, pointRow(i+1, p, name))
	}
	if over := s.over + max(0, len(s.points)-pointsTold); over > 0 {
		blocks = append(blocks, note(overWords(over)))
	}
	blocks = append(blocks, buttons(
		primary(button(actionPointNew, "Add a point", "to the alignment session", value)),
		sessionButton(s.Session), skipSessionButton(s.Session, "")))
	return Post{Text: plainTitle + ": " + Mrkdwn(counted(len(s.points), "point", "points")), Blocks: blocks}
}

// pointRow is a point in a list, with the button of its item.
func pointRow(number int, p pipeline.Point, name func(user string) string) *slack.SectionBlock {
	by := ""
	if p.By != "" {
		by = name(p.By)
	}
	words := pipeline.Cut(pointTitle(number, p), titleTold+titleTold/2)
	if why := pointWords(p, by); why != "" {
		words += "\n" + capital(pipeline.Cut(why, titleTold))
	}
	if n := len(p.Said); n > 0 {
		words += " · " + counted(n, "answer", "answers")
	}
	row := slack.NewSectionBlock(plain(words), nil, nil)
	if first := repairButtons(p, newParams(), number, anyAction); len(first) > 0 {
		row.Accessory = slack.NewAccessory(first[0])
	}
	return row
}

// anyAction draws all buttons of a message that many read: what somebody may is asked
// when they click.
func anyAction(pipeline.Action) bool { return true }

// sessionButton opens everything about a session.
func sessionButton(s pipeline.Session) *slack.ButtonBlockElement {
	return button(actionSession, "Details", "of the alignment session", sessionValue(s, ""))
}

// drawSession makes the message where a session's thread begins.
func (app *App) drawSession(ctx context.Context, c storage.Claimed) (Drawn, error) {
	scene, err := app.drawnScene(ctx, c)
	if err != nil || scene.team.Key == "" || scene.Session.Started.IsZero() {
		return Drawn{Skip: err == nil}, err
	}
	return Drawn{Channel: scene.team.Channel, Update: scene.Message, Post: scene.post()}, nil
}

// post is the message where the thread begins: what became of the last session, and
// how this one stands.
func (s sessionScene) post() Post {
	points := counted(len(s.Session.Points), "point", "points")
	words := Mrkdwn("The alignment session begins: " + points + ".")
	blocks := []slack.Block{say("*The alignment session begins: " + Mrkdwn(points) + ".* One after the other, in this thread.")}
	switch {
	case len(s.Session.Points) == 0:
		words = "No alignment session today: nothing asks for a decision."
		blocks = []slack.Block{say("*" + words + "* The next one follows by the rhythm.")}
	case s.Session.Stage == pipeline.SessionRunning:
		p, _ := s.Session.Point(s.Session.Current())
		blocks = append(blocks, slack.NewContextBlock("", plain("Now: "+pipeline.Cut(pointTitle(s.Session.Current(), p), titleTold)+" (of "+strconv.Itoa(len(s.Session.Points))+")")))
	default:
		words = "The alignment session has ended: " + outcomeWords(s.Session)
		blocks = []slack.Block{say("*The alignment session has ended:* " + outcomeWords(s.Session) + " It is told in the thread.")}
	}
	blocks = append(blocks, s.becameBlocks()...)
	if s.Session.Over > 0 && s.Session.Stage == pipeline.SessionRunning {
		blocks = append(blocks, note(overWords(s.Session.Over)))
	}
	return Post{Text: words, Blocks: append(blocks, buttons(sessionButton(s.Session)))}
}

// outcomeWords sum up what came of a session.
func outcomeWords(s pipeline.Session) Mrkdwn {
	settled, decisions := 0, 0
	for _, p := range s.Points {
		if p.Settled() {
			settled++
		}
		decisions += len(p.Decisions)
	}
	return Mrkdwn(fmt.Sprintf("something came of %d of %s, with %s.", settled, counted(len(s.Points), "point", "points"), counted(decisions, "decision", "decisions")))
}

// drawSessionStep makes the message of one step in a session's thread.
func (app *App) drawSessionStep(ctx context.Context, c storage.Claimed) (Drawn, error) {
	step, err := strconv.Atoi(c.Args["step"])
	if err != nil {
		return Drawn{}, fmt.Errorf("entry %s %q: %w", c.Kind, c.ID, err)
	}
	scene, err := app.drawnScene(ctx, c)
	if err != nil || scene.team.Key == "" || step < 0 || step >= len(scene.Session.Steps) {
		return Drawn{Skip: err == nil}, err
	}
	d := Drawn{Channel: scene.Message.Channel, Thread: scene.Message.TS, Update: scene.Steps[step], Post: scene.stepPost(step, app.nameIn(ctx))}
	if scene.Message.IsZero() {
		if scene.now.Before(scene.Session.Started.Add(rootWait)) {
			return Drawn{Skip: true}, app.Store.Enqueue(ctx, c.Outgoing) // drawn again in a second
		}
		d.Channel, d.Thread = scene.team.Channel, "" // nobody knows whether it arrived
	}
	return d, nil
}

// stepPost draws the point that a step went to. The last step has the buttons that
// lead on.
func (s sessionScene) stepPost(step int, name func(user string) string) Post {
	number := s.Session.Steps[step]
	p := s.points[number-1]
	title := pointTitle(number, p)
	said := []slack.RichTextElement{line(bold(title))}
	by := ""
	if p.By != "" {
		by = name(p.By)
	}
	if words := pointWords(p, by); words != "" {
		said = append(said, line(text(capital(words))))
	}
	if item, known := s.facts.Item(p.Subject); known && item.Gone != "" {
		said = append(said, line(bold("It is "+item.Gone+" by now."), text(" There is nothing left to decide.")))
	}
	for _, l := range p.Said {
		said = append(said, quote(name(l.By)+" said before: "+l.Words))
	}
	said = append(said, toldLines(p, name)...)
	blocks := []slack.Block{rich(said...)}
	if s.Session.Stage == pipeline.SessionRunning {
		blocks = append(blocks, buttons(s.stepButtons(step, p)...))
	}
	return Post{Text: fallback(pipeline.Cut(title, titleTold)), Blocks: blocks}
}

// toldLines say what came of a point, with names that ping nobody.
func toldLines(p pipeline.Point, name func(user string) string) []slack.RichTextElement {
	var said []slack.RichTextElement
	for _, d := range p.Decisions {
		said = append(said, line(bold("Decided: "), text(name(d.By)+" "+decisionDeed(d, p.Subject))))
	}
	for _, l := range p.Notes {
		said = append(said, line(bold("Noted: "), text(l.Words+" ("+name(l.By)+")")))
	}
	return said
}

// stepButtons of a point: what can be decided, a note, and on the last step what leads
// on.
func (s sessionScene) stepButtons(step int, p pipeline.Point) []slack.BlockElement {
	number := s.Session.Steps[step]
	value := func() params { return sessionValue(s.Session, "").set("point", strconv.Itoa(number)) }
	var elements []slack.BlockElement
	if step == len(s.Session.Steps)-1 {
		if number < len(s.Session.Points) {
			elements = append(elements, primary(button(actionSessionNext, "Next point", "", value())))
		} else {
			elements = append(elements, endSessionButton(s.Session, ""))
		}
		if number > 1 {
			elements = append(elements, button(actionSessionBack, "Back", "to the point before", value()))
		}
	}
	elements = append(elements, button(actionPointNote, "Note…", "what came of point "+strconv.Itoa(number), value()))
	if item, known := s.facts.Item(p.Subject); !known || item.Gone == "" {
		elements = append(elements, repairButtons(p, newParams(), number, anyAction)...)
	}
	return elements
}

// drawSessionTold makes the reply that sums a session up.
func (app *App) drawSessionTold(ctx context.Context, c storage.Claimed) (Drawn, error) {
	state, team, err := app.drawnSession(ctx, c)
	if err != nil || team.Key == "" || state.Session.Stage != pipeline.SessionEnded {
		return Drawn{Skip: err == nil}, err
	}
	d := Drawn{Channel: state.Message.Channel, Thread: state.Message.TS, Post: sessionTold(state.Session, app.nameIn(ctx))}
	if state.Message.IsZero() {
		if later, waits := toldLater(c.Outgoing, app.Now()); waits {
			return Drawn{Skip: true}, app.Store.Enqueue(ctx, later)
		}
		d.Channel = team.Channel
	}
	return d, nil
}

// sessionTold sums up what came of a session, point by point.
func sessionTold(s pipeline.Session, name func(user string) string) Post {
	words := "*The alignment session has ended:* " + outcomeWords(s)
	if s.EndedBy == "" {
		words += " Nobody ended it, so it did by itself after a day."
	}
	blocks := []slack.Block{say(words)}
	told := 0
	for i, p := range s.Points {
		if !p.Settled() || told == pointsTold {
			continue
		}
		told++
		lines := toldLines(p, name)
		said := []slack.RichTextElement{line(bold(pipeline.Cut(pointTitle(i+1, p), titleTold)))}
		blocks = append(blocks, rich(append(said, lines[:min(len(lines), linesTold)]...)...))
	}
	blocks = append(blocks, note("The next session opens with what became of it."), buttons(sessionButton(s)))
	return Post{Text: "The alignment session has ended: " + outcomeWords(s), Blocks: blocks}
}

// linesTold is how many lines of one point a summary tells.
const linesTold = 4

// sessionConflict tells whether somebody else changed a session first, and how it is then.
func sessionConflict(err error) (storage.SessionState, bool) {
	var conflict *storage.SessionConflictError
	if errors.As(err, &conflict) {
		return conflict.Current, true
	}
	return storage.SessionState{}, false
}
