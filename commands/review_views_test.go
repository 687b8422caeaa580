package commands

import (
	"fmt"
	"time"

	"alignbot/pipeline"
	"alignbot/storage"
)

// drawnReview is the review of a sprint with forty outcomes and fifty items, three
// of them left over, answered by thirty; summed up where it is closed.
func drawnReview(w words, closed bool) reviewScene {
	s := reviewScene{team: drawnTeam(w)}
	s.sprint = pipeline.Sprint{
		Team: "PAY", Number: 12, First: "2026-11-09", Last: "2026-11-20", Goal: pipeline.Cut(pipeline.CleanLine(w.text), pipeline.SprintGoalLimit), Outcome: pipeline.OutcomeKey{Team: "PAY", Number: 1},
		Started: drawnAt.AddDate(0, 0, -11),
	}
	for i := range pipeline.ReviewOutcomes {
		o := pipeline.Outcome{
			Key: pipeline.OutcomeKey{Team: "PAY", Number: i + 1}, Statement: pipeline.Cut(w.title, pipeline.StatementLimit), Kind: pipeline.ProductOutcome,
			Unit: pipeline.Cut(w.line, pipeline.UnitOfOutcome), Light: pipeline.Yellow, Created: drawnAt.AddDate(0, 0, -30),
			Baseline: &pipeline.Reading{Value: 120, Day: "2026-09-01"}, Target: &pipeline.Reading{Value: 80, Day: "2027-03-01"},
		}
		if i == 2 {
			o.Closed, o.Result = drawnAt, pipeline.Reached
		}
		s.nodes.Outcomes = append(s.nodes.Outcomes, o)
	}
	ideas := map[pipeline.Key]pipeline.Idea{}
	for i := range pipeline.SprintItemsMax {
		idea := drawnEffect(w)
		idea.Key.Number, idea.Stage, idea.Size, idea.Outcomes = i+1, pipeline.Delivered, 3, nil
		switch {
		case i < 3:
			idea.Stage = []pipeline.Stage{pipeline.Backlog, pipeline.Parked, pipeline.Discovery}[i]
		case i > 8:
			idea.Outcomes = []pipeline.NodeKey{s.nodes.Outcomes[i%pipeline.ReviewOutcomes].Key, s.nodes.Outcomes[0].Key}
		}
		ideas[idea.Key] = idea
		item := pipeline.SprintItem{Key: idea.Key}
		if i == 9 {
			item.Added = drawnAt
		}
		s.sprint.Items = append(s.sprint.Items, item)
	}
	s.report = pipeline.ReportSprint(s.sprint, ideas, s.nodes)
	r, _ := pipeline.OpenReviewAt(s.team, s.sprint, pipeline.ReviewFacts{Report: s.report}, drawnAt)
	r.Version, r.GoalWas, r.GoalBy = 1, pipeline.GoalNotReached, "U01"
	said := pipeline.Cut(w.text, pipeline.ReviewAnswerLimit)
	for i := range 30 {
		s.Answers = append(s.Answers, pipeline.ReviewAnswer{
			By: fmt.Sprintf("U%02d", i+1), Outcome: r.Outcomes[0], Evidence: pipeline.EffectAnswers()[i%4], Confidence: i%pipeline.ReviewConfidence + 1,
			Words: pipeline.ReviewWords{Served: said, Expected: said, Business: said, Learned: said, Stop: said, Again: "2026-12-18"},
		})
	}
	s.Review, s.Message = r, pipeline.Message{Channel: "C1", TS: "1700000000.000500"}
	if closed {
		summary := pipeline.SummarizeReview(r, s.sprint, s.report, s.nodes, s.Answers, drawnGates, pipeline.TakingPart{
			People: 5, Named: true, Discovery: pipeline.PartTaken{Product: 1, Developers: 2, Others: 1}, Refinement: pipeline.PartTaken{Product: 1, Developers: 2},
		})
		s.Review, _ = pipeline.CloseReviewAt(r, summary, r.Deadline)
	}
	return s
}

var drawnGates = pipeline.Gates{Passed: 7, Overridden: 2}

// bareReview is the review of a sprint that finished nothing and was for nothing.
func bareReview(w words) reviewScene {
	s := drawnReview(w, false)
	s.sprint.Items, s.sprint.Outcome, s.Answers = nil, pipeline.OutcomeKey{}, nil
	s.report = pipeline.ReportSprint(s.sprint, nil, s.nodes)
	s.Review.Outcomes, s.Review.GoalWas, s.Review.GoalBy = nil, "", ""
	return s
}

// reviewDrawings are the messages, forms and views of reviews.
func reviewDrawings(w words) map[string]any {
	open, closed, bare := drawnReview(w, false), drawnReview(w, true), bareReview(w)
	name := func(string) string { return w.who }
	everything, reading := func(pipeline.Action) bool { return true }, func(a pipeline.Action) bool { return a == pipeline.AnswerReview }
	first := open.nodes.Outcomes[0]
	at := open.place(first.Key)
	last := *closed.Review.Summary
	shown := func(s reviewScene, change func(*shownReview)) shownReview {
		v := shownReview{reviewScene: s, gates: drawnGates, reader: "U01", may: everything, now: drawnAt, page: 1}
		if change != nil {
			change(&v)
		}
		return v
	}
	view := func(s reviewScene, change func(*shownReview)) any {
		return shown(s, change).view(metadata{Channel: "C1"})
	}
	outcome := func(s reviewScene, o pipeline.Outcome, change func(*shownReview)) any {
		return shown(s, change).outcomeView(o, metadata{Channel: "C1"})
	}
	asReader := func(v *shownReview) { v.may, v.reader = reading, "U99" }
	items := func(page int) func(*shownReview) {
		return func(v *shownReview) { v.show, v.page = showItems, page }
	}
	unopened := open
	unopened.Review = pipeline.Review{}
	form := metadata{Team: "PAY", Review: 12, Node: first.Key.String(), Channel: "C1", Draft: at.slot(), Fresh: "x", Below: inReview, At: at.value(inReview).Get("at")}
	typed := map[pipeline.Field]string{}
	for _, q := range pipeline.ReviewQuestions() {
		typed[q.Field] = open.Answers[0].Said(q.Field)
	}
	var reviews []pipeline.Review
	for range reviewsPage {
		reviews = append(reviews, closed.Review)
	}
	reviews[0] = open.Review
	mine := storage.ReviewState{Review: open.Review, Answers: open.Answers}
	return map[string]any{
		"news_review":                reviewPost(open, drawnGates, name),
		"news_review_closed":         closedReviewPost(closed, name),
		"news_review_bare":           reviewPost(bare, pipeline.Gates{}, name),
		"news_review_outcome":        reviewOutcomePost(open, first),
		"news_review_outcome_closed": reviewOutcomePost(closed, open.nodes.Outcomes[2]),
		"news_review_summary":        reviewSummaryPost(closed, &last, name),
		"news_review_summary_first":  reviewSummaryPost(closed, nil, name),
		"review_offer":               *reviewOffer(unopened, everything, ""),
		"review_offer_reader":        *reviewOffer(unopened, reading, ""),
		"review_shown":               view(open, nil),
		"review_shown_last":          view(open, func(v *shownReview) { v.page = 99 }),
		"review_shown_items":         view(open, items(1)),
		"review_shown_items_reader":  view(open, func(v *shownReview) { items(1)(v); asReader(v) }),
		"review_shown_items_last":    view(open, items(99)),
		"review_shown_over":          view(open, func(v *shownReview) { v.now = open.Review.Deadline.Add(time.Minute) }),
		"review_shown_bare":          view(bare, nil),
		"review_shown_bare_items":    view(bare, items(1)),
		"review_shown_closed":        view(closed, func(v *shownReview) { v.last = &last; asReader(v) }),
		"review_outcome":             outcome(open, first, nil),
		"review_outcome_last":        outcome(open, first, func(v *shownReview) { v.page = 99 }),
		"review_outcome_bare":        outcome(open, open.nodes.Outcomes[1], asReader),
		"review_outcome_closed":      outcome(closed, open.nodes.Outcomes[2], nil),
		"review_answer_form":         reviewAnswerForm(form, first, open.Review, typed, typedBeforeNote(actionReviewAnswer, at.value(""), drawnAt)...),
		"review_answered":            reviewAnswered(mine, at, "U01"),
		"review_list":                *reviewsList(open.team, reviews, 2, 25),
		"review_list_none":           *reviewsList(open.team, nil, 1, 0),
		"developers_form":            developersForm(metadata{Team: "PAY", Channel: "C1", Fresh: "x"}, open.team, pipeline.Developers{People: []string{"U1", "U2"}}),
	}
}
