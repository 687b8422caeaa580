package main

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"alignbot/llm"
	"alignbot/pipeline"
)

// suggestionLine is one line of the file: the language of a team, an outcome,
// an idea that is linked, or one that is asked for.
type suggestionLine struct {
	Team     string `json:"team"`
	Language string `json:"language"`

	Outcome       string        `json:"outcome"`
	Statement     string        `json:"statement"`
	Metric        string        `json:"metric"`
	Opportunities []string      `json:"opportunities"`
	Feedback      *llm.Feedback `json:"feedback"`

	Linked    []string `json:"linked"`
	Serves    []string `json:"serves"`
	Dismissed []string `json:"dismissed"`
	Part      string   `json:"part"`
	Title     string   `json:"title"`
	Problem   string   `json:"problem"`
	Measure   string   `json:"measure"`
}

// suggestionExamples are ideas whose outcome is known, and what a team had when
// it was asked.
type suggestionExamples struct {
	languages map[pipeline.TeamKey]pipeline.Language
	teams     map[pipeline.TeamKey]*outcomesOfTeam
	asked     []askedIdea
}

// outcomesOfTeam are what its ideas are asked against.
type outcomesOfTeam struct {
	candidates []llm.Candidate
	feedback   map[pipeline.NodeKey]llm.Feedback
}

// askedIdea is one whose outcome is known.
type askedIdea struct {
	line              int
	part              string
	title, problem    string
	measure           string
	serves, dismissed []pipeline.NodeKey
	team              pipeline.TeamKey
}

// placeIn gives the place of the first right outcome, from 1, or 0.
func (e askedIdea) placeIn(found []pipeline.NodeKey) int {
	return 1 + slices.IndexFunc(found, func(key pipeline.NodeKey) bool { return slices.Contains(e.serves, key) })
}

func parseSuggestions(in io.Reader) (*suggestionExamples, error) {
	set := &suggestionExamples{languages: map[pipeline.TeamKey]pipeline.Language{}, teams: map[pipeline.TeamKey]*outcomesOfTeam{}}
	wrong := &examplesError{}
	n, err := readLines(in, wrong, func(n int, line []byte) error {
		var e suggestionLine
		if err := decodeLine(line, &e, "suggestions"); err != nil {
			return err
		}
		switch {
		case e.Language != "":
			return set.speak(e)
		case e.Outcome != "":
			return set.add(e)
		case (len(e.Linked) > 0) == (len(e.Serves) > 0):
			return errors.New("a line has language, outcome, linked or serves")
		case e.Title == "":
			return errors.New("an idea needs a title")
		case len(e.Linked) > 0:
			return set.link(n, e)
		}
		return set.ask(n, e)
	})
	if err != nil {
		return nil, err
	}
	if len(wrong.mistakes) == 0 && len(set.asked) == 0 {
		wrong.add(n, "no line has serves, so there is nothing to measure")
	}
	if len(wrong.mistakes) > 0 {
		return nil, wrong
	}
	return set, nil
}

func (set *suggestionExamples) speak(e suggestionLine) error {
	team, err := pipeline.ParseTeamKey(e.Team)
	switch language := pipeline.Language(e.Language); {
	case err != nil:
		return fmt.Errorf("team is %q; two to eight letters or digits, starting with a letter, like PAY", e.Team)
	case !slices.Contains(pipeline.Languages(), language):
		return fmt.Errorf("there is no language %q. Known are: %v", language, pipeline.Languages())
	default:
		set.languages[team] = language
	}
	return nil
}

func (set *suggestionExamples) add(e suggestionLine) error {
	key, err := pipeline.ParseNodeKey(e.Outcome)
	switch {
	case err != nil:
		return fmt.Errorf("outcome is %q; a key looks like PAY-O3", e.Outcome)
	case e.Statement == "":
		return errors.New("an outcome needs a statement")
	case set.candidate(key) != nil:
		return fmt.Errorf("%s is there already", key)
	}
	if set.teams[key.Team] == nil {
		set.teams[key.Team] = &outcomesOfTeam{feedback: map[pipeline.NodeKey]llm.Feedback{}}
	}
	team := set.teams[key.Team]
	team.candidates = append(team.candidates, llm.Candidate{Key: key, Statement: e.Statement, Metric: e.Metric, Opportunities: e.Opportunities})
	if e.Feedback != nil {
		team.feedback[key] = *e.Feedback
	}
	return nil
}

func (set *suggestionExamples) candidate(key pipeline.NodeKey) *llm.Candidate {
	team := set.teams[key.Team]
	if team == nil {
		return nil
	}
	at := slices.IndexFunc(team.candidates, func(c llm.Candidate) bool { return c.Key == key })
	if at < 0 {
		return nil
	}
	return &team.candidates[at]
}

// outcomes are those that a line names; they come before it.
func (set *suggestionExamples) outcomes(names []string) (keys []pipeline.NodeKey, err error) {
	for _, name := range names {
		key, err := pipeline.ParseNodeKey(name)
		if err != nil || set.candidate(key) == nil {
			return nil, fmt.Errorf("no line above has the outcome %q", name)
		}
		if len(keys) > 0 && key.Team != keys[0].Team {
			return nil, fmt.Errorf("%s and %s are of different teams", keys[0], key)
		}
		keys = append(keys, key)
	}
	return keys, nil
}

func (set *suggestionExamples) link(n int, e suggestionLine) error {
	keys, err := set.outcomes(e.Linked)
	if err != nil {
		return err
	}
	for _, key := range keys {
		c := set.candidate(key)
		// The newest first: later lines are newer.
		c.Linked = slices.Insert(c.Linked, 0, llm.Linked{Key: pipeline.Key{Team: key.Team, Number: n}, Title: e.Title, Problem: e.Problem})
	}
	return nil
}

func (set *suggestionExamples) ask(n int, e suggestionLine) error {
	serves, err := set.outcomes(e.Serves)
	if err != nil {
		return err
	}
	dismissed, err := set.outcomes(e.Dismissed)
	if err != nil {
		return err
	}
	set.asked = append(set.asked, askedIdea{
		line: n, part: e.Part, title: e.Title, problem: e.Problem, measure: e.Measure, serves: serves, dismissed: dismissed, team: serves[0].Team,
	})
	return nil
}

// question is what is asked of an idea.
func (set *suggestionExamples) question(e askedIdea) llm.Question {
	team := set.teams[e.team]
	return llm.Question{
		Title: e.title, Problem: e.problem, Measure: e.measure, Dismissed: e.dismissed,
		Candidates: team.candidates, Feedback: team.feedback, Language: set.languages[e.team],
	}
}
