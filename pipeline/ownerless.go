package pipeline

import (
	"cmp"
	"slices"
)

// AdminsAsked is how many admins are asked to name a product owner: enough that one of
// them is there.
const AdminsAsked = 10

// Ownerless tells whether nobody can decide about a team's ideas any more, because none
// of those who are its product owners can: their accounts are deactivated, or guests now.
// people are the facts about them.
func Ownerless(policy Policy, team Team, people []Person) bool {
	return len(ownersWhoMay(policy, team, people, DecideIdea)) == 0
}

// NameOwners are the people, of some, who may name product owners of a team from outside
// of its channel, at most AdminsAsked, in the order of their ids.
func NameOwners(policy Policy, team Team, people []Person) []string {
	var ids []string
	for _, p := range slices.SortedFunc(slices.Values(people), func(a, b Person) int { return cmp.Compare(a.ID, b.ID) }) {
		if len(ids) < AdminsAsked && !slices.Contains(ids, p.ID) && May(policy, p, ChangeTeam, Where{Team: &team}).OK {
			ids = append(ids, p.ID)
		}
	}
	return ids
}

// ownersWhoMay are those of a team's product owners who may do something at the moment,
// in the order of people.
func ownersWhoMay(policy Policy, team Team, people []Person, action Action) []string {
	var ids []string
	for _, p := range people {
		if team.OwnedBy(p.ID) && !slices.Contains(ids, p.ID) && May(policy, p, action, Where{Team: &team, InChannel: true}).OK {
			ids = append(ids, p.ID)
		}
	}
	return ids
}
