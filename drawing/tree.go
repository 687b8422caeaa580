package drawing

import (
	"fmt"
	"slices"

	"alignbot/pipeline"
)

// The measures of a tree.
const (
	treeColumn  = 244.0 // width of a card
	treeAcross  = 40.0  // between columns
	treeBetween = 14.0  // between cards of one column
	treeColumns = 13    // pipeline.TreeDepth levels, and ideas
	treeIdeas   = 3     // that are shown on one node
)

// Tree draws an outcome tree, an opportunity solution tree or an impact map: cards
// from left to right, what hangs under another to the right of it. An outcome tree
// counts ideas; the others have the newest as cards.
//
// Where there are more than about CardLimit cards, or less room than they need, the
// ideas go first and then the deepest levels, from each parent alike; a card in
// their place counts them.
func Tree(f *Fonts, t pipeline.Tree, style Style) Picture {
	s := newSheet(f, style)
	title := capital(viewNamed(t.View)) + " of " + named(style.Team, string(t.Team))
	if len(t.Roots) == 0 {
		return s.emptyTree(t, title)
	}
	all := plant(t)
	shown := s.fit(all)
	size := s.drawTree(shown)
	p := s.done(title, s.dated(slices.Concat(kindsInWords(all.kinds), []string{ideasInWords(all.ideaCards)})...), size.w, size.h, treeNotes(t, all), treeInWords(t, title, all))
	p.Hidden = all.hidden()
	return p
}

// viewNamed names what is drawn.
func viewNamed(v pipeline.TreeView) string {
	switch v {
	case pipeline.OpportunitiesView, pipeline.ImpactsView:
		return string(v)
	}
	return string(pipeline.OutcomesView)
}

// emptyTree says that there is nothing yet.
func (s *sheet) emptyTree(t pipeline.Tree, title string) Picture {
	words := "There are no outcomes yet. An outcome is a change worth having, with a number."
	e := s.panel(padded(s.text(words, bodyFace, s.muted, 420, 4), 24, 24), s.palette.panel, cardRadius, 0)
	e.put(0, 0)
	return s.done(title, s.dated("nothing in it yet"), e.width, e.height, treeNotes(t, nil), title+": no outcomes yet.")
}

// treeNotes stand at the foot.
func treeNotes(t pipeline.Tree, all *grove) []string {
	var notes []string
	if n := t.Orphans.Count(); n > 0 {
		notes = append(notes, capital(counted(n, "idea has", "ideas have"))+" no outcome (orphans).")
	}
	if all != nil && all.hidden() > 0 {
		notes = append(notes, capital(fmt.Sprintf("%s: open a branch to see what is under it.", counted(all.hidden(), "card is not shown", "cards are not shown"))))
	}
	return notes
}

// fit makes as many cards visible as there is room for and gives the roots laid
// out.
func (s *sheet) fit(all *grove) *placed {
	for budget := CardLimit; ; budget = budget * 4 / 5 {
		all.choose(budget)
		tree := s.place(all)
		w, h := tree.size.w+2*sheetMargin, tree.size.h+treeHead
		if h <= SideLimit && w*h*4 <= PixelLimit || budget < 4 {
			return tree
		}
	}
}

// treeHead is room enough for all above and below the cards.
const treeHead = 300.0

// placed is a tree with a place for each of its cards.
type placed struct {
	cards []placedCard
	size  box
}

type placedCard struct {
	element
	x, y   float64
	parent int // in cards; -1 for none
}

// place finds a place for each visible card: a parent is in the middle of its
// children.
func (s *sheet) place(all *grove) *placed {
	tree := &placed{}
	var put func(t *twig, depth, parent int, top float64) (bottom float64)
	put = func(t *twig, depth, parent int, top float64) float64 {
		at := len(tree.cards)
		e := s.twigCard(t)
		x := float64(depth) * (treeColumn + treeAcross)
		tree.cards = append(tree.cards, placedCard{e, x, top, parent})
		tree.size.w = max(tree.size.w, x+treeColumn)
		below := t.visible()
		if len(below) == 0 {
			return top + e.height
		}
		first, bottom := len(tree.cards), top
		for i, child := range below {
			if i > 0 {
				bottom += treeBetween
			}
			bottom = put(child, depth+1, at, bottom)
		}
		if spare := e.height - (bottom - top); spare > 0 { // a parent higher than its children
			for i := first; i < len(tree.cards); i++ {
				tree.cards[i].y += spare / 2
			}
			return top + e.height
		}
		tree.cards[at].y = top + (bottom-top-e.height)/2
		return bottom
	}
	bottom := 0.0
	for i, root := range all.roots() {
		if i > 0 {
			bottom += treeBetween * 1.5
		}
		bottom = put(root, 0, -1, bottom)
	}
	tree.size.h = bottom
	return tree
}

// drawTree puts the edges and, in front of them, the cards.
func (s *sheet) drawTree(t *placed) box {
	for _, c := range t.cards {
		if c.parent < 0 {
			continue
		}
		p := t.cards[c.parent]
		s.put(curve{from: point{p.x + p.width - 2, p.y + p.height/2}, to: point{c.x + 2, c.y + c.height/2}, width: 2, colour: s.rule})
	}
	for _, c := range t.cards {
		c.put(c.x, c.y)
	}
	return t.size
}
