package pipeline_test

import (
	"testing"

	"alignbot/pipeline"
)

// The pipeline as it is promised: every step there is, who may take it, and
// what it asks for. "member" is anybody of the workspace who is no guest,
// "owner" a product owner of the team.
var promisedSteps = map[[2]pipeline.Stage]struct {
	who       string
	why, gate bool
}{
	{"captured", "discovery"}:  {who: "member"},
	{"discovery", "validated"}: {who: "member", gate: true},
	{"validated", "backlog"}:   {who: "owner", gate: true},
	{"backlog", "delivered"}:   {who: "owner"},
	{"delivered", "learned"}:   {who: "owner", why: true},
	{"validated", "discovery"}: {who: "owner", why: true},
	{"backlog", "discovery"}:   {who: "owner", why: true},
	{"parked", "discovery"}:    {who: "owner", why: true},
	{"captured", "parked"}:     {who: "owner", why: true},
	{"discovery", "parked"}:    {who: "owner", why: true},
	{"validated", "parked"}:    {who: "owner", why: true},
	{"backlog", "parked"}:      {who: "owner", why: true},
	{"delivered", "parked"}:    {who: "owner", why: true},
	{"learned", "parked"}:      {who: "owner", why: true},
}

func TestTheStepsOfThePipeline(t *testing.T) {
	for _, from := range pipeline.Stages() {
		for _, to := range pipeline.Stages() {
			want, known := promisedSteps[[2]pipeline.Stage{from, to}]
			got, ok := pipeline.StepTo(from, to)
			if ok != known {
				t.Errorf("%s to %s: a step %v, promised %v", from, to, ok, known)
			}
			if !ok {
				continue
			}
			may := map[string]pipeline.Action{"member": pipeline.MoveIdea, "owner": pipeline.DecideIdea}[want.who]
			if got.From != from || got.To != to || got.May != may || got.NeedsWhy != want.why {
				t.Errorf("%s to %s: %+v, promised %+v", from, to, got, want)
			}
		}
	}
}

func TestTheStepForward(t *testing.T) {
	forward := map[pipeline.Stage]pipeline.Stage{
		"captured": "discovery", "discovery": "validated", "validated": "backlog", "backlog": "delivered", "delivered": "learned",
	}
	for _, from := range append(pipeline.Stages(), "", "nowhere") {
		step, ok := pipeline.NextStep(from)
		if ok != (forward[from] != "") || step.To != forward[from] {
			t.Errorf("from %q on to %q, %v", from, step.To, ok)
		}
		for _, to := range pipeline.Stages() {
			if step, ok := pipeline.StepTo(from, to); ok && step.Forward() != (forward[from] == to) {
				t.Errorf("%s to %s: forward %v", from, to, step.Forward())
			}
		}
	}
}

func TestStageNounsReadInASentence(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range pipeline.Stages() {
		noun := pipeline.StageNoun(s)
		if noun == "" || seen[noun] {
			t.Errorf("%s: %q", s, noun)
		}
		seen[noun] = true
	}
	if pipeline.StageNoun(pipeline.Backlog) != "the Product Backlog" || pipeline.StageNoun(pipeline.Discovery) != "discovery" {
		t.Error(seen)
	}
}
