package pipeline_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"alignbot/pipeline"
)

// journey is an idea with everything around it, and its history.
type journey struct {
	team    *pipeline.Team
	idea    pipeline.Idea
	runs    []pipeline.RunSummary
	load    pipeline.Load
	history []pipeline.Event
	now     time.Time
}

// complete says what the gates promise, in the plainest words: it shares
// nothing with the rules.
func (j *journey) complete(required []pipeline.TemplateID) bool {
	for _, id := range required {
		verdict := pipeline.Undecided
		for _, run := range j.runs { // in the order they began
			if run.Template == id {
				verdict = run.Verdict
				if len(run.Live) > 0 && j.idea.Size == 0 {
					verdict = pipeline.Undecided
				}
			}
		}
		if verdict != pipeline.Passed {
			return false
		}
	}
	supporting := 0
	for _, n := range j.idea.Tally.For {
		supporting += n
	}
	return len(j.idea.Outcomes) > 0 && j.idea.Measure != "" && (supporting > 0 || j.idea.Evidence != "")
}

func (j *journey) fits() bool {
	switch {
	case j.team.Velocity == 0:
		return true
	case j.team.VelocityIdeas:
		return float64(j.load.Ideas+1)/float64(j.team.Velocity) <= 6
	}
	return float64(j.load.Points+j.idea.Size)/float64(j.team.Velocity) <= 6
}

// Whatever random people do in whatever order, nothing comes to validated or to
// the Product Backlog unless its gate was satisfied at that moment, or a
// product owner's override with its reason and what was missing is on record.
func TestNothingReachesTheBacklogWithoutItsGateOrAnOverrideOnRecord(t *testing.T) {
	arrived := map[pipeline.What]int{}
	rapid.Check(t, func(t *rapid.T) {
		j := &journey{team: payments("U_OWN"), now: noon}
		j.team.SoftLimit, j.team.HardLimit = 0, 0
		first := rapid.SampledFrom([]pipeline.Stage{pipeline.Captured, pipeline.Discovery, pipeline.Validated}).Draw(t, "stage")
		j.idea = pipeline.Idea{Key: pipeline.Key{Team: "PAY", Number: 12}, Stage: first, Staged: noon}
		if rapid.Bool().Draw(t, "ripe") { // else the walks seldom get far
			j.idea = ripe(first)
			j.runs = []pipeline.RunSummary{{ID: 1, Template: "canvas", Verdict: pipeline.Passed}, {ID: 2, Template: "invest", Verdict: pipeline.Passed}}
		}
		people := []pipeline.Person{
			{ID: "U_OWN"}, {ID: "U_OWN", Deactivated: true}, {ID: "U_OWN", Guest: true}, {ID: "U_MEM"}, {ID: "U_ADM", Admin: true},
			{ID: "U_GUE", Guest: true}, {ID: "U_OUT", Outsider: true}, {ID: "U_BOT", Bot: true},
		}
		anybody := func(t *rapid.T) pipeline.Person {
			// Often the owner, so that something happens.
			if rapid.Bool().Draw(t, "owner") {
				return people[0]
			}
			return rapid.SampledFrom(people).Draw(t, "person")
		}
		may := func(t *rapid.T, action pipeline.Action) bool {
			return pipeline.May(pipeline.Policy{Guests: true}, anybody(t), action, pipeline.Where{Team: j.team, InChannel: true}).OK
		}
		attempt := func(t *rapid.T, m pipeline.Move) {
			p := anybody(t)
			before := j.idea
			passes := map[pipeline.Stage]bool{
				pipeline.Validated: j.complete(j.team.Required),
				pipeline.Backlog:   j.complete(j.team.RequiredForBacklog) && j.fits(),
			}
			d := pipeline.Dossier{Runs: slices.Clone(j.runs), Templates: templates, Load: j.load}
			where := pipeline.Where{Team: j.team, InChannel: true}
			after, event, err := pipeline.Decide(pipeline.Policy{Guests: true}, p, where, j.idea, d, m, j.now)
			if m.To == pipeline.Parked {
				if err == nil {
					t.Fatal("a mere move parked an idea")
				}
				parking := notNow()
				parking.Why = m.Why
				after, event, err = pipeline.Park(pipeline.Policy{Guests: true}, p, where, j.idea, pipeline.Dossier{}, parking, j.now)
			}
			if err != nil {
				if after.Stage != before.Stage {
					t.Fatalf("refused (%v), yet it moved to %s", err, after.Stage)
				}
				return
			}
			promised, known := promisedSteps[[2]pipeline.Stage{before.Stage, after.Stage}]
			switch overridden := event.What == pipeline.WasOverridden; {
			case !known || after.Stage != m.To:
				t.Fatalf("moved from %s to %s", before.Stage, after.Stage)
			case p.Deactivated || p.Guest || p.Outsider || p.Bot:
				t.Fatalf("moved by %+v", p)
			case (promised.who == "owner" || overridden) && p.ID != "U_OWN":
				t.Fatalf("%s to %s (%s) by %s", before.Stage, after.Stage, event.What, p.ID)
			case (promised.why || overridden) && event.Why == "":
				t.Fatalf("%s to %s (%s) without a why", before.Stage, after.Stage, event.What)
			case overridden != (len(event.Lacks) > 0):
				t.Fatalf("%s with %q missing", event.What, event.Lacks)
			case (after.Stage == pipeline.Parked) != (after.Parking != nil):
				t.Fatalf("%s with the parking %+v", after.Stage, after.Parking)
			case promised.gate && passes[after.Stage] == overridden:
				t.Fatalf("%s to %s: %s, with the gate satisfied %v\n%+v\n%+v", before.Stage, after.Stage, event.What, passes[after.Stage], before, d)
			}
			j.idea = after
			j.history = append(j.history, event)
			if after.Stage == pipeline.Backlog {
				arrived[event.What]++
			}
		}

		forward := func(t *rapid.T) {
			for range 3 { // people, one after the other
				if step, ok := pipeline.NextStep(j.idea.Stage); ok {
					attempt(t, pipeline.Move{To: step.To, Why: "It was asked."})
				}
			}
		}

		forward(t)
		t.Repeat(map[string]func(*rapid.T){
			"forward": forward,
			"override": func(t *rapid.T) {
				if step, ok := pipeline.NextStep(j.idea.Stage); ok {
					attempt(t, pipeline.Move{To: step.To, Why: rapid.SampledFrom([]string{"", "Now."}).Draw(t, "why"), Override: true})
				}
			},
			"anywhere": func(t *rapid.T) {
				attempt(t, pipeline.Move{
					To:       rapid.SampledFrom(pipeline.Stages()).Draw(t, "to"),
					Why:      rapid.SampledFrom([]string{"", "\u200b", "Because."}).Draw(t, "why"),
					Override: rapid.Bool().Draw(t, "override"),
				})
			},
			"link": func(t *rapid.T) {
				if !may(t, pipeline.LinkOutcome) {
					return
				}
				if linked, _, err := pipeline.Link(j.idea, pipeline.Node{Key: outcomes("PAY", rapid.IntRange(1, 3).Draw(t, "outcome"))[0]}, "U1", j.now); err == nil {
					j.idea = linked
				}
			},
			"unlink": func(t *rapid.T) {
				if linked, _, err := pipeline.Unlink(j.idea, outcomes("PAY", rapid.IntRange(1, 3).Draw(t, "outcome"))[0], "why", "U1", j.now); err == nil {
					j.idea = linked
				}
			},
			"evidence": func(t *rapid.T) {
				if !may(t, pipeline.AddEvidence) {
					return
				}
				e := pipeline.Evidence{Strength: rapid.SampledFrom(pipeline.Strengths()).Draw(t, "strength"), Against: rapid.Bool().Draw(t, "against")}
				j.idea.Tally = j.idea.Tally.Add(e, rapid.Bool().Draw(t, "new"))
			},
			"edit": func(t *rapid.T) {
				text := rapid.SampledFrom([]string{"", "half as many ask", "\u200b"})
				edited, err := pipeline.Edit(j.idea, pipeline.Draft{Title: "x", Measure: text.Draw(t, "measure"), Evidence: text.Draw(t, "evidence")}, j.now)
				if err == nil {
					j.idea = edited
				}
			},
			"size": func(t *rapid.T) {
				if sized, err := pipeline.SizeIdea(j.idea, pipeline.Feature, rapid.SampledFrom([]string{"", "1", "30", "999"}).Draw(t, "size"), "", j.now); err == nil {
					j.idea = sized
				}
			},
			"begin a checklist": func(t *rapid.T) {
				run := pipeline.RunSummary{ID: len(j.runs) + 1, Template: rapid.SampledFrom([]pipeline.TemplateID{"canvas", "invest"}).Draw(t, "template")}
				if rapid.Bool().Draw(t, "live") {
					run.Live = []pipeline.Item{{Kind: pipeline.KindFact, Fact: pipeline.FactSize, Required: true}}
				}
				j.runs = append(j.runs, run)
			},
			"decide a checklist": func(t *rapid.T) {
				if len(j.runs) > 0 {
					j.runs[rapid.IntRange(0, len(j.runs)-1).Draw(t, "run")].Verdict = rapid.SampledFrom([]pipeline.Verdict{
						pipeline.Passed, pipeline.Passed, pipeline.Passed, pipeline.Failed, pipeline.Inconclusive, pipeline.Undecided,
					}).Draw(t, "verdict")
				}
			},
			"withdraw or bring back": func(t *rapid.T) {
				full := j.idea.Stage == pipeline.Backlog && !j.fits()
				back, event, err := pipeline.BringBack(*j.team, j.idea, j.load, rapid.Bool().Draw(t, "to discovery"), "U_OWN", j.now)
				if err == nil {
					if full && back.Stage == pipeline.Backlog {
						t.Fatal("it came back to a Product Backlog without room for it")
					}
					if j.idea = back; event.To != "" {
						j.history = append(j.history, event)
					}
				} else if rapid.IntRange(0, 4).Draw(t, "seldom") == 0 {
					j.idea, _ = pipeline.Withdraw(j.idea, "U_OWN", j.now)
				}
			},
			"work comes and goes": func(t *rapid.T) {
				j.load.Ideas = rapid.IntRange(0, 40).Draw(t, "ideas")
				j.load.Sized = rapid.IntRange(0, j.load.Ideas).Draw(t, "sized")
				j.load.Points = j.load.Sized * rapid.IntRange(1, 5).Draw(t, "points each")
			},
			"the team changes": func(t *rapid.T) {
				ids := rapid.SliceOfDistinct(rapid.SampledFrom([]pipeline.TemplateID{"canvas", "invest"}), rapid.ID[pipeline.TemplateID])
				j.team.Required, j.team.RequiredForBacklog = ids.Draw(t, "required"), ids.Draw(t, "required for the backlog")
				j.team.Velocity = rapid.SampledFrom([]int{0, 5, 10}).Draw(t, "velocity")
				j.team.VelocityIdeas = rapid.Bool().Draw(t, "in ideas")
			},
			"": func(t *rapid.T) {
				j.now = j.now.Add(time.Minute)
				stage := first
				for i, event := range j.history {
					if event.From != stage {
						t.Fatalf("event %d moves from %s, but it was in %s", i, event.From, stage)
					}
					stage = event.To
				}
				if stage != j.idea.Stage {
					t.Fatalf("the history leads to %s, the idea is in %s", stage, j.idea.Stage)
				}
			},
		})
	})
	if arrived[pipeline.WasMoved] == 0 || arrived[pipeline.WasOverridden] == 0 {
		t.Errorf("the walks prove little: %v came to the backlog", arrived)
	}
	t.Logf("came to the Product Backlog: %v", arrived)
}

// answered is a run of a built-in checklist with an answer to everything that a
// person answers.
func answered(t *testing.T, id pipeline.TemplateID, form pipeline.Form, number int, idea pipeline.Idea) pipeline.RunSummary {
	t.Helper()
	template, ok := pipeline.FindTemplate(pipeline.BuiltIn(), id)
	if !ok {
		t.Fatalf("no %s is built in", id)
	}
	run, err := pipeline.BeginRun(template, form, idea, "U2", noon)
	if err != nil {
		t.Fatal(err)
	}
	run.ID = number
	var typed []pipeline.Typed
	for _, item := range run.Items() {
		if !item.Answerable() {
			continue
		}
		answer := pipeline.Answer{Value: "Something that we know"}
		if item.Kind == pipeline.KindYesNo {
			answer = pipeline.Answer{Value: "yes", Why: "We looked."}
		}
		typed = append(typed, pipeline.Typed{Key: pipeline.AnswerKey(item.ID), Answer: answer})
	}
	run, clashes, err := pipeline.Fill(run, typed, "U2", noon)
	if err != nil || len(clashes) > 0 {
		t.Fatal(clashes, err)
	}
	return run.Summarize(time.UTC)
}

// The way of an idea as a team goes it, with the checklists that are built in.
func TestFromCapturedToLearned(t *testing.T) {
	ann, bob := pipeline.Person{ID: "U1"}, pipeline.Person{ID: "U2"}
	team := pipeline.DefaultTeam("C1", "payments", ann)
	team.RequiredForBacklog = []pipeline.TemplateID{pipeline.DefinitionOfReady}
	team.Velocity = 10
	idea, err := pipeline.Capture(pipeline.Draft{Title: "Export invoices as PDF"}, "PAY", "U2", pipeline.Source{}, noon)
	if err != nil {
		t.Fatal(err)
	}
	idea.Key.Number = 12
	d := pipeline.Dossier{Templates: pipeline.BuiltIn()}
	var history []pipeline.Event
	decide := func(who pipeline.Person, m pipeline.Move) error {
		after, event, err := pipeline.Decide(pipeline.Policy{}, who, pipeline.Where{Team: &team}, idea, d, m, noon)
		if err == nil {
			idea, history = after, append(history, event)
		}
		return err
	}
	refused := func(who pipeline.Person, m pipeline.Move, next string) {
		t.Helper()
		if p := problem(t, decide(who, m)); p.Next != next {
			t.Errorf("to %s:\ngot  %s\nwant %s", m.To, p.Next, next)
		}
	}
	moves := func(who pipeline.Person, m pipeline.Move) {
		t.Helper()
		if err := decide(who, m); err != nil {
			t.Fatal(err)
		}
	}
	change := func(changed pipeline.Idea, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		idea = changed
	}

	moves(bob, pipeline.Move{To: pipeline.Discovery})
	refused(bob, pipeline.Move{To: pipeline.Validated}, "Still missing: Opportunity Canvas (not begun), an outcome link, a “we will know when” and evidence for it.")

	d.Runs = append(d.Runs, answered(t, pipeline.OpportunityCanvas, "quick", 1, idea))
	linked, _, err := pipeline.Link(idea, pipeline.Node{Key: pipeline.OutcomeKey{Team: "PAY", Number: 3}}, bob.ID, noon)
	change(linked, err)
	change(pipeline.Edit(idea, pipeline.Draft{Title: idea.Title, Measure: "half as many people ask support"}, noon))
	idea.Tally = idea.Tally.Add(pipeline.Evidence{Strength: pipeline.WhatPeopleSay}, true)
	moves(bob, pipeline.Move{To: pipeline.Validated})

	refused(bob, pipeline.Move{To: pipeline.Backlog}, "")
	refused(ann, pipeline.Move{To: pipeline.Backlog}, "Still missing: Definition of Ready (not begun).")
	d.Runs = append(d.Runs, answered(t, pipeline.DefinitionOfReady, "", 2, idea))
	refused(ann, pipeline.Move{To: pipeline.Backlog}, "Still missing: Definition of Ready (not passed yet; INVEST (not begun); no acceptance criterion).")
	d.Runs = append(d.Runs, answered(t, pipeline.INVEST, "", 3, idea))
	change(pipeline.SizeIdea(idea, pipeline.Feature, "8 points", "- It opens in any reader\n- It has the logo", noon))
	moves(ann, pipeline.Move{To: pipeline.Backlog})

	moves(ann, pipeline.Move{To: pipeline.Delivered})
	refused(ann, pipeline.Move{To: pipeline.Learned}, "Say in a line what actually happened.")
	moves(ann, pipeline.Move{To: pipeline.Learned, Why: "A third as many people ask."})
	if len(history) != 5 || idea.Stage != pipeline.Learned {
		t.Errorf("%s after %+v", idea.Stage, history)
	}
	for _, event := range history {
		if event.What != pipeline.WasMoved {
			t.Errorf("%+v", event)
		}
	}
}
