package pipeline

import (
	"fmt"
	"maps"
	"time"
)

// Idea is something somebody thinks worth doing. It moves through stages and
// is never deleted.
type Idea struct {
	Key   Key
	Title string
	// Problem: who has it and what it costs them. May be empty.
	Problem string
	// Measure completes "we will know when". May be empty.
	Measure string
	// Evidence typed at capture. May be empty.
	Evidence string
	Stage    Stage
	// Staged is when it came to its stage.
	Staged time.Time
	// Outcomes it is linked to, opportunities and impacts among them; the primary
	// one first.
	Outcomes []OutcomeKey
	// Parking is why it is parked; nil at any other stage.
	Parking *Parking
	// Ballots is how many there ever were on it, and Ballot the number of the one
	// that runs; 0 for none.
	Ballots, Ballot int
	// Weighed is the number of the newest ballot whose advice stood beside a
	// decision: it advises nothing more. 0 for none.
	Weighed int
	// Effect is what it was expected to change, and what it did; nil while nobody
	// said.
	Effect *Effect
	// Work is what kind of work it is; "" while nobody said.
	Work Work
	// Size in points; 0 while nobody sized it.
	Size int
	// Criteria for accepting it, one line each.
	Criteria []string
	// Tally of the evidence added to it; what was typed at capture is not in it.
	Tally Tally
	// Author is the user id of whoever captured it.
	Author  string
	Created time.Time
	Changed time.Time
	// Source is the message it came from; the zero value when it was typed.
	Source Source
	// Card is the message that shows the idea in the team's channel; the zero
	// value until Slack has confirmed it.
	Card Message
	// Withdrawn by WithdrawnBy at that time; the zero time while it stands.
	Withdrawn   time.Time
	WithdrawnBy string
	// Version counts changes, from 1. A change names the version it was made
	// from and is refused when another came between.
	Version int64
}

// Message names one message in Slack.
type Message struct {
	Channel string
	// TS is Slack's message id, a string such as "1700000000.123456".
	TS string
}

// IsZero tells whether no message is named.
func (m Message) IsZero() bool { return m == Message{} }

// Source is the message an idea came from.
type Source struct {
	Message
	// Thread is the ts of the thread's first message; the message's own when
	// it stands alone.
	Thread string
	// Permalink to open it in Slack.
	Permalink string
}

// ToldAtSource tells whether the message an idea came from may hear what becomes
// of it: not outside the channel of a private team.
func ToldAtSource(team Team, source Source) bool {
	return !source.IsZero() && (!team.Private || source.Channel == team.Channel)
}

// The inputs of the idea form.
const (
	FieldTitle    Field = "title"
	FieldProblem  Field = "problem"
	FieldMeasure  Field = "measure"
	FieldEvidence Field = "evidence"
	FieldTeam     Field = "team"
)

// Limits of an idea, in runes. The title fits a Slack header; the texts leave
// room on a card for each other.
const (
	TitleLimit = 150
	TextLimit  = 2000
)

// Draft is what somebody typed for an idea: nothing checked, nothing cleaned.
type Draft struct {
	Title, Problem, Measure, Evidence string
}

// IsZero tells whether nothing was typed.
func (d Draft) IsZero() bool { return d == Draft{} }

// Typed gives the draft by field; what is empty is not in it.
func (d Draft) Typed() map[Field]string {
	typed := map[Field]string{FieldTitle: d.Title, FieldProblem: d.Problem, FieldMeasure: d.Measure, FieldEvidence: d.Evidence}
	maps.DeleteFunc(typed, func(_ Field, words string) bool { return words == "" })
	return typed
}

// DraftOf is Typed the other way round.
func DraftOf(typed map[Field]string) Draft {
	return Draft{Title: typed[FieldTitle], Problem: typed[FieldProblem], Measure: typed[FieldMeasure], Evidence: typed[FieldEvidence]}
}

// Capture makes a captured idea of a draft, or says which fields to correct.
// Its key and version are given when it is stored.
func Capture(d Draft, team TeamKey, author string, source Source, now time.Time) (Idea, error) {
	d, err := checkDraft(d)
	if err != nil {
		return Idea{}, err
	}
	return Idea{
		Key:   Key{Team: team},
		Title: d.Title, Problem: d.Problem, Measure: d.Measure, Evidence: d.Evidence,
		Stage:  Captured,
		Author: author, Source: source,
		Created: now, Changed: now,
	}, nil
}

// Edit changes what was typed. It returns the idea unchanged when nothing
// differs.
func Edit(idea Idea, d Draft, now time.Time) (Idea, error) {
	if !idea.Withdrawn.IsZero() {
		return idea, &Problem{
			Code: "idea-withdrawn",
			What: fmt.Sprintf("%s was withdrawn, so it cannot be edited.", idea.Key),
			Safe: "Everything in it is kept.",
			Next: "Bring it back first.",
		}
	}
	d, err := checkDraft(d)
	if err != nil {
		return idea, err
	}
	if d == idea.Draft() {
		return idea, nil
	}
	idea.Title, idea.Problem, idea.Measure, idea.Evidence = d.Title, d.Problem, d.Measure, d.Evidence
	idea.Changed = now
	return idea, nil
}

// Draft gives what was typed, as a form shows it.
func (idea Idea) Draft() Draft {
	return Draft{Title: idea.Title, Problem: idea.Problem, Measure: idea.Measure, Evidence: idea.Evidence}
}

// Withdraw takes an idea out of the lists; it can be brought back. While a ballot
// on it runs it stays: people are asked about it.
func Withdraw(idea Idea, by string, now time.Time) (Idea, error) {
	if !idea.Withdrawn.IsZero() {
		return idea, &Problem{
			Code: "idea-withdrawn",
			What: fmt.Sprintf("%s is withdrawn already.", idea.Key),
			Safe: "Everything in it is kept.",
		}
	}
	if idea.Ballot != 0 {
		return idea, whileVoting(idea, nil, time.UTC, "withdrawn")
	}
	idea.Withdrawn, idea.WithdrawnBy, idea.Changed = now, by, now
	return idea, nil
}

// BringBack undoes Withdraw: the idea stands again at the stage where it was.
// What stood in the Product Backlog needs room there, as a promotion does; the
// refusal is a *Refusal. toDiscovery brings it back to discovery instead, from
// where it takes the gates again. The event is the line for its history.
func BringBack(team Team, idea Idea, load Load, toDiscovery bool, by string, now time.Time) (Idea, Event, error) {
	if idea.Withdrawn.IsZero() {
		return idea, Event{}, &Problem{
			Code: "idea-not-withdrawn",
			What: fmt.Sprintf("%s is not withdrawn, so there is nothing to bring back.", idea.Key),
		}
	}
	event := Event{At: now, By: by, What: WasBroughtBack}
	if idea.Stage == Backlog {
		lack, _ := room(team, idea, load)
		switch {
		case toDiscovery:
			event.From, event.To = Backlog, Discovery
			idea.Stage, idea.Staged = Discovery, now
		case lack != nil:
			return idea, Event{}, &Refusal{
				Problem: &Problem{
					Code: "backlog-full",
					What: fmt.Sprintf("%s stays withdrawn: it stood in the Product Backlog, which is full by now.", idea.Key),
					Safe: "Everything in it is kept.",
					Next: fmt.Sprintf("To go back there it needs %s. It can come back to discovery instead, and take the gates from there; a product owner can override them.", lack.Words),
				},
				Lacks: []Lack{*lack},
			}
		}
	}
	idea.Withdrawn, idea.WithdrawnBy, idea.Changed = time.Time{}, "", now
	return idea, event, nil
}

func checkDraft(d Draft) (Draft, error) {
	wrong := map[Field]string{}
	d.Title = CleanLine(d.Title)
	switch {
	case !HasVisible(d.Title):
		wrong[FieldTitle] = "Give the idea a title of at least one visible character."
	case Length(d.Title) > TitleLimit:
		wrong[FieldTitle] = fmt.Sprintf("At most %d characters; this has %d. The rest fits the problem field.", TitleLimit, Length(d.Title))
	}
	for _, text := range []struct {
		field Field
		value *string
	}{{FieldProblem, &d.Problem}, {FieldMeasure, &d.Measure}, {FieldEvidence, &d.Evidence}} {
		*text.value = CleanText(*text.value)
		if n := Length(*text.value); n > TextLimit {
			wrong[text.field] = fmt.Sprintf("At most %d characters; this has %d.", TextLimit, n)
		}
		if !HasVisible(*text.value) {
			*text.value = ""
		}
	}
	return d, fieldProblems("idea-form", wrong)
}
