package commands_test

import (
	"fmt"
	"strings"
	"testing"

	"alignbot/commands"
	"alignbot/pipeline"
	"alignbot/slacksim"
	"alignbot/slacksim/mrkdwn"
	"alignbot/storage"
)

// nothingAlive fails when anything that went out holds a ping or a link that
// alignbot did not make itself.
func (w *workplace) nothingAlive(t *testing.T) {
	t.Helper()
	for _, e := range w.Ledger().Entries(nil) {
		if e.By != "app" || len(e.Payload) == 0 {
			continue
		}
		public := e.Method == "chat.postMessage" || e.Method == "chat.update"
		for _, c := range mrkdwn.LivePayload(e.Payload) {
			switch {
			case c.Kind == mrkdwn.Broadcast, c.Kind == mrkdwn.Usergroup,
				c.Kind == mrkdwn.User && public,
				c.Kind == mrkdwn.Link && !strings.HasPrefix(c.Target, "https://acme.slack.com/") && !strings.HasPrefix(c.Target, "slack://app?"):
				t.Errorf("%s: %s %q came alive at %s in %s", e.Method, c.Kind, c.Target, c.Pointer, e.Payload)
			}
		}
	}
}

func TestNaughtyTextInEveryFieldOfAnIdea(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	bob := w.Person("bob").In("payments")
	all, captured := commands.Naughty(t), 0
	for _, n := range all {
		title := pipeline.CleanLine(n.Text)
		bob.Types("/idea")
		bob.Fills("Title", n.Text)
		bob.Fills("Problem", n.Text)
		bob.Fills("We will know when", n.Text)
		bob.Fills("Evidence", n.Text)
		bob.Submits()
		if !pipeline.HasVisible(title) {
			if strings.TrimSpace(n.Text) != "" {
				bob.SeesFieldError("Title", "") // whatever it says, the form stays
			}
			bob.CancelsModal()
			if err := w.store.DropDraft(t.Context(), bob.ID(), storage.Slot{Name: "idea"}); err != nil {
				t.Fatal(err)
			}
			continue
		}
		captured++
		bob.SeesNoModal()
		key := pipeline.Key{Team: "PAY", Number: captured}
		idea, err := w.store.Idea(t.Context(), key)
		if err != nil {
			t.Fatalf("%s %q: %v", n.Kind, n.Text, err)
		}
		if idea.Title != title || idea.Problem != pipeline.CleanText(n.Text) || idea.Evidence != idea.Problem || idea.Measure != idea.Problem {
			t.Errorf("%s %q was stored as %+v", n.Kind, n.Text, idea)
		}
	}
	if captured < len(all)*3/4 {
		t.Errorf("only %d of %d were captured", captured, len(all))
	}
	w.Until("every card is posted", func() bool { return cards(w) == captured })
	w.nothingAlive(t)
}

// cards counts the cards on the channel.
func cards(w *workplace) int {
	return len(w.Ledger().Entries(func(e slacksim.Entry) bool {
		return e.Method == "chat.postMessage" && e.Error == "" && strings.Contains(string(e.Payload), "idea.show")
	}))
}

func TestNaughtyTextBehindEveryCommand(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	bob := w.Person("bob").In("payments")
	for _, n := range commands.Naughty(t) {
		if strings.ContainsAny(n.Text, "\r\n\u2028\u2029\u0085\v\f") {
			continue // a command is one line
		}
		for _, command := range []string{"/idea add ", "/idea find ", "/idea show ", "/idea list ", "/align ", "/idea "} {
			bob.Types(command + n.Text)
		}
		for range 3 { // forms that opened
			if modals, err := w.Modals(bob.ID()); err == nil && len(modals) > 0 {
				bob.ClosesModal()
			}
		}
	}
	bob.DoesNotSee("Something went wrong")
	w.nothingAlive(t)
}

func TestNaughtyTextInTheNameOfATeam(t *testing.T) {
	t.Parallel()
	for i, n := range commands.Naughty(t) {
		if i%16 != 0 || !pipeline.HasVisible(pipeline.CleanLine(n.Text)) || pipeline.Length(n.Text) > pipeline.TeamNameLimit {
			continue
		}
		w := open(t, pipeline.Policy{})
		alice := w.Person("alice").In("payments")
		alice.Types("/align setup")
		alice.Fills("Name", n.Text)
		alice.Submits()
		alice.Sees("is set up")
		team, err := w.store.Team(t.Context(), "PAY")
		if err != nil || team.Name != pipeline.CleanLine(n.Text) {
			t.Errorf("%s %q was stored as %q (%v)", n.Kind, n.Text, team.Name, err)
		}
		alice.Types("/idea list")
		alice.Types("/align status")
		alice.OpensHome()
		alice.Sees("My teams")
		w.nothingAlive(t)
	}
}

func TestTitlesAtTheirLimit(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	bob := w.Person("bob").In("payments")
	bob.Types("/idea add x")
	bob.Sees("Captured as PAY-1")
	bob.Types("/idea add " + strings.Repeat("ü", pipeline.TitleLimit))
	bob.Sees("Captured as PAY-2")
	bob.Types("/idea add " + strings.Repeat("界", pipeline.TitleLimit+1)) // the whole goes to the problem
	bob.Sees("Captured as PAY-3")
	idea, err := w.store.Idea(t.Context(), pipeline.Key{Team: "PAY", Number: 3})
	if err != nil || pipeline.Length(idea.Problem) != pipeline.TitleLimit+1 {
		t.Errorf("%+v %v", idea, err)
	}
	bob.Types("/idea add " + strings.Repeat("x", 3000))
	bob.Sees("That text has 3000 characters")
}

func TestAFormForAChannelThatIsGoneIsStillCaptured(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	bob := w.Person("bob").In("payments")
	bob.Types("/idea Still worth keeping")
	if err := w.Archive(t.Context(), "alice", "payments"); err != nil {
		t.Fatal(err)
	}
	bob.Submits()
	bob.In("@alignbot").Sees("Captured as PAY-1")
	w.Person("alice").In("@alignbot").Sees("is archived, so I post nothing there")
}

func TestAFormSubmittedTwiceIsOneIdea(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	bob := w.Person("bob").In("payments")
	for i, twice := range []slacksim.Effect{slacksim.Duplicate(), slacksim.DuplicateElsewhere()} {
		rule := w.Faults().Add(slacksim.Fault{On: "view_submission", Times: 1, Do: twice})
		bob.Types("/idea Once")
		bob.Submits()
		bob.SeesNoModal()
		bob.Sees(fmt.Sprintf("Captured as PAY-%d", i+1))
		if rule.Strikes() != 1 {
			t.Errorf("the form was delivered twice %d times", rule.Strikes())
		}
	}
	bob.Types("/idea list")
	bob.Sees("Page 1 of 1 · 2 ideas")
}

func TestAFormOfSomebodyWhoLostTheRightMeanwhile(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	bob := w.Person("bob").In("payments")
	bob.Types("/idea Typed as a member")
	if err := w.UpdatePerson(t.Context(), "bob", func(p *slacksim.Person) { p.Guest = true }); err != nil {
		t.Fatal(err)
	}
	w.heardOf("user_change")
	bob.Submits()
	bob.SeesFieldError("Title", "alignbot is not open to guests here")
	bob.SeesModal("Capture an idea").Has("Title", "Typed as a member")
	if page, err := w.store.Page(t.Context(), storage.List{Team: "PAY"}, 1, 10); err != nil || page.Total != 0 {
		t.Errorf("%d ideas are stored (%v)", page.Total, err)
	}
}
