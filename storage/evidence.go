package storage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"alignbot/pipeline"
)

// EvidencePage is a part of the evidence on an idea, newest first.
type EvidencePage struct {
	Evidence []pipeline.Evidence
	// Number of this page, from 1, and Of how many; 1 of 1 when there is none.
	Number, Of int
	// Total of pieces on the idea.
	Total int
}

// storedEvidence is a piece of evidence as it is kept. Its number is its place
// in the list.
type storedEvidence struct {
	Note     string `json:"note"`
	Against  bool   `json:"against,omitempty"`
	Strength string `json:"strength"`
	Link     string `json:"link,omitempty"`
	By       string `json:"by"`
	At       int64  `json:"at"` // Unix ms
}

var (
	addEvidenceScript  = loadScript("add_evidence")
	evidencePageScript = loadScript("evidence_page")
)

// AddEvidence stores a piece of evidence on an idea and counts it in the idea's
// tally. It conflicts with nothing: it needs no version and leaves that of the
// idea as it is, so that nobody's open form is in its way. The event enters the
// idea's history, and the draft of whoever adds it is dropped.
func (s *Store) AddEvidence(ctx context.Context, op string, key pipeline.Key, e pipeline.Evidence, draft Slot, event pipeline.Event, after ...Outgoing) (pipeline.Idea, error) {
	if op == "" {
		return pipeline.Idea{}, errNoOp
	}
	piece, column, err := pieceText(e)
	if err != nil {
		return pipeline.Idea{}, err
	}
	line, err := eventText(event)
	if err != nil {
		return pipeline.Idea{}, err
	}
	args := []any{op, key.String(), piece, column, e.By, unixMilli(e.At), line, draft.Name, draft.Form}
	if args, err = appendOutgoing(args, after); err != nil {
		return pipeline.Idea{}, err
	}
	reply, err := s.write(ctx, addEvidenceScript, args...)
	if err != nil {
		return pipeline.Idea{}, err
	}
	return ideaAnswer("add evidence", reply)
}

// Evidence reads one page of the evidence on the idea, from 1, of that many
// pieces, in one round trip. A page past the end is the last one.
func (s *Store) Evidence(ctx context.Context, key pipeline.Key, page, size int) (EvidencePage, error) {
	if size < 1 {
		return EvidencePage{}, errors.New("storage: a page needs room for at least one piece of evidence")
	}
	reply, err := s.read(ctx, evidencePageScript, key.String(), page, size)
	if err != nil {
		return EvidencePage{}, err
	}
	if len(reply) < 4 {
		return EvidencePage{}, fmt.Errorf("storage: evidence: %w", &shapeError{"a page", reply})
	}
	var numbers [4]int
	for i := range numbers {
		if numbers[i], err = asInt(reply[i]); err != nil {
			return EvidencePage{}, fmt.Errorf("storage: evidence: %w", err)
		}
	}
	read := EvidencePage{Total: numbers[0], Number: numbers[1], Of: numbers[2]}
	if read.Evidence, err = evidenceOf(reply[4:], numbers[3]); err != nil {
		return EvidencePage{}, fmt.Errorf("storage: evidence: %w", err)
	}
	return read, nil
}

// evidenceOf turns pieces as stored round, oldest first; the first has that
// number.
func evidenceOf(reply []any, first int) ([]pipeline.Evidence, error) {
	pieces, err := asTexts(reply)
	if err != nil {
		return nil, err
	}
	var all []pipeline.Evidence
	for i, text := range slices.Backward(pieces) {
		piece, err := pieceOf(text)
		if err != nil {
			return nil, err
		}
		piece.Number = first + i
		all = append(all, piece)
	}
	return all, nil
}

// pieceText gives a piece of evidence as it is stored, and the field of the
// idea's tally that it counts in.
func pieceText(e pipeline.Evidence) (piece, column string, err error) {
	if column, err = tallyField(e); err != nil {
		return "", "", err
	}
	text, err := json.Marshal(storedEvidence{
		Note: e.Note, Against: e.Against, Strength: string(e.Strength), Link: e.Link, By: e.By, At: unixMilli(e.At),
	})
	return string(text), column, err
}

func pieceOf(text string) (pipeline.Evidence, error) {
	var stored storedEvidence
	if err := json.Unmarshal([]byte(text), &stored); err != nil {
		return pipeline.Evidence{}, fmt.Errorf("a stored piece of evidence cannot be read: %w", err)
	}
	return pipeline.Evidence{
		Note: stored.Note, Against: stored.Against, Strength: pipeline.Strength(stored.Strength), Link: stored.Link,
		By: stored.By, At: timeOf(stored.At),
	}, nil
}

// strengths as the fields of an idea's tally spell them.
var strengths = map[pipeline.Strength]string{
	pipeline.WhatPeopleDo: "do", pipeline.WhatPeopleSay: "say", pipeline.Opinion: "opinion",
}

// tallyField counts what is like e: "for:do", "against:opinion".
func tallyField(e pipeline.Evidence) (string, error) {
	strength, known := strengths[e.Strength]
	if !known {
		return "", fmt.Errorf("storage: evidence of the unknown strength %q", e.Strength)
	}
	if e.Against {
		return "against:" + strength, nil
	}
	return "for:" + strength, nil
}

func tallyOf(r *reader) pipeline.Tally {
	tally := pipeline.Tally{Authors: int(r.int("evidence_authors"))}
	for strength, name := range strengths {
		for side, counts := range map[string]*map[pipeline.Strength]int{"for:": &tally.For, "against:": &tally.Against} {
			if n := int(r.int(side + name)); n > 0 {
				if *counts == nil {
					*counts = map[pipeline.Strength]int{}
				}
				(*counts)[strength] = n
			}
		}
	}
	return tally
}
