package commands

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// nudgeValues is what somebody chooses in the forms of nudges.
func nudgeValues(e Entry, values map[string]Value) {
	if e.Name != formNudges && e.Name != formTeamNudges {
		return
	}
	values[string(pipeline.FieldNudges)], values[string(pipeline.FieldReflect)] = Value{Text: nudgesOn}, Value{Text: nudgesOn}
	values[string(pipeline.FieldNudgeAt)], values[string(pipeline.FieldQuiet)] = Value{Text: "14:30"}, Value{Text: "14"}
	values[string(pipeline.FieldNudgeKinds)] = Value{Chosen: []string{string(pipeline.WaitVote)}}
}

// redraws are the nudges that are to be drawn anew.
func redraws(t *testing.T, app *App) int {
	t.Helper()
	stats, err := app.Store.OutboxStats(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return stats.Due
}

// inMessage is a click of U_EVE on a button with that value, in a message of that
// channel.
func inMessage(op, channel, value string) *Request {
	return &Request{
		Op: op, Now: time.Now(), Person: pipeline.Person{ID: "U_EVE", Workspace: "T1", Name: "Eve"}, Channel: channel, Value: value,
		Message: &Message{Message: pipeline.Message{Channel: channel, TS: "1700000000.000100"}, Text: "x"},
	}
}

// What a button claims about the nudge it stands in is believed where it stands: a
// person's in a direct message, a team's in its channel. Nothing else is redrawn.
func TestForgedNudgesRedrawNothing(t *testing.T) {
	app := shop(t)
	snooze, _ := NewRouter(List(), "").Find(Button, actionSnooze)
	for i, forged := range []struct{ channel, nudge string }{
		{"C1", "2026-11-23 0 review=PAY:1"},
		{"C1", "2026-11-23 0 vote=PAY-1:1"}, // no direct message
		{"D1", "2026-11-23 0 lunch=PAY-1"},
		{"D1", "x"},
		{"D1", "PAY:1.0"}, // a team's, and not in its channel
		{"C1", "PAY:9.0"}, // there is none
		{"C1", "GRO:1.0"},
		{"C1", "@U_ANN:1.0"},
		{"D1", strings.Repeat("9", 1500)},
	} {
		req := inMessage(fmt.Sprint("forged", i), forged.channel, newParams("days", "1", "nudge", forged.nudge).encode())
		if _, err := app.Handle(t.Context(), snooze, req); err != nil {
			t.Errorf("%q: %v", forged.nudge, err)
		}
		if n := redraws(t, app); n != 0 {
			t.Fatalf("%q in %s has a message drawn anew", forged.nudge, forged.channel)
		}
	}
	if settings, err := app.Store.NudgeSettings(t.Context(), "U_ANN"); err != nil || settings.Version != 0 {
		t.Errorf("somebody else's settings were changed: %+v (%v)", settings, err)
	}
	// Entries that name no nudge of ours draw nothing.
	for _, args := range []map[string]string{
		{"nudge": "PAY:9", "channel": "C1", "ts": "1"}, {"nudge": "x", "channel": "D1", "ts": "1"}, {"nudge": "2026-11-23 0", "channel": "C1", "ts": "1"}, {},
	} {
		drawn, err := app.Draw(t.Context(), storage.Claimed{Outgoing: storage.Outgoing{ID: "again", Kind: drawNudgeAgain, User: "U_EVE", Args: args}})
		if err != nil || !drawn.Skip {
			t.Errorf("%v is drawn: %+v (%v)", args, drawn, err)
		}
	}
}

// A click that Slack delivers twice is one.
func TestASnoozeIsDeliveredTwice(t *testing.T) {
	app := shop(t)
	snooze, _ := NewRouter(List(), "").Find(Button, actionSnooze)
	value := newParams("days", "7", "nudge", "2026-11-23 0 orphan=PAY-1").encode()
	for range 2 {
		if _, err := app.Handle(t.Context(), snooze, inMessage("once", "D1", value)); err != nil {
			t.Fatal(err)
		}
	}
	settings, err := app.Store.NudgeSettings(t.Context(), "U_EVE")
	want := time.Now().UTC().AddDate(0, 0, 7).Format(time.DateOnly)
	if err != nil || settings.SnoozedUntil != want || settings.Version != 2 { // snoozed, and acted in
		t.Errorf("of Eve it is known: %+v (%v)", settings, err)
	}
	if n := redraws(t, app); n != 1 {
		t.Errorf("it is drawn anew %d times", n)
	}
	for _, days := range []string{"", "-1", "91", "x"} {
		if _, err := app.Handle(t.Context(), snooze, inMessage("days"+days, "D1", newParams("days", days).encode())); !errors.Is(err, stale) {
			t.Errorf("%q days: %v", days, err)
		}
	}
}

// What opens from a nudge carries it, form after form, where there is room for it.
func TestFormsCarryTheNudgeTheyComeFrom(t *testing.T) {
	app := shop(t)
	router := NewRouter(List(), "")
	show, _ := router.Find(Button, actionShow)
	nudge := "2026-11-23 0 orphan=PAY-1"
	req := inMessage("show", "D1", newParams("idea", "PAY-1", "nudge", nudge).encode())
	reply, err := app.Handle(t.Context(), show, req)
	if err != nil {
		t.Fatal(err)
	}
	carried := func(view *slack.ModalViewRequest) string {
		t.Helper()
		if view == nil {
			t.Fatal("nothing opens")
		}
		m, err := decodeMetadata(view.PrivateMetadata)
		if err != nil || m.Nudge == nil || m.Nudge.At.Channel != "D1" {
			t.Fatalf("%s carries no nudge (%v)", view.PrivateMetadata, err)
		}
		return m.Nudge.Nudge
	}
	if got := carried(reply.Open); got != nudge {
		t.Errorf("the details carry %q", got)
	}
	edit, _ := router.Find(Button, actionEdit)
	within := &Request{
		Op: "edit", Now: time.Now(), Person: pipeline.Person{ID: "U_ANN", Workspace: "T1"}, Value: newParams("idea", "PAY-1", "in", inDetails).encode(),
		Form: &Form{ID: "V1", Metadata: reply.Open.PrivateMetadata},
	}
	reply, err = app.Handle(t.Context(), edit, within)
	if err != nil {
		t.Fatal(err)
	}
	if got := carried(reply.Open); got != nudge {
		t.Errorf("the form within carries %q", got)
	}
	if n := redraws(t, app); n != 0 {
		t.Errorf("%d are drawn anew, though nothing was done", n)
	}
}

// From a row of a team's nudge somebody may go on to something else. That repairs
// nothing of the row.
func TestADeedIsToldInTheRowThatItRepairs(t *testing.T) {
	app := shop(t)
	row := func(item string, r pipeline.Repair) pipeline.NudgeRow {
		return pipeline.NudgeRow{Rule: "rule", Name: "Rule", Found: "Found.", Item: pipeline.FoundItem{Key: item}, Repair: r}
	}
	nudge := pipeline.TeamNudge{Team: "PAY", Day: "2026-11-23", At: time.Now(), Rows: []pipeline.NudgeRow{
		row("PAY-O1", pipeline.Repair{Kind: pipeline.RepairShow, Subject: "PAY-O1"}),
		row("PAY-1", pipeline.Repair{Kind: pipeline.RepairOrphans}), // for any of them
	}}
	if _, err := app.Store.AddTeamNudge(t.Context(), "add", nudge); err != nil {
		t.Fatal(err)
	}
	for i, c := range []struct {
		row, channel, about string
		want                int // rows that are done
	}{
		{"PAY:1.0", "C1", "PAY-1", 0},
		{"PAY:1.0", "C2", "PAY-O1", 0},
		{"PAY:1.0", "C1", "PAY-O1", 1},
		{"PAY:1.1", "C1", "PAY-7", 2},
		{"PAY:1.1", "C1", "PAY-7", 2}, // once more
	} {
		from := nudgePlace{c.row, pipeline.Message{Channel: c.channel, TS: "1"}}
		req := &Request{Op: fmt.Sprint("deed", i), Now: time.Now(), Person: pipeline.Person{ID: "U_EVE"}}
		if err := app.noteInNudge(t.Context(), req, from, "did it", c.about, true); err != nil {
			t.Fatal(err)
		}
		told, err := app.Store.TeamNudge(t.Context(), "PAY", 1)
		if err != nil || len(told.Deeds) != c.want {
			t.Errorf("%+v: done are %+v (%v)", c, told.Deeds, err)
		}
	}
}
