package commands

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// inReview: everything about a review, or about one of its outcomes. A place in it is
// the value of the button to it.
const inReview = "review"

// The parts of a review that are looked at one at a time, as buttons name them.
const (
	showOutcomes = "" // what it was for
	showItems    = "items"
)

const (
	reviewOutcomesPage = 10 // outcomes of a review shown at once
	reviewItemsPage    = 10 // items
)

// showReview opens everything about a review, or turns to another part of it. Of one
// that is not opened yet it offers to open it.
func showReview(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return Reply{}, err
	}
	at, err := req.review()
	if err != nil {
		return Reply{}, err
	}
	s, err := app.reviewScene(ctx, req.Loaded, at.number)
	switch {
	case err != nil:
		return Reply{}, err
	case !s.opened() && (req.Form != nil || req.Channel == ""):
		offer := reviewOffer(s, app.may(req), inReview)
		return Reply{Open: form("review.offer", "Review of sprint "+strconv.Itoa(at.number), "", metadata{Channel: req.Channel}, offer.Blocks...)}, nil
	case !s.opened():
		return req.privately(*reviewOffer(s, app.may(req), "")), nil
	}
	view, err := app.reviewView(ctx, req, s, p, req.Channel)
	if err != nil {
		return Reply{}, err
	}
	if req.Form != nil && p.Get("in") == inReview {
		return Reply{Update: view}, nil
	}
	return Reply{Open: view}, nil
}

// redrawnReview draws it again for the place of a button or form, after something
// was changed there: while the review is open its messages are drawn anew, too.
func (app *App) redrawnReview(ctx context.Context, req *Request, at place) (*slack.ModalViewRequest, error) {
	again, p, err := app.reloaded(ctx, req, at, pipeline.AnswerReview, wantReview)
	if err != nil {
		return nil, err
	}
	where, err := reviewAt(p)
	if err != nil {
		return nil, err
	}
	s, err := app.reviewScene(ctx, again.Loaded, where.number)
	if err == nil && !s.opened() {
		err = noReview(where.number)
	}
	if err != nil {
		return nil, err
	}
	if s.Review.IsOpen() {
		if err := app.Store.Enqueue(ctx, redrawnReview(s.team, s.Review)...); err != nil {
			return nil, err
		}
	}
	return app.reviewView(ctx, again, s, p, at.channel)
}

// reviewView draws the part of a review that the value names.
func (app *App) reviewView(ctx context.Context, req *Request, s reviewScene, value params, channel string) (*slack.ModalViewRequest, error) {
	at, err := reviewAt(value)
	if err != nil {
		return nil, err
	}
	shown := shownReview{reviewScene: s, reader: req.Person.ID, may: app.may(req), now: req.Now, show: value.Get("show"), page: value.page()}
	m := metadata{Channel: channel}
	if !at.outcome.IsZero() {
		o, known := outcomeIn(s.nodes, at.outcome)
		if !known || !s.Review.Asks(at.outcome) {
			return nil, noNode(at.outcome)
		}
		return shown.outcomeView(o, m), nil
	}
	if s.Review.Summary == nil {
		shown.gates, err = app.gates(ctx, s, req.Now)
	} else {
		shown.last, err = app.reviewBefore(ctx, s.Review)
	}
	if err != nil {
		return nil, err
	}
	return shown.view(m), nil
}

// reviewBefore is the summary of the review before one that is closed; nil for none.
func (app *App) reviewBefore(ctx context.Context, r pipeline.Review) (*pipeline.ReviewSummary, error) {
	if r.Summary == nil || r.Summary.Last == 0 {
		return nil, nil
	}
	before, err := app.Store.Review(ctx, r.Team, r.Summary.Last)
	if errors.Is(err, storage.ErrNotFound) {
		return nil, nil
	}
	return before.Review.Summary, err
}

// shownReview is what everything about a review is drawn from, for one reader.
type shownReview struct {
	reviewScene
	gates  pipeline.Gates          // while it is open
	last   *pipeline.ReviewSummary // of the review before, once this one is closed
	reader string
	may    func(pipeline.Action) bool
	now    time.Time
	show   string
	page   int // from 1
}

// value of a button in this view that leads to a part of the review.
func (s shownReview) value(outcome pipeline.OutcomeKey, show string) params {
	return s.place(outcome).value(inReview).set("show", show)
}

// here is where the view is, for what lies on it.
func (s shownReview) here(outcome pipeline.OutcomeKey) params {
	at := s.place(outcome).value("").set("show", s.show)
	if s.page > 1 {
		at.set("page", strconv.Itoa(s.page))
	}
	return at
}

// standing puts a button of something else into this view.
func (s shownReview) standing(b *slack.ButtonBlockElement, outcome pipeline.OutcomeKey) *slack.ButtonBlockElement {
	p, _ := decodeParams(b.Value)
	b.Value = p.set("in", inReview).set("at", s.here(outcome).encode()).encode()
	return b
}

// view draws the review as a whole.
func (s shownReview) view(m metadata) *slack.ModalViewRequest {
	r := s.Review
	standing := goalStanding(r)
	if r.Summary == nil { // which says the rest
		standing += "\n" + Mrkdwn(s.report.Words(s.sprint.InIdeas)) + "\n" + gatesInWords(s.gates)
	}
	blocks := []slack.Block{rich(line(bold(sprintDays(r.First, r.Last))), quote(r.Goal)), say(standing), s.until()}
	if r.IsOpen() && s.may(pipeline.HoldReview) {
		steps := goalButtons(s.place(pipeline.OutcomeKey{}), inReview)
		blocks = append(blocks, buttons(append(steps, closeReviewButton(s.place(pipeline.OutcomeKey{}), inReview))...))
	}
	if r.Summary != nil {
		blocks = append(blocks, slack.NewDividerBlock(), slack.NewSectionBlock(plain(strings.Join(r.Summary.Lines(s.last), "\n")), nil, nil),
			slack.NewContextBlock("", plain(strings.Join(r.Summary.Taken.Lines(), "\n"))))
	}
	outcomes, items := button(actionReview+":outcomes", "Outcomes", "of the sprint", s.value(pipeline.OutcomeKey{}, showOutcomes)),
		button(actionReview+":items", counted(len(s.sprint.Items), "item", "items"), "of the sprint", s.value(pipeline.OutcomeKey{}, showItems))
	blocks = append(blocks, slack.NewDividerBlock())
	if s.show == showItems {
		blocks = append(blocks, s.items()...)
		blocks = append(blocks, buttons(outcomes, reviewsButton(s.team.Key)))
	} else {
		blocks = append(blocks, s.outcomes()...)
		blocks = append(blocks, buttons(items, reviewsButton(s.team.Key)))
	}
	if s.may(pipeline.ChangeTeam) {
		blocks = append(blocks, buttons(s.standing(developersButton(s.team.Key), pipeline.OutcomeKey{})))
	}
	return form("review.shown", "Review of sprint "+strconv.Itoa(r.Number), "", m, blocks...)
}

// until says until when answers are taken, or how the review ended.
func (s shownReview) until() slack.Block {
	r := s.Review
	people := answeredInWords(r, len(pipeline.Answered(s.Answers)))
	switch {
	case r.Answerable(s.now):
		return note(people, " Answers are taken until ", whenTime(r.Deadline), ".")
	case r.IsOpen():
		return note(people, " The time to answer is over. The summary follows.")
	case r.ClosedBy != "":
		return note(people, " Closed by ", mention(r.ClosedBy), ", ", whenTime(r.Closed), ".")
	}
	return note(people, " Closed at its time, ", whenTime(r.Closed), ".")
}

// answeredInWords says how many people answered in a review.
func answeredInWords(r pipeline.Review, n int) Mrkdwn {
	switch {
	case n == 0 && r.IsOpen():
		return "Nobody has answered yet."
	case n == 0:
		return "Nobody answered."
	case !r.IsOpen():
		return Mrkdwn(counted(n, "person", "people") + " answered.")
	case n == 1:
		return "1 person has answered."
	}
	return Mrkdwn(strconv.Itoa(n) + " people have answered.")
}

// goalStanding says whether the goal was reached.
func goalStanding(r pipeline.Review) Mrkdwn {
	switch r.GoalWas {
	case pipeline.GoalReached:
		return "*The goal was reached.*"
	case pipeline.GoalNotReached:
		return "*The goal was not reached.*"
	}
	if !r.IsOpen() {
		return "Nobody said whether the goal was reached."
	}
	return "Nobody has said yet whether the goal was reached."
}

// gatesInWords counts the gates that were overridden in the time of the sprint.
func gatesInWords(g pipeline.Gates) Mrkdwn {
	words := "No idea passed a gate in this time"
	if g.Passed > 0 {
		words = fmt.Sprintf("Gates passed by an override in this time: %d of %d", g.Overridden, g.Passed)
	}
	return Mrkdwn(words + g.SinceInWords() + ".")
}

// outcomes are a page of what the sprint was for.
func (s shownReview) outcomes() []slack.Block {
	r := s.Review
	blocks := []slack.Block{say("*What it was for*")}
	if len(r.Outcomes) == 0 {
		return append(blocks, note("Nothing in the sprint serves an outcome, and the goal names none."))
	}
	first, end, page, of := pageOf(len(r.Outcomes), s.page, reviewOutcomesPage)
	for _, key := range r.Outcomes[first:end] {
		o, known := outcomeIn(s.nodes, key)
		if !known {
			continue
		}
		words := fmt.Sprintf("%s  %s\n%s · %s", key, o.Statement, numberStanding(o), counted(len(s.report.FinishedFor(key)), "finished item", "finished items"))
		if spread := spreadInWords(pipeline.SpreadOf(s.Answers, key)); spread != "" {
			words += "\n" + spread
		}
		blocks = append(blocks, slack.NewSectionBlock(plain(words), nil, slack.NewAccessory(
			button(actionReview+":"+key.String(), "Open", key.String(), s.value(key, showOutcomes)))))
	}
	if r.Left > 0 && page == of {
		blocks = append(blocks, note(Mrkdwn(counted(r.Left, "more outcome is", "more outcomes are"))+" not asked about."))
	}
	return append(blocks, s.turning(page, of, showOutcomes)...)
}

// turning are the buttons to the pages beside this one.
func (s shownReview) turning(page, of int, show string) []slack.Block {
	if of == 1 {
		return nil
	}
	return []slack.Block{note(Mrkdwn(fmt.Sprintf("Page %d of %d", page, of))), buttons(pageButtons(actionReview, page, of, s.value(pipeline.OutcomeKey{}, show))...)}
}

// numberStanding says how the number of an outcome stands: "96 calls, target 80 · 60 %
// of the way · at risk".
func numberStanding(o pipeline.Outcome) string {
	var said []string
	if number := o.NumberInWords(); number != "" {
		said = append(said, number)
	}
	said = append(said, pipeline.ProgressOf(o).Words)
	if !o.IsOpen() {
		return strings.Join(append(said, "closed: "+string(o.Result)), " · ")
	}
	return strings.Join(append(said, lightWords(o.Light)), " · ")
}

// spreadInWords says what people answered with one click; "" where nobody did.
func spreadInWords(s pipeline.Spread) string {
	var said []string
	if words := s.EvidenceInWords(); words != "" {
		said = append(said, "Evidence: "+words+".")
	}
	if words := s.ConfidenceInWords(); words != "" {
		said = append(said, "Confidence: "+words+".")
	}
	return strings.Join(said, " ")
}
