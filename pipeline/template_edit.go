package pipeline

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// PutItem replaces the item with that id, or adds it before another one; before
// "" or unknown it stands at the end. Its texts are cleaned. What is wrong with
// it is in the Fields of the *Problem in the *TemplateError too, under the keys
// of the file: "question", "choices", "at least".
func PutItem(t Template, item Item, before ItemID) (Template, error) {
	item = tidyItem(item)
	items := slices.Clone(t.Items)
	i := indexOfItem(items, item.ID)
	if i >= 0 {
		items[i] = item
	} else {
		if i = indexOfItem(items, before); i < 0 {
			i = len(items)
		}
		items = slices.Insert(items, i, item)
	}
	return withItems(t, items, i)
}

// MoveItem moves an item by so many places: -1 is one up. It stops at the ends.
func MoveItem(t Template, id ItemID, by int) (Template, error) {
	i := indexOfItem(t.Items, id)
	if i < 0 {
		return t, itemGone(id)
	}
	item := t.Items[i]
	rest := slices.Delete(slices.Clone(t.Items), i, i+1)
	by = max(-i, min(len(rest)-i, by))
	return withItems(t, slices.Insert(rest, i+by, item), i+by)
}

// RemoveItem refuses to remove the last one, and what others of its items or a
// test's verdict need.
func RemoveItem(t Template, id ItemID) (Template, error) {
	i := indexOfItem(t.Items, id)
	if i < 0 {
		return t, itemGone(id)
	}
	return withItems(t, slices.Delete(slices.Clone(t.Items), i, i+1), -1)
}

// DescribeTemplate changes what stands above the items. A template that has no
// items yet is fine here.
func DescribeTemplate(t Template, name, about string, pass AnswerRule) (Template, error) {
	changed := t
	changed.Name, changed.About, changed.Pass = CleanLine(name), CleanText(about), pass
	c := newChecker()
	c.checkHead(changed)
	if err := c.errAt(-1); err != nil {
		return t, err
	}
	return changed, nil
}

// withItems gives the template with other items, or itself and what is wrong
// with them. The item at that index, -1 for the head, has its mistakes by field.
func withItems(t Template, items []Item, item int) (Template, error) {
	changed := t
	changed.Items = items
	c := newChecker()
	c.check(changed)
	if err := c.errAt(item); err != nil {
		return t, err
	}
	return changed, nil
}

func itemGone(id ItemID) error {
	return &Problem{
		Code: "item-gone",
		What: fmt.Sprintf("The item %s is no longer in this checklist.", shown(string(id))),
		Safe: "Nothing was changed.",
		Next: "Open the checklist again to see what is in it.",
	}
}

func indexOfItem(items []Item, id ItemID) int {
	return slices.IndexFunc(items, func(item Item) bool { return item.ID == id })
}

// tidyItem puts what came from a form into the one form in which it is stored.
func tidyItem(item Item) Item {
	item.Question, item.Brief, item.Help = CleanLine(item.Question), CleanLine(item.Brief), CleanText(item.Help)
	item.Unit = CleanLine(item.Unit)
	item.Choices = tidyLines(item.Choices)
	item.Pass.OneOf = tidyLines(item.Pass.OneOf)
	item.In, item.RequiredIn = tidyForms(item.In), tidyForms(item.RequiredIn)
	item.Required = item.Required || len(item.RequiredIn) > 0
	return item
}

// tidyLines cleans each and drops the empty ones, as an empty line in a form
// means nothing.
func tidyLines(lines []string) []string {
	var kept []string
	for _, line := range lines {
		if line = CleanLine(line); line != "" {
			kept = append(kept, line)
		}
	}
	return kept
}

func tidyForms(forms []Form) []Form {
	if len(forms) == 0 {
		return nil
	}
	return slices.Clone(forms)
}

// NewItemID makes an id that the template does not use yet from the question.
func NewItemID(t Template, question string) ItemID {
	return ItemID(newID(question, "item", func(id string) bool { return indexOfItem(t.Items, ItemID(id)) >= 0 }))
}

// NewTemplateID makes an id that none of the templates has from the name.
func NewTemplateID(all []Template, name string) TemplateID {
	return TemplateID(newID(name, "checklist", func(id string) bool { return indexOf(all, TemplateID(id)) >= 0 }))
}

// idLength is how long an id that is made may get: short enough to read, and
// to number.
const idLength = 24

// newID makes a readable id of the first words of a text.
func newID(text, otherwise string, taken func(string) bool) string {
	var id string
	for _, word := range strings.FieldsFunc(norm.NFD.String(strings.ToLower(CleanLine(text))), isBetweenWords) {
		word = strings.Map(keptInID, word)
		if id == "" {
			word = strings.TrimLeft(word, "0123456789") // an id begins with a letter
		}
		if word == "" {
			continue
		}
		if id != "" {
			word = "-" + word
		}
		if id != "" && len(id)+len(word) > idLength {
			break
		}
		id += word[:min(len(word), idLength)]
	}
	if id == "" {
		id = otherwise
	}
	candidate := id
	for n := 2; taken(candidate); n++ {
		candidate = fmt.Sprintf("%s-%d", id, n)
	}
	return candidate
}

// isBetweenWords: accents stand apart from their letters here, and belong to
// the word, as apostrophes do.
func isBetweenWords(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) && r != '\'' && r != '’'
}

func keptInID(r rune) rune {
	if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
		return r
	}
	return -1
}
