package commands

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/slack-go/slack"
	"golang.org/x/sync/errgroup"

	"alignbot/pipeline"
	"alignbot/storage"
)

// How somebody asks others a round of questions.

// fieldReflect are the ready questions of the reflection; FieldReady has those of
// the alignment check. Slack shows ten boxes at most in one input.
// https://docs.slack.dev/reference/block-kit/block-elements/checkboxes-element
const fieldReflect pipeline.Field = "ready-reflect"

// wantRoundForm: the team of the channel, or the one that a button or form names,
// and what was typed before.
func wantRoundForm(req *Request) (storage.Want, error) {
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
	want.Draft = roundSlot(want.Team)
	return want, err
}

// roundSlot names the draft of a round that somebody starts in the team.
func roundSlot(team pipeline.TeamKey) string { return draftRound + string(team) }

// askRound opens the form that starts a round, or draws it anew: afresh, or with
// the ready questions of a button.
func askRound(ctx context.Context, app *App, req *Request) (Reply, error) {
	if req.Loaded.Team == nil {
		return chooseTeam(ctx, app, req, actionRoundNew, newParams())
	}
	team := *req.Loaded.Team
	p, err := decodeParams(req.Value)
	if err != nil {
		return Reply{}, err
	}
	begins := pipeline.RoundForm{Days: strconv.Itoa(team.DaysToVote())}
	if slices.ContainsFunc(pipeline.ReadyQuestions(), func(q pipeline.ReadyQuestion) bool { return q.ID == p.Get("question") }) {
		begins.Ready = []string{p.Get("question")}
	}
	stored := startsWith(begins)
	if ready := p.Get("ready"); ready != "" {
		return app.askReady(req, team, ready)
	}
	if req.afresh(p) {
		m, err := dropFormDraft(ctx, app, req)
		m.Stored = typedDigest(stored)
		return Reply{Update: startRoundForm(m, team, stored)}, err
	}
	m := req.formOver(p, roundSlot(team.Key))
	m.Team, m.Stored = team.Key, typedDigest(stored)
	if err := app.findTypedDraft(ctx, req, m.Draft); err != nil {
		return Reply{}, err
	}
	typed, notes := req.goingOn(actionRoundNew, newParams("team", string(team.Key)), stored)
	return Reply{Open: startRoundForm(m, team, typed, notes...)}, nil
}

// askReady fills a ready-made round into the form that the person is in; what else
// was typed stays.
func (app *App) askReady(req *Request, team pipeline.Team, ready string) (Reply, error) {
	made := pipeline.AlignmentRound()
	switch ready {
	case readyAlignment:
	case readyReflection:
		made = pipeline.ReflectionRound()
	default:
		return Reply{}, stale
	}
	m, err := req.metadata()
	if err != nil {
		return Reply{}, err
	}
	typed := startsWith(made)
	for field, words := range req.Form.typed() {
		switch field {
		case pipeline.FieldReady, fieldReflect, pipeline.FieldAnonymous:
		default:
			typed[field] = words
		}
	}
	m.Fresh, m.Stored = req.fresh(), "" // else Slack keeps the boxes as they are
	return Reply{Update: startRoundForm(m, team, typed)}, nil
}

// startsWith is what the form of a round starts with.
func startsWith(form pipeline.RoundForm) map[pipeline.Field]string {
	typed := map[pipeline.Field]string{}
	set := func(field pipeline.Field, words string) {
		if words != "" {
			typed[field] = words
		}
	}
	var align, reflect []string
	for _, id := range form.Ready {
		if strings.HasPrefix(id, readyReflection) {
			reflect = append(reflect, id)
		} else {
			align = append(align, id)
		}
	}
	set(pipeline.FieldReady, strings.Join(align, ","))
	set(fieldReflect, strings.Join(reflect, ","))
	set(pipeline.FieldDays, form.Days)
	if form.Anonymous {
		set(pipeline.FieldAnonymous, pipeline.Yes)
	}
	return typed
}

// startRound asks the people what was typed into the form.
func startRound(ctx context.Context, app *App, req *Request) (Reply, error) {
	m, slot, err := req.draftForm()
	if err != nil {
		return Reply{}, err
	}
	if req.Loaded.Team == nil {
		return Reply{}, stale
	}
	team, value := *req.Loaded.Team, req.Form.Value
	chosen := value(pipeline.FieldPeople).Chosen
	typed := pipeline.RoundForm{
		Ready: slices.Concat(value(pipeline.FieldReady).Chosen, value(fieldReflect).Chosen), Own: value(pipeline.FieldQuestion).Text,
		Channel: len(chosen) == 0, Days: value(pipeline.FieldDays).Text, Anonymous: len(value(pipeline.FieldAnonymous).Chosen) > 0,
	}
	people, left, err := app.askedPeople(ctx, team, chosen)
	if err != nil {
		return Reply{}, err
	}
	where, err := req.whereDue()
	if err != nil {
		return Reply{}, err
	}
	r, err := pipeline.StartRound(app.Policy, req.Person, where, typed, people, req.Now)
	if err != nil {
		return Reply{}, err
	}
	stored, err := app.Store.StartRound(ctx, req.Op, r, slot, startingRound(team, r)...)
	if err != nil {
		return Reply{}, err
	}
	if !slices.Equal(stored.Questions, r.Questions) || !slices.Equal(stored.To, r.To) || stored.Anonymous != r.Anonymous {
		left = []string{"It was started at your first try, as the form stood then."}
	}
	reply := app.finish(ctx, req, m, Reply{})
	reply.Tell = roundStarted(stored, left).Tell
	return reply, nil
}

// askedPeople are the people chosen, or without any those of the team's channel.
// Of a private team they are those who are in its channel. left says who was left
// out, a sentence each.
func (app *App) askedPeople(ctx context.Context, team pipeline.Team, chosen []string) (people []pipeline.Person, left []string, err error) {
	if len(chosen) == 0 {
		people, err = app.Members(ctx, team.Channel)
	} else {
		people, err = app.lookupAll(ctx, chosen)
	}
	if err == nil && team.Private && len(chosen) > 0 {
		var inside []pipeline.Person
		inside, err = app.Members(ctx, team.Channel)
		before := len(people)
		people = slices.DeleteFunc(people, func(p pipeline.Person) bool {
			return !slices.ContainsFunc(inside, func(other pipeline.Person) bool { return other.ID == p.ID })
		})
		if n := before - len(people); n > 0 {
			left = append(left, capital(counted(n, "person who is not in the team's channel was", "people who are not in the team's channel were"))+" left out.")
		}
	}
	if err != nil {
		return nil, nil, beside(err, pipeline.FieldPeople)
	}
	_, others := pipeline.NewElectorate(people, app.Policy.Guests)
	return people, append(left, others...), nil
}

// lookupAtOnce is how many people are asked of Slack at the same time.
const lookupAtOnce = 8

// lookupAll finds out about people. Of more than can be asked nothing is found out:
// the rule refuses them by their number.
func (app *App) lookupAll(ctx context.Context, users []string) ([]pipeline.Person, error) {
	people := make([]pipeline.Person, len(users))
	looks, ctx := errgroup.WithContext(ctx)
	looks.SetLimit(lookupAtOnce)
	for i, user := range users {
		if !userID.MatchString(user) {
			return nil, stale
		}
		people[i].ID = user
		if len(users) > pipeline.RoundPeople {
			continue
		}
		looks.Go(func() (err error) {
			people[i], err = app.Lookup(ctx, user)
			people[i].ID = user
			return err
		})
	}
	return people, looks.Wait()
}

// roundStarted tells privately that a round runs: how many are asked, and until
// when they can answer.
func roundStarted(r pipeline.Round, left []string) Reply {
	words := fmt.Sprintf("The round runs. Asked: %s. %s", counted(len(r.To), "person", "people"), strings.Join(left, " "))
	return tell(Mrkdwn(strings.TrimSpace(words))+" They can answer until "+whenTime(r.Deadline)+".", buttons(roundDetails(r, "")))
}

// roundValue is what each button of a round carries; in names the form it stands
// in, "" for a message.
func roundValue(r pipeline.Round, in string) params {
	p := newParams("team", string(r.Team), "round", strconv.Itoa(r.ID))
	if in != "" {
		p.set("in", in).set("at", newParams("team", string(r.Team), "round", strconv.Itoa(r.ID)).encode())
	}
	return p
}

// wantRound: the team of the round that a button or form names.
func wantRound(req *Request) (storage.Want, error) {
	team, _, err := req.round()
	return storage.Want{Team: team}, err
}

// wantRoundDraft is the same with what was typed before into the form that the
// action opens.
func wantRoundDraft(kind string) func(req *Request) (storage.Want, error) {
	return func(req *Request) (storage.Want, error) {
		team, id, err := req.round()
		return storage.Want{Team: team, Draft: slotOfRound(kind, team, id)}, err
	}
}

// slotOfRound names the draft of a form about a round.
func slotOfRound(kind string, team pipeline.TeamKey, id int) string {
	return kind + string(team) + "." + strconv.Itoa(id)
}

// round that a button or form names; the stale problem where none is.
func (req *Request) round() (team pipeline.TeamKey, id int, err error) {
	return req.numbered("round", func(m metadata) int { return m.Round })
}

// numbered is what a button or form names by a team and a number within it: in its
// value by that name, in its metadata as of says. The stale problem where it names
// none.
func (req *Request) numbered(name string, of func(metadata) int) (team pipeline.TeamKey, number int, err error) {
	if req.On == Submit || req.On == Close {
		m, err := req.metadata()
		if err == nil && (m.Team == "" || of(m) < 1) {
			err = stale
		}
		return m.Team, of(m), err
	}
	p, err := decodeParams(req.Value)
	if err != nil {
		return "", 0, err
	}
	if team, err = p.team(); err == nil && (team == "" || p.number(name) == 0) {
		err = stale
	}
	return team, p.number(name), err
}

// wantedRound reads the round that a button or form names, with its answers, that
// of the person apart.
func (app *App) wantedRound(ctx context.Context, req *Request) (storage.RoundState, error) {
	team, id, err := req.round()
	if err != nil {
		return storage.RoundState{}, err
	}
	if req.Loaded.Team == nil {
		return storage.RoundState{}, noRound(team, id)
	}
	return app.roundState(ctx, req, team, id)
}

func (app *App) roundState(ctx context.Context, req *Request, team pipeline.TeamKey, id int) (storage.RoundState, error) {
	state, err := app.Store.Round(ctx, team, id, req.Person.ID)
	if errors.Is(err, storage.ErrNotFound) {
		err = noRound(team, id)
	}
	return state, err
}

// noRound is the answer to a round that there is not.
func noRound(team pipeline.TeamKey, id int) error {
	return &pipeline.Problem{
		Code: "round-unknown",
		What: fmt.Sprintf("There is no round %d of %s that you can see.", id, team),
		Safe: "Nothing was changed.",
		Next: "Type /align ask in the team's channel to start one.",
	}
}

// roundDetails opens everything about a round.
func roundDetails(r pipeline.Round, in string) *slack.ButtonBlockElement {
	return button(actionRound, "Details", "of the round of questions", roundValue(r, in))
}
