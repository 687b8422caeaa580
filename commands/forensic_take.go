package commands

import (
	"context"
	"errors"
	"strconv"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// What everybody does who takes part in a forensic session: list ways, pick groups.

// waysButton opens the form of somebody's list; in names the form it stands in, ""
// for a message.
func waysButton(f pipeline.Forensic, label, in string) *slack.ButtonBlockElement {
	return button(actionWays, label, "in the forensic session", forensicValue(f, in))
}

// openWays opens the form of somebody's list. It starts with what they wrote before;
// of an anonymous session nothing is shown again and no draft is kept.
func openWays(ctx context.Context, app *App, req *Request) (Reply, error) {
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
	_, err = pipeline.CheckWays(app.Policy, req.Person, req.where(), f, nil, req.Now)
	if refusedAtOnce(err) {
		return Reply{}, err
	}
	stored := map[pipeline.Field]string{}
	if f.Anonymous {
		m := req.formOver(p, "")
		m.Team, m.Forensic = f.Team, f.Number
		return Reply{Open: waysForm(m, f, stored)}, nil
	}
	if state.List != nil {
		for i, way := range state.List.Ways {
			stored[pipeline.WayField(i)] = way
		}
	}
	if req.afresh(p) {
		m, err := dropFormDraft(ctx, app, req)
		m.Stored = typedDigest(stored)
		return Reply{Update: waysForm(m, f, stored)}, err
	}
	m := req.formOver(p, slotOfForensic(draftWays, f.Team, f.Number, 0))
	m.Team, m.Forensic, m.Stored = f.Team, f.Number, typedDigest(stored)
	typed, notes := req.goingOn(actionWays, forensicValue(f, ""), stored)
	return Reply{Open: waysForm(m, f, typed, notes...)}, nil
}

// keepWays stores somebody's list.
func keepWays(ctx context.Context, app *App, req *Request) (Reply, error) {
	m, err := req.metadata()
	if err != nil {
		return Reply{}, err
	}
	team, number, err := req.forensic()
	if err != nil {
		return Reply{}, err
	}
	if req.Loaded.Team == nil {
		return Reply{}, noForensic(team, number)
	}
	typed := make([]string, pipeline.ForensicWays)
	for i := range typed {
		typed[i] = req.Form.Value(pipeline.WayField(i)).Text
	}
	state, err := app.give(ctx, req, req.tryOf(string(team), number, typed), team, number, "", func(s storage.ForensicState) (*pipeline.ForensicList, []int, error) {
		ways, err := pipeline.CheckWays(app.Policy, req.Person, req.where(), s.Forensic, typed, req.Now)
		list := &pipeline.ForensicList{Ways: ways}
		if !s.Forensic.Anonymous {
			list.By = req.Person.ID
		}
		return list, nil, err
	})
	if err != nil {
		return Reply{}, keepingWays(err, m.Draft != "")
	}
	if m.Draft != "" {
		slot, err := m.slot()
		if err != nil {
			return Reply{}, err
		}
		if err := app.Store.DropDraft(ctx, req.Person.ID, slot); err != nil {
			return Reply{}, err
		}
	}
	f := state.Forensic
	return app.finish(ctx, req, m, tell("Your list is kept. You can change it until "+whenTime(f.Deadline)+"; then all lists are shown together.",
		buttons(waysButton(f, "Change it", ""), forensicDetails(f, "")))), nil
}

// keepingWays says of a list that is refused altogether what becomes of its words.
func keepingWays(err error, drafted bool) error {
	var problem *pipeline.Problem
	if !errors.As(err, &problem) || problem.Fields != nil {
		return err
	}
	kept := *problem
	words := problem.Error() + " Your words are still here: copy them before you close the form."
	if drafted {
		words = problem.Error() + " Your words are kept for a day."
	}
	kept.Fields = map[pipeline.Field]string{pipeline.WayField(0): words}
	return &kept
}

// give keeps what somebody gives in the phase that runs, and redraws the session's
// message. on says what of all that they give the act is about; "" for all of it.
func (app *App) give(ctx context.Context, req *Request, op string, team pipeline.TeamKey, number int, on string, check func(storage.ForensicState) (*pipeline.ForensicList, []int, error)) (storage.ForensicState, error) {
	redraw := redrawForensic(*req.Loaded.Team, pipeline.Forensic{Team: team, Number: number})
	state, err := app.Store.Give(ctx, storage.ForensicGiving{Op: op, Team: team, Number: number, User: req.Person.ID, Acted: req.acted(), On: on, Check: check}, redraw)
	switch {
	case errors.Is(err, storage.ErrNotFound):
		err = noForensic(team, number)
	case errors.Is(err, storage.ErrClosed): // what it is now says why not
		if state, err = app.forensicState(ctx, req, team, number); err == nil {
			if _, _, err = check(state); err == nil {
				err = forensicBusy(state.Forensic)
			}
		}
	}
	return state, err
}

// pickGroup picks a group, or takes the pick back, and draws the groups again.
func pickGroup(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return Reply{}, err
	}
	team, number, err := req.forensic()
	if err != nil {
		return Reply{}, err
	}
	if req.Loaded.Team == nil {
		return Reply{}, noForensic(team, number)
	}
	wanted := p.Get("pick") != "" // what the button said, so that a second delivery does not undo it
	group := p.number("group")
	state, err := app.give(ctx, req, req.Op, team, number, strconv.Itoa(group), func(s storage.ForensicState) (*pipeline.ForensicList, []int, error) {
		picks, err := pipeline.PickGroup(app.Policy, req.Person, req.where(), s.Forensic, s.Picks, group, wanted, req.Now)
		return nil, picks, err
	})
	words := Mrkdwn("Your picks are kept.")
	switch {
	case errors.Is(err, storage.ErrOvertaken):
		words = laterStands + words
	case err != nil:
		return Reply{}, err
	}
	told := tell(words, buttons(forensicDetails(state.Forensic, "")))
	return app.answer(ctx, req, p, told), nil
}

// pickButton picks a group, or takes the pick back.
func pickButton(f pipeline.Forensic, group, place, page int) *slack.ButtonBlockElement {
	value := onPage(f, inForensic, page).set("group", strconv.Itoa(group))
	if place > 0 {
		return button(actionPick+":"+strconv.Itoa(group), "Take back", "the pick", value)
	}
	return button(actionPick+":"+strconv.Itoa(group), "Pick", "this group", value.set("pick", "1"))
}
