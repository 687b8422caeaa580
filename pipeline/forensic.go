package pipeline

import (
	"fmt"
	"slices"
	"time"
)

// Forensic is a forensic session: over some days, people list ways to ruin the
// Product Backlog, group and rank them, and choose what to do about the worst. It
// has four phases, each with a deadline.
type Forensic struct {
	Team TeamKey `json:"-"`
	// Number of the session within its team, from 1; given when it is stored.
	Number int `json:"-"`
	// Version counts changes, from 1; lists and picks are not among them.
	Version int64         `json:"-"`
	Phase   ForensicPhase `json:"phase"`
	// Began is when the phase did, Deadline when it ends; zero times when the session
	// is over.
	Began    time.Time `json:"began,omitzero"`
	Deadline time.Time `json:"deadline,omitzero"`
	// Days are the workdays of each phase.
	Days int `json:"days"`
	// To are the user ids of all who take part, sorted. Channel: they were the people
	// of the team's channel when it began.
	To      []string `json:"to"`
	Channel bool     `json:"channel,omitempty"`
	// Anonymous: nobody learns who wrote what. Who picked what nobody ever learns.
	Anonymous bool      `json:"anonymous,omitempty"`
	Started   time.Time `json:"started"`
	// StartedBy leads the session.
	StartedBy string `json:"started_by"`
	// Extended: too few had written at the first deadline of the lists.
	Extended bool `json:"extended,omitempty"`
	// Wrote and Picked are how many people did.
	Wrote  int `json:"wrote,omitempty"`
	Picked int `json:"picked,omitempty"`
	// Ways that were written, from the second phase on, in an order that tells neither
	// who nor when; Groups of them, in the order of their first way, from the end of
	// the ranking on the worst first.
	Ways   []ForensicWay   `json:"ways,omitempty"`
	Groups []ForensicGroup `json:"groups,omitempty"`
	// Ended is when the session was over, EndedBy who ended it, "" where a deadline
	// did. Without is why it ended without a result, in a sentence; "" where it has
	// one.
	Ended   time.Time `json:"ended,omitzero"`
	EndedBy string    `json:"ended_by,omitempty"`
	Without string    `json:"without,omitempty"`
}

// ForensicPhase is how far a session has come.
type ForensicPhase string

// The phases in their order.
const (
	ForensicLists ForensicPhase = "lists" // everybody for themselves lists ways to ruin the backlog
	ForensicMerge ForensicPhase = "merge" // whoever leads groups those that are alike
	ForensicRank  ForensicPhase = "rank"  // everybody picks the five worst
	ForensicFixes ForensicPhase = "fixes" // the worst five get a fix each
	ForensicOver  ForensicPhase = "over"
)

// ForensicWay is one way to ruin the backlog.
type ForensicWay struct {
	ID    int    `json:"id"` // from 1
	Words string `json:"words"`
	// By is a user id; "" in an anonymous session, and where fewer than
	// AnonymousLeast people wrote.
	By string `json:"by,omitempty"`
}

// ForensicGroup are ways that come to the same.
type ForensicGroup struct {
	ID   int    `json:"id"`
	Name string `json:"name"`
	Ways []int  `json:"ways"`
	// Rule of backlog health that measures the same; "" for none.
	Rule RuleID `json:"rule,omitempty"`
	// Points of all picks: five for somebody's first one, one for their fifth.
	Points int          `json:"points,omitempty"`
	Fix    *ForensicFix `json:"fix,omitempty"`
}

// ForensicFix is what is done about a group.
type ForensicFix struct {
	Words string    `json:"words"` // in a line
	Owner string    `json:"owner"` // a user id
	Day   string    `json:"day"`   // by which it is done, as in "2026-12-18"
	By    string    `json:"by"`    // who chose it
	At    time.Time `json:"at"`
}

// ForensicForm is what somebody typed to start a session: nothing checked.
type ForensicForm struct {
	Channel   bool   // the people of the channel take part
	Days      string // workdays of each phase; "" for ForensicDays
	Anonymous bool
}

// The inputs of the forms of a session, beside FieldPeople, FieldDays and
// FieldAnonymous; of a fix they are those of an experiment.
const (
	FieldGroupName Field = "group-name"
	FieldGroup     Field = "group"
	FieldRule      Field = "rule"
)

// WayField is the input for one way to ruin the backlog, from 0.
func WayField(n int) Field { return Field(fmt.Sprintf("way-%d", n)) }

// The limits of a session.
const (
	ForensicDays    = 2   // workdays of each phase where nothing else is chosen
	ForensicPeople  = 50  // who can take part
	ForensicWays    = 5   // that one person lists
	ForensicTop     = 5   // groups that one person picks, and that get a fix
	ForensicWayMost = 200 // runes of a way, and of a group's name
)

// StartForensic makes a session of what somebody typed, or says which fields to
// correct. people are those chosen, whoever can take part or not, see NewElectorate.
func StartForensic(policy Policy, p Person, where Where, typed ForensicForm, people []Person, now time.Time) (Forensic, error) {
	f := Forensic{Team: where.team(), Phase: ForensicLists, Channel: typed.Channel, Anonymous: typed.Anonymous, Started: now, StartedBy: p.ID, Days: ForensicDays}
	if err := mayIn(policy, p, HoldForensic, where, f.Team, "A forensic session"); err != nil {
		return Forensic{}, err
	}
	wrong := map[Field]string{}
	f.To, _ = NewElectorate(people, policy.Guests)
	switch n := len(f.To); {
	case n == 0:
		wrong[FieldPeople] = "Choose at least one person who can take part. Bots, deactivated people and people of other organisations cannot."
	case n > ForensicPeople:
		wrong[FieldPeople] = fmt.Sprintf("At most %d people can take part; these are %d. Choose some of them.", ForensicPeople, n)
	case f.Anonymous && n < AnonymousLeast:
		wrong[FieldAnonymous] = fmt.Sprintf("Anonymous lists are not shown under %d people, and these are %s. Ask more people, or write with names.", AnonymousLeast, amount(n, "person", "people"))
	}
	if HasVisible(typed.Days) {
		days, mistake := daysToVote(typed.Days, *where.Team)
		if f.Days = days; mistake != "" {
			wrong[FieldDays] = mistake
		}
	}
	if err := fieldProblems("forensic-form", wrong); err != nil {
		return Forensic{}, err
	}
	return f.until(*where.Team, where.Holidays, now), nil
}

// until gives the phase that begins now its deadline.
func (f Forensic) until(team Team, holidays Holidays, now time.Time) Forensic {
	f.Began = now
	f.Deadline = deadlineIn(team, holidays, f.Days, now)
	return f
}

// Running tells whether the session is not over yet.
func (f Forensic) Running() bool { return f.Phase != ForensicOver }

// Asks tells whether the user takes part.
func (f Forensic) Asks(user string) bool {
	_, found := slices.BinarySearch(f.To, user)
	return found
}

// takesPart refuses whoever cannot do in this phase what everybody is asked for.
func (f Forensic) takesPart(policy Policy, p Person, where Where, phase ForensicPhase, now time.Time) error {
	if err := mayIn(policy, p, AnswerRound, where, f.Team, "A forensic session"); err != nil {
		return err
	}
	switch {
	case !f.Asks(p.ID):
		return &Problem{
			Code: "not-asked",
			What: fmt.Sprintf("You are not among the %s who take part; they were chosen when the session began.", amount(len(f.To), "person", "people")),
			Safe: "Nothing was changed.",
			Next: "Reply in the thread instead, where everybody reads it.",
		}
	case f.Phase != phase || !now.Before(f.Deadline):
		return phaseOver()
	}
	return nil
}

// phaseOver is said of what belongs to a phase that has ended.
func phaseOver() *Problem {
	return &Problem{
		Code: "phase-over",
		What: "This part of the session is over.",
		Safe: "What was given before that counts.",
		Next: "The session's message in the team's channel shows what is next.",
	}
}

// CheckWays cleans what somebody typed as ways to ruin the backlog, or says why it
// cannot be taken. What is left out stays out; the same twice counts once.
func CheckWays(policy Policy, p Person, where Where, f Forensic, typed []string, now time.Time) ([]string, error) {
	if err := f.takesPart(policy, p, where, ForensicLists, now); err != nil {
		return nil, err
	}
	wrong := map[Field]string{}
	var ways []string
	for i, words := range typed[:min(len(typed), ForensicWays)] {
		if way := checkLine(words, WayField(i), ForensicWayMost, wrong); way != "" && !slices.Contains(ways, way) {
			ways = append(ways, way)
		}
	}
	if len(ways) == 0 && len(wrong) == 0 {
		wrong[WayField(0)] = "Write at least one way."
	}
	return ways, fieldProblems("ways-form", wrong)
}

// PickGroup adds a group to what somebody has picked, or takes it away again where
// wanted is false. The first pick counts most. What is so already stays so.
func PickGroup(policy Policy, p Person, where Where, f Forensic, picked []int, group int, wanted bool, now time.Time) ([]int, error) {
	if err := f.takesPart(policy, p, where, ForensicRank, now); err != nil {
		return picked, err
	}
	if _, err := f.group(group); err != nil {
		return picked, err
	}
	at := slices.Index(picked, group)
	switch {
	case wanted == (at >= 0):
		return picked, nil
	case !wanted:
		return slices.Delete(slices.Clone(picked), at, at+1), nil
	case len(picked) >= ForensicTop:
		return picked, &Problem{
			Code: "five-picked",
			What: fmt.Sprintf("You have picked %d already.", ForensicTop),
			Safe: "Your picks are kept.",
			Next: "Take one of them back first.",
		}
	}
	return append(slices.Clone(picked), group), nil
}

// group by its id; the place of it in Groups.
func (f Forensic) group(id int) (int, error) {
	at := slices.IndexFunc(f.Groups, func(g ForensicGroup) bool { return g.ID == id })
	if at < 0 {
		return 0, &Problem{
			Code: "group-unknown",
			What: "That group is not there any more: it was merged or taken apart.",
			Safe: "Nothing was changed.",
			Next: "Look at the groups as they are now.",
		}
	}
	return at, nil
}

// Group by its id; false where there is none.
func (f Forensic) Group(id int) (ForensicGroup, bool) {
	at, err := f.group(id)
	if err != nil {
		return ForensicGroup{}, false
	}
	return f.Groups[at], true
}

// WaysOf are the ways of a group, in their order.
func (f Forensic) WaysOf(g ForensicGroup) []ForensicWay {
	var ways []ForensicWay
	for _, way := range f.Ways {
		if slices.Contains(g.Ways, way.ID) {
			ways = append(ways, way)
		}
	}
	return ways
}

// Worst are the groups that get a fix, the worst first; none before they are ranked.
// What nobody picked is not among them, where that can be shown.
func (f Forensic) Worst() []ForensicGroup {
	if f.Phase != ForensicFixes && f.Phase != ForensicOver {
		return nil
	}
	worst := f.Groups[:min(len(f.Groups), ForensicTop)]
	unpicked := slices.IndexFunc(worst, func(g ForensicGroup) bool { return g.Points == 0 })
	if f.ShowsPoints() && unpicked > 0 {
		return worst[:unpicked]
	}
	return worst
}

// ShowsPoints tells whether points can be shown: those of a few would tell what each
// of them picked.
func (f Forensic) ShowsPoints() bool { return f.Picked >= AnonymousLeast }
