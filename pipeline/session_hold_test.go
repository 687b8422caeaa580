package pipeline_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alignbot/pipeline"
)

// held is a session that runs, with points about two ideas, an outcome and nothing.
func held(t testing.TB) (pipeline.Where, pipeline.Session) {
	t.Helper()
	where, s := aCheckIn(t, "2026-12-03")
	s, ok := s.Start([]pipeline.Point{
		{ID: "own U3 1", Kind: pipeline.PointOwn, Words: "Who decides?"},
		{ID: "silent PAY-O1", Kind: pipeline.PointSilent, Subject: "PAY-O1", Words: "no check-in for 20 days"},
		{ID: "stuck PAY-1", Kind: pipeline.PointStuck, Subject: "PAY-1"},
		{ID: "orphan PAY-2", Kind: pipeline.PointOrphan, Subject: "PAY-2"},
	}, 0, sessionNow)
	if !ok {
		t.Fatal("it does not start")
	}
	return where, s
}

func TestFromPointToPoint(t *testing.T) {
	where, s := held(t)
	step := func(s pipeline.Session, from int, back bool) (pipeline.Session, string) {
		after, err := pipeline.StepSession(pipeline.Policy{}, member, where, s, from, back)
		return after, problemCode(err)
	}
	if _, code := step(s, 1, true); code != "session-no-point" || s.Current() != 1 {
		t.Errorf("back from the first: %q", code)
	}
	second, code := step(s, 1, false)
	if code != "" || second.Current() != 2 || s.Current() != 1 {
		t.Errorf("on to %d: %q", second.Current(), code)
	}
	if again, code := step(second, 1, false); code != "session-elsewhere" || again.Current() != 2 {
		t.Errorf("two at once: %d, %q", again.Current(), code)
	}
	first, code := step(second, 2, true)
	if diff := cmp.Diff([]int{1, 2, 1}, first.Steps); diff != "" || code != "" {
		t.Errorf("back: %q\n%s", code, diff)
	}
	last := s
	for from := 1; from < 4; from++ {
		last, code = step(last, from, false)
	}
	if _, code := step(last, 4, false); code != "session-no-point" {
		t.Errorf("on from the last: %q", code)
	}
	round := s
	for n := 0; n < 2*pipeline.SessionSteps; n++ {
		round, code = step(round, round.Current(), n%2 == 1)
	}
	if code != "session-no-point" || len(round.Steps) != pipeline.SessionSteps {
		t.Errorf("after %d steps: %q", len(round.Steps), code)
	}
	planned := s
	planned.Stage = pipeline.SessionPlanned
	if _, code := step(planned, 1, false); code != "session-planned" {
		t.Errorf("before it begins: %q", code)
	}
	if _, ok := s.Start(nil, 0, sessionNow); ok {
		t.Error("it starts twice")
	}
}

func TestASessionWithoutPointsEndsAtOnce(t *testing.T) {
	_, s := aCheckIn(t, "2026-12-03")
	s, ok := s.Start(nil, 0, sessionNow)
	if !ok || s.Stage != pipeline.SessionEnded || s.Current() != 0 || !s.Ended.Equal(sessionNow) {
		t.Errorf("%v %+v", ok, s)
	}
	if next, ok := pipeline.NextSession(berlin(), s, sessionNow); !ok || next.Day != "2026-12-31" {
		t.Errorf("then comes %s", next.Day)
	}
}

func TestNotesOfAPoint(t *testing.T) {
	where, s := held(t)
	note := func(s pipeline.Session, number int, words string) (pipeline.Session, string) {
		after, err := pipeline.NotePoint(pipeline.Policy{}, member, where, s, number, words, sessionNow)
		return after, problemCode(err)
	}
	if _, code := note(s, 2, " "); code != "session-note" {
		t.Errorf("nothing: %q", code)
	}
	if _, code := note(s, 2, strings.Repeat("x", pipeline.NoteLimit+1)); code != "session-note" {
		t.Errorf("too much: %q", code)
	}
	if _, code := note(s, 5, "x"); code != "point-unknown" {
		t.Errorf("a point that there is not: %q", code)
	}
	full := s
	for n := range pipeline.PointNotes {
		full, _ = note(full, 2, fmt.Sprint("line ", n))
	}
	if _, code := note(full, 2, "one more"); code != "session-note" || len(full.Points[1].Notes) != pipeline.PointNotes || len(s.Points[1].Notes) != 0 {
		t.Errorf("%d notes, %d before: %q", len(full.Points[1].Notes), len(s.Points[1].Notes), code)
	}
}

// ended is a session of four points of which three were settled, and how things stood
// then.
func ended(t testing.TB) (pipeline.Session, pipeline.AgendaFacts) {
	t.Helper()
	where, s := held(t)
	s, err := pipeline.NotePoint(pipeline.Policy{}, member, where, s, 1, "Alice does", sessionNow)
	if err != nil {
		t.Fatal(err)
	}
	if s, err = pipeline.NotePoint(pipeline.Policy{}, member, where, s, 2, "Bob looks it up", sessionNow); err != nil {
		t.Fatal(err)
	}
	f := agendaFacts(standsAt(1, pipeline.Validated, 0), standsAt(2, pipeline.Discovery, 3, func(i *pipeline.Idea) { i.Outcomes = nil }))
	f.Tree.Nodes.Outcomes[0].Latest.At = daysAgo(20)
	moved := pipeline.Event{At: sessionNow.Add(time.Hour), By: "U_OWNER", What: pipeline.WasMoved, From: pipeline.Discovery, To: pipeline.Validated}
	before := moved
	before.At = sessionNow.Add(-time.Second)
	nobody := moved
	nobody.By = ""
	f.Happened = []pipeline.Happening{{Key: "PAY-1", Event: before}, {Key: "PAY-1", Event: moved}, {Key: "PAY-1", Event: nobody}, {Key: "PAY-9", Event: moved}}
	s, err = pipeline.EndSession(pipeline.Policy{}, member, where, s, f, sessionNow.Add(2*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	return s, f
}

func TestASessionEndsWithWhatWasDone(t *testing.T) {
	s, f := ended(t)
	if s.Stage != pipeline.SessionEnded || s.EndedBy != member.ID {
		t.Errorf("it is %s by %q", s.Stage, s.EndedBy)
	}
	want := []pipeline.PointDecision{{At: sessionNow.Add(time.Hour), By: "U_OWNER", What: pipeline.WasMoved, From: pipeline.Discovery, To: pipeline.Validated}}
	if diff := cmp.Diff(want, s.Points[2].Decisions); diff != "" || s.Points[2].Left != "validated" {
		t.Errorf("left as %q\n%s", s.Points[2].Left, diff)
	}
	if s.Points[3].Settled() || !s.Points[0].Settled() {
		t.Error("what came of the points is mixed up")
	}
	_, running := held(t)
	by, ok := running.EndByItself(f, running.EndAt())
	if !ok || by.EndedBy != "" || by.Stage != pipeline.SessionEnded {
		t.Errorf("by itself: %v %+v", ok, by)
	}
	if _, ok := by.EndByItself(f, sessionNow); ok {
		t.Error("it ends twice")
	}
}

func TestWhatBecameOfASession(t *testing.T) {
	s, f := ended(t)
	became := func(change func(*pipeline.AgendaFacts)) string {
		f := f
		f.Ideas = append([]pipeline.Idea{}, f.Ideas...)
		f.Tree.Nodes.Outcomes = append([]pipeline.Outcome{}, f.Tree.Nodes.Outcomes...)
		latest := *f.Tree.Nodes.Outcomes[0].Latest
		f.Tree.Nodes.Outcomes[0].Latest = &latest
		if change != nil {
			change(&f)
		}
		var lines []string
		for _, b := range pipeline.WhatBecame(s, f, sessionNow.Add(2*time.Hour)) {
			lines = append(lines, fmt.Sprintf("%s %s: %s", b.Point.ID, b.State, b.Words))
		}
		return strings.Join(lines, "\n")
	}
	const own = "own U3 1 untold: no item tells what became of it\n"
	const silent = "silent PAY-O1 open: still no check-in for 20 days\n"
	for _, c := range []struct {
		name   string
		change func(*pipeline.AgendaFacts)
		want   string
	}{
		{"at once", nil, own + silent + "stuck PAY-1 done: it stands as it was decided"},
		{"checked in", func(f *pipeline.AgendaFacts) { f.Tree.Nodes.Outcomes[0].Latest.At = sessionNow }, own + "silent PAY-O1 done: what put it on the agenda is gone\nstuck PAY-1 done: it stands as it was decided"},
		{"closed", func(f *pipeline.AgendaFacts) {
			f.Tree.Nodes.Outcomes[0].Closed, f.Tree.Nodes.Outcomes[0].Result = sessionNow, pipeline.Reached
		}, own + "silent PAY-O1 changed: it is closed (reached) by now\nstuck PAY-1 done: it stands as it was decided"},
		{"moved on", func(f *pipeline.AgendaFacts) { f.Ideas[0].Stage = pipeline.Backlog }, own + silent + "stuck PAY-1 changed: it was validated, it is in the Product Backlog now"},
		{"withdrawn", func(f *pipeline.AgendaFacts) { f.Ideas[0].Withdrawn = sessionNow }, own + silent + "stuck PAY-1 changed: it is withdrawn by now"},
		{"stands still again", func(f *pipeline.AgendaFacts) { f.Ideas[0].Staged = daysAgo(50) }, own + silent + "stuck PAY-1 open: still validated for 50 days"},
		{"not looked at", func(f *pipeline.AgendaFacts) { f.Ideas = nil }, own + silent + "stuck PAY-1 untold: no item tells what became of it"},
	} {
		if got := became(c.change); got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
}

func TestASessionForWhichNothingWasRunning(t *testing.T) {
	_, s := aCheckIn(t, "2026-12-03")
	for name, c := range map[string]struct {
		now  time.Time
		want string
	}{
		"the same morning": {time.Date(2026, 12, 3, 8, 0, 0, 0, time.UTC), "2026-12-03"},
		"that afternoon":   {time.Date(2026, 12, 3, 15, 0, 0, 0, time.UTC), "2026-12-04"},
		"on a Friday":      {time.Date(2026, 12, 4, 15, 0, 0, 0, time.UTC), "2026-12-07"},
		"after three days": {time.Date(2026, 12, 6, 7, 0, 0, 0, time.UTC), "2026-12-07"},
	} {
		moved, ok := s.Late(berlin(), c.now)
		if !ok || moved.Day != c.want || !moved.Begins.After(c.now) || moved.Planned != s.Planned {
			t.Errorf("%s: %v on %s, planned for %s", name, ok, moved.Day, moved.Planned)
		}
	}
	free := berlin()
	free.Holidays = pipeline.Holidays{{First: "2026-12-03", Last: "2026-12-04"}}
	if moved, ok := s.Late(free, s.Begins); s.Idle(berlin()) || !s.Idle(free) || !ok || moved.Day != "2026-12-07" {
		t.Errorf("on a day that was made a holiday it moves to %s, %t", moved.Day, ok)
	}
	nobody := berlin()
	for year := sessionNow.Year(); year < sessionNow.Year()+5; year++ {
		nobody.Holidays = append(nobody.Holidays, pipeline.Holiday{First: fmt.Sprint(year, "-01-01"), Last: fmt.Sprint(year, "-12-31")})
	}
	if _, ok := s.Late(nobody, sessionNow); ok {
		t.Error("it is moved where nobody ever works")
	}
}
