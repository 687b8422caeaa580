package slacksim

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// Sidebar is the left edge of one person's Slack.
type Sidebar struct {
	Viewer   Person
	Channels []ChannelInfo // visible channels by name
	DMs      []ChannelInfo // conversations with people, the app's own left out
	App      App
	AppDM    string // id of the DM with the app, "" before the first word
}

// ChannelInfo is a channel as one person sees it in a list.
type ChannelInfo struct {
	Channel
	Title  string // "#payments", or the names of the others in a DM
	Member bool   // the viewer is a member
	Unread bool
}

// ChannelView is a channel opened by one person.
type ChannelView struct {
	ChannelInfo
	Messages []Message // oldest first, thread replies inside their parents
	Older    bool      // there are messages before the first one shown
}

// Message is one message as one person sees it.
type Message struct {
	Channel, TS, ThreadTS string
	At                    time.Time
	User                  string // person id of the author, "" for Slackbot
	BotID                 string
	Author                string // name to show
	Subtype               string
	Text                  string          // mrkdwn as Slack stores it: &, < and > escaped, mentions as <@U…>
	Blocks, Attachments   json.RawMessage // arrays, or nil; each block has its block_id, each element its action_id
	Ephemeral             bool            // only the viewer sees it
	Edited                bool
	Reactions             []Reaction
	PinnedBy              string // name of who pinned it to its channel, "" for nobody
	Files                 []File
	State                 map[string]map[string]Value // the viewer's choices: block_id, action_id
	Warnings              []string                    // "block_id/action_id" of elements whose last use failed for the viewer
	Replies               []Message                   // the thread, oldest first; parents only
}

// Reaction is one emoji under a message.
type Reaction struct {
	Name  string // without colons
	Users []string
	Mine  bool // the viewer is among them
}

// View is a modal or an App Home as its person sees it.
type View struct {
	ID, Type, Hash, CallbackID, PreviousID, RootID string
	JSON                                           json.RawMessage             // the view as the app gave it, with missing ids filled in
	State                                          map[string]map[string]Value // what is typed and chosen: block_id, action_id
	Errors                                         map[string]string           // text under an input, by block_id
	Trouble                                        string                      // Slack's line when the app did not answer, else ""
	Warnings                                       []string                    // as in Message
}

// Screen is all that one person has before them.
type Screen struct {
	Sidebar Sidebar
	Channel *ChannelView // nil when no channel is open
	Modals  []View       // bottom first; the last one is on top
	Home    *View        // nil before the app published one

	Names map[string]string // labels of all people and visible channels by id, for mentions
}

// Sidebar tells what person sees at the left edge.
func (s *Sim) Sidebar(person string) (Sidebar, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := s.person(person)
	if err != nil {
		return Sidebar{}, err
	}
	return s.sidebar(p), nil
}

// ChannelView opens channel for person: its newest limit messages (0: 200) and their threads.
func (s *Sim) ChannelView(person, channel string, limit int) (ChannelView, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := s.person(person)
	if err != nil {
		return ChannelView{}, err
	}
	r, err := s.visibleRoom(p, channel)
	if err != nil {
		return ChannelView{}, err
	}
	return s.channelView(p, r, limit), nil
}

// Modals tells which modals person has open, bottom first.
func (s *Sim) Modals(person string) ([]View, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := s.person(person)
	if err != nil {
		return nil, err
	}
	return s.modalsOf(p), nil
}

// Home tells what the app published for person; false when it has not yet.
func (s *Sim) Home(person string) (View, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := s.person(person)
	if err != nil {
		return View{}, false, err
	}
	v := s.homes[p.ID]
	if v == nil {
		return View{}, false, nil
	}
	return v.shown(), true, nil
}

// Screen is everything person sees with channel open ("" for none), taken at one moment.
func (s *Sim) Screen(person, channel string) (Screen, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := s.person(person)
	if err != nil {
		return Screen{}, err
	}
	sc := Screen{Sidebar: s.sidebar(p), Modals: s.modalsOf(p), Names: map[string]string{}}
	for id, who := range s.people {
		sc.Names[id] = who.Label()
	}
	for _, ch := range sc.Sidebar.Channels {
		sc.Names[ch.ID] = ch.Name
	}
	if v := s.homes[p.ID]; v != nil {
		shown := v.shown()
		sc.Home = &shown
	}
	if channel != "" {
		r, err := s.visibleRoom(p, channel)
		if err != nil {
			return Screen{}, err
		}
		cv := s.channelView(p, r, 0)
		sc.Channel = &cv
	}
	return sc, nil
}

// MarkRead notes that person has seen all of channel.
func (s *Sim) MarkRead(person, channel string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := s.person(person)
	if err != nil {
		return err
	}
	r, err := s.visibleRoom(p, channel)
	if err != nil {
		return err
	}
	if r.unread(p.ID) {
		r.Read[p.ID] = r.last()
		s.touch(p.ID)
	}
	return nil
}

// The functions below are called with s.mu held.

func (s *Sim) sidebar(p *Person) Sidebar {
	sb := Sidebar{Viewer: *p, App: s.app.clone()}
	for _, r := range s.rooms {
		switch {
		case r.IM && r.has(p.ID) && r.has(s.app.BotUser):
			sb.AppDM = r.ID
		case r.IM || r.MPIM:
			if r.has(p.ID) {
				sb.DMs = append(sb.DMs, s.info(p, r))
			}
		case s.sees(p, r):
			sb.Channels = append(sb.Channels, s.info(p, r))
		}
	}
	byTitle := func(a, b ChannelInfo) int { return strings.Compare(a.Title, b.Title) }
	slices.SortFunc(sb.Channels, byTitle)
	slices.SortFunc(sb.DMs, byTitle)
	return sb
}

func (s *Sim) info(p *Person, r *room) ChannelInfo {
	ci := ChannelInfo{Channel: r.Channel.clone(), Title: "#" + r.Name, Member: r.has(p.ID), Unread: r.unread(p.ID)}
	if r.IM || r.MPIM {
		var names []string
		for _, id := range r.Members {
			if other := s.people[id]; other != nil && (id != p.ID || len(r.Members) == 1) {
				names = append(names, other.Label())
			}
		}
		ci.Title = strings.Join(names, ", ")
	}
	return ci
}

func (s *Sim) channelView(p *Person, r *room, limit int) ChannelView {
	if limit <= 0 {
		limit = 200
	}
	cv := ChannelView{ChannelInfo: s.info(p, r)}
	from := max(0, len(r.Messages)-limit)
	cv.Older = from > 0
	inThread := map[string][]Message{}
	private := r.Ephemerals[p.ID]
	for _, m := range private {
		if m.ThreadTS != "" {
			inThread[m.ThreadTS] = append(inThread[m.ThreadTS], s.shown(p, r, m))
		} else {
			cv.Messages = append(cv.Messages, s.shown(p, r, m))
		}
	}
	for _, m := range r.Messages[from:] {
		shown := s.shown(p, r, m)
		for _, reply := range r.Replies[m.TS] {
			shown.Replies = append(shown.Replies, s.shown(p, r, reply))
			if reply.Broadcast {
				cv.Messages = append(cv.Messages, s.shown(p, r, reply))
			}
		}
		shown.Replies = append(shown.Replies, inThread[m.TS]...)
		slices.SortStableFunc(shown.Replies, func(a, b Message) int { return strings.Compare(a.TS, b.TS) })
		cv.Messages = append(cv.Messages, shown)
	}
	slices.SortStableFunc(cv.Messages, func(a, b Message) int { return strings.Compare(a.TS, b.TS) })
	return cv
}

func (s *Sim) shown(p *Person, r *room, m *message) Message {
	out := Message{
		Channel: r.ID, TS: m.TS, ThreadTS: m.ThreadTS, At: tsTime(m.TS), User: m.User, BotID: m.BotID, Author: "Slackbot",
		Subtype: m.Subtype, Text: m.Text, Blocks: slices.Clone(m.Blocks), Attachments: slices.Clone(m.Attachments),
		Ephemeral: m.For != "", Edited: m.Edited,
		State: cloneState(m.State[p.ID]), Warnings: sortedKeys(m.Warnings[p.ID]),
	}
	if author := s.people[m.User]; author != nil {
		out.Author = author.Label()
	}
	if m.Username != "" {
		out.Author = m.Username
	}
	if by := s.people[m.PinnedBy]; by != nil {
		out.PinnedBy = by.Label()
	}
	for _, re := range m.Reactions {
		out.Reactions = append(out.Reactions, Reaction{Name: re.Name, Users: slices.Clone(re.Users), Mine: slices.Contains(re.Users, p.ID)})
	}
	for _, id := range m.Files {
		if f := s.files[id]; f != nil {
			out.Files = append(out.Files, f.File.clone())
		}
	}
	return out
}

func (s *Sim) modalsOf(p *Person) []View {
	var out []View
	for _, v := range s.modals[p.ID] {
		out = append(out, v.shown())
	}
	return out
}

// shown copies the view for its person.
func (v *view) shown() View {
	out := View{
		ID: v.ID, Type: v.Type, Hash: v.Hash, CallbackID: v.CallbackID, PreviousID: v.PreviousID, RootID: v.RootID,
		JSON: slices.Clone(v.JSON), State: cloneState(v.State), Trouble: v.Trouble, Warnings: sortedKeys(v.Warnings),
	}
	if len(v.Errors) > 0 {
		out.Errors = map[string]string{}
		for k, t := range v.Errors {
			out.Errors[k] = t
		}
	}
	return out
}
