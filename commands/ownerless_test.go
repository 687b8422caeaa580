package commands_test

import (
	"slices"
	"strings"
	"testing"

	"alignbot/pipeline"
	"alignbot/slacksim"
)

// asksForAnOwner is how often an admin was asked to name a product owner.
func (w *workplace) asksForAnOwner() int {
	return len(w.Ledger().Entries(func(e slacksim.Entry) bool {
		return e.Error == "" && e.Method == "chat.postMessage" && strings.Contains(e.Text, "As an admin of this workspace you can name one.")
	}))
}

func (w *workplace) turns(t *testing.T, user string, into func(*slacksim.Person)) {
	t.Helper()
	if err := w.UpdatePerson(t.Context(), user, into); err != nil {
		t.Fatal(err)
	}
	w.heardOf("user_change")
}

func TestAnAdminNamesTheNextProductOwner(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	alice, bob, carol := w.Person("alice").In("@alignbot"), w.Person("bob"), w.Person("carol").In("payments")
	w.owned(t, bob.ID())
	w.turns(t, bob.ID(), func(p *slacksim.Person) { p.Deactivated = true })
	carol.Sees("*Payments* has no product owner any more: Bob Brandt’s", "account is deactivated.", "I have asked admins of this workspace to name another one: Alice Anders.")
	carol.Clicks("Name a product owner")
	carol.Sees("A team's settings can be changed by its product owners and by workspace admins.", "Payments has no product owner at the moment. Admins of this workspace are asked to name one.")

	alice.Sees("*Payments* has no product owner any more: Bob Brandt’s", "As an admin of this workspace you can name one.")
	alice.Clicks("Name a product owner")
	alice.SeesModal("Team settings")
	alice.Chooses("Product owners", "carol")
	alice.Submits()
	alice.SeesNoModal()
	if team, err := w.store.Team(t.Context(), "PAY"); err != nil || !team.OwnedBy(carol.ID()) {
		t.Errorf("the team is owned by %v, %v", team.Owners, err)
	}
	w.quiet(t)
	if n := w.asksForAnOwner(); n != 1 {
		t.Errorf("the admin was asked %d times", n)
	}
}

func TestATeamThatKeepsAProductOwnerAsksNobody(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	bob := w.Person("bob")
	w.owned(t, w.Person("alice").ID(), bob.ID())
	w.turns(t, bob.ID(), func(p *slacksim.Person) { p.Deactivated = true })
	w.quiet(t)
	w.Person("carol").In("payments").DoesNotSee("no product owner")
}

func TestANameSaysWhoHasLeft(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	bob, carol := w.Person("bob"), w.Person("carol").In("payments")
	w.owned(t, w.Person("alice").ID(), bob.ID())
	carol.Types("/align setup")
	carol.Sees("Product owners here: Alice Anders, Bob Brandt.")
	w.turns(t, bob.ID(), func(p *slacksim.Person) { p.Deactivated = true })
	carol.Types("/align setup")
	carol.Sees("Product owners here: Alice Anders, Bob Brandt (has left).")
}

// Whoever is stopped by it has an admin asked, should Slack not have told that the owner
// left.
func TestWhoeverNeedsAProductOwnerHasOneAskedFor(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}, func(s *slacksim.Workspace) {
		s.App.Events = slices.DeleteFunc(s.App.Events, func(name string) bool { return name == "user_change" })
	}).withTeam(t)
	bob, carol := w.Person("bob"), w.Person("carol").In("payments")
	w.owned(t, bob.ID())
	if err := w.UpdatePerson(t.Context(), bob.ID(), func(p *slacksim.Person) { p.Deactivated = true }); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		carol.Types("/align setup")
		carol.Sees("Payments has no product owner at the moment. Admins of this workspace are asked to name one.")
	}
	w.Person("alice").In("@alignbot").Sees("*Payments* has no product owner any more")
	w.quiet(t)
	if n := w.asksForAnOwner(); n != 1 {
		t.Errorf("the admin was asked %d times", n)
	}
}

// Of a private team only its channel learns: no admin is told that there is one.
func TestAPrivateTeamWithoutAProductOwnerTellsItsChannelAlone(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}, func(s *slacksim.Workspace) {
		for i := range s.Channels {
			if s.Channels[i].Name == "payments" {
				s.Channels[i].Private = true
			}
		}
	})
	alice := w.Person("alice").In("payments")
	alice.Types("/align setup")
	alice.Fills("Name", "Payments")
	alice.Fills("Key", "PAY")
	alice.Submits()
	alice.Sees("is set up")
	bob, carol := w.Person("bob"), w.Person("carol").In("payments")
	w.owned(t, bob.ID())
	w.turns(t, bob.ID(), func(p *slacksim.Person) { p.Deactivated = true })
	carol.Sees("has no product owner any more", "An admin of this workspace can name another one here.")
	w.quiet(t)
	if n := w.asksForAnOwner(); n != 0 {
		t.Errorf("an admin was told of a private team")
	}
	// Alice is in the channel, too.
	alice.Clicks("Name a product owner")
	alice.Chooses("Product owners", "carol")
	alice.Submits()
	alice.SeesNoModal()
	if team, err := w.store.Team(t.Context(), "PAY"); err != nil || !team.OwnedBy(carol.ID()) {
		t.Errorf("the team is owned by %v, %v", team.Owners, err)
	}
}
