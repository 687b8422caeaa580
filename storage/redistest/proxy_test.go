package redistest

import (
	"bufio"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"
)

func TestProxyFaults(t *testing.T) {
	server := StartServer(t)
	proxy := NewProxy(t, server.Addr)
	client := redis.NewClient(&redis.Options{Addr: proxy.Addr, MaxRetries: -1, DialerRetries: 1, Protocol: 2, DisableIdentity: true})
	defer client.Close()
	for _, c := range []struct {
		name  string
		fault Fault
		runs  bool
	}{
		{"before send", CutBeforeSend, false},
		{"after reply", CutAfterReply, true},
	} {
		server.Do("SET", "n", 0)
		proxy.InjectNext(1, "INCR", c.fault)
		if err := client.Incr(t.Context(), "n").Err(); err == nil {
			t.Errorf("%s: the client notices nothing", c.name)
		}
		if got := server.Do("GET", "n"); (got == "1") != c.runs {
			t.Errorf("%s: n is %v", c.name, got)
		}
		if err := client.Ping(t.Context()).Err(); err != nil {
			t.Errorf("%s: the next command ends with %v", c.name, err)
		}
	}
	proxy.InjectNext(1, "INCR", Stall)
	answered := make(chan error)
	go func() { answered <- client.Incr(t.Context(), "n").Err() }()
	if err := client.Ping(t.Context()).Err(); err != nil {
		t.Errorf("another connection is stalled too: %v", err)
	}
	select {
	case err := <-answered:
		t.Errorf("a stalled command is answered: %v", err)
	default:
	}
	proxy.Resume()
	if err := <-answered; err != nil {
		t.Errorf("after Resume: %v", err)
	}
}

func TestReadValue(t *testing.T) {
	const reply = "*4\r\n$3\r\na\r\n\r\n:1\r\n*-1\r\n%1\r\n+k\r\n$-1\r\n"
	raw, texts, err := readValue(bufio.NewReader(strings.NewReader(reply + "+next\r\n")))
	if string(raw) != reply || strings.Join(texts, "|") != "a\r\n|1|k" || err != nil {
		t.Errorf("read %q with %q, %v", raw, texts, err)
	}
}
