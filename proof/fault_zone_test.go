package proof

import (
	"slices"
	"time"

	"alignbot/pipeline"
	"alignbot/slacksim"
)

// farApart are zones between which the date changes, or nearly two days lie.
var farApart = []string{"Pacific/Kiritimati", "Pacific/Pago_Pago", "Pacific/Apia", "Pacific/Honolulu", "Pacific/Auckland", "Asia/Kathmandu"}

// arrival of a nudge, and where the person was then.
type arrival struct {
	at   time.Time
	zone *time.Location
}

func (a arrival) day(in *time.Location) string { return a.at.In(in).Format(time.DateOnly) }

// changeZones has people travel at drawn hours of some days, half of them over the date
// line, while their nudges come.
func changeZones(c *campaign) {
	zones := pipeline.FindZones("", 1000)
	drawn := func() string {
		if c.rng.IntN(2) == 0 {
			return farApart[c.rng.IntN(len(farApart))]
		}
		return zones[c.rng.IntN(len(zones))]
	}
	for c.injections < c.n {
		var homes []string
		var at []pipeline.Clock
		for range min(atOnceTravelling, c.n-c.injections) {
			homes, at = append(homes, drawn()), append(at, pipeline.Clock(7*60+c.rng.IntN(9*60)))
		}
		const hours = 96
		from := time.Date(2020+c.rng.IntN(17), time.Month(1+c.rng.IntN(12)), 1+c.rng.IntN(28), 0, c.rng.IntN(60), 0, 0, time.UTC)
		v := c.travels(from, homes, at)
		came := make([][]arrival, len(homes))
		looks := func(now time.Time) {
			v.visit(now)
			for k := range homes {
				for _, t := range v.came[k][len(came[k]):] {
					came[k] = append(came[k], arrival{t, zoneOf(c, homes[k])})
				}
			}
		}
		for hour := 1; hour <= hours; hour++ {
			now := from.Add(time.Duration(hour) * time.Hour)
			looks(now)
			for k := range homes {
				nudged := len(came[k]) > 0 && came[k][len(came[k])-1].at.Equal(now) // the day of which another place may have, or not
				if nudged && c.rng.IntN(3) == 0 || c.rng.IntN(hours/2) == 0 {
					homes[k] = drawn()
					v.turns(1+k, func(p *slacksim.Person) { p.TZ = homes[k] })
					looks(now)
					c.injections++
				}
			}
		}
		for k := range homes {
			c.judgeArrivals(person(1+k), at[k], came[k])
		}
		for _, e := range v.bots {
			e.stop()
			<-e.ended
		}
	}
}

// judgeArrivals: never two on one local day, by the clocks of either place, none in quiet
// hours, and some.
func (c *campaign) judgeArrivals(who string, at pipeline.Clock, came []arrival) {
	c.Helper()
	if len(came) == 0 {
		c.lost++
		c.Errorf("%s had no nudge in four days", who)
	}
	for i, a := range came {
		local := a.at.In(a.zone)
		clock := pipeline.Clock(local.Hour()*60 + local.Minute())
		if clock < at || clock >= max(pipeline.QuietFrom, at+60) {
			c.doubled++
			c.Errorf("%s was nudged at %s in %s, and wanted %s", who, clock, a.zone, at)
		}
		if i > 0 && slices.Contains([]string{came[i-1].day(came[i-1].zone), came[i-1].day(a.zone)}, a.day(a.zone)) {
			c.doubled++
			c.Errorf("%s was nudged at %s in %s and at %s in %s: twice on one day", who, came[i-1].at.In(came[i-1].zone), came[i-1].zone, local, a.zone)
		}
	}
}

func zoneOf(c *campaign, name string) *time.Location {
	c.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		c.Fatal(err)
	}
	return loc
}
