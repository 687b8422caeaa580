package drawing

import (
	"fmt"
	"strconv"
	"strings"

	"alignbot/pipeline"
)

// BallotCount is a ballot with what of it everybody who sees it may see.
type BallotCount struct {
	Ballot pipeline.Ballot
	Shown  pipeline.Shown
	// Title of the idea, and what was Decided since, without by whom: "moved it to the
	// Product Backlog."; both may be "".
	Title, Decided string
}

// BallotResult draws what a ballot came to: how many voted, the votes by choice, the
// advice and the decision. It shows counts alone, no voter and no reason, and none
// while they are hidden.
func BallotResult(f *Fonts, v BallotCount, style Style) Picture {
	s := newSheet(f, style)
	b, shown := v.Ballot, v.Shown
	parts := []element{s.turnout(b, shown)}
	said := turnoutInWords(b, shown)
	if shown.Counts == nil {
		parts = append(parts, s.text(shown.Hidden, cardFace, s.muted, chartWidth, 3))
		said += ". " + shown.Hidden
	} else {
		var counts []string
		for _, choice := range choicesShown {
			n := shown.Counts[choice]
			parts = append(parts, s.choiceBar(b, choice, n, shown.Voted))
			counts = append(counts, b.Question.CountInWords(choice, n))
		}
		said += ": " + strings.Join(counts, ", ") + "."
	}
	parts = append(parts, s.advice(v))
	all := stack(18, parts...)
	all.put(0, 0)
	title := "Ballot on " + b.Idea.String() + ": " + string(b.Question) + " it?"
	alt := fmt.Sprintf("Result of the ballot on %s. %s %s", b.Idea, capital(said), b.AdviceInWords())
	if v.Decided != "" {
		alt += " Decided: " + v.Decided
	}
	if b.Running() {
		alt = "A ballot that runs on " + b.Idea.String() + ". " + capital(said)
	}
	return s.done(title, s.dated(v.Title), chartWidth, all.height, []string{confidential(b)}, alt)
}

// choicesShown is the order of the bars: objections come first.
var choicesShown = []pipeline.Choice{pipeline.ChooseObject, pipeline.ChoosePursue, pipeline.ChoosePark, pipeline.ChooseNoOpinion}

func choiceHue(c pipeline.Choice) hue {
	switch c {
	case pipeline.ChooseObject:
		return vermilion
	case pipeline.ChoosePursue:
		return green
	case pipeline.ChoosePark:
		return purple
	}
	return grey
}

// turnoutInWords says how many voted and had to: "11 of 14 voted, at least 7 have to".
func turnoutInWords(b pipeline.Ballot, shown pipeline.Shown) string {
	words := fmt.Sprintf("%d of %d voted", shown.Voted, shown.Electorate)
	if needs := b.Needs(); needs > 0 {
		words += fmt.Sprintf(", at least %d have to", needs)
	}
	return words
}

// turnout is how many of all have voted, with a mark at how many have to.
func (s *sheet) turnout(b pipeline.Ballot, shown pipeline.Shown) element {
	const height = 10.0
	bar := s.bar(share(shown.Voted, shown.Electorate), chartWidth, height, blue)
	marked := element{chartWidth, height + 6, func(x, y float64) {
		bar.put(x, y+3)
		if needs := b.Needs(); needs > 0 {
			at := x + share(needs, shown.Electorate)*chartWidth
			s.put(stroke{points: []point{{at, y - 2}, {at, y + height + 8}}, width: 3, colour: s.ink})
		}
	}}
	words := turnoutInWords(b, shown)
	if b.Needs() > 0 {
		words += " (the mark)"
	}
	return stack(5, s.text(words, cardFace, s.ink, chartWidth, 2), marked)
}

// choiceBar is the votes for one choice, among all votes.
func (s *sheet) choiceBar(b pipeline.Ballot, choice pipeline.Choice, n, voted int) element {
	h := choiceHue(choice)
	const high = 20.0
	return stack(4,
		ends(s.text(capital(b.Question.CountInWords(choice, n)), cardFace, s.ink, chartWidth*0.8, 1), s.text(strconv.Itoa(n), headFace, s.ink, chartWidth*0.2, 1), chartWidth),
		element{chartWidth, high, func(x, y float64) {
			s.put(rect{box: box{x, y, chartWidth, high}, radius: 5, fill: s.track})
			if n > 0 {
				s.put(rect{box: box{x, y, max(10, share(n, voted)*chartWidth), high}, radius: 5, fill: s.of(h).strong})
			}
		}})
}

// advice is the panel with what the votes say, why, and what was decided.
func (s *sheet) advice(v BallotCount) element {
	const pad = 16.0
	width := chartWidth - 2*pad
	var parts []element
	if r := v.Ballot.Result; r != nil {
		parts = append(parts, s.text(v.Ballot.AdviceInWords(), headFace, s.ink, width, 2), s.text(r.Because, bodyFace, s.muted, width, 5))
	} else {
		parts = append(parts, s.text("The ballot runs.", headFace, s.ink, width, 1))
	}
	if v.Decided != "" {
		parts = append(parts, s.text("Decided: "+v.Decided, cardFace, s.ink, width, 4))
	} else {
		parts = append(parts, s.text("Votes advise; a product owner decides.", bodyFace, s.muted, width, 1))
	}
	content := stack(6, parts...)
	content.width = width
	return s.panel(padded(content, pad, 14), s.palette.panel, 8, 0)
}

// confidential is the level as a note: "confidential ballot".
func confidential(b pipeline.Ballot) string {
	return capital(string(b.Level)) + " ballot: the picture has the counts alone."
}
