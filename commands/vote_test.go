package commands_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/slacksim"
	"alignbot/storage"
)

// asksAll stores a ballot on PAY-1 that Alice has just started, altered by change,
// with its message and all that is done about it later.
func (w *workplace) asksAll(t *testing.T, change func(*pipeline.Ballot)) pipeline.Ballot {
	t.Helper()
	team, err := w.store.Team(t.Context(), "PAY")
	if err != nil {
		t.Fatal(err)
	}
	var people []pipeline.Person
	for _, user := range []string{"U0ALICE", "U0BOB", "U0CAROL", "U0DAVE"} {
		people = append(people, pipeline.Person{ID: user, Workspace: "T0ACME"})
	}
	idea := w.stored(t, pays1)
	form := pipeline.BallotForm{Question: pipeline.AskPursue, Level: pipeline.OpenBallot}
	b, err := pipeline.StartBallot(pipeline.Policy{}, people[0], pipeline.Where{Team: &team, InChannel: true}, idea, form, people, false, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(&b)
	}
	entry := func(kind, id string, due time.Time) storage.Outgoing {
		return storage.Outgoing{ID: id, Kind: kind, Subject: "PAY-1", Args: map[string]string{"ballot": "#"}, Due: due}
	}
	message := entry(storage.KindBallot, "ballot:#", time.Time{})
	message.Channel = "C0PAYMENTS"
	event := pipeline.Event{At: time.Now(), By: "U0ALICE", What: pipeline.BallotStarted, About: string(b.Question)}
	b, err = w.store.StartBallot(t.Context(), "start "+fmt.Sprint(idea.Ballots), idea, b, storage.Slot{}, event,
		message, entry("ballot.close", fmt.Sprintf("close:#:%d", b.Deadline.UnixMilli()), b.Deadline))
	if err != nil {
		t.Fatal(err)
	}
	w.Person("alice").In("payments").SeesMatch("0 of 4 (have )?voted")
	return b
}

// votes stores a vote as the rule would let it pass.
func (w *workplace) votes(t *testing.T, user string, vote pipeline.Vote) {
	t.Helper()
	_, err := w.store.Vote(t.Context(), storage.Voting{
		Op: "vote " + user, Idea: pays1, ID: 1, User: user,
		Check: func(storage.Polling) (pipeline.Vote, error) { return vote, nil },
	})
	if err != nil {
		t.Fatal(err)
	}
}

// counts of the votes on the newest ballot, in the order of Choices.
func (w *workplace) counts(t *testing.T) (counts [4]int) {
	t.Helper()
	tally := w.polled(t, "").Tally
	for i, choice := range pipeline.Choices() {
		counts[i] = tally.Counts[choice]
	}
	return counts
}

// polled is the newest ballot on PAY-1 as it is stored, with the vote of a user.
func (w *workplace) polled(t *testing.T, user string) storage.Polled {
	t.Helper()
	polled, err := w.store.Ballot(t.Context(), pays1, storage.NewestBallot, user)
	if err != nil {
		t.Fatal(err)
	}
	return polled
}

func TestVotesAreCountedChangedAndTakenBack(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t)
	w.asksAll(t, nil)
	alice, bob, carol := w.Person("alice").In("payments"), w.Person("bob").In("payments"), w.Person("carol").In("payments")

	bob.Clicks("Pursue")
	bob.Sees("Your vote is counted: pursue", "PAY-1  Export invoices", "You can change it or take it back until")
	alice.Sees("1 of 4 has voted")
	alice.DoesNotSee("Your vote is counted")
	carol.Clicks("No opinion")
	carol.Sees("Your vote is counted: no opinion")
	alice.Sees("2 of 4 have voted")
	if got := w.counts(t); got != [4]int{1, 0, 0, 1} {
		t.Fatalf("counted are %v", got)
	}

	// Another click replaces it, and it is said once more.
	bob.Clicks("Park")
	bob.Sees("Your vote is counted: park", "It replaces what you voted before")
	if got := w.counts(t); got != [4]int{0, 1, 0, 1} {
		t.Fatalf("counted are %v", got)
	}
	bob.ClicksIn("counted: park", "Withdraw")
	bob.Sees("Your vote on PAY-1 is taken back. It counts no more.")
	bob.StopsSeeing("Your vote is counted: park") // in its place
	alice.Sees("1 of 4 has voted")
	bob.ClicksIn("taken back", "Pursue")
	bob.StopsSeeing("taken back")
	if got := w.counts(t); got != [4]int{1, 0, 0, 1} {
		t.Fatalf("counted are %v", got)
	}
	if mine := w.polled(t, bob.ID()).Mine; mine == nil || mine.Choice != pipeline.ChoosePursue {
		t.Errorf("Bob's is %+v", mine)
	}

	// Once it is closed, the way on is the decision, and an old message says so.
	alice.Sees("2 of 4 have voted")
	alice.ClicksIn("2 of 4 have voted", "Details")
	alice.SeesModal("Ballot on PAY-1")
	alice.Clicks("Close it now")
	alice.SeesModal("Ballot on PAY-1").Says("Closed before its time")
	bob.ClicksIn("counted: pursue", "Withdraw")
	bob.Sees("The ballot on PAY-1 is closed. The votes cast before that count.")
	if mine := w.polled(t, bob.ID()).Mine; mine == nil || mine.Choice != pipeline.ChoosePursue {
		t.Errorf("after the close Bob's is %+v", mine)
	}
	alice.Clicks("Park…")
	alice.SeesModal("Park PAY-1")
}

func TestAnObjectionNeedsASentence(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t)
	w.asksAll(t, nil)
	bob := w.Person("bob").In("payments")
	bob.Clicks("Object…")
	bob.SeesModal("Vote on PAY-1").Has("Your vote", "Object").Says("Open: the result shows who voted what, and why.")
	bob.Submits()
	bob.SeesFieldError("Why?", "An objection needs a sentence")
	bob.Fills("Why?", "  …  ")
	bob.Submits()
	bob.SeesFieldError("Why?", "An objection needs a sentence")
	bob.Fills("Why?", "It breaks the <!channel> export")
	bob.Submits()
	bob.SeesNoModal()
	bob.Sees("Your vote is counted: object", "It breaks the <!channel> export")
	if mine := w.polled(t, bob.ID()).Mine; mine == nil || mine.Choice != pipeline.ChooseObject || mine.Reason != "It breaks the <!channel> export" {
		t.Fatalf("stored is %+v", mine)
	}

	// The form starts with what was voted; of another choice the reason is another.
	bob.ClicksIn("counted: object", "With a reason…")
	bob.SeesModal("Vote on PAY-1").Has("Your vote", "Object").Has("Why?", "It breaks the <!channel> export")
	bob.Chooses("Your vote", "Park")
	bob.Fills("Why?", "Later is better")
	bob.Submits()
	bob.SeesNoModal()
	bob.Sees("Your vote is counted: park", "Later is better", "It replaces what you voted before")
	if got := w.counts(t); got != [4]int{0, 1, 0, 0} {
		t.Fatalf("counted are %v", got)
	}
}

func TestAVoteThatWasBegunIsKept(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t)
	w.asksAll(t, nil)
	bob := w.Person("bob").In("payments")
	bob.Clicks("With a reason…")
	bob.SeesModal("Vote on PAY-1").Has("Why?", "")
	bob.Chooses("Your vote", "Pursue")
	bob.Fills("Why?", "Nine of twelve asked")
	bob.ClosesModal()
	bob.OpensHome()
	bob.Sees("A vote on PAY-1 that was not sent: Nine of twelve asked", "Pursue PAY-1, or park it? It waits for your vote until")
	bob.ClicksIn("A vote on PAY-1", "Continue")
	bob.SeesModal("Vote on PAY-1").Has("Your vote", "Pursue").Has("Why?", "Nine of twelve asked").Says("This is what you typed")
	bob.Submits()
	bob.SeesNoModal()
	bob.StopsSeeing("A vote on PAY-1")
	bob.StopsSeeing("It waits for your vote")
	if mine := w.polled(t, bob.ID()).Mine; mine == nil || mine.Reason != "Nine of twelve asked" {
		t.Errorf("stored is %+v", mine)
	}
	alice := w.Person("alice").In("payments")
	alice.Types("/align status")
	alice.Sees("Waiting for you", "It waits for your vote until")
	alice.ClicksIn("It waits for your vote", "Vote…")
	alice.SeesModal("Vote on PAY-1")
	alice.Chooses("Your vote", "Park")
	alice.Submits()
	alice.SeesNoModal()
	alice.Sees("Your vote is counted: park")
}

// What is typed for an anonymous ballot is stored nowhere before it is sent, and
// then by nobody's name.
func TestAnAnonymousVoteIsNobodys(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t)
	w.asksAll(t, func(b *pipeline.Ballot) { b.Level = pipeline.Anonymous })
	alice, bob := w.Person("alice").In("payments"), w.Person("bob").In("payments")
	bob.Clicks("Object…")
	bob.SeesModal("Vote on PAY-1").Says("What you type here is kept nowhere until you send it.")
	bob.Fills("Why?", "Between us")
	bob.ClosesModal()
	if drafts, err := w.store.Drafts(t.Context(), bob.ID()); err != nil || len(drafts) > 0 {
		t.Errorf("kept are %v (%v)", drafts, err)
	}
	bob.Clicks("Object…")
	bob.SeesModal("Vote on PAY-1").Has("Why?", "")
	bob.Fills("Why?", "Quite another thing")
	bob.Submits()
	bob.SeesNoModal()
	bob.Sees("Your vote is counted: object")
	bob.Clicks("Pursue")
	bob.Sees("Your vote is counted: pursue")
	bob.DoesNotSee("It replaces")
	bob.Clicks("With a reason…") // nothing shows a vote again
	bob.SeesModal("Vote on PAY-1").Has("Why?", "")
	bob.ClosesModal()
	alice.Sees("1 of 4 has voted")

	w.votes(t, "U0CAROL", pipeline.Vote{Choice: pipeline.ChooseObject, Reason: "Too early"})
	w.votes(t, "U0DAVE", pipeline.Vote{Choice: pipeline.ChooseNoOpinion})
	alice.Clicks("Park")
	alice.Sees("4 of 4 have voted")
	alice.ClicksIn("4 of 4", "Details")
	alice.SeesModal("Ballot on PAY-1")
	alice.Clicks("Close it now")
	alice.SeesModal("Ballot on PAY-1").Says("Closed before its time")
	alice.ClosesModal()
	carol := w.Person("carol").In("payments")
	carol.Sees("1 objection", "Too early", "One would pursue it", "4 of 4 voted")
	for _, name := range []string{"Bob", "Carol", "Dave"} {
		if screen := carol.Screen(); strings.Contains(screen[strings.Index(screen, "1 objection"):strings.LastIndex(screen, "Votes advise")], name+" ") {
			t.Errorf("the result names %s:\n%s", name, screen)
		}
	}
}

func TestAFormOfABallotThatClosedMeanwhile(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t)
	w.asksAll(t, nil)
	alice, bob := w.Person("alice").In("payments"), w.Person("bob").In("payments")
	w.offers(t, "idea=PAY-1&ballot=1&choice=pursue", "vote.cast", "vote.open", "vote.withdraw", "ballot.close")
	bob.Clicks("vote.open")
	bob.SeesModal("Vote on PAY-1")
	bob.Fills("Why?", "So much typed")
	alice.Clicks("ballot.close")
	alice.Sees("The ballot on PAY-1 is closed. There is no decision. Nobody of 4 people voted.")
	bob.Submits()
	bob.SeesFieldError("Why?", "The ballot on PAY-1 is closed. The votes cast before that count. Its result is on the idea's card. Your words are still here")
	bob.SeesModal("Vote on PAY-1").Has("Why?", "So much typed")
	bob.ClosesModal()
	for _, action := range []string{"vote.cast", "vote.open", "vote.withdraw"} {
		carol := w.Person("carol").In("payments")
		carol.Clicks(action)
		carol.Sees("The ballot on PAY-1 is closed. The votes cast before that count.")
		carol.Dismisses("The ballot on PAY-1 is closed.")
	}
	if got := w.counts(t); got != [4]int{} {
		t.Errorf("counted are %v", got)
	}
}

func TestWhoIsNotAskedHasNoVote(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{Guests: true}, func(w *slacksim.Workspace) { w.App.Scopes = append(slices.Clone(least), "channels:read") }).withIdea(t)
	w.asksAll(t, func(b *pipeline.Ballot) { b.Electorate = []string{"U0ALICE", "U0CAROL", "U0DAVE", "U0ZOE"} })
	bob := w.Person("bob").In("payments")
	bob.Clicks("Pursue")
	bob.Sees("You are not among the 4 people who are asked about PAY-1; they were chosen when the ballot started.", "add that to the idea")
	bob.Dismisses("You are not among")
	bob.Clicks("Object…")
	bob.Sees("You are not among the 4 people")
	gina := w.Person("gina").In("payments")
	gina.Clicks("Park")
	gina.Sees("You are not among the 4 people")
	if got := w.counts(t); got != [4]int{} {
		t.Errorf("counted are %v", got)
	}
}

func TestAClickThatArrivesThreeTimes(t *testing.T) {
	t.Parallel()
	for name, again := range map[string]slacksim.Effect{
		"on the same connection": slacksim.Deliver(3), "on another connection": slacksim.DuplicateElsewhere(), "late": slacksim.LoseAck(),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := open(t, pipeline.Policy{}).withIdea(t)
			w.asksAll(t, nil)
			bob := w.Person("bob").In("payments")
			w.Faults().Add(slacksim.Fault{On: "block_actions", Times: 1, Do: again})
			bob.Clicks("Pursue")
			bob.Sees("Your vote is counted: pursue")
			w.Person("alice").In("payments").Sees("1 of 4 has voted")
			bob.Clicks("No opinion")
			bob.Sees("Your vote is counted: no opinion")
			if n := strings.Count(bob.Screen(), "Your vote is counted: pursue"); n != 1 {
				t.Errorf("it was told %d times", n)
			}
			if got := w.counts(t); got != [4]int{0, 0, 0, 1} {
				t.Errorf("counted are %v", got)
			}
		})
	}
}

// A vote of somebody who is deactivated stays, and so does the number of those
// who were asked.
func TestAVoterWhoIsDeactivated(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t)
	w.asksAll(t, nil)
	alice, bob := w.Person("alice").In("payments"), w.Person("bob").In("payments")
	bob.Clicks("Pursue")
	bob.Sees("Your vote is counted: pursue")
	if err := w.UpdatePerson(t.Context(), bob.ID(), func(p *slacksim.Person) { p.Deactivated = true }); err != nil {
		t.Fatal(err)
	}
	w.heardOf("user_change")
	alice.Clicks("Park")
	alice.Sees("2 of 4 have voted")
	alice.ClicksIn("2 of 4", "Details")
	alice.SeesModal("Ballot on PAY-1").Says("Who left since counts as asked, and their vote stays")
	alice.Clicks("Close it now")
	alice.ClosesModal()
	alice.Sees("2 of 4 voted, counting all who were asked at the start", "One would pursue it: Bob Brandt", "One would park it: Alice Anders")
}

// Everybody votes at once, several times over: each has one vote, the last.
func TestManyVoteAtOnce(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t)
	w.asksAll(t, nil)
	var all sync.WaitGroup
	for _, name := range []string{"alice", "bob", "carol"} {
		person := w.Person(name).In("payments")
		all.Go(func() {
			for _, choice := range []string{"Pursue", "No opinion", "Park"} {
				person.Clicks(choice)
				person.Sees("Your vote is counted: " + strings.ToLower(choice))
			}
		})
	}
	all.Wait()
	if got := w.counts(t); got != [4]int{0, 3, 0, 0} {
		t.Errorf("counted are %v", got)
	}
	w.Person("bob").In("payments").Sees("3 of 4 have voted")
}

// An admin who deletes a ballot's message does not end the ballot: it is posted
// anew with the next vote.
func TestABallotWhoseMessageWasDeleted(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t)
	w.asksAll(t, nil)
	alice, bob := w.Person("alice").In("payments"), w.Person("bob").In("payments")
	before := w.polled(t, "").Message
	w.Faults().Add(slacksim.Fault{On: "chat.update", Times: 1, Do: slacksim.APIError("message_not_found")})
	bob.Clicks("Pursue")
	comesTrue(t, func() (bool, string) {
		now := w.polled(t, "").Message
		return !now.IsZero() && now != before, fmt.Sprintf("it stands in %v", now)
	})
	alice.Sees("1 of 4 has voted")
	alice.Clicks("Park") // the newest
	alice.Sees("2 of 4 have voted")
}

func TestAnotherPrivateTeamsBallotIsUnknown(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t)
	w.asksAll(t, nil)
	private := storage.Here{Channel: "C0PAYMENTS", Kind: storage.PrivateChannel}
	if _, err := w.store.Begin(t.Context(), storage.Want{Channel: "C0PAYMENTS", User: "U0ALICE", Here: private}); err != nil {
		t.Fatal(err)
	}
	w.offersIn(t, "C0GENERAL", "idea=PAY-1&ballot=1&choice=pursue", "vote.cast", "vote.withdraw")
	dave := w.Person("dave").In("general")
	for _, action := range []string{"vote.cast", "vote.withdraw"} {
		dave.Clicks(action)
		dave.Sees("There is no PAY-1 that you can see.")
		dave.Dismisses("There is no PAY-1")
	}
	if got := w.counts(t); got != [4]int{} {
		t.Errorf("counted are %v", got)
	}
}
