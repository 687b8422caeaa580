package commands

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
)

// refineTyped is what the form of a refinement shows, by field.
func refineTyped(form pipeline.RefinementForm) map[pipeline.Field]string {
	typed := map[pipeline.Field]string{}
	for field, words := range map[pipeline.Field]string{
		pipeline.FieldDay: form.Day, pipeline.FieldPeople: strings.Join(form.People, ","), pipeline.FieldMinutes: form.Minutes,
		pipeline.FieldTouched: strings.Join(form.Touched, ","), pipeline.FieldPromoted: strings.Join(form.Promoted, ","), pipeline.FieldDropped: strings.Join(form.Dropped, ","),
	} {
		if words != "" {
			typed[field] = words
		}
	}
	return typed
}

// refinementForm is what somebody typed for a refinement.
func (f *Form) refinementForm() pipeline.RefinementForm {
	return pipeline.RefinementForm{
		Day: f.Value(pipeline.FieldDay).Text, People: f.Value(pipeline.FieldPeople).Chosen, Minutes: f.Value(pipeline.FieldMinutes).Text,
		Touched: f.Value(pipeline.FieldTouched).Chosen, Promoted: f.Value(pipeline.FieldPromoted).Chosen, Dropped: f.Value(pipeline.FieldDropped).Chosen,
	}
}

// refineForm draws the form that logs a refinement, or corrects r; ideas are those
// whose titles are known.
func refineForm(m metadata, r *pipeline.Refinement, ideas []pipeline.Idea, typed map[pipeline.Field]string, notes ...slack.Block) *slack.ModalViewRequest {
	title, submit := "Log a refinement", "Log"
	if r != nil {
		title, submit = "Correct a refinement", "Correct"
	}
	menu := func(field pipeline.Field, label, hint string) *slack.InputBlock {
		return optional(ideasInput(actionChoice, field, m.Fresh, label, hint, typed[field], ideas, pipeline.RefinementIdeas))
	}
	blocks := append([]slack.Block{}, notes...)
	blocks = append(blocks,
		dateInput(pipeline.FieldDay, m.Fresh, "Day", "", typed[pipeline.FieldDay]),
		peopleInput(pipeline.FieldPeople, m.Fresh, "Who took part?", "Product owner, developers, whoever else was there.", typed[pipeline.FieldPeople]),
		textInput(pipeline.FieldMinutes, m.Fresh, "How many minutes?", "", "45", typed[pipeline.FieldMinutes], numberRoom, false),
		menu(pipeline.FieldTouched, "Which ideas did you talk about?", "Those below count among them by themselves."),
		menu(pipeline.FieldPromoted, "Which of them are ready now?", "This is the log. To promote an idea, type /validate and its key."),
		menu(pipeline.FieldDropped, "Which of them are dropped?", "This is the log. To park an idea, type /antibacklog park and its key."),
	)
	return form(formRefine, title, submit, m, blocks...)
}

// inRefinements: a page of a team's refinements. A place in it is the value of the
// button to it.
const inRefinements = "refinements"

// refineValue is what each button of a refinement carries; number 0 is a new one. in
// names the form it stands in, "" for a message.
func refineValue(team pipeline.TeamKey, number int, in string) params {
	p := newParams("team", string(team), "in", in)
	if in != "" {
		p.set("at", newParams("team", string(team)).encode())
	}
	if number > 0 {
		p.set("refinement", strconv.Itoa(number))
	}
	return p
}

// refineWords say in a line what a refinement was.
func refineWords(r pipeline.Refinement) string {
	words := fmt.Sprintf("%s · %s · %s · %s", pipeline.ShowDay(r.Day), counted(r.Minutes, "minute", "minutes"),
		counted(len(r.People), "person", "people"), counted(len(r.Touched), "idea", "ideas"))
	if n := len(r.Promoted); n > 0 {
		words += fmt.Sprintf(", %d ready", n)
	}
	if n := len(r.Dropped); n > 0 {
		words += fmt.Sprintf(", %d dropped", n)
	}
	return words
}

// refineLines tell all of a refinement.
func refineLines(r pipeline.Refinement) []slack.RichTextElement {
	people := []slack.RichTextSectionElement{}
	for i, user := range r.People {
		if i > 0 {
			people = append(people, text(", "))
		}
		people = append(people, person(user))
	}
	said := []slack.RichTextElement{line(bold(refineWords(r))), line(people...)}
	for _, part := range []struct {
		label string
		keys  []pipeline.Key
	}{{"Talked about: ", r.Touched}, {"Ready: ", r.Promoted}, {"Dropped: ", r.Dropped}} {
		if len(part.keys) > 0 {
			said = append(said, line(text(part.label+keysInWords(part.keys))))
		}
	}
	by := []slack.RichTextSectionElement{text("Logged by "), person(r.By), text(", "), moment(r.At)}
	if r.CorrectedBy != "" {
		by = append(by, text("; corrected by "), person(r.CorrectedBy), text(", "), moment(r.Corrected))
	}
	return append(said, line(by...))
}

// keysNamed is how many of several ideas are named in a sentence.
const keysNamed = 10

// keysInWords names the first of them, and says how many more there are.
func keysInWords(keys []pipeline.Key) string {
	var words []string
	for _, key := range keys[:min(len(keys), keysNamed)] {
		words = append(words, key.String())
	}
	if more := len(keys) - keysNamed; more > 0 {
		words = append(words, fmt.Sprintf("%d more", more))
	}
	return strings.Join(words, ", ")
}

// refineSaid shows what a refinement says now to somebody whose own words are in the
// form below.
func refineSaid(r pipeline.Refinement) []slack.Block {
	return []slack.Block{
		say("*Somebody corrected this while you were typing.* Your words are still below. Correct again to put them in place of what it says now."),
		rich(append([]slack.RichTextElement{line(bold("What it says now"))}, refineLines(r)...)...),
	}
}

// refineTold tells privately what was logged.
func refineTold(did string, r pipeline.Refinement) Reply {
	words := did + ": refinement of " + refineWords(r) + "."
	return Reply{Tell: &Post{Text: fallback(words), Blocks: []slack.Block{
		slack.NewSectionBlock(plain(words), nil, nil),
		buttons(correctRefineButton(r, ""), button(actionRefinements, "Refinements", "of "+string(r.Team), newParams("team", string(r.Team)))),
	}}}
}

// correctRefineButton opens the form that corrects one; in names the form it stands
// in, "" for a message.
func correctRefineButton(r pipeline.Refinement, in string) *slack.ButtonBlockElement {
	return button(actionRefine+":"+strconv.Itoa(r.Number), "Correct…", "the refinement of "+pipeline.ShowDay(r.Day), refineValue(r.Team, r.Number, in))
}

// turnRefinements shows another page of a team's refinements in the place of the one
// before.
func turnRefinements(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return Reply{}, err
	}
	post, err := app.refinementsPost(ctx, req, p.page())
	if err != nil {
		return Reply{}, err
	}
	return req.turned(post, refinementsView(post, req.Channel)), nil
}

// refinementsView shows a page of refinements in a form.
func refinementsView(post *Post, channel string) *slack.ModalViewRequest {
	return form("refine.list", "Refinements", "", metadata{Channel: channel}, post.Blocks...)
}

// redrawnRefinements draws the first page again for the place of a button or form.
func (app *App) redrawnRefinements(ctx context.Context, req *Request, at place) (*slack.ModalViewRequest, error) {
	again, _, err := app.reloaded(ctx, req, at, pipeline.ReadTeam, wantButtonTeam)
	if err != nil {
		return nil, err
	}
	post, err := app.refinementsPost(ctx, again, 1)
	if err != nil {
		return nil, err
	}
	return refinementsView(post, at.channel), nil
}

// refinementsPost draws a page of the team's refinements.
func (app *App) refinementsPost(ctx context.Context, req *Request, page int) (*Post, error) {
	if req.Loaded.Team == nil {
		return nil, stale
	}
	team := *req.Loaded.Team
	found, total, err := app.Store.Refinements(ctx, team.Key, page, pageSize)
	if of := pagesOf(total); err == nil && page > of { // past the end is the last one
		page = of
		found, total, err = app.Store.Refinements(ctx, team.Key, page, pageSize)
	}
	if err != nil {
		return nil, err
	}
	in := ""
	if req.Form != nil || req.Channel == "" {
		in = inRefinements
	}
	return refinementsList(team, found, page, total, app.may(req)(pipeline.LogRefinement), in), nil
}

// refinementsList draws it; in names the form it stands in, "" for a message.
func refinementsList(team pipeline.Team, found []pipeline.Refinement, page, total int, mayLog bool, in string) *Post {
	title := "Refinements of " + team.Name
	blocks := []slack.Block{header(title)}
	for _, r := range found {
		blocks = append(blocks, rich(refineLines(r)...))
		if mayLog {
			blocks = append(blocks, buttons(correctRefineButton(r, in)))
		}
	}
	count, of := counted(total, "refinement", "refinements"), pagesOf(total)
	if total == 0 {
		blocks = append(blocks, say("None is logged yet. What is logged shows whether refinement is too little, too much or the work of a few."))
	} else {
		blocks = append(blocks, note(Mrkdwn(fmt.Sprintf("Page %d of %d · %s, the latest first", page, of, count))))
	}
	var steps []slack.BlockElement
	if of > 1 {
		steps = pageButtons(actionRefinements, page, of, newParams("team", string(team.Key)))
	}
	if mayLog {
		steps = append(steps, button(actionRefine, "Log a refinement…", "of "+team.Name, refineValue(team.Key, 0, in)))
	}
	if len(steps) > 0 {
		blocks = append(blocks, buttons(steps...))
	}
	return &Post{Text: fallback(title) + ": " + Mrkdwn(count), Blocks: blocks}
}
