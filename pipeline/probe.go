package pipeline

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"
)

// The alignment probe asks somebody once a week which outcome something is for that
// they work on. That an idea is linked says that somebody wrote it down; the probe says
// whether those who work on it know. It is asked of those alone who want that, answered
// with one choice, and told as a share.

const (
	// ProbeLeast is how many answers a share of them needs.
	ProbeLeast = 4
	// probeChoices is how many outcomes a question offers, the right one among them.
	probeChoices = 4
	// ProbeWeeks is how far back answers count: a quarter.
	ProbeWeeks = 13
	// probeRounds is how many sums of answers are kept, more than a quarter has.
	probeRounds = 20
)

// FieldProbe is the input of its form: an outcome's key, or ProbeUnknown.
const FieldProbe Field = "probe"

// ProbeAnswer is what somebody knew. It is stored and stays.
type ProbeAnswer string

// The answers.
const (
	ProbeRight   ProbeAnswer = "right"
	ProbeOther   ProbeAnswer = "other"
	ProbeUnknown ProbeAnswer = "unknown" // I do not know
)

// ProbeWeek names the week of a moment where somebody is: by its Monday, "2026-11-23".
func ProbeWeek(now time.Time, where *time.Location) string {
	day := dateOf(now, where)
	return day.AddDate(0, 0, -(int(day.Weekday())+6)%7).Format(time.DateOnly)
}

// ProbeQuestion asks one person in one week.
type ProbeQuestion struct {
	Idea  Key
	Title string
	Week  string
	// Choices are outcomes of the team, in an order of their own for each person and
	// week; one of them is right.
	Choices []ProbeChoice
	// right are all outcomes that the idea is for.
	right []OutcomeKey
}

// ProbeChoice is one outcome to choose.
type ProbeChoice struct {
	Outcome OutcomeKey
	Words   string
}

// Subject names the question among what waits for somebody: "PAY-12@2026-11-23".
func (q ProbeQuestion) Subject() string { return probeSubject(q.Idea, q.Week) }

func probeSubject(idea Key, week string) string { return idea.String() + "@" + week }

// ParseProbeSubject is Subject the other way round.
func ParseProbeSubject(subject string) (idea Key, week string, err error) {
	text, week, _ := strings.Cut(subject, "@")
	if idea, err = ParseKey(text); err == nil {
		_, err = time.Parse(time.DateOnly, week)
	}
	return idea, week, err
}

// probeDraw puts things in an order that is another one for each person and week, and
// always the same for both.
func probeDraw(user, week, thing string) string {
	sum := sha256.Sum256([]byte(user + " " + week + " " + thing))
	return hex.EncodeToString(sum[:])
}

// ProbeOrder gives the ideas that somebody can be asked about in a week, each once, the
// one to ask about first: those that stand, are not parked and are linked.
func ProbeOrder(user, week string, ideas []Idea) []Idea {
	met := map[Key]bool{}
	var order []Idea
	for _, idea := range ideas {
		if met[idea.Key] || !idea.Withdrawn.IsZero() || idea.Stage == Parked || len(idea.Outcomes) == 0 {
			continue
		}
		met[idea.Key] = true
		order = append(order, idea)
	}
	slices.SortFunc(order, func(a, b Idea) int {
		return strings.Compare(probeDraw(user, week, a.Key.String()), probeDraw(user, week, b.Key.String()))
	})
	return order
}

// AskProbe makes the question about an idea, of the nodes of its team; false where there
// is nothing to choose: it is for no open outcome, or there is no other one.
func AskProbe(user, week string, idea Idea, nodes Nodes) (ProbeQuestion, bool) {
	q := ProbeQuestion{Idea: idea.Key, Title: idea.Title, Week: week}
	for _, link := range idea.Outcomes {
		if node, known := nodes.Node(link); known && !node.Outcome.IsZero() && !node.Closed && !slices.Contains(q.right, node.Outcome) {
			q.right = append(q.right, node.Outcome)
		}
	}
	if len(q.right) == 0 {
		return ProbeQuestion{}, false
	}
	var others []OutcomeKey
	for _, o := range nodes.Outcomes {
		if o.IsOpen() && !slices.Contains(q.right, o.Key) {
			others = append(others, o.Key)
		}
	}
	if len(others) == 0 {
		return ProbeQuestion{}, false
	}
	// Which others are offered and how all are ordered are two draws: with one, the
	// right one would mostly come last.
	drawn := func(what string) func(a, b OutcomeKey) int {
		return func(a, b OutcomeKey) int {
			return strings.Compare(probeDraw(user, week, what+a.String()), probeDraw(user, week, what+b.String()))
		}
	}
	slices.SortFunc(others, drawn("offered "))
	keys := append(others[:min(len(others), probeChoices-1)], q.right[0])
	slices.SortFunc(keys, drawn("ordered "))
	for _, key := range keys {
		o, _ := nodes.outcome(key)
		q.Choices = append(q.Choices, ProbeChoice{Outcome: key, Words: o.Statement})
	}
	return q, true
}

// Judge tells what an answer is: the key of an outcome, or ProbeUnknown. false where it
// was not among the choices.
func (q ProbeQuestion) Judge(answer string) (ProbeAnswer, bool) {
	if answer == string(ProbeUnknown) {
		return ProbeUnknown, true
	}
	key, err := ParseOutcomeKey(answer)
	offered := slices.ContainsFunc(q.Choices, func(c ProbeChoice) bool { return c.Outcome == key })
	switch {
	case err != nil || !offered && !slices.Contains(q.right, key):
		return "", false
	case slices.Contains(q.right, key):
		return ProbeRight, true
	}
	return ProbeOther, true
}

// OptIntoProbe has somebody asked about what they work on in a team, or not any more;
// changed is false where it was so already.
func OptIntoProbe(s NudgeSettings, team TeamKey, on bool) (chosen NudgeSettings, changed bool) {
	if slices.Contains(s.Probe, team) == on {
		return s, false
	}
	if on {
		s.Probe = append(slices.Clone(s.Probe), team)
	} else {
		s.Probe = slices.DeleteFunc(slices.Clone(s.Probe), func(t TeamKey) bool { return t == team })
	}
	return s, true
}

// Probe is what a team answered. Nothing in it names anybody, and what is told of it
// are sums of at least ProbeLeast answers, none of which is ever told with one more or
// one less: from the difference of two sums nobody learns the answer of one person.
type Probe struct {
	Team TeamKey `json:"-"`
	// Version counts changes, from 1; answers are not among them.
	Version int64 `json:"-"`
	// Rounds are the sums that can be told, the oldest first. Open is the one of the
	// weeks after them, too small as yet.
	Rounds []ProbeSum `json:"rounds,omitempty"`
	Open   ProbeSum   `json:"open,omitzero"`
}

// ProbeSum counts the answers of some weeks.
type ProbeSum struct {
	// Until is the last of the weeks, by its Monday.
	Until   string `json:"until,omitempty"`
	Right   int    `json:"right,omitempty"`
	Other   int    `json:"other,omitempty"`
	Unknown int    `json:"unknown,omitempty"`
}

// Answers is how many there are.
func (s ProbeSum) Answers() int { return s.Right + s.Other + s.Unknown }

// With adds an answer of a week.
func (s ProbeSum) With(week string, answer ProbeAnswer) ProbeSum {
	s.Until = max(s.Until, week)
	switch answer {
	case ProbeRight:
		s.Right++
	case ProbeOther:
		s.Other++
	default:
		s.Unknown++
	}
	return s
}

// Fold takes the sums of weeks that are over, one for each, among those that are told
// once they are large enough. Weeks that were folded before are left out.
func (p Probe) Fold(weeks []ProbeSum) Probe {
	p.Rounds = slices.Clone(p.Rounds)
	last := p.Open.Until
	if n := len(p.Rounds); n > 0 {
		last = max(last, p.Rounds[n-1].Until)
	}
	weeks = slices.Clone(weeks)
	slices.SortFunc(weeks, func(a, b ProbeSum) int { return strings.Compare(a.Until, b.Until) })
	for _, week := range weeks {
		if week.Until <= last {
			continue
		}
		p.Open = ProbeSum{Until: week.Until, Right: p.Open.Right + week.Right, Other: p.Open.Other + week.Other, Unknown: p.Open.Unknown + week.Unknown}
		if p.Open.Answers() >= ProbeLeast {
			p.Rounds, p.Open = append(p.Rounds, p.Open), ProbeSum{}
		}
	}
	p.Rounds = p.Rounds[max(0, len(p.Rounds)-probeRounds):]
	return p
}

// Share sums up what can be told in a week: of the rounds that ended within the
// ProbeWeeks before it; nothing where there is none.
func (p Probe) Share(week string) ProbeSum {
	from, sum := dayAfter(week, -7*ProbeWeeks), ProbeSum{}
	for _, round := range p.Rounds {
		if round.Until >= from && round.Until < week {
			sum = ProbeSum{Until: round.Until, Right: sum.Right + round.Right, Other: sum.Other + round.Other, Unknown: sum.Unknown + round.Unknown}
		}
	}
	return sum
}

// LinkedShare is how many of a team's ideas, parked ones left out, are linked.
type LinkedShare struct{ Linked, Ideas int }

// LinkedOf counts them by the ideas at each stage, and by those without a link.
func LinkedOf(counts map[Stage]int, orphans IdeasOn) LinkedShare {
	share := LinkedShare{}
	for _, stage := range Stages() {
		if stage != Parked {
			share.Ideas += counts[stage]
			share.Linked -= orphans.Stages[stage]
		}
	}
	share.Linked = max(0, share.Linked+share.Ideas)
	return share
}

// Words say what a probe found beside how many ideas are linked, in a sentence or two.
func (s ProbeSum) Words(linked LinkedShare) string {
	if s.Answers() < ProbeLeast {
		return fmt.Sprintf("How many know what their work is for is told from %d answers on.", ProbeLeast)
	}
	words := fmt.Sprintf("Of %d answers in the last %d weeks, %s named the outcome", s.Answers(), ProbeWeeks, percent(s.Right, s.Answers()))
	if s.Unknown > 0 {
		words += fmt.Sprintf(", and %s said “I do not know”", percent(s.Unknown, s.Answers()))
	}
	if linked.Ideas > 0 {
		words += fmt.Sprintf("; %s of the ideas are linked to one", percent(linked.Linked, linked.Ideas))
	}
	return words + "."
}

// percent of a whole, rounded.
func percent(n, of int) string { return fmt.Sprintf("%d %%", (200*n+of)/(2*of)) }
