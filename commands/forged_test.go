package commands

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"log/slog"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alignbot/pipeline"
	"alignbot/storage"
	"alignbot/storage/redistest"
)

// shop is an App over an in-process store with one team and one idea of U_ANN.
func shop(t testing.TB) *App {
	t.Helper()
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	db, err := storage.Open(context.Background(), storage.Settings{URL: redistest.StartOrMemory(t)}, log)
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
		Members: everybody, Group: everybody,
		Groups: func(context.Context) ([]UserGroup, error) {
			return []UserGroup{{ID: "S0ALL", Handle: "all", Name: "Everybody"}}, nil
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

// everybody is in each channel and each user group.
func everybody(context.Context, string) ([]pipeline.Person, error) {
	all := slices.Collect(maps.Values(people))
	for _, user := range []string{"U_EVE", "U_ZOE", "U_BOSS"} {
		all = append(all, pipeline.Person{ID: user, Workspace: "T1"})
	}
	return all, nil
}

// unchanged fails when the idea or the team is something that only its author or
// a product owner could have made of it.
func unchanged(t testing.TB, app *App) {
	t.Helper()
	idea, err := app.Store.Idea(context.Background(), pipeline.Key{Team: "PAY", Number: 1})
	decided := idea.Stage != pipeline.Captured && idea.Stage != pipeline.Discovery
	if err != nil || idea.Draft() != (pipeline.Draft{Title: "Export invoices"}) || idea.Author != "U_ANN" || !idea.Withdrawn.IsZero() || decided {
		t.Errorf("the idea was changed: %+v %v", idea, err)
	}
	team, err := app.Store.Team(context.Background(), "PAY")
	if err != nil || team.Version != 1 {
		t.Errorf("the team was changed: %+v %v", team, err)
	}
	nodes, err := app.Store.Nodes(context.Background(), "PAY")
	owned := slices.DeleteFunc(nodes.Outcomes, func(o pipeline.Outcome) bool {
		return o.CreatedBy != "U_ANN" || o.IsOpen() && o.Statement == "Outcome words"
	})
	if err != nil || len(owned) > 0 {
		t.Errorf("the outcomes were changed: %+v %v", owned, err)
	}
	if own, err := app.Store.Templates(context.Background(), "PAY"); err != nil || len(own) > 0 {
		t.Errorf("the checklists were changed: %v %v", own, err)
	}
}

// forge does what the entries stand for as U_EVE with what Slack would never
// send. What comes back must be words for a person or nothing.
func forge(t testing.TB, app *App, entries []Entry, op, value, metadata, words, text string) {
	t.Helper()
	for _, e := range entries {
		req := &Request{
			Op: op + e.Name + e.Word + string(e.On), Now: time.Now(), Person: pipeline.Person{ID: "U_EVE", Workspace: "T1", Name: "Eve"},
			Channel: "C1", Value: value, Words: words,
			Message: &Message{Message: pipeline.Message{Channel: "C1", TS: value}, Text: text},
		}
		if inForm(e) {
			req.Channel, req.Message = "", nil
			req.Form = &Form{ID: "V1", Hash: "h", Below: "V0", Metadata: metadata, Values: map[string]Value{}}
			for block := range formFor(e, subject{}).Values {
				req.Form.Values[block] = Value{Text: text, Chosen: []string{text}}
			}
			req.Form.Values["team"], req.Form.Values["owners"] = Value{Text: value}, Value{Chosen: []string{"U_EVE"}}
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
	"team=PAY&reason=nonsense&parked=1", "team=PAY&by=due&parked=1&page=-3", "idea=PAY-1&again=1", "idea=PAY-1&again=1&afresh=1", "idea=PAY-1&ballot=1&choice=nonsense", "idea=PAY-1&ballot=99&choice=object", "idea=PAY-1&ballot=1&in=ballot&page=99",
	`{"v":1,"idea":"PAY-1","ballot":1,"more":true,"draft":"ballot.PAY-1","fresh":"f","below":"ballot"}`, `{"v":1,"idea":"PAY-1","ballot":7,"draft":"vote.PAY-1.7","fresh":"f","below":"ballot"}`, `{"v":1,"idea":"PAY-1","again":true,"more":true,"draft":"park.PAY-1","fresh":"f"}`,
	"node=PAY-P1", "node=PAY-I1&in=mapped&at=node%3DPAY-O1", "node=PAY-P1&list=evidence&page=99&in=mapped", "team=PAY&node=SEC-O1&in=tree", "team=PAY&view=nonsense&closed=1&page=99", "node=PAY-O1&view=impacts&format=json",
	`{"v":1,"node":"PAY-P1","version":1,"draft":"opportunity.edit.PAY-P1","fresh":"f","below":"mapped","at":"node=SEC-P1"}`, `{"v":1,"node":"PAY-O1","draft":"opportunity.new.PAY-O1","fresh":"f","below":"tree","at":"team=SEC"}`, `{"v":1,"node":"PAY-I1","version":-1,"draft":"impact.edit.PAY-I1","fresh":"f"}`,
	"node=PAY-O1&corrects=99", "node=PAY-O1&in=outcome&at=node%3DSEC-O1", "team=PAY&closed=1&page=-3",
	`{"v":1,"team":"PAY","draft":"outcome-edit.PAY.NEW","fresh":"f","asked":true,"below":"outcome","at":"node=SEC-O1"}`, `{"v":1,"node":"PAY-O1","team":"PAY","draft":"outcome-close.PAY-O1","fresh":"f","below":"outcome","at":"node=PAY-O1"}`,
	`{"v":1,"node":"PAY-O1","checkin":-7,"draft":"checkin.PAY-O1","fresh":"f"}`,
	"team=PAY&map=1&card=99&do=remove&in=storymap", "team=PAY&map=1&card=4&do=to-slice&to=99", "team=PAY&map=-1&card=1&form=split", "team=PAY&map=99&list=history&page=999999999", "team=SEC&map=1&form=back&card=6",
	`{"v":1,"team":"PAY","map":{"n":1,"card":99,"form":"split"},"draft":"story-map.PAY.1.99.split","fresh":"f","below":"storymap","at":"team=SEC&map=1"}`, `{"v":1,"team":"PAY","map":{"n":-1,"form":"nonsense"},"draft":"story-map.PAY.1.0.x","fresh":"f"}`,
	"team=PAY&node=SEC-P1&in=horizons&at=team%3DSEC&to=now", "team=PAY&node=PAY-P1&by=up&to=nonsense&column=nonsense", "team=PAY&column=off&page=-2", "team=PAY&node=PAY-P1&form=now", `{"v":1,"team":"PAY","node":"SEC-P1","column":"now","draft":"board.PAY.now","fresh":"f","below":"horizons","at":"team=SEC"}`, `{"v":1,"team":"PAY","node":"PAY-P1","draft":"board.PAY.PAY-P1","fresh":"f"}`,
	"idea=PAY-2&in=details", "idea=PAY-2&in=nonsense&afresh=1", `{"v":1,"idea":"PAY-2","draft":"challenge.PAY-2","fresh":"f","below":"details"}`, `{"v":1,"idea":"PAY-2","draft":"challenge.SEC-1","fresh":"f"}`,
	"team=PAY&forensic=1&phase=lists&in=forensic&at=team%3DSEC%26forensic%3D1", "team=PAY&forensic=99&group=1&pick=1", "team=PAY&forensic=1&group=-1&page=-3", "team=SEC&forensic=1&phase=nonsense",
	`{"v":1,"team":"PAY","forensic":1,"group":99,"draft":"fix.PAY.1.99","fresh":"f","below":"forensic","at":"team=SEC&forensic=1"}`, `{"v":1,"team":"PAY","forensic":-1,"draft":"ways.PAY.1","fresh":"f"}`,
	"team=PAY&round=1&by=U_EVE", "team=PAY&round=99&in=round&at=team%3DSEC%26round%3D1", "team=PAY&ready=nonsense", "idea=PAY-1&to=learned&answer=nonsense", "idea=PAY-1&to=learned&answer=moved",
	`{"v":1,"team":"PAY","round":1,"draft":"answer.PAY.1","fresh":"f","below":"round","at":"team=SEC&round=1"}`, `{"v":1,"team":"PAY","round":-1,"version":9,"draft":"try.PAY.1","fresh":"f"}`, `{"v":1,"team":"PAY","draft":"round.PAY","fresh":"f"}`,
	"team=PAY&review=1&outcome=PAY-O1&question=review-evidence&said=nonsense", "team=PAY&review=99&in=review&at=team%3DSEC%26review%3D1", "team=PAY&review=1&was=nonsense", "team=PAY&review=1&show=items&page=-7", "team=PAY&review=1&outcome=SEC-O1&in=review",
	`{"v":1,"team":"PAY","review":1,"node":"SEC-O1","draft":"review.PAY.1.PAY-O1","fresh":"f","below":"review","at":"team=SEC&review=1"}`, `{"v":1,"team":"PAY","review":-1,"node":"PAY-O1","draft":"review.PAY.1.PAY-O1","fresh":"f"}`,
	"team=PAY&session=1&point=1", "team=PAY&session=99&point=99", "team=PAY&session=1&of=own+U_ANN+1", "team=PAY&session=1&of=nonsense&in=session&at=team%3DSEC%26session%3D1",
	`{"v":1,"team":"PAY","session":1,"draft":"session.PAY.1","fresh":"f","below":"session","at":"team=SEC&session=1"}`, `{"v":1,"team":"PAY","session":1,"point":"own U_ANN 1","draft":"note.PAY.1.1","fresh":"f"}`, `{"v":1,"team":"PAY","session":-1,"point":"99","version":7,"draft":"point.PAY.1","fresh":"f"}`,
	"team=PAY&canvas=1&box=goal.1", "team=PAY&canvas=1&box=goal.99&seen=x", "team=PAY&canvas=99&in=canvas&at=team%3DSEC%26canvas%3D1", "team=SEC&canvas=1&in=canvas&box=goal.1&step=1", "team=PAY&canvas=1&to=remove&column=-1", "team=PAY&canvas=1&from=-5&until=99999999999&page=9", "team=PAY&canvas=1&box=../x",
	"team=PAY&kind=lean", "team=PAY&kind=../x", "team=PAY&kind=opera&page=-3&in=canvases",
	`{"v":1,"team":"PAY","canvas":1,"box":"goal.1","next":"../x","draft":"box.PAY.1.goal.1","fresh":"f","below":"canvas","at":"team=SEC&canvas=1"}`, `{"v":1,"team":"PAY","canvas":-1,"box":"goal","draft":"box.PAY.1.goal","fresh":"f"}`, `{"v":1,"team":"PAY","kind":"opera","draft":"canvas.PAY.NEW.opera","fresh":"f"}`,
	"team=PAY&sprint=99&in=sprint&at=team%3DSEC", "team=PAY&refinement=99&in=refinements&at=team%3DSEC", "team=SEC&sprint=1", "idea=PAY-1&to=top", "idea=PAY-1&to=sideways",
	`{"v":1,"team":"PAY","sprint":-1,"draft":"sprint.PAY.0","fresh":"f"}`, `{"v":1,"team":"PAY","sprint":99,"again":true,"draft":"sprint-close.PAY.99","fresh":"f","below":"sprint","at":"team=SEC"}`, `{"v":1,"team":"PAY","refinement":99,"draft":"refine.PAY.99","fresh":"f","below":"refinements","at":"team=SEC"}`,
	"idea=PAY-1&to=backlog", "idea=PAY-1&to=delivered&override=1", "idea=PAY-1&to=parked", "idea=PAY-1&run=1&step=99", "idea=PAY-1&run=1&part=observe", "idea=PAY-1&run=-1",
	"idea=PAY-1&outcome=SEC-O1", "idea=PAY-1&in=gate&page=9", "idea=PAY-1&in=run&run=9&step=9", "team=PAY&template=opportunity-canvas&item=problem&by=1", "idea=PAY-1&template=../x&form=x",
	`{"v":1,"idea":"PAY-1","run":1,"step":99,"draft":"run.PAY-1.1.99","fresh":"f","seen":{"problem":"x"},"below":"run"}`, `{"v":1,"idea":"PAY-1","run":5,"result":"results/99/99","draft":"run.PAY-1.5.1","fresh":"f"}`,
	`{"v":1,"idea":"PAY-1","to":"discovery","draft":"stage.PAY-1.discovery","fresh":"f","below":"gate"}`, `{"v":1,"idea":"PAY-1","to":"backlog","override":true,"draft":"stage.PAY-1.backlog","fresh":"f"}`,
	`{"v":1,"team":"PAY","template":"opportunity-canvas","item":"problem","draft":"template.PAY.opportunity-canvas","fresh":"f"}`,
	`{"v":1,"team":"PAY","idea":"PAY-1","version":1,"channel":"C1","draft":"idea","fresh":"f"}`, `{"v":2}`, `{"v":1,"team":"../x"}`, `{"v":1,"idea":"PAY-99","channel":"C1"}`, `{"v":1`, `null`, `[]`, `{"v":1,"draft":"edit.PAY-1","fresh":"<!channel>","team":"PAY"}`,
}

func TestForgedValuesChangeNothingOfOthers(t *testing.T) {
	app := shop(t)
	idea, err := app.Store.Idea(t.Context(), pipeline.Key{Team: "PAY", Number: 1})
	if err != nil {
		t.Fatal(err)
	}
	furnish(t, app, idea, "words", usabilityRun)
	furnishBallot(t, app, Entry{}, idea.Key, "words")
	furnishTree(t, app, idea.Key.Team, "words")
	furnishRound(t, app, Entry{}, idea.Key.Team, "words")
	furnishForensic(t, app, Entry{}, idea.Key.Team, "words")
	asked := app.at(t, "an idea that is challenged", pipeline.Validated)
	furnishChallenge(t, app, asked.Key, "words")
	furnishReview(t, app, Entry{}, idea.Key.Team, "words")
	furnishSession(t, app, Entry{}, idea.Key.Team, "words")
	furnishStoryMap(t, app, idea.Key.Team, "words")
	all := List()
	forms := slices.DeleteFunc(slices.Clone(all), func(e Entry) bool { return !inForm(e) })
	for i, value := range forgeries {
		forge(t, app, all, "same"+strconv.Itoa(i), value, value, value, "x")
		for j, metadata := range forgeries {
			// Only forms have metadata, and what is no object is refused whatever
			// the value beside it is. Each object meets every 41st value.
			if i != j && (i+j)%41 == 0 && strings.HasPrefix(metadata, "{") {
				forge(t, app, forms, "both"+strconv.Itoa(i)+"."+strconv.Itoa(j), value, metadata, value, "x")
			}
		}
	}
	unchanged(t, app)
}

// fuzzing tells that new inputs are searched for, from all seeds that there are. Where
// they only run as a test, those will do that no other test takes.
func fuzzing() bool { return flag.Lookup("test.fuzz").Value.String() != "" }

func FuzzForgedValues(f *testing.F) {
	for i, seed := range forgeries {
		if i%8 == 0 || fuzzing() { // TestForgedValuesChangeNothingOfOthers takes them all
			f.Add(seed, seed, seed, seed)
		}
	}
	app := shop(f)
	f.Fuzz(func(t *testing.T, value, metadata, words, text string) {
		forge(t, app, List(), time.Now().String(), value, metadata, words, text)
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
		if idea, err = app.Store.Capture(ctx, "sec"+string(rune('0'+i)), idea, storage.Slot{}); err != nil {
			t.Fatal(err)
		}
		furnish(t, app, idea, "Secret words", usabilityRun)
	}
	furnishBallot(t, app, Entry{}, pipeline.Key{Team: "SEC", Number: 1}, "Secret objection")
	furnishTree(t, app, "SEC", "Secret words")
	furnishRound(t, app, Entry{}, "SEC", "Secret words")
	furnishForensic(t, app, Entry{}, "SEC", "Secret words")
	furnishChallenge(t, app, pipeline.Key{Team: "SEC", Number: 1}, "Secret words")
	furnishReview(t, app, Entry{}, "SEC", "Secret words")
	furnishSession(t, app, Entry{}, "SEC", "Secret words")
	furnishStoryMap(t, app, "SEC", "Secret words")
	furnishCanvas(t, app, "SEC", "Secret words")
	hidden := park(t, app, pipeline.Idea{Key: pipeline.Key{Team: "SEC", Number: 2}}, "Secret why")
	asked := pipeline.Asked{By: "U_BOSS", At: time.Now(), Note: "Secret wish"}
	if _, _, _, err := app.Store.AskAgain(ctx, "sec asks", hidden.Key, asked, nil, storage.Slot{}, pipeline.Event{At: asked.At, By: asked.By, What: pipeline.AskedAgain}); err != nil {
		t.Fatal(err)
	}
	// U_EVE was to say what a test showed, and has left the channel since.
	card, _ := pipeline.FindTemplate(pipeline.BuiltIn(), pipeline.TestCard)
	run, err := pipeline.BeginRun(card, "", pipeline.Idea{Key: pipeline.Key{Team: "SEC", Number: 1}}, "U_EVE", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	summary := run.Summarize(time.UTC)
	summary.Title, summary.Running, summary.Owner, summary.Deadline = "Secret hypothesis", true, "U_EVE", time.Now().Add(-time.Hour)
	if _, err := app.Store.BeginRun(ctx, "sec test", run, summary, pipeline.Event{At: time.Now(), By: "U_EVE", What: pipeline.RunBegan}); err != nil {
		t.Fatal(err)
	}
	own, _ := pipeline.FindTemplate(pipeline.BuiltIn(), pipeline.INVEST)
	own.ID, own.Name, own.Version = "own", "Secret checklist", 0
	if _, err := app.Store.SaveTemplate(ctx, "sec", "SEC", own); err != nil {
		t.Fatal(err)
	}
	kept := map[int][]any{}
	for _, n := range []int{1, 2} {
		kept[n] = recorded(t, app, pipeline.Key{Team: "SEC", Number: n})
	}
	number := 0
	for _, e := range List() {
		for _, key := range []string{"SEC-1", "SEC-2", "SEC-9"} {
			for _, channel := range []string{"", "C1", "C2"} {
				number++
				about, _ := pipeline.ParseKey(key)
				req := plausible(e, "leak"+string(e.On)+strconv.Itoa(number), pipeline.Person{ID: "U_EVE", Workspace: "T1"}, subject{about, channel})
				if e.Word == "list" {
					req.Words = "mine"
				}
				if req.Value != "" {
					value := valueFor(e, subject{about, channel}).set("in", []string{"", inDetails, inGate}[number%3])
					if e.Name == actionDo {
						value.set("run", "/idea show "+key)
					}
					if key == "SEC-9" {
						value.Del("team")
						value.set("mine", "1")
					}
					req.Value = value.encode()
				}
				if req.Form == nil && channel == "" && e.On == Button {
					req.Form = formFor(e, subject{about, ""})
				}
				if req.Form != nil { // it claims to have been opened in the private channel
					req.Channel, req.ChannelName, req.Message = "", "", nil
					req.Form.Below = "V0"
					m, _ := decodeMetadata(req.Form.Metadata)
					m.Channel, m.Below = "CSEC", inDetails
					req.Form.Metadata = m.encode()
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
		if diff := cmp.Diff(kept[n], recorded(t, app, pipeline.Key{Team: "SEC", Number: n})); diff != "" {
			t.Errorf("SEC-%d was changed (-before +after):\n%s", n, diff)
		}
	}
}

func err0(err error) error {
	if err == nil {
		return &pipeline.Problem{}
	}
	return err
}
