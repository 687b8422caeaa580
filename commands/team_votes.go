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

// fieldStarters tells who starts ballots in a team.
const fieldStarters pipeline.Field = "starters"

// Who starts them.
const (
	byOwners  = "owners"
	byMembers = "members"
)

// openTeamVotes opens the form of how a team votes, and of the words in which it
// writes.
func openTeamVotes(_ context.Context, _ *App, req *Request) (Reply, error) {
	p, err := decodeParams(req.Value)
	if err != nil || req.Loaded.Team == nil {
		return Reply{}, stale
	}
	team := *req.Loaded.Team
	m := metadata{Team: team.Key, Version: team.Version, Channel: req.Channel, Below: p.Get("in")}
	return Reply{Open: teamVotesForm(m, team, strings.Join(team.Synonyms, "\n"))}, nil
}

// teamVotesForm draws that form. synonyms are as typed.
func teamVotesForm(m metadata, t pipeline.Team, synonyms string, notes ...slack.Block) *slack.ModalViewRequest {
	starters := slack.NewRadioButtonsBlockElement(actionIgnore,
		option(byOwners, "The product owners"), option(byMembers, "Every member"))
	starters.InitialOption = starters.Options[0]
	if t.MembersStartBallots {
		starters.InitialOption = starters.Options[1]
	}
	var days, languages []*slack.OptionBlockObject
	for n := 1; n <= pipeline.BallotDaysMax; n++ {
		days = append(days, option(strconv.Itoa(n), counted(n, "workday", "workdays")))
	}
	day := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, plain("Workdays"), actionIgnore, days...)
	day.InitialOption = optionOf(days, strconv.Itoa(t.DaysToVote()))
	for _, l := range pipeline.Languages() {
		languages = append(languages, option(string(l), languageName(l)))
	}
	language := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, plain("Language"), actionIgnore, languages...)
	language.InitialOption = optionOf(languages, string(languageOf(t)))
	words := slack.NewPlainTextInputBlockElement(plain("invoice, bill, payment slip"), actionIgnore)
	words.Multiline, words.InitialValue, words.MaxLength = true, synonyms, pipeline.SynonymsLimit
	return form(formTeamVotes, "Votes and language", "Save", m, append(notes,
		slack.NewInputBlock(string(fieldStarters), plain("Who starts ballots"), nil, starters),
		slack.NewInputBlock(string(pipeline.FieldBallotDays), plain("Time to vote"), plain("Whoever starts a ballot can give it another time."), day),
		slack.NewInputBlock(string(pipeline.FieldLanguage), plain("The team writes in"), plain("Ideas that are like each other are found by the stems of its words."), language),
		optional(slack.NewInputBlock(string(pipeline.FieldSynonyms), plain("Words that mean the same here"), plain("One group in a line, with commas between them. Ideas are found by either."), words)),
	)...)
}

// languageOf is the language of a team, which is English where none was chosen.
func languageOf(t pipeline.Team) pipeline.Language {
	if t.Language == "" {
		return pipeline.English
	}
	return t.Language
}

func languageName(l pipeline.Language) string {
	if l == pipeline.NoLanguage {
		return "Another language"
	}
	return capital(string(l))
}

// teamVotesValues reads the form over what was there before.
func teamVotesValues(f *Form, t pipeline.Team) pipeline.Team {
	t.MembersStartBallots = f.Value(fieldStarters).Text == byMembers
	var err error
	if t.BallotDays, err = strconv.Atoi(f.Value(pipeline.FieldBallotDays).Text); err != nil {
		t.BallotDays = -1 // which the rule refuses in its words
	}
	t.Language = pipeline.Language(f.Value(pipeline.FieldLanguage).Text)
	t.Synonyms = strings.Split(f.Value(pipeline.FieldSynonyms).Text, "\n")
	return t
}

// changeTeamVotes stores them.
func changeTeamVotes(ctx context.Context, app *App, req *Request) (Reply, error) {
	m, err := req.metadata()
	if err != nil {
		return Reply{}, err
	}
	if req.Loaded.Team == nil {
		return Reply{}, stale
	}
	team, err := pipeline.CheckTeam(teamVotesValues(req.Form, *req.Loaded.Team))
	if err != nil {
		return Reply{}, err
	}
	team.Version = m.Version
	stored, err := app.storeSettings(ctx, req, team)
	var conflict *storage.TeamConflictError
	if errors.As(err, &conflict) {
		m.Version = conflict.Current.Version
		notes := []slack.Block{
			say("*Somebody changed these settings while you had them open.* Yours are still below. Save again to put them in place of theirs."),
			rich(line(bold("What they say now")), line(text(votesInWords(conflict.Current)))),
		}
		return Reply{Update: teamVotesForm(m, team, strings.Join(team.Synonyms, "\n"), notes...)}, nil
	}
	if err != nil {
		return Reply{}, err
	}
	return req.settingsSaved(m, stored, "Votes and language"), nil
}

// votesInWords is how a team votes and writes, in a line.
func votesInWords(t pipeline.Team) string {
	starters := "product owners"
	if t.MembersStartBallots {
		starters = "every member"
	}
	words := fmt.Sprintf("Ballots: started by %s, %s to vote · Language: %s", starters, counted(t.DaysToVote(), "workday", "workdays"), languageName(languageOf(t)))
	if n := len(t.Synonyms); n > 0 {
		words += " · " + counted(n, "group of words", "groups of words") + " that mean the same"
	}
	return words
}

// settingsSaved answers a form that lay on the settings of a team, or not.
func (req *Request) settingsSaved(m metadata, stored pipeline.Team, what Mrkdwn, more ...Mrkdwn) Reply {
	if m.Below == inSettings && req.Form.Below != "" {
		below := metadata{Team: stored.Key, Version: stored.Version, Channel: m.Channel}
		return Reply{Below: teamForm(formTeamEdit, below, stored, note(append([]Mrkdwn{what, " are saved."}, more...)...))}
	}
	return tell(what + " of *" + escape(stored.Name) + "* are saved.")
}
