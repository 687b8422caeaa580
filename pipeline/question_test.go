package pipeline_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alignbot/pipeline"
)

func TestExpectAnEffect(t *testing.T) {
	team := payments("U1")
	team.Zone = "Europe/Berlin"
	where := pipeline.Where{Team: team}
	idea := ripe(pipeline.Delivered)
	if got := pipeline.DefaultEffect(*team, idea, noon); got.Day != "2026-12-18" || got.Expected != idea.Measure || got.Expected == "" {
		t.Errorf("the form starts with %+v", got)
	}
	withdrawn := idea
	withdrawn.Withdrawn = noon
	for name, c := range map[string]struct {
		idea  pipeline.Idea
		who   pipeline.Person
		form  pipeline.EffectForm
		wrong []pipeline.Field
		code  string
	}{
		"delivered":         {idea, owner, pipeline.EffectForm{Expected: "Calls fall to 80", Day: "2026-11-21"}, nil, ""},
		"being delivered":   {ripe(pipeline.Backlog), owner, pipeline.EffectForm{Expected: "Calls fall to 80", Day: "2026-12-18"}, nil, ""},
		"nothing typed":     {idea, owner, pipeline.EffectForm{}, []pipeline.Field{"effect-day", "expected"}, "effect-form"},
		"today":             {idea, owner, pipeline.EffectForm{Expected: "x", Day: "2026-11-20"}, []pipeline.Field{"effect-day"}, "effect-form"},
		"yesterday":         {idea, owner, pipeline.EffectForm{Expected: "x", Day: "2026-11-19"}, []pipeline.Field{"effect-day"}, "effect-form"},
		"too long":          {idea, owner, pipeline.EffectForm{Expected: strings.Repeat("x", 301), Day: "2026-12-18"}, []pipeline.Field{"expected"}, "effect-form"},
		"not delivered yet": {ripe(pipeline.Discovery), owner, pipeline.EffectForm{Expected: "x", Day: "2026-12-18"}, nil, "effect-stage"},
		"learned by now":    {ripe(pipeline.Learned), owner, pipeline.EffectForm{Expected: "x", Day: "2026-12-18"}, nil, "effect-stage"},
		"withdrawn":         {withdrawn, owner, pipeline.EffectForm{Expected: "x", Day: "2026-12-18"}, nil, "idea-withdrawn"},
		"by a member":       {idea, member, pipeline.EffectForm{Expected: "x", Day: "2026-12-18"}, nil, "not-permitted"},
	} {
		got, event, err := pipeline.ExpectEffect(pipeline.Policy{}, c.who, where, c.idea, c.form, noon)
		if diff := cmp.Diff(c.wrong, wrongFields(err)); diff != "" || problemCode(err) != c.code {
			t.Errorf("%s: %v\n%s", name, err, diff)
		}
		if err != nil {
			if !cmp.Equal(got, c.idea) || event.What != "" {
				t.Errorf("%s: refused, yet %+v", name, event)
			}
			continue
		}
		if diff := cmp.Diff(&pipeline.Effect{Expected: c.form.Expected, Day: c.form.Day, Node: c.idea.Outcomes[0]}, got.Effect); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if diff := cmp.Diff(pipeline.Event{At: noon, By: "U1", What: pipeline.EffectExpected, About: c.form.Day, Why: c.form.Expected}, event); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestAnEffectIsAskedOncePerDay(t *testing.T) {
	team := payments("U1")
	team.Zone = "Europe/Berlin"
	idea := ripe(pipeline.Delivered)
	idea.Effect = &pipeline.Effect{Expected: "x", Day: "2026-12-18"}
	due := time.Date(2026, 12, 18, 8, 0, 0, 0, time.UTC) // nine there
	if got := idea.EffectDue(team.Location()); !got.Equal(due) {
		t.Errorf("due at %v", got)
	}
	if _, asks := pipeline.AskEffect(*team, idea, due.Add(-time.Second)); asks {
		t.Error("asked before its day")
	}
	asked, asks := pipeline.AskEffect(*team, idea, due)
	if !asks || !asked.Effect.AskedAt.Equal(due) || !idea.Effect.AskedAt.IsZero() {
		t.Errorf("%v %+v", asks, asked.Effect)
	}
	if _, asks := pipeline.AskEffect(*team, asked, due.Add(time.Hour)); asks {
		t.Error("asked twice")
	}
	later, event, err := pipeline.AnswerEffect(pipeline.Policy{}, owner, pipeline.Where{Team: team}, asked, pipeline.Dossier{}, nil, pipeline.EffectAnswerForm{Answer: pipeline.EffectTooEarly}, due)
	if err != nil || later.Stage != pipeline.Delivered || later.Effect.Day != "2027-01-01" || later.Effect.Again != 1 || event.What != pipeline.EffectPutOff || event.About != "2027-01-01" {
		t.Errorf("too early: %v %+v %+v", err, later.Effect, event)
	}
	if early, _, err := pipeline.AnswerEffect(pipeline.Policy{}, owner, pipeline.Where{Team: team}, idea, pipeline.Dossier{}, nil, pipeline.EffectAnswerForm{Answer: pipeline.EffectTooEarly}, due.AddDate(0, 0, -20)); err != nil || early.Effect.Day != "2026-12-18" {
		t.Errorf("too early before the day that was planned: %v %+v", err, early.Effect)
	}
	if _, asks := pipeline.AskEffect(*team, later, due.AddDate(0, 0, 14)); !asks {
		t.Error("not asked again")
	}
	if asked.Effect.Day != "2026-12-18" {
		t.Error("the idea as it was changed")
	}
	for name, change := range map[string]func(*pipeline.Idea){
		"no effect":     func(i *pipeline.Idea) { i.Effect = nil },
		"answered":      func(i *pipeline.Idea) { i.Effect = &pipeline.Effect{Day: "2026-12-18", Answer: pipeline.EffectNone} },
		"a broken day":  func(i *pipeline.Idea) { i.Effect = &pipeline.Effect{Day: "soon"} },
		"not delivered": func(i *pipeline.Idea) { i.Stage = pipeline.Parked },
		"withdrawn":     func(i *pipeline.Idea) { i.Withdrawn = noon },
	} {
		changed := idea
		change(&changed)
		if _, asks := pipeline.AskEffect(*team, changed, due.AddDate(1, 0, 0)); asks || !changed.EffectDue(time.UTC).IsZero() {
			t.Errorf("%s: asked all the same", name)
		}
	}
}

func TestAnswerAnEffect(t *testing.T) {
	team := payments("U1")
	where := pipeline.Where{Team: team}
	calls := added(t, fewerCalls())
	idea := ripe(pipeline.Delivered)
	idea.Effect = &pipeline.Effect{Expected: "Calls fall to 80", Day: "2026-11-20", AskedAt: noon}
	type form = pipeline.EffectAnswerForm
	for name, c := range map[string]struct {
		form    form
		outcome *pipeline.Outcome
		why     string // of the move to learned
		wrong   []pipeline.Field
	}{
		"moved, with its number":            {form{Answer: pipeline.EffectMoved, Value: "1 090 calls a week"}, &calls, "moved: 1 090 calls a week", nil},
		"moved, with a line":                {form{Answer: pipeline.EffectMoved, Note: "Fewer calls."}, nil, "moved. Fewer calls.", nil},
		"no effect, with both":              {form{Answer: pipeline.EffectNone, Value: "200", Note: "As before."}, &calls, "no effect: 200 calls a week. As before.", nil},
		"unknown says why":                  {form{Answer: pipeline.EffectUnknown}, nil, "", []pipeline.Field{"note"}},
		"unknown":                           {form{Answer: pipeline.EffectUnknown, Note: "Nobody counted."}, nil, "unknown. Nobody counted.", nil},
		"moved without a word":              {form{Answer: pipeline.EffectMoved}, &calls, "", []pipeline.Field{"note"}},
		"the wrong unit":                    {form{Answer: pipeline.EffectMoved, Value: "12 €"}, &calls, "", []pipeline.Field{"value"}},
		"a number nobody can place":         {form{Answer: pipeline.EffectMoved, Value: "12"}, nil, "", []pipeline.Field{"value"}},
		"no answer":                         {form{Note: "x"}, nil, "", []pipeline.Field{"effect-answer"}},
		"too early, for a day that is over": {form{Answer: pipeline.EffectTooEarly, Day: "2026-11-20"}, nil, "", []pipeline.Field{"effect-day"}},
		"a long line":                       {form{Answer: pipeline.EffectMoved, Note: strings.Repeat("x", 301)}, nil, "", []pipeline.Field{"note"}},
		"the longest line":                  {form{Answer: pipeline.EffectNone, Note: strings.Repeat("x", 300)}, nil, "no effect. " + strings.Repeat("x", 300), nil},
	} {
		got, event, err := pipeline.AnswerEffect(pipeline.Policy{}, owner, where, idea, pipeline.Dossier{}, c.outcome, c.form, noon.Add(time.Hour))
		if diff := cmp.Diff(c.wrong, wrongFields(err)); diff != "" {
			t.Errorf("%s: %v\n%s", name, err, diff)
		}
		if err != nil {
			if !cmp.Equal(got, idea) {
				t.Errorf("%s: refused, yet changed", name)
			}
			continue
		}
		if got.Stage != pipeline.Learned || got.Effect.Answer != c.form.Answer || got.Effect.By != "U1" || got.Effect.Expected != "Calls fall to 80" || idea.Effect.Answer != "" {
			t.Errorf("%s: %+v", name, got.Effect)
		}
		if event.What != pipeline.WasMoved || event.To != pipeline.Learned || plain(event.Why) != c.why {
			t.Errorf("%s: %+v", name, event)
		}
	}
	bare := idea
	bare.Effect = nil
	if got, _, err := pipeline.AnswerEffect(pipeline.Policy{}, owner, where, bare, pipeline.Dossier{}, nil, form{Answer: pipeline.EffectMoved, Note: "x"}, noon); err != nil || got.Effect == nil {
		t.Errorf("one of which nobody said what was expected: %v", err)
	}
	for code, c := range map[string]struct {
		who   pipeline.Person
		stage pipeline.Stage
	}{"not-permitted": {member, pipeline.Delivered}, "effect-stage": {owner, pipeline.Backlog}} {
		if _, _, err := pipeline.AnswerEffect(pipeline.Policy{}, c.who, where, ripe(c.stage), pipeline.Dossier{}, nil, form{Answer: pipeline.EffectMoved, Note: "x"}, noon); problemCode(err) != code {
			t.Errorf("%s: %v", code, err)
		}
	}
}

func TestHitRate(t *testing.T) {
	var h pipeline.HitRate
	if h.Words() != "no delivered idea was looked back on yet" {
		t.Error(h.Words())
	}
	if got := h.With(pipeline.EffectNone).Words(); got != "the one delivered idea did not move it" {
		t.Error(got)
	}
	if got := h.With(pipeline.EffectMoved).Words(); got != "the one delivered idea moved it" {
		t.Error(got)
	}
	for _, answer := range slices.Concat(pipeline.EffectAnswers(), []pipeline.EffectAnswer{"", pipeline.EffectMoved}) {
		h = h.With(answer)
	}
	if h != (pipeline.HitRate{Moved: 2, Asked: 4}) || h.Words() != "2 of 4 delivered ideas moved it" {
		t.Errorf("%+v %s", h, h.Words())
	}
}
