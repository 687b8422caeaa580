package commands

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// What came of reviews: the summary of one, and the list of all.

// drawReviewSummary makes the reply in the thread of a review's message that tells
// what came of it.
func (app *App) drawReviewSummary(ctx context.Context, c storage.Claimed) (Drawn, error) {
	s, there, err := app.drawnReview(ctx, c)
	if err != nil || !there || s.Review.Summary == nil {
		return Drawn{Skip: err == nil}, err
	}
	d := Drawn{Channel: s.Message.Channel, Thread: s.Message.TS}
	if s.Message.IsZero() {
		if later, waits := toldLater(c.Outgoing, app.Now()); waits {
			return Drawn{Skip: true}, app.Store.Enqueue(ctx, later)
		}
		d.Channel = s.team.Channel // nobody knows whether the review's message arrived
	}
	last, err := app.reviewBefore(ctx, s.Review)
	if err != nil {
		return Drawn{}, err
	}
	d.Post = reviewSummaryPost(s, last, func(user string) string { return app.name(ctx, user) })
	return d, nil
}

const (
	// sayingsShown is how many answers to each of two questions a summary quotes, and
	// sayingShown how much of each, in runes. The details show all of them.
	sayingsShown = 5
	sayingShown  = 240
)

// reviewSummaryPost tells what came of a review, beside the one before; nil for none.
// name gives the name of a user: the message pings nobody.
func reviewSummaryPost(s reviewScene, last *pipeline.ReviewSummary, name func(user string) string) Post {
	r, summary := s.Review, *s.Review.Summary
	title := "What came of sprint " + strconv.Itoa(r.Number)
	lines := append([]string{string(goalWasInWords(r))}, summary.Lines(last)...)
	blocks := []slack.Block{header(title), slack.NewSectionBlock(plain(strings.Join(lines, "\n")), nil, nil)}
	var outcomes []string
	for _, o := range summary.Outcomes[:min(len(summary.Outcomes), pipeline.ReviewThreads)] {
		outcomes = append(outcomes, "• "+reviewedInWords(o, last))
	}
	if more := len(summary.Outcomes) - pipeline.ReviewThreads; more > 0 {
		outcomes = append(outcomes, "and "+counted(more, "more outcome", "more outcomes")+", in the details")
	}
	if len(outcomes) > 0 {
		blocks = append(blocks, slack.NewSectionBlock(plain(strings.Join(outcomes, "\n")), nil, nil))
	}
	for _, asked := range []struct {
		words string
		field pipeline.Field
	}{{"What was learned", pipeline.FieldLearned}, {"What to stop or park", pipeline.FieldStop}} {
		said := []slack.RichTextElement{line(bold(asked.words))}
		n := 0
		for _, a := range s.Answers {
			if a.Said(asked.field) == "" {
				continue
			}
			if n++; n <= sayingsShown {
				said = append(said, quote(a.Outcome.String()+", "+pipeline.Cut(name(a.By), nameShown)+": "+pipeline.Cut(a.Said(asked.field), sayingShown)))
			}
		}
		if n > sayingsShown {
			said = append(said, line(text("And "+counted(n-sayingsShown, "more answer", "more answers")+", in the details.")))
		}
		if n > 0 {
			blocks = append(blocks, rich(said...))
		}
	}
	if summary.Left > 0 {
		left := counted(summary.Left, "item was", "items were") + " not finished; "
		if summary.Carried == 0 {
			left += "none is carried over."
		} else {
			left += strconv.Itoa(summary.Carried) + " of " + strconv.Itoa(summary.Left) + " carried over in the Product Backlog."
		}
		blocks = append(blocks, note(Mrkdwn(left)))
	}
	blocks = append(blocks, slack.NewContextBlock("", plain(strings.Join(summary.Taken.Lines(), "\n"))), buttons(reviewButton(s.place(pipeline.OutcomeKey{}), "Details", "")))
	return Post{Text: Mrkdwn(title) + ". " + fallback(strings.Join(lines, " ")), Blocks: blocks}
}

// goalWasInWords says what became of the goal of a review that is closed.
func goalWasInWords(r pipeline.Review) Mrkdwn {
	return Mrkdwn(strings.ReplaceAll(string(goalStanding(r)), "*", ""))
}

// reviewedInWords says what a review found of an outcome: "PAY-O3 Fewer calls: 3
// moved, 1 too early. 96 calls, target 80; last time 120 calls, target 80".
func reviewedInWords(o pipeline.ReviewedOutcome, last *pipeline.ReviewSummary) string {
	words := o.Key.String() + "  " + o.Statement + ": "
	if said := o.Spread.EvidenceInWords(); said != "" {
		words += said
	} else {
		words += "nobody said whether it moved"
	}
	words += "."
	if o.Number == "" {
		return words
	}
	words += " " + capital(o.Number)
	if last != nil {
		if before, was := last.Before(o.Key); was && before.Number != "" {
			words += "; last time " + before.Number
		}
	}
	return words + "."
}

// reviewsPage is how many reviews a list shows at once.
const reviewsPage = 10

// turnReviews shows another page of a team's reviews.
func turnReviews(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return Reply{}, err
	}
	if req.Loaded.Team == nil {
		return Reply{}, stale
	}
	post, err := app.reviewsPost(ctx, *req.Loaded.Team, p.page())
	if err != nil {
		return Reply{}, err
	}
	switch view := form("review.list", "Reviews", "", metadata{Channel: req.Channel}, post.Blocks...); {
	case req.Form != nil:
		return Reply{Update: view}, nil
	case req.Channel == "":
		return Reply{Open: view}, nil
	}
	return req.privately(*post), nil
}

// reviewsPost lists the reviews of a team, the newest first.
func (app *App) reviewsPost(ctx context.Context, team pipeline.Team, page int) (*Post, error) {
	reviews, total, err := app.Store.Reviews(ctx, team.Key, page, reviewsPage)
	if err == nil && len(reviews) == 0 && total > 0 {
		page = 1
		reviews, total, err = app.Store.Reviews(ctx, team.Key, page, reviewsPage)
	}
	if err != nil {
		return nil, err
	}
	return reviewsList(team, reviews, page, total), nil
}

// reviewsList draws a page of them.
func reviewsList(team pipeline.Team, reviews []pipeline.Review, page, total int) *Post {
	title := "Reviews of " + team.Name
	blocks := []slack.Block{header(title)}
	if total == 0 {
		return &Post{Text: fallback(title) + ": none yet", Blocks: append(blocks, say("None yet. The review of a sprint opens by itself on its last workday."))}
	}
	for _, r := range reviews {
		words := fmt.Sprintf("Sprint %d, %s\n", r.Number, sprintDays(r.First, r.Last))
		if r.Summary == nil {
			words += "Open until " + pipeline.ShowDate(r.Deadline.In(team.Location())) + "."
		} else {
			words += string(goalWasInWords(r)) + " " + strings.Join(r.Summary.Lines(nil)[:2], " ")
		}
		at := reviewPlace{team: team.Key, number: r.Number}
		details := reviewButton(at, "Details", "")
		details.ActionID += ":" + strconv.Itoa(r.Number)
		blocks = append(blocks, slack.NewSectionBlock(plain(words), nil, slack.NewAccessory(details)))
	}
	of := (total + reviewsPage - 1) / reviewsPage
	count := counted(total, "review", "reviews")
	blocks = append(blocks, note(Mrkdwn(fmt.Sprintf("Page %d of %d · %s, the newest first", page, of, count))))
	if of > 1 {
		blocks = append(blocks, buttons(pageButtons(actionReviewList, page, of, newParams("team", string(team.Key)))...))
	}
	return &Post{Text: fallback(title) + ": " + Mrkdwn(count), Blocks: blocks}
}
