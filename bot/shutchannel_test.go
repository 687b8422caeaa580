package bot

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/slacksim"
	"alignbot/storage"
)

// waysToShut a channel to the bot, and to open it again.
var waysToShut = []struct {
	code       string
	shut, open func(*world, context.Context) error
}{
	{
		"not_in_channel",
		func(w *world, ctx context.Context) error { return w.Kick(ctx, "alice", "payments", "alignbot") },
		func(w *world, ctx context.Context) error { return w.Invite(ctx, "alice", "payments", "alignbot") },
	},
	{
		"is_archived",
		func(w *world, ctx context.Context) error { return w.Archive(ctx, "alice", "payments") },
		func(w *world, ctx context.Context) error { return w.Unarchive(ctx, "alice", "payments") },
	},
}

// add captures an idea of Bob's, as he can from anywhere.
func (w *world) add(title string) {
	w.t.Helper()
	idea := pipeline.Idea{
		Key: pipeline.Key{Team: "PAY"}, Title: title, Stage: pipeline.Captured,
		Author: "U0BOB", Created: time.Now(), Changed: time.Now(),
	}
	if _, err := w.db.Workspace(workspace).Capture(w.t.Context(), "test/"+title, idea, storage.Slot{}, cardOf("#")); err != nil {
		w.t.Fatal(err)
	}
}

// cardOf is the card of an idea, to be drawn.
func cardOf(key string) storage.Outgoing {
	return storage.Outgoing{ID: "card:" + key, Kind: storage.KindCard, Subject: key, Channel: "C0PAYMENTS"}
}

// cards are the titles in the order in which they were posted.
func (w *world) cards() []string {
	view, err := w.ChannelView("carol", "payments", 200)
	if err != nil {
		return nil // it is archived, or not hers
	}
	var titles []string
	for _, m := range view.Messages {
		for _, title := range []string{"First", "Second", "Third"} {
			if m.BotID != "" && strings.Contains(m.Text, title) {
				titles = append(titles, title)
			}
		}
	}
	return titles
}

// A channel in which the bot may not post for now gets everything, in order, as
// soon as it may; also when no event tells of that.
func TestAShutChannelGetsEverythingLater(t *testing.T) {
	sample := slacksim.Sample()
	sample.App.Scopes = slices.DeleteFunc(sample.App.Scopes, func(scope string) bool { return scope == "chat:write.public" })
	withoutEvents := sample
	withoutEvents.App.Events = slices.DeleteFunc(slices.Clone(sample.App.Events), func(name string) bool {
		return name == "member_joined_channel" || name == "channel_unarchive"
	})
	for _, c := range waysToShut {
		for name, how := range map[string]struct {
			options slacksim.Options
			look    time.Duration
		}{
			"an event tells":  {slacksim.Options{Workspace: sample}, time.Hour},
			"it looks itself": {slacksim.Options{Workspace: withoutEvents}, 300 * time.Millisecond},
		} {
			t.Run(c.code+", "+name, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t, how.options)
				w.team()
				if err := c.shut(w, t.Context()); err != nil {
					t.Fatal(err)
				}
				b := w.ready(func(s *Settings, _ *Parts) {
					s.Timing.ChannelLook, s.PostPace = how.look, 100*time.Millisecond
				})
				for _, title := range []string{"First", "Second", "Third"} {
					w.add(title)
				}
				w.eventually("the channel was tried", func() bool {
					return count(t, b, "alignbot_outbox_attempts_total", "channel-shut") > 0 && w.stats().Sending == 0
				})
				w.Person("alice").In("@alignbot").Sees("payments") // she is told
				if s := w.stats(); s.Failed+s.Unknown > 0 || s.Due != 3 {
					t.Errorf("the outbox has %+v", s)
				}
				if err := c.open(w, t.Context()); err != nil {
					t.Fatal(err)
				}
				w.Until("all is there", func() bool { return len(w.cards()) == 3 })
				if got := strings.Join(w.cards(), " "); got != "First Second Third" {
					t.Errorf("they came as %s", got)
				}
				told := 0
				for _, call := range w.calls("chat.postMessage") {
					if !strings.Contains(string(call.Payload), "C0PAYMENTS\"") {
						told++
					}
				}
				if told != 1 {
					t.Errorf("the owner was told %d times", told)
				}
			})
		}
	}
}

// The call that finds a channel shut is the only one in a long while.
func TestAShutChannelIsLeftAlone(t *testing.T) {
	w := newWorld(t, slacksim.Options{})
	w.team()
	rule := w.Faults().Add(slacksim.Fault{On: "chat.postMessage", Times: 1, Do: slacksim.APIError("is_archived")})
	w.ready()
	w.add("First")
	w.eventually("the channel was tried", func() bool { return rule.Strikes() == 1 && w.stats().Sending == 0 })
	w.add("Second")
	w.Person("alice").In("@alignbot").Sees("is archived")
	w.settle()
	w.nothingIsClaimed()
	if n := w.posts("C0PAYMENTS"); n != 0 {
		t.Errorf("%d cards were posted in a channel that is held", n)
	}
	if s := w.stats(); s.Due != 2 || s.OldestDue != 0 {
		t.Errorf("the outbox has %+v", s)
	}
}

// nothingIsClaimed: whatever waits is held back.
func (w *world) nothingIsClaimed() {
	w.t.Helper()
	claimed, _, err := w.db.Workspace(workspace).Claim(w.t.Context(), 10, time.Minute, 0)
	if err != nil || len(claimed) > 0 {
		w.t.Errorf("claimed %+v, %v; want nothing", claimed, err)
	}
}

func TestNobodyWaitsForAChannelForEver(t *testing.T) {
	w := newWorld(t, slacksim.Options{})
	w.team()
	w.Faults().Add(slacksim.Fault{On: "chat.postMessage", Times: 1, Do: slacksim.APIError("is_archived")})
	w.ready(func(_ *Settings, p *Parts) {
		p.Now = func() time.Time { return time.Now().Add(shutLimit + time.Minute) }
	})
	w.add("First")
	w.eventually("it is given up", func() bool { return w.stats().Failed == 1 })
	entries, err := w.db.Workspace(workspace).Unconfirmed(t.Context(), "U0BOB")
	if err != nil || len(entries) != 1 {
		t.Errorf("its author is told of %+v, %v", entries, err)
	}
}
