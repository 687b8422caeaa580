package slacksim_test

import (
	"context"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"

	"alignbot/slacksim"
)

// open starts a local Slack that ends with the test.
func open(t testing.TB, opt slacksim.Options) *slacksim.Sim {
	t.Helper()
	sim, err := slacksim.New(opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := sim.Close(); err != nil {
			t.Error(err)
		}
	})
	return sim
}

func client(sim *slacksim.Sim) *slack.Client {
	return slack.New(sim.BotToken(), slack.OptionAPIURL(sim.APIURL()), slack.OptionAppLevelToken(sim.AppToken()))
}

func within(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// bot runs slack-go's Socket Mode client with a handler until the test ends.
func bot(t *testing.T, sim *slacksim.Sim, handle func(*socketmode.Client, socketmode.Event)) *slack.Client {
	t.Helper()
	api := client(sim)
	sm := socketmode.New(api)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{}, 2)
	go func() { defer func() { ended <- struct{}{} }(); _ = sm.RunContext(ctx) }()
	go func() {
		defer func() { ended <- struct{}{} }()
		for {
			select {
			case ev := <-sm.Events:
				handle(sm, ev)
			case <-ctx.Done():
				return
			}
		}
	}()
	t.Cleanup(func() { cancel(); <-ended; <-ended })
	wait(t, sim, func() bool { return len(sim.Sockets()) > 0 })
	return api
}

func wait(t testing.TB, sim *slacksim.Sim, cond func() bool) {
	t.Helper()
	if err := sim.Wait(within(t), cond); err != nil {
		for _, e := range sim.Ledger().Entries(nil) {
			t.Log(e)
		}
		t.Fatal("waited in vain: ", err)
	}
}

func TestSlackGoBotTalksToPeople(t *testing.T) {
	sim := open(t, slacksim.Options{})
	bot(t, sim, func(sm *socketmode.Client, ev socketmode.Event) {
		switch data := ev.Data.(type) {
		case slack.SlashCommand:
			view := slack.ModalViewRequest{
				Type: "modal", CallbackID: "idea", Title: slack.NewTextBlockObject("plain_text", "Idea", false, false), Submit: slack.NewTextBlockObject("plain_text", "Save", false, false),
				Blocks: slack.Blocks{BlockSet: []slack.Block{slack.NewInputBlock("title", slack.NewTextBlockObject("plain_text", "Title", false, false), nil,
					&slack.PlainTextInputBlockElement{Type: slack.METPlainTextInput, ActionID: "v", InitialValue: data.Text})}},
			}
			if _, err := sm.OpenView(data.TriggerID, view); err != nil {
				t.Error(err)
			}
			_ = sm.Ack(*ev.Request)
		case slack.InteractionCallback:
			switch data.Type {
			case slack.InteractionTypeViewSubmission:
				title := data.View.State.Values["title"]["v"].Value
				if title == "bad" {
					_ = sm.Ack(*ev.Request, map[string]any{"response_action": "errors", "errors": map[string]string{"title": "Too vague."}})
					return
				}
				_ = sm.Ack(*ev.Request)
				_, _, err := sm.PostMessage("C0PAYMENTS", slack.MsgOptionText("New idea: "+title, false), slack.MsgOptionBlocks(
					slack.NewSectionBlock(slack.NewTextBlockObject("mrkdwn", "*"+title+"*", false, false), nil, nil),
					slack.NewActionBlock("row", slack.NewButtonBlockElement("park", "7", slack.NewTextBlockObject("plain_text", "Park", false, false)))))
				if err != nil {
					t.Error(err)
				}
			case slack.InteractionTypeBlockActions:
				_ = sm.Ack(*ev.Request)
				if err := slack.PostWebhook(data.ResponseURL, &slack.WebhookMessage{Text: "Parked.", ReplaceOriginal: true}); err != nil {
					t.Error(err)
				}
			}
		}
	})
	ctx := within(t)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(sim.Type(ctx, "alice", "payments", "/idea Export invoices"))
	modals, err := sim.Modals("alice")
	must(err)
	if len(modals) != 1 || modals[0].Title() != "Idea" {
		t.Fatalf("modals: %+v", modals)
	}
	el := modals[0].Elements()[0]
	if el.Value.Text != "Export invoices" || el.Name != "Title" {
		t.Errorf("element %+v", el)
	}
	at := slacksim.Target{ViewID: modals[0].ID, BlockID: el.BlockID, ActionID: el.ActionID}
	must(sim.Act(ctx, "alice", at, slacksim.Input{Text: ""}))
	must(sim.Submit(ctx, "alice", modals[0].ID))
	modals, _ = sim.Modals("alice")
	if modals[0].Errors["title"] != "Please complete this required field." {
		t.Errorf("errors %v", modals[0].Errors)
	}
	must(sim.Act(ctx, "alice", at, slacksim.Input{Text: "bad"}))
	must(sim.Submit(ctx, "alice", modals[0].ID))
	modals, _ = sim.Modals("alice")
	if modals[0].Errors["title"] != "Too vague." {
		t.Errorf("errors %v", modals[0].Errors)
	}
	must(sim.Act(ctx, "alice", at, slacksim.Input{Text: "Export <invoices> & more"}))
	must(sim.Submit(ctx, "alice", modals[0].ID))
	if modals, _ = sim.Modals("alice"); len(modals) != 0 {
		t.Errorf("still open: %+v", modals)
	}
	wait(t, sim, func() bool { return len(sim.Ledger().Calls("chat.postMessage")) == 1 })
	cv, err := sim.ChannelView("bob", "payments", 0)
	must(err)
	card := cv.Messages[len(cv.Messages)-1]
	must(sim.Act(ctx, "bob", slacksim.Target{Channel: "payments", TS: card.TS, BlockID: "row", ActionID: "park"}, slacksim.Input{}))
	wait(t, sim, func() bool {
		cv, _ := sim.ChannelView("bob", "payments", 0)
		return cv.Messages[len(cv.Messages)-1].Text == "Parked."
	})
	sc, err := sim.Screen("bob", "payments")
	must(err)
	t.Log("\n" + sc.String())
	if r := sim.Ledger().Refused(); len(r) > 0 {
		t.Errorf("refused: %+v", r)
	}
}
