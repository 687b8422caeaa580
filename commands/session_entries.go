package commands

import (
	"fmt"
	"strconv"

	"alignbot/pipeline"
	"alignbot/storage"
)

// The outbox entries of an alignment session.

// Kinds of messages and jobs of a session. Args of all: sheet (its name, "PAY:3");
// of the jobs that wait for a moment at (Unix ms), of a step step (its number), of an
// agenda that is sent send.
const (
	drawSession       = storage.KindSession             // where its thread begins
	drawSessionAgenda = storage.KindSession + ".agenda" // what it is going to talk about
	drawSessionStep   = storage.KindSession + ".step"   // one point, in its thread
	drawSessionTold   = storage.KindSession + ".told"   // what came of it, in its thread
	// Jobs.
	drawSessionAhead = storage.KindSession + ".ahead" // its agenda is to be sent
	drawSessionStart = storage.KindSession + ".start" // its time has come
	drawSessionEnd   = storage.KindSession + ".end"   // nobody ended it
	drawSessionNext  = storage.KindSession + ".next"  // the one after it is planned
)

// sessionName names a session in entries.
func sessionName(s pipeline.Session) string { return storage.SessionName(s).String() }

// sessionIn is the session that an entry is about.
func sessionIn(entry storage.Outgoing) (pipeline.TeamKey, int, error) {
	name, err := storage.ParseSheetName(entry.Args["sheet"])
	if err != nil {
		return "", 0, fmt.Errorf("entry %s %q: %w", entry.Kind, entry.ID, err)
	}
	return pipeline.TeamKey(name.Owner), name.Number, nil
}

// sessionEntry is an entry about a session.
func sessionEntry(kind, id string, s pipeline.Session) storage.Outgoing {
	return storage.Outgoing{ID: id, Kind: kind, Subject: string(s.Team), Args: map[string]string{"sheet": sessionName(s)}}
}

// sessionMessage draws a message of a session, anew where it stands already. part is
// "" for the one with which its thread begins.
func sessionMessage(kind, part string, team pipeline.Team, s pipeline.Session) storage.Outgoing {
	entry := sessionEntry(kind, storage.MessageEntry(storage.KindSession, sessionName(s), part), s)
	entry.Channel = team.Channel
	return entry
}

// redrawAgenda draws the agenda of a session where it stands already.
func redrawAgenda(team pipeline.Team, s pipeline.Session) storage.Outgoing {
	return sessionMessage(drawSessionAgenda, storage.SessionAgenda, team, s)
}

// sendAgenda draws it wherever it stands.
func sendAgenda(team pipeline.Team, s pipeline.Session) storage.Outgoing {
	entry := redrawAgenda(team, s)
	entry.Args["send"] = "1"
	return entry
}

// redrawStep draws the step with that number.
func redrawStep(team pipeline.Team, s pipeline.Session, step int) storage.Outgoing {
	entry := sessionMessage(drawSessionStep, storage.SessionStep(step), team, s)
	entry.Args["step"] = strconv.Itoa(step)
	return entry
}

// redrawPoint draws all steps that show the point with that number.
func redrawPoint(team pipeline.Team, s pipeline.Session, number int) []storage.Outgoing {
	var entries []storage.Outgoing
	for step, at := range s.Steps {
		if at == number {
			entries = append(entries, redrawStep(team, s, step))
		}
	}
	return entries
}

// sessionWaits are the jobs that wait for the moments of a session that is planned. A
// session that was moved has others, and the former find that it was.
func sessionWaits(s pipeline.Session) []storage.Outgoing {
	ahead := sessionEntry(drawSessionAhead, "", s)
	ahead.Due = s.AgendaAt
	start := sessionEntry(drawSessionStart, "", s)
	start.Due = s.Begins
	entries := []storage.Outgoing{ahead, start}
	for i, entry := range entries {
		at := strconv.FormatInt(entry.Due.UnixMilli(), 10)
		entries[i].ID = entry.Kind + ":" + sessionName(s) + ":" + at
		entries[i].Args["at"] = at
	}
	return entries
}

// startingSession are what must be posted and done when a session begins: the message
// where its thread begins, its first point, its end. One without points is over.
func startingSession(team pipeline.Team, s pipeline.Session) []storage.Outgoing {
	entries := []storage.Outgoing{sessionMessage(drawSession, "", team, s), redrawAgenda(team, s)}
	if s.Stage != pipeline.SessionRunning {
		return append(entries, nextSession(s))
	}
	end := sessionEntry(drawSessionEnd, drawSessionEnd+":"+sessionName(s), s)
	end.Due = s.EndAt()
	return append(entries, redrawStep(team, s, 0), end)
}

// steppingSession are what must be drawn when a session goes to another point: the
// new one, and the one before without its buttons.
func steppingSession(team pipeline.Team, s pipeline.Session) []storage.Outgoing {
	last := len(s.Steps) - 1
	return []storage.Outgoing{redrawStep(team, s, last-1), redrawStep(team, s, last), sessionMessage(drawSession, "", team, s)}
}

// endingSession are what must be posted when a session has ended.
func endingSession(team pipeline.Team, s pipeline.Session) []storage.Outgoing {
	told := sessionEntry(drawSessionTold, drawSessionTold+":"+sessionName(s), s)
	told.Channel = team.Channel
	return []storage.Outgoing{sessionMessage(drawSession, "", team, s), redrawStep(team, s, len(s.Steps)-1), told, nextSession(s)}
}

// nextSession is the job that plans the session after this one.
func nextSession(s pipeline.Session) storage.Outgoing {
	return sessionEntry(drawSessionNext, drawSessionNext+":"+sessionName(s), s)
}
