package pipeline

import (
	"fmt"
	"slices"
	"strings"
)

// LooksLikeOutput is the code of the problem that questions a statement once.
// The form is shown again, and goes on with Asked set.
const LooksLikeOutput = "outcome-output"

// making are the verbs with which a statement about what is made begins, and
// made those with which it ends.
var (
	making = wordSet("add build complete create deliver deploy develop finish implement install integrate introduce launch migrate publish rebuild redesign refactor release replace rewrite rollout ship upgrade")
	made   = wordSet("built completed delivered deployed developed finished implemented launched live migrated published released shipped")
	// opening stands before the verb.
	opening = wordSet("we will to please must should the team successfully let's lets")
	// changing are words of a change.
	changing = wordSet("better bigger cheaper cut cuts decline decrease decreases double doubles drop drops earlier easier fall falls faster fewer greater grow grows halve halves higher improve improves increase increases instead less longer lower lowers more raise raises reduce reduces rise rises save saves shorter shrink shrinks slower smaller sooner stop stops twice without")
)

func wordSet(s string) map[string]bool {
	set := map[string]bool{}
	for _, word := range strings.Fields(s) {
		set[word] = true
	}
	return set
}

// SoundsLikeOutput says in a sentence why a statement tells what is made instead
// of what changes; "" where it does not sound so. It reads English and errs on
// the side of silence.
func SoundsLikeOutput(statement string) string {
	said := strings.Fields(strings.ToLower(statement))
	for i := range said {
		said[i] = strings.Trim(said[i], ".,;:!?()\"“”")
	}
	if strings.Contains(statement, "%") || slices.Contains(said, "from") && slices.Contains(said, "to") ||
		slices.ContainsFunc(said, func(word string) bool { return changing[word] }) {
		return ""
	}
	first := 0
	for first < len(said) && opening[said[first]] {
		first++
	}
	if first == len(said) {
		return ""
	}
	makes := making[said[first]] || making[strings.TrimSuffix(said[first], "ing")] ||
		first+1 < len(said) && (said[first] == "roll" && said[first+1] == "out" || said[first] == "set" && said[first+1] == "up")
	if !makes && !made[said[len(said)-1]] {
		return ""
	}
	return fmt.Sprintf("“%s” says what is made rather than what will have changed.", Cut(statement, 60))
}
