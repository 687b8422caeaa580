package commands

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

const (
	// historyShown is how many lines of history the details end with.
	historyShown = 5
	// historyPage is how many a page of the history holds, and historyPages how
	// far back one can leaf.
	historyPage  = 20
	historyPages = 50
	// changeShown is how much of a text before and after a change is shown, in
	// runes.
	changeShown = 300
	// inHistory stands in the value of the buttons that turn its pages.
	inHistory = "history"
)

// wantHistory: the idea that a button names, with its events up to the page
// that is asked for, and one more to know whether there are others.
func wantHistory(req *Request) (storage.Want, error) {
	p, key, err := req.buttonIdea()
	return storage.Want{Idea: key, History: historyPage*min(p.page(), historyPages) + 1}, err
}

// showHistory opens all that happened to an idea, or turns its page.
func showHistory(_ context.Context, _ *App, req *Request) (Reply, error) {
	p, idea, err := req.clicked()
	if err != nil {
		return Reply{}, err
	}
	view := historyView(idea, req.Loaded.Events, min(p.page(), historyPages), metadata{Channel: req.Channel})
	if req.Form != nil && p.Get("in") == inHistory {
		return Reply{Update: view}, nil
	}
	return Reply{Open: view}, nil
}

// historyView draws one page of what happened to an idea. newest are its events
// from the newest on, at least up to that page, and one more where there are
// others. A page past the end is the last one.
func historyView(idea pipeline.Idea, newest []pipeline.Event, page int, m metadata) *slack.ModalViewRequest {
	turn := func(label string, to int) slack.BlockElement {
		return button(actionHistory+":"+strings.ToLower(label), label, "events of "+idea.Key.String(),
			newParams("idea", idea.Key.String(), "in", inHistory, "page", strconv.Itoa(to)))
	}
	blocks := append([]slack.Block{rich(line(ideaTitle(idea)))}, historyBlocks(newest, page, turn)...)
	return form("idea.history_shown", "History of "+idea.Key.String(), "", m, blocks...)
}

// historyBlocks draw one page of what happened, and the buttons that turn it.
func historyBlocks(newest []pipeline.Event, page int, turn func(label string, to int) slack.BlockElement) []slack.Block {
	page = max(1, min(page, (len(newest)+historyPage-1)/historyPage))
	last := min(len(newest), page*historyPage)
	var blocks []slack.Block
	for _, event := range newest[(page-1)*historyPage : last] {
		blocks = append(blocks, eventBlock(event))
	}
	var turns []slack.BlockElement
	if page > 1 {
		turns = append(turns, turn("Newer", page-1))
	}
	if last < len(newest) && page < historyPages {
		turns = append(turns, turn("Older", page+1))
	}
	if len(turns) > 0 {
		blocks = append(blocks, buttons(turns...))
	}
	return blocks
}

// eventBlock draws one event for those who may read all of the idea: who did
// what and when, with its reason and what changed.
func eventBlock(e pipeline.Event) *slack.RichTextBlock {
	runs := []slack.RichTextSectionElement{moment(e.At), text(" · "), person(e.By), text(" " + deed(e, "it"))}
	if e.By == "" {
		runs = []slack.RichTextSectionElement{moment(e.At), text(" · " + capital(deed(e, "it")))}
	}
	if e.What == pipeline.CameBack { // nobody's deed
		return rich(line(moment(e.At), text(" · It came back by itself: "+e.About)))
	}
	if e.OnBehalf != "" {
		runs = append(runs, text(", on behalf of "), person(e.OnBehalf))
	}
	if len(e.Lacks) > 0 {
		runs = append(runs, text(", although it lacked "+strings.Join(e.Lacks, "; ")))
	}
	said := []slack.RichTextElement{line(append(runs, text("."))...)}
	if e.Why != "" {
		said = append(said, quote(e.Why))
	}
	if e.Advice != "" {
		advice := e.Advice
		if e.Differs {
			advice += " It was decided otherwise."
		}
		said = append(said, line(text(advice)))
	}
	for _, c := range e.Changes {
		if e.To == pipeline.Delivered { // what is expected of it
			said = append(said, quote(capital(fieldName(c.Field))+": "+pipeline.ShowDay(c.To)))
			continue
		}
		if e.What == pipeline.WasParked && c.From == "" {
			if c.Field != pipeline.FieldDecision && c.Field != pipeline.FieldReason { // the deed names them
				words := pipeline.Cut(c.To, changeShown)
				if c.Field == pipeline.FieldRevisitDay {
					words = pipeline.ShowDay(c.To)
				}
				said = append(said, quote(fieldName(c.Field)+": "+words))
			}
			continue
		}
		said = append(said, changed(c))
	}
	return rich(said...)
}

// changed says what a field said before and says now.
func changed(c pipeline.Change) *slack.RichTextQuote {
	words := quote(fieldName(c.Field) + ": ")
	switch {
	case c.From == "":
		words.Elements = append(words.Elements, saidIn(c.Field, c.To), text(" was added"))
	case c.To == "":
		words.Elements = append(words.Elements, saidIn(c.Field, c.From), text(" was taken away"))
	default:
		words.Elements = append(words.Elements, text("it was "), saidIn(c.Field, c.From), text(", it became "), saidIn(c.Field, c.To))
	}
	return words
}

// saidIn is what a field said before or after a change.
func saidIn(field pipeline.Field, s string) slack.RichTextSectionElement {
	switch field {
	case pipeline.FieldBaselineDay, pipeline.FieldTargetDay, pipeline.FieldMetricBy, pipeline.FieldRevisitDay, pipeline.FieldEffectDay:
		return text(pipeline.ShowDay(s))
	case pipeline.FieldOwner:
		if userID.MatchString(s) {
			return person(s)
		}
	}
	return text(quoted(s))
}

// quoted is a text before or after a change.
func quoted(s string) string {
	if s == "" {
		return "empty"
	}
	return "“" + pipeline.Cut(s, changeShown) + "”"
}

// moment shows a time in the reader's own zone.
func moment(t time.Time) slack.RichTextSectionElement {
	without := inUTC(t)
	return slack.NewRichTextSectionDateElement(t.Unix(), "{date_short_pretty} at {time}", nil, &without)
}

// person names somebody by a mention; for private messages, forms and Home.
func person(user string) slack.RichTextSectionElement {
	return slack.NewRichTextSectionUserElement(user, nil)
}

// deed says what somebody did to an idea, as a sentence goes on behind their
// name. it stands for the idea: "it", or its key.
func deed(e pipeline.Event, it string) string {
	about := func(otherwise string) string {
		if e.About != "" {
			return e.About
		}
		return otherwise
	}
	switch e.What {
	case pipeline.WasCaptured:
		if e.About != "" { // what it was linked to at once
			return "captured " + it + " and linked it to " + e.About
		}
	case pipeline.WasMoved, pipeline.WasOverridden:
		return moveDeed(e.From, e.To, it)
	case pipeline.WasWithdrawn:
		return "withdrew " + it
	case pipeline.WasBroughtBack:
		if e.To != "" {
			return "brought " + it + " back to " + pipeline.StageNoun(e.To)
		}
		return "brought " + it + " back"
	case pipeline.CheckedIn:
		return "checked in on " + it + aside(e.About)
	case pipeline.WasClosed:
		return "closed " + it + aside(e.About)
	case pipeline.OpenedAgain:
		return "opened " + it + " again"
	case pipeline.WasSized:
		return "sized " + it
	case pipeline.WasLinked:
		return "linked " + it + " to " + about("an outcome")
	case pipeline.WasUnlinked:
		return "took the link to " + about("an outcome") + " away from " + it
	case pipeline.MadePrimary:
		return "made " + about("another link") + " the primary link of " + it
	case pipeline.GotEvidence:
		return "added evidence to " + it + aside(e.About)
	case pipeline.RunBegan:
		return "began " + about("a checklist") + " on " + it
	case pipeline.RunDecided:
		return "concluded " + about("a checklist") + " on " + it
	case pipeline.TestStarted:
		return "started a test on " + it + aside(e.About)
	case pipeline.TestAmended:
		return "changed a test on " + it + " that was running"
	case pipeline.WasParked:
		if e.From == pipeline.Parked {
			return "parked " + it + " again" + aside(e.About)
		}
		return "parked " + it + aside(e.About)
	case pipeline.WasReopened:
		return "reopened " + it
	case pipeline.WasChallenged:
		if e.By == "" {
			return "it was asked in confidence whether " + it + " is the best use of our time"
		}
		return "asked whether " + it + " is the best use of our time"
	case pipeline.ChallengeAnswered:
		return "answered whether " + it + " is the best use of our time" + aside(e.About)
	case pipeline.AskedAgain:
		return "asked for " + it + " again"
	case pipeline.BallotStarted:
		return "started a ballot on whether to " + about("pursue") + " " + it
	case pipeline.BallotClosed:
		ballot := "the ballot on whether to " + about("pursue") + " " + it
		if e.By == "" { // nobody's deed
			return ballot + " is closed"
		}
		return "closed " + ballot
	case pipeline.EffectExpected:
		return "said what " + it + " is expected to change" + aside("asked on "+pipeline.ShowDay(e.About))
	case pipeline.EffectPutOff:
		return "put off saying what " + it + " changed: it is too early" + aside("asked again on "+pipeline.ShowDay(e.About))
	case pipeline.EffectAsked:
		return "it was asked what " + it + " changed"
	case pipeline.WasTakenUp:
		return "took " + it + " up in " + about("a sprint")
	case pipeline.WasTakenOut:
		return "took " + it + " out of " + about("a sprint")
	case pipeline.WasFinished:
		return "said that " + it + " was finished in " + about("a sprint")
	case pipeline.MapWasChanged:
		return e.About
	case pipeline.HorizonWasConfirmed:
		return "said that " + it + " still holds on the board" + aside(e.About)
	case pipeline.WasReordered:
		return "moved " + it + " in the Product Backlog"
	case pipeline.BallotAudited:
		return "looked up who voted what in a ballot on " + it
	}
	return string(e.What) + " " + it // captured, edited
}

// aside adds what something is about; nothing for "".
func aside(about string) string {
	if about == "" {
		return ""
	}
	return " (" + about + ")"
}

// moveDeed words a move from one stage to another.
func moveDeed(from, to pipeline.Stage, it string) string {
	step, _ := pipeline.StepTo(from, to)
	switch {
	case to == pipeline.Delivered:
		return "marked " + it + " as delivered"
	case to == pipeline.Learned:
		return "wrote down what happened with " + it
	case to == pipeline.Discovery && from != pipeline.Captured:
		return "sent " + it + " back to discovery"
	case to == pipeline.Discovery:
		return "took " + it + " to discovery"
	case to == pipeline.Validated:
		return "validated " + it
	case step.To == "":
		return "moved " + it
	}
	return "moved " + it + " to " + pipeline.StageNoun(to)
}

// fieldName is what a form calls the field.
func fieldName(f pipeline.Field) string {
	switch f {
	case pipeline.FieldMeasure:
		return "we will know when"
	case pipeline.FieldRank:
		return "its place"
	case pipeline.FieldParent:
		return "under"
	case pipeline.FieldFrequency:
		return "how often, 1 to 5"
	case pipeline.FieldReach:
		return "how many, 1 to 5"
	case pipeline.FieldSeverity:
		return "how bad, 1 to 5"
	case pipeline.FieldCardMetric:
		return "metric on the board"
	case pipeline.FieldHorizon:
		return "worked on"
	case pipeline.FieldFrom:
		return "today"
	case pipeline.FieldTo:
		return "otherwise"
	case pipeline.FieldThreshold:
		return "enough"
	case pipeline.FieldWork:
		return "kind of work"
	case pipeline.FieldCriteria:
		return "acceptance criteria"
	case pipeline.FieldReason:
		return "kind of reason"
	case pipeline.FieldExpected:
		return "what is expected to change"
	case pipeline.FieldEffectDay:
		return "the day on which that is asked"
	case pipeline.FieldBaselineDay:
		return "day of the baseline"
	case pipeline.FieldTargetDay:
		return "day of the target"
	case pipeline.FieldMetricBy:
		return "the day by which it has a number"
	case pipeline.FieldLight:
		return "confidence"
	case pipeline.FieldSuperseding:
		return "superseded by"
	case pipeline.FieldServed:
		return "the outcome it would have served"
	case pipeline.FieldRevisitDay:
		return "looked at again on"
	case pipeline.FieldRevisitAsked:
		return "looked at again when so many people ask"
	case pipeline.FieldRevisitRed:
		return "looked at again when this outcome turns red"
	case pipeline.FieldRevisitTest:
		return "looked at again when this test passes"
	case pipeline.FieldRevisitDelivered:
		return "looked at again when this idea is delivered"
	}
	return string(f)
}
