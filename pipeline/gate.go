package pipeline

import (
	"fmt"
	"slices"
	"unicode"
)

// Dossier is what gates look at beside the idea itself.
type Dossier struct {
	// Runs on the idea, all of them.
	Runs []RunSummary
	// Templates in use in the team: the built-in ones, each replaced by the
	// team's own version where there is one, and the team's own.
	Templates []Template
	// Load of the team's Product Backlog.
	Load Load
	// Ballot is the newest one on the idea, running or closed; nil for none.
	Ballot *Ballot
}

// Load is how much stands in the Product Backlog.
type Load struct {
	Ideas int
	// Sized of them, and their Points.
	Sized, Points int
	// Finished by the last closed sprints of the team, the newest first, at most
	// VelocityOf.
	Finished []Finished
	// Gated is how often an idea ever came through a gate, to validated or to the
	// Product Backlog; Overridden is how often the gate had refused.
	Gated, Overridden int
}

// Lack is one thing that a gate misses.
type Lack struct {
	What LackKind
	// Words name it: "an outcome link".
	Words string
	// Template of the checklist and Run, its number, 0 where none has begun.
	Template TemplateID
	Run      int
}

// LackKind tells which form repairs a lack.
type LackKind string

// The kinds of lacks.
const (
	LackOutcome   LackKind = "outcome"
	LackMeasure   LackKind = "measure"
	LackEvidence  LackKind = "evidence"
	LackChecklist LackKind = "checklist"
	LackRoom      LackKind = "room" // in the Product Backlog
)

// GateAnswer is what a gate says.
type GateAnswer struct {
	// Lacks are what is missing; none when the gate lets pass.
	Lacks []Lack
	// Warnings and notes to tell although it lets pass, a sentence each.
	Warnings []string
}

// Gate says what the idea misses for that stage. There is a gate before
// validated and one before the Product Backlog; every other step misses
// nothing here, see StepTo for which there are.
func Gate(team Team, idea Idea, d Dossier, to Stage) GateAnswer {
	var answer GateAnswer
	checklists := assess(idea, d)
	switch {
	case idea.Stage == Discovery && to == Validated:
		answer.Lacks = append(checklists.missing(team.Required), missingFacts(idea)...)
	case idea.Stage == Validated && to == Backlog:
		answer.Lacks = append(checklists.missing(team.RequiredForBacklog), missingFacts(idea)...)
		lack, warning := room(team, idea, d.Load)
		if lack != nil {
			answer.Lacks = append(answer.Lacks, *lack)
		}
		if warning != "" {
			answer.Warnings = append(answer.Warnings, warning)
		}
		if lacks := checklists.missing(onlyIn(team.Required, team.RequiredForBacklog)); len(lacks) > 0 {
			answer.Warnings = append(answer.Warnings, "Not passed now, though asked for to be validated: "+wordsOf(lacks)+".")
		}
	default:
		return answer
	}
	if c := Confident(idea.Tallied()); c.Word == Contested {
		answer.Warnings = append(answer.Warnings, "The evidence is contested: "+c.Reason)
	}
	return answer
}

// missingFacts is what both gates ask of the idea itself. Evidence against it
// alone carries no idea through.
func missingFacts(idea Idea) []Lack {
	var lacks []Lack
	if len(idea.Outcomes) == 0 {
		lacks = append(lacks, Lack{What: LackOutcome, Words: "an outcome link"})
	}
	if !HasVisible(idea.Measure) {
		lacks = append(lacks, Lack{What: LackMeasure, Words: "a “we will know when”"})
	}
	if supporting, _ := idea.Tallied().Count(); supporting == 0 {
		lacks = append(lacks, Lack{What: LackEvidence, Words: "evidence for it"})
	}
	return lacks
}

// missing lists the required checklists whose latest run has not passed.
func (a *assessment) missing(required []TemplateID) []Lack {
	var lacks []Lack
	for _, id := range required {
		found := a.checklist(id)
		if found.passed {
			continue
		}
		run, _ := a.Latest(id)
		lacks = append(lacks, Lack{
			What: LackChecklist, Template: id, Run: run.ID,
			Words: fmt.Sprintf("%s (%s)", a.nameOf(id), found),
		})
	}
	return lacks
}

// Latest run of a checklist, the one that counts, and whether there is one.
func (d Dossier) Latest(id TemplateID) (RunSummary, bool) {
	var latest RunSummary
	for _, run := range d.Runs {
		if run.Template == id && run.ID > latest.ID {
			latest = run
		}
	}
	return latest, latest.ID > 0
}

// nameOf a checklist as the team calls it now, else as it was called when it
// was begun.
func (d Dossier) nameOf(id TemplateID) string {
	if t, ok := FindTemplate(d.Templates, id); ok && HasVisible(t.Name) {
		return t.Name
	}
	if run, ok := d.Latest(id); ok && HasVisible(run.Name) {
		return run.Name
	}
	return string(id)
}

// runwayUnknown begins the reason why nobody knows how long the work lasts.
const runwayUnknown = "How many sprints of work the Product Backlog holds is unknown: "

// room refuses what would bring the Product Backlog over the team's hard limit
// of sprints of work, and warns from the soft one. What is unknown is said and
// lets pass.
func room(team Team, idea Idea, load Load) (*Lack, string) {
	pace := PaceOf(team, load.Finished)
	if !pace.Known() {
		return nil, runwayUnknown + pace.unknown()
	}
	work, unsized := load.Points+idea.Size, load.Ideas-load.Sized
	if idea.Size == 0 {
		unsized++
	}
	if team.VelocityIdeas {
		work, unsized = load.Ideas+1, 0
	}
	if work == 0 {
		return nil, runwayUnknown + "nothing in it has a size, and neither has " + idea.Key.String() + "."
	}
	soft, hard := team.Limits()
	held := pace.sprints(work)
	if unsized > 0 {
		held = "at least " + held
	}
	if pace.over(work, hard) {
		return &Lack{What: LackRoom, Words: fmt.Sprintf("room in the Product Backlog (%s of work with this one; the limit is %d)", held, hard)}, ""
	}
	switch {
	case pace.atLeast(work, soft):
		return nil, fmt.Sprintf("With %s the Product Backlog holds %s of work. From %d on it is worth asking what can leave; over %d nothing more goes in.", idea.Key, held, soft, hard)
	case idea.Size == 0 && unsized > 0:
		return nil, runwayUnknown + fmt.Sprintf("%s has no size. It is %s.", idea.Key, held)
	case unsized > 0:
		return nil, runwayUnknown + fmt.Sprintf("%s no size. It is %s.", amount(unsized, "idea in it has", "ideas in it have"), held)
	}
	return nil, ""
}

// Runway says in a sentence or two how long the team would work on what is in
// its Product Backlog, beside its limits. Where nobody knows, it says so and why.
func Runway(team Team, load Load) string {
	work, unsized := load.Points, load.Ideas-load.Sized
	if team.VelocityIdeas {
		work, unsized = load.Ideas, 0
	}
	pace := PaceOf(team, load.Finished)
	switch {
	case load.Ideas == 0:
		return "The Product Backlog is empty."
	case !pace.Known():
		return runwayUnknown + pace.unknown()
	case work == 0:
		return runwayUnknown + "nothing in it has a size."
	}
	words := "The Product Backlog holds "
	if unsized > 0 {
		words += "at least "
	}
	words += pace.sprints(work) + " of work"
	switch soft, hard := team.Limits(); {
	case pace.over(work, hard):
		words += fmt.Sprintf(": more than the limit of %d. Nothing more goes in", hard)
	case pace.atLeast(work, soft):
		words += fmt.Sprintf(": from %d on it is worth asking what can leave; over %d nothing more goes in", soft, hard)
	}
	words += "."
	if unsized > 0 {
		words += " " + withInitial(amount(unsized, "idea in it has", "ideas in it have"), unicode.ToUpper) + " no size."
	}
	return words
}

// onlyIn gives the ids of some that are not among others.
func onlyIn(some, others []TemplateID) []TemplateID {
	return slices.DeleteFunc(slices.Clone(some), func(id TemplateID) bool { return slices.Contains(others, id) })
}

func wordsOf(lacks []Lack) string {
	var words []string
	for _, lack := range lacks {
		words = append(words, lack.Words)
	}
	return enumerate(words)
}
