package proof

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/slacksim"
	"alignbot/storage"
)

// stormChoices are what people vote in turn.
var stormChoices = []string{"Pursue", "Park"}

// ballotMessage is the message on which everybody votes.
type ballotMessage struct {
	mu sync.Mutex
	// at are its buttons as they were last looked for; nil when they are to be again.
	at map[string]slacksim.Target
}

// onlooker reads the channel and never acts, so that nothing private is between what
// they see.
const onlooker = "U0ALICE"

// ballot finds the message of the ballot.
func (w *world) ballot() (slacksim.Message, error) {
	view, err := w.sim.ChannelView(onlooker, channel, 0)
	if err != nil {
		return slacksim.Message{}, err
	}
	for _, m := range view.Messages {
		if strings.Contains(m.Text, "PAY-1, or park it?") {
			return m, nil
		}
	}
	return slacksim.Message{}, fmt.Errorf("there is no ballot in %s", channel)
}

// startBallot lets everybody vote on the first idea, and everybody see how many voted
// what.
func (w *world) startBallot(b testing.TB) {
	ctx, cancel := context.WithTimeout(b.Context(), 30*time.Second)
	defer cancel()
	a := &actor{world: w, ctx: ctx, who: person(0)}
	v, err := a.opens(func() error { return a.types("/antibacklog vote PAY-1") })
	if err == nil {
		err = a.presses(v, "More…")
	}
	if err == nil {
		err = a.sees(func() bool { v, err = a.modal(); return err != nil || a.chooses(v, "While it runs") == nil })
	}
	if err == nil {
		err = a.submits(v)
	}
	if err == nil {
		err = w.sim.Wait(ctx, func() bool { _, err := w.ballot(); return err == nil })
	}
	if err != nil {
		b.Fatalf("the ballot could not be started: %v", err)
	}
}

// button of a choice, the same for all who look.
func (w *world) button(choice string) (slacksim.Target, error) {
	w.message.mu.Lock()
	defer w.message.mu.Unlock()
	if w.message.at == nil {
		m, err := w.ballot()
		if err != nil {
			return slacksim.Target{}, err
		}
		w.message.at = map[string]slacksim.Target{}
		for _, e := range m.Elements() {
			w.message.at[e.Name] = slacksim.Target{Channel: m.Channel, TS: m.TS, BlockID: e.BlockID, ActionID: e.ActionID}
		}
	}
	target, there := w.message.at[choice]
	if !there {
		return target, fmt.Errorf("the ballot has no button %q", choice)
	}
	return target, nil
}

// gone has the buttons looked for again, unless somebody did.
func (w *world) gone(choice string, target slacksim.Target) {
	w.message.mu.Lock()
	defer w.message.mu.Unlock()
	if w.message.at[choice] == target {
		w.message.at = nil
	}
}

// votes clicks on a choice; the message may be redrawn under the finger.
func (a *actor) votes(choice string) error {
	for {
		target, err := a.button(choice)
		if err == nil {
			err = a.sim.Act(a.ctx, a.who, target, slacksim.Input{})
		}
		if !errors.Is(err, slacksim.ErrGone) {
			return err
		}
		a.gone(choice, target)
	}
}

// benchOneMessage lets everybody vote on one message, over and over and each as fast
// as they are answered. At the end everybody has the one vote they cast last, the
// message says so, and it was not redrawn more often than Slack allows.
func benchOneMessage(b *testing.B) {
	w := newWorld(b, "", stock(people+1))
	w.startBallot(b)
	ctx, cancel := context.WithTimeout(b.Context(), *storm+time.Minute)
	defer cancel()
	began, from := time.Now(), uint64(w.sim.Ledger().Len())
	last := make([]string, people) // what each voted last
	var votes atomic.Int64
	var voting sync.WaitGroup
	for k := range people {
		voting.Go(func() {
			a := &actor{world: w, ctx: ctx, who: person(k)}
			for n := 0; n == 0 || time.Since(began) < *storm; n++ {
				last[k] = stormChoices[(k/3+n)%2]
				if err := a.votes(last[k]); err != nil {
					b.Errorf("%s: %v", a.who, err)
					return
				}
				votes.Add(1)
			}
		})
	}
	voting.Wait()
	took := time.Since(began)
	counts := map[string]int{}
	for _, choice := range last {
		counts[choice]++
	}
	polled, err := w.store.Ballot(ctx, pipeline.Key{Team: "PAY", Number: 1}, storage.NewestBallot, "")
	if err != nil {
		b.Fatal(err)
	}
	tally := polled.Tally.Counts
	if tally[pipeline.ChoosePursue] != counts["Pursue"] || tally[pipeline.ChoosePark] != counts["Park"] {
		b.Errorf("%v were voted, and the tally says %v", counts, tally)
	}
	if err := w.sim.Wait(ctx, func() bool { return w.says(counts) }); err != nil {
		b.Errorf("the message never said that %v were voted: %v", counts, err)
	}
	settled := time.Since(began) - took
	updates := w.sim.Ledger().Entries(func(e slacksim.Entry) bool {
		return e.Seq > from && e.Kind == slacksim.KindCall && e.Method == "chat.update" && strings.Contains(e.Text, "PAY-1, or park it?")
	})
	perSecond := float64(len(updates)) / (took + settled).Seconds()
	results.note(fmt.Sprintf("%d people voted %d times on one message within %.0f s. The tally was exact, and %d ms after the last vote the message said so; until then it was redrawn %.2f times a second.",
		people, votes.Load(), took.Seconds(), settled.Milliseconds(), perSecond), b.Failed())
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(perSecond, "updates/s")
}

// says tells whether the message says how many voted for what.
func (w *world) says(counts map[string]int) bool {
	m, err := w.ballot()
	words := fmt.Sprintf(" %d would pursue it, %d would park it.", counts["Pursue"], counts["Park"])
	return err == nil && strings.Contains(m.Text, words)
}
