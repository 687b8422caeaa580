package llm

import (
	"encoding/json"
	"errors"
	"regexp"
	"slices"
	"strings"

	"alignbot/pipeline"
)

// Bounds of what is looked at of an answer.
const (
	answerMost  = 64 << 10 // bytes
	objectsMost = 50
)

var errUnreadable = errors.New("the model's answer holds no suggestions that can be read")

// parseAnswer reads what a model wrote. Servers ignore schemas, wrap objects in
// prose and think aloud, so of all that only the first object with suggestions
// counts, and of that only ids that were offered. An answer without any is an
// answer: none fits.
func parseAnswer(content string, candidates []Candidate) ([]Suggestion, error) {
	content = content[:min(len(content), answerMost)]
	if at := strings.LastIndex(content, "</think>"); at >= 0 {
		content = content[at:]
	}
	for range objectsMost {
		start := strings.IndexByte(content, '{')
		if start < 0 {
			break
		}
		content = content[start:]
		var answer struct {
			Suggestions *[]json.RawMessage `json:"suggestions"`
		}
		// What comes after the first object does not matter.
		if err := json.NewDecoder(strings.NewReader(content)).Decode(&answer); err == nil && answer.Suggestions != nil {
			return choose(*answer.Suggestions, candidates), nil
		}
		content = content[1:]
	}
	return nil, errUnreadable
}

// choose keeps what was offered, each once.
func choose(items []json.RawMessage, candidates []Candidate) []Suggestion {
	var chosen []Suggestion
	for _, item := range items {
		var one struct {
			ID  string `json:"id"`
			Why any    `json:"why"`
		}
		if json.Unmarshal(item, &one) != nil && json.Unmarshal(item, &one.ID) != nil {
			continue
		}
		key, err := pipeline.ParseNodeKey(one.ID)
		if err != nil ||
			!slices.ContainsFunc(candidates, func(c Candidate) bool { return c.Key == key }) ||
			slices.ContainsFunc(chosen, func(s Suggestion) bool { return s.Key == key }) {
			continue
		}
		said, _ := one.Why.(string)
		why := ownWords(said)
		if namesOthers(why, candidates) {
			why = ""
		}
		chosen = append(chosen, Suggestion{Key: key, Why: why, FromModel: true, Score: 1 / float64(len(chosen)+1)})
		if len(chosen) == SuggestionsMost {
			break
		}
	}
	return chosen
}

var nodeKey = regexp.MustCompile(`(?i)[a-z][a-z0-9]*-[a-z][0-9]+`)

// namesOthers tells whether a reason names an outcome that was not offered.
func namesOthers(why string, candidates []Candidate) bool {
	return slices.ContainsFunc(nodeKey.FindAllString(why, -1), func(named string) bool {
		key, err := pipeline.ParseNodeKey(named)
		return err == nil && !slices.ContainsFunc(candidates, func(c Candidate) bool { return c.Key == key })
	})
}
