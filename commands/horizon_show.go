package commands

import (
	"context"
	"fmt"
	"strings"

	"github.com/slack-go/slack"

	"alignbot/drawing"
	"alignbot/pipeline"
)

const (
	horizonRows  = 12 // cards of each column on the board
	horizonPage  = 20 // cards of one column
	horizonWords = 10 // cards of each column in the words below the picture
)

// view draws the place that is open.
func (s horizonScene) view(m metadata) *slack.ModalViewRequest {
	var blocks []slack.Block
	switch {
	case s.card != nil:
		blocks = s.cardBlocks()
	case s.at.column == offBoard:
		blocks = s.offBlocks()
	case s.at.column != "":
		blocks = s.columnBlocks()
	default:
		blocks = s.boardBlocks()
	}
	return form("horizon.shown", "Now, Next, Later", "", m, blocks...)
}

// goTo is a button to another place on the board.
func (s horizonScene) goTo(at horizonPlace, label, about string) *slack.ButtonBlockElement {
	at.team = s.team.Key
	name := at.column
	if !at.card.IsZero() {
		name = at.card.String()
	}
	return button(actionHorizons+":"+name, label, about, at.value())
}

// boardBlocks draw the whole board.
func (s horizonScene) boardBlocks() []slack.Block {
	var blocks []slack.Block
	cards := 0
	for _, column := range s.board.Columns {
		cards += len(column.Cards)
	}
	if cards > 0 {
		blocks = s.picture().inView(inHorizons, s.at.params())
	} else {
		blocks = append(blocks, say("*Nothing is on the board of "+escape(s.team.Name)+" yet.* It shows problems of customers by when they are solved, without dates: the team's opportunities."))
	}
	for _, column := range s.board.Columns {
		blocks = append(blocks, s.columnHead(column)...)
		for _, card := range column.Cards[:min(len(column.Cards), horizonRows)] {
			blocks = append(blocks, s.cardRow(card))
		}
		var steps []slack.BlockElement
		if len(column.Cards) > horizonRows {
			steps = append(steps, s.goTo(horizonPlace{column: string(column.Horizon)}, fmt.Sprintf("All %d", len(column.Cards)), "of "+column.Horizon.Title()))
		}
		if s.may(pipeline.MapOpportunity) {
			steps = append(steps, s.form(string(column.Horizon), "Add to "+column.Horizon.Title()+"…", "a problem of customers"))
		}
		if len(steps) > 0 {
			blocks = append(blocks, buttons(steps...))
		}
	}
	var off []string
	if n := s.board.Undecided; n > 0 {
		off = append(off, counted(n, "opportunity", "opportunities")+" not decided yet")
	}
	if n := s.board.NotNow; n > 0 {
		off = append(off, counted(n, "opportunity", "opportunities")+" put off")
	}
	if len(off) > 0 {
		blocks = append(blocks, note(Mrkdwn("Not on the board: "+strings.Join(off, ", ")+".")), buttons(s.goTo(horizonPlace{column: offBoard}, "Choose from them", "which are not on the board")))
	}
	if cards == 0 {
		return blocks
	}
	return append(blocks, buttons(s.exports()...))
}

// exports are the buttons for the ways in which a board leaves Slack as text.
func (s horizonScene) exports() []slack.BlockElement {
	var elements []slack.BlockElement
	for _, format := range boardFormats {
		elements = append(elements, button(actionPictureAs+":"+format.name, "As "+format.label, "this board", s.picture().value().set("format", format.name)))
	}
	return elements
}

// columnHead is over the cards of a column.
func (s horizonScene) columnHead(column pipeline.HorizonColumn) []slack.Block {
	blocks := []slack.Block{say(Mrkdwn(fmt.Sprintf("*%s* · %s · %s", column.Horizon.Title(), column.Certain, counted(len(column.Cards), "problem", "problems"))))}
	for _, hint := range column.Hints {
		blocks = append(blocks, slack.NewContextBlock("", plain(hint)))
	}
	return blocks
}

// cardRow is a card in a column.
func (s horizonScene) cardRow(card pipeline.HorizonCard) slack.Block {
	lines := append([]string{card.Key.String() + "  " + pipeline.Cut(card.Problem, treeWords)}, card.Lines()...)
	for i, words := range lines {
		lines[i] = pipeline.Cut(words, 200)
	}
	if n := len(card.Hints); n > 0 {
		lines = append(lines, "Worth another look: "+card.Hints[0]+map[bool]string{true: fmt.Sprintf(" (and %d more)", n-1)}[n > 1])
	}
	row := slack.NewSectionBlock(plain(strings.Join(lines, "\n")), nil, nil)
	row.Accessory = slack.NewAccessory(s.goTo(horizonPlace{card: card.Key}, "Open", card.Key.String()))
	return row
}

// columnBlocks list all cards of a column.
func (s horizonScene) columnBlocks() []slack.Block {
	var column pipeline.HorizonColumn
	for _, c := range s.board.Columns {
		if string(c.Horizon) == s.at.column {
			column = c
		}
	}
	blocks := append(s.columnHead(column), buttons(s.goTo(horizonPlace{}, "Back", "to the board")))
	first, last, page, of := pageOf(len(column.Cards), s.at.page, horizonPage)
	for _, card := range column.Cards[first:last] {
		blocks = append(blocks, s.cardRow(card))
	}
	return append(blocks, s.turns(page, of, len(column.Cards))...)
}

// turns are the buttons to other pages of a list.
func (s horizonScene) turns(page, of, total int) []slack.Block {
	if of == 1 {
		return nil
	}
	return []slack.Block{note(pageLine(page, of, total, "problem", "problems")), buttons(pageButtons(actionHorizons, page, of, horizonPlace{team: s.team.Key, column: s.at.column}.value())...)}
}

// offBlocks list what is not on the board.
func (s horizonScene) offBlocks() []slack.Block {
	blocks := []slack.Block{say("*Not on the board*: put off, or nobody decided when"), buttons(s.goTo(horizonPlace{}, "Back", "to the board"))}
	first, last, page, of := pageOf(len(s.off), s.at.page, horizonPage)
	for _, o := range s.off[first:last] {
		row := slack.NewSectionBlock(plain(o.Key.String()+"  "+pipeline.Cut(o.Statement, treeWords)+"\n"+o.Horizon.Title()), nil, nil)
		row.Accessory = slack.NewAccessory(s.goTo(horizonPlace{card: o.Key}, "Open", o.Key.String()))
		blocks = append(blocks, row)
	}
	if len(s.off) == 0 {
		blocks = append(blocks, say("None."))
	}
	return append(blocks, s.turns(page, of, len(s.off))...)
}

// cardBlocks draw a card with what can be done with it.
func (s horizonScene) cardBlocks() []slack.Block {
	o := *s.card
	card, column, at, on := s.board.Card(o.Key)
	where := "Not on the board: " + strings.ToLower(o.Horizon.Title())
	if on {
		where = fmt.Sprintf("%s, %d of %d", column.Horizon.Title(), at+1, len(column.Cards))
	}
	said := []slack.RichTextElement{line(bold(o.Key.String() + "  " + o.Statement))}
	if on {
		for _, words := range card.Lines() {
			said = append(said, line(text(words)))
		}
		if card.ConfirmedBy != "" {
			said = append(said, line(text("Confirmed by "), person(card.ConfirmedBy)))
		}
	}
	blocks := []slack.Block{slack.NewContextBlock("", plain(where)), rich(said...)}
	for _, hint := range card.Hints {
		blocks = append(blocks, slack.NewContextBlock("", plain(hint)))
	}
	ways := []slack.BlockElement{s.goTo(horizonPlace{}, "Back", "to the board"), nodeButton(o.Key, "")}
	if on && s.may(pipeline.MapOpportunity) {
		ways = append(ways,
			primary(button(actionHorizonTrue, "Still true", o.Key.String(), s.at.value())),
			s.form(horizonMetric, "Metric…", o.Key.String()))
		if at > 0 {
			ways = append(ways, button(actionHorizonShift+":up", "Move up", o.Key.String(), s.at.value("by", "up")))
		}
		if at < len(column.Cards)-1 {
			ways = append(ways, button(actionHorizonShift+":down", "Move down", o.Key.String(), s.at.value("by", "down")))
		}
	}
	blocks = append(blocks, buttons(ways...))
	if s.may(pipeline.MapOpportunity) {
		var moves []slack.BlockElement
		for _, to := range pipeline.Horizons() {
			if to != o.Horizon {
				moves = append(moves, button(actionHorizonMove+":"+strings.ReplaceAll(string(to), " ", "_"), "To “"+to.Title()+"”", o.Key.String(), s.at.value("to", string(to))))
			}
		}
		blocks = append(blocks, buttons(moves...))
	}
	for _, idea := range card.Ideas {
		blocks = append(blocks, lineRow(idea))
	}
	if card.MoreIdeas > 0 {
		blocks = append(blocks, note(Mrkdwn(fmt.Sprintf("And %s linked to it: its details list all.", counted(card.MoreIdeas, "idea more is", "ideas more are")))))
	}
	return blocks
}

// form is a button that opens a form of the board: about the card that is open, or a
// column.
func (s horizonScene) form(name, label, about string) *slack.ButtonBlockElement {
	return button(actionHorizonForm+":"+name, label, about, s.at.value("form", name))
}

// boardFormats are those in which a board leaves Slack, beside its picture.
var boardFormats = []struct {
	name, label string
	write       func(pipeline.HorizonBoard) (string, error)
}{
	{"markdown", "Markdown", func(b pipeline.HorizonBoard) (string, error) { return pipeline.HorizonMarkdown(b), nil }},
	{"mermaid", "Mermaid", func(b pipeline.HorizonBoard) (string, error) { return pipeline.HorizonMermaid(b), nil }},
	{"json", "JSON", func(b pipeline.HorizonBoard) (string, error) {
		text, err := pipeline.HorizonJSON(b)
		return string(text), err
	}},
}

// picture is the whole board.
func (s horizonScene) picture() pictured {
	board := s.board
	title := "The Now-Next-Later board of " + s.team.Name
	p := pictured{
		kind: pictureHorizons, at: newParams("team", string(s.team.Key)), team: s.team, now: s.now, title: title,
		sheets: []sheet{{name: "board", value: board, draw: func(f *drawing.Fonts, style drawing.Style) drawing.Picture {
			return drawing.HorizonBoard(f, board, style)
		}}},
		words: s.inWords(title),
	}
	for _, format := range boardFormats {
		p.formats = append(p.formats, pictureFormat{format.name, format.label, func() (*Post, error) {
			code, err := format.write(board)
			return codePost(escape(title)+" as "+Mrkdwn(format.label), code, ""), err
		}})
	}
	return p
}

// inWords is the board in lines, column by column.
func (s horizonScene) inWords(title string) Post {
	var said []slack.RichTextElement
	var counts []string
	for _, column := range s.board.Columns {
		counts = append(counts, fmt.Sprintf("%s %d", column.Horizon.Title(), len(column.Cards)))
		said = append(said, line(bold(column.Horizon.Title()), text(", "+column.Certain+"")))
		for _, card := range column.Cards[:min(len(column.Cards), horizonWords)] {
			words := card.Key.String() + "  " + pipeline.Cut(card.Problem, treeWords)
			if !card.Outcome.IsZero() {
				words += " · for " + card.Outcome.String()
			}
			said = append(said, line(text(words+" · "+card.Status)))
		}
		if more := len(column.Cards) - horizonWords; more > 0 {
			said = append(said, line(text(fmt.Sprintf("and %d more", more))))
		}
	}
	open := button(actionHorizons, "Open the board", "", newParams("team", string(s.team.Key)))
	return Post{Text: fallback(title) + ": " + Mrkdwn(strings.Join(counts, ", ")) + ".", Blocks: []slack.Block{rich(said...), buttons(open)}}
}

// loadHorizonsPicture reads the board that a picture shows.
func (app *App) loadHorizonsPicture(ctx context.Context, of look) (pictured, error) {
	s, err := app.horizonsOf(ctx, of.team, of.now)
	if err != nil {
		return pictured{}, err
	}
	return s.picture(), nil
}
