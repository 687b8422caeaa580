package commands

import (
	"slices"
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
)

// The forms of story maps: one callback for all, told apart by a word.

// The forms, as buttons and drafts have them.
const (
	mapNew           = "new"
	mapRename        = "rename"
	mapAddActivities = "activities"
	mapAddTasks      = "tasks"
	mapAddStories    = "stories"
	mapAddSlice      = "slice"
	mapEdit          = "edit"
	mapSplit         = "split"
	mapMove          = "move"
	mapLink          = "link"
	mapCapture       = "capture"
	mapPutBack       = "back"
)

// mapForm is one of them.
type mapForm struct {
	title, submit string
	// of are the kinds of cards it is about; "" for the whole map, "removed" for a
	// story that can be put back.
	of []string
	// deed that it does; "" where it does more than one.
	deed pipeline.MapDeed
	// shown is what it starts with; nil for nothing.
	shown func(s storyScene) map[pipeline.Field]string
	// inputs to draw. A form without an input cannot be submitted: it says why.
	inputs func(s storyScene, m metadata, typed map[pipeline.Field]string) []slack.Block
}

// mapFormOf says in the metadata of a form which one it is.
type mapFormOf struct {
	Number int             `json:"n,omitempty"` // of the map; 0 for a new one
	Card   pipeline.CardID `json:"card,omitempty"`
	Form   string          `json:"form"`
	// Seen is the title that the form showed.
	Seen string `json:"seen,omitempty"`
}

var mapForms = map[string]mapForm{
	mapNew:           {title: "New story map", submit: "Begin", of: []string{""}, inputs: mapNameInputs},
	mapRename:        {title: "Rename the map", submit: "Save", of: []string{""}, deed: pipeline.RenameMap, shown: storyScene.shownName, inputs: mapNameInputs},
	mapAddActivities: {title: "Add activities", submit: "Add", of: []string{""}, deed: pipeline.AddActivity, inputs: mapLines("What do people do?", "One activity a line, in the order of time.", "Receive an invoice\nCheck it\nPay it")},
	mapAddTasks:      {title: "Add tasks", submit: "Add", of: []string{"activity"}, deed: pipeline.AddTask, inputs: mapLines("What does it take?", "One task a line, the most needed first.", "")},
	mapAddStories:    {title: "Add stories", submit: "Add", of: []string{"task"}, deed: pipeline.AddStory, shown: storyScene.shownFirstSlice, inputs: mapStoryInputs},
	mapAddSlice:      {title: "Add a slice", submit: "Add", of: []string{""}, deed: pipeline.AddSlice, inputs: mapSliceInputs},
	mapEdit:          {title: "Edit", submit: "Save", of: []string{"activity", "task", "story", "slice"}, deed: pipeline.EditCard, shown: storyScene.shownCard, inputs: mapEditInputs},
	mapSplit:         {title: "Split in two", submit: "Split", of: []string{"activity", "task", "story"}, deed: pipeline.SplitCard, shown: storyScene.shownCard, inputs: mapSplitInputs},
	mapMove:          {title: "Move", submit: "Move", of: []string{"task", "story"}, deed: pipeline.MoveCard, inputs: mapMoveInputs},
	mapLink:          {title: "Link an idea", submit: "Link", of: []string{"story"}, deed: pipeline.LinkStory, inputs: mapLinkInputs},
	mapCapture:       {title: "Capture as idea", submit: "Capture", of: []string{"story"}, shown: storyScene.shownCard, inputs: mapCaptureInputs},
	mapPutBack:       {title: "Put back", submit: "Put back", of: []string{"removed"}, deed: pipeline.PutBack, inputs: mapMoveInputs},
}

// mapSlot names the draft of a form about a place.
func mapSlot(at mapPlace, form string) string {
	return draftStoryMap + string(at.team) + "." + strconv.Itoa(at.number) + "." + strconv.Itoa(int(at.card)) + "." + form
}

// draw draws the form.
func (f mapForm) draw(s storyScene, m metadata, typed map[pipeline.Field]string, notes ...slack.Block) *slack.ModalViewRequest {
	blocks := append(slices.Clone(notes), f.inputs(s, m, typed)...)
	submit := f.submit
	if !slices.ContainsFunc(blocks, func(b slack.Block) bool { return b.BlockType() == slack.MBTInput }) {
		submit = ""
	}
	return form(formStoryMap, f.title, submit, m, blocks...)
}

// fits tells whether the card that is open is one that the form is about.
func (f mapForm) fits(s storyScene) bool {
	kind := s.kind()
	if slices.Contains(f.of, "removed") {
		return slices.ContainsFunc(s.Map.Removed, func(r pipeline.RemovedStory) bool { return r.Story.ID == s.at.card })
	}
	return slices.Contains(f.of, kind) && (kind != "" || s.at.card == 0)
}

func mapNameInputs(s storyScene, m metadata, typed map[pipeline.Field]string) []slack.Block {
	return []slack.Block{
		textInput(pipeline.FieldName, m.Fresh, "What do people get done?", "", "Paying an invoice", typed[pipeline.FieldName], pipeline.MapNameLimit, false),
		optional(textInput(pipeline.FieldFor, m.Fresh, "Who are they?", "One kind of people: a map tells one way to one goal.", "Accountants of small firms", typed[pipeline.FieldFor], pipeline.MapNameLimit, false)),
	}
}

// shownName is what the form that renames the map starts with.
func (s storyScene) shownName() map[pipeline.Field]string {
	return map[pipeline.Field]string{pipeline.FieldName: s.Map.Name, pipeline.FieldFor: s.Map.For}
}

// mapLinesRoom is room for several titles, one a line: what an input of Slack holds.
// https://docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element
const mapLinesRoom = 3000

// mapLines is an input for several titles.
func mapLines(label, hint, placeholder string) func(storyScene, metadata, map[pipeline.Field]string) []slack.Block {
	return func(_ storyScene, m metadata, typed map[pipeline.Field]string) []slack.Block {
		return []slack.Block{textInput(pipeline.FieldTitle, m.Fresh, label, hint, placeholder, typed[pipeline.FieldTitle], mapLinesRoom, true)}
	}
}

func mapStoryInputs(s storyScene, m metadata, typed map[pipeline.Field]string) []slack.Block {
	blocks := mapLines("What is built for it?", "One story a line, in a few words.", "")(s, m, typed)
	options := []*slack.OptionBlockObject{option(noneChosen, pipeline.NoSlice)}
	for _, slice := range s.Map.Slices {
		options = append(options, option(strconv.Itoa(int(slice.ID)), slice.Name))
	}
	return append(blocks, choiceInput(pipeline.FieldTarget, m.Fresh, "In which slice?", "", "Choose one", typed[pipeline.FieldTarget], options))
}

// shownFirstSlice is what the form of new stories starts with.
func (s storyScene) shownFirstSlice() map[pipeline.Field]string {
	if len(s.Map.Slices) == 0 {
		return map[pipeline.Field]string{pipeline.FieldTarget: noneChosen}
	}
	return map[pipeline.Field]string{pipeline.FieldTarget: strconv.Itoa(int(s.Map.Slices[0].ID))}
}

func mapSliceInputs(s storyScene, m metadata, typed map[pipeline.Field]string) []slack.Block {
	return []slack.Block{cardTitleInput(m, "What is it called?", typed), s.outcomeInput(m, typed)}
}

// outcomeInput is the menu of outcomes that a slice can be for.
func (s storyScene) outcomeInput(m metadata, typed map[pipeline.Field]string) slack.Block {
	menu := slack.NewOptionsSelectBlockElement(slack.OptTypeExternal, plain("Type words of it, or its key"), actionStoryMapOutcome)
	menu.MinQueryLength = new(int)
	if key, err := pipeline.ParseNodeKey(typed[pipeline.FieldOutcome]); err == nil {
		menu.InitialOption = nodeOption(key, statementIn(s.nodes, key))
	}
	return optional(reporting(pipeline.FieldOutcome, m.Fresh, "Which outcome is it for?", "What changes for somebody when it is released.", menu))
}

func cardTitleInput(m metadata, label string, typed map[pipeline.Field]string) slack.Block {
	return textInput(pipeline.FieldTitle, m.Fresh, label, "In a few words.", "", typed[pipeline.FieldTitle], pipeline.CardTitleLimit, false)
}

// shownCard is what a form about a card starts with: its title, and the outcome of a
// slice.
func (s storyScene) shownCard() map[pipeline.Field]string {
	shown := map[pipeline.Field]string{pipeline.FieldTitle: s.title()}
	if slice, _, is := s.Map.Slice(s.at.card); is && !slice.Outcome.IsZero() {
		shown[pipeline.FieldOutcome] = slice.Outcome.String()
	}
	return shown
}

// title of the card that is open.
func (s storyScene) title() string {
	if a, _, is := s.Map.Activity(s.at.card); is {
		return a.Title
	}
	if t, _, is := s.Map.Task(s.at.card); is {
		return t.Title
	}
	if slice, _, is := s.Map.Slice(s.at.card); is {
		return slice.Name
	}
	story, _, _ := s.Map.Story(s.at.card)
	return story.Title
}

func mapEditInputs(s storyScene, m metadata, typed map[pipeline.Field]string) []slack.Block {
	blocks := []slack.Block{cardTitleInput(m, "What is it called?", typed)}
	if s.kind() == "slice" {
		blocks = append(blocks, s.outcomeInput(m, typed))
	}
	return blocks
}

func mapSplitInputs(s storyScene, m metadata, typed map[pipeline.Field]string) []slack.Block {
	blocks := []slack.Block{
		cardTitleInput(m, "The first", typed),
		textInput(pipeline.FieldSecond, m.Fresh, "The second, right behind it", "In a few words.", "", typed[pipeline.FieldSecond], pipeline.CardTitleLimit, false),
	}
	var options []*slack.OptionBlockObject
	if a, _, is := s.Map.Activity(s.at.card); is {
		for _, t := range a.Tasks {
			options = append(options, option(strconv.Itoa(int(t.ID)), t.Title))
		}
	}
	if t, _, is := s.Map.Task(s.at.card); is {
		for _, story := range t.Stories {
			options = append(options, option(strconv.Itoa(int(story.ID)), story.Title))
		}
	}
	if len(options) == 0 {
		return blocks
	}
	menu := slack.NewOptionsMultiSelectBlockElement(slack.MultiOptTypeStatic, plain("Choose"), actionDraft, options...)
	for _, id := range strings.Split(typed[pipeline.FieldWith], ",") {
		if o := optionOf(options, id); o != nil {
			menu.InitialOptions = append(menu.InitialOptions, o)
		}
	}
	return append(blocks, optional(reporting(pipeline.FieldWith, m.Fresh, "What goes with the second?", "All else stays with the first.", menu)))
}

// mapMoveInputs choose where a task or story goes; that it comes back to, too.
func mapMoveInputs(s storyScene, m metadata, typed map[pipeline.Field]string) []slack.Block {
	menu := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, plain("Choose one"), actionDraft)
	from := parentOf(s.Map, s.at.card)
	label := "Under which task?"
	if s.kind() == "task" {
		label = "To which activity?"
		for _, a := range s.Map.Activities {
			if a.ID != from {
				menu.Options = append(menu.Options, option(strconv.Itoa(int(a.ID)), a.Title))
			}
		}
	} else {
		for _, a := range s.Map.Activities {
			var options []*slack.OptionBlockObject
			for _, t := range a.Tasks {
				if t.ID != from {
					options = append(options, option(strconv.Itoa(int(t.ID)), t.Title))
				}
			}
			if len(options) > 0 {
				menu.OptionGroups = append(menu.OptionGroups, slack.NewOptionGroupBlockElement(plain(pipeline.Cut(a.Title, 75)), options...))
			}
		}
	}
	if len(menu.Options)+len(menu.OptionGroups) == 0 {
		return []slack.Block{say("There is no other place for it yet. Add one first.")}
	}
	all := menu.Options
	for _, group := range menu.OptionGroups {
		all = append(all, group.Options...)
	}
	menu.InitialOption = optionOf(all, typed[pipeline.FieldTarget])
	return []slack.Block{reporting(pipeline.FieldTarget, m.Fresh, label, "It comes last there.", menu)}
}

func mapLinkInputs(_ storyScene, m metadata, typed map[pipeline.Field]string) []slack.Block {
	return []slack.Block{ideaMenu(fieldIdea, m.Fresh, "Which idea?", "The story then shows how far the idea has come.", typed[fieldIdea])}
}

func mapCaptureInputs(_ storyScene, m metadata, typed map[pipeline.Field]string) []slack.Block {
	return []slack.Block{
		textInput(pipeline.FieldTitle, m.Fresh, "Title", "", "", typed[pipeline.FieldTitle], pipeline.TitleLimit, false),
		optional(textInput(pipeline.FieldProblem, m.Fresh, "Problem", "Who has it, and what does it cost them?", "", typed[pipeline.FieldProblem], pipeline.TextLimit, true)),
		note("It is captured as an idea of the team, and the story is linked to it."),
	}
}
