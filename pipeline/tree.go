package pipeline

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// TreeFacts are what a team's tree is made of.
type TreeFacts struct {
	Team  TeamKey
	Nodes Nodes
	// Ideas that are linked to each node itself.
	Ideas map[NodeKey]IdeasOn
	// Together are the ideas among them that are linked to several nodes.
	Together []Together
	// Orphans are the ideas without a link.
	Orphans IdeasOn
}

// IdeasOn sums up ideas.
type IdeasOn struct {
	// Stages counts them by stage.
	Stages map[Stage]int
	// Newest are a few of them, the newest first.
	Newest []IdeaLine
	// Hits are what the delivered ones among them have moved.
	Hits HitRate
}

// IdeaLine is an idea in one line.
type IdeaLine struct {
	Key   Key
	Title string
	Stage Stage
}

// Count gives how many there are.
func (i IdeasOn) Count() int {
	n := 0
	for _, s := range Stages() {
		n += i.Stages[s]
	}
	return n
}

// Tree is a team's outcomes with what hangs under them: a value that can be
// written or drawn.
type Tree struct {
	Team TeamKey
	View TreeView
	// Roots hang under nothing.
	Roots []Branch
	// Orphans are the ideas without a link.
	Orphans IdeasOn
	// together are the ideas that are linked to several nodes.
	together togetherOn
}

// TreeView is which part of a tree one looks at.
type TreeView string

// The views.
const (
	WholeTree         TreeView = "tree"
	OutcomesView      TreeView = "outcome tree"
	OpportunitiesView TreeView = "opportunity solution tree" // of one outcome
	ImpactsView       TreeView = "impact map"                // of one outcome
)

// Branch is a node with what hangs under it.
type Branch struct {
	// Key is zero for an actor of an impact map, who has none.
	Key  NodeKey
	Kind BranchKind
	// Words say what it is: a statement, an actor, a change of behaviour.
	Words string
	// Number is where it is and where it is to be: "120 calls, target 80"; "" while
	// there is none; of an impact how much is enough. Progress says how far that is.
	Number   string
	Progress Progress
	// Light of an outcome, "" while nobody said and for all others.
	Light Light
	// Age of the last word on it: "checked in 3 days ago", "evidence 40 days old".
	Age string
	// Horizon of an opportunity.
	Horizon Horizon
	// Actor of an impact.
	Actor string
	// Ideas linked to it itself. InAll counts those under it too, each once; the
	// parked ones among them are in ParkedInAll alone.
	Ideas              IdeasOn
	InAll, ParkedInAll int
	// Orphan: an open outcome without any idea under it, or with parked ones alone.
	// Stale: what is known of it is old. Loose: what it hung under is not there, or
	// is under it. Closed: the outcome is, with its Result.
	Orphan, Stale, Loose, Closed bool
	Result                       OutcomeResult
	Children                     []Branch
}

// BranchKind is what a branch is.
type BranchKind string

// The kinds of branches. An outcome of which nobody said the kind is an "outcome".
const (
	BusinessBranch    BranchKind = "business outcome"
	ProductBranch     BranchKind = "product outcome"
	OutcomeBranch     BranchKind = "outcome"
	OpportunityBranch BranchKind = "opportunity"
	ActorBranch       BranchKind = "actor"
	ImpactBranch      BranchKind = "impact"
)

// Marks say what is amiss with a branch, a few words each.
func (b Branch) Marks() []string {
	var marks []string
	if b.Loose {
		marks = append(marks, "its place in the tree is lost")
	}
	if b.Kind == OutcomeBranch {
		marks = append(marks, "business or product: not said yet")
	}
	if b.Orphan {
		marks = append(marks, b.IdeasInWords())
	}
	if b.Stale {
		marks = append(marks, b.Age)
	}
	return marks
}

// IdeasInWords count the ideas on a branch and under it: "3 ideas and 1 parked",
// "no ideas", "no ideas but 2 parked".
func (b Branch) IdeasInWords() string {
	words := "no ideas"
	switch {
	case b.InAll == 1:
		words = "1 idea"
	case b.InAll > 1:
		words = fmt.Sprintf("%d ideas", b.InAll)
	}
	switch {
	case b.ParkedInAll == 0:
		return words
	case b.InAll == 0:
		return fmt.Sprintf("%s but %d parked", words, b.ParkedInAll)
	}
	return fmt.Sprintf("%s and %d parked", words, b.ParkedInAll)
}

// NewTree hangs everything where it belongs. Each node is in it once, however its
// parents were stored: one whose parent is not there is a root, and where parents
// go round in a circle, that is opened at the lowest key.
func NewTree(facts TreeFacts, now time.Time) Tree {
	g := grower{children: map[NodeKey][]NodeKey{}, bare: branches(facts, now), met: map[NodeKey]bool{}, together: togetherOnNodes(facts.Together)}
	var roots []NodeKey
	for key, parent := range facts.Nodes.parents() {
		if _, known := g.bare[parent]; known && parent != key {
			g.children[parent] = append(g.children[parent], key)
			continue
		}
		roots = append(roots, key)
		if !parent.IsZero() {
			g.bare[key].Loose = true
		}
	}
	for _, children := range g.children {
		g.sort(children)
	}
	g.sort(roots)
	t := Tree{Team: facts.Team, View: WholeTree, Orphans: facts.Orphans, together: g.together}
	for _, root := range roots {
		t.Roots = append(t.Roots, g.grow(root))
	}
	// What is left goes round in circles.
	var left []NodeKey
	for key := range g.bare {
		if !g.met[key] {
			left = append(left, key)
		}
	}
	g.sort(left)
	for _, key := range left {
		if !g.met[key] {
			g.bare[key].Loose = true
			t.Roots = append(t.Roots, g.grow(key))
		}
	}
	return t
}

// grower puts branches together.
type grower struct {
	bare     map[NodeKey]*Branch // without children
	children map[NodeKey][]NodeKey
	met      map[NodeKey]bool
	together togetherOn
}

// grow gives a branch with all under it that was not met before.
func (g *grower) grow(key NodeKey) Branch {
	g.met[key] = true
	b := *g.bare[key]
	for _, child := range g.children[key] {
		if !g.met[child] {
			b.Children = append(b.Children, g.grow(child))
		}
	}
	b.InAll, b.ParkedInAll = g.together.countIdeas(b)
	b.Orphan = key.Kind == OutcomeNode && !b.Closed && b.InAll == 0
	return b
}

// kindOrder is the order of what hangs side by side.
var kindOrder = []BranchKind{BusinessBranch, ProductBranch, OutcomeBranch, OpportunityBranch, ImpactBranch}

// sort puts what is open first, then the kinds in order, then the numbers.
func (g *grower) sort(keys []NodeKey) {
	closed := func(b *Branch) int {
		if b.Closed {
			return 1
		}
		return 0
	}
	slices.SortFunc(keys, func(x, y NodeKey) int {
		a, b := g.bare[x], g.bare[y]
		return cmp.Or(
			closed(a)-closed(b),
			slices.Index(kindOrder, a.Kind)-slices.Index(kindOrder, b.Kind),
			cmp.Compare(x.Number, y.Number),
			cmp.Compare(x.Team, y.Team),
		)
	})
}

// branches gives every node as a branch without children.
func branches(facts TreeFacts, now time.Time) map[NodeKey]*Branch {
	all := map[NodeKey]*Branch{}
	hang := func(b Branch) {
		b.Ideas = facts.Ideas[b.Key]
		all[b.Key] = &b
	}
	for _, o := range facts.Nodes.Outcomes {
		hang(outcomeBranch(o, now))
	}
	for _, o := range facts.Nodes.Opportunities {
		hang(opportunityBranch(o, now))
	}
	for _, i := range facts.Nodes.Impacts {
		hang(impactBranch(i))
	}
	return all
}

func outcomeBranch(o Outcome, now time.Time) Branch {
	b := Branch{
		Key: o.Key, Kind: BranchKind(o.Kind.Noun()), Words: o.Statement,
		Number: o.NumberInWords(), Progress: ProgressOf(o), Light: o.Light,
		Closed: !o.IsOpen(), Result: o.Result,
	}
	b.Age, b.Stale = NumberAge(o, now)
	return b
}

func opportunityBranch(o Opportunity, now time.Time) Branch {
	b := Branch{Key: o.Key, Kind: OpportunityBranch, Words: o.Statement, Horizon: o.Horizon}
	b.Age, b.Stale = EvidenceAge(o.Newest(), now)
	return b
}

func impactBranch(i Impact) Branch {
	return Branch{Key: i.Key, Kind: ImpactBranch, Words: i.Words(), Number: i.Threshold, Actor: i.Actor}
}

// OutcomeTree gives the outcomes alone. Their counts stay those of all under them.
func (t Tree) OutcomeTree() Tree {
	t.View = OutcomesView
	t.Roots = pruned(t.Roots, func(b Branch) bool { return b.Key.Kind == OutcomeNode })
	return t
}

// OpportunityTree gives one outcome with its opportunities; false when the
// outcome is not in the tree.
func (t Tree) OpportunityTree(outcome OutcomeKey) (Tree, bool) {
	found, ok := find(t.Roots, outcome)
	if !ok || outcome.Kind != OutcomeNode {
		return Tree{}, false
	}
	found.Children = pruned(found.Children, func(b Branch) bool { return b.Kind == OpportunityBranch })
	return Tree{Team: t.Team, View: OpportunitiesView, Roots: []Branch{found}}, true
}

// ImpactMap gives one outcome with its actors, and under each how their behaviour
// is to change; false when the outcome is not in the tree. Actors of the same name
// in any letter case are one.
func (t Tree) ImpactMap(goal OutcomeKey) (Tree, bool) {
	found, ok := find(t.Roots, goal)
	if !ok || goal.Kind != OutcomeNode {
		return Tree{}, false
	}
	var actors []Branch
	at := map[string]int{}
	for _, b := range found.Children {
		if b.Kind != ImpactBranch {
			continue
		}
		name := strings.ToLower(b.Actor)
		place, known := at[name]
		if !known {
			place = len(actors)
			at[name] = place
			actors = append(actors, Branch{Kind: ActorBranch, Words: b.Actor})
		}
		b.Words = strings.TrimPrefix(b.Words, b.Actor+": ")
		actors[place].Children = append(actors[place].Children, b)
	}
	for i := range actors {
		actors[i].InAll, actors[i].ParkedInAll = t.together.countIdeas(actors[i])
	}
	found.Children = actors
	return Tree{Team: t.Team, View: ImpactsView, Roots: []Branch{found}}, true
}

// Own gives an outcome with the opportunities and impacts that belong to it, and
// without the outcomes under it; false when it is not in the tree.
func (t Tree) Own(outcome OutcomeKey) (Branch, bool) {
	own, ok := find(t.Roots, outcome)
	if !ok {
		return Branch{}, false
	}
	own.Children = pruned(own.Children, func(b Branch) bool { return b.Key.Kind != OutcomeNode })
	own.InAll, own.ParkedInAll = t.together.countIdeas(own)
	return own, true
}

// pruned gives the branches that are kept, with those under them that are.
func pruned(branches []Branch, keep func(Branch) bool) []Branch {
	var kept []Branch
	for _, b := range branches {
		if keep(b) {
			b.Children = pruned(b.Children, keep)
			kept = append(kept, b)
		}
	}
	return kept
}

func find(branches []Branch, key NodeKey) (Branch, bool) {
	for _, b := range branches {
		if b.Key == key {
			return b, true
		}
		if found, ok := find(b.Children, key); ok {
			return found, true
		}
	}
	return Branch{}, false
}
