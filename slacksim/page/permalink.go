package page

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"

	"alignbot/slacksim"
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
	query := r.URL.Query()
	at, err := p.place(url.Values{"as": query["as"], "in": {r.PathValue("channel")}, "thread": query["thread_ts"]})
	if err != nil {
		http.Error(w, sentence(err), http.StatusNotFound)
		return
	}
	list, ts := inFeed, parts[1]+"."+parts[2]
	inChannel := ts
	if at.Thread != "" {
		list, inChannel = inThread, at.Thread
	}
	at.Limit = p.reaching(at, r.PathValue("channel"), inChannel)
	http.Redirect(w, r, at.URL()+"#"+key(list, ts), http.StatusSeeOther)
}

// reaching is how many messages of channel have to be shown for the one of ts
// to be among them: a pageful, if there is none.
func (p *page) reaching(at place, channel, ts string) int {
	view, err := p.sim.ChannelView(at.As.ID, channel, mostMessages)
	if err != nil {
		return pageful // the page says why it cannot be shown
	}
	i := slices.IndexFunc(view.Messages, func(m slacksim.Message) bool { return m.TS == ts })
	if i < 0 {
		return pageful
	}
	return max(pageful, len(view.Messages)-i+pageful/2) // with some of what was said before
}
