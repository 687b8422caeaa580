package page

import (
	"mime"
	"net/http"
	"slices"
)

// pictures are the types of files that are shown in the page. None of them can
// hold a script.
var pictures = []string{"image/png", "image/jpeg", "image/gif", "image/webp"}

// file serves a file to a person who may see it. All that is not a picture is
// offered for saving, so that no file of an app ever runs in the page.
func (p *page) file(w http.ResponseWriter, r *http.Request) {
	at, err := p.place(r.URL.Query())
	if err != nil {
		http.Error(w, sentence(err), http.StatusNotFound)
		return
	}
	f, data, err := p.sim.File(at.As.ID, r.PathValue("id"))
	if err != nil {
		http.Error(w, sentence(err), http.StatusNotFound)
		return
	}
	head := w.Header()
	head.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	head.Set("Cache-Control", "private, no-cache")
	if slices.Contains(pictures, f.Mimetype) {
		head.Set("Content-Type", f.Mimetype)
	} else {
		head.Set("Content-Type", "application/octet-stream")
		head.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": f.Name}))
	}
	_, _ = w.Write(data) // the reader may have gone
}
