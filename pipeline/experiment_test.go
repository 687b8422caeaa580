package pipeline_test

import (
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"alignbot/pipeline"
)

func mustLoad(t testing.TB, zone string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// aTest is a Test Card with everything that a start needs, changed by answers.
func aTest(t testing.TB, answers map[pipeline.AnswerKey]string) pipeline.Run {
	given := map[pipeline.AnswerKey]string{
		"hypothesis": "People pay online", "test": "Put up a button", "metric": "Clicks of 100 visitors",
		"direction": "at least", "criterion": "30 %", "owner": "U5", "deadline": "2026-11-30",
	}
	maps.Copy(given, answers)
	return filled(t, begun(t, pipeline.TestCard, ""), given)
}

func startedTest(t testing.TB, answers map[pipeline.AnswerKey]string) pipeline.Run {
	t.Helper()
	run, err := pipeline.StartTest(aTest(t, answers), "U2", noon, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

func TestStartTest(t *testing.T) {
	auckland := mustLoad(t, "Pacific/Auckland") // where it is the 21st already
	for name, c := range map[string]struct {
		run  pipeline.Run
		loc  *time.Location
		code string
	}{
		"with everything there":            {aTest(t, nil), time.UTC, ""},
		"without its number":               {aTest(t, map[pipeline.AnswerKey]string{"criterion": ""}), time.UTC, "test-incomplete"},
		"without a deadline":               {aTest(t, map[pipeline.AnswerKey]string{"deadline": ""}), time.UTC, "test-incomplete"},
		"with a deadline tomorrow":         {aTest(t, map[pipeline.AnswerKey]string{"deadline": "2026-11-21"}), time.UTC, ""},
		"with a deadline today":            {aTest(t, map[pipeline.AnswerKey]string{"deadline": "2026-11-20"}), time.UTC, "deadline-past"},
		"tomorrow here, today in Auckland": {aTest(t, map[pipeline.AnswerKey]string{"deadline": "2026-11-21"}), auckland, "deadline-past"},
		"twice":                            {startedTest(t, nil), time.UTC, "test-started"},
		"of a checklist":                   {begun(t, pipeline.INVEST, ""), time.UTC, "run-other-use"},
	} {
		after, err := pipeline.StartTest(c.run, "U2", noon, c.loc)
		if problemCode(err) != c.code {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
		if err == nil && (after.StartedBy != "U2" || !after.Started.Equal(noon)) {
			t.Errorf("%s: started by %s at %s", name, after.StartedBy, after.Started)
		}
	}
	_, err := pipeline.StartTest(aTest(t, map[pipeline.AnswerKey]string{"criterion": "", "metric": ""}), "U2", noon, time.UTC)
	if want := "The test cannot start yet. Everything answered so far is kept. Answer “And measure …” and “… which number?” first."; err == nil || err.Error() != want {
		t.Errorf("%v, want %q", err, want)
	}
}

func TestADeadlineThatIsOverIsRefusedWhenItIsTyped(t *testing.T) {
	run := begun(t, pipeline.TestCard, "")
	for day, wrong := range map[string][]pipeline.Field{
		"2026-11-18": {"deadline"}, // over everywhere
		"2026-11-19": nil,          // not yet over west of it all: noon in London is midnight there
		"2026-11-20": nil,
	} {
		_, _, err := pipeline.Fill(run, []pipeline.Typed{{Key: "deadline", Answer: pipeline.Answer{Value: day}}}, "U1", noon.Add(-time.Second))
		if diff := cmp.Diff(wrong, wrongFields(err)); diff != "" {
			t.Errorf("%s: %s", day, diff)
		}
	}
}

func TestADeadlineThatPassedMeanwhileStopsNobody(t *testing.T) {
	run, later := aTest(t, nil), noon.AddDate(1, 0, 0)
	after, _, err := pipeline.Fill(run, []pipeline.Typed{
		{Key: "deadline", Answer: pipeline.Answer{Value: "2026-11-30"}, Seen: run.Answers["deadline"].Digest()},
		{Key: "metric", Answer: pipeline.Answer{Value: "Sign-ups"}, Seen: run.Answers["metric"].Digest()},
	}, "U1", later)
	if err != nil || after.Answers["metric"].Value != "Sign-ups" {
		t.Error("an input that nobody touched stopped the others:", err)
	}
}

func TestAStartedTestIsFrozen(t *testing.T) {
	run := startedTest(t, nil)
	typed := pipeline.Typed{Key: "criterion", Answer: pipeline.Answer{Value: "10 %"}, Seen: run.Answers["criterion"].Digest()}
	after, _, err := pipeline.Fill(run, []pipeline.Typed{typed}, "U1", noon)
	if want := "This test has started, so what it promised is frozen: “… which number?”. Nothing was changed. Amend it instead, with a line of why; both values stay on record."; problemCode(err) != "frozen" || err.Error() != want {
		t.Errorf("%v", err)
	}
	if diff := cmp.Diff(run, after); diff != "" {
		t.Error(diff)
	}
	for name, typed := range map[string]pipeline.Typed{
		"left as shown":          {Key: "criterion", Answer: pipeline.Answer{Value: "30 %"}, Seen: run.Answers["criterion"].Digest()},
		"typed as it is":         {Key: "criterion", Answer: pipeline.Answer{Value: "30,0%"}, Seen: run.Answers["criterion"].Digest()},
		"typed before the start": {Key: "criterion", Answer: pipeline.Answer{Value: "30.0 %"}},
	} {
		if _, _, err := pipeline.Fill(run, []pipeline.Typed{typed}, "U1", noon); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := pipeline.Upgrade(run, ""); err != nil {
		t.Error("to the form that it has:", err)
	}
}

func TestAmend(t *testing.T) {
	over, err := pipeline.Observe(startedTest(t, nil), "3", "", "", false, "U5", noon)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		run        pipeline.Run
		item       pipeline.ItemID
		value, why string
		want       string // "" when refused
		code       string
		wrong      []pipeline.Field
	}{
		"the number":               {startedTest(t, nil), "criterion", "25", "Fewer visitors than planned", "25 %", "", nil},
		"to another unit":          {startedTest(t, nil), "criterion", "25 clicks", "We count clicks", "25 clicks", "", nil},
		"a later deadline":         {startedTest(t, nil), "deadline", "2026-12-24", "The button came late", "2026-12-24", "", nil},
		"something optional, away": {startedTest(t, nil), "owner", "", "Nobody wants it", "", "", nil},
		"a number to be without":   {startedTest(t, map[pipeline.AnswerKey]string{"sample": "9"}), "sample", "", "Any will do", "", "", nil},
		"something new":            {startedTest(t, nil), "sample", "40", "Forgotten", "40 data points", "", nil},
		"without why":              {startedTest(t, nil), "criterion", "25", " ", "", "amend-form", []pipeline.Field{"why"}},
		"with a long why":          {startedTest(t, nil), "criterion", "25", strings.Repeat("x", 201), "", "amend-form", []pipeline.Field{"why"}},
		"to what it is":            {startedTest(t, nil), "criterion", "30.0 %", "Sure", "", "amend-form", []pipeline.Field{"criterion"}},
		"to words":                 {startedTest(t, nil), "criterion", "plenty", "", "", "amend-form", []pipeline.Field{"criterion", "why"}},
		"what is required, away":   {startedTest(t, nil), "hypothesis", "", "Why not", "", "amend-form", []pipeline.Field{"hypothesis"}},
		"a deadline today":         {startedTest(t, nil), "deadline", "2026-11-20", "Quick", "", "amend-form", []pipeline.Field{"deadline"}},
		"a deadline away":          {startedTest(t, nil), "deadline", "", "Free", "", "amend-form", []pipeline.Field{"deadline"}},
		"what is not asked":        {startedTest(t, nil), "nothing", "x", "Why not", "", "answer-unknown", nil},
		"before the start":         {aTest(t, nil), "criterion", "25", "Early", "", "test-not-started", nil},
		"after the observation":    {over, "criterion", "2", "So that it passes", "", "test-over", nil},
		"a checklist":              {begun(t, pipeline.INVEST, ""), "small", "yes", "Why not", "", "run-other-use", nil},
	} {
		before := c.run.Answers[pipeline.AnswerKey(c.item)]
		after, err := pipeline.Amend(c.run, c.item, c.value, c.why, "U3", noon, time.UTC)
		if diff := cmp.Diff(c.wrong, wrongFields(err)); diff != "" || problemCode(err) != c.code {
			t.Errorf("%s: %v: %s", name, err, diff)
		}
		if err != nil {
			if diff := cmp.Diff(c.run, after); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
			continue
		}
		want := []pipeline.Amendment{{Item: c.item, From: before.Value, To: c.want, Why: c.why, By: "U3", At: noon}}
		if diff := cmp.Diff(want, after.Amendments); diff != "" || after.Answers[pipeline.AnswerKey(c.item)].Value != c.want {
			t.Errorf("%s: %s", name, diff)
		}
		if c.run.Answers[pipeline.AnswerKey(c.item)] != before || len(c.run.Amendments) != 0 {
			t.Errorf("%s: the run before was changed", name)
		}
	}
}

func TestAmendmentsOfOneRunDoNotShareMemory(t *testing.T) {
	run := startedTest(t, nil)
	for _, value := range []string{"1 %", "2 %", "3 %"} { // room is left behind the third
		var err error
		if run, err = pipeline.Amend(run, "criterion", value, "Because", "U3", noon, time.UTC); err != nil {
			t.Fatal(err)
		}
	}
	mine, err := pipeline.Amend(run, "criterion", "4 %", "Mine", "U3", noon, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := pipeline.Amend(run, "criterion", "5 %", "Theirs", "U4", noon, time.UTC); err != nil {
		t.Fatal(err)
	}
	if got := mine.Amendments[3].Why; got != "Mine" {
		t.Errorf("one amendment wrote over another: %s", got)
	}
}

func TestDeadlineIsAtFiveWhereverTheTeamIs(t *testing.T) {
	for name, c := range map[string]struct{ zone, day, want string }{
		"in winter":                    {"Europe/Berlin", "2026-11-30", "2026-11-30T16:00:00Z"},
		"in summer":                    {"Europe/Berlin", "2026-07-31", "2026-07-31T15:00:00Z"},
		"on the day the clocks change": {"Europe/Berlin", "2026-10-25", "2026-10-25T16:00:00Z"},
		"half an hour off":             {"Asia/Kolkata", "2026-11-30", "2026-11-30T11:30:00Z"},
		"far east":                     {"Pacific/Kiritimati", "2026-11-30", "2026-11-30T03:00:00Z"},
		"without a day":                {"Europe/Berlin", "", "0001-01-01T00:00:00Z"},
	} {
		run := pipeline.Run{Answers: map[pipeline.AnswerKey]pipeline.Answer{"deadline": {Value: c.day}}}
		if got := run.Deadline(mustLoad(t, c.zone)).UTC().Format(time.RFC3339); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestObserve(t *testing.T) {
	plain := map[pipeline.AnswerKey]string{"criterion": "30"}
	sample := map[pipeline.AnswerKey]string{"sample": "40"}
	for name, c := range map[string]struct {
		run           pipeline.Run
		value, points string
		note          string
		notMeasured   bool
		want          pipeline.Observation
		wrong         []pipeline.Field
		code          string
	}{
		"a number in the promised unit": {startedTest(t, nil), "32,5 %", "", "", false, pipeline.Observation{Value: "32.5 %"}, nil, ""},
		"a number alone":                {startedTest(t, nil), "32", " 1 200 ", " a\nb ", false, pipeline.Observation{Value: "32 %", Points: 1200, Note: "a\nb"}, nil, ""},
		"another unit":                  {startedTest(t, nil), "32 people", "", "", false, pipeline.Observation{}, []pipeline.Field{"observation"}, "observation-form"},
		"a unit where none is promised": {startedTest(t, plain), "32 %", "", "", false, pipeline.Observation{}, []pipeline.Field{"observation"}, "observation-form"},
		"words":                         {startedTest(t, nil), "it went well", "", "", false, pipeline.Observation{}, []pipeline.Field{"observation"}, "observation-form"},
		"nothing":                       {startedTest(t, nil), "", "", "", false, pipeline.Observation{}, []pipeline.Field{"observation"}, "observation-form"},
		"not measured":                  {startedTest(t, nil), "", "", "The site was down", true, pipeline.Observation{Note: "The site was down"}, nil, ""},
		"not measured, with a sample":   {startedTest(t, sample), "", "", "", true, pipeline.Observation{}, nil, ""},
		"a sample without its count":    {startedTest(t, sample), "32", "", "", false, pipeline.Observation{}, []pipeline.Field{"points"}, "observation-form"},
		"half a data point":             {startedTest(t, nil), "32", "1.5", "", false, pipeline.Observation{}, []pipeline.Field{"points"}, "observation-form"},
		"less than no data points":      {startedTest(t, nil), "32", "-1", "", false, pipeline.Observation{}, []pipeline.Field{"points"}, "observation-form"},
		"too much at once": {startedTest(t, nil), "?", "?", strings.Repeat("x", 2001), false, pipeline.Observation{},
			[]pipeline.Field{"note", "observation", "points"}, "observation-form"},
		"before the start": {aTest(t, nil), "32", "", "", false, pipeline.Observation{}, nil, "test-not-started"},
		"a checklist":      {begun(t, pipeline.INVEST, ""), "32", "", "", false, pipeline.Observation{}, nil, "run-other-use"},
	} {
		after, err := pipeline.Observe(c.run, c.value, c.points, c.note, c.notMeasured, "U5", noon)
		if diff := cmp.Diff(c.wrong, wrongFields(err)); diff != "" || problemCode(err) != c.code {
			t.Errorf("%s: %v: %s", name, err, diff)
		}
		if err != nil {
			if diff := cmp.Diff(c.run, after); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
			continue
		}
		c.want.By, c.want.At = "U5", noon
		if diff := cmp.Diff(&c.want, after.Observation); diff != "" || c.run.Observation != nil || len(after.Amendments) != 0 {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestASecondObservationCorrectsTheFirst(t *testing.T) {
	first, err := pipeline.Observe(startedTest(t, nil), "25", "80", "Read on Monday", false, "U5", noon)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := pipeline.Observe(first, "25 %", "80", "Read on Monday", false, "U6", noon.Add(time.Hour)); err != nil || !cmp.Equal(first, again) {
		t.Errorf("the same again changes nothing: %v", err)
	}
	for _, note := range []string{"", "Read on Monday"} {
		if _, err := pipeline.Observe(first, "52", "80", note, false, "U6", noon); !cmp.Equal(wrongFields(err), []pipeline.Field{"note"}) {
			t.Errorf("corrected with the note %q: %v", note, err)
		}
	}
	second, err := pipeline.Observe(first, "52", "80", "Digits were swapped", false, "U6", noon.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	want := []pipeline.Amendment{{
		Item: pipeline.ItemObservation, From: "25 %; 80 data points; Read on Monday", To: "52 %; 80 data points; Digits were swapped",
		Why: "Digits were swapped", By: "U6", At: noon.Add(time.Hour),
	}}
	if diff := cmp.Diff(want, second.Amendments); diff != "" || first.Observation.Value != "25 %" {
		t.Error(diff)
	}
	if verdict, because := second.Judge(); verdict != pipeline.Passed || because != "It showed 52 %, and at least 30 % was promised." {
		t.Error(verdict, because)
	}
}

func TestTestVerdicts(t *testing.T) {
	atMost := map[pipeline.AnswerKey]string{"direction": "at most"}
	sample := map[pipeline.AnswerKey]string{"sample": "40"}
	observed := func(answers map[pipeline.AnswerKey]string, value, points string) pipeline.Run {
		run, err := pipeline.Observe(startedTest(t, answers), value, points, "", value == "", "U5", noon)
		if err != nil {
			t.Fatal(err)
		}
		return run
	}
	amended, err := pipeline.Amend(startedTest(t, nil), "criterion", "20 %", "Fewer visitors", "U3", noon, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	amended, err = pipeline.Observe(amended, "25", "", "", false, "U5", noon)
	if err != nil {
		t.Fatal(err)
	}
	other, err := pipeline.Amend(startedTest(t, sample), "criterion", "20 %", "Fewer visitors", "U3", noon, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	other, err = pipeline.Observe(other, "25", "5", "", false, "U5", noon)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		run     pipeline.Run
		verdict pipeline.Verdict
		because string
	}{
		"not complete":             {begun(t, pipeline.TestCard, ""), pipeline.Undecided, "6 required answers are missing: “We believe that …”, “To verify that, we will …”, “And measure …” and 3 more."},
		"not started":              {aTest(t, nil), pipeline.Undecided, "The test has not started."},
		"running":                  {startedTest(t, nil), pipeline.Undecided, "The test runs until 30 Nov 2026."},
		"above":                    {observed(nil, "31", ""), pipeline.Passed, "It showed 31 %, and at least 30 % was promised."},
		"exactly":                  {observed(nil, "30", ""), pipeline.Passed, "It showed 30 %, and at least 30 % was promised."},
		"below":                    {observed(nil, "29.9", ""), pipeline.Failed, "It showed 29.9 %, and at least 30 % was promised."},
		"at most, exactly":         {observed(atMost, "30", ""), pipeline.Passed, "It showed 30 %, and at most 30 % was promised."},
		"at most, above":           {observed(atMost, "30.1", ""), pipeline.Failed, "It showed 30.1 %, and at most 30 % was promised."},
		"not measured":             {observed(nil, "", ""), pipeline.Inconclusive, "It could not be measured."},
		"too few data points":      {observed(sample, "90", "39"), pipeline.Inconclusive, "It stands on 39 data points, and at least 40 data points were promised."},
		"enough data points":       {observed(sample, "90", "40"), pipeline.Passed, "It showed 90 %, and at least 30 % was promised."},
		"none":                     {observed(sample, "90", "0"), pipeline.Inconclusive, "It stands on no data points, and at least 40 data points were promised."},
		"amended after the start":  {amended, pipeline.Passed, "It showed 25 %, and at least 20 % was promised, as amended after the start."},
		"another number amended":   {other, pipeline.Inconclusive, "It stands on 5 data points, and at least 40 data points were promised."},
		"less than nothing, below": {observed(map[pipeline.AnswerKey]string{"criterion": "-5 %"}, "-6", ""), pipeline.Failed, "It showed -6 %, and at least -5 % was promised."},
	} {
		if verdict, because := c.run.Judge(); verdict != c.verdict || because != c.because {
			t.Errorf("%s: %q, %q", name, verdict, because)
		}
	}
}

// TestVerdictsFollowTheNumbers holds the verdict to a comparison of the numbers
// themselves.
func TestVerdictsFollowTheNumbers(t *testing.T) {
	start := startedTest(t, nil)
	rapid.Check(t, func(t *rapid.T) {
		criterion, observed := rapid.IntRange(-50, 50).Draw(t, "criterion"), rapid.IntRange(-50, 50).Draw(t, "observed")
		direction := rapid.SampledFrom(pipeline.Directions()).Draw(t, "direction")
		run := start
		run.Answers = maps.Clone(start.Answers)
		run.Answers["criterion"] = pipeline.Answer{Value: pipeline.FormatNumber(float64(criterion)/4, "%")}
		run.Answers["direction"] = pipeline.Answer{Value: direction}
		run, err := pipeline.Observe(run, pipeline.FormatNumber(float64(observed)/4, ""), "", "", false, "U5", noon)
		if err != nil {
			t.Fatal(err)
		}
		want := pipeline.Failed
		if direction == "at least" && observed >= criterion || direction == "at most" && observed <= criterion {
			want = pipeline.Passed
		}
		if got, because := run.Judge(); got != want {
			t.Fatalf("%s %d, observed %d: %s, %s", direction, criterion, observed, got, because)
		}
	})
}

// TestWhatIsFrozenChangesOnlyOnRecord lets people do anything to a test in any
// order: after the start, each of its answers leads from what was promised to
// what stands there through its amendments.
func TestWhatIsFrozenChangesOnlyOnRecord(t *testing.T) {
	values := map[pipeline.ItemID][]string{
		"criterion": {"10 %", "20", "30 people", "plenty", ""}, "direction": pipeline.Directions(),
		"deadline": {"2026-11-19", "2026-11-20", "2026-11-21", "2026-12-24", ""}, "sample": {"", "40"}, "owner": {"", "U7"},
	}
	card := aTest(t, nil)
	rapid.Check(t, func(t *rapid.T) {
		run := card
		var promised map[pipeline.AnswerKey]pipeline.Answer
		for range rapid.IntRange(1, 25).Draw(t, "steps") {
			id := rapid.SampledFrom([]pipeline.ItemID{"criterion", "direction", "deadline", "sample", "owner"}).Draw(t, "item")
			value := rapid.SampledFrom(values[id]).Draw(t, "value")
			key := pipeline.AnswerKey(id)
			before, had := run, maps.Clone(run.Answers)
			var after pipeline.Run
			var err error
			switch rapid.SampledFrom([]string{"fill", "amend", "start", "observe"}).Draw(t, "what") {
			case "fill":
				after, _, err = pipeline.Fill(run, []pipeline.Typed{{Key: key, Answer: pipeline.Answer{Value: value}, Seen: run.Answers[key].Digest()}}, "U1", noon)
			case "amend":
				after, err = pipeline.Amend(run, id, value, rapid.SampledFrom([]string{"", "Because"}).Draw(t, "why"), "U2", noon, time.UTC)
			case "start":
				if after, err = pipeline.StartTest(run, "U3", noon, time.UTC); err == nil {
					promised = maps.Clone(after.Answers)
				}
			case "observe":
				after, err = pipeline.Observe(run, value, "41", "", false, "U4", noon)
			}
			if !cmp.Equal(had, before.Answers) || err != nil && !cmp.Equal(before, after) {
				t.Fatal("the run before was changed")
			}
			if err != nil && problemCode(err) == "" {
				t.Fatalf("an error without words for people: %v", err)
			}
			run = after
			for id := range values {
				if run.Started.IsZero() {
					break
				}
				stands := promised[pipeline.AnswerKey(id)].Value
				for _, a := range run.Amendments {
					if a.Item != id {
						continue
					}
					if a.From != stands || a.Why == "" || a.By == "" {
						t.Fatalf("%s was %q, and the record says %+v", id, stands, a)
					}
					stands = a.To
				}
				if got := run.Answers[pipeline.AnswerKey(id)].Value; got != stands {
					t.Fatalf("%s is %q, and the record leads to %q", id, got, stands)
				}
			}
		}
	})
}
