package commands

import (
	"fmt"
	"time"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// drawnBallot is a ballot of thirty people with all that can be said of one.
func drawnBallot(level pipeline.Confidentiality) pipeline.Ballot {
	b := pipeline.Ballot{
		Idea: pipeline.Key{Team: "PAY", Number: 12}, ID: 2, Question: pipeline.AskPursue, Outcome: pipeline.OutcomeKey{Team: "PAY", Number: 1},
		Level: level, Started: drawnAt.Add(-48 * time.Hour), StartedBy: "U01", Days: 3, Deadline: drawnAt.Add(24 * time.Hour),
		Quorum: pipeline.Quorum{Percent: 10}, Rule: pipeline.VoteRule{Approve: 5, Object: 1}, Version: 1,
	}
	for i := range 30 {
		b.Electorate = append(b.Electorate, fmt.Sprintf("U%02d", i+1))
	}
	return b
}

// drawnVotes are so many votes of each choice, each with a reason, in the order
// of Choices.
func drawnVotes(w words, b pipeline.Ballot, counts ...int) pipeline.BallotTally {
	var votes []pipeline.VoteOf
	for i, choice := range pipeline.Choices() {
		for range counts[i] {
			vote := pipeline.VoteOf{Vote: pipeline.Vote{Choice: choice, Reason: pipeline.Cut(pipeline.CleanLine(w.text), pipeline.ReasonLimit)}}
			if b.Level != pipeline.Anonymous {
				vote.Voter = b.Electorate[len(votes)]
			}
			votes = append(votes, vote)
		}
	}
	return pipeline.TallyVotes(votes)
}

func drawnPoll(w words, b pipeline.Ballot, counts ...int) storage.Polled {
	return storage.Polled{Ballot: b, Title: w.title, Tally: drawnVotes(w, b, counts...), Message: pipeline.Message{Channel: "C1", TS: "1700000000.000300"}, Now: drawnAt}
}

// drawnClosed is a ballot that its deadline has closed.
func drawnClosed(w words, b pipeline.Ballot, counts ...int) storage.Polled {
	b.Extended = true // it is not extended once more
	polled := drawnPoll(w, b, counts...)
	polled.Now = b.Deadline
	polled.Ballot, _ = b.CloseAt(pipeline.Team{Zone: "UTC"}, nil, polled.Tally, polled.Now)
	return polled
}

// ballotDrawings are all views of ballots, but for the vote and its answer.
func ballotDrawings(w words) map[string]any {
	team, outcomes, idea := drawnTeam(w), drawnOutcomes(w), drawnIdea(w, pipeline.Discovery)
	statement, name := outcomes[0].Statement, func(string) string { return w.who }
	idea.Ballots, idea.Ballot = 3, 2
	past := idea
	past.Ballot = 0
	open, confidential, anonymous := drawnBallot(pipeline.OpenBallot), drawnBallot(pipeline.Confidential), drawnBallot(pipeline.Anonymous)
	free := open // without a quorum and a rule
	free.Quorum, free.Rule = pipeline.Quorum{}, pipeline.VoteRule{}
	shown, extended, reopening, parking := open, confidential, free, free
	shown.ShowResults, extended.Extended = true, true
	reopening.Question, reopening.Outcome = pipeline.AskReopen, pipeline.OutcomeKey{}
	parking.Question = pipeline.AskPark
	over := drawnPoll(w, confidential, 1, 1, 0, 0)
	over.Now = confidential.Deadline
	early := free
	early.ClosedAt, early.ClosedBy = drawnAt, "U02"
	byHand := drawnPoll(w, early, 1, 0, 1, 0)
	byHand.Ballot.Result = &pipeline.Result{Advice: pipeline.AdviseNeither, Because: "One objects and one would pursue it. As many are for it as against it.", Voted: 2}

	post := func(p storage.Polled) Post { return ballotPost(p, statement, name) }
	closed := func(p storage.Polled) Post {
		return closedBallotPost(p, statement, storage.Loaded{Idea: &past, Team: &team}, name)
	}
	everything, reading := func(pipeline.Action) bool { return true }, func(a pipeline.Action) bool { return a == pipeline.ReadTeam }
	m := metadata{Idea: "PAY-12", Channel: "C1", Draft: draftBallot + "PAY-12", Fresh: "x", Below: inDetails}
	more := m
	more.More = true
	screen := func(p storage.Polled, idea pipeline.Idea, reader string, may func(pipeline.Action) bool, page int) *slack.ModalViewRequest {
		return ballotView(shownBallot{Polled: p, idea: idea, outcome: statement, reader: reader, may: may, page: page}, metadata{Idea: "PAY-12", Ballot: 2, Channel: "C1"})
	}
	voted, secretly := drawnPoll(w, shown, 2, 1, 2, 1), drawnPoll(w, anonymous, 1, 1, 1, 1)
	voted.Mine = &voted.Tally.Votes[0].Vote
	secretly.Mine = &secretly.Tally.Votes[0].Vote
	s := ballotScene{idea: idea, team: team, outcomes: outcomes, groups: []UserGroup{{ID: "S1", Handle: w.line, Name: w.line}}, guests: true}
	parked := s
	parked.idea = drawnParked(w)
	typed := map[pipeline.Field]string{
		pipeline.FieldQuestion: string(pipeline.AskPark), pipeline.FieldLevel: string(pipeline.Anonymous), pipeline.FieldElectorate: "S1", pipeline.FieldDays: w.line,
		pipeline.FieldQuorum: w.line, pipeline.FieldApprove: w.line, pipeline.FieldObject: w.line, pipeline.FieldGuests: pipeline.Yes,
		pipeline.FieldShowResults: pipeline.Yes, pipeline.FieldOutcome: "PAY-O1",
	}
	d := details{
		idea: idea, team: team, dossier: pipeline.Dossier{Runs: drawnRuns(w), Templates: pipeline.BuiltIn(), Ballot: &confidential}, outcomes: outcomes, may: everything,
	}
	after := d
	after.idea, after.dossier.Ballot = past, &byHand.Ballot
	return map[string]any{
		"ballot_form":                ballotForm(m, s, s.stored(false)),
		"ballot_form_more":           ballotForm(more, s, typed, typedBeforeNote(actionBallotNew, newParams("idea", "PAY-12"), drawnAt)...),
		"ballot_form_parked":         ballotForm(m, parked, parked.stored(false)),
		"ballot_told":                *ballotStarted(open, choiceInWords(wholeChannel)+" 2 bots were left out. One guest was left out.").Tell,
		"ballot_post":                post(drawnPoll(w, confidential, 2, 1, 0, 0)),
		"ballot_post_first":          post(drawnPoll(w, anonymous, 0, 0, 0, 0)),
		"ballot_post_shown":          post(drawnPoll(w, shown, 2, 1, 1, 1)),
		"ballot_post_shown_none":     post(drawnPoll(w, shown, 0, 0, 0, 0)),
		"ballot_post_extended":       post(drawnPoll(w, extended, 1, 0, 0, 0)),
		"ballot_post_over":           post(over),
		"ballot_post_reopen":         post(drawnPoll(w, reopening, 0, 0, 0, 0)),
		"ballot_post_park":           post(drawnPoll(w, parking, 0, 0, 0, 0)),
		"ballot_post_open":           closed(drawnClosed(w, open, 14, 6, 7, 3)),
		"ballot_post_confidential":   closed(drawnClosed(w, confidential, 8, 2, 1, 0)),
		"ballot_post_anonymous":      closed(drawnClosed(w, anonymous, 3, 1, 0, 0)),
		"ballot_post_anonymous_few":  closed(drawnClosed(w, anonymous, 2, 1, 0, 0)),
		"ballot_post_tie":            closed(drawnClosed(w, free, 2, 2, 0, 1)),
		"ballot_post_nobody":         closed(drawnClosed(w, free, 0, 0, 0, 0)),
		"ballot_post_early":          closed(byHand),
		"ballot_shown":               screen(drawnPoll(w, confidential, 1, 0, 0, 0), idea, "U30", everything, 1),
		"ballot_shown_voted":         screen(voted, idea, "U01", reading, 1),
		"ballot_shown_may_vote":      screen(voted, idea, "U01", everything, 1),
		"ballot_shown_secretly":      screen(secretly, idea, "U01", everything, 1),
		"ballot_shown_over":          screen(over, idea, "U05", everything, 1),
		"ballot_shown_not_asked":     screen(drawnPoll(w, extended, 1, 0, 0, 0), idea, "U99", reading, 1),
		"ballot_shown_closed":        screen(drawnClosed(w, open, 14, 6, 7, 3), past, "U01", everything, 2),
		"ballot_shown_confidential":  screen(drawnClosed(w, confidential, 8, 2, 1, 0), past, "U99", everything, 1),
		"ballot_shown_early":         screen(byHand, past, "U30", reading, 1),
		"ballot_shown_anonymous_few": screen(drawnClosed(w, anonymous, 2, 1, 0, 0), past, "U01", reading, 1),
		"details_ballot":             ideaDetails(viewApp, d, metadata{Channel: "C1"}),
		"details_ballot_closed":      ideaDetails(viewApp, after, metadata{Channel: "C1"}),
		"news_ballot":                ideaNews(idea, newsArgs(pipeline.Event{At: drawnAt, By: "U1", What: pipeline.BallotStarted, About: string(pipeline.AskPursue)}), w.who, ""),
	}
}
