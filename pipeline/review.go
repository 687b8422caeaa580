package pipeline

import (
	"cmp"
	"slices"
	"time"
)

// Review looks at one sprint: what was finished, what that changed for each
// outcome it was for, and what the team and those who wait for it say about that.
type Review struct {
	Team TeamKey `json:"-"`
	// Number of the sprint, which has one review.
	Number int `json:"-"`
	// Version counts changes, from 1; answers are not among them.
	Version int64 `json:"-"`
	// First and Last day of the sprint and its Goal, as they were when the review
	// was opened.
	First string `json:"first"`
	Last  string `json:"last"`
	Goal  string `json:"goal"`
	// Outcomes that are asked about, that of the goal first, at most
	// ReviewOutcomes. The first ReviewThreads have a message each. Left is how
	// many more there would have been.
	Outcomes []OutcomeKey `json:"outcomes,omitempty"`
	Left     int          `json:"left,omitempty"`
	// Asked are the people who are known to have to do with the sprint, user ids,
	// sorted: product owners, named developers and the authors of what is finished.
	// Everybody else in the team's channel can answer as well.
	Asked  []string  `json:"asked,omitempty"`
	Opened time.Time `json:"opened"`
	// OpenedBy is the user id of who opened it, "" where the sprint's end did.
	OpenedBy string `json:"opened_by,omitempty"`
	// Deadline is the moment from which no answer is taken any more.
	Deadline time.Time `json:"deadline"`
	// GoalWas is whether the goal was reached; "" while nobody said. GoalBy is the
	// user id of who said it.
	GoalWas GoalWas `json:"goal_was,omitempty"`
	GoalBy  string  `json:"goal_by,omitempty"`
	// Closed is the zero time while it is open. ClosedBy is the user id of who
	// closed it, "" where the deadline did.
	Closed   time.Time `json:"closed,omitzero"`
	ClosedBy string    `json:"closed_by,omitempty"`
	// Summary is what came of it; nil while it is open.
	Summary *ReviewSummary `json:"summary,omitempty"`
}

// GoalWas is what became of a sprint's goal.
type GoalWas string

// What can become of it.
const (
	GoalReached    GoalWas = "reached"
	GoalNotReached GoalWas = "not reached"
)

// GoalWases lists them.
func GoalWases() []GoalWas { return []GoalWas{GoalReached, GoalNotReached} }

// The limits of a review.
const (
	ReviewOutcomes    = 40  // that it asks about
	ReviewThreads     = 8   // of them that have a message in the channel
	ReviewAnswerLimit = 500 // runes of each answer
	ReviewDays        = 3   // workdays to answer after the sprint's end
	ReviewConfidence  = 5   // the highest; 1 is the lowest
)

// reviewOpens is when the review of a sprint opens on the sprint's last workday.
const reviewOpens Clock = 9 * 60

// IsOpen tells whether the review is not closed. Answers are taken until its
// deadline only, which may have passed.
func (r Review) IsOpen() bool { return r.Closed.IsZero() }

// Answerable tells whether answers are taken.
func (r Review) Answerable(now time.Time) bool { return r.IsOpen() && now.Before(r.Deadline) }

// Threads are the outcomes that have a message of their own in the channel.
func (r Review) Threads() []OutcomeKey { return r.Outcomes[:min(len(r.Outcomes), ReviewThreads)] }

// Asks tells whether the review asks about the outcome.
func (r Review) Asks(outcome OutcomeKey) bool { return slices.Contains(r.Outcomes, outcome) }

// ReviewOpens is when the review of a sprint opens by itself: in the morning of its
// last workday that is no holiday, so that people can answer before they meet. The
// zero time for a sprint whose last day cannot be read.
func ReviewOpens(team Team, holidays Holidays, s Sprint) time.Time {
	day, err := time.Parse(time.DateOnly, s.Last)
	if err != nil {
		return time.Time{}
	}
	works := reviewRhythm(team, holidays).worksOn
	for day.Format(time.DateOnly) > s.First && !works(day) {
		day = day.AddDate(0, 0, -1)
	}
	return WallTime(day, reviewOpens, team.Location()).UTC()
}

// ReviewWaits is when the review of a sprint that is open opens instead where its
// time comes on a day off, as a session does: in the morning of the next workday. The
// zero time where today is none.
func ReviewWaits(team Team, holidays Holidays, s Sprint, now time.Time) time.Time {
	r := reviewRhythm(team, holidays)
	if !s.IsOpen() || r.allows(r.dayOf(now)) {
		return time.Time{}
	}
	at, _, _ := r.Next(now, r.dayOf(now))
	return at.UTC()
}

// reviewRhythm is when the team works, at the hour at which reviews open.
func reviewRhythm(team Team, holidays Holidays) Rhythm {
	return Rhythm{Zone: team.Zone, At: reviewOpens, Workdays: team.Workdays, Holidays: holidays}
}

// reviewDeadline is the end of a working day, ReviewDays after the sprint's last
// day, or after now where that is over. Holidays are not among them.
func reviewDeadline(team Team, holidays Holidays, s Sprint, now time.Time) time.Time {
	from := now
	if day, err := time.Parse(time.DateOnly, s.Last); err == nil {
		if end := WallTime(day, deadlineHour, team.Location()); end.After(now) {
			from = end
		}
	}
	r := reviewRhythm(team, holidays)
	r.At = deadlineHour
	end, day := from, r.dayOf(from)
	for range ReviewDays {
		at, on, works := r.Next(end, day)
		if !works { // holidays for years
			at, on = end.AddDate(0, 0, 1), day
		}
		end, day = at, on
	}
	return end.UTC()
}

// ReviewFacts are what a review is opened with beside its sprint.
type ReviewFacts struct {
	Report     SprintReport
	Holidays   Holidays
	Developers Developers
}

// asked are the people who are asked in the review of the team's sprint: nobody where
// there is nothing to answer.
func (f ReviewFacts) asked(team Team) []string {
	if len(f.Report.Outcomes) == 0 {
		return nil
	}
	people := slices.Concat(team.Owners, f.Developers.People)
	for _, i := range f.Report.Finished {
		if i.Author != "" {
			people = append(people, i.Author)
		}
	}
	slices.Sort(people)
	return slices.Compact(people)
}

// OpenReview opens the review of a sprint. Nobody opens it before the sprint has
// begun.
func OpenReview(policy Policy, p Person, where Where, s Sprint, facts ReviewFacts, now time.Time) (Review, error) {
	if err := mayIn(policy, p, HoldReview, where, s.Team, "A review"); err != nil {
		return Review{}, err
	}
	if today := now.In(where.Team.Location()).Format(time.DateOnly); s.First > today {
		return Review{}, &Problem{
			Code: "review-early",
			What: "This sprint begins on " + ShowDay(s.First) + ", so there is nothing to review yet.",
			Safe: "Nothing was changed.",
			Next: "Its review opens by itself on its last day.",
		}
	}
	r := reviewOf(*where.Team, s, facts, now)
	r.OpenedBy = p.ID
	return r, nil
}

// OpenReviewAt opens the review of a sprint at its end; false while that has not
// come.
func OpenReviewAt(team Team, s Sprint, facts ReviewFacts, now time.Time) (Review, bool) {
	if s.IsOpen() && now.Before(ReviewOpens(team, facts.Holidays, s)) {
		return Review{}, false
	}
	return reviewOf(team, s, facts, now), true
}

func reviewOf(team Team, s Sprint, facts ReviewFacts, now time.Time) Review {
	all := facts.Report.Outcomes
	outcomes := all[:min(len(all), ReviewOutcomes)]
	return Review{
		Team: s.Team, Number: s.Number, First: s.First, Last: s.Last, Goal: s.Goal,
		Outcomes: slices.Clone(outcomes), Left: len(all) - len(outcomes), Asked: facts.asked(team),
		Opened: now, Deadline: reviewDeadline(team, facts.Holidays, s, now),
	}
}

// SayGoal puts down whether the sprint's goal was reached. It can be said anew
// while the review is open.
func SayGoal(policy Policy, p Person, where Where, r Review, was GoalWas) (Review, error) {
	if err := mayIn(policy, p, HoldReview, where, r.Team, "A review"); err != nil {
		return r, err
	}
	if !r.IsOpen() {
		return r, reviewClosed(r)
	}
	r.GoalWas, r.GoalBy = was, p.ID
	return r, nil
}

// CloseReview closes a review with its summary.
func CloseReview(policy Policy, p Person, where Where, r Review, summary ReviewSummary, now time.Time) (Review, error) {
	if err := mayIn(policy, p, HoldReview, where, r.Team, "A review"); err != nil {
		return r, err
	}
	if !r.IsOpen() {
		return r, reviewClosed(r)
	}
	r.Closed, r.ClosedBy, r.Summary = now, p.ID, &summary
	return r, nil
}

// CloseReviewAt closes a review whose deadline has come; false while there is
// nothing to do.
func CloseReviewAt(r Review, summary ReviewSummary, now time.Time) (Review, bool) {
	if !r.IsOpen() || now.Before(r.Deadline) {
		return r, false
	}
	r.Closed, r.Summary = r.Deadline, &summary // no answer came in after it, however late somebody looks
	return r, true
}

// ReviewNow is the number of the sprint whose review somebody means who names none: the
// one that is open, else the last sprint that is over without one, else the one that
// runs, else the last review; 0 for none. Both are given the newest first.
func ReviewNow(team Team, sprints []Sprint, reviews []Review, now time.Time) int {
	for _, r := range reviews {
		if r.IsOpen() {
			return r.Number
		}
	}
	last := 0
	if len(reviews) > 0 {
		last = reviews[0].Number
	}
	today, running := now.In(team.Location()).Format(time.DateOnly), 0
	for _, s := range sprints {
		switch {
		case s.Number <= last || s.First > today:
		case s.Ended(team, now):
			return s.Number
		default:
			running = s.Number
		}
	}
	return cmp.Or(running, last)
}

func reviewClosed(r Review) *Problem {
	return &Problem{
		Code: "review-closed",
		What: "This review is closed already.",
		Safe: "What was answered is kept, with its summary.",
		Next: "Type /align review list to read it.",
	}
}
