package commands_test

import (
	"io"
	"log/slog"
	"regexp"
	"strings"
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/slacksim"
	"alignbot/slacksim/simtest"
	"alignbot/storage"
	"alignbot/storage/redistest"
)

// withFiles grants what pictures need.
func withFiles(w *slacksim.Workspace) {
	w.App.Scopes = append(append([]string{}, least...), "files:write", "files:read")
}

// uploads is how many files the app has brought to Slack.
func (w *workplace) uploads() int { return len(w.Ledger().Calls("files.completeUploadExternal")) }

// shown are the ids of the files that blocks of messages and views show.
func (w *workplace) shown() map[string]bool {
	found := map[string]bool{}
	for _, e := range w.Ledger().Entries(nil) {
		for _, id := range regexp.MustCompile(`slack_file\\*":\{\\*"id\\*":\\*"(F[A-Z0-9]+)`).FindAllStringSubmatch(string(e.Payload), -1) {
			found[id[1]] = true
		}
	}
	return found
}

func TestATreeIsSeenAndPosted(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}, withFiles).withTree(t)
	bob, carol := w.Person("bob").In("payments"), w.Person("carol").In("payments")
	bob.Types("/outcome tree")
	bob.SeesModal("Outcome tree").Says("(image: ").Says("PAY-O1  Lower cost to serve")
	bob.DoesNotSee("Drawing the picture…")
	for id := range w.shown() {
		file, data, err := w.File("bob", id)
		if err != nil || !strings.HasPrefix(string(data), "\x89PNG") || file.AltText == "" || file.Name != "tree.png" {
			t.Errorf("the picture is %+v (%v)", file, err)
		}
	}
	// The same picture is drawn and uploaded once, whoever sees it wherever.
	bob.Clicks("Refresh")
	bob.SeesModal("Outcome tree").Says("(image: ")
	carol.Types("/outcome tree")
	carol.SeesModal("Outcome tree").Says("(image: ")
	carol.ClosesModal()
	bob.Clicks("Post to channel")
	bob.ClosesModal()
	carol.Sees("The outcome tree of Payments", "(image: ", "Bob Brandt asked for this picture, of ", "PAY-O1  Lower cost to serve")
	if n := w.uploads(); n != 1 {
		t.Errorf("%d files were uploaded of one picture", n)
	}

	// Its message is redrawn in place, of what is stored then.
	alice := w.Person("alice").In("payments")
	alice.Types("/outcome edit O1")
	alice.SeesModal("Edit PAY-O1")
	alice.Fills("What will have changed, and for whom?", "Halve the cost to serve")
	alice.Submits()
	alice.SeesNoModal()
	carol.Clicks("Refresh")
	carol.Sees("PAY-O1  Halve the cost to serve", "(image: ", "Carol Costa asked for this picture")
	carol.DoesNotSee("Bob Brandt asked for this picture")
	w.Until("the message has the second picture", func() bool { return w.uploads() == 2 && len(w.shown()) == 2 })

	// It leaves Slack as text, and as a file that other programs open.
	carol.Clicks("As Mermaid")
	carol.Sees("as Mermaid", "flowchart")
	carol.Clicks("As SVG")
	carol.Sees("The picture follows as an SVG file, in your direct messages with me.")
	direct := carol.In("@alignbot")
	direct.Sees("The outcome tree of Payments, as an SVG file.", "(file Outcome tree of Payments)")
}

func TestAPictureOfAnOutcomeIsAChartWhereSlackHasThem(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}, withFiles).withTree(t)
	bob := w.Person("bob").In("payments")
	bob.Types("/outcome show O2")
	bob.SeesModal("Outcome PAY-O2").Says("(image: ")
	bob.Clicks("Post to channel")
	bob.ClosesModal()
	posted := func() (last slacksim.Entry) {
		for _, e := range w.Ledger().Entries(nil) {
			if (e.Method == "chat.postMessage" || e.Method == "chat.update") && strings.Contains(e.Text, "Outcome PAY-O2") {
				last = e
			}
		}
		return last
	}
	w.Until("the chart is posted", func() bool { return strings.Contains(string(posted().Payload), "data_visualization") })
	bob.Sees("Outcome PAY-O2", "Bob Brandt asked for this picture")

	// A workspace that has no charts gets the picture instead, and is not asked again.
	rule := w.Faults().Add(slacksim.Fault{On: "block:data_visualization"})
	w.Expect("invalid_blocks")
	bob.Clicks("Refresh")
	w.Until("the picture stands in its place", func() bool { return strings.Contains(string(posted().Payload), "slack_file") })
	before := len(w.Ledger().Calls("chat.update"))
	bob.Clicks("Refresh")
	w.Until("it is redrawn", func() bool { return len(w.Ledger().Calls("chat.update")) > before })
	bob.Sees("(image: ")
	if n := rule.Strikes(); n != 1 {
		t.Errorf("the workspace was asked %d times whether it takes charts", n)
	}
	if n := w.uploads(); n != 1 {
		t.Errorf("%d files were uploaded of one picture", n)
	}
}

func TestPicturesOfATeamsStanding(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}, withFiles).withTeam(t).unwell(t)
	bob := w.Person("bob").In("payments")
	bob.Types("/align status")
	bob.Sees("The picture follows in a message of its own.", "(image: Funnel: ")
	bob.Clicks("Post to channel")
	alice := w.Person("alice").In("payments")
	alice.Sees("The pipeline of Payments", "(image: Funnel: ", "came so far")

	bob.Types("/align health")
	bob.Sees("(image: Gauge: refined work 0.5 sprints")
	alice.Types("/align health")
	alice.Sees("Backlog health of Payments", "(image: Gauge: ")
	alice.Clicks("All rules")
	alice.SeesModal("Rules of backlog health")
	alice.ClosesModal()
	alice.ClicksIn("All rules", "Post to channel")
	bob.Sees("asked for this report", "(image: Gauge: ")
	if n := w.uploads(); n != 3 { // funnel, gauge, ledger
		t.Errorf("%d files were uploaded of three pictures", n)
	}
}

func TestWithoutAPictureWordsStay(t *testing.T) {
	t.Parallel()
	t.Run("the scope is missing", func(t *testing.T) {
		t.Parallel()
		w := open(t, pipeline.Policy{}).withTree(t)
		bob := w.Person("bob").In("payments")
		bob.Types("/outcome tree")
		bob.SeesModal("Outcome tree").Says("Pictures are off: the app lacks the scopes").Says("PAY-O1  Lower cost to serve")
		bob.Clicks("Post to channel")
		bob.ClosesModal()
		bob.Sees("The outcome tree of Payments", "Pictures are off", "Bob Brandt asked for this picture")
		if n := len(w.Ledger().Calls("files.getUploadURLExternal")); n != 0 {
			t.Errorf("it was tried %d times", n)
		}
	})
	t.Run("Slack does not take it", func(t *testing.T) {
		t.Parallel()
		w := open(t, pipeline.Policy{}, withFiles).withTree(t)
		w.Expect("missing_scope")
		w.staysInWords(t, slacksim.Fault{On: "files.getUploadURLExternal", Do: slacksim.APIError("storage_limit_reached")}, "Slack has no room left for files")
		w.staysInWords(t, slacksim.Fault{On: "files.getUploadURLExternal", Do: slacksim.APIError("missing_scope")}, "Pictures are off")
		w.staysInWords(t, slacksim.Fault{On: "files.getUploadURLExternal", Do: slacksim.Throttle("30")}, "Slack takes no more files for the moment")
		w.staysInWords(t, slacksim.Fault{On: "upload", Do: slacksim.HTTPStatus(500)}, "Slack did not take the picture (server)")
		w.staysInWords(t, slacksim.Fault{On: "files.completeUploadExternal", Do: slacksim.LoseReply()}, "Slack did not take the picture (no-answer)")
	})
	t.Run("Slack is slow", func(t *testing.T) {
		t.Parallel()
		w := openHasty(t).withTree(t)
		w.staysInWords(t, slacksim.Fault{On: "upload", Do: slacksim.Delay(time.Minute)}, "Slack did not take the picture in time")
		w.staysInWords(t, slacksim.Fault{On: "files.completeUploadExternal", Do: slacksim.ReadLate(time.Hour)}, "did not make it ready to be shown")
	})
	t.Run("its file was deleted", func(t *testing.T) {
		t.Parallel()
		w := open(t, pipeline.Policy{}, withFiles).withTree(t)
		w.Expect("invalid_blocks", "invalid_arguments")
		bob := w.Person("bob").In("payments")
		bob.Types("/outcome tree")
		bob.SeesModal("Outcome tree").Says("(image: ")
		for id := range w.shown() {
			if err := w.DeleteFile(id); err != nil {
				t.Fatal(err)
			}
		}
		bob.Clicks("Refresh")
		bob.SeesModal("Outcome tree").Says("Slack does not show the picture any more.")
		bob.Clicks("Refresh")
		bob.SeesModal("Outcome tree").Says("(image: ")
		if n := w.uploads(); n != 2 {
			t.Errorf("%d files were uploaded", n)
		}
	})
}

// staysInWords looks at a picture that nobody has drawn yet, and posts it, while that
// fault strikes: the words stay, with a line that says so.
func (w *workplace) staysInWords(t *testing.T, fault slacksim.Fault, says string) {
	t.Helper()
	another := "I wait and do not know why: " + says[len(says)-12:]
	_, err := w.store.AddOpportunity(t.Context(), "opportunity "+says, pipeline.Opportunity{
		Key: pipeline.NodeKey{Team: "PAY", Kind: pipeline.OpportunityNode}, Parent: pays("O2"), Statement: another, Kind: pipeline.Pain, Created: time.Now(), CreatedBy: "U0ALICE", Changed: time.Now(),
	}, storage.Slot{}, pipeline.Event{At: time.Now(), By: "U0ALICE", What: pipeline.WasAdded})
	if err != nil {
		t.Fatal(err)
	}
	rule := w.Faults().Add(fault)
	bob := w.Person("bob").In("payments")
	bob.Types("/outcome tree O2")
	bob.SeesModal("Opportunity tree").Says(says).Says(another)
	bob.Clicks("Post to channel")
	bob.ClosesModal()
	bob.Sees("Bob Brandt asked for this picture", another, says)
	if rule.Strikes() == 0 {
		t.Errorf("%s: the fault did not strike", says)
	}
	rule.Remove()
}

// openHasty is open with a bot that gives a picture up soon.
func openHasty(t *testing.T) *workplace {
	t.Helper()
	workspace := slacksim.Sample()
	withFiles(&workspace)
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	db, err := storage.Open(t.Context(), storage.Settings{URL: redistest.StartOrMemory(t)}, log)
	if err != nil {
		t.Fatal(err)
	}
	w := &workplace{Sim: simtest.Open(t, slacksim.Options{Workspace: workspace}), db: db, store: db.Workspace(workspace.TeamID), picture: 3 * time.Second}
	w.employ(t, db, pipeline.Policy{}, log)
	return w
}

func TestAPictureIsPostedOnce(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}, withFiles).withTree(t)
	bob, carol := w.Person("bob").In("payments"), w.Person("carol").In("payments")
	// Two who look at once have one picture between them; what Slack delivers twice is
	// posted once.
	bob.Types("/outcome tree")
	carol.Types("/outcome tree")
	bob.SeesModal("Outcome tree").Says("(image: ")
	carol.SeesModal("Outcome tree").Says("(image: ")
	rule := w.Faults().Add(slacksim.Fault{On: "block_actions", Times: 1, Do: slacksim.DuplicateElsewhere()})
	bob.Clicks("Post to channel")
	bob.ClosesModal()
	bob.Sees("(image: ", "Bob Brandt asked for this picture")
	rule.Remove()
	if rule.Strikes() != 1 {
		t.Error("the click was delivered once")
	}
	posted := 0
	for _, e := range w.Ledger().Calls("chat.postMessage") {
		if strings.Contains(e.Text, "The outcome tree of Payments") {
			posted++
		}
	}
	if n := w.uploads(); n != 1 || posted != 1 {
		t.Errorf("%d files, %d messages", n, posted)
	}
}

// What is typed or opened while a picture is being drawn is not overwritten by it.
func TestAPictureOverwritesNothing(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}, withFiles).withTree(t)
	bob := w.Person("bob").In("payments")
	rule := w.Faults().Add(slacksim.Fault{On: "files.info", Do: slacksim.APIError("internal_error")})
	bob.Types("/outcome tree")
	bob.SeesModal("Outcome tree").Says("Drawing the picture…")
	w.Until("the picture is there, and not ready", func() bool { return rule.Strikes() > 0 })
	bob.ClicksIn("PAY-O2  Fewer support calls", "Open")
	bob.Sees("Under PAY-O1")
	rule.Remove()
	w.Until("both are ready", func() bool { return w.uploads() == 2 && len(w.shown()) == 2 })
	bob.Sees("Under PAY-O1", "(image: ")
}
