package page

import (
	"net/http"
	"net/url"
	"regexp"
)

var messagePath = regexp.MustCompile(`^p(\d+)(\d{6})$`)

// permalink leads from a message's permalink, which the sim and apps form as
// Slack does (/archives/C…/p1700000000000100), to the message on the page, as
// seen by the person that the page's script adds as "as".
func (p *page) permalink(w http.ResponseWriter, r *http.Request) {
	parts := messagePath.FindStringSubmatch(r.PathValue("message"))
	if parts == nil {
		http.Error(w, "That is no link to a message. Nothing was changed. Go back, or open the page at /.", http.StatusNotFound)
		return
	}
	to := url.Values{"in": {r.PathValue("channel")}}
	if as := r.URL.Query().Get("as"); as != "" {
		to.Set("as", as)
	}
	list := inFeed
	if thread := r.URL.Query().Get("thread_ts"); thread != "" {
		to.Set("thread", thread)
		list = inThread
	}
	http.Redirect(w, r, "/?"+to.Encode()+"#"+key(list, parts[1]+"."+parts[2]), http.StatusSeeOther)
}
