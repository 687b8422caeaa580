package commands

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"alignbot/pipeline"
	"alignbot/storage"
)

// partResult is the part of a run that is one result of a participant; the
// numbers of participant and task follow.
const partResult = "result"

// resultPart names the part of a run that is one result.
func resultPart(key pipeline.AnswerKey) string {
	_, participant, task, _ := key.Split()
	return fmt.Sprintf("%s.%d.%d", partResult, participant, task)
}

// resultNamed is the result that a part names, if the test can have it.
func resultNamed(run pipeline.Run, item pipeline.Item, part string) (pipeline.AnswerKey, bool) {
	numbers := strings.ReplaceAll(strings.TrimPrefix(part, partResult+"."), ".", "/")
	key := pipeline.AnswerKey(string(item.ID) + "/" + numbers)
	return key, resultOf(run, item, key)
}

// wantFormResult: the run that the form was opened for, and what was typed
// before about the task that follows.
func wantFormResult(req *Request) (storage.Want, error) {
	want, err := wantFormRun(req)
	if err != nil {
		return want, err
	}
	m, err := req.metadata()
	if err != nil {
		return want, err
	}
	item, participant, task, _ := m.Result.Split()
	if participant == 0 {
		return want, stale
	}
	want.Draft = runSlot(want.Idea, want.Run, resultPart(pipeline.ResultKey(item, participant, task+1)))
	return want, nil
}

// participantsItem is the item that asks for results of participants.
func participantsItem(run pipeline.Run) (pipeline.Item, bool) {
	items := run.Items()
	i := slices.IndexFunc(items, func(item pipeline.Item) bool { return item.Kind == pipeline.KindParticipants })
	if i < 0 {
		return pipeline.Item{}, false
	}
	return items[i], true
}

// nextResult is the result to note next: the first one missing of the newest
// participant, else the first of a new one. When all have been, it is the first
// of all.
func nextResult(run pipeline.Run, item pipeline.Item) pipeline.AnswerKey {
	there := run.Participants()
	if len(there) == 0 {
		return pipeline.ResultKey(item.ID, 1, 1)
	}
	newest := there[len(there)-1]
	for task := range run.Tasks() {
		if key := pipeline.ResultKey(item.ID, newest, task+1); run.Answers[key].Value == "" {
			return key
		}
	}
	if newest >= pipeline.ParticipantsMax {
		return pipeline.ResultKey(item.ID, 1, 1)
	}
	return pipeline.ResultKey(item.ID, newest+1, 1)
}

// resultOf checks the result that a button or form names.
func resultOf(run pipeline.Run, item pipeline.Item, key pipeline.AnswerKey) bool {
	id, participant, task, ok := key.Split()
	return ok && id == item.ID && participant >= 1 && participant <= pipeline.ParticipantsMax && task >= 1 && task <= len(run.Tasks())
}

// openParticipant opens the form of one result of one participant, or turns to
// another one, keeping what is typed.
func openParticipant(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, idea, run, err := req.clickedRun()
	if err != nil {
		return Reply{}, err
	}
	item, asked := participantsItem(run)
	switch {
	case !asked:
		return Reply{}, stale
	case len(run.Tasks()) == 0:
		return Reply{}, &pipeline.Problem{
			Code: "tasks-missing",
			What: "Results belong to a task, and this test has none yet.",
			Safe: "Everything answered so far is kept.",
			Next: "Write down what you ask people to do, and save.",
		}
	}
	key, named := resultNamed(run, item, p.Get("part"))
	m := req.formOverRun(p, run, "")
	turned, removed := p.Get("turn") != "" && req.Form != nil, false
	if turned {
		if m, err = app.leaveResult(ctx, req, run, p); err != nil {
			return Reply{}, err
		}
	}
	if turned && p.Get("remove") != "" && m.Result == key {
		if run, err = app.removeResult(ctx, req, run, key, m.Seen[key]); err != nil {
			return Reply{}, err
		}
		removed = true
	}
	taken := run.Answers[key].Value != "" && req.Loaded.Draft == nil // somebody was faster
	if !named || !turned && taken {
		key, req.Loaded.Draft = nextResult(run, item), nil
	}
	view := resultForm{idea: idea, run: run, item: item, m: m}.of(key, req.Loaded.Draft).draw()
	if !turned {
		return Reply{Open: view}, nil
	}
	reply := Reply{}
	if removed {
		reply = app.below(ctx, req, m)
	}
	reply.Update = view
	return reply, nil
}

// below redraws what the form of a result lies on, which counts the results,
// while the form goes on to another one.
func (app *App) below(ctx context.Context, req *Request, m metadata) Reply {
	m.Home = false // it is not closed yet
	return app.finish(ctx, req, m, Reply{})
}

// leaveResult keeps what is typed about one result as its draft, before the form
// turns to another one; or drops it, to show what is stored.
func (app *App) leaveResult(ctx context.Context, req *Request, run pipeline.Run, p params) (metadata, error) {
	if p.Get("afresh") != "" || p.Get("remove") != "" {
		m, err := dropFormDraft(ctx, app, req)
		req.Loaded.Draft = nil
		return m, err
	}
	m, err := req.metadata()
	if err != nil {
		return m, err
	}
	typed := typedResult(req.Form, m.Result)
	for field, shown := range resultFields(m.Result, run.Answers[m.Result]) {
		if typed[field] != shown {
			err = app.keepTyped(ctx, req, m)
			break
		}
	}
	m.Fresh = req.fresh()
	return m, err
}

// removeResult takes a result away that was noted by mistake, unless it is no
// longer the one the person saw.
func (app *App) removeResult(ctx context.Context, req *Request, run pipeline.Run, key pipeline.AnswerKey, seen string) (pipeline.Run, error) {
	return app.changeRun(ctx, req, req.Op, run, func(run pipeline.Run) (runChange, error) {
		without, clashes, err := pipeline.Fill(run, []pipeline.Typed{{Key: key, Seen: seen}}, req.Person.ID, req.Now)
		if len(clashes) > 0 {
			err = &pipeline.Problem{
				Code: "result-changed", What: "Somebody changed this result in the meantime.",
				Safe: "It was not taken away.", Next: "Look at it again first.",
			}
		}
		return runChange{run: without, event: app.decided(req, run, without)}, err
	})
}

// recordParticipant stores one result and goes on to the next task, until all of
// the participant's are there.
func recordParticipant(ctx context.Context, app *App, req *Request) (Reply, error) {
	m, slot, idea, run, err := req.submittedRun()
	if err != nil {
		return Reply{}, err
	}
	item, asked := participantsItem(run)
	if !asked || !resultOf(run, item, m.Result) {
		return Reply{}, stale
	}
	result, err := readResult(typedResult(req.Form, m.Result), m.Result)
	if err != nil {
		return Reply{}, err
	}
	run, clashes, err := app.fillRun(ctx, req, run, slot, func(pipeline.Run) []pipeline.Typed {
		return []pipeline.Typed{{Key: m.Result, Answer: result, Seen: m.Seen[m.Result]}}
	})
	if err != nil {
		return Reply{}, err
	}
	f := resultForm{idea: idea, run: run, item: item, m: m}
	if len(clashes) > 0 {
		// Its inputs keep their ids, so Slack keeps what is typed in them.
		f = f.of(m.Result, nil)
		f.typed, f.clash = typedResult(req.Form, m.Result), true
		return Reply{Update: f.draw()}, nil
	}
	if _, participant, task, _ := m.Result.Split(); task < len(run.Tasks()) {
		f.m.Fresh = req.fresh()
		reply := app.below(ctx, req, m)
		reply.Update = f.of(pipeline.ResultKey(item.ID, participant, task+1), req.Loaded.Draft).draw()
		return reply, nil
	}
	return app.finish(ctx, req, m, savedRun(req, run)), nil
}

// The inputs of a result.
func resultInputs(key pipeline.AnswerKey) (result, seconds, severity, said pipeline.Field) {
	field := pipeline.Field(key)
	return field, field + pipeline.SecondsSuffix, field + pipeline.SeveritySuffix, field + pipeline.WhySuffix
}

// resultFields is a stored result as the inputs of its form show it.
func resultFields(key pipeline.AnswerKey, a pipeline.Answer) map[pipeline.Field]string {
	result, seconds, severity, said := resultInputs(key)
	fields := map[pipeline.Field]string{result: a.Value, seconds: "", severity: "", said: a.Why}
	if a.Seconds != nil {
		fields[seconds] = strconv.Itoa(*a.Seconds)
	}
	if a.Severity != nil {
		fields[severity] = strconv.Itoa(*a.Severity)
	}
	return fields
}

// typedResult is what stands in the inputs of a result.
func typedResult(form *Form, key pipeline.AnswerKey) map[pipeline.Field]string {
	typed := resultFields(key, pipeline.Answer{})
	for field := range typed {
		typed[field] = form.Value(field).Text
	}
	return typed
}

// readTaken reads how long a participant took, in seconds: a bare number of them,
// or a time as tasks write it, such as "2 min".
func readTaken(words string) (int, error) {
	n, _, err := pipeline.ParseNumber(words, "s")
	switch {
	case err == nil && n != math.Trunc(n):
		return 0, errors.New("Write whole seconds, such as 95.")
	case err == nil:
		return int(n), nil
	case strings.ContainsAny(words, ";\n"):
		return 0, err
	}
	// The reader of tasks knows every way to write a time; three of them make a
	// list that it takes.
	tasks, mistake := pipeline.ParseTasks("timed; " + words + "\nsecond\nthird")
	if mistake != nil || tasks[0].Expected == 0 {
		return 0, errors.New("Write whole seconds in digits, or a time with its unit, such as 95 or 2 min. At most 4 hours.")
	}
	return int(tasks[0].Expected.Seconds()), nil
}

// readResult reads what was typed: the time taken, and the severity that was
// chosen.
func readResult(typed map[pipeline.Field]string, key pipeline.AnswerKey) (pipeline.Answer, error) {
	result, seconds, severity, said := resultInputs(key)
	a := pipeline.Answer{Value: typed[result], Why: typed[said]}
	if words := strings.TrimSpace(typed[seconds]); words != "" {
		taken, err := readTaken(words)
		if err != nil {
			return a, &pipeline.Problem{
				Code: "result-time", What: "The time cannot be read.", Safe: "Everything you typed is still here.",
				Fields: map[pipeline.Field]string{seconds: err.Error()},
			}
		}
		a.Seconds = &taken
	}
	if chosen := typed[severity]; chosen != "" {
		n, err := strconv.Atoi(chosen)
		if err != nil {
			return a, stale
		}
		a.Severity = &n
	}
	return a, nil
}
