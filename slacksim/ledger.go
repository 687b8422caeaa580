package slacksim

import (
	"encoding/json"
	"fmt"
	"sync"
	"time"
)

// Kinds of ledger entries.
const (
	KindCall     = "call"     // a Web API method
	KindResponse = "response" // a POST to a response_url
	KindEnvelope = "envelope" // sent to the app over a socket
	KindAck      = "ack"      // the app's acknowledgement
	KindAct      = "act"      // something a person did
	KindFault    = "fault"    // a scripted fault that took effect
)

// Entry is one line of the ledger.
type Entry struct {
	Seq     uint64    // rises by one; gaps never occur, the oldest entries are dropped first
	At      time.Time // time of the local Slack
	Kind    string
	Method  string // "chat.postMessage", "/idea", "view_submission", "Type", …
	By      string // person id, or "app"
	Channel string
	TS      string // message written or meant
	ID      string // envelope id, view id or event id, whichever names the thing
	Text    string
	Payload json.RawMessage // arguments or payload as received or sent; tokens are left out
	Error   string          // refusal code or what went wrong; "" when taken
}

// String is the entry on one line, without its payload.
func (e Entry) String() string {
	line := fmt.Sprintf("%d %s %s %s by %s", e.Seq, e.At.Format("15:04:05.000"), e.Kind, e.Method, orElse(e.By, "nobody"))
	for _, part := range []struct{ name, value string }{{"in", e.Channel}, {"ts", e.TS}, {"id", e.ID}, {"text", e.Text}, {"error", e.Error}} {
		if part.value != "" {
			line += fmt.Sprintf(" %s=%q", part.name, part.value)
		}
	}
	return line
}

// Ledger is the ordered record of what a local Slack took and refused. It keeps the newest entries only, see Options.LedgerSize.
type Ledger struct {
	mu   sync.Mutex
	size int
	ring []Entry
	next uint64 // sequence number of the next entry
}

func newLedger(size int) *Ledger { return &Ledger{size: size, next: 1} }

func (l *Ledger) add(e Entry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	e.Seq = l.next
	l.next++
	if l.size == 0 {
		return
	}
	if len(l.ring) < l.size {
		l.ring = append(l.ring, e)
		return
	}
	l.ring[(e.Seq-1)%uint64(l.size)] = e
}

// Len is how many entries were ever made, kept or not.
func (l *Ledger) Len() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return int(l.next - 1)
}

// Entries returns the kept entries for which keep holds, oldest first; a nil keep returns all.
func (l *Ledger) Entries(keep func(Entry) bool) []Entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []Entry
	start := 0
	if len(l.ring) == l.size && l.size > 0 {
		start = int((l.next - 1) % uint64(l.size))
	}
	for i := range l.ring {
		e := l.ring[(start+i)%len(l.ring)]
		if keep == nil || keep(e) {
			out = append(out, e)
		}
	}
	return out
}

// Calls returns the kept calls of one Web API method that were taken.
func (l *Ledger) Calls(method string) []Entry {
	return l.Entries(func(e Entry) bool { return e.Kind == KindCall && e.Method == method && e.Error == "" })
}

// Refused returns the kept entries that were refused or went wrong.
func (l *Ledger) Refused() []Entry { return l.Entries(func(e Entry) bool { return e.Error != "" }) }

// record writes an entry and wakes those who wait for anything to happen.
func (s *Sim) record(e Entry) {
	e.At = s.clock.now()
	s.ledger.add(e)
	s.changes.notify(false)
}
