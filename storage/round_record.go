package storage

import (
	"cmp"
	crand "crypto/rand"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"alignbot/pipeline"
)

// roundName tells one round from all others: "PAY:3".
func roundName(team pipeline.TeamKey, id int) string { return string(team) + ":" + strconv.Itoa(id) }

// RoundName is how entries about a round name it: "PAY:3".
func RoundName(r pipeline.Round) string { return roundName(r.Team, r.ID) }

// ParseRoundName is RoundName the other way round.
func ParseRoundName(name string) (team pipeline.TeamKey, id int, err error) {
	key, number, _ := strings.Cut(name, ":")
	if id, err = strconv.Atoi(number); err == nil {
		team, err = pipeline.ParseTeamKey(key)
	}
	if err != nil || id < 1 {
		return "", 0, fmt.Errorf("storage: %q names no round", name)
	}
	return team, id, nil
}

// roundGiven are the fields of a round that stay as it was started.
func roundGiven(r pipeline.Round) []field {
	return []field{
		{"questions", formatLines(r.Questions)},
		{"to", strings.Join(r.To, ",")},
		{"channel", formatSwitch(r.Channel)},
		{"anonymous", formatSwitch(r.Anonymous)},
		{"started", formatTime(r.Started)},
		{"started_by", r.StartedBy},
		{"deadline", formatTime(r.Deadline)},
	}
}

// storedExperiment is what was chosen to try after a round, as it is kept.
type storedExperiment struct {
	Words string `json:"words"`
	Owner string `json:"owner"`
	Day   string `json:"day"`
	By    string `json:"by"`
	At    int64  `json:"at"` // Unix ms
}

// formatExperiment gives JSON, "" for nil.
func formatExperiment(e *pipeline.RoundExperiment) (string, error) {
	if e == nil {
		return "", nil
	}
	text, err := json.Marshal(storedExperiment{Words: e.Words, Owner: e.Owner, Day: e.Day, By: e.By, At: unixMilli(e.At)})
	return string(text), err
}

func roundOf(record map[string]string) (pipeline.Round, error) {
	r := reader{record: record}
	round := pipeline.Round{
		Team:      pipeline.TeamKey(record["team"]),
		ID:        int(r.int("id")),
		To:        splitList(record["to"]),
		Channel:   record["channel"] != "",
		Anonymous: record["anonymous"] != "",
		Started:   r.time("started"),
		StartedBy: record["started_by"],
		Deadline:  r.time("deadline"),
		ClosedAt:  r.time("closed"),
		ClosedBy:  record["closed_by"],
		Version:   r.int("version"),
	}
	r.json("questions", &round.Questions)
	if record["experiment"] != "" {
		var stored storedExperiment
		r.json("experiment", &stored)
		round.Experiment = &pipeline.RoundExperiment{
			Words: stored.Words, Owner: stored.Owner, Day: stored.Day, By: stored.By, At: timeOf(stored.At),
		}
	}
	return round, r.err
}

// wordsText gives the answers to a round's questions as they are stored, for
// everybody without a time.
func wordsText(words []string) (string, error) {
	text, err := json.Marshal(words)
	return string(text), err
}

func wordsIn(text string) ([]string, error) {
	var words []string
	err := json.Unmarshal([]byte(text), &words)
	return words, err
}

// answersLeft keeps of the answers what can be kept when nobody is to know whose
// they were: as many as there are, each question's in another order that tells
// nothing, so that no two of one person are told by standing together.
func answersLeft(round pipeline.Round, answers []pipeline.RoundAnswer) (string, error) {
	left := make([][]string, len(answers))
	for i := range left {
		left[i] = make([]string, len(round.Questions))
	}
	var seed [32]byte
	crand.Read(seed[:]) // never fails
	random := rand.New(rand.NewChaCha8(seed))
	for q := range round.Questions {
		for i, at := range random.Perm(len(answers)) {
			if words := answers[i].Words; q < len(words) {
				left[at][q] = words[q]
			}
		}
	}
	text, err := json.Marshal(left)
	return string(text), err
}

// roundStateOf reads a round and its answers {who: JSON}.
func roundStateOf(record, answers map[string]string, user string) (RoundState, error) {
	round, err := roundOf(record)
	if err != nil {
		return RoundState{}, err
	}
	numbers := reader{record: record}
	state := RoundState{Round: round, Said: numbers.int("said"), Message: messageOf(record["message"])}
	if numbers.err != nil {
		return RoundState{}, numbers.err
	}
	if text := record["left"]; text != "" {
		var left [][]string
		if err := json.Unmarshal([]byte(text), &left); err != nil {
			return RoundState{}, err
		}
		for _, words := range left {
			state.Answers = append(state.Answers, pipeline.RoundAnswer{Words: words})
		}
		return state, nil
	}
	secret, err := secretOf(record)
	if err != nil {
		return RoundState{}, err
	}
	mine := voterIn(secret, user)
	for who, text := range answers {
		answer := pipeline.RoundAnswer{By: who}
		if answer.Words, err = wordsIn(text); err != nil {
			return RoundState{}, err
		}
		if round.Anonymous {
			answer.By = ""
		}
		if user != "" && who == mine {
			own := answer
			state.Mine = &own
		}
		state.Answers = append(state.Answers, answer)
	}
	slices.SortFunc(state.Answers, func(a, b pipeline.RoundAnswer) int {
		return cmp.Or(cmp.Compare(a.By, b.By), slices.Compare(a.Words, b.Words))
	})
	return state, nil
}
