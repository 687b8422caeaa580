package commands

import (
	"time"

	"alignbot/pipeline"
	"alignbot/storage"
)

// drawnParked is an idea that was parked with all that a parking can say.
func drawnParked(w words) pipeline.Idea {
	idea := drawnIdea(w, pipeline.Parked)
	idea.Parking = &pipeline.Parking{
		Decision: pipeline.Superseded, Reason: pipeline.WeakEvidence, Why: pipeline.Cut(pipeline.CleanLine(w.text), pipeline.ReasonLimit),
		SupersededBy: pipeline.Key{Team: "GRO", Number: 99999}, Outcome: idea.Outcomes[0], From: pipeline.Discovery, Ballot: 1,
		Revisit: pipeline.Revisit{
			Day: "2027-02-18", AskedBy: 50, TestPassed: pipeline.NamedTest{Idea: idea.Key, Run: 3}, Delivered: pipeline.Key{Team: "GRO", Number: 99999},
		},
		By: "U1", OnBehalf: "U2", At: drawnAt.Add(-48 * time.Hour),
	}
	return idea
}

func drawnAsked(w words) []storage.AskedAgain {
	var asked []storage.AskedAgain
	for range pageSize {
		asked = append(asked, storage.AskedAgain{Asked: pipeline.Asked{
			By: "U2", At: drawnAt, Note: pipeline.Cut(w.text, pipeline.TextLimit),
			Source: pipeline.Source{Message: pipeline.Message{Channel: "C2", TS: "1.2"}, Permalink: "https://acme.slack.com/archives/C2/p1700000000000200"},
		}, Parking: 1})
	}
	return asked
}

// parkingDrawings are all views of what is parked.
func parkingDrawings(w words) map[string]any {
	team, idea, outcomes, asked := drawnTeam(w), drawnParked(w), drawnOutcomes(w), drawnAsked(w)
	back := drawnParked(w)
	back.Parking.CameBack = drawnAt
	var tests []pipeline.RunSummary
	for i := range 3 {
		tests = append(tests, pipeline.RunSummary{ID: i + 1, Template: pipeline.TestCard, Name: w.line, Use: pipeline.UseTest, Title: w.title})
	}
	everything := func(pipeline.Action) bool { return true }
	m := metadata{Idea: "PAY-12", Channel: "C1", Draft: draftPark + "PAY-12", Fresh: "x", Below: inDetails}
	more, again := m, m
	more.More, again.More, again.Again = true, true, true
	fresh := parkScene{idea: drawnIdea(w, pipeline.Discovery), team: team, tests: tests, outcomes: outcomes}
	parked := parkScene{idea: idea, team: team, tests: tests, outcomes: outcomes}
	page := storage.Page{Number: 2, Of: 3, Total: 25, AskedBy: map[pipeline.Key]int{idea.Key: 50}}
	for range pageSize {
		page.Ideas = append(page.Ideas, idea)
	}
	page.Ideas[0] = back
	all := storage.List{Team: "PAY", Stage: pipeline.Parked}
	reason, due, most := all, all, all
	reason.Reason, due.Due, most.MostAsked = pipeline.TooCostly, true, true
	event := pipeline.Event{At: drawnAt, By: "U1", What: pipeline.WasParked, From: pipeline.Discovery, To: pipeline.Parked, Why: idea.Parking.Why, About: idea.Parking.Verdict(), OnBehalf: "U2"}
	asking := pipeline.Event{At: drawnAt, By: "U1", What: pipeline.AskedAgain, Why: idea.Parking.Why}
	askedArgs := newsArgs(asking)
	askedArgs["people"] = "3 different people have"
	events := []pipeline.Event{
		{At: drawnAt, What: pipeline.CameBack, About: "The day set for it, 18 Feb 2027, has come."}, asking,
		{At: drawnAt, By: "U1", What: pipeline.WasReopened, From: pipeline.Parked, To: pipeline.Discovery, Why: idea.Parking.Why, About: idea.Parking.Verdict()}, event,
		{At: drawnAt, By: "U1", What: pipeline.WasParked, From: pipeline.Parked, To: pipeline.Parked, About: idea.Parking.Verdict(), Changes: []pipeline.Change{
			{Field: pipeline.FieldDecision, To: "never"}, {Field: pipeline.FieldReason, From: "duplicate", To: "low impact"}, {Field: pipeline.FieldSuperseding, To: "GRO-99999"},
			{Field: pipeline.FieldServed, To: "PAY-O1"}, {Field: pipeline.FieldRevisitDay, From: "2027-02-18", To: "2027-03-18"}, {Field: pipeline.FieldRevisitAsked, To: "3"},
			{Field: pipeline.FieldRevisitRed, To: "PAY-O1"}, {Field: pipeline.FieldRevisitTest, To: "checklist 3 of PAY-12"}, {Field: pipeline.FieldRevisitDelivered, To: "GRO-99999"},
		}},
	}
	typed := map[pipeline.Field]string{
		pipeline.FieldDecision: string(pipeline.NotNow), pipeline.FieldReason: string(pipeline.TooCostly), pipeline.FieldWhy: idea.Parking.Why,
		pipeline.FieldRevisitDay: "2027-02-18", pipeline.FieldRevisitAsked: "5", fieldBehalf: "U2", pipeline.FieldRevisitDelivered: "GRO-99999",
		pipeline.FieldRevisitRed: "PAY-O1", pipeline.FieldRevisitTest: "3", pipeline.FieldServed: "PAY-O1", pipeline.FieldSuperseding: "GRO-99999",
	}
	details := details{
		idea: idea, team: team, dossier: pipeline.Dossier{Runs: drawnRuns(w), Templates: pipeline.BuiltIn()}, outcomes: outcomes, events: events,
		may: everything, asked: asked[:askedShown], askedBy: 3, list: newParams("parked", "1", "team", "PAY", "by", byDue, "page", "2"),
	}
	unasked := details
	unasked.asked, unasked.askedBy, unasked.idea, unasked.may = nil, 0, back, func(a pipeline.Action) bool { return a == pipeline.ReadTeam }
	like := []likeIdea{{idea, true, true}, {back, true, false}, {fresh.idea, false, false}}
	mine := drawnIdea(w, pipeline.Captured)
	mine.Key.Number = 99
	advised := fresh
	advised.advising = drawnAdvice(w, pipeline.AskPursue)
	voting := idea
	voting.Ballots, voting.Ballot = 1, 1
	_, whileVoting := pipeline.Withdraw(voting, "U1", drawnAt)
	told, _ := (&Request{On: Button}).orBallot(voting, whileVoting)
	return map[string]any{
		"park_advised":        parkForm(m, advised, advised.stored(drawnAt)),
		"park_voting":         *told.Tell,
		"park_already_voting": *parkedAlready(voting).Tell,
		"card_parked_voting":  parkedCard(voting, w.who, 3),
		"news_back_voting":    backPost(at(voting, pipeline.Parked), w.who, "The day set for it, 18 Feb 2027, has come."),

		"captured_like":    *answerPost(mine, like, nil, false),
		"park_form":        parkForm(m, fresh, fresh.stored(drawnAt)),
		"park_form_typed":  parkForm(m, fresh, typed, typedBeforeNote(actionPark, newParams("idea", "PAY-12"), drawnAt)...),
		"park_form_more":   parkForm(more, fresh, typed),
		"park_again_form":  parkForm(again, parked, parked.stored(drawnAt)),
		"park_told":        *parkedNote(idea).Tell,
		"park_already":     *parkedAlready(idea).Tell,
		"card_parked_why":  parkedCard(idea, w.who, 3),
		"card_back":        parkedCard(back, w.who, 0),
		"news_parked":      ideaNews(idea, newsArgs(event), w.who, w.who),
		"news_asked":       ideaNews(idea, askedArgs, w.who, ""),
		"news_back":        backPost(back, w.who, "The day set for it, 18 Feb 2027, has come and 50 different people have asked for it again."),
		"details_parked":   ideaDetails(viewApp, details, m),
		"details_back":     ideaDetails(viewApp, unasked, m),
		"history_parked":   historyView(idea, events, 1, m),
		"antibacklog":      parkedPost(team, all, page, nil, false),
		"antibacklog_form": form("antibacklog.list", "Anti-Product Backlog", "", m, parkedPost(team, due, page, nil, true).Blocks...),
		"antibacklog_of":   parkedPost(team, reason, page, nil, false),
		"antibacklog_most": parkedPost(team, most, storage.Page{Number: 1, Of: 1}, nil, false),
		"antibacklog_due":  parkedPost(team, storage.List{Team: "PAY", Stage: pipeline.Parked, Due: true, DueBy: "2026-11-20"}, storage.Page{Number: 1, Of: 1}, []pipeline.Idea{idea}, false),
		"antibacklog_find": *foundPost(w.title, "parked idea", like, ""),
		"antibacklog_none": *foundPost(w.title, "parked idea", nil, "Fewer or other words may help."),
		"ask_form":         askForm(metadata{Idea: "PAY-12", Draft: draftAsk + "PAY-12", Fresh: "x"}, idea, map[pipeline.Field]string{pipeline.FieldNote: w.title, fieldSeen: w.text, pipeline.FieldStrength: string(pipeline.Opinion)}, unsaved(drawnAt)),
		"ask_list":         askedList(idea, storage.AskedPage{Asked: asked, Number: 2, Of: 3, Total: 25}, m),
		"ask_list_none":    askedList(idea, storage.AskedPage{Number: 1, Of: 1}, m),
	}
}
