package commands

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// How somebody starts a forensic session, and how its buttons and forms name it.

// wantForensicForm: the team of the channel, or the one that a button or form names,
// and what was typed before.
func wantForensicForm(req *Request) (storage.Want, error) {
	if req.On == Submit {
		m, err := req.metadata()
		return storage.Want{Team: m.Team, Draft: m.Draft}, err
	}
	want := storage.Want{Channel: req.Channel}
	if req.On == Slash {
		return want, nil
	}
	p, err := decodeParams(req.Value)
	if err == nil {
		want.Team, err = p.team()
	}
	want.Draft = draftForensic + string(want.Team)
	return want, err
}

// openForensic shows the newest session of the team, or where there is none, the
// form that starts one.
func openForensic(ctx context.Context, app *App, req *Request) (Reply, error) {
	if req.Loaded.Team == nil {
		return chooseTeam(ctx, app, req, actionForensicNew, newParams())
	}
	newest, err := app.Store.Forensics(ctx, req.Loaded.Team.Key, 1)
	if err != nil {
		return Reply{}, err
	}
	if len(newest) == 0 {
		return newForensic(ctx, app, req)
	}
	state, err := app.forensicState(ctx, req, newest[0].Team, newest[0].Number)
	if err != nil {
		return Reply{}, err
	}
	view, err := app.forensicView(ctx, req, state, 1, metadata{Channel: req.Channel})
	return Reply{Open: view}, err
}

// newForensic opens the form that starts a session, or draws it anew.
func newForensic(ctx context.Context, app *App, req *Request) (Reply, error) {
	if req.Loaded.Team == nil {
		return chooseTeam(ctx, app, req, actionForensicNew, newParams())
	}
	team := *req.Loaded.Team
	p, err := decodeParams(req.Value)
	if err != nil {
		return Reply{}, err
	}
	stored := map[pipeline.Field]string{pipeline.FieldDays: strconv.Itoa(pipeline.ForensicDays), pipeline.FieldAnonymous: pipeline.Yes}
	if req.afresh(p) {
		m, err := dropFormDraft(ctx, app, req)
		m.Stored = typedDigest(stored)
		return Reply{Update: startForensicForm(m, stored)}, err
	}
	m := req.formOver(p, draftForensic+string(team.Key))
	m.Team, m.Stored = team.Key, typedDigest(stored)
	if err := app.findTypedDraft(ctx, req, m.Draft); err != nil {
		return Reply{}, err
	}
	typed, notes := req.goingOn(actionForensicNew, newParams("team", string(team.Key)), stored)
	return Reply{Open: startForensicForm(m, typed, notes...)}, nil
}

// startForensic starts a session with what was typed into the form.
func startForensic(ctx context.Context, app *App, req *Request) (Reply, error) {
	m, slot, err := req.draftForm()
	if err != nil {
		return Reply{}, err
	}
	if req.Loaded.Team == nil {
		return Reply{}, stale
	}
	team, value := *req.Loaded.Team, req.Form.Value
	chosen := value(pipeline.FieldPeople).Chosen
	typed := pipeline.ForensicForm{Channel: len(chosen) == 0, Days: value(pipeline.FieldDays).Text, Anonymous: len(value(pipeline.FieldAnonymous).Chosen) > 0}
	people, left, err := app.askedPeople(ctx, team, chosen)
	if err != nil {
		return Reply{}, err
	}
	where, err := req.whereDue()
	if err != nil {
		return Reply{}, err
	}
	f, err := pipeline.StartForensic(app.Policy, req.Person, where, typed, people, req.Now)
	if err != nil {
		return Reply{}, err
	}
	stored, err := app.Store.StartForensic(ctx, req.Op, f, req.Person.ID, slot, phaseBegins(team, f)...)
	if err != nil {
		return Reply{}, err
	}
	if !slices.Equal(stored.To, f.To) || stored.Anonymous != f.Anonymous || stored.Days != f.Days {
		left = []string{"It was started at your first try, as the form stood then."}
	}
	words := Mrkdwn("The session runs. " + counted(len(stored.To), "person takes", "people take") + " part and got a private message.")
	for _, sentence := range left {
		words += " " + Mrkdwn(sentence)
	}
	reply := app.finish(ctx, req, m, Reply{})
	reply.Tell = tell(words+" Lists are taken until "+whenTime(stored.Deadline)+".", buttons(forensicDetails(stored, ""))).Tell
	return reply, nil
}

// forensicValue is what each button of a session carries; in names the form it stands
// in, "" for a message.
func forensicValue(f pipeline.Forensic, in string) params {
	p := newParams("team", string(f.Team), "forensic", strconv.Itoa(f.Number))
	if in != "" {
		p.set("in", in).set("at", newParams("team", string(f.Team), "forensic", strconv.Itoa(f.Number)).encode())
	}
	return p
}

// onPage is the same where the form it stands in shows that page.
func onPage(f pipeline.Forensic, in string, page int) params {
	p := forensicValue(f, in)
	if in != "" {
		p.set("at", newParams("team", string(f.Team), "forensic", strconv.Itoa(f.Number), "page", strconv.Itoa(page)).encode())
	}
	return p
}

// forensicDetails opens everything about a session.
func forensicDetails(f pipeline.Forensic, in string) *slack.ButtonBlockElement {
	return button(actionForensic, "Details", "of the forensic session", forensicValue(f, in))
}

// wantForensic: the team of the session that a button or form names.
func wantForensic(req *Request) (storage.Want, error) {
	team, _, err := req.forensic()
	return storage.Want{Team: team}, err
}

// wantForensicDraft is the same with what was typed before into the form that the
// action opens: about the session, or one of its groups.
func wantForensicDraft(kind string) func(req *Request) (storage.Want, error) {
	return func(req *Request) (storage.Want, error) {
		team, number, err := req.forensic()
		if err != nil {
			return storage.Want{}, err
		}
		p, err := decodeParams(req.Value)
		return storage.Want{Team: team, Draft: slotOfForensic(kind, team, number, p.number("group"))}, err
	}
}

// slotOfForensic names the draft of a form about a session, or a group of it where
// group is not 0.
func slotOfForensic(kind string, team pipeline.TeamKey, number, group int) string {
	slot := kind + string(team) + "." + strconv.Itoa(number)
	if group > 0 {
		slot += "." + strconv.Itoa(group)
	}
	return slot
}

// forensic is the session that a button or form names; the stale problem where none
// is.
func (req *Request) forensic() (team pipeline.TeamKey, number int, err error) {
	return req.numbered("forensic", func(m metadata) int { return m.Forensic })
}

// wantedForensic reads the session that a button or form names.
func (app *App) wantedForensic(ctx context.Context, req *Request) (storage.ForensicState, error) {
	team, number, err := req.forensic()
	if err != nil {
		return storage.ForensicState{}, err
	}
	if req.Loaded.Team == nil {
		return storage.ForensicState{}, noForensic(team, number)
	}
	return app.forensicState(ctx, req, team, number)
}

func (app *App) forensicState(ctx context.Context, req *Request, team pipeline.TeamKey, number int) (storage.ForensicState, error) {
	state, err := app.Store.Forensic(ctx, team, number, req.Person.ID)
	if errors.Is(err, storage.ErrNotFound) {
		err = noForensic(team, number)
	}
	return state, err
}

// noForensic is the answer to a session that there is not.
func noForensic(team pipeline.TeamKey, number int) error {
	return &pipeline.Problem{
		Code: "forensic-unknown",
		What: fmt.Sprintf("There is no forensic session %d of %s that you can see.", number, team),
		Safe: "Nothing was changed.",
		Next: "Type /align forensic in the team's channel to start one.",
	}
}

// forensicBusy is said when others were faster each time.
func forensicBusy(f pipeline.Forensic) error {
	return &pipeline.Problem{
		Code: "forensic-busy",
		What: fmt.Sprintf("Several people are at forensic session %d of %s at this moment.", f.Number, f.Team),
		Safe: "Nothing of theirs was overwritten.",
		Next: "Please try again.",
	}
}
