package storage

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"alignbot/pipeline"
)

// document is an idea as the search index sees it.
type document struct {
	pipeline.Idea
	// more is why it is parked, and what evidence and the answers of runs say, the
	// newest first, up to moreLimit.
	more string
}

const (
	moreLimit = 4000 // runes of an idea
	// moreBatch is how many ideas one script reads that for; it bounds for how
	// long it keeps Redis busy.
	moreBatch = 20
)

var wordsScript = loadScript("words")

// documents gives those of the ideas that are stored, in the order of the keys:
// one round trip for the ideas, and more only where there is evidence or a run.
func (s *Store) documents(ctx context.Context, keys []pipeline.Key) ([]document, error) {
	records, err := s.records(ctx, keys)
	if err != nil {
		return nil, err
	}
	docs := make([]document, 0, len(records))
	var deep []int // places in docs
	for _, record := range records {
		idea, err := ideaOf(record)
		if err != nil {
			return nil, fmt.Errorf("storage: documents: %w", err)
		}
		if record["runs"] != "" || record["evidence_authors"] != "" {
			deep = append(deep, len(docs))
		}
		docs = append(docs, document{Idea: idea})
	}
	for batch := range slices.Chunk(deep, moreBatch) {
		args := []any{4 * moreLimit} // a rune has up to four bytes
		for _, at := range batch {
			args = append(args, docs[at].Key.String())
		}
		reply, err := s.read(ctx, wordsScript, args...)
		if err != nil {
			return nil, err
		}
		if len(reply) != 2*len(batch) {
			return nil, fmt.Errorf("storage: documents: %w", &shapeError{"two lists for each idea", reply})
		}
		for i, at := range batch {
			if docs[at].more, err = writtenAbout(reply[2*i], reply[2*i+1]); err != nil {
				return nil, fmt.Errorf("storage: documents: %s: %w", docs[at].Key, err)
			}
		}
	}
	for i := range docs {
		if p := docs[i].Parking; p != nil {
			docs[i].more = firstRunes(strings.TrimSpace(p.Why+"\n"+docs[i].more), moreLimit)
		}
	}
	return docs, nil
}

// writtenAbout joins what evidence and runs say. runs holds answers and
// observation of each run, "" where there is none.
func writtenAbout(evidence, runs any) (string, error) {
	pieces, err := asTexts(evidence)
	if err != nil {
		return "", err
	}
	texts, err := asTexts(runs)
	if err != nil {
		return "", err
	}
	var said []string
	for _, text := range pieces {
		piece, err := pieceOf(text)
		if err != nil {
			return "", err
		}
		said = append(said, piece.Note)
	}
	for i, text := range texts {
		if text == "" {
			continue
		}
		if i%2 == 1 {
			var observation storedObservation
			if err := json.Unmarshal([]byte(text), &observation); err != nil {
				return "", err
			}
			said = append(said, observation.Note)
			continue
		}
		var answers map[string]storedAnswer
		if err := json.Unmarshal([]byte(text), &answers); err != nil {
			return "", err
		}
		for _, key := range slices.Sorted(maps.Keys(answers)) {
			a := answers[key]
			if !ticked[a.Value] {
				said = append(said, a.Value)
			}
			said = append(said, a.Why)
		}
	}
	return firstRunes(strings.Join(said, "\n"), moreLimit), nil
}

// ticked are answers that somebody chose, which tell nothing to a search.
var ticked = map[string]bool{"yes": true, "no": true, "unsure": true, "unaided": true, "help": true, "failed": true}

func firstRunes(s string, limit int) string {
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	return string([]rune(s)[:limit])
}
