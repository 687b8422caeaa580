package commands

import (
	"fmt"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
)

// closeScene is what the forms that close an outcome and open it again are drawn
// from.
type closeScene struct {
	outcome pipeline.Outcome
	nodes   pipeline.Nodes
	// own is the outcome with the opportunities and impacts that belong to it, and
	// the ideas on them.
	own pipeline.Branch
}

// ideas are those that it is to be said of what becomes of them: all that are
// linked to the outcome or to what belongs to it, and those among them that are
// linked to the outcome itself.
func (s closeScene) ideas() (all, itself int) {
	return s.own.InAll + s.own.ParkedInAll, s.own.Ideas.Count()
}

// stored is what the form that closes an outcome holds before anybody chose; the
// one that opens it again holds nothing.
func (s closeScene) stored() map[pipeline.Field]string {
	if all, _ := s.ideas(); all == 0 {
		return nil
	}
	return map[pipeline.Field]string{pipeline.FieldIdeas: string(pipeline.KeepLinks)}
}

// closeForm draws the form that closes an outcome.
func closeForm(m metadata, s closeScene, typed map[pipeline.Field]string, notes ...slack.Block) *slack.ModalViewRequest {
	o := s.outcome
	blocks := append([]slack.Block{rich(line(bold(o.Key.String()), text("  "+o.Statement)))}, notes...)
	if progress := pipeline.ProgressOf(o); progress.Words != "" {
		blocks = append(blocks, slack.NewContextBlock("", plain(capital(progress.Words)+".")))
	}
	others := func(other pipeline.Outcome) bool { return other.Key != o.Key }
	canMove := len(openOutcomeOptions(s.nodes, "", others)) > 1
	blocks = append(blocks,
		radioInput(pipeline.FieldResult, m.Fresh, "What became of it?", "", typed[pipeline.FieldResult], resultOptions(canMove)),
		textInput(pipeline.FieldWhy, m.Fresh, "In a line, why", "It is kept with the outcome.", "", typed[pipeline.FieldWhy], pipeline.ReasonLimit, false),
	)
	if all, itself := s.ideas(); all > 0 {
		then := typed[pipeline.FieldIdeas]
		if then == "" {
			then = s.stored()[pipeline.FieldIdeas]
		}
		to, hint := "it", ""
		if itself < all {
			to = "it or to what hangs under it"
		}
		if canMove {
			hint = "When it is merged, they go to the other outcome, and what hangs under it goes with its ideas."
		}
		label := fmt.Sprintf("What becomes of %s linked to %s?", counted(all, "idea that is", "ideas that are"), to)
		blocks = append(blocks, radioInput(pipeline.FieldIdeas, m.Fresh, label, hint, then, thenOptions(canMove)))
	}
	if canMove {
		blocks = append(blocks, optional(openOutcomeInput(pipeline.FieldInto, m.Fresh, "The other outcome", "Into which it is merged, or to which its ideas are linked.", typed[pipeline.FieldInto], s.nodes, others)))
	}
	return form(formOutcomeClose, pipeline.Cut("Close "+o.Key.String(), 24), "Close it", m, blocks...)
}

// resultOptions are what can become of an outcome, with what it means.
func resultOptions(canMove bool) []*slack.OptionBlockObject {
	options := []*slack.OptionBlockObject{
		option(string(pipeline.Reached), "Reached: the change is there"),
		option(string(pipeline.Missed), "Missed: it was tried, and the change is not there"),
		option(string(pipeline.Dropped), "Dropped: it is not worth having any more"),
	}
	if canMove {
		options = append(options, option(string(pipeline.Merged), "Merged: another outcome takes its place"))
	}
	return options
}

// thenOptions are what can become of the ideas that are linked to it.
func thenOptions(canMove bool) []*slack.OptionBlockObject {
	options := []*slack.OptionBlockObject{option(string(pipeline.KeepLinks), "Stay linked, as the record of what was tried")}
	if canMove {
		options = append(options, option(string(pipeline.Relink), "Move to another outcome, chosen below"))
	}
	return append(options, option(string(pipeline.DropLinks), "Lose that link"))
}

// reopenForm draws the form that opens a closed outcome again.
func reopenForm(m metadata, s closeScene, typed map[pipeline.Field]string, notes ...slack.Block) *slack.ModalViewRequest {
	o := s.outcome
	blocks := append([]slack.Block{rich(line(bold(o.Key.String()), text("  "+o.Statement)))}, notes...)
	return form(formOutcomeReopen, pipeline.Cut("Reopen "+o.Key.String(), 24), "Open it again", m, append(blocks,
		rich(line(text("It was closed, "+string(o.Result)+":")), quote(o.ClosedWhy)),
		note("What was moved to another outcome meanwhile stays there."),
		textInput(pipeline.FieldWhy, m.Fresh, "Why is it open again?", "One line. It is kept with the outcome.", "", typed[pipeline.FieldWhy], pipeline.ReasonLimit, false),
	)...)
}
