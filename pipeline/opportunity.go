package pipeline

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Opportunity is a need, a pain or a desire of customers, in their words. It
// hangs under a product outcome or under a wider opportunity.
type Opportunity struct {
	Key    NodeKey
	Parent NodeKey
	// Statement as a customer would say it, in one line.
	Statement string
	Kind      OpportunityKind
	// Evidence for and against it, at most EvidenceOfOpportunity, the oldest first.
	Evidence []Evidence
	// Frequency, Reach and Severity from 1 to 5: how often it happens, to how many
	// and how bad it is; 0 while nobody knows.
	Frequency, Reach, Severity int
	Horizon                    Horizon
	Created                    time.Time
	CreatedBy                  string
	Changed                    time.Time
	// Version counts changes, from 1.
	Version int64
}

// OpportunityKind is what customers miss.
type OpportunityKind string

// The kinds of opportunities.
const (
	Need   OpportunityKind = "need"
	Pain   OpportunityKind = "pain"
	Desire OpportunityKind = "desire"
)

// OpportunityKinds lists them.
func OpportunityKinds() []OpportunityKind { return []OpportunityKind{Need, Pain, Desire} }

// Horizon is when an opportunity is worked on.
type Horizon string

// The horizons, the nearest first. It is "" while nobody said.
const (
	HorizonNow    Horizon = "now"
	HorizonNext   Horizon = "next"
	HorizonLater  Horizon = "later"
	HorizonNotNow Horizon = "not now"
)

// Horizons lists them, the nearest first.
func Horizons() []Horizon { return []Horizon{HorizonNow, HorizonNext, HorizonLater, HorizonNotNow} }

// OpportunityForm is what somebody typed for an opportunity: nothing checked.
type OpportunityForm struct {
	Statement string
	Kind      OpportunityKind
	Parent    string // a key
	// Frequency, Reach and Severity are "1" to "5", "" while nobody knows.
	Frequency, Reach, Severity string
	Horizon                    Horizon
}

// The inputs of the opportunity form, beside FieldStatement, FieldKind and
// FieldParent.
const (
	FieldFrequency Field = "frequency"
	FieldReach     Field = "reach"
	FieldSeverity  Field = "severity"
	FieldHorizon   Field = "horizon"
)

// The limits of an opportunity.
const (
	EvidenceOfOpportunity = 50 // pieces
	ScaleMax              = 5  // of frequency, reach and severity
)

// AddOpportunity makes an opportunity of what somebody typed, or says which fields
// to correct. where names the team, nodes are all of its tree. Its number and
// version are given when it is stored; the event is the first line of its history.
func AddOpportunity(policy Policy, p Person, where Where, form OpportunityForm, nodes Nodes, now time.Time) (Opportunity, Event, error) {
	if err := mayIn(policy, p, MapOpportunity, where, where.team(), "An opportunity"); err != nil {
		return Opportunity{}, Event{}, err
	}
	o, err := checkOpportunity(form, Opportunity{Key: NodeKey{Team: where.team(), Kind: OpportunityNode}}, nodes)
	if err != nil {
		return Opportunity{}, Event{}, err
	}
	o.Created, o.CreatedBy, o.Changed = now, p.ID, now
	return o, Event{At: now, By: p.ID, What: WasAdded}, nil
}

// EditOpportunity changes an opportunity to what somebody typed. Where nothing
// differs it comes back as it was, with an event whose What is "".
func EditOpportunity(policy Policy, p Person, where Where, o Opportunity, form OpportunityForm, nodes Nodes, now time.Time) (Opportunity, Event, error) {
	if err := mayIn(policy, p, MapOpportunity, where, o.Key.Team, "An opportunity"); err != nil {
		return o, Event{}, err
	}
	changed, err := checkOpportunity(form, o, nodes)
	if err != nil {
		return o, Event{}, err
	}
	changes := changesOf(o.Form().fields(), changed.Form().fields())
	if len(changes) == 0 {
		return o, Event{}, nil
	}
	changed.Changed = now
	return changed, Event{At: now, By: p.ID, What: WasEdited, Changes: changes}, nil
}

func checkOpportunity(form OpportunityForm, before Opportunity, nodes Nodes) (Opportunity, error) {
	wrong := map[Field]string{}
	o := before
	if o.Statement = checkLine(form.Statement, FieldStatement, StatementLimit, wrong); o.Statement == "" {
		wrong[FieldStatement] = "Say it in one line, as a customer would: “I never know whether the invoice was paid.”"
	}
	if o.Kind = form.Kind; !slices.Contains(OpportunityKinds(), o.Kind) {
		wrong[FieldKind] = "Choose whether it is a need, a pain or a desire."
	}
	if o.Horizon = form.Horizon; o.Horizon != "" && !slices.Contains(Horizons(), o.Horizon) {
		wrong[FieldHorizon] = "Choose when it is worked on, or leave it open."
	}
	for _, scale := range []struct {
		field Field
		typed string
		into  *int
	}{{FieldFrequency, form.Frequency, &o.Frequency}, {FieldReach, form.Reach, &o.Reach}, {FieldSeverity, form.Severity, &o.Severity}} {
		typed := CleanLine(scale.typed)
		n, ok := wholeNumber(typed)
		if typed != "" && (!ok || n < 1 || n > ScaleMax) {
			wrong[scale.field] = fmt.Sprintf("A whole number from 1 to %d, or nothing while nobody knows.", ScaleMax)
		}
		*scale.into = n
	}
	parent, err := parentTyped(form.Parent)
	o.Parent = parent
	switch {
	case err != nil || parent.IsZero() || parent.Kind == ImpactNode:
		wrong[FieldParent] = "Choose the product outcome that it serves, or a wider opportunity."
	case parent == before.Parent: // as it was
	default:
		above, _ := nodes.outcome(parent)
		if complaint := nodes.misplaced(o.Key, parent, o.Key.Team); complaint != "" {
			wrong[FieldParent] = complaint
		} else if parent.Kind == OutcomeNode && above.Kind != ProductOutcome {
			wrong[FieldParent] = fmt.Sprintf("%s is no product outcome, and opportunities hang under one. Choose one, or say first of %s that it is.", parent, parent)
		}
	}
	if err := fieldProblems("opportunity-form", wrong); err != nil {
		return before, err
	}
	return o, nil
}

// Form gives an opportunity as its form shows it.
func (o Opportunity) Form() OpportunityForm {
	scale := func(n int) string {
		if n == 0 {
			return ""
		}
		return strconv.Itoa(n)
	}
	return OpportunityForm{
		Statement: o.Statement, Kind: o.Kind, Parent: o.Parent.String(),
		Frequency: scale(o.Frequency), Reach: scale(o.Reach), Severity: scale(o.Severity), Horizon: o.Horizon,
	}
}

func (f OpportunityForm) fields() []filled {
	return []filled{
		{FieldStatement, f.Statement},
		{FieldKind, string(f.Kind)},
		{FieldParent, f.Parent},
		{FieldFrequency, f.Frequency},
		{FieldReach, f.Reach},
		{FieldSeverity, f.Severity},
		{FieldHorizon, string(f.Horizon)},
	}
}

// SupportOpportunity adds a piece of evidence, for the opportunity or against it.
// Of what was typed, who and when are set here. The workspace's URL is as for
// CheckEvidence.
func SupportOpportunity(policy Policy, p Person, where Where, o Opportunity, typed Evidence, workspaceURL string, now time.Time) (Opportunity, Event, error) {
	if err := mayIn(policy, p, AddEvidence, where, o.Key.Team, "An opportunity"); err != nil {
		return o, Event{}, err
	}
	if len(o.Evidence) >= EvidenceOfOpportunity {
		return o, Event{}, &Problem{
			Code: "evidence-many",
			What: fmt.Sprintf("%s has %d pieces of evidence, which is the most one can have.", o.Key, len(o.Evidence)),
			Safe: "They are all kept.",
			Next: "Add a narrower opportunity under it, and the evidence there.",
		}
	}
	e, err := CheckEvidence(typed, workspaceURL)
	if err != nil {
		return o, Event{}, err
	}
	e.Number, e.By, e.At = len(o.Evidence)+1, p.ID, now
	// A copy: the slice may be shared with the opportunity as it was.
	o.Evidence = append(slices.Clone(o.Evidence), e)
	o.Changed = now
	return o, Event{At: now, By: p.ID, What: GotEvidence, Why: Cut(CleanLine(e.Note), ReasonLimit)}, nil
}

// Newest is when the last piece of evidence was added; the zero time for none.
func (o Opportunity) Newest() time.Time {
	if len(o.Evidence) == 0 {
		return time.Time{}
	}
	return o.Evidence[len(o.Evidence)-1].At
}

// EvidenceDays is from when on evidence is called old.
const EvidenceDays = 90

// EvidenceAge says how old the newest piece of evidence is: "evidence 3 days old".
// stale: it is too old to go by, or there is none.
func EvidenceAge(newest, now time.Time) (words string, stale bool) {
	if newest.IsZero() {
		return "no evidence yet", true
	}
	days := daysBetween(newest, now)
	if days == 0 {
		return "evidence of today", false
	}
	return fmt.Sprintf("evidence %s old", amount(days, "day", "days")), days >= EvidenceDays
}

// Hints are what is worth a second look, a sentence each. They hold nothing up.
// ideas is how many are linked to the opportunity.
func (o Opportunity) Hints(ideas int) []string {
	var hints []string
	if thing := namesFeature(o.Statement); thing != "" {
		hints = append(hints, fmt.Sprintf("“%s” sounds like a solution. What would customers gain from it? That is the opportunity.", thing))
	}
	if ideas == 1 {
		hints = append(hints, "There is only one idea for it. If no other is imaginable, it may be a solution in disguise.")
	}
	if !slices.ContainsFunc(o.Evidence, func(e Evidence) bool { return !e.Against }) {
		hints = append(hints, "It has no evidence yet. Where was it seen or heard?")
	}
	return hints
}

// features are words for what is built.
var features = wordSet("api banner button chatbot checkbox dashboard dialog dropdown endpoint feature integration microservice plugin popup sidebar toggle toolbar tooltip webhook widget wizard")

// namesFeature gives the first word for what is built; "" for none.
func namesFeature(statement string) string {
	for _, word := range strings.Fields(statement) {
		word = strings.Trim(word, ".,;:!?()\"“”'’")
		if low := strings.ToLower(word); features[low] || features[strings.TrimSuffix(low, "s")] {
			return word
		}
	}
	return ""
}
