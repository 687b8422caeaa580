package pipeline

import (
	"fmt"
	"iter"
	"math"
	"slices"
	"strings"
	"time"
)

// Developers are the people who build a team's product, as the team names them.
type Developers struct {
	Team    TeamKey `json:"-"`
	Version int64   `json:"-"`
	// People are user ids, sorted; none while nobody was named.
	People []string `json:"people,omitempty"`
}

// The limits of taking part.
const (
	DevelopersLimit = 50 // people
	// TakingPartLeast is how many different people there have to be before shares are
	// shown: of fewer, a share would name them.
	TakingPartLeast = 4
)

// FieldDevelopers is the input of the form that names them.
const FieldDevelopers Field = "developers"

// NameDevelopers checks who was chosen to be named. None names nobody.
func NameDevelopers(policy Policy, p Person, where Where, chosen []string) (Developers, error) {
	d := Developers{Team: where.team()}
	if err := mayIn(policy, p, ChangeTeam, where, d.Team, "Who develops in a team"); err != nil {
		return d, err
	}
	d.People = slices.Compact(slices.Sorted(slices.Values(chosen)))
	wrong := map[Field]string{}
	switch n := len(d.People); {
	case n > DevelopersLimit:
		wrong[FieldDevelopers] = fmt.Sprintf("At most %d people; these are %d.", DevelopersLimit, n)
	case slices.ContainsFunc(d.People, func(user string) bool { return !userPattern.MatchString(user) }):
		wrong[FieldDevelopers] = "Choose people from the list."
	}
	return d, fieldProblems("developers-form", wrong)
}

// TakingPart is which roles took part in a team's work on what to build, and to what
// share. It names nobody and ranks nobody.
//
// Product are the team's product owners, developers those whom the team has named,
// stakeholders everybody else. While nobody is named, all but the product owners
// count together as others.
type TakingPart struct {
	// People is how many different ones took part at all.
	People int `json:"people"`
	// Named: the team has said who its developers are.
	Named bool `json:"named,omitempty"`
	// Discovery is work on checklists, evidence and tests; Refinement sessions that
	// were logged, sizes and acceptance criteria; Reviews answers in a review.
	Discovery  PartTaken `json:"discovery"`
	Refinement PartTaken `json:"refinement"`
	Reviews    PartTaken `json:"reviews"`
}

// PartTaken counts the different people who took part in something, by role.
type PartTaken struct {
	Product    int `json:"product,omitempty"`
	Developers int `json:"developers,omitempty"`
	// Others are stakeholders where developers are named.
	Others int `json:"others,omitempty"`
}

// People is how many took part.
func (p PartTaken) People() int { return p.Product + p.Developers + p.Others }

// PartFacts are what people did in a time.
type PartFacts struct {
	Happened    []Happening
	Refinements []Refinement
	Reviews     []Reviewed
}

// Reviewed is who answered in a review that was opened, or closed, then.
type Reviewed struct {
	At time.Time
	By []string // user ids
}

// part is a kind of work on what to build.
type part string

const (
	partOther      part = ""
	partDiscovery  part = "discovery"
	partRefinement part = "refinement"
	partReview     part = "review"
)

// partOf tells in which of them it is what somebody did to an idea or an outcome.
func partOf(what What) part {
	switch what {
	case RunBegan, RunDecided, GotEvidence, TestStarted, TestAmended:
		return partDiscovery
	case WasSized:
		return partRefinement
	}
	return partOther
}

// deed is one thing that somebody did. On is the key of the idea or outcome; "" for a
// review. what is "" for a logged refinement, or a review.
type deed struct {
	by   string
	at   time.Time
	on   string
	part part
	what What
}

// deeds are all that people did, in no order: what says who took part, who has not
// been seen, and who worked on an idea. Days are those of loc.
func (f PartFacts) deeds(loc *time.Location) iter.Seq[deed] {
	return func(yield func(deed) bool) {
		for _, h := range f.Happened {
			if h.Event.By != "" && !yield(deed{h.Event.By, h.At(), h.Key, partOf(h.Event.What), h.Event.What}) {
				return
			}
		}
		for _, r := range f.Refinements {
			day, err := time.ParseInLocation(time.DateOnly, r.Day, loc)
			if err != nil {
				day = r.At
			}
			for _, by := range r.People {
				if len(r.Touched) == 0 && !yield(deed{by: by, at: day, part: partRefinement}) {
					return
				}
				for _, key := range r.Touched {
					if !yield(deed{by: by, at: day, on: key.String(), part: partRefinement}) {
						return
					}
				}
			}
		}
		for _, r := range f.Reviews {
			for _, by := range r.By {
				if !yield(deed{by: by, at: r.At, part: partReview}) {
					return
				}
			}
		}
	}
}

// TakingPartIn counts who took part.
func TakingPartIn(team Team, developers Developers, facts PartFacts) TakingPart {
	took := map[part]map[string]bool{partDiscovery: {}, partRefinement: {}, partReview: {}, partOther: {}}
	for d := range facts.deeds(team.Location()) {
		took[d.part][d.by] = true
	}
	everybody := map[string]bool{}
	count := func(users map[string]bool) PartTaken {
		var p PartTaken
		for user := range users {
			everybody[user] = true
			switch {
			case team.OwnedBy(user):
				p.Product++
			case slices.Contains(developers.People, user):
				p.Developers++
			default:
				p.Others++
			}
		}
		return p
	}
	t := TakingPart{
		Named: len(developers.People) > 0, Discovery: count(took[partDiscovery]), Refinement: count(took[partRefinement]), Reviews: count(took[partReview]),
	}
	t.People = len(everybody)
	return t
}

// Lines say the shares of the roles, a line for each kind of work: "Discovery:
// product 25 %, developers 50 %, stakeholders 25 %". Of fewer than TakingPartLeast
// people they only say so.
func (t TakingPart) Lines() []string {
	if t.People < TakingPartLeast {
		return []string{fmt.Sprintf("Who took part is shown from %d people on, by role and as shares.", TakingPartLeast)}
	}
	lines := []string{
		"Discovery: " + t.shares(t.Discovery), "Refinement: " + t.shares(t.Refinement), "Review: " + t.shares(t.Reviews),
	}
	if !t.Named {
		lines = append(lines, "Nobody has named the developers yet, so all but the product owners count together.")
	}
	return lines
}

// InDiscovery says who took part in discovery, in one sentence.
func (t TakingPart) InDiscovery() string {
	switch {
	case t.Discovery.People() == 0:
		return "Nobody is known to have taken part in any."
	case t.People < TakingPartLeast:
		return "Some took part in discovery beside them."
	}
	return "Beside them took part in discovery: " + t.shares(t.Discovery) + "."
}

// shares of the people in each role, in percent.
func (t TakingPart) shares(p PartTaken) string {
	people := p.People()
	if people == 0 {
		return "nobody"
	}
	share := func(n int, who string) string {
		return fmt.Sprintf("%s %.0f %%", who, math.Round(100*float64(n)/float64(people)))
	}
	if !t.Named {
		return share(p.Product, "product") + ", " + share(p.Others, "others")
	}
	return strings.Join([]string{share(p.Product, "product"), share(p.Developers, "developers"), share(p.Others, "stakeholders")}, ", ")
}
