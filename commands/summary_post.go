package commands

import (
	"strings"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
)

const (
	// movesTold, learningsTold and decisionsTold are how many lines of each a summary
	// tells.
	movesTold     = 10
	learningsTold = 6
	decisionsTold = 8
	// titlesTold is how much of a title, and of a reason, a line tells, in runes.
	titlesTold = 90
)

// post draws what changed within a week, and nothing else. Names ping nobody.
func (w weekly) post() Post {
	title := "The week of " + pipeline.Cut(w.team.Name, pipeline.TeamNameLimit)
	if w.This.IsQuiet() {
		words := Mrkdwn("Nothing changed within the last seven days: no idea was captured or moved, nothing was learned or decided.")
		return Post{Text: words, Blocks: []slack.Block{say(words)}}
	}
	blocks := []slack.Block{header(title)}
	var lines []string
	for _, m := range w.This.Moved {
		lines = append(lines, w.item(m.Key)+": "+stageTold(m.From)+" → "+stageTold(m.To))
	}
	blocks = append(blocks, summaryPart("What moved", lines, movesTold)...)
	lines = nil
	for _, h := range w.This.Learned {
		words := w.item(h.Key) + ": "
		if h.Event.Why != "" {
			words += pipeline.Cut(h.Event.Why, titlesTold)
		} else {
			words += h.Event.About
		}
		lines = append(lines, words)
	}
	blocks = append(blocks, summaryPart("What was learned", lines, learningsTold)...)
	lines = nil
	for _, h := range w.This.Decided {
		lines = append(lines, w.decided(h))
	}
	blocks = append(blocks, summaryPart("What was decided", lines, decisionsTold)...)
	blocks = append(blocks, summaryPart("In numbers", w.Lines(), len(w.Lines()))...)
	if w.This.Part.People > 0 {
		blocks = append(blocks, summaryPart("Taking part", w.This.Part.Lines(), len(w.This.Part.Lines()))...)
	}
	if w.probe != "" {
		blocks = append(blocks, summaryPart("Alignment probe", []string{w.probe}, 1)...)
	}
	if w.cut {
		blocks = append(blocks, note("So much happened that the oldest of it is not counted."))
	}
	return Post{Text: fallback(title) + ": " + fallback(strings.Join(w.Lines(), " ")), Blocks: blocks}
}

// stageTold is a stage in a word or two.
func stageTold(s pipeline.Stage) string {
	if s == pipeline.Learned {
		return "learned from"
	}
	return whereabouts(s)
}

// item is a key with the title of what it names.
func (w weekly) item(key string) string {
	return strings.TrimSpace(key + "  " + pipeline.Cut(w.titles[key], titlesTold))
}

// decided says one decision: who, what and why.
func (w weekly) decided(h pipeline.Happening) string {
	e := h.Event
	words := capital(deed(e, w.item(h.Key)))
	if e.By != "" {
		words = w.name(e.By) + " " + deed(e, w.item(h.Key))
	}
	if e.Why != "" {
		words += ": " + pipeline.Cut(e.Why, titlesTold)
	}
	return words
}

// summaryPart draws lines under a title, the first of them where there are many; none
// without lines.
func summaryPart(title string, lines []string, most int) []slack.Block {
	if len(lines) == 0 {
		return nil
	}
	said := []slack.RichTextElement{line(bold(title))}
	for _, words := range lines[:min(len(lines), most)] {
		said = append(said, line(text(words)))
	}
	if more := len(lines) - most; more > 0 {
		said = append(said, line(text("And "+counted(more, "more", "more")+".")))
	}
	return []slack.Block{rich(said...)}
}

// summarySteps say whether the summary comes to the channel by itself.
func summarySteps(team pipeline.Team, settings pipeline.SummarySettings, mayChange bool) []slack.Block {
	words := Mrkdwn("It does not come to the channel by itself.")
	if settings.On {
		day, hour := settings.When(team)
		words = Mrkdwn("It comes to the channel every " + day.String() + " at " + hour.String() + " by the team's clocks, where something changed.")
	}
	blocks := []slack.Block{note(words)}
	if mayChange {
		blocks = append(blocks, buttons(button(actionSummaryForm, "Every week…", "the summary of "+string(team.Key), newParams("team", string(team.Key)))))
	}
	return blocks
}
