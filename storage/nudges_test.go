package storage

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"alignbot/pipeline"

	gocmp "github.com/google/go-cmp/cmp"
)

// looksAt claims all who are to be looked at, by who they are.
func looksAt(t testing.TB, s *Store) (map[string]DueLook, time.Time) {
	t.Helper()
	found := map[string]DueLook{}
	for {
		looks, now, _, err := s.ClaimNudges(t.Context(), 50, lease)
		noError(t, err)
		for _, look := range looks {
			found[look.Who] = look
		}
		if len(looks) < 50 {
			return found, now
		}
	}
}

func planned(t testing.TB, s *Store, looked ...Looked) []string {
	t.Helper()
	return must(s.PlanNudges(t.Context(), looked))(t)
}

// goes is a look that came to a nudge on that day.
func goes(look DueLook, now time.Time, day string) Looked {
	next := now.Add(24 * time.Hour)
	return Looked{Look: look, Zone: "Europe/Berlin", Channel: "C_PAY", Plan: pipeline.NudgePlan{
		Step: pipeline.LookGo, Day: day, Until: now.Add(8 * time.Hour), Look: next, Due: next,
	}}
}

// states of the nudges of a day, by who they were for.
func states(t testing.TB, s *Store, day string) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, due := range must(s.Nudged(t.Context(), day))(t) {
		found[due.Who] = string(due.State)
		if due.Why != "" {
			found[due.Who] += " " + due.Why
		}
	}
	return found
}

func who(looks map[string]DueLook) []string { return slices.Sorted(maps.Keys(looks)) }

func same(t testing.TB, what string, want, got any) {
	t.Helper()
	if diff := gocmp.Diff(want, got, gocmp.AllowUnexported(DueLook{})); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// TestWhoBeginsToWaitIsLookedAt goes through all that begins to wait for somebody.
func TestWhoBeginsToWaitIsLookedAt(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		looks, _ := looksAt(t, s)
		same(t, "after a team was set up", []string{"@U_ANA", "@U_BEN", "PAY"}, who(looks))
		same(t, "teams of an owner", []pipeline.TeamKey{"PAY"}, looks["@U_ANA"].Teams)
		for _, look := range looks {
			planned(t, s, Looked{Look: look, Plan: pipeline.NudgePlan{Step: pipeline.LookRest}})
		}
		looks, _ = looksAt(t, s)
		same(t, "after a rest", []string(nil), who(looks))

		b := started(t, s, pipeline.OpenBallot, "U_EVE", "U_KIM")
		looks, now := looksAt(t, s)
		same(t, "asked, and the author of an idea without an outcome", []string{"@U_ANA", "@U_EVE", "@U_KIM"}, who(looks))
		same(t, "where it waits", DueLook{
			Who: "@U_EVE", fence: looks["@U_EVE"].fence, Teams: []pipeline.TeamKey{"PAY"}, Waits: true,
			Settings: pipeline.NudgeSettings{User: "U_EVE"}, TeamSettings: pipeline.TeamNudges{}, Since: looks["@U_EVE"].Since,
		}, looks["@U_EVE"])
		if since := looks["@U_EVE"].Since; since.IsZero() || since.After(now) {
			t.Errorf("it waits since %v, which was looked at at %v", since, now)
		}
		for _, look := range looks {
			planned(t, s, Looked{Look: look, Plan: pipeline.NudgePlan{Step: pipeline.LookWait, Look: now.Add(time.Hour), Due: now.Add(time.Hour)}})
		}

		startedRound(t, s, "op-round", false, "U_KIM", "U_NEW")
		looks, _ = looksAt(t, s)
		same(t, "asked in a round", []string{"@U_KIM", "@U_NEW"}, who(looks))
		same(t, "who has a moment already", time.Time{}, looks["@U_KIM"].Since)

		startedSession(t, s)
		looks, _ = looksAt(t, s)
		same(t, "asked in a session", []string{"@U1", "@U2", "@U3", "@U4"}, who(looks))
		if look := looks["@U1"]; !look.Waits || !slices.Equal(look.Teams, []pipeline.TeamKey{"PAY"}) {
			t.Errorf("the session does not wait: %+v", look)
		}

		test := running("U_TESTER", 1)
		test.Deadline = time.Now().Add(-time.Hour)
		must(s.BeginRun(t.Context(), "op-run", runOn(b.Idea), test, moved))(t)
		looks, _ = looksAt(t, s)
		same(t, "whose test has come to its deadline", []string{"@U_TESTER"}, who(looks))
		if look := looks["@U_TESTER"]; !look.Waits {
			t.Errorf("the test does not wait: %+v", look)
		}
	})
}

// TestOneNudgeADay has many processes look at everybody at once, and again.
func TestOneNudgeADay(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		var people []string
		for i := range 40 {
			people = append(people, fmt.Sprint("U_", i))
		}
		startedRound(t, s, "op-round", false, people...)
		var lookers sync.WaitGroup
		for range 4 {
			lookers.Go(func() {
				for range 6 {
					looks, now, _, err := s.ClaimNudges(t.Context(), 7, lease)
					if err != nil {
						t.Error(err)
						return
					}
					var looked []Looked
					for _, look := range looks {
						looked = append(looked, goes(look, now, "2026-11-20"))
					}
					if stale, err := s.PlanNudges(t.Context(), looked); err != nil || len(stale) > 0 {
						t.Errorf("stale %v, %v", stale, err)
					}
				}
			})
		}
		lookers.Wait()
		if found := states(t, s, "2026-11-20"); len(found) != 43 { // with two owners and the team
			t.Errorf("%d are planned: %v", len(found), found)
		}
		// Everybody is looked at once more on that day, as after a change of settings.
		noError(t, s.LookAgain(t.Context(), people...))
		looks, now := looksAt(t, s)
		if len(looks) != 40 {
			t.Fatalf("%d are looked at again", len(looks))
		}
		for _, look := range looks {
			if look.LastDay != "2026-11-20" || look.LastAt.IsZero() || look.Zone != "" {
				t.Fatalf("it is not known that %s had one: %+v", look.Who, look)
			}
			planned(t, s, goes(look, now, "2026-11-20"))
		}
		seen := map[string]bool{}
		for {
			claimed, _, err := s.Claim(t.Context(), 20, lease, 0)
			noError(t, err)
			if len(claimed) == 0 {
				break
			}
			for _, c := range claimed {
				if seen[c.ID] {
					t.Errorf("%s goes out twice", c.ID)
				}
				seen[c.ID] = true
				noError(t, s.Sent(t.Context(), c, posted))
			}
		}
		nudges := slices.DeleteFunc(slices.Collect(maps.Keys(seen)), func(id string) bool { return id[:6] != "nudge:" })
		if len(nudges) != 43 {
			t.Errorf("%d nudges go out", len(nudges))
		}
	})
}

// TestADeadProcessIsTakenOver: what it looked at is looked at by another when its lease
// ends, and what it comes to too late is not kept.
func TestADeadProcessIsTakenOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := withTeam(t, open(t, "memory:"))
		dead, now := looksAt(t, s)
		time.Sleep(lease - time.Millisecond)
		looks, _ := looksAt(t, s)
		same(t, "within the lease", []string(nil), who(looks))
		time.Sleep(2 * time.Millisecond)
		looks, _ = looksAt(t, s)
		same(t, "after it", who(dead), who(looks))
		same(t, "the dead one's", []string{"PAY"}, planned(t, s, goes(dead["PAY"], now, "2026-11-20")))
		same(t, "nothing is kept of it", map[string]string{}, states(t, s, "2026-11-20"))
		planned(t, s, goes(looks["PAY"], now, "2026-11-20"))
		same(t, "the other's", map[string]string{"PAY": "planned"}, states(t, s, "2026-11-20"))
	})
}

// TestWhoIsWokenWhileLookedAt is looked at again, whatever that look came to.
func TestWhoIsWokenWhileLookedAt(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		looks, _ := looksAt(t, s)
		startedRound(t, s, "op-round", false, "U_ANA")
		planned(t, s, Looked{Look: looks["@U_ANA"], Plan: pipeline.NudgePlan{Step: pipeline.LookRest}},
			Looked{Look: looks["@U_BEN"], Plan: pipeline.NudgePlan{Step: pipeline.LookRest}})
		looks, _ = looksAt(t, s)
		same(t, "looked at", []string{"@U_ANA"}, who(looks))
	})
}

// TestWhatBecomesOfANudge follows each through the outbox.
func TestWhatBecomesOfANudge(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		ends := []struct {
			want string
			end  func(c Claimed) error
		}{
			{"sent", func(c Claimed) error { return s.Sent(t.Context(), c, posted) }},
			{"skipped nothing-to-say", func(c Claimed) error { return s.Skipped(t.Context(), c, NothingToSay) }},
			{"missed late", func(c Claimed) error { return s.Skipped(t.Context(), c, pipeline.NudgeLate) }},
			{"failed user_disabled", func(c Claimed) error { return s.Failed(t.Context(), c, "user_disabled") }},
			{"unknown no-answer", func(c Claimed) error { return s.Unknown(t.Context(), c, "no-answer") }},
			{"held do-not-disturb", func(c Claimed) error { return s.Retry(t.Context(), c, pipeline.NudgeDisturbs, time.Hour) }},
			{"planned", func(c Claimed) error { return s.Retry(t.Context(), c, "ratelimited", time.Hour) }},
			{"sent", func(c Claimed) error { // it arrived after all
				return cmp.Or(s.Unknown(t.Context(), c, "no-answer"), s.Sent(t.Context(), c, posted))
			}},
		}
		var people []string
		want := map[string]string{}
		for i, e := range ends {
			people = append(people, fmt.Sprint("U_", i))
			want[fmt.Sprint("@U_", i)] = e.want
		}
		startedRound(t, s, "op-round", false, people...)
		looks, now := looksAt(t, s)
		for _, user := range people {
			planned(t, s, goes(looks["@"+user], now, "2026-11-20"))
		}
		claimed, _, err := s.Claim(t.Context(), 20, lease, 0)
		noError(t, err)
		for _, c := range claimed {
			if c.Kind != KindNudge {
				continue
			}
			var i int
			fmt.Sscanf(c.User, "U_%d", &i)
			if c.Subject != c.User || c.Args["day"] != "2026-11-20" || c.Args["until"] != formatTime(now.Add(8*time.Hour)) || c.Now.Before(now) {
				t.Errorf("the entry is %+v", c)
			}
			noError(t, ends[i].end(c))
		}
		same(t, "states", want, states(t, s, "2026-11-20"))
		if late := must(s.LateNudges(t.Context()))(t); late.Waiting != 1 { // what Slack's limits hold back
			t.Errorf("%d wait in the outbox", late.Waiting)
		}
	})
}

// TestTheOutboxHoldsFewNudges: as long as it is full, nobody else is looked at.
func TestTheOutboxHoldsFewNudges(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		var people []string
		for i := range NudgesAtOnce + 50 {
			people = append(people, fmt.Sprint("U_", i))
		}
		startedRound(t, s, "op-round", false, people...)
		plans := func() int {
			total := 0
			for {
				looks, now, wait, err := s.ClaimNudges(t.Context(), 50, lease)
				noError(t, err)
				if len(looks) == 0 {
					if wait != 0 {
						t.Errorf("wait %s while others are due", wait)
					}
					return total
				}
				var looked []Looked
				for _, look := range looks {
					looked = append(looked, goes(look, now, "2026-11-20"))
				}
				planned(t, s, looked...)
				total += len(looks)
			}
		}
		if n := plans(); n != NudgesAtOnce {
			t.Errorf("%d are planned at once", n)
		}
		if late := must(s.LateNudges(t.Context()))(t); late.Number != 53 || late.Since.IsZero() {
			t.Errorf("late are %+v", late)
		}
		claimed, _, err := s.Claim(t.Context(), 60, lease, 0)
		noError(t, err)
		for _, c := range claimed {
			noError(t, s.Sent(t.Context(), c, posted))
		}
		if n := plans(); n != 50 {
			t.Errorf("%d more are planned", n)
		}
	})
}

// TestSettingsAreLookedAtAnew when a person or a team changes them.
func TestSettingsAreLookedAtAnew(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		looks, now := looksAt(t, s)
		for _, look := range looks {
			planned(t, s, goes(look, now, "2026-11-20"))
		}
		must(s.ChangeNudgeSettings(t.Context(), "op-1", pipeline.NudgeSettings{User: "U_ANA", At: 600, AwayUntil: "2026-12-01"}, Acted{}, ""))(t)
		must(s.ChangeTeamNudges(t.Context(), "op-2", pipeline.TeamNudges{Team: "PAY", Off: true}))(t)
		looks, _ = looksAt(t, s)
		same(t, "looked at", []string{"@U_ANA", "PAY"}, who(looks))
		if got := looks["@U_ANA"].Settings; got.At != 600 || got.AwayUntil != "2026-12-01" || got.User != "U_ANA" {
			t.Errorf("settings of a person: %+v", got)
		}
		if got := looks["PAY"].TeamSettings; !got.Off || got.Team != "PAY" {
			t.Errorf("settings of a team: %+v", got)
		}
		days := pipeline.Holidays{{First: "2026-12-24", Last: "2027-01-01", Name: "Closed"}}
		must(s.ChangeHolidays(t.Context(), "op-3", pipeline.TeamHolidays{Team: "PAY", Days: days, By: "U_ANA", At: start}, Slot{}))(t)
		for _, look := range looks {
			planned(t, s, Looked{Look: look, Plan: pipeline.NudgePlan{Step: pipeline.LookRest}})
		}
		looks, _ = looksAt(t, s)
		same(t, "looked at for holidays", []string{"PAY"}, who(looks))
		same(t, "holidays", days, must(s.Holidays(t.Context(), "PAY"))(t).Days)
	})
}

// TestCheckInsWaitForTheirOwner from two weeks after the last word on an outcome.
func TestCheckInsWaitForTheirOwner(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		o := outcome("Invoices are paid sooner")
		o.Owner, o.Created = "U_OWNER", time.Now().Add(-20*24*time.Hour)
		o = must(s.AddOutcome(t.Context(), "op-outcome", o, Slot{}, wasAdded))(t)
		looks, now := looksAt(t, s)
		if look := looks["@U_OWNER"]; !look.Waits || !slices.Equal(look.Teams, []pipeline.TeamKey{"PAY"}) {
			t.Fatalf("the owner of an old outcome: %+v", look)
		}
		planned(t, s, goes(looks["@U_OWNER"], now, "2026-11-20"))
		_, _, err := s.CheckIn(t.Context(), "op-check-in", o.Key, pipeline.CheckIn{By: "U_OWNER", At: time.Now(), Light: pipeline.Green}, Slot{}, checkedIn)
		noError(t, err)
		noError(t, s.LookAgain(t.Context(), "U_OWNER"))
		looks, now = looksAt(t, s)
		look := looks["@U_OWNER"]
		if days := look.NextWait.Sub(now).Hours() / 24; look.Waits || days < 13.9 || days > 14.1 {
			t.Errorf("after a check-in: %+v, in %f days", look, days)
		}
	})
}
