package commands

import (
	"context"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"

	"alignbot/pipeline"
)

// Router finds the entry for what a person did.
type Router struct {
	slash  map[string]map[string]Entry // command → word → entry
	others map[Surface]map[string]Entry
	prefix string
}

// NewRouter panics when two entries claim the same place: a mistake in the
// list, seen by the first test that runs.
func NewRouter(entries []Entry, prefix string) *Router {
	r := &Router{slash: map[string]map[string]Entry{}, others: map[Surface]map[string]Entry{}, prefix: prefix}
	for _, e := range entries {
		places, name := r.slash[e.Name], e.Word
		if e.On == Slash {
			if places == nil {
				places = map[string]Entry{}
				r.slash[e.Name] = places
			}
		} else {
			places, name = r.others[e.On], e.Name
			if places == nil {
				places = map[string]Entry{}
				r.others[e.On] = places
			}
		}
		if _, taken := places[name]; taken {
			panic("commands: two entries for " + string(e.On) + " " + e.Name + " " + e.Word)
		}
		places[name] = e
	}
	return r
}

// Find gives the entry for an action, form, shortcut or event. Action ids may
// carry ":" and a suffix, which makes them unique within a block.
func (r *Router) Find(on Surface, name string) (Entry, bool) {
	name, _, _ = strings.Cut(name, ":")
	e, ok := r.others[on][name]
	return e, ok
}

// Slash gives the entry for a typed command and the words left for it. There
// always is one: what is unknown is answered with the closest match.
func (r *Router) Slash(command, text string) (Entry, string) {
	words, ok := r.slash["/"+strings.TrimPrefix(strings.TrimPrefix(command, "/"), r.prefix)]
	if !ok {
		return unknownCommand(command), ""
	}
	first, rest, _ := strings.Cut(strings.TrimSpace(text), " ")
	word := strings.ToLower(first)
	rest = strings.TrimSpace(rest)
	bare, hasBare := words[""]
	takesText := hasBare && bare.Usage != ""
	if e, ok := words[word]; ok && word != "" && (!takesText || meant(e, first, rest)) {
		if help, ok := words["help"]; ok && strings.EqualFold(rest, "help") && !e.takesWords() {
			return help, ""
		}
		return e, rest
	}
	// A word that is nearly a subcommand, with what could follow it, is asked about; in
	// a title, and as a team's key before a number, it rarely stands in small letters.
	match := words[closest(word, maps.Keys(words))]
	near := match.Word != "" && first == word && len(text) <= askLimit && (rest == "" || match.Fits == nil || match.Fits(rest))
	for _, e := range words {
		switch {
		case e.Alone == nil || first == "" || !e.Alone(strings.TrimSpace(text)):
		case near && rest != "":
			return didYouMean(bare, match, rest), strings.TrimSpace(text)
		default:
			return e, strings.TrimSpace(text)
		}
	}
	switch {
	case takesText && near:
		return didYouMean(bare, match, rest), strings.TrimSpace(text)
	case takesText || hasBare && first == "":
		return bare, strings.TrimSpace(text)
	}
	return unknownWord(bare.Name, first, match.Word), ""
}

// meant tells whether a word before free text is a subcommand or the first
// word of a title.
func meant(e Entry, typed, rest string) bool {
	switch {
	case rest == "":
		return true
	case e.Fits != nil:
		return e.Fits(rest)
	}
	return typed == e.Word
}

// takesWords tells whether words of one's own can follow a command, which usage
// writes in small letters; none but a key can follow others.
func (e Entry) takesWords() bool { return e.Usage != strings.ToUpper(e.Usage) }

// askLimit is how long a text may be, in bytes, to be asked about: the answer
// is in a button, which has to hold all of it. What is longer is a title or
// more, and the form keeps it.
const askLimit = 300

// fitsNothing: the word alone.
func fitsNothing(rest string) bool { return rest == "" }

// closest of the words that are known to what was typed, "" when none is near.
func closest(word string, words iter.Seq[string]) string {
	best, distance := "", 3
	for _, known := range slices.Sorted(words) {
		if known == "" || len(word) < 3 {
			continue
		}
		limit := 1 + len(known)/5
		d := levenshtein.ComputeDistance(word, known)
		if d == 2 && swapped(word, known) {
			d = 1
		}
		if d <= limit && d < distance {
			best, distance = known, d
		}
	}
	return best
}

// swapped tells whether two letters beside each other changed places, the
// commonest slip there is.
func swapped(word, known string) bool {
	for i := range len(word) - 1 {
		if word[:i]+word[i+1:i+2]+word[i:i+1]+word[i+2:] == known {
			return true
		}
	}
	return false
}

// unknownCommand answers a command that Slack knows and this version does not.
func unknownCommand(command string) Entry {
	return answering(&pipeline.Problem{
		Code: "command-unknown",
		What: "This version of alignbot does not know " + command + ".",
		Safe: "Nothing was changed.",
		Next: "Type /align help to see what it can do.",
	})
}

func unknownWord(command, word, match string) Entry {
	problem := &pipeline.Problem{
		Code: "word-unknown",
		What: "I don't know “" + command + " " + pipeline.Cut(pipeline.CleanLine(typed(word)), 40) + "”.",
		Next: meantWord(command, match) + "Type " + command + " help to see what it can do.",
	}
	return answering(problem)
}

// meantWord asks whether a word that is close to what was typed was meant, before what
// else can be done; "" for no word.
func meantWord(command, match string) string {
	if match == "" {
		return ""
	}
	return "Did you mean " + command + " " + match + "? "
}

// answering is an entry that says one thing to anybody.
func answering(problem error) Entry {
	return Entry{On: Slash, May: pipeline.OpenHome, Do: func(context.Context, *App, *Request) (Reply, error) {
		return Reply{}, problem
	}}
}
