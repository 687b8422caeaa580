package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"alignbot/commands"
	"alignbot/pipeline"
	"alignbot/slacksim"
)

// crowd is the sample workspace with n people more, all of them and nobody else
// in #crowd; the first is called p0 and has the id U0P0.
func crowd(n int) slacksim.Workspace {
	w := slacksim.Sample()
	c := slacksim.Channel{ID: "C0CROWD", Name: "crowd"}
	for i := range n {
		name := fmt.Sprintf("p%d", i)
		w.People = append(w.People, slacksim.Person{ID: strings.ToUpper("u0" + name), Name: name})
		c.Members = append(c.Members, name)
	}
	w.Channels = append(w.Channels, c)
	return w
}

// problemOf is the problem that the error is for people.
func problemOf(t *testing.T, err error) *pipeline.Problem {
	t.Helper()
	var problem *pipeline.Problem
	if !errors.As(err, &problem) || problem.What == "" || problem.Safe == "" || problem.Next == "" {
		t.Fatalf("%v: no problem in words", err)
	}
	return problem
}

// members asks until Slack has told.
func (w *world) members(b *running, channel string) (people []pipeline.Person) {
	w.t.Helper()
	w.eventually("Slack has told who is in "+channel, func() bool {
		var err error
		if people, err = b.app.Members(w.t.Context(), channel); err != nil && problemOf(w.t, err).Code != "electorate-late" {
			w.t.Fatal(err)
		}
		return err == nil
	})
	return people
}

func who(people []pipeline.Person, id string) pipeline.Person {
	if i := slices.IndexFunc(people, func(p pipeline.Person) bool { return p.ID == id }); i >= 0 {
		return people[i]
	}
	return pipeline.Person{}
}

func TestWhoIsInAChannelOrGroup(t *testing.T) {
	w := newWorld(t, slacksim.Options{})
	b := w.ready()
	people, err := b.app.Members(t.Context(), "C0PAYMENTS")
	if err != nil || len(people) != 5 {
		t.Fatalf("%+v, %v", people, err)
	}
	if !who(people, "U0ALICE").Admin || !who(people, "U0GINA").Guest || !who(people, "U0ALIGN").Bot || who(people, "U0BOB").Name != "Bob Brandt" {
		t.Errorf("%+v", people)
	}
	people, err = b.app.Group(t.Context(), "S0DEVS")
	if err != nil || len(people) != 2 || people[0].ID != "U0BOB" || people[1].ID != "U0CAROL" {
		t.Errorf("%+v, %v", people, err)
	}
	groups, err := b.app.Groups(t.Context())
	if err != nil || len(groups) != 1 || groups[0] != (commands.UserGroup{ID: "S0DEVS", Handle: "devs", Name: "Developers"}) {
		t.Errorf("%+v, %v", groups, err)
	}
	asked := w.Ledger().Len()
	b.app.Members(t.Context(), "C0PAYMENTS")
	b.app.Group(t.Context(), "S0DEVS")
	b.app.Groups(t.Context())
	if n := w.Ledger().Len() - asked; n != 0 {
		t.Errorf("Slack was asked %d times for what is remembered", n)
	}
	if n := len(w.calls("users.info")); n != 5 {
		t.Errorf("%d people were asked for, of 5", n)
	}
	if n := len(w.calls("users.list")); n != 0 {
		t.Error("the whole workspace was read for a few people")
	}
}

func TestManyPeopleAreReadTogether(t *testing.T) {
	workspace := crowd(1200)
	workspace.Channels = append(workspace.Channels, slacksim.Channel{ID: "C0HALF", Name: "half", Members: workspace.Channels[len(workspace.Channels)-1].Members[:600]})
	w := newWorld(t, slacksim.Options{Workspace: workspace})
	b := w.ready()
	var both sync.WaitGroup
	for channel, n := range map[string]int{"C0CROWD": 1200, "C0HALF": 600} {
		both.Go(func() {
			people := w.members(b, channel)
			if len(people) != n || slices.ContainsFunc(people, func(p pipeline.Person) bool { return p.Name == "" || p.Outsider }) {
				t.Errorf("%s: %d people", channel, len(people))
			}
		})
	}
	both.Wait()
	if n := len(w.calls("conversations.members")); n != 3 {
		t.Errorf("conversations.members was called %d times for pages of 1000, 200 and 600", n)
	}
	// Two pages; four where the second channel came when the first was read.
	if n := len(w.calls("users.list")); n > 4 {
		t.Errorf("users.list was called %d times", n)
	}
	if n := len(w.calls("users.info")); n != 0 {
		t.Errorf("users.info was called %d times", n)
	}
}

func TestAChannelOfTenThousandIsRefusedAtOnce(t *testing.T) {
	w := newWorld(t, slacksim.Options{Workspace: crowd(10_000)})
	b := w.ready()
	for range 3 {
		_, err := b.app.Members(t.Context(), "C0CROWD")
		if p := problemOf(t, err); p.Code != "electorate-too-many" || !strings.Contains(p.Error(), "2000 people") || !strings.Contains(p.Next, "user group") {
			t.Errorf("%v", p)
		}
	}
	if members, listed := len(w.calls("conversations.members")), len(w.calls("users.list")); members != 3 || listed != 0 {
		t.Errorf("%d pages of members and %d of people were read", members, listed)
	}
}

func TestASlowSlackIsAskedOnAndThenKnown(t *testing.T) {
	w := newWorld(t, slacksim.Options{})
	b := w.ready()
	slow := w.Faults().Add(slacksim.Fault{On: "conversations.members", Do: slacksim.Delay(time.Minute)})
	began := time.Now()
	_, err := b.app.Members(t.Context(), "C0PAYMENTS")
	if p := problemOf(t, err); p.Code != "electorate-late" || !strings.Contains(p.Next, "Press Start again") {
		t.Errorf("%v", p)
	}
	if took := time.Since(began); took > 2*electoratePatience {
		t.Errorf("that took %s", took)
	}
	slow.Remove()
	w.Advance(time.Minute)
	if people := w.members(b, "C0PAYMENTS"); len(people) != 5 {
		t.Errorf("%+v", people)
	}
	if n := len(w.calls("conversations.members")); n != 1 {
		t.Errorf("Slack was asked %d times", n)
	}
}

func TestSlackSaysHowLongToWait(t *testing.T) {
	w := newWorld(t, slacksim.Options{Workspace: crowd(1200)})
	b := w.ready()
	w.Faults().Add(slacksim.Fault{On: "conversations.members", Nth: 2, Do: slacksim.Throttle("1")})
	w.Faults().Add(slacksim.Fault{On: "users.list", Nth: 2, Do: slacksim.Throttle("1")})
	began := time.Now()
	if people := w.members(b, "C0CROWD"); len(people) != 1200 {
		t.Errorf("%d people", len(people))
	}
	if took := time.Since(began); took < 2*time.Second {
		t.Errorf("Slack asked for two seconds of patience and got %s", took)
	}
	if members, listed := len(w.calls("conversations.members")), len(w.calls("users.list")); members != 2 || listed != 2 {
		t.Errorf("%d pages of members and %d of people were read, where two of each do", members, listed)
	}
}

func TestWhatTheAppMayNotAskIsNamed(t *testing.T) {
	for _, c := range []struct {
		scope string
		ask   func(context.Context, *commands.App) error
	}{
		{"channels:read", func(ctx context.Context, app *commands.App) error {
			_, err := app.Members(ctx, "C0PAYMENTS")
			return err
		}},
		{"groups:read", func(ctx context.Context, app *commands.App) error {
			_, err := app.Members(ctx, "C0LEADS")
			return err
		}},
		{"usergroups:read", func(ctx context.Context, app *commands.App) error {
			_, err := app.Group(ctx, "S0DEVS")
			return err
		}},
		{"usergroups:read", func(ctx context.Context, app *commands.App) error {
			_, err := app.Groups(ctx)
			return err
		}},
	} {
		workspace := slacksim.Sample()
		workspace.App.Scopes = slices.DeleteFunc(workspace.App.Scopes, func(scope string) bool { return scope == c.scope })
		private := &workspace.Channels[slices.IndexFunc(workspace.Channels, func(c slacksim.Channel) bool { return c.Private })]
		private.Members = append(private.Members, workspace.App.BotUser)
		w := newWorld(t, slacksim.Options{Workspace: workspace})
		w.Expect("missing_scope")
		b := w.ready()
		if p := problemOf(t, c.ask(t.Context(), b.app)); p.Code != "electorate-scope" || !strings.Contains(p.What, c.scope) || !strings.Contains(p.Next, "grant "+c.scope) {
			t.Errorf("%s: %v", c.scope, p)
		}
	}
}

func TestWhereNobodyCanBeFound(t *testing.T) {
	w := newWorld(t, slacksim.Options{})
	w.Expect("no_such_subteam", "channel_not_found")
	b := w.ready()
	if _, err := b.app.Members(t.Context(), "C0LEADS"); !strings.Contains(problemOf(t, err).Error(), "Invite me") {
		t.Errorf("a private channel without the bot: %v", err)
	}
	if _, err := b.app.Group(t.Context(), "S0NEVER"); problemOf(t, err).Code != "electorate-group-gone" {
		t.Errorf("a group that never was: %v", err)
	}
	if err := w.UpdateUsergroup(t.Context(), "devs", func(g *slacksim.Usergroup) { g.Disabled = true }); err != nil {
		t.Fatal(err)
	}
	if _, err := b.app.Group(t.Context(), "S0DEVS"); problemOf(t, err).Code != "electorate-group-gone" {
		t.Errorf("a group that was deleted: %v", err)
	}
	if groups, err := b.app.Groups(t.Context()); err != nil || len(groups) != 0 {
		t.Errorf("%+v, %v", groups, err)
	}
}

func TestAGroupWithoutAnybodyIsEmpty(t *testing.T) {
	w := newWorld(t, slacksim.Options{})
	b := w.ready()
	if err := w.UpdateUsergroup(t.Context(), "devs", func(g *slacksim.Usergroup) { g.Members = nil }); err != nil {
		t.Fatal(err)
	}
	if people, err := b.app.Group(t.Context(), "S0DEVS"); err != nil || len(people) != 0 {
		t.Errorf("%+v, %v", people, err)
	}
}

func TestWhoComesAndGoesIsNoticed(t *testing.T) {
	w := newWorld(t, slacksim.Options{})
	b := w.ready()
	w.members(b, "C0PAYMENTS")
	if err := w.Join(t.Context(), "dave", "payments"); err != nil {
		t.Fatal(err)
	}
	w.eventually("dave is in the channel", func() bool { return who(w.members(b, "C0PAYMENTS"), "U0DAVE").ID != "" })
	if err := w.Leave(t.Context(), "carol", "payments"); err != nil {
		t.Fatal(err)
	}
	w.eventually("carol is not", func() bool { return who(w.members(b, "C0PAYMENTS"), "U0CAROL").ID == "" })
	if err := w.UpdatePerson(t.Context(), "bob", func(p *slacksim.Person) { p.Deactivated = true }); err != nil {
		t.Fatal(err)
	}
	w.eventually("bob is deactivated", func() bool { return who(w.members(b, "C0PAYMENTS"), "U0BOB").Deactivated })
}

func TestWhoChangesWhileEverybodyIsReadIsAskedForAgain(t *testing.T) {
	w := newWorld(t, slacksim.Options{Workspace: crowd(1200)})
	b := w.ready()
	slow := w.Faults().Add(slacksim.Fault{On: "users.list", Nth: 2, Do: slacksim.Delay(time.Minute)})
	if _, err := b.app.Members(t.Context(), "C0CROWD"); problemOf(t, err).Code != "electorate-late" {
		t.Fatal(err)
	}
	w.eventually("the first page was read", func() bool { return slow.Strikes() == 1 })
	if err := w.UpdatePerson(t.Context(), "p7", func(p *slacksim.Person) { p.Deactivated = true }); err != nil {
		t.Fatal(err)
	}
	w.eventually("the change has arrived", func() bool { return count(t, b, "alignbot_envelopes_total", "user_change") == 1 })
	w.Advance(time.Minute)
	people := w.members(b, "C0CROWD")
	if !who(people, "U0P7").Deactivated || who(people, "U0P8").Deactivated {
		t.Error("what was read before the change was believed")
	}
	if n := len(w.calls("users.info")); n != 1 {
		t.Errorf("%d people were asked for again", n)
	}
}

func TestAnotherOrganisationIsNotAskedForOneByOne(t *testing.T) {
	workspace := crowd(5)
	shared := &workspace.Channels[len(workspace.Channels)-1]
	shared.Shared = true
	for i := range 30 {
		name := fmt.Sprintf("x%d", i)
		workspace.People = append(workspace.People, slacksim.Person{ID: strings.ToUpper("u0" + name), Name: name, Team: "T0OTHER"})
		shared.Members = append(shared.Members, name)
	}
	w := newWorld(t, slacksim.Options{Workspace: workspace})
	b := w.ready()
	ids, left := pipeline.NewElectorate(w.members(b, "C0CROWD"), false)
	if len(ids) != 5 || !slices.Equal(left, []string{"30 people of another organisation were left out."}) {
		t.Errorf("%v, %v", ids, left)
	}
	if n := len(w.calls("users.info")); n != 0 {
		t.Errorf("%d people were asked for one by one", n)
	}
}

func TestStoppingEndsWhatIsBeingAsked(t *testing.T) {
	w := newWorld(t, slacksim.Options{Workspace: crowd(100)})
	b := w.ready()
	rule := w.Faults().Add(slacksim.Fault{On: "users.list", Do: slacksim.Delay(time.Hour)})
	var asking sync.WaitGroup
	asking.Go(func() {
		if _, err := b.app.Members(t.Context(), "C0CROWD"); problemOf(t, err).Code != "electorate-late" {
			t.Error(err)
		}
	})
	w.eventually("Slack is being asked", func() bool { return rule.Strikes() == 1 })
	began := time.Now()
	if err := b.end(t); err != nil {
		t.Error(err)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("stopping took %s", took)
	}
	asking.Wait()
}

func TestWhatChangesWhileItIsAskedIsNotKept(t *testing.T) {
	r := newRegistrar(t)
	o := newOnce[int](time.Minute, &r.people)
	gate, began := make(chan struct{}), make(chan struct{})
	var first sync.WaitGroup
	first.Go(func() {
		if v, err := o.get(t.Context(), "a", func(context.Context) (int, error) { close(began); <-gate; return 1, nil }); v != 1 || err != nil {
			t.Errorf("%d, %v", v, err)
		}
	})
	<-began
	o.drop(func(_ string, v int) bool { return v == 1 })
	close(gate)
	first.Wait()
	two := func(context.Context) (int, error) { return 2, nil }
	w := world{t: t}
	w.eventually("it is asked again", func() bool { v, err := o.get(t.Context(), "a", two); return v == 2 && err == nil })
	if v, _ := o.get(t.Context(), "a", func(context.Context) (int, error) { return 3, nil }); v != 2 {
		t.Errorf("%d: the answer was not kept", v)
	}
	r.pass(time.Minute)
	if v, _ := o.get(t.Context(), "a", func(context.Context) (int, error) { return 4, nil }); v != 4 {
		t.Errorf("%d: the answer was kept for too long", v)
	}
}
