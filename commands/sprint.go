package commands

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// How a team sees its sprints: /align sprint, and what a request about one names.

// inSprint: everything about a sprint. A place in it is the value of the button to
// it; without a number it shows the newest.
const inSprint = "sprint"

// The words behind /align sprint; without one it shows the sprint.
const (
	sprintStart  = "start"
	sprintChange = "change"
	sprintClose  = "close"
	sprintRefine = "refine"
)

// sprintWords are what can stand behind the command, in the order of help.
var sprintWords = []string{sprintStart, sprintChange, sprintClose, sprintRefine, wordList}

// fitsSprint: nothing, or one of the words.
func fitsSprint(rest string) bool {
	return rest == "" || slices.Contains(sprintWords, strings.ToLower(rest))
}

// sprintWord is what was typed behind the command.
func (req *Request) sprintWord() string { return strings.ToLower(pipeline.CleanLine(typed(req.Words))) }

// mayTypedSprint is what the word asks for.
func mayTypedSprint(req *Request) pipeline.Action {
	switch req.sprintWord() {
	case sprintStart, sprintChange, sprintClose:
		return pipeline.PlanSprint
	case sprintRefine:
		return pipeline.LogRefinement
	}
	return pipeline.ReadTeam
}

// sprintsLooked is how many of a team's newest sprints are read with one: the one
// that is open, and those that its velocity is measured from.
const sprintsLooked = 1 + pipeline.VelocityOf

// sprintWant is what the views and forms of a sprint are drawn from; number 0 is the
// newest one.
func sprintWant(number int) storage.Want {
	want := storage.Want{Nodes: true, Sheets: []storage.SheetWant{storage.WantSprints(sprintsLooked)}}
	if number > 0 {
		want.Sheets = append(want.Sheets, storage.WantSprint(number))
	}
	return want
}

// wantTypedSprint: the sprints of the channel's team.
func wantTypedSprint(req *Request) (storage.Want, error) {
	want := sprintWant(0)
	want.Channel = req.Channel
	return want, nil
}

// wantSprint: the team and the sprint that a button or form names, with what was
// typed before into its form of that kind; "" for a view.
func wantSprint(draft string) func(req *Request) (storage.Want, error) {
	return func(req *Request) (storage.Want, error) {
		team, number, err := req.sprint()
		want := sprintWant(number)
		want.Team, want.Channel = team, req.Channel
		if draft != "" && team != "" {
			want.Draft = sprintSlot(draft, team, number)
		}
		return want, err
	}
}

// sprintSlot names the draft of a form about a sprint, or about a refinement; number
// is 0 for a new one.
func sprintSlot(draft string, team pipeline.TeamKey, number int) string {
	return draft + string(team) + "." + strconv.Itoa(number)
}

// sprint that a button or form names: without a number it is the newest, or a new
// one.
func (req *Request) sprint() (team pipeline.TeamKey, number int, err error) {
	if req.On == Submit || req.On == Close || req.On == Suggest {
		m, err := req.metadata()
		if err == nil && (m.Team == "" || m.Sprint < 0) {
			err = stale
		}
		return m.Team, m.Sprint, err
	}
	p, err := decodeParams(req.Value)
	if err != nil {
		return "", 0, err
	}
	team, err = p.team()
	return team, p.number("sprint"), err
}

// sprintValue is what each button of a sprint carries; in names the form it stands
// in, "" for a message. Number 0 is for a new one.
func sprintValue(team pipeline.TeamKey, number int, in string) params {
	plain := func() params {
		p := newParams("team", string(team))
		if number > 0 {
			p.set("sprint", strconv.Itoa(number))
		}
		return p
	}
	if in == "" {
		return plain()
	}
	return plain().set("in", in).set("at", plain().encode())
}

// sprintScene is what the views and forms of a sprint are drawn from.
type sprintScene struct {
	team pipeline.Team
	// sprint that is meant; nil while the team has none, and in the form of a new one.
	sprint *pipeline.Sprint
	// newest is the team's newest one, which may be the sprint itself, and before the
	// one before that; nil where there is none.
	newest, before *pipeline.Sprint
	pace           pipeline.Pace
	nodes          pipeline.Nodes
	// ideas are those that stand in the sprint, or in its form, as they are now.
	ideas []pipeline.Idea
	may   func(pipeline.Action) bool
	now   time.Time
}

// sprintScene of what was loaded; number 0 means the newest. The sprint that is open
// has its items as the ideas are now.
func (app *App) sprintScene(ctx context.Context, req *Request, number int) (sprintScene, error) {
	loaded := req.Loaded
	if loaded.Team == nil {
		return sprintScene{}, noSprint("", number)
	}
	s := sprintScene{team: *loaded.Team, nodes: loaded.Nodes, may: app.may(req), now: req.Now}
	sprints, err := loaded.Sprints(0)
	if err != nil {
		return s, err
	}
	var finished []pipeline.Finished
	for _, sprint := range sprints {
		if !sprint.IsOpen() {
			finished = append(finished, sprint.Finished)
		}
	}
	s.pace = pipeline.PaceOf(s.team, finished)
	if len(sprints) > 0 {
		s.newest, s.sprint = &sprints[0], &sprints[0]
	}
	if len(sprints) > 1 {
		s.before = &sprints[1]
	}
	if number > 0 {
		if sprints, err = loaded.Sprints(1); err != nil {
			return s, err
		}
		if len(sprints) == 0 {
			return s, noSprint(s.team.Key, number)
		}
		s.sprint = &sprints[0]
	}
	if s.sprint != nil && s.sprint.IsOpen() {
		if s.ideas, err = app.Store.Ideas(ctx, s.sprint.Keys()); err != nil {
			return s, err
		}
		*s.sprint = s.sprint.AsNow(s.ideas)
	}
	return s, nil
}

// isNewest tells whether the sprint is the team's newest: others stay as they are.
func (s sprintScene) isNewest() bool { return s.sprint != nil && s.sprint.Number == s.newest.Number }

// noSprint is the answer to a sprint that there is not.
func noSprint(team pipeline.TeamKey, number int) error {
	what := "There is no such sprint that you can see."
	if team != "" && number > 0 {
		what = fmt.Sprintf("%s has no sprint %d.", team, number)
	}
	return &pipeline.Problem{
		Code: "sprint-unknown",
		What: what,
		Safe: "Nothing was changed.",
		Next: "Type /align sprint list in the team's channel to see its sprints.",
	}
}

// typedSprint answers /align sprint and what can stand behind it.
func typedSprint(ctx context.Context, app *App, req *Request) (Reply, error) {
	word := req.sprintWord()
	if word != "" && !slices.Contains(sprintWords, word) {
		return Reply{}, &pipeline.Problem{
			Code: "sprint-words",
			What: fmt.Sprintf("I don't know how to “%s” a sprint.", pipeline.Cut(word, 40)),
			Next: "Type /align sprint for the sprint that runs, or one of these words behind it: " + strings.Join(sprintWords, ", ") + ".",
		}
	}
	if req.Loaded.Team == nil {
		return chooseTeam(ctx, app, req, map[string]string{
			"": actionSprint, sprintStart: actionSprintForm, sprintChange: actionSprint, sprintClose: actionSprint, sprintRefine: actionRefine, wordList: actionSprints,
		}[word], newParams())
	}
	switch word {
	case sprintRefine:
		return openRefine(ctx, app, req)
	case wordList:
		post, err := app.sprintsPost(ctx, req, 1)
		return Reply{Tell: post}, err
	}
	s, err := app.sprintScene(ctx, req, 0)
	if err != nil {
		return Reply{}, err
	}
	switch {
	case word == "":
		return Reply{Open: sprintView(s, metadata{Channel: req.Channel})}, nil
	case word == sprintStart:
		return app.openSprintStart(ctx, req, s, newParams())
	case s.sprint == nil:
		return Reply{}, noSprint(s.team.Key, 0)
	case word == sprintChange:
		return app.openSprintChange(ctx, req, s, newParams())
	}
	return app.openSprintClosing(ctx, req, s, newParams())
}

// showSprint opens everything about a sprint.
func showSprint(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return Reply{}, err
	}
	s, err := app.sprintScene(ctx, req, p.number("sprint"))
	if err != nil {
		return Reply{}, err
	}
	view := sprintView(s, metadata{Channel: req.Channel})
	if req.Form != nil && p.Get("in") == inSprint {
		return Reply{Update: view}, nil
	}
	return Reply{Open: view}, nil
}

// redrawnSprint draws it again for the place of a button or form.
func (app *App) redrawnSprint(ctx context.Context, req *Request, at place) (*slack.ModalViewRequest, error) {
	again, p, err := app.reloaded(ctx, req, at, pipeline.ReadTeam, wantSprint(""))
	if err != nil {
		return nil, err
	}
	s, err := app.sprintScene(ctx, again, p.number("sprint"))
	if err != nil {
		return nil, err
	}
	return sprintView(s, metadata{Channel: at.channel}), nil
}
