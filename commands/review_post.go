package commands

import (
	"context"
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// The messages of a review in its team's channel: one for the review, and one for
// each outcome, whose thread is for talking about it.

// drawReview makes the message of a review, in whose thread its summary is told.
func (app *App) drawReview(ctx context.Context, c storage.Claimed) (Drawn, error) {
	s, there, err := app.drawnReview(ctx, c)
	if err != nil || !there || !s.opened() {
		return Drawn{Skip: err == nil}, err
	}
	d, name := Drawn{Channel: s.team.Channel, Update: s.Message}, func(user string) string { return app.name(ctx, user) }
	if !s.Review.IsOpen() {
		d.Post = closedReviewPost(s, name)
		return d, nil
	}
	gates, err := app.gates(ctx, s, app.clockOf(c))
	d.Post = reviewPost(s, gates, name)
	return d, err
}

// orphansShown and leftShown are how many items the message of a review names.
const (
	orphansShown = 5
	leftShown    = 5
)

// reviewHead begins the message of a review with what is known of the sprint, in
// words. name gives the name of a user: the message pings nobody.
func reviewHead(r pipeline.Review, words Mrkdwn, name func(user string) string) (title Mrkdwn, blocks []slack.Block) {
	head, standing := "Review of sprint "+strconv.Itoa(r.Number), goalStanding(r)
	if r.GoalBy != "" {
		standing += " Said by " + escape(pipeline.Cut(name(r.GoalBy), nameShown)) + "."
	}
	return Mrkdwn(head), []slack.Block{
		header(head),
		rich(line(text(sprintDays(r.First, r.Last)+". The goal:")), quote(r.Goal)),
		say(standing + "\n" + words),
	}
}

// closedReviewPost draws a review that is closed, as its summary found it.
func closedReviewPost(s reviewScene, name func(user string) string) Post {
	r, summary := s.Review, *s.Review.Summary
	words := Mrkdwn("Planned: " + summary.Planned.Words(summary.InIdeas) + ". Finished: " + summary.Done.Words(summary.InIdeas) + ".")
	title, blocks := reviewHead(r, words+"\n"+gatesInWords(summary.Gates), name)
	return Post{Text: title + " (closed): " + words, Blocks: append(blocks,
		say("*Closed.* "+answeredInWords(r, summary.People)+" The summary is in the thread."), buttons(reviewButton(s.place(pipeline.OutcomeKey{}), "Details", "")))}
}

// reviewPost draws a review that is open for all who are in its team's channel.
func reviewPost(s reviewScene, gates pipeline.Gates, name func(user string) string) Post {
	r, words := s.Review, Mrkdwn(s.report.Words(s.sprint.InIdeas))
	title, blocks := reviewHead(r, words+"\n"+gatesInWords(gates), name)
	for _, group := range []struct {
		words string
		items []pipeline.ReviewItem
		most  int
	}{
		{"Finished without an outcome", s.report.Orphans, orphansShown},
		{"Left over", s.report.Left, leftShown},
	} {
		if n := len(group.items); n > 0 {
			lines := []string{group.words + ": " + strconv.Itoa(n)}
			for _, i := range group.items[:min(n, group.most)] {
				lines = append(lines, "• "+i.Key.String()+"  "+i.Title)
			}
			if n > group.most {
				lines = append(lines, "and "+strconv.Itoa(n-group.most)+" more")
			}
			blocks = append(blocks, slack.NewSectionBlock(plain(strings.Join(lines, "\n")), nil, nil))
		}
	}
	at := s.place(pipeline.OutcomeKey{})
	asks := "Each outcome that it was for has a message below: please say what came of it before you meet, until *" + whenTime(r.Deadline) + "*."
	switch posted := len(r.Threads()); {
	case posted == 0:
		asks = "Nothing in the sprint serves an outcome, so there is none to ask about. It closes by itself *" + whenTime(r.Deadline) + "*."
	case len(r.Outcomes) > posted:
		asks += " " + Mrkdwn(counted(len(r.Outcomes)-posted, "more outcome is", "more outcomes are")) + " in the details."
	}
	blocks = append(blocks, say(asks), buttons(append(goalButtons(at, ""), primary(reviewButton(at, "Details", "")))...))
	return Post{Text: title + ": " + words, Blocks: blocks}
}

// drawReviewOutcome makes the message of one outcome of a review.
func (app *App) drawReviewOutcome(ctx context.Context, c storage.Claimed) (Drawn, error) {
	s, there, err := app.drawnReview(ctx, c)
	if err != nil || !there || !s.opened() {
		return Drawn{Skip: err == nil}, err
	}
	key, err := pipeline.ParseOutcomeKey(c.Args["outcome"])
	if err != nil {
		return Drawn{}, err
	}
	o, known := outcomeIn(s.nodes, key)
	if !known {
		return Drawn{Skip: true}, nil
	}
	return Drawn{Channel: s.team.Channel, Update: s.Threads[key], Post: reviewOutcomePost(s, o)}, nil
}

// reviewOutcomePost draws one outcome of a review for all who are in its team's
// channel.
func reviewOutcomePost(s reviewScene, o pipeline.Outcome) Post {
	at, key := s.place(o.Key), o.Key.String()
	spread := pipeline.SpreadOf(s.Answers, o.Key)
	words := Mrkdwn("Sprint "+strconv.Itoa(s.Review.Number)+", "+key+" ") + fallback(o.Statement)
	blocks := []slack.Block{
		rich(line(text("Sprint "+strconv.Itoa(s.Review.Number)+" and "), bold(key), text("  "+o.Statement))),
		slack.NewSectionBlock(plain(numberStanding(o)), nil, nil),
		finishedBlock(s.report, o.Key),
	}
	said := answeredInWords(s.Review, spread.People)
	if more := spreadInWords(spread); more != "" {
		said += "\n" + Mrkdwn(more)
	}
	if !s.Review.IsOpen() {
		return Post{Text: words + " (closed)", Blocks: append(blocks, say("*Closed.* "+said), buttons(reviewButton(at, "Details", "")))}
	}
	blocks = append(blocks, tapBlocks(at, "")...)
	steps := []slack.BlockElement{primary(answerReviewButton(at, "Answer all eight…", "")), reviewButton(at, "Details", "")}
	if o.IsOpen() {
		steps = append(steps, checkInButton(o.Key, ""))
	}
	return Post{Text: words, Blocks: append(blocks, buttons(steps...), say(said))}
}
