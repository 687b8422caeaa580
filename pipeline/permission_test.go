package pipeline_test

import (
	"testing"

	"alignbot/pipeline"
)

// The table as it is promised, one column a role. "guests" and "switch" are
// allowed with that policy only, "team" where the team says so. An admin is a member as well; what members
// may not do, such as deciding, an admin may not either unless the table says so.
var promised = map[pipeline.Action][7]string{
	//                          deactivated, bot, outsider, guest,   member,   owner, admin
	pipeline.OpenHome:        {"no", "no", "no", "guests", "yes", "yes", "yes"},
	pipeline.ReadTeam:        {"no", "no", "no", "guests", "yes", "yes", "yes"},
	pipeline.SubmitIdea:      {"no", "no", "no", "guests", "yes", "yes", "yes"},
	pipeline.ChangeOwnIdea:   {"no", "no", "no", "guests", "yes", "yes", "yes"},
	pipeline.ChangeAnyIdea:   {"no", "no", "no", "no", "no", "yes", "no"},
	pipeline.AnswerChecklist: {"no", "no", "no", "guests", "yes", "yes", "yes"},
	pipeline.AddEvidence:     {"no", "no", "no", "guests", "yes", "yes", "yes"},
	pipeline.AskAgain:        {"no", "no", "no", "guests", "yes", "yes", "yes"},
	pipeline.LinkOutcome:     {"no", "no", "no", "no", "yes", "yes", "yes"},
	pipeline.ChangeOutcome:   {"no", "no", "no", "no", "no", "yes", "no"},
	pipeline.CheckInOutcome:  {"no", "no", "no", "no", "yes", "yes", "yes"},
	pipeline.MapOpportunity:  {"no", "no", "no", "no", "yes", "yes", "yes"},
	pipeline.MapStories:      {"no", "no", "no", "no", "yes", "yes", "yes"},
	pipeline.AskRound:        {"no", "no", "no", "no", "yes", "yes", "yes"},
	pipeline.AnswerRound:     {"no", "no", "no", "guests", "yes", "yes", "yes"},
	pipeline.CloseAnyRound:   {"no", "no", "no", "no", "no", "yes", "yes"},
	pipeline.SizeWork:        {"no", "no", "no", "no", "yes", "yes", "yes"},
	pipeline.MoveIdea:        {"no", "no", "no", "no", "yes", "yes", "yes"},
	pipeline.DecideIdea:      {"no", "no", "no", "no", "no", "yes", "no"},
	pipeline.StartABallot:    {"no", "no", "no", "no", "team", "yes", "team"},
	pipeline.CastVote:        {"no", "no", "no", "guests", "yes", "yes", "yes"},
	pipeline.CloseOwnBallot:  {"no", "no", "no", "no", "yes", "yes", "yes"},
	pipeline.CloseAnyBallot:  {"no", "no", "no", "no", "no", "yes", "yes"},
	pipeline.AuditVotes:      {"no", "no", "no", "no", "no", "no", "yes"},
	pipeline.HoldReview:      {"no", "no", "no", "no", "yes", "yes", "yes"},
	pipeline.AnswerReview:    {"no", "no", "no", "guests", "yes", "yes", "yes"},
	pipeline.ChallengeIdea:   {"no", "no", "no", "guests", "yes", "yes", "yes"},
	pipeline.AnswerChallenge: {"no", "no", "no", "no", "no", "yes", "no"},
	pipeline.HoldForensic:    {"no", "no", "no", "no", "yes", "yes", "yes"},
	pipeline.PlanSprint:      {"no", "no", "no", "no", "yes", "yes", "yes"},
	pipeline.LogRefinement:   {"no", "no", "no", "no", "yes", "yes", "yes"},
	pipeline.OrderBacklog:    {"no", "no", "no", "no", "yes", "yes", "yes"},
	pipeline.FillCanvas:      {"no", "no", "no", "no", "yes", "yes", "yes"},
	pipeline.HoldSession:     {"no", "no", "no", "no", "yes", "yes", "yes"},
	pipeline.BringPoint:      {"no", "no", "no", "guests", "yes", "yes", "yes"},
	pipeline.MuteRule:        {"no", "no", "no", "no", "no", "yes", "yes"},
	pipeline.AnswerHealth:    {"no", "no", "no", "guests", "yes", "yes", "yes"},
	pipeline.MuteOwnNudges:   {"no", "no", "no", "guests", "yes", "yes", "yes"},
	pipeline.CreateTeam:      {"no", "no", "no", "no", "switch", "yes", "yes"},
	pipeline.ChangeTeam:      {"no", "no", "no", "no", "no", "yes", "yes"},
}

func person(role pipeline.Role) pipeline.Person {
	p := pipeline.Person{ID: "U1", Workspace: "T1"}
	switch role {
	case pipeline.RoleDeactivated:
		p.Deactivated = true
	case pipeline.RoleBot:
		p.Bot = true
	case pipeline.RoleOutsider:
		p.Outsider = true
	case pipeline.RoleGuest:
		p.Guest = true
	case pipeline.RoleAdmin:
		p.Admin = true
	}
	return p
}

func TestEveryCellOfThePermissionTable(t *testing.T) {
	if len(promised) != len(pipeline.Actions()) {
		t.Fatalf("the promise has %d rows, the program %d actions", len(promised), len(pipeline.Actions()))
	}
	for _, action := range pipeline.Actions() {
		for column, role := range pipeline.Roles() {
			for _, policy := range []pipeline.Policy{{}, {Guests: true}, {MembersCreateTeams: true}, {Guests: true, MembersCreateTeams: true}} {
				for i := range 4 {
					inChannel, byTeam := i&1 == 0, i&2 == 0
					team := &pipeline.Team{Key: "PAY", Channel: "C1", Owners: []string{"U9"}, MembersStartBallots: byTeam}
					if role == pipeline.RoleProductOwner {
						team.Owners = []string{"U1"}
					}
					cell := promised[action][column]
					want := cell == "yes" || cell == "team" && byTeam || cell == "switch" && policy.MembersCreateTeams || cell == "guests" && policy.Guests && inChannel
					got := pipeline.May(policy, person(role), action, pipeline.Where{Team: team, InChannel: inChannel})
					if got.OK != want {
						t.Errorf("%s by a %s, in the channel %v, with %+v: allowed %v, promised %q", action, role, inChannel, policy, got.OK, cell)
					}
					if got.OK == (got.Reason != "") {
						t.Errorf("%s by a %s: allowed %v with reason %q", action, role, got.OK, got.Reason)
					}
				}
			}
		}
	}
}

// Whoever may do anything at all may open Home: who may not is turned away before
// anything is read.
func TestOpeningHomeIsTheLeast(t *testing.T) {
	for action, cells := range promised {
		for column, role := range pipeline.Roles() {
			for _, policy := range []pipeline.Policy{{}, {Guests: true, MembersCreateTeams: true}} {
				mayHome := pipeline.May(policy, person(role), pipeline.OpenHome, pipeline.Where{}).OK
				if allowed := cells[column] != "no" && (cells[column] != "guests" || policy.Guests); allowed && !mayHome {
					t.Errorf("a %s may %s, and not open Home, with %+v", role, action, policy)
				}
			}
		}
	}
}

func TestDeactivatedOutranksEverything(t *testing.T) {
	p := pipeline.Person{ID: "U1", Admin: true, Deactivated: true}
	team := &pipeline.Team{Key: "PAY", Channel: "C1", Owners: []string{"U1"}}
	for _, action := range pipeline.Actions() {
		if pipeline.May(pipeline.Policy{Guests: true, MembersCreateTeams: true}, p, action, pipeline.Where{Team: team, InChannel: true}).OK {
			t.Errorf("a deactivated admin and owner may %s", action)
		}
	}
}

func TestAPrivateTeamIsSeenFromItsChannelOnly(t *testing.T) {
	team := &pipeline.Team{Key: "SEC", Channel: "C1", Private: true, Owners: []string{"U9"}}
	for name, c := range map[string]struct {
		who       pipeline.Person
		inChannel bool
		want      bool
		hidden    bool
	}{
		"a member in the channel":         {pipeline.Person{ID: "U1"}, true, true, false},
		"a member elsewhere":              {pipeline.Person{ID: "U1"}, false, false, true},
		"a workspace admin elsewhere":     {pipeline.Person{ID: "U1", Admin: true}, false, false, true},
		"its product owner from anywhere": {pipeline.Person{ID: "U9"}, false, true, false},
		"an outsider learns nothing":      {pipeline.Person{ID: "U1", Outsider: true}, false, false, false},
	} {
		if got := pipeline.May(pipeline.Policy{}, c.who, pipeline.ReadTeam, pipeline.Where{Team: team, InChannel: c.inChannel}); got.OK != c.want || got.Hidden != c.hidden {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestAProductOwnerOfOneTeamMaySetUpAnother(t *testing.T) {
	where := pipeline.Where{OwnsAnyTeam: true}
	if got := pipeline.May(pipeline.Policy{}, pipeline.Person{ID: "U1"}, pipeline.CreateTeam, where); !got.OK {
		t.Error(got.Reason)
	}
	if got := pipeline.May(pipeline.Policy{}, pipeline.Person{ID: "U1", Guest: true}, pipeline.CreateTeam, where); got.OK {
		t.Error("a guest may not, whatever they own")
	}
}
