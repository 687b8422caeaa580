package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"alignbot/pipeline"
)

// Limits of what is measured at once.
const (
	wishLineMost = 1 << 20 // bytes
	examplesMost = 100_000 // lines
	mistakesMost = 20      // told before reading ends
)

// wish is one line of the file.
type wish struct {
	Team     string   `json:"team"`
	Language string   `json:"language"`
	Key      string   `json:"key"`
	Repeats  []string `json:"repeats"`
	Part     string   `json:"part"`
	Title    string   `json:"title"`
	Problem  string   `json:"problem"`
	Measure  string   `json:"measure"`
	Evidence string   `json:"evidence"`

	line    int
	earlier []int // places of what it repeats
}

func (e wish) idea() pipeline.Idea {
	return pipeline.Idea{
		Key: pipeline.Key{Team: pipeline.TeamKey(e.Team)}, Title: e.Title, Problem: e.Problem, Measure: e.Measure, Evidence: e.Evidence,
	}
}

// placeIn gives the place of the first earlier idea that was found, from 1, or
// 0.
func (e wish) placeIn(found []int) int {
	return 1 + slices.IndexFunc(found, func(n int) bool { return slices.Contains(e.earlier, n) })
}

// examples are ideas, and others whose like is known to be among them.
type examples struct {
	languages      map[pipeline.TeamKey]pipeline.Language // of every team that is named
	ideas, repeats []wish
}

// examplesError names what is wrong in a file, "LINE: what" each.
type examplesError struct{ mistakes []string }

func (e *examplesError) Error() string { return strings.Join(e.mistakes, "; ") }

func parseExamples(in io.Reader) (*examples, error) {
	set := &examples{languages: map[pipeline.TeamKey]pipeline.Language{}}
	wrong := &examplesError{}
	places := map[string]int{}
	n, err := readLines(in, wrong, func(n int, line []byte) error {
		e, err := parseWish(line)
		e.line = n
		switch _, taken := places[e.Key]; {
		case err != nil:
			return err
		case e.Title == "":
			set.languages[pipeline.TeamKey(e.Team)] = pipeline.Language(e.Language)
		case len(e.Repeats) > 0:
			set.repeats = append(set.repeats, e)
		case taken:
			return fmt.Errorf("another idea has the key %q", e.Key)
		default:
			places[e.Key] = len(set.ideas)
			set.ideas = append(set.ideas, e)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for i, repeat := range set.repeats {
		for _, key := range repeat.Repeats {
			place, known := places[key]
			if !known {
				wrong.add(repeat.line, fmt.Sprintf("it repeats %q, but no idea has that key", key))
			}
			set.repeats[i].earlier = append(set.repeats[i].earlier, place)
		}
	}
	if len(wrong.mistakes) == 0 && len(set.repeats) == 0 {
		wrong.add(n, "no line has repeats, so there is nothing to measure")
	}
	for _, e := range slices.Concat(set.ideas, set.repeats) {
		if team := pipeline.TeamKey(e.Team); set.languages[team] == "" {
			set.languages[team] = pipeline.English
		}
	}
	if len(wrong.mistakes) > 0 {
		return nil, wrong
	}
	return set, nil
}

// readLines hands over each line that is not empty, and returns how many lines
// there are. What take refuses is added to wrong.
func readLines(in io.Reader, wrong *examplesError, take func(n int, line []byte) error) (n int, err error) {
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, wishLineMost)
	taken := 0
	for lines.Scan() && len(wrong.mistakes) < mistakesMost {
		n++
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		if taken++; taken > examplesMost {
			wrong.add(n, fmt.Sprintf("more than %d ideas: measure a part of them", examplesMost))
			break
		}
		if err := take(n, lines.Bytes()); err != nil {
			wrong.add(n, err.Error())
		}
	}
	if err := lines.Err(); errors.Is(err, bufio.ErrTooLong) {
		wrong.add(n+1, "longer than 1 MB")
	} else if err != nil {
		return n, err
	}
	return n, nil
}

// decodeLine reads the one object of a line. command names the help that shows
// what it can be.
func decodeLine(line []byte, into any, command string) error {
	decoder := json.NewDecoder(bytes.NewReader(line))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return fmt.Errorf("this is not one of the objects that alignbot eval %s --help shows: %w", command, err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("more than one object on a line")
	}
	return nil
}

func (e *examplesError) add(line int, what string) {
	e.mistakes = append(e.mistakes, fmt.Sprintf("%d: %s", line, what))
}

func parseWish(line []byte) (e wish, err error) {
	if err := decodeLine(line, &e, "similar"); err != nil {
		return e, err
	}
	team, err := pipeline.ParseTeamKey(e.Team)
	if err != nil {
		return e, fmt.Errorf("team is %q; two to eight letters or digits, starting with a letter, like PAY", e.Team)
	}
	e.Team = string(team)
	switch {
	case e.Title == "" && (e.Key != "" || e.Repeats != nil):
		return e, errors.New("an idea needs a title")
	case e.Title == "" && !slices.Contains(pipeline.Languages(), pipeline.Language(e.Language)):
		return e, fmt.Errorf("there is no language %q. Known are: %v", e.Language, pipeline.Languages())
	case e.Title != "" && e.Language != "":
		return e, errors.New("language belongs on a line with team alone")
	case e.Title != "" && (e.Key == "") == (len(e.Repeats) == 0):
		return e, errors.New("an idea has either key, or repeats with the keys of earlier ideas")
	}
	return e, nil
}

func (set *examples) parts() []string { return partsOf(set.partNames()) }

// of gives the places of the repeats of a part, or of all for "".
func (set *examples) of(part string, places []int) []int {
	return ofPart(part, set.partNames(), places)
}

func (set *examples) partNames() []string {
	names := make([]string, len(set.repeats))
	for i, repeat := range set.repeats {
		names[i] = repeat.Part
	}
	return names
}

// partsOf are the different names of parts in their order, then "" for all.
func partsOf(names []string) []string {
	var parts []string
	for _, name := range names {
		if name != "" && !slices.Contains(parts, name) {
			parts = append(parts, name)
		}
	}
	return append(parts, "")
}

// ofPart gives the values of a part, or all of them for "". names has the part of
// each value.
func ofPart[T any](part string, names []string, values []T) []T {
	var some []T
	for i, name := range names {
		if part == "" || name == part {
			some = append(some, values[i])
		}
	}
	return some
}
