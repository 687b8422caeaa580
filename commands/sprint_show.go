package commands

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
)

// sprintName begins a line: "Sprint 4".
func sprintName(s pipeline.Sprint) string { return capital(s.Name()) }

// sprintView draws everything about a sprint: its goal, how it stands, what is worth
// another look, its items.
func sprintView(s sprintScene, m metadata) *slack.ModalViewRequest {
	if s.sprint == nil {
		return form("sprint.shown", "Sprint", "", m,
			say("*No sprint of "+escape(s.team.Name)+" is written down yet.* A sprint has a goal, two days and items from the Product Backlog; from what closed sprints finished, the velocity is measured."),
			note(Mrkdwn("Velocity: "+s.pace.Words(s.team))),
			buttons(s.otherSteps()...))
	}
	sprint := *s.sprint
	said := []slack.RichTextElement{line(bold(sprintName(sprint)), text(" of "+s.team.Name+", "+sprintDays(sprint.First, sprint.Last))), quote(sprint.Goal)}
	for _, part := range []struct{ label, words string }{{"How: ", sprint.Method}, {"How we know: ", sprint.Metric}} {
		if part.words != "" {
			said = append(said, line(bold(part.label), text(part.words)))
		}
	}
	served := "No outcome"
	if !sprint.Outcome.IsZero() {
		served = strings.TrimSpace(sprint.Outcome.String() + "  " + statementIn(s.nodes, sprint.Outcome))
	}
	said = append(said, line(bold("For: "), text(served)), line(text(s.stands())))
	blocks := []slack.Block{rich(said...), slack.NewContextBlock("", plain(s.sumsInWords()))}
	if hints := sprint.Hints(s.team, s.nodes); len(hints) > 0 && sprint.IsOpen() {
		look := []slack.RichTextElement{line(bold("Worth another look"))}
		for _, hint := range hints {
			look = append(look, line(text("• "+hint.Words)))
		}
		blocks = append(blocks, rich(look...))
	}
	blocks = append(blocks, slack.NewDividerBlock())
	if len(sprint.Items) == 0 {
		blocks = append(blocks, say("Nothing is in it yet."))
	}
	for _, item := range sprint.Items {
		blocks = append(blocks, s.itemRow(item))
	}
	blocks = append(blocks, slack.NewDividerBlock(), note(Mrkdwn("Velocity: "+s.pace.Words(s.team))))
	if steps := s.steps(); len(steps) > 0 {
		blocks = append(blocks, buttons(steps...))
	}
	blocks = append(blocks, buttons(s.otherSteps()...))
	return form("sprint.shown", pipeline.Cut(sprintName(sprint), 24), "", m, blocks...)
}

// stands says in a line how far the sprint is.
func (s sprintScene) stands() string {
	sprint := *s.sprint
	today := s.now.In(s.team.Location()).Format("2006-01-02")
	switch {
	case !sprint.IsOpen():
		return fmt.Sprintf("Closed on %s. Finished: %s.", pipeline.ShowDate(sprint.Closed.In(s.team.Location())), finishedWords(sprint))
	case sprint.Ended(s.team, s.now):
		return "Its last day is over. It waits to be closed."
	case today < sprint.First:
		return "It begins on " + pipeline.ShowDay(sprint.First) + "."
	}
	return fmt.Sprintf("%s left of %d, today among them.", counted(sprint.DaysLeft(s.team, s.now), "workday", "workdays"), sprint.Workdays(s.team))
}

// finishedWords is what a closed sprint has finished: "3 of 5 ideas, 13 points".
func finishedWords(sprint pipeline.Sprint) string {
	f := sprint.Finished
	words := fmt.Sprintf("%d of %s", f.Ideas, counted(len(sprint.Items), "idea", "ideas"))
	switch {
	case f.Sized > 0:
		words += ", " + counted(f.Points, "point", "points")
	case f.Ideas > 0:
		words += ", none of which has a size"
	}
	return words
}

// sumsInWords is how much there is in a sprint, and for what.
func (s sprintScene) sumsInWords() string {
	sprint := *s.sprint
	sums, unit := sprint.Sums(s.nodes), sprint.Unit()
	planned := fmt.Sprintf("Planned: %d %s, capacity unknown", sprint.Planned, unit)
	if sprint.Capacity > 0 {
		planned = fmt.Sprintf("Planned: %d of %d %s (%d %%)", sprint.Planned, sprint.Capacity, unit, pipeline.Percent(sprint.Planned, sprint.Capacity))
	}
	parts := []string{planned}
	if sums.Added > 0 {
		parts = append(parts, fmt.Sprintf("added since: %d %s", sums.Added, unit))
	}
	if sums.Size > 0 {
		if !sprint.Outcome.IsZero() {
			parts = append(parts, fmt.Sprintf("serves the goal: %d %%", pipeline.Percent(sums.Serving, sums.Size)))
		}
		for _, work := range append(pipeline.Works(), "") {
			share, meant := pipeline.Percent(sums.Works[work], sums.Size), sprint.Shares[work]
			if share == 0 && meant == 0 {
				continue
			}
			words := fmt.Sprintf("%s: %d %%", kindWords(work), share)
			if meant > 0 {
				words += fmt.Sprintf(" (meant: %d %%)", meant)
			}
			parts = append(parts, words)
		}
	}
	return strings.Join(parts, " · ")
}

// kindWords names a kind of work in a few words.
func kindWords(work pipeline.Work) string {
	switch work {
	case "":
		return "kind not said"
	case pipeline.Technical:
		return "technical"
	}
	return string(work)
}

// itemRow draws an item of a sprint.
func (s sprintScene) itemRow(item pipeline.SprintItem) slack.Block {
	key := item.Key.String()
	size := "no size"
	if item.Size > 0 {
		size = counted(item.Size, "point", "points")
	}
	parts := []string{capital(size), kindWords(item.Work)}
	if s.sprint.Serves(item, s.nodes) {
		parts = append(parts, "serves the goal")
	}
	switch at := slices.IndexFunc(s.ideas, func(i pipeline.Idea) bool { return i.Key == item.Key }); {
	case !s.sprint.IsOpen() && item.Done:
		parts = append(parts, "done")
	case !s.sprint.IsOpen():
		parts = append(parts, "not done")
	case at >= 0:
		parts = append(parts, stateOf(s.ideas[at]))
	}
	if !item.Added.IsZero() {
		parts = append(parts, "added on "+pipeline.ShowDate(item.Added.In(s.team.Location())))
	}
	open := button(actionShow, "Details", "of "+key, newParams("idea", key))
	return slack.NewSectionBlock(plain(key+"  "+item.Title+"\n"+strings.Join(parts, " · ")), nil, slack.NewAccessory(open))
}

// steps are what the reader may do with the sprint.
func (s sprintScene) steps() []slack.BlockElement {
	sprint := *s.sprint
	var steps []slack.BlockElement
	if s.isNewest() && s.may(pipeline.PlanSprint) {
		if sprint.IsOpen() {
			steps = append(steps, sprintStep(actionSprintForm, "Change…", sprint, inSprint))
		}
		switch closing := sprintStep(actionSprintClose, "Close…", sprint, inSprint); {
		case sprint.IsOpen() && sprint.Ended(s.team, s.now):
			steps = append(steps, primary(closing))
		case sprint.IsOpen():
			steps = append(steps, closing)
		case len(sprint.Items) > 0:
			steps = append(steps, sprintStep(actionSprintClose, "Correct what was done…", sprint, inSprint))
		}
	}
	if (!sprint.IsOpen() || sprint.Ended(s.team, s.now)) && s.may(pipeline.AnswerReview) {
		steps = append(steps, reviewButton(reviewPlace{team: sprint.Team, number: sprint.Number}, "Review", ""))
	}
	return steps
}

// otherSteps lead to what stands beside the sprint.
func (s sprintScene) otherSteps() []slack.BlockElement {
	var steps []slack.BlockElement
	if s.may(pipeline.PlanSprint) && (s.newest == nil || !s.newest.IsOpen()) {
		steps = append(steps, primary(button(actionSprintForm+":new", "Start a sprint…", "of "+s.team.Name, sprintValue(s.team.Key, 0, inSprint))))
	}
	if s.newest != nil {
		steps = append(steps, button(actionSprints, "All sprints", "of "+s.team.Name, newParams("team", string(s.team.Key))))
	}
	return append(steps, button(actionRefinements, "Refinements", "of "+s.team.Name, newParams("team", string(s.team.Key))))
}

// sprintStep is a button about a sprint; in names the form it stands in.
func sprintStep(action, label string, sprint pipeline.Sprint, in string) *slack.ButtonBlockElement {
	return button(action, label, sprint.Name(), sprintValue(sprint.Team, sprint.Number, in))
}

// sprintButton opens everything about a sprint; in names the form it stands in, ""
// for a message.
func sprintButton(sprint pipeline.Sprint, in string) *slack.ButtonBlockElement {
	return button(actionSprint+":"+strconv.Itoa(sprint.Number), "Details", "of "+sprint.Name(), sprintValue(sprint.Team, sprint.Number, in))
}
