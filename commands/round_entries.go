package commands

import (
	"fmt"

	"alignbot/pipeline"
	"alignbot/storage"
)

// The outbox entries of a round of questions.

// newRound stands in the entries of a round for its name, until the store has given
// it a number.
const newRound = "#"

// roundKey names a round in entries: "PAY:3".
func roundKey(r pipeline.Round) string {
	if r.ID == 0 {
		return newRound
	}
	return storage.RoundName(r)
}

// roundOf is the round that an entry is about.
func roundOf(entry storage.Outgoing) (pipeline.TeamKey, int, error) {
	team, id, err := storage.ParseRoundName(entry.Args["round"])
	if err != nil {
		return "", 0, fmt.Errorf("entry %s %q: %w", entry.Kind, entry.ID, err)
	}
	return team, id, nil
}

// roundEntry is an entry about a round.
func roundEntry(kind, id string, r pipeline.Round) storage.Outgoing {
	return storage.Outgoing{ID: id, Kind: kind, Subject: string(r.Team), Args: map[string]string{"round": roundKey(r)}}
}

// redrawRound draws the message of a round, anew where it stands already.
func redrawRound(team pipeline.Team, r pipeline.Round) storage.Outgoing {
	entry := roundEntry(drawRound, "round:"+roundKey(r), r)
	entry.Channel = team.Channel
	return entry
}

// startingRound are what must be posted and done about a round that starts: its
// message, the private ones, its end.
func startingRound(team pipeline.Team, r pipeline.Round) []storage.Outgoing {
	end := roundEntry(drawRoundClose, "close-round:"+roundKey(r), r)
	end.Due = r.Deadline
	return []storage.Outgoing{redrawRound(team, r), roundEntry(drawRoundAsks, "asks:"+roundKey(r), r), end}
}

// afterRound is what must be posted when a round is closed: its message says so,
// and its answers are told in the thread.
func afterRound(team pipeline.Team, r pipeline.Round) []storage.Outgoing {
	return []storage.Outgoing{redrawRound(team, r), toldInRound(toldAnswers, "", team, r)}
}

// What a reply in the thread of a round's message tells.
const (
	toldAnswers    = "answers"
	toldExperiment = "experiment"
)

// toldInRound is a reply in the thread of a round's message; op tells it from
// others of the kind.
func toldInRound(what, op string, team pipeline.Team, r pipeline.Round) storage.Outgoing {
	entry := roundEntry(drawRoundTold, what+":"+roundKey(r)+":"+op, r)
	entry.Channel, entry.Args["what"] = team.Channel, what
	return entry
}
