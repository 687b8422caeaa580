package pipeline

// NowNextLater is the board of the team's opportunities by horizon. It is no canvas of
// its own, as nobody fills it: the guide names it beside those that are filled.
const NowNextLater CanvasKind = "now-next-later"

// CanvasAdvice is which canvases serve in which situation.
type CanvasAdvice struct {
	// When names the situation, Why says in a sentence or two what speaks for them.
	When, Why string
	// Kinds in the order in which to begin with them; NowNextLater may be among them.
	Kinds []CanvasKind
	// Instead is another one for the first of them, with what speaks for it; "" for
	// none.
	Instead    CanvasKind
	InsteadWhy string
}

// CanvasGuide says which canvases to begin with, by where the product stands.
func CanvasGuide() []CanvasAdvice {
	return []CanvasAdvice{
		{
			When:  "A new initiative",
			Kinds: []CanvasKind{LeanCanvas, NowNextLater},
			Why:   "Almost everything is assumed, so write the assumptions down and test the riskiest first. The board orders problems by how sure you are instead of promising dates.",
		},
		{
			When:       "An established product",
			Kinds:      []CanvasKind{StrategyCanvas, GORoadmap},
			Why:        "People use it and numbers exist, so say how the next measurable step leads to the vision. The roadmap turns that into releases with a goal each, rather than a list of features.",
			Instead:    VisionBoard,
			InsteadWhy: "when needs are clearer than numbers",
		},
		{
			When:  "Either, once it is clear where to go",
			Kinds: []CanvasKind{ProductGoal},
			Why:   "One goal for three to six months tells the team what to leave out. What does not serve it leaves the Product Backlog.",
		},
	}
}
