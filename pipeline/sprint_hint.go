package pipeline

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
)

// The shares that a sprint is measured with, in percent of its size, slack of its
// capacity.
const (
	ServingShare   = 50 // at least, for the outcome of its goal
	TechnicalShare = 20 // at least, for technical work and bugs
	SlackShare     = 20 // at least, planned for nothing
)

// SprintSums are what the items of a sprint add up to, in what it is counted in.
type SprintSums struct {
	// Items, and Unsized of them, which add nothing to the sums below.
	Items, Unsized int
	// Size of all, of those that serve the outcome of the goal, of technical work
	// and bugs together, and of what was added after the first day.
	Size, Serving, Technical, Added int
	// Works is the size by kind of work; "" where nobody said the kind.
	Works map[Work]int
}

// Sums adds the items up. nodes are all of the team's tree.
func (s Sprint) Sums(nodes Nodes) SprintSums {
	sums := SprintSums{Items: len(s.Items), Works: map[Work]int{}}
	for _, item := range s.Items {
		size := s.Weight(item)
		if size == 0 {
			sums.Unsized++
			continue
		}
		sums.Size += size
		sums.Works[item.Work] += size
		if item.Work == Technical || item.Work == Bug {
			sums.Technical += size
		}
		if s.Serves(item, nodes) {
			sums.Serving += size
		}
		if !item.Added.IsZero() {
			sums.Added += size
		}
	}
	return sums
}

// Serves tells whether one of the item's links leads up to the outcome of the
// sprint's goal.
func (s Sprint) Serves(item SprintItem, nodes Nodes) bool {
	return !s.Outcome.IsZero() && slices.ContainsFunc(item.Outcomes, func(key NodeKey) bool {
		return key == s.Outcome || slices.Contains(nodes.above(key), s.Outcome)
	})
}

// Percent of the whole, rounded down; 0 of nothing.
func Percent(part, whole int) int {
	if whole <= 0 {
		return 0
	}
	return part * 100 / whole
}

// SprintHint is something about a sprint that is worth another look. It forbids
// nothing.
type SprintHint struct {
	Kind  SprintHintKind
	Words string // one or two sentences
}

// SprintHintKind tells hints apart.
type SprintHintKind string

// The kinds of hints.
const (
	HintGoalLists   SprintHintKind = "goal lists items"
	HintGoalSeveral SprintHintKind = "several goals"
	HintNoOutcome   SprintHintKind = "no outcome"
	HintServing     SprintHintKind = "serves the goal"
	HintTechnical   SprintHintKind = "technical share"
	HintNoCapacity  SprintHintKind = "no capacity"
	HintSlack       SprintHintKind = "slack"
	HintUnsized     SprintHintKind = "no size"
)

// Hints about a sprint, those about its goal first; nothing where all is well.
// Shares are not judged while nothing in it has a size.
func (s Sprint) Hints(team Team, nodes Nodes) []SprintHint {
	var hints []SprintHint
	hint := func(kind SprintHintKind, format string, args ...any) {
		hints = append(hints, SprintHint{kind, fmt.Sprintf(format, args...)})
	}
	if keys := namedIdeas.FindAllString(strings.ToUpper(s.Goal), -1); len(keys) > 0 {
		hint(HintGoalLists, "The goal names %s. A goal says why; what is done for it is in the list of items.", listed(keys, 3))
	} else if parts := goalsIn(s.Goal, team.Language); parts > 1 {
		hint(HintGoalSeveral, "The goal joins %d goals. With one, the team knows what to leave when time gets short.", parts)
	}
	sums := s.Sums(nodes)
	unit := s.Unit()
	switch {
	case s.Outcome.IsZero():
		hint(HintNoOutcome, "The goal is for no outcome, so nobody will see whether it changed anything.")
	case sums.Size > 0 && sums.Serving*100 < sums.Size*ServingShare:
		hint(HintServing, "%d of %d %s serve %s: %d %%, and a goal carries at least %d %%.", sums.Serving, sums.Size, unit, s.Outcome, Percent(sums.Serving, sums.Size), ServingShare)
	}
	if sums.Size > 0 && sums.Technical*100 < sums.Size*TechnicalShare {
		hint(HintTechnical, "%d of %d %s are technical work or bugs: %d %%, and %d %% keep the product easy to change.", sums.Technical, sums.Size, unit, Percent(sums.Technical, sums.Size), TechnicalShare)
	}
	switch slack := s.Capacity - s.Planned; {
	case s.Capacity == 0:
		hint(HintNoCapacity, "Nobody said how much the team could finish, so its slack is unknown.")
	case slack*100 < s.Capacity*SlackShare:
		hint(HintSlack, "%d of %d %s are planned: %s. With %d %% the team can help, learn and meet surprises.", s.Planned, s.Capacity, unit, slackWords(slack, s.Capacity), SlackShare)
	}
	if sums.Unsized > 0 {
		hint(HintUnsized, "%s no size, so the sums leave %s out.", withInitial(amount(sums.Unsized, "item has", "items have"), unicode.ToUpper), map[bool]string{true: "it", false: "them"}[sums.Unsized == 1])
	}
	return hints
}

// Unit that the sprint is counted in: "points", "ideas".
func (s Sprint) Unit() string {
	if s.InIdeas {
		return "ideas"
	}
	return "points"
}

func slackWords(slack, capacity int) string {
	if slack < 0 {
		return fmt.Sprintf("%d %% more than there is", Percent(-slack, capacity))
	}
	return fmt.Sprintf("%d %% slack", Percent(slack, capacity))
}

// namedIdeas are keys of ideas in a text in capital letters.
var namedIdeas = regexp.MustCompile(`\b[A-Z][A-Z0-9]{1,7}-[1-9][0-9]{0,8}\b`)

// ands are the words for "and" of the languages whose words we know.
var ands = map[Language]string{
	English: "and|plus", "french": "et", "hungarian": "és|valamint", "norwegian": "og", "russian": "и", "spanish": "y|e", "swedish": "och",
}

// goalWords is how many words a part of a sentence has that is a goal of its own:
// "find and pay invoices" is one goal.
const goalWords = 3

// listedWords is the same in a list of three or more with commas: "find, fix and pay
// invoices" is one goal, "see fees, export invoices and get paid" is three.
const listedWords = 2

// goalsIn counts the goals that a sentence joins with "and", commas, a semicolon or
// signs for them.
func goalsIn(goal string, language Language) int {
	if language == "" {
		language = English
	}
	joints := `[;&+]|\n`
	if words := ands[language]; words != "" {
		joints += `|\s(?i:` + words + `)\s`
	}
	n := 0
	for _, part := range regexp.MustCompile(joints).Split(goal, -1) {
		if len(strings.Fields(part)) >= goalWords {
			n++
		}
	}
	listed := regexp.MustCompile(joints+`|,`).Split(goal, -1)
	short := slices.ContainsFunc(listed, func(part string) bool { return len(strings.Fields(part)) < listedWords })
	if strings.Contains(goal, ",") && len(listed) > 2 && !short {
		n = max(n, len(listed))
	}
	return max(1, n)
}

// DaysLeft is how many of the team's workdays of the sprint are left, today among
// them; 0 when its last day is over.
func (s Sprint) DaysLeft(team Team, now time.Time) int {
	today := now.In(team.Location()).Format(time.DateOnly)
	return workdaysIn(team, nil, max(today, s.First), s.Last)
}

// Workdays of the team in the sprint.
func (s Sprint) Workdays(team Team) int { return workdaysIn(team, nil, s.First, s.Last) }

// workdaysIn counts the team's workdays from one day to another, both among them, but
// for holidays.
func workdaysIn(team Team, holidays Holidays, first, last string) int {
	day, err := time.Parse(time.DateOnly, first)
	end, wrong := time.Parse(time.DateOnly, last)
	if err != nil || wrong != nil {
		return 0
	}
	n := 0
	for i := 0; !day.After(end) && i < SprintDaysMax; i++ {
		if team.worksOn(day.Weekday()) && !holidays.On(day.Format(time.DateOnly)) {
			n++
		}
		day = day.AddDate(0, 0, 1)
	}
	return n
}
