package commands

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// What whoever leads a forensic session does: end its parts, group what was written.
// What is done about the worst groups all members choose.

// changeForensic applies a rule to the session that a button or form names, and stores
// what it makes of it: again on what it is then, when somebody else changed it or gave
// something meanwhile.
func (app *App) changeForensic(ctx context.Context, req *Request, op string, draft storage.Slot, rule func(storage.ForensicState) (pipeline.Forensic, error)) (pipeline.Forensic, error) {
	state, err := app.wantedForensic(ctx, req)
	if err != nil {
		return pipeline.Forensic{}, err
	}
	for range busyTries {
		after, err := rule(state)
		if err != nil {
			return state.Forensic, err
		}
		entries := []storage.Outgoing{redrawForensic(*req.Loaded.Team, after)}
		if after.Phase != state.Forensic.Phase {
			entries = phaseBegins(*req.Loaded.Team, after)
		}
		stored, err := app.Store.ChangeForensic(ctx, op, state, after, req.Person.ID, draft, entries...)
		var conflict *storage.ForensicConflictError
		if !errors.As(err, &conflict) {
			return stored, err
		}
		state = conflict.Current
	}
	return state.Forensic, forensicBusy(state.Forensic)
}

// endsLabel is what ends each part, and what it begins.
var endsLabel = map[pipeline.ForensicPhase][2]string{
	pipeline.ForensicLists: {"End the lists", "No list is taken any more, and all of them are shown to you to be grouped."},
	pipeline.ForensicMerge: {"Let people pick", "The groups stay as they are, and everybody who takes part picks the five worst."},
	pipeline.ForensicRank:  {"End the picks", "No pick is taken any more, and the worst five are shown."},
	pipeline.ForensicFixes: {"End the session", "What was found and what is done about it is told in the thread."},
}

// endButton begins the next part before the deadline.
func endButton(f pipeline.Forensic, in string) *slack.ButtonBlockElement {
	words := endsLabel[f.Phase]
	return confirm(button(actionForensicEnd, words[0], "now", forensicValue(f, in).set("phase", string(f.Phase))), words[0]+"?", words[1], words[0])
}

// stopButton ends a session without a result.
func stopButton(f pipeline.Forensic, in string) *slack.ButtonBlockElement {
	return confirm(button(actionForensicStop, "Stop the session", "", forensicValue(f, in)), "Stop the session?", "What was written and picked is thrown away, and nothing more of it is shown.", "Stop it")
}

// endPhase begins the next part.
func endPhase(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return Reply{}, err
	}
	where, err := req.whereDue()
	if err != nil {
		return Reply{}, err
	}
	f, err := app.changeForensic(ctx, req, req.Op, storage.Slot{}, func(s storage.ForensicState) (pipeline.Forensic, error) {
		return pipeline.EndPhase(app.Policy, req.Person, where, s.Forensic, pipeline.ForensicPhase(p.Get("phase")), s.Said, req.Now)
	})
	var problem *pipeline.Problem
	if errors.As(err, &problem) && problem.Code == "phase-over" && !req.Loaded.First {
		err = nil // by an earlier try of this very click
	}
	if err != nil {
		return Reply{}, err
	}
	return app.answer(ctx, req, p, tell("It is done: the message in the channel says what is next.", buttons(forensicDetails(f, "")))), nil
}

// stopForensic ends a session without a result.
func stopForensic(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return Reply{}, err
	}
	f, err := app.changeForensic(ctx, req, req.Op, storage.Slot{}, func(s storage.ForensicState) (pipeline.Forensic, error) {
		return pipeline.StopForensic(app.Policy, req.Person, req.where(), s.Forensic, req.Now)
	})
	if err != nil && !(f.Phase == pipeline.ForensicOver && f.EndedBy == req.Person.ID) {
		return Reply{}, err
	}
	return app.answer(ctx, req, p, tell("The session is stopped.")), nil
}

// groupOf is the group that a button or form names.
func groupOf(f pipeline.Forensic, id int) (pipeline.ForensicGroup, error) {
	g, found := f.Group(id)
	if !found {
		return g, &pipeline.Problem{
			Code: "group-unknown",
			What: "That group is not there any more: it was merged or taken apart.",
			Safe: "Nothing was changed.",
			Next: fmt.Sprintf("Open session %d again to see the groups as they are now.", f.Number),
		}
	}
	return g, nil
}

// openGroup opens the form of a group.
func openGroup(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return Reply{}, err
	}
	state, err := app.wantedForensic(ctx, req)
	if err != nil {
		return Reply{}, err
	}
	f := state.Forensic
	g, err := groupOf(f, p.number("group"))
	if err != nil {
		return Reply{}, err
	}
	if _, err := pipeline.RenameGroup(app.Policy, req.Person, req.where(), f, g.ID, g.Name, g.Rule); err != nil {
		return Reply{}, err
	}
	m := req.formOver(p, "")
	m.Team, m.Forensic, m.Group = f.Team, f.Number, g.ID
	return Reply{Open: groupForm(m, f, g)}, nil
}

// saveGroup stores the name and the rule of a group, and puts another one into it
// where one was chosen.
func saveGroup(ctx context.Context, app *App, req *Request) (Reply, error) {
	m, err := req.metadata()
	if err != nil {
		return Reply{}, err
	}
	value := req.Form.Value
	rule := pipeline.RuleID(value(pipeline.FieldRule).Text)
	if rule == noRule {
		rule = ""
	}
	name, other := value(pipeline.FieldGroupName).Text, 0
	if chosen := value(pipeline.FieldGroup).Text; chosen != "" {
		if other, err = strconv.Atoi(chosen); err != nil {
			return Reply{}, stale
		}
	}
	_, err = app.changeForensic(ctx, req, req.tryOf(m.Group, name, rule, other), storage.Slot{}, func(s storage.ForensicState) (pipeline.Forensic, error) {
		f, err := pipeline.RenameGroup(app.Policy, req.Person, req.where(), s.Forensic, m.Group, name, rule)
		if _, there := f.Group(other); err == nil && other != 0 && (there || req.Loaded.First) { // else it was merged by an earlier try of this form
			f, err = pipeline.MergeGroups(app.Policy, req.Person, req.where(), f, m.Group, other)
		}
		return f, err
	})
	if err != nil {
		return Reply{}, err
	}
	return app.finish(ctx, req, m, tell("The group is saved.")), nil
}

// splitGroup takes a group apart.
func splitGroup(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return Reply{}, err
	}
	_, err = app.changeForensic(ctx, req, req.Op, storage.Slot{}, func(s storage.ForensicState) (pipeline.Forensic, error) {
		return pipeline.SplitGroup(app.Policy, req.Person, req.where(), s.Forensic, p.number("group"))
	})
	var problem *pipeline.Problem
	if errors.As(err, &problem) && problem.Code == "group-of-one" && !req.Loaded.First {
		err = nil // taken apart by an earlier try of this very click
	}
	if err != nil {
		return Reply{}, err
	}
	return app.answer(ctx, req, p, tell("Each of its ways is a group of its own now.")), nil
}

// openFix opens the form in which it is chosen what is done about a group.
func openFix(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return Reply{}, err
	}
	state, err := app.wantedForensic(ctx, req)
	if err != nil {
		return Reply{}, err
	}
	f := state.Forensic
	// What can be refused before anything is typed is refused before.
	if _, err := pipeline.ChooseFix(app.Policy, req.Person, req.where(), f, p.number("group"), pipeline.ExperimentForm{}, req.Now); refusedAtOnce(err) {
		return Reply{}, err
	}
	g, err := groupOf(f, p.number("group"))
	if err != nil {
		return Reply{}, err
	}
	stored := map[pipeline.Field]string{}
	if fix := g.Fix; fix != nil {
		stored = map[pipeline.Field]string{pipeline.FieldExperiment: fix.Words, pipeline.FieldOwner: fix.Owner, pipeline.FieldExperimentDay: fix.Day}
	}
	value := forensicValue(f, "").set("group", strconv.Itoa(g.ID))
	if req.afresh(p) {
		m, err := dropFormDraft(ctx, app, req)
		m.Stored = typedDigest(stored)
		return Reply{Update: fixForm(m, f, g, stored)}, err
	}
	m := req.formOver(p, slotOfForensic(draftFix, f.Team, f.Number, g.ID))
	m.Team, m.Forensic, m.Group, m.Version, m.Stored = f.Team, f.Number, g.ID, fixVersion(g), typedDigest(stored)
	typed, notes := req.goingOn(actionFix, value, stored)
	return Reply{Open: fixForm(m, f, g, typed, notes...)}, nil
}

// fixVersion tells the fix of a group from one that somebody chose after it.
func fixVersion(g pipeline.ForensicGroup) int64 {
	if g.Fix == nil {
		return 0
	}
	return g.Fix.At.UnixMilli()
}

// saveFix stores what is done about a group. What somebody else chose meanwhile is
// shown first.
func saveFix(ctx context.Context, app *App, req *Request) (Reply, error) {
	m, slot, err := req.draftForm()
	if err != nil {
		return Reply{}, err
	}
	value := req.Form.Value
	typed := pipeline.ExperimentForm{
		Words: value(pipeline.FieldExperiment).Text, Owner: value(pipeline.FieldOwner).Text, Day: value(pipeline.FieldExperimentDay).Text,
	}
	var theirs *pipeline.ForensicGroup
	f, err := app.changeForensic(ctx, req, req.tryOf(m.Group, typed), slot, func(s storage.ForensicState) (pipeline.Forensic, error) {
		after, err := pipeline.ChooseFix(app.Policy, req.Person, req.where(), s.Forensic, m.Group, typed, req.Now)
		if g, found := s.Forensic.Group(m.Group); err == nil && found && fixVersion(g) != m.Version && !sameFix(g.Fix, after, m.Group) {
			theirs = &g
			return after, errFixChosen
		}
		return after, err
	})
	if errors.Is(err, errFixChosen) {
		m.Version = fixVersion(*theirs)
		said := say("*Somebody chose a fix meanwhile:*\n", escape(theirs.Fix.Words), "\nWhat you typed is below. Submit it again to put it in its place.")
		return Reply{Update: fixForm(m, f, *theirs, req.Form.typed(), said)}, nil
	}
	if err != nil {
		return Reply{}, err
	}
	return app.finish(ctx, req, m, tell("The fix is kept. All of them are told in the thread when the session ends.", buttons(forensicDetails(f, "")))), nil
}

// errFixChosen: somebody else chose a fix since the form was opened.
var errFixChosen = errors.New("somebody chose a fix meanwhile")

// sameFix tells whether a stored fix is what was typed, as after an earlier try.
func sameFix(stored *pipeline.ForensicFix, after pipeline.Forensic, group int) bool {
	g, _ := after.Group(group)
	return stored != nil && g.Fix != nil && stored.Words == g.Fix.Words && stored.Owner == g.Fix.Owner && stored.Day == g.Fix.Day
}
