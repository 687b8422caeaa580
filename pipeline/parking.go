package pipeline

import (
	"fmt"
	"slices"
	"strconv"
	"time"
)

// Parking is why an idea is in the Anti-Product Backlog and when it is looked
// at again. Every idea there has one; the former ones are in its history.
type Parking struct {
	Decision ParkDecision
	Reason   ParkReason
	// Why in a line.
	Why string
	// SupersededBy is the idea that takes its place; zero unless Superseded.
	SupersededBy Key
	// Outcome it would have served; zero for none.
	Outcome OutcomeKey
	// From is the stage where it stood.
	From Stage
	// Ballot that advised it, its number within the idea; 0 for none.
	Ballot  int
	Revisit Revisit
	// By is the user id of whoever parked it, OnBehalf of whom it was decided
	// for; "" for oneself.
	By, OnBehalf string
	At           time.Time
	// CameBack is when the team was told that its revisit rule had tripped; the
	// zero time before.
	CameBack time.Time
}

// ParkDecision is how an idea was turned down.
type ParkDecision string

// The decisions. "Never" is looked at again as well, when its reason no longer
// holds.
const (
	NotNow     ParkDecision = "not now"
	Never      ParkDecision = "never"
	Superseded ParkDecision = "superseded"
	FailedTest ParkDecision = "failed test"
)

// ParkDecisions lists them.
func ParkDecisions() []ParkDecision {
	return []ParkDecision{NotNow, Never, Superseded, FailedTest}
}

// ParkReason is what kind of reason an idea was turned down for.
type ParkReason string

// The reasons.
const (
	NoOutcome    ParkReason = "no outcome"
	WeakEvidence ParkReason = "weak evidence"
	LowImpact    ParkReason = "low impact"
	TooCostly    ParkReason = "too costly"
	OffStrategy  ParkReason = "off strategy"
	Duplicate    ParkReason = "duplicate"
	EthicsOrRisk ParkReason = "ethics or risk"
)

// ParkReasons lists them.
func ParkReasons() []ParkReason {
	return []ParkReason{NoOutcome, WeakEvidence, LowImpact, TooCostly, OffStrategy, Duplicate, EthicsOrRisk}
}

// The inputs of the parking form, beside FieldWhy.
const (
	FieldDecision         Field = "decision"
	FieldReason           Field = "reason"
	FieldSuperseding      Field = "superseding"
	FieldServed           Field = "served"
	FieldRevisitDay       Field = "revisit-day"
	FieldRevisitAsked     Field = "revisit-asked"
	FieldRevisitRed       Field = "revisit-red"
	FieldRevisitTest      Field = "revisit-test"
	FieldRevisitDelivered Field = "revisit-delivered"
)

// Park puts an idea into the Anti-Product Backlog, or says which fields to
// correct. Of what was typed, who did it, when, and from where are set here.
// Ideas of other teams that it names are for the caller to look up, see
// CheckNamed. It waits for a ballot that runs, as ParkAgain and Reopen do; of d
// it looks at the newest.
func Park(policy Policy, p Person, where Where, idea Idea, d Dossier, typed Parking, now time.Time) (Idea, Event, error) {
	if problem := barred(policy, p, where, idea, DecideIdea, "parked"); problem != nil {
		return idea, Event{}, problem
	}
	if _, known := StepTo(idea.Stage, Parked); !known {
		problem := noStep(idea, Parked)
		if idea.Stage == Parked {
			problem.Next = "Reopen it, or park it again with a new date."
		}
		return idea, Event{}, problem
	}
	parking, advising, err := checkParking(typed, p, where.Team, idea, d, "parked", now)
	if err != nil {
		return idea, Event{}, err
	}
	parking.From = idea.Stage
	event := parkingEvent(Parking{}, parking, idea.Stage)
	recordAdvice(advising, Parked, &idea, &event)
	idea.Stage, idea.Staged, idea.Changed, idea.Parking = Parked, now, now, &parking
	return idea, event, nil
}

// ParkAgain leaves an idea parked for a new time, with a decision and reason
// that may be new as well. What is asked for again and what happens count from
// now on; where it stood is kept. The event lists what is different.
func ParkAgain(policy Policy, p Person, where Where, idea Idea, d Dossier, typed Parking, now time.Time) (Idea, Event, error) {
	if problem := barred(policy, p, where, idea, DecideIdea, "parked again"); problem != nil {
		return idea, Event{}, problem
	}
	if idea.Stage != Parked {
		return idea, Event{}, notParked(idea, "there is nothing to park again")
	}
	parking, advising, err := checkParking(typed, p, where.Team, idea, d, "parked again", now)
	if err != nil {
		return idea, Event{}, err
	}
	var former Parking
	if idea.Parking != nil {
		former = *idea.Parking
	}
	parking.From = former.From
	event := parkingEvent(former, parking, Parked)
	recordAdvice(advising, Parked, &idea, &event)
	idea.Changed, idea.Parking = now, &parking
	return idea, event, nil
}

// Reopen takes an idea out of the Anti-Product Backlog, back to discovery. Why
// it was there stays in its history.
func Reopen(policy Policy, p Person, where Where, idea Idea, d Dossier, why, onBehalf string, now time.Time) (Idea, Event, error) {
	if problem := barred(policy, p, where, idea, DecideIdea, "reopened"); problem != nil {
		return idea, Event{}, problem
	}
	if idea.Stage != Parked {
		return idea, Event{}, notParked(idea, "there is nothing to reopen")
	}
	return Decide(policy, p, where, idea, d, Move{To: Discovery, Why: why, OnBehalf: onBehalf}, now)
}

// checkParking cleans what was typed and refuses what cannot be kept, all
// fields at once. done completes "so it cannot be"; advising is the ballot that
// the decision stands beside, nil for none.
func checkParking(typed Parking, p Person, team *Team, idea Idea, d Dossier, done string, now time.Time) (parking Parking, advising *Ballot, err error) {
	if idea.Ballot != 0 {
		return Parking{}, nil, whileVoting(idea, d.Ballot, team.Location(), done)
	}
	parking = Parking{
		Decision: typed.Decision, Reason: typed.Reason, Why: CleanLine(typed.Why),
		SupersededBy: typed.SupersededBy, Outcome: typed.Outcome,
		Revisit: typed.Revisit, By: p.ID, At: now,
	}
	if typed.OnBehalf != p.ID {
		parking.OnBehalf = typed.OnBehalf
	}
	if advising = d.Advising(idea); advising != nil {
		parking.Ballot = advising.ID
	}
	wrong := map[Field]string{}
	if !slices.Contains(ParkDecisions(), parking.Decision) {
		wrong[FieldDecision] = "Choose how it is turned down."
	}
	if !slices.Contains(ParkReasons(), parking.Reason) {
		wrong[FieldReason] = "Choose what kind of reason it is."
	}
	switch n := Length(parking.Why); {
	case !HasVisible(parking.Why):
		wrong[FieldWhy] = "Say in a line why. Whoever asks for it again reads this."
	case n > ReasonLimit:
		wrong[FieldWhy] = fmt.Sprintf("At most %d characters; this has %d.", ReasonLimit, n)
	}
	switch superseding := parking.SupersededBy; {
	case parking.Decision == Superseded && superseding.IsZero():
		wrong[FieldSuperseding] = "Name the idea that takes its place."
	case parking.Decision != Superseded && !superseding.IsZero():
		wrong[FieldSuperseding] = "Leave this empty, or decide that it is superseded."
	case superseding == idea.Key:
		wrong[FieldSuperseding] = "An idea cannot take its own place. Name another one."
	}
	if o := parking.Outcome; !o.IsZero() && o.Team != idea.Key.Team {
		wrong[FieldServed] = fmt.Sprintf("Choose an outcome of %s.", idea.Key.Team)
	}
	parking.Revisit = checkRevisit(parking.Revisit, idea.Key, team.Location(), now, wrong)
	return parking, advising, fieldProblems("parking-form", wrong)
}

// CheckNamed refuses ideas that a parking names and that cannot do what it says
// of them. found are those of them that the person may see and that all who see
// the parked idea may hear of: of its own team, or of one that is not private.
func CheckNamed(idea Idea, typed Parking, found map[Key]Idea) error {
	wrong := map[Field]string{}
	look := func(field Field, key Key) (Idea, bool) {
		if key.IsZero() || key == idea.Key {
			return Idea{}, false // what is wrong with that is said without looking
		}
		other, ok := found[key]
		switch {
		case !ok:
			wrong[field] = fmt.Sprintf("There is no %s that can be named here. Check the key.", key)
		case !other.Withdrawn.IsZero():
			wrong[field] = fmt.Sprintf("%s was withdrawn. Name another idea, or bring it back first.", key)
			ok = false
		}
		return other, ok
	}
	if other, ok := look(FieldSuperseding, typed.SupersededBy); ok && other.Parking != nil && other.Parking.SupersededBy == idea.Key {
		wrong[FieldSuperseding] = fmt.Sprintf("%s is parked itself, because %s takes its place. Reopen it first.", other.Key, idea.Key)
	}
	if other, ok := look(FieldRevisitDelivered, typed.Revisit.Delivered); ok && (other.Stage == Delivered || other.Stage == Learned) {
		wrong[FieldRevisitDelivered] = fmt.Sprintf("%s is delivered already.", other.Key)
	}
	look(FieldRevisitTest, typed.Revisit.TestPassed.Idea)
	return fieldProblems("parking-form", wrong)
}

// parkingEvent is the line for the history: each field of the parking that
// differs from the former one, as it is stored.
func parkingEvent(former, parking Parking, from Stage) Event {
	event := Event{
		At: parking.At, By: parking.By, What: WasParked, From: from, To: Parked,
		Why: parking.Why, OnBehalf: parking.OnBehalf, About: parking.Verdict(),
	}
	before, after := former.typed(), parking.typed()
	for i := range after {
		if before[i].To != after[i].To {
			event.Changes = append(event.Changes, Change{Field: after[i].Field, From: before[i].To, To: after[i].To})
		}
	}
	return event
}

// typed gives what people fill in, in the order of the form, each as a change
// from nothing. The line of why is not in it: an event has a place of its own
// for that.
func (p Parking) typed() []Change {
	word := func(key fmt.Stringer, none bool) string {
		if none {
			return ""
		}
		return key.String()
	}
	asked := ""
	if n := p.Revisit.AskedBy; n > 0 {
		asked = strconv.Itoa(n)
	}
	return []Change{
		{Field: FieldDecision, To: string(p.Decision)},
		{Field: FieldReason, To: string(p.Reason)},
		{Field: FieldSuperseding, To: word(p.SupersededBy, p.SupersededBy.IsZero())},
		{Field: FieldServed, To: word(p.Outcome, p.Outcome.IsZero())},
		{Field: FieldRevisitDay, To: p.Revisit.Day},
		{Field: FieldRevisitAsked, To: asked},
		{Field: FieldRevisitRed, To: word(p.Revisit.OutcomeRed, p.Revisit.OutcomeRed.IsZero())},
		{Field: FieldRevisitTest, To: word(p.Revisit.TestPassed, p.Revisit.TestPassed.IsZero())},
		{Field: FieldRevisitDelivered, To: word(p.Revisit.Delivered, p.Revisit.Delivered.IsZero())},
	}
}

// Verdict names the decision with its reason: "not now: weak evidence",
// "superseded by PAY-14: duplicate".
func (p Parking) Verdict() string {
	words := string(p.Decision)
	if !p.SupersededBy.IsZero() {
		words += " by " + p.SupersededBy.String()
	}
	return words + ": " + string(p.Reason)
}

// Story tells the parking in a few sentences, without the people and the words
// they typed: "Parked from discovery, not now: weak evidence. It would have
// served PAY-O3. A ballot advised it. It is looked at again on 18 Feb 2027."
func (p Parking) Story() string {
	story := "Parked"
	if p.From != "" {
		story += " from " + StageNoun(p.From)
	}
	story += ", " + p.Verdict() + "."
	if !p.Outcome.IsZero() {
		story += " It would have served " + p.Outcome.String() + "."
	}
	if p.Ballot > 0 {
		story += " A ballot advised it."
	}
	return story + " It is looked at again " + p.Revisit.Words() + "."
}

func notParked(idea Idea, so string) *Problem {
	return &Problem{
		Code: "not-parked",
		What: fmt.Sprintf("%s is %s, not parked, so %s.", idea.Key, inStage(idea.Stage), so),
		Safe: "Nothing was changed.",
	}
}
