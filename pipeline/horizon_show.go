package pipeline

import (
	"encoding/json"
	"fmt"
	"strings"
)

// boardVersion is that of the shape of HorizonJSON. It grows when something is renamed
// or taken away.
const boardVersion = 1

// The shape of HorizonJSON. Left out is what is empty.
type (
	boardJSON struct {
		Version   int          `json:"version"`
		Team      TeamKey      `json:"team"`
		Columns   []columnJSON `json:"columns"`
		NotNow    int          `json:"not_now,omitempty"`
		Undecided int          `json:"undecided,omitempty"`
	}
	columnJSON struct {
		Horizon Horizon    `json:"horizon"`
		Certain string     `json:"certain"`
		Cards   []cardJSON `json:"cards"`
		Hints   []string   `json:"hints,omitempty"`
	}
	cardJSON struct {
		Key       string     `json:"key"`
		Problem   string     `json:"problem"`
		Outcome   string     `json:"outcome,omitempty"`
		Statement string     `json:"statement,omitempty"` // of the outcome
		Number    string     `json:"number,omitempty"`
		Metric    string     `json:"metric,omitempty"`
		Status    string     `json:"status"`
		Ideas     []ideaJSON `json:"ideas,omitempty"` // a few, the newest first
		MoreIdeas int        `json:"more_ideas,omitempty"`
		Age       string     `json:"age"`
		Hints     []string   `json:"hints,omitempty"`
	}
)

// HorizonJSON writes a board for other programs, as an object with "version": 1.
func HorizonJSON(b HorizonBoard) ([]byte, error) {
	shape := boardJSON{Version: boardVersion, Team: b.Team, NotNow: b.NotNow, Undecided: b.Undecided}
	for _, column := range b.Columns {
		one := columnJSON{Horizon: column.Horizon, Certain: column.Certain, Cards: []cardJSON{}, Hints: column.Hints}
		for _, c := range column.Cards {
			card := cardJSON{
				Key: c.Key.String(), Problem: c.Problem, Statement: c.OutcomeWords, Number: c.Number, Metric: c.Metric,
				Status: c.Status, MoreIdeas: c.MoreIdeas, Age: c.Age, Hints: c.Hints,
			}
			if !c.Outcome.IsZero() {
				card.Outcome = c.Outcome.String()
			}
			for _, idea := range c.Ideas {
				card.Ideas = append(card.Ideas, ideaJSON{Key: idea.Key.String(), Title: idea.Title, Stage: idea.Stage})
			}
			one.Cards = append(one.Cards, card)
		}
		shape.Columns = append(shape.Columns, one)
	}
	text, err := json.MarshalIndent(shape, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("board of %s as JSON: %w", b.Team, err)
	}
	return append(text, '\n'), nil
}

// HorizonMarkdown writes a board as Markdown, a column under the other.
func HorizonMarkdown(b HorizonBoard) string {
	var out strings.Builder
	fmt.Fprintf(&out, "# Now-Next-Later of %s\n", escapeMarkdown(b.TeamName))
	for _, column := range b.Columns {
		fmt.Fprintf(&out, "\n## %s\n\n%s\n\n", column.Horizon.Title(), withPoint(column.Certain))
		for _, c := range column.Cards {
			fmt.Fprintf(&out, "- **%s** %s\n", c.Key, escapeMarkdown(c.Problem))
			for _, words := range c.Lines() {
				fmt.Fprintf(&out, "  - %s\n", escapeMarkdown(words))
			}
		}
	}
	return out.String()
}

// Title of a horizon: "Now", "Not now".
func (h Horizon) Title() string {
	if h == "" {
		return "Not decided yet"
	}
	return strings.ToUpper(string(h[:1])) + string(h[1:])
}

// Lines say what a card is for, what it is to move, and how it stands, a line each.
func (c HorizonCard) Lines() []string {
	outcome := "no open outcome"
	if !c.Outcome.IsZero() {
		outcome = c.Outcome.String() + " " + c.OutcomeWords
		if c.Number != "" {
			outcome += ": " + c.Number
		}
	}
	metric := c.Metric
	switch {
	case metric == "":
		metric = "none yet"
	case !c.OwnMetric:
		metric += ", as for the outcome"
	}
	status := c.Status
	if c.Testing > 0 {
		status += "; " + amount(c.Testing, "test runs", "tests run")
	}
	return []string{"Outcome: " + outcome, "Metric: " + metric, "Ideas: " + status, "Last word: " + c.Age}
}
