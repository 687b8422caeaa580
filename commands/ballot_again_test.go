package commands

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alignbot/pipeline"
	"alignbot/storage"
)

// ballotForm1 is what Slack sends when ann starts a ballot on PAY-1.
func ballotForm1(op, days string) (Entry, *Request) {
	submit, _ := NewRouter(List(), "").Find(Submit, formBallot)
	req := plausible(submit, op, people[pipeline.RoleProductOwner], subject{pipeline.Key{Team: "PAY", Number: 1}, "C1"})
	req.Form.Values[string(pipeline.FieldDays)] = Value{Text: days}
	return submit, req
}

// A form that is submitted again because its answer was lost starts one ballot,
// as it was typed at first.
func TestABallotThatIsStartedTwiceIsOne(t *testing.T) {
	app := shop(t)
	key := pipeline.Key{Team: "PAY", Number: 1}
	for i, days := range []string{"3", "3", "9"} {
		submit, req := ballotForm1("one form", days)
		reply, err := app.Handle(t.Context(), submit, req)
		if err != nil || reply.Tell == nil {
			t.Fatalf("try %d: %v %+v", i, err, reply)
		}
		if said := string(reply.Tell.Text); !strings.Contains(said, "Asked: 6 people") || i == 0 != strings.Contains(said, "One bot was left out.") || i > 0 != strings.Contains(said, "at your first try") {
			t.Errorf("try %d says %s", i, said)
		}
	}
	polled, err := app.Store.Ballot(t.Context(), key, storage.NewestBallot, "")
	if err != nil || polled.Ballot.ID != 1 || polled.Ballot.Days != 3 {
		t.Errorf("it is %+v (%v)", polled.Ballot, err)
	}
	submit, req := ballotForm1("another form", "3")
	_, err = app.Handle(t.Context(), submit, req)
	var problem *pipeline.Problem
	if !errors.As(err, &problem) || problem.Code != "ballot-running" {
		t.Errorf("starting one more: %v", err)
	}
}

// Of several who start a ballot at the same moment one does, and the others are
// told that it runs.
func TestStartingABallotAtTheSameMoment(t *testing.T) {
	app := shop(t)
	var all sync.WaitGroup
	refused := make(chan string, 8)
	for i := range cap(refused) {
		all.Go(func() {
			submit, req := ballotForm1(fmt.Sprint("form ", i), "3")
			_, err := app.Handle(t.Context(), submit, req)
			var problem *pipeline.Problem
			if errors.As(err, &problem) {
				refused <- problem.Code
			} else if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	close(refused)
	n := 0
	for code := range refused {
		if n++; code != "ballot-running" {
			t.Errorf("refused with %s", code)
		}
	}
	idea := app.now(t, pipeline.Key{Team: "PAY", Number: 1})
	events, err := app.Store.History(t.Context(), idea.Key, 0)
	if err != nil || n != cap(refused)-1 || idea.Ballots != 1 || len(events) != 2 {
		t.Errorf("%d refused, %d ballots, %d events (%v)", n, idea.Ballots, len(events), err)
	}
}

// The entries of a ballot name it by the number that the store gave it.
func TestWhatABallotPutsIntoTheOutbox(t *testing.T) {
	app := shop(t)
	submit, req := ballotForm1("one form", "3")
	if _, err := app.Handle(t.Context(), submit, req); err != nil {
		t.Fatal(err)
	}
	polled, err := app.Store.Ballot(t.Context(), pipeline.Key{Team: "PAY", Number: 1}, 1, "")
	if err != nil {
		t.Fatal(err)
	}
	b, team := polled.Ballot, pipeline.Team{Channel: "C1"}
	for _, entry := range []storage.Outgoing{redrawBallot(team, b), closeAtDeadline(b), remindOnTime(b)} {
		if strings.Contains(entry.ID, newBallot) {
			t.Errorf("%s is the name of no ballot", entry.ID)
		}
		if key, id, err := ballotOf(entry); err != nil || key != b.Idea || id != 1 {
			t.Errorf("%s is of ballot %d on %s (%v)", entry.ID, id, key, err)
		}
	}
	claimed, _, err := app.Store.Claim(t.Context(), 10, time.Minute, 0)
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]string{}
	for _, c := range claimed {
		kinds[c.Kind] = c.ID
		drawn, err := app.Draw(t.Context(), c)
		if err != nil || drawn.Skip {
			t.Errorf("%s: %+v (%v)", c.ID, drawn, err)
		}
	}
	if kinds[drawBallot] != "ballot:PAY-1:1" || kinds[drawCard] == "" || kinds[drawNews] != "" || len(claimed) != len(kinds) {
		t.Errorf("to be sent now are %v", kinds)
	}
}

// What people wait for is one round trip to read and one to write; to look at a
// ballot, one more for its votes and one for what it serves.
func TestABallotReadsOnceAndWritesOnce(t *testing.T) {
	w := newWorkbench(t, "memory:", 0)
	w.Members = everybody
	w.Groups = func(context.Context) ([]UserGroup, error) { return nil, nil }
	e, _ := NewRouter(List(), "").Find(Submit, formBallot)
	value := newParams("idea", w.idea.Key.String())
	for _, c := range []struct {
		name string
		on   Surface
		act  string
		form *Form
		want []string
	}{
		{"open the form", Button, actionBallotNew, nil, []string{"begin"}},
		{"start it", Submit, formBallot, formFor(e, subject{w.idea.Key, "C1"}), []string{"begin", "start_ballot"}},
		{"look at it", Button, actionBallot, nil, []string{"begin", "ballot", "nodes"}},
	} {
		if diff := cmp.Diff(c.want, w.act(t, c.on, c.act, value, c.form)); diff != "" {
			t.Errorf("to %s takes other round trips (-want +got):\n%s", c.name, diff)
		}
	}
}
