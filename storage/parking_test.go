package storage

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"alignbot/pipeline"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// parking with everything that a parking can have.
func parking() pipeline.Parking {
	return pipeline.Parking{
		Decision: pipeline.Superseded, Reason: pipeline.EthicsOrRisk, Why: "\"Later\", perhaps",
		SupersededBy: pipeline.Key{Team: "PAY", Number: 9}, Outcome: pipeline.OutcomeKey{Team: "PAY", Number: 1},
		From: pipeline.Captured, Ballot: 3,
		Revisit: pipeline.Revisit{
			Day: "2027-02-18", AskedBy: 3, OutcomeRed: pipeline.OutcomeKey{Team: "PAY", Number: 2},
			TestPassed: pipeline.NamedTest{Idea: pipeline.Key{Team: "PAY", Number: 8}, Run: 2},
			Delivered:  pipeline.Key{Team: "PAY", Number: 7},
		},
		By: "U_ANA", OnBehalf: "U_BEN", At: start.Add(time.Hour),
	}
}

// waitingFor parks the idea until that happens.
func waitingFor(idea pipeline.Idea, until pipeline.Revisit, at time.Time) pipeline.Idea {
	idea.Stage, idea.Staged, idea.Changed = pipeline.Parked, at, at
	idea.Parking = &pipeline.Parking{
		Decision: pipeline.NotNow, Reason: pipeline.WeakEvidence, Why: "later", From: pipeline.Captured,
		Revisit: until, By: "U_ANA", At: at,
	}
	return idea
}

// back is the entry about an idea that comes back by what happens.
func back() Outgoing {
	return Outgoing{ID: "back:*", Kind: "idea.back", Subject: ComesBack, Args: map[string]string{"by": "what happened"}}
}

// backByDay is the entry about an idea that comes back at that time.
func backByDay(idea pipeline.Idea, due time.Time) Outgoing {
	return Outgoing{ID: "back:" + ParkingID(idea), Kind: "idea.back", Subject: idea.Key.String(), Channel: "C_SOURCE", Due: due}
}

func asking(user string) pipeline.Asked {
	return pipeline.Asked{By: user, At: start.Add(2 * time.Hour), Note: "again \"please\"", Source: idea("").Source}
}

// comingBack are the subjects of what is to be sent about ideas that come back,
// in order, with their channels. Afterwards the outbox has forgotten them, as it
// does after a day: that an idea comes back once is not its doing.
func comingBack(t *testing.T, s *Store) []string {
	t.Helper()
	claimed, _, err := s.Claim(t.Context(), 100, lease, 0)
	noError(t, err)
	var came []string
	for _, c := range claimed {
		if c.Kind == "idea.back" {
			came = append(came, c.Subject+" in "+c.Channel)
		}
		noError(t, s.Sent(t.Context(), c, posted))
		noError(t, s.db.client.Del(t.Context(), s.tag+"out:"+c.ID).Err())
		noError(t, s.db.client.ZRem(t.Context(), s.tag+"outbox:sent", c.ID).Err())
	}
	slices.Sort(came)
	return came
}

func wantBack(t *testing.T, s *Store, what string, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, comingBack(t, s)); diff != "" {
		t.Errorf("%s, what comes back (-want +got):\n%s", what, diff)
	}
}

func change(t *testing.T, s *Store, op string, idea pipeline.Idea, after ...Outgoing) pipeline.Idea {
	t.Helper()
	return must(s.ChangeIdea(t.Context(), op, idea, Slot{}, moved, after...))(t)
}

func TestAParkingKeepsAllOfIt(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		want := capture(t, s, "op1", "Export invoices")
		kept := parking()
		want.Stage, want.Staged, want.Changed, want.Parking = pipeline.Parked, kept.At, kept.At, &kept
		event := pipeline.Event{
			At: kept.At, By: "U_ANA", What: pipeline.WasParked, From: pipeline.Captured, To: pipeline.Parked, Why: kept.Why, About: kept.Verdict(),
			Changes: []pipeline.Change{{Field: pipeline.FieldDecision, To: string(kept.Decision)}},
		}
		got := must(s.ChangeIdea(t.Context(), "op2", want, Slot{}, event))(t)
		want.Version = 2
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("parked (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(want, must(s.Idea(t.Context(), want.Key))(t)); diff != "" {
			t.Errorf("read back (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]pipeline.Event{event}, must(s.History(t.Context(), want.Key, 1))(t)); diff != "" {
			t.Errorf("history (-want +got):\n%s", diff)
		}
		cameBack := kept
		cameBack.CameBack = start.Add(90 * 24 * time.Hour)
		want.Parking = &cameBack
		got = change(t, s, "op3", want)
		want.Version = 3
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("came back (-want +got):\n%s", diff)
		}
		want.Stage, want.Parking = pipeline.Discovery, nil
		got = change(t, s, "op4", want)
		want.Version = 4
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("reopened (-want +got):\n%s", diff)
		}
		if db.client.HExists(t.Context(), s.tag+"idea:PAY-1", "parking").Val() {
			t.Error("why it was parked is still in its record")
		}
	})
}

func TestListsOfParkedIdeas(t *testing.T) {
	s := withTeam(t, open(t, "memory:"))
	for _, list := range []List{
		{Team: "PAY", Due: true}, {Team: "PAY", Stage: pipeline.Backlog, Due: true}, {Stage: pipeline.Parked, MostAsked: true},
		{Author: "U_ANA", Stage: pipeline.Parked, MostAsked: true}, {Team: "PAY", Stage: pipeline.Parked, Due: true, MostAsked: true},
		{Team: "PAY", Author: "U_ANA", Stage: pipeline.Parked, Reason: pipeline.LowImpact}, {Team: "PAY", Reason: pipeline.LowImpact},
		{Team: "PAY", Stage: pipeline.Parked, Reason: pipeline.LowImpact, Due: true}, {Team: "PAY", Orphans: true, Due: true},
		{Team: "PAY", Stage: pipeline.Parked, Due: true, Withdrawn: true}, {Team: "PAY", Stage: pipeline.Parked, DueBy: "2026-11-20"},
		{Team: "PAY", Stage: pipeline.Parked, Due: true, DueBy: "tomorrow"},
	} {
		if _, err := s.Page(t.Context(), list, 1, 10); err == nil {
			t.Errorf("%+v is answered", list)
		}
	}
	got := must(s.Page(t.Context(), List{Team: "PAY", Stage: pipeline.Parked, Due: true}, 4, 10))(t)
	if diff := cmp.Diff(Page{Number: 1, Of: 1}, got); diff != "" {
		t.Errorf("an empty list (-want +got):\n%s", diff)
	}
}

// parkedModel is a parked idea as a person would keep it in mind.
type parkedModel struct {
	pipeline.Idea
	came  int // to the stage, by step
	asked map[string]bool
	ever  map[string]bool // "N USER" of all parkings
	count int             // of parkings
}

// TestParkedListsFollowTheIdeas parks, parks again, asks for, reopens, withdraws
// and brings back ideas in any order, each operation sometimes twice, and compares
// each list and count with what all ideas add up to.
func TestParkedListsFollowTheIdeas(t *testing.T) {
	db := open(t, "memory:")
	run := 0
	rapid.Check(t, func(rt *rapid.T) {
		run++
		s := db.Workspace(fmt.Sprint("T", run))
		must(s.SetUpTeam(t.Context(), "op-team", payments()))(t)
		var all []*parkedModel
		reasons := pipeline.ParkReasons()[:3]
		for i := range 4 {
			all = append(all, &parkedModel{Idea: capture(t, s, fmt.Sprint("op-c", i), "x"), came: i - 100, ever: map[string]bool{}})
		}
		for step := range rapid.IntRange(1, 30).Draw(rt, "steps") {
			op, now := fmt.Sprint("op", step), start.Add(time.Duration(step+1)*time.Minute)
			m := rapid.SampledFrom(all).Draw(rt, "idea")
			changed := m.Idea
			switch act := rapid.SampledFrom([]string{"park", "ask", "ask", "ask", "come back", "reopen", "withdraw"}).Draw(rt, "act"); {
			case act == "ask":
				user := rapid.SampledFrom([]string{"U_ANA", "U_BEN", "U_EVE"}).Draw(rt, "who")
				trips, parked := false, m.Stage == pipeline.Parked
				if parked {
					first := !m.asked[user]
					m.asked[user], m.ever[fmt.Sprint(m.count, " ", user)] = true, true
					trips = first && len(m.asked) == m.Parking.Revisit.AskedBy && m.Parking.CameBack.IsZero() && m.Withdrawn.IsZero()
				}
				for range rapid.IntRange(1, 2).Draw(rt, "deliveries") {
					_, people, tripped, err := s.AskAgain(t.Context(), op, m.Key, asking(user), nil, Slot{}, moved)
					var notParked *NotParkedError
					if errors.As(err, &notParked) == parked || parked && err != nil {
						rt.Fatalf("asking for %+v answers %v", m.Idea, err)
					}
					if people != len(m.asked) || tripped != trips {
						rt.Fatalf("%d people asked, tripped %v; want %d, %v", people, tripped, len(m.asked), trips)
					}
				}
				m.Idea = must(s.Idea(t.Context(), m.Key))(t)
				continue
			case act == "park":
				p := parking()
				p.At = now
				p.Reason = rapid.SampledFrom(reasons).Draw(rt, "reason")
				p.Revisit.AskedBy = rapid.IntRange(0, 2).Draw(rt, "asked by")
				p.Revisit.Day = rapid.SampledFrom([]string{"", "2027-02-18", "2027-02-19", "2031-01-01"}).Draw(rt, "day")
				if changed.Stage != pipeline.Parked {
					m.came = step
				}
				changed.Stage, changed.Parking = pipeline.Parked, &p
				m.asked = map[string]bool{}
				m.count++
			case act == "come back" && changed.Parking != nil:
				p := *changed.Parking
				p.CameBack = time.Date(2027, time.Month(rapid.IntRange(1, 3).Draw(rt, "month")), 18, 8, 0, 0, 0, time.UTC)
				changed.Parking = &p
			case act == "reopen":
				if changed.Stage != pipeline.Discovery {
					m.came = step
				}
				changed.Stage, changed.Parking, m.asked = pipeline.Discovery, nil, nil
			case changed.Withdrawn.IsZero():
				changed.Withdrawn, changed.WithdrawnBy = now, "U_ANA"
			default:
				changed.Withdrawn, changed.WithdrawnBy = time.Time{}, ""
			}
			m.Idea = change(t, s, op, changed)
			change(t, s, op, changed)
		}
		compareParked(t, rt, s, all, reasons)
	})
}

func compareParked(t *testing.T, rt *rapid.T, s *Store, all []*parkedModel, reasons []pipeline.ParkReason) {
	list := func(l List, in func(*parkedModel) bool, first func(a, b *parkedModel) int) {
		l.Team, l.Stage = "PAY", pipeline.Parked
		var ms []*parkedModel
		for _, m := range all {
			if m.Stage == pipeline.Parked && m.Withdrawn.IsZero() && in(m) {
				ms = append(ms, m)
			}
		}
		slices.SortFunc(ms, first)
		want := Page{Number: 1, Of: 1, Total: len(ms)}
		for _, m := range ms {
			want.Ideas = append(want.Ideas, m.Idea)
			if len(m.asked) > 0 {
				if want.AskedBy == nil {
					want.AskedBy = map[pipeline.Key]int{}
				}
				want.AskedBy[m.Key] = len(m.asked)
			}
		}
		if diff := cmp.Diff(want, must(s.Page(t.Context(), l, 1, 10))(t)); diff != "" {
			rt.Fatalf("%+v (-want +got):\n%s", l, diff)
		}
	}
	newest := func(a, b *parkedModel) int { return b.came - a.came }
	list(List{}, func(*parkedModel) bool { return true }, newest)
	for _, reason := range reasons {
		list(List{Reason: reason}, func(m *parkedModel) bool { return m.Parking.Reason == reason }, newest)
	}
	day := func(m *parkedModel) string {
		if !m.Parking.CameBack.IsZero() {
			return m.Parking.CameBack.Format(time.DateOnly)
		}
		return m.Parking.Revisit.Day
	}
	list(List{Due: true}, func(m *parkedModel) bool { return day(m) != "" }, func(a, b *parkedModel) int {
		if c := strings.Compare(day(a), day(b)); c != 0 {
			return c
		}
		return a.came - b.came
	})
	for _, by := range []string{"2026-11-19", "2026-11-20", "2026-12-20", "2027-11-20"} {
		list(List{Due: true, DueBy: by}, func(m *parkedModel) bool { return day(m) != "" && day(m) <= by }, func(a, b *parkedModel) int {
			if c := strings.Compare(day(a), day(b)); c != 0 {
				return c
			}
			return a.came - b.came
		})
	}
	list(List{MostAsked: true}, func(m *parkedModel) bool { return len(m.asked) > 0 }, func(a, b *parkedModel) int {
		if c := len(b.asked) - len(a.asked); c != 0 {
			return c
		}
		return newest(a, b)
	})
	for _, m := range all {
		got := map[string]bool{}
		for _, a := range must(s.Asked(t.Context(), m.Key, 1, 100))(t).Asked {
			got[fmt.Sprint(a.Parking, " ", a.By)] = true
		}
		if diff := cmp.Diff(m.ever, got); diff != "" {
			rt.Fatalf("who ever asked for %s (-want +got):\n%s", m.Key, diff)
		}
	}
}

func TestWhatIsDeliveredBringsBackWhatWaitsForIt(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		identity := payments()
		identity.Key, identity.Channel = "IDP", "C_IDP"
		must(s.SetUpTeam(t.Context(), "op-idp", identity))(t)
		awaited := capture(t, s, "op1", "Export")
		until := pipeline.Revisit{Delivered: awaited.Key, Day: "2027-02-18"}
		second := waitingFor(capture(t, s, "op2", "second"), until, start)
		second = change(t, s, "op2p", second, backByDay(second, lately.Add(90*24*time.Hour)))
		other := idea("of another team")
		other.Key.Team = "IDP"
		other = change(t, s, "op3p", waitingFor(must(s.Capture(t.Context(), "op3", other, Slot{}))(t), until, start))
		reopened := change(t, s, "op4p", waitingFor(capture(t, s, "op4", "reopened"), until, start))
		reopened.Stage, reopened.Parking = pipeline.Discovery, nil
		change(t, s, "op4r", reopened)
		withdrawn := change(t, s, "op5p", waitingFor(capture(t, s, "op5", "withdrawn"), until, start))
		withdrawn.Withdrawn, withdrawn.WithdrawnBy = start, "U_ANA"
		withdrawn = change(t, s, "op5w", withdrawn)
		change(t, s, "op6p", waitingFor(capture(t, s, "op6", "for another"), pipeline.Revisit{Delivered: second.Key}, start))
		wantBack(t, s, "so far")

		awaited.Stage, awaited.Staged = pipeline.Backlog, start.Add(time.Hour)
		awaited = change(t, s, "op-b", awaited, back())
		wantBack(t, s, "while it is in the Product Backlog")
		delivered := awaited
		delivered.Stage, delivered.Staged = pipeline.Delivered, start.Add(2*time.Hour)
		delivered = change(t, s, "op-d", delivered, back())
		change(t, s, "op-d", delivered, back()) // a redelivery
		wantBack(t, s, "delivered", "IDP-1 in C_IDP", "PAY-2 in C_PAY")

		// What came back does so once, also when the other is delivered once more, or
		// when it is withdrawn and brought back.
		delivered.Criteria = []string{"edited"}
		delivered = change(t, s, "op-edit", delivered, back())
		second.Title = "edited"
		second = change(t, s, "op2e", second, back())
		wantBack(t, s, "edited")
		for i, idea := range []*pipeline.Idea{&second, &other} {
			p := *idea.Parking
			p.CameBack = start.Add(3 * time.Hour)
			idea.Parking = &p
			*idea = change(t, s, fmt.Sprint("op-came", i), *idea)
		}
		other.Withdrawn, other.WithdrawnBy = start, "U_ANA"
		other = change(t, s, "op3w", other)
		other.Withdrawn, other.WithdrawnBy = time.Time{}, ""
		change(t, s, "op3b", other, back())
		delivered.Stage = pipeline.Backlog
		delivered = change(t, s, "op-again-b", delivered, back())
		delivered.Stage = pipeline.Delivered
		change(t, s, "op-again-d", delivered, back())
		wantBack(t, s, "delivered once more")

		// What was withdrawn meanwhile has missed it, and comes back when it stands.
		withdrawn.Withdrawn, withdrawn.WithdrawnBy = time.Time{}, ""
		change(t, s, "op5b", withdrawn, back())
		wantBack(t, s, "brought back", "PAY-4 in C_PAY")
		// The same when it is delivered just before the parking is stored; what
		// was delivered long before does not count.
		change(t, s, "op7p", waitingFor(capture(t, s, "op7", "just before"), until, start), back())
		change(t, s, "op8p", waitingFor(capture(t, s, "op8", "long before"), until, start.Add(9*time.Hour)), back())
		wantBack(t, s, "parked", "PAY-6 in C_PAY")
	})
}

func TestAPassedTestBringsBackWhatWaitsForIt(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		tested := capture(t, s, "op1", "Export")
		run := begun(t, s, tested.Key, "op-run")
		begun(t, s, tested.Key, "op-other-run")
		until := pipeline.Revisit{TestPassed: pipeline.NamedTest{Idea: tested.Key, Run: run.ID}}
		change(t, s, "op2p", waitingFor(capture(t, s, "op2", "waits"), until, start))
		until.TestPassed.Run = 2
		change(t, s, "op3p", waitingFor(capture(t, s, "op3", "for another"), until, start))
		judge := func(op string, verdict pipeline.Verdict) {
			t.Helper()
			summary := running("U_ANA", 1)
			summary.Verdict, summary.Last = verdict, start.Add(time.Hour)
			for range 2 { // once more by a redelivery
				stored := must(s.ChangeRun(t.Context(), op, "U_ANA", run, summary, Slot{}, nil, back()))(t)
				if stored.Version == run.Version+1 {
					defer func() { run = stored }()
				}
			}
		}
		judge("op-failed", pipeline.Failed)
		wantBack(t, s, "failed")
		judge("op-passed", pipeline.Passed)
		wantBack(t, s, "passed", "PAY-2 in C_PAY")
		judge("op-passed-still", pipeline.Passed)
		wantBack(t, s, "still passed")
		until.TestPassed.Run = run.ID
		change(t, s, "op4p", waitingFor(capture(t, s, "op4", "just after"), until, start), back())
		change(t, s, "op5p", waitingFor(capture(t, s, "op5", "long after"), until, start.Add(2*time.Hour)), back())
		wantBack(t, s, "parked", "PAY-4 in C_PAY")
	})
}

// TestAnIdeaComesBackOnceForEachParking: by its day or by what happens, whichever
// is first; and again only once it was parked again.
func TestAnIdeaComesBackOnceForEachParking(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		read := capture(t, s, "op1", "Export")
		ask := func(op, user string) (tripped bool) {
			t.Helper()
			_, _, tripped, err := s.AskAgain(t.Context(), op, read.Key, asking(user), nil, Slot{}, moved, back())
			noError(t, err)
			return tripped
		}
		for n := 1; n <= 2; n++ {
			until := pipeline.Revisit{Day: "2027-02-18", AskedBy: 2}
			parked := waitingFor(must(s.Idea(t.Context(), read.Key))(t), until, start.Add(time.Duration(n)*time.Minute))
			change(t, s, fmt.Sprint("op-p", n), parked, backByDay(parked, time.Now().Add(24*time.Hour)))
			if ask(fmt.Sprint("op-a", n), "U_ANA") || ask(fmt.Sprint("op-a-twice", n), "U_ANA") {
				t.Error("one person alone trips it")
			}
			wantBack(t, s, "one has asked")
			if !ask(fmt.Sprint("op-b", n), "U_BEN") || ask(fmt.Sprint("op-e", n), "U_EVE") {
				t.Error("it is not the second person who trips it")
			}
			wantBack(t, s, "two have asked", "PAY-1 in C_PAY")
			if stats := must(s.OutboxStats(t.Context()))(t); stats.Due != 0 {
				t.Errorf("%d entries still wait", stats.Due)
			}
		}
	})
}

// TestWhoAsksForAWithdrawnIdeaCountsOnceItStands: the rule of the moment let them
// ask, and somebody withdrew the idea before it was stored.
func TestWhoAsksForAWithdrawnIdeaCountsOnceItStands(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		parked := change(t, s, "op2", waitingFor(capture(t, s, "op1", "Export"), pipeline.Revisit{AskedBy: 2}, start))
		parked.Withdrawn, parked.WithdrawnBy = start, "U_ANA"
		withdrawn := change(t, s, "op3", parked)
		for _, user := range []string{"U_BEN", "U_EVE"} {
			_, _, tripped, err := s.AskAgain(t.Context(), "op-"+user, parked.Key, asking(user), nil, Slot{}, moved, back())
			if err != nil || tripped {
				t.Errorf("%s: tripped %v, %v", user, tripped, err)
			}
		}
		wantBack(t, s, "while it is withdrawn")
		withdrawn.Withdrawn, withdrawn.WithdrawnBy = time.Time{}, ""
		change(t, s, "op4", withdrawn, back())
		wantBack(t, s, "brought back", "PAY-1 in C_PAY")
	})
}
