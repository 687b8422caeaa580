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

// Kinds of messages in the outbox. They stand in stored records.
const (
	drawCard   = "idea.card"        // an idea, in its team's channel
	drawNews   = "idea.news"        // what became of an idea, in a thread
	drawFrom   = "idea.from"        // captured, in the thread of the message it came from
	drawOffer  = "idea.offer"       // the form, offered to who reacted to a message
	drawBack   = "idea.back"        // a parked idea comes back, in a thread
	drawHello  = "team.hello"       // a team was set up, in its channel
	drawBallot = storage.KindBallot // a ballot, in its team's channel
	// Jobs: they send nothing themselves. Args of all of a ballot: ballot (its
	// number).
	drawBallotClose  = "ballot.close"    // its deadline has come
	drawBallotRemind = "ballot.remind"   // those who have not voted are reminded
	drawReminder     = "ballot.reminder" // to one of them
	drawBallotResult = "ballot.result"   // in the thread of the ballot's message
	// drawRelink changes the links of the ideas of an outcome that was closed. Args:
	// into (the outcome they go to, "" for none), by, why, closed (Unix ms), page.
	drawRelink = "outcome.relink"
	// drawCards draws the cards of the newest ideas of an outcome anew: they show its
	// statement and number.
	drawCards = "outcome.cards"
	// drawTestDue asks the owner of a test, at its deadline, what it showed. Args:
	// run (its number), deadline (the last day).
	drawTestDue = "test.due"
	// drawEffectDue, a job, finds on its day who is asked what a delivered idea
	// changed. Args: day, by (who chose it). drawEffectAsk asks them.
	drawEffectDue = "effect.due"
	drawEffectAsk = "effect.ask"
	drawRound     = storage.KindRound // a round of questions, in its team's channel
	// Jobs and messages of a round. Args of all: round (its name); what (told).
	drawRoundClose = "round.close"         // its deadline has come
	drawRoundAsks  = "round.asks"          // those who are asked get a message each
	drawRoundAsk   = "round.ask"           // to one of them
	drawRoundTold  = "round.told"          // in the thread of the round's message
	drawNudge      = storage.KindNudge     // to a person: what waits for them
	drawTeamNudge  = storage.KindTeamNudge // in a team's channel: what needs a look
	// drawNudgeAgain draws a nudge anew where it stands. Args: nudge (what it asked
	// for, or its name), channel, ts.
	drawNudgeAgain = "nudge.again"
	// What is asked of an idea: is it the best use of our time? Subject is the idea;
	// args of all: times (which question).
	drawChallengeAsk  = "challenge.ask"  // to each product owner, redrawn in place
	drawChallengeDue  = "challenge.due"  // a job, at its deadline
	drawChallengeLate = "challenge.late" // to each product owner, once
	drawChallengeTold = "challenge.told" // question and answer, in the idea's thread
	// A forensic session. Args of all: sheet (its name).
	drawForensic     = storage.KindForensic // in its team's channel, redrawn from part to part
	drawForensicDue  = "forensic.due"       // a job, at the deadline of a part
	drawForensicAsk  = "forensic.ask"       // to everybody who takes part; args: phase
	drawForensicTold = "forensic.told"      // what came out of it, in its thread
	drawSprint       = storage.KindSprint   // in its team's channel; args: sheet (its name)
	drawHealth       = "health.report"      // a team's backlog health, in its channel. Args: by
	// What a team is asked about its backlog. Args of both: sheet (its name).
	drawHealthAsk      = storage.KindHealthAsk            // in the team's channel, redrawn in place
	drawHealthAskClose = storage.KindHealthAsk + ".close" // a job, at its deadline
	// DrawChannelTrouble tells a product owner that a channel cannot be posted
	// in. Args: code (Slack's error), channel.
	DrawChannelTrouble = "team.channel_trouble"
)

// Waits tells whether a message of that kind is worth waiting for while its
// channel takes nothing. A line about what happened is not: it would come late,
// and with all the others.
func Waits(kind string) bool {
	switch kind {
	case drawNews, drawFrom, drawOffer:
		return false
	}
	return true
}

// Drawn is a message ready to be sent.
type Drawn struct {
	Post Post
	// Channel to post in; "" sends a direct message to User. With both, only
	// User sees it in Channel.
	Channel, User, Thread string
	// Update redraws this message instead of posting a new one.
	Update pipeline.Message
	// Skip: there is nothing to say any more.
	Skip bool
	// Canvas, in place of a Post: a canvas of Slack in the tabs of Channel, which is made,
	// or brought up to date where the entry has one.
	Canvas *SlackCanvas
	// Wait: it is too early. The entry is drawn again after that.
	Wait time.Duration
	// Settled, where it is not nil, is told what became of it once that is on record:
	// the message, or the code with which Slack refused it for good. Both are empty
	// where nobody knows.
	Settled func(ctx context.Context, m pipeline.Message, code string) error
}

// SlackCanvas is what stands in a canvas of Slack.
type SlackCanvas struct {
	Title string
	// Markdown, its blocks apart by an empty line. Only what pipeline.EscapeMarkdown
	// returns may stand in it beside words of ours.
	Markdown string
}

// drawer makes the message of an outbox entry from the state of this moment.
type drawer func(app *App, ctx context.Context, c storage.Claimed) (Drawn, error)

// drawers are all messages that alignbot sends by itself, and all its jobs, by
// their kind.
var drawers = map[string]drawer{
	drawCard:           (*App).drawIdea,
	drawNews:           (*App).drawIdea,
	drawFrom:           (*App).drawIdea,
	drawOffer:          (*App).drawOffer,
	drawBack:           (*App).drawBack,
	drawHello:          (*App).drawHello,
	drawTestDue:        (*App).drawTestDue,
	drawRelink:         (*App).drawRelink,
	drawCards:          (*App).drawCards,
	drawEffectDue:      (*App).drawEffectDue,
	drawEffectAsk:      (*App).drawEffectAsk,
	drawRound:          (*App).drawRound,
	drawRoundClose:     (*App).drawRoundClose,
	drawRoundAsks:      (*App).drawRoundAsks,
	drawRoundAsk:       (*App).drawRoundAsk,
	drawRoundTold:      (*App).drawRoundTold,
	drawSprint:         (*App).drawSprint,
	drawReview:         (*App).drawReview,
	drawReviewOutcome:  (*App).drawReviewOutcome,
	drawReviewSummary:  (*App).drawReviewSummary,
	drawReviewDue:      (*App).drawReviewDue,
	drawReviewClose:    (*App).drawReviewClose,
	drawBallot:         (*App).drawBallot,
	drawBallotClose:    (*App).drawBallotClose,
	drawBallotRemind:   (*App).drawBallotRemind,
	drawReminder:       (*App).drawReminder,
	drawBallotResult:   (*App).drawBallotResult,
	drawNudge:          (*App).drawNudge,
	drawTeamNudge:      (*App).drawTeamNudge,
	drawNudgeAgain:     (*App).drawNudgeAgain,
	drawChallengeAsk:   (*App).drawChallengeAsk,
	drawChallengeDue:   (*App).drawChallengeDue,
	drawChallengeLate:  (*App).drawChallengeLate,
	drawChallengeTold:  (*App).drawChallengeTold,
	drawSummaryDue:     (*App).drawSummaryDue,
	drawSummary:        (*App).drawSummary,
	drawSession:        (*App).drawSession,
	drawSessionAgenda:  (*App).drawSessionAgenda,
	drawSessionStep:    (*App).drawSessionStep,
	drawSessionTold:    (*App).drawSessionTold,
	drawSessionAhead:   (*App).drawSessionAhead,
	drawSessionStart:   (*App).drawSessionStart,
	drawSessionEnd:     (*App).drawSessionEnd,
	drawSessionNext:    (*App).drawSessionNext,
	drawForensic:       (*App).drawForensic,
	drawForensicDue:    (*App).drawForensicDue,
	drawForensicAsk:    (*App).drawForensicAsk,
	drawForensicTold:   (*App).drawForensicTold,
	drawHealth:         (*App).drawHealth,
	drawWall:           (*App).drawWall,
	drawWallLook:       (*App).drawWallLook,
	drawWallTold:       (*App).drawWallTold,
	drawRoles:          (*App).drawRoles,
	drawRolesClose:     (*App).drawRolesClose,
	drawRolesAgenda:    (*App).drawRolesAgenda,
	drawHealthAsk:      (*App).drawHealthAsk,
	drawCanvasDue:      (*App).drawCanvasDue,
	drawCanvasCheck:    (*App).drawCanvasCheck,
	drawSlackCanvas:    (*App).drawSlackCanvas,
	drawSlackLook:      (*App).drawSlackLook,
	drawSlackTold:      (*App).drawSlackTold,
	drawCanvasPost:     (*App).drawCanvasPost,
	drawGoalChanged:    (*App).drawGoalChanged,
	drawSweep:          (*App).drawSweep,
	drawHealthAskClose: (*App).drawHealthAskClose,
	drawPicture:        (*App).drawPicture,
	drawPictureAgain:   (*App).drawPicture,
	drawPictureLate:    (*App).drawPictureLate,
	drawOwnerless:      (*App).drawOwnerless,
	drawOwnerlessAsk:   (*App).drawOwnerlessAsk,
	drawOwnerlessTold:  (*App).drawOwnerlessTold,
	DrawChannelTrouble: (*App).drawChannelTrouble,
}

// Draw makes the message for an outbox entry from the state of this moment.
func (app *App) Draw(ctx context.Context, c storage.Claimed) (Drawn, error) {
	draw, known := drawers[c.Kind]
	if !known {
		return Drawn{}, fmt.Errorf("draw: unknown kind %q", c.Kind)
	}
	d, err := draw(app, ctx, c)
	if err == nil && !d.Skip {
		err = app.pictureMessage(ctx, c, &d)
	}
	return d, err
}

// startOf is what a drawing starts with: where the entry goes.
func startOf(c storage.Claimed) Drawn {
	return Drawn{Channel: c.Channel, User: c.User, Thread: c.Thread}
}

func (app *App) drawOffer(_ context.Context, c storage.Claimed) (Drawn, error) {
	d := startOf(c)
	d.Post = reactionOffer(c.Args)
	return d, nil
}

func (app *App) drawChannelTrouble(_ context.Context, c storage.Claimed) (Drawn, error) {
	d := startOf(c)
	d.Post = channelTrouble(app, c.Args)
	return d, nil
}

func (app *App) drawHello(ctx context.Context, c storage.Claimed) (Drawn, error) {
	d := startOf(c)
	key, err := pipeline.ParseTeamKey(c.Subject)
	if err != nil {
		return Drawn{}, err
	}
	team, err := app.Store.Team(ctx, key)
	if errors.Is(err, storage.ErrNotFound) {
		return Drawn{Skip: true}, nil
	}
	d.Post = teamHello(app, team)
	return d, err
}

// drawIdea draws what tells of one idea: its card, a line of news, and that it was
// captured.
func (app *App) drawIdea(ctx context.Context, c storage.Claimed) (Drawn, error) {
	d := startOf(c)
	key, err := pipeline.ParseKey(c.Subject)
	if err != nil {
		return Drawn{}, fmt.Errorf("draw %s %q: %w", c.Kind, c.Subject, err)
	}
	idea, err := app.Store.Idea(ctx, key)
	if errors.Is(err, storage.ErrNotFound) {
		return Drawn{Skip: true}, nil
	}
	if err != nil {
		return Drawn{}, err
	}
	switch c.Kind {
	case drawCard:
		d.Update = idea.Card
		if idea.Stage == pipeline.Parked && idea.Withdrawn.IsZero() {
			asked, err := app.askedBy(ctx, key)
			d.Post = parkedCard(idea, app.name(ctx, idea.Author), asked)
			return d, err
		}
		purpose, err := app.chainLine(ctx, idea)
		if err != nil {
			return Drawn{}, err
		}
		suggestion, err := app.cardSuggestion(ctx, c, idea)
		if err != nil {
			return Drawn{}, err
		}
		d.Post = ideaCard(idea, app.name(ctx, idea.Author), purpose)
		if suggestion != nil {
			d.Post.Blocks = append(d.Post.Blocks, suggestion.onCard(idea.Key)...)
		}
	case drawFrom:
		team, err := app.Store.Team(ctx, idea.Key.Team)
		if err != nil || !pipeline.ToldAtSource(team, idea.Source) {
			return Drawn{Skip: true}, err
		}
		d.Post = capturedNote(app, idea, app.name(ctx, idea.Author))
	case drawNews:
		team, err := app.Store.Team(ctx, idea.Key.Team)
		if err != nil {
			return Drawn{}, err
		}
		place := idea.Card
		if toldAtSource(pipeline.What(c.Args["what"]), team, idea.Source) {
			place = pipeline.Message{Channel: idea.Source.Channel, TS: idea.Source.Thread}
		}
		if place.IsZero() {
			return Drawn{Skip: true}, nil // the card, when it arrives, shows it all
		}
		d.Channel, d.Thread = place.Channel, place.TS
		by, behalf := "", "" // nobody's
		if user := c.Args["by"]; user != "" {
			by = app.name(ctx, user)
		}
		if user := c.Args["behalf"]; user != "" {
			behalf = app.name(ctx, user)
		}
		if c.Args["what"] == string(pipeline.AskedAgain) {
			asked, err := app.askedBy(ctx, key)
			if err != nil {
				return Drawn{}, err
			}
			c.Args["people"] = counted(asked, "person has", "different people have")
		}
		d.Post = ideaNews(idea, c.Args, by, behalf)
		if tellsPurpose(c.Args) {
			purpose, err := app.chainLine(ctx, idea)
			if err != nil {
				return Drawn{}, err
			}
			d.Post.Blocks = append(d.Post.Blocks, purposeNote(purpose)...)
		}
	}
	return d, nil
}

// askedBy is how many different people asked for the idea again since it was
// parked.
func (app *App) askedBy(ctx context.Context, key pipeline.Key) (int, error) {
	loaded, err := app.Store.Begin(ctx, storage.Want{Idea: key})
	return loaded.AskedBy, err
}

// toldAtSource: what becomes of the whole idea is told where it came from, but
// for direct messages, in which alignbot is not; work on it only at its card.
func toldAtSource(what pipeline.What, team pipeline.Team, source pipeline.Source) bool {
	switch what {
	case pipeline.WasMoved, pipeline.WasOverridden, pipeline.WasWithdrawn, pipeline.WasBroughtBack,
		pipeline.WasParked, pipeline.WasReopened, pipeline.CameBack, pipeline.BallotStarted, pipeline.BallotClosed:
		return pipeline.ToldAtSource(team, source) && !isDirect(source.Channel)
	}
	return false
}

// amendedShown is how much of a promise before and after its amendment a line of
// news tells, in runes.
const amendedShown = 150

// newsArgs keeps what a line of news needs, cut to what it shows.
func newsArgs(e pipeline.Event) map[string]string {
	args := map[string]string{}
	for name, value := range map[string]string{
		"what": string(e.What), "by": e.By, "from": string(e.From), "to": string(e.To), "behalf": e.OnBehalf, "about": e.About, "advice": e.Advice,
		"why": pipeline.Cut(e.Why, pipeline.ReasonLimit), "lacks": pipeline.Cut(strings.Join(e.Lacks, "; "), 1000),
	} {
		if value != "" {
			args[name] = value
		}
	}
	if e.What == pipeline.WasParked {
		return args // the verdict says it
	}
	for _, c := range e.Changes {
		switch {
		case c.Field == pipeline.FieldTitle:
			args["title"] = c.From
		case c.Field == pipeline.FieldExpected, c.Field == pipeline.FieldEffectDay:
			args[string(c.Field)] = c.To
		case e.What == pipeline.TestAmended && !userID.MatchString(c.From) && !userID.MatchString(c.To): // names are told in Slack alone
			args["amended"] = fieldName(c.Field) + " was " + quoted(pipeline.Cut(c.From, amendedShown)) + ", it is now " + quoted(pipeline.Cut(c.To, amendedShown))
		default:
			args["texts"] = string(joinWith(Mrkdwn(args["texts"]), Mrkdwn(fieldName(c.Field)), ", "))
		}
	}
	return args
}

// ideaNews is what a thread hears about what became of an idea. by and behalf
// are names: news ping nobody.
func ideaNews(idea pipeline.Idea, args map[string]string, by, behalf string) Post {
	e := pipeline.Event{
		What: pipeline.What(args["what"]), By: args["by"], From: pipeline.Stage(args["from"]), To: pipeline.Stage(args["to"]), About: args["about"],
	}
	if e.What == pipeline.WasParked {
		e.About = "" // said behind it
	}
	key := idea.Key.String()
	before, after, _ := strings.Cut(by+" "+deed(e, "\x00"), "\x00")
	if e.By == "" {
		before, after, _ = strings.Cut(capital(deed(e, "\x00")), "\x00")
	}
	if behalf != "" {
		after += ", on behalf of " + behalf
	}
	switch why := args["why"]; {
	case e.What == pipeline.WasParked:
		after += ", " + args["about"] + ". " + why
		if p := parkingOf(idea); p.Why == why && p.CameBack.IsZero() { // what holds
			after = string(sentence(Mrkdwn(after))) + " It is looked at again " + p.Revisit.Words() + "."
		}
	case why == "":
	case e.What == pipeline.WasMoved || e.What == pipeline.WasOverridden:
		step, _ := pipeline.StepTo(e.From, e.To)
		after += map[bool]string{true: ": ", false: ", because: "}[step.Forward()] + why
	default:
		after += ": " + why
	}
	if was := args["title"]; was != "" {
		after += ": it was “" + was + "”, it is now “" + idea.Title + "”"
	}
	if args["amended"] != "" {
		after += " (" + args["amended"] + ")"
	}
	if expected := args[string(pipeline.FieldExpected)]; expected != "" {
		after = string(sentence(Mrkdwn(after))) + " Expected: " + quoted(expected) + ". On " + pipeline.ShowDay(args[string(pipeline.FieldEffectDay)]) + " it is asked whether it is so"
	}
	if people := args["people"]; people != "" {
		after = string(sentence(Mrkdwn(after))) + " " + people + " asked for it since it was parked."
	}
	if args["texts"] != "" {
		after += " (changed: " + args["texts"] + ")"
	}
	after = string(sentence(Mrkdwn(after)))
	if advice := args["advice"]; advice != "" {
		after += " " + advice
	}
	said := []slack.RichTextElement{line(text(before), bold(key), text(after))}
	words := before + key + after
	if lacks := args["lacks"]; lacks != "" {
		said = append(said, line(text("Override: it lacked "+lacks+".")))
		words += " Override: it lacked " + lacks + "."
	}
	return Post{Text: fallback(words), Blocks: []slack.Block{rich(said...)}}
}

// capturedNote tells the thread of a message that an idea was made of it.
func capturedNote(app *App, idea pipeline.Idea, author string) Post {
	post := Post{
		Text:   fallback(author) + " captured this as " + Mrkdwn(idea.Key.String()) + ": " + fallback(idea.Title),
		Blocks: []slack.Block{rich(line(text(author+" captured this as "), bold(idea.Key.String()), text("  "+idea.Title)))},
	}
	if !idea.Card.IsZero() {
		post.Blocks = append(post.Blocks, note(link(app.permalink(idea.Card, ""), "Open its card")))
	}
	return post
}

// reactionOffer is shown to who reacted to a message.
func reactionOffer(args map[string]string) Post {
	words := Mrkdwn("Capture that message as an idea? Its text is not read: put it in your own words, and its link is kept.")
	value := newParams("draft", args["draft"])
	return Post{Text: words, Blocks: []slack.Block{
		say(words),
		buttons(primary(button(actionNew, "Capture as idea", "from the message you reacted to", value))),
	}}
}

// toldTries is how often a reply waits for the message it stands under, a second
// longer each time.
const toldTries = 4

// toldLater is the entry that waits once more for the message it stands under; false
// when it has waited long enough.
func toldLater(entry storage.Outgoing, now time.Time) (storage.Outgoing, bool) {
	first, number, _ := strings.Cut(entry.ID, ":try")
	n, _ := strconv.Atoi(number)
	entry.ID, entry.Due = first+":try"+strconv.Itoa(n+1), now.Add(time.Duration(n+1)*time.Second)
	return entry, n < toldTries
}
