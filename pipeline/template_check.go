package pipeline

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
)

// CheckTemplate applies the rules of ParseTemplate to a value that was made in
// forms. A *TemplateError names every mistake, with no lines.
func CheckTemplate(t Template) error {
	c := newChecker()
	c.check(t)
	return c.err()
}

// place is where something stands in a template: the value of a key of an item,
// counted from 0, or of the head, which is item -1. The key "" is all of it.
type place struct {
	item int
	key  string
}

func head(key string) place { return place{item: -1, key: key} }

// checker collects what is wrong with a template, one mistake a place: what
// could not be read is not blamed a second time for what it is not.
type checker struct {
	// lines of the places in the source; empty for a template made in forms.
	lines    map[place]int
	mistakes []Mistake
	// told is what was said about each place.
	told map[place]string
	// ids of the items, to name one where there are no lines.
	ids []ItemID
	// noun is what the template is of.
	noun string
}

// templateNoun is what most templates are of.
const templateNoun = "checklist"

func newChecker() checker {
	return checker{lines: map[place]int{}, told: map[place]string{}, noun: templateNoun}
}

func (c *checker) say(at place, format string, args ...any) {
	if c.wrong(at) {
		return
	}
	what := fmt.Sprintf(format, args...)
	c.told[at] = what
	line := cmp.Or(c.lines[at], c.lines[place{item: at.item}])
	if line == 0 && at.item >= 0 {
		what = fmt.Sprintf("Item %d, %s: %s", at.item+1, shown(string(c.ids[at.item])), what)
	}
	c.mistakes = append(c.mistakes, Mistake{Line: line, What: what})
}

// sayLine is for what stands in no known place.
func (c *checker) sayLine(line int, format string, args ...any) {
	c.mistakes = append(c.mistakes, Mistake{Line: line, What: fmt.Sprintf(format, args...)})
}

func (c *checker) wrong(at place) bool { return c.told[at] != "" }

func (c *checker) err() error {
	if len(c.mistakes) == 0 {
		return nil
	}
	slices.SortStableFunc(c.mistakes, func(a, b Mistake) int { return cmp.Compare(a.Line, b.Line) })
	return &TemplateError{Mistakes: c.mistakes[:min(len(c.mistakes), mistakesMax)], noun: c.noun}
}

// errAt is err with what is wrong at one item, -1 for the head, marked by field.
func (c *checker) errAt(item int) error {
	return c.errWhere(func(at place) bool { return at.item == item })
}

// errWhere is err with what is wrong in some places marked by field.
func (c *checker) errWhere(marked func(place) bool) error {
	var broken *TemplateError
	if !errors.As(c.err(), &broken) {
		return nil
	}
	broken.fields = map[Field]string{}
	for at, what := range c.told {
		if at.key != "" && marked(at) {
			broken.fields[Field(at.key)] = what
		}
	}
	return broken
}

// check says everything that is wrong with the template.
func (c *checker) check(t Template) {
	for _, item := range t.Items {
		c.ids = append(c.ids, item.ID)
	}
	c.checkHead(t)
	if len(t.Items) == 0 {
		c.say(head("items"), "A checklist needs at least one item.")
	}
	if len(t.Items) > ItemLimit {
		c.say(head("items"), "A checklist has at most %d items; this has %d.", ItemLimit, len(t.Items))
		return
	}
	for i, item := range t.Items {
		if !c.wrong(place{item: i}) {
			c.checkItemID(t, i)
			c.checkItem(t, i, item)
		}
	}
	c.checkParticipants(t)
	c.checkFormsUsed(t)
	c.checkRoles(t)
	if len(c.mistakes) == 0 && len(FormatTemplate(t)) > TemplateFileLimit {
		c.say(head(""), "All its texts together are too long. As a file, a checklist has at most %d kB.", TemplateFileLimit>>10)
	}
}

func (c *checker) checkHead(t Template) {
	if !idPattern.MatchString(string(t.ID)) {
		c.say(head("id"), "The checklist needs an id such as interview-notes: %s.", idRule)
	}
	c.checkText(head("name"), t.Name, "name", TemplateNameLimit, CleanLine)
	if !HasVisible(t.Name) {
		c.say(head("name"), "The checklist needs a name.")
	}
	c.checkText(head("about"), t.About, "text about it", AboutLimit, CleanText)
	if uses := []string{string(UseChecklist), string(UseTest), string(UseLearning)}; !slices.Contains(uses, string(t.Use)) {
		c.say(head("use"), "There is no use %s%s", shown(string(t.Use)), hint(string(t.Use), uses))
	}
	c.checkFormNames(t)
	for i, limit := range []*int{t.Pass.MaxNo, t.Pass.MaxUnsure} {
		if limit != nil && (*limit < 0 || *limit > ItemLimit) {
			c.say(head(answerRuleKeys[i]), "%q is 0 to %d; this is %d.", answerRuleKeys[i], ItemLimit, *limit)
		}
	}
	if decidedBy(t.Use) != "" && t.Pass != (AnswerRule{}) {
		c.say(head("pass"), "Only a checklist passes by its answers. %s", decidedBy(t.Use))
	}
}

// decidedBy says what decides a run other than its answers, "" for a checklist.
func decidedBy(use Use) string {
	switch use {
	case UseTest:
		return "A test is decided by its criterion."
	case UseLearning:
		return "A learning card ends with a decision."
	}
	return ""
}

// checkText refuses what is longer than its limit, and what would not be kept
// as it is.
func (c *checker) checkText(at place, text, noun string, limit int, clean func(string) string) {
	switch {
	case Length(text) > limit:
		c.say(at, "The %s has %d characters; at most %d.", noun, Length(text), limit)
	case clean(text) != text:
		c.say(at, "The %s holds characters that are not kept.", noun)
	}
}

func (c *checker) checkFormNames(t Template) {
	at := head("forms")
	if len(t.Forms) == 1 || len(t.Forms) > FormLimit {
		c.say(at, "A checklist has two to %d forms, from short to long. Leave forms out for a single one.", FormLimit)
	}
	for i, form := range t.Forms {
		switch {
		case !idPattern.MatchString(string(form)) || len(form) > FormNameLimit:
			c.say(at, "The form %s needs another name: lower-case letters, digits and hyphens, a letter first, at most %d.", shown(string(form)), FormNameLimit)
		case slices.Contains(t.Forms[:i], form):
			c.say(at, "The form %s is named twice.", form)
		}
	}
}

// checkFormsUsed refuses a form that asks nothing.
func (c *checker) checkFormsUsed(t Template) {
	for _, form := range t.Forms {
		if len(t.Items) > 0 && len(t.ItemsIn(form)) == 0 {
			c.say(head("forms"), "No item is in the form %s.", form)
		}
	}
}

// checkParticipants: results are given task by task, so that each form has at
// most one item of either kind, and no results without tasks.
func (c *checker) checkParticipants(t Template) {
	for _, form := range formsOf(t) {
		tasks, results := -1, -1
		for i, item := range t.Items {
			if !item.in(form) || item.Kind != KindTasks && item.Kind != KindParticipants {
				continue
			}
			seen := &tasks
			if item.Kind == KindParticipants {
				seen = &results
			}
			if *seen >= 0 {
				c.say(place{item: i, key: "kind"}, "There is one item of the kind %s already: %s.", item.Kind, t.Items[*seen].ID)
				continue
			}
			*seen = i
		}
		if results >= 0 && tasks < 0 {
			c.say(place{item: results, key: "kind"}, "Participants need an item of the kind tasks beside them%s.", inForm(form))
		}
	}
}

func inForm(form Form) string {
	if form == "" {
		return ""
	}
	return fmt.Sprintf(" in the form %s", form)
}
