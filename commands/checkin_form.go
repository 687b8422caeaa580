package commands

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
)

// lightWords say how an outcome goes, always with the colour's name: "at risk
// (yellow)".
func lightWords(l pipeline.Light) string {
	if l == "" {
		return l.Words()
	}
	return l.Words() + " (" + string(l) + ")"
}

// lightOptions are the lights, the best first.
func lightOptions() []*slack.OptionBlockObject {
	var options []*slack.OptionBlockObject
	for _, l := range pipeline.Lights() {
		options = append(options, option(string(l), capital(lightWords(l))))
	}
	return options
}

// checkInWords say a check-in of the outcome: "72 calls, at risk (yellow)".
func checkInWords(o pipeline.Outcome, c pipeline.CheckIn) string {
	if c.Value == nil {
		return lightWords(c.Light)
	}
	return pipeline.ShowNumber(*c.Value, o.Unit) + ", " + lightWords(c.Light)
}

// checkInScene is what the form of a check-in is drawn from.
type checkInScene struct {
	outcome pipeline.Outcome
	// checkIns on it, the newest first.
	checkIns []pipeline.CheckIn
	// corrects is the one whose place it takes; nil for a new one.
	corrects *pipeline.CheckIn
	now      time.Time
}

// stored is what the form starts with: nothing, or what is to be corrected.
func (s checkInScene) stored() map[pipeline.Field]string {
	stored := map[pipeline.Field]string{}
	if c := s.corrects; c != nil {
		stored[pipeline.FieldLight], stored[pipeline.FieldNote] = string(c.Light), c.Note
		if c.Value != nil {
			stored[pipeline.FieldValue] = pipeline.FormatNumber(*c.Value, "")
		}
	}
	return stored
}

// checkInForm draws the form of a check-in.
func checkInForm(m metadata, s checkInScene, typed map[pipeline.Field]string, notes ...slack.Block) *slack.ModalViewRequest {
	o := s.outcome
	title, submit := "Check in on "+o.Key.String(), "Check in"
	if s.corrects != nil {
		title, submit = "Correct "+o.Key.String(), "Correct"
	}
	blocks := append([]slack.Block{rich(line(bold(o.Key.String()), text("  "+o.Statement)))}, notes...)
	if c := s.corrects; c != nil {
		blocks = append(blocks, rich(line(text("This takes the place of what you said on "), moment(c.At), text(": "+checkInWords(o, *c)+". Both stay in the history."))))
	}
	blocks = append(blocks, standingBlocks(o, s.checkIns, s.now)...)
	if o.Target != nil {
		label, hint := "The number now", "It goes from "+fromTo(o)+"."
		if o.Unit != "" {
			label += ", in " + o.Unit
		}
		blocks = append(blocks, textInput(pipeline.FieldValue, m.Fresh, label, hint, "", typed[pipeline.FieldValue], 120, false))
	}
	how := radioInput(pipeline.FieldLight, m.Fresh, "How confident are you that the target is reached?", "", typed[pipeline.FieldLight], lightOptions())
	why := optional(textInput(pipeline.FieldNote, m.Fresh, "In a line, why", "Needed when it turns red: parked ideas can wait for that.", "", typed[pipeline.FieldNote], pipeline.NoteLimit, false))
	if o.Target == nil {
		how.Label = plain("How confident are you that it works out?")
		why = textInput(pipeline.FieldNote, m.Fresh, "What was learned, in a line", "It has no number yet that would tell.", "", typed[pipeline.FieldNote], pipeline.NoteLimit, false)
	}
	return form(formCheckIn, pipeline.Cut(title, 24), submit, m, append(blocks, how, why)...)
}

// fromTo are the numbers from where to where: "40 to 80 calls by 18 Feb 2027".
func fromTo(o pipeline.Outcome) string {
	words := pipeline.ShowNumber(o.Baseline.Value, "") + " to " + pipeline.ShowNumber(o.Target.Value, o.Unit)
	return words + " by " + pipeline.ShowDay(o.Target.Day)
}

// standingBlocks are how an outcome stands: its number, how far that is, and the
// trend of the check-ins, of which the newest come first.
func standingBlocks(o pipeline.Outcome, newest []pipeline.CheckIn, now time.Time) []slack.Block {
	age, _ := pipeline.NumberAge(o, now)
	said := []string{capital(lightWords(o.Light)), age}
	if number := o.NumberInWords(); number != "" {
		said = append(said, number)
	}
	said = append(said, pipeline.ProgressOf(o).Words)
	blocks := []slack.Block{slack.NewSectionBlock(plain(strings.Join(said, " · ")), nil, nil)}
	if trend := trendLine(o, newest); trend != "" {
		blocks = append(blocks, slack.NewContextBlock("", plain(trend)))
	}
	return blocks
}

// trendLine is the trend of the newest check-ins, the newest last: "▁▃█ from 40
// to 72 calls in 5 check-ins"; "" where there are not two numbers.
func trendLine(o pipeline.Outcome, newest []pipeline.CheckIn) string {
	standing := pipeline.Standing(newest)
	var values []*float64
	var first, last *float64
	for _, c := range standing {
		values = append(values, c.Value)
		if c.Value != nil {
			if first == nil {
				first = c.Value
			}
			last = c.Value
		}
	}
	if first == last { // none, or one
		return ""
	}
	return fmt.Sprintf("%s  from %s to %s in %s", pipeline.Sparkline(values), pipeline.ShowNumber(*first, ""), pipeline.ShowNumber(*last, o.Unit),
		counted(len(standing), "check-in", "check-ins"))
}

// correctable is how many of the newest check-ins can be corrected: what was said
// before tells no more how it stands.
const correctable = 3

// checkInRows list check-ins of an outcome, the newest first; who may correct
// their own get a button for it. in names the form they stand in.
func checkInRows(o pipeline.Outcome, newest []pipeline.CheckIn, user string, mayCheckIn bool, in string) []slack.Block {
	corrected := map[int]bool{}
	for _, c := range newest {
		corrected[c.Corrects] = true
	}
	var blocks []slack.Block
	for i, c := range newest {
		words := checkInWords(o, c)
		if c.Corrects != 0 {
			words += ", a correction"
		}
		if corrected[c.Number] {
			words += ", corrected since"
		}
		said := []slack.RichTextElement{line(bold(words), text(" · "), person(c.By), text(" · "), moment(c.At))}
		if c.Note != "" {
			said = append(said, quote(c.Note))
		}
		blocks = append(blocks, rich(said...))
		if mayCheckIn && o.IsOpen() && i < correctable && c.By == user && !corrected[c.Number] {
			blocks = append(blocks, buttons(correctButton(o, c, in)))
		}
	}
	return blocks
}

// checkInButton opens the form of a check-in; in names the form it stands in, ""
// for a message.
func checkInButton(o pipeline.OutcomeKey, in string) *slack.ButtonBlockElement {
	return button(actionCheckIn+":"+o.String(), "Check in", "on "+o.String(), outcomeValue(o, in))
}

// correctButton opens the form that corrects one.
func correctButton(o pipeline.Outcome, c pipeline.CheckIn, in string) *slack.ButtonBlockElement {
	value := outcomeValue(o.Key, in).set("corrects", fmt.Sprint(c.Number))
	return button(fmt.Sprintf("%s:%s.%d", actionCheckIn, o.Key, c.Number), "Correct…", "check-in "+fmt.Sprint(c.Number)+" on "+o.Key.String(), value)
}

// checkInNumbered is the check-in with that number; nil for none.
func checkInNumbered(checkIns []pipeline.CheckIn, number int) *pipeline.CheckIn {
	if i := slices.IndexFunc(checkIns, func(c pipeline.CheckIn) bool { return c.Number == number }); i >= 0 {
		return &checkIns[i]
	}
	return nil
}
