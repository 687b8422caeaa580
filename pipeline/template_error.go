package pipeline

import (
	"fmt"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
)

// TemplateError is why a template is refused: every mistake in it. As a
// *Problem it says so to the person who wrote it.
type TemplateError struct {
	// Mistakes in the order of their lines: at least one, at most 50.
	Mistakes []Mistake
	// fields are those of the one item or head that a form changed.
	fields map[Field]string
	// noun is what the template is of: "checklist".
	noun string
}

// Mistake is one thing that is wrong in a template.
type Mistake struct {
	// Line it is in, from 1; 0 where there is none, in a template made by forms.
	Line int
	// What is wrong and what is right instead, in a sentence or two.
	What string
}

// String is the mistake with its line, where that is known: "line 12: …".
func (m Mistake) String() string {
	if m.Line == 0 {
		return m.What
	}
	return fmt.Sprintf("line %d: %s", m.Line, m.What)
}

// Error lists the mistakes: "line 12: Two items have the id budget. …".
func (e *TemplateError) Error() string {
	said := make([]string, len(e.Mistakes))
	for i, m := range e.Mistakes {
		said[i] = m.String()
	}
	return strings.Join(said, " ")
}

// A broken template has at most mistakesMax mistakes, and a person reads
// mistakesTold of them at once.
const (
	mistakesMax  = 50
	mistakesTold = 5
)

// Unwrap gives the refusal for people: a *Problem with the first few mistakes.
func (e *TemplateError) Unwrap() error {
	var said []string
	for _, m := range e.Mistakes[:min(len(e.Mistakes), mistakesTold)] {
		if m.Line > 0 {
			said = append(said, fmt.Sprintf("Line %d: %s", m.Line, m.What))
		} else {
			said = append(said, m.What)
		}
	}
	if more := len(e.Mistakes) - mistakesTold; more > 0 {
		said = append(said, fmt.Sprintf("And %d more.", more))
	}
	return &Problem{
		Code:   "template-broken",
		What:   fmt.Sprintf("This %s cannot be used as it is. ", e.noun) + strings.Join(said, " "),
		Safe:   "Nothing was changed.",
		Next:   "Correct what is named and send it again.",
		Fields: e.fields,
	}
}

// shown puts something that was typed into a sentence.
func shown(typed string) string { return `"` + Cut(CleanLine(typed), 40) + `"` }

// hint ends a sentence about a word that is not known: with the one that was
// probably meant, or with all of them.
func hint(typed string, known []string) string {
	typed = strings.ToLower(CleanLine(typed))
	if best := closest(typed, known); best != "" {
		return fmt.Sprintf(". Did you mean %s?", best)
	}
	return fmt.Sprintf(". Known are: %s.", strings.Join(known, ", "))
}

// closest gives the known word that differs from the typed one in the fewest
// letters, "" when none is near.
func closest(typed string, known []string) string {
	if Length(typed) > ChoiceTextLimit {
		return ""
	}
	distance := func(word string) int { return levenshtein.ComputeDistance(typed, word) }
	best := slices.MinFunc(known, func(a, b string) int { return distance(a) - distance(b) })
	if distance(best) > max(1, (Length(best)+1)/3) {
		return ""
	}
	return best
}

// texts gives named strings as plain ones.
func texts[S ~string](named []S) []string {
	var plain []string
	for _, name := range named {
		plain = append(plain, string(name))
	}
	return plain
}
