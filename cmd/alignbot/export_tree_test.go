package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/storage"
	"alignbot/storage/redistest"
)

func TestExportTreeThatIsMistyped(t *testing.T) {
	for name, test := range map[string]struct {
		args []string
		says string
	}{
		"no command":        {[]string{"treee"}, "did you mean alignbot export tree?"},
		"an unknown format": {[]string{"tree", "--format", "dot"}, `there is no format "dot". Known are: mermaid, json`},
		"an unknown part":   {[]string{"tree", "--view", "roots"}, `there is no part "roots" of a tree. Known are: all, outcomes, opportunities, impacts`},
		"no outcome":        {[]string{"tree", "--view", "impacts"}, "impacts hang under an outcome: name it with --outcome"},
		"an outcome of all": {[]string{"tree", "--outcome", "O3"}, "--outcome goes with --view opportunities or --view impacts"},
		"no outcome's key":  {[]string{"tree", "--view", "impacts", "--outcome", "PAY-P3"}, `"PAY-P3" is not the key of an outcome`},
		"an argument":       {[]string{"tree", "PAY"}, "takes nothing but flags"},
	} {
		t.Run(name, func(t *testing.T) {
			code, _, said := start(t, nil, append([]string{"export"}, test.args...)...)
			if code != exitUsage || !strings.Contains(said, test.says) {
				t.Errorf("exit code %d, does not say %q:\n%s", code, test.says, said)
			}
		})
	}
}

func TestExportTreePrintsATeamsTree(t *testing.T) {
	url := redistest.Start(t)
	addTeam(t, url, "T1", "PAY")
	addTree(t, url, "T1", "PAY")
	environ := []string{"ALIGNBOT_REDIS_URL=" + url}
	run := func(code int, args ...string) string {
		t.Helper()
		got, stdout, stderr := start(t, environ, append([]string{"export", "tree"}, args...)...)
		if got != code {
			t.Fatalf("%q: exit code %d\n%s%s", args, got, stdout, stderr)
		}
		return stdout + stderr
	}
	says := func(said string, wanted ...string) {
		t.Helper()
		for _, want := range wanted {
			if !strings.Contains(said, want) {
				t.Errorf("does not say %q:\n%s", want, said)
			}
		}
	}
	says(run(exitOK), "flowchart LR\n", "The tree of PAY", "PAY-O1 business outcome", "Lower cost to serve", "PAY-P1 opportunity", "I never know", "PAY-I1 impact")
	if outcomes := run(exitOK, "--team", "pay", "--view", "outcomes"); strings.Contains(outcomes, "PAY-P1") || !strings.Contains(outcomes, "PAY-O2") {
		t.Errorf("the outcomes alone are\n%s", outcomes)
	}
	says(run(exitOK, "--view", "impacts", "--outcome", "o2"), "The impact map of PAY", "accountants")
	says(run(exitFailed, "--view", "impacts", "--outcome", "PAY-O9"), "there is no outcome PAY-O9 in that team")

	var shape struct {
		Version int
		View    string
		Roots   []struct {
			Key      string
			Children []struct{ Key, Words string }
		}
	}
	if err := json.Unmarshal([]byte(run(exitOK, "--format", "JSON", "--view", "opportunities", "--outcome", "PAY-O2")), &shape); err != nil {
		t.Fatal(err)
	}
	if shape.Version != 1 || shape.View != "opportunity solution tree" || shape.Roots[0].Key != "PAY-O2" || shape.Roots[0].Children[0].Key != "PAY-P1" {
		t.Errorf("the JSON is %+v", shape)
	}
}

// addTree gives a team a business outcome, a product outcome under it, and an
// opportunity and an impact under that.
func addTree(t *testing.T, url, workspace string, team pipeline.TeamKey) {
	t.Helper()
	db, err := storage.Open(t.Context(), storage.Settings{URL: url}, newLogger(t.Output(), LogSettings{Level: "warn", Format: "text"}))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	store, ctx, now := db.Workspace(workspace), t.Context(), time.Now()
	added := pipeline.Event{At: now, By: "U1", What: pipeline.WasAdded}
	business, err := store.AddOutcome(ctx, "business", pipeline.Outcome{
		Key: pipeline.OutcomeKey{Team: team}, Statement: "Lower cost to serve", Kind: pipeline.BusinessOutcome, Created: now, CreatedBy: "U1", Changed: now,
	}, storage.Slot{}, added)
	check(err)
	product, err := store.AddOutcome(ctx, "product", pipeline.Outcome{
		Key: pipeline.OutcomeKey{Team: team}, Statement: "Fewer support calls", Kind: pipeline.ProductOutcome, Parent: business.Key, Created: now, CreatedBy: "U1", Changed: now,
	}, storage.Slot{}, added)
	check(err)
	_, err = store.AddOpportunity(ctx, "opportunity", pipeline.Opportunity{
		Key: pipeline.NodeKey{Team: team, Kind: pipeline.OpportunityNode}, Parent: product.Key, Statement: "I never know whether the invoice was paid", Kind: pipeline.Pain, Created: now, CreatedBy: "U1", Changed: now,
	}, storage.Slot{}, added)
	check(err)
	_, err = store.AddImpact(ctx, "impact", pipeline.Impact{
		Key: pipeline.NodeKey{Team: team, Kind: pipeline.ImpactNode}, Goal: product.Key, Actor: "accountants", To: "export invoices", Created: now, CreatedBy: "U1", Changed: now,
	}, storage.Slot{}, added)
	check(err)
}
