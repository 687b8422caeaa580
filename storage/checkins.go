package storage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"alignbot/pipeline"
)

// storedCheckIn is a check-in as it is kept. Number and place are put before the
// rest by the script that stores it.
type storedCheckIn struct {
	Number int `json:"number,omitempty"`
	// Place is the number of the check-in in whose place it stands by however many
	// corrections; its own where it corrects none.
	Place    int      `json:"place,omitempty"`
	Value    *float64 `json:"value,omitempty"`
	Light    string   `json:"light,omitempty"`
	Note     string   `json:"note,omitempty"`
	By       string   `json:"by"`
	At       int64    `json:"at"` // Unix ms
	Corrects int      `json:"corrects,omitempty"`
}

// CheckInsPage is a part of the check-ins on an outcome, newest first.
type CheckInsPage struct {
	CheckIns []pipeline.CheckIn
	// Number of this page, from 1, and Of how many; 1 of 1 when there is none.
	Number, Of int
	// Total of check-ins, corrected ones among them.
	Total int
}

var (
	checkInScript      = loadScript("check_in")
	checkInsPageScript = loadScript("checkins_page")
)

// CheckIn stores a check-in on the outcome and gives it its number. It conflicts
// with nothing: of two at once both are kept, and the one that is stored later is
// the latest. One that corrects another becomes the latest only if that stood in
// the place of the latest. The outcome's version moves where its light turns, so
// that no form that was opened before turns it back unseen. When it turns red,
// entries about ComesBack are added for the parked ideas that wait for that. The
// event enters its history, and the draft of whoever checks in is dropped.
//
// On a closed outcome the error is an *OutcomeClosedError. Without the outcome, or
// the check-in that it corrects, it is ErrNotFound.
func (s *Store) CheckIn(ctx context.Context, op string, key pipeline.OutcomeKey, c pipeline.CheckIn, draft Slot, event pipeline.Event, after ...Outgoing) (pipeline.Outcome, pipeline.CheckIn, error) {
	fail := func(err error) (pipeline.Outcome, pipeline.CheckIn, error) {
		return pipeline.Outcome{}, pipeline.CheckIn{}, fmt.Errorf("storage: check in on %s: %w", key, err)
	}
	if op == "" {
		return pipeline.Outcome{}, pipeline.CheckIn{}, errNoOp
	}
	text, err := json.Marshal(storedCheckIn{
		Value: c.Value, Light: string(c.Light), Note: c.Note, By: c.By, At: unixMilli(c.At), Corrects: c.Corrects,
	})
	if err != nil {
		return fail(err)
	}
	line, err := eventText(event)
	if err != nil {
		return fail(err)
	}
	args := []any{op, key.String(), text, c.Corrects, string(c.Light), unixMilli(c.At), line, c.By, draft.Name, draft.Form}
	if args, err = appendOutgoing(args, after); err != nil {
		return fail(err)
	}
	reply, err := s.write(ctx, checkInScript, args...)
	if err != nil {
		return pipeline.Outcome{}, pipeline.CheckIn{}, err
	}
	if len(reply) == 1 {
		return fail(ErrNotFound)
	}
	if len(reply) != 3 {
		return fail(&shapeError{"a status, a check-in and an outcome", reply})
	}
	record, err := asRecord(reply[2])
	if err != nil {
		return fail(err)
	}
	o, err := outcomeOf(record)
	if err == nil && reply[0] == "closed" {
		err = &OutcomeClosedError{Current: o}
	}
	if err != nil {
		return fail(err)
	}
	if c.Number, err = asInt(reply[1]); err != nil {
		return fail(err)
	}
	c.At = timeOf(unixMilli(c.At))
	return o, c, nil
}

// CheckIns reads one page of the check-ins on the outcome, from 1, of that many,
// in one round trip. A page past the end is the last one.
func (s *Store) CheckIns(ctx context.Context, key pipeline.OutcomeKey, page, size int) (CheckInsPage, error) {
	if size < 1 {
		return CheckInsPage{}, errors.New("storage: a page needs room for at least one check-in")
	}
	reply, err := s.read(ctx, checkInsPageScript, key.String(), page, size)
	if err != nil {
		return CheckInsPage{}, err
	}
	var read CheckInsPage
	if len(reply) == 4 {
		numbers := []*int{&read.Total, &read.Number, &read.Of}
		for i := range numbers {
			if *numbers[i], err = asInt(reply[i]); err != nil {
				break
			}
		}
		if err == nil {
			read.CheckIns, err = checkInsOf(reply[3])
		}
	} else {
		err = &shapeError{"a page", reply}
	}
	if err != nil {
		return CheckInsPage{}, fmt.Errorf("storage: check-ins: %w", err)
	}
	return read, nil
}

// TurnedRed tells when the outcome last turned red: the zero time where it never
// did, or is not stored. It may have recovered since.
func (s *Store) TurnedRed(ctx context.Context, key pipeline.OutcomeKey) (time.Time, error) {
	if err := s.enter(ctx); err != nil {
		return time.Time{}, err
	}
	var turned time.Time
	err := s.db.do(ctx, "turned red", func(ctx context.Context) error {
		values, err := s.db.client.HMGet(ctx, s.tag+"outcome:"+key.String(), "red_at").Result()
		if err != nil || len(values) != 1 || values[0] == nil {
			return err
		}
		ms, err := asInt(values[0])
		turned = timeOf(int64(ms))
		return err
	})
	return turned, err
}

func checkInOf(text string) (pipeline.CheckIn, error) {
	var stored storedCheckIn
	err := json.Unmarshal([]byte(text), &stored)
	if err == nil && (stored.Number < 1 || stored.Place < 1) {
		err = errors.New("it has no number")
	}
	if err != nil {
		return pipeline.CheckIn{}, fmt.Errorf("a stored check-in cannot be read: %w", err)
	}
	return pipeline.CheckIn{
		Number: stored.Number, Value: stored.Value, Light: pipeline.Light(stored.Light), Note: stored.Note,
		By: stored.By, At: timeOf(stored.At), Corrects: stored.Corrects,
	}, nil
}

// checkInsOf reads check-ins as stored, oldest first, and turns them round.
func checkInsOf(reply any) ([]pipeline.CheckIn, error) {
	texts, err := asTexts(reply)
	if err != nil {
		return nil, err
	}
	var checkIns []pipeline.CheckIn
	for _, text := range slices.Backward(texts) {
		c, err := checkInOf(text)
		if err != nil {
			return nil, err
		}
		checkIns = append(checkIns, c)
	}
	return checkIns, nil
}
