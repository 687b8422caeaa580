package slacksim

import (
	"math/rand/v2"
	"path"
	"strings"
	"sync"
	"time"
)

// Fault scripts trouble: when it strikes and what happens then.
type Fault struct {
	// On names what it strikes, a pattern as in path.Match: a Web API method ("chat.postMessage", "chat.*", "*"), "response_url", "upload",
	// an envelope by its kind or payload type ("slash_commands", "events_api", "block_actions", "view_submission", …), an
	// event ("reaction_added"), "hello" for new sockets, or a type of block ("block:data_visualization") that messages are
	// then refused for, whatever Do says: not every workspace has every block. "*" means every HTTP call; "envelope:*" means every envelope.
	On string

	Nth         int     // strikes the n-th match only, counting from 1
	Every       int     // strikes every n-th match
	Probability float64 // strikes by chance, 0 to 1; see Options.FaultSeed
	Times       int     // ends after so many strikes; 0 never

	Do Effect
}

// Effect is what a fault does. Some make sense for Web API calls and response URLs only, some for envelopes only; where
// one makes no sense nothing happens.
type Effect struct {
	kind   effectKind
	wait   time.Duration
	status int
	text   string
	header *string
	times  int
	queue  *queue
	nth    int // strike of its rule, from 1
}

// Prefixes of the first name of what is not an HTTP call.
const (
	envelopePrefix = "envelope:"
	socketPrefix   = "socket:"
	blockPrefix    = "block:"
)

type effectKind int

const (
	effectDrop effectKind = iota + 1
	effectLoseReply
	effectDelay
	effectStatus
	effectError
	effectDuplicate
	effectRepeatEvent
	effectDuplicateElsewhere
	effectDeliver
	effectHoldBack
	effectReorder
	effectHalfOpen
	effectNoHello
	effectCutAfterSend
	effectLoseAck
	effectReadLate
)

// Drop loses a call before anything is done and closes its connection; an envelope it loses without a trace.
func Drop() Effect { return Effect{kind: effectDrop} }

// LoseReply does what the call asks and closes its connection without a reply.
func LoseReply() Effect { return Effect{kind: effectLoseReply} }

// Delay holds a call or an envelope back for d, by the local Slack's clock.
func Delay(d time.Duration) Effect { return Effect{kind: effectDelay, wait: d} }

// Throttle answers 429 with this Retry-After header, which may be junk or an HTTP date.
func Throttle(retryAfter string) Effect {
	return Effect{kind: effectStatus, status: 429, text: `{"ok":false,"error":"ratelimited"}`, header: &retryAfter}
}

// ThrottleBare answers 429 without a Retry-After header.
func ThrottleBare() Effect {
	return Effect{kind: effectStatus, status: 429, text: `{"ok":false,"error":"ratelimited"}`}
}

// HTTPStatus answers with a bare HTTP status, such as 503.
func HTTPStatus(code int) Effect {
	return Effect{kind: effectStatus, status: code, text: "upstream trouble"}
}

// APIError answers ok:false with this code.
func APIError(code string) Effect { return Effect{kind: effectError, text: code} }

// Duplicate sends an envelope twice on its socket, with the same envelope id.
func Duplicate() Effect { return Effect{kind: effectDuplicate} }

// DuplicateElsewhere sends an envelope twice with the same envelope id, the second time on another socket if there is one.
func DuplicateElsewhere() Effect { return Effect{kind: effectDuplicateElsewhere} }

// Deliver sends an envelope so many times with the same envelope id, on the sockets in turn.
func Deliver(times int) Effect { return Effect{kind: effectDeliver, times: times} }

// RepeatEvent sends the payload twice, the second time in an envelope with an id of its own.
func RepeatEvent() Effect { return Effect{kind: effectRepeatEvent} }

// HoldBack sends an envelope after the next one, so that two arrive in the wrong order.
func HoldBack() Effect { return Effect{kind: effectHoldBack} }

// Reorder holds envelopes back until there are as many as the order names, counted from 0 as the fault strikes them, and then
// sends them in that order over the sockets in turn, each once the one before is acknowledged or has missed its deadline. A
// number that comes again in the order sends its envelope again.
func Reorder(order ...int) Effect { return Effect{kind: effectReorder, queue: newQueue(order)} }

// HalfOpen turns the socket deaf and mute before the envelope goes out: it stays open, but nothing passes either way.
func HalfOpen() Effect { return Effect{kind: effectHalfOpen} }

// NoHello keeps a new socket without its hello.
func NoHello() Effect { return Effect{kind: effectNoHello} }

// ReadLate takes a file ("files.completeUploadExternal") and reads it only d later, by the local Slack's clock: until then
// it has no type, and blocks that show it are refused.
func ReadLate(d time.Duration) Effect { return Effect{kind: effectReadLate, wait: d} }

// CutAfterSend closes the socket right after the envelope went out, before an ack can come back.
func CutAfterSend() Effect { return Effect{kind: effectCutAfterSend} }

// LoseAck delivers an envelope and loses the app's ack to it, so that the app has acted and Slack does not know.
func LoseAck() Effect { return Effect{kind: effectLoseAck} }

// Faults is the script of trouble of one Sim.
type Faults struct {
	mu    sync.Mutex
	rand  *rand.Rand
	rules []*Rule
}

// Rule is a fault that was added.
type Rule struct {
	faults  *Faults
	fault   Fault
	matched int
	struck  int
	removed bool
}

func newFaults(seed uint64) *Faults {
	return &Faults{rand: rand.New(rand.NewPCG(seed, seed))}
}

// Add puts a fault into force. Of several that match, the one added first that strikes wins.
func (f *Faults) Add(fault Fault) *Rule {
	f.mu.Lock()
	defer f.mu.Unlock()
	r := &Rule{faults: f, fault: fault}
	f.rules = append(f.rules, r)
	return r
}

// Clear takes all faults out of force.
func (f *Faults) Clear() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rules = nil
}

// Remove takes the fault out of force.
func (r *Rule) Remove() {
	r.faults.mu.Lock()
	defer r.faults.mu.Unlock()
	r.removed = true
}

// Strikes is how often the fault has struck.
func (r *Rule) Strikes() int {
	r.faults.mu.Lock()
	defer r.faults.mu.Unlock()
	return r.struck
}

// none tells whether nothing can strike.
func (f *Faults) none() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.rules) == 0
}

// strike decides what happens to something that goes by these names; false is nothing.
func (f *Faults) strike(names ...string) (Effect, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var hit *Rule
	for _, r := range f.rules {
		if !r.removed && r.applies(names, f.rand) && hit == nil {
			hit = r
		}
	}
	if hit == nil {
		return Effect{}, false
	}
	hit.struck++
	effect := hit.fault.Do
	effect.nth = hit.struck
	return effect, true
}

func (r *Rule) applies(names []string, rnd *rand.Rand) bool {
	matches := false
	for _, n := range names {
		if r.fault.On == "*" && strings.Contains(names[0], ":") {
			return false
		}
		if ok, err := path.Match(r.fault.On, n); err == nil && ok {
			matches = true
		}
	}
	if !matches || (r.fault.Times > 0 && r.struck >= r.fault.Times) {
		return false
	}
	r.matched++
	switch {
	case r.fault.Nth > 0:
		return r.matched == r.fault.Nth
	case r.fault.Every > 0:
		return r.matched%r.fault.Every == 0
	case r.fault.Probability > 0:
		return rnd.Float64() < r.fault.Probability
	}
	return true
}
