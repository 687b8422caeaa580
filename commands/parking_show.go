package commands

import (
	"strings"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
)

// How a parked idea is shown: its card, its part of the details, and the notes
// about it.

// parkedBecause continues "PAY-4 is parked": ", not now: too costly. Why. It is
// looked at again on 18 Feb 2027."
func parkedBecause(idea pipeline.Idea) Mrkdwn {
	if idea.Parking == nil {
		return "."
	}
	p := *idea.Parking
	return ", " + Mrkdwn(p.Verdict()) + ". " + sentence(escape(p.Why)) + " It is looked at again " + Mrkdwn(p.Revisit.Words()) + "."
}

// sentence ends what somebody typed with a full stop.
func sentence(words Mrkdwn) Mrkdwn {
	if strings.HasSuffix(string(words), ".") || strings.HasSuffix(string(words), "!") || strings.HasSuffix(string(words), "?") {
		return words
	}
	return words + "."
}

// parkedNote tells privately that an idea was parked, and what can follow.
func parkedNote(idea pipeline.Idea, more ...Mrkdwn) Reply {
	words := Mrkdwn(idea.Key.String()) + " is parked" + parkedBecause(idea) + join(more, "")
	return tell(words, buttons(cardButtons(idea)...))
}

// parkedCard is the card of a parked idea: the verdict and the reason, since
// when, when it comes back, and by how many people it was asked for again.
func parkedCard(idea pipeline.Idea, author string, asked int) Post {
	p := parkingOf(idea)
	said := []slack.RichTextElement{line(ideaTitle(idea)), line(text("Parked, "), bold(p.Verdict()))}
	if p.Why != "" {
		said = append(said, quote(p.Why))
	}
	facts := "parked " + when(idea.Staged) + " · " + lookedAtAgain(p)
	if asked > 0 {
		facts += " · asked again by " + Mrkdwn(counted(asked, "person", "people"))
	}
	facts += " · captured by " + escape(author)
	return Post{
		Text: Mrkdwn(idea.Key.String()) + " " + fallback(idea.Title) + " (parked, " + Mrkdwn(p.Verdict()) + "), because: " + fallback(p.Why),
		Blocks: []slack.Block{
			rich(said...), note(facts), buttons(cardButtons(idea)...),
		},
	}
}

// parkingOf an idea; the zero value where it has none.
func parkingOf(idea pipeline.Idea) pipeline.Parking {
	if idea.Parking == nil {
		return pipeline.Parking{}
	}
	return *idea.Parking
}

// lookedAtAgain says when a parked idea comes back, or that it did.
func lookedAtAgain(p pipeline.Parking) Mrkdwn {
	if !p.CameBack.IsZero() {
		return "came back " + when(p.CameBack) + ", and waits for a decision"
	}
	return "looked at again " + Mrkdwn(p.Revisit.Words())
}

// parkedBlocks are the part of the details that says why an idea is parked, who
// decided it, and when it is looked at again. outcomes are of its team.
func parkedBlocks(idea pipeline.Idea, outcomes []pipeline.Outcome) []slack.Block {
	p := parkingOf(idea)
	runs := []slack.RichTextSectionElement{text("Decided by "), person(p.By)}
	if p.OnBehalf != "" {
		runs = append(runs, text(" on behalf of "), person(p.OnBehalf))
	}
	runs = append(runs, text(", "), moment(p.At), text("."))
	said := []slack.RichTextElement{line(bold(p.Story())), quote(p.Why), line(runs...)}
	if !p.Outcome.IsZero() {
		if statement := statementOf(outcomes, p.Outcome); statement != "" {
			said = append(said, line(text(p.Outcome.String()+" is “"+statement+"”.")))
		}
	}
	if !p.CameBack.IsZero() {
		said = append(said, line(text("It came back "), moment(p.CameBack), text(", and waits for a decision.")))
	}
	return []slack.Block{rich(said...)}
}

// parkedRow is a parked idea in a list: "not now: too costly · parked 20 Nov
// 2026 · asked again by 3 people". row is what its button carries beside the key.
func parkedRow(idea pipeline.Idea, asked int, row params) *slack.SectionBlock {
	section := ideaRow(idea, row)
	if asked > 0 {
		section.Text = plain(section.Text.Text + " · asked again by " + counted(asked, "person", "people"))
	}
	return section
}

// parkedStanding is why and since when an idea is parked, in a line.
func parkedStanding(idea pipeline.Idea) string {
	p := parkingOf(idea)
	words := "parked"
	if p.Decision != "" {
		words = p.Verdict() + " · parked"
	}
	words += " " + pipeline.ShowDate(idea.Staged)
	if !p.CameBack.IsZero() {
		return words + " · came back " + pipeline.ShowDate(p.CameBack)
	}
	if when := p.Revisit.Words(); when != "" {
		words += " · looked at again " + when
	}
	return words
}
