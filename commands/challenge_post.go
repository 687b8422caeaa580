package commands

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// The messages about what is asked of an idea. Args of all: times (which question).

// challengeEntry is an entry about a question.
func challengeEntry(kind, id string, c pipeline.Challenge) storage.Outgoing {
	return storage.Outgoing{ID: id, Kind: kind, Subject: c.Key().String(), Args: map[string]string{"times": strconv.Itoa(c.Times)}}
}

// questionName tells a question from all others: "PAY-12:2".
func questionName(c pipeline.Challenge) string { return fmt.Sprintf("%s:%d", c.Key(), c.Times) }

// parseQuestionName is questionName the other way round.
func parseQuestionName(name string) (key pipeline.Key, times int, err error) {
	text, number, _ := strings.Cut(name, ":")
	if key, err = pipeline.ParseKey(text); err == nil {
		times, err = strconv.Atoi(number)
	}
	return key, times, err
}

// challengeEnds is the job at a question's deadline.
func challengeEnds(c pipeline.Challenge) storage.Outgoing {
	entry := challengeEntry(drawChallengeDue, "challenge-due:"+questionName(c), c)
	entry.Due = c.Deadline
	return entry
}

// redrawAsks are the private messages with the question, one for each of these
// product owners, anew where it stands already.
func redrawAsks(c pipeline.Challenge, owners []string) []storage.Outgoing {
	var entries []storage.Outgoing
	for _, owner := range owners {
		name := storage.SheetName{Owner: string(c.Team), Number: c.Idea}
		entry := challengeEntry(drawChallengeAsk, storage.MessageEntry(storage.KindChallenge, name.String(), fmt.Sprintf("%d.%s", c.Times, owner)), c)
		entry.User = owner
		entries = append(entries, entry)
	}
	return entries
}

// challengeTold is the reply with question and answer in the idea's thread.
func challengeTold(op string, team pipeline.Team, c pipeline.Challenge) storage.Outgoing {
	entry := challengeEntry(drawChallengeTold, "challenge-told:"+questionName(c)+":"+op, c)
	entry.Channel = team.Channel
	return entry
}

// drawnQuestion is the question that an entry is about, with its idea and team.
type drawnQuestion struct {
	storage.ChallengeState
	idea  pipeline.Idea
	team  pipeline.Team
	times int // which question the entry is about
}

// open: it is the one that stands.
func (q drawnQuestion) open() bool { return q.Challenge.Times == q.times && q.Stands(q.idea) }

// drawnQuestion of an entry; found is false where there is none.
func (app *App) drawnQuestion(ctx context.Context, c storage.Claimed) (q drawnQuestion, found bool, err error) {
	key, err := pipeline.ParseKey(c.Subject)
	if err == nil {
		q.times, err = strconv.Atoi(c.Args["times"])
	}
	if err != nil {
		return q, false, fmt.Errorf("draw %s %q: %w", c.Kind, c.Subject, err)
	}
	loaded, err := app.Store.Begin(ctx, storage.Want{Idea: key, Sheets: []storage.SheetWant{storage.WantChallenge(key.Number)}})
	if err != nil || loaded.Idea == nil || loaded.Team == nil {
		return q, false, err
	}
	q.idea, q.team = *loaded.Idea, *loaded.Team
	q.ChallengeState, err = loaded.Challenge(0, "")
	return q, err == nil, err
}

// drawChallengeAsk makes the private message that asks one product owner, or says in
// its place what became of the question.
func (app *App) drawChallengeAsk(ctx context.Context, c storage.Claimed) (Drawn, error) {
	skip := Drawn{Skip: true}
	q, found, err := app.drawnQuestion(ctx, c)
	if err != nil || !found || !q.open() && c.Message.IsZero() {
		return skip, err
	}
	known, asked, err := app.asksOwner(ctx, c.User, q.team)
	if err != nil || !asked {
		return skip, err
	}
	return Drawn{User: c.User, Update: c.Message, Post: challengePost(app, q, known, app.nameOf(ctx), false)}, nil
}

// drawChallengeLate reminds one product owner, once, that the answer was due.
func (app *App) drawChallengeLate(ctx context.Context, c storage.Claimed) (Drawn, error) {
	skip := Drawn{Skip: true}
	q, found, err := app.drawnQuestion(ctx, c)
	if err != nil || !found || !q.open() {
		return skip, err
	}
	known, asked, err := app.asksOwner(ctx, c.User, q.team)
	if err != nil || !asked {
		return skip, err
	}
	return Drawn{User: c.User, Post: challengePost(app, q, known, app.nameOf(ctx), true)}, nil
}

// asksOwner tells whether somebody can answer for a team at the moment, and whether
// they are known to be where its ideas may be read.
func (app *App) asksOwner(ctx context.Context, user string, team pipeline.Team) (known, asked bool, err error) {
	reader, err := app.Lookup(ctx, user)
	if err != nil {
		return false, false, err
	}
	reader.ID = user
	if len(pipeline.Answerers(app.Policy, team, []pipeline.Person{reader})) == 0 {
		return false, false, nil
	}
	known, err = app.known(ctx, reader, pipeline.AnswerChallenge, team)
	return known, true, err
}

// nameOf gives names of people for messages, which ping nobody.
func (app *App) nameOf(ctx context.Context) func(user string) string {
	return func(user string) string { return app.name(ctx, user) }
}

// challengePost asks a product owner, or says what became of the question. late: the
// answer was due.
func challengePost(app *App, q drawnQuestion, known bool, name func(string) string, late bool) Post {
	c, key := q.Challenge, q.idea.Key.String()
	words := Mrkdwn("Is " + key + " the best use of our time? " + counted(len(q.Asks), "person asks", "people ask") + " you.")
	due := say("An answer is due by *" + whenTime(c.Deadline) + "*.")
	switch {
	case !q.open():
		return q.ended(known, name)
	case late:
		words = "An answer about " + Mrkdwn(key) + " was due: " + Mrkdwn(counted(len(q.Asks), "person asks", "people ask")) + " whether it is the best use of our time. This is the only reminder."
		due = say("It was due by *" + whenTime(c.Deadline) + "*.")
	}
	if !known {
		return Post{Text: words, Blocks: []slack.Block{
			say(words), due, note("It belongs to a private channel. Type `" + Mrkdwn(app.command("/align")) + "` in it first, so that I know that you are in it."),
			buttons(challengeAnswerButton(q.idea.Key, "")),
		}}
	}
	return Post{Text: words, Blocks: []slack.Block{
		rich(line(ideaTitle(q.idea))), say(words), rich(askedLines(q.Asks, len(q.Asks), name)...), due,
		buttons(primary(challengeAnswerButton(q.idea.Key, "")), button(actionShow, "Details", "of "+key, newParams("idea", key))),
	}}
}

// askedLines are the words of some who ask or asked, with names that ping nobody.
func askedLines(asks []pipeline.ChallengeAsk, of int, name func(string) string) []slack.RichTextElement {
	var said []slack.RichTextElement
	shown := asks[:min(len(asks), asksShown)]
	for _, ask := range shown {
		who := "In confidence"
		if ask.By != "" {
			who = pipeline.Cut(name(ask.By), nameShown)
		}
		said = append(said, quote(who+": "+ask.Why))
	}
	if more := of - len(shown); more > 0 {
		said = append(said, line(text("And "+strconv.Itoa(more)+" more.")))
	}
	return said
}

// ended says what became of a question.
func (q drawnQuestion) ended(known bool, name func(string) string) Post {
	key := q.idea.Key.String()
	answer := q.Challenge.Answer(q.times)
	words := Mrkdwn("It was asked whether " + key + " is the best use of our time. Whoever asked has taken it back.")
	switch {
	case answer != nil && answer.By != "":
		words = "It was asked whether " + Mrkdwn(key) + " is the best use of our time. It is answered."
	case answer != nil || q.Challenge.Times == q.times && len(q.Asks) > 0:
		words = "It was asked whether " + Mrkdwn(key) + " is the best use of our time. It left the Product Backlog before an answer."
	}
	post := Post{Text: words, Blocks: []slack.Block{say(words)}}
	if known && answer != nil && answer.By != "" {
		post.Blocks = append(post.Blocks, rich(answerLine(*answer, name), quote(answer.Words)))
	}
	return post
}

// answerLine says who answered what.
func answerLine(answer pipeline.ChallengeAnswer, name func(string) string) *slack.RichTextSection {
	return line(bold(pipeline.Cut(name(answer.By), nameShown)+": "+answer.Verdict.InWords()), text(", because"))
}

// drawChallengeTold makes the reply with question and answer in the idea's thread.
func (app *App) drawChallengeTold(ctx context.Context, c storage.Claimed) (Drawn, error) {
	q, found, err := app.drawnQuestion(ctx, c)
	if err != nil || !found || q.idea.Card.IsZero() {
		return Drawn{Skip: true}, err // without a card there is no thread; the details have it
	}
	answer := q.Challenge.Answer(q.times)
	if answer == nil || answer.By == "" {
		return Drawn{Skip: true}, nil
	}
	return Drawn{Channel: q.idea.Card.Channel, Thread: q.idea.Card.TS, Post: challengeAnswerPost(q.idea, *answer, app.nameOf(ctx))}, nil
}

// challengeAnswerPost tells question and answer.
func challengeAnswerPost(idea pipeline.Idea, answer pipeline.ChallengeAnswer, name func(string) string) Post {
	key := idea.Key.String()
	said := []slack.RichTextElement{line(bold("Is "+key+" the best use of our time?"), text(" "+capital(counted(answer.Asked, "person asked.", "people asked."))))}
	said = append(said, askedLines(answer.Asks, answer.Asked, name)...)
	said = append(said, answerLine(answer, name), quote(answer.Words))
	post := Post{
		Text:   "Is " + Mrkdwn(key) + " the best use of our time? " + fallback(pipeline.Cut(name(answer.By), nameShown)) + ": " + Mrkdwn(answer.Verdict.InWords()) + ", because " + fallback(answer.Words),
		Blocks: []slack.Block{rich(said...)},
	}
	if to := answer.Verdict.LeadsTo(); to != "" && idea.Stage == pipeline.Backlog {
		post.Blocks = append(post.Blocks, note("It stays in the Product Backlog until that is done."))
	}
	return post
}

// drawChallengeDue looks at a question whose deadline has come: product owners are
// reminded, once. It sends nothing itself, and does the same when it is done again.
func (app *App) drawChallengeDue(ctx context.Context, c storage.Claimed) (Drawn, error) {
	done := Drawn{Skip: true}
	q, found, err := app.drawnQuestion(ctx, c)
	for range busyTries {
		if err != nil || !found || q.Challenge.Times != q.times {
			return done, err
		}
		after, step := q.Challenge.AtDeadline(q.idea, q.Asks, dueNow(c, app.Now()))
		switch step {
		case pipeline.ChallengeRemind:
			var reminders []storage.Outgoing
			for _, owner := range q.team.Owners {
				entry := challengeEntry(drawChallengeLate, "challenge-late:"+questionName(after)+":"+owner, after)
				entry.User = owner
				reminders = append(reminders, entry)
			}
			_, err = app.Store.RemindChallenge(ctx, c.ID, after, reminders...)
		case pipeline.ChallengeEnds:
			_, err = app.Store.EndChallenge(ctx, c.ID, q.ChallengeState, after, "", storage.Slot{}, nil, redrawAsks(q.Challenge, q.team.Owners)...)
		default:
			return done, nil
		}
		var conflict *storage.ChallengeConflictError
		if !errors.As(err, &conflict) {
			return done, err
		}
		q.ChallengeState, err = conflict.Current, nil
	}
	return Drawn{}, busy(q.idea.Key)
}

// dueNow is the moment at which a job is done: an entry is claimed by the store's
// clock, which may be ahead of this process's.
func dueNow(c storage.Claimed, now time.Time) time.Time {
	if now.Before(c.FirstDue) {
		return c.FirstDue
	}
	return now
}
