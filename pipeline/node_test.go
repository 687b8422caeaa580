package pipeline_test

import (
	"testing"

	"pgregory.net/rapid"

	"alignbot/pipeline"
)

func TestNodeKeys(t *testing.T) {
	for typed, want := range map[string]string{
		"PAY-O3": "PAY-O3", " pay-p5\n": "PAY-P5", "PAY-I2": "PAY-I2", "O2-O1": "O2-O1", "a1-i999999999": "A1-I999999999",
		"": "", "PAY-3": "", "PAY-X3": "", "PAY-P0": "", "PAY-P03": "", "PAY-P1000000000": "", "P5": "", "PAY-OP3": "", "PAY P5": "", "PAY-P5,PAY-P6": "",
	} {
		k, err := pipeline.ParseNodeKey(typed)
		if (err != nil) != (want == "") || err == nil && k.String() != want {
			t.Errorf("%q: got %s, %v; want %q", typed, k, err, want)
		}
		if err != nil && (!k.IsZero() || problem(t, err).Next == "") {
			t.Errorf("%q: refused as %v, yet %s", typed, err, k)
		}
	}
}

func TestNodeKeysAsPeopleTypeThem(t *testing.T) {
	for typed, want := range map[string]pipeline.NodeKey{
		"o3":        {Number: 3},
		"P5":        {Kind: pipeline.OpportunityNode, Number: 5},
		"i-2":       {Kind: pipeline.ImpactNode, Number: 2},
		"pay o3":    {Team: "PAY", Number: 3},
		"PAY-O3":    {Team: "PAY", Number: 3},
		"pay–p5":    {Team: "PAY", Kind: pipeline.OpportunityNode, Number: 5},
		"pay_i_2":   {Team: "PAY", Kind: pipeline.ImpactNode, Number: 2},
		"po o3":     {Team: "PO", Number: 3},
		"3":         {},
		"pay 3":     {},
		"payo3":     {},
		"o3 o4":     {Team: "O3", Number: 4},
		"o3 o4 o5":  {},
		"the first": {},
	} {
		if got, err := pipeline.ParseTypedNode(typed); got != want || (err != nil) != want.IsZero() {
			t.Errorf("%q: got %v, %v; want %v", typed, got, err, want)
		}
	}
}

// The list of an idea's links is stored as keys with commas between.
func TestNodeKeysReadBackAsTheyAreWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		key := pipeline.NodeKey{
			Team:   pipeline.TeamKey(rapid.StringMatching(`[A-Z][A-Z0-9]{1,7}`).Draw(t, "team")),
			Kind:   rapid.SampledFrom([]pipeline.NodeKind{pipeline.OutcomeNode, pipeline.OpportunityNode, pipeline.ImpactNode}).Draw(t, "kind"),
			Number: rapid.IntRange(1, 999_999_999).Draw(t, "number"),
		}
		if got, err := pipeline.ParseNodeKey(key.String()); err != nil || got != key {
			t.Fatalf("%s reads back as %v, %v", key, got, err)
		}
		got, err := pipeline.ParseOutcomeKey(key.String())
		if isOutcome := key.Kind == pipeline.OutcomeNode; (err == nil) != isOutcome || isOutcome && got != key {
			t.Fatalf("%s as an outcome is %v, %v", key, got, err)
		}
	})
}

func TestAnIdeasKeyIsNoNodesKey(t *testing.T) {
	if _, err := pipeline.ParseKey("PAY-O3"); err == nil {
		t.Error("an outcome's key was taken for an idea's")
	}
	if key, err := pipeline.ParseTypedKey("PAY-O3"); err == nil {
		t.Errorf("an outcome's key was taken for the idea %s", key)
	}
}
