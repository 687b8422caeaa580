package commands

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// The message of the day in a team's channel: at most three things that need a look,
// each with a button that repairs it. It is kept, with who did what about it.

// ballotsLooked is how many running ballots of a team are looked at for those that end
// without enough votes.
const ballotsLooked = 20

// teamName names a row of a team's nudge: "PAY:3.1" is its second row.
func teamName(n pipeline.TeamNudge, row int) string {
	return storage.SheetName{Owner: string(n.Team), Number: n.Number}.String() + "." + strconv.Itoa(row)
}

// parseTeamRow is teamName the other way round; the stale problem for anything else.
func parseTeamRow(text string) (storage.SheetName, int, error) {
	sheet, number, _ := strings.Cut(text, ".")
	name, err := storage.ParseSheetName(sheet)
	row, wrong := strconv.Atoi(number)
	if err != nil || wrong != nil || row < 0 || row > pipeline.TeamNudgeMost {
		return storage.SheetName{}, 0, stale
	}
	if _, err := pipeline.ParseTeamKey(name.Owner); err != nil {
		return storage.SheetName{}, 0, stale
	}
	return name, row, nil
}

// drawTeamNudge makes the nudge of a team on a day, of what is found then. It is stored
// first; made again, it is the same one.
func (app *App) drawTeamNudge(ctx context.Context, c storage.Claimed) (Drawn, error) {
	skip, day := Drawn{Skip: true}, c.Args["day"]
	key, err := pipeline.ParseTeamKey(c.Subject)
	if err != nil {
		return Drawn{}, fmt.Errorf("draw %s %q: %w", c.Kind, c.Subject, err)
	}
	newest, err := app.Store.TeamNudge(ctx, key, 0)
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		return Drawn{}, err
	}
	made := err == nil && newest.Day == day // by an earlier try of this entry
	var team pipeline.Team
	if made {
		if team, err = app.Store.Team(ctx, key); err != nil {
			return Drawn{}, err
		}
	}
	for try := range busyTries {
		settings, err := app.Store.TeamNudges(ctx, key)
		if err != nil {
			return Drawn{}, err
		}
		if hold := settings.Held(day); hold != "" && !(made && hold == pipeline.NudgesSent) {
			return skip, nil
		}
		if !made {
			facts, err := app.dayFacts(ctx, key)
			if errors.Is(err, storage.ErrNotFound) {
				return skip, nil
			}
			if err != nil {
				return Drawn{}, err
			}
			rules, err := app.Store.HealthRules(ctx, key)
			if err != nil {
				return Drawn{}, err
			}
			now := app.Now()
			found := append(pipeline.FindDay(facts, now), pipeline.Health(facts.HealthFacts, rules, now)...)
			nudge := pipeline.NudgeTeam(settings, found, day, now)
			if nudge.IsEmpty() {
				return skip, nil
			}
			stored, err := app.Store.AddTeamNudge(ctx, c.ID, nudge)
			if err != nil {
				return Drawn{}, err
			}
			newest, team, made = storage.ToldTeam{TeamNudge: stored}, facts.Team, true
		}
		if settings.LastDay < day {
			_, err := app.Store.ChangeTeamNudges(ctx, c.ID+":told:"+strconv.Itoa(try), settings.Tell(newest.TeamNudge))
			var conflict *storage.SheetConflictError[pipeline.TeamNudges]
			if errors.As(err, &conflict) {
				continue
			}
			if err != nil {
				return Drawn{}, err
			}
		}
		post, err := app.teamNudgePost(ctx, team, newest)
		return Drawn{Channel: team.Channel, Post: post}, err
	}
	return Drawn{}, fmt.Errorf("draw %s %q: the settings of %s change all the time", c.Kind, c.ID, key)
}

// dayFacts reads what a team can be told of today.
func (app *App) dayFacts(ctx context.Context, key pipeline.TeamKey) (pipeline.DayFacts, error) {
	health, err := app.Store.HealthFacts(ctx, key, app.Now())
	if err != nil {
		return pipeline.DayFacts{}, err
	}
	facts := pipeline.DayFacts{HealthFacts: health}
	begun := pipeline.BallotsBegun(health.Journal)
	for _, idea := range begun[:min(len(begun), ballotsLooked)] {
		poll, err := app.Store.Ballot(ctx, idea, storage.NewestBallot, "")
		if errors.Is(err, storage.ErrNotFound) {
			continue
		}
		if err != nil {
			return facts, err
		}
		facts.Ballots = append(facts.Ballots, pipeline.BallotStanding{Ballot: poll.Ballot, Title: poll.Title, Voted: poll.Tally.Voted()})
	}
	back, err := app.Store.Page(ctx, storage.List{Team: key, Stage: pipeline.Parked, Due: true}, 1, pageSize)
	facts.Back = back.Ideas
	return facts, err
}

// teamNudgeAgain draws a team's nudge anew where it stands.
func (app *App) teamNudgeAgain(ctx context.Context, nudge string, at pipeline.Message) (Drawn, error) {
	name, err := storage.ParseSheetName(nudge)
	if err != nil {
		return Drawn{Skip: true}, nil
	}
	told, err := app.Store.TeamNudge(ctx, pipeline.TeamKey(name.Owner), name.Number)
	if errors.Is(err, storage.ErrNotFound) {
		return Drawn{Skip: true}, nil
	}
	if err != nil {
		return Drawn{}, err
	}
	team, err := app.Store.Team(ctx, told.Team)
	if err != nil || at.Channel != team.Channel {
		return Drawn{Skip: err == nil}, err
	}
	post, err := app.teamNudgePost(ctx, team, told)
	return Drawn{Channel: team.Channel, Update: at, Post: post}, err
}

// teamNudgePost draws it, with what the ideas that it names are for.
func (app *App) teamNudgePost(ctx context.Context, team pipeline.Team, told storage.ToldTeam) (Post, error) {
	purposes := make([]string, len(told.Rows))
	for i, row := range told.Rows {
		key, err := pipeline.ParseKey(row.Item.Key)
		if _, done := told.Deeds[i]; err != nil || done {
			continue
		}
		idea, err := app.Store.Idea(ctx, key)
		if errors.Is(err, storage.ErrNotFound) {
			continue
		}
		if err == nil {
			purposes[i], err = app.chainLine(ctx, idea)
		}
		if err != nil {
			return Post{}, err
		}
	}
	return drawnTeamNudge(app, team, told, purposes, func(user string) string { return app.name(ctx, user) }), nil
}

// drawnTeamNudge draws the message of the day in a team's channel. name gives the name
// of a user: the message pings nobody.
func drawnTeamNudge(app *App, team pipeline.Team, told storage.ToldTeam, purposes []string, name func(user string) string) Post {
	open := 0
	var blocks []slack.Block
	for i, row := range told.Rows {
		if deed, done := told.Deeds[i]; done {
			after := " · done: " + pipeline.Cut(name(deed.By), nameShown) + " " + deed.What + "."
			blocks = append(blocks, rich(line(struck(rowTitle(row)), text(after))))
			continue
		}
		open++
		blocks = append(blocks, findingBlock(row, team, teamName(told.TeamNudge, i)))
		if row.Why != "" {
			blocks = append(blocks, note(escape(row.Why)))
		}
		blocks = append(blocks, purposeNote(purposes[i])...)
	}
	if told.Question != "" {
		blocks = append(blocks, reflectionBlocks(team, told, name)...)
	}
	words := Mrkdwn(capital(counted(open, "thing needs", "things need"))) + " a look"
	switch {
	case len(told.Rows) == 0:
		words = "A question of the week"
	case open == 0:
		words = "Everything here is done"
	}
	blocks = append(blocks, note("Told once a day at most, the same not again for some days. `", Mrkdwn(app.command("/align nudges")), "` changes when, or turns it off; `", Mrkdwn(app.command("/align health")), "` judges the backlog as a whole."))
	return Post{Text: fallback(team.Name) + ": " + words + ".", Blocks: append([]slack.Block{say("*" + words + "*")}, blocks...)}
}

// rowTitle is a row in a few words: "Silent outcome: PAY-O3".
func rowTitle(row pipeline.NudgeRow) string {
	if row.Item.Key == "" {
		return row.Name
	}
	return row.Name + ": " + itemName(row.Item)
}

// itemName is how an item of a finding is called: by its key, and a sprint, "PAY-S3",
// by its number.
func itemName(item pipeline.FoundItem) string {
	if _, number, isSprint := strings.Cut(item.Key, "-S"); isSprint {
		return "Sprint " + number
	}
	return item.Key
}

// findingBlock is a row with its button.
func findingBlock(row pipeline.NudgeRow, team pipeline.Team, nudge string) slack.Block {
	words := []Mrkdwn{"*" + escape(row.Name) + "*"}
	if row.Level == pipeline.FindingAlert {
		words = append(words, " · alert")
	}
	words = append(words, "\n", escape(row.Found))
	if row.Item.Key != "" {
		words = append(words, "\n"+Mrkdwn(itemName(row.Item))+"  ", escape(row.Item.Words))
	}
	section := say(words...)
	if b := repairButton(row.Repair, team); b != nil {
		section.Accessory = slack.NewAccessory(inNudge(b, nudge))
	}
	return section
}

// reflectionBlocks ask the question of the week.
func reflectionBlocks(team pipeline.Team, told storage.ToldTeam, name func(user string) string) []slack.Block {
	for _, q := range pipeline.ReadyQuestions() {
		if q.ID != told.Question {
			continue
		}
		row := len(told.Rows)
		if deed, done := told.Deeds[row]; done {
			return []slack.Block{rich(line(bold("Question of the week")), quote(q.Words), line(text("Asked by "+pipeline.Cut(name(deed.By), nameShown)+". The answers are told when the round closes.")))}
		}
		ask := button(actionRoundNew+":"+q.ID, "Ask everybody…", "the question of the week", newParams("team", string(team.Key), "question", q.ID))
		return []slack.Block{
			rich(line(bold("Question of the week")), quote(q.Words)),
			buttons(inNudge(ask, teamName(told.TeamNudge, row))),
		}
	}
	return nil
}
