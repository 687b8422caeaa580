package commands

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"alignbot/pipeline"
	"alignbot/storage"

	"github.com/slack-go/slack"
)

// What happens when no product owner of a team can decide any more. Subject of all: the
// team's key.
const (
	drawOwnerless     = "team.ownerless"      // job: has admins asked for a new one
	drawOwnerlessAsk  = "team.ownerless.ask"  // to an admin
	drawOwnerlessTold = "team.ownerless.told" // in the team's channel; args: asked (user ids)
)

// adminsAgain is how long after Slack did not tell in time who the admins are it is
// asked again.
const adminsAgain = 30 * time.Second

// OwnerLeft has admins asked for a product owner of those teams that lose their last one
// with this person. op tells one leaving from another.
func (app *App) OwnerLeft(ctx context.Context, user, op string) error {
	teams, err := app.Store.TeamsOf(ctx, user)
	if err != nil {
		return err
	}
	var jobs []storage.Outgoing
	for _, team := range teams {
		if team.OwnedBy(user) {
			jobs = append(jobs, ownerless(team, op))
		}
	}
	if len(jobs) == 0 {
		return nil
	}
	return app.Store.Enqueue(ctx, jobs...)
}

// ownerless is the job that looks whether a team has a product owner.
func ownerless(team pipeline.Team, op string) storage.Outgoing {
	return storage.Outgoing{ID: fmt.Sprintf("ownerless:%s:%s", team.Key, op), Kind: drawOwnerless, Subject: string(team.Key)}
}

// whoDecides names a team's product owners to somebody who may not do what they may. If
// none of them can, an admin is asked for one, once a day.
func (app *App) whoDecides(ctx context.Context, req *Request, team pipeline.Team) string {
	owners, err := app.productOwners(ctx, team)
	if err == nil && pipeline.Ownerless(app.Policy, team, owners) {
		day := req.Now.In(team.Location()).Format(time.DateOnly)
		if err := app.Store.Enqueue(ctx, ownerless(team, fmt.Sprint(team.Version, ":", day))); err == nil {
			return team.Name + " has no product owner at the moment. Admins of this workspace are asked to name one."
		}
		return team.Name + " has no product owner at the moment. Ask an admin of this workspace to name one."
	}
	names := make([]string, len(team.Owners))
	for i, owner := range team.Owners {
		names[i] = app.name(ctx, owner)
	}
	return "Product owners here: " + strings.Join(names, ", ") + "."
}

// unowned gives the team of an entry, and the facts about its product owners, while none
// of them can decide.
func (app *App) unowned(ctx context.Context, c storage.Claimed) (team pipeline.Team, owners []pipeline.Person, is bool, err error) {
	key, err := pipeline.ParseTeamKey(c.Subject)
	if err != nil {
		return team, nil, false, fmt.Errorf("draw %s %q: %w", c.Kind, c.Subject, err)
	}
	team, err = app.Store.Team(ctx, key)
	if errors.Is(err, storage.ErrNotFound) {
		return team, nil, false, nil
	}
	if err != nil {
		return team, nil, false, err
	}
	owners, err = app.productOwners(ctx, team)
	return team, owners, err == nil && pipeline.Ownerless(app.Policy, team, owners), err
}

// drawOwnerless is the job: each admin is asked once a day, and the channel is told who
// was asked.
func (app *App) drawOwnerless(ctx context.Context, c storage.Claimed) (Drawn, error) {
	done := Drawn{Skip: true}
	team, _, is, err := app.unowned(ctx, c)
	if err != nil || !is {
		return done, err
	}
	admins, err := app.Admins(ctx)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return Drawn{Wait: adminsAgain}, nil // a large workspace takes some minutes to read
	case err != nil:
		app.Log.Warn("a team has no product owner, and Slack does not tell who the admins are", "team", team.Key, "err", err)
	}
	asked := pipeline.NameOwners(app.Policy, team, admins)
	once := fmt.Sprintf("%s:%d:%s", team.Key, team.Version, c.Now.In(team.Location()).Format(time.DateOnly))
	entries := []storage.Outgoing{{
		ID: "ownerless-told:" + once, Kind: drawOwnerlessTold, Subject: string(team.Key), Channel: team.Channel,
		Args: map[string]string{"asked": strings.Join(asked, ",")},
	}}
	for _, admin := range asked {
		entries = append(entries, storage.Outgoing{ID: "ownerless-ask:" + once + ":" + admin, Kind: drawOwnerlessAsk, Subject: string(team.Key), User: admin})
	}
	return done, app.Store.Enqueue(ctx, entries...)
}

// drawOwnerlessAsk asks an admin to name a product owner.
func (app *App) drawOwnerlessAsk(ctx context.Context, c storage.Claimed) (Drawn, error) {
	team, owners, is, err := app.unowned(ctx, c)
	if err != nil || !is {
		return Drawn{Skip: true}, err
	}
	d := startOf(c)
	d.Post = ownerlessAsk(team, owners)
	return d, nil
}

// drawOwnerlessTold tells the team's channel, and who was asked.
func (app *App) drawOwnerlessTold(ctx context.Context, c storage.Claimed) (Drawn, error) {
	team, owners, is, err := app.unowned(ctx, c)
	if err != nil || !is {
		return Drawn{Skip: true}, err
	}
	var asked []string
	for _, admin := range strings.Split(c.Args["asked"], ",") {
		if admin != "" {
			asked = append(asked, app.name(ctx, admin))
		}
	}
	d := startOf(c)
	d.Post = ownerlessTold(team, owners, asked)
	return d, nil
}

func ownerlessAsk(team pipeline.Team, owners []pipeline.Person) Post {
	return unownedPost(team, owners, "Until somebody else is, its ideas can be captured and voted on, but nobody can decide about them. As an admin of this workspace you can name one.")
}

func ownerlessTold(team pipeline.Team, owners []pipeline.Person, asked []string) Post {
	how := Mrkdwn("Ideas can be captured and voted on, but nobody can decide about them. ")
	if len(asked) > 0 {
		how += "I have asked admins of this workspace to name another one: " + escapeCut(strings.Join(asked, ", "), 2000) + "."
	} else {
		how += "An admin of this workspace can name another one here."
	}
	return unownedPost(team, owners, how)
}

func unownedPost(team pipeline.Team, owners []pipeline.Person, how Mrkdwn) Post {
	words := nobodyOwns(team, owners)
	return Post{Text: words + " " + how, Blocks: []slack.Block{
		say(words), say(how),
		buttons(primary(button(actionTeamEdit, "Name a product owner", "of "+team.Name, newParams("team", string(team.Key))))),
	}}
}

// nobodyOwns says that a team has no product owner any more, and why.
func nobodyOwns(team pipeline.Team, owners []pipeline.Person) Mrkdwn {
	words := Mrkdwn("*") + escape(team.Name) + "* has no product owner any more: "
	for i, p := range owners {
		switch {
		case i > 0 && i == len(owners)-1:
			words += " and "
		case i > 0:
			words += ", "
		}
		name := p.Name
		if name == "" {
			name = "a colleague"
		}
		words += escapeCut(name, 200)
		switch {
		case p.Deactivated:
			words += "’s account is deactivated"
		case p.Guest:
			words += " is a guest now"
		default:
			words += " cannot decide here"
		}
	}
	return words + "."
}
