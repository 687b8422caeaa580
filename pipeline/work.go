package pipeline

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Work is what kind of work an idea is.
type Work string

// The kinds of work.
const (
	Feature   Work = "feature"
	Technical Work = "tech"
	Bug       Work = "bug"
	Research  Work = "discovery"
)

// Works lists them.
func Works() []Work { return []Work{Feature, Technical, Bug, Research} }

// The limits of an idea's size and acceptance criteria.
const (
	SizeMax        = 999
	CriteriaLimit  = 20  // lines
	CriterionLimit = 140 // runes; all lines fit one input of 3,000
)

// The inputs of the size form.
const (
	FieldWork     Field = "work"
	FieldSize     Field = "size"
	FieldCriteria Field = "criteria"
)

// SizeIdea sets what kind of work an idea is, its points and its acceptance
// criteria, one a line, as somebody typed them. What is left empty is taken
// away. It returns the idea unchanged when nothing differs.
func SizeIdea(idea Idea, work Work, points, criteria string, now time.Time) (Idea, error) {
	if !idea.Withdrawn.IsZero() {
		return idea, whileWithdrawn(idea, "sized")
	}
	wrong := map[Field]string{}
	if work != "" && !slices.Contains(Works(), work) {
		wrong[FieldWork] = "Choose what kind of work it is."
	}
	size, ok := parsePoints(points)
	if !ok {
		wrong[FieldSize] = fmt.Sprintf("A whole number of points from 1 to %d, or nothing while nobody knows.", SizeMax)
	}
	lines := parseCriteria(criteria)
	if len(lines) > CriteriaLimit {
		wrong[FieldCriteria] = fmt.Sprintf("At most %d criteria; these are %d. An idea with so many may be several.", CriteriaLimit, len(lines))
	}
	for i, line := range lines {
		if n := Length(line); n > CriterionLimit {
			wrong[FieldCriteria] = fmt.Sprintf("At most %d characters each; number %d has %d.", CriterionLimit, i+1, n)
			break
		}
	}
	if err := fieldProblems("size-form", wrong); err != nil {
		return idea, err
	}
	if work == idea.Work && size == idea.Size && slices.Equal(lines, idea.Criteria) {
		return idea, nil
	}
	idea.Work, idea.Size, idea.Criteria = work, size, lines
	idea.Changed = now
	return idea, nil
}

var pointsPattern = regexp.MustCompile(`(?i)^0*([1-9][0-9]{0,8}) ?(?:p|pts?\.?|points?)?$`)

// parsePoints reads "8" and "8 points"; nothing is 0.
func parsePoints(typed string) (int, bool) {
	typed = CleanLine(typed)
	if !HasVisible(typed) {
		return 0, true
	}
	parts := pointsPattern.FindStringSubmatch(typed)
	if parts == nil {
		return 0, false
	}
	n, err := strconv.Atoi(parts[1])
	return n, err == nil && n <= SizeMax
}

// listMarks stand before each line of a list that was pasted.
var listMarks = regexp.MustCompile(`^(?:[-*•](?: |$))+`)

// parseCriteria gives one criterion a line, without the marks of a list and
// without empty lines.
func parseCriteria(typed string) []string {
	var criteria []string
	for line := range strings.Lines(CleanText(typed)) {
		if line = listMarks.ReplaceAllString(CleanLine(line), ""); HasVisible(line) {
			criteria = append(criteria, line)
		}
	}
	return criteria
}
