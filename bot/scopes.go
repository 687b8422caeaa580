package bot

import (
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
)

// Scope is a right the app has in the workspace.
type Scope struct {
	// Name as Slack has it.
	Name string
	// For is what it is needed for, as the manifest and the log say it.
	For string
	// Required: without it the bot does not start. Without another one only
	// what it is for is off.
	Required bool
}

// ScopeReaction is what capturing by reaction needs.
const ScopeReaction = "reactions:read"

// What ballots need to find out whom to ask.
const (
	ScopeChannels        = "channels:read"
	ScopePrivateChannels = "groups:read"
	ScopeUsergroups      = "usergroups:read"
)

// ScopeDisturb is what it needs to send nobody a nudge who has do-not-disturb on.
const ScopeDisturb = "dnd:read"

// What the wall of a team needs: to be pinned, and to tell that somebody took it off.
const (
	ScopePins   = "pins:write"
	ScopePinned = "pins:read"
)

// What pictures need: to bring them to Slack, and to know when it can show them.
const (
	ScopeFiles     = "files:write"
	ScopeReadFiles = "files:read"
)

// ScopeCanvases is what it needs to keep a canvas current as a canvas of Slack.
const ScopeCanvases = "canvases:write"

// Scopes lists all that the bot token can use. connections:write belongs to
// the app-level token and is proven by opening a socket.
func Scopes() []Scope {
	return []Scope{
		{Name: "commands", For: "slash commands and shortcuts", Required: true},
		{Name: "chat:write", For: "cards, threads and direct messages", Required: true},
		{Name: "users:read", For: "finding out who is acting: admin, guest, time zone", Required: true},
		{Name: "chat:write.public", For: "posting to public channels without being invited"},
		{Name: ScopeReaction, For: "capturing an idea by reacting to a message"},
		{Name: ScopeChannels, For: "ballots that ask the people of a public channel"},
		{Name: ScopePrivateChannels, For: "ballots that ask the people of a private channel that the bot is in"},
		{Name: ScopeUsergroups, For: "ballots that ask the people of a user group"},
		{Name: ScopeDisturb, For: "holding nudges back while somebody has do-not-disturb on"},
		{Name: ScopeFiles, For: "pictures: outcome trees, boards, gauges and others"},
		{Name: ScopeReadFiles, For: "pictures: knowing when Slack can show one"},
		{Name: ScopeCanvases, For: "publishing canvases as canvases of Slack"},
		{Name: ScopePins, For: "keeping a team's wall pinned in its channel"},
		{Name: ScopePinned, For: "telling that somebody took a team's wall off the pinned messages"},
	}
}

// granted reads the scopes from Slack's answer; false when it does not tell.
func granted(h http.Header) (scopes []string, told bool) {
	values := h.Values("X-OAuth-Scopes")
	if len(values) == 0 {
		return nil, false
	}
	return strings.FieldsFunc(strings.Join(values, ","), func(r rune) bool { return r == ',' || r == ' ' }), true
}

// checkScopes names what is off for want of an optional scope; a missing
// required one is fatal.
func checkScopes(h http.Header, log *slog.Logger) (off []string, err error) {
	scopes, told := granted(h)
	if !told {
		log.Debug("Slack does not tell the scopes of the bot token; they are taken as granted")
		return nil, nil
	}
	var missing []string
	for _, s := range Scopes() {
		switch {
		case slices.Contains(scopes, s.Name):
		case s.Required:
			missing = append(missing, s.Name)
		default:
			off = append(off, s.Name)
			log.Info("a scope is not granted; what it is for is off", "scope", s.Name, "for", s.For)
		}
	}
	if len(missing) > 0 {
		return nil, &Stop{
			Cause: fmt.Sprintf("The bot token lacks %s.", strings.Join(missing, ", ")),
			Fix:   "Add the scopes in the app's settings under OAuth & Permissions, or paste the manifest again, and install the app again.",
		}
	}
	return off, nil
}
