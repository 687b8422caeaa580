package slacksim

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// FuzzDecodeCall: whatever comes, the decoder answers with arguments or a refusal, and what it takes never holds the token.
func FuzzDecodeCall(f *testing.F) {
	for _, s := range []struct{ contentType, body string }{
		{"application/json", `{"channel":"C1","blocks":[{"type":"divider"}],"n":1,"b":true,"x":null}`},
		{"application/json; charset=utf-8", `{"token":"xoxb","text":"\u0000\ud800"}`},
		{"application/json", `[1,2]`},
		{"application/x-www-form-urlencoded", "channel=C1&text=a%20b&token=xoxb"},
		{"application/x-www-form-urlencoded", "%zz=%"},
		{"multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\nhi\r\n--x--\r\n"},
		{"multipart/form-data", "--x"},
		{"text/plain", "x"},
		{"", ""},
	} {
		f.Add(s.contentType, s.body)
	}
	f.Fuzz(func(t *testing.T, contentType, body string) {
		r := httptest.NewRequest(http.MethodPost, "/api/chat.postMessage", strings.NewReader(body))
		r.Header.Set("Content-Type", contentType)
		c, err := decodeCall(r, "chat.postMessage")
		if c == nil {
			t.Fatal("no call")
		}
		if _, ok := err.(*refusal); err != nil && !ok {
			t.Fatalf("an error that is no refusal: %v", err)
		}
		if _, has := c.args["token"]; has && err == nil {
			t.Fatal("the token stayed among the arguments")
		}
		if !json.Valid(c.payload()) {
			t.Fatal("the ledger's payload is no JSON")
		}
	})
}

// FuzzDecodeAck: an ack is an id and perhaps a payload of valid JSON, or an error; never both, never neither.
func FuzzDecodeAck(f *testing.F) {
	for _, s := range []string{
		`{"envelope_id":"1"}`, `{"envelope_id":"1","payload":{}}`, `{"envelope_id":"1","payload":null}`, `{"envelope_id":"1","payload":{"text":"x"}}`,
		`{"envelope_id":1}`, `{}`, `[]`, `null`, `"x"`, ``, `{"envelope_id":"1","payload":[]}`, strings.Repeat("x", maxAck),
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, frame []byte) {
		id, payload, err := decodeAck(frame)
		switch {
		case err == nil && id == "":
			t.Fatal("taken without an id")
		case err != nil && payload != nil:
			t.Fatal("refused with a payload")
		case payload != nil && !json.Valid(payload):
			t.Fatal("a payload that is no JSON")
		case err == nil && len(frame) >= maxAck:
			t.Fatal("too long and taken")
		}
	})
}

// FuzzWithIDs: blocks and views keep their JSON shape, every element can be found, and a second pass changes nothing.
func FuzzWithIDs(f *testing.F) {
	for _, s := range []string{
		`[{"type":"actions","elements":[{"type":"button","text":{"type":"plain_text","text":"x"}}]}]`,
		`{"type":"modal","blocks":[{"type":"input","element":{"type":"plain_text_input"}}]}`,
		`[{"type":"section","accessory":{"type":"overflow","options":[]}}]`, `[]`, `{}`, `[1,[2],null]`, `[{"type":"container","child_blocks":[{"type":"divider"}]}]`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		read := func(raw []byte) (v any) {
			d := json.NewDecoder(bytes.NewReader(raw))
			d.UseNumber()
			if d.Decode(&v) != nil {
				t.Fatalf("%s is no JSON", raw)
			}
			return v
		}
		if !json.Valid(raw) {
			return
		}
		once := withIDs(read(raw))
		if twice := withIDs(read(once)); string(once) != string(twice) {
			t.Fatalf("%s became %s", once, twice)
		}
		for _, e := range elementsOf(once) {
			if e.Action == "" {
				t.Fatalf("an element without an id in %s", once)
			}
		}
	})
}

// FuzzCompose: what a person types can never be a broadcast or a mention that they did not name with @.
func FuzzCompose(f *testing.F) {
	for _, s := range []string{"<!channel>", "<@U0BOB>", "@bob", "@here", "a & b", "https://x.example/<!here>", "#leads", "<https://evil|good>", "&lt;!channel&gt;"} {
		f.Add(s)
	}
	sim := &Sim{state: newState(Sample())}
	f.Fuzz(func(t *testing.T, typed string) {
		if strings.Contains(typed, "@") {
			return
		}
		if got := sim.compose(typed, true); strings.Contains(got, "<!") || strings.Contains(got, "<@") {
			t.Fatalf("%q became %q", typed, got)
		}
	})
}
