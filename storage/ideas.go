package storage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"alignbot/pipeline"

	"github.com/redis/go-redis/v9"
)

// List selects ideas by facts; a zero field selects any. Team or Author must
// be set: without Team, it is what Author captured in all teams.
type List struct {
	Team   pipeline.TeamKey
	Author string
	Stage  pipeline.Stage
	// Orphans selects ideas without an outcome. No idea has one yet, so all
	// are orphans.
	Orphans bool
	// Withdrawn selects the withdrawn ideas instead of those that stand.
	Withdrawn bool
}

// Page is a part of a list, newest first.
type Page struct {
	Ideas []pipeline.Idea
	// Number of this page, from 1, and Of how many; 1 of 1 when the list is
	// empty.
	Number, Of int
	// Total of ideas in the list.
	Total int
}

var (
	captureScript    = loadScript("capture")
	changeIdeaScript = loadScript("change_idea")
	pageScript       = loadScript("page")
)

// storedEvent is an event as it is kept.
type storedEvent struct {
	At      int64          `json:"at"` // Unix ms
	By      string         `json:"by"`
	What    string         `json:"what"`
	Changes []storedChange `json:"changes,omitempty"`
}

type storedChange struct {
	Field string `json:"field"`
	From  string `json:"from"`
	To    string `json:"to"`
}

// Capture stores a new idea of a stored team and gives it the team's next
// number and version 1. Its history begins, the author's draft it was made of
// is dropped (none for the zero Slot), and what must be posted about it enters
// the outbox; in those entries a Subject of "#", and "#" in an ID, stand for
// the idea's key. Times are kept in milliseconds. Without that team the error
// is ErrNotFound.
func (s *Store) Capture(ctx context.Context, op string, idea pipeline.Idea, draft Slot, after ...Outgoing) (pipeline.Idea, error) {
	if op == "" {
		return pipeline.Idea{}, errNoOp
	}
	event, err := eventText(pipeline.Event{At: idea.Created, By: idea.Author, What: pipeline.WasCaptured})
	if err != nil {
		return pipeline.Idea{}, err
	}
	fields := append(given(idea), changeable(idea)...)
	values := make([]any, 0, 2*len(fields))
	for _, f := range fields {
		if f.value != "" {
			values = append(values, f.name, f.value)
		}
	}
	args := append([]any{op, string(idea.Key.Team), idea.Author, event, draft.Name, draft.Form, len(values)}, values...)
	if args, err = appendOutgoing(args, after); err != nil {
		return pipeline.Idea{}, err
	}
	reply, err := s.write(ctx, captureScript, args...)
	if err != nil {
		return pipeline.Idea{}, err
	}
	return ideaAnswer("capture", reply)
}

// ChangeIdea stores what a rule changed of an idea: the texts, the stage, when
// it was changed and withdrawn and by whom. idea.Version is the version it was
// read at; when another change came between, the error is a *ConflictError.
// The event enters its history, and the draft of whoever did it is dropped.
func (s *Store) ChangeIdea(ctx context.Context, op string, idea pipeline.Idea, draft Slot, event pipeline.Event, after ...Outgoing) (pipeline.Idea, error) {
	if op == "" {
		return pipeline.Idea{}, errNoOp
	}
	text, err := eventText(event)
	if err != nil {
		return pipeline.Idea{}, err
	}
	sets, clears := split(changeable(idea))
	args := append([]any{op, idea.Key.String(), idea.Version, text, event.By, draft.Name, draft.Form, len(sets), len(clears)}, sets...)
	args = append(args, clears...)
	if args, err = appendOutgoing(args, after); err != nil {
		return pipeline.Idea{}, err
	}
	reply, err := s.write(ctx, changeIdeaScript, args...)
	if err != nil {
		return pipeline.Idea{}, err
	}
	return ideaAnswer("change idea", reply)
}

var errNoOp = errors.New("storage: a change needs the id of its operation")

// split tells what to set (field, value, …) from what to clear.
func split(fields []field) (sets, clears []any) {
	for _, f := range fields {
		if f.value != "" {
			sets = append(sets, f.name, f.value)
		} else {
			clears = append(clears, f.name)
		}
	}
	return sets, clears
}

func ideaAnswer(name string, reply []any) (pipeline.Idea, error) {
	status, record, err := asStatus(reply)
	if err != nil {
		return pipeline.Idea{}, fmt.Errorf("storage: %s: %w", name, err)
	}
	if status == "no team" || status == "no idea" {
		return pipeline.Idea{}, fmt.Errorf("storage: %s: %w", name, ErrNotFound)
	}
	idea, err := ideaOf(record)
	if err != nil {
		return pipeline.Idea{}, fmt.Errorf("storage: %s: %w", name, err)
	}
	if status == "conflict" {
		return pipeline.Idea{}, fmt.Errorf("storage: %s: %w", name, &ConflictError{Current: idea})
	}
	return idea, nil
}

// Idea gives the idea with that key, or ErrNotFound.
func (s *Store) Idea(ctx context.Context, key pipeline.Key) (pipeline.Idea, error) {
	ideas, err := s.Ideas(ctx, []pipeline.Key{key})
	if err != nil {
		return pipeline.Idea{}, err
	}
	if len(ideas) == 0 {
		return pipeline.Idea{}, fmt.Errorf("storage: idea %s: %w", key, ErrNotFound)
	}
	return ideas[0], nil
}

// Ideas gives those of the ideas that are stored, in the order of the keys, in
// one round trip.
func (s *Store) Ideas(ctx context.Context, keys []pipeline.Key) ([]pipeline.Idea, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	var ideas []pipeline.Idea
	err := s.db.do(ctx, "ideas", func(ctx context.Context) error {
		pipe := s.db.client.Pipeline()
		records := make([]*redis.MapStringStringCmd, len(keys))
		for i, key := range keys {
			records[i] = pipe.HGetAll(ctx, s.tag+"idea:"+key.String())
		}
		if _, err := pipe.Exec(ctx); err != nil {
			return err
		}
		ideas = make([]pipeline.Idea, 0, len(keys))
		for _, record := range records {
			if len(record.Val()) == 0 {
				continue
			}
			idea, err := ideaOf(record.Val())
			if err != nil {
				return err
			}
			ideas = append(ideas, idea)
		}
		return nil
	})
	return ideas, err
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
	events := make([]pipeline.Event, 0, len(texts))
	for _, text := range slices.Backward(texts) {
		event, err := eventOf(text)
		if err != nil {
			return nil, fmt.Errorf("storage: history of %s: %w", key, err)
		}
		events = append(events, event)
	}
	return events, nil
}

// name of the sorted set that holds the list.
func (l List) name() string {
	parts := make([]string, 0, 3)
	if l.Team != "" {
		parts = append(parts, string(l.Team))
	}
	if l.Author != "" {
		parts = append(parts, "@"+l.Author)
	}
	if l.Stage != "" {
		parts = append(parts, string(l.Stage))
	}
	kind := "list:"
	if l.Withdrawn {
		kind = "withdrawn:"
	}
	return kind + strings.Join(parts, ":")
}

// Page reads one page of the list, from 1, of that many ideas, in one round
// trip. A page past the end is the last one.
func (s *Store) Page(ctx context.Context, list List, page, size int) (Page, error) {
	if list.Team == "" && list.Author == "" {
		return Page{}, errors.New("storage: a list needs a team or an author")
	}
	if size < 1 {
		return Page{}, errors.New("storage: a page needs room for at least one idea")
	}
	reply, err := s.read(ctx, pageScript, list.name(), page, size)
	if err != nil {
		return Page{}, err
	}
	read, err := pageOf(reply)
	if err != nil {
		return Page{}, fmt.Errorf("storage: page: %w", err)
	}
	return read, nil
}

func pageOf(reply []any) (Page, error) {
	if len(reply) < 3 {
		return Page{}, &shapeError{"a page", reply}
	}
	var numbers [3]int
	for i := range numbers {
		var err error
		if numbers[i], err = asInt(reply[i]); err != nil {
			return Page{}, err
		}
	}
	page := Page{Total: numbers[0], Number: numbers[1], Of: numbers[2]}
	for _, item := range reply[3:] {
		record, err := asRecord(item)
		if err != nil {
			return Page{}, err
		}
		idea, err := ideaOf(record)
		if err != nil {
			return Page{}, err
		}
		page.Ideas = append(page.Ideas, idea)
	}
	return page, nil
}

// CountStages counts the team's ideas that stand, by stage.
func (s *Store) CountStages(ctx context.Context, team pipeline.TeamKey) (map[pipeline.Stage]int, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	counts := map[pipeline.Stage]int{}
	err := s.db.do(ctx, "count stages", func(ctx context.Context) error {
		pipe := s.db.client.Pipeline()
		replies := map[pipeline.Stage]*redis.IntCmd{}
		for _, stage := range pipeline.Stages() {
			replies[stage] = pipe.ZCard(ctx, s.tag+List{Team: team, Stage: stage}.name())
		}
		if _, err := pipe.Exec(ctx); err != nil {
			return err
		}
		for stage, reply := range replies {
			counts[stage] = int(reply.Val())
		}
		return nil
	})
	return counts, err
}

func eventText(e pipeline.Event) (string, error) {
	stored := storedEvent{At: e.At.UnixMilli(), By: e.By, What: string(e.What)}
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
	event := pipeline.Event{At: time.UnixMilli(stored.At).UTC(), By: stored.By, What: pipeline.What(stored.What)}
	for _, c := range stored.Changes {
		event.Changes = append(event.Changes, pipeline.Change{Field: pipeline.Field(c.Field), From: c.From, To: c.To})
	}
	return event, nil
}
