package commands

import (
	"fmt"
	"strconv"
	"strings"

	"alignbot/pipeline"
	"alignbot/storage"
)

// The outbox entries of a ballot.

// newBallot stands in the entries of a ballot for its name, until the store has
// given it a number.
const newBallot = "#"

// ballotName names a ballot in entries: "PAY-12:2".
func ballotName(b pipeline.Ballot) string {
	if b.ID == 0 {
		return newBallot
	}
	return b.Idea.String() + ":" + strconv.Itoa(b.ID)
}

// ballotOf is the ballot that an entry is about.
func ballotOf(entry storage.Outgoing) (pipeline.Key, int, error) {
	key, err := pipeline.ParseKey(entry.Subject)
	number := entry.Args["ballot"]
	if i := strings.LastIndexByte(number, ':'); i >= 0 {
		number = number[i+1:]
	}
	id, wrong := strconv.Atoi(number)
	if err != nil || wrong != nil {
		return key, 0, fmt.Errorf("entry %s %q names no ballot: %q", entry.Kind, entry.ID, entry.Args["ballot"])
	}
	return key, id, nil
}

// ballotEntry is an entry about a ballot that is named by the kind, the ballot
// and what else tells it apart.
func ballotEntry(kind, id string, b pipeline.Ballot) storage.Outgoing {
	return storage.Outgoing{ID: id, Kind: kind, Subject: b.Idea.String(), Args: map[string]string{"ballot": ballotName(b)}}
}

// redrawBallot draws the message of a ballot, anew where it stands already.
func redrawBallot(team pipeline.Team, b pipeline.Ballot) storage.Outgoing {
	entry := ballotEntry(drawBallot, "ballot:"+ballotName(b), b)
	entry.Channel = team.Channel
	return entry
}

// closeAtDeadline is the job that closes a ballot, or extends it.
func closeAtDeadline(b pipeline.Ballot) storage.Outgoing {
	entry := ballotEntry(drawBallotClose, fmt.Sprintf("close:%s:%d", ballotName(b), b.Deadline.UnixMilli()), b)
	entry.Due = b.Deadline
	return entry
}

// remindOnTime is the job that reminds those who have not voted.
func remindOnTime(b pipeline.Ballot) storage.Outgoing {
	entry := ballotEntry(drawBallotRemind, fmt.Sprintf("reminders:%s:%d", ballotName(b), b.Deadline.UnixMilli()), b)
	entry.Due = b.RemindAt()
	return entry
}
