package pipeline

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// How the answers to a question by role spread, and what is offered where roles part.

// RoleSpread is how answers spread.
type RoleSpread struct {
	// Answers is how many there are. Groups are the roles that can be told, in the
	// order of TeamRoles, those that are told together as one; none where there are
	// fewer than AnonymousLeast answers.
	Answers int         `json:"answers"`
	Groups  []RoleGroup `json:"groups,omitempty"`
}

// RoleGroup is how the answers of one role spread, or of several together.
type RoleGroup struct {
	Roles []TeamRole `json:"roles"`
	// Counts by the place of the choice.
	Counts []int `json:"counts"`
}

// spreadByRole counts answers by role. A role with fewer than RoleLeast answers is told
// together with the smallest others, until there are as many: neither it nor what is
// left without it shows what one person said.
func spreadByRole(choices int, answers []RoleAnswer) RoleSpread {
	spread := RoleSpread{Answers: len(answers)}
	if len(answers) < AnonymousLeast {
		return spread
	}
	var groups []RoleGroup
	for _, role := range TeamRoles() {
		g := RoleGroup{Roles: []TeamRole{role}, Counts: make([]int, choices)}
		for _, a := range answers {
			if a.Role == role && a.Choice >= 0 && a.Choice < choices {
				g.Counts[a.Choice]++
			}
		}
		if g.people() > 0 {
			groups = append(groups, g)
		}
	}
	place := func(r TeamRole) int { return slices.Index(TeamRoles(), r) }
	for len(groups) > 1 {
		// Of two that are as small, stakeholders go first: product owners and they both
		// want things from the developers.
		slices.SortFunc(groups, func(a, b RoleGroup) int {
			return cmp.Or(a.people()-b.people(), place(b.Roles[0])-place(a.Roles[0]))
		})
		if groups[0].people() >= RoleLeast {
			break
		}
		for place, n := range groups[0].Counts {
			groups[1].Counts[place] += n
		}
		groups[1].Roles = append(groups[1].Roles, groups[0].Roles...)
		groups = groups[1:]
	}
	for _, g := range groups {
		slices.SortFunc(g.Roles, func(a, b TeamRole) int { return place(a) - place(b) })
	}
	slices.SortFunc(groups, func(a, b RoleGroup) int { return place(a.Roles[0]) - place(b.Roles[0]) })
	spread.Groups = groups
	return spread
}

// people is how many answered in the group.
func (g RoleGroup) people() int {
	n := 0
	for _, count := range g.Counts {
		n += count
	}
	return n
}

// Name of the group: "product owners and stakeholders".
func (g RoleGroup) Name() string {
	var nouns []string
	for _, role := range g.Roles {
		nouns = append(nouns, role.noun())
	}
	return enumerate(nouns)
}

// top are the places of the choices that most gave.
func (g RoleGroup) top() []int {
	most := slices.Max(g.Counts)
	var places []int
	for place, n := range g.Counts {
		if n == most && n > 0 {
			places = append(places, place)
		}
	}
	return places
}

// Words say how the answers of a group spread, those that most gave first: "3 of 5 say
// PAY-O3, 2 “I do not know”".
func (g RoleGroup) Words(q RoleQuestion) string {
	places := make([]int, len(g.Counts))
	for i := range places {
		places[i] = i
	}
	slices.SortStableFunc(places, func(a, b int) int { return g.Counts[b] - g.Counts[a] })
	var words []string
	for _, place := range places {
		if n := g.Counts[place]; n > 0 {
			said := fmt.Sprintf("%d %s", n, q.choice(place))
			if len(words) == 0 {
				said = fmt.Sprintf("%d of %d say %s", n, g.people(), q.choice(place))
			}
			words = append(words, said)
		}
	}
	return strings.Join(words, ", ")
}

// choice names one in a sentence.
func (q RoleQuestion) choice(place int) string {
	switch n := len(q.Choices); {
	case place < n:
		return q.Choices[place].Outcome.String()
	case place == n:
		return "“" + RoleElse + "”"
	}
	return "“" + RoleUnknown + "”"
}

// Part says how the roles part, in a sentence; "" where they do not, or where nothing
// can be told. They do where what most of one group say is not what most of another do,
// and all of them together where no choice has more than half of the answers.
func (q RoleQuestion) Part() string {
	groups := q.Spread.Groups
	for i, a := range groups {
		for _, b := range groups[i+1:] {
			if !slices.ContainsFunc(a.top(), func(place int) bool { return slices.Contains(b.top(), place) }) {
				return fmt.Sprintf("The most frequent answer of %s is %s, that of %s is %s.", a.Name(), q.choice(a.top()[0]), b.Name(), q.choice(b.top()[0]))
			}
		}
	}
	if len(groups) == 0 {
		return ""
	}
	all, most := 0, 0
	for place := range groups[0].Counts {
		n := 0
		for _, g := range groups {
			n += g.Counts[place]
		}
		all, most = all+n, max(most, n)
	}
	if 2*most > all {
		return ""
	}
	return fmt.Sprintf("No answer has more than half of the %d.", all)
}

// RoleStep is a step of the talk that is offered.
type RoleStep struct {
	Minutes int
	Words   string
}

// Agenda of a talk of RoleMinutes about how the roles part.
func (q RoleQuestion) Agenda() []RoleStep {
	why := "One from each group says in a minute what they saw that makes them choose so. Nobody answers yet."
	if len(q.Spread.Groups) < 2 {
		why = "One for each of the two most frequent answers says in a minute what they saw that makes them choose so. Nobody answers yet."
	}
	decide := "Decide: which outcome matters most until we look again, and what we leave for it. Write it down with a name and a day."
	if !q.Idea.IsZero() {
		decide = fmt.Sprintf("Decide: which outcome %s is for, or that it is for none. Change its link, or park it. Write it down with a name.", q.Idea)
	}
	return []RoleStep{
		{2, "Look at how the answers spread, in silence. Who chose what stays with them."},
		{5, why},
		{5, "What would we do otherwise next week if the other answer were right? What would tell us?"},
		{3, decide},
	}
}

// Point puts how the roles part into a line for an alignment session.
func (q RoleQuestion) Point() string {
	words := q.Words() + " " + q.Part()
	if q.Part() == "" {
		words = q.Words() + " Look at how the answers spread by role."
	}
	return Cut(words, PointLimit)
}
