package commands

import (
	"testing"

	parser "alignbot/slacksim/mrkdwn"
)

func TestTypedIsWhatThePersonSaw(t *testing.T) {
	for slackText, want := range map[string]string{
		"plain":                                  "plain",
		"a &amp; b &lt;c&gt;":                    "a & b <c>",
		"&amp;lt;!channel&amp;gt;":               "&lt;!channel&gt;",
		"<@U1|alice> and <#C1|payments>":         "@alice and #payments",
		"<@U1> <#C1>":                            "@U1 #C1",
		"<#C1|>":                                 "#C1",
		"<https://a.example/x?y=1&amp;z=2>":      "https://a.example/x?y=1&z=2",
		"<https://a.example|docs>":               "docs (https://a.example)",
		"<https://a.example|a.example>":          "https://a.example",
		"<mailto:a@b.example|a@b.example>":       "a@b.example",
		"<!here> <!subteam^S1|@team> <!channel>": "@here @team @channel",
		"<!date^1700000000^{date}|14 Nov>":       "14 Nov",
		"a < b":                                  "a < b",
	} {
		if got := typed(slackText); got != want {
			t.Errorf("typed(%q) = %q, want %q", slackText, got, want)
		}
	}
}

// FuzzEscapedTextIsDead, also where Slack looks for names and addresses by itself, which
// verbatim forbids in all that is sent. Only domains alone come alive there.
func FuzzEscapedTextIsDead(f *testing.F) {
	for _, seed := range []string{"<!channel>", "*b* _i_ ~s~ `c`", "> q", "@here", "https://x.example", "www.x.example", "a@b.example", "&lt;!here&gt;", "```\nx\n```", "<@U1|x>", "x|y>", "#general", "mailto:a@b.example", "MailTo:a@b.example", "WWW.x.example", "evil.com"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, opts := range []parser.Options{{Verbatim: true}, {}} {
			for _, c := range parser.Live(string(escape(s)), opts) {
				if bare := c.Target == "http://"+c.Text; opts.Verbatim || !bare {
					t.Fatalf("escape(%q) = %q has %+v alive", s, escape(s), c)
				}
			}
		}
	})
}

func FuzzTyped(f *testing.F) {
	f.Add("<@U1|alice> &amp; <https://x|y>")
	f.Fuzz(func(t *testing.T, s string) { typed(s) })
}
