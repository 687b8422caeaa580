package mrkdwn

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// outline writes nodes compactly: words as they are, "bold(…)", "user[U1]", "link[url|label]".
func outline(nodes []Node) string {
	var b strings.Builder
	for _, n := range nodes {
		switch n.Kind {
		case Text:
			b.WriteString(n.Text)
		case Newline:
			b.WriteString("⏎")
		case Emoji:
			b.WriteString("emoji[" + n.Text + "]")
		case Date:
			b.WriteString("date[" + time.Unix(n.Epoch, 0).UTC().Format(time.RFC3339) + "|" + n.Format + "|" + n.Target + "|" + n.Text + "]")
		case Link, User, Channel, Usergroup, Broadcast:
			b.WriteString(string(n.Kind) + "[" + n.Target)
			if n.Text != "" {
				b.WriteString("|" + n.Text)
			}
			b.WriteString("]")
		default:
			b.WriteString(string(n.Kind) + "(" + outline(n.Children) + ")")
		}
	}
	return b.String()
}

func TestParse(t *testing.T) {
	tests := []struct {
		rule, text, want string
		opts             Options
	}{
		{rule: "words are words", text: "hello, world", want: "hello, world"},
		{rule: "a user mention", text: "<@U123> <@W1|alice>", want: "user[U123] user[W1|alice]"},
		{rule: "a channel", text: "<#C123|general> <#G1|>", want: "channel[C123|general] channel[G1]"},
		{rule: "broadcasts", text: "<!here> <!channel> <!everyone> <!here|@here> <!group>", want: "broadcast[here] broadcast[channel] broadcast[everyone] broadcast[here|@here] broadcast[channel]"},
		{rule: "a user group", text: "<!subteam^S1> <!subteam^S1|@devs>", want: "usergroup[S1] usergroup[S1|@devs]"},
		{rule: "a link may lie about where it leads", text: "<https://evil.example|good.com>", want: "link[https://evil.example|good.com]"},
		{rule: "a link without label", text: "<https://x.example/?a=1&amp;b=2>", want: "link[https://x.example/?a=1&b=2]"},
		{rule: "a mail address", text: "<mailto:a@b.example|a@b.example>", want: "link[mailto:a@b.example|a@b.example]"},
		{rule: "a date with a link and a fallback", text: "<!date^1700000000^{date_short} {time}^https://x.example|Nov 14>", want: "date[2023-11-14T22:13:20Z|{date_short} {time}|https://x.example|Nov 14]"},
		{rule: "a date shows words of the sender's choice", text: "<!date^0^x|y>", want: "date[1970-01-01T00:00:00Z|x||y]"},
		{rule: "a date without fallback is only characters", text: "<!date^0^{date}>", want: "<!date^0^{date}>"},
		{rule: "an unknown command shows its label", text: "<!boom|label>", want: "label"},
		{rule: "an unknown sequence is only characters", text: "a <b> <3 <> <@> <@alice> <!>", want: "a <b> <3 <> <@> <@alice> <!>"},
		{rule: "entities are words", text: "&lt;!channel&gt; &amp;amp; &quot;", want: `<!channel> &amp; &quot;`},
		{rule: "an escaped entity is not unescaped twice", text: "&amp;lt;!channel&amp;gt;", want: "&lt;!channel&gt;"},
		{rule: "an outer bracket is only a character", text: "<<@U1>> <<<!here>>>", want: "<user[U1]> <<broadcast[here]>>"},
		{rule: "a sequence does not reach over a line", text: "<@U1\nx>", want: "<@U1⏎x>"},
		{rule: "a bare bar is a character", text: "a|b <|> <|x>", want: "a|b <|> <|x>"},
		{rule: "a wide bracket is a character", text: "＜!channel＞", want: "＜!channel＞"},
		{rule: "an emoji in an id spoils it", text: "<@U1:smile:>", want: "<@U1emoji[smile]>"},

		{rule: "formatting", text: "*b* _i_ ~s~ `c`", want: "bold(b) italic(i) strike(s) code(c)"},
		{rule: "formatting nests", text: "*a _b ~c~_*", want: "bold(a italic(b strike(c)))"},
		{rule: "formatting holds mentions", text: "*<@U1>*", want: "bold(user[U1])"},
		{rule: "formatting next to punctuation", text: "(*b*), *c*.", want: "(bold(b)), bold(c)."},
		{rule: "a name with underscores stays", text: "snake_case_name 5*3*2 a~b~c", want: "snake_case_name 5*3*2 a~b~c"},
		{rule: "spaces inside do not format", text: "* b * _ i_", want: "* b * _ i_"},
		{rule: "formatting ends with the line", text: "*a\nb*", want: "*a⏎b*"},
		{rule: "of doubled marks one pair is left over", text: "**b** ~~s~~", want: "*bold(b)* ~strike(s)~"},
		{rule: "an odd mark is a character", text: "*a *b* c", want: "bold(a *b) c"},
		{rule: "marks that cross pair by the first", text: "*a _b* c_", want: "bold(a _b) c_"},
		{rule: "code holds no formatting", text: "`*b*`", want: "code(*b*)"},
		{rule: "code holds live mentions", text: "`<@U1> <x`", want: "code(user[U1] <x)"},
		{rule: "odd backticks are characters", text: "a ` b `` c ``` d", want: "a code( b )code( c )`` d"},
		{rule: "empty code is characters", text: "`` ``````", want: "`` ``````"},
		{rule: "a code block", text: "a\n```\nx *y*\n  z\n```\nb", want: "apre(x *y*\n  z\n)b"},
		{rule: "a code block in a line", text: "a ```b``` c", want: "a pre(b) c"},
		{rule: "a code block holds live mentions", text: "```<!here>```", want: "pre(broadcast[here])"},
		{rule: "a code block that does not end", text: "```a\nb", want: "```a⏎b"},
		{rule: "a quote", text: "> a\n>b\nc", want: "quote(a⏎b)c"},
		{rule: "an escaped bracket at a line's start quotes too", text: "x\n&gt; a *b*", want: "x⏎quote(a bold(b))"},
		{rule: "three brackets quote the rest", text: "&gt;&gt;&gt;a\nb", want: "quote(a⏎b)"},
		{rule: "a bracket within a line is a character", text: "a > b", want: "a > b"},
		{rule: "no headings, tables or Markdown links", text: "# h\n[a](b) | c |", want: "# h⏎[a](b) | c |"},

		{rule: "bare URLs are linked", text: "see https://x.example/a_b_c?d=1&amp;e=2, ok", want: "see link[https://x.example/a_b_c?d=1&e=2|https://x.example/a_b_c?d=1&e=2], ok"},
		{rule: "a URL ends at an escaped bracket", text: "&lt;https://x.example&gt;", want: "<link[https://x.example|https://x.example]>"},
		{rule: "bare domains and addresses are linked", text: "www.x.com a@b.org x.dev/y", want: "link[http://www.x.com|www.x.com] link[mailto:a@b.org|a@b.org] link[http://x.dev/y|x.dev/y]"},
		{rule: "file names and versions are not", text: "main.go v1.2.3 e.g. 10.30", want: "main.go v1.2.3 e.g. 10.30"},
		{rule: "a bold URL", text: "*https://x.example*", want: "bold(link[https://x.example|https://x.example])"},
		{rule: "names are linked in a mrkdwn object", text: "@here @Channel, #general (@everyone)", want: "broadcast[here] broadcast[channel], channel[|general] (broadcast[everyone])"},
		{rule: "people are not found by name", text: "@alice", want: "@alice"},
		{rule: "a mail address holds no broadcast", text: "me@here.example", want: "link[mailto:me@here.example|me@here.example]"},
		{rule: "a longer word is no broadcast", text: "@hereby x@channel", want: "@hereby x@channel"},
		{rule: "a word joiner disarms", text: "@\u2060here @\u200bchannel", want: "@\u2060here @\u200bchannel"},
		{rule: "verbatim links nothing by itself", text: "https://x.example @here #general <@U1>", want: "https://x.example @here #general user[U1]", opts: Options{Verbatim: true}},
		{rule: "top-level text links URLs, not names", text: "https://x.example @here #general", want: "link[https://x.example|https://x.example] @here #general", opts: Options{TopLevel: true}},
		{rule: "link_names links names", text: "@here @devs #general", want: "broadcast[here] user[|devs] channel[|general]", opts: Options{TopLevel: true, LinkNames: true}},

		{rule: "emoji", text: ":tada: :+1::skin-tone-3: :no_such_thing: 10:30:45", want: "emoji[tada] emoji[+1::skin-tone-3] :no_such_thing: 10:30:45"},
	}
	for _, tt := range tests {
		t.Run(tt.rule, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, outline(Parse(tt.text, tt.opts))); diff != "" {
				t.Errorf("%q (-want +got):\n%s", tt.text, diff)
			}
		})
	}
}

func TestEscapedTextHasNothingAliveButItsFormatting(t *testing.T) {
	for _, hostile := range []string{"<!channel>", "<!here>", "<!subteam^S1>", "<@U1>", "<https://evil.example|good.com>", "<!date^0^x|y>", "&lt;!channel&gt;", "<<@U1>>", "a|b", "＜!channel＞", "@channel", "#general"} {
		escaped := Escape(hostile)
		if got := Live(escaped, Options{Verbatim: true}); len(got) > 0 {
			t.Errorf("%q escaped as %q: %v", hostile, escaped, got)
		}
		if got := Unescape(escaped); got != hostile {
			t.Errorf("%q comes back as %q", hostile, got)
		}
		if got := outline(Parse(escaped, Options{Verbatim: true})); got != hostile {
			t.Errorf("%q is read as %q", hostile, got)
		}
	}
}

// The text of a message may have 40,000 characters, chosen by whoever wants to see the reader stall.
func TestLongHostileTextIsReadInTime(t *testing.T) {
	const size = 40_000
	for _, unit := range []string{"*", "*a ", " *a", "_*~a ", "<", "<@", "<@U1>", "`", "```", "``` ", ">", ">a\n", "\n", "&lt;", ":", ":a", ":smile:", "@", "@here ", "a.", "a.b@", "a@", "http://", "www.", "x", "ü", "<!date^0^x|y>", "#a"} {
		text := strings.Repeat(unit, size/len(unit))
		start := time.Now()
		HTML(text, Options{}, Names{})
		Live(text, Options{TopLevel: true, LinkNames: true})
		// Far above what it takes (some 50 ms), far below what an explosion would.
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("%q repeated: %v", unit, took)
		}
	}
}
