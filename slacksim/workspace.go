package slacksim

import (
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// Person is one account of the workspace, human or bot.
type Person struct {
	ID       string `yaml:"id" json:"id"`     // "U…"; made up from the name when empty
	Name     string `yaml:"name" json:"name"` // handle without @
	RealName string `yaml:"real_name,omitempty" json:"real_name"`
	Email    string `yaml:"email,omitempty" json:"email,omitempty"`
	TZ       string `yaml:"tz,omitempty" json:"tz,omitempty"` // IANA name; UTC when empty

	Admin              bool `yaml:"admin,omitempty" json:"admin,omitempty"`
	Owner              bool `yaml:"owner,omitempty" json:"owner,omitempty"`
	Guest              bool `yaml:"guest,omitempty" json:"guest,omitempty"`                               // any guest; is_restricted
	SingleChannelGuest bool `yaml:"single_channel_guest,omitempty" json:"single_channel_guest,omitempty"` // implies Guest; is_ultra_restricted
	Deactivated        bool `yaml:"deactivated,omitempty" json:"deactivated,omitempty"`
	Bot                bool `yaml:"bot,omitempty" json:"bot,omitempty"`

	// SnoozeUntil is when notifications are wanted again (Unix seconds, Do Not Disturb); 0 is at once.
	SnoozeUntil int64 `yaml:"snooze_until,omitempty" json:"snooze_until,omitempty"`

	// Team is the id of another organization's workspace when the person is external (Slack Connect), else empty.
	Team string `yaml:"team,omitempty" json:"team,omitempty"`
}

// Label is the name others see: the real name, else the handle.
func (p Person) Label() string {
	if p.RealName != "" {
		return p.RealName
	}
	return p.Name
}

// Channel is a conversation: a channel, a private channel, a DM or a group DM.
type Channel struct {
	ID       string   `yaml:"id" json:"id"` // "C…", or "D…" for a DM
	Name     string   `yaml:"name" json:"name,omitempty"`
	Topic    string   `yaml:"topic,omitempty" json:"topic,omitempty"`
	Purpose  string   `yaml:"purpose,omitempty" json:"purpose,omitempty"`
	Private  bool     `yaml:"private,omitempty" json:"private,omitempty"`
	Archived bool     `yaml:"archived,omitempty" json:"archived,omitempty"`
	Shared   bool     `yaml:"shared,omitempty" json:"shared,omitempty"` // with another organization; is_ext_shared
	Members  []string `yaml:"members,omitempty" json:"members"`         // person ids; names are accepted in YAML
	App      bool     `yaml:"app,omitempty" json:"app,omitempty"`       // YAML shorthand: the app's bot user is a member
	IM       bool     `yaml:"-" json:"im,omitempty"`                    // a DM of two
	MPIM     bool     `yaml:"-" json:"mpim,omitempty"`                  // a group DM
	Created  int64    `yaml:"-" json:"created,omitempty"`               // Unix seconds
}

// Usergroup is a named set of people that can be mentioned together.
type Usergroup struct {
	ID      string   `yaml:"id" json:"id"` // "S…"
	Handle  string   `yaml:"handle,omitempty" json:"handle"`
	Name    string   `yaml:"name" json:"name"`
	Members []string `yaml:"members,omitempty" json:"members"` // person ids; names are accepted in YAML

	// Disabled is what Slack makes of a user group that is deleted.
	Disabled bool `yaml:"disabled,omitempty" json:"disabled,omitempty"`
}

// Command is a slash command of the app.
type Command struct {
	Name        string `yaml:"command,omitempty" json:"command"` // with the slash
	Description string `yaml:"description,omitempty" json:"description,omitempty"`
	UsageHint   string `yaml:"usage_hint,omitempty" json:"usage_hint,omitempty"`

	// RawText turns off should_escape, so that the app is sent the text with bare @names and #channels.
	RawText bool `yaml:"raw_text,omitempty" json:"raw_text,omitempty"`
}

// Shortcut is an entry of the app in Slack's shortcut menus.
type Shortcut struct {
	Name        string `yaml:"name" json:"name"`
	CallbackID  string `yaml:"callback_id,omitempty" json:"callback_id"`
	Description string `yaml:"description,omitempty" json:"description,omitempty"`
	Type        string `yaml:"type,omitempty" json:"type"` // "global" or "message"
}

// App is the one installed app.
type App struct {
	ID        string     `yaml:"id" json:"id"` // "A…"
	Name      string     `yaml:"name" json:"name"`
	BotID     string     `yaml:"bot_id,omitempty" json:"bot_id"`                   // "B…"
	BotUser   string     `yaml:"bot_user,omitempty" json:"bot_user"`               // person id, "U…"
	Scopes    []string   `yaml:"scopes,omitempty" json:"scopes"`                   // granted bot scopes
	Events    []string   `yaml:"events,omitempty" json:"events"`                   // bot events subscribed to, such as "app_home_opened"
	Commands  []Command  `yaml:"commands,omitempty" json:"commands"`               //
	Shortcuts []Shortcut `yaml:"shortcuts,omitempty" json:"shortcuts"`             //
	NoHomeTab bool       `yaml:"no_home_tab,omitempty" json:"no_home_tab"`         // home_tab_enabled: false
	NoChat    bool       `yaml:"no_messages_tab,omitempty" json:"no_messages_tab"` // messages_tab_enabled: false

	// ReadOnlyChat is messages_tab_read_only_enabled: people read what the app writes to them and cannot answer.
	ReadOnlyChat bool `yaml:"read_only_messages_tab,omitempty" json:"read_only_messages_tab,omitempty"`
}

// Workspace is everything that exists before anybody acts.
type Workspace struct {
	TeamID     string      `yaml:"team_id,omitempty" json:"team_id"` // "T…"
	Name       string      `yaml:"name" json:"name"`
	Domain     string      `yaml:"domain,omitempty" json:"domain"` // the part before .slack.com
	BotToken   string      `yaml:"bot_token,omitempty" json:"bot_token"`
	AppToken   string      `yaml:"app_token,omitempty" json:"app_token"`
	App        App         `yaml:"app,omitempty" json:"app"`
	People     []Person    `yaml:"people,omitempty" json:"people"`
	Channels   []Channel   `yaml:"channels,omitempty" json:"channels"`
	Usergroups []Usergroup `yaml:"usergroups,omitempty" json:"usergroups"`
	Canvases   Canvases    `yaml:"canvases,omitempty" json:"canvases,omitempty"` // what canvases there may be
}

// LoadWorkspace reads a workspace from YAML. Unknown keys are refused. Ids, the domain and tokens may be left out; members may be
// given by name. All faults are reported at once.
func LoadWorkspace(r io.Reader) (Workspace, error) {
	var w Workspace
	dec := yaml.NewDecoder(r)
	dec.KnownFields(true)
	if err := dec.Decode(&w); err != nil {
		return Workspace{}, fmt.Errorf("the workspace file cannot be read: %w. Compare it with the sample workspace", err)
	}
	return w.completed()
}

// WriteYAML writes the workspace in the form that LoadWorkspace reads.
func (w Workspace) WriteYAML(out io.Writer) error {
	enc := yaml.NewEncoder(out)
	enc.SetIndent(2)
	if err := enc.Encode(w); err != nil {
		return fmt.Errorf("the workspace could not be written: %w", err)
	}
	return enc.Close()
}

// completed fills in what may be left out and checks the rest.
func (w Workspace) completed() (Workspace, error) {
	w.Name = orElse(w.Name, "Acme")
	w.Domain = orElse(w.Domain, strings.ToLower(idPart(w.Name)[1:]))
	w.TeamID = orElse(w.TeamID, "T"+idPart(w.Name))
	w.App.Name = orElse(w.App.Name, "app")
	w.App.ID = orElse(w.App.ID, "A"+idPart(w.App.Name))
	w.App.BotID = orElse(w.App.BotID, "B"+idPart(w.App.Name))
	w.App.BotUser = orElse(w.App.BotUser, "U"+idPart(w.App.Name))
	w.BotToken = orElse(w.BotToken, "xoxb-local-"+strings.ToLower(w.App.ID))
	w.AppToken = orElse(w.AppToken, "xapp-1-"+w.App.ID+"-local")

	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }

	w.People = slices.Clone(w.People)
	byName, ids := map[string]string{}, map[string]bool{}
	bot := false
	for i := range w.People {
		p := &w.People[i]
		if p.Name == "" {
			fault("people[%d] has no name; set name", i)
			continue
		}
		p.ID = orElse(p.ID, "U"+idPart(p.Name))
		p.RealName = orElse(p.RealName, p.Name)
		p.Guest = p.Guest || p.SingleChannelGuest
		bot = bot || p.ID == w.App.BotUser
		if p.ID[0] != 'U' && p.ID[0] != 'W' {
			fault("person %s has the id %q; ids of people begin with U or W", p.Name, p.ID)
		}
		if byName[p.Name] != "" || ids[p.ID] {
			fault("person %s (%s) is there twice; rename or remove one", p.Name, p.ID)
		}
		if _, err := time.LoadLocation(p.TZ); err != nil {
			fault("person %s has the time zone %q, which is not known; use an IANA name such as Europe/Berlin", p.Name, p.TZ)
		}
		byName[p.Name], ids[p.ID] = p.ID, true
	}
	if !bot {
		if byName[w.App.Name] != "" {
			fault("a person has the app's name %q; rename one", w.App.Name)
		}
		w.People = append(w.People, Person{ID: w.App.BotUser, Name: w.App.Name, RealName: w.App.Name, Bot: true})
		byName[w.App.Name], ids[w.App.BotUser] = w.App.BotUser, true
	}
	members := func(where string, in []string) []string {
		out := make([]string, 0, len(in)+1)
		for _, m := range in {
			id := m
			if !ids[id] {
				id = byName[strings.TrimPrefix(m, "@")]
			}
			switch {
			case id == "":
				fault("%s has the member %q, who is not among the people; add the person or remove the member", where, m)
			case !slices.Contains(out, id):
				out = append(out, id)
			}
		}
		return out
	}
	w.Channels = slices.Clone(w.Channels)
	seen := map[string]bool{}
	for i := range w.Channels {
		c := &w.Channels[i]
		c.Name = strings.TrimPrefix(c.Name, "#")
		if c.Name == "" {
			fault("channels[%d] has no name; set name", i)
			continue
		}
		c.ID = orElse(c.ID, "C"+idPart(c.Name))
		if seen[c.ID] || seen["#"+c.Name] {
			fault("channel %s (%s) is there twice; rename or remove one", c.Name, c.ID)
		}
		seen[c.ID], seen["#"+c.Name] = true, true
		c.Members = members("channel "+c.Name, c.Members)
		if c.App && !slices.Contains(c.Members, w.App.BotUser) {
			c.Members = append(c.Members, w.App.BotUser)
		}
		c.App = false
	}
	w.Usergroups = slices.Clone(w.Usergroups)
	for i := range w.Usergroups {
		g := &w.Usergroups[i]
		g.Handle = strings.TrimPrefix(orElse(g.Handle, strings.ToLower(g.Name)), "@")
		g.Name = orElse(g.Name, g.Handle)
		g.ID = orElse(g.ID, "S"+idPart(g.Handle))
		g.Members = members("user group "+g.Handle, g.Members)
	}
	for _, c := range w.App.Commands {
		if !strings.HasPrefix(c.Name, "/") || strings.ContainsAny(c.Name[1:], " /") || len(c.Name) < 2 || len(c.Name) > 32 {
			fault("the command %q is not a name Slack takes; use a slash and up to 31 characters without spaces", c.Name)
		}
	}
	for _, s := range w.App.Shortcuts {
		if s.CallbackID == "" || (s.Type != "global" && s.Type != "message") {
			fault("the shortcut %q needs a callback_id and the type global or message", s.Name)
		}
	}
	if w.Canvases != CanvasesAll && w.Canvases != CanvasesFree && w.Canvases != CanvasesOff {
		fault("the canvases %q are none Slack has; use free or off, or leave it out", w.Canvases)
	}
	if len(faults) > 0 {
		return Workspace{}, fmt.Errorf("the workspace cannot be used as it is:\n%w", errors.Join(faults...))
	}
	return w, nil
}

// Sample is a small workspace with one of everything: an admin, members, a guest, somebody deactivated, public and
// private channels, and the app "alignbot" present in #payments and #general.
func Sample() Workspace {
	w, err := Workspace{
		TeamID: "T0ACME", Name: "Acme", Domain: "acme",
		BotToken: "xoxb-local-alignbot", AppToken: "xapp-1-A0ALIGN-local",
		App: App{
			ID: "A0ALIGN", Name: "alignbot", BotID: "B0ALIGN", BotUser: "U0ALIGN",
			Scopes: []string{
				"commands", "chat:write", "chat:write.public", "users:read", "users:read.email", "channels:read", "channels:history", "channels:join", "groups:read",
				"groups:history", "im:read", "im:write", "im:history", "mpim:read", "mpim:write", "mpim:history", "usergroups:read", "reactions:read", "reactions:write",
				"files:read", "files:write", "dnd:read", "team:read", "bookmarks:write", "app_mentions:read", "pins:read", "pins:write",
				"canvases:read", "canvases:write",
			},
			Events: []string{
				"app_home_opened", "app_mention", "message.channels", "message.groups", "message.im", "message.mpim", "reaction_added", "reaction_removed",
				"member_joined_channel", "member_left_channel", "channel_archive", "channel_unarchive", "channel_rename", "user_change",
				"app_uninstalled", "tokens_revoked",
			},
			Commands: []Command{
				{Name: "/align", Description: "Set up and run the alignment pipeline", UsageHint: "[setup | status | why KEY | ask | help]"},
				{Name: "/idea", Description: "Capture an idea", UsageHint: "[what would be better | list | find words]"},
				{Name: "/validate", Description: "Validate an idea", UsageHint: "[KEY | checklists]"},
				{Name: "/antibacklog", Description: "What is parked, and why", UsageHint: "[park KEY | reopen KEY | vote KEY | find words]"},
				{Name: "/outcome", Description: "Outcomes: where they stand, and what hangs on them", UsageHint: "[add | tree | checkin O3 | link KEY | orphans]"},
			},
			Shortcuts: []Shortcut{
				{Name: "Capture an idea", CallbackID: "capture_idea", Type: "global", Description: "Write down an idea"},
				{Name: "Capture as idea", CallbackID: "capture_message", Type: "message", Description: "Make an idea of this message"},
				{Name: "Add as evidence", CallbackID: "add_evidence", Type: "message", Description: "Add this message as evidence to an idea"},
			},
		},
		People: []Person{
			{ID: "U0ALICE", Name: "alice", RealName: "Alice Anders", Email: "alice@acme.example", TZ: "Europe/Berlin", Admin: true},
			{ID: "U0BOB", Name: "bob", RealName: "Bob Brandt", Email: "bob@acme.example", TZ: "Europe/Berlin"},
			{ID: "U0CAROL", Name: "carol", RealName: "Carol Costa", Email: "carol@acme.example", TZ: "Europe/Lisbon"},
			{ID: "U0DAVE", Name: "dave", RealName: "Dave Dunn", Email: "dave@acme.example", TZ: "America/New_York"},
			{ID: "U0GINA", Name: "gina", RealName: "Gina Guest", Email: "gina@partner.example", TZ: "Asia/Tokyo", Guest: true},
			{ID: "U0ERIN", Name: "erin", RealName: "Erin Evans", Email: "erin@acme.example", TZ: "Europe/London", Deactivated: true},
		},
		Channels: []Channel{
			{ID: "C0GENERAL", Name: "general", Purpose: "Company-wide announcements", Members: []string{"alice", "bob", "carol", "dave"}, App: true},
			{ID: "C0PAYMENTS", Name: "payments", Purpose: "Everything about getting paid", Members: []string{"alice", "bob", "carol", "gina"}, App: true},
			{ID: "C0GROWTH", Name: "growth", Purpose: "More people, happier people", Members: []string{"alice", "carol", "dave"}},
			{ID: "C0RANDOM", Name: "random", Purpose: "Everything else", Members: []string{"alice", "bob", "carol", "dave"}},
			{ID: "C0LEADS", Name: "leads", Purpose: "Leads only", Private: true, Members: []string{"alice", "dave"}},
		},
		Usergroups: []Usergroup{{ID: "S0DEVS", Handle: "devs", Name: "Developers", Members: []string{"bob", "carol"}}},
	}.completed()
	if err != nil {
		panic(err) // a literal of ours, held by a test
	}
	return w
}

// idPart turns a name into the tail of an id: 0, then upper-case letters and digits. Names that differ in other
// characters only get a number made from the whole name.
func idPart(name string) string {
	s := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
			return r
		}
		return -1
	}, name)
	if s == "" || len(s) != len(strings.NewReplacer(" ", "", "-", "", "_", "", ".", "").Replace(name)) {
		sum := fnv.New32a()
		sum.Write([]byte(name))
		s += fmt.Sprintf("%08X", sum.Sum32())
	}
	return "0" + s
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
