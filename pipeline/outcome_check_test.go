package pipeline_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"alignbot/pipeline"
)

var member = pipeline.Person{ID: "U2"}

func o(number int) pipeline.NodeKey { return pipeline.NodeKey{Team: "PAY", Number: number} }
func p(number int) pipeline.NodeKey {
	return pipeline.NodeKey{Team: "PAY", Kind: pipeline.OpportunityNode, Number: number}
}
func i(number int) pipeline.NodeKey {
	return pipeline.NodeKey{Team: "PAY", Kind: pipeline.ImpactNode, Number: number}
}

// business and product are open outcomes without numbers.
func business(number, parent int) pipeline.Outcome {
	b := pipeline.Outcome{Key: o(number), Statement: fmt.Sprintf("Business %d", number), Kind: pipeline.BusinessOutcome, Created: noon}
	if parent > 0 {
		b.Parent = o(parent)
	}
	return b
}

func product(number, parent int) pipeline.Outcome {
	b := business(number, parent)
	b.Statement, b.Kind = fmt.Sprintf("Product %d", number), pipeline.ProductOutcome
	return b
}

func closed(o pipeline.Outcome) pipeline.Outcome {
	o.Closed, o.Result = noon, pipeline.Missed
	return o
}

// fewerCalls goes from 200 calls a week to 80 until the spring of 2027, under the
// business outcome PAY-O1.
func fewerCalls() pipeline.OutcomeForm {
	return pipeline.OutcomeForm{
		Statement: "Customers solve it without calling us", Kind: pipeline.ProductOutcome, Parent: "PAY-O1",
		Metric: "calls to support", Unit: "calls a week", Baseline: "200", BaselineDay: "2026-11-02", Target: "80", TargetDay: "2027-03-31",
		Owner: "U2", Source: "the phone system's weekly mail", Light: pipeline.Yellow,
	}
}

func added(t testing.TB, form pipeline.OutcomeForm) pipeline.Outcome {
	t.Helper()
	made, event, err := pipeline.AddOutcome(pipeline.Policy{}, owner, pipeline.Where{Team: payments("U1")}, form, pipeline.Nodes{Outcomes: []pipeline.Outcome{business(1, 0)}}, noon)
	if err != nil {
		t.Fatalf("%v %v", err, problem(t, err).Fields)
	}
	if event.What != pipeline.WasAdded || event.By != "U1" || !event.At.Equal(noon) {
		t.Errorf("the event is %+v", event)
	}
	made.Key.Number, made.Version = 7, 1
	return made
}

func TestAddOutcome(t *testing.T) {
	got := added(t, fewerCalls())
	want := pipeline.Outcome{
		Key: o(7), Statement: "Customers solve it without calling us", Kind: pipeline.ProductOutcome, Parent: o(1),
		Metric: "calls to support", Unit: "calls a week", Direction: pipeline.Decrease,
		Baseline: &pipeline.Reading{Value: 200, Day: "2026-11-02"}, Target: &pipeline.Reading{Value: 80, Day: "2027-03-31"},
		Owner: "U2", Source: "the phone system's weekly mail", Light: pipeline.Yellow,
		Created: noon, CreatedBy: "U1", Changed: noon, Version: 1,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestWhatAnOutcomeFormRefuses(t *testing.T) {
	chain := pipeline.Nodes{} // 11 levels of business outcomes, numbers 20 to 30
	for n := 20; n <= 30; n++ {
		parent := n - 1
		if n == 20 {
			parent = 0
		}
		chain.Outcomes = append(chain.Outcomes, business(n, parent))
	}
	nodes := pipeline.Nodes{Outcomes: slices.Concat(chain.Outcomes, []pipeline.Outcome{
		business(1, 0), product(2, 1), closed(business(3, 0)), {Key: o(4), Statement: "One line"}, business(31, 30),
	})}
	type form = pipeline.OutcomeForm
	for name, c := range map[string]struct {
		change func(*form)
		wrong  []pipeline.Field
	}{
		"all of it is fine":                          {func(f *form) {}, nil},
		"150 characters":                             {func(f *form) { f.Statement = strings.Repeat("ü", 150) }, nil},
		"151 characters":                             {func(f *form) { f.Statement = strings.Repeat("ü", 151) }, []pipeline.Field{"statement"}},
		"nothing anybody sees":                       {func(f *form) { f.Statement = "\u200b" }, []pipeline.Field{"statement"}},
		"nothing at all":                             {func(f *form) { *f = form{} }, []pipeline.Field{"baseline", "kind", "statement"}},
		"a business outcome alone":                   {func(f *form) { f.Kind, f.Parent = pipeline.BusinessOutcome, "" }, nil},
		"a business outcome under one":               {func(f *form) { f.Kind = pipeline.BusinessOutcome }, nil},
		"a product outcome needs a parent":           {func(f *form) { f.Parent = "" }, []pipeline.Field{"parent"}},
		"a product outcome is no parent":             {func(f *form) { f.Parent = "PAY-O2" }, []pipeline.Field{"parent"}},
		"an outcome of no kind is no parent":         {func(f *form) { f.Parent = "PAY-O4" }, []pipeline.Field{"parent"}},
		"a closed parent":                            {func(f *form) { f.Parent = "PAY-O3" }, []pipeline.Field{"parent"}},
		"another team's parent":                      {func(f *form) { f.Parent = "SEC-O1" }, []pipeline.Field{"parent"}},
		"a parent that is not there":                 {func(f *form) { f.Parent = "PAY-O99" }, []pipeline.Field{"parent"}},
		"an opportunity is no parent":                {func(f *form) { f.Parent = "PAY-P1" }, []pipeline.Field{"parent"}},
		"no key at all":                              {func(f *form) { f.Parent = "the first" }, []pipeline.Field{"parent"}},
		"the twelfth level":                          {func(f *form) { f.Parent = "PAY-O30" }, nil},
		"the thirteenth level":                       {func(f *form) { f.Parent = "PAY-O31" }, []pipeline.Field{"parent"}},
		"an unknown kind":                            {func(f *form) { f.Kind = "social" }, []pipeline.Field{"kind"}},
		"no metric":                                  {func(f *form) { f.Metric = " " }, []pipeline.Field{"metric"}},
		"an owner who is nobody":                     {func(f *form) { f.Owner = "bob" }, []pipeline.Field{"owner"}},
		"no owner":                                   {func(f *form) { f.Owner = "" }, nil},
		"an unknown light":                           {func(f *form) { f.Light = "blue" }, []pipeline.Field{"light"}},
		"a long source":                              {func(f *form) { f.Source = strings.Repeat("x", 301) }, []pipeline.Field{"source"}},
		"thousands and units beside the numbers":     {func(f *form) { f.Baseline, f.Target, f.Unit = "1 200 €", "€ 3,500.50", "" }, nil},
		"a unit that is usual":                       {func(f *form) { f.Baseline, f.Target, f.Unit = "12 %", "30", "percent" }, nil},
		"a unit beside the target alone":             {func(f *form) { f.Target, f.Unit = "80 calls", "" }, nil},
		"two units":                                  {func(f *form) { f.Baseline, f.Target, f.Unit = "200 €", "80 %", "" }, []pipeline.Field{"target"}},
		"a number of another unit":                   {func(f *form) { f.Target = "80 %" }, []pipeline.Field{"target"}},
		"a unit with a number in front":              {func(f *form) { f.Unit = "7 days" }, []pipeline.Field{"unit"}},
		"a number that reads two ways":               {func(f *form) { f.Baseline = "1,200" }, []pipeline.Field{"baseline"}},
		"infinity":                                   {func(f *form) { f.Target = "Infinity" }, []pipeline.Field{"target"}},
		"infinity as a sign":                         {func(f *form) { f.Target = "∞" }, []pipeline.Field{"target"}},
		"no number":                                  {func(f *form) { f.Target = "a lot" }, []pipeline.Field{"target"}},
		"a baseline alone":                           {func(f *form) { f.Target = "" }, []pipeline.Field{"target"}},
		"a target that is the baseline":              {func(f *form) { f.Target = "200.0" }, []pipeline.Field{"target"}},
		"a direction that fits":                      {func(f *form) { f.Direction = pipeline.Decrease }, nil},
		"a direction that does not":                  {func(f *form) { f.Direction = pipeline.Increase }, []pipeline.Field{"direction"}},
		"an unknown direction":                       {func(f *form) { f.Direction = "sideways" }, []pipeline.Field{"direction"}},
		"the baseline is of today":                   {func(f *form) { f.BaselineDay = "" }, nil},
		"the baseline is to come":                    {func(f *form) { f.BaselineDay = "2026-11-21" }, []pipeline.Field{"baseline-day"}},
		"no day":                                     {func(f *form) { f.BaselineDay = "soon" }, []pipeline.Field{"baseline-day"}},
		"no target day":                              {func(f *form) { f.TargetDay = "" }, []pipeline.Field{"target-day"}},
		"a target day that has passed":               {func(f *form) { f.TargetDay = "2026-11-19" }, []pipeline.Field{"target-day"}},
		"a target of today":                          {func(f *form) { f.TargetDay = "2026-11-20" }, nil},
		"a target on the baseline's day":             {func(f *form) { f.BaselineDay, f.TargetDay = "", "2026-11-20" }, []pipeline.Field{"target-day"}},
		"a day that is not in the calendar":          {func(f *form) { f.TargetDay = "2027-02-30" }, []pipeline.Field{"target-day"}},
		"in ten years":                               {func(f *form) { f.TargetDay = "2036-11-20" }, nil},
		"in more than ten years":                     {func(f *form) { f.TargetDay = "2036-11-21" }, []pipeline.Field{"target-day"}},
		"a learning outcome":                         {func(f *form) { f.Baseline, f.Target, f.MetricBy = "", "", "2027-01-15" }, nil},
		"a learning outcome without a metric":        {func(f *form) { f.Baseline, f.Target, f.Metric, f.MetricBy = "", "", "", "2027-01-15" }, nil},
		"numbers and the day to get some":            {func(f *form) { f.MetricBy = "2027-01-15" }, []pipeline.Field{"metric-by"}},
		"a day to get numbers by that has passed":    {func(f *form) { f.Baseline, f.Target, f.MetricBy = "", "", "2026-01-15" }, []pipeline.Field{"metric-by"}},
		"neither numbers nor the day to get them by": {func(f *form) { f.Baseline, f.Target = "", "" }, []pipeline.Field{"baseline"}},
	} {
		typed := fewerCalls()
		c.change(&typed)
		made, event, err := pipeline.AddOutcome(pipeline.Policy{}, owner, pipeline.Where{Team: payments("U1")}, typed, nodes, noon)
		if diff := cmp.Diff(c.wrong, wrongFields(err)); diff != "" {
			t.Errorf("%s: wrong fields (-want +got):\n%s%v", name, diff, err)
		}
		if err != nil && (!cmp.Equal(made, pipeline.Outcome{}) || event.What != "") {
			t.Errorf("%s: refused, yet %+v", name, made)
		}
	}
}

func TestTheUnitOfAnOutcome(t *testing.T) {
	for name, c := range map[string]struct{ unit, baseline, target, want string }{
		"as it is typed":         {"calls a week", "200", "80", "calls a week"},
		"beside both":            {"", "200 calls", "80 Calls", "calls"},
		"beside the first":       {"", "12 %", "30", "%"},
		"beside the second":      {"", "200", "80 calls", "calls"},
		"in its usual spelling":  {"Percent", "12 %", "30 pct", "%"},
		"a currency as a word":   {"euro", "1 200", "3500 EUR", "€"},
		"a currency as its sign": {"", "€ 1 200", "3500", "€"},
		"none":                   {" ", "4", "4.5", ""},
	} {
		form := fewerCalls()
		form.Unit, form.Baseline, form.Target = c.unit, c.baseline, c.target
		if got := added(t, form).Unit; got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// What is stored of an outcome fills its form so that nothing changes.
func TestAnOutcomeSurvivesItsForm(t *testing.T) {
	where, nodes := pipeline.Where{Team: payments("U1")}, pipeline.Nodes{Outcomes: []pipeline.Outcome{business(1, 0)}}
	rapid.Check(t, func(t *rapid.T) {
		number := func(label string) string {
			v := float64(rapid.Int64Range(-999_999_999_999, 999_999_999_999).Draw(t, label)) / math.Pow10(rapid.IntRange(0, 6).Draw(t, label+" places"))
			return pipeline.ShowNumber(v, "")
		}
		form := fewerCalls()
		form.Baseline, form.Target = number("baseline"), number("target")
		form.Unit = rapid.SampledFrom([]string{"", "%", "percent", "€", "calls a week", "people in 7 days"}).Draw(t, "unit")
		form.Statement = rapid.String().Draw(t, "statement")
		form.Asked = true
		made, _, err := pipeline.AddOutcome(pipeline.Policy{}, owner, where, form, nodes, noon)
		if err != nil {
			return
		}
		made.Key.Number = 7
		again, event, err := pipeline.EditOutcome(pipeline.Policy{}, owner, where, made, made.Form(), nodes, noon)
		if err != nil || event.What != "" || !cmp.Equal(made, again) {
			t.Fatalf("%+v became %+v: %v %+v", made, again, err, event)
		}
	})
}

func TestWhoChangesOutcomes(t *testing.T) {
	calls := added(t, fewerCalls())
	where := pipeline.Where{Team: payments("U1")}
	for name, c := range map[string]struct {
		person  pipeline.Person
		where   pipeline.Where
		refused bool
	}{
		"a product owner":                {owner, where, false},
		"a member":                       {member, where, true},
		"a workspace admin":              {pipeline.Person{ID: "U2", Admin: true}, where, true},
		"a guest":                        {pipeline.Person{ID: "U2", Guest: true}, where, true},
		"a product owner who has left":   {pipeline.Person{ID: "U1", Deactivated: true}, where, true},
		"an owner of another team":       {owner, pipeline.Where{Team: &pipeline.Team{Key: "SEC", Owners: []string{"U1"}}}, true},
		"anybody where no team is named": {owner, pipeline.Where{}, true},
	} {
		form := calls.Form()
		form.Owner = "U3"
		got, _, err := pipeline.EditOutcome(pipeline.Policy{Guests: true}, c.person, c.where, calls, form, pipeline.Nodes{Outcomes: []pipeline.Outcome{business(1, 0), calls}}, noon)
		if (err != nil) != c.refused || c.refused && (problem(t, err).Code != "not-permitted" || !cmp.Equal(got, calls)) {
			t.Errorf("%s: %v", name, err)
		}
		if c.where.Team != nil && c.where.Team.Key == "SEC" {
			continue // may add to their own team
		}
		if _, _, err = pipeline.AddOutcome(pipeline.Policy{Guests: true}, c.person, c.where, fewerCalls(), pipeline.Nodes{Outcomes: []pipeline.Outcome{business(1, 0)}}, noon); (err != nil) != c.refused {
			t.Errorf("%s adds: %v", name, err)
		}
	}
}

func TestEditOutcome(t *testing.T) {
	calls := added(t, fewerCalls())
	seventy := 70.0
	checked := calls
	checked.Latest = &pipeline.CheckIn{Number: 1, Value: &seventy, Light: pipeline.Green}
	unitless := checked
	unitless.Unit = ""
	nodes := pipeline.Nodes{
		Outcomes: []pipeline.Outcome{business(1, 0), business(2, 1), calls, closed(business(3, 0)), product(9, 1)},
		Opportunities: []pipeline.Opportunity{
			{Key: p(1), Parent: o(7), Statement: "I never know whether it was paid"},
		},
	}
	later := noon.AddDate(1, 0, 0) // the target's day has passed
	for name, c := range map[string]struct {
		before  pipeline.Outcome
		change  func(*pipeline.OutcomeForm)
		changes []pipeline.Change
		wrong   []pipeline.Field
		code    string
	}{
		"nothing": {calls, func(*pipeline.OutcomeForm) {}, nil, nil, ""},
		"the owner, although the day has passed": {calls, func(f *pipeline.OutcomeForm) { f.Owner = "U3" },
			[]pipeline.Change{{Field: "owner", From: "U2", To: "U3"}}, nil, ""},
		"numbers": {calls, func(f *pipeline.OutcomeForm) { f.Baseline, f.Target, f.TargetDay = "1 200", "2 400", "2028-01-31" },
			[]pipeline.Change{
				{Field: "direction", From: "decrease", To: "increase"}, {Field: "baseline", From: "200", To: "1200"},
				{Field: "target", From: "80", To: "2400"}, {Field: "target-day", From: "2027-03-31", To: "2028-01-31"},
			}, nil, ""},
		"to another day that has passed":        {calls, func(f *pipeline.OutcomeForm) { f.TargetDay = "2027-04-01" }, nil, []pipeline.Field{"target-day"}, "outcome-form"},
		"a business outcome with opportunities": {calls, func(f *pipeline.OutcomeForm) { f.Kind = pipeline.BusinessOutcome }, nil, []pipeline.Field{"kind"}, "outcome-form"},
		"a product outcome with outcomes": {business(1, 0), func(f *pipeline.OutcomeForm) {
			f.Kind, f.Parent, f.MetricBy = pipeline.ProductOutcome, "PAY-O2", "2028-01-01"
		}, nil, []pipeline.Field{"kind", "parent"}, "outcome-form"},
		"under itself":                           {business(1, 0), func(f *pipeline.OutcomeForm) { f.Parent, f.MetricBy = "PAY-O1", "2028-01-01" }, nil, []pipeline.Field{"parent"}, "outcome-form"},
		"round in a circle":                      {business(1, 0), func(f *pipeline.OutcomeForm) { f.Parent, f.MetricBy = "PAY-O2", "2028-01-01" }, nil, []pipeline.Field{"parent"}, "outcome-form"},
		"the unit, once there are numbers in it": {checked, func(f *pipeline.OutcomeForm) { f.Unit = "%" }, nil, []pipeline.Field{"unit"}, "outcome-form"},
		"a unit, where there was none":           {unitless, func(f *pipeline.OutcomeForm) { f.Unit = "%" }, nil, []pipeline.Field{"unit"}, "outcome-form"},
		"the unit's spelling": {checked, func(f *pipeline.OutcomeForm) { f.Unit = "Calls a week" },
			[]pipeline.Change{{Field: "unit", From: "calls a week", To: "Calls a week"}}, nil, ""},
		"away with the numbers, once there are more": {checked, func(f *pipeline.OutcomeForm) { f.Baseline, f.Target, f.MetricBy = "", "", "2028-01-01" }, nil, []pipeline.Field{"baseline"}, "outcome-form"},
		"away with the numbers": {calls, func(f *pipeline.OutcomeForm) {
			f.Baseline, f.BaselineDay, f.Target, f.TargetDay, f.Unit, f.Direction, f.MetricBy = "", "", "", "", "", "", "2028-01-01"
		},
			[]pipeline.Change{
				{Field: "unit", From: "calls a week"}, {Field: "direction", From: "decrease"}, {Field: "baseline", From: "200"}, {Field: "baseline-day", From: "2026-11-02"},
				{Field: "target", From: "80"}, {Field: "target-day", From: "2027-03-31"}, {Field: "metric-by", To: "2028-01-01"},
			}, nil, ""},
		"what is closed": {closed(calls), func(f *pipeline.OutcomeForm) { f.Owner = "U3" }, nil, nil, "outcome-closed"},
	} {
		form := c.before.Form()
		form.Direction = map[bool]pipeline.Direction{true: "", false: form.Direction}[name == "numbers"]
		c.change(&form)
		got, event, err := pipeline.EditOutcome(pipeline.Policy{}, owner, pipeline.Where{Team: payments("U1")}, c.before, form, nodes, later)
		if diff := cmp.Diff(c.wrong, wrongFields(err)); diff != "" || problemCode(err) != c.code {
			t.Errorf("%s: %v\n%s", name, err, diff)
		}
		if diff := cmp.Diff(c.changes, event.Changes); diff != "" {
			t.Errorf("%s: changes (-want +got):\n%s", name, diff)
		}
		switch {
		case len(c.changes) == 0:
			if diff := cmp.Diff(c.before, got); diff != "" || event.What != "" {
				t.Errorf("%s: nothing is to change, yet %s\n%s", name, event.What, diff)
			}
		case event.What != pipeline.WasEdited || !got.Changed.Equal(later) || !got.Created.Equal(noon):
			t.Errorf("%s: %+v %+v", name, event, got)
		}
	}
}

// A tree of full height cannot be hung one level lower.
func TestAWholeBranchIsMovedWithItsHeight(t *testing.T) {
	nodes := pipeline.Nodes{Outcomes: []pipeline.Outcome{business(1, 0), business(2, 0)}}
	nodes.Outcomes = append(nodes.Outcomes, product(3, 2))
	for n := 1; n <= pipeline.TreeDepth-2; n++ {
		parent := o(3)
		if n > 1 {
			parent = p(n - 1)
		}
		nodes.Opportunities = append(nodes.Opportunities, pipeline.Opportunity{Key: p(n), Parent: parent})
	}
	move := func() error {
		form := nodes.Outcomes[1].Form()
		form.Parent, form.MetricBy = "PAY-O1", "2027-01-01"
		_, _, err := pipeline.EditOutcome(pipeline.Policy{}, owner, pipeline.Where{Team: payments("U1")}, nodes.Outcomes[1], form, nodes, noon)
		return err
	}
	if err := move(); problemField(err, pipeline.FieldParent) != "A tree has at most 12 levels, and this would make 13. Choose one further up." {
		t.Errorf("a branch of 12 levels went one lower: %v", err)
	}
	nodes.Opportunities = nodes.Opportunities[:len(nodes.Opportunities)-1]
	if err := move(); err != nil {
		t.Errorf("a branch of 11 levels: %v", problem(t, err).Fields)
	}
}

func TestAnOutputIsQuestionedOnce(t *testing.T) {
	form := fewerCalls()
	form.Statement = "Launch the new portal"
	where, nodes := pipeline.Where{Team: payments("U1")}, pipeline.Nodes{Outcomes: []pipeline.Outcome{business(1, 0)}}
	_, _, err := pipeline.AddOutcome(pipeline.Policy{}, owner, where, form, nodes, noon)
	asked := problem(t, err)
	if asked.Code != pipeline.LooksLikeOutput || asked.Safe == "" || asked.Next == "" || asked.Fields[pipeline.FieldStatement] == "" {
		t.Fatalf("%+v", asked)
	}
	form.Asked = true
	portal := added(t, form)
	form = portal.Form()
	form.Owner = "U4"
	if _, _, err := pipeline.EditOutcome(pipeline.Policy{}, owner, where, portal, form, nodes, noon); err != nil {
		t.Errorf("asked again, although the statement stays: %v", err)
	}
	form.Metric = ""
	form.Statement = "Ship the portal"
	if _, _, err := pipeline.EditOutcome(pipeline.Policy{}, owner, where, portal, form, nodes, noon); problemCode(err) != "outcome-form" {
		t.Errorf("what is wrong comes before what is questioned: %v", err)
	}
}

func TestSoundsLikeOutput(t *testing.T) {
	for _, output := range []string{
		"Launch the new portal", "launch", "Build an app", "We will ship version 2", "Release 3.0 by June", "Migrate to the cloud", "Implementing SSO",
		"Team must deliver the import", "The new checkout is live", "PDF export shipped.", "Roll out the new design", "Set up monitoring", "Redesign of the start page", "Successfully deploy the API",
	} {
		if why := pipeline.SoundsLikeOutput(output); why == "" || !strings.Contains(why, output) {
			t.Errorf("%q is not questioned: %q", output, why)
		}
	}
	for _, outcome := range []string{
		"", "Fewer support calls", "Customers build their own reports", "Launch campaigns in half the time with fewer mistakes", "Increase activation to 40 %",
		"Build time from 20 to 5 minutes", "Release notes are read by more people", "Accountants trust our numbers", "Deploy twice a day", "People create an invoice without help", "to", "we will",
	} {
		if why := pipeline.SoundsLikeOutput(outcome); why != "" {
			t.Errorf("%q is questioned: %s", outcome, why)
		}
	}
}
