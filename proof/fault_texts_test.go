package proof

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"alignbot/pipeline"
	"alignbot/slacksim"
)

// piece of a text: as Slack sends it, inside the quotes of JSON, and as it is stored.
type piece struct{ sent, stored string }

// as pieces that are stored as they are sent.
func as(texts ...string) (pieces []piece) {
	for _, text := range texts {
		pieces = append(pieces, piece{text, text})
	}
	return pieces
}

// joined pieces as they are sent, and as they are stored.
func joined(pieces []piece) (sent, stored string) {
	for _, p := range pieces {
		sent += p.sent
		stored += p.stored
	}
	return sent, stored
}

// pick draws so many of the pieces.
func (c *campaign) pick(from []piece, n int) (pieces []piece) {
	for range n {
		pieces = append(pieces, from[c.rng.IntN(len(from))])
	}
	return pieces
}

// writes has the k-th person capture an idea of the deed's token and these words, by
// command or by form, in a frame that holds them as they are given: no client would let
// everybody type all that a frame can hold.
func (w *faultWorld) writes(kind rune, k int, words string) *deed {
	w.c.Helper()
	if kind == byCommand {
		d := w.begun(kind, k)
		w.forgesCommand(d, "add "+d.token+" "+words)
		return d
	}
	d, v := w.fillsIn(k)
	if d == nil {
		w.c.Fatal("no form opens")
	}
	w.forges(d, v, map[string]string{"Title": d.token + " " + words})
	return d
}

// forgesCommand types /idea and these words, and gives what is said of it.
func (w *faultWorld) forgesCommand(d *deed, words string) string {
	w.c.Helper()
	said, err := w.sim.Forge(w.c.Context(), d.who, channel, "slash_commands", map[string]any{
		"command": "/idea", "text": json.RawMessage(`"` + words + `"`),
	})
	w.done(d, err)
	return string(said)
}

// forges submits a form with these texts, by the names of its inputs.
func (w *faultWorld) forges(d *deed, v slacksim.View, texts map[string]string) {
	w.c.Helper()
	var form struct {
		Metadata string `json:"private_metadata"`
	}
	if err := json.Unmarshal(v.JSON, &form); err != nil {
		w.c.Fatal(err)
	}
	values := map[string]map[string]any{}
	for _, e := range v.Elements() {
		if text, given := texts[e.Name]; given {
			values[e.BlockID] = map[string]any{e.ActionID: map[string]any{"type": e.Type, "value": json.RawMessage(`"` + text + `"`)}}
		}
	}
	d.began = time.Now()
	said, err := w.sim.Forge(w.c.Context(), d.who, "", "view_submission", map[string]any{"view": map[string]any{
		"callback_id": v.CallbackID, "private_metadata": form.Metadata, "state": map[string]any{"values": values},
	}})
	d.said = string(said)
	w.done(d, err)
	views, err := w.sim.Modals(d.who)
	if err == nil && len(views) > 0 {
		err = w.sim.CloseModal(w.c.Context(), d.who, views[0].ID, true)
	}
	if err != nil {
		w.c.Error(err)
	}
}

// titled: the title is the token and these words, and nothing else.
func (d *deed) titled(words string) {
	wanted := strings.TrimSpace(d.token + " " + words)
	d.wants = func(stored pipeline.Idea) string {
		if stored.Title != wanted {
			return fmt.Sprintf("its title is %q, want %q", stored.Title, wanted)
		}
		return ""
	}
}

// looks has somebody see what was captured, in each place that shows much of it.
func (w *faultWorld) looks(k int) {
	w.c.Helper()
	for _, command := range []string{"/idea list", "/idea find " + w.prefix, "/idea show PAY-1"} {
		if err := w.sim.Type(w.c.Context(), person(k), channel, command); err != nil {
			w.c.Error(err)
		}
	}
	if err := w.sim.OpenHome(w.c.Context(), person(k)); err != nil {
		w.c.Error(err)
	}
}

// broken is what no text should hold, and what becomes of it: a code unit or a byte
// that is no character is seen as one that is missing, and what nobody sees goes.
var broken = append([]piece{
	{`\ud83d`, "\ufffd"}, {`\ude00`, "\ufffd"}, {`\ude00\ud83d`, "\ufffd\ufffd"}, {`\ud83d\ude00`, "😀"}, {`\udbff\udfff`, "\U0010ffff"},
	{"\x80", "\ufffd"}, {"\xff", "\ufffd"}, {"\xc0\xaf", "\ufffd\ufffd"}, {"\xe2\x82", "\ufffd\ufffd"}, {"\xed\xa0\x80", "\ufffd\ufffd\ufffd"}, {"\xf4\x90\x80\x80", "\ufffd\ufffd\ufffd\ufffd"},
	{`\u0000`, ""}, {`\u0001`, ""}, {`\u001b[31m`, "[31m"}, {`\u007f`, ""}, {`\u0085`, ""}, {`\ufeff`, ""},
	{`e\u0301`, "é"}, {`\uffff`, "\uffff"}, {`\"`, `"`}, {`\\u0000`, `\u0000`}, {`\\`, `\`},
}, as("a", "b", "c")...)

// breakTexts sends texts with bytes and code units that are no characters.
func breakTexts(c *campaign) {
	w := c.open(place{bots: 2})
	for i := range c.n {
		var text []piece
		for _, p := range c.pick(broken, 1+c.rng.IntN(8)) {
			text = append(text, p, as("x")[0]) // two halves side by side would be whole
		}
		sent, stored := joined(text)
		w.writes([]rune{byCommand, byForm}[i%2], i%8, sent).titled(stored)
		c.injections++
		if i%50 == 0 {
			w.looks(i)
		}
	}
	w.settle()
	w.isWellFormed()
}

// isWellFormed: all that the bots sent, and each line of a backup, is JSON in UTF-8.
func (w *faultWorld) isWellFormed() {
	w.c.Helper()
	for _, e := range w.sim.Ledger().Entries(func(e slacksim.Entry) bool { return e.Kind != slacksim.KindEnvelope && e.Kind != slacksim.KindAct }) {
		if e.Payload != nil && !json.Valid(e.Payload) || !utf8.Valid(e.Payload) || !utf8.ValidString(e.Text) || bytes.Contains(e.Payload, []byte(`\u0000`)) && !bytes.Contains(e.Payload, []byte(`\\u0000`)) {
			w.c.Errorf("%s: %q", e, e.Payload)
		}
	}
	var backup bytes.Buffer
	if err := w.db.Backup(w.c.Context(), &backup, nil); err != nil {
		w.c.Fatal(err)
	}
	for line := range bytes.Lines(backup.Bytes()) {
		if !json.Valid(line) || !utf8.Valid(line) {
			w.c.Errorf("a line of the backup is not JSON in UTF-8: %q", line)
		}
	}
}
