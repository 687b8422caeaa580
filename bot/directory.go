package bot

import (
	"context"
	"slices"
	"time"

	"github.com/slack-go/slack"
	"golang.org/x/sync/errgroup"

	"alignbot/pipeline"
)

const (
	// factsEnough is how old facts may be that say who can vote. What matters to
	// that, user_change drops at once.
	factsEnough = time.Hour
	// fewPeople are asked for one by one. Of users.info Slack allows a hundred a
	// minute, and every act of somebody new needs one; of users.list twenty, each
	// a thousand people.
	fewPeople = 20
	// askedTogether is how many are asked for at the same time.
	askedTogether = 5
	// readingMost is how long reading a whole workspace may take: with twenty
	// pages a minute, that is 200,000 people.
	readingMost = 10 * time.Minute
)

// directory finds out about many people at once.
type directory struct {
	people *people
	page   func(ctx context.Context, cursor string) (list []slack.User, next string, err error)
	insist insist
	whole  *once[reading]
	admins *once[[]pipeline.Person]
}

// reading of the whole workspace: whose facts it was for, which of them changed while
// it went on and are therefore not known, and who is an admin.
type reading struct {
	wanted, changed map[string]bool
	admins          []pipeline.Person
}

// adminsGood is how long the list of a workspace's admins is kept: whoever waited for a
// long reading in vain finds it when they ask again.
const adminsGood = 10 * time.Minute

func newDirectory(p *people, page func(context.Context, string) ([]slack.User, string, error)) *directory {
	return &directory{
		people: p, page: page, insist: insist{p.timing.RetryFirst, p.timing.RetryMost},
		whole: newOnce[reading](0, p), admins: newOnce[[]pipeline.Person](adminsGood, p),
	}
}

// ofAdmins gives the facts about the workspace's admins, those whose accounts are
// deactivated too.
func (d *directory) ofAdmins(ctx context.Context) ([]pipeline.Person, error) {
	return d.admins.get(ctx, "", func(ctx context.Context) ([]pipeline.Person, error) {
		done, err := d.read(ctx, nil)
		return done.admins, err
	})
}

// of gives the facts about each of ids, in their order. Whoever is not in the
// workspace is an outsider. It takes as long as Slack lets it take.
func (d *directory) of(ctx context.Context, ids []string) ([]pipeline.Person, error) {
	found, missing := d.people.recall(ids)
	if len(missing) > fewPeople {
		done, err := d.read(ctx, missing)
		if err != nil {
			return nil, err
		}
		found, missing = d.people.recall(ids)
		if len(missing) > fewPeople {
			missing = strangers(missing, done.changed, found)
		}
	}
	asked := make([]pipeline.Person, len(missing))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(askedTogether)
	for i, id := range missing {
		group.Go(func() error {
			return d.insist.on(ctx, func(ctx context.Context) (err error) {
				asked[i], err = d.people.who(ctx, id, true)
				return err
			})
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	for _, p := range asked {
		found[p.ID] = p
	}
	list := make([]pipeline.Person, len(ids))
	for i, id := range ids {
		list[i] = found[id]
	}
	return list, nil
}

// strangers takes those for outsiders whom the workspace does not list, when
// there are too many to ask for: a channel shared with another organisation has
// them. It leaves those who changed while everybody was read.
func strangers(missing []string, changed map[string]bool, found map[string]pipeline.Person) (left []string) {
	for _, id := range missing {
		if changed[id] {
			left = append(left, id)
			continue
		}
		found[id] = pipeline.Person{ID: id, Outsider: true}
	}
	return left
}

// read has the whole workspace read, once for all who want it at the same time.
func (d *directory) read(ctx context.Context, wanted []string) (reading, error) {
	for {
		d.people.want(wanted)
		done, err := d.whole.get(ctx, "", d.readAll)
		// One that was ending when it was asked to look for these did not.
		late := slices.ContainsFunc(wanted, func(id string) bool { return !done.wanted[id] })
		if err != nil || !late {
			return done, err
		}
	}
}

// readAll reads the whole workspace and remembers the facts that are wanted.
func (d *directory) readAll(ctx context.Context) (reading, error) {
	ctx, cancel := context.WithTimeout(ctx, readingMost)
	defer cancel()
	d.people.attend()
	began := d.people.now()
	everybody := map[string]pipeline.Person{}
	for cursor, more := "", true; more; more = cursor != "" {
		err := d.insist.on(ctx, func(ctx context.Context) error {
			users, next, err := d.page(ctx, cursor)
			if err != nil {
				return err
			}
			for i := range users {
				p := d.people.person(&users[i])
				everybody[p.ID] = p
			}
			cursor = next
			return nil
		})
		if err != nil {
			d.people.learn(everybody, began)
			return reading{}, err
		}
	}
	done := d.people.learn(everybody, began)
	for _, p := range everybody {
		if p.Admin {
			done.admins = append(done.admins, p)
		}
	}
	return done, nil
}

// recall gives the facts that are known and fresh enough to say who can vote.
func (p *people) recall(ids []string) (found map[string]pipeline.Person, missing []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	found = make(map[string]pipeline.Person, len(ids))
	for _, id := range ids {
		f, known := p.known[id]
		switch {
		case id == slackbot:
			found[id] = p.slackbot()
		case known && p.now().Sub(f.at) < factsEnough:
			found[id] = f.person
		default:
			missing = append(missing, id)
		}
	}
	return found, missing
}

// want asks for facts of the next reading, or of the one under way.
func (p *people) want(ids []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.wanted == nil {
		p.wanted = map[string]bool{}
	}
	for _, id := range ids {
		p.wanted[id] = true
	}
}

// attend notes from now on whose facts change.
func (p *people) attend() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.changed = map[string]bool{}
}

// learn remembers the facts that are wanted, as of when they were asked for, and
// ends the reading.
func (p *people) learn(everybody map[string]pipeline.Person, at time.Time) reading {
	p.mu.Lock()
	defer p.mu.Unlock()
	for id := range p.wanted {
		person, listed := everybody[id]
		if listed && !p.changed[id] && p.known[id].at.Before(at) {
			p.remember(id, fact{person, at})
		}
	}
	done := reading{wanted: p.wanted, changed: p.changed}
	p.wanted, p.changed = nil, nil
	return done
}
