package slacksim_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"alignbot/slacksim"
)

type args = map[string]string

func TestRefusals(t *testing.T) {
	section := func(s string) string { return js([]any{obj{"type": "section", "text": text(s)}}) }
	many := func(n int) string {
		var list []any
		for range n {
			list = append(list, obj{"type": "divider"})
		}
		return js(list)
	}
	long := js([]any{
		obj{"type": "section", "text": text(strings.Repeat("a", 3000))}, obj{"type": "section", "text": text(strings.Repeat("b", 3000))},
		obj{"type": "section", "text": text(strings.Repeat("c", 3000))}, obj{"type": "section", "text": text(strings.Repeat("d", 3000))},
		obj{"type": "section", "text": text(strings.Repeat("e", 3000))},
	})
	const ch = "C0PAYMENTS"
	for _, c := range []struct {
		name, method string
		args         args
		want         string
	}{
		{"a method nobody knows", "chat.sing", args{}, "unknown_method"},
		{"post without a channel", "chat.postMessage", args{"text": "x"}, "channel_not_found"},
		{"post to an unknown channel", "chat.postMessage", args{"channel": "C0NOPE", "text": "x"}, "channel_not_found"},
		{"post to a private channel without the app", "chat.postMessage", args{"channel": "C0LEADS", "text": "x"}, "channel_not_found"},
		{"post to somebody deactivated", "chat.postMessage", args{"channel": "U0ERIN", "text": "x"}, "channel_not_found"},
		{"post to an archived channel", "chat.postMessage", args{"channel": "C0ARCHIVED", "text": "x"}, "is_archived"},
		{"post nothing", "chat.postMessage", args{"channel": ch}, "no_text"},
		{"post blanks", "chat.postMessage", args{"channel": ch, "text": " \n"}, "no_text"},
		{"post blocks that are no JSON", "chat.postMessage", args{"channel": ch, "blocks": "["}, "invalid_blocks_format"},
		{"post blocks that are no array", "chat.postMessage", args{"channel": ch, "blocks": "{}"}, "invalid_blocks_format"},
		{"post 51 blocks", "chat.postMessage", args{"channel": ch, "blocks": many(51)}, "invalid_blocks"},
		{"post a section of 3,001", "chat.postMessage", args{"channel": ch, "blocks": section(strings.Repeat("x", 3001))}, "invalid_blocks"},
		{"post too much in all", "chat.postMessage", args{"channel": ch, "blocks": long}, "msg_blocks_too_long"},
		{"post markdown and text", "chat.postMessage", args{"channel": ch, "text": "a", "markdown_text": "b"}, "markdown_text_conflict"},
		{"post an image that is not there", "chat.postMessage", args{"channel": ch, "blocks": js([]any{obj{"type": "image", "alt_text": "x", "slack_file": obj{"id": "F0NOTTHERE"}}})}, "invalid_blocks"},
		{"post 101 attachments", "chat.postMessage", args{"channel": ch, "attachments": "[" + strings.Repeat(`{"text":"x"},`, 100) + `{"text":"x"}]`}, "too_many_attachments"},
		{"post metadata that is no JSON", "chat.postMessage", args{"channel": ch, "text": "x", "metadata": "{"}, "invalid_metadata_format"},
		{"post into a thread that is not there", "chat.postMessage", args{"channel": ch, "text": "x", "thread_ts": "1.000001"}, "thread_not_found"},
		{"whisper to somebody outside", "chat.postEphemeral", args{"channel": ch, "text": "x", "user": "U0DAVE"}, "user_not_in_channel"},
		{"whisper where the app is not", "chat.postEphemeral", args{"channel": "C0GROWTH", "text": "x", "user": "U0ALICE"}, "not_in_channel"},
		{"whisper too long", "chat.postEphemeral", args{"channel": ch, "text": strings.Repeat("x", 40001), "user": "U0ALICE"}, "msg_too_long"},
		{"update what is not there", "chat.update", args{"channel": ch, "ts": "1.000001", "text": "x"}, "message_not_found"},
		{"update somebody else's message", "chat.update", args{"channel": ch, "ts": "$alice", "text": "x"}, "cant_update_message"},
		{"update by channel name", "chat.update", args{"channel": "payments", "ts": "$bot", "text": "x"}, "channel_not_found"},
		{"update to over 4,000", "chat.update", args{"channel": ch, "ts": "$bot", "text": strings.Repeat("x", 4001)}, "msg_too_long"},
		{"update to nothing", "chat.update", args{"channel": ch, "ts": "$bot"}, "no_text"},
		{"delete somebody else's message", "chat.delete", args{"channel": ch, "ts": "$alice"}, "cant_delete_message"},
		{"delete what is not there", "chat.delete", args{"channel": ch, "ts": "1.000001"}, "message_not_found"},
		{"schedule into the past", "chat.scheduleMessage", args{"channel": ch, "text": "x", "post_at": "1000000000"}, "time_in_past"},
		{"schedule too far ahead", "chat.scheduleMessage", args{"channel": ch, "text": "x", "post_at": fmt.Sprint(time.Now().AddDate(1, 0, 0).Unix())}, "time_too_far"},
		{"schedule at no time", "chat.scheduleMessage", args{"channel": ch, "text": "x", "post_at": "soon"}, "invalid_time"},
		{"unschedule what is not there", "chat.deleteScheduledMessage", args{"channel": ch, "scheduled_message_id": "Q1"}, "invalid_scheduled_message_id"},
		{"link to what is not there", "chat.getPermalink", args{"channel": ch, "message_ts": "1.000001"}, "message_not_found"},
		{"open a view with a made-up trigger", "views.open", args{"trigger_id": "1.2.3", "view": js(modal("x"))}, "invalid_trigger_id"},
		{"open a view without a trigger", "views.open", args{"view": js(modal("x"))}, "invalid_arguments"},
		{"open no view", "views.open", args{"trigger_id": "1.2.3"}, "invalid_arguments"},
		{"open a home as a modal", "views.open", args{"trigger_id": "1.2.3", "view": js(obj{"type": "home", "blocks": []any{obj{"type": "divider"}}})}, "invalid_arguments"},
		{"open a title of 25", "views.open", args{"trigger_id": "1.2.3", "view": js(modal(strings.Repeat("x", 25)))}, "invalid_arguments"},
		{"update a view that is not there", "views.update", args{"view_id": "V1", "view": js(modal("x"))}, "not_found"},
		{"publish a modal", "views.publish", args{"user_id": "U0ALICE", "view": js(modal("x"))}, "invalid_arguments"},
		{"publish to nobody", "views.publish", args{"user_id": "U0NOBODY", "view": js(obj{"type": "home", "blocks": []any{obj{"type": "divider"}}})}, "invalid_arguments"},
		{"user that is not there", "users.info", args{"user": "U0NOBODY"}, "user_not_found"},
		{"email that is not there", "users.lookupByEmail", args{"email": "x@y.example"}, "users_not_found"},
		{"page by a made-up cursor", "users.list", args{"cursor": "x"}, "invalid_cursor"},
		{"page by a limit that is none", "users.list", args{"limit": "many"}, "invalid_limit"},
		{"channels of no known type", "conversations.list", args{"types": "secret"}, "invalid_types"},
		{"info of a private channel without the app", "conversations.info", args{"channel": "C0LEADS"}, "channel_not_found"},
		{"history where the app is not", "conversations.history", args{"channel": "C0GROWTH"}, "not_in_channel"},
		{"replies to nothing", "conversations.replies", args{"channel": ch, "ts": "1.000001"}, "thread_not_found"},
		{"a DM with somebody deactivated", "conversations.open", args{"users": "U0ERIN"}, "user_disabled"},
		{"a DM with nobody", "conversations.open", args{}, "users_list_not_supplied"},
		{"a DM with oneself", "conversations.open", args{"users": "U0ALIGN"}, "not_enough_users"},
		{"join a private channel", "conversations.join", args{"channel": "C0LEADS"}, "channel_not_found"},
		{"join an archived channel", "conversations.join", args{"channel": "C0ARCHIVED"}, "is_archived"},
		{"react to nothing", "reactions.add", args{"name": "bulb"}, "no_item_specified"},
		{"react with no emoji", "reactions.add", args{"channel": ch, "timestamp": "$bot", "name": "not an emoji"}, "invalid_name"},
		{"react to what is not there", "reactions.add", args{"channel": ch, "timestamp": "1.000001", "name": "bulb"}, "message_not_found"},
		{"take back what was not put", "reactions.remove", args{"channel": ch, "timestamp": "$bot", "name": "bulb"}, "no_reaction"},
		{"users of no group", "usergroups.users.list", args{"usergroup": "S1"}, "no_such_subteam"},
		{"upload nothing", "files.getUploadURLExternal", args{"filename": "a.png", "length": "0"}, "invalid_arguments"},
		{"upload without a name", "files.getUploadURLExternal", args{"length": "1"}, "missing_argument"},
		{"complete what was not begun", "files.completeUploadExternal", args{"files": `[{"id":"F1"}]`}, "file_not_found"},
		{"a file that is not there", "files.info", args{"file": "F1"}, "file_not_found"},
		{"a bookmark of a kind", "bookmarks.add", args{"channel_id": ch, "title": "x", "type": "folder", "link": "https://x.example"}, "invalid_bookmark_type"},
		{"a bookmark to nowhere", "bookmarks.add", args{"channel_id": ch, "title": "x", "type": "link", "link": "javascript:alert(1)"}, "invalid_link"},
		{"another bot", "bots.info", args{"bot": "B1"}, "bot_not_found"},
		{"another team", "team.info", args{"team": "T1"}, "team_not_found"},
		{"validate two things", "blocks.validate", args{"blocks": "[]", "view": "{}"}, "invalid_arguments"},
		{"validate bad blocks", "blocks.validate", args{"blocks": `[{"type":"section"}]`}, "invalid_blocks"},
		{"a socket with the bot token", "apps.connections.open", args{}, "not_allowed_token_type"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := slacksim.Sample()
			w.Channels = append(w.Channels, slacksim.Channel{ID: "C0ARCHIVED", Name: "archived", Archived: true, Members: []string{"alice"}, App: true})
			sim := open(t, slacksim.Options{Workspace: w})
			if err := sim.Type(within(t), "alice", "payments", "mine"); err != nil {
				t.Fatal(err)
			}
			alices := lastIn(t, sim, "payments").TS
			bots := post(t, sim, "chat.postMessage", sim.BotToken(), args{"channel": ch, "text": "the bot's"})["ts"].(string)
			sent := args{}
			for k, v := range c.args {
				sent[k] = strings.NewReplacer("$alice", alices, "$bot", bots).Replace(v)
			}
			before := lastIn(t, sim, "payments").TS
			reply := post(t, sim, c.method, sim.BotToken(), sent)
			if reply["ok"] != false || reply["error"] != c.want {
				t.Errorf("reply %v, want %s", reply, c.want)
			}
			if after := lastIn(t, sim, "payments").TS; after != before {
				t.Error("a refused call changed the channel")
			}
			refused := sim.Ledger().Entries(func(e slacksim.Entry) bool { return e.Kind == slacksim.KindCall && e.Error != "" })
			if len(refused) != 1 || refused[0].Method != c.method || !strings.HasPrefix(refused[0].Error, c.want) {
				t.Errorf("ledger has %v", refused)
			}
		})
	}
}

func TestTokensAndBodies(t *testing.T) {
	const formType, jsonType = "application/x-www-form-urlencoded", "application/json; charset=utf-8"
	sim := open(t, slacksim.Options{})
	for _, c := range []struct {
		name, token, contentType, body, want string
	}{
		{"no token", "", formType, "", "not_authed"},
		{"a wrong token", "xoxb-wrong", formType, "", "invalid_auth"},
		{"the token in the form", "", formType, "token=" + sim.BotToken(), ""},
		{"the token in JSON is not read", "", jsonType, `{"token":"` + sim.BotToken() + `"}`, "not_authed"},
		{"the app token", sim.AppToken(), formType, "channel=C0PAYMENTS&text=x", "not_allowed_token_type"},
		{"JSON", sim.BotToken(), jsonType, `{"channel":"C0PAYMENTS","text":"x","blocks":[{"type":"divider"}]}`, ""},
		{"JSON inside JSON", sim.BotToken(), jsonType, `{"channel":"C0PAYMENTS","blocks":"[{\"type\":\"divider\"}]"}`, ""},
		{"broken JSON", sim.BotToken(), jsonType, `{`, "invalid_json"},
		{"a JSON list", sim.BotToken(), jsonType, `[]`, "json_not_object"},
		{"broken form", sim.BotToken(), formType, `%zz`, "invalid_form_data"},
		{"another type", sim.BotToken(), "text/plain", `x`, "invalid_post_type"},
		{"no type", sim.BotToken(), "", `x`, "missing_post_type"},
	} {
		t.Run(c.name, func(t *testing.T) {
			method := "chat.postMessage"
			if strings.Contains(c.name, "token") && !strings.Contains(c.name, "app") {
				method = "auth.test"
			}
			reply := send(t, sim, method, c.token, c.contentType, c.body)
			if got, _ := reply["error"].(string); got != c.want {
				t.Errorf("reply %v, want %q", reply, c.want)
			}
		})
	}
	reply, _ := sendRaw(t, sim.APIURL()+"auth.test?token="+sim.BotToken(), "", formType, "")
	if reply["error"] != "not_authed" {
		t.Errorf("a token in the address: %v", reply)
	}
	if reply := send(t, sim, "chat.postMessage", sim.BotToken(), "application/json", `{"channel":"C0PAYMENTS","text":"x"}`); reply["warning"] != "missing_charset" {
		t.Errorf("reply %v", reply)
	}
}

func TestScopes(t *testing.T) {
	w := slacksim.Sample()
	w.App.Scopes = []string{"chat:write", "channels:read"}
	sim := open(t, slacksim.Options{Workspace: w})
	for method, needed := range map[string]string{
		"users.info": "users:read", "reactions.add": "reactions:write", "users.lookupByEmail": "users:read.email", "files.info": "files:read", "team.info": "team:read",
	} {
		reply, res := sendRaw(t, sim.APIURL()+method, sim.BotToken(), "application/x-www-form-urlencoded", "")
		if reply["error"] != "missing_scope" || reply["needed"] != needed || reply["provided"] != "chat:write,channels:read" {
			t.Errorf("%s: %v", method, reply)
		}
		if res.Header.Get("X-OAuth-Scopes") != "chat:write,channels:read" || res.Header.Get("X-Accepted-OAuth-Scopes") != needed {
			t.Errorf("%s: headers %v", method, res.Header)
		}
	}
	if reply := post(t, sim, "conversations.list", sim.BotToken(), args{"types": "public_channel,private_channel"}); reply["needed"] != "groups:read" {
		t.Errorf("private channels: %v", reply)
	}
	if reply := post(t, sim, "chat.postMessage", sim.BotToken(), args{"channel": "C0GROWTH", "text": "x"}); reply["error"] != "not_in_channel" {
		t.Errorf("without chat:write.public: %v", reply)
	}
	l, _ := connect(t, sim)
	if err := sim.Type(within(t), "alice", "payments", "not for the app: it has no channels:history"); err != nil {
		t.Fatal(err)
	}
	if err := sim.OpenHome(within(t), "alice"); err != nil {
		t.Fatal(err)
	}
	if f := l.next(); f.str("event", "type") != "app_home_opened" {
		t.Errorf("the first event is %+v", f)
	}
}

func TestRateLimitsTellWhenToComeAgain(t *testing.T) {
	limits := slacksim.Limits{Channel: slacksim.Rate{PerMinute: 60, Burst: 2}, Tier4: slacksim.Rate{PerMinute: 6, Burst: 1}}
	sim := open(t, slacksim.Options{Limits: &limits})
	say := func(channel string) (obj, *http.Response) {
		return sendRaw(t, sim.APIURL()+"chat.postMessage", sim.BotToken(), "application/x-www-form-urlencoded", "text=x&channel="+channel)
	}
	for range 2 {
		if reply, _ := say("C0PAYMENTS"); reply["ok"] != true {
			t.Fatal(reply)
		}
	}
	reply, res := say("C0PAYMENTS")
	if res.StatusCode != 429 || res.Header.Get("Retry-After") != "1" || reply["error"] != "ratelimited" {
		t.Errorf("%d %v %v", res.StatusCode, res.Header, reply)
	}
	if reply, _ := say("C0GENERAL"); reply["ok"] != true {
		t.Errorf("another channel: %v", reply)
	}
	sim.Advance(time.Second)
	if reply, _ := say("C0PAYMENTS"); reply["ok"] != true {
		t.Errorf("after the wait: %v", reply)
	}
	defer sim.SetLimits(slacksim.Limits{})
	post(t, sim, "users.info", sim.BotToken(), args{"user": "U0BOB"})
	if _, res := sendRaw(t, sim.APIURL()+"users.info", sim.BotToken(), "application/x-www-form-urlencoded", "user=U0BOB"); res.Header.Get("Retry-After") != "10" {
		t.Errorf("tier: %v", res.Header)
	}
}

func TestScheduledMessagesArePostedInTime(t *testing.T) {
	sim := open(t, slacksim.Options{})
	at := fmt.Sprint(sim.Now().Add(time.Hour).Unix())
	first := post(t, sim, "chat.scheduleMessage", sim.BotToken(), args{"channel": "C0PAYMENTS", "text": "in time", "post_at": at})
	second := post(t, sim, "chat.scheduleMessage", sim.BotToken(), args{"channel": "C0PAYMENTS", "text": "taken back", "post_at": at})
	post(t, sim, "chat.scheduleMessage", sim.BotToken(), args{"channel": "C0PAYMENTS", "text": "with metadata", "post_at": at, "metadata": `{"event_type":"x","event_payload":{}}`})
	if list := post(t, sim, "chat.scheduledMessages.list", sim.BotToken(), nil)["scheduled_messages"].([]any); len(list) != 3 || first["scheduled_message_id"] == second["scheduled_message_id"] {
		t.Errorf("list %v", list)
	}
	post(t, sim, "chat.deleteScheduledMessage", sim.BotToken(), args{"channel": "C0PAYMENTS", "scheduled_message_id": second["scheduled_message_id"].(string)})
	sim.Advance(time.Hour)
	wait(t, sim, func() bool { return lastIn(t, sim, "payments").Text == "in time" })
	cv, _ := sim.ChannelView("alice", "payments", 0)
	if len(cv.Messages) != 1 {
		t.Errorf("messages %v", cv.Messages)
	}
}

func TestUpdateKeepsOrDropsBlocks(t *testing.T) {
	sim := open(t, slacksim.Options{})
	divider := js([]any{obj{"type": "divider"}})
	ts := post(t, sim, "chat.postMessage", sim.BotToken(), args{"channel": "C0PAYMENTS", "text": "one", "blocks": divider})["ts"].(string)
	update := func(a args) {
		t.Helper()
		a["channel"], a["ts"] = "C0PAYMENTS", ts
		if reply := post(t, sim, "chat.update", sim.BotToken(), a); reply["ok"] != true {
			t.Fatal(reply)
		}
	}
	update(args{"blocks": divider})
	if m := lastIn(t, sim, "payments"); m.Text != "one" || m.Blocks == nil || m.Edited {
		t.Errorf("blocks only: %+v", m)
	}
	update(args{"text": "two"})
	if m := lastIn(t, sim, "payments"); m.Text != "two" || m.Blocks != nil || !m.Edited {
		t.Errorf("text only: %+v", m)
	}
}

func TestNamesComeAliveOnlyWhenAsked(t *testing.T) {
	sim := open(t, slacksim.Options{})
	for parse, want := range map[string]string{"": "@here @bob", "full": "<!here> <@U0BOB>"} {
		post(t, sim, "chat.postMessage", sim.BotToken(), args{"channel": "C0PAYMENTS", "text": "@here @bob", "parse": parse})
		if m := lastIn(t, sim, "payments"); m.Text != want {
			t.Errorf("parse %q: %q", parse, m.Text)
		}
	}
}

func TestUsersAndConversationsAsSlackTellsThem(t *testing.T) {
	w := slacksim.Sample()
	w.People = append(w.People, slacksim.Person{ID: "W0STRANGER", Name: "stranger", Team: "T0OTHER"}, slacksim.Person{ID: "W0PARTNER", Name: "partner", Team: "T0OTHER"})
	w.Channels = append(w.Channels, slacksim.Channel{ID: "C0SHARED", Name: "shared", Shared: true, Members: []string{"alice", "W0PARTNER"}, App: true})
	sim := open(t, slacksim.Options{Workspace: w})
	api := client(sim)
	u, err := api.GetUserInfo("U0ALICE")
	if err != nil || !u.IsAdmin || u.TZ != "Europe/Berlin" || u.Profile.Email != "alice@acme.example" || u.TeamID != "T0ACME" {
		t.Errorf("alice: %+v %v", u, err)
	}
	if u, err := api.GetUserInfo("U0GINA"); err != nil || !u.IsRestricted || u.IsUltraRestricted {
		t.Errorf("gina: %+v %v", u, err)
	}
	if u, err := api.GetUserInfo("U0ERIN"); err != nil || !u.Deleted || u.TZ != "" {
		t.Errorf("erin: %+v %v", u, err)
	}
	if u, err := api.GetUserInfo("W0PARTNER"); err != nil || u.TeamID != "T0OTHER" || u.IsStranger {
		t.Errorf("partner: %+v %v", u, err)
	}
	if _, err := api.GetUserInfo("W0STRANGER"); err == nil || err.Error() != "user_not_visible" {
		t.Errorf("stranger: %v", err)
	}
	list, err := api.GetUsers()
	if err != nil || len(list) != 7 {
		t.Errorf("%d users: %v", len(list), err)
	}
	var paged []any
	cursor := ""
	for {
		reply := post(t, sim, "conversations.list", sim.BotToken(), args{"limit": "2", "cursor": cursor})
		paged = append(paged, reply["channels"].([]any)...)
		if cursor = reply["response_metadata"].(obj)["next_cursor"].(string); cursor == "" {
			break
		}
	}
	if len(paged) != 5 {
		t.Errorf("%d channels by pages", len(paged))
	}
}

func TestPeopleSeeWhatIsTheirs(t *testing.T) {
	sim := open(t, slacksim.Options{})
	titles := func(who string) []string {
		sb, err := sim.Sidebar(who)
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, c := range sb.Channels {
			out = append(out, c.Title)
		}
		return out
	}
	if got := titles("gina"); !slices.Equal(got, []string{"#payments"}) {
		t.Errorf("the guest sees %v", got)
	}
	if got := titles("bob"); slices.Contains(got, "#leads") || !slices.Contains(got, "#growth") {
		t.Errorf("bob sees %v", got)
	}
	for what, err := range map[string]error{
		"read a private channel": func() error { _, err := sim.ChannelView("bob", "leads", 0); return err }(),
		"write as deactivated":   sim.Type(within(t), "erin", "general", "x"),
		"write outside":          sim.Type(within(t), "bob", "growth", "x"),
		"write nothing":          sim.Type(within(t), "bob", "general", "  "),
		"act as nobody":          sim.Type(within(t), "zoe", "general", "x"),
		"act as the bot":         sim.Type(within(t), "alignbot", "general", "x"),
		"a shortcut of none":     sim.UseShortcut(within(t), "bob", "nope"),
	} {
		if err == nil {
			t.Errorf("%s: no error", what)
		}
	}
}
