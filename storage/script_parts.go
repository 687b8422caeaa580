package storage

import (
	"regexp"
	"strings"
)

// functionLine begins a function of a library, which ends with that line or with the
// next one that says only end.
var functionLine = regexp.MustCompile(`^local function (\w+)\(`)

// scriptWord is what may be the name of one.
var scriptWord = regexp.MustCompile(`\w+`)

// scriptPart is a function, or what stands between two.
type scriptPart struct {
	function string // its name; "" where it is none
	text     string
}

// withoutUnused drops the functions that a script has no use for: Redis makes each of
// them anew whenever the script runs, which takes longer than many a command.
func withoutUnused(source string) string {
	parts := scriptParts(source)
	functions := map[string]int{}
	for i, p := range parts {
		if p.function != "" {
			functions[p.function] = i
		}
	}
	used := make([]bool, len(parts))
	var use func(i int)
	use = func(i int) {
		if used[i] {
			return
		}
		used[i] = true
		for _, name := range scriptWord.FindAllString(parts[i].text, -1) {
			if named, found := functions[name]; found {
				use(named)
			}
		}
	}
	for i, p := range parts {
		if p.function == "" {
			use(i)
		}
	}
	var kept strings.Builder
	for i, p := range parts {
		if used[i] {
			kept.WriteString(p.text)
		}
	}
	return kept.String()
}

func scriptParts(source string) []scriptPart {
	parts := []scriptPart{{}}
	for line := range strings.Lines(source) {
		begins, ends := functionLine.FindStringSubmatch(line), strings.TrimSuffix(line, "\n") == "end"
		if begins != nil {
			parts = append(parts, scriptPart{function: begins[1]})
			ends = strings.HasSuffix(strings.TrimRight(line, "\n"), " end")
		}
		last := &parts[len(parts)-1]
		last.text += line
		if ends && last.function != "" {
			parts = append(parts, scriptPart{})
		}
	}
	return parts
}
