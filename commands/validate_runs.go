package commands

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
)

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

func firstForm(t pipeline.Template) pipeline.Form {
	if len(t.Forms) == 0 {
		return ""
	}
	return t.Forms[0]
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
