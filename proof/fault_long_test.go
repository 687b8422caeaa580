package proof

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf16"

	"alignbot/pipeline"
	"alignbot/slacksim"
)

// refuseLength has Slack find posts too long that are not.
func refuseLength(c *campaign) {
	c.struck(place{}, 16, "ccvr", slacksim.Fault{On: "chat.post*", Every: 3}, slacksim.APIError("msg_too_long"), slacksim.APIError("msg_blocks_too_long"))
}

// fillers are what grows when it is escaped, weighs more than it looks, or would come
// alive.
var fillers = []string{"&", "<", ">", "&amp;", "*_~`", "👩‍🚀", "界", "ﷺ", "<!channel> ", "<https://evil.example|good> ", "a b ", "x"}

// full is a text of fillers that takes all the room there is, counted as Slack does.
func (c *campaign) full(begins string, limit int) string {
	room := limit - len(utf16.Encode([]rune(begins)))
	one := fillers[c.rng.IntN(len(fillers))]
	var b strings.Builder
	b.WriteString(begins)
	for room >= len(utf16.Encode([]rune(one))) {
		b.WriteString(one)
		room -= len(utf16.Encode([]rune(one)))
		if c.rng.IntN(50) == 0 {
			one = fillers[c.rng.IntN(len(fillers))]
		}
	}
	return strings.TrimSpace(b.String())
}

// fillTexts has people fill every text of ideas, and look at them everywhere: Slack takes
// all that alignbot says.
func fillTexts(c *campaign) {
	w := c.open(place{change: func(o *orders) { o.Follows = true }})
	for i := 0; c.injections < c.n; i++ {
		w.fillsAll(i)
		if i%5 == 0 {
			w.looksAtAll(i, i+1)
		}
	}
	w.quiet()
	w.settle()
	c.nobodyNoticed()
	for _, e := range w.sim.Ledger().Refused() {
		c.Errorf("Slack refused %s %s: %s", e.Kind, e.Method, e.Error)
	}
	for _, e := range w.sim.Ledger().Entries(nil) {
		if said := e.Text + string(e.Payload); e.By == "app" && strings.Contains(said, "Something went wrong") {
			c.Errorf("%s %s says %.300q", e.Kind, e.Method, said)
		}
	}
}

// fillsAll has the k-th person capture an idea whose texts are all as long as they may be.
func (w *faultWorld) fillsAll(k int) {
	w.c.Helper()
	d, v := w.fillsIn(k)
	if d == nil {
		w.c.Fatal("no form opens")
	}
	ctx, cancel := context.WithTimeout(w.c.Context(), limit)
	defer cancel()
	a := &actor{world: w.world, ctx: ctx, who: d.who}
	typed := map[string]string{"Title": w.c.full(d.token+" ", pipeline.TitleLimit)}
	for _, label := range []string{"Problem", "We will know when", "Evidence"} {
		typed[label] = w.c.full("", pipeline.TextLimit)
	}
	for label, text := range typed {
		if err := a.fills(v, label, text); err != nil {
			w.c.Fatal(err)
		}
		w.c.injections++
	}
	d.wants = func(stored pipeline.Idea) string {
		for _, text := range []struct{ label, stored string }{
			{"Title", stored.Title}, {"Problem", stored.Problem}, {"We will know when", stored.Measure}, {"Evidence", stored.Evidence},
		} {
			if text.stored != typed[text.label] {
				return fmt.Sprintf("%s is %q, and typed was %q", text.label, text.stored, typed[text.label])
			}
		}
		return ""
	}
	w.submits(d, v)
}

// looksAtAll has the k-th person look at the ideas of the team, and at one closely.
func (w *faultWorld) looksAtAll(k, number int) {
	w.c.Helper()
	who := person(k)
	key := fmt.Sprint("PAY-", number)
	for _, words := range []string{
		"/idea list", "/idea show " + key, "/idea edit " + key, "/idea find evil", "/validate " + key, "/antibacklog", "/antibacklog park " + key,
		"/antibacklog vote " + key, "/align why " + key, "/align status",
	} {
		if err := w.sim.Type(w.c.Context(), who, channel, words); err != nil {
			w.c.Fatal(err)
		}
		views, err := w.sim.Modals(who)
		if err != nil {
			w.c.Fatal(err)
		}
		for _, v := range views {
			if err := w.sim.CloseModal(w.c.Context(), who, v.ID, true); err != nil {
				break // it was below another, and closed with it
			}
		}
	}
	before, _, err := w.sim.Home(who)
	if err == nil {
		err = w.sim.OpenHome(w.c.Context(), who)
	}
	if err != nil {
		w.c.Fatal(err)
	}
	w.until("Home is drawn", func() bool {
		now, shown, err := w.sim.Home(who)
		return err == nil && shown && now.Hash != before.Hash
	})
}
