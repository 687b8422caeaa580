package mrkdwn

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLiveListsWhatAReaderWouldSee(t *testing.T) {
	tests := []struct {
		rule, text string
		want       []Control
	}{
		{"nothing in words", "a :tada: b\nc", nil},
		{"mentions", "<@U1> <!here> <!subteam^S1|devs> <#C1>", []Control{{Kind: User, Target: "U1"}, {Kind: Broadcast, Target: "here"}, {Kind: Usergroup, Target: "S1", Text: "devs"}, {Kind: Channel, Target: "C1"}}},
		{"a link with its label", "<https://evil.example|good.com>", []Control{{Kind: Link, Target: "https://evil.example", Text: "good.com"}}},
		{"a date and the link behind it", "<!date^0^x^https://x.example|y>", []Control{{Kind: Date, Text: "y"}, {Kind: Link, Target: "https://x.example", Text: "y"}}},
		{"formatting, outer before inner", "*a _b_*", []Control{{Kind: Bold, Text: "a b"}, {Kind: Italic, Text: "b"}}},
		{"mentions inside code", "`<@U1>`", []Control{{Kind: Code}, {Kind: User, Target: "U1"}}},
		{"an escaped quote", "&gt; a", []Control{{Kind: Quote, Text: "a"}}},
	}
	for _, tt := range tests {
		t.Run(tt.rule, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, Live(tt.text, Options{})); diff != "" {
				t.Errorf("%q (-want +got):\n%s", tt.text, diff)
			}
		})
	}
}

func TestLivePayloadSaysWhere(t *testing.T) {
	link := func(at, target, text string) Control {
		return Control{Kind: Link, Target: target, Text: text, Pointer: at}
	}
	ping := func(at string, kind Kind, target string) Control {
		return Control{Kind: kind, Target: target, Pointer: at}
	}
	tests := []struct {
		rule, json string
		want       []Control
	}{
		{"top-level text", `{"text":"<@U1> @here https://x.example"}`, []Control{ping("/text", User, "U1"), link("/text", "https://x.example", "https://x.example")}},
		{"top-level text with link_names", `{"text":"@here","link_names":true}`, []Control{ping("/text", Broadcast, "here")}},
		{"top-level text with parse full", `{"text":"@here","parse":"full"}`, []Control{ping("/text", Broadcast, "here")}},
		{"top-level text with parse none", `{"text":"https://x.example <!here>","parse":"none"}`, []Control{ping("/text", Broadcast, "here")}},
		{"top-level text without mrkdwn", `{"text":"*b* <!here>","mrkdwn":false}`, []Control{ping("/text", Broadcast, "here")}},
		{"plain_text is dead", `{"blocks":[{"type":"header","text":{"type":"plain_text","text":"<!here> *b* https://x.example"}}]}`, nil},
		{"a mrkdwn object links names by itself", `{"blocks":[{"type":"section","text":{"type":"mrkdwn","text":"@here"}}]}`, []Control{ping("/blocks/0/text/text", Broadcast, "here")}},
		{"a verbatim one does not", `{"blocks":[{"type":"section","text":{"type":"mrkdwn","text":"@here <!here>","verbatim":true}}]}`, []Control{ping("/blocks/0/text/text", Broadcast, "here")}},
		{"fields and context", `[{"type":"section","fields":[{"type":"mrkdwn","text":"<@U1>"}]},{"type":"context","elements":[{"type":"mrkdwn","text":"<@U2>"}]}]`, []Control{ping("/0/fields/0/text", User, "U1"), ping("/1/elements/0/text", User, "U2")}},
		{"rich text is alive by its elements only", `[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"<!here>"},{"type":"broadcast","range":"here"},{"type":"user","user_id":"U1"},{"type":"usergroup","usergroup_id":"S1"},{"type":"channel","channel_id":"C1"},{"type":"link","url":"https://x.example","text":"x"}]}]}]`, []Control{
			ping("/0/elements/0/elements/1", Broadcast, "here"), ping("/0/elements/0/elements/2", User, "U1"), ping("/0/elements/0/elements/3", Usergroup, "S1"), ping("/0/elements/0/elements/4", Channel, "C1"), link("/0/elements/0/elements/5", "https://x.example", "x")}},
		{"a view, its confirmations included", `{"type":"modal","title":{"type":"plain_text","text":"<!here>"},"blocks":[{"type":"actions","elements":[{"type":"button","text":{"type":"plain_text","text":"x"},"url":"https://x.example","confirm":{"text":{"type":"mrkdwn","text":"<@U1>"}}}]}]}`, []Control{
			link("/blocks/0/elements/0/url", "https://x.example", ""), ping("/blocks/0/elements/0/confirm/text/text", User, "U1")}},
		{"a view inside an answer", `{"response_action":"update","view":{"type":"modal","blocks":[{"type":"section","text":{"type":"mrkdwn","text":"<!channel>"}}]}}`, []Control{ping("/view/blocks/0/text/text", Broadcast, "channel")}},
		{"attachments", `{"attachments":[{"pretext":"<@U1>","title":"t","title_link":"https://x.example","fields":[{"title":"f","value":"<!here>"}],"blocks":[{"type":"section","text":{"type":"mrkdwn","text":"<@U2>"}}]}]}`, []Control{
			ping("/attachments/0/pretext", User, "U1"), link("/attachments/0/title_link", "https://x.example", ""), ping("/attachments/0/blocks/0/text/text", User, "U2"), ping("/attachments/0/fields/0/value", Broadcast, "here")}},
		{"Markdown's own links", `[{"type":"markdown","text":"[good](https://evil.example) <!here>"}]`, []Control{link("/0/text", "https://evil.example", "https://evil.example"), ping("/0/text", Broadcast, "here"), link("/0/text", "https://evil.example", "good")}},
		{"table cells are dead", `[{"type":"table","rows":[[{"type":"raw_text","text":"<!here>"}]]}]`, nil},
		{"private data is not shown", `{"private_metadata":"<!here>","blocks":[{"type":"actions","elements":[{"type":"button","value":"<!here>"}]}]}`, nil},
		{"values of options are not shown, not even in attachments", `{"attachments":[{"blocks":[{"type":"actions","elements":[{"type":"overflow","options":[{"text":{"type":"plain_text","text":"x"},"value":"<!here>"}]}]}]}]}`, nil},
		{"not JSON", `oops <!here>`, nil},
	}
	for _, tt := range tests {
		t.Run(tt.rule, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, LivePayload([]byte(tt.json))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestControlsTellPingsFromFormatting(t *testing.T) {
	pings, formats := 0, 0
	for _, c := range Live("*a* <@U1> <!here> <!subteam^S1> <#C1> https://x.example `c`", Options{}) {
		if c.Pings() {
			pings++
		}
		if c.Formats() {
			formats++
		}
	}
	if pings != 3 || formats != 2 {
		t.Errorf("%d pings and %d formats, want 3 and 2", pings, formats)
	}
}
