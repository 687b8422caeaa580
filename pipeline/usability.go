package pipeline

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Task is one thing that participants of a usability test are asked to do.
type Task struct {
	What string
	// Done says what counts as done. May be empty.
	Done string
	// Expected is the time in which it should be done, in whole seconds; 0 where
	// the time does not matter.
	Expected time.Duration
}

// The limits of a usability test.
const (
	ParticipantsMax = 12
	TasksMin        = 3
	TasksMax        = 8
	TaskLimit       = 200           // runes of what to do, and of what counts as done
	TaskTimeMax     = 4 * time.Hour // expected or taken
	SeverityMax     = 4
)

// The results of a participant at a task, as they are stored.
const (
	Unaided  = "unaided"
	WithHelp = "help"
	NotDone  = "failed"
)

// ParseTasks reads three to eight tasks, one a line: "what to do; what counts as
// done; 2 min". The last two may be left out, and so may one of them: a time is
// known by its unit. Empty lines and numbering are skipped. The error is a
// *Problem that names each line.
func ParseTasks(text string) ([]Task, error) {
	if n := Length(text); n > 4*TextLimit { // space and numbering aside, too much anyway
		return nil, &Problem{Code: "tasks", What: fmt.Sprintf("All tasks together have at most %d characters; these have %d.", TextLimit, n)}
	}
	var tasks []Task
	var wrong []string
	lineOf := map[string]int{}
	number := 0
	for line := range strings.Lines(lineBreaks.Replace(text)) {
		number++
		line = withoutMark(CleanLine(line))
		if !HasVisible(line) {
			continue
		}
		if len(tasks) == TasksMax {
			wrong = append(wrong, fmt.Sprintf("Line %d is one task too many: %d at most, so that a session stays short.", number, TasksMax))
			break
		}
		task, mistake := parseTask(line)
		if earlier, twice := lineOf[strings.ToLower(task.What)]; mistake == "" && twice {
			mistake = fmt.Sprintf("asks the same as line %d.", earlier)
		}
		if mistake != "" {
			wrong = append(wrong, fmt.Sprintf("Line %d %s", number, mistake))
		}
		lineOf[strings.ToLower(task.What)] = number
		tasks = append(tasks, task)
	}
	if n := Length(FormatTasks(tasks)); n > TextLimit {
		wrong = append(wrong, fmt.Sprintf("All tasks together have at most %d characters; these have %d.", TextLimit, n))
	}
	if len(wrong) == 0 && len(tasks) < TasksMin {
		wrong = append(wrong, fmt.Sprintf("Write %d to %d tasks, one a line; there %s.", TasksMin, TasksMax, isAre(len(tasks))))
	}
	if len(wrong) > 0 {
		return nil, &Problem{Code: "tasks", What: strings.Join(wrong[:min(len(wrong), 3)], " ")}
	}
	return tasks, nil
}

// FormatTasks writes tasks in the one form in which they are stored, which
// ParseTasks reads back to the same.
func FormatTasks(tasks []Task) string {
	lines := make([]string, len(tasks))
	for i, task := range tasks {
		parts := []string{task.What}
		if task.Done != "" {
			parts = append(parts, task.Done)
		}
		if task.Expected != 0 {
			parts = append(parts, formatTaskTime(task.Expected))
		}
		lines[i] = strings.Join(parts, "; ")
	}
	return strings.Join(lines, "\n")
}

var (
	lineBreaks = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n", "\v", "\n", "\f", "\n")
	listMark   = regexp.MustCompile(`^(?:[-*•–—]|[0-9]{1,2}[.)])(?:\s+|$)`)
	taskTime   = regexp.MustCompile(`(?i)^(?:([0-9]+(?:[.,][0-9]+)?) ?(?:hours?|hrs?|h))? ?(?:([0-9]+(?:[.,][0-9]+)?) ?(?:minutes?|mins?|m))? ?(?:([0-9]+(?:[.,][0-9]+)?) ?(?:seconds?|secs?|s))?\.?$`)
	bareNumber = regexp.MustCompile(`^[0-9]+(?:[.,:][0-9]+)?$`)
)

// parseTask reads one line; the mistake completes "Line 3 …".
func parseTask(line string) (task Task, mistake string) {
	parts := strings.Split(line, ";")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	for len(parts) > 1 && parts[len(parts)-1] == "" {
		parts = parts[:len(parts)-1]
	}
	task.What = withoutMark(parts[0])
	if last := parts[len(parts)-1]; len(parts) > 1 {
		expected, isTime := parseTaskTime(last)
		switch {
		case isTime && (expected < time.Second || expected > TaskTimeMax):
			return task, fmt.Sprintf("gives “%s”; a task takes from 1 second to %d hours.", Cut(last, 40), int(TaskTimeMax.Hours()))
		case isTime:
			task.Expected = expected
			parts = parts[:len(parts)-1]
		case bareNumber.MatchString(last):
			return task, fmt.Sprintf("gives the time “%s” without a unit. Write 2 min or 90 s.", Cut(last, 40))
		case len(parts) == 3:
			return task, fmt.Sprintf("ends with “%s”, which is not a time. Write 2 min or 90 s.", Cut(last, 40))
		}
	}
	if len(parts) > 2 {
		return task, "has more than three parts. Use semicolons only between what to do, what counts as done, and the time."
	}
	if len(parts) == 2 {
		task.Done = parts[1]
	}
	switch {
	case !HasVisible(task.What):
		return task, "does not say what to do."
	case Length(task.What) > TaskLimit:
		return task, fmt.Sprintf("has %d characters of what to do; at most %d.", Length(task.What), TaskLimit)
	case Length(task.Done) > TaskLimit:
		return task, fmt.Sprintf("has %d characters of what counts as done; at most %d.", Length(task.Done), TaskLimit)
	}
	return task, ""
}

// withoutMark takes bullets and numbering off the front of a line.
func withoutMark(line string) string {
	for {
		mark := listMark.FindString(line)
		if mark == "" {
			return line
		}
		line = line[len(mark):]
	}
}

func parseTaskTime(s string) (time.Duration, bool) {
	parts := taskTime.FindStringSubmatch(s)
	if parts == nil || parts[1]+parts[2]+parts[3] == "" {
		return 0, false
	}
	seconds := 0.0
	for i, unit := range []float64{3600, 60, 1} {
		if parts[i+1] != "" {
			n, err := strconv.ParseFloat(strings.Replace(parts[i+1], ",", ".", 1), 64)
			if err != nil {
				return TaskTimeMax + time.Second, true // too many digits: a time, and too long
			}
			seconds += n * unit
		}
	}
	if seconds > TaskTimeMax.Seconds() {
		return TaskTimeMax + time.Second, true
	}
	return time.Duration(seconds * float64(time.Second)).Round(time.Second), true
}

func formatTaskTime(d time.Duration) string {
	if d%time.Minute == 0 {
		return fmt.Sprintf("%d min", d/time.Minute)
	}
	return fmt.Sprintf("%d s", d/time.Second)
}

// ResultKey names the result of a participant at a task, both from 1.
func ResultKey(item ItemID, participant, task int) AnswerKey {
	return AnswerKey(fmt.Sprintf("%s/%d/%d", item, participant, task))
}

// Split takes a key apart. Participant and task are 0 for the answer to an item
// itself; ok is false for what is no key.
func (k AnswerKey) Split() (item ItemID, participant, task int, ok bool) {
	id, rest, isResult := strings.Cut(string(k), "/")
	if !isResult {
		return ItemID(id), 0, 0, id != ""
	}
	p, t, _ := strings.Cut(rest, "/")
	participant, err1 := strconv.Atoi(p)
	task, err2 := strconv.Atoi(t)
	if err1 != nil || err2 != nil || participant < 1 || task < 1 || k != ResultKey(ItemID(id), participant, task) {
		return "", 0, 0, false
	}
	return ItemID(id), participant, task, true
}

// Tasks of the run's usability test; none while nobody wrote them.
func (r Run) Tasks() []Task {
	item, ok := r.itemOfKind(KindTasks)
	if !ok {
		return nil
	}
	tasks, err := ParseTasks(r.Answers[AnswerKey(item.ID)].Value)
	if err != nil {
		return nil
	}
	return tasks
}

// Participants lists the numbers of those with at least one result, in order.
func (r Run) Participants() []int {
	item, ok := r.itemOfKind(KindParticipants)
	if !ok {
		return nil
	}
	var numbers []int
	for key, answer := range r.Answers {
		if id, participant, _, ok := key.Split(); ok && id == item.ID && participant > 0 && answer.Value != "" {
			numbers = append(numbers, participant)
		}
	}
	slices.Sort(numbers)
	return slices.Compact(numbers)
}

// TaskResult is how participants fared at one task.
type TaskResult struct {
	Task Task
	// Succeeded of Of participants did it unaided and in time. Where nobody noted
	// a time it counts as in time.
	Succeeded, Of int
	// Untimed of those who succeeded have no time although the task expects one.
	Untimed int
}

// TaskResults counts the results, one for each task, in their order.
func (r Run) TaskResults() []TaskResult {
	tasks := r.Tasks()
	item, ok := r.itemOfKind(KindParticipants)
	if !ok {
		return nil
	}
	results := make([]TaskResult, len(tasks))
	for i, task := range tasks {
		results[i].Task = task
		for participant := 1; participant <= ParticipantsMax; participant++ {
			answer := r.Answers[ResultKey(item.ID, participant, i+1)]
			if answer.Value == "" {
				continue
			}
			results[i].Of++
			if answer.Value != Unaided {
				continue
			}
			switch {
			case task.Expected > 0 && answer.Seconds == nil:
				results[i].Untimed++
				results[i].Succeeded++
			case task.Expected == 0 || time.Duration(*answer.Seconds)*time.Second <= task.Expected:
				results[i].Succeeded++
			}
		}
	}
	return results
}

func (r Run) itemOfKind(kind ItemKind) (Item, bool) {
	for _, item := range r.Items() {
		if item.Kind == kind {
			return item, true
		}
	}
	return Item{}, false
}
