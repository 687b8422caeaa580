package pipeline

import (
	"fmt"
	"unicode"
)

// VelocityOf is how many closed sprints a velocity is measured from.
const VelocityOf = 3

// Pace is how much a team finishes in how many sprints. It is kept as two whole
// numbers, so that what is exactly at a limit is not over it.
type Pace struct {
	// Work finished in that many Sprints: points, or ideas where the team counts
	// those.
	Work, Sprints int
	// Measured from closed sprints, not typed by the team.
	Measured bool
}

// Known tells whether there is something to divide by.
func (p Pace) Known() bool { return p.Work > 0 && p.Sprints > 0 }

// PerSprint is the velocity; 0 while it is unknown.
func (p Pace) PerSprint() float64 {
	if !p.Known() {
		return 0
	}
	return float64(p.Work) / float64(p.Sprints)
}

// PaceOf gives the pace of a team whose last closed sprints have finished that,
// the newest first: what three of them tell. Where none tells anything it is what
// the team has typed. A sprint in which ideas were done and none of them had a size
// tells nothing to a team that counts points; one in which nothing was done does.
func PaceOf(team Team, last []Finished) Pace {
	pace := Pace{Measured: true}
	for _, f := range last[:min(len(last), VelocityOf)] {
		switch {
		case team.VelocityIdeas:
			pace.Work += f.Ideas
		case f.Ideas > 0 && f.Sized == 0:
			continue
		default:
			pace.Work += f.Points
		}
		pace.Sprints++
	}
	if pace.Sprints == 0 {
		return Pace{Work: team.Velocity, Sprints: 1}
	}
	return pace
}

// Words say the velocity and where it comes from: "12.5 points a sprint, the mean
// of the last 2 sprints"; while it is unknown, why.
func (p Pace) Words(team Team) string {
	unit := "points"
	if team.VelocityIdeas {
		unit = "ideas"
	}
	tenths := (p.Work*10 + p.Sprints/2) / max(1, p.Sprints)
	switch {
	case !p.Known():
		return "unknown. " + withInitial(p.unknown(), unicode.ToUpper)
	case !p.Measured:
		return fmt.Sprintf("%d %s a sprint, as the team has typed it", p.Work, unit)
	case p.Sprints == 1:
		return fmt.Sprintf("%d %s in the last sprint", p.Work, unit)
	}
	return fmt.Sprintf("%s %s a sprint, the mean of the last %d sprints", ShowNumber(float64(tenths)/10, ""), unit, p.Sprints)
}

// unknown says why there is nothing to divide by, in a sentence.
func (p Pace) unknown() string {
	switch {
	case p.Measured && p.Sprints == 1:
		return "the last sprint has finished nothing."
	case p.Measured:
		return fmt.Sprintf("the last %d sprints have finished nothing.", p.Sprints)
	}
	return "close a sprint, or say in the team's settings how much it finishes in one."
}

// over tells whether work takes more than that many sprints, and atLeast whether
// it takes as many.
func (p Pace) over(work, sprints int) bool    { return work*p.Sprints > sprints*p.Work }
func (p Pace) atLeast(work, sprints int) bool { return work*p.Sprints >= sprints*p.Work }

// sprints words how long work takes, rounded up to a tenth, so that what is
// over a limit never reads as if it were at it.
func (p Pace) sprints(work int) string {
	tenths := (work*10*p.Sprints + p.Work - 1) / p.Work
	if tenths == 10 {
		return "1 sprint"
	}
	return ShowNumber(float64(tenths)/10, "") + " sprints"
}
