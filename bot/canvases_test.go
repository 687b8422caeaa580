package bot

import (
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"alignbot/commands"
	"alignbot/slacksim"
)

func TestCanvasesAreMadeBesideThoseThatAreThere(t *testing.T) {
	w := newWorld(t, slacksim.Options{})
	w.Expect("channel_canvas_already_exists", "canvas_not_found")
	s, _ := w.settings().withDefaults()
	m, _ := newMetrics(prometheus.NewRegistry())
	send := newSender(s, m, quiet(t))
	defer send.http.CloseIdleConnections()
	ctx := t.Context()
	own, err := send.createCanvas(ctx, "C0GENERAL", commands.SlackCanvas{Title: "Ours", Markdown: "# Ours"})
	if err != nil || own.Channel != "C0GENERAL" {
		t.Fatalf("made %+v %v", own, err)
	}
	teams, err := w.WriteCanvas(ctx, "bob", "payments", "Team", "what bob wrote")
	if err != nil {
		t.Fatal(err)
	}
	beside, err := send.createCanvas(ctx, "C0PAYMENTS", commands.SlackCanvas{Title: "Lean Canvas", Markdown: "first"})
	if err != nil || beside.TS == teams {
		t.Fatalf("made %+v %v", beside, err)
	}
	if there, _ := w.Canvases("bob", "payments"); len(there) != 2 || there[0].Markdown != "what bob wrote" || there[1].Title != "Lean Canvas" || there[1].Markdown != "first" {
		t.Errorf("the channel has %+v", there)
	}

	// More than one edit holds is spread over several; done again it is the same.
	var blocks []string
	for range 30 {
		blocks = append(blocks, strings.Repeat("word ", 60)+".")
	}
	long := strings.Join(blocks, "\n\n")
	rule := w.Faults().Add(slacksim.Fault{On: "canvases.edit", Nth: 2, Do: slacksim.HTTPStatus(503)})
	if err := send.editCanvas(ctx, beside.TS, commands.SlackCanvas{Markdown: long}); remedyOf(err) != unconfirmed || rule.Strikes() != 1 {
		t.Errorf("an edit that broke off: %v", err)
	}
	if err := send.editCanvas(ctx, beside.TS, commands.SlackCanvas{Markdown: long}); err != nil {
		t.Fatal(err)
	}
	if c, err := w.Canvas("bob", beside.TS); err != nil || c.Markdown != long {
		t.Errorf("it holds %d bytes, want %d (%v)", len(c.Markdown), len(long), err)
	}
	if n := len(w.calls("canvases.edit")); n < 4 {
		t.Errorf("%d edits", n)
	}
	if err := w.DeleteCanvas(ctx, "bob", beside.TS); err != nil {
		t.Fatal(err)
	}
	if err := send.editCanvas(ctx, beside.TS, commands.SlackCanvas{Markdown: "x"}); codeOf(err) != "canvas_not_found" || remedyOf(err) != giveUp {
		t.Errorf("an edit of what was deleted: %v", err)
	}
}

func TestCanvasEdits(t *testing.T) {
	long := strings.Repeat("x", canvasEditMost+1)
	for name, c := range map[string]struct {
		markdown string
		want     int
	}{
		"short": {"a\n\nb", 1}, "nothing": {"", 1}, "a block too long": {"a\n\n" + long + "\n\nb", 3},
	} {
		got := canvasEdits(c.markdown)
		if len(got) != c.want || strings.Join(got, "\n\n") != c.markdown {
			t.Errorf("%s: %d edits", name, len(got))
		}
	}
}
