package commands

import (
	"context"
	"strings"
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/storage"
)

// clicks does what somebody does who used a button at a moment, and gives what they are
// told.
func (w *workbench) clicks(t *testing.T, op string, at time.Time, name string, value params) Reply {
	t.Helper()
	return w.handles(t, &Request{Op: op, On: Button, At: at, Value: value.encode()}, name)
}

// handles has a request of a member of the team handled.
func (w *workbench) handles(t *testing.T, req *Request, name string) Reply {
	t.Helper()
	e, found := NewRouter(List(), "").Find(req.On, name)
	if !found {
		t.Fatalf("there is no %s %s", req.On, name)
	}
	req.Now, req.Person, req.Channel = time.Now(), pipeline.Person{ID: "U_ANN", Workspace: "T1"}, "C1"
	reply, err := w.Handle(context.Background(), e, req)
	if err != nil {
		t.Fatalf("%s %s: %v", name, req.Value, err)
	}
	return reply
}

// Of two clicks the later one stands, whichever comes first, and who clicked is told so.
func TestALaterClickStands(t *testing.T) {
	w, ctx := newWorkbench(t, "memory:", 0), t.Context()
	w.ask(t)
	now := time.Now()
	deadline := now.Add(time.Hour)
	asked, err := w.Store.StartHealthAsk(ctx, "asked", pipeline.HealthAsk{Team: "PAY", Questions: []string{"refined"}, Started: now, StartedBy: "U_BOB", Deadline: deadline})
	if err != nil {
		t.Fatal(err)
	}
	roles, err := w.Store.StartRoleQuestion(ctx, "roles", pipeline.RoleQuestion{
		Team: "PAY", Title: "Which?", Choices: []pipeline.RoleChoice{{Words: "This"}, {Words: "That"}}, Started: now, StartedBy: "U_BOB", Deadline: deadline,
	})
	if err != nil {
		t.Fatal(err)
	}
	tap := func(place string) params { return askValue(asked).set("about", "refined").set("answer", place) }
	role := func(choice string) params { return rolesValue(roles).set("choice", choice) }
	for _, c := range []struct {
		name, action  string
		first, second params // as they come
		stands        string
	}{
		{name: "a vote", action: actionVote, first: w.choice(pipeline.ChoosePark), second: w.choice(pipeline.ChoosePursue), stands: "park"},
		{name: "what a team is asked", action: actionHealthTap, first: tap("1"), second: tap("0"), stands: "is stored"},
		{name: "a question by role", action: actionRoleTap, first: role("1"), second: role("0"), stands: "That"},
		{name: "a pause of nudges", action: actionSnooze, first: newParams("days", "7"), second: newParams("days", "1"), stands: ""},
	} {
		if told := w.clicks(t, "later "+c.name, now.Add(time.Second), c.action, c.first).Tell; told != nil && strings.Contains(string(told.Text), string(laterStands)) {
			t.Errorf("%s: the first is answered %q", c.name, told.Text)
		}
		told := w.clicks(t, "earlier "+c.name, now, c.action, c.second).Tell
		if c.stands != "" && (told == nil || !strings.HasPrefix(string(told.Text), string(laterStands)) || !strings.Contains(string(told.Text), c.stands)) {
			t.Errorf("%s: the click from before is answered %+v", c.name, told)
		}
	}
	settings, err := w.Store.NudgeSettings(ctx, "U_ANN")
	if want := now.UTC().AddDate(0, 0, 7).Format(time.DateOnly); err != nil || settings.SnoozedUntil != want {
		t.Errorf("nudges are paused until %s, want %s (%v)", settings.SnoozedUntil, want, err)
	}
}

// A form stands where it comes last, and no click from before it was opened stands after
// it.
func TestAFormStandsAgainstClicksFromBeforeIt(t *testing.T) {
	w := newWorkbench(t, "memory:", 0)
	w.ask(t)
	now := time.Now()
	opened := w.clicks(t, "open", now.Add(time.Second), actionVoteForm, ballotValue(w.poll, "")).Open
	if opened == nil {
		t.Fatal("no form opens")
	}
	w.clicks(t, "on another device", now.Add(2*time.Second), actionVote, w.choice(pipeline.ChoosePark))
	object := map[string]Value{"choice#x": {Text: string(pipeline.ChooseObject)}, "vote-reason#x": {Text: "It breaks exports."}}
	w.handles(t, &Request{Op: "submit", On: Submit, Form: &Form{ID: "V", Metadata: opened.PrivateMetadata, Values: object}}, formVote)
	w.clicks(t, "late", now, actionVote, w.choice(pipeline.ChoosePursue))
	polled, err := w.Store.Ballot(t.Context(), w.idea.Key, w.poll.ID, "U_ANN")
	if err != nil || polled.Mine == nil || polled.Mine.Choice != pipeline.ChooseObject {
		t.Errorf("the vote is %+v (%v)", polled.Mine, err)
	}

	rule := newParams("team", "PAY", "rule", string(pipeline.RuleStarved))
	opened = w.clicks(t, "open mute", now.Add(time.Second), actionHealthMute, rule).Open
	why := map[string]Value{"why": {Text: "not now"}, "until": {Text: now.AddDate(0, 1, 0).Format(time.DateOnly)}}
	w.handles(t, &Request{Op: "mute", On: Submit, Form: &Form{ID: "M", Metadata: opened.PrivateMetadata, Values: why}}, formHealthMute)
	if told := w.clicks(t, "unmute", now, actionHealthUnmute, rule).Tell; told == nil || !strings.HasPrefix(string(told.Text), string(laterStands)) {
		t.Errorf("a click from before a rule was muted is answered %+v", told)
	}
	rules, err := w.Store.HealthRules(t.Context(), "PAY")
	if err != nil || !rules.IsMuted(pipeline.RuleStarved, now.Format(time.DateOnly)) {
		t.Errorf("muted are %+v (%v)", rules.Muted, err)
	}

	if acted := (&Request{On: Submit, Form: &Form{Metadata: "{"}}).acted(); acted != (storage.Acted{}) {
		t.Errorf("of a form that says nothing: %+v", acted)
	}
}
