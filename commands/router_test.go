package commands

import (
	"strings"
	"testing"

	"alignbot/pipeline"
)

func TestSlash(t *testing.T) {
	router := NewRouter(List(), "acme-")
	for _, c := range []struct{ command, text, word, left string }{
		{"/acme-idea", "", "", ""},
		{"/acme-idea", "Export invoices", "", "Export invoices"},
		{"/acme-idea", "add Export invoices", "add", "Export invoices"},
		{"/acme-idea", "Add dark mode", "", "Add dark mode"},
		{"/acme-idea", "show PAY-1", "show", "PAY-1"},
		{"/acme-idea", "Show pay-1", "show", "pay-1"},
		{"/acme-idea", "show fees before a payout", "", "show fees before a payout"},
		{"/acme-idea", "Show fees before a payout", "", "Show fees before a payout"},
		{"/acme-idea", "list", "list", ""},
		{"/acme-idea", "List", "list", ""},
		{"/acme-idea", "list captured mine", "list", "captured mine"},
		{"/acme-idea", "list nonsense", "list", "nonsense"},
		{"/acme-idea", "list customers by region", "", "list customers by region"},
		{"/acme-idea", "find invoices", "find", "invoices"},
		{"/acme-idea", "Find out why people leave", "", "Find out why people leave"},
		{"/acme-idea", "help", "help", ""},
		{"/acme-align", "Setup", "setup", ""},
		{"/acme-align", "setup now please", "setup", "now please"},
		{"/idea", "list", "list", ""},
	} {
		e, left := router.Slash(c.command, c.text)
		if e.Word != c.word || left != c.left || e.Do == nil {
			t.Errorf("%s %s: word %q with %q left, want %q with %q", c.command, c.text, e.Word, left, c.word, c.left)
		}
	}
	for _, c := range []struct{ command, text string }{{"/other", ""}, {"/align", "dance"}, {"/align", "stup"}, {"/idea", "lst"}} {
		if e, _ := router.Slash(c.command, c.text); e.Do == nil {
			t.Errorf("%s %s has no answer", c.command, c.text)
		}
	}
}

// A word that is nearly a subcommand is asked about before its letters are taken for the
// key of a team; in capitals they are one.
func TestAMisspeltWordIsNotATeamsKey(t *testing.T) {
	router := NewRouter(List(), "")
	for _, c := range []struct{ command, text, word string }{
		{"/outcome", "tre O3", ""}, {"/outcome", "checkn O3", ""}, {"/antibacklog", "shwo 7", ""},
		{"/outcome", "TRE O3", "show"}, {"/outcome", "tre-O3", "show"}, {"/outcome", "pay O3", "show"}, {"/outcome", "tree O3", "tree"},
	} {
		if e, _ := router.Slash(c.command, c.text); e.Word != c.word {
			t.Errorf("%s %s: word %q, want %q", c.command, c.text, e.Word, c.word)
		}
	}
}

func FuzzSlash(f *testing.F) {
	router := NewRouter(List(), "")
	f.Add("/idea", "add x")
	f.Add("/align", "stup")
	f.Fuzz(func(t *testing.T, command, text string) {
		if e, _ := router.Slash(command, text); e.Do == nil || e.On != Slash {
			t.Fatalf("%q %q has no answer", command, text)
		}
	})
}

func TestCommandsInProblemsAreNamedAsTheyAreTyped(t *testing.T) {
	app := &App{Prefix: "acme-"}
	got := app.named(noIdea(pipeline.Key{Team: "PAY", Number: 9})).Error()
	if !strings.Contains(got, "/acme-idea list") || strings.Contains(got, " /idea") {
		t.Error(got)
	}
}
