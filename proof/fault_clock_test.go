package proof

import (
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/alicebob/miniredis/v2"

	"alignbot/pipeline"
	"alignbot/slacksim"
	"alignbot/storage"
)

// travel is a world whose clocks are moved: that of its bot, and that of its Redis, which
// is the one in memory, as no other has one that can be.
type travel struct {
	*faultWorld
	redis *miniredis.Miniredis
	// now by all its clocks, in Unix seconds.
	now atomic.Int64
	// of whom it is about: where they are, and at what time of day they want a nudge.
	zones []string
	at    []pipeline.Clock
	// posts so far, and what came to each, in order.
	posts int
	came  [][]time.Time
}

// travels opens a world at a moment, in which something waits for so many people.
func (c *campaign) travels(from time.Time, zones []string, at []pipeline.Clock) *travel {
	c.Helper()
	v := &travel{redis: miniredis.RunT(c), zones: zones, at: at, came: make([][]time.Time, len(zones))}
	v.now.Store(from.Unix())
	v.redis.SetTime(from)
	v.faultWorld = c.open(place{redis: "redis://" + v.redis.Addr(), late: true,
		workspace: func(s *slacksim.Workspace) {
			for k, zone := range zones {
				for i := range s.People {
					if s.People[i].ID == person(1+k) {
						s.People[i].TZ = zone
					}
				}
			}
		},
		change: func(o *orders) {
			o.Nudges, o.Rest, o.clock = true, 2*time.Millisecond, func() time.Time { return time.Unix(v.now.Load(), 0) }
		},
	})
	v.withWorkdays()
	round := pipeline.Round{Team: "PAY", Questions: []string{"Why do we do this?"}, Started: from.Add(-48 * time.Hour), StartedBy: person(0), Deadline: from.AddDate(0, 1, 0)}
	for k := range zones {
		round.To = append(round.To, person(1+k))
		settings := pipeline.NudgeSettings{User: person(1 + k), At: at[k]}
		if _, err := v.store.ChangeNudgeSettings(c.Context(), fmt.Sprint("at", k), settings, storage.Acted{}, ""); err != nil {
			c.Fatal(err)
		}
	}
	if _, err := v.store.StartRound(c.Context(), "round", round, storage.Slot{}); err != nil {
		c.Fatal(err)
	}
	v.hire()
	v.visit(from)
	return v
}

// visit moves all clocks to a moment, from which they go on by themselves, has everybody
// looked at, and notes what came.
func (v *travel) visit(at time.Time) {
	v.c.Helper()
	began := time.Now()
	tick := func() int64 {
		now := at.Add(time.Since(began).Truncate(time.Second))
		v.now.Store(now.Unix())
		v.redis.SetTime(now)
		return now.UnixMilli()
	}
	tick()
	var all []string
	for k := range v.zones {
		all = append(all, person(1+k))
	}
	if err := v.store.LookAgain(v.c.Context(), all...); err != nil {
		v.c.Fatal(err)
	}
	v.until("everybody was looked at, and what was due is sent", func() bool {
		now := tick()
		if v.redis.Exists("ab:{T0ACME}:nudges:looking") { // from which people come back, or their nudge goes to the outbox
			return false
		}
		due, _ := v.redis.ZMembers("ab:{T0ACME}:nudges:due") // the first to look at first; none where there is no such key
		if len(due) > 0 {
			if next, err := v.redis.ZScore("ab:{T0ACME}:nudges:due", due[0]); err != nil || next <= float64(now) {
				return false
			}
		}
		looking := v.redis.Exists("ab:{T0ACME}:nudges:looking")
		stats, err := v.store.OutboxStats(v.c.Context())
		if stats.Due > 0 { // somebody who acts wakes it
			err = v.sim.OpenHome(v.c.Context(), onlooker)
		}
		return err == nil && !looking && stats.Due == 0 && stats.Sending == 0
	})
	posts := v.privatePosts()
	for _, e := range posts[v.posts:] {
		for k := range v.zones {
			if recipient(e) == person(1+k) {
				v.c.deeds++
				v.came[k] = append(v.came[k], at)
			}
		}
	}
	v.posts = len(posts)
}

// transitions of a zone's clocks from 2020 to 2037.
func transitions(loc *time.Location) []time.Time {
	var all []time.Time
	for at := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC); ; {
		_, end := at.In(loc).ZoneBounds()
		if end.IsZero() || end.Year() > 2037 {
			return all
		}
		all = append(all, end)
		at = end
	}
}

// firsts are, of each local day that begins between two moments, the first minute at
// which clocks show that time of day or a later one: found by looking at a clock.
func firsts(loc *time.Location, from, to time.Time, at pipeline.Clock) (all []time.Time) {
	day := ""
	for t := from.Add(-50 * time.Hour); t.Before(to); t = t.Add(time.Minute) {
		local := t.In(loc)
		if today := local.Format(time.DateOnly); today > day && local.Hour()*60+local.Minute() >= int(at) {
			day = today
			if t.After(from) {
				all = append(all, t)
			}
		}
	}
	return all
}

// atOnceTravelling is how many people are in one such world.
const atOnceTravelling = 25

// changeClocks drives the clock through changes of clocks in the zones of many people, who
// want their nudge at times of day that such a change is about.
func changeClocks(c *campaign) {
	zones := pipeline.FindZones("", 1000)
	for c.injections < c.n {
		var change time.Time
		for change.IsZero() {
			if all := transitions(zoneOf(c, zones[c.rng.IntN(len(zones))])); len(all) > 0 {
				change = all[c.rng.IntN(len(all))]
			}
		}
		from, to := change.Add(-40*time.Hour).Truncate(time.Hour), change.Add(40*time.Hour)
		var who []string
		var at []pipeline.Clock
		for range 20 * len(zones) {
			name := zones[c.rng.IntN(len(zones))]
			loc := zoneOf(c, name)
			i := slices.IndexFunc(transitions(loc), func(t time.Time) bool { return t.Sub(change).Abs() < 12*time.Hour })
			if i < 0 || len(who) == min(atOnceTravelling, c.n-c.injections) {
				continue
			}
			own := transitions(loc)[i]
			before, after := own.Add(-time.Second).In(loc), own.In(loc)
			clock := []int{before.Hour()*60 + before.Minute(), after.Hour()*60 + after.Minute(), after.Hour()*60 + after.Minute() - 30, c.rng.IntN(24 * 60)}[c.rng.IntN(4)]
			who, at = append(who, name), append(at, pipeline.Clock(max(1, clock)))
		}
		v := c.travels(from, who, at)
		want, visits := make([][]time.Time, len(who)), []time.Time{}
		for k, name := range who {
			want[k] = firsts(zoneOf(c, name), from, to, at[k])
			for _, t := range want[k] {
				visits = append(visits, t.Add(-time.Minute), t, t.Add(time.Hour))
			}
			c.injections++
		}
		slices.SortFunc(visits, time.Time.Compare)
		for _, t := range slices.Compact(visits) {
			if t.Before(to) {
				v.visit(t)
			}
		}
		for k, name := range who {
			if !slices.EqualFunc(v.came[k], want[k], time.Time.Equal) {
				c.lost++
				c.Errorf("%s at %s, clocks change on %s: nudges came at %s, want %s", name, at[k], change.In(zoneOf(c, name)), v.came[k], want[k])
			}
		}
		for _, e := range v.bots {
			e.stop()
			<-e.ended
		}
	}
}
