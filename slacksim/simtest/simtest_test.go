package simtest_test

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackutilsx"
	"github.com/slack-go/slack/socketmode"
	"go.uber.org/goleak"

	"alignbot/slacksim"
	"alignbot/slacksim/simtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func plain(s string) *slack.TextBlockObject {
	return slack.NewTextBlockObject("plain_text", s, false, false)
}

// ideaBot is a small bot: /idea opens a form, submitting posts a card whose button parks it, Home lists what there is.
type ideaBot struct {
	t     testing.TB
	sm    *socketmode.Client
	mu    sync.Mutex
	ideas []string
}

func start(t *testing.T, opt slacksim.Options) *simtest.Sim {
	sim := simtest.Open(t, opt)
	api := slack.New(sim.BotToken(), slack.OptionAPIURL(sim.APIURL()), slack.OptionAppLevelToken(sim.AppToken()))
	b := &ideaBot{t: t, sm: socketmode.New(api)}
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { _ = b.sm.RunContext(ctx) })
	running.Go(func() {
		for {
			select {
			case ev := <-b.sm.Events:
				b.handle(ev)
			case <-ctx.Done():
				return
			}
		}
	})
	t.Cleanup(func() { cancel(); running.Wait() })
	sim.HasApp()
	return sim
}

func (b *ideaBot) check(err error) {
	if err != nil {
		b.t.Error(err)
	}
}

func (b *ideaBot) form(trigger, title string) {
	option := func(s string) *slack.OptionBlockObject {
		return slack.NewOptionBlockObject(strings.ToLower(s), plain(s), nil)
	}
	who := slack.NewInputBlock("who", plain("Who asks"), nil, slack.NewOptionsSelectBlockElement("users_select", nil, "v"))
	who.Optional = true
	tags := slack.NewInputBlock("tags", plain("Tags"), nil, slack.NewOptionsMultiSelectBlockElement("multi_external_select", nil, "tags"))
	tags.Optional = true
	_, err := b.sm.OpenView(trigger, slack.ModalViewRequest{
		Type: "modal", CallbackID: "capture", Title: plain("Capture an idea"), Submit: plain("Capture"),
		Blocks: slack.Blocks{BlockSet: []slack.Block{
			slack.NewInputBlock("title", plain("Title"), nil, &slack.PlainTextInputBlockElement{Type: slack.METPlainTextInput, ActionID: "v", InitialValue: title}),
			slack.NewInputBlock("team", plain("Team"), nil, slack.NewOptionsSelectBlockElement("static_select", plain("Pick one"), "v", option("Payments"), option("Growth"))),
			who, tags,
		}},
	})
	b.check(err)
}

func (b *ideaBot) handle(ev socketmode.Event) {
	switch data := ev.Data.(type) {
	case slack.SlashCommand:
		if data.Command == "/align" {
			return // never answers
		}
		b.form(data.TriggerID, data.Text)
		b.check(b.sm.Ack(*ev.Request))
	case slack.InteractionCallback:
		switch data.Type {
		case slack.InteractionTypeShortcut:
			b.form(data.TriggerID, "")
		case slack.InteractionTypeMessageAction:
			b.form(data.TriggerID, data.Message.Text)
		case slack.InteractionTypeBlockSuggestion:
			text := plain(data.Value)
			b.check(b.sm.Ack(*ev.Request, slack.OptionsResponse{Options: []*slack.OptionBlockObject{slack.NewOptionBlockObject("tag", text, nil)}}))
			return
		case slack.InteractionTypeViewSubmission:
			values := data.View.State.Values
			title := values["title"]["v"].Value
			if title == "idea" {
				b.check(b.sm.Ack(*ev.Request, slack.NewErrorsViewSubmissionResponse(map[string]string{"title": "Say what would be better."})))
				return
			}
			b.check(b.sm.Ack(*ev.Request))
			b.mu.Lock()
			b.ideas = append(b.ideas, title)
			n := len(b.ideas)
			home := slack.HomeTabViewRequest{Type: "home", Blocks: slack.Blocks{}}
			for _, i := range b.ideas {
				home.Blocks.BlockSet = append(home.Blocks.BlockSet, slack.NewSectionBlock(plain(i), nil, nil))
			}
			b.mu.Unlock()
			_, _, err := b.sm.PostMessage("C0PAYMENTS", slack.MsgOptionText(title, false), slack.MsgOptionBlocks(
				slack.NewSectionBlock(slack.NewTextBlockObject("mrkdwn", fmt.Sprintf("PAY-%d for <@%s>: %s (%s)", n, data.User.ID, slackutilsx.EscapeMessage(title), values["team"]["v"].SelectedOption.Value), false, true), nil, nil),
				slack.NewActionBlock("row", slack.NewButtonBlockElement("park", fmt.Sprint(n), plain("Park")))))
			b.check(err)
			_, err = b.sm.PublishView(data.User.ID, home, "")
			b.check(err)
			return
		case slack.InteractionTypeBlockActions:
			b.check(slack.PostWebhook(data.ResponseURL, &slack.WebhookMessage{Text: "Parked by <@" + data.User.ID + ">", ReplaceOriginal: true}))
		}
		b.check(b.sm.Ack(*ev.Request))
	default:
		if ev.Request != nil && ev.Type != socketmode.EventTypeHello {
			b.check(b.sm.Ack(*ev.Request))
		}
	}
}

func TestAConversation(t *testing.T) {
	sim := start(t, slacksim.Options{})
	alice, bob := sim.Person("alice").In("payments"), sim.Person("bob").In("payments")

	alice.Types("/idea Export invoices")
	alice.SeesModal("Capture an idea").Has("Title", "Export invoices").Has("Team", "")
	alice.Submits()
	alice.SeesFieldError("Team", "required")
	alice.Chooses("Team", "Growth")
	alice.Chooses("Who asks", "bob")
	alice.Chooses("Tags", "money", "time")
	alice.SeesModal("Capture an idea").Has("Team", "Growth").Has("Who asks", "bob")
	alice.Fills("Title", "idea")
	alice.Submits()
	alice.SeesFieldError("Title", "would be better")
	alice.Fills("Title", "Export <invoices>")
	alice.Submits()
	alice.SeesNoModal()
	alice.Sees("PAY-1 for @Alice Anders", "Export <invoices>", "(growth)")

	bob.Types("they retype every line")
	bob.Reacts("bulb", "retype every line")
	alice.Sees(":bulb: 1")
	alice.UsesShortcutOn("retype every line", "Capture as idea")
	alice.SeesModal("Capture an idea").Has("Title", "they retype every line")
	alice.ClosesModal()
	alice.SeesNoModal()
	alice.UsesShortcut("Capture an idea")
	alice.SeesModal("Capture an idea")
	alice.CancelsModal()

	bob.ClicksIn("PAY-1", "Park")
	alice.Sees("Parked by @Bob Brandt")
	alice.DoesNotSee("PAY-1")
	alice.OpensHome()
	alice.Sees("Export <invoices>")
	alice.DoesNotSee("Parked by")
	bob.Replies("Parked by", "thanks")
	alice.In("payments").Sees("thanks")
	bob.Unreacts("bulb", "retype every line")
	bob.StopsSeeing(":bulb:")
	if got := alice.In("payments").SeesMatch(`Parked by @(\w+)`); got != "Bob" {
		t.Errorf("matched %q", got)
	}
}

func TestWithoutAnAnswer(t *testing.T) {
	sim := start(t, slacksim.Options{AckTimeout: 100 * time.Millisecond})
	alice := sim.Person("alice")
	alice.Types("/align")
	alice.Sees("operation_timeout")
	alice.Dismisses("operation_timeout")
	alice.DoesNotSee("operation_timeout")
}

// recorder is a test that notes its failure instead of failing.
type recorder struct {
	testing.TB
	text     string
	cleanups []func()
}

func (r *recorder) Helper()                      {}
func (r *recorder) Cleanup(f func())             { r.cleanups = append(r.cleanups, f) }
func (r *recorder) Errorf(f string, args ...any) { r.text += fmt.Sprintf(f, args...) }
func (r *recorder) Error(args ...any)            { r.text += fmt.Sprint(args...) }
func (r *recorder) Fatal(args ...any)            { r.Error(args...); runtime.Goexit() }
func (r *recorder) Fatalf(f string, args ...any) { r.Errorf(f, args...); runtime.Goexit() }
func (r *recorder) run(f func(t testing.TB)) string {
	done := make(chan struct{})
	go func() { defer close(done); f(r) }()
	<-done
	for _, c := range slices.Backward(r.cleanups) {
		c()
	}
	return r.text
}

func TestFailuresShowTheScreen(t *testing.T) {
	for name, c := range map[string]struct {
		do   func(t testing.TB, sim *simtest.Sim)
		want []string
	}{
		"seeing what should not be there": {
			func(_ testing.TB, sim *simtest.Sim) {
				alice := sim.Person("alice")
				alice.Types("hello there")
				alice.DoesNotSee("hello")
			},
			[]string{"alice should not see \"hello\"", "── #general ──", "hello there"},
		},
		"an impossible act": {
			func(_ testing.TB, sim *simtest.Sim) { sim.Person("bob").In("growth").Types("x") },
			[]string{"bob is not in #growth", "── #growth ──"},
		},
		"an unknown person":   {func(_ testing.TB, sim *simtest.Sim) { sim.Person("zoe") }, []string{"nobody here is called \"zoe\"", "alice"}},
		"an unknown shortcut": {func(_ testing.TB, sim *simtest.Sim) { sim.Person("bob").UsesShortcut("Fly") }, []string{"no global shortcut \"Fly\"", "Capture an idea"}},
		"malformed blocks": {
			func(t testing.TB, sim *simtest.Sim) {
				api := slack.New(sim.BotToken(), slack.OptionAPIURL(sim.APIURL()))
				_, _, _ = api.PostMessage("C0GENERAL", slack.MsgOptionBlocks(slack.NewHeaderBlock(plain(strings.Repeat("x", 151)))))
			},
			[]string{"Slack would have refused", "chat.postMessage", "invalid_blocks"},
		},
		"malformed blocks on purpose": {
			func(t testing.TB, sim *simtest.Sim) {
				sim.Expect("invalid_blocks")
				api := slack.New(sim.BotToken(), slack.OptionAPIURL(sim.APIURL()))
				_, _, _ = api.PostMessage("C0GENERAL", slack.MsgOptionBlocks(slack.NewHeaderBlock(plain(strings.Repeat("x", 151)))))
			},
			nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := &recorder{TB: t}
			got := r.run(func(t testing.TB) { c.do(t, simtest.Open(t, slacksim.Options{})) })
			if len(c.want) == 0 && got != "" {
				t.Errorf("failed with %s", got)
			}
			for _, want := range c.want {
				if !strings.Contains(got, want) {
					t.Errorf("the failure says\n%s\nwithout %q", got, want)
				}
			}
		})
	}
}

// What the guide shows to be copied is what runs here as the example.
func TestTheGuideShowsTheExample(t *testing.T) {
	guide, err := os.ReadFile("../../docs/slacksim.md")
	if err != nil {
		t.Fatal(err)
	}
	example, err := os.ReadFile("example_test.go")
	if err != nil {
		t.Fatal(err)
	}
	_, code, _ := strings.Cut(string(guide), "```go\n")
	code, _, found := strings.Cut(code, "```")
	if !found {
		t.Fatal("the guide shows no Go")
	}
	for line := range strings.Lines(code) {
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, "package ") && !strings.HasPrefix(line, "func Test") && !strings.Contains(string(example), line) {
			t.Errorf("the guide shows what the example does not have: %s", line)
		}
	}
}
