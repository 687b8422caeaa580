package commands

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"strconv"
	"strings"
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/storage"
)

// shop is an App over an in-process store with one team and one idea of U_ANN.
func shop(t testing.TB) *App {
	t.Helper()
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	db, err := storage.Open(context.Background(), storage.Settings{URL: "memory:"}, log)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	t.Cleanup(func() {
		stop()
		db.Close()
	})
	app := &App{
		Store: db.Workspace("T1"), Slack: viewApp.Slack, Log: log,
		Lookup: func(_ context.Context, user string) (pipeline.Person, error) {
			return pipeline.Person{ID: user, Workspace: "T1", Name: user}, nil
		},
	}
	go app.Store.Follow(ctx)
	team, err := pipeline.CheckTeam(pipeline.Team{Key: "PAY", Name: "Payments", Channel: "C1", Owners: []string{"U_ANN"}, Zone: "UTC", Workdays: pipeline.Week()[:5], SprintWeeks: 2})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := app.Store.SetUpTeam(context.Background(), "setup", team); err != nil {
		t.Fatal(err)
	}
	idea, err := pipeline.Capture(pipeline.Draft{Title: "Export invoices"}, "PAY", "U_ANN", pipeline.Source{}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := app.Store.Capture(context.Background(), "capture", idea, storage.Slot{}); err != nil {
		t.Fatal(err)
	}
	return app
}

// unchanged fails when the idea or the team is not as it was.
func unchanged(t testing.TB, app *App) {
	t.Helper()
	idea, err := app.Store.Idea(context.Background(), pipeline.Key{Team: "PAY", Number: 1})
	if err != nil || idea.Version != 1 {
		t.Errorf("the idea was changed: %+v %v", idea, err)
	}
	team, err := app.Store.Team(context.Background(), "PAY")
	if err != nil || team.Version != 1 {
		t.Errorf("the team was changed: %+v %v", team, err)
	}
}

// forge does everything that is on the list as U_EVE with what Slack would
// never send. What comes back must be words for a person or nothing.
func forge(t testing.TB, app *App, op, value, metadata, words, text string) {
	t.Helper()
	for _, e := range List() {
		req := &Request{
			Op: op + e.Name + e.Word + string(e.On), Now: time.Now(), Person: pipeline.Person{ID: "U_EVE", Workspace: "T1", Name: "Eve"},
			Channel: "C1", Value: value, Words: words,
			Message: &Message{Message: pipeline.Message{Channel: "C1", TS: value}, Text: text},
		}
		if e.On == Submit || e.On == Close || e.Name == actionDraft || e.Name == actionAfresh || e.Name == actionEditAfresh {
			req.Channel, req.Message = "", nil
			req.Form = &Form{ID: "V1", Hash: "h", Metadata: metadata, Values: map[string]Value{
				"title": {Text: text}, "key": {Text: text}, "name": {Text: text}, "team": {Text: value},
				"owners": {Chosen: []string{"U_EVE"}}, "zone": {Text: text}, "workdays": {Chosen: []string{text}}, "sprint": {Text: text},
			}}
		}
		_, err := app.Handle(context.Background(), e, req)
		var problem *pipeline.Problem
		if err != nil && !errors.As(err, &problem) && !errors.Is(err, storage.ErrNotFound) {
			t.Errorf("%s %s %s with value %q, metadata %q: %v", e.On, e.Name, e.Word, value, metadata, err)
		}
	}
}

var forgeries = []string{
	"", "idea=", "idea=PAY-0", "idea=PAY-1", "idea=PAY-1&team=PAY&page=-1", "team=PAY", "team=%zz", "team=pay", "draft=idea", "id=card:PAY-1", "page=99999999999999999999",
	"run=/idea withdraw PAY-1", "run=do", "stage=nonsense&team=PAY", "mine=1", "\x00", "idea=PAY-1;idea=PAY-2", "draft=<!channel>",
	`{"v":1,"team":"PAY","idea":"PAY-1","version":1,"channel":"C1","draft":"idea","fresh":"f"}`, `{"v":2}`, `{"v":1,"team":"../x"}`, `{"v":1,"idea":"PAY-99","channel":"C1"}`, `{"v":1`, `null`, `[]`, `{"v":1,"draft":"edit.PAY-1","fresh":"<!channel>","team":"PAY"}`,
}

func TestForgedValuesChangeNothingOfOthers(t *testing.T) {
	app := shop(t)
	for i, value := range forgeries {
		for j, metadata := range forgeries {
			if i != j && i%5 != j%5 {
				continue
			}
			forge(t, app, string(rune('a'+i))+string(rune('a'+j)), value, metadata, value, "x")
		}
	}
	unchanged(t, app)
}

func FuzzForgedValues(f *testing.F) {
	for _, seed := range forgeries {
		f.Add(seed, seed, seed, seed)
	}
	app := shop(f)
	f.Fuzz(func(t *testing.T, value, metadata, words, text string) {
		forge(t, app, time.Now().String(), value, metadata, words, text)
		unchanged(t, app)
	})
}

// A private team, its ideas and its channel stay unknown to somebody who was
// never there, whatever forms and buttons claim.
func TestAPrivateTeamLeaksNowhere(t *testing.T) {
	app := shop(t)
	ctx := t.Context()
	team, err := pipeline.CheckTeam(pipeline.Team{Key: "SEC", Name: "Layoffs", Channel: "CSEC", Private: true, Owners: []string{"U_BOSS"}, Zone: "UTC", Workdays: pipeline.Week()[:5], SprintWeeks: 2})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := app.Store.SetUpTeam(ctx, "sec", team); err != nil {
		t.Fatal(err)
	}
	for i := range 2 { // the second is by somebody who has left the channel since
		idea, err := pipeline.Capture(pipeline.Draft{Title: "Rome closes", Problem: "Secret problem"}, "SEC", []string{"U_BOSS", "U_EVE"}[i], pipeline.Source{}, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := app.Store.Capture(ctx, "sec"+string(rune('0'+i)), idea, storage.Slot{}); err != nil {
			t.Fatal(err)
		}
	}
	number := 0
	for _, e := range List() {
		for _, key := range []string{"SEC-1", "SEC-2", "SEC-9"} {
			for _, channel := range []string{"", "C1", "C2"} {
				number++
				req := &Request{
					Op: "leak" + string(e.On) + strconv.Itoa(number), Now: time.Now(), Person: pipeline.Person{ID: "U_EVE", Workspace: "T1"},
					Channel: channel, ChannelName: "elsewhere", Words: map[bool]string{true: "mine", false: key}[e.Word == "list"],
					Value:   newParams("idea", key, "team", map[bool]string{false: "SEC"}[key == "SEC-9"], "draft", draftIdea, "run", "/idea show "+key, "id", "card:"+key, "mine", map[bool]string{true: "1"}[key == "SEC-9"]).encode(),
					Message: &Message{Message: pipeline.Message{Channel: channel, TS: "1700000000.000100"}, Text: "x"},
				}
				if e.On == Submit || e.On == Close || e.Name == actionDraft || e.Name == actionAfresh || e.Name == actionEditAfresh || channel == "" && e.On == Button {
					req.Channel, req.ChannelName, req.Message = "", "", nil
					req.Form = &Form{ID: "V", Hash: "h", Values: map[string]Value{"title": {Text: "x"}, "name": {Text: "x"}, "key": {Text: "EVE"}, "zone": {Text: "UTC"}, "workdays": {Chosen: []string{"1"}}, "sprint": {Text: "1"}, "owners": {Chosen: []string{"U_EVE"}}},
						Metadata: metadata{Team: "SEC", Idea: key, Version: 1, Channel: "CSEC", Draft: draftIdea, Fresh: "f"}.encode()}
				}
				reply, err := app.Handle(ctx, e, req)
				shown, _ := json.Marshal([]any{reply, Trouble(err0(err))})
				for _, secret := range []string{"Layoffs", "Rome", "Secret", "CSEC\\u003e", "CSEC>"} {
					if strings.Contains(string(shown), secret) {
						t.Errorf("%s %s %s about %s from %q shows %q: %s", e.On, e.Name, e.Word, key, channel, secret, shown)
					}
				}
				if key == "SEC-1" || key == "SEC-9" {
					if said := Trouble(err0(err)).Text; strings.Contains(string(said), "SEC-1") && !strings.Contains(string(said), "There is no SEC-1") {
						t.Errorf("%s %s %s tells that SEC-1 exists: %s", e.On, e.Name, e.Word, said)
					}
				}
			}
		}
	}
	claimed, _, err := app.Store.Claim(ctx, 1000, time.Minute, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range claimed {
		if c.Channel == "CSEC" {
			t.Errorf("%s would be posted in the private channel", c.ID)
		}
	}
	for _, n := range []int{1, 2} {
		if idea, err := app.Store.Idea(ctx, pipeline.Key{Team: "SEC", Number: n}); err != nil || idea.Version != 1 {
			t.Errorf("SEC-%d was changed: %+v %v", n, idea, err)
		}
	}
}

func err0(err error) error {
	if err == nil {
		return &pipeline.Problem{}
	}
	return err
}
