package commands

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
)

// How much of a run one page shows, so that it stays within a form's 100 blocks
// and 250 KB whatever was written.
// https://docs.slack.dev/reference/views
const (
	answersBlocks = 70
	answersRunes  = 20_000
)

// answer is what a page of a run is made of: blocks that stay together, and how
// much text they hold.
type answer struct {
	blocks []slack.Block
	runes  int
}

// showRun shows every answer of a run with who gave it, in the place of the step
// that the person is in, whose words are kept.
func showRun(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, idea, run, err := req.clickedRun()
	if err != nil {
		return Reply{}, err
	}
	in := metadata{Idea: idea.Key.String(), Run: run.ID, Below: p.Get("in"), Channel: req.Channel}
	if p.Get("replace") == "" {
		return Reply{Open: app.runShown(req, idea, run, in, 1)}, nil
	}
	m, err := req.metadata()
	if err != nil {
		return Reply{}, err
	}
	in.Below = m.Below
	if err := app.leaveStep(ctx, req, m); err != nil {
		return Reply{}, err
	}
	return Reply{Update: app.runShown(req, idea, run, in, p.page())}, nil
}

// shown draws every answer of a run again.
func (app *App) shown(req *Request, at place) (*slack.ModalViewRequest, error) {
	idea, run, err := req.wantedRun()
	if err != nil {
		return nil, err
	}
	return app.runShown(req, idea, run, metadata{Idea: idea.Key.String(), Run: run.ID, Below: inOverview, Channel: at.channel}, 1), nil
}

// runShown draws a page of every answer of a run.
func (app *App) runShown(req *Request, idea pipeline.Idea, run pipeline.Run, m metadata, page int) *slack.ModalViewRequest {
	loc := req.Loaded.Team.Location()
	return runView(idea, *req.Loaded.Dossier, run, run.Summarize(loc), app.may(req), m, page, req.Now)
}

// runView draws a page of every answer of a run: its verdict, who answered what
// and when, what was amended and what it showed.
func runView(idea pipeline.Idea, d pipeline.Dossier, run pipeline.Run, s pipeline.RunSummary, may func(pipeline.Action) bool, m metadata, page int, now time.Time) *slack.ModalViewRequest {
	pages := paged(append(answersOf(idea, d, run), endOf(run)...))
	page = min(max(1, page), len(pages))
	blocks := []slack.Block{
		rich(line(ideaTitle(idea))),
		say("*", escape(run.Template.Name), "* · ", runState(d, idea, s, now)),
		note("Begun by ", mention(run.BeganBy), ", ", when(run.Began)),
	}
	blocks = append(blocks, pages[page-1]...)
	value := newParams("idea", idea.Key.String(), "run", strconv.Itoa(run.ID), "in", m.Below, "replace", "1")
	if len(pages) > 1 {
		blocks = append(blocks, note(Mrkdwn(fmt.Sprintf("Page %d of %d", page, len(pages)))), buttons(pageButtons(actionRunShow, page, len(pages), value)...))
		value.Del("page")
	}
	if may(pipeline.AnswerChecklist) {
		blocks = append(blocks, buttons(runSteps(d, run, s, value)...))
	}
	return runForm(run, "", m, blocks...)
}

// runSteps are what can be done with a run whose answers are shown.
func runSteps(d pipeline.Dossier, run pipeline.Run, s pipeline.RunSummary, value params) []slack.BlockElement {
	label := "Change answers"
	switch {
	case run.Lesson != nil, !run.Started.IsZero():
		label = "Open the form"
	case s.Verdict == pipeline.Undecided:
		label = "Continue"
	}
	steps := []slack.BlockElement{button(actionRunOpen, label, run.Template.Name, value)}
	if s.Running {
		steps = append(steps, button(actionTestObserve, "What did it show?", "", newParams(
			"idea", run.Idea.String(), "run", strconv.Itoa(run.ID), "part", partObserve, "in", inShown)))
	}
	if t, inUse := pipeline.FindTemplate(d.Templates, run.Template.ID); inUse && s.Verdict != pipeline.Undecided {
		again := newParams("idea", run.Idea.String(), "in", value.Get("in"), "template", string(t.ID),
			"form", string(firstForm(t)), "again", "1", "replace", "1")
		steps = append(steps, button(actionRunBegin, "Begin another", t.Name, again))
	}
	return steps
}

// paged puts answers on pages, at least one.
func paged(answers []answer) [][]slack.Block {
	pages, runes := [][]slack.Block{nil}, 0
	for _, a := range answers {
		last := len(pages) - 1
		if len(pages[last]) > 0 && (len(pages[last])+len(a.blocks) > answersBlocks || runes+a.runes > answersRunes) {
			pages, runes, last = append(pages, nil), 0, last+1
		}
		pages[last] = append(pages[last], a.blocks...)
		runes += a.runes
	}
	return pages
}

// answersOf are the answers of a run in the order of its form; those that only
// another form of it asks for come last.
func answersOf(idea pipeline.Idea, d pipeline.Dossier, run pipeline.Run) []answer {
	var all []answer
	asked := map[pipeline.ItemID]bool{}
	for _, item := range run.Items() {
		asked[item.ID] = true
		switch {
		case !item.Answerable():
			_, words := pipeline.Meets(idea, d, item)
			all = append(all, answer{blocks: []slack.Block{rich(
				line(bold(run.Template.Asked(item, run.Form))), line(text("On the idea: "+words)))}})
		case item.Kind == pipeline.KindParticipants:
			all = append(all, resultsOf(item, run)...)
		default:
			all = append(all, oneAnswer(item, run))
		}
	}
	for _, item := range run.Template.Items {
		if said := run.Answers[pipeline.AnswerKey(item.ID)]; !asked[item.ID] && said.Value != "" {
			all = append(all, oneAnswer(item, run))
		}
	}
	return all
}

// oneAnswer is a question with what was answered, by whom and when.
func oneAnswer(item pipeline.Item, run pipeline.Run) answer {
	said := run.Answers[pipeline.AnswerKey(item.ID)]
	question := line(bold(run.Template.Asked(item, run.Form)))
	switch {
	case said.Value == "":
		return answer{blocks: []slack.Block{rich(question, line(text("Not answered yet.")))}}
	case item.Kind == pipeline.KindPerson:
		return answer{blocks: []slack.Block{rich(question, line(person(said.Value))), byWhom(said.By, said.At)}}
	}
	words := answerShown(item, said)
	return answer{blocks: []slack.Block{rich(question, quote(words)), byWhom(said.By, said.At)}, runes: pipeline.Length(words)}
}

// byWhom says who did something, and when.
func byWhom(user string, at time.Time) slack.Block {
	return note("by ", mention(user), ", ", whenTime(at))
}

// resultsOf is what participants did at their tasks: a line for each task, then
// each participant.
func resultsOf(item pipeline.Item, run pipeline.Run) []answer {
	there := run.Participants()
	tally := []slack.RichTextElement{
		line(bold(run.Template.Asked(item, run.Form))),
		line(text(string(participantsWords(item, len(there))))),
	}
	for i, result := range run.TaskResults() {
		if result.Of > 0 {
			tally = append(tally, line(text(fmt.Sprintf("Task %d, %s: %d of %d succeeded", i+1, pipeline.Cut(result.Task.What, 100), result.Succeeded, result.Of))))
		}
	}
	all := []answer{{blocks: []slack.Block{rich(tally...)}, runes: 800}}
	for _, number := range there {
		said := []slack.RichTextElement{line(bold("Participant " + strconv.Itoa(number)))}
		var last pipeline.Answer
		for task := 1; task <= pipeline.TasksMax; task++ {
			result := run.Answers[pipeline.ResultKey(item.ID, number, task)]
			if result.Value == "" {
				continue
			}
			said = append(said, line(text(fmt.Sprintf("Task %d: %s", task, resultWords(result)))))
			if result.At.After(last.At) {
				last = result
			}
		}
		all = append(all, answer{blocks: []slack.Block{rich(said...), byWhom(last.By, last.At)}, runes: 2000})
	}
	return all
}

// resultWords is one result of a participant on a line.
func resultWords(a pipeline.Answer) string {
	words := []string{map[string]string{pipeline.Unaided: "unaided", pipeline.WithHelp: "with help", pipeline.NotDone: "failed"}[a.Value]}
	if a.Seconds != nil {
		words = append(words, fmt.Sprintf("%d s", *a.Seconds))
	}
	if a.Severity != nil {
		words = append(words, fmt.Sprintf("severity %d of %d", *a.Severity, pipeline.SeverityMax))
	}
	if a.Why != "" {
		words = append(words, "“"+a.Why+"”")
	}
	return strings.Join(words, ", ")
}

// endOf is how a test went on after it was filled, and what a learning card
// concludes.
func endOf(run pipeline.Run) []answer {
	var all []answer
	if !run.Started.IsZero() {
		all = append(all, answer{blocks: []slack.Block{
			rich(line(bold("Started"))), byWhom(run.StartedBy, run.Started)}})
	}
	for _, a := range run.Amendments {
		item := amendedItem(run, a.Item)
		both := append([]slack.RichTextSectionElement{text("It was ")}, valueShown(item, a.From)...)
		both = append(append(both, text(", it became ")), valueShown(item, a.To)...)
		all = append(all, answer{
			blocks: []slack.Block{
				rich(line(bold("Amended: "+askedBy(run, a.Item))), &slack.RichTextQuote{Type: slack.RTEQuote, Elements: both}, line(text("Because: "+a.Why))),
				byWhom(a.By, a.At),
			},
			runes: 1000,
		})
	}
	if o := run.Observation; o != nil {
		all = append(all, answer{blocks: []slack.Block{
			rich(line(bold("What it showed")), quote(o.String())), byWhom(o.By, o.At)}, runes: pipeline.Length(o.Note)})
	}
	if l := run.Lesson; l != nil {
		all = append(all, answer{blocks: []slack.Block{
			rich(line(bold("Decision")), line(text(capital(string(l.Decision))))), byWhom(l.By, l.At)}})
	}
	return all
}

// savedRun tells where a run stands, where nothing lies below that shows it.
func savedRun(req *Request, run pipeline.Run) Reply {
	s := run.Summarize(req.Loaded.Team.Location())
	key := run.Idea.String()
	words := Mrkdwn("Saved: *"+key+"*, ") + escape(run.Template.Name) + " · " + runState(*req.Loaded.Dossier, *req.Loaded.Idea, s, req.Now)
	return tell(words, buttons(button(actionValidate, "Overview", "of "+key, newParams("idea", key))))
}

// amendedItem is the item of a run that an amendment names; the observation is
// none of them.
func amendedItem(run pipeline.Run, id pipeline.ItemID) pipeline.Item {
	i := slices.IndexFunc(run.Template.Items, func(item pipeline.Item) bool { return item.ID == id })
	if i < 0 {
		return pipeline.Item{ID: id}
	}
	return run.Template.Items[i]
}

// askedBy is the question of an item as the run puts it.
func askedBy(run pipeline.Run, id pipeline.ItemID) string {
	for _, item := range run.Template.Items {
		if item.ID == id {
			return run.Template.Asked(item, run.Form)
		}
	}
	return string(id)
}
