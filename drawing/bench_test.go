package drawing

import (
	"fmt"
	"sync"
	"testing"

	"alignbot/pipeline"
)

// crowdedTree has that many cards, three levels deep.
func crowdedTree(cards int) pipeline.Tree {
	tree := pipeline.Tree{Team: "PAY", View: pipeline.OutcomesView}
	n := 0
	branch := func(kind pipeline.BranchKind) pipeline.Branch {
		n++
		return pipeline.Branch{
			Key: outcomeKey(n), Kind: kind, Words: fmt.Sprintf("Customers find what an invoice line is for, part %d of the way", n),
			Number: "92 calls a week, target 80", Progress: pipeline.Progress{Known: true, Share: float64(n%11) / 10, Words: "on the way"},
			Light: pipeline.Lights()[n%3], InAll: n, Stale: n%5 == 0, Age: "no check-in for 20 days",
		}
	}
	for n < cards {
		root := branch(pipeline.BusinessBranch)
		for range 3 {
			if n < cards {
				child := branch(pipeline.ProductBranch)
				for range 3 {
					if n < cards {
						child.Children = append(child.Children, branch(pipeline.OpportunityBranch))
					}
				}
				root.Children = append(root.Children, child)
			}
		}
		tree.Roots = append(tree.Roots, root)
	}
	return tree
}

// What a picture takes from the value to its PNG, with fonts that are open. The goal
// is 150 ms for 20 cards and 300 ms for 40.
func BenchmarkTree(b *testing.B) {
	for _, cards := range []int{1, 20, 40, 500} {
		b.Run(fmt.Sprintf("cards=%d", cards), func(b *testing.B) {
			f, tree := ownFonts(), crowdedTree(cards)
			b.ReportAllocs()
			var size, pixels int
			for b.Loop() {
				p := Tree(f, tree, lightStyle)
				data, err := p.PNG(f)
				if err != nil {
					b.Fatal(err)
				}
				size, pixels = len(data), int(p.Width*p.Height*p.scale()*p.scale())
			}
			b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N), "ms/picture")
			b.ReportMetric(float64(size)/1000, "kB/picture")
			b.ReportMetric(float64(pixels)/1e6, "megapixels")
		})
	}
}

// The first picture opens the fonts.
func BenchmarkFirstTree(b *testing.B) {
	for b.Loop() {
		f := OpenFonts(nil)
		if _, err := Tree(f, crowdedTree(20), lightStyle).PNG(f); err != nil {
			b.Fatal(err)
		}
	}
}

// All that four pictures at once allocate, were nothing of it freed: less than that
// is what they take more. The goal is 64 MB.
func BenchmarkFourTreesAtOnce(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		f := OpenFonts(nil)
		var drawing sync.WaitGroup
		for range 4 {
			drawing.Go(func() {
				if _, err := Tree(f, crowdedTree(CardLimit), lightStyle).PNG(f); err != nil {
					b.Error(err)
				}
			})
		}
		drawing.Wait()
	}
}
