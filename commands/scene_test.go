package commands_test

import (
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/slacksim/simtest"
	"alignbot/storage"
)

// What stands before a conversation begins, and what is kept after it.

// pays1 is the key of the first idea of #payments.
var pays1 = pipeline.Key{Team: "PAY", Number: 1}

// withIdea captures PAY-1 and shows it in #payments with a button of each of
// these actions, called by its name.
func (w *workplace) withIdea(t *testing.T, actions ...string) *workplace {
	t.Helper()
	w.withTeam(t)
	bob := w.Person("bob").In("payments")
	bob.Types("/idea add Export invoices")
	bob.Sees("Captured as PAY-1")
	w.offers(t, "idea=PAY-1", actions...)
	return w
}

// offers posts a message of alignbot's with a button for each action, called by
// its name.
func (w *workplace) offers(t *testing.T, value string, actions ...string) {
	t.Helper()
	w.offersIn(t, "C0PAYMENTS", value, actions...)
}

// offersIn is offers in that channel.
func (w *workplace) offersIn(t *testing.T, channel, value string, actions ...string) {
	t.Helper()
	var elements []slack.BlockElement
	for _, action := range actions {
		elements = append(elements, slack.NewButtonBlockElement(action, value, slack.NewTextBlockObject(slack.PlainTextType, action, false, false)))
	}
	if len(elements) == 0 {
		return
	}
	_, _, err := slack.New(w.BotToken(), slack.OptionAPIURL(w.APIURL())).PostMessageContext(t.Context(), channel,
		slack.MsgOptionText("What next?", false), slack.MsgOptionBlocks(slack.NewActionBlock("", elements...)))
	if err != nil {
		t.Fatal(err)
	}
}

// opens clicks the button of alignbot's that stands in #payments for the run.
func (w *workplace) opens(t *testing.T, p *simtest.Person, action string, run pipeline.Run, more string) {
	t.Helper()
	w.offers(t, "idea=PAY-1&run="+strconv.Itoa(run.ID)+more, action)
	p.Clicks(action)
}

// inDiscovery captures an idea as Bob and takes it to discovery.
func (w *workplace) inDiscovery(t *testing.T, title string) {
	t.Helper()
	bob := w.Person("bob").In("payments")
	bob.Types("/idea add " + title)
	bob.Sees("Captured as PAY-1")
	bob.Types("/validate PAY-1")
	bob.SeesModal("Validate PAY-1")
	bob.Clicks("Take to discovery")
	bob.SeesModal("Validate PAY-1").Says("in discovery")
	bob.ClosesModal()
}

// prepared captures an idea of Bob's that has all that the gates ask for and is
// at that stage.
func (w *workplace) prepared(t *testing.T, title string, stage pipeline.Stage) pipeline.Idea {
	t.Helper()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ctx, now, op := t.Context(), time.Now(), "prepared "+title
	team, err := w.store.Team(ctx, "PAY")
	check(err)
	draft := pipeline.Draft{Title: title, Measure: "half as many calls by June", Evidence: "Nine people asked for it."}
	idea, err := pipeline.Capture(draft, "PAY", "U0BOB", pipeline.Source{}, now)
	check(err)
	idea, err = w.store.Capture(ctx, op+" captured", idea, storage.Slot{}, storage.Outgoing{ID: "card:#", Kind: storage.KindCard, Subject: "#", Channel: team.Channel})
	check(err)
	outcome, err := pipeline.NewOutcome("PAY", "Fewer calls", "U0ALICE", now)
	check(err)
	outcome, err = w.store.AddOutcome(ctx, op+" outcome", outcome, storage.Slot{}, pipeline.Event{At: now, By: "U0ALICE", What: pipeline.WasAdded})
	check(err)
	linked, event, err := pipeline.Link(idea, pipeline.Node{Key: outcome.Key}, "U0BOB", now)
	check(err)
	idea, err = w.store.ChangeIdea(ctx, op+" linked", linked, storage.Slot{}, event)
	check(err)
	w.passed(t, idea)
	alice := pipeline.Person{ID: "U0ALICE", Workspace: "T0ACME"}
	for idea.Stage != stage {
		step, _ := pipeline.NextStep(idea.Stage)
		runs, err := w.store.Runs(ctx, idea.Key)
		check(err)
		moved, event, err := pipeline.Decide(pipeline.Policy{}, alice, pipeline.Where{Team: &team, InChannel: true}, idea,
			pipeline.Dossier{Runs: runs, Templates: pipeline.BuiltIn()}, pipeline.Move{To: step.To, Why: "as prepared"}, now)
		check(err)
		idea, err = w.store.ChangeIdea(ctx, op+string(step.To), moved, storage.Slot{}, event)
		check(err)
	}
	check(w.store.Enqueue(ctx, storage.Outgoing{ID: "card:" + idea.Key.String(), Kind: storage.KindCard, Subject: idea.Key.String(), Channel: team.Channel}))
	return idea
}

// passed adds the checklist that the team asks for, answered and passed.
func (w *workplace) passed(t *testing.T, idea pipeline.Idea) {
	t.Helper()
	canvas, _ := pipeline.FindTemplate(pipeline.BuiltIn(), pipeline.OpportunityCanvas)
	run, err := pipeline.BeginRun(canvas, canvas.Forms[0], idea, "U0BOB", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	summary := run.Summarize(time.UTC)
	summary.Verdict, summary.Because, summary.Lacks, summary.Live = pipeline.Passed, "Every answer that is asked for is there.", nil, nil
	event := pipeline.Event{At: time.Now(), By: "U0BOB", What: pipeline.RunBegan, About: canvas.Name}
	if _, err := w.store.BeginRun(t.Context(), "run of "+idea.Key.String(), run, summary, event); err != nil {
		t.Fatal(err)
	}
}

// running begins a test on the idea that runs until then.
func (w *workplace) running(t *testing.T, key pipeline.Key, title, owner string, deadline time.Time) {
	t.Helper()
	card, _ := pipeline.FindTemplate(pipeline.BuiltIn(), pipeline.TestCard)
	run, err := pipeline.BeginRun(card, "", w.stored(t, key), owner, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	run.Started, run.StartedBy = time.Now().Add(-2*time.Hour), owner
	summary := run.Summarize(time.UTC)
	summary.Title, summary.Running, summary.Deadline, summary.Owner = title, true, deadline, owner
	event := pipeline.Event{At: time.Now(), By: owner, What: pipeline.TestStarted, About: card.Name}
	if _, err := w.store.BeginRun(t.Context(), "test "+title, run, summary, event); err != nil {
		t.Fatal(err)
	}
}

// withRun puts an answered run on PAY-1; a test is started.
func (w *workplace) withRun(t *testing.T, id pipeline.TemplateID, answers map[pipeline.ItemID]string) pipeline.Run {
	t.Helper()
	ago := time.Now().AddDate(0, -1, 0)
	template, _ := pipeline.FindTemplate(pipeline.BuiltIn(), id)
	bob := w.Person("bob").ID()
	run, err := pipeline.BeginRun(template, "", w.stored(t, pays1), bob, ago)
	if err != nil {
		t.Fatal(err)
	}
	var typed []pipeline.Typed
	for item, value := range answers {
		typed = append(typed, pipeline.Typed{Key: pipeline.AnswerKey(item), Answer: pipeline.Answer{Value: value}})
	}
	if run, _, err = pipeline.Fill(run, typed, bob, ago); err != nil {
		t.Fatal(err)
	}
	if template.Use == pipeline.UseTest {
		if run, err = pipeline.StartTest(run, bob, ago, time.UTC); err != nil {
			t.Fatal(err)
		}
	}
	event := pipeline.Event{At: ago, By: bob, What: pipeline.RunBegan, About: template.Name}
	run, err = w.store.BeginRun(t.Context(), fmt.Sprint(id, answers), run, run.Summarize(time.UTC), event)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// stored is the idea as it is kept.
func (w *workplace) stored(t *testing.T, key pipeline.Key) pipeline.Idea {
	t.Helper()
	idea, err := w.store.Idea(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	return idea
}

// kept is the run as it is stored.
func (w *workplace) kept(t *testing.T, id int) pipeline.Run {
	t.Helper()
	run, err := w.store.Run(t.Context(), pays1, id)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// history is all that happened to the idea, the newest first.
func (w *workplace) history(t *testing.T, key pipeline.Key) []pipeline.Event {
	t.Helper()
	events, err := w.store.History(t.Context(), key, 0)
	if err != nil {
		t.Fatal(err)
	}
	return events
}

// happened gives the events of one kind in the history of PAY-1.
func (w *workplace) happened(t *testing.T, what pipeline.What) (events []pipeline.Event) {
	t.Helper()
	for _, event := range w.history(t, pays1) {
		if event.What == what {
			events = append(events, event)
		}
	}
	return events
}
