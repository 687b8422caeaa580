package pipeline

import (
	"fmt"
	"strings"
	"unicode"
)

// Funnel is how far the ideas of a team have come. An idea counts in every step up
// to where it stands: one that was sent back, up to there; one that is parked, up
// to where it was parked from.
type Funnel struct {
	Team TeamKey
	Name string // of the team
	// Steps are the stages in the order of the pipeline.
	Steps []FunnelStep
	// Parked is how many ideas are in the Anti-Product Backlog. Of Elsewhere of them
	// it is not known how far they had come, so that they count as captured alone.
	Parked, Elsewhere int
}

// FunnelStep is one stage of a funnel.
type FunnelStep struct {
	Stage Stage
	// Name of the step: "Product Backlog".
	Name string
	// Reached is how many ideas have come that far, Now how many of them stand there,
	// and Parked how many were parked from there.
	Reached, Now, Parked int
}

// NewFunnel counts the ideas of a team by stage. parked are ideas of its
// Anti-Product Backlog; where there are many, not all of them need to be read.
func NewFunnel(team Team, counts map[Stage]int, parked []Idea) Funnel {
	f := Funnel{Team: team.Key, Name: team.Name, Parked: counts[Parked]}
	from := map[Stage]int{}
	known := 0
	for _, idea := range parked[:min(len(parked), f.Parked)] {
		if idea.Parking != nil && idea.Parking.From != "" && idea.Parking.From != Parked {
			from[idea.Parking.From]++
			known++
		}
	}
	f.Elsewhere = f.Parked - known
	stages := PipelineStages()
	f.Steps = make([]FunnelStep, len(stages))
	reached := 0
	for i := len(stages) - 1; i >= 0; i-- {
		stage := stages[i]
		reached += counts[stage] + from[stage]
		if i == 0 {
			reached += f.Elsewhere
		}
		f.Steps[i] = FunnelStep{
			Stage: stage, Name: stepName(stage),
			Reached: reached, Now: counts[stage], Parked: from[stage],
		}
	}
	return f
}

func stepName(s Stage) string {
	switch s {
	case Backlog:
		return "Product Backlog"
	case Learned:
		return "Learned from"
	}
	return withInitial(string(s), unicode.ToUpper)
}

// Ideas is how many there are, the parked ones among them.
func (f Funnel) Ideas() int {
	if len(f.Steps) == 0 {
		return f.Parked
	}
	return f.Steps[0].Reached
}

// Came says of a step, the first is 0, how many of those in the one before have come
// to it: "30 of 42 came this far, 71 %"; "" for the first, and where there were none.
func (f Funnel) Came(step int) string {
	if step <= 0 || step >= len(f.Steps) || f.Steps[step-1].Reached == 0 {
		return ""
	}
	came, of := f.Steps[step].Reached, f.Steps[step-1].Reached
	return fmt.Sprintf("%d of %d came this far, %d %%", came, of, Percent(came, of))
}

// Words say the step: "12 here now, 3 parked from here".
func (s FunnelStep) Words() string {
	var words []string
	if s.Now > 0 {
		words = append(words, fmt.Sprintf("%d here now", s.Now))
	}
	if s.Parked > 0 {
		words = append(words, fmt.Sprintf("%d parked from here", s.Parked))
	}
	if words == nil {
		return "none here now"
	}
	return strings.Join(words, ", ")
}

// ParkedInWords say what is beside the funnel: "9 parked in the Anti-Product
// Backlog"; where some of them are counted as captured alone, that they are.
func (f Funnel) ParkedInWords() string {
	words := amount(f.Parked, "idea", "ideas") + " in the Anti-Product Backlog"
	if f.Elsewhere > 0 {
		words += fmt.Sprintf("; of %d of them it is not known how far they had come, so they count as captured", f.Elsewhere)
	}
	return words
}
