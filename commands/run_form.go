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
	return runForm(run, "", m, say("*Saved.*"), buttons(primary(s.stepButton("Go on", s.m.Step))))
}

// drawClashElsewhere says that answers clash where that is all an acknowledgement
// has room for. A button shows them: what it draws may be larger.
func (s stepForm) drawClashElsewhere() *slack.ModalViewRequest {
	m := s.m
	m.Draft, m.Seen = "", nil
	return runForm(s.run, "", m, rich(line(ideaTitle(s.idea))),
		say("*Somebody answered the same while you were typing.* Theirs stands, and yours is kept beside it, not saved. The rest of your answers is saved."),
		buttons(primary(s.stepButton("Show both", s.m.Step))))
}

// runForm is a form about a run. What it lies on learns when it is closed, also
// where nothing can be typed: what was stored meanwhile shows there.
func runForm(run pipeline.Run, submit string, m metadata, blocks ...slack.Block) *slack.ModalViewRequest {
	view := form(formRun, pipeline.Cut(run.Template.Name, 24), submit, m, blocks...)
	view.NotifyOnClose = view.NotifyOnClose || m.Below != ""
	return view
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
	return runForm(s.run, submit, s.m, blocks...)
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
			unsaved(s.saved),
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
	if words := s.suggested(pipeline.AnswerKey(field)); words != "" {
		return words
	}
	return s.stored(field)
}

// suggested is what the idea itself says where nobody answered yet: the problem
// that it was captured with. "" for none.
func (s stepForm) suggested(key pipeline.AnswerKey) string {
	_, typed := s.typed[pipeline.Field(key)]
	if s.run.Template.ID != pipeline.OpportunityCanvas || key != itemProblem || typed || s.run.Answers[key].Value != "" || !pipeline.HasVisible(s.idea.Problem) {
		return ""
	}
	return s.idea.Problem
}

// itemProblem of the Opportunity Canvas asks for what an idea may have been
// captured with.
const itemProblem pipeline.AnswerKey = "problem"

// suggestionOf is the key under which a form remembers what it suggested as an
// answer. No item is called like that.
func suggestionOf(key pipeline.AnswerKey) pipeline.AnswerKey { return key + "/suggested" }

func (s stepForm) started() bool {
	return s.run.Template.Use == pipeline.UseTest && !s.run.Started.IsZero()
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
