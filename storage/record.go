package storage

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"alignbot/pipeline"
)

// This file turns pipeline values into stored records and back. The fields are
// listed in keys.go.

// field of a record; an empty value is not stored.
type field struct{ name, value string }

// changeable are the fields of an idea that its rules can change. That it has
// been as it is since it was created goes without saying; most ideas have.
func changeable(idea pipeline.Idea) []field {
	staged, changed := formatTime(idea.Staged), formatTime(idea.Changed)
	if idea.Stage == pipeline.Captured && staged == formatTime(idea.Created) {
		staged = ""
	}
	if changed == formatTime(idea.Created) {
		changed = ""
	}
	return []field{
		{"title", idea.Title},
		{"problem", idea.Problem},
		{"measure", idea.Measure},
		{"evidence", idea.Evidence},
		{"stage", string(idea.Stage)},
		{"staged", staged},
		{"outcomes", formatNodes(idea.Outcomes)},
		{"parking", formatParking(idea.Parking)},
		{"weighed", formatNumber(idea.Weighed)},
		{"effect", formatEffect(idea.Effect)},
		{"work", string(idea.Work)},
		{"size", formatNumber(idea.Size)},
		{"criteria", formatLines(idea.Criteria)},
		{"changed", changed},
		{"withdrawn", formatTime(idea.Withdrawn)},
		{"withdrawn_by", idea.WithdrawnBy},
	}
}

// given are the fields of an idea that stay as captured.
func given(idea pipeline.Idea) []field {
	return []field{
		{"author", idea.Author},
		{"created", formatTime(idea.Created)},
		{"source", formatSource(idea.Source)},
		{"permalink", idea.Source.Permalink},
	}
}

func ideaOf(record map[string]string) (pipeline.Idea, error) {
	r := reader{record: record}
	idea := pipeline.Idea{
		Key:         r.key("key"),
		Title:       record["title"],
		Problem:     record["problem"],
		Measure:     record["measure"],
		Evidence:    record["evidence"],
		Stage:       pipeline.Stage(record["stage"]),
		Staged:      r.time("staged"),
		Weighed:     int(r.int("weighed")),
		Ballots:     int(r.int("ballots")),
		Ballot:      int(r.int("ballot")),
		Work:        pipeline.Work(record["work"]),
		Size:        int(r.int("size")),
		Tally:       tallyOf(&r),
		Author:      record["author"],
		Created:     r.time("created"),
		Changed:     r.time("changed"),
		Card:        messageOf(record["card"]),
		Withdrawn:   r.time("withdrawn"),
		WithdrawnBy: record["withdrawn_by"],
		Version:     r.int("version"),
	}
	if idea.Changed.IsZero() {
		idea.Changed = idea.Created
	}
	switch {
	case !idea.Staged.IsZero():
	case idea.Stage == pipeline.Captured:
		idea.Staged = idea.Created
	default:
		idea.Staged = idea.Changed
	}
	idea.Outcomes = r.nodesIn("outcomes")
	r.nodesIn("dismissed")
	r.json("criteria", &idea.Criteria)
	idea.Source = sourceOf(record["source"], record["permalink"])
	idea.Parking = r.parking("parking")
	idea.Effect = r.effect("effect")
	return idea, r.err
}

func teamFields(team pipeline.Team) []field {
	days := make([]string, len(team.Workdays))
	for i, day := range team.Workdays {
		days[i] = strconv.Itoa(int(day))
	}
	return []field{
		{"key", string(team.Key)},
		{"name", team.Name},
		{"channel", team.Channel},
		{"private", formatSwitch(team.Private)},
		{"owners", strings.Join(team.Owners, ",")},
		{"zone", team.Zone},
		{"workdays", strings.Join(days, ",")},
		{"sprint_weeks", strconv.Itoa(team.SprintWeeks)},
		{"required", strings.Join(texts(team.Required), ",")},
		{"required_backlog", strings.Join(texts(team.RequiredForBacklog), ",")},
		{"soft", formatNumber(team.SoftLimit)},
		{"hard", formatNumber(team.HardLimit)},
		{"velocity", formatNumber(team.Velocity)},
		{"velocity_ideas", formatSwitch(team.VelocityIdeas)},
		{"language", string(team.Language)},
		{"synonyms", formatLines(team.Synonyms)},
		{"members_ballots", formatSwitch(team.MembersStartBallots)},
		{"ballot_days", formatNumber(team.BallotDays)},
		{"created", formatTime(team.Created)},
		{"created_by", team.CreatedBy},
	}
}

func teamOf(record map[string]string) (pipeline.Team, error) {
	r := reader{record: record}
	team := pipeline.Team{
		Key:         pipeline.TeamKey(record["key"]),
		Name:        record["name"],
		Channel:     record["channel"],
		Private:     record["private"] != "",
		Owners:      splitList(record["owners"]),
		Zone:        record["zone"],
		SprintWeeks: int(r.int("sprint_weeks")),

		Required:           named[pipeline.TemplateID](splitList(record["required"])),
		RequiredForBacklog: named[pipeline.TemplateID](splitList(record["required_backlog"])),
		SoftLimit:          int(r.int("soft")),
		HardLimit:          int(r.int("hard")),
		Velocity:           int(r.int("velocity")),
		VelocityIdeas:      record["velocity_ideas"] != "",
		Language:           pipeline.Language(record["language"]),

		MembersStartBallots: record["members_ballots"] != "",
		BallotDays:          int(r.int("ballot_days")),

		Created:   r.time("created"),
		CreatedBy: record["created_by"],
		Version:   r.int("version"),
	}
	r.json("synonyms", &team.Synonyms)
	for _, day := range splitList(record["workdays"]) {
		n, err := strconv.Atoi(day)
		if err != nil || n < 0 || n > 6 {
			return team, fmt.Errorf("team %s has the unreadable workday %q", team.Key, day)
		}
		team.Workdays = append(team.Workdays, time.Weekday(n))
	}
	return team, r.err
}

func splitList(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, ",")
}

// formatSwitch gives "1" for on, "" for off.
func formatSwitch(on bool) string {
	if on {
		return "1"
	}
	return ""
}

// formatNumber gives a number, "" for 0.
func formatNumber(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// formatLines gives a JSON list, "" for none.
func formatLines(lines []string) string {
	if len(lines) == 0 {
		return ""
	}
	text, err := json.Marshal(lines)
	if err != nil {
		panic(err) // a list of strings always has a text
	}
	return string(text)
}

// formatMessage gives "channel ts", "" for none.
func formatMessage(m pipeline.Message) string {
	if m.IsZero() {
		return ""
	}
	return m.Channel + " " + m.TS
}

func messageOf(s string) pipeline.Message {
	channel, ts, _ := strings.Cut(s, " ")
	return pipeline.Message{Channel: channel, TS: ts}
}

// formatSource gives "channel ts thread", "" for none.
func formatSource(s pipeline.Source) string {
	if s.IsZero() {
		return ""
	}
	return strings.Join([]string{s.Channel, s.TS, s.Thread}, " ")
}

func sourceOf(s, permalink string) pipeline.Source {
	channel, rest, _ := strings.Cut(s, " ")
	ts, thread, _ := strings.Cut(rest, " ")
	return pipeline.Source{Message: pipeline.Message{Channel: channel, TS: ts}, Thread: thread, Permalink: permalink}
}

// formatTime gives Unix milliseconds, "" for the zero time.
func formatTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return strconv.FormatInt(t.UnixMilli(), 10)
}

// reader of a record's fields; err is the first that could not be read.
type reader struct {
	record map[string]string
	err    error
}

func (r *reader) int(name string) int64 {
	if r.record[name] == "" {
		return 0
	}
	n, err := strconv.ParseInt(r.record[name], 10, 64)
	if err != nil {
		r.fail(name)
	}
	return n
}

func (r *reader) time(name string) time.Time {
	if r.record[name] == "" {
		return time.Time{}
	}
	return time.UnixMilli(r.int(name)).UTC()
}

func (r *reader) key(name string) pipeline.Key {
	key, err := pipeline.ParseKey(r.record[name])
	if err != nil {
		r.fail(name)
	}
	return key
}

// json reads what is stored as JSON; what is not stored stays as it is.
func (r *reader) json(name string, v any) {
	if text := r.record[name]; text != "" && json.Unmarshal([]byte(text), v) != nil {
		r.fail(name)
	}
}

func (r *reader) fail(name string) {
	if r.err == nil {
		r.err = fmt.Errorf("the stored record %q has an unreadable field %q", r.record["key"], name)
	}
}
