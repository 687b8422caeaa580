package storage

import (
	"fmt"
	"testing"
	"time"

	"alignbot/pipeline"
)

// rested has everybody looked at who is to be, and nobody looks again by itself.
func rested(t testing.TB, s *Store) {
	t.Helper()
	looks, _ := looksAt(t, s)
	for _, look := range looks {
		planned(t, s, Looked{Look: look, Zone: "UTC", Plan: pipeline.NudgePlan{Step: pipeline.LookRest}})
	}
}

// TestWhatBeginsToWaitLater goes through what waits for somebody by what others do, long
// after they did something themselves.
func TestWhatBeginsToWaitLater(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTree(t, db)
		linked := capture(t, s, "op-idea", "Faster invoices")
		linked.Outcomes = []pipeline.NodeKey{nodeKey("PAY-O2")}
		linked = change(t, s, "op-link", linked)
		linked.Stage = pipeline.Backlog
		linked = change(t, s, "op-backlog", linked)
		rested(t, s)
		looks, _ := looksAt(t, s)
		same(t, "nothing waits", []string(nil), who(looks))

		linked.Outcomes = nil
		change(t, s, "op-unlink", linked)
		looks, _ = looksAt(t, s)
		same(t, "whose idea lost its outcome in the Product Backlog", []string{"@U_ANA"}, who(looks))
		for _, look := range looks {
			if !look.Waits {
				t.Errorf("it does not wait: %+v", look)
			}
		}

		ben := idea("Ben's")
		ben.Author, ben.Outcomes = "U_KIM", []pipeline.NodeKey{nodeKey("PAY-O2")}
		must(s.Capture(t.Context(), "op-kim", ben, Slot{}))(t)
		rested(t, s)
		openReview(t, s, "op-review", reviewOf(1))
		looks, _ = looksAt(t, s)
		same(t, "whom the review of a sprint asks", []string{"@U_ANA", "@U_KIM"}, who(looks))
		for _, look := range looks {
			if !look.Waits || fmt.Sprint(look.Teams) != "[PAY]" {
				t.Errorf("it does not wait: %+v", look)
			}
		}
	})
}

// TestAMissIsNoNudge: who missed the nudge of one day can get that of the next, however
// late it was found.
func TestAMissIsNoNudge(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		looks, now := looksAt(t, s)
		planned(t, s, Looked{Look: looks["@U_ANA"], Plan: pipeline.NudgePlan{Step: pipeline.LookMiss, Day: "2026-11-19", Why: pipeline.NudgeLate, Look: now, Due: now}})
		looks, _ = looksAt(t, s)
		if look := looks["@U_ANA"]; look.LastDay != "2026-11-19" || !look.LastAt.IsZero() {
			t.Errorf("a nudge counts as come: %+v", look)
		}
	})
}

// TestWhatWasHeldIsSettled: what was held back for somebody to whom nothing is to be said
// any more is no miss.
func TestWhatWasHeldIsSettled(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		looks, now := looksAt(t, s)
		planned(t, s, Looked{Look: looks["@U_ANA"], Plan: pipeline.NudgePlan{Step: pipeline.LookHold, Day: "2026-11-20", Why: pipeline.NudgeDisturbs, Look: now, Due: now}})
		same(t, "held", map[string]string{"@U_ANA": "held do-not-disturb"}, states(t, s, "2026-11-20"))
		looks, _ = looksAt(t, s)
		planned(t, s, Looked{Look: looks["@U_ANA"], Plan: pipeline.NudgePlan{Step: pipeline.LookRest}})
		same(t, "settled", map[string]string{"@U_ANA": "skipped nothing-to-say"}, states(t, s, "2026-11-20"))
	})
}

// TestLongAbsences: what is known of somebody is kept until they are back.
func TestLongAbsences(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		looks, now := looksAt(t, s)
		back := now.Add(200 * 24 * time.Hour)
		planned(t, s, Looked{Look: looks["@U_ANA"], Plan: pipeline.NudgePlan{Step: pipeline.LookWait, Look: back, Due: back}})
		if left := db.client.PTTL(t.Context(), s.tag+"nudge:@U_ANA").Val(); left < 201*24*time.Hour {
			t.Errorf("it is forgotten in %s", left)
		}
	})
}

// TestWhatAnOlderAlignbotStoredIsLookedAt: a store from before anybody was nudged has
// what waits looked at when it is used first.
func TestWhatAnOlderAlignbotStoredIsLookedAt(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		b := started(t, s, pipeline.OpenBallot, "U_EVE")
		startedRound(t, s, "op-round", false, "U_KIM")
		over := startedRound(t, s, "op-over", false, "U_OLD")
		closedRound(t, s, "op-closed", over)
		o := outcome("Invoices are paid sooner")
		o.Owner, o.Created = "U_OWNER", time.Now()
		must(s.AddOutcome(t.Context(), "op-outcome", o, Slot{}, wasAdded))(t)
		test := running("U_TESTER", 1)
		must(s.BeginRun(t.Context(), "op-run", runOn(b.Idea), test, moved))(t)
		score := func(name, member string) float64 { return db.client.ZScore(t.Context(), s.tag+name, member).Val() }
		minds, tests := score("nudges:due", "@U_OWNER"), score("nudges:due", "@U_TESTER")

		for _, key := range []string{"nudges:due", "minds:U_OWNER", "writers:PAY"} {
			noError(t, db.client.Del(t.Context(), s.tag+key).Err())
		}
		noError(t, db.client.Set(t.Context(), s.tag+"derived", "4", 0).Err())
		looks, _ := looksAt(t, replica(s))
		want := []string{"@U_ANA", "@U_BEN", "@U_EVE", "@U_KIM", "PAY"}
		if tests <= float64(time.Now().UnixMilli()) {
			want = []string{"@U_ANA", "@U_BEN", "@U_EVE", "@U_KIM", "@U_TESTER", "PAY"}
		} else if got := score("nudges:due", "@U_TESTER"); got != tests {
			t.Errorf("a test is looked at at %f, want %f", got, tests)
		}
		same(t, "looked at", want, who(looks))
		if got := score("nudges:due", "@U_OWNER"); got != minds || minds == 0 {
			t.Errorf("an outcome is looked at at %f, want %f", got, minds)
		}
		if got := score("minds:U_OWNER", "PAY-O1"); got != minds {
			t.Errorf("a check-in is due at %f, want %f", got, minds)
		}
		if writers := db.client.SMembers(t.Context(), s.tag+"writers:PAY").Val(); fmt.Sprint(writers) != "[U_ANA]" {
			t.Errorf("who wrote in the team: %v", writers)
		}
	})
}

// teamNudgesKept is as in the scripts.
const teamNudgesKept = 60

// TestTheNewestNudgesOfATeamAreKept, with what was done about them.
func TestTheNewestNudgesOfATeamAreKept(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		for i := range teamNudgesKept + 5 {
			must(s.AddTeamNudge(t.Context(), fmt.Sprint("op-", i), pipeline.TeamNudge{Team: "PAY", Day: "2026-11-20", At: start}))(t)
			noError(t, s.DoneInNudge(t.Context(), fmt.Sprint("op-done-", i), "PAY", i+1, 0, pipeline.NudgeDeed{By: "U_ANA", What: "sized PAY-1", At: start}))
		}
		for number := 1; number <= teamNudgesKept+5; number++ {
			for _, kind := range []string{"sheet", "said"} {
				key := fmt.Sprintf("%s%s:team-nudge:PAY:%d", s.tag, kind, number)
				if kept := db.client.Exists(t.Context(), key).Val() == 1; kept != (number > 5) {
					t.Errorf("%s is kept: %t", key, kept)
				}
			}
		}
		same(t, "the newest", teamNudgesKept+5, must(s.TeamNudge(t.Context(), "PAY", 0))(t).Number)
		page := must(teamNudges.list(t.Context(), s, SheetWant{Owner: "PAY", Most: 1}))(t)
		same(t, "listed", teamNudgesKept, page.Total)
	})
}
