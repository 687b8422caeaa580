package pipeline

import (
	"slices"
	"strings"
)

// testRole is what an item with a certain id means in a test.
type testRole struct {
	item ItemID
	kind ItemKind
	// needed: a test cannot be started without its answer.
	needed bool
}

// testRoles are the items by which a test is started, watched and decided.
var testRoles = []testRole{
	{ItemHypothesis, KindText, true},
	{ItemDirection, KindChoice, false},
	{ItemCriterion, KindNumber, true},
	{ItemSample, KindNumber, false},
	{ItemOwner, KindPerson, false},
	{ItemDeadline, KindDate, true},
}

// Directions lists what the item direction of a test offers.
func Directions() []string { return []string{AtLeast, AtMost} }

// checkRoles: a test has what its verdict takes.
func (c *checker) checkRoles(t Template) {
	if decidedBy(t.Use) != "" {
		for i, item := range t.Items {
			if item.Kind == KindParticipants {
				c.say(place{item: i, key: "kind"}, "Results of participants belong to a checklist. %s", decidedBy(t.Use))
			}
		}
	}
	if t.Use != UseTest {
		return
	}
	for _, role := range testRoles {
		i := slices.IndexFunc(t.Items, func(item Item) bool { return item.ID == role.item })
		if i < 0 {
			if role.needed {
				c.say(head(string(role.item)), "A test needs an item with the id %s, of the kind %s and required.", role.item, role.kind)
			}
			continue
		}
		item := t.Items[i]
		if item.Kind != role.kind {
			c.say(place{item: i, key: "kind"}, "In a test, %s is of the kind %s.", role.item, role.kind)
		}
		if role.needed && !requiredEverywhere(t, item) {
			c.say(place{item: i, key: "required"}, "In a test, %s is required, in every form.", role.item)
		}
		if role.item == ItemDirection && item.Kind == KindChoice && !slices.Equal(item.Choices, Directions()) {
			c.say(place{item: i, key: "choices"}, "In a test, %s has the choices [%s].", role.item, strings.Join(Directions(), ", "))
		}
	}
}

func requiredEverywhere(t Template, item Item) bool {
	for _, form := range formsOf(t) {
		if !item.RequiredFor(form) {
			return false
		}
	}
	return true
}

// formsOf lists the forms in which the template can be answered: "" for the one
// of a template without forms.
func formsOf(t Template) []Form {
	if len(t.Forms) == 0 {
		return []Form{""}
	}
	return t.Forms
}
