package commands

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"alignbot/drawing"
	"alignbot/pipeline"
)

// A story map and what stands on it, as lists that one drills down into: Slack's forms
// hold no map. Above them stands its picture.

const (
	mapHintsShown = 5  // hints over the lists
	mapWordsShown = 45 // lines of the words below the picture
	mapRows       = 30 // stories of a slice, or removed ones, on a page
)

// view draws the place that is open.
func (s storyScene) view(m metadata) *slack.ModalViewRequest {
	var blocks []slack.Block
	switch {
	case s.at.list == mapHistory:
		blocks = s.historyBlocks()
	case s.at.list == mapRemoved:
		blocks = s.removedBlocks()
	default:
		switch s.kind() {
		case "activity":
			blocks = s.activityBlocks()
		case "task":
			blocks = s.taskBlocks()
		case "story":
			blocks = s.storyBlocks()
		case "slice":
			blocks = s.sliceBlocks()
		default:
			blocks = s.wholeBlocks()
		}
	}
	if s.gone {
		blocks = append([]slack.Block{say("*Somebody removed that card.* This is the map without it. Stories that were removed can be put back.")}, blocks...)
	}
	return form("storymap.shown", "Story map", "", m, blocks...)
}

// goTo is a button to another place of the map.
func (s storyScene) goTo(card pipeline.CardID, label, about string) *slack.ButtonBlockElement {
	return button(actionStoryMap+":"+strconv.Itoa(int(card)), label, about, s.at.to(card).value())
}

// list is a button to a list of the map.
func (s storyScene) list(list, label string) *slack.ButtonBlockElement {
	at := s.at.to(0)
	at.list = list
	return button(actionStoryMap+":"+list, label, "of "+s.Map.Name, at.value())
}

// form is a button that opens a form about the card that is open.
func (s storyScene) form(name, label, about string) *slack.ButtonBlockElement {
	return button(actionStoryMapForm+":"+name, label, about, s.at.value("form", name, "at", s.at.params().encode()))
}

// do is a button that does something to the card that is open.
func (s storyScene) do(deed, label, about string) *slack.ButtonBlockElement {
	return button(actionStoryMapDo+":"+deed, label, about, s.at.value("do", deed))
}

// mayChange: the map is in use, and the person may change it.
func (s storyScene) mayChange() bool { return s.Map.IsOpen() && s.may(pipeline.MapStories) }

// row is a card in a list, with a button that opens it.
func (s storyScene) row(card pipeline.CardID, words string) slack.Block {
	row := slack.NewSectionBlock(plain(words), nil, nil)
	row.Accessory = slack.NewAccessory(s.goTo(card, "Open", pipeline.Cut(words, 40)))
	return row
}

// wholeBlocks draw the whole map: its backbone and its slices.
func (s storyScene) wholeBlocks() []slack.Block {
	m := s.Map
	var blocks []slack.Block
	if len(m.Activities) > 0 {
		blocks = s.picture().inView(inStoryMap, s.at.params())
	}
	said := []slack.RichTextElement{line(bold(m.Name), text("\n"+s.about()))}
	if !m.IsOpen() {
		said = append(said, line(text("It was put away on "+pipeline.ShowDate(m.Closed.In(s.team.Location()))+".")))
	}
	blocks = append(blocks, rich(said...))
	blocks = append(blocks, s.hintBlocks(func(pipeline.CardID) bool { return true })...)
	blocks = append(blocks, say("*Backbone*: what people do, in order"))
	for i, a := range m.Activities {
		blocks = append(blocks, s.row(a.ID, fmt.Sprintf("%d. %s\n%s, %s", i+1, a.Title, counted(len(a.Tasks), "task", "tasks"), counted(len(a.Stories()), "story", "stories"))))
	}
	if len(m.Activities) == 0 {
		blocks = append(blocks, say("Nothing yet. Begin with the activities, each in a few words: “Receive an invoice”, “Check it”, “Pay it”."))
	}
	blocks = append(blocks, say("*Slices*: what is released together, and for which outcome"))
	for i, slice := range m.Slices {
		in, marked := s.inSlice(slice.ID)
		words := fmt.Sprintf("%d. %s\nFor %s\n%s", i+1, slice.Name, s.SliceLine(slice), counted(in, "story", "stories"))
		if i == 0 && in > 0 {
			words += fmt.Sprintf(", %d of them in the walking skeleton", marked)
		}
		blocks = append(blocks, s.row(slice.ID, words))
	}
	if left, _ := s.inSlice(0); left > 0 {
		blocks = append(blocks, note(Mrkdwn(counted(left, "story is", "stories are")+" in no slice yet.")))
	}
	if s.mayChange() {
		blocks = append(blocks, buttons(s.form(mapAddActivities, "Add activities…", "to "+m.Name), s.form(mapAddSlice, "Add a slice…", "to "+m.Name), s.form(mapRename, "Rename…", m.Name)))
	}
	return append(blocks, buttons(s.wholeSteps()...))
}

// wholeSteps are the buttons that end the view of the whole map.
func (s storyScene) wholeSteps() []slack.BlockElement {
	m := s.Map
	steps := []slack.BlockElement{s.list(mapHistory, "History")}
	if len(m.Removed) > 0 {
		steps = append(steps, s.list(mapRemoved, fmt.Sprintf("Removed (%d)", len(m.Removed))))
	}
	switch {
	case s.mayChange():
		steps = append(steps, confirm(s.do(mapClose, "Put away", m.Name), "Put it away?", "The map leaves the list of those in use. Nothing of it is lost, and it can be brought back.", "Put away"))
	case s.may(pipeline.MapStories):
		steps = append(steps, s.do(mapReopen, "Bring it back", m.Name))
	}
	if len(m.Activities) > 0 {
		for _, format := range mapFormats {
			steps = append(steps, button(actionPictureAs+":"+format.name, "As "+format.label, "this map", s.picture().value().set("format", format.name)))
		}
	}
	return append(steps, button(actionStoryMap+":all", "All maps", "of "+s.team.Name, mapPlace{team: s.team.Key}.value()))
}

// about says for whom a map is, and how much is on it.
func (s storyScene) about() string {
	words := capital(s.Map.Counts())
	if s.Map.For != "" {
		words = "For " + s.Map.For + " · " + words
	}
	return words
}

// inSlice counts the stories of a slice, 0 for none, and those of them that are in the
// walking skeleton.
func (s storyScene) inSlice(slice pipeline.CardID) (in, marked int) {
	for _, story := range s.Map.Stories() {
		if story.Slice == slice {
			in++
			if s.Map.InSkeleton(story) {
				marked++
			}
		}
	}
	return in, marked
}

// hintBlocks say what is worth a second look about the cards that count.
func (s storyScene) hintBlocks(counts func(pipeline.CardID) bool) []slack.Block {
	var said []slack.RichTextElement
	left := 0
	for _, hint := range s.Hints() {
		switch {
		case !counts(hint.Card):
		case len(said) == mapHintsShown:
			left++
		default:
			said = append(said, line(text("• "+hint.Words)))
		}
	}
	if len(said) == 0 || !s.Map.IsOpen() {
		return nil
	}
	if left > 0 {
		said = append(said, line(text(fmt.Sprintf("and %d more", left))))
	}
	return []slack.Block{rich(append([]slack.RichTextElement{line(bold("Worth another look"))}, said...)...)}
}

// mapFormats are those in which a map leaves Slack, beside its picture.
var mapFormats = []struct {
	name, label string
	write       func(pipeline.ShownMap) (string, error)
}{
	{"markdown", "Markdown", func(s pipeline.ShownMap) (string, error) { return pipeline.MapMarkdown(s), nil }},
	{"mermaid", "Mermaid", func(s pipeline.ShownMap) (string, error) { return pipeline.MapMermaid(s), nil }},
	{"json", "JSON", func(s pipeline.ShownMap) (string, error) {
		text, err := pipeline.MapJSON(s)
		return string(text), err
	}},
}

// mapShape is what the picture of a map shows.
type mapShape struct {
	Number int // which the map itself leaves out as JSON
	Map    pipeline.ShownMap
}

// picture is the whole map.
func (s storyScene) picture() pictured {
	shown := s.ShownMap
	title := "The story map “" + shown.Map.Name + "”"
	p := pictured{
		kind: pictureStoryMap, at: mapPlace{team: s.team.Key, number: shown.Map.Number}.params(), team: s.team, now: s.now, title: title,
		sheets: []sheet{{name: "story-map", value: mapShape{shown.Map.Number, shown}, draw: func(f *drawing.Fonts, style drawing.Style) drawing.Picture {
			return drawing.StoryMap(f, shown, style)
		}}},
		words: s.inWords(title),
	}
	for _, format := range mapFormats {
		p.formats = append(p.formats, pictureFormat{format.name, format.label, func() (*Post, error) {
			code, err := format.write(shown)
			return codePost(escape(title)+" as "+Mrkdwn(format.label), code, ""), err
		}})
	}
	return p
}

// inWords is the map in lines, slice by slice.
func (s storyScene) inWords(title string) Post {
	said := []slack.RichTextElement{line(text(s.about()))}
	left := 0
	for _, band := range s.Map.Bands() {
		head := band.Name
		if band.ID != 0 {
			head += ", for " + s.SliceLine(band)
		}
		said = append(said, line(bold(pipeline.Cut(head, 200))))
		for _, a := range s.Map.Activities {
			for _, t := range a.Tasks {
				for _, story := range t.In(band.ID) {
					if len(said) >= mapWordsShown {
						left++
						continue
					}
					said = append(said, line(text(pipeline.Cut(t.Title, 40)+": "+pipeline.Cut(s.StoryLine(story), treeWords))))
				}
			}
		}
	}
	if left > 0 {
		said = append(said, line(text(fmt.Sprintf("and %d more", left))))
	}
	open := button(actionStoryMap, "Open the map", "", mapPlace{team: s.team.Key, number: s.Map.Number}.params())
	return Post{Text: fallback(title) + ": " + Mrkdwn(s.Map.Counts()) + ".", Blocks: []slack.Block{rich(said...), buttons(open)}}
}

// historyBlocks are a page of what was done to the map.
func (s storyScene) historyBlocks() []slack.Block {
	_, _, page, of := pageOf(s.total, max(1, s.at.page), historyPage)
	blocks := []slack.Block{rich(line(bold("What was done to " + s.Map.Name))), buttons(s.goTo(0, "Back", "to the map"))}
	for _, event := range s.events {
		blocks = append(blocks, eventBlock(event))
	}
	if page == of {
		blocks = append(blocks, rich(line(moment(s.Map.Created), text(" · "), person(s.Map.CreatedBy), text(" began the map."))))
	}
	if of > 1 {
		at := s.at.to(0)
		at.list = mapHistory
		blocks = append(blocks, note(pageLine(page, of, s.total, "change", "changes")), buttons(pageButtons(actionStoryMap, page, of, at.value())...))
	}
	return blocks
}

// removedBlocks list the stories that can be put back, the latest first.
func (s storyScene) removedBlocks() []slack.Block {
	all := s.Map.Removed
	first, last, page, of := pageOf(len(all), max(1, s.at.page), mapRows)
	blocks := []slack.Block{rich(line(bold("Stories that were removed"))), buttons(s.goTo(0, "Back", "to the map"))}
	for i := first; i < last; i++ {
		r := all[len(all)-1-i]
		row := slack.NewSectionBlock(plain(fmt.Sprintf("%s\nIt stood under %s. Removed on %s", r.Story.Title, r.Task, pipeline.ShowDate(r.At.In(s.team.Location())))), nil, nil)
		if s.mayChange() {
			value := s.at.to(r.Story.ID).value("form", mapPutBack, "at", s.at.params().encode())
			row.Accessory = slack.NewAccessory(button(actionStoryMapForm+":"+strconv.Itoa(int(r.Story.ID)), "Put back…", pipeline.Cut(r.Story.Title, 40), value))
		}
		blocks = append(blocks, row)
	}
	if len(all) == 0 {
		blocks = append(blocks, say("None."))
	}
	blocks = append(blocks, note(Mrkdwn(fmt.Sprintf("The latest %d are kept. Older ones are named in the history.", pipeline.MapRemovedLimit))))
	if of > 1 {
		at := s.at.to(0)
		at.list = mapRemoved
		blocks = append(blocks, note(pageLine(page, of, len(all), "story", "stories")), buttons(pageButtons(actionStoryMap, page, of, at.value())...))
	}
	return blocks
}

// mapsView lists a team's maps, those in use or those that are put away.
func (app *App) mapsView(req *Request, at mapPlace, maps []pipeline.StoryMap, total int) *slack.ModalViewRequest {
	team := *req.Loaded.Team
	_, _, page, of := pageOf(total, max(1, at.page), pageSize)
	blocks := []slack.Block{say("*Story maps of " + escape(team.Name) + "*: what people do with the product, in order, and in which slices it is built")}
	for _, m := range maps {
		open := mapPlace{team: team.Key, number: m.Number}
		row := slack.NewSectionBlock(plain(strings.TrimSpace(fmt.Sprintf("%d. %s\n%s", m.Number, m.Name, storyScene{ShownMap: pipeline.ShownMap{Map: m}}.about()))), nil, nil)
		row.Accessory = slack.NewAccessory(button(actionStoryMap+":"+strconv.Itoa(m.Number), "Open", m.Name, open.value()))
		blocks = append(blocks, row)
	}
	if total == 0 {
		words := Mrkdwn("There is none yet. A map tells the way of one kind of people to one goal: an activity after the other, and under each what it takes.")
		if at.list == mapsClosed {
			words = "None is put away."
		}
		blocks = append(blocks, say(words))
	}
	if of > 1 {
		blocks = append(blocks, note(pageLine(page, of, total, "map", "maps")), buttons(pageButtons(actionStoryMap, page, of, mapPlace{team: team.Key, list: at.list}.value())...))
	}
	var steps []slack.BlockElement
	if app.may(req)(pipeline.MapStories) {
		here := mapPlace{team: team.Key}
		steps = append(steps, primary(button(actionStoryMapForm+":"+mapNew, "New map…", "for "+team.Name, here.value("form", mapNew, "at", here.params().encode()))))
	}
	other := button(actionStoryMap+":"+mapsClosed, "Maps put away", "of "+team.Name, mapPlace{team: team.Key, list: mapsClosed}.value())
	if at.list == mapsClosed {
		other = button(actionStoryMap+":all", "Those in use", "maps", mapPlace{team: team.Key}.value())
	}
	return form("storymap.list", "Story maps", "", metadata{Team: team.Key, Channel: req.Channel}, append(blocks, buttons(append(steps, other)...))...)
}
