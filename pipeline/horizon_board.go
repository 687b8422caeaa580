package pipeline

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// HorizonBoard is a team's Now-Next-Later roadmap (Janna Bastow): its opportunities
// by when they are worked on. It has no dates; how certain things are falls from Now
// to Later.
type HorizonBoard struct {
	Team     TeamKey
	TeamName string
	// Columns are Now, Next and Later, in that order, each with all its cards.
	Columns []HorizonColumn
	// NotNow and Undecided count the opportunities that are not on the board: those
	// that were put off, and those of which nobody said when.
	NotNow, Undecided int
}

// HorizonColumn is what is worked on at the same time.
type HorizonColumn struct {
	Horizon Horizon
	// Certain says how sure it is: "scoped and staffed".
	Certain string
	// Cards in their order, the most important first.
	Cards []HorizonCard
	// Hints about the column as a whole, a sentence each.
	Hints []string
}

// HorizonCard is an opportunity on the board.
type HorizonCard struct {
	Key NodeKey
	// Version of the opportunity that it was read at.
	Version int64
	// Problem in the customers' words.
	Problem string
	// Outcome it serves, zero where there is none that is open, with its statement,
	// where its number is ("120 calls, target 80") and how far that is.
	Outcome      OutcomeKey
	OutcomeWords string
	Number       string
	Progress     Progress
	// Metric that it is to move: what the team said, else that of the outcome; ""
	// while there is none. OwnMetric: the team said it.
	Metric    string
	OwnMetric bool
	// Ideas on it, the newest three, and how many more there are. Testing is how many
	// tests run on those that are named.
	Ideas     []IdeaLine
	MoreIdeas int
	Testing   int
	// Status says what is done about it: "2 in the Product Backlog, 1 in discovery".
	Status string
	// Confirmed is when somebody last said that it still holds, or changed it, and
	// who, "" where it was changed. Age says how long ago in words, Old: too long.
	Confirmed   time.Time
	ConfirmedBy string
	Age         string
	Old         bool
	// Hints about it, a sentence each.
	Hints []string
}

// boardHorizons are the columns, in order.
var boardHorizons = []Horizon{HorizonNow, HorizonNext, HorizonLater}

// BoardHorizons lists the horizons that are columns of the board, in order.
func BoardHorizons() []Horizon { return slices.Clone(boardHorizons) }

// certainty of a column in words: it falls from Now to Later.
var certainty = map[Horizon]string{
	HorizonNow:   "certain: scoped and staffed",
	HorizonNext:  "likely: in discovery",
	HorizonLater: "open: a problem worth solving",
}

// NowLimit is how many problems are solved at the same time before that is questioned.
const NowLimit = 3

// HorizonFacts are what a board is made of.
type HorizonFacts struct {
	Team Team
	// Nodes: the opportunities on the board, and all that is above them.
	Nodes Nodes
	// Ideas that are linked to each opportunity on the board itself, and of those
	// named the running tests and how many have a size.
	Ideas   map[NodeKey]IdeasOn
	Testing map[NodeKey]int
	Sized   map[NodeKey]int
	Notes   HorizonNotes
	// NotNow and Undecided count the opportunities that are not on it.
	NotNow, Undecided int
}

// NewHorizonBoard puts the opportunities into their columns.
func NewHorizonBoard(facts HorizonFacts, now time.Time) HorizonBoard {
	place := map[NodeKey]int{} // from 1
	for i, key := range facts.Notes.Order {
		place[key] = i + 1
	}
	b := HorizonBoard{Team: facts.Team.Key, TeamName: facts.Team.Name, NotNow: facts.NotNow, Undecided: facts.Undecided}
	for _, horizon := range boardHorizons {
		column := HorizonColumn{Horizon: horizon, Certain: certainty[horizon]}
		for _, o := range facts.Nodes.Opportunities {
			if o.Horizon == horizon {
				column.Cards = append(column.Cards, facts.card(o, now))
			}
		}
		slices.SortFunc(column.Cards, func(x, y HorizonCard) int {
			last := func(n int) int { return cmp.Or(n, len(place)+1) }
			return cmp.Or(last(place[x.Key])-last(place[y.Key]), x.Key.Number-y.Key.Number)
		})
		b.Columns = append(b.Columns, column)
	}
	b.hints()
	return b
}

// card is one opportunity as the board shows it.
func (f HorizonFacts) card(o Opportunity, now time.Time) HorizonCard {
	on := f.Ideas[o.Key]
	c := HorizonCard{
		Key: o.Key, Version: o.Version, Problem: o.Statement, Status: ideasStatus(on),
		Ideas: on.Newest, MoreIdeas: on.Count() - len(on.Newest), Testing: f.Testing[o.Key],
	}
	c.Confirmed, c.ConfirmedBy = f.Notes.confirmedAt(o)
	c.Age, c.Old = horizonAge(c.Confirmed, c.ConfirmedBy, now)
	if node, known := f.Nodes.Node(o.Key); known && !node.Outcome.IsZero() && !node.Closed {
		outcome, _ := f.Nodes.outcome(node.Outcome)
		c.Outcome, c.OutcomeWords, c.Number, c.Progress = outcome.Key, outcome.Statement, outcome.NumberInWords(), ProgressOf(outcome)
		if c.Number != "" {
			c.Metric = outcome.Metric
		}
	}
	if metric := f.Notes.Cards[o.Key].Metric; metric != "" {
		c.Metric, c.OwnMetric = metric, true
	}
	c.Hints = f.cardHints(o, c)
	return c
}

// cardHints are what is worth a second look about a card.
func (f HorizonFacts) cardHints(o Opportunity, c HorizonCard) []string {
	var hints []string
	if c.Outcome.IsZero() {
		hints = append(hints, "It serves no open outcome. What for is it worth solving?")
	}
	if o.Horizon == HorizonNow && c.Metric == "" {
		hints = append(hints, "It is worked on now and has no metric. How will you see that it is solved?")
	}
	if thing := namesFeature(o.Statement); thing != "" {
		hints = append(hints, fmt.Sprintf("“%s” sounds like a solution. Which problem of customers is behind it?", thing))
	}
	if story := max(f.Ideas[o.Key].Stages[Backlog], f.Sized[o.Key]); o.Horizon == HorizonLater && story > 0 {
		hints = append(hints, fmt.Sprintf("%s worked out as far as a story. Later holds problems; does it belong to Next, or can that wait?", amountIs(story, "idea")))
	}
	if c.Old {
		hints = append(hints, fmt.Sprintf("Nobody has confirmed it for %d days or more. Is it still true?", HorizonDays))
	}
	return hints
}

// hints says what is worth a second look about the columns.
func (b *HorizonBoard) hints() {
	current := &b.Columns[0]
	switch n := len(current.Cards); {
	case n > NowLimit:
		current.Hints = append(current.Hints, fmt.Sprintf("Now holds %d problems. With more than %d at a time each of them takes longer: which can wait in Next?", n, NowLimit))
	case n == 0 && len(b.Columns[1].Cards) > 0:
		current.Hints = append(current.Hints, "Nothing is worked on now. Which problem of Next comes first?")
	}
}

// Card gives one of its cards with its column and its place there, from 0.
func (b HorizonBoard) Card(key NodeKey) (HorizonCard, HorizonColumn, int, bool) {
	for _, column := range b.Columns {
		for i, card := range column.Cards {
			if card.Key == key {
				return card, column, i, true
			}
		}
	}
	return HorizonCard{}, HorizonColumn{}, 0, false
}
