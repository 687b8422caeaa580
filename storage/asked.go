package storage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"alignbot/pipeline"
)

// AskedAgain is somebody who asked again for a parked idea. Who asks twice is
// there once, with what they said last.
type AskedAgain struct {
	pipeline.Asked
	// Parking that they asked about, by its number within the idea, from 1. One
	// that was parked again, or reopened and parked anew, has the next number,
	// and people are counted anew.
	Parking int
}

// AskedPage is a part of those who asked again for an idea, the latest first.
type AskedPage struct {
	Asked []AskedAgain
	// Number of this page, from 1, and Of how many; 1 of 1 when there is nobody.
	Number, Of int
	// Total of those who ever asked, once for each parking that they asked about.
	Total int
}

// storedAsked is what somebody asked, as it is kept beside who did.
type storedAsked struct {
	Note      string `json:"note,omitempty"`
	Source    string `json:"source,omitempty"` // "channel ts thread"
	Permalink string `json:"permalink,omitempty"`
	At        int64  `json:"at"` // Unix ms
}

var (
	askAgainScript  = loadScript("ask_again")
	askedPageScript = loadScript("asked_page")
)

// AskAgain counts somebody who asks again for a parked idea, and adds evidence of
// theirs with it unless that is nil. people is how many different people asked since it
// was parked; tripped tells whether this was the one that its revisit rule waited
// for. It conflicts with nothing: it needs no version and leaves that of the idea
// as it is. The event enters the idea's history, and the draft of whoever asks is
// dropped. When the idea is not parked, the error is a *NotParkedError and
// nothing is written.
func (s *Store) AskAgain(ctx context.Context, op string, key pipeline.Key, asked pipeline.Asked, evidence *pipeline.Evidence, draft Slot, event pipeline.Event, after ...Outgoing) (idea pipeline.Idea, people int, tripped bool, err error) {
	fail := func(err error) (pipeline.Idea, int, bool, error) { return pipeline.Idea{}, 0, false, err }
	if op == "" {
		return fail(errNoOp)
	}
	asking, err := json.Marshal(storedAsked{
		Note: asked.Note, Source: formatSource(asked.Source), Permalink: asked.Source.Permalink, At: unixMilli(asked.At),
	})
	if err != nil {
		return fail(err)
	}
	piece, column := "", ""
	if evidence != nil {
		theirs := *evidence
		theirs.By = asked.By
		if piece, column, err = pieceText(theirs); err != nil {
			return fail(err)
		}
	}
	line, err := eventText(event)
	if err != nil {
		return fail(err)
	}
	args := []any{op, key.String(), asked.By, unixMilli(asked.At), asking, piece, column, line, draft.Name, draft.Form}
	if args, err = appendOutgoing(args, after); err != nil {
		return fail(err)
	}
	reply, err := s.write(ctx, askAgainScript, args...)
	if err != nil {
		return fail(err)
	}
	if len(reply) > 0 && reply[0] == "stored" {
		if len(reply) < 3 {
			return fail(fmt.Errorf("storage: ask again: %w", &shapeError{"how many people asked", reply}))
		}
		if people, err = asInt(reply[1]); err != nil {
			return fail(fmt.Errorf("storage: ask again: %w", err))
		}
		tripped = reply[2] == "1"
		reply = append([]any{reply[0]}, reply[3:]...)
	}
	idea, err = ideaAnswer("ask again", reply)
	return idea, people, tripped, err
}

// Asked reads one page of those who asked again for the idea, from 1, of so many
// people, in one round trip. A page past the end is the last one.
func (s *Store) Asked(ctx context.Context, key pipeline.Key, page, size int) (AskedPage, error) {
	if size < 1 {
		return AskedPage{}, errors.New("storage: a page needs room for at least one who asked")
	}
	reply, err := s.read(ctx, askedPageScript, key.String(), page, size)
	if err != nil {
		return AskedPage{}, err
	}
	if len(reply) < 3 {
		return AskedPage{}, fmt.Errorf("storage: asked: %w", &shapeError{"a page", reply})
	}
	var numbers [3]int
	for i := range numbers {
		if numbers[i], err = asInt(reply[i]); err != nil {
			return AskedPage{}, fmt.Errorf("storage: asked: %w", err)
		}
	}
	read := AskedPage{Total: numbers[0], Number: numbers[1], Of: numbers[2]}
	if read.Asked, err = askedOf(reply[3:]); err != nil {
		return AskedPage{}, fmt.Errorf("storage: asked: %w", err)
	}
	return read, nil
}

// askedBy reads how many people asked again for the idea of that record since it
// was parked.
func askedBy(record map[string]string) (int, error) {
	r := reader{record: record}
	return int(r.int("asked")), r.err
}

// askedOf reads {"N USER", JSON, …}; none for none.
func askedOf(reply []any) ([]AskedAgain, error) {
	texts, err := asTexts(reply)
	if err != nil {
		return nil, err
	}
	if len(texts)%2 != 0 {
		return nil, &shapeError{"pairs of who asked and what", reply}
	}
	var all []AskedAgain
	for i := 0; i < len(texts); i += 2 {
		one, err := askingOf(texts[i], texts[i+1])
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}

func askingOf(who, text string) (AskedAgain, error) {
	number, by, _ := strings.Cut(who, " ")
	parking, err := strconv.Atoi(number)
	if err == nil && by == "" {
		err = errors.New("nobody is named")
	}
	var stored storedAsked
	if err == nil {
		err = json.Unmarshal([]byte(text), &stored)
	}
	if err != nil {
		return AskedAgain{}, fmt.Errorf("what %q asked for cannot be read: %w", who, err)
	}
	return AskedAgain{
		Asked: pipeline.Asked{
			By: by, At: timeOf(stored.At), Note: stored.Note, Source: sourceOf(stored.Source, stored.Permalink),
		},
		Parking: parking,
	}, nil
}
