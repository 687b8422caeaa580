package commands

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
)

// The report of a team's backlog health.

const (
	// findingsPage is how many findings a message shows, foundShown how many items of
	// each, and repairsShown how many of its repairs.
	findingsPage = 10
	foundShown   = 3
	repairsShown = 3
)

// post draws a page of the report.
func (s healthScene) post(page int) *Post {
	title := "Backlog health of " + s.team.Name
	first, last, number, of := pageOf(len(s.report.Findings), page, findingsPage)
	blocks := []slack.Block{header(title)}
	if number == 1 {
		blocks = append(append(blocks, &pictureBlock{of: s.picture(), words: drawingNow}), s.standing()...)
	}
	for i, f := range s.report.Findings[first:last] {
		blocks = append(blocks, s.finding(first+i+1, f)...)
	}
	if len(s.report.Findings) == 0 {
		blocks = append(blocks, say(s.nothingFound()))
	} else {
		blocks = append(blocks, note(pageLine(number, of, len(s.report.Findings), "finding", "findings")+", the worst first."+s.notShown()))
	}
	if of > 1 {
		blocks = append(blocks, buttons(pageButtons(actionHealth, number, of, s.value())...))
	}
	blocks = append(blocks, buttons(s.steps()...))
	return &Post{Text: fallback(title) + ": " + Mrkdwn(counted(len(s.report.Findings), "finding", "findings")) + ", refined work " + Mrkdwn(s.report.Ready.Words()), Blocks: blocks}
}

// standing says how much work there is, how the last sprints were shared out, and what
// the team said of it.
func (s healthScene) standing() []slack.Block {
	blocks := []slack.Block{rich(
		line(bold("Refined work: "+s.report.Ready.Words()), text(supplyReason(s.report.Ready)+"\n"+gauge(s.report.Ready))),
		line(bold("All active ideas: "+s.report.All.Words()), text(supplyReason(s.report.All)+"\n"+gauge(s.report.All))),
		line(text("Velocity: "+strings.TrimSuffix(s.pace.Words(s.team), ".")+".")),
	)}
	if len(s.report.Ledger) > 0 {
		technical, slackLeast := s.least(pipeline.RuleDebtIgnored), s.least(pipeline.RuleNoSlack)
		title := "Technical excellence and slack, at least " + pipeline.ShowNumber(technical, "%") + " of each"
		if technical != slackLeast {
			title = "Technical excellence, at least " + pipeline.ShowNumber(technical, "%") + ", and slack, at least " + pipeline.ShowNumber(slackLeast, "%")
		}
		said := []slack.RichTextElement{line(bold(title))}
		for _, l := range s.report.Ledger {
			said = append(said, line(text(""+ledgerWords(l, technical, slackLeast))))
		}
		blocks = append(blocks, rich(said...))
	}
	if len(s.felt) > 0 {
		said := []slack.RichTextElement{line(bold("What the team says, beside what is measured"))}
		for _, f := range s.felt {
			said = append(said, line(text(""+f.Question.Words+" "+capital(f.Said)+". "+f.Measured)))
		}
		blocks = append(blocks, rich(said...))
	}
	return append(blocks, slack.NewDividerBlock())
}

// least is the share, in percent, under which a rule of one limit warns the team.
func (s healthScene) least(id pipeline.RuleID) float64 {
	rule, _ := pipeline.FindHealthRule(id)
	return s.rules.Limit(id, rule.Limits[0])
}

// supplyReason says why a supply is not known, or not in full; "" where it is.
func supplyReason(s pipeline.Supply) string {
	switch {
	case s.Ideas == 0:
		return " (no ideas)"
	case s.ByCount:
		return fmt.Sprintf(" (%s, none with a size: counted against the ideas finished in a sprint)", counted(s.Ideas, "idea", "ideas"))
	case s.Unsized > 0:
		return fmt.Sprintf(" (%d of %s without a size)", s.Unsized, counted(s.Ideas, "idea", "ideas"))
	}
	return " (" + counted(s.Ideas, "idea", "ideas") + ")"
}

// gauge shows in which band a supply is, in words that can be heard as well:
// "too little: under 3 sprints | RIGHT: 3 to 6 sprints, here | too much: over 6
// sprints".
func gauge(s pipeline.Supply) string {
	var bands []string
	for i, band := range s.Bands {
		words := band.Name + ": " + band.Range
		if i == s.At {
			words = strings.ToUpper(band.Name) + ": " + band.Range + ", here"
		}
		bands = append(bands, words)
	}
	return strings.Join(bands, " | ")
}

// ledgerWords say how one sprint was shared out: "Sprint 4, which runs: 30 % technical
// work and bugs, 15 % slack (too little)".
func ledgerWords(l pipeline.LedgerLine, technical, slackLeast float64) string {
	words := "Sprint " + strconv.Itoa(l.Number)
	switch {
	case l.Begins != "":
		words += ", which begins on " + pipeline.ShowDay(l.Begins)
	case l.Open:
		words += ", which runs"
	}
	share := func(known bool, percent int, least float64, what string) string {
		switch {
		case !known:
			return what + " unknown"
		case float64(percent) < least:
			return fmt.Sprintf("%d %% %s (too little)", percent, what)
		}
		return fmt.Sprintf("%d %% %s", percent, what)
	}
	return words + ": " + share(l.TechnicalKnown, l.Technical, technical, "technical work and bugs") +
		", " + share(l.SlackKnown, l.Slack, slackLeast, "slack") + "."
}

// finding draws one of them: what was found, the worst items, and what can be done.
func (s healthScene) finding(number int, f pipeline.Finding) []slack.Block {
	said := []slack.RichTextElement{line(bold(strconv.Itoa(number)+". "+f.Name), text(" · "+string(f.Level)+"\n"+f.Found))}
	for _, item := range f.Items[:min(len(f.Items), foundShown)] {
		said = append(said, line(text("› "+itemName(item)+"  "+item.Words)))
	}
	if more := len(f.Items) - foundShown; more > 0 {
		said = append(said, line(text("and "+strconv.Itoa(more)+" more")))
	}
	elements := s.repairs(f.Repairs[:min(len(f.Repairs), repairsShown)], string(f.Rule), nil)
	elements = append(elements, button(actionHealthWhy+":"+string(f.Rule), "Why? ("+strconv.Itoa(number)+")", f.Name, s.value("rule", string(f.Rule))))
	if s.may(pipeline.MuteRule) {
		elements = append(elements, button(actionHealthMute+":"+string(f.Rule), "Mute "+strconv.Itoa(number)+"…", f.Name, s.value("rule", string(f.Rule))))
	}
	return []slack.Block{rich(said...), buttons(elements...)}
}

// nothingFound says so, and what is needed to say more.
func (s healthScene) nothingFound() Mrkdwn {
	all, quiet := len(pipeline.HealthRuleList()), len(s.report.Quiet)
	switch {
	case quiet == all:
		return "*There is too little to measure yet.* Capture ideas, take some to the Product Backlog with a size, and close a sprint: each rule speaks as soon as it has enough to go by. *All rules* says what each of them needs."
	case quiet > 0:
		return Mrkdwn(fmt.Sprintf("*Nothing stands out.* Of %d rules %d have enough to go by; *All rules* says what the others need.", all, all-quiet)) + s.notShown()
	}
	return "*Nothing stands out.*" + s.notShown()
}

// notShown counts what is muted.
func (s healthScene) notShown() Mrkdwn {
	if n := len(s.report.Muted); n > 0 {
		return Mrkdwn(" " + counted(n, "finding is", "findings are") + " muted.")
	}
	return ""
}

// steps are what can be done with the whole report.
func (s healthScene) steps() []slack.BlockElement {
	of := "of " + s.team.Name
	picture := s.picture()
	steps := []slack.BlockElement{button(actionHealthRules, "All rules", of, s.value())}
	switch {
	case s.posted:
		picture.around = drawHealth
		steps = append(steps, picture.postedSteps()...)
	case s.may(pipeline.ReadTeam):
		steps = append(steps, picture.svgButton(), button(actionHealth+":again", "Refresh", of, s.value()), confirm(button(actionHealthPost, "Post to channel", of, s.value()),
			"Post it?", "The report is posted in the team's channel as it is then. Everybody there reads it.", "Post"))
	default:
		steps = append(steps, picture.svgButton())
	}
	switch {
	case s.asked != nil:
		steps = append(steps, button(actionHealthAsked, "What the team is asked", of, askValue(*s.asked)))
	case s.may(pipeline.AskRound):
		steps = append(steps, button(actionHealthAsk, "Ask the team…", of, s.value()))
	}
	return steps
}
