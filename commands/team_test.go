package commands_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"alignbot/pipeline"
	"alignbot/slacksim"
)

func TestAChannelWithoutATeamIsOfferedOne(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	carol := w.Person("carol").In("growth")
	carol.Types("/idea Half of a title")
	carol.Sees("This channel is not a team's yet", "What you typed is kept")
	carol.Chooses("Capture for…", "Payments (PAY)")
	carol.SeesModal("Capture an idea").Has("Title", "Half of a title")
	carol.Submits()
	carol.In("@alignbot").Sees("Captured as PAY-1") // the app is not in #growth

	carol.In("growth").Types("/idea list")
	carol.Sees("Whose ideas would you like to see?")
	carol.Chooses("Choose a team", "Payments (PAY)")
	carol.Sees("Ideas of Payments", "PAY-1")
}

func TestSettingUpATeam(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{})
	alice := w.Person("alice").In("growth")
	alice.Types("/align setup")
	alice.SeesModal("Set up a team").Has("Name", "Growth").Has("Key", "GRO").Has("Time zone", "Europe/Berlin")
	alice.Fills("Key", "1")
	alice.Fills("Name", "\u200b")
	alice.Submits()
	alice.SeesFieldError("Key", "Two to eight letters")
	alice.SeesFieldError("Name", "Give the team a name")
	alice.Fills("Key", "grow")
	alice.Fills("Name", "Growth")
	alice.Chooses("Time zone", "America/New_York")
	alice.Chooses("Length of a sprint", "3 weeks")
	alice.Submits()
	alice.In("@alignbot").Sees("Growth", "(GROW) is set up")

	alice.In("growth").Types("/align setup")
	alice.SeesModal("Team settings").Has("Name", "Growth").Has("Time zone", "America/New_York").Has("Length of a sprint", "3 weeks")
	alice.Fills("Name", "Growing")
	alice.Submits()
	alice.In("@alignbot").Sees("The settings of *Growing* are saved")
}

func TestAKeyIsOneTeams(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	alice := w.Person("alice").In("growth")
	alice.Types("/align setup")
	alice.Fills("Key", "pay")
	alice.Submits()
	alice.SeesFieldError("Key", "PAY is taken")
}

func TestProductOwnersAreFullMembers(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{})
	alice := w.Person("alice").In("payments")
	alice.Types("/align setup")
	alice.Chooses("Product owners", "gina")
	alice.Submits()
	alice.SeesFieldError("Product owners", "Gina Guest is a guest here")
}

func TestOnlyAdminsAndProductOwnersSetUpTeams(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	bob := w.Person("bob").In("random")
	bob.Types("/align setup")
	bob.Sees("Setting up a team is for workspace admins and product owners")
	bob.Types("/align")
	bob.Sees("This channel is not a team's yet. A workspace admin or a product owner can set up a team here, with `/align setup`.")
	bob.Types("/idea add Dark mode")
	bob.Sees("This channel is not a team's yet. What you typed is kept for a day.")
	bob.DoesNotSee("Set up a team here")
	bob.In("payments").Types("/align setup")
	bob.In("payments").Sees("A team's settings can be changed by its product owners")
}

func TestAnybodySetsUpTeamsWhereThePolicySaysSo(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{MembersCreateTeams: true})
	bob := w.Person("bob").In("random")
	bob.Types("/align setup")
	bob.SeesModal("Set up a team")
	bob.Submits()
	bob.In("@alignbot").Sees("is set up")
}

func TestALostRoleCountsWhenTheFormIsSubmitted(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{})
	alice := w.Person("alice").In("growth")
	alice.Types("/align setup")
	alice.SeesModal("Set up a team")
	if err := w.UpdatePerson(t.Context(), "alice", func(p *slacksim.Person) { p.Admin = false }); err != nil {
		t.Fatal(err)
	}
	w.heardOf("user_change")
	alice.Submits()
	alice.SeesFieldError("Key", "Setting up a team is for workspace admins")
	alice.SeesModal("Set up a team").Has("Name", "Growth")
}

func TestGuestsTakePartWhereThePolicySaysSo(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	gina := w.Person("gina").In("payments")
	gina.Types("/idea add From a guest")
	gina.Sees("alignbot is not open to guests here")

	w = open(t, pipeline.Policy{Guests: true}).withTeam(t)
	gina = w.Person("gina").In("payments")
	gina.Types("/idea add From a guest")
	gina.Sees("Captured as PAY-1")
}

func TestACardThatCannotBePostedIsKeptAndItsOwnerTold(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	if err := w.Kick(t.Context(), "alice", "payments", "alignbot"); err != nil {
		t.Fatal(err)
	}
	alice, bob := w.Person("alice"), w.Person("bob").In("payments")
	bob.Types("/idea add Nobody sees its card")
	bob.Sees("Captured as PAY-1")
	alice.In("@alignbot").Sees("I am not in #payments")
	bob.OpensHome()
	bob.Sees("Which outcome is PAY-1 for?")
	bob.DoesNotSee("may not have arrived") // it waits for the channel, not for a person
	if err := w.Invite(t.Context(), "alice", "payments", "alignbot"); err != nil {
		t.Fatal(err)
	}
	w.Person("carol").In("payments").Sees("Nobody sees its card")
}

func TestHomeIsUsefulBeforeAnyTeamExists(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{})
	alice, bob := w.Person("alice"), w.Person("bob")
	alice.OpensHome()
	alice.Sees("Welcome", "type `/align setup` in your team's channel", "You are up to date")
	bob.OpensHome()
	bob.Sees("ask a workspace admin")
}

func TestTheMenuLeadsEverywhere(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	bob := w.Person("bob").In("payments")
	bob.Types("/align")
	bob.Sees("What would you like to do?", "Canvases", "Roadmap board", "Story maps", "Forensic session", "This channel is the home of *Payments*")
	bob.Clicks("Browse ideas")
	bob.Sees("No ideas here yet")
	bob.Clicks("What waits for me")
	bob.Sees("Waiting for you")
	bob.Clicks("Help")
	bob.Sees("/idea find words")
	bob.Clicks("Capture an idea")
	bob.SeesModal("Capture an idea")
	bob.CancelsModal()
	bob.Types("/align status")
	bob.Sees("No ideas yet.")
}

func TestMoreTeamsThanAMenuHolds(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{})
	for i := range 103 {
		team, err := pipeline.CheckTeam(pipeline.Team{
			Key: pipeline.TeamKey(fmt.Sprintf("T%d", i)), Name: fmt.Sprintf("Team %03d", i), Channel: fmt.Sprintf("C%d", i),
			Owners: []string{"U0ALICE"}, Zone: "UTC", Workdays: pipeline.Week()[:5], SprintWeeks: 2,
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.store.SetUpTeam(t.Context(), fmt.Sprint("team", i), team); err != nil {
			t.Fatal(err)
		}
	}
	bob := w.Person("bob").In("random")
	bob.Types("/idea add For the last of them")
	bob.Sees("The menu holds the first 100 of 103 teams")
	bob.UsesShortcut("Capture an idea")
	bob.SeesModal("Capture an idea")
	bob.Chooses("Team", "Team 102 (T102)")
	bob.Fills("Title", "For the last of them")
	bob.Submits()
	bob.In("@alignbot").Sees("Captured as T102-1")
}

func TestAPrivateChannelGetsItsCardsOnceAlignbotIsInvited(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{})
	alice := w.Person("alice").In("leads")
	alice.Types("/align setup")
	alice.Fills("Name", "Leads")
	alice.Fills("Key", "SEC")
	alice.Submits()
	alice.In("@alignbot").Sees("is set up")
	alice.In("leads").Types("/idea add Close the office in Rome")
	alice.In("leads").Sees("Captured as SEC-1")
	alice.In("@alignbot").Sees("I cannot find #leads: either I am not in it, and it is private")
	if err := w.Invite(t.Context(), "alice", "leads", "alignbot"); err != nil {
		t.Fatal(err)
	}
	w.Person("dave").In("leads").Sees("is now the home of", "SEC-1  Close the office in Rome")
}

func TestWhatATeamAsksOfItsIdeas(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	alice := w.Person("alice").In("payments")
	alice.Types("/align settings")
	alice.Fills("Name", "Paying")
	alice.Clicks("Checklists and limits")
	alice.SeesModal("Checklists and limits").Has("Checklists before an idea counts as validated", "Opportunity Canvas").
		Has("Warn when the Product Backlog holds this much work", "4 sprints").Has("Let nothing more in over", "6 sprints").
		Has("How much does the team finish in a sprint?", "").Has("Counted in", "Points")
	alice.Chooses("Checklists before it enters the Product Backlog", "INVEST", "Definition of Ready")
	alice.Chooses("Warn when the Product Backlog holds this much work", "8 sprints")
	alice.Fills("How much does the team finish in a sprint?", "about 20")
	alice.Submits()
	alice.SeesFieldError("How much does the team finish in a sprint?", "A whole number from 0 to 9999")
	alice.SeesFieldError("Warn when the Product Backlog holds this much work", "The warning comes before the limit: at most 6.")
	alice.Chooses("Let nothing more in over", "10 sprints")
	alice.Fills("How much does the team finish in a sprint?", "20")
	alice.Chooses("Counted in", "Ideas")
	alice.Submits()
	alice.SeesModal("Team settings").Says("Checklists and limits are saved.").Has("Name", "Paying")
	alice.Submits() // what lay below goes on from there
	alice.Sees("The settings of *Paying* are saved")

	team, err := w.store.Team(t.Context(), "PAY")
	want := pipeline.Team{
		Required: []pipeline.TemplateID{pipeline.OpportunityCanvas}, RequiredForBacklog: []pipeline.TemplateID{pipeline.INVEST, pipeline.DefinitionOfReady},
		SoftLimit: 8, HardLimit: 10, Velocity: 20, VelocityIdeas: true,
	}
	got := pipeline.Team{
		Required: team.Required, RequiredForBacklog: team.RequiredForBacklog,
		SoftLimit: team.SoftLimit, HardLimit: team.HardLimit, Velocity: team.Velocity, VelocityIdeas: team.VelocityIdeas,
	}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("stored (-want +got) %v:\n%s", err, diff)
	}
	alice.In("payments").Types("/align settings")
	alice.Clicks("Checklists and limits")
	alice.Chooses("Checklists before an idea counts as validated") // none
	alice.Fills("How much does the team finish in a sprint?", "")
	alice.Submits()
	alice.SeesModal("Team settings").Says("Checklists and limits are saved.")
	if team, err = w.store.Team(t.Context(), "PAY"); err != nil || team.Required != nil || team.Velocity != 0 {
		t.Errorf("stored %+v, %v", team, err)
	}
}

func TestTwoChangeWhatATeamAsksAtOnce(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTwoOwners(t)
	alice, bob := w.Person("alice").In("payments"), w.Person("bob").In("payments")
	alice.Types("/align settings")
	alice.Clicks("Checklists and limits")
	bob.Types("/align settings")
	bob.Clicks("Checklists and limits")
	alice.Chooses("Let nothing more in over", "9 sprints")
	alice.Submits()
	alice.SeesModal("Team settings").Says("are saved")
	bob.Fills("How much does the team finish in a sprint?", "30")
	bob.Submits()
	bob.SeesModal("Checklists and limits").Says("Somebody changed these settings").Says("Warning from 4 sprints, nothing over 9, finished in a sprint: unknown").
		Has("How much does the team finish in a sprint?", "30").Has("Let nothing more in over", "6 sprints")
	bob.Submits()
	bob.SeesModal("Team settings").Says("are saved")
	if team, err := w.store.Team(t.Context(), "PAY"); err != nil || team.HardLimit != 6 || team.Velocity != 30 {
		t.Errorf("stored %+v, %v", team, err)
	}
}
