package commands

import (
	"context"
	"fmt"
	"strconv"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// showBallot opens everything about a ballot: the one that a button names, else
// the one that runs or the newest.
func showBallot(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, idea, err := req.clicked()
	if err != nil {
		return Reply{}, err
	}
	return app.openBallot(ctx, req, p, idea)
}

// openBallot opens a ballot on the idea. From another ballot it takes that one's
// place.
func (app *App) openBallot(ctx context.Context, req *Request, p params, idea pipeline.Idea) (Reply, error) {
	view, err := app.ballot(ctx, req, idea, p.number("ballot"), p.page(), req.Channel)
	switch {
	case err != nil:
		return Reply{}, err
	case req.Form != nil && p.Get("in") == inBallot:
		return Reply{Update: view}, nil
	}
	return Reply{Open: view}, nil
}

// ballot draws everything about a ballot on the idea: of that number, or the
// newest for 0.
func (app *App) ballot(ctx context.Context, req *Request, idea pipeline.Idea, id, page int, channel string) (*slack.ModalViewRequest, error) {
	if id == 0 {
		id = idea.Ballots
	}
	polled, err := app.polled(ctx, req, idea.Key, id)
	if err != nil {
		return nil, err
	}
	outcome, err := app.statement(ctx, polled.Ballot.Outcome)
	if err != nil {
		return nil, err
	}
	return ballotView(shownBallot{
		Polled: polled, idea: idea, outcome: outcome, reader: req.Person.ID, may: app.may(req), page: page,
	}, metadata{Channel: channel, Idea: idea.Key.String(), Ballot: id}), nil
}

// shownBallot is what everything about a ballot is drawn from, for one reader.
type shownBallot struct {
	storage.Polled
	idea    pipeline.Idea // as it is now
	outcome string        // the statement of what it was for
	reader  string
	may     func(pipeline.Action) bool
	page    int // of the votes that may be seen, from 1
}

// ballotView draws everything about a ballot.
func ballotView(s shownBallot, m metadata) *slack.ModalViewRequest {
	b := s.Ballot
	blocks := []slack.Block{ballotHead(s.Polled, s.outcome), note(Mrkdwn(b.Level.Promise())), rich(s.facts()...), say(ballotStanding(s.Polled))}
	if !b.Running() {
		blocks = append(blocks, rich(line(bold(b.AdviceInWords())), line(text(b.Result.Because))))
	}
	blocks = append(blocks, note(Mrkdwn(capital(string(join(ballotTerms(b), " · "))))))
	blocks = append(blocks, s.voteBlocks()...)
	blocks = append(blocks, s.votesShown()...)
	if steps := s.steps(); len(steps) > 0 {
		blocks = append(blocks, slack.NewDividerBlock(), buttons(steps...))
	}
	return form("ballot.shown", pipeline.Cut("Ballot on "+b.Idea.String(), 24), "", m, blocks...)
}

// facts are who started the ballot, who is asked and what became of its deadline.
func (s shownBallot) facts() []slack.RichTextElement {
	b := s.Ballot
	asked := counted(len(b.Electorate), "person is", "people are") + " asked, without guests."
	if b.Guests {
		asked = counted(len(b.Electorate), "person is", "people are") + " asked, guests among them."
	}
	facts := []slack.RichTextElement{
		line(text("Started by "), person(b.StartedBy), text(", "), moment(b.Started), text(".")),
		line(text(asked + " Who left since counts as asked, and their vote stays; who came since has none.")),
	}
	switch {
	case b.Running():
	case b.ClosedBy != "":
		facts = append(facts, line(text("Closed before its time by "), person(b.ClosedBy), text(", "), moment(b.ClosedAt), text(".")))
	default:
		facts = append(facts, line(text("Closed at its deadline, "), moment(b.ClosedAt), text(".")))
	}
	if b.Extended && !b.Running() {
		facts = append(facts, line(text("It had been extended once: too few had voted in time.")))
	}
	return facts
}

// voteBlocks say what the reader voted and let them vote.
func (s shownBallot) voteBlocks() []slack.Block {
	b := s.Ballot
	var blocks []slack.Block
	switch {
	case !b.Asks(s.reader):
		return []slack.Block{note("You are not among those who are asked.")}
	case s.Mine != nil && b.Level == pipeline.Anonymous:
		blocks = append(blocks, say("*You have voted.*"))
	case s.Mine != nil:
		said := []slack.RichTextElement{line(text("You voted: "), bold(chosen(b, s.Mine.Choice)))}
		if s.Mine.Reason != "" {
			said = append(said, quote(s.Mine.Reason))
		}
		blocks = append(blocks, rich(said...))
	case votable(s.Polled):
		blocks = append(blocks, say("*You have not voted yet.*"))
	}
	if !votable(s.Polled) || !s.may(pipeline.CastVote) {
		return blocks
	}
	blocks = append(blocks, buttons(choiceButtons(b, inBallot)...))
	more := []slack.BlockElement{reasonButton(b, inBallot)}
	if s.Mine != nil {
		more = append(more, button(actionWithdrawVote, "Withdraw my vote", "on "+b.Idea.String(), ballotValue(b, inBallot)))
	}
	return append(blocks, buttons(more...))
}

// votesShown are, once it is closed, a page of the votes that may be seen,
// objections first; of all but open ballots those are reasons alone.
func (s shownBallot) votesShown() []slack.Block {
	b := s.Ballot
	seen := b.MayShow(s.Tally).Votes
	if b.Running() || len(seen) == 0 {
		return nil
	}
	title := Mrkdwn("*Reasons*")
	if b.Level == pipeline.OpenBallot {
		title = "*Who voted what*"
	}
	votes, page, of := votePage(b, seen, s.page)
	blocks := append([]slack.Block{slack.NewDividerBlock(), say(title)}, votes...)
	if of > 1 {
		blocks = append(blocks, note(Mrkdwn(fmt.Sprintf("Page %d of %d", page, of))),
			buttons(pageButtons(actionBallot, page, of, ballotValue(b, inBallot))...))
	}
	return blocks
}

// steps are what the reader may do with the ballot as a whole, and the ways to
// the others on the idea.
func (s shownBallot) steps() []slack.BlockElement {
	b, key := s.Ballot, s.Ballot.Idea.String()
	var steps []slack.BlockElement
	closes := pipeline.CloseAnyBallot
	if b.StartedBy == s.reader {
		closes = pipeline.CloseOwnBallot
	}
	if b.Running() && s.may(closes) {
		steps = append(steps, closeButton(b, inBallot))
	}
	if !b.Running() && s.idea.Weighed < b.ID && s.may(pipeline.DecideIdea) {
		steps = append(steps, decidingButtons(s.idea, b, inBallot)...)
	}
	if !b.Running() && b.Level == pipeline.Confidential && s.may(pipeline.AuditVotes) {
		steps = append(steps, auditButton(b, inBallot))
	}
	if s.idea.Ballot == 0 && s.idea.Withdrawn.IsZero() && s.may(pipeline.StartABallot) {
		steps = append(steps, ballotButton(s.idea, inBallot))
	}
	turn := func(label string, id int) slack.BlockElement {
		return button(actionBallot+":"+strconv.Itoa(id), label, "on "+key, newParams("idea", key, "ballot", strconv.Itoa(id), "in", inBallot))
	}
	if b.ID > 1 {
		steps = append(steps, turn("Earlier ballot", b.ID-1))
	}
	if b.ID < s.idea.Ballots {
		steps = append(steps, turn("Later ballot", b.ID+1))
	}
	return steps
}

// ballotBlocks are the part of an idea's details about the newest ballot on it;
// none where there never was one.
func (d details) ballotBlocks() []slack.Block {
	b := d.dossier.Ballot
	switch {
	case b == nil:
		return nil
	case b.Running(): // its button is among the steps
		return []slack.Block{slack.NewDividerBlock(), say("*Ballot*"), note("One runs until ", whenTime(b.Deadline), ". ", Mrkdwn(b.Level.Promise()))}
	}
	words := Mrkdwn("The last of " + strconv.Itoa(d.idea.Ballots) + " closed ")
	if d.idea.Ballots == 1 {
		words = "It closed "
	}
	return []slack.Block{
		slack.NewDividerBlock(), say("*Ballots*"), note(words, when(b.ClosedAt), ". ", escape(b.AdviceInWords()), " ", escape(b.Result.Because)),
		buttons(button(actionBallot, counted(d.idea.Ballots, "ballot", "ballots"), "on "+d.idea.Key.String(), d.value())),
	}
}
