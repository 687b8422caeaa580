package slacksim_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"

	"alignbot/slacksim"
	"alignbot/slacksim/page"
)

// A bot's client is pointed at a local Slack by its API address; then people see what the bot does.
func Example() {
	sim, err := slacksim.New(slacksim.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer sim.Close()

	bot := slack.New(sim.BotToken(), slack.OptionAPIURL(sim.APIURL()))
	_ = sim.Type(context.Background(), "bob", "payments", "Is anybody there?")
	_, _, _ = bot.PostMessage("C0PAYMENTS", slack.MsgOptionText("I am, <@U0BOB>.", false))

	screen, _ := sim.Screen("bob", "payments")
	fmt.Println(screen)
	// Output:
	// Bob Brandt's screen
	// ── #payments ──
	// Bob Brandt:
	//   Is anybody there?
	// alignbot:
	//   I am, @Bob Brandt.
}

// The second post is refused as one that came too fast; slack-go passes Slack's Retry-After on.
func ExampleFaults_Add() {
	sim, err := slacksim.New(slacksim.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer sim.Close()
	sim.Faults().Add(slacksim.Fault{On: "chat.postMessage", Nth: 2, Do: slacksim.Throttle("30")})

	bot := slack.New(sim.BotToken(), slack.OptionAPIURL(sim.APIURL()))
	for range 3 {
		_, _, err := bot.PostMessage("C0PAYMENTS", slack.MsgOptionText("Hello", false))
		var limited *slack.RateLimitedError
		if errors.As(err, &limited) {
			fmt.Println("wait", limited.RetryAfter)
		} else {
			fmt.Println(err)
		}
	}
	// Output:
	// <nil>
	// wait 30s
	// <nil>
}

// Slack may deliver an envelope twice. This bot acknowledges both and acts on one.
func ExampleDuplicate() {
	sim, err := slacksim.New(slacksim.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer sim.Close()
	duplicate := sim.Faults().Add(slacksim.Fault{On: "slash_commands", Times: 1, Do: slacksim.Duplicate()})

	api := slack.New(sim.BotToken(), slack.OptionAPIURL(sim.APIURL()), slack.OptionAppLevelToken(sim.AppToken()))
	client := socketmode.New(api)
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	go func() { _ = client.RunContext(ctx) }()
	go func() {
		seen := map[string]bool{}
		for {
			select {
			case event := <-client.Events:
				command, ok := event.Data.(slack.SlashCommand)
				if !ok {
					continue
				}
				if id := event.Request.EnvelopeID; !seen[id] {
					seen[id] = true
					_, _, _ = api.PostMessageContext(ctx, command.ChannelID, slack.MsgOptionText("Noted: "+command.Text, false))
				}
				_ = client.Ack(*event.Request) // last, so that two acks mean that all is done
			case <-ctx.Done():
				return
			}
		}
	}()

	connected := func() bool { return len(sim.Sockets()) > 0 }
	if err := sim.Wait(ctx, connected); err != nil {
		fmt.Println("the bot did not connect:", err)
		return
	}
	if err := sim.Type(ctx, "alice", "payments", "/idea Export invoices"); err != nil {
		fmt.Println(err)
		return
	}
	acks := func() int {
		return len(sim.Ledger().Entries(func(e slacksim.Entry) bool { return e.Kind == slacksim.KindAck && e.By == "app" }))
	}
	if err := sim.Wait(ctx, func() bool { return acks() == 2 }); err != nil {
		fmt.Println("the bot did not acknowledge both:", err)
	}
	fmt.Println("duplicated:", duplicate.Strikes())
	fmt.Println("posts:", len(sim.Ledger().Calls("chat.postMessage")))
	// Output:
	// duplicated: 1
	// posts: 1
}

// Nothing has to be slept through: what falls due in a day happens now.
func ExampleSim_Advance() {
	sim, err := slacksim.New(slacksim.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer sim.Close()

	bot := slack.New(sim.BotToken(), slack.OptionAPIURL(sim.APIURL()))
	tomorrow := strconv.FormatInt(sim.Now().Add(24*time.Hour).Unix(), 10)
	_, _, _ = bot.ScheduleMessage("C0PAYMENTS", tomorrow, slack.MsgOptionText("Stand-up!", false))
	sim.Advance(24 * time.Hour)

	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	err = sim.Wait(ctx, func() bool {
		screen, _ := sim.Screen("bob", "payments")
		return strings.Contains(screen.String(), "Stand-up!")
	})
	fmt.Println(err)
	// Output:
	// <nil>
}

// Slack's own error code says that something is wrong; the ledger says what and where.
func ExampleLedger_Refused() {
	sim, err := slacksim.New(slacksim.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer sim.Close()

	bot := slack.New(sim.BotToken(), slack.OptionAPIURL(sim.APIURL()))
	title := slack.NewTextBlockObject("plain_text", strings.Repeat("x", 151), false, false)
	_, _, err = bot.PostMessage("C0PAYMENTS", slack.MsgOptionBlocks(slack.NewHeaderBlock(title)))
	fmt.Println(err)
	for _, entry := range sim.Ledger().Refused() {
		fmt.Println(entry.Method, entry.Error)
	}
	// Output:
	// invalid_blocks
	// chat.postMessage invalid_blocks: [ERROR] must be less than 151 characters [json-pointer:/blocks/0/text/text]
}

// The page shows in a browser what a test or program has before it.
func ExampleSim_Handle() {
	sim, err := slacksim.New(slacksim.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer sim.Close()
	sim.Handle("/", page.Handler(sim))

	response, err := http.Get(sim.URL()) // what one opens in a browser
	if err != nil {
		fmt.Println(err)
		return
	}
	defer response.Body.Close()
	fmt.Println(response.Status)
	// Output:
	// 200 OK
}

// Describe the bot as its manifest does. Ids and tokens that are left out are made up.
func ExampleLoadWorkspace() {
	workspace, err := slacksim.LoadWorkspace(strings.NewReader(`
people:
  - {name: ana, real_name: Ana Alves, tz: Europe/Lisbon}
channels:
  - {name: checkout, members: [ana], app: true}
app:
  name: lunchbot
  scopes: [chat:write, commands]
  commands:
    - {command: /lunch, description: Suggest a place}
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(workspace.App.BotUser, workspace.BotToken)
	fmt.Println(workspace.Channels[0].ID, workspace.Channels[0].Members)
	// Output:
	// U0LUNCHBOT xoxb-local-a0lunchbot
	// C0CHECKOUT [U0ANA U0LUNCHBOT]
}
