package commands

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
)

// The cards of a story map: activities, tasks, stories and slices.

// cardBlocks head the view of a card: where it stands, what it is, and what can be done
// with its place. more stand behind those buttons.
func (s storyScene) cardBlocks(path, noun, title string, up pipeline.CardID, more ...slack.BlockElement) []slack.Block {
	blocks := []slack.Block{slack.NewContextBlock("", plain(pipeline.Cut(path, 1900))), rich(line(bold(title), text("\n"+capital(noun)+" of "+s.Map.Name)))}
	ways := []slack.BlockElement{s.goTo(up, "Back", "to where it stands")}
	if up != 0 {
		ways = append(ways, s.goTo(0, "Whole map", s.Map.Name))
	}
	if !s.mayChange() {
		return append(blocks, buttons(ways...))
	}
	if s.Map.CanShift(s.at.card, -1) {
		ways = append(ways, s.do(mapUp, "Move up", title))
	}
	if s.Map.CanShift(s.at.card, +1) {
		ways = append(ways, s.do(mapDown, "Move down", title))
	}
	blocks = append(blocks, buttons(append(ways, s.form(mapEdit, "Edit…", title))...))
	question := map[string]string{
		"activity": "Its tasks go with it, and their stories. The stories can be put back.",
		"task":     "Its stories go with it. They can be put back.",
		"story":    "It can be put back.",
		"slice":    "Its stories stay on the map, in no slice.",
	}[noun]
	more = append(more, confirm(s.do(mapRemove, "Remove", title), "Remove it?", question+" The history says who did it.", "Remove"))
	return append(blocks, buttons(more...))
}

func (s storyScene) activityBlocks() []slack.Block {
	a, at, _ := s.Map.Activity(s.at.card)
	blocks := s.cardBlocks(fmt.Sprintf("%s › activity %d of %d", s.Map.Name, at+1, len(s.Map.Activities)), "activity", a.Title, 0, s.form(mapSplit, "Split…", a.Title))
	blocks = append(blocks, s.hintBlocks(func(card pipeline.CardID) bool { return card == a.ID })...)
	blocks = append(blocks, say(Mrkdwn("*Tasks*"+howMany(len(a.Tasks), "step", "steps, the most needed first"))))
	for i, t := range a.Tasks {
		words := fmt.Sprintf("%d. %s\n%s", i+1, t.Title, counted(len(t.Stories), "story", "stories"))
		blocks = append(blocks, s.row(t.ID, words))
	}
	if s.mayChange() {
		blocks = append(blocks, buttons(s.form(mapAddTasks, "Add tasks…", "to "+a.Title)))
	}
	return blocks
}

func (s storyScene) taskBlocks() []slack.Block {
	t, a, _ := s.Map.Task(s.at.card)
	at := slices.IndexFunc(a.Tasks, func(other pipeline.MapTask) bool { return other.ID == t.ID })
	blocks := s.cardBlocks(fmt.Sprintf("%s › %s › task %d of %d", s.Map.Name, a.Title, at+1, len(a.Tasks)), "task", t.Title, a.ID, s.form(mapMove, "Move…", t.Title), s.form(mapSplit, "Split…", t.Title))
	blocks = append(blocks, say(Mrkdwn("*Stories*"+howMany(len(t.Stories), "story", "stories"))))
	for _, band := range s.Map.Bands() {
		stories := t.In(band.ID)
		if len(stories) > 0 {
			blocks = append(blocks, slack.NewContextBlock("", plain(band.Name)))
		}
		for _, story := range stories {
			blocks = append(blocks, s.row(story.ID, s.StoryLine(story)))
		}
	}
	if s.mayChange() {
		blocks = append(blocks, buttons(s.form(mapAddStories, "Add stories…", "to "+t.Title)))
	}
	return blocks
}

func (s storyScene) storyBlocks() []slack.Block {
	story, t, _ := s.Map.Story(s.at.card)
	_, a, _ := s.Map.Task(t.ID)
	beside := t.In(story.Slice)
	place := slices.IndexFunc(beside, func(other pipeline.MapStory) bool { return other.ID == story.ID })
	path := fmt.Sprintf("%s › %s › %s › story %d of %d in its slice", s.Map.Name, a.Title, t.Title, place+1, len(beside))
	blocks := s.cardBlocks(path, "story", story.Title, t.ID, s.form(mapMove, "Move…", story.Title), s.form(mapSplit, "Split…", story.Title))
	slice, at, in := s.Map.Slice(story.Slice)
	words := pipeline.NoSlice + "."
	if in {
		words = "In the slice “" + slice.Name + "”, for " + s.SliceLine(slice) + "."
	}
	if s.Map.InSkeleton(story) {
		words += "\nIt belongs to the walking skeleton: the least that works from end to end."
	}
	blocks = append(blocks, rich(line(text(words))))
	if s.mayChange() {
		elements := []slack.BlockElement{s.sliceMenu(story)}
		switch {
		case s.Map.InSkeleton(story):
			elements = append(elements, s.do(mapUnmark, "Out of the walking skeleton", story.Title))
		case in && at == 0:
			elements = append(elements, s.do(mapMark, "Into the walking skeleton", story.Title))
		}
		blocks = append(blocks, buttons(elements...))
	}
	return append(blocks, s.ideaBlocks(story)...)
}

// sliceMenu moves a story to another slice as soon as one is chosen.
func (s storyScene) sliceMenu(story pipeline.MapStory) *slack.SelectBlockElement {
	value := func(slice pipeline.CardID) string {
		return s.at.value("do", mapToSlice, "to", strconv.Itoa(int(slice))).encode()
	}
	options := []*slack.OptionBlockObject{option(value(0), "In no slice")}
	initial := options[0]
	for _, slice := range s.Map.Slices {
		options = append(options, option(value(slice.ID), "In “"+slice.Name+"”"))
		if slice.ID == story.Slice {
			initial = options[len(options)-1]
		}
	}
	menu := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, plain("In which slice?"), actionStoryMapDo+":"+mapToSlice, options...)
	menu.InitialOption = initial
	return menu
}

// ideaBlocks say which idea a story stands for, or how it gets one.
func (s storyScene) ideaBlocks(story pipeline.MapStory) []slack.Block {
	if story.Idea.IsZero() {
		blocks := []slack.Block{say("It is linked to no idea yet.")}
		if !s.mayChange() {
			return blocks
		}
		steps := []slack.BlockElement{s.form(mapLink, "Link an idea…", story.Title)}
		if s.may(pipeline.SubmitIdea) {
			steps = append(steps, s.form(mapCapture, "Capture as idea…", story.Title))
		}
		return append(blocks, buttons(steps...))
	}
	key := story.Idea.String()
	words := "Idea " + key
	if stage, known := s.Stages[story.Idea]; known {
		words += ", " + stageCalled(stage)
	}
	steps := []slack.BlockElement{button(actionShow+":"+key, "Details", "of "+key, newParams("idea", key))}
	if s.mayChange() {
		steps = append(steps, s.do(mapUnlink, "Take the link away", "to "+key))
	}
	return []slack.Block{say(Mrkdwn(words + ".")), buttons(steps...)}
}

func (s storyScene) sliceBlocks() []slack.Block {
	slice, at, _ := s.Map.Slice(s.at.card)
	blocks := s.cardBlocks(fmt.Sprintf("%s › slice %d of %d", s.Map.Name, at+1, len(s.Map.Slices)), "slice", slice.Name, 0)
	blocks = append(blocks, rich(line(text("For "+s.SliceLine(slice)+"."))))
	if !slice.Outcome.IsZero() {
		blocks = append(blocks, buttons(nodeButton(slice.Outcome, "")))
	}
	blocks = append(blocks, s.hintBlocks(func(card pipeline.CardID) bool { return card == slice.ID })...)
	type placed struct {
		pipeline.MapStory
		under string
	}
	var all []placed
	for _, a := range s.Map.Activities {
		for _, t := range a.Tasks {
			for _, story := range t.In(slice.ID) {
				all = append(all, placed{story, a.Title + " › " + t.Title})
			}
		}
	}
	first, last, page, of := pageOf(len(all), max(1, s.at.page), mapRows)
	blocks = append(blocks, say(Mrkdwn("*Stories*"+howMany(len(all), "story", "stories"))))
	for _, story := range all[first:last] {
		blocks = append(blocks, s.row(story.ID, s.StoryLine(story.MapStory)+"\n"+story.under))
	}
	if of > 1 {
		blocks = append(blocks, note(pageLine(page, of, len(all), "story", "stories")), buttons(pageButtons(actionStoryMap, page, of, s.at.to(slice.ID).value())...))
	}
	return blocks
}
