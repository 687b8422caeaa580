package pipeline

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// Round asks people one question or a few, each for themselves, until a
// deadline.
type Round struct {
	Team TeamKey
	// ID is the round's number within its team, from 1; given when it is stored.
	ID int
	// Questions, at least one.
	Questions []string
	// To are the user ids of all who are asked, sorted. Channel: they were the
	// people of the team's channel when it began.
	To      []string
	Channel bool
	// Anonymous: nobody learns who answered what.
	Anonymous bool
	Started   time.Time
	StartedBy string
	// Deadline is the moment from which no answer is taken any more.
	Deadline time.Time
	// ClosedAt is the zero time while the round runs. ClosedBy is the user id of
	// who closed it early, "" where the deadline did.
	ClosedAt time.Time
	ClosedBy string
	// Experiment is what was chosen to try after it; nil while nothing was.
	Experiment *RoundExperiment
	// Version counts changes, from 1; answers are not among them.
	Version int64
}

// RoundAnswer is what one person says to the questions of a round. A later answer
// takes the place of an earlier one.
type RoundAnswer struct {
	// By is a user id, "" in an anonymous round.
	By string
	// Words to each question, in their order; "" for one that was left out.
	Words []string
}

// RoundExperiment is what a team tries after a round.
type RoundExperiment struct {
	Words string // in a line
	Owner string // a user id
	Day   string // by which it has been tried, as in "2026-12-18"
	By    string // who chose it
	At    time.Time
}

// RoundForm is what somebody typed to start a round: nothing checked.
type RoundForm struct {
	// Ready are ids of ReadyQuestions, Own is one of their own; at least one of
	// both.
	Ready     []string
	Own       string
	Channel   bool   // the people of the channel are asked
	Days      string // workdays to answer; "" as the team has it for ballots
	Anonymous bool
}

// ExperimentForm is what somebody typed to choose an experiment.
type ExperimentForm struct{ Words, Owner, Day string }

// The inputs of the forms of a round, beside FieldQuestion for an own one,
// FieldDays and FieldOwner.
const (
	FieldReady         Field = "ready"
	FieldPeople        Field = "people"
	FieldAnonymous     Field = "anonymous"
	FieldExperiment    Field = "experiment"
	FieldExperimentDay Field = "experiment-day"
)

// AnswerField is the input for the answer to a round's question, from 0.
func AnswerField(question int) Field { return Field("answer-" + strconv.Itoa(question)) }

// The limits of a round.
const (
	RoundPeople      = 50   // who can be chosen one by one
	RoundQuestions   = 8    // that one round asks
	OwnQuestionLimit = 300  // runes
	RoundAnswerLimit = 1000 // runes
	ExperimentLimit  = 300  // runes
)

// StartRound makes a round of what somebody typed, or says which fields to
// correct. where names the team; people are those chosen, whoever can answer or
// not, see NewElectorate. Of a private team they are to be people of its channel.
// The round's number and version are given when it is stored.
func StartRound(policy Policy, p Person, where Where, typed RoundForm, people []Person, now time.Time) (Round, error) {
	r := Round{Team: where.team(), Channel: typed.Channel, Anonymous: typed.Anonymous, Started: now, StartedBy: p.ID}
	if err := mayIn(policy, p, AskRound, where, r.Team, "A round of questions"); err != nil {
		return Round{}, err
	}
	wrong := map[Field]string{}
	r.Questions = questionsOf(typed, wrong)
	r.To, _ = NewElectorate(people, policy.Guests)
	most := RoundPeople
	if r.Channel {
		most = ElectorateLimit
	}
	switch n := len(r.To); {
	case n == 0:
		wrong[FieldPeople] = "Choose at least one person who can answer. Bots, deactivated people and people of other organisations cannot."
	case n > most:
		wrong[FieldPeople] = fmt.Sprintf("At most %d people can be asked this way; these are %d.", most, n)
	case r.Anonymous && n < AnonymousLeast:
		wrong[FieldAnonymous] = fmt.Sprintf("An anonymous round shows nothing under %d answers, and these are %s. Ask more people, or ask with names.", AnonymousLeast, amount(n, "person", "people"))
	}
	days, mistake := daysToVote(typed.Days, *where.Team)
	if mistake != "" {
		wrong[FieldDays] = mistake
	}
	if err := fieldProblems("round-form", wrong); err != nil {
		return Round{}, err
	}
	r.Deadline = deadlineIn(*where.Team, where.Holidays, days, now)
	return r, nil
}

// questionsOf gives the words of what is asked: the ready ones first, in their
// order.
func questionsOf(typed RoundForm, wrong map[Field]string) []string {
	var questions []string
	for _, ready := range ReadyQuestions() {
		if slices.Contains(typed.Ready, ready.ID) {
			questions = append(questions, ready.Words)
		}
	}
	if len(questions) < len(typed.Ready) {
		wrong[FieldReady] = "Choose each question once, from the list."
	}
	if own := checkLine(typed.Own, FieldQuestion, OwnQuestionLimit, wrong); own != "" {
		questions = append(questions, own)
	}
	switch n := len(questions); {
	case n == 0 && wrong[FieldReady] == "":
		wrong[FieldQuestion] = "Choose a question, or write one of your own."
	case n > RoundQuestions:
		wrong[FieldReady] = fmt.Sprintf("At most %d questions at once; these are %d.", RoundQuestions, n)
	}
	return questions
}

// Running tells whether the round is not closed yet. Answers are taken until its
// deadline only, which may have passed.
func (r Round) Running() bool { return r.ClosedAt.IsZero() }

// Asks tells whether the user is among those who are asked.
func (r Round) Asks(user string) bool {
	_, found := slices.BinarySearch(r.To, user)
	return found
}

// CheckAnswer cleans what somebody typed to the questions of a round, or says why
// it cannot be taken. In an anonymous round the answer does not say whose it is.
func CheckAnswer(policy Policy, p Person, where Where, r Round, typed []string, now time.Time) (RoundAnswer, error) {
	if err := mayIn(policy, p, AnswerRound, where, r.Team, "A round of questions"); err != nil {
		return RoundAnswer{}, err
	}
	switch {
	case !r.Asks(p.ID):
		return RoundAnswer{}, &Problem{
			Code: "not-asked",
			What: fmt.Sprintf("You are not among the %s who are asked; they were chosen when the round began.", amount(len(r.To), "person", "people")),
			Safe: "Nothing was changed.",
			Next: "Reply in the thread instead, where everybody reads it.",
		}
	case !r.Running() || !now.Before(r.Deadline):
		return RoundAnswer{}, &Problem{
			Code: "round-over",
			What: "The time to answer is over.",
			Safe: "The answers given before that count.",
			Next: "Reply in the thread instead.",
		}
	}
	wrong := map[Field]string{}
	answer := RoundAnswer{Words: make([]string, len(r.Questions))}
	if !r.Anonymous {
		answer.By = p.ID
	}
	some := false
	for i := range r.Questions {
		if i >= len(typed) {
			break
		}
		words := CleanText(typed[i])
		if !HasVisible(words) {
			continue
		}
		if n := Length(words); n > RoundAnswerLimit {
			wrong[AnswerField(i)] = tooLong(RoundAnswerLimit, n)
		}
		answer.Words[i], some = words, true
	}
	if !some {
		wrong[AnswerField(0)] = "Answer at least one question."
	}
	if err := fieldProblems("round-answer-form", wrong); err != nil {
		return RoundAnswer{}, err
	}
	return answer, nil
}

// CloseRound closes a round before its deadline.
func CloseRound(policy Policy, p Person, where Where, r Round, now time.Time) (Round, error) {
	action := CloseAnyRound
	if p.ID == r.StartedBy {
		action = AskRound
	}
	if err := mayIn(policy, p, action, where, r.Team, "A round of questions"); err != nil {
		return r, err
	}
	if !r.Running() {
		return r, &Problem{
			Code: "round-closed",
			What: "This round is closed already.",
			Safe: "Its answers are in the thread.",
		}
	}
	r.ClosedAt, r.ClosedBy = now, p.ID
	return r, nil
}

// CloseAt closes a round whose deadline has come; false while there is nothing to
// do.
func (r Round) CloseAt(now time.Time) (Round, bool) {
	if !r.Running() || now.Before(r.Deadline) {
		return r, false
	}
	r.ClosedAt = r.Deadline // no answer came in after it, however late somebody looks
	return r, true
}

// RoundSummary is what of a round its readers may see.
type RoundSummary struct {
	// Answered of Asked have.
	Answered, Asked int
	// Hidden says why there are no answers to read, in a sentence; "" where there
	// are.
	Hidden string
	// Groups are the questions with their answers; one without any is among them.
	Groups []QuestionAnswers
}

// QuestionAnswers are the answers to one question.
type QuestionAnswers struct {
	Question string
	Answers  []SaidTo
}

// SaidTo is one person's answer to one question.
type SaidTo struct {
	Words string
	By    string // a user id; "" in an anonymous round
}

// Summary groups answers by question once the round is closed. Those of an
// anonymous one stand in an order that tells neither who nor when, another one
// for each question.
func (r Round) Summary(answers []RoundAnswer) RoundSummary {
	s := RoundSummary{Answered: len(answers), Asked: len(r.To)}
	switch {
	case r.Running():
		s.Hidden = "The answers are shown when the round closes."
	case r.Anonymous && len(answers) < AnonymousLeast:
		s.Hidden = fmt.Sprintf("An anonymous round shows nothing under %d answers.", AnonymousLeast)
	}
	if s.Hidden != "" {
		return s
	}
	for i, question := range r.Questions {
		group := QuestionAnswers{Question: question}
		for _, answer := range answers {
			if i >= len(answer.Words) || answer.Words[i] == "" {
				continue
			}
			said := SaidTo{Words: answer.Words[i], By: answer.By}
			if r.Anonymous {
				said.By = ""
			}
			group.Answers = append(group.Answers, said)
		}
		place := func(said SaidTo) []byte {
			sum := sha256.Sum256(fmt.Appendf(nil, "%s/%d/%d/%s", r.Team, r.ID, i, said.Words))
			return sum[:]
		}
		slices.SortFunc(group.Answers, func(a, b SaidTo) int {
			return cmp.Or(cmp.Compare(a.By, b.By), bytes.Compare(place(a), place(b)))
		})
		s.Groups = append(s.Groups, group)
	}
	return s
}

// ChooseExperiment puts down the one thing that is tried after a round, in place
// of what was chosen before.
func ChooseExperiment(policy Policy, p Person, where Where, r Round, form ExperimentForm, now time.Time) (Round, error) {
	if err := mayIn(policy, p, AskRound, where, r.Team, "A round of questions"); err != nil {
		return r, err
	}
	if r.Running() {
		return r, &Problem{
			Code: "round-runs",
			What: "This round still runs, and what to try is chosen from its answers.",
			Safe: "Nothing was changed.",
			Next: "Choose once it is closed.",
		}
	}
	e, err := form.check(*where.Team, p, now, "Say in a line what is tried.")
	if err != nil {
		return r, err
	}
	r.Experiment = &e
	return r, nil
}

// check cleans what is tried, or says which fields to correct; noWords is said where
// there are none.
func (form ExperimentForm) check(team Team, p Person, now time.Time, noWords string) (RoundExperiment, error) {
	wrong := map[Field]string{}
	e := RoundExperiment{Owner: CleanLine(form.Owner), Day: dayToCome(form.Day, FieldExperimentDay, team, now, wrong), By: p.ID, At: now}
	if e.Words = checkLine(form.Words, FieldExperiment, ExperimentLimit, wrong); e.Words == "" {
		wrong[FieldExperiment] = noWords
	}
	if !userPattern.MatchString(e.Owner) {
		wrong[FieldOwner] = "Choose the one person who looks after it."
	}
	return e, fieldProblems("experiment-form", wrong)
}
