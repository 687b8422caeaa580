package commands

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
)

// stepForm is what a step of a checklist is drawn from.
type stepForm struct {
	idea    pipeline.Idea
	dossier pipeline.Dossier
	run     pipeline.Run
	// reader's user id, and what they are allowed to do.
	reader string
	may    func(pipeline.Action) bool
	m      metadata
	// typed stands in an input in place of what is stored; saved is when it was,
	// where it comes from a draft.
	typed map[pipeline.Field]string
	saved time.Time
	// clashes are the answers that somebody else changed while these were typed.
	clashes []pipeline.Clash
	// suffixes of the block ids of an item's inputs, where not m.Fresh.
	suffixes map[pipeline.ItemID]string
	// lean leaves out what Slack keeps and what helps only at first sight.
	lean bool
}

// ackRoom is how much of an acknowledgement a view may take, in bytes; see
// bot.ackLimit.
const ackRoom = 19_000

// How much of another person's answer is shown beside one's own, in runes. All
// of it is among the answers of the run.
const (
	theirsShown     = 1000
	theirsShownLean = 150
)

// drawInAck draws the step as small as an acknowledgement needs it to be. Its
// inputs keep their ids, so Slack keeps what is typed in them.
func (s stepForm) drawInAck() *slack.ModalViewRequest {
	view := s.draw()
	if fitsAck(view) {
		return view
	}
	s.lean = true
	return s.draw()
}

// drawNext draws the step that follows another one. Where that is too large for
// an acknowledgement, a button leads there.
func (s stepForm) drawNext(run pipeline.Run) *slack.ModalViewRequest {
	view := s.draw()
	if fitsAck(view) {
		return view
	}
	m := s.m
	m.Draft, m.Seen = "", nil
	return form(formRun, pipeline.Cut(run.Template.Name, 24), "", m,
		say("*Saved.*"), buttons(primary(s.stepButton("Go on", s.m.Step))))
}

func fitsAck(view *slack.ModalViewRequest) bool {
	encoded, err := json.Marshal(view)
	return err == nil && len(encoded) <= ackRoom
}

// draw draws the step: what the run says, an input for each item, and where to
// go from here.
func (s stepForm) draw() *slack.ModalViewRequest {
	steps := s.run.Steps()
	s.m.Seen = map[pipeline.AnswerKey]string{}
	var items []slack.Block
	inputs := false
	if s.m.Step <= len(steps) {
		for _, item := range steps[s.m.Step-1] {
			blocks := s.itemBlocks(item)
			for _, block := range blocks {
				_, isInput := block.(*slack.InputBlock)
				inputs = inputs || isInput
			}
			items = append(items, blocks...)
		}
	}
	last := s.m.Step >= len(steps)
	if last {
		items = append(items, s.participantBlocks()...)
	}
	submit := ""
	switch {
	case inputs && last:
		submit = "Save"
	case inputs:
		submit = "Next"
	default:
		s.m.Draft = "" // nothing is typed here
	}
	blocks := append(s.head(len(steps)), items...)
	if onwards := s.onwards(len(steps), inputs); len(onwards) > 0 {
		blocks = append(blocks, buttons(onwards...))
	}
	return form(formRun, pipeline.Cut(s.run.Template.Name, 24), submit, s.m, blocks...)
}

// head says which idea and step this is, and what is unusual about it.
func (s stepForm) head(steps int) []slack.Block {
	blocks := []slack.Block{rich(line(ideaTitle(s.idea)))}
	about := ""
	if s.run.Form != "" {
		about = capital(string(s.run.Form)) + " form · "
	}
	words := escape(about) + Mrkdwn(fmt.Sprintf("step %d of %d", s.m.Step, max(1, steps)))
	if s.m.Step == 1 && s.run.Template.About != "" && !s.lean {
		words += "\n" + escape(s.run.Template.About)
	}
	blocks = append(blocks, note(words))
	switch {
	case len(s.clashes) > 0:
		blocks = append(blocks, say("*Somebody answered the same while you were typing.* The rest of your answers is saved. Both answers are below: save again to put yours in the place of theirs."))
	case s.differs():
		blocks = append(blocks,
			note("This is what you typed ", whenTime(s.saved), ". It is not saved yet."),
			buttons(button(actionRunStep+":afresh", "Show what is saved", "instead", s.value("afresh", "1", "step", strconv.Itoa(s.m.Step)))))
	}
	switch {
	case s.run.Lesson != nil:
		blocks = append(blocks, note("Concluded by ", mention(s.run.Lesson.By), ", ", when(s.run.Lesson.At), ": "+Mrkdwn(s.run.Lesson.Decision)+". Its answers stay as they are."))
	case s.started():
		blocks = append(blocks, note("Started by ", mention(s.run.StartedBy), ", ", when(s.run.Started), ". What it promised is frozen; an amendment keeps both values."))
	}
	return blocks
}

// differs tells whether a draft holds anything else than what is stored.
func (s stepForm) differs() bool {
	if s.saved.IsZero() {
		return false
	}
	for field, words := range s.typed {
		if s.stored(field) != words {
			return true
		}
	}
	return false
}

// stored is what the run says for an input.
func (s stepForm) stored(field pipeline.Field) string {
	if key, isWhy := strings.CutSuffix(string(field), string(pipeline.WhySuffix)); isWhy {
		return s.run.Answers[pipeline.AnswerKey(key)].Why
	}
	return s.run.Answers[pipeline.AnswerKey(field)].Value
}

// shown is what an input starts with.
func (s stepForm) shown(field pipeline.Field) string {
	if words, typed := s.typed[field]; typed {
		return words
	}
	return s.stored(field)
}

func (s stepForm) started() bool {
	return s.run.Template.Use == pipeline.UseTest && !s.run.Started.IsZero()
}

// settled tells whether an answer can no longer be changed in this form.
func (s stepForm) settled(item pipeline.Item) bool {
	return s.run.Lesson != nil || s.started() || item.Kind == pipeline.KindTasks && len(s.run.Participants()) > 0
}

// value of a button in the step.
func (s stepForm) value(pairs ...string) params {
	own := []string{"idea", s.idea.Key.String(), "run", strconv.Itoa(s.run.ID), "in", inStep}
	return newParams(append(own, pairs...)...)
}

// here is value with the step, so that it can be redrawn.
func (s stepForm) here(pairs ...string) params {
	return s.value(append([]string{"step", strconv.Itoa(s.m.Step)}, pairs...)...)
}

func (s stepForm) stepButton(label string, step int) *slack.ButtonBlockElement {
	return button(actionRunStep+":"+strconv.Itoa(step), label, "", s.value("step", strconv.Itoa(step)))
}

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
	if item.RequiredFor(s.run.Form) {
		facts = append(facts, "Needed to complete it")
	}
	if stored.Value != "" {
		facts = append(facts, "answered by "+mention(stored.By)+", "+when(stored.At))
	}
	if len(facts) > 0 {
		blocks = append(blocks, note(join(facts, " · ")))
	}
	return blocks
}

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
		if item.Unit != "" {
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
		blocks = append(blocks, optional(textInput(why, fresh, "Why “"+pipeline.Cut(label, 60)+"”", "", "In a line", s.shown(why), pipeline.AnswerWhyLimit, false)))
	}
	return blocks
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
	case (item.Fact == pipeline.FactCriteria || item.Fact == pipeline.FactSize) && s.may(pipeline.SizeWork):
		return button(actionWork+suffix, "Size and criteria", "of "+key, s.here())
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
	if s.started() && s.run.Observation == nil && s.run.Lesson == nil && s.may(pipeline.AnswerChecklist) {
		blocks = append(blocks, buttons(button(actionTestAmend+":"+string(item.ID), "Amend", s.run.Template.Asked(item, s.run.Form),
			s.here("item", string(item.ID), "part", partAmend+"."+string(item.ID)))))
	}
	return blocks
}

// answerShown is an answer as people read it.
func answerShown(item pipeline.Item, a pipeline.Answer) string {
	if item.Kind == pipeline.KindDate {
		if day, err := time.Parse(time.DateOnly, a.Value); err == nil {
			return day.Format("2 January 2006")
		}
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
	switch {
	case item.Pass.Of > 0 && there <= item.Pass.Of:
		return Mrkdwn(fmt.Sprintf("%d of %d participants", there, item.Pass.Of))
	case there == 1:
		return "1 participant"
	}
	return Mrkdwn(fmt.Sprintf("%d participants", there))
}

// onwards are the buttons that end a step.
func (s stepForm) onwards(steps int, inputs bool) []slack.BlockElement {
	var onwards []slack.BlockElement
	if s.m.Step > 1 {
		onwards = append(onwards, s.stepButton("Back", s.m.Step-1))
	}
	if s.m.Step < steps {
		label := "Skip this step"
		if !inputs {
			label = "Next"
		}
		onwards = append(onwards, s.stepButton(label, s.m.Step+1))
	}
	onwards = append(onwards, button(actionRunShow, "All answers", "", s.value("replace", "1")))
	if !s.may(pipeline.AnswerChecklist) {
		return onwards
	}
	if longer := s.longer(); longer != "" {
		onwards = append(onwards, button(actionRunUpgrade, "Use the "+string(longer)+" form", "", s.here("form", string(longer))))
	}
	use := s.run.Template.Use
	switch {
	case use == pipeline.UseTest && s.run.Started.IsZero():
		onwards = append(onwards, confirm(button(actionTestStart, "Start the test", "", s.here()),
			"Start the test?", "What it promises is frozen then. Changes are still possible, as amendments that keep both values.", "Start"))
	case use == pipeline.UseTest && s.run.Observation == nil:
		onwards = append(onwards, button(actionTestObserve, "What did it show?", "", s.here("part", partObserve)))
	case use == pipeline.UseTest:
		onwards = append(onwards, button(actionTestObserve, "Correct what it showed", "", s.here("part", partObserve)))
	case use == pipeline.UseLearning && s.run.Lesson == nil:
		onwards = append(onwards, button(actionRunLearn, "Conclude", "", s.here("part", partLearn)))
	}
	return onwards
}

// longer is the next longer form that the run could be answered in; "" for none.
func (s stepForm) longer() pipeline.Form {
	forms := s.run.Template.Forms
	at := slices.Index(forms, s.run.Form)
	if at < 0 || at == len(forms)-1 || s.started() || s.run.Lesson != nil {
		return ""
	}
	return forms[at+1]
}
