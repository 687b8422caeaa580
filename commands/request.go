package commands

import (
	"strings"
	"time"

	"alignbot/pipeline"
	"alignbot/storage"
)

// Surface is the kind of thing in Slack that a person used.
type Surface string

// The surfaces.
const (
	Slash           Surface = "slash command"
	Button          Surface = "button" // and every other element that acts at once: selects, inputs that report while typing
	Submit          Surface = "form submitted"
	Close           Surface = "form closed"
	Suggest         Surface = "options asked for" // by a menu that is filled while typing
	MessageShortcut Surface = "message shortcut"
	GlobalShortcut  Surface = "global shortcut"
	HomeOpened      Surface = "Home opened"
	Reaction        Surface = "reaction added"
)

// Request is one thing that one person did.
type Request struct {
	// On is set by Handle from the entry found.
	On Surface
	// Op identifies it: the same for each delivery of the same act. At most
	// 200 bytes.
	Op string
	// Now is when it is handled; asked of the clock once.
	Now time.Time
	// At is when the person did it by Slack's clock, for ordering what one
	// person does in quick succession. Zero where Slack does not say.
	At     time.Time
	Person pipeline.Person

	// Channel in which it happened; "" in Home and for global shortcuts. In a
	// form it is where the form was opened, as the form claims.
	Channel string
	claimed bool
	// ChannelName without #, "" when Slack does not say.
	ChannelName string
	// ChannelPrivate: the channel is not open to the whole workspace.
	ChannelPrivate bool

	// Words typed after the command and its subcommand, or into a menu that
	// asks for options. As Slack escaped them; read them through Typed.
	Words string
	// Value of the button, or of the option chosen. Claims to be checked.
	Value string
	// Reaction's name without colons.
	Reaction string

	// Form the person is in; nil elsewhere.
	Form *Form
	// Message the act was about: the one a shortcut or reaction was used on,
	// or the one the button stands in. nil elsewhere.
	Message *Message

	// Loaded is what the entry's Wants asked for.
	Loaded storage.Loaded
}

// isDirect tells whether a channel is a direct message with one person.
func isDirect(channel string) bool { return strings.HasPrefix(channel, "D") }

// Form is an open modal as the person submitted, closed or changed it.
type Form struct {
	ID, Hash string
	// Below is the id of the form that this one lies on; "" when it lies alone.
	Below string
	// Metadata as it was put into the view. A claim to be checked.
	Metadata string
	// Values by block id; each block of our forms holds one element.
	Values map[string]Value
}

// Value of one input.
type Value struct {
	// Text typed, value of the option chosen, date, time or number; "" when
	// untouched.
	Text string
	// Chosen are the options or people of an element that takes several.
	Chosen []string
}

// Message of Slack that was pointed at.
type Message struct {
	pipeline.Message
	// Thread is the ts of the thread it stands in, "" when it stands alone.
	Thread string
	// Text as Slack escaped it; "" when unknown.
	Text string
	// Author's user id, "" when unknown.
	Author string
	// Private: only the person sees it.
	Private bool
}
