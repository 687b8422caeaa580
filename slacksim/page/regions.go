package page

import (
	"errors"
	"html/template"
	"strings"

	"alignbot/slacksim"
)

// regions are the parts of the page. Each is drawn by itself, so that a change
// is sent as the parts that it changed.
type regions struct {
	Title string
	At    place
	Slack string                   // where permalinks begin: the address of the sim
	HTML  map[string]template.HTML // by the names in regionNames
}

// regionNames are all regions, in the order in which they are sent. Each is
// also the name of the template that draws it.
var regionNames = []string{"sidebar", "heading", "feed", "composer", "thread", "modal"}

// Region gives a region to the shell.
func (r regions) Region(name string) template.HTML { return r.HTML[name] }

// scene is what the regions are drawn from: everything one person sees at one
// place.
type scene struct {
	At      place
	Side    slacksim.Sidebar
	Actors  []slacksim.Person
	People  []slacksim.Person // whom one can write to
	Clock   clock
	Channel *slacksim.ChannelView // nil in the home tab, and when Missing
	Home    *slacksim.View        // in the home tab, once published

	Canvases []slacksim.Canvas // in the tabs of Channel
	TeamID   string

	Modals  []slacksim.View
	Missing string // why the place cannot be shown

	// AppUnread tells that the app wrote something that was not seen.
	AppUnread bool

	draw *artist
}

// regions draws everything at a place. What cannot be read says so in its own
// region; the rest of the page stays usable.
func (p *page) regions(at place) regions {
	sc := p.scene(at)
	out := regions{At: at, Title: sc.title(), Slack: p.sim.URL(), HTML: map[string]template.HTML{}}
	for _, name := range regionNames {
		var b strings.Builder
		if err := templates.ExecuteTemplate(&b, name, sc); err != nil {
			b.Reset()
			b.WriteString(`<p class="notice">` + template.HTMLEscapeString("This part could not be drawn: "+err.Error()+". Nothing was changed.") + `</p>`)
		}
		out.HTML[name] = template.HTML(b.String())
	}
	return out
}

func (p *page) scene(at place) *scene {
	all := p.sim.People()
	sc := &scene{At: at, Actors: actors(all), Clock: newClock(p.sim.Now(), at.As)}
	for _, who := range all {
		if !who.Bot && !who.Deactivated && who.ID != at.As.ID {
			sc.People = append(sc.People, who)
		}
	}
	var err, failed error
	if sc.Side, err = p.sim.Sidebar(at.As.ID); err != nil {
		failed = errors.Join(failed, err)
	}
	if sc.Modals, err = p.sim.Modals(at.As.ID); err != nil {
		failed = errors.Join(failed, err)
	}
	if id := sc.conversation(); id != "" {
		view, err := p.sim.ChannelView(at.As.ID, id, at.Limit)
		if err == nil {
			sc.Channel = &view
			sc.TeamID = p.sim.Workspace().TeamID
			sc.Canvases, err = p.sim.Canvases(at.As.ID, id)
		}
		failed = errors.Join(failed, err)
	} else if sc.InHome() {
		view, published, err := p.sim.Home(at.As.ID)
		if published {
			sc.Home = &view
		}
		failed = errors.Join(failed, err)
	}
	if sc.Side.AppDM != "" {
		if newest, err := p.sim.ChannelView(at.As.ID, sc.Side.AppDM, 1); err == nil {
			sc.AppUnread = newest.Unread
		}
	}
	if failed != nil {
		sc.Missing = sentence(failed)
	}
	sc.draw = newArtist(p.sim, at, sc.Side, all)
	return sc
}

// conversation is the id of the conversation that is open, or empty.
func (sc *scene) conversation() string {
	switch {
	case sc.At.In != inApp:
		return sc.At.In
	case sc.At.Tab == tabMessages:
		return sc.Side.AppDM
	}
	return ""
}

// InApp, InHome and InAppMessages tell where the person is.
func (sc *scene) InApp() bool         { return sc.At.In == inApp }
func (sc *scene) InHome() bool        { return sc.InApp() && sc.At.Tab == tabHome }
func (sc *scene) InAppMessages() bool { return sc.InApp() && sc.At.Tab == tabMessages }

// AppTitle is the app's name.
func (sc *scene) AppTitle() string { return sc.Side.App.Name }

// Heading is the name of what is open.
func (sc *scene) Heading() string {
	switch {
	case sc.InApp():
		return sc.Side.App.Name
	case sc.Channel != nil:
		return strings.TrimPrefix(sc.Channel.Title, "#")
	}
	return "Not here"
}

// Target is what the composer writes to: the id of the conversation, or the
// name of the app's before its first word.
func (sc *scene) Target() string {
	if id := sc.conversation(); id != "" {
		return id
	}
	for _, who := range sc.draw.people {
		if who.ID == sc.Side.App.BotUser {
			return "@" + who.Name
		}
	}
	return ""
}

func (sc *scene) title() string {
	name := sc.Heading()
	if sc.Channel != nil && !sc.Channel.IM && !sc.Channel.MPIM {
		name = "#" + name
	}
	return name + " · " + sc.At.As.Label() + " · local stand-in"
}

// Shortcuts are the app's shortcuts of a kind, "global" or "message".
func (sc *scene) Shortcuts(kind string) []slacksim.Shortcut {
	var out []slacksim.Shortcut
	for _, s := range sc.Side.App.Shortcuts {
		if s.Type == kind {
			out = append(out, s)
		}
	}
	return out
}

// Blocked says why one cannot write to the conversation that is open, or
// nothing.
func (sc *scene) Blocked() string {
	c := sc.Channel
	switch {
	case sc.InAppMessages() && (sc.Side.App.NoChat || sc.Side.App.ReadOnlyChat):
		return "Sending messages to this app has been turned off." // Slack's words
	case c == nil:
		return ""
	case c.Archived:
		return "This channel is archived. Its messages can be read."
	case !c.Member:
		return "You are looking at #" + c.Name + " from outside."
	}
	return ""
}

// CanJoin tells whether the person may join what they look at.
func (sc *scene) CanJoin() bool {
	return sc.Channel != nil && !sc.Channel.Member && !sc.Channel.Archived && !sc.Channel.Private && !sc.At.As.Guest
}

// sentence makes an error readable as a line of its own.
func sentence(err error) string {
	s := strings.TrimSpace(err.Error())
	if s == "" {
		return "It did not work."
	}
	s = strings.ToUpper(s[:1]) + s[1:]
	if !strings.ContainsAny(s[len(s)-1:], ".!?") {
		s += "."
	}
	return s
}
