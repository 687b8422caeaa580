package commands

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

const (
	// toldAnswersMost is how many answers a reply in the thread shows in all,
	// answersMost to one question, and wordsShown how much of each, in runes: with
	// the longest words, a message holds no more. The details show all of them.
	toldAnswersMost = 24
	answersMost     = 10
	wordsShown      = 240
	// toldAtOnce is how many private messages are stored in one step.
	toldAtOnce = 200
)

// drawRound makes the message of a round in its team's channel, in the thread of
// which its answers are told.
func (app *App) drawRound(ctx context.Context, c storage.Claimed) (Drawn, error) {
	state, team, err := app.drawnRound(ctx, c, "")
	if err != nil || team.Key == "" {
		return Drawn{Skip: err == nil}, err
	}
	return Drawn{Channel: team.Channel, Update: state.Message, Post: roundPost(state, app.name(ctx, state.Round.StartedBy))}, nil
}

// drawnRound is the round that an entry is about, with what the user answered, and
// its team; the zero team where there is none.
func (app *App) drawnRound(ctx context.Context, c storage.Claimed, user string) (storage.RoundState, pipeline.Team, error) {
	key, id, err := roundOf(c.Outgoing)
	if err != nil {
		return storage.RoundState{}, pipeline.Team{}, err
	}
	state, err := app.Store.Round(ctx, key, id, user)
	if errors.Is(err, storage.ErrNotFound) {
		return storage.RoundState{}, pipeline.Team{}, nil
	}
	if err != nil {
		return storage.RoundState{}, pipeline.Team{}, err
	}
	team, err := app.Store.Team(ctx, key)
	return state, team, err
}

// roundPost draws a round for all who are in its team's channel. by is the name of
// who asks: the message pings nobody.
func roundPost(state storage.RoundState, by string) Post {
	r := state.Round
	people := counted(len(r.To), "person", "people")
	if r.Channel {
		people = "everybody in this channel, " + people
	}
	said := append([]slack.RichTextElement{line(bold(by + " asks " + people))}, questionLines(r)...)
	words := fallback(by) + " asks " + Mrkdwn(people) + ": " + fallback(r.Questions[0])
	if r.Running() {
		return Post{Text: words, Blocks: []slack.Block{
			rich(said...), note(roundPromise(r)), say("Answer until *" + whenTime(r.Deadline) + "*. Each of them got a private message."),
			buttons(answerButton(r, "Answer", ""), roundDetails(r, "")),
		}}
	}
	ended := "*Closed.* " + answeredOf(r.Summary(state.Answers))
	if len(state.Answers) > 0 {
		ended += " The answers are in the thread."
	}
	blocks := []slack.Block{rich(said...), say(ended)}
	if e := r.Experiment; e != nil {
		blocks = append(blocks, rich(line(text("What the answers changed: "), bold(e.Words))))
	}
	return Post{Text: words + " (closed)", Blocks: append(blocks, buttons(roundSteps(state)...))}
}

// roundSteps are what can follow when a round is closed.
func roundSteps(state storage.RoundState) []slack.BlockElement {
	if len(state.Answers) == 0 {
		return []slack.BlockElement{roundDetails(state.Round, "")}
	}
	return []slack.BlockElement{tryButton(state.Round, ""), roundDetails(state.Round, "")}
}

// questionLines are the questions of a round, one a line.
func questionLines(r pipeline.Round) []slack.RichTextElement {
	if len(r.Questions) == 1 {
		return []slack.RichTextElement{quote(r.Questions[0])}
	}
	var lines []slack.RichTextElement
	for i, question := range r.Questions {
		lines = append(lines, line(text(strconv.Itoa(i+1)+". "+question+"\n")))
	}
	return lines
}

// answeredOf says how many answered.
func answeredOf(s pipeline.RoundSummary) Mrkdwn {
	switch s.Answered {
	case 0:
		return "Nobody has answered."
	case 1:
		return Mrkdwn("1 of " + strconv.Itoa(s.Asked) + " has answered.")
	}
	return Mrkdwn(strconv.Itoa(s.Answered) + " of " + strconv.Itoa(s.Asked) + " have answered.")
}

// drawRoundAsks gives everybody who is asked an entry of their own. It sends
// nothing itself, and does the same when it is done again.
func (app *App) drawRoundAsks(ctx context.Context, c storage.Claimed) (Drawn, error) {
	done := Drawn{Skip: true}
	state, team, err := app.drawnRound(ctx, c, "")
	if err != nil || team.Key == "" || !answerable(state) {
		return done, err
	}
	for users := range slices.Chunk(state.Round.To, toldAtOnce) {
		var entries []storage.Outgoing
		for _, user := range users {
			entry := roundEntry(drawRoundAsk, "ask:"+roundKey(state.Round)+":"+user, state.Round)
			entry.User = user
			entries = append(entries, entry)
		}
		if err := app.Store.Enqueue(ctx, entries...); err != nil {
			return Drawn{}, err
		}
	}
	return done, nil
}

// answerable tells whether answers are taken, as far as the store's clock said
// when the round was read.
func answerable(state storage.RoundState) bool {
	return state.Round.Running() && state.Now.Before(state.Round.Deadline)
}

// drawRoundAsk makes the message that asks one person, if answers are still taken
// and theirs is missing.
func (app *App) drawRoundAsk(ctx context.Context, c storage.Claimed) (Drawn, error) {
	skip := Drawn{Skip: true}
	state, team, err := app.drawnRound(ctx, c, c.User)
	if err != nil || team.Key == "" || !answerable(state) || state.Mine != nil {
		return skip, err
	}
	reader, err := app.Lookup(ctx, c.User)
	if err != nil {
		return Drawn{}, err
	}
	if !pipeline.May(app.Policy, reader, pipeline.AnswerRound, pipeline.Where{Team: &team, InChannel: true}).OK {
		return skip, nil // deactivated since, or a guest where guests are not welcome any more
	}
	known, err := app.known(ctx, reader, pipeline.AnswerRound, team)
	if err != nil {
		return Drawn{}, err
	}
	return Drawn{User: c.User, Post: roundAsk(app, state, team, app.name(ctx, state.Round.StartedBy), known)}, nil
}

// roundAsk asks for an answer. Where the reader is not known to be in a private
// team's channel, it tells nothing of what is asked.
func roundAsk(app *App, state storage.RoundState, team pipeline.Team, by string, known bool) Post {
	r := state.Round
	words := Mrkdwn("A round of questions waits for your answer, until " + string(whenTime(r.Deadline)) + ".")
	if !known {
		return Post{Text: words, Blocks: []slack.Block{
			say(words), note("It belongs to a private channel. Type `" + Mrkdwn(app.command("/align")) + "` in it first, so that I know that you are in it."),
			buttons(answerButton(r, "Answer", "")),
		}}
	}
	said := append([]slack.RichTextElement{line(bold(by+" asks you"), text(", for "+team.Name))}, questionLines(r)...)
	return Post{Text: words, Blocks: []slack.Block{
		rich(said...), say("You can answer until *" + whenTime(r.Deadline) + "*."), note(roundPromise(r), " Beside your nudge of the day, this is the only message about it."),
		buttons(primary(answerButton(r, "Answer", "")), roundDetails(r, "")),
	}}
}

// drawRoundTold makes a reply in the thread of a round's message: its answers, or
// what is tried because of them. Of a round that nobody answered its message says it.
func (app *App) drawRoundTold(ctx context.Context, c storage.Claimed) (Drawn, error) {
	state, team, err := app.drawnRound(ctx, c, "")
	if err != nil || team.Key == "" || state.Round.Running() || len(state.Answers) == 0 {
		return Drawn{Skip: err == nil}, err
	}
	name := func(user string) string { return app.name(ctx, user) }
	d := Drawn{Channel: state.Message.Channel, Thread: state.Message.TS, Post: summaryPost(state, name)}
	if state.Message.IsZero() {
		if later, waits := toldLater(c.Outgoing, app.Now()); waits {
			return Drawn{Skip: true}, app.Store.Enqueue(ctx, later)
		}
		d.Channel = team.Channel // nobody knows whether the round's message arrived
	}
	if c.Args["what"] == toldExperiment {
		if state.Round.Experiment == nil {
			return Drawn{Skip: true}, nil
		}
		d.Post = tryPost(state.Round, name)
	}
	return d, nil
}

// summaryPost tells what was answered, by question. name gives the name of a user:
// the message pings nobody.
func summaryPost(state storage.RoundState, name func(user string) string) Post {
	r := state.Round
	s := r.Summary(state.Answers)
	blocks := []slack.Block{say("*The round is closed.* " + answeredOf(s))}
	if s.Hidden != "" {
		blocks = append(blocks, note(Mrkdwn(s.Hidden)))
	}
	most := min(answersMost, toldAnswersMost/len(r.Questions))
	for _, group := range s.Groups {
		said := []slack.RichTextElement{line(bold(group.Question))}
		for _, answer := range group.Answers[:min(len(group.Answers), most)] {
			said = append(said, answerQuote(answer, name, wordsShown))
		}
		switch more := len(group.Answers) - most; {
		case len(group.Answers) == 0:
			said = append(said, line(text("Nobody answered this.")))
		case more > 0:
			said = append(said, line(text("And "+counted(more, "more answer", "more answers")+", in the details.")))
		}
		blocks = append(blocks, rich(said...))
	}
	blocks = append(blocks, note("What do the answers change? Choose one thing to try."), buttons(roundSteps(state)...))
	return Post{Text: "The round is closed. " + answeredOf(s), Blocks: blocks}
}

// answerQuote is one person's answer to one question.
func answerQuote(answer pipeline.SaidTo, name func(user string) string, room int) *slack.RichTextQuote {
	words := pipeline.Cut(answer.Words, room)
	if answer.By != "" {
		words = pipeline.Cut(name(answer.By), nameShown) + ": " + words
	}
	return quote(words)
}

// tryPost tells what is tried because of the answers.
func tryPost(r pipeline.Round, name func(user string) string) Post {
	e := *r.Experiment
	who := "Looked after by " + pipeline.Cut(name(e.Owner), nameShown) + ", to be tried by " + pipeline.ShowDay(e.Day) + ". Chosen by " + pipeline.Cut(name(e.By), nameShown) + "."
	return Post{
		Text:   "What the answers changed: " + fallback(e.Words),
		Blocks: []slack.Block{rich(line(bold("What the answers changed")), quote(e.Words), line(text(who)))},
	}
}

// answerButton opens the form in which somebody answers a round; in names the form
// it stands in, "" for a message.
func answerButton(r pipeline.Round, label, in string) *slack.ButtonBlockElement {
	about := "the round of questions"
	if label != "Answer" {
		about = "to " + about
	}
	return button(actionRoundAnswer, label, about, roundValue(r, in))
}

// tryButton opens the form in which one thing is chosen to try after a round.
func tryButton(r pipeline.Round, in string) *slack.ButtonBlockElement {
	label := "Choose what we try…"
	if r.Experiment != nil {
		label = "Choose something else…"
	}
	return button(actionRoundTry, label, "after the round of questions", roundValue(r, in))
}
