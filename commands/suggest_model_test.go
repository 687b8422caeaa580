package commands_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"alignbot/llm"
	"alignbot/llm/llmtest"
	"alignbot/pipeline"
	"alignbot/storage"
	"alignbot/storage/redistest"
)

// advisedBy is a workplace with two outcomes and a language model that answers by
// these steps.
func advisedBy(t *testing.T, steps ...llmtest.Step) (*workplace, *llmtest.Server) {
	t.Helper()
	server := llmtest.Serve(t, steps...)
	settings := llm.DefaultSettings()
	settings.BaseURL, settings.Model = server.URL+"/v1", "small"
	model, err := llm.NewModel(settings)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(model.Close)
	return openWith(t, redistest.StartOrMemory(t), pipeline.Policy{}, model).understood(t), server
}

func TestTheModelSuggestsOnTheCard(t *testing.T) {
	t.Parallel()
	w, server := advisedBy(t, llmtest.Says(`{"suggestions": [{"id": "PAY-O2", "why": "Who exports easily stays."}]}`))
	bob, carol := w.Person("bob").In("payments"), w.Person("carol").In("payments")
	bob.Types("/idea add Export invoices as PDF")
	bob.Sees("Captured as PAY-1")
	carol.Sees("captured · no outcome yet", "Suggested: PAY-O2  Fewer people leave", "Who exports easily stays.", "A language model suggests this")
	if got := w.linked(t); got != "" {
		t.Errorf("linked to %q without a person", got)
	}
	carol.Clicks("Link it")
	carol.Sees("PAY-1 is linked to PAY-O2: Fewer people leave", "captured · for “Fewer people leave” (PAY-O2)")
	carol.StopsSeeing("A language model suggests this")
	if known, err := w.store.Candidates(t.Context(), pays1); err != nil || known.Feedback[pipeline.NodeKey{Team: "PAY", Number: 2}] != (storage.Feedback{Accepted: 1}) {
		t.Errorf("feedback is %+v (%v)", known.Feedback, err)
	}
	if asked := server.Asked(); len(asked) != 1 {
		t.Errorf("asked %d times", len(asked))
	}
}

func TestTheModelIsToldThatItIsNotThisOne(t *testing.T) {
	t.Parallel()
	w, _ := advisedBy(t, llmtest.Says(`{"suggestions": ["PAY-O2"]}`))
	bob, carol := w.Person("bob").In("payments"), w.Person("carol").In("payments")
	bob.Types("/idea add Export invoices as PDF")
	carol.Sees("Suggested: PAY-O2  Fewer people leave")
	carol.Clicks("Not this one")
	carol.Sees("PAY-O2 is not suggested for PAY-1 again")
	carol.StopsSeeing("Suggested: PAY-O2")
	carol.Sees("captured · no outcome yet")
}

// TestASlowModelDelaysNobody: it hangs for as long as the test lasts.
func TestASlowModelDelaysNobody(t *testing.T) {
	t.Parallel()
	w, server := advisedBy(t, func(_ http.ResponseWriter, r llmtest.Request) { <-r.Gone })
	bob := w.Person("bob").In("payments")
	begun := time.Now()
	for _, title := range []string{"Export invoices as PDF", "Scan receipts", "Dark mode", "Light mode", "Print invoices", "Mail invoices"} {
		bob.Types("/idea add " + title)
		bob.Sees("Captured as", title, "captured · no outcome yet")
	}
	bob.Sees("PAY-6  Mail invoices")
	if took := time.Since(begun); took > 15*time.Second {
		t.Errorf("it took %s", took)
	}
	if asked := server.Asked(); len(asked) > 2 {
		t.Errorf("%d questions at the same time", len(asked))
	}
	bob.DoesNotSee("A language model suggests this")
}

func TestPrivacyShowsWordByWordWhatIsSent(t *testing.T) {
	t.Parallel()
	w, server := advisedBy(t, llmtest.Says(`{"suggestions": []}`))
	bob := w.Person("bob").In("payments")
	bob.Types("/align privacy")
	bob.SeesModal("What goes where").Says("small at 127.0.0.1").Says("Type this command in the channel of a team that has ideas")
	bob.ClosesModal()
	bob.Types("/idea add Export invoices for <@U0CAROL>, see https://example.com/carol")
	bob.Sees("Captured as PAY-1")
	comesTrue(t, func() (bool, string) { return len(server.Asked()) == 1, "the model was not asked" })
	bob.Types("/align privacy")
	bob.SeesModal("What goes where").Says("Word by word, for PAY-1")
	screen := bob.Screen()
	for _, message := range server.Asked()[0].Body.Messages {
		if got := message.Content; !contains(screen, got) {
			t.Errorf("what was sent is not shown:\n%s\n\n%s", got, screen)
		}
		if contains(message.Content, "U0CAROL") || contains(message.Content, "example.com") || contains(message.Content, "Bob") {
			t.Errorf("names or links were sent: %s", message.Content)
		}
	}
}

// contains compares without white space, which a screen breaks as it likes.
func contains(s, part string) bool {
	fields := func(s string) string { return strings.Join(strings.Fields(s), "") }
	return strings.Contains(fields(s), fields(part))
}
