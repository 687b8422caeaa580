package pipeline_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"alignbot/pipeline"
)

func TestHintsOfCanvases(t *testing.T) {
	type boxes = map[pipeline.BoxID]string
	five := "\n- Pay by phone\n- Remind\n- Split\n- Export\n- Import"
	for name, c := range map[string]struct {
		kind  pipeline.CanvasKind
		boxes boxes
		want  []string // box: the beginning of the hint
	}{
		"empty canvases are not nagged about": {pipeline.LeanCanvas, nil, nil},

		"Lean: more than three problems":         {pipeline.LeanCanvas, boxes{"problem": "One\n- Two\n\n* Three\n4"}, []string{"problem: 4 problems are listed."}},
		"Lean: three problems are fine":          {pipeline.LeanCanvas, boxes{"problem": "One\nTwo\nThree\n-\n"}, nil},
		"Lean: a solution looking for a problem": {pipeline.LeanCanvas, boxes{"solution": "An app"}, []string{"solution: There is a solution, and nothing yet about whose problem"}},
		"Lean: a value that is an output":        {pipeline.LeanCanvas, boxes{"value": "Launch the invoice app"}, []string{"value: “Launch the invoice app” says what is made rather than what will have changed."}},
		"Lean: nothing is marked": {pipeline.LeanCanvas, boxes{"problem": "x", "segments": "y", "value": "z"},
			[]string{": No assumption is marked by risk yet."}},
		"Lean: nearly full": {pipeline.LeanCanvas, boxes{"problem": "x", "segments": "y", "value": "z", "solution": "a", "channels": "b", "revenue": "c", "cost": "d"},
			[]string{": No assumption is marked", ": Still empty: “Key metrics” and “Unfair advantage”."}},

		"Strategy: the next step without a number":   {pipeline.StrategyCanvas, boxes{"target": "Happier shops"}, []string{"target: The target condition names no number."}},
		"Strategy: the next step without a date":     {pipeline.StrategyCanvas, boxes{"target": "From 12 % to 25 %"}, []string{"target: The target condition has no date."}},
		"Strategy: a baseline without the number":    {pipeline.StrategyCanvas, boxes{"target": "From 12 % to 25 % by June", "current": "Not good"}, []string{"current: The current state names no number", ": Still empty"}},
		"Strategy: the challenge repeats the vision": {pipeline.StrategyCanvas, boxes{"vision": "Every shop is paid in time.", "challenge": "every shop is paid in time"}, []string{"challenge: “Challenge” says the same as “Vision”.", ": Still empty"}},

		"Vision board: six things are no product":    {pipeline.VisionBoard, boxes{"product": "One" + five}, []string{"product: 6 things make up the product.", "needs: There is a product, and no need yet"}},
		"Vision board: business goals in words only": {pipeline.VisionBoard, boxes{"business": "More revenue"}, []string{"business: The business goals name no number."}},

		"GO: a goal without a metric":        {pipeline.GORoadmap, boxes{"when.1": "June", "goal.1": "Shops are paid in time"}, []string{"metrics.1: Release 1: the goal has no metric yet."}},
		"GO: six features":                   {pipeline.GORoadmap, boxes{"when.1": "June", "name.1": "Spring", "goal.1": "Paid in time", "metrics.1": "30 days", "features.1": "One" + five}, []string{"features.1: Spring: 6 features."}},
		"GO: five features are fine":         {pipeline.GORoadmap, boxes{"when.1": "June", "goal.1": "Paid in time", "metrics.1": "30 days", "features.1": five}, nil},
		"GO: a goal that names a feature":    {pipeline.GORoadmap, boxes{"when.1": "June", "goal.1": "Everybody can pay by phone.", "metrics.1": "30 %", "features.1": five}, []string{"goal.1: Release 1: the goal names the feature “Pay by phone”."}},
		"GO: a goal that is a feature":       {pipeline.GORoadmap, boxes{"when.1": "June", "goal.1": "Build the payment page", "metrics.1": "30 %"}, []string{"goal.1: Release 1: “Build the payment page” says what is made"}},
		"GO: features without a goal":        {pipeline.GORoadmap, boxes{"features.1": "Export"}, []string{"goal.1: Release 1: there are features, and no goal yet that needs them."}},
		"GO: no date, in the second release": {pipeline.GORoadmap, boxes{"goal.2": "Paid in time", "metrics.2": "30 days"}, []string{"when.2: Release 2: there is no date or time frame yet."}},

		"Goal: no deadline, no measure": {pipeline.ProductGoal, boxes{"goal": "Shops are paid in time"}, []string{"goal: The product goal has no deadline.", "leading: The product goal has no measure yet"}},
		"Goal: a deadline in words":     {pipeline.ProductGoal, boxes{"goal": "Shops are paid in time by the end of March", "leading": "a", "lagging": "b"}, nil},
		"Goal: leading only":            {pipeline.ProductGoal, boxes{"goal": "Paid in time in Q2", "leading": "Reminders opened"}, []string{"lagging: There are leading measures, and no lagging one"}},
		"Goal: lagging only":            {pipeline.ProductGoal, boxes{"goal": "Paid in time in Q2", "lagging": "Revenue"}, []string{"leading: There are lagging measures only."}},
		"Goal: both say the same":       {pipeline.ProductGoal, boxes{"leading": "Revenue", "lagging": "revenue!"}, []string{"lagging: “Lagging measures” says the same as “Leading measures”."}},
		"Goal: the vision once more":    {pipeline.ProductGoal, boxes{"vision": "All paid by 2027", "goal": "All paid by 2027.", "leading": "a", "lagging": "b"}, []string{"goal: “Product goal” says the same as “Vision”.", ": Still empty"}},
		"Goal: a story instead": {pipeline.ProductGoal, boxes{"goal": "By June " + strings.Repeat("words ", 40), "leading": "a", "lagging": "b"},
			[]string{"goal: The product goal has 42 words."}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for i, hint := range aCanvas(t, c.kind, c.boxes).Hints(nil) {
				words := string(hint.Box) + ": " + hint.Text
				if i < len(c.want) && strings.HasPrefix(words, c.want[i]) {
					words = c.want[i]
				}
				got = append(got, words)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTheRiskiestAssumptionWantsATest(t *testing.T) {
	c := aCanvas(t, pipeline.LeanCanvas, nil)
	c = filledBox(t, c, pipeline.TypedBox{ID: "channels", Text: "Word of mouth", Risk: pipeline.RiskHigh})
	hints := c.Hints(nil)
	if len(hints) != 1 || hints[0].Box != "channels" || !strings.Contains(hints[0].Text, "has no Test Card yet") {
		t.Errorf("%+v", hints)
	}
	box := c.Boxes["channels"]
	box.Test = pipeline.BoxTest{Idea: pipeline.Key{Team: "PAY", Number: 1}, Run: 1}
	c.Boxes["channels"] = box
	if hints := c.Hints(nil); len(hints) != 0 {
		t.Errorf("tested: %+v", hints)
	}
}

func TestTheGuideChoosesByWhereTheProductStands(t *testing.T) {
	known := map[pipeline.CanvasKind]bool{pipeline.NowNextLater: true}
	for _, template := range pipeline.BuiltInCanvases() {
		known[template.ID] = true
	}
	got := map[string][]pipeline.CanvasKind{}
	for _, advice := range pipeline.CanvasGuide() {
		got[advice.When] = advice.Kinds
		if advice.Why == "" || (advice.Instead == "") != (advice.InsteadWhy == "") {
			t.Errorf("%s does not say why", advice.When)
		}
		for _, kind := range append(advice.Kinds, advice.Instead) {
			if kind != "" && !known[kind] {
				t.Errorf("%s advises %s, which there is not", advice.When, kind)
			}
		}
	}
	want := map[string][]pipeline.CanvasKind{
		"A new initiative":                     {pipeline.LeanCanvas, pipeline.NowNextLater},
		"An established product":               {pipeline.StrategyCanvas, pipeline.GORoadmap},
		"Either, once it is clear where to go": {pipeline.ProductGoal},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
