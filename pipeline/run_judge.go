package pipeline

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Judge gives the verdict as far as the run's own answers decide it, with the
// reason in one plain sentence. What evidence and facts on the idea add is seen
// each time one looks, see Dossier.Judge.
func (r Run) Judge() (Verdict, string) {
	if lacks := r.lacks(); len(lacks) > 0 {
		return Undecided, fmt.Sprintf("%s missing: %s.", amountIs(len(lacks), "required answer"), listed(r.names(lacks), 3))
	}
	switch r.Template.Use {
	case UseTest:
		return r.judgeTest()
	case UseLearning:
		return r.judgeLearning()
	}
	return r.judgeAnswers()
}

// judgeAnswers decides a checklist whose required answers are there.
func (r Run) judgeAnswers() (Verdict, string) {
	asked, answered := r.count()
	switch {
	case asked == 0:
		return Passed, "The idea itself answers all of it."
	case answered == 0:
		return Undecided, "Nothing is answered yet."
	}
	if failures := r.failures(); len(failures) > 0 {
		return Failed, fmt.Sprintf("It fails on %s.", listed(failures, 3))
	}
	if because := r.breaksAnswerRule(); because != "" {
		return Failed, because
	}
	if item, ok := r.itemOfKind(KindParticipants); ok && r.answered(item) && item.Pass.Of > 0 {
		return judgeTasks(item.Pass, r.TaskResults())
	}
	if asked == answered {
		return Passed, "Everything is answered, and every answer passes."
	}
	return Passed, "Everything required is answered, and every answer passes."
}

// count tells how many of its items a person answers, and how many have been.
func (r Run) count() (asked, answered int) {
	for _, item := range r.Items() {
		if !item.Answerable() {
			continue
		}
		asked++
		if r.answered(item) {
			answered++
		}
	}
	return asked, answered
}

// failures name the answers that do not pass by the rule of their item, each
// with its answer: “Independent?” (no).
func (r Run) failures() []string {
	var failures []string
	for _, item := range r.Items() {
		value := r.Answers[AnswerKey(item.ID)].Value
		if value == "" {
			continue
		}
		missed := ""
		switch item.Kind {
		case KindYesNo, KindChoice:
			if len(item.Pass.OneOf) > 0 && !slices.Contains(item.Pass.OneOf, value) {
				missed = value
			}
		case KindNumber:
			number, unit, err := ParseNumber(value, item.Unit)
			switch {
			case err != nil:
				missed = value
			case item.Pass.AtLeast != nil && number < *item.Pass.AtLeast:
				missed = fmt.Sprintf("%s, at least %s is asked", value, FormatNumber(*item.Pass.AtLeast, unit))
			case item.Pass.AtMost != nil && number > *item.Pass.AtMost:
				missed = fmt.Sprintf("%s, at most %s is allowed", value, FormatNumber(*item.Pass.AtMost, unit))
			}
		}
		if missed != "" {
			failures = append(failures, fmt.Sprintf("%s (%s)", r.names([]Item{item})[0], missed))
		}
	}
	return failures
}

// breaksAnswerRule says how the answers break the rule over all yes-or-no
// items; "" when they keep it.
func (r Run) breaksAnswerRule() string {
	given := map[string][]Item{}
	for _, item := range r.Items() {
		if item.Kind == KindYesNo {
			value := r.Answers[AnswerKey(item.ID)].Value
			given[value] = append(given[value], item)
		}
	}
	for _, rule := range []struct {
		answer string
		most   *int
	}{{No, r.Template.Pass.MaxNo}, {Unsure, r.Template.Pass.MaxUnsure}} {
		items := given[rule.answer]
		if rule.most == nil || len(items) <= *rule.most {
			continue
		}
		allowed := "none may be"
		if *rule.most > 0 {
			allowed = fmt.Sprintf("at most %d may be", *rule.most)
		}
		return fmt.Sprintf("%s %s, and %s: %s.", amountIs(len(items), "answer"), rule.answer, allowed, listed(r.names(items), 3))
	}
	return ""
}

// judgeTasks holds the results of each task against "3 of 5". Other numbers of
// participants keep the proportion; with fewer nothing is decided.
func judgeTasks(rule PassRule, results []TaskResult) (Verdict, string) {
	more, untimed := 0, 0
	var failed []string
	for i, result := range results {
		more = max(more, rule.Of-result.Of)
		untimed += result.Untimed
		if result.Succeeded*rule.Of < rule.Succeed*result.Of {
			failed = append(failed, fmt.Sprintf("task %d (%d of %d)", i+1, result.Succeeded, result.Of))
		}
	}
	asked := fmt.Sprintf("%d of %d", rule.Succeed, rule.Of)
	switch {
	case more == 1:
		return Inconclusive, fmt.Sprintf("Every task needs the results of %d participants: one more is missing.", rule.Of)
	case more > 1:
		return Inconclusive, fmt.Sprintf("Every task needs the results of %d participants: %d more are missing.", rule.Of, more)
	case len(failed) > 0:
		return Failed, fmt.Sprintf("Too few succeeded unaided and in time at %s; %s have to.", listed(failed, 3), asked)
	case untimed > 0:
		return Passed, fmt.Sprintf("At every task at least %s succeeded unaided, and in time where somebody noted it.", asked)
	}
	return Passed, fmt.Sprintf("At every task at least %s succeeded unaided and in time.", asked)
}

// Summarize gives what lists and gates need to know of the run, as it is now.
func (r Run) Summarize(loc *time.Location) RunSummary {
	s := RunSummary{
		ID: r.ID, Template: r.Template.ID, Name: r.Template.Name, Use: r.Template.Use, Form: r.Form,
		Owner: r.Owner(),
	}
	if r.Template.Use != UseChecklist {
		s.Title = Cut(CleanLine(r.Answers[AnswerKey(ItemHypothesis)].Value), TitleLimit)
	}
	s.Of, s.Answered = r.count()
	for _, item := range r.lacks() {
		s.Lacks = append(s.Lacks, r.Template.Asked(item, r.Form))
	}
	for _, item := range r.Items() {
		if !item.Answerable() {
			s.Live = append(s.Live, item)
		}
	}
	s.Verdict, s.Because = r.Judge()
	if r.testStarted() && r.Observation == nil {
		s.Running, s.Deadline = true, r.Deadline(loc)
	}
	if r.Lesson != nil {
		s.Decision = r.Lesson.Decision
	}
	s.LastBy, s.Last = r.last()
	return s
}

// last tells who did something with the run last, and when.
func (r Run) last() (by string, at time.Time) {
	by, at = r.BeganBy, r.Began
	later := func(someone string, when time.Time) {
		// Of two at the same time the same one every time.
		if when.After(at) || when.Equal(at) && someone > by {
			by, at = someone, when
		}
	}
	for _, answer := range r.Answers {
		later(answer.By, answer.At)
	}
	for _, amendment := range r.Amendments {
		later(amendment.By, amendment.At)
	}
	if !r.Started.IsZero() {
		later(r.StartedBy, r.Started)
	}
	if r.Observation != nil {
		later(r.Observation.By, r.Observation.At)
	}
	if r.Lesson != nil {
		later(r.Lesson.By, r.Lesson.At)
	}
	return by, at
}

// names are the questions of items, in quotation marks, short enough to stand
// in a sentence.
func (r Run) names(items []Item) []string {
	questions := make([]string, len(items))
	for i, item := range items {
		questions[i] = strings.TrimSuffix(r.Template.Asked(item, r.Form), ".")
	}
	return inQuotes(questions)
}
