package pipeline

import "slices"

// Stage is how far an idea has come.
type Stage string

// The stages, in the order of the pipeline. From any of them an idea can be
// parked in the Anti-Product Backlog.
const (
	Captured  Stage = "captured"
	Discovery Stage = "discovery"
	Validated Stage = "validated"
	Backlog   Stage = "backlog"
	Delivered Stage = "delivered"
	Learned   Stage = "learned"
	Parked    Stage = "parked"
)

// Stages lists all of them in order.
func Stages() []Stage {
	return []Stage{Captured, Discovery, Validated, Backlog, Delivered, Learned, Parked}
}

// PipelineStages lists those through which an idea goes on its way, in order.
func PipelineStages() []Stage {
	return slices.DeleteFunc(Stages(), func(s Stage) bool { return s == Parked })
}

// StageNoun names a stage where an idea goes to or comes from: "moved from
// discovery to the Product Backlog".
func StageNoun(s Stage) string {
	switch s {
	case Captured:
		return "the captured ideas"
	case Validated:
		return "the validated ideas"
	case Backlog:
		return "the Product Backlog"
	case Delivered:
		return "the delivered ideas"
	case Learned:
		return "the ideas learned from"
	case Parked:
		return "the Anti-Product Backlog"
	}
	return string(s)
}

// StageCalled says where an idea is: "in discovery", "delivered".
func StageCalled(s Stage) string {
	switch s {
	case Discovery, Backlog, Parked:
		return "in " + StageNoun(s)
	case Learned:
		return "learned from"
	}
	return string(s)
}

// Step is a move of an idea from one stage to another that the pipeline knows.
type Step struct {
	From, To Stage
	// May is what the person must be allowed to do.
	May Action
	// NeedsWhy: a line of why is required.
	NeedsWhy bool
}

// steps is the pipeline: every way from one stage to another. Going back and
// parking can be read later with their reason, and so can what was learned.
var steps = []Step{
	{From: Captured, To: Discovery, May: MoveIdea},
	{From: Discovery, To: Validated, May: MoveIdea},
	{From: Validated, To: Backlog, May: DecideIdea},
	{From: Backlog, To: Delivered, May: DecideIdea},
	{From: Delivered, To: Learned, May: DecideIdea, NeedsWhy: true},

	{From: Validated, To: Discovery, May: DecideIdea, NeedsWhy: true},
	{From: Backlog, To: Discovery, May: DecideIdea, NeedsWhy: true},
	{From: Parked, To: Discovery, May: DecideIdea, NeedsWhy: true},

	{From: Captured, To: Parked, May: DecideIdea, NeedsWhy: true},
	{From: Discovery, To: Parked, May: DecideIdea, NeedsWhy: true},
	{From: Validated, To: Parked, May: DecideIdea, NeedsWhy: true},
	{From: Backlog, To: Parked, May: DecideIdea, NeedsWhy: true},
	{From: Delivered, To: Parked, May: DecideIdea, NeedsWhy: true},
	{From: Learned, To: Parked, May: DecideIdea, NeedsWhy: true},
}

// StepTo gives the step between two stages; false where there is none.
func StepTo(from, to Stage) (Step, bool) {
	for _, step := range steps {
		if step.From == from && step.To == to {
			return step, true
		}
	}
	return Step{}, false
}

// NextStep gives the step forward; false from the last stage, and for what is
// parked.
func NextStep(from Stage) (Step, bool) {
	for _, step := range steps {
		if step.From == from && step.Forward() {
			return step, true
		}
	}
	return Step{}, false
}

// Forward tells whether the step leads on along the pipeline, not back and not
// out of it.
func (s Step) Forward() bool {
	return s.To != Parked && slices.Index(Stages(), s.From) < slices.Index(Stages(), s.To)
}
