package commands

import (
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
)

// The items of a sprint in its review: what was finished, what is left over, and what
// can be done about either.

// items are a page of the items of the sprint: those left over, those without an
// outcome, then all others that are finished.
func (s shownReview) items() []slack.Block {
	type row struct {
		pipeline.ReviewItem
		left bool
	}
	var rows []row
	for _, i := range s.report.Left {
		rows = append(rows, row{i, true})
	}
	for _, i := range s.report.Orphans {
		rows = append(rows, row{i, false})
	}
	for _, i := range s.report.Finished {
		if len(i.For) > 0 {
			rows = append(rows, row{i, false})
		}
	}
	blocks := []slack.Block{say("*Items of the sprint*"), note("What is left over stays in the Product Backlog, unless it is parked.")}
	if len(rows) == 0 {
		return append(blocks[:1], note("The sprint has none."))
	}
	first, end, page, of := pageOf(len(rows), s.page, reviewItemsPage)
	for _, r := range rows[first:end] {
		blocks = append(blocks, slack.NewSectionBlock(plain(itemInWords(r.ReviewItem, r.left)), nil, nil))
		if steps := s.itemSteps(r.ReviewItem); len(steps) > 0 {
			blocks = append(blocks, buttons(steps...))
		}
	}
	return append(blocks, s.turning(page, of, showItems)...)
}

// itemInWords says what became of an item of a sprint.
func itemInWords(i pipeline.ReviewItem, left bool) string {
	words := i.Key.String() + "  " + i.Title + "\n"
	switch {
	case i.Withdrawn:
		words += "Withdrawn"
	case left && i.Stage == "":
		words += "Not finished"
	case left && i.Stage == pipeline.Backlog:
		words += "Not finished, carried over"
	case left:
		words += "Not finished, " + whereabouts(i.Stage)
	case i.Stage == pipeline.Backlog:
		words += "Finished, and not marked as delivered yet"
	default:
		words += "Finished"
	}
	if len(i.For) > 0 {
		keys := make([]string, len(i.For))
		for n, key := range i.For {
			keys[n] = key.String()
		}
		words += " · for " + strings.Join(keys, ", ")
	} else {
		words += " · for no outcome"
	}
	if i.Added {
		words += " · added after the sprint had begun"
	}
	if e := i.Effect; e != nil && e.Expected != "" && !left {
		words += "\nExpected: " + e.Expected
		if e.Answer == "" {
			words += " (asked on " + pipeline.ShowDay(e.Day) + ")"
		}
	}
	return words
}

// itemSteps are what the reader may do with an item: the forms are those of the idea.
func (s shownReview) itemSteps(i pipeline.ReviewItem) []slack.BlockElement {
	if i.Withdrawn || i.Stage == "" {
		return nil
	}
	var steps []slack.BlockElement
	add := func(b *slack.ButtonBlockElement) {
		b.ActionID += ":" + i.Key.String()
		steps = append(steps, s.standing(b, pipeline.OutcomeKey{}))
	}
	value := newParams("idea", i.Key.String())
	if i.Stage == pipeline.Backlog && s.may(pipeline.DecideIdea) {
		step, _ := pipeline.StepTo(pipeline.Backlog, pipeline.Delivered)
		add(moveButton(i.Key, step, inReview))
		add(button(actionPark, "Park…", i.Key.String(), value))
	}
	if i.Stage == pipeline.Delivered && s.may(pipeline.DecideIdea) {
		add(button(actionExpect, "Expected effect…", "of "+i.Key.String(), value))
	}
	if len(i.For) == 0 && i.Stage != pipeline.Parked && s.may(pipeline.LinkOutcome) {
		add(button(actionOutcome, "Link an outcome", "to "+i.Key.String(), value))
	}
	return steps
}

// finishedShown is how many finished items the message of an outcome names.
const finishedShown = 5

// finishedBlock names what was finished for an outcome, and counts what is left.
func finishedBlock(report pipeline.SprintReport, outcome pipeline.OutcomeKey) slack.Block {
	items, left := report.FinishedFor(outcome), report.LeftFor(outcome)
	lines := []string{counted(len(items), "finished item:", "finished items:")}
	if len(items) == 0 {
		lines[0] = "Nothing was finished for it in this sprint."
	}
	for _, i := range items[:min(len(items), finishedShown)] {
		lines = append(lines, "• "+i.Key.String()+"  "+i.Title)
	}
	if more := len(items) - finishedShown; more > 0 {
		lines = append(lines, "and "+strconv.Itoa(more)+" more")
	}
	if left > 0 {
		lines = append(lines, capital(counted(left, "item for it is", "items for it are"))+" not finished.")
	}
	return slack.NewSectionBlock(plain(strings.Join(lines, "\n")), nil, nil)
}
