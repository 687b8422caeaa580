package drawing

import (
	"fmt"
	"strings"

	"alignbot/pipeline"
)

// kindOrder is the order in which kinds are counted.
var kindOrder = []struct {
	kind    pipeline.BranchKind
	several string
}{
	{pipeline.BusinessBranch, "business outcomes"}, {pipeline.ProductBranch, "product outcomes"}, {pipeline.OutcomeBranch, "outcomes"},
	{pipeline.OpportunityBranch, "opportunities"}, {pipeline.ActorBranch, "actors"}, {pipeline.ImpactBranch, "impacts"},
}

// kindsInWords counts branches: "1 business outcome", "3 opportunities".
func kindsInWords(kinds map[pipeline.BranchKind]int) []string {
	var said []string
	for _, k := range kindOrder {
		if n := kinds[k.kind]; n > 0 {
			said = append(said, counted(n, string(k.kind), k.several))
		}
	}
	return said
}

// ideasInWords counts ideas; "" for none.
func ideasInWords(n int) string {
	if n == 0 {
		return ""
	}
	return counted(n, "idea", "ideas")
}

// treeInWords tells what a tree shows to those who do not see it: how much of
// what, then what is amiss, then the branches from the root on.
func treeInWords(t pipeline.Tree, title string, all *grove) string {
	parts := kindsInWords(all.kinds)
	if said := ideasInWords(all.ideaCards); said != "" {
		parts = append(parts, said)
	}
	said := []string{title + ": " + strings.Join(parts, ", ")}
	for _, light := range []pipeline.Light{pipeline.Red, pipeline.Yellow, pipeline.Green} {
		if at := all.namesOf(func(b pipeline.Branch) bool { return b.Light == light && !b.Closed }); at != "" {
			said = append(said, light.Words()+": "+at)
		}
	}
	if at := all.namesOf(func(b pipeline.Branch) bool { return b.Orphan }); at != "" {
		said = append(said, "without ideas: "+at)
	}
	if at := all.namesOf(func(b pipeline.Branch) bool { return b.Stale }); at != "" {
		said = append(said, "nothing new for long: "+at)
	}
	if n := t.Orphans.Count(); n > 0 {
		said = append(said, counted(n, "idea has", "ideas have")+" no outcome")
	}
	if n := all.hidden(); n > 0 {
		said = append(said, counted(n, "card is not shown", "cards are not shown"))
	}
	words := strings.Join(said, "; ") + "."
	for _, twig := range all.twigs {
		if len(words) > AltLimit { // it is cut there
			break
		}
		if twig.idea == nil && twig.shown {
			words += " " + branchInWords(twig)
		}
	}
	return words
}

// namesOf lists the keys of the branches for which it holds, a few of them.
func (g *grove) namesOf(holds func(pipeline.Branch) bool) string {
	const most = 6
	var names []string
	more := 0
	for _, t := range g.twigs {
		if t.idea != nil || t.branch.Key.IsZero() || !holds(t.branch) {
			continue
		}
		if len(names) == most {
			more++
			continue
		}
		names = append(names, t.branch.Key.String())
	}
	list := strings.Join(names, ", ")
	if more > 0 {
		list += fmt.Sprintf(" and %d more", more)
	}
	return list
}

// branchInWords tells one branch: "PAY-O2 Fewer calls, under PAY-O1 (42 % of the
// way).".
func branchInWords(t *twig) string {
	b := t.branch
	words := pipeline.Cut(pipeline.CleanLine(b.Words), 80)
	if !b.Key.IsZero() {
		words = b.Key.String() + " " + words
	}
	if under := t.under.branch; !under.Key.IsZero() {
		words += ", under " + under.Key.String()
	}
	if b.Progress.Known {
		words += " (" + b.Progress.Words + ")"
	}
	return words + "."
}
