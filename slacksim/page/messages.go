package page

import (
	"encoding/json"
	"fmt"
	"html/template"
	"strings"
	"time"

	"alignbot/slacksim"
)

// messageView is what the template "message" draws.
type messageView struct {
	slacksim.Message
	Key      string // HTML id, unique in its list
	Initials string
	Hue      int
	IsApp    bool
	Role     string
	Clock    string // time of day
	When     string // date and time in full
	Day      string // set on the first message of a day
	Follows  bool   // same author as the one before, shortly after
	Notice   bool   // about the conversation rather than part of it
	Body     template.HTML
	Attached []attachmentView
	Pictures []fileView
	Thread   *threadLink
	Emoji    []reactionView
	Mine     bool // the viewer wrote it and may delete it
}

type attachmentView struct {
	Title, Text, Pretext, Footer template.HTML
	Fields                       []template.HTML
	Blocks                       template.HTML
}

type fileView struct {
	Name, Alt, Address string
	Picture            bool
	Size               string
}

type threadLink struct {
	Address, Words, Last string
	Open                 bool
}

type reactionView struct {
	Name  string
	Glyph template.HTML
	Count int
	Mine  bool
	Who   string
}

// together is how soon a message of the same author counts as going on.
const together = 5 * time.Minute

// Feed are the messages of the open conversation.
func (sc *scene) Feed() []messageView {
	if sc.Channel == nil {
		return nil
	}
	return sc.list(inFeed, sc.Channel.Messages, true)
}

// ThreadRoot is the message whose thread is open, as a list of one; nil when
// none is.
func (sc *scene) ThreadRoot() []messageView {
	if root := sc.threadParent(); root != nil {
		return sc.list(inThread, []slacksim.Message{*root}, false)
	}
	return nil
}

// ThreadReplies are the replies in the open thread.
func (sc *scene) ThreadReplies() []messageView {
	if root := sc.threadParent(); root != nil {
		return sc.list(inThread, root.Replies, false)
	}
	return nil
}

func (sc *scene) threadParent() *slacksim.Message {
	if sc.Channel == nil || sc.At.Thread == "" {
		return nil
	}
	for i, m := range sc.Channel.Messages {
		if m.TS == sc.At.Thread {
			return &sc.Channel.Messages[i]
		}
	}
	return nil
}

func (sc *scene) list(prefix string, messages []slacksim.Message, feed bool) []messageView {
	out := make([]messageView, len(messages))
	var before *slacksim.Message
	for i := range messages {
		out[i] = sc.message(prefix, &messages[i], before, feed)
		before = &messages[i]
	}
	return out
}

// The lists of messages on the page.
const (
	inFeed   = "m"
	inThread = "t"
)

// key is the HTML id of a message in a list.
func key(prefix, ts string) string { return prefix + "-" + strings.ReplaceAll(ts, ".", "-") }

func (sc *scene) message(prefix string, m, before *slacksim.Message, feed bool) messageView {
	a := sc.draw
	at := m.At.In(a.zone)
	v := messageView{
		Message: *m, Key: key(prefix, m.TS),
		Initials: initials(m.Author), Hue: hue(m.User + m.BotID), IsApp: m.BotID != "" || m.User == a.app.BotUser,
		Role:  roles(a.byID[m.User]),
		Clock: at.Format("15:04"), When: at.Format("Monday 2 January 2006, 15:04:05"),
		Notice: strings.HasPrefix(m.Subtype, "channel_") || strings.HasPrefix(m.Subtype, "group_"),
		Mine:   m.User == sc.At.As.ID && !m.Ephemeral,
	}
	if m.Ephemeral {
		v.Key += "-private"
	}
	if feed && (before == nil || !sameDay(at, before.At.In(a.zone))) {
		v.Day = day(at, a.now.In(a.zone))
	}
	v.Follows = before != nil && v.Day == "" && !v.Notice && before.Author == m.Author && before.User == m.User &&
		before.Ephemeral == m.Ephemeral && before.Subtype == m.Subtype && m.At.Sub(before.At) < together
	if len(m.Blocks) > 0 && string(m.Blocks) != "[]" {
		v.Body = a.drawBlocks(v.Key, m.Blocks, m.State, nil, m.Warnings)
	} else if m.Text != "" {
		v.Body = template.HTML(`<div class="text">` + string(a.messageText(m.Text)) + `</div>`)
	}
	v.Attached = a.attachments(v.Key, m)
	for _, f := range m.Files {
		v.Pictures = append(v.Pictures, a.fileView(f))
	}
	for _, re := range m.Reactions {
		v.Emoji = append(v.Emoji, reactionView{
			Name: re.Name, Glyph: a.plain(":"+re.Name+":", true), Count: len(re.Users), Mine: re.Mine, Who: a.nameList(re.Users),
		})
	}
	if n := len(m.Replies); feed && n > 0 {
		last := m.Replies[n-1].At.In(a.zone)
		v.Thread = &threadLink{Address: sc.At.ThreadOf(m.TS), Words: fmt.Sprintf("%d replies", n), Last: last.Format("15:04"), Open: sc.At.Thread == m.TS}
		if n == 1 {
			v.Thread.Words = "1 reply"
		}
	}
	return v
}

// attachments draws the older kind of message part, in which some apps still
// put text or blocks.
func (a *artist) attachments(key string, m *slacksim.Message) []attachmentView {
	var list []struct {
		Pretext   string `json:"pretext"`
		Title     string `json:"title"`
		TitleLink string `json:"title_link"`
		Text      string `json:"text"`
		Footer    string `json:"footer"`
		Fallback  string `json:"fallback"`
		Fields    []struct {
			Title string `json:"title"`
			Value string `json:"value"`
		} `json:"fields"`
		Blocks json.RawMessage `json:"blocks"`
	}
	if len(m.Attachments) == 0 || json.Unmarshal(m.Attachments, &list) != nil {
		return nil
	}
	var out []attachmentView
	for i, at := range list {
		v := attachmentView{Pretext: a.mrkdwn(at.Pretext, false), Title: a.plain(at.Title, true), Text: a.mrkdwn(at.Text, false), Footer: a.plain(at.Footer, true)}
		if at.Text == "" && len(at.Blocks) == 0 {
			v.Text = a.plain(at.Fallback, false)
		}
		for _, f := range at.Fields {
			v.Fields = append(v.Fields, template.HTML("<strong>"+string(a.plain(f.Title, true))+"</strong><br>"+string(a.mrkdwn(f.Value, false))))
		}
		v.Blocks = a.drawBlocks(fmt.Sprintf("%s-a%d", key, i), at.Blocks, m.State, nil, m.Warnings)
		out = append(out, v)
	}
	return out
}

func (a *artist) fileView(f slacksim.File) fileView {
	v := fileView{Name: f.Title, Alt: f.AltText, Address: a.file(f.ID), Picture: strings.HasPrefix(f.Mimetype, "image/"), Size: size(f.Size)}
	if v.Name == "" {
		v.Name = f.Name
	}
	if v.Alt == "" {
		v.Alt = v.Name
	}
	return v
}

// nameList lists people for reading.
func (a *artist) nameList(ids []string) string {
	var out []string
	for _, id := range ids {
		if who, ok := a.byID[id]; ok {
			out = append(out, who.Label())
		} else {
			out = append(out, id)
		}
	}
	return strings.Join(out, ", ")
}

func size(bytes int) string {
	switch {
	case bytes >= 1<<20:
		return fmt.Sprintf("%.1f MB", float64(bytes)/(1<<20))
	case bytes >= 1<<10:
		return fmt.Sprintf("%d KB", bytes>>10)
	}
	return fmt.Sprintf("%d bytes", bytes)
}

func sameDay(a, b time.Time) bool {
	ay, am, ad := a.Date()
	by, bm, bd := b.Date()
	return ay == by && am == bm && ad == bd
}

// day names a day as seen from now.
func day(t, now time.Time) string {
	switch {
	case sameDay(t, now):
		return "Today"
	case sameDay(t, now.AddDate(0, 0, -1)):
		return "Yesterday"
	case t.Year() == now.Year():
		return t.Format("Monday, 2 January")
	}
	return t.Format("Monday, 2 January 2006")
}
