package commands

import (
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// kept is a draft as Home speaks of it: what it is of, whose team that is, and
// the button that goes on with it.
type kept struct {
	about  string
	team   pipeline.TeamKey
	onward *slack.ButtonBlockElement
}

// draftKinds tells for each kind of draft what it is of. rest is what follows
// the kind in the name of the slot, cut at its dots.
var draftKinds = []struct {
	prefix string
	read   func(rest []string) (kept, bool)
}{
	{draftEdit, ofIdea("An edit of %s that was not saved", actionEdit)},
	{draftEvidence, func(rest []string) (kept, bool) {
		if of, ok := ofIdea("Evidence on %s that was not added", actionEvidence)(rest); ok {
			return of, true
		}
		value := newParams("draft", draftEvidence+strings.Join(rest, "."))
		return kept{about: "Evidence that was not added to an idea yet", onward: button(actionEvidence, "Continue", "with the evidence", value)}, true
	}},
	{draftWork, ofIdea("Size and criteria of %s that were not saved", actionWork)},
	{draftOutcome, ofIdea("A link of %s that was not made", actionOutcome)},
	{draftUnlink, func(rest []string) (kept, bool) {
		of, ok := ofIdea("Why %s is no longer linked, not saved yet", actionUnlink)(rest)
		return of.with("outcome", part(rest, 1)), ok && part(rest, 1) != ""
	}},
	{draftStage, func(rest []string) (kept, bool) {
		of, ok := ofIdea("A decision on %s that was not made", actionMove)(rest)
		return of.with("to", part(rest, 1)), ok && part(rest, 1) != ""
	}},
	{draftPark, ofIdea("A reason to park %s that was not saved", actionPark)},
	{draftBallot, ofIdea("A ballot on %s that was not started", actionBallotNew)},
	{draftAsk, ofIdea("Why you need %s, not sent yet", actionAskAgain)},
	{draftVote, func(rest []string) (kept, bool) {
		of, ok := ofIdea("A vote on %s that was not sent", actionVoteForm)(rest)
		return of.with("ballot", part(rest, 1)), ok && part(rest, 1) != ""
	}},
	{draftEffect, ofIdea("What %s is expected to change, not saved yet", actionExpect)},
	{draftForensic, ofTeam("A forensic session of %s that was not started", actionForensicNew)},
	{draftWays, ofForensic("A list for a forensic session of %s that was not sent", actionWays)},
	{draftFix, ofForensic("A fix in a forensic session of %s that was not saved", actionFix)},
	{draftChallenge, ofIdea("An answer about %s that was not sent", actionChallengeAnswer)},
	{draftRound, ofTeam("A round of questions of %s that was not started", actionRoundNew)},
	{draftAnswer, ofRound("An answer to questions of %s that was not sent", actionRoundAnswer)},
	{draftSession, func(rest []string) (kept, bool) {
		of, ok := ofTeam("The day of an alignment session of %s that was not saved", actionSessionPlan)(rest)
		return of.with("session", strings.TrimPrefix(part(rest, 1), "0")), ok && part(rest, 1) != ""
	}},
	{draftPoint, ofSession("A point for an alignment session of %s that was not added", actionPointNew)},
	{draftPointNote, func(rest []string) (kept, bool) {
		of, ok := ofSession("What came of a point in a session of %s, not kept yet", actionPointNote)(rest)
		return of.with("point", part(rest, 2)), ok && part(rest, 2) != ""
	}},
	{draftTry, ofRound("What %s tries after its questions, not told yet", actionRoundTry)},
	{draftSprint, ofNumbered("A sprint of %s that was not started", "A change of a sprint of %s that was not saved", actionSprintForm, "sprint")},
	{draftSprintClose, ofNumbered("", "What is done in a sprint of %s, not saved yet", actionSprintClose, "sprint")},
	{draftRefine, ofNumbered("A refinement of %s that was not logged", "A correction of a refinement of %s that was not saved", actionRefine, "refinement")},
	{draftReview, func(rest []string) (kept, bool) {
		of, ok := ofTeam("Answers in a review of %s that were not sent", actionReviewAnswer)(rest)
		return of.with("review", part(rest, 1)).with("outcome", part(rest, 2)), ok && part(rest, 2) != ""
	}},
	{draftCanvas, func(rest []string) (kept, bool) {
		of, ok := ofTeam("A canvas of %s that was not begun", actionCanvasForm)(rest)
		return of.with(paramKind, part(rest, 2)), ok && part(rest, 2) != ""
	}},
	{draftBox, func(rest []string) (kept, bool) {
		of, ok := ofTeam("A box of a canvas of %s that was not saved", actionBox)(rest)
		return of.with(paramCanvas, part(rest, 1)).with(paramBox, strings.Join(rest[min(2, len(rest)):], ".")), ok && part(rest, 2) != ""
	}},
	{draftStoryMap, storyMapDraft},
	{draftHorizon, horizonDraft},
	{draftRun, runDraft},
	{draftTemplate, templateDraft},
	{draftOpportunity, mappedDraft(pipeline.OpportunityNode, actionOpportunityNew, actionOpportunityEdit)},
	{draftImpact, mappedDraft(pipeline.ImpactNode, actionImpactNew, actionImpactEdit)},
	{draftOutcomeEdit, outcomeDraft},
	{draftOutcomeClose, ofNode("What became of %s, not saved yet", actionOutcomeClose)},
	{draftOutcomeReopen, ofNode("Why %s is open again, not saved yet", actionOutcomeReopen)},
	{draftCheckIn, ofNode("A check-in on %s that was not saved", actionCheckIn)},
}

// ofIdea reads a draft that belongs to one idea; about has a place for its key.
func ofIdea(about, action string) func(rest []string) (kept, bool) {
	return func(rest []string) (kept, bool) {
		key, err := pipeline.ParseKey(part(rest, 0))
		if err != nil {
			return kept{}, false
		}
		return kept{
			about: strings.ReplaceAll(about, "%s", key.String()), team: key.Team,
			onward: button(action, "Continue", "with "+key.String(), newParams("idea", key.String())),
		}, true
	}
}

// ofTeam reads a draft that belongs to a team; about has a place for its key.
func ofTeam(about, action string) func(rest []string) (kept, bool) {
	return func(rest []string) (kept, bool) {
		key, err := pipeline.ParseTeamKey(part(rest, 0))
		if err != nil {
			return kept{}, false
		}
		return kept{
			about: strings.ReplaceAll(about, "%s", string(key)), team: key,
			onward: button(action, "Continue", "with the questions of "+string(key), newParams("team", string(key))),
		}, true
	}
}

// ofRound is ofTeam for one of its rounds: TEAM.N.
func ofRound(about, action string) func(rest []string) (kept, bool) {
	return func(rest []string) (kept, bool) {
		of, ok := ofTeam(about, action)(rest)
		return of.with("round", part(rest, 1)), ok && part(rest, 1) != ""
	}
}

// ofSession is ofTeam for one of its alignment sessions: TEAM.N.
func ofSession(about, action string) func(rest []string) (kept, bool) {
	return func(rest []string) (kept, bool) {
		of, ok := ofTeam(about, action)(rest)
		return of.with("session", part(rest, 1)), ok && part(rest, 1) != ""
	}
}

// ofForensic is ofTeam for one of its forensic sessions: TEAM.N, or TEAM.N.GROUP.
func ofForensic(about, action string) func(rest []string) (kept, bool) {
	return func(rest []string) (kept, bool) {
		of, ok := ofTeam(about, action)(rest)
		return of.with("forensic", part(rest, 1)).with("group", part(rest, 2)), ok && part(rest, 1) != ""
	}
}

// runDraft is of KEY.RUN.PART: a step of a checklist by its number, or a part
// with a form of its own.
func runDraft(rest []string) (kept, bool) {
	about, action, name, value := "Answers about %s that were not saved", actionRunOpen, "step", part(rest, 2)
	switch value {
	case partObserve:
		about, action, name = "What a test of %s showed, not saved yet", actionTestObserve, "part"
	case partLearn:
		about, action, name = "A lesson about %s that was not saved", actionRunLearn, "part"
	case partResult:
		about, action, name, value = "A participant's result on %s that was not saved", actionParticipant, "part", strings.Join(rest[2:], ".")
	case partAmend:
		item := pipeline.ItemID(part(rest, 3))
		of, ok := ofIdea("An amendment of a test of %s that was not saved", actionTestAmend)(rest)
		return of.with("run", part(rest, 1)).with("item", string(item)).with("part", amendPart(item)), ok && item != ""
	}
	of, ok := ofIdea(about, action)(rest)
	return of.with("run", part(rest, 1)).with(name, value), ok && value != ""
}

// templateDraft is of TEAM.ID or TEAM.ID.ITEM: a checklist or one of its
// questions, with newSlot for what is new.
func templateDraft(rest []string) (kept, bool) {
	team, err := pipeline.ParseTeamKey(part(rest, 0))
	if err != nil || len(rest) < 2 {
		return kept{}, false
	}
	named := func(s string) string { return strings.TrimPrefix(s, newSlot) }
	of := kept{about: "A checklist of " + string(team) + " that was not saved", team: team}
	value := newParams("team", string(team), "template", named(rest[1]))
	switch {
	case len(rest) > 2:
		of.about = "A question of a checklist of " + string(team) + " that was not saved"
		of.onward = button(actionItem, "Continue", "with the question", value.set("item", named(rest[2])))
	case value.Get("template") == "":
		of.onward = button(actionTemplateNew, "Continue", "with the checklist", value)
	default:
		of.onward = button(actionTemplateEdit, "Continue", "with the checklist", value)
	}
	return of, true
}

// with adds to what the button carries.
func (k kept) with(name, value string) kept {
	if k.onward != nil {
		p, _ := decodeParams(k.onward.Value)
		k.onward.Value = p.set(name, value).encode()
	}
	return k
}

// part of the name of a slot; "" past its end.
func part(rest []string, i int) string {
	if i >= len(rest) {
		return ""
	}
	return rest[i]
}

// keptIn tells what the draft in a slot is of.
func keptIn(slot string, d storage.Draft) kept {
	for _, kind := range draftKinds {
		if rest, is := strings.CutPrefix(slot, kind.prefix); is {
			if of, ok := kind.read(strings.Split(rest, ".")); ok {
				return of
			}
		}
	}
	return kept{
		about: "A draft, kept for a day", team: d.Team,
		onward: button(actionNew, "Continue", "with the idea", newParams("draft", slot, "team", string(d.Team))),
	}
}

// chosenFields hold what is chosen, in values of ours that no reader knows.
var chosenFields = []pipeline.Field{
	pipeline.FieldResult, pipeline.FieldIdeas, pipeline.FieldInto, // of an outcome that is closed
	pipeline.FieldDecision, pipeline.FieldReason, pipeline.FieldRevisitDay, // of an idea that is parked
	pipeline.FieldFirst, pipeline.FieldLast, pipeline.FieldServes, pipeline.FieldItems, pipeline.FieldDone, // of a sprint
	pipeline.FieldDay, pipeline.FieldPeople, pipeline.FieldTouched, pipeline.FieldPromoted, pipeline.FieldDropped, // of a refinement
	pipeline.FieldKind, pipeline.FieldParent, pipeline.FieldLight, pipeline.FieldEffectAnswer, pipeline.FieldChoice,
}

// beginningOf is what a draft is known by: its title, its question or its name,
// else the longest of its texts; "" where all of it was chosen, as in a ballot.
func beginningOf(slot string, d storage.Draft) string {
	if strings.HasPrefix(slot, draftBallot) {
		return ""
	}
	var beginning string
	for _, field := range []pipeline.Field{pipeline.FieldTitle, fieldQuestion, pipeline.FieldName} {
		if beginning = d.Typed[field]; pipeline.HasVisible(beginning) {
			break
		}
	}
	if !pipeline.HasVisible(beginning) {
		for field, words := range d.Typed {
			if slices.Contains(chosenFields, field) {
				continue
			}
			if len(words) > len(beginning) || len(words) == len(beginning) && words < beginning {
				beginning = words
			}
		}
	}
	return pipeline.Cut(pipeline.CleanLine(beginning), pipeline.TitleLimit)
}
