package commands

import (
	"fmt"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
)

// treeRow is a branch in the list of those below the open one.
type treeRow struct {
	pipeline.Branch
	level  int      // 0 right below what is open
	under  []string // the keys above it in the list
	folded int      // branches below it that are not listed
}

// rows lists branches with those below them in order, as deep as is drawn, and
// counts the closed ones that are folded away.
func (s shownTree) rows(branches []pipeline.Branch) (rows []treeRow, closed int) {
	var list func(branches []pipeline.Branch, level int, under []string)
	list = func(branches []pipeline.Branch, level int, under []string) {
		for _, b := range branches {
			if !s.at.closed && isOver(b) {
				closed += countBranches([]pipeline.Branch{b})
				continue
			}
			row := treeRow{Branch: b, level: level, under: under}
			if level+1 == treeLevels {
				row.folded = countBranches(b.Children)
			}
			rows = append(rows, row)
			if level+1 < treeLevels {
				list(b.Children, level+1, append(slices.Clone(under), nameOf(b)))
			}
		}
	}
	list(branches, 0, nil)
	return rows, closed
}

// isOver tells whether a branch and all outcomes below it are closed.
func isOver(b pipeline.Branch) bool {
	return b.Closed && !slices.ContainsFunc(b.Children, func(child pipeline.Branch) bool {
		return child.Key.Kind == pipeline.OutcomeNode && !child.Key.IsZero() && !isOver(child)
	})
}

func countBranches(branches []pipeline.Branch) int {
	n := len(branches)
	for _, b := range branches {
		n += countBranches(b.Children)
	}
	return n
}

// nameOf a branch: its key; of an actor, who has none, the words.
func nameOf(b pipeline.Branch) string {
	if b.Key.IsZero() {
		return "an actor"
	}
	return b.Key.String()
}

// branchLine is a branch in one line: its key and its words.
func branchLine(b pipeline.Branch) string {
	words := pipeline.Cut(b.Words, treeWords)
	if b.Key.IsZero() {
		return words
	}
	return b.Key.String() + "  " + words
}

// branchState says how a branch is: "product outcome · 120 calls, target 80 ·
// at risk (yellow) · checked in today · 4 ideas", with what is amiss at the end.
func branchState(b pipeline.Branch) string {
	said := []string{string(b.Kind)}
	if b.Kind == pipeline.OutcomeBranch {
		said = nil // a mark says so
	}
	switch {
	case b.Number != "" && b.Kind == pipeline.ImpactBranch:
		said = append(said, "enough: "+b.Number)
	case b.Number != "":
		said = append(said, b.Number)
	case b.Progress.Words != "" && !b.Closed:
		said = append(said, b.Progress.Words)
	}
	switch {
	case b.Closed:
		said = append(said, "closed: "+string(b.Result))
	case b.Light != "":
		said = append(said, lightWords(b.Light))
	}
	if b.Horizon != "" {
		said = append(said, string(b.Horizon))
	}
	if b.Age != "" && !b.Stale && !b.Closed {
		said = append(said, b.Age)
	}
	if b.InAll+b.ParkedInAll > 0 && !b.Orphan {
		said = append(said, b.IdeasInWords())
	}
	return strings.Join(append(said, b.Marks()...), " · ")
}

// ideaLines are the newest ideas on a branch, a line each, and how many there are
// beside them.
func ideaLines(on pipeline.IdeasOn) []string {
	var lines []string
	for _, idea := range on.Newest {
		lines = append(lines, fmt.Sprintf("%s  %s (%s)", idea.Key, pipeline.Cut(idea.Title, treeWords), stageCalled(idea.Stage)))
	}
	if more := on.Count() - len(on.Newest); more > 0 && len(lines) > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", more))
	}
	return lines
}

// rowBlock draws a branch as a row: each level is set off by a mark that no
// device swallows, and a button opens it.
func (s shownTree) rowBlock(row treeRow, reading pipeline.TreeView) slack.Block {
	indent := strings.Repeat("› ", row.level)
	lines := []string{indent + branchLine(row.Branch), indent + branchState(row.Branch)}
	if reading != pipeline.OutcomesView {
		for _, idea := range ideaLines(row.Ideas) {
			lines = append(lines, indent+"› "+idea)
		}
	}
	if row.folded > 0 {
		lines = append(lines, indent+"› "+fmt.Sprintf("%d more under it: open it to see them", row.folded))
	}
	block := slack.NewSectionBlock(plain(strings.Join(lines, "\n")), nil, nil)
	if !row.Key.IsZero() {
		block.Accessory = slack.NewAccessory(s.openButton(row.Key, "", "Open", row.Key.String()))
	}
	return block
}
