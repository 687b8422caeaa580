package commands_test

import (
	"strings"
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/slacksim"
)

// inSlack is the canvas in the tabs of #payments with that title; "" for none.
func (w *workplace) inSlack(t *testing.T, title string) (id, markdown string) {
	t.Helper()
	there, err := w.Canvases("bob", "payments")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range there {
		if c.Title == title {
			id, markdown = c.ID, c.Markdown
		}
	}
	return id, markdown
}

// showsInSlack waits until the canvas of Slack says that.
func (w *workplace) showsInSlack(t *testing.T, title, words string) {
	t.Helper()
	comesTrue(t, func() (bool, string) {
		_, markdown := w.inSlack(t, title)
		return strings.Contains(markdown, words), "it says " + markdown
	})
}

func TestACanvasIsKeptCurrentInSlack(t *testing.T) {
	t.Parallel()
	w, clock := openMoving(t, mayPublish)
	w.Expect("channel_canvas_already_exists", "canvas_not_found")
	teams, err := w.WriteCanvas(t.Context(), "bob", "payments", "Team", "what bob wrote")
	if err != nil {
		t.Fatal(err)
	}
	w.aCanvas(t, pipeline.LeanCanvas, "Invoices", map[pipeline.BoxID]string{"problem": "<!channel> ![](@U0BOB) *retype*\n# [x](https://evil.example)"})
	alice, bob := w.Person("alice").In("payments"), w.Person("bob").In("payments")
	alice.Types("/align canvas C1")
	alice.SeesModal("Canvas")
	alice.Clicks("Publish…")
	w.showsInSlack(t, "Invoices", "### Problem")
	first, markdown := w.inSlack(t, "Invoices")
	for _, alive := range []string{"<!", "](", "![", "*retype*", "\n# ", "https://evil"} {
		if strings.Contains(markdown, alive) {
			t.Errorf("%q is alive in %s", alive, markdown)
		}
	}
	if c, err := w.Canvas("bob", teams); err != nil || c.Markdown != "what bob wrote" {
		t.Errorf("the channel's own canvas is %+v %v", c, err)
	}
	w.settles(t)
	alice.ClosesModal()
	alice.Types("/align canvas C1")
	alice.SeesModal("Canvas").Says("Kept current as a ")
	alice.ClosesModal()

	// What changes is written once, after a minute; where nothing did, nothing is.
	edits := func() int { return w.called("canvases.edit", first) }
	fills := func(text string) {
		bob.Types("/align canvas C1")
		bob.ClicksIn("Problem", "Change")
		bob.Fills("What are their three worst problems?", text)
		bob.Submits()
		bob.CancelsModal()
		bob.ClosesModal()
	}
	fills("They send them late")
	fills("They pay late")
	w.settles(t)
	if n := edits(); n != 0 {
		t.Errorf("%d edits within the first minute", n)
	}
	clock.move(time.Minute)
	w.showsInSlack(t, "Invoices", "They pay late")
	w.settles(t)
	if n := edits(); n != 1 {
		t.Errorf("%d edits for what changed", n)
	}
	clock.move(25 * time.Hour)
	w.settles(t)
	if n := edits(); n != 1 {
		t.Errorf("%d edits although nothing changed", n)
	}

	// Nobody knows whether an edit arrived, or Slack wants to wait: it is written again.
	for _, effect := range []slacksim.Effect{slacksim.LoseReply(), slacksim.Throttle("1")} {
		rule := w.Faults().Add(slacksim.Fault{On: "canvases.edit", Times: 1, Do: effect})
		fills("Again " + time.Now().String())
		clock.move(2 * time.Minute)
		comesTrue(t, func() (bool, string) { return rule.Strikes() == 1, "no edit was tried" })
		clock.move(time.Minute)
		w.settles(t)
	}
	if s := w.canvas(t, 1).Slack; s.Code != "" || s.ID != first {
		t.Errorf("it stands as %+v", s)
	}

	// Somebody deletes it: that is said, and it is offered anew.
	if err := w.DeleteCanvas(t.Context(), "bob", first); err != nil {
		t.Fatal(err)
	}
	fills("They never pay")
	clock.move(2 * time.Minute)
	inbox := w.Person("alice").In("@alignbot")
	inbox.Sees("Somebody deleted the canvas of Slack.", "Nothing is lost")
	fills("They pay at last")
	clock.move(2 * time.Minute)
	w.settles(t)
	if again, _ := w.inSlack(t, "Invoices"); again != "" {
		t.Error("it was made anew by itself")
	}
	inbox.Clicks("Publish again…")
	w.showsInSlack(t, "Invoices", "They pay at last")
	w.settles(t)
	if again, _ := w.inSlack(t, "Invoices"); again == first {
		t.Error("the one that was deleted is back")
	}

	// Kept current no longer, it stays as it is.
	alice.Types("/align canvas C1")
	alice.SeesModal("Canvas")
	alice.Clicks("Stop keeping it current")
	alice.ClosesModal()
	fills("Nobody pays")
	clock.move(2 * time.Minute)
	w.settles(t)
	if _, markdown := w.inSlack(t, "Invoices"); strings.Contains(markdown, "Nobody pays") {
		t.Error("it was still kept current")
	}
}

func TestACanvasThatSlackRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change func(*slacksim.Workspace)
		effect *slacksim.Effect
		codes  []string
		says   string
	}{
		{name: "switched off", change: func(w *slacksim.Workspace) { w.Canvases = slacksim.CanvasesOff }, codes: []string{"canvas_disabled_user_team"}, says: "Canvases are switched off in this workspace."},
		{name: "no room on a free plan", change: func(w *slacksim.Workspace) { w.Canvases = slacksim.CanvasesFree }, codes: []string{"free_team_canvas_tab_already_exists", "channel_canvas_already_exists"}, says: "That canvas was not touched."},
		{name: "an unknown code", effect: new(slacksim.APIError("canvas_creation_failed")), codes: []string{"canvas_creation_failed"}, says: "Slack refuses it with \"canvas_creation_failed\"."},
		{name: "an answer that is lost", effect: new(slacksim.LoseReply()), says: "Slack did not say whether it made the canvas."},
		{name: "a server that fails", effect: new(slacksim.HTTPStatus(503)), says: "Slack did not say whether it made the canvas."},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w, _ := openMoving(t, mayPublish, func(w *slacksim.Workspace) {
				if c.change != nil {
					c.change(w)
				}
			})
			w.Expect(c.codes...)
			if c.name == "no room on a free plan" {
				if _, err := w.WriteCanvas(t.Context(), "bob", "payments", "Team", "bob's"); err != nil {
					t.Fatal(err)
				}
			}
			if c.effect != nil {
				w.Faults().Add(slacksim.Fault{On: "conversations.canvases.create", Times: 1, Do: *c.effect})
			}
			w.aCanvas(t, pipeline.LeanCanvas, "Invoices", map[pipeline.BoxID]string{"problem": "They retype"})
			alice := w.Person("alice").In("payments")
			alice.Types("/align canvas C1")
			alice.SeesModal("Canvas")
			alice.Clicks("Publish…")
			alice.ClosesModal()
			inbox := w.Person("alice").In("@alignbot")
			inbox.Sees(c.says, "The canvas itself is untouched.")
			w.settles(t)
			if n := w.called("canvases.create", ""); n > 0 {
				t.Errorf("%d more were made", n)
			}
			inbox.Clicks("Post as a message")
			bob := w.Person("bob").In("payments")
			bob.Sees("Lean Canvas PAY-C1", "They retype", "Alice Anders posted it.")
		})
	}
}

func TestACanvasWithoutTheScope(t *testing.T) {
	t.Parallel()
	w, _ := openMoving(t)
	w.aCanvas(t, pipeline.LeanCanvas, "Invoices", map[pipeline.BoxID]string{"problem": "They retype <!channel>"})
	bob := w.Person("bob").In("payments")
	bob.Types("/align canvas C1")
	bob.SeesModal("Canvas").Says("grant `canvases:write`")
	bob.DoesNotSee("Publish…")
	bob.Clicks("Post as a message")
	bob.ClosesModal()
	bob.Sees("### Problem", "They retype ‹!channel›", "With the scope `canvases:write` it can be a canvas")
}
