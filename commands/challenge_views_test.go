package commands

import (
	"fmt"
	"time"

	"alignbot/pipeline"
	"alignbot/storage"
)

// drawnChallenge is a question of the longest words that this many people ask, every
// other one in confidence, after as many answers as are kept.
func drawnChallenge(w words, asked int) (pipeline.Idea, storage.ChallengeState) {
	idea := drawnIdea(w, pipeline.Backlog)
	c := pipeline.Challenge{Team: "PAY", Idea: 12, Version: 3, Times: 12, Open: true, Opened: drawnAt, Deadline: drawnAt.Add(72 * time.Hour)}
	why := pipeline.Cut(pipeline.CleanLine(w.text), pipeline.ReasonLimit)
	asks := func(n int) (asks []pipeline.ChallengeAsk) {
		for i := range n {
			ask := pipeline.ChallengeAsk{Why: why}
			if i%2 == 0 {
				ask.By, ask.At = fmt.Sprintf("U%02d", i+1), drawnAt
			}
			asks = append(asks, ask)
		}
		return asks
	}
	for i, verdict := range append(pipeline.ChallengeVerdicts(), pipeline.ChallengeGone, pipeline.ChallengePark) {
		answer := pipeline.ChallengeAnswer{Number: i + 6, Verdict: verdict, Words: why, By: "U1", At: drawnAt, Asked: 30, Asks: asks(20)}
		if verdict == pipeline.ChallengeGone {
			answer.By, answer.Words = "", ""
		}
		c.Answers = append(c.Answers, answer)
	}
	return idea, storage.ChallengeState{Challenge: c, Asks: asks(asked)}
}

// challengeDrawings is everything about what is asked of ideas.
func challengeDrawings(w words) map[string]any {
	idea, asked := drawnChallenge(w, 30)
	_, one := drawnChallenge(w, 1)
	m := metadata{Idea: "PAY-12", Channel: "C1", Draft: draftChallenge + "PAY-12", Fresh: "x", Below: inDetails}
	none := m
	none.Draft = ""
	mine := asked
	mine.Mine = &asked.Asks[1]
	nobody := storage.ChallengeState{Challenge: pipeline.Challenge{Team: "PAY", Idea: 12}}
	name := func(string) string { return w.who }
	owners := []string{w.who, w.who, "Bob"}
	question := func(state storage.ChallengeState, times int) drawnQuestion {
		return drawnQuestion{ChallengeState: state, idea: idea, times: times}
	}
	late := one
	late.Challenge.Reminded = drawnAt
	ended := asked
	ended.Challenge.Open = false
	detail := func(state storage.ChallengeState, may func(pipeline.Action) bool, now time.Time) any {
		d := details{idea: idea, team: pipeline.Team{Key: "PAY", Name: w.line, Channel: "C1"}, challenge: state, may: may, now: now}
		return ideaDetails(viewApp, d, metadata{Channel: "C1"})
	}
	everything := func(pipeline.Action) bool { return true }
	member := func(action pipeline.Action) bool { return action == pipeline.ChallengeIdea }
	typed := map[pipeline.Field]string{pipeline.FieldVerdict: "park", pipeline.FieldNote: pipeline.Cut(pipeline.CleanLine(w.text), pipeline.ReasonLimit)}
	return map[string]any{
		"challenge_form":         challengeForm(none, idea, nobody, owners, drawnAt),
		"challenge_join":         challengeForm(none, idea, mine, owners, drawnAt),
		"challenge_answer":       challengeAnswerForm(m, idea, asked, typed, unsaved(drawnAt)),
		"challenge_ask":          challengePost(viewApp, question(asked, 12), true, name, false),
		"challenge_ask_private":  challengePost(viewApp, question(one, 12), false, name, false),
		"challenge_late":         challengePost(viewApp, question(late, 12), true, name, true),
		"challenge_ask_answered": challengePost(viewApp, question(ended, 11), true, name, false),
		"challenge_ask_gone":     challengePost(viewApp, question(ended, 10), true, name, false),
		"challenge_ask_back":     challengePost(viewApp, question(ended, 12), true, name, false),
		"challenge_told":         challengeAnswerPost(idea, asked.Challenge.Answers[3], name),
		"challenge_asked":        *challengeAsked(idea, asked).Tell,
		"challenge_answered":     *challengeAnswered(idea, asked.Challenge.Answers[2]).Tell,
		"details_challenged":     detail(mine, everything, drawnAt),
		"details_unanswered":     detail(one, member, one.Challenge.Deadline),
		"details_answered":       detail(ended, everything, drawnAt),
	}
}
