package slacksim

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
)

const (
	maxSockets     = 10              // open connections per app
	maxAck         = 20 * 1024       // bytes; Slack drops a longer ack without a word
	maxFrame       = 1 << 20         // bytes read at all
	socketBacklog  = 4096            // frames waiting for one socket before it counts as dead
	writeDeadline  = 5 * time.Second // for one frame, real time
	goodbye        = time.Second     // for the app's answer to a close frame, real time
	debugLifetime  = 360 * time.Second
	socketHost     = "applink-local"
	reasonWarning  = "warning"
	reasonRefresh  = "refresh_requested"
	reasonDisabled = "link_disabled"
	reasonTooMany  = "too_many_websockets"
)

var (
	errNoSocket = errors.New("the app has no live connection")
	errNoAck    = errors.New("the app did not acknowledge in time")
)

// hub holds the app's Socket Mode connections and the envelopes that wait for their ack.
type hub struct {
	sim      *Sim
	upgrader websocket.Upgrader

	mu      sync.Mutex
	conns   []*conn
	turn    int                  // which connection is next
	waiting map[string]*delivery // by envelope id
	held    *heldBack            // an envelope that waits to be overtaken
	queues  []*queue             // of envelopes that are sent in another order
	closed  bool
	running sync.WaitGroup // goroutines of connections
}

type heldBack struct {
	conn  *conn
	frame []byte
}

// conn is one connection. Its writer goroutine alone writes to the socket; its reader goroutine alone reads.
type conn struct {
	id       string
	hub      *hub
	ws       *websocket.Conn
	out      chan []byte
	gone     chan struct{} // closed when the connection is dropped
	unread   chan struct{} // closed when the reader has ended
	once     sync.Once
	halfOpen atomic.Bool
	retired  atomic.Bool // on its way out; takes nothing new
	opened   time.Time
	timers   []func() bool // of its end; guarded by hub.mu
}

// delivery is an envelope on its way. done is called exactly once and must not block.
type delivery struct {
	conn *conn
	lost bool // its ack gets lost
	stop func() bool
	done func(ack json.RawMessage, err error)
}

// SocketInfo describes one open Socket Mode connection.
type SocketInfo struct {
	ID       string
	Opened   time.Time
	HalfOpen bool
}

func newHub(s *Sim) *hub {
	h := &hub{sim: s, waiting: map[string]*delivery{}}
	h.upgrader = websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }} // the ticket is the secret; SDKs send Slack's Origin
	return h
}

// serve opens a connection for a ticket that apps.connections.open gave out.
func (h *hub) serve(w http.ResponseWriter, r *http.Request) {
	s := h.sim
	ticket := r.URL.Query().Get("ticket")
	s.mu.Lock()
	known, on := s.tickets[ticket], s.socketMode
	delete(s.tickets, ticket)
	s.mu.Unlock()
	if !known {
		http.Error(w, "The ticket is unknown or was used; call apps.connections.open for a new one.", http.StatusForbidden)
		return
	}
	ws, err := h.upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // Upgrade has answered
	}
	c := &conn{id: newID("WS"), hub: h, ws: ws, out: make(chan []byte, socketBacklog), gone: make(chan struct{}), unread: make(chan struct{}), opened: s.clock.now()}
	ws.SetReadLimit(maxFrame)
	ws.SetPingHandler(func(data string) error {
		if c.halfOpen.Load() {
			return nil
		}
		return ws.WriteControl(websocket.PongMessage, []byte(data), time.Now().Add(writeDeadline))
	})

	effect, _ := s.faults.strike(socketPrefix+"hello", "hello")
	h.mu.Lock()
	if h.closed {
		h.mu.Unlock()
		_ = ws.Close()
		return
	}
	h.running.Add(2)
	count := 1
	for _, other := range h.conns {
		if !other.retired.Load() {
			count++
		}
	}
	tooMany := count > maxSockets
	switch {
	case !on:
		c.retired.Store(true)
		c.send(disconnectFrame(reasonDisabled))
	case tooMany:
		c.retired.Store(true)
		c.send(disconnectFrame(reasonTooMany))
	default:
		h.retireAfter(c, lifetimeOf(s, r)) // before the hello, so that whoever has read it finds the clock running
		hello := helloFrame(s.opt.Workspace.App.ID, count, lifetimeOf(s, r))
		switch effect.kind {
		case effectNoHello, effectDrop:
		case effectDelay:
			c.timers = append(c.timers, s.clock.after(effect.wait, func() { c.send(hello) }))
		default:
			c.send(hello)
		}
		if effect.kind == effectHalfOpen {
			c.halfOpen.Store(true)
		}
	}
	h.conns = append(h.conns, c)
	h.mu.Unlock()
	if effect.kind != 0 {
		s.record(Entry{Kind: KindFault, Method: "hello", ID: c.id})
	}
	go c.write()
	go c.read()
	if !on || tooMany {
		c.finish()
		return
	}
	s.changes.notify(false)
}

func lifetimeOf(s *Sim, r *http.Request) time.Duration {
	if r.URL.Query().Get("debug_reconnects") == "true" {
		return min(debugLifetime, s.opt.SocketLifetime)
	}
	return s.opt.SocketLifetime
}

// retireAfter plans the end of c: a warning, then the request to refresh, then the close; h.mu is held.
func (h *hub) retireAfter(c *conn, life time.Duration) {
	c.timers = append(c.timers,
		h.sim.clock.after(max(0, life-h.sim.opt.SocketNotice), func() { c.send(disconnectFrame(reasonWarning)) }),
		h.sim.clock.after(life, func() {
			h.mu.Lock() // no envelope is put behind the last frame
			defer h.mu.Unlock()
			c.send(disconnectFrame(reasonRefresh))
			c.finish()
		}))
}

func helloFrame(app string, n int, life time.Duration) []byte {
	return encode(obj{
		"type": "hello", "num_connections": n, "connection_info": obj{"app_id": app},
		"debug_info": obj{
			"host": socketHost, "started": time.Now().UTC().Format("2006-01-02 15:04:05.000"), "build_number": 1, "approximate_connection_time": int(life.Seconds()),
		},
	})
}

func disconnectFrame(reason string) []byte {
	return encode(obj{"type": "disconnect", "reason": reason, "debug_info": obj{"host": socketHost}})
}

// deliver sends an envelope on one of the connections. done gets the ack's payload (nil when it had none), or
// errNoSocket, or errNoAck when the deadline has passed.
func (h *hub) deliver(e envelope, done func(ack json.RawMessage, err error)) {
	s := h.sim
	payload := e.Payload
	effect, struck := s.faults.strike(append([]string{envelopePrefix + e.Type, e.Type}, e.names...)...)
	entry := Entry{Kind: KindEnvelope, Method: e.label(), By: e.by, Channel: e.channel, ID: e.ID, Payload: payload}
	if struck {
		s.record(Entry{Kind: KindFault, Method: e.label(), ID: e.ID})
		if effect.kind == effectDelay {
			s.clock.after(effect.wait, func() { h.dispatch(e, effect, entry, done) })
			return
		}
	}
	h.dispatch(e, effect, entry, done)
}

func (h *hub) dispatch(e envelope, effect Effect, entry Entry, done func(json.RawMessage, error)) {
	frame := e.frame()
	h.mu.Lock()
	if effect.kind == effectReorder {
		next := h.enqueue(effect, &queued{id: e.ID, frame: frame, send: func() { h.dispatch(e, Effect{}, entry, done) }})
		h.mu.Unlock()
		next()
		return
	}
	c := h.pick()
	if c == nil {
		next := h.follow(e.ID)
		h.mu.Unlock()
		defer next()
		entry.Error = "no connection"
		done(nil, errNoSocket)
		h.sim.record(entry)
		return
	}
	d := &delivery{conn: c, lost: effect.kind == effectLoseAck, done: done}
	h.waiting[e.ID] = d
	d.stop = h.sim.clock.after(h.sim.opt.AckTimeout, func() { h.expire(e.ID) })
	h.sim.record(entry)
	switch effect.kind {
	case effectDrop:
	case effectHalfOpen:
		c.halfOpen.Store(true)
	case effectDuplicate:
		c.send(frame)
		c.send(frame)
	case effectDuplicateElsewhere:
		c.send(frame)
		if other := h.pick(); other != nil {
			other.send(frame)
		}
	case effectDeliver:
		c.send(frame)
		for range effect.times - 1 {
			if other := h.pick(); other != nil {
				other.send(frame)
			}
		}
	case effectRepeatEvent:
		c.send(frame)
		again := e
		again.ID = rand.Text()
		h.waiting[again.ID] = &delivery{
			conn: c, stop: h.sim.clock.after(h.sim.opt.AckTimeout, func() { h.expire(again.ID) }), done: func(json.RawMessage, error) {},
		}
		c.send(again.frame())
	case effectHoldBack:
		if h.held != nil {
			h.held.conn.send(h.held.frame)
		}
		h.held = &heldBack{c, frame}
	case effectCutAfterSend:
		c.retired.Store(true)
		c.send(frame)
		c.send(noGoodbye)
	default:
		c.send(frame)
		if h.held != nil {
			h.held.conn.send(h.held.frame)
			h.held = nil
		}
	}
	h.mu.Unlock()
}

// pick takes the connections in turn; h.mu is held.
func (h *hub) pick() *conn {
	for range h.conns {
		h.turn++
		if c := h.conns[h.turn%len(h.conns)]; !c.retired.Load() {
			return c
		}
	}
	return nil
}

func (h *hub) expire(id string) {
	h.mu.Lock()
	d := h.waiting[id]
	delete(h.waiting, id)
	next := h.follow(id)
	h.mu.Unlock()
	defer next()
	if d != nil {
		d.done(nil, errNoAck) // first, so that whoever reads the entry finds the retry planned
		h.sim.record(Entry{Kind: KindAck, ID: id, Error: "timeout"})
	}
}

// take reads one frame from the app.
func (h *hub) take(c *conn, frame []byte) {
	s := h.sim
	id, payload, err := decodeAck(frame)
	entry := Entry{Kind: KindAck, By: "app", ID: id, Payload: payload}
	if err != nil {
		entry.Error = err.Error()
		s.log.Warn("An acknowledgement was dropped, as Slack does without telling the app.", "envelope_id", id, "bytes", len(frame), "reason", err)
		s.record(entry)
		return
	}
	h.mu.Lock()
	d := h.waiting[id]
	switch {
	case d == nil:
		entry.Error = "unknown or late envelope"
	case d.conn != c && !s.opt.AckAnySocket:
		entry.Error = "wrong socket"
	case d.lost:
		entry.Error = "lost by a scripted fault"
	default:
		delete(h.waiting, id)
	}
	next := h.follow(id)
	h.mu.Unlock()
	defer next()
	s.record(entry)
	if entry.Error != "" {
		s.log.Warn("An acknowledgement had no effect.", "envelope_id", id, "reason", entry.Error)
		return
	}
	d.stop()
	d.done(payload, nil)
}

// send queues a frame. A connection that cannot keep up is closed, as a dead one.
func (c *conn) send(frame []byte) {
	select {
	case c.out <- frame:
	default:
		c.drop()
	}
}

// noGoodbye in the queue of a connection drops it without a close frame.
var noGoodbye = []byte{}

// finish lets what is queued go out and closes the connection then. Nothing new is put on it.
func (c *conn) finish() {
	c.retired.Store(true)
	select {
	case c.out <- nil:
	default:
		c.drop()
	}
}

// drop closes the connection at once.
func (c *conn) drop() {
	c.retired.Store(true)
	c.once.Do(func() {
		close(c.gone)
		_ = c.ws.Close() // a write that hangs ends too
	})
}

// forget takes a connection that has ended off the list.
func (c *conn) forget() {
	h := c.hub
	h.mu.Lock()
	h.conns = slices.DeleteFunc(h.conns, func(x *conn) bool { return x == c })
	timers := c.timers
	c.timers = nil
	h.mu.Unlock()
	for _, stop := range timers {
		stop()
	}
	h.sim.changes.notify(false)
}

// close ends all connections and waits for their goroutines. Envelopes that wait for an ack will not get one.
func (h *hub) close() {
	h.mu.Lock()
	h.closed = true
	conns, waiting := slices.Clone(h.conns), h.waiting
	h.waiting = map[string]*delivery{}
	h.mu.Unlock()
	for _, c := range conns {
		c.drop()
	}
	for _, d := range waiting {
		d.done(nil, errClosed)
	}
	h.running.Wait()
}

// Sockets lists the open connections, oldest first.
func (s *Sim) Sockets() []SocketInfo {
	s.socket.mu.Lock()
	defer s.socket.mu.Unlock()
	var out []SocketInfo
	for _, c := range s.socket.conns {
		if !c.retired.Load() {
			out = append(out, SocketInfo{ID: c.id, Opened: c.opened, HalfOpen: c.halfOpen.Load()})
		}
	}
	return out
}

// RefreshSockets asks every open connection to be replaced, as Slack does every few hours: a warning now, the request to
// refresh and the close Options.SocketNotice later by the local Slack's clock.
func (s *Sim) RefreshSockets() {
	s.socket.mu.Lock()
	defer s.socket.mu.Unlock()
	for _, c := range s.socket.conns {
		s.socket.retireAfter(c, s.opt.SocketNotice)
	}
}

// CutSockets closes every open connection without a word, as a failing network does.
func (s *Sim) CutSockets() {
	s.socket.mu.Lock()
	conns := slices.Clone(s.socket.conns)
	s.socket.mu.Unlock()
	for _, c := range conns {
		c.drop()
	}
}

// SetSocketMode switches Socket Mode in the app's settings. Off closes the connections with link_disabled and refuses new ones.
func (s *Sim) SetSocketMode(on bool) {
	s.mu.Lock()
	s.socketMode = on
	s.mu.Unlock()
	if on {
		return
	}
	s.socket.mu.Lock()
	conns := slices.Clone(s.socket.conns)
	s.socket.mu.Unlock()
	for _, c := range conns {
		c.send(disconnectFrame(reasonDisabled))
		c.finish()
	}
}

func (c *conn) write() {
	defer c.hub.running.Done()
	defer c.forget()
	defer c.drop()
	ping := time.NewTicker(c.hub.sim.opt.PingEvery)
	defer ping.Stop()
	for {
		select {
		case frame := <-c.out:
			if frame == nil {
				c.sayGoodbye()
				return
			}
			if len(frame) == 0 {
				return
			}
			if c.halfOpen.Load() {
				continue
			}
			_ = c.ws.SetWriteDeadline(time.Now().Add(writeDeadline))
			if c.ws.WriteMessage(websocket.TextMessage, frame) != nil {
				return
			}
		case <-ping.C:
			if c.halfOpen.Load() {
				continue
			}
			if c.ws.WriteControl(websocket.PingMessage, []byte(time.Now().UTC().Format(time.RFC3339Nano)), time.Now().Add(writeDeadline)) != nil {
				return
			}
		case <-c.gone:
			return
		}
	}
}

// sayGoodbye sends a close frame and waits a moment for the app's own, so that nothing sent before is lost on its way.
func (c *conn) sayGoodbye() {
	if c.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseNormalClosure, ""), time.Now().Add(writeDeadline)) != nil {
		return
	}
	patience := time.NewTimer(goodbye)
	defer patience.Stop()
	select {
	case <-c.unread:
	case <-c.gone:
	case <-patience.C:
	}
}

func (c *conn) read() {
	defer c.hub.running.Done()
	defer close(c.unread)
	defer c.drop()
	for {
		_, frame, err := c.ws.ReadMessage()
		if err != nil {
			return
		}
		if !c.halfOpen.Load() {
			c.hub.take(c, frame)
		}
	}
}
