package commands

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// Problems that no rule knows of, in the words people read.
var (
	// TooSlow is said when the time to answer is nearly over.
	TooSlow = &pipeline.Problem{
		Code: "too-slow",
		What: "This is taking longer than it should, so I cannot say whether it was saved.",
		Safe: "What was saved before is safe.",
		Next: "Please look, under My ideas in my Home, before you try again.",
	}
	// Unknowable is said when Slack does not tell in time who is acting.
	Unknowable = &pipeline.Problem{
		Code: "person-unknown",
		What: "I could not find out from Slack what you may do here.",
		Safe: "Nothing was changed.",
		Next: "Please try again in a moment.",
	}
	notSaved = &pipeline.Problem{
		Code: "storage-unavailable",
		What: "I cannot reach my storage right now, so this may not be saved.",
		Safe: "What was saved before is safe.",
		Next: "Please look in a minute, under My ideas in my Home, before you try again. If it goes on, tell whoever runs alignbot.",
	}
	unexpected = &pipeline.Problem{
		Code: "unexpected",
		What: "Something went wrong on my side. It is in the log.",
		Safe: "What was saved before is safe.",
		Next: "Please try again. If it happens again, tell whoever runs alignbot.",
	}
	stale = &pipeline.Problem{
		Code: "stale",
		What: "This button or form is from another time, and I no longer know what it means.",
		Safe: "Nothing was changed.",
		Next: "Open it again from the command or the card.",
	}
)

// Explain gives the words for any error. A *pipeline.Problem anywhere in it
// speaks for itself; storage that cannot be reached and time that ran out have
// their own; everything else becomes one calm line. Only the calm line is
// worth an error in the log: expected tells.
func Explain(err error) (problem *pipeline.Problem, expected bool) {
	switch {
	case errors.As(err, &problem):
		return problem, true
	case errors.Is(err, storage.ErrUnavailable):
		return notSaved, true
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return TooSlow, true
	}
	return unexpected, false
}

// Trouble draws the words for an error as a message.
func Trouble(err error) Post {
	problem, _ := Explain(err)
	words := problem.Error()
	for _, complaint := range complaints(problem) {
		words += "\n• " + complaint
	}
	words = pipeline.Cut(words, 2900)
	return Post{Text: fallback(words), Blocks: []slack.Block{slack.NewSectionBlock(plain(words), nil, nil)}}
}

// complaints are what is wrong with the fields of a form that is not in sight, the
// same words once. Of several fields alike they tell nothing where the problem
// itself says what to do next.
func complaints(problem *pipeline.Problem) []string {
	of := map[string]int{}
	for _, words := range problem.Fields {
		of[words]++
	}
	if problem.Next != "" {
		maps.DeleteFunc(of, func(_ string, fields int) bool { return fields > 1 })
	}
	var said []string
	for _, field := range slices.Sorted(maps.Keys(problem.Fields)) {
		if words := problem.Fields[field]; of[words] > 0 && !slices.Contains(said, words) {
			said = append(said, words)
		}
	}
	return said
}

// valueLimit is how much a button can carry.
// https://docs.slack.dev/reference/block-kit/block-elements/button-element
const valueLimit = 2000

// Late draws the words for a form that Slack did not open for a command, with
// a button that opens it: a click brings a fresh right to do so. What was typed
// is in the button, or, where it is too long for one, in a draft.
func (app *App) Late(ctx context.Context, err error, req *Request, command, text string) Post {
	post := Trouble(err)
	name := "/" + strings.TrimPrefix(strings.TrimPrefix(command, "/"), app.Prefix)
	again := newParams("run", name+" "+text)
	if len(again.encode()) > valueLimit {
		slot := draftIdea + "." + req.fresh()
		if app.Store.SaveDraft(ctx, req.Person.ID, storage.Slot{Name: slot}, storage.Draft{Typed: draftOf(typed(text)).Typed(), Saved: req.Now}) != nil {
			return post
		}
		post.Blocks = append(post.Blocks, note("What you typed is kept for a day."),
			buttons(primary(button(actionNew, "Open the form", "", newParams("draft", slot)))))
		return post
	}
	post.Blocks = append(post.Blocks, buttons(primary(button(actionDo, "Open the form", "", again))))
	return post
}

// FieldErrors puts the words for an error beside the inputs of the form that
// was submitted, by block id. What belongs to no input goes to the first.
func FieldErrors(err error, form *Form) map[string]string {
	problem, _ := Explain(err)
	if problem == TooSlow || problem == notSaved || problem == unexpected {
		again := *problem
		again.Safe = "Everything you typed is still here, and nothing is stored twice if you submit again."
		again.Next = "Please submit again in a moment."
		problem = &again
	}
	marked := map[string]string{}
	for field, words := range problem.Fields {
		if block, ok := form.block(field); ok {
			marked[block] = words
		}
	}
	if len(marked) == 0 {
		marked[form.first()] = strings.Join(append([]string{problem.Error()}, complaints(problem)...), " ")
	}
	return marked
}

// commandName is a command of ours in the words of a problem.
var commandName = regexp.MustCompile(`(^|[\s“(])/(idea|align|validate|antibacklog|outcome)\b`)

// named puts the commands in the words of a problem as people of this
// workspace type them.
func (app *App) named(err error) error {
	var problem *pipeline.Problem
	if app.Prefix == "" || !errors.As(err, &problem) {
		return err
	}
	typed := *problem
	for _, words := range []*string{&typed.What, &typed.Safe, &typed.Next} {
		*words = commandName.ReplaceAllString(*words, "${1}/"+app.Prefix+"${2}")
	}
	return &typed
}

// noIdea is the answer to a key that leads nowhere.
func noIdea(key pipeline.Key) error {
	if key.Team == "" {
		return &pipeline.Problem{
			Code: "key-without-team",
			What: "This channel is not a team's, so a number alone does not say which idea you mean.",
			Next: "Put the whole key behind the command, like PAY-12.",
		}
	}
	return &pipeline.Problem{
		Code: "idea-unknown",
		What: fmt.Sprintf("There is no %s that you can see.", key),
		Next: "Type /idea list to see the ideas of this channel's team, or /idea find with a few words.",
	}
}
