package slacksim_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/slack-go/slack"

	"alignbot/slacksim"
	"alignbot/slacksim/simtest"
)

// pinning is a workspace whose app may pin, with the message it posted in #general.
func pinning(t *testing.T, scopes ...string) (*simtest.Sim, *slack.Client, slack.ItemRef) {
	t.Helper()
	w := slacksim.Sample()
	w.App.Scopes = append([]string{"chat:write"}, scopes...)
	sim := simtest.Open(t, slacksim.Options{Workspace: w})
	api := slack.New(sim.BotToken(), slack.OptionAPIURL(sim.APIURL()))
	channel, ts, err := api.PostMessage(botRoom(w), slack.MsgOptionText("Look here", false))
	if err != nil {
		t.Fatal(err)
	}
	return sim, api, slack.NewRefToMessage(channel, ts)
}

// botRoom is a channel that the app is in.
func botRoom(w slacksim.Workspace) string {
	at := slices.IndexFunc(w.Channels, func(c slacksim.Channel) bool { return slices.Contains(c.Members, w.App.BotUser) && !c.IM })
	return w.Channels[at].ID
}

func TestAMessageIsPinnedOnceAndTakenOff(t *testing.T) {
	t.Parallel()
	sim, api, item := pinning(t, "pins:write", "pins:read")
	says := func(what string, err error, want string) {
		t.Helper()
		if got := fmt.Sprint(err); got != want {
			t.Errorf("%s says %s, want %s", what, got, want)
		}
	}
	says("pins.add", api.AddPin(item.Channel, item), "<nil>")
	says("pins.add", api.AddPin(item.Channel, item), "already_pinned")
	listed, _, err := api.ListPins(item.Channel)
	if err != nil || len(listed) != 1 || listed[0].Message.Timestamp != item.Timestamp {
		t.Errorf("pinned are %+v (%v)", listed, err)
	}
	channel := sim.Person("alice").In(item.Channel)
	channel.Sees("(pinned by ")
	if err := sim.Unpin(t.Context(), "alice", item.Channel, item.Timestamp); err != nil {
		t.Fatal(err)
	}
	channel.DoesNotSee("(pinned by ")
	says("pins.remove", api.RemovePin(item.Channel, item), "no_pin")
	if err := sim.Pin(t.Context(), "alice", item.Channel, item.Timestamp); err != nil {
		t.Fatal(err)
	}
	says("pins.remove", api.RemovePin(item.Channel, item), "<nil>")
	says("pins.add", api.AddPin(item.Channel, slack.NewRefToMessage(item.Channel, "1.000001")), "message_not_found")
	says("pins.add", api.AddPin(item.Channel, slack.ItemRef{}), "no_item_specified")
	says("pins.add", api.AddPin("C0NOWHERE", item), "channel_not_found")
	for n := range 100 {
		_, ts, err := api.PostMessage(item.Channel, slack.MsgOptionText(fmt.Sprint("Another ", n), false))
		if err != nil {
			t.Fatal(err)
		}
		says("pins.add", api.AddPin(item.Channel, slack.NewRefToMessage(item.Channel, ts)), "<nil>")
	}
	says("pins.add", api.AddPin(item.Channel, item), "too_many_pins")
}

func TestPinningNeedsItsScope(t *testing.T) {
	t.Parallel()
	sim, api, item := pinning(t)
	sim.Expect("missing_scope")
	if err := api.AddPin(item.Channel, item); err == nil || !strings.Contains(err.Error(), "missing_scope") {
		t.Errorf("pins.add says %v", err)
	}
	if _, _, err := api.ListPins(item.Channel); err == nil || !strings.Contains(err.Error(), "missing_scope") {
		t.Errorf("pins.list says %v", err)
	}
}
