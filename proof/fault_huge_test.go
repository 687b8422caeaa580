package proof

import (
	"fmt"
	"os"
	"strconv"
	"strings"

	"alignbot/pipeline"
	"alignbot/slacksim"
)

// memoryMost is how much a bot's process may take at its peak, in bytes, while texts of a
// megabyte are sent to it: what this test's executable takes by itself, some 60 MB, and
// room for a few frames, decoded.
const memoryMost = 200 << 20

// hugeTexts has people capture texts at a limit, one above it, and far above it, by
// command, by form and from a message.
func hugeTexts(c *campaign) {
	w := c.open(place{apart: true})
	pid := w.bots[0].pid
	for i := range c.n {
		size := []int{pipeline.TitleLimit, pipeline.TitleLimit + 1, pipeline.TextLimit, pipeline.TextLimit + 1, 40_000, 1 << 20}[i/3%6]
		letter := []string{"x", "é", "漢", "😀", `\"`}[c.rng.IntN(5)]
		if size == 1<<20 {
			size /= len(letter) // of bytes
		}
		switch i % 3 {
		case 0:
			w.hugeCommand(i%8, size, letter)
		case 1:
			w.hugeForm(i%8, size, letter)
		case 2:
			w.hugeMessage(i%8, min(size, 40_000), letter) // Slack takes no longer one
		}
		c.injections++
	}
	peak := peakOf(c, pid)
	c.Logf("the bot's process took %d MB at its peak", peak>>20)
	if peak > memoryMost {
		c.Errorf("the bot's process took %d MB at its peak, want at most %d", peak>>20, memoryMost>>20)
	}
	w.settle()
	w.isWellFormed()
}

// hugeCommand types a text of that size: it is the title, or, with its beginning as the
// title, the problem, or too long; then nothing is captured, and it opens in the form.
func (w *faultWorld) hugeCommand(k, size int, letter string) {
	w.c.Helper()
	d := w.begun(byCommand, k)
	whole := d.token + " " + strings.Repeat(letter, size-len(d.token)-1)
	read := strings.ReplaceAll(whole, `\"`, `"`)
	d.wants = func(stored pipeline.Idea) string {
		switch {
		case size > pipeline.TextLimit:
			return "it is longer than an idea can be"
		case size <= pipeline.TitleLimit && stored.Title != read, size > pipeline.TitleLimit && stored.Problem != read:
			return fmt.Sprintf("of %d characters it has a title of %d and a problem of %d", size, pipeline.Length(stored.Title), pipeline.Length(stored.Problem))
		}
		return ""
	}
	said := w.forgesCommand(d, "add "+whole)
	if size <= pipeline.TextLimit {
		return
	}
	if !strings.Contains(said, strconv.Itoa(size)+" characters") || !strings.Contains(said, fmt.Sprintf("a title of %d and texts of %d", pipeline.TitleLimit, pipeline.TextLimit)) {
		w.c.Errorf("who typed %d characters was told: %.300s", size, said)
	}
	drafts, err := w.store.Drafts(w.c.Context(), d.who)
	if err != nil || drafts["idea.long"].Typed[pipeline.FieldProblem] != read {
		w.c.Errorf("the text of %d characters is not kept (%v)", size, err)
	}
}

// hugeForm submits a form with a title and a problem of that size.
func (w *faultWorld) hugeForm(k, size int, letter string) {
	w.c.Helper()
	d, v := w.fillsIn(k)
	if d == nil {
		w.c.Fatal("no form opens")
	}
	length := size // of the title
	if size > pipeline.TitleLimit+1 {
		length = pipeline.TitleLimit
	}
	title := d.token + " " + strings.Repeat(letter, length-len(d.token)-1)
	problem := strings.Repeat(letter, size)
	d.wants = func(stored pipeline.Idea) string {
		if length > pipeline.TitleLimit || size > pipeline.TextLimit || stored.Title != strings.ReplaceAll(title, `\"`, `"`) || stored.Problem != strings.ReplaceAll(problem, `\"`, `"`) {
			return fmt.Sprintf("of %d characters it has a title of %d and a problem of %d", size, pipeline.Length(stored.Title), pipeline.Length(stored.Problem))
		}
		return ""
	}
	w.forges(d, v, map[string]string{"Title": title, "Problem": problem})
	if length > pipeline.TitleLimit && !strings.Contains(d.said, fmt.Sprintf("At most %d characters; this has %d", pipeline.TitleLimit, length)) ||
		size > pipeline.TextLimit && !strings.Contains(d.said, fmt.Sprintf("At most %d characters; this has %d", pipeline.TextLimit, size)) {
		w.c.Errorf("who submitted %d characters was told: %.300s", size, d.said)
	}
}

// hugeMessage reacts to a message of that size, opens the form that is offered, and
// submits it as it is: the form has what fits of the message.
func (w *faultWorld) hugeMessage(k, size int, letter string) {
	w.c.Helper()
	d := w.begun(byForm, k)
	text := d.token + " " + strings.ReplaceAll(strings.Repeat(letter, size-len(d.token)-1), `\"`, `"`)
	d.wants = func(stored pipeline.Idea) string {
		if !strings.HasPrefix(text, strings.TrimSuffix(stored.Title, "…")) || pipeline.Length(stored.Title) > pipeline.TitleLimit || pipeline.Length(stored.Evidence) > pipeline.TextLimit {
			return fmt.Sprintf("of %d characters it has a title of %d and evidence of %d", size, pipeline.Length(stored.Title), pipeline.Length(stored.Evidence))
		}
		return ""
	}
	if err := w.sim.Type(w.c.Context(), d.who, channel, text); err != nil {
		w.c.Fatal(err)
	}
	view, err := w.sim.ChannelView(d.who, channel, 50)
	if err != nil {
		w.c.Fatal(err)
	}
	ts := ""
	for _, m := range view.Messages {
		if m.BotID == "" && strings.HasPrefix(m.Text, d.token) {
			ts = m.TS
		}
	}
	a := &actor{world: w.world, ctx: w.c.Context(), who: d.who}
	v, err := a.opens(func() error { return w.sim.UseMessageShortcut(w.c.Context(), d.who, shortcut(w.sim), channel, ts) })
	if err != nil {
		w.c.Fatalf("a message of %d characters: %v", size, err)
	}
	w.submits(d, v)
}

// shortcut is the one on messages.
func shortcut(sim *slacksim.Sim) string {
	for _, s := range sim.Workspace().App.Shortcuts {
		if s.Type == "message" {
			return s.CallbackID
		}
	}
	return ""
}

// peakOf is the most memory that a process has had so far, in bytes.
// https://man7.org/linux/man-pages/man5/proc_pid_status.5.html
func peakOf(c *campaign, pid int) int64 {
	c.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		c.Skipf("this needs Linux: %v", err)
	}
	for line := range strings.Lines(string(text)) {
		if size, is := strings.CutPrefix(line, "VmHWM:"); is {
			n, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(size), "kB")), 10, 64)
			if err != nil {
				c.Fatal(err)
			}
			return n << 10
		}
	}
	c.Fatalf("no peak in %s", text)
	return 0
}
