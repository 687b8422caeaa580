package commands_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/slacksim"
	"alignbot/storage"
	"alignbot/storage/redistest"
)

func TestAnIdeaGoesFromCapturedToLearned(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	alice, bob, carol := w.Person("alice").In("payments"), w.Person("bob").In("payments"), w.Person("carol").In("payments")
	idea := w.prepared(t, "Export invoices", pipeline.Captured)
	bob.Sees("PAY-1  Export invoices", "captured · for “Fewer calls” (PAY-O1)")

	bob.Clicks("Take to discovery")
	bob.Sees("PAY-1 is in discovery now")
	carol.Sees("Bob Brandt took PAY-1 to discovery.", "in discovery · for “")
	bob.ClicksIn("Export invoices", "Details")
	bob.SeesModal("PAY-1").Says("in discovery since")
	bob.Clicks("Move to validated")
	bob.SeesModal("PAY-1").Says("validated since")
	bob.ClosesModal()

	carol.Sees("Bob Brandt validated PAY-1.")
	bob.ClicksIn("validated · for “", "Move to Product Backlog")
	bob.Sees("What becomes of an idea is decided by the team's product owners")
	alice.ClicksIn("validated · for “", "Move to Product Backlog")
	alice.SeesModal("Move to Product Backlog").Says("is unknown").Has("Why", "")
	alice.Fills("Why", "It serves our largest customers")
	alice.Chooses("On behalf of", "carol")
	alice.Submits()
	alice.SeesNoModal()
	alice.Sees("PAY-1 is in the Product Backlog now")
	carol.Sees("Alice Anders moved PAY-1 to the Product Backlog, on behalf of Carol Costa: It serves our largest customers.")

	alice.ClicksIn("in the Product Backlog · for “", "Mark as delivered")
	alice.SeesModal("Mark as delivered").Has("What will be different, and by how much?", "half as many calls by June")
	alice.Submits()
	carol.Sees("Alice Anders marked PAY-1 as delivered. Expected: “half as many calls by June”. On")
	alice.ClicksIn("delivered · for “", "Say what happened")
	alice.SeesModal("Say what happened")
	alice.Chooses("Did it change what it was for?", "It moved")
	alice.Fills("What actually happened?", "\u200b")
	alice.Submits()
	alice.SeesFieldError("What actually happened?", "Say in a line what actually happened.")
	alice.Fills("What actually happened?", "A third fewer calls")
	alice.Submits()
	carol.Sees("Alice Anders wrote down what happened with PAY-1: moved. A third fewer calls.", "learned from")
	if got := w.stored(t, idea.Key).Stage; got != pipeline.Learned {
		t.Errorf("it is %s", got)
	}
}

func TestAGateThatRefusesSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	alice, bob, carol := w.Person("alice").In("payments"), w.Person("bob").In("payments"), w.Person("carol").In("payments")
	bob.Types("/idea add Export invoices")
	bob.Sees("Captured as PAY-1")
	bob.Clicks("Take to discovery")
	bob.Sees("PAY-1 is in discovery now")
	bob.Types("/idea show PAY-1")
	bob.Clicks("Move to validated")
	bob.SeesModal("PAY-1").Says("Not yet: PAY-1 stays in discovery.* Nothing was lost.")
	bob.Sees("Opportunity Canvas (not begun)", "an outcome link", "a “we will know when”", "evidence for it", "Product owners can let it pass all the same")
	bob.DoesNotSee("Override…")

	bob.Clicks("Write it")
	bob.SeesModal("Edit PAY-1")
	bob.Fills("We will know when", "half as many calls by June")
	bob.Fills("Evidence", "Nine people asked.")
	bob.Submits()
	bob.SeesModal("PAY-1").Says("an outcome link")
	bob.StopsSeeing("a “we will know when”")
	bob.DoesNotSee("evidence for it")
	bob.Clicks("Link an outcome")
	bob.SeesModal("Link an outcome")
	bob.Fills("What will have changed, and for whom?", "Fewer calls")
	bob.Submits()
	bob.SeesModal("PAY-1")
	bob.StopsSeeing("an outcome link")
	w.passed(t, w.stored(t, pays1))
	bob.ClosesModal()
	bob.Types("/idea show PAY-1")
	bob.Clicks("Move to validated")
	bob.SeesModal("PAY-1").Says("validated since")
	bob.ClosesModal()

	// Nobody else may edit Bob's idea.
	bob.Types("/idea add Another")
	bob.Sees("Captured as PAY-2")
	carol.ClicksIn("PAY-2  Another", "Take to discovery")
	carol.Sees("PAY-2 is in discovery now")
	carol.Types("/idea show PAY-2")
	carol.Clicks("Move to validated")
	carol.SeesModal("PAY-2").Says("a “we will know when”")
	carol.DoesNotSee("Write it", "Override…")
	alice.Types("/idea show PAY-2")
	alice.Clicks("Move to validated")
	alice.SeesModal("PAY-2").Says("Override…").Says("Write it")
}

func TestAnOverrideIsRecordedToldAndCounted(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	alice, carol := w.Person("alice").In("payments"), w.Person("carol").In("payments")
	idea := w.prepared(t, "Export invoices", pipeline.Validated)
	unlinked, event, err := pipeline.Unlink(idea, idea.Outcomes[0], "It was the wrong one.", "U0BOB", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.store.ChangeIdea(t.Context(), "unlink", unlinked, storage.Slot{}, event); err != nil {
		t.Fatal(err)
	}
	alice.ClicksIn("PAY-1  Export invoices", "Move to Product Backlog")
	alice.SeesModal("PAY-1").Says("Not yet: PAY-1 stays validated.").Says("an outcome link")
	alice.Clicks("Override…")
	alice.SeesModal("Move to Product Backlog").Says("The gate refuses this")
	alice.Fills("Why it passes all the same", "\u200b")
	alice.Submits()
	alice.SeesFieldError("Why it passes all the same", "Say in a line why it passes all the same")
	alice.Fills("Why it passes all the same", "The contract asks for it")
	alice.Submits()
	alice.SeesModal("PAY-1").Says("PAY-1 is in the Product Backlog.")
	alice.ClosesModal()
	carol.Sees("Alice Anders moved PAY-1 to the Product Backlog: The contract asks for it.", "Override: it lacked an outcome link.")
	carol.Types("/align status")
	carol.Sees("Gates overridden: 1 of 2 moves (50 %).")
	carol.Types("/idea show PAY-1")
	carol.SeesModal("PAY-1").Says("although it lacked an outcome link").Says("The contract asks for it")
}

func TestTwoPromoteAtOnceAndOneIsTold(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTwoOwners(t)
	alice, bob := w.Person("alice").In("payments"), w.Person("bob").In("payments")
	w.prepared(t, "Export invoices", pipeline.Validated)
	alice.ClicksIn("validated · for “", "Move to Product Backlog")
	bob.ClicksIn("validated · for “", "Move to Product Backlog")
	alice.SeesModal("Move to Product Backlog")
	bob.SeesModal("Move to Product Backlog")
	bob.Fills("Why", "I was here first")
	alice.Submits()
	alice.Sees("PAY-1 is in the Product Backlog now")
	bob.Submits()
	bob.SeesFieldError("Why", "PAY-1 is in the Product Backlog already, moved by Alice Anders just now.")
	bob.SeesModal("Move to Product Backlog").Has("Why", "I was here first")
	moves := 0
	for _, e := range w.history(t, pays1) {
		if e.To == pipeline.Backlog {
			moves++
		}
	}
	if moves != 1 {
		t.Errorf("it was moved %d times", moves)
	}
}

func TestTheLastRoomInTheBacklogIsTakenOnce(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTwoOwners(t)
	team, err := w.store.Team(t.Context(), "PAY")
	if err != nil {
		t.Fatal(err)
	}
	team.Velocity, team.VelocityIdeas, team.SoftLimit, team.HardLimit = 1, true, 1, 1
	if _, err := w.store.ChangeTeam(t.Context(), "limits", team); err != nil {
		t.Fatal(err)
	}
	alice, bob := w.Person("alice").In("payments"), w.Person("bob").In("payments")
	w.prepared(t, "Export invoices", pipeline.Validated)
	w.prepared(t, "Pay by card", pipeline.Validated)
	alice.ClicksIn("PAY-1  Export invoices", "Move to Product Backlog")
	bob.ClicksIn("PAY-2  Pay by card", "Move to Product Backlog")
	alice.SeesModal("Move to Product Backlog").Says("With PAY-1 the Product Backlog holds 1 sprint of work.")
	bob.SeesModal("Move to Product Backlog")
	bob.Fills("Why", "Cards pay the rent")
	alice.Submits()
	alice.Sees("PAY-1 is in the Product Backlog now")
	bob.Submits()
	bob.SeesModal("Move to Product Backlog").Says("Something changed while you were typing").Says("room in the Product Backlog").Has("Why it passes all the same", "Cards pay the rent")
	if got := w.stored(t, pipeline.Key{Team: "PAY", Number: 2}).Stage; got != pipeline.Validated {
		t.Errorf("PAY-2 is %s", got)
	}
	bob.Submits() // having read it, he insists
	alice.Sees("Bob Brandt moved PAY-2 to the Product Backlog: Cards pay the rent.", "Override: it lacked room")
}

func TestAnOverridePassesWhatWasShownAndNoMore(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	idea := w.prepared(t, "Export invoices", pipeline.Discovery)
	change := func(what pipeline.What) {
		t.Helper()
		changed, err := w.store.ChangeIdea(t.Context(), string(what), idea, storage.Slot{}, pipeline.Event{At: time.Now(), By: "U0BOB", What: what})
		if err != nil {
			t.Fatal(err)
		}
		idea = changed
	}
	idea.Measure = ""
	change(pipeline.WasEdited)
	alice := w.Person("alice").In("payments")
	alice.Types("/validate PAY-1")
	alice.SeesModal("Validate PAY-1")
	alice.Clicks("Override…")
	alice.SeesModal("Move to validated").Says("we will know when").Says("with what was missing, told to the team, and counted")
	alice.Fills("Why it passes all the same", "The measure comes tomorrow")
	idea.Outcomes = nil // meanwhile
	change(pipeline.WasUnlinked)
	alice.Submits()
	alice.SeesModal("Move to validated").Says("what is missing is no longer what you were shown").Says("an outcome link").
		Has("Why it passes all the same", "The measure comes tomorrow")
	if got := w.stored(t, idea.Key).Stage; got != pipeline.Discovery {
		t.Fatalf("it is %s past a lack that nobody was shown", got)
	}
	alice.Submits() // having read it, she insists
	alice.SeesModal("Validate PAY-1").Says("It is *validated*")
	if e := w.happened(t, pipeline.WasOverridden); len(e) != 1 || len(e[0].Lacks) != 2 {
		t.Errorf("on record is %+v", e)
	}
}

func TestAWarningFitsHoweverItsWordsGrow(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	idea := w.prepared(t, "Export invoices", pipeline.Validated)
	team, err := w.store.Team(t.Context(), "PAY")
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	check(err)
	for i := range pipeline.RequiredLimit - len(team.Required) {
		own := pipeline.Template{
			ID: pipeline.TemplateID(fmt.Sprintf("own-%d", i)), Name: fmt.Sprint(i) + strings.Repeat("&", 50), Use: pipeline.UseChecklist,
			Items: []pipeline.Item{{ID: "a", Question: strings.Repeat("&", pipeline.QuestionLimit), Kind: pipeline.KindYesNo, Required: true, Pass: pipeline.PassRule{OneOf: []string{"yes"}}}},
		}
		_, err := w.store.SaveTemplate(t.Context(), string(own.ID), "PAY", own)
		check(err)
		team.Required = append(team.Required, own.ID)
		run, err := pipeline.BeginRun(own, "", idea, "U0BOB", time.Now())
		check(err)
		run, _, err = pipeline.Fill(run, []pipeline.Typed{{Key: "a", Answer: pipeline.Answer{Value: "no"}}}, "U0BOB", time.Now())
		check(err)
		_, err = w.store.BeginRun(t.Context(), "run of "+string(own.ID), run, run.Summarize(time.UTC), pipeline.Event{At: time.Now(), By: "U0BOB", What: pipeline.RunBegan})
		check(err)
	}
	_, err = w.store.ChangeTeam(t.Context(), "required", team)
	check(err)
	alice := w.Person("alice").In("payments")
	alice.ClicksIn("PAY-1  Export invoices", "Move to Product Backlog")
	alice.SeesModal("Move to Product Backlog").Says("Not passed now")
	alice.ClosesModal()
	alice.Types("/validate PAY-1")
	alice.SeesModal("Validate PAY-1").Says("Not passed now")
}

func TestTheOverviewSendsBackAndUnlinks(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	alice := w.Person("alice").In("payments")
	w.prepared(t, "Export invoices", pipeline.Backlog)
	alice.Types("/validate PAY-1")
	alice.SeesModal("Validate PAY-1").Says("Next: mark it as delivered, once it is.")
	alice.Clicks("Unlink…")
	alice.Fills(whyUnlinked, "Nobody calls about it")
	alice.Submits()
	alice.SeesModal("Validate PAY-1").Says("No outcome yet")
	alice.Clicks("Back to discovery")
	alice.SeesModal("Back to discovery")
	alice.Fills("Why", "nobody can say what it is for")
	alice.Submits()
	alice.SeesModal("Validate PAY-1").Says("It is *in discovery*")
}

func TestAnIdeaIsSentBackWithItsReason(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	alice, carol := w.Person("alice").In("payments"), w.Person("carol").In("payments")
	w.prepared(t, "Export invoices", pipeline.Backlog)
	alice.Types("/idea show PAY-1")
	alice.SeesModal("PAY-1").Says("Mark as delivered")
	alice.Clicks("Back to discovery")
	alice.SeesModal("Back to discovery")
	alice.Fills("Why", "nobody used the prototype")
	alice.Submits()
	alice.SeesModal("PAY-1").Says("in discovery since").Says("sent it back to discovery").Says("nobody used the prototype")
	carol.Sees("Alice Anders sent PAY-1 back to discovery, because: nobody used the prototype.")
}

func TestStageChangesAreToldWhereTheIdeaCameFrom(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	bob, carol := w.Person("bob").In("general"), w.Person("carol").In("general")
	carol.Types("Bookkeepers ask for PDF invoices")
	bob.UsesShortcutOn("Bookkeepers ask", "Capture as idea")
	bob.Chooses("Team", "Payments (PAY)")
	bob.Submits()
	carol.Sees("Bob Brandt captured this as PAY-1")
	bob.In("payments").ClicksIn("PAY-1", "Take to discovery")
	carol.Sees("Bob Brandt took PAY-1 to discovery.")
}

func TestAMoveThatIsDeliveredTwiceIsMadeOnce(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	alice, bob := w.Person("alice").In("payments"), w.Person("bob").In("payments")
	w.prepared(t, "Export invoices", pipeline.Captured)
	for i, twice := range []slacksim.Effect{slacksim.Duplicate(), slacksim.DuplicateElsewhere()} {
		if i == 1 {
			w.prepared(t, "Pay by card", pipeline.Captured)
		}
		rule := w.Faults().Add(slacksim.Fault{On: "block_actions", Times: 1, Do: twice})
		bob.ClicksIn(fmt.Sprintf("PAY-%d", i+1), "Take to discovery")
		bob.Sees(fmt.Sprintf("PAY-%d is in discovery now", i+1))
		if rule.Strikes() != 1 {
			t.Errorf("the click was delivered twice %d times", rule.Strikes())
		}
	}
	for i, twice := range []slacksim.Effect{slacksim.Duplicate(), slacksim.DuplicateElsewhere()} {
		key := w.prepared(t, fmt.Sprintf("Ready %d", i), pipeline.Validated).Key
		alice.ClicksIn(key.String()+"  Ready", "Move to Product Backlog")
		alice.SeesModal("Move to Product Backlog")
		alice.Fills("Why", "once")
		w.Faults().Add(slacksim.Fault{On: "view_submission", Times: 1, Do: twice})
		alice.Submits()
		alice.SeesNoModal()
		alice.Sees(key.String() + " is in the Product Backlog now")
	}
	for number := range 4 {
		moves := 0
		for _, e := range w.history(t, pipeline.Key{Team: "PAY", Number: number + 1}) {
			if e.What == pipeline.WasMoved && e.Why != "as prepared" {
				moves++
			}
		}
		if want := 1; moves != want {
			t.Errorf("PAY-%d was moved %d times", number+1, moves)
		}
	}
}

func TestADecisionThatWasClosedIsFoundInHome(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	alice := w.Person("alice").In("payments")
	w.prepared(t, "Export invoices", pipeline.Validated)
	alice.ClicksIn("PAY-1  Export invoices", "Move to Product Backlog")
	alice.Fills("Why", "Half a sentence")
	alice.ClosesModal()
	alice.OpensHome()
	alice.Sees("A decision on PAY-1 that was not made: Half a sentence")
	alice.ClicksIn("A decision on PAY-1", "Continue")
	alice.SeesModal("Move to Product Backlog").Says("This is what you typed").Has("Why", "Half a sentence")
	alice.Clicks("Start afresh")
	alice.SeesModal("Move to Product Backlog").Has("Why", "")
	alice.Fills("Why", "A whole one")
	alice.Submits()
	alice.SeesNoModal()
	alice.StopsSeeing("A decision on PAY-1")
	alice.StopsSeeing("1 validated idea waits")
}

func TestADecisionOfSomebodyWhoLostTheRightMeanwhile(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTwoOwners(t)
	bob := w.Person("bob").In("payments")
	w.prepared(t, "Export invoices", pipeline.Validated)
	bob.ClicksIn("PAY-1  Export invoices", "Move to Product Backlog")
	bob.Fills("Why", "as product owner")
	team, err := w.store.Team(t.Context(), "PAY")
	if err != nil {
		t.Fatal(err)
	}
	team.Owners = []string{"U0ALICE"}
	if _, err := w.store.ChangeTeam(t.Context(), "owners", team); err != nil {
		t.Fatal(err)
	}
	bob.Submits()
	bob.SeesFieldError("Why", "decided by the team's product owners")
	bob.SeesModal("Move to Product Backlog").Has("Why", "as product owner")
	if got := w.stored(t, pays1).Stage; got != pipeline.Validated {
		t.Errorf("it is %s", got)
	}
}

func TestADecisionAfterTheIdeaMovedOn(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	alice, bob := w.Person("alice").In("payments"), w.Person("bob").In("payments")
	w.prepared(t, "Export invoices", pipeline.Validated)
	alice.ClicksIn("PAY-1  Export invoices", "Move to Product Backlog")
	alice.Fills("Why", "Worth keeping")
	bob.Types("/idea withdraw PAY-1")
	bob.Sees("PAY-1 is withdrawn")
	alice.Submits()
	alice.SeesFieldError("Why", "PAY-1 was withdrawn, so it cannot be moved.")
	bob.ClicksIn("PAY-1 is withdrawn", "Bring it back")
	bob.Sees("PAY-1 is back in the lists")
	idea := w.stored(t, pays1)
	idea.Stage = pipeline.Discovery
	if _, err := w.store.ChangeIdea(t.Context(), "back", idea, storage.Slot{}, pipeline.Event{At: time.Now(), By: "U0ALICE", What: pipeline.WasMoved, From: pipeline.Validated, To: pipeline.Discovery, Why: "x"}); err != nil {
		t.Fatal(err)
	}
	alice.Submits()
	alice.SeesFieldError("Why", "no step leads from there to the Product Backlog")
	alice.SeesModal("Move to Product Backlog").Has("Why", "Worth keeping")
}

func TestAnOldButtonTellsWhatIsNow(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	bob, carol := w.Person("bob").In("payments"), w.Person("carol").In("payments")
	bob.Types("/idea add Export invoices")
	bob.Sees("Captured as PAY-1")
	carol.ClicksIn("PAY-1  Export invoices", "Take to discovery")
	carol.Sees("PAY-1 is in discovery now")
	bob.ClicksIn("Captured as PAY-1", "Take to discovery") // the private note keeps its buttons
	bob.Sees("PAY-1 is in discovery already, moved by Carol Costa just now.")
	if strings.Count(bob.Screen(), "took PAY-1 to discovery") > 1 {
		t.Error("it was told twice")
	}
}

// A decision whose answer got lost on the way is submitted again with other
// words: it is made once, and the person is told which words are kept.
func TestADecisionWhoseAnswerWasLost(t *testing.T) {
	t.Parallel()
	redis := redistest.StartServer(t)
	proxy := redistest.NewProxy(t, redis.Addr)
	w := openOn(t, proxy.URL(), pipeline.Policy{}).withTeam(t)
	alice := w.Person("alice").In("payments")
	w.prepared(t, "Export invoices", pipeline.Validated)
	alice.ClicksIn("PAY-1  Export invoices", "Move to Product Backlog")
	alice.Fills("Why", "First words")
	proxy.Inject(func(command []string) redistest.Fault {
		if slices.ContainsFunc(command, func(arg string) bool { return strings.Contains(arg, `"why":"First words"`) }) {
			return redistest.CutAfterReply
		}
		return redistest.None
	})
	alice.Submits()
	alice.SeesFieldError("Why", "nothing is stored twice if you submit again")
	alice.Fills("Why", "Later words")
	alice.Submits()
	alice.SeesNoModal()
	alice.Sees("PAY-1 is in the Product Backlog now. It was stored at your first try, with the words that you had written by then.")
	moves := 0
	for _, e := range w.history(t, pays1) {
		if e.To == pipeline.Backlog {
			moves++
		}
	}
	if moves != 1 {
		t.Errorf("it was moved %d times", moves)
	}
}
