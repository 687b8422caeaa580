package commands_test

import (
	"testing"

	"alignbot/pipeline"
	"alignbot/slacksim"
)

// The post of a ballot may have arrived or not: it is not posted twice by itself,
// whoever started it is told, and people vote all the same.
func TestABallotThatMayNotHaveArrived(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}, asking).withIdea(t)
	alice, bob := w.Person("alice").In("payments"), w.Person("bob").In("payments")
	bob.Sees("captured · no outcome yet")
	rule := w.Faults().Add(slacksim.Fault{On: "chat.postMessage", Times: 1, Do: slacksim.Drop()})
	starts(alice)
	comesTrue(t, func() (bool, string) {
		stats, err := w.store.OutboxStats(t.Context())
		return err == nil && rule.Strikes() == 1 && stats.Unknown == 1, "the post is not unknown yet"
	})
	bob.OpensHome()
	bob.Sees("Pursue PAY-1, or park it? It waits for your vote until")
	bob.DoesNotSee("may not have arrived")
	bob.ClicksIn("It waits for your vote", "Vote…")
	bob.SeesModal("Vote on PAY-1")
	bob.Chooses("Your vote", "Pursue")
	bob.Submits()
	bob.SeesNoModal()
	bob.StopsSeeing("It waits for your vote")

	alice.OpensHome()
	alice.Sees("The ballot on *PAY-1* may not have arrived in", "The ballot and its votes are stored")
	alice.Clicks("Post again")
	alice.StopsSeeing("may not have arrived")
	bob.In("payments").Sees("1 of 3 has voted")
}

// A vote in the message proves that it arrived: from then on it is redrawn, up to
// the result.
func TestABallotThatArrivedWithoutAWord(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}, asking).withIdea(t)
	alice, bob := w.Person("alice").In("payments"), w.Person("bob").In("payments")
	bob.Sees("captured · no outcome yet")
	rule := w.Faults().Add(slacksim.Fault{On: "chat.postMessage", Times: 1, Do: slacksim.LoseReply()})
	starts(alice)
	comesTrue(t, func() (bool, string) {
		stats, err := w.store.OutboxStats(t.Context())
		return err == nil && rule.Strikes() == 1 && stats.Unknown == 1, "the post is not unknown yet"
	})
	bob.Clicks("Pursue")
	bob.Sees("Your vote is counted: pursue", "1 of 3 has voted")
	alice.OpensHome()
	alice.DoesNotSee("may not have arrived")
	alice = alice.In("payments")
	alice.ClicksIn("1 of 3 has voted", "Details")
	alice.SeesModal("Ballot on PAY-1")
	alice.Clicks("Close it now")
	alice.SeesModal("Ballot on PAY-1").Says("The advice is to pursue it")
	alice.ClosesModal()
	alice.Sees("*The advice is to pursue it.*")
	alice.StopsSeeing("With a reason…")
}

// Nobody is asked by a user group that is gone, and the form stays as it was typed.
func TestAUserGroupThatWasDeleted(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}, asking).withIdea(t)
	alice := w.Person("alice").In("payments")
	alice.Types("/antibacklog vote 1")
	alice.SeesModal("Ballot on PAY-1")
	alice.Chooses("Who votes?", "@devs · Developers")
	alice.Fills("Workdays to vote", "7")
	if err := w.UpdateUsergroup(t.Context(), "devs", func(g *slacksim.Usergroup) { g.Disabled = true }); err != nil {
		t.Fatal(err)
	}
	alice.Submits()
	alice.SeesFieldError("Who votes?", "There is no such user group any more. Nothing was started, and everything you typed is still there.")
	alice.Chooses("Who votes?", "Everybody in the team's channel")
	alice.SeesModal("Ballot on PAY-1").Has("Workdays to vote", "7")
	alice.Submits()
	alice.SeesNoModal()
	alice.Sees("The ballot on PAY-1 runs. Asked: 3 people.")
}

// A ballot goes on while its channel is archived, and is drawn when that is over.
func TestABallotInAnArchivedChannel(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}, asking).withIdea(t)
	alice, bob := w.Person("alice").In("payments"), w.Person("bob").In("payments")
	starts(alice)
	bob.Sees("0 of 3 have voted")
	if err := w.Archive(t.Context(), alice.ID(), "payments"); err != nil {
		t.Fatal(err)
	}
	bob.OpensHome()
	bob.ClicksIn("It waits for your vote", "Vote…")
	bob.SeesModal("Vote on PAY-1")
	bob.Chooses("Your vote", "Pursue")
	bob.Submits()
	bob.SeesNoModal()
	bob.StopsSeeing("It waits for your vote")
	alice.In("general").Types("/antibacklog vote PAY-1")
	alice.SeesModal("Ballot on PAY-1").Says("1 of 3 has voted")
	alice.Clicks("Close it now")
	alice.SeesModal("Ballot on PAY-1").Says("The advice is to pursue it.")
	alice.ClosesModal()
	if err := w.Unarchive(t.Context(), alice.ID(), "payments"); err != nil {
		t.Fatal(err)
	}
	bob.In("payments").Sees("*The advice is to pursue it.*", "1 of 3 voted")
}

// The vote of somebody who left the channel stays, and of an open team they may
// still change it.
func TestAVoterWhoLeftTheChannel(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}, asking).withIdea(t)
	alice, bob := w.Person("alice").In("payments"), w.Person("bob").In("payments")
	starts(alice)
	bob.Clicks("Park")
	bob.Sees("Your vote is counted: park")
	if err := w.Leave(t.Context(), bob.ID(), "payments"); err != nil {
		t.Fatal(err)
	}
	bob.In("general").Types("/antibacklog vote PAY-1")
	bob.SeesModal("Ballot on PAY-1").Says("You voted: park")
	bob.Clicks("Pursue")
	bob.SeesModal("Ballot on PAY-1").Says("You voted: pursue").Says("1 of 3 has voted")
	alice.Clicks("Details")
	alice.SeesModal("Ballot on PAY-1").Says("Who left since counts as asked, and their vote stays")
	alice.Clicks("Close it now")
	alice.ClosesModal()
	alice.Sees("One would pursue it: Bob Brandt", "1 of 3 voted, counting all who were asked at the start")
}
