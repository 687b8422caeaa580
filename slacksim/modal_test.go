package slacksim_test

import (
	"strings"
	"testing"
	"time"

	"alignbot/slacksim"
)

func TestWhatASubmissionCanBeAnswered(t *testing.T) {
	for name, c := range map[string]struct {
		ack     any
		open    int    // modals afterwards
		title   string // of the one on top
		field   string // error at the field "title"
		trouble bool
	}{
		"nothing":                  {nil, 0, "", "", false},
		"empty object":             {obj{}, 0, "", "", false},
		"errors":                   {obj{"response_action": "errors", "errors": obj{"title": "Too vague."}}, 1, "one", "Too vague.", false},
		"errors for no input":      {obj{"response_action": "errors", "errors": obj{"row": "Nope."}}, 1, "one", "", true},
		"errors without any":       {obj{"response_action": "errors"}, 1, "one", "", true},
		"update":                   {obj{"response_action": "update", "view": modal("two")}, 1, "two", "", false},
		"update to a bad view":     {obj{"response_action": "update", "view": obj{"type": "modal"}}, 1, "one", "", true},
		"update to a home":         {obj{"response_action": "update", "view": obj{"type": "home", "blocks": []any{obj{"type": "divider"}}}}, 1, "one", "", true},
		"push":                     {obj{"response_action": "push", "view": modal("two")}, 2, "two", "", false},
		"clear":                    {obj{"response_action": "clear"}, 0, "", "", false},
		"something unheard of":     {obj{"response_action": "dance"}, 1, "one", "", true},
		"a text":                   {"done", 1, "one", "", true},
		"errors that are no texts": {obj{"response_action": "errors", "errors": obj{"title": 7}}, 1, "one", "", true},
	} {
		t.Run(name, func(t *testing.T) {
			sim := open(t, slacksim.Options{})
			l, _ := connect(t, sim)
			v := openModal(t, sim, l, modal("one", input("title", "initial_value", "Export"), buttons("row", "b")))
			wait := act(t, func() error { return sim.Submit(within(t), "alice", v.ID) })
			f := l.next()
			if f.str("type") != "view_submission" || f.str("view", "state", "values", "title", "v", "value") != "Export" || f.str("view", "hash") != v.Hash {
				t.Errorf("payload %s", f.Payload)
			}
			l.ack(f, c.ack)
			wait()
			modals, err := sim.Modals("alice")
			if err != nil || len(modals) != c.open {
				t.Fatalf("%d modals open: %v", len(modals), err)
			}
			if c.open > 0 {
				v := modals[len(modals)-1]
				if v.Title() != c.title || v.Errors["title"] != c.field || (v.Trouble != "") != c.trouble {
					t.Errorf("on top: %+v", v)
				}
			}
		})
	}
}

func TestASubmissionWithoutAnAck(t *testing.T) {
	sim := open(t, slacksim.Options{})
	l, _ := connect(t, sim)
	v := openModal(t, sim, l, modal("one"))
	wait := act(t, func() error { return sim.Submit(within(t), "alice", v.ID) })
	l.next()
	sim.Advance(3 * time.Second)
	wait()
	if v := top(t, sim); v.Trouble != "We had some trouble connecting. Try again?" {
		t.Errorf("shown %+v", v)
	}
	wait = act(t, func() error { return sim.Submit(within(t), "alice", v.ID) })
	l.ack(l.next(), nil)
	wait()
	if modals, _ := sim.Modals("alice"); len(modals) != 0 {
		t.Error("trying again did not work")
	}
}

func TestRequiredFieldsAreNotSent(t *testing.T) {
	sim := open(t, slacksim.Options{})
	l, _ := connect(t, sim)
	number := obj{"type": "input", "block_id": "n", "label": text("n"), "element": obj{"type": "number_input", "action_id": "v", "is_decimal_allowed": false, "min_value": "3"}}
	optional := input("o")
	optional["optional"] = true
	short := obj{"type": "input", "block_id": "s", "label": text("s"), "element": obj{"type": "plain_text_input", "action_id": "v", "min_length": 5, "max_length": 8}}
	v := openModal(t, sim, l, modal("one", input("title"), optional, number, short))
	type in struct{ title, n, s string }
	for _, c := range []struct {
		in   in
		want map[string]string
	}{
		{in{"", "", ""}, map[string]string{"title": "required", "n": "required", "s": "required"}},
		{in{"  ", "x", "abcd"}, map[string]string{"title": "required", "n": "valid number", "s": "at least 5"}},
		{in{"ok", "2.5", "12345678 and more"}, map[string]string{"n": "whole"}},
		{in{"ok", "2", "12345"}, map[string]string{"n": "at least 3"}},
	} {
		for block, value := range map[string]string{"title": c.in.title, "n": c.in.n, "s": c.in.s} {
			if err := sim.Act(within(t), "alice", slacksim.Target{ViewID: v.ID, BlockID: block, ActionID: "v"}, slacksim.Input{Text: value}); err != nil {
				t.Fatal(err)
			}
		}
		if err := sim.Submit(within(t), "alice", v.ID); err != nil {
			t.Fatal(err)
		}
		got := top(t, sim).Errors
		if len(got) != len(c.want) {
			t.Errorf("%+v: errors %v", c.in, got)
		}
		for block, part := range c.want {
			if !strings.Contains(got[block], part) {
				t.Errorf("%+v: errors %v", c.in, got)
			}
		}
	}
}

func TestTriggers(t *testing.T) {
	sim := open(t, slacksim.Options{})
	l, _ := connect(t, sim)
	open := func(trigger string) string {
		reply := post(t, sim, "views.open", sim.BotToken(), args{"trigger_id": trigger, "view": js(modal("x"))})
		code, _ := reply["error"].(string)
		return code
	}
	run := func() string {
		wait := act(t, func() error { return sim.Type(within(t), "alice", "payments", "/idea") })
		f := l.next()
		l.ack(f, nil)
		wait()
		return f.str("trigger_id")
	}
	late := run()
	sim.Advance(3*time.Second + time.Millisecond)
	if got := open(late); got != "expired_trigger_id" {
		t.Errorf("late: %q", got)
	}
	once := run()
	if got := open(once); got != "" {
		t.Errorf("first use: %q", got)
	}
	if got := open(once); got != "exchanged_trigger_id" {
		t.Errorf("second use: %q", got)
	}
}

func TestStacksAreThreeDeep(t *testing.T) {
	sim := open(t, slacksim.Options{})
	l, _ := connect(t, sim)
	openModal(t, sim, l, modal("1", buttons("row", "more")))
	push := func(title string) string {
		v := top(t, sim)
		wait := act(t, func() error {
			return sim.Act(within(t), "alice", slacksim.Target{ViewID: v.ID, BlockID: "row", ActionID: "more"}, slacksim.Input{})
		})
		f := l.next()
		next := modal(title, buttons("row", "more"))
		next["notify_on_close"] = true
		reply := post(t, sim, "views.push", sim.BotToken(), args{"trigger_id": f.str("trigger_id"), "view": js(next)})
		l.ack(f, nil)
		wait()
		code, _ := reply["error"].(string)
		return code
	}
	if a, b, c := push("2"), push("3"), push("4"); a != "" || b != "" || c != "push_limit_reached" {
		t.Errorf("%q %q %q", a, b, c)
	}
	modals, _ := sim.Modals("alice")
	if len(modals) != 3 || modals[2].PreviousID != modals[1].ID || modals[2].RootID != modals[0].ID {
		t.Errorf("stack %+v", modals)
	}
	if err := sim.Submit(within(t), "alice", modals[0].ID); err == nil {
		t.Error("the lowest modal could be submitted")
	}
	wait := act(t, func() error { return sim.CloseModal(within(t), "alice", modals[2].ID, false) })
	f := l.next()
	if f.str("type") != "view_closed" || f.str("view", "id") != modals[2].ID || !strings.Contains(string(f.Payload), `"is_cleared":false`) {
		t.Errorf("cancel: %s", f.Payload)
	}
	l.ack(f, nil)
	wait()
	if err := sim.CloseModal(within(t), "alice", modals[1].ID, true); err != nil { // the root does not ask to be told
		t.Error(err)
	}
	if modals, _ := sim.Modals("alice"); len(modals) != 0 {
		t.Errorf("left open: %+v", modals)
	}
}

func TestUpdatingAView(t *testing.T) {
	sim := open(t, slacksim.Options{})
	l, _ := connect(t, sim)
	first := modal("one", input("a"), input("b"))
	first["external_id"] = "mine"
	v := openModal(t, sim, l, first)
	for _, block := range []string{"a", "b"} {
		if err := sim.Act(within(t), "alice", slacksim.Target{ViewID: v.ID, BlockID: block, ActionID: "v"}, slacksim.Input{Text: "typed " + block}); err != nil {
			t.Fatal(err)
		}
	}
	update := func(a args) string {
		reply := post(t, sim, "views.update", sim.BotToken(), a)
		code, _ := reply["error"].(string)
		return code
	}
	next := modal("two", input("a"), input("b2", "initial_value", "fresh"))
	next["external_id"] = "mine"
	if got := update(args{"view_id": v.ID, "hash": "old", "view": js(next)}); got != "hash_conflict" {
		t.Errorf("old hash: %q", got)
	}
	if got := update(args{"external_id": "mine", "hash": v.Hash, "view": js(next)}); got != "" {
		t.Errorf("by external_id: %q", got)
	}
	now := top(t, sim)
	if now.Hash == v.Hash || now.Title() != "two" || now.State["a"]["v"].Text != "typed a" || now.Elements()[1].Value.Text != "fresh" {
		t.Errorf("after the update: %+v", now)
	}
	wait := act(t, func() error { return sim.Type(within(t), "alice", "payments", "/idea") })
	f := l.next()
	if reply := post(t, sim, "views.open", sim.BotToken(), args{"trigger_id": f.str("trigger_id"), "view": js(next)}); reply["error"] != "duplicate_external_id" {
		t.Errorf("the same external_id: %v", reply)
	}
	l.ack(f, nil)
	wait()
}

func TestHomeAndItsButtons(t *testing.T) {
	sim := open(t, slacksim.Options{})
	l, _ := connect(t, sim)
	if err := sim.OpenHome(within(t), "alice"); err != nil {
		t.Fatal(err)
	}
	f := l.next()
	l.ack(f, nil)
	if f.str("event", "type") != "app_home_opened" || f.str("event", "tab") != "home" || strings.Contains(string(f.Payload), `"view"`) {
		t.Errorf("first opening: %s", f.Payload)
	}
	home := obj{"type": "home", "blocks": []any{buttons("row", "new")}}
	if reply := post(t, sim, "views.publish", sim.BotToken(), args{"user_id": "U0ALICE", "view": js(home)}); reply["ok"] != true {
		t.Fatal(reply)
	}
	if err := sim.OpenHome(within(t), "alice"); err != nil {
		t.Fatal(err)
	}
	f = l.next()
	l.ack(f, nil)
	if f.str("event", "view", "type") != "home" {
		t.Errorf("second opening: %s", f.Payload)
	}
	v, ok, err := sim.Home("alice")
	if err != nil || !ok {
		t.Fatal(err)
	}
	if reply := post(t, sim, "views.publish", sim.BotToken(), args{"user_id": "U0ALICE", "hash": "old", "view": js(home)}); reply["error"] != "hash_conflict" {
		t.Errorf("old hash: %v", reply)
	}
	wait := act(t, func() error {
		return sim.Act(within(t), "alice", slacksim.Target{ViewID: v.ID, BlockID: "row", ActionID: "new"}, slacksim.Input{})
	})
	f = l.next()
	if f.str("container", "type") != "view" || f.str("view", "id") != v.ID || f.str("trigger_id") == "" || f.str("response_url") != "" {
		t.Errorf("click: %s", f.Payload)
	}
	sim.Advance(3 * time.Second)
	wait()
	if v, _, _ := sim.Home("alice"); len(v.Warnings) != 1 || v.Warnings[0] != "row/new" {
		t.Errorf("no warning: %+v", v)
	}
	if err := sim.UpdateApp(within(t), func(a *slacksim.App) { a.NoHomeTab = true }); err != nil {
		t.Fatal(err)
	}
	if reply := post(t, sim, "views.publish", sim.BotToken(), args{"user_id": "U0ALICE", "view": js(home)}); reply["error"] != "not_enabled" {
		t.Errorf("home tab off: %v", reply)
	}
}

func TestElementsSayWhatWasChosen(t *testing.T) {
	option := func(v string) obj { return obj{"text": text("Option " + v), "value": v} }
	options := []any{option("1"), option("2"), option("3")}
	for name, c := range map[string]struct {
		element obj
		in      slacksim.Input
		key     string
		want    string
	}{
		"static_select":       {obj{"type": "static_select", "options": options}, slacksim.Input{Values: []string{"2"}}, "selected_option", `"value":"2"`},
		"multi_static_select": {obj{"type": "multi_static_select", "options": options}, slacksim.Input{Values: []string{"1", "3"}}, "selected_options", `"value":"3"`},
		"radio_buttons":       {obj{"type": "radio_buttons", "options": options}, slacksim.Input{Values: []string{"1"}}, "selected_option", `"value":"1"`},
		"checkboxes":          {obj{"type": "checkboxes", "options": options}, slacksim.Input{}, "selected_options", `[]`},
		"overflow":            {obj{"type": "overflow", "options": options}, slacksim.Input{Values: []string{"1"}}, "selected_option", `"value":"1"`},
		"users_select":        {obj{"type": "users_select"}, slacksim.Input{Values: []string{"bob"}}, "selected_user", `"U0BOB"`},
		"multi_users_select":  {obj{"type": "multi_users_select"}, slacksim.Input{Values: []string{"bob", "carol"}}, "selected_users", `["U0BOB","U0CAROL"]`},
		"channels_select":     {obj{"type": "channels_select"}, slacksim.Input{Values: []string{"payments"}}, "selected_channel", `"C0PAYMENTS"`},
		"conversations":       {obj{"type": "conversations_select"}, slacksim.Input{Values: []string{"payments"}}, "selected_conversation", `"C0PAYMENTS"`},
		"datepicker":          {obj{"type": "datepicker"}, slacksim.Input{Text: "2026-11-20"}, "selected_date", `"2026-11-20"`},
		"timepicker":          {obj{"type": "timepicker"}, slacksim.Input{Text: "09:30"}, "selected_time", `"09:30"`},
		"button":              {obj{"type": "button", "text": text("Go"), "value": "7"}, slacksim.Input{}, "value", `"7"`},
	} {
		t.Run(name, func(t *testing.T) {
			sim := open(t, slacksim.Options{})
			l, _ := connect(t, sim)
			c.element["action_id"] = "it"
			blocks := js([]any{obj{"type": "actions", "block_id": "row", "elements": []any{c.element}}})
			reply := post(t, sim, "chat.postMessage", sim.BotToken(), args{"channel": "C0GENERAL", "text": "choose", "blocks": blocks})
			if reply["ok"] != true {
				t.Fatal(reply)
			}
			l.ack(l.next(), nil) // the app's own message as an event
			wait := act(t, func() error {
				return sim.Act(within(t), "alice", slacksim.Target{Channel: "general", TS: reply["ts"].(string), BlockID: "row", ActionID: "it"}, c.in)
			})
			f := l.next()
			l.ack(f, nil)
			wait()
			payload := string(f.Payload)
			at := strings.Index(payload, `"actions":[`)
			end := strings.Index(payload[at:], `"api_app_id"`)
			if action := payload[at : at+end]; !strings.Contains(action, `"`+c.key+`":`) || !strings.Contains(action, c.want) {
				t.Errorf("action %s", action)
			}
			if f.str("channel", "id") != "C0GENERAL" || f.str("container", "message_ts") != reply["ts"] || f.str("message", "text") != "choose" || f.str("response_url") == "" {
				t.Errorf("payload %s", payload)
			}
		})
	}
}

func TestInputsSpeakUpOnlyWithDispatchAction(t *testing.T) {
	sim := open(t, slacksim.Options{})
	l, _ := connect(t, sim)
	live := input("live")
	live["dispatch_action"] = true
	live["element"].(obj)["dispatch_action_config"] = obj{"trigger_actions_on": []string{"on_character_entered"}}
	enter := input("enter")
	enter["dispatch_action"] = true
	v := openModal(t, sim, l, modal("one", input("quiet"), live, enter))
	at := func(block string) slacksim.Target {
		return slacksim.Target{ViewID: v.ID, BlockID: block, ActionID: "v"}
	}
	for _, quiet := range []struct {
		block string
		in    slacksim.Input
	}{{"quiet", slacksim.Input{Text: "x", Enter: true}}, {"enter", slacksim.Input{Text: "x"}}} {
		if err := sim.Act(within(t), "alice", at(quiet.block), quiet.in); err != nil { // would hang for 3 s if the app were asked
			t.Fatal(err)
		}
	}
	for _, loud := range []struct {
		block string
		in    slacksim.Input
	}{{"live", slacksim.Input{Text: "x"}}, {"enter", slacksim.Input{Text: "x", Enter: true}}} {
		wait := act(t, func() error { return sim.Act(within(t), "alice", at(loud.block), loud.in) })
		f := l.next()
		l.ack(f, nil)
		wait()
		if f.str("type") != "block_actions" || f.str("view", "state", "values", "quiet", "v", "value") != "x" {
			t.Errorf("%s: %s", loud.block, f.Payload)
		}
	}
}

func TestMenusThatAskTheApp(t *testing.T) {
	sim := open(t, slacksim.Options{})
	l, _ := connect(t, sim)
	menu := obj{"type": "input", "block_id": "m", "label": text("m"), "element": obj{"type": "external_select", "action_id": "v", "min_query_length": 2}}
	v := openModal(t, sim, l, modal("one", menu))
	at := slacksim.Target{ViewID: v.ID, BlockID: "m", ActionID: "v"}
	if got, err := sim.Choices(within(t), "alice", at, "p"); err != nil || got != nil {
		t.Errorf("too short a query: %v %v", got, err)
	}
	ask := func(answer any) (got []slacksim.Choice) {
		wait := act(t, func() (err error) { got, err = sim.Choices(within(t), "alice", at, "pay"); return err })
		f := l.next()
		if f.str("type") != "block_suggestion" || f.str("value") != "pay" || f.str("view", "id") != v.ID || f.str("trigger_id") != "" {
			t.Errorf("payload %s", f.Payload)
		}
		l.ack(f, answer)
		wait()
		return got
	}
	pay := []any{obj{"text": text("Payments"), "value": "p1"}}
	if got := ask(obj{"options": pay}); len(got) != 1 || got[0].Text != "Payments" || got[0].Value != "p1" {
		t.Errorf("options %v", got)
	}
	if got := ask(obj{"option_groups": []any{obj{"label": text("Teams"), "options": pay}}}); len(got) != 1 || got[0].Group != "Teams" {
		t.Errorf("groups %v", got)
	}
	if err := sim.Act(within(t), "alice", at, slacksim.Input{Values: []string{"p1"}}); err != nil {
		t.Error(err)
	}
	if got := ask(nil); got != nil {
		t.Errorf("no payload: %v", got)
	}
	if got := ask(obj{"options": []any{obj{"value": "textless"}}}); got != nil || len(top(t, sim).Warnings) != 1 {
		t.Errorf("bad options: %v", got)
	}
	if err := sim.Act(within(t), "alice", at, slacksim.Input{Values: []string{"p9"}}); err == nil {
		t.Error("something that was never offered could be chosen")
	}
}

func TestShortcuts(t *testing.T) {
	sim := open(t, slacksim.Options{})
	l, _ := connect(t, sim)
	if err := sim.Type(within(t), "alice", "payments", "they retype invoices"); err != nil {
		t.Fatal(err)
	}
	l.ack(l.next(), nil)
	ts := lastIn(t, sim, "payments").TS
	wait := act(t, func() error { return sim.UseMessageShortcut(within(t), "bob", "capture_message", "payments", ts) })
	f := l.next()
	l.ack(f, nil)
	wait()
	if f.str("type") != "message_action" || f.str("message", "text") != "they retype invoices" || f.str("channel", "id") != "C0PAYMENTS" || f.str("message_ts") != ts || f.str("response_url") == "" {
		t.Errorf("message shortcut: %s", f.Payload)
	}
	wait = act(t, func() error { return sim.UseShortcut(within(t), "bob", "capture_idea") })
	f = l.next()
	l.ack(f, nil)
	wait()
	if f.str("type") != "shortcut" || f.str("callback_id") != "capture_idea" || f.str("trigger_id") == "" || f.str("response_url") != "" || f.str("channel", "id") != "" {
		t.Errorf("global shortcut: %s", f.Payload)
	}
}
