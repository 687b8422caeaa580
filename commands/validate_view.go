package commands

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
)

// overview is what the overview of an idea is drawn from.
type overview struct {
	idea    pipeline.Idea
	team    pipeline.Team
	dossier pipeline.Dossier
	// outcomes of the team, among them those the idea is linked to, and the
	// newest evidence on it.
	outcomes []pipeline.Outcome
	evidence []pipeline.Evidence
	// may tells what the reader is allowed to do.
	may func(pipeline.Action) bool
	now time.Time
}

// How much of each kind the overview shows, so that it fits a form of 100
// blocks: runs of one checklist, of all of them, of tests and learning cards, and
// checklists that have not begun, each on a line of its own.
const (
	runsOfOneShown = 8
	runsShown      = 24
	testsShown     = 12
	notBegunShown  = 6
	evidenceShown  = 3
)

// reasonShown is how much of the reason for a verdict, or of what an idea has,
// stands in a line, in runes. Escaped it takes up to five times as much of the
// 3000 characters of a section.
const reasonShown = 250

// buttonsMax is how many buttons one block may have.
// https://docs.slack.dev/reference/block-kit/blocks/actions-block
const buttonsMax = 25

// overviewForm draws what an idea lacks for its next stage, its checklists and
// its evidence.
func overviewForm(o overview, m metadata) *slack.ModalViewRequest {
	o = o.newestFirst()
	blocks := []slack.Block{rich(line(ideaTitle(o.idea)))}
	blocks = append(blocks, o.nextStage()...)
	if !o.idea.Withdrawn.IsZero() {
		return form("validate.overview", o.title(), "", m, blocks...)
	}
	for _, part := range [][]slack.Block{o.checklists(), o.experiments(), o.evidenceBlocks(), o.outcomeBlocks(), o.workBlocks()} {
		blocks = append(blocks, slack.NewDividerBlock())
		blocks = append(blocks, part...)
	}
	return form("validate.overview", o.title(), "", m, blocks...)
}

// title of the form; the longest key is cut to fit.
func (o overview) title() string { return pipeline.Cut("Validate "+o.idea.Key.String(), 24) }

// value of a button in the overview.
func (o overview) value(pairs ...string) params {
	return newParams(append([]string{"idea", o.idea.Key.String(), "in", inOverview}, pairs...)...)
}

// runsOnPage is how many runs a page of all of them shows.
const runsOnPage = 20

// allRuns draws a page of all runs on the idea, the newest first, with the way
// back to the overview.
func (o overview) allRuns(m metadata, page int) *slack.ModalViewRequest {
	o = o.newestFirst()
	pages := slices.Collect(slices.Chunk(o.dossier.Runs, runsOnPage))
	page = max(1, min(page, len(pages)))
	blocks := []slack.Block{rich(line(ideaTitle(o.idea)))}
	if len(pages) == 0 {
		blocks = append(blocks, say("No checklist has begun."))
	} else {
		for _, s := range pages[page-1] {
			blocks = append(blocks, o.runRow(s))
		}
		blocks = append(blocks, note(Mrkdwn(fmt.Sprintf("Page %d of %d, newest first", page, len(pages)))))
	}
	var steps []slack.BlockElement
	if len(pages) > 1 {
		steps = pageButtons(actionValidate, page, len(pages), o.value("runs", "1"))
	}
	steps = append(steps, button(actionValidate, "Overview", "of "+o.idea.Key.String(), o.value()))
	return form("validate.runs", o.title(), "", m, append(blocks, buttons(steps...))...)
}

func (o overview) newestFirst() overview {
	o.dossier.Runs = slices.SortedFunc(slices.Values(o.dossier.Runs), func(a, b pipeline.RunSummary) int { return cmp.Compare(b.ID, a.ID) })
	return o
}

// nextStage says where the idea is, what it lacks to go on, and offers the form
// that repairs each lack.
func (o overview) nextStage() []slack.Block {
	key := o.idea.Key.String()
	if !o.idea.Withdrawn.IsZero() {
		return []slack.Block{
			say("It was withdrawn, so nothing can be validated. Everything in it is kept."),
			buttons(button(actionBringBack, "Bring it back", key, o.value())),
		}
	}
	blocks := []slack.Block{say("It is *"+Mrkdwn(whereabouts(o.idea.Stage))+"*, since ", when(o.idea.Staged), ".")}
	step, onward := pipeline.NextStep(o.idea.Stage)
	if back, parked := pipeline.StepTo(o.idea.Stage, pipeline.Discovery); !onward && parked {
		step, onward = back, true
	}
	if !onward {
		return blocks
	}
	gate := pipeline.Gate(o.team, o.idea, o.dossier, step.To)
	becomes := Mrkdwn(becoming(step))
	var onwards slack.BlockElement
	if len(gate.Lacks) == 0 {
		blocks = append(blocks, say("*Nothing is missing before it "+becomes+".*"))
		if o.may(step.May) {
			onwards = primary(moveButton(o.idea.Key, step, inOverview))
		}
	} else {
		blocks = append(blocks, say("*Before it "+becomes+", it still needs:*"))
		if o.may(pipeline.DecideIdea) {
			onwards = button(actionMove+":override", "Override…", "the gate for "+key, o.value("to", string(step.To), "override", "1"))
		}
	}
	for i, lack := range gate.Lacks {
		words := slack.NewSectionBlock(plain("• "+pipeline.Cut(lack.Words, 1000)), nil, nil)
		repair, action := lackButton(o.idea.Key, lack, o.dossier, inOverview)
		if n := slices.IndexFunc(o.dossier.Runs, func(s pipeline.RunSummary) bool { return lack.Run > 0 && s.ID == lack.Run }); n >= 0 {
			repair, action = o.runButton(o.dossier.Runs[n]), pipeline.ReadTeam
		}
		if repair != nil && o.may(action) {
			name, _, _ := strings.Cut(repair.ActionID, ":")
			repair.ActionID = fmt.Sprintf("%s:lack%d", name, i)
			words.Accessory = slack.NewAccessory(repair)
		}
		blocks = append(blocks, words)
	}
	for _, warning := range gate.Warnings {
		blocks = append(blocks, note("Worth knowing: ", escape(pipeline.Cut(warning, 500))))
	}
	if onwards != nil {
		return append(blocks, buttons(onwards))
	}
	if step.May == pipeline.DecideIdea && len(gate.Lacks) == 0 {
		blocks = append(blocks, note("Product owners of the team decide this step."))
	}
	return blocks
}

// checklists lists those that have begun and those that can begin, the tests
// and learning cards apart, which have a part of their own.
func (o overview) checklists() []slack.Block {
	begun, notBegun := rows{room: runsShown}, 0
	var offered []slack.Block
	var more []slack.BlockElement
	for _, t := range o.templates(pipeline.UseChecklist) {
		runs := o.runsOf(t.ID)
		if len(runs) > 0 {
			begun.add(o, runs)
			continue
		}
		if !o.may(pipeline.AnswerChecklist) {
			continue
		}
		if notBegun++; notBegun > notBegunShown {
			more = append(more, o.beginButtons(t, true)...)
			continue
		}
		words := "*" + escape(t.Name) + "* · not begun"
		if t.About != "" {
			words += "\n" + escape(pipeline.Cut(t.About, 300))
		}
		row, begin := say(words), o.beginButtons(t, false)
		if len(begin) == 1 {
			row.Accessory = slack.NewAccessory(begin[0])
			offered = append(offered, row)
			continue
		}
		offered = append(offered, row, buttons(begin...))
	}
	blocks := append([]slack.Block{say("*Checklists*")}, begun.all(o)...)
	blocks = append(blocks, offered...)
	for chunk := range slices.Chunk(more, buttonsMax) {
		blocks = append(blocks, buttons(chunk...))
	}
	if len(blocks) == 1 {
		blocks = append(blocks, note("None has begun."))
	}
	return blocks
}

// templates of that use: those in use, then those that only runs know.
func (o overview) templates(use pipeline.Use) []pipeline.Template {
	var found []pipeline.Template
	for _, t := range o.dossier.Templates {
		if t.Use == use {
			found = append(found, t)
		}
	}
	for _, s := range o.dossier.Runs {
		_, inUse := pipeline.FindTemplate(o.dossier.Templates, s.Template)
		if _, known := pipeline.FindTemplate(found, s.Template); s.Use == use && !known && !inUse {
			found = append(found, pipeline.Template{ID: s.Template, Name: s.Name, Use: use})
		}
	}
	return found
}

// runsOf a checklist, the newest first.
func (o overview) runsOf(id pipeline.TemplateID) []pipeline.RunSummary {
	var runs []pipeline.RunSummary
	for _, s := range o.dossier.Runs {
		if s.Template == id {
			runs = append(runs, s)
		}
	}
	return runs
}

// rows draw the runs of several checklists while there is room.
type rows struct {
	room    int
	blocks  []slack.Block
	earlier []Mrkdwn // what there was no room for
}

func (r *rows) add(o overview, runs []pipeline.RunSummary) {
	shown := min(len(runs), runsOfOneShown, r.room)
	r.room -= shown
	for _, s := range runs[:shown] {
		r.blocks = append(r.blocks, o.runRow(s))
	}
	if left := len(runs) - shown; left > 0 {
		r.earlier = append(r.earlier, escape(runs[0].Name)+Mrkdwn(fmt.Sprintf(" and %d earlier", left)))
	}
}

// all are the rows, and in a last one what there was no room for, with the way
// to it.
func (r *rows) all(o overview) []slack.Block {
	if len(r.earlier) == 0 {
		return r.blocks
	}
	rest := say("Not shown here: ", join(r.earlier[:min(len(r.earlier), 5)], ", "), ".")
	rest.Accessory = slack.NewAccessory(button(actionValidate, "Show all", "checklists and tests of "+o.idea.Key.String(), o.value("runs", "1")))
	return append(r.blocks, rest)
}

func (o overview) runRow(s pipeline.RunSummary) *slack.SectionBlock {
	row := say(o.runWords(s))
	row.Accessory = slack.NewAccessory(o.runButton(s))
	return row
}

// runWords is one run in a few words: what it is, how far, the verdict with its
// reason, who did something last.
func (o overview) runWords(s pipeline.RunSummary) Mrkdwn {
	words := "*" + escape(s.Name) + "*"
	if s.Form != "" {
		words += " · " + escape(string(s.Form))
	}
	words += " · " + runState(o.dossier, o.idea, s, o.now)
	if s.Title != "" {
		words += "\n“" + escape(s.Title) + "”"
	}
	return words + "\nLast by " + mention(s.LastBy) + ", " + when(s.Last)
}

// runState says how a run stands: how much of it is answered, whether its test
// runs, and its verdict with the reason.
func runState(d pipeline.Dossier, idea pipeline.Idea, s pipeline.RunSummary, now time.Time) Mrkdwn {
	answered := Mrkdwn(fmt.Sprintf("%d of %d answered", s.Answered, s.Of))
	verdict, because := d.Judge(idea, s)
	switch {
	case s.Decision != "":
		return "concluded: " + Mrkdwn(s.Decision)
	case s.Running && !now.Before(s.Deadline):
		return "waits for its observation since " + whenTime(s.Deadline)
	case s.Running:
		return "running until " + whenTime(s.Deadline)
	case s.Of == 0 && verdict == pipeline.Undecided:
		answered = "open"
	case s.Of == 0:
		answered = ""
	}
	words := answered
	if verdict != pipeline.Undecided {
		words = joinWith(words, "*"+Mrkdwn(verdict)+"*", " · ")
	}
	if because != "" {
		words = joinWith(words, escape(pipeline.Cut(because, reasonShown)), ". ")
	}
	return words
}

func joinWith(a, b, between Mrkdwn) Mrkdwn {
	if a == "" {
		return b
	}
	return a + between + b
}

// runButton is the next sensible step of a run.
func (o overview) runButton(s pipeline.RunSummary) *slack.ButtonBlockElement {
	value, about := o.value("run", strconv.Itoa(s.ID)), s.Name
	verdict, _ := o.dossier.Judge(o.idea, s)
	switch {
	case s.Running && o.now.Before(s.Deadline), s.Decision != "", !o.may(pipeline.AnswerChecklist):
	case s.Running:
		return primary(button(actionTestObserve, "What did it show?", about, value.set("part", partObserve)))
	case s.Use == pipeline.UseLearning && len(s.Lacks) == 0:
		return button(actionRunLearn, "Conclude", about, value.set("part", partLearn))
	case verdict == pipeline.Undecided:
		return button(actionRunOpen, "Continue", about, value)
	}
	return button(actionRunShow, "Show", about, value)
}

// beginButtons begin a checklist, one for each of its forms. Named ones carry
// the checklist's name, for where it does not stand beside them.
func (o overview) beginButtons(t pipeline.Template, named bool) []slack.BlockElement {
	forms := t.Forms
	if len(forms) == 0 {
		forms = []pipeline.Form{""}
	}
	var begin []slack.BlockElement
	for _, f := range forms {
		label := "Begin"
		switch {
		case named && f != "":
			label = t.Name + ": " + string(f)
		case named:
			label = t.Name
		case f != "":
			label = capital(string(f))
		}
		value := o.value("template", string(t.ID), "form", string(f))
		begin = append(begin, button(fmt.Sprintf("%s:%s:%s", actionRunBegin, t.ID, f), label, t.Name, value))
	}
	return begin
}

// capital begins a line with a capital letter.
func capital(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return s
	}
	return string(unicode.ToUpper(first)) + s[size:]
}

// experiments lists tests and the learning cards they feed, with what to do
// next.
func (o overview) experiments() []slack.Block {
	begun := rows{room: testsShown}
	var begin []slack.BlockElement
	for _, use := range []pipeline.Use{pipeline.UseTest, pipeline.UseLearning} {
		for _, t := range o.templates(use) {
			runs := o.runsOf(t.ID)
			begun.add(o, runs)
			if _, inUse := pipeline.FindTemplate(o.dossier.Templates, t.ID); !inUse || !o.may(pipeline.AnswerChecklist) {
				continue
			}
			label := "New " + t.Name
			if len(runs) > 0 {
				label = "Another " + t.Name
			}
			begin = append(begin, button(fmt.Sprintf("%s:%s", actionRunBegin, t.ID), label, "", o.value("template", string(t.ID), "form", string(firstForm(t)))))
		}
	}
	blocks := append([]slack.Block{say("*Experiments*")}, begun.all(o)...)
	if len(blocks) == 1 {
		blocks = append(blocks, note("No test has begun. A Test Card says what you believe and which number would show that you are right."))
	}
	for chunk := range slices.Chunk(begin, buttonsMax) {
		blocks = append(blocks, buttons(chunk...))
	}
	return blocks
}

func firstForm(t pipeline.Template) pipeline.Form {
	if len(t.Forms) == 0 {
		return ""
	}
	return t.Forms[0]
}

func (o overview) evidenceBlocks() []slack.Block {
	confidence := pipeline.Confident(o.idea.Tallied())
	blocks := []slack.Block{say("*Evidence*\nConfidence: *"+Mrkdwn(confidence.Word)+"*. ", escape(confidence.Reason))}
	for _, e := range o.evidence[:min(len(o.evidence), evidenceShown)] {
		blocks = append(blocks, say(escape(pipeline.Cut(pipeline.CleanLine(e.Note), 300)), "\n_"+Mrkdwn(capital(evidenceKind(e)))+"_ · ", mention(e.By), ", ", when(e.At)))
	}
	var steps []slack.BlockElement
	key := o.idea.Key.String()
	if o.may(pipeline.AddEvidence) {
		steps = append(steps, button(actionEvidence, "Add evidence", "to "+key, o.value()))
	}
	return append(blocks, buttons(append(steps, button(actionEvidenceList, "All evidence", "on "+key, o.value()))...))
}

func (o overview) outcomeBlocks() []slack.Block {
	said := []slack.RichTextElement{line(bold("Outcomes"))}
	for _, key := range o.idea.Outcomes {
		said = append(said, line(text(key.String()+"  "+statementOf(o.outcomes, key))))
	}
	if len(o.idea.Outcomes) == 0 {
		said = append(said, line(text("No outcome yet: nobody can say what it is for.")))
	}
	blocks := []slack.Block{rich(said...)}
	if o.may(pipeline.LinkOutcome) && len(o.idea.Outcomes) < pipeline.OutcomesOfIdea {
		blocks = append(blocks, buttons(button(actionOutcome, "Link an outcome", "to "+o.idea.Key.String(), o.value())))
	}
	return blocks
}

func (o overview) workBlocks() []slack.Block {
	said := []slack.RichTextElement{line(bold("Size and acceptance criteria")), line(text(workWords(o.idea)))}
	for _, criterion := range o.idea.Criteria {
		said = append(said, line(text("• "+criterion)))
	}
	blocks := []slack.Block{rich(said...)}
	if o.may(pipeline.SizeWork) {
		blocks = append(blocks, buttons(button(actionWork, "Size", o.idea.Key.String(), o.value())))
	}
	return blocks
}

// workWords says what kind of work an idea is and how big.
func workWords(idea pipeline.Idea) string {
	work, size := "kind of work not said yet", "no size yet"
	if idea.Work != "" {
		work = string(idea.Work)
	}
	switch {
	case idea.Size == 1:
		size = "1 point"
	case idea.Size > 1:
		size = fmt.Sprintf("%d points", idea.Size)
	}
	return capital(work) + ", " + size
}
