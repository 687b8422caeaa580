package commands_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"alignbot/commands"
	"alignbot/pipeline"
	"alignbot/slacksim"
	"alignbot/storage"
)

// fourOf adds dave to #payments: four people can be anonymous.
func fourOf(w *slacksim.Workspace) {
	i := slices.IndexFunc(w.Channels, func(c slacksim.Channel) bool { return c.Name == "payments" })
	w.Channels[i].Members = append(slices.Clone(w.Channels[i].Members), "U0DAVE")
}

// forensic is a forensic session of PAY as it is stored.
func (w *workplace) forensic(t *testing.T, number int) storage.ForensicState {
	t.Helper()
	state, err := w.store.Forensic(t.Context(), "PAY", number, "")
	if err != nil {
		t.Fatal(err)
	}
	return state
}

// writes sends a list from the private message.
func (w *workplace) writes(name string, ways ...string) {
	p := w.Person(name).In("@alignbot")
	p.Clicks("Write my list")
	p.SeesModal("Ways to ruin it")
	for i, way := range ways {
		p.Fills(fmt.Sprint("Way ", i+1), way)
	}
	p.Submits()
	p.SeesNoModal()
	p.Sees("Your list is kept.")
}

// holdsSession starts an anonymous session of all four.
func (w *workplace) holdsSession(t *testing.T) {
	t.Helper()
	bob := w.Person("bob").In("payments")
	bob.Types("/align forensic")
	bob.SeesModal("Forensic session").Has("Names", "Anonymous: nobody learns who wrote what").Has("Workdays for each of the four parts", "2")
	bob.Submits()
	bob.SeesNoModal()
	bob.Sees("The session runs. 4 people take part and got a private message.")
}

func TestAForensicSessionFromTheListsToTheFixes(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}, asking, fourOf).withTeam(t)
	w.holdsSession(t)
	bob, carol := w.Person("bob").In("payments"), w.Person("carol").In("payments")
	carol.Sees("How could we ruin our Product Backlog?", "led by Bob Brandt", "Part 1 of 4: lists.", "0 of 4 have written.", "nobody can look up who wrote what")
	dave := w.Person("dave").In("@alignbot")
	dave.OpensHome()
	dave.Sees("A forensic session waits for your list until")
	w.writes("alice", "Never say no to a stakeholder", "Detail everything a year ahead")
	w.writes("bob", "Stakeholders are never told no", "<!channel>")
	w.writes("carol", "Keep what nobody asked for")

	// Three lists are too few to be shown without names.
	bob.ClicksIn("Part 1 of 4", "Details")
	bob.SeesModal("Forensic session").Says("3 of 4 have written.").Says("You have written.")
	bob.DoesNotSee("Keep what nobody asked for")
	bob.Clicks("End the lists")
	bob.Sees("So far 3 people have written, which is too few to go on.")
	bob.ClosesModal()
	carol.ClicksIn("Part 1 of 4", "Details")
	carol.SeesModal("Forensic session")
	carol.DoesNotSee("End the lists", "Stop the session")
	carol.ClosesModal()
	dave.ClicksIn("waits for your list", "Write my list")
	dave.SeesModal("Ways to ruin it").Says("kept nowhere until you send it")
	dave.Submits()
	dave.SeesFieldError("Way 1", "Write at least one way.")
	dave.Fills("Way 1", "Estimate without a goal")
	dave.Submits()
	dave.SeesNoModal()
	dave.StopsSeeing("waits for your list until")

	bob.ClicksIn("Part 1 of 4", "Details")
	bob.SeesModal("Forensic session").Says("4 of 4 have written.")
	bob.Clicks("End the lists")
	bob.SeesModal("Forensic session").Says("Part 2 of 4").Says("6 ways of 4 people, in 5 groups.").Says("Stakeholders are never told no").Says("<!channel>")
	carol.Sees("Part 2 of 4: groups.", "6 ways of 4 people, in 5 groups.")
	carol.DoesNotSee("told no")
	bob.ClicksIn("Detail everything", "Name or merge…")
	bob.SeesModal("Group").Has("Name", "Detail everything a year ahead").Has("Measured by", "None")
	bob.Fills("Name", "Too much, too early")
	bob.Chooses("Measured by", "Over-sized")
	bob.Chooses("Put another group into this one", "Estimate without a goal")
	bob.Submits()
	bob.SeesModal("Forensic session").Says("Too much, too early").Says("Measured by: Over-sized").Says("in 4 groups")
	bob.ClicksIn("Too much, too early", "Take apart")
	bob.SeesModal("Forensic session").Says("in 5 groups")
	bob.ClicksIn("Detail everything", "Name or merge…")
	bob.SeesModal("Group")
	bob.Fills("Name", "Too much, too early")
	bob.Chooses("Measured by", "Over-sized")
	bob.Submits()
	bob.SeesModal("Forensic session").Says("Measured by: Over-sized")
	bob.Clicks("Let people pick")
	bob.SeesModal("Forensic session").Says("Part 3 of 4").Says("0 of 4 have picked.")

	bob.ClicksIn("Too much, too early", "Pick")
	bob.SeesModal("Forensic session").Says("Your pick number 1").Says("You have picked 1 of 5.")
	bob.ClicksIn("Keep what nobody asked for", "Pick")
	bob.SeesModal("Forensic session").Says("Your pick number 2")
	bob.ClosesModal()
	for _, name := range []string{"alice", "carol", "dave"} {
		p := w.Person(name).In("@alignbot")
		p.Clicks("Pick the worst")
		p.SeesModal("Forensic session")
		p.ClicksIn("Too much, too early", "Pick")
		p.SeesModal("Forensic session").Says("Your pick number 1")
		p.DoesNotSee("points")
		p.ClosesModal()
	}
	bob.ClicksIn("Part 3 of 4", "Pick the worst")
	bob.SeesModal("Forensic session").Says("4 of 4 have picked.")
	bob.Clicks("End the picks")
	bob.SeesModal("Forensic session").Says("Part 4 of 4").Says("1. The team says: Too much, too early · 20 points").Says("2. The team says: Keep what nobody asked for · 4 points").Says("Measured: Over-sized. Nothing is found")
	bob.ClicksIn("1. The team says", "Choose a fix…")
	bob.SeesModal("Fix").Says("Too much, too early")
	bob.Fills("What do we do about it?", "Throw out what is older than a year")
	bob.Chooses("Who looks after it?", "carol")
	bob.Fills("Done by", inDays(-1))
	bob.Submits()
	bob.SeesFieldError("Done by", "")
	bob.Fills("Done by", inDays(14))
	bob.Submits()
	bob.SeesModal("Forensic session").Says("Throw out what is older than a year").Says("Choose another…")
	bob.Clicks("End the session")
	bob.SeesModal("Forensic session").Says("It is over.").Says("Ended by").Says("Start another…")
	bob.ClosesModal()
	carol.Sees("The forensic session is over. 4 people of 4 wrote, 4 picked.", "1. The team says: Too much, too early · 20 points", "Throw out what is older than a year",
		"Looked after by Carol Costa, by "+shown(14)+".", "2. The team says: Keep what nobody asked for", "No fix was chosen.", "*It is over.* What came out of it is in the thread.")
	if n := strings.Count(carol.Screen(), "A forensic session, led by Bob Brandt."); n != 1 {
		t.Errorf("there are %d messages about it", n)
	}
	carol.Types("/align forensic")
	carol.SeesModal("Forensic session").Says("It is over.").Says("Throw out what is older than a year")
	carol.ClosesModal()
}

// The parts of a session end at their deadlines; lists of too few get more time once.
func TestAForensicSessionEndsByItself(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}, asking, fourOf).withTeam(t)
	w.holdsSession(t)
	w.writes("alice", "Secret of one")
	due := func(id string) {
		t.Helper()
		state := w.forensic(t, 1)
		f := state.Forensic
		f.Deadline = time.Now().Add(-time.Minute)
		if _, err := w.store.ChangeForensic(t.Context(), "earlier "+id, state, f, "", storage.Slot{}); err != nil {
			t.Fatal(err)
		}
		if err := w.store.Enqueue(t.Context(), storage.Outgoing{ID: id, Kind: "forensic.due", Subject: "PAY", Args: map[string]string{"sheet": "PAY:1"}}); err != nil {
			t.Fatal(err)
		}
	}
	carol := w.Person("carol").In("payments")
	due("first")
	carol.Sees("Too few had by the first deadline, so there is time once more.", "1 of 4 has written.")
	due("second")
	carol.Sees("It ended without a result.", "Only one person has written, and anonymous lists of fewer than 4 people are not shown.")
	carol.ClicksIn("ended without a result", "Details")
	carol.SeesModal("Forensic session").Says("Start another…")
	carol.DoesNotSee("Secret of one")
	carol.ClosesModal()
	alice := w.Person("alice").In("@alignbot")
	alice.Clicks("Change it")
	alice.Sees("This part of the session is over.")
}

func TestAForensicFormSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}, asking).withTeam(t)
	bob := w.Person("bob").In("payments")
	bob.Types("/align forensic")
	bob.SeesModal("Forensic session")
	bob.Fills("Workdays for each of the four parts", "0")
	bob.Submits()
	bob.SeesFieldError("Names", "Anonymous lists are not shown under 4 people, and these are 3 people.")
	bob.SeesFieldError("Workdays for each of the four parts", "A whole number of workdays from 1 to 20.")
	bob.ClosesModal()
	bob.OpensHome()
	bob.ClicksIn("A forensic session of PAY that was not started", "Continue")
	bob.SeesModal("Forensic session").Has("Workdays for each of the four parts", "0").Says("This is what you typed")
	bob.ClosesModal()
	gina := w.Person("gina").In("payments")
	gina.Types("/align forensic")
	gina.Sees("not open to guests here")
}

// A session with names: drafts are kept, and a list is shown again.
func TestAForensicSessionWithNames(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}, asking).withTeam(t)
	f := pipeline.Forensic{
		Team: "PAY", Phase: pipeline.ForensicLists, Deadline: time.Now().Add(time.Hour), Days: 2, To: []string{"U0ALICE", "U0BOB"}, Started: time.Now(), StartedBy: "U0BOB",
	}
	if _, err := w.store.StartForensic(t.Context(), "start", f, "", storage.Slot{}); err != nil {
		t.Fatal(err)
	}
	bob, carol := w.Person("bob").In("payments"), w.Person("carol").In("payments")
	w.offers(t, "team=PAY&forensic=1", "forensic.write")
	carol.Clicks("forensic.write")
	carol.Sees("You are not among the 2 people who take part")
	bob.Clicks("forensic.write")
	bob.SeesModal("Ways to ruin it").Says("Your name stands beside what you wrote when at least 4 people did.")
	bob.Fills("Way 1", "Say yes")
	bob.ClosesModal()
	bob.OpensHome()
	bob.ClicksIn("A list for a forensic session of PAY that was not sent", "Continue")
	bob.SeesModal("Ways to ruin it").Has("Way 1", "Say yes")
	bob.Submits()
	bob.SeesNoModal()
	bob = bob.In("payments")
	bob.Types("/align forensic")
	bob.SeesModal("Forensic session").Says("1 of 2 has written.")
	bob.Clicks("Change my list")
	bob.SeesModal("Ways to ruin it").Has("Way 1", "Say yes")
	bob.Fills("Way 2", "Ask nobody")
	bob.Submits()
	bob.SeesModal("Forensic session")
	comesTrue(t, func() (bool, string) {
		lists := w.forensic(t, 1).Said.Lists
		return len(lists) == 1 && len(lists[0].Ways) == 2, fmt.Sprint(lists)
	})
	bob.ClosesModal()
	bob.Types("/align forensic") // drawn with nothing under way that would draw it again
	bob.SeesModal("Forensic session")
	bob.Clicks("End the lists")
	bob.SeesModal("Forensic session").Says("Ask nobody").Says("Part 2 of 4")
	bob.Clicks("Stop the session")
	bob.SeesModal("Forensic session").Says("*It ended without a result.* It was stopped before its end.")
	bob.StopsSeeing("Ask nobody")
	bob.ClosesModal()
}

// Everybody writes, picks and ends parts at the same moment, each delivered twice.
func TestAForensicSessionUnderManyClicks(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}, asking).withTeam(t)
	var to []string
	for i := range 8 {
		to = append(to, fmt.Sprint("U0P", i))
	}
	f := pipeline.Forensic{Team: "PAY", Phase: pipeline.ForensicLists, Deadline: time.Now().Add(time.Hour), Days: 2, To: to, Anonymous: true, Started: time.Now(), StartedBy: "U0BOB"}
	if _, err := w.store.StartForensic(t.Context(), "start", f, "", storage.Slot{}); err != nil {
		t.Fatal(err)
	}
	app := &commands.App{Store: w.store, Lookup: func(_ context.Context, user string) (pipeline.Person, error) {
		return pipeline.Person{ID: user, Workspace: "T0ACME", Name: user}, nil
	}}
	router := commands.NewRouter(commands.List(), "")
	act := func(on commands.Surface, name, op, user, value string, form *commands.Form) {
		entry, _ := router.Find(on, name)
		_, err := app.Handle(t.Context(), entry, &commands.Request{
			Op: op, Now: time.Now(), Person: pipeline.Person{ID: user, Workspace: "T0ACME"}, Channel: "C0PAYMENTS", Value: value, Form: form,
		})
		var problem *pipeline.Problem
		if err != nil && !errors.As(err, &problem) {
			t.Error(err)
		}
	}
	var all sync.WaitGroup
	for i := range 16 {
		user := to[i/2]
		all.Go(func() {
			act(commands.Submit, "forensic.ways_form", "w"+user, user, "", &commands.Form{
				ID: "V", Hash: "h", Metadata: `{"v":1,"team":"PAY","forensic":1,"channel":"C0PAYMENTS","fresh":"f"}`,
				Values: map[string]commands.Value{"way-0": {Text: "Way of " + user}, "way-1": {Text: "The same"}},
			})
		})
	}
	all.Wait()
	if state := w.forensic(t, 1); state.Given() != 8 {
		t.Errorf("%d lists are kept", state.Given())
	}
	for i := range 4 {
		all.Go(func() {
			act(commands.Button, "forensic.end", fmt.Sprint("end", i/2), "U0BOB", "team=PAY&forensic=1&phase=lists", nil)
		})
	}
	all.Wait()
	state := w.forensic(t, 1)
	if state.Forensic.Phase != pipeline.ForensicMerge || len(state.Forensic.Ways) != 16 {
		t.Fatalf("it is at %s with %d ways", state.Forensic.Phase, len(state.Forensic.Ways))
	}
	act(commands.Button, "forensic.end", "rank", "U0BOB", "team=PAY&forensic=1&phase=merge", nil)
	group := w.forensic(t, 1).Forensic.Groups[0].ID
	for i := range 16 {
		user := to[i/2]
		all.Go(func() {
			act(commands.Button, "forensic.pick", "p"+user, user, fmt.Sprintf("team=PAY&forensic=1&group=%d&pick=1", group), nil)
		})
	}
	all.Wait()
	act(commands.Button, "forensic.end", "fixes", "U0BOB", "team=PAY&forensic=1&phase=rank", nil)
	if worst := w.forensic(t, 1).Forensic.Worst(); worst[0].ID != group || worst[0].Points != 40 {
		t.Errorf("the worst are %+v", worst)
	}
}
