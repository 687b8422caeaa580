package commands

import (
	"fmt"
	"strings"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
)

// repairButton begins a repair; nil for none, and for one that is not known here.
func repairButton(r pipeline.Repair, team pipeline.Team) *slack.ButtonBlockElement {
	if r.Kind == "" {
		return nil
	}
	action, value := "", newParams()
	switch r.Kind {
	case pipeline.RepairLink:
		action = actionOutcome
	case pipeline.RepairPark:
		action = actionPark
	case pipeline.RepairSize, pipeline.RepairCriteria:
		action = actionWork
	case pipeline.RepairEdit:
		action = actionEdit
	case pipeline.RepairValidate:
		action = actionValidate
	case pipeline.RepairVote:
		action = actionBallot
	case pipeline.RepairRefine:
		action = actionRefine
	case pipeline.RepairSprint, pipeline.RepairReview:
		command := map[pipeline.RepairKind]string{pipeline.RepairSprint: "/align sprint", pipeline.RepairReview: "/align review"}[r.Kind]
		return button(actionDo+":"+strings.ReplaceAll(command[1:], " ", "_"), r.Words, "", newParams("run", command))
	case pipeline.RepairEffect:
		action, value = actionMove, newParams("to", string(pipeline.Learned))
	case pipeline.RepairShow:
		action = showAction(r.Subject)
	case pipeline.RepairCheckIn:
		action = actionCheckIn
	case pipeline.RepairOrphans:
		action = actionOrphans
	case pipeline.RepairBacklog:
		action, value = actionPage, newParams("stage", string(pipeline.Backlog))
	case pipeline.RepairCaptured:
		action, value = actionPage, newParams("stage", string(pipeline.Captured))
	case pipeline.RepairChecklists:
		action = actionTemplates
	case pipeline.RepairSettings:
		action = actionTeamEdit
	case pipeline.RepairAsk:
		action = actionHealthAsk
	case pipeline.RepairConfirm:
		action = actionHealthConfirm
	default:
		return nil
	}
	switch {
	case r.Subject == "":
		value.set("team", string(team.Key))
	case isNode(r.Subject):
		value.set("node", r.Subject)
	default:
		value.set("idea", r.Subject)
	}
	return button(action+":"+strings.ToLower(string(r.Kind)+"."+r.Subject), r.Words, "", value)
}

// isNode tells the key of a node from that of an idea.
func isNode(key string) bool {
	_, err := pipeline.ParseNodeKey(key)
	return err == nil
}

// showAction shows what has that key.
func showAction(key string) string {
	node, err := pipeline.ParseNodeKey(key)
	switch {
	case err != nil:
		return actionShow
	case node.Kind == pipeline.OutcomeNode:
		return actionOutcomeShow
	}
	return actionMapped
}

// deeds are what somebody did by a button or form that repairs something, as a team's
// nudge tells it; %s is the key of what it was done to. What is not among them repairs
// nothing by itself, as one vote.
var deeds = map[string]string{
	formOutcome: "linked %s to an outcome", actionAccept: "linked %s to an outcome",
	formPark: "parked %s", formWork: "changed size or criteria of %s", formIdeaEdit: "edited %s", actionWithdraw: "withdrew %s",
	formMove: "moved %s on", actionMove: "moved %s on", formEffect: "said what %s changed",
	formCheckIn: "checked in on %s", formOutcomeEdit: "changed %s", formOutcomeClose: "closed %s",
	formObserve: "said what the test on %s showed", formLearn: "concluded what the tests on %s taught",
	formSprint: "changed the sprint", formSprintClose: "closed the sprint", formRefine: "logged a refinement",
	formHealthMute: "muted the rule", formHealthAsk: "asked the team", actionHealthConfirm: "confirmed the Definition of Ready",
	formRound: "asked everybody", formTeamEdit: "changed the settings", formTeamRules: "changed the settings",
}

// deedOf words what somebody did by the button or form of that name, and gives the key
// of what it was done to; "" for nothing that repairs something.
func (req *Request) deedOf(name string) (deed, about string) {
	deed = deeds[name]
	switch {
	case req.Loaded.Idea != nil:
		about = req.Loaded.Idea.Key.String()
	case req.Loaded.Node != nil:
		about = req.Loaded.Node.Key.String()
	}
	if !strings.Contains(deed, "%s") {
		return deed, ""
	}
	if about == "" {
		return "", ""
	}
	return fmt.Sprintf(deed, about), about
}
