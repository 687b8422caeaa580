package commands

import (
	"context"
	"fmt"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// inRound: everything about a round of questions. A place in it is the value of
// the button to it.
const inRound = "round"

// answersPage is how many answers the details of a round show at once.
const answersPage = 20

// showRound opens everything about a round, or turns its page.
func showRound(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return Reply{}, err
	}
	state, err := app.wantedRound(ctx, req)
	if err != nil {
		return Reply{}, err
	}
	view := roundView(app.shownRound(req, state, p.page()), metadata{Channel: req.Channel})
	if req.Form != nil && p.Get("in") == inRound {
		return Reply{Update: view}, nil
	}
	return Reply{Open: view}, nil
}

// redrawnRound draws it again for the place of a button or form.
func (app *App) redrawnRound(ctx context.Context, req *Request, at place) (*slack.ModalViewRequest, error) {
	again, p, err := app.reloaded(ctx, req, at, pipeline.AnswerRound, wantButtonTeam)
	if err != nil {
		return nil, err
	}
	state, err := app.roundState(ctx, again, again.Loaded.Team.Key, p.number("round"))
	if err != nil {
		return nil, err
	}
	return roundView(app.shownRound(again, state, 1), metadata{Channel: at.channel}), nil
}

// shownRound is what everything about a round is drawn from, for one reader.
type shownRound struct {
	storage.RoundState
	reader string
	may    func(pipeline.Action) bool
	page   int // of the answers, from 1
}

func (app *App) shownRound(req *Request, state storage.RoundState, page int) shownRound {
	return shownRound{RoundState: state, reader: req.Person.ID, may: app.may(req), page: page}
}

// roundView draws everything about a round.
func roundView(s shownRound, m metadata) *slack.ModalViewRequest {
	r := s.Round
	blocks := []slack.Block{rich(append([]slack.RichTextElement{line(text("Asked by "), person(r.StartedBy), text(", "), moment(r.Started))}, questionLines(r)...)...)}
	summary := r.Summary(s.Answers)
	standing := answeredOf(summary)
	switch {
	case answerable(s.RoundState):
		standing += " Answers are taken until *" + whenTime(r.Deadline) + "*."
	case r.Running():
		standing += " The time to answer is over. The answers follow."
	case r.ClosedBy != "":
		standing += " Closed before its time by " + mention(r.ClosedBy) + ", " + whenTime(r.ClosedAt) + "."
	default:
		standing += " Closed at its deadline, " + whenTime(r.ClosedAt) + "."
	}
	blocks = append(blocks, note(roundPromise(r)), say(standing))
	blocks = append(blocks, s.answerBlocks()...)
	if e := r.Experiment; e != nil {
		blocks = append(blocks, slack.NewDividerBlock(), rich(line(bold("What the answers changed")), quote(e.Words),
			line(text("Looked after by "), person(e.Owner), text(", to be tried by "+pipeline.ShowDay(e.Day)+". Chosen by "), person(e.By), text("."))))
	}
	blocks = append(blocks, s.given(summary)...)
	if steps := s.steps(); len(steps) > 0 {
		blocks = append(blocks, slack.NewDividerBlock(), buttons(steps...))
	}
	return form("round.shown", "Round of questions", "", m, blocks...)
}

// answerBlocks say what the reader answered.
func (s shownRound) answerBlocks() []slack.Block {
	r := s.Round
	switch {
	case !r.Asks(s.reader):
		return []slack.Block{note("You are not among those who are asked.")}
	case s.Mine != nil && (r.Anonymous || !answerable(s.RoundState)):
		return []slack.Block{say("*You have answered.*")}
	case s.Mine != nil:
		return []slack.Block{say("*You have answered.* Open your answer to read or change it.")}
	case answerable(s.RoundState):
		return []slack.Block{say("*You have not answered yet.*")}
	}
	return nil
}

// given are a page of the answers by question, where they may be read.
func (s shownRound) given(summary pipeline.RoundSummary) []slack.Block {
	if summary.Answered == 0 { // what stands above says it
		return nil
	}
	if summary.Hidden != "" {
		if s.Round.Running() { // the promise says it
			return nil
		}
		return []slack.Block{note(Mrkdwn(summary.Hidden))}
	}
	total := 0
	for _, group := range summary.Groups {
		total += max(1, len(group.Answers))
	}
	of := max(1, (total+answersPage-1)/answersPage)
	page := min(s.page, of)
	first, n := (page-1)*answersPage, 0
	blocks := []slack.Block{slack.NewDividerBlock()}
	for _, group := range summary.Groups {
		var said []slack.RichTextElement
		shows := func() bool { n++; return n > first && n <= first+answersPage }
		for _, answer := range group.Answers {
			if !shows() {
				continue
			}
			if answer.By != "" {
				said = append(said, line(person(answer.By)))
			}
			said = append(said, quote(answer.Words))
		}
		if len(group.Answers) == 0 && shows() {
			said = append(said, line(text("Nobody answered this.")))
		}
		if len(said) > 0 {
			blocks = append(blocks, rich(append([]slack.RichTextElement{line(bold(group.Question))}, said...)...))
		}
	}
	if of > 1 {
		blocks = append(blocks, note(Mrkdwn(fmt.Sprintf("Page %d of %d", page, of))),
			buttons(pageButtons(actionRound, page, of, roundValue(s.Round, inRound))...))
	}
	return blocks
}

// steps are what the reader may do with the round.
func (s shownRound) steps() []slack.BlockElement {
	r := s.Round
	var steps []slack.BlockElement
	if r.Asks(s.reader) && answerable(s.RoundState) && s.may(pipeline.AnswerRound) {
		label := "Answer"
		if s.Mine != nil {
			label = "Change my answer"
		}
		steps = append(steps, primary(answerButton(r, label, inRound)))
	}
	closes := pipeline.CloseAnyRound
	if r.StartedBy == s.reader {
		closes = pipeline.AskRound
	}
	if r.Running() && s.may(closes) {
		steps = append(steps, closeRoundButton(r, inRound))
	}
	if !r.Running() && len(s.Answers) > 0 && s.may(pipeline.AskRound) {
		steps = append(steps, tryButton(r, inRound))
	}
	return steps
}
