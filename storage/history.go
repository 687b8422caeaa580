package storage

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"alignbot/pipeline"
)

// storedEvent is an event as it is kept.
type storedEvent struct {
	At       int64          `json:"at"` // Unix ms
	By       string         `json:"by"`
	What     string         `json:"what"`
	Changes  []storedChange `json:"changes,omitempty"`
	From     string         `json:"from,omitempty"`
	To       string         `json:"to,omitempty"`
	Why      string         `json:"why,omitempty"`
	OnBehalf string         `json:"on_behalf,omitempty"`
	Lacks    []string       `json:"lacks,omitempty"`
	About    string         `json:"about,omitempty"`
	Advice   string         `json:"advice,omitempty"`
	Differs  bool           `json:"differs,omitempty"`
}

type storedChange struct {
	Field string `json:"field"`
	From  string `json:"from"`
	To    string `json:"to"`
}

// History gives the newest events of the idea, the newest first, or all for 0.
// An idea that is not stored has none.
func (s *Store) History(ctx context.Context, key pipeline.Key, newest int) ([]pipeline.Event, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	var texts []string
	err := s.db.do(ctx, "history", func(ctx context.Context) (err error) {
		texts, err = s.db.client.LRange(ctx, s.tag+"history:"+key.String(), int64(-newest), -1).Result()
		return err
	})
	if err != nil {
		return nil, err
	}
	events, err := eventsOf(texts)
	if err != nil {
		return nil, fmt.Errorf("storage: history of %s: %w", key, err)
	}
	return events, nil
}

// eventsOf turns events as stored, oldest first, round.
func eventsOf(texts []string) ([]pipeline.Event, error) {
	events := make([]pipeline.Event, 0, len(texts))
	for _, text := range slices.Backward(texts) {
		event, err := eventOf(text)
		if err != nil {
			return nil, err
		}
		events = append(events, event)
	}
	return events, nil
}

func eventText(e pipeline.Event) (string, error) {
	stored := storedEvent{
		At: e.At.UnixMilli(), By: e.By, What: string(e.What), From: string(e.From), To: string(e.To),
		Why: e.Why, OnBehalf: e.OnBehalf, Lacks: e.Lacks, About: e.About, Advice: e.Advice, Differs: e.Differs,
	}
	for _, c := range e.Changes {
		stored.Changes = append(stored.Changes, storedChange{Field: string(c.Field), From: c.From, To: c.To})
	}
	text, err := json.Marshal(stored)
	return string(text), err
}

func eventOf(text string) (pipeline.Event, error) {
	var stored storedEvent
	if err := json.Unmarshal([]byte(text), &stored); err != nil {
		return pipeline.Event{}, err
	}
	event := pipeline.Event{
		At: time.UnixMilli(stored.At).UTC(), By: stored.By, What: pipeline.What(stored.What),
		From: pipeline.Stage(stored.From), To: pipeline.Stage(stored.To),
		Why: stored.Why, OnBehalf: stored.OnBehalf, Lacks: stored.Lacks, About: stored.About,
		Advice: stored.Advice, Differs: stored.Differs,
	}
	for _, c := range stored.Changes {
		event.Changes = append(event.Changes, pipeline.Change{Field: pipeline.Field(c.Field), From: c.From, To: c.To})
	}
	return event, nil
}
