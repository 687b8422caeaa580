package pipeline_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alignbot/pipeline"
)

// small is a checklist without mistakes in four lines.
const small = `id: small
name: Small
items:
  - {id: it, question: "Is it?", kind: yes/no}
`

// items is a checklist with so many.
func items(n int) string {
	var source strings.Builder
	source.WriteString("id: a\nname: A\nitems:\n")
	for i := range n {
		fmt.Fprintf(&source, "  - {id: item-%d, question: c, kind: text}\n", i)
	}
	return source.String()
}

func TestEveryMistakeIsNamedWithItsLine(t *testing.T) {
	for name, c := range map[string]struct {
		source string
		want   []string
	}{
		"nothing":              {"", []string{"line 1: There is no checklist here, the file is empty."}},
		"only a comment":       {"# soon\n", []string{"line 1: There is no checklist here, the file is empty."}},
		"only a marker":        {"---\n", []string{"line 1: There is no checklist here, the file is empty."}},
		"a list":               {"- id: a\n", []string{`line 1: Here should be a checklist: keys with values, such as "id: …".`}},
		"a word":               {"hello", []string{`line 1: Here should be a checklist: keys with values, such as "id: …".`}},
		"a zero byte":          {"id: a\nname: b\x00\n", []string{"line 2: There is something here that is not text. Save the file as plain text in UTF-8."}},
		"another encoding":     {"id: a\nname: caf\xe9\n", []string{"line 2: There is something here that is not text. Save the file as plain text in UTF-8."}},
		"two documents":        {small + "---\n" + small, []string{"line 6: A second document begins here. Keep one checklist in a file."}},
		"an alias":             {"id: &a small\nname: *a\n", []string{"line 1: Anchors (&), aliases (*) and tags (!) are not read here. Write the text out, or put it in quotes."}},
		"a tag":                {"id: small\nname: !!binary aGk=\n", []string{"line 2: Anchors (&), aliases (*) and tags (!) are not read here. Write the text out, or put it in quotes."}},
		"an alias of nothing":  {"id: a\nname: *b\n", []string{"line 2: Anchors (&), aliases (*) and tags (!) are not read here. Write the text out, or put it in quotes."}},
		"a colon in a text":    {"id: a\nname: Price: up\n", []string{"line 2: This is not YAML: mapping values are not allowed in this context. Look for a missing quote, a colon inside a text without quotes, or wrong indentation."}},
		"a tab for indenting":  {"id: a\nitems:\n\t- id: b\n", []string{"line 3: This is not YAML: found character that cannot start any token. Look for a missing quote, a colon inside a text without quotes, or wrong indentation."}},
		"a quote left open":    {"id: \"a\nname: b\n", []string{"line 3: This is not YAML: found unexpected end of stream. Look for a missing quote, a colon inside a text without quotes, or wrong indentation."}},
		"nothing but an id":    {"id: a\n", []string{"line 1: The checklist needs a name.", "line 1: A checklist needs at least one item."}},
		"no items in the list": {"id: a\nname: A\nitems: []\n", []string{"line 3: A checklist needs at least one item."}},
		"items without values": {"id: a\nname: A\nitems:\n", []string{"line 1: A checklist needs at least one item."}},
		"items as keys": {"id: a\nname: A\nitems:\n  told: Told?\n",
			[]string{`line 4: Items are a list: begin each with a hyphen, as in "- id: problem".`}},
		"an item that is a text": {"id: a\nname: A\nitems:\n  - Is it told?\n",
			[]string{`line 4: Here should be an item: keys with values, such as "id: …".`}},
		"mistyped keys": {"id: a\nname: A\nitmes:\n  - id: b\n",
			[]string{`line 3: There is no key "itmes" in a checklist. Did you mean items?`}},
		"an unknown key": {small + "colour: red\n",
			[]string{`line 5: There is no key "colour" in a checklist. Known are: id, name, about, use, forms, pass, items.`}},
		"a key twice": {small + "name: Again\n",
			[]string{"line 5: The key name stands here a second time; the first is in line 2."}},
		"a merge key": {small + "<<: {name: b}\n",
			[]string{`line 5: There is no key "<<" in a checklist. Known are: id, name, about, use, forms, pass, items.`}},
		"an empty item": {"id: a\nname: A\nitems:\n  - {}\n", []string{
			"line 4: The item needs an id, such as budget.", "line 4: The item needs a question.",
			"line 4: The item needs a kind: yes/no, text, number, choice, date, person, tasks, participants, evidence, fact."}},
		"everything about an item at once": {`id: Small One
name: Small
use: checks
items:
  - id: one
    question: [a, b]
    kind: yesno
    required: perhaps
  - id: one
    qestion: Which?
    kind: choice
    choices: [a, A, ""]
    unit: kg
    why: 7
  - id: three
    question: How many?
    kind: number
    pass: {at least: 5 %, at most: 3, one of: [a]}
`, []string{
			"line 1: The checklist needs an id such as interview-notes: lower-case letters, digits and hyphens, a letter first, at most 40.",
			`line 3: There is no use "checks". Did you mean checklist?`,
			`line 6: "question" is a text, not a list or keys.`,
			`line 7: There is no kind "yesno". Did you mean yes/no?`,
			`line 8: "required" is true, false, or a list of forms such as [full].`,
			"line 9: Two items have the id one; the other one is in line 5.",
			`line 10: There is no key "qestion" in an item. Did you mean question?`,
			`line 12: The choice "A" stands there twice.`,
			"line 13: Only a number has a unit.",
			`line 14: "why" is true or false.`,
			`line 18: "at least" is a number such as 3 or 0.5, without a unit; this is "5 %".`,
			`line 18: The kind number does not pass by "one of". It does by: at least, at most.`,
		}},
		"texts over their limits": {fmt.Sprintf("id: a\nname: %s\nabout: %s\nitems:\n  - id: b\n    question: %s\n    help: %s\n    kind: text\n",
			strings.Repeat("n", 61), strings.Repeat("é", 501), strings.Repeat("q", 10000), strings.Repeat("h", 501)), []string{
			"line 2: The name has 61 characters; at most 60.", "line 3: The text about it has 501 characters; at most 500.",
			"line 6: The question has 10000 characters; at most 300.", "line 7: The help has 501 characters; at most 500."}},
		"200 items": {items(200), []string{"line 44: A checklist has at most 40 items; this has 200."}},
		"an item too far left": {"id: a\nname: A\nitems:\n  - id: b\n    question: c\n  kind: text\n",
			[]string{"line 6: This is not YAML: did not find expected '-' indicator. Look for a missing quote, a colon inside a text without quotes, or wrong indentation."}},
		"a key too far left": {"id: a\nname: A\nabout: b\nitems:\n  - id: b\n    question: c\n   kind: text\n",
			[]string{"line 7: This is not YAML: did not find expected '-' indicator. Look for a missing quote, a colon inside a text without quotes, or wrong indentation."}},
		"text after a quote": {"id: a\nname: \"A\" b\n",
			[]string{"line 2: This is not YAML: did not find expected key. Look for a missing quote, a colon inside a text without quotes, or wrong indentation."}},
		"brackets left open": {"id: a\nname: A\nforms: [quick, full\nitems: []\n",
			[]string{"line 3: This is not YAML: did not find expected ',' or ']'. Look for a missing quote, a colon inside a text without quotes, or wrong indentation."}},
		"forms": {`id: a
name: A
forms: [quick, Full, quick]
items:
  - {id: b, question: c, kind: text, in: [quik], brief: d}
  - {id: e, question: c, kind: text, in: [quick], required: [slow]}
`, []string{
			`line 3: The form "Full" needs another name: lower-case letters, digits and hyphens, a letter first, at most 20.`,
			`line 5: "brief" is the question in the shortest of several forms, and this item is not in one.`,
			`line 5: There is no form "quik". Did you mean quick?`,
			`line 6: There is no form "slow". Known are: quick, Full, quick.`,
		}},
		"required in a form without it": {`id: a
name: A
forms: [quick, full]
items:
  - {id: b, question: c, kind: text, in: [quick], required: [full]}
  - {id: d, question: c, kind: text, in: [quick]}
`, []string{
			"line 3: No item is in the form full.",
			"line 5: It is required in the form full, in which it does not stand.",
		}},
		"forms that are not there": {"id: a\nname: A\nitems:\n  - {id: b, question: c, kind: text, in: [full], required: [full]}\n", []string{
			`line 4: It names the form "full", but the checklist has no forms.`,
			`line 4: It names the form "full", but the checklist has no forms.`,
		}},
		"one form": {"id: a\nname: A\nforms: [full]\nitems:\n  - {id: b, question: c, kind: text}\n",
			[]string{"line 3: A checklist has two to 4 forms, from short to long. Leave forms out for a single one."}},
		"participants without tasks": {"id: a\nname: A\nitems:\n  - {id: b, question: c, kind: participants, pass: {succeed: 3, of: 5}}\n",
			[]string{"line 4: Participants need an item of the kind tasks beside them."}},
		"participants without tasks in one form": {`id: a
name: A
forms: [quick, full]
items:
  - {id: b, question: c, kind: tasks, in: [full]}
  - {id: d, question: c, kind: participants, pass: {succeed: 6, of: 5}}
  - {id: e, question: c, kind: tasks, in: [full]}
`, []string{
			`line 6: "succeed" is 1 to 5, the number of participants; this is 6.`,
			"line 6: Participants need an item of the kind tasks beside them in the form quick.",
			"line 7: There is one item of the kind tasks already: b.",
		}},
		"a pass of participants": {`id: a
name: A
items:
  - {id: b, question: c, kind: tasks, pass: {succeed: 1, of: 2}}
  - {id: d, question: c, kind: participants}
`, []string{
			"line 4: The kind tasks passes when it is answered.",
			"line 4: The kind tasks passes when it is answered.",
			"line 5: Results of participants need a pass, such as succeed: 3 and of: 5.",
		}},
		"more participants than there can be": {"id: a\nname: A\nitems:\n  - {id: b, question: c, kind: tasks}\n  - {id: d, question: c, kind: participants, pass: {succeed: 3, of: 13}}\n",
			[]string{`line 5: "of" is 1 to 12 participants; this is 13.`}},
		"the other half of a pass": {"id: a\nname: A\nitems:\n  - {id: b, question: c, kind: tasks}\n  - {id: d, question: c, kind: participants, pass: {of: 5}}\n",
			[]string{`line 5: How many of 5 have to succeed? Add "succeed".`}},
		"what is named twice or too long": {`id: a
name: A
forms: [quick, full, quick]
items:
  - {id: b, question: c, kind: choice, in: [full, full], choices: [a, ` + strings.Repeat("b", 71) + `]}
  - {id: d, question: c, kind: text, in: [], required: ~}
  - {id: ` + strings.Repeat("e", 41) + `, question: c, kind: ` + strings.Repeat("text", 20) + `}
`, []string{
			"line 3: The form quick is named twice.",
			"line 5: The form full is named twice.",
			"line 5: Choice 2 has 71 characters; at most 70.",
			`line 6: "in" is an empty list. Leave it out, or put something in.`,
			`line 7: The id "eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee…" does not work: lower-case letters, digits and hyphens, a letter first, at most 40.`,
			`line 7: There is no kind "texttexttexttexttexttexttexttexttexttex…". Known are: yes/no, text, number, choice, date, person, tasks, participants, evidence, fact.`,
		}},
		"half a pass of participants": {`id: a
name: A
items:
  - {id: b, question: c, kind: tasks}
  - {id: d, question: c, kind: participants, pass: {succeed: 3}}
`, []string{`line 5: 3 have to succeed, of how many? Add "of".`}},
		"passes that make no sense": {`id: a
name: A
pass: {no at most: -1, unsure at most: few}
items:
  - {id: b, question: c, kind: yes/no, pass: {one of: [yes, maybe, yes]}}
  - {id: d, question: c, kind: choice, choices: [one, two], pass: {one of: [tow]}}
  - {id: e, question: c, kind: evidence, pass: {at least: 1.5, strength: what people sy}}
  - {id: f, question: c, kind: number, pass: {at least: 5, at most: 3}}
  - {id: g, question: c, kind: fact, fact: measure, pass: {at least: 1}}
  - {id: h, question: c, kind: number, pass: {at least: .inf, at most: 1e300}}
`, []string{
			`line 3: "unsure at most" is a whole number such as 3; this is "few".`,
			`line 3: "no at most" is 0 to 40; this is -1.`,
			`line 5: "maybe" is not among the answers. Known are: yes, no, unsure.`,
			`line 6: "tow" is not among the answers. Known are: one, two.`,
			`line 7: "at least" counts things here, so it is a whole number from 0 on.`,
			`line 7: There is no strength "what people sy". Did you mean what people say?`,
			"line 8: Nothing is at least 5 and at most 3.",
			"line 9: The fact measure is there or not; it cannot be counted.",
			`line 10: "at least" is a number such as 3 or 0.5, without a unit; this is ".inf".`,
			`line 10: "at most" is a number below 1000000000000.`,
		}},
		"facts": {`id: a
name: A
items:
  - {id: b, question: c, kind: fact}
  - {id: d, question: c, kind: fact, fact: outcomes}
  - {id: e, question: c, kind: fact, fact: "checklist:"}
  - {id: f, question: c, kind: fact, fact: checklist:a}
  - {id: g, question: c, kind: text, fact: outcome}
`, []string{
			"line 4: The item needs a fact: outcome, measure, criteria, size, or checklist:ID.",
			`line 5: There is no fact "outcomes". Did you mean outcome?`,
			"line 6: After checklist: comes the id of a checklist, such as checklist:invest.",
			"line 7: A checklist cannot wait for itself to pass.",
			"line 8: Only the kind fact has a fact.",
		}},
		"units and choices": {`id: a
name: A
items:
  - {id: b, question: c, kind: number, unit: 5 km}
  - {id: d, question: c, kind: number, unit: per customer and calendar month}
  - {id: e, question: c, kind: choice}
  - {id: f, question: c, kind: choice, choices: yes}
  - {id: g, question: c, kind: text, choices: [a, b]}
  - {id: h, question: c, kind: choice, choices: [a, ~]}
  - {id: i, question: c, kind: text, why: true}
  - {id: j, question: c, kind: choice, choices: [a, {b: c}]}
`, []string{
			`line 4: Numbers in "5 km" could be misread. A unit is a word or two, or a sign such as % or €.`,
			"line 5: The unit has 31 characters; at most 20.",
			"line 6: A choice has 2 to 20 choices; this has 0.",
			`line 7: "choices" is a list, such as [one, two].`,
			"line 8: Only a choice has choices.",
			"line 9: Choice 2 is empty.",
			"line 10: Only a yes/no has a why beside it.",
			`line 11: "choices" is a list of texts. Put quotes around one that has a colon or brackets.`,
		}},
		"a test without its parts": {`id: a
name: A
use: test
pass: {no at most: 0}
items:
  - {id: hypothesis, question: c, kind: number, required: true}
  - {id: criterion, question: c, kind: number, pass: {at least: 3}}
  - {id: direction, question: c, kind: choice, choices: [up, down]}
`, []string{
			"line 1: A test needs an item with the id deadline, of the kind date and required.",
			"line 4: Only a checklist passes by its answers. A test is decided by its criterion.",
			"line 6: In a test, hypothesis is of the kind text.",
			"line 7: Only the items of a checklist pass by their answers. A test is decided by its criterion.",
			"line 7: In a test, criterion is required, in every form.",
			"line 8: In a test, direction has the choices [at least, at most].",
		}},
		"a learning card with participants": {`id: a
name: A
use: learning
items:
  - {id: b, question: c, kind: tasks}
  - {id: d, question: c, kind: participants, pass: {succeed: 3, of: 5}}
`, []string{
			"line 6: Only the items of a checklist pass by their answers. A learning card ends with a decision.",
			"line 6: Results of participants belong to a checklist. A learning card ends with a decision.",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := pipeline.ParseTemplate(c.source)
			var broken *pipeline.TemplateError
			if !errors.As(err, &broken) {
				t.Fatalf("no mistake was found: %v", err)
			}
			var got []string
			for _, mistake := range broken.Mistakes {
				got = append(got, mistake.String())
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestABrokenTemplateIsRefusedInWords(t *testing.T) {
	_, err := pipeline.ParseTemplate("id: a\nname: A\nitems:\n" + strings.Repeat("  - {id: b, question: c, kind: txt}\n", 4))
	var problem *pipeline.Problem
	if !errors.As(err, &problem) {
		t.Fatalf("%T is no refusal for people", err)
	}
	want := &pipeline.Problem{
		Code: "template-broken",
		What: `This checklist cannot be used as it is. Line 4: There is no kind "txt". Did you mean text? Line 5: Two items have the id b; the other one is in line 4. ` +
			`Line 5: There is no kind "txt". Did you mean text? Line 6: Two items have the id b; the other one is in line 4. Line 6: There is no kind "txt". Did you mean text? And 2 more.`,
		Safe: "Nothing was changed.",
		Next: "Correct what is named and send it again.",
	}
	if diff := cmp.Diff(want, problem); diff != "" {
		t.Error(diff)
	}
}

func TestTextsAreCleaned(t *testing.T) {
	template, err := pipeline.ParseTemplate("id: ' a '\r\nname: \"A \\u202Ereversed\\u0000 cafe\\u0301\"\r\nabout: |\r\n  One.\r\n\r\n\r\n  Two.\r\nitems:\r\n  - id: b\r\n    question: >-\r\n      Is\r\n      it?\r\n    kind: text\r\n")
	if err != nil {
		t.Fatal(err)
	}
	want := pipeline.Template{
		ID: "a", Name: "A reversed café", About: "One.\n\nTwo.", Use: pipeline.UseChecklist,
		Items: []pipeline.Item{{ID: "b", Question: "Is it?", Kind: pipeline.KindText}},
	}
	if diff := cmp.Diff(want, template); diff != "" {
		t.Error(diff)
	}
}

func TestInputsMadeToHurtAreRefusedQuickly(t *testing.T) {
	bomb := "a: &a [x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c < 'j'; c++ {
		bomb += fmt.Sprintf("%c: &%c [%s]\n", c, c, strings.Repeat(fmt.Sprintf("*%c,", c-1), 9))
	}
	full := func(s string) string { return strings.Repeat(s, pipeline.TemplateFileLimit/len(s)) }
	for name, source := range map[string]string{
		"aliases of aliases":       bomb,
		"a megabyte":               strings.Repeat("# nothing\n", 100_000),
		"a megabyte of text":       small + "about: " + strings.Repeat("a", 1_000_000),
		"lists in lists":           full("["),
		"keys in keys":             full("{a: "),
		"hyphens":                  full("- "),
		"question marks":           full("? "),
		"unknown keys":             small + full("zz: 1\n")[:60_000],
		"a long key":               full("a") + ": b",
		"thousands of items":       "id: a\nname: A\nitems:\n" + full("  - {}\n")[:60_000],
		"thousands of choices":     "id: a\nname: A\nitems:\n  - {id: b, question: c, kind: choice, choices: [" + full("a,")[:60_000] + "]}\n",
		"thousands of forms":       "id: a\nname: A\nforms: [" + full("a,")[:60_000] + "]\nitems: [{id: b, question: c, kind: text}]\n",
		"thousands of passes":      "id: a\nname: A\nitems:\n  - {id: b, question: c, kind: yes/no, pass: {one of: [" + full("z,")[:60_000] + "]}}\n",
		"keys that are lists":      full("? [a]\n: b\n"),
		"thousands of documents":   full("---\n"),
		"thousands of quotes":      full("\"\n"),
		"thousands of block lines": small + "about: |\n" + full("  a\n")[:60_000],
	} {
		t.Run(name, func(t *testing.T) {
			begun := time.Now()
			_, err := pipeline.ParseTemplate(source)
			if err == nil {
				t.Error("it was accepted")
			}
			if took := time.Since(begun); took > time.Second {
				t.Errorf("it took %v", took)
			}
			if words := errors.Unwrap(err).Error(); pipeline.Length(words) > 3000 {
				t.Errorf("the refusal has %d characters: %.200s", pipeline.Length(words), words)
			}
		})
	}
}

func TestUnitsCannotBeTakenForNumbers(t *testing.T) {
	for unit, works := range map[string]bool{
		"%": true, "€": true, "€ a month": true, "data points": true, "m²": true, "km/h": true, "人": true,
		"5 km": false, "- a": false, "k": false, ".": false, "'": false, "\u200b": false, "to 40": false,
	} {
		template := letters()
		template.Items = []pipeline.Item{{ID: "a", Question: "How much?", Kind: pipeline.KindNumber, Unit: unit}}
		if err := pipeline.CheckTemplate(template); (err == nil) != works {
			t.Errorf("%q: %v", unit, err)
		}
	}
}

func TestParseTemplateID(t *testing.T) {
	if id, err := pipeline.ParseTemplateID(" Invest "); id != pipeline.INVEST || err != nil {
		t.Errorf("%q, %v", id, err)
	}
	for _, typed := range []string{"", "a b", "1a", "-a", "ä", strings.Repeat("a", 41), "a\x00"} {
		if id, err := pipeline.ParseTemplateID(typed); err == nil || id != "" {
			t.Errorf("%q was taken as %q", typed, id)
		}
	}
}
