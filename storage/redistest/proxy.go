package redistest

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// Fault is what a Proxy does to one command.
type Fault int

// The faults. A cut closes the client's connection.
const (
	None          Fault = iota
	CutBeforeSend       // the server never sees the command
	CutAfterSend        // the server gets the command, nobody waits for its reply
	CutAfterReply       // the server has run the command; its reply is lost
	Stall               // the command stays in the proxy until Resume or the end of the connection
)

// Proxy stands between a client and a server that speak RESP and knows where
// a command and its reply end.
type Proxy struct {
	// Addr is host:port on 127.0.0.1.
	Addr string

	target   string
	listener net.Listener
	mu       sync.Mutex
	decide   func(command []string) Fault
	resume   chan struct{}
	conns    map[net.Conn]bool
	closed   bool
	done     sync.WaitGroup
}

// NewProxy passes everything on to the server at addr until the test ends.
func NewProxy(t testing.TB, addr string) *Proxy {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("redistest: %v", err)
	}
	p := &Proxy{
		Addr: listener.Addr().String(), target: addr, listener: listener,
		resume: make(chan struct{}), conns: map[net.Conn]bool{},
	}
	p.done.Go(p.accept)
	t.Cleanup(p.close)
	return p
}

// URL through the proxy.
func (p *Proxy) URL() string { return "redis://" + p.Addr + "/" }

// Inject asks decide about each command from now on, the command's name in
// upper case first. nil injects nothing. decide is called under a lock.
func (p *Proxy) Inject(decide func(command []string) Fault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.decide = decide
}

// InjectNext does the fault to the next n commands of that name (such as
// EVALSHA), and nothing to the others.
func (p *Proxy) InjectNext(n int, name string, fault Fault) {
	p.Inject(func(command []string) Fault {
		if n > 0 && command[0] == name {
			n--
			return fault
		}
		return None
	})
}

// Resume lets stalled commands go on and injects nothing more.
func (p *Proxy) Resume() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.decide = nil
	close(p.resume)
	p.resume = make(chan struct{})
}

func (p *Proxy) close() {
	p.mu.Lock()
	p.closed = true
	p.listener.Close()
	for conn := range p.conns {
		conn.Close()
	}
	close(p.resume)
	p.mu.Unlock()
	p.done.Wait()
}

// keep remembers the connection, so that close ends it.
func (p *Proxy) keep(conn net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		conn.Close()
		return false
	}
	p.conns[conn] = true
	return true
}

func (p *Proxy) drop(conn net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.conns, conn)
	conn.Close()
}

func (p *Proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		if p.keep(client) {
			p.done.Go(func() {
				defer p.drop(client)
				p.serve(client)
			})
		}
	}
}

// serve passes commands on one by one, each with its reply.
func (p *Proxy) serve(client net.Conn) {
	server, err := net.Dial("tcp", p.target)
	if err != nil || !p.keep(server) {
		return
	}
	defer p.drop(server)
	commands, replies := bufio.NewReader(client), bufio.NewReader(server)
	for {
		raw, command, err := readValue(commands)
		if err != nil {
			return
		}
		fault, resume := p.faultFor(command)
		switch fault {
		case CutBeforeSend:
			return
		case Stall:
			<-resume
		}
		if _, err := server.Write(raw); err != nil || fault == CutAfterSend {
			return
		}
		reply, _, err := readValue(replies)
		if err != nil || fault == CutAfterReply {
			return
		}
		if _, err := client.Write(reply); err != nil {
			return
		}
	}
}

func (p *Proxy) faultFor(command []string) (Fault, <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.decide == nil || len(command) == 0 {
		return None, p.resume
	}
	command[0] = strings.ToUpper(command[0])
	return p.decide(command), p.resume
}

// readValue reads one RESP value and returns its bytes, with the strings in it.
// https://redis.io/docs/latest/develop/reference/protocol-spec/
func readValue(r *bufio.Reader) (raw []byte, texts []string, err error) {
	line, err := r.ReadBytes('\n')
	if err != nil {
		return nil, nil, err
	}
	if len(line) < 3 {
		return nil, nil, fmt.Errorf("redistest: %q is not RESP", line)
	}
	raw = line
	body := string(line[1 : len(line)-2])
	switch line[0] {
	case '+', '-', ':', '_', '#', ',', '(':
		return raw, []string{body}, nil
	case '$', '=', '!':
		size, err := strconv.Atoi(body)
		if err != nil || size < 0 {
			return raw, nil, err
		}
		text := make([]byte, size+2)
		if _, err := io.ReadFull(r, text); err != nil {
			return nil, nil, err
		}
		return append(raw, text...), []string{string(text[:size])}, nil
	case '*', '~', '>', '%':
		size, err := strconv.Atoi(body)
		if err != nil {
			return nil, nil, err
		}
		if line[0] == '%' {
			size *= 2
		}
		for range size { // none when negative: a null
			part, inside, err := readValue(r)
			if err != nil {
				return nil, nil, err
			}
			raw, texts = append(raw, part...), append(texts, inside...)
		}
		return raw, texts, nil
	}
	return nil, nil, errors.New("redistest: unknown RESP type " + string(line[:1]))
}
