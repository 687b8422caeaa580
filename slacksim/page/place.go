package page

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"

	"alignbot/slacksim"
)

// pageful is how many messages a conversation shows at first, and how many
// more each time older ones are asked for.
const pageful = 100

// mostMessages is how many messages the page shows at most.
const mostMessages = 100 * pageful

// The place of the app is not a conversation's id, because it exists before
// the first word to the app.
const inApp = "app"

// The tabs of the app.
const (
	tabHome     = "home"
	tabMessages = "messages"
)

// place is where a person is on the page. It is all of what the address says.
type place struct {
	As     slacksim.Person
	In     string // conversation id, or inApp
	Tab    string // of the app
	Thread string // ts of the message whose thread is open, or empty
	Limit  int    // of messages
}

// place reads an address. What is missing is chosen: the first person, a
// channel of theirs.
func (p *page) place(q url.Values) (place, error) {
	people := actors(p.sim.People())
	if len(people) == 0 {
		return place{}, errors.New("nobody in this workspace can act: every person is deactivated or a bot. Add a person to the workspace file")
	}
	at := place{As: people[0], In: q.Get("in"), Tab: q.Get("tab"), Thread: q.Get("thread"), Limit: pageful}
	if as := q.Get("as"); as != "" {
		i := slices.IndexFunc(people, func(who slacksim.Person) bool { return who.ID == as || who.Name == as })
		if i < 0 {
			return place{}, fmt.Errorf("nobody who can act here is called %q. Open the page without ?as= to start as %s", as, at.As.Label())
		}
		at.As = people[i]
	}
	if n, err := strconv.Atoi(q.Get("limit")); err == nil && n > pageful {
		at.Limit = min(n, mostMessages)
	}
	side, err := p.sim.Sidebar(at.As.ID)
	switch {
	case err != nil:
		return place{}, err
	case at.In == "":
		at.In = start(side)
	case at.In == side.AppDM: // as permalinks name it
		at.In, at.Tab = inApp, tabMessages
	}
	if at.In == inApp && at.Tab != tabMessages {
		at.Tab = tabHome
	}
	return at, nil
}

// actors are the people one can act as.
func actors(all []slacksim.Person) []slacksim.Person {
	return slices.DeleteFunc(slices.Clone(all), func(who slacksim.Person) bool { return who.Bot || who.Deactivated })
}

// start is the channel to begin in: #general, else one's first, else the app.
func start(side slacksim.Sidebar) string {
	first := inApp
	for _, c := range side.Channels {
		switch {
		case !c.Member:
		case c.Name == "general":
			return c.ID
		case first == inApp:
			first = c.ID
		}
	}
	return first
}

// URL is the address of the place.
func (at place) URL() string {
	q := url.Values{"as": {at.As.Name}, "in": {at.In}}
	if at.In == inApp {
		q.Set("tab", at.Tab)
	}
	if at.Thread != "" {
		q.Set("thread", at.Thread)
	}
	if at.Limit > pageful {
		q.Set("limit", strconv.Itoa(at.Limit))
	}
	return "/?" + q.Encode()
}

// Conversation is the address of a conversation, or of the app's first tab.
func (at place) Conversation(id string) string { return place{As: at.As, In: id, Tab: tabHome}.URL() }

// Messages is the address of the app's messages tab.
func (at place) Messages() string { return place{As: at.As, In: inApp, Tab: tabMessages}.URL() }

// Person is the address of the same conversation as seen by somebody else.
func (at place) Person(who slacksim.Person) string {
	at.As, at.Thread, at.Limit = who, "", 0
	return at.URL()
}

// ThreadOf is the address of the place with the thread of ts open; an empty ts
// closes it.
func (at place) ThreadOf(ts string) string { at.Thread = ts; return at.URL() }

// Older is the address of the place with more messages.
func (at place) Older() string { at.Limit += pageful; return at.URL() }
