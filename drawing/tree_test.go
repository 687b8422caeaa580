package drawing

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"alignbot/pipeline"
)

func outcomeKey(n int) pipeline.NodeKey { return pipeline.NodeKey{Team: "PAY", Number: n} }

func opportunityKey(n int) pipeline.NodeKey {
	return pipeline.NodeKey{Team: "PAY", Kind: pipeline.OpportunityNode, Number: n}
}

func ideaLine(n int, title string, stage pipeline.Stage) pipeline.IdeaLine {
	return pipeline.IdeaLine{Key: pipeline.Key{Team: "PAY", Number: n}, Title: title, Stage: stage}
}

func ideasOn(more int, lines ...pipeline.IdeaLine) pipeline.IdeasOn {
	on := pipeline.IdeasOn{Stages: map[pipeline.Stage]int{pipeline.Captured: more}, Newest: lines}
	for _, l := range lines {
		on.Stages[l.Stage]++
	}
	return on
}

// paymentsTree is a team's outcomes as a review would show them.
func paymentsTree() pipeline.Tree {
	known := func(share float64) pipeline.Progress {
		return pipeline.Progress{Known: true, Share: share, Words: fmt.Sprintf("%.0f %% of the way", share*100)}
	}
	return pipeline.Tree{
		Team: "PAY", View: pipeline.OutcomesView,
		Orphans: ideasOn(3),
		Roots: []pipeline.Branch{
			{
				Key: outcomeKey(1), Kind: pipeline.BusinessBranch, Words: "Customers stay: fewer of them leave within their first year",
				Number: "9.5 %, target 7", Progress: known(0.42), Light: pipeline.Yellow, InAll: 7, ParkedInAll: 2,
				Children: []pipeline.Branch{
					{Key: outcomeKey(2), Kind: pipeline.ProductBranch, Words: "Fewer support calls about invoices", Number: "92 calls a week, target 80", Progress: known(0.7), Light: pipeline.Green, InAll: 4},
					{Key: outcomeKey(3), Kind: pipeline.ProductBranch, Words: "New customers pay their first invoice on time", Number: "61 %, target 80", Progress: known(-0.1), Light: pipeline.Red, Stale: true, Age: "no check-in for 20 days", InAll: 3, ParkedInAll: 2},
				},
			},
			{
				Key: outcomeKey(4), Kind: pipeline.BusinessBranch, Words: "Payments cost us less", Progress: pipeline.Progress{Words: "no number yet, it gets one by Thu 18 Feb 2027"},
				Children: []pipeline.Branch{
					{Key: outcomeKey(5), Kind: pipeline.ProductBranch, Words: "More customers choose direct debit", Number: "34 %, target 50", Progress: known(0), Orphan: true},
				},
				InAll: 0, Orphan: true,
			},
			{Key: outcomeKey(6), Kind: pipeline.OutcomeBranch, Words: "Refunds arrive within two days", Closed: true, Result: pipeline.Reached, Number: "1.8 days, target 2", Progress: known(1.05), InAll: 2},
		},
	}
}

// solutionTree is an opportunity solution tree.
func solutionTree() pipeline.Tree {
	return pipeline.Tree{Team: "PAY", View: pipeline.OpportunitiesView, Roots: []pipeline.Branch{{
		Key: outcomeKey(2), Kind: pipeline.ProductBranch, Words: "Fewer support calls about invoices", Number: "92 calls a week, target 80",
		Progress: pipeline.Progress{Known: true, Share: 0.7, Words: "70 % of the way, 28 of 40 calls"}, Light: pipeline.Green, InAll: 6,
		Children: []pipeline.Branch{
			{
				Key: opportunityKey(1), Kind: pipeline.OpportunityBranch, Words: "I cannot see what an invoice line is for", Horizon: pipeline.HorizonNow, InAll: 5,
				Ideas: ideasOn(2, ideaLine(12, "Explain each line in plain words when it is tapped", pipeline.Backlog), ideaLine(17, "Send the invoice as a short film", pipeline.Parked), ideaLine(19, "Show last month beside this one", pipeline.Validated)),
			},
			{
				Key: opportunityKey(4), Kind: pipeline.OpportunityBranch, Words: "Nobody tells me when my payment has arrived", Horizon: pipeline.HorizonNext, Stale: true, Age: "evidence 40 days old", InAll: 1,
				Ideas: ideasOn(0, ideaLine(21, "A message when it has arrived", pipeline.Discovery)),
				Children: []pipeline.Branch{
					{Key: opportunityKey(5), Kind: pipeline.OpportunityBranch, Words: "I pay twice because I am not sure"},
				},
			},
		},
	}}}
}

// impactMap is an impact map.
func impactMap() pipeline.Tree {
	return pipeline.Tree{Team: "PAY", View: pipeline.ImpactsView, Roots: []pipeline.Branch{{
		Key: outcomeKey(2), Kind: pipeline.ProductBranch, Words: "Fewer support calls about invoices", Number: "92 calls a week, target 80", Light: pipeline.Yellow,
		Children: []pipeline.Branch{
			{Kind: pipeline.ActorBranch, Words: "First-time payers", Children: []pipeline.Branch{
				{Key: pipeline.NodeKey{Team: "PAY", Kind: pipeline.ImpactNode, Number: 1}, Kind: pipeline.ImpactBranch, Words: "read the invoice before they call", Number: "40 % fewer calls on day one", Ideas: ideasOn(0, ideaLine(12, "Explain each line in plain words", pipeline.Delivered))},
				{Key: pipeline.NodeKey{Team: "PAY", Kind: pipeline.ImpactNode, Number: 2}, Kind: pipeline.ImpactBranch, Words: "find the answer in the app"},
			}},
			{Kind: pipeline.ActorBranch, Words: "Accountants", Children: []pipeline.Branch{
				{Key: pipeline.NodeKey{Team: "PAY", Kind: pipeline.ImpactNode, Number: 3}, Kind: pipeline.ImpactBranch, Words: "export a month at once", Loose: true},
			}},
		},
	}}}
}

// worldTree has letters of many scripts.
func worldTree() pipeline.Tree {
	root := pipeline.Branch{Key: outcomeKey(1), Kind: pipeline.ProductBranch, Words: "Teams around the world see what is theirs", Light: pipeline.Green}
	for i, words := range []string{
		"Новые команды не понимают, с чего начать — Ποια ιδέα;",
		"チームが最初の週に価値を感じられない、という問題",
		"يدفع العملاء الفاتورة الأولى في 30 يوماً (PAY-12) بدون تذكير",
		"Ship it 🎉 👩🏽‍💻 🇨🇭 ✅ 👨‍👩‍👧‍👦",
		"हिन्दी has no font here",
		"Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen",
	} {
		root.Children = append(root.Children, pipeline.Branch{Key: opportunityKey(i + 1), Kind: pipeline.OpportunityBranch, Words: words})
	}
	return pipeline.Tree{Team: "PAY", View: pipeline.OpportunitiesView, Roots: []pipeline.Branch{root}}
}

func TestTreesAreDrawn(t *testing.T) {
	golden(t, "outcome-tree", Tree(ownFonts(), paymentsTree(), lightStyle))
	golden(t, "outcome-tree-dark", Tree(ownFonts(), paymentsTree(), darkStyle))
	golden(t, "solution-tree", Tree(ownFonts(), solutionTree(), lightStyle))
	golden(t, "impact-map-dark", Tree(ownFonts(), impactMap(), darkStyle))
	golden(t, "empty-tree", Tree(ownFonts(), pipeline.Tree{Team: "PAY", View: pipeline.OutcomesView, Orphans: ideasOn(1)}, lightStyle))
}

func TestTreesAreDrawnInAllScripts(t *testing.T) {
	f, _ := worldFonts()
	p := Tree(f, worldTree(), lightStyle)
	goldenWith(t, "world-tree", p, f)
	if want := []string{"हि", "न्दी"}; !slices.Equal(p.Missing, want) {
		t.Errorf("missing %q, want %q", p.Missing, want)
	}
}

// textOf gives all text of a picture, a line each.
func textOf(p Picture) string {
	var all []string
	for _, s := range p.shapes {
		if w, ok := s.(words); ok {
			all = append(all, w.line.text)
		}
	}
	return strings.Join(all, "\n")
}

func TestLargeTreesCollapse(t *testing.T) {
	const roots, children = 10, 49
	tree := pipeline.Tree{Team: "PAY", View: pipeline.OpportunitiesView}
	for i := range roots {
		root := pipeline.Branch{Key: outcomeKey(i + 1), Kind: pipeline.BusinessBranch, Words: "Root"}
		for j := range children {
			root.Children = append(root.Children, pipeline.Branch{Key: opportunityKey(100*i + j + 1), Kind: pipeline.OpportunityBranch, Words: "Child", Ideas: ideasOn(4, ideaLine(1000*i+j+1, "An idea", pipeline.Captured))})
		}
		tree.Roots = append(tree.Roots, root)
	}
	p := Tree(ownFonts(), tree, lightStyle)
	checkLimits(t, p)
	said := textOf(p)
	cards := strings.Count(said, "Root") + strings.Count(said, "Child") + strings.Count(said, "An idea")
	if all := roots + roots*children*6; p.Hidden != all-cards || cards > CardLimit {
		t.Errorf("%d cards are shown, %d hidden, of %d", cards, p.Hidden, all)
	}
	if strings.Count(said, "Root") != roots || strings.Contains(said, "An idea") {
		t.Errorf("what is near the root goes last:\n%s", said)
	}
	if mores := strings.Count(said, " more"); mores < roots {
		t.Errorf("%d parents say what is hidden under them", mores)
	}
	each := strings.Count(said, "Child") / roots
	for i := range roots {
		shown := 0
		for j := range children {
			if strings.Contains(said, opportunityKey(100*i+j+1).String()+"\n") {
				shown++
			}
		}
		if shown < each || shown > each+1 {
			t.Errorf("root %d shows %d children, others %d", i, shown, each)
		}
	}
	for _, words := range []string{said, p.Alt} {
		if want := fmt.Sprintf("%d cards are not shown", p.Hidden); !strings.Contains(words, want) {
			t.Errorf("%q does not say that %s", words, want)
		}
	}
}

func TestOneCardIsNotHiddenAlone(t *testing.T) {
	tree := pipeline.Tree{Team: "PAY", View: pipeline.OutcomesView}
	for i := range CardLimit + 1 {
		tree.Roots = append(tree.Roots, pipeline.Branch{Key: outcomeKey(i + 1), Kind: pipeline.OutcomeBranch})
	}
	all := plant(tree)
	all.choose(CardLimit)
	if all.hidden() != 0 {
		t.Errorf("%d hidden", all.hidden())
	}
}

func TestDeepTreesEnd(t *testing.T) {
	branch := pipeline.Branch{Key: outcomeKey(1), Kind: pipeline.ProductBranch, Words: "End"}
	for i := range 3000 {
		branch = pipeline.Branch{Key: outcomeKey(i + 2), Kind: pipeline.BusinessBranch, Words: "Level", Children: []pipeline.Branch{branch}}
	}
	p := Tree(ownFonts(), pipeline.Tree{Team: "PAY", View: pipeline.OutcomesView, Roots: []pipeline.Branch{branch}}, lightStyle)
	checkLimits(t, p)
	if p.Hidden != 3001-treeColumns {
		t.Errorf("%d hidden", p.Hidden)
	}
}

func TestTheAltTextSaysWhatATreeShows(t *testing.T) {
	for name, test := range map[string]struct {
		tree pipeline.Tree
		want string
	}{
		"outcomes":  {paymentsTree(), "Outcome tree of Payments: 2 business outcomes, 3 product outcomes, 1 outcome; off track: PAY-O3; at risk: PAY-O1; on track: PAY-O2; without ideas: PAY-O4, PAY-O5; nothing new for long: PAY-O3; 3 ideas have no outcome. PAY-O1 Customers stay: fewer of them leave within their first year (42 % of the way)."},
		"solutions": {solutionTree(), "Opportunity solution tree of Payments: 1 product outcome, 3 opportunities, 6 ideas; on track: PAY-O2; nothing new for long: PAY-P4; 2 cards are not shown. PAY-O2 Fewer support calls about invoices"},
		"impacts":   {impactMap(), "Impact map of Payments: 1 product outcome, 2 actors, 3 impacts, 1 idea; at risk: PAY-O2. PAY-O2 Fewer support calls about invoices. First-time payers, under PAY-O2. Accountants, under PAY-O2. PAY-I1 read the invoice before they call."},
		"nothing":   {pipeline.Tree{Team: "PAY"}, "Outcome tree of Payments: no outcomes yet."},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Tree(ownFonts(), test.tree, lightStyle).Alt; !strings.HasPrefix(got, test.want) {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}
