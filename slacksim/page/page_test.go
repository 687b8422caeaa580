package page_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"alignbot/slacksim"
	"alignbot/slacksim/page"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m)
}

// serve starts a sim with the sample workspace and its page, and gives the
// page's address.
func serve(t *testing.T) (*slacksim.Sim, string) {
	t.Helper()
	sim, address, _ := serveUntil(t)
	return sim, address
}

// serveUntil is serve with a function that ends the page's server.
func serveUntil(t *testing.T) (sim *slacksim.Sim, address string, end func()) {
	t.Helper()
	sim, err := slacksim.New(slacksim.Options{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	server := httptest.NewUnstartedServer(page.Handler(sim))
	server.Config.BaseContext = func(net.Listener) context.Context { return ctx }
	server.Start()
	end = sync.OnceFunc(func() {
		stop() // ends live connections
		server.Close()
	})
	t.Cleanup(func() {
		end()
		http.DefaultClient.CloseIdleConnections()
		if err := sim.Close(); err != nil {
			t.Error(err)
		}
	})
	return sim, server.URL, end
}

// get reads a page.
func get(t *testing.T, address string) (status int, body string) {
	t.Helper()
	r, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	data, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r.StatusCode, string(data)
}

// do posts an act and gives its reply.
func do(t *testing.T, address, act string, what map[string]any) (status int, reply map[string]any) {
	t.Helper()
	body, err := json.Marshal(what)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.Post(address+"/do/"+act, "application/json", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	if err := json.NewDecoder(r.Body).Decode(&reply); err != nil {
		t.Fatal(err)
	}
	return r.StatusCode, reply
}

func TestThePageShowsWhatAPersonSees(t *testing.T) {
	sim, address := serve(t)
	ctx := context.Background()
	if err := sim.Type(ctx, "alice", "leads", "Between the two of us"); err != nil {
		t.Fatal(err)
	}
	if err := sim.Invite(ctx, "alice", "random", "@alignbot"); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, query string
		status      int
		want        []string
		not         []string
	}{
		{"a newcomer starts somewhere useful", "/", 200, []string{"Alice Anders", "#general", "not Slack", "Message #general"}, []string{"Between the two"}},
		{"a member sees a private channel", "/?as=dave&in=C0LEADS", 200, []string{"Between the two of us"}, nil},
		{"others do not see that it exists", "/?as=bob&in=C0GENERAL", 200, []string{"Bob Brandt"}, []string{"leads", "Between the two"}},
		{"others cannot open it", "/?as=bob&in=C0LEADS", 200, []string{"This cannot be shown"}, []string{"Between the two", `<textarea`}},
		{"a channel is looked at from outside", "/?as=bob&in=C0GROWTH", 200, []string{"from outside", ">Join<"}, []string{`<textarea`}},
		{"nobody by that name", "/?as=mallory", 404, []string{"mallory"}, []string{"<script"}},
		{"a deactivated person cannot act", "/?as=erin", 404, []string{"erin"}, nil},
		{"the app's home before it was published", "/?as=bob&in=app", 200, []string{"Nothing here yet", ">Messages<"}, nil},
		{"the app's messages", "/?as=bob&in=app&tab=messages", 200, []string{"Message alignbot"}, nil},
		{"the app joins as an app", "/?as=alice&in=C0RANDOM", 200, []string{`<span class="author">alignbot</span> <span class="tag">app</span>`, "has joined"}, nil},
		{"roles are told", "/?as=gina", 200, []string{"guest"}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			status, body := get(t, address+test.query)
			if status != test.status {
				t.Errorf("status %d, want %d", status, test.status)
			}
			for _, want := range test.want {
				if !strings.Contains(body, want) {
					t.Errorf("%q is not on the page:\n%s", want, body)
				}
			}
			for _, not := range test.not {
				if strings.Contains(body, not) {
					t.Errorf("%q is on the page", not)
				}
			}
		})
	}
}

func TestActsReachTheSim(t *testing.T) {
	sim, address := serve(t)
	type act struct {
		name string
		what map[string]any
	}
	must := func(a act) map[string]any {
		t.Helper()
		status, reply := do(t, address, a.name, a.what)
		if status != http.StatusOK || reply["ok"] != true {
			t.Fatalf("%s: %d %v", a.name, status, reply)
		}
		return reply
	}
	must(act{"send", map[string]any{"as": "bob", "channel": "C0GENERAL", "text": "Hello"}})
	view, err := sim.ChannelView("alice", "general", 0)
	if err != nil {
		t.Fatal(err)
	}
	first := view.Messages[0]
	must(act{"send", map[string]any{"as": "alice", "channel": "C0GENERAL", "thread": first.TS, "text": "Hi Bob"}})
	must(act{"react", map[string]any{"as": "alice", "channel": "C0GENERAL", "ts": first.TS, "emoji": "tada"}})
	must(act{"react", map[string]any{"as": "dave", "channel": "C0GENERAL", "ts": first.TS, "emoji": "eyes"}})
	must(act{"unreact", map[string]any{"as": "dave", "channel": "C0GENERAL", "ts": first.TS, "emoji": "eyes"}})
	must(act{"join", map[string]any{"as": "bob", "channel": "C0GROWTH"}})
	must(act{"open", map[string]any{"as": "bob", "channel": "C0GENERAL"}})
	opened := must(act{"write", map[string]any{"as": "bob", "other": "U0CAROL"}})["go"].(string)
	if status, body := get(t, address+opened); status != 200 || !strings.Contains(body, "Message Carol Costa") {
		t.Errorf("the new conversation at %s is not one with Carol: %d", opened, status)
	}
	before := sim.Now()
	must(act{"advance", map[string]any{"seconds": 3600}})
	if moved := sim.Now().Sub(before); moved < time.Hour {
		t.Errorf("the clock moved by %v, want an hour", moved)
	}
	until := sim.Now().Add(24 * time.Hour).Truncate(time.Second)
	must(act{"advance", map[string]any{"until": until.Format(time.RFC3339)}})
	if late := sim.Now().Sub(until); late < 0 || late > time.Minute {
		t.Errorf("the clock is %v after the time it was moved to", late)
	}

	view, err = sim.ChannelView("alice", "general", 0)
	if err != nil {
		t.Fatal(err)
	}
	first = view.Messages[0]
	if len(first.Replies) != 1 || first.Replies[0].Text != "Hi Bob" {
		t.Errorf("replies are %v, want Alice's", first.Replies)
	}
	if len(first.Reactions) != 1 || first.Reactions[0].Name != "tada" {
		t.Errorf("reactions are %v, want one tada", first.Reactions)
	}
	_, body := get(t, address+"/?as=alice&in=C0GENERAL&thread="+first.TS)
	for _, want := range []string{"1 reply", "Hi Bob", "🎉", `aria-pressed="true"`} {
		if !strings.Contains(body, want) {
			t.Errorf("%q is not on the page", want)
		}
	}
	must(act{"delete", map[string]any{"as": "alice", "channel": "C0GENERAL", "ts": first.Replies[0].TS}})
}

func TestWhatCannotBeDoneIsSaidInASentence(t *testing.T) {
	_, address := serve(t)
	for _, test := range []struct {
		name, act string
		what      map[string]any
		status    int
		want      string
	}{
		{"no such act", "explode", nil, 404, "Reload"},
		{"nobody", "send", map[string]any{"as": "mallory", "channel": "C0GENERAL", "text": "x"}, 409, "mallory"},
		{"not in there", "send", map[string]any{"as": "bob", "channel": "C0GROWTH", "text": "x"}, 409, "Join"},
		{"no element", "use", map[string]any{"as": "bob"}, 409, "Reload"},
		{"a view that is gone", "submit", map[string]any{"as": "bob", "view": "V1"}, 409, "closed"},
		{"back in time", "advance", map[string]any{"seconds": -5}, 409, "forward"},
		{"beyond a year", "advance", map[string]any{"seconds": int64(1) << 62}, 409, "forward"},
	} {
		t.Run(test.name, func(t *testing.T) {
			status, reply := do(t, address, test.act, test.what)
			text, _ := reply["error"].(string)
			if status != test.status || reply["ok"] == true || !strings.Contains(text, test.want) {
				t.Errorf("answered %d %v, want %d with %q", status, reply, test.status, test.want)
			}
		})
	}
}

func TestOtherSitesAreKeptOut(t *testing.T) {
	sim, address := serve(t)
	host := strings.TrimPrefix(address, "http://")
	_, port, _ := net.SplitHostPort(host)
	message := `{"as":"bob","channel":"C0GENERAL","text":"forged"}`
	for _, test := range []struct {
		name, method, path, host string
		header                   map[string]string
		status                   int
	}{
		{"the page itself", "POST", "/do/send", host, map[string]string{"Origin": address, "Content-Type": "application/json"}, 200},
		{"a program without a browser", "POST", "/do/send", host, map[string]string{"Content-Type": "application/json"}, 200},
		{"another origin", "POST", "/do/send", host, map[string]string{"Origin": "https://evil.example", "Content-Type": "application/json"}, 403},
		{"another port of this machine", "POST", "/do/send", host, map[string]string{"Origin": "http://127.0.0.1:1", "Content-Type": "application/json"}, 403},
		{"a page that hides its origin", "POST", "/do/send", host, map[string]string{"Sec-Fetch-Site": "cross-site", "Content-Type": "application/json"}, 403},
		{"a form of another site", "POST", "/do/send", host, map[string]string{"Content-Type": "text/plain"}, 415},
		{"an upload of another site", "POST", "/do/upload", host, map[string]string{"Origin": "https://evil.example", "Content-Type": "multipart/form-data; boundary=x"}, 403},
		{"localhost", "GET", "/", "localhost:" + port, nil, 200},
		{"loopback", "GET", "/", "127.9.9.9", nil, 200},
		{"IPv6 loopback", "GET", "/", "[::1]:" + port, nil, 200},
		{"a rebound name", "GET", "/", "evil.example:" + port, nil, 421},
		{"a rebound name, live", "GET", "/live", "evil.example", nil, 421},
		{"a rebound name, acting", "POST", "/do/send", "evil.example", map[string]string{"Origin": "http://evil.example", "Content-Type": "application/json"}, 421},
		{"an address that is not ours", "GET", "/", "192.0.2.1", nil, 421},
		{"no host", "GET", "/", "", nil, 421},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := httptest.NewRequest(test.method, test.path, strings.NewReader(message))
			r.Host = test.host
			for key, value := range test.header {
				r.Header.Set(key, value)
			}
			w := httptest.NewRecorder()
			page.Handler(sim).ServeHTTP(w, r)
			if w.Code != test.status {
				t.Errorf("answered %d (%s), want %d", w.Code, strings.TrimSpace(w.Body.String()), test.status)
			}
			if csp := w.Header().Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'self'") || strings.Contains(csp, "unsafe") {
				t.Errorf("the policy is %q", csp)
			}
		})
	}
	view, err := sim.ChannelView("bob", "general", 0)
	if err != nil {
		t.Fatal(err)
	}
	if len(view.Messages) != 2 {
		t.Errorf("%d messages were sent, want the 2 that were allowed", len(view.Messages))
	}
	r := httptest.NewRequest("GET", "/", nil)
	r.Host = "box.example:8065"
	w := httptest.NewRecorder()
	page.Handler(sim, "box.example").ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		t.Errorf("a name that was allowed is answered with %d", w.Code)
	}
}

func TestNothingThatPeopleWriteBecomesMarkup(t *testing.T) {
	sim, address := serve(t)
	for _, text := range []string{
		`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, "`</code><script>`", `<javascript:alert(1)|click>`,
		`<https://example.com/"onmouseover="alert(1)|x>`, `*<b onclick=alert(1)>*`, `</textarea></template></dialog><script>`, `{{.}} ${alert(1)}`,
	} {
		if err := sim.Type(context.Background(), "bob", "general", text); err != nil {
			t.Fatal(err)
		}
	}
	_, body := get(t, address+"/?as=alice&in=C0GENERAL")
	if n := strings.Count(strings.ToLower(body), "<script"); n != 1 {
		t.Errorf("there are %d script elements, want the page's own", n)
	}
	for _, alive := range []string{"<img src=x", `href="javascript`, "<b onclick", `" onmouseover`, `"onmouseover`} {
		if strings.Contains(body, alive) {
			t.Errorf("%q is alive on the page", alive)
		}
	}
	_, body = get(t, address+"/?as=alice&in=C0RANDOM")
	for _, inline := range []string{" style=", " onclick=", "<style"} {
		if strings.Contains(body, inline) {
			t.Errorf("the page has inline code, which its own policy refuses: %q", inline)
		}
	}
}

func TestChangesArriveLive(t *testing.T) {
	sim, address := serve(t)
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	r, err := http.NewRequestWithContext(ctx, "GET", address+"/live?as=alice&in=C0GENERAL", nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if kind := response.Header.Get("Content-Type"); kind != "text/event-stream" {
		t.Fatalf("the type is %q", kind)
	}
	lines := bufio.NewScanner(response.Body)
	lines.Buffer(nil, 1<<20)
	next := func() (region, html string) {
		t.Helper()
		for lines.Scan() {
			data, ok := strings.CutPrefix(lines.Text(), "data: ")
			if !ok {
				continue
			}
			var event struct{ Region, HTML string }
			if err := json.Unmarshal([]byte(data), &event); err != nil {
				t.Fatal(err)
			}
			return event.Region, event.HTML
		}
		t.Fatalf("the connection ended: %v", lines.Err())
		return "", ""
	}
	seen := map[string]bool{}
	for range 6 {
		region, _ := next()
		seen[region] = true
	}
	if len(seen) != 6 {
		t.Errorf("at the start came %v, want every region once", seen)
	}
	if err := sim.Type(ctx, "bob", "general", "News for all"); err != nil {
		t.Fatal(err)
	}
	for {
		region, html := next()
		if region == "modal" || region == "thread" || region == "composer" {
			t.Errorf("the region %s came although nothing in it changed", region)
		}
		if region == "feed" {
			if !strings.Contains(html, "News for all") {
				t.Error("the feed came without the message")
			}
			break
		}
	}
}

func TestFilesAreForThoseWhoMaySeeThem(t *testing.T) {
	_, address := serve(t)
	upload := func(name string, data []byte) string {
		t.Helper()
		var body bytes.Buffer
		form := multipart.NewWriter(&body)
		_ = form.WriteField("as", "bob")
		part, err := form.CreateFormFile("file", name)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = part.Write(data)
		_ = form.Close()
		r, err := http.Post(address+"/do/upload", form.FormDataContentType(), &body)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		var reply struct{ File, Error string }
		if err := json.NewDecoder(r.Body).Decode(&reply); err != nil || reply.File == "" {
			t.Fatalf("the upload of %s was answered with %+v, %v", name, reply, err)
		}
		return reply.File
	}
	page := upload("page.html", []byte("<script>alert(1)</script>"))
	r, err := http.Get(address + "/files/" + url.PathEscape(page) + "?as=bob")
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	if r.StatusCode != 200 || r.Header.Get("Content-Type") != "application/octet-stream" || !strings.HasPrefix(r.Header.Get("Content-Disposition"), "attachment") || !strings.Contains(r.Header.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("an HTML file is served as %d %v; it must be for saving only", r.StatusCode, r.Header)
	}
	if status, _ := get(t, address+"/files/"+page+"?as=gina"); status != 404 {
		t.Errorf("somebody else gets the file with %d, want 404", status)
	}
	if status, _ := get(t, address+"/files/F0NONE?as=bob"); status != 404 {
		t.Errorf("a file that is not there is answered with %d, want 404", status)
	}
}

func TestPermalinksLeadToTheirMessage(t *testing.T) {
	sim, url := serve(t)
	if err := sim.Type(t.Context(), "bob", "payments", "Look at this"); err != nil {
		t.Fatal(err)
	}
	channel, err := sim.ChannelView("bob", "payments", 1)
	if err != nil {
		t.Fatal(err)
	}
	ts := channel.Messages[0].TS
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for path, want := range map[string]struct {
		status int
		to     string
	}{
		"/archives/C0PAYMENTS/p" + strings.Replace(ts, ".", "", 1) + "?as=bob": {http.StatusSeeOther, "/?as=bob&in=C0PAYMENTS#m-" + strings.Replace(ts, ".", "-", 1)},
		"/archives/C0PAYMENTS/nonsense":                                        {http.StatusNotFound, ""},
	} {
		answer, err := client.Get(url + path)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != want.status || answer.Header.Get("Location") != want.to {
			t.Errorf("%s: %d to %q, want %d to %q", path, answer.StatusCode, answer.Header.Get("Location"), want.status, want.to)
		}
	}
}
