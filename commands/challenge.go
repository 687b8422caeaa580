package commands

import (
	"context"
	"errors"
	"fmt"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// How somebody asks of an idea in the Product Backlog: is this the best use of our
// time?

// challengeWant is what asking about an idea, and answering, is decided from.
func challengeWant(key pipeline.Key) storage.Want {
	return storage.Want{Idea: key, Draft: draftChallenge + key.String(), Sheets: []storage.SheetWant{storage.WantChallenge(key.Number)}}
}

// wantTypedChallenge: the idea whose key stands behind the command.
func wantTypedChallenge(req *Request) (storage.Want, error) {
	typed, err := wantTypedIdea(req)
	want := challengeWant(typed.Idea)
	want.Channel = typed.Channel
	return want, err
}

// wantChallenge is the same for the idea that a button names.
func wantChallenge(req *Request) (storage.Want, error) {
	_, key, err := req.buttonIdea()
	return challengeWant(key), err
}

// wantFormChallenge is the same for a form.
func wantFormChallenge(req *Request) (storage.Want, error) {
	_, key, err := req.formIdea()
	return challengeWant(key), err
}

// challenge is what is asked about the idea that was loaded, that of the person
// apart.
func (req *Request) challenge() (storage.ChallengeState, error) {
	return req.Loaded.Challenge(0, req.Person.ID)
}

// productOwners finds out about those of a team.
func (app *App) productOwners(ctx context.Context, team pipeline.Team) ([]pipeline.Person, error) {
	var owners []pipeline.Person
	for _, user := range team.Owners {
		p, err := app.Lookup(ctx, user)
		if err != nil {
			return nil, err
		}
		p.ID = user
		owners = append(owners, p)
	}
	return owners, nil
}

// openChallenge opens the form in which somebody asks. What is typed into it is kept
// nowhere until it is sent: it may be sent in confidence.
func openChallenge(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, idea, err := req.clicked()
	if err != nil {
		return Reply{}, err
	}
	state, err := req.challenge()
	if err != nil {
		return Reply{}, err
	}
	owners, err := app.productOwners(ctx, *req.Loaded.Team)
	if err != nil {
		return Reply{}, err
	}
	// What can be refused before anything is typed is refused before.
	_, _, _, err = pipeline.AskChallenge(app.Policy, req.Person, req.where(), idea, state.Challenge, state.Asks, owners, pipeline.ChallengeForm{}, req.Now)
	if refusedAtOnce(err) {
		return Reply{}, err
	}
	var names []string
	for _, owner := range pipeline.Answerers(app.Policy, *req.Loaded.Team, owners) {
		names = append(names, app.name(ctx, owner))
	}
	m := req.formOver(p, "")
	m.Idea = idea.Key.String()
	return Reply{Open: challengeForm(m, idea, state, names, req.Now)}, nil
}

// askChallenge sends what was typed to the team's product owners.
func askChallenge(ctx context.Context, app *App, req *Request) (Reply, error) {
	m, err := req.metadata()
	if err != nil {
		return Reply{}, err
	}
	idea, err := req.wanted()
	if err != nil {
		return Reply{}, err
	}
	state, err := req.challenge()
	if err != nil {
		return Reply{}, err
	}
	team := *req.Loaded.Team
	owners, err := app.productOwners(ctx, team)
	if err != nil {
		return Reply{}, err
	}
	value := req.Form.Value
	typed := pipeline.ChallengeForm{
		Why: value(pipeline.FieldWhy).Text, Naming: pipeline.ChallengeNaming(value(pipeline.FieldNaming).Text), Days: value(pipeline.FieldDays).Text,
	}
	where, err := req.whereDue()
	if err != nil {
		return Reply{}, err
	}
	for range busyTries {
		asked, ask, opens, err := pipeline.AskChallenge(app.Policy, req.Person, where, idea, state.Challenge, state.Asks, owners, typed, req.Now)
		if err != nil {
			return Reply{}, err
		}
		if opens {
			_, err = app.Store.OpenChallenge(ctx, state, asked, pipeline.ChallengeOpened(asked, ask), challengeEnds(asked))
			var conflict *storage.ChallengeConflictError
			if errors.As(err, &conflict) { // somebody asks at the same moment
				state = conflict.Current
				continue
			}
			if err != nil {
				return Reply{}, err
			}
		}
		told := redrawAsks(asked, pipeline.Answerers(app.Policy, team, owners))
		state, err = app.Store.AskChallenge(ctx, storage.Challenging{
			Op: req.tryOf(idea.Key, typed), Idea: idea.Key, Times: asked.Times, User: req.Person.ID, Ask: &ask, Acted: req.acted(),
		}, told...)
		if errors.Is(err, storage.ErrClosed) { // it was answered at the same moment
			if state, err = app.Store.Challenge(ctx, idea.Key, req.Person.ID); err == nil {
				continue
			}
		}
		if err != nil {
			return Reply{}, err
		}
		return app.finish(ctx, req, m, challengeAsked(idea, state)), nil
	}
	return Reply{}, busy(idea.Key)
}

// challengeAsked tells whoever asked that it is sent, and until when it is answered.
func challengeAsked(idea pipeline.Idea, state storage.ChallengeState) Reply {
	words := Mrkdwn("The product owners are asked")
	if n := len(state.Asks); n > 1 {
		words += Mrkdwn(fmt.Sprintf(": %d people ask by now", n))
	}
	return tell(words+". An answer is due by "+whenTime(state.Challenge.Deadline)+"; it is told in the thread of "+Mrkdwn(idea.Key.String())+" and kept with it.",
		buttons(button(actionShow, "Details", "of "+idea.Key.String(), newParams("idea", idea.Key.String())), takeBackButton(idea.Key, "")))
}

// challengeButton opens the form in which somebody asks; in names the form it stands
// in, "" for a message.
func challengeButton(key pipeline.Key, label, in string) *slack.ButtonBlockElement {
	return button(actionChallenge, label, key.String(), newParams("idea", key.String(), "in", in))
}

// bestUse labels the button where nobody asks yet.
const bestUse = "Best use of our time?"

// takeBackButton takes an own question back.
func takeBackButton(key pipeline.Key, in string) *slack.ButtonBlockElement {
	return confirm(button(actionChallengeBack, "Take it back", "your question about "+key.String(), newParams("idea", key.String(), "in", in)),
		"Take it back?", "Your words are forgotten. What others ask stays.", "Take it back")
}

// takeBackChallenge takes an own question back while it is open.
func takeBackChallenge(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, idea, err := req.clicked()
	if err != nil {
		return Reply{}, err
	}
	state, err := req.challenge()
	if err != nil {
		return Reply{}, err
	}
	c := state.Challenge
	if state.Mine == nil || !c.Open {
		return app.answer(ctx, req, p, tell("You ask nothing about "+Mrkdwn(idea.Key.String())+" at the moment. Nothing was changed.")), nil
	}
	_, err = app.Store.AskChallenge(ctx, storage.Challenging{Op: req.Op, Idea: idea.Key, Times: c.Times, User: req.Person.ID, Acted: req.acted()}, redrawAsks(c, req.Loaded.Team.Owners)...)
	if errors.Is(err, storage.ErrOvertaken) {
		return app.answer(ctx, req, p, tell(laterStands+"You ask about "+Mrkdwn(idea.Key.String())+".")), nil
	}
	if errors.Is(err, storage.ErrClosed) {
		return Reply{}, &pipeline.Problem{
			Code: "challenge-closed",
			What: fmt.Sprintf("What you asked about %s was answered just now.", idea.Key),
			Safe: "Your words stay beside the answer.",
			Next: "Its details have both.",
		}
	}
	if err != nil {
		return Reply{}, err
	}
	return app.answer(ctx, req, p, tell("You took it back. What others ask about "+Mrkdwn(idea.Key.String())+" stays.")), nil
}
