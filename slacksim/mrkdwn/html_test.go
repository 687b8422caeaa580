package mrkdwn

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func sampleNames() Names {
	pick := func(names map[string]string) func(string) string { return func(id string) string { return names[id] } }
	return Names{
		User:      pick(map[string]string{"U1": "Ada <&>"}),
		Channel:   pick(map[string]string{"C1": "general"}),
		Usergroup: pick(map[string]string{"S1": "devs"}),
		Inside:    pick(map[string]string{"slack://app?team=T1&id=A1": `/?in=app&tab="home"`}),
		Zone:      time.FixedZone("", 2*60*60),
		Now:       time.Unix(1700000000, 0),
	}
}

func TestHTML(t *testing.T) {
	const link = ` rel="noopener noreferrer nofollow" target="_blank">`
	tests := []struct{ rule, text, want string }{
		{"markup in words is escaped", `&lt;script&gt;alert("1")&lt;/script&gt; <b>`, `&lt;script&gt;alert(&#34;1&#34;)&lt;/script&gt; &lt;b&gt;`},
		{"names are resolved and escaped", "<@U1> <#C1> <!subteam^S1>", `<span class="mention" data-user="U1">@Ada &lt;&amp;&gt;</span> <span class="channel" data-channel="C1">#general</span> <span class="mention" data-usergroup="S1">@devs</span>`},
		{"an unknown id shows its label, or itself", "<@U9|bob> <@U9>", `<span class="mention" data-user="U9">@bob</span> <span class="mention" data-user="U9">@U9</span>`},
		{"a broadcast", "<!here>", `<span class="mention broadcast" data-range="here">@here</span>`},
		{"a link", "<https://x.example/?a=1&amp;b=2|x>", `<a href="https://x.example/?a=1&amp;b=2"` + link + `x</a>`},
		{"a link without label shows where it leads", "<https://x.example>", `<a href="https://x.example"` + link + `https://x.example</a>`},
		{"a quote in a link stays inside the attribute", `<https://x.example/"onclick="x|y>`, `<a href="https://x.example/&#34;onclick=&#34;x"` + link + `y</a>`},
		{"a script is no link", "<javascript:alert(1)|press> <data:text/html,x|me>", "press me"},
		{"a link into Slack leads to the page's own place", "<slack://app?team=T1&amp;id=A1|my Home>", `<a href="/?in=app&amp;tab=&#34;home&#34;">my Home</a>`},
		{"a link elsewhere in Slack is its label", "<slack://app?team=T1&amp;id=A2|another app>", "another app"},
		{"formatting and lines", "*b* _i_\n~s~ `c`", "<b>b</b> <i>i</i><br><s>s</s> <code>c</code>"},
		{"code and quotes", "> q\n```c```", "<blockquote>q</blockquote><pre>c</pre>"},
		{"emoji", ":+1::skin-tone-3:", `<span class="emoji" title=":+1::skin-tone-3:">👍🏼</span>`},
		{"a date in the viewer's zone", "<!date^1700000000^{date_short_pretty} {time}|never>", `<time datetime="2023-11-14T22:13:20Z">today 12:13 AM</time>`},
		{"a date with a link", "<!date^1700000000^{date_num}^https://x.example|never>", `<a href="https://x.example"` + link + `2023-11-15</a>`},
	}
	for _, tt := range tests {
		t.Run(tt.rule, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, string(HTML(tt.text, Options{Verbatim: true}, sampleNames()))); diff != "" {
				t.Errorf("%q (-want +got):\n%s", tt.text, diff)
			}
		})
	}
}

func TestPlainTextShowsEmojiAndNothingElse(t *testing.T) {
	const text = "<@U1> *b* https://x.com\n:tada:"
	if got, want := string(PlainHTML(text, true)), `&lt;@U1&gt; *b* https://x.com<br><span class="emoji" title=":tada:">🎉</span>`; got != want {
		t.Errorf("with emoji:\n%s", got)
	}
	if got, want := string(PlainHTML(text, false)), `&lt;@U1&gt; *b* https://x.com<br>:tada:`; got != want {
		t.Errorf("without emoji:\n%s", got)
	}
}

func TestFormatDate(t *testing.T) {
	const day = 24 * 60 * 60
	now := time.Unix(1700000000, 0) // Tuesday, 14 November 2023, 22:13:20 UTC
	tests := []struct {
		format string
		offset int64
		want   string
	}{
		{"{date_num} {date_slash}", 0, "2023-11-14 11/14/2023"},
		{"{date}", 0, "November 14th, 2023"},
		{"{date_short}", 0, "Nov 14, 2023"},
		{"{date_long}", 0, "Tuesday, November 14th, 2023"},
		{"{date_pretty}", -day, "yesterday"},
		{"{date_short_pretty} at {time}", day, "tomorrow at 10:13 PM"},
		{"{date_long_pretty}", 8 * day, "Wednesday, November 22nd, 2023"},
		{"{date}", -11 * day, "November 3rd, 2023"},
		{"{date}", -13 * day, "November 1st, 2023"},
		{"{date}", -3 * day, "November 11th, 2023"},
		{"{time_secs}", 0, "10:13:20 PM"},
		{"{ago}", -59, "59 seconds ago"},
		{"{ago}", -60, "1 minute ago"},
		{"{ago}", -3 * 60 * 60, "3 hours ago"},
		{"{ago}", 2 * day, "in 2 days"},
		{"{nonsense}", 0, "{nonsense}"},
		{"{date}", 1 << 50, "fallback"},
	}
	for _, tt := range tests {
		if got := FormatDate(Node{Kind: Date, Epoch: now.Unix() + tt.offset, Format: tt.format, Text: "fallback"}, nil, now); got != tt.want {
			t.Errorf("%s %+d s: got %q, want %q", tt.format, tt.offset, got, tt.want)
		}
	}
	if got := FormatDate(Node{Kind: Date, Epoch: now.Unix(), Format: "{date_short_pretty}, {ago}"}, nil, time.Time{}); got != "Nov 14, 2023, Nov 14, 2023" {
		t.Errorf("without now: %q", got)
	}
}

func TestRichTextIsShownWithoutBeingParsed(t *testing.T) {
	const block = `{"type":"rich_text","elements":[
		{"type":"rich_text_section","elements":[{"type":"text","text":"*a* <@U1> "},{"type":"user","user_id":"U1"},{"type":"text","text":"b","style":{"bold":true,"italic":true}}]},
		{"type":"rich_text_list","style":"ordered","elements":[{"type":"rich_text_section","elements":[{"type":"emoji","name":"wave","skin_tone":3}]}]},
		{"type":"rich_text_quote","elements":[{"type":"link","url":"https://x.example","text":"x"},{"type":"broadcast","range":"here"}]},
		{"type":"rich_text_preformatted","elements":[{"type":"text","text":"c"}]},
		{"type":"rich_text_section","elements":[{"type":"channel","channel_id":"C1"},{"type":"usergroup","usergroup_id":"S1"},{"type":"date","timestamp":1700000000,"format":"{date_num}","fallback":"f"},{"type":"date","timestamp":1.5,"format":"{date_num}","fallback":"f"},{"type":"color","value":"#fff000"}]}
	]}`
	want := "*a* <@U1> user[U1]bold(italic(b))list(item(emoji[wave::skin-tone-3]))quote(link[https://x.example|x]broadcast[here])pre(c)channel[C1]usergroup[S1]date[2023-11-14T22:13:20Z|{date_num}||f]f#fff000"
	if diff := cmp.Diff(want, outline(RichText([]byte(block)))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	html := string(Render(RichText([]byte(block)), sampleNames()))
	if !strings.Contains(html, `<ol><li><span class="emoji" title=":wave::skin-tone-3:">👋🏼</span></li></ol>`) || !strings.HasPrefix(html, `*a* &lt;@U1&gt; <span`) {
		t.Errorf("rendered as %s", html)
	}
	if got := RichText([]byte("oops")); got != nil {
		t.Errorf("of what is not JSON: %v", got)
	}
}

// ourTags are all tags HTML may write, attributes included.
var ourTags = regexp.MustCompile(`^(</?(b|i|s|code|pre|blockquote|ul|ol|li)>|<br>|</(a|span|time)>` +
	`|<a href="(?i:https?|mailto):[^"<>]*" rel="noopener noreferrer nofollow" target="_blank">` +
	`|<span class="(mention|channel|mention broadcast)" data-(user|channel|usergroup|range)="[^"<>]*">|<span class="emoji" title=":[^"<>]*:">|<time datetime="[^"<>]*">)$`)

var anyTag = regexp.MustCompile(`<[^>]*>?`)

func FuzzHTMLHoldsOnlyOurTags(f *testing.F) {
	for _, seed := range []string{"<!channel>", "<!here>", "<!subteam^S1>", "<@U1>", "<https://evil.example|good.com>", "<!date^0^x|y>", "&lt;!channel&gt;", "<<@U1>>", "a|b", "＜b＞", "`a` ```b```",
		"> q\n>>> r", "<script>", "<https://x/\"><img src=x>|y>", "<javascript:x|y>", "*_~a~_*", ":tada:", "<!date^99999999999999999^{date}^javascript:x|<b>>", "@here #x a@b.com", "\x00\xff<\xf0"} {
		f.Add(seed, false, false, false)
		f.Add(seed, true, true, true)
	}
	f.Fuzz(func(t *testing.T, text string, verbatim, topLevel, linkNames bool) {
		opts := Options{Verbatim: verbatim, TopLevel: topLevel, LinkNames: linkNames}
		for _, html := range []string{string(HTML(text, opts, sampleNames())), string(PlainHTML(text, true)), string(PlainHTML(text, false))} {
			open := 0
			for _, tag := range anyTag.FindAllString(html, -1) {
				if !ourTags.MatchString(tag) {
					t.Fatalf("%q became a foreign tag %q in %q", text, tag, html)
				}
				switch {
				case strings.HasPrefix(tag, "</"):
					open--
				case tag != "<br>":
					open++
				}
			}
			if open != 0 {
				t.Fatalf("%q became unbalanced %q", text, html)
			}
		}
		// Escaped and verbatim, no text pings or links.
		for _, c := range Live(Escape(text), Options{Verbatim: true}) {
			if !c.Formats() {
				t.Fatalf("%q escaped is still alive: %+v", text, c)
			}
		}
	})
}
