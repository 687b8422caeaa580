package commands

import (
	"errors"
	"strings"
	"testing"
	"time"

	"alignbot/pipeline"
)

// did does one act of the product owner of the shop.
func did(t *testing.T, app *App, on Surface, name, op, value string, form *Form) (Reply, error) {
	t.Helper()
	entry, ok := NewRouter(List(), "").Find(on, name)
	if !ok {
		t.Fatalf("there is no %s %s", on, name)
	}
	return app.Handle(t.Context(), entry, &Request{
		Op: op, Now: time.Now(), Person: pipeline.Person{ID: "U_ANN", Workspace: "T1", Name: "Ann"}, Channel: "C1", Value: value, Form: form,
	})
}

func submitted(m metadata, typed map[pipeline.Field]string) *Form {
	form := &Form{ID: "V1", Hash: "h", Below: "V0", Metadata: m.encode(), Values: map[string]Value{}}
	for field, words := range typed {
		form.Values[blockID(field, m.Fresh)] = Value{Text: words}
	}
	return form
}

func ownTemplate(t *testing.T, app *App, id pipeline.TemplateID) pipeline.Template {
	t.Helper()
	own, err := app.Store.Templates(t.Context(), "PAY")
	if err != nil {
		t.Fatal(err)
	}
	found, _ := pipeline.FindTemplate(own, id)
	return found
}

func questions(t pipeline.Template) string {
	var all []string
	for _, item := range t.Items {
		all = append(all, item.Question)
	}
	return strings.Join(all, " / ")
}

// A form whose answer was lost is submitted again, with the same words or with
// others; a click may be delivered twice. Each is stored once.
func TestAChecklistIsChangedOnceForEachAct(t *testing.T) {
	app := shop(t)
	do := func(on Surface, name, op, value string, form *Form) {
		t.Helper()
		if _, err := did(t, app, on, name, op, value, form); err != nil {
			t.Fatal(err)
		}
	}
	head := map[pipeline.Field]string{pipeline.FieldName: "Price", fieldQuestion: "One?", fieldKind: "yes/no"}
	create := submitted(metadata{Team: "PAY", Draft: templateSlot("PAY", ""), Fresh: "a", Below: inTemplates}, head)
	do(Submit, formTemplate, "create", "", create)
	do(Submit, formTemplate, "create", "", create)
	if own, err := app.Store.Templates(t.Context(), "PAY"); err != nil || len(own) != 1 {
		t.Fatalf("created %+v, %v", own, err)
	}

	typed := itemTyped(pipeline.Template{}, newItem)
	add := metadata{Team: "PAY", Template: "price", Draft: itemSlot("PAY", "price", ""), Fresh: "b", Below: inTemplates}
	typed[fieldQuestion] = "Two?"
	do(Submit, formItem, "add", "", submitted(add, typed))
	do(Submit, formItem, "add", "", submitted(add, typed))
	if got := questions(ownTemplate(t, app, "price")); got != "One? / Two?" {
		t.Errorf("after the same words: %s", got)
	}
	typed[fieldQuestion] = "Two, really?"
	do(Submit, formItem, "add", "", submitted(add, typed))
	do(Submit, formItem, "add", "", submitted(add, typed))
	if got := questions(ownTemplate(t, app, "price")); got != "One? / Two, really?" {
		t.Errorf("after other words: %s", got)
	}

	typed[fieldQuestion] = "Three?"
	do(Submit, formItem, "add another", "", submitted(add, typed))
	up := newParams("team", "PAY", "template", "price", "item", "three", "by", "up").encode()
	do(Button, actionItemMove, "up", up, nil)
	do(Button, actionItemMove, "up", up, nil)
	if got := questions(ownTemplate(t, app, "price")); got != "One? / Three? / Two, really?" {
		t.Errorf("after moving up once: %s", got)
	}
	remove := newParams("team", "PAY", "template", "price", "item", "three").encode()
	do(Button, actionItemRemove, "remove", remove, nil)
	do(Button, actionItemRemove, "remove", remove, nil)
	if got := questions(ownTemplate(t, app, "price")); got != "One? / Two, really?" {
		t.Errorf("after removing: %s", got)
	}
	drop := newParams("team", "PAY", "template", "price").encode()
	do(Button, actionTemplateDrop, "drop", drop, nil)
	do(Button, actionTemplateDrop, "drop", drop, nil)
	if own, err := app.Store.Templates(t.Context(), "PAY"); err != nil || len(own) != 0 {
		t.Errorf("left %+v, %v", own, err)
	}
}

// What is claimed of checklists that are not there, or not well-formed, gets
// words and changes nothing.
func TestClaimsAboutChecklists(t *testing.T) {
	app := shop(t)
	long := strings.Repeat("x", 10_000)
	typed := itemTyped(pipeline.Template{}, newItem)
	typed[fieldQuestion] = long
	for name, act := range map[string]func() (Reply, error){
		"a checklist that is gone": func() (Reply, error) {
			return did(t, app, Button, actionTemplate, "1", newParams("team", "PAY", "template", "gone").encode(), nil)
		},
		"a question that is gone": func() (Reply, error) {
			return did(t, app, Button, actionItemMove, "2", newParams("team", "PAY", "template", "invest", "item", "gone").encode(), nil)
		},
		"another team": func() (Reply, error) {
			return did(t, app, Button, actionTemplates, "3", newParams("team", "NONE").encode(), nil)
		},
		"a question of 10,000 characters": func() (Reply, error) {
			return did(t, app, Submit, formItem, "4", "", submitted(metadata{Team: "PAY", Template: "invest", Draft: itemSlot("PAY", "invest", ""), Fresh: "a"}, typed))
		},
		"a slot of another's making": func() (Reply, error) {
			return did(t, app, Submit, formItem, "5", "", submitted(metadata{Team: "PAY", Template: "invest", Draft: "../x", Fresh: "a"}, typed))
		},
		"a form without its fields": func() (Reply, error) {
			return did(t, app, Submit, formTemplate, "6", "", submitted(metadata{Team: "PAY", Draft: templateSlot("PAY", ""), Fresh: "a"}, nil))
		},
	} {
		var problem *pipeline.Problem
		if reply, err := act(); !errors.As(err, &problem) {
			t.Errorf("%s: %+v, %v", name, reply, err)
		}
	}
	if own, err := app.Store.Templates(t.Context(), "PAY"); err != nil || len(own) != 0 {
		t.Errorf("stored %+v, %v", own, err)
	}
}
