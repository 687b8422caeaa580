package pipeline

import (
	"fmt"
	"slices"
	"strconv"
	"time"
	"unicode"
)

// SprintFacts are what the rules of sprints look at beside what was typed.
type SprintFacts struct {
	// Before is the sprint before it, of a new one the team's latest; nil where
	// there is none.
	Before *Sprint
	// Nodes are all of the team's tree.
	Nodes Nodes
	// Ideas that were chosen and those in the sprint, as far as they are stored.
	Ideas []Idea
	// Top are the first of the Product Backlog, in its order.
	Top []Key
}

// What happens to an idea because of sprints. About names the sprint.
const (
	WasTakenUp  What = "taken up"
	WasTakenOut What = "taken out"
	WasFinished What = "finished"
)

// Name of the sprint: "sprint 4".
func (s Sprint) Name() string { return fmt.Sprintf("sprint %d", s.Number) }

// StartSprint makes the team's next sprint of what somebody typed, or says which
// fields to correct. where names the team. The sprint has its number, and is
// version 0 until it is stored; the events are lines for the histories of its
// items. A team has one open sprint at a time.
func StartSprint(policy Policy, p Person, where Where, form SprintForm, facts SprintFacts, now time.Time) (Sprint, []Happening, error) {
	fail := func(err error) (Sprint, []Happening, error) { return Sprint{}, nil, err }
	if err := mayIn(policy, p, PlanSprint, where, where.team(), "A sprint"); err != nil {
		return fail(err)
	}
	s := Sprint{Team: where.team(), Number: 1, InIdeas: where.Team.VelocityIdeas, Started: now, StartedBy: p.ID}
	if facts.Before != nil {
		if err := facts.Before.standsInTheWay(*where.Team, now); err != nil {
			return fail(err)
		}
		s.Number = facts.Before.Number + 1
	}
	s.Top = facts.Top[:min(len(facts.Top), SprintTop)]
	return checkSprint(form, s, facts, p, *where.Team, now)
}

// standsInTheWay refuses another sprint while this one is open.
func (s Sprint) standsInTheWay(team Team, now time.Time) error {
	if !s.IsOpen() {
		return nil
	}
	until := "until " + ShowDay(s.Last)
	if s.Ended(team, now) {
		until = "and ended on " + ShowDay(s.Last)
	}
	return &Problem{
		Code: "sprint-open",
		What: fmt.Sprintf("%s of %s is open, %s. A team has one sprint at a time.", withInitial(s.Name(), unicode.ToUpper), team.Name, until),
		Safe: "Nothing was changed.",
		Next: "Close it first, or change it: type /align sprint.",
	}
}

// ChangeSprint changes an open sprint to what somebody typed. Where nothing
// differs it comes back as it was, without events. What comes in after the
// sprint's first day is marked as added.
func ChangeSprint(policy Policy, p Person, where Where, s Sprint, form SprintForm, facts SprintFacts, now time.Time) (Sprint, []Happening, error) {
	if err := mayIn(policy, p, PlanSprint, where, s.Team, "A sprint"); err != nil {
		return s, nil, err
	}
	if !s.IsOpen() {
		return s, nil, closedSprint(s)
	}
	changed, events, err := checkSprint(form, s, facts, p, *where.Team, now)
	if err != nil || changed.Form().Equal(s.Form()) {
		return s, nil, err
	}
	return changed, events, nil
}

// closedSprint refuses what cannot be done to a sprint that is closed.
func closedSprint(s Sprint) *Problem {
	return &Problem{
		Code: "sprint-closed",
		What: fmt.Sprintf("%s is closed since %s, so it stays as it is.", withInitial(s.Name(), unicode.ToUpper), ShowDate(s.Closed)),
		Safe: "Nothing was changed.",
		Next: "Type /align sprint: there you can correct what was done in it, or start the next one.",
	}
}

// checkSprint gives the sprint before with what was typed, cleaned, or what is
// wrong with that, all fields at once.
func checkSprint(form SprintForm, before Sprint, facts SprintFacts, p Person, team Team, now time.Time) (Sprint, []Happening, error) {
	wrong := map[Field]string{}
	s := before
	today := now.In(team.Location())
	s.checkDays(form, facts.Before, today, wrong)
	if s.Goal = checkLine(form.Goal, FieldGoal, SprintGoalLimit, wrong); s.Goal == "" {
		wrong[FieldGoal] = "Say in one line why there is this sprint: what will be different after it, and for whom."
	}
	s.Method = checkWords(form.Method, FieldMethod, SprintTextLimit, wrong)
	s.Metric = checkWords(form.Metric, FieldMetric, SprintTextLimit, wrong)
	s.checkOutcome(form.Outcome, facts.Nodes, wrong)
	s.Capacity = checkCapacity(form.Capacity, wrong)
	shares, complaint := parseShares(form.Shares)
	if complaint != "" {
		wrong[FieldShares] = complaint
	}
	s.Shares = shares
	events := s.checkItems(form.Items, before, facts.Ideas, p, now, wrong)
	if err := fieldProblems("sprint-form", wrong); err != nil {
		return before, nil, err
	}
	if planning := today.Format(time.DateOnly) <= s.First; planning || before.Version == 0 {
		for i := range s.Items {
			s.Items[i].Added, s.Items[i].AddedBy = time.Time{}, ""
		}
		s.Planned = s.sizeOf(s.Items)
	}
	return s, events, nil
}

// checkDays sets the first and the last day.
func (s *Sprint) checkDays(form SprintForm, before *Sprint, today time.Time, wrong map[Field]string) {
	firstBefore := s.First
	s.First, s.Last = CleanLine(form.First), CleanLine(form.Last)
	first, err := time.Parse(time.DateOnly, s.First)
	if err != nil {
		wrong[FieldFirst] = notADay
	}
	last, err := time.Parse(time.DateOnly, s.Last)
	if err != nil {
		wrong[FieldLast] = notADay
	}
	if len(wrong) > 0 {
		return
	}
	around := func(days int) string { return today.AddDate(0, 0, days).Format(time.DateOnly) }
	if s.First != firstBefore && (s.First < around(-SprintYearAround) || s.First > around(SprintYearAround)) {
		wrong[FieldFirst] = "Choose a day within a year from today."
	}
	switch days := int(last.Sub(first)/(24*time.Hour)) + 1; {
	case days < 1:
		wrong[FieldLast] = fmt.Sprintf("The last day comes after the first, %s; it may be the same day.", ShowDay(s.First))
	case days > SprintDaysMax:
		wrong[FieldLast] = fmt.Sprintf("A sprint has at most %d days, which is %d weeks; this has %d.", SprintDaysMax, SprintWeeksMax, days)
	}
	if before != nil && s.First <= before.Last {
		wrong[FieldFirst] = fmt.Sprintf("%s lasts until %s, and two sprints do not overlap. Begin on a day after that.", withInitial(before.Name(), unicode.ToUpper), ShowDay(before.Last))
	}
}

// checkOutcome sets what the goal is for. The outcome that was stored may stay
// although it is closed by now.
func (s *Sprint) checkOutcome(typed string, nodes Nodes, wrong map[Field]string) {
	before := s.Outcome
	s.Outcome = OutcomeKey{}
	if !HasVisible(typed) {
		return
	}
	key, err := ParseTypedNode(typed)
	if err == nil && key.Team == "" {
		key.Team = s.Team
	}
	o, known := nodes.outcome(key)
	switch {
	case err != nil || !known || key.Team != s.Team:
		wrong[FieldServes] = "Choose one of the team's outcomes from the list, or none."
	case key == before:
	case !o.IsOpen():
		wrong[FieldServes] = closedAt(Node{Key: key, Outcome: key, Closed: true}) + " closed. Choose an open one, or none."
	case o.Kind == BusinessOutcome:
		wrong[FieldServes] = fmt.Sprintf("%s is a business outcome, which no sprint moves by itself. Choose the product outcome on the way to it.", key)
	}
	s.Outcome = key
}

func checkCapacity(typed string, wrong map[Field]string) int {
	typed = CleanLine(typed)
	if !HasVisible(typed) {
		return 0
	}
	n, err := strconv.Atoi(typed)
	if err != nil || n < 1 || n > VelocityMax {
		wrong[FieldCapacity] = fmt.Sprintf("A whole number from 1 to %d, or nothing while nobody knows.", VelocityMax)
		return 0
	}
	return n
}

// checkWords cleans a text of some lines; what nobody sees of is "".
func checkWords(typed string, field Field, limit int, wrong map[Field]string) string {
	words := CleanText(typed)
	if !HasVisible(words) {
		return ""
	}
	if n := Length(words); n > limit {
		wrong[field] = tooLong(limit, n)
	}
	return words
}

// checkItems sets the items to those chosen, each once. Who is in the sprint
// already stays as it came in; others are to stand in the Product Backlog.
func (s *Sprint) checkItems(typed []string, before Sprint, ideas []Idea, p Person, now time.Time, wrong map[Field]string) []Happening {
	var items []SprintItem
	var events []Happening
	tell := func(key Key, what What) {
		events = append(events, Happening{Key: key.String(), Event: Event{At: now, By: p.ID, What: what, About: s.Name()}})
	}
	for _, word := range typed {
		key, err := ParseKey(word)
		chosen := func(i SprintItem) bool { return i.Key == key }
		if err != nil || key.Team != s.Team {
			wrong[FieldItems] = fmt.Sprintf("Choose ideas of %s from the list.", s.Team)
			return nil
		}
		if slices.ContainsFunc(items, chosen) {
			continue
		}
		if at := slices.IndexFunc(before.Items, chosen); at >= 0 {
			items = append(items, before.Items[at])
			continue
		}
		idea, complaint := plannable(key, ideas)
		if complaint != "" {
			wrong[FieldItems] = complaint
			return nil
		}
		items = append(items, SprintItem{Key: key, Added: now, AddedBy: p.ID}.asNow(idea))
		tell(key, WasTakenUp)
	}
	if n := len(items); n > SprintItemsMax {
		wrong[FieldItems] = fmt.Sprintf("At most %d ideas; these are %d.", SprintItemsMax, n)
	}
	s.Items = items
	for _, item := range before.Items {
		if !s.Has(item.Key) {
			tell(item.Key, WasTakenOut)
		}
	}
	return events
}

// plannable gives the idea that can come into a sprint, or says why it cannot.
func plannable(key Key, ideas []Idea) (Idea, string) {
	at := slices.IndexFunc(ideas, func(i Idea) bool { return i.Key == key })
	switch {
	case at < 0:
		return Idea{}, fmt.Sprintf("There is no %s. Choose ideas from the list.", key)
	case !ideas[at].Withdrawn.IsZero():
		return Idea{}, fmt.Sprintf("%s was withdrawn. Choose another idea.", key)
	case ideas[at].Stage != Backlog:
		return Idea{}, fmt.Sprintf("%s is %s, and a sprint takes up what is in the Product Backlog.", key, inStage(ideas[at].Stage))
	}
	return ideas[at], ""
}

// asNow gives the item with what the idea says now.
func (i SprintItem) asNow(idea Idea) SprintItem {
	i.Title, i.Size, i.Work, i.Outcomes = idea.Title, idea.Size, idea.Work, idea.Outcomes
	return i
}

// setItem puts what an idea says now into an item. What was planned without a size
// counts as planned with its first one.
func (s *Sprint) setItem(at int, now SprintItem) {
	item := &s.Items[at]
	before := s.Weight(*item)
	item.Title, item.Size, item.Work, item.Outcomes = now.Title, now.Size, now.Work, now.Outcomes
	if before == 0 && item.Added.IsZero() {
		s.Planned += s.Weight(*item)
	}
}

// AsNow gives the sprint with its items as the ideas are now. Ideas that are not
// given leave their items as they are.
func (s Sprint) AsNow(ideas []Idea) Sprint {
	s.Items = slices.Clone(s.Items)
	for i, item := range s.Items {
		if at := slices.IndexFunc(ideas, func(idea Idea) bool { return idea.Key == item.Key }); at >= 0 {
			s.setItem(i, item.asNow(ideas[at]))
		}
	}
	return s
}

// sizeOf sums items up in what the sprint is counted in.
func (s Sprint) sizeOf(items []SprintItem) int {
	n := 0
	for _, item := range items {
		n += s.Weight(item)
	}
	return n
}
