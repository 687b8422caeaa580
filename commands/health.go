package commands

import (
	"context"
	"errors"
	"maps"
	"strconv"
	"time"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// How a team's backlog is measured, and what can be done about what is found.

// inHealth: a window about one rule, or about all of them. A place in it is the value
// of the button to it.
const inHealth = "health"

// healthTitle is that of the report in a window.
const healthTitle = "Backlog health"

// healthSoon is how long a report may take before it is said that it takes a while.
const healthSoon = time.Second

// healthScene is what everything about a team's backlog health is drawn from.
type healthScene struct {
	team   pipeline.Team
	report pipeline.HealthReport
	rules  pipeline.HealthRules
	pace   pipeline.Pace
	// felt is what the team answered of late, beside what is measured. asked is what
	// it is asked now; nil for nothing.
	felt  []pipeline.Felt
	asked *pipeline.HealthAsk
	may   func(pipeline.Action) bool
	now   time.Time
	// posted: everybody in the channel reads it.
	posted bool
}

// wantHealth: the team of the channel, or the one that a button or form names, and
// what it has set for the rules.
func wantHealth(req *Request) (storage.Want, error) {
	want := storage.Want{Channel: req.Channel, Sheets: []storage.SheetWant{storage.WantHealthRules()}}
	switch req.On {
	case Slash:
		return want, nil
	case Submit:
		m, err := req.metadata()
		if err == nil && m.Team == "" {
			err = stale
		}
		want.Team = m.Team
		return want, err
	}
	p, err := decodeParams(req.Value)
	if err != nil {
		return want, err
	}
	want.Team, err = p.team()
	return want, err
}

// healthOf measures the backlog of the team that was loaded.
func (app *App) healthOf(ctx context.Context, req *Request) (healthScene, error) {
	if req.Loaded.Team == nil {
		return healthScene{}, stale
	}
	rules, err := req.Loaded.HealthRules()
	if err != nil {
		return healthScene{}, err
	}
	return app.measure(ctx, *req.Loaded.Team, rules, app.may(req), req.Now)
}

// measure measures a team's backlog. may tells what the reader is allowed to do.
func (app *App) measure(ctx context.Context, team pipeline.Team, rules pipeline.HealthRules, may func(pipeline.Action) bool, now time.Time) (healthScene, error) {
	facts, err := app.Store.HealthFacts(ctx, team.Key, now)
	if err != nil {
		return healthScene{}, err
	}
	asks, err := app.Store.HealthAsks(ctx, team.Key, 2)
	if err != nil {
		return healthScene{}, err
	}
	s := healthScene{team: team, report: pipeline.ReportHealth(facts, rules, now), rules: rules, pace: facts.Pace, may: may, now: now}
	for _, ask := range asks {
		switch {
		case ask.Answerable(now) && s.asked == nil:
			s.asked = &ask
		case !ask.IsOpen() && s.felt == nil:
			s.felt = s.report.Beside(ask, now)
		}
	}
	return s, nil
}

// within answers with what is measured, where that takes no longer; else with what
// says that it takes a while, and it answers afterwards.
func (app *App) within(ctx context.Context, req *Request, soon time.Duration, slow Reply, answer func(healthScene) Reply) (Reply, error) {
	quick, cancel := context.WithTimeout(ctx, soon)
	defer cancel()
	s, err := app.healthOf(quick, req)
	if err == nil {
		return answer(s), nil
	}
	if quick.Err() == nil || ctx.Err() != nil {
		return Reply{}, err
	}
	wait := slow.Open
	slow.After = func(ctx context.Context) Reply {
		s, err := app.healthOf(ctx, req)
		if err != nil {
			trouble := Trouble(app.named(err))
			if wait == nil {
				return Reply{Tell: &trouble}
			}
			failed := *wait
			failed.Blocks.BlockSet = trouble.Blocks
			return Reply{Update: &failed}
		}
		rest := answer(s)
		if wait != nil { // the window that is shown takes its place
			rest.Open, rest.Update = nil, rest.Open
		}
		return rest
	}
	return slow, nil
}

// muchToLookAt says that what is measured takes a while: in the window that shows it
// afterwards, title its title, or in a message. What stands in a window stays.
func muchToLookAt(req *Request, window bool, title string) Reply {
	const words = "There is much to look at. This takes some seconds."
	switch {
	case req.Form != nil:
		return Reply{}
	case window:
		return Reply{Open: form("health.wait", title, "", metadata{Channel: req.Channel}, say(words))}
	}
	return tell(words)
}

// showHealth answers /align health, and turns the page of the report.
func showHealth(ctx context.Context, app *App, req *Request) (Reply, error) {
	if req.Loaded.Team == nil {
		return chooseTeam(ctx, app, req, actionHealth, newParams())
	}
	p := newParams()
	if req.On != Slash {
		var err error
		if p, err = decodeParams(req.Value); err != nil {
			return Reply{}, err
		}
	}
	window := req.Form != nil || req.Channel == "" && req.On == Button
	slow := muchToLookAt(req, window, healthTitle)
	return app.within(ctx, req, healthSoon, slow, func(s healthScene) Reply {
		post := s.post(p.page())
		switch {
		case window:
			view := form("health.report", healthTitle, "", metadata{Channel: req.Channel}, post.Blocks...)
			if req.Form != nil {
				return Reply{Update: view}
			}
			return Reply{Open: view}
		case req.Message != nil && req.Message.Private:
			return Reply{Replace: post}
		}
		return Reply{Tell: post}
	})
}

// postHealth posts the report to the team's channel, where everybody reads it.
func postHealth(ctx context.Context, app *App, req *Request) (Reply, error) {
	if req.Loaded.Team == nil {
		return Reply{}, stale
	}
	team := *req.Loaded.Team
	entry := storage.Outgoing{ID: "health:" + req.Op, Kind: drawHealth, Subject: string(team.Key), Channel: team.Channel, Args: map[string]string{"by": req.Person.ID}}
	if err := app.Store.Enqueue(ctx, entry); err != nil {
		return Reply{}, err
	}
	return tell("The report follows in the channel of " + escape(team.Name) + "."), nil
}

// drawHealth makes the report in a team's channel, of what is measured then.
func (app *App) drawHealth(ctx context.Context, c storage.Claimed) (Drawn, error) {
	d := startOf(c)
	key, err := pipeline.ParseTeamKey(c.Subject)
	if err != nil {
		return Drawn{}, err
	}
	team, err := app.Store.Team(ctx, key)
	if errors.Is(err, storage.ErrNotFound) {
		return Drawn{Skip: true}, nil
	}
	if err != nil {
		return Drawn{}, err
	}
	rules, err := app.Store.HealthRules(ctx, key)
	if err != nil {
		return Drawn{}, err
	}
	s, err := app.measure(ctx, team, rules, everybodyMay, app.Now())
	if err != nil {
		return Drawn{}, err
	}
	s.posted, d.Update = true, redrawn(c)
	d.Post = *s.post(1)
	words := Mrkdwn(fallback(app.name(ctx, c.Args["by"])) + " asked for this report.")
	d.Post.Blocks = append(d.Post.Blocks, note(words))
	return d, nil
}

// everybodyMay is what a message in a channel offers: what members may. It is asked
// again when somebody clicks.
func everybodyMay(action pipeline.Action) bool {
	switch action {
	case pipeline.MuteRule, pipeline.ChangeTeam:
		return false
	}
	return true
}

// value is what each button about a team's health carries.
func (s healthScene) value(pairs ...string) params {
	return newParams(append([]string{"team", string(s.team.Key)}, pairs...)...)
}

// repairNeeds is what the first step of a repair asks for, where that is more than to
// read.
var repairNeeds = map[pipeline.RepairKind]pipeline.Action{
	pipeline.RepairLink: pipeline.LinkOutcome, pipeline.RepairPark: pipeline.DecideIdea, pipeline.RepairEffect: pipeline.DecideIdea,
	pipeline.RepairSize: pipeline.SizeWork, pipeline.RepairCriteria: pipeline.SizeWork, pipeline.RepairEdit: pipeline.ChangeAnyIdea,
	pipeline.RepairCheckIn: pipeline.CheckInOutcome, pipeline.RepairRefine: pipeline.LogRefinement, pipeline.RepairSettings: pipeline.ChangeTeam,
	pipeline.RepairConfirm: pipeline.ChangeTeam, pipeline.RepairAsk: pipeline.AskRound,
}

// repairs are the buttons of those that the reader may begin. at is the window they
// stand in; nil for a message.
func (s healthScene) repairs(all []pipeline.Repair, about string, at *params) []slack.BlockElement {
	var elements []slack.BlockElement
	for _, r := range all {
		if needs, more := repairNeeds[r.Kind]; more && !s.may(needs) {
			continue
		}
		b := repairButton(r, s.team)
		if b == nil {
			continue
		}
		b.ActionID += "." + about
		if at != nil {
			value, err := decodeParams(b.Value)
			if err != nil {
				continue
			}
			b.Value = params{maps.Clone(value.Values)}.set("in", inHealth).set("at", at.encode()).encode()
		}
		elements = append(elements, b)
	}
	return elements
}

// pageOf is a page of so many things, from 1, with how many pages there are: a page
// past the end is the last one.
func pageOf(total, page, size int) (first, last, number, of int) {
	of = max(1, (total+size-1)/size)
	number = max(1, min(page, of))
	return (number - 1) * size, min(total, number*size), number, of
}

// pageLine says which page this is: "Page 2 of 3 · 24 findings".
func pageLine(number, of, total int, one, several string) Mrkdwn {
	words := counted(total, one, several)
	if of > 1 {
		words = "Page " + strconv.Itoa(number) + " of " + strconv.Itoa(of) + " · " + words
	}
	return Mrkdwn(words)
}
