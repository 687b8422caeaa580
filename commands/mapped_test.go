package commands

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/storage"
)

// A menu of nodes that are too many to list is asked with words or with a key,
// and offers what is open only.
func TestAMenuOfNodesFindsByWordsAndByKey(t *testing.T) {
	app := shop(t)
	now := time.Now()
	added := pipeline.Event{At: now, By: "U_ANN", What: pipeline.WasAdded}
	for n := range nodesListed + 1 {
		o := pipeline.Outcome{Key: pipeline.OutcomeKey{Team: "PAY"}, Statement: fmt.Sprintf("Outcome number %d of many with a long, long statement whose end no menu shows: end%d.", n+1, n+1), Kind: pipeline.ProductOutcome, Created: now, CreatedBy: "U_ANN", Changed: now}
		if n == 2 {
			o.Closed, o.Result = now, pipeline.Dropped
		}
		if _, err := app.Store.AddOutcome(t.Context(), fmt.Sprint("outcome", n), o, storage.Slot{}, added); err != nil {
			t.Fatal(err)
		}
	}
	i := pipeline.Impact{Key: pipeline.NodeKey{Team: "PAY", Kind: pipeline.ImpactNode}, Goal: anOutcome(1), Actor: "accountants", To: "export", Created: now, CreatedBy: "U_ANN", Changed: now}
	if _, err := app.Store.AddImpact(t.Context(), "impact", i, storage.Slot{}, added); err != nil {
		t.Fatal(err)
	}
	entry, _ := NewRouter(List(), "").Find(Suggest, actionNodeChoice)
	for words, want := range map[string]string{
		"END7.": "PAY-O7", "pay-o9": "PAY-O9", "o 12": "PAY-O12", "end3.": "", "O3": "", "SEC-O9": "PAY-O9", "zebra": "", "": "PAY-O1 PAY-O2 PAY-O4",
	} {
		req := &Request{
			Op: "suggest " + words, Now: now, Person: pipeline.Person{ID: "U_MEM", Workspace: "T1"}, Words: words,
			Form: &Form{ID: "V", Hash: "h", Metadata: metadata{Node: "PAY-I1", Version: 1, Draft: draftImpact + "edit.PAY-I1", Fresh: "f"}.encode()},
		}
		reply, err := app.Handle(t.Context(), entry, req)
		var keys []string
		for _, o := range reply.Options {
			keys = append(keys, o.Value)
		}
		if got := strings.Join(keys, " "); err != nil || got != want && (words != "" || !strings.HasPrefix(got, want)) {
			t.Errorf("%q offers %q, want %q (%v)", words, got, want, err)
		}
	}
}

// A tree that is full says so in words, and keeps what was typed.
func TestAFullTreeIsSaidSo(t *testing.T) {
	err := noRoom(fmt.Errorf("storage: add impact: %w", &storage.LimitError{Of: "PAY", What: "impacts", Most: storage.ImpactLimit}))
	var problem *pipeline.Problem
	if !errors.As(err, &problem) || problem.What != "PAY has 500 impacts, which is the most there can be." {
		t.Errorf("it says %v", err)
	}
	if other := errors.New("other"); noRoom(other) != other {
		t.Error("other errors are not themselves")
	}
}

// Home shows first what needs a look, whatever the order in which it is stored.
func TestHomeShowsTheNeediestOutcomes(t *testing.T) {
	ago := drawnAt.AddDate(-1, 0, 0)
	all := []pipeline.Outcome{
		{Key: anOutcome(1), Created: drawnAt, Light: pipeline.Green},
		{Key: anOutcome(2), Created: ago, Light: pipeline.Green},
		{Key: anOutcome(3), Created: drawnAt, Light: pipeline.Yellow},
		{Key: anOutcome(4), Created: drawnAt, Light: pipeline.Red, Closed: drawnAt},
		{Key: anOutcome(5), Created: ago, Light: pipeline.Red},
	}
	shown, open := neediest(all, drawnAt)
	var keys []string
	for _, o := range shown {
		keys = append(keys, o.Key.String())
	}
	if got := strings.Join(keys, " "); got != "PAY-O5 PAY-O3 PAY-O2" || open != 4 {
		t.Errorf("shown are %s of %d", got, open)
	}
}

// What is added and edited below an outcome is one round trip to read and one to
// write; a tree is one more to read.
func TestATreeIsReadAndWrittenInFewRoundTrips(t *testing.T) {
	w := newWorkbench(t, "memory:", 0)
	node := newParams("node", "PAY-O1")
	values := map[string]Value{"actor#x": {Text: "Accountants"}, "to#x": {Text: "export them"}, "goal#x": {Text: "PAY-O1"}}
	submit := func(m metadata) *Form {
		m.Channel, m.Fresh = "C1", "f"
		return &Form{ID: "V1", Hash: "h", Metadata: m.encode(), Values: values}
	}
	for _, c := range []struct {
		name, action string
		on           Surface
		value        params
		form         *Form
		want         string
	}{
		{"open the tree", actionTree, Button, node, nil, "begin tree"},
		{"open the form of an impact", actionImpactNew, Button, node, nil, "begin"},
		{"add an impact", formImpact, Submit, params{}, submit(metadata{Node: "PAY-O1", Draft: draftImpact + "new.PAY-O1"}), "begin add_node"},
		{"show it", actionMapped, Button, newParams("node", "PAY-I1"), nil, "begin"},
	} {
		if got := strings.Join(w.act(t, c.on, c.action, c.value, c.form), " "); got != c.want {
			t.Errorf("%s takes %q, want %q", c.name, got, c.want)
		}
	}
	values["to#x"] = Value{Text: "let them be exported"}
	form := submit(metadata{Node: "PAY-I1", Version: 1, Draft: draftImpact + "edit.PAY-I1"})
	if got := strings.Join(w.act(t, Submit, formImpact, params{}, form), " "); got != "begin change_node" {
		t.Errorf("an edit takes %q", got)
	}
}
