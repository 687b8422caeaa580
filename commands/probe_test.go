package commands_test

import (
	"fmt"
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/storage"
)

// thisWeek is the week of the probe in which the test runs, and so many weeks before it
// the Monday of that one.
func thisWeek(t *testing.T, w *workplace, before int) string {
	t.Helper()
	team, err := w.store.Team(t.Context(), "PAY")
	if err != nil {
		t.Fatal(err)
	}
	return pipeline.ProbeWeek(time.Now().AddDate(0, 0, -7*before), team.Location())
}

// told has a team's answers of last week, so many of which were right.
func (w *workplace) answeredProbe(t *testing.T, right, other int) {
	t.Helper()
	for n := range right + other {
		answer := pipeline.ProbeRight
		if n >= right {
			answer = pipeline.ProbeOther
		}
		a := storage.ProbeAnswering{Op: fmt.Sprint("answered ", n), Team: "PAY", User: fmt.Sprint("U0OTHER", n), Week: thisWeek(t, w, 1), Answer: answer}
		if _, err := w.store.AnswerProbe(t.Context(), a); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAnAlignmentProbeFromTheNudgeToTheShare(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	bob, private := w.Person("bob").In("payments"), w.Person("bob").In("@alignbot")
	w.owns(t, "U0CAROL", 1)
	other := w.owns(t, "U0DAVE", 1)
	idea := w.orphan(t, "Export invoices", 3)
	w.link(t, idea.Key, "O1")

	// Nobody is asked who did not choose it.
	w.nudgedOn(t, private, inDays(0))
	private.DoesNotSee("question of the week")
	bob.Types("/align probe")
	bob.Sees("*Alignment probe*: you are not asked in Payments.", "is told from 4 answers on")
	bob.DoesNotSee("The question of the week")
	bob.Clicks("Ask me once a week")
	bob.Sees("once a week one of your nudges asks which outcome something is for", "which outcome is PAY-1 for, which you work on?", "Export invoices")
	bob.Types("/align nudges")
	bob.Sees("At most one on every workday", "Do not ask me")

	// One row of the nudge of the day, in which nothing gives the answer away.
	w.nudgedOn(t, private, inDays(1))
	private.Sees("1 thing waits for you", "which outcome is PAY-1 for")
	private.DoesNotSee("PAY-O1", "PAY-O2")
	private.ClicksIn("which outcome is PAY-1 for", "Answer…")
	private.SeesModal("Which outcome?").Says("PAY-1  Export invoices")
	private.Chooses("Which outcome is it for?", other.Key.String()+"  Fewer calls")
	private.Submits()
	private.SeesModal("Which outcome?").Says("It is linked to another one.")
	private.SeesModal("Which outcome?").Says("PAY-O1")
	private.ClosesModal()
	private.Sees("All of it is done", "The question of the week about PAY-1 · done")

	// Answered once a week, and asked by one nudge of it.
	bob.Types("/align probe")
	w.nudgedOn(t, private, inDays(2))
	if n := w.posted("question of the week"); n != 1 {
		t.Errorf("%d nudges asked", n)
	}
	state, err := w.store.Probe(t.Context(), "PAY", "U0BOB", thisWeek(t, w, 0))
	if err != nil || state.Mine != pipeline.ProbeOther {
		t.Errorf("it is kept as %+v (%v)", state, err)
	}
	private.Clicks("Snooze 1 day") // the message is still used
	bob.Types("/align probe off")
	bob.Sees("*Alignment probe*: you are not asked in Payments.")
	if s := w.nudgesOf(t, private); len(s.Probe) != 0 || s.Probed != thisWeek(t, w, 0) {
		t.Errorf("of Bob it is known: %+v", s)
	}
}

// Shares alone are told, from four answers on, in the answer and in the summary.
func TestTheShareOfAProbe(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withIdea(t)
	bob := w.Person("bob").In("payments")
	w.answeredProbe(t, 3, 0)
	bob.Types("/align probe")
	bob.Sees("is told from 4 answers on")
	w.answeredProbe(t, 3, 1)
	bob.Types("/align probe")
	bob.Sees("Of 4 answers in the last 13 weeks, 75 % named the outcome; 0 % of the ideas are linked to one.")
	bob.Types("/align summary")
	bob.Sees("Alignment probe", "75 % named the outcome")
}

// Questions that are over, that nobody asked, or of a team that is not the person's.
func TestAProbeThatIsForged(t *testing.T) {
	t.Parallel()
	w := open(t, pipeline.Policy{}).withTeam(t)
	bob := w.Person("bob").In("payments")
	w.owns(t, "U0CAROL", 1)
	w.owns(t, "U0DAVE", 1)
	w.owns(t, "U0BOB", 1)
	idea, bare := w.orphan(t, "Export invoices", 3), w.orphan(t, "Something else", 3)
	w.link(t, idea.Key, "O1")
	for _, value := range []string{
		"idea=PAY-1&week=" + thisWeek(t, w, 1),                                   // of last week
		"idea=PAY-1", "idea=" + bare.Key.String() + "&week=" + thisWeek(t, w, 0), // for no outcome
		"idea=PAY-99&week=" + thisWeek(t, w, 0), "idea=nothing&week=" + thisWeek(t, w, 0), "",
	} {
		w.offers(t, value, "probe.open")
		bob.Clicks("probe.open")
		bob.SeesNoModal()
	}
	w.offers(t, "team=PAY&to=sideways", "probe.show")
	bob.Clicks("probe.show")
	if s := w.nudgesOf(t, bob); len(s.Probe) != 0 {
		t.Errorf("of Bob it is known: %+v", s)
	}
	// What the idea is for changes between the question and the answer.
	w.offers(t, "idea=PAY-1&week="+thisWeek(t, w, 0), "probe.open")
	bob.Clicks("probe.open")
	bob.SeesModal("Which outcome?")
	bob.Chooses("Which outcome is it for?", "PAY-O2  Fewer calls")
	w.link(t, idea.Key, "O2")
	bob.Submits()
	bob.SeesModal("Which outcome?").Says("Right.")
}
