package pipeline_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"alignbot/pipeline"
)

// everyKind is a checklist with an item of every kind that a person answers.
var everyKind = pipeline.Template{
	ID: "every-kind", Name: "Every kind", Use: pipeline.UseChecklist,
	Items: []pipeline.Item{
		{ID: "text", Question: "Text?", Kind: pipeline.KindText},
		{ID: "yes", Question: "Yes?", Kind: pipeline.KindYesNo, Why: true},
		{ID: "bare", Question: "Yes, without why?", Kind: pipeline.KindYesNo},
		{ID: "share", Question: "Share?", Kind: pipeline.KindNumber, Unit: "%"},
		{ID: "count", Question: "Count?", Kind: pipeline.KindNumber},
		{ID: "choice", Question: "Choice?", Kind: pipeline.KindChoice, Choices: []string{"Little", "A lot"}},
		{ID: "day", Question: "Day?", Kind: pipeline.KindDate},
		{ID: "who", Question: "Who?", Kind: pipeline.KindPerson},
		{ID: "tasks", Question: "Tasks?", Kind: pipeline.KindTasks},
		{ID: "results", Question: "Results?", Kind: pipeline.KindParticipants, Pass: pipeline.PassRule{Succeed: 3, Of: 5}},
		{ID: "fact", Question: "Fact?", Kind: pipeline.KindFact, Fact: pipeline.FactOutcome},
		{ID: "proof", Question: "Proof?", Kind: pipeline.KindEvidence},
	},
}

const threeTasks = "Pay an invoice; it is paid; 2 min\nFind it again\nCancel it"

func TestFillBringsAnswersIntoOneForm(t *testing.T) {
	for name, c := range map[string]struct {
		key   pipeline.AnswerKey
		typed string
		want  string // "" when it is refused
	}{
		"text is cleaned":                 {"text", "  a \r\n\r\n\r\n b\x00 ", "a\n\n b"},
		"text of 2,000 characters":        {"text", strings.Repeat("ü", 2000), strings.Repeat("ü", 2000)},
		"one more is too long":            {"text", strings.Repeat("ü", 2001), ""},
		"yes in any letter case":          {"yes", " YES ", "yes"},
		"maybe is no answer":              {"yes", "maybe", ""},
		"a number gets its unit":          {"share", "30,5", "30.5 %"},
		"a number in another unit":        {"share", "30 people", ""},
		"a number names its own unit":     {"count", "30 people", "30 people"},
		"a number in words":               {"count", "thirty", ""},
		"a choice as the template has it": {"choice", "a LOT", "A lot"},
		"a choice that is none":           {"choice", "Some", ""},
		"a day":                           {"day", "2026-11-30", "2026-11-30"},
		"a day that is none":              {"day", "2026-02-30", ""},
		"a day in words":                  {"day", "tomorrow", ""},
		"a day long ago is a day":         {"day", "1999-01-01", "1999-01-01"},
		"a person":                        {"who", "U012AB3CD", "U012AB3CD"},
		"a person by name":                {"who", "@sam", ""},
		"tasks are tidied":                {"tasks", "1. Pay ;  it is paid;120 sec\n\n- Find\n- Cancel\n", "Pay; it is paid; 2 min\nFind\nCancel"},
		"too few tasks":                   {"tasks", "Pay\nFind", ""},
	} {
		run := begunOf(t, everyKind, "")
		got, _, err := pipeline.Fill(run, []pipeline.Typed{{Key: c.key, Answer: pipeline.Answer{Value: c.typed}}}, "U2", noon)
		if c.want == "" {
			if diff := cmp.Diff([]pipeline.Field{pipeline.Field(c.key)}, wrongFields(err)); diff != "" {
				t.Errorf("%s: %v: %s", name, err, diff)
			}
			continue
		}
		if want := (pipeline.Answer{Value: c.want, By: "U2", At: noon}); err != nil || !cmp.Equal(want, got.Answers[c.key]) {
			t.Errorf("%s: %+v, %v", name, got.Answers[c.key], err)
		}
		if len(run.Answers) != 0 {
			t.Errorf("%s: the run before was changed", name)
		}
	}
}

func TestFillTakesAllOrNothing(t *testing.T) {
	run := begunOf(t, everyKind, "")
	after, clashes, err := pipeline.Fill(run, []pipeline.Typed{
		{Key: "text", Answer: pipeline.Answer{Value: "fine"}},
		{Key: "share", Answer: pipeline.Answer{Value: "lots"}},
		{Key: "yes", Answer: pipeline.Answer{Value: "no", Why: strings.Repeat("x", 201)}},
		{Key: "bare", Answer: pipeline.Answer{Value: "perhaps"}},
	}, "U2", noon)
	if diff := cmp.Diff([]pipeline.Field{"bare", "share", "yes.why"}, wrongFields(err)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(run, after); diff != "" || clashes != nil {
		t.Error(diff, clashes)
	}
}

func TestFillKeepsTheWhyWithItsAnswer(t *testing.T) {
	for name, c := range map[string]struct {
		key   pipeline.AnswerKey
		typed pipeline.Answer
		want  pipeline.Answer
		wrong []pipeline.Field
	}{
		"an answer with its why":          {"yes", pipeline.Answer{Value: "no", Why: " two\nlines "}, pipeline.Answer{Value: "no", Why: "two lines"}, nil},
		"a why of blanks is none":         {"yes", pipeline.Answer{Value: "no", Why: "\u200b"}, pipeline.Answer{Value: "no"}, nil},
		"a why without an answer":         {"yes", pipeline.Answer{Why: "because"}, pipeline.Answer{}, []pipeline.Field{"yes"}},
		"a why that nobody asked for":     {"bare", pipeline.Answer{Value: "no", Why: "because"}, pipeline.Answer{Value: "no"}, nil},
		"a time that nobody asked for":    {"bare", pipeline.Answer{Value: "no", Seconds: new(3)}, pipeline.Answer{Value: "no"}, nil},
		"nothing typed is nothing stored": {"yes", pipeline.Answer{Value: " "}, pipeline.Answer{}, nil},
	} {
		run, _, err := pipeline.Fill(begunOf(t, everyKind, ""), []pipeline.Typed{{Key: c.key, Answer: c.typed}}, "U1", noon)
		got := run.Answers[c.key]
		got.By, got.At = "", time.Time{}
		if diff := cmp.Diff(c.want, got) + cmp.Diff(c.wrong, wrongFields(err)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestFillMergesWhatTwoPeopleTyped(t *testing.T) {
	for name, c := range map[string]struct {
		seen, typed, stored string
		want                string
		clash               bool
	}{
		"nobody touched it":                     {"a", "a", "a", "a", false},
		"I typed where nothing was":             {"", "mine", "", "mine", false},
		"I changed it":                          {"a", "mine", "a", "mine", false},
		"I took it away":                        {"a", "", "a", "", false},
		"they changed it and I left it alone":   {"a", "a", "theirs", "theirs", false},
		"they answered and I left it empty":     {"", "", "theirs", "theirs", false},
		"they took it away and I left it alone": {"a", "a", "", "", false},
		"both typed the same":                   {"a", "b", "b", "b", false},
		"both typed the same, but for space":    {"a", " b ", "b", "b", false},
		"both took it away":                     {"a", "", "", "", false},
		"both answered differently":             {"", "mine", "theirs", "theirs", true},
		"both changed it differently":           {"a", "mine", "theirs", "theirs", true},
		"they changed it and I took it away":    {"a", "", "theirs", "theirs", true},
		"they took it away and I changed it":    {"a", "mine", "", "", true},
		"I added only space to it":              {"a", " a ", "theirs", "theirs", false},
	} {
		run := begunOf(t, everyKind, "")
		if c.stored != "" {
			run = filled(t, run, map[pipeline.AnswerKey]string{"text": c.stored})
		}
		later := noon.Add(time.Hour)
		after, clashes, err := pipeline.Fill(run, []pipeline.Typed{
			{Key: "text", Answer: pipeline.Answer{Value: c.typed}, Seen: pipeline.Answer{Value: c.seen}.Digest()},
			{Key: "choice", Answer: pipeline.Answer{Value: "Little"}},
		}, "U2", later)
		if err != nil || after.Answers["text"].Value != c.want || (len(clashes) > 0) != c.clash {
			t.Errorf("%s: %q, clashes %v, %v", name, after.Answers["text"].Value, clashes, err)
		}
		if after.Answers["choice"].Value != "Little" {
			t.Errorf("%s: what did not clash was not taken", name)
		}
		if after.Answers["text"].Value == c.stored && after.Answers["text"].By == "U2" {
			t.Errorf("%s: an answer that stayed has changed hands", name)
		}
		if c.clash {
			want := []pipeline.Clash{{Key: "text", Question: "Text?", Mine: pipeline.Answer{Value: c.typed, By: "U2", At: later}, Theirs: run.Answers["text"]}}
			if diff := cmp.Diff(want, clashes); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
		}
	}
}

func TestFillRefusesWhatIsNotAsked(t *testing.T) {
	for _, key := range []pipeline.AnswerKey{"", "gone", "fact", "proof", "results", "text/1/1", "results/0/1", "results/1", "results/01/1", "results/1/1/1", "results/-1/1"} {
		_, _, err := pipeline.Fill(begunOf(t, everyKind, ""), []pipeline.Typed{{Key: key, Answer: pipeline.Answer{Value: "x"}}}, "U1", noon)
		if problemCode(err) != "answer-unknown" {
			t.Errorf("%q: %v", key, err)
		}
	}
}

func TestFillTakesAnswersOfTheFormThatWasOpen(t *testing.T) {
	canvas := everyKind
	canvas.Forms = []pipeline.Form{"quick", "full"}
	canvas.Items = []pipeline.Item{{ID: "text", Kind: pipeline.KindText, In: []pipeline.Form{"quick"}}, {ID: "more", Kind: pipeline.KindText}}
	run, err := pipeline.Upgrade(begunOf(t, canvas, "quick"), "full")
	if err != nil {
		t.Fatal(err)
	}
	if got := filled(t, run, map[pipeline.AnswerKey]string{"text": "typed in the quick form"}); got.Answers["text"].Value == "" {
		t.Error("an answer was lost because somebody chose the longer form meanwhile")
	}
}

func TestFillResultsOfParticipants(t *testing.T) {
	without := begunOf(t, everyKind, "")
	with := filled(t, without, map[pipeline.AnswerKey]string{"tasks": threeTasks})
	for name, c := range map[string]struct {
		run   pipeline.Run
		key   pipeline.AnswerKey
		typed pipeline.Answer
		wrong []pipeline.Field
	}{
		"a whole result":            {with, "results/1/3", pipeline.Answer{Value: "help", Why: "Where is it?", Seconds: new(95), Severity: new(0)}, nil},
		"only how it went":          {with, "results/12/1", pipeline.Answer{Value: "unaided"}, nil},
		"before there are tasks":    {without, "results/1/1", pipeline.Answer{Value: "unaided"}, []pipeline.Field{"results/1/1"}},
		"a task that there is not":  {with, "results/1/4", pipeline.Answer{Value: "unaided"}, []pipeline.Field{"results/1/4"}},
		"a thirteenth participant":  {with, "results/13/1", pipeline.Answer{Value: "unaided"}, []pipeline.Field{"results/13/1"}},
		"no such result":            {with, "results/1/1", pipeline.Answer{Value: "yes"}, []pipeline.Field{"results/1/1"}},
		"a time without a result":   {with, "results/1/1", pipeline.Answer{Seconds: new(3)}, []pipeline.Field{"results/1/1"}},
		"no time at all":            {with, "results/1/1", pipeline.Answer{Value: "help", Seconds: new(0)}, []pipeline.Field{"results/1/1.seconds"}},
		"a time of more than a day": {with, "results/1/1", pipeline.Answer{Value: "help", Seconds: new(90_000)}, []pipeline.Field{"results/1/1.seconds"}},
		"a severity beyond the worst": {with, "results/1/1", pipeline.Answer{Value: "help", Severity: new(5)}, []pipeline.Field{
			"results/1/1.severity",
		}},
		"a quote that is too long": {with, "results/1/1", pipeline.Answer{Value: "help", Why: strings.Repeat("x", 201)}, []pipeline.Field{"results/1/1.why"}},
	} {
		after, _, err := pipeline.Fill(c.run, []pipeline.Typed{{Key: c.key, Answer: c.typed}}, "U1", noon)
		if diff := cmp.Diff(c.wrong, wrongFields(err)); diff != "" {
			t.Errorf("%s: %v: %s", name, err, diff)
		}
		if want := c.typed.Digest(); c.wrong == nil && after.Answers[c.key].Digest() != want {
			t.Errorf("%s: %+v", name, after.Answers[c.key])
		}
	}
}

func TestAClashOverAResultNamesParticipantAndTask(t *testing.T) {
	run := filled(t, begunOf(t, everyKind, ""), map[pipeline.AnswerKey]string{"tasks": threeTasks})
	run = filled(t, run, map[pipeline.AnswerKey]string{"results/4/2": "help"})
	after, clashes, err := pipeline.Fill(run, []pipeline.Typed{
		{Key: "results/4/2", Answer: pipeline.Answer{Value: "failed"}},
		{Key: "results/4/3", Answer: pipeline.Answer{Value: "unaided"}},
	}, "U2", noon)
	if err != nil || len(clashes) != 1 || clashes[0].Question != "Participant 4, task 2: Find it again" {
		t.Fatal(clashes, err)
	}
	if after.Answers["results/4/2"].Value != "help" || after.Answers["results/4/3"].Value != "unaided" {
		t.Error(after.Answers)
	}
	after, clashes, err = pipeline.Fill(after, []pipeline.Typed{{Key: "results/4/2", Answer: clashes[0].Mine, Seen: clashes[0].Theirs.Digest()}}, "U2", noon)
	if err != nil || len(clashes) > 0 || after.Answers["results/4/2"].Value != "failed" {
		t.Error("having seen theirs, mine is taken:", clashes, err)
	}
}

func TestFillARunReadBackWithoutAnswers(t *testing.T) {
	run := begunOf(t, everyKind, "")
	run.Answers = nil // as a store may give it
	if got := filled(t, run, map[pipeline.AnswerKey]string{"text": "a"}); got.Answers["text"].Value != "a" {
		t.Error(got.Answers)
	}
}

func TestTasksStayOnceThereAreResults(t *testing.T) {
	run := filled(t, begunOf(t, everyKind, ""), map[pipeline.AnswerKey]string{"tasks": threeTasks})
	run = filled(t, run, map[pipeline.AnswerKey]string{"results/1/1": "unaided"})
	seen := run.Answers["tasks"].Digest()
	for typed, code := range map[string]string{
		threeTasks + "\nOne more": "tasks-have-results",
		"":                        "tasks-have-results",
		"1. " + threeTasks:        "",
	} {
		if _, _, err := pipeline.Fill(run, []pipeline.Typed{{Key: "tasks", Answer: pipeline.Answer{Value: typed}, Seen: seen}}, "U1", noon); problemCode(err) != code {
			t.Errorf("%q: %v, want %s", typed, err, code)
		}
	}
	run, _, err := pipeline.Fill(run, []pipeline.Typed{{Key: "results/1/1", Seen: run.Answers["results/1/1"].Digest()}}, "U1", noon)
	if err != nil || len(run.Participants()) != 0 {
		t.Fatal("the result was not taken away", err)
	}
	if _, _, err := pipeline.Fill(run, []pipeline.Typed{{Key: "tasks", Answer: pipeline.Answer{Value: threeTasks + "\nOne more"}, Seen: seen}}, "U1", noon); err != nil {
		t.Error("without results the tasks can change:", err)
	}
}

func TestDigest(t *testing.T) {
	answers := []pipeline.Answer{
		{}, {Value: "a"}, {Value: "b"}, {Value: "a", Why: "b"}, {Value: "a\" \"b"}, {Why: "a"}, {Value: "ab"},
		{Value: "a", Seconds: new(1)}, {Value: "a", Severity: new(1)}, {Value: "a", Severity: new(0)}, {Value: "a", Seconds: new(0)}, {Value: "a", Seconds: new(1), Severity: new(1)},
	}
	seen := map[string]int{}
	for i, a := range answers {
		d := a.Digest()
		if len(d) > 12 || (d == "") != (i == 0) {
			t.Errorf("%+v: %q", a, d)
		}
		if before, twice := seen[d]; twice {
			t.Errorf("%+v and %+v have the same digest", answers[before], a)
		}
		seen[d] = i
		a.By, a.At = "U9", noon
		if a.Digest() != d {
			t.Errorf("%+v: whose it is changes the digest", a)
		}
	}
}

// TestNobodysAnswerIsOverwritten lets two people open, type and submit in any
// order, and holds Fill to what each of them saw.
func TestNobodysAnswerIsOverwritten(t *testing.T) {
	keys := []pipeline.AnswerKey{"text", "choice", "yes"}
	values := map[pipeline.AnswerKey][]string{"text": {"", "a", "b", "c"}, "choice": {"", "Little", "A lot"}, "yes": {"", "yes", "no", "unsure"}}
	rapid.Check(t, func(t *rapid.T) {
		run, err := pipeline.BeginRun(everyKind, "", pipeline.Idea{}, "U1", noon)
		if err != nil {
			t.Fatal(err)
		}
		people := []string{"U1", "U2"}
		shown := map[string]map[pipeline.AnswerKey]pipeline.Answer{"U1": {}, "U2": {}}
		for step := range rapid.IntRange(1, 12).Draw(t, "steps") {
			who := rapid.SampledFrom(people).Draw(t, "who")
			if rapid.Bool().Draw(t, "opens the form") {
				shown[who] = maps.Clone(run.Answers)
				continue
			}
			now := noon.Add(time.Duration(step) * time.Minute)
			var typed []pipeline.Typed
			for _, key := range keys {
				typed = append(typed, pipeline.Typed{Key: key, Seen: shown[who][key].Digest(), Answer: pipeline.Answer{Value: rapid.SampledFrom(values[key]).Draw(t, "typed")}})
			}
			before := maps.Clone(run.Answers)
			after, clashes, err := pipeline.Fill(run, typed, who, now)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(before, run.Answers); diff != "" {
				t.Fatalf("the run that was filled changed: %s", diff)
			}
			for _, in := range typed {
				clashed := slices.ContainsFunc(clashes, func(c pipeline.Clash) bool { return c.Key == in.Key })
				saw, is, becomes, want := shown[who][in.Key], before[in.Key], after.Answers[in.Key], in.Answer.Value
				switch {
				case becomes.Value != is.Value && is.Value != saw.Value:
					t.Fatalf("%s overwrote %q, which they had not seen", who, is.Value)
				case becomes.Value != is.Value && becomes.Value != want:
					t.Fatalf("%q became %q, which nobody typed", is.Value, becomes.Value)
				case want != saw.Value && want != becomes.Value && !clashed:
					t.Fatalf("%s typed %q for %s and was not told that it was not taken", who, want, in.Key)
				case clashed && !cmp.Equal(is, becomes):
					t.Fatalf("a clash changed %q to %q", is.Value, becomes.Value)
				case becomes.Value == is.Value && !cmp.Equal(is, becomes):
					t.Fatalf("the same answer changed hands: %+v, %+v", is, becomes)
				}
			}
			run = after
			shown[who] = maps.Clone(run.Answers)
		}
	})
}

// TestTheOrderOfFillsDoesNotMatter as long as people answer different things.
func TestTheOrderOfFillsDoesNotMatter(t *testing.T) {
	value := map[pipeline.AnswerKey]string{"text": "a", "yes": "no", "bare": "yes", "share": "30", "count": "2 people", "choice": "little", "day": "2026-12-01", "who": "U7"}
	keys := slices.Sorted(maps.Keys(value))
	rapid.Check(t, func(t *rapid.T) {
		start, err := pipeline.BeginRun(everyKind, "", pipeline.Idea{}, "U1", noon)
		if err != nil {
			t.Fatal(err)
		}
		// Each key is answered by one of three people; the others leave it as shown.
		fills := make([][]pipeline.Typed, 3)
		for _, key := range keys {
			by := rapid.IntRange(0, 2).Draw(t, string(key))
			for person := range fills {
				typed := pipeline.Typed{Key: key}
				if person == by {
					typed.Answer.Value = value[key]
				}
				fills[person] = append(fills[person], typed)
			}
		}
		after := func(order []int) pipeline.Run {
			run := start
			for _, person := range order {
				next, clashes, err := pipeline.Fill(run, fills[person], fmt.Sprintf("U%d", person), noon)
				if err != nil || len(clashes) > 0 {
					t.Fatal(err, clashes)
				}
				run = next
			}
			return run
		}
		first := after([]int{0, 1, 2})
		if diff := cmp.Diff(first, after(rapid.Permutation([]int{0, 1, 2}).Draw(t, "order"))); diff != "" {
			t.Fatal(diff)
		}
		if len(first.Answers) != len(keys) {
			t.Fatalf("%d of %d answers are there", len(first.Answers), len(keys))
		}
	})
}
