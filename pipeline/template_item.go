package pipeline

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

var idPattern = regexp.MustCompile(`^[a-z][a-z0-9-]{0,39}$`)

const idRule = "lower-case letters, digits and hyphens, a letter first, at most 40"

// ParseTemplateID accepts an id in any letter case with surrounding space.
func ParseTemplateID(s string) (TemplateID, error) {
	id := strings.ToLower(strings.TrimSpace(s))
	if !idPattern.MatchString(id) {
		return "", &Problem{
			Code: "template-id-malformed",
			What: "That is not the name of a checklist. It looks like opportunity-canvas: " + idRule + ".",
		}
	}
	return TemplateID(id), nil
}

// itemKinds lists the kinds, facts what can answer one of the kind fact.
var (
	itemKinds = []ItemKind{
		KindYesNo, KindText, KindNumber, KindChoice, KindDate, KindPerson,
		KindTasks, KindParticipants, KindEvidence, KindFact,
	}
	facts = []Fact{FactOutcome, FactMeasure, FactCriteria, FactSize}
)

func (c *checker) checkItemID(t Template, i int) {
	at, id := place{item: i, key: "id"}, t.Items[i].ID
	switch first := indexOfItem(t.Items, id); {
	case id == "":
		c.say(at, "The item needs an id, such as budget.")
	case !idPattern.MatchString(string(id)):
		c.say(at, "The id %s does not work: %s.", shown(string(id)), idRule)
	case first < i:
		other := ""
		if line := c.lines[place{item: first, key: "id"}]; line > 0 {
			other = fmt.Sprintf("; the other one is in line %d", line)
		}
		c.say(at, "Two items have the id %s%s.", id, other)
	}
}

func (c *checker) checkItem(t Template, i int, item Item) {
	at := func(key string) place { return place{item: i, key: key} }
	c.checkText(at("question"), item.Question, "question", QuestionLimit, CleanLine)
	if !HasVisible(item.Question) {
		c.say(at("question"), "The item needs a question.")
	}
	c.checkText(at("brief"), item.Brief, "brief question", QuestionLimit, CleanLine)
	if item.Brief != "" && (len(t.Forms) == 0 || !item.in(t.Forms[0])) {
		c.say(at("brief"), "\"brief\" is the question in the shortest of several forms, and this item is not in one.")
	}
	c.checkText(at("help"), item.Help, "help", HelpLimit, CleanText)
	c.checkItemForms(t, at("in"), item.In, nil)
	c.checkItemForms(t, at("required"), item.RequiredIn, item.In)
	if len(item.RequiredIn) > 0 && !item.Required {
		c.say(at("required"), "It is required in some forms and not required at once.")
	}
	if item.Kind == "" {
		c.say(at("kind"), "The item needs a kind: %s.", strings.Join(texts(itemKinds), ", "))
		return
	}
	if !slices.Contains(itemKinds, item.Kind) {
		c.say(at("kind"), "There is no kind %s%s", shown(string(item.Kind)), hint(string(item.Kind), texts(itemKinds)))
		return
	}
	c.checkKind(t, i, item)
	c.checkPass(t, i, item)
}

func (c *checker) checkItemForms(t Template, at place, forms, among []Form) {
	for i, form := range forms {
		switch {
		case len(t.Forms) == 0:
			c.say(at, "It names the form %s, but the checklist has no forms.", shown(string(form)))
		case !slices.Contains(t.Forms, form):
			c.say(at, "There is no form %s%s", shown(string(form)), hint(string(form), texts(t.Forms)))
		case slices.Contains(forms[:i], form):
			c.say(at, "The form %s is named twice.", form)
		case len(among) > 0 && !slices.Contains(among, form):
			c.say(at, "It is required in the form %s, in which it does not stand.", form)
		}
	}
}

// checkKind refuses what belongs to another kind of item.
func (c *checker) checkKind(t Template, i int, item Item) {
	at := func(key string) place { return place{item: i, key: key} }
	if item.Unit != "" && item.Kind != KindNumber {
		c.say(at("unit"), "Only a number has a unit.")
	}
	c.checkText(at("unit"), item.Unit, "unit", UnitLimit, CleanLine)
	if item.Unit != "" && !canBeUnit(item.Unit) {
		c.say(at("unit"), "Numbers in %s could be misread. A unit is a word or two, or a sign such as %% or €.", shown(item.Unit))
	}
	if item.Why && item.Kind != KindYesNo {
		c.say(at("why"), "Only a yes/no has a why beside it.")
	}
	c.checkChoices(at("choices"), item)
	c.checkFact(at("fact"), t, item)
}

func (c *checker) checkFact(at place, t Template, item Item) {
	checklist, isChecklist := waitsFor(item)
	switch {
	case item.Kind != KindFact && item.Fact != "":
		c.say(at, "Only the kind fact has a fact.")
	case item.Kind != KindFact:
	case item.Fact == "":
		c.say(at, "The item needs a fact: %s, or %sID.", strings.Join(texts(facts), ", "), ChecklistPassed)
	case isChecklist && checklist == t.ID:
		c.say(at, "A checklist cannot wait for itself to pass.")
	case isChecklist && !idPattern.MatchString(string(checklist)):
		c.say(at, "After %s comes the id of a checklist, such as %s%s.", ChecklistPassed, ChecklistPassed, INVEST)
	case !isChecklist && !slices.Contains(facts, item.Fact):
		c.say(at, "There is no fact %s%s", shown(string(item.Fact)), hint(string(item.Fact), append(texts(facts), ChecklistPassed+string(INVEST))))
	}
}

// canBeUnit tells whether numbers in that unit are read as what they are.
func canBeUnit(unit string) bool {
	if !HasVisible(unit) {
		return false
	}
	for _, n := range []float64{30.5, -3, 1} {
		if read, named, err := ParseNumber(FormatNumber(n, unit), unit); err != nil || read != n || named != unit {
			return false
		}
		if read, named, err := ParseNumber(FormatNumber(n, unit), ""); err != nil || read != n || named != unit {
			return false
		}
	}
	return true
}

func (c *checker) checkChoices(at place, item Item) {
	if item.Kind != KindChoice {
		if len(item.Choices) > 0 {
			c.say(at, "Only a choice has choices.")
		}
		return
	}
	if len(item.Choices) < 2 || len(item.Choices) > ChoiceLimit {
		c.say(at, "A choice has 2 to %d choices; this has %d.", ChoiceLimit, len(item.Choices))
	}
	seen := map[string]bool{}
	for i, choice := range item.Choices {
		same := strings.ToLower(choice)
		switch {
		case !HasVisible(choice):
			c.say(at, "Choice %d is empty.", i+1)
		case Length(choice) > ChoiceTextLimit:
			c.say(at, "Choice %d has %d characters; at most %d.", i+1, Length(choice), ChoiceTextLimit)
		case CleanLine(choice) != choice:
			c.say(at, "Choice %d holds characters that are not kept.", i+1)
		case seen[same]:
			c.say(at, "The choice %s stands there twice.", shown(choice))
		}
		seen[same] = true
	}
}
