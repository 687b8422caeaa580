package commands

import (
	"context"
	"errors"
	"maps"
	"strconv"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// wantVoteForm: the idea that a button names, and what was typed about it before.
func wantVoteForm(req *Request) (storage.Want, error) {
	p, key, err := req.buttonIdea()
	return storage.Want{Idea: key, Draft: voteSlot(key, p.number("ballot"))}, err
}

// voteSlot names the draft of a vote.
func voteSlot(key pipeline.Key, n int) string {
	return draftVote + key.String() + "." + strconv.Itoa(n)
}

// openVoteForm opens the form in which somebody votes with a reason. It starts
// with what they voted before, but for an anonymous ballot: nothing shows that
// vote again. Of such a ballot no draft is kept either.
func openVoteForm(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, idea, err := req.clicked()
	if err != nil {
		return Reply{}, err
	}
	poll, err := app.polled(ctx, req, idea.Key, p.number("ballot"))
	if err != nil {
		return Reply{}, err
	}
	b := poll.Ballot
	// What can be refused before anything is typed is refused before.
	if err := pipeline.CheckWithdrawal(app.Policy, req.Person, req.where(), b, poll.Now); err != nil {
		return Reply{}, err
	}
	clicked := p.Get("choice")
	stored := map[pipeline.Field]string{pipeline.FieldChoice: clicked}
	if b.Level == pipeline.Anonymous {
		m := req.formOver(p, "")
		m.Idea, m.Ballot = idea.Key.String(), b.ID
		return Reply{Open: voteForm(m, idea, b, stored)}, nil
	}
	if mine := poll.Mine; mine != nil && (clicked == "" || clicked == string(mine.Choice)) {
		stored = map[pipeline.Field]string{pipeline.FieldChoice: string(mine.Choice), pipeline.FieldVoteReason: mine.Reason}
	}
	if req.afresh(p) {
		m, err := dropFormDraft(ctx, app, req)
		m.Stored = typedDigest(stored)
		return Reply{Update: voteForm(m, idea, b, stored)}, err
	}
	m := req.formOver(p, voteSlot(idea.Key, b.ID))
	m.Idea, m.Ballot, m.Stored = idea.Key.String(), b.ID, typedDigest(stored)
	typed, notes := req.goingOn(actionVoteForm, newParams("idea", idea.Key.String(), "ballot", strconv.Itoa(b.ID)), stored)
	if typed = maps.Clone(typed); clicked != "" { // by the click, which is later
		typed[pipeline.FieldChoice] = clicked
	}
	return Reply{Open: voteForm(m, idea, b, typed, notes...)}, nil
}

// voteForm draws that form.
func voteForm(m metadata, idea pipeline.Idea, b pipeline.Ballot, typed map[pipeline.Field]string, notes ...slack.Block) *slack.ModalViewRequest {
	var options []*slack.OptionBlockObject
	for _, choice := range pipeline.Choices() {
		options = append(options, option(string(choice), capital(chosen(b, choice))))
	}
	inputs := []*slack.InputBlock{
		radioInput(pipeline.FieldChoice, m.Fresh, "Your vote", "", typed[pipeline.FieldChoice], options),
		optional(textInput(pipeline.FieldVoteReason, m.Fresh, "Why?", "One line. An objection needs it: what would go wrong?", "", typed[pipeline.FieldVoteReason], pipeline.ReasonLimit, false)),
	}
	promise := Mrkdwn(b.Level.Promise())
	if m.Draft == "" {
		promise += " What you type here is kept nowhere until you send it."
		for _, input := range inputs {
			input.DispatchAction = false
		}
	}
	blocks := append([]slack.Block{rich(line(ideaTitle(idea)))}, notes...)
	for _, input := range inputs {
		blocks = append(blocks, input)
	}
	blocks = append(blocks, note(promise), note("You can change your vote or take it back until ", whenTime(b.Deadline), "."))
	return form(formVote, pipeline.Cut("Vote on "+idea.Key.String(), 24), "Vote", m, blocks...)
}

// submitVote counts a vote with its reason.
func submitVote(ctx context.Context, app *App, req *Request) (Reply, error) {
	m, key, err := req.formIdea()
	if err != nil {
		return Reply{}, err
	}
	var slot storage.Slot
	if m.Draft != "" {
		if slot, err = m.slot(); err != nil {
			return Reply{}, err
		}
	}
	vote := pipeline.Vote{Choice: pipeline.Choice(req.Form.Value(pipeline.FieldChoice).Text), Reason: req.Form.Value(pipeline.FieldVoteReason).Text}
	cast, err := app.vote(ctx, req, req.tryOf(m.Ballot, vote.Choice, vote.Reason), key, m.Ballot, slot, &vote)
	if err != nil {
		return Reply{}, keepingWords(err, vote.Reason)
	}
	return app.finish(ctx, req, m, req.privately(standingVote(cast))), nil
}

// keepingWords says of a vote that is refused altogether, as after the close, that
// the form stays open with its reason.
func keepingWords(err error, reason string) error {
	var problem *pipeline.Problem
	if !errors.As(err, &problem) || problem.Fields != nil || !pipeline.HasVisible(reason) {
		return err
	}
	kept := *problem
	kept.Fields = map[pipeline.Field]string{pipeline.FieldVoteReason: problem.Error() + " Your words are still here: copy them before you close the form."}
	return &kept
}
