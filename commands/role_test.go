package commands_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"alignbot/pipeline"
	"alignbot/storage"
)

// roles is the newest question by role.
func (w *workplace) roles(t *testing.T) storage.RoleQuestionState {
	t.Helper()
	state, err := w.store.RoleQuestion(t.Context(), "PAY", 0, "")
	if err != nil {
		t.Fatal(err)
	}
	return state
}

// answerRoles has people of a role answer the newest question.
func (w *workplace) answerRoles(t *testing.T, role pipeline.TeamRole, places ...int) {
	t.Helper()
	for n, place := range places {
		user := fmt.Sprintf("U0%s%d", strings.ToUpper(string(role)), n)
		_, err := w.store.AnswerRoleQuestion(t.Context(), storage.RoleAnswering{
			Op: user, Team: "PAY", Number: w.roles(t).Question.Number, User: user, Answer: pipeline.RoleAnswer{Role: role, Choice: place},
			Check: func(storage.RoleQuestionState) error { return nil },
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestAQuestionByRole(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	alice, bob, carol := w.Person("alice").In("payments"), w.Person("bob").In("payments"), w.Person("carol").In("payments")
	bob.Types("/align roles")
	bob.Sees("There are fewer than two open outcomes in this team")
	w.owns(t, "U0CAROL", 1)
	w.owns(t, "U0DAVE", 1)
	idea := w.orphan(t, "Export invoices", 3)
	w.link(t, idea.Key, "O1")
	if _, err := w.store.NameDevelopers(t.Context(), "named", pipeline.Developers{Team: "PAY", People: []string{"U0BOB"}}, storage.Slot{}, "U0ALICE"); err != nil {
		t.Fatal(err)
	}

	bob.Types("/align roles")
	bob.SeesModal("Ask by role").Says("a role with fewer than 3 answers together with others")
	bob.Fills("About which idea?", "PAY-99")
	bob.Submits()
	bob.SeesFieldError("About which idea?", "There is no such idea in this team.")
	bob.Fills("About which idea?", "1")
	bob.Fills("Workdays to answer", "soon")
	bob.Submits()
	bob.SeesFieldError("Workdays to answer", "whole number")
	bob.Fills("Workdays to answer", "2")
	bob.Submits()
	bob.SeesNoModal()
	carol.Sees("asks product owners, developers and stakeholders:", "Which outcome is PAY-1 for?", "Nobody has answered yet.")

	alice.Clicks("PAY-O1  Fewer calls")
	alice.Sees("*PAY-O1  Fewer calls* is stored without your name, as the answer of a product owner.")
	bob.Clicks("PAY-O1  Fewer calls")
	bob.Sees("as the answer of a developer")
	bob.Clicks("PAY-O2  Fewer calls")
	bob.Sees("*PAY-O2  Fewer calls* is stored")
	carol.Clicks("I do not know")
	carol.Sees("*I do not know* is stored without your name, as the answer of a stakeholder.", "3 have answered.")
	w.answerRoles(t, pipeline.RoleOfDeveloper, 1, 1)
	w.answerRoles(t, pipeline.RoleOfStakeholder, 0, 0)
	carol.DoesNotSee("say PAY-O") // nothing before the close

	carol.Clicks("Close it now")
	carol.Sees("A round of questions can be closed early by whoever asked it")
	bob.Clicks("Close it now")
	carol.Sees("Product owners and stakeholders: 3 of 4 say PAY-O1, 1 “I do not know”.", "Developers: 3 of 3 say PAY-O2.",
		"*The answers part.* The most frequent answer of product owners and stakeholders is PAY-O1, that of developers is PAY-O2.", "For “Fewer calls” (PAY-O1)")
	carol.DoesNotSee("Close it now")

	carol.Clicks("Post a 15-minute agenda")
	carol.Sees("15 minutes: Which outcome is PAY-1 for?", "3 minutes  Decide: which outcome PAY-1 is for, or that it is for none.")
	bob.Clicks("Post a 15-minute agenda")
	bob.Sees("The agenda stands in the thread of the question.")
	w.settles(t)
	if n := w.posted("15 minutes: Which"); n != 1 {
		t.Errorf("%d agendas were posted", n)
	}
	bob.Clicks("Add to the next session")
	bob.Sees("No alignment session is planned.")
	plansSession(bob)
	for range 2 {
		bob.Clicks("Add to the next session")
		bob.Sees("It is on the agenda of the alignment session")
	}
	if points := w.alignSession(t, 1).Said.Points; len(points) != 1 || points[0].Subject != "PAY-1" {
		t.Errorf("on the agenda are %+v", points)
	}
}

// At its deadline it closes by itself; too few answers are not shown.
func TestAQuestionByRoleEnds(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	bob := w.Person("bob").In("payments")
	w.owns(t, "U0CAROL", 1)
	w.owns(t, "U0DAVE", 1)
	bob.Types("/align roles")
	bob.SeesModal("Ask by role").Says("Nobody has named the developers yet")
	bob.Submits()
	bob.Sees("Which outcome matters most now?")
	w.answerRoles(t, pipeline.RoleOfDeveloper, 1, 1, 0)
	name := storage.RoleQuestionName(w.roles(t).Question)
	early := storage.Outgoing{ID: "close-early", Kind: "role_question.close", Subject: "PAY", Args: map[string]string{"sheet": name}}
	if err := w.store.Enqueue(t.Context(), early, early); err != nil {
		t.Fatal(err)
	}
	bob.Sees("*Closed.* 3 people have answered, and nothing is shown under 4 answers.")
	bob.DoesNotSee("The answers part.", "Post a 15-minute agenda")
	state := w.roles(t)
	if state.Question.IsOpen() || state.Question.ClosedBy != "" || len(state.Answers) != 0 || !state.Question.Closed.Equal(state.Question.Deadline) {
		t.Errorf("closed: %+v", state)
	}
	// Buttons of before, and values that nobody made.
	for value, says := range map[string]string{
		"team=PAY&roles=1&choice=0":  "The time to answer is over.",
		"team=PAY&roles=1&choice=99": "The time to answer is over.",
		"team=PAY&roles=9&choice=0":  "This question is not here.",
	} {
		w.offers(t, value, "roles.tap")
		bob.Clicks("roles.tap")
		bob.Sees(says)
	}
	for _, value := range []string{"team=PAY&roles=1", "team=PAY&roles=0&choice=0", "roles=1&choice=0", "team=NONE&roles=1&choice=0", "", "choice=x"} {
		w.offers(t, value, "roles.tap", "roles.agenda", "roles.point", "roles.close")
		for _, action := range []string{"roles.tap", "roles.agenda", "roles.point", "roles.close"} {
			bob.Clicks(action)
		}
	}
	if n := w.posted("15 minutes"); n > 1 {
		t.Errorf("%d agendas were posted", n)
	}
	if _, err := w.store.RoleQuestion(t.Context(), "PAY", 2, ""); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("another question is stored: %v", err)
	}
}
