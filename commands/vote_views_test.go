package commands

import (
	"strings"
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/storage"
)

// drawnPolls are ballots that wait for a vote; of one the reader is not known to be
// where it may be read.
func drawnPolls(w words) []waitingThing {
	open := drawnPoll(w, drawnBallot(pipeline.OpenBallot), 0, 0, 0, 0)
	parked := open
	parked.Ballot.Question = pipeline.AskReopen
	poll := func(p storage.Polled, known bool) waitingThing {
		return voteThing(viewApp, &Request{Now: drawnAt}, storage.Poll{Ballot: p.Ballot, Title: p.Title, Message: p.Message}, known)
	}
	return []waitingThing{poll(open, true), poll(parked, true), poll(open, false), poll(open, true), poll(open, true)}
}

// voteDrawings are all views of a vote, and those of what becomes of a ballot.
func voteDrawings(w words) map[string]any {
	reason := pipeline.Cut(pipeline.CleanLine(w.text), pipeline.ReasonLimit)
	open, anonymous := drawnBallot(pipeline.OpenBallot), drawnBallot(pipeline.Anonymous)
	reopening := open
	reopening.Question = pipeline.AskReopen
	idea, team := drawnIdea(w, pipeline.Discovery), drawnTeam(w)
	idea.Ballots = 2
	team.Owners = []string{"U1", "U2"}
	name := func(string) string { return w.who }
	m := metadata{Idea: "PAY-12", Ballot: 2, Channel: "C1", Draft: draftVote + "PAY-12.2", Fresh: "x"}
	without := m
	without.Draft = ""
	typed := map[pipeline.Field]string{pipeline.FieldChoice: string(pipeline.ChooseObject), pipeline.FieldVoteReason: reason}
	cast := func(b pipeline.Ballot, choice pipeline.Choice, reason string, before bool) storage.Cast {
		return storage.Cast{Ballot: b, Title: w.title, Vote: pipeline.Vote{Choice: choice, Reason: reason}, Before: before}
	}
	closed := func(level pipeline.Confidentiality, counts ...int) storage.Polled {
		return drawnClosed(w, drawnBallot(level), counts...)
	}
	result := func(p storage.Polled, events ...pipeline.Event) Post {
		idea := idea
		if len(events) > 0 {
			idea.Weighed = p.Ballot.ID
		}
		return resultPost(p, storage.Loaded{Idea: &idea, Team: &team, Events: events}, name)
	}
	decided := pipeline.Event{
		At: open.Deadline.Add(time.Hour), By: "U1", What: pipeline.WasMoved, From: pipeline.Discovery, To: pipeline.Validated, Why: reason,
		Advice: "The ballot's advice was not to pursue it.", Differs: true,
	}
	more := drawnPoll(w, drawnBallot(pipeline.Confidential), 1, 0, 0, 0)
	more.Ballot.Extended = true
	confidential := closed(pipeline.Confidential, 14, 6, 7, 3)
	audited := pipeline.Shown{Voted: 30, Electorate: 30, Counts: confidential.Tally.Counts, Votes: confidential.Tally.Votes}
	home := home{hasTeams: true, waiting: waitingThings{drawnPolls(w), 2}}
	event := func(what pipeline.What, by string) pipeline.Event {
		return pipeline.Event{At: drawnAt, By: by, What: what, About: string(pipeline.AskPursue), Why: map[bool]string{true: confidential.Ballot.Result.Because}[what == pipeline.BallotClosed]}
	}
	return map[string]any{
		"vote_form":                   voteForm(m, idea, open, nil),
		"vote_form_restored":          voteForm(m, idea, reopening, typed, typedBeforeNote(actionVoteForm, newParams("idea", "PAY-12", "ballot", "2"), drawnAt)...),
		"vote_form_anonymous":         voteForm(without, idea, anonymous, map[pipeline.Field]string{pipeline.FieldChoice: string(pipeline.ChoosePark)}),
		"voted":                       voted(cast(open, pipeline.ChoosePursue, "", false)),
		"voted_reason":                voted(cast(reopening, pipeline.ChooseObject, reason, true)),
		"voted_anonymous":             voted(cast(anonymous, pipeline.ChooseNoOpinion, "", true)),
		"voted_withdrawn":             votedNot(cast(open, "", "", true)),
		"voted_nothing":               votedNot(cast(open, "", "", false)),
		"ballot_closed":               closedPost(confidential.Ballot),
		"ballot_post_result":          result(closed(pipeline.OpenBallot, 14, 6, 7, 3)),
		"ballot_post_result_reasons":  result(confidential),
		"ballot_post_result_few":      result(closed(pipeline.Anonymous, 2, 1, 0, 0)),
		"ballot_post_result_decided":  result(confidential, decided),
		"ballot_post_result_extended": extendedPost(more),
		"ballot_audit":                auditView(idea, confidential.Ballot, audited, 1, metadata{Channel: "C1"}),
		"ballot_audit_last":           auditView(idea, confidential.Ballot, audited, 99, metadata{}),
		"ballot_audit_nobody":         auditView(idea, confidential.Ballot, pipeline.Shown{Electorate: 30}, 1, metadata{}),
		"reminder":                    reminder(viewApp, drawnPoll(w, open, 0, 0, 0, 0), true),
		"reminder_private":            reminder(viewApp, drawnPoll(w, open, 0, 0, 0, 0), false),
		"home_polls":                  homeView(homeBlocks(viewApp, home)),
		"home_polls_message":          *homePost(viewApp, home),
		"board_polls":                 *boardPost(viewApp, board{team: team, waiting: waitingThings{drawnPolls(w), 1}}),
		"news_ballot_closed":          ideaNews(idea, newsArgs(event(pipeline.BallotClosed, "U1")), w.who, ""),
		"news_ballot_over":            ideaNews(idea, newsArgs(event(pipeline.BallotClosed, "")), w.who, ""),
		"history_ballots": historyView(idea, []pipeline.Event{
			event(pipeline.BallotAudited, "U2"), event(pipeline.BallotClosed, ""), event(pipeline.BallotClosed, "U1"), event(pipeline.BallotStarted, "U1"),
		}, 1, metadata{}),
	}
}

// A result names nobody but of an open ballot, and never who did not vote.
func TestAResultNamesWhomItMay(t *testing.T) {
	w := kinds[0]
	for _, level := range pipeline.Confidentialities() {
		poll := drawnClosed(w, drawnBallot(level), 3, 2, 2, 1)
		shown := string(encode(t, Post{Text: "x", Blocks: resultBlocks(poll, func(user string) string { return "Name of " + user })}))
		for i, user := range poll.Ballot.Electorate {
			want := level == pipeline.OpenBallot && i < 8
			if got := strings.Contains(shown, "Name of "+user); got != want {
				t.Errorf("%s: the result names %s: %v, want %v", level, user, got, want)
			}
		}
	}
}

func TestABarIsAsLongAsItsShare(t *testing.T) {
	for _, c := range []struct{ n, all, want int }{{1, 2000, 1}, {1, 2, 10}, {30, 30, 20}, {1, 1, 20}, {2, 3, 13}} {
		if got := len([]rune(bar(c.n, c.all))); got != c.want {
			t.Errorf("%d of %d is %d long, want %d", c.n, c.all, got, c.want)
		}
	}
}

func TestTheDecisionThatStandsBesideABallot(t *testing.T) {
	closed := drawnClosed(kinds[0], drawnBallot(pipeline.OpenBallot), 3, 2, 2, 1).Ballot
	at := func(hours int, what pipeline.What, advice string) pipeline.Event {
		return pipeline.Event{At: closed.ClosedAt.Add(time.Duration(hours) * time.Hour), What: what, Advice: advice}
	}
	first, later := at(1, pipeline.WasParked, "first"), at(3, pipeline.WasMoved, "later")
	for name, c := range map[string]struct {
		events  []pipeline.Event // the newest first
		weighed int              // the newest ballot that a decision stood beside
		want    string
	}{
		"nothing happened":          {nil, 0, ""},
		"nothing was decided":       {[]pipeline.Event{at(1, pipeline.WasEdited, "")}, 0, ""},
		"it was decided":            {[]pipeline.Event{at(2, pipeline.WasEdited, ""), first}, closed.ID, "first"},
		"a member's step differed":  {[]pipeline.Event{first}, 0, ""},
		"and then it was decided":   {[]pipeline.Event{later, first}, closed.ID, "later"},
		"another ballot came then":  {[]pipeline.Event{later, at(2, pipeline.BallotStarted, ""), first}, closed.ID + 1, "first"},
		"another ballot came first": {[]pipeline.Event{later, at(2, pipeline.BallotStarted, "")}, closed.ID + 1, ""},
		"it was before":             {[]pipeline.Event{at(-1, pipeline.WasMoved, "before")}, closed.ID, ""},
	} {
		got := ""
		if e := decidedSince(closed, pipeline.Idea{Weighed: c.weighed}, c.events); e != nil {
			got = e.Advice
		}
		if got != c.want {
			t.Errorf("%s: the decision is %q, want %q", name, got, c.want)
		}
	}
}
