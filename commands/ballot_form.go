package commands

import (
	"context"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
)

// ballotScene is what the form that starts a ballot is drawn from.
type ballotScene struct {
	idea pipeline.Idea
	team pipeline.Team
	// outcomes that the idea is linked to.
	outcomes []pipeline.Outcome
	// groups of the workspace, as far as Slack has told of them.
	groups []UserGroup
	// guests are admitted by whoever runs alignbot.
	guests bool
}

// ballotMore are the inputs that the form shows when it is asked to.
var ballotMore = []pipeline.Field{
	pipeline.FieldQuorum, pipeline.FieldApprove, pipeline.FieldObject, pipeline.FieldGuests, pipeline.FieldShowResults, pipeline.FieldOutcome,
}

// Choices of who votes; any other is the id of a user group.
const (
	wholeChannel = "channel" // all who are in the team's channel
	noGroups     = "groups"  // none yet: to be told why no user groups are offered
)

// stored is what the form starts with; with more, also in the inputs that few
// need.
func (s ballotScene) stored(more bool) map[pipeline.Field]string {
	b := pipeline.DefaultBallot(s.team, s.idea)
	stored := map[pipeline.Field]string{
		pipeline.FieldQuestion: string(b.Question), pipeline.FieldLevel: string(b.Level),
		pipeline.FieldElectorate: wholeChannel, pipeline.FieldDays: b.Days,
	}
	if more && !b.Outcome.IsZero() {
		stored[pipeline.FieldOutcome] = b.Outcome.String()
	}
	return stored
}

// ballotForm draws the form that starts a ballot.
func ballotForm(m metadata, s ballotScene, typed map[pipeline.Field]string, notes ...slack.Block) *slack.ModalViewRequest {
	key := s.idea.Key.String()
	title := pipeline.Cut("Ballot on "+key, 24)
	blocks := append([]slack.Block{rich(line(ideaTitle(s.idea)))}, notes...)
	blocks = append(blocks,
		radioInput(pipeline.FieldQuestion, m.Fresh, "What is asked?", "Votes advise; the team's product owners decide.", typed[pipeline.FieldQuestion], s.questionOptions()),
		radioInput(pipeline.FieldLevel, m.Fresh, "Who learns who voted what?", "", typed[pipeline.FieldLevel], levelOptions()),
		s.electorateMenu(m.Fresh, typed[pipeline.FieldElectorate]),
		optional(textInput(pipeline.FieldDays, m.Fresh, "Workdays to vote", "A whole number from 1 to 20. Today does not count.", "3", typed[pipeline.FieldDays], numberRoom, false)),
	)
	if !m.More {
		return form(formBallot, title, "Start the ballot", m,
			append(blocks, buttons(button(actionBallotMore, "More…", "quorum, rule, guests, results", newParams("idea", key))))...)
	}
	blocks = append(blocks,
		optional(textInput(pipeline.FieldQuorum, m.Fresh, "Quorum", "How many have to vote: a number, or a share such as 50 %. Where too few do, there is as much time once more.", "50 %", typed[pipeline.FieldQuorum], numberRoom, false)),
		optional(textInput(pipeline.FieldApprove, m.Fresh, "At least so many approve", "With this, the advice follows a rule; without, the greater number.", "5", typed[pipeline.FieldApprove], numberRoom, false)),
		optional(textInput(pipeline.FieldObject, m.Fresh, "At most so many object", "Empty: nobody may. Only beside the input before.", "1", typed[pipeline.FieldObject], numberRoom, false)))
	if s.guests {
		blocks = append(blocks, tickInput(pipeline.FieldGuests, m.Fresh, "Guests", "Guests vote too", typed))
	}
	blocks = append(blocks, tickInput(pipeline.FieldShowResults, m.Fresh, "While it runs", "Show how many voted what before it closes", typed))
	if options := s.outcomeOptions(); len(options) > 1 {
		blocks = append(blocks, choiceInput(pipeline.FieldOutcome, m.Fresh, "For which outcome?", "", "Choose an outcome", typed[pipeline.FieldOutcome], options))
	}
	return form(formBallot, title, "Start the ballot", m, blocks...)
}

// tickInput is a single box that is ticked or not.
func tickInput(field pipeline.Field, fresh, label, words string, typed map[pipeline.Field]string) *slack.InputBlock {
	box := slack.NewCheckboxGroupsBlockElement(actionDraft, option(pipeline.Yes, words))
	if typed[field] != "" {
		box.InitialOptions = box.Options
	}
	return optional(reporting(field, fresh, label, "", box))
}

// questionOptions are the questions that fit the idea's stage.
func (s ballotScene) questionOptions() []*slack.OptionBlockObject {
	var options []*slack.OptionBlockObject
	for _, q := range pipeline.QuestionsAt(s.idea.Stage) {
		options = append(options, option(string(q), ballotQuestion(pipeline.Ballot{Idea: s.idea.Key, Question: q})))
	}
	return options
}

// levelOptions are the levels of confidentiality, with what each keeps from whom
// in a line; the ballot carries it in full.
func levelOptions() []*slack.OptionBlockObject {
	var options []*slack.OptionBlockObject
	for _, level := range pipeline.Confidentialities() {
		help := "The result shows who voted what, and why."
		switch level {
		case pipeline.Confidential:
			help = "No names. Workspace admins can look them up after the close, on record."
		case pipeline.Anonymous:
			help = "Nobody can look up names, admins included. Needs 4 votes or more."
		}
		o := option(string(level), capital(string(level)))
		o.Description = plain(help)
		options = append(options, o)
	}
	return options
}

// outcomeOptions are the outcomes that the idea is linked to.
func (s ballotScene) outcomeOptions() []*slack.OptionBlockObject {
	var options []*slack.OptionBlockObject
	for _, key := range s.idea.Outcomes[:min(len(s.idea.Outcomes), menuLimit)] {
		options = append(options, outcomeOption(pipeline.Outcome{Key: key, Statement: statementOf(s.outcomes, key)}))
	}
	return options
}

// electorateMenu is the menu of who votes.
func (s ballotScene) electorateMenu(fresh, chosen string) *slack.InputBlock {
	menu := slack.NewOptionsSelectBlockElement(slack.OptTypeExternal, plain("The channel, or a user group"), actionElectorate)
	menu.MinQueryLength = new(int) // without a word all are offered
	if chosen != "" {
		menu.InitialOption = electorateOption(chosen, s.groups)
	}
	return reporting(pipeline.FieldElectorate, fresh, "Who votes?",
		"Bots and deactivated people are left out, and guests unless they are chosen. Who comes later has no vote.", menu)
}

// electorateOption is one choice of who votes.
func electorateOption(chosen string, groups []UserGroup) *slack.OptionBlockObject {
	switch chosen {
	case wholeChannel:
		return option(wholeChannel, "Everybody in the team's channel")
	case noGroups:
		return option(noGroups, "User groups cannot be read. Submit this to see why")
	}
	for _, group := range groups {
		if group.ID == chosen {
			return option(chosen, groupLabel(group))
		}
	}
	return option(chosen, "The user group chosen before")
}

func groupLabel(g UserGroup) string { return "@" + g.Handle + " · " + g.Name }

// suggestElectorates answers the menu of who votes: the channel first, then the
// user groups by handle, as far as they have the words in them.
func suggestElectorates(ctx context.Context, app *App, req *Request) (Reply, error) {
	groups, err := app.Groups(ctx)
	words := strings.ToLower(strings.TrimPrefix(pipeline.CleanLine(typed(req.Words)), "@"))
	options := []*slack.OptionBlockObject{}
	add := func(o *slack.OptionBlockObject) {
		if strings.Contains(strings.ToLower(o.Text.Text), words) && len(options) < menuLimit {
			options = append(options, o)
		}
	}
	add(electorateOption(wholeChannel, nil))
	groups = slices.SortedFunc(slices.Values(groups), func(a, b UserGroup) int { return strings.Compare(a.Handle, b.Handle) })
	for _, group := range groups {
		add(option(group.ID, groupLabel(group)))
	}
	if err != nil { // a menu has no room for the reason, and the form has
		options = append(options, electorateOption(noGroups, nil))
	}
	return Reply{Options: options}, nil
}
