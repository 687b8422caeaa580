package commands

import (
	"context"
	"fmt"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// showPrivacy answers /align privacy: what is kept where, and what a language
// model is sent, word by word for an idea of the channel's team.
func showPrivacy(ctx context.Context, app *App, req *Request) (Reply, error) {
	s := privacy{}
	if app.Suggester != nil {
		s.model = app.Suggester.model.Asks()
		s.person, s.workspace = app.Suggester.model.Budgets()
		if team := req.Loaded.Team; team != nil && app.permit(ctx, req, pipeline.ReadTeam) == nil {
			var err error
			if s.example, s.sends, err = app.wouldSend(ctx, *team); err != nil {
				return Reply{}, err
			}
		}
	}
	return Reply{Open: privacyForm(s)}, nil
}

// wouldSend is what the model would be sent of the team's newest idea; "" where
// there is none.
func (app *App) wouldSend(ctx context.Context, team pipeline.Team) (example, sends string, err error) {
	page, err := app.Store.Page(ctx, storage.List{Team: team.Key}, 1, 1)
	if err != nil || len(page.Ideas) == 0 {
		return "", "", err
	}
	idea := page.Ideas[0]
	idea.Outcomes = nil // as when it was captured
	known, err := app.Store.Candidates(ctx, idea.Key)
	if err != nil {
		return "", "", err
	}
	return idea.Key.String(), app.Suggester.model.Sends(question(team, idea, known)), nil
}

// privacy is what the answer is drawn from.
type privacy struct {
	// model and where it is; "" for none. The budgets are questions a day.
	model             string
	person, workspace int
	// sends is what it would be sent of the example; "" where there is none.
	example, sends string
}

// privacyPieces and privacyBytes bound how much of what is sent is shown: a form
// holds no more. What does not fit is the end of a list of outcomes.
const (
	privacyPieces = 40
	privacyBytes  = viewBytes - 10_000 // for all else
)

func privacyForm(s privacy) *slack.ModalViewRequest {
	blocks := []slack.Block{
		say("*What is kept*\nIdeas, evidence, answers, outcomes, votes and decisions, with the Slack ids of who wrote them, in the Redis of whoever runs alignbot here. " +
			"What is typed into a form and not sent is kept for a day. Names and roles are asked of Slack and not stored; of an anonymous vote nobody can tell whose it was."),
		say("*What is read*\nOnly what somebody hands over: a command, a form, a message somebody points at. The log holds ids, never texts or names."),
	}
	if s.model == "" {
		return form("privacy.shown", "What goes where", "", metadata{}, append(blocks,
			say("*What leaves*\nNothing but what you see in Slack. No language model is configured: suggestions come from comparing texts, in alignbot itself."))...)
	}
	blocks = append(blocks,
		say("*What leaves*\nBeside what you see in Slack: when somebody captures an idea without an outcome, a language model is asked what it is for: *"+escape(s.model)+
			"*. It gets title, problem and measure of the idea, and the team's outcomes with their metrics, opportunities and the titles of ideas that serve them. "+
			"It does not get who wrote, owns, votes or decides, nor evidence, ballots, messages, mentions, addresses or links."),
		note(Mrkdwn(fmt.Sprintf("At most %s a day for one person and %d for the whole workspace. Its answer can only name outcomes that are there; a person links them.", counted(s.person, "question", "questions"), s.workspace))))
	if s.sends == "" {
		return form("privacy.shown", "What goes where", "", metadata{}, append(blocks,
			say("Type this command in the channel of a team that has ideas to see, word by word, what would be sent."))...)
	}
	blocks = append(blocks, slack.NewDividerBlock(), say("*Word by word, for "+Mrkdwn(s.example)+"*, had it been captured now:"))
	all := pieces(s.sends, 2900, privacyPieces+1)
	shown, left := 0, privacyBytes
	for _, piece := range all[:min(len(all), privacyPieces)] {
		block := slack.NewSectionBlock(plain(piece), nil, nil)
		if left -= sizeOf(block) + 1; left < 0 {
			break
		}
		blocks = append(blocks, block)
		shown++
	}
	if len(all) > shown {
		blocks = append(blocks, note("It goes on with more outcomes of the same kind, which do not fit here."))
	}
	return form("privacy.shown", "What goes where", "", metadata{}, blocks...)
}
