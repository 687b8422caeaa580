package pipeline_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"alignbot/pipeline"
)

// advice is a closed ballot on the idea of ripe, with what it advises.
func advice(question pipeline.BallotQuestion, what pipeline.Advice) *pipeline.Ballot {
	return &pipeline.Ballot{
		Idea: ripe(pipeline.Captured).Key, ID: 3, Question: question, Deadline: noon, ClosedAt: noon,
		Result: &pipeline.Result{Advice: what, Because: "Two object and one would pursue it.", Voted: 3},
	}
}

// decide carries out whatever leads to that stage.
func decide(p pipeline.Person, idea pipeline.Idea, d pipeline.Dossier, to pipeline.Stage, why string, now time.Time) (pipeline.Idea, pipeline.Event, error) {
	team := payments("U1")
	where := pipeline.Where{Team: team, InChannel: true}
	team.Required, team.RequiredForBacklog = nil, nil
	parking := notNow()
	parking.Why, parking.Ballot = why, 99 // which ballot it was is not for the form to say
	switch {
	case to == pipeline.Parked && idea.Stage == pipeline.Parked:
		return pipeline.ParkAgain(pipeline.Policy{}, p, where, idea, d, parking, now)
	case to == pipeline.Parked:
		return pipeline.Park(pipeline.Policy{}, p, where, idea, d, parking, now)
	case idea.Stage == pipeline.Parked:
		return pipeline.Reopen(pipeline.Policy{}, p, where, idea, d, why, "", now)
	}
	return pipeline.Decide(pipeline.Policy{}, p, where, idea, d, pipeline.Move{To: to, Why: why}, now)
}

// Every decision beside every advice, by a product owner and by a member, with
// and without a reason.
func TestADecisionStandsBesideTheAdvice(t *testing.T) {
	const why = "The law changed."
	now := noon.Add(time.Hour)
	words := map[pipeline.BallotQuestion][2]string{
		pipeline.AskPursue: {"The ballot's advice was to pursue it.", "The ballot's advice was not to pursue it."},
		pipeline.AskPark:   {"The ballot's advice was to park it.", "The ballot's advice was not to park it."},
		pipeline.AskReopen: {"The ballot's advice was to reopen it.", "The ballot's advice was to leave it parked."},
	}
	differing := 0
	for _, c := range []struct {
		from, to pipeline.Stage
		member   bool // may do it as well
		needsWhy bool
	}{
		{from: pipeline.Captured, to: pipeline.Discovery, member: true},
		{from: pipeline.Discovery, to: pipeline.Validated, member: true},
		{from: pipeline.Validated, to: pipeline.Backlog},
		{from: pipeline.Backlog, to: pipeline.Delivered},
		{from: pipeline.Backlog, to: pipeline.Discovery, needsWhy: true},
		{from: pipeline.Discovery, to: pipeline.Parked, needsWhy: true},
		{from: pipeline.Delivered, to: pipeline.Parked, needsWhy: true},
		{from: pipeline.Parked, to: pipeline.Parked, needsWhy: true},
		{from: pipeline.Parked, to: pipeline.Discovery, needsWhy: true},
	} {
		questions := []pipeline.BallotQuestion{pipeline.AskPursue, pipeline.AskPark}
		idea := ripe(c.from)
		if c.from == pipeline.Parked {
			questions = []pipeline.BallotQuestion{pipeline.AskReopen}
			idea = parked(t, pipeline.Captured, notNow())
		}
		for _, question := range questions {
			for _, what := range []pipeline.Advice{pipeline.AdviseFor, pipeline.AdviseAgainst, pipeline.AdviseNeither, pipeline.NoDecision} {
				toPark := (question == pipeline.AskPark) == (what == pipeline.AdviseFor) // what is advised
				advises := what == pipeline.AdviseFor || what == pipeline.AdviseAgainst
				differs := advises && toPark != (c.to == pipeline.Parked)
				want := map[pipeline.Advice]string{
					pipeline.AdviseFor: words[question][0], pipeline.AdviseAgainst: words[question][1],
					pipeline.AdviseNeither: "The ballot gave no advice.", pipeline.NoDecision: "The ballot came to no decision.",
				}[what]
				d := pipeline.Dossier{Ballot: advice(question, what)}
				for _, who := range []string{"U1", "U2"} {
					owner := who == "U1"
					if !owner && !c.member {
						continue
					}
					name := string(question) + ", advice " + string(what) + ", " + string(c.from) + " to " + string(c.to) + " by " + who
					_, _, err := decide(pipeline.Person{ID: who}, idea, d, c.to, " \u200b", now)
					if silent := err == nil; silent == (c.needsWhy || differs) {
						t.Errorf("%s: without a reason: %v", name, err)
					}
					if words := problemField(err, pipeline.FieldWhy); differs && !c.needsWhy && !strings.HasPrefix(words, want) {
						t.Errorf("%s: asked why with %q", name, words)
					}
					after, event, err := decide(pipeline.Person{ID: who}, idea, d, c.to, why, now)
					if err != nil {
						t.Errorf("%s: %v", name, err)
						continue
					}
					decided := owner && (differs || !c.member)
					if !decided && !differs {
						want = ""
					}
					if event.Advice != want || event.Differs != differs {
						t.Errorf("%s: the history says %q, differs %v", name, event.Advice, event.Differs)
					}
					if spent := after.Weighed == 3; spent != decided {
						t.Errorf("%s: the advice is spent: %v", name, spent)
					}
					if after.Parking != nil && after.Parking.Ballot != 3 {
						t.Errorf("%s: parked beside ballot %d", name, after.Parking.Ballot)
					}
					if differs {
						differing++
					}
				}
			}
		}
	}
	if differing < 10 {
		t.Errorf("only %d decisions differed", differing)
	}
}

func TestAnAdviceIsSpentByADecision(t *testing.T) {
	owner, member := pipeline.Person{ID: "U1"}, pipeline.Person{ID: "U2"}
	d := pipeline.Dossier{Ballot: advice(pipeline.AskPark, pipeline.AdviseFor)}
	now := noon.Add(time.Hour)
	idea, event, err := decide(member, ripe(pipeline.Captured), d, pipeline.Discovery, "Two customers wait for it.", now)
	if err != nil || !event.Differs || d.Advising(idea) == nil {
		t.Fatalf("a member went on: %v %+v", err, event)
	}
	if _, _, err := decide(owner, idea, d, pipeline.Validated, "", now); problemField(err, pipeline.FieldWhy) == "" {
		t.Errorf("what a member decided spent the advice: %v", err)
	}
	idea, event, err = decide(owner, idea, d, pipeline.Validated, "It is the law.", now)
	if err != nil || !event.Differs || d.Advising(idea) != nil {
		t.Fatalf("a product owner decided: %v %+v", err, event)
	}
	idea, event, err = decide(owner, idea, d, pipeline.Backlog, "", now)
	if err != nil || event.Advice != "" {
		t.Errorf("asked once, and again: %v %+v", err, event)
	}
	d.Ballot.ID++ // another was held since
	if _, _, err := decide(owner, idea, d, pipeline.Delivered, "", now); problemField(err, pipeline.FieldWhy) == "" {
		t.Errorf("the next advice is not asked about: %v", err)
	}
}

func TestWhichBallotAdvises(t *testing.T) {
	idea := ripe(pipeline.Discovery)
	closed := advice(pipeline.AskPursue, pipeline.AdviseFor)
	running, elsewhere := *closed, *closed
	running.ClosedAt, running.Result = time.Time{}, nil
	elsewhere.Idea.Number++
	weighed := idea
	weighed.Weighed = closed.ID
	for name, c := range map[string]struct {
		ballot *pipeline.Ballot
		idea   pipeline.Idea
		want   bool
	}{
		"none was ever held":          {nil, idea, false},
		"the newest is closed":        {closed, idea, true},
		"it runs":                     {&running, idea, false},
		"it is on another idea":       {&elsewhere, idea, false},
		"something was decided since": {closed, weighed, false},
	} {
		if got := (pipeline.Dossier{Ballot: c.ballot}).Advising(c.idea); (got != nil) != c.want {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// Nothing that a product owner decides, while those who vote think that it is
// open.
func TestNothingIsDecidedWhileABallotRuns(t *testing.T) {
	owner := pipeline.Person{ID: "U1"}
	now := noon.Add(time.Hour)
	running := advice(pipeline.AskPursue, "")
	running.ClosedAt, running.Result, running.Deadline = time.Time{}, nil, noon.Add(48*time.Hour)
	for _, from := range pipeline.Stages() {
		for _, to := range pipeline.Stages() {
			idea := ripe(from)
			if from == pipeline.Parked {
				idea = parked(t, pipeline.Captured, notNow())
			}
			step, known := pipeline.StepTo(from, to)
			if !known && (from != pipeline.Parked || to != pipeline.Parked) {
				continue
			}
			idea.Ballot = 3
			after, _, err := decide(owner, idea, pipeline.Dossier{Ballot: running}, to, "A reason.", now)
			if waits := step.May != pipeline.MoveIdea; waits != (problemCode(err) == pipeline.WhileVoting) || waits && after.Stage != from {
				t.Errorf("%s to %s: %v", from, to, err)
			} else if waits && !strings.Contains(err.Error(), "runs until 22 Nov 2026, 12:00 UTC") {
				t.Errorf("%s to %s: %v", from, to, err)
			}
		}
	}
	idea := ripe(pipeline.Discovery)
	idea.Ballot = 3
	if _, err := pipeline.Withdraw(idea, "U1", now); problemCode(err) != pipeline.WhileVoting {
		t.Errorf("withdrawn: %v", err)
	}
	var refusal *pipeline.Refusal
	idea.Stage = pipeline.Validated
	if _, _, err := decide(owner, idea, pipeline.Dossier{}, pipeline.Backlog, "x", now); !errors.As(err, &refusal) || !strings.Contains(err.Error(), "PAY-12 runs, so it cannot be moved") {
		t.Errorf("%v", err)
	}
}
