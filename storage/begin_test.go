package storage

import (
	"fmt"
	"io"
	"slices"
	"testing"
	"time"

	"alignbot/pipeline"

	"github.com/google/go-cmp/cmp"
)

func TestBeingInAChannelIsProvedByActingInIt(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		begin := func(user, asked string, here Here) Loaded {
			t.Helper()
			return must(s.Begin(t.Context(), Want{Channel: asked, User: user, Here: here}))(t)
		}
		if l := begin("U_EVE", "C_PAY", Here{Channel: "C_ELSEWHERE", Kind: OpenChannel}); l.InChannel || l.Team == nil {
			t.Errorf("asking for a channel is not being in it: %+v", l)
		}
		if l := begin("U_ANA", "C_PAY", Here{Channel: "C_PAY", Kind: OpenChannel}); !l.InChannel || l.ChannelPrivate || l.Team.Private {
			t.Errorf("acting in the channel: %+v", l)
		}
		if l := begin("U_ANA", "C_PAY", Here{}); !l.InChannel {
			t.Errorf("a little later, from a form: %+v", l)
		}
		if l := begin("U_BEN", "C_PAY", Here{Channel: "C_PAY"}); !l.InChannel {
			t.Errorf("Slack did not say of which kind: %+v", l)
		}
		if l := begin("U_BEN", "C_PAY", Here{}); !l.InChannel || l.ChannelPrivate {
			t.Errorf("a little later: %+v", l)
		}
		if l := begin("U_ANA", "C_NEW", Here{Channel: "C_NEW", Kind: PrivateChannel}); !l.InChannel || !l.ChannelPrivate || l.Team != nil {
			t.Errorf("a channel without a team: %+v", l)
		}
		got := must(s.Present(t.Context(), "U_ANA", []string{"C_PAY", "C_NEW", "C_ELSEWHERE"}))(t)
		if diff := cmp.Diff(map[string]ChannelKind{"C_PAY": OpenChannel, "C_NEW": PrivateChannel}, got); diff != "" {
			t.Error(diff)
		}
		noError(t, db.Backup(t.Context(), io.Discard, nil))
	})
}

func TestATeamIsAsPrivateAsItsChannelWasLastSeen(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		for _, kind := range []ChannelKind{PrivateChannel, "", OpenChannel, PrivateChannel} {
			before := must(s.Team(t.Context(), "PAY"))(t)
			l := must(s.Begin(t.Context(), Want{Channel: "C_PAY", User: "U_ANA", Here: Here{Channel: "C_PAY", Kind: kind}}))(t)
			want := kind == PrivateChannel || kind == "" && before.Private
			if l.Team.Private != want || must(s.Team(t.Context(), "PAY"))(t).Private != want {
				t.Errorf("seen as %q: private is %v", kind, l.Team.Private)
			}
		}
	})
}

func TestHavingBeenInAChannelWhileItWasOpenIsNoProofOncePrivate(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		begin := func(user string, here Here) Loaded {
			t.Helper()
			return must(s.Begin(t.Context(), Want{Channel: "C_PAY", User: user, Here: here}))(t)
		}
		begin("U_EVE", Here{Channel: "C_PAY", Kind: OpenChannel})
		begin("U_BEN", Here{Channel: "C_PAY"})
		begin("U_ANA", Here{Channel: "C_PAY", Kind: PrivateChannel})
		for user, want := range map[string]bool{"U_EVE": false, "U_BEN": false, "U_ANA": true} {
			if l := begin(user, Here{}); l.InChannel != want || !l.Team.Private {
				t.Errorf("%s: %+v", user, l)
			}
		}
		if l := begin("U_EVE", Here{Channel: "C_PAY"}); !l.InChannel {
			t.Errorf("who acts in it is in it: %+v", l)
		}
		stale := must(s.Team(t.Context(), "PAY"))(t)
		stale.Private, stale.Name = false, "Renamed"
		if changed := must(s.ChangeTeam(t.Context(), "op9", stale))(t); !changed.Private || changed.Name != "Renamed" {
			t.Errorf("saving settings opened it: %+v", changed)
		}
	})
}

func TestABareNumberIsAnIdeaOfTheChannelsTeam(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		stored := capture(t, s, "op1", "Export invoices")
		number := pipeline.Key{Number: stored.Key.Number}
		if l := must(s.Begin(t.Context(), Want{Channel: "C_PAY", Idea: number}))(t); l.Idea == nil || l.Idea.Key != stored.Key {
			t.Errorf("in the team's channel: %+v", l.Idea)
		}
		if l := must(s.Begin(t.Context(), Want{Channel: "C_ELSEWHERE", Idea: number}))(t); l.Idea != nil || l.Team != nil {
			t.Errorf("elsewhere: %+v", l)
		}
	})
}

// TestBeginBringsWhatGatesLookAt in the one round trip, and only what is wanted.
func TestBeginBringsWhatGatesLookAt(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		key := capture(t, s, "op1", "Export invoices").Key
		run := begun(t, s, key, "op2")
		begun(t, s, key, "op3")
		for i := range 3 {
			must(s.AddEvidence(t.Context(), fmt.Sprint("op-e", i), key, note(fmt.Sprint("call ", i)), Slot{}, moved))(t)
		}
		own := must(s.SaveTemplate(t.Context(), "op4", "PAY", canvas()))(t)
		added, _, err := s.AddAndLink(t.Context(), "op5", outcome("Paid sooner"),
			linkedTo(must(s.Idea(t.Context(), key))(t), pipeline.OutcomeKey{Team: "PAY"}), Slot{}, moved)
		noError(t, err)
		idea := must(s.ChangeIdea(t.Context(), "op6", promoted(must(s.Idea(t.Context(), key))(t), 8), Slot{}, moved))(t)
		team := must(s.Team(t.Context(), "PAY"))(t)

		trips := 0
		db.Observe(func(string, time.Duration, error) { trips++ })
		got := must(s.Begin(t.Context(), Want{
			Channel: "C_PAY", Idea: pipeline.Key{Number: key.Number}, Dossier: true, Run: 1, Outcomes: true, Evidence: 2, History: 2,
		}))(t)
		db.Observe(func(string, time.Duration, error) {})
		if trips != 1 {
			t.Errorf("%d round trips", trips)
		}
		first, second := running("U_ANA", 1), running("U_ANA", 1)
		first.ID, second.ID = 1, 2
		evidence := must(s.Evidence(t.Context(), key, 1, 2))(t).Evidence
		want := Loaded{
			First: true, Team: &team, Idea: &idea, Run: &run, Outcomes: []pipeline.Outcome{added}, Evidence: evidence,
			Events: []pipeline.Event{moved, moved},
			Dossier: &pipeline.Dossier{
				Runs: []pipeline.RunSummary{first, second}, Templates: pipeline.TemplatesOf([]pipeline.Template{own}),
				Load: pipeline.Load{Ideas: 1, Sized: 1, Points: 8, Gated: 1},
			},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("all of it (-want +got):\n%s", diff)
		}
		if evidence[0].Number != 3 || evidence[1].Number != 2 {
			t.Errorf("numbers of the evidence: %+v", evidence)
		}
		got = must(s.Begin(t.Context(), Want{Idea: key}))(t)
		if diff := cmp.Diff(Loaded{First: true, Team: &team, Idea: &idea}, got); diff != "" {
			t.Errorf("the idea alone (-want +got):\n%s", diff)
		}
		got = must(s.Begin(t.Context(), Want{Team: "PAY", Dossier: true, Run: 1, Evidence: 1, History: 1}))(t)
		want = Loaded{First: true, Team: &team, Dossier: &pipeline.Dossier{Templates: want.Dossier.Templates, Load: want.Dossier.Load}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("without an idea (-want +got):\n%s", diff)
		}
		got = must(s.Begin(t.Context(), Want{Dossier: true, Outcomes: true}))(t)
		if got.Dossier == nil || len(got.Dossier.Runs) > 0 || got.Dossier.Load.Ideas != 0 || got.Dossier.Load.Finished != nil || got.Outcomes != nil {
			t.Errorf("without a team: %+v", got)
		}
	})
}

func linkedTo(idea pipeline.Idea, key pipeline.OutcomeKey) pipeline.Idea {
	idea.Outcomes = append(slices.Clone(idea.Outcomes), key)
	return idea
}
