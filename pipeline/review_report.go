package pipeline

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// SprintReport is what a sprint has finished so far and for what.
type SprintReport struct {
	// Finished and Left are the items of the sprint in its order. Orphans are those
	// of the finished that serve no outcome.
	Finished, Left, Orphans []ReviewItem
	// Outcomes that the sprint worked for: that of the goal first, then those with the
	// most finished items, then those with the most in the Product Backlog still, of
	// which some are marked as delivered in the review only.
	Outcomes []OutcomeKey
	// Planned and Done count the items planned and all that are finished.
	Planned, Done Amount
	// Added is how many of the finished came in after the sprint had begun.
	Added int
}

// ReviewItem is an item of a sprint as a review looks at it.
type ReviewItem struct {
	Key   Key
	Title string
	// Author of the idea, a user id; "" where it is not there.
	Author string
	Work   Work
	// Weight in what the sprint is counted in; 0 while nobody sized it.
	Weight int
	// Stage at which the idea is by now; "" where it is not there. Withdrawn: it was.
	Stage     Stage
	Withdrawn bool
	// For are the outcomes it serves; none for an orphan.
	For []OutcomeKey
	// Effect is what it is expected to change; nil while nobody said.
	Effect *Effect
	Added  bool // after the sprint had begun
}

// Amount is how many ideas, and how much they weigh in what a sprint is counted in.
type Amount struct {
	Ideas  int `json:"ideas"`
	Weight int `json:"weight"`
}

func (a *Amount) add(weight int) { a.Ideas, a.Weight = a.Ideas+1, a.Weight+weight }

// Words count both: "5 ideas (21 points)".
func (a Amount) Words(inIdeas bool) string {
	words := amount(a.Ideas, "idea", "ideas")
	if inIdeas || a.Weight == 0 {
		return words
	}
	return words + " (" + amount(a.Weight, "point", "points") + ")"
}

// ReportSprint says what the sprint has finished. ideas are its items as they are
// now, nodes those of the team's tree.
func ReportSprint(s Sprint, ideas map[Key]Idea, nodes Nodes) SprintReport {
	report := SprintReport{}
	finished, left := map[OutcomeKey]int{}, map[OutcomeKey]int{}
	workedFor := func(i ReviewItem, count map[OutcomeKey]int) {
		for _, outcome := range i.For {
			if finished[outcome]+left[outcome] == 0 {
				report.Outcomes = append(report.Outcomes, outcome)
			}
			count[outcome]++
		}
	}
	for _, item := range s.Items {
		i := reviewItem(s, item, ideas, nodes)
		if !i.Added {
			report.Planned.add(i.Weight)
		}
		if !item.Done && i.Stage != Delivered && i.Stage != Learned {
			report.Left = append(report.Left, i)
			if i.carriedOver() {
				workedFor(i, left)
			}
			continue
		}
		report.Finished = append(report.Finished, i)
		report.Done.add(i.Weight)
		if i.Added {
			report.Added++
		}
		if len(i.For) == 0 {
			report.Orphans = append(report.Orphans, i)
		}
		workedFor(i, finished)
	}
	slices.SortStableFunc(report.Outcomes, func(a, b OutcomeKey) int {
		return cmp.Or(cmp.Compare(finished[b], finished[a]), cmp.Compare(left[b], left[a]))
	})
	if _, known := nodes.outcome(s.Outcome); known {
		report.Outcomes = slices.DeleteFunc(report.Outcomes, func(o OutcomeKey) bool { return o == s.Outcome })
		report.Outcomes = slices.Insert(report.Outcomes, 0, s.Outcome)
	}
	return report
}

func reviewItem(s Sprint, item SprintItem, ideas map[Key]Idea, nodes Nodes) ReviewItem {
	i := ReviewItem{Key: item.Key, Title: item.Title, Work: item.Work, Added: !item.Added.IsZero()}
	links := item.Outcomes
	if idea, known := ideas[item.Key]; known {
		i.Title, i.Author, i.Work, i.Stage, i.Effect = idea.Title, idea.Author, idea.Work, idea.Stage, idea.Effect
		i.Withdrawn, links, item.Size = !idea.Withdrawn.IsZero(), idea.Outcomes, idea.Size
	}
	i.Weight = s.Weight(item)
	for _, link := range links {
		if node, _ := nodes.Node(link); !node.Outcome.IsZero() && !slices.Contains(i.For, node.Outcome) {
			i.For = append(i.For, node.Outcome)
		}
	}
	return i
}

// FinishedFor gives the finished items that serve the outcome.
func (r SprintReport) FinishedFor(outcome OutcomeKey) []ReviewItem {
	var items []ReviewItem
	for _, i := range r.Finished {
		if slices.Contains(i.For, outcome) {
			items = append(items, i)
		}
	}
	return items
}

// LeftFor counts the items that serve the outcome and are in the Product Backlog
// still.
func (r SprintReport) LeftFor(outcome OutcomeKey) int {
	n := 0
	for _, i := range r.Left {
		if i.carriedOver() && slices.Contains(i.For, outcome) {
			n++
		}
	}
	return n
}

// carriedOver tells of an item that is left whether it is in the Product Backlog
// still.
func (i ReviewItem) carriedOver() bool { return i.Stage == Backlog && !i.Withdrawn }

// CarriedOver counts the items left that are in the Product Backlog still.
func (r SprintReport) CarriedOver() int {
	n := 0
	for _, i := range r.Left {
		if i.carriedOver() {
			n++
		}
	}
	return n
}

// Words say what was planned and what is finished: "Planned: 8 ideas (34 points).
// Finished: 5 ideas (21 points), 2 of them added after the sprint had begun."
func (r SprintReport) Words(inIdeas bool) string {
	words := fmt.Sprintf("Planned: %s. Finished: %s", r.Planned.Words(inIdeas), r.Done.Words(inIdeas))
	if r.Added > 0 {
		words += fmt.Sprintf(", %d of them added after the sprint had begun", r.Added)
	}
	return words + "."
}

// SprintTime is from when until when a sprint lasts, by the team's clocks, the end
// not in it. Of one that was closed early, and of one that still runs, the end is
// what has passed of it.
func SprintTime(team Team, s Sprint, now time.Time) (from, until time.Time) {
	first, err := time.Parse(time.DateOnly, s.First)
	if err != nil {
		return now, now
	}
	last, err := time.Parse(time.DateOnly, s.Last)
	if err != nil {
		return now, now
	}
	from, until = WallTime(first, 0, team.Location()), WallTime(last.AddDate(0, 0, 1), 0, team.Location())
	if until.After(now) {
		until = now
	}
	return from, until
}
