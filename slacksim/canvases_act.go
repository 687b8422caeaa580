package slacksim

import (
	"context"
	"fmt"
	"slices"
)

// Canvas gives person a canvas that they may read.
func (s *Sim) Canvas(person, id string) (Canvas, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := s.person(person)
	if err != nil {
		return Canvas{}, err
	}
	c := s.canvases[id]
	if c == nil || !s.mayRead(p, c) {
		return Canvas{}, fmt.Errorf("%s sees no canvas %q; nothing was changed. Use one from the heading of a channel they are in", p.Name, id)
	}
	return c.shown(), nil
}

// Canvases are those in the tabs of a channel that person sees, the channel's own first.
func (s *Sim) Canvases(person, channel string) ([]Canvas, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := s.person(person)
	if err != nil {
		return nil, err
	}
	r, err := s.visibleRoom(p, channel)
	if err != nil {
		return nil, err
	}
	var out []Canvas
	for _, c := range s.canvasesIn(r.ID) {
		out = append(out, c.shown())
	}
	return out, nil
}

// mayRead: whoever made it, was given access, or sees a channel that it is in or was shared with; s.mu is held.
func (s *Sim) mayRead(p *Person, c *canvas) bool {
	if c.User == p.ID {
		return true
	}
	if r := s.room[c.Channel]; r != nil && s.sees(p, r) {
		return true
	}
	for _, given := range c.Access {
		if slices.ContainsFunc(given, func(id string) bool {
			r := s.room[id]
			return id == p.ID || r != nil && s.sees(p, r)
		}) {
			return true
		}
	}
	return false
}

// WriteCanvas has person write the canvas of a channel: it is made, or all of it is replaced. The id is returned.
func (s *Sim) WriteCanvas(_ context.Context, person, channel, title, markdown string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, r, err := s.acting(person, channel)
	switch {
	case err != nil:
		return "", err
	case s.opt.Workspace.Canvases == CanvasesOff:
		return "", fmt.Errorf("canvases are switched off in this workspace; nothing was written")
	case !r.has(p.ID) || r.Archived:
		return "", fmt.Errorf("%s cannot write the canvas of %q; nothing was changed. Join the channel, or choose one that is not archived", p.Name, channel)
	}
	var c *canvas
	for _, there := range s.canvasesIn(r.ID) {
		if there.Main {
			c = there
		}
	}
	if c == nil {
		c = &canvas{ID: newID("F"), User: p.ID, Channel: r.ID, Main: true}
		s.canvases[c.ID] = c
	}
	c.Title, c.Sections = title, sectionsOf(markdown)
	s.did("WriteCanvas", p, r, "", title)
	s.touchCanvas(c)
	return c.ID, nil
}

// DeleteCanvas has person delete a canvas that they may see, whoever wrote it.
func (s *Sim) DeleteCanvas(_ context.Context, person, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := s.person(person)
	if err == nil {
		err = active(p)
	}
	if err != nil {
		return err
	}
	c := s.canvases[id]
	if c == nil || !s.mayRead(p, c) {
		return fmt.Errorf("%s sees no canvas %q to delete; nothing was changed", p.Name, id)
	}
	delete(s.canvases, id)
	s.did("DeleteCanvas", p, s.room[c.Channel], "", c.Title)
	s.touchCanvas(c)
	return nil
}
