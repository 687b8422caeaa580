package commands

import (
	"slices"
	"strconv"
	"time"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
)

// parkScene is what the form that parks an idea is drawn from.
type parkScene struct {
	idea pipeline.Idea
	team pipeline.Team
	// tests of the idea that have not been judged.
	tests []pipeline.RunSummary
	// outcomes of the team, among them those the idea is linked to.
	outcomes []pipeline.Outcome
	// advising is the ballot that the decision stands beside; nil for none.
	advising *pipeline.Ballot
}

// parkScene of an idea, of what was loaded.
func (req *Request) parkScene(idea pipeline.Idea) parkScene {
	return parkScene{
		idea: idea, team: *req.Loaded.Team, tests: openTests(*req.Loaded.Dossier), outcomes: req.knownOutcomes(),
		advising: req.Loaded.Dossier.Advising(idea),
	}
}

// parkMore are the inputs that the form shows when it is asked to.
var parkMore = []pipeline.Field{pipeline.FieldServed, pipeline.FieldRevisitRed, pipeline.FieldRevisitTest, pipeline.FieldRevisitDelivered, fieldBehalf}

// stored is what the form starts with: the parking that holds, or that of an
// idea that has none, with a day in three months.
func (s parkScene) stored(now time.Time) map[pipeline.Field]string {
	stored := map[pipeline.Field]string{pipeline.FieldRevisitDay: pipeline.DefaultRevisit(s.team, now).Day}
	if len(s.idea.Outcomes) > 0 {
		stored[pipeline.FieldServed] = s.idea.Outcomes[0].String()
	}
	p := s.idea.Parking
	if p == nil {
		return stored
	}
	stored[pipeline.FieldDecision], stored[pipeline.FieldReason], stored[pipeline.FieldWhy] = string(p.Decision), string(p.Reason), p.Why
	if !p.SupersededBy.IsZero() {
		stored[pipeline.FieldSuperseding] = p.SupersededBy.String()
	}
	delete(stored, pipeline.FieldServed)
	if !p.Outcome.IsZero() {
		stored[pipeline.FieldServed] = p.Outcome.String()
	}
	if p.Revisit.AskedBy > 0 {
		stored[pipeline.FieldRevisitAsked] = strconv.Itoa(p.Revisit.AskedBy)
	}
	if red := p.Revisit.OutcomeRed; p.CameBack.IsZero() && s.canTurnRed(red) {
		stored[pipeline.FieldRevisitRed] = red.String()
	}
	if test := p.Revisit.TestPassed; !test.IsZero() && slices.ContainsFunc(s.tests, func(r pipeline.RunSummary) bool { return r.ID == test.Run }) {
		stored[pipeline.FieldRevisitTest] = strconv.Itoa(test.Run)
	}
	if p.CameBack.IsZero() && !p.Revisit.Delivered.IsZero() {
		stored[pipeline.FieldRevisitDelivered] = p.Revisit.Delivered.String()
	}
	return stored
}

// shownOf leaves out what the form shows only when it is asked to.
func shownOf(stored map[pipeline.Field]string, more bool) map[pipeline.Field]string {
	shown := map[pipeline.Field]string{}
	for field, words := range stored {
		if more || !slices.Contains(parkMore, field) {
			shown[field] = words
		}
	}
	return shown
}

// parkForm draws the form that parks an idea, or parks it again.
func parkForm(m metadata, s parkScene, typed map[pipeline.Field]string, notes ...slack.Block) *slack.ModalViewRequest {
	title, submit := "Park ", "Park"
	if m.Again {
		title, submit = "Park again ", "Park again"
	}
	blocks := append([]slack.Block{rich(line(ideaTitle(s.idea)))}, notes...)
	if s.idea.Parking != nil {
		blocks = append(blocks, parkedBlocks(s.idea, s.outcomes)...)
	}
	blocks = append(blocks, adviceNotes(s.advising)...)
	why := "Why"
	if differs(s.advising, pipeline.Parked) {
		why = whyOtherwise
	}
	var decisions, reasons []*slack.OptionBlockObject
	for _, d := range pipeline.ParkDecisions() {
		decisions = append(decisions, option(string(d), decisionHelp(d)))
	}
	for _, r := range pipeline.ParkReasons() {
		reasons = append(reasons, option(string(r), capital(string(r))))
	}
	blocks = append(blocks,
		choiceInput(pipeline.FieldDecision, m.Fresh, "Decision", "", "Choose", typed[pipeline.FieldDecision], decisions),
		choiceInput(pipeline.FieldReason, m.Fresh, "Kind of reason", "", "Choose", typed[pipeline.FieldReason], reasons),
		textInput(pipeline.FieldWhy, m.Fresh, why, "One line. It is kept with the idea and told to whoever captured it.", "", typed[pipeline.FieldWhy], pipeline.ReasonLimit, false),
		optional(ideaMenu(pipeline.FieldSuperseding, m.Fresh, "Superseded by", "Only for what is superseded: the idea that takes its place.", typed[pipeline.FieldSuperseding])),
		optional(dateInput(pipeline.FieldRevisitDay, m.Fresh, "Look at it again on", "Then the team is told why it was parked, and decides anew.", typed[pipeline.FieldRevisitDay])),
		optional(textInput(pipeline.FieldRevisitAsked, m.Fresh, "Or when so many people ask for it again", "A number from 2 to 50. Whichever comes first.", "5", typed[pipeline.FieldRevisitAsked], 3, false)),
	)
	if !m.More {
		return form(formPark, pipeline.Cut(title+s.idea.Key.String(), 24), submit, m,
			append(blocks, buttons(button(actionParkMore, "More…", "conditions, the outcome, on whose behalf", newParams("idea", s.idea.Key.String()))))...)
	}
	if options := s.servedOptions(typed[pipeline.FieldServed]); len(options) > 1 {
		blocks = append(blocks, optional(choiceInput(pipeline.FieldServed, m.Fresh, "The outcome it would have served", "", "Choose an outcome", typed[pipeline.FieldServed], options)))
	}
	if options := s.redOptions(); len(options) > 1 {
		blocks = append(blocks, optional(choiceInput(pipeline.FieldRevisitRed, m.Fresh, "Look at it again when this outcome turns red", "Red: nobody believes any more that its target is reached.", "Choose an outcome", typed[pipeline.FieldRevisitRed], options)))
	}
	if options := s.testOptions(); len(options) > 1 {
		blocks = append(blocks, optional(choiceInput(pipeline.FieldRevisitTest, m.Fresh, "Look at it again when this test passes", "", "Choose a test", typed[pipeline.FieldRevisitTest], options)))
	}
	return form(formPark, pipeline.Cut(title+s.idea.Key.String(), 24), submit, m, append(blocks,
		optional(ideaMenu(pipeline.FieldRevisitDelivered, m.Fresh, "Look at it again when this idea is delivered", "", typed[pipeline.FieldRevisitDelivered])),
		optional(personInput(fieldBehalf, m.Fresh, "On behalf of", "Whose decision it is, when it is not your own.", typed[fieldBehalf])))...)
}

// decisionHelp is a decision with what it means.
func decisionHelp(d pipeline.ParkDecision) string {
	switch d {
	case pipeline.NotNow:
		return "Not now: it may be right later"
	case pipeline.Never:
		return "Never, unless its reason no longer holds"
	case pipeline.Superseded:
		return "Superseded: another idea takes its place"
	}
	return "Failed test: what was believed is not so"
}

// servedOptions are the team's outcomes, those that the idea is linked to first,
// behind one that takes the choice back.
func (s parkScene) servedOptions(chosen string) []*slack.OptionBlockObject {
	options := []*slack.OptionBlockObject{option(noneChosen, "None")}
	add := func(key pipeline.OutcomeKey) {
		if optionOf(options, key.String()) == nil && len(options) < menuLimit {
			options = append(options, outcomeOption(pipeline.Outcome{Key: key, Statement: statementOf(s.outcomes, key)}))
		}
	}
	if key, err := pipeline.ParseNodeKey(chosen); err == nil {
		add(key)
	}
	for _, key := range s.idea.Outcomes {
		add(key)
	}
	for _, o := range s.outcomes {
		add(o.Key)
	}
	return options
}

// redOptions are the open outcomes of the team, those that the idea is linked to
// first, behind one that takes the choice back. One that is red already can turn
// so again.
func (s parkScene) redOptions() []*slack.OptionBlockObject {
	options := []*slack.OptionBlockObject{option(noneChosen, "None")}
	for _, linked := range []bool{true, false} {
		for _, o := range s.outcomes {
			if o.Key.Kind == pipeline.OutcomeNode && o.IsOpen() && slices.Contains(s.idea.Outcomes, o.Key) == linked && len(options) < menuLimit {
				options = append(options, option(o.Key.String(), o.Key.String()+"  "+o.Statement))
			}
		}
	}
	return options
}

// canTurnRed tells whether the outcome is among those that are offered.
func (s parkScene) canTurnRed(key pipeline.OutcomeKey) bool {
	return optionOf(s.redOptions(), key.String()) != nil
}

// testOptions are the tests that may still pass.
func (s parkScene) testOptions() []*slack.OptionBlockObject {
	options := []*slack.OptionBlockObject{option(noneChosen, "None")}
	for _, run := range s.tests[:min(len(s.tests), menuLimit-1)] {
		label := run.Name
		if run.Title != "" {
			label += ": " + run.Title
		}
		options = append(options, option(strconv.Itoa(run.ID), label))
	}
	return options
}
