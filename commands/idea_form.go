package commands

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
)

// ideaForm draws the form that captures an idea. teams are offered where the
// team is not settled by m.Team; picker is the menu of what it is for, nil for
// none.
func ideaForm(m metadata, d pipeline.Draft, from pipeline.Source, team *pipeline.Team, teams []pipeline.Team, picker *slack.InputBlock, notes ...slack.Block) *slack.ModalViewRequest {
	blocks := notes
	if team != nil {
		blocks = append(blocks, note("For *", escape(team.Name), "* ("+Mrkdwn(team.Key)+"). Only the title is required."))
	} else {
		menu := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, plain("Choose a team"), actionIgnore, teamOptions(teams, newParams())...)
		switch {
		case len(teams) == 1:
			menu.InitialOption = menu.Options[0]
		case len(teams) > menuLimit: // the menu asks for them while one types
			menu = slack.NewOptionsSelectBlockElement(slack.OptTypeExternal, plain("Type a team's name"), actionTeamChoice)
			shortest := 1
			menu.MinQueryLength = &shortest
		}
		blocks = append(blocks, slack.NewInputBlock(blockID(pipeline.FieldTeam, m.Fresh), plain("Team"), nil, menu))
	}
	if !from.IsZero() {
		blocks = append(blocks, note("From a ", link(from.Permalink, "message"), ". Its link is kept with the idea, and its thread will hear what becomes of it."))
	}
	inputs := ideaInputs(m.Fresh, d)
	if picker != nil {
		inputs = slices.Insert(inputs, 2, slack.Block(picker)) // behind title and problem
	}
	return form(formIdea, "Capture an idea", "Capture", m, append(blocks, inputs...)...)
}

// editForm draws the form that changes an idea.
func editForm(m metadata, d pipeline.Draft, notes ...slack.Block) *slack.ModalViewRequest {
	return form(formIdeaEdit, "Edit "+m.Idea, "Save", m, append(notes, ideaInputs(m.Fresh, d)...)...)
}

func ideaInputs(fresh string, d pipeline.Draft) []slack.Block {
	title := textInput(pipeline.FieldTitle, fresh, "Title", "", "What could we do?", d.Title, pipeline.TitleLimit, false)
	title.Element.(*slack.PlainTextInputBlockElement).FocusOnLoad = true
	problem := textInput(pipeline.FieldProblem, fresh, "Problem", "Who has it, and what does it cost them?", "", d.Problem, pipeline.TextLimit, true)
	measure := textInput(pipeline.FieldMeasure, fresh, "We will know when", "A number that will have changed, and by when.", "", d.Measure, pipeline.TextLimit, true)
	evidence := textInput(pipeline.FieldEvidence, fresh, "Evidence", "What have you seen or heard? A link is fine.", "", d.Evidence, pipeline.TextLimit, true)
	for _, optional := range []*slack.InputBlock{problem, measure, evidence} {
		optional.Optional = true
	}
	return []slack.Block{title, problem, measure, evidence}
}

// restored tells that the form starts with what was typed before.
func restored(action, slot string, saved time.Time) []slack.Block {
	return []slack.Block{
		note("This is what you typed ", whenTime(saved), ". It was not captured yet."),
		buttons(button(action, "Start afresh", "with an empty form", newParams("draft", slot))),
	}
}

// cutNote tells that a text does not fit the form and where all of it is.
func cutNote(d pipeline.Draft, slot string) []slack.Block {
	return []slack.Block{
		note(Mrkdwn(fmt.Sprintf("Your text has %d characters and a field holds %d, so only the beginning is here. All of it is kept for a day.", pipeline.Length(d.Problem), pipeline.TextLimit))),
		buttons(button(actionLongText, "Show all of my text", "", newParams("draft", slot))),
	}
}

// longText shows a text of any length that was typed, to read and copy.
func longText(s string) *slack.ModalViewRequest {
	var blocks []slack.Block
	for _, piece := range pieces(s, 2900, 60) {
		blocks = append(blocks, slack.NewSectionBlock(plain(piece), nil, nil))
	}
	return form("idea.long_text_shown", "Your text", "", metadata{}, blocks...)
}

// pieces splits s into at most most pieces of at most size runes.
// What a reader sees as one character stays in one piece.
func pieces(s string, size, most int) []string {
	var all []string
	var piece strings.Builder
	used := 0
	for character := range pipeline.Characters(s) {
		if len(all) == most {
			break
		}
		n := pipeline.Length(character)
		if used > 0 && used+n > size {
			all = append(all, piece.String())
			piece.Reset()
			used = 0
		}
		piece.WriteString(pipeline.Cut(character, size))
		used += n
	}
	if used > 0 && len(all) < most {
		all = append(all, piece.String())
	}
	return all
}
