package storage

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"alignbot/pipeline"

	"github.com/google/go-cmp/cmp"
)

// walk is a kind of sheet for these tests.
type walk struct {
	Team    pipeline.TeamKey `json:"-"`
	Number  int              `json:"-"`
	Version int64            `json:"-"`
	Goal    string           `json:"goal"`
	Ideas   []pipeline.Key   `json:"ideas,omitempty"`
	Over    bool             `json:"over,omitempty"`
	Day     int64            `json:"day"`
	Guide   string           `json:"guide,omitempty"`
}

var walks = shelf[walk]{
	kind: "walk",
	name: func(w walk) SheetName { return SheetName{Owner: string(w.Team), Number: w.Number} },
	named: func(w *walk, name SheetName, version int64) {
		w.Team, w.Number, w.Version = pipeline.TeamKey(name.Owner), name.Number, version
	},
	version: func(w walk) int64 { return w.Version },
	places: func(w walk) []Place {
		if w.Over {
			return nil
		}
		places := []Place{{Owner: string(w.Team), List: "open", Score: w.Day}}
		if w.Guide != "" {
			places = append(places, Place{Owner: "@" + w.Guide, List: "guided", Score: w.Day})
		}
		return places
	},
}

func TestSheetsAreAddedAndChanged(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		ctx := t.Context()
		first := walk{Team: "PAY", Goal: "“see” more", Ideas: []pipeline.Key{{Team: "PAY", Number: 1}}, Day: 20, Guide: "U1"}
		added := must(walks.write(ctx, s, sheetWrite[walk]{Op: "a", Sheet: first}))(t)
		first.Number, first.Version = 1, 1
		equal(t, added, first)
		equal(t, must(walks.write(ctx, s, sheetWrite[walk]{Op: "a", Sheet: walk{Team: "PAY", Goal: "again"}}))(t), first)
		second := must(walks.write(ctx, s, sheetWrite[walk]{Op: "b", Sheet: walk{Team: "PAY", Goal: "other", Day: 10}}))(t)
		equal(t, second.Number, 2)

		// Lists: all by number, the open ones by day, those that somebody guides.
		goals := func(want SheetWant) string {
			t.Helper()
			page := must(walks.list(ctx, s, want))(t)
			var names []string
			for _, state := range page.Sheets {
				names = append(names, fmt.Sprint(state.Sheet.Number))
			}
			return fmt.Sprint(page.Total, ": ", strings.Join(names, " "))
		}
		equal(t, goals(SheetWant{Owner: "PAY", Most: 10}), "2: 2 1")
		equal(t, goals(SheetWant{Owner: "PAY", Most: 1, Offset: 1}), "2: 1")
		equal(t, goals(SheetWant{Owner: "PAY", List: "open", Most: 10}), "2: 1 2")
		equal(t, goals(SheetWant{Owner: "PAY", List: "open", Until: 15, Most: 10}), "2: 2")
		equal(t, goals(SheetWant{Owner: "@U1", List: "guided", Most: 10}), "1: 1")

		// A change takes away what is empty, leaves what it does not know, and moves.
		noError(t, db.client.HSet(ctx, s.tag+"sheet:walk:PAY:1", "later", `{"a":1}`).Err())
		added.Ideas, added.Guide, added.Over = nil, "", true
		changed := must(walks.write(ctx, s, sheetWrite[walk]{Op: "c", Sheet: added}))(t)
		equal(t, changed.Version, int64(2))
		if _, stale := conflict[walk](walks.write(ctx, s, sheetWrite[walk]{Op: "d", Sheet: added})); !cmp.Equal(stale.Current.Sheet, changed) {
			t.Errorf("an older version conflicts with %+v", stale.Current.Sheet)
		}
		equal(t, must(walks.get(ctx, s, SheetName{"PAY", 1}))(t).Sheet, changed)
		equal(t, must(db.client.HGet(ctx, s.tag+"sheet:walk:PAY:1", "later").Result())(t), `{"a":1}`)
		equal(t, goals(SheetWant{Owner: "PAY", List: "open", Most: 10}), "1: 2")
		equal(t, goals(SheetWant{Owner: "@U1", List: "guided", Most: 10}), "0: ")

		// With an interaction, in its one read.
		loaded := must(s.Begin(ctx, Want{Channel: "C_PAY", User: "U1", Sheets: []SheetWant{
			{Kind: "walk", List: "open", Most: 3}, {Kind: "walk", Number: 1, Said: true}, {Kind: "walk", Owner: "@", List: "guided"},
		}}))(t)
		equal(t, must(walks.in(loaded, 0))(t).Sheets[0].Sheet.Number, 2)
		equal(t, must(walks.in(loaded, 1))(t).Sheets[0].Sheet, changed)
		equal(t, must(walks.in(loaded, 2))(t).Total, 0)

		// One with a number of its own is made by the first change.
		own := must(walks.write(ctx, s, sheetWrite[walk]{Op: "e", Sheet: walk{Team: "@U1", Number: 1, Goal: "mine"}}))(t)
		equal(t, own.Version, int64(1))
		if _, stale := conflict[walk](walks.write(ctx, s, sheetWrite[walk]{Op: "f", Sheet: walk{Team: "@U1", Number: 1}})); stale.Current.Sheet.Goal != "mine" {
			t.Errorf("it is made once, not %+v", stale.Current.Sheet)
		}

		if _, err := walks.write(ctx, s, sheetWrite[walk]{Op: "g", Sheet: walk{Team: "NO"}}); !errors.Is(err, ErrNotFound) {
			t.Errorf("of a team that is not there: %v", err)
		}
		if _, err := walks.get(ctx, s, SheetName{"PAY", 9}); !errors.Is(err, ErrNotFound) {
			t.Errorf("one that is not there: %v", err)
		}
	})
}

func conflict[T any](sheet T, err error) (T, *SheetConflictError[T]) {
	var stale *SheetConflictError[T]
	if !errors.As(err, &stale) {
		stale = &SheetConflictError[T]{}
	}
	return sheet, stale
}

func TestManySayThingsToASheetAtOnce(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		ctx := t.Context()
		name := SheetName{"PAY", 1}
		w := must(walks.write(ctx, s, sheetWrite[walk]{Op: "a", Sheet: walk{Team: "PAY", Goal: "g"}}))(t)
		var all sync.WaitGroup
		for i := range 40 {
			all.Go(func() {
				user := fmt.Sprint("U", i%20)
				_, told, err := walks.say(ctx, s, Telling{Op: fmt.Sprint("s", i), Name: name, Field: user, Text: `"x"`, While: map[string]string{"over": ""}})
				if err != nil || told == TellOver {
					t.Error(told, err)
				}
			})
		}
		all.Wait()
		state := must(walks.get(ctx, s, name))(t)
		equal(t, len(state.Said), 20)
		equal(t, state.Times, int64(20))
		equal(t, state.Sheet.Version, int64(1))

		// What is closed on what was read takes nothing more.
		w.Over = true
		times := state.Times - 1
		if _, stale := conflict[walk](walks.write(ctx, s, sheetWrite[walk]{Op: "early", Sheet: w, Times: &times})); stale.Current.Times != 20 {
			t.Errorf("closed on older answers: %+v", stale.Current)
		}
		times = 20
		must(walks.write(ctx, s, sheetWrite[walk]{Op: "close", Sheet: w, Times: &times}))(t)
		late, told, err := walks.say(ctx, s, Telling{Op: "late", Name: name, Field: "U1", Text: `"y"`, While: map[string]string{"over": ""}})
		noError(t, err)
		equal(t, told, TellOver)
		equal(t, late.Said["U1"], `"x"`)
		again, told, err := walks.say(ctx, s, Telling{Op: "s0", Name: name, Field: "U0", Text: `"x"`})
		noError(t, err)
		if told == TellOver || again.Times != 20 {
			t.Errorf("a repeated operation answers as it did: %s", told)
		}
		if _, _, err := walks.say(ctx, s, Telling{Op: "none", Name: SheetName{"PAY", 7}, Field: "U1", Text: `1`}); !errors.Is(err, ErrNotFound) {
			t.Errorf("to none: %v", err)
		}
	})
}

func TestWhatIsSaidInSecretNamesNobody(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		secretly := walks
		secretly.secret = true
		s := withTeam(t, db)
		ctx := t.Context()
		must(secretly.write(ctx, s, sheetWrite[walk]{Op: "a", Sheet: walk{Team: "PAY", Goal: "g"}}))(t)
		state := must(secretly.get(ctx, s, SheetName{"PAY", 1}))(t)
		voter := state.Voter("U7")
		if len(voter) != 64 || voter == state.Voter("U8") {
			t.Fatalf("the voter is %q", voter)
		}
		_, _, err := secretly.say(ctx, s, Telling{Op: state.Voter("op"), Name: SheetName{"PAY", 1}, Field: voter, Text: `"x"`})
		noError(t, err)
		w := state.Sheet
		w.Over = true
		must(secretly.write(ctx, s, sheetWrite[walk]{Op: "b", Sheet: w, Forget: true}))(t)
		after := must(secretly.get(ctx, s, SheetName{"PAY", 1}))(t)
		equal(t, len(after.Said), 0)
		equal(t, after.Voter("U7"), "U7") // there is no secret left
	})
}

func equal(t testing.TB, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// fillSheets stores a sheet that was changed and has something said to it.
func fillSheets(t testing.TB, s *Store) {
	t.Helper()
	w := must(walks.write(t.Context(), s, sheetWrite[walk]{Op: "walk", Sheet: walk{Team: "PAY", Goal: "g", Day: 4, Guide: "U1"}}))(t)
	_, _, err := walks.say(t.Context(), s, Telling{Op: "say", Name: walks.name(w), Field: "U1", Text: `"x"`})
	noError(t, err)
	w.Day = 7
	must(walks.write(t.Context(), s, sheetWrite[walk]{Op: "walk on", Sheet: w}))(t)
}
