package storage

import (
	"time"

	"alignbot/pipeline"
)

// Values for tests of what belongs to an idea in discovery.

func canvas() pipeline.Template {
	atLeast, most := 3.0, 1
	return pipeline.Template{
		ID: "canvas", Name: "Canvas", About: "Who has which problem.", Use: pipeline.UseChecklist, Forms: []pipeline.Form{"quick", "full"},
		Items: []pipeline.Item{
			{
				ID: "users", Question: "Who has the problem?", Brief: "Who?", Help: "Not \"users\".", Kind: pipeline.KindText,
				Required: true, RequiredIn: []pipeline.Form{"full"}, In: []pipeline.Form{"quick", "full"},
			},
			{ID: "sure", Question: "Are we sure?", Kind: pipeline.KindYesNo, Why: true, Pass: pipeline.PassRule{OneOf: []string{"yes"}}},
			{ID: "share", Question: "How many of them?", Kind: pipeline.KindNumber, Unit: "%", Pass: pipeline.PassRule{AtLeast: &atLeast}},
			{ID: "proof", Question: "What do they do?", Kind: pipeline.KindEvidence, Pass: pipeline.PassRule{AtLeast: &atLeast, Strength: pipeline.WhatPeopleDo}},
			{ID: "outcome", Question: "For which outcome?", Kind: pipeline.KindFact, Fact: pipeline.FactOutcome},
			{ID: "tried", Question: "Who tried?", Kind: pipeline.KindParticipants, Pass: pipeline.PassRule{Succeed: 3, Of: 5}},
			{ID: "size", Question: "How big?", Kind: pipeline.KindChoice, Choices: []string{"small", "big"}},
		},
		Pass: pipeline.AnswerRule{MaxUnsure: &most},
	}
}

func runOn(idea pipeline.Key) pipeline.Run {
	return pipeline.Run{Idea: idea, Template: canvas(), Form: "quick", Began: start, BeganBy: "U_ANA"}
}

func answers(users string) map[pipeline.AnswerKey]pipeline.Answer {
	seconds, severity := 0, 4
	return map[pipeline.AnswerKey]pipeline.Answer{
		"users":     {Value: users, By: "U_ANA", At: start},
		"sure":      {Value: "no", Why: "nobody asked", By: "U_BEN", At: start.Add(time.Minute)},
		"tried/1/2": {Value: "failed", Why: "\"where is it?\"", Seconds: &seconds, Severity: &severity, By: "U_BEN", At: start},
	}
}

// running is the summary of a test that runs until so many hours from start.
func running(owner string, hours int) pipeline.RunSummary {
	return pipeline.RunSummary{
		Template: "canvas", Name: "Canvas", Use: pipeline.UseTest, Form: "quick", Title: "We believe that \"they\" pay",
		Answered: 2, Of: 7, Lacks: []string{"Who?"}, Because: "One answer lacks.", Live: canvas().Items[3:5],
		Deadline: start.Add(time.Duration(hours) * time.Hour), Owner: owner, Running: true, LastBy: "U_BEN", Last: start,
	}
}

func note(words string) pipeline.Evidence {
	return pipeline.Evidence{Note: words, Strength: pipeline.WhatPeopleSay, Link: "https://example.com/call", By: "U_ANA", At: start}
}

func outcome(statement string) pipeline.Outcome {
	return pipeline.Outcome{Key: pipeline.OutcomeKey{Team: "PAY"}, Statement: statement, Created: start, CreatedBy: "U_ANA", Changed: start}
}

var wasAdded = pipeline.Event{At: start, By: "U_ANA", What: pipeline.WasAdded}

// moved is an event with everything that an event can have.
var moved = pipeline.Event{
	At: start, By: "U_ANA", What: pipeline.WasMoved, From: pipeline.Captured, To: pipeline.Discovery, Why: "we \"must\"",
	OnBehalf: "U_BEN", Lacks: []string{"an outcome", "evidence"}, About: "canvas", Advice: "The ballot advised not to pursue it.", Differs: true,
	Changes: []pipeline.Change{{Field: pipeline.FieldTitle, From: "a", To: "b"}},
}
