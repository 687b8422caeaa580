package pipeline

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
)

// ElectorateLimit is the most people that one ballot asks.
const ElectorateLimit = 2000

// NewElectorate takes those who can vote out of people: everybody once, sorted
// by user id. Bots, deactivated people and outsiders never can, guests only
// where they were chosen. left says how many of whom were left out, one
// sentence each.
func NewElectorate(people []Person, guests bool) (ids, left []string) {
	met := map[string]bool{}
	var bots, gone, outside, visiting int
	for _, p := range people {
		if p.ID == "" || met[p.ID] {
			continue
		}
		met[p.ID] = true
		switch RolesOf(p, nil)[0] {
		case RoleDeactivated:
			gone++
		case RoleBot:
			bots++
		case RoleOutsider:
			outside++
		case RoleGuest:
			if !guests {
				visiting++
				continue
			}
			ids = append(ids, p.ID)
		default:
			ids = append(ids, p.ID)
		}
	}
	slices.Sort(ids)
	for _, group := range []struct {
		n            int
		one, several string
	}{
		{bots, "One bot was left out.", "%d bots were left out."},
		{gone, "One deactivated person was left out.", "%d deactivated people were left out."},
		{outside, "One person of another organisation was left out.", "%d people of another organisation were left out."},
		{visiting, "One guest was left out.", "%d guests were left out."},
	} {
		switch {
		case group.n == 1:
			left = append(left, group.one)
		case group.n > 1:
			left = append(left, fmt.Sprintf(group.several, group.n))
		}
	}
	return ids, left
}

// Quorum is how many have to vote for a ballot to advise anything: a number of
// people or a share of the electorate. The zero value asks for none.
type Quorum struct {
	Number  int
	Percent int // 1 to 100
}

// Of gives how many of an electorate have to vote; a share is rounded up.
func (q Quorum) Of(electorate int) int {
	if q.Percent > 0 {
		return (electorate*q.Percent + 99) / 100
	}
	return q.Number
}

// String writes a quorum as ParseQuorum reads it: "5", "50 %", "" for none.
func (q Quorum) String() string {
	switch {
	case q.Percent > 0:
		return fmt.Sprintf("%d %%", q.Percent)
	case q.Number > 0:
		return strconv.Itoa(q.Number)
	}
	return ""
}

var quorumPattern = regexp.MustCompile(`^0*([0-9]{1,6}) ?(%|percent|people|votes)?$`)

// ParseQuorum reads "5", "5 people" and "50 %"; nothing and 0 are no quorum.
// The second result is false for anything else, a share over the whole among it.
func ParseQuorum(typed string) (Quorum, bool) {
	typed = CleanLine(typed)
	if !HasVisible(typed) {
		return Quorum{}, true
	}
	parts := quorumPattern.FindStringSubmatch(typed)
	if parts == nil {
		return Quorum{}, false
	}
	n, err := strconv.Atoi(parts[1])
	if err != nil {
		return Quorum{}, false
	}
	if parts[2] == "%" || parts[2] == "percent" {
		return Quorum{Percent: n}, n <= 100
	}
	return Quorum{Number: n}, true
}

// VoteRule is what a ballot asks for to advise what it proposes: at least
// Approve votes for it, at most Object objections. The zero value is no rule:
// the greater number counts.
type VoteRule struct{ Approve, Object int }

// IsZero tells whether there is no rule. A rule asks for one approval at least.
func (r VoteRule) IsZero() bool { return r == VoteRule{} }

// String words a rule: "at least 5 approve, at most one objects".
func (r VoteRule) String() string {
	if r.IsZero() {
		return ""
	}
	words := fmt.Sprintf("at least %d approve, ", r.Approve)
	if r.Approve == 1 {
		words = "at least one approves, "
	}
	switch r.Object {
	case 0:
		return words + "nobody objects"
	case 1:
		return words + "at most one objects"
	}
	return words + fmt.Sprintf("at most %d object", r.Object)
}
