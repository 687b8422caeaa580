package page

import (
	"bytes"
	"embed"
	"html/template"
	"io/fs"
	"net/http"

	"alignbot/slacksim"
)

//go:embed templates/*.gohtml
var templateFiles embed.FS

//go:embed static
var staticFiles embed.FS

var templates = template.Must(template.New("").ParseFS(templateFiles, "templates/*.gohtml"))

// page serves one sim.
type page struct {
	sim *slacksim.Sim
}

// Handler serves the page of sim at the root of a server of its own.
//
// It answers only when it is addressed as this machine: by "localhost", by an
// IP address that the connection was made to, or by one of hosts, which are
// names without a port. Other names are refused, so that a web site whose name
// resolves to this machine cannot read it, and so are acts that another site's
// page sends.
//
// Live connections last until their request's context ends: shut the server
// down by cancelling its base context, or by Close.
func Handler(sim *slacksim.Sim, hosts ...string) http.Handler {
	p := &page{sim: sim}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", p.show)
	mux.HandleFunc("GET /live", p.live)
	mux.HandleFunc("GET /archives/{channel}/{message}", p.permalink)
	mux.HandleFunc("GET /docs/{team}/{id}", p.canvas)
	mux.HandleFunc("GET /files/{id}", p.file)
	mux.HandleFunc("POST /do/upload", p.upload)
	mux.HandleFunc("POST /do/{act}", p.do)
	static, err := fs.Sub(staticFiles, "static")
	if err != nil {
		panic(err) // the name is a literal of ours
	}
	mux.Handle("GET /static/", noStore(http.StripPrefix("/static/", http.FileServerFS(static))))
	return guard(mux, hosts)
}

// noStore keeps a browser from using scripts of an older build.
func noStore(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-cache")
		h.ServeHTTP(w, r)
	})
}

// show renders the whole page for the place that the address names.
func (p *page) show(w http.ResponseWriter, r *http.Request) {
	at, err := p.place(r.URL.Query())
	if err != nil {
		http.Error(w, sentence(err), http.StatusNotFound)
		return
	}
	var out bytes.Buffer
	if err := templates.ExecuteTemplate(&out, "shell", p.regions(at)); err != nil {
		http.Error(w, "The page could not be drawn: "+err.Error()+". Nothing was changed. Reload to try again.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(out.Bytes()) // the reader may have gone
}
