package commands

import (
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
)

// outcomeScene is what the form of an outcome is drawn from.
type outcomeScene struct {
	// outcome that is edited; its number is 0 for a new one.
	outcome pipeline.Outcome
	nodes   pipeline.Nodes
	// left: its owner's account is not active any more.
	left bool
}

func (s outcomeScene) isNew() bool { return s.outcome.Key.Number == 0 }

// outcomeMore are the inputs that the form of a new outcome shows when it is asked
// to.
var outcomeMore = []pipeline.Field{pipeline.FieldUnit, pipeline.FieldBaselineDay, pipeline.FieldOwner, pipeline.FieldSource, pipeline.FieldLight}

// outcomeTyped is what the form shows of an outcome. How it goes is left to the
// check-ins, and which way its number is to go the numbers tell.
func outcomeTyped(o pipeline.Outcome) map[pipeline.Field]string {
	f := o.Form()
	typed := map[pipeline.Field]string{}
	for field, words := range map[pipeline.Field]string{
		pipeline.FieldStatement: f.Statement, pipeline.FieldKind: string(f.Kind), pipeline.FieldParent: f.Parent, pipeline.FieldMetric: f.Metric,
		pipeline.FieldUnit: f.Unit, pipeline.FieldBaseline: f.Baseline, pipeline.FieldBaselineDay: f.BaselineDay, pipeline.FieldTarget: f.Target,
		pipeline.FieldTargetDay: f.TargetDay, pipeline.FieldMetricBy: f.MetricBy, pipeline.FieldOwner: f.Owner, pipeline.FieldSource: f.Source,
	} {
		if words != "" {
			typed[field] = words
		}
	}
	return typed
}

// typedOutcome reads the form. before is what is edited, the zero value for a new
// one.
func (req *Request) typedOutcome(m metadata, before pipeline.Outcome) (pipeline.OutcomeForm, error) {
	value := func(field pipeline.Field) string {
		if words := req.Form.Value(field).Text; words != noneChosen {
			return words
		}
		return ""
	}
	f := pipeline.OutcomeForm{
		Statement: value(pipeline.FieldStatement), Kind: pipeline.OutcomeKind(value(pipeline.FieldKind)), Parent: value(pipeline.FieldParent),
		Metric: value(pipeline.FieldMetric), Unit: value(pipeline.FieldUnit),
		Baseline: value(pipeline.FieldBaseline), BaselineDay: value(pipeline.FieldBaselineDay),
		Target: value(pipeline.FieldTarget), TargetDay: value(pipeline.FieldTargetDay), MetricBy: value(pipeline.FieldMetricBy),
		Owner: value(pipeline.FieldOwner), Source: value(pipeline.FieldSource), Light: pipeline.Light(value(pipeline.FieldLight)), Asked: m.Asked,
	}
	if before.Key.Number > 0 {
		f.Light = before.Light
	}
	if f.Owner != "" && !userID.MatchString(f.Owner) {
		return f, stale
	}
	return f, nil
}

// editOutcomeForm draws the form of an outcome.
func editOutcomeForm(m metadata, s outcomeScene, typed map[pipeline.Field]string, notes ...slack.Block) *slack.ModalViewRequest {
	title, submit := "Add an outcome", "Add"
	if !s.isNew() {
		title, submit = "Edit "+s.outcome.Key.String(), "Save"
	}
	if m.Asked {
		submit = "Keep it as it is"
	}
	limit := pipeline.StatementLimit
	blocks := append(slices.Clone(notes),
		textInput(pipeline.FieldStatement, m.Fresh, "What will have changed, and for whom?", "One line: what people do more, less or otherwise, not what is made.",
			"Accountants close the month in one day", typed[pipeline.FieldStatement], limit, false),
		radioInput(pipeline.FieldKind, m.Fresh, "Whose change is it?", "", typed[pipeline.FieldKind], outcomeKindOptions()),
		optional(parentInput(pipeline.FieldParent, m.Fresh, "Business outcome it serves", "A product outcome has one.", typed[pipeline.FieldParent], s.nodes, s.outcome.Key)),
		optional(textInput(pipeline.FieldMetric, m.Fresh, "What is counted or measured?", "", "Days until the books are closed", typed[pipeline.FieldMetric], pipeline.MetricLimit, false)),
		optional(textInput(pipeline.FieldBaseline, m.Fresh, "From which number", "As it is today.", "5 days", typed[pipeline.FieldBaseline], 120, false)),
		optional(textInput(pipeline.FieldTarget, m.Fresh, "To which number", "", "1 day", typed[pipeline.FieldTarget], 120, false)),
		optional(dateInput(pipeline.FieldTargetDay, m.Fresh, "By which day", "", typed[pipeline.FieldTargetDay])),
		optional(dateInput(pipeline.FieldMetricBy, m.Fresh, "Or no number yet: by which day will it have one?", "In place of the two numbers, while you learn what to measure.", typed[pipeline.FieldMetricBy])),
	)
	if !m.More {
		more := button(actionOutcomeMore, "More…", "unit, the day of the first number, owner, source, confidence", newParams())
		return form(formOutcomeEdit, pipeline.Cut(title, 24), submit, m, append(blocks, buttons(more))...)
	}
	owner := "Who keeps an eye on it and checks in."
	if s.left {
		owner = "The account of who looked after it is not active any more."
	}
	blocks = append(blocks,
		optional(textInput(pipeline.FieldUnit, m.Fresh, "Unit of the numbers", "Such as %, € or “calls a week”. Empty takes the one beside the numbers.", "", typed[pipeline.FieldUnit], pipeline.UnitOfOutcome, false)),
		optional(dateInput(pipeline.FieldBaselineDay, m.Fresh, "Day of the first number", "Empty is today.", typed[pipeline.FieldBaselineDay])),
		optional(personInput(pipeline.FieldOwner, m.Fresh, "Who looks after it?", owner, typed[pipeline.FieldOwner])),
		optional(textInput(pipeline.FieldSource, m.Fresh, "Where is the number read?", "", "The billing dashboard", typed[pipeline.FieldSource], pipeline.SourceLimit, false)),
	)
	if s.isNew() {
		blocks = append(blocks, optional(radioInput(pipeline.FieldLight, m.Fresh, "How confident are you that the target is reached?", "", typed[pipeline.FieldLight], lightOptions())))
	}
	return form(formOutcomeEdit, pipeline.Cut(title, 24), submit, m, blocks...)
}

// outcomeKindOptions are the kinds of outcomes with what they mean.
func outcomeKindOptions() []*slack.OptionBlockObject {
	return []*slack.OptionBlockObject{
		option(string(pipeline.ProductOutcome), "Product: what those who use it do otherwise"),
		option(string(pipeline.BusinessOutcome), "Business: what that brings, later and for many reasons"),
	}
}

// parentInput offers the business outcomes that another outcome can hang under;
// where they are too many to list, it asks for them while somebody types.
func parentInput(field pipeline.Field, fresh, label, hint, chosen string, nodes pipeline.Nodes, of pipeline.OutcomeKey) *slack.InputBlock {
	return openOutcomeInput(field, fresh, label, hint, chosen, nodes, func(o pipeline.Outcome) bool { return canHold(o, of) })
}

// canHold tells whether another outcome can hang under it.
func canHold(o pipeline.Outcome, of pipeline.OutcomeKey) bool {
	return o.Kind == pipeline.BusinessOutcome && o.Key != of
}

// openOutcomeInput offers the open outcomes that fit.
func openOutcomeInput(field pipeline.Field, fresh, label, hint, chosen string, nodes pipeline.Nodes, fits func(pipeline.Outcome) bool) *slack.InputBlock {
	options := openOutcomeOptions(nodes, "", fits)
	if len(options) < menuLimit {
		return choiceInput(field, fresh, label, hint, "Choose an outcome", chosen, options)
	}
	menu := slack.NewOptionsSelectBlockElement(slack.OptTypeExternal, plain("Type words of it, or its key"), actionOutcomePick)
	menu.MinQueryLength = new(int) // without a word the newest are offered
	menu.InitialOption = optionOf(options, chosen)
	return reporting(field, fresh, label, hint, menu)
}

// openOutcomeOptions are the open outcomes that fit and have the words, behind
// one that takes the choice back.
func openOutcomeOptions(nodes pipeline.Nodes, words string, fits func(pipeline.Outcome) bool) []*slack.OptionBlockObject {
	options := []*slack.OptionBlockObject{option(noneChosen, "None")}
	words = strings.ToLower(words)
	for _, o := range nodes.Outcomes {
		said := strings.ToLower(o.Key.String() + " " + o.Statement + " " + o.Metric)
		if o.IsOpen() && fits(o) && strings.Contains(said, words) {
			options = append(options, option(o.Key.String(), o.Key.String()+"  "+o.Statement))
		}
	}
	return options
}
