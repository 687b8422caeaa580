package commands

import (
	"fmt"
	"time"

	"alignbot/pipeline"
	"alignbot/storage"
)

// drawnEffect is an idea that is delivered, with what is expected of it.
func drawnEffect(w words) pipeline.Idea {
	idea := drawnIdea(w, pipeline.Delivered)
	idea.Effect = &pipeline.Effect{
		Expected: pipeline.Cut(pipeline.CleanLine(w.text), pipeline.ExpectedLimit), Node: pipeline.OutcomeKey{Team: "PAY", Number: 1}, Day: "2026-12-18", Again: 2,
	}
	return idea
}

// drawnRound is a round of the longest questions that was answered by thirty.
func drawnRound(w words, questions int, anonymous bool) storage.RoundState {
	r := pipeline.Round{
		Team: "PAY", ID: 3, Channel: true, Anonymous: anonymous, Started: drawnAt.Add(-48 * time.Hour), StartedBy: "U01", Deadline: drawnAt.Add(24 * time.Hour), Version: 1,
	}
	for range questions {
		r.Questions = append(r.Questions, pipeline.Cut(pipeline.CleanLine(w.text), pipeline.OwnQuestionLimit))
	}
	state := storage.RoundState{Now: drawnAt, Message: pipeline.Message{Channel: "C1", TS: "1700000000.000400"}}
	for i := range 30 {
		user := fmt.Sprintf("U%02d", i+1)
		r.To = append(r.To, user)
		answer := pipeline.RoundAnswer{By: user, Words: make([]string, questions)}
		if anonymous {
			answer.By = ""
		}
		for at := range answer.Words {
			if at != 1 { // which nobody answered
				answer.Words[at] = pipeline.Cut(w.text, pipeline.RoundAnswerLimit)
			}
		}
		state.Answers = append(state.Answers, answer)
	}
	state.Round = r
	return state
}

func closedRound(state storage.RoundState, answers int) storage.RoundState {
	state.Answers = state.Answers[:answers]
	state.Now = state.Round.Deadline
	state.Round, _ = state.Round.CloseAt(state.Now)
	return state
}

// drawnQuestions are rounds, one of them in a team that the reader is not known to
// see, and effects.
func drawnQuestions(w words) []waitingThing {
	var things []waitingThing
	for i := range 3 {
		round := drawnRound(w, i+1, false).Round
		round.ID = i + 1
		things = append(things, roundThing(round, i > 0))
	}
	for i := range 3 {
		idea := drawnEffect(w)
		idea.Key.Number = i + 1
		things = append(things, effectThing(idea, drawnAt))
	}
	return things
}

// questionDrawings are the views of effects and of rounds of questions.
func questionDrawings(w words) map[string]any {
	team, name := drawnTeam(w), func(string) string { return w.who }
	idea, note := drawnEffect(w), pipeline.Cut(pipeline.CleanLine(w.text), pipeline.NoteLimit)
	bare, answered := idea, idea
	bare.Effect = nil
	effect := *idea.Effect
	effect.Answer, effect.Note, effect.By, effect.At = pipeline.EffectNone, note, "U2", drawnAt
	answered.Stage, answered.Effect = pipeline.Learned, &effect
	o := drawnOutcomes(w)[0]
	o.Unit, o.Direction = "calls", pipeline.Decrease
	o.Baseline, o.Target = &pipeline.Reading{Value: 120, Day: "2026-09-01"}, &pipeline.Reading{Value: 80, Day: "2027-03-01"}
	typed := map[pipeline.Field]string{
		pipeline.FieldEffectAnswer: string(pipeline.EffectTooEarly), pipeline.FieldValue: w.line, pipeline.FieldNote: note, pipeline.FieldEffectDay: "2027-01-08",
		pipeline.FieldExpected: note, pipeline.FieldWhy: note,
	}
	m := metadata{Idea: "PAY-12", To: pipeline.Learned, Channel: "C1", Draft: moveSlot(idea.Key, pipeline.Learned), Fresh: "x", Below: inDetails}
	deliver, _ := pipeline.StepTo(pipeline.Backlog, pipeline.Delivered)
	everything, reading := func(pipeline.Action) bool { return true }, func(a pipeline.Action) bool { return a == pipeline.ReadTeam }
	shown := func(idea pipeline.Idea, may func(pipeline.Action) bool) any {
		return ideaDetails(viewApp, details{idea: idea, team: team, outcomes: drawnOutcomes(w), may: may, now: drawnAt}, metadata{})
	}
	news := func(e pipeline.Event) Post { return ideaNews(idea, newsArgs(e), w.who, "") }
	delivered := pipeline.Event{At: drawnAt, By: "U1", What: pipeline.WasMoved, From: pipeline.Backlog, To: pipeline.Delivered, Changes: []pipeline.Change{
		{Field: pipeline.FieldExpected, To: effect.Expected}, {Field: pipeline.FieldEffectDay, To: effect.Day},
	}}
	put := pipeline.Event{At: drawnAt, By: "U1", What: pipeline.EffectPutOff, About: effect.Day, Why: note}
	said := pipeline.Event{At: drawnAt, By: "U1", What: pipeline.EffectExpected, About: effect.Day, Why: effect.Expected}

	open, long, secret := drawnRound(w, 1, false), drawnRound(w, pipeline.RoundQuestions, false), drawnRound(w, 5, true)
	mine := open
	mine.Mine = &mine.Answers[0]
	tried := closedRound(long, 30)
	tried.Round.Experiment = &pipeline.RoundExperiment{Words: pipeline.Cut(pipeline.CleanLine(w.text), pipeline.ExperimentLimit), Owner: "U02", Day: "2026-12-18", By: "U01", At: drawnAt}
	early := closedRound(open, 3)
	early.Round.ClosedAt, early.Round.ClosedBy = drawnAt, "U02"
	screen := func(state storage.RoundState, reader string, may func(pipeline.Action) bool, page int) any {
		return roundView(shownRound{RoundState: state, reader: reader, may: may, page: page}, metadata{Channel: "C1"})
	}
	asked := metadata{Team: "PAY", Round: 3, Channel: "C1", Draft: slotOfRound(draftAnswer, "PAY", 3), Fresh: "x", Below: inRound}
	asked.At = roundValue(open.Round, inRound).Get("at")
	secretly := asked
	secretly.Draft = ""
	answers := map[pipeline.Field]string{}
	for i := range long.Round.Questions {
		answers[pipeline.AnswerField(i)] = long.Answers[0].Words[i]
	}
	starting := metadata{Team: "PAY", Channel: "C1", Draft: roundSlot("PAY"), Fresh: "x"}
	reflecting := startsWith(pipeline.ReflectionRound())
	reflecting[pipeline.FieldPeople], reflecting[pipeline.FieldQuestion], reflecting[pipeline.FieldDays] = "U1,U2", long.Round.Questions[0], w.line
	justCaptured := drawnIdea(w, pipeline.Captured)
	open1, open2 := justCaptured, justCaptured
	open1.Measure, open2.Outcomes = "", nil
	return map[string]any{
		"move_delivered":        moveForm(metadata{Idea: "PAY-12", To: pipeline.Delivered, Fresh: "x"}, drawnIdea(w, pipeline.Backlog), deliver, pipeline.GateAnswer{}, nil, typed),
		"expect_form":           expectForm(m, idea, typed, typedBeforeNote(actionExpect, newParams("idea", "PAY-12"), drawnAt)...),
		"effect_form":           effectForm(m, idea, &o, typed, typedBeforeNote(actionMove, newParams("idea", "PAY-12", "to", "learned"), drawnAt)...),
		"effect_form_plain":     effectForm(m, bare, nil, nil),
		"effect_asked":          effectPost(viewApp, idea, pipeline.Cut(w.title, pipeline.StatementLimit), true),
		"effect_asked_private":  effectPost(viewApp, idea, "", false),
		"effect_put_off":        *tell(askedOn(idea)).Tell,
		"details_effect":        shown(idea, everything),
		"details_effect_none":   shown(bare, everything),
		"details_effect_reader": shown(idea, reading),
		"details_effect_said":   shown(answered, everything),
		"news_delivered":        news(delivered),
		"news_put_off":          news(put),
		"news_expected":         news(said),
		"history_effect": historyView(idea, []pipeline.Event{
			put, {At: drawnAt, What: pipeline.EffectAsked, About: effect.Day}, said, delivered,
		}, 1, metadata{}),
		"captured_unmeasured": *captured(open1, team),
		"captured_orphan":     *captured(open2, team),

		"round_form":            startRoundForm(starting, team, startsWith(pipeline.RoundForm{Days: "3"})),
		"round_form_reflection": startRoundForm(starting, team, reflecting, typedBeforeNote(actionRoundNew, newParams("team", "PAY"), drawnAt)...),
		"round_started":         *roundStarted(open.Round, []string{"2 bots were left out.", "One guest was left out."}).Tell,
		"news_round":            roundPost(open, w.who),
		"news_round_long":       roundPost(long, w.who),
		"news_round_secret":     roundPost(secret, w.who),
		"news_round_closed":     roundPost(tried, w.who),
		"news_round_none":       roundPost(closedRound(open, 0), w.who),
		"news_round_told":       summaryPost(tried, name),
		"news_round_told_one":   summaryPost(early, name),
		"news_round_told_few":   summaryPost(closedRound(secret, 3), name),
		"news_round_tried":      tryPost(tried.Round, name),
		"round_ask":             roundAsk(viewApp, long, team, w.who, true),
		"round_ask_private":     roundAsk(viewApp, secret, team, w.who, false),
		"answer_form":           answerForm(asked, long.Round, answers, typedBeforeNote(actionRoundAnswer, roundValue(long.Round, ""), drawnAt)...),
		"answer_form_secret":    answerForm(secretly, secret.Round, nil),
		"answer_kept":           *answerKept(storage.Answered{Round: open.Round, Before: true}).Tell,
		"round_shown":           screen(mine, "U01", everything, 1),
		"round_shown_waiting":   screen(long, "U02", reading, 1),
		"round_shown_not_asked": screen(open, "U99", reading, 1),
		"round_shown_closed":    screen(tried, "U01", everything, 1),
		"round_shown_last":      screen(tried, "U01", everything, 99),
		"round_shown_early":     screen(early, "U01", reading, 1),
		"round_shown_secret":    screen(closedRound(secret, 30), "U01", everything, 1),
		"round_shown_few":       screen(closedRound(secret, 3), "U01", everything, 1),
		"round_shown_none":      screen(closedRound(open, 0), "U01", everything, 1),
		"round_closed":          *roundClosed(early).Tell,
		"round_try_form":        tryForm(asked, map[pipeline.Field]string{pipeline.FieldExperiment: tried.Round.Experiment.Words, pipeline.FieldOwner: "U02", pipeline.FieldExperimentDay: "2026-12-18"}),
		"home_questions":        homeView(waitingThings{drawnQuestions(w), 1}.blocks()),
	}
}
