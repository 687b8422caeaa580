package storage

import (
	"context"
	"errors"
	"fmt"
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
	// Orphans selects ideas without a link to any node, but for parked ones.
	// Linked selects those that are linked to that node itself, and Effects the
	// delivered ones of which nobody has said yet what they changed, the first to
	// be asked first. All three are listed for a whole team: with Author, Stage or
	// Withdrawn, or with each other, there is no such list.
	Orphans bool
	Linked  pipeline.NodeKey
	Effects bool
	// Of the parked ideas of a team, with Team, Stage and nothing else: those
	// with that Reason; those that came back or have a day when they are Due to,
	// the first first; those that somebody asked for again, the MostAsked first.
	Reason         pipeline.ParkReason
	Due, MostAsked bool
	// DueBy leaves of those with a day only those whose day is this one, like
	// 2026-11-20, or was before; "" for all.
	DueBy string
	// Withdrawn selects the withdrawn ideas instead of those that stand.
	Withdrawn bool
}

// Page is a part of a list, newest first unless the list says otherwise: by
// capture, or where the list is of one stage, by when they came to it. A team's
// Product Backlog stands in its order: what came to it last is the last, unless
// somebody moved it, see OrderBacklog.
type Page struct {
	Ideas []pipeline.Idea
	// AskedBy is how many different people asked for the parked ones again since
	// they were parked; those that nobody asked for are not in it.
	AskedBy map[pipeline.Key]int
	// Dismissed are the nodes of which somebody said that an idea is not for them;
	// ideas without any are not in it.
	Dismissed map[pipeline.Key][]pipeline.NodeKey
	// Number of this page, from 1, and Of how many; 1 of 1 when the list is
	// empty.
	Number, Of int
	// Total of ideas in the list.
	Total int
}

var (
	changeIdeaScript = loadScript("change_idea")
	pageScript       = loadScript("page")
)

// ChangeIdea stores what a rule changed of an idea: the texts, links, work,
// size and criteria, the stage and since when, why it is parked, what it is expected
// to change, when it was changed and withdrawn and by whom. idea.Version is the version it was read at;
// when another change came between, or a ballot on it did before a move or a
// withdrawal, the error is a *ConflictError. The event enters its history, and the
// draft of whoever did it is dropped. When this idea is delivered, entries about
// ComesBack are added for the parked ideas that wait for it. Where it would come to
// be linked to what belongs to an outcome that is closed by now, the error is an
// *OutcomeClosedError.
func (s *Store) ChangeIdea(ctx context.Context, op string, idea pipeline.Idea, draft Slot, event pipeline.Event, after ...Outgoing) (pipeline.Idea, error) {
	return s.MoveIdea(ctx, op, idea, nil, draft, event, after...)
}

// MoveIdea is ChangeIdea for a move that a gate let pass. seen is the Load that
// the gate was asked with; when what stands in the Product Backlog is something
// else by now, the error is a *LoadError and nothing is changed, so that two
// moves cannot both take the last room. nil asks for nothing.
func (s *Store) MoveIdea(ctx context.Context, op string, idea pipeline.Idea, seen *pipeline.Load, draft Slot, event pipeline.Event, after ...Outgoing) (pipeline.Idea, error) {
	return s.changeIdea(ctx, op, idea, seen, "", draft, event, after)
}

// AcceptLink is ChangeIdea for a link to a node that was suggested: that it was
// accepted is counted, see Feedback.
func (s *Store) AcceptLink(ctx context.Context, op string, idea pipeline.Idea, suggested pipeline.NodeKey, draft Slot, event pipeline.Event, after ...Outgoing) (pipeline.Idea, error) {
	return s.changeIdea(ctx, op, idea, nil, suggested.String(), draft, event, after)
}

// changeIdea is MoveIdea and AcceptLink in one; accepted is a node's key or "".
func (s *Store) changeIdea(ctx context.Context, op string, idea pipeline.Idea, seen *pipeline.Load, accepted string, draft Slot, event pipeline.Event, after []Outgoing) (pipeline.Idea, error) {
	if op == "" {
		return pipeline.Idea{}, errNoOp
	}
	text, err := eventText(event)
	if err != nil {
		return pipeline.Idea{}, err
	}
	guard, overridden, voted := "", "", ""
	if seen != nil {
		guard = fmt.Sprintf("%d %d %d", seen.Ideas, seen.Sized, seen.Points)
	}
	if event.What == pipeline.WasOverridden {
		overridden = "1"
	}
	if event.To != "" || event.What == pipeline.WasWithdrawn {
		voted = fmt.Sprintf("%d %d", idea.Ballots, idea.Ballot)
	}
	sets, clears := split(changeable(idea))
	args := append([]any{
		op, idea.Key.String(), idea.Version, text, event.By, draft.Name, draft.Form, guard, overridden, voted, accepted,
		len(sets), len(clears),
	}, sets...)
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
	if status == "stale" {
		return pipeline.Idea{}, fmt.Errorf("storage: %s: %w", name, ErrTeamChanged)
	}
	if status == "load" {
		load, err := loadOf(record)
		if err == nil {
			err = &LoadError{Current: load}
		}
		return pipeline.Idea{}, fmt.Errorf("storage: %s: %w", name, err)
	}
	if status == "closed" {
		outcome, err := outcomeOf(record)
		if err == nil {
			err = &OutcomeClosedError{Current: outcome}
		}
		return pipeline.Idea{}, fmt.Errorf("storage: %s: %w", name, err)
	}
	idea, err := ideaOf(record)
	if err != nil {
		return pipeline.Idea{}, fmt.Errorf("storage: %s: %w", name, err)
	}
	switch status {
	case "conflict":
		err = &ConflictError{Current: idea}
	case "not parked":
		err = &NotParkedError{Current: idea}
	}
	if err != nil {
		return pipeline.Idea{}, fmt.Errorf("storage: %s: %w", name, err)
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
	records, err := s.records(ctx, keys)
	if err != nil || records == nil {
		return nil, err
	}
	ideas := make([]pipeline.Idea, len(records))
	for i, record := range records {
		if ideas[i], err = ideaOf(record); err != nil {
			return nil, fmt.Errorf("storage: ideas: %w", err)
		}
	}
	return ideas, nil
}

// records of the ideas that are stored.
func (s *Store) records(ctx context.Context, keys []pipeline.Key) ([]map[string]string, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	replies := make([]*redis.MapStringStringCmd, len(keys))
	err := s.db.pipelined(ctx, "ideas", func(pipe redis.Pipeliner) {
		for i, key := range keys {
			replies[i] = pipe.HGetAll(ctx, s.tag+"idea:"+key.String())
		}
	})
	if err != nil {
		return nil, err
	}
	records := make([]map[string]string, 0, len(keys))
	for _, reply := range replies {
		if len(reply.Val()) > 0 {
			records = append(records, reply.Val())
		}
	}
	return records, nil
}

// name of the sorted set that holds the list.
func (l List) name() string {
	switch team := string(l.Team); {
	case l.Orphans:
		return "orphans:" + team
	case !l.Linked.IsZero():
		return "linked:" + l.Linked.String()
	case l.Effects:
		return "effects:" + team
	case l.Reason != "":
		return "parked:" + team + ":" + string(l.Reason)
	case l.Due:
		return "revisit:" + team
	case l.MostAsked:
		return "wanted:" + team
	case l == List{Team: l.Team, Stage: pipeline.Backlog}:
		return "ordered:" + team
	}
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
	if list.Orphans && list != (List{Team: list.Team, Orphans: true}) ||
		!list.Linked.IsZero() && list != (List{Team: list.Linked.Team, Linked: list.Linked}) ||
		list.Effects && list != (List{Team: list.Team, Effects: true}) {
		return Page{}, errors.New("storage: orphans, links and effects are listed for a whole team")
	}
	if parked := (List{Team: list.Team, Stage: pipeline.Parked}); list.Reason != "" || list.Due || list.DueBy != "" || list.MostAsked {
		byReason, byDay, byAsked := parked, parked, parked
		byReason.Reason, byDay.Due, byDay.DueBy, byAsked.MostAsked = list.Reason, true, list.DueBy, true
		if list.Team == "" || list != byReason && list != byDay && list != byAsked {
			return Page{}, errors.New("storage: parked ideas are listed for a whole team, by one of reason, day and how many asked again")
		}
	}
	if size < 1 {
		return Page{}, errors.New("storage: a page needs room for at least one idea")
	}
	order := "ZREVRANGE"
	if list.Due || list.Effects {
		order = "ZRANGE"
	}
	most := ""
	if list.DueBy != "" {
		day, err := time.Parse(time.DateOnly, list.DueBy)
		if err != nil {
			return Page{}, fmt.Errorf("storage: page: %w", err)
		}
		most = dueBefore(day.AddDate(0, 0, 1))
	}
	reply, err := s.read(ctx, pageScript, list.name(), page, size, order, most)
	if err != nil {
		return Page{}, err
	}
	read, err := pageOf(reply)
	if err != nil {
		return Page{}, fmt.Errorf("storage: page: %w", err)
	}
	return read, nil
}

// Linked reads one page of the ideas that stand and are linked to the node itself,
// those captured last first.
func (s *Store) Linked(ctx context.Context, node pipeline.NodeKey, page, size int) (Page, error) {
	return s.Page(ctx, List{Team: node.Team, Linked: node}, page, size)
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
		r := reader{record: record}
		if nodes := r.nodesIn("dismissed"); len(nodes) > 0 {
			if page.Dismissed == nil {
				page.Dismissed = map[pipeline.Key][]pipeline.NodeKey{}
			}
			page.Dismissed[idea.Key] = nodes
		}
		people, err := askedBy(record)
		if err != nil {
			return Page{}, err
		}
		if people > 0 {
			if page.AskedBy == nil {
				page.AskedBy = map[pipeline.Key]int{}
			}
			page.AskedBy[idea.Key] = people
		}
	}
	return page, nil
}
