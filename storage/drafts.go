package storage

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"alignbot/pipeline"
)

// DraftLifetime is how long what somebody typed into a form is kept after it
// was last saved.
const DraftLifetime = 24 * time.Hour

// Slot names the place of one draft of a person.
type Slot struct {
	// Name is the caller's choice of one word: one for the form of a new idea,
	// one for each idea being edited. "" names no draft.
	Name string
	// Form is one word for the opening of the form that writes the draft. Once
	// its draft is dropped, a late report from that opening changes nothing.
	// "" where there is no form.
	Form string
}

// Draft is what somebody typed into a form and has not submitted.
type Draft struct {
	// Typed is what stands in each field; a field left empty is not in it.
	Typed map[pipeline.Field]string
	// Team chosen; "" for none yet.
	Team pipeline.TeamKey
	// Source is the message the form was opened from; the zero value for none.
	Source pipeline.Source
	// Saved is when it was typed; of two reports from one form the later stays.
	// The zero time is now.
	Saved time.Time
}

// storedDraft is a Draft as it is kept.
type storedDraft struct {
	Typed     map[string]string `json:"typed,omitempty"`
	Team      string            `json:"team,omitempty"`
	Channel   string            `json:"source_channel,omitempty"`
	TS        string            `json:"source_ts,omitempty"`
	Thread    string            `json:"source_thread,omitempty"`
	Permalink string            `json:"source_permalink,omitempty"`
}

var (
	saveDraftScript = loadScript("save_draft")
	dropDraftScript = loadScript("drop_draft")
	draftsScript    = loadScript("drafts")
)

// SaveDraft keeps what the user typed, in place of what was kept before. A
// draft in which nothing is typed is as good as none, but for the message it
// was begun from.
func (s *Store) SaveDraft(ctx context.Context, user string, slot Slot, d Draft) error {
	if err := slot.check(); err != nil {
		return err
	}
	if len(d.Typed) == 0 {
		if slot.Form == "" && d.Source.IsZero() {
			return s.DropDraft(ctx, user, slot)
		}
		d = Draft{Saved: d.Saved, Source: d.Source} // keeps earlier reports of the form out
	}
	saved := ""
	if !d.Saved.IsZero() {
		saved = formatTime(d.Saved)
	}
	fields := map[string]string{}
	for field, words := range d.Typed {
		if words != "" {
			fields[string(field)] = words
		}
	}
	text, err := json.Marshal(storedDraft{
		Typed: fields, Team: string(d.Team),
		Channel: d.Source.Channel, TS: d.Source.TS, Thread: d.Source.Thread, Permalink: d.Source.Permalink,
	})
	if err != nil {
		return fmt.Errorf("storage: save draft: %w", err)
	}
	// A message to begin from, told again, must not undo what was typed since.
	only := ""
	if len(d.Typed) == 0 && slot.Form == "" {
		only = "1"
	}
	_, err = s.write(ctx, saveDraftScript, user, slot.Name, saved, slot.Form, text, only)
	return err
}

// check refuses what could not be read back.
func (slot Slot) check() error {
	if slot.Name == "" || strings.ContainsFunc(slot.Form, unicode.IsSpace) {
		return fmt.Errorf("storage: a draft's slot needs a name, and no space in its form: %q", slot)
	}
	return nil
}

// DropDraft forgets the draft; it need not exist.
func (s *Store) DropDraft(ctx context.Context, user string, slot Slot) error {
	if err := slot.check(); err != nil {
		return err
	}
	_, err := s.write(ctx, dropDraftScript, user, slot.Name, slot.Form)
	return err
}

// Drafts gives all drafts of the user in which something is typed, by the name
// of their slot.
func (s *Store) Drafts(ctx context.Context, user string) (map[string]Draft, error) {
	reply, err := s.read(ctx, draftsScript, user)
	if err != nil {
		return nil, err
	}
	now, record, err := asStatus(reply)
	if err != nil {
		return nil, fmt.Errorf("storage: drafts: %w", err)
	}
	ms, err := strconv.ParseInt(now, 10, 64)
	if err != nil {
		return nil, fmt.Errorf("storage: drafts: %w", err)
	}
	drafts := map[string]Draft{}
	for slot, text := range record {
		d, err := draftOf(text, time.UnixMilli(ms))
		if err != nil {
			return nil, fmt.Errorf("storage: drafts: %w", err)
		}
		if d != nil && len(d.Typed) > 0 {
			drafts[slot] = *d
		}
	}
	return drafts, nil
}

// draftOf reads a stored draft; nil when its time is over, nothing is typed,
// or its form is done with.
func draftOf(text string, now time.Time) (*Draft, error) {
	saved, rest, _ := strings.Cut(text, " ")
	_, body, _ := strings.Cut(rest, " ")
	ms, err := strconv.ParseInt(saved, 10, 64)
	if err != nil {
		return nil, fmt.Errorf("a stored draft has an unreadable time: %w", err)
	}
	at := time.UnixMilli(ms).UTC()
	if body == "" || now.Sub(at) >= DraftLifetime {
		return nil, nil
	}
	var stored storedDraft
	if err := json.Unmarshal([]byte(body), &stored); err != nil {
		return nil, fmt.Errorf("a stored draft cannot be read: %w", err)
	}
	d := Draft{
		Team: pipeline.TeamKey(stored.Team),
		Source: pipeline.Source{
			Message: pipeline.Message{Channel: stored.Channel, TS: stored.TS}, Thread: stored.Thread, Permalink: stored.Permalink,
		},
		Saved: at,
	}
	for field, words := range stored.Typed {
		if d.Typed == nil {
			d.Typed = map[pipeline.Field]string{}
		}
		d.Typed[pipeline.Field(field)] = words
	}
	if len(d.Typed) == 0 && d.Source.IsZero() {
		return nil, nil
	}
	return &d, nil
}
