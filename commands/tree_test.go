package commands_test

import (
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/slacksim"
	"alignbot/storage"
)

// withTree gives Payments a business outcome (PAY-O1), a product outcome under it
// (PAY-O2) with an opportunity (PAY-P1) and an impact (PAY-I1), a closed outcome
// (PAY-O3), an idea on the opportunity (PAY-1) and one without a link (PAY-2).
func (w *workplace) withTree(t *testing.T) *workplace {
	t.Helper()
	w.withTeam(t)
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ctx, now, alice := t.Context(), time.Now(), w.Person("alice").ID()
	added := pipeline.Event{At: now, By: alice, What: pipeline.WasAdded}
	outcome := func(o pipeline.Outcome) {
		t.Helper()
		o.Key, o.Created, o.CreatedBy, o.Changed = pipeline.OutcomeKey{Team: "PAY"}, now, alice, now
		_, err := w.store.AddOutcome(ctx, "outcome "+o.Statement, o, storage.Slot{}, added)
		check(err)
	}
	value := 100.0
	outcome(pipeline.Outcome{Statement: "Lower cost to serve", Kind: pipeline.BusinessOutcome, MetricBy: "2099-01-01"})
	outcome(pipeline.Outcome{
		Statement: "Fewer support calls", Kind: pipeline.ProductOutcome, Parent: pays("O1"), Metric: "calls a week", Unit: "calls", Direction: pipeline.Decrease,
		Baseline: &pipeline.Reading{Value: 120, Day: "2026-01-01"}, Target: &pipeline.Reading{Value: 80, Day: "2099-01-01"},
	})
	_, _, err := w.store.CheckIn(ctx, "check in", pays("O2"), pipeline.CheckIn{Value: &value, Light: pipeline.Yellow, By: alice, At: now}, storage.Slot{}, pipeline.Event{At: now, By: alice, What: pipeline.CheckedIn})
	check(err)
	outcome(pipeline.Outcome{Statement: "Faster month end", Kind: pipeline.ProductOutcome, Parent: pays("O1"), Closed: now, ClosedBy: alice, Result: pipeline.Reached})
	_, err = w.store.AddOpportunity(ctx, "opportunity", pipeline.Opportunity{
		Key: pipeline.NodeKey{Team: "PAY", Kind: pipeline.OpportunityNode}, Parent: pays("O2"), Statement: "I never know whether the invoice was paid", Kind: pipeline.Pain, Created: now, CreatedBy: alice, Changed: now,
	}, storage.Slot{}, added)
	check(err)
	_, err = w.store.AddImpact(ctx, "impact", pipeline.Impact{
		Key: pipeline.NodeKey{Team: "PAY", Kind: pipeline.ImpactNode}, Goal: pays("O2"), Actor: "accountants", From: "retype invoices", To: "export them", Created: now, CreatedBy: alice, Changed: now,
	}, storage.Slot{}, added)
	check(err)
	bob := w.Person("bob").In("payments")
	bob.Types("/idea add Export invoices")
	bob.Sees("Captured as PAY-1")
	bob.Types("/idea add Dark mode")
	bob.Sees("Captured as PAY-2")
	idea := w.stored(t, pays1)
	linked, event, err := pipeline.Link(idea, pipeline.Node{Key: pays("P1")}, bob.ID(), now)
	check(err)
	_, err = w.store.ChangeIdea(ctx, "link", linked, storage.Slot{}, event)
	check(err)
	return w
}

// pays is a node of the tree of Payments.
func pays(name string) pipeline.NodeKey {
	key, _ := pipeline.ParseNodeKey("PAY-" + name)
	return key
}

func TestATreeIsWalkedDownAndUp(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTree(t)
	carol := w.Person("carol").In("payments")
	carol.Types("/outcome tree")
	carol.SeesModal("Outcome tree").
		Says("1 idea has no outcome").
		Says("PAY-O1  Lower cost to serve").Says("business outcome · no number yet, it gets one by 1 Jan 2099").
		Says("› PAY-O2  Fewer support calls").Says("100 calls, target 80 · at risk (yellow) · checked in today · 1 idea")
	carol.DoesNotSee("PAY-O3")
	carol.Clicks("Show 1 closed")
	carol.SeesModal("Outcome tree").Says("› PAY-O3  Faster month end").Says("closed: reached")
	carol.Clicks("Hide what is closed")
	carol.StopsSeeing("PAY-O3")

	carol.ClicksIn("PAY-O2  Fewer support calls", "Open")
	carol.SeesModal("Opportunity tree").Says("Under PAY-O1").Says("50 % of the way").
		Says("PAY-P1  I never know whether the invoice was paid").Says("no evidence yet").Says("› PAY-1  Export invoices (captured)")
	carol.ClicksIn("I never know", "Open")
	carol.SeesModal("Opportunity tree").Says("Under PAY-O1 › PAY-O2")
	carol.ClicksIn("PAY-1  Export invoices", "Details") // its details lie on the tree
	carol.SeesModal("PAY-1")
	carol.CancelsModal()
	carol.Clicks("Up")
	carol.SeesModal("Opportunity tree").Says("PAY-O2  Fewer support calls")
	carol.Clicks("Impact map (1)")
	carol.SeesModal("Impact map").Says("accountants").Says("› PAY-I1  retype invoices → export them")
	carol.Clicks("Outcomes (0)")
	carol.SeesModal("Outcome tree").Says("No outcome hangs under it.")
}

func TestATreeIsOpenedAtANode(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTree(t)
	bob := w.Person("bob").In("payments")
	bob.Types("/outcome tree o2")
	bob.SeesModal("Opportunity tree").Says("PAY-P1")
	bob.ClosesModal()
	bob.Types("/outcome tree PAY-I1")
	bob.SeesModal("Impact map").Says("Under PAY-O1 › PAY-O2")
	bob.ClosesModal()
	bob.Types("/outcome tree O9")
	bob.Sees("There is no PAY-O9 that you can see.")
	bob.Types("/outcome tree twelve")
	bob.Sees("That is not the key of an outcome, an opportunity or an impact.")

	elsewhere := w.Person("bob").In("general")
	elsewhere.Types("/outcome tree o2")
	elsewhere.Sees("This channel is not a team's, so a number alone does not say which outcome you mean.")
	elsewhere.Types("/outcome tree")
	elsewhere.Chooses("Choose a team", "Payments (PAY)")
	elsewhere.SeesModal("Outcome tree").Says("PAY-O1")
}

func TestATreeLeavesSlackAsText(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTree(t)
	bob := w.Person("bob").In("payments")
	bob.Types("/outcome tree")
	bob.SeesModal("Outcome tree")
	bob.Clicks("As Mermaid")
	bob.SeesModal("Tree as Mermaid").Says("The tree of Payments as Mermaid").Says("flowchart LR").Says("PAY-I1 impact")
	bob.DoesNotSee("This is the beginning")
	bob.Clicks("Back to the tree")
	bob.SeesModal("Outcome tree")
	bob.Clicks("As JSON")
	bob.SeesModal("Tree as JSON").Says("The tree of Payments as JSON").Says(`"view": "tree"`)
}

func TestAnOpportunityIsAddedAndEdited(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTree(t)
	bob := w.Person("bob").In("payments")
	bob.Types("/outcome tree o2")
	bob.SeesModal("Opportunity tree")
	bob.Clicks("Add an opportunity")
	bob.SeesModal("Add an opportunity").Says("Under PAY-O2  Fewer support calls")
	bob.Fills("What do customers miss?", "\u200b")
	bob.Chooses("What is it?", "A need: they have to get something done")
	bob.Submits()
	bob.SeesFieldError("What do customers miss?", "as a customer would")
	bob.Fills("What do customers miss?", "Tell me which invoice failed")
	bob.Chooses("How bad is it?", "5: they leave")
	w.Faults().Add(slacksim.Fault{On: "view_submission", Times: 1, Do: slacksim.DuplicateElsewhere()})
	bob.Submits()
	bob.SeesModal("Opportunity tree").Says("PAY-P2  Tell me which invoice failed")
	if got := len(w.tree(t).Nodes.Opportunities); got != 2 {
		t.Errorf("there are %d opportunities", got)
	}

	bob.ClicksIn("Tell me which invoice failed", "Open")
	bob.SeesModal("Opportunity tree").Says("Under PAY-O1 › PAY-O2")
	bob.Clicks("Details")
	bob.SeesModal("Opportunity PAY-P2").Says("a need of customers").Says("Under: PAY-O2  Fewer support calls").Says("It has no evidence yet.")
	bob.Clicks("Edit")
	bob.SeesModal("Edit PAY-P2").Has("Under", "PAY-O2  Fewer support calls")
	bob.Chooses("Under", "PAY-P1  I never know whether the invoice was paid")
	bob.Chooses("When is it worked on?", "Now")
	bob.Submits()
	bob.SeesModal("Opportunity PAY-P2").Says("Under: PAY-P1").Says("Worked on: now").Says("under: it was “PAY-O2”, it became “PAY-P1”")
	bob.Clicks("Tree")
	bob.SeesModal("Opportunity tree").Says("Under PAY-O1 › PAY-O2 › PAY-P1")
	bob.ClosesModal()

	w.offers(t, "node=PAY-P1", "opportunity.edit")
	bob.Clicks("opportunity.edit")
	bob.SeesModal("Edit PAY-P1")
	bob.Chooses("Under", "PAY-O2  Fewer support calls") // what hangs under it is not offered
	bob.Submits()
	bob.Sees("Saved PAY-P1.")
}

// A parent that went under the opportunity meanwhile would make a circle.
func TestACircleOfOpportunitiesIsRefused(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTree(t)
	bob := w.Person("bob").In("payments")
	now := time.Now()
	other := pipeline.Opportunity{Key: pipeline.NodeKey{Team: "PAY", Kind: pipeline.OpportunityNode}, Parent: pays("O2"), Statement: "Tell me sooner", Kind: pipeline.Need, Created: now, CreatedBy: bob.ID(), Changed: now}
	other, err := w.store.AddOpportunity(t.Context(), "other", other, storage.Slot{}, pipeline.Event{At: now, By: bob.ID(), What: pipeline.WasAdded})
	if err != nil {
		t.Fatal(err)
	}
	w.offers(t, "node=PAY-P1", "opportunity.edit")
	bob.Clicks("opportunity.edit")
	bob.SeesModal("Edit PAY-P1")
	bob.Chooses("Under", "PAY-P2  Tell me sooner")
	other.Parent = pays("P1")
	if _, err := w.store.ChangeOpportunity(t.Context(), "under", other, storage.Slot{}, pipeline.Event{At: now, By: bob.ID(), What: pipeline.WasEdited}); err != nil {
		t.Fatal(err)
	}
	bob.Submits()
	bob.SeesFieldError("Under", "PAY-P2 hangs under PAY-P1 already, so this would go round in a circle.")
}

func TestTwoEditAnOpportunityAtOnce(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTree(t)
	bob, carol := w.Person("bob").In("payments"), w.Person("carol").In("payments")
	w.offers(t, "node=PAY-P1", "opportunity.edit")
	bob.Clicks("opportunity.edit")
	bob.SeesModal("Edit PAY-P1")
	carol.Clicks("opportunity.edit")
	carol.SeesModal("Edit PAY-P1")
	bob.Fills("What do customers miss?", "Bob's words")
	bob.Submits()
	bob.Sees("Saved PAY-P1.")
	carol.Fills("What do customers miss?", "Carol's words")
	carol.Submits()
	carol.SeesModal("Edit PAY-P1").Says("Somebody changed this opportunity while you were typing.").Says("Statement: Bob's words").Has("What do customers miss?", "Carol's words")
	carol.Submits()
	carol.SeesNoModal()
	carol.Sees("Saved PAY-P1.")
	if got := w.node(t, "P1"); got.Opportunity.Statement != "Carol's words" || len(got.Events) != 3 {
		t.Errorf("it is %+v after %d events", got.Opportunity, len(got.Events))
	}
}

func TestWhatWasTypedAboutAnOpportunityIsKept(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTree(t)
	bob := w.Person("bob").In("payments")
	w.offers(t, "node=PAY-O2", "opportunity.new", "impact.new")
	bob.Clicks("opportunity.new")
	bob.SeesModal("Add an opportunity")
	bob.Fills("What do customers miss?", "Tell me sooner")
	bob.ClosesModal()
	bob.OpensHome()
	bob.Sees("An opportunity under PAY-O2 that was not added: Tell me sooner")
	bob.ClicksIn("An opportunity under PAY-O2", "Continue")
	bob.SeesModal("Add an opportunity").Says("This is what you typed").Has("What do customers miss?", "Tell me sooner")
	bob.Clicks("Start afresh")
	bob.SeesModal("Add an opportunity").Has("What do customers miss?", "")
}

func TestAnImpactIsAddedAndEdited(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTree(t)
	bob := w.Person("bob").In("payments")
	bob.Types("/outcome tree o2")
	bob.Clicks("Impact map (1)")
	bob.SeesModal("Impact map")
	bob.Clicks("Add an impact")
	bob.SeesModal("Add an impact").Says("Under PAY-O2  Fewer support calls")
	bob.Fills("Who?", "Accountants")
	bob.Fills("What do they do today?", "call us")
	bob.Fills("What will they do otherwise?", "call us")
	bob.Submits()
	bob.SeesFieldError("What will they do otherwise?", "This is what they do today.")
	bob.Fills("What will they do otherwise?", "use the dashboard")
	w.Faults().Add(slacksim.Fault{On: "view_submission", Times: 1, Do: slacksim.LoseAck()})
	bob.Submits()
	bob.SeesTrouble()
	bob.Fills("What will they do otherwise?", "look it up in the dashboard") // other words, the same try
	bob.Submits()
	bob.SeesModal("Impact map").Says("PAY-I2  call us → look it up in the dashboard")
	if got := len(w.tree(t).Nodes.Impacts); got != 2 {
		t.Errorf("there are %d impacts", got)
	}
	bob.ClicksIn("look it up in the dashboard", "Open")
	bob.SeesModal("Impact map").Says("Under PAY-O1 › PAY-O2")
	bob.Clicks("Details")
	bob.SeesModal("Impact PAY-I2").Says("“dashboard” sounds like something to build.").Says("It has no measure yet.")
	bob.Clicks("Edit")
	bob.SeesModal("Edit PAY-I2").Has("Goal", "PAY-O2  Fewer support calls")
	bob.Fills("How would one see it?", "Views a week")
	bob.Submits()
	bob.SeesModal("Impact PAY-I2").Says("Seen by: Views a week")
}

func TestEvidenceOnAnOpportunity(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTree(t)
	bob := w.Person("bob").In("payments")
	w.offers(t, "node=PAY-P1", "node.show", "opportunity.evidence")
	bob.Clicks("node.show")
	bob.SeesModal("Opportunity PAY-P1").Says("It has no evidence yet.").Says("PAY-1  Export invoices")
	bob.Clicks("Add evidence")
	bob.SeesModal("Add evidence").Says("On PAY-P1")
	bob.Fills("Link", "javascript:alert(1)")
	saysSo(bob, "Nine of twelve asked for it", peopleSay, "It supports the opportunity")
	bob.Submits()
	bob.SeesFieldError("Link", "")
	bob.Fills("Link", "https://example.com/calls")
	w.Faults().Add(slacksim.Fault{On: "view_submission", Times: 1, Do: slacksim.Duplicate()})
	bob.Submits()
	bob.SeesModal("Opportunity PAY-P1").Says("Nine of twelve asked for it").Says("The newest is evidence of today").Says("added evidence to it")
	for _, words := range []string{"two", "three", "four"} {
		bob.Clicks("Add evidence")
		saysSo(bob, "Seen once more: "+words, peopleDo, "It contradicts the opportunity")
		bob.Submits()
		bob.SeesModal("Opportunity PAY-P1").Says("Seen once more: " + words)
	}
	bob.Clicks("All evidence")
	bob.SeesModal("Evidence on PAY-P1").Says("Nine of twelve asked for it").Says("Seen once more: four")
	bob.Clicks("Back")
	bob.SeesModal("Opportunity PAY-P1")
	if got := w.node(t, "P1").Opportunity; len(got.Evidence) != 4 || got.Evidence[0].Link != "https://example.com/calls" {
		t.Errorf("its evidence is %+v", got.Evidence)
	}
}

func TestHomeShowsTheOutcomesOfMyTeams(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTree(t)
	alice := w.Person("alice")
	alice.OpensHome()
	alice.Sees("PAY-O2  Fewer support calls", "100 calls, target 80 · at risk (yellow) · checked in today", "PAY-O1  Lower cost to serve", "1 orphan")
	alice.DoesNotSee("PAY-O3")
	alice.Clicks("Outcomes")
	alice.SeesModal("Outcome tree").Says("PAY-O1")
}

// tree is what is stored of the tree of Payments.
func (w *workplace) tree(t *testing.T) pipeline.TreeFacts {
	t.Helper()
	facts, err := w.store.Tree(t.Context(), "PAY")
	if err != nil {
		t.Fatal(err)
	}
	return facts
}

// node is what is stored of a node of Payments, with all that happened to it.
func (w *workplace) node(t *testing.T, name string) storage.WholeNode {
	t.Helper()
	node, err := w.store.Node(t.Context(), pays(name), 100, 100)
	if err != nil {
		t.Fatal(err)
	}
	return node
}

func TestAnOutcomeIsAddedAndCheckedInOnFromTheTree(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTree(t)
	alice := w.Person("alice").In("payments")
	alice.Types("/outcome tree")
	alice.SeesModal("Outcome tree")
	alice.ClicksIn("PAY-O2  Fewer support calls", "Open")
	alice.SeesModal("Opportunity tree")
	alice.Clicks("Check in")
	alice.SeesModal("Check in on PAY-O2")
	alice.CancelsModal()
	alice.SeesModal("Opportunity tree")
	alice.Clicks("Details") // in the place of the tree
	alice.SeesModal("Outcome PAY-O2")
	alice.Clicks("Tree")
	alice.SeesModal("Opportunity tree")
	alice.Clicks("Up")
	alice.SeesModal("Outcome tree").Says("PAY-O1  Lower cost to serve")
	alice.Clicks("Up")
	alice.SeesModal("Outcome tree").Says("1 idea has no outcome")
	alice.Clicks("Add an outcome…")
	alice.SeesModal("Add an outcome")
	alice.CancelsModal()
	alice.SeesModal("Outcome tree")
	alice.Clicks("Show them") // the orphans
	alice.SeesModal("Without an outcome").Says("PAY-2  Dark mode")
}

// An outcome that is closed while somebody writes takes nothing more.
func TestAnOutcomeThatIsClosedMeanwhile(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTree(t)
	bob := w.Person("bob").In("payments")
	w.offers(t, "node=PAY-O2", "opportunity.new", "impact.new")
	bob.Clicks("opportunity.new")
	bob.SeesModal("Add an opportunity")
	bob.Fills("What do customers miss?", "Tell me sooner")
	bob.Chooses("What is it?", "A need: they have to get something done")
	closed := *w.node(t, "O2").Outcome
	closed.Closed, closed.ClosedBy, closed.Result, closed.ClosedWhy = time.Now(), w.Person("alice").ID(), pipeline.Dropped, "Not ours"
	if _, err := w.store.ChangeOutcome(t.Context(), "close", closed, storage.Slot{}, pipeline.Event{At: closed.Closed, By: closed.ClosedBy, What: pipeline.WasClosed}); err != nil {
		t.Fatal(err)
	}
	bob.Submits()
	bob.SeesFieldError("What do customers miss?", "PAY-O2 is closed, so nothing more hangs under it. Choose an open one.")
	bob.ClosesModal()
	bob.Types("/outcome tree o2")
	bob.SeesModal("Opportunity tree").Says("closed: dropped")
	bob.DoesNotSee("Add an opportunity", "Check in")
}
