package bot

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"alignbot/commands"
	"alignbot/pipeline"
)

// envelope is one frame of Slack that wants an acknowledgement. One pass of
// encoding/json over the frame fills all of it: each kind of payload uses its
// own fields, and what is unknown, or of an unexpected type, is passed over.
// slack-go's decoder refuses whole events for one unknown element in them, and
// decodes the message that comes with every click; so the envelopes, and only
// they, are decoded here.
// https://docs.slack.dev/apis/events-api/using-socket-mode
type envelope struct {
	ID      string  `json:"envelope_id"`
	Type    string  `json:"type"`
	Retry   int     `json:"retry_attempt"`
	Payload payload `json:"payload"`
}

type payload struct {
	Type   string `json:"type"`
	TeamID string `json:"team_id"`

	// Slash commands.
	Command     string `json:"command"`
	Text        string `json:"text"`
	UserID      string `json:"user_id"`
	ChannelID   string `json:"channel_id"`
	ChannelName string `json:"channel_name"`

	// Interactions.
	TriggerID   string      `json:"trigger_id"`
	ResponseURL string      `json:"response_url"`
	CallbackID  string      `json:"callback_id"`
	ActionTS    string      `json:"action_ts"`
	ActionID    string      `json:"action_id"`
	Value       string      `json:"value"`
	MessageTS   string      `json:"message_ts"`
	User        user        `json:"user"`
	Team        object      `json:"team"`
	Channel     object      `json:"channel"`
	Container   container   `json:"container"`
	Actions     []element   `json:"actions"`
	Message     messageSeen `json:"message"`
	View        view        `json:"view"`

	// Events.
	EventID string `json:"event_id"`
	Event   event  `json:"event"`
}

type object struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type user struct {
	ID     string `json:"id"`
	TeamID string `json:"team_id"`
}

type container struct {
	Type      string `json:"type"`
	MessageTS string `json:"message_ts"`
	ThreadTS  string `json:"thread_ts"`
	ChannelID string `json:"channel_id"`
	ViewID    string `json:"view_id"`
	Ephemeral bool   `json:"is_ephemeral"`
}

type messageSeen struct {
	TS       string `json:"ts"`
	ThreadTS string `json:"thread_ts"`
	Text     string `json:"text"`
	User     string `json:"user"`
}

type view struct {
	ID       string `json:"id"`
	Type     string `json:"type"`
	Hash     string `json:"hash"`
	Callback string `json:"callback_id"`
	Metadata string `json:"private_metadata"`
	Previous string `json:"previous_view_id"`
	State    struct {
		Values map[string]map[string]element `json:"values"`
	} `json:"state"`
}

// element is what a person did to one interactive element: in actions[] and in
// state.values alike.
type element struct {
	ActionID      string   `json:"action_id"`
	BlockID       string   `json:"block_id"`
	ActionTS      string   `json:"action_ts"`
	Type          string   `json:"type"`
	Value         string   `json:"value"`
	Option        option   `json:"selected_option"`
	Options       []option `json:"selected_options"`
	User          string   `json:"selected_user"`
	Users         []string `json:"selected_users"`
	Channel       string   `json:"selected_channel"`
	Channels      []string `json:"selected_channels"`
	Conversation  string   `json:"selected_conversation"`
	Conversations []string `json:"selected_conversations"`
	Date          string   `json:"selected_date"`
	Time          string   `json:"selected_time"`
	DateTime      int64    `json:"selected_date_time"`
}

type option struct {
	Value string `json:"value"`
}

type event struct {
	Type     string `json:"type"`
	User     person `json:"user"`
	Tab      string `json:"tab"`
	Reaction string `json:"reaction"`
	EventTS  string `json:"event_ts"`
	Channel  person `json:"channel"`
	ItemUser string `json:"item_user"`
	Item     struct {
		Type    string `json:"type"`
		Channel string `json:"channel"`
		TS      string `json:"ts"`
	} `json:"item"`
}

// person (or channel) of an event: an id in some events, an object with an id
// in others.
type person struct {
	ID string
	// Unfit to own anything: the account is deactivated, or a guest's.
	Unfit bool
}

// UnmarshalJSON takes either form and leaves anything else empty.
func (p *person) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		return json.Unmarshal(b, &p.ID)
	}
	var o struct {
		ID              string `json:"id"`
		Deleted         bool   `json:"deleted"`
		Restricted      bool   `json:"is_restricted"`
		UltraRestricted bool   `json:"is_ultra_restricted"`
	}
	if len(b) > 0 && b[0] == '{' && json.Unmarshal(b, &o) == nil {
		p.ID, p.Unfit = o.ID, o.Deleted || o.Restricted || o.UltraRestricted
	}
	return nil
}

// decodeEnvelope reads a frame. Fields of an unexpected type stay empty; only
// a frame that is no JSON object, or names no envelope, is an error.
func decodeEnvelope(frame []byte) (envelope, error) {
	var e envelope
	err := json.Unmarshal(frame, &e)
	var odd *json.UnmarshalTypeError
	if err != nil && !errors.As(err, &odd) {
		return envelope{}, fmt.Errorf("decode a frame of %d bytes: %w", len(frame), err)
	}
	if e.ID == "" {
		return envelope{}, fmt.Errorf("decode a frame of %d bytes: it names no envelope", len(frame))
	}
	return e, nil
}

// kind is what people would call the envelope; a closed set, for metrics.
func (e *envelope) kind() string {
	switch e.Type {
	case "slash_commands":
		return "slash_command"
	case "interactive":
		switch e.Payload.Type {
		case "block_actions", "view_submission", "view_closed", "block_suggestion", "message_action", "shortcut":
			return e.Payload.Type
		}
	case "events_api":
		switch e.Payload.Event.Type {
		case "app_home_opened", "reaction_added", "user_change", "member_joined_channel", "member_left_channel", "channel_unarchive", "app_uninstalled", "tokens_revoked":
			return e.Payload.Event.Type
		}
		return "other_event"
	}
	return "unknown"
}

// act is one thing that one person did, as it came out of an envelope. Typing
// and closing a form are no operations (request.Op is ""): they leave at most a
// draft behind, and doing that twice is doing it once.
type act struct {
	on   commands.Surface
	name string // to find the entry by
	text string // typed after a command
	user string
	// outside: Slack said already that the person is of another workspace.
	outside   bool
	trigger   string
	respondTo string // response_url
	inModal   bool
	inHome    bool
	typing    bool // an input that reports while it is typed into
	// attempt tells one try at a form from the next: what was typed is part of
	// it. The operation is the form itself, so that a try whose answer got lost
	// and the next one store one thing.
	attempt string
	request commands.Request
}

// act gives what a person did; false when the envelope is about something
// else, or about something this version does not know.
func (e *envelope) act(workspace string) (act, bool) {
	p := &e.Payload
	a := act{
		user:      p.User.ID,
		outside:   p.User.TeamID != "" && p.User.TeamID != workspace && strings.HasPrefix(p.User.TeamID, "T"),
		trigger:   p.TriggerID,
		respondTo: p.ResponseURL,
	}
	r := &a.request
	r.Channel, r.ChannelName, r.ChannelPrivate = p.channel()
	switch kind := e.kind(); kind {
	case "slash_command":
		a.on, a.name, a.text, a.user = commands.Slash, p.Command, p.Text, p.UserID
		r.Op = opID("slash", p.TeamID, p.UserID, p.TriggerID)
	case "block_actions":
		if len(p.Actions) == 0 {
			return act{}, false
		}
		did := &p.Actions[0] // Slack reports one at a time
		a.on, a.name, a.typing = commands.Button, did.ActionID, strings.HasSuffix(did.Type, "_input")
		a.inModal, a.inHome = p.View.Type == "modal", p.View.Type == "home"
		r.Value, r.At = did.value().Text, timeOf(did.ActionTS)
		r.Form, r.Message = p.form(), p.message()
		if !a.typing {
			// What stands behind the colon is left out: it tells the buttons of one
			// message apart, on a ballot the choices, and logs name operations.
			action, _, _ := strings.Cut(did.ActionID, ":")
			r.Op = opID("click", p.Team.ID, a.user, did.ActionTS, p.Container.MessageTS, p.Container.ViewID, action)
		}
	case "view_submission":
		a.on, a.name, a.inModal = commands.Submit, p.View.Callback, true
		if r.Form = p.form(); r.Form == nil {
			return act{}, false
		}
		r.Op = opID("submit", p.View.ID, p.View.Hash)
		a.attempt = digest(r.Form.Values)
	case "view_closed":
		a.on, a.name = commands.Close, p.View.Callback
		if r.Form = p.form(); r.Form == nil {
			return act{}, false
		}
	case "block_suggestion":
		a.on, a.name = commands.Suggest, p.ActionID
		a.inModal = p.View.Type == "modal"
		r.Words = p.Value
		r.Form, r.Message = p.form(), p.message()
	case "message_action":
		a.on, a.name = commands.MessageShortcut, p.CallbackID
		r.Message = p.message()
		r.Op = opID("message", p.Team.ID, a.user, p.TriggerID, p.ActionTS)
		r.At = timeOf(p.ActionTS)
	case "shortcut":
		a.on, a.name = commands.GlobalShortcut, p.CallbackID
		r.Op = opID("shortcut", p.Team.ID, a.user, p.TriggerID, p.ActionTS)
		r.At = timeOf(p.ActionTS)
	case "app_home_opened":
		if p.Event.Tab == "messages" {
			return act{}, false
		}
		a.on, a.user, a.inHome = commands.HomeOpened, p.Event.User.ID, true
		r.Op, r.At = opID("event", p.EventID), timeOf(p.Event.EventTS)
	case "reaction_added":
		if p.Event.Item.Type != "message" {
			return act{}, false
		}
		a.on, a.user = commands.Reaction, p.Event.User.ID
		r.Op, r.At = opID("event", p.EventID), timeOf(p.Event.EventTS)
		r.Reaction = p.Event.Reaction
		r.Channel = p.Event.Item.Channel
		r.Message = &commands.Message{
			Message: pipeline.Message{Channel: p.Event.Item.Channel, TS: p.Event.Item.TS},
			Author:  p.Event.ItemUser,
		}
	default:
		return act{}, false
	}
	return a, a.user != ""
}

// channel the act happened in. Slack gives the word privategroup in place of a
// private channel's name.
func (p *payload) channel() (id, name string, private bool) {
	id, name = p.ChannelID, p.ChannelName
	if id == "" {
		id, name = p.Channel.ID, p.Channel.Name
	}
	if id == "" {
		id = p.Container.ChannelID
	}
	switch {
	case name == "privategroup", name == "directmessage", strings.HasPrefix(name, "mpdm-"):
		return id, "", true
	case strings.HasPrefix(id, "D"), strings.HasPrefix(id, "G"):
		return id, name, true
	}
	return id, name, false
}

func (p *payload) form() *commands.Form {
	if p.View.ID == "" || p.View.Type == "home" {
		return nil
	}
	form := &commands.Form{ID: p.View.ID, Hash: p.View.Hash, Below: p.View.Previous, Metadata: p.View.Metadata, Values: make(map[string]commands.Value, len(p.View.State.Values))}
	for block, elements := range p.View.State.Values {
		for _, e := range elements {
			form.Values[block] = e.value()
		}
	}
	return form
}

func (p *payload) message() *commands.Message {
	id, _, _ := p.channel()
	m := &commands.Message{
		Message: pipeline.Message{Channel: id, TS: p.Message.TS},
		Thread:  p.Message.ThreadTS,
		Text:    p.Message.Text,
		Author:  p.Message.User,
		Private: p.Container.Ephemeral,
	}
	if m.TS == "" {
		m.TS = p.Container.MessageTS
	}
	if m.TS == "" {
		m.TS = p.MessageTS
	}
	if m.Thread == "" {
		m.Thread = p.Container.ThreadTS
	}
	if m.TS == "" {
		return nil
	}
	return m
}

func (e *element) value() commands.Value {
	v := commands.Value{Chosen: slices.Concat(e.Users, e.Channels, e.Conversations)}
	for _, o := range e.Options {
		v.Chosen = append(v.Chosen, o.Value)
	}
	for _, text := range []string{e.Value, e.Option.Value, e.User, e.Channel, e.Conversation, e.Date, e.Time} {
		if text != "" {
			v.Text = text
			return v
		}
	}
	if e.DateTime != 0 {
		v.Text = strconv.FormatInt(e.DateTime, 10)
	}
	return v
}

// opID makes an operation's id of what Slack says about an act: readable where
// it is short and plain, a digest where it is not.
func opID(kind string, parts ...string) string {
	id := kind + "/" + strings.Join(parts, "/")
	plain := !strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r > '~' || r == '{' || r == '}' })
	if len(id) <= 160 && plain {
		return id
	}
	sum := sha256.Sum256([]byte(id))
	return kind + "/" + hex.EncodeToString(sum[:16])
}

func digest(values map[string]commands.Value) string {
	h := sha256.New()
	for _, block := range slices.Sorted(maps.Keys(values)) {
		fmt.Fprintf(h, "%q%q%q", block, values[block].Text, values[block].Chosen)
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// timeOf reads Slack's "1700000000.123456"; the zero time when it is not one.
func timeOf(ts string) time.Time {
	whole, micros, _ := strings.Cut(ts, ".")
	seconds, err := strconv.ParseInt(whole, 10, 64)
	if err != nil {
		return time.Time{}
	}
	fraction, err := strconv.ParseInt((micros + "000000")[:6], 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.Unix(seconds, fraction*1000)
}
