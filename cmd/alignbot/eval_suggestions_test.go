package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The sets of labelled ideas: by the first the numbers in the program were chosen,
// the second was written without a look at how it ranks.
const (
	chosenBy = "testdata/suggestions.jsonl"
	roadmaps = "testdata/suggestions_roadmaps.jsonl"
)

func readSuggestions(t *testing.T, name string) *suggestionExamples {
	t.Helper()
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	set, err := parseSuggestions(file)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// TestSuggestionsStayAsGoodAsTheyAre: less than was reached, with a margin, is a
// step back. Who improves the ranking raises the numbers.
func TestSuggestionsStayAsGoodAsTheyAre(t *testing.T) {
	for name, least := range map[string]struct{ at1, at3, mrr float64 }{
		chosenBy: {0.46, 0.75, 0.62},
		roadmaps: {0.47, 0.70, 0.60},
	} {
		set := readSuggestions(t, name)
		all := set.score(suggestionRankings())
		var table strings.Builder
		if err := printSuggestionScores(&table, set, all); err != nil {
			t.Fatal(err)
		}
		t.Logf("%s\n%s", name, table.String())
		ours := placesOf(all, rankingOurs)
		if s := scoresOf(ours); s.at1.mean < least.at1 || s.at3.mean < least.at3 || s.mrr.mean < least.mrr {
			t.Errorf("%s: hit@1 %v, hit@3 %v, MRR %v, want at least %v", name, s.at1, s.at3, s.mrr, least)
		}
		if gain := gainOf(ours, placesOf(all, rankingMix)); name == roadmaps && (gain.at1.low <= 0 || gain.at3.low <= 0 || gain.mrr.low <= 0) {
			t.Errorf("%s: it is not clearly better than the plain mix: %+v", name, gain)
		}
	}
}

// TestTheSuggestionExamplesAreAProof: there are enough of them, of several teams.
func TestTheSuggestionExamplesAreAProof(t *testing.T) {
	set := readSuggestions(t, roadmaps)
	if len(set.asked) < 120 || len(set.teams) < 3 {
		t.Errorf("%d ideas of %d teams", len(set.asked), len(set.teams))
	}
	for key, team := range set.teams {
		if len(team.candidates) < 8 {
			t.Errorf("%s has %d outcomes", key, len(team.candidates))
		}
	}
}

const twoOutcomes = `{"team": "PAY", "language": "english"}
{"outcome": "PAY-O1", "statement": "Firms have their money sooner", "metric": "days to payment", "opportunities": ["Customers forget a bill"]}
{"outcome": "PAY-O2", "statement": "Nobody loses money to fraud", "feedback": {"accepted": 3, "dismissed": 1}}

{"linked": ["PAY-O1"], "title": "Remind customers of open invoices"}
{"linked": ["PAY-O2", "PAY-O1"], "title": "Verify bank details"}
{"serves": ["PAY-O1"], "title": "Reminder mails for invoices", "part": "words"}
{"serves": ["PAY-O2"], "dismissed": ["PAY-O1"], "title": "Fraud alarm", "part": "words"}
{"serves": ["PAY-O1"], "title": "Skonto"}
`

func TestEvalSuggestions(t *testing.T) {
	file := write(t, "ideas.jsonl", twoOutcomes)
	code, said, wrong := start(t, nil, "eval", "suggestions", "--misses", file)
	for _, want := range []string{
		"2 outcomes, 3 links, 3 ideas\n\n",
		"words  2      alignbot         1.00      1.00 (1.00 to 1.00)",
		"all    3      alignbot         0.67      0.67 (0.00 to 1.00)",
		"all    3      gain",
		"\n\nline 9: \"Skonto\": PAY-O1 is not found, the first is nothing\n",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is missing", want)
		}
	}
	if code != exitOK || wrong != "" {
		t.Errorf("exit code %d, %s%s", code, said, wrong)
	}
	if _, again, _ := start(t, nil, "eval", "suggestions", "--misses", file); again != said {
		t.Errorf("measured again it says:\n%s", again)
	}
}

func TestEvalSuggestionsNamesWhatIsWrong(t *testing.T) {
	good := `{"outcome": "PAY-O1", "statement": "Firms have their money sooner"}` + "\n"
	for name, c := range map[string]struct{ source, says string }{
		"empty":                 {"", "0: no line has serves"},
		"nothing asked":         {good, "1: no line has serves"},
		"no JSON":               {"Reminders\n", "1: this is not one of the objects that alignbot eval suggestions --help shows"},
		"a field too many":      {`{"outcome": "PAY-O1", "statment": "Sooner"}`, `unknown field "statment"`},
		"two objects":           {`{"team": "PAY", "language": "none"} {}`, "more than one object"},
		"no team":               {`{"language": "none"}`, `1: team is ""`},
		"a language unknown":    {`{"team": "PAY", "language": "klingon"}`, `there is no language "klingon"`},
		"no key of an outcome":  {`{"outcome": "PAY-1", "statement": "Sooner"}`, `1: outcome is "PAY-1"`},
		"no statement":          {`{"outcome": "PAY-O1"}`, "1: an outcome needs a statement"},
		"an outcome twice":      {good + good, "2: PAY-O1 is there already"},
		"an unknown outcome":    {good + `{"serves": ["PAY-O2"], "title": "Debit"}`, `2: no line above has the outcome "PAY-O2"`},
		"an outcome that comes": {`{"linked": ["PAY-O1"], "title": "Debit"}` + "\n" + good, `1: no line above has the outcome "PAY-O1"`},
		"two teams": {good + `{"outcome": "OPS-O1", "statement": "Safer"}` + "\n" + `{"serves": ["PAY-O1", "OPS-O1"], "title": "Debit"}`,
			"3: PAY-O1 and OPS-O1 are of different teams"},
		"no title":        {good + `{"serves": ["PAY-O1"]}`, "2: an idea needs a title"},
		"nothing it is":   {good + `{"title": "Debit"}`, "2: a line has language, outcome, linked or serves"},
		"linked and asks": {good + `{"linked": ["PAY-O1"], "serves": ["PAY-O1"], "title": "Debit"}`, "2: a line has language"},
	} {
		t.Run(name, func(t *testing.T) {
			file := write(t, "ideas.jsonl", c.source)
			code, said, wrong := start(t, nil, "eval", "suggestions", file)
			if code != exitFailed || said != "" || !strings.Contains(wrong, c.says) || !strings.HasPrefix(wrong, file+":") {
				t.Errorf("exit code %d, %q, want %q\n%s", code, said, c.says, wrong)
			}
		})
	}
}

// TestEvalSuggestionsAsksAModel: one that always chooses the second outcome.
func TestEvalSuggestionsAsksAModel(t *testing.T) {
	asked, key := 0, ""
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		key = r.Header.Get("Authorization")
		if asked == 1 {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		answer := map[string]any{"choices": []any{map[string]any{"message": map[string]any{"content": `{"suggestions": ["PAY-O2"]}`}}}}
		if err := json.NewEncoder(w).Encode(answer); err != nil {
			t.Error(err)
		}
	}))
	defer server.Close()
	file := write(t, "ideas.jsonl", twoOutcomes)
	args := []string{"eval", "suggestions", file, "--llm-base-url", server.URL, "--llm-model", "small"}
	code, said, wrong := start(t, []string{"ALIGNBOT_LLM_KEY=k"}, args...)
	if code != exitOK || asked != 3 || key != "Bearer k" {
		t.Errorf("exit code %d, asked %d times with %q", code, asked, key)
	}
	if diff := cmp.Diff("1 idea without an answer of the model, which count as if there were none; the first: ask the model: the server answered 404 Not Found\n", wrong); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	// The first has no answer and is right by the texts; the last is wrong.
	if want := fmt.Sprintf("all    3      %-15s  1.00      0.67", "with small"); !strings.Contains(said, want) {
		t.Errorf("%q is missing:\n%s", want, said)
	}
}

func TestEvalSuggestionsRefusesAModelThatCannotBe(t *testing.T) {
	file := write(t, "ideas.jsonl", twoOutcomes)
	code, said, wrong := start(t, nil, "eval", "suggestions", file, "--llm-base-url", "http://169.254.169.254/v1", "--llm-model", "small", "--llm-allow-plain-http")
	if code != exitSettings || said != "" || !strings.Contains(wrong, "llm.base_url (--llm-base-url): ") {
		t.Errorf("exit code %d\n%s%s", code, said, wrong)
	}
}

func TestEvalSuggestionsEndsWhenItIsStopped(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	var out, errs strings.Builder
	if code := Main(ctx, []string{"eval", "suggestions", roadmaps}, strings.NewReader(""), &out, &errs, nil); code != exitFailed || out.Len() > 0 {
		t.Errorf("exit code %d\n%s", code, out.String())
	}
}
