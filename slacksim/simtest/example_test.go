package simtest_test

import (
	"context"
	"fmt"
	"log"
	"testing"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackutilsx"
	"github.com/slack-go/slack/socketmode"

	"alignbot/slacksim"
	"alignbot/slacksim/simtest"
)

// lunchBot is the bot under test. It knows nothing of the local Slack: /lunch opens a form, and what is submitted is
// posted where the command was typed. It runs until ctx ends.
func lunchBot(ctx context.Context, api *slack.Client) {
	text := func(s string) *slack.TextBlockObject { return slack.NewTextBlockObject("plain_text", s, false, false) }
	check := func(err error) {
		if err != nil {
			log.Print(err)
		}
	}
	bot := socketmode.NewSocketmodeHandler(socketmode.New(api))
	bot.HandleDefault(func(*socketmode.Event, *socketmode.Client) {}) // news of the connection
	bot.HandleSlashCommand("/lunch", func(event *socketmode.Event, client *socketmode.Client) {
		check(client.Ack(*event.Request))
		command := event.Data.(slack.SlashCommand)
		_, err := api.OpenViewContext(ctx, command.TriggerID, slack.ModalViewRequest{
			Type: slack.VTModal, Title: text("Lunch"), Submit: text("Suggest"), PrivateMetadata: command.ChannelID,
			Blocks: slack.Blocks{BlockSet: []slack.Block{
				slack.NewInputBlock("place", text("Where"), nil, &slack.PlainTextInputBlockElement{
					Type: slack.METPlainTextInput, ActionID: "text", InitialValue: command.Text,
				}),
			}},
		})
		check(err)
	})
	bot.HandleInteraction(slack.InteractionTypeViewSubmission, func(event *socketmode.Event, client *socketmode.Client) {
		submitted := event.Data.(slack.InteractionCallback)
		place := submitted.View.State.Values["place"]["text"].Value
		if place == "the moon" {
			check(client.Ack(*event.Request, slack.NewErrorsViewSubmissionResponse(map[string]string{"place": "Too far."})))
			return
		}
		check(client.Ack(*event.Request))
		_, _, err := api.PostMessageContext(ctx, submitted.View.PrivateMetadata,
			slack.MsgOptionText("<@"+submitted.User.ID+"> is for "+slackutilsx.EscapeMessage(place)+".", false))
		check(err)
	})
	_ = bot.RunEventLoopContext(ctx) // ends with ctx
}

// startLunchBot opens a local Slack that has the bot installed, and runs the bot on it until the test ends.
func startLunchBot(t testing.TB) *simtest.Sim {
	workspace := slacksim.Sample() // alice, bob and others, in #general, #payments and others
	workspace.App.Name = "lunchbot"
	workspace.App.Commands = []slacksim.Command{{Name: "/lunch"}}
	workspace.App.Scopes = []string{"commands", "chat:write"}
	sim := simtest.Open(t, slacksim.Options{Workspace: workspace})

	api := slack.New(sim.BotToken(), slack.OptionAppLevelToken(sim.AppToken()), slack.OptionAPIURL(sim.APIURL()))
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); lunchBot(ctx, api) }() // the bot, with its client
	t.Cleanup(func() { cancel(); <-ended })
	sim.HasApp()
	return sim
}

// A bot is tested as a conversation: this is the body of a test.
func Example() {
	test := func(t testing.TB) { // func TestLunch(t *testing.T)
		sim := startLunchBot(t)
		alice := sim.Person("alice").In("payments")
		bob := sim.Person("bob").In("payments")

		alice.Types("/lunch the moon")
		alice.SeesModal("Lunch").Has("Where", "the moon")
		alice.Submits()
		alice.SeesFieldError("Where", "Too far.")
		alice.Fills("Where", "Luigi's")
		alice.Submits()
		alice.SeesNoModal()
		bob.Sees("@Alice Anders is for Luigi's.")

		fmt.Println(bob.Screen())
	}
	fmt.Print(new(recorder).run(test)) // an example is given no *testing.T; a failure would be printed here
	// Output:
	// Bob Brandt's screen
	// ── #payments ──
	// alignbot:
	//   @Alice Anders is for Luigi's.
}
