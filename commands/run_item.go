package commands

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
)

// itemBlocks draws one item: its input with who answered it before, or what the
// idea answers.
func (s stepForm) itemBlocks(item pipeline.Item) []slack.Block {
	switch {
	case !item.Answerable():
		return s.liveBlocks(item)
	case s.settled(item):
		return s.settledBlocks(item)
	}
	key := pipeline.AnswerKey(item.ID)
	stored := s.run.Answers[key]
	if digest := stored.Digest(); digest != "" {
		s.m.Seen[key] = digest
	}
	var blocks []slack.Block
	if s.disagrees(item) {
		room := theirsShown
		if s.lean {
			room = theirsShownLean
		}
		blocks = append(blocks,
			rich(line(bold(s.run.Template.Asked(item, s.run.Form))), line(person(stored.By), text(" answered, "), moment(stored.At), text(":")),
				quote(pipeline.Cut(answerWords(stored), room))),
			buttons(button(actionRunStep+":keep", "Keep theirs", "answer", s.here("keep", string(item.ID)))))
	}
	blocks = append(blocks, s.inputs(item)...)
	var facts []Mrkdwn
	if words := s.suggested(key); words != "" {
		s.m.Seen[suggestionOf(key)] = pipeline.Answer{Value: s.shown(pipeline.Field(key))}.Digest()
		facts = append(facts, "The idea says this. It is not saved as the answer yet")
	} else if item.RequiredFor(s.run.Form) && stored.Value == "" {
		facts = append(facts, s.waits())
	}
	if stored.Value != "" {
		facts = append(facts, "answered by "+mention(stored.By)+", "+when(stored.At))
	}
	if len(facts) > 0 {
		blocks = append(blocks, note(join(facts, " · ")))
	}
	return blocks
}

// waits says of a required item what waits for its answer: its input may stay
// empty for now.
func (s stepForm) waits() Mrkdwn {
	switch s.run.Template.Use {
	case pipeline.UseTest:
		return "You can leave it for later; the test starts only with it"
	case pipeline.UseLearning:
		return "You can leave it for later; the card is concluded only with it"
	}
	return "You can leave it for later; the checklist is complete only with it"
}

// settled tells whether an answer can no longer be changed in this form.
func (s stepForm) settled(item pipeline.Item) bool {
	return s.run.Lesson != nil || s.started() || item.Kind == pipeline.KindTasks && len(s.run.Participants()) > 0
}

// How much of another person's answer is shown beside one's own, in runes. All
// of it is among the answers of the run.
const (
	theirsShown     = 1000
	theirsShownLean = 150
)

// disagrees tells whether somebody else's answer stands where the person has
// typed another one.
func (s stepForm) disagrees(item pipeline.Item) bool {
	key := pipeline.AnswerKey(item.ID)
	stored := s.run.Answers[key]
	if slices.ContainsFunc(s.clashes, func(c pipeline.Clash) bool { return c.Key == key }) {
		return stored.Value != ""
	}
	mine := pipeline.Answer{Value: s.shown(pipeline.Field(key)), Why: s.shown(pipeline.Field(key) + pipeline.WhySuffix)}
	return stored.Value != "" && stored.By != s.reader && mine.Digest() != stored.Digest()
}

// answerWords is an answer on its lines.
func answerWords(a pipeline.Answer) string {
	if a.Why == "" {
		return a.Value
	}
	return a.Value + ": " + a.Why
}

// inputs of an item. All of them may stay empty: a checklist is filled over
// time.
func (s stepForm) inputs(item pipeline.Item) []slack.Block {
	field := pipeline.Field(item.ID)
	fresh, own := s.suffixes[item.ID]
	if !own {
		fresh = s.m.Fresh
	}
	label, hint, initial := s.run.Template.Asked(item, s.run.Form), item.Help, s.shown(field)
	if s.lean {
		hint = ""
		if _, typed := s.typed[field]; typed {
			initial = ""
		}
	}
	var input *slack.InputBlock
	switch item.Kind {
	case pipeline.KindYesNo:
		input = radioInput(field, fresh, label, hint, initial, []*slack.OptionBlockObject{
			option(pipeline.Yes, "Yes"), option(pipeline.No, "No"), option(pipeline.Unsure, "Unsure"),
		})
	case pipeline.KindChoice:
		input = choiceOf(field, fresh, label, hint, initial, item.Choices)
	case pipeline.KindNumber:
		if item.Unit != "" && !strings.Contains(strings.ToLower(label), strings.ToLower(item.Unit)) {
			label += " (" + item.Unit + ")"
		}
		input = textInput(field, fresh, label, hint, "30", initial, numberRoom, false)
	case pipeline.KindDate:
		input = dateInput(field, fresh, label, hint, initial)
	case pipeline.KindPerson:
		input = personInput(field, fresh, label, hint, initial)
	default: // text, tasks
		input = textInput(field, fresh, label, hint, "", initial, pipeline.TextLimit, true)
	}
	blocks := []slack.Block{optional(input)}
	if item.Kind == pipeline.KindYesNo && item.Why {
		why := field + pipeline.WhySuffix
		blocks = append(blocks, optional(textInput(why, fresh, "Why “"+inShort(label)+"”", "", "In a line", s.shown(why), pipeline.AnswerWhyLimit, false)))
	}
	return blocks
}

// shortRoom is how much of a question names it, in runes.
const shortRoom = 60

// inShort names a question: “Small” for "Small: does it fit into a sprint?"; what
// has no such name and is long ends after a word.
func inShort(question string) string {
	if name, rest, named := strings.Cut(question, ":"); named && name != "" && strings.HasPrefix(rest, " ") && pipeline.Length(name) <= shortRoom/2 {
		return name
	}
	short := pipeline.Cut(question, shortRoom)
	if short == question {
		return question
	}
	if words := strings.LastIndex(short, " "); words > 0 {
		short = short[:words] + "…"
	}
	return short
}

// numberRoom is how much the input of a number takes, in runes: a unit or a
// currency may stand beside it.
const numberRoom = 100

// choicesInSight is how many choices are all shown; more are a menu.
const choicesInSight = 4

func choiceOf(field pipeline.Field, fresh, label, hint, initial string, choices []string) *slack.InputBlock {
	var options []*slack.OptionBlockObject
	for _, choice := range choices {
		options = append(options, option(choice, choice))
	}
	if len(choices) <= choicesInSight {
		return radioInput(field, fresh, label, hint, initial, options)
	}
	return choiceInput(field, fresh, label, hint, "Choose one", initial, options)
}

// liveBlocks say how the idea itself answers an item, with the button that
// changes it.
func (s stepForm) liveBlocks(item pipeline.Item) []slack.Block {
	met, words := pipeline.Meets(s.idea, s.dossier, item)
	state := "not yet: "
	if met {
		state = "yes: "
	}
	row := say("*", escape(s.run.Template.Asked(item, s.run.Form)), "*\n"+Mrkdwn(state), escape(pipeline.Cut(words, reasonShown)))
	if repair := s.liveButton(item); repair != nil {
		row.Accessory = slack.NewAccessory(repair)
	}
	if item.Help == "" || s.lean {
		return []slack.Block{row}
	}
	return []slack.Block{row, note(escape(item.Help))}
}

// liveButton opens the form for what the idea itself answers; nil where there
// is none to open from here, or the reader may not use it.
func (s stepForm) liveButton(item pipeline.Item) *slack.ButtonBlockElement {
	key, suffix := s.idea.Key.String(), ":"+string(item.ID)
	switch {
	case item.Kind == pipeline.KindEvidence && s.may(pipeline.AddEvidence):
		return button(actionEvidence+suffix, "Add evidence", "to "+key, s.here())
	case item.Fact == pipeline.FactOutcome && s.may(pipeline.LinkOutcome):
		return button(actionOutcome+suffix, "Link an outcome", "to "+key, s.here())
	case item.Fact == pipeline.FactMeasure && s.may(pipeline.ChangeOwnIdea):
		return button(actionEdit+suffix, "Write it", "for "+key, s.here())
	case strings.HasPrefix(string(item.Fact), pipeline.ChecklistPassed):
		return s.checklistButton(pipeline.TemplateID(strings.TrimPrefix(string(item.Fact), pipeline.ChecklistPassed)), suffix)
	case (item.Fact == pipeline.FactCriteria || item.Fact == pipeline.FactSize) && s.may(pipeline.SizeWork):
		return button(actionWork+suffix, "Size and criteria", "of "+key, s.here())
	}
	return nil
}

// checklistButton opens another checklist that this one asks for, in the place of
// this form: there may be no room for one more on top. nil where it is no longer
// in use and never was begun, or the reader may not begin it.
func (s stepForm) checklistButton(id pipeline.TemplateID, suffix string) *slack.ButtonBlockElement {
	value := newParams("idea", s.idea.Key.String(), "in", s.m.Below, "replace", "1")
	t, inUse := pipeline.FindTemplate(s.dossier.Templates, id)
	latest, begun := s.dossier.Latest(id)
	switch {
	case begun && (latest.Answered > 0 || !inUse):
		value.set("run", strconv.Itoa(latest.ID))
		if verdict, _ := s.dossier.Judge(s.idea, latest); verdict != pipeline.Undecided || !s.may(pipeline.AnswerChecklist) {
			return button(actionRunShow+suffix, "Show "+latest.Name, "of "+s.idea.Key.String(), value)
		}
		return button(actionRunOpen+suffix, "Continue "+latest.Name, "of "+s.idea.Key.String(), value)
	case inUse && s.may(pipeline.AnswerChecklist): // one in which nothing is answered is gone on with
		value.set("template", string(t.ID)).set("form", string(firstForm(t)))
		return button(actionRunBegin+suffix, "Open "+t.Name, "for "+s.idea.Key.String(), value)
	}
	return nil
}

// settledBlocks show an answer that can no longer be changed in a form, with the
// way to amend it where there is one.
func (s stepForm) settledBlocks(item pipeline.Item) []slack.Block {
	said := s.run.Answers[pipeline.AnswerKey(item.ID)]
	answer := slack.RichTextElement(line(text("No answer.")))
	if said.Value != "" {
		answer = quote(answerShown(item, said))
		if item.Kind == pipeline.KindPerson {
			answer = line(person(said.Value))
		}
	}
	blocks := []slack.Block{rich(line(bold(s.run.Template.Asked(item, s.run.Form))), answer)}
	if first, last, amended := amendedFrom(s.run, item.ID); amended {
		was := append([]slack.RichTextSectionElement{text("It was ")}, valueShown(item, first.From)...)
		blocks = append(blocks, rich(line(append(was, text(" when the test started. Amended by "), person(last.By), text(", "), moment(last.At))...)))
	}
	if s.started() && s.run.Observation == nil && s.run.Lesson == nil && s.may(pipeline.AnswerChecklist) {
		blocks = append(blocks, buttons(button(actionTestAmend+":"+string(item.ID), "Amend", s.run.Template.Asked(item, s.run.Form),
			s.here("item", string(item.ID), "part", amendPart(item.ID)))))
	}
	return blocks
}

// amendedFrom finds the first and the last amendment of an answer that was frozen.
func amendedFrom(run pipeline.Run, id pipeline.ItemID) (first, last pipeline.Amendment, amended bool) {
	for _, a := range run.Amendments {
		if a.Item != id {
			continue
		}
		if !amended {
			first, amended = a, true
		}
		last = a
	}
	return first, last, amended
}

// valueShown is a value before or after an amendment as people read it.
func valueShown(item pipeline.Item, value string) []slack.RichTextSectionElement {
	if item.Kind == pipeline.KindPerson && value != "" {
		return []slack.RichTextSectionElement{person(value)}
	}
	return []slack.RichTextSectionElement{text(quoted(answerShown(item, pipeline.Answer{Value: value})))}
}

// answerShown is an answer as people read it.
func answerShown(item pipeline.Item, a pipeline.Answer) string {
	if item.Kind == pipeline.KindDate {
		a.Value = pipeline.ShowDay(a.Value)
	}
	return answerWords(a)
}

// participantBlocks tell how many participants have results, with the way to
// the next one.
func (s stepForm) participantBlocks() []slack.Block {
	var blocks []slack.Block
	for _, item := range s.run.Items() {
		if item.Kind != pipeline.KindParticipants {
			continue
		}
		there := s.run.Participants()
		words := say("*", escape(s.run.Template.Asked(item, s.run.Form)), "*\n", participantsWords(item, len(there)))
		blocks = append(blocks, words)
		switch {
		case len(s.run.Tasks()) == 0:
			blocks = append(blocks, note("Write down the tasks and save first: results belong to a task."))
		case s.may(pipeline.AnswerChecklist):
			value := s.here("part", resultPart(nextResult(s.run, item)))
			blocks = append(blocks, buttons(button(actionParticipant, "Results of a participant", "", value)))
		}
	}
	return blocks
}

// participantsWords tell how many have results: "3 of 5 participants".
func participantsWords(item pipeline.Item, there int) Mrkdwn {
	if item.Pass.Of > 0 && there <= item.Pass.Of {
		return Mrkdwn(fmt.Sprintf("%d of %d participants", there, item.Pass.Of))
	}
	return Mrkdwn(counted(there, "participant", "participants"))
}
