package commands

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// evidenceForm draws the form that adds evidence to an idea. Where idea is nil
// it asks for the idea; where the evidence is a message, it asks for no link.
func evidenceForm(m metadata, idea *pipeline.Idea, from pipeline.Source, typed map[pipeline.Field]string, notes ...slack.Block) *slack.ModalViewRequest {
	blocks := notes
	if idea != nil {
		blocks = append(blocks, rich(line(text("On "), ideaTitle(*idea))))
	} else {
		blocks = append(blocks, ideaMenu(fieldIdea, m.Fresh, "Idea", "", typed[fieldIdea]))
	}
	if !from.IsZero() {
		blocks = append(blocks, note("Its source is ", link(from.Permalink, "a message"), ". The link is kept with it."))
	}
	blocks = append(blocks, evidenceInputs(m.Fresh, "the idea", from.IsZero(), typed)...)
	return form(formEvidence, "Add evidence", "Add", m, blocks...)
}

// evidenceInputs ask for a piece of evidence about something, with a link or
// without.
func evidenceInputs(fresh, about string, withLink bool, typed map[pipeline.Field]string) []slack.Block {
	blocks := []slack.Block{
		textInput(pipeline.FieldNote, fresh, "What was seen or heard?", "One fact at a time: who did or said what, and how many.", "", typed[pipeline.FieldNote], pipeline.TextLimit, true),
		radioInput(pipeline.FieldStrength, fresh, "What kind of evidence is it?", "What people do counts most.", typed[pipeline.FieldStrength], strengthOptions()),
		radioInput(pipeline.FieldAgainst, fresh, "Which way does it point?", "", typed[pipeline.FieldAgainst], []*slack.OptionBlockObject{
			option(speaksFor, "It supports "+about), option(speaksAgainst, "It contradicts "+about),
		}),
	}
	if withLink {
		blocks = append(blocks, optional(textInput(pipeline.FieldLink, fresh, "Link", "Where more can be read: a web page, or the link of a Slack message.", "https://", typed[pipeline.FieldLink], pipeline.LinkLimit, false)))
	}
	return blocks
}

// quotedOnly says why only ideas of one team are offered.
func quotedOnly(team string) slack.Block {
	return note("This message is in the private channel of *", escape(team), "*, so it can be evidence on ideas of this team only.")
}

func strengthOptions() []*slack.OptionBlockObject {
	var options []*slack.OptionBlockObject
	for _, s := range pipeline.Strengths() {
		options = append(options, option(string(s), strengthHelp(s)))
	}
	return options
}

// strengthHelp is a kind of evidence with what it is like.
func strengthHelp(s pipeline.Strength) string {
	switch s {
	case pipeline.WhatPeopleDo:
		return "What people do: seen in data, in a test, in real use"
	case pipeline.WhatPeopleSay:
		return "What people say: in a talk, a survey, a message"
	}
	return "An opinion: what somebody thinks"
}

// evidenceKind is which way evidence points and of what kind it is.
func evidenceKind(e pipeline.Evidence) string {
	if e.Against {
		return "contradicts it, " + string(e.Strength)
	}
	return "supports it, " + string(e.Strength)
}

// evidenceList draws a page of the evidence on an idea. What was typed when it
// was captured is the oldest and ends the last page.
func evidenceList(app *App, idea pipeline.Idea, page storage.EvidencePage, m metadata) *slack.ModalViewRequest {
	blocks := []slack.Block{
		rich(line(ideaTitle(idea))),
		say("*Confidence* ", Mrkdwn(pipeline.Confident(idea.Tallied()).String())),
	}
	for _, e := range page.Evidence {
		blocks = append(blocks, slack.NewDividerBlock())
		blocks = append(blocks, evidenceBlocks(app, e)...)
	}
	if page.Number == page.Of && pipeline.HasVisible(idea.Evidence) {
		blocks = append(blocks, slack.NewDividerBlock(),
			rich(line(bold("Supports it"), text(" · an opinion, typed when it was captured")), quote(idea.Evidence)),
			note(mention(idea.Author), " · ", when(idea.Created)))
	}
	if page.Of > 1 {
		blocks = append(blocks, note(Mrkdwn(fmt.Sprintf("Page %d of %d · %d pieces of evidence", page.Number, page.Of, page.Total))),
			buttons(pageButtons(actionEvidenceList, page.Number, page.Of, newParams("idea", idea.Key.String()))...))
	}
	return form("evidence.list", "Evidence on "+idea.Key.String(), "", m, blocks...)
}

// evidenceBlocks draws one piece of evidence in a form.
func evidenceBlocks(app *App, e pipeline.Evidence) []slack.Block {
	points := "Supports it"
	if e.Against {
		points = "Contradicts it"
	}
	said := []slack.RichTextElement{line(bold(points), text(" · "+string(e.Strength))), quote(e.Note)}
	if e.Link != "" {
		said = append(said, line(text("Source: "), slack.NewRichTextSectionLinkElement(e.Link, linkName(app, e.Link), nil)))
	}
	return []slack.Block{rich(said...), note(mention(e.By), " · ", when(e.At))}
}

// linkName says where a typed link leads: words of its own could lie.
func linkName(app *App, address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" {
		return address
	}
	if strings.HasPrefix(address, app.Slack.URL+"archives/") {
		return "a message in this Slack"
	}
	return u.Hostname()
}
