package storage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"alignbot/pipeline"
)

// kindProbe is the kind of sheet of what a team answered to the alignment probe, of
// which it has one.
const kindProbe = "probe"

// probes: each answer is said under the week and a key made from the user id, the week
// and a secret. Once the week is over, it is added to a sum, and who gave it is
// forgotten.
var probes = shelf[pipeline.Probe]{
	kind:   kindProbe,
	secret: true,
	name:   func(p pipeline.Probe) SheetName { return settingsOf(string(p.Team)) },
	named: func(p *pipeline.Probe, name SheetName, version int64) {
		p.Team, p.Version = pipeline.TeamKey(name.Owner), version
	},
	version: func(p pipeline.Probe) int64 { return p.Version },
}

// ProbeState is what a team answered as it is seen in a week.
type ProbeState struct {
	// Probe with all weeks before that one.
	Probe pipeline.Probe
	// Mine is the answer of the user who was named, of that week; "" for none.
	Mine pipeline.ProbeAnswer
}

// Probe gives what the team answered before the week, and what the user answered in it;
// user is "" for nobody.
func (s *Store) Probe(ctx context.Context, team pipeline.TeamKey, user, week string) (ProbeState, error) {
	stored, err := probes.get(ctx, s, settingsOf(string(team)))
	if errors.Is(err, ErrNotFound) {
		return ProbeState{Probe: pipeline.Probe{Team: team}}, nil
	}
	if err != nil {
		return ProbeState{}, err
	}
	state, _, _, err := probeState(stored, user, week)
	return state, err
}

// ProbeAnswering is one person's answer in a week.
type ProbeAnswering struct {
	Op     string
	Team   pipeline.TeamKey
	User   string
	Week   string
	Answer pipeline.ProbeAnswer
}

// AnswerProbe keeps an answer, unless the person answered in that week before: then Mine
// is what they said. Without the team the error is ErrNotFound. No command to Redis has
// both the user and the answer.
func (s *Store) AnswerProbe(ctx context.Context, a ProbeAnswering) (ProbeState, error) {
	name := settingsOf(string(a.Team))
	for range votingTries {
		stored, err := probes.get(ctx, s, name)
		if errors.Is(err, ErrNotFound) {
			_, err = probes.write(ctx, s, sheetWrite[pipeline.Probe]{Op: "probe " + name.String(), Sheet: pipeline.Probe{Team: a.Team}})
			if _, conflicts := conflictOf[pipeline.Probe](err); err == nil || conflicts {
				continue
			}
		}
		if err != nil {
			return ProbeState{}, err
		}
		state, over, running, err := probeState(stored, a.User, a.Week)
		if err != nil || state.Mine != "" {
			return state, err
		}
		if over && !running {
			// The first answer of a week: those before become sums, and who gave them is
			// forgotten.
			fold := sheetWrite[pipeline.Probe]{Op: "fold:" + stored.Voter(a.Op), Sheet: state.Probe, Times: &stored.Times, Forget: true, NewSecret: true}
			_, err := probes.write(ctx, s, fold)
			if _, conflicts := conflictOf[pipeline.Probe](err); err == nil || conflicts {
				continue
			}
			return ProbeState{}, err
		}
		text, err := json.Marshal(a.Answer)
		if err != nil {
			return ProbeState{}, err
		}
		said, _, err := probes.say(ctx, s, Telling{
			Op: stored.Voter(a.Op), Name: name, Field: probeField(stored, a.User, a.Week), Text: string(text),
			// Where it was folded meanwhile, the key has another secret.
			While: map[string]string{"version": fmt.Sprint(stored.Sheet.Version)},
		})
		if err != nil {
			return ProbeState{}, err
		}
		if state, _, _, err = probeState(said, a.User, a.Week); err != nil || state.Mine != "" {
			return state, err
		}
	}
	return ProbeState{}, fmt.Errorf("storage: answer the probe of %s: %w", a.Team, ErrStale)
}

// probeField is where the user's answer of a week is kept: "WEEK KEY".
func probeField(stored SheetState[pipeline.Probe], user, week string) string {
	return week + " " + stored.Voter(user+" "+week)
}

// probeState reads what was said: over tells whether there are answers of weeks before,
// and running whether there are some of that week or later.
func probeState(stored SheetState[pipeline.Probe], user, week string) (state ProbeState, over, running bool, err error) {
	sums := map[string]pipeline.ProbeSum{}
	for field, text := range stored.Said {
		of, _, _ := strings.Cut(field, " ")
		var answer pipeline.ProbeAnswer
		if err := json.Unmarshal([]byte(text), &answer); err != nil {
			return ProbeState{}, false, false, fmt.Errorf("storage: the probe of %s: %w", stored.Sheet.Team, err)
		}
		if of >= week {
			running = true
			if user != "" && field == probeField(stored, user, week) {
				state.Mine = answer
			}
			continue
		}
		over = true
		sums[of] = sums[of].With(of, answer)
	}
	weeks := make([]pipeline.ProbeSum, 0, len(sums))
	for _, sum := range sums {
		weeks = append(weeks, sum)
	}
	state.Probe = stored.Sheet.Fold(weeks)
	return state, over, running, nil
}
