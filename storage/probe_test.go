package storage

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"alignbot/pipeline"
)

const (
	firstWeek  = "2026-11-16"
	secondWeek = "2026-11-23"
	thirdWeek  = "2026-11-30"
)

// probed answers the probe in a week.
func probed(s *Store, t testing.TB, user, week string, answer pipeline.ProbeAnswer) ProbeState {
	t.Helper()
	return must(s.AnswerProbe(t.Context(), ProbeAnswering{Op: user + week + string(answer), Team: "PAY", User: user, Week: week, Answer: answer}))(t)
}

func TestAnswersToTheProbeBecomeSums(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s, ctx := withTeam(t, db), t.Context()
		equal(t, must(s.Probe(ctx, "PAY", "UVOTER1", firstWeek))(t), ProbeState{Probe: pipeline.Probe{Team: "PAY"}})

		// Five people at the same moment, each with two answers: one of theirs counts.
		var all sync.WaitGroup
		errs := make([]error, 10)
		for i := range errs {
			all.Go(func() {
				_, errs[i] = s.AnswerProbe(ctx, ProbeAnswering{Op: fmt.Sprint("op", i), Team: "PAY", User: fmt.Sprint("UVOTER", i%5), Week: firstWeek, Answer: pipeline.ProbeRight})
			})
		}
		all.Wait()
		noError(t, errors.Join(errs...))
		equal(t, probed(s, t, "UVOTER1", firstWeek, pipeline.ProbeOther).Mine, pipeline.ProbeRight)
		if sum := must(s.Probe(ctx, "PAY", "", firstWeek))(t).Probe.Share(firstWeek); sum.Answers() != 0 {
			t.Errorf("of a week that runs it is told: %+v", sum)
		}
		want := pipeline.ProbeSum{Until: firstWeek, Right: 5}
		equal(t, must(s.Probe(ctx, "PAY", "", secondWeek))(t).Probe.Share(secondWeek), want)

		// The first answer of a week forgets who answered before.
		stored := must(probes.get(ctx, s, settingsOf("PAY")))(t)
		before := stored.secret
		equal(t, probed(s, t, "UVOTER1", secondWeek, pipeline.ProbeOther).Mine, pipeline.ProbeOther)
		probed(s, t, "UVOTER2", secondWeek, pipeline.ProbeUnknown)
		stored = must(probes.get(ctx, s, settingsOf("PAY")))(t)
		if len(stored.Said) != 2 || string(stored.secret) == string(before) || len(stored.Sheet.Rounds) != 1 {
			t.Errorf("after the second week began: %+v", stored)
		}
		equal(t, must(s.Probe(ctx, "PAY", "UVOTER2", secondWeek))(t).Mine, pipeline.ProbeUnknown)
		equal(t, must(s.Probe(ctx, "PAY", "UVOTER3", secondWeek))(t).Mine, pipeline.ProbeAnswer(""))

		// Two answers are too few to be told, with those of a later week they are not.
		equal(t, must(s.Probe(ctx, "PAY", "", thirdWeek))(t).Probe.Share(thirdWeek), want)
		for n := range 4 {
			probed(s, t, fmt.Sprint("UVOTER", n), thirdWeek, pipeline.ProbeRight)
		}
		equal(t, must(s.Probe(ctx, "PAY", "", thirdWeek))(t).Probe.Share(thirdWeek), want)
		equal(t, must(s.Probe(ctx, "PAY", "", "2026-12-07"))(t).Probe.Share("2026-12-07"), pipeline.ProbeSum{Until: thirdWeek, Right: 9, Other: 1, Unknown: 1})

		for _, name := range must(db.client.Keys(ctx, s.tag+"*").Result())(t) {
			held := ""
			if must(db.client.Type(ctx, name).Result())(t) == "hash" {
				held = fmt.Sprint(db.client.HGetAll(ctx, name).Val())
			}
			if strings.Contains(name+held, "UVOTER") {
				t.Errorf("%s names who answered", name)
			}
		}
		if _, err := s.AnswerProbe(ctx, ProbeAnswering{Op: "none", Team: "NONE", User: "U1", Week: firstWeek, Answer: pipeline.ProbeRight}); !errors.Is(err, ErrNotFound) {
			t.Errorf("of no team: %v", err)
		}
	})
}

// Who wants the question of the week is looked at, and nobody else.
func TestWhoWantsTheProbeIsLookedAt(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s, ctx := withTeam(t, db), t.Context()
		rested(t, s)
		wants := must(s.ChangeNudgeSettings(ctx, "in", pipeline.NudgeSettings{User: "U_KIM", Probe: []pipeline.TeamKey{"PAY"}}, Acted{}, ""))(t)
		looks, _ := looksAt(t, s)
		same(t, "who wants it", []string{"@U_KIM"}, who(looks))
		for _, look := range looks {
			if !look.Waits || fmt.Sprint(look.Teams) != "[PAY]" || len(look.Settings.Probe) != 1 {
				t.Errorf("looked at as %+v", look)
			}
		}
		wants.Probe = nil
		must(s.ChangeNudgeSettings(ctx, "out", wants, Acted{}, ""))(t)
		looks, _ = looksAt(t, s)
		for _, look := range looks {
			if look.Waits {
				t.Errorf("it waits: %+v", look)
			}
		}
	})
}
