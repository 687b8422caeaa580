package commands_test

import (
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/slacksim"
	"alignbot/slacksim/simtest"
	"alignbot/storage"
)

// asking grants what ballots need to know who is in a channel or a user group.
func asking(w *slacksim.Workspace) {
	w.App.Scopes = append(slices.Clone(least), "channels:read", "groups:read", "usergroups:read")
}

// ballot is the newest on PAY-1 as it is stored.
func (w *workplace) ballot(t *testing.T) storage.Polled {
	t.Helper()
	polled, err := w.store.Ballot(t.Context(), pays1, storage.NewestBallot, "")
	if err != nil {
		t.Fatal(err)
	}
	return polled
}

// starts opens the form of a ballot on PAY-1 and submits it as it is.
func starts(p *simtest.Person) {
	p.Types("/antibacklog vote 1")
	p.SeesModal("Ballot on PAY-1")
	p.Submits()
	p.SeesNoModal()
	p.Sees("The ballot on PAY-1 runs.")
}

func TestAProductOwnerStartsABallot(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}, asking).withIdea(t)
	alice, bob := w.Person("alice").In("payments"), w.Person("bob").In("payments")
	berlin := pipeline.Team{Zone: "Europe/Berlin", Workdays: pipeline.Week()}
	day := pipeline.AddWorkdays(berlin, nil, time.Now(), 5).Format(time.DateOnly)
	free := pipeline.TeamHolidays{Team: "PAY", Days: pipeline.Holidays{{First: day, Last: day, Name: "Company day"}}, By: "U0ALICE", At: time.Now()}
	if _, err := w.store.ChangeHolidays(t.Context(), "test/free", free, storage.Slot{}); err != nil {
		t.Fatal(err)
	}
	alice.Types("/antibacklog vote 1")
	alice.SeesModal("Ballot on PAY-1").Has("What is asked?", "Pursue PAY-1, or park it?").Has("Who learns who voted what?", "Open").
		Has("Who votes?", "Everybody in the team's channel").Has("Workdays to vote", "3")
	alice.Fills("Workdays to vote", "5")
	alice.Chooses("Who learns who voted what?", "Confidential")
	alice.Clicks("More…")
	alice.SeesModal("Ballot on PAY-1").Has("Workdays to vote", "5").Has("Who learns who voted what?", "Confidential")
	alice.DoesNotSee("Guests vote too")
	alice.Fills("Quorum", "50 %")
	alice.Fills("At least so many approve", "2")
	alice.Submits()
	alice.SeesNoModal()
	alice.Sees("The ballot on PAY-1 runs. Asked: 3 people. They are those in the team's channel. One bot was left out. One guest was left out. They can vote until")

	bob.Sees("Pursue PAY-1, or park it?", "Export invoices", "It serves no outcome yet.", "Confidential: the result shows no names.",
		"0 of 3 have voted. The votes are hidden until the ballot closes.", "Vote until", "at least 2 have to vote, else there is as much time once more",
		"the rule: at least 2 approve, nobody objects", "Started by Alice Anders")
	polled := w.ballot(t)
	b := polled.Ballot
	if !slices.Equal(b.Electorate, []string{"U0ALICE", "U0BOB", "U0CAROL"}) || b.Level != pipeline.Confidential || b.Question != pipeline.AskPursue || b.ID != 1 {
		t.Errorf("it is stored as %+v", b)
	}
	if got, want := b.Deadline.In(berlin.Location()).Format(time.DateOnly), pipeline.AddWorkdays(berlin, free.Days, time.Now(), 5).Format(time.DateOnly); got != want || got == day {
		t.Errorf("it runs until %s, want %s", got, want)
	}
	if idea := w.stored(t, pays1); idea.Ballot != 1 || idea.Ballots != 1 {
		t.Errorf("the idea knows ballot %d of %d", idea.Ballot, idea.Ballots)
	}
	if events := w.happened(t, pipeline.BallotStarted); len(events) != 1 || events[0].About != string(pipeline.AskPursue) || events[0].By != alice.ID() {
		t.Errorf("its history has %+v", events)
	}
	comesTrue(t, func() (bool, string) { // its end and the reminder wait for their time
		stats, err := w.store.OutboxStats(t.Context())
		return err == nil && stats.Due == 2 && stats.Sending == 0, fmt.Sprintf("the outbox holds %+v (%v)", stats, err)
	})

	// Whoever wants one more is shown the one that runs.
	alice.Types("/antibacklog vote PAY-1")
	alice.SeesModal("Ballot on PAY-1").Says("You have not voted yet.").Says("3 people are asked, without guests.")
	alice.ClosesModal()
}

func TestWhoMayStartABallot(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}, asking).withIdea(t)
	bob := w.Person("bob").In("payments")
	bob.Types("/antibacklog vote PAY-1")
	bob.Sees("Ballots are started by the team's product owners, and by members where the team's settings say so.", "Product owners here: Alice Anders.")
	bob.Types("/antibacklog vote")
	bob.Sees("Which idea? Put its key behind the command")
	bob.Types("/antibacklog vote PAY-9")
	bob.Sees("There is no PAY-9 that you can see")

	team, err := w.store.Team(t.Context(), "PAY")
	if err != nil {
		t.Fatal(err)
	}
	team.MembersStartBallots = true
	if _, err := w.store.ChangeTeam(t.Context(), "switch", team); err != nil {
		t.Fatal(err)
	}
	starts(bob)
	if b := w.ballot(t).Ballot; b.StartedBy != bob.ID() {
		t.Errorf("it was started by %s", b.StartedBy)
	}
}

func TestABallotFormSaysWhatIsWrongBesideTheInput(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}, asking).withIdea(t)
	alice := w.Person("alice").In("payments")
	alice.Types("/antibacklog vote 1")
	alice.SeesModal("Ballot on PAY-1")
	alice.Chooses("Who learns who voted what?", "Anonymous")
	alice.Clicks("More…")
	alice.Fills("Workdays to vote", "0")
	alice.Fills("Quorum", "4")
	alice.Fills("At most so many object", "1")
	alice.Chooses("While it runs", "Show how many voted what before it closes")
	alice.Submits()
	alice.SeesFieldError("Who votes?", "An anonymous ballot shows nothing under 4 votes, and these are 3 people.")
	alice.SeesFieldError("Workdays to vote", "A whole number of workdays from 1 to 20.")
	alice.SeesFieldError("Quorum", "Only 3 people can vote.")
	alice.SeesFieldError("At least so many approve", "Say how many have to approve, or leave both empty.")
	alice.SeesFieldError("While it runs", "An anonymous ballot shows nothing before it closes")
	alice.Fills("Workdays to vote", "21")
	alice.Submits()
	alice.SeesFieldError("Workdays to vote", "A whole number of workdays from 1 to 20.")
	if idea := w.stored(t, pays1); idea.Ballots != 0 {
		t.Errorf("%d ballots were started", idea.Ballots)
	}
	alice.ClosesModal()
	alice.OpensHome()
	alice.Sees("A ballot on PAY-1 that was not started")
	alice = alice.In("payments")

	// All of it is there again, what stands under More… too.
	alice.Types("/antibacklog vote 1")
	alice.SeesModal("Ballot on PAY-1").Says("This is what you typed").Has("Who learns who voted what?", "Anonymous").Has("Quorum", "4").Has("Workdays to vote", "21")
	alice.Clicks("Start afresh")
	alice.SeesModal("Ballot on PAY-1").Has("Workdays to vote", "3").Has("Who learns who voted what?", "Open")
	alice.Submits()
	alice.SeesNoModal()
	alice.Sees("The ballot on PAY-1 runs.")
}

func TestAUserGroupVotes(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}, asking).withIdea(t)
	alice := w.Person("alice").In("payments")
	alice.Types("/antibacklog vote 1")
	alice.SeesModal("Ballot on PAY-1")
	alice.Chooses("Who votes?", "@devs · Developers")
	alice.ClosesModal()
	alice.Types("/antibacklog vote 1")
	alice.SeesModal("Ballot on PAY-1").Says("This is what you typed")
	alice.Submits()
	alice.SeesNoModal()
	alice.Sees("Asked: 2 people. They are those in the user group.")
	if b := w.ballot(t).Ballot; !slices.Equal(b.Electorate, []string{"U0BOB", "U0CAROL"}) {
		t.Errorf("asked are %v", b.Electorate)
	}
	alice.Types("/antibacklog vote 1")
	alice.SeesModal("Ballot on PAY-1").Says("You are not among those who are asked.")
}

func TestOfAPrivateTeamOnlyItsChannelVotes(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}, asking, func(w *slacksim.Workspace) {
		w.Usergroups[0].Members = append(slices.Clone(w.Usergroups[0].Members), "U0DAVE", "U0ALICE")
		w.Channels[slices.IndexFunc(w.Channels, func(c slacksim.Channel) bool { return c.Name == "leads" })].App = true
	})
	alice := w.Person("alice").In("leads")
	alice.Types("/align setup")
	alice.SeesModal("Set up a team")
	alice.Fills("Name", "Leads")
	alice.Fills("Key", "LEA")
	alice.Submits()
	alice.Sees("is set up")
	alice.Types("/idea add Close Rome")
	alice.Sees("Captured as LEA-1")
	alice.Types("/antibacklog vote 1")
	alice.SeesModal("Ballot on LEA-1")
	alice.Chooses("Who votes?", "@devs · Developers")
	alice.Submits()
	alice.SeesNoModal()
	alice.Sees("Asked: 2 people. They are those in the user group.")
	b, err := w.store.Ballot(t.Context(), pipeline.Key{Team: "LEA", Number: 1}, 1, "")
	if err != nil || !slices.Equal(b.Ballot.Electorate, []string{"U0ALICE", "U0DAVE"}) {
		t.Errorf("asked are %v (%v)", b.Ballot.Electorate, err)
	}
}

func TestABallotWithoutTheRightsToReadWhoIsThere(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t)
	w.Expect("missing_scope")
	alice := w.Person("alice").In("payments")
	alice.Types("/antibacklog vote 1")
	alice.SeesModal("Ballot on PAY-1")
	alice.Fills("Workdays to vote", "7")
	alice.Submits()
	alice.SeesFieldError("Who votes?", "I lack the right channels:read")
	alice.Chooses("Who votes?", "User groups cannot be read. Submit this to see why")
	alice.Submits()
	alice.SeesFieldError("Who votes?", "I lack the right usergroups:read")
	alice.SeesModal("Ballot on PAY-1").Has("Workdays to vote", "7")
	if idea := w.stored(t, pays1); idea.Ballots != 0 {
		t.Errorf("%d ballots were started", idea.Ballots)
	}
}

func TestGuestsVoteWhereTheyAreChosen(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{Guests: true}, asking).withIdea(t)
	alice := w.Person("alice").In("payments")
	alice.Types("/antibacklog vote 1")
	alice.SeesModal("Ballot on PAY-1")
	alice.Clicks("More…")
	alice.Chooses("Guests", "Guests vote too")
	alice.Submits()
	alice.SeesNoModal()
	alice.Sees("Asked: 4 people. They are those in the team's channel. One bot was left out.")
	if b := w.ballot(t).Ballot; !b.Guests || !b.Asks("U0GINA") {
		t.Errorf("asked are %v", b.Electorate)
	}
}

func TestABallotOnAnIdeaThatMovedOn(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}, asking).withIdea(t, "ballot.new")
	alice, bob := w.Person("alice").In("payments"), w.Person("bob").In("payments")
	alice.Types("/antibacklog vote 1")
	alice.SeesModal("Ballot on PAY-1")
	alice.Fills("Workdays to vote", "9")
	w.parkNow(t, pays1)
	alice.Submits()
	alice.SeesModal("Ballot on PAY-1").Says("PAY-1 is parked now, which changes what can be asked.").
		Has("What is asked?", "Reopen PAY-1, or leave it parked?").Has("Workdays to vote", "9")
	alice.Submits()
	alice.SeesNoModal()
	alice.Sees("Reopen PAY-1, or leave it parked?", "0 of 3 have voted")

	// A button from before it began leads to the one that runs.
	alice.Clicks("ballot.new")
	alice.SeesModal("Ballot on PAY-1").Says("Reopen PAY-1, or leave it parked?")
	alice.ClosesModal()
	bob.Clicks("ballot.new")
	bob.Sees("Ballots are started by the team's product owners")
}

func TestNoBallotOnAWithdrawnIdea(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}, asking).withIdea(t)
	alice, bob := w.Person("alice").In("payments"), w.Person("bob").In("payments")
	alice.Types("/antibacklog vote 1")
	alice.SeesModal("Ballot on PAY-1")
	bob.Types("/idea withdraw PAY-1")
	bob.Sees("PAY-1 is withdrawn")
	alice.Submits()
	alice.SeesFieldError("What is asked?", "PAY-1 was withdrawn, so it cannot be voted on.")
	alice.ClosesModal()
	alice.Types("/antibacklog vote 1")
	alice.Sees("PAY-1 was withdrawn, so it cannot be voted on.")
}

func TestTheBallotsOfAnIdea(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}, asking).withIdea(t)
	alice, bob := w.Person("alice").In("payments"), w.Person("bob").In("payments")
	for i := range 2 {
		starts(alice)
		bob.Types("/antibacklog vote 1")
		bob.SeesModal("Ballot on PAY-1").Says("You have not voted yet.")
		bob.Clicks("Pursue")
		bob.SeesModal("Ballot on PAY-1").Says("You voted: pursue").Says("1 of 3 has voted")
		bob.DoesNotSee("Close it now")
		bob.ClosesModal()
		alice.Types("/antibacklog vote 1")
		alice.SeesModal("Ballot on PAY-1")
		alice.Clicks("Close it now")
		alice.SeesModal("Ballot on PAY-1").Says("The advice is to pursue it.").Says("Closed before its time by").Says("Who voted what")
		alice.ClosesModal()
		if got := w.stored(t, pays1); got.Ballots != i+1 || got.Ballot != 0 {
			t.Fatalf("%d ballots, %d runs", got.Ballots, got.Ballot)
		}
	}
	bob.Types("/idea show PAY-1")
	bob.SeesModal("PAY-1").Says("The last of 2 closed")
	bob.Clicks("2 ballots")
	bob.SeesModal("Ballot on PAY-1")
	bob.Clicks("Earlier ballot")
	bob.SeesModal("Ballot on PAY-1").Says("The advice is to pursue it.")
	bob.Clicks("Later ballot")
	bob.SeesModal("Ballot on PAY-1").Says("You voted: pursue")
	bob.DoesNotSee("Start a ballot…")

	alice.Types("/idea show PAY-1")
	alice.SeesModal("PAY-1")
	alice.Clicks("2 ballots")
	alice.SeesModal("Ballot on PAY-1")
	alice.Clicks("Start a ballot…")
	alice.SeesModal("Ballot on PAY-1").Has("Workdays to vote", "3")
	alice.Submits()
	alice.SeesModal("Ballot on PAY-1").Says("You have not voted yet.").Says("0 of 3 have voted")
}

func TestTheSourceThreadHearsOfABallot(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}, asking).withTeam(t)
	alice, bob := w.Person("alice").In("payments"), w.Person("bob").In("general")
	bob.Types("Could invoices be exported?")
	bob.UsesShortcutOn("Could invoices be exported?", "Capture as idea")
	bob.SeesModal("Capture an idea")
	bob.Chooses("Team", "Payments (PAY)")
	bob.Submits()
	bob.Sees("captured this as PAY-1")
	starts(alice)
	bob.Sees("Alice Anders started a ballot on whether to pursue PAY-1.")
}

// parkNow parks an idea as Alice would.
func (w *workplace) parkNow(t *testing.T, key pipeline.Key) {
	t.Helper()
	team, err := w.store.Team(t.Context(), key.Team)
	if err != nil {
		t.Fatal(err)
	}
	typed := pipeline.Parking{Decision: pipeline.NotNow, Reason: pipeline.TooCostly, Why: "why", Revisit: pipeline.DefaultRevisit(team, time.Now())}
	parked, event, err := pipeline.Park(pipeline.Policy{}, pipeline.Person{ID: "U0ALICE", Workspace: "T0ACME"}, pipeline.Where{Team: &team, InChannel: true},
		w.stored(t, key), pipeline.Dossier{}, typed, time.Now())
	if err == nil {
		_, err = w.store.ChangeIdea(t.Context(), "parked "+strconv.Itoa(key.Number), parked, storage.Slot{}, event)
	}
	if err != nil {
		t.Fatal(err)
	}
}
