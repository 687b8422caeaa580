package bot

import (
	"context"
	"fmt"
	"testing"

	"alignbot/commands"
	"alignbot/pipeline"
	"alignbot/slacksim"
)

// extra adds a command that has something to say beside its answer, which waits until
// w.held is closed.
func (w *world) extra(_ *Settings, p *Parts) {
	p.Entries = append(p.Entries, commands.Entry{On: commands.Slash, Name: "/align", Word: "extra", May: pipeline.OpenHome,
		Do: func(_ context.Context, _ *commands.App, r *commands.Request) (commands.Reply, error) {
			reply, words := tell("Answered "+r.Words), r.Words
			reply.Extra = func(context.Context) commands.Reply {
				w.holding <- struct{}{}
				<-w.held
				if words == "panic" {
					panic("on purpose")
				}
				return tell("Beside " + words)
			}
			return reply, nil
		}})
}

// While extras take their time, everybody is answered, and what no extra has room for
// is left out and counted.
func TestExtrasAreNeverInTheWay(t *testing.T) {
	w := newWorld(t, slacksim.Options{})
	b := w.ready(w.extra)
	bob := w.Person("bob").In("payments")
	for i := range extrasAtOnce {
		bob.Types(fmt.Sprintf("/align extra worker %d", i))
		<-w.holding
	}
	const over = 3
	for i := range extrasWaiting + over {
		bob.Types(fmt.Sprintf("/align extra waiting %d", i))
	}
	bob.Sees(fmt.Sprintf("Answered waiting %d", extrasWaiting+over-1))
	w.eventually("what there is no room for is counted", func() bool {
		return count(t, b, "alignbot_extras_total", "left out") == over
	})
	close(w.held)
	w.eventually("the others are said", func() bool {
		said := w.Ledger().Entries(func(e slacksim.Entry) bool { return e.Kind == slacksim.KindResponse && e.Error == "" })
		return len(said) == extrasAtOnce+extrasWaiting
	})
}

func TestAnExtraThatFailsCostsNothingElse(t *testing.T) {
	w := newWorld(t, slacksim.Options{})
	b := w.ready(w.extra)
	bob := w.Person("bob").In("payments")
	bob.Types("/align extra panic")
	bob.Sees("Answered panic")
	close(w.held)
	bob.Types("/align extra next")
	bob.Sees("Beside next")
	if err := b.end(t); err != nil {
		t.Error(err)
	}
}

// What stopping finds waiting is still said.
func TestStoppingSaysTheExtrasThatWait(t *testing.T) {
	w := newWorld(t, slacksim.Options{})
	b := w.ready(w.extra)
	bob := w.Person("bob").In("payments")
	for i := range extrasAtOnce + 2 {
		bob.Types(fmt.Sprintf("/align extra %d", i))
	}
	for range extrasAtOnce {
		<-w.holding
	}
	b.stop()
	close(w.held)
	if err := b.end(t); err != nil {
		t.Error(err)
	}
	bob.Sees("Beside 0", fmt.Sprintf("Beside %d", extrasAtOnce+1))
}
