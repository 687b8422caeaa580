package pipeline_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"alignbot/pipeline"
)

func TestParseTasks(t *testing.T) {
	for name, c := range map[string]struct {
		line string
		want pipeline.Task
	}{
		"what to do is enough":           {"Pay an invoice", pipeline.Task{What: "Pay an invoice"}},
		"with what counts as done":       {"Pay; it is paid", pipeline.Task{What: "Pay", Done: "it is paid"}},
		"with a time":                    {"Pay; 2 min", pipeline.Task{What: "Pay", Expected: 2 * time.Minute}},
		"with both":                      {"Pay; it is paid; 90 s", pipeline.Task{What: "Pay", Done: "it is paid", Expected: 90 * time.Second}},
		"half a minute more":             {"Pay; 1,5 minutes", pipeline.Task{What: "Pay", Expected: 90 * time.Second}},
		"minutes and seconds":            {"Pay; 1 min 30 s", pipeline.Task{What: "Pay", Expected: 90 * time.Second}},
		"an hour":                        {"Pay; 1h", pipeline.Task{What: "Pay", Expected: time.Hour}},
		"an empty part":                  {"Pay; ; 2min.", pipeline.Task{What: "Pay", Expected: 2 * time.Minute}},
		"nothing behind the semicolon":   {"Pay;", pipeline.Task{What: "Pay"}},
		"a number in front":              {"1. Pay", pipeline.Task{What: "Pay"}},
		"a bullet in front":              {" • Pay", pipeline.Task{What: "Pay"}},
		"a year is no number in front":   {"2026 invoices: pay them", pipeline.Task{What: "2026 invoices: pay them"}},
		"a time in what counts as done":  {"Pay; 2 min; 3 min", pipeline.Task{What: "Pay", Done: "2 min", Expected: 3 * time.Minute}},
		"a word that begins like a time": {"Pay; 2 mind maps", pipeline.Task{What: "Pay", Done: "2 mind maps"}},
	} {
		got, err := pipeline.ParseTasks("\n" + c.line + "\r\n\r\nSecond\nThird\n")
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if diff := cmp.Diff([]pipeline.Task{c.want, {What: "Second"}, {What: "Third"}}, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestParseTasksNamesTheLine(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"nothing":                        {"", "Write 3 to 8 tasks, one a line; there are 0."},
		"two":                            {"a\nb", "Write 3 to 8 tasks, one a line; there are 2."},
		"one":                            {"a", "Write 3 to 8 tasks, one a line; there is 1."},
		"nine":                           {"a\nb\nc\nd\ne\nf\ng\nh\ni\nj", "Line 9 is one task too many: 8 at most, so that a session stays short."},
		"an empty line is counted":       {"a\n\nb; 2\nc", "Line 3 gives the time “2” without a unit. Write 2 min or 90 s."},
		"a time like a clock's":          {"a; 1:30\nb\nc", "Line 1 gives the time “1:30” without a unit. Write 2 min or 90 s."},
		"a third part that is no time":   {"a\nb\nc; done; soon", "Line 3 ends with “soon”, which is not a time. Write 2 min or 90 s."},
		"four parts":                     {"a\nb; c; d; e\nf", "Line 2 has more than three parts. Use semicolons only between what to do, what counts as done, and the time."},
		"nothing to do":                  {"a\n; done; 2 min\nc", "Line 2 does not say what to do."},
		"a time of none":                 {"a; 0 s\nb\nc", "Line 1 gives “0 s”; a task takes from 1 second to 4 hours."},
		"a time of a day":                {"a; 24 h\nb\nc", "Line 1 gives “24 h”; a task takes from 1 second to 4 hours."},
		"a time beyond numbers":          {"a; " + strings.Repeat("9", 400) + " h\nb\nc", "Line 1 gives “" + strings.Repeat("9", 39) + "…”; a task takes from 1 second to 4 hours."},
		"what to do is too long":         {"a\nb\n" + strings.Repeat("ü", 201), "Line 3 has 201 characters of what to do; at most 200."},
		"what counts as done is too":     {"a\nb\nc; " + strings.Repeat("ü", 201), "Line 3 has 201 characters of what counts as done; at most 200."},
		"the same task twice":            {"Pay\nFind\npay; it is paid", "Line 3 asks the same as line 1."},
		"all of it together is too long": {longTasks(5), "All tasks together have at most 2000 characters; these have 2014."},
		"a book":                         {longTasks(26), "All tasks together have at most 2000 characters; these have 10477."},
		"several mistakes, all at once":  {"a; 1\nb\n; c", "Line 1 gives the time “1” without a unit. Write 2 min or 90 s. Line 3 does not say what to do."},
	} {
		if _, err := pipeline.ParseTasks(c.text); err == nil || err.Error() != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// longTasks are that many different tasks, each as long as one may be.
func longTasks(n int) string {
	lines := make([]string, n)
	for i := range lines {
		lines[i] = strings.Repeat(string(rune('a'+i)), pipeline.TaskLimit) + "; " + strings.Repeat("z", pipeline.TaskLimit)
	}
	return strings.Join(lines, "\n")
}

func FuzzParseTasks(f *testing.F) {
	f.Add(threeTasks)
	f.Add("1. - a; b; 1 min 30 s\n• b;; 2h\n\u2028c; 1,5 m")
	f.Add("a;\nb; ;\nc; 90")
	f.Fuzz(func(t *testing.T, text string) {
		tasks, err := pipeline.ParseTasks(text)
		if err != nil {
			if problemCode(err) != "tasks" {
				t.Fatalf("an error without words for people: %v", err)
			}
			return
		}
		if len(tasks) < pipeline.TasksMin || len(tasks) > pipeline.TasksMax {
			t.Fatalf("%d tasks", len(tasks))
		}
		written := pipeline.FormatTasks(tasks)
		again, err := pipeline.ParseTasks(written)
		if diff := cmp.Diff(tasks, again); err != nil || diff != "" || pipeline.Length(written) > pipeline.TextLimit {
			t.Fatalf("%q: %v: %s", written, err, diff)
		}
	})
}

func TestResultKeysCanBeTakenApart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, k := rapid.IntRange(1, 1000).Draw(t, "participant"), rapid.IntRange(1, 1000).Draw(t, "task")
		item, participant, task, ok := pipeline.ResultKey("results", p, k).Split()
		if item != "results" || participant != p || task != k || !ok {
			t.Fatal(item, participant, task, ok)
		}
	})
}

// usabilityTest answers everything but the results, for which each participant
// has a line of a word per task: u unaided, h with help, f failed, - none, s
// unaided but too slow, n unaided and not timed.
func usabilityTest(t testing.TB, participants ...string) pipeline.Run {
	run := filled(t, begun(t, pipeline.UsabilityTest, ""), map[pipeline.AnswerKey]string{
		"decision": "Whether it ships", "participant-criteria": "Bookkeepers", "tasks": threeTasks,
	})
	var typed []pipeline.Typed
	for p, results := range participants {
		for k, result := range results {
			answer := pipeline.Answer{Value: map[rune]string{'u': "unaided", 'h': "help", 'f': "failed", 's': "unaided", 'n': "unaided"}[result]}
			switch result {
			case 'u', 'h', 'f':
				answer.Seconds = new(120)
			case 's':
				answer.Seconds = new(121)
			case '-':
				continue
			}
			typed = append(typed, pipeline.Typed{Key: pipeline.ResultKey("results", p+1, k+1), Answer: answer})
		}
	}
	run, clashes, err := pipeline.Fill(run, typed, "U1", noon)
	if err != nil || len(clashes) > 0 {
		t.Fatal(err, clashes)
	}
	return run
}

func TestUsabilityVerdicts(t *testing.T) {
	for name, c := range map[string]struct {
		participants []string // see usabilityTest; the first task expects 2 min
		verdict      pipeline.Verdict
		because      string
	}{
		"nobody came yet": {nil, pipeline.Undecided, "One required answer is missing: “What happened, task by task?”."},
		"two of five so far": {[]string{"uuu", "uuu"}, pipeline.Inconclusive,
			"Every task needs the results of 5 participants: 3 more are missing."},
		"four of five, though nobody failed": {[]string{"uuu", "uuu", "uuu", "uuu"}, pipeline.Inconclusive,
			"Every task needs the results of 5 participants: one more is missing."},
		"one left before the last task": {[]string{"uuu", "uuu", "uuu", "uuu", "uu-"}, pipeline.Inconclusive,
			"Every task needs the results of 5 participants: one more is missing."},
		"three of five are enough": {[]string{"uuu", "uuu", "uuu", "hfh", "fhf"}, pipeline.Passed,
			"At every task at least 3 of 5 succeeded unaided and in time."},
		"two of five at one task are not": {[]string{"uuu", "uuu", "uhu", "hff", "fhf"}, pipeline.Failed,
			"Too few succeeded unaided and in time at task 2 (2 of 5); 3 of 5 have to."},
		"too slow is no success": {[]string{"suu", "suu", "suu", "uuu", "uuu"}, pipeline.Failed,
			"Too few succeeded unaided and in time at task 1 (2 of 5); 3 of 5 have to."},
		"a time that nobody noted counts": {[]string{"nuu", "uuu", "uuu", "hhh", "hhh"}, pipeline.Passed,
			"At every task at least 3 of 5 succeeded unaided, and in time where somebody noted it."},
		"six keep the proportion: four are enough": {[]string{"uuu", "uuu", "uuu", "uuu", "fff", "fff"}, pipeline.Passed,
			"At every task at least 3 of 5 succeeded unaided and in time."},
		"six keep the proportion: three are not": {[]string{"uuu", "uuu", "uuu", "fff", "fff", "fff"}, pipeline.Failed,
			"Too few succeeded unaided and in time at task 1 (3 of 6), task 2 (3 of 6) and task 3 (3 of 6); 3 of 5 have to."},
		"eight": {[]string{"uuu", "uuu", "uuu", "uuu", "uuu", "fff", "fff", "fff"}, pipeline.Passed,
			"At every task at least 3 of 5 succeeded unaided and in time."},
	} {
		run := usabilityTest(t, c.participants...)
		if verdict, because := run.Judge(); verdict != c.verdict || because != c.because {
			t.Errorf("%s: %q, %q", name, verdict, because)
		}
		var want []int
		for i := range c.participants {
			want = append(want, i+1)
		}
		if got := run.Participants(); !slices.Equal(got, want) {
			t.Errorf("%s: participants %v", name, got)
		}
	}
}

func TestParticipantsAreThoseWithAResult(t *testing.T) {
	if got := usabilityTest(t, "---", "-u-", "---", "uuu").Participants(); fmt.Sprint(got) != "[2 4]" {
		t.Error(got)
	}
}
