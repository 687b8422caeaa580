package pipeline

import "fmt"

// Action is something a person may or may not do. Rows of the permission table.
type Action string

// What people do.
const (
	OpenHome        Action = "open Home"
	ReadTeam        Action = "read a team's ideas"
	SubmitIdea      Action = "capture an idea"
	ChangeOwnIdea   Action = "edit or withdraw an own idea"
	ChangeAnyIdea   Action = "edit somebody else's idea"
	AnswerChecklist Action = "answer a checklist"
	AddEvidence     Action = "add evidence"
	AskAgain        Action = "ask again for a parked idea"
	LinkOutcome     Action = "link an idea to an outcome"
	ChangeOutcome   Action = "add or change an outcome" // close and merge it among it
	CheckInOutcome  Action = "check in on an outcome"
	MapOpportunity  Action = "add or change an opportunity or an impact"
	MapStories      Action = "change a story map"
	SizeWork        Action = "size an idea"
	MoveIdea        Action = "move an idea to discovery or validated"
	DecideIdea      Action = "decide what becomes of an idea"
	StartABallot    Action = "start a ballot"
	CastVote        Action = "vote"
	CloseOwnBallot  Action = "close an own ballot early"
	CloseAnyBallot  Action = "close somebody else's ballot early"
	AuditVotes      Action = "audit a confidential ballot"
	AskRound        Action = "ask people a round of questions" // and close an own one
	AnswerRound     Action = "answer a round of questions"
	CloseAnyRound   Action = "close somebody else's round of questions"
	HoldReview      Action = "hold a sprint review" // open and close it
	AnswerReview    Action = "answer in a sprint review"
	ChallengeIdea   Action = "ask whether an idea is the best use of our time"
	AnswerChallenge Action = "answer what people ask about an idea in the Product Backlog"
	HoldForensic    Action = "hold a forensic session" // and lead an own one
	PlanSprint      Action = "start, change or close a sprint"
	LogRefinement   Action = "log a refinement"
	OrderBacklog    Action = "change the order of the Product Backlog"
	HoldSession     Action = "plan or hold an alignment session"
	BringPoint      Action = "bring something to an alignment session"
	FillCanvas      Action = "begin, fill or change a canvas"
	MuteRule        Action = "mute a finding or change its threshold"
	AnswerHealth    Action = "answer what a team is asked about its backlog"
	MuteOwnNudges   Action = "choose when to be nudged"
	CreateTeam      Action = "set up a team"
	ChangeTeam      Action = "change a team's settings" // its checklists among them
)

// Actions lists all of them.
func Actions() []Action {
	return []Action{
		OpenHome, ReadTeam, SubmitIdea, ChangeOwnIdea, ChangeAnyIdea,
		AnswerChecklist, AddEvidence, AskAgain, LinkOutcome, SizeWork, MoveIdea, DecideIdea,
		ChangeOutcome, CheckInOutcome, MapOpportunity, MapStories, AskRound, AnswerRound, CloseAnyRound,
		StartABallot, CastVote, CloseOwnBallot, CloseAnyBallot, AuditVotes,
		HoldReview, AnswerReview,
		ChallengeIdea, AnswerChallenge, HoldForensic,
		PlanSprint, LogRefinement, OrderBacklog,
		HoldSession, BringPoint, FillCanvas,
		MuteRule, AnswerHealth,
		MuteOwnNudges, CreateTeam, ChangeTeam,
	}
}

// grant is one cell of the permission table. The zero value denies.
type grant int

const (
	no       grant = iota
	yes            // allowed
	invited        // allowed where the policy admits guests, in the team's own channel
	bySwitch       // allowed where the policy lets members do it
	byTeam         // allowed where the team lets its members do it
)

// permissions is the table: what each role is granted. What is not in it is
// denied.
var permissions = map[Action]map[Role]grant{
	OpenHome:        {RoleAdmin: yes, RoleProductOwner: yes, RoleMember: yes, RoleGuest: invited},
	ReadTeam:        {RoleProductOwner: yes, RoleMember: yes, RoleGuest: invited},
	SubmitIdea:      {RoleAdmin: yes, RoleProductOwner: yes, RoleMember: yes, RoleGuest: invited},
	ChangeOwnIdea:   {RoleAdmin: yes, RoleProductOwner: yes, RoleMember: yes, RoleGuest: invited},
	ChangeAnyIdea:   {RoleProductOwner: yes},
	AnswerChecklist: {RoleAdmin: yes, RoleProductOwner: yes, RoleMember: yes, RoleGuest: invited},
	AddEvidence:     {RoleAdmin: yes, RoleProductOwner: yes, RoleMember: yes, RoleGuest: invited},
	AskAgain:        {RoleAdmin: yes, RoleProductOwner: yes, RoleMember: yes, RoleGuest: invited},
	LinkOutcome:     {RoleAdmin: yes, RoleProductOwner: yes, RoleMember: yes},
	ChangeOutcome:   {RoleProductOwner: yes},
	CheckInOutcome:  {RoleProductOwner: yes, RoleMember: yes},
	MapOpportunity:  {RoleProductOwner: yes, RoleMember: yes},
	MapStories:      {RoleProductOwner: yes, RoleMember: yes},
	SizeWork:        {RoleProductOwner: yes, RoleMember: yes},
	MoveIdea:        {RoleProductOwner: yes, RoleMember: yes},
	DecideIdea:      {RoleProductOwner: yes},
	StartABallot:    {RoleProductOwner: yes, RoleMember: byTeam},
	CastVote:        {RoleAdmin: yes, RoleProductOwner: yes, RoleMember: yes, RoleGuest: invited},
	CloseOwnBallot:  {RoleAdmin: yes, RoleProductOwner: yes, RoleMember: yes},
	CloseAnyBallot:  {RoleAdmin: yes, RoleProductOwner: yes},
	AuditVotes:      {RoleAdmin: yes},
	AskRound:        {RoleProductOwner: yes, RoleMember: yes},
	AnswerRound:     {RoleAdmin: yes, RoleProductOwner: yes, RoleMember: yes, RoleGuest: invited},
	CloseAnyRound:   {RoleAdmin: yes, RoleProductOwner: yes},
	HoldReview:      {RoleProductOwner: yes, RoleMember: yes},
	AnswerReview:    {RoleAdmin: yes, RoleProductOwner: yes, RoleMember: yes, RoleGuest: invited},
	ChallengeIdea:   {RoleAdmin: yes, RoleProductOwner: yes, RoleMember: yes, RoleGuest: invited},
	AnswerChallenge: {RoleProductOwner: yes},
	HoldForensic:    {RoleProductOwner: yes, RoleMember: yes},
	PlanSprint:      {RoleProductOwner: yes, RoleMember: yes},
	LogRefinement:   {RoleProductOwner: yes, RoleMember: yes},
	OrderBacklog:    {RoleProductOwner: yes, RoleMember: yes},
	HoldSession:     {RoleProductOwner: yes, RoleMember: yes},
	BringPoint:      {RoleAdmin: yes, RoleProductOwner: yes, RoleMember: yes, RoleGuest: invited},
	FillCanvas:      {RoleProductOwner: yes, RoleMember: yes},
	MuteRule:        {RoleAdmin: yes, RoleProductOwner: yes},
	AnswerHealth:    {RoleAdmin: yes, RoleProductOwner: yes, RoleMember: yes, RoleGuest: invited},
	MuteOwnNudges:   {RoleAdmin: yes, RoleProductOwner: yes, RoleMember: yes, RoleGuest: invited},
	CreateTeam:      {RoleAdmin: yes, RoleProductOwner: yes, RoleMember: bySwitch},
	ChangeTeam:      {RoleAdmin: yes, RoleProductOwner: yes},
}

// Policy is what the people who run alignbot decide about permissions.
type Policy struct {
	// Guests may take part in the channels they are in.
	Guests bool
	// MembersCreateTeams lets any member set up a team, not only admins and
	// product owners.
	MembersCreateTeams bool
}

// Where is what an action is about.
type Where struct {
	// Team concerned; nil where there is none.
	Team *Team
	// InChannel: the person is known to be in the team's channel.
	InChannel bool
	// Holidays of the team, for what is to be done in so many workdays; nil where
	// nothing is.
	Holidays Holidays
	// OwnsAnyTeam: a product owner of one team may set up another.
	OwnsAnyTeam bool
}

// Decision is the answer of a rule with its reason.
type Decision struct {
	OK bool
	// Reason is one sentence for the person who was refused, "" when OK.
	Reason string
	// Hidden: the person must not even learn that there is something to refuse.
	Hidden bool
}

// May decides whether the person may take the action. It is asked on the
// server, with facts looked up, when the action happens.
func May(policy Policy, p Person, action Action, where Where) Decision {
	roles := RolesOf(p, where.Team)
	if action == CreateTeam && where.OwnsAnyTeam && roles[0] == RoleMember {
		roles = append(roles, RoleProductOwner)
	}
	for _, role := range roles {
		switch permissions[action][role] {
		case yes:
			return seen(p, where)
		case invited:
			if policy.Guests && (where.Team == nil || where.InChannel) {
				return seen(p, where)
			}
		case bySwitch:
			if policy.MembersCreateTeams {
				return seen(p, where)
			}
		case byTeam:
			if where.Team != nil && where.Team.MembersStartBallots {
				return seen(p, where)
			}
		}
	}
	if inside := roles[0] == RoleMember || roles[0] == RoleGuest && policy.Guests; inside {
		if decision := seen(p, where); !decision.OK {
			return decision
		}
	}
	return Decision{Reason: refusal(policy, roles, action)}
}

// team is the key of the team concerned, "" where there is none.
func (w Where) team() TeamKey {
	if w.Team == nil {
		return ""
	}
	return w.Team.Key
}

// mayIn refuses whom the permission table does, and what belongs to another
// team than where names. what begins a sentence: "An outcome".
func mayIn(policy Policy, p Person, action Action, where Where, team TeamKey, what string) error {
	if where.Team == nil || where.Team.Key != team {
		return &Problem{
			Code: "not-permitted",
			What: what + " is changed in its own team.",
			Safe: "Nothing was changed.",
		}
	}
	if may := May(policy, p, action, where); !may.OK {
		return &Problem{Code: "not-permitted", What: may.Reason}
	}
	return nil
}

// seen keeps a private channel's team from everybody who is not in that
// channel, its product owners excepted.
func seen(p Person, where Where) Decision {
	t := where.Team
	if t == nil || !t.Private || where.InChannel || t.OwnedBy(p.ID) {
		return Decision{OK: true}
	}
	return Decision{Hidden: true, Reason: "There is nothing here that you can see. What belongs to a private channel is shown to those who have used alignbot in it within the last hour. If you are in it, type /align there and try again."}
}

func refusal(policy Policy, roles []Role, action Action) string {
	switch roles[0] {
	case RoleDeactivated, RoleBot:
		return "Only people with an active account can use alignbot."
	case RoleOutsider:
		return "alignbot answers only people of the workspace it belongs to."
	case RoleGuest:
		if permissions[action][RoleGuest] == invited && policy.Guests {
			return "Guests can use alignbot in their team's channel only."
		}
		if policy.Guests {
			return "Guests can capture ideas, add evidence, answer checklists and vote here. Ask a full member to do this for you."
		}
		return "alignbot is not open to guests here. Ask a full member to do it for you."
	}
	switch action {
	case CreateTeam:
		return "Setting up a team is for workspace admins and product owners. Ask one of them."
	case ChangeTeam:
		return "A team's settings can be changed by its product owners and by workspace admins."
	case StartABallot:
		return "Ballots are started by the team's product owners, and by members where the team's settings say so."
	case CloseAnyBallot:
		return "A ballot can be closed early by whoever started it, by the team's product owners and by workspace admins."
	case AuditVotes:
		return "Only workspace admins can look up who voted what on a confidential ballot."
	case ChangeAnyIdea:
		return "An idea can be changed by whoever captured it and by the team's product owners."
	case ChangeOutcome:
		return "Outcomes are added, changed and closed by the team's product owners. Ask one of them."
	case CloseAnyRound:
		return "A round of questions can be closed early by whoever asked it, by the team's product owners and by workspace admins."
	case AnswerChallenge:
		return "What people ask about an idea in the Product Backlog is answered by the team's product owners. Ask one of them."
	case MuteRule:
		return "Findings are muted, and their thresholds changed, by the team's product owners and by workspace admins. Ask one of them."
	case DecideIdea:
		return "What becomes of an idea is decided by the team's product owners. Ask one of them."
	}
	return fmt.Sprintf("You cannot %s here.", action)
}
