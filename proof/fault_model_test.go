package proof

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"alignbot/llm"
	"alignbot/llm/llmtest"
	"alignbot/pipeline"
	"alignbot/slacksim"
	"alignbot/slacksim/mrkdwn"
	"alignbot/storage"
)

// advised is a world in which a language model is asked what ideas are for. The team has
// the outcomes PAY-O1 and PAY-O2, and PAY-O3 that is closed; another team has OPS-O1.
type advised struct {
	*faultWorld
	server *llmtest.Server

	answering sync.Mutex
	// bad answers that are still to be given; between few of them comes a good one, as a
	// bot rests for a minute after five that failed in a row. failed counts them, by the
	// path of the bot.
	bad    []llmtest.Step
	failed map[string]int
	// answered requests.
	answered int
}

// saysModel stands where a card shows what a model suggests.
const saysModel = "A language model suggests this"

// good is an answer that is shown.
var good = llmtest.Says(`{"suggestions": [{"id": "PAY-O2", "why": "Who is reminded stays."}]}`)

// advise opens such a world; timeout is how long an answer of the model may take.
func (c *campaign) advise(bots int, timeout time.Duration) *advised {
	c.Helper()
	w := &advised{failed: map[string]int{}}
	w.server = llmtest.Serve(c, w.answer)
	model := llm.DefaultSettings()
	model.Model, model.Timeout, model.PersonBudget, model.WorkspaceBudget = "small", timeout, llm.BudgetMost, llm.BudgetMost
	path := "/bot"
	w.faultWorld = c.open(place{bots: bots, change: func(o *orders) {
		path += "s"
		model.BaseURL = w.server.URL + path
		o.Model = model
	}})
	w.founds("OPS", "C0GENERAL", person(1))
	for i, team := range []pipeline.TeamKey{"PAY", "PAY", "PAY", "OPS"} {
		outcome, err := pipeline.NewOutcome(team, []string{"Fewer calls about invoices", "Fewer people leave", "Nobody waits", "Nobody is woken"}[i], person(0), time.Now())
		if i == 2 {
			outcome.Closed = time.Now()
		}
		if err == nil {
			_, err = w.store.AddOutcome(c.Context(), outcome.Statement, outcome, storage.Slot{}, pipeline.Event{At: outcome.Created, By: person(0), What: pipeline.WasAdded})
		}
		if err != nil {
			c.Fatal(err)
		}
	}
	return w
}

// answer one request of a bot.
func (w *advised) answer(to http.ResponseWriter, r llmtest.Request) {
	w.answering.Lock()
	step := good
	if len(w.bad) > 0 && w.failed[r.Path] < 3 {
		step, w.bad = w.bad[0], w.bad[1:]
		w.failed[r.Path]++
		w.c.injections++
	} else {
		w.failed[r.Path] = 0
	}
	w.answering.Unlock()
	defer func() {
		w.answering.Lock()
		w.answered++
		w.answering.Unlock()
	}()
	step(to, r)
}

// left are the bad answers still to be given, and done the requests that were answered.
func (w *advised) left() (bad, done int) {
	w.answering.Lock()
	defer w.answering.Unlock()
	return len(w.bad), w.answered
}

// struckBy lets people capture ideas until the model has given all of these answers, and
// then until a good one is shown.
func (w *advised) struckBy(bad []llmtest.Step, capture func(k int)) {
	w.c.Helper()
	w.answering.Lock()
	w.bad = bad
	w.answering.Unlock()
	const atOnce = 8
	for captured := 0; ; {
		if bad, _ := w.left(); bad == 0 {
			break
		}
		var all sync.WaitGroup
		for k := range atOnce {
			all.Go(func() { capture(k) })
		}
		all.Wait()
		captured += atOnce
		w.until("the model is asked", func() bool {
			bad, done := w.left()
			return bad == 0 || done >= captured-2*atOnce // a bot lets few ideas wait
		})
	}
	at := time.Now()
	d := w.capture(people - 1)
	w.until("a suggestion of the model is shown again", func() bool { return len(w.suggestions()[d.token]) > 0 })
	w.c.recover(time.Since(at))
}

// suggestions on cards that Slack took: all texts of the card, by token.
func (w *advised) suggestions() map[string][]string {
	shown := map[string][]string{}
	for _, e := range w.sim.Ledger().Entries(func(e slacksim.Entry) bool { return e.Kind == slacksim.KindCall && e.Error == "" }) {
		var payload any
		if token := isToken.FindString(string(e.Payload)); strings.Contains(string(e.Payload), saysModel) && json.Unmarshal(e.Payload, &payload) == nil {
			shown[token] = append(shown[token], textsIn(payload)...)
		}
	}
	return shown
}

var isSuggestion = regexp.MustCompile(`^Suggested: (\S+)`)

// settles holds, beside what settle does, that nobody's idea was changed, that only what
// was offered is suggested, and that nothing is alive that somebody or the model said;
// nor does any of these words of the model stand anywhere.
func (w *advised) settles(never ...string) {
	w.c.Helper()
	w.settle()
	for token, ideas := range w.ideas() {
		for _, idea := range ideas {
			if len(idea.Outcomes) > 0 || idea.Stage != pipeline.Captured || !idea.Withdrawn.IsZero() || idea.Version != 1 {
				w.c.doubled++
				w.c.Errorf("%s was changed, and nobody did it: %+v", token, idea)
			}
		}
	}
	for _, text := range w.textsSent() {
		if found := isSuggestion.FindStringSubmatch(text); found != nil && !slices.Contains([]string{"PAY-O1", "PAY-O2"}, found[1]) {
			w.c.Errorf("%s is suggested: %q", found[1], text)
		}
		for _, words := range never {
			if strings.Contains(text, words) && isToken.FindString(text) == "" { // what somebody typed has a token
				w.c.Errorf("Slack was sent words of the model: %q", text)
			}
		}
	}
	w.isHarmless()
}

// isHarmless: nothing is alive in what the bots sent but what alignbot makes itself.
func (w *faultWorld) isHarmless() {
	w.c.Helper()
	for _, e := range w.sim.Ledger().Entries(func(e slacksim.Entry) bool {
		return e.Kind == slacksim.KindCall || e.Kind == slacksim.KindAck || e.Kind == slacksim.KindResponse
	}) {
		for _, control := range mrkdwn.LivePayload(e.Payload) {
			switch {
			case control.Kind == mrkdwn.Broadcast, control.Kind == mrkdwn.Usergroup,
				control.Kind == mrkdwn.User && !strings.HasPrefix(control.Target, "U0P"),
				control.Kind == mrkdwn.Link && !strings.HasPrefix(control.Target, w.sim.URL()) && !strings.HasPrefix(control.Target, "slack://app?") && !strings.HasPrefix(control.Target, "https://acme.slack.com/"):
				w.c.Errorf("%+v is alive in %s", control, e)
			}
		}
	}
}
