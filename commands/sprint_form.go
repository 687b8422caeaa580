package commands

import (
	"fmt"
	"strings"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
)

// The inputs of the forms of a sprint.

// sprintTyped is what the form of a sprint shows, by field.
func sprintTyped(form pipeline.SprintForm) map[pipeline.Field]string {
	typed := map[pipeline.Field]string{}
	for field, words := range map[pipeline.Field]string{
		pipeline.FieldFirst: form.First, pipeline.FieldLast: form.Last, pipeline.FieldGoal: form.Goal, pipeline.FieldMethod: form.Method,
		pipeline.FieldMetric: form.Metric, pipeline.FieldServes: form.Outcome, pipeline.FieldCapacity: form.Capacity,
		pipeline.FieldShares: form.Shares, pipeline.FieldItems: strings.Join(form.Items, ","),
	} {
		if words != "" {
			typed[field] = words
		}
	}
	return typed
}

// sprintForm is what somebody typed for a sprint.
func (f *Form) sprintForm() pipeline.SprintForm {
	text := func(field pipeline.Field) string { return f.Value(field).Text }
	served := text(pipeline.FieldServes)
	if served == noneChosen {
		served = ""
	}
	return pipeline.SprintForm{
		First: text(pipeline.FieldFirst), Last: text(pipeline.FieldLast), Goal: text(pipeline.FieldGoal), Method: text(pipeline.FieldMethod),
		Metric: text(pipeline.FieldMetric), Outcome: served, Capacity: text(pipeline.FieldCapacity),
		Shares: text(pipeline.FieldShares), Items: f.Value(pipeline.FieldItems).Chosen,
	}
}

// sprintDigest tells what the form of a sprint shows from anything else that it could.
func sprintDigest(sprint pipeline.Sprint) string { return typedDigest(sprintTyped(sprint.Form())) }

// planForm draws the form of a new sprint, or of the one in the scene.
func planForm(m metadata, s sprintScene, typed map[pipeline.Field]string, notes ...slack.Block) *slack.ModalViewRequest {
	title, submit, unit := "Start a sprint", "Start", "points"
	if s.team.VelocityIdeas {
		unit = "ideas"
	}
	if s.sprint != nil {
		title, submit, unit = "Change "+s.sprint.Name(), "Save", s.sprint.Unit()
	}
	served := slack.NewOptionsSelectBlockElement(slack.OptTypeExternal, plain("Type words of it, or its key"), actionSprintOutcome)
	served.MinQueryLength = new(int)
	if key, err := pipeline.ParseNodeKey(typed[pipeline.FieldServes]); err == nil {
		served.InitialOption = nodeOption(key, statementIn(s.nodes, key))
	}
	capacity := "In " + unit + ", if nothing comes between. Best leave a fifth of it free."
	if s.pace.Known() {
		capacity += " Velocity: " + s.pace.Words(s.team) + "."
	}
	blocks := append([]slack.Block{}, notes...)
	blocks = append(blocks,
		dateInput(pipeline.FieldFirst, m.Fresh, "First day", "", typed[pipeline.FieldFirst]),
		dateInput(pipeline.FieldLast, m.Fresh, "Last day", fmt.Sprintf("At most %d weeks.", pipeline.SprintWeeksMax), typed[pipeline.FieldLast]),
		textInput(pipeline.FieldGoal, m.Fresh, "Sprint goal: why is there this sprint?", "What will be different after it, and for whom, in one line.", "", typed[pipeline.FieldGoal], pipeline.SprintGoalLimit, false),
		optional(reporting(pipeline.FieldServes, m.Fresh, "Which product outcome is it for?", "", served)),
		optional(textInput(pipeline.FieldMethod, m.Fresh, "How do we get there?", "", "", typed[pipeline.FieldMethod], pipeline.SprintTextLimit, true)),
		optional(textInput(pipeline.FieldMetric, m.Fresh, "How will we know?", "", "", typed[pipeline.FieldMetric], pipeline.SprintTextLimit, true)),
		optional(textInput(pipeline.FieldCapacity, m.Fresh, "How much could the team finish?", capacity, "", typed[pipeline.FieldCapacity], numberRoom, false)),
		optional(ideasInput(actionSprintItems, pipeline.FieldItems, m.Fresh, "Items from the Product Backlog", "Type words or a key. What comes in after the first day is marked as added.", typed[pipeline.FieldItems], s.ideas, pipeline.SprintItemsMax)),
		optional(textInput(pipeline.FieldShares, m.Fresh, "Planned share of each kind of work", "In percent. Kinds are feature, tech, bug and discovery; numbers alone are read in this order.", "feature 60, tech 20, bug 10, discovery 10", typed[pipeline.FieldShares], sharesRoom, false)),
	)
	return form(formSprint, pipeline.Cut(title, 24), submit, m, blocks...)
}

// sharesRoom is how much can be typed as shares.
const sharesRoom = 100

// ideasInput is for several ideas that are asked for while somebody types; chosen
// are the keys of those chosen before, with commas, known those whose titles are known.
func ideasInput(action string, field pipeline.Field, fresh, label, hint, chosen string, known []pipeline.Idea, most int) *slack.InputBlock {
	menu := slack.NewOptionsMultiSelectBlockElement(slack.MultiOptTypeExternal, plain("Choose ideas"), action)
	menu.MinQueryLength, menu.MaxSelectedItems = new(int), &most
	for _, word := range strings.Split(chosen, ",") {
		if key, err := pipeline.ParseKey(word); err == nil && len(menu.InitialOptions) < most {
			menu.InitialOptions = append(menu.InitialOptions, ideaOption(key, known))
		}
	}
	return reporting(field, fresh, label, hint, menu)
}

// ideaOption is an idea in a menu.
func ideaOption(key pipeline.Key, known []pipeline.Idea) *slack.OptionBlockObject {
	for _, idea := range known {
		if idea.Key == key {
			return option(key.String(), key.String()+"  "+idea.Title)
		}
	}
	return option(key.String(), key.String())
}

// closingForm draws the form that closes the sprint in the scene, or, again, corrects
// what was done in it.
func closingForm(m metadata, s sprintScene, typed map[pipeline.Field]string, notes ...slack.Block) *slack.ModalViewRequest {
	sprint := *s.sprint
	title, submit := "Close "+sprint.Name(), "Close it"
	if m.Again {
		title, submit = "Correct "+sprint.Name(), "Correct"
	}
	blocks := append([]slack.Block{}, notes...)
	blocks = append(blocks, rich(line(bold(sprintName(sprint)), text(", "+sprintDays(sprint.First, sprint.Last))), quote(sprint.Goal)))
	if len(sprint.Items) == 0 {
		blocks = append(blocks, say("Nothing is in it, so nothing was finished in it."))
	} else {
		var options []*slack.OptionBlockObject
		for _, item := range sprint.Items {
			options = append(options, option(item.Key.String(), item.Key.String()+"  "+item.Title))
		}
		menu := slack.NewOptionsMultiSelectBlockElement(slack.MultiOptTypeStatic, plain("Choose what is done"), actionDraft, options...)
		for _, key := range strings.Split(typed[pipeline.FieldDone], ",") {
			if o := optionOf(options, key); o != nil {
				menu.InitialOptions = append(menu.InitialOptions, o)
			}
		}
		blocks = append(blocks, optional(reporting(pipeline.FieldDone, m.Fresh, "What is done?", "Choose nothing where nothing is. What is left stays where it is; the review is the place to deliver or park.", menu)))
	}
	switch {
	case m.Again:
		blocks = append(blocks, note("The velocity follows what you say here."))
	case !sprint.Ended(s.team, s.now):
		blocks = append(blocks, note(Mrkdwn("Its last day is "+pipeline.ShowDay(sprint.Last)+". Closed now, it ends today, and the next one can begin tomorrow.")))
	default:
		blocks = append(blocks, note("A closed sprint stays closed. What was finished in it goes into the velocity."))
	}
	return form(formSprintClose, pipeline.Cut(title, 24), submit, m, blocks...)
}

// doneIn is what the form that closes a sprint starts with: what was said to be done,
// and while it is open what is delivered by now.
func (s sprintScene) doneIn() map[pipeline.Field]string {
	var done []string
	for _, item := range s.sprint.Items {
		is := item.Done
		for _, idea := range s.ideas {
			if idea.Key == item.Key && (idea.Stage == pipeline.Delivered || idea.Stage == pipeline.Learned) {
				is = true
			}
		}
		if is {
			done = append(done, item.Key.String())
		}
	}
	if len(done) == 0 {
		return map[pipeline.Field]string{}
	}
	return map[pipeline.Field]string{pipeline.FieldDone: strings.Join(done, ",")}
}

// sprintSaid shows what a sprint says now to somebody whose own words are in the form
// below.
func sprintSaid(s sprintScene) []slack.Block {
	now := s.sprint.Form()
	theirs := []slack.RichTextElement{line(bold("What it says now")), line(text(sprintDays(now.First, now.Last))), quote(now.Goal)}
	for _, part := range []struct{ label, words string }{
		{"For: ", now.Outcome}, {"How: ", now.Method}, {"How we know: ", now.Metric}, {"Capacity: ", now.Capacity}, {"Shares: ", now.Shares},
		{"Items: ", strings.Join(now.Items, ", ")},
	} {
		if part.words != "" {
			theirs = append(theirs, line(bold(part.label), text(part.words)))
		}
	}
	return []slack.Block{
		say("*Somebody changed this sprint while you were typing.* Your words are still below. Save again to put them in place of what it says now."),
		rich(theirs...),
	}
}

// sprintTold tells privately what became of a sprint, with what is worth another look.
func sprintTold(s sprintScene, words string) Reply {
	sprint := *s.sprint
	said := []slack.RichTextElement{line(text(words))}
	if hints := sprint.Hints(s.team, s.nodes); sprint.IsOpen() && len(hints) > 0 {
		said = append(said, line(bold("Worth another look")))
		for _, hint := range hints {
			said = append(said, line(text("• "+hint.Words)))
		}
	}
	steps := []slack.BlockElement{sprintButton(sprint, "")}
	if !sprint.IsOpen() {
		steps = append(steps, reviewButton(reviewPlace{team: sprint.Team, number: sprint.Number}, "Review", ""),
			button(actionSprintForm+":new", "Start the next one…", "of "+s.team.Name, sprintValue(sprint.Team, 0, "")))
	}
	return Reply{Tell: &Post{Text: fallback(words), Blocks: []slack.Block{rich(said...), buttons(steps...)}}}
}

// ofNumbered reads a draft of TEAM.N: of something of the team by its number, which
// the button carries under that name, or with 0 of something new.
func ofNumbered(isNew, is, action, name string) func(rest []string) (kept, bool) {
	return func(rest []string) (kept, bool) {
		about, number := is, part(rest, 1)
		if number == "0" {
			about, number = isNew, ""
		}
		of, ok := ofTeam(about, action)(rest)
		return of.with(name, number), ok && len(rest) == 2 && about != ""
	}
}
