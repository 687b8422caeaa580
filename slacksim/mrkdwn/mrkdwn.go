// Package mrkdwn reads Slack's message text the way Slack's clients do.
//
// It serves two readers. A page that shows messages turns text into safe HTML (HTML, PlainHTML). A test
// asks what of a text is alive (Live, LivePayload): whom it would ping, where it would link to, what it
// would format, so that text written by a person can be shown to have stayed mere text.
//
// The grammar follows docs.slack.dev/messaging/formatting-message-text and, where that is silent, the
// observed behaviour of Slack's clients. In doubt a sequence counts as alive: as an oracle the package may
// cry wolf, but must not sleep.
package mrkdwn

// Kind tells what a Node is.
type Kind string

// Kinds of Node. Bold, Italic, Strike, Code, Pre, Quote, List and Item have Children; the others are leaves.
const (
	Text      Kind = "text"
	Newline   Kind = "newline"
	Bold      Kind = "bold"
	Italic    Kind = "italic"
	Strike    Kind = "strike"
	Code      Kind = "code"
	Pre       Kind = "pre"
	Quote     Kind = "quote"
	Link      Kind = "link"
	User      Kind = "user"
	Channel   Kind = "channel"
	Usergroup Kind = "usergroup"
	Broadcast Kind = "broadcast"
	Date      Kind = "date"
	Emoji     Kind = "emoji"
	List      Kind = "list" // rich text only
	Item      Kind = "item" // rich text only
)

// Node is a piece of parsed text. All strings are unescaped.
type Node struct {
	Kind Kind
	// Text is the words of a Text, the label of a Link or mention ("" if it has none), the fallback of a
	// Date, the name of an Emoji without colons.
	Text string
	// Target is the URL of a Link; the id of a User, Channel or Usergroup ("" if it was written by name,
	// which is then in Text); "here", "channel" or "everyone" of a Broadcast; the optional URL of a Date;
	// "ordered" for a numbered List.
	Target string
	// Format is a Date's format, such as "{date_short_pretty} at {time}".
	Format string
	// Epoch is a Date's moment in seconds since 1970.
	Epoch int64
	// Auto tells that Slack found it in plain words: a bare URL, "@here", "#general".
	Auto     bool
	Children []Node
}

// Options says where the text stands, which decides what Slack finds in it beyond <…> sequences.
// The zero value is a mrkdwn text object with its default verbatim:false.
type Options struct {
	// Verbatim is a mrkdwn object's verbatim:true, or an explicit parse:"none": no auto-linking at all.
	Verbatim bool
	// TopLevel is the text of a message, beside its blocks: bare URLs become links, but names do not
	// become mentions unless LinkNames is set.
	TopLevel bool
	// LinkNames is link_names:true or parse:"full" of chat.*: "@name" and "#name" become mentions.
	LinkNames bool
}

func (o Options) urls() bool  { return !o.Verbatim }
func (o Options) names() bool { return o.LinkNames || !o.Verbatim && !o.TopLevel }

// Unescape undoes Slack's escaping, once: exactly &amp;, &lt; and &gt;. Other entities are plain text to Slack.
func Unescape(s string) string { return unescaper.Replace(s) }

// Escape makes text safe to stand in mrkdwn, as Slack demands: &, < and > only. It does not touch
// formatting characters.
func Escape(s string) string { return escaper.Replace(s) }
