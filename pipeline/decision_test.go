package pipeline_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alignbot/pipeline"
)

// payments is a team whose first gate asks for the canvas and whose second for
// INVEST, with ten points a sprint.
func payments(owners ...string) *pipeline.Team {
	return &pipeline.Team{
		Key: "PAY", Channel: "C1", Owners: owners, SoftLimit: 4, HardLimit: 6, Velocity: 10,
		Required: []pipeline.TemplateID{"canvas"}, RequiredForBacklog: []pipeline.TemplateID{"invest"},
	}
}

// Everything that can lack, in every combination, for every stage, target and
// role, with and without a reason and an override: what is expected is worked
// out from the promised steps alone.
func TestEveryMoveByEveryRoleWithEverythingMissing(t *testing.T) {
	const for1, against, nothing = 0, 1, 2
	lines := []string{"", "We agreed on Monday."}
	bools := []bool{false, true}
	now := noon.Add(time.Hour)
	moved, refused, overridden := 0, 0, 0

	type missing struct {
		checklist        string // state of the gate's checklist
		outcome, measure bool   // missing
		evidence         int
		load             int // points in the backlog
	}
	var subsets []missing
	for _, checklist := range []string{"passed", "failed", "inconclusive", "open", "not begun"} {
		for _, outcome := range bools {
			for _, measure := range bools {
				for _, evidence := range []int{for1, against, nothing} {
					for _, load := range []int{0, 58, 59} {
						subsets = append(subsets, missing{checklist, outcome, measure, evidence, load})
					}
				}
			}
		}
	}

	for _, from := range pipeline.Stages() {
		for _, m := range subsets {
			idea := ripe(from)
			idea.Size = 2
			if m.outcome {
				idea.Outcomes = nil
			}
			if m.measure {
				idea.Measure = ""
			}
			if m.evidence != for1 {
				idea.Tally = pipeline.Tally{}
			}
			if m.evidence == against {
				idea.Tally = idea.Tally.Add(pipeline.Evidence{Against: true, Strength: pipeline.WhatPeopleDo}, true)
			}
			d := pipeline.Dossier{Templates: templates, Load: pipeline.Load{Ideas: 1, Sized: 1, Points: m.load}}
			if m.checklist != "not begun" {
				verdict := pipeline.Verdict(m.checklist)
				if m.checklist == "open" {
					verdict = pipeline.Undecided
				}
				d.Runs = []pipeline.RunSummary{{ID: 1, Template: "canvas", Verdict: verdict}, {ID: 2, Template: "invest", Verdict: verdict}}
			}
			for _, to := range pipeline.Stages() {
				promised, known := promisedSteps[[2]pipeline.Stage{from, to}]
				var lacks []pipeline.LackKind
				if promised.gate {
					for _, l := range []struct {
						kind pipeline.LackKind
						is   bool
					}{
						{"checklist", m.checklist != "passed"}, {"outcome", m.outcome}, {"measure", m.measure},
						{"evidence", m.evidence != for1}, {"room", to == "backlog" && m.load == 59},
					} {
						if l.is {
							lacks = append(lacks, l.kind)
						}
					}
				}
				for _, role := range pipeline.Roles() {
					team := payments("U9")
					if role == pipeline.RoleProductOwner {
						team = payments("U1", "U9")
					}
					owner := role == pipeline.RoleProductOwner
					member := owner || role == pipeline.RoleMember || role == pipeline.RoleAdmin
					allowed := member && (owner || !known || promised.who == "member")
					for _, why := range lines {
						for _, override := range bools {
							want := ""
							switch {
							case !allowed:
								want = "not-permitted"
							case !known && from == to:
								want = "stage-reached"
							case !known:
								want = "no-such-step"
							case to == pipeline.Parked:
								want = "parking-unrecorded"
							case len(lacks) > 0 && !override:
								want = "gate"
							case len(lacks) > 0 && !owner:
								want = "not-permitted"
							case why == "" && (promised.why || len(lacks) > 0):
								want = "move-form"
							}
							where := pipeline.Where{Team: team, InChannel: true}
							got, event, err := pipeline.Decide(pipeline.Policy{Guests: true}, person(role), where, idea, d,
								pipeline.Move{To: to, Why: why, Override: override}, now)
							ok := true
							if want == "" {
								what := pipeline.WasMoved
								if from == pipeline.Parked {
									what = pipeline.WasReopened
								}
								if len(lacks) > 0 {
									what = pipeline.WasOverridden
									overridden++
								}
								moved++
								ok = err == nil && got.Stage == to && got.Staged.Equal(now) && got.Changed.Equal(now) &&
									event.What == what && event.From == from && event.To == to && event.By == "U1" && event.Why == why &&
									event.At.Equal(now) && event.OnBehalf == "" && len(event.Lacks) == len(lacks)
							} else {
								refused++
								var refusal *pipeline.Refusal
								var p *pipeline.Problem
								ok = errors.As(err, &refusal) && errors.As(err, &p) && p == refusal.Problem && p.Code == want && p.What != "" &&
									got.Stage == from && got.Staged.Equal(noon) && event.What == ""
								if ok {
									told := known && allowed && len(lacks) > 0
									ok = slices.Equal(kinds(refusal.Lacks), map[bool][]pipeline.LackKind{true: lacks}[told]) &&
										refusal.CanOverride == (told && owner)
									for _, lack := range refusal.Lacks {
										ok = ok && strings.Contains(p.Next, lack.Words) != (want == "move-form")
									}
								}
							}
							if !ok {
								t.Fatalf("%s to %s by a %s, missing %+v, why %q, override %v:\nwant %q\ngot %+v %v %#v", from, to, role, m, why, override, want, event, err, err)
							}
						}
					}
				}
			}
		}
	}
	if moved == 0 || refused == 0 || overridden == 0 {
		t.Errorf("%d moved, %d of them overridden, %d refused", moved, overridden, refused)
	}
}

func TestAWithdrawnIdeaStaysWhereItIs(t *testing.T) {
	for _, from := range pipeline.Stages() {
		for _, to := range pipeline.Stages() {
			idea := ripe(from)
			idea.Withdrawn = noon
			_, _, err := pipeline.Decide(pipeline.Policy{}, pipeline.Person{ID: "U1"}, pipeline.Where{Team: payments("U1")}, idea, pipeline.Dossier{},
				pipeline.Move{To: to, Why: "x", Override: true}, noon)
			if p := problem(t, err); p.Code != "idea-withdrawn" || p.Next == "" {
				t.Errorf("%s to %s: %v", from, to, err)
			}
		}
	}
}

func TestWhatARefusalSays(t *testing.T) {
	ann := pipeline.Person{ID: "U1"} // product owner
	bob := pipeline.Person{ID: "U2"}
	bare := func(stage pipeline.Stage) pipeline.Idea {
		return pipeline.Idea{Key: pipeline.Key{Team: "PAY", Number: 12}, Stage: stage}
	}
	for want, c := range map[string]struct {
		who  pipeline.Person
		idea pipeline.Idea
		move pipeline.Move
	}{
		"PAY-12 stays in discovery. Nothing was lost. Still missing: Canvas (not begun), an outcome link, a “we will know when” and evidence for it.": {
			bob, bare(pipeline.Discovery), pipeline.Move{To: pipeline.Validated},
		},
		"PAY-12 stays validated. Nothing was lost. Still missing: INVEST (not begun).": {
			ann, ripe(pipeline.Validated), pipeline.Move{To: pipeline.Backlog},
		},
		"PAY-12 stays in discovery. Only the team's product owners can let it pass all the same. Nothing was lost. Still missing: Canvas (not begun).": {
			bob, ripe(pipeline.Discovery), pipeline.Move{To: pipeline.Validated, Override: true, Why: "I want it."},
		},
		"PAY-12 stays in discovery for now. Nothing was lost. Say in a line why it passes all the same. It is kept with the idea.": {
			ann, ripe(pipeline.Discovery), pipeline.Move{To: pipeline.Validated, Override: true, Why: " \u200b"},
		},
		"PAY-12 stays delivered for now. Nothing was lost. Say in a line what actually happened.": {
			ann, ripe(pipeline.Delivered), pipeline.Move{To: pipeline.Learned},
		},
		"PAY-12 stays in the Product Backlog for now. Nothing was lost. Say in a line why. It is kept with the idea.": {
			ann, ripe(pipeline.Backlog), pipeline.Move{To: pipeline.Discovery},
		},
		"PAY-12 stays in the Product Backlog for now. Nothing was lost. At most 500 characters; this has 501.": {
			ann, ripe(pipeline.Backlog), pipeline.Move{To: pipeline.Discovery, Why: strings.Repeat("ü", 501)},
		},
		"PAY-12 stays in the Product Backlog: parking it takes a reason and a time to look at it again. Nothing was changed. Type /antibacklog park PAY-12.": {
			ann, ripe(pipeline.Backlog), pipeline.Move{To: pipeline.Parked, Why: "We agreed on Monday.", Override: true},
		},
		"PAY-12 is in discovery already. Nothing was changed.": {
			bob, ripe(pipeline.Discovery), pipeline.Move{To: pipeline.Discovery},
		},
		"PAY-12 stays captured: no step leads from there to the Product Backlog. Nothing was changed. It can go to discovery and the Anti-Product Backlog.": {
			ann, ripe(pipeline.Captured), pipeline.Move{To: pipeline.Backlog, Override: true, Why: "x"},
		},
		"PAY-12 stays parked: no step leads from there to the delivered ideas. Nothing was changed. It can go to discovery.": {
			ann, ripe(pipeline.Parked), pipeline.Move{To: pipeline.Delivered},
		},
		"PAY-12 stays in discovery: no step leads from there to nowhere. Nothing was changed. It can go to the validated ideas and the Anti-Product Backlog.": {
			ann, ripe(pipeline.Discovery), pipeline.Move{To: "nowhere"},
		},
		"What becomes of an idea is decided by the team's product owners. Ask one of them.": {
			bob, ripe(pipeline.Validated), pipeline.Move{To: pipeline.Backlog},
		},
		"alignbot answers only people of the workspace it belongs to.": {
			pipeline.Person{ID: "U1", Outsider: true}, ripe(pipeline.Captured), pipeline.Move{To: pipeline.Discovery},
		},
	} {
		d := pipeline.Dossier{Templates: templates}
		_, _, err := pipeline.Decide(pipeline.Policy{}, c.who, pipeline.Where{Team: payments("U1")}, c.idea, d, c.move, noon)
		if err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
}

func TestAnotherTeamsIdeaIsNotDecidedHere(t *testing.T) {
	idea := ripe(pipeline.Captured)
	idea.Key.Team = "SEC"
	for _, team := range []*pipeline.Team{payments("U1"), nil} {
		_, _, err := pipeline.Decide(pipeline.Policy{}, pipeline.Person{ID: "U1"}, pipeline.Where{Team: team}, idea, pipeline.Dossier{}, pipeline.Move{To: pipeline.Discovery}, noon)
		if p := problem(t, err); p.Code != "not-permitted" || strings.Contains(p.Error(), "SEC") {
			t.Error(p)
		}
	}
}

func TestAPrivateTeamsIdeaIsNotNamedToOthers(t *testing.T) {
	team := payments("U9")
	team.Private = true
	for _, to := range pipeline.Stages() {
		_, _, err := pipeline.Decide(pipeline.Policy{}, pipeline.Person{ID: "U1"}, pipeline.Where{Team: team}, ripe(pipeline.Discovery), pipeline.Dossier{}, pipeline.Move{To: to}, noon)
		if p := problem(t, err); p.Code != "not-permitted" || strings.Contains(p.Error(), "PAY") {
			t.Errorf("to %s: %v", to, p)
		}
	}
}

func TestWhatIsKeptOfADecision(t *testing.T) {
	d := pipeline.Dossier{Templates: templates}
	before := ripe(pipeline.Discovery)
	before.Outcomes = nil
	later := noon.Add(time.Hour)
	after, event, err := pipeline.Decide(pipeline.Policy{}, pipeline.Person{ID: "U1"}, pipeline.Where{Team: payments("U1")}, before, d,
		pipeline.Move{To: pipeline.Validated, Why: " The board\nasked. ", Override: true, OnBehalf: "U7"}, later)
	if err != nil {
		t.Fatal(err)
	}
	want := pipeline.Event{
		At: later, By: "U1", What: pipeline.WasOverridden, From: pipeline.Discovery, To: pipeline.Validated, Why: "The board asked.", OnBehalf: "U7",
		Lacks: []string{"Canvas (not begun)", "an outcome link"},
	}
	if diff := cmp.Diff(want, event); diff != "" {
		t.Error(diff)
	}
	idea := before
	idea.Stage, idea.Staged, idea.Changed = pipeline.Validated, later, later
	if diff := cmp.Diff(idea, after); diff != "" {
		t.Errorf("only the stage moves:\n%s", diff)
	}
	_, event, err = pipeline.Decide(pipeline.Policy{}, pipeline.Person{ID: "U1"}, pipeline.Where{Team: payments("U1")}, ripe(pipeline.Captured), d,
		pipeline.Move{To: pipeline.Discovery, Override: true, OnBehalf: "U1"}, later)
	want = pipeline.Event{At: later, By: "U1", What: pipeline.WasMoved, From: pipeline.Captured, To: pipeline.Discovery}
	if diff := cmp.Diff(want, event); err != nil || diff != "" {
		t.Errorf("an override where nothing lacks, for oneself: %v\n%s", err, diff)
	}
}
