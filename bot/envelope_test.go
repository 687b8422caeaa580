package bot

import (
	"strings"
	"testing"
	"time"

	"alignbot/commands"
)

func TestAnEnvelopeIsReadForWhatIsKnown(t *testing.T) {
	for _, c := range []struct {
		name, frame, kind string
		on                commands.Surface
		check             func(a act) bool
	}{
		{
			"a slash command", `{"envelope_id":"e1","type":"slash_commands","payload":{"team_id":"T1","user_id":"U1","channel_id":"C1","channel_name":"general","command":"/idea","text":"add <@U2>","trigger_id":"1.2.3","response_url":"https://x/","is_enterprise_install":"false"}}`,
			"slash_command", commands.Slash,
			func(a act) bool {
				return a.name == "/idea" && a.text == "add <@U2>" && a.user == "U1" && a.request.Channel == "C1" && a.request.ChannelName == "general" &&
					!a.request.ChannelPrivate && a.request.Op == "slash/T1/U1/1.2.3"
			},
		},
		{
			"a private channel keeps its name", `{"envelope_id":"e1","type":"slash_commands","payload":{"user_id":"U1","channel_id":"C1","channel_name":"privategroup","command":"/idea"}}`,
			"slash_command", commands.Slash,
			func(a act) bool { return a.request.ChannelName == "" && a.request.ChannelPrivate },
		},
		{
			"a button with an unknown element beside it, and blocks nobody knows",
			`{"envelope_id":"e1","type":"interactive","payload":{"type":"block_actions","team":{"id":"T1"},"user":{"id":"U1","team_id":"T1"},"channel":{"id":"C1","name":"general"},
			  "container":{"type":"message","message_ts":"1.1","channel_id":"C1","is_ephemeral":true},"message":{"ts":"1.1","text":"hi","blocks":[{"type":"from_the_future","elements":17}]},
			  "actions":[{"action_id":"idea.page:2","block_id":"b","type":"button","value":"v","action_ts":"1700000000.000100","new_field":{"a":[1]}}],"trigger_id":"t","response_url":"u"}}`,
			"block_actions", commands.Button,
			func(a act) bool {
				return a.name == "idea.page:2" && a.request.Value == "v" && a.request.Message.Private && a.request.Message.TS == "1.1" && !a.typing &&
					a.request.At.Equal(time.Unix(1700000000, 100000)) && a.request.Op == "click/T1/U1/1700000000.000100/1.1//idea.page"
			},
		},
		{
			"team is null on an organisation's install", `{"envelope_id":"e1","type":"interactive","payload":{"type":"shortcut","team":null,"enterprise":{"id":"E1"},"user":{"id":"W1","team_id":"E1"},"callback_id":"capture","trigger_id":"t","action_ts":"1.2"}}`,
			"shortcut", commands.GlobalShortcut, func(a act) bool { return a.name == "capture" && !a.outside },
		},
		{
			"a form with every kind of input",
			`{"envelope_id":"e1","type":"interactive","payload":{"type":"view_submission","user":{"id":"U1","team_id":"T2"},"view":{"id":"V1","type":"modal","hash":"h","callback_id":"f","private_metadata":"m","state":{"values":{
			  "text":{"a":{"type":"plain_text_input","value":"typed"}},"untouched":{"a":{"type":"plain_text_input","value":null}},"one":{"a":{"type":"static_select","selected_option":{"text":{},"value":"o"}}},
			  "none":{"a":{"type":"static_select","selected_option":null}},"several":{"a":{"type":"checkboxes","selected_options":[{"value":"x"},{"value":"y"}]}},"people":{"a":{"selected_users":["U1","U2"]}},
			  "day":{"a":{"selected_date":"2026-01-02"}},"moment":{"a":{"selected_date_time":1700000000}},"future":{"a":{"type":"hologram","value":{"x":1}}}}}}}}`,
			"view_submission", commands.Submit,
			func(a act) bool {
				v := a.request.Form.Values
				return a.outside && a.name == "f" && a.request.Form.Metadata == "m" && v["text"].Text == "typed" && v["untouched"].Text == "" && v["one"].Text == "o" &&
					strings.Join(v["several"].Chosen, ",") == "x,y" && strings.Join(v["people"].Chosen, ",") == "U1,U2" && v["day"].Text == "2026-01-02" && v["moment"].Text == "1700000000" &&
					len(a.request.Op) <= 200
			},
		},
		{
			"typing is told from pressing", `{"envelope_id":"e1","type":"interactive","payload":{"type":"block_actions","user":{"id":"U1"},"view":{"id":"V1","type":"modal","hash":"h"},"container":{"type":"view","view_id":"V1"},"actions":[{"type":"plain_text_input","action_id":"idea.draft","value":"x"}]}}`,
			"block_actions", commands.Button, func(a act) bool {
				return a.typing && a.inModal && a.request.Form.ID == "V1" && a.request.Message == nil && a.request.Op == ""
			},
		},
		{
			"a form that is closed", `{"envelope_id":"e1","type":"interactive","payload":{"type":"view_closed","user":{"id":"U1"},"view":{"id":"V1","type":"modal","hash":"h","callback_id":"f"}}}`,
			"view_closed", commands.Close, func(a act) bool { return a.name == "f" && a.request.Form.ID == "V1" && a.request.Op == "" },
		},
		{
			"Home", `{"envelope_id":"e1","type":"events_api","retry_attempt":2,"payload":{"event_id":"Ev1","event":{"type":"app_home_opened","user":"U1","tab":"home","channel":"D1","event_ts":"1.2"}}}`,
			"app_home_opened", commands.HomeOpened, func(a act) bool { return a.user == "U1" && a.request.Op == "event/Ev1" },
		},
		{
			"a reaction", `{"envelope_id":"e1","type":"events_api","payload":{"event_id":"Ev1","event":{"type":"reaction_added","user":"U1","reaction":"bulb","item_user":"U2","item":{"type":"message","channel":"C1","ts":"1.2"},"event_ts":"3.4"}}}`,
			"reaction_added", commands.Reaction, func(a act) bool {
				return a.request.Reaction == "bulb" && a.request.Message.Author == "U2" && a.request.Message.TS == "1.2"
			},
		},
		{
			"a field of an impossible type", `{"envelope_id":"e1","type":"slash_commands","retry_attempt":"many","payload":{"user_id":"U1","command":"/idea","text":{"no":"text"},"channel_id":7}}`,
			"slash_command", commands.Slash, func(a act) bool { return a.name == "/idea" && a.text == "" },
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			e, err := decodeEnvelope([]byte(c.frame))
			if err != nil {
				t.Fatal(err)
			}
			a, ok := e.act("T1")
			if !ok || e.kind() != c.kind || a.on != c.on || !c.check(a) {
				t.Errorf("%s as %q (%v): %+v", e.kind(), a.on, ok, a)
			}
		})
	}
}

func TestWhatIsNobodysActIsNone(t *testing.T) {
	for _, frame := range []string{
		`{"envelope_id":"e","type":"events_api","payload":{"event":{"type":"user_change","user":{"id":"U1"}}}}`,
		`{"envelope_id":"e","type":"events_api","payload":{"event":{"type":"app_home_opened","user":"U1","tab":"messages"}}}`,
		`{"envelope_id":"e","type":"events_api","payload":{"event":{"type":"reaction_added","user":"U1","item":{"type":"file"}}}}`,
		`{"envelope_id":"e","type":"interactive","payload":{"type":"block_actions","user":{"id":"U1"},"actions":[]}}`,
		`{"envelope_id":"e","type":"interactive","payload":{"type":"hologram_touched","user":{"id":"U1"}}}`,
		`{"envelope_id":"e","type":"interactive","payload":{"type":"view_submission","user":{"id":"U1"}}}`,
		`{"envelope_id":"e","type":"interactive","payload":{"type":"view_closed","user":{"id":"U1"},"view":null}}`,
		`{"envelope_id":"e","type":"telepathy","payload":[1,2]}`,
		`{"envelope_id":"e"}`,
	} {
		e, err := decodeEnvelope([]byte(frame))
		if err != nil {
			t.Errorf("%s: %v", frame, err)
		}
		if a, ok := e.act("T1"); ok {
			t.Errorf("%s is taken for %q", frame, a.on)
		}
	}
}

func TestOperationIDsAreShortAndPlain(t *testing.T) {
	same := opID("click", "T1", "U1", "1.1")
	if same != opID("click", "T1", "U1", "1.1") || same == opID("click", "T1", "U1", "1.2") {
		t.Error("an id does not follow what it is made of")
	}
	for _, odd := range []string{strings.Repeat("x", 5000), "line\nbreak", "{tag}", "ünïcode"} {
		if id := opID("click", odd); len(id) > 200 || strings.ContainsAny(id, "\n{} ") || id == opID("click", odd+"!") {
			t.Errorf("%q makes the id %q", odd, id)
		}
	}
}

func TestSubmittingOtherWordsIsAnotherAct(t *testing.T) {
	values := func(text string) map[string]commands.Value { return map[string]commands.Value{"title": {Text: text}} }
	a, same, b := digest(values("a")), digest(values("a")), digest(values("b"))
	if a != same || a == b {
		t.Error("the digest does not follow what was typed")
	}
}

func FuzzEnvelope(f *testing.F) {
	f.Add([]byte(`{"envelope_id":"e1","type":"interactive","payload":{"type":"block_actions","user":{"id":"U1"},"actions":[{"action_id":"a","selected_options":[{"value":"x"}]}],"view":{"id":"V","state":{"values":{"b":{"a":{"value":"x"}}}}}}}`))
	f.Add([]byte(`{"envelope_id":"e1","type":"slash_commands","payload":{"user_id":"U1","command":"/idea","text":"x"}}`))
	f.Add([]byte(`{"envelope_id":"e1","type":"events_api","payload":{"event":{"type":"reaction_added","user":{"id":"U"},"item":{"type":"message"},"event_ts":"-1.-2"}}}`))
	f.Add([]byte(`{"envelope_id":"e","type":"interactive","payload":{"type":"view_submission","user":{"id":"U1"},"view":{"id":"V"}}}`))
	f.Add([]byte("{\"envelope_id\":\"\\ud800\"}"))
	f.Fuzz(func(t *testing.T, frame []byte) {
		e, err := decodeEnvelope(frame)
		if err != nil {
			return
		}
		if a, ok := e.act("T1"); ok && (len(a.request.Op) > 200 || a.user == "") {
			t.Errorf("%q gives %+v", frame, a)
		}
	})
}
