package bot

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"alignbot/commands"
	"alignbot/pipeline"
	"alignbot/slacksim"
)

// registrar is users.info with a clock of its own.
type registrar struct {
	people
	clock  atomic.Int64
	asked  atomic.Int64
	answer func(context.Context, string) (*slack.User, error)
}

func newRegistrar(t *testing.T) *registrar {
	r := &registrar{}
	timing := Timing{}
	timing.fillIn()
	life, end := context.WithCancel(context.Background())
	r.people = people{
		ask: func(ctx context.Context, id string) (*slack.User, error) {
			r.asked.Add(1)
			return r.answer(ctx, id)
		},
		workspace: "T1", timing: timing, now: func() time.Time { return time.Unix(r.clock.Load(), 0) }, life: life,
		known: map[string]fact{}, flights: map[string]*flight{},
	}
	r.answer = func(_ context.Context, id string) (*slack.User, error) {
		return &slack.User{ID: id, TeamID: "T1", Name: "al"}, nil
	}
	t.Cleanup(func() {
		end()
		r.asking.Wait()
	})
	return r
}

func (r *registrar) pass(d time.Duration) { r.clock.Add(int64(d.Seconds())) }

func TestFactsAreAskedOnceAndForAMinute(t *testing.T) {
	r := newRegistrar(t)
	gate := make(chan struct{})
	plain := r.answer
	r.answer = func(ctx context.Context, id string) (*slack.User, error) {
		<-gate
		return plain(ctx, id)
	}
	var asking sync.WaitGroup
	for range 20 {
		asking.Go(func() {
			if p, err := r.who(t.Context(), "U1", true); err != nil || p.Name != "al" {
				t.Errorf("%+v, %v", p, err)
			}
		})
	}
	close(gate)
	asking.Wait()
	if n := r.asked.Load(); n != 1 {
		t.Errorf("asked %d times for one person", n)
	}
	r.pass(59 * time.Second)
	r.who(t.Context(), "U1", true)
	if n := r.asked.Load(); n != 1 {
		t.Errorf("asked again within a minute")
	}
	r.pass(2 * time.Second)
	r.who(t.Context(), "U1", true)
	if n := r.asked.Load(); n != 2 {
		t.Errorf("asked %d times, want again after a minute", n)
	}
}

func TestAChangeIsSeenAtOnce(t *testing.T) {
	r := newRegistrar(t)
	r.who(t.Context(), "U1", true)
	began, gate := make(chan struct{}), make(chan struct{})
	r.drop("U1")
	r.answer = func(context.Context, string) (*slack.User, error) {
		close(began)
		<-gate
		return &slack.User{ID: "U1", TeamID: "T1", IsAdmin: true}, nil
	}
	var old sync.WaitGroup
	old.Go(func() { r.who(t.Context(), "U1", true) })
	<-began
	r.drop("U1") // while the old answer is on its way
	r.answer = func(context.Context, string) (*slack.User, error) {
		return &slack.User{ID: "U1", TeamID: "T1"}, nil
	}
	close(gate)
	old.Wait()
	if p, _ := r.who(t.Context(), "U1", true); p.Admin {
		t.Error("an answer from before the change was kept")
	}
}

func TestOldFactsServeOnlyTheUnprivileged(t *testing.T) {
	r := newRegistrar(t)
	r.who(t.Context(), "U1", false)
	r.answer = func(ctx context.Context, _ string) (*slack.User, error) {
		return nil, &SlackError{Method: "users.info", Code: codeServer, remedy: unconfirmed}
	}
	r.pass(5 * time.Minute)
	if p, err := r.who(t.Context(), "U1", false); err != nil || p.Name != "al" {
		t.Errorf("%+v, %v: five minutes old facts should do", p, err)
	}
	var problem *pipeline.Problem
	if _, err := r.who(t.Context(), "U1", true); !errors.As(err, &problem) || problem.Code != commands.Unknowable.Code || problem.Cause == nil {
		t.Errorf("%v: for a privileged act they should not", err)
	}
	r.pass(6 * time.Minute)
	if _, err := r.who(t.Context(), "U1", false); !errors.As(err, &problem) {
		t.Errorf("%v: eleven minutes old facts should not do", err)
	}
}

func TestASlowSlackIsNotWaitedForWhereOldFactsDo(t *testing.T) {
	r := newRegistrar(t)
	r.who(t.Context(), "U1", false)
	r.answer = func(ctx context.Context, _ string) (*slack.User, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	r.pass(2 * time.Minute)
	began := time.Now()
	if _, err := r.who(t.Context(), "U1", false); err != nil {
		t.Error(err)
	}
	if took := time.Since(began); took > 2*slowSlack {
		t.Errorf("that took %s", took)
	}
}

func TestMemoryOfPeopleIsBounded(t *testing.T) {
	r := newRegistrar(t)
	for i := range peopleLimit + 10 {
		r.mu.Lock()
		r.remember(string(rune(i))+"x", fact{at: time.Unix(int64(i), 0)})
		r.mu.Unlock()
	}
	if n := len(r.known); n > peopleLimit {
		t.Errorf("%d people are remembered", n)
	}
	if _, kept := r.known["\x00x"]; kept {
		t.Error("the oldest facts were kept")
	}
}

func TestWhatUsersInfoMeans(t *testing.T) {
	r := newRegistrar(t)
	r.enterprise = "E1"
	for _, c := range []struct {
		name string
		user slack.User
		is   func(pipeline.Person) bool
	}{
		{"a member", slack.User{TeamID: "T1", TZ: "Europe/Berlin"}, func(p pipeline.Person) bool {
			return !p.Admin && !p.Guest && !p.Bot && !p.Outsider && !p.Deactivated && p.Zone == "Europe/Berlin"
		}},
		{"an owner", slack.User{TeamID: "T1", IsOwner: true}, func(p pipeline.Person) bool { return p.Admin }},
		{"a guest of one channel", slack.User{TeamID: "T1", IsRestricted: true, IsUltraRestricted: true}, func(p pipeline.Person) bool { return p.Guest }},
		{"a bot", slack.User{TeamID: "T1", IsBot: true}, func(p pipeline.Person) bool { return p.Bot }},
		{"a workflow", slack.User{TeamID: "T1", IsWorkflowBot: true}, func(p pipeline.Person) bool { return p.Bot }},
		{"whoever authorised the app is a person", slack.User{TeamID: "T1", IsAppUser: true}, func(p pipeline.Person) bool { return !p.Bot }},
		{"somebody who left", slack.User{TeamID: "T1", Deleted: true}, func(p pipeline.Person) bool { return p.Deactivated }},
		{"another organisation", slack.User{TeamID: "T2"}, func(p pipeline.Person) bool { return p.Outsider }},
		{"a stranger", slack.User{TeamID: "T1", IsStranger: true}, func(p pipeline.Person) bool { return p.Outsider }},
		{"another workspace of the organisation", slack.User{TeamID: "T2", Enterprise: slack.EnterpriseUser{EnterpriseID: "E1", Teams: []string{"T2", "T1"}}}, func(p pipeline.Person) bool { return !p.Outsider }},
		{"the organisation, but not this workspace", slack.User{TeamID: "T2", Enterprise: slack.EnterpriseUser{EnterpriseID: "E1", Teams: []string{"T2"}}}, func(p pipeline.Person) bool { return p.Outsider }},
		{"a display name", slack.User{TeamID: "T1", RealName: "Real", Profile: slack.UserProfile{DisplayName: "shown"}}, func(p pipeline.Person) bool { return p.Name == "shown" }},
		{"no display name", slack.User{TeamID: "T1", RealName: "Real"}, func(p pipeline.Person) bool { return p.Name == "Real" }},
	} {
		if p := r.person(&c.user); !c.is(p) {
			t.Errorf("%s: %+v", c.name, p)
		}
	}
	if p, _ := r.who(t.Context(), "USLACKBOT", true); !p.Bot {
		t.Error("Slackbot is taken for a person")
	}
	r.answer = func(context.Context, string) (*slack.User, error) {
		return nil, &SlackError{Code: "user_not_found"}
	}
	if p, err := r.who(t.Context(), "U9", true); err != nil || !p.Outsider {
		t.Errorf("%+v, %v: nobody Slack knows is an outsider", p, err)
	}
}

func TestARightThatWasTakenAwayIsGoneAtOnce(t *testing.T) {
	w := newWorld(t, slacksim.Options{})
	b := w.ready()
	bob := w.Person("bob").In("general")
	bob.Types("/align say I work here")
	bob.Sees("You said I work here")
	if err := w.UpdatePerson(t.Context(), "bob", func(p *slacksim.Person) { p.Guest = true }); err != nil {
		t.Fatal(err)
	}
	w.eventually("the change has arrived", func() bool { return count(t, b, "alignbot_envelopes_total", "user_change") == 1 })
	bob.Types("/align say I was here")
	bob.Sees("not open to guests")
}

func TestNobodyActsWhomSlackDoesNotName(t *testing.T) {
	w := newWorld(t, slacksim.Options{})
	w.ready()
	w.Faults().Add(slacksim.Fault{On: "users.info", Do: slacksim.HTTPStatus(503)})
	bob := w.Person("bob").In("general")
	bob.Types("/align say hello")
	bob.Sees("could not find out from Slack what you may do")
	bob.DoesNotSee("You said hello")
}

func TestPrivilegedActsNeedFreshFacts(t *testing.T) {
	w := newWorld(t, slacksim.Options{})
	did := func(_ context.Context, _ *commands.App, r *commands.Request) (commands.Reply, error) {
		return tell("You could have"), nil
	}
	w.ready(func(s *Settings, parts *Parts) {
		s.Timing.PersonFresh = time.Nanosecond
		for word, action := range map[string]pipeline.Action{
			"create": pipeline.CreateTeam, "settings2": pipeline.ChangeTeam, "change": pipeline.ChangeAnyIdea,
			"decide": pipeline.DecideIdea, "ballot": pipeline.StartABallot, "close": pipeline.CloseAnyBallot, "audit": pipeline.AuditVotes,
		} {
			parts.Entries = append(parts.Entries, commands.Entry{On: commands.Slash, Name: "/align", Word: word, May: action, Do: did})
		}
		either := func(*commands.Request) pipeline.Action { return pipeline.OpenHome }
		parts.Entries = append(parts.Entries, commands.Entry{On: commands.Slash, Name: "/align", Word: "either", MayFor: either, Do: did})
	})
	alice := w.Person("alice").In("general")
	alice.Types("/align say I am known")
	alice.Sees("You said I am known")
	w.Faults().Add(slacksim.Fault{On: "users.info", Do: slacksim.HTTPStatus(503)})
	alice.Types("/align say old facts do")
	alice.Sees("You said old facts do")
	for _, word := range []string{"create", "settings2", "change", "decide", "ballot", "close", "audit", "either"} {
		alice.Types("/align " + word)
		alice.Sees("could not find out from Slack what you may do")
		alice.Dismisses("could not find out from Slack what you may do")
	}
	alice.DoesNotSee("You could have")
}
