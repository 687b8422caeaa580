package slacksim_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/slack-go/slack/socketmode"

	"alignbot/slacksim"
)

func TestSlackGoComesBackAfterARefresh(t *testing.T) {
	sim := open(t, slacksim.Options{})
	bot(t, sim, func(sm *socketmode.Client, ev socketmode.Event) {
		if ev.Type == socketmode.EventTypeSlashCommand {
			_ = sm.Ack(*ev.Request, map[string]any{"text": "done"})
		}
	})
	was := sim.Sockets()[0].ID
	sim.RefreshSockets()
	sim.Advance(10 * time.Second)
	wait(t, sim, func() bool { s := sim.Sockets(); return len(s) == 1 && s[0].ID != was })
	if err := sim.Type(within(t), "alice", "payments", "/idea x"); err != nil {
		t.Fatal(err)
	}
	if m := lastIn(t, sim, "payments"); m.Text != "done" {
		t.Errorf("shown %+v", m)
	}
}

// TestEverybodyAtOnce: people act, apps call, sockets come and go and faults strike, all at once. Nothing hangs, every
// message is there once, and closing does not wait for anybody.
func TestEverybodyAtOnce(t *testing.T) {
	const people, each = 8, 40
	sim := open(t, slacksim.Options{Limits: &slacksim.Limits{}, AckTimeout: 50 * time.Millisecond, FaultSeed: 7, Dir: t.TempDir()})
	for on, do := range map[string]slacksim.Effect{
		"slash_commands": slacksim.LoseAck(), "events_api": slacksim.CutAfterSend(), "view_submission": slacksim.Drop(), "message": slacksim.HoldBack(),
		"reaction_added": slacksim.DuplicateElsewhere(), "hello": slacksim.HalfOpen(),
	} {
		sim.Faults().Add(slacksim.Fault{On: on, Probability: 0.05, Do: do})
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()

	var apps sync.WaitGroup
	for range 3 {
		apps.Go(func() {
			for ctx.Err() == nil {
				reply := post(t, sim, "apps.connections.open", sim.AppToken(), nil)
				if reply["ok"] != true {
					return // the Sim is closing
				}
				l, err := redial(t, reply["url"].(string))
				if err != nil {
					return
				}
				for f := range l.frames {
					switch f.Type {
					case "slash_commands":
						_ = l.ws.WriteJSON(obj{"envelope_id": f.EnvelopeID, "payload": obj{"text": "done"}})
					case "events_api", "interactive":
						_ = l.ws.WriteJSON(obj{"envelope_id": f.EnvelopeID})
					}
				}
				l.close()
			}
		})
	}
	var acts sync.WaitGroup
	names := []string{"alice", "bob", "carol", "gina"}
	for i := range people {
		acts.Go(func() {
			r := rand.New(rand.NewPCG(1, uint64(i)))
			who := names[i%len(names)]
			for n := range each {
				var err error
				switch r.IntN(5) {
				case 0:
					err = sim.Type(ctx, who, "payments", "/idea x")
				case 1:
					post(t, sim, "chat.postMessage", sim.BotToken(), args{"channel": "C0PAYMENTS", "text": "bot"})
				case 2:
					err = sim.OpenHome(ctx, who)
				case 3:
					sim.RefreshSockets()
					sim.Advance(time.Second)
				case 4:
					_, err = sim.Screen(who, "payments")
				}
				if err == nil {
					err = sim.Type(ctx, who, "payments", fmt.Sprintf("%d/%d", i, n))
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	acts.Wait()
	cv, err := sim.ChannelView("alice", "payments", 10*people*each)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	last := ""
	for _, m := range cv.Messages {
		if m.TS <= last {
			t.Errorf("%s comes after %s", m.TS, last)
		}
		last = m.TS
		if m.BotID == "" && !m.Ephemeral {
			seen[m.Text]++
		}
	}
	if len(seen) != people*each {
		t.Errorf("%d different messages, want %d", len(seen), people*each)
	}
	for text, n := range seen {
		if n != 1 {
			t.Errorf("message %q is there %d times", text, n)
		}
	}
	began := time.Now()
	if err := sim.Close(); err != nil {
		t.Error(err)
	}
	if took := time.Since(began); took > 3*time.Second { // a second, and room for a busy machine
		t.Errorf("closing took %s", took)
	}
	cancel()
	apps.Wait()
}
