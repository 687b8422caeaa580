package proof

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"alignbot/bot"
	"alignbot/pipeline"
	"alignbot/slacksim"
	"alignbot/storage"
	"alignbot/storage/redistest"
)

// place is where a world's deeds happen; the zero value is a Redis of its own behind a
// proxy, and one bot in this process.
type place struct {
	slack slacksim.Options
	// redis is a URL where the store is something else than one server, with args for
	// the server where it is one.
	redis string
	args  []string
	// bots at work, each in a process of its own if apart; late starts none.
	bots  int
	apart bool
	late  bool
	// change what a bot is told, and the workspace before there is one.
	change    func(*orders)
	workspace func(*slacksim.Workspace)
}

// faultWorld is a world in which faults are injected.
type faultWorld struct {
	*world
	c      *campaign
	place  place
	server *redistest.Server // nil where the store is more than one
	proxy  *redistest.Proxy  // between it and the bots
	url    string            // for bots
	db     *storage.DB       // past all faults
	bots   []*employee
	// tokens begin with this, which no other world's do.
	prefix string
	// teams by their keys, and where people type.
	teams []pipeline.TeamKey
	where string

	mu    sync.Mutex
	deeds []*deed
	next  int
	// messages to react to, by the deed's token.
	messages map[string]string
	ballot   *pipeline.Key
	// later is how many entries of the outbox the ballot has for its last day.
	later   int
	buttons map[string]slacksim.Target
}

// timing is quick where waiting proves nothing, and as it is in use where it is
// promised.
var timing = bot.Timing{
	Apart: time.Millisecond, RetryFirst: 5 * time.Millisecond, RetryMost: 100 * time.Millisecond, Stable: 100 * time.Millisecond,
	StoreCheck: 50 * time.Millisecond, Quiet: 20 * time.Millisecond, ChannelLook: 50 * time.Millisecond,
	Call: 2 * time.Second, Lease: 3 * time.Second,
}

// open makes a world; it ends with the test.
func (c *campaign) open(p place) *faultWorld {
	c.Helper()
	c.worlds++
	w := &faultWorld{
		c: c, place: p, prefix: fmt.Sprintf("q%dw%dn", c.number, c.worlds), where: channel, messages: map[string]string{}, buttons: map[string]slacksim.Target{},
	}
	direct := p.redis
	if w.url = p.redis; w.url == "" {
		w.server = redistest.StartServer(c, p.args...)
		w.proxy = redistest.NewProxy(c, w.server.Addr)
		w.url, direct = w.proxy.URL(), w.server.URL()
	}
	w.world = &world{sim: crowded(c, p)}
	db, err := storage.Open(c.Context(), storage.Settings{URL: direct, Timeout: 10 * time.Second}, nil)
	if err != nil {
		c.Fatal(err)
	}
	c.Cleanup(func() { db.Close() })
	w.db, w.store = db, db.Workspace(w.sim.Workspace().TeamID)
	w.founds("PAY", channel, person(0))
	if !p.late {
		for range max(1, p.bots) {
			w.hire()
		}
	}
	return w
}

// founds a team of that channel.
func (w *faultWorld) founds(key pipeline.TeamKey, channel, owner string) {
	w.c.Helper()
	team := pipeline.DefaultTeam(channel, "payments", pipeline.Person{ID: owner, Zone: "Europe/Berlin"})
	team.Key, team.MembersStartBallots = key, true
	if _, err := w.store.SetUpTeam(w.c.Context(), "set-up "+string(key), team); err != nil {
		w.c.Fatal(err)
	}
	w.teams = append(w.teams, key)
}

// crowded is a workspace with many people in one channel.
func crowded(t testing.TB, p place) *slacksim.Sim {
	o := p.slack
	o.Workspace = slacksim.Sample()
	for i := range o.Workspace.Channels {
		if o.Workspace.Channels[i].ID == channel {
			for n := range people {
				id := person(n)
				o.Workspace.People = append(o.Workspace.People, slacksim.Person{ID: id, Name: strings.ToLower(id)})
				o.Workspace.Channels[i].Members = append(o.Workspace.Channels[i].Members, id)
			}
		}
	}
	if p.workspace != nil {
		p.workspace(&o.Workspace)
	}
	o.Limits, o.LedgerSize = &slacksim.Limits{}, 1<<18
	sim, err := slacksim.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sim.Close() })
	return sim
}

// hire starts one more bot and waits for its sockets.
func (w *faultWorld) hire() *employee {
	w.c.Helper()
	before := map[string]bool{}
	for _, s := range w.sim.Sockets() {
		before[s.ID] = true
	}
	e := w.begin()
	w.until("a bot has its sockets", func() bool {
		opened := 0
		for _, s := range w.sim.Sockets() {
			if !before[s.ID] {
				opened++
			}
		}
		return opened >= 2
	})
	return e
}

// begin starts one more bot.
func (w *faultWorld) begin() *employee {
	w.c.Helper()
	o := orders{API: w.sim.APIURL(), BotToken: w.sim.BotToken(), AppToken: w.sim.AppToken(), Store: w.url, Timing: timing}
	if w.place.change != nil {
		w.place.change(&o)
	}
	var e *employee
	if w.place.apart {
		e = employProcess(w.c, o)
	} else {
		e = employ(o)
	}
	w.bots = append(w.bots, e)
	w.c.Cleanup(func() {
		e.stop()
		<-e.ended
	})
	return e
}

// dismiss asks a bot to end, and waits until it has.
func (w *faultWorld) dismiss(e *employee) {
	w.c.Helper()
	e.stop()
	<-e.ended
	if e.err != nil {
		w.c.Errorf("a bot ended with %v", e.err)
	}
}

// everything that a channel holds is more than a view shows unless it is asked to.
const everything = 1 << 20

// limit is for a machine that is busy with other tests.
const limit = 2 * time.Minute

// until looks again and again at what tells nobody when it changes.
func (w *faultWorld) until(what string, cond func() bool) {
	w.c.Helper()
	ctx, cancel := context.WithTimeout(w.c.Context(), limit)
	defer cancel()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for !cond() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			w.c.Fatalf("it did not come to this within %s: %s", limit, what)
		}
	}
}

// works waits until somebody's idea is captured, and gives how long after a moment
// that was.
func (w *faultWorld) works(since time.Time) time.Duration {
	w.c.Helper()
	var took time.Duration
	pause := time.NewTicker(20 * time.Millisecond) // somebody patient
	defer pause.Stop()
	w.until("an idea is captured again", func() bool {
		d := w.capture(people - 1)
		took = time.Since(since)
		view, err := w.sim.ChannelView(d.who, channel, 200)
		if err != nil {
			w.c.Fatal(err)
		}
		for _, m := range view.Messages {
			if m.Ephemeral && strings.Contains(m.Text, "Captured as") && strings.Contains(m.Text, d.token) {
				return true
			}
		}
		<-pause.C
		return false
	})
	w.c.recover(took)
	return took
}
