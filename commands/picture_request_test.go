package commands

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"alignbot/drawing"
	"alignbot/pipeline"
	"alignbot/storage"
)

// withStudio lets an App draw, and counts the files that it brings to Slack.
func withStudio(app *App) (uploads func() int) {
	var mu sync.Mutex
	n := 0
	app.Studio, app.Fonts = NewStudio(20*time.Second), drawing.OpenFonts(nil)
	app.Upload = func(_ context.Context, f File) (string, error) {
		mu.Lock()
		defer mu.Unlock()
		n++
		return fmt.Sprintf("F0FILE%03d", n), nil
	}
	return func() int {
		mu.Lock()
		defer mu.Unlock()
		return n
	}
}

// What a button claims is looked up in the team that it names, and nothing of another
// team is drawn.
func TestForgedPicturesShowNothing(t *testing.T) {
	app := shop(t)
	uploads := withStudio(app)
	app.Go = func(func(context.Context)) { t.Error("something is drawn") }
	secret := pipeline.Team{Key: "SEC", Name: "Secret", Channel: "C9", Private: true, Owners: []string{"U_BOSS"}, Zone: "UTC", Workdays: pipeline.Week()[:5], SprintWeeks: 2}
	if _, err := app.Store.SetUpTeam(t.Context(), "secret", secret); err != nil {
		t.Fatal(err)
	}
	furnishTree(t, app, "SEC", "secret")
	router := NewRouter(List(), "")
	for i, value := range []string{
		"", "picture=tree", "picture=lunch&team=PAY", "picture=tree&team=PAY&node=SEC-O1", "picture=tree&team=SEC&node=SEC-O1", "picture=tree&team=NONE",
		"picture=outcome&team=PAY&node=SEC-O1", "picture=outcome&team=PAY&node=PAY-P1", "picture=outcome&team=PAY", "picture=outcome&team=PAY&node=PAY-O99",
		"picture=ballot&team=PAY&idea=SEC-1&ballot=1", "picture=ballot&team=PAY&idea=PAY-1&ballot=7", "picture=ballot&team=PAY&idea=PAY-1&ballot=-1",
		"picture=health&team=SEC", "picture=funnel&team=SEC", "picture=tree&team=" + strings.Repeat("P", 1500), "%zz",
	} {
		for _, action := range []string{actionPicture, actionPicturePost, actionPictureAs} {
			e, _ := router.Find(Button, action)
			req := inMessage(fmt.Sprint(action, i), "C1", value)
			reply, err := app.Handle(t.Context(), e, req)
			var problem *pipeline.Problem
			if !errors.As(err, &problem) || reply.Tell != nil || reply.Later != nil {
				t.Errorf("%s %q: %+v %v", action, value, reply, err)
			}
			if err != nil && strings.Contains(strings.ToLower(err.Error()), "secret") {
				t.Errorf("%s %q tells %v", action, value, err)
			}
		}
	}
	if n := redraws(t, app); n != 0 || uploads() != 0 {
		t.Errorf("%d messages, %d files", n, uploads())
	}
}

// A process may end between any two steps: the next one draws the message to its end,
// with one picture.
func TestAMessageIsDrawnToItsEndByAnother(t *testing.T) {
	app := shop(t)
	furnishTree(t, app, "PAY", "seen")
	uploads := withStudio(app)
	var unfinished []func(context.Context)
	app.Go = func(do func(context.Context)) { unfinished = append(unfinished, do) } // and the process ends
	post, _ := NewRouter(List(), "").Find(Button, actionPicturePost)
	if _, err := app.Handle(t.Context(), post, inMessage("op", "C1", "picture=tree&team=PAY")); err != nil {
		t.Fatal(err)
	}
	claim := func() storage.Claimed {
		t.Helper()
		var claimed []storage.Claimed
		comesTo(t, func() bool {
			all, _, err := app.Store.Claim(t.Context(), 1, time.Minute, time.Millisecond)
			if err != nil {
				t.Fatal(err)
			}
			claimed = all
			return len(all) == 1
		})
		return claimed[0]
	}
	first := claim()
	drawn, err := app.Draw(t.Context(), first)
	if err != nil || !drawn.Update.IsZero() || len(picturesIn(drawn.Post.Blocks)) != 1 || len(unfinished) != 1 {
		t.Fatalf("%+v %v", drawn, err)
	}
	at := pipeline.Message{Channel: "C1", TS: "1700000000.000300"}
	if err := app.Store.Sent(t.Context(), first, at); err != nil {
		t.Fatal(err)
	}

	// Later another process draws the message again, and this time lives on.
	due, err := app.Store.OutboxStats(t.Context())
	if err != nil || due.Due != 1 {
		t.Fatalf("nothing waits to see to it: %+v %v", due, err)
	}
	app.Go = func(do func(context.Context)) { do(context.Background()) }
	late := storage.Claimed{Outgoing: storage.Outgoing{ID: "late", Kind: drawPictureLate, Args: map[string]string{"entry": entryOf(t, first)}}}
	if d, err := app.Draw(t.Context(), late); err != nil || !d.Skip {
		t.Fatalf("%+v %v", d, err)
	}
	again := claim()
	if drawn, err = app.Draw(t.Context(), again); err != nil || drawn.Update != at {
		t.Fatalf("it would be posted twice: %+v %v", drawn, err)
	}
	if err := app.Store.Sent(t.Context(), again, at); err != nil {
		t.Fatal(err)
	}
	if drawn, err = app.Draw(t.Context(), claim()); err != nil || drawn.Update != at || len(picturesIn(drawn.Post.Blocks)) != 0 {
		t.Fatalf("%+v %v", drawn, err)
	}
	image := slices.ContainsFunc(drawn.Post.Blocks, func(b slack.Block) bool { return b.BlockType() == slack.MBTImage })
	if !image || uploads() != 1 {
		t.Errorf("a picture: %v, %d files", image, uploads())
	}
	// Should Slack not show it any more, the words say so, and it is drawn anew.
	refused := drawn.Post.Refused(t.Context())
	if slices.ContainsFunc(refused.Blocks, func(b slack.Block) bool { return b.BlockType() == slack.MBTImage }) {
		t.Error("the refused picture is sent again")
	}
	if drawn, err = app.Draw(t.Context(), again); err != nil || len(picturesIn(drawn.Post.Blocks)) != 1 || uploads() != 2 {
		t.Errorf("%d files, %v", uploads(), err)
	}
}

// entryOf is what the job keeps that draws a message again.
func entryOf(t *testing.T, c storage.Claimed) string {
	t.Helper()
	entry := c.Outgoing
	entry.Due = time.Time{}
	return string(encode(t, entry))
}

// comesTo waits for what the store does by itself.
func comesTo(t *testing.T, done func() bool) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(5 * time.Second); !done(); <-tick.C {
		if time.Now().After(deadline) {
			t.Fatal("it did not come to this")
		}
	}
}

// Many at once draw a picture once, two at a time; what is too much is told at once.
func TestManyPicturesAtOnce(t *testing.T) {
	app := shop(t)
	uploads := withStudio(app)
	team, err := app.Store.Team(t.Context(), "PAY")
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	now, most := 0, 0
	hold := make(chan struct{})
	picture := func(name string) pictured {
		return pictured{kind: name, team: team, now: time.Now(), sheets: []sheet{{name: name, value: name, draw: func(f *drawing.Fonts, s drawing.Style) drawing.Picture {
			mu.Lock()
			now++
			most = max(most, now)
			mu.Unlock()
			<-hold
			mu.Lock()
			now--
			mu.Unlock()
			return drawing.Tree(f, pipeline.Tree{Team: "PAY"}, s)
		}}}}
	}
	var drawings sync.WaitGroup
	troubles := make(chan string, 200)
	draw := func(name string) {
		drawings.Go(func() {
			files, err := app.drawPictures(t.Context(), picture(name))
			if err != nil {
				t.Error(err)
			}
			troubles <- files[0].Trouble
		})
	}
	for i := range picturesAtOnce + picturesWaiting {
		draw(fmt.Sprint("picture", i))
		draw(fmt.Sprint("picture", i))
	}
	comesTo(t, func() bool {
		app.Studio.mu.Lock()
		defer app.Studio.mu.Unlock()
		return len(app.Studio.flights) == picturesAtOnce+picturesWaiting
	})
	files, err := app.drawPictures(t.Context(), picture("one too many"))
	if err != nil || files[0].Trouble != troubleBusy {
		t.Errorf("%+v %v", files, err)
	}
	close(hold)
	drawings.Wait()
	close(troubles)
	for trouble := range troubles {
		if trouble != "" {
			t.Errorf("a picture met %q", trouble)
		}
	}
	if most > picturesAtOnce || uploads() != picturesAtOnce+picturesWaiting {
		t.Errorf("%d at once, %d files", most, uploads())
	}
}

// A picture that cannot be drawn costs nothing but itself.
func TestAPictureThatCannotBeDrawn(t *testing.T) {
	app := shop(t)
	withStudio(app)
	team, err := app.Store.Team(t.Context(), "PAY")
	if err != nil {
		t.Fatal(err)
	}
	p := pictured{kind: "broken", team: team, now: time.Now(), sheets: []sheet{{name: "broken", draw: func(*drawing.Fonts, drawing.Style) drawing.Picture { panic("broken") }}}}
	files, err := app.drawPictures(t.Context(), p)
	if err != nil || files[0].Trouble != troubleDrawing {
		t.Errorf("%+v %v", files, err)
	}
}
