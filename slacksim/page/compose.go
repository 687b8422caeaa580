package page

import (
	"html/template"
	"strings"

	"alignbot/slacksim"
)

// composeView is a place to write: the template "compose".
type composeView struct {
	ID, Channel, Thread, Label string
	Shortcuts                  []slacksim.Shortcut
}

// Compose writes to the open conversation; nil where one cannot write.
func (sc *scene) Compose() *composeView {
	if sc.InHome() || sc.Missing != "" || sc.Blocked() != "" {
		return nil
	}
	label := "Message " + sc.Heading()
	if sc.Channel != nil && !sc.InApp() && !sc.Channel.IM && !sc.Channel.MPIM {
		label = "Message #" + sc.Channel.Name
	}
	return &composeView{ID: "compose", Channel: sc.Target(), Label: label, Shortcuts: sc.Shortcuts("global")}
}

// ComposeReply writes to the open thread; nil where one cannot write.
func (sc *scene) ComposeReply() *composeView {
	if sc.threadParent() == nil || sc.Compose() == nil {
		return nil
	}
	return &composeView{ID: "compose-reply", Channel: sc.Target(), Thread: sc.At.Thread, Label: "Reply in thread"}
}

// palette are the reactions on offer: a few that say most things.
var palette = []string{
	"+1", "-1", "heart", "tada", "eyes", "white_check_mark", "bulb", "rocket",
	"thinking_face", "pray", "raised_hands", "joy", "fire", "sparkles", "x", "question",
}

type paletteView struct {
	Name  string
	Glyph template.HTML
}

// Palette are the reactions on offer.
func (sc *scene) Palette() []paletteView {
	out := make([]paletteView, len(palette))
	for i, name := range palette {
		out[i] = paletteView{name, sc.draw.plain(":"+name+":", true)}
	}
	return out
}

// The rest of a scene is for the sidebar and the heading.

// Hue, Initials and Roles describe a person in lists.
func (sc *scene) Hue(id string) int                   { return hue(id) }
func (sc *scene) Initials(who slacksim.Person) string { return initials(who.Label()) }
func (sc *scene) Roles(who slacksim.Person) string    { return roles(who) }
func (sc *scene) ViewerHue() int                      { return hue(sc.At.As.ID) }
func (sc *scene) ViewerInitials() string              { return initials(sc.At.As.Label()) }
func (sc *scene) ViewerRoles() string                 { return roles(sc.At.As) }

// Topic is the line under a channel's name.
func (sc *scene) Topic() string {
	if sc.Channel.Topic != "" {
		return sc.Channel.Topic
	}
	return sc.Channel.Purpose
}

// MemberNames lists the members of the open conversation.
func (sc *scene) MemberNames() string { return strings.TrimSpace(sc.draw.nameList(sc.Channel.Members)) }
