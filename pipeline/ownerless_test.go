package pipeline

import (
	"fmt"
	"slices"
	"testing"
)

func TestATeamIsOwnerlessWhenNoneOfItsOwnersCanDecide(t *testing.T) {
	team := Team{Key: "PAY", Channel: "C1", Owners: []string{"U_ANA", "U_BEN"}}
	ana, ben, eve := Person{ID: "U_ANA"}, Person{ID: "U_BEN"}, Person{ID: "U_EVE"}
	gone, guest := ana, ben
	gone.Deactivated, guest.Guest = true, true
	for name, try := range map[string]struct {
		people []Person
		want   bool
	}{
		"both can":                         {[]Person{ana, ben}, false},
		"one can":                          {[]Person{gone, ben}, false},
		"one left, the other is a guest":   {[]Person{gone, guest}, true},
		"somebody else can":                {[]Person{gone, guest, eve}, true},
		"nothing is known about any of it": {nil, true},
	} {
		if got := Ownerless(Policy{}, team, try.people); got != try.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestAdminsWhoMaySeeATeamNameItsOwner(t *testing.T) {
	team := Team{Key: "PAY", Channel: "C1", Owners: []string{"U_ANA"}}
	people := []Person{
		{ID: "U_EVE", Admin: true}, {ID: "U_DAN", Admin: true}, {ID: "U_DAN", Admin: true}, {ID: "U_BEN"},
		{ID: "U_GUS", Admin: true, Deactivated: true}, {ID: "U_ANA", Deactivated: true},
	}
	if got := NameOwners(Policy{}, team, people); !slices.Equal(got, []string{"U_DAN", "U_EVE"}) {
		t.Errorf("asked are %v", got)
	}
	team.Private = true
	if got := NameOwners(Policy{}, team, people); len(got) > 0 {
		t.Errorf("of a private team they are not in %v learn", got)
	}
	for i := range 3 * AdminsAsked {
		people = append(people, Person{ID: fmt.Sprint("U", i), Admin: true})
	}
	team.Private = false
	if got := NameOwners(Policy{}, team, people); len(got) != AdminsAsked {
		t.Errorf("%d are asked", len(got))
	}
}
