package slacksim

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Options say how a Sim is to be; the zero value is a sample workspace on a free local port.
type Options struct {
	Workspace Workspace    // who and what is there; the zero value is Sample()
	Listen    string       // address to listen on; "127.0.0.1:0" when empty
	PublicURL string       // where apps and browsers reach it, such as "http://slack:8065", when that is not the address listened on
	Dir       string       // folder where the state is kept between runs; "" keeps it in memory only
	Logger    *slog.Logger // where refusals that Slack would hide from the app are told; nil discards
	Limits    *Limits      // rate limits; nil is DefaultLimits(), the zero Limits is none at all

	AckTimeout     time.Duration // how long an app may take to acknowledge; 0 is Slack's 3 s
	PingEvery      time.Duration // WebSocket pings, real time; 0 is 5 s
	SocketLifetime time.Duration // after it Slack asks for a new connection; 0 is 18,060 s, the longest lifetime seen in a hello
	SocketNotice   time.Duration // between the warning and the close of an old socket; 0 is 10 s
	AckAnySocket   bool          // take an ack on another socket than the one its envelope went out on

	LedgerSize int    // how many of the newest ledger entries are kept; 0 is 10,000, negative none
	FaultSeed  uint64 // makes faults with a probability repeatable
}

// Slack's figures, see https://docs.slack.dev/apis/events-api/using-socket-mode.
const (
	AckTimeout     = 3 * time.Second // how long an app may take to acknowledge
	pingEvery      = 5 * time.Second
	socketLifetime = 18060 * time.Second
	socketNotice   = 10 * time.Second
	ledgerSize     = 10_000
	closeGrace     = 500 * time.Millisecond // for HTTP requests under way when a Sim closes
)

var errClosed = errors.New("the local Slack is closed; nothing was changed. Start a new one")

// Sim is one running local Slack.
type Sim struct {
	opt    Options
	log    *slog.Logger
	clock  *clock
	socket *hub
	faults *Faults
	ledger *Ledger
	limits *limiter
	keeper *keeper // nil without Options.Dir

	mux      *http.ServeMux
	server   *http.Server
	listener net.Listener
	url      string
	served   chan struct{}
	changes  changes

	closeOnce sync.Once
	closing   chan struct{} // closed when Close begins
	ctx       context.Context
	cancel    context.CancelFunc

	mu sync.Mutex // guards state; never held over a network call
	state
}

// New starts a local Slack. With Options.Dir set and used before, the state kept there wins over Options.Workspace,
// except for the app: its scopes, commands, events and tokens are those of Options.Workspace.
func New(opt Options) (*Sim, error) {
	if opt.Workspace.Name == "" && len(opt.Workspace.People) == 0 {
		opt.Workspace = Sample()
	}
	w, err := opt.Workspace.completed()
	if err != nil {
		return nil, err
	}
	opt.Workspace = w
	if opt.Listen == "" {
		opt.Listen = "127.0.0.1:0"
	}
	if opt.Logger == nil {
		opt.Logger = slog.New(slog.DiscardHandler)
	}
	if opt.AckTimeout == 0 {
		opt.AckTimeout = AckTimeout
	}
	if opt.PingEvery == 0 {
		opt.PingEvery = pingEvery
	}
	if opt.SocketLifetime == 0 {
		opt.SocketLifetime = socketLifetime
	}
	if opt.SocketNotice == 0 {
		opt.SocketNotice = socketNotice
	}
	if opt.LedgerSize == 0 {
		opt.LedgerSize = ledgerSize
	}
	limits := DefaultLimits()
	if opt.Limits != nil {
		limits = *opt.Limits
	}

	s := &Sim{opt: opt, log: opt.Logger, mux: http.NewServeMux(), served: make(chan struct{}), closing: make(chan struct{})}
	s.state = newState(w)
	if opt.Dir != "" {
		if s.keeper, err = openKeeper(opt.Dir); err != nil {
			return nil, err
		}
		if err := s.keeper.load(&s.state, w); err != nil {
			s.keeper.unlock()
			return nil, err
		}
	}
	if s.listener, err = net.Listen("tcp", opt.Listen); err != nil {
		if s.keeper != nil {
			s.keeper.unlock()
		}
		return nil, fmt.Errorf("the local Slack cannot listen on %s: %w. Choose another address or end the program that uses it", opt.Listen, err)
	}
	s.url = strings.TrimSuffix(orElse(opt.PublicURL, reachable(s.listener.Addr())), "/")
	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.clock = newClock()
	s.faults = newFaults(opt.FaultSeed)
	s.ledger = newLedger(max(opt.LedgerSize, 0))
	s.limits = newLimiter(limits, s.clock)
	s.socket = newHub(s)
	s.mux.HandleFunc("/api/", s.serveAPI)
	s.mux.HandleFunc("/link/", s.socket.serve)
	s.mux.HandleFunc("/response/", s.serveResponseURL)
	s.mux.HandleFunc("/upload/", s.serveUpload)
	s.mux.HandleFunc("/files-pri/", s.serveFile)
	if s.keeper != nil {
		s.keeper.start(s.snapshot, s.log)
	}
	s.rearm()
	s.server = &http.Server{
		Handler:           s.sameHost(s.mux),
		ReadHeaderTimeout: 10 * time.Second,
		BaseContext:       func(net.Listener) context.Context { return s.ctx }, // so that requests that wait end with Close
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
	go func() {
		defer close(s.served)
		_ = s.server.Serve(s.listener) // ends when Close closes the listener
	}()
	return s, nil
}

// URL is where the page is, such as "http://127.0.0.1:8065"; it has no slash at the end.
func (s *Sim) URL() string { return s.url }

// reachable is the address to give out for one that is listened on: "0.0.0.0" and "[::]" cannot be dialled everywhere.
func reachable(a net.Addr) string {
	host, port, err := net.SplitHostPort(a.String())
	if ip := net.ParseIP(host); err == nil && ip != nil && ip.IsUnspecified() {
		return "http://127.0.0.1:" + port
	}
	return "http://" + a.String()
}

// Addr is the address listened on, such as "127.0.0.1:8065".
func (s *Sim) Addr() string { return s.listener.Addr().String() }

// APIURL is what an SDK takes as Slack's API address; it ends with "/api/".
func (s *Sim) APIURL() string { return s.URL() + "/api/" }

// BotToken is the app's "xoxb-…" token.
func (s *Sim) BotToken() string { return s.opt.Workspace.BotToken }

// AppToken is the app-level "xapp-…" token for Socket Mode.
func (s *Sim) AppToken() string { return s.opt.Workspace.AppToken }

// Handle mounts h beside the API, as http.ServeMux does; /api/, /link/, /response/, /upload/ and /files-pri/ are taken.
func (s *Sim) Handle(pattern string, h http.Handler) { s.mux.Handle(pattern, h) }

// Now is the time in the local Slack: real time plus what Advance added.
func (s *Sim) Now() time.Time { return s.clock.now() }

// Advance moves time forward in one jump. What falls due in between happens now: retries of events, deadlines of acks
// and triggers, scheduled messages, refreshes of sockets.
func (s *Sim) Advance(d time.Duration) { s.clock.advance(d) }

// Faults is where trouble is scripted.
func (s *Sim) Faults() *Faults { return s.faults }

// Ledger is the record of what was taken and refused.
func (s *Sim) Ledger() *Ledger { return s.ledger }

// Close ends everything within a second: acts and waits that are under way return an error, sockets are closed, and the
// state is written to Options.Dir. Closing twice is safe.
func (s *Sim) Close() error {
	var err error
	s.closeOnce.Do(func() {
		close(s.closing)
		s.cancel()
		s.socket.close()
		ctx, cancel := context.WithTimeout(context.Background(), closeGrace)
		defer cancel()
		if s.server.Shutdown(ctx) != nil {
			_ = s.server.Close() // whoever is still talking is cut off
		}
		<-s.served
		s.clock.close()
		if s.keeper != nil {
			err = s.keeper.close()
		}
	})
	return err
}

// sameHost keeps web pages of other origins from reaching a local Slack by DNS rebinding: on a loopback address only loopback
// names are answered.
func (s *Sim) sameHost(next http.Handler) http.Handler {
	host, _, _ := net.SplitHostPort(s.listener.Addr().String())
	ip := net.ParseIP(host)
	if ip == nil || !ip.IsLoopback() {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := r.Host
		if h, _, err := net.SplitHostPort(name); err == nil {
			name = h
		}
		name = strings.Trim(name, "[]")
		if ip := net.ParseIP(name); name != "localhost" && (ip == nil || !ip.IsLoopback()) {
			http.Error(w, "This local Slack answers to localhost and loopback addresses only.", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}
