package slacksim

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// OpenHome opens the app's Home tab.
func (s *Sim) OpenHome(_ context.Context, person string) error {
	return s.openApp(person, "home")
}

// OpenAppMessages opens the app's Messages tab, which is the DM with it, and so all of it is read.
func (s *Sim) OpenAppMessages(_ context.Context, person string) error {
	return s.openApp(person, "messages")
}

func (s *Sim) openApp(person, tab string) error {
	s.mu.Lock()
	defer s.unlock()
	p, err := s.person(person)
	if err == nil {
		err = active(p)
	}
	switch {
	case err != nil:
		return err
	case tab == "home" && s.app.NoHomeTab:
		return errors.New("the app has no Home tab; nothing was opened. Turn it on in the workspace file")
	case s.uninstalled:
		return errors.New("the app is not installed; nothing was opened")
	}
	dm := s.openDM(p.ID, s.app.BotUser)
	ev := obj{"type": "app_home_opened", "user": p.ID, "channel": dm.ID, "tab": tab, "event_ts": s.nextTS()}
	if v := s.homes[p.ID]; v != nil && tab == "home" {
		ev["view"] = s.viewWire(v)
	}
	if !s.app.NoHomeTab {
		s.emit("app_home_opened", dm, ev)
	}
	if tab == "messages" && dm.unread(p.ID) {
		dm.Read[p.ID] = dm.last()
	}
	s.did("Open "+tab, p, dm, "", "")
	s.touch(p.ID)
	return nil
}

// UseShortcut picks a global shortcut by its callback_id.
func (s *Sim) UseShortcut(ctx context.Context, person, callbackID string) error {
	s.mu.Lock()
	p, err := s.shortcut(person, callbackID, "global")
	if err != nil {
		s.mu.Unlock()
		return err
	}
	payload := s.interaction("shortcut", p)
	payload["callback_id"], payload["action_ts"], payload["trigger_id"] = callbackID, s.nextTS(), s.newTrigger(p.ID, "", "")
	s.did("UseShortcut", p, nil, "", callbackID)
	s.unlock()
	e := envelope{Type: "interactive", Accepts: true, Payload: encode(payload), names: []string{callbackID, "shortcut"}, by: p.ID}
	return s.quietly(ctx, e, callbackID)
}

// UseMessageShortcut picks a shortcut from the menu of a message.
func (s *Sim) UseMessageShortcut(ctx context.Context, person, callbackID, channel, ts string) error {
	s.mu.Lock()
	p, err := s.shortcut(person, callbackID, "message")
	if err != nil {
		s.mu.Unlock()
		return err
	}
	r, err := s.visibleRoom(p, channel)
	if err != nil {
		s.mu.Unlock()
		return err
	}
	m := r.byTS[ts]
	if m == nil {
		s.mu.Unlock()
		return fmt.Errorf("there is no message %s in %s that has shortcuts; nothing was done", ts, channel)
	}
	payload := s.interaction("message_action", p)
	payload["callback_id"], payload["action_ts"], payload["trigger_id"] = callbackID, s.nextTS(), s.newTrigger(p.ID, r.ID, "")
	payload["message_ts"], payload["message"] = m.TS, s.wire(r, m)
	payload["channel"], payload["response_url"] = obj{"id": r.ID, "name": r.payloadName()}, s.newResponseURL(p.ID, r.ID, m)
	s.did("UseMessageShortcut", p, r, ts, callbackID)
	s.unlock()
	e := envelope{Type: "interactive", Accepts: true, Payload: encode(payload), names: []string{callbackID, "message_action"}, by: p.ID, channel: r.ID}
	return s.quietly(ctx, e, callbackID)
}

// quietly sends what has no place on the screen to fail at; without an ack Slackbot says so in the person's DM with the app.
func (s *Sim) quietly(ctx context.Context, e envelope, name string) error {
	ack, err := s.interact(ctx, e)
	s.ignored(e.label(), ack)
	if err == nil || (!errors.Is(err, errNoSocket) && !errors.Is(err, errNoAck)) {
		return err
	}
	s.mu.Lock()
	defer s.unlock()
	s.slackbot(s.openDM(e.by, s.app.BotUser), s.people[e.by], fmt.Sprintf(operationTimeout, name))
	return nil
}

func (s *Sim) shortcut(person, callbackID, kind string) (*Person, error) {
	p, err := s.person(person)
	if err == nil {
		err = active(p)
	}
	if err != nil {
		return nil, err
	}
	has := slices.ContainsFunc(s.app.Shortcuts, func(sc Shortcut) bool { return sc.CallbackID == callbackID && sc.Type == kind })
	if !has || s.uninstalled || !slices.Contains(s.app.Scopes, "commands") || (kind == "message" && p.Team != "") {
		return nil, fmt.Errorf("%s finds no %s shortcut %q; nothing was done. Add it to the app or use one it has", p.Name, kind, callbackID)
	}
	return p, nil
}

// UninstallApp removes the app: its tokens stop working, its sockets close, and app_uninstalled and tokens_revoked go out first.
func (s *Sim) UninstallApp(context.Context) error {
	s.mu.Lock()
	s.emit("app_uninstalled", nil, obj{"type": "app_uninstalled", "event_ts": s.nextTS()})
	s.emit("tokens_revoked", nil, obj{"type": "tokens_revoked", "tokens": obj{"oauth": []string{}, "bot": []string{s.app.BotUser}}, "event_ts": s.nextTS()})
	s.uninstalled = true
	s.unlock()
	s.socket.mu.Lock()
	conns := slices.Clone(s.socket.conns)
	s.socket.mu.Unlock()
	for _, c := range conns {
		c.finish()
	}
	s.touchAll()
	return nil
}

// InstallApp puts it back, with the same tokens.
func (s *Sim) InstallApp(context.Context) error {
	s.mu.Lock()
	s.uninstalled = false
	s.mu.Unlock()
	s.touchAll()
	return nil
}

// UpdateApp changes what the app is granted and shows: scopes, events, commands, shortcuts, tabs. Its ids and name stay.
func (s *Sim) UpdateApp(_ context.Context, change func(*App)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.app.clone()
	change(&a)
	a.ID, a.Name, a.BotID, a.BotUser = s.app.ID, s.app.Name, s.app.BotID, s.app.BotUser
	s.app = a.clone()
	s.touchAll()
	return nil
}
