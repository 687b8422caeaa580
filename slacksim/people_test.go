package slacksim_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"alignbot/slacksim"
)

// TestEventsOfWhatPeopleDo: each act sends the events that a subscribed app is told, in this order.
func TestEventsOfWhatPeopleDo(t *testing.T) {
	ctx := context.Background()
	for name, c := range map[string]struct {
		do   func(*slacksim.Sim) error
		want []string
	}{
		"a message where the app is":    {func(s *slacksim.Sim) error { return s.Type(ctx, "alice", "payments", "hi") }, []string{"message"}},
		"a message where it is not":     {func(s *slacksim.Sim) error { return s.Type(ctx, "alice", "growth", "hi") }, nil},
		"a mention":                     {func(s *slacksim.Sim) error { return s.Type(ctx, "alice", "payments", "hi @alignbot") }, []string{"message", "app_mention"}},
		"a message to the app":          {func(s *slacksim.Sim) error { return s.Type(ctx, "alice", "@alignbot", "hi @alignbot") }, []string{"message"}},
		"a message to somebody else":    {func(s *slacksim.Sim) error { return s.Type(ctx, "alice", "@bob", "hi") }, nil},
		"an edit":                       {func(s *slacksim.Sim) error { return s.EditMessage(ctx, "bob", "payments", first(s), "other") }, []string{"message message_changed"}},
		"a deletion":                    {func(s *slacksim.Sim) error { return s.DeleteMessage(ctx, "bob", "payments", first(s)) }, []string{"message message_deleted"}},
		"a reply":                       {func(s *slacksim.Sim) error { return s.Reply(ctx, "alice", "payments", first(s), "yes") }, []string{"message"}},
		"a reaction":                    {func(s *slacksim.Sim) error { return s.React(ctx, "alice", "payments", first(s), ":bulb:") }, []string{"reaction_added"}},
		"somebody joins":                {func(s *slacksim.Sim) error { return s.Join(ctx, "dave", "payments") }, []string{"member_joined_channel", "message channel_join"}},
		"somebody leaves":               {func(s *slacksim.Sim) error { return s.Type(ctx, "carol", "payments", "/leave") }, []string{"member_left_channel", "message channel_leave"}},
		"the app is invited":            {func(s *slacksim.Sim) error { return s.Type(ctx, "alice", "growth", "/invite @alignbot") }, []string{"member_joined_channel", "message channel_join"}},
		"the app is removed":            {func(s *slacksim.Sim) error { return s.Type(ctx, "alice", "payments", "/remove @alignbot") }, []string{"member_left_channel"}},
		"a channel is archived":         {func(s *slacksim.Sim) error { return s.Archive(ctx, "alice", "payments") }, []string{"channel_archive"}},
		"a channel is renamed":          {func(s *slacksim.Sim) error { return s.Rename(ctx, "alice", "payments", "billing") }, []string{"channel_rename"}},
		"a new channel, not subscribed": {func(s *slacksim.Sim) error { _, err := s.CreateChannel(ctx, "alice", "new", false); return err }, nil},
		"the Home is opened":            {func(s *slacksim.Sim) error { return s.OpenHome(ctx, "alice") }, []string{"app_home_opened"}},
		"the Messages tab is opened":    {func(s *slacksim.Sim) error { return s.OpenAppMessages(ctx, "alice") }, []string{"app_home_opened"}},
		"an account is deactivated": {func(s *slacksim.Sim) error {
			return s.UpdatePerson(ctx, "bob", func(p *slacksim.Person) { p.Deactivated = true })
		}, []string{"user_change"}},
		"a time zone changes": {func(s *slacksim.Sim) error {
			return s.UpdatePerson(ctx, "bob", func(p *slacksim.Person) { p.TZ = "Asia/Tokyo" })
		}, []string{"user_change"}},
		"a time zone that is none": {func(s *slacksim.Sim) error {
			return errIfNil(s.UpdatePerson(ctx, "bob", func(p *slacksim.Person) { p.TZ = "Mars/Base" }))
		}, nil},
		"the app is removed from it all":  {func(s *slacksim.Sim) error { return s.UninstallApp(ctx) }, []string{"app_uninstalled", "tokens_revoked"}},
		"an archived channel is renamed":  {func(s *slacksim.Sim) error { return errIfNil(s.Rename(ctx, "alice", "payments", "Two Words")) }, nil},
		"a reaction that is there twice":  {func(s *slacksim.Sim) error { return errIfNil(s.Unreact(ctx, "alice", "payments", first(s), "bulb")) }, nil},
		"somebody else's message changed": {func(s *slacksim.Sim) error { return errIfNil(s.EditMessage(ctx, "alice", "payments", first(s), "x")) }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			sim := open(t, slacksim.Options{})
			if err := sim.Type(ctx, "bob", "payments", "first"); err != nil {
				t.Fatal(err)
			}
			wait(t, sim, func() bool { return len(sim.Ledger().Refused()) == 2 }) // nobody heard it, twice
			l, _ := connect(t, sim)
			if err := c.do(sim); err != nil {
				t.Fatal(err)
			}
			var got []string
			for range c.want {
				f := l.next()
				got = append(got, strings.TrimSpace(f.str("event", "type")+" "+f.str("event", "subtype")))
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("events %v, want %v", got, c.want)
			}
			sent := sim.Ledger().Entries(func(e slacksim.Entry) bool { return e.Kind == slacksim.KindEnvelope && e.Error == "" })
			if len(sent) != len(c.want) {
				t.Errorf("%d events in all: %+v", len(sent), sent)
			}
		})
	}
}

func first(s *slacksim.Sim) string {
	cv, err := s.ChannelView("bob", "payments", 0)
	if err != nil || len(cv.Messages) == 0 {
		return ""
	}
	return cv.Messages[0].TS
}

type noError struct{}

func (noError) Error() string { return "it should have been refused" }

func errIfNil(err error) error {
	if err == nil {
		return noError{}
	}
	return nil
}

func TestAnUninstalledAppIsOut(t *testing.T) {
	sim := open(t, slacksim.Options{})
	l, _ := connect(t, sim)
	if err := sim.UninstallApp(within(t)); err != nil {
		t.Fatal(err)
	}
	for f := l.next(); f.Type != ""; f = l.next() {
	}
	if reply := post(t, sim, "auth.test", sim.BotToken(), nil); reply["error"] != "account_inactive" {
		t.Errorf("reply %v", reply)
	}
	if err := sim.InstallApp(within(t)); err != nil {
		t.Fatal(err)
	}
	if reply := post(t, sim, "auth.test", sim.BotToken(), nil); reply["ok"] != true {
		t.Errorf("reply %v", reply)
	}
}

func TestUnreadAndRead(t *testing.T) {
	sim := open(t, slacksim.Options{})
	unread := func() bool {
		sb, err := sim.Sidebar("bob")
		if err != nil {
			t.Fatal(err)
		}
		return slices.ContainsFunc(sb.Channels, func(c slacksim.ChannelInfo) bool { return c.Name == "payments" && c.Unread })
	}
	if unread() {
		t.Error("unread before anything was said")
	}
	if err := sim.Type(within(t), "alice", "payments", "x"); err != nil {
		t.Fatal(err)
	}
	if !unread() {
		t.Error("not unread")
	}
	if err := sim.MarkRead("bob", "payments"); err != nil || unread() {
		t.Error("still unread ", err)
	}
}

func TestWhatIsShownIsACopy(t *testing.T) {
	sim := open(t, slacksim.Options{})
	post(t, sim, "chat.postMessage", sim.BotToken(), args{"channel": "C0PAYMENTS", "text": "x", "blocks": js([]any{buttons("row", "a")})})
	if err := sim.React(within(t), "bob", "payments", first(sim), "bulb"); err != nil {
		t.Fatal(err)
	}
	before, _ := sim.Screen("alice", "payments")
	sc, _ := sim.Screen("alice", "payments")
	sc.Channel.Messages[0].Blocks[0] = 'X'
	sc.Channel.Messages[0].Reactions[0].Users[0] = "nobody"
	sc.Channel.Members[0] = "nobody"
	sc.Sidebar.App.Scopes[0] = "nothing"
	after, _ := sim.Screen("alice", "payments")
	if before.String() != after.String() || after.Channel.Members[0] == "nobody" || after.Sidebar.App.Scopes[0] == "nothing" {
		t.Error("changing what was shown changed the workspace")
	}
}

func TestSubscribersAreWoken(t *testing.T) {
	sim := open(t, slacksim.Options{})
	dave, stop := sim.Subscribe("dave")
	defer stop()
	if err := sim.Type(within(t), "alice", "@bob", "private"); err != nil {
		t.Fatal(err)
	}
	select {
	case <-dave:
		t.Error("dave was woken by a DM of others")
	default:
	}
	for range 3 {
		if err := sim.Type(within(t), "alice", "general", "public"); err != nil {
			t.Fatal(err)
		}
	}
	<-dave // three changes, one wake-up
	select {
	case <-dave:
		t.Error("woken twice")
	default:
	}
}

func TestModalsBeginWhereThePersonIs(t *testing.T) {
	sim := open(t, slacksim.Options{})
	l, _ := connect(t, sim)
	where := obj{"type": "input", "block_id": "w", "label": text("w"), "element": obj{
		"type": "conversations_select", "action_id": "v", "default_to_current_conversation": true, "response_url_enabled": true,
	}}
	day := obj{"type": "input", "block_id": "d", "optional": true, "label": text("d"), "element": obj{"type": "datepicker", "action_id": "v"}}
	v := openModal(t, sim, l, modal("one", where, day))
	if got := v.State["w"]["v"].IDs; !slices.Equal(got, []string{"C0PAYMENTS"}) {
		t.Errorf("chosen %v", got)
	}
	if err := sim.Act(within(t), "alice", slacksim.Target{ViewID: v.ID, BlockID: "d", ActionID: "v"}, slacksim.Input{Text: "tomorrow"}); err == nil {
		t.Error("a date that is none was taken")
	}
	went := act(t, func() error { return sim.Submit(within(t), "alice", v.ID) })
	f := l.next()
	l.ack(f, nil)
	went()
	if !strings.Contains(string(f.Payload), `"response_urls":[{"action_id":"v","block_id":"w","channel_id":"C0PAYMENTS","response_url":"`) {
		t.Errorf("payload %s", f.Payload)
	}
}

// TestSlackGoUnderstandsEveryReply: slack-go's decoders and ours agree on shapes.
func TestSlackGoUnderstandsEveryReply(t *testing.T) {
	w := slacksim.Sample()
	w.People[1].SnoozeUntil = time.Now().Add(time.Hour).Unix()
	sim := open(t, slacksim.Options{Workspace: w})
	api := client(sim)
	check := func(what string, ok bool, err error) {
		t.Helper()
		if err != nil || !ok {
			t.Errorf("%s: ok %v, error %v", what, ok, err)
		}
	}
	auth, err := api.AuthTest()
	check("auth.test", err == nil && auth.UserID == "U0ALIGN" && auth.BotID == "B0ALIGN" && auth.TeamID == "T0ACME", err)
	team, err := api.GetTeamInfo()
	check("team.info", err == nil && team.Domain == "acme", err)
	b, err := api.GetBotInfo(slack.GetBotInfoParameters{Bot: "B0ALIGN"})
	check("bots.info", err == nil && b.AppID == "A0ALIGN", err)
	u, err := api.GetUserByEmail("ALICE@acme.example")
	check("users.lookupByEmail", err == nil && u.ID == "U0ALICE", err)
	snooze := "U0BOB"
	dnd, err := api.GetDNDInfo(&snooze)
	check("dnd.info", err == nil && dnd.SnoozeEnabled, err)
	quiet, err := api.GetDNDTeamInfo([]string{"U0BOB", "U0ALICE"})
	check("dnd.teamInfo", err == nil && quiet["U0BOB"].Enabled && int64(quiet["U0BOB"].NextEndTimestamp) == w.People[1].SnoozeUntil && !quiet["U0ALICE"].Enabled, err)
	_, err = api.GetDNDTeamInfo(slices.Repeat([]string{"U0BOB"}, 51))
	check("dnd.teamInfo of 51", err != nil && err.Error() == "invalid_arguments", nil)
	ch, err := api.GetConversationInfo(&slack.GetConversationInfoInput{ChannelID: "C0PAYMENTS", IncludeNumMembers: true})
	check("conversations.info", err == nil && ch.Name == "payments" && ch.IsMember && ch.NumMembers == 5, err)
	members, _, err := api.GetUsersInConversation(&slack.GetUsersInConversationParameters{ChannelID: "C0PAYMENTS"})
	check("conversations.members", len(members) == 5, err)
	mine, _, err := api.GetConversationsForUser(&slack.GetConversationsForUserParameters{})
	check("users.conversations", len(mine) == 2, err)
	dm, _, already, err := api.OpenConversation(&slack.OpenConversationParameters{Users: []string{"U0ALICE"}})
	check("conversations.open", err == nil && strings.HasPrefix(dm.ID, "D") && !already, err)
	_, _, already, err = api.OpenConversation(&slack.OpenConversationParameters{Users: []string{"U0ALICE"}})
	check("conversations.open again", already, err)
	joined, _, _, err := api.JoinConversation("C0GROWTH")
	check("conversations.join", err == nil && joined.IsMember, err)
	groups, err := api.GetUserGroups(slack.GetUserGroupsOptionIncludeUsers(true))
	check("usergroups.list", err == nil && len(groups) == 1 && len(groups[0].Users) == 2, err)
	inGroup, err := api.GetUserGroupMembers("S0DEVS")
	check("usergroups.users.list", len(inGroup) == 2, err)
	err = sim.UpdateUsergroup(t.Context(), "@devs", func(g *slacksim.Usergroup) { g.Disabled = true })
	check("disabling a user group", true, err)
	groups, err = api.GetUserGroups()
	check("usergroups.list without those that are disabled", len(groups) == 0, err)
	groups, err = api.GetUserGroups(slack.GetUserGroupsOptionIncludeDisabled(true))
	check("usergroups.list with those that are disabled", len(groups) == 1 && groups[0].DateDelete > 0, err)
	if _, err := api.GetUserGroupMembers("S0DEVS"); err == nil || err.Error() != "no_such_subteam" {
		t.Errorf("usergroups.users.list of a disabled one: %v", err)
	}
	inGroup, err = api.GetUserGroupMembers("S0DEVS", slack.GetUserGroupMembersOptionIncludeDisabled(true))
	check("usergroups.users.list of a disabled one on request", len(inGroup) == 2, err)
	where, ts, err := api.PostMessage("U0ALICE", slack.MsgOptionText("hi", false))
	check("chat.postMessage to a person", where == dm.ID, err)
	_, reply, err := api.PostMessage(where, slack.MsgOptionText("more", false), slack.MsgOptionTS(ts))
	check("chat.postMessage in a thread", reply != "", err)
	replies, _, _, err := api.GetConversationReplies(&slack.GetConversationRepliesParameters{ChannelID: where, Timestamp: ts})
	check("conversations.replies", err == nil && len(replies) == 2 && replies[0].ReplyCount == 1 && replies[1].ThreadTimestamp == ts, err)
	history, err := api.GetConversationHistory(&slack.GetConversationHistoryParameters{ChannelID: where})
	check("conversations.history", err == nil && len(history.Messages) == 1 && history.Messages[0].BotID == "B0ALIGN", err)
	_, err = api.PostEphemeral("C0PAYMENTS", "U0ALICE", slack.MsgOptionText("psst", false))
	check("chat.postEphemeral", true, err)
	_, _, text, err := api.UpdateMessage(where, ts, slack.MsgOptionText("changed", false))
	check("chat.update", text == "changed", err)
	link, err := api.GetPermalink(&slack.PermalinkParameters{Channel: where, Ts: reply})
	check("chat.getPermalink", strings.Contains(link, "thread_ts="+ts), err)
	item := slack.NewRefToMessage(where, ts)
	check("reactions.add", true, api.AddReaction("bulb", item))
	if err := api.AddReaction("bulb", item); err == nil || err.Error() != "already_reacted" {
		t.Errorf("twice: %v", err)
	}
	got, err := api.GetReactions(item, slack.NewGetReactionsParameters())
	check("reactions.get", err == nil && len(got.Reactions) == 1 && got.Reactions[0].Name == "bulb", err)
	check("reactions.remove", true, api.RemoveReaction("bulb", item))
	mark, err := api.AddBookmark("C0PAYMENTS", slack.AddBookmarkParameters{Title: "Board", Type: "link", Link: "https://x.example"})
	check("bookmarks.add", mark.Title == "Board", err)
	_, _, err = api.DeleteMessage(where, reply)
	check("chat.delete", true, err)
	home := slack.HomeTabViewRequest{Type: "home", Blocks: slack.Blocks{BlockSet: []slack.Block{slack.NewDividerBlock()}}}
	view, err := api.PublishView("U0ALICE", home, "")
	check("views.publish", err == nil && view.Hash != "" && view.RootViewID == view.ID, err)
	_, err = api.UpdateView(slack.ModalViewRequest{}, "", "", "V1")
	var refused slack.SlackErrorResponse
	if ok := asSlackError(err, &refused); !ok || refused.Err != "invalid_arguments" || len(refused.ResponseMetadata.Messages) == 0 {
		t.Errorf("views.update: %#v", err)
	}
	_, _, err = api.PostMessage("C0PAYMENTS", slack.MsgOptionBlocks(slack.NewHeaderBlock(slack.NewTextBlockObject("plain_text", strings.Repeat("x", 151), false, false))))
	if ok := asSlackError(err, &refused); !ok || refused.Err != "invalid_blocks" || len(refused.Errors) == 0 || !strings.Contains(*refused.Errors[0].Message, "151 characters") {
		t.Errorf("bad blocks: %#v", err)
	}
	check("blocks.validate", true, errOf(post(t, sim, "blocks.validate", "", args{"blocks": `[{"type":"divider"}]`})))
}

func TestAnAppThatIsOnlyReadTakesNothing(t *testing.T) {
	w, err := slacksim.LoadWorkspace(strings.NewReader("app: {name: helper, read_only_messages_tab: true, scopes: [commands, \"chat:write\"], commands: [{command: /help}]}\npeople: [{name: bob}]\n"))
	if err != nil {
		t.Fatal(err)
	}
	sim := open(t, slacksim.Options{Workspace: w})
	bob, err := sim.Person("bob")
	if err != nil {
		t.Fatal(err)
	}
	if reply := post(t, sim, "chat.postMessage", sim.BotToken(), map[string]string{"channel": bob.ID, "text": "Good morning"}); reply["ok"] != true {
		t.Fatalf("the app itself may write, but got %v", reply)
	}
	unread := func() bool {
		t.Helper()
		dm, err := sim.ChannelView("bob", "@helper", 0)
		if err != nil || len(dm.Messages) != 1 {
			t.Fatalf("in the DM are %+v, %v; want the one message of the app", dm.Messages, err)
		}
		return dm.Unread
	}
	if !unread() {
		t.Error("what the app wrote is read before anybody looked")
	}
	for _, text := range []string{"Hello?", "/help"} {
		if err := sim.Type(within(t), "bob", "@helper", text); err == nil || !strings.Contains(err.Error(), "sending messages to this app has been turned off") {
			t.Errorf("%q is answered with %v", text, err)
		}
	}
	if err := sim.OpenHome(within(t), "bob"); err != nil || !unread() {
		t.Error("the Home marks the messages as read", err)
	}
	if err := sim.OpenAppMessages(within(t), "bob"); err != nil || unread() {
		t.Error("the opened Messages tab is still unread", err)
	}
}
