package proof

import (
	"context"
	"log"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/redis/go-redis/v9"
	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"

	"alignbot/storage/redistest"
)

// envPeer makes the test's own executable be a peer: its kind, the local Slack's
// address, an app token, a bot token and a Redis.
const envPeer = "ALIGNBOT_PROOF_PEER"

// peers are what somebody writes first with the library that alignbot uses too: every
// command becomes a hash under a number of its own, with no look at who asks, at what was
// asked before, or at anything else that is stored.
var peers = []string{
	"slack-go, acknowledges",
	"slack-go, a hash, then acknowledges with an answer",
	"slack-go, acknowledges, a hash, then posts an answer",
	"slack-go, the same with connections kept",
}

// newPeer is a world in which one of the peers is the bot.
func newPeer(b *testing.B, kind string) *world {
	server := redistest.StartServer(b)
	w := &world{sim: newSlack(b, ""), redis: redis.NewClient(&redis.Options{Addr: server.Addr})}
	b.Cleanup(func() { w.redis.Close() })
	order := strings.Join([]string{kind, w.sim.APIURL(), w.sim.AppToken(), w.sim.BotToken(), server.Addr}, "\n")
	w.bot = start(b, os.Args[0], "peer", envPeer+"="+order)
	w.connected(b)
	return w
}

// peer runs until its socket ends.
func peer() {
	order := strings.Split(os.Getenv(envPeer), "\n")
	kind, address, app, token, store := order[0], order[1], order[2], order[3], order[4]
	ctx := context.Background()
	options := []slack.Option{slack.OptionAPIURL(address), slack.OptionAppLevelToken(app)}
	if kind == peers[3] {
		transport := http.DefaultTransport.(*http.Transport).Clone()
		transport.MaxIdleConnsPerHost = 256
		options = append(options, slack.OptionHTTPClient(&http.Client{Transport: transport}))
	}
	api := slack.New(token, options...)
	client := socketmode.New(api)
	db := redis.NewClient(&redis.Options{Addr: store})
	var number atomic.Int64
	answer := slack.Message{Msg: slack.Msg{ResponseType: "ephemeral", Text: "Captured."}}
	keep := func(c slack.SlashCommand) {
		fields := map[string]any{"title": c.Text, "author": c.UserID, "channel": c.ChannelID}
		if err := db.HSet(ctx, "idea:"+strconv.FormatInt(number.Add(1), 10), fields).Err(); err != nil {
			log.Print(err)
		}
	}
	handle := func(event socketmode.Event) {
		command, is := event.Data.(slack.SlashCommand)
		if !is {
			return
		}
		switch kind {
		case peers[0]:
			client.Ack(*event.Request)
		case peers[1]:
			keep(command)
			client.Ack(*event.Request, answer)
		default:
			client.Ack(*event.Request)
			keep(command)
			if _, err := api.PostEphemeral(command.ChannelID, command.UserID, slack.MsgOptionText(answer.Text, false)); err != nil {
				log.Print(err)
			}
		}
	}
	go func() {
		for event := range client.Events {
			go handle(event)
		}
	}()
	if err := client.Run(); err != nil {
		log.Fatal(err)
	}
}
