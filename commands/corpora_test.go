package commands

import (
	"bufio"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"alignbot/pipeline"
)

// envCorpora set to "all" takes the corpora through every form; a number shuffles them
// for one run through the forms, and "" takes that of the day.
const envCorpora = "ALIGNBOT_TEST_CORPORA"

// NaughtyText is one that has broken programs, of a kind.
type NaughtyText struct{ Kind, Text string }

// Naughty gives all of testdata/naughty.jsonl.
func Naughty(t testing.TB) []NaughtyText {
	t.Helper()
	file, err := os.Open("testdata/naughty.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var all []NaughtyText
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		var one NaughtyText
		if err := json.Unmarshal(lines.Bytes(), &one); err != nil {
			t.Fatal(err)
		}
		all = append(all, one)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// evil would come alive in Slack if it were passed on as it is. Whatever it
// would do names "evil", so that it is told from what alignbot itself says.
var evil = []string{
	"<!channel|evil>", "<!here|evil>", "<!everyone>", "<!subteam^SEVIL|@evil>", "<@UEVIL>", "<@UEVIL|evil>", "<#CEVIL|evil>", "<!channel|x>evil",
	"<https://evil.example|bank.example>", "<https://evil.example>", "<mailto:evil@evil.example|mail>", "<slack://evil>", "<//evil.example|x>", "<tel:evil|x>",
	"<!date^0^{date}^https://evil.example|evil>", "<!date^1700000000^{date_short}|evil>", "<<https://evil.example|evil>>", "<<!here|evil>|evil>", "<@<@UEVIL>>",
	"&lt;!channel&gt; evil", "&amp;lt;@UEVIL&amp;gt;", "&#60;!here&#62; evil", "&lt;https://evil.example|x&gt;",
	"https://evil.example/a_b_c*d*?x=<!here>", "HTTPS://EVIL.EXAMPLE", "http://evil.example", "www.evil.example", "evil.example", "evil@evil.example", "mailto:evil@evil.example", "ftp://evil.example", "slack://evil",
	"@channel", "@here", "@everyone", "@evil", "(@channel)", "\u200b@here", "#evil", "x@here", "@channel@here",
	"*evil*", "_evil_", "~evil~", "`evil`", "```evil```", "```\nevil\n```", "*_~`evil`~_*", "x *evil* y", "*evil\n*evil*", "(*evil*)", "\u3000*evil*", "a`evil`b", "``evil``", "````evil````",
	">evil", "> evil", ">>>evil", " > evil", "\t>evil", "\u200b>evil", "x\n>evil", "x\r>evil", "x\u2028>evil", "x\u0085>evil", "&gt; evil", "* evil", "- evil", "1. evil",
	":evil:", ":bulb:", ":+1::skin-tone-6:", ":e:v:i:l:", "::evil::", ":evil", "12:30:45 evil", "\\*evil\\*", "[evil](https://evil.example)", "![evil](https://evil.example)", "**evil**", "# evil", "---\nevil", "| evil |\n|---|", "<b>evil</b>", "[^evil]", "![](@UEVIL)", "![](#CEVIL)",
	"|evil|", "<evil", "evil>", "<!evil", "evil|x>", "<|evil>", "<@>", "<#>", "<!>", "<>", "<!date>", "\uff1c!channel\uff1e evil", "\ufe64@UEVIL\ufe65", "<\u200b!here>", "<!\u00adhere>", "<\x00!here>", "<!he\x00re>", "<!\u202ehere>",
}

// classes hold one character of each way in which scripts and joins can meet: of
// the bidirectional classes, of the classes that break graphemes, and what cleaning
// takes away.
var classes = []string{
	"a", "1", "+", "$", ",", "\u05d0", "\u0627", "\u0661", "\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068", "\u2069", "\u200e", "\u200f", "\u061c",
	" ", "\t", "\n", "\r", "\u2029", "\x00", "\x1b", "\u0085", "\u0300", "\u0903", "\u0600", "\u1100", "\u1161", "\u11a8", "\uac00", "\uac01", "\u0915", "\u094d", "\u200d", "\u200c", "\u200b", "\u2060", "\ufeff", "\u00ad",
	"\U0001F1E9", "\U0001F469", "\U0001F3FD", "\U0001F3F4", "\U000E0067", "\U000E007F", "\ufe0f", "\ufe0e", "\u20e3", "*", "_", "~", "`", "<", ">", "&", "|", "@", "#", ":", "!", "/", ".", "\ufffd", "\uffff", "\U0010ffff",
}

// hostile gives what people may type to do harm, or without meaning any.
func hostile(t testing.TB) []string {
	t.Helper()
	all := append([]string(nil), evil...)
	for _, n := range Naughty(t) {
		all = append(all, n.Text)
	}
	for _, a := range classes { // each beside each, a line for each first one
		var line strings.Builder
		for _, b := range classes {
			line.WriteString(a + b + "x")
		}
		all = append(all, line.String())
	}
	for _, escaped := range []string{`\ud800`, `\udfff evil`, `\udc00\ud800`, `a\ud83d`, `\ud83d\ud83d\ude00`, `\u0000`, `\uffff`} { // as they come from Slack
		var text string
		if err := json.Unmarshal([]byte(`"`+escaped+`"`), &text); err != nil {
			t.Fatal(err)
		}
		all = append(all, text)
	}
	for _, bytes := range []string{"\x80", "\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80", "\xe2\x82", "\xff\xfe"} { // no UTF-8
		all = append(all, strings.ToValidUTF8(bytes+"evil"+bytes, "\ufffd"))
	}
	return append(all, strings.Repeat("\U0001F469\u200d\U0001F467", 400), "e"+strings.Repeat("\u0301", 900), strings.Repeat("<!here>", 300), strings.Repeat("*", 900), strings.Repeat("&amp;", 500), strings.Repeat("evil ", 8000))
}

// handful hands out texts in turn, several in one.
type handful struct {
	texts []string
	next  int
}

// upTo gives as many of the texts as fit, with the separator between them; of one that
// is too long, what fits.
func (h *handful) upTo(limit int, between string) string {
	text := h.texts[h.next%len(h.texts)]
	h.next++
	for range 40 {
		more := text + between + h.texts[h.next%len(h.texts)]
		if pipeline.Length(more) > limit {
			break
		}
		text = more
		h.next++
	}
	if pipeline.Length(text) > limit {
		text = string([]rune(text)[:limit])
	}
	return text
}
