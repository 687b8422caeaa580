package commands

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alignbot/pipeline"
	"alignbot/storage"
)

// people by their role towards the team of the shop.
var people = map[pipeline.Role]pipeline.Person{
	pipeline.RoleDeactivated:  {ID: "U_DEA", Workspace: "T1", Deactivated: true},
	pipeline.RoleBot:          {ID: "U_BOT", Workspace: "T1", Bot: true},
	pipeline.RoleOutsider:     {ID: "U_OUT", Workspace: "T2", Outsider: true},
	pipeline.RoleGuest:        {ID: "U_GUE", Workspace: "T1", Guest: true},
	pipeline.RoleMember:       {ID: "U_MEM", Workspace: "T1"},
	pipeline.RoleProductOwner: {ID: "U_ANN", Workspace: "T1"},
	pipeline.RoleAdmin:        {ID: "U_ADM", Workspace: "T1", Admin: true},
}

// Whatever is on the list is done for those the permission table allows it,
// and refused to everybody else: every entry, every role, with an own idea and
// somebody else's, in the team's channel and elsewhere.
func TestEveryEntryAsksThePermissionTable(t *testing.T) {
	for _, policy := range []pipeline.Policy{{}, {Guests: true, MembersCreateTeams: true}} {
		for _, e := range List() {
			t.Run(fmt.Sprintf("%s %s %s guests %v", e.On, e.Name, e.Word, policy.Guests), func(t *testing.T) {
				app := shop(t)
				app.Policy = policy
				for _, role := range pipeline.Roles() {
					for _, own := range []bool{true, false} {
						if !own && e.May != pipeline.ChangeOwnIdea {
							continue // whose idea it is matters to nothing else
						}
						for _, channel := range []string{"C1", "C2"} {
							person := people[role]
							if role == pipeline.RoleGuest {
								person.ID += channel // who has been in a channel is remembered
							}
							author := person.ID
							if !own {
								author = "U_ZOE"
							}
							asksTheTable(t, app, e, role, person, author, channel)
						}
					}
				}
			})
		}
	}
}

// What somebody was allowed when a message or form was drawn does not count when
// it is used.
func TestARightThatIsLostBetweenDrawingAndUsing(t *testing.T) {
	ann := pipeline.Person{ID: "U_ANN", Workspace: "T1"}
	gone, guest := ann, ann
	gone.Deactivated, guest.Guest = true, true
	for _, e := range List() {
		t.Run(fmt.Sprint(e.On, e.Name, e.Word), func(t *testing.T) {
			app := shop(t)
			asksTheTable(t, app, e, pipeline.RoleProductOwner, ann, ann.ID, "C1")
			team, err := app.Store.Team(t.Context(), "PAY")
			if err != nil {
				t.Fatal(err)
			}
			team.Owners = []string{"U_ZOE"}
			if _, err := app.Store.ChangeTeam(t.Context(), "owners", team); err != nil {
				t.Fatal(err)
			}
			asksTheTable(t, app, e, pipeline.RoleMember, ann, ann.ID, "C1")
			asksTheTable(t, app, e, pipeline.RoleGuest, guest, ann.ID, "C1")
			asksTheTable(t, app, e, pipeline.RoleDeactivated, gone, ann.ID, "C1")
		})
	}
}

// Every step between two stages is made by those the table allows it, from a
// button or a form, and nothing else is made.
func TestEveryStepAsksThePermissionTable(t *testing.T) {
	app := shop(t)
	app.Policy.Guests = true
	router := NewRouter(List(), "")
	click, _ := router.Find(Button, actionMove)
	submit, _ := router.Find(Submit, formMove)
	for _, role := range pipeline.Roles() {
		for _, from := range pipeline.Stages() {
			for _, to := range pipeline.Stages() {
				name := fmt.Sprintf("%s: %s to %s", role, from, to)
				idea := app.at(t, name, from)
				where := subject{idea.Key, "C1"}
				req := plausible(click, "click "+name, people[role], where)
				req.Value = newParams("idea", idea.Key.String(), "to", string(to)).encode()
				app.Handle(t.Context(), click, req)
				req = plausible(submit, "submit "+name, people[role], where)
				req.Form.Metadata = metadata{Idea: idea.Key.String(), To: to, Draft: moveSlot(idea.Key, to), Fresh: "f", Channel: "C1"}.encode()
				app.Handle(t.Context(), submit, req)

				want := from
				if step, known := pipeline.StepTo(from, to); known && to != pipeline.Parked &&
					pipeline.May(app.Policy, people[role], step.May, pipeline.Where{Team: req.Loaded.Team, InChannel: true}).OK {
					want = to
				}
				if now, err := app.Store.Idea(t.Context(), idea.Key); err != nil || now.Stage != want {
					t.Errorf("%s: it is %s, want %s (%v)", name, now.Stage, want, err)
				}
			}
		}
	}
}

// at stores an idea that has what gates ask for, at that stage.
func (app *App) at(t *testing.T, op string, stage pipeline.Stage) pipeline.Idea {
	t.Helper()
	idea, err := pipeline.Capture(pipeline.Draft{Title: op, Measure: "a number", Evidence: "a talk"}, "PAY", "U_ANN", pipeline.Source{}, time.Now())
	if err == nil {
		idea, err = app.Store.Capture(t.Context(), "capture "+op, idea, storage.Slot{})
	}
	if err != nil {
		t.Fatal(err)
	}
	idea.Stage, idea.Outcomes = stage, []pipeline.OutcomeKey{{Team: "PAY", Number: 1}}
	idea, err = app.Store.ChangeIdea(t.Context(), "at "+op, idea, storage.Slot{}, pipeline.Event{At: time.Now(), By: "U_ANN", What: pipeline.WasMoved, To: stage})
	if err != nil {
		t.Fatal(err)
	}
	return idea
}

// Two product owners who promote at the same moment: the last room in the
// Product Backlog is taken once, and each idea is moved once.
func TestPromotingAtTheSameMoment(t *testing.T) {
	app := shop(t)
	team, err := app.Store.Team(t.Context(), "PAY")
	if err != nil {
		t.Fatal(err)
	}
	team.Owners = []string{"U_ANN", "U_ZOE"}
	team.Velocity, team.VelocityIdeas, team.SoftLimit, team.HardLimit = 3, true, 1, 1
	if _, err := app.Store.ChangeTeam(t.Context(), "limits", team); err != nil {
		t.Fatal(err)
	}
	submit, _ := NewRouter(List(), "").Find(Submit, formMove)
	var all sync.WaitGroup
	for i := range 5 { // ideas, for three of which there is room
		idea := app.at(t, fmt.Sprint("idea ", i), pipeline.Validated)
		for _, owner := range team.Owners {
			all.Go(func() {
				req := plausible(submit, fmt.Sprint("submit ", i, owner), pipeline.Person{ID: owner, Workspace: "T1"}, subject{idea.Key, "C1"})
				req.Form.Metadata = metadata{Idea: idea.Key.String(), To: pipeline.Backlog, Draft: moveSlot(idea.Key, pipeline.Backlog), Fresh: "f", Channel: "C1"}.encode()
				for range 20 { // "several people are changing it": they try again
					var problem *pipeline.Problem
					if _, err := app.Handle(t.Context(), submit, req); !errors.As(err, &problem) || problem.Code != "idea-busy" {
						return
					}
				}
				t.Error("nobody came through")
			})
		}
	}
	all.Wait()
	board, err := app.Store.Board(t.Context(), "PAY")
	if err != nil || board.Counts[pipeline.Backlog] != 3 || board.Load.Overridden != 0 {
		t.Errorf("%d are in the Product Backlog, %+v (%v)", board.Counts[pipeline.Backlog], board.Load, err)
	}
}

// asksTheTable uses an entry once, with an idea of the author's.
func asksTheTable(t *testing.T, app *App, e Entry, role pipeline.Role, person pipeline.Person, author, channel string) {
	t.Helper()
	name := fmt.Sprint(role, author, channel)
	idea, err := pipeline.Capture(pipeline.Draft{Title: "An idea"}, "PAY", author, pipeline.Source{}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if idea, err = app.Store.Capture(t.Context(), "capture"+name, idea, storage.Slot{}); err != nil {
		t.Fatal(err)
	}
	furnishFor(t, app, e, idea, "words", person)
	before := recorded(t, app, idea.Key)
	req := plausible(e, name, person, subject{idea.Key, channel})
	_, err = app.Handle(t.Context(), e, req)
	var problem *pipeline.Problem
	refused := errors.As(err, &problem) && problem.Code == "not-permitted"

	action := e.May
	if action == pipeline.ChangeOwnIdea && author != person.ID {
		action = pipeline.ChangeAnyIdea
	}
	if e.MayFor != nil {
		action = e.MayFor(req)
	}
	home := "C1"
	if req.Loaded.Team != nil {
		home = req.Loaded.Team.Channel
	}
	allowed := pipeline.May(app.Policy, person, action, pipeline.Where{
		Team: req.Loaded.Team, InChannel: channel == home, OwnsAnyTeam: role == pipeline.RoleProductOwner,
	}).OK
	if refused == allowed {
		t.Errorf("by a %s, an idea of %s, in %s: refused %v, allowed by the table %v (%v)", role, author, channel, refused, allowed, err)
	}
	if allowed && problem == stale {
		t.Errorf("by a %s, an idea of %s, in %s: a request that Slack could send is not understood", role, author, channel)
	}
	if allowed {
		return
	}
	if after := recorded(t, app, idea.Key); !reflect.DeepEqual(before, after) {
		t.Errorf("a %s changed something (-before +after):\n%s", role, cmp.Diff(before, after))
	}
}

// furnishFor gives an idea and its team what the entry can be used on by that
// person. The words are in all of it.
func furnishFor(t *testing.T, app *App, e Entry, idea pipeline.Idea, words string, person pipeline.Person) {
	t.Helper()
	if strings.HasPrefix(e.Name, "run.") || strings.HasPrefix(e.Name, "suggestion.") || e.Name == actionUnlink || e.Name == actionPrimary || e.Name == formUnlink {
		furnish(t, app, idea, words, runFor(e))
	}
	switch {
	case strings.HasPrefix(e.Name, "ask."), e.Word == "reopen":
		park(t, app, idea, words)
	case ofBallot(e):
		furnishBallot(t, app, e, idea.Key, words, person)
	case ofOutcome(e):
		furnishOutcome(t, app, e, idea.Key.Team, words)
	case ofARound(e):
		furnishRound(t, app, e, idea.Key.Team, words, person)
	case ofASprint(e):
		furnishSprint(t, app, idea.Key.Team, words)
	case ofReview(e):
		furnishReview(t, app, e, idea.Key.Team, words)
	case ofASession(e):
		furnishSession(t, app, e, idea.Key.Team, words, person)
	case ofChallenge(e):
		furnishChallenge(t, app, idea.Key, words, person)
	case ofAForensic(e):
		furnishForensic(t, app, e, idea.Key.Team, words, person)
	case ofCanvas(e):
		furnishCanvas(t, app, idea.Key.Team, words)
	case ofStoryMap(e):
		furnishStoryMap(t, app, idea.Key.Team, words)
	case ofMapped(e):
		furnishTree(t, app, idea.Key.Team, words)
	}
}

// park parks an idea as a product owner would.
func park(t testing.TB, app *App, idea pipeline.Idea, why string) pipeline.Idea {
	t.Helper()
	ctx := context.Background()
	idea, err := app.Store.Idea(ctx, idea.Key)
	if err != nil {
		t.Fatal(err)
	}
	team, err := app.Store.Team(ctx, idea.Key.Team)
	if err != nil {
		t.Fatal(err)
	}
	owner := pipeline.Person{ID: team.Owners[0], Workspace: "T1"}
	typed := pipeline.Parking{Decision: pipeline.NotNow, Reason: pipeline.TooCostly, Why: why, Revisit: pipeline.DefaultRevisit(team, time.Now())}
	parked, event, err := pipeline.Park(app.Policy, owner, pipeline.Where{Team: &team, InChannel: true}, idea, pipeline.Dossier{}, typed, time.Now())
	if err == nil {
		parked, err = app.Store.ChangeIdea(ctx, "park "+idea.Key.String(), parked, storage.Slot{}, event)
	}
	if err != nil {
		t.Fatal(err)
	}
	return parked
}

// recorded is what is kept about an idea.
func recorded(t *testing.T, app *App, key pipeline.Key) []any {
	t.Helper()
	idea, err := app.Store.Idea(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	runs, err := app.Store.Runs(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	events, err := app.Store.History(t.Context(), key, 0)
	if err != nil {
		t.Fatal(err)
	}
	polled, err := app.Store.Ballot(t.Context(), key, storage.NewestBallot, "")
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		t.Fatal(err)
	}
	nodes, err := app.Store.Nodes(t.Context(), key.Team)
	if err != nil {
		t.Fatal(err)
	}
	return []any{idea, runs, len(events), polled.Ballot, polled.Tally, nodes, recordedRound(t, app, key.Team), recordedChallenge(t, app, key), recordedForensic(t, app, key.Team), recordedReview(t, app, key.Team), recordedSession(t, app, key.Team), recordedMaps(t, app, key.Team), recordedCanvas(t, app, key.Team)}
}
