package commands

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// The messages of a forensic session. Args of all: sheet (its name).

// forensicKey names a session in entries: "PAY:3", "#" before it is stored.
func forensicKey(f pipeline.Forensic) string {
	if f.Number == 0 {
		return "#"
	}
	return storage.ForensicName(f)
}

// forensicEntry is an entry about a session.
func forensicEntry(kind, id string, f pipeline.Forensic) storage.Outgoing {
	return storage.Outgoing{ID: id, Kind: kind, Subject: string(f.Team), Args: map[string]string{"sheet": forensicKey(f)}}
}

// redrawForensic draws the message of a session, anew where it stands already.
func redrawForensic(team pipeline.Team, f pipeline.Forensic) storage.Outgoing {
	entry := forensicEntry(drawForensic, storage.MessageEntry(storage.KindForensic, forensicKey(f), ""), f)
	entry.Channel = team.Channel
	return entry
}

// phaseBegins is what must be posted and done when a part of a session begins: its
// message, private ones where everybody is asked for something, the job at its
// deadline; at the end of the session, what came out of it.
func phaseBegins(team pipeline.Team, f pipeline.Forensic) []storage.Outgoing {
	entries := []storage.Outgoing{redrawForensic(team, f)}
	if !f.Running() {
		told := forensicEntry(drawForensicTold, "forensic-told:"+forensicKey(f), f)
		told.Channel = team.Channel
		return append(entries, told)
	}
	due := forensicEntry(drawForensicDue, fmt.Sprintf("forensic-due:%s:%d", forensicKey(f), f.Deadline.UnixMilli()), f)
	due.Due = f.Deadline
	entries = append(entries, due)
	if f.Phase == pipeline.ForensicLists || f.Phase == pipeline.ForensicRank {
		for _, user := range f.To {
			ask := forensicEntry(drawForensicAsk, fmt.Sprintf("forensic-ask:%s:%s:%s", forensicKey(f), f.Phase, user), f)
			ask.User, ask.Args["phase"] = user, string(f.Phase)
			entries = append(entries, ask)
		}
	}
	return entries
}

// drawnForensic is the session that an entry is about, with what the user gave, and
// its team; the zero team where there is none.
func (app *App) drawnForensic(ctx context.Context, c storage.Claimed, user string) (storage.ForensicState, pipeline.Team, error) {
	var none storage.ForensicState
	name, err := storage.ParseSheetName(c.Args["sheet"])
	if err != nil {
		return none, pipeline.Team{}, fmt.Errorf("draw %s %q: %w", c.Kind, c.ID, err)
	}
	state, err := app.Store.Forensic(ctx, pipeline.TeamKey(name.Owner), name.Number, user)
	if errors.Is(err, storage.ErrNotFound) {
		return none, pipeline.Team{}, nil
	}
	if err != nil {
		return none, pipeline.Team{}, err
	}
	team, err := app.Store.Team(ctx, state.Forensic.Team)
	return state, team, err
}

// drawForensic makes the message of a session in its team's channel, in the thread of
// which its result is told.
func (app *App) drawForensic(ctx context.Context, c storage.Claimed) (Drawn, error) {
	state, team, err := app.drawnForensic(ctx, c, "")
	if err != nil || team.Key == "" {
		return Drawn{Skip: err == nil}, err
	}
	return Drawn{Channel: team.Channel, Update: state.Message, Post: forensicPost(state, app.name(ctx, state.Forensic.StartedBy))}, nil
}

// partOf says which of the four parts runs and what it asks for.
func partOf(f pipeline.Forensic) Mrkdwn {
	switch f.Phase {
	case pipeline.ForensicLists:
		words := Mrkdwn("*Part 1 of 4: lists.* Everybody writes down, for themselves, up to " + strconv.Itoa(pipeline.ForensicWays) + " ways to ruin our Product Backlog.")
		if f.Extended {
			words += " Too few had by the first deadline, so there is time once more."
		}
		return words
	case pipeline.ForensicMerge:
		return "*Part 2 of 4: groups.* What is alike is put together."
	case pipeline.ForensicRank:
		return Mrkdwn("*Part 3 of 4: picks.* Everybody picks the " + strconv.Itoa(pipeline.ForensicTop) + " worst, the worst first.")
	case pipeline.ForensicFixes:
		return "*Part 4 of 4: fixes.* Each of the worst gets a fix, somebody who looks after it, and a day."
	}
	if f.Without != "" {
		return "*It ended without a result.* " + escape(f.Without)
	}
	return "*It is over.* What came out of it is in the thread."
}

// forensicPost draws a session for all who are in its team's channel. by is the name
// of who leads it: the message pings nobody.
func forensicPost(state storage.ForensicState, by string) Post {
	f := state.Forensic
	words := fallback(by) + " leads a forensic session: how could we ruin our Product Backlog?"
	blocks := []slack.Block{
		rich(line(bold("How could we ruin our Product Backlog?")), line(text("A forensic session, led by "+pipeline.Cut(by, nameShown)+". "+capital(counted(len(f.To), "person takes", "people take"))+" part."))),
		say(partOf(f)),
	}
	if until := forensicStanding(state); until != "" {
		blocks = append(blocks, note(until))
	}
	if worst := f.Worst(); len(worst) > 0 {
		blocks = append(blocks, rich(worstLines(f)...))
	}
	steps := []slack.BlockElement{forensicDetails(f, "")}
	switch f.Phase {
	case pipeline.ForensicLists:
		blocks = append(blocks, note(waysPromise(f)))
		steps = append([]slack.BlockElement{primary(waysButton(f, "Write my list", ""))}, steps...)
	case pipeline.ForensicRank:
		steps = []slack.BlockElement{primary(button(actionForensic, "Pick the worst", "groups", forensicValue(f, "")))}
	case pipeline.ForensicOver:
		words += " (over)"
	}
	return Post{Text: words, Blocks: append(blocks, buttons(steps...))}
}

// forensicStanding says how far the part that runs is; "" where none does.
func forensicStanding(state storage.ForensicState) Mrkdwn {
	f := state.Forensic
	of := func(done string) Mrkdwn {
		has := "have"
		if state.Given() == 1 {
			has = "has"
		}
		return Mrkdwn(fmt.Sprintf("%d of %d %s %s", state.Given(), len(f.To), has, done))
	}
	switch f.Phase {
	case pipeline.ForensicLists:
		return of("written.") + " Until " + whenTime(f.Deadline) + "."
	case pipeline.ForensicMerge:
		return Mrkdwn(capital(counted(len(f.Ways), "way", "ways"))+" of "+counted(f.Wrote, "person", "people")+", in "+counted(len(f.Groups), "group", "groups")+".") + " Until " + whenTime(f.Deadline) + "."
	case pipeline.ForensicRank:
		return of("picked.") + " Until " + whenTime(f.Deadline) + "."
	case pipeline.ForensicFixes:
		return Mrkdwn(capital(counted(f.Picked, "person", "people"))+" picked.") + " Until " + whenTime(f.Deadline) + "."
	}
	return ""
}

// worstLines are the worst groups in a line each.
func worstLines(f pipeline.Forensic) []slack.RichTextElement {
	var lines []slack.RichTextElement
	for i, g := range f.Worst() {
		lines = append(lines, line(text(strconv.Itoa(i+1)+". "), bold(g.Name), text(pointsOf(f, g)+"\n")))
	}
	return lines
}

// pointsOf are the points of a group, where they can be shown.
func pointsOf(f pipeline.Forensic, g pipeline.ForensicGroup) string {
	if !f.ShowsPoints() {
		return ""
	}
	return " · " + counted(g.Points, "point", "points")
}

// drawForensicAsk asks one person for a list or for picks, if the part still runs and
// theirs are missing.
func (app *App) drawForensicAsk(ctx context.Context, c storage.Claimed) (Drawn, error) {
	skip := Drawn{Skip: true}
	state, team, err := app.drawnForensic(ctx, c, c.User)
	f := state.Forensic
	if err != nil || team.Key == "" || string(f.Phase) != c.Args["phase"] || !app.Now().Before(f.Deadline) || state.List != nil || len(state.Picks) > 0 {
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
	return Drawn{User: c.User, Post: forensicAsk(app, state, team, app.name(ctx, f.StartedBy), known)}, nil
}

// forensicAsk asks one person. Where the reader is not known to be in a private team's
// channel, it tells nothing of the team.
func forensicAsk(app *App, state storage.ForensicState, team pipeline.Team, by string, known bool) Post {
	f := state.Forensic
	words := Mrkdwn("A forensic session waits for your list, until " + string(whenTime(f.Deadline)) + ".")
	step := waysButton(f, "Write my list", "")
	if f.Phase == pipeline.ForensicRank {
		words = Mrkdwn("A forensic session waits for your picks, until " + string(whenTime(f.Deadline)) + ".")
		step = button(actionForensic, "Pick the worst", "groups", forensicValue(f, ""))
	}
	if !known {
		return Post{Text: words, Blocks: []slack.Block{
			say(words), note("It belongs to a private channel. Type `" + Mrkdwn(app.command("/align")) + "` in it first, so that I know that you are in it."), buttons(step),
		}}
	}
	blocks := []slack.Block{
		rich(line(bold("How could we ruin our Product Backlog?")), line(text("A forensic session of "+team.Name+", led by "+pipeline.Cut(by, nameShown)+"."))),
		say(partOf(f)), say("You can do it until *" + whenTime(f.Deadline) + "*."),
	}
	if f.Phase == pipeline.ForensicLists {
		blocks = append(blocks, note(waysPromise(f)))
	}
	return Post{Text: words, Blocks: append(blocks, buttons(primary(step)))}
}

// drawForensicTold makes the reply that tells what came out of a session.
func (app *App) drawForensicTold(ctx context.Context, c storage.Claimed) (Drawn, error) {
	state, team, err := app.drawnForensic(ctx, c, "")
	f := state.Forensic
	if err != nil || team.Key == "" || f.Running() || f.Without != "" {
		return Drawn{Skip: err == nil}, err
	}
	findings, err := app.measured(ctx, team.Key)
	if err != nil {
		return Drawn{}, err
	}
	d := Drawn{Channel: state.Message.Channel, Thread: state.Message.TS, Post: forensicSummary(f, findings, app.nameOf(ctx))}
	if state.Message.IsZero() {
		if later, waits := toldLater(c.Outgoing, app.Now()); waits {
			return Drawn{Skip: true}, app.Store.Enqueue(ctx, later)
		}
		d.Channel = team.Channel // nobody knows whether the session's message arrived
	}
	return d, nil
}

// measured is what backlog health finds about a team.
func (app *App) measured(ctx context.Context, team pipeline.TeamKey) ([]pipeline.Finding, error) {
	now := app.Now()
	facts, err := app.Store.HealthFacts(ctx, team, now)
	if err != nil {
		return nil, err
	}
	rules, err := app.Store.HealthRules(ctx, team)
	if err != nil {
		return nil, err
	}
	return pipeline.Health(facts, rules, now), nil
}

// forensicSummary tells what the team says, what is measured, and what is done about
// it.
func forensicSummary(f pipeline.Forensic, findings []pipeline.Finding, name func(string) string) Post {
	said := []slack.RichTextElement{line(bold("The forensic session is over."), text(fmt.Sprintf(" %s of %d wrote, %s.", counted(f.Wrote, "person", "people"), len(f.To), counted(f.Picked, "picked", "picked"))))}
	blocks := []slack.Block{rich(said...)}
	for i, row := range f.Beside(findings) {
		blocks = append(blocks, rich(besideLines(f, i, row, name)...))
	}
	return Post{
		Text:   "The forensic session is over: the worst ways to ruin our Product Backlog, and what we do about them.",
		Blocks: append(blocks, buttons(forensicDetails(f, ""))),
	}
}

// besideLines are one of the worst groups: what the team says, what is measured, and
// what is done about it.
func besideLines(f pipeline.Forensic, place int, row pipeline.ForensicBeside, name func(string) string) []slack.RichTextElement {
	g := row.Group
	lines := []slack.RichTextElement{line(bold(strconv.Itoa(place+1)+". The team says: "+g.Name), text(pointsOf(f, g)+"\n"))}
	rule, known := pipeline.FindHealthRule(g.Rule)
	switch {
	case row.Measured != nil:
		lines = append(lines, line(text("Measured: "), bold(row.Measured.Name), text(". "+pipeline.Cut(row.Measured.Found, wordsShown))))
	case known:
		lines = append(lines, line(text("Measured: "), bold(rule.Name), text(". Nothing is found, or it is muted, or there is too little to go by.")))
	default:
		lines = append(lines, line(text("Measured: no rule stands for it.")))
	}
	if fix := g.Fix; fix != nil {
		return append(lines, quote(fix.Words), line(text("Looked after by "+pipeline.Cut(name(fix.Owner), nameShown)+", by "+pipeline.ShowDay(fix.Day)+".")))
	}
	return append(lines, line(text("No fix was chosen.")))
}

// drawForensicDue ends a part whose deadline has come. It sends nothing itself, and
// does the same when it is done again.
func (app *App) drawForensicDue(ctx context.Context, c storage.Claimed) (Drawn, error) {
	done := Drawn{Skip: true}
	state, team, err := app.drawnForensic(ctx, c, "")
	if err != nil || team.Key == "" {
		return done, err
	}
	off, err := app.Store.Holidays(ctx, team.Key)
	if err != nil {
		return Drawn{}, err
	}
	for range busyTries {
		after, due := pipeline.PhaseOver(team, off.Days, state.Forensic, state.Said, dueNow(c, app.Now()))
		if !due {
			return done, nil // ended by hand: the part that runs has a job of its own
		}
		_, err = app.Store.ChangeForensic(ctx, c.ID, state, after, "", storage.Slot{}, phaseBegins(team, after)...)
		var conflict *storage.ForensicConflictError
		if !errors.As(err, &conflict) {
			return done, err
		}
		state = conflict.Current
	}
	return Drawn{}, forensicBusy(state.Forensic)
}
