package slacksim

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// state is all that the workspace knows. Every field is guarded by Sim.mu.
type state struct {
	team        team
	app         App
	people      map[string]*Person
	order       []string // person ids in the order of the workspace file
	rooms       []*room
	room        map[string]*room
	dms         map[string]*room // by dmKey
	groups      []Usergroup
	files       map[string]*file
	canvases    map[string]*canvas
	views       map[string]*view   // open modals and published homes, by id
	modals      map[string][]*view // person id: open modals, bottom first
	homes       map[string]*view   // person id
	scheduled   map[string]*scheduled
	triggers    *recent[*trigger]
	responses   *recent[*responseURL]
	tickets     map[string]bool // socket tickets not used yet
	lastTS      int64           // microseconds of the newest ts given out
	socketMode  bool
	queued      []envelope // events that go out when the lock is released
	uninstalled bool
	offers      *recent[json.RawMessage] // what external menus showed last
}

type team struct{ ID, Name, Domain string }

// room is a channel with what was said in it. Exported fields are kept between runs.
type room struct {
	Channel
	Messages   []*message            // top level, oldest first
	Replies    map[string][]*message // by ts of the parent
	Ephemerals map[string][]*message // by person
	Read       map[string]string     // by person: ts of the last message seen
	Bookmarks  []obj                 `json:",omitempty"`
	byTS       map[string]*message
}

type message struct {
	TS, ThreadTS, User, BotID string                                 `json:",omitempty"`
	Username                  string                                 `json:",omitempty"` // overrides the author's name
	Subtype, Text             string                                 `json:",omitempty"`
	Blocks, Attachments       json.RawMessage                        `json:",omitempty"`
	Metadata                  json.RawMessage                        `json:",omitempty"`
	For                       string                                 `json:",omitempty"` // the one person who sees it
	Edited                    bool                                   `json:",omitempty"`
	Broadcast                 bool                                   `json:",omitempty"` // a reply also shown in the channel
	Reactions                 []reaction                             `json:",omitempty"`
	PinnedBy                  string                                 `json:",omitempty"` // who pinned it to its channel
	Files                     []string                               `json:",omitempty"`
	State                     map[string]map[string]map[string]Value `json:"-"` // by person, block_id, action_id
	Warnings                  map[string]map[string]bool             `json:"-"` // by person
}

type reaction struct {
	Name  string
	Users []string
}

type view struct {
	ID, Type, Hash, CallbackID, ExternalID string
	PreviousID, RootID, Person             string
	JSON                                   json.RawMessage
	ClearOnClose, NotifyOnClose            bool
	State                                  map[string]map[string]Value `json:"-"`
	Errors                                 map[string]string           `json:"-"`
	Trouble                                string                      `json:"-"`
	Warnings                               map[string]bool             `json:"-"`
	channel                                string                      // where the person was when it opened
}

func newState(w Workspace) state {
	st := state{
		team: team{ID: w.TeamID, Name: w.Name, Domain: w.Domain}, app: w.App.clone(),
		people: map[string]*Person{}, room: map[string]*room{}, dms: map[string]*room{}, groups: w.Usergroups, files: map[string]*file{}, canvases: map[string]*canvas{},
		views: map[string]*view{}, modals: map[string][]*view{}, homes: map[string]*view{}, scheduled: map[string]*scheduled{},
		triggers: newRecent[*trigger](), responses: newRecent[*responseURL](), offers: newRecent[json.RawMessage](), tickets: map[string]bool{}, socketMode: true,
	}
	for _, p := range w.People {
		st.people[p.ID] = &p
		st.order = append(st.order, p.ID)
	}
	for _, c := range w.Channels {
		st.addRoom(newRoom(c.clone()))
	}
	return st
}

func newRoom(c Channel) *room {
	return &room{
		Channel: c, Replies: map[string][]*message{}, Ephemerals: map[string][]*message{}, Read: map[string]string{}, byTS: map[string]*message{},
	}
}

func (st *state) addRoom(r *room) {
	st.rooms = append(st.rooms, r)
	st.room[r.ID] = r
	if r.IM || r.MPIM {
		st.dms[dmKey(r.Members)] = r
	}
}

// person finds somebody by id or handle.
func (st *state) person(who string) (*Person, error) {
	if p := st.people[who]; p != nil {
		return p, nil
	}
	name := strings.TrimPrefix(who, "@")
	for _, id := range st.order {
		if p := st.people[id]; p.Name == name {
			return p, nil
		}
	}
	return nil, fmt.Errorf("nobody here is called %q; nothing was done. Use the id or handle of one of: %s", who, strings.Join(st.names(), ", "))
}

func (st *state) names() []string {
	var out []string
	for _, id := range st.order {
		out = append(out, st.people[id].Name)
	}
	return out
}

// find looks a channel up by id or by name.
func (st *state) find(channel string) *room {
	if r := st.room[channel]; r != nil {
		return r
	}
	name := strings.TrimPrefix(channel, "#")
	for _, r := range st.rooms {
		if r.Name == name && name != "" {
			return r
		}
	}
	return nil
}

// dm finds the conversation of exactly these people, nil when there is none.
func (st *state) dm(people ...string) *room {
	return st.dms[dmKey(people)]
}

func dmKey(people []string) string { return strings.Join(slices.Sorted(slices.Values(people)), " ") }

// openDM finds or makes the conversation of these people.
func (s *Sim) openDM(people ...string) *room {
	if r := s.dm(people...); r != nil {
		return r
	}
	c := Channel{ID: newID("D"), IM: true, Members: people, Created: s.clock.now().Unix()}
	if len(people) > 2 {
		names := make([]string, len(people))
		for i, id := range people {
			names[i] = s.people[id].Name
		}
		c = Channel{ID: newID("G"), MPIM: true, Private: true, Name: "mpdm-" + strings.Join(names, "--") + "-1", Members: people, Created: c.Created}
	}
	r := newRoom(c)
	s.addRoom(r)
	return r
}

// visibleRoom finds a channel that p may look at; "@name" is the DM with that person.
func (s *Sim) visibleRoom(p *Person, channel string) (*room, error) {
	if name, ok := strings.CutPrefix(channel, "@"); ok {
		other, err := s.person(name)
		if err != nil {
			return nil, err
		}
		return s.openDM(pair(p.ID, other.ID)...), nil
	}
	r := s.find(channel)
	if r == nil || !s.sees(p, r) {
		return nil, fmt.Errorf("%s sees no channel %q; nothing was done. Use one from the sidebar, or \"@name\" for a DM", p.Name, channel)
	}
	return r, nil
}

func pair(a, b string) []string {
	if a == b {
		return []string{a}
	}
	return []string{a, b}
}

// sees tells whether p may read r: members always, others public channels unless they are guests or external.
func (s *Sim) sees(p *Person, r *room) bool {
	return r.has(p.ID) || (!r.Private && !r.IM && !r.MPIM && !p.Guest && p.Team == "")
}

// nextTS gives out a ts that is unique and never goes back.
func (s *Sim) nextTS() string {
	s.lastTS = max(s.lastTS+1, s.clock.now().UnixMicro())
	return fmt.Sprintf("%d.%06d", s.lastTS/1_000_000, s.lastTS%1_000_000)
}

func tsTime(ts string) time.Time {
	sec, frac, _ := strings.Cut(ts, ".")
	a, _ := strconv.ParseInt(sec, 10, 64)
	b, _ := strconv.ParseInt(frac, 10, 64)
	return time.UnixMicro(a*1_000_000 + b).UTC()
}

// newID makes an id with Slack's alphabet and about its length.
func newID(prefix string) string { return prefix + "0" + rand.Text()[:9] }

func (r *room) has(person string) bool { return slices.Contains(r.Members, person) }

func (r *room) add(m *message) {
	r.byTS[m.TS] = m
	if m.ThreadTS != "" && m.ThreadTS != m.TS {
		r.Replies[m.ThreadTS] = append(r.Replies[m.ThreadTS], m)
		return
	}
	r.Messages = append(r.Messages, m)
}

func (r *room) remove(m *message) {
	delete(r.byTS, m.TS)
	gone := func(x *message) bool { return x == m }
	if m.ThreadTS != "" && m.ThreadTS != m.TS {
		if r.Replies[m.ThreadTS] = slices.DeleteFunc(r.Replies[m.ThreadTS], gone); len(r.Replies[m.ThreadTS]) == 0 {
			delete(r.Replies, m.ThreadTS)
		}
		return
	}
	r.Messages = slices.DeleteFunc(r.Messages, gone)
}

func (r *room) last() string {
	if len(r.Messages) == 0 {
		return ""
	}
	return r.Messages[len(r.Messages)-1].TS
}

func (r *room) unread(person string) bool { return r.has(person) && r.last() > r.Read[person] }

// kind is the part of scope and event names that tells the kind of conversation.
func (r *room) kind() string {
	switch {
	case r.IM:
		return "im"
	case r.MPIM:
		return "mpim"
	case r.Private:
		return "groups"
	}
	return "channels"
}

func (c Channel) clone() Channel { c.Members = slices.Clone(c.Members); return c }

func (a App) clone() App {
	a.Scopes, a.Events = slices.Clone(a.Scopes), slices.Clone(a.Events)
	a.Commands, a.Shortcuts = slices.Clone(a.Commands), slices.Clone(a.Shortcuts)
	return a
}

// Workspace is the workspace as it is now, without what was said in it.
func (s *Sim) Workspace() Workspace {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := Workspace{
		TeamID: s.team.ID, Name: s.team.Name, Domain: s.team.Domain, BotToken: s.BotToken(), AppToken: s.AppToken(), App: s.app.clone(),
	}
	for _, id := range s.order {
		w.People = append(w.People, *s.people[id])
	}
	for _, r := range s.rooms {
		if !r.IM && !r.MPIM {
			w.Channels = append(w.Channels, r.Channel.clone())
		}
	}
	for _, g := range s.groups {
		g.Members = slices.Clone(g.Members)
		w.Usergroups = append(w.Usergroups, g)
	}
	return w
}

// People are all accounts, in the order of the workspace file.
func (s *Sim) People() []Person { return s.Workspace().People }

// Person finds one by id or handle.
func (s *Sim) Person(person string) (Person, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := s.person(person)
	if err != nil {
		return Person{}, err
	}
	return *p, nil
}

// Channel finds one by id or name.
func (s *Sim) Channel(channel string) (Channel, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r := s.find(channel); r != nil {
		return r.Channel.clone(), nil
	}
	names := slices.Sorted(maps.Keys(s.room))
	return Channel{}, fmt.Errorf("there is no channel %q; there are: %s", channel, strings.Join(names, ", "))
}
