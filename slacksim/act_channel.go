package slacksim

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// OpenDM finds or begins the conversation of person with somebody else, the app included, and returns its id.
func (s *Sim) OpenDM(_ context.Context, person, other string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := s.person(person)
	if err != nil {
		return "", err
	}
	o, err := s.person(other)
	if err != nil {
		return "", err
	}
	r := s.openDM(pair(p.ID, o.ID)...)
	s.touchRoom(r)
	return r.ID, nil
}

// Join makes person a member of a public channel.
func (s *Sim) Join(_ context.Context, person, channel string) error {
	s.mu.Lock()
	defer s.unlock()
	p, r, err := s.acting(person, channel)
	switch {
	case err != nil:
		return err
	case r.Archived:
		return fmt.Errorf("#%s is archived and cannot be joined", r.Name)
	case r.has(p.ID):
		return nil
	}
	s.did("Join", p, r, "", "")
	s.enter(r, p, "")
	return nil
}

// Leave takes person out of a channel.
func (s *Sim) Leave(_ context.Context, person, channel string) error {
	s.mu.Lock()
	defer s.unlock()
	p, r, err := s.acting(person, channel)
	switch {
	case err != nil:
		return err
	case !r.has(p.ID) || r.IM || r.MPIM:
		return fmt.Errorf("%s is in no channel %q to leave", p.Name, channel)
	}
	s.did("Leave", p, r, "", "")
	s.exit(r, p)
	return nil
}

// Invite makes who (a person or the app) a member.
func (s *Sim) Invite(_ context.Context, person, channel, who string) error {
	s.mu.Lock()
	defer s.unlock()
	p, r, err := s.acting(person, channel)
	if err != nil {
		return err
	}
	o, err := s.person(who)
	switch {
	case err != nil:
		return err
	case r.IM || r.MPIM || r.Archived || !r.has(p.ID):
		return fmt.Errorf("%s cannot invite anybody to %q; nothing was done", p.Name, channel)
	case o.Deactivated:
		return fmt.Errorf("%s is deactivated and cannot be invited; nothing was done", o.Name)
	case r.has(o.ID):
		return nil
	}
	s.did("Invite", p, r, "", o.ID)
	s.enter(r, o, p.ID)
	return nil
}

// Kick takes who (a person or the app) out of a channel.
func (s *Sim) Kick(_ context.Context, person, channel, who string) error {
	s.mu.Lock()
	defer s.unlock()
	p, r, err := s.acting(person, channel)
	if err != nil {
		return err
	}
	o, err := s.person(who)
	switch {
	case err != nil:
		return err
	case !r.has(o.ID) || r.IM || r.MPIM:
		return fmt.Errorf("%s is in no channel %q to be removed from; nothing was done", o.Name, channel)
	}
	s.did("Kick", p, r, "", o.ID)
	s.exit(r, o)
	return nil
}

// Archive closes a channel for writing.
func (s *Sim) Archive(_ context.Context, person, channel string) error {
	return s.archive(person, channel, true)
}

// Unarchive opens it again.
func (s *Sim) Unarchive(_ context.Context, person, channel string) error {
	return s.archive(person, channel, false)
}

func (s *Sim) archive(person, channel string, on bool) error {
	s.mu.Lock()
	defer s.unlock()
	p, r, err := s.acting(person, channel)
	switch {
	case err != nil:
		return err
	case r.IM || r.MPIM || p.Guest:
		return fmt.Errorf("%s cannot archive %q; nothing was done", p.Name, channel)
	case r.Archived == on:
		return nil
	}
	event, what := "channel_archive", "Archive"
	if !on {
		event, what = "channel_unarchive", "Unarchive"
	}
	r.Archived = on
	if r.has(s.app.BotUser) || !r.Private {
		s.emit(event, r, obj{"type": event, "channel": r.ID, "user": p.ID, "is_moved": 0, "event_ts": s.nextTS()})
	}
	s.did(what, p, r, "", "")
	s.touchRoom(r)
	return nil
}

// Rename gives a channel another name.
func (s *Sim) Rename(_ context.Context, person, channel, name string) error {
	s.mu.Lock()
	defer s.unlock()
	p, r, err := s.acting(person, channel)
	if err == nil {
		name, err = s.newName(name)
	}
	switch {
	case err != nil:
		return err
	case r.IM || r.MPIM || p.Guest:
		return fmt.Errorf("%s cannot rename %q; nothing was done", p.Name, channel)
	}
	r.Name = name
	if r.has(s.app.BotUser) || !r.Private {
		s.emit("channel_rename", r, obj{"type": "channel_rename", "channel": obj{"id": r.ID, "name": name, "created": r.Created}, "event_ts": s.nextTS()})
	}
	s.did("Rename", p, r, "", name)
	s.touchRoom(r)
	return nil
}

// newName checks the name for a channel; s.mu is held.
func (s *Sim) newName(name string) (string, error) {
	name = strings.TrimPrefix(name, "#")
	switch {
	case name == "" || len(name) > 80 || strings.ContainsAny(name, " .,#@") || strings.ToLower(name) != name:
		return "", fmt.Errorf("%q is no name for a channel; use up to 80 lower-case letters, digits, hyphens and underscores", name)
	case s.find(name) != nil:
		return "", fmt.Errorf("there is a channel %q already; choose another name", name)
	}
	return name, nil
}

// CreateChannel makes a channel with person in it and returns its id.
func (s *Sim) CreateChannel(_ context.Context, person, name string, private bool) (string, error) {
	s.mu.Lock()
	defer s.unlock()
	p, err := s.person(person)
	if err == nil {
		err = active(p)
	}
	if err == nil {
		name, err = s.newName(name)
	}
	switch {
	case err != nil:
		return "", err
	case p.Guest:
		return "", fmt.Errorf("%s is a guest and cannot make channels; nothing was done", p.Name)
	}
	r := newRoom(Channel{ID: newID("C"), Name: name, Private: private, Members: []string{p.ID}, Created: s.clock.now().Unix()})
	s.addRoom(r)
	if !private {
		s.emit("channel_created", r, obj{
			"type": "channel_created", "channel": obj{"id": r.ID, "name": name, "created": r.Created, "creator": p.ID}, "event_ts": s.nextTS(),
		})
	}
	s.did("CreateChannel", p, r, "", name)
	s.touchRoom(r)
	return r.ID, nil
}

// Upload gives a file of person's, for file inputs and messages, and returns its id.
func (s *Sim) Upload(_ context.Context, person, filename string, data []byte) (string, error) {
	if len(data) == 0 || len(data) > maxFile || filename == "" {
		return "", errors.New("a file needs a name and between 1 byte and 64 MB; nothing was uploaded")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := s.person(person)
	if err == nil {
		err = active(p)
	}
	if err != nil {
		return "", err
	}
	f := &file{
		File:    File{ID: newID("F"), Name: filename, Title: filename, User: p.ID, Size: len(data), Mimetype: mimeOf(filename, data)},
		Created: s.clock.now().Unix(), Complete: true, data: slices.Clone(data),
	}
	s.files[f.ID] = f
	s.keepFile(f)
	s.did("Upload", p, nil, "", filename)
	s.touch(p.ID)
	return f.ID, nil
}

// UpdatePerson changes an account — role, time zone, deactivation — and sends user_change. Id and handle stay.
func (s *Sim) UpdatePerson(_ context.Context, person string, change func(*Person)) error {
	s.mu.Lock()
	defer s.unlock()
	p, err := s.person(person)
	if err != nil {
		return err
	}
	next := *p
	change(&next)
	next.ID, next.Name = p.ID, p.Name
	next.Guest = next.Guest || next.SingleChannelGuest
	if _, err := time.LoadLocation(next.TZ); err != nil {
		return fmt.Errorf("%q is no time zone; nothing was changed. Use an IANA name such as Europe/Berlin", next.TZ)
	}
	*p = next
	if p.Deactivated {
		s.hide(p.ID, func(*view) bool { return true })
	}
	s.emit("user_change", nil, obj{"type": "user_change", "user": s.userWire(p), "cache_ts": s.clock.now().Unix(), "event_ts": s.nextTS()})
	s.did("UpdatePerson", p, nil, "", "")
	s.touchAll()
	return nil
}

// UpdateUsergroup changes a user group, which goes by its id or handle: its people, its name, whether it is disabled. Slack
// makes such changes outside of channels, so no person does it. Id and handle stay.
func (s *Sim) UpdateUsergroup(_ context.Context, group string, change func(*Usergroup)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.groups, func(g Usergroup) bool { return g.ID == group || g.Handle == strings.TrimPrefix(group, "@") })
	if i < 0 {
		return fmt.Errorf("there is no user group %q; nothing was changed", group)
	}
	next := s.groups[i]
	next.Members = slices.Clone(next.Members)
	change(&next)
	next.ID, next.Handle = s.groups[i].ID, s.groups[i].Handle
	for m, who := range next.Members {
		p, err := s.person(who)
		if err != nil {
			return err
		}
		next.Members[m] = p.ID
	}
	s.groups[i] = next
	s.record(Entry{Kind: KindAct, Method: "UpdateUsergroup", ID: next.ID, Text: next.Handle})
	s.touchAll()
	return nil
}
