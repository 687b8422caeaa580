package commands

import (
	"errors"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
)

// What a decision about an idea has to do with the ballots on it: it waits for
// the one that runs, and stands beside the advice of the one that closed.

// differs tells whether the ballot advises otherwise than that stage; nil advises
// nothing.
func differs(advising *pipeline.Ballot, to pipeline.Stage) bool {
	return advising != nil && advising.Differs(to)
}

// whyOtherwise is what a form calls the reason for a decision that differs from
// the advice.
const whyOtherwise = "Why, although the ballot advised otherwise"

// adviceNotes tell, where something is decided, what the ballot advises and why,
// objections first. None for nil.
func adviceNotes(advising *pipeline.Ballot) []slack.Block {
	if advising == nil {
		return nil
	}
	said := []slack.RichTextElement{line(bold(advising.AdvisedInWords()))}
	if advising.Result.Because != "" {
		said = append(said, quote(advising.Result.Because))
	}
	return []slack.Block{rich(said...)}
}

// waits tells whether a step is a decision that waits for the ballot that runs.
func waits(idea pipeline.Idea, step pipeline.Step) bool {
	return idea.Ballot != 0 && step.May == pipeline.DecideIdea
}

// orBallot answers a click or command on an idea that is being voted on with the
// way to the ballot. Other errors, and those of a form, in which words stand that
// are to stay, are given back.
func (req *Request) orBallot(idea pipeline.Idea, err error) (Reply, error) {
	var problem *pipeline.Problem
	if !errors.As(err, &problem) || problem.Code != pipeline.WhileVoting || req.On == Submit {
		return Reply{}, err
	}
	told := Trouble(problem)
	told.Blocks = append(told.Blocks, buttons(ballotButton(idea, "")))
	return Reply{Tell: &told}, nil
}
