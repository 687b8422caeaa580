package pipeline_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"alignbot/pipeline"
)

func TestTheSynonymsOfATeam(t *testing.T) {
	fifty := func(line string) []string { return slices.Repeat([]string{line}, pipeline.SynonymLines) }
	long := strings.Repeat("x", pipeline.SynonymLineLimit-3)
	for name, c := range map[string]struct {
		typed, want []string
		wrong       string // "" for none
	}{
		"none":                      {nil, nil, ""},
		"empty lines":               {[]string{"", " \t", ","}, nil, ""},
		"in order":                  {[]string{" invoice ,bill,  payment   slip"}, []string{"invoice, bill, payment slip"}, ""},
		"a word twice":              {[]string{"bill, Bill, invoice"}, []string{"bill, invoice"}, ""},
		"commas of other scripts":   {[]string{"請求書、インボイス，伝票", "فاتورة، كمبيالة"}, []string{"請求書, インボイス, 伝票", "فاتورة, كمبيالة"}, ""},
		"what cannot be seen":       {[]string{"in\u202evoice, bi\x00ll"}, []string{"invoice, bill"}, ""},
		"one word":                  {[]string{"", "invoice, Invoice"}, []string{"invoice"}, `Line 2: at least two different words or phrases, with a comma between them; this has only "invoice".`},
		"no word":                   {[]string{"invoice, ->"}, []string{"invoice, ->"}, `Line 1: "->" is no word.`},
		"a full line":               {[]string{long + ",y"}, []string{long + ", y"}, ""},
		"a line too long":           {[]string{long + ",yz"}, []string{long + ", yz"}, "Line 1: at most 200 characters; this has 201."},
		"every line that is wrong":  {[]string{"a", "b, c", "d", "e", "f", "g"}, []string{"a", "b, c", "d", "e", "f", "g"}, "Line 1: at least two different words or phrases, with a comma between them; this has only \"a\". Line 3: at least two different words or phrases, with a comma between them; this has only \"d\". Line 4: at least two different words or phrases, with a comma between them; this has only \"e\". And 2 more."},
		"fifty lines":               {append(fifty("a, b"), ""), fifty("a, b"), ""},
		"fifty-one lines":           {append(fifty("a, b"), "c, d"), append(fifty("a, b"), "c, d"), "At most 50 lines; this has 51."},
		"more than an input can be": {fifty("a, " + strings.Repeat("b", 60)), fifty("a, " + strings.Repeat("b", 60)), "At most 3000 characters in all lines together; this has 3199."},
	} {
		team := pipeline.DefaultTeam("C1", "payments", pipeline.Person{ID: "U1", Zone: "UTC"})
		team.Synonyms = c.typed
		checked, err := pipeline.CheckTeam(team)
		if diff := cmp.Diff(c.want, checked.Synonyms); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		said := ""
		var problem *pipeline.Problem
		if errors.As(err, &problem) {
			said = problem.Fields[pipeline.FieldSynonyms]
		}
		if said != c.wrong || (err == nil) != (c.wrong == "") {
			t.Errorf("%s: it says %q, %v, want %q", name, said, err, c.wrong)
		}
	}
}

// FuzzSynonyms: what was accepted is accepted again, and stays as it is.
func FuzzSynonyms(f *testing.F) {
	f.Add("invoice, bill\n請求書、伝票\n\n,")
	f.Fuzz(func(t *testing.T, typed string) {
		team := pipeline.DefaultTeam("C1", "payments", pipeline.Person{ID: "U1", Zone: "UTC"})
		team.Synonyms = strings.Split(typed, "\n")
		checked, err := pipeline.CheckTeam(team)
		if err != nil {
			return
		}
		again, err := pipeline.CheckTeam(checked)
		if diff := cmp.Diff(checked.Synonyms, again.Synonyms); err != nil || diff != "" {
			t.Error(err, fmt.Sprintf("%q", checked.Synonyms), diff)
		}
	})
}
