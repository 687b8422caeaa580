package commands

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/storage"
)

// Whatever is on the list is done for those the permission table allows it,
// and refused to everybody else: every entry, every role, with an own idea and
// somebody else's, in the team's channel and elsewhere.
func TestEveryEntryAsksThePermissionTable(t *testing.T) {
	people := map[pipeline.Role]pipeline.Person{
		pipeline.RoleDeactivated:  {ID: "U_DEA", Workspace: "T1", Deactivated: true},
		pipeline.RoleBot:          {ID: "U_BOT", Workspace: "T1", Bot: true},
		pipeline.RoleOutsider:     {ID: "U_OUT", Workspace: "T2", Outsider: true},
		pipeline.RoleGuest:        {ID: "U_GUE", Workspace: "T1", Guest: true},
		pipeline.RoleMember:       {ID: "U_MEM", Workspace: "T1"},
		pipeline.RoleProductOwner: {ID: "U_ANN", Workspace: "T1"},
		pipeline.RoleAdmin:        {ID: "U_ADM", Workspace: "T1", Admin: true},
	}
	app := shop(t)
	number := 1
	for _, policy := range []pipeline.Policy{{}, {Guests: true, MembersCreateTeams: true}} {
		app.Policy = policy
		for _, e := range List() {
			for _, role := range pipeline.Roles() {
				for _, own := range []bool{true, false} {
					for _, channel := range []string{"C1", "C2"} {
						person := people[role]
						if role == pipeline.RoleGuest {
							person.ID += channel // who has been in a channel is remembered
						}
						author := person.ID
						if !own {
							author = "U_ZOE"
						}
						number++
						name := fmt.Sprintf("%d", number)
						idea, err := pipeline.Capture(pipeline.Draft{Title: "An idea"}, "PAY", author, pipeline.Source{}, time.Now())
						if err != nil {
							t.Fatal(err)
						}
						if idea, err = app.Store.Capture(t.Context(), "capture"+name, idea, storage.Slot{}); err != nil {
							t.Fatal(err)
						}
						req := &Request{
							Op: name, Now: time.Now(), Person: person, Channel: channel, ChannelName: "x", Words: idea.Key.String(), Value: "idea=" + idea.Key.String() + "&team=PAY&draft=idea&run=/align help",
							Message: &Message{Message: pipeline.Message{Channel: channel, TS: "1700000000.000100"}, Text: "x"},
						}
						if e.On == Submit || e.On == Close || e.Name == actionDraft || e.Name == actionAfresh || e.Name == actionEditAfresh {
							req.Form = &Form{ID: "V", Hash: "h", Values: map[string]Value{}, Metadata: metadata{
								Team: "PAY", Idea: idea.Key.String(), Version: 1, Channel: channel, Draft: draftIdea, Fresh: "f",
							}.encode()}
						}
						_, err = app.Handle(context.Background(), e, req)
						var problem *pipeline.Problem
						refused := errors.As(err, &problem) && problem.Code == "not-permitted"

						action := e.May
						if action == pipeline.ChangeOwnIdea && !own {
							action = pipeline.ChangeAnyIdea
						}
						if opensTeamForm(e) {
							action = pipeline.ChangeTeam
							if req.Loaded.Team == nil {
								action = pipeline.CreateTeam
							}
						}
						allowed := pipeline.May(policy, person, action, pipeline.Where{
							Team: req.Loaded.Team, InChannel: channel == "C1", OwnsAnyTeam: role == pipeline.RoleProductOwner,
						}).OK
						if refused == allowed {
							t.Errorf("%s %s %s by a %s, own %v, in %s, %+v: refused %v, allowed by the table %v (%v)",
								e.On, e.Name, e.Word, role, own, channel, policy, refused, allowed, err)
						}
						if !allowed && role != pipeline.RoleMember && role != pipeline.RoleAdmin && role != pipeline.RoleProductOwner {
							if now, err := app.Store.Idea(t.Context(), idea.Key); err != nil || now.Version != 1 {
								t.Errorf("%s %s %s by a %s changed the idea", e.On, e.Name, e.Word, role)
							}
						}
					}
				}
			}
		}
	}
}

// opensTeamForm: these decide by whether the channel is a team's.
func opensTeamForm(e Entry) bool {
	return e.Name == "/align" && (e.Word == "setup" || e.Word == "settings") || e.Name == actionSetUp
}
