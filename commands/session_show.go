package commands

import (
	"fmt"
	"strconv"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
)

// Everything about a session, in a form.

// noSessionPlanned tells that a team has no session to come, and offers to plan some.
func noSessionPlanned(team pipeline.Team, last *pipeline.Session, may func(pipeline.Action) bool) *Post {
	words := Mrkdwn("*No alignment session is planned.* In one, the team goes through what asks for a decision: old numbers, ideas that stand still, overrides, what is parked and due.")
	post := &Post{Text: "No alignment session is planned.", Blocks: []slack.Block{say(words)}}
	if last != nil {
		post.Blocks = append(post.Blocks, note("The last one was on "+Mrkdwn(pipeline.ShowDay(last.Day))+"."))
	}
	if !may(pipeline.HoldSession) {
		post.Blocks = append(post.Blocks, note("Full members of the workspace can plan them."))
		return post
	}
	post.Blocks = append(post.Blocks, buttons(primary(button(actionSessionPlan, "Plan sessions…", "of "+team.Name, newParams("team", string(team.Key))))))
	return post
}

// sessionView draws everything about a session for one reader.
func sessionView(s sessionScene, reader string, may func(pipeline.Action) bool, m metadata) *slack.ModalViewRequest {
	blocks := []slack.Block{say(sessionWhen(s.Session))}
	blocks = append(blocks, s.becameBlocks()...)
	if len(s.points) > 0 {
		blocks = append(blocks, slack.NewDividerBlock())
	} else if s.Session.Open() {
		blocks = append(blocks, say(nothingToSay))
	}
	for i, p := range s.points {
		blocks = append(blocks, s.pointBlocks(i+1, p, reader, may)...)
	}
	if s.over > 0 {
		blocks = append(blocks, note(overWords(s.over)))
	}
	if steps := s.steps(inSession, may); len(steps) > 0 {
		blocks = append(blocks, slack.NewDividerBlock(), buttons(steps...))
	}
	return form("session.shown", "Alignment session", "", m, blocks...)
}

const nothingToSay Mrkdwn = "*Nothing asks for a decision at the moment.* Add a point, or skip this one."

func overWords(n int) Mrkdwn {
	return Mrkdwn("And " + counted(n, "thing more that would be worth it", "things more that would be worth it") + ".")
}

// sessionWhen says when a session is, and how it stands.
func sessionWhen(s pipeline.Session) Mrkdwn {
	rhythm := Mrkdwn("Every " + counted(s.Weeks, "week", "weeks") + ".")
	if s.Weeks == 1 {
		rhythm = "Every week."
	}
	switch s.Stage {
	case pipeline.SessionPlanned:
		words := "The next alignment session is *" + whenTime(s.Begins) + "*. " + rhythm
		if s.Day != s.Planned {
			words += " By the rhythm it would be on " + Mrkdwn(pipeline.ShowDay(s.Planned)) + "."
		}
		return words
	case pipeline.SessionRunning:
		return "*The alignment session runs*, at point " + Mrkdwn(fmt.Sprintf("%d of %d", s.Current(), len(s.Points))) + ". Its thread is in the team's channel."
	case pipeline.SessionSkipped:
		return "The alignment session of " + Mrkdwn(pipeline.ShowDay(s.Day)) + " is *skipped*."
	case pipeline.SessionStopped:
		return "The alignment session of " + Mrkdwn(pipeline.ShowDay(s.Day)) + " is not held, and no more are planned."
	}
	return "The alignment session of " + Mrkdwn(pipeline.ShowDay(s.Day)) + " *has ended*."
}

// pointTitle is what a point is about in a line: "2. PAY-O3  Fewer calls".
func pointTitle(number int, p pipeline.Point) string {
	title := strconv.Itoa(number) + ". "
	switch {
	case p.Kind == pipeline.PointAsked:
		return title + "Questions: " + p.Title
	case p.Subject == "":
		return title + p.Words
	}
	return title + p.Subject + "  " + p.Title
}

// pointWords say why a point is on the agenda; "" where its title does.
func pointWords(p pipeline.Point, by string) string {
	words := p.Words
	if p.Kind == pipeline.PointOwn && p.Subject == "" {
		words = ""
	}
	if by != "" {
		if words != "" {
			words += " · "
		}
		words += "added by " + by
	}
	return words
}

// pointBlocks draw a point with what was said about it, and what can be done.
func (s sessionScene) pointBlocks(number int, p pipeline.Point, reader string, may func(pipeline.Action) bool) []slack.Block {
	said := []slack.RichTextElement{line(bold(pointTitle(number, p)))}
	if words := pointWords(p, ""); words != "" {
		said = append(said, line(text(capital(words))))
	}
	if p.By != "" {
		said = append(said, line(text("Added by "), person(p.By)))
	}
	for _, line := range p.Said {
		said = append(said, lineSaid(line))
	}
	for _, line := range p.Notes {
		said = append(said, lineSaid(line))
	}
	said = append(said, decisionLines(p)...)
	blocks := []slack.Block{rich(said...)}
	value := sessionValue(s.Session, inSession)
	elements := repairButtons(p, value, number, may)
	if s.Session.Stage == pipeline.SessionPlanned && may(pipeline.BringPoint) {
		label := "Say something before"
		for _, line := range p.Said {
			if line.By == reader {
				label = "Change what I said"
			}
		}
		about := "about point " + strconv.Itoa(number)
		elements = append(elements, button(actionPointSay+":"+strconv.Itoa(number), label, about, sessionValue(s.Session, inSession).set("of", p.ID)))
		if p.Kind == pipeline.PointOwn && (p.By == reader || s.team.OwnedBy(reader)) {
			elements = append(elements, button(actionPointBack+":"+strconv.Itoa(number), "Take it back", about, sessionValue(s.Session, inSession).set("of", p.ID)))
		}
	}
	if len(elements) > 0 {
		blocks = append(blocks, buttons(elements...))
	}
	return blocks
}

// lineSaid is what one person said.
func lineSaid(l pipeline.PointLine) slack.RichTextElement {
	return &slack.RichTextQuote{Type: slack.RTEQuote, Elements: []slack.RichTextSectionElement{person(l.By), text(": " + l.Words)}}
}

// decisionLines say what was done to the item of a point while its session was held.
func decisionLines(p pipeline.Point) []slack.RichTextElement {
	var lines []slack.RichTextElement
	for _, d := range p.Decisions {
		lines = append(lines, line(text("Decided: "), person(d.By), text(" "+decisionDeed(d, p.Subject))))
	}
	return lines
}

// decisionDeed says a decision as the history does, in a sentence.
func decisionDeed(d pipeline.PointDecision, it string) string {
	words := deed(pipeline.Event{At: d.At, By: d.By, What: d.What, From: d.From, To: d.To, About: d.About}, it)
	if d.Why != "" {
		words += ": " + pipeline.Cut(d.Why, wordsShown)
	}
	return string(sentence(Mrkdwn(words)))
}

// becameBlocks open a session with what became of the last one.
func (s sessionScene) becameBlocks() []slack.Block {
	if s.last == nil || s.Session.Stage == pipeline.SessionEnded {
		return nil
	}
	became := pipeline.WhatBecame(*s.last, s.facts, s.now)
	if len(became) == 0 {
		return nil
	}
	said := []slack.RichTextElement{line(bold("What became of the session of " + pipeline.ShowDay(s.last.Day)))}
	for _, b := range became[:min(len(became), pointsTold)] {
		said = append(said, line(bold(capital(becameLabel(b.State))+": "), text(becameTitle(b.Point)+"; "+pipeline.Cut(b.Words, wordsShown))))
	}
	if more := len(became) - pointsTold; more > 0 {
		said = append(said, line(text("And "+counted(more, "more point", "more points")+".")))
	}
	return []slack.Block{rich(said...)}
}

func becameLabel(state pipeline.BecameState) string {
	if state == pipeline.BecameUntold {
		return "ask"
	}
	return string(state)
}

// becameTitle is a point of the last session with what came of it.
func becameTitle(p pipeline.Point) string {
	title := p.Subject
	if p.Kind == pipeline.PointAsked || title == "" {
		title = pipeline.Cut(p.Title, becameShown)
	}
	if p.Subject == "" {
		title = "“" + pipeline.Cut(p.Words, becameShown) + "”"
	}
	if n := len(p.Notes); n > 0 {
		title += " (“" + pipeline.Cut(p.Notes[n-1].Words, becameShown) + "”)"
	}
	return title
}

// becameShown is how much of a line that was kept is told again, in runes.
const becameShown = 100

// steps are what the reader may do with the session as a whole.
func (s sessionScene) steps(in string, may func(pipeline.Action) bool) []slack.BlockElement {
	value := sessionValue(s.Session, in)
	var steps []slack.BlockElement
	if s.Session.Stage == pipeline.SessionPlanned && may(pipeline.BringPoint) {
		steps = append(steps, primary(button(actionPointNew, "Add a point", "to the alignment session", value)))
	}
	switch {
	case !may(pipeline.HoldSession):
	case s.Session.Stage == pipeline.SessionPlanned:
		steps = append(steps, button(actionSessionPlan, "Move or change…", "the alignment session", value),
			startSessionButton(s.Session, in), skipSessionButton(s.Session, in),
			confirm(button(actionSessionStop, "Stop the sessions", "", value),
				"Stop the sessions?", "The one planned is not held, and none follows until somebody plans one.", "Stop them"))
	case s.Session.Stage == pipeline.SessionRunning:
		steps = append(steps, endSessionButton(s.Session, in))
	case s.Session.Stage == pipeline.SessionStopped:
		steps = append(steps, button(actionSessionPlan, "Plan sessions…", "", newParams("team", string(s.Session.Team))))
	}
	return steps
}

// startSessionButton begins a session before its time.
func startSessionButton(s pipeline.Session, in string) *slack.ButtonBlockElement {
	return confirm(button(actionSessionStart, "Start it now", "the alignment session", sessionValue(s, in)),
		"Start the session?", "Its thread begins in the team's channel at once.", "Start it")
}

// skipSessionButton leaves one session out.
func skipSessionButton(s pipeline.Session, in string) *slack.ButtonBlockElement {
	return confirm(button(actionSessionSkip, "Skip this one", "alignment session", sessionValue(s, in)),
		"Skip this session?", "The next one follows by the rhythm. What people added to this one stays with it.", "Skip it")
}

// endSessionButton ends a session that runs.
func endSessionButton(s pipeline.Session, in string) *slack.ButtonBlockElement {
	return confirm(button(actionSessionEnd, "End the session", "", sessionValue(s, in)),
		"End the session?", "What was decided is told in its thread and kept.", "End it")
}
