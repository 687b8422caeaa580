package storage

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"alignbot/pipeline"
)

// KindChallenge is the kind of sheet of what is asked about an idea, and begins the
// kinds of its outbox entries.
const KindChallenge = "challenge"

// challengesOpen lists the challenges of a team that wait for an answer, by their
// deadline.
const challengesOpen = "open"

// challenges: the number of a challenge is that of its idea. What people ask is said
// to it under a key made from their user id and a secret, which is another one for
// each question and is forgotten with its answer.
var challenges = shelf[pipeline.Challenge]{
	kind:   KindChallenge,
	secret: true,
	name:   challengeName,
	named: func(c *pipeline.Challenge, name SheetName, version int64) {
		c.Team, c.Idea, c.Version = pipeline.TeamKey(name.Owner), name.Number, version
	},
	version: func(c pipeline.Challenge) int64 { return c.Version },
	places: func(c pipeline.Challenge) []Place {
		if !c.Open {
			return nil
		}
		return []Place{{Owner: string(c.Team), List: challengesOpen, Score: c.Deadline.UnixMilli()}}
	},
}

func challengeName(c pipeline.Challenge) SheetName {
	return SheetName{Owner: string(c.Team), Number: c.Idea}
}

// ChallengeState is what was asked about an idea. Where nothing ever was, its Version
// is 0.
type ChallengeState struct {
	Challenge pipeline.Challenge
	// Asks of the open question, see pipeline.OrderAsks.
	Asks []pipeline.ChallengeAsk
	// Mine is that of the user who was named; nil for none.
	Mine *pipeline.ChallengeAsk

	times int64 // how often something was said
}

// Stands tells whether the question is open for the idea as it is now.
func (s ChallengeState) Stands(idea pipeline.Idea) bool {
	return s.Challenge.Stands(idea, len(s.Asks))
}

// ChallengeConflictError says that what was asked about an idea changed since it was
// read. Nothing was written.
type ChallengeConflictError struct {
	// Current is what it is now.
	Current ChallengeState
}

func (e *ChallengeConflictError) Error() string {
	return fmt.Sprintf("what is asked about %s was changed meanwhile", e.Current.Challenge.Key())
}

// OpenChallenge stores a question that opens, with the line for the idea's history.
// Where anything changed since it was seen, the error is a *ChallengeConflictError. It
// is not stored twice: the second time the question is open. So it takes no operation,
// which would tell whose act it was.
func (s *Store) OpenChallenge(ctx context.Context, seen ChallengeState, after pipeline.Challenge, event pipeline.Event, entries ...Outgoing) (pipeline.Challenge, error) {
	return s.writeChallenge(ctx, sheetWrite[pipeline.Challenge]{
		Op: "challenge:" + rand.Text(), Sheet: after, Times: &seen.times, Forget: seen.Challenge.Open, NewSecret: true,
		Events: []SheetEvent{{Key: after.Key().String(), Event: event}}, After: entries,
	})
}

// EndChallenge stores that a question is answered, or ended without an answer. Where
// anything of it changed since it was seen, what people ask among it, the error is a
// *ChallengeConflictError. All that says who asked it is forgotten. by is whose draft
// is dropped.
func (s *Store) EndChallenge(ctx context.Context, op string, seen ChallengeState, after pipeline.Challenge, by string, draft Slot, events []pipeline.Event, entries ...Outgoing) (pipeline.Challenge, error) {
	w := sheetWrite[pipeline.Challenge]{Op: op, Sheet: after, Times: &seen.times, Forget: true, By: by, Draft: draft, After: entries}
	for _, event := range events {
		w.Events = append(w.Events, SheetEvent{Key: after.Key().String(), Event: event})
	}
	return s.writeChallenge(ctx, w)
}

// RemindChallenge stores that the product owners are reminded of a question, from the
// version that was seen, else the error is a *ChallengeConflictError.
func (s *Store) RemindChallenge(ctx context.Context, op string, after pipeline.Challenge, entries ...Outgoing) (pipeline.Challenge, error) {
	return s.writeChallenge(ctx, sheetWrite[pipeline.Challenge]{Op: op, Sheet: after, After: entries})
}

func (s *Store) writeChallenge(ctx context.Context, w sheetWrite[pipeline.Challenge]) (pipeline.Challenge, error) {
	stored, err := challenges.write(ctx, s, w)
	if current, conflicts := conflictOf[pipeline.Challenge](err); conflicts {
		if current.Sheet.Team == "" { // it is not stored
			current.Sheet.Team, current.Sheet.Idea = w.Sheet.Team, w.Sheet.Idea
		}
		state, broken := challengeState(current, "")
		if broken != nil {
			return pipeline.Challenge{}, broken
		}
		return pipeline.Challenge{}, &ChallengeConflictError{Current: state}
	}
	return stored, err
}

// Challenging is what one person asks in the open question about an idea; a nil Ask
// takes it back.
type Challenging struct {
	Op   string
	Idea pipeline.Key
	// Times names the question: it must still be open.
	Times int
	User  string
	Ask   *pipeline.ChallengeAsk
	Acted Acted
}

// AskChallenge keeps what somebody asks, in the place of what they asked before.
// ErrOvertaken, beside what is kept, when they asked or took it back later; ErrClosed
// when the question ended meanwhile, ErrNotFound when there never was one.
// No command to Redis has both the user and what they ask, unless their name is to
// stand beside it.
func (s *Store) AskChallenge(ctx context.Context, c Challenging, entries ...Outgoing) (ChallengeState, error) {
	name := SheetName{Owner: string(c.Idea.Team), Number: c.Idea.Number}
	known, err := challenges.get(ctx, s, name)
	if err != nil {
		return ChallengeState{}, err
	}
	if !known.Sheet.Open || known.Sheet.Times != c.Times {
		return ChallengeState{}, ErrClosed
	}
	telling := Telling{
		Op: known.Voter(c.Op), Name: name, Field: known.Voter(c.User), Acted: c.Acted, After: entries,
		While: map[string]string{"open": "true", "times": fmt.Sprint(c.Times)},
	}
	if c.Ask != nil {
		text, err := json.Marshal(c.Ask)
		if err != nil {
			return ChallengeState{}, err
		}
		telling.Text = string(text)
	}
	state, told, err := challenges.say(ctx, s, telling)
	if err != nil {
		return ChallengeState{}, err
	}
	if told == TellOver {
		return ChallengeState{}, ErrClosed
	}
	asked, err := challengeState(state, c.User)
	if err == nil && told == TellOvertaken {
		err = ErrOvertaken
	}
	return asked, err
}

// Challenge reads what is asked about an idea and what was; user is "" for nobody.
func (s *Store) Challenge(ctx context.Context, key pipeline.Key, user string) (ChallengeState, error) {
	state, err := challenges.get(ctx, s, SheetName{Owner: string(key.Team), Number: key.Number})
	if errors.Is(err, ErrNotFound) {
		return ChallengeState{Challenge: pipeline.Challenge{Team: key.Team, Idea: key.Number}}, nil
	}
	if err != nil {
		return ChallengeState{}, err
	}
	return challengeState(state, user)
}

// OpenChallenges gives up to n questions of the team that wait for an answer, the
// first deadline first. The idea of one may have left the Product Backlog, and all
// may have taken it back: see ChallengeState.Stands.
func (s *Store) OpenChallenges(ctx context.Context, team pipeline.TeamKey, n int) ([]ChallengeState, error) {
	found, err := challenges.list(ctx, s, SheetWant{Owner: string(team), List: challengesOpen, Most: n, Until: farAhead, Said: true})
	if err != nil {
		return nil, err
	}
	var open []ChallengeState
	for _, sheet := range found.Sheets {
		state, err := challengeState(sheet, "")
		if err != nil {
			return nil, err
		}
		open = append(open, state)
	}
	return open, nil
}

// farAhead is later than all deadlines, in Unix ms.
var farAhead = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli()

// challengeState reads what is asked, and what the user asks.
func challengeState(stored SheetState[pipeline.Challenge], user string) (ChallengeState, error) {
	state := ChallengeState{Challenge: stored.Sheet, times: stored.Times}
	mine := stored.Voter(user)
	for field, text := range stored.Said {
		var ask pipeline.ChallengeAsk
		if err := json.Unmarshal([]byte(text), &ask); err != nil {
			return ChallengeState{}, fmt.Errorf("storage: challenge %s: %w", challengeName(stored.Sheet), err)
		}
		state.Asks = append(state.Asks, ask)
		if user != "" && field == mine {
			own := ask
			state.Mine = &own
		}
	}
	state.Asks = pipeline.OrderAsks(state.Challenge, state.Asks)
	return state, nil
}

// WantChallenge wants what is asked about the idea with that number in the team of the
// interaction, as Loaded.Challenge gives it.
func WantChallenge(number int) SheetWant {
	return SheetWant{Kind: KindChallenge, Number: max(number, 1), Said: true}
}

// Challenge gives what is asked about the idea that was loaded, as it was wanted by
// that place among Want.Sheets; user is "" for nobody.
func (l Loaded) Challenge(want int, user string) (ChallengeState, error) {
	var none ChallengeState
	if l.Idea == nil {
		return none, nil
	}
	page, err := challenges.in(l, want)
	if err != nil {
		return none, err
	}
	if len(page.Sheets) == 0 {
		none.Challenge.Team, none.Challenge.Idea = l.Idea.Key.Team, l.Idea.Key.Number
		return none, nil
	}
	return challengeState(page.Sheets[0], user)
}
