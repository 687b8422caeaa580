package storage

import (
	"context"
	"encoding/json"
	"fmt"

	"alignbot/pipeline"
)

// KindRoleQuestion is the kind of sheet of a question by role, and begins the kinds of
// its outbox entries.
const KindRoleQuestion = "role_question"

// roleQuestions: each answer is said under a key made from the user id and a secret, and
// says what the person is to the team. At the close the keys are forgotten.
var roleQuestions = shelf[pipeline.RoleQuestion]{
	kind:   KindRoleQuestion,
	secret: true,
	name:   roleQuestionName,
	named: func(q *pipeline.RoleQuestion, name SheetName, version int64) {
		q.Team, q.Number, q.Version = pipeline.TeamKey(name.Owner), name.Number, version
	},
	version: func(q pipeline.RoleQuestion) int64 { return q.Version },
}

func roleQuestionName(q pipeline.RoleQuestion) SheetName {
	return SheetName{Owner: string(q.Team), Number: q.Number}
}

// RoleQuestionName is how entries and buttons name it: "PAY:3".
func RoleQuestionName(q pipeline.RoleQuestion) string { return roleQuestionName(q).String() }

// RoleQuestionState is a question by role with how it was answered.
type RoleQuestionState struct {
	Question pipeline.RoleQuestion
	// Answers in no order; none once it is closed.
	Answers []pipeline.RoleAnswer
	// Mine is the answer of the user who was named; nil for none.
	Mine *pipeline.RoleAnswer
	// Message that shows it; zero until Slack has confirmed it.
	Message pipeline.Message

	times int64 // how often something was answered or changed
}

// RoleQuestionConflictError says that it was closed, or answered, since it was read.
// Nothing was written.
type RoleQuestionConflictError struct{ Current RoleQuestionState }

func (e *RoleQuestionConflictError) Error() string {
	return fmt.Sprintf("the question %s was answered or closed meanwhile", roleQuestionName(e.Current.Question))
}

// StartRoleQuestion stores what a team is asked and gives it the next number. Without the
// team the error is ErrNotFound.
func (s *Store) StartRoleQuestion(ctx context.Context, op string, q pipeline.RoleQuestion, after ...Outgoing) (pipeline.RoleQuestion, error) {
	return roleQuestions.write(ctx, s, sheetWrite[pipeline.RoleQuestion]{Op: op, Sheet: q, After: after})
}

// RoleQuestion reads one, the newest for number 0; user is "" for nobody. Without it the
// error is ErrNotFound.
func (s *Store) RoleQuestion(ctx context.Context, team pipeline.TeamKey, number int, user string) (RoleQuestionState, error) {
	page, err := roleQuestions.list(ctx, s, SheetWant{Owner: string(team), Number: number, Most: 1, Said: true})
	if err == nil && len(page.Sheets) == 0 {
		err = fmt.Errorf("storage: %s %s:%d: %w", KindRoleQuestion, team, number, ErrNotFound)
	}
	if err != nil {
		return RoleQuestionState{}, err
	}
	return roleQuestionState(page.Sheets[0], user)
}

// RoleAnswering is one person's answer.
type RoleAnswering struct {
	Op     string
	Team   pipeline.TeamKey
	Number int
	User   string
	Answer pipeline.RoleAnswer
	Acted  Acted
	// Check tells why it cannot be taken; nil where it can.
	Check func(RoleQuestionState) error
}

// AnswerRoleQuestion keeps an answer in the place of what the person answered before.
// Check's error is returned as it is; ErrOvertaken, beside what is kept, when they
// answered later; ErrClosed when it was closed meanwhile, ErrNotFound when nothing is
// asked. No command to Redis has both the user and the answer.
func (s *Store) AnswerRoleQuestion(ctx context.Context, a RoleAnswering, after ...Outgoing) (RoleQuestionState, error) {
	name := SheetName{Owner: string(a.Team), Number: a.Number}
	stored, err := roleQuestions.get(ctx, s, name)
	if err != nil {
		return RoleQuestionState{}, err
	}
	state, err := roleQuestionState(stored, a.User)
	if err != nil {
		return RoleQuestionState{}, err
	}
	if err := a.Check(state); err != nil {
		return state, err
	}
	text, err := json.Marshal(a.Answer)
	if err != nil {
		return RoleQuestionState{}, err
	}
	said, told, err := roleQuestions.say(ctx, s, Telling{
		Op: stored.Voter(a.Op), Name: name, Field: stored.Voter(a.User), Text: string(text), While: map[string]string{"closed": ""}, Acted: a.Acted, After: after,
	})
	if err != nil {
		return RoleQuestionState{}, err
	}
	if told == TellOver {
		return RoleQuestionState{}, ErrClosed
	}
	if state, err = roleQuestionState(said, a.User); err == nil && told == TellOvertaken {
		err = ErrOvertaken
	}
	return state, err
}

// CloseRoleQuestion stores what the rule made of the state that was seen, and forgets who
// answered what. Where somebody answered since, or closed it, the error is a
// *RoleQuestionConflictError.
func (s *Store) CloseRoleQuestion(ctx context.Context, op string, seen RoleQuestionState, after pipeline.RoleQuestion, entries ...Outgoing) (pipeline.RoleQuestion, error) {
	stored, err := roleQuestions.write(ctx, s, sheetWrite[pipeline.RoleQuestion]{Op: op, Sheet: after, Times: &seen.times, Forget: true, After: entries})
	if current, conflicts := conflictOf[pipeline.RoleQuestion](err); conflicts {
		state, broken := roleQuestionState(current, "")
		if broken != nil {
			return pipeline.RoleQuestion{}, broken
		}
		return pipeline.RoleQuestion{}, &RoleQuestionConflictError{Current: state}
	}
	return stored, err
}

func roleQuestionState(stored SheetState[pipeline.RoleQuestion], user string) (RoleQuestionState, error) {
	state := RoleQuestionState{Question: stored.Sheet, Message: stored.Messages[""], times: stored.Times}
	for field, text := range stored.Said {
		var answer pipeline.RoleAnswer
		if err := json.Unmarshal([]byte(text), &answer); err != nil {
			return RoleQuestionState{}, fmt.Errorf("storage: the answers to %s: %w", roleQuestionName(stored.Sheet), err)
		}
		state.Answers = append(state.Answers, answer)
		if user != "" && field == stored.Voter(user) {
			state.Mine = &answer
		}
	}
	return state, nil
}
