package pipeline

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// HorizonNotes are what a team's board knows beside its opportunities: in which order
// they stand, which metric each is to move, and when somebody last said that it holds.
type HorizonNotes struct {
	Team TeamKey `json:"-"`
	// Version counts changes, from 1; 0 while there is nothing.
	Version int64 `json:"-"`
	// Order of the cards, the most important first. Those not in it come last, the
	// oldest first.
	Order []NodeKey `json:"order,omitempty"`
	// Cards by their opportunity.
	Cards map[NodeKey]HorizonNote `json:"cards,omitempty"`
}

// HorizonNote is what a board knows of one card.
type HorizonNote struct {
	// Metric that it is to move, in a line; may be empty.
	Metric string `json:"metric,omitempty"`
	// Confirmed is when somebody last said that the card holds, and who.
	Confirmed   time.Time `json:"confirmed,omitzero"`
	ConfirmedBy string    `json:"confirmed_by,omitempty"`
}

// HorizonWasConfirmed is what happened to an opportunity of which somebody said that
// its card on the board still holds.
const HorizonWasConfirmed What = "horizon confirmed"

// FieldCardMetric is the input of the metric that a card is to move.
const FieldCardMetric Field = "card-metric"

// ConfirmCard says that what a card says is still true.
func ConfirmCard(policy Policy, p Person, where Where, n HorizonNotes, o Opportunity, now time.Time) (HorizonNotes, Event, error) {
	if err := onBoard(policy, p, where, o); err != nil {
		return n, Event{}, err
	}
	note := n.Cards[o.Key]
	note.Confirmed, note.ConfirmedBy = now, p.ID
	return n.with(o.Key, note), Event{At: now, By: p.ID, What: HorizonWasConfirmed, About: string(o.Horizon)}, nil
}

// SetCardMetric says which metric a card is to move; what nobody sees of is none. Where
// nothing differs the event's What is "".
func SetCardMetric(policy Policy, p Person, where Where, n HorizonNotes, o Opportunity, typed string, now time.Time) (HorizonNotes, Event, error) {
	if err := onBoard(policy, p, where, o); err != nil {
		return n, Event{}, err
	}
	wrong := map[Field]string{}
	metric := checkLine(typed, FieldCardMetric, MetricLimit, wrong)
	if err := fieldProblems("horizon-form", wrong); err != nil {
		return n, Event{}, err
	}
	note := n.Cards[o.Key]
	if note.Metric == metric {
		return n, Event{}, nil
	}
	change := Change{Field: FieldCardMetric, From: note.Metric, To: metric}
	note.Metric, note.Confirmed, note.ConfirmedBy = metric, now, p.ID
	return n.with(o.Key, note), Event{At: now, By: p.ID, What: WasEdited, Changes: []Change{change}}, nil
}

// ShiftCard moves a card up, by -1, or down, by 1, in its column of the board. Where it
// is the first or last there already, changed is false.
func ShiftCard(policy Policy, p Person, where Where, n HorizonNotes, b HorizonBoard, key NodeKey, by int) (shifted HorizonNotes, changed bool, err error) {
	if err := mayIn(policy, p, MapOpportunity, where, key.Team, "A board"); err != nil {
		return n, false, err
	}
	n.Order = nil
	for _, column := range b.Columns {
		keys := make([]NodeKey, len(column.Cards))
		for i, card := range column.Cards {
			keys[i] = card.Key
		}
		if at := slices.Index(keys, key); at >= 0 && swap(keys, at, at+by) {
			changed = true
		}
		n.Order = append(n.Order, keys...)
	}
	return n, changed, nil
}

// MoveOnBoard puts an opportunity into another column of the board, or takes it off with
// HorizonNotNow or "". Where it is there already the event's What is "".
func MoveOnBoard(policy Policy, p Person, where Where, o Opportunity, to Horizon, nodes Nodes, now time.Time) (Opportunity, Event, error) {
	form := o.Form()
	form.Horizon = to
	return EditOpportunity(policy, p, where, o, form, nodes, now)
}

// onBoard refuses what is not on the board.
func onBoard(policy Policy, p Person, where Where, o Opportunity) error {
	if err := mayIn(policy, p, MapOpportunity, where, o.Key.Team, "A board"); err != nil {
		return err
	}
	if !slices.Contains(boardHorizons, o.Horizon) {
		return &Problem{
			Code: "horizon-not-on-board",
			What: fmt.Sprintf("%s is not on the board any more.", o.Key),
			Safe: "Nothing was changed.",
			Next: "Put it into a column first.",
		}
	}
	return nil
}

// with gives notes in which one card's note is another.
func (n HorizonNotes) with(key NodeKey, note HorizonNote) HorizonNotes {
	cards := make(map[NodeKey]HorizonNote, len(n.Cards)+1)
	for k, v := range n.Cards {
		cards[k] = v
	}
	cards[key] = note
	n.Cards = cards
	return n
}

// confirmedAt is when somebody last said that a card holds, and who; when it was
// changed later than that, nobody.
func (n HorizonNotes) confirmedAt(o Opportunity) (at time.Time, by string) {
	note := n.Cards[o.Key]
	changed := latest(o.Created, o.Changed)
	if note.Confirmed.Before(changed) {
		return changed, ""
	}
	return note.Confirmed, note.ConfirmedBy
}

// HorizonDays is from when on a card that nobody confirmed is called old.
const HorizonDays = 90

// horizonAge says how long ago a card was confirmed or changed.
func horizonAge(at time.Time, by string, now time.Time) (words string, old bool) {
	days := daysBetween(at, now)
	verb := "confirmed"
	if by == "" {
		verb = "changed"
	}
	switch {
	case days >= HorizonDays:
		return fmt.Sprintf("not confirmed for %d days", days), true
	case days == 0:
		return verb + " today", false
	}
	return fmt.Sprintf("%s %s ago", verb, amount(days, "day", "days")), false
}

// OldestCard gives the board as something that is confirmed from time to time: as old
// as its oldest card, which it names. false where no card is on it.
func OldestCard(nodes Nodes, n HorizonNotes) (Confirmed, bool) {
	var oldest Confirmed
	for _, o := range nodes.Opportunities {
		if !slices.Contains(boardHorizons, o.Horizon) {
			continue
		}
		if at, _ := n.confirmedAt(o); oldest.Key == "" || at.Before(oldest.At) {
			oldest = Confirmed{Key: o.Key.String(), Name: "Now-Next-Later board: " + o.Statement, At: at}
		}
	}
	return oldest, oldest.Key != ""
}

// ideasStatus says what is done about a card: "2 in the Product Backlog, 1 in
// discovery".
func ideasStatus(on IdeasOn) string {
	var parts []string
	for _, stage := range slices.Backward(PipelineStages()) {
		if n := on.Stages[stage]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, StageCalled(stage)))
		}
	}
	if parked := on.Stages[Parked]; parked > 0 {
		parts = append(parts, fmt.Sprintf("%d parked", parked))
	}
	if len(parts) == 0 {
		return "no ideas yet"
	}
	return strings.Join(parts, ", ")
}
