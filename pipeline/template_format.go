package pipeline

import (
	_ "embed"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// templateFormat describes the file, for the people who write one.
//
//go:embed templates/format.txt
var templateFormat string

// FormatTemplate writes the file that ParseTemplate reads back to the same
// value, with a description of the format at its head. The version is not in
// the file.
func FormatTemplate(t Template) string {
	var w templateWriter
	for line := range strings.Lines(templateFormat) {
		w.WriteString(strings.TrimRight("# "+line, " \n") + "\n")
	}
	w.text("", "id", string(t.ID))
	w.text("", "name", t.Name)
	w.text("", "about", t.About)
	w.text("", "use", string(t.Use))
	w.list("", "forms", texts(t.Forms))
	if t.Pass != (AnswerRule{}) {
		w.WriteString("pass:\n")
		w.whole("  ", "no at most", t.Pass.MaxNo)
		w.whole("  ", "unsure at most", t.Pass.MaxUnsure)
	}
	if len(t.Items) > 0 {
		w.WriteString("items:\n")
	}
	for _, item := range t.Items {
		w.item(item)
	}
	return w.String()
}

type templateWriter struct{ strings.Builder }

func (w *templateWriter) item(item Item) {
	const indent = "    "
	w.WriteString("  - id: " + yamlScalar(string(item.ID), plainPattern) + "\n")
	w.text(indent, "question", item.Question)
	w.text(indent, "brief", item.Brief)
	w.text(indent, "help", item.Help)
	w.text(indent, "kind", string(item.Kind))
	if len(item.RequiredIn) > 0 {
		w.list(indent, "required", texts(item.RequiredIn))
	} else {
		w.flag(indent, "required", item.Required)
	}
	w.list(indent, "in", texts(item.In))
	w.text(indent, "unit", item.Unit)
	w.list(indent, "choices", item.Choices)
	w.flag(indent, "why", item.Why)
	w.text(indent, "fact", string(item.Fact))
	pass := item.Pass
	if pass.IsZero() {
		return
	}
	w.WriteString(indent + "pass:\n")
	const deeper = indent + "  "
	w.number(deeper, "at least", pass.AtLeast)
	w.number(deeper, "at most", pass.AtMost)
	w.list(deeper, "one of", pass.OneOf)
	if pass.Succeed != 0 {
		w.whole(deeper, "succeed", &pass.Succeed)
	}
	if pass.Of != 0 {
		w.whole(deeper, "of", &pass.Of)
	}
	w.text(deeper, "strength", string(pass.Strength))
}

func (w *templateWriter) text(indent, key, value string) {
	switch {
	case value == "":
	case strings.Contains(value, "\n") && !escapePattern.MatchString(value):
		fmt.Fprintf(w, "%s%s: |-\n", indent, key)
		for line := range strings.Lines(value) {
			if line == "\n" {
				w.WriteString(line)
				continue
			}
			w.WriteString(indent + "  " + line)
		}
		w.WriteString("\n")
	default:
		fmt.Fprintf(w, "%s%s: %s\n", indent, key, yamlScalar(value, plainPattern))
	}
}

func (w *templateWriter) list(indent, key string, values []string) {
	if len(values) == 0 {
		return
	}
	inside := make([]string, len(values))
	for i, value := range values {
		inside[i] = yamlScalar(value, plainInListPattern)
	}
	fmt.Fprintf(w, "%s%s: [%s]\n", indent, key, strings.Join(inside, ", "))
}

func (w *templateWriter) flag(indent, key string, value bool) {
	if value {
		fmt.Fprintf(w, "%s%s: true\n", indent, key)
	}
}

func (w *templateWriter) whole(indent, key string, value *int) {
	if value != nil {
		fmt.Fprintf(w, "%s%s: %d\n", indent, key, *value)
	}
}

func (w *templateWriter) number(indent, key string, value *float64) {
	if value != nil {
		fmt.Fprintf(w, "%s%s: %s\n", indent, key, strconv.FormatFloat(*value, 'f', -1, 64))
	}
}

var (
	// plainPattern is what YAML reads as it stands, plainInListPattern what it
	// does between the brackets of a list.
	plainPattern       = regexp.MustCompile(`^\p{L}(?:[\p{L}\p{M}\p{N} ,".;()?!'’/_€%+–—…-]|:[\p{L}\p{N}])*$`)
	plainInListPattern = regexp.MustCompile(`^\p{L}[\p{L}\p{M}\p{N} .;()!'’/_€%+–—…-]*$`)
	// emptyPattern are the words that YAML reads as nothing.
	emptyPattern = regexp.MustCompile(`^(?i:null)$`)
	// escapePattern are characters that no YAML file may hold as they are. YAML
	// 1.2, section 5.1.
	escapePattern = regexp.MustCompile("[\uFFFE\uFFFF\uFEFF]")
)

// yamlScalar gives a text as YAML on one line: plain where it may stand so, else
// in quotes. The library's own writer would turn emoji into numbers.
func yamlScalar(text string, plain *regexp.Regexp) string {
	if plain.MatchString(text) && !emptyPattern.MatchString(text) {
		return text
	}
	text = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(text)
	text = escapePattern.ReplaceAllStringFunc(text, func(s string) string {
		return fmt.Sprintf(`\u%04X`, []rune(s)[0])
	})
	return `"` + text + `"`
}
