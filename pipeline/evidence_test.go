package pipeline_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"alignbot/pipeline"
)

const acme = "https://acme.slack.com/"

func TestCheckEvidence(t *testing.T) {
	ok := pipeline.Evidence{Note: "Nine of ten gave up at the second step", Strength: pipeline.WhatPeopleDo}
	with := func(change func(*pipeline.Evidence)) pipeline.Evidence {
		e := ok
		change(&e)
		return e
	}
	for name, c := range map[string]struct {
		typed pipeline.Evidence
		wrong []pipeline.Field
	}{
		"a note and its kind are enough":     {ok, nil},
		"it may speak against":               {with(func(e *pipeline.Evidence) { e.Against = true }), nil},
		"without a note":                     {with(func(e *pipeline.Evidence) { e.Note = " \n" }), []pipeline.Field{pipeline.FieldNote}},
		"a note nobody can see":              {with(func(e *pipeline.Evidence) { e.Note = "\u200b" }), []pipeline.Field{pipeline.FieldNote}},
		"a note of 2,000 characters":         {with(func(e *pipeline.Evidence) { e.Note = strings.Repeat("ü", 2000) }), nil},
		"one more is too long":               {with(func(e *pipeline.Evidence) { e.Note = strings.Repeat("ü", 2001) }), []pipeline.Field{pipeline.FieldNote}},
		"without a kind":                     {with(func(e *pipeline.Evidence) { e.Strength = "" }), []pipeline.Field{pipeline.FieldStrength}},
		"a kind that is none":                {with(func(e *pipeline.Evidence) { e.Strength = "proof" }), []pipeline.Field{pipeline.FieldStrength}},
		"all that is wrong, at once":         {pipeline.Evidence{Link: "nope"}, []pipeline.Field{pipeline.FieldLink, pipeline.FieldNote, pipeline.FieldStrength}},
		"a link of 1,000 characters":         {with(func(e *pipeline.Evidence) { e.Link = "https://x.org/" + strings.Repeat("a", 986) }), nil},
		"a link of one more":                 {with(func(e *pipeline.Evidence) { e.Link = "https://x.org/" + strings.Repeat("a", 987) }), []pipeline.Field{pipeline.FieldLink}},
		"only the kind and the link is long": {pipeline.Evidence{Strength: pipeline.Opinion, Link: strings.Repeat("a", 100_000)}, []pipeline.Field{pipeline.FieldLink, pipeline.FieldNote}},
	} {
		got, err := pipeline.CheckEvidence(c.typed, acme)
		if diff := cmp.Diff(c.wrong, wrongFields(err)); diff != "" {
			t.Errorf("%s: wrong fields (-want +got):\n%s", name, diff)
		}
		if err == nil {
			again, err := pipeline.CheckEvidence(got, acme)
			if diff := cmp.Diff(got, again); err != nil || diff != "" {
				t.Errorf("%s: checked twice it differs: %v\n%s", name, err, diff)
			}
		}
	}
}

func TestLinksOfEvidence(t *testing.T) {
	const refused = ""
	for typed, want := range map[string]string{
		" https://x.org/a?b=c#d ":                              "https://x.org/a?b=c#d",
		"http://intranet:8080/report":                          "http://intranet:8080/report",
		"https://bücher.example/":                              "https://bücher.example/",
		"https://x.org/a|b>c<d":                                "https://x.org/a%7Cb%3Ec%3Cd",
		"https://x.org/?q=a|b>":                                "https://x.org/?q=a%7Cb%3E",
		"https://acme.slack.com/archives/C1/p1700000000000100": "https://acme.slack.com/archives/C1/p1700000000000100",
		"https://ACME.slack.com/archives/C1/p1700000000000100": "https://ACME.slack.com/archives/C1/p1700000000000100",
		"https://slack.com/blog/how-to-listen":                 "https://slack.com/blog/how-to-listen",
		"https://api.slack.com/methods":                        "https://api.slack.com/methods",
		"https://notslack.com/archives/C1/p1":                  "https://notslack.com/archives/C1/p1",

		"https://rival.slack.com/archives/C1/p1700000000000100":             refused,
		"https://rival.slack.com./archives/C1/p1700000000000100":            refused,
		"https://RIVAL.SLACK.COM/archives/C1/p1":                            refused,
		"https://rival.slack.com:443/archives/C1/p1":                        refused,
		"https://rival.enterprise.slack.com/archives/C1/p1?thread_ts=1&c=C": refused,
		"https://acme.slack.com.slack.com/archives/C1/p1":                   refused,
		"https://rival.slack.com/files/U1/F1/x.png":                         refused,
		"x.org/a":                     refused,
		"ftp://x.org/a":               refused,
		"javascript:alert(1)":         refused,
		"https://":                    refused,
		"https:///path":               refused,
		"https://x.org/a b":           refused,
		"https://x.org/a https://b.c": refused,
		"https://ann:secret@x.org/":   refused,
		"https://ann@x.org/":          refused,
		"https://x.org:port/":         refused,
		"<https://x.org|x>":           refused,
		"see https://x.org":           refused,
		"https://x.org/%zz":           refused,
	} {
		got, err := pipeline.CheckEvidence(pipeline.Evidence{Note: "x", Strength: pipeline.Opinion, Link: typed}, acme)
		if (err != nil) != (want == refused) || err == nil && got.Link != want {
			t.Errorf("%q: got %q, %v; want %q", typed, got.Link, err, want)
		}
	}
}

func TestALinkNeedNotBeThere(t *testing.T) {
	for _, typed := range []string{"", "  ", "\u200b"} {
		got, err := pipeline.CheckEvidence(pipeline.Evidence{Note: "x", Strength: pipeline.Opinion, Link: typed}, acme)
		if err != nil || got.Link != "" {
			t.Errorf("%q: %q, %v", typed, got.Link, err)
		}
	}
}

func TestAForeignPermalinkIsRefusedWithTheNextStep(t *testing.T) {
	_, err := pipeline.CheckEvidence(pipeline.Evidence{Note: "x", Strength: pipeline.Opinion, Link: "https://rival.slack.com/archives/C1/p1"}, acme)
	if p := problem(t, err); !strings.Contains(p.Fields[pipeline.FieldLink], "put what matters into the note") {
		t.Error(p.Fields)
	}
}

func TestAddingCountsInACopy(t *testing.T) {
	var none pipeline.Tally
	one := none.Add(pipeline.Evidence{Strength: pipeline.WhatPeopleSay}, true)
	two := one.Add(pipeline.Evidence{Strength: pipeline.WhatPeopleSay, Against: true}, true)
	three := two.Add(pipeline.Evidence{Strength: pipeline.WhatPeopleSay}, false)
	for i, c := range []struct {
		tally             pipeline.Tally
		pro, con, authors int
	}{{none, 0, 0, 0}, {one, 1, 0, 1}, {two, 1, 1, 2}, {three, 2, 1, 2}} {
		if pro, con := c.tally.Count(); pro != c.pro || con != c.con || c.tally.Authors != c.authors {
			t.Errorf("after %d: %+v", i, c.tally)
		}
	}
}

func TestWhatWasTypedAtCaptureIsOneOpinionForIt(t *testing.T) {
	idea := pipeline.Idea{Evidence: "I think so"}
	for name, c := range map[string]struct {
		before pipeline.Tally
		want   pipeline.Tally
	}{
		"alone": {
			pipeline.Tally{},
			pipeline.Tally{For: map[pipeline.Strength]int{pipeline.Opinion: 1}, Authors: 1},
		},
		"beside others": {
			pipeline.Tally{For: map[pipeline.Strength]int{pipeline.Opinion: 2, pipeline.WhatPeopleDo: 1}, Authors: 2},
			pipeline.Tally{For: map[pipeline.Strength]int{pipeline.Opinion: 3, pipeline.WhatPeopleDo: 1}, Authors: 2},
		},
	} {
		idea.Tally = c.before
		before := c.before.For[pipeline.Opinion]
		if diff := cmp.Diff(c.want, idea.Tallied()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if idea.Tally.For[pipeline.Opinion] != before {
			t.Errorf("%s: the stored tally changed", name)
		}
	}
	if pro, con := (pipeline.Idea{Evidence: "\u200b"}).Tallied().Count(); pro+con != 0 {
		t.Error("a text nobody can see counted")
	}
}

func TestConfidence(t *testing.T) {
	tally := func(authors int, pieces ...int) pipeline.Tally {
		counted := pipeline.Tally{Authors: authors, For: map[pipeline.Strength]int{}, Against: map[pipeline.Strength]int{}}
		for i, n := range pieces {
			side := counted.For
			if i >= 3 {
				side = counted.Against
			}
			side[pipeline.Strengths()[i%3]] = n
		}
		return counted
	}
	for want, c := range map[string]pipeline.Tally{
		//                           authors, for: do, say, think; against: do, say, think
		"none. No evidence yet.": {},
		"none. 2 notes against it, one of what people do, and none for it.":                                   tally(2, 0, 0, 0, 1, 1),
		"none. One note against it, an opinion, and none for it.":                                             tally(1, 0, 0, 0, 0, 0, 1),
		"low. One note by one person, an opinion.":                                                            tally(1, 0, 0, 1),
		"low. 9 notes by 5 people, all opinions.":                                                             tally(5, 0, 0, 9),
		"low. One note by one person, of what people do.":                                                     tally(1, 1),
		"low. 2 notes by 2 people, all of what people do.":                                                    tally(2, 2),
		"low. 4 notes by 2 people, 2 of what people say.":                                                     tally(2, 0, 2, 2),
		"medium. 3 notes by 2 people, one of what people do.":                                                 tally(2, 1, 1, 1),
		"medium. 3 notes by one person, all of what people say.":                                              tally(1, 0, 3),
		"medium. 9 notes by one person, all of what people do.":                                               tally(1, 9),
		"medium. 12 notes by 4 people, one of what people do.":                                                tally(4, 1, 11),
		"high. 5 notes by 2 people, 2 of what people do.":                                                     tally(2, 2, 0, 3),
		"high. 6 notes for it, 4 of what people do; one against it, an opinion; by 3 people.":                 tally(3, 4, 2, 0, 0, 0, 1),
		"low. One note for it, of what people do; one against it, of what people say; by 2 people.":           tally(2, 1, 0, 0, 0, 1),
		"contested. One note for it, of what people say; one against it, an opinion; by 2 people.":            tally(2, 0, 1, 0, 0, 0, 1),
		"contested. One note for it, of what people do; 2 against it, all of what people say; by 2 people.":   tally(2, 1, 0, 0, 0, 2),
		"contested. 5 notes for it, all of what people do; 3 against it, all of what people do; by 2 people.": tally(2, 5, 0, 0, 3),
	} {
		if got := pipeline.Confident(c).String(); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

// More for an idea never makes its confidence smaller, more against it never
// greater.
func TestConfidenceGoesWithTheEvidence(t *testing.T) {
	rank := map[string]int{pipeline.NoConfidence: 0, pipeline.Contested: 1, pipeline.LowConfidence: 2, pipeline.MediumConfidence: 3, pipeline.HighConfidence: 4}
	rapid.Check(t, func(t *rapid.T) {
		var tally pipeline.Tally
		for range rapid.IntRange(0, 20).Draw(t, "pieces") {
			before := pipeline.Confident(tally)
			e := pipeline.Evidence{
				Strength: rapid.SampledFrom(pipeline.Strengths()).Draw(t, "strength"),
				Against:  rapid.Bool().Draw(t, "against"),
			}
			isNew := tally.Authors == 0 || rapid.Bool().Draw(t, "new")
			tally = tally.Add(e, isNew)
			after := pipeline.Confident(tally)
			if !e.Against && rank[after.Word] < rank[before.Word] {
				t.Fatalf("%s for it turned %s into %s", e.Strength, before, after)
			}
			if e.Against && !isNew && rank[after.Word] > rank[before.Word] {
				t.Fatalf("%s against it turned %s into %s", e.Strength, before, after)
			}
		}
	})
}
