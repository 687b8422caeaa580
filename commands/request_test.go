package commands

import (
	"context"
	"fmt"
	"strconv"
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/storage"
)

// subject is what a request of a test is about.
type subject struct {
	idea    pipeline.Key
	channel string // where it is done; "" in Home
}

// Runs that furnish gives an idea, by number.
const (
	canvasRun = 1 + iota
	cardRun   // a test that has not started
	testRun   // one that has
	lessonRun
	usabilityRun
)

// runFor is the run that an entry can do something with.
func runFor(e Entry) int {
	switch e.Name {
	case actionTestStart:
		return cardRun
	case actionTestObserve, formObserve, actionTestAmend, formAmend:
		return testRun
	case actionRunLearn, formLearn:
		return lessonRun
	case actionParticipant, formParticipant:
		return usabilityRun
	}
	return canvasRun
}

// furnish gives a captured idea what entries act on: the first of these runs, an
// outcome, evidence. The words are in all of it.
func furnish(t testing.TB, app *App, idea pipeline.Idea, words string, runs int) {
	t.Helper()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ctx, now, op := context.Background(), time.Now(), "furnish "+idea.Key.String()+words
	templates := []pipeline.TemplateID{pipeline.OpportunityCanvas, pipeline.TestCard, pipeline.TestCard, pipeline.LearningCard, pipeline.UsabilityTest}
	for i, id := range templates[:runs] {
		template, _ := pipeline.FindTemplate(pipeline.BuiltIn(), id)
		run, err := pipeline.BeginRun(template, firstForm(template), idea, "U_ANN", now)
		check(err)
		for _, item := range run.Items() {
			answer := pipeline.Answer{Value: words, By: "U_ANN", At: now}
			switch item.Kind {
			case pipeline.KindTasks:
				answer.Value = fmt.Sprintf("%[1]s one; it is there; 2 min\n%[1]s two\n%[1]s three", words)
				fallthrough
			case pipeline.KindText:
				run.Answers[pipeline.AnswerKey(item.ID)] = answer
			}
		}
		if i+1 == testRun {
			run.Started, run.StartedBy = now, "U_ANN"
		}
		_, err = app.Store.BeginRun(ctx, op+strconv.Itoa(i), run, run.Summarize(time.UTC), pipeline.Event{At: now, By: "U_ANN", What: pipeline.RunBegan, About: template.Name, Why: words})
		check(err)
	}
	o, err := pipeline.NewOutcome(idea.Key.Team, "Outcome "+words, "U_ANN", now)
	check(err)
	o, err = app.Store.AddOutcome(ctx, op+"outcome", o, storage.Slot{}, pipeline.Event{At: now, By: "U_ANN", What: pipeline.WasAdded})
	check(err)
	linked, _, err := pipeline.Link(idea, pipeline.Node{Key: o.Key}, "U_ANN", now)
	check(err)
	_, err = app.Store.ChangeIdea(ctx, op+"link", linked, storage.Slot{}, pipeline.Event{At: now, By: "U_ANN", What: pipeline.WasLinked, About: o.Key.String(), Why: words})
	check(err)
	_, err = app.Store.AddEvidence(ctx, op+"evidence", idea.Key, pipeline.Evidence{Note: "Evidence " + words, Strength: pipeline.Opinion, By: "U_ANN", At: now}, storage.Slot{},
		pipeline.Event{At: now, By: "U_ANN", What: pipeline.GotEvidence, Why: words})
	check(err)
}

// furnishBallot starts a ballot on an idea, in which these people vote beside
// everybody else; the words are the reason of a vote in it. Of an audit it is
// closed.
func furnishBallot(t testing.TB, app *App, e Entry, key pipeline.Key, words string, asked ...pipeline.Person) {
	t.Helper()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ctx, op := context.Background(), "ballot "+key.String()
	idea, err := app.Store.Idea(ctx, key)
	check(err)
	team, err := app.Store.Team(ctx, key.Team)
	check(err)
	owner, where := pipeline.Person{ID: team.Owners[0], Workspace: "T1"}, pipeline.Where{Team: &team, InChannel: true}
	all, err := everybody(ctx, "")
	check(err)
	typed := pipeline.DefaultBallot(team, idea)
	typed.Level, typed.Guests = pipeline.Confidential, app.Policy.Guests
	b, err := pipeline.StartBallot(app.Policy, owner, where, idea, typed, append(all, asked...), false, time.Now())
	check(err)
	b, err = app.Store.StartBallot(ctx, op, idea, b, storage.Slot{}, pipeline.Event{At: b.Started, By: b.StartedBy, What: pipeline.BallotStarted, About: string(b.Question)})
	check(err)
	_, err = app.Store.Vote(ctx, storage.Voting{Op: op + " vote", Idea: key, ID: b.ID, User: owner.ID, Check: func(storage.Polling) (pipeline.Vote, error) {
		return pipeline.Vote{Choice: pipeline.ChooseObject, Reason: words}, nil
	}})
	check(err)
	if e.Name != actionAudit {
		return
	}
	polled, err := app.Store.Ballot(ctx, key, b.ID, "")
	check(err)
	closed, err := pipeline.CloseBallot(app.Policy, owner, where, polled.Ballot, polled.Tally, polled.Now)
	check(err)
	_, err = app.Store.CloseBallot(ctx, op+" close", polled, closed, &pipeline.Event{At: polled.Now, By: owner.ID, What: pipeline.BallotClosed, Why: words})
	check(err)
}

// ofBallot tells whether an entry is used on a ballot that there is.
func ofBallot(e Entry) bool {
	switch e.Name {
	case actionBallot, actionCloseBallot, actionAudit, actionVote, actionVoteForm, actionWithdrawVote, formVote:
		return true
	}
	return false
}

// inForm: what is done acts on the form it is done in, typed words and all.
func inForm(e Entry) bool {
	switch e.Name {
	case actionDraft, actionAfresh, actionEditAfresh, actionItemKind, actionTemplateReset,
		actionRunStep, actionRunUpgrade, actionChoice, actionOutcomeChoice, actionIdeaOutcome, actionParkMore, actionBallotMore, actionElectorate, actionOutcomeMore, actionOutcomePick, actionSprintItems, actionSprintOutcome, actionNodeChoice, actionStoryMapOutcome, actionHorizonOutcome:
		return true
	}
	return e.On == Submit || e.On == Close
}

// valueFor is what the button, menu or option of an entry carries.
func valueFor(e Entry, s subject) params {
	run := strconv.Itoa(runFor(e))
	if e.Name == actionDo {
		run = "/align help"
	}
	return wallParams(e, canvasParams(e, mapsValue(e, newParams(
		"idea", s.idea.String(), "team", string(s.idea.Team), "draft", slotFor(e, s), "run", run, "step", "1", "id", "card:"+s.idea.String(),
		"to", string(pipeline.Discovery), "template", string(pipeline.OpportunityCanvas), "form", "quick", "outcome", string(s.idea.Team)+"-O1",
		"item", itemFor(e), "participant", "1", "by", "1", "days", "1", "mine", "PAY-1",
		"ballot", "1", "choice", string(pipeline.ChoosePark), "node", nodeFor(e, s.idea.Team), "round", "1", "format", "mermaid",
		"forensic", "1", "group", "1", "phase", string(phaseFor(e)), "pick", "1",
		"picture", pictureTree, "rule", string(pipeline.RuleStarved), "asked", "1", "about", "refined", "answer", "0",
		"session", "1", "point", "1", "of", "own U_ANN 1", "sprint", "1", "refinement", "1", "review", "1", "was", string(pipeline.GoalReached), "question", string(pipeline.FieldReviewEvidence), "said", string(pipeline.EffectMoved),
	))))
}

func itemFor(e Entry) string {
	if runFor(e) == testRun {
		return string(pipeline.ItemCriterion)
	}
	return "problem"
}

// slotFor is a slot that the form of an entry keeps its draft in.
func slotFor(e Entry, s subject) string {
	key := s.idea.String()
	if slot := mappedSlot(e, s.idea.Team); slot != "" {
		return slot
	}
	switch e.Name {
	case formRun, formObserve, formAmend, formLearn, formParticipant:
		return fmt.Sprintf("%s%s.%d.1", draftRun, key, runFor(e))
	case formEvidence:
		return draftEvidence + key
	case formOutcome:
		return draftOutcome + key
	case formUnlink:
		return unlinkSlot(s.idea, nodeFor(e, s.idea.Team))
	case formWork:
		return draftWork + key
	case formPark, actionParkMore:
		return draftPark + key
	case formAsk:
		return draftAsk + key
	case formBallot, actionBallotMore, actionElectorate:
		return draftBallot + key
	case formVote:
		return voteSlot(s.idea, 1)
	case formOutcomeEdit, actionOutcomeMore, actionOutcomePick:
		return draftOutcomeEdit + string(s.idea.Team) + "-O1"
	case formOutcomeClose:
		return draftOutcomeClose + string(s.idea.Team) + "-O1"
	case formOutcomeReopen:
		return draftOutcomeReopen + string(s.idea.Team) + "-O1"
	case formCheckIn:
		return draftCheckIn + string(s.idea.Team) + "-O1"
	case formMove:
		return draftStage + key + ".discovery"
	case formTemplate, formItem, actionItemKind, actionTemplateReset:
		return draftTemplate + string(s.idea.Team) + ".opportunity-canvas"
	case formIdeaEdit, actionEditAfresh:
		return draftEdit + key
	}
	if slot := questionSlot(e, s); slot != "" {
		return slot
	}
	if slot := forensicSlot(e, s); slot != "" {
		return slot
	}
	if slot := sessionFormSlot(e, s); slot != "" {
		return slot
	}
	if slot := sprintFormSlot(e, s); slot != "" {
		return slot
	}
	if slot := canvasFormSlot(e, s); slot != "" {
		return slot
	}
	if slot := mapsSlot(e, s); slot != "" {
		return slot
	}
	if slot := reviewSlot(e, s); slot != "" {
		return slot
	}
	return draftIdea
}

// formFor is the form that an entry is used in.
func formFor(e Entry, s subject) *Form {
	values := map[string]Value{"workdays": {Chosen: []string{"1"}}, "owners": {Chosen: []string{"U_ANN"}}, "tests": {Chosen: []string{"3"}}}
	for field, words := range map[string]string{
		"title": "x", "name": "Name", "key": "KEY", "zone": "UTC", "sprint": "2", "idea": s.idea.String(), "note": "A note", "strength": string(pipeline.Opinion),
		"against": speaksFor, "link": "", "why": "because", "outcome": string(s.idea.Team) + "-O1", "size": "3", "question": "Is it so?", "kind": string(pipeline.KindText),
		"problem": "Their problem", "criterion": "30 %", "value": "30 %", "decision": string(pipeline.Persevere), "about": "For all",
	} {
		values[field] = Value{Text: words}
	}
	if e.Name == formPark || e.Name == actionParkMore {
		values["decision"], values["reason"] = Value{Text: string(pipeline.NotNow)}, Value{Text: string(pipeline.TooCostly)}
		values["revisit-day"], values["revisit-asked"] = Value{Text: time.Now().AddDate(0, 1, 0).Format(time.DateOnly)}, Value{Text: "3"}
	}
	if e.Name == formAsk {
		values["seen"] = Value{Text: "Seen"}
	}
	if e.Name == formBallot || e.Name == actionBallotMore || e.Name == actionElectorate {
		values["question"], values["level"] = Value{Text: string(pipeline.AskPursue)}, Value{Text: string(pipeline.OpenBallot)}
		values["electorate"], values["days"], values["quorum"] = Value{Text: wholeChannel}, Value{Text: "3"}, Value{Text: "50 %"}
		delete(values, "outcome")
	}
	if e.Name == formVote {
		values["choice"], values["vote-reason"] = Value{Text: string(pipeline.ChooseObject)}, Value{Text: "It breaks exports"}
	}
	outcomeValues(e, values)
	nudgeValues(e, values)
	healthValues(e, values)
	wallValues(e, values)
	questionValues(e, values)
	challengeValues(e, values)
	forensicValues(e, values)
	sprintValues(e, values)
	reviewValues(e, values)
	sessionValues(e, values)
	mappedValues(e, s.idea.Team, values)
	mapsValues(e, values)
	canvasValues(e, values)
	return &Form{ID: "V", Hash: "h", Values: values, Metadata: canvasMetadata(e, metadata{
		Team: s.idea.Team, Idea: s.idea.String(), Version: 1, Channel: s.channel, Draft: slotFor(e, s), Fresh: "f",
		Run: runFor(e), Step: 1, Ballot: 1, Round: 1, Sprint: sprintIn(e), Forensic: 1, Group: 1, Review: 1, Rule: pipeline.RuleStarved, Session: 1, Point: pointIn(e), Result: pipeline.ResultKey("results", 1, 1), To: pipeline.Discovery, Template: pipeline.OpportunityCanvas, Item: pipeline.ItemID(itemFor(e)), Node: nodeFor(e, s.idea.Team), Map: mapFormIn(e),
	}).encode()}
}

// plausible is what Slack sends when somebody uses an entry in earnest.
func plausible(e Entry, op string, person pipeline.Person, s subject) *Request {
	if s.channel == "" && (e.On == Slash || e.On == MessageShortcut || e.On == Reaction) {
		s.channel = "C2" // these are done in a channel always
	}
	req := &Request{
		Op: op, Now: time.Now(), Person: person, Channel: s.channel, ChannelName: "x",
		Words: s.idea.String(), Value: valueFor(e, s).encode(),
	}
	if e.Name == "/outcome" && e.Word != "link" {
		req.Words = string(s.idea.Team) + "-O1"
	}
	if s.channel == "" {
		req.ChannelName = ""
	} else {
		req.Message = &Message{Message: pipeline.Message{Channel: s.channel, TS: "1700000000.000100"}, Text: "x"}
	}
	if e.Name == actionPointBack {
		req.Value = valueFor(e, s).set("of", "own "+person.ID+" 1").encode()
	}
	if inForm(e) {
		req.Form = formFor(e, s)
	}
	if e.On == Submit || e.On == Close {
		req.Value = ""
	}
	return req
}
