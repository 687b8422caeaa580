package pipeline

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// CanvasHint is something about a canvas that is worth a second look. Hints never
// keep anybody from anything.
type CanvasHint struct {
	// Box it is about, "" for the canvas as a whole.
	Box BoxID
	// Text is a sentence or two: what stands out, and what would help.
	Text string
}

// Hints looks at what a canvas says as its method does. also are the team's other
// open canvases. They read English where they read at all, and err on the side of
// silence; what is empty is not nagged about before something is written.
func (c Canvas) Hints(also []Canvas) []CanvasHint {
	l := canvasLinter{canvas: c, template: c.Template()}
	if filled, of := c.Filled(); filled > 0 {
		for _, column := range l.columns() {
			l.goals(column)
		}
		switch c.Kind {
		case LeanCanvas:
			l.lean(filled, of)
		case StrategyCanvas:
			l.strategy()
		case VisionBoard:
			l.visionBoard()
		case GORoadmap:
			l.roadmap()
		case ProductGoal:
			l.productGoal()
		}
		if l.template.Assumptions {
			l.assumptions(filled)
		}
		l.empty(filled, of)
	}
	for _, other := range also {
		if l.template.Alone && c.IsOpen() && other.Number != c.Number && other.Kind == c.Kind {
			l.say("", "%s, “%s”, is open too, and a team has one %s at a time: close the one that no longer holds.", other.Key(), Cut(other.Name, 60), l.template.Name)
		}
	}
	return l.hints
}

// The limits that hints go by.
const (
	leanProblems     = 3  // problems in a Lean Canvas
	releaseFeatures  = 5  // features of a release
	boardThings      = 5  // what a product of a Vision Board is
	productGoalWords = 40 // words of a compact product goal
	unmarkedFrom     = 3  // assumptions from which on a mark of risk is missed
)

// canvasLinter collects hints.
type canvasLinter struct {
	canvas   Canvas
	template CanvasTemplate
	hints    []CanvasHint
}

func (l *canvasLinter) say(box BoxID, format string, args ...any) {
	l.hints = append(l.hints, CanvasHint{Box: box, Text: fmt.Sprintf(format, args...)})
}

func (l *canvasLinter) text(id BoxID) string { return l.canvas.Boxes[id].Text }

func (l *canvasLinter) columns() []int {
	if l.template.Columns == "" {
		return []int{0}
	}
	return l.canvas.Columns
}

// named puts the release before a hint where there are several.
func (l *canvasLinter) named(column int) string {
	if column == 0 {
		return ""
	}
	return l.canvas.ColumnTitle(column) + ": "
}

// goals are benefits, not what is made.
func (l *canvasLinter) goals(column int) {
	for _, box := range l.template.Boxes {
		id := box.ID.In(column)
		if sounds := SoundsLikeOutput(l.text(id)); box.Goal && sounds != "" {
			l.say(id, "%s%s What is better for whom once it is there?", l.named(column), sounds)
		}
	}
}

// empty names what is left once most of a canvas without columns is filled.
func (l *canvasLinter) empty(filled, of int) {
	if l.template.Columns != "" || filled == of || 2*filled < of {
		return
	}
	var left []string
	for _, place := range l.canvas.Places() {
		if place.Box.Text == "" && !place.Template.Extra {
			left = append(left, "“"+place.Title+"”")
		}
	}
	l.say("", "Still empty: %s. A guess with a question mark says more than an empty box.", listed(left, 5))
}

func (l *canvasLinter) lean(filled, of int) {
	if n := len(linesOfText(l.text("problem"))); n > leanProblems {
		l.say("problem", "%d problems are listed. Keep the three worst: the others wait until these are solved.", n)
	}
	if l.text("solution") != "" && (l.text("problem") == "" || l.text("segments") == "") {
		l.say("solution", "There is a solution, and nothing yet about whose problem it solves. Customer segments and problem come first.")
	}
	if metrics := l.text("metrics"); metrics != "" && !mentionsNumber(metrics) && filled == of {
		l.say("metrics", "The key metrics name no number: from how much to how much would tell you that it works?")
	}
}

// assumptions are marked by risk, and the riskiest is tested first.
func (l *canvasLinter) assumptions(filled int) {
	riskiest := l.canvas.Riskiest()
	switch {
	case len(riskiest) == 0 && filled >= unmarkedFrom:
		l.say("", "No assumption is marked by risk yet. Which one, if it is wrong, takes all the others with it? Mark that one first.")
	case len(riskiest) > 0 && riskiest[0].Box.Risk == RiskHigh && !slices.ContainsFunc(riskiest, func(p BoxPlace) bool { return p.Box.Test != (BoxTest{}) }):
		l.say(riskiest[0].ID, "“%s” carries a high risk and has no Test Card yet. Test the riskiest assumption before you build on it.", riskiest[0].Title)
	}
}

func (l *canvasLinter) strategy() {
	l.same("challenge", "vision")
	l.same("target", "challenge")
	l.same("current", "target")
	target, current := l.text("target"), l.text("current")
	if target != "" && !mentionsNumber(target) {
		l.say("target", "The target condition names no number. From how much to how much, and by when?")
	} else if target != "" && !mentionsTime(target) {
		l.say("target", "The target condition has no date. By when is this step taken?")
	}
	if mentionsNumber(target) && current != "" && !mentionsNumber(current) {
		l.say("current", "The current state names no number, so nobody can see how far the target condition is. Measure the same thing.")
	}
}

func (l *canvasLinter) visionBoard() {
	l.same("needs", "product")
	l.same("business", "vision")
	if n := len(linesOfText(l.text("product"))); n > boardThings {
		l.say("product", "%d things make up the product. Keep the three to five that make it stand out; the rest is for the roadmap.", n)
	}
	if l.text("product") != "" && l.text("needs") == "" {
		l.say("needs", "There is a product, and no need yet that it answers.")
	}
	if business := l.text("business"); business != "" && !mentionsNumber(business) {
		l.say("business", "The business goals name no number. By which would the company see that it gains?")
	}
}

func (l *canvasLinter) roadmap() {
	for _, column := range l.canvas.Columns {
		id := func(row BoxID) BoxID { return row.In(column) }
		goal, features, metrics := l.text(id("goal")), linesOfText(l.text(id("features"))), l.text(id("metrics"))
		name := l.named(column)
		if goal != "" && metrics == "" {
			l.say(id("metrics"), "%sthe goal has no metric yet. By which number will you see that it was met?", name)
		}
		if len(features) > releaseFeatures {
			l.say(id("features"), "%s%d features. Keep the three to five without which the goal is not met.", name, len(features))
		}
		if len(features) > 0 && goal == "" {
			l.say(id("goal"), "%sthere are features, and no goal yet that needs them.", name)
		}
		if feature := namedIn(goal, features); feature != "" {
			l.say(id("goal"), "%sthe goal names the feature “%s”. Say what it is good for, so that another way to get there stays open.", name, Cut(feature, 60))
		}
		if goal != "" && l.text(id("when")) == "" {
			l.say(id("when"), "%sthere is no date or time frame yet.", name)
		}
	}
}

func (l *canvasLinter) productGoal() {
	l.same("goal", "vision")
	goal, leading, lagging := l.text("goal"), l.text("leading"), l.text("lagging")
	if goal != "" && !mentionsTime(goal) {
		l.say("goal", "The product goal has no deadline. Three to six months from now is what a team can look ahead.")
	}
	if n := len(strings.Fields(goal)); n > productGoalWords {
		l.say("goal", "The product goal has %d words. One sentence that everybody can repeat is enough; the rest belongs into the description.", n)
	}
	switch {
	case leading != "" && lagging == "":
		l.say("lagging", "There are leading measures, and no lagging one that says in the end that it was worth it.")
	case lagging != "" && leading == "":
		l.say("leading", "There are lagging measures only. What moves first, while you can still change something?")
	case goal != "" && leading == "" && lagging == "":
		l.say("leading", "The product goal has no measure yet: what moves first, and what says in the end that it was worth it?")
	}
	l.same("lagging", "leading")
}

// same points out a box that says what another one says already.
func (l *canvasLinter) same(id, other BoxID) {
	plain := func(id BoxID) string { return strings.ToLower(strings.TrimRight(CleanLine(l.text(id)), ".!")) }
	if plain(id) == "" || plain(id) != plain(other) {
		return
	}
	box, _ := l.template.Box(id)
	second, _ := l.template.Box(other)
	l.say(id, "“%s” says the same as “%s”. Each is there for something of its own: %s", box.Title, second.Title, box.Question)
}

// linesOfText gives the lines that hold something, without the marks of a list.
func linesOfText(text string) []string {
	var lines []string
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(strings.TrimLeft(strings.TrimSpace(line), "-*•–·"))
		if HasVisible(line) {
			lines = append(lines, line)
		}
	}
	return lines
}

// namedIn gives the feature that a goal names, "" for none. A word alone that stands
// in both is no proof, two or more in a row are.
func namedIn(goal string, features []string) string {
	plain := " " + strings.ToLower(CleanLine(goal)) + " "
	for _, feature := range features {
		feature = strings.TrimRight(feature, ".,;:!")
		if len(strings.Fields(feature)) > 1 && strings.Contains(plain, " "+strings.ToLower(CleanLine(feature))) {
			return feature
		}
	}
	return ""
}

// mentionsNumber tells whether there is a number in it.
func mentionsNumber(text string) bool {
	return strings.ContainsFunc(text, unicode.IsNumber) || numberWordPattern.MatchString(text)
}

var (
	numberWordPattern = regexp.MustCompile(`(?i)\b(half|halve|double|twice|triple|two|three|four|five|six|seven|eight|nine|ten|dozen|hundred|thousand|million|none|zero|nobody|everybody|everyone)\b`)
	// timePattern is a year, a day, a quarter or a span of time.
	timePattern = regexp.MustCompile(`(?i)\b(20\d\d|\d{1,2}[./]\d{1,2}\b|q[1-4]|h[12]|quarters?|weeks?|months?|sprints?|years?|days?|jan(uary)?|feb(ruary)?|mar(ch)?|apr(il)?|june?|july?|aug(ust)?|sep(t|tember)?|oct(ober)?|nov(ember)?|dec(ember)?|spring|summer|autumn|fall|winter|christmas|by may|in may|of may|end of may)\b`)
)

// mentionsTime tells whether it says by when.
func mentionsTime(text string) bool { return timePattern.MatchString(text) }
