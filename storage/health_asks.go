package storage

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"alignbot/pipeline"
)

// KindHealthAsk is the kind of sheet of questions that a team is asked about its
// backlog, and begins the kinds of its outbox entries.
const KindHealthAsk = "health_ask"

// healthAsks: each answer is said under a key made from the user id, the question and
// a secret: nothing joins it with a person, nor with their other answers.
var healthAsks = shelf[pipeline.HealthAsk]{
	kind:   KindHealthAsk,
	secret: true,
	name:   healthAskName,
	named: func(a *pipeline.HealthAsk, name SheetName, version int64) {
		a.Team, a.Number, a.Version = pipeline.TeamKey(name.Owner), name.Number, version
	},
	version: func(a pipeline.HealthAsk) int64 { return a.Version },
}

func healthAskName(a pipeline.HealthAsk) SheetName {
	return SheetName{Owner: string(a.Team), Number: a.Number}
}

// HealthAskState is what a team is asked, with how it was answered.
type HealthAskState struct {
	Ask pipeline.HealthAsk
	// Answers to each question, as their places, in no order; none once it is
	// closed.
	Answers map[string][]int
	// Mine are the answers of the user who was named.
	Mine map[string]int
	// Message that shows it; zero until Slack has confirmed it.
	Message pipeline.Message

	times int64 // how often something was answered or changed
}

// HealthAskConflictError says that it was closed, or answered, since it was read.
// Nothing was written.
type HealthAskConflictError struct{ Current HealthAskState }

func (e *HealthAskConflictError) Error() string {
	return fmt.Sprintf("the questions %s were answered or closed meanwhile", healthAskName(e.Current.Ask))
}

// HealthAskName is how entries and buttons name it: "PAY:3".
func HealthAskName(a pipeline.HealthAsk) string { return healthAskName(a).String() }

// StartHealthAsk stores what a team is asked and gives it the next number. Without the
// team the error is ErrNotFound.
func (s *Store) StartHealthAsk(ctx context.Context, op string, a pipeline.HealthAsk, after ...Outgoing) (pipeline.HealthAsk, error) {
	return healthAsks.write(ctx, s, sheetWrite[pipeline.HealthAsk]{Op: op, Sheet: a, After: after})
}

// HealthAsk reads what the team was asked under that number, or last for 0; user is ""
// for nobody. Without it the error is ErrNotFound.
func (s *Store) HealthAsk(ctx context.Context, team pipeline.TeamKey, number int, user string) (HealthAskState, error) {
	page, err := healthAsks.list(ctx, s, SheetWant{Owner: string(team), Number: number, Most: 1, Said: true})
	if err == nil && len(page.Sheets) == 0 {
		err = fmt.Errorf("storage: %s %s:%d: %w", KindHealthAsk, team, number, ErrNotFound)
	}
	if err != nil {
		return HealthAskState{}, err
	}
	return healthAskState(page.Sheets[0], user)
}

// HealthAsks gives up to n of what the team was asked, the newest first, without the
// answers of those that run.
func (s *Store) HealthAsks(ctx context.Context, team pipeline.TeamKey, n int) ([]pipeline.HealthAsk, error) {
	page, err := healthAsks.list(ctx, s, SheetWant{Owner: string(team), Most: n})
	return sheetsOf(page), err
}

// HealthAnswering is one person's answer to one question.
type HealthAnswering struct {
	Op       string
	Team     pipeline.TeamKey
	Number   int
	User     string
	Question string
	// Answer is its place among those to choose from.
	Answer int
	Acted  Acted
	// Check tells why it cannot be taken; nil where it can.
	Check func(HealthAskState) error
}

// AnswerHealth keeps an answer in the place of what the person answered before. Check's
// error is returned as it is; ErrOvertaken, beside what is kept, when they answered
// later; ErrClosed when it was closed meanwhile, ErrNotFound when nothing is asked. No command to Redis has both the user and the answer.
func (s *Store) AnswerHealth(ctx context.Context, a HealthAnswering, after ...Outgoing) (HealthAskState, error) {
	name := SheetName{Owner: string(a.Team), Number: a.Number}
	stored, err := healthAsks.get(ctx, s, name)
	if err != nil {
		return HealthAskState{}, err
	}
	state, err := healthAskState(stored, a.User)
	if err != nil {
		return HealthAskState{}, err
	}
	if err := a.Check(state); err != nil {
		return state, err
	}
	said, told, err := healthAsks.say(ctx, s, Telling{
		Op: stored.Voter(a.Op), Name: name, Field: answerField(stored, a.User, a.Question), Text: strconv.Itoa(a.Answer),
		While: map[string]string{"closed": ""}, Acted: a.Acted, After: after,
	})
	if err != nil {
		return HealthAskState{}, err
	}
	if told == TellOver {
		return HealthAskState{}, ErrClosed
	}
	if state, err = healthAskState(said, a.User); err == nil && told == TellOvertaken {
		err = ErrOvertaken
	}
	return state, err
}

// answerField is where the user's answer to a question is kept: "QUESTION KEY".
func answerField(stored SheetState[pipeline.HealthAsk], user, question string) string {
	return question + " " + stored.Voter(user+" "+question)
}

// CloseHealthAsk stores what the rule made of the state that was seen, and forgets who
// answered what. Where somebody answered since, or closed it, the error is a
// *HealthAskConflictError.
func (s *Store) CloseHealthAsk(ctx context.Context, op string, seen HealthAskState, after pipeline.HealthAsk, entries ...Outgoing) (pipeline.HealthAsk, error) {
	stored, err := healthAsks.write(ctx, s, sheetWrite[pipeline.HealthAsk]{Op: op, Sheet: after, Times: &seen.times, Forget: true, After: entries})
	if current, conflicts := conflictOf[pipeline.HealthAsk](err); conflicts {
		state, broken := healthAskState(current, "")
		if broken != nil {
			return pipeline.HealthAsk{}, broken
		}
		return pipeline.HealthAsk{}, &HealthAskConflictError{Current: state}
	}
	return stored, err
}

func healthAskState(stored SheetState[pipeline.HealthAsk], user string) (HealthAskState, error) {
	state := HealthAskState{Ask: stored.Sheet, Answers: map[string][]int{}, Mine: map[string]int{}, Message: stored.Messages[""], times: stored.Times}
	for _, question := range stored.Sheet.Questions {
		mine := answerField(stored, user, question)
		prefix := question + " "
		for field, text := range stored.Said {
			if !strings.HasPrefix(field, prefix) {
				continue
			}
			place, err := strconv.Atoi(text)
			if err != nil {
				return HealthAskState{}, fmt.Errorf("storage: the answers to %s: %w", healthAskName(stored.Sheet), err)
			}
			state.Answers[question] = append(state.Answers[question], place)
			if user != "" && field == mine {
				state.Mine[question] = place
			}
		}
	}
	return state, nil
}
