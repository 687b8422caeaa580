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
	// Required are the checklists that an idea must pass to be validated, and
	// RequiredForBacklog those to enter the Product Backlog.
	Required, RequiredForBacklog []TemplateID
	// SoftLimit and HardLimit are the sprints of work in the Product Backlog
	// from which a promotion is warned about, and over which it is refused.
	SoftLimit, HardLimit int
	// Velocity is how much the team finishes in a sprint: points, or ideas where
	// VelocityIdeas. 0 while unknown.
	Velocity      int
	VelocityIdeas bool
	// Language in which the team writes its ideas; "" is English. It is never
	// guessed from what they write.
	Language Language
	// Synonyms are groups of words and phrases that stand for the same in the
	// team's ideas, one group a line with commas: "invoice, bill, payment slip".
	// See SynonymLines and the limits beside it.
	Synonyms []string
	// MembersStartBallots: any member may start one, not only product owners.
	MembersStartBallots bool
	// BallotDays is how many workdays a ballot gives to vote; 0 for as many as a
	// team starts with. See DaysToVote.
	BallotDays int
	Created    time.Time
	CreatedBy  string
	// Version counts changes, from 1.
	Version int64
}

// Language is one whose words a search knows by their stems.
type Language string

// Languages that a search knows more of than their letters.
const (
	English Language = "english"
	// NoLanguage is for every language that is not among Languages: its words are
	// compared as they are written.
	NoLanguage Language = "none"
)

// Languages lists those that a team can choose, NoLanguage last.
func Languages() []Language {
	return []Language{English, "french", "hungarian", "norwegian", "russian", "spanish", "swedish", NoLanguage}
}

// The inputs of the team form.
const (
	FieldKey                Field = "key"
	FieldName               Field = "name"
	FieldOwners             Field = "owners"
	FieldZone               Field = "zone"
	FieldWorkdays           Field = "workdays"
	FieldSprint             Field = "sprint"
	FieldRequired           Field = "required"
	FieldRequiredForBacklog Field = "required-backlog"
	FieldSoftLimit          Field = "soft"
	FieldHardLimit          Field = "hard"
	FieldVelocity           Field = "velocity"
	FieldLanguage           Field = "language"
	FieldSynonyms           Field = "synonyms"
	FieldBallotDays         Field = "ballot-days"
)

// Limits of a team.
const (
	TeamNameLimit  = 60 // runes; fits the 75 of a Slack option with its key
	TeamOwnerLimit = 10
	SprintWeeksMax = 6
	RequiredLimit  = 10 // checklists that one gate asks for
	SprintsMax     = 20 // sprints of work a limit can be
	VelocityMax    = 9999
)

// Sprints of work in the Product Backlog that a team starts with: from four on
// it is warned, over six nothing more goes in. More than that is a store of
// ideas, no plan.
const (
	defaultSoftLimit = 4
	defaultHardLimit = 6
)

// DefaultTeam is what the form starts with: the channel's name as the team's,
// a key made from it, the person who sets up as product owner in their zone,
// Monday to Friday, two weeks, the Opportunity Canvas before an idea counts as
// validated.
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
		Required:    []TemplateID{OpportunityCanvas},
		SoftLimit:   defaultSoftLimit,
		HardLimit:   defaultHardLimit,
	}
}

// Limits of the Product Backlog in sprints of work. A team that never set them
// has the ones a team starts with.
func (t Team) Limits() (soft, hard int) {
	soft, hard = t.SoftLimit, t.HardLimit
	if hard == 0 {
		hard = max(defaultHardLimit, soft)
	}
	if soft == 0 {
		soft = min(defaultSoftLimit, hard)
	}
	return soft, hard
}

// DaysToVote is how many workdays a ballot gives where nothing else is chosen.
func (t *Team) DaysToVote() int {
	if t.BallotDays > 0 {
		return t.BallotDays
	}
	return defaultBallotDays
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
	for _, required := range []struct {
		field Field
		ids   *[]TemplateID
	}{{FieldRequired, &t.Required}, {FieldRequiredForBacklog, &t.RequiredForBacklog}} {
		ids, err := checklistsOf(*required.ids)
		switch {
		case err != nil:
			wrong[required.field] = "Choose among the team's checklists."
		case len(ids) > RequiredLimit:
			wrong[required.field] = fmt.Sprintf("At most %d checklists.", RequiredLimit)
		}
		*required.ids = ids
	}
	t.SoftLimit, t.HardLimit = t.Limits()
	sprints := fmt.Sprintf("A whole number of sprints from 1 to %d.", SprintsMax)
	if t.HardLimit < 1 || t.HardLimit > SprintsMax {
		wrong[FieldHardLimit] = sprints
	}
	switch {
	case t.SoftLimit < 1 || t.SoftLimit > SprintsMax:
		wrong[FieldSoftLimit] = sprints
	case t.SoftLimit > t.HardLimit:
		wrong[FieldSoftLimit] = fmt.Sprintf("The warning comes before the limit: at most %d.", t.HardLimit)
	}
	if t.Velocity < 0 || t.Velocity > VelocityMax {
		wrong[FieldVelocity] = fmt.Sprintf("A whole number from 0 to %d; 0 while it is unknown.", VelocityMax)
	}
	if t.Language != "" && !slices.Contains(Languages(), t.Language) {
		wrong[FieldLanguage] = "Choose one of the languages offered, or none for any other."
	}
	synonyms, said := checkSynonyms(t.Synonyms)
	if said != "" {
		wrong[FieldSynonyms] = said
	}
	t.Synonyms = synonyms
	if t.BallotDays < 0 || t.BallotDays > BallotDaysMax {
		wrong[FieldBallotDays] = fmt.Sprintf("A whole number of workdays from 1 to %d.", BallotDaysMax)
	}
	return t, fieldProblems("team-form", wrong)
}

// checklistsOf gives each id once, in a copy. None stays nil.
func checklistsOf(typed []TemplateID) ([]TemplateID, error) {
	var ids []TemplateID
	for _, id := range typed {
		id, err := ParseTemplateID(string(id))
		if err != nil {
			return nil, err
		}
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids, nil
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
