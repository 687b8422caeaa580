package pipeline

// Finding is one anti-pattern that a team's backlog shows, with what can be done
// about it at once.
type Finding struct {
	Rule RuleID
	// Name of the anti-pattern: "Starved".
	Name string
	// Found says what was measured, Threshold where the rule begins to speak, and
	// Why what it costs; a sentence or two each.
	Found, Threshold, Why string
	Level                 FindingLevel
	// Items it is about, the worst first; none for what concerns the whole team.
	Items []FoundItem
	// Repairs are what one tap begins, the most useful first.
	Repairs []Repair
}

// RuleID names a rule of backlog health. It is stored and stays: "over-sized".
type RuleID string

// FindingLevel is how bad a finding is.
type FindingLevel string

// The levels.
const (
	FindingWarning FindingLevel = "warning"
	FindingAlert   FindingLevel = "alert"
)

// FoundItem is one thing that a finding is about.
type FoundItem struct {
	// Key of an idea or a node, PAY-12 or PAY-O3, or of a sprint, PAY-S4.
	Key string `json:"key"`
	// Words say what it is and what is amiss: "Export invoices: 61 days without a
	// change".
	Words string `json:"words"`
}

// Repair is something that one tap begins.
type Repair struct {
	Kind RepairKind `json:"kind"`
	// Subject is the key of the item it is for, "" for the team.
	Subject string `json:"subject,omitempty"`
	// Words of its button: "Park PAY-12".
	Words string `json:"words"`
}

// RepairKind is which form or list a repair opens.
type RepairKind string

// The kinds of repairs. Those of an item have its key as Subject.
const (
	RepairLink       RepairKind = "link"       // an idea to an outcome
	RepairPark       RepairKind = "park"       // an idea
	RepairSize       RepairKind = "size"       // kind of work and size of an idea
	RepairCriteria   RepairKind = "criteria"   // for accepting an idea
	RepairEdit       RepairKind = "edit"       // what an idea says
	RepairValidate   RepairKind = "validate"   // an idea's checklists
	RepairShow       RepairKind = "show"       // an idea, an outcome or an opportunity
	RepairCheckIn    RepairKind = "check in"   // on an outcome
	RepairEffect     RepairKind = "effect"     // what a delivered idea changed
	RepairSprint     RepairKind = "sprint"     // the team's sprint
	RepairRefine     RepairKind = "refine"     // note a refinement
	RepairReview     RepairKind = "review"     // the review of a sprint
	RepairOrphans    RepairKind = "orphans"    // ideas without an outcome
	RepairBacklog    RepairKind = "backlog"    // the ideas in the Product Backlog
	RepairCaptured   RepairKind = "captured"   // the ideas nobody decided on
	RepairChecklists RepairKind = "checklists" // of the team
	RepairSettings   RepairKind = "settings"   // of the team
	RepairConfirm    RepairKind = "confirm"    // that the Definition of Ready is right
	RepairAsk        RepairKind = "ask"        // the team, how it sees that
)

// ofItem tells whether the repair is for one item, not for the team.
func (k RepairKind) ofItem() bool {
	switch k {
	case RepairLink, RepairPark, RepairSize, RepairCriteria, RepairEdit, RepairValidate, RepairShow, RepairCheckIn, RepairEffect:
		return true
	}
	return false
}

// words of its button: a verb, followed by the key of the item where it is for one.
func (k RepairKind) words(subject string) string {
	words := map[RepairKind]string{
		RepairLink: "Link", RepairPark: "Park", RepairSize: "Size", RepairCriteria: "Add criteria to",
		RepairEdit: "Edit", RepairValidate: "Validate", RepairShow: "Open", RepairCheckIn: "Check in on",
		RepairEffect: "Look back on", RepairSprint: "Open the sprint", RepairRefine: "Note a refinement",
		RepairReview: "Open the review", RepairOrphans: "List orphans", RepairBacklog: "List the Product Backlog",
		RepairCaptured: "List what was captured", RepairChecklists: "Open the checklists",
		RepairSettings: "Open the settings", RepairConfirm: "It is still right", RepairAsk: "Ask the team",
	}[k]
	if subject == "" {
		return words
	}
	return words + " " + subject
}
