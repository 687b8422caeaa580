package commands

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

const (
	// reasonsShown is how many objections a result shows, and how many other
	// reasons: with the longest words, a message holds no more. The details show
	// all of them.
	reasonsShown = 5
	// votersShown is how many people a result names behind a choice.
	votersShown = 10
	// barCells is how long a bar is for all who voted.
	barCells = 20
)

// drawBallotResult makes a reply in the thread of a ballot's message: its result,
// or that it was given more time.
func (app *App) drawBallotResult(ctx context.Context, c storage.Claimed) (Drawn, error) {
	key, id, err := ballotOf(c.Outgoing)
	if err != nil {
		return Drawn{}, err
	}
	poll, err := app.Store.Ballot(ctx, key, id, "")
	if errors.Is(err, storage.ErrNotFound) {
		return Drawn{Skip: true}, nil
	}
	if err != nil {
		return Drawn{}, err
	}
	if poll.Message.IsZero() {
		if later, waits := toldLater(c.Outgoing, app.Now()); waits {
			return Drawn{Skip: true}, app.Store.Enqueue(ctx, later)
		}
		return Drawn{Skip: true}, nil // the ballot's message, when it arrives, shows it all
	}
	d := Drawn{Channel: poll.Message.Channel, Thread: poll.Message.TS}
	if c.Args["what"] == "extended" {
		d.Post = extendedPost(poll)
		return d, nil
	}
	if poll.Ballot.Running() {
		return Drawn{Skip: true}, nil
	}
	loaded, err := app.Store.Begin(ctx, storage.Want{Idea: key, History: historyPage})
	if err != nil || loaded.Idea == nil || loaded.Team == nil {
		return Drawn{Skip: err == nil}, err
	}
	d.Post = resultPost(poll, loaded, func(user string) string { return app.name(ctx, user) })
	picture := ballotPicture(poll, loaded, look{team: *loaded.Team, now: poll.Ballot.ClosedAt})
	picture.around = drawBallotResult
	d.Post.Blocks = append(slices.Insert(d.Post.Blocks, 1, slack.Block(&pictureBlock{of: picture, words: drawingNow})), buttons(picture.postedSteps()...))
	d.Update = redrawn(c)
	return d, nil
}

// extendedPost tells that too few voted in time.
func extendedPost(poll storage.Polled) Post {
	b := poll.Ballot
	words := Mrkdwn(fmt.Sprintf("Too few have voted on %s in time: at least %d of %d have to. There is more time, once: until *%s*. Every vote so far counts.",
		b.Idea, b.Needs(), len(b.Electorate), whenTime(b.Deadline)))
	return Post{Text: words, Blocks: []slack.Block{say(words), buttons(choiceButtons(b, "")...)}}
}

// resultPost tells the result of a ballot in its thread. loaded are the idea with
// its latest history, and its team; name gives the name of a user: the message
// pings nobody.
func resultPost(poll storage.Polled, loaded storage.Loaded, name func(user string) string) Post {
	b := poll.Ballot
	blocks := append([]slack.Block{rich(line(bold("The ballot is closed: " + ballotQuestion(b))))}, resultBlocks(poll, name)...)
	return Post{
		Text:   Mrkdwn("The ballot on " + b.Idea.String() + " is closed. " + b.AdviceInWords() + " " + b.Result.Because),
		Blocks: append(blocks, decidingBlocks(b, loaded, name)...),
	}
}

// nameShown is how much of a name is shown where many stand in a line, in runes.
const nameShown = 40

// decidingBlocks end the result of a ballot: what was decided since, else who
// decides, with the buttons for that. loaded are the idea with its latest history,
// and its team.
func decidingBlocks(b pipeline.Ballot, loaded storage.Loaded, name func(user string) string) []slack.Block {
	if decided := decidedSince(b, *loaded.Idea, loaded.Events); decided != nil {
		return []slack.Block{decidedBlock(*decided, name), buttons(ballotDetails(b, ""))}
	}
	var owners []string
	for _, owner := range loaded.Team.Owners {
		owners = append(owners, pipeline.Cut(name(owner), nameShown))
	}
	decide := Mrkdwn("The product owners decide")
	if len(owners) == 1 {
		decide = "The product owner decides"
	}
	who := note("Votes advise. "+decide+": ", escape(strings.Join(owners, ", ")), ".")
	return []slack.Block{who, buttons(append(decidingButtons(*loaded.Idea, b, ""), ballotDetails(b, ""))...)}
}

// decidingButtons are what a product owner can do about an idea after a ballot on
// it: take the next step with it, or park it. None where another runs, or came
// after. in names the form they stand in, "" for a message.
func decidingButtons(idea pipeline.Idea, b pipeline.Ballot, in string) []slack.BlockElement {
	if idea.Ballots > b.ID || idea.Ballot != 0 || !idea.Withdrawn.IsZero() {
		return nil
	}
	step, onward := pipeline.NextStep(idea.Stage)
	if idea.Stage == pipeline.Parked {
		step, onward = pipeline.StepTo(idea.Stage, pipeline.Discovery)
	}
	if !onward {
		return []slack.BlockElement{parkButton(idea, in)}
	}
	return []slack.BlockElement{moveButton(idea.Key, step, in), parkButton(idea, in)}
}

// decidedSince is the decision on the idea beside which the ballot's advice stood,
// as far as these events tell, the newest first; nil while there is none. A
// member's step that differs from the advice is not one.
func decidedSince(b pipeline.Ballot, idea pipeline.Idea, events []pipeline.Event) *pipeline.Event {
	if idea.Weighed < b.ID {
		return nil
	}
	var decided *pipeline.Event
	for _, e := range events {
		switch {
		case e.At.Before(b.ClosedAt):
			return decided
		case e.What == pipeline.BallotStarted:
			decided = nil // what came later has another ballot to stand beside
		case e.Advice != "" && decided == nil:
			decided = &e
		}
	}
	return decided
}

// decidedBlock tells what was decided after a ballot, and why where it differs
// from the advice.
func decidedBlock(e pipeline.Event, name func(user string) string) *slack.RichTextBlock {
	words := pipeline.Cut(name(e.By), nameShown) + " " + deed(e, "it") + "."
	if e.Differs {
		words += " That is not what the ballot came to."
	}
	said := []slack.RichTextElement{line(bold("Decided: "), text(words))}
	if e.Why != "" {
		said = append(said, quote(e.Why))
	}
	return rich(said...)
}

// resultBlocks draw the result of a ballot: the objections first, then the counts
// in words with a bar, what they advise and why, and the other reasons. Names are
// those that everybody may know.
func resultBlocks(poll storage.Polled, name func(user string) string) []slack.Block {
	b := poll.Ballot
	shown := b.MayShow(poll.Tally)
	objections, others := reasonsOf(shown.Votes)
	var blocks []slack.Block
	if len(objections) > 0 {
		said := []slack.RichTextElement{line(bold(counted(shown.Counts[pipeline.ChooseObject], "objection", "objections")))}
		blocks = append(blocks, rich(append(said, reasonLines(b, objections, name)...)...))
	}
	switch {
	case shown.Counts == nil:
		blocks = append(blocks, say(Mrkdwn(shown.Hidden)))
	case shown.Voted > 0:
		blocks = append(blocks, countBlock(b, shown, name))
	}
	blocks = append(blocks, say(Mrkdwn("*"+b.AdviceInWords()+"* "+b.Result.Because)))
	if len(others) > 0 {
		blocks = append(blocks, rich(append([]slack.RichTextElement{line(bold("Why"))}, reasonLines(b, others, name)...)...))
	}
	return append(blocks, note(resultTerms(b, shown, name)))
}

// reasonsOf parts the votes that have a reason into objections and others.
func reasonsOf(votes []pipeline.VoteOf) (objections, others []pipeline.VoteOf) {
	for _, v := range votes {
		switch {
		case v.Reason == "":
		case v.Choice == pipeline.ChooseObject:
			objections = append(objections, v)
		default:
			others = append(others, v)
		}
	}
	return objections, others
}

// reasonLines are the first of these reasons, with how many more there are.
func reasonLines(b pipeline.Ballot, votes []pipeline.VoteOf, name func(user string) string) []slack.RichTextElement {
	var said []slack.RichTextElement
	for _, v := range votes[:min(len(votes), reasonsShown)] {
		switch {
		case v.Voter != "":
			said = append(said, line(text(pipeline.Cut(name(v.Voter), nameShown)+" "+voteInWords(b, v.Choice)+":")))
		case v.Choice != pipeline.ChooseObject: // objections have a heading
			said = append(said, line(text(capital(chosen(b, v.Choice))+":")))
		}
		said = append(said, quote(v.Reason))
	}
	if more := len(votes) - reasonsShown; more > 0 {
		said = append(said, line(text(fmt.Sprintf("And %d more, in the details.", more))))
	}
	return said
}

// voteInWords is a vote behind the name of who cast it: "would park it".
func voteInWords(b pipeline.Ballot, c pipeline.Choice) string {
	return strings.TrimPrefix(b.Question.CountInWords(c, 1), "one ")
}

// countBlock says how many made each choice, objections first, with a bar for the
// eye, and who where that may be known.
func countBlock(b pipeline.Ballot, shown pipeline.Shown, name func(user string) string) *slack.RichTextBlock {
	var lines []slack.RichTextElement
	for _, choice := range []pipeline.Choice{pipeline.ChooseObject, pipeline.ChoosePursue, pipeline.ChoosePark, pipeline.ChooseNoOpinion} {
		n := shown.Counts[choice]
		if n == 0 && choice == pipeline.ChooseNoOpinion {
			continue
		}
		words := capital(b.Question.CountInWords(choice, n))
		if names := votersOf(shown.Votes, choice, name); names != "" {
			words += ": " + names
		}
		if n > 0 {
			words = bar(n, shown.Voted) + "  " + words
		}
		lines = append(lines, line(text(words)))
	}
	return rich(lines...)
}

// bar of n out of all, at least one cell long.
func bar(n, all int) string {
	return strings.Repeat("█", max(1, (2*n*barCells+all)/(2*all)))
}

// votersOf names the first of those who made a choice; "" where they are not to
// be known.
func votersOf(votes []pipeline.VoteOf, c pipeline.Choice, name func(user string) string) string {
	var names []string
	more := 0
	for _, v := range votes {
		switch {
		case v.Voter == "" || v.Choice != c:
		case len(names) == votersShown:
			more++
		default:
			names = append(names, pipeline.Cut(name(v.Voter), nameShown))
		}
	}
	words := strings.Join(names, ", ")
	if more > 0 {
		words += fmt.Sprintf(" and %d more", more)
	}
	return words
}

// resultTerms are when and by whom a ballot was closed, whom it had asked, and by
// what the votes became advice.
func resultTerms(b pipeline.Ballot, shown pipeline.Shown, name func(user string) string) Mrkdwn {
	closed := "closed at its deadline, " + whenTime(b.ClosedAt)
	if b.ClosedBy != "" {
		closed = "closed early by " + escape(name(b.ClosedBy)) + ", " + whenTime(b.ClosedAt)
	}
	terms := []Mrkdwn{
		closed,
		Mrkdwn(fmt.Sprintf("%d of %d voted, counting all who were asked at the start", shown.Voted, shown.Electorate)),
	}
	if needs := b.Needs(); needs > 0 {
		terms = append(terms, Mrkdwn(fmt.Sprintf("at least %d had to", needs)))
	}
	return sentence(Mrkdwn(capital(string(join(append(terms, Mrkdwn(string(b.Level)+" ballot")), " · ")))))
}

// votePage draws a page of the votes that may be shown, objections first, for
// the private eye of whoever opens them. of is how many pages there are.
func votePage(b pipeline.Ballot, votes []pipeline.VoteOf, page int) (blocks []slack.Block, number, of int) {
	of = max(1, (len(votes)+historyPage-1)/historyPage)
	number = max(1, min(page, of))
	for part := range slices.Chunk(votes, historyPage) {
		if number--; number > 0 {
			continue
		}
		for _, v := range part {
			said := []slack.RichTextElement{line(text(capital(chosen(b, v.Choice))))}
			if v.Voter != "" {
				said[0] = line(person(v.Voter), text(" "+voteInWords(b, v.Choice)))
			}
			if v.Reason != "" {
				said = append(said, quote(v.Reason))
			}
			blocks = append(blocks, rich(said...))
		}
		break
	}
	return blocks, max(1, min(page, of)), of
}

// auditButton shows an admin who voted what; in names the form it stands in.
func auditButton(b pipeline.Ballot, in string) *slack.ButtonBlockElement {
	return confirm(button(actionAudit, "Who voted what", "in the ballot on "+b.Idea.String(), ballotValue(b, in)),
		"Look up the votes?", "That you look up who voted what enters the idea's history, where its team reads it.", "Look up")
}

// auditBallot shows an admin who voted what on a confidential ballot. That it was
// looked up is stored before anything is shown, each time.
func auditBallot(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, idea, err := req.clicked()
	if err != nil {
		return Reply{}, err
	}
	poll, err := app.polled(ctx, req, idea.Key, p.number("ballot"))
	if err != nil {
		return Reply{}, err
	}
	_, event, err := pipeline.AuditBallot(app.Policy, req.Person, req.where(), poll.Ballot, poll.Tally, poll.Now)
	if err != nil {
		return Reply{}, err
	}
	if poll, err = app.Store.AuditBallot(ctx, req.Op, idea.Key, poll.Ballot.ID, event); err != nil {
		return Reply{}, err
	}
	shown, _, err := pipeline.AuditBallot(app.Policy, req.Person, req.where(), poll.Ballot, poll.Tally, poll.Now)
	if err != nil {
		return Reply{}, err
	}
	view := auditView(idea, poll.Ballot, shown, p.page(), metadata{Channel: req.Channel})
	if req.Form != nil && p.Get("page") != "" { // turned in the list itself
		return Reply{Update: view}, nil
	}
	return Reply{Open: view}, nil
}

// auditView draws a page of who voted what.
func auditView(idea pipeline.Idea, b pipeline.Ballot, shown pipeline.Shown, page int, m metadata) *slack.ModalViewRequest {
	votes, number, of := votePage(b, shown.Votes, page)
	blocks := []slack.Block{
		rich(line(ideaTitle(idea)), line(text(ballotQuestion(b)))),
		note("That you looked this up stands in the idea's history."),
		say(Mrkdwn(capital(countsInWords(b.Question, shown)) + ".")),
	}
	if len(votes) == 0 {
		blocks = append(blocks, say("Nobody voted."))
	}
	blocks = append(blocks, votes...)
	if of > 1 {
		blocks = append(blocks, note(Mrkdwn(fmt.Sprintf("Page %d of %d", number, of))),
			buttons(pageButtons(actionAudit, number, of, ballotValue(b, ""))...))
	}
	return form("ballot.audited", pipeline.Cut("Votes on "+idea.Key.String(), 24), "", m, blocks...)
}
