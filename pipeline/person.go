package pipeline

// Person is what is known about whoever is acting, as Slack tells it. It is
// looked up when something happens, never taken from what was clicked.
type Person struct {
	// ID is Slack's user id, U… or W….
	ID string
	// Workspace the person belongs to, T…. A person of another workspace is an
	// outsider here.
	Workspace string
	// Name as colleagues see it.
	Name string
	// Zone is an IANA time zone, "" when Slack does not say.
	Zone string
	// Admin of the workspace (owners included).
	Admin bool
	// Guest of the workspace, in one channel or several.
	Guest bool
	// Bot or workflow, Slackbot included.
	Bot bool
	// Deactivated accounts keep what they did and can do nothing.
	Deactivated bool
	// Outsider: reached through a channel shared with another organisation.
	Outsider bool
}

// Role is what a person is towards one team (or towards the workspace, where
// no team is meant). Columns of the permission table.
type Role string

// The roles, from least to most trusted.
const (
	RoleDeactivated  Role = "deactivated person"
	RoleBot          Role = "bot"
	RoleOutsider     Role = "outsider"
	RoleGuest        Role = "guest"
	RoleMember       Role = "member"
	RoleProductOwner Role = "product owner"
	RoleAdmin        Role = "workspace admin"
)

// Roles lists all of them.
func Roles() []Role {
	return []Role{RoleDeactivated, RoleBot, RoleOutsider, RoleGuest, RoleMember, RoleProductOwner, RoleAdmin}
}

// RolesOf gives every role the person has towards the team; team may be nil.
// An admin may be a product owner too: each grant is looked up apart, because
// a workspace admin is deliberately not a decider.
func RolesOf(p Person, team *Team) []Role {
	switch {
	case p.Deactivated:
		return []Role{RoleDeactivated}
	case p.Bot:
		return []Role{RoleBot}
	case p.Outsider:
		return []Role{RoleOutsider}
	case p.Guest:
		return []Role{RoleGuest}
	}
	roles := []Role{RoleMember}
	if team != nil && team.OwnedBy(p.ID) {
		roles = append(roles, RoleProductOwner)
	}
	if p.Admin {
		roles = append(roles, RoleAdmin)
	}
	return roles
}
