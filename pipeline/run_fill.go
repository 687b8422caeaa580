package pipeline

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The names behind an AnswerKey of the inputs that belong to the same answer,
// as they are marked in a Problem's Fields.
const (
	WhySuffix      = ".why"
	SecondsSuffix  = ".seconds"
	SeveritySuffix = ".severity"
)

// Digest tells answers apart by what they say, not by whom or when: 12
// characters, equal for equal ones, "" for no answer. A form carries it to know
// later what it showed.
func (a Answer) Digest() string {
	if a.Value == "" && a.Why == "" && a.Seconds == nil && a.Severity == nil {
		return ""
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q %s %s", a.Value, a.Why, digits(a.Seconds), digits(a.Severity)))
	return base64.RawURLEncoding.EncodeToString(sum[:9])
}

func digits(n *int) string {
	if n == nil {
		return "-"
	}
	return strconv.Itoa(*n)
}

// Fill puts what somebody typed into a run: all of it, or nothing when an input
// needs correcting, see the error's Fields.
//
// Several people can fill one run at once. What somebody left as the form showed
// it is not theirs, and whatever is stored stays. What they changed is taken when
// nobody else changed it since; otherwise it comes back as a Clash, the stored
// answer stays, and the rest is taken.
func Fill(r Run, typed []Typed, by string, now time.Time) (Run, []Clash, error) {
	wrong := map[Field]string{}
	refused := map[string][]string{} // questions by the code of the refusal
	var clashes []Clash
	answers := maps.Clone(r.Answers)
	for _, t := range typed {
		if t.Answer.Digest() == t.Seen {
			continue
		}
		item, ok := r.itemOf(t.Key)
		if !ok {
			return r, nil, &Problem{
				Code: "answer-unknown",
				What: "Something in this form is no longer asked.",
				Safe: "Nothing was changed.",
				Next: "Open the checklist again and go on from there.",
			}
		}
		answer, mistakes := r.check(item, t.Key, t.Answer, now)
		if maps.Copy(wrong, mistakes); len(mistakes) > 0 {
			continue
		}
		stored := r.Answers[t.Key]
		if is := answer.Digest(); is == t.Seen || is == stored.Digest() {
			continue
		}
		if code := r.closed(item); code != "" {
			refused[code] = append(refused[code], r.questionOf(t.Key))
			continue
		}
		answer.By, answer.At = by, now
		if stored.Digest() != t.Seen {
			clashes = append(clashes, Clash{Key: t.Key, Question: r.questionOf(t.Key), Mine: answer, Theirs: stored})
			continue
		}
		answers = put(answers, t.Key, answer)
	}
	for _, code := range slices.Sorted(maps.Keys(refused)) {
		return r, nil, closedProblem(code, refused[code])
	}
	if err := fieldProblems("run-form", wrong); err != nil {
		return r, nil, err
	}
	r.Answers = answers
	return r, clashes, nil
}

func put(answers map[AnswerKey]Answer, key AnswerKey, answer Answer) map[AnswerKey]Answer {
	if answer.Value == "" {
		delete(answers, key)
		return answers
	}
	if answers == nil {
		answers = map[AnswerKey]Answer{}
	}
	answers[key] = answer
	return answers
}

// itemOf finds the item whose answer the key names. One of another form of the
// template counts too: the run may have been upgraded since the form was opened.
func (r Run) itemOf(key AnswerKey) (Item, bool) {
	id, participant, _, ok := key.Split()
	if !ok {
		return Item{}, false
	}
	if participant > 0 {
		item, ok := r.itemOfKind(KindParticipants)
		return item, ok && item.ID == id
	}
	item, ok := r.item(id)
	return item, ok && item.Answerable() && item.Kind != KindParticipants
}

// questionOf words what a key asks, the participant and task included.
func (r Run) questionOf(key AnswerKey) string {
	id, participant, number, _ := key.Split()
	item, _ := r.item(id)
	if participant == 0 {
		return r.Template.Asked(item, r.Form)
	}
	question := fmt.Sprintf("Participant %d, task %d", participant, number)
	if tasks := r.Tasks(); number <= len(tasks) {
		question += ": " + tasks[number-1].What
	}
	return question
}

// closed gives the code of why an answer to the item can no longer be changed in
// a form; "" while it can.
func (r Run) closed(item Item) string {
	switch {
	case r.Lesson != nil:
		return "concluded"
	case r.testStarted() && item.Kind != KindParticipants:
		return "frozen"
	case item.Kind == KindTasks && len(r.Participants()) > 0:
		return "tasks-have-results"
	}
	return ""
}

func closedProblem(code string, questions []string) error {
	p := &Problem{Code: code, Safe: "Nothing was changed."}
	which := listed(inQuotes(questions), 3)
	switch code {
	case "concluded":
		p.What = "This card is concluded, so its answers stay as they are."
		p.Next = "Begin another one: it can look at the same tests."
	case "frozen":
		p.What = fmt.Sprintf("This test has started, so what it promised is frozen: %s.", which)
		p.Next = "Amend it instead, with a line of why; both values stay on record."
	case "tasks-have-results":
		p.What = "Participants have results at these tasks, so the tasks stay as they are."
		p.Next = "Begin another usability test with the new tasks."
	}
	return p
}

var userPattern = regexp.MustCompile(`^[UW][A-Z0-9]{1,30}$`)

// check brings an answer into its one stored form, or says which of its inputs
// to correct. An answer without a value comes back empty.
func (r Run) check(item Item, key AnswerKey, typed Answer, now time.Time) (Answer, map[Field]string) {
	wrong := map[Field]string{}
	answer := Answer{}
	if value, mistake := checkValue(item, typed.Value); mistake != "" {
		wrong[Field(key)] = mistake
	} else {
		answer.Value = value
	}
	if item.Kind == KindYesNo && item.Why || item.Kind == KindParticipants {
		answer.Why = CleanLine(typed.Why)
		if !HasVisible(answer.Why) {
			answer.Why = ""
		}
		if n := Length(answer.Why); n > AnswerWhyLimit {
			wrong[Field(key)+WhySuffix] = tooLong(AnswerWhyLimit, n)
		}
	}
	if item.Kind == KindParticipants {
		r.checkResult(key, typed, &answer, wrong)
	}
	if item.ID == ItemDeadline && item.Kind == KindDate && r.Template.Use == UseTest && pastEverywhere(answer.Value, now) {
		wrong[Field(key)] = "That day is over. Choose a day that is still to come."
	}
	if _, told := wrong[Field(key)]; answer.Digest() != "" && answer.Value == "" && !told {
		wrong[Field(key)] = "Choose an answer; what stands beside it is kept only with one."
	}
	if len(wrong) > 0 {
		return Answer{}, wrong
	}
	return answer, nil
}

// checkResult checks what is only there for a result of a participant.
func (r Run) checkResult(key AnswerKey, typed Answer, answer *Answer, wrong map[Field]string) {
	_, participant, task, _ := key.Split()
	tasks := r.Tasks()
	switch {
	case len(tasks) == 0:
		wrong[Field(key)] = "Write the tasks first; results belong to one of them."
	case task > len(tasks):
		wrong[Field(key)] = fmt.Sprintf("There is no task %d; the test has %d.", task, len(tasks))
	case participant > ParticipantsMax:
		wrong[Field(key)] = fmt.Sprintf("A test has at most %d participants.", ParticipantsMax)
	}
	if s := typed.Seconds; s != nil {
		if limit := int(TaskTimeMax.Seconds()); *s < 1 || *s > limit {
			wrong[Field(key)+SecondsSuffix] = fmt.Sprintf("Write the time in seconds, from 1 to %d.", limit)
		}
		answer.Seconds = new(*s)
	}
	if s := typed.Severity; s != nil {
		if *s < 0 || *s > SeverityMax {
			wrong[Field(key)+SeveritySuffix] = fmt.Sprintf("Severity goes from 0, no trouble, to %d.", SeverityMax)
		}
		answer.Severity = new(*s)
	}
}

// checkValue brings a value into its one stored form by the kind of its item, or
// says in a sentence what is wrong with it. Nothing typed gives "".
func checkValue(item Item, typed string) (value, mistake string) {
	value = CleanText(typed)
	if !HasVisible(value) {
		return "", ""
	}
	switch item.Kind {
	case KindText:
		if n := Length(value); n > TextLimit {
			return "", tooLong(TextLimit, n)
		}
		return value, ""
	case KindYesNo:
		return oneOf(value, []string{Yes, No, Unsure})
	case KindChoice:
		return oneOf(value, item.Choices)
	case KindParticipants:
		return oneOf(value, []string{Unaided, WithHelp, NotDone})
	case KindNumber:
		number, unit, err := ParseNumber(value, item.Unit)
		if err != nil {
			return "", err.Error()
		}
		return FormatNumber(number, unit), ""
	case KindDate:
		if _, err := time.Parse(time.DateOnly, value); err != nil {
			return "", "Choose a day, or write it like 2026-11-30."
		}
		return value, ""
	case KindPerson:
		if !userPattern.MatchString(value) {
			return "", "Choose somebody of this workspace."
		}
		return value, ""
	case KindTasks:
		tasks, err := ParseTasks(typed)
		if err != nil {
			return "", err.Error()
		}
		return FormatTasks(tasks), ""
	}
	return "", "This is answered by the idea itself."
}

// The answers to a yes-or-no item, as they are stored.
const (
	Yes    = "yes"
	No     = "no"
	Unsure = "unsure"
)

func oneOf(typed string, choices []string) (value, mistake string) {
	for _, choice := range choices {
		if strings.EqualFold(CleanLine(typed), choice) {
			return choice, ""
		}
	}
	return "", "Choose " + either(inQuotes(choices)) + "."
}

// pastEverywhere tells whether a day is over in every time zone: the last to end
// it is twelve hours behind UTC.
func pastEverywhere(day string, now time.Time) bool {
	date, err := time.Parse(time.DateOnly, day)
	return err == nil && !now.Before(date.Add(36*time.Hour))
}
