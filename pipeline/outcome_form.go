package pipeline

// OutcomeForm is what somebody typed for an outcome: nothing checked.
type OutcomeForm struct {
	Statement string
	Kind      OutcomeKind
	Parent    string // a key; "" for none
	Metric    string
	Unit      string // "" takes the one beside the numbers
	Direction Direction
	// Baseline and Target as people write numbers. Their days as in "2026-11-20";
	// BaselineDay "" is today.
	Baseline, BaselineDay string
	Target, TargetDay     string
	MetricBy              string // a day; in place of the numbers
	Owner                 string // a user id
	Source                string
	Light                 Light
	// Asked: the question whether the statement is an output was put already, see
	// LooksLikeOutput.
	Asked bool
}

// The inputs of the outcome form, beside FieldStatement and FieldLight.
const (
	FieldKind        Field = "kind"
	FieldParent      Field = "parent"
	FieldMetric      Field = "metric"
	FieldUnit        Field = "unit"
	FieldDirection   Field = "direction"
	FieldBaseline    Field = "baseline"
	FieldBaselineDay Field = "baseline-day"
	FieldTarget      Field = "target"
	FieldTargetDay   Field = "target-day"
	FieldMetricBy    Field = "metric-by"
	FieldOwner       Field = "owner"
	FieldSource      Field = "source"
)

// What happens to an outcome, an opportunity or an impact. WasEdited is among it,
// and GotEvidence for an opportunity.
const (
	WasAdded    What = "added"
	WasClosed   What = "closed"       // About names the result
	OpenedAgain What = "opened again" // About names the result that held until then
)
