package pipeline

import (
	"fmt"
	"slices"
	"strconv"
	"time"
)

// OrderMove is a step of an idea in the order of the Product Backlog.
type OrderMove string

// The steps.
const (
	ToTheTop OrderMove = "top"
	MoveUp   OrderMove = "up"   // past the one before it
	MoveDown OrderMove = "down" // past the one behind it
)

// OrderMoves lists them.
func OrderMoves() []OrderMove { return []OrderMove{ToTheTop, MoveUp, MoveDown} }

// WasReordered is what happens to an idea that changes its place in the Product
// Backlog: the change of FieldRank tells from where to where, counted from 1.
const WasReordered What = "reordered"

// FieldRank names the place in the Product Backlog.
const FieldRank Field = "rank"

// Reorder tells whether the idea may change its place, and gives the line for its
// history: where it stands and where to is known when it is stored.
func Reorder(policy Policy, p Person, where Where, idea Idea, to OrderMove, now time.Time) (Event, error) {
	if problem := barred(policy, p, where, idea, OrderBacklog, "moved in the Product Backlog"); problem != nil {
		return Event{}, problem
	}
	switch {
	case idea.Stage != Backlog:
		return Event{}, &Problem{
			Code: "not-in-backlog",
			What: fmt.Sprintf("%s is %s by now, so it has no place in the Product Backlog.", idea.Key, inStage(idea.Stage)),
			Safe: "Nothing was changed.",
		}
	case !slices.Contains(OrderMoves(), to):
		return Event{}, &Problem{Code: "order-unknown", What: "An idea moves to the top, up or down.", Safe: "Nothing was changed."}
	}
	return Event{At: now, By: p.ID, What: WasReordered}, nil
}

// Reordering is one change of the order of the Product Backlog.
type Reordering struct {
	Key      string // of the idea
	By       string // a user id
	At       time.Time
	From, To int // places, from 1
}

// Reorderings are those among what happened, in its order.
func Reorderings(happened []Happening) []Reordering {
	var moves []Reordering
	for _, h := range happened {
		if h.Event.What != WasReordered {
			continue
		}
		for _, c := range h.Event.Changes {
			from, err := strconv.Atoi(c.From)
			to, wrong := strconv.Atoi(c.To)
			if c.Field == FieldRank && err == nil && wrong == nil {
				moves = append(moves, Reordering{Key: h.Key, By: h.Event.By, At: h.At(), From: from, To: to})
			}
		}
	}
	return moves
}

// ChangedTop is how many of the ideas that stood first when a sprint was started
// have moved among each other since, or are no longer at the top, although they are
// not finished: one that moves past all others is one. stays tells which are still to
// be done.
func ChangedTop(then, now []Key, stays func(Key) bool) (changed, of int) {
	left := slices.DeleteFunc(slices.Clone(then), func(key Key) bool { return !stays(key) })
	most := 0                      // ideas that stand in the order of then
	upTo := make([]int, len(left)) // the most of them that end with each
	for _, key := range now {
		at := slices.Index(left, key)
		if at < 0 {
			continue
		}
		for _, n := range upTo[:at] {
			upTo[at] = max(upTo[at], n)
		}
		upTo[at]++
		most = max(most, upTo[at])
	}
	return len(left) - most, len(left)
}
