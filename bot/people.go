package bot

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/slack-go/slack"

	"alignbot/commands"
	"alignbot/pipeline"
)

// peopleLimit bounds how many people are remembered; beyond it the oldest
// facts go first.
const peopleLimit = 10_000

// slowSlack is how long a fresh answer is waited for while older facts would
// do.
const slowSlack = 500 * time.Millisecond

// people knows who is acting. Facts come from users.info, are used for a
// minute, and are dropped when Slack says that they changed.
type people struct {
	ask        func(ctx context.Context, id string) (*slack.User, error)
	workspace  string
	enterprise string // "" outside Enterprise Grid
	timing     Timing
	now        func() time.Time
	life       context.Context // of the questions to Slack
	asking     sync.WaitGroup

	mu      sync.Mutex
	known   map[string]fact
	flights map[string]*flight
	// wanted are those for whose facts everybody is read, changed those whose
	// facts were dropped meanwhile.
	wanted, changed map[string]bool
}

// slackbot is the one bot that Slack does not say is one.
const slackbot = "USLACKBOT"

func (p *people) slackbot() pipeline.Person {
	return pipeline.Person{ID: slackbot, Workspace: p.workspace, Name: "Slackbot", Bot: true}
}

type fact struct {
	person pipeline.Person
	at     time.Time
}

// flight is one question that several callers wait for.
type flight struct {
	done   chan struct{}
	person pipeline.Person
	err    error
}

// who tells who a user id is. For privileged acts facts are never older than
// PersonFresh; for others, when Slack is slow, never older than PersonStale.
// The error is one for people to read.
func (p *people) who(ctx context.Context, id string, privileged bool) (pipeline.Person, error) {
	if id == slackbot {
		return p.slackbot(), nil
	}
	p.mu.Lock()
	last, known := p.known[id]
	age := p.now().Sub(last.at)
	if known && age < p.timing.PersonFresh {
		p.mu.Unlock()
		return last.person, nil
	}
	asked := p.flights[id]
	if asked == nil {
		asked = p.fetch(id)
	}
	p.mu.Unlock()

	var slow <-chan time.Time
	mayBeStale := known && !privileged && age < p.timing.PersonStale
	if mayBeStale {
		timer := time.NewTimer(slowSlack)
		defer timer.Stop()
		slow = timer.C
	}
	err := context.DeadlineExceeded
	select {
	case <-asked.done:
		if asked.err == nil {
			return asked.person, nil
		}
		err = asked.err
	case <-slow:
	case <-ctx.Done():
	}
	if mayBeStale {
		return last.person, nil
	}
	unknowable := *commands.Unknowable
	unknowable.Cause = err
	return pipeline.Person{}, &unknowable
}

// fetch asks Slack; p.mu is held.
func (p *people) fetch(id string) *flight {
	f := &flight{done: make(chan struct{})}
	p.flights[id] = f
	p.asking.Go(func() {
		u, err := p.ask(p.life, id)
		switch codeOf(err) {
		case codeOK:
			f.person = p.person(u)
		case "user_not_found", "user_not_visible":
			f.person = pipeline.Person{ID: id, Outsider: true}
		default:
			f.err = err
		}
		p.mu.Lock()
		if p.flights[id] == f { // else the facts were dropped meanwhile
			delete(p.flights, id)
			if f.err == nil {
				p.remember(id, fact{f.person, p.now()})
			}
		}
		p.mu.Unlock()
		close(f.done)
	})
	return f
}

// remember keeps a fact; p.mu is held. The oldest tenth makes room together,
// because looking for it takes a while.
func (p *people) remember(id string, f fact) {
	if _, known := p.known[id]; !known && len(p.known) >= peopleLimit {
		ids := slices.SortedFunc(maps.Keys(p.known), func(a, b string) int { return p.known[a].at.Compare(p.known[b].at) })
		for _, id := range ids[:len(ids)/10] {
			delete(p.known, id)
		}
	}
	p.known[id] = f
}

// drop forgets what is known, and what is being asked: it may be older than
// the change.
func (p *people) drop(id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.known, id)
	delete(p.flights, id)
	if p.changed != nil {
		p.changed[id] = true
	}
}

// person is what users.info says, in our words.
// https://docs.slack.dev/reference/objects/user-object
func (p *people) person(u *slack.User) pipeline.Person {
	name := u.Profile.DisplayName
	for _, other := range []string{u.Profile.RealName, u.RealName, u.Name} {
		if name == "" {
			name = other
		}
	}
	return pipeline.Person{
		ID:          u.ID,
		Workspace:   u.TeamID,
		Name:        name,
		Zone:        u.TZ,
		Admin:       u.IsAdmin || u.IsOwner || u.IsPrimaryOwner,
		Guest:       u.IsRestricted || u.IsUltraRestricted,
		Bot:         u.IsBot || u.IsWorkflowBot || u.IsConnectorBot,
		Deactivated: u.Deleted,
		Outsider:    u.IsStranger || !p.here(u),
	}
}

// here tells whether somebody belongs to this workspace; on Enterprise Grid
// people may be at home in another one of the same organisation.
func (p *people) here(u *slack.User) bool {
	if u.TeamID == "" || u.TeamID == p.workspace || p.enterprise != "" && u.TeamID == p.enterprise {
		return true
	}
	if p.enterprise == "" || u.Enterprise.EnterpriseID != p.enterprise {
		return false
	}
	for _, team := range u.Enterprise.Teams {
		if team == p.workspace {
			return true
		}
	}
	return false
}
