package commands

import (
	"context"
	"errors"
	"strconv"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// How somebody answers the questions about one outcome of a review.

// tapReview answers one question with a click.
func tapReview(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return Reply{}, err
	}
	at, state, err := req.asked()
	if err != nil {
		return Reply{}, err
	}
	a := state.Mine(req.Person.ID, at.outcome)
	typed := pipeline.ReviewForm{Evidence: string(a.Evidence), Words: pipeline.ReviewWords{}}
	if a.Confidence > 0 {
		typed.Confidence = strconv.Itoa(a.Confidence)
	}
	question := pipeline.Field(p.Get("question"))
	switch said := p.Get("said"); question {
	case pipeline.FieldReviewEvidence:
		typed.Evidence = said
	case pipeline.FieldConfidence:
		typed.Confidence = said
	default:
		return Reply{}, stale
	}
	tapped, err := pipeline.CheckReviewAnswer(app.Policy, req.Person, req.where(), state.Review, at.outcome, typed, req.Now)
	if err != nil {
		return Reply{}, staleFields(err)
	}
	tapped.Words = a.Words
	after, err := app.keepReviewAnswer(ctx, req, storage.ReviewAnswering{Op: req.Op, Seen: state, Answer: tapped, Only: question})
	isLater := errors.Is(err, storage.ErrOvertaken)
	if err != nil && !isLater {
		return Reply{}, err
	}
	told := reviewAnswered(after, at, req.Person.ID)
	if isLater {
		told = overtaken(told)
	}
	return app.answer(ctx, req, p, req.privately(told)), nil
}

// staleFields: where only a click chose, a choice that is none is not the person's
// mistake.
func staleFields(err error) error {
	var problem *pipeline.Problem
	if errors.As(err, &problem) && problem.Fields != nil {
		return stale
	}
	return err
}

// asked is the review that a button or form names with one of its outcomes, as it
// was loaded.
func (req *Request) asked() (reviewPlace, storage.ReviewState, error) {
	at, state, err := req.loadedReview()
	if err == nil && at.outcome.IsZero() {
		err = stale
	}
	return at, state, err
}

// keepReviewAnswer stores an answer and has the message of its outcome drawn anew. A
// review that was closed meanwhile says so itself.
func (app *App) keepReviewAnswer(ctx context.Context, req *Request, r storage.ReviewAnswering) (storage.ReviewState, error) {
	r.Acted = req.acted()
	after, err := app.Store.AnswerReview(ctx, r, redrawnThread(*req.Loaded.Team, r.Seen.Review, r.Answer.Outcome)...)
	if errors.Is(err, storage.ErrClosed) {
		if refused := pipeline.MayAnswerReview(app.Policy, req.Person, req.where(), after.Review, r.Answer.Outcome, req.Now); refused != nil {
			return after, refused
		}
	}
	return after, err
}

// redrawnThread is the message of an outcome, where it has one.
func redrawnThread(team pipeline.Team, r pipeline.Review, outcome pipeline.OutcomeKey) []storage.Outgoing {
	for _, posted := range r.Threads() {
		if posted == outcome {
			return []storage.Outgoing{redrawReviewOf(team, r, outcome)}
		}
	}
	return nil
}

// reviewAnswered tells what somebody's answer about an outcome is by now.
func reviewAnswered(state storage.ReviewState, at reviewPlace, user string) Post {
	a, key := state.Mine(user, at.outcome), at.outcome.String()
	said := []slack.RichTextElement{line(bold("What you said about "+key), text(": "+mineInWords(a)+"."))}
	return Post{
		Text: Mrkdwn("What you said about " + key + ": " + mineInWords(a) + "."),
		Blocks: []slack.Block{
			rich(said...), note("You can change it until ", whenTime(state.Review.Deadline), ". Other questions wait for a word of yours, too."),
			buttons(answerReviewButton(at, "Answer all eight…", "")),
		},
	}
}

// mineInWords says what somebody answered: "moved, confidence 4 of 5, 3 answers in
// words".
func mineInWords(a pipeline.ReviewAnswer) string {
	said, words := "", 0
	add := func(more string) {
		if said != "" {
			said += ", "
		}
		said += more
	}
	for _, q := range pipeline.ReviewQuestions() {
		switch q.Field {
		case pipeline.FieldReviewEvidence, pipeline.FieldConfidence:
		default:
			if a.Said(q.Field) != "" {
				words++
			}
		}
	}
	if a.Evidence != "" {
		add(string(a.Evidence))
	}
	if a.Confidence > 0 {
		add("confidence " + strconv.Itoa(a.Confidence) + " of 5")
	}
	if words > 0 {
		add(counted(words, "answer in words", "answers in words"))
	}
	if said == "" {
		return "nothing yet"
	}
	return said
}

// openReviewAnswer opens the form of all eight questions about an outcome. It starts
// with what the person answered before.
func openReviewAnswer(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return Reply{}, err
	}
	at, state, err := req.asked()
	if err != nil {
		return Reply{}, err
	}
	// What can be refused before anything is typed is refused before.
	if err := pipeline.MayAnswerReview(app.Policy, req.Person, req.where(), state.Review, at.outcome, req.Now); err != nil {
		return Reply{}, err
	}
	o, known := outcomeIn(req.Loaded.Nodes, at.outcome)
	if !known {
		return Reply{}, noNode(at.outcome)
	}
	stored := map[pipeline.Field]string{}
	for _, q := range pipeline.ReviewQuestions() {
		if said := state.Mine(req.Person.ID, at.outcome).Said(q.Field); said != "" {
			stored[q.Field] = said
		}
	}
	if req.afresh(p) {
		m, err := dropFormDraft(ctx, app, req)
		m.Stored = typedDigest(stored)
		return Reply{Update: reviewAnswerForm(m, o, state.Review, stored)}, err
	}
	m := req.formOver(p, at.slot())
	m.Team, m.Review, m.Node, m.Stored = at.team, at.number, at.outcome.String(), typedDigest(stored)
	typed, notes := req.goingOn(actionReviewAnswer, at.value(""), stored)
	return Reply{Open: reviewAnswerForm(m, o, state.Review, typed, notes...)}, nil
}

// answerReview stores what was typed into the form.
func answerReview(ctx context.Context, app *App, req *Request) (Reply, error) {
	m, slot, err := req.draftForm()
	if err != nil {
		return Reply{}, err
	}
	at, state, err := req.asked()
	if err != nil {
		return Reply{}, err
	}
	value := func(field pipeline.Field) string { return req.Form.Value(field).Text }
	typed := pipeline.ReviewForm{
		Evidence: value(pipeline.FieldReviewEvidence), Confidence: value(pipeline.FieldConfidence),
		Words: pipeline.ReviewWords{
			Served: value(pipeline.FieldWhatServed), Expected: value(pipeline.FieldExpectedChange), Business: value(pipeline.FieldBusiness),
			Learned: value(pipeline.FieldLearned), Stop: value(pipeline.FieldStop), Again: value(pipeline.FieldLookAgain),
		},
	}
	a, err := pipeline.CheckReviewAnswer(app.Policy, req.Person, req.where(), state.Review, at.outcome, typed, req.Now)
	if err == nil {
		state, err = app.keepReviewAnswer(ctx, req, storage.ReviewAnswering{Op: req.tryOf(at, typed), Seen: state, Answer: a, Draft: slot})
	}
	if err != nil {
		return Reply{}, keepingAnswer(err, pipeline.FieldWhatServed, true)
	}
	told := reviewAnswered(state, at, req.Person.ID)
	return app.finish(ctx, req, m, Reply{Tell: &told}), nil
}

// outcomeIn is one of the outcomes of a tree.
func outcomeIn(nodes pipeline.Nodes, key pipeline.OutcomeKey) (pipeline.Outcome, bool) {
	for _, o := range nodes.Outcomes {
		if o.Key == key {
			return o, true
		}
	}
	return pipeline.Outcome{}, false
}

// reviewAnswerForm draws the form of the eight questions about an outcome.
func reviewAnswerForm(m metadata, o pipeline.Outcome, r pipeline.Review, typed map[pipeline.Field]string, notes ...slack.Block) *slack.ModalViewRequest {
	blocks := append([]slack.Block{rich(line(bold(o.Key.String()), text("  "+o.Statement)))}, notes...)
	for _, q := range pipeline.ReviewQuestions() {
		var input *slack.InputBlock
		switch q.Field {
		case pipeline.FieldReviewEvidence:
			var options []*slack.OptionBlockObject
			for _, answer := range pipeline.EffectAnswers() {
				options = append(options, option(string(answer), effectLabel(answer)))
			}
			input = radioInput(q.Field, m.Fresh, q.Words, "", typed[q.Field], options)
		case pipeline.FieldConfidence:
			input = radioInput(q.Field, m.Fresh, q.Words, "5: we certainly do. 1: certainly not.", typed[q.Field], confidenceOptions())
		case pipeline.FieldLookAgain:
			input = dateInput(q.Field, m.Fresh, q.Words, "", typed[q.Field])
		default:
			input = textInput(q.Field, m.Fresh, q.Words, "", "", typed[q.Field], pipeline.ReviewAnswerLimit, true)
		}
		blocks = append(blocks, optional(input))
	}
	blocks = append(blocks, note("Leave out what you have nothing to say about. "+reviewPromise+" You can change your answer until ", whenTime(r.Deadline), "."))
	return form(formReviewAnswer, pipeline.Cut("About "+o.Key.String(), 24), "Send", m, blocks...)
}

// reviewPromise says who reads who answered what.
const reviewPromise = "Your words stand under your name in the review's details. Of what is answered with one click it is shown how many said it, not who."

func confidenceOptions() []*slack.OptionBlockObject {
	var options []*slack.OptionBlockObject
	for n := range pipeline.ReviewConfidence {
		options = append(options, option(strconv.Itoa(n+1), strconv.Itoa(n+1)))
	}
	return options
}

// answerReviewButton opens the form of all eight questions; in names the form it
// stands in, "" for a message.
func answerReviewButton(at reviewPlace, label, in string) *slack.ButtonBlockElement {
	return button(actionReviewAnswer, label, "about "+at.outcome.String(), at.value(in))
}

// evidenceButtons and confidenceButtons answer a question with one click.
func evidenceButtons(at reviewPlace, in string) *slack.ActionBlock {
	var taps []slack.BlockElement
	for i, answer := range pipeline.EffectAnswers() {
		taps = append(taps, tapButton(at, in, pipeline.FieldReviewEvidence, "evidence"+strconv.Itoa(i+1), effectLabel(answer), string(answer)))
	}
	return buttons(taps...)
}

func confidenceButtons(at reviewPlace, in string) *slack.ActionBlock {
	var taps []slack.BlockElement
	for n := range pipeline.ReviewConfidence {
		words := strconv.Itoa(n + 1)
		taps = append(taps, tapButton(at, in, pipeline.FieldConfidence, "confidence"+words, words, words))
	}
	return buttons(taps...)
}

// tapButton has the answer in its value alone: ids of actions stand in logs.
func tapButton(at reviewPlace, in string, question pipeline.Field, id, label, said string) *slack.ButtonBlockElement {
	return button(actionReviewTap+":"+id, label, "about "+at.outcome.String(), at.value(in).set("question", string(question)).set("said", said))
}
