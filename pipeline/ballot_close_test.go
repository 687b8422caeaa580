package pipeline_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alignbot/pipeline"
)

// counts of votes: pursue, park, object, no opinion.
func counts(pursue, park, object, none int) pipeline.BallotTally {
	return pipeline.BallotTally{Counts: map[pipeline.Choice]int{
		pipeline.ChoosePursue: pursue, pipeline.ChoosePark: park, pipeline.ChooseObject: object, pipeline.ChooseNoOpinion: none,
	}}
}

// Every way in which up to six people can vote, under every quorum and rule, on
// every question and level: what is expected is worked out person by person.
func TestEveryResult(t *testing.T) {
	const electorate = 6
	quorums := []struct {
		typed string
		met   func(voted int) bool
	}{
		{"", func(int) bool { return true }},
		{"1", func(v int) bool { return v >= 1 }},
		{"3", func(v int) bool { return v >= 3 }},
		{"6", func(v int) bool { return v == 6 }},
		{"50 %", func(v int) bool { return v >= 3 }},
		{"51 %", func(v int) bool { return v >= 4 }},
		{"100 %", func(v int) bool { return v == 6 }},
	}
	rules := []struct {
		approve, object string
		met             func(approve, object int) bool
	}{
		{},
		{"1", "", func(a, o int) bool { return a >= 1 && o == 0 }},
		{"2", "1", func(a, o int) bool { return a >= 2 && o <= 1 }},
		{"4", "2", func(a, o int) bool { return a >= 4 && o <= 2 }},
		{"3", "6", func(a, _ int) bool { return a >= 3 }},
	}
	seen := map[pipeline.Advice]int{}
	for _, question := range pipeline.BallotQuestions() {
		for _, level := range pipeline.Confidentialities() {
			for _, quorum := range quorums {
				for _, rule := range rules {
					team, b := aBallot(t, pipeline.BallotForm{
						Question: question, Level: level, Quorum: quorum.typed, Approve: rule.approve, Object: rule.object,
					})
					for n := range 7 * 7 * 7 * 7 {
						pursue, park, object, none := n%7, n/7%7, n/49%7, n/343
						voted := pursue + park + object + none
						if voted > electorate {
							continue
						}
						tally := counts(pursue, park, object, none)
						name := func() string {
							return fmt.Sprintf("%s, %s, quorum %q, rule %q, %d pursue, %d park, %d object, %d without", question, level, quorum.typed, b.Rule, pursue, park, object, none)
						}

						enough := quorum.met(voted) && (level != pipeline.Anonymous || voted >= 4)
						approve, against := pursue, park+object
						if question == pipeline.AskPark {
							approve, against = park, pursue+object
						}
						want := pipeline.NoDecision
						switch {
						case !enough || voted == 0:
						case rule.met != nil && rule.met(approve, object):
							want = pipeline.AdviseFor
						case rule.met != nil:
							want = pipeline.AdviseAgainst
						case approve > against:
							want = pipeline.AdviseFor
						case approve < against:
							want = pipeline.AdviseAgainst
						default:
							want = pipeline.AdviseNeither
						}
						seen[want]++

						if _, changed := b.CloseAt(team, nil, tally, b.Deadline.Add(-time.Nanosecond)); changed {
							t.Fatalf("%s: closed before its deadline", name())
						}
						next, changed := b.CloseAt(team, nil, tally, b.Deadline)
						if !enough {
							if !changed || !next.Running() || !next.Extended || next.Result != nil || !next.Deadline.After(b.Deadline) {
								t.Fatalf("%s: not extended: %+v", name(), next)
							}
							if _, changed := next.CloseAt(team, nil, tally, next.Deadline.Add(-time.Nanosecond)); changed {
								t.Fatalf("%s: closed before the extended deadline", name())
							}
							next, changed = next.CloseAt(team, nil, tally, next.Deadline)
						}
						if !changed || next.Running() || !next.ClosedAt.Equal(next.Deadline) || next.ClosedBy != "" || next.Extended == enough {
							t.Fatalf("%s: not closed: %+v", name(), next)
						}
						early, err := pipeline.CloseBallot(pipeline.Policy{}, pipeline.Person{ID: "U1"}, pipeline.Where{Team: &team}, b, tally, noon)
						if err != nil || early.Running() || early.Extended || early.ClosedBy != "U1" {
							t.Fatalf("%s: closed early: %+v, %v", name(), early, err)
						}
						for _, result := range []*pipeline.Result{next.Result, early.Result} {
							if result.Advice != want || result.Voted != voted || result.Because == "" {
								t.Fatalf("%s: %+v, want %q", name(), result, want)
							}
						}
						if _, again := next.CloseAt(team, nil, tally, next.Deadline.Add(time.Hour)); again {
							t.Fatalf("%s: closed twice", name())
						}
					}
				}
			}
		}
	}
	for _, advice := range []pipeline.Advice{pipeline.AdviseFor, pipeline.AdviseAgainst, pipeline.AdviseNeither, pipeline.NoDecision} {
		if seen[advice] < 100 {
			t.Errorf("%q came up %d times", advice, seen[advice])
		}
	}
}

func TestAnExtensionGivesTheSameWorkdaysAgain(t *testing.T) {
	team, b := aBallot(t, pipeline.BallotForm{Question: pipeline.AskPursue, Level: pipeline.OpenBallot, Quorum: "2", Days: "3"})
	for name, c := range map[string]struct {
		late time.Duration
		want string
	}{
		"on time":                                 {0, "2026-11-30T16:00:00Z"},
		"hours late, on the same day":             {6 * time.Hour, "2026-11-30T16:00:00Z"},
		"a week late, as nothing ran in between":  {7 * 24 * time.Hour, "2026-12-07T16:00:00Z"},
		"late on a Saturday, outside of workdays": {3 * 24 * time.Hour, "2026-12-02T16:00:00Z"},
	} {
		next, _ := b.CloseAt(team, nil, counts(1, 0, 0, 0), b.Deadline.Add(c.late))
		if got := next.Deadline.Format(time.RFC3339); got != c.want || !next.Extended {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	late, _ := b.CloseAt(team, nil, counts(2, 0, 0, 0), b.Deadline.Add(7*24*time.Hour))
	if !late.ClosedAt.Equal(b.Deadline) {
		t.Errorf("found a week late it closed at %s", late.ClosedAt)
	}
}

func TestAResultInWords(t *testing.T) {
	type form = pipeline.BallotForm
	for name, c := range map[string]struct {
		typed           form
		tally           pipeline.BallotTally
		advice, because string
	}{
		"objections first": {form{}, counts(3, 1, 1, 1),
			"The advice is to pursue it.", "One objects, three would pursue it, one would park it and one has no opinion."},
		"most are against it": {form{}, counts(1, 2, 2, 0),
			"The advice is not to pursue it.", "Two object, one would pursue it and two would park it."},
		"as many": {form{}, counts(2, 1, 1, 0),
			"There is no advice.", "One objects, two would pursue it and one would park it. As many are for it as against it."},
		"no sides": {form{}, counts(0, 0, 0, 2),
			"There is no advice.", "Two have no opinion. Nobody took a side."},
		"nobody": {form{}, counts(0, 0, 0, 0),
			"There is no decision.", "Nobody of 6 people voted."},
		"a quorum missed": {form{Quorum: "50 %"}, counts(2, 0, 0, 0),
			"There is no decision.", "2 of 6 people voted, and at least 3 had to."},
		"few on an anonymous one": {form{Level: pipeline.Anonymous}, counts(3, 0, 0, 0),
			"There is no decision.", "3 of 6 people voted, and at least 4 had to."},
		"a rule met": {form{Approve: "3", Object: "1"}, counts(3, 0, 1, 0),
			"The advice is to pursue it.", "One objects and three would pursue it. The rule: at least 3 approve, at most one objects."},
		"a rule missed": {form{Approve: "4"}, counts(3, 0, 0, 0),
			"The advice is not to pursue it.", "Three would pursue it. The rule: at least 4 approve, nobody objects."},
		"to park it": {form{Question: pipeline.AskPark}, counts(1, 3, 0, 0),
			"The advice is to park it.", "One would pursue it and three would park it."},
		"not to park it": {form{Question: pipeline.AskPark}, counts(3, 1, 0, 0),
			"The advice is not to park it.", "Three would pursue it and one would park it."},
		"to reopen it": {form{Question: pipeline.AskReopen}, counts(3, 1, 0, 0),
			"The advice is to reopen it.", "Three would reopen it and one would leave it parked."},
		"to leave it": {form{Question: pipeline.AskReopen}, counts(1, 1, 1, 0),
			"The advice is to leave it parked.", "One objects, one would reopen it and one would leave it parked."},
	} {
		if c.typed.Question == "" {
			c.typed.Question = pipeline.AskPursue
		}
		if c.typed.Level == "" {
			c.typed.Level = pipeline.OpenBallot
		}
		team, b := aBallot(t, c.typed)
		b, err := pipeline.CloseBallot(pipeline.Policy{}, pipeline.Person{ID: "U1"}, pipeline.Where{Team: &team}, b, c.tally, noon)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{c.advice, c.because}, []string{b.AdviceInWords(), b.Result.Because}); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestWhoClosesABallotEarly(t *testing.T) {
	team, b := aBallot(t, pipeline.BallotForm{Question: pipeline.AskPursue, Level: pipeline.OpenBallot})
	b.StartedBy = "U2"
	private, other := team, team
	private.Private, other.Key = true, "WEB"
	closed := b
	closed.ClosedAt = noon
	for name, c := range map[string]struct {
		team pipeline.Team
		b    pipeline.Ballot
		who  pipeline.Person
		want string
	}{
		"who started it":                         {team, b, pipeline.Person{ID: "U2"}, ""},
		"a product owner":                        {team, b, pipeline.Person{ID: "U1"}, ""},
		"a workspace admin":                      {team, b, pipeline.Person{ID: "U9", Admin: true}, ""},
		"another member":                         {team, b, pipeline.Person{ID: "U3"}, "not-permitted"},
		"a guest":                                {team, b, pipeline.Person{ID: "G1", Guest: true}, "not-permitted"},
		"a bot":                                  {team, b, pipeline.Person{ID: "B1", Bot: true}, "not-permitted"},
		"who started it and is a guest now":      {team, b, pipeline.Person{ID: "U2", Guest: true}, "not-permitted"},
		"who started it and was deactivated":     {team, b, pipeline.Person{ID: "U2", Deactivated: true}, "not-permitted"},
		"an admin outside the private channel":   {private, b, pipeline.Person{ID: "U9", Admin: true}, "not-permitted"},
		"the starter outside of it":              {private, b, pipeline.Person{ID: "U2"}, "not-permitted"},
		"a product owner of another team":        {other, b, pipeline.Person{ID: "U1"}, "not-permitted"},
		"when it is closed already":              {team, closed, pipeline.Person{ID: "U1"}, "ballot-closed"},
		"another member, when it is closed, too": {team, closed, pipeline.Person{ID: "U3"}, "not-permitted"},
	} {
		got, err := pipeline.CloseBallot(pipeline.Policy{Guests: true}, c.who, pipeline.Where{Team: &c.team}, c.b, counts(3, 0, 0, 0), noon.Add(time.Hour))
		if code := problemCode(err); code != c.want {
			t.Errorf("%s: %q, want %q", name, code, c.want)
		}
		if err != nil {
			if diff := cmp.Diff(c.b, got); diff != "" {
				t.Errorf("%s, though refused:\n%s", name, diff)
			}
		} else if got.ClosedBy != c.who.ID || !got.ClosedAt.Equal(noon.Add(time.Hour)) || got.Result.Advice != pipeline.AdviseFor {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestWhatDiffersFromTheAdvice(t *testing.T) {
	onward := []pipeline.Stage{pipeline.Discovery, pipeline.Validated, pipeline.Backlog}
	for _, c := range []struct {
		question      pipeline.BallotQuestion
		advice        pipeline.Advice
		parks, pursue bool // differ from it
	}{
		{pipeline.AskPursue, pipeline.AdviseFor, true, false},
		{pipeline.AskPursue, pipeline.AdviseAgainst, false, true},
		{pipeline.AskPark, pipeline.AdviseFor, false, true},
		{pipeline.AskPark, pipeline.AdviseAgainst, true, false},
		{pipeline.AskReopen, pipeline.AdviseFor, true, false},
		{pipeline.AskReopen, pipeline.AdviseAgainst, false, true},
		{pipeline.AskPursue, pipeline.AdviseNeither, false, false},
		{pipeline.AskPark, pipeline.NoDecision, false, false},
		{pipeline.AskReopen, "", false, false}, // still running
	} {
		b := pipeline.Ballot{Question: c.question}
		if c.advice != "" {
			b.Result = &pipeline.Result{Advice: c.advice}
		}
		for _, to := range append(onward, pipeline.Parked) {
			want := c.pursue
			if to == pipeline.Parked {
				want = c.parks
			}
			if got := b.Differs(to); got != want {
				t.Errorf("%s, advice %q, to %s: differs %v", c.question, c.advice, to, got)
			}
			if err := b.CheckDecision(to, "\u200b "); (problemField(err, pipeline.FieldWhy) != "") != want {
				t.Errorf("%s, advice %q, to %s without a reason: %v", c.question, c.advice, to, err)
			}
			if err := b.CheckDecision(to, "The law changed."); err != nil {
				t.Errorf("%s, advice %q, to %s with a reason: %v", c.question, c.advice, to, err)
			}
		}
	}
}
