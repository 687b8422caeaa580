package slacksim_test

import (
	"encoding/json"
	"flag"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alignbot/slacksim"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (-update rewrites it):\n%s", path, diff)
	}
}

func option(label, value string) obj {
	return obj{"text": text(label), "value": value, "description": text("about " + label)}
}

// everyInput is a modal with one of every input, each with an initial value.
func everyInput() obj {
	in := func(label string, element obj) obj {
		element["action_id"] = "v"
		return obj{"type": "input", "block_id": strings.ToLower(label), "optional": true, "label": text(label), "element": element}
	}
	options := []any{option("One", "1"), option("Two", "2")}
	groups := []any{obj{"label": text("Numbers"), "options": options}}
	rich := obj{"type": "rich_text", "elements": []any{
		obj{"type": "rich_text_section", "elements": []any{obj{"type": "text", "text": "rich "}, obj{"type": "user", "user_id": "U0BOB"}, obj{"type": "emoji", "name": "bulb"}, obj{"type": "link", "url": "https://x.example"}}},
		obj{"type": "rich_text_list", "style": "bullet", "elements": []any{obj{"type": "rich_text_section", "elements": []any{obj{"type": "text", "text": "point"}}}}},
	}}
	return modal("Everything",
		in("Text", obj{"type": "plain_text_input", "initial_value": "typed"}),
		in("Select", obj{"type": "static_select", "placeholder": text("Pick"), "option_groups": groups, "initial_option": options[1]}),
		in("Several", obj{"type": "multi_static_select", "options": options, "initial_options": options}),
		in("Asks", obj{"type": "external_select", "min_query_length": 0}),
		in("Person", obj{"type": "users_select", "initial_user": "U0BOB"}),
		in("People", obj{"type": "multi_users_select", "initial_users": []string{"U0BOB", "U0CAROL"}}),
		in("Channel", obj{"type": "channels_select", "initial_channel": "C0GENERAL"}),
		in("Channels", obj{"type": "multi_channels_select", "initial_channels": []string{"C0GENERAL"}}),
		in("Conversation", obj{"type": "conversations_select", "initial_conversation": "C0PAYMENTS", "filter": obj{"include": []string{"public", "im"}, "exclude_bot_users": true}}),
		in("Conversations", obj{"type": "multi_conversations_select", "initial_conversations": []string{"C0PAYMENTS"}}),
		in("Radio", obj{"type": "radio_buttons", "options": options, "initial_option": options[0]}),
		in("Boxes", obj{"type": "checkboxes", "options": options, "initial_options": options[:1]}),
		in("Day", obj{"type": "datepicker", "initial_date": "2026-11-20"}),
		in("Time", obj{"type": "timepicker", "initial_time": "09:30"}),
		in("Moment", obj{"type": "datetimepicker", "initial_date_time": 1800000000}),
		in("Number", obj{"type": "number_input", "is_decimal_allowed": true, "initial_value": "1.5"}),
		in("Mail", obj{"type": "email_text_input", "initial_value": "a@b.example"}),
		in("Link", obj{"type": "url_text_input", "initial_value": "https://x.example"}),
		in("Rich", obj{"type": "rich_text_input", "initial_value": rich}),
		in("Files", obj{"type": "file_input", "max_files": 2, "filetypes": []string{"png"}}),
	)
}

func TestAScreenInPlainText(t *testing.T) {
	sim := open(t, slacksim.Options{})
	l, _ := connect(t, sim)
	md := func(s string) obj { return obj{"type": "mrkdwn", "text": s} }
	if err := sim.Type(within(t), "bob", "payments", "A < B & <!channel>, says @carol in #growth"); err != nil {
		t.Fatal(err)
	}
	l.ack(l.next(), nil)
	say := func(a args) string {
		a["channel"] = "C0PAYMENTS"
		reply := post(t, sim, "chat.postMessage", sim.BotToken(), a)
		if reply["ok"] != true {
			t.Fatal(reply)
		}
		l.ack(l.next(), nil)
		return reply["ts"].(string)
	}
	ts := say(args{"text": "fallback that nobody sees", "blocks": js([]any{
		obj{"type": "header", "text": text("PAY-1")},
		obj{"type": "section", "text": md("*Export* by <@U0BOB> in <#C0GROWTH>, see <https://x.example|the plan> <https://y.example> &lt;safe&gt;"), "accessory": obj{"type": "overflow", "action_id": "o", "options": []any{option("One", "1")}}},
		obj{"type": "section", "fields": []any{md("*Team*\nPayments"), text("Plain <@U0BOB>")}},
		obj{"type": "context", "elements": []any{md("Due <!date^1800000000^{date}|15 January>"), obj{"type": "image", "image_url": "https://x.example/a.png", "alt_text": "a chart"}}},
		obj{"type": "divider"},
		obj{"type": "image", "image_url": "https://x.example/a.png", "alt_text": "the map", "title": text("Map")},
		obj{"type": "rich_text", "elements": []any{obj{"type": "rich_text_section", "elements": []any{obj{"type": "text", "text": "<b> for "}, obj{"type": "user", "user_id": "U0BOB"}}}}},
		buttons("row", "Park", "Ship"),
	})})
	say(args{"text": "attached", "attachments": js([]any{
		obj{"title": "Old style", "text": "with <https://x.example|a link>"}, obj{"blocks": []any{buttons("inside", "Deep")}},
	})})
	for _, who := range []string{"alice", "carol"} {
		if err := sim.React(within(t), who, "payments", ts, "bulb"); err != nil {
			t.Fatal(err)
		}
		l.ack(l.next(), nil)
	}
	if err := sim.Reply(within(t), "carol", "payments", ts, "in a thread"); err != nil {
		t.Fatal(err)
	}
	l.ack(l.next(), nil)
	post(t, sim, "chat.postEphemeral", sim.BotToken(), args{"channel": "C0PAYMENTS", "user": "U0ALICE", "text": "psst", "thread_ts": ts})
	home := obj{"type": "home", "blocks": []any{obj{"type": "section", "text": text("Nothing waits for you.")}}}
	post(t, sim, "views.publish", sim.BotToken(), args{"user_id": "U0ALICE", "view": js(home)})
	v := openModal(t, sim, l, everyInput())
	wait := act(t, func() error { return sim.Submit(within(t), "alice", v.ID) })
	f := l.next()
	l.ack(f, obj{"response_action": "errors", "errors": obj{"text": "Too vague."}})
	wait()
	sc, err := sim.Screen("alice", "payments")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/screen.txt", sc.String())

	var payload struct {
		View struct {
			State json.RawMessage `json:"state"`
		} `json:"view"`
	}
	if err := json.Unmarshal(f.Payload, &payload); err != nil {
		t.Fatal(err)
	}
	var pretty any
	_ = json.Unmarshal(payload.View.State, &pretty)
	raw, _ := json.MarshalIndent(pretty, "", "  ")
	golden(t, "testdata/state.json", string(raw)+"\n")
}

func TestWhatMenusOffer(t *testing.T) {
	sim := open(t, slacksim.Options{})
	l, _ := connect(t, sim)
	if _, err := sim.OpenDM(within(t), "alice", "bob"); err != nil {
		t.Fatal(err)
	}
	if _, err := sim.OpenDM(within(t), "alice", "alignbot"); err != nil {
		t.Fatal(err)
	}
	v := openModal(t, sim, l, everyInput())
	for _, c := range []struct {
		block, query string
		want         []string
	}{
		{"select", "", []string{"One", "Two"}},
		{"select", "tw", []string{"Two"}},
		{"person", "al", []string{"Alice Anders", "alignbot"}},
		{"channel", "", []string{"#general", "#payments", "#growth", "#random"}},
		{"conversation", "", []string{"#general", "#payments", "#growth", "#random", "Bob Brandt"}},
	} {
		got, err := sim.Choices(within(t), "alice", slacksim.Target{ViewID: v.ID, BlockID: c.block, ActionID: "v"}, c.query)
		if err != nil {
			t.Fatal(err)
		}
		var texts []string
		for _, g := range got {
			texts = append(texts, g.Text)
		}
		if !slices.Equal(texts, c.want) {
			t.Errorf("%s %q: %v, want %v", c.block, c.query, texts, c.want)
		}
	}
	if _, err := sim.Choices(within(t), "alice", slacksim.Target{ViewID: v.ID, BlockID: "text", ActionID: "v"}, ""); err == nil {
		t.Error("a text input offers choices")
	}
	file, err := sim.Upload(within(t), "alice", "a.txt", []byte("x"))
	if err != nil {
		t.Fatal(err)
	}
	for what, c := range map[string]struct {
		block string
		in    slacksim.Input
	}{
		"two where one goes":      {"select", slacksim.Input{Values: []string{"1", "2"}}},
		"what is not offered":     {"select", slacksim.Input{Values: []string{"9"}}},
		"a person who is not":     {"person", slacksim.Input{Values: []string{"zoe"}}},
		"a channel that is not":   {"channel", slacksim.Input{Values: []string{"nowhere"}}},
		"a time that is none":     {"time", slacksim.Input{Text: "noon"}},
		"a moment that is none":   {"moment", slacksim.Input{Text: "now"}},
		"a file of another kind":  {"files", slacksim.Input{Values: []string{file}}},
		"a file of somebody else": {"files", slacksim.Input{Values: []string{"F1"}}},
		"an element that is not":  {"nowhere", slacksim.Input{}},
	} {
		if err := sim.Act(within(t), "alice", slacksim.Target{ViewID: v.ID, BlockID: c.block, ActionID: "v"}, c.in); err == nil {
			t.Errorf("%s was taken", what)
		}
	}
}

func TestButtonsInAttachments(t *testing.T) {
	sim := open(t, slacksim.Options{})
	l, _ := connect(t, sim)
	blocks := js([]any{obj{"text": "x"}, obj{"blocks": []any{buttons("row", "deep")}}})
	ts := post(t, sim, "chat.postMessage", sim.BotToken(), args{"channel": "C0PAYMENTS", "attachments": blocks})["ts"].(string)
	l.ack(l.next(), nil)
	wait := act(t, func() error {
		return sim.Act(within(t), "alice", slacksim.Target{Channel: "payments", TS: ts, BlockID: "row", ActionID: "deep"}, slacksim.Input{})
	})
	f := l.next()
	l.ack(f, nil)
	wait()
	if f.str("container", "type") != "message_attachment" || !strings.Contains(string(f.Payload), `"attachment_id":2`) {
		t.Errorf("payload %s", f.Payload)
	}
}

func TestSocketsOnDemand(t *testing.T) {
	sim := open(t, slacksim.Options{})
	a, _ := connect(t, sim)
	sim.RefreshSockets()
	if f := a.next(); f.Reason != "warning" {
		t.Errorf("%+v", f)
	}
	sim.Advance(10 * time.Second)
	if f := a.next(); f.Reason != "refresh_requested" {
		t.Errorf("%+v", f)
	}
	b, _ := connect(t, sim)
	sim.CutSockets()
	if f := b.next(); f.Type != "" {
		t.Errorf("%+v", f)
	}
}

func TestAPageCanBeMounted(t *testing.T) {
	sim := open(t, slacksim.Options{})
	sim.Handle("/", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, "page") }))
	sim.Handle("GET /live", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(200)
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}))
	res, err := http.Get(sim.URL() + "/archives/C0PAYMENTS")
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(res.Body)
	res.Body.Close()
	if string(body) != "page" {
		t.Errorf("body %q", body)
	}
	live, err := http.Get(sim.URL() + "/live")
	if err != nil {
		t.Fatal(err)
	}
	defer live.Body.Close()
	began := time.Now()
	if err := sim.Close(); err != nil || time.Since(began) > time.Second {
		t.Errorf("closing took %s: %v", time.Since(began), err)
	}
}
