package pipeline

// Stage is how far an idea has come.
type Stage string

// The stages, in the order of the pipeline. From any of them an idea can be
// parked in the Anti-Product Backlog.
const (
	Captured  Stage = "captured"
	Discovery Stage = "discovery"
	Validated Stage = "validated"
	Backlog   Stage = "backlog"
	Delivered Stage = "delivered"
	Learned   Stage = "learned"
	Parked    Stage = "parked"
)

// Stages lists all of them in order.
func Stages() []Stage {
	return []Stage{Captured, Discovery, Validated, Backlog, Delivered, Learned, Parked}
}
