package bot

import (
	"errors"
	"fmt"

	"alignbot/pipeline"
)

// What is asked of Slack, in the words of its refusals: "who is in the channel".
const (
	askedChannel = "who is in this channel"
	askedGroup   = "who is in this user group"
	askedGroups  = "which user groups there are"
)

// groupGone is Slack's code for a user group that is not there.
const groupGone = "no_such_subteam"

const stillTyped = "Nothing was started, and everything you typed is still there."

// scopeFor is the right that a question needs where Slack does not name it.
var scopeFor = map[string]string{askedChannel: ScopeChannels, askedGroup: ScopeUsergroups, askedGroups: ScopeUsergroups}

var tooMany = &pipeline.Problem{
	Code: "electorate-too-many",
	What: fmt.Sprintf("That is more than %d people, which is the most that one ballot can ask.", pipeline.ElectorateLimit),
	Safe: stillTyped,
	Next: "Choose a smaller channel or a user group.",
}

// explain words why Slack did not tell what was asked. nil stays nil, and what
// is worded already stays as it is.
func explain(err error, asked string) error {
	if err == nil || err == error(tooMany) {
		return err
	}
	code := codeOf(err)
	problem := &pipeline.Problem{Safe: stillTyped, Cause: err}
	switch {
	case remedyOf(err) == missingScope:
		scope := scopeFor[asked]
		if needed := neededScope(err); needed != "" {
			scope = needed
		}
		problem.Code = "electorate-scope"
		problem.What = "Slack does not tell me " + asked + ": I lack the right " + scope + "."
		problem.Next = "Ask a workspace admin to grant " + scope + " to the app and to install it again; alignbot manifest lists what ballots need."
	case code == "plan_upgrade_required":
		problem.Code = "electorate-no-groups"
		problem.What = "The plan of this workspace has no user groups."
		problem.Next = "Choose a channel."
	case code == groupGone:
		problem.Code = "electorate-group-gone"
		problem.What = "There is no such user group any more."
		problem.Next = "Choose another one, or a channel."
	case code == "is_archived":
		problem.Code = "electorate-archived"
		problem.What = "This channel is archived."
		problem.Next = "Choose another channel, or a user group."
	case remedyOf(err) == channelShut:
		problem.Code = "electorate-channel"
		problem.What = "I cannot see who is in this channel: either I am not in it, and it is private, or it was deleted."
		problem.Next = "Invite me with /invite there, or choose a user group."
	case !mayBeRetried(err):
		problem.Code = "electorate-refused"
		problem.What = fmt.Sprintf("Slack does not tell me %s; it says %q.", asked, code)
		problem.Next = "Try another channel or user group; if that does not help either, tell whoever runs alignbot."
	default:
		problem.Code = "electorate-late"
		problem.What = "Slack has not told me yet " + asked + "."
		problem.Next = "I keep asking. Press Start again in a few seconds."
		if asked == askedGroups {
			problem.Next = "I keep asking. Try again in a few seconds."
		}
	}
	return problem
}

// neededScope that Slack names; "" when it names none.
func neededScope(err error) string {
	var refused *SlackError
	if errors.As(err, &refused) {
		return refused.Needed
	}
	return ""
}
