package pipeline

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// SprintForm is what somebody typed for a sprint: nothing checked.
type SprintForm struct {
	First, Last          string // days
	Goal, Method, Metric string
	Outcome              string // a key; "" for none
	Capacity             string // "" while nobody says
	Shares               string // "feature 60, tech 20"; "" while nobody says
	// Items are the keys of ideas.
	Items []string
}

// The inputs of the sprint form, beside FieldGoal and FieldMetric.
const (
	FieldFirst    Field = "first"
	FieldLast     Field = "last"
	FieldMethod   Field = "method"
	FieldServes   Field = "serves"
	FieldCapacity Field = "capacity"
	FieldShares   Field = "shares"
	FieldItems    Field = "items"
	FieldDone     Field = "done" // in the form that closes one
)

// DefaultSprint is what the form starts with: on the next workday, or on the one
// after the sprint before where that is later, until the last workday of as many
// weeks as the team's sprints have; the shares as in the sprint before.
func DefaultSprint(team Team, latest *Sprint, now time.Time) SprintForm {
	var form SprintForm
	today := now.In(team.Location())
	first := time.Date(today.Year(), today.Month(), today.Day(), 0, 0, 0, 0, time.UTC)
	if latest != nil {
		if last, err := time.Parse(time.DateOnly, latest.Last); err == nil && !last.Before(first) {
			first = last.AddDate(0, 0, 1)
		}
		form.Shares = showShares(latest.Shares)
	}
	for !team.worksOn(first.Weekday()) {
		first = first.AddDate(0, 0, 1)
	}
	last := first.AddDate(0, 0, 7*max(1, team.SprintWeeks)-1)
	for last.After(first) && !team.worksOn(last.Weekday()) {
		last = last.AddDate(0, 0, -1)
	}
	form.First, form.Last = first.Format(time.DateOnly), last.Format(time.DateOnly)
	return form
}

// Form gives a sprint as its form shows it.
func (s Sprint) Form() SprintForm {
	form := SprintForm{First: s.First, Last: s.Last, Goal: s.Goal, Method: s.Method, Metric: s.Metric, Shares: showShares(s.Shares)}
	if !s.Outcome.IsZero() {
		form.Outcome = s.Outcome.String()
	}
	if s.Capacity > 0 {
		form.Capacity = strconv.Itoa(s.Capacity)
	}
	for _, item := range s.Items {
		form.Items = append(form.Items, item.Key.String())
	}
	return form
}

// showShares writes shares as people type them, in the order of Works.
func showShares(shares map[Work]int) string {
	var parts []string
	for _, work := range Works() {
		if n := shares[work]; n > 0 {
			parts = append(parts, string(work)+" "+strconv.Itoa(n))
		}
	}
	return strings.Join(parts, ", ")
}

// workNames are the kinds of work as people call them.
var workNames = map[string]Work{
	"feature": Feature, "features": Feature,
	"tech": Technical, "technical": Technical, "technical excellence": Technical,
	"bug": Bug, "bugs": Bug,
	"discovery": Research, "research": Research,
}

// A share is a kind of work and a number, whichever comes first.
var (
	shareNamed  = regexp.MustCompile(`([a-z]+(?: [a-z]+)*)[ :=]*([0-9]+) ?%?`)
	shareNumber = regexp.MustCompile(`([0-9]+) ?%? ?([a-z]+(?: [a-z]+)*)`)
	sharesAlone = regexp.MustCompile(`^[0-9]+(?:[ %,;/+]+[0-9]+)*[ %,;/+]*$`)
)

// parseShares reads "feature 60, tech 20 %", "20% tech 60% feature", and numbers alone,
// "70/20/10", which are the shares of Works in their order. Nothing is nil. It refuses
// what is twice, no kind of work, or over 100 percent in all.
func parseShares(typed string) (shares map[Work]int, complaint string) {
	const how = "Write kinds of work with their percent, such as “feature 60, tech 20, bug 10”, or the numbers alone. Kinds are feature, tech, bug and discovery, in this order."
	typed = strings.ToLower(CleanLine(typed))
	var pairs [][2]string // kind of work and number
	switch {
	case sharesAlone.MatchString(typed):
		for i, number := range strings.FieldsFunc(typed, func(r rune) bool { return r < '0' || r > '9' }) {
			if i == len(Works()) {
				return nil, how
			}
			pairs = append(pairs, [2]string{string(Works()[i]), number})
		}
	default:
		for _, part := range strings.FieldsFunc(typed, func(r rune) bool { return strings.ContainsRune(",;/+", r) }) {
			pattern, kind := shareNamed, 1
			if part = strings.TrimSpace(part); part != "" && part[0] <= '9' {
				pattern, kind = shareNumber, 2
			}
			if strings.TrimSpace(pattern.ReplaceAllString(part, "")) != "" {
				return nil, how
			}
			for _, found := range pattern.FindAllStringSubmatch(part, -1) {
				pairs = append(pairs, [2]string{found[kind], found[3-kind]})
			}
		}
	}
	sum := 0
	for _, pair := range pairs {
		work, known := workNames[pair[0]]
		n, err := strconv.Atoi(pair[1])
		if _, twice := shares[work]; !known || err != nil || twice || n > 1000 {
			return nil, how
		}
		if shares == nil {
			shares = map[Work]int{}
		}
		shares[work] = n
		sum += n
	}
	if sum > 100 {
		return nil, "Together these are " + strconv.Itoa(sum) + " percent. A sprint has 100."
	}
	return shares, ""
}

// fields in the order of the form.
func (f SprintForm) fields() []filled {
	return []filled{
		{FieldFirst, f.First}, {FieldLast, f.Last}, {FieldGoal, f.Goal}, {FieldMethod, f.Method}, {FieldMetric, f.Metric},
		{FieldServes, f.Outcome}, {FieldCapacity, f.Capacity}, {FieldShares, f.Shares}, {FieldItems, strings.Join(f.Items, ",")},
	}
}

// Equal tells whether two fillings say the same.
func (f SprintForm) Equal(other SprintForm) bool { return slices.Equal(f.fields(), other.fields()) }
