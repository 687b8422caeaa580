package storage

import (
	"embed"
	"fmt"
	"slices"
	"strings"

	"alignbot/pipeline"

	"github.com/kljensen/snowball/english"
	"github.com/kljensen/snowball/french"
	"github.com/kljensen/snowball/hungarian"
	"github.com/kljensen/snowball/norwegian"
	"github.com/kljensen/snowball/russian"
	"github.com/kljensen/snowball/spanish"
	"github.com/kljensen/snowball/swedish"
)

// vocabularyFiles are the words that mean little, and those that mean the same,
// of each language, for people to read and edit.
//
//go:embed words
var vocabularyFiles embed.FS

// language is how the search reads the texts of a team.
type language struct {
	// ending takes the ending off a word; nil where no stems are known.
	ending  func(word string, stopWordsToo bool) string
	stop    map[string]bool // words without accents
	weak    map[string]bool // stems
	phrases phrases
}

// phrases that stand for the same as others, by their first stem.
type phrases map[string][]phrase

// phrase is one way to say what others say in other words.
type phrase struct {
	rest    []string // its stems after the first
	meaning string   // names the line it comes from; no word is written so
}

// term is a word as it is compared: its stem, and what it may stand for.
type term struct {
	stem     string
	weak     bool     // a word of any wish
	meanings []string // also of the phrase it is a part of
}

var endings = map[pipeline.Language]func(string, bool) string{
	pipeline.English: english.Stem, "french": french.Stem, "hungarian": hungarian.Stem, "norwegian": norwegian.Stem,
	"russian": russian.Stem, "spanish": spanish.Stem, "swedish": swedish.Stem,
}

// languages are all that a team can choose.
var languages = func() map[pipeline.Language]*language {
	known := map[pipeline.Language]*language{}
	for _, name := range pipeline.Languages() {
		vocabulary, err := vocabularyFiles.ReadFile("words/" + string(name) + ".txt")
		if err != nil {
			panic(err) // embedded, and tested
		}
		if known[name], err = newLanguage(endings[name], string(vocabulary)); err != nil {
			panic(fmt.Errorf("%s: %w", name, err))
		}
	}
	return known
}()

// knownLanguage is English where nothing was chosen, and none for one that only
// a newer alignbot knows.
func knownLanguage(name pipeline.Language) pipeline.Language {
	switch {
	case name == "":
		return pipeline.English
	case languages[name] == nil:
		return pipeline.NoLanguage
	}
	return name
}

// newLanguage reads a vocabulary, whose format words/english.txt explains.
func newLanguage(ending func(string, bool) string, vocabulary string) (*language, error) {
	l := &language{ending: ending, stop: map[string]bool{}, weak: map[string]bool{}, phrases: phrases{}}
	for i, line := range strings.Split(vocabulary, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		kind, words, _ := strings.Cut(line, ":")
		switch kind {
		case "stop":
			for _, word := range wordsOf(words) {
				l.stop[dropAccents(word)] = true
			}
		case "weak":
			for _, word := range wordsOf(words) {
				l.weak[l.stem(word)] = true
			}
		case "same":
			if !l.addGroup(l.phrases, words, fmt.Sprint("=", i+1)) {
				return nil, fmt.Errorf("line %d: a phrase is empty", i+1)
			}
		default:
			return nil, fmt.Errorf("line %d begins with %q, not with stop, weak or same", i+1, kind)
		}
	}
	return l, nil
}

// addGroup adds the words and phrases of a line that stand for the same. ok tells
// whether all of them have a word; one without is left out.
func (l *language) addGroup(to phrases, line, meaning string) (ok bool) {
	ok = true
	for text := range strings.SplitSeq(line, ",") {
		var stems []string
		for _, word := range wordsOf(text) {
			if stem := l.stem(word); stem != "" {
				stems = append(stems, stem)
			}
		}
		if len(stems) == 0 {
			ok = false
			continue
		}
		to[stems[0]] = append(to[stems[0]], phrase{stems[1:], meaning})
	}
	return ok
}

// stem takes accents and the ending off a word; "" when nothing else is in it.
func (l *language) stem(word string) string {
	plain := dropAccents(word)
	switch {
	case plain == "":
		return ""
	case l.ending == nil || l.stop[plain]:
		return plain
	case isASCII(plain) && len(plain) == len(word):
		return l.ending(plain, false)
	case isSpaceless([]rune(plain)[0]):
		return plain
	}
	return dropAccents(l.ending(word, false))
}

// appendTerms adds the stems of all words of a text, in their order. stem is
// that of the language, or one that remembers.
func appendTerms(all []term, text string, stem func(string) string) []term {
	for _, word := range wordsOf(text) {
		all = append(all, term{stem: stem(word)})
	}
	return all
}

// understand gives those of the terms that say something, with what they stand
// for in the language and in a team's own words. It works in the terms it gets.
func (l *language) understand(all []term, own phrases) []term {
	l.phrases.mark(all)
	own.mark(all)
	kept := slices.DeleteFunc(all, func(t term) bool { return t.stem == "" || l.stop[t.stem] })
	for i, t := range kept {
		kept[i].weak = len(t.meanings) == 0 && l.weak[t.stem]
	}
	return kept
}

// mark adds the meaning of every phrase to the terms that it consists of.
func (p phrases) mark(all []term) {
	if len(p) == 0 {
		return
	}
	for i := range all {
		for _, phrase := range p[all[i].stem] {
			if !beginWith(all[i+1:], phrase.rest) {
				continue
			}
			for n := range 1 + len(phrase.rest) {
				if !slices.Contains(all[i+n].meanings, phrase.meaning) {
					all[i+n].meanings = append(all[i+n].meanings, phrase.meaning)
				}
			}
		}
	}
}

// in tells whether a phrase may begin among the terms.
func (p phrases) in(all []term) bool {
	return len(p) > 0 && slices.ContainsFunc(all, func(t term) bool { return p[t.stem] != nil })
}

// beginWith tells whether the terms begin with the stems.
func beginWith(terms []term, stems []string) bool {
	if len(terms) < len(stems) {
		return false
	}
	for i, stem := range stems {
		if terms[i].stem != stem {
			return false
		}
	}
	return true
}
