package commands

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// How a sprint is reviewed: /align review, and how its review opens.

// fitsReview: nothing, the number of a sprint, or list.
func fitsReview(rest string) bool {
	_, err := reviewWords(rest)
	return err == nil
}

// wordList after /align review asks for the former ones.
const wordList = "list"

// reviewWords reads what stands behind the command: -1 for list, 0 for nothing.
func reviewWords(words string) (int, error) {
	words = strings.ToLower(pipeline.CleanLine(words))
	switch words {
	case "":
		return 0, nil
	case wordList:
		return -1, nil
	}
	n, err := strconv.Atoi(words)
	if err != nil || n < 1 {
		return 0, &pipeline.Problem{
			Code: "review-words",
			What: fmt.Sprintf("“%s” is no number of a sprint.", pipeline.Cut(words, 40)),
			Next: "Type /align review for the review that is on, /align review list for all of them.",
		}
	}
	return n, nil
}

// wantTypedReview: the team of the channel with the review that stands behind the
// command, or with what tells which one is meant.
func wantTypedReview(req *Request) (storage.Want, error) {
	want := storage.Want{Channel: req.Channel}
	if number, _ := reviewWords(typed(req.Words)); number > 0 {
		return want.WantReviewed(number), nil
	}
	return want.WantReviewNow(), nil
}

// typedReview answers /align review: it opens the review that is meant, or offers to
// open it to the team.
func typedReview(ctx context.Context, app *App, req *Request) (Reply, error) {
	number, err := reviewWords(typed(req.Words))
	if err != nil {
		return Reply{}, err
	}
	if req.Loaded.Team == nil {
		return chooseTeam(ctx, app, req, actionReviewList, newParams())
	}
	team := *req.Loaded.Team
	switch {
	case number < 0:
		post, err := app.reviewsPost(ctx, team, 1)
		return Reply{Tell: post}, err
	case number == 0:
		sprints, reviews, err := req.Loaded.ReviewsNow()
		if err != nil {
			return Reply{}, err
		}
		if number = pipeline.ReviewNow(team, sprints, reviews, req.Now); number == 0 {
			return Reply{}, noReviewYet(sprints)
		}
		loaded, err := app.Store.Begin(ctx, reviewWant(team.Key, number))
		if err != nil {
			return Reply{}, err
		}
		again := *req
		again.Loaded.Nodes = loaded.Nodes
		return app.reviewOrOffer(ctx, &again, loaded, number)
	}
	return app.reviewOrOffer(ctx, req, req.Loaded, number)
}

// reviewOrOffer opens everything about a review; of one that is not opened it tells
// how the sprint stands, with the button that opens it.
func (app *App) reviewOrOffer(ctx context.Context, req *Request, loaded storage.Loaded, number int) (Reply, error) {
	s, err := app.reviewScene(ctx, loaded, number)
	if err != nil {
		return Reply{}, err
	}
	if s.opened() {
		view, err := app.reviewView(ctx, req, s, s.place(pipeline.OutcomeKey{}).value(""), req.Channel)
		return Reply{Open: view}, err
	}
	return Reply{Tell: reviewOffer(s, app.may(req), "")}, nil
}

// reviewOffer tells how a sprint stands that is not reviewed yet; in names the form it
// stands in, "" for a message.
func reviewOffer(s reviewScene, may func(pipeline.Action) bool, in string) *Post {
	name := "Sprint " + strconv.Itoa(s.sprint.Number)
	said := []slack.RichTextElement{line(bold(name), text(", "+sprintDays(s.sprint.First, s.sprint.Last))), quote(s.sprint.Goal)}
	words := Mrkdwn(s.report.Words(s.sprint.InIdeas))
	opens := note("Its review is not open yet. It opens by itself in the morning of " + Mrkdwn(pipeline.ShowDay(s.sprint.Last)) + ", or on the last workday before.")
	if !s.sprint.IsOpen() {
		opens = note("Its review is not open yet.")
	}
	blocks := []slack.Block{rich(said...), say(words), opens}
	var steps []slack.BlockElement
	if may(pipeline.HoldReview) {
		steps = append(steps, primary(confirm(button(actionReviewOpen, "Open its review", name, s.place(pipeline.OutcomeKey{}).value(in)),
			"Open the review?", "It is posted in the team's channel, with a message for each outcome, and everybody there can answer.", "Open it")))
	}
	steps = append(steps, reviewsButton(s.team.Key))
	return &Post{Text: Mrkdwn(name) + ": " + words, Blocks: append(blocks, buttons(steps...))}
}

// sprintDays: "9 Nov 2026 to 20 Nov 2026".
func sprintDays(first, last string) string {
	return pipeline.ShowDay(first) + " to " + pipeline.ShowDay(last)
}

// openReview opens the review of a sprint to its team. Of several who do, and of its
// own time that comes, one opens it.
func openReview(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return Reply{}, err
	}
	at, err := reviewAt(p)
	if err != nil {
		return Reply{}, err
	}
	s, err := app.reviewScene(ctx, req.Loaded, at.number)
	if err != nil {
		return Reply{}, err
	}
	facts, err := app.reviewFacts(ctx, s)
	if err != nil {
		return Reply{}, err
	}
	opened, err := pipeline.OpenReview(app.Policy, req.Person, req.where(), s.sprint, facts, req.Now)
	if err != nil {
		return Reply{}, err
	}
	words := "The review is open. It is posted in the team's channel, and everybody there can answer until " + whenTime(opened.Deadline) + "."
	if s.opened() {
		words = "The review was opened already."
	} else if _, err = app.Store.OpenReview(ctx, req.Op, opened, openingReview(s.team, opened)...); err != nil {
		var conflict *storage.ReviewConflictError
		if !errors.As(err, &conflict) {
			return Reply{}, err
		}
		words = "Somebody opened the review at the same moment."
	}
	told := tell(words, buttons(reviewButton(at, "Show the review", "")))
	return app.answer(ctx, req, p, req.privately(*told.Tell)), nil
}

// drawReviewDue opens the review of a sprint whose time has come. It sends nothing
// itself.
func (app *App) drawReviewDue(ctx context.Context, c storage.Claimed) (Drawn, error) {
	done := Drawn{Skip: true}
	s, there, err := app.drawnReview(ctx, c)
	if err != nil || !there || s.opened() {
		return done, err
	}
	if when := c.Args["when"]; when != reviewClosedSprint && when != s.sprint.Last {
		return done, nil // its days were changed, and there is an entry for those
	}
	facts, err := app.reviewFacts(ctx, s)
	if err != nil {
		return done, err
	}
	now, later := app.clockOf(c), c.Outgoing
	opened, due := pipeline.OpenReviewAt(s.team, s.sprint, facts, now)
	later.ID, later.Due = c.ID+":again", pipeline.ReviewWaits(s.team, facts.Holidays, s.sprint, now)
	if !due { // the team has moved to another time zone, or works on other days
		later.Due = pipeline.ReviewOpens(s.team, facts.Holidays, s.sprint)
	}
	if !later.Due.IsZero() {
		return done, app.Store.Enqueue(ctx, later)
	}
	_, err = app.Store.OpenReview(ctx, c.ID, opened, openingReview(s.team, opened)...)
	var conflict *storage.ReviewConflictError
	if errors.As(err, &conflict) {
		return done, nil // somebody opened it at this moment
	}
	return done, err
}

// reviewButton opens everything about a review, or about one of its outcomes; in
// names the form it stands in, "" for a message.
func reviewButton(at reviewPlace, label, in string) *slack.ButtonBlockElement {
	about := "of the review of sprint " + strconv.Itoa(at.number)
	action := actionReview
	if !at.outcome.IsZero() {
		action, about = actionReview+":"+at.outcome.String(), "of "+at.outcome.String()+" in the review"
	}
	return button(action, label, about, at.value(in))
}

// reviewsButton lists the reviews of a team.
func reviewsButton(team pipeline.TeamKey) *slack.ButtonBlockElement {
	return button(actionReviewList, "Former reviews", "of "+string(team), newParams("team", string(team)))
}
