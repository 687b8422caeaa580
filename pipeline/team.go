package pipeline

import (
	"fmt"
	"slices"
	"time"
	_ "time/tzdata" // zones are known wherever the program runs
)

// Team is one product team: one Slack channel with a key, product owners and
// a rhythm.
type Team struct {
	Key  TeamKey
	Name string
	// Channel is Slack's id of the team's channel.
	Channel string
	// Private teams are seen only from their own channel and by their owners.
	Private bool
	// Owners are the user ids of the product owners, at least one.
	Owners []string
	// Zone is an IANA time zone.
	Zone string
	// Workdays in the order of the week.
	Workdays []time.Weekday
	// SprintWeeks is the length of a sprint in weeks.
	SprintWeeks int
	Created     time.Time
	CreatedBy   string
	// Version counts changes, from 1.
	Version int64
}

// The inputs of the team form.
const (
	FieldKey      Field = "key"
	FieldName     Field = "name"
	FieldOwners   Field = "owners"
	FieldZone     Field = "zone"
	FieldWorkdays Field = "workdays"
	FieldSprint   Field = "sprint"
)

// Limits of a team.
const (
	TeamNameLimit  = 60 // runes; fits the 75 of a Slack option with its key
	TeamOwnerLimit = 10
	SprintWeeksMax = 6
)

// DefaultTeam is what the form starts with: the channel's name as the team's,
// a key made from it, the person who sets up as product owner in their zone,
// Monday to Friday, two weeks.
func DefaultTeam(channel, channelName string, p Person) Team {
	zone := p.Zone
	if !knownZone(zone) {
		zone = "UTC"
	}
	return Team{
		Key:         suggestTeamKey(channelName),
		Name:        suggestTeamName(channelName),
		Channel:     channel,
		Owners:      []string{p.ID},
		Zone:        zone,
		Workdays:    []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday},
		SprintWeeks: 2,
	}
}

// OwnedBy tells whether the user is a product owner of the team.
func (t *Team) OwnedBy(user string) bool { return slices.Contains(t.Owners, user) }

// Location of the team's zone; UTC should the zone be unknown to this build.
func (t *Team) Location() *time.Location {
	if loc, err := time.LoadLocation(t.Zone); err == nil {
		return loc
	}
	return time.UTC
}

// CheckTeam cleans what was typed and refuses what cannot work, all fields at
// once.
func CheckTeam(t Team) (Team, error) {
	wrong := map[Field]string{}
	key, err := ParseTeamKey(string(t.Key))
	if err != nil {
		wrong[FieldKey] = "Two to eight letters or digits, starting with a letter, like PAY."
	}
	t.Key = key
	t.Name = CleanLine(t.Name)
	switch {
	case !HasVisible(t.Name):
		wrong[FieldName] = "Give the team a name that people recognise."
	case Length(t.Name) > TeamNameLimit:
		wrong[FieldName] = fmt.Sprintf("At most %d characters; this has %d.", TeamNameLimit, Length(t.Name))
	}
	t.Owners = slices.Compact(slices.Sorted(slices.Values(t.Owners)))
	switch {
	case len(t.Owners) == 0:
		wrong[FieldOwners] = "A team needs at least one product owner."
	case len(t.Owners) > TeamOwnerLimit:
		wrong[FieldOwners] = fmt.Sprintf("At most %d product owners.", TeamOwnerLimit)
	}
	if !knownZone(t.Zone) {
		wrong[FieldZone] = "Choose a time zone such as Europe/Berlin."
	}
	t.Workdays = weekOrder(t.Workdays)
	if len(t.Workdays) == 0 {
		wrong[FieldWorkdays] = "Choose at least one workday."
	}
	if t.SprintWeeks < 1 || t.SprintWeeks > SprintWeeksMax {
		wrong[FieldSprint] = fmt.Sprintf("A sprint lasts 1 to %d weeks.", SprintWeeksMax)
	}
	return t, fieldProblems("team-form", wrong)
}

// Week lists the days from Monday.
func Week() []time.Weekday {
	return []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday, time.Sunday}
}

func weekOrder(days []time.Weekday) []time.Weekday {
	var ordered []time.Weekday
	for _, day := range Week() {
		if slices.Contains(days, day) {
			ordered = append(ordered, day)
		}
	}
	return ordered
}
