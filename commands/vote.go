package commands

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// castVote counts a click on a choice.
func castVote(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, key, err := req.buttonIdea()
	if err != nil {
		return Reply{}, err
	}
	choice := pipeline.Choice(p.Get("choice"))
	switch {
	case choice == pipeline.ChooseObject: // it needs a sentence
		entry, _ := NewRouter(List(), "").Find(Button, actionVoteForm)
		return app.handle(ctx, entry, req)
	case !slices.Contains(pipeline.Choices(), choice):
		return Reply{}, stale
	}
	cast, err := app.vote(ctx, req, req.Op, key, p.number("ballot"), storage.Slot{}, &pipeline.Vote{Choice: choice})
	if err != nil {
		return req.afterClose(key, p.number("ballot"), err)
	}
	return app.answer(ctx, req, p, req.privately(standingVote(cast))), nil
}

// withdrawVote takes a vote back.
func withdrawVote(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, key, err := req.buttonIdea()
	if err != nil {
		return Reply{}, err
	}
	cast, err := app.vote(ctx, req, req.Op, key, p.number("ballot"), storage.Slot{}, nil)
	if err != nil {
		return req.afterClose(key, p.number("ballot"), err)
	}
	return app.answer(ctx, req, p, req.privately(standingVote(cast))), nil
}

// afterClose answers a click in a private message about a vote once the ballot is
// closed: its buttons lead nowhere any more, so what became of it takes its place.
func (req *Request) afterClose(key pipeline.Key, n int, err error) (Reply, error) {
	var problem *pipeline.Problem
	if !errors.As(err, &problem) || problem.Code != pipeline.BallotIsClosed || req.Message == nil || !req.Message.Private {
		return Reply{}, err
	}
	words := Mrkdwn(problem.Error())
	b := pipeline.Ballot{Idea: key, ID: n}
	return Reply{Replace: &Post{Text: words, Blocks: []slack.Block{say(words), buttons(ballotDetails(b, ""))}}}, nil
}

// vote casts a vote, or takes it back where it is nil, in one round trip: what is
// asked before a handler runs is asked here, of what the store votes on. The
// ballot's message is redrawn.
func (app *App) vote(ctx context.Context, req *Request, op string, key pipeline.Key, n int, draft storage.Slot, vote *pipeline.Vote) (storage.Cast, error) {
	if n == 0 {
		return storage.Cast{}, stale
	}
	cast, err := app.Store.Vote(ctx, storage.Voting{
		Op: op, Idea: key, ID: n, User: req.Person.ID, Here: req.here(req.On), In: req.shownIn(), Acted: req.acted(), Withdraw: vote == nil, Draft: draft,
		Check: func(poll storage.Polling) (pipeline.Vote, error) {
			req.Loaded.Team, req.Loaded.InChannel = &poll.Team, poll.InChannel
			if err := app.permitOn(ctx, req, pipeline.CastVote, key); err != nil {
				return pipeline.Vote{}, err
			}
			if vote == nil {
				return pipeline.Vote{}, pipeline.CheckWithdrawal(app.Policy, req.Person, req.where(), poll.Ballot, poll.Now)
			}
			return pipeline.CheckVote(app.Policy, req.Person, req.where(), poll.Ballot, *vote, poll.Now)
		},
	}, redrawBallot(pipeline.Team{}, pipeline.Ballot{Idea: key, ID: n})) // the store knows its channel
	if errors.Is(err, storage.ErrNotFound) {
		err = noIdea(key) // as it is with one that must not be seen
	}
	req.Loaded.First = cast.First
	return cast, err
}

// shownIn is the message in which the button stands, if everybody in its channel
// sees it; zero elsewhere, and for an answer in a thread.
func (req *Request) shownIn() pipeline.Message {
	if m := req.Message; req.On == Button && m != nil && !m.Private && (m.Thread == "" || m.Thread == m.TS) {
		return m.Message
	}
	return pipeline.Message{}
}

// privately answers in the place of the private message whose button was used,
// elsewhere with one more.
func (req *Request) privately(post Post) Reply {
	if req.Message != nil && req.Message.Private {
		return Reply{Replace: &post}
	}
	return Reply{Tell: &post}
}

// standingVote tells what somebody's vote is now: an act that arrives again, or behind
// a later one, is answered with what others of theirs have made of it.
func standingVote(cast storage.Cast) Post {
	told := votedNot(cast)
	if cast.Vote.Choice != "" {
		told = voted(cast)
	}
	if cast.Overtaken {
		return overtaken(told)
	}
	return told
}

// voted tells whoever voted what was counted, and until when it can be changed.
func voted(cast storage.Cast) Post {
	b, key := cast.Ballot, cast.Ballot.Idea.String()
	called := chosen(b, cast.Vote.Choice)
	said := []slack.RichTextElement{line(text("Your vote is counted: "), bold(called)), line(text(key + "  " + cast.Title))}
	if cast.Vote.Reason != "" {
		said = append(said, quote(cast.Vote.Reason))
	}
	if cast.Before && !cast.Overtaken && b.Level != pipeline.Anonymous {
		said = append(said, line(text("It replaces what you voted before, and the reason you gave for that.")))
	}
	reason := reasonButton(b, "")
	reason.Value = ballotValue(b, "").set("choice", string(cast.Vote.Choice)).encode()
	return Post{
		Text: Mrkdwn("Your vote on " + key + " is counted: " + called + "."),
		Blocks: []slack.Block{
			rich(said...), note("You can change it or take it back until ", whenTime(b.Deadline), "."),
			buttons(button(actionWithdrawVote, "Withdraw", "your vote on "+key, ballotValue(b, "")), reason),
		},
	}
}

// votedNot tells that a vote was taken back.
func votedNot(cast storage.Cast) Post {
	b, key := cast.Ballot, cast.Ballot.Idea.String()
	words := Mrkdwn("Your vote on " + key + " is taken back. It counts no more.")
	if !cast.Before && !cast.Overtaken {
		words = Mrkdwn("You have no vote on " + key + " that could be taken back.")
	}
	return Post{Text: words, Blocks: []slack.Block{
		say(words), note("You can vote until ", whenTime(b.Deadline), "."), buttons(choiceButtons(b, "")...),
	}}
}

// chosen is a choice in the words of a sentence: "park".
func chosen(b pipeline.Ballot, c pipeline.Choice) string {
	return lowerFirst(strings.TrimSuffix(choiceLabel(b.Question, c), "…"))
}
