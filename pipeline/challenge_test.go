package pipeline_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alignbot/pipeline"
)

// challenged is an idea in the Product Backlog of a team with two product owners.
func challenged() (pipeline.Where, pipeline.Idea, []pipeline.Person) {
	team := &pipeline.Team{Key: "PAY", Name: "Payments", Channel: "C1", Owners: []string{"U1", "U3"}, Zone: "Europe/Berlin", Workdays: pipeline.Week()[:5]}
	idea := pipeline.Idea{Key: pipeline.Key{Team: "PAY", Number: 12}, Title: "Export", Stage: pipeline.Backlog, Staged: noon.AddDate(0, 0, -7)}
	return pipeline.Where{Team: team, InChannel: true}, idea, []pipeline.Person{{ID: "U1"}, {ID: "U3"}}
}

func TestAskWhetherItIsTheBestUse(t *testing.T) {
	type form = pipeline.ChallengeForm
	for name, c := range map[string]struct {
		who    pipeline.Person
		form   form
		idea   func(*pipeline.Idea)
		owners []pipeline.Person
		code   string
		wrong  []pipeline.Field
	}{
		"a member":                           {who: member, form: form{Naming: pipeline.ChallengeNamed, Why: "Nobody exports"}},
		"in confidence":                      {who: member, form: form{Why: "Nobody exports", Naming: pipeline.ChallengeInConfidence}},
		"a product owner asks the other":     {who: pipeline.Person{ID: "U1"}, form: form{Naming: pipeline.ChallengeNamed, Why: "x"}},
		"twenty days":                        {who: member, form: form{Naming: pipeline.ChallengeNamed, Why: "x", Days: "20"}},
		"twenty-one days":                    {who: member, form: form{Naming: pipeline.ChallengeNamed, Why: "x", Days: "21"}, code: "challenge-form", wrong: []pipeline.Field{"days"}},
		"no day":                             {who: member, form: form{Naming: pipeline.ChallengeNamed, Why: "x", Days: "0"}, code: "challenge-form", wrong: []pipeline.Field{"days"}},
		"no reason":                          {who: member, form: form{Naming: pipeline.ChallengeNamed, Why: "\u200b"}, code: "challenge-form", wrong: []pipeline.Field{"why"}},
		"a reason of the longest":            {who: member, form: form{Naming: pipeline.ChallengeNamed, Why: strings.Repeat("ü", pipeline.ReasonLimit)}},
		"a reason that is too long":          {who: member, form: form{Naming: pipeline.ChallengeNamed, Why: strings.Repeat("ü", pipeline.ReasonLimit+1)}, code: "challenge-form", wrong: []pipeline.Field{"why"}},
		"a guest who is not invited":         {who: pipeline.Person{ID: "U9", Guest: true}, form: form{Naming: pipeline.ChallengeNamed, Why: "x"}, code: "not-permitted"},
		"an outsider":                        {who: pipeline.Person{ID: "U9", Outsider: true}, form: form{Naming: pipeline.ChallengeNamed, Why: "x"}, code: "not-permitted"},
		"without saying whether with a name": {who: member, form: form{Why: "x"}, code: "challenge-form", wrong: []pipeline.Field{"naming"}},
		"an idea that is not planned":        {who: member, form: form{Naming: pipeline.ChallengeNamed, Why: "x"}, idea: func(i *pipeline.Idea) { i.Stage = pipeline.Validated }, code: "not-in-backlog"},
		"a parked idea":                      {who: member, form: form{Naming: pipeline.ChallengeNamed, Why: "x"}, idea: func(i *pipeline.Idea) { i.Stage = pipeline.Parked }, code: "not-in-backlog"},
		"a withdrawn idea":                   {who: member, form: form{Naming: pipeline.ChallengeNamed, Why: "x"}, idea: func(i *pipeline.Idea) { i.Withdrawn = noon }, code: "idea-withdrawn"},
		"an idea of another team":            {who: member, form: form{Naming: pipeline.ChallengeNamed, Why: "x"}, idea: func(i *pipeline.Idea) { i.Key.Team = "GRO" }, code: "not-permitted"},
		"all product owners have left":       {who: member, form: form{Naming: pipeline.ChallengeNamed, Why: "x"}, owners: []pipeline.Person{{ID: "U1", Deactivated: true}, {ID: "U3", Guest: true}}, code: "no-owner-reached"},
		"one of them has":                    {who: member, form: form{Naming: pipeline.ChallengeNamed, Why: "x"}, owners: []pipeline.Person{{ID: "U1", Deactivated: true}, {ID: "U3"}}},
		"somebody who is none":               {who: member, form: form{Naming: pipeline.ChallengeNamed, Why: "x"}, owners: []pipeline.Person{{ID: "U8"}}, code: "no-owner-reached"},
		"the only product owner who is left": {who: pipeline.Person{ID: "U3"}, form: form{Naming: pipeline.ChallengeNamed, Why: "x"}, owners: []pipeline.Person{{ID: "U1", Deactivated: true}, {ID: "U3"}}, code: "own-challenge"},
	} {
		where, idea, owners := challenged()
		if c.idea != nil {
			c.idea(&idea)
		}
		if c.owners != nil {
			owners = c.owners
		}
		got, ask, opens, err := pipeline.AskChallenge(pipeline.Policy{}, c.who, where, idea, pipeline.Challenge{Team: "PAY", Idea: 12}, nil, owners, c.form, noon)
		if problemCode(err) != c.code || !slices.Equal(wrongFields(err), c.wrong) {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil {
			if opens || got.Open {
				t.Errorf("%s: refused, and open all the same", name)
			}
			continue
		}
		if !opens || !got.Stands(idea, 1) || got.Times != 1 || !got.Opened.Equal(noon) {
			t.Errorf("%s: %+v", name, got)
		}
		if ask.Why == "" || (c.form.Naming == pipeline.ChallengeInConfidence) != (ask.By == "" && ask.At.IsZero()) {
			t.Errorf("%s: it is asked %+v", name, ask)
		}
	}
}

func TestInConfidenceTheMomentIsNotKept(t *testing.T) {
	where, idea, owners := challenged()
	now := noon.Add(42*time.Minute + 7*time.Millisecond)
	none := pipeline.Challenge{Team: "PAY", Idea: 12}
	for _, c := range []struct {
		name   string
		naming pipeline.ChallengeNaming
		staged time.Time
		opened time.Time
	}{
		{"with a name", pipeline.ChallengeNamed, noon.Add(-time.Hour), now},
		{"in confidence", pipeline.ChallengeInConfidence, noon.Add(-time.Hour), noon},
		{"in confidence, of an idea that was planned just now", pipeline.ChallengeInConfidence, noon.Add(time.Minute), noon.Add(time.Minute)},
	} {
		idea.Staged = c.staged
		asked, ask, _, err := pipeline.AskChallenge(pipeline.Policy{}, member, where, idea, none, nil, owners, pipeline.ChallengeForm{Naming: c.naming, Why: "x"}, now)
		if err != nil || !asked.Opened.Equal(c.opened) || !pipeline.ChallengeOpened(asked, ask).At.Equal(c.opened) || !asked.Stands(idea, 1) {
			t.Errorf("%s: opened at %s (%v)", c.name, asked.Opened, err)
		}
	}
}

func TestTheReplyIsAskedForInThreeWorkdays(t *testing.T) {
	where, idea, owners := challenged()
	c, _, _, err := pipeline.AskChallenge(pipeline.Policy{}, member, where, idea, pipeline.Challenge{Team: "PAY", Idea: 12}, nil, owners, pipeline.ChallengeForm{Naming: pipeline.ChallengeNamed, Why: "x"}, noon)
	if want := time.Date(2026, 11, 25, 16, 0, 0, 0, time.UTC); err != nil || !c.Deadline.Equal(want) {
		t.Errorf("asked on Friday, it is %s (%v)", c.Deadline, err)
	}
	for now, want := range map[time.Time]bool{c.Deadline.Add(-time.Second): false, c.Deadline: true} {
		if c.Unanswered(now) != want {
			t.Errorf("at %s it is unanswered: %v", now, !want)
		}
	}
}

func TestJoinAQuestion(t *testing.T) {
	where, idea, owners := challenged()
	open := pipeline.Challenge{Team: "PAY", Idea: 12, Version: 2, Times: 1, Open: true, Opened: noon, Deadline: noon.Add(time.Hour)}
	asks := []pipeline.ChallengeAsk{{By: "U5", At: noon, Why: "x"}}
	ask := func(c pipeline.Challenge, idea pipeline.Idea, asks []pipeline.ChallengeAsk) (pipeline.Challenge, bool) {
		t.Helper()
		later := noon.Add(30 * time.Minute)
		got, _, opens, err := pipeline.AskChallenge(pipeline.Policy{}, member, where, idea, c, asks, owners, pipeline.ChallengeForm{Naming: pipeline.ChallengeNamed, Why: "y", Days: "9"}, later)
		if err != nil {
			t.Fatal(err)
		}
		return got, opens
	}
	if got, opens := ask(open, idea, asks); opens || !cmp.Equal(got, open) {
		t.Errorf("who joins changes %+v", got)
	}
	if got, opens := ask(open, idea, nil); opens || !cmp.Equal(got, open) {
		t.Errorf("after all took it back: %+v", got)
	}
	late := open
	late.Deadline = noon.Add(time.Minute)
	if got, opens := ask(late, idea, asks); opens || !cmp.Equal(got, late) {
		t.Errorf("when an answer is due: %+v", got)
	}
	if got, opens := ask(late, idea, nil); !opens || got.Times != 2 || len(got.Answers) != 0 || !got.Open || got.Version != 2 {
		t.Errorf("after all took it back, at the deadline: %+v", got)
	}
	back := idea // it left the Product Backlog and came back
	back.Staged = noon.Add(time.Minute)
	got, opens := ask(open, back, asks)
	if !opens || got.Times != 2 || len(got.Answers) != 1 || got.Answers[0].Verdict != pipeline.ChallengeGone || !cmp.Equal(got.Answers[0].Asks, asks) {
		t.Errorf("after it left and came back: %+v", got)
	}
}

func TestAnswerAChallenge(t *testing.T) {
	owner := pipeline.Person{ID: "U1"}
	type reply = pipeline.ChallengeReply
	asks := []pipeline.ChallengeAsk{{Why: "a"}, {By: "U5", At: noon, Why: "b"}}
	for name, c := range map[string]struct {
		who   pipeline.Person
		reply reply
		asks  []pipeline.ChallengeAsk
		own   bool
		shut  bool
		idea  func(*pipeline.Idea)
		code  string
		moves pipeline.Stage
	}{
		"keep it":                         {who: owner, reply: reply{pipeline.ChallengeKeep, "It pays"}, asks: asks},
		"change it":                       {who: owner, reply: reply{pipeline.ChallengeChange, "Smaller"}, asks: asks},
		"back to discovery":               {who: owner, reply: reply{pipeline.ChallengeDiscovery, "We do not know"}, asks: asks, moves: pipeline.Discovery},
		"park it":                         {who: owner, reply: reply{pipeline.ChallengePark, "You are right"}, asks: asks, moves: pipeline.Parked},
		"no words":                        {who: owner, reply: reply{pipeline.ChallengeKeep, " "}, asks: asks, code: "challenge-answer-form"},
		"no verdict":                      {who: owner, reply: reply{"", "x"}, asks: asks, code: "challenge-answer-form"},
		"nobody's verdict":                {who: owner, reply: reply{pipeline.ChallengeGone, "x"}, asks: asks, code: "challenge-answer-form"},
		"a member":                        {who: member, reply: reply{pipeline.ChallengeKeep, "x"}, asks: asks, code: "not-permitted"},
		"an admin":                        {who: pipeline.Person{ID: "U2", Admin: true}, reply: reply{pipeline.ChallengeKeep, "x"}, asks: asks, code: "not-permitted"},
		"it was answered":                 {who: owner, reply: reply{pipeline.ChallengeKeep, "x"}, asks: asks, shut: true, code: "challenge-closed"},
		"all took it back":                {who: owner, reply: reply{pipeline.ChallengeKeep, "x"}, code: "challenge-closed"},
		"the idea was parked":             {who: owner, reply: reply{pipeline.ChallengeKeep, "x"}, asks: asks, idea: func(i *pipeline.Idea) { i.Stage = pipeline.Parked }, code: "not-in-backlog"},
		"the idea was withdrawn":          {who: owner, reply: reply{pipeline.ChallengeKeep, "x"}, asks: asks, idea: func(i *pipeline.Idea) { i.Withdrawn = noon }, code: "idea-withdrawn"},
		"the question is theirs alone":    {who: owner, reply: reply{pipeline.ChallengeKeep, "x"}, asks: asks[:1], own: true, code: "own-challenge"},
		"it is theirs and somebody's too": {who: owner, reply: reply{pipeline.ChallengeKeep, "x"}, asks: asks, own: true},
	} {
		where, idea, _ := challenged()
		if c.idea != nil {
			c.idea(&idea)
		}
		open := pipeline.Challenge{Team: "PAY", Idea: 12, Version: 2, Times: 1, Open: !c.shut, Opened: noon.Add(-time.Hour), Deadline: noon.Add(-time.Minute), Reminded: noon}
		got, event, err := pipeline.SettleChallenge(pipeline.Policy{}, c.who, where, idea, open, c.asks, c.own, c.reply, noon)
		if problemCode(err) != c.code {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil {
			continue
		}
		want := pipeline.Challenge{Team: "PAY", Idea: 12, Version: 2, Times: 1, Answers: []pipeline.ChallengeAnswer{{
			Number: 1, Verdict: c.reply.Verdict, Words: c.reply.Words, By: "U1", At: noon, Opened: open.Opened, Deadline: open.Deadline,
			Asked: 2, Asks: []pipeline.ChallengeAsk{asks[1], asks[0]},
		}}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
		if event.What != pipeline.ChallengeAnswered || event.By != "U1" || event.Why != c.reply.Words {
			t.Errorf("%s: its history says %+v", name, event)
		}
		if to := got.ToMove(idea); to != c.moves {
			t.Errorf("%s: it is still to go to %q", name, to)
		}
		idea.Stage, idea.Staged = pipeline.Discovery, noon.Add(time.Hour)
		if to := got.ToMove(idea); to != "" {
			t.Errorf("%s: it has moved, and is still to go to %q", name, to)
		}
	}
}

func TestWhatIsKeptOfChallengesIsBounded(t *testing.T) {
	where, idea, owners := challenged()
	c := pipeline.Challenge{Team: "PAY", Idea: 12}
	var asks []pipeline.ChallengeAsk
	for range 30 {
		asks = append(asks, pipeline.ChallengeAsk{Why: "x"})
	}
	for range pipeline.ChallengeAnswersKept + 2 {
		var err error
		if c, _, _, err = pipeline.AskChallenge(pipeline.Policy{}, member, where, idea, c, nil, owners, pipeline.ChallengeForm{Naming: pipeline.ChallengeNamed, Why: "x"}, noon); err != nil {
			t.Fatal(err)
		}
		if c, _, err = pipeline.SettleChallenge(pipeline.Policy{}, owners[0], where, idea, c, asks, false, pipeline.ChallengeReply{Verdict: pipeline.ChallengeKeep, Words: "x"}, noon); err != nil {
			t.Fatal(err)
		}
	}
	last := c.Answers[len(c.Answers)-1]
	if c.Times != 12 || len(c.Answers) != pipeline.ChallengeAnswersKept || last.Asked != 30 || len(last.Asks) != pipeline.ChallengeAsksKept {
		t.Errorf("%d times, %d answers, %d of %d asks", c.Times, len(c.Answers), len(last.Asks), last.Asked)
	}
}

func TestTheDeadlineOfAChallenge(t *testing.T) {
	asks := []pipeline.ChallengeAsk{{Why: "x"}}
	for name, c := range map[string]struct {
		after  time.Duration
		asks   []pipeline.ChallengeAsk
		change func(*pipeline.Challenge, *pipeline.Idea)
		want   pipeline.ChallengeStep
		open   bool
	}{
		"before it":                       {-time.Second, asks, nil, pipeline.ChallengeWaits, true},
		"at it":                           {0, asks, nil, pipeline.ChallengeRemind, true},
		"long after it":                   {24 * time.Hour, asks, nil, pipeline.ChallengeRemind, true},
		"reminded before":                 {0, asks, func(c *pipeline.Challenge, _ *pipeline.Idea) { c.Reminded = noon }, pipeline.ChallengeNothing, true},
		"answered":                        {0, nil, func(c *pipeline.Challenge, _ *pipeline.Idea) { c.Open = false }, pipeline.ChallengeNothing, false},
		"taken back by all":               {0, nil, nil, pipeline.ChallengeEnds, false},
		"the idea was parked":             {0, asks, func(_ *pipeline.Challenge, i *pipeline.Idea) { i.Stage = pipeline.Parked }, pipeline.ChallengeEnds, false},
		"the idea was withdrawn":          {0, asks, func(_ *pipeline.Challenge, i *pipeline.Idea) { i.Withdrawn = noon }, pipeline.ChallengeEnds, false},
		"the idea left and is back again": {0, asks, func(_ *pipeline.Challenge, i *pipeline.Idea) { i.Staged = noon.Add(time.Minute) }, pipeline.ChallengeEnds, false},
	} {
		_, idea, _ := challenged()
		open := pipeline.Challenge{Team: "PAY", Idea: 12, Times: 1, Open: true, Opened: noon, Deadline: noon.Add(time.Hour)}
		if c.change != nil {
			c.change(&open, &idea)
		}
		got, step := open.AtDeadline(idea, c.asks, open.Deadline.Add(c.after))
		if step != c.want || got.Open != c.open {
			t.Errorf("%s: %q, open %v", name, step, got.Open)
		}
		if again, step := got.AtDeadline(idea, c.asks, open.Deadline.Add(c.after)); c.want != pipeline.ChallengeWaits && (step != pipeline.ChallengeNothing || !cmp.Equal(again, got)) {
			t.Errorf("%s: done again it is %q", name, step)
		}
	}
}

func TestTheOrderOfAsksTellsNothing(t *testing.T) {
	c := pipeline.Challenge{Team: "PAY", Idea: 12, Times: 1}
	asks := []pipeline.ChallengeAsk{{Why: "c"}, {By: "U2", At: noon.Add(1), Why: "z"}, {Why: "a"}, {By: "U9", At: noon, Why: "y"}, {Why: "b"}}
	want := pipeline.OrderAsks(c, asks)
	if want[0].By != "U9" || want[1].By != "U2" {
		t.Errorf("names are in the order of %v", want)
	}
	slices.Reverse(asks)
	if diff := cmp.Diff(want, pipeline.OrderAsks(c, asks)); diff != "" {
		t.Errorf("the order in which they came shows:\n%s", diff)
	}
}
