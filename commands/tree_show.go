package commands

import (
	"fmt"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
)

// How much of a tree is drawn at once. A form holds 100 blocks, and each row is
// one of them; what is further down is a tap away.
const (
	treeRows   = 40
	treeLevels = 4  // below the node that is open
	treeWords  = 90 // runes of a statement in a row
)

// shownTree is what the view of a tree is drawn from.
type shownTree struct {
	team pipeline.Team
	tree pipeline.Tree // all of it
	at   treePlace
	may  func(pipeline.Action) bool
	now  time.Time
}

// treeView draws the open node of a team's tree, or the whole tree, with what is
// below it as indented rows.
func treeView(s shownTree, m metadata) *slack.ModalViewRequest {
	open, path, found := s.open()
	var blocks []slack.Block
	part := s.read(open)
	reading, branches := part.View, part.Roots
	if found {
		blocks, branches = s.openBlocks(open, path, reading), part.Roots[0].Children
	} else {
		blocks = append(blocks, say("*"+escape(s.team.Name)+"*: business outcomes, and the product outcomes under them"))
		blocks = append(blocks, s.orphanBlocks()...)
	}
	if len(part.Roots) > 0 {
		blocks = append(s.picture().inView(inTree, s.at.params()), blocks...)
	}
	rows, closed := s.rows(branches)
	if !found && s.may(pipeline.ChangeOutcome) {
		value := newParams("team", string(s.team.Key), "in", inTree, "at", s.at.params().encode())
		blocks = append(blocks, buttons(button(actionOutcomeAdd, "Add an outcome…", "to "+s.team.Name, value)))
	}
	if len(rows) == 0 {
		blocks = append(blocks, s.emptyBlocks(open, found, reading, closed)...)
	}
	of := max(1, (len(rows)+treeRows-1)/treeRows)
	page := min(max(1, s.at.page), of)
	shown := rows[(page-1)*treeRows : min(len(rows), page*treeRows)]
	if page > 1 && len(shown[0].under) > 0 {
		blocks = append(blocks, note(Mrkdwn("Goes on under "+strings.Join(shown[0].under, " › "))))
	}
	for _, row := range shown {
		blocks = append(blocks, s.rowBlock(row, reading))
	}
	blocks = append(blocks, s.footBlocks(page, of, len(rows), closed)...)
	return form("tree.shown", treeTitle(reading), "", m, blocks...)
}

// treeTitle is a reading in the 24 characters of a title.
func treeTitle(reading pipeline.TreeView) string {
	if reading == pipeline.OpportunitiesView {
		return "Opportunity tree" // an opportunity solution tree, in full
	}
	return capital(string(reading))
}

// open is the branch that is open, with those above it from the top down; false
// where the whole tree is.
func (s shownTree) open() (pipeline.Branch, []pipeline.Branch, bool) {
	path := pathTo(s.tree.Roots, s.at.node)
	if path == nil {
		return pipeline.Branch{}, nil, false
	}
	return path[len(path)-1], path[:len(path)-1], true
}

// pathTo gives the branches from the top down to the one of the key; nil where
// it is not there.
func pathTo(branches []pipeline.Branch, key pipeline.NodeKey) []pipeline.Branch {
	if key.IsZero() {
		return nil
	}
	for _, b := range branches {
		if b.Key == key {
			return []pipeline.Branch{b}
		}
		if below := pathTo(b.Children, key); below != nil {
			return append([]pipeline.Branch{b}, below...)
		}
	}
	return nil
}

// read is the part of the tree that is open, in the reading that was asked for.
func (s shownTree) read(open pipeline.Branch) pipeline.Tree {
	view := s.at.viewOf(open)
	part := pipeline.Tree{Team: s.tree.Team, View: view, Roots: []pipeline.Branch{open}}
	switch {
	case open.Key.IsZero():
		return s.tree.OutcomeTree()
	case open.Key.Kind != pipeline.OutcomeNode:
		return part
	case view == pipeline.OpportunitiesView:
		part, _ = s.tree.OpportunityTree(open.Key)
	case view == pipeline.ImpactsView:
		part, _ = s.tree.ImpactMap(open.Key)
	default:
		part = part.OutcomeTree()
	}
	return part
}

// openButton goes to a node of the tree, the zero key for the whole of it, read in
// that way.
func (s shownTree) openButton(key pipeline.NodeKey, view pipeline.TreeView, label, about string) *slack.ButtonBlockElement {
	to := treePlace{team: s.team.Key, node: key, view: view, closed: s.at.closed}
	suffix := strings.ReplaceAll(string(view), " ", "_")
	return button(actionTree+":"+key.String()+suffix, label, about, to.params().set("in", inTree))
}

// openBlocks draws the node that is open: where it is, how it is, and what can be
// done with it.
func (s shownTree) openBlocks(open pipeline.Branch, path []pipeline.Branch, reading pipeline.TreeView) []slack.Block {
	var above []string
	for _, b := range path {
		above = append(above, nameOf(b))
	}
	var blocks []slack.Block
	if len(above) > 0 {
		blocks = append(blocks, note(Mrkdwn("Under "+strings.Join(above, " › "))))
	}
	said := []slack.RichTextElement{line(bold(branchLine(open))), line(text(branchState(open)))}
	if open.Number != "" && open.Progress.Words != "" {
		said = append(said, line(text(capital(open.Progress.Words)+".")))
	}
	blocks = append(blocks, rich(said...))
	for _, idea := range open.Ideas.Newest {
		blocks = append(blocks, lineRow(idea))
	}
	if more := open.Ideas.Count() - len(open.Ideas.Newest); more > 0 {
		blocks = append(blocks, note(Mrkdwn(fmt.Sprintf("And %s linked to it itself: its details list all.", counted(more, "idea more is", "ideas more are")))))
	}
	var parent pipeline.NodeKey
	if len(path) > 0 {
		parent = path[len(path)-1].Key
	}
	steps := []slack.BlockElement{s.openButton(parent, "", "Up", "to "+upTo(parent))}
	steps = append(steps, nodeButton(open.Key, inTree))
	if open.Key.Kind == pipeline.OutcomeNode && !open.Closed && s.may(pipeline.CheckInOutcome) {
		steps = append(steps, checkInButton(open.Key, inTree))
	}
	if open.Key.Kind == pipeline.OutcomeNode {
		steps = append(steps, s.readings(open, reading)...)
	}
	blocks = append(blocks, buttons(steps...))
	if adds := s.adds(open); len(adds) > 0 {
		blocks = append(blocks, buttons(adds...))
	}
	return append(blocks, slack.NewDividerBlock())
}

func upTo(parent pipeline.NodeKey) string {
	if parent.IsZero() {
		return "the whole tree"
	}
	return parent.String()
}

// lineRow is an idea on the open node.
func lineRow(idea pipeline.IdeaLine) slack.Block {
	row := slack.NewSectionBlock(plain(fmt.Sprintf("%s  %s (%s)", idea.Key, idea.Title, stageCalled(idea.Stage))), nil, nil)
	row.Accessory = slack.NewAccessory(button(actionShow+":"+idea.Key.String(), "Details", "of "+idea.Key.String(), newParams("idea", idea.Key.String())))
	return row
}

// readings are the buttons for the other ways to read what is below an outcome.
func (s shownTree) readings(open pipeline.Branch, reading pipeline.TreeView) []slack.BlockElement {
	below := map[pipeline.TreeView]int{}
	for _, child := range open.Children {
		below[viewBelow(child)]++
	}
	var others []slack.BlockElement
	for _, other := range []struct {
		view  pipeline.TreeView
		label string
	}{{pipeline.OutcomesView, "Outcomes"}, {pipeline.OpportunitiesView, "Opportunities"}, {pipeline.ImpactsView, "Impact map"}} {
		if other.view != reading {
			label := fmt.Sprintf("%s (%d)", other.label, below[other.view])
			others = append(others, s.openButton(open.Key, other.view, label, "of "+open.Key.String()))
		}
	}
	return others
}

// viewBelow is the reading that a branch below an outcome belongs to.
func viewBelow(b pipeline.Branch) pipeline.TreeView {
	switch b.Kind {
	case pipeline.OpportunityBranch:
		return pipeline.OpportunitiesView
	case pipeline.ImpactBranch:
		return pipeline.ImpactsView
	}
	return pipeline.OutcomesView
}

// adds are the buttons that hang something below the open node.
func (s shownTree) adds(open pipeline.Branch) []slack.BlockElement {
	if !s.may(pipeline.MapOpportunity) || open.Closed {
		return nil
	}
	return addButtons(open.Key, open.Kind, newParams("in", inTree, "at", s.at.params().encode()))
}

// addButtons hang an opportunity or an impact below a node, where one can hang
// there; over is what their forms lie on.
func addButtons(key pipeline.NodeKey, kind pipeline.BranchKind, over params) []slack.BlockElement {
	over.set("node", key.String())
	var adds []slack.BlockElement
	if kind == pipeline.ProductBranch || kind == pipeline.OpportunityBranch {
		adds = append(adds, button(actionOpportunityNew, "Add an opportunity", "under "+key.String(), over))
	}
	if key.Kind == pipeline.OutcomeNode {
		adds = append(adds, button(actionImpactNew, "Add an impact", "for "+key.String(), over))
	}
	return adds
}

// treeButton goes to a node in its tree; in a form of a node it takes the place of
// what stands there, as nodeButton does, so that what opens next has room above.
func treeButton(key pipeline.NodeKey, label string) *slack.ButtonBlockElement {
	return button(actionTree+":"+key.String(), label, "around "+key.String(), newParams("node", key.String(), "in", inTree))
}

// nodeButton goes to everything about a node. in is the form of a node that it
// stands in, if any.
func nodeButton(key pipeline.NodeKey, in string) *slack.ButtonBlockElement {
	action := actionMapped
	if key.Kind == pipeline.OutcomeNode {
		action = actionOutcomeShow
	}
	return button(action+":"+key.String(), "Details", "of "+key.String(), newParams("node", key.String(), "in", in))
}

// orphanBlocks are the ideas without a link, over the whole tree.
func (s shownTree) orphanBlocks() []slack.Block {
	n := s.tree.Orphans.Count()
	if n == 0 {
		return nil
	}
	words := "*" + counted(n, "idea has no outcome", "ideas have no outcome") + "* (orphans), so nobody can say what they are for."
	return []slack.Block{say(Mrkdwn(words)), buttons(orphansButton(s.team, "Show them"))}
}

// orphansButton lists the ideas of a team that have no link.
func orphansButton(team pipeline.Team, label string) *slack.ButtonBlockElement {
	return button(actionOrphans, label, "of "+team.Name, newParams("team", string(team.Key)))
}

// emptyBlocks say that there is nothing below, and how that changes.
func (s shownTree) emptyBlocks(open pipeline.Branch, found bool, reading pipeline.TreeView, closed int) []slack.Block {
	words := "There are no outcomes yet. An outcome is a change worth having, with a number: “Fewer support calls, from 120 to 80 a week”."
	switch {
	case closed > 0:
		words = "Nothing open is here."
	case found && reading == pipeline.OpportunitiesView:
		words = "No opportunity hangs under it yet: a need, a pain or a desire of customers, in their words."
	case found && reading == pipeline.ImpactsView && open.Key.Kind == pipeline.OutcomeNode:
		words = "No impact hangs under it yet: how somebody's behaviour is to change so that it is reached."
	case found && open.Key.Kind == pipeline.ImpactNode:
		return nil
	case found:
		words = "No outcome hangs under it."
	}
	return []slack.Block{say(Mrkdwn(words))}
}

// footBlocks end the view: pages, what is folded, and the ways out of Slack.
func (s shownTree) footBlocks(page, of, rows, closed int) []slack.Block {
	var blocks []slack.Block
	if of > 1 {
		blocks = append(blocks, note(Mrkdwn(fmt.Sprintf("Page %d of %d · %d branches", page, of, rows))),
			buttons(pageButtons(actionTree, page, of, s.at.params().set("in", inTree))...))
	}
	var ways []slack.BlockElement
	fold := s.at
	fold.page, fold.closed = 0, !s.at.closed
	switch {
	case closed > 0:
		label := fmt.Sprintf("Show %d closed", closed)
		ways = append(ways, button(actionTree+":closed", label, "as well", fold.params().set("in", inTree)))
	case s.at.closed:
		ways = append(ways, button(actionTree+":open", "Hide what is closed", "", fold.params().set("in", inTree)))
	}
	if len(s.tree.Roots) > 0 {
		for _, format := range treeFormats {
			ways = append(ways, button(actionTreeExport+":"+format.name, "As "+format.label, "this tree", s.at.params().set("format", format.name)))
		}
	}
	if len(ways) > 0 {
		blocks = append(blocks, buttons(ways...))
	}
	return blocks
}
