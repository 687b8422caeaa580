package drawing

import (
	"fmt"
	"math"
	"strings"

	"alignbot/pipeline"
)

// kindHues are the colours of branches.
var kindHues = map[pipeline.BranchKind]hue{
	pipeline.BusinessBranch: blue, pipeline.ProductBranch: green, pipeline.OutcomeBranch: grey,
	pipeline.OpportunityBranch: purple, pipeline.ActorBranch: orange, pipeline.ImpactBranch: vermilion,
}

// ideaHue is the colour of ideas.
const ideaHue = sky

// twigCard lays out a card of a tree, once.
func (s *sheet) twigCard(t *twig) element {
	if t.drawn != nil {
		return *t.drawn
	}
	var e element
	switch {
	case t.more != nil:
		e = s.moreCard(*t.more)
	case t.idea != nil:
		e = s.card(ideaCard(*t.idea), treeColumn)
	default:
		e = s.card(branchCard(t.branch), treeColumn)
	}
	t.drawn = &e
	return e
}

// branchCard is what a card says of a branch.
func branchCard(b pipeline.Branch) card {
	c := card{hue: kindHues[b.Kind], kind: string(b.Kind), title: b.Words, number: b.Number}
	if !b.Key.IsZero() {
		c.key = b.Key.String()
	}
	switch {
	case b.Kind == pipeline.ImpactBranch && b.Number != "":
		c.number = "Enough: " + b.Number
	case b.Progress.Known && !math.IsNaN(b.Progress.Share):
		c.share = &b.Progress.Share
	case b.Number == "" && b.Progress.Words != "" && !b.Closed:
		c.notes = append(c.notes, capital(b.Progress.Words))
	}
	if b.InAll+b.ParkedInAll > 0 && !b.Orphan {
		c.beside = capital(b.IdeasInWords())
	}
	switch {
	case b.Closed:
		c.pills = append(c.pills, resultPill(b.Result))
	case b.Light != "":
		c.pills = append(c.pills, lightPill(b.Light))
	}
	if b.Horizon != "" {
		c.pills = append(c.pills, pill{capital(string(b.Horizon)), grey})
	}
	for _, mark := range b.Marks() {
		c.marks = append(c.marks, capital(mark))
	}
	return c
}

// lightPill says how confident people are.
func lightPill(l pipeline.Light) pill { return pill{capital(l.Words()), lightHue(l)} }

// resultPill says what became of an outcome.
func resultPill(r pipeline.OutcomeResult) pill {
	hues := map[pipeline.OutcomeResult]hue{pipeline.Reached: green, pipeline.Missed: vermilion}
	return pill{strings.TrimSuffix("Closed: "+string(r), ": "), hues[r]}
}

// stagePill says how far an idea has come.
func stagePill(stage pipeline.Stage) pill {
	switch stage {
	case pipeline.Discovery:
		return pill{"In discovery", purple}
	case pipeline.Validated:
		return pill{"Validated", sky}
	case pipeline.Backlog:
		return pill{"In the Product Backlog", blue}
	case pipeline.Delivered:
		return pill{"Delivered", green}
	case pipeline.Learned:
		return pill{"Learned from", green}
	case pipeline.Parked:
		return pill{"Parked", orange}
	}
	return pill{capital(string(stage)), grey}
}

// ideaCard is what a card says of an idea.
func ideaCard(idea pipeline.IdeaLine) card {
	return card{hue: ideaHue, kind: "idea", key: idea.Key.String(), title: idea.Title, lines: 3, pills: []pill{stagePill(idea.Stage)}}
}

// moreCard counts what there is no room for.
func (s *sheet) moreCard(h hiddenCards) element {
	inner := treeColumn - 2*cardPad
	what := kindsInWords(h.kinds)
	if h.ideas > 0 {
		what = append(what, ideasInWords(h.ideas))
	}
	title, under := fmt.Sprintf("+%d more", h.count()), strings.Join(what, ", ")
	if len(what) == 1 {
		_, noun, _ := strings.Cut(what[0], " ")
		title, under = title+" "+noun, ""
	}
	content := stack(2, s.text(title, cardFace, s.ink, inner, 2), s.text(under, smallFace, s.muted, inner, 3))
	height := content.height + 2*cardPad
	return element{treeColumn, height, func(x, y float64) {
		s.put(rect{box: box{x, y, treeColumn, height}, radius: cardRadius, fill: s.palette.panel, edge: s.rule, width: 1})
		content.put(x+cardPad, y+cardPad)
	}}
}
