package page

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"

	"alignbot/slacksim"
)

// canvasLink is a canvas in the heading of its channel.
type canvasLink struct{ Title, Address string }

// CanvasLinks lead to the canvases in the tabs of the open channel.
func (sc *scene) CanvasLinks() []canvasLink {
	var out []canvasLink
	for _, c := range sc.Canvases {
		title := c.Title
		if title == "" {
			title = "Canvas"
		}
		out = append(out, canvasLink{title, "/docs/" + url.PathEscape(sc.TeamID) + "/" + url.PathEscape(c.ID) + "?as=" + url.QueryEscape(sc.At.As.Name)})
	}
	return out
}

// canvasPage is a canvas by itself: the template "canvas".
type canvasPage struct {
	Title, Back string
	Blocks      []string
}

// canvas shows the text of a canvas as it was written, to a person who may read it.
func (p *page) canvas(w http.ResponseWriter, r *http.Request) {
	at, err := p.place(r.URL.Query())
	var c slacksim.Canvas
	if err == nil {
		c, err = p.sim.Canvas(at.As.ID, r.PathValue("id"))
	}
	if err != nil {
		http.Error(w, sentence(err), http.StatusNotFound)
		return
	}
	if c.Channel != "" {
		at.In = c.Channel
	}
	var out bytes.Buffer
	if err := templates.ExecuteTemplate(&out, "canvas", canvasPage{Title: c.Title, Back: at.URL(), Blocks: strings.Split(c.Markdown, "\n\n")}); err != nil {
		http.Error(w, "The canvas could not be drawn: "+err.Error()+". Nothing was changed. Reload to try again.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(out.Bytes()) // the reader may have gone
}
