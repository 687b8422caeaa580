package bot

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"alignbot/commands"
	"alignbot/pipeline"
)

const (
	// electoratePatience is how long somebody who fills in a form waits for
	// Slack: what is left of the time to answer is for the rest.
	electoratePatience = 1500 * time.Millisecond
	// electorateGood is how long it is remembered who is in a channel or group.
	electorateGood = time.Minute
	// electorateMost is how long Slack is asked, waiting as it tells us to.
	electorateMost = 5 * time.Minute
	// membersLimit is more than can vote, because bots and others cannot.
	membersLimit = pipeline.ElectorateLimit + 500
)

// electorates knows who is in a channel or in a user group.
type electorates struct {
	send      *sender
	directory *directory
	insist    insist
	members   *once[electorate] // by the id of a channel or user group
	groups    *once[[]commands.UserGroup]
}

// electorate is who is in a channel or group, or why that is of no use.
type electorate struct {
	people  []pipeline.Person
	problem error
}

func newElectorates(send *sender, p *people) *electorates {
	d := newDirectory(p, send.users)
	return &electorates{
		send: send, directory: d, insist: d.insist,
		members: newOnce[electorate](electorateGood, p),
		groups:  newOnce[[]commands.UserGroup](electorateGood, p),
	}
}

// ofChannel gives the people of a channel, bots and deactivated ones among
// them. The error is one for people to read.
func (e *electorates) ofChannel(ctx context.Context, channel string) ([]pipeline.Person, error) {
	people, err := e.of(ctx, channel, func(ctx context.Context) (ids []string, err error) {
		for cursor, more := "", true; more && len(ids) <= membersLimit; more = cursor != "" {
			err := e.insist.on(ctx, func(ctx context.Context) error {
				page, next, err := e.send.members(ctx, channel, cursor)
				if err == nil {
					ids, cursor = append(ids, page...), next
				}
				return err
			})
			if err != nil {
				return nil, err
			}
		}
		return ids, nil
	})
	return people, explain(err, askedChannel)
}

// ofGroup gives the people of a user group, as ofChannel does.
func (e *electorates) ofGroup(ctx context.Context, group string) ([]pipeline.Person, error) {
	people, err := e.of(ctx, group, func(ctx context.Context) (ids []string, err error) {
		err = e.insist.on(ctx, func(ctx context.Context) error {
			ids, err = e.send.groupMembers(ctx, group)
			return err
		})
		if err != nil || len(ids) > 0 {
			return ids, err
		}
		// One that is disabled may look as if it were empty.
		groups, err := e.groups.get(ctx, "", e.readGroups)
		if err == nil && !slices.ContainsFunc(groups, func(g commands.UserGroup) bool { return g.ID == group }) {
			err = &SlackError{Method: "usergroups.list", Code: groupGone}
		}
		return nil, err
	})
	return people, explain(err, askedGroup)
}

// all gives the user groups of the workspace by their handles.
func (e *electorates) all(ctx context.Context) ([]commands.UserGroup, error) {
	ctx, cancel := context.WithTimeout(ctx, electoratePatience)
	defer cancel()
	groups, err := e.groups.get(ctx, "", e.readGroups)
	return slices.Clone(groups), explain(err, askedGroups)
}

// of asks for the ids and then for the people.
func (e *electorates) of(ctx context.Context, id string, list func(context.Context) ([]string, error)) ([]pipeline.Person, error) {
	ctx, cancel := context.WithTimeout(ctx, electoratePatience)
	defer cancel()
	found, err := e.members.get(ctx, id, func(ctx context.Context) (electorate, error) {
		ctx, cancel := context.WithTimeout(ctx, electorateMost)
		defer cancel()
		ids, err := list(ctx)
		if err != nil {
			return electorate{}, err
		}
		if len(ids) > membersLimit {
			return electorate{problem: tooMany}, nil
		}
		people, err := e.directory.of(ctx, ids)
		return electorate{people: people}, err
	})
	if err != nil {
		return nil, err
	}
	return slices.Clone(found.people), found.problem
}

func (e *electorates) readGroups(ctx context.Context) (groups []commands.UserGroup, err error) {
	ctx, cancel := context.WithTimeout(ctx, electorateMost)
	defer cancel()
	err = e.insist.on(ctx, func(ctx context.Context) error {
		list, err := e.send.groups(ctx)
		for _, g := range list {
			groups = append(groups, commands.UserGroup{ID: g.ID, Handle: g.Handle, Name: g.Name})
		}
		return err
	})
	slices.SortFunc(groups, func(a, b commands.UserGroup) int { return strings.Compare(a.Handle, b.Handle) })
	return groups, err
}

// moved is called when somebody has come to a channel or gone from it.
func (e *electorates) moved(channel string) {
	e.members.drop(func(id string, _ electorate) bool { return id == channel })
}

// changed is called when the facts about a person have.
func (e *electorates) changed(user string) {
	e.members.drop(func(_ string, known electorate) bool {
		return slices.ContainsFunc(known.people, func(p pipeline.Person) bool { return p.ID == user })
	})
}

// insist repeats a question, which does no harm, for as long as that may help.
type insist struct{ first, most time.Duration }

func (i insist) on(ctx context.Context, ask func(context.Context) error) error {
	again := backoff{first: i.first, most: i.most}
	for {
		err := ask(ctx)
		if err == nil || !mayBeRetried(err) {
			return err
		}
		d := again.next()
		var refused *SlackError
		if errors.As(err, &refused) {
			d = max(d, refused.After)
		}
		if !pause(ctx, d) {
			return err
		}
	}
}
