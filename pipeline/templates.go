package pipeline

import (
	"cmp"
	"embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
)

//go:embed templates/*.yaml
var templateFiles embed.FS

// BuiltIn gives the checklists that come with alignbot, in the order in which
// people meet them. The values are shared: copy before changing one in place.
func BuiltIn() []Template { return slices.Clone(builtIn()) }

var builtIn = sync.OnceValue(func() []Template {
	var all []Template
	for _, id := range []TemplateID{OpportunityCanvas, TestCard, LearningCard, UsabilityTest, INVEST, DefinitionOfReady} {
		source, err := templateFiles.ReadFile("templates/" + string(id) + ".yaml")
		if err != nil {
			panic(fmt.Sprintf("read the built-in checklist %s: %v", id, err))
		}
		t, err := ParseTemplate(string(source))
		if err != nil || t.ID != id {
			panic(fmt.Sprintf("the built-in checklist %s is broken: %v", id, err))
		}
		all = append(all, t)
	}
	return all
})

// TemplatesOf lists the checklists of a team: the built-in ones, each replaced
// by the team's own version where there is one, then the team's own by name.
func TemplatesOf(own []Template) []Template {
	all := BuiltIn()
	var added []Template
	for _, t := range own {
		if i := indexOf(all, t.ID); i >= 0 {
			all[i] = t
		} else {
			added = append(added, t)
		}
	}
	slices.SortFunc(added, func(a, b Template) int {
		return cmp.Or(strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), cmp.Compare(a.ID, b.ID))
	})
	return append(all, added...)
}

// FindTemplate gives the one with the id, and whether there is one.
func FindTemplate(all []Template, id TemplateID) (Template, bool) {
	if i := indexOf(all, id); i >= 0 {
		return all[i], true
	}
	return Template{}, false
}

func indexOf(all []Template, id TemplateID) int {
	return slices.IndexFunc(all, func(t Template) bool { return t.ID == id })
}

// CheckAmong looks at a template beside those that its team keeps, before it is
// saved with them: there is room for it, no other one has its name, and the
// checklists that it waits for exist and do not wait for it in turn. The error
// is a *TemplateError without lines, with what is wrong marked by field.
func CheckAmong(t Template, own []Template) error {
	c := newChecker()
	if indexOf(own, t.ID) < 0 && len(own) >= TemplateLimit {
		c.say(head(""), "The team keeps %d checklists of its own, and that is the most. Remove one first.", len(own))
	}
	all := slices.DeleteFunc(TemplatesOf(own), func(other Template) bool { return other.ID == t.ID })
	for _, other := range all {
		if strings.EqualFold(other.Name, t.Name) {
			c.say(head("name"), "There is a checklist called %s already, %s. Give this one another name.", shown(other.Name), other.ID)
		}
	}
	all = append(all, t)
	for i, item := range t.Items {
		c.ids = append(c.ids, item.ID)
		id, waits := waitsFor(item)
		if _, known := FindTemplate(all, id); waits && !known {
			c.say(place{item: i, key: "fact"}, "The team has no checklist %s.", shown(string(id)))
		} else if waits && leadsTo(all, id, t.ID, nil) {
			c.say(place{item: i, key: "fact"}, "The checklist %s waits for this one to pass, so both would wait forever.", id)
		}
	}
	return c.errWhere(func(place) bool { return true })
}

// waitsFor gives the checklist that has to pass for the item to be met.
func waitsFor(item Item) (TemplateID, bool) {
	id, waits := strings.CutPrefix(string(item.Fact), ChecklistPassed)
	return TemplateID(id), waits
}

// leadsTo tells whether one checklist waits for another, directly or by way of
// others. Those in seen were looked at.
func leadsTo(all []Template, from, to TemplateID, seen map[TemplateID]bool) bool {
	if from == to {
		return true
	}
	if seen == nil {
		seen = map[TemplateID]bool{}
	}
	t, _ := FindTemplate(all, from)
	seen[from] = true
	return slices.ContainsFunc(t.Items, func(item Item) bool {
		next, waits := waitsFor(item)
		return waits && !seen[next] && leadsTo(all, next, to, seen)
	})
}

// ItemsIn lists the items of a form. "" is the form of a template without
// forms.
func (t Template) ItemsIn(f Form) []Item {
	var items []Item
	for _, item := range t.Items {
		if item.in(f) {
			items = append(items, item)
		}
	}
	return items
}

// Size says how many items there are, in each of its forms: "8", "quick 5, full 10".
func (t Template) Size() string {
	if len(t.Forms) == 0 {
		return strconv.Itoa(len(t.Items))
	}
	forms := make([]string, len(t.Forms))
	for i, form := range t.Forms {
		forms[i] = fmt.Sprintf("%s %d", form, len(t.ItemsIn(form)))
	}
	return strings.Join(forms, ", ")
}

// Asked is the question as the form puts it.
func (t Template) Asked(item Item, f Form) string {
	if item.Brief != "" && len(t.Forms) > 0 && f == t.Forms[0] {
		return item.Brief
	}
	return item.Question
}

// RequiredFor tells whether a run in that form is incomplete without it.
func (i Item) RequiredFor(f Form) bool {
	return i.Required && i.in(f) && (len(i.RequiredIn) == 0 || slices.Contains(i.RequiredIn, f))
}

func (i Item) in(f Form) bool { return len(i.In) == 0 || slices.Contains(i.In, f) }

// IsZero tells whether any answer passes.
func (p PassRule) IsZero() bool {
	return p.AtLeast == nil && p.AtMost == nil && len(p.OneOf) == 0 && p.Succeed == 0 && p.Of == 0 && p.Strength == ""
}
