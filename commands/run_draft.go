package commands

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"alignbot/pipeline"
	"alignbot/storage"
)

// What is typed into the steps of a checklist and not saved.

// emptied stands in a draft for an answer that was deleted: a draft holds no
// empty text.
const emptied = " "

// forDraft is what stands in the inputs of a step as its draft keeps it.
func forDraft(typed map[pipeline.Field]string) map[pipeline.Field]string {
	kept := maps.Clone(typed)
	for field, words := range kept {
		if words == "" {
			kept[field] = emptied
		}
	}
	return kept
}

// fromDraft is what a draft kept, as it stood in the inputs.
func fromDraft(kept map[pipeline.Field]string) map[pipeline.Field]string {
	typed := maps.Clone(kept)
	for field, words := range typed {
		if words == emptied {
			typed[field] = ""
		}
	}
	return typed
}

// changedIn is what stands in the inputs of a step, without the answers that are
// as the form showed or suggested them: those are not the person's.
func changedIn(form *Form, m metadata) map[pipeline.Field]string {
	typed := map[pipeline.Field]string{}
	for block, value := range form.Values {
		field := fieldOf(block)
		answer := pipeline.Field(strings.TrimSuffix(string(field), string(pipeline.WhySuffix)))
		key := pipeline.AnswerKey(answer)
		shown := m.Seen[key]
		if suggested := m.Seen[suggestionOf(key)]; suggested != "" {
			shown = suggested
		}
		stands := pipeline.Answer{Value: form.Value(answer).Text, Why: form.Value(answer + pipeline.WhySuffix).Text}
		if stands.Digest() != shown && (value.Text != "" || shown != "") {
			typed[field] = value.Text
		}
	}
	return forDraft(typed)
}

// leaveStep keeps what is typed in the step that the person is in, where it
// differs from what the step showed.
func (app *App) leaveStep(ctx context.Context, req *Request, m metadata) error {
	if m.Draft == "" || !m.ofStep() || len(changedIn(req.Form, m)) == 0 {
		return nil
	}
	return app.keepTyped(ctx, req, m)
}

// leaveForAnother is leaveStep where a button shows something else in the place
// of the form that it stands in.
func (app *App) leaveForAnother(ctx context.Context, req *Request, p params) error {
	if p.Get("replace") == "" || req.Form == nil {
		return nil
	}
	m, err := req.metadata()
	if err != nil {
		return err
	}
	return app.leaveStep(ctx, req, m)
}

// findDraft loads what was typed into a step before. In a checklist that goes on
// in a longer form, questions stand in other steps than they did when they were
// typed into: each draft is brought to where its question is asked by now.
func (app *App) findDraft(ctx context.Context, req *Request, run pipeline.Run, step int) error {
	if !lengthened(run.Template, run.Form) {
		return nil
	}
	drafts, err := app.Store.Drafts(ctx, req.Person.ID)
	if err != nil {
		return err
	}
	moved := moveDrafts(run, drafts)
	save := func(slot string, d storage.Draft) error {
		return app.Store.SaveDraft(ctx, req.Person.ID, storage.Slot{Name: slot}, d)
	}
	for slot, d := range moved { // first to where it goes, so that nothing is ever in neither
		d.Typed = maps.Clone(d.Typed)
		for field, words := range drafts[slot].Typed {
			if _, stays := d.Typed[field]; !stays {
				d.Typed[field] = words
			}
		}
		if err := save(slot, d); err != nil {
			return err
		}
	}
	for slot, d := range moved {
		if err := save(slot, d); err != nil {
			return err
		}
	}
	maps.Copy(drafts, moved)
	req.Loaded.Draft = nil
	if d, kept := drafts[runSlot(run.Idea, run.ID, strconv.Itoa(step))]; kept && len(d.Typed) > 0 {
		req.Loaded.Draft = &d
	}
	return nil
}

// lengthened tells whether a checklist in that form may have begun in a shorter one.
func lengthened(t pipeline.Template, form pipeline.Form) bool {
	return len(t.Forms) > 1 && form != t.Forms[0]
}

// moveDrafts gives the drafts of a run that change when every question is in the
// draft of the step that asks it, by the name of their slot. Of two drafts with
// the same question the later one counts.
func moveDrafts(run pipeline.Run, drafts map[string]storage.Draft) map[string]storage.Draft {
	slotOf := map[pipeline.Field]string{}
	for i, step := range run.Steps() {
		for _, item := range step {
			for _, field := range fieldsOf(item.ID) {
				slotOf[field] = runSlot(run.Idea, run.ID, strconv.Itoa(i+1))
			}
		}
	}
	moved := map[string]storage.Draft{}
	now := func(slot string) storage.Draft {
		d, changed := moved[slot]
		if !changed {
			d = drafts[slot]
			d.Typed = maps.Clone(d.Typed)
		}
		if d.Typed == nil {
			d.Typed = map[pipeline.Field]string{}
		}
		return d
	}
	for _, slot := range slices.Sorted(maps.Keys(drafts)) {
		if !ofAnyStep(run, slot) {
			continue
		}
		for field, words := range drafts[slot].Typed {
			to, asked := slotOf[field]
			if !asked || to == slot {
				continue
			}
			from, into := now(slot), now(to)
			delete(from.Typed, field)
			if _, there := into.Typed[field]; !there || into.Saved.Before(from.Saved) {
				into.Typed[field] = words
			}
			if into.Saved.Before(from.Saved) {
				into.Saved = from.Saved
			}
			moved[slot], moved[to] = from, into
		}
	}
	return moved
}

// ofAnyStep tells whether a slot is that of a step of the run; other forms of it
// have drafts of their own.
func ofAnyStep(run pipeline.Run, slot string) bool {
	step, is := strings.CutPrefix(slot, runSlot(run.Idea, run.ID, ""))
	_, err := strconv.Atoi(step)
	return is && err == nil
}
