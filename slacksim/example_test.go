package slacksim_test

import (
	"context"
	"fmt"

	"github.com/slack-go/slack"

	"alignbot/slacksim"
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
