package commands

import (
	"fmt"
	"slices"
	"strings"
	"time"

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
	links    links
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
	if o.idea.Stage == pipeline.Parked {
		blocks = append(blocks, parkedBlocks(o.idea, o.outcomes)...)
	}
	gate := pipeline.Gate(o.team, o.idea, o.dossier, step.To)
	var onwards slack.BlockElement
	if len(gate.Lacks) == 0 {
		blocks = append(blocks, say("*"+nothingMissing(step)+"*"))
		if o.may(step.May) && !waits(o.idea, step) {
			onwards = primary(moveButton(o.idea.Key, step, inOverview))
		}
	} else {
		blocks = append(blocks, say("*Before it "+Mrkdwn(becoming(step))+", it still needs:*"))
		if o.may(pipeline.DecideIdea) && !waits(o.idea, step) {
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
	blocks = append(blocks, warningNotes(gate)...)
	var steps []slack.BlockElement
	if o.idea.Ballot != 0 {
		steps = append(steps, ballotButton(o.idea, inOverview))
	}
	if onwards != nil {
		steps = append(steps, onwards)
	}
	if back, known := pipeline.StepTo(o.idea.Stage, pipeline.Discovery); known && !back.Forward() && back != step && o.may(back.May) && !waits(o.idea, back) {
		steps = append(steps, moveButton(o.idea.Key, back, inOverview))
	}
	if o.idea.Ballot == 0 && o.may(pipeline.DecideIdea) {
		steps = append(steps, parkButton(o.idea, inOverview))
	}
	if len(steps) > 0 {
		blocks = append(blocks, buttons(steps...))
	}
	if onwards == nil && step.May == pipeline.DecideIdea && len(gate.Lacks) == 0 {
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
	return o.links.rows(o.idea, o.may(pipeline.LinkOutcome), inOverview)
}

func (o overview) workBlocks() []slack.Block {
	blocks := []slack.Block{workBlock(o.idea)}
	if o.may(pipeline.SizeWork) {
		blocks = append(blocks, buttons(button(actionWork, "Size", o.idea.Key.String(), o.value())))
	}
	return blocks
}
