package nudges

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"alignbot/pipeline"
	"alignbot/storage"
)

const (
	// teamsGood is for how long it is taken what a team's rhythm is.
	teamsGood = time.Minute
	// fewPeople are asked about one by one; for more, everybody who is due is read
	// together.
	fewPeople = 20
	// readMost is how many people are read together: of more, a bot forgets the first
	// ones before it sends anything.
	readMost = 8_000
	// askPatience is how long Slack is waited for.
	askPatience = 10 * time.Second
	// askAgain is when it is looked again at somebody whose time zone nobody knows.
	askAgain = time.Minute
	// askGone is when it is looked again whether somebody is back who cannot be nudged.
	askGone = 24 * time.Hour
)

// lookFacts are what is needed to decide about one look.
type lookFacts struct {
	look pipeline.NudgeLook
	// zone of a person, to be kept, and channel of a team.
	zone, channel string
}

// teamFacts are when a team works.
type teamFacts struct {
	team     pipeline.Team
	holidays pipeline.Holidays
	gone     bool
	at       time.Time
}

// facts are those of each look, in their order.
func (p *planner) facts(ctx context.Context, looks []storage.DueLook, now time.Time) ([]lookFacts, error) {
	people := p.people(ctx, looks, now)
	facts := make([]lookFacts, len(looks))
	for i, look := range looks {
		f := lookFacts{zone: look.Zone, look: pipeline.NudgeLook{
			Now: now, Waits: look.Waits, NextWait: look.NextWait, Due: look.Due, Since: look.Since, LastDay: look.LastDay, LastAt: look.LastAt,
		}}
		user := look.User()
		off := look.TeamSettings.Off
		if user != "" {
			off = look.Settings.Off
			if person, known := people[user]; known {
				f.zone = person.Zone
				if f.look.Waits && (person.Deactivated || person.Bot || person.Outsider) {
					f.look.Waits, f.look.NextWait = false, now.Add(askGone)
				}
			}
		}
		f.look.Off = off
		for _, key := range look.Teams {
			t, err := p.team(ctx, key)
			switch {
			case err != nil:
				return nil, err
			case t.gone:
				continue
			case user == "":
				f.channel = t.team.Channel
				f.look.Rhythms = append(f.look.Rhythms, pipeline.TeamRhythm(look.TeamSettings, t.team, t.holidays))
			default:
				f.look.Rhythms = append(f.look.Rhythms, pipeline.PersonRhythm(look.Settings, f.zone, t.team, t.holidays))
			}
		}
		if _, known := people[user]; user != "" && !known && f.zone == "" && !off {
			// Nobody is sent anything at an hour that may be in their night.
			f.look.Waits, f.look.NextWait = false, now.Add(askAgain)
		}
		facts[i] = f
	}
	return facts, nil
}

// team gives when a team works.
func (p *planner) team(ctx context.Context, key pipeline.TeamKey) (teamFacts, error) {
	known, ok := p.teams[key]
	if ok && time.Since(known.at) < teamsGood {
		return known, nil
	}
	facts := teamFacts{at: time.Now()}
	team, err := p.app.Store.Team(ctx, key)
	if errors.Is(err, storage.ErrNotFound) {
		facts.gone, err = true, nil
	}
	if err == nil && !facts.gone {
		var days pipeline.TeamHolidays
		days, err = p.app.Store.Holidays(ctx, key)
		facts.team, facts.holidays = team, days.Days
	}
	if err != nil {
		return teamFacts{}, fmt.Errorf("when %s works: %w", key, err)
	}
	p.teams[key] = facts
	return facts, nil
}

// people gives what Slack tells about those whose time zone is not known, or whose
// nudge is due now: whether they are still there, and where. It is no error when Slack
// does not tell.
func (p *planner) people(ctx context.Context, looks []storage.DueLook, now time.Time) map[string]pipeline.Person {
	var ask []string
	for _, look := range looks {
		due := !look.Due.IsZero() && !look.Due.After(now)
		if user := look.User(); user != "" && (due || look.Zone == "") && !look.Settings.Off {
			ask = append(ask, user)
		}
	}
	if len(ask) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, askPatience)
	defer cancel()
	all := ask
	if len(ask) > fewPeople && slices.ContainsFunc(ask, func(user string) bool { return !p.read[user] }) {
		others, err := p.app.Store.PeopleDue(ctx, readMost)
		if err != nil {
			p.log.Debug("who else is due cannot be read", "err", err)
		}
		all = append(others, ask...)
		slices.Sort(all)
		all = slices.Compact(all)
	}
	found, err := p.app.People(ctx, all)
	if err != nil {
		p.log.Warn("Slack does not tell about people whose nudge is due; their time zone is taken as it was known", "people", len(ask), "err", err)
		return nil
	}
	people := make(map[string]pipeline.Person, len(found))
	if len(all) > len(ask) {
		p.read = make(map[string]bool, len(found))
	}
	for _, person := range found {
		people[person.ID] = person
		if len(all) > len(ask) {
			p.read[person.ID] = true
		}
	}
	return people
}
