package storage

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"alignbot/pipeline"
)

// This file turns sheets into stored records and back.

// sheetFields gives every field of a struct that has a json name, as JSON; "" where
// it is left out because it is empty.
func sheetFields(sheet any) ([]field, error) {
	text, err := json.Marshal(sheet)
	if err != nil {
		return nil, err
	}
	var values map[string]json.RawMessage
	if err := json.Unmarshal(text, &values); err != nil {
		return nil, err
	}
	var fields []field
	for _, name := range jsonNames(reflect.TypeOf(sheet)) {
		fields = append(fields, field{name, string(values[name])})
	}
	return fields, nil
}

// sheetReserved are fields of the record that are no fields of the value.
var sheetReserved = map[string]bool{"version": true, "places": true, "said": true, "secret": true}

// messagePart is the part of a sheet whose message that field of the record names:
// "message" is the sheet's own, "message PAY-O3" that of a part.
func messagePart(field string) (part string, ok bool) {
	if field == "message" {
		return "", true
	}
	return strings.CutPrefix(field, "message ")
}

// jsonNames lists the names under which a struct's fields stand in JSON, in their
// order.
func jsonNames(of reflect.Type) []string {
	var names []string
	for _, f := range reflect.VisibleFields(of) {
		tag, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous || !f.IsExported() || tag == "-":
			continue
		case tag == "" || sheetReserved[tag] || tag == "message":
			panic(fmt.Sprintf("storage: field %s of %s needs a json name of its own", f.Name, of))
		}
		names = append(names, tag)
	}
	return names
}

// sheetOf reads a record. What the value does not know is left alone.
func (k shelf[T]) sheetOf(id string, record map[string]string) (SheetState[T], error) {
	var state SheetState[T]
	if len(record) == 0 {
		return state, nil
	}
	name, err := ParseSheetName(id)
	if err != nil {
		return state, err
	}
	var object bytes.Buffer
	object.WriteByte('{')
	for _, known := range jsonNames(reflect.TypeFor[T]()) {
		if value := record[known]; value != "" {
			if object.Len() > 1 {
				object.WriteByte(',')
			}
			fmt.Fprintf(&object, "%q:%s", known, value)
		}
	}
	object.WriteByte('}')
	if err := json.Unmarshal(object.Bytes(), &state.Sheet); err != nil {
		return SheetState[T]{}, fmt.Errorf("%s %s: %w", k.kind, id, err)
	}
	r := reader{record: record}
	k.named(&state.Sheet, name, r.int("version"))
	state.Times = r.int("said")
	if r.err != nil {
		return SheetState[T]{}, r.err
	}
	for field, value := range record {
		if part, is := messagePart(field); is {
			if state.Messages == nil {
				state.Messages = map[string]pipeline.Message{}
			}
			state.Messages[part] = messageOf(value)
		}
	}
	state.secret, err = secretOf(record)
	return state, err
}

// stateOf reads {id, record, said}.
func (k shelf[T]) stateOf(item any) (SheetState[T], error) {
	parts, isList := item.([]any)
	if !isList || len(parts) != 3 {
		return SheetState[T]{}, &shapeError{"a sheet", item}
	}
	id, err := asText(parts[0])
	if err != nil {
		return SheetState[T]{}, err
	}
	record, err := asRecord(parts[1])
	if err != nil {
		return SheetState[T]{}, err
	}
	state, err := k.sheetOf(id, record)
	if err != nil {
		return SheetState[T]{}, err
	}
	state.Said, err = asRecord(parts[2])
	return state, err
}

// answer reads {status, sheet}; ErrNotFound for anything shorter.
func (k shelf[T]) answer(what string, reply []any) (string, SheetState[T], error) {
	if len(reply) < 2 {
		return "", SheetState[T]{}, fmt.Errorf("storage: %s: %w", what, ErrNotFound)
	}
	status, err := asText(reply[0])
	var state SheetState[T]
	if err == nil {
		state, err = k.stateOf(reply[1])
	}
	if err != nil {
		return "", SheetState[T]{}, fmt.Errorf("storage: %s: %w", what, err)
	}
	return status, state, nil
}

// pageIn reads {{total, sheet, …}, …} at a position.
func (k shelf[T]) pageIn(reply []any, at int) (SheetPage[T], error) {
	if at >= len(reply) {
		return SheetPage[T]{}, &shapeError{"the sheets that were wanted", reply}
	}
	parts, isList := reply[at].([]any)
	if !isList || len(parts) == 0 {
		return SheetPage[T]{}, &shapeError{"sheets", reply[at]}
	}
	total, err := asInt(parts[0])
	if err != nil {
		return SheetPage[T]{}, err
	}
	page := SheetPage[T]{Total: total}
	for _, item := range parts[1:] {
		state, err := k.stateOf(item)
		if err != nil {
			return SheetPage[T]{}, err
		}
		page.Sheets = append(page.Sheets, state)
	}
	return page, nil
}
