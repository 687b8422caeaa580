package storage

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"alignbot/pipeline"
)

// KindForensic is the kind of sheet of a forensic session, and begins the kinds of
// its outbox entries.
const KindForensic = "forensic"

// forensicsAsked lists, for everybody who takes part, the sessions that run, by the
// deadline of their phase.
const forensicsAsked = "asked"

// forensics: what people list and pick is said to a session under a key made from
// their user id and a secret, which is another one for each phase and is forgotten
// with what was said.
var forensics = shelf[pipeline.Forensic]{
	kind:   KindForensic,
	secret: true,
	name:   forensicName,
	named: func(f *pipeline.Forensic, name SheetName, version int64) {
		f.Team, f.Number, f.Version = pipeline.TeamKey(name.Owner), name.Number, version
	},
	version: func(f pipeline.Forensic) int64 { return f.Version },
	places: func(f pipeline.Forensic) []Place {
		var places []Place
		if f.Running() {
			for _, user := range f.To {
				places = append(places, Place{Owner: "@" + user, List: forensicsAsked, Score: f.Deadline.UnixMilli()})
			}
		}
		return places
	},
}

func forensicName(f pipeline.Forensic) SheetName {
	return SheetName{Owner: string(f.Team), Number: f.Number}
}

// ForensicState is a session with what was given in its phase.
type ForensicState struct {
	Forensic pipeline.Forensic
	Said     pipeline.ForensicSaid
	// List and Picks are those of the user who was named; nil for none.
	List  *pipeline.ForensicList
	Picks []int
	// Message that shows the session; zero until Slack has confirmed it.
	Message pipeline.Message

	times int64 // how often something was said
}

// Given is how many people gave what this phase asks for.
func (s ForensicState) Given() int { return len(s.Said.Lists) + len(s.Said.Picks) }

// ForensicConflictError says that a session, or what was given in its phase, changed
// since it was read. Nothing was written.
type ForensicConflictError struct {
	// Current is what it is now.
	Current ForensicState
}

func (e *ForensicConflictError) Error() string {
	return fmt.Sprintf("forensic session %s was changed meanwhile", forensicName(e.Current.Forensic))
}

// ForensicName is how entries and buttons name a session: "PAY:3".
func ForensicName(f pipeline.Forensic) string { return forensicName(f).String() }

// StartForensic stores a new session and gives it the team's next number. From then
// on all who take part find it by ForensicsFor. by is whose draft is dropped. Without
// the team the error is ErrNotFound.
func (s *Store) StartForensic(ctx context.Context, op string, f pipeline.Forensic, by string, draft Slot, after ...Outgoing) (pipeline.Forensic, error) {
	return forensics.write(ctx, s, sheetWrite[pipeline.Forensic]{Op: op, Sheet: f, By: by, Draft: draft, After: after})
}

// ChangeForensic stores what a rule made of the session that was seen. Where it
// changed since, the error is a *ForensicConflictError; so it is where anybody gave
// something since, when the phase ends. With its phase, all that says who gave what
// is forgotten.
func (s *Store) ChangeForensic(ctx context.Context, op string, seen ForensicState, after pipeline.Forensic, by string, draft Slot, entries ...Outgoing) (pipeline.Forensic, error) {
	w := sheetWrite[pipeline.Forensic]{Op: op, Sheet: after, By: by, Draft: draft, After: entries}
	if after.Phase != seen.Forensic.Phase {
		w.Times, w.Forget, w.NewSecret = &seen.times, true, after.Running()
	}
	stored, err := forensics.write(ctx, s, w)
	if current, conflicts := conflictOf[pipeline.Forensic](err); conflicts {
		state, broken := forensicState(current, "")
		if broken != nil {
			return pipeline.Forensic{}, broken
		}
		return pipeline.Forensic{}, &ForensicConflictError{Current: state}
	}
	return stored, err
}

// ForensicGiving is what one person gives in a phase: what the rule makes of the
// session and of what they gave before.
type ForensicGiving struct {
	Op     string
	Team   pipeline.TeamKey
	Number int
	User   string
	// Acted is when they gave it, and On what of all that they give, "" for all.
	Acted Acted
	On    string
	// Check gives the list or the picks to keep, or why they cannot be taken. Without
	// both, what was given before is taken back.
	Check func(ForensicState) (list *pipeline.ForensicList, picks []int, err error)
}

// Give keeps what somebody gives, in the place of what they gave before. Check's
// error is returned as it is; ErrOvertaken, beside what is kept, when they gave
// otherwise later; ErrClosed when the phase ended meanwhile, ErrNotFound without such a
// session. No command to Redis has both the user and what they give.
func (s *Store) Give(ctx context.Context, g ForensicGiving, entries ...Outgoing) (ForensicState, error) {
	for range votingTries {
		state, told, err := s.give(ctx, g, entries)
		switch {
		case err != nil:
			return state, err
		case told == TellOver:
			return ForensicState{}, ErrClosed
		case told == TellOvertaken:
			return state, ErrOvertaken
		case told != TellElse:
			return state, nil
		}
	}
	return ForensicState{}, fmt.Errorf("storage: give to %s %s:%d: %w", KindForensic, g.Team, g.Number, ErrStale)
}

// give tells with TellElse that they gave something else while Check was asked.
func (s *Store) give(ctx context.Context, g ForensicGiving, entries []Outgoing) (ForensicState, Told, error) {
	stored, err := forensics.get(ctx, s, SheetName{Owner: string(g.Team), Number: g.Number})
	if err != nil {
		return ForensicState{}, "", err
	}
	state, err := forensicState(stored, g.User)
	if err != nil {
		return ForensicState{}, "", err
	}
	list, picks, err := g.Check(state)
	if err != nil {
		return state, "", err
	}
	phase, err := json.Marshal(state.Forensic.Phase)
	if err != nil {
		return ForensicState{}, "", err
	}
	var text []byte
	switch {
	case list != nil:
		text, err = json.Marshal(list)
	case len(picks) > 0:
		text, err = json.Marshal(picks)
	}
	if err != nil {
		return ForensicState{}, "", err
	}
	field := stored.Voter(g.User)
	was := stored.Said[field]
	said, told, err := forensics.say(ctx, s, Telling{
		Op: stored.Voter(g.Op), Name: forensicName(state.Forensic), Field: field, Text: string(text), Was: &was,
		While: map[string]string{"phase": string(phase)}, Acted: g.Acted, On: g.On, After: entries,
	})
	if err != nil {
		return ForensicState{}, "", err
	}
	state, err = forensicState(said, g.User)
	return state, told, err
}

// Forensic reads a session with what was given in its phase; user is "" for nobody.
// Without it the error is ErrNotFound.
func (s *Store) Forensic(ctx context.Context, team pipeline.TeamKey, number int, user string) (ForensicState, error) {
	state, err := forensics.get(ctx, s, SheetName{Owner: string(team), Number: number})
	if err != nil {
		return ForensicState{}, err
	}
	return forensicState(state, user)
}

// Forensics gives up to n sessions of the team, the newest first.
func (s *Store) Forensics(ctx context.Context, team pipeline.TeamKey, n int) ([]pipeline.Forensic, error) {
	found, err := forensics.list(ctx, s, SheetWant{Owner: string(team), Most: n})
	return sheetsOf(found), err
}

// ForensicsFor gives up to n running sessions in which the user takes part, with what
// they gave in the phase, the first deadline first.
func (s *Store) ForensicsFor(ctx context.Context, user string, n int) ([]ForensicState, error) {
	found, err := forensics.list(ctx, s, SheetWant{Owner: "@" + user, List: forensicsAsked, Most: n, Until: farAhead, Said: true})
	if err != nil {
		return nil, err
	}
	var states []ForensicState
	for _, sheet := range found.Sheets {
		state, err := forensicState(sheet, user)
		if err != nil {
			return nil, err
		}
		states = append(states, state)
	}
	return states, nil
}

// forensicState reads what was given in the phase of a session, in no order that
// tells anything.
func forensicState(stored SheetState[pipeline.Forensic], user string) (ForensicState, error) {
	f := stored.Sheet
	state := ForensicState{Forensic: f, Message: stored.Messages[""], times: stored.Times}
	mine := stored.Voter(user)
	for field, text := range stored.Said {
		var err error
		own := user != "" && field == mine
		switch f.Phase {
		case pipeline.ForensicLists:
			var list pipeline.ForensicList
			err = json.Unmarshal([]byte(text), &list)
			state.Said.Lists = append(state.Said.Lists, list)
			if own {
				state.List = &list
			}
		case pipeline.ForensicRank:
			var picks []int
			err = json.Unmarshal([]byte(text), &picks)
			state.Said.Picks = append(state.Said.Picks, picks)
			if own {
				state.Picks = picks
			}
		}
		if err != nil {
			return ForensicState{}, fmt.Errorf("storage: forensic session %s: %w", forensicName(f), err)
		}
	}
	slices.SortFunc(state.Said.Lists, func(a, b pipeline.ForensicList) int { return slices.Compare(a.Ways, b.Ways) })
	slices.SortFunc(state.Said.Picks, slices.Compare)
	return state, nil
}
