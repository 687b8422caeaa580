package commands

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/storage"
)

// mutes does what somebody does who mutes a rule by the form.
func mutes(t *testing.T, app *App, op string, rule pipeline.RuleID, why string) error {
	t.Helper()
	e := Entry{On: Submit, Name: formHealthMute, May: pipeline.MuteRule, Wants: wantHealth, Do: muteRule}
	_, err := app.Handle(context.Background(), e, &Request{
		Op: op, Now: time.Now(), Person: people[pipeline.RoleProductOwner], Channel: "C1",
		Form: &Form{
			ID: "V", Metadata: metadata{Team: "PAY", Channel: "C1", Fresh: "f", Rule: rule}.encode(),
			Values: map[string]Value{"why": {Text: why}, "until": {Text: time.Now().AddDate(0, 1, 0).Format(time.DateOnly)}},
		},
	})
	return err
}

func TestMutingAtTheSameMomentAndAgain(t *testing.T) {
	app := shop(t)
	rules := []pipeline.RuleID{pipeline.RuleStarved, pipeline.RuleNoSlack}
	var all sync.WaitGroup
	for _, rule := range rules {
		all.Go(func() {
			if err := mutes(t, app, "op "+string(rule), rule, "not now"); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	now := func() pipeline.HealthRules {
		t.Helper()
		stored, err := app.Store.HealthRules(t.Context(), "PAY")
		if err != nil {
			t.Fatal(err)
		}
		return stored
	}
	both := now()
	if len(both.Muted) != 2 || both.Version != 2 {
		t.Fatalf("muted at the same moment: %+v", both)
	}
	// The same act again changes nothing, with other words it counts.
	if err := mutes(t, app, "op starved", pipeline.RuleStarved, "not now"); err != nil {
		t.Fatal(err)
	}
	if again := now(); again.Version != both.Version {
		t.Errorf("the same act again made version %d", again.Version)
	}
	if err := mutes(t, app, "op starved", pipeline.RuleStarved, "for another reason"); err != nil {
		t.Fatal(err)
	}
	if again := now(); again.Muted[pipeline.RuleStarved].Why != "for another reason" || len(again.Muted) != 2 {
		t.Errorf("submitted again with other words: %+v", again.Muted)
	}
}

func TestAnsweringWhatATeamIsAskedAgain(t *testing.T) {
	app := shop(t)
	ask := pipeline.HealthAsk{Team: "PAY", Questions: []string{"slack"}, Started: time.Now(), StartedBy: "U_ANN", Deadline: time.Now().Add(time.Hour)}
	ask, err := app.Store.StartHealthAsk(t.Context(), "ask", ask)
	if err != nil {
		t.Fatal(err)
	}
	taps := func(op, answer string) error {
		e := Entry{On: Button, Name: actionHealthTap, May: pipeline.AnswerHealth, Wants: wantHealthAsk, Do: tapHealth}
		_, err := app.Handle(context.Background(), e, &Request{
			Op: op, Now: time.Now(), Person: people[pipeline.RoleMember], Channel: "C1", Value: askValue(ask).set("about", "slack").set("answer", answer).encode(),
		})
		return err
	}
	mine := func() int {
		t.Helper()
		state, err := app.Store.HealthAsk(t.Context(), "PAY", ask.Number, "U_MEM")
		if err != nil || len(state.Answers["slack"]) != 1 {
			t.Fatalf("answers %v, %v", state.Answers, err)
		}
		return state.Mine["slack"]
	}
	for _, tap := range []struct {
		op, answer string
		want       int
	}{{"first", "0", 0}, {"second", "2", 2}, {"first", "0", 2}} { // the last is a late redelivery
		if err := taps(tap.op, tap.answer); err != nil {
			t.Fatal(err)
		}
		if got := mine(); got != tap.want {
			t.Errorf("after %s: %d, want %d", tap.op, got, tap.want)
		}
	}
	for _, forged := range []string{"3", "-1", "x", ""} {
		if err := taps("forged "+forged, forged); err == nil {
			t.Errorf("the answer %q was taken", forged)
		}
	}
	state, err := app.Store.HealthAsk(t.Context(), "PAY", ask.Number, "")
	if err != nil {
		t.Fatal(err)
	}
	closed, err := pipeline.CloseHealthAsk(app.Policy, nil, pipeline.Where{}, state.Ask, state.Answers, ask.Deadline)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := app.Store.CloseHealthAsk(t.Context(), "close", state, closed); err != nil {
		t.Fatal(err)
	}
	if err := taps("too late", "1"); err == nil {
		t.Error("an answer after the close was taken")
	}
}

// The last sprints are held against the shares that the team itself has set.
func TestTheLedgerIsHeldAgainstTheTeamsLimits(t *testing.T) {
	s := healthScene{rules: pipeline.HealthRules{Limits: map[string]float64{"debt-ignored.percent": 25}}}
	l := pipeline.LedgerLine{Number: 4, Technical: 22, TechnicalKnown: true, Slack: 22, SlackKnown: true}
	got := ledgerWords(l, s.least(pipeline.RuleDebtIgnored), s.least(pipeline.RuleNoSlack))
	if want := "Sprint 4: 22 % technical work and bugs (too little), 22 % slack."; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	l.Open, l.Begins = true, "2026-11-23"
	if got := ledgerWords(l, 0, 0); !strings.HasPrefix(got, "Sprint 4, which begins on 23 Nov 2026: ") {
		t.Errorf("%q", got)
	}
}

func TestAReportThatTakesItsTimeFollows(t *testing.T) {
	app := shop(t)
	req := &Request{Op: "slow", Now: time.Now(), Person: people[pipeline.RoleMember], Channel: "C1", On: Slash}
	loaded, err := app.Store.Begin(t.Context(), storage.Want{Team: "PAY", User: req.Person.ID, Sheets: []storage.SheetWant{storage.WantHealthRules()}})
	if err != nil {
		t.Fatal(err)
	}
	req.Loaded = loaded
	reply, err := app.within(t.Context(), req, 0, muchToLookAt(req, false, healthTitle), func(s healthScene) Reply { return Reply{Tell: s.post(1)} })
	if err != nil || reply.Tell == nil || reply.After == nil {
		t.Fatalf("at first: %+v, %v", reply, err)
	}
	if rest := reply.After(t.Context()); rest.Tell == nil || rest.Tell.Text == reply.Tell.Text {
		t.Errorf("afterwards: %+v", rest)
	}

	// A window says so at once, and shows it afterwards.
	window := func(s healthScene) Reply { return Reply{Open: s.rulesView(1, "C1")} }
	reply, err = app.within(t.Context(), req, 0, muchToLookAt(req, true, healthTitle), window)
	if err != nil || reply.Open == nil || reply.After == nil {
		t.Fatalf("the window at first: %+v, %v", reply, err)
	}
	if rest := reply.After(t.Context()); rest.Open != nil || rest.Update == nil || rest.Update.CallbackID != "health.rules" {
		t.Errorf("the window afterwards: %+v", rest)
	}
	broken, stop := context.WithCancel(t.Context())
	stop()
	if rest := reply.After(broken); rest.Update == nil || rest.Tell != nil || len(rest.Update.Blocks.BlockSet) < 1 {
		t.Errorf("a window that cannot be drawn: %+v", rest)
	}

	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := app.within(gone, req, time.Minute, Reply{}, func(healthScene) Reply { return Reply{} }); err == nil {
		t.Error("nobody waits any more, and it goes on")
	}
}
