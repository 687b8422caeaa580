package page

import (
	"encoding/json"
	"html/template"
	"net/url"
	"regexp"
	"strings"
	"time"

	"alignbot/slacksim"
	"alignbot/slacksim/page/blockhtml"
)

// artist draws what apps and people wrote, for one viewer: with the names this
// viewer sees and in the viewer's time zone.
type artist struct {
	at       place
	app      slacksim.App
	team     string // id of the workspace
	people   []slacksim.Person
	byID     map[string]slacksim.Person
	channels map[string]slacksim.ChannelInfo
	groups   map[string]string // user group handles by id
	zone     *time.Location
	now      time.Time
	home     string // the sim's own address, where its files are
	blocks   blockhtml.Renderer
}

func newArtist(sim *slacksim.Sim, at place, side slacksim.Sidebar, people []slacksim.Person) *artist {
	a := &artist{
		at: at, app: side.App, people: people, zone: zone(at.As), now: sim.Now(), home: sim.URL(),
		byID: map[string]slacksim.Person{}, channels: map[string]slacksim.ChannelInfo{}, groups: map[string]string{},
	}
	a.blocks = blockhtml.Renderer{Mrkdwn: a.mrkdwn, Plain: a.plain, Image: a.image}
	for _, who := range people {
		a.byID[who.ID] = who
		if !who.Deactivated {
			a.blocks.People = append(a.blocks.People, blockhtml.PlainOption(who.ID, who.Label()))
		}
	}
	for _, c := range side.Channels {
		a.channels[c.ID] = c
		option := blockhtml.PlainOption(c.ID, c.Title)
		if !c.Private {
			a.blocks.Channels = append(a.blocks.Channels, option)
		}
		a.blocks.Conversations = append(a.blocks.Conversations, option)
	}
	for _, c := range side.DMs {
		a.channels[c.ID] = c
		a.blocks.Conversations = append(a.blocks.Conversations, blockhtml.PlainOption(c.ID, c.Title))
	}
	workspace := sim.Workspace()
	a.team = workspace.TeamID
	for _, g := range workspace.Usergroups {
		a.groups[g.ID] = g.Handle
	}
	return a
}

// zone is the time zone of a person.
func zone(who slacksim.Person) *time.Location {
	if loc, err := time.LoadLocation(who.TZ); err == nil {
		return loc
	}
	return time.UTC
}

// fileID finds the id of a file in an address of the sim's own.
var fileID = regexp.MustCompile(`\bF[A-Z0-9]{3,}\b`)

// image gives the page's own address of a picture that the sim holds. Pictures
// from elsewhere are not loaded: the page asks nothing of other machines.
func (a *artist) image(address, id string) (string, bool) {
	if id == "" && a.home != "" && strings.HasPrefix(address, a.home) {
		id = fileID.FindString(strings.TrimPrefix(address, a.home))
	}
	if id == "" {
		return "", false
	}
	return a.file(id), true
}

// file is the page's address of a file.
func (a *artist) file(id string) string {
	return "/files/" + url.PathEscape(id) + "?as=" + url.QueryEscape(a.at.As.Name)
}

// drawBlocks draws blocks with what the viewer entered into them.
func (a *artist) drawBlocks(prefix string, blocks json.RawMessage, state map[string]map[string]slacksim.Value, errors map[string]string, warnings []string) template.HTML {
	return a.blocks.Blocks(blockhtml.Input{
		Prefix: prefix, Blocks: blocks, State: entered(state), Errors: errors, Warnings: warnings, Conversation: a.conversation(),
	})
}

func (a *artist) conversation() string {
	if a.at.In == inApp {
		return ""
	}
	return a.at.In
}

// entered turns the sim's record of what was entered into the renderer's, by
// way of the JSON form that both know.
func entered(state map[string]map[string]slacksim.Value) map[string]map[string]blockhtml.Value {
	out := map[string]map[string]blockhtml.Value{}
	for block, actions := range state {
		out[block] = map[string]blockhtml.Value{}
		for action, v := range actions {
			var drawn blockhtml.Value
			if data, err := json.Marshal(v); err == nil && json.Unmarshal(data, &drawn) == nil {
				out[block][action] = drawn
			}
		}
	}
	return out
}

// initials are up to two letters that stand for a name.
func initials(name string) string {
	var out []rune
	for _, word := range strings.Fields(name) {
		if len(out) < 2 {
			out = append(out, []rune(word)[0])
		}
	}
	return strings.ToUpper(string(out))
}

// hues is how many colours there are for avatars.
const hues = 8

// hue picks a colour for an id, always the same.
func hue(id string) int {
	sum := 0
	for _, r := range id {
		sum = sum*31 + int(r)
		sum %= 9973
	}
	return sum % hues
}

// roles are the words after a person's name that tell what may be different
// for them.
func roles(who slacksim.Person) string {
	var out []string
	switch {
	case who.Owner:
		out = append(out, "owner")
	case who.Admin:
		out = append(out, "admin")
	}
	switch {
	case who.SingleChannelGuest:
		out = append(out, "single-channel guest")
	case who.Guest:
		out = append(out, "guest")
	}
	if who.Team != "" {
		out = append(out, "from another company")
	}
	return strings.Join(out, ", ")
}
