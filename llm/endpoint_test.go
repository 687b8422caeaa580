package llm

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"alignbot/llm/llmtest"

	"github.com/google/go-cmp/cmp"
)

func TestAddressesThatAreNotAsked(t *testing.T) {
	for addr, fine := range map[string]bool{
		"127.0.0.1": true, "::1": true, "10.1.2.3": true, "192.168.1.10": true, "172.20.0.2": true, "fd12:3456::1": true, "104.18.7.192": true, "2606:4700::1": true,
		"169.254.169.254": false, "169.254.1.1": false, "fe80::1": false, "fe80::1%eth0": false, "::ffff:169.254.169.254": false,
		"64:ff9b::a9fe:a9fe": false, "64:ff9b::7f00:1": true, "2002:a9fe:a9fe::1": false,
		"fd00:ec2::254": false, "fd20:ce::254": false, "100.100.100.200": false, "168.63.129.16": false, "192.0.0.192": false,
		"0.0.0.0": false, "::": false, "224.0.0.1": false, "ff02::1": false,
	} {
		if err := checkAddress(netip.MustParseAddr(addr)); (err == nil) != fine {
			t.Errorf("%s: %v", addr, err)
		}
	}
}

func TestBaseURLs(t *testing.T) {
	for raw, says := range map[string]string{
		"https://api.openai.com/v1":         "",
		"https://ai.example.com/proxy/v1/":  "",
		"http://127.0.0.1:11434/v1":         "",
		"http://localhost:11434/v1":         "",
		"http://[::1]:8000/v1":              "",
		"http://gpu.example.com:8000/v1":    "unencrypted",
		"http://10.0.0.5:8000/v1":           "unencrypted",
		"http://localhost.example.com/v1":   "unencrypted",
		"https://169.254.169.254/v1":        "not asked",
		"https://[fe80::1]/v1":              "not asked",
		"https://[::ffff:169.254.1.1]/v1":   "not asked",
		"https://me:secret@api.example/v1":  "llm.key",
		"https://api.example/v1?key=secret": "? or #",
		"https://api.example/v1#x":          "? or #",
		"ftp://api.example/v1":              "begin with",
		"api.openai.com/v1":                 "begin with",
		"https:///v1":                       "no host",
		"https://api example/v1":            "no URL",
	} {
		if _, err := parseBase(raw, false); (err == nil) != (says == "") || err != nil && !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %q", raw, err, says)
		}
	}
	if _, err := parseBase("http://10.0.0.5:8000/v1", true); err != nil {
		t.Errorf("plain http although it is allowed: %v", err)
	}
}

func TestSettingsSayWhatIsWrong(t *testing.T) {
	right := DefaultSettings()
	right.BaseURL, right.Model = "https://api.openai.com/v1", "small"
	for name, c := range map[string]struct {
		change func(*Settings)
		keys   []string
	}{
		"right":             {func(*Settings) {}, nil},
		"no model at all":   {func(s *Settings) { *s = DefaultSettings() }, nil},
		"a key alone":       {func(s *Settings) { s.BaseURL, s.Model, s.Key = "", "", "k" }, []string{"llm.base_url"}},
		"no name":           {func(s *Settings) { s.Model = " " }, []string{"llm.model"}},
		"unknown kind":      {func(s *Settings) { s.Kind = "bard" }, []string{"llm.kind"}},
		"a broken key":      {func(s *Settings) { s.Key = "a\nb" }, []string{"llm.key"}},
		"no time":           {func(s *Settings) { s.Timeout = 0 }, []string{"llm.timeout"}},
		"all wrong budgets": {func(s *Settings) { s.PersonBudget, s.WorkspaceBudget = 0, -1 }, []string{"llm.person_budget", "llm.workspace_budget"}},
	} {
		s := right
		c.change(&s)
		var keys []string
		s.Check(func(key, reason, fix string) { keys = append(keys, key) })
		if diff := cmp.Diff(c.keys, keys); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if _, err := NewModel(s); (err == nil) != (c.keys == nil && s.Configured()) {
			t.Errorf("%s: NewModel: %v", name, err)
		}
	}
}

// TestNamesThatLeadToForbiddenAddressesAreNotDialled: a name that was fine when it
// was set may lead elsewhere later.
func TestNamesThatLeadToForbiddenAddressesAreNotDialled(t *testing.T) {
	for _, address := range []string{"169.254.169.254", "100.100.100.200", "0.0.0.0"} {
		s := settingsFor("")
		s.BaseURL = "https://model.example/v1"
		m, err := newModel(s, resolverTo(t, netip.MustParseAddr(address)))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := m.Suggest(t.Context(), payments(), "U1", &purse{left: 1}); !errors.Is(err, errAddress) {
			t.Errorf("%s: %v", address, err)
		}
		m.Close()
	}
}

// TestPlainHTTPStaysOnThisMachine, also when the name for it leads elsewhere.
func TestPlainHTTPStaysOnThisMachine(t *testing.T) {
	base, err := parseBase("http://localhost/v1", false)
	if err != nil {
		t.Fatal(err)
	}
	client := newHTTPClient(base, settingsFor(""), resolverTo(t, netip.MustParseAddr("10.0.0.5")))
	defer client.CloseIdleConnections()
	// Not localhost itself, which is looked up without DNS.
	if _, err := client.Get("http://model.example/v1"); !errors.Is(err, errAddress) {
		t.Errorf("error %v", err)
	}
}

// TestNoProxyIsUsed: it would dial in our place.
func TestNoProxyIsUsed(t *testing.T) {
	proxy := llmtest.Serve(t, llmtest.Says(firstOutcome))
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"} {
		t.Setenv(name, proxy.URL)
	}
	s := settingsFor("")
	s.BaseURL, s.AllowPlainHTTP = "http://model.example/v1", true
	m, err := newModel(s, resolverTo(t, netip.MustParseAddr("169.254.169.254")))
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	if m.http.Transport.(guard).Proxy != nil {
		t.Error("there is a proxy")
	}
	if _, err := m.Suggest(t.Context(), payments(), "U1", &purse{left: 1}); !errors.Is(err, errAddress) || len(proxy.Asked()) > 0 {
		t.Errorf("%v, the proxy was asked %d times", err, len(proxy.Asked()))
	}
}

func TestNobodyListens(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listener.Close()
	m := modelFor(t, settingsFor("http://"+listener.Addr().String()))
	if got, err := m.Suggest(t.Context(), payments(), "U1", &purse{left: 1}); got != nil || err == nil {
		t.Errorf("%v, %v", got, err)
	}
}

// TestAServerThatNeverAccepts: the connection stands, and TLS never begins.
func TestAServerThatNeverAccepts(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	s := settingsFor("")
	s.BaseURL, s.Timeout = "https://"+listener.Addr().String()+"/v1", TimeoutLeast
	begun := time.Now()
	got, err := modelFor(t, s).Suggest(t.Context(), payments(), "U1", &purse{left: 1})
	if took := time.Since(begun); got != nil || !errors.Is(err, context.DeadlineExceeded) || took > s.Timeout+2*time.Second {
		t.Errorf("%v, %v after %s", got, err, took)
	}
}

// resolverTo answers every question with one address.
func resolverTo(t *testing.T, addr netip.Addr) *net.Resolver {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	t.Cleanup(func() {
		conn.Close()
		<-ended
	})
	go func() {
		defer close(ended)
		question := make([]byte, 512)
		for {
			n, from, err := conn.ReadFrom(question)
			if err != nil {
				return
			}
			conn.WriteTo(answerDNS(question[:n], addr), from)
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
}

// answerDNS gives the address to a question of type A, and nothing to others.
// https://www.rfc-editor.org/rfc/rfc1035#section-4
func answerDNS(question []byte, addr netip.Addr) []byte {
	end := 12
	for question[end] != 0 {
		end += int(question[end]) + 1
	}
	end += 5 // the zero, type and class
	answer := bytes.Clone(question[:end])
	answer[2], answer[3] = 0x81, 0x80
	clear(answer[6:12])
	if binary.BigEndian.Uint16(question[end-4:]) != 1 {
		return answer
	}
	answer[7] = 1
	answer = append(answer, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4)
	return append(answer, addr.AsSlice()...)
}
