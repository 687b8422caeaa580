package pipeline

import (
	"fmt"
	"slices"
	"time"
)

// CloseSprint closes a sprint: done are the keys of those of its items that are
// done, ideas its items as they are now. What is not done stays where it is. One
// that is closed before its last day ended today. The events are lines for the
// histories of what is done.
func CloseSprint(policy Policy, p Person, where Where, s Sprint, done []string, ideas []Idea, now time.Time) (Sprint, []Happening, error) {
	if err := mayIn(policy, p, PlanSprint, where, s.Team, "A sprint"); err != nil {
		return s, nil, err
	}
	today := now.In(where.Team.Location()).Format(time.DateOnly)
	switch {
	case !s.IsOpen():
		return s, nil, closedSprint(s)
	case today < s.First:
		return s, nil, &Problem{
			Code: "sprint-to-come",
			What: fmt.Sprintf("The sprint begins on %s, so there is nothing to close yet.", ShowDay(s.First)),
			Safe: "Nothing was changed.",
			Next: "Change its days, or what is in it: type /align sprint change.",
		}
	}
	closed := s.AsNow(ideas)
	closed.Closed, closed.ClosedBy = now, p.ID
	if today < closed.Last {
		closed.Last = today
	}
	if err := closed.finish(done); err != nil {
		return s, nil, err
	}
	var events []Happening
	for _, item := range closed.Items {
		if item.Done {
			events = append(events, Happening{Key: item.Key.String(), Event: Event{At: now, By: p.ID, What: WasFinished, About: s.Name()}})
		}
	}
	return closed, events, nil
}

// CorrectSprint says anew which items of a closed sprint were done. Where nothing
// differs it comes back as it was. What was finished in it changes with that, and
// so may the velocity.
func CorrectSprint(policy Policy, p Person, where Where, s Sprint, done []string) (Sprint, error) {
	if err := mayIn(policy, p, PlanSprint, where, s.Team, "A sprint"); err != nil {
		return s, err
	}
	if s.IsOpen() {
		return s, &Problem{
			Code: "sprint-open",
			What: "This sprint is open, so there is nothing to correct yet.",
			Safe: "Nothing was changed.",
			Next: "Say what is done when you close it.",
		}
	}
	corrected := s
	corrected.Items = slices.Clone(s.Items)
	err := corrected.finish(done)
	return corrected, err
}

// finish marks the items that are done, and counts them.
func (s *Sprint) finish(done []string) error {
	keys := map[Key]bool{}
	for _, word := range done {
		key, err := ParseKey(word)
		if err != nil || !s.Has(key) {
			return &Problem{
				Code:   "sprint-form",
				What:   fmt.Sprintf("“%s” is not in this sprint.", Cut(CleanLine(word), 40)),
				Safe:   "Nothing was changed.",
				Next:   "Choose what is done from its items.",
				Fields: map[Field]string{FieldDone: "Choose from the items of the sprint."},
			}
		}
		keys[key] = true
	}
	s.Finished = Finished{}
	for i := range s.Items {
		item := &s.Items[i]
		if item.Done = keys[item.Key]; !item.Done {
			continue
		}
		s.Finished.Ideas++
		s.Finished.Points += item.Size
		if item.Size > 0 {
			s.Finished.Sized++
		}
	}
	return nil
}

// Left are the items that were not done.
func (s Sprint) Left() []SprintItem {
	return slices.DeleteFunc(slices.Clone(s.Items), func(i SprintItem) bool { return i.Done })
}
