package pipeline

import (
	"fmt"
	"strings"
)

// The titles of cards on a story map, and what is said where one cannot be changed.

// renamed says that somebody else gave a title meanwhile.
func renamed(title string) error {
	return &Problem{
		Code: "story-map-renamed",
		What: "Somebody renamed it to " + titleInQuotes(title) + " while you were typing.",
		Safe: "Nothing of theirs was overwritten, and your words are still there.",
		Next: "Save again to put your words in its place.",
	}
}

// cardGone says that somebody else took a card away.
func cardGone() error {
	return &Problem{
		Code: "story-map-card-gone",
		What: "That card is not on the map any more.",
		Safe: "Nothing was changed.",
		Next: "Open the map again. Stories that were removed can be put back from there.",
	}
}

// titleInQuotes shortens a title for a sentence.
func titleInQuotes(title string) string { return "“" + Cut(title, 60) + "”" }

// cardTitle checks one title.
func cardTitle(typed string, field Field) (string, error) {
	wrong := map[Field]string{}
	title := checkLine(typed, field, CardTitleLimit, wrong)
	if title == "" {
		wrong[field] = "Give it a few words."
	}
	return title, fieldProblems("story-map-form", wrong)
}

// cardTitles reads one title a line.
func cardTitles(typed string) ([]string, error) {
	var titles []string
	for line := range strings.Lines(CleanText(typed)) {
		line = CleanLine(line)
		if !HasVisible(line) {
			continue
		}
		if n := Length(line); n > CardTitleLimit {
			return nil, fieldProblems("story-map-form", map[Field]string{FieldTitle: fmt.Sprintf("“%s” is %d characters long; a title has at most %d.", Cut(line, 40), n, CardTitleLimit)})
		}
		titles = append(titles, line)
	}
	if len(titles) == 0 {
		return nil, fieldProblems("story-map-form", map[Field]string{FieldTitle: "Write at least one, in a few words."})
	}
	return titles, nil
}
