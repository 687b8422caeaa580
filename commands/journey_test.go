package commands

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"alignbot/pipeline"
	"alignbot/storage"
)

// lacks is what the idea misses for that stage.
func (w *workbench) lacks(ctx context.Context, to pipeline.Stage) ([]pipeline.Lack, error) {
	loaded, err := w.Store.Begin(ctx, storage.Want{User: "U_ANN", Idea: w.idea.Key, Dossier: true})
	if err != nil {
		return nil, err
	}
	return pipeline.Gate(*loaded.Team, *loaded.Idea, *loaded.Dossier, to).Lacks, nil
}

// Whatever anybody does, in whatever order and however often it is delivered:
// nothing comes into the Product Backlog without an outcome, "we will know when"
// and evidence, past a validation that it earned, by a product owner; or else
// with an override and its reason on record.
func TestNothingReachesTheProductBacklogUnseen(t *testing.T) {
	people := []pipeline.Person{
		{ID: "U_ANN", Workspace: "T1"}, {ID: "U_ANN", Workspace: "T1"}, {ID: "U_ANN", Workspace: "T1"}, // owns the team, and does the most
		{ID: "U_MEM", Workspace: "T1"},
		{ID: "U_ADM", Workspace: "T1", Admin: true},
		{ID: "U_GUE", Workspace: "T1", Guest: true},
		{ID: "U_OUT", Workspace: "T2", Outsider: true},
	}
	w, rounds := newWorkbench(t, "memory:", 0), 0
	arrived := map[pipeline.What]int{}
	rapid.Check(t, func(t *rapid.T) {
		rounds++
		if err := w.takeUp("At work " + strconv.Itoa(rounds)); err != nil {
			t.Fatal(err)
		}
		key := w.idea.Key.String()
		fresh := func(n int) string { return "f" + strconv.Itoa(n) }
		inForm := func(n int, m metadata, values map[string]Value) *Form {
			m.Idea, m.Channel, m.Fresh = key, "C1", fresh(n)
			return &Form{ID: "V" + strconv.Itoa(n), Hash: "h", Metadata: m.encode(), Values: values}
		}
		op := 0
		for range rapid.IntRange(20, 60).Draw(t, "acts") {
			before, err := w.Store.Idea(t.Context(), w.idea.Key)
			if err != nil {
				t.Fatal(err)
			}
			by := rapid.SampledFrom(people).Draw(t, "by")
			if rapid.IntRange(0, 4).Draw(t, "again") > 0 {
				op++ // otherwise an earlier act is delivered once more, as something else
			}
			to := rapid.SampledFrom(pipeline.Stages()).Draw(t, "to")
			if next, onward := pipeline.NextStep(before.Stage); onward && rapid.IntRange(0, 2).Draw(t, "elsewhere") > 0 {
				to = next.To
			}
			why := map[string]Value{}
			if rapid.Bool().Draw(t, "why") {
				why["why#x"] = Value{Text: "because of " + strconv.Itoa(op)}
			}
			run, err := w.Store.Run(t.Context(), w.idea.Key, w.run.ID)
			if err != nil {
				t.Fatal(err)
			}
			shown, err := w.lacks(t.Context(), to)
			if err != nil {
				t.Fatal(err)
			}
			if rapid.IntRange(0, 3).Draw(t, "shown less") == 0 {
				shown = shown[:rapid.IntRange(0, len(shown)).Draw(t, "shown")]
			}
			name, on, value, form := "", Button, newParams("idea", key), (*Form)(nil)
			switch rapid.IntRange(0, 8).Draw(t, "act") {
			case 0:
				name, value = actionMove, value.set("to", string(to))
			case 1, 2, 8:
				name, on = formMove, Submit
				form = inForm(op, metadata{To: to, Override: rapid.Bool().Draw(t, "override"), Lacks: lackDigests(shown), Draft: moveSlot(w.idea.Key, to)}, why)
			case 3:
				name, on = formUnlink, Submit
				form = inForm(op, metadata{Draft: unlinkSlot(w.idea.Key, "PAY-O1"), Node: "PAY-O1"}, map[string]Value{"why#x": {Text: "Not this one."}})
			case 4:
				name, on = formOutcome, Submit
				form = inForm(op, metadata{Draft: draftOutcome + key}, map[string]Value{"outcome#x": {Text: "PAY-O1"}, "statement#x": {}})
			case 5:
				name, on = formEvidence, Submit
				form = inForm(op, metadata{Draft: draftEvidence + key}, map[string]Value{"note#x": {Text: "Seen"}, "strength#x": {Text: string(pipeline.WhatPeopleDo)}, "against#x": {Text: rapid.SampledFrom([]string{speaksFor, speaksAgainst}).Draw(t, "way")}})
			case 6:
				name, on = formRun, Submit
				values, seen := map[string]Value{}, map[pipeline.AnswerKey]string{}
				for _, item := range []pipeline.AnswerKey{"problem", "users"} {
					seen[item] = run.Answers[item].Digest()
					values[string(item)+"#x"] = Value{Text: rapid.SampledFrom([]string{"", "Bookkeepers", "Bookkeepers", "Bookkeepers"}).Draw(t, string(item))}
				}
				form = inForm(op, metadata{Run: run.ID, Step: 1, Draft: runSlot(w.idea.Key, run.ID, "1"), Seen: seen}, values)
			case 7:
				name, on = formIdeaEdit, Submit
				form = inForm(op, metadata{Version: before.Version, Draft: draftEdit + key}, map[string]Value{"title#x": {Text: "At work"}, "measure#x": {Text: rapid.SampledFrom([]string{"", "Half as many"}).Draw(t, "measure")}, "evidence#x": {Text: before.Evidence}})
			}
			err = w.try(by, fmt.Sprint(rounds, "op", op), on, name, value, form)
			var problem *pipeline.Problem
			if err != nil && !errors.As(err, &problem) {
				t.Fatalf("%s %s: %v", on, name, err)
			}
			after, err := w.Store.Idea(t.Context(), w.idea.Key)
			if err != nil {
				t.Fatal(err)
			}
			if after.Stage == before.Stage {
				continue
			}
			events, err := w.Store.History(t.Context(), w.idea.Key, 1)
			if err != nil {
				t.Fatal(err)
			}
			e := events[0]
			if e.From != before.Stage || e.To != after.Stage || e.By != by.ID {
				t.Fatalf("%s went from %s to %s, and its history says %+v", key, before.Stage, after.Stage, e)
			}
			if e.To == pipeline.Backlog {
				arrived[e.What]++
			}
			has := before.Tallied().For
			seen := len(before.Outcomes) > 0 && before.Measure != "" && has[pipeline.WhatPeopleDo]+has[pipeline.WhatPeopleSay]+has[pipeline.Opinion] > 0
			answered := run.Answers["problem"].Value != "" && run.Answers["users"].Value != ""
			switch {
			case e.What == pipeline.WasOverridden:
				if by.ID != "U_ANN" || e.Why == "" || len(e.Lacks) == 0 {
					t.Fatalf("an override without its record: %+v", e)
				}
				for _, words := range e.Lacks {
					if !slices.ContainsFunc(shown, func(lack pipeline.Lack) bool { return lack.Words == words }) {
						t.Fatalf("%s was overridden, and the form did not show it: %+v", words, shown)
					}
				}
			case after.Stage == pipeline.Validated && !(seen && answered):
				t.Fatalf("validated without what it needs: %+v, answers %+v", before, run.Answers)
			case after.Stage == pipeline.Backlog && !(seen && before.Stage == pipeline.Validated && by.ID == "U_ANN"):
				t.Fatalf("in the Product Backlog without what it needs, by %s: %+v", by.ID, before)
			}
		}
	})
	if arrived[pipeline.WasMoved] == 0 || arrived[pipeline.WasOverridden] == 0 {
		t.Errorf("this proves little: %v came into the Product Backlog", arrived)
	}
	t.Logf("came into the Product Backlog: %v", arrived)
}
