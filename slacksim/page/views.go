package page

import (
	"encoding/json"
	"html/template"

	"alignbot/slacksim"
)

// modalView is what the template "modal" draws: the modal on top.
type modalView struct {
	slacksim.View
	Title, Submit, Close template.HTML
	Blocks               template.HTML
	Faults               int // inputs with an error
	Under                int // modals below this one
}

// viewJSON is the part of a view that is not its blocks.
type viewJSON struct {
	Title  *plainText      `json:"title"`
	Submit *plainText      `json:"submit"`
	Close  *plainText      `json:"close"`
	Blocks json.RawMessage `json:"blocks"`
}

type plainText struct {
	Text  string `json:"text"`
	Emoji *bool  `json:"emoji"`
}

func (a *artist) label(t *plainText, otherwise string) template.HTML {
	if t == nil || t.Text == "" {
		return template.HTML(template.HTMLEscapeString(otherwise))
	}
	return a.plain(t.Text, t.Emoji == nil || *t.Emoji)
}

// Modal is the modal on top, or nil.
func (sc *scene) Modal() *modalView {
	if len(sc.Modals) == 0 {
		return nil
	}
	top := sc.Modals[len(sc.Modals)-1]
	var j viewJSON
	if err := json.Unmarshal(top.JSON, &j); err != nil {
		return &modalView{View: top, Title: "This form cannot be read", Close: "Close", Under: len(sc.Modals) - 1}
	}
	return &modalView{
		View: top, Under: len(sc.Modals) - 1, Faults: len(top.Errors),
		Title: sc.draw.label(j.Title, "Untitled"), Submit: sc.draw.label(j.Submit, ""), Close: sc.draw.label(j.Close, "Close"),
		Blocks: sc.draw.drawBlocks("v-"+top.ID, j.Blocks, top.State, top.Errors, top.Warnings),
	}
}

// HomeBlocks is the app's home tab.
func (sc *scene) HomeBlocks() template.HTML {
	var j viewJSON
	if sc.Home == nil || json.Unmarshal(sc.Home.JSON, &j) != nil {
		return ""
	}
	return sc.draw.drawBlocks("h-"+sc.Home.ID, j.Blocks, sc.Home.State, sc.Home.Errors, sc.Home.Warnings)
}
