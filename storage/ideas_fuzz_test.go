package storage

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"alignbot/pipeline"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// FuzzIdeas: people capture, edit, move, withdraw and bring back ideas in two
// processes, from what they read long ago too, and what they did is delivered again
// at any time, as it is after a reply that was lost. The model is a map.
func FuzzIdeas(f *testing.F) {
	db := open(f, "memory:")
	for seed := range byte(20) {
		choices := make([]byte, 1<<16)
		if _, err := rand.NewChaCha8([32]byte{seed}).Read(choices); err != nil {
			f.Fatal(err)
		}
		f.Add(choices)
	}
	f.Fuzz(func(t *testing.T, acts []byte) {
		rapid.MakeFuzz(func(rt *rapid.T) { ideasOfASimpleModel(t, rt, db) })(t, acts)
	})
}

// act is something that was done to the ideas, and what came of it at the time.
type act struct {
	op     string
	do     func(s *Store) (pipeline.Idea, error)
	result pipeline.Idea
}

func ideasOfASimpleModel(t testing.TB, rt *rapid.T, db *DB) {
	s := workspace(t, db)
	defer emptied(t, s)
	must(s.SetUpTeam(t.Context(), "op-team", payments()))(t)
	stores := []*Store{s, replica(s)}
	ideas, events := map[pipeline.Key]pipeline.Idea{}, map[pipeline.Key]int{}
	var read []pipeline.Idea // at any version
	var acts []act
	process := func() *Store { return rapid.SampledFrom(stores).Draw(rt, "process") }
	took := func(a act, got pipeline.Idea) {
		a.result = got
		acts, read = append(acts, a), append(read, got)
		ideas[got.Key] = got
		events[got.Key]++
	}
	// change makes a change of an idea as somebody read it once.
	change := func(what pipeline.What, rule func(pipeline.Idea) (pipeline.Idea, bool)) {
		if len(read) == 0 {
			return
		}
		old := rapid.SampledFrom(read).Draw(rt, "idea as read")
		changed, ok := rule(old)
		if !ok {
			return
		}
		changed.Changed = start.Add(time.Duration(len(acts)) * time.Second)
		a := act{op: fmt.Sprint("act", len(acts), ".", len(read))}
		a.do = func(s *Store) (pipeline.Idea, error) {
			event := pipeline.Event{At: changed.Changed, By: "U_ANA", What: what, To: changed.Stage}
			if what != pipeline.WasMoved {
				event.To = ""
			}
			return s.ChangeIdea(t.Context(), a.op, changed, Slot{}, event)
		}
		got, err := a.do(process())
		if now := ideas[old.Key]; old.Version != now.Version {
			var conflict *ConflictError
			if !errors.As(err, &conflict) || !cmp.Equal(conflict.Current, now) {
				rt.Fatalf("a change of version %d where %d is stored: %v", old.Version, now.Version, err)
			}
			return
		}
		changed.Version++
		if diff := cmp.Diff(changed, got, cmpopts.EquateEmpty()); err != nil || diff != "" {
			rt.Fatalf("%s: %v (-want +got):\n%s", what, err, diff)
		}
		took(a, got)
	}
	rt.Repeat(map[string]func(*rapid.T){
		"capture": func(rt *rapid.T) {
			wanted := idea(pipeline.CleanLine("x" + rapid.StringN(0, 20, 80).Draw(rt, "title")))
			wanted.Staged = wanted.Created
			a := act{op: fmt.Sprint("capture", len(acts))}
			a.do = func(s *Store) (pipeline.Idea, error) { return s.Capture(t.Context(), a.op, wanted, Slot{}) }
			got, err := a.do(process())
			wanted.Key.Number, wanted.Version = len(ideas)+1, 1
			if diff := cmp.Diff(wanted, got, cmpopts.EquateEmpty()); err != nil || diff != "" {
				rt.Fatalf("captured: %v (-want +got):\n%s", err, diff)
			}
			took(a, got)
		},
		"edit": func(rt *rapid.T) {
			text := pipeline.CleanText(rapid.String().Draw(rt, "text"))
			change(pipeline.WasEdited, func(i pipeline.Idea) (pipeline.Idea, bool) {
				i.Problem, i.Evidence = text, strings.ToUpper(text)
				return i, true
			})
		},
		"move": func(rt *rapid.T) {
			to := rapid.SampledFrom([]pipeline.Stage{pipeline.Captured, pipeline.Discovery, pipeline.Validated, pipeline.Backlog, pipeline.Delivered}).Draw(rt, "to")
			change(pipeline.WasMoved, func(i pipeline.Idea) (pipeline.Idea, bool) {
				moves := i.Stage != to && i.Withdrawn.IsZero()
				i.Stage, i.Staged = to, start.Add(time.Duration(len(acts))*time.Second)
				return i, moves
			})
		},
		"withdraw": func(rt *rapid.T) {
			change(pipeline.WasWithdrawn, func(i pipeline.Idea) (pipeline.Idea, bool) {
				i, err := pipeline.Withdraw(i, "U_ANA", start.Add(time.Hour))
				return i, err == nil
			})
		},
		"bring back": func(rt *rapid.T) {
			change(pipeline.WasBroughtBack, func(i pipeline.Idea) (pipeline.Idea, bool) {
				wasWithdrawn := !i.Withdrawn.IsZero()
				i.Withdrawn, i.WithdrawnBy = time.Time{}, ""
				return i, wasWithdrawn
			})
		},
		"deliver again": func(rt *rapid.T) {
			if len(acts) == 0 {
				return
			}
			a := rapid.SampledFrom(acts).Draw(rt, "act")
			got, err := a.do(process())
			if diff := cmp.Diff(a.result, got); err != nil || diff != "" {
				rt.Fatalf("%s again: %v (-then +now):\n%s", a.op, err, diff)
			}
		},
		"": func(rt *rapid.T) { areStored(t, rt, process(), ideas, events) },
	})
}

// areStored fails when an idea, a list or the counts of the team are not those of the
// model.
func areStored(t testing.TB, rt *rapid.T, s *Store, ideas map[pipeline.Key]pipeline.Idea, events map[pipeline.Key]int) {
	counts, withdrawn := map[pipeline.Stage]int{}, 0
	for _, idea := range ideas {
		if idea.Withdrawn.IsZero() {
			counts[idea.Stage]++
		} else {
			withdrawn++
		}
	}
	if len(ideas) > 0 {
		key := pipeline.Key{Team: "PAY", Number: rapid.IntRange(1, len(ideas)).Draw(rt, "idea")}
		if diff := cmp.Diff(ideas[key], must(s.Idea(t.Context(), key))(t)); diff != "" {
			rt.Fatalf("%s (-model +stored):\n%s", key, diff)
		}
		if history := must(s.History(t.Context(), key, 0))(t); len(history) != events[key] {
			rt.Fatalf("%s has %d events, want %d", key, len(history), events[key])
		}
	}
	board := must(s.Board(t.Context(), "PAY"))(t)
	stage := rapid.SampledFrom(pipeline.Stages()).Draw(rt, "list")
	if board.Counts[stage] != counts[stage] {
		rt.Fatalf("%d ideas are at %s, want %d", board.Counts[stage], stage, counts[stage])
	}
	page := must(s.Page(t.Context(), List{Team: "PAY", Stage: stage}, 1, 100))(t)
	if page.Total != counts[stage] || slices.ContainsFunc(page.Ideas, func(i pipeline.Idea) bool { return i.Stage != stage || !i.Withdrawn.IsZero() }) {
		rt.Fatalf("the list of %s: %+v, want %d", stage, page, counts[stage])
	}
	if page = must(s.Page(t.Context(), List{Team: "PAY", Withdrawn: true}, 1, 100))(t); page.Total != withdrawn {
		rt.Fatalf("%d ideas are withdrawn, want %d", page.Total, withdrawn)
	}
}

// emptied takes away what a workspace holds, so that long runs stay small.
func emptied(t testing.TB, s *Store) {
	keys := must(s.db.client.Keys(t.Context(), s.tag+"*").Result())(t)
	if len(keys) > 0 {
		noError(t, s.db.client.Del(t.Context(), keys...).Err())
	}
}

// FuzzIdeaRecord: whatever stands in a stored idea is refused, or read as it will be
// read again once it is written. What a later version adds is not in the way, and
// stays.
func FuzzIdeaRecord(f *testing.F) {
	whole := idea("Export")
	whole.Staged, whole.Withdrawn, whole.WithdrawnBy = start.Add(time.Hour), start.Add(2*time.Hour), "U_BEN"
	whole.Stage, whole.Size, whole.Criteria = pipeline.Backlog, 3, []string{"It is there", "and fast"}
	whole.Outcomes = []pipeline.NodeKey{{Team: "PAY", Kind: pipeline.OutcomeNode, Number: 2}}
	for _, fields := range [][]field{{{"key", "PAY-1"}}, append(given(whole), append(changeable(whole), field{"key", "PAY-1"}, field{"version", "7"}, field{"card", "C_PAY 1700000000.000100"})...)} {
		f.Add(recordText(fields))
	}
	f.Add("key\x00PAY-1\x00created\x0017000000000000000000\x00parking\x00{}\x00effect\x00{\"x\":1}\x00criteria\x00null\x00outcomes\x00PAY-O1,PAY-O1,")
	db := open(f, "memory:")
	s := workspace(f, db)
	must(s.SetUpTeam(f.Context(), "op-team", payments()))(f)
	capture(f, s, "op1", "Export")
	name := s.tag + "idea:PAY-1"
	standing := must(db.client.HGetAll(f.Context(), name).Result())(f)
	f.Fuzz(func(t *testing.T, text string) {
		record := map[string]string{}
		parts := strings.Split(text, "\x00")
		for i := 0; i+1 < len(parts); i += 2 {
			record[parts[i]] = parts[i+1]
		}
		read, err := ideaOf(record)
		if err != nil {
			return
		}
		written := maps.Clone(record)
		for _, field := range append(given(read), changeable(read)...) {
			delete(written, field.name)
			if field.value != "" {
				written[field.name] = field.value
			}
		}
		again, err := ideaOf(written)
		if diff := cmp.Diff(read, again, cmpopts.EquateEmpty()); err != nil || diff != "" {
			t.Fatalf("written again: %v (-read +again):\n%s", err, diff)
		}

		// The same in the store: a change leaves what it does not know.
		known := map[string]bool{"key": true, "version": true}
		for _, field := range append(given(read), changeable(read)...) {
			known[field.name] = true
		}
		later := map[string]string{}
		for name, value := range record {
			if _, stands := standing[name]; !known[name] && !stands && strings.HasPrefix(name, "later_") {
				later[name] = value
			}
		}
		values := maps.Clone(standing)
		maps.Copy(values, later)
		noError(t, db.client.HSet(t.Context(), name, values).Err())
		stored := must(s.Idea(t.Context(), pipeline.Key{Team: "PAY", Number: 1}))(t)
		stored.Title = "Export as PDF"
		must(s.ChangeIdea(t.Context(), fmt.Sprint("op", workspaces.Add(1)), stored, Slot{}, pipeline.Event{At: start, By: "U_ANA", What: pipeline.WasEdited}))(t)
		kept := must(db.client.HGetAll(t.Context(), name).Result())(t)
		for name, value := range later {
			if kept[name] != value {
				t.Fatalf("%q was %q and is %q", name, value, kept[name])
			}
		}
		noError(t, db.client.Del(t.Context(), name).Err())
	})
}

// recordText is a record as a seed.
func recordText(fields []field) string {
	parts := []string{"later_field", "of another version"}
	for _, f := range fields {
		parts = append(parts, f.name, f.value)
	}
	return strings.Join(parts, "\x00")
}
