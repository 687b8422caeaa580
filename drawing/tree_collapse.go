package drawing

import (
	"cmp"
	"slices"

	"alignbot/pipeline"
)

// grove is a tree with the choice of what of it is shown.
type grove struct {
	// top has the roots under it and is no card itself.
	top *twig
	// twigs are all that may be shown, those of each level in their order.
	twigs []*twig
	kinds map[pipeline.BranchKind]int
	// ideaCards counts the ideas on all branches; 0 where they are only counted on
	// their cards.
	ideaCards int
	branches  int
}

// twig is a branch or an idea of a tree, or the count of those that are not shown.
type twig struct {
	branch pipeline.Branch
	idea   *pipeline.IdeaLine
	// more is what this card stands for; nil for a card of its own.
	more *hiddenCards

	depth, rank int // columns from the left; among its siblings
	under       *twig
	below       []*twig
	// ideasBeyond are ideas on the branch that have no card anyway.
	ideasBeyond int
	shown       bool
	drawn       *element // its card, once that was laid out
}

// hiddenCards are what there is no room for.
type hiddenCards struct {
	kinds map[pipeline.BranchKind]int
	ideas int
}

func (h hiddenCards) count() int {
	n := h.ideas
	for _, of := range h.kinds {
		n += of
	}
	return n
}

// plant makes twigs of a tree, level by level.
func plant(t pipeline.Tree) *grove {
	all := &grove{top: &twig{shown: true, depth: -1}, kinds: map[pipeline.BranchKind]int{}}
	withIdeas := t.View != pipeline.OutcomesView
	for _, root := range t.Roots {
		all.hang(root, all.top)
	}
	for i := 0; i < len(all.twigs); i++ {
		t := all.twigs[i]
		if t.idea != nil {
			continue
		}
		all.kinds[t.branch.Kind]++
		all.branches++
		for _, child := range t.branch.Children {
			all.hang(child, t)
		}
		if !withIdeas {
			continue
		}
		ideas := t.branch.Ideas
		count := max(ideas.Count(), len(ideas.Newest))
		all.ideaCards += count
		for n := range ideas.Newest[:min(treeIdeas, len(ideas.Newest))] {
			all.add(&twig{idea: &ideas.Newest[n]}, t)
		}
		t.ideasBeyond = count - min(treeIdeas, len(ideas.Newest))
	}
	return all
}

func (g *grove) hang(b pipeline.Branch, under *twig) { g.add(&twig{branch: b}, under) }

func (g *grove) add(t, under *twig) {
	t.under, t.depth, t.rank = under, under.depth+1, len(under.below)
	under.below = append(under.below, t)
	g.twigs = append(g.twigs, t)
}

// choose shows about so many cards: branches before ideas, what is near the root
// before what is deep, and of each level the first child of each parent before
// the second of any.
func (g *grove) choose(budget int) {
	order := slices.Clone(g.twigs)
	kind := func(t *twig) int {
		if t.idea != nil {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(order, func(a, b *twig) int {
		if a.idea != nil && b.idea != nil {
			return cmp.Or(a.rank-b.rank, a.depth-b.depth)
		}
		return cmp.Or(kind(a)-kind(b), a.depth-b.depth, a.rank-b.rank)
	})
	for _, t := range order {
		t.shown = budget > 0 && t.under.shown && t.depth < treeColumns
		if t.shown {
			budget--
		}
	}
	// A card that says "+1 more" takes as much room as that one.
	hidden := map[*twig]int{}
	for _, t := range order {
		if !t.under.shown || t.shown || t.depth >= treeColumns {
			continue
		}
		if _, counted := hidden[t.under]; !counted {
			hidden[t.under] = t.under.hidden().count()
		}
		if hidden[t.under] == 1 {
			t.shown = true
		}
	}
}

// roots are the cards of the first column.
func (g *grove) roots() []*twig { return g.top.visible() }

// hidden counts the cards that are not shown.
func (g *grove) hidden() int {
	n := g.branches + g.ideaCards
	for _, t := range g.twigs {
		if t.shown {
			n--
		}
	}
	return n
}

// visible are the cards to the right of a twig, at the end the count of the others.
func (t *twig) visible() []*twig {
	var cards []*twig
	for _, child := range t.below {
		if child.shown {
			cards = append(cards, child)
		}
	}
	if hidden := t.hidden(); hidden.count() > 0 {
		cards = append(cards, &twig{more: &hidden, depth: t.depth + 1, under: t})
	}
	return cards
}

// hidden is what is not shown right of a twig, with all that hangs under that.
func (t *twig) hidden() hiddenCards {
	h := hiddenCards{kinds: map[pipeline.BranchKind]int{}, ideas: t.ideasBeyond}
	left := slices.DeleteFunc(slices.Clone(t.below), func(child *twig) bool { return child.shown })
	for len(left) > 0 {
		next := left[len(left)-1]
		left = append(left[:len(left)-1], next.below...)
		if next.idea != nil {
			h.ideas++
			continue
		}
		h.kinds[next.branch.Kind]++
		h.ideas += next.ideasBeyond
	}
	return h
}
