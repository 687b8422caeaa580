package pipeline_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alignbot/pipeline"
)

func idea(number int, stage pipeline.Stage, links ...pipeline.NodeKey) pipeline.Idea {
	return pipeline.Idea{
		Key: pipeline.Key{Team: "PAY", Number: number}, Title: fmt.Sprintf("Idea %d", number), Stage: stage, Size: number, Outcomes: links,
	}
}

// reviewed is a sprint of two weeks that ends on the Friday whose noon it is, with six
// items: 1 and 2 delivered, 3 in the Product Backlog, 4 parked, 5 delivered for
// nothing, 6 learned from and added later.
func reviewed() (*pipeline.Team, pipeline.Sprint, map[pipeline.Key]pipeline.Idea, pipeline.Nodes) {
	team, _ := voters(6)
	nodes := pipeline.Nodes{
		Outcomes:      []pipeline.Outcome{business(1, 0), product(2, 1), product(3, 1), closed(product(4, 1))},
		Opportunities: []pipeline.Opportunity{{Key: p(1), Parent: o(3), Statement: "I wait for days"}},
	}
	ideas := map[pipeline.Key]pipeline.Idea{}
	for _, it := range []pipeline.Idea{
		idea(1, pipeline.Delivered, p(1)), idea(2, pipeline.Delivered, o(3), o(4)), idea(3, pipeline.Backlog, o(2)),
		idea(4, pipeline.Parked, o(3)), idea(5, pipeline.Delivered), idea(6, pipeline.Learned, o(3)),
	} {
		ideas[it.Key] = it
	}
	s := pipeline.Sprint{Team: "PAY", Number: 3, First: "2026-11-09", Last: "2026-11-20", Goal: "People find the answer alone", Outcome: o(2)}
	for n := range 6 {
		it := ideas[pipeline.Key{Team: "PAY", Number: n + 1}]
		item := pipeline.SprintItem{Key: it.Key, Title: "As it was planned", Size: 99}
		if n == 5 {
			item.Added = noon.Add(-time.Hour)
		}
		s.Items = append(s.Items, item)
	}
	return team, s, ideas, nodes
}

func numbersOf(items []pipeline.ReviewItem) []int {
	var numbers []int
	for _, i := range items {
		numbers = append(numbers, i.Key.Number)
	}
	return numbers
}

func TestWhatASprintHasFinished(t *testing.T) {
	_, s, ideas, nodes := reviewed()
	report := pipeline.ReportSprint(s, ideas, nodes)
	for name, c := range map[string]struct {
		items []pipeline.ReviewItem
		want  []int
	}{
		"finished":             {report.Finished, []int{1, 2, 5, 6}},
		"left":                 {report.Left, []int{3, 4}},
		"orphans":              {report.Orphans, []int{5}},
		"for the goal":         {report.FinishedFor(o(2)), nil},
		"for the outcome":      {report.FinishedFor(o(3)), []int{1, 2, 6}},
		"for one that is over": {report.FinishedFor(o(4)), []int{2}},
	} {
		if got := numbersOf(c.items); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	if diff := cmp.Diff([]pipeline.OutcomeKey{o(2), o(3), o(4)}, report.Outcomes); diff != "" {
		t.Errorf("the goal's outcome first, then by what is finished for them:\n%s", diff)
	}
	if report.CarriedOver() != 1 {
		t.Errorf("%d carried over", report.CarriedOver())
	}
	if got, want := report.Words(false), "Planned: 5 ideas (15 points). Finished: 4 ideas (14 points), 1 of them added after the sprint had begun."; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	nodes.Outcomes = append(nodes.Outcomes, product(5, 1), product(6, 1))
	for n, key := range []pipeline.NodeKey{o(5), o(6), o(6)} { // left over, worked for all the same
		left := idea(7+n, pipeline.Backlog, key)
		ideas[left.Key] = left
		s.Items = append(s.Items, pipeline.SprintItem{Key: left.Key})
	}
	if diff := cmp.Diff([]pipeline.OutcomeKey{o(2), o(3), o(4), o(6), o(5)}, pipeline.ReportSprint(s, ideas, nodes).Outcomes); diff != "" {
		t.Error(diff)
	}
	if got := pipeline.ReportSprint(s, ideas, nodes); got.LeftFor(o(6)) != 2 || got.LeftFor(o(3)) != 0 {
		t.Errorf("%d and %d are left for them", got.LeftFor(o(6)), got.LeftFor(o(3)))
	}
	s.Items = s.Items[:6]
	s.InIdeas = true
	if got := pipeline.ReportSprint(s, ideas, nodes).Words(true); !strings.HasPrefix(got, "Planned: 5 ideas. Finished: 4 ideas,") {
		t.Error(got)
	}

	// What is withdrawn, or not there any more, is neither finished nor carried over;
	// what was said when the sprint was closed stays.
	withdrawn := ideas[s.Items[2].Key]
	withdrawn.Withdrawn = noon
	ideas[withdrawn.Key] = withdrawn
	delete(ideas, s.Items[0].Key)
	s.Items[3].Done = true
	report = pipeline.ReportSprint(s, ideas, nodes)
	if !slices.Equal(numbersOf(report.Left), []int{1, 3}) || report.CarriedOver() != 0 || !slices.Equal(numbersOf(report.Finished), []int{2, 4, 5, 6}) {
		t.Errorf("left %v, carried over %d, finished %v", numbersOf(report.Left), report.CarriedOver(), numbersOf(report.Finished))
	}

	empty := pipeline.ReportSprint(pipeline.Sprint{}, nil, pipeline.Nodes{})
	if got := empty.Words(false); got != "Planned: no ideas. Finished: no ideas." || empty.Outcomes != nil {
		t.Errorf("%s %v", got, empty.Outcomes)
	}
}

// openedReview is that of the sprint of reviewed, opened by a member.
func openedReview(t testing.TB) (pipeline.Where, pipeline.Review) {
	t.Helper()
	team, s, ideas, nodes := reviewed()
	where := pipeline.Where{Team: team}
	for n, author := range map[int]string{2: "U6", 3: "U8"} { // the third is left over
		it := ideas[s.Items[n-1].Key]
		it.Author = author
		ideas[it.Key] = it
	}
	r, err := pipeline.OpenReview(pipeline.Policy{}, member, where, s, pipeline.ReviewFacts{Report: pipeline.ReportSprint(s, ideas, nodes), Developers: pipeline.Developers{People: []string{"U4", "U7"}}}, noon)
	if err != nil {
		t.Fatal(err)
	}
	return where, r
}

func TestOpenAReview(t *testing.T) {
	_, r := openedReview(t)
	want := pipeline.Review{
		Team: "PAY", Number: 3, First: "2026-11-09", Last: "2026-11-20", Goal: "People find the answer alone", Outcomes: []pipeline.OutcomeKey{o(2), o(3), o(4)},
		Asked: []string{"U1", "U4", "U6", "U7"}, Opened: noon, OpenedBy: "U2", Deadline: time.Date(2026, 11, 25, 16, 0, 0, 0, time.UTC),
	}
	if diff := cmp.Diff(want, r); diff != "" {
		t.Error(diff)
	}
	team, s, _, _ := reviewed()
	where := pipeline.Where{Team: team}
	for name, c := range map[string]struct {
		who    pipeline.Person
		where  pipeline.Where
		change func(*pipeline.Sprint)
		code   string
	}{
		"a guest":                {pipeline.Person{ID: "U9", Guest: true}, where, nil, "not-permitted"},
		"an outsider":            {pipeline.Person{ID: "U9", Outsider: true}, where, nil, "not-permitted"},
		"another team":           {member, pipeline.Where{}, nil, "not-permitted"},
		"a sprint to come":       {member, where, func(s *pipeline.Sprint) { s.First, s.Last = "2026-11-23", "2026-12-04" }, "review-early"},
		"one that begins today":  {member, where, func(s *pipeline.Sprint) { s.First = "2026-11-20" }, ""},
		"one that was over long": {member, where, func(s *pipeline.Sprint) { s.First, s.Last = "2026-01-01", "2026-01-15" }, ""},
	} {
		s := s
		if c.change != nil {
			c.change(&s)
		}
		got, err := pipeline.OpenReview(pipeline.Policy{Guests: true}, c.who, c.where, s, pipeline.ReviewFacts{}, noon)
		if problemCode(err) != c.code {
			t.Errorf("%s: %v", name, err)
		}
		if len(got.Asked) > 0 {
			t.Errorf("%s: with nothing to answer it asks %v", name, got.Asked)
		}
		if c.code == "" && !got.Deadline.After(noon.AddDate(0, 0, 2)) {
			t.Errorf("%s: answers until %s", name, got.Deadline)
		}
	}

	var many pipeline.SprintReport
	for n := range 43 {
		many.Outcomes = append(many.Outcomes, o(n+1))
	}
	got, err := pipeline.OpenReview(pipeline.Policy{}, member, where, s, pipeline.ReviewFacts{Report: many}, noon)
	if err != nil || len(got.Outcomes) != pipeline.ReviewOutcomes || got.Left != 3 || len(got.Threads()) != pipeline.ReviewThreads {
		t.Errorf("of 43 outcomes %d are asked about, %d left, %d posted (%v)", len(got.Outcomes), got.Left, len(got.Threads()), err)
	}
}

func TestAReviewOpensOnTheLastWorkday(t *testing.T) {
	team, s, _, _ := reviewed()
	friday := time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC) // nine in Berlin
	for last, want := range map[string]time.Time{
		"2026-11-20": friday, "2026-11-22": friday, "2026-11-18": friday.AddDate(0, 0, -2), "soon": {},
	} {
		s.Last = last
		if got := pipeline.ReviewOpens(*team, nil, s); !got.Equal(want) {
			t.Errorf("%s: %s", last, got)
		}
	}
	s.First, s.Last = "2026-11-21", "2026-11-22" // a weekend
	if got := pipeline.ReviewOpens(*team, nil, s); got.Format(time.DateOnly) != "2026-11-21" {
		t.Errorf("a sprint without a workday: %s", got)
	}

	_, s, _, _ = reviewed()
	if _, opens := pipeline.OpenReviewAt(*team, s, pipeline.ReviewFacts{}, friday.Add(-time.Second)); opens {
		t.Error("it opens before its time")
	}
	r, opens := pipeline.OpenReviewAt(*team, s, pipeline.ReviewFacts{}, friday)
	if !opens || r.OpenedBy != "" || !r.Opened.Equal(friday) {
		t.Errorf("at its time: %v %+v", opens, r)
	}
	s.Closed = friday.AddDate(0, 0, -3)
	if _, opens := pipeline.OpenReviewAt(*team, s, pipeline.ReviewFacts{}, s.Closed); !opens {
		t.Error("that of a sprint which was closed early waits for its last day")
	}
}

// As alignment sessions do, reviews keep clear of holidays: known ones have it open on
// the last workday before, one that was added since has it wait.
func TestAReviewKeepsClearOfHolidays(t *testing.T) {
	team, s, _, _ := reviewed()
	day := func(date, hour int) time.Time { return time.Date(2026, 11, date, hour, 0, 0, 0, time.UTC) }
	off := pipeline.Holidays{{First: "2026-11-19", Last: "2026-11-20"}, {First: "2026-11-23", Last: "2026-11-23"}}
	if got := pipeline.ReviewOpens(*team, off, s); !got.Equal(day(18, 8)) {
		t.Errorf("it opens %s", got)
	}
	r, _ := pipeline.OpenReviewAt(*team, s, pipeline.ReviewFacts{Holidays: off}, day(18, 8))
	if !r.Deadline.Equal(day(26, 16)) {
		t.Errorf("answers until %s", r.Deadline)
	}
	for at, want := range map[time.Time]time.Time{day(18, 8): {}, day(20, 8): day(24, 8), day(22, 8): day(24, 8)} {
		if got := pipeline.ReviewWaits(*team, off, s, at); !got.Equal(want) {
			t.Errorf("at %s it waits until %s", at, got)
		}
	}
	all := pipeline.Holidays{{First: s.First, Last: s.Last}}
	if got := pipeline.ReviewOpens(*team, all, s); !got.Equal(day(9, 8)) {
		t.Errorf("in a sprint of holidays it opens %s", got)
	}
	s.Closed = day(20, 7)
	if got := pipeline.ReviewWaits(*team, off, s, day(20, 8)); !got.IsZero() {
		t.Errorf("of a sprint that somebody has closed it waits until %s", got)
	}
}

func TestWhichReviewIsMeant(t *testing.T) {
	team, _, _, _ := reviewed()
	sprint := func(number int, first, last string) pipeline.Sprint {
		return pipeline.Sprint{Number: number, First: first, Last: last}
	}
	past, running, coming := sprint(3, "2026-11-02", "2026-11-13"), sprint(4, "2026-11-16", "2026-11-27"), sprint(5, "2026-11-30", "2026-12-11")
	held := func(number int, open bool) pipeline.Review {
		r := pipeline.Review{Number: number}
		if !open {
			r.Closed = noon
		}
		return r
	}
	type S = []pipeline.Sprint
	type R = []pipeline.Review
	for name, c := range map[string]struct {
		sprints S
		reviews R
		want    int
	}{
		"no sprint":         {nil, nil, 0},
		"one to come":       {S{coming}, nil, 0},
		"the one that runs": {S{coming, running}, nil, 4},
		"one that is over before the one that runs": {S{coming, running, past}, nil, 3},
		"one that is over and was reviewed":         {S{running, past}, R{held(3, false)}, 4},
		"one whose review is open":                  {S{running, past}, R{held(3, true)}, 3},
		"all reviewed":                              {S{running, past}, R{held(4, false), held(3, false)}, 4},
		"none dug out behind a later one":           {S{running, past}, R{held(4, false)}, 4},
	} {
		if got := pipeline.ReviewNow(*team, c.sprints, c.reviews, noon); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}

func TestAnswerInAReview(t *testing.T) {
	where, r := openedReview(t)
	over := r
	over.Closed = noon
	full := pipeline.ReviewForm{
		Evidence: "moved", Confidence: "4",
		Words: pipeline.ReviewWords{Served: " Who calls\r\nus ", Expected: "\u200b", Learned: strings.Repeat("ü", 500), Again: "2026-12-18"},
	}
	guest := pipeline.Person{ID: "U9", Guest: true}
	for name, c := range map[string]struct {
		review  pipeline.Review
		who     pipeline.Person
		outcome pipeline.OutcomeKey
		typed   pipeline.ReviewForm
		now     time.Time
		code    string
		wrong   []pipeline.Field
	}{
		"all of it":               {r, member, o(3), full, noon, "", nil},
		"nothing, which is taken": {r, member, o(3), pipeline.ReviewForm{}, noon, "", nil},
		"just before the end":     {r, member, o(3), full, r.Deadline.Add(-time.Second), "", nil},
		"at the end":              {r, member, o(3), full, r.Deadline, "review-over", nil},
		"closed before":           {over, member, o(3), full, noon, "review-over", nil},
		"an outcome not asked":    {r, member, o(1), full, noon, "review-outcome", nil},
		"a guest not in there":    {r, guest, o(3), full, noon, "not-permitted", nil},
		"an outsider":             {r, pipeline.Person{ID: "U9", Outsider: true}, o(3), full, noon, "not-permitted", nil},
		"501 characters":          {r, member, o(3), pipeline.ReviewForm{Words: pipeline.ReviewWords{Stop: strings.Repeat("ü", 501)}}, noon, "review-answer-form", []pipeline.Field{"review-stop"}},
		"a day that is over":      {r, member, o(3), pipeline.ReviewForm{Words: pipeline.ReviewWords{Again: "2026-11-20"}}, noon, "review-answer-form", []pipeline.Field{"review-again"}},
		"no such answer":          {r, member, o(3), pipeline.ReviewForm{Evidence: "great", Confidence: "6"}, noon, "review-answer-form", []pipeline.Field{"review-confidence", "review-evidence"}},
		"zero is no confidence":   {r, member, o(3), pipeline.ReviewForm{Confidence: "0"}, noon, "review-answer-form", []pipeline.Field{"review-confidence"}},
	} {
		got, err := pipeline.CheckReviewAnswer(pipeline.Policy{Guests: true}, c.who, where, c.review, c.outcome, c.typed, c.now)
		if problemCode(err) != c.code || !slices.Equal(wrongFields(err), c.wrong) {
			t.Errorf("%s: %v", name, err)
		}
		if err == nil && (got.By != "U2" || got.Outcome != o(3)) {
			t.Errorf("%s: %+v", name, got)
		}
	}
	got, err := pipeline.CheckReviewAnswer(pipeline.Policy{}, member, where, r, o(3), full, noon)
	want := pipeline.ReviewAnswer{By: "U2", Outcome: o(3), Evidence: pipeline.EffectMoved, Confidence: 4, Words: pipeline.ReviewWords{Served: "Who calls\nus", Learned: strings.Repeat("ü", 500), Again: "2026-12-18"}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	inChannel := where
	inChannel.InChannel = true
	if _, err := pipeline.CheckReviewAnswer(pipeline.Policy{Guests: true}, guest, inChannel, r, o(3), full, noon); err != nil {
		t.Errorf("a guest who is welcome: %v", err)
	}

	// Every question of the form is one of the alignment check, and shows its answer.
	want.Words = pipeline.ReviewWords{Served: "a", Expected: "b", Business: "c", Learned: "d", Stop: "e", Again: "f"}
	var said []string
	for i, q := range pipeline.ReviewQuestions() {
		if q.Words != pipeline.ReadyQuestions()[i].Words {
			t.Errorf("question %d is %q", i, q.Words)
		}
		said = append(said, want.Said(q.Field))
	}
	if diff := cmp.Diff([]string{"a", "b", "moved", "c", "d", "e", "4", "f"}, said); diff != "" {
		t.Error(diff)
	}
}

func TestTheSpreadOfAnswers(t *testing.T) {
	says := func(user string, evidence pipeline.EffectAnswer, confidence int) pipeline.ReviewAnswer {
		return pipeline.ReviewAnswer{By: user, Outcome: o(3), Evidence: evidence, Confidence: confidence}
	}
	none, moved, early := pipeline.EffectNone, pipeline.EffectMoved, pipeline.EffectTooEarly
	for name, c := range map[string]struct {
		answers              []pipeline.ReviewAnswer
		people               int
		evidence, confidence string
		moved, known         bool
	}{
		"nobody":                   {nil, 0, "", "", false, false},
		"taken back":               {[]pipeline.ReviewAnswer{says("U1", "", 0)}, 0, "", "", false, false},
		"one":                      {[]pipeline.ReviewAnswer{says("U1", moved, 4)}, 1, "1 moved", "4 of 5", true, true},
		"half say it moved":        {[]pipeline.ReviewAnswer{says("U1", moved, 4), says("U2", early, 1)}, 2, "1 moved, 1 too early", "2.5 of 5 on average, from 1 to 4", false, true},
		"more than half":           {[]pipeline.ReviewAnswer{says("U1", moved, 0), says("U2", moved, 0), says("U3", none, 5)}, 3, "2 moved, 1 no effect", "5 of 5", true, true},
		"silence is not a no":      {[]pipeline.ReviewAnswer{says("U1", moved, 1), says("U2", "", 2), says("U3", "", 3)}, 3, "1 moved", "2.0 of 5 on average, from 1 to 3", true, true},
		"of another outcome":       {[]pipeline.ReviewAnswer{{By: "U1", Outcome: o(2), Evidence: moved}}, 0, "", "", false, false},
		"words count as an answer": {[]pipeline.ReviewAnswer{{By: "U1", Outcome: o(3), Words: pipeline.ReviewWords{Stop: "x"}}}, 1, "", "", false, false},
	} {
		got := pipeline.SpreadOf(c.answers, o(3))
		is, known := got.Moved()
		if got.People != c.people || got.EvidenceInWords() != c.evidence || got.ConfidenceInWords() != c.confidence || is != c.moved || known != c.known {
			t.Errorf("%s: %+v, %q, %q, %v %v", name, got, got.EvidenceInWords(), got.ConfidenceInWords(), is, known)
		}
	}
}

func TestTheGoalAndTheCloseOfAReview(t *testing.T) {
	where, r := openedReview(t)
	guest := pipeline.Person{ID: "U9", Guest: true}
	if _, err := pipeline.SayGoal(pipeline.Policy{Guests: true}, guest, where, r, pipeline.GoalReached); problemCode(err) != "not-permitted" {
		t.Errorf("a guest: %v", err)
	}
	r, err := pipeline.SayGoal(pipeline.Policy{}, member, where, r, pipeline.GoalNotReached)
	if err != nil || r.GoalWas != pipeline.GoalNotReached || r.GoalBy != "U2" {
		t.Errorf("%+v %v", r, err)
	}
	summary := pipeline.ReviewSummary{People: 2}
	if _, err := pipeline.CloseReview(pipeline.Policy{Guests: true}, guest, where, r, summary, noon); problemCode(err) != "not-permitted" {
		t.Errorf("a guest closes: %v", err)
	}
	if _, closes := pipeline.CloseReviewAt(r, summary, r.Deadline.Add(-time.Second)); closes {
		t.Error("closed before its time")
	}
	byItself, closes := pipeline.CloseReviewAt(r, summary, r.Deadline.Add(time.Hour))
	if !closes || !byItself.Closed.Equal(r.Deadline) || byItself.ClosedBy != "" || byItself.Summary.People != 2 {
		t.Errorf("at its time: %+v", byItself)
	}
	done, err := pipeline.CloseReview(pipeline.Policy{}, owner, where, r, summary, noon)
	if err != nil || done.IsOpen() || done.ClosedBy != "U1" || !done.Closed.Equal(noon) {
		t.Errorf("%+v %v", done, err)
	}
	if _, err := pipeline.CloseReview(pipeline.Policy{}, owner, where, done, summary, noon); problemCode(err) != "review-closed" {
		t.Errorf("twice: %v", err)
	}
	if _, err := pipeline.SayGoal(pipeline.Policy{}, owner, where, done, pipeline.GoalReached); problemCode(err) != "review-closed" {
		t.Errorf("the goal, afterwards: %v", err)
	}
	if _, again := pipeline.CloseReviewAt(done, summary, r.Deadline); again {
		t.Error("closed again by itself")
	}
}
