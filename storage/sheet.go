package storage

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"alignbot/pipeline"
)

// A sheet is a record of a team, or of a person, that is kept whole: a sprint, a
// review, the settings of somebody's nudges. It is one hash with a field for each
// field of the value, as JSON under its json tag; what a reader does not know stays.
// What many people add at the same moment is said to a sheet, each under a field of
// their own, and never in each other's way.

// SheetName names a sheet among those of its kind.
type SheetName struct {
	// Owner is a team's key, or "@" and a user id.
	Owner  string
	Number int // from 1; 0 for one that is not stored yet
}

// String is the name as entries and buttons have it: "PAY:3".
func (n SheetName) String() string { return fmt.Sprintf("%s:%d", n.Owner, n.Number) }

// ParseSheetName is String the other way round.
func ParseSheetName(text string) (SheetName, error) {
	var n SheetName
	owner, number, _ := strings.Cut(text, ":")
	if _, err := fmt.Sscanf(number, "%d", &n.Number); err != nil || n.Number < 1 || owner == "" || fmt.Sprint(n.Number) != number {
		return SheetName{}, fmt.Errorf("storage: %q names no sheet", text)
	}
	n.Owner = owner
	return n, nil
}

// onlyOne begins the names of lists that hold a single sheet: one that is to stand there
// beside another is a conflict, and nothing is written.
const onlyOne = "only "

// Place is one list that a sheet stands in.
type Place struct {
	// Owner of the list, as of a sheet: the sheet may stand in somebody else's.
	Owner string
	List  string // never "", which is the list of all
	Score int64
}

// SheetEvent is a line for the history of an idea or a node, by its key.
type SheetEvent struct {
	Key   string
	Event pipeline.Event
}

// SheetState is a sheet with what was said to it.
type SheetState[T any] struct {
	Sheet T
	// Said by field, as JSON.
	Said map[string]string
	// Times is how often something was said, changed and taken back.
	Times int64
	// Messages that show the sheet, see MessageEntry: its own under "", those of
	// its parts under their names.
	Messages map[string]pipeline.Message
	secret   []byte
}

// MessageEntry is the ID of the outbox entry that draws a sheet, or with a part one
// of its parts: which message shows it is kept with the sheet, and it is redrawn in
// place. In the ID of a sheet that is not stored yet, name is "#".
func MessageEntry(kind, name, part string) string {
	id := "sheet:" + kind + ":" + name
	if part != "" {
		id += ":" + part
	}
	return id
}

// Voter is the field under which the user says something that nobody is to join
// with them: an HMAC under the sheet's secret. Where it has none, it is the user id.
func (s SheetState[T]) Voter(user string) string { return voterIn(s.secret, user) }

// SheetConflictError says that a sheet, or what was said to it, changed since it was
// read. Nothing was written.
type SheetConflictError[T any] struct {
	// Current is what it is now; the zero value when it is not stored.
	Current SheetState[T]
}

func (e *SheetConflictError[T]) Error() string {
	return fmt.Sprintf("the %T was changed meanwhile", e.Current.Sheet)
}

// shelf keeps the sheets of one kind.
type shelf[T any] struct {
	// kind stands in stored records: "sprint".
	kind string
	// secret: each sheet has one, so that what is said is not joined with people.
	secret bool
	name   func(T) SheetName
	// named gives a value what it does not keep itself.
	named   func(sheet *T, name SheetName, version int64)
	version func(T) int64
	places  func(T) []Place // nil: in none but that of all
}

// sheetWrite is one change of a sheet.
type sheetWrite[T any] struct {
	Op    string
	Sheet T
	// By is whose draft is dropped.
	By    string
	Draft Slot
	// Events are appended in the same step.
	Events []SheetEvent
	// Times, where it is not nil, is how much had been said when it was read.
	Times *int64
	// InPlace leaves it in the lists it stands in.
	InPlace bool
	// Acted is when somebody changed what is theirs alone, and On what of the sheet that
	// is: what they did to it later stands.
	Acted Acted
	On    string
	// Forget takes away all that was said, and the secret. NewSecret gives a sheet of a
	// shelf of secrets another one, for what is said from now on.
	Forget, NewSecret bool
	After             []Outgoing
}

var (
	changeSheetScript = loadScript("change_sheet")
	saySheetScript    = loadScript("say_sheet")
	sheetsScript      = loadScript("sheets")
)

// write adds the sheet (without a number, or at version 0) or changes it from the
// version it was read at; else the error is a *SheetConflictError[T]. Of a team that
// is not stored it is ErrNotFound; ErrOvertaken, beside the sheet as it is, where what
// the same person did later stands.
//
// In the entries, "#" in an ID, a Subject of "#", and "#" as the whole of the args
// "sheet" and "about" stand for the sheet's name, "PAY:3".
func (k shelf[T]) write(ctx context.Context, s *Store, w sheetWrite[T]) (T, error) {
	var none T
	if w.Op == "" {
		return none, errNoOp
	}
	name := k.name(w.Sheet)
	fields, err := sheetFields(w.Sheet)
	if err != nil {
		return none, err
	}
	values := make([]any, 0, 2*len(fields)+2)
	for _, f := range fields {
		values = append(values, f.name, f.value)
	}
	if k.secret && (k.version(w.Sheet) == 0 || w.NewSecret) {
		secret := make([]byte, 32)
		rand.Read(secret)      // never fails
		for len(values) < 31 { // Redis logs slow commands with their first 31 values
			values = append(values, fields[0].name, fields[0].value)
		}
		values = append(values, "secret", hex.EncodeToString(secret))
	}
	places, err := k.placesText(w.Sheet)
	if err != nil {
		return none, err
	}
	if w.InPlace {
		places = ""
	}
	seen, forget := "", ""
	if w.Times != nil {
		seen = fmt.Sprint(*w.Times)
	}
	if w.Forget {
		forget = "said"
	}
	args := []any{
		w.Op, k.kind, name.Owner, formatNumber(name.Number), k.version(w.Sheet), seen, places, forget, w.By, w.Draft.Name, w.Draft.Form,
		w.Acted.String(), w.On, len(values),
	}
	args = append(append(args, values...), 2*len(w.Events))
	for _, e := range w.Events {
		text, err := eventText(e.Event)
		if err != nil {
			return none, err
		}
		args = append(args, e.Key, text)
	}
	if args, err = appendOutgoing(args, w.After); err != nil {
		return none, err
	}
	reply, err := s.write(ctx, changeSheetScript, args...)
	if err != nil {
		return none, err
	}
	status, state, err := k.answer("change "+k.kind, reply)
	if err == nil && status == "conflict" {
		err = fmt.Errorf("storage: change %s: %w", k.kind, &SheetConflictError[T]{Current: state})
	}
	if err == nil && status == overtaken {
		err = ErrOvertaken
	}
	return state.Sheet, err
}

// placesText gives [[owner, list, score], …].
func (k shelf[T]) placesText(sheet T) (string, error) {
	list := [][]any{}
	if k.places != nil {
		for _, p := range k.places(sheet) {
			list = append(list, []any{p.Owner, p.List, p.Score})
		}
	}
	text, err := json.Marshal(list)
	return string(text), err
}

// Telling is what somebody says to a sheet.
type Telling struct {
	Op   string
	Name SheetName
	// Field under which it is kept; it takes the place of what was there.
	Field string
	// Text is JSON; "" takes back what was said.
	Text string
	// While names fields of the sheet and the JSON they must have; "" where the
	// sheet must not have the field.
	While map[string]string
	// Leave is the list that the sheet leaves with that; its Owner is "" for none.
	Leave Place
	// Acted is when they said it: what they said under the field later stands, or where
	// On says what of the field it is about, what they said about that.
	Acted Acted
	On    string
	// Was, where it is not nil, is what the text was made from, which must still be
	// said under the field.
	Was   *string
	By    string // whose draft is dropped
	Draft Slot
	After []Outgoing
}

// Told is what became of a Telling.
type Told string

// The answers to a Telling. After entries are added only where it was TellStored.
const (
	TellStored Told = "stored"
	TellSame   Told = "same" // it was said before
	TellOver   Told = "over" // the sheet is not as While says; nothing was kept
	// TellOvertaken: what they said later came before this, which was not kept.
	TellOvertaken Told = overtaken
	TellElse      Told = "else" // something else is said than Was; nothing was kept
)

// say keeps what somebody says to a sheet. Without the sheet the error is
// ErrNotFound.
func (k shelf[T]) say(ctx context.Context, s *Store, t Telling) (SheetState[T], Told, error) {
	if t.Op == "" {
		return SheetState[T]{}, "", errNoOp
	}
	was := ""
	if t.Was != nil {
		was = "=" + *t.Was
	}
	args := []any{
		t.Op, k.kind, t.Name.String(), t.Field, t.Text, t.By, t.Draft.Name, t.Draft.Form, t.Leave.Owner, t.Leave.List,
		t.Acted.String(), t.On, was, 2 * len(t.While),
	}
	for field, value := range t.While {
		args = append(args, field, value)
	}
	args, err := appendOutgoing(args, t.After)
	if err != nil {
		return SheetState[T]{}, "", err
	}
	reply, err := s.write(ctx, saySheetScript, args...)
	if err != nil {
		return SheetState[T]{}, "", err
	}
	status, state, err := k.answer("say to "+k.kind, reply)
	return state, Told(status), err
}

// get gives one sheet with what was said to it, or ErrNotFound.
func (k shelf[T]) get(ctx context.Context, s *Store, name SheetName) (SheetState[T], error) {
	found, err := k.list(ctx, s, SheetWant{Kind: k.kind, Owner: name.Owner, Number: name.Number, Said: true})
	if err == nil && len(found.Sheets) == 0 {
		err = fmt.Errorf("storage: %s %s: %w", k.kind, name, ErrNotFound)
	}
	if err != nil {
		return SheetState[T]{}, err
	}
	return found.Sheets[0], nil
}

// SheetPage is a page of a list of sheets.
type SheetPage[T any] struct {
	Sheets []SheetState[T]
	Total  int
}

// list gives the sheets that are wanted, in one round trip; Kind is the shelf's.
func (k shelf[T]) list(ctx context.Context, s *Store, want SheetWant) (SheetPage[T], error) {
	want.Kind = k.kind
	reply, err := s.read(ctx, sheetsScript, want.args(nil)...)
	if err != nil {
		return SheetPage[T]{}, err
	}
	page, err := k.pageIn(reply, 0)
	if err != nil {
		return SheetPage[T]{}, fmt.Errorf("storage: %s: %w", k.kind, err)
	}
	return page, nil
}

// SheetWant names sheets that an interaction needs to know.
type SheetWant struct {
	Kind string
	// Owner is "" for the team of the interaction and "@" for the person.
	Owner string
	// Number of the one wanted; 0 for Most of those in List, those with the highest
	// scores first (of the list of all, "", the newest), after Offset others.
	Number       int
	List         string
	Offset, Most int
	// Until wants instead those with the lowest scores up to it; 0 for no such end.
	Until int64
	// Said wants what was said to them, too.
	Said bool
}

func (w SheetWant) args(args []any) []any {
	till := ""
	if w.Until != 0 {
		till = fmt.Sprint(w.Until)
	}
	return append(args, w.Kind, w.Owner, formatNumber(w.Number), w.List, w.Offset, max(w.Most, 1), till, formatSwitch(w.Said))
}

// RawSheets are sheets as they are stored, for the methods of Loaded that know their
// kind.
type RawSheets []any

// in gives the sheets of a want of Begin, by its place among Want.Sheets.
func (k shelf[T]) in(loaded Loaded, want int) (SheetPage[T], error) {
	page, err := k.pageIn(loaded.Sheets, want)
	if err != nil {
		return SheetPage[T]{}, fmt.Errorf("storage: begin: %s: %w", k.kind, err)
	}
	return page, nil
}

// conflictOf gives what a sheet is by now where the error says that it was changed.
func conflictOf[T any](err error) (SheetState[T], bool) {
	var conflict *SheetConflictError[T]
	if errors.As(err, &conflict) {
		return conflict.Current, true
	}
	return SheetState[T]{}, false
}

// sheetsOf gives the sheets of a page without what was said to them.
func sheetsOf[T any](page SheetPage[T]) []T {
	var sheets []T
	for _, state := range page.Sheets {
		sheets = append(sheets, state.Sheet)
	}
	return sheets
}
