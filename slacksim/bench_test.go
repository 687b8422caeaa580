package slacksim_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"alignbot/slacksim"
)

// BenchmarkCommands measures slash commands that are acknowledged with a message, from 64 people at a time.
func BenchmarkCommands(b *testing.B) {
	w := slacksim.Sample()
	for i := range 1000 {
		w.People = append(w.People, slacksim.Person{Name: fmt.Sprint("p", i)})
		w.Channels[0].Members = append(w.Channels[0].Members, fmt.Sprint("p", i))
	}
	sim := open(b, slacksim.Options{Workspace: w, Limits: &slacksim.Limits{}})
	l, _ := connect(b, sim)
	go func() {
		for f := range l.frames {
			_ = l.ws.WriteJSON(obj{"envelope_id": f.EnvelopeID, "payload": obj{"text": "done"}})
		}
	}()
	var n atomic.Int64
	b.SetParallelism(32)
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := sim.Type(context.Background(), fmt.Sprint("U0P", n.Add(1)%1000), "C0GENERAL", "/idea x"); err != nil {
				b.Error(err)
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "commands/s")
}

// BenchmarkPosts measures chat.postMessage with a card of blocks.
func BenchmarkPosts(b *testing.B) {
	sim := open(b, slacksim.Options{Limits: &slacksim.Limits{}})
	blocks := js([]any{obj{"type": "section", "text": text("A card")}, buttons("row", "a", "b", "c")})
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		if reply := post(b, sim, "chat.postMessage", sim.BotToken(), args{"channel": "C0PAYMENTS", "text": "x", "blocks": blocks}); reply["ok"] != true {
			b.Fatal(reply)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "posts/s")
}
