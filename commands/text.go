package commands

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
)

// Text people typed enters Slack in three ways only: as plain_text, as a rich
// text element (both are never parsed), or through escape into mrkdwn. Written
// in this file, so that a review of it is a review of all of them.

// Mrkdwn is text that Slack parses. Only this package's own words and what
// escape returns may become mrkdwn.
type Mrkdwn string

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// defuser puts look-alikes in the place of the characters that format, and a
// zero-width space behind those that begin a name, an address or an emoji.
var defuser = strings.NewReplacer(slices.Concat(
	[]string{"*", "∗", "_", "＿", "~", "∼", "`", "ˋ", "@", "@\u200b", "#", "#\u200b", "://", ":\u200b//"},
	pipeline.BreakAddresses("\u200b"), []string{":", ":\u200b"})...)

// escape makes typed text harmless in mrkdwn: no mention, link, formatting or
// emoji in it comes alive. A domain alone ("x.com") is left as it is: which ones Slack
// knows is its own matter, and it links none where a text is verbatim, as all of ours
// are. https://docs.slack.dev/messaging/formatting-message-text
func escape(typed string) Mrkdwn {
	lines := strings.Split(defuser.Replace(typed), "\n")
	for i, line := range lines {
		if strings.HasPrefix(strings.TrimLeft(line, " "), ">") {
			lines[i] = "\u200b" + line // no quote at the start of a line
		}
	}
	return Mrkdwn(escaper.Replace(strings.Join(lines, "\n")))
}

// escapeCut escapes the beginning of typed text that takes at most limit runes
// escaped: each "&" takes five.
func escapeCut(typed string, limit int) Mrkdwn {
	for room := limit; ; {
		escaped := escape(pipeline.Cut(typed, room))
		over := pipeline.Length(string(escaped)) - limit
		if over <= 0 || room <= 1 {
			return escaped
		}
		room = max(1, min(room, pipeline.Length(typed))-(over+4)/5)
	}
}

// mention shows a person by name. It pings where a message is new to the
// person, so it is for private messages, forms and Home.
func mention(user string) Mrkdwn { return Mrkdwn("<@" + user + ">") }

// when shows a moment in the reader's own time zone.
func when(t time.Time) Mrkdwn {
	return Mrkdwn("<!date^" + strconv.FormatInt(t.Unix(), 10) + "^{date_short_pretty}|" + pipeline.ShowDate(t.UTC()) + ">")
}

// whenTime is when with the time of day.
func whenTime(t time.Time) Mrkdwn {
	return Mrkdwn("<!date^" + strconv.FormatInt(t.Unix(), 10) + "^{date_short_pretty} at {time}|" + inUTC(t) + ">")
}

// inUTC is a moment for who cannot see it in their own time zone.
func inUTC(t time.Time) string { return t.UTC().Format("2 Jan 2006 15:04") + " UTC" }

// link to a place whose address alignbot made itself.
func link(url, label string) Mrkdwn {
	return Mrkdwn("<" + escaper.Replace(url) + "|" + string(escape(label)) + ">")
}

// markup is a mrkdwn text object. verbatim keeps Slack from turning names and
// addresses that it recognises into mentions and links.
func markup(text Mrkdwn) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.MarkdownType, string(text), false, true)
}

// plain is a plain_text object: never parsed, emoji codes stay as typed.
func plain(text string) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.PlainTextType, text, false, false)
}

// fallback is the top-level text of a message: escaped, as plain as it gets.
func fallback(typed string) Mrkdwn { return escape(typed) }

var token = regexp.MustCompile(`<([^<>]*)>`)

// typed turns text as Slack escaped it into what the person sees on screen:
// the one form in which rules and records know it.
func typed(slackText string) string {
	readable := token.ReplaceAllStringFunc(slackText, func(t string) string {
		body, label, labelled := strings.Cut(t[1:len(t)-1], "|")
		switch {
		case strings.HasPrefix(body, "@"), strings.HasPrefix(body, "#"):
			if labelled && label != "" {
				return body[:1] + label
			}
			return body
		case strings.HasPrefix(body, "!date"):
			return label
		case strings.HasPrefix(body, "!subteam"):
			if label != "" {
				return label
			}
			return "@team"
		case strings.HasPrefix(body, "!"):
			return "@" + body[1:]
		case labelled && label != body && "mailto:"+label != body && !strings.HasSuffix(body, "://"+label):
			return label + " (" + body + ")"
		}
		return strings.TrimPrefix(body, "mailto:")
	})
	return unescaper.Replace(readable)
}

// unescaper undoes exactly the three escapes that Slack makes, once.
var unescaper = strings.NewReplacer("&amp;", "&", "&lt;", "<", "&gt;", ">")
