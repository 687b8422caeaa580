package pipeline

import (
	"fmt"
	"time"
)

// Impact is how somebody's behaviour is to change so that an outcome is reached:
// the branch of an impact map between an actor and what is built for them.
type Impact struct {
	Key NodeKey
	// Goal is the outcome that it helps.
	Goal OutcomeKey
	// Actor is who helps or hinders: "accountants of small firms".
	Actor string
	// From is what they do today; may be empty. To is what they do instead.
	From, To string
	// Measure says how one would see it, Threshold how much of it is enough. Both
	// may be empty.
	Measure, Threshold string
	Created            time.Time
	CreatedBy          string
	Changed            time.Time
	// Version counts changes, from 1.
	Version int64
}

// ImpactForm is what somebody typed for an impact: nothing checked.
type ImpactForm struct {
	Goal                                string // a key
	Actor, From, To, Measure, Threshold string
}

// The inputs of the impact form, beside FieldMeasure.
const (
	FieldGoal      Field = "goal"
	FieldActor     Field = "actor"
	FieldFrom      Field = "from"
	FieldTo        Field = "to"
	FieldThreshold Field = "threshold"
)

// ImpactLimit of each text of an impact, in runes.
const ImpactLimit = 150

// Words say the impact in one line: "accountants: mail PDFs → export them".
func (i Impact) Words() string {
	if i.From == "" {
		return i.Actor + ": " + i.To
	}
	return fmt.Sprintf("%s: %s → %s", i.Actor, i.From, i.To)
}

// AddImpact makes an impact of what somebody typed, or says which fields to
// correct. where names the team, nodes are all of its tree. Its number and version
// are given when it is stored; the event is the first line of its history.
func AddImpact(policy Policy, p Person, where Where, form ImpactForm, nodes Nodes, now time.Time) (Impact, Event, error) {
	if err := mayIn(policy, p, MapOpportunity, where, where.team(), "An impact"); err != nil {
		return Impact{}, Event{}, err
	}
	i, err := checkImpact(form, Impact{Key: NodeKey{Team: where.team(), Kind: ImpactNode}}, nodes)
	if err != nil {
		return Impact{}, Event{}, err
	}
	i.Created, i.CreatedBy, i.Changed = now, p.ID, now
	return i, Event{At: now, By: p.ID, What: WasAdded}, nil
}

// EditImpact changes an impact to what somebody typed. Where nothing differs it
// comes back as it was, with an event whose What is "".
func EditImpact(policy Policy, p Person, where Where, i Impact, form ImpactForm, nodes Nodes, now time.Time) (Impact, Event, error) {
	if err := mayIn(policy, p, MapOpportunity, where, i.Key.Team, "An impact"); err != nil {
		return i, Event{}, err
	}
	changed, err := checkImpact(form, i, nodes)
	if err != nil {
		return i, Event{}, err
	}
	changes := changesOf(i.Form().fields(), changed.Form().fields())
	if len(changes) == 0 {
		return i, Event{}, nil
	}
	changed.Changed = now
	return changed, Event{At: now, By: p.ID, What: WasEdited, Changes: changes}, nil
}

func checkImpact(form ImpactForm, before Impact, nodes Nodes) (Impact, error) {
	wrong := map[Field]string{}
	i := before
	if i.Actor = checkLine(form.Actor, FieldActor, ImpactLimit, wrong); i.Actor == "" {
		wrong[FieldActor] = "Say who: a group of people that helps or hinders."
	}
	i.From = checkLine(form.From, FieldFrom, ImpactLimit, wrong)
	switch i.To = checkLine(form.To, FieldTo, ImpactLimit, wrong); {
	case i.To == "":
		wrong[FieldTo] = "Say what they will do otherwise than today."
	case i.To == i.From:
		wrong[FieldTo] = "This is what they do today. Say what they will do otherwise."
	}
	i.Measure = checkLine(form.Measure, FieldMeasure, ImpactLimit, wrong)
	i.Threshold = checkLine(form.Threshold, FieldThreshold, ImpactLimit, wrong)
	goal, err := parentTyped(form.Goal)
	i.Goal = goal
	switch {
	case err != nil || goal.Kind != OutcomeNode || goal.IsZero():
		wrong[FieldGoal] = "Choose the outcome that it helps."
	case goal == before.Goal: // as it was
	default:
		if complaint := nodes.misplaced(i.Key, goal, i.Key.Team); complaint != "" {
			wrong[FieldGoal] = complaint
		}
	}
	if err := fieldProblems("impact-form", wrong); err != nil {
		return before, err
	}
	return i, nil
}

// Form gives an impact as its form shows it.
func (i Impact) Form() ImpactForm {
	return ImpactForm{Goal: i.Goal.String(), Actor: i.Actor, From: i.From, To: i.To, Measure: i.Measure, Threshold: i.Threshold}
}

func (f ImpactForm) fields() []filled {
	return []filled{
		{FieldGoal, f.Goal},
		{FieldActor, f.Actor},
		{FieldFrom, f.From},
		{FieldTo, f.To},
		{FieldMeasure, f.Measure},
		{FieldThreshold, f.Threshold},
	}
}

// Hints are what is worth a second look, a sentence each. They hold nothing up.
func (i Impact) Hints() []string {
	var hints []string
	if thing := namesFeature(i.To); thing != "" {
		hints = append(hints, fmt.Sprintf("“%s” sounds like something to build. An impact says what people do otherwise; what is built for it is an idea.", thing))
	}
	if i.Measure == "" {
		hints = append(hints, "It has no measure yet. How would one see that they do it?")
	}
	return hints
}
