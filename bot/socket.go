package bot

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
)

// frameLimit is far above anything Slack sends; a view is at most 250 KB.
const frameLimit = 4 << 20

// closeAnswer is how long Slack may take to answer a close frame.
const closeAnswer = time.Second

// delivery is an envelope that has arrived and waits for its turn.
type delivery struct {
	frame  []byte
	socket *socket
	at     time.Time
}

// socket is one WebSocket to Slack, from its hello to its end. Acknowledgements
// go back on the socket their envelope came from.
type socket struct {
	conn   *websocket.Conn
	timing Timing
	log    *slog.Logger

	lastFrame    atomic.Int64  // Unix nanoseconds
	lastEnvelope atomic.Int64  // that came or was answered, Unix nanoseconds; 0 before the first
	pending      atomic.Int64  // envelopes read and neither acknowledged nor given up
	idle         chan struct{} // told when pending falls to zero
	drained      chan struct{} // the same, for the end that Slack asks for
	closing      atomic.Bool   // the close frame is written
	writing      sync.Mutex    // one writer at a time

	leaving     chan struct{} // closed when Slack asks for a replacement
	leaveReason string        // valid after leaving is closed
	done        chan struct{} // closed when reading has ended
	err         error         // valid after done is closed
}

// errSocketClosed: the socket an acknowledgement belongs to is gone.
var errSocketClosed = errors.New("the socket of this envelope is closed")

// controlFrame is a frame that wants no acknowledgement.
type controlFrame struct {
	Type           string `json:"type"`
	Reason         string `json:"reason"`
	NumConnections int    `json:"num_connections"`
}

// dialSocket connects to an address that apps.connections.open gave, and waits
// for Slack's hello: before it nothing is delivered. The address holds a ticket,
// so no error names it.
func dialSocket(ctx context.Context, address string, timing Timing, log *slog.Logger) (*socket, int, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*timing.Hello)
	defer cancel()
	dialer := websocket.Dialer{
		Proxy:            http.ProxyFromEnvironment,
		HandshakeTimeout: timing.Hello,
		NetDialContext:   (&net.Dialer{Timeout: timing.Hello, KeepAlive: 15 * time.Second}).DialContext,
		ReadBufferSize:   16 << 10,
		WriteBufferSize:  32 << 10, // one frame for any acknowledgement
	}
	conn, response, err := dialer.DialContext(ctx, address, nil)
	if err != nil {
		if response != nil {
			return nil, 0, fmt.Errorf("connect the socket: HTTP %d", response.StatusCode)
		}
		return nil, 0, fmt.Errorf("connect the socket: %w", withoutAddress(err))
	}
	conn.SetReadLimit(frameLimit)
	s := &socket{
		conn: conn, timing: timing, log: log,
		idle: make(chan struct{}, 1), drained: make(chan struct{}, 1), leaving: make(chan struct{}), done: make(chan struct{}),
	}
	// The reader answers Slack's close frame, once it has nothing left to say.
	conn.SetCloseHandler(func(int, string) error { return nil })
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	conn.SetReadDeadline(time.Now().Add(timing.Hello))
	_, frame, err := conn.ReadMessage()
	if err != nil {
		conn.Close()
		return nil, 0, fmt.Errorf("wait %s for the socket's hello: %w", timing.Hello, err)
	}
	var hello controlFrame
	if err := json.Unmarshal(frame, &hello); err != nil || hello.Type != "hello" {
		conn.Close()
		if hello.Type == "disconnect" {
			return nil, 0, &refusedError{reason: hello.Reason}
		}
		return nil, 0, errors.New("wait for the socket's hello: another frame came first")
	}
	s.heard()
	conn.SetPongHandler(func(string) error { s.heard(); return nil })
	conn.SetPingHandler(func(data string) error {
		s.heard()
		err := conn.WriteControl(websocket.PongMessage, []byte(data), time.Now().Add(timing.Write))
		if errors.Is(err, websocket.ErrCloseSent) {
			return nil
		}
		return err
	})
	return s, hello.NumConnections, nil
}

// refusedError: Slack ended the connection with a reason of its own.
type refusedError struct{ reason string }

func (e *refusedError) Error() string { return "Slack closed the socket: " + e.reason }

// heard notes a sign of life and moves the read deadline.
func (s *socket) heard() {
	now := time.Now()
	s.lastFrame.Store(now.UnixNano())
	if !s.closing.Load() {
		s.conn.SetReadDeadline(now.Add(s.timing.Silence))
	}
}

// read hands envelopes to take, which must not block, until the socket ends.
// It is run once, by whoever dialled.
func (s *socket) read(take func(delivery)) {
	pings := make(chan struct{})
	go func() {
		defer close(pings)
		s.ping()
	}()
	for {
		_, frame, err := s.conn.ReadMessage()
		if err != nil {
			s.err = err
			break
		}
		s.heard()
		// The quotes cannot be part of what people typed: JSON escapes them.
		if bytes.Contains(frame, []byte(`"envelope_id"`)) {
			// What comes behind our close frame is done too, and answered another way
			// where there is one.
			now := time.Now()
			s.pending.Add(1)
			s.lastEnvelope.Store(now.UnixNano())
			take(delivery{frame: frame, socket: s, at: now})
			continue
		}
		var control controlFrame
		if err := json.Unmarshal(frame, &control); err != nil {
			s.log.Warn("Slack sent a frame that is not JSON; passed over", "bytes", len(frame))
			continue
		}
		if control.Type == "disconnect" {
			s.leave(control.Reason)
		}
	}
	if websocket.IsCloseError(s.err, websocket.CloseNormalClosure, websocket.CloseGoingAway, websocket.CloseServiceRestart, websocket.CloseNoStatusReceived) {
		s.leave(closedBySlack)
		s.drain()
	}
	close(s.done)
	s.conn.Close()
	<-pings
}

// drain answers Slack's close frame once all that was read is acknowledged, as far as
// that may take: Slack sends nothing more, and reads until it has our close frame.
// https://datatracker.ietf.org/doc/html/rfc6455#section-5.5.1
func (s *socket) drain() {
	timer := time.NewTimer(s.timing.Budget)
	defer timer.Stop()
	for over := false; s.pending.Load() > 0 && !over && !s.closing.Load(); {
		select {
		case <-s.drained:
		case <-timer.C:
			over = true
		}
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	s.closeLocked()
}

func (s *socket) leave(reason string) {
	select {
	case <-s.leaving:
	default:
		s.leaveReason = reason
		close(s.leaving)
	}
}

// ping proves that the way out and back is open; the answer renews the read
// deadline.
func (s *socket) ping() {
	tick := time.NewTicker(s.timing.Ping)
	defer tick.Stop()
	for {
		select {
		case <-s.done:
			return
		case <-tick.C:
			if err := s.conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(s.timing.Write)); err != nil && !errors.Is(err, websocket.ErrCloseSent) {
				s.conn.Close()
				return
			}
		}
	}
}

// acknowledge answers an envelope, with a payload or with nil for none, and
// finishes its delivery. nil means that the frame was handed to the network
// before the write deadline.
func (s *socket) acknowledge(envelopeID string, payload []byte) error {
	id, err := json.Marshal(envelopeID)
	if err != nil {
		s.finished()
		return fmt.Errorf("acknowledge: %w", err)
	}
	frame := make([]byte, 0, len(id)+len(payload)+32)
	frame = append(append(frame, `{"envelope_id":`...), id...)
	if payload != nil {
		frame = append(append(frame, `,"payload":`...), payload...)
	}
	frame = append(frame, '}')

	s.writing.Lock()
	defer s.writing.Unlock()
	defer s.finished()
	if s.closing.Load() {
		return errSocketClosed
	}
	s.conn.SetWriteDeadline(time.Now().Add(s.timing.Write))
	if err := s.conn.WriteMessage(websocket.TextMessage, frame); err != nil {
		s.conn.Close() // a frame may be half written: nothing after it can be read
		return fmt.Errorf("acknowledge: %w", err)
	}
	return nil
}

// finished ends a delivery, acknowledged or not.
func (s *socket) finished() {
	s.lastEnvelope.Store(time.Now().UnixNano())
	if s.pending.Add(-1) == 0 {
		for _, waiting := range []chan struct{}{s.idle, s.drained} {
			select {
			case waiting <- struct{}{}:
			default:
			}
		}
	}
}

// shorterQuiet is which part of a quiet moment is enough once half of the time to
// close is over.
const shorterQuiet = 10

// close ends the socket once every envelope read is answered and none has come
// for a while. Where it is not quiet for so long, it ends shortly after an answer:
// Slack hands envelopes to sockets in turn, so that the next one is furthest away
// then. The limit is for where even that does not come. It returns when reading
// has ended. Socket Mode cannot be asked for no more, and what is on its way when
// the close frame is written cannot be acknowledged any more: hence all this.
func (s *socket) close(limit time.Duration) {
	began, quiet := time.Now(), s.timing.Quiet
	for {
		s.writing.Lock()
		noise := quiet - time.Since(time.Unix(0, s.lastEnvelope.Load()))
		busy := s.pending.Load() > 0
		waited := time.Since(began)
		if !busy && noise <= 0 || waited >= limit {
			s.closeLocked()
			s.writing.Unlock()
			break
		}
		s.writing.Unlock()
		if noise = min(noise, limit-waited); busy {
			noise = limit - waited
		}
		timer := time.NewTimer(noise)
		select {
		case <-timer.C:
		case <-s.idle:
			if waited >= limit/2 {
				quiet = s.timing.Quiet / shorterQuiet
			}
		case <-s.done:
		}
		timer.Stop()
		if isClosed(s.done) {
			return
		}
	}
	wait(context.Background(), s.done, closeAnswer)
	s.conn.Close()
	<-s.done
}

// closeLocked sends the close frame. Slack answers with its own, which ends
// the reading.
func (s *socket) closeLocked() {
	if s.closing.Swap(true) {
		return
	}
	message := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "")
	if s.conn.WriteControl(websocket.CloseMessage, message, time.Now().Add(s.timing.Write)) != nil {
		s.conn.Close()
		return
	}
	s.conn.SetReadDeadline(time.Now().Add(closeAnswer))
}
