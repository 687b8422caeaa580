package commands

import (
	"context"
	"fmt"
	"strings"

	"github.com/slack-go/slack"

	"alignbot/drawing"
	"alignbot/pipeline"
)

// treeLinesShown is how many branches the words below the picture of a tree name.
const treeLinesShown = 20

// picture is what is open of a tree.
func (s shownTree) picture() pictured {
	open, _, found := s.open()
	part := s.read(open)
	at := s.at
	at.page, at.view = 0, ""
	if found {
		at.view = part.View
	}
	title := capital(fmt.Sprintf("the %s of %s", part.View, s.team.Name))
	if found {
		title = capital(fmt.Sprintf("the %s of %s", part.View, s.at.node))
	}
	p := pictured{
		kind: pictureTree, at: at.params(), team: s.team, now: s.now, title: title,
		sheets: []sheet{{name: "tree", value: part, draw: func(f *drawing.Fonts, style drawing.Style) drawing.Picture { return drawing.Tree(f, part, style) }}},
		words:  s.inWords(title, part, found),
	}
	for _, format := range treeFormats {
		p.formats = append(p.formats, pictureFormat{format.name, format.label, func() (*Post, error) {
			code, err := format.write(part)
			return exportPost(s, part, format.name, format.label, code), err
		}})
	}
	return p
}

// inWords are the branches of a part of the tree, as lines.
func (s shownTree) inWords(title string, part pipeline.Tree, found bool) Post {
	branches := part.Roots
	var said []slack.RichTextElement
	if found && len(part.Roots) > 0 {
		branches = part.Roots[0].Children
		said = append(said, line(bold(branchLine(part.Roots[0])), text("\n"+branchState(part.Roots[0]))))
	}
	rows, closed := s.rows(branches)
	for _, row := range rows[:min(len(rows), treeLinesShown)] {
		said = append(said, line(bold(strings.Repeat("› ", row.level)+branchLine(row.Branch)), text(" · "+branchState(row.Branch))))
	}
	if more := len(rows) - treeLinesShown; more > 0 {
		said = append(said, line(text(fmt.Sprintf("and %d more", more))))
	}
	if len(said) == 0 {
		said = append(said, line(text("There is nothing in it yet.")))
	}
	if closed > 0 {
		said = append(said, line(text(counted(closed, "closed one is", "closed ones are")+" left out.")))
	}
	open := button(actionTree, "Open the tree", "", s.at.params())
	return Post{
		Text:   fallback(title) + ": " + Mrkdwn(counted(len(rows), "branch", "branches")) + ".",
		Blocks: []slack.Block{rich(said...), buttons(open)},
	}
}

// loadTreePicture reads a tree, or what hangs under a node of it.
func (app *App) loadTreePicture(ctx context.Context, of look) (pictured, error) {
	at, err := treePlaceOf(of.at)
	if err != nil {
		return pictured{}, err
	}
	s, err := app.treeOf(ctx, of.team, at, of.now)
	if err != nil {
		return pictured{}, err
	}
	return s.picture(), nil
}
