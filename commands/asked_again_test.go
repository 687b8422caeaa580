package commands_test

import (
	"strings"
	"testing"

	"alignbot/pipeline"
)

func TestSomebodyAsksForAParkedIdeaAgain(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withParked(t, "Nobody needs it")
	bob, carol := w.Person("bob").In("payments"), w.Person("carol").In("payments")
	carol.ClicksIn("Parked, not now: too costly", "I need this too")
	carol.SeesModal("I need this too").Says("It is parked, not now: too costly. Nobody needs it.")
	carol.Fills("Why do you need it?", "Our auditors")
	carol.Fills("What was seen or heard?", "Four auditors asked in May")
	carol.Submits()
	carol.SeesFieldError("What kind of evidence is it?", "Choose what kind of evidence it is.")
	carol.Chooses("What kind of evidence is it?", "What people say: in a talk, a survey, a message")
	carol.Submits()
	carol.SeesNoModal()
	carol.Sees("You are counted: 1 person has asked for PAY-1 since it was parked.")
	bob.Sees("Carol Costa asked for PAY-1 again: Our auditors. 1 person has asked for it since it was parked.", "asked again by 1 person")

	carol.ClicksIn("Parked, not now: too costly", "I need this too")
	carol.SeesModal("I need this too")
	carol.Fills("Why do you need it?", strings.Repeat("x", 10_000))
	carol.Submits()
	carol.SeesNoModal() // Slack itself takes no more than the limit
	carol.Sees("You were counted before, and your words are kept: 1 person has asked for PAY-1 since it was parked.")

	bob.Types("/idea show PAY-1")
	bob.SeesModal("PAY-1").Says("Asked again by 1 person").Says("what people say")
	bob.Clicks("All who asked")
	bob.SeesModal("Asked for PAY-1").Says("Carol Costa")
}
