package commands

import (
	"context"
	"errors"
	"fmt"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

const (
	// fieldSeen is the input for what somebody saw or heard, beside the line that
	// says why they need the idea.
	fieldSeen pipeline.Field = "seen"
	// askedShown is how many of those who asked again the details name.
	askedShown = 3
)

// wantAsk: the idea that a button names, and what was typed about it before.
func wantAsk(req *Request) (storage.Want, error) {
	_, key, err := req.buttonIdea()
	return storage.Want{Idea: key, Draft: draftAsk + key.String()}, err
}

// wantFormAsk is the same for the form.
func wantFormAsk(req *Request) (storage.Want, error) {
	_, key, err := req.formIdea()
	return storage.Want{Idea: key, Draft: draftAsk + key.String()}, err
}

// askButton asks for a parked idea again; in names the form it stands in.
func askButton(key pipeline.Key, in string) *slack.ButtonBlockElement {
	return button(actionAskAgain, "I need this too", key.String(), newParams("idea", key.String(), "in", in))
}

// openAsk opens the form in which somebody asks for a parked idea again.
func openAsk(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, idea, err := req.clicked()
	if err != nil {
		return Reply{}, err
	}
	if _, _, err := pipeline.Ask(app.Policy, req.Person, req.where(), idea, pipeline.Asked{}, req.Now); err != nil {
		return Reply{}, err
	}
	if req.afresh(p) {
		m, err := dropFormDraft(ctx, app, req)
		return Reply{Update: askForm(m, idea, nil)}, err
	}
	m := req.formOver(p, draftAsk+idea.Key.String())
	m.Idea = idea.Key.String()
	typed, notes := req.goingOn(actionAskAgain, newParams("idea", idea.Key.String()), nil)
	return Reply{Open: askForm(m, idea, typed, notes...)}, nil
}

// askForm draws that form.
func askForm(m metadata, idea pipeline.Idea, typed map[pipeline.Field]string, notes ...slack.Block) *slack.ModalViewRequest {
	blocks := append([]slack.Block{rich(line(ideaTitle(idea)))}, notes...)
	said := say("It is parked" + parkedBecause(idea) + "\nEverybody who needs it counts once, under their name.")
	return form(formAsk, "I need this too", "Count me in", m, append(blocks, said,
		optional(textInput(pipeline.FieldNote, m.Fresh, "Why do you need it?", "One line, shown with your name.", "", typed[pipeline.FieldNote], pipeline.ReasonLimit, false)),
		optional(textInput(fieldSeen, m.Fresh, "What was seen or heard?", "Kept as evidence on the idea: who did or said what, and how many.", "", typed[fieldSeen], pipeline.TextLimit, true)),
		optional(choiceInput(pipeline.FieldStrength, m.Fresh, "What kind of evidence is it?", "", "Choose, if you wrote some", typed[pipeline.FieldStrength], strengthOptions())),
	)...)
}

// askAgain counts who asks for a parked idea again.
func askAgain(ctx context.Context, app *App, req *Request) (Reply, error) {
	m, slot, idea, err := req.submitted()
	if err != nil {
		return Reply{}, err
	}
	var evidence *pipeline.Evidence
	if seen := req.Form.Value(fieldSeen).Text; pipeline.HasVisible(seen) {
		e, err := pipeline.CheckEvidence(pipeline.Evidence{
			Note: seen, Strength: pipeline.Strength(req.Form.Value(pipeline.FieldStrength).Text), By: req.Person.ID, At: req.Now,
		}, app.Slack.URL)
		var problem *pipeline.Problem
		if errors.As(err, &problem) && problem.Fields[pipeline.FieldNote] != "" {
			problem.Fields[fieldSeen] = problem.Fields[pipeline.FieldNote]
			delete(problem.Fields, pipeline.FieldNote)
		}
		if err != nil {
			return Reply{}, err
		}
		evidence = &e
	}
	op := req.tryOf(idea.Key, req.Form.typed())
	told, err := app.ask(ctx, req, op, slot, idea, pipeline.Asked{Note: req.Form.Value(pipeline.FieldNote).Text}, evidence)
	if err != nil {
		return Reply{}, err
	}
	return app.finish(ctx, req, m, tell(told, buttons(button(actionShow, "Details", "of "+m.Idea, newParams("idea", m.Idea))))), nil
}

// ask counts somebody who asks for a parked idea again, once for each op, and
// says how many did.
func (app *App) ask(ctx context.Context, req *Request, op string, slot storage.Slot, idea pipeline.Idea, typed pipeline.Asked, evidence *pipeline.Evidence) (Mrkdwn, error) {
	asked, event, err := pipeline.Ask(app.Policy, req.Person, req.where(), idea, typed, req.Now)
	if err != nil {
		return "", err
	}
	after := append(telling(op, *req.Loaded.Team, idea, event), returning())
	_, people, tripped, err := app.Store.AskAgain(ctx, op, idea.Key, asked, evidence, slot, event, after...)
	var moved *storage.NotParkedError
	if errors.As(err, &moved) { // what it is now says why not
		_, _, err = pipeline.Ask(app.Policy, req.Person, req.where(), moved.Current, typed, req.Now)
	}
	if err != nil {
		return "", err
	}
	words := fmt.Sprintf("You are counted: %s for %s since it was parked.", counted(people, "person has asked", "different people have asked"), idea.Key)
	if req.Loaded.First && people == req.Loaded.AskedBy {
		words = fmt.Sprintf("You were counted before, and your words are kept: %s for %s since it was parked.", counted(people, "person has asked", "different people have asked"), idea.Key)
	}
	if tripped {
		words += " That was what it waited for: it comes back now."
	}
	return Mrkdwn(words), nil
}

// parkedBlocks are why the idea is parked, and who asked for it again.
func (d details) parkedBlocks() []slack.Block {
	blocks := append([]slack.Block{say("*Why it is parked*")}, parkedBlocks(d.idea, d.outcomes)...)
	if len(d.asked) == 0 {
		return append(blocks, note("Nobody has asked for it again."))
	}
	blocks = append(blocks, say(Mrkdwn("*Asked again by "+counted(d.askedBy, "person", "people")+"* since it was parked")))
	for _, a := range d.asked {
		blocks = append(blocks, askedBlock(a))
	}
	return append(blocks, buttons(button(actionAsked, "All who asked", "for "+d.idea.Key.String(), d.value())))
}

// askedBlock is one who asked again, when, and in which words.
func askedBlock(a storage.AskedAgain) slack.Block {
	said := []slack.RichTextElement{line(person(a.By), text(" · "), moment(a.At))}
	if a.Note != "" {
		said = append(said, quote(a.Note))
	}
	if a.Source.Permalink != "" {
		said = append(said, line(slack.NewRichTextSectionLinkElement(a.Source.Permalink, "The message it was asked in", nil)))
	}
	return rich(said...)
}

// showAsked shows all who asked for an idea again, ten at a time.
func showAsked(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, idea, err := req.clicked()
	if err != nil {
		return Reply{}, err
	}
	page, err := app.Store.Asked(ctx, idea.Key, p.page(), pageSize)
	if err != nil {
		return Reply{}, err
	}
	view := askedList(idea, page, metadata{Channel: req.Channel})
	if req.Form != nil && p.Get("page") != "" { // turned in the list itself
		return Reply{Update: view}, nil
	}
	return Reply{Open: view}, nil
}

// askedList draws a page of those who asked for an idea again.
func askedList(idea pipeline.Idea, page storage.AskedPage, m metadata) *slack.ModalViewRequest {
	blocks := []slack.Block{rich(line(ideaTitle(idea)))}
	if page.Total == 0 {
		blocks = append(blocks, say("Nobody has asked for it again."))
	}
	for _, a := range page.Asked {
		blocks = append(blocks, askedBlock(a))
	}
	if page.Of > 1 {
		blocks = append(blocks, note(Mrkdwn(fmt.Sprintf("Page %d of %d · %d times, in each of its times in the Anti-Product Backlog", page.Number, page.Of, page.Total))),
			buttons(pageButtons(actionAsked, page.Number, page.Of, newParams("idea", idea.Key.String()))...))
	}
	return form("ask.shown", pipeline.Cut("Asked for "+idea.Key.String(), 24), "", m, blocks...)
}
