package drawing

import (
	"strings"
	"testing"

	"alignbot/pipeline"
)

// treeOf makes a tree of bytes: each adds a branch under one of those before it, and
// says what is on it.
func treeOf(shape []byte, words string) pipeline.Tree {
	type node struct {
		branch pipeline.Branch
		parent int
	}
	kinds := []pipeline.BranchKind{pipeline.BusinessBranch, pipeline.ProductBranch, pipeline.OutcomeBranch, pipeline.OpportunityBranch, pipeline.ActorBranch, pipeline.ImpactBranch, "unknown"}
	views := []pipeline.TreeView{pipeline.OutcomesView, pipeline.OpportunitiesView, pipeline.ImpactsView, pipeline.WholeTree, ""}
	var nodes []node
	for i, b := range shape {
		n := node{parent: i - 1 - int(b)%7}
		n.branch = pipeline.Branch{
			Kind: kinds[int(b)%len(kinds)], Words: words, Stale: b%3 == 0, Age: words, Closed: b%11 == 0, Orphan: b%5 == 0, Loose: b%13 == 0,
			Progress: pipeline.Progress{Known: b%2 == 0, Share: float64(int(b)-64) / 16, Words: words}, Light: pipeline.Light(words), InAll: int(b),
		}
		if b%4 != 0 {
			n.branch.Key = outcomeKey(i + 1)
			n.branch.Number = words
			n.branch.Light = pipeline.Lights()[int(b)%3]
		}
		if b%8 == 0 {
			n.branch.Ideas = ideasOn(int(b), ideaLine(i+1, words, pipeline.Stage(words)), ideaLine(i+2, words, pipeline.Parked))
		}
		nodes = append(nodes, n)
	}
	tree := pipeline.Tree{Team: "PAY", View: views[len(shape)%len(views)], Orphans: ideasOn(len(shape))}
	for i := len(nodes) - 1; i >= 0; i-- { // children before their parents
		if p := nodes[i].parent; p >= 0 {
			nodes[p].branch.Children = append(nodes[p].branch.Children, nodes[i].branch)
		} else {
			tree.Roots = append(tree.Roots, nodes[i].branch)
		}
	}
	return tree
}

// Any tree is drawn within the limits of pictures.
func FuzzTree(f *testing.F) {
	chain := func(n int) []byte { return make([]byte, n) } // each under the one before
	wide := []byte(strings.Repeat("\x06\x05\x04", 167))
	f.Add([]byte{}, "")
	f.Add([]byte{1}, "Fewer support calls")
	f.Add(chain(12), "Fewer support calls about invoices")
	f.Add(wide[:40], "チーム 팀 ทีม टीम فريق")
	f.Add(wide[:500], strings.Repeat("long ", 600))
	f.Add(chain(500), strings.Repeat("abcdefghij", 30))
	f.Add(wide[:30], "\u202eevil\u2066 \u2067x")
	f.Add(wide[:30], strings.Repeat("👩🏽‍💻🇨🇭", 40))
	f.Add(wide[:9], "a"+strings.Repeat("\u0301", 900))
	f.Add(wide[:9], "]]>\x00\xff<&\"'\n\n\n")
	f.Fuzz(func(t *testing.T, shape []byte, words string) {
		tree := treeOf(shape[:min(len(shape), 2000)], words)
		for _, style := range []Style{{Theme: Dark, Team: words}, lightStyle} {
			p := Tree(ownFonts(), tree, style)
			checkLimits(t, p)
			if p.Hidden < 0 {
				t.Errorf("%d hidden", p.Hidden)
			}
			if style.Theme == Light && p.Width*p.Height < 1e6 { // larger ones draw the same cards, and take the time of many
				if _, err := p.PNG(ownFonts()); err != nil {
					t.Error(err)
				}
			}
		}
	})
}
