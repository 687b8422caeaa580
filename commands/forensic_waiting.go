package commands

import (
	"context"
	"errors"
	"strings"

	"alignbot/pipeline"
	"alignbot/storage"
)

// waitingForensics are the forensic sessions that wait for the person's list or picks.
func waitingForensics(ctx context.Context, s *waitScene) ([]waitingThing, int, error) {
	states, err := s.app.Store.ForensicsFor(ctx, s.req.Person.ID, waitingShown)
	if err != nil {
		return nil, 0, err
	}
	var things []waitingThing
	for _, state := range states {
		f := state.Forensic
		if s.elsewhere(f.Team) || !s.req.Now.Before(f.Deadline) || !waitsForMine(state) {
			continue
		}
		known, err := s.sees(ctx, f.Team)
		if err != nil {
			return nil, 0, err
		}
		things = append(things, forensicThing(state, known))
	}
	return things, 0, nil
}

// waitsForMine tells whether the part that runs asks for something that the user who
// was named has not given.
func waitsForMine(state storage.ForensicState) bool {
	switch state.Forensic.Phase {
	case pipeline.ForensicLists:
		return state.List == nil
	case pipeline.ForensicRank:
		return len(state.Picks) == 0
	}
	return false
}

// forensicThing asks for a list or for picks. Of a session in a team that the person
// cannot see at the moment only its deadline is told. Everybody who takes part got a
// message when the part began.
func forensicThing(state storage.ForensicState, known bool) waitingThing {
	f := state.Forensic
	what, step := Mrkdwn("your list"), waysButton(f, "Write my list", "")
	if f.Phase == pipeline.ForensicRank {
		what, step = "your picks", button(actionForensic, "Pick the worst", "groups", forensicValue(f, ""))
	}
	words := []Mrkdwn{"A forensic session waits for " + what + " until ", whenTime(f.Deadline), "."}
	if known {
		words = append(words, "\nHow could we ruin our Product Backlog?")
	} else {
		words = append(words, " It belongs to a private channel: answer there, or type a command in it first.")
	}
	name := storage.ForensicName(f)
	step.ActionID += ":" + name
	return waitingThing{
		Waiting: pipeline.Waiting{Kind: pipeline.WaitForensic, Subject: name + ":" + string(f.Phase), Due: f.Deadline, Told: f.Began},
		words:   words, step: step,
	}
}

// parseForensicPart reads "PAY:3:lists": a session, and a part of it.
func parseForensicPart(text string) (storage.SheetName, pipeline.ForensicPhase, error) {
	at := strings.LastIndexByte(text, ':')
	name, err := storage.ParseSheetName(text[:max(at, 0)])
	return name, pipeline.ForensicPhase(text[at+1:]), err
}

// settledForensic says what became of a part of a session.
func settledForensic(ctx context.Context, s *waitScene, subject string) (settledThing, error) {
	name, phase, err := parseForensicPart(subject)
	if err != nil {
		return settledThing{}, stale
	}
	state, err := s.app.Store.Forensic(ctx, pipeline.TeamKey(name.Owner), name.Number, s.req.Person.ID)
	if errors.Is(err, storage.ErrNotFound) {
		return settledThing{words: "The forensic session"}, nil
	}
	if err != nil || state.Forensic.Phase != phase || waitsForMine(state) {
		return settledThing{words: "That part of the forensic session is over"}, err
	}
	if phase == pipeline.ForensicRank {
		return settledThing{words: "Your picks in the forensic session", done: true}, nil
	}
	return settledThing{words: "Your list for the forensic session", done: true}, nil
}
